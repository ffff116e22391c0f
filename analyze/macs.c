/*
 * macs.c - one line a Mac: copied where it has one row, else merged.
 */
#include "core/base.h"

#include "analyze/resolving.h"
#include "analyze/sql_part.h"
#include "core/db.h"

#include <jansson.h>

bool fact_in_table(const struct fact *f)
{
    return f->merge != MERGE_KEY && f->type != FACT_TEXT &&
           f->type != FACT_VERSION;
}

/* device_text has the rest, but for the platform, which is always a Mac. */
bool fact_in_texts(const struct fact *f)
{
    return !fact_in_table(f) && strcmp(f->name, "platform") != 0;
}

/* -------------------------------------------------------------- Macs: copy */

static void end_of_copy(struct resolve *r, struct strbuf *sql)
{
    strbuf_adds(sql, " WHERE slot_single(d.device_id)");
    if (!r->ascending)
        strbuf_adds(sql, " ORDER BY d.device_id");
}

/* "needs_kext" is the only fact with a default. */
static void add_fact_value(struct strbuf *sql, const struct fact *f)
{
    if (strcmp(f->name, "needs_kext") == 0)
        strbuf_adds(sql, ", coalesce(d.needs_kext, 0)");
    else if (strcmp(f->name, "accounts_listed") == 0)
        strbuf_adds(sql, ", slot_accounts(d.device_id, d.accounts_listed)");
    else if (strcmp(f->name, "holders_listed") == 0)
        strbuf_adds(sql, ", slot_holders(d.device_id, d.holders_listed)");
    else
        strbuf_addf(sql, ", d.%s", f->name);
}

static int copy_facts(struct resolve *r, struct err *err)
{
    struct strbuf sql = {0};
    size_t i;

    strbuf_adds(&sql, "INSERT INTO device_fact SELECT d.device_id,"
                      " slot_client(d.device_id), slot_carry(d.device_id),"
                      " d.row_id, os_number(d.os_version)");
    for (i = 0; i < device_fact_count; i++)
        if (fact_in_table(&device_facts[i]))
            add_fact_value(&sql, &device_facts[i]);
    row_from_all(r, ROW_DEVICE, &sql);
    end_of_copy(r, &sql);
    return sql_run_built(r->db, &sql, err);
}

static int copy_texts(struct resolve *r, struct err *err)
{
    struct strbuf sql = {0};
    size_t i;

    strbuf_adds(&sql, "INSERT INTO device_text SELECT d.device_id");
    for (i = 0; i < device_fact_count; i++) {
        const struct fact *f = &device_facts[i];

        if (strcmp(f->name, "serial") == 0)
            strbuf_adds(&sql, ", (SELECT serial FROM device m"
                              " WHERE m.device_id = d.device_id)");
        else if (strcmp(f->name, "client") == 0)
            strbuf_adds(&sql, ", (SELECT name FROM client c WHERE"
                              " c.client_id = slot_client(d.device_id))");
        else if (fact_in_texts(f))
            strbuf_addf(&sql, ", d.%s", f->name);
    }
    strbuf_adds(&sql, ", d.custom");
    row_from_all(r, ROW_DEVICE, &sql);
    end_of_copy(r, &sql);
    return sql_run_built(r->db, &sql, err);
}

/* ------------------------------------------------------------- Macs: merge */

/* The statements that write one Mac. */
struct device_writer {
    sqlite3_stmt *fact, *text;
    struct merge_rows rows; /* of the Mac; beside them their custom facts */
};

static int open_writer(struct resolve *r, struct device_writer *w,
                       struct err *err)
{
    struct strbuf fact = {0}, text = {0};
    size_t i;
    int rc = -1;

    strbuf_adds(&fact, "INSERT INTO device_fact VALUES (?, ?, ?, ?, ?");
    strbuf_adds(&text, "INSERT INTO device_text SELECT ?");
    for (i = 0; i < device_fact_count; i++) {
        const struct fact *f = &device_facts[i];

        if (fact_in_table(f))
            strbuf_adds(&fact, ", ?");
        else if (strcmp(f->name, "serial") == 0)
            strbuf_adds(&text,
                        ", (SELECT serial FROM device WHERE device_id = ?)");
        else if (strcmp(f->name, "client") == 0)
            strbuf_adds(&text,
                        ", (SELECT name FROM client WHERE client_id = ?)");
        else if (fact_in_texts(f))
            strbuf_adds(&text, ", ?");
    }
    strbuf_adds(&fact, ")");
    strbuf_adds(&text, ", ?");
    if (!strbuf_ok(&fact) || !strbuf_ok(&text))
        err_nomem(err);
    else if (db_prepare(r->db, strbuf_str(&fact), &w->fact, err) == 0)
        rc = db_prepare(r->db, strbuf_str(&text), &w->text, err);
    strbuf_free(&fact);
    strbuf_free(&text);
    return rc;
}

