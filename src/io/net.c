/* SPDX-License-Identifier: Apache-2.0 */
/* net.c - addresses, listening sockets, and the only connect() of the program. */
#include "io/net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/auto.h"
#include "base/log.h"

#define BACKLOG          4096
#define EGRESS_RULES_MAX 1000

/* --- addresses --- */

/* "1.2.3.4" or "::1"; port 0. */
static bool parse_ip(struct np_str text, struct np_addr *out)
{
    char z[INET6_ADDRSTRLEN];
    if (text.n == 0 || text.n >= sizeof(z) || memchr(text.p, '\0', text.n) != NULL)
        return false;
    memcpy(z, text.p, text.n);
    z[text.n] = '\0';
    struct np_addr a = {.len = sizeof(a.u.v4)};
    a.u.v4.sin_family = AF_INET;
    if (inet_pton(AF_INET, z, &a.u.v4.sin_addr) == 1) {
        *out = a;
        return true;
    }
    a = (struct np_addr){.len = sizeof(a.u.v6)};
    a.u.v6.sin6_family = AF_INET6;
    if (inet_pton(AF_INET6, z, &a.u.v6.sin6_addr) != 1)
        return false;
    *out = a;
    return true;
}

bool np_addr_of_ip(struct np_str text, struct np_addr *out)
{
    return parse_ip(text, out);
}

struct np_addr np_addr_of(struct in_addr ip, uint16_t port)
{
    struct np_addr a = {.len = sizeof(a.u.v4)};
    a.u.v4.sin_family = AF_INET;
    a.u.v4.sin_addr = ip;
    a.u.v4.sin_port = htons(port);
    return a;
}

void np_addr_to_dial(struct np_addr *addr)
{
    if (addr->u.sa.sa_family == AF_INET && addr->u.v4.sin_addr.s_addr == htonl(INADDR_ANY))
        addr->u.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (addr->u.sa.sa_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&addr->u.v6.sin6_addr))
        addr->u.v6.sin6_addr = in6addr_loopback;
}

static bool parse_port(struct np_str text, uint16_t *out)
{
    uint64_t port;
    if (text.n > 5 || !np_str_u64(text, &port) || port > UINT16_MAX)
        return false;
    *out = (uint16_t)port;
    return true;
}

int np_addr_parse(struct np_str text, struct np_addr *out, struct np_err *err)
{
    ptrdiff_t colon = np_str_rchr(text, ':');
    uint16_t port;
    struct np_addr a;
    if (colon <= 0 || !parse_port(np_str_sub(text, (size_t)colon + 1, text.n), &port))
        goto bad;
    struct np_str ip = np_str_sub(text, 0, (size_t)colon);
    bool brackets = ip.n > 2 && ip.p[0] == '[' && ip.p[ip.n - 1] == ']';
    if (brackets)
        ip = np_str_sub(ip, 1, ip.n - 2);
    if (!parse_ip(ip, &a) || brackets != (a.u.sa.sa_family == AF_INET6))
        goto bad;
    np_addr_set_port(&a, port);
    *out = a;
    return 0;
bad:
    return np_err(err, NP_EINVAL, "'%.*s' is no numeric address like 127.0.0.1:80 or [::1]:80",
                  NP_FMT(text));
}

struct np_str np_addr_ip_text(struct np_arena *a, const struct np_addr *addr)
{
    char z[INET6_ADDRSTRLEN] = "";
    if (addr->u.sa.sa_family == AF_INET)
        inet_ntop(AF_INET, &addr->u.v4.sin_addr, z, sizeof(z));
    else if (addr->u.sa.sa_family == AF_INET6)
        inet_ntop(AF_INET6, &addr->u.v6.sin6_addr, z, sizeof(z));
    else
        return np_str_dup(a, NP_STR("unix"));
    return np_str_dup(a, np_str_of(z));
}

