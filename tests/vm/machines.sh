# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2054  # the variables are for vm, the commas are QEMU's
# The machines, sourced by vm: machine NAME sets arch, kernel, qemu (its arguments), cmdline, new_qemu (not empty where
# the host's QEMU may be too old), and devicetree (what is added to QEMU's own, from the folder of that name). NAME is
# KIND-KERNEL: any kind goes with any kernel of packages.sh (kernel_suites), but 5.10 and 6.1 have no driver for
# virtio-iommu, and kernels up to 6.12 none for RISC-V's.

kinds="intel intel-nics intel-full intel-rare intel-scalable intel-sriov intel-cxl amd amd-tree riscv virtio virtio-nobridge none
  arm-smmuv3 arm-sriov arm-smmuv2 arm-virtio arm-none arm-acpi arm-smmu-disabled
  arm-smmu-unknown arm-smmu-waiting arm-smmu-failing arm-device-waiting"

machine() {
    kernel=${1##*-} devicetree=''
    case ${1%-*} in
    intel)
        intel_tree
        ;;
    intel-nics)
        x86
        intel_iommu
        three_nics
        ;;
    intel-full)
        intel_tree
        server_devices
        ;;
    intel-rare)
        intel_tree
        server_devices
        rare_devices
        ;;
    intel-scalable) # second-stage tables of the guest's IOMMU are first-stage ones
        new_qemu=${new_qemu:-1}
        intel_tree x-scalable-mode=on,x-flts=on
        ;;
    intel-sriov)
        new_qemu=${new_qemu:-1}
        intel_tree
        root_port b.0 11
        nic igb sriov0 bus=rp11
        ;;
    intel-cxl)
        new_qemu=${new_qemu:-1}
        intel_tree
        cxl_memory
        ;;
    amd-tree) # QEMU's amd-iommu sees the devices below bridges since 9.0
        new_qemu=${new_qemu:-1}
        x86
        qemu+=(-device amd-iommu,intremap=on)
        pcie_tree
        ;;
    amd)
        x86
        qemu+=(-device amd-iommu,intremap=on)
        flat_tree
        ;;
    virtio) # since Linux 6.15 the devices behind its PCIe-to-PCI bridge take the IOMMU down
        x86
        qemu+=(-device virtio-iommu-pci,addr=0x1d)
        pcie_tree
        ;;
    virtio-nobridge)
        x86
        qemu+=(-device virtio-iommu-pci,addr=0x1d)
        pcie_tree nobridge
        ;;
    none)
        x86
        pcie_tree
        ;;
    arm-smmuv3 | arm-smmu-* | arm-device-waiting) # the last differ in their devicetree alone
        arm iommu=smmuv3
        arm_pcie_tree
        platform_devices 6
        devicetree=${1%-*}
        [ "$1" != arm-smmuv3-5.10 ] || devicetree=arm-smmuv3-disjoint
        ;;
    # With a devicetree, Linux 6.12 requests ACS after it has found the ports: functions are in the group of their card.
    arm-sriov)
        new_qemu=${new_qemu:-1}
        arm iommu=smmuv3
        qemu+=(-bios /usr/share/qemu-efi-aarch64/QEMU_EFI.fd)
        arm_pcie_tree
        root_port 5.0 5
        nic igb sriov0 bus=rp5
        ;;
    arm-smmuv2)
        arm
        arm_pcie_tree
        platform_devices 9
        fake_smmuv2
        ;;
    riscv)
        riscv
        ;;
    arm-virtio)
        arm
        qemu+=(-device virtio-iommu-pci,addr=7)
        arm_pcie_tree
        ;;
    arm-none)
        arm
        arm_pcie_tree
        ;;
    arm-acpi)
        arm iommu=smmuv3
        qemu+=(-bios /usr/share/qemu-efi-aarch64/QEMU_EFI.fd)
        arm_pcie_tree
        ;;
    *) return 1 ;;
    esac
}

