/*
 * rule_fuse.c - many rules in one pass.
 *
 * The truths of a row go to a function (one for each scope) as arguments,
 * straight from SQLite's registers; no result column is made of them.
 */
#include "core/base.h"

#include "analyze/rule_fuse.h"
#include "analyze/rule_text.h"
#include "core/commands.h"
#include "core/db.h"
#include "core/strbuf.h"

#define ARGUMENTS 120 /* of one call; SQLite takes 127 */

struct rule_fused {
    struct rule_guard *guard;
    sqlite3_stmt *st;
    size_t *members;
    size_t count;
    int *truths; /* of the row at hand */
    size_t filled;
    rule_fused_fn *fn; /* while it runs */
    void *ctx;
    struct err *err;
    bool stopped; /* by "fn" */
};

/* (id, applies, fails, applies, fails, ...): keep them; the last call of a row
 * hands over. */
static void fn_judged(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    struct rule_fused *f = sqlite3_user_data(ctx);
    int *to = f->truths + f->filled;
    int i;

    for (i = 1; i < argc; i++) {
        switch (sqlite3_value_type(v[i])) {
        case SQLITE_NULL:
            *to++ = -1;
            break;
        case SQLITE_INTEGER:
            *to++ = sqlite3_value_int64(v[i]) != 0;
            break;
        default:
            sqlite3_result_error(ctx, "no truth value", -1);
            return;
        }
    }
    f->filled = (size_t)(to - f->truths);
    if (f->filled < 2 * f->count)
        return;
    f->filled = 0;
    f->guard->strict = false;
    if (f->fn(f->ctx, sqlite3_value_int64(v[0]), f->truths, f->err) < 0) {
        f->stopped = true;
        sqlite3_result_error(ctx, "stopped", -1);
    }
    f->guard->strict = true;
}

static const char *function_name(bool account)
{
    return account ? "judged_accounts" : "judged_macs";
}

static void add_expression(struct strbuf *sql, const struct rule_part *p)
{
    strbuf_adds(sql, ", (");
    strbuf_add(sql, p->text, p->len);
    strbuf_adds(sql, "\n)"); /* it may end in a comment */
}

/* The expressions of one rule, where it has the form. */
static bool member(const struct rule *r, struct rule_query *q, bool account,
                   struct rule_parts *parts)
{
    return q && r->account_scope == account && rule_split(r, parts);
}

/* Which columns of the view the fused rules name. */
struct columns {
    sqlite3_stmt *st; /* SELECT * of the view */
    bool *used;
    int count;
};

static int columns_open(struct columns *c, sqlite3 *db, bool account,
                        struct err *err)
{
    char sql[64];

    snprintf(sql, sizeof(sql), "SELECT * FROM temp.%s_posture",
             account ? "account" : "device");
    if (db_prepare(db, sql, &c->st, err) < 0)
        return -1;
    c->count = sqlite3_column_count(c->st);
    c->used = calloc((size_t)c->count + 1, sizeof(*c->used));
    return c->used ? 0 : err_nomem(err);
}

static void columns_close(struct columns *c)
{
    sqlite3_finalize(c->st);
    free(c->used);
}

static void columns_use(struct columns *c, const struct rule_part *p)
{
    const char *s = p->text, *end = p->text + p->len;
    struct token t;
    int i;

    for (s = token_next(s, &t); t.text[0] && t.at < end; s = token_next(s, &t))
        for (i = 0; t.name && i < c->count; i++)
            if (strcmp(sqlite3_column_name(c->st, i), t.text) == 0)
                c->used[i] = true;
}

/*
 * The view, cut to the range. That of accounts also to the columns in use: many
 * are derived, and OFFSET keeps SQLite from merging the view into the outer
 * statement, where each use of such a column would compute it once more.
 */
static void add_view(struct strbuf *sql, const struct columns *c, bool account)
{
    int i;

    if (!account) {
        strbuf_adds(sql, ") FROM device_posture WHERE device_id BETWEEN ?1"
                         " AND ?2");
        return;
    }
    strbuf_adds(sql, ") FROM (SELECT account_id");
    for (i = 0; i < c->count; i++)
        if (c->used[i] &&
            strcmp(sqlite3_column_name(c->st, i), "account_id") != 0)
            strbuf_addf(sql, ", %s", sqlite3_column_name(c->st, i));
    strbuf_adds(sql, " FROM account_posture WHERE account_id BETWEEN ?1 AND ?2"
                     " LIMIT -1 OFFSET 0) AS account_posture");
}

