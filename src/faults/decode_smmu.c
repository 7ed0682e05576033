/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Registers of the SMMUv1 and v2 (Arm IHI 0062) and event records of the SMMUv3 (Arm IHI 0070) */
#include "faults/decode.h"

#include "base/cleanup.h"

#include <stdio.h>
#include <string.h>

/* Flags of the fault status registers; the worst comes first, since several may be set. */
static const struct fault_flag context_flags[] = {
	{1 << 7, FAULT_ADDRESS_SIZE, "ASF"},	{1 << 4, FAULT_TABLE_FETCH, "EF"},
	{1 << 5, FAULT_TLB_CONFLICT, "TLBMCF"}, {1 << 6, FAULT_TLB_CONFLICT, "TLBLKF"},
	{1 << 8, FAULT_UNSUPPORTED, "UUT"},	{1 << 3, FAULT_PERMISSION, "PF"},
	{1 << 2, FAULT_ACCESS_FLAG, "AFF"},	{1 << 1, FAULT_TRANSLATION, "TF"},
};

static const struct fault_flag global_flags[] = {
	{1 << 1, FAULT_NO_STREAM, "USF"},   {1 << 2, FAULT_TABLES, "SMCF"},
	{1 << 0, FAULT_TABLES, "ICF"},	    {1 << 3, FAULT_TABLES, "UCBF"},
	{1 << 4, FAULT_TABLES, "UCIF"},	    {1 << 5, FAULT_IOMMU, "CAF"},
	{1 << 6, FAULT_TABLE_FETCH, "EF"},  {1 << 7, FAULT_PERMISSION, "PF"},
	{1 << 8, FAULT_UNSUPPORTED, "UUT"},
};

enum {
	STREAM_BITS = 0xffff, /* the stream ID in CBFRSYNRA and GFSYNR1 */
	FSYNR0_WNR = 1 << 4,
	FSYNR0_IND = 1 << 6,
	GFSYNR0_WNR = 1 << 1,
	GFSYNR0_IND = 1 << 3,
};

static enum fault_access smmu_access(uint64_t syndrome, uint64_t write, uint64_t instruction)
{
	if (syndrome & write)
		return FAULT_WRITE;
	return syndrome & instruction ? FAULT_EXECUTE : FAULT_READ;
}

void decode_smmu_context(struct assembly *assembly, const struct fields *fields)
{
	struct fault *fault = &assembly->fault;

	fault_set_flag(fault, fields->codes[0], context_flags, ARRAY_SIZE(context_flags));
	fault->access = smmu_access(fields->codes[1], FSYNR0_WNR, FSYNR0_IND);
	if (fault->stream >= 0)
		fault->stream &= STREAM_BITS;
}

void decode_smmu_global(struct assembly *assembly, const struct fields *fields)
{
	struct fault *fault = &assembly->fault;

	fault_set_flag(fault, fields->codes[0], global_flags, ARRAY_SIZE(global_flags));
	fault->access = smmu_access(fields->codes[1], GFSYNR0_WNR, GFSYNR0_IND);
	fault->stream &= STREAM_BITS;
}

/* The events of an SMMUv3; which have an input address in word 2, and an access in word 1. */
static const struct smmu_event {
	const char *name;
	enum fault_kind kind;
	uint8_t id;
	bool has_address, has_access;
} events[] = {
	{"F_UUT", FAULT_UNSUPPORTED, 0x01, true, true},
	{"C_BAD_STREAMID", FAULT_NO_STREAM, 0x02, false, false},
	{"F_STE_FETCH", FAULT_TABLE_FETCH, 0x03, false, false},
	{"C_BAD_STE", FAULT_TABLES, 0x04, false, false},
	{"F_BAD_ATS_TREQ", FAULT_FORBIDDEN, 0x05, true, false},
	{"F_STREAM_DISABLED", FAULT_DISABLED, 0x06, false, false},
	{"F_TRANSL_FORBIDDEN", FAULT_FORBIDDEN, 0x07, true, true},
	{"C_BAD_SUBSTREAMID", FAULT_PASID, 0x08, false, false},
	{"F_CD_FETCH", FAULT_TABLE_FETCH, 0x09, false, false},
	{"C_BAD_CD", FAULT_TABLES, 0x0a, false, false},
	{"F_WALK_EABT", FAULT_TABLE_FETCH, 0x0b, true, true},
	{"F_TRANSLATION", FAULT_TRANSLATION, 0x10, true, true},
	{"F_ADDR_SIZE", FAULT_ADDRESS_SIZE, 0x11, true, true},
	{"F_ACCESS", FAULT_ACCESS_FLAG, 0x12, true, true},
	{"F_PERMISSION", FAULT_PERMISSION, 0x13, true, true},
	{"F_TLB_CONFLICT", FAULT_TLB_CONFLICT, 0x20, true, true},
	{"F_CFG_CONFLICT", FAULT_TABLES, 0x21, false, false},
	{"E_PAGE_REQUEST", FAULT_PAGE_REQUEST, 0x24, true, false},
	{"F_VMS_FETCH", FAULT_TABLE_FETCH, 0x25, false, false},
};

