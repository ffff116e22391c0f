/*
 * snapshot.c - which imports take part in a period, and where their rows are.
 *
 * A file is one transaction and rows are only appended, so the rows of an
 * import stand together and import_id ascends with the row id: the first and
 * last are found by halving, without an index and without reading other
 * periods. Where the count of rows does not bear that out, they are looked for.
 */
#include "core/base.h"

#include "analyze/resolving.h"
#include "analyze/sql_part.h"
#include "core/db.h"

static const char *const tables[ROW_KINDS] = {"device_row", "account_row",
                                              "list_row"};

const char *row_table(enum row_kind kind)
{
    return tables[kind];
}

/* Finds places in one table; st yields the first row at or after ?1. */
struct finder {
    sqlite3_stmt *st;
    int64_t last; /* largest row id */
};

static int finder_open(sqlite3 *db, enum row_kind kind, struct finder *f,
                       struct err *err)
{
    char sql[160];

    snprintf(sql, sizeof(sql), "SELECT max(rowid) FROM %s", tables[kind]);
    if (db_number(db, sql, 0, &f->last, err) < 0)
        return -1;
    snprintf(sql, sizeof(sql),
             "SELECT rowid, import_id FROM %s WHERE rowid >= ?1 "
             "ORDER BY rowid LIMIT 1",
             tables[kind]);
    return db_prepare(db, sql, &f->st, err);
}

/* The smallest row id from which on import_id is at least "id". */
static int first_at_least(struct finder *f, int64_t id, int64_t *out,
                          struct err *err)
{
    int64_t low = 1, high = f->last + 1, middle;
    int step;

    while (low < high) {
        middle = low + (high - low) / 2;
        sqlite3_reset(f->st);
        sqlite3_bind_int64(f->st, 1, middle);
        step = db_step(f->st, err);
        if (step < 0)
            return -1;
        if (step == 0 || sqlite3_column_int64(f->st, 1) >= id)
            high = middle;
        else
            low = sqlite3_column_int64(f->st, 0) + 1;
    }
    sqlite3_reset(f->st);
    *out = low;
    return 0;
}

/* The slow way, for a table whose rows do not stand in order of import. */
static int search(sqlite3 *db, enum row_kind kind, int64_t id,
                  struct range *out, struct err *err)
{
    sqlite3_stmt *st = NULL;
    char sql[160];
    int step;

    snprintf(sql, sizeof(sql),
             "SELECT coalesce(min(rowid), 1), coalesce(max(rowid), 0) "
             "FROM %s WHERE import_id = ?1",
             tables[kind]);
    if (db_prepare(db, sql, &st, err) < 0)
        return -1;
    sqlite3_bind_int64(st, 1, id);
    step = db_step(st, err);
    out->low = sqlite3_column_int64(st, 0);
    out->high = sqlite3_column_int64(st, 1);
    sqlite3_finalize(st);
    return step < 0 ? -1 : 0;
}

static int find_rows(sqlite3 *db, enum row_kind kind, struct finder *f,
                     int64_t id, int64_t expected, struct range *out,
                     struct err *err)
{
    int64_t end;

    if (first_at_least(f, id, &out->low, err) < 0 ||
        first_at_least(f, id + 1, &end, err) < 0)
        return -1;
    out->high = end - 1;
    if (expected >= 0 && end - out->low != expected)
        return search(db, kind, id, out, err);
    return 0;
}

static int part_grow(struct resolve *r, struct err *err)
{
    size_t n = r->part_count;
    struct part *p;

    if (n >= PART_MANY - 1)
        return err_set(err, ERR_FAIL, "more than %d files in one period",
                       PART_MANY - 2);
    if (n & (n - 1)) /* room is doubled at powers of two */
        return 0;
    p = realloc(r->parts, (n ? 2 * n : 1) * sizeof(*p));
    if (!p)
        return err_nomem(err);
    r->parts = p;
    return 0;
}

static int read_part(struct resolve *r, sqlite3_stmt *st, struct finder *f,
                     struct err *err)
{
    const char *client = db_text(st, 6);
    int64_t expected[ROW_KINDS];
    struct part *p;
    int k;

