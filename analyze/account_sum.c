/*
 * account_sum.c - the accounts of a Mac, counted while the Macs are read.
 *
 * Two statements run side by side, as in a merge join: that of the Macs, which
 * calls the functions made here, and that of the accounts, which waits at the
 * first account of the next Mac. A third says what the values of an account
 * meet; what it said of the same values is recalled.
 */
#include "core/base.h"

#include "analyze/account_sum.h"
#include "analyze/recall.h"
#include "core/db.h"
#include "core/strbuf.h"
#include "core/text.h"

/* Columns of the accounts; the values follow. */
enum { COL_DEVICE, COL_ACCOUNT, COL_VALUES };

/* Whether an account meets a term. */
enum { NOT_MET, MET, OPEN };

/* What one term comes to for the Mac at hand. */
struct term {
    struct account_sum *all;
    bool names;
    int64_t met, open; /* accounts that met it; of which it is not known */
    struct strbuf list;
};

struct account_sum {
    sqlite3 *db;
    sqlite3_stmt *accounts, *conditions;
    struct values values[RECALL_COLUMNS];
    int value_count;
    struct term *terms;
    int count;
    struct recall recall; /* places in "met" */
    uint8_t *met;         /* of each set of values, the terms; then one spare */
    int64_t device_id;    /* that is summed */
    int64_t next; /* whose account the statement stands at; 0: the end */
};

static int step(struct account_sum *s)
{
    int rc = sqlite3_step(s->accounts);
    int64_t before = s->next;

    s->next =
        rc == SQLITE_ROW ? sqlite3_column_int64(s->accounts, COL_DEVICE) : 0;
    if (rc == SQLITE_ROW)
        return s->next < before ? -1 : 0;
    return rc == SQLITE_DONE ? 0 : -1;
}

/* -------------------------------------------------------------- conditions */

/* Ask what the values of the account at hand meet. */
static int ask(struct account_sum *s, uint8_t *met)
{
    sqlite3_stmt *st = s->conditions;
    int i, rc;

    for (i = 0; i < s->value_count; i++)
        sqlite3_bind_value(st, i + 1,
                           sqlite3_column_value(s->accounts, COL_VALUES + i));
    rc = sqlite3_step(st);
    for (i = 0; rc == SQLITE_ROW && i < s->count; i++)
        met[i] = sqlite3_column_type(st, i) == SQLITE_NULL ? OPEN
                 : sqlite3_column_int64(st, i)             ? MET
                                                           : NOT_MET;
    sqlite3_reset(st);
    return rc == SQLITE_ROW ? 0 : -1;
}

/* A place for what a further set of values meets: kept, or the spare one. */
static uint8_t *place_of(const struct account_sum *s, size_t n)
{
    return s->met + n * (size_t)s->count;
}

static const uint8_t *met_by_account(struct account_sum *s)
{
    union recall_key key = {.halves = {0}};
    bool whole = !recall_full(&s->recall);
    uint32_t at;
    int i;

    for (i = 0; i < s->value_count; i++) {
        key.numbers[i] = value_number(
            &s->values[i], sqlite3_column_value(s->accounts, COL_VALUES + i));
        whole = whole && key.numbers[i];
    }
    at = recall_find(&s->recall, &key);
    if (at != UINT32_MAX)
        return place_of(s, at);
    at = whole ? (uint32_t)s->recall.count : RECALL_MOST;
    if (ask(s, place_of(s, at)) < 0)
        return NULL;
    if (whole)
        recall_keep(&s->recall, &key, at);
    return place_of(s, at);
}

/* ------------------------------------------------------------------ adding */

static void add_name(struct account_sum *s, struct term *t)
{
    const char *name =
        (const char *)sqlite3_column_text(s->accounts, COL_ACCOUNT);

    if (t->met > 1)
        strbuf_add(&t->list, ", ", 2);
    if (name)
        strbuf_add(&t->list, name,
                   (size_t)sqlite3_column_bytes(s->accounts, COL_ACCOUNT));
}

static int add_account(struct account_sum *s)
{
    const uint8_t *met = met_by_account(s);
    int i;

    for (i = 0; met && i < s->count; i++) {
        struct term *t = &s->terms[i];

        t->met += met[i] == MET;
        t->open += met[i] == OPEN;
        if (t->names && met[i] == MET)
            add_name(s, t);
    }
    return met ? 0 : -1;
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
        if (s->next == device_id && add_account(s) < 0)
            return -1;
        if (step(s) < 0)
            return -1;
    }
    return 0;
}

/* --------------------------------------------------------------- functions */

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

/* The functions of a term, or their end. */
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
                 sqlite3_column_name(s->conditions, i));
        rc = sqlite3_create_function(
            s->db, name, 1, SQLITE_UTF8 | SQLITE_DIRECTONLY, &s->terms[i],
            there ? table[k].fn : NULL, NULL, NULL);
    }
    return rc;
}

static int add_terms(struct account_sum *s, struct err *err)
{
    int i, n = sqlite3_column_count(s->conditions);

    s->terms = calloc((size_t)n + 1, sizeof(*s->terms));
    s->met = calloc(RECALL_MOST + 1, (size_t)n + 1);
    if (!s->terms || !s->met)
        return err_nomem(err);
    for (i = 0; i < n; i++) {
        s->terms[i].all = s;
        s->terms[i].names =
            text_ends(sqlite3_column_name(s->conditions, i), "_names");
        s->count++;
        if (define(s, i, true) != SQLITE_OK)
            return db_fail(s->db, "register a function", err);
    }
    return step(s) < 0 ? db_fail(s->db, "read the accounts", err) : 0;
}

/* ------------------------------------------------------------------ set-up */

/* The conditions, on a row of parameters that are named like the values. */
static int prepare_conditions(struct account_sum *s, const char *conditions,
                              struct err *err)
{
    struct strbuf sql = {0};
    int i, rc;

    s->value_count = sqlite3_column_count(s->accounts) - COL_VALUES;
    if (s->value_count < 1 || s->value_count > RECALL_COLUMNS)
        return err_set(err, ERR_FAIL, "accounts with %d values, not 1 to %d",
                       s->value_count, RECALL_COLUMNS);
    strbuf_addf(&sql, "%s FROM (SELECT", conditions);
    for (i = 0; i < s->value_count; i++)
        strbuf_addf(&sql, "%s ?%d AS %s", i ? "," : "", i + 1,
                    sqlite3_column_name(s->accounts, COL_VALUES + i));
    strbuf_adds(&sql, ")");
    rc = strbuf_ok(&sql)
             ? db_prepare(s->db, strbuf_str(&sql), &s->conditions, err)
             : err_nomem(err);
    strbuf_free(&sql);
    return rc;
}

struct account_sum *account_sum_open(sqlite3 *db, const char *accounts,
                                     const char *conditions, struct err *err)
{
    struct account_sum *s = calloc(1, sizeof(*s));

    if (!s) {
        err_nomem(err);
        return NULL;
    }
    s->db = db;
    if (db_prepare(db, accounts, &s->accounts, err) < 0 ||
        prepare_conditions(s, conditions, err) < 0 || add_terms(s, err) < 0) {
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
    sqlite3_reset(s->accounts); /* no function ends while a statement runs */
    for (i = 0; i < s->count; i++) {
        define(s, i, false);
        strbuf_free(&s->terms[i].list);
    }
    for (i = 0; i < RECALL_COLUMNS; i++)
        values_free(&s->values[i]);
    recall_free(&s->recall);
    sqlite3_finalize(s->accounts);
    sqlite3_finalize(s->conditions);
    free(s->terms);
    free(s->met);
    free(s);
}
