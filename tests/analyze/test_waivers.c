#include "core/base.h"

#include "analyze/waivers.h"
#include "core/db.h"
#include "core/resource.h"
#include "core/when.h"
#include "tests/suites.h"
#include "tests/support/tmpdir.h"

#include <unistd.h>

#define HEAD                                                                   \
    "rule,client,serial,account,reason,owner,approved_by,ticket,expires\n"

static sqlite3 *db;
static struct err err;
static struct config *conf;
static struct waivers *set;
static struct waiver_counts counts;

static const char results[] =
    "INSERT INTO run VALUES (1, '2026-11', 1796083200, '', '', '', '', 2, 2, "
    "0, 0);"
    "INSERT INTO device VALUES (1, 'C02XK1ABCD'), (2, 'C02XK2ABCD');"
    "INSERT INTO client VALUES (1, 'Acme'), (2, 'Umbra');"
    "INSERT INTO rule VALUES"
    " (1, 0, 'BT-01', '', '', 'device', 'high', '', '', '', '', '', 'counted',"
    "  1, 'built-in', '', '', '', ''),"
    " (1, 1, 'ST-04', '', '', 'account', 'high', '', '', '', '', '', 'counted',"
    "  0, 'built-in', '', '', '', '');"
    "INSERT INTO finding (period_id, device_id, client_id, rule_no, account,"
    " result, severity, state, first_seen) VALUES"
    " (1, 1, 1, 0, '', 'fail', 'high', 'new', 1),"
    " (1, 2, 2, 0, '', 'fail', 'high', 'new', 1),"
    " (1, 1, 1, 1, 'Anna', 'fail', 'critical', 'new', 1),"
    " (1, 1, 1, 1, 'ben', 'unknown', 'high', 'new', 1);"
    "INSERT INTO tally VALUES (1, 1, 0, 'fail', 'high', 1, 0),"
    " (1, 2, 0, 'fail', 'high', 1, 0), (1, 1, 1, 'fail', 'critical', 1, 0),"
    " (1, 1, 1, 'unknown', 'high', 1, 0), (1, 2, 1, 'pass', '', 7, 0);";

static void setup(void)
{
    err = (struct err){0};
    conf = NULL;
    set = NULL;
    tmpdir_make();
    db = db_open(":memory:", DB_CREATE, 0, resource_text("ingest/schema.sql"),
                 &err);
    ck_assert_ptr_nonnull(db);
    ck_assert_int_eq(db_script(db, results, &err), 0);
}

static void teardown(void)
{
    waivers_free(set);
    config_free(conf);
    db_close(db);
    tmpdir_remove();
}

static bool read_text(const char *text)
{
    waivers_free(set);
    set = waivers_read(conf, tmpdir_file("w.csv", text), &err);
    return set != NULL;
}

static void apply(const char *as_of)
{
    int64_t t;

    ck_assert_msg(set != NULL, "%s:%ld:%ld: %s", err.file, err.line, err.column,
                  err.text);
    ck_assert(when_parse_as_of(as_of, &t));
    ck_assert_msg(waivers_apply(db, set, 1, t, &counts, &err) == 0, "%s",
                  err.text);
}

/* One text from one query. */
static const char *ask(const char *sql)
{
    static char out[1024];
    sqlite3_stmt *st;

    ck_assert_msg(db_prepare(db, sql, &st, &err) == 0, "%s", err.text);
    ck_assert_int_eq(db_step(st, &err), 1);
    snprintf(out, sizeof(out), "%s", db_text(st, 0));
    sqlite3_finalize(st);
    return out;
}

/* Which findings are covered, by the ticket of what covers them. */
static const char *covered(void)
{
    return ask("SELECT group_concat(t, ' ') FROM (SELECT r.id || f.account ||"
               " ':' || w.ticket AS t FROM finding f JOIN rule r USING"
               " (rule_no) JOIN waiver w ON w.waiver_id = f.waiver"
               " ORDER BY f.rowid)");
}

static const char *states(void)
{
    return ask("SELECT group_concat(t, ' ') FROM (SELECT ticket || ':' || state"
               " || matches AS t FROM waiver ORDER BY waiver_id)");
}

