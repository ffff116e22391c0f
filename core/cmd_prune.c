/*
 * cmd_prune.c - muster prune: facts of old periods go, what was found stays.
 *
 * Of the rows of old files only those cells are kept that a finding rests on:
 * the required facts of its rule, for its Mac. The file is rebuilt at the end,
 * so that what was dropped is not left in free pages.
 */
#include "core/base.h"

#include "core/commands.h"
#include "core/db.h"
#include "core/facts.h"
#include "core/resource.h"
#include "core/strbuf.h"
#include "core/text.h"

#include <jansson.h>

struct prune {
    sqlite3 *db;
    int64_t keep;
    int64_t periods, files, rows_before, rows_after, findings;
};

/* ---------------------------------------------------- functions of the SQL */

/* The facts of one scope in the list of a rule ("a, b|c") as bits. */
static int64_t mask_of(enum fact_scope scope, const char *list)
{
    int64_t mask = 0;
    char name[64];
    size_t n;
    int i;

    for (; *list; list += n) {
        list += strspn(list, ", |");
        n = strcspn(list, ", |");
        if (n == 0 || n >= sizeof(name))
            continue;
        snprintf(name, sizeof(name), "%.*s", (int)n, list);
        i = fact_index(scope, name);
        if (i >= 0)
            mask |= INT64_C(1) << i;
    }
    return mask;
}

static void fn_mask(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    const char *list = (const char *)sqlite3_value_text(v[0]);
    bool account = sqlite3_user_data(ctx) != NULL;

    (void)argc;
    if (list)
        sqlite3_result_int64(
            ctx, mask_of(account ? FACT_ACCOUNT : FACT_DEVICE, list));
}

static void or_step(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    int64_t *mask = sqlite3_aggregate_context(ctx, sizeof(*mask));

    (void)argc;
    if (mask)
        *mask |= sqlite3_value_int64(v[0]);
}

static void or_final(sqlite3_context *ctx)
{
    int64_t *mask = sqlite3_aggregate_context(ctx, 0);

    sqlite3_result_int64(ctx, mask ? *mask : 0);
}

static void fn_keep(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    const struct prune *p = sqlite3_user_data(ctx);

    (void)argc, (void)v;
    sqlite3_result_int64(ctx, p->keep);
}

/* raw_of(raw, mask, account): the cells of the facts that stay. */
static void fn_raw(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    const char *raw = (const char *)sqlite3_value_text(v[0]), *key;
    int64_t mask = sqlite3_value_int64(v[1]);
    enum fact_scope scope =
        sqlite3_value_int(v[2]) ? FACT_ACCOUNT : FACT_DEVICE;
    json_t *object = raw ? json_loads(raw, 0, NULL) : NULL, *value;
    void *next;
    char *text;
    int i;

    (void)argc;
    json_object_foreach_safe(object, next, key, value)
    {
        i = fact_index(scope, key);
        if (i < 0 || !(mask >> i & 1))
            json_object_del(object, key);
    }
    text = json_object_size(object) ? json_dumps(object, 0) : NULL;
    if (text)
        sqlite3_result_text(ctx, text, -1, SQLITE_TRANSIENT);
    free(text);
    json_decref(object);
}

static int add_functions(struct prune *p, struct err *err)
{
    static char account;
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC;
    sqlite3 *db = p->db;

    if (sqlite3_create_function(db, "device_mask", 1, flags, NULL, fn_mask,
                                NULL, NULL) != SQLITE_OK ||
        sqlite3_create_function(db, "account_mask", 1, flags, &account, fn_mask,
                                NULL, NULL) != SQLITE_OK ||
        sqlite3_create_function(db, "mask_or", 1, flags, NULL, NULL, or_step,
                                or_final) != SQLITE_OK ||
        sqlite3_create_function(db, "prune_keep", 0, flags, p, fn_keep, NULL,
                                NULL) != SQLITE_OK ||
        sqlite3_create_function(db, "raw_of", 3, flags, NULL, fn_raw, NULL,
                                NULL) != SQLITE_OK)
        return db_fail(db, "register a function", err);
    return 0;
}

