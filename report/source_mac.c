/*
 * source_mac.c - the rows of the Mac at hand.
 *
 * Identifiers in the statements come from core/facts.c alone.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/when.h"
#include "report/sourcing.h"

#define BLOCK 16384
#define LONGEST 511 /* bytes of a value that are told */

/* ------------------------------------------------------------------ text --
 */

struct block {
    struct block *next;
    size_t used, size;
    char data[];
};

/* Room that stays where it is until another Mac is read. */
static char *text_room(struct mac *m, size_t n)
{
    struct block *b = m->text;

    if (!b || b->size - b->used < n) {
        size_t size = n > BLOCK ? n : BLOCK;

        b = malloc(sizeof(*b) + size);
        if (!b) {
            m->failed = true;
            return NULL;
        }
        *b = (struct block){m->text, 0, size};
        m->text = b;
    }
    b->used += n;
    return b->data + b->used - n;
}

static const char *text_keep(struct mac *m, const char *s, size_t n)
{
    char *p = text_room(m, n + 1);

    if (!p)
        return "";
    memcpy(p, s, n);
    p[n] = '\0';
    return p;
}

static const char *column_keep(struct mac *m, sqlite3_stmt *st, int column)
{
    const char *s = (const char *)sqlite3_column_text(st, column);

    return s && *s ? text_keep(m, s, (size_t)sqlite3_column_bytes(st, column))
                   : "";
}

/* All but the first block. */
static void text_reset(struct mac *m)
{
    while (m->text && m->text->next) {
        struct block *next = m->text->next;

        free(m->text);
        m->text = next;
    }
    if (m->text)
        m->text->used = 0;
}

/* ------------------------------------------------------------------- Mac --
 */

static void mac_reset(struct mac *m)
{
    size_t i;

    for (i = 0; i < m->row_count; i++)
        json_decref(m->rows[i].raw);
    m->row_count = m->value_count = 0;
    m->any = m->device_read = m->accounts_read = m->failed = false;
    text_reset(m);
}

void mac_free(struct source *s)
{
    struct mac *m = &s->mac;
    size_t i;

    mac_reset(m);
    free(m->rows);
    free(m->values);
    free(m->text);
    free(s->found);
    for (i = 0; i < READERS; i++)
        sqlite3_finalize(s->read[i]);
}

static struct mac_row *add_row(struct mac *m, size_t values)
{
    size_t cap = m->row_cap ? m->row_cap * 2 : 16;

    if (m->row_count == m->row_cap) {
        struct mac_row *p = realloc(m->rows, cap * sizeof(*p));

        if (!p)
            return NULL;
        m->rows = p;
        m->row_cap = cap;
    }
    if (m->value_count + values > m->value_cap) {
        size_t most = (m->value_count + values) * 2;
        struct value *p = realloc(m->values, most * sizeof(*p));

        if (!p)
            return NULL;
        m->values = p;
        m->value_cap = most;
    }
    m->rows[m->row_count] = (struct mac_row){.first = m->value_count};
    m->value_count += values;
    return &m->rows[m->row_count++];
}

/* ------------------------------------------------------------- statements --
 */

/* ", r.a, r.b" */
static void add_columns(struct strbuf *b, enum fact_scope scope,
                        const struct wanted *w)
{
    size_t count, i;
    const struct fact *table = fact_table(scope, &count);

    for (i = 0; i < w->count; i++)
        strbuf_addf(b, ", r.%s", table[w->no[i]].name);
}

static void device_sql(struct strbuf *b, const struct source *s, int which)
{
    strbuf_adds(b, "SELECT r.import_id, r.line,"
                   " coalesce(r.observed_at, r.last_checkin), r.raw, '', 0");
    add_columns(b, FACT_DEVICE, &s->wanted[FACT_DEVICE]);
    strbuf_adds(b, which == READ_DEVICE
                       ? " FROM device_row r WHERE r.row_id = ?1"
                       : " FROM temp.report_row m CROSS JOIN device_row r"
                         " ON r.row_id = m.row_id WHERE m.device_id = ?1");
}

static void account_sql(struct strbuf *b, const struct source *s, int which)
{
    strbuf_adds(b, "SELECT r.import_id, r.line,"
                   " coalesce(r.read_at, r.observed_at), r.raw,"
                   " coalesce((SELECT l.account FROM account_alias l"
                   " WHERE l.row_id = r.row_id), r.account), a.account_id");
    add_columns(b, FACT_ACCOUNT, &s->wanted[FACT_ACCOUNT]);
    strbuf_adds(b, " FROM account_fact a CROSS JOIN ");
    strbuf_adds(b, which == READ_ACCOUNT
                       ? "account_row r ON r.row_id = a.row_id"
                       : "temp.report_account_row m"
                         " ON m.account_id = a.account_id"
                         " CROSS JOIN account_row r ON r.row_id = m.row_id");
    strbuf_adds(b, " WHERE a.device_id = ?1");
}

