/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/facts.h"

#include "base/cleanup.h"

/* Each fact, and the facts that must be read before it. */
static const struct {
	unsigned fact, needs;
} prerequisites[] = {
	{FACT_SUPPLIERS,
	 FACT_DEFERRAL | FACT_STREAMS | FACT_OVERRIDE | FACT_GROUP_TYPE | FACT_CAPACITY},
	{FACT_USES, FACT_IDS | FACT_HOLDERS | FACT_INTERFACES},
	{FACT_TRAITS, FACT_IDS},
	{FACT_DRIVERS, FACT_IDS | FACT_OVERRIDE},
	{FACT_NAMES, FACT_IDS},
	{FACT_DEFERRAL, FACT_IDS},
	{FACT_ALL_IOMMUS, FACT_STREAMS | FACT_DEFERRAL},
	{FACT_DMA, FACT_IDS | FACT_GROUP_TYPE},
	{FACT_STREAMS, FACT_IDS | FACT_IOMMUS},
	{FACT_SERVED, FACT_IOMMUS},
	{FACT_CAPACITY, FACT_IOMMUS},
	{FACT_FINGERPRINT, FACT_IOMMUS},
	{FACT_HOLDERS, FACT_VFIO},
	{FACT_FAULTS, FACT_STREAMS},
	{FACT_DMA_MASKS, FACT_FAULTS},
	{FACT_PROTECTION, FACT_IDS},
	{FACT_PINS, FACT_IDS},
	{FACT_SERIALS, FACT_IDS},
	{FACT_SRIOV, FACT_IDS | FACT_DETAILS},
	{FACT_OBSTACLES, FACT_IDS},
	{FACT_PRESENCE, FACT_IDS | FACT_PROTECTION},
};

unsigned facts_with_prerequisites(unsigned facts)
{
	unsigned before;

	do {
		before = facts;
		for (size_t i = 0; i < ARRAY_SIZE(prerequisites); i++)
			if (facts & prerequisites[i].fact)
				facts |= prerequisites[i].needs;
	} while (facts != before);
	return facts;
}
