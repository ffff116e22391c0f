/*
 * rule_fuse.c - many rules in one pass.
 *
 * What a row yields goes to a function (one for each scope) as arguments,
 * straight from SQLite's registers; no result column is made of it. First come
 * the values of the columns whose rules are recalled, then the truths of the
 * others. Which rules are which is looked at again every few rows: rules that
 * are recalled too seldom are computed from then on.
 */
#include "core/base.h"

#include "analyze/rule_fuse.h"
#include "analyze/rule_member.h"
#include "core/commands.h"
#include "core/db.h"
#include "core/strbuf.h"

#define ARGUMENTS 120 /* of one call; SQLite takes 127 */
#define WINDOW 512    /* rows between two looks ... */
#define WARM_UP 8     /* ... of which the first so many are lenient */

struct budget {
    int64_t left;
};

/* An argument: the value of a column, or a truth of a member. */
struct argument {
    bool value;
    uint16_t place; /* of the column, or in truths */
};

struct rule_fused {
    struct rule_guard *guard;
    bool account;
    sqlite3_stmt *st;
    struct view view;
    struct member *members;
    size_t *rules; /* of the members */
    size_t count;
    struct answers answers;
    struct argument *arguments;
    size_t expected, filled;
    int *truths; /* of the row at hand */
    struct budget budget;
    size_t windows;    /* so far */
    rule_fused_fn *fn; /* while it runs */
    void *ctx;
    struct err *err;
    bool stopped; /* by "fn", or by asking a rule */
};

static int spend(void *ctx)
{
    struct budget *b = ctx;

    return command_signal() != 0 || --b->left < 0;
}

/* A rule that was asked leaves a handler of its own. */
static void watch(struct rule_fused *f)
{
    sqlite3_progress_handler(f->guard->db, 1000, spend, &f->budget);
}

/* ----------------------------------------------------------------- the row */

static int recall_all(struct rule_fused *f, int64_t id)
{
    bool asked = false;
    size_t i;
    int rc = 0;

    for (i = 0; i < f->count && rc == 0; i++) {
        struct member *m = &f->members[i];
        unsigned before = m->misses;

        if (!m->conditions)
            continue;
        rc = member_truths(m, &f->view, id, &f->truths[2 * i], f->err);
        asked = asked || m->misses != before;
    }
    if (asked)
        watch(f);
    return rc;
}

static int hand_over(struct rule_fused *f, int64_t id)
{
    int rc;

    f->filled = 0;
    f->guard->strict = false;
    rc = recall_all(f, id);
    if (rc == 0)
        rc = f->fn(f->ctx, id, f->truths, f->err);
    f->guard->strict = true;
    return rc;
}

/* Whether it was a truth. */
static bool read_truth(sqlite3_value *v, int *truth)
{
    switch (sqlite3_value_type(v)) {
    case SQLITE_NULL:
        *truth = -1;
        return true;
    case SQLITE_INTEGER:
        *truth = sqlite3_value_int64(v) != 0;
        return true;
    default:
        return false;
    }
}

/* (id, argument, ...): keep them; the last call of a row hands over. */
static void fn_judged(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    struct rule_fused *f = sqlite3_user_data(ctx);
    const struct argument *a = f->arguments + f->filled;
    int i;

    for (i = 1; i < argc; i++, a++) {
        if (a->value) {
            f->view.numbers[a->place] =
                value_number(&f->view.values[a->place], v[i]);
        } else if (!read_truth(v[i], &f->truths[a->place])) {
            sqlite3_result_error(ctx, "no truth value", -1);
            return;
        }
    }
    f->filled += (size_t)(argc - 1);
    if (f->filled < f->expected)
        return;
    if (hand_over(f, sqlite3_value_int64(v[0])) < 0) {
        f->stopped = true;
        sqlite3_result_error(ctx, "stopped", -1);
    }
}

int rule_fused_ask(struct rule_fused *f, size_t member, int64_t id,
                   struct rule_row *row, struct err *err)
{
    struct member *m = &f->members[member];
    int rc = member_answer(m, &f->view, &f->answers, id, row, err);

    watch(f);
    return rc;
}

/* ----------------------------------------------------------- the statement */

