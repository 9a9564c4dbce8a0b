/* SPDX-License-Identifier: Apache-2.0 */
/* forward_fields.c - which fields go on from one connection to the next (RFC 9110, 7.6). */
#include "aws/forward.h"

#include "base/arena.h"
#include "http/http.h"

static bool is_any(struct np_str name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (np_str_ieq(name, np_str_of(list[i])))
            return true;
    return false;
}

/* They speak of the connection that they came by. */
static bool is_of_hop(struct np_str name)
{
    static const char *const list[] = {
        "Connection", "Proxy-Connection", "Keep-Alive", "Proxy-Authorization", "Proxy-Authenticate",
        "TE",         "Trailer",          "Upgrade",
    };
    return is_any(name, list, NP_LEN(list));
}

static bool is_of_framing(struct np_str name)
{
    static const char *const list[] = {"Content-Length", "Transfer-Encoding", "Expect"};
    return is_any(name, list, NP_LEN(list));
}

static bool is_of_forwarder(struct np_str name)
{
    return np_str_istarts(name, NP_STR("X-Forwarded-")) || np_str_ieq(name, NP_STR("Forwarded"));
}

/* Named by Connection, which cannot take away what a message is understood by. */
static bool is_listed(const struct np_http_head *h, struct np_str name)
{
    static const char *const kept[] = {"Host", "Content-Length", "Transfer-Encoding", "Via"};
    for (size_t i = 0; i < h->n_fields; i++) {
        struct np_str rest = h->fields[i].value, one;
        if (!np_str_ieq(h->fields[i].name, NP_STR("Connection")))
            continue;
        while (np_str_split(&rest, ',', &one))
            if (np_str_ieq(np_str_trim(one), name))
                return !is_any(name, kept, NP_LEN(kept));
    }
    return false;
}

static bool goes_on(const struct np_http_head *h, struct np_str name, bool in_process)
{
    if (np_str_ieq(name, NP_STR("Host")) || is_of_hop(name) || is_of_forwarder(name))
        return false;
    if (is_of_framing(name))
        return in_process;
    return !is_listed(h, name);
}

size_t np_forward_fields(struct np_arena *a, const struct np_http_head *h, struct np_str via,
                         bool in_process, struct np_http_field **out)
{
    struct np_http_field *f = np_new_array(a, struct np_http_field, h->n_fields + 2);
    size_t n = 0;
    for (size_t i = 0; i < h->n_fields; i++)
        if (goes_on(h, h->fields[i].name, in_process))
            f[n++] = h->fields[i];
    f[n++] = (struct np_http_field){NP_STR("Via"), via};
    *out = f;
    return n;
}

struct np_str np_forward_target(struct np_arena *a, const struct np_http_head *h)
{
    return np_str_printf(a, "%.*s%s%.*s", NP_FMT(h->path), h->query.p != NULL ? "?" : "",
                         NP_FMT(h->query));
}
