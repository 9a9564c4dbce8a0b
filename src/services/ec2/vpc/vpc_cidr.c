/* SPDX-License-Identifier: Apache-2.0 */
/* vpc_cidr.c - blocks that a VPC gets beside its first one, by AWS's rules. */
#include "services/ec2/list.h"
#include "services/ec2/vpc/vpc_int.h"

/* Ranges that do not go together in one VPC; index 0: all other addresses. */
static const struct ec2_cidr ranges[] = {
    {0, 0},
    {0x0a000000u, 8},  /* 10.0.0.0/8 */
    {0xac100000u, 12}, /* 172.16.0.0/12 */
    {0xc0a80000u, 16}, /* 192.168.0.0/16 */
    {0xc6130000u, 16}, /* 198.19.0.0/16 */
};

static size_t range_of(struct ec2_cidr c)
{
    for (size_t i = 1; i < NP_LEN(ranges); i++)
        if (ec2_cidr_overlap(ranges[i], c))
            return i;
    return 0;
}

/* AWS: a VPC in one private range takes more of it and public ones, a public one no private ones
 * (tests/sdk/test_ec2_vpc.py). */
static bool go_together(struct ec2_cidr first, struct ec2_cidr more)
{
    static const struct ec2_cidr low = {0x0a000000u, 15}, lowest = {0x0a000000u, 16};
    size_t with = range_of(more);
    if (with != 0 && with != range_of(first))
        return false;
    return !(ec2_cidr_has(low, first) && ec2_cidr_overlap(lowest, more) &&
             ec2_cidr_has(lowest, more) && more.bits == 16);
}

static int check_new(const struct ec2_item *vpc, struct ec2_cidr block, struct np_str text,
                     struct np_err *err)
{
    struct ec2_cidr have[EC2_VPC_BLOCKS_MAX];
    size_t n = ec2_vpc_blocks(vpc, have);
    if (n >= EC2_VPC_BLOCKS_MAX)
        return np_fault(err, &EC2_CidrLimitExceeded,
                        "This network '%.*s' has met its maximum number of allowed CIDRs: %d",
                        NP_FMT(vpc->id), EC2_VPC_BLOCKS_MAX);
    for (size_t i = 0; i < n; i++)
        if (ec2_cidr_overlap(have[i], block))
            return np_fault(err, &EC2_VpcCidrConflict,
                            "The CIDR '%.*s' conflicts with a CIDR of the VPC.", NP_FMT(text));
    if (n > 0 && !go_together(have[0], block))
        return np_fault(err, &EC2_InvalidVpcRange,
                        "The CIDR '%.*s' is restricted. Use a CIDR from the same private "
                        "address range as the current VPC CIDR, or use a publicly-routable "
                        "CIDR.",
                        NP_FMT(text));
    return 0;
}

static void add_block(struct np_arena *a, struct ec2_Vpc *d, struct np_str id, struct np_str text)
{
    struct ec2_VpcCidrBlockAssociationSet *s = &d->CidrBlockAssociationSet;
    struct ec2_VpcCidrBlockAssociation *v = ec2_grown(a, s->v, s->n, sizeof(*v));
    v[s->n].AssociationId = id;
    v[s->n].CidrBlock = text;
    v[s->n].CidrBlockState = np_new(a, struct ec2_VpcCidrBlockState);
    v[s->n].CidrBlockState->State = NP_STR("associated");
    s->v = v;
    s->n++;
}

int ec2_AssociateVpcCidrBlock_apply(struct np_txn *t,
                                    const struct ec2_AssociateVpcCidrBlockRequest *in,
                                    struct ec2_AssociateVpcCidrBlockResult *out, struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_cidr block;
    struct ec2_item *vpc;
    if (in->CidrBlock.p == NULL)
        return np_fault(err, &EC2_MissingParameter,
                        "The request must contain the parameter cidrBlock");
    int rc = ec2_get(&db, EC2_KIND_VPC, in->VpcId, &vpc, err);
    if (rc == 0)
        rc = ec2_vpc_block_check(in->CidrBlock, &block, err);
    if (rc == 0)
        rc = check_new(vpc, block, in->CidrBlock, err);
    if (rc == 0)
        rc = ec2_table_add_block(t, vpc, block, err);
    if (rc != 0)
        return rc;
    struct ec2_Vpc *d = vpc->detail;
    add_block(db.arena, d, ec2_new_id(t, "vpc-cidr-assoc-"), ec2_cidr_text(db.arena, block));
    out->VpcId = vpc->id;
    out->CidrBlockAssociation = &d->CidrBlockAssociationSet.v[d->CidrBlockAssociationSet.n - 1];
    return ec2_put(t, vpc, err);
}

