/*
 * rule_run.c - running a rule, which can do nothing but read the posture.
 *
 * The authorizer stays in place while a rule is stepped, because a change of
 * the schema makes SQLite compile the statement again behind our back.
 */
#include "core/base.h"

#include "analyze/rule.h"
#include "analyze/rule_lint.h"
#include "analyze/rule_place.h"
#include "analyze/rule_text.h"
#include "core/commands.h"
#include "core/db.h"
#include "core/strbuf.h"
#include "core/text.h"

#define ASK_STEPS 20000 /* thousands of operations */

/* Columns of the result, in the order of the statement that runs. */
enum { COL_ID, COL_APPLIES, COL_FAILS, COL_SEVERITY, COL_EVIDENCE, COL_REMEDY };

struct rule_query {
    struct rule_guard *guard;
    sqlite3 *db;
    const struct rule *rule;
    sqlite3_stmt *whole; /* all columns of a range */
    sqlite3_stmt *lean;  /* id, applies and fails of a range */
};

/* --------------------------------------------------------------- authorizer */

static const char *const views[] = {"device_posture", "account_posture",
                                    "account_base"};
/* What the views stand on. */
static const char *const tables[] = {"device_fact",    "device_text",
                                     "account_fact",   "client_policy",
                                     "device_derived", "carry_class"};
/* Functions that SQLite and PostgreSQL share; json_extract is for the views,
 * and judged_..., which is not there while a rule is checked, for rule_fuse.c.
 */
static const char *const functions[] = {
    "abs",        "avg",   "coalesce",    "count",
    "length",     "like",  "lower",       "ltrim",
    "max",        "min",   "nullif",      "replace",
    "round",      "rtrim", "substr",      "sum",
    "substring",  "trim",  "upper",       "json_extract",
    "row_number", "rank",  "judged_macs", "judged_accounts"};

static bool one_of(const char *const *list, size_t n, const char *word)
{
    size_t i;

    for (i = 0; word && i < n; i++)
        if (ascii_casecmp(list[i], word) == 0)
            return true;
    return false;
}

/* Default deny: select, read the views, recurse, call known functions. */
static int read_only(void *ctx, int action, const char *arg1, const char *arg2,
                     const char *db_name, const char *inside)
{
    const struct rule_guard *g = ctx;

    (void)db_name;
    if (!g->strict)
        return SQLITE_OK;
    switch (action) {
    case SQLITE_SELECT:
    case SQLITE_RECURSIVE:
        return SQLITE_OK;
    case SQLITE_READ:
        /* Names of common tables come with an empty column. */
        if (one_of(views, COUNT_OF(views), arg1))
            return SQLITE_OK;
        if (one_of(tables, COUNT_OF(tables), arg1) &&
            one_of(views, COUNT_OF(views), inside))
            return SQLITE_OK;
        return arg2 && !arg2[0] && !inside ? SQLITE_OK : SQLITE_DENY;
    case SQLITE_FUNCTION:
        return one_of(functions, COUNT_OF(functions), arg2) ? SQLITE_OK
                                                            : SQLITE_DENY;
    default:
        return SQLITE_DENY;
    }
}

/* ----------------------------------------------------------------- messages */

/* "no such column: filevualt": what may have been meant. */
static void suggest(sqlite3 *db, const struct rule *r, const char *message,
                    struct err *err)
{
    static const char prefix[] = "no such column: ";
    const char *name = message + sizeof(prefix) - 1, *near, *dot;
    const char *words[400];
    sqlite3_stmt *st = NULL;
    char wanted[80];
    int i, n = 0;

    if (!text_starts(message, prefix))
        return;
    dot = strrchr(name, '.');
    snprintf(wanted, sizeof(wanted), "%.79s", dot ? dot + 1 : name);
    if (sqlite3_prepare_v2(db,
                           r->account_scope
                               ? "SELECT * FROM temp.account_posture"
                               : "SELECT * FROM temp.device_posture",
                           -1, &st, NULL) != SQLITE_OK)
        return;
    for (i = 0; i < sqlite3_column_count(st) && n < (int)COUNT_OF(words); i++)
        words[n++] = sqlite3_column_name(st, i);
    near = text_nearest(wanted, words, (size_t)n);
    if (near && ascii_casecmp(near, wanted) != 0)
        err_hint(err, "did you mean \"%s\"?", near);
    sqlite3_finalize(st);
}

