/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle_rules.c - what the lifecycle rules of a bucket say about a version. */
#include "services/s3/lifecycle_rules.h"

#include "aws/ids.h"
#include "base/arena.h"
#include "base/enc.h"

#define DAY_MS       (24 * 3600 * 1000LL)
#define RULES_MAX    1000
#define ID_MAX       255
#define NEWER_MAX    100
#define SMALL_OBJECT (128 * 1024)
#define SIZE_MOST    (INT64_C(1000) << 40) /* of an object, as filters have it */

/* --- classes, from the one where objects begin to the coldest --- */

static const struct {
    const char *name;
    int rank;
    int min_days;  /* before objects may go there */
    int stay_days; /* before they may go on */
    bool any_size; /* small objects too, with varies_by_storage_class */
} classes[] = {
    {"STANDARD", 0, 0, 0, false},      {"REDUCED_REDUNDANCY", 0, 0, 0, false},
    {"STANDARD_IA", 1, 30, 30, false}, {"INTELLIGENT_TIERING", 2, 0, 0, false},
    {"ONEZONE_IA", 3, 30, 30, false},  {"GLACIER_IR", 4, 0, 0, false},
    {"GLACIER", 5, 0, 90, true},       {"DEEP_ARCHIVE", 6, 0, 0, true},
};

static int class_of(struct np_str name)
{
    for (size_t i = 0; i < NP_LEN(classes); i++)
        if (np_str_eq(np_str_of(classes[i].name), name))
            return (int)i;
    return 0;
}

/* --- filters: one view of Prefix, Filter and Filter.And --- */

struct filter {
    struct np_str prefix;
    const struct s3_Tag *tags;
    size_t n_tags;
    struct np_opt_int greater, less;
};

static void filter_of(const struct s3_LifecycleRule *r, struct filter *f)
{
    const struct s3_LifecycleRuleFilter *from = r->Filter;
    *f = (struct filter){.prefix = r->Prefix};
    if (from == NULL)
        return;
    if (from->And != NULL) {
        *f = (struct filter){from->And->Prefix, from->And->Tags.v, from->And->Tags.n,
                             from->And->ObjectSizeGreaterThan, from->And->ObjectSizeLessThan};
        return;
    }
    *f = (struct filter){from->Prefix, from->Tag, from->Tag != NULL, from->ObjectSizeGreaterThan,
                         from->ObjectSizeLessThan};
}

static bool has_tag(const struct s3_version *v, const struct s3_Tag *tag)
{
    for (size_t i = 0; i < v->n_tags; i++)
        if (np_str_eq(v->tags[i].key, tag->Key) && np_str_eq(v->tags[i].value, tag->Value))
            return true;
    return false;
}

static bool matches(const struct filter *f, const struct s3_version *v)
{
    if (f->prefix.n != 0 && !np_str_starts(v->key, f->prefix))
        return false;
    if ((f->greater.set && (int64_t)v->size <= f->greater.v) ||
        (f->less.set && (int64_t)v->size >= f->less.v))
        return false;
    for (size_t i = 0; i < f->n_tags; i++)
        if (!has_tag(v, &f->tags[i]))
            return false;
    return true;
}

static bool is_enabled(const struct s3_LifecycleRule *r)
{
    return np_str_is(r->Status, "Enabled");
}

/* --- time --- */

/* AWS: so many days later, and then the next midnight in UTC. */
static int64_t days_after(int64_t from_ms, int64_t days)
{
    int64_t t;
    if (np_mul_overflows(days, (int64_t)DAY_MS, &t) || np_add_overflows(from_ms, t, &t) ||
        t > INT64_MAX - DAY_MS)
        return INT64_MAX;
    return (t + DAY_MS - 1) / DAY_MS * DAY_MS;
}

/* --- what to do with a version --- */

struct judge {
    const struct s3_version *v;
    const struct s3_standing *s;
    int64_t now_ms;
    enum s3_fate fate;
    int rank; /* of the class to move to */
    struct np_str class;
};

