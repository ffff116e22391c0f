/*
 * test_fold.c - one name however it is spelled.
 */
#include "core/base.h"

#include "report/fold.h"
#include "tests/suites.h"

static const struct {
    const char *text, *folded;
} cases[] = {
    {"C02 Mac-1", "c02 mac-1"},
    {"J\xc3\x96RG", "jo\xcc\x88rg"},       /* composed, a capital */
    {"JO\xcc\x88RG", "jo\xcc\x88rg"},      /* a letter and a mark */
    {"\xe1\xba\xa4", "a\xcc\x82\xcc\x81"}, /* two marks */
    {"\xce\x86", "\xce\xb1\xcc\x81"},      /* Greek */
    {"\xd0\x99", "\xd0\xb8\xcc\x86"},      /* Cyrillic */
    {"\xd4\xb1", "\xd5\xa1"},              /* Armenian */
    {"\xed\x95\x9c", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"}, /* Hangul */
    {"\xe3\x81\x8c", "\xe3\x81\x8b\xe3\x82\x99"},             /* kana */
    {"\xe6\x9d\x8e", "\xe6\x9d\x8e"},                         /* has no parts */
    {"a\xc2\xad"
     "b\xe2\x80\x8b"
     "c\xef\xbb\xbf",
     "abc"},                                    /* what nobody sees */
    {"A\xe2\x80\x99s \xe2\x80\x98z", "a's 'z"}, /* apostrophes */
    {"a\xe2\x80\x91z\xe2\x80\x93", "a-z-"},     /* dashes */
    {"a\xe3\x80\x80z\xe2\x80\xaf", "a z "},     /* blanks */
    {"a\xc2\xa0z", "a z"},     /* a blank that does not break */
    {"a\xff\xc3", "a\xff\xc3"} /* no UTF-8 stays as it is */
};

START_TEST(a_name_is_the_same_in_every_writing)
{
    const char *text = cases[_i].text;
    struct strbuf b = {0};

    fold_text(&b, text, strlen(text));
    ck_assert_str_eq(strbuf_str(&b), cases[_i].folded);
    ck_assert_uint_le(b.len, 3 * strlen(text));
    strbuf_free(&b);
}
END_TEST

Suite *fold_suite(void);

Suite *fold_suite(void)
{
    Suite *s = suite_create("fold");
    TCase *tc = tcase_create("fold");

    tcase_add_loop_test(tc, a_name_is_the_same_in_every_writing, 0,
                        (int)COUNT_OF(cases));
    suite_add_tcase(s, tc);
    return s;
}
