/*
 * joining.c - rows without a serial number, and Macs that were enrolled again.
 *
 * Both are rare and both must be settled before anything is counted: which Mac
 * a row belongs to, and whether it counts at all.
 */
#include "core/base.h"

#include "analyze/resolving.h"
#include "analyze/sql_part.h"
#include "core/db.h"

static const char *const short_names[ROW_KINDS] = {"d", "a", "l"};
static const char *const joins[ROW_KINDS] = {"device_join", "account_join",
                                             "list_join"};

const char *row_short_name(enum row_kind kind)
{
    return short_names[kind];
}

void row_device(const struct resolve *r, enum row_kind kind, struct strbuf *b)
{
    const char *x = short_names[kind];

    if (r->joined[kind])
        strbuf_addf(b, "coalesce(%s.device_id, %sj.device_id)", x, x);
    else
        strbuf_addf(b, "%s.device_id", x);
}

static void add_join(const struct resolve *r, enum row_kind kind,
                     struct strbuf *b)
{
    const char *x = short_names[kind];

    if (r->joined[kind])
        strbuf_addf(b, " LEFT JOIN temp.%s %sj ON %sj.row_id = %s.rowid",
                    joins[kind], x, x, x);
    if (kind == ROW_ACCOUNT && r->aliased)
        strbuf_adds(b, " LEFT JOIN account_alias al ON al.row_id = a.row_id");
}

const char *row_account(const struct resolve *r)
{
    return r->aliased ? "coalesce(al.account, a.account)" : "a.account";
}

void row_from_one(const struct resolve *r, enum row_kind kind, struct strbuf *b)
{
    const char *x = short_names[kind];

    strbuf_addf(b, " FROM %s %s", row_table(kind), x);
    add_join(r, kind, b);
    strbuf_addf(b,
                " WHERE %s.rowid BETWEEN :low AND :high"
                " AND %s.import_id = :import",
                x, x);
}

void row_from_all(const struct resolve *r, enum row_kind kind, struct strbuf *b)
{
    const char *x = short_names[kind];

    strbuf_addf(b,
                " FROM temp.part p CROSS JOIN %s %s"
                " ON %s.rowid BETWEEN p.%s_low AND p.%s_high"
                " AND %s.import_id = p.import_id",
                row_table(kind), x, x, x, x, x);
    add_join(r, kind, b);
}

int row_bind(sqlite3_stmt *st, const struct part *p, enum row_kind kind,
             struct err *err)
{
    if (db_bind_int(st, ":low", p->rows[kind].low, err) < 0 ||
        db_bind_int(st, ":high", p->rows[kind].high, err) < 0 ||
        db_bind_int(st, ":import", p->import_id, err) < 0)
        return -1;
    return 0;
}

/* ----------------------------------------------------------- joins by id */

static int without_serial(struct resolve *r, enum row_kind kind, bool *any,
                          struct err *err)
{
    struct strbuf sql = {0};
    int64_t n = 0;
    int rc = -1;

    r->joined[kind] = false;
    strbuf_addf(&sql, "SELECT EXISTS (SELECT 1");
    row_from_all(r, kind, &sql);
    strbuf_addf(&sql, " WHERE %s.device_id IS NULL)", short_names[kind]);
    if (!strbuf_ok(&sql))
        err_nomem(err);
    else
        rc = db_number(r->db, strbuf_str(&sql), 0, &n, err);
    *any = n != 0;
    strbuf_free(&sql);
    return rc;
}

