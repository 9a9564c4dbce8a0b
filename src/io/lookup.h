/* SPDX-License-Identifier: Apache-2.0 */
/* lookup.h - records other than addresses, by the host's resolver.
 *
 * Waits for the network: on a job's thread only. */
#pragma once

#include "base/err.h"

struct np_addr;

#define NP_LOOKUP_RECORDS_MAX 64 /* of an answer; what is more is left out */

/* "CNAME" or "CAA" records of a name, in text form. `server` is asked instead of those of the host
 * (tests); NULL. 0 with none: there is no such name or record. NP_EIO: nobody answered. */
int np_lookup(struct np_str name, const char *type, const struct np_addr *server,
              struct np_arena *a, struct np_strs *out, struct np_err *err);
/* The whole answer to one question, as it came. n 0: the name has no such record; NP_ENOENT: there
 * is no such name; NP_EIO: nobody answered. */
int np_lookup_message(struct np_str name, uint16_t type, const struct np_addr *server,
                      struct np_arena *a, struct np_str *out, struct np_err *err);
/* Those of an answer's message. NP_EPROTO: it is none. */
int np_lookup_read(struct np_str message, const char *type, struct np_arena *a, struct np_strs *out,
                   struct np_err *err);
