/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text with which a virtual machine gets a device. */
#include "views/launch.h"
#include "model/details.h"
#include "support/check.h"
#include "support/said.h"

#include <string.h>

static struct said said;

static const struct launch_device devices[] = {
	{"pci", "0000:06:00.0", "vfio-pci", 0x8086, 0x10d3},
	{"platform", "a000000.dma", "vfio-platform", -1, -1},
	{"pci", "0001:a2:1f.7", "mlx5_vfio_pci", 0x15b3, 0x101e},
};

static const char *printed_for(enum launch_form form, const struct launch_device *list,
			       size_t count)
{
	said_start();
	launch_print(form, list, count);
	said_end(&said);
	return said.out;
}

static const char *printed(enum launch_form form)
{
	return printed_for(form, devices, ARRAY_SIZE(devices));
}

static void qemu_gets_an_argument_for_each_device(void **state)
{
	assert_string_equal(printed(LAUNCH_QEMU), "-device vfio-pci,host=0000:06:00.0\n"
						  "-device vfio-platform,host=a000000.dma\n"
						  "-device vfio-pci,host=0001:a2:1f.7\n");
	assert_string_equal(said.err, "");
}

static void iommufd_is_used_where_the_nodes_are(void **state)
{
	static const struct launch_device own[] = {
		{"pci", "0000:06:00.0", "vfio-pci", 0x8086, 0x10d3, LAUNCH_BY_BOTH},
		{"pci", "0000:07:00.0", "vfio-pci", 0x8086, 0x10d3, LAUNCH_BY_CDEV},
	};
	struct json_object *object = launch_json(own, 2), *list;

	said_start();
	launch_print(LAUNCH_QEMU, own, 2);
	launch_print(LAUNCH_CLOUD_HYPERVISOR, own, 1);
	launch_print(LAUNCH_CLOUD_HYPERVISOR, own, 2);
	said_end(&said);
	assert_string_equal(
		said.out, "-object iommufd,id=iommufd0\n"
			  "-device vfio-pci,host=0000:06:00.0,iommufd=iommufd0\n"
			  "-device vfio-pci,host=0000:07:00.0,iommufd=iommufd0\n"
			  "--device path=/sys/bus/pci/devices/0000:06:00.0/\n"
			  "--platform iommufd=on --device path=/sys/bus/pci/devices/0000:06:00.0/ "
			  "path=/sys/bus/pci/devices/0000:07:00.0/\n");
	assert_non_null(
		strstr(printed_for(LAUNCH_LIBVIRT, own, 2), "</source>\n</hostdev>\n<hostdev"));
	assert_non_null(strstr(said.out, "</source>\n  <driver iommufd='yes'/>\n</hostdev>\n"));
	assert_true(json_object_object_get_ex(object, "qemu", &list));
	assert_int_equal(json_object_array_length(list), 3);
	assert_string_equal(json_object_get_string(json_object_array_get_idx(list, 0)),
			    "-object iommufd,id=iommufd0");
	json_object_put(object);
}

/* A function whose physical function VFIO has, alone and with that one. */
static void users_of_functions_pass_a_token(void **state)
{
	static const struct launch_device both[] = {
		{"pci", "0000:06:10.0", "vfio-pci", 0x8086, 0x10ca, LAUNCH_BY_GROUP,
		 "0000:06:00.0"},
		{"pci", "0000:06:10.2", "vfio-pci", 0x8086, 0x10ca, LAUNCH_BY_GROUP,
		 "0000:06:00.0"},
		{"pci", "0000:06:00.0", "vfio-pci", 0x8086, 0x10c9, LAUNCH_BY_GROUP,
		 "0000:06:00.0"},
	};

	assert_string_equal(printed_for(LAUNCH_QEMU, both, 2),
			    "-device vfio-pci,host=0000:06:10.0,vf-token=UUID\n"
			    "-device vfio-pci,host=0000:06:10.2,vf-token=UUID\n");
	assert_string_equal(said.err,
			    "iommuctl: UUID is your own (uuidgen), and the user of 0000:06:00.0 "
			    "passes the same: -device vfio-pci,host=0000:06:00.0,vf-token=UUID\n");
	assert_non_null(strstr(printed_for(LAUNCH_QEMU, both, 3),
			       "-device vfio-pci,host=0000:06:00.0,vf-token=UUID\n"));
	assert_string_equal(said.err, "");
	assert_string_equal(printed_for(LAUNCH_PROXMOX, both, 1), "hostpci0: 0000:06:10.0\n");
	assert_non_null(strstr(said.err, "proxmox passes no VF token, without which VFIO does not "
					 "open 0000:06:10.0: QEMU takes"));
}

