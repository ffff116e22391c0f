/*
 * map_record.c - one record as facts.
 */
#include "core/base.h"

#include "core/text.h"
#include "ingest/chip.h"
#include "ingest/command_text.h"
#include "ingest/mapping.h"
#include "ingest/secrets.h"

static bool filled(const struct map_cell *c)
{
    return c->kind != CELL_NONE && c->n > 0;
}

void map_count(struct map *m, int column, bool understood)
{
    struct map_column *c = &m->columns[column];

    if (c->filled_in != m->record) {
        c->filled_in = m->record;
        c->filled++;
    }
    if (understood && c->understood_in != m->record) {
        c->understood_in = m->record;
        c->understood++;
    }
}

void map_settle_counts(struct map *m)
{
    size_t i, k;

    for (i = 0; i < m->set_count; i++) {
        for (k = 0; k < m->sets[i].target_count; k++) {
            struct target *t = &m->sets[i].targets[k];

            if (t->quick == 0)
                continue;
            m->columns[t->by.items[0].column].filled += t->quick;
            m->columns[t->by.items[0].column].understood += t->quick;
            t->known += t->quick;
            t->quick = 0;
        }
    }
}

void map_note_value(struct map *m, int column, const char *s, size_t n)
{
    struct map_column *c = &m->columns[column];
    struct strbuf b = {0};
    struct map_value *p;
    size_t i, cut = n < MAP_VALUE_LONG ? n : MAP_VALUE_LONG;

    if (secret_shape(s, n) || secret_name(c->header)) {
        c->withheld++;
        return;
    }
    text_escape(&b, s, cut);
    if (cut < n)
        strbuf_adds(&b, "...");
    for (i = 0; i < c->value_count; i++)
        if (strcmp(c->values[i].text, strbuf_str(&b)) == 0)
            break;
    if (i < c->value_count) {
        c->values[i].count++;
    } else if (i == MAP_VALUES_MOST) {
        c->values_other++;
    } else if ((p = realloc(c->values, (i + 1) * sizeof(*p))) != NULL) {
        c->values = p;
        p[i] = (struct map_value){strbuf_detach(&b), 1};
        c->value_count += p[i].text != NULL;
    }
    strbuf_free(&b);
}

void map_add_raw(struct map *m, struct strbuf *b, size_t start,
                 const char *fact, int column, const struct map_cell *c,
                 const char *unsure)
{
    const char *header = m->columns[column].header;
    size_t n = c->n < MAP_RAW_LONG ? c->n : MAP_RAW_LONG;

    if (b->len > start)
        strbuf_addc(b, ',');
    json_put_text(b, fact, strlen(fact));
    strbuf_adds(b, ":[");
    json_put_text(b, header, strlen(header));
    strbuf_addc(b, ',');
    if (secret_shape(c->s, c->n) || secret_name(header)) {
        json_put_text(b, SECRET_WORD, strlen(SECRET_WORD));
    } else {
        while (n < c->n && n > 0 && ((unsigned char)c->s[n] & 0xc0) == 0x80)
            n--; /* not in the middle of a character */
        json_put_text(b, c->s, n);
    }
    if (unsure) {
        strbuf_addc(b, ',');
        json_put_text(b, unsure, strlen(unsure));
    }
    strbuf_addc(b, ']');
}

enum got map_take_cell(struct map *m, const struct binding *b,
                       const struct fact *f, const struct map_cell *c,
                       struct fact_value *out)
{
    struct map_column *col = &m->columns[b->column];
    enum got got = map_read_cell(m, b->spec, f, c, out);

    if (got != GOT_EMPTY && c->n > 0)
        map_count(m, b->column, out->known);
    if (got == GOT_REFUSED) {
        if (map_note_command(m, b->column, c))
            return GOT_COMMAND;
        map_note_value(m, b->column, c->s, c->n);
    }
    if (got == GOT_SECRET)
        col->withheld++;
    return got;
}

