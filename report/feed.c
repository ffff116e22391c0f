/*
 * feed.c - a query's rows as SQLite yields them, with what is filled in.
 *
 * The cells stand in this order: the query's printed columns, the added ones,
 * the query's hidden ones. So what is printed is one run of cells.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/strbuf.h"
#include "report/query.h"
#include "report/feed.h"
#include "report/source.h"
#include "report/writer.h"

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
    {"readiness", "action_first", CELL_INT},
    {"readiness", "blocked", CELL_INT},
    {"readiness", "hands_on", CELL_INT},
    {"readiness", "ready", CELL_INT},
    {"rules", "waived", CELL_INT},
    {"totals", "not_reporting", CELL_INT},
    {"trend", "other_rules", CELL_BOOL},
    {NULL, "_due", CELL_TIME},
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
    {NULL, "findings", CELL_INT},
    {NULL, "first_seen", CELL_TIME},
    {NULL, "high", CELL_INT},
    {NULL, "holders", CELL_INT},
    {NULL, "last_checkin", CELL_TIME},
    {NULL, "last_login", CELL_TIME},
    {NULL, "line", CELL_INT},
    {NULL, "matches", CELL_INT},
    {NULL, "minutes", CELL_INT},
    {NULL, "next_minutes", CELL_INT},
    {NULL, "not_reporting", CELL_BOOL},
    {NULL, "macs_not_reporting", CELL_INT},
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

struct feed {
    const struct report *report;
    sqlite3_stmt *st;
    size_t read; /* columns of it */
    struct shape shape;
    struct cell *cells;
    /* Adds to the cells of the row at hand; NULL: nothing to add. */
    int (*fill)(struct feed *, struct err *);
    /* For fill: */
    struct source *source;
    char id[FINDING_ID_HEX];
    sqlite3_stmt *work; /* NULL: nobody wrote anything */
    sqlite3_stmt *serials;
    bool serial_at_hand; /* "serials" stands on a row that is not used yet */
    struct strbuf joined;
    json_t *custom;
    size_t at[16]; /* places of cells that fill reads or writes */
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

const struct shape *feed_shape(const struct feed *f)
{
    return &f->shape;
}

const struct cell *feed_cells(const struct feed *f)
{
    return f->cells;
}

size_t shape_column(const struct shape *s, const char *name)
{
    size_t i, n = shape_all(s);

    for (i = 0; i < n; i++)
        if (strcmp(s->columns[i].name, name) == 0)
            return i;
    abort(); /* a name in our own code */
}

size_t shape_all(const struct shape *s)
{
    return s->shown + s->added + s->hidden;
}

void shape_free(struct shape *s)
{
    size_t i;

    for (i = 0; s->columns && i < shape_all(s); i++)
        free(s->columns[i].name);
    free(s->columns);
    *s = (struct shape){0};
}

static void set_text(struct cell *c, const char *s, size_t n)
{
    c->kind = n ? CELL_TEXT : CELL_EMPTY;
    c->text = s;
    c->len = n;
}

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

/* Make room for columns that the query lacks, in front of the hidden ones. */
static int add_columns(struct feed *f, size_t n, struct err *err)
{
    size_t all = f->shape.shown + f->shape.hidden;
    struct column *p = realloc(f->shape.columns, (all + n) * sizeof(*p));

    if (!p)
        return err_nomem(err);
    memmove(p + f->shape.shown + n, p + f->shape.shown,
            f->shape.hidden * sizeof(*p));
    memset(p + f->shape.shown, 0, n * sizeof(*p));
    f->shape.columns = p;
    f->shape.added = n;
    return 0;
}

/* ------------------------------------------------------------- findings -- */

/* Cells by name, in the order of "at". */
static const char *const finding_cells[] = {
    "_device_id",  "_account_id", "_rule_no",   "_row_id",
    "source_file", "source_line", "finding_id", "rule",
    "serial",      "account",     "client",     "owner",
    "due",         "comment",     "_due",       "_decision"};

enum {
    F_DEVICE,
    F_ACCOUNT,
    F_RULE,
    F_ROW,
    F_FILE,
    F_LINE,
    F_ID,
    F_RULE_ID,
    F_SERIAL,
    F_NAME,
    F_CLIENT,
    F_WORK, /* and those that follow: the columns of finding_work */
    F_COUNT = F_WORK + 5
};

static const char *cell_text(const struct cell *c)
{
    return c->kind == CELL_TEXT ? c->text : "";
}

/* What people wrote beside it. */
static int fill_work(struct feed *f, struct err *err)
{
    int i, step;

    sqlite3_reset(f->work);
    if (db_bind_text(f->work, ":finding_id", f->id, err) < 0 ||
        db_bind_text(f->work, ":client", cell_text(&f->cells[f->at[F_CLIENT]]),
                     err) < 0)
        return -1;
    step = db_step(f->work, err);
    for (i = 0; step == 1 && i < F_COUNT - F_WORK; i++) {
        size_t to = f->at[F_WORK + i];

        read_cell(f->work, i, f->shape.columns[to].kind, &f->cells[to]);
    }
    return step < 0 ? -1 : 0;
}

