/* SPDX-License-Identifier: Apache-2.0 */
/* log_text.c - lines of access logs, and the files that are made of them. */
#include "services/cloudfront/log_text.h"

#include "base/arena.h"
#include "base/timefmt.h"

/* AWS: tests/sdk/test_cloudfront_logs.py. */
const char cloudfront_log_head[] =
    "#Version: 1.0\n"
    "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status "
    "cs(Referer) cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id "
    "x-host-header cs-protocol cs-bytes time-taken x-forwarded-for ssl-protocol ssl-cipher "
    "x-edge-response-result-type cs-protocol-version fle-status fle-encrypted-fields c-port "
    "time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len "
    "sc-range-start sc-range-end\n";

/* AWS: these bytes are written in percent form, so that no field ends a field. */
static bool is_plain(unsigned char c)
{
    return c > 0x20 && c < 0x7f && memchr("\"#%<>[\\]^`{|}'~", c, 15) == NULL;
}

static void put_text(struct np_buf *b, struct np_str s)
{
    np_buf_char(b, '\t');
    if (s.n == 0)
        np_buf_char(b, '-');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        /* What came encoded is not encoded again. */
        if (is_plain(c) || c == '%')
            np_buf_char(b, (char)c);
        else
            np_buf_printf(b, "%%%02X", c);
    }
}

static void put_number(struct np_buf *b, int64_t n)
{
    np_buf_char(b, '\t');
    if (n < 0)
        np_buf_char(b, '-');
    else
        np_buf_i64(b, n);
}

static void put_seconds(struct np_buf *b, uint64_t us)
{
    np_buf_printf(b, "\t%llu.%03llu", (unsigned long long)(us / 1000000),
                  (unsigned long long)(us / 1000 % 1000));
}

static void put_time(struct np_buf *b, int64_t ms)
{
    int64_t y, s = ms / 1000 % 86400;
    unsigned m, d;
    np_civil_from_days(ms / 86400000, &y, &m, &d);
    np_buf_printf(b, "%04lld-%02u-%02u\t%02lld:%02lld:%02lld", (long long)y, m, d,
                  (long long)(s / 3600), (long long)(s / 60 % 60), (long long)(s % 60));
}

static struct np_str result_word(enum np_edge_result r)
{
    static const char *const words[NP_EDGE_RESULTS] = {
        [NP_EDGE_R_ERROR] = "Error",
        [NP_EDGE_R_HIT] = "Hit",
        [NP_EDGE_R_REFRESH_HIT] = "RefreshHit",
        [NP_EDGE_R_ORIGIN_SHIELD_HIT] = "OriginShieldHit",
        [NP_EDGE_R_MISS] = "Miss",
        [NP_EDGE_R_REDIRECT] = "Redirect",
        [NP_EDGE_R_FUNCTION] = "FunctionGeneratedResponse",
        [NP_EDGE_R_LIMIT] = "LimitExceeded",
        [NP_EDGE_R_CAPACITY] = "CapacityExceeded",
    };
    return np_str_of(words[r]);
}

/* What kind of failure it was, where the result alone does not say. */
static struct np_str detail_word(const struct np_edge_record *r)
{
    switch (r->reason) {
    case NP_EDGE_NO_ADDRESS:
        return NP_STR("OriginDnsError");
    case NP_EDGE_NO_CONNECTION:
    case NP_EDGE_BAD_TLS:
    case NP_EDGE_TIMEOUT:
        return NP_STR("OriginConnectError");
    case NP_EDGE_BAD_RESPONSE:
        return NP_STR("OriginCommError");
    case NP_EDGE_GEO_BLOCKED:
        return NP_STR("ClientGeoBlocked");
    case NP_EDGE_OK:
    case NP_EDGE_NO_HOST:
    case NP_EDGE_DISABLED:
    case NP_EDGE_BAD_METHOD:
    case NP_EDGE_GET_WITH_BODY:
    case NP_EDGE_HTTPS_NEEDED:
    case NP_EDGE_UNSIGNED:
    case NP_EDGE_LOOP:
    case NP_EDGE_TOO_LARGE:
    case NP_EDGE_BAD_REQUEST:
    case NP_EDGE_FUNCTION:
    case NP_EDGE_OVERLOAD:
        break;
    }
    return result_word(r->result);
}

static struct np_str protocol_of(const struct np_edge_record *r)
{
    if (r->websocket)
        return r->https ? NP_STR("wss") : NP_STR("ws");
    return r->https ? NP_STR("https") : NP_STR("http");
}

static struct np_str version_of(const struct np_edge_record *r)
{
    if (r->major == 2)
        return NP_STR("HTTP/2.0");
    return r->minor == 0 ? NP_STR("HTTP/1.0") : NP_STR("HTTP/1.1");
}

void cloudfront_log_line(struct np_buf *b, const struct np_edge_record *r)
{
    const struct np_str none = NP_STR_NULL;
    put_time(b, r->end_ms);
    put_text(b, r->pop);
    put_number(b, (int64_t)r->response_bytes);
    put_text(b, r->client_ip);
    put_text(b, r->method);
    put_text(b, r->dist_name);
    put_text(b, r->path);
    np_buf_printf(b, "\t%d", r->status);
    put_text(b, r->referer);
    put_text(b, r->user_agent);
    put_text(b, r->query);
    put_text(b, r->cookie);
    put_text(b, result_word(r->result));
    put_text(b, r->request_id);
    put_text(b, r->host);
    put_text(b, protocol_of(r));
    put_number(b, (int64_t)r->request_bytes);
    put_seconds(b, r->taken_us);
    put_text(b, r->forwarded_for);
    put_text(b, r->https && r->stream != NULL ? np_stream_tls_version(r->stream) : none);
    put_text(b, r->https && r->stream != NULL ? np_stream_tls_cipher(r->stream) : none);
    put_text(b, result_word(r->response_result));
    put_text(b, version_of(r));
    put_text(b, none);
    put_text(b, none);
    put_number(b, r->client_port);
    put_seconds(b, r->first_byte_us);
    put_text(b, detail_word(r));
    put_text(b, r->content_type);
    put_number(b, r->content_length);
    put_number(b, r->range_begin);
    put_number(b, r->range_end);
    np_buf_char(b, '\n');
}
