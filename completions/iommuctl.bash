# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# bash completion for iommuctl. Verbs, options, their arguments and columns are what the program itself
# prints, so that they cannot drift apart.

# _iommuctl_options [VERB] - reads its help into the caller's verbs, options and takes. The arguments of
# the verb itself are takes[VERB]. Here and below a here-string, not a pipe, is read: from a pipe, bash reads each byte with
# a system call.
_iommuctl_options() {
	local line option='^  (-.)?,? +(--[a-z-]+)( ([^ ]+))? ' verb='^  ([a-z-]+) ' usage='^Usage: .*\] ([a-z-]+) (.*)'
	verbs=() options=() takes=()
	while IFS= read -r line; do
		if [[ $line =~ $option ]]; then
			options+=("${BASH_REMATCH[@]:1:2}")
			takes[${BASH_REMATCH[1]:--}]=${BASH_REMATCH[4]} takes[${BASH_REMATCH[2]}]=${BASH_REMATCH[4]}
		elif [[ $line =~ $verb ]]; then
			verbs+=("${BASH_REMATCH[1]}")
		elif [[ $line =~ $usage ]]; then
			takes[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
		fi
	done <<<"$("$tool" "$@" --help 2>/dev/null)"
}

_iommuctl_columns() {
	"$tool" ${verb:+"$verb"} -o help 2>/dev/null | sed 's/ .*//'
}

_iommuctl_checks() {
	"$tool" check --waive help 2>/dev/null | sed 's/ .*//'
}

_iommuctl_kinds() {
	"$tool" diff --ignore help 2>/dev/null | sed 's/ .*//'
}

# The drivers for the selectors before the cursor, and the devices that iommuctl has moved.
_iommuctl_drivers() {
	"$tool" check -q "${root[@]}" "${selectors[@]}" help 2>/dev/null | sed 's/ .*//'
}

_iommuctl_moved() {
	"$tool" restore help 2>/dev/null | sed 's|[ ,]|\n|g'
}

# _iommuctl_selectors - those that begin with $cur. On a machine with thousands of devices each column takes its time, so
# only columns are read that can have such a selector, and of the other kinds an empty word gets the name alone.
_iommuctl_selectors() {
	local columns=name,interfaces kinds='- -'
	[[ $cur != c* ]] || "$tool" show class:help 2>/dev/null
	[[ $cur != d* ]] || echo driver:none
	[[ $cur != p* ]] || "$tool" pins -n -r -q "${root[@]}" -o name 2>/dev/null | sed 's/^/pin:/'
	case $cur in
		pin:* | class:*) return ;;
		[0-9a-f][0-9a-f][0-9a-f][0-9a-f]:*) columns=name ;;
		group:* | driver:* | iommu:* | state:* | dma:* | type:*) columns=${cur%%:*} kinds=${cur%%:*}: ;;
		'') printf '%s:\n' group driver iommu dma state type class pin ;;
		[gi]*) columns+=,group,iommu kinds+=' group: iommu:' ;;
		d*) columns+=,driver,dma kinds+=' driver: dma:' ;;
		s*) columns+=,state kinds+=' state:' ;;
		t*) columns+=,type kinds+=' type:' ;;
	esac
	"$tool" show --all -n -r -q "${root[@]}" -o "$columns" 2>/dev/null |
		CUR=$cur KINDS=$kinds awk 'BEGIN { split(ENVIRON["KINDS"], kinds); cur = ENVIRON["CUR"] }
			{
				for (i = 1; i <= NF; i++) {
					count = split($i, words, ",")
					for (j = 1; j <= count; j++) {
						word = (kinds[i] == "-" ? "" : kinds[i]) words[j]
						if (index(word, cur) == 1 && words[j] != "-" && !seen[word]++)
							print word
					}
				}
			}'
}