/* Whether x of row "a" goes before y of row "b": newer, then smaller. */
static bool goes_before(const struct merge_row *a, const char *x,
                        const struct merge_row *b, const char *y)
{
    if (a->time != b->time)
        return a->time > b->time;
    if (a->collected != b->collected)
        return a->collected > b->collected;
    return strcmp(x, y) < 0;
}

/* The custom facts of row "at" into "out"; "from" has the row of each key. */
static void take_customs(const struct merge_rows *rows, size_t at, json_t *out,
                         json_t *from)
{
    const struct merge_row *row = &rows->items[at];
    json_t *one = row->beside ? json_loads(row->beside, 0, NULL) : NULL;
    json_t *value;
    const char *key;

    json_object_foreach(one, key, value)
    {
        json_t *old = json_object_get(out, key);
        size_t of = (size_t)json_integer_value(json_object_get(from, key));

        if (!json_is_string(value) ||
            (old && !goes_before(row, json_string_value(value),
                                 &rows->items[of], json_string_value(old))))
            continue;
        json_object_set(out, key, value);
        json_object_set_new(from, key, json_integer((json_int_t)at));
    }
    json_decref(one);
}

/* Custom facts: each key takes the newest, then the smallest. */
static char *merge_custom(struct resolve *r, const struct device_writer *w)
{
    json_t *out = json_object(), *from = json_object();
    char *text = NULL, *copy = NULL;
    size_t i;

    for (i = 0; i < w->rows.count; i++)
        take_customs(&w->rows, i, out, from);
    if (json_object_size(out))
        text = json_dumps(out, JSON_COMPACT | JSON_SORT_KEYS);
    if (text)
        copy = arena_copy(&r->arena, text, strlen(text));
    free(text);
    json_decref(from);
    json_decref(out);
    return copy;
}

static int add_row(struct resolve *r, sqlite3_stmt *st, struct device_writer *w,
                   struct err *err)
{
    struct merge_row row = merge_row_head(r, st);
    struct cell *cells;
    size_t i;

    if (ids_has(&r->dropped[ROW_DEVICE], row.row_id))
        return 0;
    cells = arena_alloc(&r->arena, device_fact_count * sizeof(*cells));
    if (!cells)
        return err_nomem(err);
    for (i = 0; i < device_fact_count; i++)
        cells[i] = cell_read(r, st, 6 + (int)i, &device_facts[i]);
    row.cells = cells;
    if (sqlite3_column_type(st, 5) != SQLITE_NULL)
        row.beside =
            arena_copy(&r->arena, db_text(st, 5), strlen(db_text(st, 5)));
    return r->arena.failed ? err_nomem(err)
                           : merge_rows_add(&w->rows, &row, err);
}

/* One fact of one Mac: merged, its default, and what complete lists say. */
static int merged_fact(struct resolve *r, struct device_writer *w,
                       int64_t device, size_t at, struct cell *out,
                       struct err *err)
{
    const struct fact *f = &device_facts[at];
    int flag = strcmp(f->name, "accounts_listed") == 0  ? SLOT_ALL_ACCOUNTS
               : strcmp(f->name, "holders_listed") == 0 ? SLOT_ALL_HOLDERS
                                                        : 0;
    enum merged m = MERGED_UNKNOWN;
    size_t chosen;
    int said;

    *out = (struct cell){0};
    if (w->rows.count)
        m = merge_fact(f, at, w->rows.items, w->rows.count, &chosen);
    if (m == MERGED_CONFLICT &&
        conflict_add(r, device, NULL, f, at, w->rows.items, w->rows.count,
                     err) < 0)
        return -1;
    if (m == MERGED_VALUE)
        *out = w->rows.items[chosen].cells[at];
    else if (strcmp(f->name, "needs_kext") == 0)
        *out = (struct cell){.known = true};
    if (m == MERGED_CONFLICT)
        return 0;
    if (!flag)
        return 0;
    said = slot_listed(r, slot_of(r, device), flag,
                       out->known ? (int)out->number : -1);
    *out = (struct cell){.known = said >= 0, .number = said > 0};
    return 0;
}

