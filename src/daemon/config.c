/* SPDX-License-Identifier: Apache-2.0 */
/* config.c - the table of settings and its readers. */
#include "daemon/config.h"

#include <stdio.h>
#include <sched.h>
#include <unistd.h>

#include "aws/core.h"
#include "base/arena.h"
#include "base/buf.h"
#include "io/net.h"

#define PREFIX      "NEPHELE_"
#define WORKERS_MAX 256
#define LIST_MAX    1000

struct reader {
    struct np_arena *a;
    struct np_settings *s;
};

struct setting {
    const char *flag, *value, *help; /* value NULL: a switch */
    unsigned who;
    /* False: the value is not one. */
    bool (*set)(struct reader *r, struct np_str v);
};

/* --- one function a setting --- */

static bool is_account(struct np_str v)
{
    for (size_t i = 0; i < v.n; i++)
        if (v.p[i] < '0' || v.p[i] > '9')
            return false;
    return v.n == 12;
}

static bool choose(struct np_str v, struct np_str on, struct np_str off, bool *out)
{
    *out = np_str_eq(v, on);
    return *out || np_str_eq(v, off);
}

static bool set_data(struct reader *r, struct np_str v)
{
    r->s->core.data_dir = v;
    r->s->default_data = false;
    return v.n != 0;
}

static bool set_listen(struct reader *r, struct np_str v)
{
    struct np_addr addr;
    r->s->core.listen = v;
    return np_addr_parse(v, &addr, NULL) == 0;
}

static bool set_dns(struct reader *r, struct np_str v)
{
    struct np_addr addr;
    r->s->core.dns = v;
    return np_addr_parse(v, &addr, NULL) == 0;
}

static bool set_account(struct reader *r, struct np_str v)
{
    r->s->core.account = v;
    return is_account(v);
}

static bool set_workers(struct reader *r, struct np_str v)
{
    uint64_t n = 0;
    bool ok = np_str_u64(v, &n) && n >= 1 && n <= WORKERS_MAX;
    r->s->core.workers = (unsigned)n;
    return ok;
}

static bool set_dev(struct reader *r, struct np_str v)
{
    return choose(v, NP_STR("1"), NP_STR("0"), &r->s->core.dev);
}

static bool set_iam(struct reader *r, struct np_str v)
{
    return choose(v, NP_STR("soft"), NP_STR("on"), &r->s->core.iam_soft);
}

static bool set_at_rest(struct reader *r, struct np_str v)
{
    return choose(v, NP_STR("aes256"), NP_STR("none"), &r->s->core.at_rest);
}

static bool set_transport(struct reader *r, struct np_str v)
{
    return choose(v, NP_STR("strict"), NP_STR("host"), &r->s->core.secure_transport_strict);
}

static bool set_http2(struct reader *r, struct np_str v)
{
    return choose(v, NP_STR("on"), NP_STR("off"), &r->s->core.http2);
}

static bool set_client(struct reader *r, struct np_str v)
{
    struct np_addr addr;
    r->s->core.client_address = v;
    bool v6 = np_str_chr(v, ':') >= 0;
    return np_addr_parse(np_str_printf(r->a, v6 ? "[%.*s]:1" : "%.*s:1", NP_FMT(v)), &addr, NULL) ==
           0;
}

static bool set_edge_js(struct reader *r, struct np_str v)
{
    r->s->core.edge_js = v;
    return v.n != 0 && v.p[0] == '/';
}

static bool set_regions(struct reader *r, struct np_str v)
{
    struct np_str one;
    r->s->core.regions = v;
    bool ok = v.n != 0;
    while (ok && np_str_split(&v, ',', &one))
        ok = np_region_exists(np_str_trim(one));
    return ok;
}

/* A list is given once with commas, or by the flag again and again. */
static bool add_to_list(struct reader *r, struct np_strs *list, struct np_str v)
{
    struct np_str one;
    if (list->v == NULL)
        list->v = np_new_array(r->a, struct np_str, LIST_MAX);
    while (np_str_split(&v, ',', &one)) {
        if (one.n == 0 || list->n == LIST_MAX)
            return false;
        list->v[list->n++] = one;
    }
    list->set = true;
    return true;
}

static bool set_egress(struct reader *r, struct np_str v)
{
    struct np_egress *e;
    if (!add_to_list(r, &r->s->core.egress, v) || np_egress_new(&r->s->core.egress, &e, NULL) != 0)
        return false;
    np_egress_free(e);
    return true;
}

static bool set_hosts(struct reader *r, struct np_str v)
{
    return add_to_list(r, &r->s->core.suffixes, np_str_lower(r->a, v));
}

static bool set_no_sync(struct reader *r, struct np_str v)
{
    return choose(v, NP_STR("1"), NP_STR("0"), &r->s->core.no_sync);
}

static const char *const levels[] = {
    [NP_DEBUG] = "debug", [NP_INFO] = "info", [NP_WARN] = "warn", [NP_ERROR] = "error"};

