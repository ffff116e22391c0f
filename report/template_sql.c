/*
 * template_sql.c - named values and live queries as the data of a template.
 */
#include "core/base.h"

#include "core/db.h"
#include "report/template_sql.h"

struct entry {
    char *name;
    enum template_type type; /* STRING, ROWS, WRITER, FALSE for NULL */
    bool raw, number;
    int64_t n;
    char *text;
    const char *sql, *shown;
    const struct template_var *fields;
    const void *ref;
    int (*write)(const void *ref, struct template_out *out, struct err *err);
};

struct template_sql {
    sqlite3 *db;
    struct entry *v;
    size_t n, cap;
    bool failed;
    struct template_source source;
};

/* One open list: its row is a copy, so that a look at the next row or another
 * statement cannot pull it away. */
struct cursor {
    sqlite3_stmt *st;
    const struct template_var *fields;
    int columns;
    sqlite3_value **row;
};

/* ------------------------------------------------------------- values --- */

static struct entry *entry_find(const struct template_sql *s, const char *name)
{
    size_t i;

    for (i = 0; i < s->n; i++)
        if (strcmp(s->v[i].name, name) == 0)
            return &s->v[i];
    return NULL;
}

static struct entry *entry_make(struct template_sql *s, const char *name)
{
    struct entry *e = entry_find(s, name), *v;
    char *copy;

    if (e) {
        free(e->text);
        copy = e->name;
        *e = (struct entry){.name = copy};
        return e;
    }
    if (s->n == s->cap) {
        v = realloc(s->v, (s->cap ? s->cap * 2 : 64) * sizeof(*v));
        if (!v)
            return NULL;
        s->cap = s->cap ? s->cap * 2 : 64;
        s->v = v;
    }
    copy = strdup(name);
    if (!copy)
        return NULL;
    e = &s->v[s->n++];
    *e = (struct entry){.name = copy};
    return e;
}

static struct entry *make_text(struct template_sql *s, const char *name,
                               const char *text)
{
    struct entry *e = entry_make(s, name);

    if (e && text)
        e->text = strdup(text);
    if (!e || (text && !e->text)) {
        s->failed = true;
        return NULL;
    }
    e->type = text ? TEMPLATE_STRING : TEMPLATE_FALSE;
    return e;
}

void template_sql_text(struct template_sql *s, const char *name,
                       const char *text)
{
    make_text(s, name, text);
}

void template_sql_raw(struct template_sql *s, const char *name,
                      const char *text)
{
    struct entry *e = make_text(s, name, text);

    if (e)
        e->raw = true;
}

void template_sql_int(struct template_sql *s, const char *name, int64_t n)
{
    char text[24];
    struct entry *e;

    snprintf(text, sizeof(text), "%lld", (long long)n);
    e = make_text(s, name, text);
    if (e) {
        e->number = true;
        e->n = n;
    }
}

void template_sql_writer(struct template_sql *s, const char *name,
                         int (*write)(const void *ref, struct template_out *out,
                                      struct err *err),
                         const void *ref)
{
    struct entry *e = entry_make(s, name);

    if (!e) {
        s->failed = true;
        return;
    }
    e->type = TEMPLATE_WRITER;
    e->write = write;
    e->ref = ref;
}

void template_sql_list(struct template_sql *s, const char *name,
                       const char *sql, const char *shown,
                       const struct template_var *fields)
{
    struct entry *e = entry_make(s, name);

    if (!e) {
        s->failed = true;
        return;
    }
    e->type = TEMPLATE_ROWS;
    e->sql = sql;
    e->shown = shown;
    e->fields = fields;
}

/* --------------------------------------------------------------- names --- */

static void from_sqlite(sqlite3_value *v, struct template_value *out)
{
    out->type = TEMPLATE_FALSE;
    if (sqlite3_value_type(v) == SQLITE_NULL ||
        sqlite3_value_type(v) == SQLITE_BLOB)
        return;
    out->zero =
        sqlite3_value_type(v) == SQLITE_INTEGER && sqlite3_value_int64(v) == 0;
    out->text = (const char *)sqlite3_value_text(v);
    out->len = (size_t)sqlite3_value_bytes(v);
    if (out->text)
        out->type = TEMPLATE_STRING;
}

static int column_of(const struct cursor *c, const char *name)
{
    int i;

    for (i = 0; i < c->columns; i++)
        if (strcmp(sqlite3_column_name(c->st, i), name) == 0)
            return i;
    return -1;
}

static bool is_raw(const struct cursor *c, const char *name)
{
    const struct template_var *v;

    for (v = c->fields; v && v->name; v++)
        if (strcmp(v->name, name) == 0)
            return v->kind == TEMPLATE_MARKUP || v->kind == TEMPLATE_CODE;
    return false;
}

static int find_column(const struct cursor *c, const char *name,
                       struct template_value *out)
{
    int i = column_of(c, name);

    if (i < 0)
        return 0;
    from_sqlite(c->row[i], out);
    out->raw = is_raw(c, name);
    return 0;
}

static int find_entry(const struct template_sql *s, const char *name,
                      struct template_value *out)
{
    const struct entry *e = entry_find(s, name);

    if (!e)
        return 0;
    out->type = e->type;
    out->raw = e->raw;
    out->zero = e->number && e->n == 0;
    out->text = e->text;
    out->len = e->text ? strlen(e->text) : 0;
    out->ref = e->type == TEMPLATE_ROWS ? (const void *)e : e->ref;
    out->write = e->write;
    return 0;
}

