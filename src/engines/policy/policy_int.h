/* SPDX-License-Identifier: Apache-2.0 */
/* policy_int.h - the compiled form of a policy, shared by the files of this folder. */
#pragma once

#include "engines/policy/limits.h"
#include "engines/policy/policy.h"

struct np_arena;
struct np_json;

/* --- values that are parsed once --- */

struct policy_number {
    double d;
    int64_t i; /* when exact */
    bool exact;
};

/* IPv4 lives in ::ffff:0:0/96; `bits` counts from the front of the 16 bytes. */
struct policy_cidr {
    uint8_t addr[16];
    uint8_t bits;
    bool v4;
};

bool policy_number_parse(struct np_str s, struct policy_number *out);
int policy_number_cmp(const struct policy_number *a, const struct policy_number *b);
/* ISO 8601 in the forms of W3C, or seconds since 1970. Milliseconds, saturated. */
bool policy_date_parse(struct np_str s, int64_t *out_ms);
bool policy_cidr_parse(struct np_str s, struct policy_cidr *out);
bool policy_cidr_has(const struct policy_cidr *net, const struct policy_cidr *addr);

/* --- patterns --- */

enum policy_piece_kind { PIECE_TEXT, PIECE_VAR, PIECE_ONE, PIECE_RUN };

struct policy_piece {
    enum policy_piece_kind kind;
    uint32_t key;       /* PIECE_VAR: index in the policy's keys */
    struct np_str text; /* PIECE_TEXT; PIECE_VAR: the default, absent if none */
};

enum policy_pattern_kind {
    PATTERN_ALL,
    PATTERN_EXACT,
    PATTERN_PREFIX,
    PATTERN_SUFFIX,
    PATTERN_PIECES
};

struct policy_pattern {
    enum policy_pattern_kind kind;
    uint32_t n_pieces, n_vars;
    struct np_str text; /* EXACT, PREFIX, SUFFIX */
    struct policy_piece *pieces;
};

struct policy_arn { /* ArnLike: each of the six fields by itself */
    struct policy_pattern field[6];
};

/* --- the policy --- */

enum policy_builtin {
    BUILTIN_NONE,
    BUILTIN_PRINCIPAL_ARN,
    BUILTIN_PRINCIPAL_ACCOUNT,
    BUILTIN_USERID
};

struct policy_key {
    struct np_str name; /* as first written */
    struct np_str lower;
    enum policy_builtin builtin;
};

enum policy_op {
    OP_STRING,
    OP_STRING_NOCASE,
    OP_LIKE,
    OP_NUMERIC,
    OP_DATE,
    OP_BINARY,
    OP_IP,
    OP_ARN,
    OP_NULL
};
enum policy_cmp { CMP_EQ, CMP_LT, CMP_LE, CMP_GT, CMP_GE };
enum policy_set { SET_NONE, SET_ALL, SET_ANY };

struct policy_operator {
    enum policy_op op;
    enum policy_cmp cmp;
    enum policy_set set;
    bool negated, if_exists;
};

struct policy_condition {
    struct policy_operator how;
    uint32_t key;
    bool null_true, null_false; /* OP_NULL: the wanted answers */
    size_t n;
    union {
        struct policy_pattern *patterns;
        struct policy_number *numbers;
        int64_t *dates;
        struct np_str *bytes;
        struct policy_cidr *cidrs;
        struct policy_arn *arns;
    };
};

enum policy_who {
    WHO_ANYBODY,
    WHO_ACCOUNT, /* value is the account id */
    WHO_ARN,     /* user, role or session */
    WHO_ID,      /* unique id of a user or role */
    WHO_SERVICE,
    WHO_FEDERATED,
    WHO_CANONICAL,
};

struct policy_principal {
    enum policy_who who;
    struct np_str value;
};

struct policy_statement {
    bool deny, not_action, not_resource, not_principal;
    uint64_t services; /* Bloom filter of the services of its actions; all ones if any may match */
    struct np_str sid;
    struct policy_pattern *actions; /* lower case */
    size_t n_actions;
    struct policy_pattern *resources;
    size_t n_resources;
    struct policy_principal *principals;
    size_t n_principals;
    struct policy_condition *conditions;
    size_t n_conditions;
};