static int fill_id(struct feed *f, struct err *err)
{
    struct cell *c = f->cells;

    finding_id(cell_text(&c[f->at[F_RULE_ID]]), cell_text(&c[f->at[F_SERIAL]]),
               cell_text(&c[f->at[F_NAME]]), f->id);
    set_text(&c[f->at[F_ID]], f->id, FINDING_ID_HEX - 1);
    return f->work ? fill_work(f, err) : 0;
}

/* What the finding rests on goes with it, where it will be told: the rows of
 * the Mac are at hand now. */
static int fill_evidence(struct feed *f, const struct source_ask *ask,
                         struct err *err)
{
    struct cell *c = &f->cells[shape_all(&f->shape) - 1];

    strbuf_reset(&f->joined);
    if (source_pack(f->source, ask, &f->joined, err) < 0)
        return -1;
    set_text(c, strbuf_str(&f->joined), f->joined.len);
    return 0;
}

static int fill_source(struct feed *f, struct err *err)
{
    struct cell *c = f->cells;
    struct source_ask ask = {
        .rule_no = (int)c[f->at[F_RULE]].number,
        .device_id = c[f->at[F_DEVICE]].number,
        .account_id = c[f->at[F_ACCOUNT]].number,
        .row_id = c[f->at[F_ROW]].number,
    };
    const char *file;
    int64_t line;
    int found;

    if (fill_id(f, err) < 0)
        return -1;
    if (f->shape.packed && fill_evidence(f, &ask, err) < 0)
        return -1;
    found = source_newest(f->source, &ask, &file, &line, err);
    if (found != 1)
        return found;
    set_text(&c[f->at[F_FILE]], file, strlen(file));
    c[f->at[F_LINE]].kind = CELL_INT;
    c[f->at[F_LINE]].number = line;
    return 0;
}

/* A hidden column behind all others. */
static int add_packed(struct feed *f, const char *name, struct err *err)
{
    size_t all = shape_all(&f->shape);
    struct column *p = realloc(f->shape.columns, (all + 1) * sizeof(*p));

    if (!p)
        return err_nomem(err);
    f->shape.columns = p;
    p[all] = (struct column){.name = strdup(name), .kind = CELL_TEXT};
    if (!p[all].name)
        return err_nomem(err);
    f->shape.hidden++;
    f->shape.packed = 1;
    return 0;
}

static int open_findings(struct feed *f, struct err *err)
{
    int64_t any = 0;
    size_t i;

    if (writer_wanted(f->report->options->formats, "json") &&
        add_packed(f, "_evidence", err) < 0)
        return -1;
    f->source = source_open(f->report, err);
    if (!f->source)
        return -1;
    for (i = 0; i < COUNT_OF(finding_cells); i++)
        f->at[i] = shape_column(&f->shape, finding_cells[i]);
    f->fill = fill_source;
    if (db_number(f->report->db,
                  "SELECT EXISTS (SELECT 1 FROM temp.report_work)", 0, &any,
                  err) < 0)
        return -1;
    return any ? query_open(f->report, "finding_work", &f->work, err) : 0;
}

/* -------------------------------------------------------------- devices -- */

static int fill_custom(struct feed *f, struct err *err)
{
    const struct cell *json = &f->cells[f->at[0]];
    size_t i;

    (void)err;
    json_decref(f->custom);
    f->custom = json->kind == CELL_TEXT
                    ? json_loadb(json->text, json->len, 0, NULL)
                    : NULL;
    for (i = 0; i < f->shape.added; i++) {
        const char *name = f->shape.columns[f->shape.shown + i].name;
        json_t *v = f->custom ? json_object_get(f->custom, name) : NULL;
        const char *s = json_string_value(v);

        set_text(&f->cells[f->shape.shown + i], s, s ? strlen(s) : 0);
    }
    return 0;
}

