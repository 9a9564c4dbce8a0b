/* SPDX-License-Identifier: Apache-2.0 */
/* form_data.c - multipart/form-data, see form_data.h. */
#include "codec/form_data.h"

#include "base/arena.h"
#include "codec/limits.h"

enum place { PREAMBLE, PART_HEAD, VALUE, FILE_BYTES, AFTER };

struct np_form_data {
    struct np_arena *arena;
    struct np_str delimiter; /* CRLF "--" boundary */
    struct np_buf head;      /* everything before the file; begins with a CRLF of our own */
    enum place place;
    size_t at;      /* where the part or value begins */
    size_t scanned; /* so far there is no end of it */
    struct np_form_field fields[NP_FORM_DATA_FIELDS_MAX];
    size_t n;
    size_t matched; /* bytes of the delimiter at the end of what was handed on */
};

/* A value at the front of *rest, up to its ';', is taken off; as it is meant in `a` when `keep`.
 * Only a quote is escaped: old browsers send the backslashes of a path as they are. */
static struct np_str take_value(struct np_arena *a, struct np_str *rest, bool keep)
{
    bool quoted = rest->n != 0 && rest->p[0] == '"';
    char *p = keep ? np_alloc(a, rest->n + 1) : NULL;
    size_t n = 0, i;
    for (i = quoted; i < rest->n && rest->p[i] != (quoted ? '"' : ';'); i++) {
        if (quoted && rest->p[i] == '\\' && i + 1 < rest->n && rest->p[i + 1] == '"')
            i++;
        if (keep)
            p[n++] = rest->p[i];
    }
    struct np_str after;
    *rest = np_str_sub(*rest, i, rest->n);
    np_str_split(rest, ';', &after);
    struct np_str value = np_str_n(p, n);
    return quoted ? value : np_str_trim(value);
}

/* A parameter of a header field: name="value with \" in it" or name=token; absent if none. */
static struct np_str parameter(struct np_arena *a, struct np_str field, const char *name)
{
    struct np_str rest = field, key;
    np_str_split(&rest, ';', &key);
    for (;;) {
        ptrdiff_t equals = np_str_chr(rest, '=');
        if (equals < 0)
            return NP_STR_NULL;
        key = np_str_trim(np_str_sub(rest, 0, (size_t)equals));
        rest = np_str_sub(rest, (size_t)equals + 1, rest.n);
        bool found = np_str_ieq(key, np_str_of(name));
        struct np_str value = take_value(a, &rest, found);
        if (found)
            return value;
    }
}

struct np_form_data *np_form_data_new(struct np_arena *a, struct np_str content_type,
                                      size_t head_max)
{
    struct np_str kind, rest;
    np_str_cut(content_type, ';', &kind, &rest);
    struct np_str boundary = parameter(a, content_type, "boundary");
    if (!np_str_ieq(np_str_trim(kind), NP_STR("multipart/form-data")) || boundary.n == 0 ||
        boundary.n > 70 || np_str_chr(boundary, '\r') >= 0)
        return NULL;
    struct np_form_data *f = np_new(a, struct np_form_data);
    f->arena = a;
    f->delimiter = np_str_cat(a, NP_STR("\r\n--"), boundary);
    np_buf_init(&f->head, a, head_max + 2);
    np_buf_lit(&f->head, "\r\n"); /* the first delimiter needs no line before it */
    return f;
}

/* The end of what begins at f->at: where `needle` stands, or -1. */
static ptrdiff_t find(struct np_form_data *f, struct np_str needle)
{
    struct np_str all = np_buf_str(&f->head);
    size_t from = f->scanned > f->at ? f->scanned : f->at;
    ptrdiff_t found = np_str_find(np_str_sub(all, from, all.n), needle);
    if (found >= 0)
        return found + (ptrdiff_t)from;
    f->scanned = all.n > needle.n ? all.n - needle.n : 0;
    return -1;
}

static void begin(struct np_form_data *f, enum place place, size_t at)
{
    f->place = place;
    f->at = at;
    f->scanned = 0;
}

