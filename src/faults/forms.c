/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "faults/forms.h"

#include "base/cleanup.h"

#define DMAR "drivers/iommu/intel/dmar.c"
#define PRQ "drivers/iommu/intel/prq.c"
#define SVM "drivers/iommu/intel/svm.c"
#define AMD "drivers/iommu/amd/iommu.c"
#define AMD_INIT "drivers/iommu/amd/init.c"
#define SMMU "drivers/iommu/arm/arm-smmu/arm-smmu.c"
#define QCOM "drivers/iommu/arm/arm-smmu/qcom_iommu.c"
#define SMMU_V3 "drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c"

#define IN(kind, anchor_of) .iommu = IOMMU_KIND_##kind, .anchor = ANCHOR_##anchor_of
#define FROM(path, first) .file = (path), .since = (first)
/* A format that 7.3 no longer has, with the last kernel that was seen to have it. */
#define WAS(path, first, last) .file = (path), .since = (first), .until = (last)

/*
 * The kernels 5.10, 6.12 and 7.3 were compared. .since is the first of them that has the format,
 * .until the last.
 */
static const struct fault_form forms[] = {
	/* 7.3 prints the PCI segment too. Debian's 6.1 prints the formats of 6.12. */
	{IN(INTEL, WORD), NULL,
	 "[%w NO_PASID] Request device [%p] fault addr 0x%a [fault reason 0x%x] %w",
	 .decode = decode_dmar, FROM(DMAR, "6.12")},
	{IN(INTEL, WORD), NULL,
	 "[%w PASID 0x%i] Request device [%p] fault addr 0x%a [fault reason 0x%x] %w",
	 .decode = decode_dmar, FROM(DMAR, "6.12")},
	{IN(INTEL, WORD), NULL,
	 "[%w] Request device [%p] PASID %i fault addr %a [fault reason %u] %w",
	 .decode = decode_dmar, WAS(DMAR, "5.10", "5.10")},
	{IN(INTEL, WORD), NULL, "[%w] Request device [%p] fault addr %a [fault reason %u] %w",
	 .decode = decode_dmar, WAS(DMAR, "4.9", "4.19")},
	{IN(INTEL, WORD), NULL,
	 "[INTR-REMAP] Request device [%p] fault index 0x%x [fault reason 0x%x] %w",
	 .decode = decode_dmar_interrupt, FROM(DMAR, "6.12")},
	{IN(INTEL, WORD), NULL,
	 "[INTR-REMAP] Request device [%p] fault index %x [fault reason %u] %w",
	 .decode = decode_dmar_interrupt, WAS(DMAR, "5.10", "5.10")},
	{IN(INTEL, WORD), NULL, "VT-d detected Invalidation Queue Error: Reason %x", FAULT_IOMMU,
	 FROM(DMAR, "6.12")},
	{IN(INTEL, WORD), NULL, "VT-d detected Invalidation Time-out Error: SID %s",
	 FAULT_INVALIDATION, FROM(DMAR, "6.12")},
	{IN(INTEL, WORD), NULL, "VT-d detected Invalidation Completion Error: SID %s",
	 FAULT_INVALIDATION, FROM(DMAR, "6.12")},
	{IN(INTEL, WORD), "IOMMU", "%m: Page request without PASID", FAULT_PAGE_REQUEST,
	 FROM(PRQ, "6.12")},
	{IN(INTEL, WORD), "IOMMU", "%m: Address is not canonical", FAULT_PAGE_REQUEST,
	 FROM(PRQ, "6.12")},
	{IN(INTEL, WORD), "IOMMU", "%m: Page request in Privilege Mode", FAULT_PAGE_REQUEST,
	 FROM(PRQ, "6.12")},
	{IN(INTEL, WORD), "IOMMU", "%m: Execution request not supported", FAULT_PAGE_REQUEST,
	 FROM(PRQ, "6.12")},
	{IN(INTEL, WORD), "IOMMU", "%m: PRQ overflow detected", FAULT_NOT_LOGGED,
	 FROM(PRQ, "5.10")},

	/* 5.10 prints "device=bb:dd.f", later kernels "device=dddd:bb:dd.f". */
	{IN(AMD, DEVICE), NULL, "Event logged [IO_PAGE_FAULT domain=0x%x address=0x%a flags=0x%x]",
	 .decode = decode_amd_page_fault, FROM(AMD, "5.10")},
	{IN(AMD, WORD), NULL,
	 "Event logged [IO_PAGE_FAULT device=%p domain=0x%x address=0x%a flags=0x%x]",
	 .decode = decode_amd_page_fault, FROM(AMD, "5.10")},
	{IN(AMD, UNIT), NULL,
	 "Event logged [ILLEGAL_DEV_TABLE_ENTRY device=%p pasid=0x%i address=0x%a flags=0x%x]",
	 FAULT_TABLES, .decode = decode_amd_event, FROM(AMD, "5.10")},
	{IN(AMD, UNIT), NULL,
	 "Event logged [DEV_TAB_HARDWARE_ERROR device=%p address=0x%a flags=0x%x]",
	 FAULT_TABLE_FETCH, .decode = decode_amd_event, FROM(AMD, "5.10")},
	{IN(AMD, UNIT), NULL,
	 "Event logged [PAGE_TAB_HARDWARE_ERROR device=%p pasid=0x%i address=0x%a flags=0x%x]",
	 FAULT_TABLE_FETCH, .decode = decode_amd_event, FROM(AMD, "5.10")},
	{IN(AMD, UNIT), NULL, "Event logged [ILLEGAL_COMMAND_ERROR address=0x%x]", FAULT_IOMMU,
	 .decode = decode_amd_event, FROM(AMD, "5.10")},
	{IN(AMD, UNIT), NULL, "Event logged [COMMAND_HARDWARE_ERROR address=0x%x flags=0x%x]",
	 FAULT_IOMMU, .decode = decode_amd_event, FROM(AMD, "5.10")},
	{IN(AMD, UNIT), NULL, "Event logged [IOTLB_INV_TIMEOUT device=%p address=0x%x]",
	 FAULT_INVALIDATION, .decode = decode_amd_event, FROM(AMD, "5.10")},
	{IN(AMD, UNIT), NULL,
	 "Event logged [INVALID_DEVICE_REQUEST device=%p pasid=0x%i address=0x%a flags=0x%x]",
	 FAULT_FORBIDDEN, .decode = decode_amd_event, FROM(AMD, "5.10")},
	{IN(AMD, UNIT), NULL,
	 "Event logged [INVALID_PPR_REQUEST device=%p pasid=0x%i address=0x%a flags=0x%x tag=0x%x]",
	 FAULT_PAGE_REQUEST, .decode = decode_amd_event, FROM(AMD, "5.10")},
	/* The kernel's own format lacks the last bracket. */
	{IN(AMD, UNIT), NULL,
	 "Event logged [UNKNOWN event[0]=0x%x event[1]=0x%x event[2]=0x%x event[3]=0x%x",
	 .decode = decode_amd_raw, FROM(AMD, "5.10")},
	{IN(AMD, DEVICE), NULL,
	 "Event logged [RMP_PAGE_FAULT vmg_tag=0x%x, gpa=0x%a, flags_rmp=0x%x, flags=0x%x]",
	 FAULT_ENCRYPTED, .decode = decode_amd_event, FROM(AMD, "5.10")},
	{IN(AMD, WORD), NULL,
	 "Event logged [RMP_PAGE_FAULT device=%p, vmg_tag=0x%x, gpa=0x%a, flags_rmp=0x%x, "
	 "flags=0x%x]",
	 FAULT_ENCRYPTED, .decode = decode_amd_event, FROM(AMD, "5.10")},
	{IN(AMD, DEVICE), NULL, "Event logged [RMP_HW_ERROR vmg_tag=0x%x, spa=0x%x, flags=0x%x]",
	 FAULT_ENCRYPTED, .decode = decode_amd_event, FROM(AMD, "5.10")},
	{IN(AMD, WORD), NULL,
	 "Event logged [RMP_HW_ERROR device=%p, vmg_tag=0x%x, spa=0x%x, flags=0x%x]",
	 FAULT_ENCRYPTED, .decode = decode_amd_event, FROM(AMD, "5.10")},
	{IN(AMD, WORD), NULL, "Event logged [Device not attached to domain properly]",
	 FAULT_NO_STREAM, .part = PART_BEGIN, FROM(AMD, "6.12")},
	{IN(AMD, WORD), NULL, "%_device=%p domain=0x%x", FAULT_NO_STREAM, .part = PART_LAST,
	 FROM(AMD, "6.12")},
	{IN(AMD, WORD), NULL, "Completion-Wait loop timed out", FAULT_IOMMU,
	 WAS(AMD, "5.10", "6.12")},
	{IN(AMD, WORD), NULL, "IOMMU %m: Completion-Wait loop timed out", FAULT_IOMMU,
	 FROM(AMD, "7.3")},
	{IN(AMD, WORD), NULL, "Command buffer timeout", FAULT_IOMMU, FROM(AMD, "5.10")},
	{IN(AMD, WORD), NULL, "No event written to event log", FAULT_NOT_LOGGED, FROM(AMD, "5.10")},
	{IN(AMD, WORD), NULL, "IOMMU event log overflow", FAULT_NOT_LOGGED,
	 WAS(AMD, "5.10", "5.10")},
	{IN(AMD, WORD), NULL, "IOMMU Event log restarting", FAULT_NOT_LOGGED,
	 FROM(AMD_INIT, "6.12")},

	{IN(SMMU, DRIVER), NULL,
	 "Unhandled context fault: fsr=0x%x, iova=0x%a, fsynr=0x%x, cbfrsynra=0x%s, cb=%*",
	 .decode = decode_smmu_context, FROM(SMMU, "5.10")},
	{IN(SMMU, DRIVER), NULL, "Unhandled context fault: fsr=0x%x, iova=0x%a, fsynr=0x%x, cb=%*",
	 .decode = decode_smmu_context, WAS(SMMU, "4.9", "5.1")},
	{IN(QCOM, DRIVER), "qcom-iommu-ctx",
	 "Unhandled context fault: fsr=0x%x, iova=0x%a, fsynr=0x%x, cb=%*",
	 .decode = decode_smmu_context, FROM(QCOM, "5.10")},
	{IN(QCOM, DRIVER), "qcom-iommu-ctx", "timeout waiting for TLB SYNC", FAULT_IOMMU,
	 FROM(QCOM, "5.10")},
	{IN(SMMU, DRIVER), NULL, "Blocked unknown Stream ID 0x%s; boot with %*", FAULT_NO_STREAM,
	 .part = PART_BEGIN, FROM(SMMU, "5.10")},
	{IN(SMMU, DRIVER), NULL, "Unexpected global fault, this could be serious",
	 .part = PART_BEGIN, FROM(SMMU, "5.10")},
	{IN(SMMU, DRIVER), NULL, "%_GFSR 0x%x, GFSYNR0 0x%x, GFSYNR1 0x%s, GFSYNR2 0x%x",
	 .decode = decode_smmu_global, .part = PART_LAST, FROM(SMMU, "5.10")},
	{IN(SMMU, DRIVER), NULL, "TLB sync timed out -- SMMU may be deadlocked", FAULT_IOMMU,
	 FROM(SMMU, "5.10")},

	{IN(SMMU_V3, DRIVER), NULL, "event 0x%x received:", .decode = decode_smmu_v3_begin,
	 .part = PART_BEGIN, FROM(SMMU_V3, "5.10")},
	{IN(SMMU_V3, DRIVER), NULL, "%_0x%x", .decode = decode_smmu_v3_word, .part = PART_MORE,
	 FROM(SMMU_V3, "5.10")},
	{IN(SMMU_V3, DRIVER), NULL,
	 "event: %w client: %n sid: 0x%s ssid: 0x%i iova: 0x%a ipa: 0x%x",
	 .decode = decode_smmu_v3_named, .part = PART_LONE, FROM(SMMU_V3, "7.3")},
	{IN(SMMU_V3, DRIVER), NULL,
	 "event: %w client: (unassigned sid) sid: 0x%s ssid: 0x%i iova: 0x%a ipa: 0x%x",
	 .decode = decode_smmu_v3_named, .part = PART_LONE, FROM(SMMU_V3, "7.3")},
	{IN(SMMU_V3, DRIVER), NULL, "event: %w client: %n sid: 0x%s ssid: 0x%i fetch_addr: 0x%x",
	 .decode = decode_smmu_v3_named, .part = PART_LAST, FROM(SMMU_V3, "7.3")},
	{IN(SMMU_V3, DRIVER), NULL,
	 "event: %w client: (unassigned sid) sid: 0x%s ssid: 0x%i fetch_addr: 0x%x",
	 .decode = decode_smmu_v3_named, .part = PART_LAST, FROM(SMMU_V3, "7.3")},
	{IN(SMMU_V3, DRIVER), NULL, "event: %w client: %n sid: 0x%s ssid: 0x%i",
	 .decode = decode_smmu_v3_named, .part = PART_LAST, FROM(SMMU_V3, "7.3")},
	{IN(SMMU_V3, DRIVER), NULL, "event: %w client: (unassigned sid) sid: 0x%s ssid: 0x%i",
	 .decode = decode_smmu_v3_named, .part = PART_LAST, FROM(SMMU_V3, "7.3")},
	{IN(SMMU_V3, DRIVER), NULL, "priv %w %w %w \"%w\"%*", .decode = decode_smmu_v3_access,
	 .part = PART_MORE, FROM(SMMU_V3, "7.3")},
	{IN(SMMU_V3, DRIVER), NULL, "unpriv %w %w %w \"%w\"%*", .decode = decode_smmu_v3_access,
	 .part = PART_MORE, FROM(SMMU_V3, "7.3")},
	{IN(SMMU_V3, DRIVER), NULL, "unexpected PRI request received:", FAULT_PAGE_REQUEST,
	 .part = PART_BEGIN, FROM(SMMU_V3, "5.10")},
	{IN(SMMU_V3, DRIVER), NULL, "%_sid 0x%s.0x%x: [%w] %wprivileged %w access at iova 0x%a",
	 FAULT_PAGE_REQUEST, .decode = decode_smmu_v3_page_request, .part = PART_LAST,
	 FROM(SMMU_V3, "5.10")},
	{IN(SMMU_V3, DRIVER), NULL, "EVTQ overflow detected -- events lost", FAULT_NOT_LOGGED,
	 FROM(SMMU_V3, "5.10")},
	{IN(SMMU_V3, DRIVER), NULL, "EVTQ write aborted -- events may have been lost",
	 FAULT_NOT_LOGGED, FROM(SMMU_V3, "5.10")},
	{IN(SMMU_V3, DRIVER), NULL,
	 "unexpected global error reported (0x%x), this could be serious", FAULT_IOMMU,
	 FROM(SMMU_V3, "5.10")},
	{IN(SMMU_V3, DRIVER), NULL, "CMDQ error (cons 0x%x): %w", FAULT_IOMMU,
	 FROM(SMMU_V3, "5.10")},
	{IN(SMMU_V3, DRIVER), NULL, "device has entered Service Failure Mode!", FAULT_IOMMU,
	 FROM(SMMU_V3, "5.10")},
	{IN(SMMU_V3, DRIVER), NULL, "PRIQ overflow detected -- requests lost", FAULT_NOT_LOGGED,
	 FROM(SMMU_V3, "5.10")},
	{IN(SMMU_V3, DRIVER), NULL, "PRIQ write aborted -- events may have been lost",
	 FAULT_NOT_LOGGED, FROM(SMMU_V3, "5.10")},
	{IN(SMMU_V3, DRIVER), NULL, "%w MSI write aborted", FAULT_IOMMU, FROM(SMMU_V3, "5.10")},
	{IN(SMMU_V3, DRIVER), NULL, "CMDQ timeout", FAULT_IOMMU, FROM(SMMU_V3, "5.10")},
	{IN(SMMU_V3, DRIVER), NULL, "CMD_SYNC timeout at 0x%x [hwprod 0x%x, hwcons 0x%x]",
	 FAULT_IOMMU, FROM(SMMU_V3, "5.10")},

	{IN(VIRTIO, DRIVER), NULL, "%w fault from EP %d at 0x%a [%w]", .decode = decode_virtio,
	 FROM("drivers/iommu/virtio-iommu.c", "5.10")},
	{IN(VIRTIO, DRIVER), NULL, "%w fault from EP %d", .decode = decode_virtio,
	 FROM("drivers/iommu/virtio-iommu.c", "5.10")},
	{IN(RISCV, DRIVER), NULL, "Fault %u devid: 0x%s iotval: %a iotval2: %x",
	 .decode = decode_riscv, FROM("drivers/iommu/riscv/iommu.c", "7.3")},
	{IN(RISCV, DRIVER), "iommu_pci", "Fault %u devid: 0x%s iotval: %a iotval2: %x",
	 .decode = decode_riscv, FROM("drivers/iommu/riscv/iommu.c", "7.3")},
	{IN(RISCV, DRIVER), NULL, "Queue #%u error; memory fault:%u overflow:%u", FAULT_NOT_LOGGED,
	 FROM("drivers/iommu/riscv/iommu.c", "7.3")},
	{IN(RISCV, DRIVER), NULL, "Queue #%u error; fault:%u timeout:%u illegal:%u fence_w_ip:%u",
	 FAULT_IOMMU, FROM("drivers/iommu/riscv/iommu.c", "7.3")},

	{IN(RISCV, DRIVER), NULL, "Hardware error: %w", FAULT_IOMMU,
	 FROM("drivers/iommu/riscv/iommu.c", "7.3")},
	{IN(RISCV, DRIVER), "iommu_pci", "Hardware error: %w", FAULT_IOMMU,
	 FROM("drivers/iommu/riscv/iommu.c", "7.3")},

	{IN(DART, DRIVER), NULL, "translation fault: status:0x%x stream:%d code:0x%x (%w) at 0x%a",
	 .decode = decode_dart, FROM("drivers/iommu/apple-dart.c", "6.12")},
	{IN(EXYNOS, DRIVER), NULL, "%n: [%w] %w FAULT occurred at 0x%a", .decode = decode_exynos,
	 FROM("drivers/iommu/exynos-iommu.c", "6.12")},
	{IN(EXYNOS, DRIVER), NULL, "%n: %w FAULT occurred at 0x%a", .decode = decode_exynos,
	 WAS("drivers/iommu/exynos-iommu.c", "5.10", "5.10")},
	{IN(EXYNOS, DRIVER), NULL, "Unhandled interrupt bit %u", FAULT_UNKNOWN,
	 FROM("drivers/iommu/exynos-iommu.c", "6.12")},
	{IN(IPMMU, DRIVER), NULL, "TLB sync timed out -- MMU may be deadlocked", FAULT_IOMMU,
	 FROM("drivers/iommu/ipmmu-vmsa.c", "5.10")},
	{IN(IPMMU, DRIVER), NULL, "Unhandled fault: status 0x%x iova 0x%a", .decode = decode_ipmmu,
	 FROM("drivers/iommu/ipmmu-vmsa.c", "5.10")},
	{IN(IPMMU, DRIVER), NULL, "Multiple TLB hits @0x%a", FAULT_TLB_CONFLICT,
	 FROM("drivers/iommu/ipmmu-vmsa.c", "5.10")},
	{IN(IPMMU, DRIVER), NULL, "Page Table Walk Abort @0x%a", FAULT_TABLE_FETCH,
	 FROM("drivers/iommu/ipmmu-vmsa.c", "5.10")},
	{IN(MSM, WORD), "msm_iommu", "Unexpected IOMMU page fault!", .part = PART_BEGIN,
	 FROM("drivers/iommu/msm_iommu.c", "5.10")},
	{IN(MSM, WORD), "msm_iommu", "FAR    = %a    PAR    = %x", .part = PART_LONE,
	 FROM("drivers/iommu/msm_iommu.c", "5.10")},
	{IN(MSM, WORD), "msm_iommu", "FSR    = %x [%*", .decode = decode_msm, .part = PART_LAST,
	 FROM("drivers/iommu/msm_iommu.c", "5.10")},
	{IN(MTK, DRIVER), NULL,
	 "fault type=0x%x iova=0x%a pa=0x%x master=0x%x(larb=%u port=%u) layer=%w %w",
	 .decode = decode_mtk, FROM("drivers/iommu/mtk_iommu.c", "6.12")},
	{IN(MTK, DRIVER), NULL, "fault type=0x%x iova=0x%a pa=0x%x larb=%u port=%u layer=%w %w",
	 .decode = decode_mtk, WAS("drivers/iommu/mtk_iommu.c", "5.10", "5.10")},
	{IN(MTK_V1, DRIVER), NULL, "fault type=0x%x iova=0x%a pa=0x%x larb=%u port=%u",
	 .decode = decode_mtk, FROM("drivers/iommu/mtk_iommu_v1.c", "5.10")},
	{IN(OMAP, DRIVER), NULL, "%w: errs:0x%x da:0x%a pgd:%*", .decode = decode_omap,
	 FROM("drivers/iommu/omap-iommu.c", "5.10")},
	{IN(ROCKCHIP, DRIVER), NULL, "Page fault at 0x%a of type %w", FAULT_TRANSLATION,
	 .decode = decode_access, FROM("drivers/iommu/rockchip-iommu.c", "5.10")},
	{IN(ROCKCHIP, DRIVER), NULL, "BUS_ERROR occurred at 0x%a", FAULT_TABLE_FETCH,
	 FROM("drivers/iommu/rockchip-iommu.c", "5.10")},
	{IN(ROCKCHIP, DRIVER), NULL, "unexpected int_status: 0x%x", FAULT_UNKNOWN,
	 FROM("drivers/iommu/rockchip-iommu.c", "5.10")},
	{IN(ROCKCHIP, DRIVER), NULL, "%w request timed out, status: 0x%x", FAULT_IOMMU,
	 FROM("drivers/iommu/rockchip-iommu.c", "5.10")},
	{IN(ROCKCHIP, DRIVER), NULL, "FORCE_RESET command timed out", FAULT_IOMMU,
	 FROM("drivers/iommu/rockchip-iommu.c", "5.10")},
	{IN(ROCKCHIP, DRIVER), NULL, "Error during raw reset. MMU_DTE_ADDR is not functioning",
	 FAULT_IOMMU, FROM("drivers/iommu/rockchip-iommu.c", "5.10")},
	{IN(SUN50I, DRIVER), NULL, "TLB Flush timed out!", FAULT_IOMMU,
	 FROM("drivers/iommu/sun50i-iommu.c", "5.10")},
	{IN(SUN50I, DRIVER), NULL, "%w invalidation timed out!", FAULT_IOMMU,
	 FROM("drivers/iommu/sun50i-iommu.c", "6.12")},
	{IN(SUN50I, DRIVER), NULL, "Page fault for 0x%a (master %d, dir %w)", FAULT_TRANSLATION,
	 .decode = decode_access, FROM("drivers/iommu/sun50i-iommu.c", "5.10")},
	/* The driver prints the same fault once more as "EMEM address decode error". */
	{IN(TEGRA, DRIVER), NULL, "%w: %w @0x%a: Page fault (SMMU translation error%*",
	 FAULT_TRANSLATION, .decode = decode_tegra, FROM("drivers/memory/tegra/mc.c", "5.10")},
	{IN(VSI, DRIVER), NULL, "unexpected int_status=%x", .kind = FAULT_UNKNOWN,
	 FROM("drivers/iommu/vsi-iommu.c", "7.3")},
	{IN(PAMU, WORD), NULL, "pamu_av_isr: access violation interrupt", FAULT_PERMISSION,
	 .part = PART_BEGIN, FROM("drivers/iommu/fsl_pamu.c", "5.10")},
	{IN(PAMU, WORD), NULL, "pamu_av_isr: AVS1=%x", FAULT_PERMISSION, .decode = decode_pamu,
	 .part = PART_MORE, FROM("drivers/iommu/fsl_pamu.c", "5.10")},
	{IN(PAMU, WORD), NULL, "pamu_av_isr: AVA=%a", FAULT_PERMISSION, .part = PART_LAST,
	 FROM("drivers/iommu/fsl_pamu.c", "5.10")},
};

