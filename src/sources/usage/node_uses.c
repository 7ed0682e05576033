/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Uses by the kernel itself, of a device or of a device below it: display, console, running
 * watchdog, TPM, management controller.
 */
#include "base/text.h"
#include "model/pci.h"
#include "model/vfio_driver.h"
#include "sources/usage/below.h"
#include "sources/usage/console_uses.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

struct looking {
	struct reading *reading;
	const struct below *below;
	bool fbcon_bound, fbcon_mapped; /* a framebuffer console is in use; fbcon=map: chooses its
					   framebuffers */
	const char *first_framebuffer;
};

static void add_node_use(const struct looking *looking, enum use_kind kind, const char *node,
			 const char *user, const char *evidence)
{
	struct arena *arena = build_arena(looking->reading->build);

	build_use(looking->reading->build, looking->below->device,
		  (struct use){kind, node, user, arena_strdup(arena, evidence)});
}

static bool reads(const struct root *root, const char *path, const char *text)
{
	char found[ATTRIBUTE_MAX];

	return root_read_text(root, path, found, sizeof(found)) > 0 && strcmp(found, text) == 0;
}

/*
 * The display of the boot firmware: drivers/pci/pci-sysfs.c: boot_vga_show. A display at a VFIO
 * driver does not show this host's console.
 */
static void look_at_boot_display(const struct looking *looking, const struct device *device)
{
	char path[PATH_SIZE];

	if (driver_is_vfio(device) ||
	    root_path(looking->reading->root, path, "%s/boot_vga", device->path) < 0 ||
	    !reads(looking->reading->root, path, "1"))
		return;
	add_node_use(looking, USE_DISPLAY, device->name, "boot VGA", path);
}

/*
 * The state of a search in /proc/iomem: lines below a device's range are nested and name the claims
 * of parts of it.
 */
struct nesting {
	const char *device, *owner;
	size_t depth; /* number of blanks before the device's own line; SIZE_MAX outside of its
			 range */
};

/*
 * True for the names under which the firmware's framebuffer claims memory (drivers/video/fbdev,
 * drivers/gpu/drm).
 */
