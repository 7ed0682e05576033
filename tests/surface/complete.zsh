# SPDX-License-Identifier: GPL-2.0-or-later
# complete.zsh SCRIPT - for each command line of standard input, what zsh would make of its last word:
# "LINE<tab>WORD". Completion wants a line editor and that a terminal, so an inner zsh gets one.
zmodload zsh/zpty
work=$(mktemp -d) || exit 1
cat >$work/lines
mkdir $work/functions
cp $1 $work/functions/_iommuctl
cat >$work/.zshrc <<'END'
PROMPT= LISTMAX=10000
fpath=($ZDOTDIR/functions $fpath)
autoload -U compinit
compinit -u -D
setopt no_always_last_prompt

# What compadd would add goes into the file too.
compadd() {
	local -a hits
	if [[ ${@[1,(i)(-|--)]} != *-[OAD]\ * ]]; then
		builtin compadd -A hits "$@"
		(($#hits)) && print -rl -- $BUFFER$'\t'$IPREFIX${^hits} >>$ZDOTDIR/answers
	fi
	builtin compadd "$@"
}
zle -C answer list-choices _main_complete
zle-line-init() {
	local line
	while IFS= read -r line <&3; do
		BUFFER=$line CURSOR=$#line
		zle answer
	done
	exit
}
zle -N zle-line-init
exec 3<$ZDOTDIR/lines
END
export ZDOTDIR=$work
zpty inner zsh -i
while zpty -r inner answer; do :; done
cat $work/answers
rm -rf $work # not in a trap: zpty's child would set it off
