// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dma_channel - a DMA channel of the PCI device "device=0000:02:00.0", which has to have a driver;
 * with "taken=1" a client has it
 */
#include <linux/dmaengine.h>
#include <linux/module.h>
#include <linux/pci.h>

static char *device;
module_param(device, charp, 0);
static bool taken;
module_param(taken, bool, 0);

static struct dma_chan channel, *held;
static struct dma_device engine;

static int open_channel(struct dma_chan *chan)
{
	return 1;
}

static void close_channel(struct dma_chan *chan)
{
}

static struct dma_async_tx_descriptor *no_copy(struct dma_chan *chan, dma_addr_t to,
					       dma_addr_t from, size_t length, unsigned long flags)
{
	return NULL;
}

static enum dma_status no_status(struct dma_chan *chan, dma_cookie_t cookie,
				 struct dma_tx_state *state)
{
	return DMA_COMPLETE;
}

static void no_work(struct dma_chan *chan)
{
}

static bool is_ours(struct dma_chan *chan, void *context)
{
	return chan == &channel;
}

static int register_engine(struct device *parent)
{
	dma_cap_set(DMA_MEMCPY, engine.cap_mask);
	dma_cap_set(DMA_PRIVATE, engine.cap_mask);
	INIT_LIST_HEAD(&engine.channels);
	engine.dev = parent;
	engine.device_alloc_chan_resources = open_channel;
	engine.device_free_chan_resources = close_channel;
	engine.device_prep_dma_memcpy = no_copy;
	engine.device_tx_status = no_status;
	engine.device_issue_pending = no_work;
	channel.device = &engine;
	list_add_tail(&channel.device_node, &engine.channels);
	return dma_async_device_register(&engine);
}

static int __init dma_channel_start(void)
{
	struct device *parent =
		device ? bus_find_device_by_name(&pci_bus_type, NULL, device) : NULL;
	int result;

	if (!parent)
		return -ENODEV;
	result = parent->driver ? register_engine(parent) : -EINVAL;
	if (result) {
		put_device(parent);
		return result;
	}
	if (taken)
		held = dma_request_channel(engine.cap_mask, is_ours, NULL);
	if (!taken || held)
		return 0;
	dma_async_device_unregister(&engine);
	put_device(parent);
	return -EBUSY;
}

static void __exit dma_channel_end(void)
{
	if (held)
		dma_release_channel(held);
	dma_async_device_unregister(&engine);
	put_device(engine.dev);
}

module_init(dma_channel_start);
module_exit(dma_channel_end);
MODULE_DESCRIPTION("A DMA channel, and a client of it");
MODULE_LICENSE("GPL");