/* -------------------------------------------------------------------- cells */

/*
 * Empty the cells of the rows that stay, but for those that are needed. Keys
 * stay: a row must still say whose it is.
 */
static int empty_cells(struct prune *p, enum fact_scope scope, struct err *err)
{
    bool account = scope == FACT_ACCOUNT;
    const char *mask = account ? "n.account_mask" : "n.device_mask";
    struct strbuf sql = {0};
    size_t count, i;
    const struct fact *facts = fact_table(scope, &count);
    int rc;

    strbuf_addf(&sql, "UPDATE %s AS r SET raw = raw_of(r.raw, %s, %d)%s",
                account ? "account_row" : "device_row", mask, account,
                account ? "" : ", custom = NULL");
    for (i = 0; i < count; i++)
        if (facts[i].merge != MERGE_KEY)
            strbuf_addf(&sql, ", %s = CASE WHEN %s >> %zu & 1 THEN r.%s END",
                        facts[i].name, mask, i, facts[i].name);
    strbuf_adds(&sql,
                " FROM prune_need n WHERE n.device_id ="
                " coalesce(r.device_id, (SELECT i.device_id FROM prune_id"
                " i WHERE i.id = r.uuid), (SELECT i.device_id FROM"
                " prune_id i WHERE i.id = r.mdm_id))"
                " AND r.import_id IN (SELECT import_id FROM prune_import)");
    rc = strbuf_ok(&sql) ? db_script(p->db, strbuf_str(&sql), err)
                         : err_nomem(err);
    strbuf_free(&sql);
    return rc;
}

/* Facts as they were resolved, where they are those of an old period. */
static int drop_posture(struct prune *p, struct err *err)
{
    int64_t tables, old;

    if (db_number(p->db,
                  "SELECT count(*) FROM sqlite_schema WHERE name ="
                  " 'client_policy'",
                  0, &tables, err) < 0)
        return -1;
    if (tables == 0)
        return 0;
    if (db_number(p->db,
                  "SELECT EXISTS (SELECT 1 FROM client_policy) AND NOT EXISTS"
                  " (SELECT 1 FROM run r WHERE r.as_of = (SELECT max(as_of)"
                  " FROM client_policy) AND r.period NOT IN (SELECT period"
                  " FROM prune_period))",
                  0, &old, err) < 0)
        return -1;
    if (!old)
        return 0;
    return db_script(p->db,
                     "DROP TABLE IF EXISTS device_fact;"
                     "DROP TABLE IF EXISTS device_text;"
                     "DROP TABLE IF EXISTS account_fact;"
                     "DROP TABLE IF EXISTS carry_class;"
                     "DROP TABLE IF EXISTS device_derived;"
                     "DROP TABLE IF EXISTS bootstrap_unsure;"
                     "DROP TABLE IF EXISTS client_policy",
                     err);
}

static int count_rows(struct prune *p, int64_t *out, struct err *err)
{
    return db_number(p->db,
                     "SELECT (SELECT count(*) FROM device_row WHERE import_id"
                     " IN (SELECT import_id FROM prune_import))"
                     " + (SELECT count(*) FROM account_row WHERE import_id IN"
                     " (SELECT import_id FROM prune_import))"
                     " + (SELECT count(*) FROM list_row WHERE import_id IN"
                     " (SELECT import_id FROM prune_import))",
                     0, out, err);
}

