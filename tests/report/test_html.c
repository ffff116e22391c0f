/*
 * test_html.c - the page: its words and numbers, its published names, and that
 * what comes from exports stays text.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/resource.h"
#include "core/strbuf.h"
#include "report/html.h"
#include "report/html_data.h"
#include "report/html_intern.h"
#include "report/html_story.h"
#include "report/html_svg.h"
#include "report/html_words.h"
#include "report/query.h"
#include "report/writer.h"
#include "tests/support/report_store.h"
#include "tests/support/tmpdir.h"

#include <check.h>

static sqlite3 *db;
static struct err err;
static struct strbuf b;
static char *page;
static size_t page_len;
static int64_t only_client; /* 0: the whole fleet */

static void setup(void)
{
    err = (struct err){0};
    only_client = 0;
    db = report_store();
}

static void teardown(void)
{
    free(page);
    page = NULL;
    strbuf_free(&b);
    b = (struct strbuf){0};
    db_close(db);
}

static int64_t number(const char *sql)
{
    int64_t n = -1;

    ck_assert_int_eq(db_number(db, sql, -1, &n, &err), 0);
    return n;
}

static struct report the_report(const struct report_options *o, const char *use)
{
    struct report r = {.db = db,
                       .options = o,
                       .use = use,
                       .client = "fleet",
                       .slug = "fleet",
                       .period = "2026-11",
                       .before = ""};

    r.period_id = number("SELECT period_id FROM run ORDER BY as_of DESC");
    r.before_id = number(
        "SELECT period_id FROM run ORDER BY as_of DESC LIMIT 1 OFFSET 1");
    r.as_of = number("SELECT max(as_of) FROM run");
    if (only_client) {
        r.client_id = only_client;
        r.client = PLAIN_CLIENT;
        r.slug = "cedar-works";
    }
    if (r.before_id > 0)
        r.before = "2026-10";
    else
        r.before_id = 0;
    return r;
}

static int write_page(const char *use, const char *templates)
{
    struct report_options o = {.templates = templates};
    struct report r = the_report(&o, use);
    FILE *f;
    int rc;

    free(page);
    page = NULL;
    f = open_memstream(&page, &page_len);
    ck_assert_ptr_nonnull(f);
    rc = report_prepare(&r, &err) == 0 && html_write(&r, f, &err) == 0 ? 0 : -1;
    ck_assert_int_eq(fclose(f), 0);
    return rc;
}

static bool has(const char *text)
{
    return strstr(page, text) != NULL;
}

/* --------------------------------------------------------- words, numbers --
 */

START_TEST(a_percentage_is_all_or_none_only_where_it_is)
{
    static const struct {
        double share;
        const char *words;
    } cases[] = {{0, "0\xc2\xa0%"},          {1, "100\xc2\xa0%"},
                 {0.5, "50.0\xc2\xa0%"},     {0.924, "92.4\xc2\xa0%"},
                 {0.99999, "99.9\xc2\xa0%"}, {0.00001, "0.1\xc2\xa0%"},
                 {0.9995, "99.9\xc2\xa0%"},  {1.0 / 3, "33.3\xc2\xa0%"}};
    size_t i;

    for (i = 0; i < COUNT_OF(cases); i++) {
        strbuf_reset(&b);
        html_percent(&b, cases[i].share);
        ck_assert_str_eq(strbuf_str(&b), cases[i].words);
    }
}
END_TEST

START_TEST(numbers_are_written_as_people_do)
{
    html_number(&b, 0);
    strbuf_addc(&b, ' ');
    html_number(&b, 999);
    strbuf_addc(&b, ' ');
    html_number(&b, 1000);
    strbuf_addc(&b, ' ');
    html_number(&b, -1234567);
    ck_assert_str_eq(strbuf_str(&b), "0 999 1,000 \xe2\x88\x92"
                                     "1,234,567");
    strbuf_reset(&b);
    html_day(&b, 0);
    strbuf_addc(&b, ' ');
    html_day(&b, 1795737600);
    ck_assert_str_eq(strbuf_str(&b), "never 27 Nov 2026");
}
END_TEST