/* A function that a rule may not call, and what stands in its place. */
static int refuse_function(const char *name, struct err *err)
{
    static const char *const clocks[] = {"date",         "time",
                                         "datetime",     "julianday",
                                         "unixepoch",    "strftime",
                                         "timediff",     "current_date",
                                         "current_time", "current_timestamp"};

    if (one_of(clocks, COUNT_OF(clocks), name))
        return err_hint(err, "a rule has no clock; the instant of judgement is "
                             "the column as_of, in seconds");
    if (text_starts(name, "random"))
        return err_hint(err, "the same facts give the same findings, so a rule "
                             "has no chance in it");
    return err_hint(err, "functions that SQLite and PostgreSQL share may be "
                         "used; CASE serves for most others");
}

/* What SQLite says of the rule's own text, with the place. */
static int sql_fault(sqlite3 *db, const struct rule *r, struct err *err)
{
    static const char function[] = "not authorized to use function: ";
    int offset = sqlite3_error_offset(db), code = sqlite3_errcode(db) & 0xff;
    const char *at = offset >= 0 ? r->sql + offset : rule_first_word(r);
    const char *says = sqlite3_errmsg(db);
    char message[400];
    long line, column;

    if (code == SQLITE_NOMEM)
        return err_nomem(err);
    snprintf(message, sizeof(message), "%s", says);
    rule_place(r, at, &line, &column);
    if (text_starts(message, function)) {
        says = message + sizeof(function) - 1;
        err_at(err, ERR_CONFIG, r->file, line, column,
               "a rule may not use the function %s", says);
        return refuse_function(says, err);
    }
    err_at(err, ERR_CONFIG, r->file, line, column, "%s%s", message,
           code == SQLITE_AUTH
               ? ": a rule only reads device_posture and account_posture"
               : "");
    if (code != SQLITE_AUTH)
        suggest(db, r, message, err);
    return -1;
}

static int rule_fault(const struct rule *r, const char *at, struct err *err,
                      const char *fmt, ...) PRINTF_LIKE(4, 5);

/* "at" is a place in the SELECT. */
static int rule_fault(const struct rule *r, const char *at, struct err *err,
                      const char *fmt, ...)
{
    char text[400];
    long line, column;
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    rule_place(r, at, &line, &column);
    return err_at(err, ERR_CONFIG, r->file, line, column, "%s", text);
}

/* --------------------------------------------------------------- opening */

/* Columns of the SELECT: each known, none twice, the needed ones there. */
static int check_columns(const struct rule *r, sqlite3_stmt *st, bool has[6],
                         struct err *err)
{
    const char *const names[] = {r->account_scope ? "account_id" : "device_id",
                                 "applies",
                                 "fails",
                                 "severity",
                                 "evidence",
                                 "remedy"};
    int i, k;

    for (i = 0; i < sqlite3_column_count(st); i++) {
        const char *name = sqlite3_column_name(st, i), *near;

        if (!name)
            return err_nomem(err);
        for (k = 0; k < 6 && ascii_casecmp(names[k], name) != 0; k++)
            ;
        if (k == 6) {
            near = text_nearest(name, names, 6);
            rule_fault(r, rule_word(r, name), err, "yields a column \"%s\"",
                       name);
            return near ? err_hint(err, "did you mean \"%s\"?", near)
                        : err_hint(err,
                                   "a rule of scope %s yields %s, "
                                   "applies, fails and, where it wants, "
                                   "severity, evidence, remedy",
                                   r->account_scope ? "account" : "device",
                                   names[0]);
        }
        if (has[k])
            return rule_fault(r, rule_word(r, name), err,
                              "yields the column \"%s\" twice", name);
        has[k] = true;
    }
    for (k = 0; k <= COL_FAILS; k++)
        if (!has[k])
            return rule_fault(r, rule_first_word(r), err,
                              "yields no column \"%s\"", names[k]);
    return 0;
}

/* What comes after the SELECT, blanks, comments and semicolons apart. */
static const char *what_follows(const char *s)
{
    struct token t;

    do
        s = token_next(s, &t);
    while (token_is(&t, ";"));
    return t.at;
}

/* A parameter in the SELECT: ? or :name, @name, $name. */
static const char *find_parameter(const struct rule *r)
{
    const char *s = r->sql;
    struct token t;

    for (s = token_next(s, &t); t.text[0]; s = token_next(s, &t))
        if (strchr("?:@$", t.text[0]))
            return t.at;
    return rule_first_word(r);
}

/* A quote or comment without an end swallows the rest of the file. */
static int check_closed(const struct rule *r, struct err *err)
{
    const char *at = rule_unclosed(r);

    if (!at)
        return 0;
    return rule_fault(r, at, err, "a %s is opened here and never closed",
                      *at == '/' ? "comment" : "quote");
}

