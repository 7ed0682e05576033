# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
# complete.bash SCRIPT - for each command line of standard input, what bash would make of its last word:
# "LINE<tab>WORD"
# shellcheck disable=SC1091 # of the package bash-completion
. /usr/share/bash-completion/bash_completion
# shellcheck disable=SC1090
. "$1"

# What the real programmable completion does before and after it calls the function.
answer() {
	local line=$1 word spaced
	# shellcheck disable=SC2001 # it needs &
	spaced=$(sed 's/[:=]\+/ & /g' <<<"$line") # as COMP_WORDBREAKS says
	read -ra COMP_WORDS <<<"$spaced"
	word=${line##* }
	[[ -n $word ]] || COMP_WORDS+=('')
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$line COMP_POINT=${#line} COMPREPLY=()
	_iommuctl iommuctl "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
	[[ $word != *[:=]* ]] && word='' || word=${word%"${word##*[:=]}"}
	((${#COMPREPLY[@]} == 0)) || printf "$line\t$word%s\n" "${COMPREPLY[@]}"
}

compopt() { :; } # only where a completion is running
while IFS= read -r line; do
	answer "$line"
done
