/* SPDX-License-Identifier: Apache-2.0 */
/* eni.c - network interfaces as items: made, attached, given addresses and groups, dropped. */
#include "services/ec2/interface/eni.h"

#include <stdlib.h>

#include "aws/fault.h"
#include "base/arena.h"
#include "services/ec2/interface/address.h"
#include "services/ec2/interface/eni_ip.h"
#include "services/ec2/limits.h"
#include "services/ec2/list.h"
#include "services/ec2/firewall/sg.h"
#include "services/ec2/vpc/vpc_int.h"

#define REQUESTER_ACCOUNT "amazon-aws"

static struct np_opt_bool yes(bool v)
{
    return (struct np_opt_bool){true, v};
}

static struct np_opt_int number(int64_t v)
{
    return (struct np_opt_int){true, v};
}

/* Locally administered, of the digits of the id, which nobody else has. */
static struct np_str mac_of(struct np_arena *a, struct np_str id)
{
    struct np_str d = np_str_sub(id, id.n - 10, 10);
    return np_str_printf(a, "02:%.2s:%.2s:%.2s:%.2s:%.2s", d.p, d.p + 2, d.p + 4, d.p + 6, d.p + 8);
}

/* --- addresses --- */

static int add_address(struct np_txn *t, struct ec2_NetworkInterface *d, struct np_str ip,
                       struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    if (d->PrivateIpAddresses.n >= EC2_INTERFACE_ADDRESSES_MAX)
        return np_fault(err, &EC2_PrivateIpAddressLimitExceeded,
                        "Number of private addresses will exceed limit.");
    struct np_opt_bool primary = yes(d->PrivateIpAddresses.n == 0);
    EC2_APPEND(
        a, d->PrivateIpAddresses,
        (struct ec2_NetworkInterfacePrivateIpAddress){.Primary = primary, .PrivateIpAddress = ip});
    return 0;
}

static int take_given(struct np_txn *t, const struct ec2_item *subnet,
                      struct ec2_NetworkInterface *d, struct np_str ip, struct np_err *err)
{
    int rc = ec2_ip_take(t, subnet, ip, d->NetworkInterfaceId, err);
    return rc < 0 ? rc : add_address(t, d, ip, err);
}

static int take_any(struct np_txn *t, const struct ec2_item *subnet, struct ec2_NetworkInterface *d,
                    struct np_err *err)
{
    struct np_str ip;
    int rc = ec2_ip_take_any(t, subnet, d->NetworkInterfaceId, &ip, err);
    return rc < 0 ? rc : add_address(t, d, ip, err);
}

static int take_addresses(struct np_txn *t, const struct ec2_item *subnet,
                          struct ec2_NetworkInterface *d, const struct ec2_eni_opts *o,
                          struct np_err *err)
{
    int rc = o->primary.p != NULL ? take_given(t, subnet, d, o->primary, err)
                                  : take_any(t, subnet, d, err);
    for (size_t i = 0; i < o->n_secondary && rc == 0; i++)
        rc = take_given(t, subnet, d, o->secondary[i], err);
    for (size_t i = 0; i < o->more_secondary && rc == 0; i++)
        rc = take_any(t, subnet, d, err);
    if (rc == 0)
        d->PrivateIpAddress = d->PrivateIpAddresses.v[0].PrivateIpAddress;
    return rc;
}

static int subnet_of(struct np_txn *t, const struct ec2_item *eni, struct ec2_item **out,
                     struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    return ec2_get(&db, EC2_KIND_SUBNET, EC2_DETAIL(NetworkInterface, eni)->SubnetId, out, err);
}

int ec2_eni_assign(struct np_txn *t, struct ec2_item *eni, const struct np_str *given, size_t n,
                   size_t more, struct np_err *err)
{
    struct ec2_NetworkInterface *d = EC2_DETAIL(NetworkInterface, eni);
    struct ec2_item *subnet;
    int rc = subnet_of(t, eni, &subnet, err);
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = take_given(t, subnet, d, given[i], err);
    for (size_t i = 0; i < more && rc == 0; i++)
        rc = take_any(t, subnet, d, err);
    return rc;
}

