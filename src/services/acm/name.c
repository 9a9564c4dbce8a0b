/* SPDX-License-Identifier: Apache-2.0 */
/* name.c - domain names, wildcards, validation records. */
#include "services/acm/name.h"

#include "aws/core.h"
#include "base/arena.h"
#include "base/digest.h"
#include "base/enc.h"

/* AWS: two characters and "--" at a label's beginning are for internationalised names alone
 * (tests/wire/acm/request_names.wire). */
static bool label_ok(struct np_str label)
{
    if (label.n == 0 || label.n > 63)
        return false;
    if (label.n < 4 || label.p[2] != '-' || label.p[3] != '-')
        return true;
    return np_str_starts(label, NP_STR("xn--")) && label.n > 4;
}

struct np_str acm_name(struct np_arena *a, struct np_str text)
{
    struct np_str lower = np_str_lower(a, text), rest = acm_name_base(lower), label;
    while (np_str_split(&rest, '.', &label))
        if (!label_ok(label))
            return NP_STR_NULL;
    return lower;
}

struct np_str acm_name_base(struct np_str name)
{
    return np_str_starts(name, NP_STR("*.")) ? np_str_sub(name, 2, name.n) : name;
}

struct acm_record acm_record(const struct np_core *core, struct np_arena *a, struct np_str account,
                             struct np_str name)
{
    struct np_str base = acm_name_base(name);
    uint8_t key[32], mac[32];
    np_core_key(core, "acm.record", key);
    np_hmac_sha256(np_str_n(key, sizeof(key)),
                   np_str_printf(a, "%.*s/%.*s", NP_FMT(account), NP_FMT(base)), mac);
    np_wipe(key, sizeof(key));
    struct np_str digits = np_hex_str(a, np_str_n(mac, sizeof(mac)));
    return (struct acm_record){
        .name = np_str_printf(a, "_%.32s.%.*s.", digits.p, NP_FMT(base)),
        .value = np_str_printf(a, "_%.32s.acm-validations.aws.", digits.p + 32),
    };
}
