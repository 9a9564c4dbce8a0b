/* SPDX-License-Identifier: Apache-2.0 */
/* caa_test.c - CAA records: how they are read, whom they let issue. */
#include "test.h"

#include "base/auto.h"
#include "services/acm/caa.h"
#include "services/acm/limits.h"

NP_TEST(caa_records_are_read)
{
    static const struct {
        const char *text, *tag, *value;
        unsigned flags;
    } good[] = {
        {"0 issue \"amazon.com\"", "issue", "amazon.com", 0},
        {"128 issuewild \";\"", "issuewild", ";", 128},
        {"0 iodef \"mailto:a@b\"", "iodef", "mailto:a@b", 0},
        {"0 issue amazon.com", "issue", "amazon.com", 0},
        {"0  issue  \"a\\\"b\\059c\"", "issue", "a\"b;c", 0},
        {"0 issue \"\"", "issue", "", 0},
    };
    static const char *const bad[] = {"",
                                      "0",
                                      "0 issue",
                                      "256 issue \"x\"",
                                      "x issue \"x\"",
                                      "0 is-sue \"x\"",
                                      "0 issue \"x",
                                      "0 issue \"",
                                      "0 issue \"x\\\"",
                                      "0 issue \"\\999\"",
                                      "0 issue a b"};
    NP_AUTO_ARENA a = np_arena_new();
    struct acm_caa r;
    NP_EACH (g, good) {
        NP_CHECK(acm_caa_parse(a, np_str_of(g->text), &r), "%s", g->text);
        NP_CHECK_STR(r.tag, np_str_of(g->tag));
        NP_CHECK_STR(r.value, np_str_of(g->value));
        NP_CHECK(r.flags == g->flags);
    }
    NP_EACH (text, bad)
        NP_CHECK(!acm_caa_parse(a, np_str_of(*text), &r), "%s", *text);
}

NP_TEST(caa_sets_allow_or_forbid)
{
    static const struct {
        const char *records[3];
        bool plain, wildcard;
        const char *why;
    } sets[] = {
        {{NULL}, true, true, "none"},
        {{"0 issue \"amazon.com\""}, true, true, "we are named"},
        {{"0 issue \"amazontrust.com\""}, true, true, "by another name"},
        {{"0 issue \"AWSTRUST.com\""}, true, true, "in any case"},
        {{"0 issue \" amazonaws.com ; policy=ev\""}, true, true, "with parameters"},
        {{"0 issue \"letsencrypt.org\""}, false, false, "somebody else"},
        {{"0 issue \"letsencrypt.org\"", "0 issue \"amazon.com\""}, true, true, "one of two"},
        {{"0 issue \";\""}, false, false, "nobody"},
        {{"0 issue \"\""}, false, false, "nobody, too"},
        {{"0 issuewild \"amazon.com\""}, true, true, "wildcards alone are limited"},
        {{"0 issuewild \"letsencrypt.org\""}, true, false, "wildcards are another's"},
        {{"0 issue \";\"", "0 issuewild \"amazon.com\""}, false, true, "wildcards alone"},
        {{"0 issue \"amazon.com\"", "0 issuewild \";\""}, true, false, "no wildcards"},
        {{"0 iodef \"mailto:a@b\""}, true, true, "says where to complain"},
        {{"128 future \"x\""}, false, false, "critical and unknown"},
        {{"0 future \"x\""}, true, true, "unknown"},
        {{"128 issue \"amazon.com\""}, true, true, "critical and known"},
        {{"0 issue \"amazon.com\"", "broken"}, false, false, "what cannot be read forbids"},
    };
    NP_AUTO_ARENA a = np_arena_new();
    NP_EACH (s, sets) {
        struct np_str v[NP_LEN(s->records)];
        struct np_strs set = {v, 0, true};
        while (set.n < NP_LEN(s->records) && s->records[set.n] != NULL) {
            v[set.n] = np_str_of(s->records[set.n]);
            set.n++;
        }
        NP_CHECK(acm_caa_allows(a, &set, false) == s->plain, "%s", s->why);
        NP_CHECK(acm_caa_allows(a, &set, true) == s->wildcard, "%s", s->why);
    }
}

NP_TEST(caa_sets_have_a_limit)
{
    NP_AUTO_ARENA a = np_arena_new();
    struct np_str v[ACM_CAA_RECORDS_MAX + 1];
    for (size_t i = 0; i < NP_LEN(v); i++)
        v[i] = NP_STR("0 issue \"amazon.com\"");
    struct np_strs set = {v, ACM_CAA_RECORDS_MAX, true};
    NP_CHECK(acm_caa_allows(a, &set, false));
    set.n++;
    NP_CHECK(!acm_caa_allows(a, &set, false));
}
