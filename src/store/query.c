/* SPDX-License-Identifier: Apache-2.0 */
/* query.c - statements: compiled once a connection, bound, stepped, read. */
#include "store/store_int.h"

#include <stdarg.h>

#include "base/auto.h"

/* --- compiling ---
 * SQLite gives a named parameter the next free number, which a ?N further right would silently
 * share. So the names are numbered here, after the highest ?N; their order in the text is free. */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || is_digit(c);
}

/* The end of the quoted text or comment that starts at p, or p itself. */
static const char *skip_quoted(const char *p)
{
    char close = *p == '[' ? ']' : *p;
    const char *end = NULL;
    if (*p == '\'' || *p == '"' || *p == '`' || *p == '[')
        end = strchr(p + 1, close); /* a doubled quote is two texts side by side */
    else if (p[0] == '-' && p[1] == '-')
        end = strchr(p, '\n');
    else if (p[0] == '/' && p[1] == '*' && (end = strstr(p + 2, "*/")) != NULL)
        end++;
    else
        return p;
    return end != NULL ? end + 1 : p + strlen(p);
}

static int highest_arg(const char *text)
{
    int n = 0;
    for (const char *p = text, *after; *p != '\0'; p++) {
        while ((after = skip_quoted(p)) != p)
            p = after;
        if (*p == '\0')
            break;
        if (*p != '?')
            continue;
        int v = 0;
        np_assert(is_digit(p[1])); /* a bare ? has no place in fmt */
        for (p++; is_digit(*p) && v < 1000; p++)
            v = v * 10 + (*p - '0');
        p--;
        n = v > n ? v : n;
    }
    return n;
}

static int *index_of(struct np_q *q, struct np_str name)
{
    if (np_str_is(name, "account"))
        return &q->i_account;
    if (np_str_is(name, "region"))
        return &q->i_region;
    if (np_str_is(name, "now"))
        return &q->i_now;
    np_die(__FILE__, __LINE__, "unknown parameter :%.*s in: %s", NP_FMT(name), q->sql->text);
}

static void number_names(struct np_q *q, struct np_buf *out)
{
    int last = q->n_args;
    for (const char *p = q->sql->text; *p != '\0';) {
        const char *after = skip_quoted(p);
        if (after != p || *p != ':' || !is_name(p[1])) {
            after += after == p;
            np_buf_add(out, p, (size_t)(after - p));
            p = after;
            continue;
        }
        const char *name = ++p;
        while (is_name(*p))
            p++;
        int *index = index_of(q, np_str_n(name, (size_t)(p - name)));
        if (*index == 0)
            *index = ++last;
        np_buf_printf(out, "?%d", *index);
    }
}

static int compile(struct np_q *q)
{
    NP_AUTO_BUF text = {0};
    np_buf_init(&text, NULL, 1 << 20);
    q->n_args = highest_arg(q->sql->text);
    number_names(q, &text);
    np_assert(np_buf_ok(&text));
    const char *tail = NULL;
    int rc = sqlite3_prepare_v3(q->c->db, text.p, (int)text.n, SQLITE_PREPARE_PERSISTENT, &q->stmt,
                                &tail);
    if (rc != SQLITE_OK)
        return rc;
    np_assert(q->stmt != NULL);
    q->n_columns = sqlite3_column_count(q->stmt);
    for (; tail < text.p + text.n; tail++)
        np_assert(strchr(" \t\r\n;", *tail) != NULL); /* one statement */
    return SQLITE_OK;
}

static struct np_q **bucket_of(struct np_dbc *c, const struct np_sql *sql)
{
    uint64_t h = ((uintptr_t)sql >> 3) * UINT64_C(0x9e3779b97f4a7c15);
    return &c->bucket[h >> 56];
}

static struct np_q *statement(struct np_dbc *c, const struct np_sql *sql)
{
    struct np_q **bucket = bucket_of(c, sql);
    for (struct np_q *q = *bucket; q != NULL; q = q->next) {
        if (q->sql == sql && !q->busy)
            return q;
    }
    struct np_q *q = np_heap_new(struct np_q);
    q->magic = NP_Q_MAGIC;
    q->c = c;
    q->sql = sql;
    q->next = *bucket;
    *bucket = q;
    return q;
}

