/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/dt_iommus.h"

#include "firmware/dt_address.h"

#include <string.h>

/*
 * What the Linux drivers match on (their of_device_id tables); at most one '*' each. virtio,mmio is
 * any virtio device: only nodes with #iommu-cells come here.
 */
static const struct {
	const char *pattern, *kind;
} kinds[] = {
	{"arm,smmu-v3", "arm-smmu-v3"},	       {"arm,smmu-v1", "arm-smmu"},
	{"arm,smmu-v2", "arm-smmu"},	       {"arm,mmu-400", "arm-smmu"},
	{"arm,mmu-401", "arm-smmu"},	       {"arm,mmu-500", "arm-smmu"},
	{"cavium,smmu-v2", "arm-smmu"},	       {"nvidia,smmu-500", "arm-smmu"},
	{"qcom,smmu-v2", "arm-smmu"},	       {"virtio,mmio", "virtio-iommu"},
	{"virtio,pci-iommu", "virtio-iommu"},  {"pci1af4,1057", "virtio-iommu"},
	{"rockchip,*iommu", "rk_iommu"},       {"apple,*dart", "apple-dart"},
	{"mediatek,*m4u", "mtk-iommu"},	       {"mediatek,*-iommu-vdo", "mtk-iommu"},
	{"mediatek,*-iommu-vpp", "mtk-iommu"}, {"mediatek,*-iommu-infra", "mtk-iommu"},
	{"allwinner,*-iommu", "sun50i-iommu"}, {"renesas,ipmmu-*", "ipmmu-vmsa"},
	{"qcom,msm-iommu-v1", "qcom-iommu"},   {"qcom,msm-iommu-v2", "qcom-iommu"},
	{"qcom,apq8064-iommu", "msm_iommu"},   {"samsung,*sysmmu", "exynos-sysmmu"},
	{"nvidia,tegra*-mc", "tegra-mc"},      {"nvidia,tegra*-smmu", "tegra-mc"},
	{"sprd,iommu-v1", "sprd-iommu"},       {"ti,*-iommu", "omap-iommu"},
	{"riscv,*iommu", "riscv-iommu"},       {"xen,grant-dma", "xen-grant-dma"},
};

static bool matches(const char *pattern, const char *text)
{
	const char *star = strchr(pattern, '*');
	size_t prefix, suffix, length = strlen(text);

	if (!star)
		return strcmp(pattern, text) == 0;
	prefix = (size_t)(star - pattern);
	suffix = strlen(star + 1);
	return length >= prefix + suffix && memcmp(text, pattern, prefix) == 0 &&
	       strcmp(text + length - suffix, star + 1) == 0;
}

static const char *kind_of(const char *compatible)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (matches(kinds[i].pattern, compatible))
			return kinds[i].kind;
	return NULL;
}

const char *dt_iommu_kind(const struct node *node)
{
	const struct property *compatible = node_property(node, "compatible");
	const char *string, *kind = NULL;

	for (size_t at = 0; !kind && (string = property_string(compatible, at));
	     at += strlen(string) + 1)
		kind = kind_of(string);
	return kind;
}

static bool is_iommu(const struct node *node)
{
	const struct property *property;

	for (property = node->properties; property; property = property->next)
		if (strcmp(property->name, "#iommu-cells") == 0 ||
		    strcmp(property->name, "mmu-masters") == 0)
			return true;
	return false;
}

static void describe(const struct node *node, struct dt_iommu *iommu)
{
	uint64_t length;
	uint32_t cells;

	iommu->node = node;
	iommu->kind = dt_iommu_kind(node);
	iommu->compatible = property_string(node_property(node, "compatible"), 0);
	iommu->cells = node_cell(node, "#iommu-cells", &cells) ? (int64_t)cells : -1;
	iommu->has_base = dt_address(node, &iommu->base, &length);
}

size_t dt_iommus(const struct tree *tree, struct arena *arena, const struct dt_iommu **ret_iommus)
{
	struct dt_iommu *iommus;
	const struct node *node;
	size_t count = 0;

	for (node = tree->root; node; node = node->next)
		count += is_iommu(node);
	iommus = arena_array(arena, count, sizeof(*iommus));
	count = 0;
	for (node = tree->root; node; node = node->next)
		if (is_iommu(node))
			describe(node, &iommus[count++]);
	*ret_iommus = iommus;
	return count;
}

/* arm_smmu_of_xlate: ID and mask share one 32-bit word, so each has 16 bits. */
static struct dt_id smmu_id(const struct node *iommu, const uint32_t *cells, size_t count)
{
	uint32_t id = count > 0 ? cells[0] : 0, mask = 0;

	if (count > 1)
		mask = cells[1];
	else
		node_cell(iommu, "stream-match-mask", &mask);
	return (struct dt_id){.id = id & 0xffff,
			      .mask = mask & 0xffff,
			      .has_id = count > 0,
			      .cut = id > 0xffff || mask > 0xffff};
}

struct dt_id dt_iommu_id(const struct node *iommu, const uint32_t *cells, size_t count)
{
	const char *kind = dt_iommu_kind(iommu);
	struct dt_id id = {.has_id = count == 1, .id = count == 1 ? cells[0] : 0};

	if (kind && strcmp(kind, "arm-smmu") == 0)
		return smmu_id(iommu, cells, count);
	if (kind && strcmp(kind, "arm-smmu-v3") == 0 && count != 1) {
		id = (struct dt_id){.has_id = count > 0, .id = count > 0 ? cells[0] : 0};
		id.error = "an SMMUv3 takes one cell: its driver refuses this #iommu-cells";
	}
	return id;
}