# ttyS0 is the kernel's log, ttyS1 to ttyS3 are the channels of the guest (see guest/init). They are ISA ports
# because a PCI device would join the groups under test, and be deferred with them.
x86() {
    arch=amd64
    cmdline="console=ttyS0 ignore_loglevel panic=-1 tsc=reliable no_timer_check mitigations=off"
    qemu=(
        qemu-system-x86_64 -machine q35,usb=off,accel=tcg -cpu max -m 1024
        -serial chardev:log -serial chardev:output
        -device isa-serial,chardev=result,index=2,iobase=0x3e8,irq=7
        -device isa-serial,chardev=control,index=3,iobase=0x2e8,irq=5
    )
}

# intel_iommu [PROPERTIES]
intel_iommu() {
    qemu+=(-device "intel-iommu,intremap=on,caching-mode=on${1:+,$1}")
    cmdline+=" intel_iommu=on"
}

# intel_tree [PROPERTIES] - of its IOMMU
intel_tree() {
    x86
    intel_iommu "${1-}"
    pcie_tree
}

# Three network cards of one model, each with a serial. Variables change the machine: with front_port there is a port before
# theirs, so that the numbers of their buses are others; middle is the model of the card in the middle, or "none", middle_mac its
# address, from which QEMU makes its serial, and middle_slot the slot of its port; with partner it has a second function.
three_nics() {
    local function=''
    [ -z "${front_port-}" ] || root_port 2.0 9
    root_port 3.0 1
    root_port "${middle_slot-4}.0" 2
    root_port 5.0 3
    nic e1000e nic1 bus=rp1,mac=52:54:00:12:34:51
    [ -z "${partner-}" ] || function=,addr=0.0,multifunction=on
    [ "${middle-}" = none ] || nic "${middle-e1000e}" nic2 "bus=rp2,mac=${middle_mac-52:54:00:12:34:52}$function"
    [ -z "${partner-}" ] || nic e1000e partner bus=rp2,addr=0.1
    nic e1000e nic3 bus=rp3,mac=52:54:00:12:34:53
}

# system_disk FILE - the disk of a system that boots by itself, as the first NVMe controller
system_disk() {
    qemu+=(-drive "if=none,id=system,file=$1,format=raw" -device nvme,drive=system,serial=SYSTEM,bus=pcie.0,addr=10.0)
}

# root_port BUS-ADDRESS NUMBER [PROPERTIES] - the port rpNUMBER
root_port() {
    qemu+=(-device "pcie-root-port,id=rp$2,bus=pcie.0,addr=$1,chassis=$2,slot=$2${3:+,$3}")
}

# nic MODEL ID PLACE
nic() {
    qemu+=(-netdev "user,id=net-$2,restrict=on" -device "$1,id=$2,netdev=net-$2,romfile=,$3")
}

# ssh_card PORT - a card on the root bus by which 127.0.0.1:PORT is the guest's port 22
ssh_card() {
    qemu+=(
        -netdev "user,id=net-ssh,restrict=on,hostfwd=tcp:127.0.0.1:$1-:22"
        -device virtio-net-pci,id=ssh,netdev=net-ssh,romfile=,bus=pcie.0,addr=14.0
    )
}

disks() {
    qemu+=(-drive if=none,id=disk0,file=disk0,format=raw -drive if=none,id=disk1,file=disk1,format=raw)
}

# conventional_pair PORT - a PCIe-to-PCI bridge with two conventional devices: one group with the bridge
conventional_pair() {
    qemu+=(-device "pcie-pci-bridge,id=bridge,bus=$1" -device edu,id=pci1,bus=bridge,addr=2)
    nic e1000 pci0 bus=bridge,addr=1
}