/* --- binding --- */

static int bind_one(sqlite3_stmt *stmt, int i, char letter, va_list *ap)
{
    switch (letter) {
    case 's':
    case 'b': {
        struct np_str v = va_arg(*ap, struct np_str);
        if (v.p == NULL)
            return sqlite3_bind_null(stmt, i);
        if (letter == 's')
            return sqlite3_bind_text64(stmt, i, v.p, v.n, SQLITE_STATIC, SQLITE_UTF8);
        return sqlite3_bind_blob64(stmt, i, v.p, v.n, SQLITE_STATIC);
    }
    case 'i':
        return sqlite3_bind_int64(stmt, i, va_arg(*ap, int64_t));
    case 'I': {
        struct np_opt_int v = va_arg(*ap, struct np_opt_int);
        return v.set ? sqlite3_bind_int64(stmt, i, v.v) : sqlite3_bind_null(stmt, i);
    }
    case 'd':
        return sqlite3_bind_double(stmt, i, va_arg(*ap, double));
    case 'n':
        return sqlite3_bind_null(stmt, i);
    default:
        np_die(__FILE__, __LINE__, "unknown letter '%c' for a parameter", letter);
    }
}

static int bind_scope(struct np_q *q, const struct np_scope *scope)
{
    int rc = SQLITE_OK;
    if (q->i_account != 0) {
        np_assert(scope != NULL && scope->account.p != NULL);
        rc |= sqlite3_bind_text64(q->stmt, q->i_account, scope->account.p, scope->account.n,
                                  SQLITE_STATIC, SQLITE_UTF8);
    }
    if (q->i_region != 0) {
        np_assert(scope != NULL && scope->region.p != NULL);
        rc |= sqlite3_bind_text64(q->stmt, q->i_region, scope->region.p, scope->region.n,
                                  SQLITE_STATIC, SQLITE_UTF8);
    }
    if (q->i_now != 0) {
        np_assert(scope != NULL);
        rc |= sqlite3_bind_int64(q->stmt, q->i_now, scope->now_ms);
    }
    return rc;
}

static void bind_all(struct np_q *q, const struct np_scope *scope, const char *fmt, va_list *ap)
{
    int n = 0;
    for (; fmt[n] != '\0'; n++) {
        np_assert(n < q->n_args);
        int rc = bind_one(q->stmt, n + 1, fmt[n], ap);
        if (rc != SQLITE_OK && q->rc == SQLITE_OK)
            q->rc = rc; /* too big */
    }
    np_assert(n == q->n_args); /* a letter for each of ?1 … ?n */
    int rc = bind_scope(q, scope);
    np_assert(rc == SQLITE_OK);
}

static struct np_q *start(struct np_dbc *c, const struct np_scope *scope, const struct np_sql *sql,
                          const char *fmt, va_list *ap)
{
    np_assert(c->magic == NP_DBC_MAGIC);
    np_assert(c->role != NP_DBC_READER || pthread_equal(c->thread, pthread_self()));
    struct np_q *q = statement(c, sql);
    q->busy = true;
    q->rc = SQLITE_OK;
    c->n_busy++;
    if (c->db == NULL && np_dbc_open(c, NULL) != 0)
        q->rc = SQLITE_CANTOPEN;
    else if (q->stmt == NULL)
        q->rc = compile(q);
    if (q->rc == SQLITE_OK)
        bind_all(q, scope, fmt, ap);
    return q;
}

struct np_q *np_q(struct np_dbc *c, const struct np_scope *scope, const struct np_sql *sql,
                  const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    struct np_q *q = start(c, scope, sql, fmt, &ap);
    va_end(ap);
    return q;
}

bool np_row(struct np_q *q)
{
    np_assert(q->magic == NP_Q_MAGIC && q->busy);
    if (q->rc != SQLITE_OK && q->rc != SQLITE_ROW)
        return false; /* ended or failed: SQLite would start over */
    q->rc = sqlite3_step(q->stmt);
    return q->rc == SQLITE_ROW;
}

