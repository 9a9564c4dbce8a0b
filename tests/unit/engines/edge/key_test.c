/* SPDX-License-Identifier: Apache-2.0 */
/* key_test.c - what tells objects apart, and what origins see of a request. */
#include "engines/edge/rig.h"

static const struct np_str abc[] = {{"a", 1}, {"b", 1}, {"c", 1}};
static const struct np_str lang[] = {{"Accept-Language", 15}, {"Host", 4}};

static bool asked_for(struct rig *r, const char *text)
{
    return np_str_find(np_buf_str(&r->f.log), np_str_of(text)) >= 0;
}

#define CHECK_ASKED(r, text)                                                                       \
    NP_CHECK(asked_for((r), (text)), "%.*s", NP_FMT(np_buf_str(&(r)->f.log)))

NP_TEST(query_strings)
{
    static const struct {
        struct np_edge_set set;
        const char *first, *second, *sent;
        bool same;
    } cases[] = {
        {{NP_EDGE_NONE, NULL, 0}, "/p?a=1", "/p?a=2", "GET /p\n", true},
        {{NP_EDGE_ALL, NULL, 0}, "/p?a=1", "/p?a=2", "GET /p?a=2\n", false},
        {{NP_EDGE_ALL, NULL, 0}, "/p?a=1&b=1", "/p?b=1&a=1", "GET /p?b=1&a=1\n", false},
        {{NP_EDGE_ALL, NULL, 0}, "/p", "/p?", "GET /p?\n", false},
        {{NP_EDGE_SOME, abc, 2}, "/p?a=1&x=1", "/p?x=2&a=1", "GET /p?a=1\n", true},
        {{NP_EDGE_SOME, abc, 2}, "/p?a=1&x=1", "/p?A=1&b", "GET /p?b\n", false},
        {{NP_EDGE_EXCEPT, abc, 2}, "/p?a=1&x=1", "/p?x=1&b=5", "GET /p?x=1\n", true},
        {{NP_EDGE_EXCEPT, abc, 2}, "/p?x=1", "/p?x=2", "GET /p?x=2\n", false},
    };
    NP_EACH (c, cases) {
        struct rig r;
        rig_init(&r);
        r.behaviors[0].forward.key_query = c->set;
        rig_start(&r);
        rig_get(&r, c->first);
        rig_get(&r, c->second);
        NP_CHECK(RIG_ASKED(&r) == (c->same ? 1 : 2), "%s %s", c->first, c->second);
        CHECK_ASKED(&r, c->sent);
        rig_fini(&r);
    }
}

NP_TEST(what_is_forwarded_besides_is_not_in_the_key)
{
    struct rig r;
    rig_init(&r);
    struct np_edge_forwarding *fw = &r.behaviors[0].forward;
    fw->key_query = (struct np_edge_set){NP_EDGE_SOME, abc, 1};
    fw->query = (struct np_edge_set){NP_EDGE_SOME, abc + 1, 1};
    fw->cookies = (struct np_edge_set){NP_EDGE_ALL, NULL, 0};
    fw->headers = (struct np_edge_set){NP_EDGE_SOME, lang, 1};
    rig_start(&r);
    rig_ask(&r, "GET", "/p?b=2&a=1&c=3", "Cookie: x=1; y=2\r\nAccept-Language: de\r\nX-No: 1\r\n");
    CHECK_ASKED(&r, "GET /p?b=2&a=1\n");
    CHECK_ASKED(&r, "\nCookie: x=1; y=2\n");
    CHECK_ASKED(&r, "\nAccept-Language: de\n");
    NP_CHECK(!asked_for(&r, "X-No"));
    CHECK_CACHE(rig_get(&r, "/p?a=1&b=9"), "Hit");
    rig_fini(&r);
}

