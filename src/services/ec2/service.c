/* SPDX-License-Identifier: Apache-2.0 */
/* service.c - EC2 as a service: registers, starts, ends. */
#include "aws/core.h"
#include "gen/ec2/ops.h"

extern const struct np_migration ec2_migrations[];
extern const size_t ec2_migrations_n;
extern const struct np_service ec2_service;

const struct np_service ec2_service = {
    .name = "ec2",
    .model = &ec2_model,
    .migrations = ec2_migrations,
    .n_migrations = 1,
};