struct np_str np_addr_text(struct np_arena *a, const struct np_addr *addr)
{
    struct np_str ip = np_addr_ip_text(a, addr);
    if (addr->u.sa.sa_family == AF_INET6)
        return np_str_printf(a, "[%.*s]:%u", NP_FMT(ip), np_addr_port(addr));
    if (addr->u.sa.sa_family == AF_INET)
        return np_str_printf(a, "%.*s:%u", NP_FMT(ip), np_addr_port(addr));
    return ip;
}

uint16_t np_addr_port(const struct np_addr *addr)
{
    if (addr->u.sa.sa_family == AF_INET6)
        return ntohs(addr->u.v6.sin6_port);
    return addr->u.sa.sa_family == AF_INET ? ntohs(addr->u.v4.sin_port) : 0;
}

void np_addr_set_port(struct np_addr *addr, uint16_t port)
{
    if (addr->u.sa.sa_family == AF_INET6)
        addr->u.v6.sin6_port = htons(port);
    else if (addr->u.sa.sa_family == AF_INET)
        addr->u.v4.sin_port = htons(port);
}

/* The address as bytes: 4 or 16 of them; an IPv4-mapped one counts as IPv4, which it reaches. */
static size_t ip_bytes(const struct np_addr *addr, uint8_t out[16])
{
    if (addr->u.sa.sa_family == AF_INET) {
        memcpy(out, &addr->u.v4.sin_addr, 4);
        return 4;
    }
    if (addr->u.sa.sa_family != AF_INET6)
        return 0;
    memcpy(out, &addr->u.v6.sin6_addr, 16);
    if (!IN6_IS_ADDR_V4MAPPED(&addr->u.v6.sin6_addr))
        return 16;
    memmove(out, out + 12, 4);
    return 4;
}

bool np_addr_is_loopback(const struct np_addr *addr)
{
    uint8_t ip[16];
    size_t n = ip_bytes(addr, ip);
    if (n == 4)
        return ip[0] == 127;
    return n == 16 && IN6_IS_ADDR_LOOPBACK(&addr->u.v6.sin6_addr);
}

int np_local_addr(int fd, struct np_addr *out)
{
    union {
        struct np_addr a;
        struct sockaddr_storage all;
    } got = {0};
    socklen_t len = sizeof(got.all);
    if (getsockname(fd, (struct sockaddr *)&got.all, &len) != 0)
        return NP_EIO;
    *out = got.a;
    out->len = len < sizeof(out->u) ? len : sizeof(out->u);
    return 0;
}

/* --- listening --- */

static int listen_on(const struct np_addr *addr, bool reuse_port, const char *device, int *out)
{
    static const int on = 1;
    NP_AUTO_FD fd = socket(addr->u.sa.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0)
        return -1;
    if (reuse_port && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0)
        return -1;
    if (device != NULL &&
        setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, device, (socklen_t)strlen(device)) != 0)
        return -1;
    if (addr->u.sa.sa_family == AF_INET6 &&
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) != 0)
        return -1;
    if (bind(fd, &addr->u.sa, addr->len) != 0 || listen(fd, BACKLOG) != 0)
        return -1;
    *out = np_fd_take(&fd);
    return 0;
}

int np_listen_tcp(const struct np_addr *addr, bool reuse_port, int *fd, struct np_err *err)
{
    if (listen_on(addr, reuse_port, NULL, fd) == 0)
        return 0;
    int e = errno;
    NP_AUTO_ARENA a = np_arena_new();
    return np_err_errno(err, e, "cannot listen on %.*s", NP_FMT(np_addr_text(a, addr)));
}

int np_bind_udp(const struct np_addr *addr, int *out, struct np_err *err)
{
    NP_AUTO_FD fd = socket(addr->u.sa.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, &addr->u.sa, addr->len) != 0) {
        int e = errno;
        NP_AUTO_ARENA a = np_arena_new();
        return np_err_errno(err, e, "cannot bind to %.*s", NP_FMT(np_addr_text(a, addr)));
    }
    *out = np_fd_take(&fd);
    return 0;
}

