# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# Enter the system on the disk SYSTEM, from a guest that did not boot from it.

# mount_system - mounts it at /mnt, with what its programs need. A system of another release has no modules for this kernel:
# "pin" could not tell there that vfio-pci can be loaded, so it is.
mount_system() {
    local disk
    for disk in /sys/block/nvme*n1; do
        grep -q SYSTEM "$disk/device/serial" && break
    done
    mount -t ext4 "/dev/${disk##*/}" /mnt || return
    # Its files are those of the user that made the image.
    [ "$(stat -c %u /mnt/etc/fstab)" = 0 ] || chown -R 0:0 /mnt
    for disk in proc sys dev run tmp; do
        mount --bind "/$disk" "/mnt/$disk" || return
    done
    [ -d "/mnt/lib/modules/$(uname -r)" ] || modprobe vfio-pci
}

in_system() {
    env -i PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb chroot /mnt "$@"
}

leave_system() {
    umount /mnt/proc /mnt/sys /mnt/dev /mnt/run /mnt/tmp /mnt
}
