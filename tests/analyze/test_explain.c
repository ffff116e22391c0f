/*
 * test_explain.c - what the explanation of a Mac says of derived values and of
 * the parts of a rule.
 */
#include "core/base.h"

#include "analyze/analyze.h"
#include "analyze/explain_part.h"
#include "analyze/rule_text.h"
#include "core/facts.h"
#include "core/text.h"
#include "tests/analyze/small_store.h"
#include "tests/suites.h"

static struct err err;

static void setup(void)
{
    err = (struct err){0};
}

/* ------------------------------------------------------- terms of a rule */

static const struct {
    const char *whole;
    const char *parts[6];
} splits[] = {
    {"a", {"a"}},
    {" a AND NOT b ", {"a", "NOT b"}},
    {"a or b AND c", {"a", "b", "c"}},
    {"(a AND b) OR c", {"(a AND b)", "c"}},
    {"x BETWEEN 1 AND 3 AND y", {"x BETWEEN 1 AND 3", "y"}},
    {"CASE WHEN a AND b THEN c END AND d",
     {"CASE WHEN a AND b THEN c END", "d"}},
    {"a = 'x AND y' -- and\n AND b", {"a = 'x AND y' -- and", "b"}},
    {"\"and\" AND b", {"\"and\"", "b"}},
};

START_TEST(a_condition_has_parts)
{
    struct rule_part parts[6];
    const char *s = splits[_i].whole;
    size_t n = rule_terms((struct rule_part){s, strlen(s)}, parts, 6), i;

    for (i = 0; i < n; i++) {
        ck_assert_ptr_nonnull(splits[_i].parts[i]);
        ck_assert_uint_eq(parts[i].len, strlen(splits[_i].parts[i]));
        ck_assert_int_eq(
            strncmp(parts[i].text, splits[_i].parts[i], parts[i].len), 0);
    }
    ck_assert(n == 6 || splits[_i].parts[n] == NULL);
}
END_TEST

/* ----------------------------------------------------------- explained */

static json_t *explained(void)
{
    struct analyze_options o = {.as_of = 1000864000};
    sqlite3 *db = store_new();
    int64_t i = store_import(db, "p", "", "s", "accounts", 1000000000);
    json_t *e;

    store_mac(db, "AAA1");
    store_sql(db,
              "INSERT INTO device_row (import_id, line, device_id, filevault,"
              " os_version, bootstrap_escrowed_server) VALUES (%lld, 7, 1,"
              " 'on', '15.1', 0);"
              "INSERT INTO account_row (import_id, line, device_id, account,"
              " secure_token) VALUES (%lld, 9, 1, 'ana', 1),"
              " (%lld, 10, 1, 'bo', 0)",
              (long long)i, (long long)i, (long long)i);
    store_settle(db);
    e = explain(db, "AAA1", &o, &err);
    ck_assert_msg(e != NULL, "%s", err.text);
    db_close(db);
    return e;
}

static const json_t *rule_of(const json_t *e, const char *id)
{
    const json_t *one;
    size_t i;

    json_array_foreach(json_object_get(e, "rules"), i, one)
    {
        if (strcmp(json_string_value(json_object_get(one, "rule")), id) == 0)
            return one;
    }
    return NULL;
}

static void has_text(const json_t *o, const char *expected)
{
    char *text = json_dumps(o, JSON_COMPACT | JSON_ENCODE_ANY);

    ck_assert_str_eq(text, expected);
    free(text);
}

START_TEST(a_rule_has_the_truth_of_its_parts)
{
    json_t *e = explained();

    has_text(json_object_get(rule_of(e, "ST-06"), "parts"),
             "[{\"of\":\"applies\",\"part\":\"os >= 101300\",\"truth\":true},"
             "{\"of\":\"fails\",\"part\":\"sole_holder\",\"truth\":true},"
             "{\"of\":\"fails\",\"part\":\"NOT bootstrap_expected\","
             "\"truth\":true}]");
    has_text(json_object_get(rule_of(e, "FV-02"), "result"), "\"unknown\"");
    has_text(json_array_get(json_object_get(rule_of(e, "FV-02"), "parts"), 2),
             "{\"of\":\"fails\",\"part\":\"NOT recovery_key_escrowed\","
             "\"truth\":null}");
    json_decref(e);
}
END_TEST