/* The length of the SELECT without what may follow it. */
static int check_text(sqlite3 *db, const struct rule *r, bool has[6],
                      size_t *length, struct err *err)
{
    sqlite3_stmt *st = NULL;
    const char *tail;
    int rc = -1;

    if (check_closed(r, err) < 0)
        return -1;
    if (sqlite3_prepare_v2(db, r->sql, -1, &st, &tail) != SQLITE_OK)
        return sql_fault(db, r, err);
    *length = (size_t)(tail - r->sql);
    if (!st)
        rule_fault(r, rule_first_word(r), err, "has no SELECT");
    else if (*what_follows(tail))
        rule_fault(r, what_follows(tail), err, "is more than one statement");
    else if (sqlite3_bind_parameter_count(st))
        rule_fault(r, find_parameter(r), err,
                   "has parameters; everything a rule may ask is a column");
    else
        rc = check_columns(r, st, has, err);
    sqlite3_finalize(st);
    return rc;
}

/* The statement that runs: the rule's own, cut to a range of ids. */
static int prepare_range(struct rule_query *q, const bool has[6], size_t length,
                         bool whole, sqlite3_stmt **st, struct err *err)
{
    static const char *const optional[] = {"severity", "evidence", "remedy"};
    const char *id = q->rule->account_scope ? "account_id" : "device_id";
    struct strbuf sql = {0};
    int k, rc = -1;

    while (length && (ascii_isspace(q->rule->sql[length - 1]) ||
                      q->rule->sql[length - 1] == ';'))
        length--;
    strbuf_addf(&sql, "SELECT %s, applies, fails", id);
    for (k = 0; whole && k < 3; k++)
        strbuf_addf(&sql, ", %s%s", has[COL_SEVERITY + k] ? "" : "NULL AS ",
                    optional[k]);
    strbuf_adds(&sql, " FROM (");
    strbuf_add(&sql, q->rule->sql, length);
    strbuf_addf(&sql, "\n) WHERE %s BETWEEN ?1 AND ?2", id);
    if (!strbuf_ok(&sql))
        err_nomem(err);
    else if (sqlite3_prepare_v2(q->db, strbuf_str(&sql), -1, st, NULL) !=
             SQLITE_OK)
        sql_fault(q->db, q->rule, err);
    else
        rc = 0;
    strbuf_free(&sql);
    return rc;
}

void rule_guard_set(struct rule_guard *g, sqlite3 *db)
{
    *g = (struct rule_guard){.db = db};
    sqlite3_set_authorizer(db, read_only, g);
}

void rule_guard_end(struct rule_guard *g)
{
    if (g->db)
        sqlite3_set_authorizer(g->db, NULL, NULL);
    g->db = NULL;
}

struct rule_query *rule_open(struct rule_guard *g, const struct rule *r,
                             struct err *err)
{
    struct rule_query *q;
    bool has[6] = {false};
    size_t length = 0;
    int rc;

    if (r->broken.code != ERR_NONE) {
        *err = r->broken;
        return NULL;
    }
    q = calloc(1, sizeof(*q));
    if (!q) {
        err_nomem(err);
        return NULL;
    }
    q->guard = g;
    q->db = g->db;
    q->rule = r;
    g->strict = true;
    rc = check_text(g->db, r, has, &length, err);
    if (rc == 0)
        rc = prepare_range(q, has, length, true, &q->whole, err);
    if (rc == 0)
        rc = prepare_range(q, has, length, false, &q->lean, err);
    g->strict = false;
    if (rc == 0)
        rc = rule_lint(r, err);
    if (rc < 0) {
        rule_close(q);
        return NULL;
    }
    return q;
}

void rule_close(struct rule_query *q)
{
    if (!q)
        return;
    sqlite3_finalize(q->whole);
    sqlite3_finalize(q->lean);
    free(q);
}

/* --------------------------------------------------------------- running */

struct budget {
    int64_t left;
};

static int spend(void *ctx)
{
    struct budget *b = ctx;

    return command_signal() != 0 || --b->left < 0;
}

static int signal_came(void *unused)
{
    (void)unused;
    return command_signal() != 0;
}

void rule_watch_signals(sqlite3 *db)
{
    sqlite3_progress_handler(db, 10000, signal_came, NULL);
}

