/* SPDX-License-Identifier: Apache-2.0 */
/* scan_test.c - runs of bytes end where the byte-wise rule says, wherever the byte stands. */
#include "test.h"

#include "base/scan.h"

struct rule {
    const char *name;
    size_t (*scan)(const char *p, size_t n);
    bool (*allowed)(unsigned char c);
    char plain;
};

static const struct rule rules[] = {
    {"text", np_scan_text, np_byte_is_text, 'x'}, {"url", np_scan_url, np_byte_is_url, 'x'},
    {"word", np_scan_word, np_byte_is_word, 'x'}, {"xml", np_scan_xml, np_byte_is_xml, 'x'},
    {"json", np_scan_json, np_byte_is_json, 'x'},
};

NP_TEST(a_run_ends_at_the_first_byte_that_is_not_allowed)
{
    char text[40];
    NP_EACH (r, rules) {
        for (size_t n = 0; n <= sizeof(text); n += n < 20 ? 1 : 5) {
            for (size_t at = 0; at < n; at++) {
                for (unsigned c = 0; c < 256; c++) {
                    memset(text, r->plain, sizeof(text));
                    text[at] = (char)c;
                    size_t want = r->allowed((unsigned char)c) ? n : at;
                    NP_CHECK(r->scan(text, n) == want, "%s: byte %u at %zu of %zu", r->name, c, at,
                             n);
                }
            }
            NP_CHECK(r->scan(text, 0) == 0);
        }
    }
}
