#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016  # dollars of scripts that are written
# ssh.sh - a host of Ansible: it serves SSH until the file /tmp/end appears (tests/ansible/playbooks)

# shellcheck source=../guest/lib.sh
. lib.sh
# shellcheck source=../guest/devices.sh
. devices.sh

card=0000:00:14.0
mkdir -p /var/log /etc/dropbear /etc/iommuctl
chmod 700 /root /root/.ssh
chmod 600 /root/.ssh/authorized_keys
ifconfig lo 127.0.0.1 up
ifconfig "$(ls "$(where $card)"/virtio*/net)" 10.0.2.15 netmask 255.255.255.0 up
dropbear -R -E -s -p 22 2>/tmp/dropbear.log || exit

# iommuctl, killed in the middle of a rebind: after its second step began
cat >/root/killed <<'END'
#!/bin/sh
case " $* " in
*" rebind -- "*) exec at-record "begin 2" 'kill -9 $tool' iommuctl "$@" ;;
esac
exec iommuctl "$@"
END
# the whole machine, at the same moment
sed 's/kill -9 $tool/exec 9<>\/dev\/ttyS3; \/vm\/hmp quit; sleep 1000/' /root/killed >/root/switched-off
chmod +x /root/killed /root/switched-off
until [ -e /tmp/end ]; do
    sleep 1
done
state 0000:01:00.0 $card
