/*
 * fuzz_csv.c - the CSV reader; what it accepts, written anew in quotes, reads
 * as the same cells.
 */
#include "core/base.h"

#include "core/strbuf.h"
#include "ingest/csv_reader.h"
#include "tests/fuzz/fuzz.h"

static void put_cell(struct strbuf *b, const char *s, size_t n)
{
    size_t i;

    strbuf_addc(b, '"');
    for (i = 0; i < n; i++) {
        if (s[i] == '"')
            strbuf_addc(b, '"');
        strbuf_addc(b, s[i]);
    }
    strbuf_addc(b, '"');
}

static void put_header(struct strbuf *b, const struct csv_reader *r)
{
    size_t i, n;
    const char *const *names = csv_header(r, &n);

    for (i = 0; i < n; i++) {
        if (i)
            strbuf_addc(b, csv_delimiter(r));
        put_cell(b, names[i], strlen(names[i]));
    }
    strbuf_addc(b, '\n');
}

/* Whole rows as quoted CSV, and their cells alone. False: the file ends in an
 * error. */
static bool read_rows(struct csv_reader *r, struct strbuf *again,
                      struct strbuf *cells, struct err *err)
{
    struct csv_row row;
    size_t i, n;
    int got;

    csv_header(r, &n);
    while ((got = csv_next(r, &row, err)) == 1) {
        if (row.count != n)
            continue;
        for (i = 0; i < n; i++) {
            if (again && i)
                strbuf_addc(again, csv_delimiter(r));
            if (again)
                put_cell(again, row.cells[i].s, row.cells[i].n);
            strbuf_addf(cells, "%u:", (unsigned)row.cells[i].n);
            strbuf_add(cells, row.cells[i].s, row.cells[i].n);
        }
        if (again)
            strbuf_addc(again, '\n');
    }
    fuzz_promise(got == 0 || err->code, "an error says what it is", "none");
    return got == 0;
}

static bool want_all(struct csv_reader *r)
{
    static bool wanted[CSV_COLUMNS_MOST];

    memset(wanted, true, sizeof(wanted));
    csv_want(r, wanted, NULL);
    return !csv_is_backslashed(r);
}

static void read_again(const struct strbuf *text, const struct strbuf *cells)
{
    struct err err = {0};
    struct strbuf second = {0};
    struct input *in =
        input_open(fuzz_file((const uint8_t *)strbuf_str(text), text->len),
                   "b.csv", "utf-8", &err);
    struct csv_reader *r = in ? csv_open(in, &err) : NULL;

    fuzz_promise(r != NULL, "its own rows are read again", err.text);
    if (want_all(r)) {
        fuzz_promise(read_rows(r, NULL, &second, &err),
                     "its own rows are read again", err.text);
        fuzz_promise(
            second.len == cells->len &&
                memcmp(strbuf_str(&second), strbuf_str(cells), cells->len) == 0,
            "the same cells", strbuf_str(&second));
    }
    strbuf_free(&second);
    csv_close(r);
    input_close(in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct strbuf again = {0}, cells = {0};
    struct err err = {0};
    struct input *in = input_open(fuzz_file(data, n), "a.csv", NULL, &err);
    bool text = in && !input_is_binary(in); /* as the importer asks first */
    struct csv_reader *r = text ? csv_open(in, &err) : NULL;
    bool whole = false;

    fuzz_promise(r || err.code || (in && !text), "an error says what it is",
                 "none");
    if (r && want_all(r)) {
        put_header(&again, r);
        whole = read_rows(r, &again, &cells, &err);
    }
    csv_close(r);
    input_close(in);
    if (whole && cells.len)
        read_again(&again, &cells);
    strbuf_free(&again);
    strbuf_free(&cells);
    return 0;
}
