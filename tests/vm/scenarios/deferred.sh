#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash source-path=SCRIPTDIR disable=SC2016,SC2030,SC2031  # $words in quotes are jq's
# deferred.sh unknown|waiting|failing|disabled|device|smmuv3|smmuv2 - compares "deferred", before the deferred probe
# timeout and after it, with the kernel's state and with the root causes that are written down here
#
# The machines are those of devicetree/. Other parameters come from the kernel's command line:
#   deferred_probe_timeout=N  the kernel gives up N seconds after the last driver was registered; below 0 never. 0: at
#                             once, but links are never given up
#   fw_devlink=               on: devices that wait for a clock are held back (links). permissive, off: no device is
#   fw_devlink.strict=1       links exist for IOMMUs as well (strict)

# shellcheck source=../guest/lib.sh
. lib.sh

option() {
    sed -n "s/.* $1=\([^ ]*\).*/\1/p" /proc/cmdline
}

machine=$1
timeout=$(option deferred_probe_timeout)
timeout=${timeout:-10} # the kernel's own
case $(option fw_devlink)$(option fw_devlink.strict) in
on1) links=strict ;;
on) links=links ;;
*) links=none ;;
esac

device=a000000.virtio_mmio
[ "$machine" != device ] || device=a000200.virtio_mmio

# Outcomes: "end" of a wait for an IOMMU, "perhaps" of one for a clock: a driver may do without one, as those here can;
# that shows only later. "link" of what a device link holds back.
end=runs_without_iommu perhaps=unknown link=given_up
[ "$timeout" -ge 0 ] || end=never perhaps=never
since 5.13 || link=kept
idle=idle # the DMA of a device that waits for a clock
! since 6.15 || idle=translated

# expected PHASE - state, dma, root cause, its subject, and the outcome; nothing: the device works
#
# What Debian's kernels do. Where links stand for IOMMUs, the PCI host bridge waits too, and no PCI device exists.
#            before the timeout                      after it
#   unknown  not bound, listed: without a reason;    all bound, without groups; no link is left
#            strict: "supplier 9050000.smmuv3 not ready"
#   failing  the same                                the same; strict: still listed, without end: a driver that failed is
#                                                    one that matches
#   waiting  not bound, listed; the SMMU itself:     the SMMU is bound as well, and what stood behind it in the list has
#            "supplier absent-clock not ready".      a group; what stood before it bound first, without one. strict:
#            none: bound at once, SMMU included      all groups: links keep the order
#   device   "supplier absent-clock not ready".      bound, with its group
#            none: bound at once
#   disabled bound at once, without a group          the same
# By kernel:
#   5.10          with links, "iommus" makes one as well, and no link is ever given up: what waits goes on waiting
#   6.1, 6.12     as above
#   6.18, 7.3     the same, but a device that waits for its own clock has its group before it is probed
expected() {
    case $machine-$links-$1-$link in
    unknown-none-before-* | unknown-*-before-given_up) echo deferred idle iommu_no_driver 9050000.smmuv3 $end ;;
    unknown-none-after-* | unknown-*-after-given_up) echo bound lost iommu_no_driver 9050000.smmuv3 runs_without_iommu ;;
    unknown-*-kept) echo deferred idle iommu_no_driver 9050000.smmuv3 never ;;
    failing-strict-* | failing-links-*-kept) echo deferred idle iommu_probe_failed smmuv3@9050000 never ;;
    failing-*-before-*) echo deferred idle iommu_probe_failed smmuv3@9050000 $end ;;
    failing-*-after-*) echo bound lost iommu_probe_failed smmuv3@9050000 runs_without_iommu ;;
    waiting-none-*) ;;
    waiting-links-"at once"-*) echo bound lost supplier_no_driver absent-clock runs_without_iommu ;; # the SMMU waits on
    waiting-*-kept) echo deferred idle supplier_no_driver absent-clock never ;;
    waiting-*-before-*) echo deferred idle supplier_no_driver absent-clock $perhaps ;;
    waiting-links-after-*) echo ${lost:+bound lost bound_without_iommu "$device" runs_without_iommu} ;;
    device-none-*) ;;
    device-*-kept) echo deferred $idle supplier_no_driver absent-clock never ;;
    device-*-before-*) echo deferred $idle supplier_no_driver absent-clock $perhaps ;;
    disabled-*) echo bound lost iommu_disabled /smmuv3@9050000 runs_without_iommu ;;
    esac
}

json() {
    jq -Mr "$@" /tmp/deferred.json
}

# told DEVICE - its deferral, in the form of expected
told() {
    json --arg device "$1" '.deferred[] | select(.device == $device)
        | [.state, .dma, .root_cause.code, .root_cause.name, .outcome.what] | join(" ")'
}

