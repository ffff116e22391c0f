#include "core/base.h"

#include "core/text.h"
#include "tests/suites.h"

static const struct {
    const char *bytes;
    size_t n, len;
    uint32_t cp;
} sequences[] = {
    {"A", 1, 1, 'A'},
    {"\xc3\xa4", 2, 2, 0xe4},
    {"\xe2\x82\xac", 3, 3, 0x20ac},
    {"\xf0\x9f\x8d\x8e", 4, 4, 0x1f34e},
    {"\xf4\x8f\xbf\xbf", 4, 4, 0x10ffff},
    {"", 0, 0, 0},
    {"\xc3", 1, 0, 0},             /* cut */
    {"\xe2\x82", 2, 0, 0},         /* cut */
    {"\xc3(", 2, 0, 0},            /* no continuation */
    {"\x80", 1, 0, 0},             /* stray continuation */
    {"\xc0\xaf", 2, 0, 0},         /* overlong */
    {"\xe0\x80\xaf", 3, 0, 0},     /* overlong */
    {"\xf0\x80\x80\xaf", 4, 0, 0}, /* overlong */
    {"\xed\xa0\x80", 3, 0, 0},     /* surrogate */
    {"\xf4\x90\x80\x80", 4, 0, 0}, /* over U+10FFFF */
    {"\xff", 1, 0, 0},
};

START_TEST(utf8_is_read_strictly)
{
    uint32_t cp = 0;

    ck_assert_uint_eq(utf8_decode(sequences[_i].bytes, sequences[_i].n, &cp),
                      sequences[_i].len);
    ck_assert_uint_eq(cp, sequences[_i].cp);
}
END_TEST

START_TEST(utf8_is_written_as_it_is_read)
{
    static const uint32_t points[] = {1,      0x7f,   0x80,    0x7ff,   0x800,
                                      0xffff, 0xe000, 0x10000, 0x10ffff};
    struct strbuf b = {0};
    uint32_t cp;
    size_t i;

    for (i = 0; i < COUNT_OF(points); i++) {
        strbuf_reset(&b);
        utf8_append(&b, points[i]);
        ck_assert_uint_eq(utf8_decode(b.data, b.len, &cp), b.len);
        ck_assert_uint_eq(cp, points[i]);
    }
    strbuf_reset(&b);
    utf8_append(&b, 0xd800);
    utf8_append(&b, 0x110000);
    ck_assert_str_eq(strbuf_str(&b), "\xef\xbf\xbd\xef\xbf\xbd");
    strbuf_free(&b);
}
END_TEST

START_TEST(the_first_invalid_byte_is_found)
{
    ck_assert_uint_eq(utf8_check("abc", 3), 3);
    ck_assert_uint_eq(utf8_check("a\xc3\xa4z", 4), 4);
    ck_assert_uint_eq(utf8_check("a\xc3\xa4\xff", 4), 3);
    ck_assert_uint_eq(utf8_check("a\xc3", 2), 1);
    ck_assert_uint_eq(utf8_length("a\xc3\xa4z", 4), 3);
}
END_TEST

START_TEST(a_cut_character_goes_and_a_whole_one_stays)
{
    char whole[] = "a\xe2\x82\xac", cut[] = "a\xe2\x82", plain[] = "ab";

    utf8_trim_tail(whole);
    utf8_trim_tail(cut);
    utf8_trim_tail(plain);
    ck_assert_str_eq(whole, "a\xe2\x82\xac");
    ck_assert_str_eq(cut, "a");
    ck_assert_str_eq(plain, "ab");
}
END_TEST

START_TEST(case_is_ignored_for_ascii_alone)
{
    ck_assert_int_eq(ascii_casecmp("Anna", "aNNA"), 0);
    ck_assert_int_lt(ascii_casecmp("a", "B"), 0);
    ck_assert_int_gt(ascii_casecmp("ab", "A"), 0);
    ck_assert_int_ne(ascii_casecmp("\xc3\xa4", "\xc3\x84"), 0);
    ck_assert_int_eq(ascii_ncasecmp("abX", "ABy", 2), 0);
}
END_TEST

static const struct {
    const char *pattern, *text;
    bool fits;
} globs[] = {
    {"*", "", true},
    {"*", "anything", true},
    {"", "", true},
    {"", "a", false},
    {"adm*", "Admin", true},
    {"*svc", "mdm-svc", true},
    {"*svc", "svc-mdm", false},
    {"a*b*c", "aXbXbXc", true},
    {"a*b*c", "aXcXb", false},
    {"admin", "ADMIN", true},
    {"admin", "admin2", false},
    {"**", "x", true},
    {"a?c", "abc", false}, /* only * is special */
};

START_TEST(a_star_stands_for_any_run)
{
    ck_assert_msg(text_glob(globs[_i].pattern, globs[_i].text) ==
                      globs[_i].fits,
                  "%s %s", globs[_i].pattern, globs[_i].text);
}
END_TEST

