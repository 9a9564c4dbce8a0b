/* SPDX-License-Identifier: Apache-2.0 */
/* name.h - names of DNS: wire form (labels with their lengths, the root at the end), lower case.
 *
 * As text a byte may be written \ooo, three octal digits; \ before anything else stands for that
 * byte. Text that is given back writes every byte but letters, digits, '-' and '_' that way,
 * so a wildcard is "\052.example.com.". Threads: any.
 */
#pragma once

#include "base/err.h"
#include "base/str.h"

#define NP_DNS_NAME_MAX   255 /* bytes of the wire form */
#define NP_DNS_LABEL_MAX  63
#define NP_DNS_LABELS_MAX 127

/* "www.Example.com" or "www.example.com."; "." is the root. NP_EINVAL with the reason in
 * Route 53's form, "DomainLabelEmpty (Domain label is empty)". */
int np_dns_name_of(struct np_str text, struct np_arena *a, struct np_str *name, struct np_err *err);
/* The same with upper case kept: what a record's value names is given back as it came. */
int np_dns_name_as_is(struct np_str text, struct np_arena *a, struct np_str *name,
                      struct np_err *err);
struct np_str np_dns_name_text(struct np_str name, struct np_arena *a); /* with the last dot */
/* Bytes of the uncompressed name at the front of p, 0: there is none. */
size_t np_dns_name_len(const uint8_t *p, size_t n);
size_t np_dns_name_labels(struct np_str name); /* without the root */
/* `name` is `zone` or below it; both in lower case. */
bool np_dns_name_under(struct np_str name, struct np_str zone);
/* Canonical order (RFC 4034, 6.1): labels from the right. */
int np_dns_name_cmp(struct np_str x, struct np_str y);
