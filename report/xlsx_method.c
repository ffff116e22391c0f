/*
 * xlsx_method.c - the page that says what was judged, and how.
 */
#include "core/base.h"

#include "core/when.h"
#include "report/brand.h"
#include "report/manifest.h"
#include "report/xlsx.h"

/* Columns that print on one page: texts are broken, 64 digits into two lines.
 * The second has the sentences of the glossary. */
static unsigned wide(size_t column)
{
    return column == 1 ? 48 : 34;
}

static void pair(struct book *b, struct sheet *s, int64_t *row,
                 const char *label, const char *text)
{
    book_row(b, s, *row, book_lines(text, strlen(text), wide(1)));
    book_words(b, s, *row, 0, label, FMT_LABEL);
    book_words(b, s, (*row)++, 1, text, FMT_WRAP);
}

static const struct {
    const char *word, *meaning;
} glossary[] = {
    {"pass", "the facts say that the rule is met"},
    {"fail", "the facts say that it is not"},
    {"unknown", "a fact that the rule needs is missing, too old, or two "
                "sources disagree; never counted as met"},
    {"notchecked", "no export carries the fact for this Mac, so nothing was "
                   "measured; never counted as met"},
    {"notapplicable", "the rule does not concern this Mac"},
    {"pass rate", "pass / (pass + fail)"},
    {"coverage", "(pass + fail) / (pass + fail + unknown + not checked + "
                 "error)"},
    {"at-risk", "something high or critical failed"},
    {"undetermined", "something high or critical is unknown, or the Mac does "
                     "not report any more"},
    {"attention", "something medium failed"},
    {"partial", "no problem found, but a core check was not measured"},
    {"clean", "no problem found, and every core check was measured"},
    {"accepted risk", "a finding that somebody has accepted until a date; it "
                      "stays a finding"},
    {"secure token", "what lets an account unlock FileVault and grant that to "
                     "others"},
    {"bootstrap token", "what lets the management server grant secure tokens "
                        "and act without a person"},
    {"volume owner", "an account that may update or erase a Mac with Apple "
                     "silicon"},
};

static int facts(struct book *b, struct sheet *s, int64_t *row,
                 const struct report *r, struct err *err)
{
    const struct brand *brand = r->brand ? r->brand : &brand_plain;
    struct rows *rows = rows_open(r, "run", err);
    char run[17];
    int step = rows ? rows_next(rows, err) : -1;
    size_t i;

    if (step == 1 && manifest_run_id(r, run, err) == 0) {
        pair(b, s, row, "client",
             brand->name ? brand->name
                         : (r->client_id ? r->client : "all together"));
        if (brand->contact)
            pair(b, s, row, "questions", brand->contact);
        pair(b, s, row, "run", run);
        for (i = 0; i < rows_width(rows); i++) {
            const struct cell *c = rows_cell(rows, i);

            book_words(b, s, *row, 0, rows_name(rows, i), FMT_LABEL);
            book_cell(b, s, (*row)++, 1, c);
        }
    }
    rows_close(rows);
    return step < 0 ? -1 : 0;
}

static void input(struct book *b, struct sheet *s, int64_t row,
                  const struct rows *rows)
{
    int most = 1;
    size_t i;

    for (i = 0; i < rows_width(rows); i++) {
        const struct cell *c = rows_cell(rows, i);
        int lines;

        if (c->kind != CELL_TEXT) {
            book_cell(b, s, row, (int)i, c);
            continue;
        }
        book_text(b, s, row, (int)i, c->text, c->len, FMT_WRAP);
        lines = book_lines(c->text, c->len, wide(i));
        most = lines > most ? lines : most;
    }
    book_row(b, s, row, most);
}

static int inputs(struct book *b, struct sheet *s, int64_t *row,
                  const struct report *r, struct err *err)
{
    struct rows *rows = rows_open(r, "inputs", err);
    int step = -1;
    size_t i;

    if (!rows)
        return -1;
    (*row)++;
    book_words(b, s, (*row)++, 0,
               "Files read: records = accepted + rejected + left out",
               FMT_LABEL);
    for (i = 0; i < rows_width(rows); i++)
        book_words(b, s, *row, (int)i, rows_name(rows, i), FMT_HEADER);
    (*row)++;
    while ((step = rows_next(rows, err)) == 1) {
        input(b, s, (*row)++, rows);
    }
    rows_close(rows);
    return step;
}

int xlsx_method(struct book *b, struct sheet *s, const struct report *r,
                struct err *err)
{
    int64_t row = 0;
    size_t i;

    book_words(b, s, row++, 0, "Method", FMT_TITLE);
    row++;
    if (facts(b, s, &row, r, err) < 0)
        return -1;
    row++;
    book_words(b, s, row++, 0, "What the words mean", FMT_LABEL);
    for (i = 0; i < COUNT_OF(glossary); i++)
        pair(b, s, &row, glossary[i].word, glossary[i].meaning);
    if (inputs(b, s, &row, r, err) < 0)
        return -1;
    for (i = 0; i < BOOK_COLUMNS; i++)
        if (s->width[i] > wide(i))
            s->width[i] = (uint16_t)wide(i);
    worksheet_gridlines(s->ws, LXW_HIDE_ALL_GRIDLINES);
    xlsx_print(b, s, r, 0);
    return 0;
}
