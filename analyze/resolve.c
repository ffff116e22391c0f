/*
 * resolve.c - from rows to facts: the order of the steps, tables, Macs.
 */
#include "core/base.h"

#include "analyze/resolving.h"
#include "core/db.h"
#include "core/resource.h"

#include <jansson.h>

/* ------------------------------------------------------------ parts of SQL */

char *sql_part(const char *resource, const char *name, struct err *err)
{
    const char *text = resource_text(resource), *from, *to;
    struct strbuf b = {0};
    char head[64];

    snprintf(head, sizeof(head), "-- part: %s\n", name);
    from = strstr(text, head);
    if (!from) {
        err_set(err, ERR_FAIL, "%s has no part %s", resource, name);
        return NULL;
    }
    from += strlen(head);
    to = strstr(from, "-- part: ");
    strbuf_add(&b, from, to ? (size_t)(to - from) : strlen(from));
    strbuf_adds(&b, "");
    if (!strbuf_ok(&b)) {
        err_nomem(err);
        strbuf_free(&b);
        return NULL;
    }
    return strbuf_detach(&b);
}

int sql_run_part(sqlite3 *db, const char *resource, const char *name,
                 struct err *err)
{
    char *sql = sql_part(resource, name, err);
    int rc = sql ? db_script(db, sql, err) : -1;

    free(sql);
    return rc;
}

/* -------------------------------------------------------- cells, conflicts */

struct cell cell_read(struct resolve *r, sqlite3_stmt *st, int column,
                      const struct fact *f)
{
    struct cell c = {0};

    if (sqlite3_column_type(st, column) == SQLITE_NULL)
        return c;
    c.known = true;
    switch (f->type) {
    case FACT_BOOL:
    case FACT_COUNT:
    case FACT_TIME:
        c.number = sqlite3_column_int64(st, column);
        break;
    default:
        c.text = (const char *)sqlite3_column_text(st, column);
        c.len = (size_t)sqlite3_column_bytes(st, column);
        c.text = arena_copy(&r->arena, c.text ? c.text : "", c.len);
        break;
    }
    return c;
}

int cell_bind(sqlite3_stmt *st, int index, const struct cell *c)
{
    if (!c->known)
        return sqlite3_bind_null(st, index);
    if (c->text)
        return sqlite3_bind_text(st, index, c->text, (int)c->len,
                                 SQLITE_STATIC);
    return sqlite3_bind_int64(st, index, c->number);
}

static int conflict_value(struct resolve *r, int64_t device_id,
                          const char *account, const struct fact *f,
                          const struct cell *c, const struct merge_row *row,
                          struct err *err)
{
    sqlite3_stmt *st = r->add_conflict;
    char short_value[64];

    sqlite3_bind_int64(st, 1, r->period_id);
    sqlite3_bind_int64(st, 2, device_id);
    sqlite3_bind_text(st, 3, account ? account : "", -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 4, f->name, -1, SQLITE_STATIC);
    if (c->text) {
        sqlite3_bind_text(st, 5, c->text, (int)c->len, SQLITE_STATIC);
    } else {
        fact_format(f, c->number, NULL, short_value, sizeof(short_value));
        sqlite3_bind_text(st, 5, short_value, -1, SQLITE_STATIC);
    }
    sqlite3_bind_int64(st, 6, row->import_id);
    sqlite3_bind_int64(st, 7, row->line);
    if (row->time != MERGE_NO_TIME)
        sqlite3_bind_int64(st, 8, row->time);
    r->counts.conflicts++;
    return db_run(st, err);
}

int conflict_add(struct resolve *r, int64_t device_id, const char *account,
                 const struct fact *f, size_t at, const struct merge_row *rows,
                 size_t n, struct err *err)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (merge_counts(at, rows, n, i) &&
            conflict_value(r, device_id, account, f, &rows[i].cells[at],
                           &rows[i], err) < 0)
            return -1;
    return 0;
}

/* ------------------------------------------------------------------ tables */

bool fact_in_table(const struct fact *f)
{
    return f->merge != MERGE_KEY && f->type != FACT_TEXT &&
           f->type != FACT_VERSION;
}

/* device_text has the rest, but for the platform, which is always a Mac. */
static bool fact_in_texts(const struct fact *f)
{
    return !fact_in_table(f) && strcmp(f->name, "platform") != 0;
}

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

/* -------------------------------------------------------------- Macs: copy */

static int run_sql(struct resolve *r, struct strbuf *sql, struct err *err)
{
    int rc = strbuf_ok(sql) ? db_script(r->db, strbuf_str(sql), err)
                            : err_nomem(err);

    strbuf_free(sql);
    return rc;
}

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
    return run_sql(r, &sql, err);
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
    return run_sql(r, &sql, err);
}