static int unassign_one(struct np_txn *t, struct ec2_item *eni, struct np_str ip,
                        struct np_err *err)
{
    struct ec2_NetworkInterface *d = EC2_DETAIL(NetworkInterface, eni);
    for (size_t i = 0; i < d->PrivateIpAddresses.n; i++) {
        if (!np_str_eq(d->PrivateIpAddresses.v[i].PrivateIpAddress, ip))
            continue;
        if (i == 0)
            return np_fault(err, &EC2_InvalidParameterValue,
                            "The primary address %.*s cannot be unassigned", NP_FMT(ip));
        int rc = ec2_address_release_eni(t, eni, ip, err);
        if (rc < 0)
            return rc;
        EC2_REMOVE(d->PrivateIpAddresses, i);
        return ec2_ip_give(t, d->SubnetId, ip, eni->id, err);
    }
    return np_fault(err, &EC2_InvalidParameterValue,
                    "Some of the specified addresses are not assigned to interface %.*s",
                    NP_FMT(eni->id));
}

int ec2_eni_unassign(struct np_txn *t, struct ec2_item *eni, const struct np_str *addresses,
                     size_t n, struct np_err *err)
{
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = unassign_one(t, eni, addresses[i], err);
    return rc;
}

/* --- groups --- */

static void set_group_ids(struct np_arena *a, struct ec2_NetworkInterface *d,
                          const struct np_strs *ids)
{
    d->Groups = (struct ec2_GroupIdentifierList){
        .v = np_new_array(a, struct ec2_GroupIdentifier, ids->n + 1), .n = ids->n, .set = true};
    for (size_t i = 0; i < ids->n; i++)
        d->Groups.v[i].GroupId = ids->v[i];
}

int ec2_eni_set_groups(struct np_txn *t, struct ec2_item *eni, const struct np_str *groups,
                       size_t n, struct np_err *err)
{
    struct np_strs ids;
    int rc = ec2_sg_resolve(t, eni->vpc, groups, n, &ids, err);
    if (rc == 0)
        rc = ec2_unref(t, eni, "group", NP_STR_NULL, err);
    for (size_t i = 0; i < ids.n && rc == 0; i++)
        rc = ec2_ref(t, eni, "group", ids.v[i], err);
    if (rc == 0)
        set_group_ids(np_txn_arena(t), EC2_DETAIL(NetworkInterface, eni), &ids);
    return rc;
}

/* --- made --- */

static void managed(struct np_txn *t, struct ec2_NetworkInterface *d, const char *requester)
{
    struct np_arena *a = np_txn_arena(t);
    d->RequesterId = np_str_dup(a, np_str_of(requester));
    d->RequesterManaged = yes(true);
    d->Status = NP_STR("in-use");
    d->Attachment = np_new(a, struct ec2_NetworkInterfaceAttachment);
    *d->Attachment = (struct ec2_NetworkInterfaceAttachment){
        .AttachmentId = ec2_new_id(t, "ela-attach-"),
        .DeleteOnTermination = yes(false),
        .DeviceIndex = number(1),
        .InstanceOwnerId = NP_STR(REQUESTER_ACCOUNT),
        .Status = NP_STR("attached"),
    };
}

static void describe_new(struct np_txn *t, struct ec2_NetworkInterface *d,
                         const struct ec2_item *subnet, const struct ec2_eni_opts *o)
{
    const struct ec2_Subnet *s = EC2_DETAIL(Subnet, subnet);
    d->AvailabilityZone = s->AvailabilityZone;
    d->AvailabilityZoneId = s->AvailabilityZoneId;
    d->Description = o->description.p != NULL ? o->description : NP_STR("");
    d->InterfaceType = np_str_of(o->type != NULL ? o->type : "interface");
    d->MacAddress = mac_of(np_txn_arena(t), d->NetworkInterfaceId);
    d->OwnerId = np_txn_scope(t)->account;
    d->SourceDestCheck = yes(!o->no_source_check);
    d->SubnetId = subnet->id;
    d->VpcId = subnet->vpc;
    d->Status = NP_STR("available");
    d->RequesterManaged = yes(false);
    d->Ipv6Addresses.set = d->Groups.set = true;
    if (o->requester != NULL)
        managed(t, d, o->requester);
}