static sqlite3_stmt *reader(struct source *s, int which, struct err *err)
{
    struct strbuf sql = {0};

    if (s->read[which])
        return s->read[which];
    if (which == READ_DEVICE || which == READ_DEVICES)
        device_sql(&sql, s, which);
    else if (which == READ_LISTS)
        strbuf_adds(&sql, "SELECT import_id, line, time, NULL, '', 0, fact,"
                          " names FROM temp.report_list WHERE device_id = ?1");
    else
        account_sql(&sql, s, which);
    if (!strbuf_ok(&sql))
        err_nomem(err);
    else if (db_prepare(s->db, strbuf_str(&sql), &s->read[which], err) < 0)
        s->read[which] = NULL;
    strbuf_free(&sql);
    return s->read[which];
}

/* ------------------------------------------------------------------ rows --
 */

#define FIXED 6 /* columns in front of the facts */

/* Where the row at hand stands; false where its import is unknown. */
static bool place_read(const struct source *s, sqlite3_stmt *st,
                       struct place *p)
{
    p->import = source_import(s, sqlite3_column_int64(st, 0));
    p->line = sqlite3_column_int64(st, 1);
    if (!p->import)
        return false;
    p->time = sqlite3_column_type(st, 2) == SQLITE_NULL
                  ? p->import->collected
                  : sqlite3_column_int64(st, 2);
    return true;
}

static void read_value(struct mac *m, sqlite3_stmt *st, int column,
                       struct value *v)
{
    v->told = false;
    v->number = 0;
    v->text = NULL;
    if (sqlite3_column_type(st, column) == SQLITE_INTEGER)
        v->number = sqlite3_column_int64(st, column);
    else
        v->text = column_keep(m, st, column);
}

static void read_cells(struct mac *m, sqlite3_stmt *st, const struct wanted *w,
                       struct mac_row *row)
{
    size_t i;

    for (i = 0; i < w->count; i++) {
        int column = FIXED + (int)i;

        if (sqlite3_column_type(st, column) == SQLITE_NULL)
            continue;
        read_value(m, st, column, &m->values[row->first + i]);
        row->known |= UINT64_C(1) << w->no[i];
    }
}

/* A list gives one fact: its names. */
static void read_list(struct mac *m, sqlite3_stmt *st, struct mac_row *row)
{
    int fact = fact_index(FACT_ACCOUNT, db_text(st, FIXED));

    read_value(m, st, FIXED + 1, &m->values[row->first]);
    if (fact >= 0)
        row->known = UINT64_C(1) << fact;
}

static bool read_row(struct source *s, sqlite3_stmt *st, enum row_kind kind)
{
    const struct wanted *w =
        &s->wanted[kind == ROW_DEVICE ? FACT_DEVICE : FACT_ACCOUNT];
    struct mac *m = &s->mac;
    struct mac_row *row;
    struct place p;

    if (!place_read(s, st, &p))
        return true;
    row = add_row(m, kind == ROW_LIST ? 1 : w->count);
    if (!row)
        return false;
    row->place = p;
    row->kind = kind;
    row->json = column_keep(m, st, 3);
    row->account = column_keep(m, st, 4);
    row->account_id = sqlite3_column_int64(st, 5);
    if (kind == ROW_LIST)
        read_list(m, st, row);
    else
        read_cells(m, st, w, row);
    return !m->failed;
}

static int read_rows(struct source *s, int which, int64_t key,
                     enum row_kind kind, struct err *err)
{
    sqlite3_stmt *st = reader(s, which, err);
    int step;

    if (!st)
        return -1;
    sqlite3_bind_int64(st, 1, key);
    while ((step = db_step(st, err)) == 1)
        if (!read_row(s, st, kind)) {
            step = err_nomem(err);
            break;
        }
    sqlite3_reset(st);
    return step;
}

static int read_device(struct source *s, const struct source_ask *ask,
                       struct err *err)
{
    s->mac.device_read = true;
    if (ask->row_id)
        return read_rows(s, READ_DEVICE, ask->row_id, ROW_DEVICE, err);
    return s->several
               ? read_rows(s, READ_DEVICES, ask->device_id, ROW_DEVICE, err)
               : 0;
}

