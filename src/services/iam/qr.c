/* SPDX-License-Identifier: Apache-2.0 */
/* qr.c - QR codes (ISO/IEC 18004): byte mode, error correction M, versions 1 to 20, as a PNG of one
 * bit a pixel in stored deflate blocks. What an authenticator's camera reads. */
#include "services/iam/iam_int.h"

#include "base/digest.h"

#define VERSIONS 20
#define SIDE_MAX (17 + 4 * VERSIONS)
#define CODE_MAX 1085 /* codewords of version 20 */
#define QUIET    4    /* empty modules around */
#define SCALE    4    /* pixels a module */

/* Level M of each version: all codewords, check words a block, blocks. */
static const struct {
    uint16_t words;
    uint8_t check, blocks;
} sizes[VERSIONS + 1] = {
    {0, 0, 0},     {26, 10, 1},   {44, 16, 1},    {70, 26, 1},   {100, 18, 2},  {134, 24, 2},
    {172, 16, 4},  {196, 18, 4},  {242, 22, 4},   {292, 22, 5},  {346, 26, 5},  {404, 30, 5},
    {466, 22, 8},  {532, 22, 9},  {581, 24, 9},   {655, 24, 10}, {733, 28, 10}, {815, 28, 11},
    {901, 26, 13}, {991, 26, 14}, {1085, 26, 16},
};

struct qr {
    int version, side;
    uint8_t dark[SIDE_MAX][SIDE_MAX];
    uint8_t fixed[SIDE_MAX][SIDE_MAX]; /* of a pattern: no data, no mask */
};

/* --- Reed-Solomon over GF(256), 0x11d --- */

static uint8_t gf_mul(uint8_t x, uint8_t y)
{
    unsigned z = 0;
    for (int i = 7; i >= 0; i--) {
        z = (z << 1) ^ ((z >> 7) * 0x11d);
        z ^= ((y >> i) & 1) * x;
    }
    return (uint8_t)z;
}

static void generator(uint8_t *g, int n)
{
    memset(g, 0, (size_t)n);
    g[n - 1] = 1;
    uint8_t root = 1;
    for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
            g[j] = gf_mul(g[j], root);
            if (j + 1 < n)
                g[j] ^= g[j + 1];
        }
        root = gf_mul(root, 2);
    }
}

static void check_words(const uint8_t *data, int n, const uint8_t *g, int n_check, uint8_t *out)
{
    memset(out, 0, (size_t)n_check);
    for (int i = 0; i < n; i++) {
        uint8_t factor = data[i] ^ out[0];
        memmove(out, out + 1, (size_t)n_check - 1);
        out[n_check - 1] = 0;
        for (int j = 0; j < n_check; j++)
            out[j] ^= gf_mul(g[j], factor);
    }
}

/* --- codewords --- */

static int data_words(int version)
{
    return sizes[version].words - sizes[version].check * sizes[version].blocks;
}

static void put_bits(uint8_t *out, int *at, unsigned value, int n)
{
    for (int i = n - 1; i >= 0; i--, (*at)++)
        out[*at / 8] |= (uint8_t)((value >> i & 1) << (7 - *at % 8));
}

static int choose_version(size_t n)
{
    for (int v = 1; v <= VERSIONS; v++)
        if (4 + (v < 10 ? 8 : 16) + 8 * n <= 8 * (size_t)data_words(v))
            return v;
    return 0;
}

/* Mode, length, text, filled up with the two pad words. */
static void encode_data(struct np_str text, int version, uint8_t *out)
{
    int at = 0, room = data_words(version);
    put_bits(out, &at, 4, 4);
    put_bits(out, &at, (unsigned)text.n, version < 10 ? 8 : 16);
    for (size_t i = 0; i < text.n; i++)
        put_bits(out, &at, (uint8_t)text.p[i], 8);
    at += at + 4 <= room * 8 ? 4 : room * 8 - at;
    for (int i = (at + 7) / 8, pad = 0xec; i < room; i++, pad ^= 0xec ^ 0x11)
        out[i] = (uint8_t)pad;
}

/* Blocks side by side: first words first; the later blocks are one word longer when it does not
 * divide. */
