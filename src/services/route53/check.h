/* SPDX-License-Identifier: Apache-2.0 */
/* check.h - settings of health checks: what they may be, and what they are where nothing is said.
 */
#pragma once

#include "services/route53/route53_int.h"

/* What AWS fills in when a check is made. */
void route53_config_defaults(struct route53_HealthCheckConfig *c);
/* InvalidInput. */
int route53_config_check(const struct route53_HealthCheckConfig *c, struct np_err *err);
/* What an update names takes the place of what was there. */
void route53_config_update(struct route53_HealthCheckConfig *c,
                           const struct route53_UpdateHealthCheckRequest *in);
bool route53_config_is_https(const struct route53_HealthCheckConfig *c);
bool route53_config_is_tcp(const struct route53_HealthCheckConfig *c);
