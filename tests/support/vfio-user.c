/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vfio-user GROUP-NODE DEVICE [thread] - use a device as a virtual machine monitor does: open its
 * group, give it to a container, map a page for DMA, open the device; say "ready", then hold all of
 * it until standard input ends. With "thread" a second thread does so, and the first one ends; it
 * says "ready NUMBER", the number of that thread.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/vfio.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int give_up(const char *what)
{
	fprintf(stderr, "vfio-user: %s: %s\n", what, strerror(errno));
	return 1;
}

static int map_page(int container)
{
	long size = sysconf(_SC_PAGESIZE);
	void *page = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			  -1, 0);
	struct vfio_iommu_type1_dma_map map = {
		.argsz = sizeof(map),
		.flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE,
		.vaddr = (uintptr_t)page,
		.iova = 1 << 20,
		.size = (uint64_t)size,
	};

	return page == MAP_FAILED ? -1 : ioctl(container, VFIO_IOMMU_MAP_DMA, &map);
}

static void wait_for_end(void)
{
	char byte;

	while (read(STDIN_FILENO, &byte, 1) > 0)
		;
}

static void *hold(void *context)
{
	printf("ready %ld\n", syscall(SYS_gettid));
	fflush(stdout);
	wait_for_end();
	return NULL;
}

/* pthread_exit(3) would load libgcc_s, which a small system lacks. */
static _Noreturn void hold_in_thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, hold, NULL) == 0)
		syscall(SYS_exit, 0);
	_exit(1);
}

int main(int argc, char **argv)
{
	int container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	int group = argc >= 3 ? open(argv[1], O_RDWR | O_CLOEXEC) : -1;

	if (container < 0 || group < 0)
		return give_up("cannot open the nodes");
	if (ioctl(group, VFIO_GROUP_SET_CONTAINER, &container) < 0)
		return give_up("the group is not viable");
	if (ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU) < 0)
		return give_up("no IOMMU for the container");
	if (map_page(container) < 0)
		return give_up("cannot map a page");
	if (ioctl(group, VFIO_GROUP_GET_DEVICE_FD, argv[2]) < 0)
		return give_up("cannot open the device");
	if (argc > 3)
		hold_in_thread();
	printf("ready\n");
	fflush(stdout);
	wait_for_end();
	return 0;
}
