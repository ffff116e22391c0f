/*
 * rows.c - a query's rows as typed cells.
 *
 * The cells stand in this order: the query's printed columns, the added ones,
 * the query's hidden ones. So what is printed is one run of cells.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/strbuf.h"
#include "report/query.h"
#include "report/rows.h"
#include "report/source.h"

#include <jansson.h>

/* What columns hold, where that is not text. A query's own comes first. */
static const struct {
    const char *query; /* NULL: any */
    const char *name;
    enum cell_kind kind;
} kinds[] = {
    {"changes", "before", CELL_TEXT},
    {"changes", "change", CELL_TEXT},
    {"clients", "not_reporting", CELL_INT},
    {"inputs", "standing", CELL_BOOL},
    {"rules", "waived", CELL_INT},
    {"totals", "not_reporting", CELL_INT},
    {NULL, "accounts", CELL_INT},
    {NULL, "admin", CELL_BOOL},
    {NULL, "at_risk", CELL_INT},
    {NULL, "attention", CELL_INT},
    {NULL, "change", CELL_SHARE},
    {NULL, "clean", CELL_INT},
    {NULL, "column", CELL_INT},
    {NULL, "coverage", CELL_SHARE},
    {NULL, "critical", CELL_INT},
    {NULL, "days_open", CELL_INT},
    {NULL, "devices", CELL_INT},
    {NULL, "error", CELL_INT},
    {NULL, "expires", CELL_TIME},
    {NULL, "fail", CELL_INT},
    {NULL, "failed", CELL_INT},
    {NULL, "filevault_user", CELL_BOOL},
    {NULL, "first_seen", CELL_TIME},
    {NULL, "high", CELL_INT},
    {NULL, "holders", CELL_INT},
    {NULL, "last_checkin", CELL_TIME},
    {NULL, "last_login", CELL_TIME},
    {NULL, "line", CELL_INT},
    {NULL, "matches", CELL_INT},
    {NULL, "minutes", CELL_INT},
    {NULL, "not_reporting", CELL_BOOL},
    {NULL, "notapplicable", CELL_INT},
    {NULL, "notchecked", CELL_INT},
    {NULL, "partial", CELL_INT},
    {NULL, "pass", CELL_INT},
    {NULL, "pass_rate", CELL_SHARE},
    {NULL, "secure_token", CELL_BOOL},
    {NULL, "source_line", CELL_INT},
    {NULL, "token_admins", CELL_INT},
    {NULL, "token_real", CELL_BOOL},
    {NULL, "undetermined", CELL_INT},
    {NULL, "unknown", CELL_INT},
    {NULL, "volume_owner", CELL_BOOL},
    {NULL, "waived", CELL_BOOL},
    {NULL, "waiver_expires", CELL_TIME},
};

struct column {
    char *name;
    enum cell_kind kind;
    int rule_no; /* matrix: which letter */
};

struct rows {
    const struct report *report;
    sqlite3_stmt *st;
    struct column *columns;
    struct cell *cells;
    size_t shown;  /* printed columns of the query */
    size_t added;  /* columns that are filled in here */
    size_t hidden; /* the query's last columns, not printed */
    /* Adds to the cells of the row at hand; NULL: nothing to add. */
    int (*fill)(struct rows *, struct err *);
    /* For fill: */
    struct source *source;
    sqlite3_stmt *serials;
    bool serial_at_hand; /* "serials" stands on a row that is not used yet */
    struct strbuf joined;
    json_t *custom;
    size_t at[6]; /* places of cells that fill reads or writes */
};

static enum cell_kind kind_of(const char *query, const char *name)
{
    size_t i;

    for (i = 0; i < COUNT_OF(kinds); i++)
        if ((!kinds[i].query || strcmp(kinds[i].query, query) == 0) &&
            strcmp(kinds[i].name, name) == 0)
            return kinds[i].kind;
    return CELL_TEXT;
}

size_t rows_width(const struct rows *rows)
{
    return rows->shown + rows->added;
}

const char *rows_name(const struct rows *rows, size_t column)
{
    return rows->columns[column].name;
}

