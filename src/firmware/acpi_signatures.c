/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "firmware/acpi_signatures.h"

#include <string.h>

/*
 * Signatures of harmless tables, sorted. Most are in include/acpi/actbl*.h of Linux 5.10 to 7.3;
 * the others are names that vendors use.
 */
static const char signatures[][ACPI_SIGNATURE_SIZE + 1] = {
	"AEST", "AFUL", "AGDI", "ALIB", "AMLI", "APIC", "APMT", "ASF!", "ASFT", "ASPT", "ASUS",
	"ATKG", "BATB", "BDAT", "BERT", "BFSI", "BGRT", "BIOS", "BOOT", "CCEL", "CDAT", "CDIT",
	"CEDT", "CMC0", "CNVS", "COMP", "CPEP", "CRAT", "CSRT", "DBG2", "DBGL", "DBGP", "DMIT",
	"DRTM", "DRTP", "DSDT", "DTPR", "ECDT", "EDDT", "EINJ", "ERDT", "ERST", "ETDT", "FACP",
	"FACS", "FIDT", "FMCG", "FOXC", "FPDT", "GPTR", "GSCI", "GTDT", "HEST", "HMAT", "HPET",
	"HPTT", "HWHT", "IBFT", "IEIT", "IHIS", "INIT", "ISCT", "KEYP", "LEGO", "LOCK", "LPIT",
	"LSFT", "LUFT", "MATR", "MCFG", "MCHI", "MISC", "MPAM", "MPST", "MRRM", "MSCD", "MSCT",
	"MSDM", "MTMR", "NBFT", "NFIT", "NHLT", "NPKT", "OEM0", "OEM1", "OEM2", "OEM3", "OEM4",
	"OEM5", "OEM6", "OEM7", "OEM8", "OEM9", "OEMB", "OSDT", "OSFR", "PCAT", "PCC ", "PCCT",
	"PCTT", "PDTT", "PERF", "PHAT", "PMTT", "POAT", "PPTT", "PRMT", "PSDS", "PSDT", "PTDT",
	"PTPM", "RAS2", "RASF", "RGRT", "RHCT", "RSCI", "RSDT", "RTMA", "S3PT", "SBST", "SCPP",
	"SDEI", "SDES", "SDEV", "SFST", "SGPI", "SKVL", "SLDT", "SLIC", "SLIT", "SMDS", "SPCR",
	"SPMI", "SRAT", "SSDT", "SSPT", "STAO", "STRT", "SVKL", "SWFT", "TAMG", "TCG2", "TCPA",
	"TDEL", "TPM ", "TPM2", "TPMT", "UCSI", "UEFI", "UEFX", "UHDT", "VBIO", "VFCT", "VGCT",
	"VMAC", "VRTC", "WAET", "WDAT", "WDDT", "WDRT", "WMIT", "WPBT", "WSMT", "WSSI", "XENV",
	"XNVD", "XSDT",
};

/* A file's name in sysfs is the signature of the table's header, up to its first blank or NUL. */
static bool is_called(const char *signature, const char *name)
{
	size_t length = strcspn(signature, " ");

	return strncmp(signature, name, length) == 0 &&
	       (length == ACPI_SIGNATURE_SIZE || !name[length] || name[length] == ' ');
}

bool acpi_signature_is_harmless(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(signatures); i++)
		if (is_called(signatures[i], name))
			return true;
	return false;
}
