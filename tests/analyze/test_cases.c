/*
 * test_cases.c - cases of rules, rules that are checked, and one Mac explained.
 */
#include "core/base.h"

#include "analyze/cases.h"
#include "analyze/check.h"
#include "analyze/explain.h"
#include "core/strbuf.h"
#include "tests/analyze/small_store.h"
#include "tests/suites.h"
#include "tests/support/tmpdir.h"

static struct err err;
static struct strbuf said;

#define RULE                                                                   \
    "-- id: LAB-01\n-- title: A lab rule\n-- scope: device\n"                  \
    "-- severity: high\n-- uses: monthly\n-- loses: unlock\n"                  \
    "-- facts: filevault\n-- why: x\n-- fix: R1 R2\n"                          \
    "SELECT device_id, TRUE AS applies, filevault = 'off' AS fails,\n"         \
    "       'it is ' || filevault AS evidence FROM device_posture\n"

static void setup(void)
{
    err = (struct err){0};
    said = (struct strbuf){0};
    tmpdir_make();
}

static void teardown(void)
{
    strbuf_free(&said);
    tmpdir_remove();
}

static void complain(void *ctx, const struct err *fault)
{
    const char *slash = strrchr(fault->file, '/');

    (void)ctx;
    strbuf_addf(&said, "%s:%ld:%ld: %s\n", slash ? slash + 1 : fault->file,
                fault->line, fault->column, fault->text);
}

/* Run the cases of the lab rule; what was complained of is in "said". */
static struct cases_count run(const char *rule, const char *cases)
{
    struct catalogue c;
    struct cases_count *counts, out;
    size_t i;

    tmpdir_file("LAB-01-x.sql", rule);
    tmpdir_file("LAB-01-x.cases.jsonl", cases);
    ck_assert_msg(catalogue_load(&c, tmpdir_path(""), &err) == 0, "%s",
                  err.text);
    for (i = 0; i < c.count && strcmp(c.rules[i]->id, "LAB-01") != 0; i++)
        ;
    ck_assert_uint_lt(i, c.count);
    counts = calloc(c.count, sizeof(*counts));
    ck_assert_ptr_nonnull(counts);
    ck_assert_msg(cases_run(&c, i, complain, NULL, counts, &err) == 0, "%s",
                  err.text);
    out = counts[i];
    free(counts);
    catalogue_free(&c);
    return out;
}

START_TEST(cases_that_hold_are_counted)
{
    struct cases_count n = run(
        RULE,
        "{\"case\": \"off\", \"device\": {\"filevault\": \"off\"}, \"expect\":"
        " \"fail\", \"severity\": \"high\", \"remedy\": \"R1\", \"evidence\":"
        " \"it is off\"}\n\n"
        "{\"case\": \"on\", \"device\": {\"filevault\": \"on\"}, \"expect\":"
        " \"pass\"}\n"
        "{\"case\": \"empty\", \"device\": {\"filevault\": null}, \"expect\":"
        " \"unknown\"}\n"
        "{\"case\": \"absent\", \"device\": {}, \"expect\": \"notchecked\"}\n");

    ck_assert_str_eq(strbuf_str(&said), "");
    ck_assert_int_eq(n.passed, 4);
    ck_assert_int_eq(n.failed, 0);
}
END_TEST

