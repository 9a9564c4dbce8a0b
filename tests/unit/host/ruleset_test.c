/* SPDX-License-Identifier: Apache-2.0 */
/* ruleset_test.c - the text that turns one firewall into another says what differs and nothing
 * else. */
#include "test.h"

#include "base/auto.h"
#include "host/net/ruleset.h"

static struct np_ruleset *with(const char *const *members, size_t n, const char *rule)
{
    struct np_ruleset *r = np_ruleset_new();
    struct np_piece *set = np_piece(r, NP_PIECE_SET, NP_STR("who"), "type ipv4_addr;");
    struct np_piece *map = np_piece(r, NP_PIECE_MAP, NP_STR("where"), "type ifname : verdict;");
    for (size_t i = 0; i < n; i++)
        np_piece_line(r, set, "%s", members[i]);
    np_piece_line(r, map, "\"a\" : goto %s", rule != NULL ? "late" : "early");
    np_piece_line(r,
                  np_piece(r, NP_PIECE_CHAIN, NP_STR("in"), "type filter hook input priority 0;"),
                  "ip saddr @who accept");
    if (rule != NULL)
        np_piece_line(r, np_piece(r, NP_PIECE_CHAIN, NP_STR("late"), ""), "%s", rule);
    else
        np_piece_line(r, np_piece(r, NP_PIECE_CHAIN, NP_STR("early"), ""), "drop");
    np_ruleset_seal(r);
    return r;
}

static void check(const struct np_ruleset *old, struct np_ruleset *now, const char *text)
{
    NP_AUTO_BUF b;
    np_buf_init(&b, NULL, 1 << 20);
    np_ruleset_diff(old, now, &b);
    NP_CHECK_STR(np_buf_str(&b), np_str_of(text));
}

static const char *const some[] = {"10.0.0.2", "10.0.0.1", "10.0.0.1"};
static const char *const others[] = {"10.0.0.1", "10.0.0.3"};

NP_TEST(the_first_text_replaces_whatever_there_is)
{
    struct np_ruleset *r = with(some, NP_LEN(some), NULL);
    check(NULL, r,
          "add table ip nephele\ndelete table ip nephele\nadd table ip nephele\n"
          "add chain ip nephele early\n"
          "add chain ip nephele in { type filter hook input priority 0; }\n"
          "add map ip nephele where { type ifname : verdict; }\n"
          "add set ip nephele who { type ipv4_addr; }\n"
          "add rule ip nephele early drop\n"
          "add rule ip nephele in ip saddr @who accept\n"
          "add element ip nephele where { \"a\" : goto early }\n"
          "add element ip nephele who { 10.0.0.1, 10.0.0.2 }\n");
    np_ruleset_free(r);
}

NP_TEST(what_is_alike_is_not_said)
{
    struct np_ruleset *a = with(some, NP_LEN(some), NULL), *b = with(some, 2, NULL);
    check(a, b, "");
    np_ruleset_free(a);
    np_ruleset_free(b);
}

NP_TEST(elements_change_one_by_one_and_chains_whole)
{
    struct np_ruleset *a = with(some, NP_LEN(some), NULL), *b = with(others, NP_LEN(others), NULL);
    check(a, b,
          "delete element ip nephele who { 10.0.0.2 }\n"
          "add element ip nephele who { 10.0.0.3 }\n");
    struct np_ruleset *c = with(others, NP_LEN(others), "accept");
    /* A chain goes when nothing leads to it any more, all in one batch. */
    check(b, c,
          "add chain ip nephele late\n"
          "flush chain ip nephele early\n"
          "delete element ip nephele where { \"a\" }\n"
          "add rule ip nephele late accept\n"
          "add element ip nephele where { \"a\" : goto late }\n"
          "delete chain ip nephele early\n");
    struct np_ruleset *d = with(others, NP_LEN(others), "drop");
    check(c, d, "flush chain ip nephele late\nadd rule ip nephele late drop\n");
    np_ruleset_free(a);
    np_ruleset_free(b);
    np_ruleset_free(c);
    np_ruleset_free(d);
}

NP_TEST(lines_of_any_length)
{
    struct np_ruleset *r = np_ruleset_new();
    struct np_piece *p = np_piece(r, NP_PIECE_CHAIN, NP_STR("c"), "");
    np_piece_line(r, p, "%0*d", 511, 1);
    np_piece_line(r, p, "%0*d", 512, 1);
    np_piece_line(r, p, "%0*d", 100000, 1);
    NP_CHECK(p->lines[0].n == 511 && p->lines[1].n == 512 && p->lines[2].n == 100000);
    NP_CHECK(p->lines[2].p[99999] == '1');
    np_ruleset_free(r);
}
