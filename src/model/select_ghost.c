/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/select_ghost.h"

#include "model/pasted.h"
#include "model/pci.h"
#include "model/pci_alias.h"

#include <string.h>

static bool sends_as(const struct device *device, struct pci_name there, struct pci_name asked)
{
	uint8_t functions[PCI_ALIAS_FUNCTIONS_MAX];
	size_t count = pci_alias_functions(device, (uint8_t)pasted_rid(there), functions);

	return memchr(functions, (uint8_t)pasted_rid(asked), count);
}

static bool is_asked_slot(const struct device *device, struct pci_name there, struct pci_name asked)
{
	return there.slot == asked.slot;
}

/*
 * Choose the devices on the bus of a function that does not exist for which @stands_for is true.
 * Returns: one of them, or NULL where there are none.
 */
static const struct device *choose_ghosts(struct selection *selection, struct pci_name asked,
					  bool (*stands_for)(const struct device *device,
							     struct pci_name there,
							     struct pci_name asked))
{
	const struct device *found = NULL;
	struct pci_name there;

	for (size_t i = 0; i < selection->system->device_count; i++) {
		const struct device *device = selection->system->devices[i];

		if (!device_is_pci(device) || !pasted_pci(device->name, &there) ||
		    there.domain != asked.domain || there.bus != asked.bus ||
		    !stands_for(device, there, asked))
			continue;
		selection->chosen[i] = true;
		found = device;
	}
	return found;
}

bool select_ghost(struct selection *selection, const char *name)
{
	struct pci_name asked;

	if (!selection->follows_ghosts || !pasted_pci(name, &asked))
		return false;
	selection->ghost_of = choose_ghosts(selection, asked, sends_as);
	if (!selection->ghost_of)
		selection->in_slot = choose_ghosts(selection, asked, is_asked_slot);
	return selection->ghost_of || selection->in_slot;
}
