/* SPDX-License-Identifier: Apache-2.0 */
/* manage.c - account, reset, connect: what changes a region, or will. */
#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "cli/ask.h"
#include "daemon/datadir.h"
#include "daemon/rootkeys.h"
#include "host/clean.h"
#include "host/namespaces.h"

/* --- account --- */

static bool account_ok(struct np_str id)
{
    uint64_t number;
    return id.n == 12 && np_str_u64(id, &number);
}

int cli_account(struct cli *c)
{
    if (!cli_read(c, NP_FOR_CLIENT, NULL))
        return 2;
    struct np_str verb = np_str_of(c->argc > 0 ? c->argv[0] : ""),
                  id = np_str_of(c->argc > 1 ? c->argv[1] : "");
    if (!np_str_is(verb, "create") || c->argc > 2 || (id.n != 0 && !account_ok(id))) {
        cli_say("usage: nephele account create [12-digit ID]");
        return 2;
    }
    struct np_str body, path = NP_STR("/_nephele/account");
    if (id.n != 0)
        path = np_str_printf(c->arena, "/_nephele/account?id=%.*s", NP_FMT(id));
    int status = cli_ask(c, "POST", path, &body);
    if (status < 0)
        return cli_fail(c);
    if (status != 200)
        return cli_say("the region refuses: %.*s", NP_FMT(np_str_trim(body)));
    struct np_rootkey key;
    if (np_rootkey_find(c->settings.core.data_dir, np_str_trim(body), c->arena, &key, &c->err) != 0)
        return cli_fail(c);
    printf("[%.*s]\naws_access_key_id = %.*s\naws_secret_access_key = %.*s\n", NP_FMT(key.account),
           NP_FMT(key.id), NP_FMT(key.secret));
    return 0;
}

/* --- reset --- */

static const char *const ours[] = {"state.db.new", "state.db.new-wal",
                                   "s3.db.new",    "s3.db.new-wal",
                                   "state.db",     "state.db-wal",
                                   "state.db-shm", "s3.db",
                                   "s3.db-wal",    "s3.db-shm",
                                   "blobs",        "audit",
                                   "tls",          "run",
                                   "master.key",   "keyring",
                                   "token",        "root-keys",
                                   "endpoint",     "region.lock",
                                   "nephele.log",  "nephele.log.1",
                                   "agent.sock",   "pool",
                                   "dns",          "region",
                                   "edge-cache",   "images",
                                   "instances",    "net",
                                   "snapshots",    "ssh",
                                   "volumes"};

static int remove_tree(char *path)
{
    char *const roots[] = {path, NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
    int rc = walk == NULL ? -1 : 0;
    for (FTSENT *e; rc == 0 && (e = fts_read(walk)) != NULL;)
        if (e->fts_info != FTS_D && remove(e->fts_accpath) != 0 && errno != ENOENT)
            rc = -1;
    if (walk != NULL)
        fts_close(walk);
    return rc;
}

/* What instances left has their users' ids, subordinate ones of this user: as root of a user
 * namespace that has them. */
static int remove_as_root(char *path)
{
    struct np_namespaces ns;
    int status;
    pid_t pid = geteuid() != 0 ? fork() : -1;
    if (pid == 0) {
        np_namespaces_make(&ns);
        _exit(ns.user && remove_tree(path) == 0 ? 0 : 1);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 ? 0 : -1;
}

static bool is_backup(const char *name)
{
    return np_str_starts(np_str_of(name), NP_STR("backup-"));
}

static int remove_all(struct cli *c)
{
    char *const roots[] = {np_str_z(c->arena, c->settings.core.data_dir), NULL};
    FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    int rc = 0;
    for (FTSENT *e; walk != NULL && rc == 0 && (e = fts_read(walk)) != NULL;) {
        if (e->fts_level != 1 || e->fts_info == FTS_DP)
            continue;
        fts_set(walk, e, FTS_SKIP);
        bool known = is_backup(e->fts_name);
        NP_EACH (name, ours)
            known = known || np_str_eq(np_str_of(*name), np_str_of(e->fts_name));
        if (known && remove_tree(e->fts_path) != 0 && remove_as_root(e->fts_path) != 0)
            rc = cli_say("cannot remove %s: %s", e->fts_path, strerror(errno));
    }
    if (walk != NULL)
        fts_close(walk);
    return rc;
}

int cli_reset(struct cli *c)
{
    static const char *const own[] = {"yes", NULL};
    if (!cli_read(c, NP_FOR_CLIENT, own))
        return 2;
    bool yes = cli_take(c, "yes");
    if (!cli_end(c))
        return 2;
    if (!np_datadir_has_region(c->settings.core.data_dir))
        return cli_say("%.*s holds no region", NP_FMT(c->settings.core.data_dir));
    if (!yes)
        return cli_say("this removes every account, bucket and key in %.*s; say it with --yes",
                       NP_FMT(c->settings.core.data_dir));
    NP_AUTO_FD lock = -1;
    if (np_datadir_lock(c->settings.core.data_dir, "lock", &lock, &c->err) != 0)
        return cli_say("a region runs on %.*s; end it first with `nephele stop`",
                       NP_FMT(c->settings.core.data_dir));
    struct np_cleaned done = {0};
    int rc = np_host_clean(c->settings.core.data_dir, &done, &c->err) != 0 ? cli_fail(c) : 0;
    if (rc == 0 && done.left != 0)
        rc = cli_say("%zu processes of the region do not end", done.left);
    if (rc == 0)
        rc = remove_all(c);
    if (rc == 0)
        printf("Removed.\n");
    return rc;
}