static const char *sql_text(const char *sql)
{
    sqlite3_stmt *st;

    strbuf_reset(&b);
    ck_assert_int_eq(html_functions(db, &err), 0);
    ck_assert_int_eq(db_prepare(db, sql, &st, &err), 0);
    ck_assert_int_eq(db_step(st, &err), 1);
    strbuf_adds(&b, sqlite3_column_type(st, 0) == SQLITE_NULL ? "NULL"
                                                              : db_text(st, 0));
    sqlite3_finalize(st);
    return strbuf_str(&b);
}

START_TEST(queries_have_words)
{
    ck_assert_str_eq(sql_text("SELECT plain('verdict', 'clean')"),
                     "No problem found");
    ck_assert_str_eq(sql_text("SELECT plain('verdict', 'odd')"), "odd");
    ck_assert_str_eq(sql_text("SELECT plain('verdict', NULL)"), "NULL");
    ck_assert_str_eq(sql_text("SELECT points(0.0114)"), "+1.1 points");
    ck_assert_str_eq(sql_text("SELECT points(-0.0114)"), "\xe2\x88\x92"
                                                         "1.1 points");
    ck_assert_str_eq(sql_text("SELECT points(0.00001)"), "no change");
    ck_assert_str_eq(sql_text("SELECT signed(3) || ' ' || signed(0)"),
                     "+3 no change");
    ck_assert_str_eq(sql_text("SELECT pct(1, 0)"), "NULL");
    ck_assert_str_eq(sql_text("SELECT code('run `a <b>` & go')"),
                     "run <code>a &lt;b></code> &amp; go");
    ck_assert_str_eq(sql_text("SELECT code('an `open one')"),
                     "an <code>open one</code>");
}
END_TEST

START_TEST(every_word_of_a_verdict_state_and_capability_is_there)
{
    static const char *const codes[][2] = {{"verdict", "at-risk"},
                                           {"verdict", "undetermined"},
                                           {"verdict", "attention"},
                                           {"verdict", "partial"},
                                           {"severity", "critical"},
                                           {"severity", "info"},
                                           {"state", "measured"},
                                           {"readiness", "hands-on"},
                                           {"capability", "unlock"},
                                           {"capability", "psso"},
                                           {"capability-why", "erase"},
                                           {"bootstrap", "conflict"},
                                           {"repair", "E"},
                                           {"filevault", "deferred"}};
    const char *words, *code;
    size_t i, at;

    for (i = 0; i < COUNT_OF(codes); i++)
        ck_assert_msg(html_plain(codes[i][0], codes[i][1]) != NULL, "%s %s",
                      codes[i][0], codes[i][1]);
    for (i = at = 0; (words = html_plain_next("capability", &at, &code)); i++)
        ck_assert_ptr_eq(words, html_plain("capability", code));
    ck_assert_int_eq(i, 13);
    ck_assert_ptr_null(code);
}
END_TEST

/* ------------------------------------------------------------- sentences -- */

static const char *verdict(const char *use, const struct html_counts *n)
{
    strbuf_reset(&b);
    html_verdict(&b, use, "Acme", n);
    return strbuf_str(&b);
}

