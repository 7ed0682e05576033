// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pci_flash - an MTD device below the PCI device "device=0000:02:00.0", as drivers of flash on a
 * card make one; its bytes are memory (drivers/mtd/devices/mtdram.c has the same without a parent)
 */
#include <linux/module.h>
#include <linux/mtd/mtd.h>
#include <linux/pci.h>
#include <linux/sizes.h>
#include <linux/vmalloc.h>

static char *device;
module_param(device, charp, 0);

static u8 *memory;

static int erase_flash(struct mtd_info *mtd, struct erase_info *info)
{
	memset(memory + info->addr, 0xff, info->len);
	return 0;
}

static int read_flash(struct mtd_info *mtd, loff_t from, size_t length, size_t *done, u8 *to)
{
	memcpy(to, memory + from, length);
	*done = length;
	return 0;
}

static int write_flash(struct mtd_info *mtd, loff_t to, size_t length, size_t *done, const u8 *from)
{
	memcpy(memory + to, from, length);
	*done = length;
	return 0;
}

static struct mtd_info flash = {
	.name = "pci_flash",
	.type = MTD_RAM,
	.flags = MTD_CAP_RAM,
	.size = SZ_8M,
	.erasesize = SZ_128K,
	.writesize = 64,
	.writebufsize = 64,
	.owner = THIS_MODULE,
	._erase = erase_flash,
	._read = read_flash,
	._write = write_flash,
};

static void drop_flash(void)
{
	put_device(flash.dev.parent);
	vfree(memory);
}

static int __init pci_flash_start(void)
{
	struct device *parent =
		device ? bus_find_device_by_name(&pci_bus_type, NULL, device) : NULL;
	int result;

	if (!parent)
		return -ENODEV;
	flash.dev.parent = parent;
	memory = vmalloc(flash.size);
	result = memory ? 0 : -ENOMEM;
	if (!result) {
		memset(memory, 0xff, flash.size);
		result = mtd_device_register(&flash, NULL, 0);
	}
	if (result)
		drop_flash();
	return result;
}

static void __exit pci_flash_end(void)
{
	mtd_device_unregister(&flash);
	drop_flash();
}

module_init(pci_flash_start);
module_exit(pci_flash_end);
MODULE_DESCRIPTION("Flash on a PCI device");
MODULE_LICENSE("GPL");