static void expire(struct judge *j, const struct s3_LifecycleRule *r, const struct filter *f)
{
    const struct s3_LifecycleExpiration *e = r->Expiration;
    if (e == NULL)
        return;
    int64_t due = e->Date.set   ? e->Date.v
                  : e->Days.set ? days_after(j->v->modified_ms, e->Days.v)
                                : INT64_MAX;
    if (!j->v->delete_marker) {
        if (due <= j->now_ms)
            j->fate = S3_EXPIRE;
        return;
    }
    /* A marker that hides nothing any more. */
    bool plain = f->n_tags == 0 && !f->greater.set && !f->less.set;
    if (j->s->only && plain && (e->ExpiredObjectDeleteMarker.v || due <= j->now_ms))
        j->fate = S3_REMOVE;
}

static void remove_noncurrent(struct judge *j, const struct s3_LifecycleRule *r)
{
    const struct s3_NoncurrentVersionExpiration *e = r->NoncurrentVersionExpiration;
    if (e == NULL ||
        (int64_t)j->s->newer < (e->NewerNoncurrentVersions.set ? e->NewerNoncurrentVersions.v : 0))
        return;
    if (days_after(j->s->noncurrent_ms, e->NoncurrentDays.v) <= j->now_ms)
        j->fate = S3_REMOVE;
}

static bool is_big_enough(const struct judge *j, const struct filter *f, int class)
{
    if (f->greater.set || f->less.set || j->v->size >= SMALL_OBJECT)
        return true; /* the rule's own sizes go before the default */
    return j->s->varies && classes[class].any_size;
}

static void move(struct judge *j, const struct filter *f, struct np_str to, int64_t due)
{
    int class = class_of(to), now = class_of(j->v->storage_class);
    if (j->v->delete_marker || due > j->now_ms || classes[class].rank <= classes[now].rank ||
        classes[class].rank <= j->rank || !is_big_enough(j, f, class))
        return;
    j->rank = classes[class].rank;
    j->class = to;
}

static void judge_rule(struct judge *j, const struct s3_LifecycleRule *r)
{
    struct filter f;
    filter_of(r, &f);
    if (!is_enabled(r) || !matches(&f, j->v))
        return;
    if (!j->v->latest) {
        remove_noncurrent(j, r);
        for (size_t i = 0; i < r->NoncurrentVersionTransitions.n; i++) {
            const struct s3_NoncurrentVersionTransition *t = &r->NoncurrentVersionTransitions.v[i];
            if ((int64_t)j->s->newer >=
                (t->NewerNoncurrentVersions.set ? t->NewerNoncurrentVersions.v : 0))
                move(j, &f, t->StorageClass, days_after(j->s->noncurrent_ms, t->NoncurrentDays.v));
        }
        return;
    }
    expire(j, r, &f);
    for (size_t i = 0; i < r->Transitions.n; i++) {
        const struct s3_Transition *t = &r->Transitions.v[i];
        move(j, &f, t->StorageClass,
             t->Date.set ? t->Date.v : days_after(j->v->modified_ms, t->Days.v));
    }
}

enum s3_fate s3_lifecycle_fate(const struct s3_BucketLifecycleConfiguration *c,
                               const struct s3_version *v, const struct s3_standing *s,
                               int64_t now_ms, struct np_str *storage_class)
{
    struct judge j = {.v = v, .s = s, .now_ms = now_ms};
    for (size_t i = 0; i < c->Rules.n; i++)
        judge_rule(&j, &c->Rules.v[i]);
    if (j.fate != S3_KEEP || j.class.p == NULL)
        return j.fate;
    *storage_class = j.class;
    return S3_MOVE;
}

