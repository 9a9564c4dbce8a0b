/* SPDX-License-Identifier: Apache-2.0 */
/* ruleset.h - a firewall's table in named pieces, and the text that turns one into another.
 *
 * Pieces are sets, maps and chains of the table `ip nephele`. The text is for `nft -f`, one atomic
 * batch, and has only what differs: elements of sets and maps one by one, chains whole.
 */
#pragma once

#include "base/buf.h"

enum np_piece_kind { NP_PIECE_SET, NP_PIECE_MAP, NP_PIECE_CHAIN };

struct np_piece {
    enum np_piece_kind kind;
    bool ranges; /* of a set or map: elements overlap in time, it is filled anew when it differs */
    struct np_str name, head; /* head: what stands in the braces of its declaration */
    struct np_str *lines;     /* elements, or rules in order */
    size_t n;
};

struct np_ruleset;

struct np_ruleset *np_ruleset_new(void); /* in an arena of its own */
void np_ruleset_free(struct np_ruleset *r);
struct np_arena *np_ruleset_arena(struct np_ruleset *r);

/* The piece of that name, made if there is none. */
struct np_piece *np_piece(struct np_ruleset *r, enum np_piece_kind kind, struct np_str name,
                          const char *head);
bool np_piece_is_there(const struct np_ruleset *r, struct np_str name);
void np_piece_line(struct np_ruleset *r, struct np_piece *p, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* When all is said: puts pieces and elements in order. */
void np_ruleset_seal(struct np_ruleset *r);
/* What makes `old` (NULL: whatever there is) into `now`; both sealed. Nothing if they are alike. */
void np_ruleset_diff(const struct np_ruleset *old, const struct np_ruleset *now,
                     struct np_buf *out);
