/* SPDX-License-Identifier: Apache-2.0 */
/* nft.c - the child that loads rules. */
#include "host/net/nft.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/auto.h"
#include "host/agent_wire.h"

#define SAID_MAX 400

struct np_nft {
    struct np_child child;
    int said; /* what it wrote to its standard error */
    np_nft_done_fn *done;
    void *arg;
};

const char *np_nft_program(void)
{
    static const char *const paths[] = {"/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft",
                                        "/usr/local/sbin/nft"};
    NP_EACH (path, paths)
        if (access(*path, X_OK) == 0)
            return *path;
    return NULL;
}

static void free_nft(struct np_nft *n)
{
    if (n->said >= 0)
        close(n->said);
    np_free(n);
}

static void exited(struct np_child *c, int status)
{
    struct np_nft *n = NP_CONTAINER(c, struct np_nft, child);
    struct np_err err = {0};
    char text[SAID_MAX];
    int rc = 0;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        ssize_t got = pread(n->said, text, sizeof(text), 0);
        rc =
            np_err(&err, NP_EIO, "nft does not take the rules: %.*s", got > 0 ? (int)got : 0, text);
    }
    n->done(n->arg, rc, &err);
    free_nft(n);
}

int np_nft_start(struct np_loop *l, const struct np_netns_dir *d, int ns, struct np_str text,
                 np_nft_done_fn *done, void *arg, struct np_nft **out, struct np_err *err)
{
    const char *program = np_nft_program();
    if (program == NULL)
        return np_err(err, NP_ENOTSUP, "the program nft is not installed");
    struct np_nft *n = np_heap_new(struct np_nft);
    NP_AUTO_FD in = np_sealed_file(text.p, text.n);
    *n = (struct np_nft){.said = memfd_create("nft-said", MFD_CLOEXEC), .done = done, .arg = arg};
    const char *const argv[] = {program, "-f", "-", NULL};
    struct np_child_opts o = {.argv = argv, .fds = {in, -1, n->said}, .n_fds = 3};
    int rc = in < 0 || n->said < 0 ? np_err(err, NP_ENOSPC, "no memory file for the rules")
                                   : np_netns_enter(ns, err);
    if (rc == 0) {
        rc = np_child_start(l, &n->child, &o, exited, err);
        np_netns_leave(d);
    }
    if (rc != 0)
        free_nft(n);
    else
        *out = n;
    return rc;
}

void np_nft_forget(struct np_nft *n)
{
    if (n == NULL)
        return;
    np_watch_del(&n->child.watch);
    close(n->child.pidfd);
    free_nft(n);
}
