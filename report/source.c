/*
 * source.c - which rows gave the facts of a finding's rule.
 *
 * A rule names its facts in its header; from them one SELECT is made for each
 * kind of row and kept. The identifiers in it come from core/facts.c alone.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "report/query.h"
#include "report/source.h"

#include <jansson.h>

enum part {
    PART_DEVICE,   /* the Mac's only row */
    PART_DEVICES,  /* its several rows */
    PART_ACCOUNT,  /* the only row of an account, or of each account */
    PART_ACCOUNTS, /* several rows of one */
    PART_LIST,     /* lists that cover all accounts */
    PART_COUNT
};

struct rule_facts {
    uint64_t device, account; /* bit n: fact n of core/facts.c */
    bool account_scope;
    sqlite3_stmt *st[PART_COUNT][2]; /* [1]: with the values */
};

struct header {
    char *name;
    int64_t position;
};

struct import {
    int64_t id;
    char *file, *title;
    int64_t collected;
    struct header of[FACT_DEVICE_MOST + FACT_ACCOUNT_MOST];
};

struct source {
    sqlite3 *db;
    struct rule_facts *rules;
    size_t rule_count;
    struct import *imports; /* by id, ascending */
    size_t import_count;
    bool several, several_accounts, lists; /* whether such rows exist */
    json_t *raw;                           /* of the row at hand */
};

static void header_set(struct header *h, const char *name, int64_t position)
{
    free(h->name); /* the first column of a fact counts; see load_columns() */
    h->name = strdup(name);
    h->position = position;
}

static int load_imports(struct source *s, const struct report *r,
                        struct err *err)
{
    sqlite3_stmt *st;
    int step;

    if (query_open(r, "source_imports", &st, err) < 0)
        return -1;
    while ((step = db_step(st, err)) == 1) {
        size_t n = s->import_count + 1;
        struct import *p = realloc(s->imports, n * sizeof(*p));

        if (!p) {
            step = err_nomem(err);
            break;
        }
        s->imports = p;
        s->import_count = n;
        p += n - 1;
        memset(p, 0, sizeof(*p));
        p->id = sqlite3_column_int64(st, 0);
        p->file = strdup(db_text(st, 1));
        p->title = strdup(db_text(st, 2));
        p->collected = sqlite3_column_type(st, 3) == SQLITE_NULL
                           ? INT64_MIN
                           : sqlite3_column_int64(st, 3);
        if (!p->file || !p->title) {
            step = err_nomem(err);
            break;
        }
    }
    sqlite3_finalize(st);
    return step;
}

static struct import *find_import(const struct source *s, int64_t id)
{
    size_t lo = 0, hi = s->import_count;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;

        if (s->imports[mid].id < id)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < s->import_count && s->imports[lo].id == id ? &s->imports[lo]
                                                           : NULL;
}

/* The place of a fact in an import's headers; -1 for none. */
static int header_index(const char *fact)
{
    int i = fact_index(FACT_DEVICE, fact);

    if (i >= 0)
        return i;
    i = fact_index(FACT_ACCOUNT, fact);
    return i < 0 ? -1 : FACT_DEVICE_MOST + i;
}

/* Headers come last column first, so that the first one stays. */
static int load_columns(struct source *s, const struct report *r,
                        struct err *err)
{
    sqlite3_stmt *st;
    int step, i;

    if (query_open(r, "source_columns", &st, err) < 0)
        return -1;
    while ((step = db_step(st, err)) == 1) {
        struct import *p = find_import(s, sqlite3_column_int64(st, 0));

        i = header_index(db_text(st, 1));
        if (p && i >= 0)
            header_set(&p->of[i], db_text(st, 2), sqlite3_column_int64(st, 3));
    }
    sqlite3_finalize(st);
    return step;
}