int np_q_end(struct np_q *q, struct np_err *err)
{
    np_assert(q->magic == NP_Q_MAGIC && q->busy);
    int rc = 0;
    if (q->rc != SQLITE_OK && q->rc != SQLITE_ROW && q->rc != SQLITE_DONE)
        rc = np_dbc_err(q->c, q->rc, q->sql->text, err);
    sqlite3_reset(q->stmt);
    q->busy = false;
    q->c->n_busy--;
    return rc;
}

/* --- columns --- */

/* A connection is one thread's, so a value may be looked at where it is: the sqlite3_column_…
 * functions find it again, and lock, at every call. */
static sqlite3_value *value_of(struct np_q *q, int col)
{
    np_assert(q->magic == NP_Q_MAGIC && q->rc == SQLITE_ROW && col >= 0 && col < q->n_columns);
    return sqlite3_column_value(q->stmt, col);
}

int64_t np_col_int(struct np_q *q, int col)
{
    return sqlite3_value_int64(value_of(q, col));
}

struct np_opt_int np_col_opt_int(struct np_q *q, int col)
{
    sqlite3_value *v = value_of(q, col);
    if (sqlite3_value_type(v) == SQLITE_NULL)
        return (struct np_opt_int){0};
    return (struct np_opt_int){.set = true, .v = sqlite3_value_int64(v)};
}

double np_col_double(struct np_q *q, int col)
{
    return sqlite3_value_double(value_of(q, col));
}

bool np_col_null(struct np_q *q, int col)
{
    return sqlite3_value_type(value_of(q, col)) == SQLITE_NULL;
}

struct np_str np_col_peek(struct np_q *q, int col)
{
    sqlite3_value *v = value_of(q, col);
    int type = sqlite3_value_type(v);
    if (type == SQLITE_NULL)
        return NP_STR_NULL;
    const void *p =
        type == SQLITE_BLOB ? sqlite3_value_blob(v) : (const void *)sqlite3_value_text(v);
    return np_str_n(p != NULL ? p : "", (size_t)sqlite3_value_bytes(v));
}

struct np_str np_col_str(struct np_q *q, int col, struct np_arena *a)
{
    return np_str_dup(a, np_col_peek(q, col));
}

/* --- read transactions --- */

NP_SQL(begin_sql, "BEGIN");
NP_SQL(end_sql, "COMMIT");

int np_read_begin(struct np_dbc *c, struct np_err *err)
{
    if (c->in_txn)
        return 0;
    if (c->depth == 0) {
        int rc = np_dbc_run(c, &begin_sql, err);
        if (rc != 0)
            return rc;
    }
    c->depth++;
    return 0;
}

void np_read_end(struct np_dbc *c)
{
    if (c->in_txn)
        return;
    np_assert(c->depth > 0);
    if (--c->depth == 0)
        np_dbc_run(c, &end_sql, NULL); /* of a read: it cannot fail, and has nothing to lose */
}

/* --- in a transaction --- */

struct np_dbc *np_txn_db(struct np_txn *t)
{
    np_assert(t->magic == NP_TXN_MAGIC);
    return t->file->c;
}

const struct np_scope *np_txn_scope(const struct np_txn *t)
{
    return &t->scope;
}

struct np_arena *np_txn_arena(struct np_txn *t)
{
    return t->arena;
}

int64_t np_txn_now_ms(const struct np_txn *t)
{
    return t->scope.now_ms;
}

uint64_t np_txn_commit_no(const struct np_txn *t)
{
    return t->commit_no;
}

int np_exec(struct np_txn *t, const struct np_sql *sql, struct np_err *err, const char *fmt, ...)
{
    struct np_dbc *c = np_txn_db(t);
    va_list ap;
    va_start(ap, fmt);
    struct np_q *q = start(c, &t->scope, sql, fmt, &ap);
    va_end(ap);
    while (np_row(q))
        ;
    t->changes = sqlite3_changes64(c->db);
    t->rowid = sqlite3_last_insert_rowid(c->db);
    return np_q_end(q, err);
}

int64_t np_exec_changes(struct np_txn *t)
{
    return t->changes;
}

int64_t np_exec_rowid(struct np_txn *t)
{
    return t->rowid;
}
