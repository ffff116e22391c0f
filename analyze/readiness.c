/*
 * readiness.c - runs readiness.sql, and gives it found(results, letters, name).
 */
#include "core/base.h"

#include "analyze/readiness.h"
#include "analyze/resolve.h"
#include "analyze/sql_part.h"
#include "core/db.h"

#define READINESS "analyze/readiness.sql"

/* Where the rules of a level, or the rule of an id, stand in the results. */
struct place {
    char name[40];
    int rule_no;
};

struct places {
    struct place *items;
    size_t count;
};

static void places_free(void *p)
{
    struct places *all = p;

    if (all)
        free(all->items);
    free(all);
}

static int add_place(struct places *all, sqlite3_stmt *st, struct err *err)
{
    struct place *grown;

    if ((all->count & (all->count - 1)) == 0) {
        grown = realloc(all->items,
                        (all->count ? 2 * all->count : 1) * sizeof(*grown));
        if (!grown)
            return err_nomem(err);
        all->items = grown;
    }
    snprintf(all->items[all->count].name, sizeof(all->items->name), "%s",
             db_text(st, 0));
    all->items[all->count++].rule_no = sqlite3_column_int(st, 1);
    return 0;
}

/* Ordered by name, so that those of one name are neighbours. */
static int read_places(sqlite3 *db, struct places *all, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(db,
                   "SELECT trim(m.level || ' ' || m.way), m.rule_no"
                   "  FROM move_rule m JOIN move_period n USING (period_id)"
                   " UNION ALL "
                   "SELECT 'any', m.rule_no"
                   "  FROM move_rule m JOIN move_period n USING (period_id)"
                   " WHERE m.level <> 'checklist' AND m.way = ''"
                   " UNION ALL "
                   "SELECT r.id, r.rule_no"
                   "  FROM rule r JOIN move_period n USING (period_id)"
                   " ORDER BY 1, 2",
                   &st, err) == 0)
        while ((step = db_step(st, err)) == 1)
            if (add_place(all, st, err) < 0) {
                step = -1;
                break;
            }
    sqlite3_finalize(st);
    return step;
}

/* Those of one name: [from, to). */
struct stretch {
    const struct place *from, *to;
};

static struct stretch find_name(const struct places *all, const char *name)
{
    const struct place *p = all->items, *end = p + all->count;
    struct stretch s;

    while (p < end && strcmp(p->name, name) != 0)
        p++;
    s.from = p;
    while (p < end && strcmp(p->name, name) == 0)
        p++;
    s.to = p;
    return s;
}

/* The same, remembered by SQLite while the statement runs. */
static struct stretch stretch_of(sqlite3_context *ctx, sqlite3_value *name)
{
    const struct stretch *kept = sqlite3_get_auxdata(ctx, 2);
    struct stretch s = {NULL, NULL}, *copy;
    const char *text;

    if (kept)
        return *kept;
    text = (const char *)sqlite3_value_text(name);
    if (!text)
        return s;
    s = find_name(sqlite3_user_data(ctx), text);
    copy = sqlite3_malloc(sizeof(*copy));
    if (copy) {
        *copy = s;
        sqlite3_set_auxdata(ctx, 2, copy, sqlite3_free);
    }
    return s;
}

static void fn_found(sqlite3_context *ctx, int argc, sqlite3_value **v)
{
    const char *results = sqlite3_value_blob(v[0]);
    const char *letters = (const char *)sqlite3_value_text(v[1]);
    int n = sqlite3_value_bytes(v[0]);
    struct stretch s = stretch_of(ctx, v[2]);
    bool found = false;

    (void)argc;
    if (!results || !letters)
        return;
    for (; !found && s.from < s.to; s.from++)
        found =
            s.from->rule_no < n && strchr(letters, results[s.from->rule_no]);
    sqlite3_result_int(ctx, found);
}

static int add_function(sqlite3 *db, struct err *err)
{
    struct places *all = calloc(1, sizeof(*all));

    if (!all)
        return err_nomem(err);
    if (read_places(db, all, err) < 0) {
        places_free(all);
        return -1;
    }
    if (sqlite3_create_function_v2(
            db, "found", 3, SQLITE_UTF8 | SQLITE_DETERMINISTIC, all, fn_found,
            NULL, NULL, places_free) != SQLITE_OK)
        return db_fail(db, "register a function", err);
    return 0;
}

int readiness_judge(sqlite3 *db, int64_t period_id, struct err *err)
{
    char sql[256];

    snprintf(sql, sizeof(sql),
             "DELETE FROM move_rule WHERE period_id = %lld;"
             "DROP TABLE IF EXISTS temp.move_period;"
             "CREATE TEMP TABLE move_period AS SELECT %lld AS period_id",
             (long long)period_id, (long long)period_id);
    if (db_script(db, sql, err) < 0 ||
        sql_run_part(db, READINESS, "rules", err) < 0 ||
        add_function(db, err) < 0)
        return -1;
    return sql_run_part(db, READINESS, "judge", err);
}
