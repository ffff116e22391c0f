#include "core/base.h"

#include "core/when.h"
#include "tests/suites.h"

#define T0914 1772442840 /* 2026-03-02T09:14:00Z */
#define MIDNIGHT (T0914 - (9 * 60 + 14) * 60)

static const struct {
    const char *text;
    int64_t want; /* -1: refused */
} forms[] = {
    {"2026-03-02T09:14:00Z", T0914},
    {"2026-03-02T09:14:00.123Z", T0914},
    {"2026-03-02t09:14:00z", T0914},
    {"2026-03-02 09:14:00 +0100", T0914 - 3600},
    {"2026-03-02T09:14:00+01:00", T0914 - 3600},
    {"2026-03-02T09:14:00-0830", T0914 + 8 * 3600 + 1800},
    {"2026-03-02T09:14", T0914},
    {"2026-03-02", MIDNIGHT},
    {" 2026-03-02 ", MIDNIGHT},
    {"2026/03/02", MIDNIGHT},
    {"2026-3-2", MIDNIGHT},
    {"2026-03-01T24:00:00Z", MIDNIGHT},
    {"2026-03-02 9:14 AM", T0914},
    {"2026-03-02 9:14 PM", T0914 + 12 * 3600},
    {"2026-03-02 12:14 AM", MIDNIGHT + 14 * 60},
    {"2026-03-02 12:14 PM", MIDNIGHT + (12 * 60 + 14) * 60},
    {"2026-03-02 at 09:14:00 UTC", T0914},
    {"Mar 02, 2026 09:14 UTC", T0914},
    {"Mar 2, 2026, 9:14 AM", T0914},
    {"March 2, 2026 at 9:14 AM", T0914},
    {"Mar 2, 2026, 9:14\xe2\x80\xaf"
     "AM",
     T0914},
    {"2 March 2026 09:14", T0914},
    {"02-Mar-2026 09:14", T0914},
    {"2. Mar 2026", MIDNIGHT},
    {"Mon, 02 Mar 2026 09:14:00 +0000", T0914},
    {"Mon, 02 Mar 2026 09:14:00 GMT", T0914},
    {"Mon Mar  2 09:14:00 UTC 2026", T0914},
    {"Mon Mar  2 09:14:00 2026", T0914},
    {"1772442840", T0914},
    {"1772442840.52", T0914},
    {"1772442840123", T0914},
    {"2024-02-29", 1709164800},
    {"/Date(1772442840123)/", T0914},
    {"/Date(1772442840123+0100)/", T0914},
    {"/Date(1772442840123-0800)/", T0914},
    {"1970-01-01T00:00:00Z", 0},
    /* refused */
    {"", -1},
    {"   ", -1},
    {"03/02/2026", -1}, /* which of them is the month? */
    {"02.03.2026", -1},
    {"2026-02-29", -1},
    {"2026-13-01", -1},
    {"2026-00-10", -1},
    {"2026-04-31", -1},
    {"0000-01-01", -1},
    {"2026-03-02T25:00", -1},
    {"2026-03-02T24:01", -1},
    {"2026-03-02T09:60", -1},
    {"2026-03-02T09", -1},
    {"2026-03-02T09:14:00+25:00", -1},
    {"2026-03-02T09:14:00 CET", -1}, /* zones by name are guesses */
    {"2026-03-02 13:14 PM", -1},
    {"2026-03-02 0:14 AM", -1},
    {"2026-03-02x", -1},
    {"2026-03/02", -1},
    {"12345", -1},
    {"17724428401", -1},
    {"never", -1},
    {"yesterday", -1},
    {"/Date()/", -1},
    {"/Date(x)/", -1},
    {"/Date(1772442840123)", -1},
    {"Mar 2", -1},
    {"Marchx 2, 2026", -1},
    {"2026-03-02T09:14:00Z trailing", -1},
};

START_TEST(times_are_read_as_exports_print_them)
{
    int64_t got = -1;
    bool ok = when_parse(forms[_i].text, strlen(forms[_i].text), &got);

    ck_assert_msg(ok == (forms[_i].want >= 0), "\"%s\"", forms[_i].text);
    ck_assert_msg(got == forms[_i].want, "\"%s\": %lld", forms[_i].text,
                  (long long)got);
}
END_TEST