static int join_rows(struct resolve *r, struct err *err)
{
    bool any[ROW_KINDS];
    int64_t n;
    char sql[96];
    int k;

    for (k = 0; k < ROW_KINDS; k++)
        if (without_serial(r, (enum row_kind)k, &any[k], err) < 0)
            return -1;
    if (!any[ROW_DEVICE] && !any[ROW_ACCOUNT] && !any[ROW_LIST])
        return 0;
    if (sql_run_part(r->db, "analyze/resolve.sql", "joins", err) < 0)
        return -1;
    for (k = 0; k < ROW_KINDS; k++) {
        r->joined[k] = any[k];
        snprintf(sql, sizeof(sql),
                 "SELECT count(*) FROM temp.%s WHERE device_id IS NULL",
                 joins[k]);
        if (db_number(r->db, sql, 0, &n, err) < 0)
            return -1;
        if (k != ROW_LIST) /* lists are cells of device rows */
            r->counts.unjoined += n;
    }
    return 0;
}

/* ---------------------------------------------------- Macs enrolled again */

/* A device row of a Mac that one source names more than once. */
struct record {
    int64_t device_id, import_id, row_id, line;
    int64_t checkin; /* INT64_MIN: not known */
    int64_t end;     /* line of the next record of the import */
    char *mdm_id;    /* "" for none */
};

struct records {
    struct record *items;
    size_t count, cap;
};

static void records_free(struct records *s)
{
    size_t i;

    for (i = 0; i < s->count; i++)
        free(s->items[i].mdm_id);
    free(s->items);
    *s = (struct records){0};
}

static int records_add(struct records *s, const struct record *rec,
                       const char *mdm_id, struct err *err)
{
    size_t cap = s->cap ? 2 * s->cap : 16, n = strlen(mdm_id) + 1;
    struct record *p;
    char *copy;

    if (s->count == s->cap) {
        p = realloc(s->items, cap * sizeof(*p));
        if (!p)
            return err_nomem(err);
        s->items = p;
        s->cap = cap;
    }
    copy = malloc(n);
    if (!copy)
        return err_nomem(err);
    memcpy(copy, mdm_id, n);
    s->items[s->count] = *rec;
    s->items[s->count].mdm_id = copy;
    s->count++;
    return 0;
}

static sqlite3_stmt *device_scan(struct resolve *r, const char *columns,
                                 struct err *err)
{
    struct strbuf sql = {0};
    sqlite3_stmt *st = NULL;

    strbuf_adds(&sql, "SELECT ");
    row_device(r, ROW_DEVICE, &sql);
    strbuf_adds(&sql, columns);
    row_from_one(r, ROW_DEVICE, &sql);
    if (!strbuf_ok(&sql))
        err_nomem(err);
    else if (db_prepare(r->db, strbuf_str(&sql), &st, err) < 0)
        st = NULL;
    strbuf_free(&sql);
    return st;
}

/* Macs that a scope names more than once; slots remember the scope. */
static int find_repeated(struct resolve *r, sqlite3_stmt *st, int scope,
                         struct ids *repeated, struct err *err)
{
    size_t i;
    int step;

    for (i = 0; i < r->part_count; i++) {
        if (r->parts[i].scope != scope)
            continue;
        if (row_bind(st, &r->parts[i], ROW_DEVICE, err) < 0)
            return -1;
        while ((step = db_step(st, err)) == 1) {
            struct slot *s = slot_of(r, sqlite3_column_int64(st, 0));

            if (!s)
                continue;
            if (s->base == (uint32_t)scope &&
                ids_add(repeated, sqlite3_column_int64(st, 0)) < 0)
                return err_nomem(err);
            s->base = (uint32_t)scope;
        }
        sqlite3_reset(st);
        if (step < 0)
            return -1;
    }
    ids_sort(repeated);
    return 0;
}

/* All records of those Macs in the scope, with the line where each ends. */
static int read_records(struct resolve *r, sqlite3_stmt *st, int scope,
                        const struct ids *repeated, struct records *out,
                        struct err *err)
{
    size_t i, first;
    int step;

