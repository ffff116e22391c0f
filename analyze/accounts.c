/*
 * accounts.c - one line an account, from account rows and lists of names.
 *
 * An account is a short name inside a Mac, compared without ASCII case.
 */
#include "core/base.h"

#include "analyze/resolving.h"
#include "analyze/sql_part.h"
#include "core/db.h"
#include "core/text.h"

#include <jansson.h>

enum {
    FACT_ACCOUNT_NAME = 3
}; /* "account" in account_facts; facts of the
      table start with it */

/* ------------------------------------------------------------------- copy */

static void add_fact_columns(struct strbuf *sql, const char *prefix)
{
    size_t i;

    for (i = FACT_ACCOUNT_NAME; i < account_fact_count; i++)
        strbuf_addf(sql, ", %s%s", prefix, account_facts[i].name);
}

/* All accounts of a part that need no merging, in one statement. */
static int copy_part(struct resolve *r, const struct part *p, struct err *err)
{
    struct strbuf sql = {0};
    sqlite3_stmt *st = NULL;
    int rc = -1;

    strbuf_adds(&sql, "INSERT INTO account_fact SELECT"
                      " slot_account(a.device_id, a.row_id) AS account_id,"
                      " a.device_id, a.row_id");
    add_fact_columns(&sql, "a.");
    strbuf_adds(&sql, ", NULL, NULL");
    row_from_one(r, ROW_ACCOUNT, &sql);
    strbuf_adds(&sql, " AND NOT slot_complex(a.device_id)");
    r->copied = p;
    if (!strbuf_ok(&sql))
        err_nomem(err);
    else if (db_prepare(r->db, strbuf_str(&sql), &st, err) == 0 &&
             row_bind(st, p, ROW_ACCOUNT, err) == 0)
        rc = db_run(st, err);
    sqlite3_finalize(st);
    strbuf_free(&sql);
    return rc;
}

/* ------------------------------------------------------------------ merge */

/* A list of names about one Mac. */
struct name_list {
    struct merge_row row; /* its time and place; no cells */
    int fact;             /* index in account_facts */
    bool covers;
    size_t count;
    const char **names;  /* as spelled */
    const char **folded; /* sorted */
};

/* What was read about one Mac's accounts. */
struct gathered {
    struct merge_rows rows; /* beside them the folded names */
    struct name_list *lists;
    size_t list_count, list_cap;
};

static char *fold_copy(struct arena *a, const char *s)
{
    size_t n = strlen(s), i;
    char *p = arena_copy(a, s, n);

    for (i = 0; p && i < n; i++)
        p[i] = ascii_lower(p[i]);
    return p;
}

/* Columns of both streams: Mac, part, row, line, time; then its own. */
static int gather_row(struct resolve *r, sqlite3_stmt *st, struct gathered *g,
                      struct err *err)
{
    struct merge_row row = merge_row_head(r, st);
    struct cell *cells;
    size_t i;

    if (ids_has(&r->dropped[ROW_ACCOUNT], row.row_id))
        return 0;
    cells = arena_alloc(&r->arena, account_fact_count * sizeof(*cells));
    if (!cells)
        return err_nomem(err);
    memset(cells, 0, FACT_ACCOUNT_NAME * sizeof(*cells));
    for (i = FACT_ACCOUNT_NAME; i < account_fact_count; i++)
        cells[i] =
            cell_read(r, st, 5 + (int)i - FACT_ACCOUNT_NAME, &account_facts[i]);
    /* a row that knows the account otherwise does not spell its name */
    if (cells[FACT_ACCOUNT_NAME].len == 0)
        cells[FACT_ACCOUNT_NAME].known = false;
    row.cells = cells;
    row.beside = fold_copy(&r->arena, db_text(st, 5 + (int)account_fact_count -
                                                      FACT_ACCOUNT_NAME));
    return row.beside ? merge_rows_add(&g->rows, &row, err) : err_nomem(err);
}