const struct fault_form *fault_forms(size_t *ret_count)
{
	*ret_count = ARRAY_SIZE(forms);
	return forms;
}

const char *fault_form_prefix(const struct fault_form *form)
{
	return form->prefix ? form->prefix : iommu_log_prefix(form->iommu);
}

/* Functions that limit their lines: by dev_err_ratelimited, or by a ratelimit_state of their own.
 */
static const struct {
	const char *function;
	enum iommu_kind kind;
} limited[] = {
	{"dmar_fault", IOMMU_KIND_INTEL},
	{"amd_iommu_report_page_fault", IOMMU_KIND_AMD},
	{"amd_iommu_int_thread", IOMMU_KIND_AMD},
	{"amd_iommu_report_rmp_fault", IOMMU_KIND_AMD},
	{"amd_iommu_report_rmp_hw_error", IOMMU_KIND_AMD},
	{"amd_iommu_report_ppr_err", IOMMU_KIND_AMD},
	{"iommu_print_event", IOMMU_KIND_AMD},
	{"arm_smmu_context_fault", IOMMU_KIND_SMMU},
	{"arm_smmu_global_fault", IOMMU_KIND_SMMU},
	{"nvidia_smmu_context_fault_bank", IOMMU_KIND_SMMU},
	{"nvidia_smmu_global_fault_inst", IOMMU_KIND_SMMU},
	{"qcom_smmu_context_fault", IOMMU_KIND_SMMU},
	{"qcom_iommu_fault", IOMMU_KIND_QCOM},
	{"arm_smmu_evtq_thread", IOMMU_KIND_SMMU_V3},
	{"arm_smmu_dump_event", IOMMU_KIND_SMMU_V3},
	{"viommu_fault_handler", IOMMU_KIND_VIRTIO},
	{"riscv_iommu_fault", IOMMU_KIND_RISCV},
	{"apple_dart_irq", IOMMU_KIND_DART},
	{"apple_dart_t8020_irq", IOMMU_KIND_DART},
	{"apple_dart_t8110_irq", IOMMU_KIND_DART},
	{"ipmmu_domain_irq", IOMMU_KIND_IPMMU},
	{"mtk_iommu_isr", IOMMU_KIND_MTK},
	{"mtk_iommu_v1_isr", IOMMU_KIND_MTK_V1},
	{"tegra_mc_irq", IOMMU_KIND_TEGRA},
	{"tegra30_mc_handle_irq", IOMMU_KIND_TEGRA},
};

bool fault_limited_by(struct span function, enum iommu_kind *ret_kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(limited); i++) {
		if (!span_is(function, limited[i].function))
			continue;
		*ret_kind = limited[i].kind;
		return true;
	}
	return false;
}