static void interleave(const uint8_t *data, int version, uint8_t *out)
{
    int blocks = sizes[version].blocks, n_check = sizes[version].check;
    int len = data_words(version) / blocks, longer = data_words(version) % blocks;
    uint8_t g[32], check[20][32];
    int start[20], n = 0;
    generator(g, n_check);
    for (int b = 0, at = 0; b < blocks; b++) {
        int this_len = len + (b >= blocks - longer);
        start[b] = at;
        check_words(data + at, this_len, g, n_check, check[b]);
        at += this_len;
    }
    for (int i = 0; i <= len; i++)
        for (int b = 0; b < blocks; b++)
            if (i < len || b >= blocks - longer)
                out[n++] = data[start[b] + i];
    for (int i = 0; i < n_check; i++)
        for (int b = 0; b < blocks; b++)
            out[n++] = check[b][i];
}

/* --- the matrix --- */

static void set(struct qr *q, int x, int y, bool dark)
{
    if (x < 0 || y < 0 || x >= q->side || y >= q->side)
        return;
    q->dark[y][x] = dark;
    q->fixed[y][x] = 1;
}

static void finder(struct qr *q, int cx, int cy)
{
    for (int dy = -4; dy <= 4; dy++)
        for (int dx = -4; dx <= 4; dx++) {
            int ring = abs(dx) > abs(dy) ? abs(dx) : abs(dy);
            set(q, cx + dx, cy + dy, ring != 2 && ring != 4);
        }
}

static void alignments(struct qr *q)
{
    if (q->version == 1)
        return;
    int n = q->version / 7 + 2;
    int step = (q->version * 4 + n * 2 + 1) / (n * 2 - 2) * 2;
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            if ((i == 0 && j == 0) || (i == 0 && j == n - 1) || (i == n - 1 && j == 0))
                continue;
            int cx = i == 0 ? 6 : q->side - 7 - (n - 1 - i) * step;
            int cy = j == 0 ? 6 : q->side - 7 - (n - 1 - j) * step;
            for (int dy = -2; dy <= 2; dy++)
                for (int dx = -2; dx <= 2; dx++)
                    set(q, cx + dx, cy + dy, abs(dx) == 2 || abs(dy) == 2 || (dx == 0 && dy == 0));
        }
}

static void format_bits(struct qr *q, int mask)
{
    unsigned data = (unsigned)mask, rest = data; /* level M is 00 */
    for (int i = 0; i < 10; i++)
        rest = rest << 1 ^ (rest >> 9) * 0x537;
    unsigned bits = (data << 10 | rest) ^ 0x5412;
    for (int i = 0; i < 15; i++) {
        bool dark = bits >> i & 1;
        int a = i < 6 ? i : i < 8 ? i + 1 : i == 8 ? 7 : 14 - i; /* beside the first finder */
        if (i < 8)
            set(q, 8, a, dark);
        else
            set(q, a, 8, dark);
        if (i < 8)
            set(q, q->side - 1 - i, 8, dark);
        else
            set(q, 8, q->side - 15 + i, dark);
    }
    set(q, 8, q->side - 8, true);
}

static void version_bits(struct qr *q)
{
    if (q->version < 7)
        return;
    unsigned rest = (unsigned)q->version;
    for (int i = 0; i < 12; i++)
        rest = rest << 1 ^ (rest >> 11) * 0x1f25;
    unsigned bits = (unsigned)q->version << 12 | rest;
    for (int i = 0; i < 18; i++) {
        set(q, q->side - 11 + i % 3, i / 3, bits >> i & 1);
        set(q, i / 3, q->side - 11 + i % 3, bits >> i & 1);
    }
}

static void patterns(struct qr *q)
{
    for (int i = 0; i < q->side; i++) {
        set(q, 6, i, i % 2 == 0);
        set(q, i, 6, i % 2 == 0);
    }
    finder(q, 3, 3);
    finder(q, q->side - 4, 3);
    finder(q, 3, q->side - 4);
    alignments(q);
    format_bits(q, 0);
    version_bits(q);
}

