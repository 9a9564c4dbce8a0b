/* SPDX-License-Identifier: Apache-2.0 */
/* xml_test.c - XML in and out. */
#include "test.h"

#include "base/auto.h"
#include "codec/limits.h"
#include "codec/xml.h"

NP_TEST(builds_a_tree)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_xml *x = NULL;
    struct np_err err = {0};
    int rc = np_xml_parse(
        a,
        NP_STR(
            "<?xml version=\"1.0\"?>\n<A xmlns='urn:x' xmlns:xsi='urn:i'>\n <B xsi:type='t' k='v'>"
            "x &amp; &#233;<!-- c --><![CDATA[<y>]]></B><B/>\n</A>"),
        &x, &err);
    NP_CHECK(rc == 0, "%.*s", NP_FMT(np_err_text(&err)));
    NP_CHECK_STR(x->name, NP_STR("A"));
    NP_CHECK_STR(x->ns, NP_STR("urn:x"));
    NP_CHECK(x->text.n == 0, "blanks between elements are layout");
    const struct np_xml *b = np_xml_child(x, NP_STR("B"));
    NP_CHECK_STR(b->text, NP_STR("x & \xc3\xa9<y>"));
    NP_CHECK_STR(b->attrs->name, NP_STR("xsi:type"));
    NP_CHECK_STR(b->attrs->value, NP_STR("t"));
    NP_CHECK_STR(b->attrs->next->name, NP_STR("k"));
    NP_CHECK(b->next != NULL && b->next->next == NULL);
    NP_CHECK(np_xml_text(x, NP_STR("C")).p == NULL);
    NP_CHECK(np_xml_text(b->next, NP_STR("x")).p == NULL);
}

NP_TEST(blanks_of_a_leaf_are_text)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_xml *x = NULL;
    NP_CHECK(np_xml_parse(a, NP_STR("<A><B> \n</B><C>a<D>b</D>c</C></A>"), &x, NULL) == 0);
    NP_CHECK_STR(np_xml_text(x, NP_STR("B")), NP_STR(" \n"));
    NP_CHECK_STR(np_xml_text(x, NP_STR("C")), NP_STR("ac"));
}

static const struct {
    const char *doc, *why;
} refused[] = {
    {"", "nothing"},
    {"<A>", "open"},
    {"<A></B>", "crossed"},
    {"<A/><B/>", "two roots"},
    {"<A>&x;</A>", "an unknown entity"},
    {"<!DOCTYPE A><A/>", "a document type"},
    {"<!DOCTYPE A [<!ENTITY x \"y\">]><A>&x;</A>", "an entity of its own"},
    {"<!DOCTYPE A SYSTEM \"file:///etc/passwd\"><A/>", "an external document type"},
    {"<p:A/>", "an unknown prefix"},
    {"<A>\x01</A>", "a control byte"},
    {"<A>\xff</A>", "no UTF-8"},
    {"plain", "no element"},
};

NP_TEST(refuses)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (c, refused) {
        struct np_xml *x = NULL;
        NP_CHECK(np_xml_parse(a, np_str_of(c->doc), &x, NULL) == NP_EPROTO, "%s", c->why);
        NP_CHECK(x == NULL, "%s", c->why);
    }
}

static int repeated(struct np_arena *a, const char *open, const char *close, size_t n)
{
    NP_AUTO_BUF b;
    struct np_xml *x;
    np_buf_init(&b, NULL, 64u << 20);
    np_buf_lit(&b, "<r>");
    for (size_t i = 1; i < n; i++)
        np_buf_str_add(&b, np_str_of(open));
    for (size_t i = 1; i < n; i++)
        np_buf_str_add(&b, np_str_of(close));
    np_buf_lit(&b, "</r>");
    return np_xml_parse(a, np_buf_str(&b), &x, NULL);
}

NP_TEST(depth_and_elements_are_limited)
{
    NP_AUTO_ARENA a = np_arena_new();
    NP_CHECK(repeated(a, "<a>", "</a>", NP_XML_DEPTH_MAX) == 0);
    NP_CHECK(repeated(a, "<a>", "</a>", NP_XML_DEPTH_MAX + 1) == NP_EPROTO);
    NP_CHECK(repeated(a, "<a/>", "", NP_XML_NODES_MAX) == 0);
    np_arena_reset(a, 0);
    NP_CHECK(repeated(a, "<a/>", "", NP_XML_NODES_MAX + 1) == NP_EPROTO);
}

NP_TEST(escapes)
{
    NP_AUTO_BUF b;
    np_buf_init(&b, NULL, 200);
    np_xml_escape(&b, NP_STR("a<b>&\"'\r\n\x01 =#/\xc3\xa9"));
    NP_CHECK_STR(np_buf_str(&b), NP_STR("a&lt;b&gt;&amp;&quot;'&#13;\n&#x1; =#/\xc3\xa9"));
}

NP_TEST(escaping_mends_bytes_that_are_no_utf8)
{
    NP_AUTO_BUF b;
    np_buf_init(&b, NULL, 64);
    np_xml_escape(&b, NP_STR("a\xff<\xc3\xa9\xc3"));
    NP_CHECK_STR(np_buf_str(&b), NP_STR("a\xEF\xBF\xBD&lt;\xc3\xa9\xEF\xBF\xBD"));
}