START_TEST(a_scope_covers_what_it_names)
{
    ck_assert(read_text(HEAD
                        "BT-01,acme,,,agreed,Jo,,T1,2027-12-31\r\n"
                        "st-04,*,c02xk1*,ANNA,agreed,Jo,,T2,2027-12-31\n"
                        "\n"
                        "BT-*,\"Nobody, Inc\",,,agreed,Jo,,T3,2027-12-31\n"));
    apply("2026-11-30");
    ck_assert_str_eq(covered(), "BT-01:T1 ST-04Anna:T2");
    ck_assert_str_eq(states(), "T1:active1 T2:active1 T3:unmatched0");
    ck_assert_int_eq(counts.findings, 2);
    ck_assert_int_eq(counts.active, 2);
    ck_assert_int_eq(counts.unmatched, 1);
}
END_TEST

START_TEST(a_covered_finding_stays_what_it_is)
{
    ck_assert(read_text(HEAD "ST-04,Acme,,,agreed,Jo,,T1,2027-12-31\n"));
    apply("2026-11-30");
    ck_assert_str_eq(ask("SELECT group_concat(client_id || rule_no || result ||"
                         " severity || count || '-' || waived, ' ') FROM tally"
                         " WHERE waived"),
                     "11failcritical1-1 11unknownhigh1-1");
    ck_assert_str_eq(ask("SELECT count(*) FROM finding"), "4");
    /* the same again changes nothing, and without it all is as before */
    apply("2026-11-30");
    ck_assert_str_eq(ask("SELECT sum(waived) || ' ' || (SELECT count(*) FROM"
                         " waiver) FROM tally"),
                     "2 1");
    ck_assert(read_text(HEAD));
    apply("2026-11-30");
    ck_assert_str_eq(ask("SELECT sum(waived) || ' ' || (SELECT count(*) FROM"
                         " waiver) || ' ' || (SELECT count(waiver) FROM"
                         " finding) FROM tally"),
                     "0 0 0");
}
END_TEST

static const struct {
    const char *as_of, *state;
    bool covers;
} days[] = {
    {"2026-10-31", "active", true},   /* 31 days before the last day */
    {"2026-11-01", "expiring", true}, /* 30 */
    {"2026-11-30", "expiring", true},
    {"2026-11-30T00:00:00Z", "expiring", true},
    {"2026-12-01", "expiring", true}, /* the last day itself */
    {"2026-12-01T23:59:59Z", "expiring", true},
    {"2026-12-01T23:59:59-05:00", "expired", false},
    {"2026-12-02", "expired", false},
    {"2026-12-02T00:00:01Z", "expired", false},
    {"2030-01-01", "expired", false},
};

START_TEST(the_last_day_is_inclusive_and_utc)
{
    setenv("TZ", "Pacific/Auckland", 1);
    tzset();
    ck_assert(read_text(HEAD "BT-01,*,,,agreed,Jo,,T1,2026-12-01\n"));
    apply(days[_i].as_of);
    ck_assert_str_eq(ask("SELECT state FROM waiver"), days[_i].state);
    ck_assert_int_eq(counts.findings, days[_i].covers ? 2 : 0);
    ck_assert_str_eq(ask("SELECT matches FROM waiver"), "2");
    ck_assert_str_eq(ask("SELECT iso(expires) FROM waiver"),
                     "2026-12-01T23:59:59Z");
}
END_TEST

START_TEST(overlaps_are_counted_and_the_longest_is_named)
{
    ck_assert(read_text(HEAD "BT-01,*,,,agreed,Jo,,T1,2027-01-31\n"
                             "BT-01,Acme,,,agreed,Jo,,T2,2027-12-31\n"
                             "BT-01,Acme,,,agreed,Jo,,T3,2027-12-31\n"
                             "BT-01,Acme,,,agreed,Jo,,T4,2026-01-31\n"));
    apply("2026-11-30");
    ck_assert_str_eq(covered(), "BT-01:T2 BT-01:T1");
    ck_assert_int_eq(counts.overlapping, 3);
    ck_assert_int_eq(counts.expired, 1);
}
END_TEST

START_TEST(approval_by_the_own_owner_is_counted)
{
    ck_assert(read_text(HEAD "BT-01,*,,,agreed,Jo,JO,T1,2027-12-31\n"
                             "BT-01,*,,,agreed,Jo,Max,T2,2027-12-31\n"
                             "BT-01,*,,,agreed,Jo,,T3,2027-12-31\n"));
    apply("2026-11-30");
    ck_assert_int_eq(counts.own, 1);
}
END_TEST