enum cell_kind rows_kind(const struct rows *rows, size_t column)
{
    return rows->columns[column].kind;
}

const struct cell *rows_cells(const struct rows *rows)
{
    return rows->cells;
}

const struct cell *rows_cell(const struct rows *rows, size_t column)
{
    return &rows->cells[column];
}

size_t rows_column(const struct rows *rows, const char *name)
{
    size_t i, n = rows->shown + rows->added + rows->hidden;

    for (i = 0; i < n; i++)
        if (strcmp(rows->columns[i].name, name) == 0)
            return i;
    abort(); /* a name in our own code */
}

static void set_text(struct cell *c, const char *s, size_t n)
{
    c->kind = n ? CELL_TEXT : CELL_EMPTY;
    c->text = s;
    c->len = n;
}

/* Make room for columns that the query lacks, in front of the hidden ones. */
static int add_columns(struct rows *rows, size_t n, struct err *err)
{
    size_t all = rows->shown + rows->hidden;
    struct column *p = realloc(rows->columns, (all + n) * sizeof(*p));

    if (!p)
        return err_nomem(err);
    memmove(p + rows->shown + n, p + rows->shown, rows->hidden * sizeof(*p));
    memset(p + rows->shown, 0, n * sizeof(*p));
    rows->columns = p;
    rows->added = n;
    return 0;
}

/* ------------------------------------------------------------- findings -- */

enum { F_DEVICE, F_ACCOUNT, F_RULE, F_ROW, F_FILE, F_LINE };

static int fill_source(struct rows *rows, struct err *err)
{
    struct cell *c = rows->cells;
    struct source_ask ask = {
        .rule_no = (int)c[rows->at[F_RULE]].number,
        .device_id = c[rows->at[F_DEVICE]].number,
        .account_id = c[rows->at[F_ACCOUNT]].number,
        .row_id = c[rows->at[F_ROW]].number,
    };
    const char *file;
    int64_t line;
    int found = source_newest(rows->source, &ask, &file, &line, err);

    if (found != 1)
        return found;
    set_text(&c[rows->at[F_FILE]], file, strlen(file));
    c[rows->at[F_LINE]].kind = CELL_INT;
    c[rows->at[F_LINE]].number = line;
    return 0;
}

static int open_findings(struct rows *rows, struct err *err)
{
    rows->source = source_open(rows->report, err);
    if (!rows->source)
        return -1;
    rows->at[F_DEVICE] = rows_column(rows, "_device_id");
    rows->at[F_ACCOUNT] = rows_column(rows, "_account_id");
    rows->at[F_RULE] = rows_column(rows, "_rule_no");
    rows->at[F_ROW] = rows_column(rows, "_row_id");
    rows->at[F_FILE] = rows_column(rows, "source_file");
    rows->at[F_LINE] = rows_column(rows, "source_line");
    rows->fill = fill_source;
    return 0;
}

/* -------------------------------------------------------------- devices -- */

static int fill_custom(struct rows *rows, struct err *err)
{
    const struct cell *json = &rows->cells[rows->at[0]];
    size_t i;

    (void)err;
    json_decref(rows->custom);
    rows->custom = json->kind == CELL_TEXT
                       ? json_loadb(json->text, json->len, 0, NULL)
                       : NULL;
    for (i = 0; i < rows->added; i++) {
        const char *name = rows->columns[rows->shown + i].name;
        json_t *v = rows->custom ? json_object_get(rows->custom, name) : NULL;
        const char *s = json_string_value(v);

        set_text(&rows->cells[rows->shown + i], s, s ? strlen(s) : 0);
    }
    return 0;
}

