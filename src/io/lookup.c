/* SPDX-License-Identifier: Apache-2.0 */
/* lookup.c - asking the host's resolver (libc's) for records, and reading what it says. */
#include "io/lookup.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>

#include "base/arena.h"
#include "base/buf.h"
#include "io/net.h"

#define MESSAGE_MAX 4096
#define TYPE_CAA    257 /* RFC 8659; older headers have no name for it */

static int type_of(const char *type)
{
    return strcmp(type, "CAA") == 0 ? TYPE_CAA : ns_t_cname;
}

/* Flags, the tag's length, tag and value: 0 issue "amazon.com". */
static bool caa_text(const ns_rr *rr, struct np_arena *a, struct np_str *out)
{
    const unsigned char *p = ns_rr_rdata(*rr);
    size_t n = ns_rr_rdlen(*rr);
    if (n < 2 || p[1] == 0 || (size_t)p[1] + 2 > n)
        return false;
    struct np_buf b;
    np_buf_init(&b, a, 8 * MESSAGE_MAX);
    np_buf_printf(&b, "%u %.*s \"", p[0], (int)p[1], (const char *)p + 2);
    for (size_t i = 2u + p[1]; i < n; i++) {
        if (p[i] < 0x20 || p[i] > 0x7e)
            np_buf_printf(&b, "\\%03u", p[i]);
        else
            np_buf_printf(&b, "%s%c", p[i] == '"' || p[i] == '\\' ? "\\" : "", p[i]);
    }
    np_buf_char(&b, '"');
    *out = np_buf_str(&b);
    return np_buf_ok(&b);
}

static bool cname_text(const ns_msg *m, const ns_rr *rr, struct np_arena *a, struct np_str *out)
{
    char text[NS_MAXDNAME];
    if (ns_name_uncompress(ns_msg_base(*m), ns_msg_end(*m), ns_rr_rdata(*rr), text, sizeof(text)) <
        0)
        return false;
    *out = np_str_dup(a, np_str_of(text));
    return true;
}

int np_lookup_read(struct np_str message, const char *type, struct np_arena *a, struct np_strs *out,
                   struct np_err *err)
{
    ns_msg m;
    ns_rr rr;
    int wanted = type_of(type);
    struct np_strs found = {.set = true};
    if (message.n > NS_MAXMSG ||
        ns_initparse((const unsigned char *)message.p, (int)message.n, &m) != 0)
        return np_err(err, NP_EPROTO, "no DNS message");
    for (int i = 0; i < ns_msg_count(m, ns_s_an) && found.n < NP_LOOKUP_RECORDS_MAX; i++) {
        struct np_str text;
        if (ns_parserr(&m, ns_s_an, i, &rr) != 0)
            return np_err(err, NP_EPROTO, "a DNS message with a damaged record");
        if (ns_rr_class(rr) != ns_c_in || (int)ns_rr_type(rr) != wanted)
            continue;
        if (!(wanted == TYPE_CAA ? caa_text(&rr, a, &text) : cname_text(&m, &rr, a, &text)))
            return np_err(err, NP_EPROTO, "a DNS message with a damaged record");
        found.v = np_array_grow(a, found.v, found.n, sizeof(*found.v));
        found.v[found.n++] = text;
    }
    *out = found;
    return 0;
}

int np_lookup_message(struct np_str name, uint16_t type, const struct np_addr *server,
                      struct np_arena *a, struct np_str *out, struct np_err *err)
{
    struct __res_state state = {0};
    unsigned char answer[MESSAGE_MAX];
    if (res_ninit(&state) != 0)
        return np_err(err, NP_EIO, "the host has no resolver");
    if (server != NULL) {
        state.nscount = 1;
        state.nsaddr_list[0] = server->u.v4;
    }
    int n = res_nquery(&state, np_str_z(a, name), ns_c_in, type, answer, sizeof(answer));
    int why = state.res_h_errno;
    res_nclose(&state);
    *out = NP_STR_NULL;
    if (n >= 0)
        *out = np_str_dup(
            a, np_str_n(answer, (size_t)n < sizeof(answer) ? (size_t)n : sizeof(answer)));
    else if (why == HOST_NOT_FOUND)
        return np_err(err, NP_ENOENT, "there is no name %.*s", NP_FMT(name));
    else if (why != NO_DATA)
        return np_err(err, NP_EIO, "nobody answers for %.*s", NP_FMT(name));
    return 0;
}

int np_lookup(struct np_str name, const char *type, const struct np_addr *server,
              struct np_arena *a, struct np_strs *out, struct np_err *err)
{
    struct np_str message;
    int rc = np_lookup_message(name, (uint16_t)type_of(type), server, a, &message, err);
    if (rc == 0 && message.n != 0)
        return np_lookup_read(message, type, a, out, err);
    if (rc != 0 && rc != NP_ENOENT)
        return rc;
    *out = (struct np_strs){.set = true};
    return 0;
}
