/* SPDX-License-Identifier: Apache-2.0 */
/* peering.c - peering connections between two VPCs of the region, of one account or two.
 *
 * Between two accounts a connection is an item of each, with one id; they differ in tags and in
 * which VPC is the item's. Whoever changes one changes both (put_both).
 */
#include "services/ec2/vpc/vpc_int.h"

#define PENDING_MS (7 * 24 * 3600 * 1000LL)
#define LISTED_MS  (2 * 3600 * 1000LL) /* of one that has ended */

static struct np_str code_of(const struct ec2_item *it)
{
    return EC2_SEEN(VpcPeeringConnection, it)->Status->Code;
}

static bool is_pending(const struct ec2_item *it, int64_t now_ms)
{
    return np_str_is(code_of(it), "pending-acceptance") &&
           EC2_SEEN(VpcPeeringConnection, it)->ExpirationTime.v > now_ms;
}

static bool is_open(const struct ec2_item *it, int64_t now_ms)
{
    return np_str_is(code_of(it), "active") || is_pending(it, now_ms);
}

static void set_status(struct np_arena *a, struct ec2_item *it, const char *code,
                       const char *message)
{
    struct ec2_VpcPeeringConnectionStateReason *s =
        np_new(a, struct ec2_VpcPeeringConnectionStateReason);
    s->Code = np_str_of(code);
    s->Message = np_str_of(message);
    EC2_DETAIL(VpcPeeringConnection, it)->Status = s;
}

static int put_both(struct np_txn *t, const struct ec2_item *it, struct np_err *err)
{
    const struct ec2_VpcPeeringConnection *d = it->detail;
    const struct ec2_VpcPeeringConnectionVpcInfo *sides[] = {d->RequesterVpcInfo,
                                                             d->AccepterVpcInfo};
    bool one = np_str_eq(sides[0]->OwnerId, sides[1]->OwnerId);
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < (one ? 1 : 2); i++) {
        struct ec2_item half = *it;
        half.account = sides[i]->OwnerId;
        half.vpc = sides[i]->VpcId;
        rc = ec2_put(t, &half, err);
    }
    return rc;
}

/* It ended, and was listed as such for long enough. */
static bool is_forgotten(const struct ec2_item *it, int64_t now_ms)
{
    return !np_str_is(code_of(it), "active") &&
           EC2_SEEN(VpcPeeringConnection, it)->ExpirationTime.v + LISTED_MS < now_ms;
}

/* --- requesting --- */

static void fill_side(struct np_arena *a, struct ec2_VpcPeeringConnectionVpcInfo *side,
                      const struct ec2_item *vpc, bool with_blocks)
{
    const struct ec2_Vpc *d = vpc->detail;
    const struct ec2_VpcCidrBlockAssociationSet *blocks = &d->CidrBlockAssociationSet;
    side->OwnerId = vpc->account;
    side->VpcId = vpc->id;
    side->Region = vpc->region;
    if (!with_blocks)
        return;
    side->CidrBlock = d->CidrBlock;
    side->CidrBlockSet.v = np_new_array(a, struct ec2_CidrBlock, blocks->n + 1);
    side->CidrBlockSet.set = true;
    for (size_t i = 0; i < blocks->n; i++)
        side->CidrBlockSet.v[side->CidrBlockSet.n++].CidrBlock = blocks->v[i].CidrBlock;
    if (side->PeeringOptions != NULL)
        return;
    side->PeeringOptions = np_new(a, struct ec2_VpcPeeringConnectionOptionsDescription);
    side->PeeringOptions->AllowDnsResolutionFromRemoteVpc = ec2_yes(false);
    side->PeeringOptions->AllowEgressFromLocalClassicLinkToRemoteVpc = ec2_yes(false);
    side->PeeringOptions->AllowEgressFromLocalVpcToRemoteClassicLink = ec2_yes(false);
}

static bool blocks_overlap(const struct ec2_item *x, const struct ec2_item *y)
{
    struct ec2_cidr a[EC2_VPC_BLOCKS_MAX], b[EC2_VPC_BLOCKS_MAX];
    size_t n = ec2_vpc_blocks(x, a), m = ec2_vpc_blocks(y, b);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            if (ec2_cidr_overlap(a[i], b[j]))
                return true;
    return false;
}

static bool joins(const struct ec2_item *it, struct np_str a, struct np_str b)
{
    const struct ec2_VpcPeeringConnection *d = it->detail;
    struct np_str x = d->RequesterVpcInfo->VpcId, y = d->AccepterVpcInfo->VpcId;
    return (np_str_eq(x, a) && np_str_eq(y, b)) || (np_str_eq(x, b) && np_str_eq(y, a));
}

