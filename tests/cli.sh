#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# cli.sh IOMMUCTL UNPACK - the words, exit statuses and bad input of the contract
# shellcheck source-path=SCRIPTDIR
# shellcheck source=support/frame.sh
. "$(dirname "$0")/support/frame.sh"
unpack_trees server

server() { "$tool" --root "$work/server" "$@"; }

exits 0 "without a command it shows" server
cp "$work/out" "$work/plain"
exits 0 "show is the default" server show
cmp -s "$work/out" "$work/plain"; verdict "both print the same" $?
exits 0 "help is a success" "$tool" --help
says out "show"
exits 0 "so is the help of a command" "$tool" show --help
says out "^Exit status:"
"$tool" rebind --help | grep -q "^   3  a check refuses"; verdict "a command that checks has 3" $?
! "$tool" show --help | grep -q "^   3 "; verdict "one that only reads has not" $?
# An example that the program would not take is worse than none.
for verb in $("$tool" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
	"$tool" "$verb" --help >"$work/out"
	grep -q "^Usage: iommuctl .* $verb " "$work/out" && sed -n '/^Options:/,/^$/p' "$work/out" | grep -q '^  -h, --help '
	verdict "$verb has its usage and options" $?
	[ "$(sed -n '/^Exit status:/,$s/^  *\([0-9]*\)  [a-z].*/\1/p' "$work/out" | grep -cx '[0129]')" -eq 4 ]; verdict "$verb has its exit statuses" $?
	"$tool" "$verb" --help | sed -n '/^Examples:/,/^$/s/^  iommuctl \([^|]*\).*/\1/p' >"$work/examples"
	[ "$(wc -l <"$work/examples")" -ge 2 ]; verdict "$verb has two examples" $?
	while read -r example; do
		# shellcheck disable=SC2086 # the words of the example
		"$tool" $example --help >/dev/null 2>&1; verdict "iommuctl $example" $?
	done <"$work/examples"
done
exits 0 "and the version" "$tool" --version
exits 0 "-o help lists the columns" server show -o help
says out "^hand_over"
exits 0 "class:help lists the words for classes" "$tool" show class:help
says out "^class:network$"
exits 0 "dma:help those for DMA, in each command with selectors" "$tool" check dma:help
says out "^dma:lost$"
exits 2 "a word that is none has the nearest" server show class:netwrk
says err "Did you mean network?"
exits 2 "or the list" server show state:whatever
says err '"iommuctl show state:help" lists the words'
exits 0 "a heading is a column's name" server show -n -r -o DEVICE,hand-over 0000:04:00.0
says out "^0000:04:00.0 given$"
exits 0 "bridges are not shown" server show
! grep -q 0000:00:01.0 "$work/out"; verdict "the port is not there" $?
says out "2 bridges or the like not shown (--all)"
exits 0 "but with --all" server show --all
says out "0000:00:01.0 .* no: bridge"
exits 0 "scripts get no last line" server show -n
! grep -q 'devices in' "$work/out"; verdict "there is none" $?

exits 2 "an unknown command is a usage error" server shwo
says err "unknown command shwo"
says err "Did you mean show?"
exits 2 "a word of another tool" server bind eth0 vfio-pci
says err "Did you mean rebind"
exits 2 "the name of a thing" server groups
says err "Did you mean show?"
exits 2 "or of a file" server log
says err "Did you mean faults"
exits 3 "a driver with a typing error" server check 0000:02:00.0 vfio-pic
says out "^  Did you mean vfio-pci?$"
exits 3 "one without" server check 0000:02:00.0 vfio-platform-of-mine
says out "^  Load its module with modprobe"
exits 2 "a word that is near no verb" server frobnicate
says err '"iommuctl --help" lists the commands'
exits 2 "an option of another spelling" server show --colour always
says err "Did you mean --color?"
exits 2 "a column with a typing error" server show -o name,drvier
says err "Did you mean driver?"
exits 2 "a condition with a typing error" "$tool" wait eth0 prboed
says err "Did you mean probed?"
exits 2 "a check with a typing error" "$tool" rebind --waive monted@0000:02:00.0 eth0 vfio-pci
says err "Did you mean mounted?"
exits 2 "the driver is missing" "$tool" rebind eth0
says err "rebind needs a DRIVER after eth0"
exits 2 "the condition is missing" "$tool" wait eth0
says err "wait needs one of probed|driver=NAME|group|vfio after eth0"
exits 0 "help is a word too" "$tool" help
cmp -s "$work/out" <("$tool" --help); verdict "it is --help" $?
mkdir "$work/bin" && cat >"$work/bin/man" <<'END'
#!/bin/sh
[ "$1" = -w ] || { echo "this is man $*" && exit; }
[ "$*" = "-w 8 iommuctl-rebind" ] || [ "$*" = "-w 8 iommuctl$ALSO" ] && echo /usr/share/man/page
END
chmod +x "$work/bin/man"
exits 0 "of a verb it is the manual page" env PATH="$work/bin" "$tool" help rebind
says out '^this is man 8 iommuctl-rebind$'
exits 0 "a verb without a page of its own is in the first" env PATH="$work/bin" "$tool" help show
says out '^this is man 8 iommuctl$'
exits 0 "without a page it is the short help" env ALSO=-no PATH="$work/bin" "$tool" help show
head -n -2 "$work/out" | cmp -s - <("$tool" show --help); verdict "which is the same as its --help" $?
says out '^This is the short help: '
mkdir "$work/empty"
exits 0 "and without man" env PATH="$work/empty" "$tool" help show
says out '^This is the short help: '
exits 2 "of no verb there is neither" env PATH="$work/bin" "$tool" help shwo
says err "Did you mean show?"
exits 2 "so is an unknown option" server show --bogus
exits 2 "an unknown short option" server show -Z
exits 2 "an option without its argument" server show --output
exits 2 "an unknown column" server show -o name,bogus
says err 'unknown column "bogus"'
exits 2 "an empty column" server show -o name,,group
exits 2 "a colour that is none" server show --color sometimes
exits 2 "two forms at once" server show -r -P
exits 2 "a selector that makes no sense" server show group:one
exits 6 "a device that is not there" server show eth7
says err "Did you mean eth0"
exits 6 "a group that is not there" server show group:99
exits 0 "a device by its interface" server show -n -r -o name eth0
says out "^0000:02:00.0$"
exits 1 "a tree that is not there" "$tool" --root "$work/nowhere" show
mkdir "$work/empty"
exits 1 "a folder that is no tree" "$tool" --root "$work/empty" show
says err "no sys folder"
# In a chroot or container without /sys or /proc little is known; that is no machine without devices or users of them.
if unshare -m sh -c 'mount -t tmpfs none /sys' 2>/dev/null; then
	for verb in show doctor deferred "status eth0" "check eth0 vfio-pci"; do
		for folder in /sys /proc; do
			# shellcheck disable=SC2086,SC2016 # words; of the inner shell
			exits 1 "$verb without $folder" unshare -m sh -c 'mount -t tmpfs none "$0" && exec "$@"' \
				$folder "$tool" $verb
			says err "$folder is not mounted here"
		done
	done
else
	echo "# skipped: mount namespaces are not permitted here"
fi

exits 2 "a usage error under --json is a document too" server show -J --bogus
is_json '.error.code == "usage"'
exits 2 "wherever --json stands" server show --bogus -J
is_json '.error.code == "usage"'
exits 6 "no match under --json" server show -J eth7
is_json '.error.code == "no_match" and .error.remedy != null'
is_json '.schema == 1 and .groups == [] and .devices == [] and .iommus == []'
exits 0 "a page on one device" server status 0000:05:00.0
says out "^driver:        vfio-pci"
says out "opened-by:     4242(qemu-system-x86)"
says out "^warning (fault_translation): 0000:05:00.0"
says out "^0000:05:00.0 can go to vfio-pci: 7 of 10 checks passed"
says out "^  iommuctl restore 0000:05:00.0"
exits 0 "of a device whose users a tree does not tell" server status eth0
says out "^It is unknown whether 0000:02:00.0 can go to vfio-pci\\|^0000:02:00.0 cannot go to vfio-pci"
says out "^unknown (net-session, .*): could not look"
says out "^  iommuctl rebind eth0 vfio-pci"
says out "^To hand it over, once no check stands against it:"
exits 0 "of a group" server status group:0
says out "^device:        0000:01:00.1"
exits 2 "not of devices of several groups" server status 0000:02:00.0 0000:05:00.0
exits 2 "and of nothing" server status
exits 6 "nor of a device that is not there" server status eth7
exits 0 "the page as a document" server status -J 0000:05:00.0
is_json '(.devices | length) == 1 and (.faults | length) == 1 and (.checks | length) == 10 and .findings[0].code == "fault_translation"'
exits 0 "a document without failure" server show -J
is_json '.error == null and (.groups | length) == 5 and (.devices | length) == 9'
is_json '.devices[] | select(.name == "0000:01:00.1") | .hand_over == {"verdict": "with_others", "with": ["0000:01:00.0"], "with_count": 1, "why": null}'
is_json '.devices[] | select(.name == "0000:01:00.0") | .hand_over == {"verdict": "given", "with": [], "with_count": 0, "why": "unusable: 0000:01:00.1 has snd_hda_intel"}'

# The first screen and check agree where the first screen can tell.
unpack_trees handover
exits 0 "a page on a device with a pin" "$tool" --root "$work/handover" status 02:10.0
says out "^pin:           guest (vfio-pci): satisfied$"
exits 0 "a pin whose device has another driver" "$tool" --root "$work/handover" status 02:10.2
says out "^pin:           second (vfio-pci): pending$"
exits 0 "a page on a device without a pin" "$tool" --root "$work/handover" status 03:00.0
! grep -q "^pin:" "$work/out"; verdict "names none" $?
"$unpack" "$trees/../doctor/device-nodes-only.tree" "$work/nodes"
exits 0 "a page on a device that has a node of its own" "$tool" --root "$work/nodes" status 01:00.0
says out "^vfio-cdev:     /dev/vfio/devices/vfio0$"
exits 0 "devices that the machine needs, or firmware, cannot go" "$tool" --root "$work/handover" show -n -r -o name,hand_over
for row in "0000:00:02.0 no:\\x20boot\\x20display display" "0000:03:00.0 no:\\x20system\\x20disk system-disk" \
	"0000:00:14.0 no:\\x20memory\\x20mapped\\x201:1 reserved-region"; do
	# shellcheck disable=SC2086 # words
	set -- $row
	exits 0 "the first screen of $1" "$tool" --root "$work/handover" show -n -r -o name,hand_over "$1"
	grep -qFx "$1 $2" "$work/out"; verdict "$1 is $2" $?
	exits 3 "and check refuses $1 for that reason" "$tool" --root "$work/handover" check "$1" vfio-pci
	says out "refused ($3)"
done
exits 0 "what a guest gets a device with" "$tool" --root "$work/handover" status --print qemu 0000:02:10.0
[ "$(cat "$work/out")" = "-device vfio-pci,host=0000:02:10.0" ]; verdict "it is all that is printed" $?
exits 0 "for libvirt" "$tool" --root "$work/handover" status --print libvirt 0000:02:10.0
says out "<address domain='0x0000' bus='0x02' slot='0x10' function='0x0'/>"
sed '/^pci 0000:02:00.0/s/driver=ixgbe/driver=vfio-pci/' "$trees/handover.tree" >"$work/token.tree" &&
	"$unpack" "$work/token.tree" "$work/token"
exits 0 "a function of a physical function that VFIO has" "$tool" --root "$work/token" status --print qemu 0000:02:10.0
[ "$(cat "$work/out")" = "-device vfio-pci,host=0000:02:10.0,vf-token=UUID" ]; verdict "its user passes a token" $?
says err "the user of 0000:02:00.0 passes the same: -device vfio-pci,host=0000:02:00.0,vf-token=UUID"
"$unpack" "$trees/server.tree" "$work/cdev" && mkdir -p "$work/cdev/dev" && : >"$work/cdev/dev/iommu"
echo 511:0 >"$work/cdev/sys/devices/pci0000:00/0000:04:00.0/vfio-dev/vfio1/dev"
exits 0 "with a node of its own" "$tool" --root "$work/cdev" status --print qemu 0000:04:00.0
says out "^-object iommufd,id=iommufd0$"
says out "^-device vfio-pci,host=0000:04:00.0,iommufd=iommufd0$"
rm "$work/cdev/dev/iommu"
exits 0 "which needs /dev/iommu" "$tool" --root "$work/cdev" status --print qemu 0000:04:00.0
[ "$(cat "$work/out")" = "-device vfio-pci,host=0000:04:00.0" ]; verdict "and is not used without it" $?
exits 6 "a device that no VFIO driver has" "$tool" --root "$work/handover" status --print qemu eth0
says err "no VFIO driver has 0000:02:00.0"
exits 2 "another program" "$tool" --root "$work/handover" status --print vmware 0000:02:10.0
says err "qemu|libvirt|proxmox|cloud-hypervisor|kubevirt|sriov-device-plugin"
exits 0 "functions, revision and resets" "$tool" --root "$work/handover" show -J -v eth0
is_json '.devices[0] | .virtual_functions == ["0000:02:10.0", "0000:02:10.2"] and .physical_function == null and
	.revision == 1 and .reset_methods == ["flr", "bus"] and (.modalias | startswith("pci:v00008086d00001563"))'
exits 0 "which only -v reads" "$tool" --root "$work/handover" show -J eth0
is_json '(.devices[0] | .virtual_functions == null and .revision == null and .reset_methods == null) and
	([.sources[] | select(.name == "details")][0].state == "skipped")'
exits 0 "-o narrows what is read, not the keys" server show -J -o name
is_json '.devices[0].driver == null and (.devices[0] | has("vendor_name"))'
is_json '[.sources[] | select(.name == "hwdb")][0].state == "skipped"'

mkdir "$work/disabled" && tar -C "$work/disabled" -xzf "$trees/arm-smmu-disabled-6.12.tar.gz"
exits 0 "the IOMMU that is to serve a device" "$tool" --root "$work/disabled" iommus -n -r -o name 0000:02:00.0
says out "^/smmuv3@9050000$"

exits 0 "one group by number" server show -J group:0
is_json '(.groups | length) == 1 and .groups[0].viability.viable == false'
is_json '.groups[0].viability.blockers == [{"device": "0000:01:00.1", "driver": "snd_hda_intel"}]'
is_json '.groups[0].viability.rule == "ownership"'

server show 2>"$work/err" | true
status=${PIPESTATUS[0]}
[ "$status" -eq 0 ] || [ "$status" -eq 141 ]; verdict "a closed pipe ends it quietly" $?
[ ! -s "$work/err" ]; verdict "and prints nothing on standard error" $?
server show >/dev/full 2>"$work/err"
[ $? -eq 1 ]; verdict "a full disk is an error" $?
says err "No space left"
server show -J >/dev/full 2>"$work/err"
[ $? -eq 1 ]; verdict "under --json too" $?
server show --help >/dev/full 2>"$work/err"
[ $? -eq 1 ]; verdict "and for help" $?

# Two moments: a document, a tree, and a tree in which the network card lost its driver.
server show -vJ -q >"$work/before.json"
exits 0 "unchanged is silence" server diff "$work/before.json"
[ ! -s "$work/out" ] && [ ! -s "$work/err" ]; verdict "nothing is printed" $?
cp -r "$work/server" "$work/later"
rm "$work/later/sys/bus/pci/devices/0000:02:00.0/driver"
sed -i '/^DRIVER=/d' "$work/later/sys/bus/pci/devices/0000:02:00.0/uevent"
echo identity >"$work/later/sys/kernel/iommu_groups/1/type"
exits 0 "differences between a document and a tree" "$tool" diff "$work/before.json" "$work/later"
says out "^warning (driver_changed): 0000:02:00.0: has no driver, and had e1000e"
says out "^alarm (group_type_changed): group 1: type identity, and DMA-FQ before"
says out "^alarm (dma_changed): its DMA is not translated any more"
says out "^  2 devices: 0000:02:00.0, 0000:02:00.1"
exits 8 "--exit-code reports them" "$tool" diff --exit-code "$work/server" "$work/later"
exits 0 "--exit-code without any" "$tool" diff --exit-code "$work/server" "$work/server"
exits 8 "--ignore leaves kinds out" "$tool" diff --exit-code --ignore type,dma "$work/server" "$work/later"
! grep -q 'type\|dma' "$work/out"; verdict "they are not there" $?
exits 0 "all of them" "$tool" diff --exit-code --ignore type,dma,driver,interfaces "$work/server" "$work/later"
exits 2 "a kind with a typing error" "$tool" diff --ignore memebrs "$work/server" "$work/later"
says err "Did you mean members?"
exits 0 "the kinds" "$tool" diff --ignore help
says out "^members "
exits 0 "differences as a document" "$tool" diff -J "$work/before.json" "$work/later"
is_json '[.differences[] | select(.kind == "driver")] | length == 1 and .[0].before == "e1000e" and .[0].after == null'
is_json '.old.form == "document" and .new.form == "capture" and .unknown == []'
tar -C "$work/later" -czf "$work/later.tar.gz" .
exits 0 "a capture that is not unpacked" "$tool" diff --exit-code "$work/later.tar.gz" "$work/later"
exits 8 "against a document" "$tool" diff --exit-code "$work/before.json" "$work/later.tar.gz"
exits 0 "differences as a table" "$tool" diff -n -r -o kind,subject,before,after "$work/before.json" "$work/later"
says out "^type group"
"$tool" diff - "$work/later" <"$work/before.json" | grep -q "driver_changed"; verdict "a document on standard input" $?
mkdir "$work/later/iommuctl" 2>/dev/null
printf '/sys/kernel/iommu_groups/1/type\tbusy\n' >"$work/later/iommuctl/unreadable"
rm "$work/later/sys/kernel/iommu_groups/1/type"
exits 13 "an unknown fact is no difference" "$tool" diff --exit-code --ignore driver,interfaces,hand_over "$work/server" "$work/later"
says err "known on one side only, and not compared: type 1, dma 2"
exits 2 "diff needs a side" server diff
exits 1 "a side that is not there" server diff "$work/nowhere"
exits 1 "a document of another command" server diff <(server iommus -J)
says err "another command"
exits 1 "a document about one device" server diff <(server show -vJ 0000:01:00.0 | sed 's/"0000:01:00.1"\]/"0000:01:00.1","x"]/')
says err "chosen devices only"
exits 1 "no document" server diff <(echo hello)
exits 1 "half a document" server diff <(head -c 900 "$work/before.json")

exits 0 "a graph of the groups" server show --dot
says out '"iommu dmar1 pci0000:00" -> "0000:03:00.0";'
says out 'subgraph cluster_0 {'
exits 2 "a graph is no document" server show --dot -J
exits 2 "other commands have none" server iommus --dot
unpack_trees hostile
exits 0 "names of any kind in a graph" "$tool" --root "$work/hostile" show --dot
! grep -q '[[:cntrl:]]' <(tr -d '\n\t' <"$work/out"); verdict "control characters are escaped" $?
if command -v dot >/dev/null; then
	dot -Tsvg "$work/out" >/dev/null 2>"$work/err"; verdict "Graphviz reads it" $?
fi

exits 2 "a number of events that is none" "$tool" watch --count 0
exits 2 "a tree does not change" server watch
says err "takes no option --root"
# leads VERB WORD... - refused for a captured tree, and the command that answers for it is named as it stands behind "to"
leads() {
	local line="$*"
	# shellcheck disable=SC2086 # words
	exits 2 "${line% to *} leads to the command for a captured tree" server ${line% to *}
	says err "For a captured tree: iommuctl ${line#* to }\$"
}
leads rebind eth0 vfio-pci to check --root "$work/server" eth0 vfio-pci
leads unbind eth0 to check --root "$work/server" eth0 none
leads pin eth0 vfio-pci to check --root "$work/server" eth0 vfio-pci
leads unpin nic to pins --root "$work/server"
leads restore eth0 to status --root "$work/server" eth0
leads restore --all to show --root "$work/server"
leads rescan eth0 to status --root "$work/server" eth0
leads domain group:10 identity to status --root "$work/server" group:10
leads vfs eth0 2 to vfs --root "$work/server" eth0
leads wait eth0 probed to status --root "$work/server" eth0
leads watch to show --root "$work/server"
leads recover to doctor --root "$work/server"

# An attribute whose lock was held when the tree was captured.
rm "$work/server/sys/kernel/iommu_groups/3/type"
mkdir -p "$work/server/iommuctl"
printf '/sys/kernel/iommu_groups/3/type\tbusy\n' >"$work/server/iommuctl/unreadable"
exits 0 "a document about a busy file" server show -J
is_json '[.sources[] | select(.name == "iommu_groups")][0].state == "partial"'
is_json '[.groups[] | select(.id == 3)][0].type == null'
exits 0 "a table about a busy file" server show -o name,type
says out "^0000:04:00.0 ?$"
says err "iommu_groups is partial"
exits 0 "--quiet keeps that to itself" server -q show -o name,type
[ ! -s "$work/err" ]; verdict "nothing on standard error" $?

# A megabyte where a word belongs, and half a machine.
"$unpack" "$trees/hostile.tree" "$work/hostile" || exit 1
head -c 1048576 /dev/zero | tr '\0' x >"$work/hostile/sys/kernel/iommu_groups/8/type"
head -c 1048576 /dev/zero | tr '\0' y >"$work/hostile/sys/devices/pci0000:00/0000:00:02.0/uevent"
exits 0 "a megabyte in an attribute" "$tool" --root "$work/hostile" show -J
is_json '([.groups[] | select(.id == 8)][0].type | length) <= 4096'
rm -rf "$work/hostile/sys/devices"
exits 0 "half a tree" "$tool" --root "$work/hostile" show -J
is_json '.error == null'

# Holders are read only where the command asks for them.
exits 0 "holders are shown when asked for" server show -n -r -o name,opened_by 0000:05:00.0
says out '0000:05:00.0 4242(qemu-system-x86)'
exits 0 "a device node names its group" server show -J -o opened_by group:3
is_json '.groups[0].opened_by[0].pid == 4243'
exits 0 "nobody has it open" server show -J -o opened_by group:0
is_json '.groups[0].opened_by == []'
exits 0 "without being asked nobody looks" server show -J group:0
is_json '.groups[0].opened_by == null'

# A capture reads like its machine, on any machine.
exits 0 "a capture" server capture "$work/server.tar"
mkdir "$work/copy" && tar -C "$work/copy" -xf "$work/server.tar"; verdict "unpacks without complaint" $?
for arguments in "show" "show -v" "show -J" "iommus -J"; do
	# shellcheck disable=SC2086 # words
	"$tool" --root "$work/copy" $arguments 2>&1 | sed "s|--root $work/[^ ]*|--root TREE|" >"$work/copy.out"
	# shellcheck disable=SC2086
	server $arguments 2>&1 | sed "s|--root $work/[^ ]*|--root TREE|" | cmp -s - "$work/copy.out"; verdict "$arguments prints the same of it" $?
done
# Packed, it reads the same.
exits 0 "a capture that gzip compresses" server capture "$work/server.tar.gz"
says out "server.tar.gz: read it with iommuctl --root .*server.tar.gz"
gzip -t "$work/server.tar.gz"; verdict "gzip agrees" $?
exits 0 "a capture to standard output" server capture -
cp "$work/out" "$work/stdout.tar" && tar -tf "$work/stdout.tar" >/dev/null; verdict "is an archive alone" $?
says err "read it with iommuctl --root FILE"
exits 2 "where no document fits beside it" server capture - -J
packed="server.tar server.tar.gz stdout.tar"
if command -v zstd >/dev/null; then
	exits 0 "a capture that zstd compresses" server capture "$work/server.tar.zst"
	zstd -qt "$work/server.tar.zst"; verdict "zstd agrees" $?
	packed="$packed server.tar.zst"
fi
mkdir "$work/tmp"
for file in $packed; do
	"$tool" --root "$work/copy" show -v -J >"$work/copy.out" 2>&1
	TMPDIR=$work/tmp "$tool" --root "$work/$file" show -v -J 2>&1 | cmp -s - "$work/copy.out"; verdict "$file reads like its folder" $?
done
for _ in 1 2 3 4 5 6 7 8 9 10; do
	[ -n "$(ls "$work/tmp")" ] || break
	sleep 0.5
done
[ -z "$(ls "$work/tmp")" ]; verdict "what was unpacked is removed" $?
head -c 2000 "$work/server.tar.gz" >"$work/half.tar.gz"
head -c 30001 "$work/server.tar" >"$work/half.tar"
exits 1 "half of a compressed capture" "$tool" --root "$work/half.tar.gz" show
says err "gzip cannot expand .*half.tar.gz"
exits 1 "half of a capture" "$tool" --root "$work/half.tar" show
says err "ends in the middle"
exits 1 "a file that is no capture" "$tool" --root "$0" show
says err "no tar file"
exits 2 "no packed capture is changed" "$tool" --root "$work/server.tar.gz" unbind 0000:02:00.0
"$unpack" "$trees/isolation.tree" "$work/isolation" && mkdir "$work/ports"
exits 0 "a capture of a machine with ports and bridges" "$tool" --root "$work/isolation" capture "$work/ports.tar"
tar -C "$work/ports" -xf "$work/ports.tar"
"$tool" --root "$work/isolation" show -v -J >"$work/plain"
exits 0 "holds what their config space says" "$tool" --root "$work/ports" show -v -J
cmp -s "$work/out" "$work/plain"; verdict "show -v -J prints the same of it" $?
is_json '[.groups[].isolation[].code[10:]] | sort == ["acs_off", "bridge", "functions", "no_acs", "unread"]'
exits 1 "an existing file is not overwritten" server capture "$work/server.tar"
says err "overwrite"
exits 0 "but with --overwrite" server capture --overwrite "$work/server.tar"
mkfifo "$work/pipe.tar" && ln -s server.tar "$work/link.tar"
for place in pipe.tar link.tar copy; do
	exits 1 "--overwrite replaces no $place" server capture --overwrite "$work/$place"
	says err "no regular file"
done
[ -p "$work/pipe.tar" ] && [ -L "$work/link.tar" ] && [ -d "$work/copy" ]; verdict "all three are as they were" $?
(umask 0 && server capture "$work/open.tar" >/dev/null)
[ "$(stat -c %a "$work/open.tar")" = 600 ]; verdict "only its owner may read a capture" $?
(umask 0277 && server capture "$work/closed.tar" >/dev/null)
[ "$(stat -c %a "$work/closed.tar")" = 400 ]; verdict "and the umask counts" $?
! tar -tvf "$work/server.tar" | grep '^-' | grep -qv '^-rw-------'; verdict "nor the files in it" $?
printf 'quiet rd.iscsi.password=hunter2' >"$work/server/proc/cmdline"
printf 'e1000e\0\0\0%0100d' 0 >"$work/server/sys/bus/pci/devices/0000:02:00.0/modalias"
exits 0 "a capture beside odd bytes" server capture "$work/odd"$'\n\033'".tar"
says out '/odd\\x0a\\x1b.tar: '
mkdir "$work/odd" && tar -C "$work/odd" -xf "$work/odd"$'\n\033'".tar"
[ "$(cat "$work/odd/proc/cmdline")" = "quiet rd.iscsi.password=***" ]; verdict "it has no password" $?
path=$(cd "$work/server/sys/bus/pci/devices/0000:02:00.0" && pwd -P)/modalias
cmp -s "$path" "$work/odd${path#"$work/server"}"; verdict "an attribute with NULs is kept byte for byte" $?
# A user who is not root gets a note where an answer depends on what could not be read.
"$unpack" "$trees/../doctor/not-root.tree" "$work/user"
exits 0 "without root" "$tool" --root "$work/user" show
[ ! -s "$work/err" ]; verdict "the first screen has no notes" $?
exits 0 "a fact that root alone may read" "$tool" --root "$work/user" show -o name,state
says err "devices_deferred is denied"
for command in "status 01:00.0" doctor deferred; do
	# shellcheck disable=SC2086 # two words
	"$tool" --root "$work/user" $command >"$work/out" 2>"$work/err"
	says err "devices_deferred is denied"
done

"$unpack" "$trees/server.tree" "$work/denied" && mkdir -p "$work/denied/iommuctl"
for device in 01:00.0 01:00.1 02:00.0 02:00.1 03:00.0 04:00.0; do
	printf '%s\tdenied\n' "$(cd "$work/denied/sys/bus/pci/devices/0000:$device" && pwd -P | sed "s,^$work/denied,,")/driver_override"
done >"$work/denied/iommuctl/unreadable"
denied() { "$tool" --root "$work/denied" capture --overwrite "$work/denied.tar" "$@"; }
exits 0 "a capture without some files" denied
[ "$(grep -c ': denied$' "$work/err")" = 5 ]; verdict "names five of them" $?
says err "and 1 more that could not be read; --verbose lists them"
exits 0 "--verbose" denied --verbose
[ "$(grep -c ': denied$' "$work/err")" = 6 ]; verdict "names all" $?
exits 0 "--quiet" denied --quiet
[ ! -s "$work/err" ]; verdict "names none" $?
exits 1 "a folder that is not there" server capture "$work/nowhere/x.tar"
exits 2 "a capture without a name" server capture
exits 2 "and with two" server capture a.tar b.tar
exits 0 "a capture with its document" server capture -J "$work/small.tar"
is_json '.capture.file == "'"$work"'/small.tar"'
[ -z "$(find "$work" -maxdepth 1 -name '*.tar*.??????')" ]; verdict "no temporary file is left" $?
head -c 3000 "$work/server.tar" >"$work/cut.tar"
mkdir "$work/cut" && tar -C "$work/cut" -xf "$work/cut.tar" 2>/dev/null
"$tool" --root "$work/cut" show -J >"$work/out" 2>"$work/err"
[ $? -le 1 ]; verdict "half a capture is no crash" $?
is_json '.schema == 1'
# A group whose members are unknown has a row without a device.
"$unpack" "$trees/server.tree" "$work/unlisted" && mkdir -p "$work/unlisted/iommuctl"
printf '/sys/bus/pci/devices\tdenied\n' >"$work/unlisted/iommuctl/unreadable"
exits 0 "groups without known members" "$tool" --root "$work/unlisted" show
says out "^at least 0 devices in 5 groups"
columns=$("$tool" show -o help | awk '{printf "%s%s", sep, $1; sep = ","}')
exits 0 "groups without known members in every column" "$tool" --root "$work/unlisted" show --pairs --output "$columns"
[ "$(grep -c 'DEVICE="" .*GROUP="[0-9]*"' "$work/out")" = 5 ]; verdict "each has its number and no device" $?
exits 0 "metrics" "$tool" --root "$work/server" metrics
says out '^iommuctl_findings{code="dma_identity",severity="warning"} 1$'
exits 0 "metrics in a file" server metrics --output "$work/iommuctl.prom"
cmp -s "$work/iommuctl.prom" <(server metrics); verdict "it has the same samples" $?
exits 1 "metrics in a folder that is not there" server metrics --output "$work/nowhere/x.prom"
says err "cannot write"
exits 0 "labels" "$tool" --root "$work/server" labels --nfd "$work/iommu.features"
grep -qx 'iommu.hand-over.8086-10d3=2' "$work/iommu.features"; verdict "name each model of device that can go" $?
grep -qx 'iommu.finding.dma_identity=warning' "$work/iommu.features"; verdict "and each finding" $?
exits 2 "labels have another option for the file" server labels --output "$work/x"
exits 2 "metrics have no columns" server metrics --raw
exits 2 "and no document" server metrics -J
exits 2 "and take no device" server metrics eth0
if [ "$(id -u)" -eq 0 ] && mkdir "$work/full" && mount -t tmpfs -o size=16k none "$work/full" 2>/dev/null; then
	exits 1 "a full disk" server capture "$work/full/x.tar"
	[ -z "$(ls "$work/full")" ]; verdict "leaves no half file" $?
	umount "$work/full"
fi
printf '/sys/firmware/acpi/tables/DMAR\tdenied\n/sys/kernel/debug/devices_deferred\tbusy\n' >"$work/copy/iommuctl/unreadable"
rm "$work/copy/sys/kernel/debug/devices_deferred"
exits 0 "what could not be read stays so" "$tool" --root "$work/copy" show -J
is_json '[.sources[] | select(.name == "devices_deferred")][0].state == "busy"'

# Firmware of another machine.
tables=$(cd "$(dirname "$0")/tables" && pwd)
dtc -q -f -O dtb -o "$work/v2.dtb" "$tables/good/dt-smmu-v2.dts"
exits 0 "streams of a devicetree blob" "$tool" streams --dtb "$work/v2.dtb" -J
is_json '(.streams | length) > 0 and .streams[0].device[0:1] == "/" and .host == null or .host.kernel == null'
is_json '[.streams[] | select(.source == "iommus" and (.spec | length) == 2)] | length > 0'
"$tool" streams --dtb - -J <"$work/v2.dtb" | sed "s|standard input: /|$work/v2.dtb: /|" | cmp -s - "$work/out"
verdict "the same from standard input, which the evidence names" $?
is_json '[.findings[].evidence] | length > 0 and all(startswith("'"$work"'/v2.dtb: /"))'
exits 0 "its IOMMUs" "$tool" iommus --dtb "$work/v2.dtb" -n -r -o kind
says out arm-smmu
head -c 500 "$work/v2.dtb" >"$work/cut.dtb"
exits 1 "half a blob" "$tool" streams --dtb "$work/cut.dtb" -J
is_json '.error.code == "malformed" and .streams == []'
exits 1 "no blob at all" "$tool" streams --dtb "$0"
exits 1 "a blob that is not there" "$tool" streams --dtb "$work/none.dtb"
exits 6 "a blob has no interfaces" "$tool" streams --dtb "$work/v2.dtb" eth0
says err "the name of a node"
exits 2 "nor drivers" "$tool" streams --dtb "$work/v2.dtb" driver:e1000e
exits 2 "a stream of a blob is a number" "$tool" streams --dtb "$work/v2.dtb" stream:banana
exits 0 "a stream of a blob, by its mask" "$tool" streams --dtb "$work/v2.dtb" -J stream:0x810
is_json '([.streams[].device] | unique) == ["/several", "/wide"]'
exits 0 "findings are about that" "$tool" streams --dtb "$work/v2.dtb" -J stream:0x40
is_json '(.findings | length) > 0 and all(.findings[]; .devices | contains(["/several"]))'
exits 0 "streams of an IOMMU of a blob" "$tool" streams --dtb "$work/v2.dtb" -J iommu:/iommu@20000000
is_json '[.streams[].iommu] | unique == ["/iommu@20000000"]'
exits 0 "an IOMMU of a blob by its node" "$tool" iommus --dtb "$work/v2.dtb" -n -r -o name iommu@20000000
says out '^/iommu@20000000$'
exits 0 "a node of a blob" "$tool" streams --dtb "$work/v2.dtb" -n -r -o device device
says out '^/bus/device$'
printf '/dts-v1/;\n/plugin/;\n&{/} { card { iommus = <1 0x99>; }; };\n' | dtc -q -f -O dtb -o "$work/card.dtbo" -
printf '/dts-v1/;\n/ { i: iommu { phandle = <1>; #iommu-cells = <1>; }; };\n' | dtc -q -f -O dtb -o "$work/base.dtb" -
exits 0 "an overlay" "$tool" streams --dtb "$work/base.dtb" --dtb "$work/card.dtbo" -n -r -o device,iommu,id
says out '^/card /iommu 0x99$'
"$tool" streams --dtb "$work/base.dtb" --dtb - -n -r -o device,iommu,id <"$work/card.dtbo" | cmp -s - "$work/out"
verdict "an overlay from standard input" $?
printf '/dts-v1/;\n/plugin/;\n&i { card { }; };\n' | dtc -q -f -O dtb -o "$work/label.dtbo" -
exits 1 "an overlay by labels of a base that has none" "$tool" streams --dtb "$work/base.dtb" --dtb "$work/label.dtbo" -J
is_json '.error.code == "malformed" and (.error.message | contains("has no symbols")) and (.error.remedy | contains("dtc -@"))'
exits 1 "an overlay without its base" "$tool" streams --dtb "$work/card.dtbo"
says err "is an overlay"
exits 1 "a blob as an overlay" "$tool" streams --dtb "$work/base.dtb" --dtb "$work/v2.dtb"
says err "is not an overlay"
head -c 100 "$work/card.dtbo" >"$work/cut.dtbo"
exits 1 "half an overlay" "$tool" streams --dtb "$work/base.dtb" --dtb "$work/cut.dtbo"
exits 2 "standard input twice" "$tool" streams --dtb - --dtb -
exits 2 "nor a tree besides" "$tool" --root "$work/server" streams --dtb "$work/v2.dtb"
exits 2 "show reads no blob" "$tool" show --dtb "$work/v2.dtb"
mkdir "$work/acpi"
cp "$tables/good/iort-server.aml" "$work/acpi/IORT"
cp "$tables/good/dmar-server.aml" "$work/acpi/dmar.dat"
exits 0 "streams of ACPI tables" "$tool" streams --acpi "$work/acpi" -J
is_json '([.streams[].source] | unique) == ["dmar", "iort"]'
is_json '[.findings[] | select(.code == "memory_direct")] | length > 0'
cp "$tables/good/iort-server.aml" "$work/one.aml"
cp "$tables/bad/iort-two-nodes-in-a-circle.aml" "$work/acpi/IORT"
exits 0 "a PCI function in a table" "$tool" streams --acpi "$work/one.aml" -n -r -o device,id 0001:02:00.0
says out '^PCI\\x20segment\\x201 0x10000-0x1ffff$'
exits 6 "a PCI function of a segment that is not there" "$tool" streams --acpi "$work/one.aml" 0003:02:00.0
exits 0 "a node of a table" "$tool" streams --acpi "$work/one.aml" -n -r -o device ETH0
says out '^.*_SB_.ETH0$'
exits 1 "a table that leads in a circle" "$tool" streams --acpi "$work/acpi"
says err "is malformed: IORT:"
cp "$tables/good/iort-server.aml" "$work/one.bin"
exits 0 "one table in a file" "$tool" streams --acpi "$work/one.bin" -J
cp "$tables/good/two-tables.acpidump" "$work/dump.txt"
exits 0 "a dump of all tables" "$tool" streams --acpi "$work/dump.txt" -J
is_json '[.streams[].source] | unique == ["dmar", "iort"]'
"$tool" streams --acpi - <"$work/dump.txt" >"$work/out" 2>&1; verdict "the same from standard input" $?
mkdir "$work/mixed" && cp "$work/one.bin" "$work/mixed/Iort.AML"
exits 0 "a name in mixed case" "$tool" streams --acpi "$work/mixed"
grep -v '@' "$work/dump.txt" >"$work/nothing.txt"
exits 1 "a dump without such tables" "$tool" streams --acpi "$work/nothing.txt"
head -c 300 "$work/dump.txt" >"$work/torn.txt"
exits 1 "a torn dump" "$tool" streams --acpi "$work/torn.txt"
mkdir "$work/noacpi"
exits 1 "a folder without tables" "$tool" streams --acpi "$work/noacpi"
exits 0 "a device by its stream" "$tool" --root "$work/server" show -n -r -o name stream:0x300
says out '^0000:03:00.0$'
exits 6 "a stream that nobody has" server show stream:0xfff
exits 2 "a stream that is no number" server show stream:banana

"$unpack" "$trees/arm.tree" "$work/arm" || exit 1
exits 0 "a page on a name that means two devices of a group" "$tool" --root "$work/arm" status twin
says out "^  iommuctl rebind amba:twin platform:twin vfio-amba$"
exits 8 "something to report is exit status 8" "$tool" --root "$work/arm" deferred --exit-code
exits 0 "without --exit-code it is a success" "$tool" --root "$work/arm" deferred
says out "^warning (unknown): a000200.virtio_mmio: the kernel gives no reason"
exits 0 "scripts get the table alone" "$tool" --root "$work/arm" deferred -n -r -o device
[ "$(cat "$work/out")" = a000200.virtio_mmio ]; verdict "one device, and no sentence" $?
exits 0 "its document has the cause with its devices" "$tool" --root "$work/arm" deferred -J
is_json '.findings[0] | .code == "unknown" and .severity == "warning" and .devices == ["a000200.virtio_mmio"]'
exits 0 "nothing to report is a success" server deferred --exit-code
says out "No device is deferred"
exits 0 "streams that are in order are a success" server streams --exit-code
"$unpack" "$trees/dangling.tree" "$work/dangling" || exit 1
exits 8 "streams that lead nowhere are something to report" "$tool" --root "$work/dangling" streams --exit-code
mkdir -p "$work/server/iommuctl"
cp "$work/server/iommuctl/unreadable" "$work/unreadable.before"
printf '/sys/firmware/acpi/tables/DMAR\tdenied\n' >>"$work/server/iommuctl/unreadable"
exits 13 "no stream is seen, but a table could not be read" server streams --exit-code
exits 13 "and that is no all-clear for deferred either" server deferred --exit-code
says out "dmar is denied: there may be more"
cp "$work/unreadable.before" "$work/server/iommuctl/unreadable"
exits 6 "a device that is not there cannot be deferred" server deferred eth7

# Faults: of the tree's own log, of a file, of standard input; a log that cannot be read is no "none".
exits 8 "faults are something to report" server faults --exit-code
exits 8 "a guest's device has one" server faults 0000:05:00.0 --exit-code -J
is_json '.faults | length == 1 and .[0].driver == "vfio-pci" and .[0].group == 10 and .[0].count == 2 and .[0].address == "0x7f1201000"'
exits 0 "a mask is no secret" server faults 0000:03:00.0 -J
is_json '.faults[0].place | test("32 bits")'
exits 13 "a fault of an unknown device may be its own" server faults 0000:04:00.0 --exit-code
exits 0 "a line that a process wrote is no fault" server faults 0000:02:00.0 -J
is_json '.faults == []'
exits 0 "a fault makes a stream a fact" server streams -J
is_json '[.streams[] | select(.derived == false) | .device] == ["0000:02:00.1", "0000:03:00.0", "0000:05:00.0"]'
printf 'pci 0000:04:00.0: x\n[ 1.0] DMAR: [DMA Read NO_PASID] Request device [04:00.0] fault addr 0x1000 [fault reason 0x06] PTE Read access is not set\n' >"$work/log"
exits 8 "a log in a file replaces the tree's" server faults --log "$work/log" --exit-code -n -r -o time,device,kind
[ "$(cat "$work/out")" = "1.0 0000:04:00.0 translation" ]; verdict "and is the only one" $?
"$tool" --root "$work/server" faults --log - -n -r -o device <"$work/log" >"$work/out"
[ "$(cat "$work/out")" = 0000:04:00.0 ]; verdict "standard input is a log too" $?
exits 0 "a log without a fault is a success" server faults --log /dev/null --exit-code
says out "No line there reports an IOMMU fault"
exits 1 "a log that is not there" server faults --log "$work/nowhere"
exits 2 "only some commands read a log" server show --log "$work/log"
exits 2 "a tree has no faults to come" server faults --follow
exits 2 "nor has a file" "$tool" faults --follow --log "$work/log"
printf '/iommuctl/log\tdenied\n' >>"$work/server/iommuctl/unreadable"
mv "$work/server/iommuctl/log" "$work/log.before"
exits 13 "a log that cannot be read is no all-clear" server faults --exit-code
says out "No IOMMU fault is seen, but log is denied"
mv "$work/log.before" "$work/server/iommuctl/log"
cp "$work/unreadable.before" "$work/server/iommuctl/unreadable"
printf '<4>[ 3.0] e1000e 0000:02:00.1: probe with driver e1000e failed with error -5\n' >"$work/failed"
exits 8 "a failed probe is something to report" server deferred --log "$work/failed" --exit-code
says out "0000:02:00.1: its driver's probe failed: Input/output error"
exits 8 "deferred reads a log too" "$tool" --root "$work/arm" deferred --log /dev/null --exit-code
# Doctor: all findings, and never an all-clear where something could not be read.
exits 8 "doctor has something to report" server doctor --exit-code
says out "warning (group_unusable): group 0"
exits 8 "so has one device" server doctor 0000:03:00.0 --exit-code -J
is_json '[.findings[].code] | sort == ["dma_identity", "fault_translation"]'
exits 0 "and one has nothing" server doctor 0000:04:00.0
says out "Nothing is found"
exits 13 "a log that is not whole is no all-clear" server doctor 0000:04:00.0 --exit-code --log /dev/null
exits 0 "every code is listed with its meaning" "$tool" doctor --list
says out "dma_identity "
exits 0 "a table has one line for each finding" server doctor -n -r -o code
[ "$(sort -u "$work/out" | head -1)" = dma_identity ]; verdict "and no paragraph" $?
exits 2 "only doctor has a list" server show --list
exits 6 "a device that is not there has no findings" server doctor eth7
mkdir -p "$work/isolation/run/iommuctl" "$work/isolation/proc/sys/kernel/random"
echo 1-2 >"$work/isolation/proc/sys/kernel/random/boot_id"
exits 0 "nothing is found on a sound machine" "$tool" --root "$work/isolation" doctor --exit-code
echo x >"$work/isolation/run/iommuctl/journal"
exits 13 "a journal that cannot be read is no all-clear" "$tool" --root "$work/isolation" doctor --exit-code
says out "there may be more: journal is malformed"
rm -r "$work/isolation/run"
mkdir -p "$work/noted/sys" && cp -r "$work/isolation/." "$work/noted"
echo aarch64 >"$work/noted/proc/sys/kernel/arch"
echo "amd_iommu=on" >"$work/noted/proc/cmdline"
exits 0 "notes alone need no action" "$tool" --root "$work/noted" doctor --exit-code
says out "^1 note is not shown"
! grep -q "Nothing is found" "$work/out"; verdict "and it is not said that nothing is found" $?
# A megabyte without a newline is no line; a million faults are counted in little memory.
{ head -c 1000000 /dev/zero | tr '\0' x; printf '\n'; cat "$work/log"; } >"$work/long"
exits 0 "a line without end is dropped" server faults --log "$work/long" -J
is_json '.faults | length == 1'
exits 2 "wait needs two words" "$tool" wait 0000:01:00.0
exits 2 "wait knows its conditions" "$tool" wait 0000:01:00.0 ready
exits 2 "wait watches this machine only" server wait 0000:01:00.0 probed
exits 2 "a timeout is a number" "$tool" wait 0000:01:00.0 probed --timeout soon
exits 2 "and not 0, which is no time" "$tool" wait 0000:01:00.0 probed --timeout 0
exits 2 "for changes neither: it would leave each write pending" "$tool" rebind 0000:01:00.0 none --timeout 0
exits 7 "it takes a unit" "$tool" wait ffff:ff:1f.7 probed --timeout 50ms -q
exits 7 "a device that never comes is a timeout" "$tool" wait ffff:ff:1f.7 probed --timeout 0.2 -q

# Commands that change the machine; here they must fail before any change.
for verb in "rebind 0000:02:00.0 vfio-pci" "unbind 0000:02:00.0" "restore --all" "rescan 0000:02:00.0" recover; do
	# shellcheck disable=SC2086
	exits 2 "a captured tree is not changed by $verb" server $verb
done
exits 2 "rebind needs a driver" "$tool" rebind 0000:ff:1f.7
exits 2 "a driver is no path" "$tool" rebind 0000:ff:1f.7 ../vfio-pci
exits 2 "nor has its name a newline" "$tool" rebind 0000:ff:1f.7 "vfio
pci"
exits 2 "nor 5,000 letters" "$tool" rebind 0000:ff:1f.7 "$(printf '%05000d' 1)"
exits 2 "nor none at all" "$tool" rebind 0000:ff:1f.7 ""
exits 2 "a check of that name must exist" "$tool" rebind --waive no-such-check 0000:ff:1f.7 vfio-pci
says err "no-such-check"
exits 2 "there is no waiving of everything" "$tool" rebind --waive all 0000:ff:1f.7 vfio-pci
exits 2 "what cannot be waived is not" "$tool" check --waive vfio-open 0000:ff:1f.7 vfio-pci
exits 2 "--group is for VFIO and none" server check --group 0000:02:00.0 e1000e
exits 2 "restore wants to know what" "$tool" restore
exits 2 "or all, not both" "$tool" restore --all 0000:ff:1f.7
exits 2 "rescan takes devices" "$tool" rescan
exits 2 "and no group of members" "$tool" rescan --group 0000:ff:1f.7
exits 6 "a device that is not there is not removed" "$tool" rescan --dry-run ffff:ff:1f.7
exits 0 "the drivers for a device have a list" server check eth0 help
[ "$(cut -d" " -f1 "$work/out" | tr "\n" " ")" = "vfio-pci e1000e none " ]; verdict "it has the three that it may get" $?
exits 6 "but not for a device that is not there" server check eth7 help
exits 0 "the checks have a list" "$tool" check --waive help
says out "^mounted "
exits 0 "and the table its columns" "$tool" check -o help
says out "^waivable "
exits 6 "a device that is not there is not checked" server check 0000:ff:1f.7 vfio-pci
exits 2 "a selector for any number must be allowed" server check id:8086:10d3 vfio-pci
exits 3 "what a tree does not tell refuses" server check 0000:00:1f.0 vfio-pci -J
is_json '.error.code == "refused" and (.checks | any(.level == "refuse" and .unknown)) and .result.outcome == "refused"'
exits 3 "as a table too" server check 0000:00:1f.0 vfio-pci -n -r -o level,id
says out "^refuse "

# Reading it while a probe succeeds hangs the reader and the prober for good: only its existence counts.
find "$work/arm/sys/devices" -type d -exec sh -c 'echo 0 >"$1/waiting_for_supplier"' _ {} \;
# only_looked COMMAND... - the trace of COMMAND has devices in it, and only O_PATH for files that must not be read
only_looked() {
	strace -f -e trace=open,openat,openat2 -o "$work/trace" "$@" >/dev/null 2>&1
	grep -q 'uevent' "$work/trace" && ! grep waiting_for_supplier "$work/trace" | grep -qv O_PATH
}
for command in "show -v" "show -J -v" "iommus -v" "streams -v" "deferred -v" "deferred -J" "check -v 0000:01:00.0 vfio-pci" \
	"check group:0 none" "capture $work/arm.tar"; do
	# shellcheck disable=SC2086
	only_looked "$tool" --root "$work/arm" $command
	verdict "${command%% *.tar} never opens waiting_for_supplier" $?
done
only_looked cat "$work/arm/sys/devices"/*/*/*/uevent "$work/arm/sys/devices"/*/*/*/waiting_for_supplier
verdict "the trace would show it" $((!$?))

# The same for wait, which takes no tree: mount one over /sys, where that is permitted.
cat >"$work/in-place" <<-'END'
	mount --bind "$1" /sys && shift && exec "$@"
END
if [ "$(id -u)" -eq 0 ] && unshare --mount true 2>/dev/null; then
	for words in "a000200.virtio_mmio probed" "a000200.virtio_mmio group" "0000:00:01.0 probed"; do
		# shellcheck disable=SC2086
		only_looked unshare --mount sh "$work/in-place" "$work/arm/sys" "$tool" wait $words --timeout 0.3
		verdict "wait $words never opens waiting_for_supplier" $?
	done
fi

# Tegra: the chip's own compatible selects no driver, and the mask stands in the SMMU's node.
cat >"$work/orin.tree" <<-'END'
	/sys/kernel/uevent_seqnum = 1
	group 0 type=DMA
	platform 3400000.mmc group=0 driver=sdhci-tegra of=/mmc@3400000
	platform 12000000.iommu driver=arm-smmu of=/iommu@12000000
	iommu smmu.0x0000000012000000 device=/sys/devices/platform/12000000.iommu serves=/sys/devices/platform/3400000.mmc
	/sys/devices/platform/12000000.iommu/of_node -> ../../../firmware/devicetree/base/iommu@12000000
	/sys/firmware/devicetree/base/iommu@12000000/compatible = nvidia,tegra234-smmu\x00nvidia,smmu-500\x00
	/sys/firmware/devicetree/base/iommu@12000000/#iommu-cells = \x00\x00\x00\x01
	/sys/firmware/devicetree/base/iommu@12000000/phandle = \x00\x00\x00\x05
	/sys/firmware/devicetree/base/iommu@12000000/stream-match-mask = \x00\x00\x7f\x80
	/sys/firmware/devicetree/base/mmc@3400000/iommus = \x00\x00\x00\x05\x00\x00\x00\x01
END
"$unpack" "$work/orin.tree" "$work/orin" || exit 1
exits 0 "a mask from the SMMU's node" "$tool" --root "$work/orin" streams -r -n -o device,iommu,id
says out "3400000.mmc smmu.0x0000000012000000 0x1/0x7f80"
exits 0 "and the cells of the device's reference to it" "$tool" --root "$work/orin" streams -r -n -o device,spec
says out "^3400000.mmc 0x1$"
exits 0 "a faulting ID leads to the device that the mask covers" "$tool" --root "$work/orin" show stream:0x2401 -r -n -o name
says out "3400000.mmc"

# RISC-V: a RIMT that names an IOMMU for a bound device without a group is the alarm, not "no IOMMU".
cat >"$work/riscv.tree" <<-'END'
	/sys/kernel/uevent_seqnum = 1
	/sys/kernel/iommu_groups/
	/sys/kernel/debug/devices_deferred = \n
	/sys/class/iommu/
	/sys/firmware/acpi/tables/
	pci 0000:00:01.0 in pci0000:00 driver=nvme id=1B36:0010 class=10802
END
"$unpack" "$work/riscv.tree" "$work/riscv" || exit 1
cp "$trees/../tables/good/rimt-virt.aml" "$work/riscv/sys/firmware/acpi/tables/RIMT"
exits 0 "streams of a RIMT" "$tool" --root "$work/riscv" streams -r -n -o device,iommu,id,source
says out "0000:00:01.0 riscv-iommu@0x3010000 0x8 rimt"
exits 8 "its devices are lost" "$tool" --root "$work/riscv" deferred --exit-code
says out "0000:00:01.0"
exits 0 "without a log the state of its IOMMU is unknown" "$tool" --root "$work/riscv" iommus -r -n -o name,state
says out "^riscv-iommu@0x3010000 unknown$"
mkdir "$work/riscv/iommuctl"
echo '[    1.0] riscv-iommu RSCV0004:00: probe with driver riscv,iommu failed with error -22' >"$work/riscv/iommuctl/log"
exits 0 "the log has its failed probe" "$tool" --root "$work/riscv" iommus -r -n -o name,state
says out "^riscv-iommu@0x3010000 failed$"
exits 8 "and its devices have the same cause" "$tool" --root "$work/riscv" deferred --exit-code
says out "iommu_probe_failed"

# All of VFIO's checks run for a variant driver, by its name in sysfs and by that of its module.
mkdir "$work/intel" && tar -C "$work/intel" -xzf "$trees/intel-6.1.tar.gz" || exit 1
intel() { "$tool" --root "$work/intel" "$@"; }
exits 0 "a page has the resets of a device with their scope, and its lines of the log" intel status 0000:02:00.0
says out "^reset:         flr (this function), bus (all devices on its bus)$"
says out "^log:           pci 0000:02:00.0: Adding to iommu group 12$"
says out "^It is unknown whether 0000:02:00.0 can go to vfio-pci: [0-9]* of [0-9]* checks could not look$"
exits 0 "a device that cannot go alone gets the command that takes its group along" intel status 0000:00:1f.2
says out "^reset:         none$"
says out "^  iommuctl rebind --group 0000:00:1f.2 vfio-pci$"
questions() { intel -J check 0000:0c:00.0 "$1" 2>/dev/null | jq -r '[.checks[].id] - ["denylist"] | join(" ")'; }
expected=$(questions vfio-pci)
for driver in mlx5_vfio_pci mlx5-vfio-pci hisi_acc_vfio_pci nvgrace_gpu_vfio_pci pds_vfio_pci qat_vfio_pci \
	virtio_vfio_pci xe-vfio-pci ism_vfio_pci vfio_pci; do
	[ "$(questions $driver)" = "$expected" ]; verdict "check asks $driver what it asks vfio-pci" $?
	intel check --group 0000:0c:00.0 $driver >"$work/out" 2>"$work/err"
	[ $? -ne 2 ]; verdict "--group goes with $driver" $?
done
[ "$(questions e1000e)" != "$expected" ]; verdict "a native driver is asked less" $?
exits 2 "and --group does not go with one" intel check --group 0000:0c:00.0 e1000e
exits 0 "a driver is selected in either spelling" server show driver:vfio_pci

# Virtual functions.
handover() { "$tool" --root "$work/handover" "$@"; }
exits 0 "without SR-IOV that is said" "$tool" --root "$work/server" vfs
says out "^No device here has an SR-IOV capability.$"
exits 0 "a physical function, and its virtual functions" handover vfs -n -r -o device,count,driver,mac
[ "$(wc -l <"$work/out")" -eq 3 ]; verdict "have a line each" $?
exits 0 "a virtual function leads to its physical one" handover vfs -J 0000:02:10.2
is_json '[.physical_functions[] | .device, .total, .count, .autoprobe, (.functions | length)] == ["0000:02:00.0", 63, 2, true, 2]'
is_json '.physical_functions[0].functions[1] | .driver == "ixgbevf" and .mac == "52:54:00:12:34:57"'
exits 0 "a device without the capability has none" handover vfs -J 0000:03:00.0
is_json '.physical_functions == []'
exits 6 "a device that does not exist" handover vfs 0000:77:00.0
exits 2 "a count is for the running machine" handover vfs 0000:02:00.0 2
says err "it takes no --root"
exits 2 "a count is a number" "$tool" vfs 0000:02:00.0 many
exits 2 "of at most 16 bits" "$tool" vfs 0000:02:00.0 65536
exits 2 "--driver goes with functions" "$tool" vfs 0000:02:00.0 0 --driver vfio-pci
exits 2 "a change prints no table" "$tool" vfs 0000:02:00.0 2 -r
exits 2 "the list takes no driver" "$tool" vfs --driver vfio-pci
exits 2 "nor the other options of a change" "$tool" vfs --dry-run 0000:02:00.0

# Types of groups.
exits 0 "the types of groups" "$tool" domain help
says out "^identity  DMA is not translated"
exits 2 "a type that no group can be given" "$tool" domain group:1 blocked
says err "DMA, DMA-FQ, identity and auto"
exits 2 "a group without a type" "$tool" domain group:1
exits 2 "a captured tree is not changed" "$tool" --root "$work/server" domain group:1 DMA

# Pins: the files are those of the tree.
exits 0 "without pins that is said" "$tool" --root "$work/server" pins
says out "^There are no pins.$"
mkdir -p "$work/server/etc/iommuctl/pins.d"
pins=$work/server/etc/iommuctl/pins.d
printf 'driver = vfio-pci\nlocation = pci0000:00/01.0/00.0\nvendor = 0xffff\ndevice = 0x10d3\n' >"$pins/nic.conf"
: >"$pins/empty.conf"
head -c 1048576 /dev/zero >"$pins/large.conf"
: >"$pins/notes.txt"
exits 8 "a pin that is not satisfied is something to report" server pins --exit-code -n -r -o name,state
says out "^empty invalid$"
says out "^large invalid$"
says out "^nic \(mismatch\|absent\)$"
[ "$(wc -l <"$work/out")" -eq 3 ]; verdict "other files are no pins" $?
exits 0 "a pin is an object of the document" server pins -J
is_json '.pins | length == 3 and .[2].match.vendor_id == 65535 and .[0].match == null'
exits 2 "--apply is for the running machine" server pins --apply
says err "takes no --root"
exits 2 "pins takes no selectors" server pins eth0
# The list for an initramfs: one card is there, one may be plugged in, and the disk waits for the service.
printf 'driver = vfio-pci\nlocation = pci0000:00/07.0/00.0\nvendor = 0x8086\ndevice = 0x10d3\n' >"$pins/absent.conf"
exits 0 "the list for an initramfs has the pins that are early" server pins --compile -
says out "^pci0000:00/07.0/00.0 0x8086 0x10d3 - - - - vfio-pci absent$"
says err "the pin empty is not in the list: it is no valid pin"
[ "$(grep -cv '^#' "$work/out")" -eq 1 ]; verdict "and no others" $?
exits 0 "it is written to a file" server pins -q --compile "$work/list"
[ "$(cat "$work/list")" = "$(cat "$work/out" && server pins -q --compile -)" ]; verdict "which has the same lines" $?
export IOMMUCTL_PINS_REQUIRED="$work/proof"
: >"$work/proof"
exits 0 "once more, for \"pin\"" server pins -q --compile "$work/list"
[ -s "$work/proof" ]; verdict "which is told that a list was made" $?
rm "$work/proof"
exits 1 "and has to be told" server pins -q --compile "$work/list"
unset IOMMUCTL_PINS_REQUIRED
exits 1 "a folder is no file" server pins --compile "$work"
exits 2 "a list is no document" server pins --compile - -J
mkdir "$work/blind" && cp -R "$work/server/etc" "$work/blind" && mkdir -p "$work/blind/sys"
exits 1 "without devices it is unknown which of them are absent" "$tool" --root "$work/blind" pins --compile "$work/list2"
[ ! -e "$work/list2" ]; verdict "and no list is written" $?
exits 8 "which pins are early is a column" server pins --exit-code -n -r -o name,early
says out "^absent yes$"
says out "^nic no$"
rm -r "$work/server/etc/iommuctl"
exits 2 "a pin needs a driver" "$tool" pin eth0
exits 2 "unpin needs a name" "$tool" unpin
exits 2 "and no name beside --all" "$tool" unpin --all gpu
exits 6 "a dry run needs no root, but a pin" "$tool" unpin --dry-run no-such-pin
if [ "$(id -u)" -eq 0 ]; then
	exits 6 "no such pin" "$tool" unpin no-such-pin
	says err "there is no pin no-such-pin"
	exits 6 "a path is no name" "$tool" unpin --no-initramfs ../../passwd
else
	exits 9 "only root changes pins" "$tool" unpin no-such-pin
fi

# Devices that come and go during the reading cause no crash and no endless loop.
"$unpack" "$trees/arm.tree" "$work/moving" || exit 1
devices=$work/moving/sys/devices/platform
while [ -d "$work/moving" ]; do
	mv "$devices/a000200.virtio_mmio" "$devices/gone" && mv "$devices/gone" "$devices/a000200.virtio_mmio"
	mv "$work/moving/sys/firmware" "$work/moving/sys/gone" && mv "$work/moving/sys/gone" "$work/moving/sys/firmware"
done 2>/dev/null &
mover=$!
status=0
for _ in $(seq 25); do
	timeout 20 "$tool" --root "$work/moving" deferred -J >"$work/out" 2>/dev/null || status=1
	jq -e '.schema == 1' "$work/out" >/dev/null || status=1
done
kill $mover
wait $mover 2>/dev/null
verdict "devices that vanish while they are read are no failure" $status

finish