/* Set the bits of the facts that a rule's header names: "a, b|c". */
static void read_facts(struct rule_facts *f, const char *text)
{
    char name[64];

    while (*text) {
        size_t n = strcspn(text, ", |");
        int i;

        if (n > 0 && n < sizeof(name)) {
            memcpy(name, text, n);
            name[n] = '\0';
            if ((i = fact_index(FACT_DEVICE, name)) >= 0)
                f->device |= UINT64_C(1) << i;
            if ((i = fact_index(FACT_ACCOUNT, name)) >= 0)
                f->account |= UINT64_C(1) << i;
        }
        text += n;
        text += strspn(text, ", |");
    }
    if (f->account && f->device) { /* a name of both scopes: the rule's own */
        uint64_t both = UINT64_C(1) << fact_index(FACT_DEVICE, "observed_at");

        if (f->account_scope)
            f->device &= ~both;
    }
}

static int load_rules(struct source *s, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int64_t most;
    int step;

    if (db_number(s->db, "SELECT max(rule_no) FROM temp.report_rule", -1, &most,
                  err) < 0)
        return -1;
    s->rules = calloc((size_t)most + 2, sizeof(*s->rules));
    if (!s->rules)
        return err_nomem(err);
    s->rule_count = (size_t)most + 1;
    if (db_prepare(s->db, "SELECT rule_no, facts, scope FROM temp.report_rule",
                   &st, err) < 0)
        return -1;
    while ((step = db_step(st, err)) == 1) {
        struct rule_facts *f = &s->rules[sqlite3_column_int(st, 0)];

        f->account_scope = strcmp(db_text(st, 2), "account") == 0;
        read_facts(f, db_text(st, 1));
    }
    sqlite3_finalize(st);
    return step;
}

/* What is rare is only looked for where it is. */
static int load_several(struct source *s, const struct report *r,
                        struct err *err)
{
    static const struct {
        const char *sql, *script;
    } kinds[] = {
        {"SELECT EXISTS (SELECT 1 FROM device_fact WHERE row_id IS NULL)",
         "source_rows"},
        {"SELECT EXISTS (SELECT 1 FROM account_fact WHERE row_id IS NULL)",
         "source_accounts"},
        {"SELECT EXISTS (SELECT 1 FROM list_row WHERE covers)",
         "source_lists"}};
    int64_t there[COUNT_OF(kinds)];
    size_t i;

    if (query_script(r, "source", err) < 0)
        return -1;
    for (i = 0; i < COUNT_OF(kinds); i++) {
        if (db_number(s->db, kinds[i].sql, 0, &there[i], err) < 0)
            return -1;
        if (there[i] && query_script(r, kinds[i].script, err) < 0)
            return -1;
    }
    s->several = there[0] != 0;
    s->several_accounts = there[1] != 0;
    s->lists = there[2] != 0;
    return 0;
}

struct source *source_open(const struct report *r, struct err *err)
{
    struct source *s = calloc(1, sizeof(*s));

    if (!s) {
        err_nomem(err);
        return NULL;
    }
    s->db = r->db;
    if (load_rules(s, err) < 0 || load_imports(s, r, err) < 0 ||
        load_columns(s, r, err) < 0 || load_several(s, r, err) < 0) {
        source_close(s);
        return NULL;
    }
    return s;
}

void source_close(struct source *s)
{
    size_t i, k;

    if (!s)
        return;
    for (i = 0; i < s->rule_count; i++)
        for (k = 0; k < PART_COUNT; k++) {
            sqlite3_finalize(s->rules[i].st[k][0]);
            sqlite3_finalize(s->rules[i].st[k][1]);
        }
    for (i = 0; i < s->import_count; i++) {
        free(s->imports[i].file);
        free(s->imports[i].title);
        for (k = 0; k < COUNT_OF(s->imports[i].of); k++)
            free(s->imports[i].of[k].name);
    }
    json_decref(s->raw);
    free(s->rules);
    free(s->imports);
    free(s);
}

/* "(r.a IS NOT NULL OR r.b IS NOT NULL)" */
static void add_known(struct strbuf *b, enum fact_scope scope, uint64_t mask)
{
    size_t count, i, n = 0;
    const struct fact *table = fact_table(scope, &count);

    for (i = 0; i < count; i++)
        if (mask >> i & 1)
            strbuf_addf(b, "%sr.%s IS NOT NULL", n++ ? " OR " : "(",
                        table[i].name);
    strbuf_adds(b, ")");
}

