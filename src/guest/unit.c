/* SPDX-License-Identifier: Apache-2.0 */
/* unit.c - reading unit files. */
#include "guest/unit.h"

#include <stdlib.h>

#include "base/arena.h"

#define TEXT_MAX (1u << 20)
#define ARGV_MAX 256

/* --- finding --- */

static const char *const folders[] = {"/etc/systemd/system", "/run/systemd/system",
                                      "/usr/local/lib/systemd/system", "/usr/lib/systemd/system",
                                      "/lib/systemd/system"};

static struct unit *read_unit(struct np_arena *a, struct np_str file, struct np_str name)
{
    NP_EACH (f, folders) {
        const char *path = np_str_z(a, np_str_printf(a, "%s/%.*s", *f, NP_FMT(file)));
        struct np_str text = guest_read(a, path, TEXT_MAX);
        if (text.p == NULL)
            continue;
        struct unit *u = unit_parse(a, np_str_z(a, name), text);
        u->path = path;
        return u;
    }
    return NULL;
}

struct unit *unit_find(struct np_arena *a, const char *name)
{
    struct np_str n = np_str_of(name), stem, instance;
    if (n.n == 0 || np_str_chr(n, '/') >= 0)
        return NULL;
    if (!np_str_ends(n, NP_STR(".service")))
        n = np_str_cat(a, n, NP_STR(".service"));
    struct unit *u = read_unit(a, n, n);
    if (u == NULL && np_str_cut(n, '@', &stem, &instance))
        u = read_unit(a, np_str_printf(a, "%.*s@.service", NP_FMT(stem)), n);
    return u;
}

/* --- parsing --- */

static void add(struct np_arena *a, const char **list, struct np_str value)
{
    size_t n = 0;
    while (n < UNIT_COMMANDS_MAX && list[n] != NULL)
        n++;
    if (value.n == 0) { /* an empty one clears */
        memset(list, 0, UNIT_COMMANDS_MAX * sizeof(*list));
    } else if (n < UNIT_COMMANDS_MAX - 1) {
        list[n] = np_str_z(a, value);
    }
}

static unsigned seconds_ms(struct np_arena *a, struct np_str v)
{
    char *end;
    double n = strtod(np_str_z(a, v), &end);
    if (n < 0 || n > 86400)
        n = 0;
    return (unsigned)(strncmp(end, "ms", 2) == 0    ? n
                      : strncmp(end, "min", 3) == 0 ? n * 60000
                                                    : n * 1000);
}

static void set(struct np_arena *a, struct unit *u, struct np_str section, struct np_str key,
                struct np_str value)
{
    const struct {
        const char *key;
        const char **one;
        const char **list;
    } keys[] = {
        {"Unit.Description", &u->description, NULL},
        {"Service.Type", &u->type, NULL},
        {"Service.User", &u->user, NULL},
        {"Service.Group", &u->group, NULL},
        {"Service.WorkingDirectory", &u->folder, NULL},
        {"Service.PIDFile", &u->pid_file, NULL},
        {"Service.Restart", &u->restart, NULL},
        {"Service.RuntimeDirectory", &u->runtime, NULL},
        {"Service.ExecStart", NULL, u->start},
        {"Service.ExecStartPre", NULL, u->before},
        {"Service.ExecStartPost", NULL, u->after},
        {"Service.ExecStop", NULL, u->stop},
        {"Service.ExecReload", NULL, u->reload},
        {"Service.Environment", NULL, u->environment},
        {"Service.EnvironmentFile", NULL, u->files},
        {"Install.WantedBy", &u->wanted_by, NULL},
    };
    struct np_str name = np_str_printf(a, "%.*s.%.*s", NP_FMT(section), NP_FMT(key));
    NP_EACH (k, keys) {
        if (!np_str_eq(name, np_str_of(k->key)))
            continue;
        if (k->one != NULL)
            *k->one = np_str_z(a, value);
        else
            add(a, k->list, value);
    }
    if (np_str_is(name, "Service.RestartSec"))
        u->restart_ms = seconds_ms(a, value);
    if (np_str_is(name, "Service.RemainAfterExit"))
        u->remain = np_str_is(value, "yes") || np_str_is(value, "true") || np_str_is(value, "1");
}