# Devices that wait or have lost their IOMMU, according to sysfs: these machines have all their PCI devices behind the SMMU.
afflicted() {
    local device
    {
        cut -f1 /sys/kernel/debug/devices_deferred
        for device in /sys/bus/pci/devices/* /sys/bus/platform/devices/*; do
            [ -e "$device/vendor" ] || [ -e "$device/of_node/iommus" ] || continue
            [ ! -e "$device/driver" ] || [ -e "$device/iommu_group" ] || echo "${device##*/}"
        done
    } | sort
}

# The root cause of all that the SMMU's absence holds up is the same.
causes() {
    json '.deferred[] | select(.dma != "shared_stream") | .root_cause.code' | sort -u
}

# Which devices were bound before the SMMU is a matter of the list's order, and there may be none. 05:02.0 has the stream
# ID of 05:01.0, and would have no group in any order.
choose_lost() {
    lost=$(grep -vx 0000:05:02.0 /tmp/afflicted | head -n 1)
    device=${lost:-$device}
}

# look PHASE - reads first: the state "before" may not last
look() {
    local cause status
    check "$1: deferred succeeds" iommuctl deferred -J >/tmp/deferred.json
    afflicted >/tmp/afflicted
    [ "$machine-$links-$1-$link" != waiting-links-after-given_up ] || choose_lost
    iommuctl deferred -q --exit-code "$device" >/dev/null
    status=$?
    dmesg | grep 'deferred probe [tp]' >/tmp/given-up
    [ "$1" != before ] || equal "the timeout has not come yet" "" "$(cat /tmp/given-up)"

    equal "$1: all that sysfs shows are told of, and no others" "$(cat /tmp/afflicted)" "$(json '.deferred[].device' | sort)"
    equal "$1: state, root cause and outlook of $device" "$(expected "$1")" "$(told "$device")"
    cause=$(expected "$1" | cut -d' ' -f3)
    equal "$1: the root cause of all of them" "$cause" "$(causes)"
    equal "$1: --exit-code" $((${cause:+8})) $status
}

# wait_for_end - until the kernel has given up and gone through its list, for a minute at most. Devices that it goes on holding
# back stay on the list.
wait_for_end() {
    local tries=240
    sleep $((timeout + 3))
    case $(expected after) in
    deferred*) return ;;
    esac
    while [ -n "$(cat /sys/kernel/debug/devices_deferred)" ] && [ $tries -gt 0 ]; do
        usleep 250000
        tries=$((tries - 1))
    done
}

case $machine in
smmuv3) # a stream ID of another device
    check "deferred succeeds" iommuctl deferred -J >/tmp/deferred.json
    equal "all that sysfs shows are told of, and no others" "$(afflicted)" "$(json '.deferred[].device' | sort)"
    for pair in "a000200 a000400" "a000600 a000800"; do
        other=${pair% *}.virtio_mmio device=${pair#* }.virtio_mmio
        equal "$device" "bound shared_stream stream_taken $device runs_without_iommu" "$(told "$device")"
        check "its root cause names $other" json -e --arg other "$other" --arg device "$device" '.deferred[]
            | select(.device == $device).root_cause.why | contains($other)' >/dev/null
    done
    ;;
smmuv2) # up to 6.14 each device that the SMMU rejects is lost; since 6.15 the first of them takes the SMMU down, and all wait
    check "deferred succeeds" iommuctl deferred -J >/tmp/deferred.json
    others=$(json '.deferred[].device' | sort | tr '\n' ' ')
    if since 6.15; then
        equal "an overlap" "stream_overlap a000e00.virtio_mmio" "$(told a000e00.virtio_mmio | cut -d' ' -f3,4)"
        equal "is the root cause of all" "stream_overlap a000e00.virtio_mmio" \
            "$(json '.deferred[].root_cause | "\(.code) \(.name)"' | sort -u)"
        equal "and told once" 1 "$(json '.findings | length')"
        equal "of all" "$(cd /sys/bus/platform/devices && echo a00[01][0-9a-f]00.virtio_mmio | cut -d' ' -f1-9) " "$others"
    else
        equal "an overlap" "bound lost stream_overlap a000e00.virtio_mmio runs_without_iommu" "$(told a000e00.virtio_mmio)"
        equal "streams of two groups" "bound lost stream_split a001000.virtio_mmio runs_without_iommu" \
            "$(told a001000.virtio_mmio)"
        equal "no others" "a000e00.virtio_mmio a001000.virtio_mmio " "$others"
    fi
    ;;
*)
    [ "$timeout" != 0 ] || look "at once"
    [ "$timeout" = 0 ] || look before
    if [ "$timeout" -gt 0 ]; then
        wait_for_end
        look after
    fi
    ;;
esac
finish