static int write_merged(struct resolve *r, struct device_writer *w,
                        int64_t device, struct err *err)
{
    const struct slot *s = slot_of(r, device);
    int fact = 6, text = 2;
    const char *custom;
    size_t i;

    sqlite3_bind_int64(w->fact, 1, device);
    sqlite3_bind_int64(w->fact, 2, slot_client(r, s));
    sqlite3_bind_int64(w->fact, 3, (int64_t)s->carry + 1);
    if (w->rows.count == 1)
        sqlite3_bind_int64(w->fact, 4, w->rows.items[0].row_id);
    sqlite3_bind_int64(w->text, 1, device);
    for (i = 0; i < device_fact_count; i++) {
        const struct fact *f = &device_facts[i];
        struct cell c = {0};

        if (strcmp(f->name, "platform") == 0)
            continue;
        if (strcmp(f->name, "serial") == 0)
            c = (struct cell){.known = true, .number = device};
        else if (strcmp(f->name, "client") == 0)
            c = (struct cell){.known = true, .number = slot_client(r, s)};
        else if (merged_fact(r, w, device, i, &c, err) < 0)
            return -1;
        if (strcmp(f->name, "os_version") == 0 && c.known)
            sqlite3_bind_int64(w->fact, 5, version_number(c.text, c.len));
        if (fact_in_table(f))
            cell_bind(w->fact, fact++, &c);
        else
            cell_bind(w->text, text++, &c);
    }
    custom = merge_custom(r, w);
    sqlite3_bind_text(w->text, text, custom, -1, SQLITE_STATIC);
    if (r->arena.failed)
        return err_nomem(err);
    return db_run(w->fact, err) < 0 ? -1 : db_run(w->text, err);
}

static int open_device_rows(struct resolve *r, sqlite3_stmt **st,
                            struct err *err)
{
    struct strbuf sql = {0};
    size_t i;
    int rc = -1;

    strbuf_adds(&sql, "SELECT ");
    row_device(r, ROW_DEVICE, &sql);
    strbuf_adds(&sql, " AS mac, p.ord, d.row_id, d.line,"
                      " coalesce(d.observed_at, d.last_checkin), d.custom");
    for (i = 0; i < device_fact_count; i++) {
        const char *name = device_facts[i].name;

        if (strcmp(name, "serial") == 0 || strcmp(name, "platform") == 0 ||
            strcmp(name, "client") == 0)
            strbuf_adds(&sql, ", NULL");
        else
            strbuf_addf(&sql, ", d.%s", name);
    }
    row_from_all(r, ROW_DEVICE, &sql);
    strbuf_adds(&sql, " WHERE slot_multi(");
    row_device(r, ROW_DEVICE, &sql);
    strbuf_adds(&sql, ") ORDER BY mac");
    if (!strbuf_ok(&sql))
        err_nomem(err);
    else
        rc = db_prepare(r->db, strbuf_str(&sql), st, err);
    strbuf_free(&sql);
    return rc;
}

static int merge_devices(struct resolve *r, struct device_writer *w,
                         struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step, rc = -1;

    if (open_device_rows(r, &st, err) < 0)
        return -1;
    step = db_step(st, err);
    while (step == 1) {
        int64_t device = sqlite3_column_int64(st, 0);

        arena_reset(&r->arena);
        w->rows.count = 0;
        for (; step == 1 && sqlite3_column_int64(st, 0) == device;
             step = db_step(st, err))
            if (add_row(r, st, w, err) < 0)
                goto out;
        if (step < 0 || write_merged(r, w, device, err) < 0)
            goto out;
    }
    rc = step;
out:
    sqlite3_finalize(st);
    return rc;
}

/* Macs that only account rows name. */
static int write_bare(struct resolve *r, struct device_writer *w,
                      struct err *err)
{
    int64_t d;

    w->rows.count = 0;
    arena_reset(&r->arena);
    for (d = 1; d < r->slot_count; d++)
        if ((r->slots[d].flags & SLOT_EXISTS) && r->slots[d].rows == 0 &&
            write_merged(r, w, d, err) < 0)
            return -1;
    return 0;
}

int macs_write(struct resolve *r, struct err *err)
{
    struct device_writer w = {0};
    int rc = -1;

    if (copy_facts(r, err) == 0 && copy_texts(r, err) == 0 &&
        open_writer(r, &w, err) == 0 &&
        (!slots_any(r, SLOT_MULTI) || merge_devices(r, &w, err) == 0))
        rc = write_bare(r, &w, err);
    sqlite3_finalize(w.fact);
    sqlite3_finalize(w.text);
    free(w.rows.items);
    return rc;
}
