/*
 * test_analyze.c - a period judged: results, counts, states, rules at fault.
 */
#include "core/base.h"

#include "analyze/analyze.h"
#include "core/facts.h"
#include "core/strbuf.h"
#include "core/when.h"
#include "tests/analyze/small_store.h"
#include "tests/suites.h"
#include "tests/support/tmpdir.h"

#define DAY WHEN_DAY
#define NOW ((int64_t)1790000000) /* in 2026 */

static sqlite3 *db;
static struct err err;
static struct analyze_summary sum;
static struct config *config;
static const char *rules;

static void setup(void)
{
    err = (struct err){0};
    config = NULL;
    rules = NULL;
    db = store_new();
    tmpdir_make();
}

static void teardown(void)
{
    config_free(config);
    db_close(db);
    tmpdir_remove();
}

static void judge_at(const char *period, int64_t as_of)
{
    struct analyze_options o = {
        .period = period, .as_of = as_of, .rules_dir = rules, .config = config};

    store_settle(db);
    ck_assert_msg(analyze(db, &o, &sum, &err) == 0, "%s", err.text);
}

#define TEXT_IS(sql, expected) ck_assert_str_eq(store_text(db, sql), expected)

/* A Mac of a period with these columns. */
static void mac_in(const char *period, int64_t mac, const char *columns,
                   const char *values)
{
    int64_t i = store_import(db, period, "", "s", "none", NOW);

    store_sql(db,
              "INSERT INTO device_row (import_id, line, device_id, %s) VALUES"
              " (%lld, 1, %lld, %s)",
              columns, (long long)i, (long long)mac, values);
}

static const char *own_rule(const char *id, const char *sql)
{
    struct strbuf b = {0};
    char name[64];

    strbuf_addf(&b,
                "-- id: %s\n-- title: Own\n-- scope: device\n"
                "-- severity: high\n-- uses: monthly\n-- loses:\n"
                "-- facts: filevault\n-- why: x\n-- fix: R1\n%s\n",
                id, sql);
    snprintf(name, sizeof(name), "%s-own.sql", id);
    tmpdir_file(name, strbuf_str(&b));
    strbuf_free(&b);
    rules = tmpdir_path("");
    return rules;
}

#define RESULT_OF(id)                                                          \
    "SELECT substr(CAST(results AS TEXT), rule_no + 1, 1) FROM device_result"  \
    " JOIN rule USING (period_id) WHERE id = '" id "'"

START_TEST(a_failing_mac_is_at_risk)
{
    store_mac(db, "AAA1");
    mac_in("p", 1, "filevault, mdm_enrolled", "'off', 1");
    judge_at("p", NOW);
    ck_assert_int_eq(sum.devices, 1);
    ck_assert_int_eq(sum.at_risk, 1);
    TEXT_IS(
        "SELECT result || finding.severity || state || first_seen FROM finding"
        " JOIN rule USING (period_id, rule_no) WHERE id = 'FV-01'",
        "failhighnew1790000000");
    TEXT_IS("SELECT verdict || worst FROM device_result", "at-riskhigh");
    TEXT_IS(RESULT_OF("FV-01"), "F");
    TEXT_IS(RESULT_OF("ENR-01"), "P");
    /* Every rule has one result for the Mac, or one for each account. */
    TEXT_IS("SELECT group_concat(id) FROM rule WHERE scope = 'device' AND"
            " (SELECT sum(count) FROM tally t WHERE t.rule_no = rule.rule_no)"
            " IS NOT 1",
            "");
}
END_TEST

START_TEST(judging_again_changes_nothing)
{
    char first[512];

    store_mac(db, "AAA1");
    mac_in("p", 1, "filevault, os_version", "NULL, '15.1'");
    judge_at("p", NOW);
    snprintf(first, sizeof(first), "%s",
             store_text(db, "SELECT group_concat(rule_no || result || missing)"
                            " FROM finding"));
    judge_at("p", NOW);
    ck_assert_str_eq(store_text(db, "SELECT group_concat(rule_no || result ||"
                                    " missing) FROM finding"),
                     first);
    TEXT_IS("SELECT count(*) FROM run", "1");
}
END_TEST

