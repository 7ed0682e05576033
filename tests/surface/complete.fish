# SPDX-License-Identifier: GPL-2.0-or-later
# complete.fish SCRIPT - for each command line of standard input, what fish would make of its last word:
# "LINE<tab>WORD"
source $argv[1]
while read -l line
    for word in (complete -C $line)
        printf '%s\t%s\n' $line (string split -f1 \t -- $word)
    end
end