static const struct smmu_event *find_event(uint64_t id)
{
	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		if (events[i].id == id)
			return &events[i];
	return NULL;
}

static void set_event(struct fault *fault, const struct smmu_event *event)
{
	fault->kind = event->kind;
	snprintf(fault->reason, sizeof(fault->reason), "%s", event->name);
}

void decode_smmu_v3_begin(struct assembly *assembly, const struct fields *fields)
{
	const struct smmu_event *event = find_event(fields->codes[0]);

	if (event)
		set_event(&assembly->fault, event);
}

/* Word 0: ID 7:0, SSV 11, substream ID 31:12, stream ID 63:32. */
static void decode_first_word(struct fault *fault, uint64_t word)
{
	const struct smmu_event *event = find_event(word & 0xff);

	if (event)
		set_event(fault, event);
	fault->stream = (int64_t)(word >> 32);
	fault->pasid = word >> 11 & 1 ? (int64_t)(word >> 12 & 0xfffff) : -1;
}

/* Word 1: InD 34, RnW 35. */
static void decode_second_word(struct fault *fault, uint64_t word)
{
	if (word >> 34 & 1)
		fault->access = FAULT_EXECUTE;
	else
		fault->access = word >> 35 & 1 ? FAULT_READ : FAULT_WRITE;
}

void decode_smmu_v3_word(struct assembly *assembly, const struct fields *fields)
{
	struct fault *fault = &assembly->fault;
	const struct smmu_event *event;
	uint64_t word = fields->codes[0];

	if (assembly->record_count == RECORD_WORDS)
		return;
	assembly->record[assembly->record_count++] = word;
	event = find_event(assembly->record[0] & 0xff);
	if (assembly->record_count == 1) {
		decode_first_word(fault, word);
	} else if (assembly->record_count == 2 && event && event->has_access) {
		decode_second_word(fault, word);
	} else if (assembly->record_count == 3 && event && event->has_address) {
		fault->address = word;
		fault->has_address = true;
	}
}

void decode_smmu_v3_named(struct assembly *assembly, const struct fields *fields)
{
	struct fault *fault = &assembly->fault;

	for (size_t i = 0; i < ARRAY_SIZE(events); i++)
		if (span_is(fields->words[0], events[i].name))
			set_event(fault, &events[i]);
	fault->is_client = fault->device[0];
	/* The line has 0 in place of a substream ID that the event lacks. */
	if (fault->pasid == 0 && !(assembly->record_count && (assembly->record[0] >> 11 & 1)))
		fault->pasid = -1;
}

void decode_smmu_v3_access(struct assembly *assembly, const struct fields *fields)
{
	if (span_is(fields->words[0], "inst"))
		assembly->fault.access = FAULT_EXECUTE;
	else
		assembly->fault.access =
			span_is(fields->words[1], "read") ? FAULT_READ : FAULT_WRITE;
}

void decode_smmu_v3_page_request(struct assembly *assembly, const struct fields *fields)
{
	struct fault *fault = &assembly->fault;

	fault->pasid = fields->codes[0] ? (int64_t)fields->codes[0] : -1;
	fault_set_rights(fault, fields->words[fields->word_count - 1]);
}
