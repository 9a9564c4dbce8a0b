/* SPDX-License-Identifier: Apache-2.0 */
/* nft.h - the rules of one namespace, loaded by `nft -f`: a batch is taken whole or not at all. */
#pragma once

#include "host/net/netns.h"
#include "io/child.h"

struct np_nft;
typedef void np_nft_done_fn(void *arg, int rc, const struct np_err *err);

/* A loader of the namespace `ns`, which outlives it as `d` does. */
int np_nft_new(struct np_loop *l, const struct np_netns_dir *d, int ns, struct np_nft **out,
               struct np_err *err);
void np_nft_free(struct np_nft *n); /* what is under way still does its work */

/* One at a time. `done` is called once, on the loop, when packets meet the new rules, unless the
 * loader is freed before. The text is copied. */
int np_nft_load(struct np_nft *n, struct np_str text, np_nft_done_fn *done, void *arg,
                struct np_err *err);
const char *np_nft_program(void); /* NULL: there is none */