/* ", r.a, r.b" */
static void add_values(struct strbuf *b, enum fact_scope scope, uint64_t mask)
{
    size_t count, i;
    const struct fact *table = fact_table(scope, &count);

    for (i = 0; i < count; i++)
        if (mask >> i & 1)
            strbuf_addf(b, ", r.%s", table[i].name);
}

static void device_sql(struct strbuf *b, const struct rule_facts *f,
                       enum part part, bool values)
{
    strbuf_adds(b, "SELECT r.import_id, r.line,"
                   " coalesce(r.observed_at, r.last_checkin)");
    if (values) {
        strbuf_adds(b, ", r.raw, ''");
        add_values(b, FACT_DEVICE, f->device);
    }
    if (part == PART_DEVICE)
        strbuf_adds(b, " FROM device_row r WHERE r.row_id = ?1 AND ");
    else
        strbuf_adds(b, " FROM temp.report_row m CROSS JOIN device_row r"
                       " ON r.row_id = m.row_id WHERE m.device_id = ?1 AND ");
    add_known(b, FACT_DEVICE, f->device);
}

static void account_sql(struct strbuf *b, const struct rule_facts *f,
                        enum part part, bool values)
{
    strbuf_adds(b, "SELECT r.import_id, r.line,"
                   " coalesce(r.read_at, r.observed_at)");
    if (values) {
        strbuf_adds(b, ", r.raw, coalesce((SELECT l.account FROM"
                       " account_alias l WHERE l.row_id = r.row_id),"
                       " r.account)");
        add_values(b, FACT_ACCOUNT, f->account);
    }
    strbuf_adds(b, " FROM account_fact a CROSS JOIN ");
    if (part == PART_ACCOUNT)
        strbuf_adds(b, "account_row r ON r.row_id = a.row_id");
    else
        strbuf_adds(b, "temp.report_account_row m"
                       " ON m.account_id = a.account_id"
                       " CROSS JOIN account_row r ON r.row_id = m.row_id");
    strbuf_addf(b, " WHERE a.%s = ?1 AND ",
                f->account_scope ? "account_id" : "device_id");
    add_known(b, FACT_ACCOUNT, f->account);
}

static void list_sql(struct strbuf *b, const struct rule_facts *f, bool values)
{
    size_t count, i, n = 0;
    const struct fact *table = fact_table(FACT_ACCOUNT, &count);

    strbuf_addf(b,
                "SELECT import_id, line, time%s FROM temp.report_list"
                " WHERE device_id = ?1 AND fact IN (",
                values ? ", NULL, '', fact, names" : "");
    for (i = 0; i < count; i++)
        if (f->account >> i & 1)
            strbuf_addf(b, "%s'%s'", n++ ? ", " : "", table[i].name);
    strbuf_adds(b, ")");
}

/* The statement for a part of a rule's facts, made when first asked for. */
static sqlite3_stmt *statement(struct source *s, struct rule_facts *f,
                               enum part part, bool values, struct err *err)
{
    sqlite3_stmt **st = &f->st[part][values];
    struct strbuf sql = {0};

    if (*st != NULL)
        return f->st[part][values];
    if (part == PART_DEVICE || part == PART_DEVICES)
        device_sql(&sql, f, part, values);
    else if (part == PART_LIST)
        list_sql(&sql, f, values);
    else
        account_sql(&sql, f, part, values);
    if (!strbuf_ok(&sql))
        err_nomem(err);
    else if (db_prepare(s->db, strbuf_str(&sql), st, err) < 0)
        *st = NULL;
    strbuf_free(&sql);
    return *st;
}

/* Whether there can be rows of this part, and which key finds them. */
static bool part_key(const struct source *s, const struct rule_facts *f,
                     const struct source_ask *ask, enum part part, int64_t *key)
{
    switch (part) {
    case PART_DEVICE:
        *key = ask->row_id;
        return f->device && ask->row_id;
    case PART_DEVICES:
        *key = ask->device_id;
        return f->device && !ask->row_id && s->several;
    case PART_ACCOUNT:
    case PART_ACCOUNTS:
        *key = f->account_scope ? ask->account_id : ask->device_id;
        return f->account && (part == PART_ACCOUNT || s->several_accounts);
    case PART_LIST:
    case PART_COUNT:
        break;
    }
    *key = ask->device_id;
    return f->account && s->lists;
}

