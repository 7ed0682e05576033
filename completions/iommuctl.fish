# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion for iommuctl. Verbs, options, their arguments and columns are what the program itself
# prints, so that they cannot drift apart.

function __iommuctl --description 'run iommuctl quietly'
    command iommuctl $argv 2>/dev/null
end

function __iommuctl_verb --description 'the first word that is neither an option nor what an option takes'
    set -l words (commandline -opc)
    set -e words[1]
    while set -q words[1]
        # Letters may stand together: in -no the last takes the next word.
        if contains -- (string replace -r '^-[^-]*([^-])$' -- '-$1' $words[1]) $__iommuctl_takes
            set -e words[1]
        else if not string match -q -- '-*' $words[1]
            echo $words[1]
            return
        end
        set -e words[1]
    end
end

function __iommuctl_verb_is
    test "$(__iommuctl_verb)" = "$argv"
end

function __iommuctl_columns
    # The words before the column under the cursor: "name,", or "+"
    set -l before (commandline -ct | string replace -r '^(--[^=]*=|-[^-]*o)' '' | string match -r '^.*[,+]')
    __iommuctl (__iommuctl_verb) -o help | string replace -r '^(\S+)\s+(.*)' "$before\$1\t\$2"
end

# __iommuctl_words COMMAND… - words of a list with commas, as that command prints them with their help
function __iommuctl_words
    # The words before the one under the cursor: "mounted,"
    set -l before (commandline -ct | string replace -r '^--[^=]*=' '' | string match -r '^.*,')
    __iommuctl $argv help | string replace -r '^(\S+)\s+(.*)' "$before\$1\t\$2"
end

function __iommuctl_checks
    __iommuctl_words check --waive
end

function __iommuctl_kinds
    __iommuctl_words diff --ignore
end

# On a machine with thousands of devices each column takes its time, so only columns are read that can have a selector
# which begins as the word does, and of the other kinds an empty word gets the name alone.
function __iommuctl_selectors
    set -l words (commandline -opc)
    set -l root (string replace -f -- --root= '' $words)
    set -l at (contains -i -- --root $words); and set root $words[(math $at + 1)]
    set -lx CUR (commandline -ct)
    set -lx KINDS '- -'
    set -l columns name,interfaces
    if string match -q 'c*' -- $CUR
        __iommuctl show class:help
        string match -q 'class:*' -- $CUR; and return
    else if string match -q 'd*' -- $CUR
        echo driver:none
    end
    if string match -q 'p*' -- $CUR
        __iommuctl pins -nrq --root=(string replace -r '^~' ~ -- $root) -o name | string replace -r '^' pin:
        string match -q 'pin:*' -- $CUR; and return
    end
    if string match -qr '^[0-9a-f]{4}:' -- $CUR
        set columns name
    else if set -l kind (string match -r '^(?:group|driver|iommu|state|dma|type):' -- $CUR)
        set columns (string trim -rc : $kind)
        set KINDS $kind
    else if test -z "$CUR"
        printf '%s:\n' group driver iommu dma state type class pin
    else if string match -qr '^[gi]' -- $CUR
        set columns $columns,group,iommu
        set KINDS "$KINDS group: iommu:"
    else if string match -q 'd*' -- $CUR
        set columns $columns,driver,dma
        set KINDS "$KINDS driver: dma:"
    else if string match -q 's*' -- $CUR
        set columns $columns,state
        set KINDS "$KINDS state:"
    else if string match -q 't*' -- $CUR
        set columns $columns,type
        set KINDS "$KINDS type:"
    end
    __iommuctl show --all -nrq --root=(string replace -r '^~' ~ -- $root) -o $columns |
        awk 'BEGIN { split(ENVIRON["KINDS"], kinds); cur = ENVIRON["CUR"] }
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
end

# The words before the cursor that are neither options nor what these take, without the verb
function __iommuctl_plain
    set -l words (commandline -opc)
    set -l plain
    set -e words[1]
    while set -q words[1]
        if contains -- (string replace -r '^-[^-]*([^-])$' -- '-$1' $words[1]) $__iommuctl_takes
            set -e words[1]
        else if not string match -q -- '-*' $words[1]
            set -a plain $words[1]
        end
        set -e words[1]
    end
    string join -n \n -- $plain[2..]
end

function __iommuctl_drivers
    set -l selectors (__iommuctl_plain)
    set -l words (commandline -opc)
    set -l root (string replace -f -- --root= '' $words)
    set -l at (contains -i -- --root $words); and set root $words[(math $at + 1)]
    if set -q selectors[1]
        __iommuctl check -q --root=(string replace -r '^~' ~ -- $root) $selectors help | string replace -r '^(\S+)\s+(.*)' '$1\t$2'
    end
    __iommuctl_selectors
end

function __iommuctl_moved
    __iommuctl restore help | string split -n ' ' | string split -n ,
end

function __iommuctl_condition
    if test (count (__iommuctl_plain)) -gt 0
        string split '|' $argv[1]
    end
    __iommuctl_selectors
end

# __iommuctl_offer ARGUMENT COMPLETE-OPTION… - completes an argument of that name in the help
function __iommuctl_offer
    set -l argument $argv[1]
    set -l complete complete -c iommuctl $argv[2..]
    switch $argument
        case ''
            $complete
        case 'COLUMN*'
            $complete -x -a '(__iommuctl_columns)'
        case '*SELECTOR*DRIVER'
            $complete -x -a '(__iommuctl_drivers)'
        case '*SELECTOR* *|*'
            $complete -x -a "(__iommuctl_condition '"(string replace -r '.* ' '' -- $argument)"')"
        case 'MOVED'
            $complete -x -a '(__iommuctl_moved)'
        case '*SELECTOR*'
            $complete -x -a '(__iommuctl_selectors)'
        case 'ID*'
            $complete -x -a '(__iommuctl_checks)'
        case 'DIR*'
            $complete -x -a '(__fish_complete_directories)'
        case 'KIND*'
            $complete -x -a '(__iommuctl_kinds)'
        case 'FILE*' 'OLD*'
            $complete -r -F
        case '*|*'
            $complete -x -a (string replace -a '|' ' ' $argument)
        case '*'
            $complete -x
    end
end

# __iommuctl_read [VERB] - offers the options in its help; prints the verbs in it
function __iommuctl_read
    set -l when -n "__iommuctl_verb_is $argv"
    for line in (__iommuctl $argv --help)
        if string match -qr '^  (-(?<letter>.))?,? +--(?<name>[a-z-]+)( (?<argument>\S+))? +(?<help>.*)' -- $line
            __iommuctl_offer "$argument" $when -l $name (string replace -rf -- '(.)' '-s$1' "$letter") -d $help
            test -n "$argument"; and set -ga __iommuctl_takes --$name -$letter
        else if string match -qr '^Usage: .*\] [a-z-]+ (?<argument>.+)' -- $line
            test "$argv" = restore; and set argument MOVED
            __iommuctl_offer $argument $when
        else if string match -qr '^  (?<verb>[a-z-]+) .*  (?<help>.*)' -- $line
            complete -c iommuctl $when -a $verb -d $help
            echo $verb
        end
    end
end

complete -c iommuctl -f
set -g __iommuctl_takes
for verb in (__iommuctl_read)
    __iommuctl_read $verb
end
