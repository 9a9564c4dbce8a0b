/* SPDX-License-Identifier: Apache-2.0 */
/* sigv4_fuzz.c - the signature of a request: a target, a line "Authorization", other fields. What
 * is accepted is complete, and the canonical request stands still when its path is canonical
 * already. */
#include "fuzz.h"

#include "aws/sigv2.h"
#include "base/arena.h"

/* The older form of presigned URLs, whatever else the request says. */
static void older(const struct np_wire_request *rq, struct np_arena *a)
{
    struct np_sig sig;
    struct np_err err = {0};
    if (np_sig2_parse(rq, a, &sig, &err) != 0) {
        np_assert(err.n != 0);
        return;
    }
    np_assert(sig.access_key_id.n != 0 && sig.signature.n != 0);
    struct np_str to_sign = np_sig2_string(rq, &sig, a);
    np_assert(np_str_starts(to_sign, np_str_cat(a, rq->method, NP_STR("\n"))));
    np_assert(np_sig2_sign(NP_STR("secret"), to_sign, a).n == 28);
}

NP_FUZZ(p, n)
{
    struct np_arena *a = np_arena_new();
    struct np_str rest = np_str_n(p, n), line;
    struct np_wire_field fields[16];
    struct np_wire_request rq = {.method = NP_STR("GET"), .fields = fields};
    if (np_str_split(&rest, '\n', &line))
        np_str_cut(line, '?', &rq.path, &rq.query);
    while (rq.n_fields < NP_LEN(fields) && np_str_split(&rest, '\n', &line)) {
        struct np_wire_field *f = &fields[rq.n_fields];
        if (np_str_cut(line, ':', &f->name, &f->value))
            rq.n_fields++;
    }
    struct np_sig sig;
    struct np_err err;
    if (np_sig_parse(&rq, a, &sig, &err) == 0 &&
        (sig.kind == NP_SIG_HEADER || sig.kind == NP_SIG_QUERY)) {
        np_assert(sig.access_key_id.n != 0 && sig.signature.n != 0 && sig.date.n == 8);
        np_assert(sig.expires_s >= 0 && sig.expires_s <= 604800);
        for (int once = 0; once < 2; once++) {
            struct np_buf canonical, to_sign;
            np_buf_init(&canonical, a, 1 << 20);
            np_buf_init(&to_sign, a, 1 << 20);
            np_sig_canonical(&rq, &sig, once != 0, NP_STR("UNSIGNED-PAYLOAD"), a, &canonical);
            np_sig_string(&sig, np_buf_str(&canonical), a, &to_sign);
            np_assert(np_buf_ok(&to_sign) &&
                      np_str_starts(np_buf_str(&to_sign), NP_STR("AWS4-HMAC-SHA256\n")));
        }
    }
    older(&rq, a);
    np_arena_free(a);
    return 0;
}