static int build(struct rule_fused *f, const struct rule *const *rules,
                 struct rule_query *const *queries, size_t n, bool account,
                 struct columns *columns, struct strbuf *sql)
{
    const char *id = account ? "account_id" : "device_id";
    size_t i, arguments = ARGUMENTS;
    struct rule_parts parts;

    for (i = 0; i < n; i++) {
        if (!member(rules[i], queries[i], account, &parts))
            continue;
        if (arguments >= ARGUMENTS) {
            strbuf_addf(sql, "%s%s(%s", f->count ? "), " : "SELECT ",
                        function_name(account), id);
            arguments = 1;
        }
        add_expression(sql, &parts.applies);
        add_expression(sql, &parts.fails);
        columns_use(columns, &parts.applies);
        columns_use(columns, &parts.fails);
        arguments += 2;
        f->members[f->count++] = i;
    }
    add_view(sql, columns, account);
    return strbuf_ok(sql) ? 0 : -1;
}

static int prepare(struct rule_fused *f, bool account, const char *sql,
                   struct err *err)
{
    int rc;

    if (sqlite3_create_function(f->guard->db, function_name(account), -1,
                                SQLITE_UTF8 | SQLITE_DIRECTONLY, f, fn_judged,
                                NULL, NULL) != SQLITE_OK)
        return db_fail(f->guard->db, "register a function", err);
    rc = sqlite3_prepare_v2(f->guard->db, sql, -1, &f->st, NULL);
    if (rc == SQLITE_NOMEM)
        return err_nomem(err);
    return 0; /* what cannot be fused runs one by one */
}

struct rule_fused *rule_fuse(struct rule_guard *g,
                             const struct rule *const *rules,
                             struct rule_query *const *queries, size_t n,
                             bool account_scope, const size_t **members,
                             size_t *count, struct err *err)
{
    struct rule_fused *f = calloc(1, sizeof(*f));
    struct columns columns = {NULL, NULL, 0};
    struct strbuf sql = {0};
    int rc = -1;

    *count = 0;
    if (!f || !(f->members = calloc(n + 1, sizeof(*f->members)))) {
        free(f);
        err_nomem(err);
        return NULL;
    }
    f->guard = g;
    if (columns_open(&columns, g->db, account_scope, err) < 0)
        rc = -1;
    else if (build(f, rules, queries, n, account_scope, &columns, &sql) < 0 ||
             !(f->truths = malloc((2 * f->count + 1) * sizeof(*f->truths))))
        err_nomem(err);
    else
        rc = f->count ? prepare(f, account_scope, strbuf_str(&sql), err) : 0;
    strbuf_free(&sql);
    columns_close(&columns);
    if (rc < 0 || !f->st) {
        rule_fused_close(f);
        return NULL;
    }
    *members = f->members;
    *count = f->count;
    return f;
}

void rule_fused_close(struct rule_fused *f)
{
    if (!f)
        return;
    sqlite3_finalize(f->st);
    free(f->members);
    free(f->truths);
    free(f);
}

struct budget {
    int64_t left;
};

static int spend(void *ctx)
{
    struct budget *b = ctx;

    return command_signal() != 0 || --b->left < 0;
}

int rule_fused_run(struct rule_fused *f, int64_t low, int64_t high,
                   int64_t steps, rule_fused_fn *fn, void *ctx, struct err *err)
{
    struct budget b = {steps * (int64_t)f->count};
    int step;

    f->fn = fn;
    f->ctx = ctx;
    f->err = err;
    f->filled = 0;
    f->stopped = false;
    sqlite3_progress_handler(f->guard->db, 1000, spend, &b);
    sqlite3_bind_int64(f->st, 1, low);
    sqlite3_bind_int64(f->st, 2, high);
    f->guard->strict = true;
    while ((step = sqlite3_step(f->st)) == SQLITE_ROW)
        ;
    f->guard->strict = false;
    sqlite3_reset(f->st);
    rule_watch_signals(f->guard->db);
    if (step == SQLITE_DONE)
        return 0;
    if (f->stopped)
        return -1;
    if ((step & 0xff) == SQLITE_ERROR || (step & 0xff) == SQLITE_TOOBIG ||
        ((step & 0xff) == SQLITE_INTERRUPT && b.left < 0))
        return 1;
    return db_fail(f->guard->db, "run the rules", err);
}