/* Read "name" (and "rule_no") of the columns that a query lists. */
static int read_columns(struct rows *rows, const char *query, struct err *err)
{
    const char *number = strcmp(query, "matrix_rules") == 0 ? "" : NULL;
    struct strbuf names = {0};
    size_t n = 0, i;
    sqlite3_stmt *st;
    const char *p;
    int step;

    if (query_open(rows->report, query, &st, err) < 0)
        return -1;
    while ((step = db_step(st, err)) == 1) {
        const char *s = db_text(st, number ? 1 : 0);

        strbuf_addf(&names, "%d ", number ? sqlite3_column_int(st, 0) : 0);
        strbuf_add(&names, s, strlen(s) + 1);
        n++;
    }
    sqlite3_finalize(st);
    if (step == 0 && !strbuf_ok(&names))
        step = err_nomem(err);
    if (step == 0 && n)
        step = add_columns(rows, n, err);
    for (i = 0, p = strbuf_str(&names); step == 0 && i < n; i++) {
        struct column *c = &rows->columns[rows->shown + i];
        char *end;

        c->rule_no = (int)strtol(p, &end, 10);
        c->name = strdup(end + 1);
        c->kind = CELL_TEXT;
        if (!c->name)
            step = err_nomem(err);
        p += strlen(p) + 1;
    }
    strbuf_free(&names);
    return step;
}

static int open_devices(struct rows *rows, struct err *err)
{
    if (read_columns(rows, "custom", err) < 0)
        return -1;
    rows->at[0] = rows_column(rows, "_custom");
    if (rows->added)
        rows->fill = fill_custom;
    return 0;
}

/* --------------------------------------------------------------- matrix -- */

static int fill_letters(struct rows *rows, struct err *err)
{
    const struct cell *letters = &rows->cells[rows->at[0]];
    size_t i;

    (void)err;
    for (i = 0; i < rows->added; i++) {
        size_t no = (size_t)rows->columns[rows->shown + i].rule_no;
        const char *word = letters->text && no < letters->len
                               ? result_word(letters->text[no])
                               : NULL;

        set_text(&rows->cells[rows->shown + i], word, word ? strlen(word) : 0);
    }
    return 0;
}

static int open_matrix(struct rows *rows, struct err *err)
{
    if (read_columns(rows, "matrix_rules", err) < 0)
        return -1;
    rows->at[0] = rows_column(rows, "_results");
    rows->fill = fill_letters;
    return 0;
}

/* ------------------------------------------------------------- remedies -- */

/* Both queries have the remedies in one order, so this is a merge. */
static int fill_serials(struct rows *rows, struct err *err)
{
    const struct cell *remedy = &rows->cells[rows->at[0]];
    int step = 1;

    strbuf_reset(&rows->joined);
    for (;;) {
        if (!rows->serial_at_hand) {
            step = db_step(rows->serials, err);
            if (step != 1)
                break;
        }
        rows->serial_at_hand = true;
        if (strcmp(db_text(rows->serials, 0), remedy->text) != 0)
            break;
        if (rows->joined.len)
            strbuf_addc(&rows->joined, ';');
        strbuf_adds(&rows->joined, db_text(rows->serials, 1));
        rows->serial_at_hand = false;
    }
    if (step < 0)
        return -1;
    if (!strbuf_ok(&rows->joined))
        return err_nomem(err);
    set_text(&rows->cells[rows->at[1]], strbuf_str(&rows->joined),
             rows->joined.len);
    return 0;
}

static int open_remedies(struct rows *rows, struct err *err)
{
    rows->at[0] = rows_column(rows, "remedy");
    rows->at[1] = rows_column(rows, "serials");
    rows->fill = fill_serials;
    return query_open(rows->report, "remedy_serials", &rows->serials, err);
}

/* -------------------------------------------------------------- changes -- */

/* Filled before its query is prepared, which reads the table. */
static int prepare_changes(const struct report *r, struct err *err)
{
    int64_t there;

    if (db_number(r->db,
                  "SELECT count(*) FROM sqlite_temp_schema"
                  " WHERE name = 'report_before'",
                  0, &there, err) < 0)
        return -1;
    return there ? 0 : query_script(r, "before", err);
}

/* ----------------------------------------------------------------- open -- */

static const struct {
    const char *query;
    int (*prepare)(const struct report *r, struct err *err);
    int (*open)(struct rows *rows, struct err *err);
} special[] = {
    {"changes", prepare_changes, NULL}, {"devices", NULL, open_devices},
    {"findings", NULL, open_findings},  {"matrix", NULL, open_matrix},
    {"remedies", NULL, open_remedies},
};