# _iommuctl_offer [PREFIX] - lines of standard input that begin with $cur. Not compgen -W, which would
# expand $(...) in the names of devices, and no loop of the shell, which would take a second for thousands. For readline
# the word begins after its last colon.
_iommuctl_offer() {
	local cut='' words
	[[ $COMP_WORDBREAKS == *:* ]] && cut=${cur%"${cur##*:}"}
	words=$(CUR=$cur CUT=$cut PREFIX=${1-} awk '
		BEGIN { cur = ENVIRON["CUR"]; cut = length(ENVIRON["CUT"]); prefix = ENVIRON["PREFIX"] }
		$0 != "" && index(prefix $0, cur) == 1 {
			gsub(/[] \t!"#$%&\047()*;<=>?[\\^`{|}~]/, "\\\\&")
			print substr(prefix $0, cut + 1)
		}')
	[[ -z $words ]] || mapfile -t COMPREPLY <<<"$words"
}

_iommuctl() {
	local cur prev words cword split tool=$1 verb='' argument i
	local -a verbs options root=() selectors=()
	local -A takes
	_init_completion -s -n : || return

	_iommuctl_options
	for ((i = 1; i < cword; i++)); do
		case ${words[i]} in
			--root) root=(--root "${words[i + 1]/#\~/$HOME}") ;;
			--root=*) root=("${words[i]/=\~/=$HOME}") ;;
			-*) ;;
			*) [[ -z $verb ]] && verb=${words[i]} || selectors+=("${words[i]}") ;;
		esac
		# Letters may stand together: in -no the last takes the next word.
		argument=${words[i]}
		[[ $argument == -[!-]* ]] && argument=-${argument: -1}
		[[ $argument == -* && -n ${takes[$argument]} ]] && ((i++))
	done
	[[ -z $verb ]] || _iommuctl_options "$verb"

	[[ $prev == -[!-]* ]] && prev=-${prev: -1}
	argument=''
	[[ $prev == -* ]] && argument=${takes[$prev]}
	[[ -z $argument && $split == true ]] && return # --json=
	if [[ -z $argument && $cur == -* ]]; then
		_iommuctl_offer < <(printf '%s\n' "${options[@]}")
		return
	elif [[ -z $argument && -z $verb ]]; then
		_iommuctl_offer < <(printf '%s\n' "${verbs[@]}")
		return
	fi
	case ${argument:-${takes[$verb]}} in
		COLUMN*)
			[[ $cur =~ ^(.*[,+])? ]]
			_iommuctl_offer "${BASH_REMATCH[0]}" < <(_iommuctl_columns)
			compopt -o nospace
			;;
		ID*)
			[[ $cur =~ ^(.*,)? ]]
			_iommuctl_offer "${BASH_REMATCH[0]}" < <(_iommuctl_checks)
			compopt -o nospace
			;;
		KIND*)
			[[ $cur =~ ^(.*,)? ]]
			_iommuctl_offer "${BASH_REMATCH[0]}" < <(_iommuctl_kinds)
			compopt -o nospace
			;;
		*SELECTOR*)
			# A word after the selectors: DRIVER, or words to choose from.
			argument=${takes[$verb]##* }
			if [[ $argument == *'|'* && ${#selectors[@]} -gt 0 ]]; then
				_iommuctl_offer <<<"${argument//|/$'\n'}"
				return
			fi
			if [[ $verb == restore ]]; then
				_iommuctl_offer < <(_iommuctl_moved)
			elif [[ $argument == DRIVER && ${#selectors[@]} -gt 0 ]]; then
				_iommuctl_offer < <(_iommuctl_drivers; _iommuctl_selectors)
			else
				_iommuctl_offer < <(_iommuctl_selectors)
			fi
			;;
		DIR*) _filedir -d ;;
		FILE* | OLD*) _filedir ;;
		*'|'*) _iommuctl_offer <<<"${argument//|/$'\n'}" ;;
	esac
} && complete -F _iommuctl iommuctl
