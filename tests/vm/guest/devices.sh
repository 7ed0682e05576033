# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=dash
# What sysfs says of devices, and runs of iommuctl with what they must come to; for the scenarios that move devices
# between drivers, after ". lib.sh".

# where DEVICE - its folder, whatever its bus
where() {
    realpath /sys/bus/*/devices/"$1" 2>/dev/null
}

# target LINK - the last part of where it points to, or "-"
target() {
    if [ -L "$1" ]; then basename "$(readlink "$1")"; else echo -; fi
}

driver() {
    target "$(where "$1")/driver"
}

group() {
    target "$(where "$1")/iommu_group"
}

override() {
    sed 's/^(null)$/-/; s/^$/-/' "$(where "$1")/driver_override"
}

# state DEVICE… - a line for each: driver, override, group
state() {
    local device
    for device; do
        echo "$device $(driver "$device") $(override "$device") $(group "$device")"
    done
}

# groups - all groups: number, fingerprint, type and members of each
groups() {
    iommuctl show -J | jq -Mc '.groups | sort_by(.id)[] | [.id, .fingerprint, .type, .devices]'
}

# run ARG… - iommuctl ARG…; its output goes to /tmp/out and /tmp/err, its exit status to $status
run() {
    iommuctl "$@" >/tmp/out 2>/tmp/err
    status=$?
}

# exits STATUS SENTENCE ARG… - the sentence is true if iommuctl ARG… exits so
exits() {
    local expected=$1 sentence=$2
    shift 2
    run "$@"
    came_to "$expected" "$sentence" "iommuctl $*"
}

# came_to STATUS SENTENCE WHAT - exits for the command that ran before: shows its output if the sentence is not true
came_to() {
    equal "$2" "$1" "$status" && return
    echo "    $3" >&2
    sed 's/^/    | /' /tmp/err >&2
    { json -c '.error, .result, (.checks // [] | map(select(.level != "pass")))' 2>/dev/null || tail -n 20 /tmp/out; } |
        sed 's/^/    > /' >&2
    return 1
}

# json FILTER - the filter's result for the document that it printed
json() {
    jq -Mr "$@" /tmp/out
}

# moved - the devices in the document's result: each with its driver before and after
moved() {
    json '.result.devices[] | "\(.device) \(.driver_before // "-") \(.driver_after // "-")"'
}

# eventually COMMAND… - waits at most ten seconds for it to succeed
eventually() {
    local tries=0
    until "$@" 2>/dev/null; do
        tries=$((tries + 1))
        [ $tries -lt 500 ] || return 1
        usleep 20000
    done
}

# hold DEVICE - makes a process that uses it over VFIO until release
hold() {
    rm -f /tmp/user
    sleep 1000 | vfio-user "/dev/vfio/$(group "$1")" "$1" >/tmp/user 2>&1 &
    echo $! >/tmp/user.pid
    eventually grep -q . /tmp/user
    equal "a VFIO user opens $1 and maps memory for DMA" ready "$(cat /tmp/user)"
}

# user - its process ID
user() {
    cat /tmp/user.pid
}

has_let_go() {
    [ -z "$(ls "/proc/$(user)/fd")" ]
}

release() {
    kill "$(user)"
    eventually has_let_go
}

# at SENTENCE STATUS RECORD SCRIPT ARG… - iommuctl ARG… exits STATUS where SCRIPT runs when its journal has RECORD
at() {
    local sentence=$1 expected=$2 record=$3 script=$4
    shift 4
    at-record "$record" "$script" iommuctl "$@" >/tmp/out 2>/tmp/err
    status=$?
    came_to "$expected" "$sentence at \"$record\"" "iommuctl $*"
}