START_TEST(the_verdict_is_said_in_a_sentence)
{
    struct html_counts n = {.devices = 63, .at_risk = 12, .undetermined = 7};

    ck_assert_str_eq(verdict("monthly", &n),
                     "12 of 63 Macs are at risk; for 7 it is not known yet.");
    n.at_risk = 1;
    n.undetermined = 0;
    ck_assert_str_eq(verdict("monthly", &n), "1 of 63 Macs is at risk.");
    ck_assert_str_eq(verdict("client", &n),
                     "Acme: 1 Mac needs action before it can be recovered or "
                     "updated safely.");
    n.at_risk = 0;
    ck_assert_str_eq(verdict("monthly", &n), "None of the 63 Macs is at risk.");
    n.undetermined = 4;
    ck_assert_str_eq(verdict("monthly", &n),
                     "No Mac is known to be at risk; for 4 of 63 Macs it is "
                     "not known yet.");
    ck_assert_str_eq(verdict("client", &n),
                     "Acme: no Mac is known to need action; for 4 it is not "
                     "known yet.");
    n.devices = 0;
    ck_assert_str_eq(verdict("migration", &n),
                     "No Mac was judged in this period.");
}
END_TEST

START_TEST(readiness_is_said_in_a_sentence)
{
    struct html_counts n = {.devices = 63,
                            .judged = 63,
                            .ready = 40,
                            .action_first = 10,
                            .hands_on = 1,
                            .blocked = 2};

    ck_assert_str_eq(verdict("migration", &n),
                     "40 of 63 Macs are ready to move; 2 are blocked, 1 "
                     "needs someone at the Mac.");
    strbuf_reset(&b);
    html_verdict_more(&b, "migration", &n);
    ck_assert_str_eq(strbuf_str(&b),
                     "10 can be prepared from afar. For 10 it is not known "
                     "yet; they count as not ready.");
    n.ready = n.hands_on = 0;
    ck_assert_str_eq(verdict("migration", &n),
                     "None of the 63 Macs is ready to move; 2 are blocked.");
    n.judged = 0;
    ck_assert_str_eq(verdict("migration", &n),
                     "Readiness for a move was not judged in this period.");
}
END_TEST

START_TEST(change_is_said_only_where_there_was_something_before)
{
    struct html_counts n = {.devices = 63, .at_risk = 12};

    html_change(&b, "2026-10", &n);
    ck_assert_str_eq(strbuf_str(&b), "");
    n.before_devices = 62;
    n.before_at_risk = 15;
    html_change(&b, "2026-10", &n);
    ck_assert_str_eq(strbuf_str(&b),
                     "3 fewer at risk than in 2026-10, on 1 more Mac.");
}
END_TEST

/* ---------------------------------------------------------------- pieces -- */

START_TEST(a_bar_shows_every_part_that_is_there)
{
    struct svg_part parts[] = {{"risk", 1}, {"unknown", 0}, {"clean", 99999}};

    svg_bar(&b, "a \"<label>\"", parts, COUNT_OF(parts));
    ck_assert_ptr_nonnull(strstr(strbuf_str(&b), "f-risk"));
    ck_assert_ptr_null(strstr(strbuf_str(&b), "f-unknown"));
    ck_assert_ptr_nonnull(
        strstr(strbuf_str(&b), "aria-label=\"a &quot;&lt;label>&quot;\""));
    ck_assert_ptr_null(strstr(strbuf_str(&b), "width=\"0.00%\""));
}
END_TEST

START_TEST(a_json_string_cannot_end_a_script)
{
    html_json_string(&b, "</script><!-- \"\\\n\x01\xe2\x80\xa8\xff");
    ck_assert_str_eq(strbuf_str(&b),
                     "\"\\u003c/script\\u003e\\u003c!-- \\\"\\\\\\u000a\\u0001"
                     "\\u2028\\ufffd\"");
}
END_TEST

START_TEST(words_are_numbered_in_the_order_of_first_use)
{
    struct intern t = {0};
    char word[16];
    size_t i;

    for (i = 0; i < 1000; i++) {
        snprintf(word, sizeof(word), "w%zu", i);
        ck_assert_uint_eq(intern(&t, word), i);
    }
    ck_assert_uint_eq(intern(&t, "w500"), 500);
    ck_assert_uint_eq(intern(&t, ""), 1000);
    ck_assert_uint_eq(t.n, 1001);
    intern_free(&t);
}
END_TEST

