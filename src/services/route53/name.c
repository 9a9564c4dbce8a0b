/* SPDX-License-Identifier: Apache-2.0 */
/* name.c - names and ids as the API writes them. */
#include "engines/dns/name.h"

#include "base/digest.h"
#include "services/route53/route53_int.h"

#define ID_LETTERS 19

/* As it is, but for what would not be text or would end the label. */
static size_t put_label(char *to, const char *label, size_t n)
{
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = (uint8_t)label[i];
        if (c > ' ' && c < 127 && c != '.' && c != '\\') {
            to[k++] = (char)c;
            continue;
        }
        to[k++] = '\\';
        to[k++] = (char)('0' + (c >> 6));
        to[k++] = (char)('0' + (c >> 3 & 7));
        to[k++] = (char)('0' + (c & 7));
    }
    to[k++] = '.';
    return k;
}

/* The wire form says where labels end, whatever they hold. */
static struct np_str sort_of(struct np_arena *a, struct np_str wire)
{
    size_t at[NP_DNS_LABELS_MAX], n = 0, k = 0;
    char *out = np_alloc(a, 4 * wire.n + 1);
    for (size_t i = 0; i < wire.n && wire.p[i] != 0; i += (uint8_t)wire.p[i] + 1u)
        at[n++] = i;
    while (n-- != 0)
        k += put_label(out + k, wire.p + at[n] + 1, (uint8_t)wire.p[at[n]]);
    return np_str_n(out, k);
}

int route53_name(struct np_arena *a, struct np_str text, struct route53_name *out,
                 struct np_err *err)
{
    int rc = np_dns_name_of(text, a, &out->wire, err);
    if (rc != 0)
        return rc;
    out->text = np_dns_name_text(out->wire, a);
    out->sort = sort_of(a, out->wire);
    return 0;
}

bool route53_name_within(const struct route53_name *name, const struct route53_name *zone)
{
    struct np_str w = name->wire;
    while (w.n > zone->wire.n)
        w = np_str_sub(w, (uint8_t)w.p[0] + 1u, SIZE_MAX);
    return np_str_eq(w, zone->wire);
}

struct np_str route53_bare_id(struct np_str id)
{
    ptrdiff_t slash = np_str_rchr(id, '/');
    return slash >= 0 ? np_str_sub(id, (size_t)slash + 1, SIZE_MAX) : id;
}

struct np_str route53_new_id(struct np_arena *a, char prefix)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    uint8_t raw[ID_LETTERS];
    char *p = np_alloc(a, ID_LETTERS + 1);
    np_random(raw, sizeof(raw));
    p[0] = prefix;
    for (size_t i = 0; i < ID_LETTERS; i++)
        p[i + 1] = letters[raw[i] % (sizeof(letters) - 1)];
    return np_str_n(p, ID_LETTERS + 1);
}

struct np_str route53_path(struct np_arena *a, const char *kind, struct np_str id)
{
    return np_str_printf(a, "/%s/%.*s", kind, NP_FMT(id));
}