/* Is every value of the fact the same? The first is kept to compare. */
static void watch(struct target *t, const struct fact_value *v)
{
    if (t->has_first) {
        t->varies = !map_same_value(&t->first, v);
        return;
    }
    t->has_first = true;
    t->first = *v;
    if (v->text) {
        t->first_text = malloc(v->len + 1);
        if (!t->first_text) {
            t->varies = true; /* nothing to say about it, then */
            return;
        }
        memcpy(t->first_text, v->text, v->len);
        t->first_text[v->len] = '\0';
        t->first.text = t->first_text;
    }
}

static void note_time(struct map *m, const struct target *t,
                      const struct fact_value *v)
{
    if (v->number == 0 ||
        (t->scope == FACT_DEVICE && t->fact == m->f_provisional))
        return;
    if (!m->newest_known || v->number > m->newest) {
        m->newest_known = true;
        m->newest = v->number;
    }
}

/* Why a "no" that is a plain word may be wrong; NULL for nothing. */
static const char *unsure(const struct binding *b, const struct map_cell *c,
                          const struct fact_value *v)
{
    return b->spec->unsure && v->known && v->number == 0 &&
                   fact_bool_word(c->s, c->n) == 0
               ? b->spec->unsure
               : NULL;
}

/* What the cell was, where its value does not say it. */
static void keep_raw(struct map *m, const struct target *t,
                     const struct binding *b, const struct map_cell *c,
                     const struct fact_value *v, enum got got,
                     struct strbuf *raw, size_t start)
{
    const char *why = unsure(b, c, v);

    if (c->n == 0 || got == GOT_COMMAND || b->spec->use == USE_SECRET ||
        (!why && got == GOT_KNOWN && map_is_canonical(t->f, v, c)))
        return;
    map_add_raw(m, raw, start, t->f->name, b->column, c, why);
}

/* Of several columns the first that knows one; but "never" gives way to a time
 * that a later one knows. */
static bool better(const struct target *t, const struct fact_value *have,
                   const struct fact_value *v)
{
    return t->f->type == FACT_TIME && have->number == 0 && v->known &&
           v->number != 0;
}

/* The value of one fact: the first of its columns that knows one. */
static bool take_target(struct map *m, struct target *t,
                        const struct map_cell *cells, struct fact_value *out,
                        struct strbuf *raw, size_t start)
{
    struct fact_value v;
    bool have = false, disagree = false;
    size_t i;

    for (i = 0; i < t->by.count; i++) {
        const struct binding *b = &t->by.items[i];
        const struct map_cell *c = &cells[b->local];
        enum got got;

        if (c->kind == CELL_NONE)
            continue;
        v = (struct fact_value){.type = t->f->type};
        got = map_take_cell(m, b, t->f, c, &v);
        if (got == GOT_EMPTY && !v.known)
            continue;
        if (have && !better(t, out, &v)) {
            disagree = disagree ||
                       (v.known && !b->spec->fallback &&
                        t->f->merge == MERGE_SET && !map_same_value(&v, out));
            continue;
        }
        if (v.known) {
            *out = v;
            have = true;
        }
        keep_raw(m, t, b, c, &v, got, raw, start);
    }
    t->disagree += disagree;
    if (!have && t->by.count == 0 && t->constant)
        have = fact_parse(t->f, t->constant->value, strlen(t->constant->value),
                          0, out) == FACT_KNOWN;
    if (have) {
        t->known++;
        if (!t->varies)
            watch(t, out);
        if (t->f->type == FACT_TIME)
            note_time(m, t, out);
    }
    return have;
}

/*
 * The common case without detours: one column, and a cell that is spelled as
 * canonical files spell it. 1 taken, 0 empty, -1 for the long way.
 */
static int take_simple(struct map *m, struct target *t,
                       const struct map_cell *c, struct fact_value *out)
{
    if (c->n == 0)
        return 0;
    if (!map_quick_cell(m, t, c, out))
        return -1;
    t->quick++;
    if (!t->varies)
        watch(t, out);
    if (out->type == FACT_TIME)
        note_time(m, t, out);
    return 1;
}

