#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016  # $words in quotes are jq's
# pins.sh - pins on a real kernel: which device each means, and what "pins --apply" makes of that

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

nic=0000:01:00.0 nvme=0000:02:00.0
twin=0000:0c:00.0 # of the NIC
pair0=0000:06:00.0 pair1=0000:06:00.1 # one group
folder=/etc/iommuctl/pins.d
mkdir -p "$folder"

# place DEVICE - its location
place() {
    iommuctl show -n -r -o location "$1"
}

# pin NAME DEVICE DRIVER LINE… - a pin of that device, with more lines
pin() {
    local name=$1 device=$2 driver=$3 line
    shift 3
    {
        echo "driver = $driver"
        echo "location = $(place "$device")"
        echo "vendor = $(cat /sys/bus/pci/devices/"$device"/vendor)"
        echo "device = $(cat /sys/bus/pci/devices/"$device"/device)"
        for line; do echo "$line"; done
    } >"$folder/$name.conf"
}

# states - NAME STATE of each pin, on one line
states() {
    iommuctl pins -n -r -o name,state | tr '\n' ' '
}

address=$(cat /sys/bus/pci/devices/$nic/net/*/address)
serial=$(sed 's/ *$//' /sys/bus/pci/devices/$nvme/nvme/nvme*/serial)
others=$(state $pair0 $pair1 $nvme)

echo "# kept away from their native driver at boot, before vfio-pci is loaded"
for card in $nic $twin; do
    echo vfio-pci >/sys/bus/pci/devices/"$card"/driver_override
    echo "$card" >/sys/bus/pci/drivers/e1000e/unbind
