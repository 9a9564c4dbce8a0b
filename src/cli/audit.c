/* SPDX-License-Identifier: Apache-2.0 */
/* audit.c - prints the record of calls: those of the database and those of the files of reads
 * (aws/audit_files.c has their form), in the order of their times. */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/auto.h"
#include "base/map.h"
#include "cli/cli.h"
#include "daemon/datadir.h"
#include "store/store.h"

#define SOURCES   257 /* writes, and the reads of so many workers less one */
#define EVENT_MAX (1 << 20)

/* Events in the order of their times; `event` is the one that comes next. */
struct source {
    struct np_buf event;
    struct np_str time; /* in it */
    bool there;
    /* of reads: files, oldest first */
    char path[2][600];
    unsigned at;
    FILE *f;
    struct np_map *kinds;
    char *line;
    size_t room;
    struct np_dbc *db; /* of writes */
    struct np_q *rows;
};

static void find_time(struct source *s)
{
    static const char name[] =
        "\"eventTime\":\""; /* no value has it: quotes in texts are escaped */
    struct np_str event = np_buf_str(&s->event);
    const char *p = memmem(event.p, event.n, name, sizeof(name) - 1);
    s->there = p != NULL;
    if (!s->there)
        return;
    struct np_str rest = np_str_sub(event, (size_t)(p - event.p) + sizeof(name) - 1, event.n);
    s->time = np_str_sub(rest, 0, (size_t)np_str_chr(rest, '"'));
}

/* "{"of":7,…}" with that word: its number and the members behind it. */
static bool take_line(struct np_str line, struct np_str word, struct np_str *number,
                      struct np_str *members)
{
    struct np_str rest;
    if (!np_str_starts(line, word) || !np_str_ends(line, NP_STR("}")))
        return false;
    np_str_cut(np_str_sub(line, word.n, line.n), ',', number, &rest);
    *members = np_str_sub(rest, 0, rest.n - 1);
    return true;
}

static void keep_kind(struct source *s, struct np_str number, struct np_str members)
{
    struct np_buf *b = np_map_get(s->kinds, number);
    if (b == NULL) {
        b = np_heap_new(struct np_buf);
        np_buf_init(b, NULL, EVENT_MAX);
        np_map_put(s->kinds, number, b);
    }
    np_buf_clear(b);
    np_buf_str_add(b, members);
}

static void free_kind(void *value)
{
    np_buf_fini(value);
    np_free(value);
}

/* A line that was cut off says nothing. */
static void use_line(struct source *s, struct np_str line)
{
    struct np_str number, members;
    if (take_line(line, NP_STR("{\"kind\":"), &number, &members)) {
        keep_kind(s, number, members);
        return;
    }
    const struct np_buf *kind = NULL;
    if (take_line(line, NP_STR("{\"of\":"), &number, &members))
        kind = np_map_get(s->kinds, number);
    if (kind == NULL)
        return;
    np_buf_clear(&s->event);
    np_buf_char(&s->event, '{');
    np_buf_str_add(&s->event, np_buf_str(kind));
    np_buf_char(&s->event, ',');
    np_buf_str_add(&s->event, members);
    np_buf_char(&s->event, '}');
    find_time(s);
}

static void next_read(struct source *s)
{
    while (!s->there && (s->f != NULL || s->at < NP_LEN(s->path))) {
        if (s->f == NULL && (s->f = fopen(s->path[s->at++], "re")) == NULL)
            continue;
        ssize_t n = getline(&s->line, &s->room, s->f);
        if (n > 0) {
            use_line(s, np_str_trim(np_str_n(s->line, (size_t)n)));
            continue;
        }
        fclose(s->f);
        s->f = NULL;
    }
}

static void next_write(struct source *s)
{
    if (s->rows == NULL || !np_row(s->rows))
        return;
    np_buf_clear(&s->event);
    np_buf_str_add(&s->event, np_col_peek(s->rows, 0));
    find_time(s);
}

static void advance(struct source *s)
{
    s->there = false;
    if (s->db != NULL)
        next_write(s);
    else
        next_read(s);
}

static int begin_writes(struct source *s, struct cli *c)
{
    NP_SQL(all, "SELECT event FROM np_audit ORDER BY rowid");
    np_buf_init(&s->event, NULL, EVENT_MAX);
    if (np_store_look(c->settings.core.data_dir, "state", &s->db, &c->err) != 0)
        return cli_fail(c);
    s->rows = np_q(s->db, NULL, &all, "");
    advance(s);
    return 0;
}

static void begin_reads(struct source *s, struct cli *c, size_t worker)
{
    struct np_str dir = c->settings.core.data_dir;
    np_buf_init(&s->event, NULL, EVENT_MAX);
    s->kinds = np_map_new();
    snprintf(s->path[0], sizeof(s->path[0]), "%.*s/audit/reads-%zu.jsonl.1", NP_FMT(dir), worker);
    snprintf(s->path[1], sizeof(s->path[1]), "%.*s/audit/reads-%zu.jsonl", NP_FMT(dir), worker);
    advance(s);
}

static int end(struct source *s, struct cli *c)
{
    int rc = s->rows != NULL ? np_q_end(s->rows, &c->err) : 0;
    np_store_look_end(s->db);
    if (s->f != NULL)
        fclose(s->f);
    if (s->kinds != NULL)
        np_map_free(s->kinds, free_kind);
    free(s->line);
    np_buf_fini(&s->event);
    return rc;
}

static struct source *earliest(struct source *v)
{
    struct source *first = NULL;
    for (size_t i = 0; i < SOURCES; i++)
        if (v[i].there && (first == NULL || np_str_cmp(v[i].time, first->time) < 0))
            first = &v[i];
    return first;
}

static int print_all(struct cli *c)
{
    struct source *v = np_new_array(c->arena, struct source, SOURCES);
    int rc = begin_writes(&v[0], c);
    for (size_t i = 1; rc == 0 && i < SOURCES; i++)
        begin_reads(&v[i], c, i - 1);
    for (struct source *s; rc == 0 && (s = earliest(v)) != NULL; advance(s))
        printf("%.*s\n", (int)s->event.n, s->event.p);
    for (size_t i = 0; i < SOURCES; i++)
        if (end(&v[i], c) != 0)
            rc = cli_fail(c);
    return rc;
}

int cli_audit(struct cli *c)
{
    if (!cli_read(c, NP_FOR_CLIENT, NULL) || !cli_end(c))
        return 2;
    if (!np_datadir_has_region(c->settings.core.data_dir))
        return cli_say("no region was ever started on %.*s; try `nephele start`",
                       NP_FMT(c->settings.core.data_dir));
    return print_all(c);
}