struct place {
    const struct import *import;
    int64_t line;
    int64_t time;
};

/* Newest first, then by file and line, so that order of ingest is no matter. */
static int place_cmp(const struct place *a, const struct place *b)
{
    int c;

    if (a->time != b->time)
        return a->time > b->time ? -1 : 1;
    c = strcmp(a->import->file, b->import->file);
    if (c)
        return c;
    return a->line < b->line ? -1 : a->line > b->line;
}

/* Where the row at hand stands; false where its import is unknown. */
static bool place_read(const struct source *s, sqlite3_stmt *st,
                       struct place *p)
{
    p->import = find_import(s, sqlite3_column_int64(st, 0));
    p->line = sqlite3_column_int64(st, 1);
    if (!p->import)
        return false;
    p->time = sqlite3_column_type(st, 2) == SQLITE_NULL
                  ? p->import->collected
                  : sqlite3_column_int64(st, 2);
    return true;
}

int source_newest(struct source *s, const struct source_ask *ask,
                  const char **file, int64_t *line, struct err *err)
{
    struct rule_facts *f = &s->rules[ask->rule_no];
    struct place best = {NULL, 0, 0}, p;
    enum part part;
    int64_t key;

    for (part = PART_DEVICE; part < PART_COUNT; part++) {
        sqlite3_stmt *st;
        int step;

        if (!part_key(s, f, ask, part, &key))
            continue;
        st = statement(s, f, part, false, err);
        if (!st)
            return -1;
        sqlite3_bind_int64(st, 1, key);
        while ((step = db_step(st, err)) == 1)
            if (place_read(s, st, &p) &&
                (!best.import || place_cmp(&p, &best) < 0))
                best = p;
        sqlite3_reset(st);
        if (step < 0)
            return -1;
    }
    if (!best.import)
        return 0;
    *file = best.import->file;
    *line = best.line;
    return 1;
}

/* A row's values kept, so that rows can be put in order. */
struct kept {
    struct place place;
    char *fact, *account, *value, *column, *raw;
    int64_t column_no;
};

struct kept_list {
    struct kept *items;
    size_t count;
    bool failed;
};

static void keep(struct kept_list *l, const struct place *p, const char *fact,
                 const char *account, const char *value, const char *column,
                 int64_t column_no, const char *raw)
{
    struct kept *k = realloc(l->items, (l->count + 1) * sizeof(*k));

    if (!k) {
        l->failed = true;
        return;
    }
    l->items = k;
    k += l->count++;
    *k = (struct kept){*p,
                       strdup(fact),
                       strdup(account),
                       strdup(value),
                       strdup(column),
                       strdup(raw),
                       column_no};
    if (!k->fact || !k->account || !k->value || !k->column || !k->raw)
        l->failed = true;
}

static void keep_free(struct kept_list *l)
{
    size_t i;

    for (i = 0; i < l->count; i++) {
        free(l->items[i].fact);
        free(l->items[i].account);
        free(l->items[i].value);
        free(l->items[i].column);
        free(l->items[i].raw);
    }
    free(l->items);
}

/* The column and cell that a row's "raw" has for a fact. */
static void raw_of(const struct source *s, const struct import *im,
                   const char *fact, const char *value, const char **column,
                   int64_t *column_no, const char **cell)
{
    json_t *pair = s->raw ? json_object_get(s->raw, fact) : NULL;
    int i = header_index(fact);
    const char *text;

    *column = i >= 0 && im->of[i].name ? im->of[i].name : "";
    *column_no = i >= 0 ? im->of[i].position : 0;
    *cell = value;
    if (!json_is_array(pair))
        return;
    text = json_string_value(json_array_get(pair, 0));
    if (text && strcmp(text, *column) != 0) {
        *column = text;
        *column_no = 0;
    }
    text = json_string_value(json_array_get(pair, 1));
    if (text)
        *cell = text;
}