/* Quotas, and whether the two have one already; rows of ended ones go. */
static int check_room(struct np_txn *t, struct np_str vpc, struct np_str peer, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item **v;
    int64_t now = np_txn_now_ms(t);
    size_t n, open = 0, pending = 0;
    int rc = ec2_list(&db, EC2_KIND_PEERING, NP_STR_NULL, &v, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct ec2_VpcPeeringConnection *d = v[i]->detail;
        if (is_forgotten(v[i], now))
            rc = ec2_drop(t, v[i], err);
        if (!is_open(v[i], now))
            continue;
        if (joins(v[i], vpc, peer))
            return np_fault(err, &EC2_VpcPeeringConnectionAlreadyExists,
                            "The VPC peering connection %.*s between the VPCs exists already.",
                            NP_FMT(v[i]->id));
        pending += is_pending(v[i], now);
        open +=
            np_str_eq(d->RequesterVpcInfo->VpcId, vpc) || np_str_eq(d->AccepterVpcInfo->VpcId, vpc);
    }
    if (rc == 0 && pending >= EC2_PEERINGS_PENDING_MAX)
        return np_fault(err, &EC2_OutstandingVpcPeeringConnectionLimitExceeded,
                        "The maximum number of outstanding VPC peering connection requests has "
                        "been reached.");
    if (rc == 0 && open >= EC2_PEERINGS_MAX)
        return np_fault(err, &EC2_VpcPeeringConnectionsPerVpcLimitExceeded,
                        "The maximum number of VPC peering connections of the VPC has been "
                        "reached.");
    return rc;
}

/* The other VPC. *out NULL: another account has none such, of which AWS tells by a connection that
 * failed. */
static int peer_of(const struct ec2_db *db, const struct ec2_CreateVpcPeeringConnectionRequest *in,
                   struct ec2_item **out, struct np_err *err)
{
    struct ec2_db other = *db;
    *out = NULL;
    if (in->PeerRegion.p != NULL && !np_str_eq(in->PeerRegion, db->scope.region))
        return np_fault(err, &EC2_UnsupportedOperation,
                        "CreateVpcPeeringConnection: peering of two regions is not served.");
    if (in->PeerVpcId.p == NULL)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the parameter peerVpcId");
    if (in->PeerOwnerId.p != NULL)
        other.scope.account = in->PeerOwnerId;
    if (np_str_eq(other.scope.account, db->scope.account))
        return ec2_get(db, EC2_KIND_VPC, in->PeerVpcId, out, err);
    int rc = ec2_find(&other, EC2_KIND_VPC, in->PeerVpcId, out, err);
    return rc == NP_ENOENT ? 0 : rc;
}

static int failed(struct np_txn *t, struct ec2_item *it,
                  const struct ec2_CreateVpcPeeringConnectionRequest *in, struct np_err *err)
{
    struct ec2_VpcPeeringConnection *d = it->detail;
    d->AccepterVpcInfo->VpcId = in->PeerVpcId;
    d->AccepterVpcInfo->OwnerId = in->PeerOwnerId.p != NULL ? in->PeerOwnerId : it->account;
    d->AccepterVpcInfo->Region = it->region;
    d->ExpirationTime.v = it->made_ms;
    set_status(np_txn_arena(t), it, "failed",
               "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range");
    return ec2_put(t, it, err); /* the other side never hears of it */
}

static int request(struct np_txn *t, const struct ec2_CreateVpcPeeringConnectionRequest *in,
                   const struct ec2_item *vpc, const struct ec2_item *peer, struct ec2_item **out,
                   struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    struct ec2_item *it = ec2_new(t, EC2_KIND_PEERING);
    struct ec2_VpcPeeringConnection *d = it->detail;
    *out = it;
    it->vpc = vpc->id;
    d->RequesterVpcInfo = np_new(a, struct ec2_VpcPeeringConnectionVpcInfo);
    d->AccepterVpcInfo = np_new(a, struct ec2_VpcPeeringConnectionVpcInfo);
    d->ExpirationTime = (struct np_opt_int){true, it->made_ms + PENDING_MS};
    fill_side(a, d->RequesterVpcInfo, vpc, true);
    if (peer == NULL || blocks_overlap(vpc, peer))
        return failed(t, it, in, err);
    fill_side(a, d->AccepterVpcInfo, peer, false);
    set_status(a, it, "pending-acceptance",
               np_str_z(a, np_str_printf(a, "Pending Acceptance by %.*s", NP_FMT(peer->account))));
    return put_both(t, it, err);
}

