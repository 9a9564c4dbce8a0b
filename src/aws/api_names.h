/* SPDX-License-Identifier: Apache-2.0 */
/* api_names.h - names of the APIs themselves. */
#pragma once

struct np_core;

/* Registers the source; the table of services is known. */
void np_api_names_init(struct np_core *core);
