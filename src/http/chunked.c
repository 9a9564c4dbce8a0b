/* SPDX-License-Identifier: Apache-2.0 */
/* chunked.c - the chunked transfer coding (RFC 9112, 7.1), decoded byte by byte outside the data.
 */
#include "base/scan.h"
#include "http/limits.h"
#include "http/parse.h"

enum state {
    SIZE_FIRST, /* a hex digit must come */
    SIZE,
    BLANK, /* blanks after the size: only an extension may follow */
    EXTENSION,
    SIZE_LF,
    DATA,
    DATA_CR,
    DATA_LF,
    LINE_START, /* of the trailer section */
    NAME,
    VALUE,
    VALUE_LF,
    LAST_LF,
    END,
    BROKEN,
};

void np_chunked_init(struct np_chunked *c)
{
    *c = (struct np_chunked){.state = SIZE_FIRST};
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    char l = (char)(c | 0x20);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

static int after_size(char c)
{
    if (c == '\r')
        return SIZE_LF;
    if (c == ';')
        return EXTENSION;
    return c == ' ' || c == '\t' ? BLANK : BROKEN;
}

static int next_in_size(struct np_chunked *c, char ch)
{
    int d = hex_digit(ch);
    if (d < 0)
        return c->state == SIZE_FIRST ? BROKEN : after_size(ch);
    if (c->left > UINT64_MAX >> 4)
        return BROKEN;
    c->left = c->left << 4 | (unsigned)d;
    return SIZE;
}

static int next_in_size_line(struct np_chunked *c, char ch)
{
    if (++c->line_bytes > NP_HTTP_CHUNK_LINE_MAX)
        return BROKEN;
    switch (c->state) {
    case BLANK:
        return ch == '\r' ? BROKEN : after_size(ch);
    case EXTENSION:
        if (ch == '\r')
            return SIZE_LF;
        return np_byte_is_text((unsigned char)ch) ? EXTENSION : BROKEN;
    case SIZE_LF:
        c->line_bytes = 0;
        return ch != '\n' ? BROKEN : c->left > 0 ? DATA : LINE_START;
    default:
        return next_in_size(c, ch);
    }
}

static int next_in_trailer(struct np_chunked *c, char ch)
{
    switch (c->state) {
    case LINE_START:
        if (ch == '\r')
            return LAST_LF;
        return np_http_is_token((struct np_str){&ch, 1}) ? NAME : BROKEN;
    case NAME:
        if (ch == ':')
            return VALUE;
        return np_http_is_token((struct np_str){&ch, 1}) ? NAME : BROKEN;
    case VALUE:
        if (ch == '\r')
            return VALUE_LF;
        return np_byte_is_text((unsigned char)ch) ? VALUE : BROKEN;
    case VALUE_LF:
        return ch == '\n' ? LINE_START : BROKEN;
    default: /* LAST_LF */
        return ch == '\n' ? END : BROKEN;
    }
}

static void step_trailer(struct np_chunked *c, char ch, struct np_buf *trailers)
{
    bool of_field = c->state != LAST_LF && !(c->state == LINE_START && ch == '\r');
    c->state = next_in_trailer(c, ch);
    if (!of_field || c->state == BROKEN)
        return;
    if (++c->trailer_bytes > NP_HTTP_TRAILER_MAX) {
        c->state = BROKEN;
        return;
    }
    if (trailers != NULL)
        np_buf_char(trailers, ch);
}

static void step(struct np_chunked *c, char ch, struct np_buf *trailers)
{
    if (c->state < DATA)
        c->state = next_in_size_line(c, ch);
    else if (c->state == DATA_CR)
        c->state = ch == '\r' ? DATA_LF : BROKEN;
    else if (c->state == DATA_LF)
        c->state = ch == '\n' ? SIZE_FIRST : BROKEN;
    else
        step_trailer(c, ch, trailers);
}

int np_chunked_feed(struct np_chunked *c, const char *p, size_t n, size_t *used,
                    struct np_str *data, struct np_buf *trailers)
{
    size_t i = 0;
    *data = NP_STR_NULL;
    while (i < n && c->state != DATA && c->state != END && c->state != BROKEN)
        step(c, p[i++], trailers);
    if (c->state == BROKEN)
        return NP_EPROTO;
    *used = i;
    if (c->state == END)
        return 2;
    if (i == n)
        return 0;
    size_t run = c->left < n - i ? (size_t)c->left : n - i;
    c->left -= run;
    if (c->left == 0)
        c->state = DATA_CR;
    *data = (struct np_str){p + i, run};
    *used = i + run;
    return 1;
}