START_TEST(a_derived_value_has_its_terms)
{
    json_t *e = explained();
    const json_t *terms = json_object_get(e, "terms");

    has_text(json_object_get(terms, "sole_holder"),
             "{\"holders_min\":1,\"holders_max\":1}");
    has_text(json_object_get(terms, "holders_min"),
             "{\"token_real\":{\"ana\":true,\"bo\":false}}");
    has_text(json_object_get(terms, "filevault_on"), "{\"filevault\":\"on\"}");
    json_decref(e);
}
END_TEST

/* Report-only rules are noted, whether they fire or are not known. */
START_TEST(a_report_only_rule_is_never_counted)
{
    json_t *e = explained();

    has_text(json_object_get(rule_of(e, "PW-04"), "result"),
             "\"informational\"");
    json_decref(e);
}
END_TEST

/* --------------------------------------------------- the list of terms */

struct columns {
    const char *names[300];
    size_t count;
    sqlite3_stmt *st;
};

static void read_columns(sqlite3 *db, const char *sql, struct columns *c)
{
    int i;

    ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &c->st, NULL), SQLITE_OK);
    for (i = 0; i < sqlite3_column_count(c->st); i++)
        c->names[c->count++] = sqlite3_column_name(c->st, i);
}

static bool has_column(const struct columns *c, const char *name)
{
    size_t i;

    for (i = 0; i < c->count; i++)
        if (strcmp(c->names[i], name) == 0)
            return true;
    return false;
}

static bool is_derived(const char *name)
{
    static const char *const others[] = {
        "device_id",         "client_id",
        "account_id",        "as_of",
        "break_glass",       "device_uuid",
        "device_serial",     "device_mdm_id",
        "filevault_allowed", "device_observed_at"};
    size_t i;

    for (i = 0; i < COUNT_OF(others); i++)
        if (strcmp(others[i], name) == 0)
            return false;
    return !text_starts(name, "p_") && fact_index(FACT_DEVICE, name) < 0 &&
           fact_index(FACT_ACCOUNT, name) < 0;
}

static void check_terms(const char *derived, const char *of,
                        const struct columns *own, const struct columns *each)
{
    char name[64];
    size_t n;

    for (; *of; of += n + (of[n] == ' ')) {
        n = strcspn(of, " ");
        snprintf(name, sizeof(name), "%.*s", (int)n, of);
        ck_assert_msg(name[0] == '@' ? has_column(each, name + 1)
                                     : has_column(own, name),
                      "%s is made of %s, which is no column", derived, name);
    }
}

START_TEST(every_derived_column_says_what_it_is_made_of)
{
    struct columns device = {.count = 0}, account = {.count = 0};
    struct analyze_options o = {.period = "p", .as_of = 1000864000};
    struct analyze_summary summary;
    sqlite3 *db = store_new();
    size_t i;

    store_import(db, "p", "", "s", "accounts", 1000000000);
    store_mac(db, "AAA1");
    store_settle(db);
    ck_assert_msg(analyze(db, &o, &summary, &err) == 0, "%s", err.text);
    read_columns(db, "SELECT * FROM temp.device_posture", &device);
    read_columns(db, "SELECT * FROM temp.account_posture", &account);
    for (i = 0; i < device.count; i++)
        if (is_derived(device.names[i])) {
            const char *of = explain_terms_of(false, device.names[i]);

            ck_assert_msg(of != NULL, "%s", device.names[i]);
            check_terms(device.names[i], of, &device, &account);
        }
    for (i = 0; i < account.count; i++)
        if (is_derived(account.names[i]) &&
            !has_column(&device, account.names[i])) {
            const char *of = explain_terms_of(true, account.names[i]);

            ck_assert_msg(of != NULL, "%s", account.names[i]);
            check_terms(account.names[i], of, &account, &account);
        }
    sqlite3_finalize(device.st);
    sqlite3_finalize(account.st);
    db_close(db);
}
END_TEST

Suite *explain_suite(void);

Suite *explain_suite(void)
{
    Suite *s = suite_create("explain");
    TCase *tc = tcase_create("explain");

    tcase_add_checked_fixture(tc, setup, NULL);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, a_condition_has_parts, 0, (int)COUNT_OF(splits));
    tcase_add_test(tc, a_rule_has_the_truth_of_its_parts);
    tcase_add_test(tc, a_derived_value_has_its_terms);
    tcase_add_test(tc, a_report_only_rule_is_never_counted);
    tcase_add_test(tc, every_derived_column_says_what_it_is_made_of);
    suite_add_tcase(s, tc);
    return s;
}
