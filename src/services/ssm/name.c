/* SPDX-License-Identifier: Apache-2.0 */
/* name.c - names, references, paths, labels. */
#include "services/ssm/name.h"

#include "aws/arn.h"
#include "aws/fault.h"
#include "base/arena.h"
#include "gen/ssm/types.h"
#include "services/ssm/limits.h"

#define RESOURCE "parameter"

static bool name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '-';
}

/* Parts between slashes: none empty, all of the bytes that names may have. */
static bool spelled_ok(struct np_str key)
{
    char before = '/';
    if (key.n < 2 || key.p[0] != '/')
        return false;
    for (size_t i = 1; i < key.n; before = key.p[i++])
        if (key.p[i] == '/' ? before == '/' : !name_byte(key.p[i]))
            return false;
    return before != '/';
}

static size_t levels(struct np_str key)
{
    size_t n = 0;
    for (size_t i = 0; i < key.n; i++)
        n += key.p[i] == '/';
    return n;
}

bool ssm_in_hierarchy(struct np_str key)
{
    return levels(key) > 1;
}

static struct np_str key_of(struct np_arena *a, struct np_str name)
{
    return name.n != 0 && name.p[0] == '/' ? name : np_str_cat(a, NP_STR("/"), name);
}

static int misspelled(struct np_err *err)
{
    return np_fault(err, &NP_ValidationException,
                    "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed "
                    "as a path, it can consist of sub-paths divided by slash symbol; each sub-path "
                    "can be formed as a mix of letters, numbers and the following 3 symbols .-_");
}

/* AWS: a path below /aws is somebody's, a plain name is only ill-chosen
 * (tests/wire/ssm/names.wire).
 */
static int check_prefix(struct np_str name, struct np_str key, struct np_err *err)
{
    bool aws = np_str_istarts(key, NP_STR("/aws")), ssm = np_str_istarts(key, NP_STR("/ssm"));
    if (!aws && !ssm)
        return 0;
    if (!ssm_in_hierarchy(key))
        return np_fault(err, &NP_ValidationException,
                        "Parameter name: can't be prefixed with \"aws\" or \"ssm\" "
                        "(case-insensitive).");
    if (aws)
        return np_fault(err, &NP_AccessDeniedException,
                        "No access to reserved parameter name: %.*s.", NP_FMT(name));
    return misspelled(err);
}

int ssm_name_check(struct np_arena *a, struct np_str name, struct np_str *key, struct np_err *err)
{
    name = np_str_trim(name);
    struct np_str k = key_of(a, name);
    int rc = check_prefix(name, k, err);
    if (rc != 0)
        return rc;
    if (np_str_chr(name, '/') > 0 && np_str_chr(name, ':') < 0)
        return np_fault(err, &NP_ValidationException,
                        "Parameter name must be a fully qualified name.");
    if (!spelled_ok(k))
        return misspelled(err);
    if (levels(k) > SSM_LEVELS_MAX)
        return np_fault(err, &SSM_HierarchyLevelLimitExceededException,
                        "A hierarchy can have a maximum of %d levels.", SSM_LEVELS_MAX);
    *key = k;
    return 0;
}

int ssm_path_check(struct np_arena *a, struct np_str path, struct np_str *prefix,
                   struct np_err *err)
{
    struct np_str bare = path;
    if (np_str_ends(bare, NP_STR("/")))
        bare.n--;
    if (!np_str_starts(path, NP_STR("/")) || (bare.n != 0 && !spelled_ok(bare)))
        return np_fault(
            err, &NP_ValidationException,
            "The parameter doesn't meet the parameter name requirements. The parameter name must "
            "begin with a forward slash \"/\". It can't be prefixed with \"aws\" or \"ssm\" "
            "(case-insensitive). It must use only letters, numbers, or the following symbols: . "
            "(period), - (hyphen), _ (underscore). Special characters are not allowed. All "
            "sub-paths, if specified, must use the forward slash symbol \"/\". Valid example: "
            "/get/parameters2-/by1./path0_.");
    if (levels(bare) > SSM_LEVELS_MAX)
        return np_fault(err, &NP_ValidationException,
                        "A hierarchy can have a maximum of %d levels.", SSM_LEVELS_MAX);
    *prefix = np_str_cat(a, bare, NP_STR("/"));
    return 0;
}

int ssm_ref_parse(struct np_arena *a, struct np_str text, struct ssm_ref *out, struct np_err *err)
{
    struct ssm_ref r = {0};
    struct np_arn arn;
    struct np_str rest = np_str_trim(text);
    if (np_str_starts(rest, NP_STR("arn:"))) {
        if (!np_arn_parse(rest, &arn) || !np_str_is(arn.service, "ssm") ||
            !np_str_starts(arn.resource, NP_STR(RESOURCE "/")))
            return misspelled(err);
        r.account = arn.account;
        r.region = arn.region;
        rest = np_str_sub(arn.resource, strlen(RESOURCE), arn.resource.n);
    }
    bool selected = np_str_cut(rest, ':', &r.name, &r.selector);
    r.key = key_of(a, r.name);
    if (!spelled_ok(r.key) || np_str_istarts(r.key, NP_STR("/ssm")) ||
        (selected && (r.selector.n == 0 || np_str_chr(r.selector, ':') >= 0)))
        return misspelled(err);
    *out = r;
    return 0;
}

int ssm_ref_name(struct np_arena *a, struct np_str text, struct ssm_ref *out, struct np_err *err)
{
    int rc = ssm_ref_parse(a, text, out, err);
    if (rc == 0 && (out->account.p != NULL || out->selector.p != NULL))
        rc = misspelled(err);
    return rc;
}

struct np_str ssm_arn(struct np_arena *a, struct np_str region, struct np_str account,
                      struct np_str key)
{
    return np_arn_make(a, "ssm", region, account, RESOURCE "%.*s", NP_FMT(key));
}

bool ssm_label_ok(struct np_str label)
{
    if (label.n == 0 || label.n > 100 || (label.p[0] >= '0' && label.p[0] <= '9') ||
        np_str_istarts(label, NP_STR("aws")) || np_str_istarts(label, NP_STR("ssm")))
        return false;
    for (size_t i = 0; i < label.n; i++)
        if (!name_byte(label.p[i]))
            return false;
    return true;
}

bool ssm_image_id_ok(struct np_str value)
{
    struct np_str digits = np_str_sub(value, 4, value.n);
    if (!np_str_starts(value, NP_STR("ami-")) || (digits.n != 8 && digits.n != 17))
        return false;
    for (size_t i = 0; i < digits.n; i++)
        if (!((digits.p[i] >= '0' && digits.p[i] <= '9') ||
              (digits.p[i] >= 'a' && digits.p[i] <= 'f')))
            return false;
    return true;
}
