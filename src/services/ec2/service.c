/* SPDX-License-Identifier: Apache-2.0 */
/* service.c - EC2 as a service: registers, starts, ends. */
#include "services/ec2/ec2_int.h"
#include "services/ec2/flow/deliver.h"
#include "services/ec2/image/table.h"
#include "services/ec2/imds/imds.h"
#include "services/ec2/instance/instance_int.h"
#include "services/ec2/instance/machine_pages.h"
#include "services/ec2/vpc/netview.h"

extern const struct np_migration ec2_migrations[];
extern const size_t ec2_migrations_n;
extern const struct np_service ec2_service;

static int init(struct np_core *core, struct np_err *err)
{
    np_core_set_state(core, "ec2", ec2_world_new(core));
    ec2_imds_init(core);
    ec2_flow_deliver_init(core);
    ec2_machine_pages(core);
    return ec2_images_init(core, err);
}

static int start(struct np_core *core, struct np_err *err)
{
    /* Volumes are told before networks, which keep the host's agent busy while those are made. */
    int rc = ec2_machines_start(core, err);
    if (rc == 0)
        *ec2_world_netview(ec2_world(core)) = ec2_netview_start(core);
    return rc;
}

static void fini(struct np_core *core)
{
    struct ec2_world *w = ec2_world(core);
    if (w == NULL)
        return;
    ec2_machines_stop(core);
    ec2_images_fini(core);
    ec2_imds_fini(core);
    ec2_flow_deliver_fini(core);
    ec2_netview_free(*ec2_world_netview(w));
    ec2_world_free(w);
}

const struct np_service ec2_service = {
    .name = "ec2",
    .model = &ec2_model,
    .migrations = ec2_migrations,
    .n_migrations = 3,
    .init = init,
    .start = start,
    .fini = fini,
    .authorize = ec2_authorize,
    .map_fault = ec2_map_fault,
    .invalid = ec2_invalid,
    .wants_account = ec2_account_wanted,
    .make_account = ec2_account_make,
};
