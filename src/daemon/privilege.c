/* SPDX-License-Identifier: Apache-2.0 */
/* privilege.c - from root to the region's user, by libcap-ng. */
#include "daemon/privilege.h"

#include <cap-ng.h>
#include <errno.h>
#include <fts.h>
#include <nss.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"

bool np_region_user(uid_t *uid, gid_t *gid)
{
    if (geteuid() != 0)
        return false;
    /* Of this host's own files: whom else the host asks for users may take long to answer, and
     * would say who the region is. */
    __nss_configure_lookup("passwd", "files");
    __nss_configure_lookup("group", "files");
    const struct passwd *p = getpwnam(NP_REGION_USER);
    if (p == NULL || p->pw_uid == 0)
        return false;
    *uid = p->pw_uid;
    *gid = p->pw_gid;
    return true;
}

static int give(const struct passwd *to, const FTSENT *e)
{
    if (e->fts_info == FTS_NS || e->fts_info == FTS_DNR || e->fts_info == FTS_ERR)
        return e->fts_errno == ENOENT ? 0 : -1;
    if (e->fts_info == FTS_DP || e->fts_statp->st_uid == to->pw_uid)
        return 0;
    return lchown(e->fts_path, to->pw_uid, to->pw_gid);
}

/* What the agent keeps, which must be root's alone; and what is inside of an image, whose owners
 * are those of its guests. The region has no business there. */
static bool is_agents(const FTSENT *e)
{
    static const char *const folders[] = {"run", "net", "volumes", "snapshots"};
    if (e->fts_level == 1)
        NP_EACH (name, folders)
            if (strcmp(e->fts_name, *name) == 0)
                return true;
    return e->fts_level == 3 && strcmp(e->fts_name, "rootfs") == 0 &&
           strcmp(e->fts_parent->fts_parent->fts_name, "images") == 0;
}

/* What a region of root left in the folder; nobody else could enter it. */
static int give_data(struct np_str dir, const struct passwd *to, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    char *const roots[] = {np_str_z(a, dir), NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    if (walk == NULL)
        return np_err_errno(err, errno, "cannot walk %s", roots[0]);
    int rc = 0;
    for (FTSENT *e; rc == 0 && (e = fts_read(walk)) != NULL;) {
        if (is_agents(e)) {
            fts_set(walk, e, FTS_SKIP);
            continue;
        }
        if (give(to, e) != 0)
            rc =
                np_err_errno(err, errno, "cannot give %s to the user " NP_REGION_USER, e->fts_path);
    }
    fts_close(walk);
    return rc;
}

int np_drop_privileges(struct np_str data_dir, struct np_err *err)
{
    uid_t uid = 0;
    gid_t gid = 0;
    bool change = np_region_user(&uid, &gid);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (geteuid() != 0)
        return 0;
    int rc = change ? give_data(data_dir, getpwuid(uid), err) : 0;
    if (rc != 0)
        return rc;
    capng_clear(CAPNG_SELECT_BOTH);
    capng_update(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, CAP_NET_BIND_SERVICE);
    if (change)
        rc = capng_change_id((int)uid, (int)gid, CAPNG_INIT_SUPP_GRP | CAPNG_CLEAR_BOUNDING);
    else
        rc = capng_apply(CAPNG_SELECT_BOTH);
    return rc == 0
               ? 0
               : np_err(err, NP_EACCES, "cannot give up root's privileges (libcap-ng says %d)", rc);
}