static int check_room(struct np_txn *t, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    size_t n;
    int rc = ec2_count(&db, EC2_KIND_INTERFACE, NP_STR_NULL, &n, err);
    if (rc == 0 && n >= EC2_INTERFACES_MAX)
        return np_fault(err, &EC2_NetworkInterfaceLimitExceeded,
                        "You have reached the limit on the number of network interfaces that you "
                        "can create.");
    return rc;
}

int ec2_eni_create(struct np_txn *t, const struct ec2_eni_opts *o, struct ec2_item **out,
                   struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *subnet;
    int rc = check_room(t, err);
    if (rc == 0)
        rc = ec2_get(&db, EC2_KIND_SUBNET, o->subnet, &subnet, err);
    if (rc < 0)
        return rc;
    struct ec2_item *eni = ec2_new(t, EC2_KIND_INTERFACE);
    eni->vpc = subnet->vpc;
    describe_new(t, eni->detail, subnet, o);
    rc = take_addresses(t, subnet, eni->detail, o, err);
    if (rc == 0)
        rc = ec2_put(t, eni, err); /* references need the row */
    if (rc == 0)
        rc = ec2_ref(t, eni, "subnet", subnet->id, err);
    if (rc == 0 && !o->no_groups)
        rc = ec2_eni_set_groups(t, eni, o->groups, o->n_groups, err);
    if (rc == 0)
        rc = ec2_put(t, eni, err);
    if (rc == 0 && o->n_tags > 0)
        rc = ec2_tag(t, eni, o->tags, o->n_tags, err);
    if (rc == 0)
        *out = eni;
    return rc;
}

/* --- attached --- */

static int device_taken(struct np_txn *t, const struct ec2_eni_attachment *at, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item **others;
    size_t n;
    int rc = ec2_eni_of_instance(&db, at->instance, &others, &n, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        if (EC2_DETAIL(NetworkInterface, others[i])->Attachment->DeviceIndex.v == at->device)
            return np_fault(err, &EC2_InvalidParameterValue,
                            "Instance '%.*s' already has an interface attached at device index "
                            "'%lld'.",
                            NP_FMT(at->instance), (long long)at->device);
    }
    return rc;
}

int ec2_eni_attach(struct np_txn *t, struct ec2_item *eni, const struct ec2_eni_attachment *at,
                   struct np_err *err)
{
    struct ec2_NetworkInterface *d = EC2_DETAIL(NetworkInterface, eni);
    if (d->Attachment != NULL)
        return np_fault(err, &EC2_InvalidNetworkInterfaceInUse, "Interface: [%.*s] in use.",
                        NP_FMT(eni->id));
    int rc = device_taken(t, at, err);
    if (rc < 0)
        return rc;
    d->Attachment = np_new(np_txn_arena(t), struct ec2_NetworkInterfaceAttachment);
    *d->Attachment = (struct ec2_NetworkInterfaceAttachment){
        .AttachTime = number(np_txn_now_ms(t)),
        .AttachmentId = ec2_new_id(t, "eni-attach-"),
        .DeleteOnTermination = yes(at->delete_on_termination),
        .DeviceIndex = number(at->device),
        .NetworkCardIndex = number(0),
        .InstanceId = at->instance,
        .InstanceOwnerId = np_txn_scope(t)->account,
        .Status = NP_STR("attached"),
    };
    d->Status = NP_STR("in-use");
    eni->name = d->Attachment->AttachmentId; /* it is found by that */
    rc = ec2_put(t, eni, err);
    if (rc == 0)
        rc = ec2_ref(t, eni, "instance", at->instance, err);
    return rc < 0 ? rc : ec2_address_instance(t, eni, at->instance, err);
}

