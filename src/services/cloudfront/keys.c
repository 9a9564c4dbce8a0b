/* SPDX-License-Identifier: Apache-2.0 */
/* keys.c - public keys and the groups of them that cache behaviours trust. */
#include "services/cloudfront/cloudfront_int.h"
#include "services/cloudfront/signer.h"

#define K_KEY   CLOUDFRONT_PUBLIC_KEY
#define K_GROUP CLOUDFRONT_KEY_GROUP

/* --- public keys --- */

int cloudfront_public_key_check(struct np_arena *a, const void *config, struct np_err *err)
{
    const struct cloudfront_PublicKeyConfig *c = config;
    (void)a;
    int rc = cloudfront_name_check(c->Name, err);
    if (rc == 0)
        rc = cloudfront_comment_check(c->Comment, err);
    if (rc == 0 && c->CallerReference.n == 0)
        rc = cloudfront_invalid_argument(err, "The parameter CallerReference is required.");
    if (rc != 0)
        return rc;
    struct cloudfront_signer *s = cloudfront_signer_new(c->EncodedKey);
    if (s == NULL)
        return cloudfront_invalid_argument(
            err, "Your request contains empty/invalid/out of limits RSA Encoded Key");
    cloudfront_signer_unref(s);
    return 0;
}

static int key_of(struct np_arena *a, const struct cloudfront_item *item,
                  struct cloudfront_PublicKey **out, struct np_err *err)
{
    void *config;
    int rc = cloudfront_item_config(item, K_KEY, a, &config, err);
    if (rc != 0)
        return rc;
    *out = np_new(a, struct cloudfront_PublicKey);
    (*out)->Id = item->id;
    (*out)->CreatedTime = CLOUDFRONT_INT(item->created_ms);
    (*out)->PublicKeyConfig = config;
    return 0;
}