bool s3_lifecycle_expiry(const struct s3_BucketLifecycleConfiguration *c,
                         const struct s3_version *v, int64_t *when_ms, struct np_str *rule_id)
{
    bool found = false;
    for (size_t i = 0; c != NULL && i < c->Rules.n; i++) {
        const struct s3_LifecycleRule *r = &c->Rules.v[i];
        const struct s3_LifecycleExpiration *e = r->Expiration;
        struct filter f;
        filter_of(r, &f);
        if (!is_enabled(r) || e == NULL || (!e->Date.set && !e->Days.set) || !matches(&f, v))
            continue;
        int64_t due = e->Date.set ? e->Date.v : days_after(v->modified_ms, e->Days.v);
        if (found && due >= *when_ms)
            continue;
        *when_ms = due;
        *rule_id = r->ID;
        found = true;
    }
    return found;
}

bool s3_lifecycle_abort(const struct s3_BucketLifecycleConfiguration *c, struct np_str key,
                        int64_t initiated_ms, int64_t *when_ms, struct np_str *rule_id)
{
    bool found = false;
    for (size_t i = 0; c != NULL && i < c->Rules.n; i++) {
        const struct s3_LifecycleRule *r = &c->Rules.v[i];
        struct filter f;
        filter_of(r, &f);
        if (!is_enabled(r) || r->AbortIncompleteMultipartUpload == NULL ||
            (f.prefix.n != 0 && !np_str_starts(key, f.prefix)))
            continue;
        int64_t due =
            days_after(initiated_ms, r->AbortIncompleteMultipartUpload->DaysAfterInitiation.v);
        if (found && due >= *when_ms)
            continue;
        *when_ms = due;
        *rule_id = r->ID;
        found = true;
    }
    return found;
}

/* --- checking a configuration --- */

static int bad(struct np_err *err, const char *text)
{
    return np_err(err, NP_EINVAL, "%s", text);
}

static int check_filter(const struct s3_LifecycleRule *r)
{
    const struct s3_LifecycleRuleFilter *f = r->Filter;
    if ((f != NULL) == (r->Prefix.p != NULL))
        return NP_EPROTO;
    if (f == NULL)
        return 0;
    unsigned n = (f->Prefix.p != NULL) + (f->Tag != NULL) + f->ObjectSizeGreaterThan.set +
                 f->ObjectSizeLessThan.set + (f->And != NULL);
    if (n > 1)
        return NP_EPROTO;
    if (f->And == NULL)
        return 0;
    size_t parts = (f->And->Prefix.p != NULL) + f->And->Tags.n + f->And->ObjectSizeGreaterThan.set +
                   f->And->ObjectSizeLessThan.set;
    return parts >= 2 ? 0 : NP_EPROTO;
}

/* As messages have it. */
static struct np_str filter_text(struct np_arena *a, const struct filter *f)
{
    return f->prefix.p == NULL ? NP_STR("()")
                               : np_str_printf(a, "(prefix=%.*s)", NP_FMT(f->prefix));
}

static int check_sizes(const struct filter *f, struct np_err *err)
{
    if (f->less.set && (f->less.v < 1 || f->less.v > SIZE_MOST))
        return np_err(err, NP_ENOTSUP,
                      "'ObjectSizeLessThan' should be between 1 and 1099511627776000.");
    if (f->greater.set && (f->greater.v < 0 || f->greater.v > SIZE_MOST))
        return np_err(err, NP_ENOTSUP,
                      "'ObjectSizeGreaterThan' should be between 0 and 1099511627776000.");
    if (f->greater.set && f->less.set && f->less.v <= f->greater.v)
        return np_err(err, NP_ENOTSUP,
                      "'ObjectSizeLessThan' has to be a value greater than "
                      "'ObjectSizeGreaterThan'.");
    return 0;
}

static int check_tags(const struct filter *f, struct np_err *err)
{
    for (size_t i = 0; i < f->n_tags; i++)
        for (size_t j = 0; j < i; j++)
            if (np_str_eq(f->tags[i].Key, f->tags[j].Key))
                return np_err(err, NP_ENOTSUP, "Duplicate Tag Keys are not allowed.");
    return 0;
}