/* The VPC that has that association, and its place there. */
static int find(const struct ec2_db *db, struct np_str association, struct ec2_item **out,
                size_t *at, struct np_err *err)
{
    struct ec2_item **v;
    size_t n;
    int rc = ec2_list(db, EC2_KIND_VPC, NP_STR_NULL, &v, &n, err);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const struct ec2_VpcCidrBlockAssociationSet *s =
            &EC2_DETAIL(Vpc, v[i])->CidrBlockAssociationSet;
        for (size_t j = 0; j < s->n; j++)
            if (np_str_eq(s->v[j].AssociationId, association)) {
                *out = v[i];
                *at = j;
                return 0;
            }
    }
    return rc != 0 ? rc
                   : np_fault(err, &EC2_InvalidVpcCidrBlockAssociationIDNotFound,
                              "The vpc CIDR block association ID '%.*s' does not exist",
                              NP_FMT(association));
}

static int in_use(const struct ec2_db *db, const struct ec2_item *vpc, struct np_str text,
                  struct np_err *err)
{
    struct ec2_item **subnets;
    struct ec2_cidr block;
    size_t n;
    int rc = ec2_list(db, EC2_KIND_SUBNET, vpc->id, &subnets, &n, err);
    if (rc != 0 || !ec2_cidr_parse(text, &block))
        return rc;
    for (size_t i = 0; i < n; i++)
        if (ec2_cidr_has(block, ec2_subnet_block(subnets[i])))
            return np_fault(err, &EC2_InvalidCidrInUse,
                            "The vpc '%.*s' currently has a subnet within CIDR block '%.*s'",
                            NP_FMT(vpc->id), NP_FMT(text));
    return 0;
}

int ec2_DisassociateVpcCidrBlock_apply(struct np_txn *t,
                                       const struct ec2_DisassociateVpcCidrBlockRequest *in,
                                       struct ec2_DisassociateVpcCidrBlockResult *out,
                                       struct np_err *err)
{
    struct ec2_db db = ec2_db(t);
    struct ec2_item *vpc = NULL;
    size_t at = 0;
    int rc = find(&db, in->AssociationId, &vpc, &at, err);
    if (rc != 0)
        return rc;
    struct ec2_Vpc *d = vpc->detail;
    struct ec2_VpcCidrBlockAssociationSet *s = &d->CidrBlockAssociationSet;
    struct ec2_VpcCidrBlockAssociation *gone = np_new(db.arena, struct ec2_VpcCidrBlockAssociation);
    *gone = s->v[at];
    if (np_str_eq(gone->CidrBlock, d->CidrBlock))
        return np_fault(err, &EC2_OperationNotPermitted,
                        "The vpc CIDR block with association ID %.*s may not be disassociated. It "
                        "is the primary IPv4 CIDR block of the VPC",
                        NP_FMT(in->AssociationId));
    rc = in_use(&db, vpc, gone->CidrBlock, err);
    if (rc == 0)
        rc = ec2_table_drop_block(t, vpc, gone->CidrBlock, err);
    if (rc != 0)
        return rc;
    memmove(&s->v[at], &s->v[at + 1], (s->n - at - 1) * sizeof(*s->v));
    s->n--;
    gone->CidrBlockState = np_new(db.arena, struct ec2_VpcCidrBlockState);
    gone->CidrBlockState->State = NP_STR("disassociating");
    out->VpcId = vpc->id;
    out->CidrBlockAssociation = gone;
    return ec2_put(t, vpc, err);
}
