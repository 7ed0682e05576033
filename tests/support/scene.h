/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scene - a machine made by hand, a move of one of its devices, and the answers of the checks
 *
 *     scene_start(&scene, "nvme", "vfio-pci");
 *     build_use(scene.build, scene.device, ...);
 *     scene_ask(&scene, check_use);
 *     scene_find(&scene, CHECK_MOUNTED)
 *     scene_end(&scene);
 */
#pragma once

#include "checks/check.h"
#include "model/build.h"
#include "support/check.h"

enum { SCENE_MOVES_MAX = 4 };

/**
 * struct scene - @device, @group, @traits and @host may be changed until scene_ask
 * @device: PCI, 0000:01:00.0, in group 7 of the IOMMU "dmar0"; nothing is known of its uses
 * @moves: the first is that of @device; more may be added
 * @iommus_denied: the IOMMUs of the machine could not be read
 */
struct scene {
	struct build *build;
	struct device *device;
	struct group *group;
	struct traits *traits;
	struct vfio_host *host;
	const struct system *system;
	struct move moves[SCENE_MOVES_MAX];
	struct handover handover;
	bool iommus_denied;
	struct arena *arena;
	struct checks checks;
};

/** scene_start - a device with driver @now is moved to driver @next; NULL is none */
void scene_start(struct scene *scene, const char *now, const char *next);

/** scene_sibling - another member of the group, at /sys/devices/pci0/NAME */
struct device *scene_sibling(struct scene *scene, const char *name, const char *driver);

/** scene_move - add a move of another device, taken along with the first */
void scene_move(struct scene *scene, const struct device *device, const char *next);

/**
 * scene_ask - seal the machine, run all checks for each move, and keep the answers of the function
 * @question; NULL: of all
 */
void scene_ask(struct scene *scene, void (*question)(struct checking *));

/** scene_find - the first answer of that id, or NULL */
const struct check *scene_find(const struct scene *scene, enum check_id id);

void scene_end(struct scene *scene);

/**
 * struct scene_row - one check of a device that goes from driver @now to @next; NULL is none
 * @shape: changes the machine before the check; may be NULL
 * @answer: as answer_word says it
 * @message: a part of the finding's message, or NULL
 */
struct scene_row {
	enum check_id id;
	const char *now, *next;
	void (*shape)(struct scene *scene);
	const char *answer, *message;
};

/** scene_check_row - fails the test where the check of @row gives another answer */
void scene_check_row(const struct scene_row *row);

/** SCENE_CHECK - scene_check_row for each row of an array */
#define SCENE_CHECK(rows)                             \
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) \
	scene_check_row(&(rows)[i])

/**
 * answer_word - "none" where @check is NULL; "pass", "warning" or "refuse"; for an unknown answer
 * "unknown warning" or "unknown"; "final" for a refusal that cannot be waived
 */
const char *answer_word(const struct check *check);
