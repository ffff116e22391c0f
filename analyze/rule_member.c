/*
 * rule_member.c - a rule among those that are fused.
 */
#include "core/base.h"

#include "analyze/rule_member.h"
#include "core/db.h"

#define STEPS 20000       /* thousands of operations, for one row */
#define ANSWERS_MOST 8192 /* kept, of all rules */

/* -------------------------------------------------------------------- view */

int view_open(struct view *v, sqlite3 *db, bool account, struct err *err)
{
    char sql[64];

    snprintf(sql, sizeof(sql), "SELECT * FROM temp.%s_posture",
             account ? "account" : "device");
    if (db_prepare(db, sql, &v->st, err) < 0)
        return -1;
    v->count = (size_t)sqlite3_column_count(v->st);
    v->values = calloc(v->count + 1, sizeof(*v->values));
    v->numbers = calloc(v->count + 1, sizeof(*v->numbers));
    v->wanted = calloc(v->count + 1, sizeof(*v->wanted));
    if (!v->values || !v->numbers || !v->wanted)
        return err_nomem(err);
    return 0;
}

void view_close(struct view *v)
{
    size_t i;

    for (i = 0; v->values && i < v->count; i++)
        values_free(&v->values[i]);
    free(v->values);
    free(v->numbers);
    free(v->wanted);
    sqlite3_finalize(v->st);
}

const char *view_column(const struct view *v, size_t i)
{
    return sqlite3_column_name(v->st, (int)i);
}

/* The column of a name; "count" for none. */
static size_t find_column(const struct view *v, const char *name)
{
    size_t i;

    for (i = 0; i < v->count; i++)
        if (strcmp(view_column(v, i), name) == 0)
            break;
    return i;
}

/* ----------------------------------------------------------------- columns */

/* Whether there was room for it. */
static bool add_column(struct member *m, size_t *n, size_t column)
{
    size_t i;

    for (i = 0; i < *n; i++)
        if (m->columns[i] == column)
            return true;
    if (*n == RECALL_COLUMNS)
        return false;
    m->columns[(*n)++] = (uint16_t)column;
    return true;
}

/* The columns of a part; false where they are too many, or not the whole of
 * what the part reads. */
static bool add_columns(struct member *m, size_t *n, const struct view *v,
                        const struct rule_part *p)
{
    const char *s = p->text, *end = p->text + p->len;
    struct token t;
    size_t column;

    for (s = token_next(s, &t); t.text[0] && t.at < end;
         s = token_next(s, &t)) {
        if (token_is(&t, "select") || token_is(&t, "over"))
            return false;
        column = t.name ? find_column(v, t.text) : v->count;
        if (column < v->count && !add_column(m, n, column))
            return false;
    }
    return true;
}

/* The SELECT without the id that it begins with, as nearly all do: an id is
 * never the same twice. */
static struct rule_part without_id(const struct rule *r)
{
    struct token t;
    const char *s = token_next(r->sql, &t), *after = token_next(s, &t);

    if (token_is(&t, r->account_scope ? "account_id" : "device_id"))
        s = after;
    return (struct rule_part){s, strlen(s)};
}

bool member_read(struct member *m, const struct rule *r, bool account,
                 const struct view *v)
{
    struct rule_part rest;
    size_t n = 0;

    *m = (struct member){.query = NULL};
    if (r->account_scope != account || !rule_split(r, &m->parts))
        return false;
    if (!add_columns(m, &n, v, &m->parts.applies) ||
        !add_columns(m, &n, v, &m->parts.fails))
        return true;
    m->conditions = n;
    rest = without_id(r);
    if (add_columns(m, &n, v, &rest))
        m->all = n;
    return true;
}

void member_free(struct member *m)
{
    recall_free(&m->truths);
    recall_free(&m->answers);
}

/* ------------------------------------------------------------------ asking */

/* False where a value has no number. */
static bool make_key(const struct member *m, const struct view *v, size_t n,
                     union recall_key *key)
{
    bool whole = n > 0;
    size_t i;

    *key = (union recall_key){.halves = {0}};
    for (i = 0; i < n; i++) {
        key->numbers[i] = v->numbers[m->columns[i]];
        whole = whole && key->numbers[i];
    }
    return whole;
}

static int note_truths(void *ctx, const struct rule_row *row, struct err *err)
{
    struct rule_row *to = ctx;

    (void)err;
    *to = *row;
    return 0;
}

static int ask_truths(struct member *m, int64_t id, int *truths,
                      struct err *err)
{
    struct rule_row row = {.id = id - 1};

    if (rule_run(m->query, id, id, STEPS, note_truths, &row, err) < 0)
        return -1;
    if (row.id != id)
        return err_set(err, ERR_CONFIG, "a rule leaves out a row");
    truths[0] = row.applies;
    truths[1] = row.fails;
    return 0;
}

int member_truths(struct member *m, const struct view *v, int64_t id,
                  int *truths, struct err *err)
{
    union recall_key key;
    bool whole = make_key(m, v, m->conditions, &key);
    uint32_t kept = whole ? recall_find(&m->truths, &key) : UINT32_MAX;

    if (kept != UINT32_MAX) {
        truths[0] = (int)(kept >> 2) - 1;
        truths[1] = (int)(kept & 3) - 1;
        return 0;
    }
    m->misses++;
    if (ask_truths(m, id, truths, err) < 0)
        return -1;
    if (whole)
        recall_keep(&m->truths, &key,
                    (uint32_t)((truths[0] + 1) << 2 | (truths[1] + 1)));
    return 0;
}

/* Its place; UINT32_MAX where no more are kept. */
static uint32_t keep_answer(struct answers *a, const struct rule_row *row)
{
    size_t cap = a->cap ? 2 * a->cap : 64;
    struct answer *items, *to;

    if (a->count >= ANSWERS_MOST)
        return UINT32_MAX;
    if (a->count == a->cap) {
        items = realloc(a->items, cap * sizeof(*items));
        if (!items)
            return UINT32_MAX;
        a->items = items;
        a->cap = cap;
    }
    to = &a->items[a->count];
    *to = (struct answer){.severity = row->severity};
    if (row->evidence)
        to->evidence =
            arena_copy(&a->texts, row->evidence, strlen(row->evidence));
    if (row->remedy)
        to->remedy = arena_copy(&a->texts, row->remedy, strlen(row->remedy));
    return a->texts.failed ? UINT32_MAX : (uint32_t)a->count++;
}

void answers_free(struct answers *a)
{
    free(a->items);
    arena_free(&a->texts);
}

int member_answer(struct member *m, const struct view *v, struct answers *kept,
                  int64_t id, struct rule_row *row, struct err *err)
{
    union recall_key key;
    bool whole = make_key(m, v, m->all, &key);
    uint32_t at = whole ? recall_find(&m->answers, &key) : UINT32_MAX;

    row->id = id;
    if (at != UINT32_MAX) {
        row->severity = kept->items[at].severity;
        row->evidence = kept->items[at].evidence;
        row->remedy = kept->items[at].remedy;
        return 0;
    }
    if (rule_ask(m->query, row, err) < 0)
        return -1;
    if (whole && !recall_full(&m->answers))
        at = keep_answer(kept, row);
    if (at != UINT32_MAX)
        recall_keep(&m->answers, &key, at);
    return 0;
}
