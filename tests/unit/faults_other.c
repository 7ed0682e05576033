/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults as the drivers of all other IOMMUs log them */
#include "support/check.h"
#include "support/fault_rows.h"

#define OF(kind) .iommu_kind = IOMMU_KIND_##kind

static const struct fault_row other_rows[] = {
	{SEEN(REPORT), "6.12", "drivers/iommu/virtio-iommu.c",
	 "[   32.951702] virtio_iommu virtio0: page fault from EP 32 at 0x103231000 []",
	 FAULT_TRANSLATION, OF(VIRTIO), .iommu = "virtio0", .reason = "page", .stream = 32,
	 .pasid = -1, X(0x103231000)},
	{SEEN(REPORT), "6.12", "drivers/iommu/virtio-iommu.c",
	 "[   32.951225] virtio_iommu virtio0: unknown fault from EP 32 at 0x103231000 []",
	 FAULT_UNKNOWN, OF(VIRTIO), .iommu = "virtio0", .stream = 32, .pasid = -1, X(0x103231000)},
	{SEEN(MACHINE), "6.12", "drivers/iommu/virtio-iommu.c",
	 "<3>[   31.368458] virtio_iommu virtio0: page fault from EP 128 at 0x2345000 []",
	 FAULT_TRANSLATION, OF(VIRTIO), .iommu = "virtio0", .reason = "page", .stream = 128,
	 .pasid = -1, X(0x2345000)},
	{SEEN(MACHINE), "7.3", "drivers/iommu/virtio-iommu.c",
	 "<3>[   55.674961] virtio_iommu virtio0: page fault from EP 128 at 0x2347024 []",
	 FAULT_TRANSLATION, OF(VIRTIO), .iommu = "virtio0", .reason = "page", .stream = 128,
	 .pasid = -1, X(0x2347024)},
	{SEEN(MACHINE), "7.3", "drivers/iommu/virtio-iommu.c",
	 "<4>[   55.674740] viommu_fault_handler: 6 callbacks suppressed", FAULT_NOT_LOGGED,
	 OF(VIRTIO), NONE, .count = 6},
	{MADE, "5.10", "drivers/iommu/virtio-iommu.c",
	 "virtio_iommu virtio0: domain fault from EP 8", FAULT_NO_STREAM, OF(VIRTIO),
	 .iommu = "virtio0", .stream = 8, .pasid = -1},
	{SEEN(REPORT), "6.12", "drivers/iommu/virtio-iommu.c",
	 "viommu_fault_handler: 1330 callbacks suppressed", FAULT_NOT_LOGGED, OF(VIRTIO), NONE,
	 .count = 1330},
	{MADE, "7.3", "drivers/iommu/riscv/iommu.c",
	 "riscv,iommu 3010000.iommu: Fault 15 devid: 0x10 iotval: 82d00000 iotval2: 0",
	 FAULT_TRANSLATION, FAULT_WRITE, OF(RISCV), .iommu = "3010000.iommu",
	 .reason = "write page fault", .stream = 0x10, .pasid = -1, X(0x82d00000)},
	{MADE, "7.3", "drivers/iommu/riscv/iommu.c",
	 "iommu_pci 0000:00:01.0: Fault 258 devid: 0x8 iotval: 0 iotval2: 0", FAULT_NO_STREAM,
	 OF(RISCV), .iommu = "0000:00:01.0", .stream = 8, .pasid = -1, X(0)},
	{SEEN(REPORT), "6.18", "drivers/iommu/apple-dart.c",
	 "apple-dart 285820000.iommu: translation fault: status:0x900c0008 stream:0 code:0x8 (NO "
	 "PTE "
	 "FOR IOVA) at 0x9f9c0000",
	 FAULT_TRANSLATION, OF(DART), .iommu = "285820000.iommu", .reason = "NO PTE FOR IOVA",
	 .stream = 0, .pasid = -1, X(0x9f9c0000)},
	{SEEN(REPORT), "6.18", "drivers/iommu/apple-dart.c",
	 "apple-dart 285810000.iommu: translation fault: status:0x800c0002 stream:0 code:0x2 (NO "
	 "PGD "
	 "FOR IOVA) at 0xfd68be00",
	 FAULT_TRANSLATION, OF(DART), .iommu = "285810000.iommu", .stream = 0, .pasid = -1,
	 X(0xfd68be00)},
	{MADE, "6.12", "drivers/iommu/apple-dart.c",
	 "apple-dart 382f00000.iommu: translation fault: status:0x81000010 stream:1 code:0x10 "
	 "(WRITE "
	 "FAULT) at 0x10000",
	 FAULT_PERMISSION, FAULT_WRITE, OF(DART), .iommu = "382f00000.iommu", .stream = 1,
	 .pasid = -1, X(0x10000)},
	{SEEN("<647ca0c3-9ea5-42e4-8f76-038987d5ae1e@arm.com>"), "6.12",
	 "drivers/iommu/exynos-iommu.c",
	 "[    2.918189] exynos-sysmmu 14860000.sysmmu: 14830000.decon: [READ] PAGE FAULT occurred "
	 "at "
	 "0x6715b3e0",
	 FAULT_TRANSLATION, FAULT_READ, OF(EXYNOS), .iommu = "14860000.sysmmu",
	 .device = "14830000.decon", NONE, X(0x6715b3e0)},
	{SEEN(REPORT), "5.10", "drivers/iommu/exynos-iommu.c",
	 "exynos-sysmmu 14640000.sysmmu: 14400000.fimd: PAGE FAULT occurred at 0x20000000",
	 FAULT_TRANSLATION, OF(EXYNOS), .iommu = "14640000.sysmmu", .device = "14400000.fimd", NONE,
	 X(0x20000000)},
	{MADE, "7.3", "drivers/iommu/exynos-iommu.c",
	 "exynos-sysmmu 14640000.sysmmu: 14400000.fimd: [WRITE] ACCESS PROTECTION FAULT occurred "
	 "at "
	 "0x20000000",
	 FAULT_PERMISSION, FAULT_WRITE, OF(EXYNOS), .iommu = "14640000.sysmmu",
	 .device = "14400000.fimd", NONE, X(0x20000000)},
	{SEEN("<aTaE3yB7tQ-Homju@ryzen>"), "6.12", "drivers/iommu/ipmmu-vmsa.c",
	 "ipmmu-vmsa eed40000.iommu: Unhandled fault: status 0x00001502 iova 0xfe000000",
	 FAULT_PERMISSION, OF(IPMMU), .iommu = "eed40000.iommu", .reason = "PF", NONE,
	 X(0xfe000000)},
	{MADE, "5.10", "drivers/iommu/ipmmu-vmsa.c",
	 "ipmmu-vmsa eed40000.iommu: Page Table Walk Abort @0xfe000000", FAULT_TABLE_FETCH,
	 OF(IPMMU), .iommu = "eed40000.iommu", NONE, X(0xfe000000)},
	{MADE, "6.12", "drivers/iommu/msm_iommu.c",
	 "msm_iommu: Unexpected IOMMU page fault!\nmsm_iommu: base = f0a80000\n"
	 "msm_iommu: Fault occurred in context 0.\nmsm_iommu: Interesting registers:\n"
	 "msm_iommu: FAR    = 10001000    PAR    = 00000000\n"
	 "msm_iommu: FSR    = 00000002 [TF ]\nmsm_iommu: FSYNR0 = 00000000    FSYNR1 = 00000000",
	 FAULT_TRANSLATION, OF(MSM), .reason = "TF", NONE, X(0x10001000)},
	{SEEN(REPORT), "6.6", "drivers/iommu/mtk_iommu.c",
	 "mtk-iommu 14016000.iommu: fault type=0x5 iova=0xfec23000 pa=0x0 master=0x51000008(larb=0 "
	 "port=2) layer=1 read",
	 FAULT_TRANSLATION, FAULT_READ, OF(MTK), .iommu = "14016000.iommu", .stream = 2,
	 .pasid = -1, X(0xfec23000)},
	{SEEN(REPORT), "5.10", "drivers/iommu/mtk_iommu.c",
	 "[ 5743.206014] mtk-iommu 10205000.iommu: fault type=0x5 iova=0xac2ff003 pa=0x0 larb=3 "
	 "port=0 "
	 "layer=1 write",
	 FAULT_TRANSLATION, FAULT_WRITE, OF(MTK), .iommu = "10205000.iommu", .stream = 3 << 5,
	 .pasid = -1, X(0xac2ff003)},
	{MADE, "7.3", "drivers/iommu/mtk_iommu_v1.c",
	 "mtk-iommu-v1 10205000.iommu: fault type=0x1 iova=0x1000 pa=0x0 larb=1 port=4",
	 FAULT_TRANSLATION, OF(MTK_V1), .iommu = "10205000.iommu", .stream = 0x24, .pasid = -1,
	 X(0x1000)},
	{MADE, "6.12", "drivers/iommu/omap-iommu.c",
	 "omap-iommu 55082000.mmu: 55082000.mmu: errs:0x00000002 da:0x90000000 pgd:0x(ptrval) "
	 "*pgd:px00000000",
	 FAULT_TRANSLATION, OF(OMAP), .iommu = "55082000.mmu", NONE, X(0x90000000)},
	{SEEN(REPORT), "4.4", "drivers/iommu/rockchip-iommu.c",
	 "[  733.670828] rk_iommu ff9a0800.iommu: Page fault at 0x00000ee0 of type read\n"
	 "[  733.677737] rk_iommu ff9a0800.iommu: iova = 0x00000ee0: dte_index: 0x0 pte_index: 0x0 "
	 "page_offset: 0xee0\n"
	 "[  733.687235] rk_iommu ff9a0800.iommu: mmu_dte_addr: 0x2d17b000 dte@0x2d17b000: "
	 "0x000000 "
	 "valid: 0 pte@0x00000000: 0x000000 valid: 0 page@0x00000000 flags: 0x0",
	 FAULT_TRANSLATION, FAULT_READ, OF(ROCKCHIP), .iommu = "ff9a0800.iommu", NONE, X(0xee0)},
	{SEEN(REPORT), "5.10", "drivers/iommu/rockchip-iommu.c",
	 "[   42.213800] rk_iommu ff650800.iommu: Page fault at 0x0000000004382010 of type write",
	 FAULT_TRANSLATION, FAULT_WRITE, OF(ROCKCHIP), .iommu = "ff650800.iommu", NONE,
	 X(0x4382010)},
	{MADE, "7.3", "drivers/iommu/rockchip-iommu.c",
	 "rk_iommu ff650800.iommu: BUS_ERROR occurred at 0x0000000004382010", FAULT_TABLE_FETCH,
	 OF(ROCKCHIP), .iommu = "ff650800.iommu", NONE, X(0x4382010)},
	{SEEN(REPORT), "6.12", "drivers/iommu/sun50i-iommu.c",
	 "[0.812726] sun50i-iommu 2010000.iommu: Page fault for 0x000000006c3d5000 (master 2, dir "
	 "rd)",
	 FAULT_TRANSLATION, FAULT_READ, OF(SUN50I), .iommu = "2010000.iommu", .stream = 2,
	 .pasid = -1, X(0x6c3d5000)},
	{SEEN(REPORT), "5.10", "drivers/memory/tegra/mc.c",
	 "[    3.029729] tegra-mc 70019000.memory-controller: display0a: read @0xfe000000: EMEM "
	 "address "
	 "decode error (SMMU translation error [--S])\n"
	 "[    3.042058] tegra-mc 70019000.memory-controller: display0a: read @0xfe000000: Page "
	 "fault "
	 "(SMMU translation error [--S])",
	 FAULT_TRANSLATION, FAULT_READ, OF(TEGRA), .iommu = "70019000.memory-controller",
	 .reason = "client display0a", NONE, X(0xfe000000)},
	{MADE, "7.3", "drivers/iommu/vsi-iommu.c",
	 "vsi_iommu fdca0000.iommu: unexpected int_status=00000001", FAULT_UNKNOWN, OF(VSI),
	 .iommu = "fdca0000.iommu", NONE},
	{MADE, "7.3", "drivers/iommu/fsl_pamu.c",
	 "fsl-pamu: pamu_av_isr: access violation interrupt\nfsl-pamu: pamu_av_isr: "
	 "POES1=00000000\n"
	 "fsl-pamu: pamu_av_isr: AVS1=00310001\nfsl-pamu: pamu_av_isr: AVS2=00000000\n"
	 "fsl-pamu: pamu_av_isr: AVA=00000000fe000000",
	 FAULT_PERMISSION, OF(PAMU), .stream = 0x31, .pasid = -1, X(0xfe000000)},
	{MADE, "7.3", "drivers/iommu/riscv/iommu.c",
	 "riscv,iommu 3010000.iommu: Queue #1 error; memory fault:0 overflow:1", FAULT_NOT_LOGGED,
	 OF(RISCV), .iommu = "3010000.iommu", NONE},
	{MADE, "7.3", "drivers/iommu/riscv/iommu.c",
	 "riscv,iommu 3010000.iommu: Queue #0 error; fault:0 timeout:1 illegal:0 fence_w_ip:0",
	 FAULT_IOMMU, OF(RISCV), .iommu = "3010000.iommu", NONE},
	{MADE, "7.3", "drivers/iommu/riscv/iommu.c",
	 "riscv,iommu 3010000.iommu: Hardware error: command execution timeout", FAULT_IOMMU,
	 OF(RISCV), .iommu = "3010000.iommu", NONE},
	{MADE, "7.3", "drivers/iommu/riscv/iommu.c",
	 "iommu_pci 0000:00:01.0: Hardware error: queue access timeout", FAULT_IOMMU, OF(RISCV),
	 .iommu = "0000:00:01.0", NONE},
	{MADE, "6.12", "drivers/iommu/exynos-iommu.c",
	 "exynos-sysmmu 14640000.sysmmu: Unhandled interrupt bit 4", FAULT_UNKNOWN, OF(EXYNOS),
	 .iommu = "14640000.sysmmu", NONE},
	{MADE, "5.10", "drivers/iommu/ipmmu-vmsa.c",
	 "ipmmu-vmsa eed40000.iommu: TLB sync timed out -- MMU may be deadlocked", FAULT_IOMMU,
	 OF(IPMMU), .iommu = "eed40000.iommu", NONE},
	{MADE, "7.3", "drivers/iommu/rockchip-iommu.c",
	 "rk_iommu ff914000.iommu: unexpected int_status: 0x00000004", FAULT_UNKNOWN, OF(ROCKCHIP),
	 .iommu = "ff914000.iommu", NONE},
	{SEEN("<20230330131746.1475514-2-jagan@amarulasolutions.com>"), "6.3",
	 "drivers/iommu/rockchip-iommu.c",
	 "rk_iommu ff373f00.iommu: Enable stall request timed out, status: 0x00004b", FAULT_IOMMU,
	 OF(ROCKCHIP), .iommu = "ff373f00.iommu", NONE},
	{SEEN("<20230330131746.1475514-2-jagan@amarulasolutions.com>"), "6.3",
	 "drivers/iommu/rockchip-iommu.c",
	 "rk_iommu ff373f00.iommu: Disable paging request timed out, status: 0x00004b", FAULT_IOMMU,
	 OF(ROCKCHIP), .iommu = "ff373f00.iommu", NONE},
	{SEEN("github.com/rockchip-linux/kernel/issues/102"), "4.4",
	 "drivers/iommu/rockchip-iommu.c",
	 "rk_iommu ff930300.iommu: Page fault at 0x00af1000 of type read", FAULT_TRANSLATION,
	 FAULT_READ, OF(ROCKCHIP), .iommu = "ff930300.iommu", NONE, X(0xaf1000)},
	{MADE, "7.3", "drivers/iommu/rockchip-iommu.c",
	 "rk_iommu ff914000.iommu: FORCE_RESET command timed out", FAULT_IOMMU, OF(ROCKCHIP),
	 .iommu = "ff914000.iommu", NONE},
	{MADE, "7.3", "drivers/iommu/rockchip-iommu.c",
	 "rk_iommu ff914000.iommu: Error during raw reset. MMU_DTE_ADDR is not functioning",
	 FAULT_IOMMU, OF(ROCKCHIP), .iommu = "ff914000.iommu", NONE},
	{MADE, "5.10", "drivers/iommu/sun50i-iommu.c",
	 "sun50i-iommu 30f0000.iommu: TLB Flush timed out!", FAULT_IOMMU, OF(SUN50I),
	 .iommu = "30f0000.iommu", NONE},
	{MADE, "7.3", "drivers/iommu/sun50i-iommu.c",
	 "sun50i-iommu 30f0000.iommu: PTW cache invalidation timed out!", FAULT_IOMMU, OF(SUN50I),
	 .iommu = "30f0000.iommu", NONE},
	{MADE, "5.10", "drivers/iommu/ipmmu-vmsa.c",
	 "ipmmu-vmsa eed40000.iommu: Multiple TLB hits @0xfe000000", FAULT_TLB_CONFLICT, OF(IPMMU),
	 .iommu = "eed40000.iommu", NONE, X(0xfe000000)},
};

const struct fault_rows other_fault_rows = {other_rows, ARRAY_SIZE(other_rows)};

static void lines_of_other(void **state)
{
	assert_fault_rows(other_rows, ARRAY_SIZE(other_rows));
	assert_fault_forms(other_rows, ARRAY_SIZE(other_rows));
}

UNIT(faults_other)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lines_of_other)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