static void take_targets(struct map *m, struct set *set,
                         const struct map_cell *cells, enum fact_scope scope,
                         struct fact_value *v, uint64_t *has,
                         struct strbuf *raw)
{
    size_t i, start = raw->len;

    for (i = 0; i < set->target_count; i++) {
        struct target *t = &set->targets[i];
        int taken = -1;

        if (t->scope != scope)
            continue;
        if (t->simple)
            taken =
                take_simple(m, t, &cells[t->by.items[0].local], &v[t->fact]);
        if (taken < 0)
            taken = take_target(m, t, cells, &v[t->fact], raw, start);
        if (taken)
            *has |= BIT(t->fact);
    }
}

/* ------------------------------------------------------------------ lists */

static struct map_list *add_list(struct map_record *r)
{
    struct map_list *p;

    if (r->list_count == r->list_cap) {
        p = realloc(r->lists, (r->list_cap + 8) * sizeof(*p));
        if (!p)
            return NULL;
        r->lists = p;
        r->list_cap += 8;
    }
    return &r->lists[r->list_count++];
}

int map_store_list(struct map *m, struct map_record *r, int fact, bool covers,
                   struct err *err)
{
    struct map_list *list = add_list(r);
    size_t i, n;

    if (!list)
        return err_nomem(err);
    *list = (struct map_list){fact, covers, r->names.count, m->names.count};
    for (i = 0; i < m->names.count; i++) {
        const char *s = name_list_at(&m->names, i, &n);

        m->labelled = m->labelled || m->names.items[i].admin >= 0;
        name_list_add(&r->names, s, n, m->names.items[i].admin, true);
    }
    if (r->names.failed || m->names.failed)
        return err_nomem(err);
    if (covers && fact == m->a_secure_token) {
        r->v[m->f_holders_listed] =
            (struct fact_value){FACT_BOOL, true, 1, NULL, 0};
        r->has |= BIT(m->f_holders_listed);
        m->holders_read = true;
    }
    return 0;
}

/* The names of a cell. Where the mapping asks for a line of it, that is what
 * counts, unless it is the first of a list that goes on below. */
static enum names_read read_names(struct map *m, const struct binding *b,
                                  const struct map_cell *whole,
                                  const struct map_cell *c)
{
    const struct column_spec *spec = b->spec;
    bool lines = whole->kind == CELL_LINES;
    enum names_read read;

    if (spec->line_count > 0 && c->n > 0 && c->s == whole->s &&
        name_list_read(&m->names, whole->s, whole->n, lines, spec->split) ==
            NAMES_KNOWN)
        return NAMES_KNOWN;
    /* where customers' own attributes are empty, nobody knows why */
    if (c->n == 0 && m->columns[b->column].by_name && !spec->empty_is_no)
        return NAMES_EMPTY;
    read = name_list_read(&m->names, c->s, c->n, c->kind == CELL_LINES,
                          spec->split);
    if (read == NAMES_EMPTY &&
        (spec->empty_is_no || (spec->blank_is_none && c->n > 0)))
        read = NAMES_KNOWN;
    return read;
}

static int take_list(struct map *m, struct map_record *r,
                     const struct binding *b, const struct map_cell *whole,
                     struct err *err)
{
    struct map_column *col = &m->columns[b->column];
    const struct map_cell line = map_line(b->spec, whole), *c = &line;
    enum names_read read;

    if (c->kind == CELL_NONE)
        return 0;
    if (c->n > 0 && map_names_word(b->spec, c)) {
        col->filled++;
        return 0; /* the mapping says: unknown */
    }
    if (c->n >= 20 && secret_shape(c->s, c->n)) {
        col->filled++;
        col->withheld++;
        return 0;
    }
    read = read_names(m, b, whole, c);
    col->filled += c->n > 0 || read == NAMES_KNOWN;
    if (read == NAMES_REFUSED && !map_note_command(m, b->column, c))
        map_note_value(m, b->column, c->s, c->n);
    if (read != NAMES_KNOWN)
        return 0;
    col->understood++;
    return map_store_list(m, r, b->spec->fact,
                          b->spec->covers && !m->names.partial, err);
}