static bool is_midnight(struct np_opt_int t)
{
    return t.v % DAY_MS == 0;
}

static int check_expiration(const struct s3_LifecycleExpiration *e, const struct filter *f,
                            struct np_err *err)
{
    if (e == NULL)
        return 0;
    int said = e->Date.set + e->Days.set + e->ExpiredObjectDeleteMarker.v;
    if (said > 1 || (said == 0 && !e->ExpiredObjectDeleteMarker.set))
        return NP_EPROTO;
    if (e->Days.set && e->Days.v < 1)
        return bad(err, "'Days' for Expiration action must be a positive integer");
    if (e->Date.set && !is_midnight(e->Date))
        return bad(err, "'Date' must be at midnight GMT");
    if (e->ExpiredObjectDeleteMarker.v && f->n_tags != 0)
        return np_err(err, NP_ENOTSUP,
                      "Expired object delete marker cannot be specified with tag based filter");
    /* Beside days or a date, false says nothing. */
    bool alone = e->ExpiredObjectDeleteMarker.set && !e->Days.set && !e->Date.set;
    if (alone && (f->greater.set || f->less.set))
        return np_err(err, NP_ENOTSUP,
                      "ExpiredObjectDeleteMarker cannot be specified with Object Size.");
    return 0;
}

static int check_transition(const struct s3_Transition *t, struct np_err *err)
{
    int class = class_of(t->StorageClass);
    if (t->Date.set == t->Days.set || t->StorageClass.p == NULL)
        return NP_EPROTO;
    if (t->Date.set)
        return is_midnight(t->Date) ? 0 : bad(err, "'Date' must be at midnight GMT");
    if (t->Days.v < 0)
        return bad(err, "'Days' in Transition action must be nonnegative");
    if (t->Days.v < classes[class].min_days)
        return np_err(err, NP_EINVAL,
                      "'Days' in Transition action must be greater than or equal to %d for "
                      "storageClass '%s'",
                      classes[class].min_days, classes[class].name);
    return 0;
}

/* AWS: no class twice, and a class is left for a colder one after its least days
 * (tests/sdk/test_s3_lifecycle.py). */
static int check_pair(const struct s3_Transition *a, const struct s3_Transition *b,
                      struct np_str filter, struct np_err *err)
{
    int from = class_of(a->StorageClass), to = class_of(b->StorageClass);
    if (from == to)
        return np_err(err, NP_ENOTSUP,
                      "'StorageClass' must be different for 'Transition' actions in same 'Rule' "
                      "with filter '%.*s'",
                      NP_FMT(filter));
    if (classes[from].rank > classes[to].rank)
        return check_pair(b, a, filter, err);
    if (classes[from].stay_days == 0 || b->Days.v - a->Days.v >= classes[from].stay_days)
        return 0;
    return np_err(err, NP_EINVAL,
                  "'Days' in the 'Transition' action for StorageClass '%s' for filter '%.*s' must "
                  "be %d days more than 'filter '%.*s'' in the 'Transition' action for "
                  "StorageClass '%s'",
                  classes[to].name, NP_FMT(filter), classes[from].stay_days, NP_FMT(filter),
                  classes[from].name);
}

static int check_order(const struct s3_LifecycleRule *r, struct np_str filter, struct np_err *err)
{
    const struct s3_LifecycleExpiration *e = r->Expiration;
    for (size_t i = 0; i < r->Transitions.n; i++) {
        const struct s3_Transition *t = &r->Transitions.v[i];
        bool mixed = e != NULL && ((e->Date.set && t->Days.set) || (e->Days.set && t->Date.set));
        for (size_t j = 0; j < i; j++)
            mixed = mixed || r->Transitions.v[j].Date.set != t->Date.set;
        if (mixed)
            return np_err(err, NP_ENOTSUP,
                          "Found mixed 'Date' and 'Days' based Expiration and Transition actions "
                          "in lifecycle rule for filter '%.*s'",
                          NP_FMT(filter));
        for (size_t j = 0; j < i; j++) {
            int rc = check_pair(&r->Transitions.v[j], t, filter, err);
            if (rc != 0)
                return rc;
        }
        if (e != NULL && e->Days.set && e->Days.v <= t->Days.v)
            return np_err(err, NP_EINVAL,
                          "'Days' in the Expiration action for filter '%.*s' must be greater than "
                          "'Days' in the Transition action",
                          NP_FMT(filter));
    }
    return 0;
}

