/* SPDX-License-Identifier: GPL-2.0-or-later */
/* surroundings - a rule of doctor about the place where iommuctl itself runs */
#include "checks/doctor_rules.h"

void doctor_container(struct examination *examination)
{
	const struct vfio_host *host = examination->system->machine.vfio;

	if (!host || host->in_container != ANSWER_YES)
		return;
	examination_add(
		examination,
		(struct finding){
			.code = CODE_IN_CONTAINER,
			.severity = SEVERITY_WARNING,
			.message =
				"iommuctl runs in a container or chroot: devices and groups are "
				"the "
				"machine's, but users, interfaces, pins and modprobe.d outside of "
				"it are not seen",
			.evidence = host->container_evidence,
			.remedy =
				"Run it on the host, or give the container the host's /run, /proc, "
				"/etc and network.",
		},
		NULL);
}
