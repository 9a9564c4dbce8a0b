/* SPDX-License-Identifier: Apache-2.0 */
/* builtin_etc.c - /etc of the built-in image. */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/auto.h"
#include "base/digest.h"
#include "base/enc.h"
#include "host/instance/builtin_int.h"

#define SYSTEM_IDS 1000
#define NOBODY     65534
#define DEPTH_MAX  8

/* --- configuration files as their packages brought them --- */

static bool is_pristine(struct np_str bytes, struct np_str sum)
{
    uint8_t is[16];
    char hex[33] = {0};
    np_digest_once(NP_MD5, bytes, is);
    np_hex(hex, is, sizeof(is));
    return np_str_eq(sum, np_str_of(hex));
}

/* " /etc/nginx/nginx.conf 0123…", perhaps with a word behind. */
static void take_conffile(const struct np_builtin *b, struct np_str line)
{
    struct np_str path, rest, sum, word;
    struct stat st;
    line = np_str_trim(line);
    if (!np_str_starts(line, NP_STR("/etc/")) || !np_str_cut(line, ' ', &path, &rest))
        return;
    np_str_cut(rest, ' ', &sum, &word);
    const char *z = np_str_z(b->a, path);
    if (lstat(z, &st) != 0 || !S_ISREG(st.st_mode))
        return;
    struct np_str bytes = np_builtin_read(b, z);
    if (bytes.p != NULL && is_pristine(bytes, sum))
        np_builtin_put(b, z, bytes, st.st_mode & 07777);
}

static void conffiles(const struct np_builtin *b)
{
    struct np_str text = np_builtin_read(b, "/var/lib/dpkg/status"), line;
    bool inside = false;
    while (np_str_split(&text, '\n', &line)) {
        if (np_str_starts(line, NP_STR("Conffiles:")))
            inside = true;
        else if (inside && line.n > 0 && line.p[0] == ' ')
            take_conffile(b, line);
        else
            inside = false;
    }
}

/* --- users and groups of the system: names and numbers --- */

static size_t fields(struct np_str line, struct np_str v[7])
{
    size_t n = 0;
    while (n < 7) {
        struct np_str rest = NP_STR_NULL;
        bool more = np_str_cut(line, ':', &v[n], &rest);
        n++;
        if (!more)
            break;
        line = rest;
    }
    return n;
}

static bool is_system(struct np_str number)
{
    uint64_t id;
    return np_str_u64(number, &id) && (id < SYSTEM_IDS || id == NOBODY);
}

static void users(const struct np_builtin *b)
{
    struct np_str text = np_builtin_read(b, "/etc/passwd"), line, v[7];
    struct np_buf passwd, shadow;
    np_buf_init(&passwd, b->a, 1 << 20);
    np_buf_init(&shadow, b->a, 1 << 20);
    np_buf_lit(&passwd, "root:x:0:0:root:/root:/bin/bash\n");
    np_buf_lit(&shadow, "root:*:19000:0:99999:7:::\n");
    while (np_str_split(&text, '\n', &line)) {
        if (fields(line, v) != 7 || !is_system(v[2]) || np_str_is(v[0], "root"))
            continue;
        np_buf_printf(&passwd, "%.*s:x:%.*s:%.*s:%.*s:%.*s:%.*s\n", NP_FMT(v[0]), NP_FMT(v[2]),
                      NP_FMT(v[3]), NP_FMT(v[0]), NP_FMT(v[5]), NP_FMT(v[6]));
        np_buf_printf(&shadow, "%.*s:*:19000:0:99999:7:::\n", NP_FMT(v[0]));
    }
    np_builtin_put(b, "/etc/passwd", np_buf_str(&passwd), 0644);
    np_builtin_put(b, "/etc/shadow", np_buf_str(&shadow), 0640);
}

static void groups(const struct np_builtin *b)
{
    struct np_str text = np_builtin_read(b, "/etc/group"), line, v[7];
    struct np_buf group, gshadow;
    uint64_t shadow_gid = 0;
    np_buf_init(&group, b->a, 1 << 20);
    np_buf_init(&gshadow, b->a, 1 << 20);
    while (np_str_split(&text, '\n', &line)) {
        if (fields(line, v) != 4 || !is_system(v[2]))
            continue;
        np_buf_printf(&group, "%.*s:x:%.*s:\n", NP_FMT(v[0]), NP_FMT(v[2]));
        np_buf_printf(&gshadow, "%.*s:*::\n", NP_FMT(v[0]));
        if (np_str_is(v[0], "shadow"))
            np_str_u64(v[2], &shadow_gid);
    }
    np_builtin_put(b, "/etc/group", np_buf_str(&group), 0644);
    np_builtin_put(b, "/etc/gshadow", np_buf_str(&gshadow), 0640);
    np_builtin_own(b, "/etc/shadow", 0, (gid_t)shadow_gid);
    np_builtin_own(b, "/etc/gshadow", 0, (gid_t)shadow_gid);
}