static bool set_log(struct reader *r, struct np_str v)
{
    for (size_t i = 0; i < NP_LEN(levels); i++) {
        if (!np_str_eq(v, np_str_of(levels[i])))
            continue;
        r->s->log_level = (enum np_level)i;
        return true;
    }
    return false;
}

static const struct setting settings[] = {
    {"data", "DIR", "where everything is kept", NP_FOR_REGION | NP_FOR_CLIENT, set_data},
    {"listen", "ADDR:PORT", "of the gateway (127.0.0.1:4566)", NP_FOR_REGION, set_listen},
    {"dns", "ADDR:PORT", "of the DNS server, UDP and TCP (127.0.0.1:5300)", NP_FOR_REGION, set_dns},
    {"edge-js", "PATH", "of the program that runs functions of the edge (beside this one)",
     NP_FOR_REGION, set_edge_js},
    {"account", "ID", "the first account (000000000000)", NP_FOR_REGION, set_account},
    {"regions", "NAME,NAME", "serve only these regions (all)", NP_FOR_REGION, set_regions},
    {"workers", "N", "threads that serve (one a core)", NP_FOR_REGION, set_workers},
    {"dev", NULL, "keys test/test and 12-digit key ids are root; the clock can be moved",
     NP_FOR_REGION, set_dev},
    {"iam", "on|soft", "soft: log a denial and allow the call (on)", NP_FOR_REGION, set_iam},
    {"at-rest", "aes256|none", "encryption of stored bytes (aes256)", NP_FOR_REGION, set_at_rest},
    {"secure-transport", "host|strict",
     "strict: plain HTTP of this host is not aws:SecureTransport (host)", NP_FOR_REGION,
     set_transport},
    {"http2", "on|off", "offer HTTP/2 on the gateway's TLS (off, as AWS's endpoints)",
     NP_FOR_REGION, set_http2},
    {"client-address", "IP", "aws:SourceIp of this host's clients (203.0.113.10)", NP_FOR_REGION,
     set_client},
    {"hosts", "NAME,NAME", "further names that the gateway answers to, and what is below them",
     NP_FOR_REGION, set_hosts},
    {"egress", "CIDR[:PORT]", "what the region may connect to outside itself (nothing)",
     NP_FOR_REGION, set_egress},
    {"no-sync", NULL, "answer before the bytes are on disk: for tests only", NP_FOR_REGION,
     set_no_sync},
    {"log", "debug|info|warn|error", "the least level that is logged (info)",
     NP_FOR_REGION | NP_FOR_CLIENT, set_log},
};

/* --- reading --- */

/* NEPHELE_AT_REST of "at-rest". */
static struct np_str variable_of(struct np_arena *a, const struct setting *s)
{
    struct np_str name = np_str_printf(a, PREFIX "%s", s->flag);
    char *z = np_str_z(a, name);
    for (char *p = z; *p != '\0'; p++) {
        if (*p == '-')
            *p = '_';
        else if (*p >= 'a' && *p <= 'z')
            *p = (char)(*p - 'a' + 'A');
    }
    return np_str_of(z);
}

static int apply(struct reader *r, const struct setting *s, const char *as, struct np_str v,
                 struct np_err *err)
{
    struct np_str copy = np_str_of(np_str_z(r->a, v));
    if (s->set(r, copy))
        return 0;
    return np_err(err, NP_EINVAL, "%s: '%.*s' is no %s", as, NP_FMT(v),
                  s->value != NULL ? s->value : "0 or 1");
}

static int read_variable(struct reader *r, enum np_settings_for who, struct np_str name,
                         struct np_str v, struct np_err *err)
{
    if (np_str_is(name, PREFIX "ROOT_ACCESS_KEY_ID")) {
        r->s->root_key_id = np_str_dup(r->a, v);
        return 0;
    }
    if (np_str_is(name, PREFIX "ROOT_SECRET_ACCESS_KEY")) {
        r->s->root_secret = np_str_dup(r->a, v);
        return 0;
    }
    NP_EACH (s, settings) {
        if (!np_str_eq(variable_of(r->a, s), name))
            continue;
        if ((s->who & who) == 0 || v.n == 0)
            return 0;
        return apply(r, s, np_str_z(r->a, name), v, err);
    }
    return np_err(err, NP_EINVAL,
                  "unknown variable %.*s; `nephele help` lists the flags that each mirrors",
                  NP_FMT(name));
}

static int read_environment(struct reader *r, enum np_settings_for who, char *const *env,
                            struct np_err *err)
{
    for (; *env != NULL; env++) {
        struct np_str name, v;
        if (!np_str_starts(np_str_of(*env), NP_STR(PREFIX)) ||
            !np_str_cut(np_str_of(*env), '=', &name, &v))
            continue;
        int rc = read_variable(r, who, name, v, err);
        if (rc != 0)
            return rc;
    }
    if ((r->s->root_key_id.n != 0) != (r->s->root_secret.n != 0))
        return np_err(err, NP_EINVAL,
                      PREFIX "ROOT_ACCESS_KEY_ID and " PREFIX "ROOT_SECRET_ACCESS_KEY go together");
    return 0;
}