int ec2_CreateVpcPeeringConnection_apply(struct np_txn *t,
                                         const struct ec2_CreateVpcPeeringConnectionRequest *in,
                                         struct ec2_CreateVpcPeeringConnectionResult *out,
                                         struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *vpc, *peer, *it;
    struct ec2_tags tags;
    int rc = ec2_tag_spec(db.arena, &in->TagSpecifications, EC2_KIND_PEERING, &tags, err);
    if (rc == 0)
        rc = ec2_get(&db, EC2_KIND_VPC, in->VpcId, &vpc, err);
    if (rc == 0)
        rc = peer_of(&db, in, &peer, err);
    if (rc == 0 && np_str_eq(in->VpcId, in->PeerVpcId))
        return np_fault(err, &EC2_InvalidParameterValue,
                        "The VPC '%.*s' cannot be peered with itself.", NP_FMT(in->VpcId));
    if (rc == 0)
        rc = check_room(t, vpc->id, in->PeerVpcId, err);
    if (rc == 0)
        rc = request(t, in, vpc, peer, &it, err);
    if (rc == 0)
        rc = ec2_tag(t, it, tags.v, tags.n, err);
    if (rc == 0)
        out->VpcPeeringConnection = it->detail;
    return rc;
}

/* --- answering --- */

static int transition(struct np_err *err, const struct ec2_item *it, const char *to)
{
    return np_fault(err, &EC2_InvalidStateTransition,
                    "Invalid state transition for %.*s, attempted to transition from %.*s to %s",
                    NP_FMT(it->id), NP_FMT(code_of(it)), to);
}

/* One that waits for the caller's answer. */
static int waiting(const struct ec2_db *db, struct np_str id, const char *verb, const char *to,
                   struct ec2_item **out, struct np_err *err)
{
    int rc = ec2_get(db, EC2_KIND_PEERING, id, out, err);
    if (rc != 0)
        return rc;
    const struct ec2_VpcPeeringConnection *d = (*out)->detail;
    if (!np_str_eq(d->AccepterVpcInfo->OwnerId, db->scope.account))
        return np_fault(err, &EC2_OperationNotPermitted, "User %.*s cannot %s peering %.*s",
                        NP_FMT(db->scope.account), verb, NP_FMT(id));
    return is_pending(*out, db->scope.now_ms) ? 0 : transition(err, *out, to);
}

/* A VPC of either side, as it is now. */
static int side_vpc(const struct ec2_db *db, const struct ec2_VpcPeeringConnectionVpcInfo *side,
                    struct ec2_item **out, struct np_err *err)
{
    struct ec2_db theirs = *db;
    theirs.scope.account = side->OwnerId;
    return ec2_get(&theirs, EC2_KIND_VPC, side->VpcId, out, err);
}

/* Another one for the VPC of a side, in its account. */
static int check_active(const struct ec2_db *db, const struct ec2_VpcPeeringConnectionVpcInfo *side,
                        struct np_err *err)
{
    struct ec2_db theirs = *db;
    struct ec2_item **v;
    size_t n, active = 0;
    theirs.scope.account = side->OwnerId;
    int rc = ec2_list(&theirs, EC2_KIND_PEERING, NP_STR_NULL, &v, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct ec2_VpcPeeringConnection *d = v[i]->detail;
        active += np_str_is(code_of(v[i]), "active") &&
                  (np_str_eq(d->RequesterVpcInfo->VpcId, side->VpcId) ||
                   np_str_eq(d->AccepterVpcInfo->VpcId, side->VpcId));
    }
    if (rc == 0 && active >= EC2_PEERINGS_MAX)
        return np_fault(err, &EC2_ActiveVpcPeeringConnectionPerVpcLimitExceeded,
                        "The VPC '%.*s' has %d active VPC peering connections, as many as it may.",
                        NP_FMT(side->VpcId), EC2_PEERINGS_MAX);
    return rc;
}