int cloudfront_CreatePublicKey_apply(struct np_txn *t,
                                     const struct cloudfront_CreatePublicKeyRequest *in,
                                     struct cloudfront_CreatePublicKeyResult *out,
                                     struct np_err *err)
{
    struct cloudfront_item item;
    int rc = cloudfront_item_create(t, K_KEY, in->PublicKeyConfig, &item, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    out->Location = cloudfront_location(np_txn_req(t), cloudfront_kinds[K_KEY].path, item.id);
    return key_of(np_txn_arena(t), &item, &out->PublicKey, err);
}

int cloudfront_GetPublicKey(struct np_req *rq, const struct cloudfront_GetPublicKeyRequest *in,
                            struct cloudfront_GetPublicKeyResult *out, struct np_err *err)
{
    struct cloudfront_item item;
    int rc = cloudfront_item_find(rq, K_KEY, in->Id, &item, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    return key_of(rq->arena, &item, &out->PublicKey, err);
}

int cloudfront_GetPublicKeyConfig(struct np_req *rq,
                                  const struct cloudfront_GetPublicKeyConfigRequest *in,
                                  struct cloudfront_GetPublicKeyConfigResult *out,
                                  struct np_err *err)
{
    struct cloudfront_item item;
    struct cloudfront_PublicKey *k;
    int rc = cloudfront_item_find(rq, K_KEY, in->Id, &item, err);
    if (rc == 0)
        rc = key_of(rq->arena, &item, &k, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    out->PublicKeyConfig = k->PublicKeyConfig;
    return 0;
}

/* AWS: of a public key only the comment changes (tests/sdk/test_cloudfront_items.py). */
static int unchangeable(struct np_txn *t, const struct cloudfront_UpdatePublicKeyRequest *in,
                        struct np_err *err)
{
    struct cloudfront_item item;
    struct cloudfront_PublicKey *old;
    int rc = cloudfront_item_get(np_txn_req(t)->core, np_txn_db(t), np_txn_scope(t), K_KEY, in->Id,
                                 np_txn_arena(t), &item, err);
    if (rc == NP_ENOENT)
        return 0; /* the update says so */
    if (rc == 0)
        rc = key_of(np_txn_arena(t), &item, &old, err);
    if (rc != 0)
        return rc;
    const struct cloudfront_PublicKeyConfig *was = old->PublicKeyConfig, *now = in->PublicKeyConfig;
    if (np_str_eq(np_str_trim(was->EncodedKey), np_str_trim(now->EncodedKey)) &&
        np_str_eq(was->Name, now->Name) && np_str_eq(was->CallerReference, now->CallerReference))
        return 0;
    return np_fault(err, &CLOUDFRONT_CannotChangeImmutablePublicKeyFields,
                    "You can't change the value of a public key.");
}

int cloudfront_UpdatePublicKey_apply(struct np_txn *t,
                                     const struct cloudfront_UpdatePublicKeyRequest *in,
                                     struct cloudfront_UpdatePublicKeyResult *out,
                                     struct np_err *err)
{
    struct cloudfront_item item;
    int rc = unchangeable(t, in, err);
    if (rc == 0)
        rc = cloudfront_item_update(t, K_KEY, in->Id, in->IfMatch, in->PublicKeyConfig, &item, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    return key_of(np_txn_arena(t), &item, &out->PublicKey, err);
}

int cloudfront_DeletePublicKey_apply(struct np_txn *t,
                                     const struct cloudfront_DeletePublicKeyRequest *in,
                                     struct cloudfront_DeletePublicKeyOutput *out,
                                     struct np_err *err)
{
    (void)out;
    return cloudfront_item_delete(t, K_KEY, in->Id, in->IfMatch, err);
}

int cloudfront_ListPublicKeys(struct np_req *rq, const struct cloudfront_ListPublicKeysRequest *in,
                              struct cloudfront_ListPublicKeysResult *out, struct np_err *err)
{
    struct cloudfront_page p;
    struct cloudfront_item *items;
    size_t n = 0;
    int rc = cloudfront_page_begin(&p, in->Marker, in->MaxItems, err);
    if (rc == 0)
        rc = cloudfront_item_list(rq, K_KEY, &p, &items, &n, err);
    if (rc != 0)
        return rc;
    struct cloudfront_PublicKeyList *l = np_new(rq->arena, struct cloudfront_PublicKeyList);
    l->NextMarker = p.next;
    l->MaxItems = CLOUDFRONT_INT(p.limit);
    l->Quantity = CLOUDFRONT_INT(n);
    l->Items.v = np_new_array(rq->arena, struct cloudfront_PublicKeySummary, n + 1);
    l->Items.set = n != 0;
    for (size_t i = 0; i < n; i++) {
        struct cloudfront_PublicKey *k;
        rc = key_of(rq->arena, &items[i], &k, err);
        if (rc != 0)
            return rc;
        l->Items.v[l->Items.n++] = (struct cloudfront_PublicKeySummary){
            .Id = k->Id,
            .Name = k->PublicKeyConfig->Name,
            .CreatedTime = k->CreatedTime,
            .EncodedKey = k->PublicKeyConfig->EncodedKey,
            .Comment = k->PublicKeyConfig->Comment,
        };
    }
    out->PublicKeyList = l;
    return 0;
}

/* --- key groups --- */

int cloudfront_key_group_check(struct np_arena *a, const void *config, struct np_err *err)
{
    const struct cloudfront_KeyGroupConfig *c = config;
    (void)a;
    int rc = cloudfront_name_check(c->Name, err);
    if (rc == 0)
        rc = cloudfront_comment_check(c->Comment, err);
    if (rc == 0 && c->Items.n == 0)
        rc = cloudfront_invalid_argument(err, "A key group has at least one public key.");
    if (rc == 0 && c->Items.n > CLOUDFRONT_GROUP_KEYS_MAX)
        rc = np_fault(err, &CLOUDFRONT_TooManyPublicKeysInKeyGroup,
                      "The number of public keys in this key group is more than the maximum "
                      "allowed.");
    return rc;
}

/* In apply: the keys of a group are there, and in use by it. */
static int link_keys(struct np_txn *t, struct np_str group, const struct np_strs *keys,
                     struct np_err *err)
{
    int rc = cloudfront_unuse(t, group, err);
    for (size_t i = 0; rc == 0 && i < keys->n; i++) {
        struct cloudfront_item key;
        rc = cloudfront_item_get(np_txn_req(t)->core, np_txn_db(t), np_txn_scope(t), K_KEY,
                                 keys->v[i], np_txn_arena(t), &key, err);
        if (rc == NP_ENOENT)
            return cloudfront_invalid_argument(err, "The public key %.*s does not exist.",
                                               NP_FMT(keys->v[i]));
        if (rc == 0)
            rc = cloudfront_use(t, group, K_KEY, keys->v[i], err);
    }
    return rc;
}

static int group_of(struct np_arena *a, const struct cloudfront_item *item,
                    struct cloudfront_KeyGroup **out, struct np_err *err)
{
    void *config;
    int rc = cloudfront_item_config(item, K_GROUP, a, &config, err);
    if (rc != 0)
        return rc;
    *out = np_new(a, struct cloudfront_KeyGroup);
    (*out)->Id = item->id;
    (*out)->LastModifiedTime = CLOUDFRONT_INT(item->modified_ms);
    (*out)->KeyGroupConfig = config;
    return 0;
}

int cloudfront_CreateKeyGroup_apply(struct np_txn *t,
                                    const struct cloudfront_CreateKeyGroupRequest *in,
                                    struct cloudfront_CreateKeyGroupResult *out, struct np_err *err)
{
    struct cloudfront_item item;
    int rc = cloudfront_item_create(t, K_GROUP, in->KeyGroupConfig, &item, err);
    if (rc == 0)
        rc = link_keys(t, item.id, &in->KeyGroupConfig->Items, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    out->Location = cloudfront_location(np_txn_req(t), cloudfront_kinds[K_GROUP].path, item.id);
    return group_of(np_txn_arena(t), &item, &out->KeyGroup, err);
}

int cloudfront_GetKeyGroup(struct np_req *rq, const struct cloudfront_GetKeyGroupRequest *in,
                           struct cloudfront_GetKeyGroupResult *out, struct np_err *err)
{
    struct cloudfront_item item;
    int rc = cloudfront_item_find(rq, K_GROUP, in->Id, &item, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    return group_of(rq->arena, &item, &out->KeyGroup, err);
}

int cloudfront_GetKeyGroupConfig(struct np_req *rq,
                                 const struct cloudfront_GetKeyGroupConfigRequest *in,
                                 struct cloudfront_GetKeyGroupConfigResult *out, struct np_err *err)
{
    struct cloudfront_item item;
    struct cloudfront_KeyGroup *g;
    int rc = cloudfront_item_find(rq, K_GROUP, in->Id, &item, err);
    if (rc == 0)
        rc = group_of(rq->arena, &item, &g, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    out->KeyGroupConfig = g->KeyGroupConfig;
    return 0;
}

int cloudfront_UpdateKeyGroup_apply(struct np_txn *t,
                                    const struct cloudfront_UpdateKeyGroupRequest *in,
                                    struct cloudfront_UpdateKeyGroupResult *out, struct np_err *err)
{
    struct cloudfront_item item;
    int rc =
        cloudfront_item_update(t, K_GROUP, in->Id, in->IfMatch, in->KeyGroupConfig, &item, err);
    if (rc == 0)
        rc = link_keys(t, item.id, &in->KeyGroupConfig->Items, err);
    if (rc != 0)
        return rc;
    out->ETag = item.etag;
    return group_of(np_txn_arena(t), &item, &out->KeyGroup, err);
}

int cloudfront_DeleteKeyGroup_apply(struct np_txn *t,
                                    const struct cloudfront_DeleteKeyGroupRequest *in,
                                    struct cloudfront_DeleteKeyGroupOutput *out, struct np_err *err)
{
    (void)out;
    int rc = cloudfront_item_delete(t, K_GROUP, in->Id, in->IfMatch, err);
    return rc == 0 ? cloudfront_unuse(t, in->Id, err) : rc;
}

int cloudfront_ListKeyGroups(struct np_req *rq, const struct cloudfront_ListKeyGroupsRequest *in,
                             struct cloudfront_ListKeyGroupsResult *out, struct np_err *err)
{
    struct cloudfront_page p;
    struct cloudfront_item *items;
    size_t n = 0;
    int rc = cloudfront_page_begin(&p, in->Marker, in->MaxItems, err);
    if (rc == 0)
        rc = cloudfront_item_list(rq, K_GROUP, &p, &items, &n, err);
    if (rc != 0)
        return rc;
    struct cloudfront_KeyGroupList *l = np_new(rq->arena, struct cloudfront_KeyGroupList);
    l->NextMarker = p.next;
    l->MaxItems = CLOUDFRONT_INT(p.limit);
    l->Quantity = CLOUDFRONT_INT(n);
    l->Items.v = np_new_array(rq->arena, struct cloudfront_KeyGroupSummary, n + 1);
    l->Items.set = n != 0;
    for (size_t i = 0; rc == 0 && i < n; i++)
        rc = group_of(rq->arena, &items[i], &l->Items.v[l->Items.n++].KeyGroup, err);
    out->KeyGroupList = l;
    return rc;
}