static bool is_own(const char *const *own, struct np_str flag)
{
    for (; own != NULL && *own != NULL; own++)
        if (np_str_eq(np_str_of(*own), flag))
            return true;
    return false;
}

/* One flag at argv[*at]; moves *at past it and its value. NP_LATER: the command's own. */
static int read_flag(struct reader *r, enum np_settings_for who, const char *const *own, int argc,
                     char **argv, int *at, struct np_err *err)
{
    struct np_str flag, v;
    const char *as = argv[*at];
    bool joined = np_str_cut(np_str_of(as + 2), '=', &flag, &v);
    if (is_own(own, flag))
        return NP_LATER;
    NP_EACH (s, settings) {
        if (!np_str_eq(np_str_of(s->flag), flag) || (s->who & who) == 0)
            continue;
        if (!joined && s->value == NULL)
            v = NP_STR("1");
        else if (!joined && *at + 1 == argc)
            return np_err(err, NP_EINVAL, "--%s wants a value: %s", s->flag, s->value);
        else if (!joined)
            v = np_str_of(argv[++*at]);
        ++*at;
        return apply(r, s, as, v, err);
    }
    return np_err(err, NP_EINVAL, "unknown flag %s; see `nephele help`", as);
}

static int read_line(struct reader *r, enum np_settings_for who, const char *const *own, int *argc,
                     char **argv, struct np_err *err)
{
    int kept = 0;
    for (int i = 0; i < *argc;) {
        int rc = NP_LATER;
        if (argv[i][0] == '-' && argv[i][1] == '-')
            rc = read_flag(r, who, own, *argc, argv, &i, err);
        else if (argv[i][0] == '-')
            return np_err(err, NP_EINVAL, "unknown flag %s; see `nephele help`", argv[i]);
        if (rc < 0)
            return rc;
        if (rc == NP_LATER)
            argv[kept++] = argv[i++];
    }
    *argc = kept;
    return 0;
}

static unsigned cores(void)
{
    cpu_set_t set;
    int n = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
    return n < 1 ? 1 : n > WORKERS_MAX ? WORKERS_MAX : (unsigned)n;
}

static struct np_str default_data(struct np_arena *a)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (geteuid() == 0)
        return NP_STR("/var/lib/nephele");
    if (state != NULL && state[0] == '/')
        return np_str_printf(a, "%s/nephele", state);
    return np_str_printf(a, "%s/.local/state/nephele", home != NULL ? home : "");
}

/* Beside this program. */
static struct np_str default_edge_js(struct np_arena *a)
{
    char path[4096];
    ssize_t n = readlink("/proc/self/exe", path, sizeof(path));
    while (n > 0 && path[n - 1] != '/')
        n--;
    return np_str_printf(a, "%.*snephele-edge-js", n > 0 ? (int)n : 0, path);
}

/* Whoever changes folder later must still find it. */
static int make_absolute(struct np_arena *a, struct np_str *dir, struct np_err *err)
{
    if (dir->p[0] == '/')
        return 0;
    char here[4096];
    if (getcwd(here, sizeof(here)) == NULL)
        return np_err(err, NP_EINVAL, "--data: name an absolute path, the current folder is gone");
    *dir = np_str_printf(a, "%s/%.*s", here, NP_FMT(*dir));
    return 0;
}

int np_settings_read(struct np_arena *a, enum np_settings_for who, const char *const *own,
                     int *argc, char **argv, char *const *environ_, struct np_settings *out,
                     struct np_err *err)
{
    *out = (struct np_settings){
        .core = {.data_dir = default_data(a),
                 .account = NP_STR("000000000000"),
                 .listen = NP_STR("127.0.0.1:4566"),
                 .dns = NP_STR("127.0.0.1:5300"),
                 .client_address = NP_STR("203.0.113.10"),
                 .edge_js = default_edge_js(a),
                 .workers = cores(),
                 .at_rest = true},
        .log_level = NP_INFO,
        .default_data = true,
    };
    struct reader r = {a, out};
    int rc = read_environment(&r, who, environ_, err);
    struct np_strs egress = out->core.egress, hosts = out->core.suffixes;
    out->core.egress = out->core.suffixes = (struct np_strs){0};
    if (rc == 0)
        rc = read_line(&r, who, own, argc, argv, err);
    if (!out->core.egress.set)
        out->core.egress = egress;
    if (!out->core.suffixes.set)
        out->core.suffixes = hosts;
    return rc != 0 ? rc : make_absolute(a, &out->core.data_dir, err);
}

/* --- help --- */

struct np_str np_settings_help(struct np_arena *a, enum np_settings_for who)
{
    struct np_buf b;
    np_buf_init(&b, a, 1 << 16);
    NP_EACH (s, settings) {
        if ((s->who & who) == 0)
            continue;
        struct np_str left = np_str_printf(a, "--%s%s%s", s->flag, s->value != NULL ? " " : "",
                                           s->value != NULL ? s->value : "");
        np_buf_printf(&b, "  %-30.*s %s\n", NP_FMT(left), s->help);
    }
    return np_buf_str(&b);
}
