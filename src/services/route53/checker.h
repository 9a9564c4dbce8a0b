/* SPDX-License-Identifier: Apache-2.0 */
/* checker.h - probers of health checks as the projection tells them of changes. */
#pragma once

#include "services/route53/route53_int.h"

/* On the writer's thread, after the commit. */
void route53_checker_changed(struct route53_checker *c, struct np_str id);
