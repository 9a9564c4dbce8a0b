/* SPDX-License-Identifier: Apache-2.0 */
/* dns_rdata_fuzz.c - a line with a type, then the data of a record, as text and as bytes. */
#include "fuzz.h"

#include "base/auto.h"
#include "engines/dns/name.h"
#include "engines/dns/rdata.h"

/* What was read is written, and that reads as the same. */
static void there_and_back(uint16_t type, struct np_str text, struct np_arena *a)
{
    struct np_str rdata, again;
    struct np_err err = {0};
    int rc = np_dns_rdata_of(type, text, a, &rdata, &err);
    np_assert(rc == 0 || (rc == NP_EINVAL && err.n != 0));
    if (rc != 0)
        return;
    struct np_str back = np_dns_rdata_text(type, rdata, a);
    np_assert(np_dns_rdata_of(type, back, a, &again, NULL) == 0 && np_str_eq(again, rdata));
}

NP_FUZZ(p, n)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str type_text, data, name, again;
    uint16_t type;
    if (!np_str_cut(np_str_n(p, n), '\n', &type_text, &data))
        return 0;
    if (np_dns_name_of(data, a, &name, NULL) == 0) {
        np_assert(np_dns_name_len((const uint8_t *)name.p, name.n) == name.n);
        struct np_str text = np_dns_name_text(name, a);
        np_assert(np_dns_name_of(text, a, &again, NULL) == 0 && np_str_eq(again, name));
    }
    if (!np_dns_type_of(type_text, &type))
        return 0;
    there_and_back(type, data, a);
    /* Bytes of any kind have a text. */
    np_assert(np_dns_rdata_text(type, data, a).n != 0);
    return 0;
}