START_TEST(a_text_longer_than_any_form_is_refused)
{
    char s[200];
    int64_t t = 7;

    memset(s, '0', sizeof(s));
    ck_assert(!when_parse(s, sizeof(s), &t));
    ck_assert_int_eq(t, 7);
}
END_TEST

static const struct {
    const char *form, *text;
    int64_t want;
} named[] = {
    {"mdy", "03/02/2026", MIDNIGHT},
    {"dmy", "02/03/2026", MIDNIGHT},
    {"dmy", "2.3.26 09:14", T0914},
    {"mdy", "3-2-2026, 9:14 AM", T0914},
    {"unix", "1", 1},
    {"unix_ms", "1772442840999", T0914},
    {"cocoa", "794135640", T0914},
    {"iso", "2026-03-02", MIDNIGHT},
    {"mdy", "13/02/2026", -1},
    {"mdy", "2026-03-02", -1},
    {"mdy", "3/2/202", -1},
    {"dmy", "31/02/2026", -1},
    {"unix", "x", -1},
    {"unix", "", -1},
};

START_TEST(a_named_form_decides_what_is_ambiguous)
{
    int64_t got = -1;

    ck_assert(when_form_known(named[_i].form));
    when_parse_as(named[_i].form, named[_i].text, strlen(named[_i].text), &got);
    ck_assert_msg(got == named[_i].want, "%s %s: %lld", named[_i].form,
                  named[_i].text, (long long)got);
}
END_TEST

static const struct {
    enum when_order order;
    const char *text;
    int64_t want;
} ordered[] = {
    /* these show it themselves, whatever the file shows */
    {WHEN_EITHER, "13/03/2026", MIDNIGHT + 11 * WHEN_DAY},
    {WHEN_MONTH_FIRST, "13.03.2026 09:14", T0914 + 11 * WHEN_DAY},
    {WHEN_DAY_FIRST, "3/13/2026 9:14:00 AM", T0914 + 11 * WHEN_DAY},
    {WHEN_EITHER, "03/03/2026", MIDNIGHT + WHEN_DAY},
    /* these are as the file's others */
    {WHEN_EITHER, "03/02/2026", -1},
    {WHEN_MONTH_FIRST, "03/02/2026", MIDNIGHT},
    {WHEN_DAY_FIRST, " 02.03.2026 ", MIDNIGHT},
    /* no such dates */
    {WHEN_DAY_FIRST, "13/13/2026", -1},
    {WHEN_DAY_FIRST, "31/02/2026", -1},
    /* a year of two digits, as spreadsheets on a Mac write it */
    {WHEN_EITHER, "3/13/26 9:14", T0914 + 11 * WHEN_DAY},
    {WHEN_MONTH_FIRST, "3/2/26 9:14 AM", T0914},
    {WHEN_EITHER, "3/2/26", -1},
    {WHEN_EITHER, "3/3/26", -1},
    {WHEN_DAY_FIRST, "02/03/26", -1},
    {WHEN_DAY_FIRST, "20/11/26", -1}, /* or 2020-11-26 */
    {WHEN_MONTH_FIRST, "20/11/26", -1},
    {WHEN_MONTH_FIRST, "3.2.26", -1},
    {WHEN_DAY_FIRST, "02/03.2026", -1},
    {WHEN_DAY_FIRST, "10.11.12.2026", -1},
    {WHEN_DAY_FIRST, "02.03.2026.1", -1},
    {WHEN_DAY_FIRST, "", -1},
};

START_TEST(a_date_of_numbers_is_read_as_it_or_its_file_shows)
{
    int64_t got = -1;
    bool ok = when_parse_ordered(ordered[_i].order, ordered[_i].text,
                                 strlen(ordered[_i].text), &got);

    ck_assert_msg(ok == (ordered[_i].want >= 0), "\"%s\"", ordered[_i].text);
    ck_assert_msg(got == ordered[_i].want, "\"%s\": %lld", ordered[_i].text,
                  (long long)got);
}
END_TEST

static const struct {
    const char *text;
    enum when_order want;
} shown[] = {
    {"seen\n02/03/2026\n03/04/2026\n", WHEN_EITHER},
    {"seen\n02/03/2026\n3/14/2026 9:14\n", WHEN_MONTH_FIRST},
    {"seen;x\n\"14.3.2026 09:14\";1\n02.03.2026;2", WHEN_DAY_FIRST},
    {"a,b\n14/03/2026,3/14/2026\n", WHEN_EITHER}, /* one of each */
    {"ip\n10.20.30.2026\nv13.2.2026\n1.13.2.2026\n", WHEN_EITHER},
    {"2026/03/14 2026-03-14", WHEN_EITHER},
    {"seen\n3/2/26 9:14\n3/14/26 9:14\n", WHEN_MONTH_FIRST},
    {"seen\n20/11/26\n21/11/26\n", WHEN_EITHER},
    {"part 1/20\n", WHEN_EITHER},
    {"", WHEN_EITHER},
};