static const struct {
    const char *line;
    int column;
    const char *says;
} wrong[] = {
    {"{\"case\": \"a\", \"device\": {\"filevault\": \"on\"}, \"expect\":"
     " \"fail\"}",
     46, "expected fail, found pass"},
    {"{\"case\": \"a\", \"device\": {\"filevault\": \"off\"}, \"expect\":"
     " \"fail\", \"severity\": \"low\"}",
     65, "expected severity low, found high"},
    {"{\"case\": \"a\", \"device\": {\"filevault\": \"off\"}, \"expect\":"
     " \"fail\", \"remedy\": \"R2\"}",
     65, "expected remedy R2, found R1"},
    {"{\"case\": \"a\", \"device\": {\"filevault\": \"off\"}, \"expect\":"
     " \"fail\", \"evidence\": \"no\"}",
     65, "expected evidence \"no\", found \"it is off\""},
    {"{\"case\": \"a\", \"device\": {\"filevualt\": \"off\"}, \"expect\":"
     " \"fail\"}",
     26, "there is no fact \"filevualt\"; did you mean \"filevault\"?"},
    {"{\"case\": \"a\", \"device\": {\"filevault\": \"broken\"}, \"expect\":"
     " \"fail\"}",
     26, "filevault: \"broken\" is no value of this fact"},
    {"{\"case\": \"a\", \"devcie\": {}, \"expect\": \"pass\"}", 15,
     "unknown key \"devcie\"; did you mean \"device\"?"},
    {"{\"case\": \"a\", \"device\": {}, \"expect\": \"bad\"}", 29,
     "expect: a result is wanted, found \"bad\""},
    {"{\"case\": \"a\", \"device\": {}, \"policy\": {\"no_such\": 1},"
     " \"expect\": \"pass\"}",
     40, "policy: "},
    {"{\"case\": \"a\", ", 14, "is no JSON object"},
};

START_TEST(a_case_that_does_not_hold_is_named)
{
    struct cases_count n = run(RULE, wrong[_i].line);
    char place[60];

    ck_assert_int_eq(n.passed, 0);
    ck_assert_int_eq(n.failed, 1);
    ck_assert_msg(strstr(strbuf_str(&said), wrong[_i].says) != NULL, "%s",
                  strbuf_str(&said));
    snprintf(place, sizeof(place), "LAB-01-x.cases.jsonl:1:%d: LAB-01",
             wrong[_i].column);
    ck_assert_msg(strncmp(strbuf_str(&said), place, strlen(place)) == 0, "%s",
                  strbuf_str(&said));
}
END_TEST

/* ------------------------------------------------------------------- check */

static void tell(void *ctx, const struct err *fault)
{
    (void)ctx;
    strbuf_addf(&said, "%ld:%ld: %s\n", fault->line, fault->column,
                fault->text);
}

static size_t check(void)
{
    struct catalogue c;
    struct remedies remedies;
    size_t faults = 99;

    ck_assert_int_eq(catalogue_load(&c, tmpdir_path(""), &err), 0);
    ck_assert_int_eq(remedies_load(&remedies, NULL, &err), 0);
    ck_assert_msg(rules_check(&c, &remedies, true, tell, NULL, &faults, &err) ==
                      0,
                  "%s", err.text);
    catalogue_free(&c);
    remedies_free(&remedies);
    return faults;
}

START_TEST(a_skeleton_is_fine)
{
    char path[600];

    ck_assert_msg(
        rule_skeleton(tmpdir_path(""), "LAB-02", path, sizeof(path), &err) == 0,
        "%s", err.text);
    ck_assert_msg(check() == 0, "%s", strbuf_str(&said));
    ck_assert_int_eq(
        rule_skeleton(tmpdir_path(""), "LAB-02", path, sizeof(path), &err), -1);
    ck_assert_int_eq(err.code, ERR_OUTPUT);
}
END_TEST

START_TEST(faults_of_a_rule_are_told)
{
    tmpdir_file("LAB-01-x.sql",
                "-- id: LAB-01\n-- title: A lab rule\n-- scope: device\n"
                "-- severity: high\n-- uses: montly\n-- loses: unlok\n"
                "-- facts: filevault\n-- why: x\n-- fix: R99\n"
                "SELECT device_id, TRUE AS applies, chip AS fails\n"
                "  FROM device_posture\n");
    ck_assert_uint_eq(check(), 5);
    ck_assert_str_eq(strbuf_str(&said),
                     "5:10: uses: unknown \"montly\"\n"
                     "6:11: loses: unknown \"unlok\"\n"
                     "9:9: fix: unknown \"R99\"\n"
                     "10:36: chip is a text, in the place of a truth value\n"
                     "1:1: has no cases\n");
}
END_TEST