struct unit *unit_parse(struct np_arena *a, const char *name, struct np_str text)
{
    struct unit *u = np_new(a, struct unit);
    struct np_str line, section = NP_STR(""), whole = NP_STR(""), key, value, unused;
    *u = (struct unit){.name = name, .type = "simple", .restart = "no", .restart_ms = 100};
    while (np_str_split(&text, '\n', &line)) {
        line = np_str_trim(line);
        if (line.n > 0 && line.p[line.n - 1] == '\\') {
            whole = np_str_printf(a, "%.*s%.*s ", NP_FMT(whole), (int)line.n - 1, line.p);
            continue;
        }
        line = whole.n > 0 ? np_str_cat(a, whole, line) : line;
        whole = NP_STR("");
        if (line.n == 0 || line.p[0] == '#' || line.p[0] == ';')
            continue;
        if (line.p[0] == '[') {
            np_str_cut(np_str_sub(line, 1, line.n), ']', &section, &unused);
        } else if (np_str_cut(line, '=', &key, &value)) {
            set(a, u, section, np_str_trim(key), np_str_trim(value));
        }
    }
    return u;
}

/* --- command lines --- */

static void put_variable(struct np_buf *b, struct np_str *rest)
{
    struct np_str name = NP_STR("");
    bool braces = rest->n > 0 && rest->p[0] == '{';
    size_t n = braces ? 1 : 0;
    while (n < rest->n &&
           (rest->p[n] == '_' || (rest->p[n] >= '0' && rest->p[n] <= '9') ||
            (rest->p[n] >= 'A' && rest->p[n] <= 'Z') || (rest->p[n] >= 'a' && rest->p[n] <= 'z')))
        n++;
    name = np_str_sub(*rest, braces ? 1 : 0, n - (braces ? 1 : 0));
    if (name.n == 0 || name.n > 63 || (braces && (n >= rest->n || rest->p[n] != '}'))) {
        np_buf_char(b, '$');
        return;
    }
    char z[64];
    memcpy(z, name.p, name.n);
    z[name.n] = '\0';
    const char *value = getenv(z);
    np_buf_str_add(b, np_str_of(value != NULL ? value : ""));
    *rest = np_str_sub(*rest, n + (braces ? 1 : 0), rest->n);
}

static void put_specifier(struct np_arena *a, const struct unit *u, struct np_buf *b, char c)
{
    struct np_str name = np_str_of(u->name), stem, instance = NP_STR("");
    name = np_str_sub(name, 0, name.n - 8);
    if (!np_str_cut(name, '@', &stem, &instance))
        instance = NP_STR("");
    if (c == 'i' || c == 'I')
        np_buf_str_add(b, instance);
    else if (c == 'n' || c == 'N')
        np_buf_str_add(b, np_str_of(u->name));
    else if (c == 'p' || c == 'P')
        np_buf_str_add(b, stem.p != NULL ? stem : name);
    else if (c == 't')
        np_buf_lit(b, "/run");
    else
        np_buf_char(b, c);
}

/* One word off the front; quotes and backslashes as a shell has them, nearly. */
static bool take_word(struct np_arena *a, const struct unit *u, struct np_str *rest,
                      struct np_str *out)
{
    struct np_buf b;
    char quote = 0;
    while (rest->n > 0 && (rest->p[0] == ' ' || rest->p[0] == '\t'))
        *rest = np_str_sub(*rest, 1, rest->n);
    if (rest->n == 0)
        return false;
    np_buf_init(&b, a, TEXT_MAX);
    while (rest->n > 0) {
        char c = rest->p[0];
        *rest = np_str_sub(*rest, 1, rest->n);
        if (quote == 0 && (c == ' ' || c == '\t'))
            break;
        if (c == quote) {
            quote = 0;
        } else if (quote == 0 && (c == '"' || c == '\'')) {
            quote = c;
        } else if (c == '\\' && rest->n > 0) {
            np_buf_char(&b, rest->p[0]);
            *rest = np_str_sub(*rest, 1, rest->n);
        } else if (c == '%' && rest->n > 0) {
            put_specifier(a, u, &b, rest->p[0]);
            *rest = np_str_sub(*rest, 1, rest->n);
        } else if (c == '$' && quote != '\'') {
            put_variable(&b, rest);
        } else {
            np_buf_char(&b, c);
        }
    }
    *out = np_buf_str(&b);
    return true;
}

char **unit_argv(struct np_arena *a, const struct unit *u, const char *line, bool *may_fail)
{
    char **argv = np_new_array(a, char *, ARGV_MAX);
    struct np_str rest = np_str_of(line), word;
    size_t n = 0;
    *may_fail = false;
    while (rest.n > 0 && strchr("-@+!:", rest.p[0]) != NULL) {
        *may_fail = *may_fail || rest.p[0] == '-';
        rest = np_str_sub(rest, 1, rest.n);
    }
    while (n < ARGV_MAX - 1 && take_word(a, u, &rest, &word))
        if (word.n > 0 || n > 0)
            argv[n++] = np_str_z(a, word);
    return argv;
}