# pcie_tree [nobridge] - without the PCIe-to-PCI bridge and the devices behind it
pcie_tree() {
    root_port 3.0 1 multifunction=on
    root_port 3.1 2
    root_port 3.2 3
    root_port 4.0 4
    root_port 5.0 5
    root_port 6.0 6
    root_port 7.0 7 # stays empty, for hot-plug
    root_port 8.0 8 disable-acs=on
    root_port 9.0 9
    [ "${1-}" = nobridge ] || conventional_pair rp4
    disks
    qemu+=(
        -device nvme,id=nvme0,bus=rp2,drive=disk0,serial=DISK0
        -device qemu-xhci,id=xhci0,bus=rp3
        # a switch with two downstream ports
        -device x3130-upstream,id=switch,bus=rp6
        -device xio3130-downstream,id=down0,bus=switch,chassis=61,slot=1
        -device xio3130-downstream,id=down1,bus=switch,chassis=62,slot=2
        # SR-IOV: nvme1 can have two virtual functions
        -device nvme-subsys,id=subsys0
        -device nvme,id=nvme1,bus=rp9,serial=DISK1,subsys=subsys0,sriov_max_vfs=2,sriov_vq_flexible=4,sriov_vi_flexible=2,max_ioqpairs=6,msix_qsize=5
        -device nvme-ns,drive=disk1,bus=nvme1,nsid=1,shared=on
    )
    nic e1000e nic0 bus=rp1
    nic e1000e pair0 bus=rp5,addr=0.0,multifunction=on # two functions without ACS
    nic e1000e pair1 bus=rp5,addr=0.1
    nic e1000e switched0 bus=down0
    nic e1000e switched1 bus=down1
    nic e1000e noacs0 bus=rp8
}

# More devices of a server: the display it boots with, another one, a disk on USB and one on SATA, a watchdog, a
# management controller, and a serial card whose port is the kernel's console: the log goes there.
server_devices() {
    root_port a.0 10
    root_port b.0 11
    qemu+=(
        -device VGA,id=vga0,bus=pcie.0,addr=1.0
        -device bochs-display,id=vga1,bus=rp10
        -device qemu-xhci,id=xhci1,bus=rp11
        -drive if=none,id=disk2,file=disk2,format=raw -device usb-storage,bus=xhci1.0,drive=disk2,serial=DISK2
        -device ich9-ahci,id=sata0,bus=pcie.0,addr=c.0
        -drive if=none,id=disk3,file=disk3,format=raw -device ide-hd,bus=sata0.0,drive=disk3,serial=DISK3
        -device i6300esb,id=watchdog0,bus=pcie.0,addr=d.0 -action watchdog=none
        -device ipmi-bmc-sim,id=bmc0 -device pci-ipmi-kcs,id=ipmi0,bmc=bmc0,bus=pcie.0,addr=e.0
        -device pci-serial,id=serial0,chardev=log,bus=pcie.0,addr=f.0
        -fsdev local,id=share,path=.,security_model=none,readonly=on
        -device virtio-9p-pci,fsdev=share,mount_tag=share,bus=pcie.0,addr=10.0
    )
    cmdline="earlyprintk=ttyS0 8250.nr_uarts=8 ${cmdline/ttyS0/ttyS4}"
}

# More of them, of kinds that few machines have: a CAN card, persistent memory and, where the host has virtiofsd and vm
# runs as root, a virtio-fs.
rare_devices() {
    qemu+=(
        -m maxmem=4G,slots=2
        -object can-bus,id=can0 -device kvaser_pci,canbus=can0,bus=pcie.0,addr=11.0
        -object memory-backend-file,id=pmem0,share=on,mem-path=pmem0,size=512M
        -device virtio-pmem-pci,memdev=pmem0,bus=pcie.0,addr=12.0
    )
    virtiofsd=$(type -P virtiofsd /usr/libexec/virtiofsd /usr/lib/qemu/virtiofsd | head -n 1) || true
    [ "$(id -u)" = 0 ] || virtiofsd=''
    [ -n "$virtiofsd" ] || return 0
    qemu+=(
        -object memory-backend-memfd,id=ram,size=1G,share=on -machine memory-backend=ram
        -chardev socket,id=shared,path=shared -device vhost-user-fs-pci,chardev=shared,tag=shared,bus=pcie.0,addr=13.0
    )
}

# A CXL host bridge with a port, and memory behind that.
cxl_memory() {
    qemu+=(
        -machine cxl=on -m maxmem=4G,slots=2
        -object memory-backend-ram,id=cxl-ram,size=256M
        -device pxb-cxl,id=cxl0,bus=pcie.0,bus_nr=128
        -device cxl-rp,id=cxl-rp0,bus=cxl0,port=0,chassis=20,slot=20
        -device cxl-type3,id=cxl-mem0,bus=cxl-rp0,volatile-memdev=cxl-ram
        -machine cxl-fmw.0.targets.0=cxl0,cxl-fmw.0.size=1G
    )
}

