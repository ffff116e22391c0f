/*
 * job_work.c - the Findings sheet of a workbook, filled in by people.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/text.h"
#include "core/when.h"
#include "core/work.h"
#include "ingest/job.h"
#include "ingest/secrets.h"
#include "ingest/slice.h"

#define FINDING_ID_LONG 16
#define UNASSIGNED "unassigned" /* as reports call Macs of no known client */

struct sheet {
    struct job *j;
    sqlite3_stmt *put;
    size_t columns;
    size_t at[WORK_KEYS];          /* column; "columns" where there is none */
    struct strbuf cell[WORK_KEYS]; /* of the row at hand, trimmed */
    int64_t line, withheld;
};

/* ------------------------------------------------------------- the columns */

static size_t find_column(const char *const *header, size_t n,
                          char *const *names, size_t count)
{
    size_t i, k;

    for (k = 0; k < count; k++)
        for (i = 0; i < n; i++)
            if (ascii_casecmp(header[i], names[k]) == 0)
                return i;
    return n;
}

static int find_columns(struct sheet *s, struct err *err)
{
    const struct working *w = s->j->source->work;
    const char *const *header = csv_header(s->j->csv, &s->columns);
    size_t k;

    s->j->wanted = calloc(s->columns + 1, sizeof(*s->j->wanted));
    if (!s->j->wanted)
        return err_nomem(err);
    for (k = 0; k < WORK_KEYS; k++) {
        s->at[k] = find_column(header, s->columns, w->names[k], w->count[k]);
        s->j->wanted[s->at[k]] = true;
    }
    csv_want(s->j->csv, s->j->wanted, NULL);
    return 0;
}

/* ------------------------------------------------------------------ a row */

static void read_cell(struct sheet *s, size_t k, struct slice t)
{
    strbuf_reset(&s->cell[k]);
    t = slice_trim(t);
    s->withheld += t.n && secret_shape(t.s, t.n);
    secret_clean(&s->cell[k], t.s, t.n);
}

static void lower(struct strbuf *b)
{
    size_t i;

    for (i = 0; i < b->len; i++)
        b->data[i] = ascii_lower(b->data[i]);
}

/* The last cell of a file that ends without a line end may have lost its end.
 */
static void read_row(struct sheet *s, const struct csv_row *row)
{
    size_t k, i;

    s->line = row->line;
    for (k = 0; k < WORK_KEYS; k++) {
        struct csv_cell c = {0};

        i = s->at[k];
        if (i < s->columns)
            c = row->cells[i];
        if (row->open && i + 1 == s->columns && c.n) {
            s->j->cut_tail = true;
            c.n = 0;
        }
        read_cell(s, k, (struct slice){c.s ? c.s : "", c.s ? c.n : 0});
    }
    lower(&s->cell[WORK_FINDING]);
    lower(&s->cell[WORK_DECISION]);
}

static bool filled_in(const struct sheet *s)
{
    return s->cell[WORK_OWNER].len || s->cell[WORK_DUE].len ||
           s->cell[WORK_DECISION].len || s->cell[WORK_COMMENT].len;
}

/* Sixteen digits of a digest; a spreadsheet may have made a number of them. */
static bool is_finding(const struct strbuf *b)
{
    return b->len == FINDING_ID_LONG &&
           strspn(strbuf_str(b), "0123456789abcdef") == b->len;
}

static bool accepts(const struct sheet *s)
{
    return strcmp(strbuf_str(&s->cell[WORK_DECISION]), WORK_ACCEPTS) == 0;
}

/* Whose finding it is: as the sheet says, else as the command says. */
static bool find_client(struct sheet *s)
{
    struct strbuf *b = &s->cell[WORK_CLIENT];
    const char *client = s->j->client;

    if (b->len)
        return !*client || ascii_casecmp(b->data, client) == 0;
    strbuf_adds(b, *client ? client : UNASSIGNED);
    return true;
}