int ec2_eni_detach(struct np_txn *t, struct ec2_item *eni, struct np_err *err)
{
    struct ec2_NetworkInterface *d = EC2_DETAIL(NetworkInterface, eni);
    struct ec2_InterfaceOwn *own = eni->own;
    if (d->Attachment == NULL || d->Attachment->InstanceId.p == NULL)
        return 0;
    own->Detached = d->Attachment;
    own->Detached->Status = NP_STR("detached");
    own->DetachedAt = number(np_txn_now_ms(t));
    d->Attachment = NULL;
    d->Status = NP_STR("available");
    eni->name = NP_STR_NULL;
    int rc = ec2_public_take(t, eni, err); /* an elastic address stays, one of itself does not */
    if (rc == 0)
        rc = ec2_unref(t, eni, "instance", NP_STR_NULL, err);
    if (rc == 0)
        rc = ec2_put(t, eni, err);
    return rc < 0 ? rc : ec2_address_instance(t, eni, NP_STR_NULL, err);
}

static int drop_permissions(struct np_txn *t, const struct ec2_item *eni, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct np_str *users;
    size_t n;
    int rc = ec2_users(&db, eni->id, "permitted", &users, &n, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        struct ec2_item *p;
        rc = ec2_get(&db, EC2_KIND_PERMISSION, users[i], &p, err);
        if (rc == 0)
            rc = ec2_drop(t, p, err);
    }
    return rc;
}

int ec2_eni_drop(struct np_txn *t, struct ec2_item *eni, struct np_err *err)
{
    int rc = ec2_eni_detach(t, eni, err);
    if (rc == 0)
        rc = ec2_public_take(t, eni, err);
    if (rc == 0)
        rc = ec2_address_release_eni(t, eni, NP_STR_NULL, err);
    if (rc == 0)
        rc = ec2_ip_give(t, EC2_DETAIL(NetworkInterface, eni)->SubnetId, NP_STR_NULL, eni->id, err);
    if (rc == 0)
        rc = ec2_flow_logs_drop(t, eni, err);
    if (rc == 0)
        rc = drop_permissions(t, eni, err);
    return rc < 0 ? rc : ec2_drop(t, eni, err);
}

/* --- of an instance --- */

static int by_device(const void *x, const void *y)
{
    const struct ec2_item *const *a = x, *const *b = y;
    int64_t da = EC2_SEEN(NetworkInterface, *a)->Attachment->DeviceIndex.v;
    int64_t db = EC2_SEEN(NetworkInterface, *b)->Attachment->DeviceIndex.v;
    return da < db ? -1 : da > db;
}

int ec2_eni_of_instance(const struct ec2_db *db, struct np_str instance, struct ec2_item ***out,
                        size_t *n, struct np_err *err)
{
    struct np_str *ids;
    int rc = ec2_users(db, instance, "instance", &ids, n, err);
    if (rc < 0)
        return rc;
    size_t found = 0;
    *out = np_new_array(db->arena, struct ec2_item *, *n + 1);
    for (size_t i = 0; i < *n && rc == 0; i++) {
        if (!np_str_starts(ids[i], NP_STR("eni-")))
            continue;
        rc = ec2_get(db, EC2_KIND_INTERFACE, ids[i], &(*out)[found++], err);
    }
    *n = found;
    if (rc == 0)
        qsort(*out, found, sizeof(**out), by_device);
    return rc;
}

int ec2_eni_end_instance(struct np_txn *t, struct np_str instance, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item **all;
    size_t n;
    int rc = ec2_eni_of_instance(&db, instance, &all, &n, err);
    for (size_t i = 0; i < n && rc == 0; i++) {
        const struct ec2_NetworkInterface *d = EC2_DETAIL(NetworkInterface, all[i]);
        rc = d->Attachment->DeleteOnTermination.v ? ec2_eni_drop(t, all[i], err)
                                                  : ec2_eni_detach(t, all[i], err);
    }
    return rc;
}