/* --- links --- */

static bool may_point(const char *to)
{
    static const char *const places[] = {"/usr/", "/etc/", "/lib/", "/bin/", "/sbin/", "../usr/"};
    NP_EACH (p, places)
        if (strncmp(to, *p, strlen(*p)) == 0)
            return strstr(to, "/local/") == NULL;
    return to[0] != '/' && strstr(to, "..") == NULL;
}

/* Links of a folder that is in the image; what maintainers' scripts link to what they brought. What
 * starts at a boot is left to the image's user. */
static void links(const struct np_builtin *b, const char *path, int depth)
{
    static const char *const left_out[] = {"/etc/systemd", "/etc/rc", "/etc/ssl/private",
                                           "/etc/init.d",  "/etc/sv", "/etc/service"};
    NP_EACH (l, left_out)
        if (strncmp(path, *l, strlen(*l)) == 0)
            return;
    DIR *d = depth < DEPTH_MAX ? opendir(path) : NULL;
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        char to[512];
        if (e->d_name[0] == '.')
            continue;
        const char *below = np_str_z(b->a, np_str_printf(b->a, "%s/%s", path, e->d_name));
        if (e->d_type == DT_DIR)
            links(b, below, depth + 1);
        ssize_t n = e->d_type == DT_LNK ? readlink(below, to, sizeof(to) - 1) : -1;
        if (n <= 0)
            continue;
        to[n] = '\0';
        if (may_point(to))
            np_builtin_same_link(b, to, below);
    }
    if (d != NULL)
        closedir(d);
}

/* --- whom to trust --- */

static void trust(const struct np_builtin *b)
{
    struct np_buf bundle;
    np_buf_init(&bundle, b->a, NP_BUILTIN_FILE_MAX);
    np_buf_str_add(&bundle, np_builtin_read(b, "/etc/ssl/certs/ca-certificates.crt"));
    if (b->o->ca_pem.p != NULL) {
        np_buf_str_add(&bundle, b->o->ca_pem);
        np_builtin_put(b, "/etc/ssl/certs/nephele.pem", b->o->ca_pem, 0644);
    }
    np_builtin_put(b, "/etc/ssl/certs/ca-certificates.crt", np_buf_str(&bundle), 0644);
    np_builtin_copy(b, "/etc/ca-certificates.conf"); /* names of certificates */
}

/* --- what no package brings as it is --- */

static const struct {
    const char *path, *text;
} generated[] = {
    {"/etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\ngshadow: files\n"
                           "hosts: files dns\nnetworks: files\nprotocols: files\n"
                           "services: files\nethers: files\nrpc: files\n"},
    {"/etc/pam.d/common-auth", "auth sufficient pam_unix.so nullok\nauth required pam_deny.so\n"},
    {"/etc/pam.d/common-account", "account required pam_unix.so\n"},
    {"/etc/pam.d/common-password", "password required pam_unix.so obscure yescrypt\n"},
    {"/etc/pam.d/common-session", "session required pam_unix.so\n"
                                  "session optional pam_umask.so\n"},
    {"/etc/pam.d/common-session-noninteractive", "session required pam_unix.so\n"},
    {"/etc/shells", "/bin/sh\n/bin/bash\n/usr/bin/sh\n/usr/bin/bash\n"},
    {"/etc/environment", "PATH=\"/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\"\n"},
    {"/etc/fstab", ""},
    {"/etc/machine-id", ""},
    {"/etc/timezone", "Etc/UTC\n"},
    {"/etc/apt/sources.list", ""},
    {"/etc/subuid", ""},
    {"/etc/subgid", ""},
    {"/etc/profile.d/nephele.sh",
     "# What /etc/environment has, for shells that no login made.\n"
     "set -a\n[ -r /etc/environment ] && . /etc/environment\nset +a\n"},
};

static void fixed(const struct np_builtin *b)
{
    static const char *const taken[] = {"/etc/ld.so.cache",  "/etc/ld.so.conf", "/etc/protocols",
                                        "/etc/services",     "/etc/rpc",        "/etc/mime.types",
                                        "/etc/locale.alias", "/etc/profile",    "/etc/inputrc"};
    NP_EACH (g, generated)
        np_builtin_put(b, g->path, np_str_of(g->text), 0644);
    /* Of all machines of a distribution the same, or, the first, of the libraries there are. */
    NP_EACH (path, taken)
        if (access(np_builtin_at(b, *path), F_OK) != 0)
            np_builtin_copy(b, *path);
    np_builtin_link(b, "/usr/share/zoneinfo/Etc/UTC", "/etc/localtime");
    np_builtin_link(b, "../proc/self/mounts", "/etc/mtab");
    np_builtin_link(b, "../usr/lib/os-release", "/etc/os-release");
}

void np_builtin_etc(const struct np_builtin *b)
{
    conffiles(b);
    users(b);
    groups(b);
    trust(b);
    fixed(b);
    links(b, "/etc", 0);
}