static int read_truth(const struct rule *r, sqlite3_stmt *st, int column,
                      int *out, struct err *err)
{
    switch (sqlite3_column_type(st, column)) {
    case SQLITE_NULL:
        *out = -1;
        return 0;
    case SQLITE_INTEGER:
        *out = sqlite3_column_int64(st, column) != 0;
        return 0;
    default:
        return rule_fault(
            r, rule_word(r, column == COL_APPLIES ? "applies" : "fails"), err,
            "%s is no truth value",
            column == COL_APPLIES ? "applies" : "fails");
    }
}

static int read_head(const struct rule *r, sqlite3_stmt *st,
                     struct rule_row *row, struct err *err)
{
    *row = (struct rule_row){.id = sqlite3_column_int64(st, COL_ID),
                             .severity = SEV_NONE};
    if (sqlite3_column_type(st, COL_ID) != SQLITE_INTEGER)
        return rule_fault(r, rule_first_word(r), err,
                          "yields a row without an id");
    if (read_truth(r, st, COL_APPLIES, &row->applies, err) < 0)
        return -1;
    return read_truth(r, st, COL_FAILS, &row->fails, err);
}

static int read_rest(const struct rule *r, sqlite3_stmt *st,
                     struct rule_row *row, struct err *err)
{
    const char *severity = (const char *)sqlite3_column_text(st, COL_SEVERITY);

    if (severity) {
        row->severity = severity_read(severity);
        if (row->severity == SEV_NONE)
            return rule_fault(r, rule_word(r, severity), err,
                              "yields the severity \"%s\"", severity);
    }
    row->evidence = (const char *)sqlite3_column_text(st, COL_EVIDENCE);
    row->remedy = (const char *)sqlite3_column_text(st, COL_REMEDY);
    if (row->remedy && !word_in(r->fix, row->remedy))
        return rule_fault(r, rule_word(r, row->remedy), err,
                          "chooses the remedy \"%s\", which \"fix\" does not "
                          "name",
                          row->remedy);
    return 0;
}

static int stopped(struct rule_query *q, int step, const struct budget *b,
                   struct err *err)
{
    if ((step & 0xff) == SQLITE_INTERRUPT && b->left < 0)
        return rule_fault(q->rule, rule_first_word(q->rule), err,
                          "takes more steps than a rule may");
    if ((step & 0xff) == SQLITE_ERROR || (step & 0xff) == SQLITE_TOOBIG)
        return rule_fault(q->rule, rule_first_word(q->rule), err, "%s",
                          sqlite3_errmsg(q->db));
    return db_fail(q->db, "run a rule", err);
}

/* One step of a rule's statement, with the guard up. */
static int guarded_step(struct rule_query *q, sqlite3_stmt *st)
{
    int step;

    q->guard->strict = true;
    step = sqlite3_step(st);
    q->guard->strict = false;
    return step;
}

int rule_ask(struct rule_query *q, struct rule_row *row, struct err *err)
{
    struct budget b = {ASK_STEPS};
    int64_t id = row->id;
    int step, rc = -1;

    sqlite3_reset(q->whole); /* what the last answer pointed to goes */
    sqlite3_progress_handler(q->db, 1000, spend, &b);
    sqlite3_bind_int64(q->whole, 1, id);
    sqlite3_bind_int64(q->whole, 2, id);
    step = guarded_step(q, q->whole);
    if (step == SQLITE_DONE)
        rule_fault(q->rule, rule_first_word(q->rule), err,
                   "yields other rows when asked again");
    else if (step != SQLITE_ROW)
        stopped(q, step, &b, err);
    else if (read_head(q->rule, q->whole, row, err) == 0)
        rc = read_rest(q->rule, q->whole, row, err);
    rule_watch_signals(q->db);
    return rc;
}

int rule_run(struct rule_query *q, int64_t low, int64_t high, int64_t steps,
             rule_row_fn *fn, void *ctx, struct err *err)
{
    struct budget b = {steps};
    int limit = sqlite3_limit(q->db, SQLITE_LIMIT_LENGTH, 1000000);
    struct rule_row row;
    int step;

    sqlite3_progress_handler(q->db, 1000, spend, &b);
    sqlite3_bind_int64(q->lean, 1, low);
    sqlite3_bind_int64(q->lean, 2, high);
    while ((step = guarded_step(q, q->lean)) == SQLITE_ROW)
        if (read_head(q->rule, q->lean, &row, err) < 0 ||
            fn(ctx, &row, err) < 0)
            break;
    if (step != SQLITE_ROW && step != SQLITE_DONE)
        stopped(q, step, &b, err);
    sqlite3_reset(q->lean);
    rule_watch_signals(q->db);
    sqlite3_limit(q->db, SQLITE_LIMIT_LENGTH, limit);
    return step == SQLITE_DONE ? 0 : -1;
}
