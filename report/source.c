/*
 * source.c - which rows gave the facts of a finding's rule.
 *
 * A rule names its facts in its header.
 */
#include "core/base.h"

#include "core/db.h"
#include "report/query.h"
#include "report/sourcing.h"

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

struct import *source_import(const struct source *s, int64_t id)
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

int source_header(const char *fact)
{
    int i = fact_index(FACT_DEVICE, fact);

    if (i >= 0)
        return i;
    i = fact_index(FACT_ACCOUNT, fact);
    return i < 0 ? -1 : FACT_DEVICE_MOST + i;
}

const struct fact *source_fact(int header)
{
    return header < FACT_DEVICE_MOST
               ? &device_facts[header]
               : &account_facts[header - FACT_DEVICE_MOST];
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
        struct import *p = source_import(s, sqlite3_column_int64(st, 0));

        i = source_header(db_text(st, 1));
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

static void find_wanted(struct wanted *w, enum fact_scope scope)
{
    size_t count, i;
    const struct fact *table = fact_table(scope, &count);

    for (i = 0; i < count; i++)
        if (w->mask >> i & 1) {
            w->no[w->count] = (int)i;
            w->header[w->count++] = source_header(table[i].name);
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
        s->wanted[FACT_DEVICE].mask |= f->device;
        s->wanted[FACT_ACCOUNT].mask |= f->account;
    }
    sqlite3_finalize(st);
    find_wanted(&s->wanted[FACT_DEVICE], FACT_DEVICE);
    find_wanted(&s->wanted[FACT_ACCOUNT], FACT_ACCOUNT);
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
    for (i = 0; i < s->import_count; i++) {
        free(s->imports[i].file);
        free(s->imports[i].title);
        for (k = 0; k < COUNT_OF(s->imports[i].of); k++)
            free(s->imports[i].of[k].name);
    }
    mac_free(s);
    free(s->rules);
    free(s->imports);
    free(s);
}

/* ---------------------------------------------------------------- newest --
 */

int place_cmp(const struct place *a, const struct place *b)
{
    int c;

    if (a->time != b->time)
        return a->time > b->time ? -1 : 1;
    c = a->import == b->import ? 0 : strcmp(a->import->file, b->import->file);
    if (c)
        return c;
    return a->line < b->line ? -1 : a->line > b->line;
}

int source_newest(struct source *s, const struct source_ask *ask,
                  const char **file, int64_t *line, struct err *err)
{
    const struct rule_facts *f = &s->rules[ask->rule_no];
    const struct place *best = NULL;
    size_t i;

    if (mac_load(s, ask, f, err) < 0)
        return -1;
    for (i = 0; i < s->mac.row_count; i++) {
        const struct mac_row *row = &s->mac.rows[i];

        if (mac_row_facts(row, f, ask) &&
            (!best || place_cmp(&row->place, best) < 0))
            best = &row->place;
    }
    if (!best)
        return 0;
    *file = best->import->file;
    *line = best->line;
    return 1;
}

/* ------------------------------------------------------------------ each --
 */

static int found_cmp(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    int c = 0;

    if (x->row != y->row) {
        c = place_cmp(&x->row->place, &y->row->place);
        if (c == 0)
            c = strcmp(x->row->account, y->row->account);
    }
    if (c == 0)
        c = x->fact - y->fact;
    return c ? c : strcmp(x->value->value, y->value->value);
}

/* Mostly a few, and in order. */
static void sort_found(struct found *f, size_t n)
{
    size_t i, k;

    if (n > 64) {
        qsort(f, n, sizeof(*f), found_cmp);
        return;
    }
    for (i = 1; i < n; i++) {
        struct found x = f[i];

        for (k = i; k && found_cmp(&f[k - 1], &x) > 0; k--)
            f[k] = f[k - 1];
        f[k] = x;
    }
}

/* What the finding rests on, in s->found. */
int source_find(struct source *s, const struct source_ask *ask, struct err *err)
{
    const struct rule_facts *f = &s->rules[ask->rule_no];
    size_t i;

    if (mac_load(s, ask, f, err) < 0)
        return -1;
    s->found_count = 0;
    for (i = 0; i < s->mac.row_count; i++) {
        struct mac_row *row = &s->mac.rows[i];
        uint64_t facts = mac_row_facts(row, f, ask);

        if (facts)
            mac_row_values(s, row, facts);
    }
    if (s->mac.failed)
        return err_nomem(err);
    sort_found(s->found, s->found_count);
    return 0;
}

int source_each(struct source *s, const struct source_ask *ask, source_fn *fn,
                void *ctx, struct err *err)
{
    size_t i;

    if (source_find(s, ask, err) < 0)
        return -1;
    for (i = 0; i < s->found_count; i++) {
        const struct mac_row *row = s->found[i].row;
        const struct value *x = s->found[i].value;
        struct source_value v = {
            .fact = source_fact(s->found[i].fact)->name,
            .account = row->account,
            .value = x->value,
            .column = x->column,
            .raw = x->raw,
            .source = row->place.import->title,
            .file = row->place.import->file,
            .line = row->place.line,
            .column_no = x->column_no,
            .time = row->place.time,
        };

        if (fn(ctx, &v, err) < 0)
            return -1;
    }
    return 0;
}