int np_listen_lo(uint16_t port, int *fd, struct np_err *err)
{
    struct np_addr all = np_addr_of((struct in_addr){htonl(INADDR_ANY)}, port);
    if (listen_on(&all, true, "lo", fd) == 0)
        return 0;
    return np_err_errno(err, errno, "cannot listen on port %u of the device lo", port);
}

int np_net_lock(struct np_str name, int *out, struct np_err *err)
{
    /* A name beginning with a zero byte is no file: it is of the network namespace, as addresses
     * and ports are, and goes with the socket. */
    struct sockaddr_un sun = {.sun_family = AF_UNIX};
    np_assert(name.n > 0 && name.n < sizeof(sun.sun_path));
    memcpy(sun.sun_path + 1, name.p, name.n);
    socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + name.n);
    NP_AUTO_FD fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&sun, len) != 0)
        return np_err_errno(err, errno, "cannot hold the name %.*s", NP_FMT(name));
    *out = np_fd_take(&fd);
    return 0;
}

/* A path longer than sun_path is reached by a descriptor of its folder (*dirfd, to be closed). */
static int unix_addr(struct np_str path, struct sockaddr_un *sun, int *dirfd, struct np_err *err)
{
    *sun = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (path.n == 0 || path.n >= PATH_MAX || memchr(path.p, '\0', path.n) != NULL)
        return np_err(err, NP_EINVAL, "no path of a socket");
    if (path.n < sizeof(sun->sun_path)) {
        memcpy(sun->sun_path, path.p, path.n);
        return 0;
    }
    ptrdiff_t slash = np_str_rchr(path, '/');
    struct np_str name = np_str_sub(path, (size_t)(slash + 1), path.n);
    if (slash <= 0 || name.n > 64)
        return np_err(err, NP_EINVAL, "'%.*s' is too long for a socket", NP_FMT(path));
    char dir[PATH_MAX];
    memcpy(dir, path.p, (size_t)slash);
    dir[slash] = '\0';
    *dirfd = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (*dirfd < 0)
        return np_err_errno(err, errno, "cannot open %s", dir);
    snprintf(sun->sun_path, sizeof(sun->sun_path), "/proc/self/fd/%d/%.*s", *dirfd, NP_FMT(name));
    return 0;
}

int np_listen_unix(struct np_str path, int *out, struct np_err *err)
{
    struct sockaddr_un sun;
    NP_AUTO_FD dirfd = -1;
    int rc = unix_addr(path, &sun, &dirfd, err);
    if (rc != 0)
        return rc;
    /* What a dead process left behind; whoever calls holds the lock of the folder. */
    struct stat st;
    if (lstat(sun.sun_path, &st) == 0 && S_ISSOCK(st.st_mode))
        unlink(sun.sun_path);
    NP_AUTO_FD fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    /* The mode of the socket is what bind() gives the file: never open to others, not even briefly.
     */
    if (fd < 0 || fchmod(fd, 0600) != 0 || bind(fd, (struct sockaddr *)&sun, sizeof(sun)) != 0 ||
        listen(fd, BACKLOG) != 0)
        return np_err_errno(err, errno, "cannot listen on %.*s", NP_FMT(path));
    *out = np_fd_take(&fd);
    return 0;
}

/* --- egress --- */

struct rule {
    uint8_t ip[16];
    size_t n_bytes;
    unsigned prefix;
    bool any_port;
    uint16_t port;
};

struct np_egress {
    struct rule own[NP_EGRESS_OWN_MAX];
    size_t n_own;        /* atomic: grows while others read */
    struct np_addr self; /* len 0: none */
    size_t n;
    struct rule rules[];
};

