# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# bash completion for iommuctl. Verbs, options, their arguments and columns are what the program itself
# prints, so that they cannot drift apart.

# _iommuctl_options [VERB] - reads its help into the caller's verbs, options and takes. The arguments of
# the verb itself are takes[VERB].
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
	done < <("$tool" "$@" --help 2>/dev/null)
}

_iommuctl_columns() {
	"$tool" ${verb:+"$verb"} -o help 2>/dev/null | sed 's/ .*//'
}

_iommuctl_checks() {
	"$tool" check --waive help 2>/dev/null | sed 's/ .*//'
}

_iommuctl_selectors() {
	"$tool" show --all -n -r -q "${root[@]}" -o name,interfaces,group,driver,iommu 2>/dev/null |
		awk '{ gsub(",", "\n", $2); print $1 "\n" $2 "\ngroup:" $3 "\ndriver:" $4 "\niommu:" $5 }' |
		grep -vE '(^|:)-$' | sort -u
}

# _iommuctl_offer [PREFIX] - lines of standard input that begin with $cur. Not compgen -W, which would
# expand $(...) in the names of devices.
_iommuctl_offer() {
	local word
	while read -r word; do
		[[ -n $word && $1$word == "$cur"* ]] || continue
		[[ $word != *[!A-Za-z0-9_.:+/@-]* ]] || printf -v word %q "$word"
		COMPREPLY+=("$1$word")
	done
	__ltrim_colon_completions "$cur"
}

_iommuctl() {
	local cur prev words cword split tool=$1 verb='' argument i
	local -a verbs options root=()
	local -A takes
	_init_completion -s -n : || return

	_iommuctl_options
	for ((i = 1; i < cword; i++)); do
		case ${words[i]} in
			--root) root=(--root "${words[i + 1]/#\~/$HOME}") ;;
			--root=*) root=("${words[i]/=\~/=$HOME}") ;;
			-*) ;;
			*) verb=${verb:-${words[i]}} ;;
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
		*SELECTOR*) _iommuctl_offer < <(_iommuctl_selectors) ;;
		DIR*) _filedir -d ;;
		FILE*) _filedir ;;
		*'|'*) _iommuctl_offer <<<"${argument//|/$'\n'}" ;;
	esac
} && complete -F _iommuctl iommuctl