struct map_account *map_account_new(struct map_record *r, struct err *err)
{
    struct map_account *p;

    if (r->account_count == r->account_cap) {
        size_t cap = r->account_cap ? r->account_cap * 2 : 8;

        p = realloc(r->accounts, cap * sizeof(*p));
        if (!p) {
            err_nomem(err);
            return NULL;
        }
        r->accounts = p;
        r->account_cap = cap;
    }
    p = &r->accounts[r->account_count++];
    p->has = 0;
    p->raw_at = p->raw_len = 0;
    return p;
}

static bool named(const struct map *m, const struct map_account *a,
                  const char *s, size_t n)
{
    const struct fact_value *v = &a->v[m->a_account];

    return v->len == n && ascii_ncasecmp(v->text, s, n) == 0;
}

static void set_yes_no(struct map_account *a, int fact, bool v)
{
    a->v[fact] = (struct fact_value){FACT_BOOL, true, v, NULL, 0};
    a->has |= BIT(fact);
}

static bool says_otherwise(const struct map_account *a, int fact, bool v)
{
    return (a->has & BIT(fact)) && a->v[fact].number != v;
}

struct map_account *map_account_named(struct map *m, struct map_record *r,
                                      const char *s, size_t n, struct err *err)
{
    struct map_account *a;
    size_t i;

    for (i = 0; i < r->account_count; i++)
        if (named(m, &r->accounts[i], s, n))
            return &r->accounts[i];
    a = map_account_new(r, err);
    if (!a)
        return NULL;
    a->v[m->a_account] = (struct fact_value){FACT_TEXT, true, 0, s, n};
    a->has |= BIT(m->a_account);
    return a;
}

/* Give a listed account its fact: in the row it has, unless that row says the
 * opposite, which is for resolve to report. */
static int give(struct map *m, struct map_record *r, const char *s, size_t n,
                int fact, int admin, struct err *err)
{
    struct map_account *a = NULL;
    size_t i;

    for (i = 0; i < r->account_count && !a; i++)
        if (named(m, &r->accounts[i], s, n) &&
            !says_otherwise(&r->accounts[i], fact, true) &&
            (admin < 0 || !says_otherwise(&r->accounts[i], m->a_admin, admin)))
            a = &r->accounts[i];
    if (!a) {
        a = map_account_new(r, err);
        if (!a)
            return -1;
        a->v[m->a_account] = (struct fact_value){FACT_TEXT, true, 0, s, n};
        a->has |= BIT(m->a_account);
    }
    set_yes_no(a, fact, true);
    if (admin >= 0)
        set_yes_no(a, m->a_admin, admin);
    return 0;
}

static int give_lists(struct map *m, struct map_record *r, struct err *err)
{
    size_t i, k, n;

    for (i = 0; i < r->list_count; i++) {
        const struct map_list *list = &r->lists[i];

        for (k = list->first; k < list->first + list->count; k++) {
            const char *s = name_list_at(&r->names, k, &n);

            if (give(m, r, s, n, list->fact, r->names.items[k].admin, err) < 0)
                return -1;
        }
    }
    return 0;
}

/* --------------------------------------------------- customs and the rest */

static void take_customs(struct map *m, const struct set *set,
                         const struct map_cell *cells, struct map_record *r)
{
    size_t i, n;

    for (i = 0; i < set->customs.count; i++) {
        const struct binding *b = &set->customs.items[i];
        const struct map_cell *c = &cells[b->local];
        struct map_column *col = &m->columns[b->column];
        const char *text = c->s;

        if (!filled(c))
            continue;
        col->filled++;
        col->understood++;
        n = c->n;
        if (secret_name(col->header) || secret_shape(c->s, c->n)) {
            text = "present";
            n = strlen(text);
            col->withheld++;
        }
        if (r->custom.len > 0)
            strbuf_addc(&r->custom, ',');
        json_put_text(&r->custom, col->target, strlen(col->target));
        strbuf_addc(&r->custom, ':');
        json_put_text(&r->custom, text, n);
    }
}