/* ------------------------------------------------------- published names -- */

START_TEST(lists_publish_just_the_columns_of_their_queries)
{
    struct report_options o = {0};
    struct report r = the_report(&o, "monthly");
    const struct template_var *v, *f;
    char path[128];
    int i, n;

    /* Writing the page makes the TEMP tables that queries need. */
    ck_assert_int_eq(write_page("monthly", NULL), 0);
    for (v = html_vars; v->name; v++) {
        sqlite3_stmt *st;

        if (v->kind != TEMPLATE_LIST)
            continue;
        snprintf(path, sizeof(path), "html-%s", v->name);
        ck_assert_msg(query_open(&r, path, &st, &err) == 0, "%s: %s", path,
                      err.text);
        n = sqlite3_column_count(st);
        for (i = 0, f = v->fields; i < n && f->name; i++, f++)
            ck_assert_msg(strcmp(sqlite3_column_name(st, i), f->name) == 0,
                          "%s: column %s, published %s", v->name,
                          sqlite3_column_name(st, i), f->name);
        ck_assert_msg(i == n && !f->name, "%s: %d columns", v->name, n);
        sqlite3_finalize(st);
    }
}
END_TEST

START_TEST(no_name_is_published_twice_or_hides_a_parameter)
{
    static const char *const parameters[] = {"period_id", "before_id",
                                             "client_id", "as_of", "use"};
    const struct template_var *v, *w;
    size_t i;

    for (v = html_vars; v->name; v++) {
        for (w = v + 1; w->name; w++)
            ck_assert_msg(strcmp(v->name, w->name) != 0, "%s", v->name);
        for (i = 0; i < COUNT_OF(parameters); i++)
            ck_assert_str_ne(v->name, parameters[i]);
    }
}
END_TEST

static const char *const uses[] = {"monthly", "client", "migration"};

START_TEST(templates_are_checked_without_data)
{
    ck_assert_msg(html_check(NULL, uses[_i], &err) == 0, "%s:%ld: %s", err.file,
                  err.line, err.text);
}
END_TEST

/* -------------------------------------------------------------- the page -- */

START_TEST(a_page_is_whole_and_the_same_each_time)
{
    char *first;

    ck_assert_msg(write_page(uses[_i], NULL) == 0, "%s", err.text);
    ck_assert(has("<!DOCTYPE html>"));
    ck_assert(has("Content-Security-Policy"));
    ck_assert(has("</html>"));
    first = page;
    page = NULL;
    ck_assert_int_eq(write_page(uses[_i], NULL), 0);
    ck_assert_str_eq(first, page);
    free(first);
}
END_TEST

START_TEST(names_stay_text)
{
    ck_assert_int_eq(write_page("monthly", NULL), 0);
    ck_assert(has("Birch &amp; &lt;Partners&gt;/../x"));
    ck_assert(!has("<Partners>"));
    ck_assert(!has("<b>\"quoted\"</b>"));
    ck_assert(!has("\x1b"));
}
END_TEST

START_TEST(the_client_page_names_no_rule_outside_the_appendix)
{
    const char *appendix, *id;

    ck_assert_int_eq(write_page("client", NULL), 0);
    appendix = strstr(page, "Appendix for technicians");
    id = strstr(page, "class=\"id\"");
    ck_assert_ptr_nonnull(appendix);
    ck_assert(id == NULL || id > appendix);
}
END_TEST

