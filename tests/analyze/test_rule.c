/*
 * test_rule.c - reading rules, what they may not do, and what is refused.
 */
#include "core/base.h"

#include "analyze/derive.h"
#include "analyze/judge.h"
#include "analyze/resolve.h"
#include "analyze/rule.h"
#include "core/facts.h"
#include "tests/analyze/small_store.h"
#include "tests/suites.h"

static sqlite3 *db;
static struct rule_guard guard;
static struct err err;
static struct rule_query *query;
static int seen;

#define HEADER                                                                 \
    "-- id: T-01\n"                                                            \
    "-- title: A test\n"                                                       \
    "-- scope: device\n"                                                       \
    "-- severity: high\n"                                                      \
    "-- uses: monthly\n"                                                       \
    "-- loses:\n"                                                              \
    "-- facts: filevault, bootstrap_escrowed_device|bootstrap_escrowed_server" \
    "\n"                                                                       \
    "-- why: Because\n"                                                        \
    "--      of that.\n"                                                       \
    "-- fix: R1 R2\n"

static void setup(void)
{
    static const char *const customs[] = {"x_lab", NULL};
    struct resolve_counts counts;
    int64_t import;

    err = (struct err){0};
    seen = 0;
    db = store_new();
    import = store_import(db, "p", "", "s", "accounts", 100);
    store_mac(db, "AAA1");
    store_mac(db, "BBB2");
    store_sql(db,
              "INSERT INTO device_row (import_id, line, device_id, filevault,"
              " chip) VALUES (%lld, 1, 1, 'on', 'apple'), (%lld, 2, 2, NULL,"
              " 'intel'); INSERT INTO account_row (import_id, line, device_id,"
              " account) VALUES (%lld, 1, 1, 'ana')",
              (long long)import, (long long)import, (long long)import);
    store_settle(db);
    ck_assert_int_eq(resolve(db, "p", 1, NULL, &counts, &err), 0);
    ck_assert_int_eq(derive(db, 1, 1000000000, NULL, customs, &err), 0);
    rule_guard_set(&guard, db);
}

static void teardown(void)
{
    rule_guard_end(&guard);
    /* A rule leaves the connection as it found it: writable. */
    store_sql(db, "DELETE FROM device");
    db_close(db);
}

static struct rule *parsed(const char *text)
{
    struct rule *r =
        rule_parse("rules/T-01-test.sql", "own", text, strlen(text));

    ck_assert_ptr_nonnull(r);
    return r;
}

static int count_rows(void *ctx, const struct rule_row *row, struct err *e)
{
    struct rule_row *last = ctx;

    seen++;
    *last = *row;
    if (rule_ask(query, last, e) < 0)
        return -1;
    last->evidence = last->remedy = NULL;
    return 0;
}

/* Parse, open and run; -1 with err. */
static int run(const char *text, struct rule_row *last)
{
    struct rule *r = parsed(text);
    int rc = -1;

    query = rule_open(&guard, r, &err);
    if (query)
        rc = rule_run(query, 1, 1000, 2000, count_rows, last, &err);
    rule_close(query);
    rule_free(r);
    return rc;
}

START_TEST(a_header_is_read)
{
    struct rule *r = parsed(HEADER "SELECT 1");

    ck_assert_int_eq(r->broken.code, ERR_NONE);
    ck_assert_str_eq(r->id, "T-01");
    ck_assert_str_eq(r->why, "Because of that.");
    ck_assert_int_eq(r->severity, SEV_HIGH);
    ck_assert_int_eq(r->unknown_severity, SEV_NONE);
    ck_assert_uint_eq(r->need_count, 2);
    ck_assert_str_eq(r->needs[1].text,
                     "bootstrap_escrowed_device|bootstrap_escrowed_server");
    ck_assert_uint_eq(r->needs[0].device_mask,
                      (uint64_t)1 << fact_index(FACT_DEVICE, "filevault"));
    ck_assert_int_eq(r->sql_line, 11);
    rule_free(r);
}
END_TEST

