/* SPDX-License-Identifier: Apache-2.0 */
/* exceptions.h - the vectors that do not hold for a server, each with the reason. */
#pragma once

#include "base/str.h"

struct exception {
    const char *key; /* "input/rest-xml:CaseId" */
    bool reads; /* a client must still read the result from our reply; only its spelling differs */
    const char *reason;
};
const struct exception *exception_of(struct np_str key); /* NULL: the case must pass */