done
pin nic $nic vfio-pci
pin twin $twin vfio-pci
exits 0 "both go to the driver of their pins" pins --apply
equal "and have it" "vfio-pci vfio-pci" "$(driver $nic) $(driver $twin)"
exits 0 "restore takes them away again" restore --all
equal "and leaves no override of a pin" "$(printf '%s\n' "$nic - - $(group $nic)" "$twin - - $(group $twin)")" "$(state $nic $twin)"
sed -n 's/^iommuctl: no native driver has had .*: \(echo .*\) lets the kernel choose one$/\1/p' /tmp/err >/tmp/remedy
equal "what it tells to type" 2 "$(wc -l </tmp/remedy)"
sh /tmp/remedy
equal "gives them the native driver" "e1000e e1000e" "$(driver $nic) $(driver $twin)"
rm "$folder"/*.conf

echo "# which device is meant"
exits 0 "without pins nothing is to be done" pins --exit-code
pin nic $nic vfio-pci "serial = mac:$address"
equal "a device that fits is pending" "nic pending " "$(states)"
exits 8 "which is something to report" pins --exit-code
pin nic $nic vfio-pci "serial = mac:02:00:00:00:00:99"
equal "with another address it is another card" "nic mismatch " "$(states)"
exits 1 "and nothing is applied" pins --apply
equal "so it keeps its driver" e1000e "$(driver $nic)"
# The serial number in config space can be read whatever driver has the card; an address only while e1000e has it.
number=$(iommuctl pin --dry-run $nic vfio-pci | grep '^serial = pcie:')
pin nic $nic vfio-pci "serial = mac:$address" "$number"
sed -i 's|^location = .*|location = pci0000:00/1f.7/00.0|' "$folder/nic.conf"
equal "at another place it is found by its address" "nic moved " "$(states)"
pin disk $nvme vfio-pci "serial = nvme:$serial"
equal "an NVMe controller has a serial" "disk pending nic moved " "$(states)"
pin disk $nvme vfio-pci "serial = nvme:X$serial"
equal "and with another one it is another card" "disk mismatch nic moved " "$(states)"
rm "$folder/disk.conf"

echo "# applied"
exits 0 "the card goes to its driver" pins --apply -n -r -o name,device,state
equal "as the list says" "nic $nic satisfied" "$(cat /tmp/out)"
equal "and the kernel" vfio-pci "$(driver $nic)"
equal "the other cards are as they were" "$others" "$(state $pair0 $pair1 $nvme)"
exits 0 "once more there is nothing to do" pins --apply -n -r -o state
equal "and it stays" satisfied "$(cat /tmp/out)"
exits 0 "which is no news" pins --exit-code
exits 0 "the card is back with restore" restore $nic
check "which says that the pin stays" grep -q "the pin nic stays" /tmp/err
equal "and is pending again" "nic moved " "$(states)"
rm "$folder/nic.conf"

echo "# made by pin"
exits 1 "without a tool that builds an initramfs no card is pinned" pin --name nic $nic vfio-pci
check "and no file is written" test ! -e "$folder/nic.conf"
mkdir -p /etc/initramfs-tools/hooks /usr/sbin
: >/etc/initramfs-tools/hooks/iommuctl
printf '#!/bin/sh\necho no space >&2\nexit 1\n' >/usr/sbin/update-initramfs
chmod +x /usr/sbin/update-initramfs
exits 1 "nor with one that fails" pin --name nic $nic vfio-pci
check "which is said" grep -q "no space; the pins are as before" /tmp/err
check "and no file is left" test ! -e "$folder/nic.conf"
printf '#!/bin/sh\niommuctl pins --compile /tmp/list\n' >/usr/sbin/update-initramfs
mkdir -p /run/udev
exits 0 "a dry run prints the file" pin --dry-run $nic vfio-pci
check "with the address of the card" grep -q "^serial = mac:$address$" /tmp/out
check "and writes none" test ! -e "$folder/8086-10d3.conf"
exits 0 "a card is pinned" pin --name nic $nic vfio-pci
equal "and keeps its driver" e1000e "$(driver $nic)"
equal "the pin means it" "nic pending " "$(states)"
check "it is in the list for the initramfs" grep -q " vfio-pci nic$" /tmp/list
check "and in the rules of udev" grep -q vfio-pci /run/udev/rules.d/05-iommuctl-pins.rules
cp "$folder/nic.conf" /tmp/first.conf
exits 0 "the same pin again" pin $nic vfio-pci
check "is the same file" cmp "$folder/nic.conf" /tmp/first.conf
exits 2 "its name is taken" pin --name nic $nvme vfio-pci
exits 0 "now as well" pin --now $nic vfio-pci
equal "moves it" vfio-pci "$(driver $nic)"
equal "the pin is satisfied" "nic satisfied " "$(states)"
exits 0 "pinned once more" pin $nic vfio-pci
check "it keeps the address that cannot be read now" cmp "$folder/nic.conf" /tmp/first.conf
exits 0 "it is no longer pinned" unpin nic
equal "and stays where it is" vfio-pci "$(driver $nic)"
check "the list for the initramfs has no pin" test ! -s /tmp/list
check "and udev no rule" test ! -e /run/udev/rules.d/05-iommuctl-pins.rules
exits 6 "there is no such pin any more" unpin nic
exits 3 "a part of a group cannot be pinned" pin $pair0 vfio-pci
exits 0 "with the group it can" pin --group $pair0 vfio-pci
equal "both are pinned" 2 "$(find "$folder" -type f | wc -l)"
exits 0 "and all can be unpinned" unpin --all
equal "no file is left" 0 "$(find "$folder" -type f | wc -l)"

echo "# a group"
pin a $pair0 vfio-pci
exits 1 "a part of a group is refused" pins --apply -n -r -o name,state
equal "and that is said" "a failed" "$(cat /tmp/out)"
pin b $pair1 vfio-pci
exits 0 "the whole group moves" pins --apply -n -r -o name,state
equal "both are satisfied" "a satisfied b satisfied " "$(tr '\n' ' ' </tmp/out)"
equal "and have the driver" "vfio-pci vfio-pci" "$(driver $pair0) $(driver $pair1)"
rm "$folder"/*.conf

echo "# files that are no pins, and a disk in use"
disk=/dev/$(basename /sys/bus/pci/devices/$nvme/nvme/nvme*/nvme*n1)
mke2fs -q -F -t ext4 "$disk" 2>/dev/null
mkdir -p /mnt
check "its disk is mounted" mount -t ext4 "$disk" /mnt
pin disk $nvme vfio-pci "serial = nvme:$serial"
head -c 1048576 /dev/zero >"$folder/large.conf"
: >"$folder/empty.conf"
exits 1 "a disk in use is left alone" pins --apply -n -r -o name,state
equal "and each file is judged" "disk failed empty invalid large invalid " "$(tr '\n' ' ' </tmp/out)"
equal "the disk keeps its driver" nvme "$(driver $nvme)"
rm "$folder"/*.conf
exits 0 "a disk in use can be pinned for the next boot" pin $nvme vfio-pci
exits 3 "and not now" pin --now $nvme vfio-pci
umount /mnt
finish