int ec2_AcceptVpcPeeringConnection_apply(struct np_txn *t,
                                         const struct ec2_AcceptVpcPeeringConnectionRequest *in,
                                         struct ec2_AcceptVpcPeeringConnectionResult *out,
                                         struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it, *vpc, *peer;
    int rc = waiting(&db, in->VpcPeeringConnectionId, "accept", "active", &it, err);
    if (rc != 0)
        return rc;
    struct ec2_VpcPeeringConnection *d = it->detail;
    rc = side_vpc(&db, d->RequesterVpcInfo, &vpc, err);
    if (rc == 0)
        rc = side_vpc(&db, d->AccepterVpcInfo, &peer, err);
    if (rc == 0)
        rc = check_active(&db, d->RequesterVpcInfo, err);
    if (rc == 0)
        rc = check_active(&db, d->AccepterVpcInfo, err);
    if (rc != 0)
        return rc;
    if (blocks_overlap(vpc, peer)) /* one got another block meanwhile */
        return np_fault(err, &EC2_InvalidParameterValue,
                        "The CIDR blocks of the VPCs %.*s and %.*s overlap.", NP_FMT(vpc->id),
                        NP_FMT(peer->id));
    fill_side(db.arena, d->RequesterVpcInfo, vpc, true);
    fill_side(db.arena, d->AccepterVpcInfo, peer, true);
    d->ExpirationTime = (struct np_opt_int){0};
    set_status(db.arena, it, "active", "Active");
    rc = put_both(t, it, err);
    ec2_tags_read(&db, it);
    out->VpcPeeringConnection = d;
    return rc;
}

int ec2_RejectVpcPeeringConnection_apply(struct np_txn *t,
                                         const struct ec2_RejectVpcPeeringConnectionRequest *in,
                                         struct ec2_RejectVpcPeeringConnectionResult *out,
                                         struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    int rc = waiting(&db, in->VpcPeeringConnectionId, "reject", "rejected", &it, err);
    if (rc != 0)
        return rc;
    set_status(db.arena, it, "rejected", "Rejected");
    EC2_DETAIL(VpcPeeringConnection, it)->ExpirationTime.v = np_txn_now_ms(t);
    out->Return = ec2_yes(true);
    return put_both(t, it, err);
}

static int end(struct np_txn *t, struct ec2_item *it, struct np_err *err)
{
    struct np_arena *a = np_txn_arena(t);
    set_status(a, it, "deleted",
               np_str_z(a, np_str_printf(a, "Deleted by %.*s", NP_FMT(np_txn_scope(t)->account))));
    /* Until when it is listed is counted from here. */
    EC2_DETAIL(VpcPeeringConnection, it)->ExpirationTime =
        (struct np_opt_int){true, np_txn_now_ms(t)};
    return put_both(t, it, err);
}

int ec2_DeleteVpcPeeringConnection_apply(struct np_txn *t,
                                         const struct ec2_DeleteVpcPeeringConnectionRequest *in,
                                         struct ec2_DeleteVpcPeeringConnectionResult *out,
                                         struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    int rc = ec2_get(&db, EC2_KIND_PEERING, in->VpcPeeringConnectionId, &it, err);
    if (rc == 0 && !is_open(it, np_txn_now_ms(t)))
        return transition(err, it, "deleting");
    if (rc == 0 && is_pending(it, np_txn_now_ms(t)) &&
        !np_str_eq(EC2_DETAIL(VpcPeeringConnection, it)->RequesterVpcInfo->OwnerId,
                   db.scope.account))
        return np_fault(err, &EC2_OperationNotPermitted, "User %.*s cannot delete peering %.*s",
                        NP_FMT(db.scope.account), NP_FMT(it->id));
    out->Return = ec2_yes(true);
    return rc == 0 ? end(t, it, err) : rc;
}

int ec2_peerings_end(struct np_txn *t, const struct ec2_item *vpc, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item **v;
    size_t n;
    int rc = ec2_list(&db, EC2_KIND_PEERING, NP_STR_NULL, &v, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct ec2_VpcPeeringConnection *d = v[i]->detail;
        if (is_open(v[i], np_txn_now_ms(t)) && (np_str_eq(d->RequesterVpcInfo->VpcId, vpc->id) ||
                                                np_str_eq(d->AccepterVpcInfo->VpcId, vpc->id)))
            rc = end(t, v[i], err);
    }
    return rc;
}

/* --- options --- */

