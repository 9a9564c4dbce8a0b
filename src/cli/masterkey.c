/* SPDX-License-Identifier: Apache-2.0 */
/* masterkey.c - a new master key for a data directory on which no region runs. */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "cli/cli.h"
#include "daemon/datadir.h"

/* A region whose supervisor was killed may live a moment longer: its lock counts, too. */
static int lock_both(struct cli *c, int *supervisor, int *region)
{
    struct np_str dir = c->settings.core.data_dir;
    int rc = np_datadir_lock(dir, "lock", supervisor, &c->err);
    if (rc == 0)
        rc = np_datadir_lock(dir, "region.lock", region, &c->err);
    if (rc == NP_EBUSY)
        return cli_say("a region runs on %.*s; end it first with `nephele stop`", NP_FMT(dir));
    return rc != 0 ? cli_fail(c) : 0;
}

/* Files that root writes for somebody else's region have to stay his. */
static int become_owner(struct cli *c)
{
    const char *dir = np_str_z(c->arena, c->settings.core.data_dir);
    struct stat st;
    if (stat(dir, &st) != 0)
        return cli_say("cannot look at %s: %s", dir, strerror(errno));
    if (st.st_uid == geteuid() || (setegid(st.st_gid) == 0 && seteuid(st.st_uid) == 0))
        return 0;
    return cli_say("%s belongs to user %u: be that user, or root", dir, st.st_uid);
}

static int rotate(struct cli *c)
{
    struct np_str dir = c->settings.core.data_dir;
    NP_AUTO_FD supervisor = -1;
    NP_AUTO_FD region = -1;
    if (!np_datadir_has_region(dir))
        return cli_say("%.*s holds no region", NP_FMT(dir));
    if (become_owner(c) != 0 || lock_both(c, &supervisor, &region) != 0)
        return 1;
    if (np_keyring_rotate(dir, &c->err) != 0)
        return cli_fail(c);
    printf("%.*s/master.key is new; the one before opens nothing here any more.\n", NP_FMT(dir));
    return 0;
}

int cli_master_key(struct cli *c)
{
    if (!cli_read(c, NP_FOR_CLIENT, NULL))
        return 2;
    if (c->argc != 1 || !np_str_is(np_str_of(c->argv[0]), "rotate")) {
        cli_say("usage: nephele master-key rotate");
        return 2;
    }
    return rotate(c);
}