static const char *function_name(bool account)
{
    return account ? "judged_accounts" : "judged_macs";
}

/* The next argument; a function takes so many, and then comes another. */
static void begin_argument(struct rule_fused *f, struct strbuf *sql, bool value,
                           size_t place)
{
    if (f->expected % ARGUMENTS == 0)
        strbuf_addf(sql, "%s%s(%s_id", f->expected ? "), " : "SELECT ",
                    function_name(f->account),
                    f->account ? "account" : "device");
    f->arguments[f->expected++] =
        (struct argument){.value = value, .place = (uint16_t)place};
    strbuf_adds(sql, ", ");
}

static void add_truth(struct rule_fused *f, struct strbuf *sql,
                      const struct rule_part *p, size_t place)
{
    begin_argument(f, sql, false, place);
    strbuf_adds(sql, "(");
    strbuf_add(sql, p->text, p->len);
    strbuf_adds(sql, "\n)"); /* it may end in a comment */
}

/* Which columns are to be read for their values. */
static void mark_wanted(struct rule_fused *f)
{
    size_t i, k;

    memset(f->view.wanted, 0, f->view.count * sizeof(*f->view.wanted));
    memset(f->view.numbers, 0, f->view.count);
    for (i = 0; i < f->count; i++) {
        const struct member *m = &f->members[i];

        for (k = 0; k < m->conditions || k < m->all; k++)
            f->view.wanted[m->columns[k]] = true;
    }
}

static int build(struct rule_fused *f, struct strbuf *sql)
{
    const char *scope = f->account ? "account" : "device";
    size_t i;

    mark_wanted(f);
    f->expected = 0;
    for (i = 0; i < f->view.count; i++)
        if (f->view.wanted[i]) {
            begin_argument(f, sql, true, i);
            strbuf_adds(sql, view_column(&f->view, i));
        }
    for (i = 0; i < f->count; i++)
        if (!f->members[i].conditions) {
            add_truth(f, sql, &f->members[i].parts.applies, 2 * i);
            add_truth(f, sql, &f->members[i].parts.fails, 2 * i + 1);
        }
    strbuf_addf(sql, ") FROM %s_posture WHERE %s_id BETWEEN ?1 AND ?2", scope,
                scope);
    return strbuf_ok(sql) ? 0 : -1;
}

/* What cannot be fused is left without a statement, and runs one by one. */
static int prepare(struct rule_fused *f, struct err *err)
{
    struct strbuf sql = {0};
    int rc;

    sqlite3_finalize(f->st);
    f->st = NULL;
    if (build(f, &sql) < 0)
        rc = SQLITE_NOMEM;
    else
        rc = sqlite3_prepare_v2(f->guard->db, strbuf_str(&sql), -1, &f->st,
                                NULL);
    strbuf_free(&sql);
    return rc == SQLITE_NOMEM ? err_nomem(err) : 0;
}

/* ------------------------------------------------------------------ set-up */

static int read_members(struct rule_fused *f, const struct rule *const *rules,
                        struct rule_query *const *queries, size_t n,
                        struct err *err)
{
    size_t i;

    f->members = calloc(n + 1, sizeof(*f->members));
    f->rules = calloc(n + 1, sizeof(*f->rules));
    f->truths = calloc(2 * n + 1, sizeof(*f->truths));
    f->arguments = calloc(f->view.count + 2 * n + 1, sizeof(*f->arguments));
    if (!f->members || !f->rules || !f->truths || !f->arguments)
        return err_nomem(err);
    for (i = 0; i < n; i++) {
        struct member *m = &f->members[f->count];

        if (!queries[i] || !member_read(m, rules[i], f->account, &f->view))
            continue;
        m->query = queries[i];
        f->rules[f->count++] = i;
    }
    return 0;
}

static int set_up(struct rule_fused *f, const struct rule *const *rules,
                  struct rule_query *const *queries, size_t n, struct err *err)
{
    sqlite3 *db = f->guard->db;