/* A cell of a column that nobody knows: is it what commands printed? */
static bool is_heard(struct map *m, int column, const struct map_cell *c)
{
    struct map_column *col = &m->columns[column];
    unsigned commands =
        c->s && !secret_name(col->header) ? command_text_strict(c->s, c->n) : 0;

    if (!commands || !map_note_command(m, column, c))
        return false;
    col->commands |= commands;
    m->heard = true;
    map_count(m, column, false);
    return true;
}

/* Columns of which only the number of cells is kept. */
static void count_rest(struct map *m, const struct set *set,
                       const struct map_cell *cells)
{
    bool look = set == &m->sets[0] && map_looks_everywhere(m);
    size_t i;

    for (i = 0; i < set->secrets.count; i++) {
        const struct binding *b = &set->secrets.items[i];

        if (filled(&cells[b->local])) {
            m->columns[b->column].filled++;
            m->columns[b->column].withheld += b->spec->use == USE_SECRET;
        }
    }
    for (i = 0; i < set->rest.count; i++) {
        const struct map_cell *c = &cells[set->rest.items[i].local];
        int column = set->rest.items[i].column;

        if (filled(c) &&
            !(look && c->n >= COMMAND_LEAST && is_heard(m, column, c)))
            m->columns[column].filled++;
    }
}

static void derive_chip(struct map *m, struct map_record *r)
{
    const struct fact_value *model = &r->v[m->f_model];
    struct set *set = &m->sets[0];
    const char *chip;
    size_t i;

    if (!(r->has & BIT(m->f_model)))
        return;
    for (i = 0; i < set->target_count; i++)
        if (set->targets[i].scope == FACT_DEVICE &&
            set->targets[i].fact == m->f_chip && set->targets[i].by.count)
            return;
    chip = chip_of_model(model->text, model->len);
    if (!chip)
        return;
    r->v[m->f_chip] =
        (struct fact_value){FACT_ENUM, true, 0, chip, strlen(chip)};
    r->has |= BIT(m->f_chip);
    for (i = 0; i < set->target_count; i++)
        if (set->targets[i].fact == m->f_model &&
            set->targets[i].scope == FACT_DEVICE)
            set->targets[i].derived = true;
}

/* ------------------------------------------------------------------ public */

static void reset(struct map *m, struct map_record *r, int64_t line)
{
    m->plain_len = 0;
    r->line = line;
    r->verdict = MAP_ACCEPT;
    r->reason = NULL;
    r->unnamed = false;
    r->nameless = 0;
    r->column = 0;
    r->has = 0;
    r->account_count = r->list_count = 0;
    r->reports = false;
    name_list_reset(&r->names);
    strbuf_reset(&r->raw);
    strbuf_reset(&r->dev_raw);
    strbuf_reset(&r->custom);
    if (r->held)
        json_array_clear(r->held);
}

void map_record_free(struct map_record *r)
{
    free(r->accounts);
    free(r->lists);
    name_list_free(&r->names);
    strbuf_free(&r->raw);
    strbuf_free(&r->dev_raw);
    strbuf_free(&r->custom);
    json_decref(r->held);
}

void map_failed(struct map *m, int column)
{
    if (m->failing_count < COUNT_OF(m->failing))
        m->failing[m->failing_count++] = m->sets[0].columns[column];
}

/* Columns with an error in the place of a value, where the record counts. */
static void count_failed(struct map *m, const struct map_record *r)
{
    size_t i;

    for (i = 0; i < m->failing_count && r->verdict == MAP_ACCEPT; i++) {
        struct map_column *c = &m->columns[m->failing[i]];

        if (c->failed++ == 0)
            c->failed_line = r->line;
    }
    m->failing_count = 0;
}