static void a_token_is_that_of_a_physical_function_that_vfio_has(void **state)
{
	static const struct details details_with_functions = {.virtual_function_count = 2};
	static const struct details details_of_function = {.physical_function = "/sys/devices/pf"};
	struct traits with_functions = {.virtual_functions = 2}, of_function = {0};
	struct device physical = {.name = "0000:06:00.0",
				  .path = "/sys/devices/pf",
				  .driver = "vfio-pci",
				  .driver_known = true,
				  .traits = &with_functions,
				  .bus = "pci"};
	struct device function = {.name = "0000:06:10.0",
				  .path = "/sys/devices/vf",
				  .driver = "vfio-pci",
				  .driver_known = true,
				  .traits = &of_function,
				  .bus = "pci"};
	const struct device *const list[] = {&physical, &function};
	const struct system system = {.devices = list, .by_path = list, .device_count = 2};

	assert_string_equal(launch_physical_of(&system, &physical), "0000:06:00.0");
	assert_null(launch_physical_of(&system, &function));
	of_function.physical_function = "/sys/devices/pf";
	assert_string_equal(launch_physical_of(&system, &function), "0000:06:00.0");
	physical.traits = function.traits = NULL;
	physical.details = &details_with_functions;
	function.details = &details_of_function;
	assert_string_equal(launch_physical_of(&system, &physical), "0000:06:00.0");
	assert_string_equal(launch_physical_of(&system, &function), "0000:06:00.0");
	physical.driver = "igb";
	assert_null(launch_physical_of(&system, &function));
	assert_null(launch_physical_of(&system, &physical));
}

static void a_node_needs_its_counterpart(void **state)
{
	struct group group = {.vfio_node = "/dev/vfio/7"};
	struct device device = {
		.bus = "pci", .name = "0000:06:00.0", .group = &group, .vfio_cdev = true};

	assert_int_equal(launch_device_of(&device, ANSWER_YES).nodes, LAUNCH_BY_BOTH);
	assert_int_equal(launch_device_of(&device, ANSWER_NO).nodes, LAUNCH_BY_GROUP);
	assert_int_equal(launch_device_of(&device, ANSWER_UNKNOWN).nodes, LAUNCH_BY_GROUP);
	group.vfio_node = NULL;
	assert_int_equal(launch_device_of(&device, ANSWER_YES).nodes, LAUNCH_BY_CDEV);
	device.vfio_cdev = false;
	assert_int_equal(launch_device_of(&device, ANSWER_YES).nodes, LAUNCH_BY_GROUP);
}

static void libvirt_gets_an_element_for_each_function(void **state)
{
	const char *text = printed(LAUNCH_LIBVIRT);

	assert_true(strstr(text, "<hostdev mode='subsystem' type='pci' managed='no'>\n") == text);
	assert_non_null(strstr(
		text, "    <address domain='0x0000' bus='0x06' slot='0x00' function='0x0'/>\n"));
	assert_non_null(strstr(
		text, "    <address domain='0x0001' bus='0xa2' slot='0x1f' function='0x7'/>\n"));
	assert_null(strstr(text, "a000000"));
	assert_non_null(strstr(said.err, "libvirt cannot be given a000000.dma"));
}