static const struct {
    const char *text;
    long line, column;
    const char *says, *hint;
} faulty[] = {
    {"-- id: T-01\n-- tilte: x\n", 2, 4, "unknown key \"tilte\" in the header",
     "did you mean \"title\"?"},
    {"-- id: T-01\n-- title: x\n-- scope: macs\n-- severity: high\n"
     "-- uses:\n-- loses:\n-- facts:\n-- why: x\n-- fix:\n",
     3, 11, "scope: expected device or account, found \"macs\"", ""},
    {"-- id: t 1\n-- title: x\n-- scope: device\n-- severity: high\n"
     "-- uses:\n-- loses:\n-- facts:\n-- why: x\n-- fix:\n",
     1, 8, "id: expected capitals, digits and dashes, found \"t 1\"", ""},
    {"-- id: T-01\n-- title: x\n-- scope: device\n-- severity: hihg\n"
     "-- uses:\n-- loses:\n-- facts:\n-- why: x\n-- fix:\n",
     4, 14,
     "severity: expected critical, high, medium, low or info, found "
     "\"hihg\"",
     ""},
    {"-- id: T-01\n-- title: x\n-- scope: device\n-- severity: high\n"
     "-- uses:\n-- loses:\n-- facts: filevualt\n-- why: x\n-- fix:\n",
     7, 11, "facts: there is no fact \"filevualt\"",
     "did you mean \"filevault\"?"},
    {"-- id: T-01\n-- title: x\n-- scope: device\n-- severity: high\n"
     "-- uses:\n-- loses:\n-- facts:\n-- fix:\n",
     1, 1, "the header has no \"why\"", ""},
    {"-- id: T-01\n-- title: x\n-- Scope : device\n-- severity: high\n"
     "-- uses:\n-- loses:\n-- facts:\n-- why: x\n-- fix:\n",
     3, 1, "the header has no \"scope\"",
     "it ends before line 3; a line of it is \"-- scope: ...\""},
    {"-- id: T-01\n-- title: \xe4\n", 2, 11, "is no UTF-8 text", ""},
};

START_TEST(a_fault_in_the_header_has_its_line)
{
    struct rule *r = parsed(faulty[_i].text);

    ck_assert_int_eq(r->broken.code, ERR_CONFIG);
    ck_assert_str_eq(r->broken.text, faulty[_i].says);
    ck_assert_int_eq(r->broken.line, faulty[_i].line);
    ck_assert_int_eq(r->broken.column, faulty[_i].column);
    ck_assert_str_eq(r->broken.hint, faulty[_i].hint);
    ck_assert_str_eq(r->id, "T-01");
    rule_free(r);
}
END_TEST

START_TEST(each_row_is_handed_over)
{
    struct rule_row last;

    ck_assert_msg(run(HEADER "SELECT device_id, TRUE AS applies, filevault ="
                             " 'on' AS fails FROM device_posture;\n-- end",
                      &last) == 0,
                  "%s", err.text);
    ck_assert_int_eq(seen, 2);
    ck_assert_int_eq(last.id, 2);
    ck_assert_int_eq(last.applies, 1);
    ck_assert_int_eq(last.fails, -1);
    ck_assert_int_eq(last.severity, SEV_NONE);
}
END_TEST

#define COLUMNS "device_id, TRUE AS applies, FALSE AS fails"

/* What a rule may not do, and what the message says. */
static const struct {
    const char *sql, *says;
} forbidden[] = {
    {"DELETE FROM device RETURNING " COLUMNS, "reads"},
    {"INSERT INTO device (serial) VALUES ('x') RETURNING " COLUMNS, "reads"},
    {"ATTACH 'x.db' AS x", "reads"},
    {"PRAGMA user_version", "reads"},
    {"VACUUM INTO 'x.db'", "no column"}, /* and is not stepped */
    {"SELECT " COLUMNS " FROM device", "prohibited"},
    {"SELECT " COLUMNS " FROM device_row", "prohibited"},
    {"SELECT " COLUMNS " FROM device_fact", "prohibited"},
    {"WITH device_posture AS (SELECT * FROM finding) SELECT " COLUMNS
     " FROM device_posture",
     "prohibited"},
    {"SELECT rootpage AS device_id, TRUE AS applies, FALSE AS fails"
     " FROM sqlite_schema",
     "prohibited"},
    {"SELECT " COLUMNS ", random() AS evidence FROM device_posture", "random"},
    {"SELECT " COLUMNS ", datetime('now') AS evidence FROM device_posture",
     "datetime"},
    {"SELECT " COLUMNS ", CURRENT_TIMESTAMP AS evidence FROM device_posture",
     "CURRENT_TIMESTAMP"},
    {"SELECT " COLUMNS ", load_extension('x') AS evidence FROM device_posture",
     "load_extension"},
    {"SELECT " COLUMNS ", \"nosuch\" AS evidence FROM device_posture",
     "no such column: nosuch"},
    {"SELECT " COLUMNS " FROM device_posture; SELECT 1", "one statement"},
    {"SELECT " COLUMNS ", ?1 AS evidence FROM device_posture", "parameters"},
    {"SELECT device_id, TRUE AS applies FROM device_posture",
     "no column \"fails\""},
    {"SELECT " COLUMNS ", 1 AS severty FROM device_posture",
     "a column \"severty\""},
    {"SELECT " COLUMNS ", 'grave' AS severity FROM device_posture",
     "the severity \"grave\""},
    {"SELECT " COLUMNS ", 'R9' AS remedy FROM device_posture",
     "the remedy \"R9\""},
    {"SELECT device_id, 'yes' AS applies, FALSE AS fails FROM device_posture",
     "applies is no truth value"},
    {"SELECT device_id, TRUE AS applies, 1.5 AS fails FROM device_posture",
     "fails is no truth value"},
    {"SELECT NULL AS device_id, TRUE AS applies, TRUE AS fails"
     " FROM device_posture UNION ALL SELECT 1, TRUE, TRUE",
     NULL},
    {"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
     " SELECT (SELECT max(i) FROM n) AS device_id, TRUE AS applies,"
     " FALSE AS fails FROM device_posture",
     "more steps"},
    {"SELECT device_id, abs(-9223372036854775807 - 1) > 0 AS applies, TRUE AS"
     " fails FROM device_posture",
     "integer overflow"},
    {"SELECT " COLUMNS ", 'x AS evidence FROM device_posture", "a quote is"},
    {"SELECT " COLUMNS " FROM device_posture /* x", "a comment is"},
    {"", "no SELECT"},
};