/* The header fields of a part. 0, or NP_EPROTO: it has no name. */
static int part_head(struct np_form_data *f, struct np_str text, struct np_form_field *out)
{
    struct np_str rest = text, line;
    *out = (struct np_form_field){.value = NP_STR("")};
    while (np_str_split(&rest, '\n', &line)) {
        if (!np_str_istarts(line, NP_STR("content-disposition:")))
            continue;
        line = np_str_trim(line);
        out->name = parameter(f->arena, line, "name");
        out->file_name = parameter(f->arena, line, "filename");
    }
    return out->name.p != NULL ? 0 : NP_EPROTO;
}

/* One step in what is gathered: 0 go on, 1 the file begins, NP_EAGAIN more bytes are wanted. */
static int step(struct np_form_data *f)
{
    struct np_str all = np_buf_str(&f->head);
    if (f->place == PART_HEAD) {
        /* After a delimiter: "--" ends the form, else a part follows. */
        if (all.n - f->at >= 2 && memcmp(all.p + f->at, "--", 2) == 0)
            return NP_ENOENT;
        ptrdiff_t end = find(f, NP_STR("\r\n\r\n"));
        if (end < 0)
            return NP_EAGAIN;
        if (f->n == NP_FORM_DATA_FIELDS_MAX)
            return NP_E2BIG;
        struct np_form_field *field = &f->fields[f->n];
        int rc = part_head(f, np_str_sub(all, f->at, (size_t)end - f->at), field);
        if (rc != 0)
            return rc;
        f->n++;
        bool is_file = np_str_ieq(field->name, NP_STR("file"));
        begin(f, is_file ? FILE_BYTES : VALUE, (size_t)end + 4);
        return is_file;
    }
    ptrdiff_t end = find(f, f->delimiter);
    if (end < 0)
        return NP_EAGAIN;
    if (f->place == VALUE) /* copied: the buffer moves when it grows */
        f->fields[f->n - 1].value =
            np_str_dup(f->arena, np_str_sub(all, f->at, (size_t)end - f->at));
    begin(f, PART_HEAD, (size_t)end + f->delimiter.n);
    return 0;
}

int np_form_data_head(struct np_form_data *f, struct np_str data, size_t *used)
{
    size_t had = f->head.n, room = f->head.max_bytes - had;
    size_t n = data.n < room ? data.n : room;
    np_buf_add(&f->head, data.p, n);
    int rc = 0;
    while (rc == 0)
        rc = step(f);
    *used = n;
    if (rc == NP_EAGAIN)
        return n < data.n || f->head.n == f->head.max_bytes ? NP_E2BIG : 0;
    if (rc == 1) {
        *used = f->at - had;
        f->matched = 0;
    }
    return rc;
}

const struct np_form_field *np_form_data_fields(const struct np_form_data *f, size_t *n)
{
    *n = f->n;
    return f->fields;
}

void np_form_data_file(struct np_form_data *f, struct np_str data,
                       void (*give)(void *arg, struct np_str piece), void *arg)
{
    struct np_str d = f->delimiter;
    size_t from = 0, i = 0; /* data[from..i) is the file's */
    while (i < data.n && f->place == FILE_BYTES) {
        if (f->matched == 0) {
            ptrdiff_t cr = np_str_chr(np_str_sub(data, i, data.n), '\r');
            size_t end = cr < 0 ? data.n : i + (size_t)cr;
            if (end > from)
                give(arg, np_str_sub(data, from, end - from));
            from = i = end;
            if (cr < 0)
                return;
        }
        if (data.p[i] != d.p[f->matched]) {
            /* CR stands only at a delimiter's begin: what matched is the file's, and no other
             * delimiter begins in it. */
            give(arg, np_str_sub(d, 0, f->matched));
            f->matched = 0;
            from = i;
            continue;
        }
        f->matched++;
        from = ++i;
        if (f->matched == d.n)
            f->place = AFTER;
    }
}

bool np_form_data_whole(const struct np_form_data *f)
{
    return f->place == AFTER;
}
