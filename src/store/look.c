/* SPDX-License-Identifier: Apache-2.0 */
/* look.c - a file of the store seen by a program that is not its region. */
#include "store/store_int.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

struct look {
    struct np_store store;
    struct np_file file;
};

int np_store_look(struct np_str dir, const char *name, struct np_dbc **out, struct np_err *err)
{
    struct look *l = np_heap_new(struct look);
    l->file.store = &l->store;
    l->file.name = name;
    int n = snprintf(l->file.path, sizeof(l->file.path), "%.*s/%s.db", NP_FMT(dir), name);
    bool fits = n > 0 && (size_t)n < sizeof(l->file.path);
    struct np_dbc *c = np_dbc_new(&l->file, NP_DBC_SNAPSHOT);
    int rc = fits && access(l->file.path, R_OK) == 0
                 ? np_dbc_open(c, err)
                 : np_err_errno(err, fits ? errno : ENAMETOOLONG, "opening %s", l->file.path);
    if (rc == 0) {
        *out = c;
        return 0;
    }
    np_store_look_end(c);
    return rc;
}

void np_store_look_end(struct np_dbc *c)
{
    if (c == NULL)
        return;
    struct look *l = NP_CONTAINER(c->file, struct look, file);
    np_dbc_free(c);
    np_free(l);
}
