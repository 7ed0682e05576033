/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults as the drivers of Intel and AMD log them */
#include "support/check.h"
#include "support/fault_rows.h"

#define DMAR "drivers/iommu/intel/dmar.c"
#define PRQ "drivers/iommu/intel/prq.c"
#define INTEL .iommu_kind = IOMMU_KIND_INTEL

static const struct fault_row intel_rows[] = {
	{SEEN(REPORT), "4.19", DMAR,
	 "[10672.868940] DMAR: [DMA Write] Request device [00:12.0] fault addr 0 [fault reason 05] "
	 "PTE Write access is not set",
	 FAULT_TRANSLATION, FAULT_WRITE, INTEL, .device = "00:12.0",
	 .reason = "PTE Write access is not set", NONE, X(0)},
	{SEEN(REPORT), "5.10", DMAR,
	 "[  144.480641] DMAR: [DMA Read] Request device [00:02.0] PASID ffffffff fault addr "
	 "9c000000 [fault reason 06] PTE Read access is not set",
	 FAULT_TRANSLATION, FAULT_READ, INTEL, .device = "00:02.0", NONE, X(0x9c000000)},
	{SEEN(REPORT), "5.14", DMAR,
	 "[    0.938401] kernel: DMAR: [DMA Read NO_PASID] Request device [0x00:0x02.0] fault addr "
	 "0x70ad5000 [fault reason 0x07] Next page table ptr is invalid",
	 FAULT_TABLE_FETCH, FAULT_READ, INTEL, .device = "0x00:0x02.0", NONE, X(0x70ad5000)},
	{SEEN(MACHINE), "6.12", DMAR,
	 "<3>[   21.546161] DMAR: [DMA Read NO_PASID] Request device [05:00.0] fault addr "
	 "0x2345000 "
	 "[fault reason 0x06] PTE Read access is not set",
	 FAULT_TRANSLATION, FAULT_READ, INTEL, .device = "05:00.0", NONE, X(0x2345000)},
	{SEEN(MACHINE), "6.12", DMAR,
	 "<3>[   22.011404] DMAR: [DMA Write NO_PASID] Request device [05:00.0] fault addr "
	 "0x2346000 "
	 "[fault reason 0x05] PTE Write access is not set",
	 FAULT_TRANSLATION, FAULT_WRITE, INTEL, .device = "05:00.0", NONE, X(0x2346000)},
	{SEEN(REPORT), "6.1", DMAR,
	 "[    0.361089] DMAR: [DMA Read NO_PASID] Request device [00:02.0] fault addr 0x7cd80000 "
	 "[fault reason 0x01] Present bit in root entry is clear",
	 FAULT_NO_STREAM, FAULT_READ, INTEL, .device = "00:02.0", NONE, X(0x7cd80000)},
	{SEEN(REPORT), "5.14", DMAR,
	 "[    0.941083] kernel: DMAR: [DMA Read NO_PASID] Request device [0x00:0x02.0] fault addr "
	 "0x70a28000 [fault reason 0x0c] non-zero reserved fields in PTE",
	 FAULT_TABLES, FAULT_READ, INTEL, .device = "0x00:0x02.0", NONE, X(0x70a28000)},
	{SEEN(REPORT), "6.12", DMAR,
	 "[ 6611.206544] DMAR: [DMA Read NO_PASID] Request device [03:00.0] fault addr 0x100000 "
	 "[fault reason 0x71] SM: Present bit in first-level paging entry is clear",
	 FAULT_TRANSLATION, FAULT_READ, INTEL, .device = "03:00.0", NONE, X(0x100000)},
	{SEEN("<20210725103630.23864-1-paskripkin@gmail.com>"), "5.10", DMAR,
	 "[   33.862175] DMAR: [DMA Write] Request device [00:14.0] PASID ffffffff fault addr 0 "
	 "[fault reason 05] PTE Write access is not set",
	 FAULT_TRANSLATION, FAULT_WRITE, INTEL, .device = "00:14.0", NONE, X(0)},
	{MADE, "6.12", DMAR,
	 "DMAR: [DMA Write PASID 0x1] Request device [6a:01.0] fault addr 0x7f1200001000 [fault "
	 "reason 0x59] SM: Present bit in PASID Table Entry is clear",
	 FAULT_PASID, FAULT_WRITE, INTEL, .device = "6a:01.0", .stream = -1, .pasid = 1,
	 X(0x7f1200001000)},
	{SEEN("github.com/intel/dsa-perf-micros/issues/3"), "5.15", DMAR,
	 "[  232.023907] DMAR: DRHD: handling fault status reg 3\n"
	 "[  232.023974] DMAR: [DMA Read PASID 0x2] Request device [6a:01.0] fault addr "
	 "0x7fe0c9943000 [fault reason 0x3a] SM: Non-zero reserved field set in Root Entry",
	 FAULT_TABLES, FAULT_READ, INTEL, .device = "6a:01.0", .stream = -1, .pasid = 2,
	 X(0x7fe0c9943000)},
	{SEEN("github.com/thesofproject/sof-test/issues/744"), "5.14", DMAR,
	 "[    0.960486] kernel: DMAR: [DMA Read NO_PASID] Request device [0x00:0x02.0] fault addr "
	 "0x7c346000 [fault reason 0x06] PTE Read access is not set",
	 FAULT_TRANSLATION, FAULT_READ, INTEL, .device = "0x00:0x02.0", NONE, X(0x7c346000)},
	{MADE, "6.12", DMAR,
	 "DMAR: [DMA Write NO_PASID] Request device [6a:01.0] fault addr 0x1000 [fault reason "
	 "0x59] SM: Present bit in PASID Table Entry is clear",
	 FAULT_NO_STREAM, FAULT_WRITE, INTEL, .device = "6a:01.0", NONE, X(0x1000)},
	{SEEN(MACHINE), "7.3", DMAR,
	 "[   27.600188] DMAR: [DMA Read NO_PASID] Request device [0000:00:10.0] fault addr "
	 "0x2345000 [fault reason 0x06] PTE Read access is not set",
	 FAULT_TRANSLATION, FAULT_READ, INTEL, .device = "0000:00:10.0", NONE, X(0x2345000)},
	{SEEN(MACHINE), "7.3", DMAR,
	 "[   34.822592] DMAR: [DMA Write NO_PASID] Request device [0000:00:10.0] fault addr "
	 "0x2346000 [fault reason 0x05] PTE Write access is not set",
	 FAULT_TRANSLATION, FAULT_WRITE, INTEL, .device = "0000:00:10.0", NONE, X(0x2346000)},
	{MADE, "7.3", DMAR,
	 "DMAR: [DMA Write NO_PASID] Request device [0001:03:00.0] fault addr 0xfffffffff000 "
	 "[fault "
	 "reason 0x83] SM: Address beyond the DMA hardware max",
	 FAULT_ADDRESS_SIZE, FAULT_WRITE, INTEL, .device = "0001:03:00.0", NONE, X(0xfffffffff000)},
	{MADE, "5.10", DMAR,
	 "DMAR: [DMA Write] Request device [3b:00.0] PASID 25 fault addr 7f00 [fault reason 133] "
	 "SM: No write permission for Write/AtomicOp request",
	 FAULT_PERMISSION, FAULT_WRITE, INTEL, .device = "3b:00.0", .stream = -1, .pasid = 0x25,
	 X(0x7f00)},
	{MADE, "7.3", DMAR,
	 "DMAR: [DMA Read NO_PASID] Request device [0000:03:00.0] fault addr 0x2000 [fault reason "
	 "0x0d] PCE for translation request specifies blocking",
	 FAULT_FORBIDDEN, FAULT_READ, INTEL, .device = "0000:03:00.0", NONE, X(0x2000)},
	{MADE, "7.3", DMAR,
	 "DMAR: [DMA Read NO_PASID] Request device [0000:03:00.0] fault addr 0x2000 [fault reason "
	 "0xfe] Unknown",
	 FAULT_UNKNOWN, FAULT_READ, INTEL, .device = "0000:03:00.0", NONE, X(0x2000)},
	{SEEN(REPORT), "5.9", DMAR,
	 "[Thu Oct 22 08:54:51 2020] DMAR: [INTR-REMAP] Request device [42:00.2] fault index 1600 "
	 "[fault reason 37] Blocked a compatibility format interrupt request",
	 FAULT_INTERRUPT, INTEL, .device = "42:00.2", NONE},
	{SEEN("<20220302183245.xzxaf6zz2yxmnsbm@bsd-mbp.dhcp.thefacebook.com>"), "6.1", DMAR,
	 "[76561.105092] DMAR: [INTR-REMAP] Request device [65:00.0] fault index 0x25 [fault "
	 "reason "
	 "0x22] Present field in the IRTE entry is clear",
	 FAULT_INTERRUPT, INTEL, .device = "65:00.0",
	 .reason = "Present field in the IRTE entry is clear", NONE},
	{SEEN(REPORT), "6.1", DMAR,
	 "DMAR: [INTR-REMAP] Request device [00:1c.1] fault index 0x20 [fault reason 0x26] Blocked "
	 "an "
	 "interrupt request due to source-id verification failure",
	 FAULT_INTERRUPT, INTEL, .device = "00:1c.1", NONE},
	{SEEN("<20230807204520.1088801-1-nirmal.patel@linux.intel.com>"), "6.1", DMAR,
	 "DMAR: VT-d detected Invalidation Time-out Error: SID ffff", FAULT_INVALIDATION, INTEL,
	 .stream = 0xffff, .pasid = -1},
	{SEEN("<20230807204520.1088801-1-nirmal.patel@linux.intel.com>"), "6.1", DMAR,
	 "DMAR: VT-d detected Invalidation Completion Error: SID ffff", FAULT_INVALIDATION, INTEL,
	 .stream = 0xffff, .pasid = -1},
	{SEEN("<20230807204520.1088801-1-nirmal.patel@linux.intel.com>"), "6.1", DMAR,
	 "DMAR: VT-d detected Invalidation Queue Error: Reason f", FAULT_IOMMU, INTEL, NONE},
	{MADE, "7.3", PRQ, "IOMMU: dmar3: Page request without PASID", FAULT_PAGE_REQUEST, INTEL,
	 .iommu = "dmar3", NONE},
	{SEEN(REPORT), "5.10", DMAR, "[  144.480629] dmar_fault: 893 callbacks suppressed",
	 FAULT_NOT_LOGGED, INTEL, NONE, .count = 893},
	{MADE, "6.12", PRQ, "IOMMU: dmar0: Address is not canonical", FAULT_PAGE_REQUEST, INTEL,
	 .iommu = "dmar0", NONE},
	{MADE, "6.12", PRQ, "IOMMU: dmar0: Page request in Privilege Mode", FAULT_PAGE_REQUEST,
	 INTEL, .iommu = "dmar0", NONE},
	{MADE, "6.12", PRQ, "IOMMU: dmar0: Execution request not supported", FAULT_PAGE_REQUEST,
	 INTEL, .iommu = "dmar0", NONE},
	{MADE, "6.12", PRQ, "IOMMU: dmar0: PRQ overflow detected", FAULT_NOT_LOGGED, INTEL,
	 .iommu = "dmar0", NONE},
	{MADE, "5.10", "drivers/iommu/intel/svm.c",
	 "dmar3: Page request without PASID: 00000000 00000000", FAULT_PAGE_REQUEST, INTEL,
	 .iommu = "dmar3", NONE},
	{MADE, "5.10", "drivers/iommu/intel/svm.c",
	 "dmar3: Page request for invalid PASID 7: 00000000 00000000", FAULT_PASID, INTEL,
	 .iommu = "dmar3", NONE},
};