/* The known facts of a row: its values follow the fixed five columns. */
static void keep_row(struct source *s, sqlite3_stmt *st, enum fact_scope scope,
                     uint64_t mask, struct kept_list *l)
{
    size_t count, i, at = 5;
    const struct fact *table = fact_table(scope, &count);
    const char *raw = (const char *)sqlite3_column_text(st, 3), *column, *cell;
    char value[512];
    struct place p;
    int64_t no;

    if (!place_read(s, st, &p))
        return;
    json_decref(s->raw);
    s->raw = raw ? json_loads(raw, 0, NULL) : NULL;
    for (i = 0; i < count; i++) {
        int c = (int)at;

        if (!(mask >> i & 1))
            continue;
        at++;
        if (sqlite3_column_type(st, c) == SQLITE_NULL)
            continue;
        fact_format(&table[i], sqlite3_column_int64(st, c), db_text(st, c),
                    value, sizeof(value));
        raw_of(s, p.import, table[i].name, value, &column, &no, &cell);
        keep(l, &p, table[i].name, db_text(st, 4), value, column, no, cell);
    }
}

/* A list: what it covers, and the names in it. */
static void keep_list(struct source *s, sqlite3_stmt *st, struct kept_list *l)
{
    const char *fact = db_text(st, 5), *names = db_text(st, 6), *column, *cell;
    struct place p;
    int64_t no;

    if (!place_read(s, st, &p))
        return;
    json_decref(s->raw);
    s->raw = NULL;
    raw_of(s, p.import, fact, names, &column, &no, &cell);
    keep(l, &p, fact, "", names, column, no, cell);
}

static int keep_part(struct source *s, struct rule_facts *f, enum part part,
                     int64_t key, struct kept_list *l, struct err *err)
{
    sqlite3_stmt *st = statement(s, f, part, true, err);
    int step;

    if (!st)
        return -1;
    sqlite3_bind_int64(st, 1, key);
    while ((step = db_step(st, err)) == 1) {
        if (part == PART_LIST)
            keep_list(s, st, l);
        else if (part == PART_DEVICE || part == PART_DEVICES)
            keep_row(s, st, FACT_DEVICE, f->device, l);
        else
            keep_row(s, st, FACT_ACCOUNT, f->account, l);
    }
    sqlite3_reset(st);
    return step;
}

static int kept_cmp(const void *a, const void *b)
{
    const struct kept *x = a, *y = b;
    int c = place_cmp(&x->place, &y->place);

    if (c == 0)
        c = strcmp(x->account, y->account);
    if (c == 0)
        c = header_index(x->fact) - header_index(y->fact);
    return c ? c : strcmp(x->value, y->value);
}

static int hand_over(const struct kept_list *l, source_fn *fn, void *ctx,
                     struct err *err)
{
    size_t i;

    for (i = 0; i < l->count; i++) {
        const struct kept *k = &l->items[i];
        struct source_value v = {
            .fact = k->fact,
            .account = k->account,
            .value = k->value,
            .column = k->column,
            .raw = k->raw,
            .source = k->place.import->title,
            .file = k->place.import->file,
            .line = k->place.line,
            .column_no = k->column_no,
            .time = k->place.time,
        };

        if (fn(ctx, &v, err) < 0)
            return -1;
    }
    return 0;
}

int source_each(struct source *s, const struct source_ask *ask, source_fn *fn,
                void *ctx, struct err *err)
{
    struct rule_facts *f = &s->rules[ask->rule_no];
    struct kept_list l = {0};
    enum part part;
    int64_t key;
    int rc = 0;

    for (part = PART_DEVICE; rc == 0 && part < PART_COUNT; part++)
        if (part_key(s, f, ask, part, &key))
            rc = keep_part(s, f, part, key, &l, err);
    if (rc == 0 && l.failed)
        rc = err_nomem(err);
    if (rc == 0 && l.count)
        qsort(l.items, l.count, sizeof(*l.items), kept_cmp);
    if (rc == 0)
        rc = hand_over(&l, fn, ctx, err);
    keep_free(&l);
    return rc;
}