static int read_accounts(struct source *s, const struct source_ask *ask,
                         struct err *err)
{
    s->mac.accounts_read = true;
    if (read_rows(s, READ_ACCOUNT, ask->device_id, ROW_ACCOUNT, err) < 0)
        return -1;
    if (s->several_accounts &&
        read_rows(s, READ_ACCOUNTS, ask->device_id, ROW_ACCOUNT, err) < 0)
        return -1;
    return s->lists ? read_rows(s, READ_LISTS, ask->device_id, ROW_LIST, err)
                    : 0;
}

int mac_load(struct source *s, const struct source_ask *ask,
             const struct rule_facts *f, struct err *err)
{
    struct mac *m = &s->mac;

    if (!m->any || m->device_id != ask->device_id || m->row_id != ask->row_id) {
        mac_reset(m);
        m->device_id = ask->device_id;
        m->row_id = ask->row_id;
        m->any = true;
    }
    if (f->device && !m->device_read && read_device(s, ask, err) < 0)
        return -1;
    if (f->account && !m->accounts_read && read_accounts(s, ask, err) < 0)
        return -1;
    return 0;
}

/* ---------------------------------------------------------------- values --
 */

uint64_t mac_row_facts(const struct mac_row *row, const struct rule_facts *f,
                       const struct source_ask *ask)
{
    if (row->kind == ROW_DEVICE)
        return row->known & f->device;
    if (row->kind == ROW_ACCOUNT && f->account_scope &&
        row->account_id != ask->account_id)
        return 0;
    return row->known & f->account;
}

/* As canonical files spell it. */
static const char *spell(struct mac *m, const struct fact *fact,
                         const struct value *v)
{
    size_t n;
    char *out;

    switch (fact->type) {
    case FACT_BOOL:
        return v->number ? "true" : "false";
    case FACT_COUNT:
    case FACT_TIME:
        out = text_room(m, 32);
        if (out)
            fact_format(fact, v->number, NULL, out, 32);
        return out ? out : "";
    case FACT_ENUM:
    case FACT_VERSION:
    case FACT_TEXT:
        break;
    }
    n = v->text ? strlen(v->text) : 0;
    if (n > LONGEST)
        return text_keep(m, v->text, LONGEST);
    return n ? v->text : "";
}

/* The column and cell: the row's "raw" has those that differ. */
static void find_raw(struct mac_row *row, const char *fact, int header,
                     struct value *v)
{
    const struct header *h = &row->place.import->of[header];
    const char *text;
    json_t *pair;

    v->column = h->name ? h->name : "";
    v->column_no = h->position;
    v->raw = v->value;
    if (!row->parsed && row->json[0])
        row->raw = json_loads(row->json, 0, NULL);
    row->parsed = true;
    pair = row->raw ? json_object_get(row->raw, fact) : NULL;
    if (!json_is_array(pair))
        return;
    text = json_string_value(json_array_get(pair, 0));
    if (text && strcmp(text, v->column) != 0) {
        v->column = text;
        v->column_no = 0;
    }
    text = json_string_value(json_array_get(pair, 1));
    if (text)
        v->raw = text;
}

static bool add_found(struct source *s, const struct mac_row *row,
                      const struct value *v, int header)
{
    size_t cap = s->found_cap ? s->found_cap * 2 : 64;

    if (s->found_count == s->found_cap) {
        struct found *p = realloc(s->found, cap * sizeof(*p));

        if (!p)
            return false;
        s->found = p;
        s->found_cap = cap;
    }
    s->found[s->found_count++] = (struct found){row, v, header};
    return true;
}

static void add_value(struct source *s, struct mac_row *row,
                      const struct fact *fact, int header, struct value *v)
{
    if (!v->told) {
        v->value = row->kind == ROW_LIST ? v->text : spell(&s->mac, fact, v);
        find_raw(row, fact->name, header, v);
        v->told = true;
    }
    if (!add_found(s, row, v, header))
        s->mac.failed = true;
}

void mac_row_values(struct source *s, struct mac_row *row, uint64_t facts)
{
    enum fact_scope scope =
        row->kind == ROW_DEVICE ? FACT_DEVICE : FACT_ACCOUNT;
    const struct wanted *w = &s->wanted[scope];
    struct value *values = &s->mac.values[row->first];
    size_t count, i;
    const struct fact *table = fact_table(scope, &count);

    for (i = 0; i < w->count; i++)
        if (facts >> w->no[i] & 1)
            add_value(s, row, &table[w->no[i]], w->header[i],
                      row->kind == ROW_LIST ? values : &values[i]);
}
