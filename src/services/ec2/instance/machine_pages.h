/* SPDX-License-Identifier: Apache-2.0 */
/* machine_pages.h - what the nephele command asks of instances. */
#pragma once

struct np_core;

/* In the service's init. */
void ec2_machine_pages(struct np_core *core);
