/* SPDX-License-Identifier: Apache-2.0 */
/* http_bench.c - parsing the heads of requests that AWS clients send. */
#include "base/assert.h"
#include "bench.h"
#include "http/http.h"

#define LIMIT_US 0.5

#define GET                                                                                        \
    "GET /bench-bucket/folder/some-object-000123 HTTP/1.1\r\n"                                     \
    "Host: 127.0.0.1:4566\r\n"                                                                     \
    "Accept-Encoding: identity\r\n"                                                                \
    "User-Agent: Boto3/1.26.27 Python/3.11.2 Linux/6.1 Botocore/1.29.27\r\n"                       \
    "X-Amz-Date: 20240506T070809Z\r\n"                                                             \
    "X-Amz-Content-SHA256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\r\n"   \
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20240506/us-east-1/s3/aws4_request, "  \
    "SignedHeaders=host;x-amz-content-sha256;x-amz-date, "                                         \
    "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7\r\n"               \
    "\r\n"

#define FORM                                                                                       \
    "POST / HTTP/1.1\r\n"                                                                          \
    "Host: 127.0.0.1:4566\r\n"                                                                     \
    "Accept-Encoding: identity\r\n"                                                                \
    "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"                           \
    "User-Agent: Boto3/1.26.27 Python/3.11.2 Linux/6.1 Botocore/1.29.27\r\n"                       \
    "X-Amz-Date: 20240506T070809Z\r\n"                                                             \
    "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20240506/us-east-1/sts/aws4_request, " \
    "SignedHeaders=content-type;host;x-amz-date, "                                                 \
    "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7\r\n"               \
    "Content-Length: 43\r\n"                                                                       \
    "\r\n"

static struct np_http_field fields[200];

static void parse(void *arg)
{
    const struct np_str *head = arg;
    struct np_http_head h;
    size_t used;
    int status;
    int rc = np_http_parse_request(head->p, head->n, &np_http_default_limits, fields, &h, &used,
                                   &status);
    np_assert(rc == 0 && used == head->n);
}

int main(void)
{
    struct np_str get = NP_STR(GET), form = NP_STR(FORM),
                  small = NP_STR("GET / HTTP/1.1\r\nHost: 127.0.0.1:4566\r\n\r\n");
    uint64_t before = bench_mallocs();
    parse(&get);
    np_assert(bench_mallocs() == before);
    bench_say("http: head of a signed GetObject", bench_us(parse, &get), "us", LIMIT_US);
    bench_say("http: head of a signed form", bench_us(parse, &form), "us", LIMIT_US);
    bench_say("http: a head with one field", bench_us(parse, &small), "us", LIMIT_US);
    return bench_end("http");
}