START_TEST(what_nothing_carries_is_not_checked)
{
    store_mac(db, "AAA1");
    mac_in("p", 1, "filevault", "NULL");
    store_sql(db, "UPDATE import SET carries_device = %lld",
              (long long)1 << fact_index(FACT_DEVICE, "filevault"));
    judge_at("p", NOW);
    TEXT_IS(RESULT_OF("FV-01"), "U");
    TEXT_IS(RESULT_OF("ENR-01"), "C");
    TEXT_IS("SELECT missing FROM finding JOIN rule USING (period_id, rule_no)"
            " WHERE id = 'FV-01'",
            "filevault");
    TEXT_IS("SELECT fact || devices FROM gap JOIN rule USING (period_id,"
            " rule_no) WHERE id = 'ENR-01'",
            "mdm_enrolled1");
    TEXT_IS("SELECT result || count FROM tally JOIN rule USING (period_id,"
            " rule_no) WHERE id = 'ENR-01'",
            "notchecked1");
}
END_TEST

START_TEST(a_conflict_is_named)
{
    int64_t b;

    store_mac(db, "AAA1");
    mac_in("p", 1, "filevault", "'on'");
    b = store_import(db, "p", "", "t", "none", NOW);
    store_sql(db,
              "INSERT INTO device_row (import_id, line, device_id, filevault)"
              " VALUES (%lld, 1, 1, 'off')",
              (long long)b);
    judge_at("p", NOW);
    TEXT_IS("SELECT missing FROM finding JOIN rule USING (period_id, rule_no)"
            " WHERE id = 'FV-01'",
            "conflict:filevault");
    TEXT_IS(RESULT_OF("DATA-03"), "I");
}
END_TEST

START_TEST(passes_of_a_silent_mac_are_stale)
{
    store_mac(db, "AAA1");
    store_mac(db, "BBB2");
    mac_in("p", 1, "filevault, last_checkin", "'on', 1787407999");
    mac_in("p", 2, "filevault, last_checkin", "'on', 1787408000");
    judge_at("p", NOW); /* 30 days after the second */
    ck_assert_int_eq(sum.not_reporting, 1);
    TEXT_IS("SELECT group_concat(result || count) FROM (SELECT * FROM tally"
            " JOIN rule USING (period_id, rule_no) WHERE id = 'FV-01'"
            " ORDER BY result)",
            "pass1,stale1");
    TEXT_IS("SELECT group_concat(stale) FROM (SELECT stale FROM device_result"
            " ORDER BY device_id)",
            "1,0");
}
END_TEST

START_TEST(a_rule_at_fault_is_an_error_and_the_others_run)
{
    store_mac(db, "AAA1");
    mac_in("p", 1, "filevault", "'off'");
    own_rule("LAB-01", "SELECT device_id, TRUE AS applies, nosuch AS fails"
                       " FROM device_posture");
    judge_at("p", NOW);
    ck_assert_uint_eq(sum.broken, 1);
    ck_assert_int_eq(sum.rule_error.code, ERR_CONFIG);
    ck_assert_int_eq(sum.rule_error.line, 10);
    ck_assert_str_eq(sum.rule_error.text, "no such column: nosuch");
    TEXT_IS(RESULT_OF("LAB-01"), "E");
    TEXT_IS(RESULT_OF("FV-01"), "F");
    TEXT_IS("SELECT result || count FROM tally JOIN rule USING (period_id,"
            " rule_no) WHERE id = 'LAB-01'",
            "error1");
    ck_assert_ptr_nonnull(
        strstr(store_text(db, "SELECT error FROM rule WHERE id = 'LAB-01'"),
               "LAB-01-own.sql:10:36: no such column: nosuch"));
}
END_TEST

/* Rules that speak of a Mac twice, or leave one out. */
static const struct {
    const char *sql, *says;
} uneven[] = {
    {"SELECT device_id, TRUE AS applies, FALSE AS fails FROM device_posture"
     " WHERE device_id > 1",
     "leaves out Macs"},
    {"SELECT device_id, TRUE AS applies, FALSE AS fails FROM device_posture"
     " UNION ALL SELECT device_id, TRUE, TRUE FROM device_posture",
     "yields a Mac more than once"},
    {"SELECT device_id, NOT chip AS applies, FALSE AS fails"
     " FROM device_posture",
     "chip is a text"},
};

