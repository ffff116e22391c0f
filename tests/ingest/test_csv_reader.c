#include "core/base.h"

#include "core/strbuf.h"
#include "ingest/csv_reader.h"
#include "tests/suites.h"
#include "tests/support/tmpdir.h"

#include <check.h>

static struct err err;
static struct strbuf shown;

static void setup(void)
{
    err = (struct err){0};
    tmpdir_make();
}

static void teardown(void)
{
    strbuf_free(&shown);
    shown = (struct strbuf){0};
    tmpdir_remove();
}

static void write_bytes(const char *text, size_t n)
{
    FILE *f = fopen(tmpdir_path("t.csv"), "wb");

    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(text, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
}

/* All rows as "LINE:a|b;LINE:c|d", the header first; "!" before what stopped
 * it. */
static const char *rows_of(const char *text, size_t n)
{
    struct input *in;
    struct csv_reader *r = NULL;
    const char *const *header;
    struct csv_row row;
    size_t i, k;
    int step = -1;

    err = (struct err){0};
    strbuf_reset(&shown);
    write_bytes(text, n);
    in = input_open(tmpdir_path("t.csv"), "t.csv", NULL, &err);
    if (in)
        r = csv_open(in, &err);
    if (r) {
        header = csv_header(r, &k);
        for (i = 0; i < k; i++)
            strbuf_addf(&shown, "%s%s", i ? "|" : "", header[i]);
        while ((step = csv_next(r, &row, &err)) == 1) {
            strbuf_addf(&shown, ";%lld:", (long long)row.line);
            for (i = 0; i < row.count; i++)
                strbuf_addf(&shown, "%s%.*s", i ? "|" : "", (int)row.cells[i].n,
                            row.cells[i].s);
            if (row.open)
                strbuf_addc(&shown, '~');
        }
    }
    if (step < 0)
        strbuf_addf(&shown, "!%ld:%ld", err.line, err.column);
    csv_close(r);
    input_close(in);
    return strbuf_str(&shown);
}

/* Files as the corpora of CSV tests have them, and what must come of each. */
static const struct {
    const char *text, *rows;
} verdicts[] = {
    {"a,b\n1,2\n", "a|b;2:1|2"},
    {"a,b\r\n1,2\r\n3,4\r\n", "a|b;2:1|2;3:3|4"},
    {"a,b\r1,2\r", "a|b;2:1|2"},
    {"\xef\xbb\xbf"
     "a,b\n1,2\n",
     "a|b;2:1|2"},
    {"\xef\xbb\xbf\"a\",b\n1,2\n", "a|b;2:1|2"},
    {"a;b\n1;2,5\n", "a|b;2:1|2,5"},
    {"a\tb\n1\t2\n", "a|b;2:1|2"},
    {"a|b\n1|2\n", "a|b;2:1|2"},
    {"sep=;\na;b\n1;2\n", "a|b;3:1|2"},
    {"sep=,\r\na,b\r\n1,2\r\n", "a|b;3:1|2"},
    {"\"sep=;\"\na;b\n1;2\n", "a|b;3:1|2"},
    {"#TYPE A.B`2[[C, D],[E, F]]\r\n\"a\";\"b\"\r\n\"1\";\"2\"\r\n",
     "a|b;3:1|2"},
    {"#TYPE\na,b\n1,2\n", "#TYPE;2:a|b;3:1|2"}, /* nothing behind it */
    {"a,b\n\"1,1\",2\n", "a|b;2:1,1|2"},
    {"a,b\n\"x\ny\",2\n3,4\n", "a|b;2:x\ny|2;4:3|4"},
    {"a,b\n\"x\r\ny\",2\r\n3,4\n", "a|b;2:x\r\ny|2;4:3|4"},
    {"a,b\n\"say \"\"hi\"\"\",2\n", "a|b;2:say \"hi\"|2"},
    {"a,b\n\"\",2\n", "a|b;2:|2"},
    {"a,b,c\r\n1,\"\",\"\"\r\n2,3,4\r\n", "a|b|c;2:1||;3:2|3|4"},
    {"k,v\n1,\"{\"\"t\"\": \"\"p\"\", \"\"c\"\": [1, 2]}\"\n",
     "k|v;2:1|{\"t\": \"p\", \"c\": [1, 2]}"},
    {"a,b\n1,\"ha \n\"\"ha\"\" \nha\"\n3,4\n",
     "a|b;2:1|ha \n\"ha\" \nha;5:3|4"},
    {"a,b\n1,\"\"\"\"\n2,\"\"\"x\"\"\"\n", "a|b;2:1|\";3:2|\"x\""},
    {"a,b,c\n1,2,\xca\xa4\n4,5,\xe6\xbc\xa2\n",
     "a|b|c;2:1|2|\xca\xa4;3:4|5|\xe6\xbc\xa2"},
    {"a,b\n,\n", "a|b;2:|"},
    {"a,b\n1,2", "a|b;2:1|2~"},
    {"a,b\n1,\"2\"", "a|b;2:1|2"},
    {"a,b\n\n\n1,2\n", "a|b;4:1|2"},
    {"a\n1\n2\n", "a;2:1;3:2"},
    {"a,b\n1,2,3\n4\n5,6\n", "a|b;2:1|2|3;3:4;4:5|6"}, /* the caller rejects */
    {"a,b\n", "a|b"},
    {"a,\"b\nc\"\n1,2\n", "a|b\nc;3:1|2"},
    {"\xe2\x80\x99,b\n\xc3\xa9,2\n", "\xe2\x80\x99|b;2:\xc3\xa9|2"},
    {"a, b \n1, 2 \n", "a|b;2:1|2"},
    {"a,b\n1,\"2\n3,4\n", "a|b!2:3"},   /* never closed */
    {"a,b\n1,x\"y\"\n", "!2:4"},        /* a quote inside a cell */
    {"a,b\n\"x\"y,2\n", "!2:4"},        /* text after a quote */
    {"a,b\n\xc3\xa9,\"x\"y\n", "!2:6"}, /* characters are counted */
    {"a,a\n1,2\n", "!1:0"},
    {"a,b,A \n1,2,3\n", "!1:0"},
    {"", "!0:0"},
    {"\n\n", "!0:0"},
};

START_TEST(verdicts_and_places)
{
    ck_assert_str_eq(rows_of(verdicts[_i].text, strlen(verdicts[_i].text)),
                     verdicts[_i].rows);
}
END_TEST

START_TEST(a_nul_is_refused)
{
    ck_assert_str_eq(rows_of("a,b\n1,\0\n", 8), "!2:0");
    ck_assert_int_eq(err.code, ERR_INPUT);
    ck_assert(strstr(err.text, "NUL") != NULL);
}
END_TEST

START_TEST(duplicate_headers_are_named)
{
    rows_of("Serial,Name,serial\n1,2,3\n", 25);
    ck_assert_str_eq(err.text, "columns 1 and 3 are both named \"Serial\"");
}
END_TEST

START_TEST(two_empty_headers_are_no_duplicate)
{
    ck_assert_str_eq(rows_of("a,,\n1,2,3\n", 10), "a||;2:1|2|3");
}
END_TEST

/* Rows must come out the same wherever the chunks happen to end. */
START_TEST(chunk_borders_change_nothing)
{
    struct strbuf text = {0}, want = {0};
    long line = 2;
    int i;

    strbuf_adds(&text, "a,b\n");
    strbuf_adds(&want, "a|b");
    for (i = 0; i < 9000; i++) {
        strbuf_addf(&text, "%d,\"x\"\"%d\n%s\"\r\n", i, i,
                    i % 7 ? "yy" : "z,z");
        strbuf_addf(&want, ";%ld:%d|x\"%d\n%s", line, i, i,
                    i % 7 ? "yy" : "z,z");
        line += 2;
    }
    ck_assert_str_eq(rows_of(text.data, text.len), want.data);
    strbuf_free(&text);
    strbuf_free(&want);
}
END_TEST

START_TEST(limits_are_at_the_stated_size)
{
    struct strbuf text = {0};
    size_t i;

    strbuf_adds(&text, "a,b\n");
    for (i = 0; i < CSV_CELL_MOST; i++)
        strbuf_addc(&text, 'x');
    strbuf_adds(&text, ",2\n");
    ck_assert(strchr(rows_of(text.data, text.len), '!') == NULL);
    strbuf_reset(&text);
    strbuf_adds(&text, "a,b\n1,\"");
    for (i = 0; i < CSV_CELL_MOST + 200000; i++)
        strbuf_addc(&text, 'x');
    strbuf_adds(&text, "\"\n");
    ck_assert(strchr(rows_of(text.data, text.len), '!') != NULL);
    ck_assert_int_eq(err.line, 2);
    strbuf_reset(&text);
    for (i = 0; i < CSV_COLUMNS_MOST; i++)
        strbuf_addf(&text, "%sc%zu", i ? "," : "", i);
    ck_assert(strchr(rows_of(text.data, text.len), '!') == NULL);
    strbuf_adds(&text, ",more\n");
    ck_assert(strchr(rows_of(text.data, text.len), '!') != NULL);
    strbuf_free(&text);
}
END_TEST

/* Fleet's console escapes cells like JSON. */
START_TEST(backslashed_cells_are_read)
{
    const char *text = "\"host_display_name\",\"note\"\n"
                       "\"Ana\\u2019s\",\"say \\\"hi\\\"\\nbye \\\\ x\"";

    ck_assert_str_eq(rows_of(text, strlen(text)),
                     "host_display_name|note;2:Anau2019s|say \"hi\"\nbye \\ x");
}
END_TEST

/* ... and as a spreadsheet writes them when it saves such an export again. */
START_TEST(backslashed_cells_saved_again_are_read)
{
    const char *text = "\"host_display_name\",\"note\"\n"
                       "\"Ana \\A\\\"\" X\"\"\",\"1\"\n\"Ben\",\"AD\\\"\n";

    ck_assert_str_eq(rows_of(text, strlen(text)),
                     "host_display_name|note;2:Ana \\A\\\" X\"|1;3:Ben|AD\\");
}
END_TEST

/* Cut anywhere: what is read is a beginning of the whole, or an error. */
START_TEST(a_cut_file_gives_whole_rows_or_an_error)
{
    const char *text = "a,b\n1,\"x, y\"\n\"2\n3\",zz\n4,5\n";
    struct strbuf whole = {0};
    size_t n;

    strbuf_adds(&whole, rows_of(text, strlen(text)));
    for (n = 4; n < strlen(text); n++) {
        char *part, *last;

        rows_of(text, n);
        part = shown.data;
        if (strchr(part, '!'))
            continue;
        last = strrchr(part, ';');
        if (last && part[strlen(part) - 1] == '~')
            *last = '\0'; /* flagged as open */
        /* a ragged last row is for the caller to see */
        if (last && !strchr(last, '|'))
            *last = '\0';
        ck_assert_msg(strncmp(part, whole.data, strlen(part)) == 0,
                      "cut at %zu: %s", n, part);
    }
    strbuf_free(&whole);
}
END_TEST

Suite *csv_reader_suite(void);
Suite *csv_reader_suite(void)
{
    Suite *s = suite_create("csv_reader");
    TCase *tc = tcase_create("csv_reader");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, verdicts_and_places, 0, COUNT_OF(verdicts));
    tcase_add_test(tc, a_nul_is_refused);
    tcase_add_test(tc, duplicate_headers_are_named);
    tcase_add_test(tc, two_empty_headers_are_no_duplicate);
    tcase_add_test(tc, chunk_borders_change_nothing);
    tcase_add_test(tc, limits_are_at_the_stated_size);
    tcase_add_test(tc, backslashed_cells_are_read);
    tcase_add_test(tc, backslashed_cells_saved_again_are_read);
    tcase_add_test(tc, a_cut_file_gives_whole_rows_or_an_error);
    suite_add_tcase(s, tc);
    return s;
}