static int set_options(const struct ec2_db *db, const struct ec2_item *it,
                       const struct ec2_PeeringConnectionOptionsRequest *in, bool accepter,
                       struct ec2_PeeringConnectionOptions **out, struct np_err *err)
{
    struct ec2_VpcPeeringConnection *d = it->detail;
    struct ec2_VpcPeeringConnectionVpcInfo *side =
        accepter ? d->AccepterVpcInfo : d->RequesterVpcInfo;
    if (in == NULL)
        return 0;
    if (!np_str_eq(side->OwnerId, db->scope.account))
        return np_fault(
            err, &EC2_OperationNotPermitted, "User %.*s cannot modify %s options of peering %.*s",
            NP_FMT(db->scope.account), accepter ? "accepter" : "requester", NP_FMT(it->id));
    if (in->AllowDnsResolutionFromRemoteVpc.set)
        side->PeeringOptions->AllowDnsResolutionFromRemoteVpc = in->AllowDnsResolutionFromRemoteVpc;
    *out = np_new(db->arena, struct ec2_PeeringConnectionOptions);
    (*out)->AllowDnsResolutionFromRemoteVpc = side->PeeringOptions->AllowDnsResolutionFromRemoteVpc;
    (*out)->AllowEgressFromLocalClassicLinkToRemoteVpc = ec2_yes(false);
    (*out)->AllowEgressFromLocalVpcToRemoteClassicLink = ec2_yes(false);
    return 0;
}

int ec2_ModifyVpcPeeringConnectionOptions_apply(
    struct np_txn *t, const struct ec2_ModifyVpcPeeringConnectionOptionsRequest *in,
    struct ec2_ModifyVpcPeeringConnectionOptionsResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *it;
    int rc = ec2_get(&db, EC2_KIND_PEERING, in->VpcPeeringConnectionId, &it, err);
    if (rc == 0 && !np_str_is(code_of(it), "active"))
        return np_fault(err, &EC2_OperationNotPermitted,
                        "Peering %.*s is not active. Peering options can be added only to active "
                        "peerings.",
                        NP_FMT(it->id));
    if (rc == 0)
        rc = set_options(&db, it, in->RequesterPeeringConnectionOptions, false,
                         &out->RequesterPeeringConnectionOptions, err);
    if (rc == 0)
        rc = set_options(&db, it, in->AccepterPeeringConnectionOptions, true,
                         &out->AccepterPeeringConnectionOptions, err);
    return rc == 0 ? put_both(t, it, err) : rc;
}

/* --- describing --- */

static const struct ec2_filter filters[] = {
    {"accepter-vpc-info.cidr-block", "AccepterVpcInfo.CidrBlock", NULL},
    {"accepter-vpc-info.owner-id", "AccepterVpcInfo.OwnerId", NULL},
    {"accepter-vpc-info.vpc-id", "AccepterVpcInfo.VpcId", NULL},
    {"expiration-time", "ExpirationTime", NULL},
    {"requester-vpc-info.cidr-block", "RequesterVpcInfo.CidrBlock", NULL},
    {"requester-vpc-info.owner-id", "RequesterVpcInfo.OwnerId", NULL},
    {"requester-vpc-info.vpc-id", "RequesterVpcInfo.VpcId", NULL},
    {"status-code", "Status.Code", NULL},
    {"status-message", "Status.Message", NULL},
    {"vpc-peering-connection-id", "VpcPeeringConnectionId", NULL},
};

/* Ended ones are listed for a while; one that nobody answered has expired. */
static bool hidden(const struct np_req *rq, const struct ec2_item *it)
{
    return is_forgotten(it, rq->now_ms);
}

static bool has_expired(const struct np_req *rq, const struct ec2_VpcPeeringConnection *d)
{
    return np_str_is(d->Status->Code, "pending-acceptance") && d->ExpirationTime.v <= rq->now_ms;
}

int ec2_DescribeVpcPeeringConnections(struct np_req *rq,
                                      const struct ec2_DescribeVpcPeeringConnectionsRequest *in,
                                      struct ec2_DescribeVpcPeeringConnectionsResult *out,
                                      struct np_err *err)
{
    static const struct ec2_describe d = {.kind = EC2_KIND_PEERING,
                                          .filters = filters,
                                          .n_filters = NP_LEN(filters),
                                          .hidden = hidden};
    struct ec2_VpcPeeringConnectionList *l = &out->VpcPeeringConnections;
    int rc = ec2_describe(rq, &d, EC2_ASK(in, VpcPeeringConnectionIds), l, &out->NextToken, err);
    for (size_t i = 0; rc == 0 && i < l->n; i++) {
        if (!has_expired(rq, &l->v[i]))
            continue;
        l->v[i].Status = np_new(rq->arena, struct ec2_VpcPeeringConnectionStateReason);
        l->v[i].Status->Code = NP_STR("expired");
        l->v[i].Status->Message = NP_STR("Expired");
    }
    return rc;
}
