/* SPDX-License-Identifier: Apache-2.0 */
/* grant.c - the grant on a KMS key goes when the last volume or snapshot with that data key has
 * gone. Loop 0. What is deleted in the moment of a crash keeps its grant. */
#include "services/ec2/ebs/ebs_int.h"

#include "aws/call.h"
#include "base/map.h"
#include "gen/kms/stubs.h"

struct grant { /* of one that is there */
    struct np_arena *arena;
    struct np_str account, region, key, id;
};

struct ec2_ebs_grants {
    struct np_core *core;
    struct np_map *by_item;
};

struct ec2_ebs_grants *ec2_ebs_grants_new(struct np_core *core)
{
    struct ec2_ebs_grants *g = np_heap_new(struct ec2_ebs_grants);
    *g = (struct ec2_ebs_grants){core, np_map_new()};
    return g;
}

static void free_grant(void *p)
{
    np_arena_free(((struct grant *)p)->arena);
}

void ec2_ebs_grants_free(struct ec2_ebs_grants *g)
{
    np_map_free(g->by_item, free_grant);
    np_free(g);
}

void ec2_ebs_grant_note(struct ec2_ebs_grants *g, const struct ec2_item *it)
{
    bool volume = it->kind->id == EC2_KIND_VOLUME;
    const struct ec2_EbsKey *key =
        volume ? EC2_OWN(VolumeOwn, it)->Key : EC2_OWN(SnapshotOwn, it)->Key;
    if (key == NULL || key->GrantId.n == 0 || np_map_get(g->by_item, it->id) != NULL)
        return;
    struct np_arena *a = np_arena_new();
    struct grant *one = np_new(a, struct grant);
    *one = (struct grant){
        .arena = a,
        .account = np_str_dup(a, it->account),
        .region = np_str_dup(a, it->region),
        .key = np_str_dup(a, volume ? EC2_SEEN(Volume, it)->KmsKeyId
                                    : EC2_SEEN(Snapshot, it)->KmsKeyId),
        .id = np_str_dup(a, key->GrantId),
    };
    np_map_put(g->by_item, it->id, one);
}

static int is_same(void *arg, struct np_str item, void *value)
{
    return np_str_eq(((const struct grant *)value)->id, *(const struct np_str *)arg);
}

struct retiring {
    struct kms_RetireGrantRequest in;
    struct np_caller caller;
    struct grant *grant;
};

/* A key that is gone or disabled has nothing to be retired. */
static void retired(void *arg, int rc, const struct kms_RetireGrantOutput *out,
                    const struct np_err *err)
{
    struct retiring *r = arg;
    free_grant(r->grant);
}

void ec2_ebs_grant_gone(struct ec2_ebs_grants *g, struct np_str item)
{
    struct grant *one = np_map_del(g->by_item, item);
    if (one == NULL)
        return;
    if (np_map_each(g->by_item, is_same, &one->id) != 0) {
        free_grant(one); /* another has the same data key */
        return;
    }
    struct retiring *r = np_new(one->arena, struct retiring);
    *r = (struct retiring){
        .in = {.KeyId = one->key, .GrantId = one->id},
        .caller = {.kind = NP_CALLER_SERVICE,
                   .service = NP_STR("ec2.amazonaws.com"),
                   .source_account = one->account,
                   .account = one->account,
                   .region = one->region},
        .grant = one,
    };
    kms_RetireGrant_call(g->core, np_core_loop(g->core, 0), &r->caller, &r->in, NULL, retired, r);
}