static int check_newer(struct np_opt_int n, struct np_err *err)
{
    if (n.set && (n.v < 1 || n.v > NEWER_MAX))
        return bad(err, "'NewerNoncurrentVersions' must be a positive integer and at most 100");
    return 0;
}

static int check_noncurrent(const struct s3_LifecycleRule *r, struct np_str filter,
                            struct np_err *err)
{
    const struct s3_NoncurrentVersionExpiration *e = r->NoncurrentVersionExpiration;
    if (e != NULL && !e->NoncurrentDays.set)
        return NP_EPROTO;
    if (e != NULL && e->NoncurrentDays.v < 1)
        return bad(err, "'NoncurrentDays' for NoncurrentVersionExpiration action must be a "
                        "positive integer");
    int rc = e != NULL ? check_newer(e->NewerNoncurrentVersions, err) : 0;
    for (size_t i = 0; rc == 0 && i < r->NoncurrentVersionTransitions.n; i++) {
        const struct s3_NoncurrentVersionTransition *t = &r->NoncurrentVersionTransitions.v[i];
        int class = class_of(t->StorageClass);
        if (!t->NoncurrentDays.set || t->StorageClass.p == NULL)
            return NP_EPROTO;
        if (t->NoncurrentDays.v < classes[class].min_days)
            return np_err(err, NP_EINVAL,
                          "'NoncurrentDays' in NoncurrentVersionTransition action must be greater "
                          "than or equal to %d for storageClass '%s'",
                          classes[class].min_days, classes[class].name);
        for (size_t j = 0; j < i; j++)
            if (np_str_eq(r->NoncurrentVersionTransitions.v[j].StorageClass, t->StorageClass))
                return np_err(err, NP_ENOTSUP,
                              "'StorageClass' must be different for 'NoncurrentVersionTransition' "
                              "actions in same 'Rule' with filter '%.*s'",
                              NP_FMT(filter));
        if (e != NULL && e->NoncurrentDays.v <= t->NoncurrentDays.v)
            return np_err(err, NP_EINVAL,
                          "'NoncurrentDays' in the NoncurrentVersionExpiration action for filter "
                          "'%.*s' must be greater than 'NoncurrentDays' in the "
                          "NoncurrentVersionTransition action",
                          NP_FMT(filter));
        rc = check_newer(t->NewerNoncurrentVersions, err);
    }
    return rc;
}

static int check_abort(const struct s3_LifecycleRule *r, const struct filter *f, struct np_err *err)
{
    const struct s3_AbortIncompleteMultipartUpload *m = r->AbortIncompleteMultipartUpload;
    if (m == NULL)
        return 0;
    if (m->DaysAfterInitiation.v < 1)
        return bad(err, "'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be "
                        "a positive integer");
    if (f->n_tags != 0)
        return np_err(err, NP_ENOTSUP,
                      "AbortIncompleteMultipartUpload cannot be specified with Tags.");
    if (f->greater.set || f->less.set)
        return np_err(err, NP_ENOTSUP,
                      "AbortIncompleteMultipartUpload cannot be specified with Object Size.");
    return 0;
}