NP_TEST(fields_and_cookies_in_the_key)
{
    struct rig r;
    rig_init(&r);
    struct np_edge_forwarding *fw = &r.behaviors[0].forward;
    fw->key_headers = (struct np_edge_set){NP_EDGE_SOME, lang, 2};
    fw->key_cookies = (struct np_edge_set){NP_EDGE_SOME, abc, 2};
    rig_start(&r);
    CHECK_CACHE(rig_ask(&r, "GET", "/p", "accept-language: de\r\nCookie: a=1; z=9; b=2\r\n"),
                "Miss");
    CHECK_ASKED(&r, "\nHost: d1.edge.test\n");
    CHECK_ASKED(&r, "\nCookie: a=1; b=2\n");
    CHECK_CACHE(rig_ask(&r, "GET", "/p", "Accept-Language: de\r\nCookie: b=2;a=1\r\n"), "Hit");
    CHECK_CACHE(rig_ask(&r, "GET", "/p", "Accept-Language: fr\r\nCookie: b=2;a=1\r\n"), "Miss");
    CHECK_CACHE(rig_ask(&r, "GET", "/p", "Accept-Language: de\r\nCookie: b=3;a=1\r\n"), "Miss");
    CHECK_CACHE(rig_ask(&r, "GET", "/p", "Accept-Language: de\r\n"), "Miss");
    CHECK_CACHE(rig_ask(&r, "GET", "/p", "Accept-Language: de\r\nCookie: z=1\r\n"), "Hit");
    rig_fini(&r);
}

NP_TEST(all_fields_in_the_key_is_no_cache)
{
    struct rig r;
    rig_init(&r);
    r.behaviors[0].forward.key_headers.how = NP_EDGE_ALL;
    rig_start(&r);
    CHECK_CACHE(rig_ask(&r, "GET", "/p", "X-A: 1\r\nIf-None-Match: \"1\"\r\nRange: bytes=0-1\r\n"),
                "Miss");
    CHECK_ASKED(&r, "\nX-A: 1\n");
    CHECK_ASKED(&r, "\nIf-None-Match: \"1\"\n");
    CHECK_ASKED(&r, "\nRange: bytes=0-1\n");
    CHECK_CACHE(rig_get(&r, "/p"), "Miss");
    rig_fini(&r);
}

NP_TEST(encodings_are_normalised)
{
    static const struct {
        const char *accept, *sent;
        bool gzip, brotli;
    } cases[] = {
        {"gzip, deflate, br", "Accept-Encoding: br,gzip", true, true},
        {"br;q=1.0, gzip;q=0.8, *;q=0.1", "Accept-Encoding: br,gzip", true, true},
        {"gzip;q=0, br", "Accept-Encoding: br", true, true},
        {"br, gzip", "Accept-Encoding: gzip", true, false},
        {"BR", "Accept-Encoding: br", false, true},
        {"deflate", NULL, true, true},
        {"gzip", NULL, false, false},
    };
    NP_EACH (c, cases) {
        struct rig r;
        rig_init(&r);
        r.behaviors[0].forward.key_gzip = c->gzip;
        r.behaviors[0].forward.key_brotli = c->brotli;
        rig_start(&r);
        char extra[100];
        snprintf(extra, sizeof(extra), "Accept-Encoding: %s\r\n", c->accept);
        rig_ask(&r, "GET", "/p", extra);
        if (c->sent != NULL)
            CHECK_ASKED(&r, c->sent);
        else
            NP_CHECK(!asked_for(&r, "Accept-Encoding"), "%s", c->accept);
        rig_fini(&r);
    }
}

NP_TEST(fields_of_the_edge)
{
    struct rig r;
    rig_init(&r);
    static const struct np_http_field custom[] = {{NP_STR("X-Key"), NP_STR("secret")}};
    r.origins[0].custom = custom;
    r.origins[0].n_custom = 1;
    r.origins[0].path = NP_STR("/base");
    r.behaviors[0].forward.headers.how = NP_EDGE_ALL;
    rig_start(&r);
    rig_ask(&r, "GET", "/p",
            "X-Key: mine\r\nX-Forwarded-For: 1.2.3.4\r\nVia: 1.0 me\r\nCDN-Loop: other\r\n"
            "Edge-Viewer-Country: XX\r\nX-Secret-Edge-A: 1\r\nProxy-Authorization: x\r\nTE: "
            "trailers\r\n");
    CHECK_ASKED(&r, "GET /base/p\n");
    CHECK_ASKED(&r, "\nX-Key: secret\n");
    NP_CHECK(!asked_for(&r, "mine") && !asked_for(&r, "Edge-Viewer") &&
             !asked_for(&r, "Secret-Edge") && !asked_for(&r, "Proxy-A") && !asked_for(&r, "\nTE:"));
    CHECK_ASKED(&r, "\nX-Forwarded-For: 1.2.3.4, 127.0.0.1\n");
    CHECK_ASKED(&r, "\nVia: 1.0 me, 1.1 ");
    CHECK_ASKED(&r, "\nCDN-Loop: other, edge;d=E1\n");
    CHECK_ASKED(&r, "\nX-Edge-Id: ");
    rig_fini(&r);
}

