#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# completions.sh IOMMUCTL UNPACK - bash, zsh and fish offer every verb, option and column that the program has,
# and the devices of a machine. 77 where none of the shells is here.
set -u
tool=$(realpath "$1") unpack=$(realpath "$2")
here=$(cd "$(dirname "$0")" && pwd)
completions=$here/../../completions
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/bin" && ln -s "$tool" "$work/bin/iommuctl"
export PATH=$work/bin:$PATH HOME=$work LC_ALL=C.UTF-8
cd "$work" && "$unpack" "$here/../trees/server.tree" server && touch file.tar || exit 1

# expect LINE WORD... - at the end of LINE each WORD is offered
expect() {
	local word line=$1
	shift
	for word; do printf '%s\t%s\n' "$line" "$word"; done >>expected
}
never() { printf '%s\t%s\n' "$1" "$2" >>never; }
commands() { iommuctl --help | sed -n '/^Commands:/,/^$/s/^  \([a-z-]*\) .*/\1/p'; }
options() { iommuctl "$@" --help | sed -nE '/^ +(-., )?--/{s/^ +//; s/^(-.), /\1\n/; p}' | sed 's/[ =].*//'; }
columns() { iommuctl "$@" -o help | sed 's/ .*//'; }

for verb in $(commands); do
	expect "iommuctl " "$verb"
	# shellcheck disable=SC2046 # words
	expect "iommuctl $verb -" $(options "$verb")
	options "$verb" | grep -qx -- --output || continue
	for column in $(columns "$verb"); do
		expect "iommuctl $verb -o " "$column"
		expect "iommuctl $verb -nro name,state," "name,state,$column"
		expect "iommuctl -q $verb --output +" "+$column"
		expect "iommuctl $verb --output=+name," "--output=+name,$column"
	done
done
# shellcheck disable=SC2046
expect "iommuctl -" $(options)
# shellcheck disable=SC2046
expect "iommuctl -o " $(columns)
expect "iommuctl show --color " auto always never
for line in "show --root server " "--root server iommus " "-o name --root=server show group:0 "; do
	expect "iommuctl $line" 0000:00:1f.0 0000:02:00.0 eth0 nvme0 nvme0n1 group: driver: iommu: dma: state: type: class: pin:
done
expect "iommuctl --root server check eth0 " vfio-pci e1000e none nvme0
expect "iommuctl --root server check eth0 vf" vfio-pci
expect "iommuctl --root server check eth0 0000:02:00.1 " vfio-pci e1000e none
never "iommuctl --root server check " vfio-pci
expect "iommuctl wait eth0 " probed group vfio
expect "iommuctl wait eth0 0000:01:00.0 " probed group vfio
never "iommuctl wait " probed
expect "iommuctl --root server show group:" group:0 group:10
expect "iommuctl --root server show g" group:0 group:10
expect "iommuctl --root server show i" iommu:dmar1
expect "iommuctl --root server show d" driver:vfio-pci driver:none dma:translated
expect "iommuctl --root server show c" class:network class:nvme
expect "iommuctl --root server check class:" class:storage class:usb
expect "iommuctl --root server show s" state:bound
expect "iommuctl --root server show type:" type:DMA
mkdir -p server/etc/iommuctl/pins.d
printf 'driver = vfio-pci\nlocation = pci0000:00/00.0\nvendor = 0x8086\ndevice = 0x10d3\n' >server/etc/iommuctl/pins.d/nic.conf
expect "iommuctl --root server show p" pin:nic
expect "iommuctl --root server show pin:" pin:nic
never "iommuctl --root server show e" pin:nic
expect "iommuctl --root server show 0000:02" 0000:02:00.0 0000:02:00.1
expect "iommuctl show --root " server file.tar
expect "iommuctl capture " file.tar
expect "iommuctl diff " file.tar server
expect "iommuctl diff --ignore " renumbered members hand_over
expect "iommuctl diff --ignore members," members,dma
never "iommuctl capture -" --output
never "iommuctl --root server show " group:-
never "iommuctl --root server show " -

# A name that a shell could take for a command; were it run, it would leave a file.
# shellcheck disable=SC2016 # as it stands
bad='$(touch${IFS}run)'
mkdir "server/sys/devices/pci0000:00/0000:00:1f.0/net" "server/sys/devices/pci0000:00/0000:00:1f.0/net/$bad"
ln -s "../../devices/pci0000:00/0000:00:1f.0/net/$bad" "server/sys/class/net/$bad"
iommuctl --root server show --all -nr -o interfaces | grep -qF "$bad" || { echo "the bad name is not shown" && exit 1; }

shells=0 failed=0
# check SHELL COMMAND... - the command answers lines of standard input with LINE<tab>WORD
check() {
	local shell=$1
	shift
	shells=$((shells + 1))
	cut -f1 expected | sort -u | timeout 800 "$@" 2>errors | sed 's|/$||' | sort -u >answers
	sort -u expected | comm -23 - answers >wrong
	[ -s errors ] && sed "s/^/$shell says: /" errors && failed=1
	[ -s wrong ] && sed "s/^/$shell does not offer: /" wrong && failed=1
	grep -xFf never answers >wrong && sed "s/^/$shell offers: /" wrong && failed=1
	[ -e run ] && echo "$shell runs the names of devices" && failed=1
	rm -f run
	echo "$shell: $(wc -l <expected) expected, $(wc -l <answers) offered"
}

if [ -e /usr/share/bash-completion/bash_completion ]; then
	check bash bash "$here/complete.bash" "$completions/iommuctl.bash"
else
	echo "bash: skipped, without the package bash-completion"
fi
if command -v zsh >/dev/null; then
	check zsh zsh -f "$here/complete.zsh" "$completions/_iommuctl"
else
	echo "zsh: skipped, not here"
fi
if command -v fish >/dev/null; then
	check fish fish --no-config "$here/complete.fish" "$completions/iommuctl.fish"
else
	echo "fish: skipped, not here"
fi
[ $shells -gt 0 ] || exit 77
[ $failed -eq 0 ]
