#include "core/base.h"

#include "core/facts.h"
#include "tests/suites.h"

static const struct fact *fact(enum fact_scope scope, const char *name)
{
    int i = fact_index(scope, name);
    size_t n;

    ck_assert_int_ge(i, 0);
    return &fact_table(scope, &n)[i];
}

static enum fact_read parse(enum fact_scope scope, const char *name,
                            const char *cell, struct fact_value *out)
{
    return fact_parse(fact(scope, name), cell, strlen(cell), 2000000000, out);
}

START_TEST(every_name_is_found_once_and_fits_the_mask)
{
    enum fact_scope scope = _i ? FACT_ACCOUNT : FACT_DEVICE;
    size_t n, i;
    const struct fact *t = fact_table(scope, &n);

    ck_assert_uint_lt(n, _i ? FACT_ACCOUNT_MOST : FACT_DEVICE_MOST);
    for (i = 0; i < n; i++) {
        ck_assert_int_eq(fact_index(scope, t[i].name), (int)i);
        ck_assert((t[i].type == FACT_ENUM) == (t[i].words != NULL));
    }
    ck_assert_int_eq(fact_index(scope, "Serial"), -1);
    ck_assert_int_eq(fact_index(scope, ""), -1);
}
END_TEST

/* Posture tests bits 22 and 23; a moved fact must break a test. */
START_TEST(the_places_of_the_reset_facts_are_fixed)
{
    ck_assert_int_eq(fact_index(FACT_ACCOUNT, "password_reset_at"), 22);
    ck_assert_int_eq(fact_index(FACT_ACCOUNT, "password_reset_by"), 23);
}
END_TEST

START_TEST(words_of_bool_are_read_in_any_case)
{
    static const char *const yes[] = {"true", "YES", "y", "1", "On", "enabled"};
    static const char *const no[] = {"false", "NO",  "n",
                                     "0",     "Off", "disabled"};
    static const char *const neither[] = {"", "2", "ja", "tru", "truex", "-"};
    size_t i;

    for (i = 0; i < COUNT_OF(yes); i++) {
        ck_assert_int_eq(fact_bool_word(yes[i], strlen(yes[i])), 1);
        ck_assert_int_eq(fact_bool_word(no[i], strlen(no[i])), 0);
        ck_assert_int_eq(fact_bool_word(neither[i], strlen(neither[i])), -1);
    }
}
END_TEST

START_TEST(an_empty_cell_is_unknown_and_never_no)
{
    struct fact_value v;

    ck_assert_int_eq(parse(FACT_ACCOUNT, "secure_token", "", &v), FACT_EMPTY);
    ck_assert(!v.known);
    ck_assert_int_eq(parse(FACT_ACCOUNT, "secure_token", " \t", &v),
                     FACT_EMPTY);
    ck_assert(!v.known);
}
END_TEST

START_TEST(a_word_outside_the_vocabulary_stays_unknown)
{
    struct fact_value v;

    ck_assert_int_eq(parse(FACT_DEVICE, "filevault", "Encryptd", &v),
                     FACT_REFUSED);
    ck_assert(!v.known);
    ck_assert_int_eq(parse(FACT_DEVICE, "filevault", " ON ", &v), FACT_KNOWN);
    ck_assert_str_eq(v.text, "on");
    ck_assert_int_eq(parse(FACT_ACCOUNT, "uid", "-1", &v), FACT_REFUSED);
    ck_assert_int_eq(parse(FACT_ACCOUNT, "uid", "0501", &v), FACT_KNOWN);
    ck_assert_int_eq(v.number, 501);
    ck_assert_int_eq(parse(FACT_ACCOUNT, "uid", "9999999999999999", &v),
                     FACT_REFUSED);
}
END_TEST

START_TEST(a_time_is_never_or_plausible)
{
    struct fact_value v;

    ck_assert_int_eq(parse(FACT_ACCOUNT, "last_login", "Never", &v),
                     FACT_KNOWN);
    ck_assert(v.known);
    ck_assert_int_eq(v.number, 0);
    ck_assert_int_eq(parse(FACT_ACCOUNT, "last_login", "1999-01-01", &v),
                     FACT_TOO_LATE);
    ck_assert(!v.known);
    ck_assert_int_eq(parse(FACT_ACCOUNT, "last_login", "2050-01-01", &v),
                     FACT_TOO_LATE);
    ck_assert_int_eq(parse(FACT_ACCOUNT, "last_login", "01/02/2026", &v),
                     FACT_REFUSED);
}
END_TEST

static const struct {
    const char *text;
    int64_t want;
} versions[] = {
    {"10.13", 101300},  {"10.15.7", 101507},  {"26", 260000},
    {"26.0.1", 260001}, {"13.3.1.1", 130301}, {"10.13.100", 101399},
    {"", -1},           {"14.", -1},          {".14", -1},
    {"14.2 beta", -1},  {"macOS 14", -1},     {"14..2", -1},
    {"10.9", 100900},
};

START_TEST(versions_compare_number_by_number)
{
    ck_assert_int_eq(
        version_number(versions[_i].text, strlen(versions[_i].text)),
        versions[_i].want);
}
END_TEST

START_TEST(placeholders_are_no_serials)
{
    static const char *const bad[] = {
        "N/A",        "",  "  ",   "To Be Filled By O.E.M.",
        "0000000000", "-", "none", "XXXXXXXX"};
    static const char *const good[] = {"C02XK1ABCD", "0000000001", "NAAA1"};
    size_t i;

    for (i = 0; i < COUNT_OF(bad); i++)
        ck_assert_msg(serial_is_placeholder(bad[i], strlen(bad[i])), "%s",
                      bad[i]);
    for (i = 0; i < COUNT_OF(good); i++)
        ck_assert_msg(!serial_is_placeholder(good[i], strlen(good[i])), "%s",
                      good[i]);
}
END_TEST

START_TEST(values_are_written_as_canonical_files_spell_them)
{
    char out[64];

    fact_format(fact(FACT_ACCOUNT, "admin"), 1, NULL, out, sizeof(out));
    ck_assert_str_eq(out, "true");
    fact_format(fact(FACT_ACCOUNT, "last_login"), 0, NULL, out, sizeof(out));
    ck_assert_str_eq(out, "never");
    fact_format(fact(FACT_ACCOUNT, "last_login"), 1772442840, NULL, out,
                sizeof(out));
    ck_assert_str_eq(out, "2026-03-02T09:14:00Z");
    ck_assert_uint_eq(
        fact_format(fact(FACT_DEVICE, "name"), 0, NULL, out, sizeof(out)), 0);
}
END_TEST

Suite *facts_suite(void);
Suite *facts_suite(void)
{
    Suite *s = suite_create("facts");
    TCase *tc = tcase_create("facts");

    tcase_add_loop_test(tc, every_name_is_found_once_and_fits_the_mask, 0, 2);
    tcase_add_test(tc, the_places_of_the_reset_facts_are_fixed);
    tcase_add_test(tc, words_of_bool_are_read_in_any_case);
    tcase_add_test(tc, an_empty_cell_is_unknown_and_never_no);
    tcase_add_test(tc, a_word_outside_the_vocabulary_stays_unknown);
    tcase_add_test(tc, a_time_is_never_or_plausible);
    tcase_add_loop_test(tc, versions_compare_number_by_number, 0,
                        COUNT_OF(versions));
    tcase_add_test(tc, placeholders_are_no_serials);
    tcase_add_test(tc, values_are_written_as_canonical_files_spell_them);
    suite_add_tcase(s, tc);
    return s;
}
