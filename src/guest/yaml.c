/* SPDX-License-Identifier: Apache-2.0 */
/* yaml.c - a document of libyaml as a tree. Anchors and tags are not needed in a configuration and
 * are refused. */
#include "guest/guest.h"

#include <yaml.h>

#include "base/arena.h"

struct reader {
    yaml_parser_t parser;
    struct np_arena *a;
    const char *why;
    size_t nodes;
};

static struct yaml *read_node(struct reader *r, const yaml_event_t *e, int depth);

static bool next(struct reader *r, yaml_event_t *e)
{
    if (yaml_parser_parse(&r->parser, e))
        return true;
    if (r->why == NULL)
        r->why = np_str_z(
            r->a, np_str_printf(r->a, "line %zu: %s", r->parser.problem_mark.line + 1,
                                r->parser.problem != NULL ? r->parser.problem : "not YAML"));
    return false;
}

static struct np_str scalar(struct reader *r, const yaml_event_t *e)
{
    return np_str_dup(r->a, np_str_n(e->data.scalar.value, e->data.scalar.length));
}

/* Members of a list or a map until its end. */
static bool read_children(struct reader *r, struct yaml *of, int depth)
{
    struct yaml **tail = &of->child;
    yaml_event_type_t end =
        of->kind == YAML_LIST ? YAML_SEQUENCE_END_EVENT : YAML_MAPPING_END_EVENT;
    for (;;) {
        yaml_event_t e;
        struct np_str key = NP_STR_NULL;
        if (!next(r, &e))
            return false;
        bool done = e.type == end;
        if (!done && of->kind == YAML_MAP) {
            if (e.type == YAML_SCALAR_EVENT)
                key = scalar(r, &e);
            yaml_event_delete(&e);
            if (key.p == NULL) {
                r->why = "a key that is no text";
                return false;
            }
            if (!next(r, &e))
                return false;
        }
        *tail = done ? NULL : read_node(r, &e, depth + 1);
        yaml_event_delete(&e);
        if (done || *tail == NULL)
            return done;
        (*tail)->key = key;
        tail = &(*tail)->next;
    }
}

static struct yaml *read_node(struct reader *r, const yaml_event_t *e, int depth)
{
    struct yaml *n = np_new(r->a, struct yaml);
    if (depth > YAML_DEPTH_MAX || ++r->nodes > YAML_NODES_MAX) {
        r->why = "too deep or too long";
        return NULL;
    }
    if (e->type == YAML_SCALAR_EVENT) {
        n->text = scalar(r, e);
        n->quoted = e->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
        return n;
    }
    if (e->type != YAML_SEQUENCE_START_EVENT && e->type != YAML_MAPPING_START_EVENT) {
        r->why = "aliases are not supported";
        return NULL;
    }
    n->kind = e->type == YAML_SEQUENCE_START_EVENT ? YAML_LIST : YAML_MAP;
    return read_children(r, n, depth) ? n : NULL;
}

struct yaml *yaml_parse(struct np_arena *a, struct np_str text, const char **why)
{
    struct reader r = {.a = a};
    struct yaml *out = NULL;
    if (!yaml_parser_initialize(&r.parser)) {
        *why = "no memory";
        return NULL;
    }
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text.p, text.n);
    for (bool more = true; more;) {
        yaml_event_t e;
        if (!next(&r, &e))
            break;
        more = e.type == YAML_STREAM_START_EVENT || e.type == YAML_DOCUMENT_START_EVENT;
        if (!more && e.type != YAML_STREAM_END_EVENT)
            out = read_node(&r, &e, 0);
        else if (!more)
            out = np_new(a, struct yaml);
        yaml_event_delete(&e);
    }
    yaml_parser_delete(&r.parser);
    *why = r.why;
    return r.why == NULL ? out : NULL;
}

const struct yaml *yaml_get(const struct yaml *map, const char *key)
{
    if (map == NULL || map->kind != YAML_MAP)
        return NULL;
    for (const struct yaml *n = map->child; n != NULL; n = n->next)
        if (np_str_eq(n->key, np_str_of(key)))
            return n;
    return NULL;
}

struct np_str yaml_text(const struct yaml *map, const char *key)
{
    const struct yaml *n = yaml_get(map, key);
    return n != NULL && n->kind == YAML_TEXT ? n->text : NP_STR_NULL;
}

bool yaml_true(const struct yaml *map, const char *key, bool otherwise)
{
    static const char *const yes[] = {"true", "True", "TRUE", "yes", "Yes", "YES",
                                      "on",   "On",   "ON",   "1",   "y"};
    struct np_str text = yaml_text(map, key);
    if (text.p == NULL)
        return otherwise;
    NP_EACH (y, yes)
        if (np_str_eq(text, np_str_of(*y)))
            return true;
    return false;
}