    for (i = 0; i < r->part_count; i++) {
        const struct part *p = &r->parts[i];
        bool open = false; /* the last record's end is not known yet */

        if (p->scope != scope)
            continue;
        first = out->count;
        if (row_bind(st, p, ROW_DEVICE, err) < 0)
            return -1;
        while ((step = db_step(st, err)) == 1) {
            struct record rec = {.device_id = sqlite3_column_int64(st, 0),
                                 .import_id = p->import_id,
                                 .row_id = sqlite3_column_int64(st, 1),
                                 .line = sqlite3_column_int64(st, 2),
                                 .checkin = INT64_MIN,
                                 .end = INT64_MAX};

            if (open && out->count > first)
                out->items[out->count - 1].end = rec.line;
            open = ids_has(repeated, rec.device_id);
            if (!open)
                continue;
            if (sqlite3_column_type(st, 3) != SQLITE_NULL)
                rec.checkin = sqlite3_column_int64(st, 3);
            if (records_add(out, &rec, db_text(st, 4), err) < 0)
                return -1;
        }
        sqlite3_reset(st);
        if (step < 0)
            return -1;
    }
    return 0;
}

static int by_device(const void *a, const void *b)
{
    const struct record *x = a, *y = b;

    if (x->device_id != y->device_id)
        return x->device_id < y->device_id ? -1 : 1;
    return x->row_id < y->row_id ? -1 : x->row_id > y->row_id;
}

/* The later check-in; at one time the larger id, so that order is no matter. */
static bool counts_before(const struct record *a, const struct record *b)
{
    if (a->checkin != b->checkin)
        return a->checkin > b->checkin;
    return strcmp(a->mdm_id, b->mdm_id) > 0;
}

/* The records of one Mac in one scope, and the id of those that count. */
struct settled {
    const struct record *rec;
    size_t n;
    const char *kept; /* NULL: all of them count */
};

static struct settled settle(const struct record *rec, size_t n)
{
    const struct record *kept = NULL;
    bool several = false;
    size_t i;

    for (i = 0; i < n; i++) {
        if (!rec[i].mdm_id[0])
            continue;
        if (kept && strcmp(kept->mdm_id, rec[i].mdm_id) != 0)
            several = true;
        if (!kept || counts_before(&rec[i], kept))
            kept = &rec[i];
    }
    return (struct settled){rec, n, several ? kept->mdm_id : NULL};
}

static bool replaced(const struct settled *s, const char *mdm_id)
{
    return mdm_id[0] && strcmp(mdm_id, s->kept) != 0;
}

/* Whether an account or a list of the Mac goes with a replaced record: by its
 * id, or because it stands between the lines of that record. */
static bool goes_with(const struct settled *s, const struct part *p,
                      const char *mdm_id, int64_t line)
{
    size_t i;

    if (mdm_id[0])
        return replaced(s, mdm_id);
    for (i = 0; i < s->n; i++)
        if (s->rec[i].import_id == p->import_id &&
            replaced(s, s->rec[i].mdm_id) && line >= s->rec[i].line &&
            line < s->rec[i].end)
            return true;
    return false;
}

static int compare_settled(const void *key, const void *item)
{
    const int64_t *id = key;
    const struct settled *s = item;

    if (*id != s->rec->device_id)
        return *id < s->rec->device_id ? -1 : 1;
    return 0;
}

static int drop_rows_of(struct resolve *r, enum row_kind kind,
                        const struct part *p, sqlite3_stmt *st,
                        const struct settled *all, size_t n, struct err *err)
{
    int step;

    if (row_bind(st, p, kind, err) < 0)
        return -1;
    while ((step = db_step(st, err)) == 1) {
        int64_t device = sqlite3_column_int64(st, 0);
        const struct settled *s =
            bsearch(&device, all, n, sizeof(*all), compare_settled);

        if (s && s->kept &&
            goes_with(s, p, db_text(st, 2), sqlite3_column_int64(st, 3)) &&
            ids_add(&r->dropped[kind], sqlite3_column_int64(st, 1)) < 0)
            return err_nomem(err);
    }
    sqlite3_reset(st);
    return step;
}

