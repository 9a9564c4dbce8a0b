/* SPDX-License-Identifier: Apache-2.0 */
/* filter.c - filters: which keys and options each operation knows, and what they take. */
#include "services/ssm/filter.h"

#include "aws/fault.h"
#include "aws/page.h"
#include "base/arena.h"
#include "base/buf.h"
#include "services/ssm/name.h"

enum option { EQUALS, BEGINS_WITH, CONTAINS, ONE_LEVEL, RECURSIVE };
#define BIT(o) (1u << (o))

static const struct {
    const char *name;
    enum option option;
} options[] = {
    {"BeginsWith", BEGINS_WITH}, {"Equals", EQUALS},       {"Contains", CONTAINS},
    {"OneLevel", ONE_LEVEL},     {"Recursive", RECURSIVE},
};

enum what { NAME, TYPE, KEY_ID, PATH, LABEL, TIER, DATA_TYPE, TAG };

#define DESCRIBE BIT(SSM_FILTER_DESCRIBE)
#define BY_PATH  BIT(SSM_FILTER_BY_PATH)

static const struct key {
    const char *name;
    unsigned operations;
    unsigned options; /* the first of them in the table above that is named is no default */
    enum option usual;
    const char *values; /* that are all there are; NULL: any */
} keys[] = {
    [NAME] = {"Name", DESCRIBE, BIT(EQUALS) | BIT(BEGINS_WITH) | BIT(CONTAINS), EQUALS, NULL},
    [TYPE] = {"Type", DESCRIBE | BY_PATH, BIT(EQUALS) | BIT(BEGINS_WITH), EQUALS,
              "String, StringList, SecureString"},
    [KEY_ID] = {"KeyId", DESCRIBE | BY_PATH, BIT(EQUALS) | BIT(BEGINS_WITH), EQUALS, NULL},
    [PATH] = {"Path", DESCRIBE, BIT(RECURSIVE) | BIT(ONE_LEVEL), ONE_LEVEL, NULL},
    [LABEL] = {"Label", BY_PATH, BIT(EQUALS), EQUALS, NULL},
    [TIER] = {"Tier", DESCRIBE, BIT(EQUALS) | BIT(BEGINS_WITH), EQUALS,
              "Standard, Advanced, Intelligent-Tiering"},
    [DATA_TYPE] = {"DataType", DESCRIBE, BIT(EQUALS) | BIT(BEGINS_WITH), EQUALS, NULL},
    [TAG] = {"tag:", DESCRIBE, BIT(EQUALS) | BIT(BEGINS_WITH), EQUALS, NULL},
};

struct ssm_filter {
    enum what what;
    enum option option;
    struct np_str tag; /* with TAG: its key */
    struct np_strs values;
};

/* --- checking --- */

static int no_key(enum ssm_filter_of of, struct np_str key, struct np_err *err)
{
    /* AWS: the list is the short one of old (tests/wire/ssm/describe.wire). */
    const char *known = of == SSM_FILTER_DESCRIBE ? "Path, Name, Type, KeyId, Tier" : "Type, KeyId";
    return np_fault(err, &SSM_InvalidFilterKey,
                    "The following filter key is not valid: %.*s. Valid filter keys include: [%s].",
                    NP_FMT(key), known);
}

static int find_key(enum ssm_filter_of of, struct np_str name, enum what *out, struct np_err *err)
{
    for (size_t i = 0; i < NP_LEN(keys); i++) {
        struct np_str key = np_str_of(keys[i].name);
        bool is = i == TAG ? np_str_starts(name, key) : np_str_eq(name, key);
        if (is && (keys[i].operations & BIT(of)) != 0) {
            *out = (enum what)i;
            return 0;
        }
    }
    return no_key(of, name, err);
}

