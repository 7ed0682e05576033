/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Faults as the drivers of the SMMUs log them */
#include "support/check.h"
#include "support/fault_rows.h"

#define SMMU_FILE "drivers/iommu/arm/arm-smmu/arm-smmu.c"
#define SMMU .iommu_kind = IOMMU_KIND_SMMU

static const struct fault_row smmu_rows[] = {
	/*
	 * Of a machine of tests/vm whose SMMUv2 is memory: the driver reads registers that the test
	 * wrote, so the lines are the kernel's and the faults are none.
	 */
	{SEEN(MACHINE), "6.12", SMMU_FILE,
	 "[   15.452803] arm-smmu 5f000000.iommu: Unhandled context fault: fsr=0x402, "
	 "iova=0xfffe1000, fsynr=0x11, cbfrsynra=0x21, cb=0\n"
	 "[   15.453170] arm-smmu 5f000000.iommu: FSR    = 00000402 [Format=2 TF], SID=0x21\n"
	 "[   15.458725] arm-smmu 5f000000.iommu: FSYNR0 = 00000011 [S1CBNDX=0 WNR PLVL=1]",
	 FAULT_TRANSLATION, FAULT_WRITE, SMMU, .iommu = "5f000000.iommu", .stream = 0x21,
	 .pasid = -1, X(0xfffe1000)},
	{SEEN(MACHINE), "6.12", SMMU_FILE,
	 "[   15.831016] arm-smmu 5f000000.iommu: Unhandled context fault: fsr=0x408, "
	 "iova=0xfffe2000, fsynr=0x1, cbfrsynra=0x22, cb=1",
	 FAULT_PERMISSION, FAULT_READ, SMMU, .iommu = "5f000000.iommu", .stream = 0x22, .pasid = -1,
	 X(0xfffe2000)},
	{SEEN(MACHINE), "6.12", SMMU_FILE,
	 "[   16.220471] arm-smmu 5f000000.iommu: Unhandled context fault: fsr=0x2, "
	 "iova=0x00001000, fsynr=0x41, cbfrsynra=0x24, cb=2",
	 FAULT_TRANSLATION, FAULT_EXECUTE, SMMU, .iommu = "5f000000.iommu", .stream = 0x24,
	 .pasid = -1, X(0x1000)},
	{SEEN(MACHINE), "6.12", SMMU_FILE,
	 "[   16.588028] arm-smmu 5f000000.iommu: Blocked unknown Stream ID 0x77; boot with "
	 "\"arm-smmu.disable_bypass=0\" to allow, but this may have security implications\n"
	 "[   16.588431] arm-smmu 5f000000.iommu: \tGFSR 0x00000002, GFSYNR0 0x00000002, GFSYNR1 "
	 "0x00770077, GFSYNR2 0x00000000",
	 FAULT_NO_STREAM, FAULT_WRITE, SMMU, .iommu = "5f000000.iommu", .stream = 0x77,
	 .pasid = -1},
	{SEEN(MACHINE), "6.12", SMMU_FILE,
	 "[   16.989759] arm-smmu 5f000000.iommu: Unexpected global fault, this could be serious\n"
	 "[   16.990016] arm-smmu 5f000000.iommu: \tGFSR 0x80000004, GFSYNR0 0x00000002, GFSYNR1 "
	 "0x00770077, GFSYNR2 0x00000000",
	 FAULT_TABLES, FAULT_WRITE, SMMU, .iommu = "5f000000.iommu", .stream = 0x77, .pasid = -1},
	/* The report does not name its kernel. */
	{SEEN("github.com/qualcomm/fastrpc/issues/353"), "unknown", SMMU_FILE,
	 "arm-smmu 15000000.iommu: Unhandled context fault: fsr=0x402, iova=0xfd7ff000, "
	 "fsynr=0x540003, cbfrsynra=0x19c3, cb=10\n"
	 "arm-smmu 15000000.iommu: FSR    = 00000402 [TF ], SID=0x19c3\n"
	 "arm-smmu 15000000.iommu: soft iova-to-phys=0x0000000000000000",
	 FAULT_TRANSLATION, FAULT_READ, SMMU, .iommu = "15000000.iommu", .stream = 0x19c3,
	 .pasid = -1, X(0xfd7ff000)},
	{SEEN("Linux, commit 37f7860602b5"), "5.4", SMMU_FILE,
	 "[   74.959989] arm-smmu fd800000.smmu: Unhandled context fault: fsr=0x402, "
	 "iova=0x3165687460, fsynr=0x20001, cbfrsynra=0x877, cb=1",
	 FAULT_TRANSLATION, FAULT_READ, SMMU, .iommu = "fd800000.smmu", .reason = "TF",
	 .stream = 0x877, .pasid = -1, X(0x3165687460)},
	{SEEN("<20211111172340.fpn4pou2xwm654g5@maple.lan>"), "5.15", SMMU_FILE,
	 "arm-smmu arm-smmu.0.auto: Unhandled context fault: fsr=0x402, iova=0x23e0000100, "
	 "fsynr=0x20040, cbfrsynra=0x4000, cb=0",
	 FAULT_TRANSLATION, FAULT_EXECUTE, SMMU, .iommu = "arm-smmu.0.auto", .stream = 0x4000,
	 .pasid = -1, X(0x23e0000100)},
	{SEEN("github.com/qualcomm/fastrpc/issues/353"), "6.12", SMMU_FILE,
	 "arm-smmu 15000000.iommu: Unhandled context fault: fsr=0x402, iova=0xfd7ff000, "
	 "fsynr=0x540003, cbfrsynra=0x19c3, cb=10\n"
	 "arm-smmu 15000000.iommu: FSR    = 00000402 [TF ], SID=0x19c3\n"
	 "qcom_q6v5_pas 26300000.remoteproc: fatal error received: SFR Init: wdog or kernel "
	 "error.\n"
	 "arm-smmu 15000000.iommu: soft iova-to-phys=0x0000000000000000",
	 FAULT_TRANSLATION, FAULT_READ, SMMU, .iommu = "15000000.iommu", .stream = 0x19c3,
	 .pasid = -1, X(0xfd7ff000)},
	{MADE, "7.3", SMMU_FILE,
	 "arm-smmu 5000000.iommu: Unhandled context fault: fsr=0x408, iova=0xff3cf000, "
	 "fsynr=0x300011, cbfrsynra=0x80000409, cb=10\n"
	 "arm-smmu 5000000.iommu: FSR    = 00000408 [Format=2 PF], SID=0x409\n"
	 "arm-smmu 5000000.iommu: FSYNR0 = 00300011 [S1CBNDX=48 WNR PLVL=1]",
	 FAULT_PERMISSION, FAULT_WRITE, SMMU, .iommu = "5000000.iommu", .reason = "PF",
	 .stream = 0x409, .pasid = -1, X(0xff3cf000)},
	{MADE, "5.10", SMMU_FILE,
	 "arm-smmu 5000000.iommu: Unhandled context fault: fsr=0x80000010, iova=0x1000, fsynr=0x0, "
	 "cbfrsynra=0x1, cb=0",
	 FAULT_TABLE_FETCH, FAULT_READ, SMMU, .iommu = "5000000.iommu", .reason = "EF", .stream = 1,
	 .pasid = -1, X(0x1000)},
	{SEEN(REPORT), "5.18", SMMU_FILE,
	 "arm-smmu 5000000.iommu: Blocked unknown Stream ID 0x429; boot with "
	 "\"arm-smmu.disable_bypass=0\" to allow, but this may have security implications\n"
	 "arm-smmu 5000000.iommu:         GFSR 0x80000002, GFSYNR0 0x00000002, GFSYNR1 0x00000429, "
	 "GFSYNR2 0x00000000",
	 FAULT_NO_STREAM, FAULT_WRITE, SMMU, .iommu = "5000000.iommu", .reason = "USF",
	 .stream = 0x429, .pasid = -1},
	{SEEN("<Y2uv8srKToS9WW5s@e110455-lin.cambridge.arm.com>"), "6.1", SMMU_FILE,
	 "[ 6893.492650] arm-smmu 7fb10000.iommu: Unexpected global fault, this could be serious\n"
	 "[ 6893.505959] arm-smmu 7fb10000.iommu:         GFSR 0x80000001, GFSYNR0 0x00000000, "
	 "GFSYNR1 0x00000000, GFSYNR2 0x00000000",
	 FAULT_TABLES, FAULT_READ, SMMU, .iommu = "7fb10000.iommu", .reason = "ICF", .stream = 0,
	 .pasid = -1},
	{MADE, "7.3", SMMU_FILE,
	 "arm-smmu 12000000.iommu: \tGFSR 0x00000004, GFSYNR0 0x00000000, GFSYNR1 0x00000020, "
	 "GFSYNR2 "
	 "0x00000000",
	 FAULT_TABLES, FAULT_READ, SMMU, .iommu = "12000000.iommu", .reason = "SMCF",
	 .stream = 0x20, .pasid = -1},
	{MADE, "5.10", SMMU_FILE,
	 "arm-smmu 5000000.iommu: TLB sync timed out -- SMMU may be deadlocked", FAULT_IOMMU, SMMU,
	 .iommu = "5000000.iommu", NONE},
	{MADE, "6.12", "drivers/iommu/arm/arm-smmu/qcom_iommu.c",
	 "qcom-iommu-ctx 1f08000.iommu-ctx: timeout waiting for TLB SYNC", FAULT_IOMMU,
	 .iommu_kind = IOMMU_KIND_QCOM, .iommu = "1f08000.iommu-ctx", NONE},
	{SEEN("<20211111172340.fpn4pou2xwm654g5@maple.lan>"), "5.15", SMMU_FILE,
	 "arm_smmu_context_fault: 1697259 callbacks suppressed", FAULT_NOT_LOGGED, SMMU, NONE,
	 .count = 1697259},
	{MADE, "6.12", "drivers/iommu/arm/arm-smmu/qcom_iommu.c",
	 "qcom-iommu-ctx 1e24000.iommu-ctx: Unhandled context fault: fsr=0x402, "
	 "iova=0x00000000fe000000, fsynr=0x11, cb=4",
	 FAULT_TRANSLATION, FAULT_WRITE, .iommu_kind = IOMMU_KIND_QCOM,
	 .iommu = "1e24000.iommu-ctx", NONE, X(0xfe000000)},
	{MADE, "4.19", SMMU_FILE,
	 "arm-smmu 5000000.iommu: Unhandled context fault: fsr=0x402, iova=0xff3cf000, fsynr=0x11, "
	 "cb=3",
	 FAULT_TRANSLATION, FAULT_WRITE, SMMU, .iommu = "5000000.iommu", NONE, X(0xff3cf000)},
};

