/* SPDX-License-Identifier: Apache-2.0 */
/* template.h - launch templates and their versions.
 *
 * Item kinds: TEMPLATE (unique name; own: the next number), TEMPLATE_VERSION, an item for each
 * number, whose name is "lt-…/NUMBER"; it refers to its template by "template".
 */
#pragma once

#include "services/ec2/item.h"

/* The template that a call names by id or by name, exactly one of which is to be given.
 * Faults: InvalidLaunchTemplateId.NotFound, InvalidLaunchTemplateName.NotFoundException,
 * MissingParameter, InvalidParameterCombination. */
int ec2_template_see(const struct ec2_view *v, struct np_str id, struct np_str name,
                     const struct ec2_item **out, struct np_err *err);
int ec2_template_get(struct np_txn *t, struct np_str id, struct np_str name, struct ec2_item **out,
                     struct np_err *err);
/* "3", "$Latest", "$Default" or absent (the default one) as a number; NP_EINVAL: none of these. */
int ec2_template_number(const struct ec2_LaunchTemplate *lt, struct np_str version, int64_t *out);
/* Its version; InvalidLaunchTemplateId.VersionNotFound. */
int ec2_template_version_see(const struct ec2_view *v, const struct ec2_item *lt,
                             struct np_str version, const struct ec2_LaunchTemplateVersion **out,
                             struct np_err *err);
int ec2_template_version_fault(struct np_err *err, struct np_str version, struct np_str id);