static int find_option(struct np_arena *a, const struct key *k, struct np_str name,
                       enum option *out, struct np_err *err)
{
    *out = k->usual;
    if (name.p == NULL)
        return 0;
    struct np_buf b;
    np_buf_init(&b, a, 256);
    NP_EACH (o, options) {
        if ((k->options & BIT(o->option)) == 0)
            continue;
        if (np_str_eq(name, np_str_of(o->name))) {
            *out = o->option;
            return 0;
        }
        np_buf_str_add(&b, b.n != 0 ? NP_STR(", ") : NP_STR(""));
        np_buf_str_add(&b, np_str_of(o->name));
    }
    return np_fault(err, &SSM_InvalidFilterOption,
                    "The following filter option is not valid: %.*s. Valid options include: "
                    "[%.*s].",
                    NP_FMT(name), NP_FMT(np_buf_str(&b)));
}

static bool one_of(struct np_str list, struct np_str value)
{
    struct np_str item;
    while (np_str_split(&list, ',', &item))
        if (np_str_eq(np_str_trim(item), value))
            return true;
    return false;
}

static int check_path(struct np_arena *a, struct np_str *value, struct np_err *err)
{
    if (np_str_istarts(*value, NP_STR("/aws")) || np_str_istarts(*value, NP_STR("/ssm")))
        return np_fault(err, &NP_ValidationException,
                        "Filters for common parameters can't be prefixed with \"aws\" or \"ssm\" "
                        "(case-insensitive). When using global parameters, please specify within a "
                        "global namespace.");
    return ssm_path_check(a, *value, value, err);
}

static int check_values(struct np_arena *a, struct ssm_filter *f, struct np_str key,
                        struct np_err *err)
{
    const struct key *k = &keys[f->what];
    if (f->values.n == 0 && f->what != TAG)
        return np_fault(err, &SSM_InvalidFilterValue,
                        "The following filter values are missing : null for filter key %.*s.",
                        NP_FMT(key));
    struct np_str *copy = np_new_array(a, struct np_str, f->values.n + 1);
    for (size_t i = 0; i < f->values.n; i++) {
        copy[i] = f->values.v[i];
        if (k->values != NULL && f->option == EQUALS && !one_of(np_str_of(k->values), copy[i]))
            return np_fault(err, &SSM_InvalidFilterOption,
                            "The following filter value is not valid: %.*s. Valid values include: "
                            "[%s].",
                            NP_FMT(copy[i]), k->values);
        int rc = f->what == PATH ? check_path(a, &copy[i], err) : 0;
        if (rc != 0)
            return rc;
    }
    f->values.v = copy;
    return 0;
}

static bool repeats(const struct ssm_filters *f, const struct ssm_filter *one)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->v[i].what == one->what && np_str_eq(f->v[i].tag, one->tag))
            return true;
    return false;
}

static int add(struct np_arena *a, struct ssm_filters *f, struct np_str key, struct ssm_filter one,
               struct np_err *err)
{
    if (one.what == TAG)
        one.tag = np_str_sub(key, strlen("tag:"), key.n);
    if (repeats(f, &one))
        return np_fault(err, &SSM_InvalidFilterKey,
                        "The following filter is duplicated in the request: %.*s. A request can "
                        "contain only one occurrence of a specific filter.",
                        NP_FMT(key));
    int rc = check_values(a, &one, key, err);
    f->tags |= one.what == TAG;
    f->labels |= one.what == LABEL;
    f->v[f->n++] = one;
    return rc;
}

int ssm_filters_parse(struct np_arena *a, enum ssm_filter_of of,
                      const struct ssm_ParameterStringFilterList *in, struct ssm_filters *out,
                      struct np_err *err)
{
    struct ssm_filters f = {.v = np_new_array(a, struct ssm_filter, in->n + 1)};
    for (size_t i = 0; i < in->n; i++) {
        const struct ssm_ParameterStringFilter *p = &in->v[i];
        struct ssm_filter one = {.values = p->Values};
        int rc = find_key(of, p->Key, &one.what, err);
        if (rc == 0)
            rc = find_option(a, &keys[one.what], p->Option, &one.option, err);
        if (rc == 0)
            rc = add(a, &f, p->Key, one, err);
        if (rc != 0)
            return rc;
    }
    *out = f;
    return 0;
}