static const struct {
    const char *in, *out;
} slugs[] = {
    {"Acme Corp.", "acme-corp"},
    {"  --Acme--  ", "acme"},
    {"M\xc3\xbcller & S\xc3\xb6hne", "muller-sohne"},
    {"Mu\xcc\x88ller", "muller"}, /* decomposed, as Macs write it */
    {"\xc5\x81\xc3\xb3"
     "d\xc5\xba \xc5\xa0koda \xc5\x98\xc5\xb1",
     "lodz-skoda-ru"},
    {"\xe6\x97\xa5\xe6\x9c\xac", "x"},
    {"", "x"},
    {"../../etc/passwd", "etc-passwd"},
    {"CON", "con-"},
    {"com7", "com7-"},
    {"console", "console"},
    {"a\xff"
     "b",
     "a-b"},
};

START_TEST(columns_are_those_of_a_terminal)
{
    static const char name[] = "a\xe6\x9d\x8e\xe7\x8e\x8b"; /* 1 + 2 + 2 */

    ck_assert_uint_eq(text_columns("abc", 3), 3);
    ck_assert_uint_eq(text_columns("u\xcc\x88z", 4), 2); /* apart from it */
    ck_assert_uint_eq(text_columns(name, 7), 5);
    ck_assert_uint_eq(text_columns("a\xff", 2), 2);
    ck_assert_uint_eq(text_prefix(name, 7, 5), 7);
    ck_assert_uint_eq(text_prefix(name, 7, 4), 4);
    ck_assert_uint_eq(text_prefix(name + 1, 6, 1), 3); /* one at least */
    ck_assert_uint_eq(text_prefix("", 0, 5), 0);
}
END_TEST

START_TEST(a_slug_is_safe_in_any_file_system)
{
    struct strbuf b = {0};

    strbuf_adds(&b, "pre-");
    text_slug(&b, slugs[_i].in);
    ck_assert_str_eq(strbuf_str(&b) + 4, slugs[_i].out);
    strbuf_free(&b);
}
END_TEST

START_TEST(a_slug_is_never_longer_than_60)
{
    struct strbuf b = {0};
    char in[256];
    size_t i;

    for (i = 0; i + 1 < sizeof(in); i++)
        in[i] = i % 6 == 5 || i == 59 ? ' ' : 'a';
    in[i] = '\0';
    text_slug(&b, in);
    ck_assert_uint_le(b.len, 60);
    ck_assert_int_ne(b.data[b.len - 1], '-');
    strbuf_reset(&b);
    memset(in, 'a', sizeof(in) - 1);
    in[59] = ' ';
    text_slug(&b, in);
    ck_assert_uint_le(b.len, 60);
    strbuf_free(&b);
}
END_TEST

START_TEST(escaping_leaves_nothing_that_acts)
{
    static const char in[] = "ok \xc3\xa4 \x1b[0m \r\n\t \xc2\x9b "
                             "\xe2\x80\xae \xe2\x80\xa8 \xef\xbb\xbf \x7f \xff";
    struct strbuf b = {0};

    text_escape(&b, in, sizeof(in) - 1);
    ck_assert_str_eq(strbuf_str(&b),
                     "ok \xc3\xa4 \\x1B[0m \\x0D\\x0A\\x09 \\x9B "
                     "\\u{202E} \\u{2028} \\u{FEFF} \\x7F \\xFF");
    strbuf_free(&b);
}
END_TEST

START_TEST(the_nearest_word_is_near)
{
    static const char *const words[] = {"report", "rules", "run", "remedies"};

    ck_assert_str_eq(text_nearest("reprot", words, 4), "report");
    ck_assert_str_eq(text_nearest("RULE", words, 4), "rules");
    ck_assert_ptr_null(text_nearest("zzz", words, 4));
    ck_assert_ptr_null(text_nearest("x", words, 4));
    ck_assert_int_eq(text_distance("ab", "ba"), 1);
    ck_assert_int_eq(text_distance("", "abc"), 3);
    ck_assert_int_eq(text_distance("kitten", "sitting"), 3);
}
END_TEST

START_TEST(starts_and_ends)
{
    ck_assert(text_starts("abc", "ab"));
    ck_assert(!text_starts("a", "ab"));
    ck_assert(text_ends("x.csv", ".csv"));
    ck_assert(!text_ends("csv", ".csv"));
}
END_TEST

Suite *text_suite(void);
Suite *text_suite(void)
{
    Suite *s = suite_create("text");
    TCase *tc = tcase_create("text");

    tcase_add_loop_test(tc, utf8_is_read_strictly, 0, COUNT_OF(sequences));
    tcase_add_test(tc, utf8_is_written_as_it_is_read);
    tcase_add_test(tc, the_first_invalid_byte_is_found);
    tcase_add_test(tc, a_cut_character_goes_and_a_whole_one_stays);
    tcase_add_test(tc, case_is_ignored_for_ascii_alone);
    tcase_add_loop_test(tc, a_star_stands_for_any_run, 0, COUNT_OF(globs));
    tcase_add_test(tc, columns_are_those_of_a_terminal);
    tcase_add_loop_test(tc, a_slug_is_safe_in_any_file_system, 0,
                        COUNT_OF(slugs));
    tcase_add_test(tc, a_slug_is_never_longer_than_60);
    tcase_add_test(tc, escaping_leaves_nothing_that_acts);
    tcase_add_test(tc, the_nearest_word_is_near);
    tcase_add_test(tc, starts_and_ends);
    suite_add_tcase(s, tc);
    return s;
}