/* Two columns at a time from the right, up and down in turn, past the vertical timing line. */
static void place(struct qr *q, const uint8_t *words, int n)
{
    int at = 0;
    for (int right = q->side - 1; right >= 1; right -= 2) {
        if (right == 6)
            right = 5;
        for (int i = 0; i < q->side; i++)
            for (int j = 0; j < 2; j++) {
                int x = right - j;
                int y = ((right + 1) & 2) == 0 ? q->side - 1 - i : i;
                if (q->fixed[y][x] || at >= n * 8)
                    continue;
                q->dark[y][x] = words[at / 8] >> (7 - at % 8) & 1;
                at++;
            }
    }
}

/* The one mask of eight that is always legible enough: (x + y) % 2; the choice is an optimisation.
 */
static void mask(struct qr *q)
{
    for (int y = 0; y < q->side; y++)
        for (int x = 0; x < q->side; x++)
            q->dark[y][x] ^= !q->fixed[y][x] && (x + y) % 2 == 0;
}

/* --- PNG --- */

static void put_u32(struct np_buf *b, uint32_t v)
{
    for (int i = 24; i >= 0; i -= 8)
        np_buf_char(b, (char)(v >> i));
}

static void chunk(struct np_buf *b, const char *type, struct np_str data)
{
    uint8_t crc[4];
    put_u32(b, (uint32_t)data.n);
    size_t from = b->n;
    np_buf_add(b, type, 4);
    np_buf_str_add(b, data);
    np_digest_once(NP_CRC32, np_str_n(b->p + from, b->n - from), crc);
    np_buf_add(b, crc, 4);
}

static void zlib_stored(struct np_buf *b, struct np_str raw)
{
    uint32_t s1 = 1, s2 = 0;
    np_buf_add(b, "\x78\x01", 2);
    for (size_t at = 0; at < raw.n; at += 65535) {
        struct np_str part = np_str_sub(raw, at, 65535);
        uint16_t n = (uint16_t)part.n;
        const uint8_t head[] = {at + part.n == raw.n, (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)~n,
                                (uint8_t)(~n >> 8)};
        np_buf_add(b, head, sizeof(head));
        np_buf_str_add(b, part);
    }
    for (size_t i = 0; i < raw.n; i++) {
        s1 = (s1 + (uint8_t)raw.p[i]) % 65521;
        s2 = (s2 + s1) % 65521;
    }
    put_u32(b, s2 << 16 | s1);
}

static struct np_str png(struct np_arena *a, const struct qr *q)
{
    int side = (q->side + 2 * QUIET) * SCALE;
    size_t stride = (size_t)(side + 7) / 8 + 1;
    uint8_t *raw = np_alloc(a, stride * (size_t)side);
    for (int y = 0; y < side; y++)
        for (int x = 0; x < side; x++) {
            int mx = x / SCALE - QUIET, my = y / SCALE - QUIET;
            bool dark = mx >= 0 && my >= 0 && mx < q->side && my < q->side && q->dark[my][mx];
            if (!dark)
                raw[(size_t)y * stride + 1 + (size_t)x / 8] |= (uint8_t)(0x80 >> x % 8);
        }
    struct np_buf head, body, out;
    np_buf_init(&head, a, 64);
    np_buf_init(&body, a, 1 << 20);
    np_buf_init(&out, a, 1 << 20);
    put_u32(&head, (uint32_t)side);
    put_u32(&head, (uint32_t)side);
    np_buf_add(&head, "\x01\x00\x00\x00\x00", 5); /* one bit, grey */
    zlib_stored(&body, np_str_n(raw, stride * (size_t)side));
    np_buf_add(&out, "\x89PNG\r\n\x1a\n", 8);
    chunk(&out, "IHDR", np_buf_str(&head));
    chunk(&out, "IDAT", np_buf_str(&body));
    chunk(&out, "IEND", NP_STR(""));
    return np_buf_str(&out);
}

struct np_str iam_qr_png(struct np_arena *a, struct np_str text)
{
    int version = choose_version(text.n);
    if (version == 0)
        return NP_STR_NULL;
    struct qr *q = np_new(a, struct qr);
    uint8_t *data = np_alloc(a, CODE_MAX), *words = np_alloc(a, CODE_MAX);
    q->version = version;
    q->side = 17 + 4 * version;
    encode_data(text, version, data);
    interleave(data, version, words);
    patterns(q);
    place(q, words, sizes[version].words);
    mask(q);
    format_bits(q, 0);
    return png(a, q);
}