static int check_rule(struct np_arena *a, const struct s3_LifecycleRule *r, struct np_err *err)
{
    struct filter f;
    int rc = check_filter(r);
    filter_of(r, &f);
    struct np_str text = filter_text(a, &f);
    if (rc == 0 && r->Expiration == NULL && r->Transitions.n == 0 &&
        r->NoncurrentVersionExpiration == NULL && r->NoncurrentVersionTransitions.n == 0 &&
        r->AbortIncompleteMultipartUpload == NULL)
        return np_err(err, NP_ENOTSUP, "At least one action needs to be specified in a rule");
    if (rc == 0)
        rc = check_sizes(&f, err);
    if (rc == 0)
        rc = check_tags(&f, err);
    if (rc == 0)
        rc = check_expiration(r->Expiration, &f, err);
    for (size_t i = 0; rc == 0 && i < r->Transitions.n; i++)
        rc = check_transition(&r->Transitions.v[i], err);
    if (rc == 0)
        rc = check_order(r, text, err);
    if (rc == 0)
        rc = check_noncurrent(r, text, err);
    return rc == 0 ? check_abort(r, &f, err) : rc;
}

static int check_ids(struct np_arena *a, struct s3_BucketLifecycleConfiguration *c,
                     struct np_err *err)
{
    for (size_t i = 0; i < c->Rules.n; i++) {
        struct np_str *id = &c->Rules.v[i].ID;
        if (id->n > ID_MAX)
            return bad(err, "ID length should not exceed allowed limit of 255");
        if (id->n == 0)
            *id = np_base64(a, np_id_uuid(a)); /* AWS: as long as that */
        for (size_t j = 0; j < i; j++)
            if (np_str_eq(c->Rules.v[j].ID, *id))
                return bad(err, "Rule ID must be unique. Found same ID for more than one rule");
    }
    return 0;
}

static bool has_newer(const struct s3_LifecycleRule *r)
{
    const struct s3_NoncurrentVersionExpiration *e = r->NoncurrentVersionExpiration;
    bool has = e != NULL && e->NewerNoncurrentVersions.set;
    for (size_t i = 0; i < r->NoncurrentVersionTransitions.n; i++)
        has = has || r->NoncurrentVersionTransitions.v[i].NewerNoncurrentVersions.set;
    return has;
}

/* AWS: a configuration is of the older form, by prefixes, or of the newer, by filters; prefixes of
 * the older do not overlap (tests/sdk/test_s3_lifecycle.py). */
static int check_form(const struct s3_BucketLifecycleConfiguration *c, struct np_err *err)
{
    bool older = c->Rules.v[0].Filter == NULL;
    for (size_t i = 0; i < c->Rules.n; i++) {
        const struct s3_LifecycleRule *r = &c->Rules.v[i];
        if (older && r->Filter != NULL)
            return np_err(err, NP_ENOTSUP, "Filter element can only be used in Lifecycle V2.");
        if (!older && r->Filter == NULL)
            return np_err(err, NP_ENOTSUP,
                          "Base level prefix cannot be used in Lifecycle V2, prefixes are only "
                          "supported in the Filter.");
        if (older && has_newer(r))
            return np_err(err, NP_ENOTSUP,
                          "NewerNoncurrentVersions element can only be used in Lifecycle V2.");
        for (size_t j = 0; older && j < i; j++) {
            const struct s3_LifecycleRule *b = &c->Rules.v[j];
            if (r->Expiration != NULL && b->Expiration != NULL &&
                (np_str_starts(r->Prefix, b->Prefix) || np_str_starts(b->Prefix, r->Prefix)))
                return np_err(err, NP_ENOTSUP,
                              "Found overlapping prefixes '%.*s' and '%.*s' for same action type "
                              "'Expiration'",
                              NP_FMT(b->Prefix), NP_FMT(r->Prefix));
        }
    }
    return 0;
}

int s3_lifecycle_check(struct np_arena *a, struct s3_BucketLifecycleConfiguration *c,
                       struct np_err *err)
{
    if (c->Rules.n == 0 || c->Rules.n > RULES_MAX)
        return NP_EPROTO;
    int rc = check_ids(a, c, err);
    for (size_t i = 0; rc == 0 && i < c->Rules.n; i++)
        rc = check_rule(a, &c->Rules.v[i], err);
    return rc == 0 ? check_form(c, err) : rc;
}