/* Read "name" (and "rule_no") of the columns that a query lists. */
static int read_columns(struct feed *f, const char *query, struct err *err)
{
    const char *number = strcmp(query, "matrix_rules") == 0 ? "" : NULL;
    struct strbuf names = {0};
    size_t n = 0, i;
    sqlite3_stmt *st;
    const char *p;
    int step;

    if (query_open(f->report, query, &st, err) < 0)
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
        step = add_columns(f, n, err);
    for (i = 0, p = strbuf_str(&names); step == 0 && i < n; i++) {
        struct column *c = &f->shape.columns[f->shape.shown + i];
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

static int open_devices(struct feed *f, struct err *err)
{
    if (read_columns(f, "custom", err) < 0)
        return -1;
    f->at[0] = shape_column(&f->shape, "_custom");
    if (f->shape.added)
        f->fill = fill_custom;
    return 0;
}

/* --------------------------------------------------------------- matrix -- */

void shape_spread(const struct shape *s, struct cell *cells)
{
    const struct cell *letters = &cells[s->letters];
    size_t i;

    for (i = s->shown; i < s->shown + s->added; i++) {
        size_t no = (size_t)s->columns[i].rule_no;
        const char *word = letters->text && no < letters->len
                               ? result_word(letters->text[no])
                               : NULL;

        set_text(&cells[i], word, word ? strlen(word) : 0);
        cells[i].plain = true;
    }
}

static int open_matrix(struct feed *f, struct err *err)
{
    if (read_columns(f, "matrix_rules", err) < 0)
        return -1;
    f->shape.letters = shape_column(&f->shape, "_results");
    f->shape.spread = true;
    return 0;
}

/* ------------------------------------------------------------- remedies -- */

/* Both queries have the remedies in one order, so this is a merge. */
static int fill_serials(struct feed *f, struct err *err)
{
    const struct cell *remedy = &f->cells[f->at[0]];
    int step = 1;

    strbuf_reset(&f->joined);
    for (;;) {
        if (!f->serial_at_hand) {
            step = db_step(f->serials, err);
            if (step != 1)
                break;
        }
        f->serial_at_hand = true;
        if (strcmp(db_text(f->serials, 0), remedy->text) != 0)
            break;
        if (f->joined.len)
            strbuf_addc(&f->joined, ';');
        strbuf_adds(&f->joined, db_text(f->serials, 1));
        f->serial_at_hand = false;
    }
    if (step < 0)
        return -1;
    if (!strbuf_ok(&f->joined))
        return err_nomem(err);
    set_text(&f->cells[f->at[1]], strbuf_str(&f->joined), f->joined.len);
    return 0;
}

static int open_remedies(struct feed *f, struct err *err)
{
    f->at[0] = shape_column(&f->shape, "remedy");
    f->at[1] = shape_column(&f->shape, "serials");
    f->fill = fill_serials;
    return query_open(f->report, "remedy_serials", &f->serials, err);
}

/* ----------------------------------------------------------------- open -- */

static const struct {
    const char *query;
    int (*open)(struct feed *f, struct err *err);
} special[] = {{"devices", open_devices},
               {"findings", open_findings},
               {"matrix", open_matrix},
               {"remedies", open_remedies}};

/* The columns of the query itself, hidden ones last. */
static int query_columns(struct feed *f, const char *query, struct err *err)
{
    size_t n = (size_t)sqlite3_column_count(f->st), i;

    f->read = n;
    f->shape.columns = calloc(n, sizeof(*f->shape.columns));
    if (!f->shape.columns)
        return err_nomem(err);
    for (i = 0; i < n; i++) {
        const char *name = sqlite3_column_name(f->st, (int)i);

        f->shape.columns[i].name = name ? strdup(name) : NULL;
        if (!f->shape.columns[i].name)
            return err_nomem(err);
        f->shape.columns[i].kind = kind_of(query, name);
        if (name[0] == '_')
            f->shape.hidden++;
        else
            f->shape.shown++;
    }
    return 0;
}

static int open_query(struct feed *f, const char *query, struct err *err)
{
    size_t i;

    for (i = 0; i < COUNT_OF(special); i++)
        if (strcmp(special[i].query, query) == 0)
            break;
    if (query_open(f->report, query, &f->st, err) < 0 ||
        query_columns(f, query, err) < 0)
        return -1;
    if (i < COUNT_OF(special) && special[i].open && special[i].open(f, err) < 0)
        return -1;
    f->cells = calloc(f->shape.shown + f->shape.added + f->shape.hidden,
                      sizeof(*f->cells));
    return f->cells ? 0 : err_nomem(err);
}

struct feed *feed_open(const struct report *r, const char *query,
                       struct err *err)
{
    struct feed *f = calloc(1, sizeof(*f));

    if (!f) {
        err_nomem(err);
        return NULL;
    }
    f->report = r;
    if (open_query(f, query, err) < 0) {
        feed_close(f);
        return NULL;
    }
    return f;
}

struct shape feed_take_shape(struct feed *f)
{
    struct shape s = f->shape;

    f->shape = (struct shape){0};
    return s;
}

struct source *feed_take_source(struct feed *f)
{
    struct source *s = f->source;

    f->source = NULL;
    return s;
}

void feed_close(struct feed *f)
{
    if (!f)
        return;
    shape_free(&f->shape);
    free(f->cells);
    sqlite3_finalize(f->st);
    sqlite3_finalize(f->serials);
    sqlite3_finalize(f->work);
    source_close(f->source);
    strbuf_free(&f->joined);
    json_decref(f->custom);
    free(f);
}

/* ----------------------------------------------------------------- next -- */

int feed_next(struct feed *f, struct err *err)
{
    int step = db_step(f->st, err);
    size_t i;

    if (step != 1)
        return step;
    for (i = 0; i < f->read; i++) {
        size_t to = i < f->shape.shown ? i : i + f->shape.added;

        read_cell(f->st, (int)i, f->shape.columns[to].kind, &f->cells[to]);
    }
    if (f->fill && f->fill(f, err) < 0)
        return -1;
    return 1;
}