START_TEST(a_file_shows_the_order_of_its_dates)
{
    ck_assert_int_eq(when_order_of(shown[_i].text, strlen(shown[_i].text)),
                     shown[_i].want);
}
END_TEST

START_TEST(an_unknown_form_is_unknown)
{
    ck_assert(!when_form_known("ymd"));
    ck_assert(!when_form_known(""));
}
END_TEST

START_TEST(every_day_survives_the_round_trip)
{
    char text[32];
    int64_t t, got;

    for (t = 0; t < 4102444800; t += 7 * WHEN_DAY + 3661) {
        when_format(t, text, sizeof(text));
        ck_assert(when_parse(text, strlen(text), &got));
        ck_assert_int_eq(got, t);
    }
}
END_TEST

START_TEST(times_before_1970_are_printed_rightly)
{
    char text[32];

    when_format(-1, text, sizeof(text));
    ck_assert_str_eq(text, "1969-12-31T23:59:59Z");
    when_format_date(-WHEN_DAY, text, sizeof(text));
    ck_assert_str_eq(text, "1969-12-31");
    when_format_date(-WHEN_DAY - 1, text, sizeof(text));
    ck_assert_str_eq(text, "1969-12-30");
}
END_TEST

START_TEST(as_of_a_date_is_the_end_of_that_day)
{
    int64_t t;
    char month[16];

    ck_assert(when_parse_as_of("2026-03-01", &t));
    ck_assert_int_eq(t, MIDNIGHT);
    ck_assert(when_parse_as_of("2026-03-02T09:14:00Z", &t));
    ck_assert_int_eq(t, T0914);
    ck_assert(!when_parse_as_of("soon", &t));
    ck_assert(when_parse_as_of("2026-11-30", &t));
    when_format_month(t, month, sizeof(month));
    ck_assert_str_eq(month, "2026-11");
    when_format_month(t + 1, month, sizeof(month));
    ck_assert_str_eq(month, "2026-12");
}
END_TEST

START_TEST(plausible_means_from_2001_to_the_limit)
{
    ck_assert(!when_plausible(978307199, 0));
    ck_assert(when_plausible(978307200, 0));
    ck_assert(when_plausible(T0914, T0914));
    ck_assert(!when_plausible(T0914 + 1, T0914));
}
END_TEST

START_TEST(the_time_zone_of_the_machine_changes_nothing)
{
    int64_t t = 0;

    setenv("TZ", "Pacific/Kiritimati", 1);
    tzset();
    ck_assert(when_parse("2026-03-02 09:14", 16, &t));
    ck_assert_int_eq(t, T0914);
}
END_TEST

Suite *when_suite(void);
Suite *when_suite(void)
{
    Suite *s = suite_create("when");
    TCase *tc = tcase_create("when");

    tcase_add_loop_test(tc, times_are_read_as_exports_print_them, 0,
                        COUNT_OF(forms));
    tcase_add_test(tc, a_text_longer_than_any_form_is_refused);
    tcase_add_loop_test(tc, a_named_form_decides_what_is_ambiguous, 0,
                        COUNT_OF(named));
    tcase_add_loop_test(tc, a_date_of_numbers_is_read_as_it_or_its_file_shows,
                        0, (int)COUNT_OF(ordered));
    tcase_add_loop_test(tc, a_file_shows_the_order_of_its_dates, 0,
                        (int)COUNT_OF(shown));
    tcase_add_test(tc, an_unknown_form_is_unknown);
    tcase_add_test(tc, every_day_survives_the_round_trip);
    tcase_add_test(tc, times_before_1970_are_printed_rightly);
    tcase_add_test(tc, as_of_a_date_is_the_end_of_that_day);
    tcase_add_test(tc, plausible_means_from_2001_to_the_limit);
    tcase_add_test(tc, the_time_zone_of_the_machine_changes_nothing);
    suite_add_tcase(s, tc);
    return s;
}
