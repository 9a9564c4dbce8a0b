/* SPDX-License-Identifier: Apache-2.0 */
/* provider.c - who signed with a session token. An opened token with its compiled session policy is
 * kept a while, for every loop by itself: a session's calls come in numbers. */
#include "services/sts/sts_int.h"

#include "base/assert.h"
#include "base/list.h"
#include "base/map.h"
#include "io/loop.h"

struct opened {
    struct np_node node; /* of the cache, the one used last first */
    size_t refs;         /* of the cache and of requests, all on one loop */
    struct np_arena *arena;
    struct np_str token;
    struct sts_session s;
    struct np_policy *policy; /* of s.policy */
};

struct cache {
    struct np_map *by_token;
    struct np_node order;
};

static void opened_unref(void *arg)
{
    struct opened *o = arg;
    if (--o->refs > 0)
        return;
    np_policy_unref(o->policy);
    np_arena_free(o->arena);
}

static struct opened *opened_new(const struct np_core *core, struct np_str token)
{
    struct np_arena *a = np_arena_new();
    struct opened *o = np_new(a, struct opened);
    o->arena = a;
    o->refs = 1;
    o->token = np_str_dup(a, token);
    int rc = sts_token_open(core, token, a, &o->s);
    if (rc == 0 && o->s.policy.p != NULL)
        rc = np_policy_compile(o->s.policy, NP_POLICY_IDENTITY, &o->policy, NULL);
    if (rc == 0)
        return o;
    opened_unref(o);
    return NULL;
}

/* --- the cache --- */

static void *cache_new(struct np_loop *l)
{
    (void)l;
    struct cache *c = np_heap_new(struct cache);
    c->by_token = np_map_new();
    np_list_init(&c->order);
    return c;
}

static void forget(struct cache *c, struct opened *o)
{
    np_map_del(c->by_token, o->token);
    np_list_remove(&o->node);
    opened_unref(o);
}

static void cache_free(void *p)
{
    struct cache *c = p;
    while (!np_list_empty(&c->order))
        forget(c, NP_CONTAINER(c->order.next, struct opened, node));
    np_map_free(c->by_token, NULL);
    np_free(c);
}

/* The caller has a reference of the result; NULL: no token of this region. */
static struct opened *find(const struct np_core *core, struct np_str token)
{
    static const char cache_key;
    struct np_loop *l = np_loop_current();
    if (l == NULL)
        return opened_new(core, token);
    struct cache *c = np_loop_local(l, &cache_key, cache_new, cache_free);
    struct opened *o = np_map_get(c->by_token, token);
    if (o == NULL) {
        o = opened_new(core, token);
        if (o == NULL)
            return NULL;
        if (np_map_count(c->by_token) >= STS_TOKENS_CACHED_MAX)
            forget(c, NP_CONTAINER(c->order.prev, struct opened, node));
        np_map_put(c->by_token, o->token, o);
    }
    np_list_remove(&o->node);
    np_list_prepend(&c->order, &o->node);
    o->refs++;
    return o;
}

/* --- the question --- */

static void unref_policy(void *arg)
{
    np_policy_unref(arg);
}

/* Managed policies are those of now. One that is gone allows nothing: its place stays, empty. */
static void set_policies(const struct np_core *core, struct np_arena *a, const struct opened *o,
                         struct np_identity *who)
{
    const struct sts_session *s = &o->s;
    size_t n = (s->policy.p != NULL) + s->policy_arns.n;
    if (n == 0)
        return;
    const struct np_policy **list = np_new_array(a, const struct np_policy *, n);
    who->session_policies = list;
    who->n_session_policies = n;
    if (s->policy.p != NULL)
        *list++ = o->policy;
    for (size_t i = 0; i < s->policy_arns.n; i++) {
        const struct np_policy *p = iam_managed_policy(core, s->policy_arns.v[i]);
        if (p != NULL) /* the request may outlast the projection's */
            np_arena_defer(a, unref_policy, np_policy_ref(p));
        *list++ = p;
    }
}

/* AWS: sessions end with their user or role; one of the same name is another. */
static bool is_gone(const struct np_core *core, struct np_arena *a, const struct np_identity *who)
{
    const struct np_identity_provider *p = np_identity(core);
    struct np_policy_input unused = {0};
    return who->kind != NP_WHO_ROOT && p->policies != NULL &&
           p->policies(p->arg, a, who, &unused) == NP_ENOENT;
}

/* AWS: a session is its user's, whatever that one is called by now; its old name may be another's
 * (test_a_session_follows_its_user). */
static void set_names(const struct np_core *core, struct np_arena *a, struct np_identity *who)
{
    struct np_str unused = NP_STR_NULL;
    if (who->kind == NP_WHO_USER)
        iam_user_named(core, a, who->user_id, &who->arn, &who->name);
    else if (who->kind == NP_WHO_FEDERATED_USER)
        iam_user_named(core, a, who->parent_id, &who->parent_arn, &unused);
}

static int session(void *arg, struct np_arena *a, struct np_str access_key_id, struct np_str token,
                   struct np_key *out)
{
    const struct np_core *core = arg;
    struct opened *o = find(core, token);
    if (o == NULL)
        return NP_EINVAL;
    np_arena_defer(a, opened_unref, o);
    if (!np_str_eq(o->s.who.access_key_id, access_key_id))
        return NP_EINVAL;
    if (is_gone(core, a, &o->s.who))
        return NP_ENOENT;
    *out = (struct np_key){
        .secret = o->s.secret,
        .active = true,
        .who = o->s.who,
        .expires_ms = o->s.expires_ms,
    };
    set_names(core, a, &out->who);
    set_policies(core, a, o, &out->who);
    return 0;
}

void sts_provider_register(struct np_core *core)
{
    np_provide_identity(core, &(struct np_identity_provider){.arg = core, .session = session});
}