/* What is wrong with the row, and in which column; NULL where nothing is. */
static const char *fault(struct sheet *s, enum work_key *at, int64_t *due)
{
    *at = WORK_FINDING;
    if (!is_finding(&s->cell[WORK_FINDING]))
        return "expected a finding id of 16 digits and letters a to f";
    *at = WORK_CLIENT;
    if (!find_client(s))
        return "a finding of another client than the file's";
    *at = WORK_DUE;
    if (s->cell[WORK_DUE].len &&
        !when_parse_day(strbuf_str(&s->cell[WORK_DUE]), due))
        return "Due: expected a date as 2026-11-30";
    *at = WORK_DECISION;
    if (accepts(s) && !(s->cell[WORK_OWNER].len && s->cell[WORK_DUE].len &&
                        s->cell[WORK_COMMENT].len && s->cell[WORK_RULE].len &&
                        s->cell[WORK_SERIAL].len))
        return "Decision: an accepted risk needs Owner, Due and Comment";
    return NULL;
}

static int put_row(struct sheet *s, int64_t due, struct err *err)
{
    static const struct {
        const char *name;
        enum work_key key;
    } texts[] = {{":finding", WORK_FINDING},   {":client", WORK_CLIENT},
                 {":rule", WORK_RULE},         {":serial", WORK_SERIAL},
                 {":account", WORK_ACCOUNT},   {":owner", WORK_OWNER},
                 {":decision", WORK_DECISION}, {":comment", WORK_COMMENT}};
    size_t i;

    for (i = 0; i < COUNT_OF(texts); i++)
        if (!strbuf_ok(&s->cell[texts[i].key]))
            return err_nomem(err);
        else if (db_bind_text(s->put, texts[i].name,
                              strbuf_str(&s->cell[texts[i].key]), err) < 0)
            return -1;
    if (db_bind_int(s->put, ":import", s->j->import_id, err) < 0 ||
        db_bind_int(s->put, ":line", s->line, err) < 0 ||
        (s->cell[WORK_DUE].len && db_bind_int(s->put, ":due", due, err) < 0))
        return -1;
    return db_run(s->put, err);
}

static int take_row(struct sheet *s, struct err *err)
{
    enum work_key at = WORK_FINDING;
    int64_t due = 0;
    const char *why;

    if (!filled_in(s)) {
        load_nothing(s->j->load);
        return 0;
    }
    why = fault(s, &at, &due);
    if (!why) {
        if (put_row(s, due, err) < 0)
            return -1;
        if (sqlite3_changes(s->j->in->db) > 0) {
            load_elsewhere(s->j->load);
            return 0;
        }
        at = WORK_FINDING;
        why = "the finding is there twice";
    }
    return load_reject(s->j->load, s->line,
                       s->at[at] < s->columns ? (int64_t)s->at[at] + 1 : 0, why,
                       err);
}

static int take_rows(struct sheet *s, struct err *err)
{
    struct csv_row row;
    int step, rc;

    while ((step = csv_next(s->j->csv, &row, err)) == 1) {
        if (job_tick(s->j, err) < 0)
            return -1;
        if (row.count != s->columns) {
            rc = job_ragged(s->j, &row, s->columns, err);
        } else {
            read_row(s, &row);
            rc = take_row(s, err);
        }
        if (rc < 0)
            return -1;
    }
    return step;
}

int job_load_work(struct job *j, struct err *err)
{
    struct sheet s = {.j = j};
    int rc = find_columns(&s, err);
    size_t k;

    if (rc == 0)
        rc = db_prepare(
            j->in->db,
            "INSERT OR IGNORE INTO work(import_id, line, finding_id, client,"
            " rule, serial, account, owner, due, decision, comment) VALUES"
            " (:import, :line, :finding, :client, :rule, :serial, :account,"
            " :owner, :due, :decision, :comment)",
            &s.put, err);
    if (rc == 0)
        rc = take_rows(&s, err);
    sqlite3_finalize(s.put);
    for (k = 0; k < WORK_KEYS; k++)
        strbuf_free(&s.cell[k]);
    job_note(j, "%s", job_delimiter(j));
    if (s.withheld)
        job_remark(j, "%lld %s the shape of a secret: withheld",
                   (long long)s.withheld,
                   s.withheld == 1 ? "cell has" : "cells have");
    return rc;
}
