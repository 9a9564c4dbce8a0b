/* SPDX-License-Identifier: Apache-2.0 */
/* template_int.h - shared by template.c and template_version.c; all but the first in an apply. */
#pragma once

#include "services/ec2/launch/template.h"

/* On a worker: may that be a version's data? */
int ec2_template_data_ok(struct np_arena *a, const struct ec2_RequestLaunchTemplateData *data,
                         struct np_err *err);
/* What a request says, as it is kept and answered. */
struct ec2_ResponseLaunchTemplateData *
ec2_template_data(struct np_txn *t, const struct ec2_RequestLaunchTemplateData *data);
/* out may be NULL. */
int ec2_template_version_add(struct np_txn *t, const struct ec2_item *lt, int64_t number,
                             struct np_str description, struct ec2_ResponseLaunchTemplateData *data,
                             struct ec2_LaunchTemplateVersion **out, struct np_err *err);
/* NP_ENOENT: there is none. */
int ec2_template_version_get(struct np_txn *t, const struct ec2_item *lt, int64_t number,
                             struct ec2_item **out, struct np_err *err);