/* ------------------------------------------------------------- Macs: merge */

/* The statements that write one Mac. */
struct device_writer {
    sqlite3_stmt *fact, *text;
    struct merge_row *rows;
    size_t count, cap;
    const char **customs; /* of each row; NULL for none */
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

/* Custom facts: each key takes the newest, then the smallest. */
static char *merge_custom(struct resolve *r, const struct device_writer *w)
{
    json_t *out = json_object(), *from = json_object(), *one, *value;
    char *text = NULL, *copy = NULL;
    const char *key;
    size_t i;

    for (i = 0; i < w->count; i++) {
        one = w->customs[i] ? json_loads(w->customs[i], 0, NULL) : NULL;
        json_object_foreach(one, key, value)
        {
            json_t *old = json_object_get(out, key);
            const struct merge_row *a = &w->rows[i], *b = a;

            if (old)
                b = &w->rows[json_integer_value(json_object_get(from, key))];
            if (!json_is_string(value) ||
                (old && (a->time < b->time ||
                         (a->time == b->time &&
                          (a->collected < b->collected ||
                           (a->collected == b->collected &&
                            strcmp(json_string_value(value),
                                   json_string_value(old)) >= 0))))))
                continue;
            json_object_set(out, key, value);
            json_object_set_new(from, key, json_integer((json_int_t)i));
        }
        json_decref(one);
    }
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
    const struct part *p = &r->parts[sqlite3_column_int64(st, 1)];
    struct merge_row row = {.import_id = p->import_id,
                            .row_id = sqlite3_column_int64(st, 2),
                            .line = sqlite3_column_int64(st, 3),
                            .time = p->collected,
                            .collected = p->collected};
    size_t cap = w->cap ? 2 * w->cap : 8, i;
    struct cell *cells;

    if (ids_has(&r->dropped[ROW_DEVICE], row.row_id))
        return 0;
    if (w->count == w->cap) {
        struct merge_row *rows = realloc(w->rows, cap * sizeof(*rows));
        const char **customs;

        if (!rows)
            return err_nomem(err);
        w->rows = rows;
        customs = realloc(w->customs, cap * sizeof(*customs));
        if (!customs)
            return err_nomem(err);
        w->customs = customs;
        w->cap = cap;
    }
    cells = arena_alloc(&r->arena, device_fact_count * sizeof(*cells));
    if (!cells)
        return err_nomem(err);
    for (i = 0; i < device_fact_count; i++)
        cells[i] = cell_read(r, st, 6 + (int)i, &device_facts[i]);
    if (sqlite3_column_type(st, 4) != SQLITE_NULL)
        row.time = sqlite3_column_int64(st, 4);
    row.cells = cells;
    w->customs[w->count] =
        sqlite3_column_type(st, 5) == SQLITE_NULL
            ? NULL
            : arena_copy(&r->arena, db_text(st, 5), strlen(db_text(st, 5)));
    w->rows[w->count++] = row;
    return r->arena.failed ? err_nomem(err) : 0;
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
    if (w->count)
        m = merge_fact(f, at, w->rows, w->count, &chosen);
    if (m == MERGED_CONFLICT &&
        conflict_add(r, device, NULL, f, at, w->rows, w->count, err) < 0)
        return -1;
    if (m == MERGED_VALUE)
        *out = w->rows[chosen].cells[at];
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
    if (w->count == 1)
        sqlite3_bind_int64(w->fact, 4, w->rows[0].row_id);
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
        w->count = 0;
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

    w->count = 0;
    arena_reset(&r->arena);
    for (d = 1; d < r->slot_count; d++)
        if ((r->slots[d].flags & SLOT_EXISTS) && r->slots[d].rows == 0 &&
            write_merged(r, w, d, err) < 0)
            return -1;
    return 0;
}

static int write_devices(struct resolve *r, struct err *err)
{
    struct device_writer w = {0};
    int rc = -1;

    if (copy_facts(r, err) == 0 && copy_texts(r, err) == 0 &&
        open_writer(r, &w, err) == 0 &&
        (!slots_any(r, SLOT_MULTI) || merge_devices(r, &w, err) == 0))
        rc = write_bare(r, &w, err);
    sqlite3_finalize(w.fact);
    sqlite3_finalize(w.text);
    free(w.rows);
    free(w.customs);
    return rc;
}

/* ----------------------------------------------- conflicts outside of facts */

/* Names of the client on the level that decides, where they disagree. */
static const char owner_conflicts[] =
    "INSERT INTO conflict SELECT :period_id, slot_device, '', 'client', name,"
    " import_id, min(line), NULL FROM (%s) WHERE name IS NOT NULL"
    " GROUP BY slot_device, name, import_id";

static int add_owner_conflicts(struct resolve *r, struct err *err)
{
    struct strbuf rows = {0}, sql = {0};
    sqlite3_stmt *st = NULL;
    int rc = -1;

    strbuf_adds(&rows, "SELECT ");
    row_device(r, ROW_DEVICE, &rows);
    strbuf_adds(&rows, " AS slot_device, d.import_id, d.line,"
                       " CASE WHEN slot_disputed(");
    row_device(r, ROW_DEVICE, &rows);
    strbuf_adds(&rows, ") < 2 THEN d.client ELSE (SELECT nullif(m.client, '')"
                       " FROM import m WHERE m.import_id = d.import_id) END"
                       " AS name");
    row_from_all(r, ROW_DEVICE, &rows);
    strbuf_adds(&rows, " WHERE slot_disputed(");
    row_device(r, ROW_DEVICE, &rows);
    strbuf_adds(&rows, ") IS NOT NULL");
    strbuf_addf(&sql, owner_conflicts, strbuf_str(&rows));
    if (!strbuf_ok(&rows) || !strbuf_ok(&sql))
        err_nomem(err);
    else if (db_prepare(r->db, strbuf_str(&sql), &st, err) == 0 &&
             db_bind_int(st, ":period_id", r->period_id, err) == 0)
        rc = db_run(st, err);
    sqlite3_finalize(st);
    strbuf_free(&rows);
    strbuf_free(&sql);
    return rc;
}

/* A complete list was read, and a source says that lists are not complete. */
static int add_list_conflicts(struct resolve *r, struct err *err)
{
    static const char *const facts[] = {"accounts_listed", "holders_listed"};
    struct strbuf sql = {0};
    size_t i;

    for (i = 0; i < COUNT_OF(facts); i++) {
        strbuf_addf(&sql,
                    "INSERT INTO conflict SELECT %lld, d.device_id, '', '%s',"
                    " 'false', d.import_id, d.line, d.observed_at",
                    (long long)r->period_id, facts[i]);
        row_from_all(r, ROW_DEVICE, &sql);
        strbuf_addf(&sql,
                    " WHERE slot_denied(d.device_id) AND NOT d.%s"
                    " AND (SELECT %s IS NULL FROM device_fact f"
                    " WHERE f.device_id = d.device_id);",
                    facts[i], facts[i]);
    }
    strbuf_addf(&sql,
                "INSERT INTO conflict SELECT %lld, a.device_id, '',"
                " 'accounts_listed', 'true', a.import_id, min(a.line), NULL",
                (long long)r->period_id);
    row_from_all(r, ROW_ACCOUNT, &sql);
    strbuf_adds(&sql,
                " WHERE slot_denied(a.device_id) AND EXISTS (SELECT 1 FROM"
                " import i WHERE i.import_id = a.import_id AND i.complete ="
                " 'accounts') AND (SELECT accounts_listed IS NULL FROM"
                " device_fact f WHERE f.device_id = a.device_id)"
                " GROUP BY a.device_id, a.import_id;");
    strbuf_addf(&sql,
                "INSERT INTO conflict SELECT %lld, l.device_id, '',"
                " 'holders_listed', 'true', l.import_id, min(l.line),"
                " max(l.read_at)",
                (long long)r->period_id);
    row_from_all(r, ROW_LIST, &sql);
    strbuf_adds(&sql,
                " WHERE slot_denied(l.device_id) AND l.covers AND l.fact ="
                " 'secure_token' AND (SELECT holders_listed IS NULL FROM"
                " device_fact f WHERE f.device_id = l.device_id)"
                " GROUP BY l.device_id, l.import_id;");
    return run_sql(r, &sql, err);
}

/* ------------------------------------------------------------------- steps */

static int resolve_steps(struct resolve *r, struct err *err)
{
    if (make_tables(r, err) < 0 || snapshot_read(r, err) < 0 ||
        slots_make(r, err) < 0 || joining_run(r, err) < 0 ||
        slots_scan(r, err) < 0 || slots_clients(r, err) < 0 ||
        slots_functions(r, err) < 0)
        return -1;
    if (db_prepare(r->db,
                   "INSERT INTO conflict VALUES (?1,?2,?3,?4,?5,?6,?7,?8)",
                   &r->add_conflict, err) < 0 ||
        write_carried(r, err) < 0 || write_devices(r, err) < 0 ||
        accounts_write(r, err) < 0)
        return -1;
    if (r->owner_conflict && add_owner_conflicts(r, err) < 0)
        return -1;
    if (r->list_conflict && add_list_conflicts(r, err) < 0)
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
