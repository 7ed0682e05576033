/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "actions/hold.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	/* longest time that a disk may take to spin up */
	OPEN_MS = 10 * 1000,
	END_SOON_MS = 500,
};

/* The arguments of the child that holds the disks. */
struct order {
	const struct host *host;
	const struct uses *uses;
};

/* The result of opening one disk; zeroed before it is sent, so that its padding is defined. */
struct answer_of_disk {
	size_t disk;
	int status;
};

/* True for a drive without a medium, or a node without a disk: there is nothing to mount. */
static bool is_empty(int status)
{
	return status == -ENOMEDIUM || status == -ENXIO;
}

static void hold_in_child(void *context, int channel)
{
	const struct order *order = context;
	const struct kernel *kernel = order->host->kernel;
	struct pollfd poller = {.fd = channel, .events = POLLIN};
	char byte;

	for (size_t i = 0; i < order->uses->disk_count; i++) {
		const struct disk *disk = &order->uses->disks[i];
		struct answer_of_disk answer;
		int fd = kernel->claim(kernel, order->host->root, disk->node, disk->number);

		/*
		 * The child keeps the descriptor open and does not store it: the end of the process
		 * closes it.
		 */
		memset(&answer, 0, sizeof(answer));
		answer.disk = i;
		answer.status = fd < 0 ? fd : 0;
		if (write(channel, &answer, sizeof(answer)) != sizeof(answer))
			return;
		child_progress(1);
	}
	/*
	 * In the child: a byte from the parent asks to end soon; if the parent closes its end of
	 * the channel, end now.
	 */
	if (read(channel, &byte, 1) == 1)
		poll(&poller, 1, END_SOON_MS);
}

static int disk_failed(const struct device *device, const struct disk *disk, int status,
		       struct error *e)
{
	if (status == -EBUSY)
		error_set(e, ERROR_REFUSED, 0,
			  "%s came into use after the check: /dev/%s is claimed", device->label,
			  disk->node);
	else
		error_set(e, ERROR_REFUSED, status, "cannot claim /dev/%s of %s", disk->node,
			  device->label);
	snprintf(e->device, sizeof(e->device), "%s", device->label);
	snprintf(e->evidence, sizeof(e->evidence), "/dev/%s", disk->node);
	return status;
}

/*
 * Read the child's answers, one for each disk, in order. @others: disks that are claimed already
 * are no failure
 */
static int read_answers(const struct device *device, const struct child *child, bool others,
			struct error *e)
{
	for (size_t i = 0; i < device->uses->disk_count; i++) {
		struct answer_of_disk answer = {0};
		ssize_t got = child_read(child, &answer, sizeof(answer), OPEN_MS);
		int status = got == sizeof(answer) ? answer.status
			     : got < 0		   ? (int)got
						   : -ECONNABORTED;

		if (status < 0 && !is_empty(status) && !(others && status == -EBUSY))
			return disk_failed(device, &device->uses->disks[i], status, e);
	}
	return 0;
}

static int hold_some(const struct host *host, const struct device *device, bool others,
		     struct hold *ret_hold, struct error *e)
{
	struct order order = {host, device->uses};
	struct hold hold = {0};
	int kept[2], result;
	const struct child_work work = {
		.run = hold_in_child, .context = &order, .kept = kept, .kept_count = 2};

	*ret_hold = hold;
	if (!device->uses || !device->uses->disk_count)
		return 0;
	root_descriptors(host->root, kept);
	result = child_start(&hold.child, &work);
	if (result < 0)
		return error_set(e, ERROR_REFUSED, result, "cannot claim the disks of %s",
				 device->label);
	hold.started = true;
	result = read_answers(device, &hold.child, others, e);
	if (result == -ETIMEDOUT)
		child_leave(&hold.child);
	else if (result < 0)
		child_end(&hold.child);
	else
		*ret_hold = hold;
	return result;
}

int hold_disks(const struct host *host, const struct device *device, struct hold *ret_hold,
	       struct error *e)
{
	return hold_some(host, device, false, ret_hold, e);
}

void hold_other_disks(const struct host *host, const struct device *device, struct hold *ret_hold)
{
	struct error ignored = {0};

	/* The uses are looked at again before the unbind, whether or not disks are held. */
	error_ignore(hold_some(host, device, true, ret_hold, &ignored));
}

int hold_pid(const struct hold *hold)
{
	return hold->started ? hold->child.pid : 0;
}

void hold_end_soon(const struct hold *hold)
{
	/* A child that has ended holds nothing any more. */
	if (hold->started)
		error_ignore(child_send(&hold->child, "", 1, END_SOON_MS));
}

void hold_end(struct hold *hold)
{
	if (hold->started)
		child_end(&hold->child);
	hold->started = false;
}
