/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "views/launch.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "model/details.h"
#include "model/pci.h"
#include "model/traits.h"
#include "model/vfio_driver.h"
#include "views/column.h"

#include <stdio.h>
#include <string.h>

/* A PCI device's name "0000:01:00.0" has numbers of these parts. */
struct address {
	unsigned domain, bus, slot, function;
};

static bool parse_address(const char *name, struct address *ret)
{
	int length = 0;

	return sscanf(name, "%x:%x:%x.%x%n", &ret->domain, &ret->bus, &ret->slot, &ret->function,
		      &length) == 4 &&
	       !name[length];
}

/* The placeholder of a token that both users of SR-IOV functions pass. */
#define TOKEN ",vf-token=UUID"

/* QEMU has a device for each platform driver of VFIO, and one for all of PCI. */
static char *qemu_text(const struct launch_device *device, size_t index)
{
	char *text;

	if (asprintf(&text, "-device %s,host=%s%s%s",
		     bus_is_pci(device->bus) ? "vfio-pci" : device->driver, device->name,
		     device->nodes == LAUNCH_BY_GROUP ? "" : ",iommufd=iommufd0",
		     device->physical ? TOKEN : "") < 0)
		memory_exhausted();
	return text;
}

/* https://libvirt.org/formatdomain.html, "USB / PCI / SCSI devices"; the device is bound already.
 */
static char *libvirt_text(const struct launch_device *device, size_t index)
{
	struct address at;
	char *text;

	if (!bus_is_pci(device->bus) || !parse_address(device->name, &at))
		return NULL;
	if (asprintf(&text,
		     "<hostdev mode='subsystem' type='pci' managed='no'>\n"
		     "  <source>\n"
		     "    <address domain='0x%04x' bus='0x%02x' slot='0x%02x' function='0x%x'/>\n"
		     "  </source>\n"
		     "%s</hostdev>",
		     at.domain, at.bus, at.slot, at.function,
		     device->nodes == LAUNCH_BY_CDEV ? "  <driver iommufd='yes'/>\n" : "") < 0)
		memory_exhausted();
	return text;
}

/* qm.conf(5): hostpci[n] */
static char *proxmox_text(const struct launch_device *device, size_t index)
{
	char *text;

	if (!bus_is_pci(device->bus))
		return NULL;
	if (asprintf(&text, "hostpci%zu: %s", index, device->name) < 0)
		memory_exhausted();
	return text;
}

/* docs/vfio.md of Cloud Hypervisor: --device path=… */
static char *cloud_hypervisor_text(const struct launch_device *device, size_t index)
{
	char *text;

	if (!bus_is_pci(device->bus))
		return NULL;
	if (asprintf(&text, "path=/sys/bus/pci/devices/%s/", device->name) < 0)
		memory_exhausted();
	return text;
}

/*
 * KubeVirt's user guide, "Host Devices Assignment": a model by its IDs, and a resource name of the
 * cluster's own, for which this one is a proposal.
 */
static char *kubevirt_text(const struct launch_device *device, size_t index)
{
	char *text;

	if (!bus_is_pci(device->bus) || device->vendor_id < 0 || device->device_id < 0)
		return NULL;
	if (asprintf(&text,
		     "  - pciVendorSelector: \"%04X:%04X\"\n"
		     "    resourceName: \"example.com/%04x-%04x\"",
		     (unsigned)device->vendor_id, (unsigned)device->device_id,
		     (unsigned)device->vendor_id, (unsigned)device->device_id) < 0)
		memory_exhausted();
	return text;
}

/* README of k8snetworkplumbingwg/sriov-network-device-plugin: the selector pciAddresses */
static char *device_plugin_text(const struct launch_device *device, size_t index)
{
	char *text;

	if (!bus_is_pci(device->bus))
		return NULL;
	if (asprintf(&text, "\"%s\"", device->name) < 0)
		memory_exhausted();
	return text;
}

/*
 * @key: in JSON documents     @first, @between: before the first text, and before each other
 * @last: after the last text
 * @iommufd: with @between before all that, where the nodes of a device are @from or more; NULL none
 * @describe: the text for the device, to be freed; NULL where the program cannot have it. @index:
 * how many devices the program gets before it
 */
static const struct form {
	const char *word, *key, *first, *between, *last;
	char *(*describe)(const struct launch_device *device, size_t index);
	const char *iommufd;
	enum launch_nodes from;
} forms[LAUNCH_COUNT] = {
	[LAUNCH_QEMU] = {"qemu", "qemu", "", "\n", "", qemu_text, "-object iommufd,id=iommufd0",
			 LAUNCH_BY_BOTH},
	[LAUNCH_LIBVIRT] = {"libvirt", "libvirt", "", "\n", "", libvirt_text},
	[LAUNCH_PROXMOX] = {"proxmox", "proxmox", "", "\n", "", proxmox_text},
	[LAUNCH_CLOUD_HYPERVISOR] = {"cloud-hypervisor", "cloud_hypervisor", "--device ", " ", "",
				     cloud_hypervisor_text, "--platform iommufd=on",
				     LAUNCH_BY_CDEV},
	[LAUNCH_KUBEVIRT] = {"kubevirt", "kubevirt", "permittedHostDevices:\n  pciHostDevices:\n",
			     "\n", "", kubevirt_text},
	[LAUNCH_DEVICE_PLUGIN] = {"sriov-device-plugin", "sriov_device_plugin",
				  "{\"resourceList\": [{\"resourceName\": \"vfio\", "
				  "\"selectors\": {\"pciAddresses\": [",
				  ", ", "]}}]}", device_plugin_text},
};