START_TEST(a_rule_speaks_of_each_mac_once)
{
    store_mac(db, "AAA1");
    store_mac(db, "BBB2");
    mac_in("p", 1, "filevault", "'off'");
    mac_in("p", 2, "filevault", "'on'");
    own_rule("LAB-01", uneven[_i].sql);
    judge_at("p", NOW);
    ck_assert_uint_eq(sum.broken, 1);
    ck_assert_msg(strstr(sum.rule_error.text, uneven[_i].says) != NULL, "%s",
                  sum.rule_error.text);
    TEXT_IS("SELECT result || count FROM tally JOIN rule USING (period_id,"
            " rule_no) WHERE id = 'LAB-01'",
            "error2");
    TEXT_IS("SELECT count(*) FROM finding JOIN rule USING (period_id, rule_no)"
            " WHERE id = 'FV-01'",
            "1");
}
END_TEST

START_TEST(an_own_rule_takes_the_place_of_a_built_in_one)
{
    store_mac(db, "AAA1");
    mac_in("p", 1, "filevault", "'off'");
    own_rule("FV-01", "SELECT device_id, TRUE AS applies, FALSE AS fails"
                      " FROM device_posture");
    judge_at("p", NOW);
    TEXT_IS(RESULT_OF("FV-01"), "P");
    TEXT_IS("SELECT count(*) FROM rule WHERE id = 'FV-01'", "1");
    TEXT_IS("SELECT core FROM rule WHERE id = 'FV-01'", "1");
}
END_TEST

START_TEST(a_rule_may_ask_for_a_custom_fact)
{
    store_mac(db, "AAA1");
    mac_in("p", 1, "custom", "'{\"x_lab\": \"yes\"}'");
    store_sql(db, "INSERT INTO import_column VALUES (1, 1, 'Lab', 'custom',"
                  " 'x_lab', 1, 1)");
    own_rule("LAB-01", "SELECT device_id, TRUE AS applies,"
                       " x_lab = 'yes' AND x_other IS NULL AS fails"
                       " FROM device_posture");
    judge_at("p", NOW);
    TEXT_IS(RESULT_OF("LAB-01"), "F");
}
END_TEST

START_TEST(settings_change_limits_severities_and_rules)
{
    store_mac(db, "AAA1");
    mac_in("p", 1, "filevault, last_checkin", "'off', 1789000000");
    config = config_parse("m.conf",
                          "[policy]\nfreshness_days = 5\n"
                          "[rules]\ndisabled = ENR-05\n"
                          "[severity]\nFV-01 = low\n",
                          &err);
    ck_assert_msg(config != NULL, "%s", err.text);
    judge_at("p", NOW);
    ck_assert_int_eq(sum.not_reporting, 1);
    TEXT_IS(
        "SELECT finding.severity FROM finding JOIN rule USING (period_id, rule_no)"
        " WHERE id = 'FV-01'",
        "low");
    TEXT_IS("SELECT count(*) FROM rule WHERE id = 'ENR-05'", "0");
}
END_TEST

/* FileVault of one Mac over the months, and the state in the last. */
static const struct {
    const char *months[5];
    const char *state;
    int since; /* month */
} histories[] = {
    {{"'off'", NULL}, "new", 0},
    {{"'off'", "'off'", NULL}, "open", 0},
    {{"NULL", "'off'", NULL}, "open", 0},
    {{"'off'", "NULL", NULL}, "open", 0},
    {{"'on'", "'off'", NULL}, "new", 1},
    {{"'off'", "'on'", "'off'", NULL}, "reopened", 0},
    {{"-", "'off'", NULL}, "measured", 1},
    {{"'on'", "-", "'off'", NULL}, "measured", 2},
    {{"'off'", "-", "'off'", NULL}, "open", 0},
    {{"", "'off'", NULL}, "new", 1},
    {{"'off'", "", "'off'", NULL}, "open", 0},
    {{"'off'", "'on'", "", "'off'", NULL}, "reopened", 0},
};

