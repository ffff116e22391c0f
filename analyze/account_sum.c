/*
 * account_sum.c - the accounts of a Mac, counted while the Macs are read.
 *
 * Two statements run side by side, as in a merge join: that of the Macs, which
 * calls the functions made here, and that of the accounts, which waits at the
 * first account of the next Mac.
 */
#include "core/base.h"

#include "analyze/account_sum.h"
#include "core/db.h"
#include "core/strbuf.h"
#include "core/text.h"

/* What one column comes to for the Mac at hand. */
struct term {
    struct account_sum *all;
    bool names;
    int64_t met, open; /* accounts that met it; of which it is not known */
    struct strbuf list;
};

struct account_sum {
    sqlite3 *db;
    sqlite3_stmt *st;
    struct term *terms;
    int count;
    int64_t device_id; /* that is summed */
    int64_t next;      /* whose account the statement stands at; 0: the end */
};

static int step(struct account_sum *s)
{
    int rc = sqlite3_step(s->st);
    int64_t before = s->next;

    s->next = rc == SQLITE_ROW ? sqlite3_column_int64(s->st, 0) : 0;
    if (rc == SQLITE_ROW)
        return s->next < before ? -1 : 0;
    return rc == SQLITE_DONE ? 0 : -1;
}

static void add_name(struct term *t, sqlite3_value *v)
{
    const char *name = (const char *)sqlite3_value_text(v);

    if (t->met++)
        strbuf_add(&t->list, ", ", 2);
    if (name)
        strbuf_add(&t->list, name, (size_t)sqlite3_value_bytes(v));
}

static void add_account(struct account_sum *s)
{
    int i;

    for (i = 0; i < s->count; i++) {
        sqlite3_value *v = sqlite3_column_value(s->st, i + 1);
        struct term *t = &s->terms[i];

        if (sqlite3_value_type(v) == SQLITE_NULL)
            t->open++;
        else if (t->names)
            add_name(t, v);
        else
            t->met += sqlite3_value_int64(v) != 0;
    }
}

static int sum_up(struct account_sum *s, int64_t device_id)
{
    int i;

    if (device_id < s->device_id)
        return -1;
    for (i = 0; i < s->count; i++) {
        s->terms[i].met = s->terms[i].open = 0;
        if (s->terms[i].names)
            strbuf_reset(&s->terms[i].list);
    }
    s->device_id = device_id;
    while (s->next && s->next <= device_id) {
        if (s->next == device_id)
            add_account(s);
        if (step(s) < 0)
            return -1;
    }
    return 0;
}

/* The term of a function, for the Mac that it asks for. */
static const struct term *term_of(sqlite3_context *ctx, sqlite3_value **v)
{
    const struct term *t = sqlite3_user_data(ctx);
    int64_t device_id = sqlite3_value_int64(v[0]);

    if (device_id == t->all->device_id || sum_up(t->all, device_id) == 0)
        return t;
    sqlite3_result_error(ctx, "the accounts cannot be summed", -1);
    return NULL;
}

static void fn_any(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    const struct term *t = term_of(ctx, v);

    (void)argc;
    if (t && (t->met || !t->open))
        sqlite3_result_int(ctx, t->met != 0);
}

static void fn_least(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    const struct term *t = term_of(ctx, v);

    (void)argc;
    if (t)
        sqlite3_result_int64(ctx, t->met);
}

static void fn_most(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    const struct term *t = term_of(ctx, v);

    (void)argc;
    if (t)
        sqlite3_result_int64(ctx, t->met + t->open);
}

static void fn_all(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    const struct term *t = term_of(ctx, v);

    (void)argc;
    if (t && !strbuf_ok(&t->list))
        sqlite3_result_error_nomem(ctx);
    else if (t && t->met)
        sqlite3_result_text(ctx, strbuf_str(&t->list), (int)t->list.len,
                            SQLITE_TRANSIENT);
}

/* The functions of a column, or their end. */
static int define(struct account_sum *s, int i, bool there)
{
    static const struct {
        const char *name;
        void (*fn)(sqlite3_context *, int, sqlite3_value **);
    } table[] = {{"any", fn_any},
                 {"least", fn_least},
                 {"most", fn_most},
                 {"all", fn_all}};
    char name[80];
    int rc = SQLITE_OK;
    size_t k;

    for (k = 0; k < COUNT_OF(table) && rc == SQLITE_OK; k++) {
        if ((table[k].fn == fn_all) != s->terms[i].names)
            continue;
        snprintf(name, sizeof(name), "%s_%s", table[k].name,
                 sqlite3_column_name(s->st, i + 1));
        rc = sqlite3_create_function(
            s->db, name, 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, &s->terms[i],
            there ? table[k].fn : NULL, NULL, NULL);
    }
    return rc;
}

static int add_terms(struct account_sum *s, struct err *err)
{
    int i, n = sqlite3_column_count(s->st) - 1;

    s->terms = calloc((size_t)n + 1, sizeof(*s->terms));
    if (!s->terms)
        return err_nomem(err);
    for (i = 0; i < n; i++) {
        s->terms[i].all = s;
        s->terms[i].names =
            text_ends(sqlite3_column_name(s->st, i + 1), "_names");
        s->count++;
        if (define(s, i, true) != SQLITE_OK)
            return db_fail(s->db, "register a function", err);
    }
    return step(s) < 0 ? db_fail(s->db, "read the accounts", err) : 0;
}

struct account_sum *account_sum_open(sqlite3 *db, const char *sql,
                                     struct err *err)
{
    struct account_sum *s = calloc(1, sizeof(*s));

    if (!s) {
        err_nomem(err);
        return NULL;
    }
    s->db = db;
    if (db_prepare(db, sql, &s->st, err) < 0 || add_terms(s, err) < 0) {
        account_sum_close(s);
        return NULL;
    }
    return s;
}

void account_sum_close(struct account_sum *s)
{
    int i;

    if (!s)
        return;
    sqlite3_reset(s->st); /* no function ends while a statement runs */
    for (i = 0; i < s->count; i++) {
        define(s, i, false);
        strbuf_free(&s->terms[i].list);
    }
    sqlite3_finalize(s->st);
    free(s->terms);
    free(s);
}