/* The columns of the query itself, hidden ones last. */
static int query_columns(struct rows *rows, const char *query, struct err *err)
{
    size_t n = (size_t)sqlite3_column_count(rows->st), i;

    rows->columns = calloc(n, sizeof(*rows->columns));
    if (!rows->columns)
        return err_nomem(err);
    for (i = 0; i < n; i++) {
        const char *name = sqlite3_column_name(rows->st, (int)i);

        rows->columns[i].name = name ? strdup(name) : NULL;
        if (!rows->columns[i].name)
            return err_nomem(err);
        rows->columns[i].kind = kind_of(query, name);
        if (name[0] == '_')
            rows->hidden++;
        else
            rows->shown++;
    }
    return 0;
}

static int open_rows(struct rows *rows, const char *query, struct err *err)
{
    size_t i;

    for (i = 0; i < COUNT_OF(special); i++)
        if (strcmp(special[i].query, query) == 0)
            break;
    if (i < COUNT_OF(special) && special[i].prepare &&
        special[i].prepare(rows->report, err) < 0)
        return -1;
    if (query_open(rows->report, query, &rows->st, err) < 0 ||
        query_columns(rows, query, err) < 0)
        return -1;
    if (i < COUNT_OF(special) && special[i].open &&
        special[i].open(rows, err) < 0)
        return -1;
    rows->cells =
        calloc(rows->shown + rows->added + rows->hidden, sizeof(*rows->cells));
    return rows->cells ? 0 : err_nomem(err);
}

struct rows *rows_open(const struct report *r, const char *query,
                       struct err *err)
{
    struct rows *rows = calloc(1, sizeof(*rows));

    if (!rows) {
        err_nomem(err);
        return NULL;
    }
    rows->report = r;
    if (open_rows(rows, query, err) < 0) {
        rows_close(rows);
        return NULL;
    }
    return rows;
}

void rows_close(struct rows *rows)
{
    size_t i;

    if (!rows)
        return;
    for (i = 0; rows->columns && i < rows->shown + rows->added + rows->hidden;
         i++)
        free(rows->columns[i].name);
    free(rows->columns);
    free(rows->cells);
    sqlite3_finalize(rows->st);
    sqlite3_finalize(rows->serials);
    source_close(rows->source);
    strbuf_free(&rows->joined);
    json_decref(rows->custom);
    free(rows);
}

/* ----------------------------------------------------------------- next -- */

static void read_cell(sqlite3_stmt *st, int c, enum cell_kind want,
                      struct cell *out)
{
    int type = sqlite3_column_type(st, c);

    out->kind = CELL_EMPTY;
    out->number = 0;
    out->text = NULL;
    out->len = 0;
    switch (type) {
    case SQLITE_NULL:
        return;
    case SQLITE_INTEGER:
        out->kind = want == CELL_TEXT ? CELL_INT : want;
        out->number = sqlite3_column_int64(st, c);
        out->share = (double)out->number;
        return;
    case SQLITE_FLOAT:
        out->kind = CELL_SHARE;
        out->share = sqlite3_column_double(st, c);
        return;
    default:
        out->text = type == SQLITE_BLOB
                        ? sqlite3_column_blob(st, c)
                        : (const char *)sqlite3_column_text(st, c);
        out->len = (size_t)sqlite3_column_bytes(st, c);
        out->kind = out->len ? CELL_TEXT : CELL_EMPTY;
    }
}

int rows_next(struct rows *rows, struct err *err)
{
    size_t i, n = rows->shown + rows->hidden;
    int step = db_step(rows->st, err);

    if (step != 1)
        return step;
    for (i = 0; i < n; i++) {
        size_t to = i < rows->shown ? i : i + rows->added;

        read_cell(rows->st, (int)i, rows->columns[to].kind, &rows->cells[to]);
    }
    if (rows->fill && rows->fill(rows, err) < 0)
        return -1;
    return 1;
}