static const struct {
    const char *text, *error, *hint;
    long line, column;
} faults[] = {
    {"", "the file is empty", "", 1, 0},
    {"rule,reason,owner\n", "the column \"expires\" is missing", "", 1, 0},
    {"rule,reasn,owner,expires\n", "unknown column \"reasn\"",
     "did you mean \"reason\"?", 1, 6},
    {"rule,reason,owner,expires,Rule\n", "rule is there twice", "", 1, 27},
    {HEAD "BT-01,*,,,agreed,Jo,,,soon\n",
     "expires: expected a date as 2026-11-30, found \"soon\"", "", 2, 23},
    {HEAD "BT-01,*,,,agreed,Jo,,,2026-02-30\n",
     "expires: expected a date as 2026-11-30, found \"2026-02-30\"", "", 2, 23},
    {HEAD "BT-01,*,,,agreed,Jo,,,2026-2-3\n",
     "expires: expected a date as 2026-11-30, found \"2026-2-3\"", "", 2, 23},
    {HEAD "BT-01,*,,,agreed,Jo,,,30/11/2026\n",
     "expires: expected a date as 2026-11-30, found \"30/11/2026\"", "", 2, 23},
    {HEAD "BT-01,*,,,agreed,Jo,,,2026-11-30T00:00\n",
     "expires: expected a date as 2026-11-30, found \"2026-11-30T00:00\"", "",
     2, 23},
    {HEAD "BT-01,*,,,agreed,Jo,,,never\n",
     "expires: expected a date as 2026-11-30, found \"never\"", "", 2, 23},
    {HEAD "BT-01,*,,,agreed,Jo,,,\n", "expires is missing", "", 2, 23},
    {HEAD "BT-01,*,,,agreed,Jo\n", "expires is missing", "", 2, 0},
    {HEAD "BT-01,*,,, ,Jo,,,2027-12-31\n", "reason is missing", "", 2, 11},
    {HEAD "BT-01,*,,,agreed,,,,2027-12-31\n", "owner is missing", "", 2, 18},
    {HEAD ",*,,,agreed,Jo,,,2027-12-31\n", "rule is missing", "", 2, 1},
    {HEAD "BT-01,,,,agreed,Jo,,,2027-12-31\n", "the scope is empty",
     "name a client, serial or account; * stands for all", 2, 0},
    {HEAD "\n\r\nBT-01,\"a\nb\",,,\"r\xc3\xa4\",Jo,,,x\n",
     "expires: expected a date as 2026-11-30, found \"x\"", "", 5, 16},
    {HEAD "BT-01,*,,,agr\"eed,Jo,,,2027-12-31\n",
     "a quote inside a field must be doubled", "", 2, 14},
    {HEAD "BT-01,*,,,\"agreed,Jo,,,2027-12-31\n", "a quote is not closed", "",
     2, 11},
    {HEAD "BT-01,*,,,agreed,Jo,,,2027-12-31,x\n",
     "the line has more fields than the header", "", 2, 34},
    {HEAD "BT-01,*,,,agr\xff,Jo,,,2027-12-31\n", "is no UTF-8 text", "", 0, 0},
};

START_TEST(what_cannot_be_understood_is_an_error_and_not_for_ever)
{
    ck_assert(!read_text(faults[_i].text));
    ck_assert_int_eq(err.code, ERR_CONFIG);
    ck_assert_str_eq(err.text, faults[_i].error);
    ck_assert_str_eq(err.hint, faults[_i].hint);
    ck_assert_int_eq(err.line, faults[_i].line);
    ck_assert_int_eq(err.column, faults[_i].column);
    ck_assert_ptr_nonnull(strstr(err.file, "w.csv"));
}
END_TEST

START_TEST(what_reports_write_can_be_given_back)
{
    ck_assert(read_text("\xef\xbb\xbfrule,client,serial,account,reason,owner,"
                        "approved_by,ticket,expires,state,matches\r\n"
                        "BT-01, Acme ,,,\"a \"\"b\"\"\",Jo,,T1,2027-12-31,"
                        "active,4"));
    apply("2026-11-30");
    ck_assert_str_eq(states(), "T1:active1");
    ck_assert_str_eq(ask("SELECT client || reason FROM waiver"), "Acmea \"b\"");
}
END_TEST