/* "10.0.0.0/8", "10.0.0.0/8:443", "fd00::/8:443", "[fd00::]/8:443" */
static bool parse_rule(struct np_str text, struct rule *out)
{
    struct np_str ip, rest, bits, port;
    if (!np_str_cut(text, '/', &ip, &rest))
        return false;
    *out = (struct rule){.any_port = !np_str_cut(rest, ':', &bits, &port)};
    if (!out->any_port && (!parse_port(port, &out->port) || out->port == 0))
        return false;
    if (ip.n > 2 && ip.p[0] == '[' && ip.p[ip.n - 1] == ']')
        ip = np_str_sub(ip, 1, ip.n - 2);
    struct np_addr a;
    uint64_t prefix;
    if (!parse_ip(ip, &a) || !np_str_u64(bits, &prefix))
        return false;
    out->n_bytes = ip_bytes(&a, out->ip);
    out->prefix = (unsigned)prefix;
    return prefix <= out->n_bytes * 8;
}

int np_egress_new(const struct np_strs *rules, struct np_egress **out, struct np_err *err)
{
    size_t n = rules != NULL ? rules->n : 0;
    if (n > EGRESS_RULES_MAX)
        return np_err(err, NP_E2BIG, "more than %d --egress rules", EGRESS_RULES_MAX);
    struct np_egress *e = np_heap_alloc(sizeof(*e) + n * sizeof(e->rules[0]));
    for (; e->n < n; e->n++) {
        if (parse_rule(rules->v[e->n], &e->rules[e->n]))
            continue;
        int rc = np_err(err, NP_EINVAL,
                        "'%.*s' is no --egress rule; write CIDR[:port], as in 10.0.0.0/8:443",
                        NP_FMT(rules->v[e->n]));
        np_egress_free(e);
        return rc;
    }
    *out = e;
    return 0;
}

void np_egress_free(struct np_egress *e)
{
    np_free(e);
}

static bool in_prefix(const uint8_t *ip, const uint8_t *net, unsigned bits)
{
    if (memcmp(ip, net, bits / 8) != 0)
        return false;
    unsigned rest = bits % 8;
    return rest == 0 || ((ip[bits / 8] ^ net[bits / 8]) >> (8 - rest)) == 0;
}

static bool any_allows(const struct rule *rules, size_t n, const struct np_addr *addr)
{
    uint8_t ip[16];
    size_t n_bytes = ip_bytes(addr, ip);
    uint16_t port = np_addr_port(addr);
    for (size_t i = 0; n_bytes != 0 && i < n; i++) {
        const struct rule *r = &rules[i];
        if (r->n_bytes == n_bytes && (r->any_port || r->port == port) &&
            in_prefix(ip, r->ip, r->prefix))
            return true;
    }
    return false;
}

void np_egress_own(struct np_egress *e, const struct np_addr *addr, unsigned prefix)
{
    size_t n = e->n_own;
    np_assert(n < NP_EGRESS_OWN_MAX);
    struct rule *r = &e->own[n];
    *r = (struct rule){.prefix = prefix, .port = np_addr_port(addr)};
    r->n_bytes = ip_bytes(addr, r->ip);
    __atomic_store_n(&e->n_own, n + 1, __ATOMIC_RELEASE);
}

void np_egress_self(struct np_egress *e, struct in_addr from)
{
    e->self = np_addr_of(from, 0);
}

bool np_egress_is_own(const struct np_egress *e, const struct np_addr *addr)
{
    return e != NULL && any_allows(e->own, __atomic_load_n(&e->n_own, __ATOMIC_ACQUIRE), addr);
}

bool np_egress_allows(const struct np_egress *e, const struct np_addr *addr)
{
    return e != NULL && (any_allows(e->rules, e->n, addr) || np_egress_is_own(e, addr));
}

/* --- names --- */

static bool choose_address(const struct np_egress *e, const struct addrinfo *found, uint16_t port,
                           struct np_addr *out)
{
    out->len = 0;
    for (const struct addrinfo *x = found; x != NULL; x = x->ai_next) {
        struct np_addr a = {.len = x->ai_addrlen};
        if (x->ai_addrlen > sizeof(a.u))
            continue;
        memcpy(&a.u, x->ai_addr, x->ai_addrlen);
        np_addr_set_port(&a, port);
        bool allowed = np_egress_allows(e, &a);
        if (out->len == 0 || allowed)
            *out = a;
        if (allowed)
            return true;
    }
    return out->len != 0;
}

