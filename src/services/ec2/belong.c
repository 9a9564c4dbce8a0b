/* SPDX-License-Identifier: Apache-2.0 */
/* belong.c - which items belong to another one: what an instance has, what is in a subnet. Kept by
 * the view as they come and go, so that nobody searches all of a kind for it. */
#include "services/ec2/list.h"
#include "services/ec2/view_int.h"

#define OWNERS_MAX 16 /* AWS: a volume is attached to 16 instances at most */

static size_t of_interface(const struct ec2_item *it, struct np_str *out)
{
    const struct ec2_NetworkInterface *d = it->detail;
    size_t n = 0;
    out[n++] = d->SubnetId;
    if (d->Attachment != NULL && d->Attachment->InstanceId.p != NULL)
        out[n++] = d->Attachment->InstanceId;
    return n;
}

static size_t of_volume(const struct ec2_item *it, struct np_str *out)
{
    const struct ec2_VolumeAttachmentList *list = &EC2_SEEN(Volume, it)->Attachments;
    np_assert(list->n <= OWNERS_MAX);
    for (size_t i = 0; i < list->n; i++)
        out[i] = list->v[i].InstanceId;
    return list->n;
}

static size_t of_profile(const struct ec2_item *it, struct np_str *out)
{
    *out = EC2_SEEN(IamInstanceProfileAssociation, it)->InstanceId;
    return 1;
}

/* Ids of those that an item of the kind belongs to; NULL: to nobody. */
static size_t (*const owners_of[EC2_KINDS])(const struct ec2_item *it, struct np_str *out) = {
    [EC2_KIND_INTERFACE] = of_interface,
    [EC2_KIND_VOLUME] = of_volume,
    [EC2_KIND_PROFILE] = of_profile,
};

static size_t owners(const struct ec2_item *it, struct np_str *out)
{
    return it != NULL && owners_of[it->kind->id] != NULL ? owners_of[it->kind->id](it, out) : 0;
}

/* The list without the item of that id, and with `now` (NULL: nothing); NULL: it is empty. */
static struct ec2_belongings *changed(const struct ec2_belongings *old, uint64_t number,
                                      struct np_str id, const struct ec2_item *now)
{
    size_t n = old != NULL ? old->n : 0, at = 0, kept = 0;
    struct ec2_belongings *b = np_heap_alloc(sizeof(*b) + (n + 1) * sizeof(b->v[0]));
    b->number = number;
    for (; at < n && np_str_cmp(old->v[at]->id, id) < 0; at++)
        b->v[kept++] = old->v[at];
    if (now != NULL)
        b->v[kept++] = now;
    for (; at < n; at++)
        if (!np_str_eq(old->v[at]->id, id))
            b->v[kept++] = old->v[at];
    b->n = kept;
    if (kept != 0)
        return b;
    np_free(b);
    return NULL;
}

struct np_pmap *ec2_belong(struct np_pmap *m, const struct np_pmap_ops *ops, uint64_t number,
                           const struct ec2_item *was, const struct ec2_item *now)
{
    struct np_str old[OWNERS_MAX], new[OWNERS_MAX];
    size_t n_old = owners(was, old), n_new = owners(now, new);
    struct np_strs left = {new, n_new, true};
    for (size_t i = 0; i < n_old; i++)
        if (!ec2_among(&left, old[i]))
            m = np_pmap_set(m, ops, old[i], changed(np_pmap_get(m, old[i]), number, was->id, NULL));
    for (size_t i = 0; i < n_new; i++)
        m = np_pmap_set(m, ops, new[i], changed(np_pmap_get(m, new[i]), number, now->id, now));
    return m;
}

size_t ec2_see_of(const struct ec2_view *v, enum ec2_kind_id kind, struct np_str owner,
                  const struct ec2_item *const **out)
{
    const struct ec2_belongings *b = np_pmap_get(v->belongings[kind], owner);
    np_assert(owners_of[kind] != NULL);
    if (v->seen != NULL)
        ec2_seen_note(v->seen, EC2_LOOK_OF, kind, owner, b != NULL ? b->number : 0);
    *out = b != NULL ? b->v : NULL;
    return b != NULL ? b->n : 0;
}
