/* SPDX-License-Identifier: Apache-2.0 */
/* rdata_int.h - the fields of each type, for reading and writing. Private to this folder. */
#pragma once

#include "base/buf.h"
#include "engines/dns/rdata.h"

/* Kinds of fields, a letter each:
 *   4 6  an address            n  a name                b s l  a number of 8, 16, 32 bits
 *   q    a text of up to 255   t  one or more of them   g      CAA's tag, unquoted
 *   v    a text to the end     x  bytes as hex to the end      p  parameters of SVCB */
struct rdata_type {
    uint16_t type;
    const char *name, *fields;
};
const struct rdata_type *rdata_type_of(uint16_t type); /* NULL: none that a zone holds */

struct rdata_reader {
    struct np_str rest; /* text that is left */
    struct np_arena *arena;
    const char *type;
    struct np_str value; /* all of it, for reasons */
    struct np_err *err;
};
/* The next word, with its quotes if it has them; false: there is none. */
bool rdata_word(struct rdata_reader *r, struct np_str *word);
/* Bytes of a word, escapes undone, quotes taken off. */
int rdata_bytes(struct rdata_reader *r, struct np_str word, struct np_buf *out);

int svcb_params_of(struct rdata_reader *r, struct np_buf *out);
/* False: they are not of that form. */
bool svcb_params_text(struct np_str params, struct np_buf *out, struct np_arena *a);
void rdata_put_quoted(struct np_buf *out, struct np_str bytes);