    if (part_grow(r, err) < 0)
        return -1;
    p = &r->parts[r->part_count++];
    *p = (struct part){
        .import_id = sqlite3_column_int64(st, 0),
        .collected = MERGE_NO_TIME,
        .carries_device = sqlite3_column_int64(st, 2),
        .carries_listed = sqlite3_column_int64(st, 3),
        .carries_account = sqlite3_column_int64(st, 4),
        .scope = sqlite3_column_int(st, 5),
        .standing = sqlite3_column_int(st, 7) != 0,
        .complete = sqlite3_column_int(st, 8) != 0,
        .in_order = sqlite3_column_int(st, 9) != 0,
        .earlier = sqlite3_column_int(st, 12) != 0,
    };
    if (sqlite3_column_type(st, 1) != SQLITE_NULL)
        p->collected = sqlite3_column_int64(st, 1);
    if (client[0]) {
        p->client =
            names_number(&r->clients, config_client_name(r->config, client));
        if (!p->client)
            return err_nomem(err);
    }
    expected[ROW_DEVICE] = sqlite3_column_int64(st, 10);
    expected[ROW_ACCOUNT] = sqlite3_column_int64(st, 11);
    expected[ROW_LIST] = -1;
    for (k = 0; k < ROW_KINDS; k++)
        if (find_rows(r->db, (enum row_kind)k, &f[k], p->import_id, expected[k],
                      &p->rows[k], err) < 0)
            return -1;
    return 0;
}

static int compare_parts(const void *a, const void *b)
{
    const struct part *p = a, *q = b;

    return p->import_id < q->import_id ? -1 : p->import_id > q->import_id;
}

/* The parts as a table, and as what the run was judged on. */
static int store_parts(struct resolve *r, struct err *err)
{
    sqlite3_stmt *part = NULL, *run = NULL;
    size_t i;
    int k, rc = -1;

    if (db_prepare(r->db,
                   "INSERT INTO temp.part VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)",
                   &part, err) < 0 ||
        db_prepare(r->db, "INSERT INTO run_import VALUES (?1, ?2)", &run, err) <
            0)
        goto out;
    for (i = 0; i < r->part_count; i++) {
        const struct part *p = &r->parts[i];

        sqlite3_bind_int64(part, 1, (int64_t)i);
        sqlite3_bind_int64(part, 2, p->import_id);
        sqlite3_bind_int(part, 3, p->scope);
        for (k = 0; k < ROW_KINDS; k++) {
            sqlite3_bind_int64(part, 4 + 2 * k, p->rows[k].low);
            sqlite3_bind_int64(part, 5 + 2 * k, p->rows[k].high);
        }
        sqlite3_bind_int64(run, 1, r->period_id);
        sqlite3_bind_int64(run, 2, p->import_id);
        if (db_run(part, err) < 0 || db_run(run, err) < 0)
            goto out;
    }
    rc = 0;
out:
    sqlite3_finalize(part);
    sqlite3_finalize(run);
    return rc;
}

int snapshot_read(struct resolve *r, struct err *err)
{
    struct finder f[ROW_KINDS] = {{NULL, 0}, {NULL, 0}, {NULL, 0}};
    char *sql = sql_part("analyze/resolve.sql", "imports", err);
    sqlite3_stmt *st = NULL;
    int k, step = -1;

    if (!sql || db_prepare(r->db, sql, &st, err) < 0 ||
        db_bind_text(st, ":period", r->period, err) < 0)
        goto out;
    for (k = 0; k < ROW_KINDS; k++)
        if (finder_open(r->db, (enum row_kind)k, &f[k], err) < 0)
            goto out;
    while ((step = db_step(st, err)) == 1)
        if (read_part(r, st, f, err) < 0) {
            step = -1;
            break;
        }
    if (step == 0) {
        if (r->part_count)
            qsort(r->parts, r->part_count, sizeof(*r->parts), compare_parts);
        r->counts.imports = (int64_t)r->part_count;
        step = store_parts(r, err);
    }
out:
    for (k = 0; k < ROW_KINDS; k++)
        sqlite3_finalize(f[k].st);
    sqlite3_finalize(st);
    free(sql);
    return step;
}