static bool is_framebuffer(const char *name)
{
	static const char *const names[] = {
		"BOOTFB",    "efifb", "vesafb",	 "simplefb", "efidrm",
		"simpledrm", "offb",  "vesadrm", "ofdrm",    "simple-framebuffer"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (text_starts(name, names[i]))
			return true;
	return false;
}

static void look_at_range(struct nesting *nesting, const char *line)
{
	size_t depth = strspn(line, " ");
	const char *name = strstr(line, " : ");

	if (!name)
		return;
	name += 3;
	if (depth <= nesting->depth)
		nesting->depth = SIZE_MAX;
	if (nesting->depth == SIZE_MAX && strcmp(name, nesting->device) == 0)
		nesting->depth = depth;
	else if (nesting->depth != SIZE_MAX && is_framebuffer(name))
		nesting->owner = name;
}

static void look_at_memory(const struct looking *looking, const struct device *device)
{
	enum { IOMEM_MAX = 4 * 1024 * 1024 };
	struct arena *arena = build_arena(looking->reading->build);
	_autoarena_ struct arena *scratch = arena_new();
	struct nesting nesting = {.device = device->name, .depth = SIZE_MAX};
	char *lines, *line;
	size_t length;

	if (!device_is_pci(device))
		return;
	if (root_read_all(looking->reading->root, scratch, "/proc/iomem", IOMEM_MAX, &lines,
			  &length) < 0) {
		build_blindness(looking->reading->build, looking->below->device, USE_DISPLAY,
				"/proc/iomem cannot be read");
		return;
	}
	while ((line = strsep(&lines, "\n")))
		look_at_range(&nesting, line);
	if (nesting.owner)
		add_node_use(looking, USE_DISPLAY, device->name,
			     arena_printf(arena, "framebuffer of the firmware (%s)", nesting.owner),
			     "/proc/iomem");
}

/* fbcon uses the first framebuffer that exists, unless fbcon=map: chooses another. */
static void look_at_framebuffer(const struct looking *looking, const struct below_node *node)
{
	const char *name = text_basename(node->path);

	if (!looking->fbcon_bound)
		return;
	if (looking->fbcon_mapped || !looking->first_framebuffer ||
	    strcmp(looking->first_framebuffer, name) == 0)
		add_node_use(looking, USE_DISPLAY, name, "framebuffer console",
			     "/sys/class/vtconsole");
}

/* A running watchdog: drivers/watchdog/watchdog_dev.c: state_show */
static void look_at_watchdog(const struct looking *looking, const struct below_node *node)
{
	char path[PATH_SIZE], state[64];
	ssize_t length = root_path(looking->reading->root, path, "%s/state", node->path);

	if (length >= 0)
		length = root_read_text(looking->reading->root, path, state, sizeof(state));
	if (length < 0)
		build_unread_use(looking->reading->build, looking->below->device, USE_WATCHDOG,
				 path, (int)length);
	else if (strcmp(state, "active") == 0)
		add_node_use(looking, USE_WATCHDOG, node->name, "a running watchdog", path);
}

/*
 * True where a line of /proc/consoles has the number: "ttyS0                -W- (EC  p a)    4:64"
 * (fs/proc/consoles.c)
 */
static bool is_console(char *line, dev_t number)
{
	unsigned major_number, minor_number;
	const char *colon = strrchr(line, ':');

	if (!colon)
		return false;
	while (colon > line && colon[-1] >= '0' && colon[-1] <= '9')
		colon--;
	return sscanf(colon, "%u:%u", &major_number, &minor_number) == 2 &&
	       makedev(major_number, minor_number) == number;
}

/*
 * True where the kernel's debugger has the terminal: "ttyS4,115200", or "kms,kbd,ttyS4"
 * (drivers/tty/serial/kgdboc.c: configure_kgdboc)
 */
static bool is_debuggers(const char *setting, const char *name)
{
	size_t length = strlen(name);

	for (const char *word = setting; *word; word += strcspn(word, ","), word += *word == ',')
		if (strcspn(word, ",") == length && strncmp(word, name, length) == 0)
			return true;
	return false;
}

static void look_at_debugger(const struct looking *looking, const struct below_node *node)
{
	static const char file[] = "/sys/module/kgdboc/parameters/kgdboc";
	char text[ATTRIBUTE_MAX];
	ssize_t length = root_read_text(looking->reading->root, file, text, sizeof(text));

	if (length < 0 && !root_is_absence((int)length))
		build_unread_use(looking->reading->build, looking->below->device, USE_CONSOLE, file,
				 (int)length);
	else if (length > 0 && is_debuggers(text, node->name))
		add_node_use(looking, USE_CONSOLE, node->name,
			     "terminal of the kernel debugger (kgdboc)", file);
}

static void look_at_terminal(const struct looking *looking, const struct below_node *node)
{
	char text[ATTRIBUTE_MAX], *lines = text, *line;
	ssize_t length =
		root_read_text(looking->reading->root, "/proc/consoles", text, sizeof(text));

	look_at_debugger(looking, node);
	if (length < 0) {
		build_unread_use(looking->reading->build, looking->below->device, USE_CONSOLE,
				 "/proc/consoles", (int)length);
		return;
	}
	while ((line = strsep(&lines, "\n")))
		if (is_console(line, node->number))
			add_node_use(looking, USE_CONSOLE, node->name, "kernel console",
				     "/proc/consoles");
}

static void read_node_uses(const struct looking *looking, const struct below_node *node)
{
	if (strcmp(node->subsystem, "graphics") == 0)
		look_at_framebuffer(looking, node);
	else if (strcmp(node->subsystem, "watchdog") == 0)
		look_at_watchdog(looking, node);
	else if (strcmp(node->subsystem, "tty") == 0)
		look_at_terminal(looking, node);
	else if (strcmp(node->subsystem, "tpm") == 0)
		add_node_use(looking, USE_TPM, node->name, "the machine's TPM", node->path);
	else if (strcmp(node->subsystem, "ipmi") == 0)
		add_node_use(looking, USE_IPMI, node->name, "the management controller",
			     node->path);
}

static int look_at_console_driver(void *context, const char *name)
{
	static const char mark[] = "frame buffer device";
	struct looking *looking = context;
	const struct root *root = looking->reading->root;
	char text[ATTRIBUTE_MAX];

	if (root_readf_text(root, text, sizeof(text), "/sys/class/vtconsole/%s/name", name) <= 0 ||
	    !strstr(text, mark) ||
	    root_readf_text(root, text, sizeof(text), "/sys/class/vtconsole/%s/bind", name) <= 0)
		return 0;
	looking->fbcon_bound = looking->fbcon_bound || strcmp(text, "1") == 0;
	return 0;
}

static int look_at_graphics(void *context, const char *name)
{
	struct looking *looking = context;

	if (text_starts(name, "fb") && strcmp(name, "fbcon") != 0 &&
	    (!looking->first_framebuffer || text_natural(name, looking->first_framebuffer) < 0))
		looking->first_framebuffer =
			arena_strdup(build_arena(looking->reading->build), name);
	return 0;
}

static void read_console_nodes(struct looking *looking)
{
	const char *line = build_machine(looking->reading->build)->command_line;

	root_list(looking->reading->root, "/sys/class/vtconsole", look_at_console_driver, looking);
	root_list(looking->reading->root, "/sys/class/graphics", look_at_graphics, looking);
	looking->fbcon_mapped = line && strstr(line, "fbcon=map:");
}

/*
 * A watchdog without a parent device: drivers such as i6300esb do not set it. It is matched by the
 * name of its driver, its @identity.
 */
struct orphan {
	struct below_node node;
	const char *identity;
};

struct orphans {
	struct reading *reading;
	struct orphan *items;
	size_t count, room;
};

static int add_orphan(void *context, const char *name)
{
	struct orphans *orphans = context;
	const struct root *root = orphans->reading->root;
	struct arena *arena = build_arena(orphans->reading->build);
	const char *path = arena_concat(arena, "/sys/class/watchdog", "/", name);
	char identity[ATTRIBUTE_MAX];

	if (root_hasf(root, "%s/device", path) > 0 ||
	    root_readf_text(root, identity, sizeof(identity), "%s/identity", path) <= 0)
		return 0;
	orphans->items = arena_grow(arena, orphans->items, orphans->count, &orphans->room,
				    sizeof(*orphans->items));
	orphans->items[orphans->count++] = (struct orphan){
		.node = {.path = path, .name = text_basename(path)},
		.identity = arena_strdup(arena, identity),
	};
	return 0;
}

static void look_at_orphans(const struct looking *looking, const struct orphans *orphans)
{
	for (size_t i = 0; i < orphans->count; i++)
		if (same_text(orphans->items[i].identity, looking->below->device->driver))
			look_at_watchdog(looking, &orphans->items[i].node);
}

static bool is_display(const struct device *device)
{
	return device_base_class(device) == PCI_BASE_DISPLAY;
}

static void look_at_display(const struct looking *looking, const struct device *device)
{
	look_at_boot_display(looking, device);
	if (is_display(device))
		look_at_memory(looking, device);
}

int source_node_uses(struct reading *reading, struct error *e)
{
	struct orphans orphans = {.reading = reading};

	if (reading->below_count)
		root_list(reading->root, "/sys/class/watchdog", add_orphan, &orphans);
	for (size_t i = 0; i < reading->below_count; i++) {
		const struct below *below = &reading->below[i];
		struct looking looking = {.reading = reading, .below = below};

		if (!below->device)
			continue;
		if (below_has(below, "graphics"))
			read_console_nodes(&looking);
		console_uses(reading, below);
		look_at_display(&looking, below->device);
		for (size_t member = 0; member < below->member_count; member++)
			look_at_display(&looking, below->members[member]);
		for (size_t node = 0; node < below->count; node++)
			read_node_uses(&looking, &below->nodes[node]);
		if (below->device->driver)
			look_at_orphans(&looking, &orphans);
	}
	return 0;
}
