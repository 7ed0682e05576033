/* SPDX-License-Identifier: GPL-2.0-or-later */
/* few_files - a process that may open no more files, as one that has reached its limit */
#pragma once

/** few_files_start - from here on, no descriptor can be opened: EMFILE */
void few_files_start(void);

/** few_files_end - the limit is as it was before; call it before an assertion */
void few_files_end(void);