NP_TEST(legacy_fields)
{
    struct rig r;
    rig_init(&r);
    r.behaviors[0].forward.other_headers = true;
    r.behaviors[0].forward.drop_set_cookie = true;
    rig_start(&r);
    r.answer.fields = "Set-Cookie: a=1";
    struct reply y =
        rig_ask(&r, "GET", "/p",
                "Accept: x\r\nAccept-Language: de\r\nAuthorization: x\r\nReferer: x\r\n"
                "Cookie: a=1\r\nX-Real-IP: 1\r\nUser-Agent: me\r\nX-Other: 1\r\n"
                "Accept-Encoding: gzip\r\n");
    CHECK_ASKED(&r, "\nX-Other: 1\n");
    CHECK_ASKED(&r, "\nUser-Agent: Test Edge\n");
    CHECK_ASKED(&r, "\nHost: origin.test\n");
    NP_CHECK(!asked_for(&r, "\nAccept") && !asked_for(&r, "Authorization") &&
             !asked_for(&r, "Referer") && !asked_for(&r, "\nCookie") && !asked_for(&r, "Real"));
    NP_CHECK(reply_field(y, "Set-Cookie").p == NULL);
    rig_fini(&r);
}

NP_TEST(vary_is_cut_to_what_was_forwarded)
{
    struct rig r;
    rig_init(&r);
    r.behaviors[0].forward.key_headers = (struct np_edge_set){NP_EDGE_SOME, lang, 1};
    rig_start(&r);
    r.answer.fields = "Vary: Accept-Encoding, User-Agent, accept-language";
    NP_CHECK_STR(reply_field(rig_get(&r, "/p"), "Vary"),
                 NP_STR("Accept-Encoding, accept-language"));
    r.answer.fields = "Vary: *";
    rig_get(&r, "/q");
    CHECK_CACHE(rig_get(&r, "/q"), "Miss");
    rig_fini(&r);
}

/* Dot segments are not resolved: what the origin takes for another page is another object. */
NP_TEST(paths_are_taken_as_they_come)
{
    struct rig r;
    rig_init(&r);
    rig_start(&r);
    rig_get(&r, "/b");
    const char *others[] = {"/a/../b", "//b", "/%62", "/./b", "/B", "/b/"};
    NP_EACH (p, others) {
        CHECK_CACHE(rig_get(&r, *p), "Miss");
        NP_CHECK(asked_for(&r, np_str_z(r.f.arena, np_str_printf(r.f.arena, "GET %s\n", *p))));
    }
    rig_fini(&r);
}

/* A strict behaviour is not walked around, a lax one not walked into. */
NP_TEST(disguised_paths)
{
    struct rig r;
    rig_init(&r);
    r.behaviors[0].pattern = NP_STR("static/*.css");
    r.behaviors[0].target = NP_STR("o2");
    r.dist.n_behaviors = 2;
    r.origins[1].path = NP_STR("/second");
    rig_start(&r);
    static const struct {
        const char *path;
        bool second;
    } paths[] = {
        {"/static/a.css", true},         {"/static/x/y.css", true},
        {"/static/a.CSS", false},        {"/static/../secret.css", false},
        {"/static/%2e%2e/s.css", false}, {"/x/../static/a.css", false},
        {"/static/a%2ecss", false},      {"/static/./a.css", true},
        {"/static/a.css/", false},
    };
    NP_EACH (p, paths) {
        rig_get(&r, p->path);
        NP_CHECK(asked_for(&r, "GET /second/") == p->second, "%s", p->path);
    }
    rig_fini(&r);
}