static int compare_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int list_names(struct resolve *r, const char *text, struct name_list *l,
                      struct err *err)
{
    json_t *array = json_loads(text, 0, NULL), *item;
    size_t i, n = json_array_size(array);

    l->names = arena_alloc(&r->arena, (n + 1) * sizeof(*l->names));
    l->folded = arena_alloc(&r->arena, (n + 1) * sizeof(*l->folded));
    for (i = 0; i < n && !r->arena.failed; i++) {
        item = json_array_get(array, i);
        if (!json_is_string(item) || !json_string_length(item))
            continue;
        l->names[l->count] = arena_copy(&r->arena, json_string_value(item),
                                        json_string_length(item));
        if (l->names[l->count])
            l->folded[l->count] = fold_copy(&r->arena, l->names[l->count]);
        l->count++;
    }
    json_decref(array);
    if (r->arena.failed)
        return err_nomem(err);
    qsort(l->folded, l->count, sizeof(*l->folded), compare_text);
    return 0;
}

static int gather_list(struct resolve *r, sqlite3_stmt *st, struct gathered *g,
                       struct err *err)
{
    size_t cap = g->list_cap ? 2 * g->list_cap : 8;
    struct name_list l = {.row = merge_row_head(r, st)};

    if (ids_has(&r->dropped[ROW_LIST], l.row.row_id))
        return 0;
    if (g->list_count == g->list_cap) {
        struct name_list *lists = realloc(g->lists, cap * sizeof(*lists));

        if (!lists)
            return err_nomem(err);
        g->lists = lists;
        g->list_cap = cap;
    }
    l.row.row_id = 0;
    l.fact = fact_index(FACT_ACCOUNT, db_text(st, 5));
    l.covers = sqlite3_column_int(st, 6) != 0;
    if (l.fact < 0)
        return err_set(err, ERR_FAIL, "a list of \"%s\" is in the store",
                       db_text(st, 5));
    if (list_names(r, db_text(st, 7), &l, err) < 0)
        return -1;
    g->lists[g->list_count++] = l;
    return 0;
}

static void gathered_free(struct gathered *g)
{
    free(g->rows.items);
    free(g->lists);
}

/* Every folded name of the Mac once, sorted; *n of them. */
static const char **all_names(struct resolve *r, const struct gathered *g,
                              size_t *n)
{
    size_t most = g->rows.count, i, k, out = 0;
    const char **names;

    for (i = 0; i < g->list_count; i++)
        most += g->lists[i].count;
    names = arena_alloc(&r->arena, (most + 1) * sizeof(*names));
    if (!names)
        return NULL;
    for (i = 0, most = 0; i < g->rows.count; i++)
        names[most++] = g->rows.items[i].beside;
    for (i = 0; i < g->list_count; i++)
        for (k = 0; k < g->lists[i].count; k++)
            names[most++] = g->lists[i].folded[k];
    qsort(names, most, sizeof(*names), compare_text);
    for (i = 0; i < most; i++)
        if (i == 0 || strcmp(names[out - 1], names[i]) != 0)
            names[out++] = names[i];
    *n = out;
    return names;
}

/* What a list says of one name, as a row: yes, no, or nothing. */
static bool list_row(struct resolve *r, const struct name_list *l,
                     const char *name, bool spelled, struct merge_row *out)
{
    struct cell *cells;
    bool named = bsearch(&name, l->folded, l->count, sizeof(*l->folded),
                         compare_text) != NULL;
    size_t i;

    if (!named && !l->covers)
        return false;
    cells = arena_alloc(&r->arena, account_fact_count * sizeof(*cells));
    if (!cells)
        return false;
    memset(cells, 0, account_fact_count * sizeof(*cells));
    cells[l->fact] = (struct cell){.known = true, .number = named};
    for (i = 0; spelled && named && i < l->count; i++) {
        struct cell *c = &cells[FACT_ACCOUNT_NAME];

        if (ascii_casecmp(l->names[i], name) == 0 &&
            (!c->known || strcmp(l->names[i], c->text) < 0))
            *c = (struct cell){true, 0, l->names[i], strlen(l->names[i])};
    }
    *out = l->row;
    out->cells = cells;
    return true;
}