enum launch_form launch_form_find(const char *word)
{
	for (enum launch_form form = LAUNCH_NONE + 1; form < LAUNCH_COUNT; form++)
		if (strcmp(forms[form].word, word) == 0)
			return form;
	return LAUNCH_NONE;
}

/* The lines of a text are its own; everything else in it is escaped. */
static void put_lines(const char *text)
{
	char safe[512];

	for (;; text++) {
		size_t length = strcspn(text, "\n");

		text_escape(text, length, safe, sizeof(safe));
		fputs(safe, stdout);
		text += length;
		if (!*text)
			return;
		putchar('\n');
	}
}

/* True where an earlier device of the same IDs has the same text, in a form that names models. */
static bool is_named_already(enum launch_form form, const struct launch_device *devices, size_t at)
{
	for (size_t i = 0; form == LAUNCH_KUBEVIRT && i < at; i++)
		if (bus_is_pci(devices[i].bus) && devices[i].vendor_id == devices[at].vendor_id &&
		    devices[i].device_id == devices[at].device_id)
			return true;
	return false;
}

struct launch_device launch_device_of(const struct device *device, enum answer has_iommufd)
{
	bool cdev = device->vfio_cdev && has_iommufd == ANSWER_YES;
	bool group = device->group && device->group->vfio_node;

	return (struct launch_device){
		.bus = device->bus,
		.name = device->name,
		.driver = device->driver,
		.vendor_id = device->vendor_id,
		.device_id = device->device_id,
		.nodes = !cdev	 ? LAUNCH_BY_GROUP
			 : group ? LAUNCH_BY_BOTH
				 : LAUNCH_BY_CDEV,
	};
}

/* The text before all devices that some form needs for iommufd; NULL where no device needs it. */
static const char *iommufd_text(enum launch_form form, const struct launch_device *devices,
				size_t count)
{
	for (size_t i = 0; forms[form].iommufd && i < count; i++)
		if (devices[i].nodes >= forms[form].from)
			return forms[form].iommufd;
	return NULL;
}

const char *launch_physical_of(const struct system *system, const struct device *device)
{
	const struct traits *traits = device->traits;
	const struct details *details = device->details;
	const char *path = traits    ? traits->physical_function
			   : details ? details->physical_function
				     : NULL;
	const struct device *physical = path ? system_device(system, path) : NULL;

	if (!path && (traits	? traits->virtual_functions
		      : details ? details->virtual_function_count
				: 0))
		physical = device;
	return physical && driver_is_vfio(physical) ? physical->name : NULL;
}

/* True where an earlier device told what the user of its physical function passes, or is that. */
static bool is_pair_explained(const struct launch_device *devices, size_t count, size_t at)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(devices[i].name, devices[at].physical) == 0 ||
		    (i < at && devices[i].physical &&
		     strcmp(devices[i].physical, devices[at].physical) == 0))
			return true;
	return false;
}

/* Both users pass one token: the kernel opens no function of a device that VFIO has without it.
 */
static void explain_tokens(enum launch_form form, const struct launch_device *devices, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *physical = devices[i].physical;

		if (!physical)
			continue;
		if (form != LAUNCH_QEMU)
			fprintf(stderr,
				"iommuctl: %s passes no VF token, without which VFIO does not open "
				"%s: QEMU takes -device vfio-pci,host=%s" TOKEN "\n",
				forms[form].word, devices[i].name, devices[i].name);
		if (!is_pair_explained(devices, count, i))
			fprintf(stderr,
				"iommuctl: UUID is your own (uuidgen), and the user of %s passes "
				"the same: -device vfio-pci,host=%s" TOKEN "\n",
				physical, physical);
	}
}

void launch_print(enum launch_form form, const struct launch_device *devices, size_t count)
{
	const char *iommufd = iommufd_text(form, devices, count);
	size_t given = 0;

	for (size_t i = 0; i < count; i++) {
		_autofree_ char *text = forms[form].describe(&devices[i], given);

		if (!text) {
			fprintf(stderr, "iommuctl: %s cannot be given %s, a device of the bus %s\n",
				forms[form].word, devices[i].name, devices[i].bus);
			continue;
		}
		if (is_named_already(form, devices, i))
			continue;
		if (!given && iommufd)
			printf("%s%s", iommufd, forms[form].between);
		fputs(given++ ? forms[form].between : forms[form].first, stdout);
		put_lines(text);
	}
	if (given)
		printf("%s\n", forms[form].last);
	explain_tokens(form, devices, count);
}

/* QEMU's object for iommufd is a line of its own; no other form has a text that is not a device's.
 */
static void add_object_line(enum launch_form form, const struct launch_device *devices,
			    size_t count, struct json_object *list)
{
	const char *text = form == LAUNCH_QEMU ? iommufd_text(form, devices, count) : NULL;

	if (text)
		json_object_array_add(list, json_text(text));
}

struct json_object *launch_json(const struct launch_device *devices, size_t count)
{
	struct json_object *object = json_object_new_object();

	for (enum launch_form form = LAUNCH_NONE + 1; form < LAUNCH_COUNT; form++) {
		struct json_object *list = json_object_new_array();

		add_object_line(form, devices, count, list);
		for (size_t i = 0; i < count; i++) {
			_autofree_ char *text =
				forms[form].describe(&devices[i], json_object_array_length(list));

			if (text)
				json_object_array_add(list, json_text(text));
		}
		json_object_object_add(object, forms[form].key, list);
	}
	return object;
}
