/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decode - the codes and flags of each driver's lines as kind, access and reason of a fault
 *
 * Codes come from the kernel's drivers and from the specifications of VT-d, AMD's IOMMU, the SMMUs
 * and the RISC-V IOMMU. A code that is in no table leaves FAULT_UNKNOWN.
 */
#pragma once

#include "faults/pattern.h"

enum { RECORD_WORDS = 4 };

/**
 * struct assembly - a fault while its lines are read
 * @record: the raw words of an SMMUv3 event, @record_count of them so far
 */
struct assembly {
	struct fault fault;
	uint64_t record[RECORD_WORDS];
	size_t record_count;
};

/** struct fault_flag - what a bit of a status means     @mask: several bits for one meaning */
struct fault_flag {
	uint32_t mask;
	enum fault_kind kind;
	const char *name;
};

/** fault_set_flag - kind and reason by the first of @flags that is set in @value, if any is */
void fault_set_flag(struct fault *fault, uint64_t value, const struct fault_flag *flags,
		    size_t count);

/** fault_set_reason - the reason in the words of the line, cut where they are too long */
void fault_set_reason(struct fault *fault, struct span words);

/** fault_set_rights - the access by the rights that a page request asks for: "RWX", in any order */
void fault_set_rights(struct fault *fault, struct span rights);

/** fault_decoder - add what @fields say to the fault; the row of the form names the fields */
typedef void fault_decoder(struct assembly *assembly, const struct fields *fields);

/* drivers/iommu/intel/dmar.c; codes: reason; words: access, the kernel's text */
fault_decoder decode_dmar;
/* codes: interrupt index, reason; words: the kernel's text */
fault_decoder decode_dmar_interrupt;
/* drivers/iommu/amd/iommu.c; codes: domain, flags */
fault_decoder decode_amd_page_fault;
/* an event of AMD with the codes: flags */
fault_decoder decode_amd_event;
/* drivers/iommu/amd/ppr.c; codes: the requester ID of a page request */
fault_decoder decode_amd_ppr;
/* the raw words of an event that AMD's driver does not know */
fault_decoder decode_amd_raw;

/* drivers/iommu/arm/arm-smmu/arm-smmu.c; codes: fsr, fsynr */
fault_decoder decode_smmu_context;
/* codes: gfsr, gfsynr0, gfsynr2 */
fault_decoder decode_smmu_global;
/* drivers/iommu/arm/arm-smmu-v3/arm-smmu-v3.c; codes: the ID of the event */
fault_decoder decode_smmu_v3_begin;
/* codes: one word of the record */
fault_decoder decode_smmu_v3_word;
/* words: the event's name */
fault_decoder decode_smmu_v3_named;
/* words: "data" or "inst", "read" or "write" */
fault_decoder decode_smmu_v3_access;
/* codes: PASID and, beside it, the number of the group; words: rights */
fault_decoder decode_smmu_v3_page_request;

/* drivers/iommu/virtio-iommu.c; words: reason, access */
fault_decoder decode_virtio;
/* drivers/iommu/riscv/iommu.c; codes: cause */
fault_decoder decode_riscv;
/* drivers/iommu/apple-dart.c; words: the kernel's text */
fault_decoder decode_dart;
/* drivers/iommu/exynos-iommu.c; words: access, reason or the reason alone */
fault_decoder decode_exynos;
/* drivers/iommu/ipmmu-vmsa.c; codes: status */
fault_decoder decode_ipmmu;
/* drivers/iommu/msm_iommu.c; codes: fsr */
fault_decoder decode_msm;
/* drivers/iommu/mtk_iommu.c; codes: type, larb and port last; words: access, if any */
fault_decoder decode_mtk;
/* drivers/iommu/omap-iommu.c; codes: errs */
fault_decoder decode_omap;
/* drivers/iommu/fsl_pamu.c; codes: AVS1 */
fault_decoder decode_pamu;
/* lines of several drivers; words: the access is the last of them */
fault_decoder decode_access;
/* drivers/memory/tegra/mc.c; words: client, access, error */
fault_decoder decode_tegra;