int ssm_filters_old(struct np_arena *a, const struct ssm_ParametersFilterList *in,
                    struct ssm_filters *out, struct np_err *err)
{
    struct ssm_filters f = {.v = np_new_array(a, struct ssm_filter, in->n + 1)};
    for (size_t i = 0; i < in->n; i++) {
        struct ssm_filter one = {.values = in->v[i].Values};
        int rc = find_key(SSM_FILTER_DESCRIBE, in->v[i].Key, &one.what, err);
        one.option = one.what == NAME ? BEGINS_WITH : EQUALS;
        if (rc == 0)
            rc = add(a, &f, in->v[i].Key, one, err);
        if (rc != 0)
            return rc;
    }
    *out = f;
    return 0;
}

uint64_t ssm_filters_hash(const struct ssm_filters *f)
{
    uint64_t hash = f->n;
    for (size_t i = 0; i < f->n; i++) {
        hash = hash * 31 + (f->v[i].what * 8u + f->v[i].option) + np_page_filter(f->v[i].tag);
        for (size_t j = 0; j < f->v[i].values.n; j++)
            hash = hash * 31 + np_page_filter(f->v[i].values.v[j]);
    }
    return hash;
}

/* --- matching --- */

static bool text_match(enum option o, struct np_str text, struct np_str value)
{
    switch (o) {
    case EQUALS:
        return np_str_eq(text, value);
    case BEGINS_WITH:
        return np_str_starts(text, value);
    case CONTAINS:
        return np_str_find(text, value) >= 0;
    case RECURSIVE:
        return np_str_starts(text, value);
    case ONE_LEVEL:
        return np_str_starts(text, value) && np_str_chr(np_str_sub(text, value.n, text.n), '/') < 0;
    }
    return false;
}

static bool any_value(const struct ssm_filter *f, struct np_str text)
{
    for (size_t i = 0; i < f->values.n && text.p != NULL; i++)
        if (text_match(f->option, text, f->values.v[i]))
            return true;
    return false;
}

/* AWS: a leading slash tells no two names apart (tests/sdk/test_ssm_describe.py). */
static bool name_match(const struct ssm_filter *f, struct np_str key)
{
    return any_value(f, key) || any_value(f, np_str_sub(key, 1, key.n));
}

static bool tag_match(const struct ssm_filter *f, const struct ssm_facts *p)
{
    for (size_t i = 0; i < p->n_tags; i++)
        if (np_str_eq(p->tags[i].key, f->tag))
            return f->values.n == 0 || any_value(f, p->tags[i].value);
    return false;
}

static bool label_match(const struct ssm_filter *f, const struct np_strs *labels)
{
    for (size_t i = 0; labels != NULL && i < labels->n; i++)
        if (any_value(f, labels->v[i]))
            return true;
    return false;
}

static bool match(const struct ssm_filter *f, const struct ssm_facts *p)
{
    switch (f->what) {
    case NAME:
        return name_match(f, p->key);
    case PATH:
        return any_value(f, p->key);
    case TYPE:
        return any_value(f, p->type);
    case KEY_ID:
        return any_value(f, p->key_id);
    case TIER:
        return any_value(f, p->tier);
    case DATA_TYPE:
        return any_value(f, p->data_type);
    case LABEL:
        return label_match(f, p->labels);
    case TAG:
        return tag_match(f, p);
    }
    return false;
}

bool ssm_filters_match(const struct ssm_filters *f, const struct ssm_facts *p)
{
    for (size_t i = 0; i < f->n; i++)
        if (!match(&f->v[i], p))
            return false;
    return true;
}

bool ssm_filters_label(const struct ssm_filters *f, struct np_str label)
{
    for (size_t i = 0; i < f->n; i++)
        if (f->v[i].what == LABEL)
            return any_value(&f->v[i], label);
    return true;
}

struct np_str ssm_filters_prefix(const struct ssm_filters *f, struct np_arena *a)
{
    for (size_t i = 0; i < f->n; i++) {
        const struct ssm_filter *one = &f->v[i];
        if (one->values.n != 1)
            continue;
        if (one->what == PATH)
            return one->values.v[0];
        if (one->what == NAME && one->option != CONTAINS && one->values.v[0].n != 0)
            return one->values.v[0].p[0] == '/' ? one->values.v[0]
                                                : np_str_cat(a, NP_STR("/"), one->values.v[0]);
    }
    return NP_STR_NULL;
}