static bool of_lines(const struct fact_value *v)
{
    return memchr(v->text, '\n', v->len) || memchr(v->text, '\r', v->len);
}

static int take_account(struct map *m, struct set *set,
                        const struct map_cell *cells, struct map_record *r,
                        struct err *err)
{
    struct map_account *a = map_account_new(r, err);

    if (!a)
        return -1;
    a->raw_at = r->raw.len;
    take_targets(m, set, cells, FACT_ACCOUNT, a->v, &a->has, &r->raw);
    if ((a->has & BIT(m->a_account)) && of_lines(&a->v[m->a_account]))
        a->has &= ~BIT(m->a_account); /* several names are nobody's name */
    a->raw_len = r->raw.len - a->raw_at;
    count_rest(m, set, cells);
    return 0;
}

/* Leave the record out and count why; NULL: it is of another platform. */
static void leave_out(struct map *m, struct map_record *r, const char *why)
{
    size_t i;

    r->verdict = MAP_LEFT_OUT;
    for (i = 0; why && i < COUNT_OF(m->left_out); i++) {
        if (m->left_out[i].why && strcmp(m->left_out[i].why, why) != 0)
            continue;
        m->left_out[i].why = why;
        m->left_out[i].count++;
        return;
    }
}

bool map_known_otherwise(struct map *m, struct map_account *a,
                         uint64_t known_by)
{
    int fact;

    if (!(a->has & known_by) || !(a->has & ~m->who))
        return false;
    for (fact = 0; !(a->has & known_by & BIT(fact)); fact++)
        ;
    m->known_by[fact]++;
    a->v[m->a_account] = (struct fact_value){FACT_TEXT, true, 0, "", 0};
    a->has |= BIT(m->a_account);
    return true;
}

/* The column whose word says that a record does not count; NULL for none. */
static const struct column_spec *skipped(const struct set *set,
                                         const struct map_cell *cells)
{
    size_t i;

    for (i = 0; i < set->skips.count; i++) {
        const struct binding *b = &set->skips.items[i];

        if (filled(&cells[b->local]) &&
            map_names_word(b->spec, &cells[b->local]))
            return b->spec;
    }
    return NULL;
}

/* Not a Mac, or a record that the mapping wants left out. */
static void look_unwanted(struct map *m, const struct set *set,
                          const struct map_cell *cells, struct map_record *r)
{
    const struct column_spec *by = skipped(set, cells);

    if ((r->has & BIT(m->f_platform)) && r->v[m->f_platform].text[0] == 'o')
        leave_out(m, r, NULL);
    else if (by)
        leave_out(m, r, by->because ? by->because : "by the mapping");
}

/* A record about an account that does not say its name. */
static void judge_nameless(struct map *m, struct map_record *r)
{
    struct map_account *a = &r->accounts[0];
    uint64_t known_by = m->source->known_by;

    if (map_known_otherwise(m, a, known_by))
        return;
    if (a->has & known_by) {
        leave_out(m, r, "that say nothing of the account");
        return;
    }
    r->verdict = MAP_REJECT;
    r->unnamed = m->source->complete_accounts;
    r->reason = r->unnamed ? "no account name; the accounts of this "
                             "Mac are not all known"
                : known_by ? "neither a name nor a number of the account"
                           : "no account name";
}

/* A column that is meant to hold the output of commands. */
static void hear(struct map *m, const struct binding *b,
                 const struct map_cell *whole)
{
    struct map_cell line = map_line(b->spec, whole);
    const struct map_cell *c = &line;

    if (!filled(c))
        return;
    map_count(m, b->column, false);
    if (!map_note_command(m, b->column, c))
        map_note_value(m, b->column, c->s, c->n);
}

