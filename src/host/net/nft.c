/* SPDX-License-Identifier: Apache-2.0 */
/* nft.c - the child that loads rules, and the socket that hears when they are loaded.
 *
 * The child takes its time to end: the kernel lets go of its socket only when nobody can be looking
 * at the old rules any more, 10 ms after the new ones are in force. So the end is not waited for:
 * the kernel tells of each new generation of rules, and nobody else makes one. Where that message
 * was lost, the child's end tells. */
#include "host/net/nft.h"

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/auto.h"
#include "base/list.h"
#include "host/agent_wire.h"

#define SAID_MAX  400
#define EAR_BYTES (4 << 20) /* as far as the host allows */
#define READ_MAX  32768

struct np_nft {
    struct np_loop *loop;
    const struct np_netns_dir *dir;
    int ns, ear;
    struct np_watch watch;
    struct np_node children;
    struct run *run; /* whose rules are not in force yet */
};

struct run {
    struct np_node node;
    struct np_nft *of;
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

static void free_run(struct run *r)
{
    if (r->said >= 0)
        close(r->said);
    np_free(r);
}

/* What is said of it may start the next. */
static void finish(struct run *r, int rc, const struct np_err *err)
{
    if (r->of->run != r)
        return;
    r->of->run = NULL;
    r->done(r->arg, rc, err);
}

/* --- the ear --- */

static bool tells_of_rules(const char *bytes, size_t n)
{
    int left = (int)n;
    for (const struct nlmsghdr *h = (const void *)bytes; mnl_nlmsg_ok(h, left);
         h = mnl_nlmsg_next(h, &left))
        if (h->nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWGEN))
            return true;
    return false;
}

/* Whether new rules are in force since it was asked last. */
static bool hear(const struct np_nft *n)
{
    _Alignas(struct nlmsghdr) char bytes[READ_MAX];
    bool told = false;
    for (;;) {
        ssize_t got = recv(n->ear, bytes, sizeof(bytes), MSG_DONTWAIT);
        if (got > 0)
            told = told || tells_of_rules(bytes, (size_t)got);
        else if (got == 0 || (errno != ENOBUFS && errno != EINTR))
            return told;
    }
}

static void on_ear(struct np_watch *w, unsigned events)
{
    struct np_nft *n = NP_CONTAINER(w, struct np_nft, watch);
    if (hear(n) && n->run != NULL)
        finish(n->run, 0, &(struct np_err){0});
}

static int open_ear(void)
{
    static const int group = NFNLGRP_NFTABLES, room = EAR_BYTES;
    NP_AUTO_FD fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_NETFILTER);
    const struct sockaddr_nl at = {.nl_family = AF_NETLINK};
    if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof(at)) != 0 ||
        setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) != 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
    return np_fd_take(&fd);
}

int np_nft_new(struct np_loop *l, const struct np_netns_dir *d, int ns, struct np_nft **out,
               struct np_err *err)
{
    int rc = np_netns_enter(ns, err);
    if (rc != 0)
        return rc;
    int ear = open_ear();
    if (ear < 0)
        rc = np_err_errno(err, errno, "cannot hear of rules");
    np_netns_leave(d);
    if (rc != 0)
        return rc;
    struct np_nft *n = np_heap_new(struct np_nft);
    *n = (struct np_nft){.loop = l, .dir = d, .ns = ns, .ear = ear};
    np_list_init(&n->children);
    rc = np_watch_add(l, &n->watch, ear, NP_READABLE, on_ear, err);
    if (rc == 0)
        *out = n;
    else
        np_nft_free(n);
    return rc;
}

/* --- the child --- */

static void exited(struct np_child *c, int status)
{
    struct run *r = NP_CONTAINER(c, struct run, child);
    struct np_err err = {0};
    char text[SAID_MAX];
    int rc = 0;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        ssize_t got = pread(r->said, text, sizeof(text), 0);
        rc =
            np_err(&err, NP_EIO, "nft does not take the rules: %.*s", got > 0 ? (int)got : 0, text);
    }
    np_list_remove(&r->node);
    hear(r->of); /* else it would be heard of the next one */
    finish(r, rc, &err);
    free_run(r);
}

int np_nft_load(struct np_nft *n, struct np_str text, np_nft_done_fn *done, void *arg,
                struct np_err *err)
{
    const char *program = np_nft_program();
    np_assert(n->run == NULL);
    if (program == NULL)
        return np_err(err, NP_ENOTSUP, "the program nft is not installed");
    struct run *r = np_heap_new(struct run);
    NP_AUTO_FD in = np_sealed_file(text.p, text.n);
    *r = (struct run){
        .of = n, .said = memfd_create("nft-said", MFD_CLOEXEC), .done = done, .arg = arg};
    const char *const argv[] = {program, "-f", "-", NULL};
    struct np_child_opts o = {.argv = argv, .fds = {in, -1, r->said}, .n_fds = 3};
    int rc = in < 0 || r->said < 0 ? np_err(err, NP_ENOSPC, "no memory file for the rules")
                                   : np_netns_enter(n->ns, err);
    if (rc == 0) {
        rc = np_child_start(n->loop, &r->child, &o, exited, err);
        np_netns_leave(n->dir);
    }
    if (rc != 0) {
        free_run(r);
        return rc;
    }
    np_list_append(&n->children, &r->node);
    n->run = r;
    return 0;
}

void np_nft_free(struct np_nft *n)
{
    if (n == NULL)
        return;
    for (struct np_node *node; (node = np_list_pop(&n->children)) != NULL;) {
        struct run *r = NP_CONTAINER(node, struct run, node);
        np_watch_del(&r->child.watch);
        close(r->child.pidfd);
        free_run(r);
    }
    np_watch_del(&n->watch);
    close(n->ear);
    np_free(n);
}
