/* SPDX-License-Identifier: Apache-2.0 */
/* name.h - names of parameters: AWS's rules for new ones, and the ways to refer to one. */
#pragma once

#include "base/err.h"

struct np_arena;

/* "name", "name:3", "name:label", or the ARN with either. */
struct ssm_ref {
    struct np_str name;            /* as written, without the selector */
    struct np_str key;             /* with a leading slash: what rows go by */
    struct np_str selector;        /* absent: the newest version */
    struct np_str account, region; /* of an ARN; absent: a name */
};
/* Parts are borrowed or in `a`. A fault if it is none. */
int ssm_ref_parse(struct np_arena *a, struct np_str text, struct ssm_ref *out, struct np_err *err);
/* The same, of what may be only a name. */
int ssm_ref_name(struct np_arena *a, struct np_str text, struct ssm_ref *out, struct np_err *err);

/* May a parameter of that name be made? *key is the name with a leading slash. */
int ssm_name_check(struct np_arena *a, struct np_str name, struct np_str *key, struct np_err *err);
/* Of GetParametersByPath and filters: "/", "/a", "/a/b/". *prefix ends with a slash. */
int ssm_path_check(struct np_arena *a, struct np_str path, struct np_str *prefix,
                   struct np_err *err);
/* Below the first level of a hierarchy? */
bool ssm_in_hierarchy(struct np_str key);

struct np_str ssm_arn(struct np_arena *a, struct np_str region, struct np_str account,
                      struct np_str key);

bool ssm_label_ok(struct np_str label);
/* An id of an image in AWS's form? */
bool ssm_image_id_ok(struct np_str value);