static void proxmox_and_cloud_hypervisor_get_pci_devices(void **state)
{
	assert_string_equal(printed(LAUNCH_PROXMOX),
			    "hostpci0: 0000:06:00.0\nhostpci1: 0001:a2:1f.7\n");
	assert_string_equal(printed(LAUNCH_CLOUD_HYPERVISOR),
			    "--device path=/sys/bus/pci/devices/0000:06:00.0/ "
			    "path=/sys/bus/pci/devices/0001:a2:1f.7/\n");
}

static void kubevirt_gets_each_model_once(void **state)
{
	static const struct launch_device models[] = {
		{"pci", "0000:06:00.0", "vfio-pci", 0x8086, 0x10d3},
		{"pci", "0000:06:00.1", "vfio-pci", 0x8086, 0x10d3},
		{"pci", "0000:07:00.0", "vfio-pci", -1, -1},
		{"pci", "0000:08:00.0", "vfio-pci", 0x10de, 0x1eb8},
	};

	assert_string_equal(printed_for(LAUNCH_KUBEVIRT, models, ARRAY_SIZE(models)),
			    "permittedHostDevices:\n"
			    "  pciHostDevices:\n"
			    "  - pciVendorSelector: \"8086:10D3\"\n"
			    "    resourceName: \"example.com/8086-10d3\"\n"
			    "  - pciVendorSelector: \"10DE:1EB8\"\n"
			    "    resourceName: \"example.com/10de-1eb8\"\n");
	assert_non_null(strstr(said.err, "0000:07:00.0"));
}

static void the_device_plugin_gets_one_resource(void **state)
{
	struct json_object *object = json_tokener_parse(printed(LAUNCH_DEVICE_PLUGIN));

	assert_non_null(object);
	assert_string_equal(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN),
			    "{\"resourceList\":[{\"resourceName\":\"vfio\",\"selectors\":{"
			    "\"pciAddresses\":[\"0000:06:00.0\",\"0001:a2:1f.7\"]}}]}");
	json_object_put(object);
}

static void a_word_names_a_form_or_none(void **state)
{
	assert_int_equal(launch_form_find("qemu"), LAUNCH_QEMU);
	assert_int_equal(launch_form_find("cloud-hypervisor"), LAUNCH_CLOUD_HYPERVISOR);
	assert_int_equal(launch_form_find("vmware"), LAUNCH_NONE);
	assert_int_equal(launch_form_find(""), LAUNCH_NONE);
}

static void the_document_has_every_form(void **state)
{
	struct json_object *object = launch_json(devices, ARRAY_SIZE(devices)), *list;

	assert_true(json_object_object_get_ex(object, "qemu", &list));
	assert_int_equal(json_object_array_length(list), 3);
	assert_true(json_object_object_get_ex(object, "libvirt", &list));
	assert_int_equal(json_object_array_length(list), 2);
	assert_true(json_object_object_get_ex(object, "cloud_hypervisor", &list));
	assert_string_equal(json_object_get_string(json_object_array_get_idx(list, 1)),
			    "path=/sys/bus/pci/devices/0001:a2:1f.7/");
	json_object_put(object);
}

UNIT(launch)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(qemu_gets_an_argument_for_each_device),
		cmocka_unit_test(iommufd_is_used_where_the_nodes_are),
		cmocka_unit_test(users_of_functions_pass_a_token),
		cmocka_unit_test(a_token_is_that_of_a_physical_function_that_vfio_has),
		cmocka_unit_test(a_node_needs_its_counterpart),
		cmocka_unit_test(libvirt_gets_an_element_for_each_function),
		cmocka_unit_test(proxmox_and_cloud_hypervisor_get_pci_devices),
		cmocka_unit_test(kubevirt_gets_each_model_once),
		cmocka_unit_test(the_device_plugin_gets_one_resource),
		cmocka_unit_test(a_word_names_a_form_or_none),
		cmocka_unit_test(the_document_has_every_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