START_TEST(every_built_in_rule_stands_the_check)
{
    struct catalogue c;
    struct remedies remedies;
    size_t faults = 99;

    ck_assert_int_eq(catalogue_load(&c, NULL, &err), 0);
    ck_assert_int_eq(remedies_load(&remedies, NULL, &err), 0);
    ck_assert_int_eq(
        rules_check(&c, &remedies, false, tell, NULL, &faults, &err), 0);
    ck_assert_msg(faults == 0, "%s", strbuf_str(&said));
    catalogue_free(&c);
    remedies_free(&remedies);
}
END_TEST

/* ----------------------------------------------------------------- explain */

static const json_t *named(const json_t *list, const char *key,
                           const char *name)
{
    const json_t *one;
    size_t i;

    json_array_foreach(list, i, one)
    {
        const char *s = json_string_value(json_object_get(one, key));

        if (s && strcmp(s, name) == 0)
            return one;
    }
    return NULL;
}

START_TEST(a_fact_has_its_cell_and_line)
{
    struct analyze_options o = {.as_of = 1000864000};
    sqlite3 *db = store_new();
    const json_t *fact, *rule;
    json_t *e;
    int64_t i = store_import(db, "p", "", "s", "accounts", 1000000000);

    store_mac(db, "AAA1");
    store_sql(db,
              "INSERT INTO device_row (import_id, line, device_id, filevault,"
              " raw) VALUES (%lld, 7, 1, 'off', '{\"filevault\":"
              " [\"FileVault Status\", \"Disabled\"]}');"
              "INSERT INTO account_row (import_id, line, device_id, account,"
              " secure_token) VALUES (%lld, 9, 1, 'ana', 1)",
              (long long)i, (long long)i);
    store_settle(db);
    e = explain(db, " aaa1 ", &o, &err);
    ck_assert_msg(e != NULL, "%s", err.text);
    fact = named(json_object_get(e, "facts"), "fact", "filevault");
    ck_assert_str_eq(json_string_value(json_object_get(fact, "value")), "off");
    ck_assert_int_eq(json_integer_value(json_object_get(fact, "line")), 7);
    ck_assert_int_eq(json_integer_value(json_object_get(fact, "age_days")), 10);
    ck_assert_str_eq(json_string_value(
                         json_object_get(json_object_get(fact, "raw"), "cell")),
                     "Disabled");
    rule = named(json_object_get(e, "rules"), "rule", "FV-01");
    ck_assert_str_eq(json_string_value(json_object_get(rule, "result")),
                     "fail");
    ck_assert_str_eq(json_string_value(json_object_get(rule, "state")), "new");
    ck_assert(json_is_true(json_object_get(rule, "fails")));
    ck_assert_ptr_nonnull(
        named(json_object_get(e, "what_to_do"), "remedy",
              json_string_value(json_object_get(rule, "remedy"))));
    json_decref(e);
    /* Nothing was written to the store that was asked. */
    ck_assert_str_eq(store_text(db, "SELECT count(*) FROM run"), "0");
    ck_assert_ptr_null(explain(db, "BBB2", &o, &err));
    ck_assert_int_eq(err.code, ERR_USAGE);
    db_close(db);
}
END_TEST

Suite *cases_suite(void);

Suite *cases_suite(void)
{
    Suite *s = suite_create("cases");
    TCase *tc = tcase_create("cases");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, cases_that_hold_are_counted);
    tcase_add_loop_test(tc, a_case_that_does_not_hold_is_named, 0,
                        (int)COUNT_OF(wrong));
    tcase_add_test(tc, a_skeleton_is_fine);
    tcase_add_test(tc, faults_of_a_rule_are_told);
    tcase_add_test(tc, every_built_in_rule_stands_the_check);
    tcase_add_test(tc, a_fact_has_its_cell_and_line);
    suite_add_tcase(s, tc);
    return s;
}