/* The root is the source itself; every other item is a cursor's row. */
static int find(void *ctx, const struct template_value *item, const char *name,
                struct template_value *out, struct err *err)
{
    const struct template_sql *s = ctx;

    if (s->failed)
        return err_nomem(err);
    return item->ref == ctx ? find_entry(s, name, out)
                            : find_column(item->ref, name, out);
}

/* --------------------------------------------------------------- lists --- */

static int bind_entry(const struct template_sql *s, sqlite3_stmt *st, int i,
                      const char *name, const char *shown, struct err *err)
{
    const struct entry *e = entry_find(s, name);
    int rc = SQLITE_OK;

    if (!e || e->type == TEMPLATE_ROWS || e->type == TEMPLATE_WRITER)
        return err_set(err, ERR_FAIL, "%s: no value for parameter :%s", shown,
                       name);
    if (e->number)
        rc = sqlite3_bind_int64(st, i, e->n);
    else if (e->text)
        rc = sqlite3_bind_text(st, i, e->text, -1, SQLITE_STATIC);
    return rc == SQLITE_OK ? 0 : db_fail(s->db, shown, err);
}

static int bind_one(const struct template_sql *s, sqlite3_stmt *st, int i,
                    const struct template_scope *scope, const char *shown,
                    struct err *err)
{
    const char *name = sqlite3_bind_parameter_name(st, i);
    const struct cursor *c;
    int column;

    if (!name)
        return err_set(err, ERR_FAIL, "%s: a parameter has no name", shown);
    name++;
    for (; scope; scope = scope->outer) {
        c = scope->value.ref;
        if (scope->value.type != TEMPLATE_ITEM || scope->value.ref == s)
            continue;
        column = column_of(c, name);
        if (column < 0)
            continue;
        return sqlite3_bind_value(st, i, c->row[column]) == SQLITE_OK
                   ? 0
                   : db_fail(s->db, shown, err);
    }
    return bind_entry(s, st, i, name, shown, err);
}

static void close_cursor(void *ctx, void *cursor)
{
    struct cursor *c = cursor;
    int i;

    (void)ctx;
    for (i = 0; c->row && i < c->columns; i++)
        sqlite3_value_free(c->row[i]);
    free(c->row);
    sqlite3_finalize(c->st);
    free(c);
}

static int open_cursor(void *ctx, const struct template_value *rows,
                       const struct template_scope *scope, void **cursor,
                       struct err *err)
{
    const struct template_sql *s = ctx;
    const struct entry *e = rows->ref;
    struct cursor *c = calloc(1, sizeof(*c));
    int i, n;

    if (!c)
        return err_nomem(err);
    c->fields = e->fields;
    if (db_prepare(s->db, e->sql, &c->st, err) != 0)
        goto fail;
    c->columns = sqlite3_column_count(c->st);
    c->row = calloc((size_t)c->columns + 1, sizeof(sqlite3_value *));
    if (!c->row) {
        err_nomem(err);
        goto fail;
    }
    n = sqlite3_bind_parameter_count(c->st);
    for (i = 1; i <= n; i++)
        if (bind_one(s, c->st, i, scope, e->shown, err) != 0)
            goto fail;
    *cursor = c;
    return 0;

fail:
    close_cursor(ctx, c);
    return -1;
}

static int next_row(void *ctx, void *cursor, struct template_value *row,
                    struct err *err)
{
    struct cursor *c = cursor;
    int i, rc = db_step(c->st, err);

    (void)ctx;
    if (rc <= 0)
        return rc;
    for (i = 0; i < c->columns; i++) {
        sqlite3_value_free(c->row[i]);
        c->row[i] = sqlite3_value_dup(sqlite3_column_value(c->st, i));
        if (!c->row[i])
            return err_nomem(err);
    }
    *row = (struct template_value){.type = TEMPLATE_ITEM, .ref = c};
    return 1;
}

/* ---------------------------------------------------------- the source --- */

struct template_sql *template_sql_new(sqlite3 *db, struct err *err)
{
    struct template_sql *s = calloc(1, sizeof(*s));

    if (!s) {
        err_nomem(err);
        return NULL;
    }
    s->db = db;
    s->source = (struct template_source){
        .ctx = s,
        .find = find,
        .open = open_cursor,
        .next = next_row,
        .close = close_cursor,
    };
    return s;
}

void template_sql_free(struct template_sql *s)
{
    size_t i;

    if (!s)
        return;
    for (i = 0; i < s->n; i++) {
        free(s->v[i].name);
        free(s->v[i].text);
    }
    free(s->v);
    free(s);
}

const struct template_source *template_sql_source(const struct template_sql *s)
{
    return &s->source;
}

struct template_value template_sql_root(const struct template_sql *s)
{
    return (struct template_value){.type = TEMPLATE_ITEM, .ref = s};
}

sqlite3_stmt *template_sql_prepare(const struct template_sql *s,
                                   const char *name, struct err *err)
{
    const struct entry *e = entry_find(s, name);
    sqlite3_stmt *st = NULL;

    if (!e || e->type != TEMPLATE_ROWS)
        err_set(err, ERR_FAIL, "no list named %s", name);
    else
        (void)(db_prepare(s->db, e->sql, &st, err) == 0);
    return st;
}