/* Which Mac it is, by the name of the file, where the record does not say. */
static void name_of_file(struct map *m, struct map_record *r)
{
    const char *s = m->options.name_value;
    int fact = m->source->name_fact;
    struct fact_value *v = m->source->accounts ? r->accounts[0].v : r->v;
    uint64_t *has = m->source->accounts ? &r->accounts[0].has : &r->has;

    if (!s || fact < 0 || (*has & BIT(fact)))
        return;
    v[fact] = (struct fact_value){FACT_TEXT, true, 0, s, strlen(s)};
    *has |= BIT(fact);
}

int map_begin(struct map *m, const struct map_cell *cells, int64_t line,
              struct map_record *r, struct err *err)
{
    struct set *set = &m->sets[0];
    size_t i;

    reset(m, r, line);
    m->whole_record = ++m->record;
    m->text_count = 0;
    if (m->source->accounts) {
        if (take_account(m, set, cells, r, err) < 0)
            return -1;
        if (!(r->accounts[0].has & BIT(m->a_account)))
            judge_nameless(m, r);
        if (m->source->device_columns.count > 0)
            take_targets(m, set, cells, FACT_DEVICE, r->v, &r->has,
                         &r->dev_raw);
    } else {
        take_targets(m, set, cells, FACT_DEVICE, r->v, &r->has, &r->dev_raw);
        count_rest(m, set, cells);
        take_customs(m, set, cells, r);
        derive_chip(m, r);
        for (i = 0; i < set->commands.count; i++)
            hear(m, &set->commands.items[i],
                 &cells[set->commands.items[i].local]);
        for (i = 0; i < set->lists.count; i++)
            if (take_list(m, r, &set->lists.items[i],
                          &cells[set->lists.items[i].local], err) < 0)
                return -1;
    }
    name_of_file(m, r);
    look_unwanted(m, set, cells, r);
    count_failed(m, r);
    return 0;
}

void map_listed(struct map *m, struct map_record *r, size_t nested)
{
    m->sets[nested + 1].listed = true;
    r->reports = true;
    if (!m->source->nested[nested].complete)
        return;
    r->v[m->f_accounts_listed] =
        (struct fact_value){FACT_BOOL, true, 1, NULL, 0};
    r->has |= BIT(m->f_accounts_listed);
}

int map_element(struct map *m, size_t nested, const struct map_cell *cells,
                struct map_record *r, struct err *err)
{
    m->record++;
    if (skipped(&m->sets[nested + 1], cells))
        return 0;
    if (take_account(m, &m->sets[nested + 1], cells, r, err) < 0)
        return -1;
    if (!(r->accounts[r->account_count - 1].has & BIT(m->a_account)) &&
        !map_known_otherwise(m, &r->accounts[r->account_count - 1],
                             m->source->nested[nested].known_by)) {
        r->account_count--; /* nobody: an element without a name */
        r->nameless += m->source->nested[nested].complete;
    }
    return 0;
}

/* Who that was is not known, so the list is not known to name all. */
static void leave_nameless(struct map *m, struct map_record *r)
{
    if (r->nameless == 0)
        return;
    m->nameless += r->nameless;
    m->nameless_macs++;
    r->has &= ~BIT(m->f_accounts_listed);
}

/* A product's list of accounts that is empty: more likely was none taken down
 * than is there nobody. Canonical files mean what they say. */
static void doubt_empty(struct map *m, struct map_record *r)
{
    if (r->account_count > 0 || !r->reports || m->source->accounts ||
        m->source->canonical || !(r->has & BIT(m->f_accounts_listed)))
        return;
    m->empty_lists++;
    r->has &= ~BIT(m->f_accounts_listed);
    r->reports = false;
}

int map_end(struct map *m, struct map_record *r, struct err *err)
{
    leave_nameless(m, r);
    doubt_empty(m, r);
    if (m->text_count > 0 && map_take_commands(m, r, err) < 0)
        return -1;
    if (give_lists(m, r, err) < 0)
        return -1;
    if (!strbuf_ok(&r->raw) || !strbuf_ok(&r->dev_raw) ||
        !strbuf_ok(&r->custom))
        return err_nomem(err);
    return 0;
}
