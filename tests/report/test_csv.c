#include "core/base.h"

#include "core/strbuf.h"
#include "report/csv.h"
#include "tests/suites.h"

/* A cell as it is written, guarded or not. */
static char *written(const char *text, bool guard)
{
    struct err err = {0};
    struct sink *s = sink_open(NULL, &err); /* read before it is full */
    struct strbuf b = {0};

    ck_assert(s != NULL);
    if (guard)
        csv_guarded(s, text, strlen(text));
    else
        csv_cell(s, text, strlen(text));
    strbuf_add(&b, s->data, s->len);
    free(s);
    return strbuf_detach(&b);
}

/* What a reader makes of a cell: quotes off, doubled quotes single. */
static char *read_back(const char *cell)
{
    struct strbuf b = {0};

    if (*cell != '"') {
        strbuf_adds(&b, cell);
        return strbuf_detach(&b);
    }
    for (cell++; *cell; cell++) {
        if (*cell == '"' && *++cell != '"')
            break;
        strbuf_addc(&b, *cell);
    }
    ck_assert_str_eq(cell, "");
    return strbuf_detach(&b);
}

static const char *const texts[] = {
    "plain",
    "",
    "a,b",
    "say \"hi\"",
    "two\r\nlines",
    " blank first",
    "blank last ",
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "|x",
    "%x",
    "  =1",
    "\xc2\xa0=1",
    "\xe2\x80\x8b+1",
    "\xef\xbc\2351", /* a full-width equals sign */
    "'=1",
    "''=1",
    "'tis",
    "'",
    "''",
    "a\n=1",
    "a\r\n@x\n-y",
    "a\n\n=1",
    "=\"'\"",
    "\n=1",
    "-",
    "1E10",
    "0012",
    "\xef\xbb\xbf=1",
    "' =1",
    "\x1b[31mred\x1b]0;x\x07",
    ("\xc2\x9b"
     "31m"),
    "\x7f\x01",
    "=1\x1b\n=2",
};

START_TEST(a_cell_read_back_and_unguarded_is_what_it_was)
{
    char *cell = written(texts[_i], true), *seen = read_back(cell);
    struct strbuf plain = {0};

    csv_unguard(&plain, seen, strlen(seen));
    ck_assert_str_eq(strbuf_str(&plain), texts[_i]);
    strbuf_free(&plain);
    free(cell);
    free(seen);
}
END_TEST

START_TEST(no_line_of_a_guarded_cell_begins_a_formula)
{
    char *cell = written(texts[_i], true), *seen = read_back(cell), *p = seen;

    for (;;) {
        size_t n = strcspn(p, "\r\n");

        if (*p == '\'')
            ck_assert(true); /* text, whatever follows */
        else
            ck_assert_msg(n == 0 || !csv_risky(p, n), "%s", p);
        if (!p[n])
            break;
        p += n + 1;
    }
    free(cell);
    free(seen);
}
END_TEST

START_TEST(no_terminal_obeys_a_guarded_cell)
{
    char *cell = written(texts[_i], true), *p;

    for (p = cell; *p; p++) {
        unsigned char c = (unsigned char)*p, next = (unsigned char)p[1];

        ck_assert_msg((c >= 0x20 && c != 0x7f) || c == '\t' || c == '\r' ||
                          c == '\n',
                      "%s", cell);
        ck_assert_msg(c != 0xc2 || next >= 0xa0, "%s", cell);
    }
    free(cell);
}
END_TEST

START_TEST(a_raw_cell_is_untouched)
{
    char *cell = written(texts[_i], false), *seen = read_back(cell);

    ck_assert_str_eq(seen, texts[_i]);
    free(cell);
    free(seen);
}
END_TEST

START_TEST(cells_are_quoted_only_where_they_need_it)
{
    char *plain = written("plain text", true), *comma = written("a,b", true);

    ck_assert_str_eq(plain, "plain text");
    ck_assert_str_eq(comma, "\"a,b\"");
    free(plain);
    free(comma);
}
END_TEST

Suite *csv_suite(void);

Suite *csv_suite(void)
{
    Suite *s = suite_create("csv");
    TCase *tc = tcase_create("csv");
    const int n = (int)COUNT_OF(texts);

    tcase_add_loop_test(tc, a_cell_read_back_and_unguarded_is_what_it_was, 0,
                        n);
    tcase_add_loop_test(tc, no_line_of_a_guarded_cell_begins_a_formula, 0, n);
    tcase_add_loop_test(tc, no_terminal_obeys_a_guarded_cell, 0, n);
    tcase_add_loop_test(tc, a_raw_cell_is_untouched, 0, n);
    tcase_add_test(tc, cells_are_quoted_only_where_they_need_it);
    suite_add_tcase(s, tc);
    return s;
}
