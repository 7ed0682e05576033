/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/iommu_compatible.h"

#include <string.h>

/*
 * tests/dtb/compatibles.py compares this table with a kernel's source. virtio,mmio is any virtio
 * device: only nodes with #iommu-cells are looked up here. The kernel matches a virtio-iommu or
 * RISC-V IOMMU on PCI by its PCI ID; the words for these come from the bindings.
 */
static const struct iommu_compatible compatibles[] = {
	{"arm,smmu-v1", IOMMU_KIND_SMMU, "drivers/iommu/arm/arm-smmu/arm-smmu.c"},
	{"arm,smmu-v2", IOMMU_KIND_SMMU, "drivers/iommu/arm/arm-smmu/arm-smmu.c"},
	{"arm,mmu-400", IOMMU_KIND_SMMU, "drivers/iommu/arm/arm-smmu/arm-smmu.c"},
	{"arm,mmu-401", IOMMU_KIND_SMMU, "drivers/iommu/arm/arm-smmu/arm-smmu.c"},
	{"arm,mmu-500", IOMMU_KIND_SMMU, "drivers/iommu/arm/arm-smmu/arm-smmu.c"},
	{"cavium,smmu-v2", IOMMU_KIND_SMMU, "drivers/iommu/arm/arm-smmu/arm-smmu.c"},
	{"nvidia,smmu-500", IOMMU_KIND_SMMU, "drivers/iommu/arm/arm-smmu/arm-smmu.c"},
	{"qcom,smmu-v2", IOMMU_KIND_SMMU, "drivers/iommu/arm/arm-smmu/arm-smmu.c"},
	{"arm,smmu-v3", IOMMU_KIND_SMMU_V3, "drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c"},
	{"qcom,msm-iommu-v1", IOMMU_KIND_QCOM, "drivers/iommu/arm/arm-smmu/qcom_iommu.c"},
	{"qcom,msm-iommu-v2", IOMMU_KIND_QCOM, "drivers/iommu/arm/arm-smmu/qcom_iommu.c"},
	{"riscv,iommu", IOMMU_KIND_RISCV, "drivers/iommu/riscv/iommu-platform.c"},
	{"riscv,pci-iommu", IOMMU_KIND_RISCV, "drivers/iommu/riscv/iommu-pci.c"},
	{"pci1efd,edf1", IOMMU_KIND_RISCV, "drivers/iommu/riscv/iommu-pci.c"},
	{"pci1b36,0014", IOMMU_KIND_RISCV, "drivers/iommu/riscv/iommu-pci.c"},
	{"apple,t8103-dart", IOMMU_KIND_DART, "drivers/iommu/apple-dart.c"},
	{"apple,t8103-usb4-dart", IOMMU_KIND_DART, "drivers/iommu/apple-dart.c"},
	{"apple,t8110-dart", IOMMU_KIND_DART, "drivers/iommu/apple-dart.c"},
	{"apple,t6000-dart", IOMMU_KIND_DART, "drivers/iommu/apple-dart.c"},
	{"samsung,exynos-sysmmu", IOMMU_KIND_EXYNOS, "drivers/iommu/exynos-iommu.c"},
	{"renesas,ipmmu-vmsa", IOMMU_KIND_IPMMU, "drivers/iommu/ipmmu-vmsa.c"},
	{"renesas,ipmmu-r8a774a1", IOMMU_KIND_IPMMU, "drivers/iommu/ipmmu-vmsa.c", true},
	{"renesas,ipmmu-r8a774b1", IOMMU_KIND_IPMMU, "drivers/iommu/ipmmu-vmsa.c", true},
	{"renesas,ipmmu-r8a774c0", IOMMU_KIND_IPMMU, "drivers/iommu/ipmmu-vmsa.c", true},
	{"renesas,ipmmu-r8a774e1", IOMMU_KIND_IPMMU, "drivers/iommu/ipmmu-vmsa.c", true},
	{"renesas,ipmmu-r8a7795", IOMMU_KIND_IPMMU, "drivers/iommu/ipmmu-vmsa.c", true},
	{"renesas,ipmmu-r8a7796", IOMMU_KIND_IPMMU, "drivers/iommu/ipmmu-vmsa.c", true},
	{"renesas,ipmmu-r8a77961", IOMMU_KIND_IPMMU, "drivers/iommu/ipmmu-vmsa.c", true},
	{"renesas,ipmmu-r8a77965", IOMMU_KIND_IPMMU, "drivers/iommu/ipmmu-vmsa.c", true},
	{"renesas,ipmmu-r8a77970", IOMMU_KIND_IPMMU, "drivers/iommu/ipmmu-vmsa.c", true},
	{"renesas,ipmmu-r8a77980", IOMMU_KIND_IPMMU, "drivers/iommu/ipmmu-vmsa.c", true},
	{"renesas,ipmmu-r8a77990", IOMMU_KIND_IPMMU, "drivers/iommu/ipmmu-vmsa.c", true},
	{"renesas,ipmmu-r8a77995", IOMMU_KIND_IPMMU, "drivers/iommu/ipmmu-vmsa.c", true},
	{"renesas,ipmmu-r8a779a0", IOMMU_KIND_IPMMU, "drivers/iommu/ipmmu-vmsa.c", true},
	{"renesas,rcar-gen4-ipmmu-vmsa", IOMMU_KIND_IPMMU, "drivers/iommu/ipmmu-vmsa.c", true},
	{"qcom,apq8064-iommu", IOMMU_KIND_MSM, "drivers/iommu/msm_iommu.c"},
	{"mediatek,mt2712-m4u", IOMMU_KIND_MTK, "drivers/iommu/mtk_iommu.c"},
	{"mediatek,mt6779-m4u", IOMMU_KIND_MTK, "drivers/iommu/mtk_iommu.c"},
	{"mediatek,mt6795-m4u", IOMMU_KIND_MTK, "drivers/iommu/mtk_iommu.c"},
	{"mediatek,mt6893-iommu-mm", IOMMU_KIND_MTK, "drivers/iommu/mtk_iommu.c"},
	{"mediatek,mt8167-m4u", IOMMU_KIND_MTK, "drivers/iommu/mtk_iommu.c"},
	{"mediatek,mt8173-m4u", IOMMU_KIND_MTK, "drivers/iommu/mtk_iommu.c"},
	{"mediatek,mt8183-m4u", IOMMU_KIND_MTK, "drivers/iommu/mtk_iommu.c"},
	{"mediatek,mt8186-iommu-mm", IOMMU_KIND_MTK, "drivers/iommu/mtk_iommu.c"},
	{"mediatek,mt8188-iommu-infra", IOMMU_KIND_MTK, "drivers/iommu/mtk_iommu.c"},
	{"mediatek,mt8188-iommu-vdo", IOMMU_KIND_MTK, "drivers/iommu/mtk_iommu.c"},
	{"mediatek,mt8188-iommu-vpp", IOMMU_KIND_MTK, "drivers/iommu/mtk_iommu.c"},
	{"mediatek,mt8189-iommu-apu", IOMMU_KIND_MTK, "drivers/iommu/mtk_iommu.c"},
	{"mediatek,mt8189-iommu-infra", IOMMU_KIND_MTK, "drivers/iommu/mtk_iommu.c"},
	{"mediatek,mt8189-iommu-mm", IOMMU_KIND_MTK, "drivers/iommu/mtk_iommu.c"},
	{"mediatek,mt8192-m4u", IOMMU_KIND_MTK, "drivers/iommu/mtk_iommu.c"},
	{"mediatek,mt8195-iommu-infra", IOMMU_KIND_MTK, "drivers/iommu/mtk_iommu.c"},
	{"mediatek,mt8195-iommu-vdo", IOMMU_KIND_MTK, "drivers/iommu/mtk_iommu.c"},
	{"mediatek,mt8195-iommu-vpp", IOMMU_KIND_MTK, "drivers/iommu/mtk_iommu.c"},
	{"mediatek,mt8365-m4u", IOMMU_KIND_MTK, "drivers/iommu/mtk_iommu.c"},
	{"mediatek,mt2701-m4u", IOMMU_KIND_MTK_V1, "drivers/iommu/mtk_iommu_v1.c"},
	{"ti,omap2-iommu", IOMMU_KIND_OMAP, "drivers/iommu/omap-iommu.c"},
	{"ti,omap4-iommu", IOMMU_KIND_OMAP, "drivers/iommu/omap-iommu.c"},
	{"ti,dra7-iommu", IOMMU_KIND_OMAP, "drivers/iommu/omap-iommu.c"},
	{"ti,dra7-dsp-iommu", IOMMU_KIND_OMAP, "drivers/iommu/omap-iommu.c"},
	{"fsl,pamu", IOMMU_KIND_PAMU, "drivers/iommu/fsl_pamu.c"},
	{"rockchip,iommu", IOMMU_KIND_ROCKCHIP, "drivers/iommu/rockchip-iommu.c"},
	{"rockchip,rk3568-iommu", IOMMU_KIND_ROCKCHIP, "drivers/iommu/rockchip-iommu.c"},
	{"sprd,iommu-v1", IOMMU_KIND_SPRD, "drivers/iommu/sprd-iommu.c"},
	{"allwinner,sun50i-h6-iommu", IOMMU_KIND_SUN50I, "drivers/iommu/sun50i-iommu.c"},
	{"allwinner,sun50i-h616-iommu", IOMMU_KIND_SUN50I, "drivers/iommu/sun50i-iommu.c"},
	{"nvidia,tegra20-mc-gart", IOMMU_KIND_TEGRA, "drivers/memory/tegra/mc.c"},
	{"nvidia,tegra30-mc", IOMMU_KIND_TEGRA, "drivers/memory/tegra/mc.c"},
	{"nvidia,tegra114-mc", IOMMU_KIND_TEGRA, "drivers/memory/tegra/mc.c"},
	{"nvidia,tegra124-mc", IOMMU_KIND_TEGRA, "drivers/memory/tegra/mc.c"},
	{"nvidia,tegra132-mc", IOMMU_KIND_TEGRA, "drivers/memory/tegra/mc.c"},
	{"nvidia,tegra210-mc", IOMMU_KIND_TEGRA, "drivers/memory/tegra/mc.c"},
	{"verisilicon,iommu-1.2", IOMMU_KIND_VSI, "drivers/iommu/vsi-iommu.c"},
	{"virtio,mmio", IOMMU_KIND_VIRTIO, "drivers/virtio/virtio_mmio.c"},
	{"virtio,pci-iommu", IOMMU_KIND_VIRTIO, "drivers/iommu/virtio-iommu.c"},
	{"pci1af4,1057", IOMMU_KIND_VIRTIO, "drivers/iommu/virtio-iommu.c"},
	{"xen,grant-dma", IOMMU_KIND_XEN, "drivers/xen/grant-dma-ops.c"},
};

const struct iommu_compatible *iommu_compatibles(size_t *ret_count)
{
	*ret_count = ARRAY_SIZE(compatibles);
	return compatibles;
}

const struct iommu_compatible *iommu_compatible_find(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(compatibles); i++)
		if (strcmp(compatibles[i].word, word) == 0)
			return &compatibles[i];
	return NULL;
}

enum iommu_kind iommu_kind_of_compatible(const char *word)
{
	const struct iommu_compatible *found = iommu_compatible_find(word);

	return found ? found->kind : IOMMU_KIND_UNKNOWN;
}