START_TEST(a_rule_can_only_read_the_posture)
{
    struct rule_row last;
    char text[2000];

    snprintf(text, sizeof(text), HEADER "%s\n", forbidden[_i].sql);
    if (!forbidden[_i].says) { /* a row without id never comes into a range */
        ck_assert_int_eq(run(text, &last), 0);
        ck_assert_int_eq(seen, 1);
        return;
    }
    ck_assert_msg(run(text, &last) == -1, "accepted: %s", forbidden[_i].sql);
    ck_assert_int_eq(err.code, ERR_CONFIG);
    ck_assert_str_eq(err.file, "rules/T-01-test.sql");
    ck_assert_msg(strstr(err.text, forbidden[_i].says) != NULL, "%s: %s",
                  forbidden[_i].sql, err.text);
}
END_TEST

START_TEST(a_fault_in_the_query_has_its_place)
{
    struct rule_row last;

    ck_assert_int_eq(run(HEADER "SELECT device_id, TRUE AS applies,\n"
                                "       filevualt = 'on' AS fails\n"
                                "  FROM device_posture\n",
                         &last),
                     -1);
    ck_assert_int_eq(err.line, 12);
    ck_assert_int_eq(err.column, 8);
    ck_assert_str_eq(err.text, "no such column: filevualt");
    ck_assert_str_eq(err.hint, "did you mean \"filevault\"?");
}
END_TEST

/* Texts in the place of truth values; SQLite would take them for 0. */
static const char *const texts_as_truths[] = {
    "NOT chip AS fails",
    "chip AND TRUE AS fails",
    "mdm_enrolled OR x_lab AS fails",
    "x_lab AS fails",
    "d.x_lab AS fails",
    "CASE WHEN x_lab THEN TRUE END AS fails",
    "(filevault) AND repair_path AS fails",
    "filevault IS NOT TRUE AS fails",
};
static const char *const honest[] = {
    "NOT chip = 'apple' AS fails",
    "chip IN ('t2', 'apple') AND mdm_enrolled AS fails",
    "x_lab IS NOT NULL AS fails",
    "x_lab = 'yes' AND x_lab <> 'no' AS fails",
    "CASE chip WHEN 'apple' THEN TRUE END AS fails",
    "CASE WHEN 'on' = filevault THEN mdm_enrolled ELSE FALSE END AS fails",
    "name BETWEEN 'a' AND serial AND mdm_enrolled AS fails",
    "coalesce(x_lab, '') = '' AND name || site <> 'ab' AS fails",
    "filevault IS DISTINCT FROM 'on' AS fails -- NOT chip",
};

static int try_condition(const char *condition)
{
    struct rule_row last;
    char text[2000];

    snprintf(text, sizeof(text),
             HEADER "SELECT device_id, TRUE AS applies, %s\n"
                    "  FROM device_posture d\n",
             condition);
    return run(text, &last);
}

START_TEST(a_text_is_no_truth_value)
{
    ck_assert_msg(try_condition(texts_as_truths[_i]) == -1, "accepted: %s",
                  texts_as_truths[_i]);
    ck_assert_msg(strstr(err.text, "in the place of a truth value") != NULL,
                  "%s: %s", texts_as_truths[_i], err.text);
    ck_assert_int_eq(err.line, 11);
}
END_TEST