const struct fault_rows smmu_fault_rows = {smmu_rows, ARRAY_SIZE(smmu_rows)};

#define V3_FILE "drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c"
#define CMDQV_FILE "drivers/iommu/arm/arm-smmu-v3/tegra241-cmdqv.c"
#define V3 .iommu_kind = IOMMU_KIND_SMMU_V3

static const struct fault_row smmu_v3_rows[] = {
	{SEEN(MACHINE), "6.12", V3_FILE,
	 "<6>[   30.653299] arm-smmu-v3 9050000.smmuv3: event 0x10 received:\n"
	 "<6>[   30.653597] arm-smmu-v3 9050000.smmuv3: \t0x0000008000000010\n"
	 "<6>[   30.656515] arm-smmu-v3 9050000.smmuv3: \t0x0000000800000000\n"
	 "<6>[   30.656695] arm-smmu-v3 9050000.smmuv3: \t0x0000000002345000\n"
	 "<6>[   30.656842] arm-smmu-v3 9050000.smmuv3: \t0x0000000000000000",
	 FAULT_TRANSLATION, FAULT_READ, V3, .iommu = "9050000.smmuv3", .reason = "F_TRANSLATION",
	 .stream = 0x80, .pasid = -1, X(0x2345000)},
	{SEEN(MACHINE), "7.3", V3_FILE,
	 "<3>[   32.558611] arm-smmu-v3 9050000.smmuv3: event 0x10 received:\n"
	 "<3>[   32.558725] arm-smmu-v3 9050000.smmuv3: \t0x0000008000000010\n"
	 "<3>[   32.558744] arm-smmu-v3 9050000.smmuv3: \t0x0000000800000000\n"
	 "<3>[   32.558751] arm-smmu-v3 9050000.smmuv3: \t0x0000000002345000\n"
	 "<3>[   32.558757] arm-smmu-v3 9050000.smmuv3: \t0x0000000000000000\n"
	 "<3>[   32.558808] arm-smmu-v3 9050000.smmuv3: event: F_TRANSLATION client: 0000:00:10.0 "
	 "sid: 0x80 ssid: 0x0 iova: 0x2345000 ipa: 0x0\n"
	 "<3>[   32.558854] arm-smmu-v3 9050000.smmuv3: unpriv data read s1 \"CD fetch\" stag: 0x0",
	 FAULT_TRANSLATION, FAULT_READ, V3, .iommu = "9050000.smmuv3", .device = "0000:00:10.0",
	 .reason = "F_TRANSLATION", .stream = 0x80, .pasid = -1, .is_client = true, X(0x2345000)},
	{SEEN(MACHINE), "6.12", V3_FILE,
	 "<4>[   38.007549] arm_smmu_evtq_thread: 6 callbacks suppressed", FAULT_NOT_LOGGED, V3,
	 NONE, .count = 6},
	{SEEN(MACHINE), "7.3", V3_FILE,
	 "<4>[   39.910856] arm_smmu_dump_event: 6 callbacks suppressed", FAULT_NOT_LOGGED, V3,
	 NONE, .count = 6},
	{SEEN(REPORT), "7.3", V3_FILE,
	 "arm-smmu-v3 fc900000.iommu: event 0x10 received:\n"
	 "[  131.475699] arm-smmu-v3 fc900000.iommu: \t0x0000210000000010\n"
	 "[  131.476205] arm-smmu-v3 fc900000.iommu: \t0x0000020000000000\n"
	 "[  131.476767] arm-smmu-v3 fc900000.iommu: \t0x0000000000000000\n"
	 "[  131.477597] arm-smmu-v3 fc900000.iommu: \t0x0000000000000000\n"
	 "[  131.478201] arm-smmu-v3 fc900000.iommu: event: F_TRANSLATION client: 0002:21:00.0 "
	 "sid: "
	 "0x2100 ssid: 0x0 iova: 0x0 ipa: 0x0\n"
	 "[  131.479515] arm-smmu-v3 fc900000.iommu: unpriv data write s1 \"Input address caused "
	 "fault\" stag: 0x0\n",
	 FAULT_TRANSLATION, FAULT_WRITE, V3, .iommu = "fc900000.iommu", .device = "0002:21:00.0",
	 .reason = "F_TRANSLATION", .stream = 0x2100, .pasid = -1, X(0), .is_client = true},
	{SEEN("<20251120041537.62184-1-kaihengf@nvidia.com>"), "6.14", V3_FILE,
	 "[   70.386109] arm-smmu-v3 arm-smmu-v3.5.auto: event: F_TRANSLATION client: 0001:06:00.0 "
	 "sid: 0x20600 ssid: 0x0 iova: 0xff9bc000 ipa: 0x0\n"
	 "[   70.398531] arm-smmu-v3 arm-smmu-v3.5.auto: unpriv data write s1 \"Input address "
	 "caused "
	 "fault\" stag: 0x0",
	 FAULT_TRANSLATION, FAULT_WRITE, V3, .iommu = "arm-smmu-v3.5.auto",
	 .device = "0001:06:00.0", .stream = 0x20600, .pasid = -1, X(0xff9bc000),
	 .is_client = true},
	{SEEN(REPORT), "6.14", V3_FILE,
	 "arm-smmu-v3 490d0000.iommu: event 0x10 received:\n"
	 "arm-smmu-v3 490d0000.iommu:      0x0000001100000010\n"
	 "arm-smmu-v3 490d0000.iommu:      0x0000020a00000000\n"
	 "arm-smmu-v3 490d0000.iommu:      0x000000009b0cc000\n"
	 "arm-smmu-v3 490d0000.iommu:      0x0000000000000000",
	 FAULT_TRANSLATION, FAULT_READ, V3, .iommu = "490d0000.iommu", .stream = 0x11, .pasid = -1,
	 X(0x9b0cc000)},
	{SEEN(REPORT), "6.12", V3_FILE,
	 "arm-smmu-v3 fc900000.iommu: event 0x02 received:\n"
	 "arm-smmu-v3 fc900000.iommu:      0x0000010000000002\n"
	 "arm-smmu-v3 fc900000.iommu:      0x0000000000000000\n"
	 "arm-smmu-v3 fc900000.iommu:      0x0000000000000000\n"
	 "arm-smmu-v3 fc900000.iommu:      0x0000000000000000",
	 FAULT_NO_STREAM, V3, .iommu = "fc900000.iommu", .reason = "C_BAD_STREAMID",
	 .stream = 0x100, .pasid = -1},
	{SEEN(REPORT), "6.6", V3_FILE,
	 "[    7.471032] arm-smmu-v3 arm-smmu-v3.0.auto: event 0x07 received:\n"
	 "[    7.471040] arm-smmu-v3 arm-smmu-v3.0.auto:    0x0000010000000007\n"
	 "[    7.471043] arm-smmu-v3 arm-smmu-v3.0.auto:    0x0000000000000000\n"
	 "[    7.471045] arm-smmu-v3 arm-smmu-v3.0.auto:    0x0000000000000000\n"
	 "[    7.471047] arm-smmu-v3 arm-smmu-v3.0.auto:    0x0000000000000000",
	 FAULT_FORBIDDEN, FAULT_WRITE, V3, .iommu = "arm-smmu-v3.0.auto",
	 .reason = "F_TRANSL_FORBIDDEN", .stream = 0x100, .pasid = -1, X(0)},
	{SEEN("<20250207143900.2047949-2-cassel@kernel.org>"), "6.14", V3_FILE,
	 "arm-smmu-v3 fc900000.iommu: event: C_BAD_STREAMID client: (unassigned sid) sid: 0x1600 "
	 "ssid: 0x0",
	 FAULT_NO_STREAM, V3, .iommu = "fc900000.iommu", .stream = 0x1600, .pasid = -1},
	{MADE, "7.3", V3_FILE,
	 "arm-smmu-v3 arm-smmu-v3.0.auto: event: F_CD_FETCH client: 0000:01:00.0 sid: 0x8 ssid: "
	 "0x3 "
	 "fetch_addr: 0x1000",
	 FAULT_TABLE_FETCH, V3, .iommu = "arm-smmu-v3.0.auto", .device = "0000:01:00.0",
	 .stream = 8, .pasid = 3, .is_client = true},
	{MADE, "5.10", V3_FILE,
	 "arm-smmu-v3 arm-smmu-v3.0.auto: event 0x13 received:\n"
	 "arm-smmu-v3 arm-smmu-v3.0.auto: \t0x0000000800002813\n"
	 "arm-smmu-v3 arm-smmu-v3.0.auto: \t0x0000020400000000\n"
	 "arm-smmu-v3 arm-smmu-v3.0.auto: \t0x0000ffff00001000\n"
	 "arm-smmu-v3 arm-smmu-v3.0.auto: \t0x0000000000000000",
	 FAULT_PERMISSION, FAULT_EXECUTE, V3, .iommu = "arm-smmu-v3.0.auto",
	 .reason = "F_PERMISSION", .stream = 8, .pasid = 2, X(0xffff00001000)},
	{MADE, "5.10", V3_FILE,
	 "arm-smmu-v3 arm-smmu-v3.0.auto: event 0x06 received:\n"
	 "arm-smmu-v3 arm-smmu-v3.0.auto: \t0x0000000800000006\n"
	 "arm-smmu-v3 arm-smmu-v3.0.auto: \t0x0000000000000000\n"
	 "arm-smmu-v3 arm-smmu-v3.0.auto: \t0x0000000000000000\n"
	 "arm-smmu-v3 arm-smmu-v3.0.auto: \t0x0000000000000000",
	 FAULT_DISABLED, V3, .iommu = "arm-smmu-v3.0.auto", .reason = "F_STREAM_DISABLED",
	 .stream = 8, .pasid = -1},
	{MADE, "6.12", V3_FILE,
	 "arm-smmu-v3 arm-smmu-v3.0.auto: unexpected PRI request received:\n"
	 "arm-smmu-v3 arm-smmu-v3.0.auto: \tsid 0x00000008.0x00002: [5L] unprivileged RW access at "
	 "iova "
	 "0x0000000012345000",
	 FAULT_PAGE_REQUEST, FAULT_WRITE, V3, .iommu = "arm-smmu-v3.0.auto", .stream = 8,
	 .pasid = 2, X(0x12345000)},
	{SEEN("QT+Vulkan crash test on Nvidia Thor, the README of a public repository"), "6.8",
	 V3_FILE,
	 "[ 3265.542672] arm-smmu-v3 8806000000.iommu: EVTQ overflow detected -- events lost",
	 FAULT_NOT_LOGGED, V3, .iommu = "8806000000.iommu", NONE},
	{SEEN("QT+Vulkan crash test on Nvidia Thor, the README of a public repository"), "6.8",
	 V3_FILE, "[ 3265.549999] arm_smmu_evtq_thread: 25830 callbacks suppressed",
	 FAULT_NOT_LOGGED, V3, NONE, .count = 25830},
	{SEEN("QT+Vulkan crash test on Nvidia Thor, the README of a public repository"), "6.8",
	 V3_FILE,
	 "[ 3265.550001] arm-smmu-v3 8806000000.iommu: event 0x10 received:\n"
	 "[ 3265.555549] arm-smmu-v3 8806000000.iommu: \t0x0000090000000010\n"
	 "[ 3265.555550] arm-smmu-v3 8806000000.iommu: \t0x0000020800000000\n"
	 "[ 3265.555551] arm-smmu-v3 8806000000.iommu: \t0x0000007ffd105a00\n"
	 "[ 3265.555552] arm-smmu-v3 8806000000.iommu: \t0x0000000000000000",
	 FAULT_TRANSLATION, FAULT_READ, V3, .iommu = "8806000000.iommu", .stream = 0x900,
	 .pasid = -1, X(0x7ffd105a00)},
	{MADE, "6.12", V3_FILE,
	 "arm-smmu-v3 a.iommu: unexpected global error reported (0x00000001), this could be "
	 "serious",
	 FAULT_IOMMU, V3, .iommu = "a.iommu", NONE},
	{MADE, "6.12", V3_FILE,
	 "arm-smmu-v3 a.iommu: CMDQ error (cons 0x0100001f): Illegal command", FAULT_IOMMU, V3,
	 .iommu = "a.iommu", NONE},
	{MADE, "7.3", V3_FILE,
	 "arm-smmu-v3 a.iommu: event: F_ADDR_SIZE client: (unassigned sid) sid: 0x9 ssid: 0x0 "
	 "iova: "
	 "0x1000000000000 ipa: 0x0\n"
	 "arm-smmu-v3 a.iommu: priv inst read s1 \"Input address caused fault\" stall stag: 0x0",
	 FAULT_ADDRESS_SIZE, FAULT_EXECUTE, V3, .iommu = "a.iommu", .stream = 9, .pasid = -1,
	 X(0x1000000000000)},
	{MADE, "7.3", V3_FILE,
	 "arm-smmu-v3 a.iommu: event: F_STE_FETCH client: (unassigned sid) sid: 0x9 ssid: 0x0 "
	 "fetch_addr: 0x1000",
	 FAULT_TABLE_FETCH, V3, .iommu = "a.iommu", .stream = 9, .pasid = -1},
	{MADE, "7.3", V3_FILE,
	 "arm-smmu-v3 a.iommu: event: C_BAD_CD client: 0000:01:00.0 sid: 0x9 ssid: 0x0",
	 FAULT_TABLES, V3, .iommu = "a.iommu", .device = "0000:01:00.0", .stream = 9, .pasid = -1,
	 .is_client = true},
	{MADE, "7.3", V3_FILE,
	 "arm-smmu-v3 a.iommu: EVTQ write aborted -- events may have been lost", FAULT_NOT_LOGGED,
	 V3, .iommu = "a.iommu", NONE},
	{MADE, "7.3", V3_FILE, "arm-smmu-v3 a.iommu: device has entered Service Failure Mode!",
	 FAULT_IOMMU, V3, .iommu = "a.iommu", NONE},
	{MADE, "7.3", V3_FILE, "arm-smmu-v3 a.iommu: PRIQ overflow detected -- requests lost",
	 FAULT_NOT_LOGGED, V3, .iommu = "a.iommu", NONE},
	{MADE, "7.3", V3_FILE,
	 "arm-smmu-v3 a.iommu: PRIQ write aborted -- events may have been lost", FAULT_NOT_LOGGED,
	 V3, .iommu = "a.iommu", NONE},
	{MADE, "7.3", V3_FILE, "arm-smmu-v3 a.iommu: EVTQ MSI write aborted", FAULT_IOMMU, V3,
	 .iommu = "a.iommu", NONE},
	{MADE, "7.3", V3_FILE, "arm-smmu-v3 a.iommu: CMDQ timeout", FAULT_IOMMU, V3,
	 .iommu = "a.iommu", NONE},
	{MADE, "7.3", CMDQV_FILE,
	 "acpi NVDA200C:00: tegra241_cmdqv: unexpected error reported. vintf_map: "
	 "0000000000000001, vcmdq_map 00000000:00000000:00000000:00000001",
	 FAULT_IOMMU, V3, .iommu = "NVDA200C:00", NONE},
	{MADE, "7.3", CMDQV_FILE,
	 "acpi NVDA200C:00: tegra241_cmdqv: VINTF0: VCMDQ0/LVCMDQ0: GERRORN=0x0, GERROR=0x1, "
	 "CONS=0x100002A",
	 FAULT_IOMMU, V3, .iommu = "NVDA200C:00", NONE},
	{MADE, "7.3", CMDQV_FILE,
	 "acpi NVDA200C:00: tegra241_cmdqv: VINTF0: VCMDQ0/LVCMDQ0: uncleared error detected, "
	 "resetting",
	 FAULT_IOMMU, V3, .iommu = "NVDA200C:00", NONE},
	{MADE, "7.3", CMDQV_FILE,
	 "acpi NVDA200C:00: tegra241_cmdqv: VINTF0: failed to enable, STATUS=0x00000000",
	 FAULT_IOMMU, V3, .iommu = "NVDA200C:00", NONE},
	{MADE, "7.3", V3_FILE,
	 "arm-smmu-v3 a.iommu: CMD_SYNC timeout at 0x000000c5 [hwprod 0x000000c6, hwcons "
	 "0x000000c4]",
	 FAULT_IOMMU, V3, .iommu = "a.iommu", NONE},
};

const struct fault_rows smmu_v3_fault_rows = {smmu_v3_rows, ARRAY_SIZE(smmu_v3_rows)};

static void lines_of_smmu(void **state)
{
	assert_fault_rows(smmu_rows, ARRAY_SIZE(smmu_rows));
	assert_fault_forms(smmu_rows, ARRAY_SIZE(smmu_rows));
}

static void lines_of_smmu_v3(void **state)
{
	assert_fault_rows(smmu_v3_rows, ARRAY_SIZE(smmu_v3_rows));
	assert_fault_forms(smmu_v3_rows, ARRAY_SIZE(smmu_v3_rows));
}

UNIT(faults_smmu)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lines_of_smmu),
					   cmocka_unit_test(lines_of_smmu_v3)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