# The folder that the virtio-fs shares: virtiofsd listens before QEMU starts, and ends with it.
share_folder() {
    setpriv --pdeathsig TERM "$virtiofsd" --socket-path="$PWD/shared" -o source=. -o sandbox=chroot >virtiofsd.log 2>&1 &
    until [ -S shared ]; do
        kill -0 $! 2>/dev/null || die "virtiofsd: $(<virtiofsd.log)"
        sleep 0.1
    done
}

# QEMU's amd-iommu gives devices below bridges the wrong ID, so what needs DMA sits on the root bus.
flat_tree() {
    root_port 5.0 4
    root_port 7.0 7 # stays empty, for hot-plug
    conventional_pair rp4
    disks
    qemu+=(
        -device nvme,id=nvme0,bus=pcie.0,addr=2.0,drive=disk0,serial=DISK0
        -device qemu-xhci,id=xhci0,bus=pcie.0,addr=4.0
    )
    nic e1000e nic0 bus=pcie.0,addr=3.0,multifunction=on
    nic e1000e nic1 bus=pcie.0,addr=3.1
}

# arm [PROPERTY] - the console is the kernel's log; the channels of the guest sit in the last virtio-mmio slot
arm() {
    arch=arm64
    cmdline="console=ttyAMA0 ignore_loglevel panic=-1"
    qemu=(
        qemu-system-aarch64 -machine "virt,gic-version=3,accel=tcg,dtb-randomness=off${1:+,$1}" -cpu cortex-a57 -m 512
        -serial chardev:log
        -device virtio-serial-device,bus=virtio-mmio-bus.31 -device virtserialport,chardev=output
        -device virtserialport,chardev=result -device virtserialport,chardev=control
    )
}

# A RISC-V IOMMU for all of PCI, by the devicetree. The channels of the guest sit in the last virtio-mmio slot.
riscv() {
    arch=riscv64 new_qemu=${new_qemu:-1}
    cmdline="console=ttyS0 ignore_loglevel panic=-1"
    qemu=(
        qemu-system-riscv64 -machine virt,aia=aplic-imsic,iommu-sys=on,accel=tcg -m 512
        -serial chardev:log
        -device virtio-serial-device,bus=virtio-mmio-bus.7 -device virtserialport,chardev=output
        -device virtserialport,chardev=result -device virtserialport,chardev=control
    )
    root_port 1.0 1
    root_port 2.0 2
    disks
    qemu+=(
        -device nvme,id=nvme0,bus=rp2,drive=disk0,serial=DISK0
    )
    nic e1000e nic0 bus=rp1
    nic virtio-net-pci nic1 bus=pcie.0,addr=3.0,iommu_platform=on,disable-legacy=on
}

# Until Linux 5.13 an SMMUv3 is a kernel BUG for the second device with a stream ID (arm-smmu-v3.c:
# arm_smmu_write_strtab_ent): 5.10 gets one conventional device behind the bridge, the others get two.
arm_pcie_tree() {
    root_port 1.0 1
    root_port 2.0 2
    root_port 3.0 3
    root_port 4.0 4
    disks
    qemu+=(
        -device nvme,id=nvme0,bus=rp2,drive=disk0,serial=DISK0
        -device pcie-pci-bridge,id=bridge,bus=rp4
    )
    nic e1000e nic0 bus=rp1
    nic virtio-net-pci nic1 bus=rp3,iommu_platform=on,disable-legacy=on
    nic e1000 pci0 bus=bridge,addr=1
    [ "$kernel" = 5.10 ] || nic e1000 pci1 bus=bridge,addr=2
}

# platform_devices N - devices virtio_mmio@a000000, a000200 and so on. Their DMA never meets the IOMMU that the
# devicetree names, but the kernel does not know.
platform_devices() {
    local slot
    for ((slot = 0; slot < $1; slot++)); do
        qemu+=(-device "virtio-rng-device,bus=virtio-mmio-bus.$slot")
    done
}

# QEMU has no SMMUv2, but Linux takes memory for one if it reads the right ID registers there.
fake_smmuv2() {
    local register
    for register in 20=0x78015e20 24=0x30000008 28=0x7555 3c=0x20; do
        qemu+=(-device "loader,addr=0x5f0000${register%=*},data=${register#*=},data-len=4")
    done
    devicetree=arm-smmuv2
}
