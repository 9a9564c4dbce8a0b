/* SPDX-License-Identifier: Apache-2.0 */
/* digest_bench.c - MD5, which bounds an upload: beside OpenSSL's, and of several inputs at once. */
#include <stdio.h>

#include "bench.h"

#include "base/arena.h"
#include "base/digest.h"

#define PIECE ((size_t)128 * 1024)

static char *bytes;
static unsigned n_inputs;
static struct np_digest *digests[NP_DIGEST_RUNS];

static void one_shot(void *arg)
{
    char out[NP_DIGEST_MAX];
    np_digest_once(NP_MD5, np_str_n(bytes, PIECE), out);
}

static void side_by_side(void *arg)
{
    struct np_digest_run runs[NP_DIGEST_RUNS];
    for (unsigned i = 0; i < n_inputs; i++)
        runs[i] = (struct np_digest_run){digests[i], bytes + i * PIECE, PIECE};
    np_digest_add_all(runs, n_inputs);
}

int main(void)
{
    bytes = np_heap_alloc(NP_DIGEST_RUNS * PIECE);
    for (size_t i = 0; i < NP_DIGEST_RUNS * PIECE; i++)
        bytes[i] = (char)(i * 31 + i / 251);
    for (unsigned i = 0; i < NP_DIGEST_RUNS; i++)
        digests[i] = np_digest_new(NP_MD5);
    double openssl = bench_us(one_shot, NULL), one = 0;
    bench_say("MD5 of 128 KiB, OpenSSL's", openssl, "us", 0);
    for (n_inputs = 1; n_inputs <= NP_DIGEST_RUNS; n_inputs++) {
        char what[64];
        double each = bench_us(side_by_side, NULL) / n_inputs;
        one = n_inputs == 1 ? each : one;
        snprintf(what, sizeof(what), "MD5 of 128 KiB, each of %u", n_inputs);
        bench_say(what, each, "us", 0);
        if (n_inputs == 1)
            bench_say("MD5, one input to OpenSSL's", each / openssl, "times", 1.1);
        if (n_inputs == NP_DIGEST_RUNS && np_digest_lanes(NP_MD5) == NP_DIGEST_RUNS)
            bench_say("MD5, each of eight to one alone", each / one, "times", 0.25);
    }
    for (unsigned i = 0; i < NP_DIGEST_RUNS; i++)
        np_digest_free(digests[i]);
    np_free(bytes);
    return bench_end("digest");
}
