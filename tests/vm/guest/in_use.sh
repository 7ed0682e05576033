# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016,SC2034  # $words in quotes are jq's; others use the names
# For the scenarios of in-use/: the devices of intel-full, and assertions on what is refused and what passes. Ends with
# the disks there, and the drivers of VFIO.
#
# A scenario sets up a use with the usual programs, checks it with refused, ends it, and checks again with passes.

# shellcheck source=lib.sh
. lib.sh

pci=/sys/bus/pci/devices
nic0=0000:01:00.0      # the only device of its group, as are all without another comment
nvme0=0000:02:00.0     # a disk
xhci0=0000:03:00.0     # nothing is plugged in
bridge=0000:04:00.0    # to conventional PCI; one group with the two behind it
pci0=0000:05:01.0      # a NIC
pci1=0000:05:02.0      # no driver of the kernel takes it
pair0=0000:06:00.0     # NICs, functions of one device and one group
pair1=0000:06:00.1
switched0=0000:09:00.0 # NICs behind a switch, each in one group with the switch's port
switched1=0000:0a:00.0
noacs0=0000:0c:00.0    # NIC, in one group with its root port
nvme1=0000:0d:00.0     # a disk; can have virtual functions
vga0=0000:00:01.0      # the display of the boot
vga1=0000:0e:00.0      # another
xhci1=0000:0f:00.0     # with a disk
sata0=0000:00:0c.0     # with a disk
watchdog0=0000:00:0d.0
lpc=0000:00:1f.0       # has a watchdog too; one group with the two
sata1=0000:00:1f.2     # no disk
smbus=0000:00:1f.3
ipmi0=0000:00:0e.0
serial0=0000:00:0f.0   # the kernel's console

json() {
    jq -Mr "$@" /tmp/check.json
}

# status ARG… - of "iommuctl ARG…", whose document goes to /tmp/check.json
status() {
    iommuctl "$@" -J >/tmp/check.json 2>/tmp/words
    echo $?
}

# refusing - the checks of /tmp/check.json that refuse, as ID@DEVICE for a device that was not named, and with :unknown
# where they are unknown
refusing() {
    json --arg named "$device" '[.checks[] | select(.level == "refuse" and (.waived | not))
        | .id + (if .unknown then ":unknown" else "" end)
            + (if .subject == $named or .subject == null then "" else "@\(.subject)" end)]
        | unique | join(" ")'
}

driver_of() {
    if [ -e "$pci/$1/driver" ]; then basename "$(readlink "$pci/$1/driver")"; else echo none; fi
}

# refused SENTENCE IDS DEVICE [DRIVER [OPTION]] - moving DEVICE to DRIVER, by default vfio-pci, is refused by these
# checks and by no others; it passes only if all of them are waived
refused() {
    local sentence=$1 ids=$2 device=$3 driver=${4:-vfio-pci} option=${5-} before id
    before=$(driver_of "$device")
    # shellcheck disable=SC2086  # without an option there is no argument
    {
        equal "$sentence: check refuses" 3 "$(status check "$device" "$driver" $option)"
        equal "by $ids" "$ids" "$(refusing)"
        equal "and shows evidence" "" "$(json '.checks[] | select(.level == "refuse" and .evidence == null).id')"
        equal "rebind refuses" 3 "$(status rebind "$device" "$driver" $option)"
        equal "for the same reasons" "$ids" "$(refusing)"
        equal "and touches nothing" "$before" "$(driver_of "$device")"
        for id in $(others "$ids"); do
            equal "to waive $id is not enough" 3 "$(status check "$device" "$driver" $option --waive "$id")"
        done
        equal "to waive $ids is" "$(enough "$ids")" \
            "$(status check "$device" "$driver" $option --waive "$(echo "$ids" | tr ' ' ,)")"
    }
}

# enough IDS - the exit status if all of them are waived
enough() {
    case $1 in
    *system-disk* | *vfio-open* | memory) echo 2 ;; # these cannot be waived
    group-in-use) if since 5.19; then echo 0; else echo 3; fi ;; # before, a native driver there is a kernel BUG
    *) echo 0 ;;
    esac
}

# others IDS - waivers that are not enough: one of several IDs, another ID where there is one, and an ID without its
# device where that device was not named
others() {
    local id
    case $1 in
    *" "*) echo "$1" ;;
    tpm) echo rdma ;;
    *) echo tpm ;;
    esac
    for id in $1; do
        case $id in
        *@*) echo "${id%@*}" ;;
        *:unknown) echo "${id%:unknown}" ;;
        esac
    done
}

# passes SENTENCE DEVICE [DRIVER [OPTION]]
passes() {
    local sentence=$1 device=$2
    # shellcheck disable=SC2086
    equal "$sentence: check passes" 0 "$(status check "$device" "${3:-vfio-pci}" ${4-})" ||
        equal "nothing refuses" "" "$(refusing)"
}

# captured SENTENCE DEVICE - check prints of a capture what it prints of the machine
captured() {
    local device=$2
    rm -rf /tmp/tree /tmp/capture.tar
    mkdir /tmp/tree
    iommuctl capture /tmp/capture.tar >/dev/null
    tar -C /tmp/tree -xf /tmp/capture.tar
    equal "$1: check says the same of a capture" "$(iommuctl check -v "$device" vfio-pci 2>&1)" \
        "$(iommuctl --root /tmp/tree check -v "$device" vfio-pci 2>&1)"
}

# net DEVICE - the name of its interface
net() {
    ls "$pci/$1/net"
}

# disk_of DEVICE - the node of its NVMe disk: which one is called nvme0 is a matter of which was probed first
disk_of() {
    echo "/dev/$(ls "$pci/$1/nvme")n1"
}

# A process that is there until it is told to go: held COMMAND… runs COMMAND, which lasts as long as its standard input;
# release ends that. COMMAND says when it is ready, with a line.
held() {
    rm -f /tmp/hold /tmp/held
    mkfifo /tmp/hold
    "$@" </tmp/hold >/tmp/held 2>&1 &
    holder=$!
    exec 5>/tmp/hold
    until grep -q . /tmp/held; do usleep 10000; done
}

release() {
    exec 5>&-
    wait "$holder"
}

# ready - until standard input ends
ready() {
    echo ready
    cat >/dev/null
}

# busybox's shell would run its own applet.
ip() { /usr/bin/ip "$@"; }

export DM_DISABLE_UDEV=1 LVM_SUPPRESS_FD_WARNINGS=1
# QEMU's router hands out addresses and a default route when it likes.
sysctl -q -w net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
/sbin/modprobe -a vfio-pci vfio_iommu_type1 ipmi_devintf loop
# The disks that take their time.
until [ -b /dev/sda ] && [ -b /dev/sdb ]; do
    autoload
    usleep 100000
done