const struct fault_rows intel_fault_rows = {intel_rows, ARRAY_SIZE(intel_rows)};

#define AMD_FILE "drivers/iommu/amd/iommu.c"
#define AMD .iommu_kind = IOMMU_KIND_AMD

static const struct fault_row amd_rows[] = {
	/* QEMU 11 sets the flag for interrupts and loses the address. */
	{SEEN(MACHINE), "6.12", AMD_FILE,
	 "[   18.355755] pci 0000:00:10.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x0000 "
	 "address=0x0 flags=0x0009]",
	 FAULT_TRANSLATION, FAULT_READ, AMD, .device = "0000:00:10.0", .reason = "IO_PAGE_FAULT",
	 NONE, X(0)},
	{SEEN(REPORT), "6.2", AMD_FILE,
	 "[  262.094625] amdgpu 0000:03:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x0010 "
	 "address=0x64a7f000 flags=0x0000]",
	 FAULT_TRANSLATION, FAULT_READ, AMD, .device = "0000:03:00.0", .reason = "IO_PAGE_FAULT",
	 NONE, X(0x64a7f000)},
	{SEEN("github.com/Dasharo/dasharo-issues/issues/1134"), "6.8", AMD_FILE,
	 "[   57.392307] ath10k_pci 0000:01:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT "
	 "domain=0x000d "
	 "address=0xcfd51ad0 flags=0x0070]",
	 FAULT_PERMISSION, FAULT_WRITE, AMD, .device = "0000:01:00.0", NONE, X(0xcfd51ad0)},
	{SEEN("<1571254542-13998-1-git-send-email-cai@lca.pw>"), "4.19", AMD_FILE,
	 "smartpqi 0000:23:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x0000 "
	 "address=0xffffffffffec0000 flags=0x0010]",
	 FAULT_TRANSLATION, FAULT_READ, AMD, .device = "0000:23:00.0", NONE, X(0xffffffffffec0000)},
	{SEEN("<ZbKJ++oBcTptpvlB@x1-carbon>"), "6.6", AMD_FILE,
	 "[Thu Jan  4 23:12:54 2024] ahci 0000:28:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT "
	 "domain=0x0035 address=0x7fffff00000 flags=0x0000]",
	 FAULT_TRANSLATION, FAULT_READ, AMD, .device = "0000:28:00.0", NONE, X(0x7fffff00000)},
	{SEEN("<54CA1EB4.8000103@apollo.lv>"), "3.17", AMD_FILE,
	 "AMD-Vi: Event logged [IO_PAGE_FAULT device=0a:00.0 domain=0x001d "
	 "address=0x000000000637c000 "
	 "flags=0x0000]",
	 FAULT_TRANSLATION, FAULT_READ, AMD, .device = "0a:00.0", NONE, X(0x637c000)},
	{SEEN("<1571254542-13998-1-git-send-email-cai@lca.pw>"), "5.4", AMD_FILE,
	 "AMD-Vi: Event logged [IO_PAGE_FAULT device=23:00.0 domain=0x0000 "
	 "address=0xffffffffffec3800 flags=0x0010]",
	 FAULT_TRANSLATION, FAULT_READ, AMD, .device = "23:00.0", NONE, X(0xffffffffffec3800)},
	{SEEN("<ZbKJ++oBcTptpvlB@x1-carbon>"), "6.6", AMD_FILE,
	 "[Tue Jan 23 21:31:55 2024] vfio-pci 0000:07:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT "
	 "domain=0x0021 address=0x7ff00000000 flags=0x0010]",
	 FAULT_TRANSLATION, FAULT_READ, AMD, .device = "0000:07:00.0", NONE, X(0x7ff00000000)},
	{MADE, "6.12", AMD_FILE,
	 "AMD-Vi: Event logged [IO_PAGE_FAULT device=0000:0a:00.0 domain=0x001d address=0x637c000 "
	 "flags=0x0020]",
	 FAULT_TRANSLATION, FAULT_WRITE, AMD, .device = "0000:0a:00.0", NONE, X(0x637c000)},
	{MADE, "6.12", AMD_FILE,
	 "nvme 0000:01:00.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x0012 address=0xfee00000 "
	 "flags=0x0008]",
	 FAULT_INTERRUPT, FAULT_READ, AMD, .device = "0000:01:00.0", NONE, X(0xfee00000)},
	{SEEN(REPORT), "5.3", AMD_FILE,
	 "[  +0.000108] iommu ivhd0: AMD-Vi: Event logged [ILLEGAL_DEV_TABLE_ENTRY device=c0:00.1 "
	 "pasid=0x00000 address=0xfffffffdf8140000 flags=0x0008]\n"
	 "[  +0.000011] AMD-Vi: DTE[0]: 0000000000000003\n"
	 "[  +0.000003] AMD-Vi: DTE[1]: 0000000000000000",
	 FAULT_TABLES, AMD, .iommu = "ivhd0", .device = "c0:00.1",
	 .reason = "ILLEGAL_DEV_TABLE_ENTRY", .stream = -1, .pasid = 0, X(0xfffffffdf8140000)},
	{SEEN("Linux, commit ef75966abf95"), "6.12", AMD_FILE,
	 "Nov 14 11:52:19 Thinkbook kernel: iommu ivhd0: AMD-Vi: Event logged "
	 "[ILLEGAL_DEV_TABLE_ENTRY device=0000:06:00.0 pasid=0x00000 address=0x135300000 "
	 "flags=0x0080]\n"
	 "Nov 14 11:52:19 Thinkbook kernel: AMD-Vi: DTE[0]: 7d90000000000003",
	 FAULT_TABLES, AMD, .iommu = "ivhd0", .device = "0000:06:00.0", .stream = -1, .pasid = 0,
	 X(0x135300000)},
	{SEEN(REPORT), "5.4", AMD_FILE,
	 "[    2.129432] iommu ivhd0: AMD-Vi: Event logged [IOTLB_INV_TIMEOUT device=06:00.0 "
	 "address=0x100210750]",
	 FAULT_INVALIDATION, AMD, .iommu = "ivhd0", .device = "06:00.0",
	 .reason = "IOTLB_INV_TIMEOUT", NONE},
	{SEEN("<CA+K+NcTsxsZ9LGbmSZ55xL-CTxruKta81WbCJXCWQCiMNNz4Qg@mail.gmail.com>"), "5.2",
	 AMD_FILE,
	 "Jul 08 15:03:14 host kernel: iommu ivhd0: AMD-Vi: Event logged [INVALID_DEVICE_REQUEST "
	 "device=00:00.1 pasid=0x00000 address=0xfffffffdf8140200 flags=0x0a00]",
	 FAULT_INTERRUPT, FAULT_READ, AMD, .iommu = "ivhd0", .device = "00:00.1", .stream = -1,
	 .pasid = 0, X(0xfffffffdf8140200)},
	{MADE, "5.10", AMD_FILE,
	 "iommu ivhd0: AMD-Vi: Event logged [INVALID_DEVICE_REQUEST device=41:00.0 pasid=0x00000 "
	 "address=0x10f000000 flags=0x0200]",
	 FAULT_FORBIDDEN, FAULT_READ, AMD, .iommu = "ivhd0", .device = "41:00.0", .stream = -1,
	 .pasid = 0, X(0x10f000000)},
	{SEEN("github.com/endlessm/linux/pull/460"), "5.0", AMD_FILE,
	 "Apr 09 11:28:59 endless kernel: iommu ivhd0: AMD-Vi: Event logged [IOTLB_INV_TIMEOUT "
	 "device=01:00.0 address=0x216d8e620]",
	 FAULT_INVALIDATION, AMD, .iommu = "ivhd0", .device = "01:00.0", NONE},
	/* The name of the host was taken out. */
	{SEEN("github.com/gnif/vendor-reset/issues/81"), "6.8", AMD_FILE,
	 "Jun 15 11:58:56   kernel: iommu ivhd0: AMD-Vi: Event logged [IOTLB_INV_TIMEOUT "
	 "device=0000:0b:00.0 address=0x100215ba0]",
	 FAULT_INVALIDATION, AMD, .iommu = "ivhd0", .device = "0000:0b:00.0", NONE},
	{MADE, "7.3", AMD_FILE,
	 "iommu ivhd1: AMD-Vi: Event logged [DEV_TAB_HARDWARE_ERROR device=0000:41:00.0 "
	 "address=0x12340 flags=0x0000]",
	 FAULT_TABLE_FETCH, AMD, .iommu = "ivhd1", .device = "0000:41:00.0", NONE, X(0x12340)},
	{MADE, "7.3", AMD_FILE,
	 "iommu ivhd1: AMD-Vi: Event logged [PAGE_TAB_HARDWARE_ERROR device=0000:41:00.0 "
	 "pasid=0x0000 "
	 "address=0x12340 flags=0x0000]",
	 FAULT_TABLE_FETCH, AMD, .iommu = "ivhd1", .device = "0000:41:00.0", .stream = -1,
	 .pasid = 0, X(0x12340)},
	{MADE, "7.3", AMD_FILE,
	 "iommu ivhd0: AMD-Vi: Event logged [ILLEGAL_COMMAND_ERROR address=0x100001000]",
	 FAULT_IOMMU, AMD, .iommu = "ivhd0", NONE},
	{MADE, "7.3", AMD_FILE,
	 "iommu ivhd0: AMD-Vi: Event logged [COMMAND_HARDWARE_ERROR address=0x100001000 "
	 "flags=0x0000]",
	 FAULT_IOMMU, AMD, .iommu = "ivhd0", NONE},
	{MADE, "7.3", AMD_FILE,
	 "iommu ivhd0: AMD-Vi: Event logged [INVALID_PPR_REQUEST device=0000:03:00.0 pasid=0x00011 "
	 "address=0x7f0000 flags=0x0040 tag=0x001]",
	 FAULT_PAGE_REQUEST, AMD, .iommu = "ivhd0", .device = "0000:03:00.0", .stream = -1,
	 .pasid = 0x11, X(0x7f0000)},
	{MADE, "7.3", AMD_FILE,
	 "iommu ivhd0: AMD-Vi: Event logged [UNKNOWN event[0]=0x00000308 event[1]=0xf0000000 "
	 "event[2]=0x00000000 event[3]=0x00000000",
	 FAULT_UNKNOWN, AMD, .iommu = "ivhd0", .device = "03:01.0", NONE},
	{MADE, "6.12", AMD_FILE,
	 "nvme 0000:41:00.0: AMD-Vi: Event logged [RMP_PAGE_FAULT vmg_tag=0x0000, gpa=0x10f000000, "
	 "flags_rmp=0x01, flags=0x0000]",
	 FAULT_ENCRYPTED, AMD, .device = "0000:41:00.0", NONE, X(0x10f000000)},
	{MADE, "6.12", AMD_FILE,
	 "AMD-Vi: Event logged [RMP_HW_ERROR device=0000:41:00.0, vmg_tag=0x0000, spa=0x10f000000, "
	 "flags=0x0000]",
	 FAULT_ENCRYPTED, AMD, .device = "0000:41:00.0", NONE},
	{MADE, "6.12", AMD_FILE,
	 "AMD-Vi: Event logged [Device not attached to domain properly]\n"
	 "AMD-Vi:   device=0000:41:00.0 domain=0x0000",
	 FAULT_NO_STREAM, AMD, .device = "0000:41:00.0", NONE},
	{SEEN(MACHINE), "7.3", AMD_FILE,
	 "<3>[   23.448018] pci 0000:00:10.0: AMD-Vi: Event logged [IO_PAGE_FAULT domain=0x0000 "
	 "address=0x0 flags=0x0009]",
	 FAULT_TRANSLATION, FAULT_READ, AMD, .device = "0000:00:10.0", .reason = "IO_PAGE_FAULT",
	 NONE, X(0)},
	{SEEN(MACHINE), "7.3", AMD_FILE,
	 "<4>[   30.895946] amd_iommu_report_page_fault: 6 callbacks suppressed", FAULT_NOT_LOGGED,
	 AMD, NONE, .count = 6},
	{MADE, "6.12", AMD_FILE,
	 "AMD-Vi: Event logged [RMP_PAGE_FAULT device=0000:41:00.0, vmg_tag=0x0000, gpa=0x1000, "
	 "flags_rmp=0x01, flags=0x0020]",
	 FAULT_ENCRYPTED, AMD, .device = "0000:41:00.0", NONE, X(0x1000)},
	{MADE, "6.12", AMD_FILE,
	 "nvme 0000:41:00.0: AMD-Vi: Event logged [RMP_HW_ERROR vmg_tag=0x0000, spa=0x1000, "
	 "flags=0x0000]",
	 FAULT_ENCRYPTED, AMD, .device = "0000:41:00.0", NONE},
	{SEEN(REPORT), "5.15", AMD_FILE, "[172391.642521] AMD-Vi: IOMMU event log overflow",
	 FAULT_NOT_LOGGED, AMD, NONE},
	{SEEN(REPORT), "5.15", AMD_FILE,
	 "[283817.888834] amd_iommu_int_thread: 2718 callbacks suppressed", FAULT_NOT_LOGGED, AMD,
	 NONE, .count = 2718},
	{SEEN("github.com/gnif/vendor-reset/issues/81"), "6.8", AMD_FILE,
	 "Jun 15 11:58:56   kernel: AMD-Vi: Completion-Wait loop timed out", FAULT_IOMMU, AMD,
	 NONE},
	{MADE, "7.3", AMD_FILE, "AMD-Vi: IOMMU 0000:00:00.2: Completion-Wait loop timed out",
	 FAULT_IOMMU, AMD, .iommu = "0000:00:00.2", NONE},
	{SEEN("bugzilla.kernel.org/show_bug.cgi?id=204975"), "4.19", AMD_FILE,
	 "AMD-Vi: Command buffer timeout", FAULT_IOMMU, AMD, NONE},
	{MADE, "6.12", "drivers/iommu/amd/ppr.c", "AMD-Vi: Invalid PASID : 0x7, device : 0x300",
	 FAULT_PASID, AMD, .device = "03:00.0", .stream = -1, .pasid = 7},
	{MADE, "6.12", AMD_FILE, "AMD-Vi: No event written to event log", FAULT_NOT_LOGGED, AMD,
	 NONE},
	{SEEN(REPORT), "6.12", "drivers/iommu/amd/init.c",
	 "[13866.485412] AMD-Vi: IOMMU Event log restarting", FAULT_NOT_LOGGED, AMD, NONE},
};

const struct fault_rows amd_fault_rows = {amd_rows, ARRAY_SIZE(amd_rows)};

static void lines_of_intel(void **state)
{
	assert_fault_rows(intel_rows, ARRAY_SIZE(intel_rows));
	assert_fault_forms(intel_rows, ARRAY_SIZE(intel_rows));
}

static void lines_of_amd(void **state)
{
	assert_fault_rows(amd_rows, ARRAY_SIZE(amd_rows));
	assert_fault_forms(amd_rows, ARRAY_SIZE(amd_rows));
}

UNIT(faults_x86)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lines_of_intel),
					   cmocka_unit_test(lines_of_amd)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