    if (view_open(&f->view, db, f->account, err) < 0 ||
        read_members(f, rules, queries, n, err) < 0)
        return -1;
    if (f->count == 0)
        return 0;
    if (sqlite3_create_function(db, function_name(f->account), -1,
                                SQLITE_UTF8 | SQLITE_DIRECTONLY, f, fn_judged,
                                NULL, NULL) != SQLITE_OK)
        return db_fail(db, "register a function", err);
    return prepare(f, err);
}

struct rule_fused *rule_fuse(struct rule_guard *g,
                             const struct rule *const *rules,
                             struct rule_query *const *queries, size_t n,
                             bool account_scope, const size_t **members,
                             size_t *count, struct err *err)
{
    struct rule_fused *f = calloc(1, sizeof(*f));

    *count = 0;
    if (!f) {
        err_nomem(err);
        return NULL;
    }
    f->guard = g;
    f->account = account_scope;
    if (set_up(f, rules, queries, n, err) < 0 || !f->st) {
        rule_fused_close(f);
        return NULL;
    }
    *members = f->rules;
    *count = f->count;
    return f;
}

void rule_fused_close(struct rule_fused *f)
{
    size_t i;

    if (!f)
        return;
    sqlite3_finalize(f->st);
    for (i = 0; f->members && i < f->count; i++)
        member_free(&f->members[i]);
    answers_free(&f->answers);
    view_close(&f->view);
    free(f->members);
    free(f->rules);
    free(f->arguments);
    free(f->truths);
    free(f);
}

/* ----------------------------------------------------------------- running */

static bool knows_all(const struct rule_fused *f, const struct member *m)
{
    size_t i;

    for (i = 0; i < m->all; i++)
        if (values_full(&f->view.values[m->columns[i]]))
            return false;
    return true;
}

/* Whether a rule is to be computed from now on, or its answers no longer kept.
 * To ask costs some ten times as much as to compute; while all is new, though,
 * many rows are misses. */
static bool look_again(struct rule_fused *f)
{
    bool changed = false;
    size_t i;

    for (i = 0; i < f->count; i++) {
        struct member *m = &f->members[i];
        unsigned most = f->windows < WARM_UP ? WINDOW / 2 : WINDOW / 16;

        if (m->conditions && m->misses > most) {
            m->conditions = 0;
            changed = true;
        }
        if (m->all && !knows_all(f, m)) {
            m->all = 0;
            changed = true;
        }
        m->misses = 0;
    }
    f->windows++;
    return changed;
}

static int run_window(struct rule_fused *f, int64_t low, int64_t high)
{
    int step;

    f->filled = 0;
    sqlite3_bind_int64(f->st, 1, low);
    sqlite3_bind_int64(f->st, 2, high);
    f->guard->strict = true;
    while ((step = sqlite3_step(f->st)) == SQLITE_ROW)
        ;
    f->guard->strict = false;
    sqlite3_reset(f->st);
    return step;
}

/* 1: the rules are to blame, which running them one by one will show. */
static int blame(struct rule_fused *f, int step, struct err *err)
{
    if (step == SQLITE_DONE)
        return 0;
    if (f->stopped && err->code != ERR_CONFIG)
        return -1;
    if (f->stopped || (step & 0xff) == SQLITE_ERROR ||
        (step & 0xff) == SQLITE_TOOBIG ||
        ((step & 0xff) == SQLITE_INTERRUPT && f->budget.left < 0)) {
        *err = (struct err){0};
        return 1;
    }
    return db_fail(f->guard->db, "run the rules", err);
}

int rule_fused_run(struct rule_fused *f, int64_t low, int64_t high,
                   int64_t steps, rule_fused_fn *fn, void *ctx, struct err *err)
{
    int step = SQLITE_DONE;
    int64_t end;

    f->budget.left = steps * (int64_t)f->count;
    f->fn = fn;
    f->ctx = ctx;
    f->err = err;
    f->stopped = false;
    watch(f);
    for (; low <= high && step == SQLITE_DONE; low = end + 1) {
        end = high - low < WINDOW ? high : low + WINDOW - 1;
        step = run_window(f, low, end);
        if (step == SQLITE_DONE && look_again(f) && prepare(f, err) < 0)
            return -1;
        if (!f->st)
            return 1;
    }
    rule_watch_signals(f->guard->db);
    return blame(f, step, err);
}
