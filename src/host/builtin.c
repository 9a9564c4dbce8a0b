/* SPDX-License-Identifier: Apache-2.0 */
/* builtin.c - making the built-in image. */
#include "host/builtin.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/auto.h"

int np_builtin_make(struct np_str home, struct np_str ca_pem, bool user, struct np_arena *a,
                    const char **path, struct np_err *err)
{
    *path = np_str_z(a, np_str_printf(a, "%.*s/.builtin", NP_FMT(home)));
    static const char *const dirs[] = {
        "",           "/tree",     "/usr",      "/tree/etc", "/tree/usr",  "/tree/var", "/tree/tmp",
        "/tree/proc", "/tree/sys", "/tree/dev", "/tree/run", "/tree/boot", "/usr/local"};
    NP_EACH (d, dirs) {
        const char *p = np_str_z(a, np_str_printf(a, "%s%s", *path, *d));
        if (mkdir(p, 0755) != 0 && errno != EEXIST)
            return np_err_errno(err, errno, "cannot make %s", p);
    }
    static const char *const links[] = {"bin", "sbin", "lib", "lib64"};
    NP_EACH (l, links)
        symlink(np_str_z(a, np_str_printf(a, "usr/%s", *l)),
                np_str_z(a, np_str_printf(a, "%s/tree/%s", *path, *l)));
    return 0;
}
