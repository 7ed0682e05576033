/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model/iommu_kind.h"

#include "base/text.h"

#include <string.h>

/*
 * Instance names: the calls of iommu_device_sysfs_add in drivers/iommu, Linux 7.3. One group:
 * .device_group of the driver, which tests/dtb/groups.py compares.
 */
static const struct iommu_traits kinds[IOMMU_KIND_COUNT] = {
	[IOMMU_KIND_SMMU] = {.name = "arm-smmu",
			     .driver = "arm-smmu",
			     .bus = "platform",
			     .class_prefix = "smmu.0x",
			     .device_prefix = "arm-smmu.",
			     .bypass_option = "arm-smmu.disable_bypass",
			     .has_stable_name = true,
			     .has_masks = true,
			     .ids_from_firmware = true},
	[IOMMU_KIND_SMMU_V3] = {.name = "arm-smmu-v3",
				.driver = "arm-smmu-v3",
				.bus = "platform",
				.class_prefix = "smmu3.0x",
				.device_prefix = "arm-smmu-v3.",
				.has_stable_name = true,
				.one_device_per_stream = true,
				.one_cell_only = true,
				.ids_from_firmware = true},
	[IOMMU_KIND_INTEL] = {.name = "intel-iommu", .class_prefix = "dmar", .log_prefix = "DMAR"},
	[IOMMU_KIND_AMD] = {.name = "amd-iommu", .class_prefix = "ivhd", .log_prefix = "AMD-Vi"},
	[IOMMU_KIND_VIRTIO] = {.name = "virtio-iommu",
			       .driver = "virtio_iommu",
			       .bus = "virtio",
			       .has_stable_name = true},
	[IOMMU_KIND_RISCV] = {.name = "riscv-iommu",
			      .driver = "riscv,iommu",
			      .bus = "platform",
			      .class_prefix = "riscv-iommu@",
			      .device_prefix = "RSCV0004:",
			      .ids_from_firmware = true},
	[IOMMU_KIND_S390] = {.name = "s390-iommu", .class_prefix = "s390-iommu."},
	[IOMMU_KIND_DART] = {.name = "apple-dart",
			     .driver = "apple-dart",
			     .bus = "platform",
			     .class_prefix = "apple-dart."},
	[IOMMU_KIND_EXYNOS] = {.name = "exynos-sysmmu",
			       .driver = "exynos-sysmmu",
			       .bus = "platform"},
	[IOMMU_KIND_IPMMU] = {.name = "ipmmu-vmsa",
			      .driver = "ipmmu-vmsa",
			      .bus = "platform",
			      .one_group = true},
	[IOMMU_KIND_MSM] = {.name = "msm_iommu",
			    .driver = "msm_iommu",
			    .bus = "platform",
			    .class_prefix = "msm-smmu."},
	[IOMMU_KIND_MTK] = {.name = "mtk-iommu",
			    .driver = "mtk-iommu",
			    .bus = "platform",
			    .class_prefix = "mtk-iommu."},
	[IOMMU_KIND_MTK_V1] = {.name = "mtk-iommu-v1", .driver = "mtk-iommu-v1", .bus = "platform"},
	[IOMMU_KIND_OMAP] = {.name = "omap-iommu",
			     .driver = "omap-iommu",
			     .bus = "platform",
			     .one_group = true},
	[IOMMU_KIND_PAMU] = {.name = "fsl-pamu",
			     .driver = "fsl-of-pamu",
			     .bus = "platform",
			     .class_prefix = "iommu0",
			     .only_device = "fsl-of-pamu.0",
			     .maps_nothing = true,
			     .log_prefix = "fsl-pamu"},
	[IOMMU_KIND_QCOM] = {.name = "qcom-iommu", .driver = "qcom-iommu", .bus = "platform"},
	[IOMMU_KIND_ROCKCHIP] = {.name = "rk_iommu",
				 .driver = "rk_iommu",
				 .bus = "platform",
				 .one_group = true},
	[IOMMU_KIND_SPRD] = {.name = "sprd-iommu",
			     .driver = "sprd-iommu",
			     .bus = "platform",
			     .one_group = true},
	[IOMMU_KIND_SUN50I] = {.name = "sun50i-iommu",
			       .driver = "sun50i-iommu",
			       .bus = "platform",
			       .one_group = true},
	[IOMMU_KIND_TEGRA] = {.name = "tegra-mc", .driver = "tegra-mc", .bus = "platform"},
	[IOMMU_KIND_VSI] = {.name = "vsi_iommu",
			    .driver = "vsi_iommu",
			    .bus = "platform",
			    .one_group = true},
	[IOMMU_KIND_XEN] = {.name = "xen-grant-dma"},
};

const struct iommu_traits *iommu_traits(enum iommu_kind kind)
{
	return &kinds[kind];
}

const char *iommu_log_prefix(enum iommu_kind kind)
{
	return kinds[kind].log_prefix ? kinds[kind].log_prefix : kinds[kind].driver;
}

enum iommu_kind iommu_kind_of_instance(const char *name)
{
	for (enum iommu_kind kind = 0; kind < IOMMU_KIND_COUNT; kind++)
		if (kinds[kind].class_prefix && text_starts(name, kinds[kind].class_prefix))
			return kind;
	return IOMMU_KIND_UNKNOWN;
}

enum iommu_kind iommu_kind_of_driver(const char *driver)
{
	for (enum iommu_kind kind = 0; kind < IOMMU_KIND_COUNT; kind++)
		if (kinds[kind].driver && strcmp(kinds[kind].driver, driver) == 0)
			return kind;
	return IOMMU_KIND_UNKNOWN;
}
