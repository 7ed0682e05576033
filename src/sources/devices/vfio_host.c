/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Facts of the whole machine that decide whether VFIO will serve a device: parameters of VFIO's
 * modules, /proc/interrupts, and whether the program runs in a container.
 */
#include "base/text.h"
#include "sources/sources.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static enum answer host_has(const struct reading *reading, const char *path)
{
	return answer_from(root_has(reading->root, path));
}

/* True where a parameter of a module is on; a parameter that the module does not have is off. */
static enum answer is_on(const struct reading *reading, const char *parameter)
{
	char text[8];
	ssize_t length =
		root_readf_text(reading->root, text, sizeof(text), "/sys/module/%s", parameter);

	if (root_is_absence((int)length))
		return ANSWER_NO;
	if (length != 1)
		return ANSWER_UNKNOWN;
	return *text == 'Y' || *text == '1' ? ANSWER_YES : ANSWER_NO;
}

static void close_file(FILE **file)
{
	if (*file)
		fclose(*file);
}

/*
 * True if a line of /proc/interrupts has the word; stops at the first, as on large machines the
 * whole file takes long.
 */
static int interrupts_have(const struct reading *reading, const char *word)
{
	_autoclose_ int fd = root_open_file(reading->root, "/proc/interrupts", 0);
	_cleanup_(close_file) FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	_autofree_ char *line = NULL;
	size_t room = 0;

	if (!file)
		return fd < 0 ? fd : -EIO;
	steal_fd(&fd);
	while (getline(&line, &room, file) > 0)
		if (strstr(line, word))
			return true;
	return false;
}

/*
 * x86 names the chips of remapped interrupts "IR-IO-APIC" and "IR-PCI-MSI" (kernel/irq:
 * chip->name), and some of them are always in use. On Arm "ITS-MSI" appears once a device uses it.
 */
static enum answer interrupts_are_isolated(const struct reading *reading)
{
	const char *arch = build_machine(reading->build)->arch;
	bool x86 = arch && (strcmp(arch, "x86_64") == 0 || strcmp(arch, "i686") == 0);
	int found;

	if (!x86 && !(arch && strcmp(arch, "aarch64") == 0))
		return ANSWER_UNKNOWN;
	found = interrupts_have(reading, x86 ? "IR-" : "ITS-");
	if (found < 0)
		return ANSWER_UNKNOWN;
	if (found || x86)
		return found ? ANSWER_YES : ANSWER_NO;
	/* Message interrupts of another kind (GICv2m and the like) are not isolated. */
	return interrupts_have(reading, "MSI") == true ? ANSWER_NO : ANSWER_UNKNOWN;
}

static bool identify(const struct reading *reading, const char *path, struct stat *status)
{
	_autoclose_ int fd = root_openat(reading->root, path, O_PATH);

	return fd >= 0 && fstat(fd, status) == 0;
}

/*
 * Whether the process namespace is another than the first (include/linux/proc_ns.h:
 * PROC_PID_INIT_INO).
 */
static enum answer other_processes(const struct reading *reading)
{
	char link[64];

	if (root_readlink(reading->root, "/proc/self/ns/pid", link, sizeof(link)) < 0)
		return ANSWER_UNKNOWN;
	return strcmp(link, "pid:[4026531836]") == 0 ? ANSWER_NO : ANSWER_YES;
}

static enum answer other_run(const struct reading *reading)
{
	struct stat ours, theirs;

	if (!identify(reading, "/run", &ours) || !identify(reading, "/proc/1/root/run", &theirs))
		return ANSWER_UNKNOWN;
	return ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino ? ANSWER_NO
									    : ANSWER_YES;
}

/*
 * A file that the manager of a container puts there, or NULL: podman, docker, and systemd as the
 * container's own init (systemd-detect-virt(1) looks for the same). Each can be missing, and each
 * can be the host's that was mounted into a container: they only count where the kernel's files
 * tell nothing, as for a plain user.
 */
static const char *container_mark(const struct reading *reading)
{
	static const char *const marks[] = {"/run/.containerenv", "/.dockerenv",
					    "/run/systemd/container",
					    "/run/host/container-manager"};

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (root_has(reading->root, marks[i]) > 0)
			return marks[i];
	return NULL;
}

/*
 * In a container process 1 may be the container's own init, with the same /run: only both tests
 * together can answer no.
 */
static void look_for_container(const struct reading *reading, struct vfio_host *host)
{
	enum answer processes = other_processes(reading), run = other_run(reading);

	if (processes == ANSWER_YES)
		host->container_evidence = "/proc/self/ns/pid";
	else if (run == ANSWER_YES)
		host->container_evidence = "/proc/1/root/run";
	else if (processes == ANSWER_UNKNOWN || run == ANSWER_UNKNOWN)
		host->container_evidence = container_mark(reading);
	if (host->container_evidence)
		host->in_container = ANSWER_YES;
	else if (processes == ANSWER_NO && run == ANSWER_NO)
		host->in_container = ANSWER_NO;
}

/*
 * Root may lock any memory. Under sudo the user's own limits count, as that user may open the node.
 */
static bool is_unlimited(const struct reading *reading)
{
	return root_is_live(reading->root) && geteuid() == 0 && !getenv("SUDO_UID");
}

/*
 * Parse the line of /proc/self/limits: "Max locked memory         8388608              8388608
 * bytes"
 */
static int64_t read_memlock(const struct reading *reading)
{
	static const char name[] = "\nMax locked memory";
	char text[ATTRIBUTE_MAX], number[TEXT_NUMBER_SIZE];
	const char *line = NULL;
	uint64_t bytes;

	if (!is_unlimited(reading) &&
	    root_read_text(reading->root, "/proc/self/limits", text, sizeof(text)) > 0)
		line = strstr(text, name);
	if (!line || sscanf(line + strlen(name), "%31s", number) != 1 ||
	    !text_number(number, 10, &bytes) || bytes > INT64_MAX)
		return -1;
	return (int64_t)bytes;
}

int source_vfio_host(struct reading *reading, struct error *e)
{
	struct vfio_host *host;

	if (!(reading->focus && reading_wants(reading, FACT_TRAITS)) &&
	    !reading_wants(reading, FACT_PROTECTION))
		return 0;
	host = build_vfio_host(reading->build);
	host->unsafe_noiommu = is_on(reading, "vfio/parameters/enable_unsafe_noiommu_mode");
	host->unsafe_interrupts =
		is_on(reading, "vfio_iommu_type1/parameters/allow_unsafe_interrupts");
	host->denylist_off = is_on(reading, "vfio_pci/parameters/disable_denylist");
	host->isolated_interrupts = interrupts_are_isolated(reading);
	host->type1_loaded = host_has(reading, "/sys/module/vfio_iommu_type1");
	host->has_iommufd = host_has(reading, "/dev/iommu");
	host->memlock = read_memlock(reading);
	look_for_container(reading, host);
	return 0;
}
