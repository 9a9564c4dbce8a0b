/* SPDX-License-Identifier: Apache-2.0 */
/* xml.c - XML trees by expat, and XML text.
 *
 * Document types are refused, and with them every entity but the five of XML itself: nothing in a
 * request can grow or reach outside it.
 */
#include "codec/xml.h"

#include <expat.h>
#include <limits.h>

#include "base/arena.h"
#include "base/assert.h"
#include "base/map.h"
#include "base/scan.h"
#include "codec/limits.h"

#define NAME_SEP '\1' /* no character of XML, so it cannot be in a name */

struct open_element {
    struct np_xml *x;
    struct np_xml **tail; /* where its next child goes */
    size_t text_from;     /* its text in `text`; that of closed children is gone */
};

struct xml_parse {
    XML_Parser parser;
    struct np_arena *arena;
    struct np_xml *root;
    struct np_buf text;
    const char *problem;
    size_t nodes;
    unsigned depth;
    struct open_element open[NP_XML_DEPTH_MAX];
};

static void stop(struct xml_parse *s, const char *problem)
{
    if (s->problem == NULL)
        s->problem = problem;
    XML_StopParser(s->parser, XML_FALSE);
}

/* expat gives "name", "uri SEP name" or "uri SEP name SEP prefix". */
static void split_name(struct np_arena *a, const char *triplet, struct np_str *ns,
                       struct np_str *name, struct np_str *prefix)
{
    struct np_str all = np_str_of(triplet), rest;
    *ns = *prefix = NP_STR_NULL;
    if (!np_str_cut(all, NAME_SEP, ns, &rest)) {
        *ns = NP_STR_NULL;
        *name = np_str_dup(a, all);
        return;
    }
    *ns = np_str_dup(a, *ns);
    struct np_str local, pre;
    if (np_str_cut(rest, NAME_SEP, &local, &pre))
        *prefix = pre;
    *name = np_str_dup(a, local);
}

static void add_attrs(struct xml_parse *s, struct np_xml *x, const XML_Char **attrs)
{
    struct np_xml_attr **tail = &x->attrs;
    for (; attrs[0] != NULL; attrs += 2) {
        struct np_xml_attr *at = np_new(s->arena, struct np_xml_attr);
        struct np_str ns, prefix;
        split_name(s->arena, attrs[0], &ns, &at->name, &prefix);
        if (prefix.n != 0)
            at->name = np_str_printf(s->arena, "%.*s:%.*s", NP_FMT(prefix), NP_FMT(at->name));
        at->value = np_str_dup(s->arena, np_str_of(attrs[1]));
        *tail = at;
        tail = &at->next;
        s->nodes++;
    }
}

static void on_start(void *arg, const XML_Char *name, const XML_Char **attrs)
{
    struct xml_parse *s = arg;
    struct np_str prefix;
    if (s->problem != NULL)
        return;
    if (s->depth == NP_XML_DEPTH_MAX) {
        stop(s, "elements are nested too deep");
        return;
    }
    struct np_xml *x = np_new(s->arena, struct np_xml);
    split_name(s->arena, name, &x->ns, &x->name, &prefix);
    x->text = NP_STR("");
    add_attrs(s, x, attrs);
    if (++s->nodes > NP_XML_NODES_MAX) {
        stop(s, "too many elements");
        return;
    }
    if (s->depth == 0) {
        s->root = x;
    } else {
        struct open_element *parent = &s->open[s->depth - 1];
        *parent->tail = x;
        parent->tail = &x->next;
    }
    s->open[s->depth++] = (struct open_element){x, &x->child, s->text.n};
}

static bool all_blank(struct np_str s)
{
    return np_str_trim(s).n == 0;
}

static void on_end(void *arg, const XML_Char *name)
{
    struct xml_parse *s = arg;
    (void)name;
    if (s->problem != NULL || s->depth == 0)
        return;
    struct open_element *o = &s->open[--s->depth];
    struct np_str text = np_str_sub(np_buf_str(&s->text), o->text_from, SIZE_MAX);
    /* Between child elements, blanks are layout. */
    if (text.n != 0 && (o->x->child == NULL || !all_blank(text)))
        o->x->text = np_str_dup(s->arena, text);
    s->text.n = o->text_from;
}

static void on_text(void *arg, const XML_Char *p, int n)
{
    struct xml_parse *s = arg;
    if (s->problem == NULL)
        np_buf_add(&s->text, p, (size_t)n);
}