/* By name, so that the rows of one stand together: a Mac of a school may have
 * thousands. */
static int compare_rows(const void *a, const void *b)
{
    const struct merge_row *x = a, *y = b;
    int by_name = strcmp(x->beside, y->beside);

    if (by_name)
        return by_name;
    return x->row_id < y->row_id ? -1 : x->row_id > y->row_id;
}

/* The rows that speak of one name: account rows from *next on, which goes past
 * them, then what lists say. */
static struct merge_row *rows_of(struct resolve *r, const struct gathered *g,
                                 const char *name, size_t *next, size_t *n,
                                 size_t *own)
{
    struct merge_row *rows;
    size_t first = *next, i, count = 0;

    while (*next < g->rows.count &&
           strcmp(g->rows.items[*next].beside, name) == 0) {
        (*next)++;
        count++;
    }
    rows = arena_alloc(&r->arena, (count + g->list_count) * sizeof(*rows));
    if (!rows)
        return NULL;
    if (count)
        memcpy(rows, &g->rows.items[first], count * sizeof(*rows));
    *own = count;
    for (i = 0; i < g->list_count; i++)
        if (list_row(r, &g->lists[i], name, *own == 0, &rows[count]))
            count++;
    *n = count;
    return r->arena.failed ? NULL : rows;
}

/* Parameters of "add": account_id, device_id, row_id, then the facts. */
static int write_account(struct resolve *r, sqlite3_stmt *add, int64_t device,
                         int64_t account_id, const struct merge_row *rows,
                         size_t n, size_t own, struct err *err)
{
    const char *name = NULL;
    size_t i, chosen;

    sqlite3_bind_int64(add, 1, account_id);
    sqlite3_bind_int64(add, 2, device);
    if (own == 1)
        sqlite3_bind_int64(add, 3, rows[0].row_id);
    else
        sqlite3_bind_null(add, 3);
    for (i = FACT_ACCOUNT_NAME; i < account_fact_count; i++) {
        const struct fact *f = &account_facts[i];
        struct cell none = {0};
        const struct cell *c = &none;

        switch (merge_fact(f, i, rows, n, &chosen)) {
        case MERGED_VALUE:
            c = &rows[chosen].cells[i];
            break;
        case MERGED_CONFLICT:
            if (conflict_add(r, device, name, f, i, rows, n, err) < 0)
                return -1;
            break;
        case MERGED_UNKNOWN:
            break;
        }
        if (i == FACT_ACCOUNT_NAME)
            name = c->text;
        if (cell_bind(add, 4 + (int)i - FACT_ACCOUNT_NAME, c) != SQLITE_OK)
            return db_fail(r->db, "bind a value", err);
    }
    return db_run(add, err);
}

static int write_device(struct resolve *r, sqlite3_stmt *add, int64_t device,
                        struct gathered *g, struct err *err)
{
    struct slot *s = slot_of(r, device);
    size_t n = 0, next = 0, i, count, own;
    const char **names = all_names(r, g, &n);

    if (!names)
        return err_nomem(err);
    if (g->rows.count)
        qsort(g->rows.items, g->rows.count, sizeof(*g->rows.items),
              compare_rows);
    for (i = 0; i < n; i++) {
        struct merge_row *rows = rows_of(r, g, names[i], &next, &count, &own);

        if (!rows)
            return err_nomem(err);
        if (write_account(r, add, device, (int64_t)s->base + (int64_t)i, rows,
                          count, own, err) < 0)
            return -1;
    }
    return 0;
}

static int open_rows(struct resolve *r, enum row_kind kind, sqlite3_stmt **st,
                     struct err *err)
{
    const char *x = kind == ROW_LIST ? "l" : "a";
    struct strbuf sql = {0};
    int rc = -1;