int np_resolve(const struct np_egress *e, struct np_str name, uint16_t port, struct np_addr *out,
               struct np_err *err)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    NP_AUTO_ARENA a = np_arena_new();
    struct np_addr chosen;
    int rc = getaddrinfo(np_str_z(a, name), NULL, &hints, &found);
    if (rc != 0)
        return np_err(err, NP_ENOENT, "no address of %.*s: %s", NP_FMT(name), gai_strerror(rc));
    bool any = choose_address(e, found, port, &chosen);
    freeaddrinfo(found);
    if (!any)
        return np_err(err, NP_ENOENT, "no address of %.*s", NP_FMT(name));
    *out = chosen;
    return 0;
}

/* --- connecting --- */

/* The port is chosen when the connection is made: other connections may have it, too. */
static int bind_to(int fd, const struct np_addr *from)
{
    static const int on = 1;
    if (from->len == 0)
        return 0;
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
    return bind(fd, &from->u.sa, from->len);
}

static int dial(const struct np_egress *e, const char *purpose, const struct np_addr *to, int type,
                bool for_client, int *out, struct np_err *err)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str text = np_addr_text(a, to);
    if (!np_egress_allows(e, to)) {
        np_log(NP_DEBUG, "io.dial.refused", "purpose=%s to=%.*s", purpose, NP_FMT(text));
        return np_err(err, NP_EACCES, "no --egress rule allows %.*s", NP_FMT(text));
    }
    np_log(NP_DEBUG, "io.dial", "purpose=%s to=%.*s", purpose, NP_FMT(text));
    const struct np_addr any = {0};
    bool as_region = !for_client && np_egress_is_own(e, to);
    NP_AUTO_FD fd = socket(to->u.sa.sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind_to(fd, as_region ? &e->self : &any) != 0 ||
        (connect(fd, &to->u.sa, to->len) != 0 && errno != EINPROGRESS))
        return np_err_errno(err, errno, "cannot connect to %.*s", NP_FMT(text));
    *out = np_fd_take(&fd);
    return 0;
}

int np_dial(const struct np_egress *e, const char *purpose, const struct np_addr *to, int *out,
            struct np_err *err)
{
    return dial(e, purpose, to, SOCK_STREAM, false, out, err);
}

int np_dial_udp(const struct np_egress *e, const char *purpose, const struct np_addr *to, int *out,
                struct np_err *err)
{
    return dial(e, purpose, to, SOCK_DGRAM, false, out, err);
}

int np_dial_inside(int fd, const struct sockaddr_in *to, struct np_err *err)
{
    struct sockaddr_in in = *to;
    if (connect(fd, (struct sockaddr *)&in, sizeof(in)) == 0 || errno == EINPROGRESS)
        return 0;
    return np_err_errno(err, errno, "cannot connect inside");
}

int np_dial_for_client(const struct np_egress *e, const char *purpose, const struct np_addr *to,
                       int *out, struct np_err *err)
{
    return dial(e, purpose, to, SOCK_STREAM, true, out, err);
}

int np_dial_unix(struct np_str path, int *out, struct np_err *err)
{
    struct sockaddr_un sun;
    NP_AUTO_FD dirfd = -1;
    int rc = unix_addr(path, &sun, &dirfd, err);
    if (rc != 0)
        return rc;
    NP_AUTO_FD fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    /* Connecting to a unix socket is immediate; EAGAIN means that the backlog is full. */
    if (fd < 0 || connect(fd, (struct sockaddr *)&sun, sizeof(sun)) != 0)
        return np_err_errno(err, errno, "cannot connect to %.*s", NP_FMT(path));
    *out = np_fd_take(&fd);
    return 0;
}