/* Accounts or lists of the replaced records, in one pass over the scope. */
static int drop_rows(struct resolve *r, enum row_kind kind, int scope,
                     const struct settled *all, size_t n, struct err *err)
{
    const char *x = short_names[kind];
    struct strbuf sql = {0};
    sqlite3_stmt *st = NULL;
    size_t i;
    int rc = 0;

    strbuf_adds(&sql, "SELECT ");
    row_device(r, kind, &sql);
    strbuf_addf(&sql, ", %s.rowid, %s.mdm_id, %s.line", x, x, x);
    row_from_one(r, kind, &sql);
    if (!strbuf_ok(&sql))
        rc = err_nomem(err);
    else
        rc = db_prepare(r->db, strbuf_str(&sql), &st, err);
    for (i = 0; i < r->part_count && rc == 0; i++)
        if (r->parts[i].scope == scope)
            rc = drop_rows_of(r, kind, &r->parts[i], st, all, n, err);
    sqlite3_finalize(st);
    strbuf_free(&sql);
    return rc;
}

/* What does not count of the Macs in "all": records, accounts and lists. */
static int drop_replaced(struct resolve *r, int scope,
                         const struct settled *all, size_t n, struct err *err)
{
    size_t i, k;
    bool any = false;

    for (i = 0; i < n; i++) {
        if (!all[i].kept)
            continue;
        any = true;
        slot_of(r, all[i].rec->device_id)->flags |= SLOT_MULTI | SLOT_COMPLEX;
        for (k = 0; k < all[i].n; k++) {
            if (!replaced(&all[i], all[i].rec[k].mdm_id))
                continue;
            r->counts.replaced++;
            if (ids_add(&r->dropped[ROW_DEVICE], all[i].rec[k].row_id) < 0)
                return err_nomem(err);
        }
    }
    if (any && drop_rows(r, ROW_ACCOUNT, scope, all, n, err) < 0)
        return -1;
    return any ? drop_rows(r, ROW_LIST, scope, all, n, err) : 0;
}

static int settle_records(struct resolve *r, int scope, struct records *s,
                          struct err *err)
{
    struct settled *all = malloc((s->count + 1) * sizeof(*all));
    size_t i, n, count = 0;
    int rc;

    if (!all)
        return err_nomem(err);
    if (s->count)
        qsort(s->items, s->count, sizeof(*s->items), by_device);
    for (i = 0; i < s->count; i += n) {
        for (n = 1; i + n < s->count &&
                    s->items[i + n].device_id == s->items[i].device_id;
             n++)
            ;
        all[count++] = settle(&s->items[i], n);
    }
    rc = drop_replaced(r, scope, all, count, err);
    free(all);
    return rc;
}

static int settle_scope(struct resolve *r, sqlite3_stmt *st, int scope,
                        struct err *err)
{
    struct ids repeated = {0};
    struct records all = {0};
    int rc = find_repeated(r, st, scope, &repeated, err);

    if (rc == 0 && repeated.count)
        rc = read_records(r, st, scope, &repeated, &all, err);
    if (rc == 0 && all.count)
        rc = settle_records(r, scope, &all, err);
    records_free(&all);
    free(repeated.items);
    return rc;
}

static int settle_enrolled_again(struct resolve *r, struct err *err)
{
    sqlite3_stmt *st =
        device_scan(r, ", d.row_id, d.line, d.last_checkin, d.mdm_id", err);
    int scope, scopes = 0, rc = st ? 0 : -1, k;
    size_t i;

    for (i = 0; i < r->part_count; i++)
        if (r->parts[i].scope > scopes)
            scopes = r->parts[i].scope;
    for (scope = 1; scope <= scopes && rc == 0; scope++)
        rc = settle_scope(r, st, scope, err);
    for (k = 0; k < ROW_KINDS; k++)
        ids_sort(&r->dropped[k]);
    for (i = 0; i < (size_t)r->slot_count; i++)
        r->slots[i].base = 0;
    sqlite3_finalize(st);
    return rc;
}

int joining_run(struct resolve *r, struct err *err)
{
    if (join_rows(r, err) < 0)
        return -1;
    return settle_enrolled_again(r, err);
}