    strbuf_adds(&sql, "SELECT ");
    row_device(r, kind, &sql);
    strbuf_addf(&sql, " AS mac, p.ord, %s.rowid, %s.line, %s.read_at", x, x, x);
    if (kind == ROW_LIST)
        strbuf_adds(&sql, ", l.fact, l.covers, l.names");
    else
        add_fact_columns(&sql, "a.");
    if (kind == ROW_ACCOUNT)
        strbuf_addf(&sql, ", %s", row_account(r));
    row_from_all(r, kind, &sql);
    strbuf_adds(&sql, " WHERE slot_complex(");
    row_device(r, kind, &sql);
    strbuf_adds(&sql, ") ORDER BY mac");
    if (!strbuf_ok(&sql))
        err_nomem(err);
    else
        rc = db_prepare(r->db, strbuf_str(&sql), st, err);
    strbuf_free(&sql);
    return rc;
}

static int open_add(struct resolve *r, sqlite3_stmt **st, struct err *err)
{
    struct strbuf sql = {0};
    size_t i;
    int rc = -1;

    strbuf_adds(&sql, "INSERT INTO account_fact VALUES (?, ?, ?");
    for (i = FACT_ACCOUNT_NAME; i < account_fact_count; i++)
        strbuf_adds(&sql, ", ?");
    strbuf_adds(&sql, ", NULL, NULL)");
    if (!strbuf_ok(&sql))
        err_nomem(err);
    else
        rc = db_prepare(r->db, strbuf_str(&sql), st, err);
    strbuf_free(&sql);
    return rc;
}

/* Two streams, both by device_id; a Mac is written when both are past it. */
static int merge_streams(struct resolve *r, sqlite3_stmt *rows,
                         sqlite3_stmt *lists, sqlite3_stmt *add,
                         struct gathered *g, struct err *err)
{
    int row = db_step(rows, err), list = db_step(lists, err);

    while (row == 1 || list == 1) {
        int64_t a = row == 1 ? sqlite3_column_int64(rows, 0) : INT64_MAX;
        int64_t b = list == 1 ? sqlite3_column_int64(lists, 0) : INT64_MAX;
        int64_t device = a < b ? a : b;

        arena_reset(&r->arena);
        g->rows.count = g->list_count = 0;
        for (; row == 1 && sqlite3_column_int64(rows, 0) == device;
             row = db_step(rows, err))
            if (gather_row(r, rows, g, err) < 0)
                return -1;
        for (; list == 1 && sqlite3_column_int64(lists, 0) == device;
             list = db_step(lists, err))
            if (gather_list(r, lists, g, err) < 0)
                return -1;
        if (row < 0 || list < 0 || write_device(r, add, device, g, err) < 0)
            return -1;
    }
    return row < 0 || list < 0 ? -1 : 0;
}

static int write_complex(struct resolve *r, struct err *err)
{
    sqlite3_stmt *rows = NULL, *lists = NULL, *add = NULL;
    struct gathered g = {0};
    int rc = -1;

    if (open_rows(r, ROW_ACCOUNT, &rows, err) == 0 &&
        open_rows(r, ROW_LIST, &lists, err) == 0 && open_add(r, &add, err) == 0)
        rc = merge_streams(r, rows, lists, add, &g, err);
    gathered_free(&g);
    sqlite3_finalize(rows);
    sqlite3_finalize(lists);
    sqlite3_finalize(add);
    return rc;
}

int accounts_write(struct resolve *r, struct err *err)
{
    size_t i;

    for (i = 0; i < r->part_count; i++)
        if (r->parts[i].ranks && copy_part(r, &r->parts[i], err) < 0)
            return -1;
    if (slots_any(r, SLOT_COMPLEX) && write_complex(r, err) < 0)
        return -1;
    if (sql_run_part(r->db, "analyze/resolve.sql", "system", err) < 0)
        return -1;
    return sql_run_part(r->db, "analyze/resolve.sql", "index", err);
}
