#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# install.sh BUILD_DIR - "cmake --install" places the program where the service looks for it, and all that README says
set -u -o pipefail
build=$1
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

expect() { # expect SENTENCE COMMAND… - the sentence is true if the command succeeds
	local sentence=$1
	shift
	"$@" && return
	echo "not so: $sentence"
	failed=1
}

DESTDIR=$work cmake --install "$build" >/dev/null || exit 1
for file in bin/iommuctl man8/iommuctl.8 man5/iommuctl-pins.5 man7/iommuctl-checks.7 man8/iommuctl-rebind.8 man7/iommuctl-ansible.7 iommuctl.schema.json bash-completion/completions/iommuctl \
	site-functions/_iommuctl vendor_completions.d/iommuctl.fish system/iommuctl-pins.service \
	system/iommuctl-boot.service system/iommuctl-metrics.service system/iommuctl-metrics.timer \
	iommuctl/prometheus/iommuctl.rules.yml initramfs-tools/hooks/iommuctl initramfs-tools/scripts/init-top/iommuctl \
	modules.d/90iommuctl/module-setup.sh modules.d/90iommuctl/pre-udev.sh modules.d/90iommuctl/early-pins \
	iommuctl/pci-serials iommuctl/early-match initcpio/install/iommuctl initcpio/hooks/iommuctl iommuctl/early-pins \
	iommuctl/iommuctl-early-pins.service \
	ansible_collections/iommuctl/iommuctl/galaxy.yml ansible_collections/iommuctl/iommuctl/plugins/modules/binding.py; do
	expect "$file is installed" test -n "$(find "$work" -path "*/$file")"
done
while IFS= read -r unit; do
	program=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' "$unit")
	expect "${unit##*/} starts $program, which is installed" test -x "$work$program"
done < <(find "$work" -path '*/systemd/system/*.service')
while IFS= read -r hook; do
	program=$(sed -n 's/.*"\(\/[^"]*\)" pins --compile.*/\1/p' "$hook")
	expect "$hook starts $program, which is installed" test -x "$work$program"
	match=$(sed -n 's/.*"\(\/[^"]*early-match\)".*/\1/p' "$hook")
	expect "$hook takes $match, which is installed" test -x "$work$match"
	expect "$hook is a program" test -x "$hook"
done < <(find "$work" -path '*/initramfs-tools/hooks/iommuctl' -o -name module-setup.sh -o -path '*/initcpio/install/iommuctl')
program=$(find "$work" -path '*/bin/iommuctl')
version=$("$program" --version | sed 's/.* //')
top=$(dirname "$0")/../..
expect "NEWS begins with version $version" grep -q "^iommuctl ${version//./\\.} " "$top/NEWS"
expect "debian/changelog has version $version" grep -q "^iommuctl (${version//./\\.})" "$top/debian/changelog"
expect "the RPM spec has version $version" grep -q "^Version: *${version//./\\.}$" "$top/packaging/rpm/iommuctl.spec"
expect "the Ansible collection has version $version" grep -q "^version: ${version//./\\.}$" "$top/packaging/ansible/galaxy.yml"
# Libraries that are loaded while the program runs stand in a note of the program, where makers of packages find them.
loaded=$(strings -a "$work"/usr/*/bin/iommuctl | grep -o '"soname":\["[^"]*"' | sed 's/.*"\([^"]*\)"$/\1/' | sort)
opened=$(grep -rhoE '"lib[a-z]+\.so\.[0-9]+"' "$(dirname "$0")/../../src" --include='*.c' | tr -d '"' | sort)
expect "the note names all libraries that are loaded: $opened" test "$loaded" = "$opened"
exit $failed
