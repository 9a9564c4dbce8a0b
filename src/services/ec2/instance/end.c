/* SPDX-License-Identifier: Apache-2.0 */
/* end.c - what goes when an instance stops or ends, and the ranges of user ids that
 * running ones have on the host. */
#include "host/limits.h"
#include "services/ec2/interface/address.h"
#include "services/ec2/ebs/ebs.h"
#include "services/ec2/interface/eni.h"
#include "services/ec2/instance/instance_int.h"

/* --- ranges of ids: one table for all accounts and regions, as there is one host --- */

_Static_assert(EC2_SLOTS_MAX <= NP_INSTANCES_MAX && EC2_SLOTS_MAX <= NP_INSTANCE_SLOTS,
               "the host has room for all that may be launched");

int ec2_slot_take(struct np_txn *t, struct np_str instance, int64_t *slot, struct np_err *err)
{
    NP_SQL(lowest, "SELECT min(s) FROM (SELECT 1 AS s UNION ALL SELECT slot + 1 FROM ec2_slot) "
                   "WHERE s NOT IN (SELECT slot FROM ec2_slot)");
    NP_SQL(add, "INSERT INTO ec2_slot (slot, account, region, instance) "
                "VALUES (?1, :account, :region, ?2)");
    struct np_q *q = np_tq(t, &lowest, "");
    *slot = np_row(q) ? np_col_int(q, 0) : 1;
    int rc = np_q_end(q, err);
    if (rc == 0 && *slot >= EC2_SLOTS_MAX)
        return np_fault(err, &EC2_InstanceLimitExceeded,
                        "This host has room for %d instances at a time.", EC2_SLOTS_MAX - 1);
    return rc != 0 ? rc : np_exec(t, &add, err, "is", *slot, instance);
}

int ec2_slot_drop(struct np_txn *t, struct np_str instance, struct np_err *err)
{
    NP_SQL(drop, "DELETE FROM ec2_slot WHERE account = :account AND region = :region "
                 "AND instance = ?1");
    return np_exec(t, &drop, err, "s", instance);
}

/* --- stopped --- */

int ec2_instance_stopped(struct np_txn *t, struct ec2_item *it, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item **enis;
    size_t n;
    int rc = ec2_eni_of_instance(&db, it->id, &enis, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct ec2_NetworkInterfaceAssociation *a =
            EC2_DETAIL(NetworkInterface, enis[i])->Association;
        if (a == NULL || a->AllocationId.p != NULL)
            continue;
        EC2_OWN(InstanceOwn, it)->PublicAddress = EC2_BOOL(true);
        rc = ec2_public_take(t, enis[i], err);
        if (rc == 0)
            rc = ec2_put(t, enis[i], err);
    }
    ec2_instance_set_state(np_txn_arena(t), it, EC2_STOPPED);
    return rc != 0 ? rc : ec2_put(t, it, err);
}

/* --- terminated --- */

static void forget(struct np_txn *t, struct ec2_item *it)
{
    struct ec2_Instance *d = it->detail;
    struct ec2_InstanceOwn *own = it->own;
    ec2_instance_set_state(np_txn_arena(t), it, EC2_TERMINATED);
    it->vpc = d->VpcId = d->SubnetId = d->PrivateIpAddress = NP_STR_NULL;
    own->UserData = NP_STR_NULL;
    own->Terminated = EC2_INT(np_txn_now_ms(t));
}

int ec2_instance_terminated(struct np_txn *t, struct ec2_item *it, struct np_err *err)
{
    struct ec2_item *profile;
    int rc = ec2_ebs_end_instance(t, it->id, err);
    if (rc == 0)
        rc = ec2_eni_end_instance(t, it->id, err);
    if (rc == 0)
        rc = ec2_profile_of(t, it->id, &profile, err);
    if (rc == 0 && profile != NULL)
        rc = ec2_drop(t, profile, err);
    if (rc == 0)
        rc = ec2_unref(t, it, "vpc", NP_STR_NULL, err);
    if (rc == 0)
        rc = ec2_unref(t, it, "subnet", NP_STR_NULL, err);
    if (rc == 0)
        rc = ec2_slot_drop(t, it->id, err);
    if (rc != 0)
        return rc;
    forget(t, it);
    return ec2_put(t, it, err);
}
