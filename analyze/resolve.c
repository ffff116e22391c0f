/*
 * resolve.c - from rows to facts: the tables, and the order of the steps.
 */
#include "core/base.h"

#include "analyze/resolving.h"
#include "analyze/sql_part.h"
#include "core/db.h"

/* ------------------------------------------------------------------ tables */

static const char *column_type(const struct fact *f)
{
    return f->type == FACT_BOOL || f->type == FACT_COUNT || f->type == FACT_TIME
               ? "INTEGER"
               : "TEXT";
}

static void add_columns(struct strbuf *sql, enum fact_scope scope,
                        bool (*wanted)(const struct fact *))
{
    size_t i, n;
    const struct fact *f = fact_table(scope, &n);

    for (i = 0; i < n; i++)
        if (wanted(&f[i]))
            strbuf_addf(sql, ",\n  %s %s", f[i].name, column_type(&f[i]));
}

static bool fact_in_accounts(const struct fact *f)
{
    return f->merge != MERGE_KEY || strcmp(f->name, "account") == 0;
}

/* Run the part "tables", with the columns of the vocabulary put in. */
static int make_tables(struct resolve *r, struct err *err)
{
    static const struct {
        const char *mark;
        enum fact_scope scope;
        bool (*wanted)(const struct fact *);
    } marks[] = {{"/*device facts*/", FACT_DEVICE, fact_in_table},
                 {"/*device texts*/", FACT_DEVICE, fact_in_texts},
                 {"/*account facts*/", FACT_ACCOUNT, fact_in_accounts}};
    char *text = sql_part("analyze/resolve.sql", "tables", err);
    const char *from = text, *to;
    struct strbuf sql = {0};
    size_t i;
    int rc = -1;

    for (i = 0; from && i < COUNT_OF(marks); i++) {
        to = strstr(from, marks[i].mark);
        if (!to)
            break;
        strbuf_add(&sql, from, (size_t)(to - from));
        add_columns(&sql, marks[i].scope, marks[i].wanted);
        from = to + strlen(marks[i].mark);
    }
    if (from)
        strbuf_adds(&sql, from);
    if (text && i < COUNT_OF(marks))
        err_set(err, ERR_FAIL, "resolve.sql has no %s", marks[i].mark);
    else if (text && !strbuf_ok(&sql))
        err_nomem(err);
    else if (text)
        rc = db_script(r->db, strbuf_str(&sql), err);
    strbuf_free(&sql);
    free(text);
    return rc;
}

static int write_carried(struct resolve *r, struct err *err)
{
    sqlite3_stmt *st = NULL;
    uint32_t i;
    int rc = db_prepare(r->db, "INSERT INTO carry_class VALUES (?1, ?2, ?3)",
                        &st, err);

    for (i = 0; i < r->carry.count && rc == 0; i++) {
        sqlite3_bind_int64(st, 1, (int64_t)i + 1);
        sqlite3_bind_int64(st, 2, r->carry.items[i].a);
        sqlite3_bind_int64(st, 3, r->carry.items[i].b);
        rc = db_run(st, err);
    }
    sqlite3_finalize(st);
    return rc;
}

/* ------------------------------------------------------------------- steps */

static int resolve_steps(struct resolve *r, struct err *err)
{
    if (make_tables(r, err) < 0 || snapshot_read(r, err) < 0 ||
        slots_make(r, err) < 0 || joining_run(r, err) < 0 ||
        standing_run(r, err) < 0 || aliases_run(r, err) < 0 ||
        slots_scan(r, err) < 0 || slots_clients(r, err) < 0 ||
        slots_functions(r, err) < 0)
        return -1;
    if (db_prepare(r->db,
                   "INSERT INTO conflict VALUES (?1,?2,?3,?4,?5,?6,?7,?8)",
                   &r->add_conflict, err) < 0 ||
        write_carried(r, err) < 0 || macs_write(r, err) < 0 ||
        accounts_write(r, err) < 0 || unsure_write(r, err) < 0)
        return -1;
    if (r->owner_conflict && conflicts_of_owners(r, err) < 0)
        return -1;
    if (r->list_conflict && conflicts_of_lists(r, err) < 0)
        return -1;
    return db_number(r->db, "SELECT count(*) FROM device_fact", 0,
                     &r->counts.devices, err);
}

int resolve(sqlite3 *db, const char *period, int64_t period_id,
            const struct config *config, struct resolve_counts *counts,
            struct err *err)
{
    struct resolve r = {
        .db = db, .period = period, .period_id = period_id, .config = config};
    int rc = resolve_steps(&r, err), k;
    size_t i;

    sqlite3_finalize(r.add_conflict);
    slots_functions_end(&r);
    for (i = 0; i < r.part_count; i++)
        free(r.parts[i].ranks);
    free(r.parts);
    free(r.slots);
    free(r.client_ids);
    pairs_free(&r.carry);
    pairs_free(&r.owner);
    names_free(&r.clients);
    for (k = 0; k < ROW_KINDS; k++)
        free(r.dropped[k].items);
    arena_free(&r.arena);
    *counts = r.counts;
    return rc;
}
