/* SPDX-License-Identifier: Apache-2.0 */
/* nft.h - one `nft -f` in a namespace: a batch that is taken whole or not at all. */
#pragma once

#include "host/net/netns.h"
#include "io/child.h"

struct np_nft;
typedef void np_nft_done_fn(void *arg, int rc, const struct np_err *err);

/* `done` is called once, on the loop, unless it is forgotten before. The text is copied. */
int np_nft_start(struct np_loop *l, const struct np_netns_dir *d, int ns, struct np_str text,
                 np_nft_done_fn *done, void *arg, struct np_nft **out, struct np_err *err);
void np_nft_forget(struct np_nft *n); /* it still does its work */
const char *np_nft_program(void);     /* NULL: there is none */