/* "-" is a month in which nothing carries the fact, "" one without the Mac. */
static void month(int number, const char *filevault)
{
    char period[16];

    snprintf(period, sizeof(period), "2026-%02d", number + 1);
    mac_in(period, 2, "filevault", "'on'");
    if (strcmp(filevault, "-") == 0) {
        mac_in(period, 1, "auto_login", "0");
        store_sql(db, "UPDATE import SET carries_device = 1 WHERE import_id ="
                      " (SELECT max(import_id) FROM import)");
    } else if (filevault[0]) {
        mac_in(period, 1, "filevault", filevault);
    }
    judge_at(period, NOW + number * 30 * DAY);
}

START_TEST(a_finding_has_a_history)
{
    char expected[64];
    int i;

    store_mac(db, "AAA1");
    store_mac(db, "BBB2");
    for (i = 0; histories[_i].months[i]; i++)
        month(i, histories[_i].months[i]);
    snprintf(expected, sizeof(expected), "%s %lld", histories[_i].state,
             (long long)(NOW + histories[_i].since * 30 * DAY));
    TEXT_IS("SELECT state || ' ' || first_seen FROM finding JOIN rule USING"
            " (period_id, rule_no) WHERE id = 'FV-01' AND device_id = 1"
            " ORDER BY period_id DESC LIMIT 1",
            expected);
}
END_TEST

START_TEST(accounts_have_their_own_results)
{
    int64_t i = store_import(db, "p", "", "s", "accounts", NOW);

    store_mac(db, "AAA1");
    store_sql(db,
              "INSERT INTO device_row (import_id, line, device_id, filevault,"
              " os_version, mdm_enrolled, bootstrap_escrowed_server) VALUES"
              " (%lld, 1, 1, 'on', '15.1', 1, 1);"
              "INSERT INTO account_row (import_id, line, device_id, account,"
              " role, secure_token) VALUES (%lld, 2, 1, 'ana', 'primary', 0),"
              " (%lld, 3, 1, 'Ben', 'secondary', 1),"
              " (%lld, 4, 1, '_svc', NULL, 0)",
              (long long)i, (long long)i, (long long)i, (long long)i);
    judge_at("p", NOW);
    ck_assert_int_eq(sum.accounts, 2);
    TEXT_IS("SELECT account || result FROM finding JOIN rule USING (period_id,"
            " rule_no) WHERE id = 'ST-01'",
            "anafail");
    TEXT_IS("SELECT sum(count) FROM tally JOIN rule USING (period_id, rule_no)"
            " WHERE id = 'ST-01'",
            "2");
    TEXT_IS(RESULT_OF("ST-01"), "F");
    TEXT_IS(RESULT_OF("ST-14"), "I");
}
END_TEST

START_TEST(a_period_without_files_is_an_error)
{
    struct analyze_options o = {.period = "none", .as_of = NOW};

    ck_assert_int_eq(analyze(db, &o, &sum, &err), -1);
    ck_assert_int_eq(err.code, ERR_INPUT);
    TEXT_IS("SELECT count(*) FROM run", "0");
}
END_TEST

Suite *analyze_suite(void);

Suite *analyze_suite(void)
{
    Suite *s = suite_create("analyze");
    TCase *tc = tcase_create("analyze");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_failing_mac_is_at_risk);
    tcase_add_test(tc, judging_again_changes_nothing);
    tcase_add_test(tc, what_nothing_carries_is_not_checked);
    tcase_add_test(tc, a_conflict_is_named);
    tcase_add_test(tc, passes_of_a_silent_mac_are_stale);
    tcase_add_test(tc, a_rule_at_fault_is_an_error_and_the_others_run);
    tcase_add_loop_test(tc, a_rule_speaks_of_each_mac_once, 0,
                        (int)COUNT_OF(uneven));
    tcase_add_test(tc, an_own_rule_takes_the_place_of_a_built_in_one);
    tcase_add_test(tc, a_rule_may_ask_for_a_custom_fact);
    tcase_add_test(tc, settings_change_limits_severities_and_rules);
    tcase_add_loop_test(tc, a_finding_has_a_history, 0,
                        (int)COUNT_OF(histories));
    tcase_add_test(tc, accounts_have_their_own_results);
    tcase_add_test(tc, a_period_without_files_is_an_error);
    suite_add_tcase(s, tc);
    return s;
}