START_TEST(comparing_texts_is_fine)
{
    ck_assert_msg(try_condition(honest[_i]) == 0, "%s: %s", honest[_i],
                  err.text);
}
END_TEST

/* ----------------------------------------------------------------- results */

START_TEST(a_result_is_three_valued)
{
    static const char expected[3][3] = {
        /* fails:  ?    0    1 */
        {'U', 'P', 'U'}, /* applies ? */
        {'A', 'A', 'A'}, /* 0 */
        {'U', 'P', 'F'}, /* 1 */
    };
    struct rule_row row = {.id = 1};

    for (row.applies = -1; row.applies <= 1; row.applies++)
        for (row.fails = -1; row.fails <= 1; row.fails++) {
            char letter = expected[row.applies + 1][row.fails + 1];

            ck_assert_int_eq(rule_result(&row, false), letter);
            ck_assert_int_eq(rule_result(&row, true),
                             letter == 'U' ? 'C' : letter);
        }
}
END_TEST

START_TEST(one_of_two_facts_is_enough)
{
    struct rule *r = parsed(HEADER "SELECT 1");
    uint64_t vault = r->needs[0].device_mask;
    uint64_t server = (uint64_t)1
                      << fact_index(FACT_DEVICE, "bootstrap_escrowed_server");

    ck_assert(rule_not_checked(r, (struct carried){0, 0}, 0));
    ck_assert(rule_not_checked(r, (struct carried){vault, 0}, 0));
    ck_assert(!rule_not_checked(r, (struct carried){vault | server, 0}, 0));
    rule_free(r);
}
END_TEST

START_TEST(verdicts_go_by_the_first_that_fits)
{
    struct verdict_facts f = {.failed = SEV_NONE, .unknown = SEV_NONE};

    ck_assert_str_eq(verdict_of(&f), "clean");
    f.failed = SEV_LOW;
    f.unknown = SEV_MEDIUM;
    ck_assert_str_eq(verdict_of(&f), "clean");
    f.core_not_checked = true;
    ck_assert_str_eq(verdict_of(&f), "partial");
    f.failed = SEV_MEDIUM;
    ck_assert_str_eq(verdict_of(&f), "attention");
    f.stale = true;
    ck_assert_str_eq(verdict_of(&f), "undetermined");
    f.stale = false;
    f.unknown = SEV_HIGH;
    ck_assert_str_eq(verdict_of(&f), "undetermined");
    f.failed = SEV_HIGH;
    ck_assert_str_eq(verdict_of(&f), "at-risk");
}
END_TEST

START_TEST(some_capabilities_depend_on_the_chip)
{
    struct rule *r = parsed(HEADER "SELECT 1");
    uint32_t bits = capability_bits("unlock update erase"), lost = 0, maybe = 0;
    char words[128];

    capability_loss(r, bits, CHIP_INTEL, &lost, &maybe);
    capability_words(lost, words, sizeof(words));
    ck_assert_str_eq(words, "unlock");
    ck_assert_uint_eq(maybe, 0);
    capability_loss(r, bits, CHIP_UNKNOWN, &lost, &maybe);
    capability_words(maybe, words, sizeof(words));
    ck_assert_str_eq(words, "update erase");
    capability_loss(r, bits, CHIP_APPLE, &lost, &maybe);
    capability_words(lost, words, sizeof(words));
    ck_assert_str_eq(words, "unlock update erase");
    rule_free(r);
}
END_TEST

Suite *rule_suite(void);

Suite *rule_suite(void)
{
    Suite *s = suite_create("rule");
    TCase *tc = tcase_create("rule");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_header_is_read);
    tcase_add_loop_test(tc, a_fault_in_the_header_has_its_line, 0,
                        (int)COUNT_OF(faulty));
    tcase_add_test(tc, each_row_is_handed_over);
    tcase_add_loop_test(tc, a_rule_can_only_read_the_posture, 0,
                        (int)COUNT_OF(forbidden));
    tcase_add_test(tc, a_fault_in_the_query_has_its_place);
    tcase_add_loop_test(tc, a_text_is_no_truth_value, 0,
                        (int)COUNT_OF(texts_as_truths));
    tcase_add_loop_test(tc, comparing_texts_is_fine, 0, (int)COUNT_OF(honest));
    tcase_add_test(tc, a_result_is_three_valued);
    tcase_add_test(tc, one_of_two_facts_is_enough);
    tcase_add_test(tc, verdicts_go_by_the_first_that_fits);
    tcase_add_test(tc, some_capabilities_depend_on_the_chip);
    suite_add_tcase(s, tc);
    return s;
}