static int prune(struct prune *p, struct err *err)
{
    if (add_functions(p, err) < 0 ||
        db_script(p->db, resource_text("core/queries/prune-doomed.sql"), err) <
            0 ||
        db_number(p->db, "SELECT count(*) FROM prune_period", 0, &p->periods,
                  err) < 0 ||
        db_number(p->db, "SELECT count(*) FROM prune_import", 0, &p->files,
                  err) < 0 ||
        db_number(p->db,
                  "SELECT count(*) FROM finding WHERE period_id IN (SELECT"
                  " period_id FROM run JOIN prune_period USING (period))",
                  0, &p->findings, err) < 0 ||
        count_rows(p, &p->rows_before, err) < 0 || drop_posture(p, err) < 0)
        return -1;
    /* what the rows hold decides what goes, so cells are emptied last */
    if (db_script(p->db, resource_text("core/queries/prune-rows.sql"), err) <
            0 ||
        empty_cells(p, FACT_ACCOUNT, err) < 0 ||
        empty_cells(p, FACT_DEVICE, err) < 0)
        return -1;
    return count_rows(p, &p->rows_after, err);
}

/* One transaction; with --dry-run it is only looked at. */
static int run_prune(struct prune *p, bool dry, struct err *err)
{
    if (db_begin(p->db, err) < 0)
        return -1;
    if (prune(p, err) < 0) {
        db_rollback(p->db);
        return -1;
    }
    if (dry) {
        db_rollback(p->db);
        return 0;
    }
    if (db_commit(p->db, err) < 0) {
        db_rollback(p->db);
        return -1;
    }
    return p->files ? db_script(p->db, "VACUUM", err) : 0;
}

static void tell(const struct prune *p, bool dry)
{
    if (p->files == 0) {
        fprintf(stderr, "nothing to drop\n");
        return;
    }
    fprintf(stderr,
            "%lld %s, %lld %s: %lld of %lld rows %s; %lld stay as the "
            "evidence of %lld %s\n",
            COUNTED(p->periods, "period"), COUNTED(p->files, "file"),
            (long long)(p->rows_before - p->rows_after),
            (long long)p->rows_before, dry ? "would go" : "are gone",
            (long long)p->rows_after, COUNTED(p->findings, "finding"));
}

static int read_keep(const char *text, int64_t *out, struct err *err)
{
    char *end;
    long n;

    if (!text)
        return err_set(err, ERR_USAGE,
                       "prune: --keep says how many of the newest periods "
                       "keep their facts");
    n = strtol(text, &end, 10);
    if (*end || end == text || n < 1 || n > 100000)
        return err_set(err, ERR_USAGE,
                       "--keep: expected a number from 1 on, found \"%s\"",
                       text);
    *out = n;
    return 0;
}

static int run(const struct call *c, struct err *err)
{
    struct prune p = {0};
    bool dry = opt_flag(c->opt, "dry-run");
    int rc = -1;

    if (c->count > 0)
        return err_set(err, ERR_USAGE, "prune: takes no operand");
    if (read_keep(opt_text(c->opt, "keep"), &p.keep, err) < 0)
        return -1;
    p.db = command_store(c, DB_WRITE, err);
    if (p.db)
        rc = run_prune(&p, dry, err);
    if (rc == 0 && opt_flag(c->opt, "json"))
        printf("{\"schema\":\"muster.prune/1\",\"periods\":%lld,\"files\":%lld,"
               "\"rows_before\":%lld,\"rows_after\":%lld,\"findings\":%lld}\n",
               (long long)p.periods, (long long)p.files,
               (long long)p.rows_before, (long long)p.rows_after,
               (long long)p.findings);
    else if (rc == 0 && opt_talk(c->opt))
        tell(&p, dry);
    db_close(p.db);
    return rc;
}

static const char *const options[] = {"keep", "dry-run", NULL};

const struct command cmd_prune = {
    .name = "prune",
    .summary = "Drop the facts of old periods; findings stay",
    .usage = "prune --keep N [OPTIONS]",
    .help =
        "Keep the facts of the N newest periods and drop those of the others.\n"
        "Results, findings, counts and trends of old periods stay, and so do\n"
        "the cells on which their findings rest; but an old period cannot be\n"
        "judged anew. Standing files stay as long as they hold. The database is\n"
        "rebuilt, so that nothing is left of what was dropped.",
    .examples = "  muster prune --keep 13\n"
                "  muster prune --keep 13 --dry-run\n",
    .options = options,
    .run = run,
};