struct np_policy {
    uint32_t magic;
    unsigned refs;          /* atomic */
    struct np_arena *arena; /* holds this and all below */
    enum np_policy_kind kind;
    uint64_t services;
    struct policy_statement *statements;
    size_t n_statements;
    struct policy_key *keys;
    size_t n_keys;
};
#define POLICY_MAGIC 0x504f4c43u

static inline bool policy_has_principals(enum np_policy_kind kind)
{
    return kind == NP_POLICY_RESOURCE || kind == NP_POLICY_TRUST;
}

/* Bit of an action's service prefix, lower case. */
uint64_t policy_service_bit(struct np_str service);

/* --- building --- */

struct policy_builder {
    struct np_arena *arena;
    struct np_policy *policy;
    size_t keys_cap;
    bool variables; /* the document's version knows them */
    bool keys_full; /* POLICY_KEYS_MAX was passed: the result is of no use */
};

uint32_t policy_key_add(struct policy_builder *b, struct np_str name);
enum policy_pattern_flags { PATTERN_WILDCARDS = 1, PATTERN_VARIABLES = 2 };
/* False: too many variables. The text must outlive the policy or be in its arena. */
bool policy_pattern_compile(struct policy_builder *b, struct np_str text, unsigned flags,
                            struct policy_pattern *out);
bool policy_arn_compile(struct policy_builder *b, struct np_str text, struct policy_arn *out);
/* Colons that are not inside ${…}. */
size_t policy_colons(struct np_str text);

bool policy_operator_parse(struct np_str name, struct policy_operator *out);
/* False: a value does not fit the operator. */
bool policy_condition_compile(struct policy_builder *b, const struct policy_operator *how,
                              const struct np_json *member, struct policy_condition *out);
/* False: no principal that can be. `type` is AWS, Service, Federated or CanonicalUser. */
bool policy_principal_parse(struct np_str type, struct np_str value, struct policy_principal *out);

/* The checks of a document, in IAM's order and words, before it is built. */
int policy_check(const struct np_json *doc, enum np_policy_kind kind, struct np_err *err);

/* --- deciding --- */

struct policy_eval {
    const struct np_policy_request *rq;
    const struct np_policy *policy; /* under evaluation: variables are its keys */
    struct np_str action;           /* lower case; absent when too long */
    uint64_t service;
    bool has_boundary;
    bool denies_only; /* an allow was found that none can better */
    bool unresolved;  /* a variable without value was met */
    size_t n_found;
    struct {
        struct np_str lower;
        const struct np_str *values;
        size_t n;
        bool present;
    } found[POLICY_LOOKUPS_MAX];
    char lower[POLICY_ACTION_MAX];
};

/* What an allow of a resource policy is worth in the principal's own account. */
enum policy_grant {
    GRANT_NONE,
    GRANT_ACCOUNT, /* hands the decision to the account's identity policies */
    GRANT_LIMITED, /* the role of a session: boundary and session policies still limit */
    GRANT_DIRECT,
};

struct policy_result {
    const struct np_policy *policy;
    size_t statement;        /* that decided */
    enum policy_grant grant; /* the best of its allows */
};

void policy_eval_init(struct policy_eval *e, const struct np_policy_request *rq);
bool policy_key_find(struct policy_eval *e, const struct policy_key *key,
                     const struct np_str **values, size_t *n);
/* False also if a variable has no value, and then e->unresolved is set. e may be NULL for a pattern
 * without any. */
bool policy_pattern_match(const struct policy_pattern *p, struct np_str text, bool ignore_case,
                          struct policy_eval *e);
bool policy_arn_match(const struct policy_arn *a, struct np_str text, struct policy_eval *e);
bool policy_condition_holds(const struct policy_condition *c, struct policy_eval *e);
enum policy_grant policy_principal_grant(const struct policy_statement *st,
                                         const struct policy_eval *e);
/* Goes on after an allow, since a deny or a better grant may follow. */
enum np_effect policy_eval_one(struct policy_eval *e, const struct np_policy *p,
                               struct policy_result *out);
