/*
 * job_csv.c - the records of a CSV file.
 */
#include "core/base.h"

#include "core/text.h"
#include "ingest/command_text.h"
#include "ingest/job.h"

int job_ragged(struct job *j, const struct csv_row *row, size_t expected,
               struct err *err)
{
    char reason[160];

    if (row->open && row->count < expected)
        snprintf(reason, sizeof(reason),
                 "the file ends inside this row: expected %zu cells, found %zu",
                 expected, row->count);
    else
        snprintf(reason, sizeof(reason), "expected %zu cells, found %zu",
                 expected, row->count);
    return load_reject(j->load, row->line, 0, reason, err);
}

/* The last cell of a file that ends without a line end may have lost its end:
 * it is read only where it is a word that begins no other. */
static void open_row(struct job *j, size_t columns)
{
    struct map_cell *last = &j->cells[columns - 1];

    if (map_survives_cut(j->map, (int)columns - 1, last))
        return;
    last->n = 0;
    last->kind = CELL_NONE;
    j->cut_tail = true;
}

/* Consoles and shells write a bare null for "nothing", databases NULL or \N. */
static bool is_null(const struct map_cell *c)
{
    static const char *const words[] = {"null", "NULL", "\\N"};
    size_t i;

    for (i = 0; c->s && i < COUNT_OF(words); i++)
        if (c->n == strlen(words[i]) && memcmp(c->s, words[i], c->n) == 0)
            return true;
    return false;
}

static void drop_nulls(struct job *j, size_t columns)
{
    size_t i;

    for (i = 0; i < columns; i++)
        if (is_null(&j->cells[i]))
            j->cells[i].n = 0;
}

/* Cells with entities, as they were meant. The texts move while there are more
 * to come, so the cells learn their places at the end. */
static int decode_row(struct job *j, size_t columns, struct err *err)
{
    size_t i, at = 0;

    strbuf_reset(&j->plain);
    for (i = 0; i < columns; i++) {
        struct map_cell *c = &j->cells[i];
        size_t before = j->plain.len;

        if (c->n == 0 || !memchr(c->s, '&', c->n))
            continue;
        text_entities(&j->plain, c->s, c->n);
        *c = (struct map_cell){NULL, (uint32_t)(j->plain.len - before),
                               CELL_TEXT};
    }
    if (!strbuf_ok(&j->plain))
        return err_nomem(err);
    for (i = 0; i < columns; i++) {
        if (j->cells[i].s)
            continue;
        j->cells[i].s = strbuf_str(&j->plain) + at;
        at += j->cells[i].n;
    }
    return 0;
}

static int next_csv(void *ctx, struct err *err)
{
    struct job *j = ctx;
    size_t columns = map_columns(j->map, 0), i;
    struct map_record *r = load_record(j->load);
    struct csv_row row;
    int step;

    while ((step = csv_next(j->csv, &row, err)) == 1) {
        if (job_tick(j, err) < 0)
            return -1;
        if (row.count != columns) {
            if (job_ragged(j, &row, columns, err) < 0)
                return -1;
            continue;
        }
        for (i = 0; i < columns; i++)
            j->cells[i] =
                (struct map_cell){row.cells[i].s, row.cells[i].n, CELL_TEXT};
        if (!j->source->canonical)
            drop_nulls(j, columns);
        if (row.open)
            open_row(j, columns);
        if (j->source->entities && decode_row(j, columns, err) < 0)
            return -1;
        if (map_begin(j->map, j->cells, row.line, r, err) < 0 ||
            map_end(j->map, r, err) < 0)
            return -1;
        return 1;
    }
    return step;
}

const char *job_delimiter(const struct job *j)
{
    char c = csv_delimiter(j->csv);

    return c == ','    ? "comma"
           : c == ';'  ? "semicolon"
           : c == '\t' ? "tab"
                       : "bar";
}

/* In columns that nobody knows, what commands printed is read. */
static bool is_answer(const char *s, size_t n)
{
    return command_text_strict(s, n) != 0;
}

int job_load_csv(struct job *j, struct err *err)
{
    const char *const *header;
    size_t n, i;
    int place;

    header = csv_header(j->csv, &n);
    j->cells = calloc(n + 1, sizeof(*j->cells));
    j->wanted = calloc(n + 1, sizeof(*j->wanted));
    if (!j->cells || !j->wanted)
        return err_nomem(err);
    for (i = 0; i < n; i++) {
        place = map_column(j->map, 0, header[i], err);
        if (place < 0)
            return -1;
        j->wanted[i] = map_wants(j->map, 0, place);
    }
    csv_want(j->csv, j->wanted,
             map_looks_everywhere(j->map) ? is_answer : NULL);
    job_note(j, "%s", job_delimiter(j));
    return load_all(j->load, &j->in->slot, next_csv, j, err);
}

int job_csv_signature(struct job *j, struct signature *sig, struct err *err)
{
    const char *const *header;
    size_t n, i;

    j->csv = csv_open(j->input, err);
    if (!j->csv)
        return -1;
    header = csv_header(j->csv, &n);
    sig->format = FORMAT_CSV;
    for (i = 0; i < n; i++)
        signature_add(sig, header[i], strlen(header[i]));
    signature_sort(sig);
    return 0;
}