static void on_doctype(void *arg, const XML_Char *name, const XML_Char *sysid,
                       const XML_Char *pubid, int subset)
{
    (void)name, (void)sysid, (void)pubid, (void)subset;
    stop(arg, "document types are not accepted");
}

static void on_entity(void *arg, const XML_Char *name, int is_parameter, const XML_Char *value,
                      int n, const XML_Char *base, const XML_Char *sysid, const XML_Char *pubid,
                      const XML_Char *notation)
{
    (void)name, (void)is_parameter, (void)value, (void)n, (void)base, (void)sysid, (void)pubid,
        (void)notation;
    stop(arg, "entities are not accepted");
}

static void set_handlers(XML_Parser p, struct xml_parse *s)
{
    XML_SetUserData(p, s);
    XML_SetReturnNSTriplet(p, 1);
    XML_SetElementHandler(p, on_start, on_end);
    XML_SetCharacterDataHandler(p, on_text);
    XML_SetStartDoctypeDeclHandler(p, on_doctype);
    XML_SetEntityDeclHandler(p, on_entity);
    /* Else expat asks the kernel for chance with every document. */
    XML_SetHashSalt(p, np_hash(NP_STR("expat")) | 1);
}

int np_xml_parse(struct np_arena *a, struct np_str doc, struct np_xml **out, struct np_err *err)
{
    struct xml_parse s = {.arena = a};
    if (doc.n == 0)
        return np_err(err, NP_EPROTO, "XML: the document is empty");
    if (doc.n > INT_MAX)
        return np_err(err, NP_E2BIG, "XML: the document is too long");
    s.parser = XML_ParserCreateNS(NULL, NAME_SEP);
    np_assert(s.parser != NULL);
    np_buf_init(&s.text, NULL, doc.n * 4 + 64); /* Latin-1 and UTF-16 grow when they become UTF-8 */
    set_handlers(s.parser, &s);
    int rc = 0;
    if (XML_Parse(s.parser, doc.p, (int)doc.n, 1) != XML_STATUS_OK || s.problem != NULL) {
        const char *why =
            s.problem != NULL ? s.problem : XML_ErrorString(XML_GetErrorCode(s.parser));
        rc = np_err(err, NP_EPROTO, "XML: %s at line %lu, column %lu", why,
                    (unsigned long)XML_GetCurrentLineNumber(s.parser),
                    (unsigned long)XML_GetCurrentColumnNumber(s.parser));
    }
    XML_ParserFree(s.parser);
    np_buf_fini(&s.text);
    if (rc == 0)
        *out = s.root;
    return rc;
}

const struct np_xml *np_xml_child(const struct np_xml *x, struct np_str name)
{
    for (const struct np_xml *c = x != NULL ? x->child : NULL; c != NULL; c = c->next)
        if (np_str_eq(c->name, name))
            return c;
    return NULL;
}

struct np_str np_xml_text(const struct np_xml *x, struct np_str child)
{
    const struct np_xml *c = np_xml_child(x, child);
    return c != NULL ? c->text : NP_STR_NULL;
}

static struct np_str escape_of(unsigned char c)
{
    switch (c) {
    case '&':
        return NP_STR("&amp;");
    case '<':
        return NP_STR("&lt;");
    case '>':
        return NP_STR("&gt;");
    case '"':
        return NP_STR("&quot;");
    case '\r':
        return NP_STR("&#13;"); /* a raw one would be read back as a line feed */
    default:
        return NP_STR_NULL;
    }
}

/* Paths and queries may hold any bytes; a reply must still be XML. */
static void put_text(struct np_buf *b, struct np_str s)
{
    if (np_utf8_ok(s)) {
        np_buf_str_add(b, s);
        return;
    }
    while (s.n != 0) {
        size_t n = np_utf8_len(s);
        if (n != 0)
            np_buf_add(b, s.p, n);
        else
            np_buf_lit(b, "\xEF\xBF\xBD");
        s = np_str_sub(s, n != 0 ? n : 1, s.n);
    }
}

void np_xml_escape(struct np_buf *b, struct np_str s)
{
    size_t i = 0;
    while (i < s.n) {
        size_t plain = np_scan_xml(s.p + i, s.n - i);
        put_text(b, np_str_n(s.p + i, plain));
        i += plain;
        if (i == s.n)
            return;
        unsigned char c = (unsigned char)s.p[i++];
        struct np_str escaped = escape_of(c);
        if (escaped.p != NULL)
            np_buf_str_add(b, escaped);
        else
            np_buf_printf(b, "&#x%x;", c);
    }
}
