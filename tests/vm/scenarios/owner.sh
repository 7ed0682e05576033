#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016  # $tool is at-record's, other words in quotes jq's
# owner.sh - the VFIO nodes of a card are given to a user by udev, with udev's own rules: kept when udev handles them again,
# gone after restore, put back after a failure; killed at each record of the journal and recovered

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

nic=0000:01:00.0 first=0000:06:00.0 second=0000:06:00.1
modprobe vfio_iommu_type1 allow_unsafe_interrupts=1
modprobe -a vfio-pci e1000e
group=$(group "$nic") start=$(state "$nic" "$first" "$second") all=$(groups)
rule=/run/udev/rules.d/99-iommuctl-owner-pci-$nic.rules
echo "alice:x:1234:1234::/:/bin/sh
bob:x:1235:1235::/:/bin/sh" >>/etc/passwd
echo "kvm:x:36:
alice:x:1234:" >>/etc/group

# owner FILE - user:group permissions
owner() { stat -c '%u:%g %a' "$1" 2>/dev/null || echo none; }
cdev() { set -- "$(where "$nic")"/vfio-dev/vfio*; echo "/dev/vfio/devices/${1##*/}"; }
again() { udevadm trigger --settle --action=change --subsystem-match=vfio --subsystem-match=vfio-dev; }
level() { json ".checks[] | select(.id == \"$1\") | .level"; }

exits 2 "an unknown user is refused" rebind "$nic" vfio-pci --owner carol
exits 2 "an unknown group too" rebind "$nic" vfio-pci --owner alice:carol
exits 2 "without a VFIO driver nothing is given" rebind "$nic" none --owner alice
exits 3 "without udev nobody would give it" rebind -J "$nic" vfio-pci --owner alice
equal "- which is told" refuse "$(level owner)"
equal "- and nothing has changed" "$start" "$(state "$nic" "$first" "$second")"

ln -s udevadm /usr/bin/systemd-udevd
mkdir -p /etc/udev /usr/lib/udev/rules.d
systemd-udevd --daemon
until udevadm control --ping 2>/dev/null; do usleep 100000; done

echo "# given"
exits 0 "a card is given to a user" rebind -J "$nic" vfio-pci --owner alice
equal "- the node is that user's" "1234:0 600" "$(owner "/dev/vfio/$group")"
[ ! -e "$(where "$nic")/vfio-dev" ] || [ ! -e "$(cdev)" ] ||
    equal "- the device's own node too" "1234:0 600" "$(owner "$(cdev)")"
equal "- with a word about the memory that the user may lock" warning "$(level memlock)"
again
equal "- and stays so when udev handles it again" "1234:0 600" "$(owner "/dev/vfio/$group")"
exits 0 "the same again is nothing to do" rebind -J "$nic" vfio-pci --owner alice
equal "- which is said" nothing_to_do "$(json .result.outcome)"
exits 0 "without an owner too" rebind -J "$nic" vfio-pci
equal "- which keeps the owner" "nothing_to_do 1234:0 600" "$(json .result.outcome) $(owner "/dev/vfio/$group")"
exits 0 "another user and a group" rebind -J "$nic" vfio-pci --owner bob:kvm
equal "- get it" "1235:36 660" "$(owner "/dev/vfio/$group")"
mkdir -p /etc/security/limits.d
echo "bob - memlock unlimited" >/etc/security/limits.d/bob.conf
exits 0 "with a limit raised" check -J "$nic" vfio-pci --owner bob:kvm
equal "- the check of memory passes" pass "$(level memlock)"

echo "# restored"
exits 0 "restore" restore -J "$nic"
equal "- removes the rule" "$start none" "$(state "$nic" "$first" "$second") $(owner "$rule")"
exits 0 "and the next hand-over" rebind -J "$nic" vfio-pci
equal "- is root's" "0:0 600" "$(owner "/dev/vfio/$group")"
exits 0 "given when it was handed over before" rebind -J "$nic" vfio-pci --owner alice
equal "- it is the user's" "1234:0 600" "$(owner "/dev/vfio/$group")"
exits 0 "restored" restore -J --all
equal "- all is as before" "$start none $all" "$(state "$nic" "$first" "$second") $(owner "$rule") $(groups)"

echo "# two members of a group"
exits 0 "are given" rebind -J "$first" "$second" vfio-pci --owner alice
exits 0 "and one of them restored" rebind -J "$first" none
equal "- the node stays with the owner of the other" "1234:0 600" "$(owner "/dev/vfio/$(group "$second")")"
exits 0 "then the other" restore -J --all
equal "- all is as before" "$start" "$(state "$nic" "$first" "$second")"

echo "# a node that udev does not give away"
echo 'SUBSYSTEM=="vfio", OWNER:="0"' >/run/udev/rules.d/00-final.rules
udevadm control --reload
exits 4 "fails" rebind -J "$nic" vfio-pci --owner alice
equal "- and all is put back" "$start none" "$(state "$nic" "$first" "$second") $(owner "$rule")"
rm /run/udev/rules.d/00-final.rules
udevadm control --reload

echo "# killed"
n=0
steps=$(iommuctl rebind --dry-run -J "$nic" vfio-pci --owner alice | jq '.plan.steps | length')
while [ "$n" -lt "$steps" ]; do
    for record in "begin $n" "done $n"; do
        at "it is killed" 137 "$record" 'kill -9 $tool' rebind "$nic" vfio-pci --owner alice
        exits 0 "recover" recover -J
        if [ "$record" = "done $((steps - 1))" ]; then # only the end is missing
            equal "killed at $record, it is finished" "done 1234:0 600" "$(json .result.outcome) $(owner "/dev/vfio/$group")"
            at "the restore is killed" 137 "begin 0" 'kill -9 $tool' restore "$nic"
            exits 0 "recover" recover -J
            equal "and rolled back to the owner" "rolled_back 1234:0 600" "$(json .result.outcome) $(owner "/dev/vfio/$group")"
            exits 0 "and restored" restore --all
        fi
        equal "killed at $record, all is as it was" "$start none" "$(state "$nic" "$first" "$second") $(owner "$rule")"
    done
    n=$((n + 1))
done
equal "at the end all is as before" "$start none $all" "$(state "$nic" "$first" "$second") $(owner "$rule") $(groups)"

finish