START_TEST(a_clients_page_has_no_other_clients_settings_or_names)
{
    const char *policy =
        "UPDATE run SET policy = '{\"general\":{\"freshness_days\":30},"
        "\"severity\":{\"BT-01\":\"high\"},\"clients\":{"
        "\"" PLAIN_CLIENT "\":{\"freshness_days\":77},"
        "\"Other & Sons\":{\"freshness_days\":88,\"service\":[\"svc\"]}}}'";

    only_client = number("SELECT client_id FROM client WHERE name = "
                         "'" PLAIN_CLIENT "'");
    ck_assert_int_eq(db_script(db, policy, &err), 0);
    ck_assert_msg(write_page("client", NULL) == 0, "%s", err.text);
    ck_assert(has("<bdi>77</bdi>"));
    ck_assert(has("severity.BT-01"));
    ck_assert(!has("<bdi>88</bdi>"));
    ck_assert(!has("Other &amp; Sons"));
    ck_assert(!has("Birch"));
}
END_TEST

START_TEST(a_users_template_comes_first)
{
    const char *dir = tmpdir_make();

    tmpdir_file("_signoff.html", "<p>Signed by {{subject}}</p>\n");
    ck_assert_msg(write_page("monthly", dir) == 0, "%s", err.text);
    ck_assert(has("<p>Signed by Whole fleet</p>"));
    tmpdir_remove();
}
END_TEST

START_TEST(a_users_template_with_a_typing_error_says_where)
{
    const char *dir = tmpdir_make();

    tmpdir_file("_signoff.html", "<p>\nSigned by {{subjekt}}</p>\n");
    ck_assert_int_eq(write_page("monthly", dir), -1);
    ck_assert_int_eq(err.code, ERR_CONFIG);
    ck_assert_int_eq(err.line, 2);
    ck_assert_int_eq(err.column, 11);
    ck_assert_str_eq(err.hint, "did you mean \"subject\"?");
    tmpdir_remove();
}
END_TEST

START_TEST(a_users_script_cannot_end_its_element)
{
    const char *dir = tmpdir_make();

    tmpdir_file("report.js", "let a = \"</script><img src=x>\";\n");
    ck_assert_int_eq(write_page("monthly", dir), -1);
    ck_assert_int_eq(err.code, ERR_CONFIG);
    tmpdir_remove();
}
END_TEST

START_TEST(the_built_in_page_keeps_its_budget)
{
    ck_assert_uint_lt(strlen(resource_text("templates/report.css")) +
                          strlen(resource_text("templates/report.js")),
                      61440);
}
END_TEST

Suite *html_suite(void);
Suite *html_suite(void)
{
    Suite *s = suite_create("html");
    TCase *tc = tcase_create("page");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_percentage_is_all_or_none_only_where_it_is);
    tcase_add_test(tc, numbers_are_written_as_people_do);
    tcase_add_test(tc, queries_have_words);
    tcase_add_test(tc, every_word_of_a_verdict_state_and_capability_is_there);
    tcase_add_test(tc, the_verdict_is_said_in_a_sentence);
    tcase_add_test(tc, readiness_is_said_in_a_sentence);
    tcase_add_test(tc, change_is_said_only_where_there_was_something_before);
    tcase_add_test(tc, a_bar_shows_every_part_that_is_there);
    tcase_add_test(tc, a_json_string_cannot_end_a_script);
    tcase_add_test(tc, words_are_numbered_in_the_order_of_first_use);
    tcase_add_test(tc, lists_publish_just_the_columns_of_their_queries);
    tcase_add_test(tc, no_name_is_published_twice_or_hides_a_parameter);
    tcase_add_loop_test(tc, templates_are_checked_without_data, 0, 3);
    tcase_add_loop_test(tc, a_page_is_whole_and_the_same_each_time, 0, 3);
    tcase_add_test(tc, names_stay_text);
    tcase_add_test(tc, the_client_page_names_no_rule_outside_the_appendix);
    tcase_add_test(tc, a_clients_page_has_no_other_clients_settings_or_names);
    tcase_add_test(tc, a_users_template_comes_first);
    tcase_add_test(tc, a_users_template_with_a_typing_error_says_where);
    tcase_add_test(tc, a_users_script_cannot_end_its_element);
    tcase_add_test(tc, the_built_in_page_keeps_its_budget);
    suite_add_tcase(s, tc);
    return s;
}