START_TEST(a_missing_file_is_named)
{
    ck_assert_ptr_null(waivers_read(NULL, tmpdir_path("none.csv"), &err));
    ck_assert_int_eq(err.code, ERR_CONFIG);
    ck_assert_str_eq(err.text, "cannot open: No such file or directory");
}
END_TEST

START_TEST(without_any_file_nothing_is_covered)
{
    set = waivers_read(NULL, NULL, &err);
    ck_assert_uint_eq(waivers_count(set), 0);
    apply("2026-11-30");
    ck_assert_int_eq(counts.findings, 0);
}
END_TEST

START_TEST(a_clients_file_holds_for_that_client_alone)
{
    tmpdir_file("umbra.csv", "rule,client,serial,reason,owner,ticket,expires\n"
                             "BT-*,,*,agreed,Jo,U,2027-12-31\n"
                             "BT-*,Old,*,agreed,Jo,O,2027-12-31\n");
    tmpdir_file("all.csv", "rule,client,reason,owner,ticket,expires\n"
                           "ST-*,*,agreed,Jo,A,2027-12-31\n");
    conf = config_parse(tmpdir_path("m.conf"),
                        "[rules]\nwaivers = all.csv\n[client \"Umbra\"]\n"
                        "alias = Old\nwaivers = umbra.csv\n"
                        "[client \"Third\"]\nfreshness_days = 1\n",
                        &err);
    ck_assert_ptr_nonnull(conf);
    set = waivers_read(conf, NULL, &err);
    apply("2026-11-30");
    ck_assert_str_eq(covered(), "BT-01:U ST-04Anna:A ST-04ben:A");
    ck_assert_uint_eq(waivers_count(set), 3);
}
END_TEST

START_TEST(a_clients_file_does_not_speak_for_another)
{
    tmpdir_file("umbra.csv", "rule,client,reason,owner,expires\n"
                             "BT-*,Acme,agreed,Jo,2027-12-31\n");
    conf = config_parse(tmpdir_path("m.conf"),
                        "[client \"Umbra\"]\nwaivers = umbra.csv\n", &err);
    ck_assert_ptr_null(waivers_read(conf, NULL, &err));
    ck_assert_str_eq(err.text, "client \"Acme\" in the file of another client");
    ck_assert_int_eq(err.line, 2);
    ck_assert_int_eq(err.column, 6);
}
END_TEST

START_TEST(an_alias_in_a_scope_means_the_client)
{
    conf =
        config_parse("m.conf", "[client \"Acme\"]\nalias = ACM, Old\n", &err);
    ck_assert(read_text(HEAD "BT-01,acm,,,agreed,Jo,,T1,2027-12-31\n"));
    apply("2026-11-30");
    ck_assert_str_eq(covered(), "BT-01:T1");
}
END_TEST

Suite *waivers_suite(void);
Suite *waivers_suite(void)
{
    Suite *s = suite_create("waivers");
    TCase *tc = tcase_create("waivers");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, a_scope_covers_what_it_names);
    tcase_add_test(tc, a_covered_finding_stays_what_it_is);
    tcase_add_loop_test(tc, the_last_day_is_inclusive_and_utc, 0,
                        COUNT_OF(days));
    tcase_add_test(tc, overlaps_are_counted_and_the_longest_is_named);
    tcase_add_test(tc, approval_by_the_own_owner_is_counted);
    tcase_add_loop_test(tc,
                        what_cannot_be_understood_is_an_error_and_not_for_ever,
                        0, COUNT_OF(faults));
    tcase_add_test(tc, what_reports_write_can_be_given_back);
    tcase_add_test(tc, a_missing_file_is_named);
    tcase_add_test(tc, without_any_file_nothing_is_covered);
    tcase_add_test(tc, a_clients_file_holds_for_that_client_alone);
    tcase_add_test(tc, a_clients_file_does_not_speak_for_another);
    tcase_add_test(tc, an_alias_in_a_scope_means_the_client);
    suite_add_tcase(s, tc);
    return s;
}
