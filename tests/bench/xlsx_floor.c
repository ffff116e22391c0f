/*
 * xlsx_floor.c - what libxlsxwriter itself costs for the cells of a workbook.
 *
 *     xlsx_floor CELLS.csv OUT.xlsx
 *
 * Reads the cells that xlsx_cells.py took out of a workbook (its header says
 * how they are written) and writes the same sheets, rows and cells in
 * constant-memory mode: no formats, filters, widths or charts. A writer of
 * the same workbook cannot be cheaper than this by more than the reading of
 * the CSV, which is small beside it.
 *
 * Exit status: 0, 1 something failed, 2 usage.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <csv.h>
#include <xlsxwriter.h>

struct floor {
    lxw_workbook *book;
    lxw_worksheet *sheet;
    lxw_row_t row;
    lxw_col_t col;
    bool heading; /* this line only names a sheet */
    lxw_error rc;
    char *text; /* a cell with its closing 0 */
    size_t size;
};

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "xlsx_floor: %s\n", what);
    exit(1);
}

static const char *terminated(struct floor *f, const char *s, size_t n)
{
    if (n + 1 > f->size) {
        f->size = 2 * n + 64;
        f->text = realloc(f->text, f->size);
        if (!f->text)
            fail("out of memory");
    }
    memcpy(f->text, s, n);
    f->text[n] = '\0';
    return f->text;
}

static lxw_error write_cell(struct floor *f, const char *s)
{
    switch (s[0]) {
    case 'n':
        return worksheet_write_number(f->sheet, f->row, f->col,
                                      strtod(s + 1, NULL), NULL);
    case 'b':
        return worksheet_write_boolean(f->sheet, f->row, f->col, s[1] == '1',
                                       NULL);
    case 'f':
        return worksheet_write_formula(f->sheet, f->row, f->col, s + 1, NULL);
    default:
        return worksheet_write_string(f->sheet, f->row, f->col, s + 1, NULL);
    }
}

static void on_cell(void *cell, size_t n, void *ctx)
{
    struct floor *f = ctx;
    const char *s = n ? terminated(f, cell, n) : "";

    if (f->col == 0 && s[0] == '#') {
        f->sheet = workbook_add_worksheet(f->book, s + 1);
        if (!f->sheet)
            fail("a sheet could not be added");
        f->heading = true;
    } else if (!f->sheet) {
        fail("no sheet named before the first row");
    } else if (s[0]) {
        lxw_error rc = write_cell(f, s);

        if (rc != LXW_NO_ERROR)
            f->rc = rc;
    }
    f->col++;
}

static void on_row(int end, void *ctx)
{
    struct floor *f = ctx;

    (void)end;
    f->row = f->heading ? 0 : f->row + 1;
    f->col = 0;
    f->heading = false;
}

static void read_cells(const char *path, struct floor *f)
{
    static char block[1 << 16];
    struct csv_parser parser;
    FILE *in = fopen(path, "rb");
    size_t n;

    if (!in || csv_init(&parser, CSV_APPEND_NULL) != 0)
        fail("the cells cannot be read");
    while ((n = fread(block, 1, sizeof block, in)) > 0)
        if (csv_parse(&parser, block, n, on_cell, on_row, f) != n)
            fail(csv_strerror(csv_error(&parser)));
    csv_fini(&parser, on_cell, on_row, f);
    csv_free(&parser);
    if (ferror(in) || fclose(in) != 0)
        fail("the cells cannot be read");
}

int main(int argc, char **argv)
{
    lxw_workbook_options options = {.constant_memory = LXW_TRUE,
                                    .tmpdir = NULL};
    struct floor f = {.rc = LXW_NO_ERROR};

    if (argc != 3) {
        fputs("usage: xlsx_floor CELLS.csv OUT.xlsx\n", stderr);
        return 2;
    }
    f.book = workbook_new_opt(argv[2], &options);
    if (!f.book)
        fail("no workbook");
    read_cells(argv[1], &f);
    if (f.rc != LXW_NO_ERROR)
        fail(lxw_strerror(f.rc));
    f.rc = workbook_close(f.book);
    if (f.rc != LXW_NO_ERROR)
        fail(lxw_strerror(f.rc));
    free(f.text);
    return 0;
}
