#include "core/base.h"

#include "core/config.h"
#include "core/policy.h"
#include "tests/suites.h"
#include "tests/support/tmpdir.h"

#include <unistd.h>

static struct err err;
static struct config *conf;

static void setup(void)
{
    err = (struct err){0};
    conf = NULL;
}

static void teardown(void)
{
    config_free(conf);
}

static void parse(const char *text)
{
    conf = config_parse("m.conf", text, &err);
    ck_assert_msg(conf != NULL, "%ld: %s", err.line, err.text);
}

static const char *json(void)
{
    static char out[8192];
    struct strbuf b = {0};

    config_json(conf, &b);
    ck_assert(strbuf_ok(&b));
    snprintf(out, sizeof(out), "%s", strbuf_str(&b));
    strbuf_free(&b);
    return out;
}

START_TEST(without_a_file_the_defaults_hold)
{
    ck_assert_str_eq(config_get(NULL, NULL, "freshness_days"), "30");
    ck_assert_str_eq(config_get(NULL, "Acme", "freshness_days"), "30");
    ck_assert_ptr_null(config_get(NULL, NULL, "managed_admin"));
    ck_assert_str_eq(config_value(NULL, NULL, "freshness_days").file, "");
    ck_assert_ptr_null(config_severity(NULL, NULL, "ST-06"));
    ck_assert(!config_names_rule(NULL, NULL, "disabled", "ST-06"));
    ck_assert_str_eq(config_client_name(NULL, "Acme"), "Acme");
    ck_assert_uint_eq(config_client_count(NULL), 0);
}
END_TEST

START_TEST(a_client_overrides_and_the_place_is_known)
{
    struct config_value v;

    parse("\xef\xbb\xbf# comment\n[policy]\nfreshness_days = 40 ; why\r\n"
          "route: classic\n\n[client \"Acme GmbH\"]\nfreshness_days=50\n"
          "route =\n[client:Umbra]\ndeadline = 2026-12-01\n");
    ck_assert_str_eq(config_get(conf, NULL, "freshness_days"), "40");
    ck_assert_str_eq(config_get(conf, "acme gmbh", "freshness_days"), "50");
    ck_assert_str_eq(config_get(conf, "Umbra", "freshness_days"), "40");
    ck_assert_str_eq(config_get(conf, "Umbra", "route"), "classic");
    ck_assert_ptr_null(config_get(conf, "Acme GmbH", "route"));
    v = config_value(conf, "Acme GmbH", "freshness_days");
    ck_assert_str_eq(v.file, "m.conf");
    ck_assert_int_eq(v.line, 7);
    ck_assert_int_eq(config_value(conf, NULL, "freshness_days").line, 3);
    ck_assert_uint_eq(config_client_count(conf), 2);
    ck_assert_str_eq(config_client_at(conf, 0), "Acme GmbH");
    ck_assert_str_eq(config_client_at(conf, 1), "Umbra");
}
END_TEST

START_TEST(set_outranks_the_file_and_its_clients)
{
    parse("[policy]\nfreshness_days = 40\n[client \"A\"]\n"
          "freshness_days = 50\nseverity.BT-05 = low\n");
    ck_assert_int_eq(config_set(conf, "freshness_days=7", &err), 0);
    ck_assert_int_eq(config_set(conf, "freshness_days=8", &err), 0);
    ck_assert_int_eq(config_set(conf, "severity.BT-05=high", &err), 0);
    ck_assert_str_eq(config_get(conf, "A", "freshness_days"), "8");
    ck_assert_str_eq(config_get(conf, NULL, "freshness_days"), "8");
    ck_assert_str_eq(config_value(conf, "A", "freshness_days").file, "--set");
    ck_assert_str_eq(config_severity(conf, "A", "BT-05"), "high");
    ck_assert_ptr_null(strstr(json(), "50"));
}
END_TEST

static const struct {
    const char *assignment, *text, *hint;
} sets[] = {
    {"freshness_day=7", "--set: unknown key \"freshness_day\"",
     "did you mean \"freshness_days\"?"},
    {"freshness_days", "--set: expected KEY=VALUE, found \"freshness_days\"",
     ""},
    {"=7", "--set: expected KEY=VALUE, found \"=7\"", ""},
    {"freshness_days=x",
     "--set: freshness_days: expected a whole number of days, found \"x\"", ""},
    {"severity.X-1=urgent", "--set: severity.X-1: \"urgent\" is no severity",
     ""},
    {"alias=x", "--set: unknown key \"alias\"", "did you mean \"alias\"?"},
};

START_TEST(a_wrong_set_is_a_wrong_command_line)
{
    parse("");
    ck_assert_int_eq(config_set(conf, sets[_i].assignment, &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_str_eq(err.text, sets[_i].text);
    if (_i < 5)
        ck_assert_str_eq(err.hint, sets[_i].hint);
}
END_TEST

static const struct {
    const char *text;
    long line;
    const char *error, *hint;
} faults[] = {
    {"[policy]\nfreshnes_days = 3\n", 2, "unknown key \"freshnes_days\"",
     "did you mean \"freshness_days\"?"},
    {"[accounts]\nfreshness_days = 3\n", 2, "unknown key \"freshness_days\"",
     "it belongs below [policy]"},
    {"[policy]\nalias = x\n", 2, "unknown key \"alias\"",
     "it belongs below [client]"},
    {"freshness_days = 3\n", 1, "no section stands before \"freshness_days\"",
     "it belongs below [policy]"},
    {"[polcy]\n", 1, "unknown section \"polcy\"", "did you mean [policy]?"},
    {"[zzz]\n", 1, "unknown section \"zzz\"",
     "sections are [policy] [rules] [severity] [accounts] [report] "
     "[client \"Name\"]"},
    {"[clients]\n", 1, "unknown section \"clients\"",
     "sections are [policy] [rules] [severity] [accounts] [report] "
     "[client \"Name\"]"},
    {"[client]\n", 1, "a client's section is [client \"Name\"]", ""},
    {"[client \"A\"]\n[client \"a\"]\n", 2,
     "there is another section for client \"a\"", ""},
    {"[policy\n", 1, "expected [section], found \"[policy\"", ""},
    {"[policy]\n\nfreshness_days\n", 3,
     "expected \"key = value\" or \"[section]\"", ""},
    {"[policy]\nfreshness_days\nbad = 1\n", 2,
     "expected \"key = value\" or \"[section]\"", ""},
    {"[policy]\nfreshness_days = 1\nroute = erase\nfreshness_days = 2\n", 4,
     "\"freshness_days\" is given twice (first in line 2)", ""},
    {"[policy]\nfreshness_days =\n", 2, "freshness_days: has no value", ""},
    {"[policy]\nfreshness_days = 3\n  4\n", 3,
     "only one line is expected for \"freshness_days\"", ""},
    {"[severity]\nBT-05 = urgent\n", 2,
     "BT-05: expected critical, high, medium, low or info, found \"urgent\"",
     ""},
    {"[rules]\ntarget_rate = 101\n", 2,
     "target_rate: expected a number from 0 to 100, found \"101\"", ""},
    {"[rules]\ntarget_rate = 0x10\n", 2,
     "target_rate: expected a number from 0 to 100, found \"0x10\"", ""},
    {"[report]\naccent = blue\n", 2,
     "accent: expected a colour such as #1f6feb, found \"blue\"", ""},
    {"[report]\nwhite_label = maybe\n", 2,
     "white_label: expected yes or no, found \"maybe\"", ""},
    {"[report]\ncontact = M\xfcller\n", 2, "the text is not UTF-8", ""},
    {"[accounts]\nservice = "
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
     2, "the line has more than 197 characters",
     "go on in a new line that begins with blanks"},
};

START_TEST(a_fault_names_its_line)
{
    conf = config_parse("m.conf", faults[_i].text, &err);
    ck_assert_ptr_null(conf);
    ck_assert_int_eq(err.code, ERR_CONFIG);
    ck_assert_str_eq(err.file, "m.conf");
    ck_assert_int_eq(err.line, faults[_i].line);
    ck_assert_str_eq(err.text, faults[_i].error);
    ck_assert_str_eq(err.hint, faults[_i].hint);
}
END_TEST

START_TEST(a_list_goes_on_in_indented_lines)
{
    parse("[accounts]\nmanaged_admin = itadmin,\n   mgmt-*  other\n"
          "\t# a comment between\n  last\nservice =\n  one\n  two\n"
          "[client \"A\"]\nalias = Old A,\n  Older A\n  Oldest A\n");
    ck_assert_str_eq(config_get(conf, NULL, "managed_admin"),
                     "itadmin, mgmt-*  other last");
    ck_assert_str_eq(config_get(conf, NULL, "service"), "one two");
    ck_assert_str_eq(config_client_name(conf, "older a"), "A");
    ck_assert_str_eq(config_client_name(conf, "Oldest A"), "A");
    ck_assert_str_eq(config_client_name(conf, "Old A"), "A");
    ck_assert_str_eq(config_client_name(conf, "Old"), "Old");
}
END_TEST

START_TEST(words_of_a_list_are_patterns)
{
    ck_assert(config_fits("itadmin, mgmt-*", "MGMT-7"));
    ck_assert(config_fits("a b", "b"));
    ck_assert(!config_fits("a b", "ab"));
    ck_assert(!config_fits(NULL, "a"));
    ck_assert(!config_fits(" , ", ""));
    parse("[rules]\ndisabled = ADM-* st-06\n");
    ck_assert(config_names_rule(conf, NULL, "disabled", "ADM-04"));
    ck_assert(config_names_rule(conf, "x", "disabled", "ST-06"));
    ck_assert(!config_names_rule(conf, NULL, "disabled", "ST-07"));
    ck_assert(!config_names_rule(conf, NULL, "required", "ST-06"));
}
END_TEST

START_TEST(an_alias_shares_the_section)
{
    parse("[client \"Acme\"]\nalias = Acme Holding, ACM\n"
          "freshness_days = 9\n");
    ck_assert_str_eq(config_get(conf, "acm", "freshness_days"), "9");
    ck_assert_str_eq(config_client_name(conf, "acme holding"), "Acme");
    ck_assert_str_eq(config_client_name(conf, ""), "");
}
END_TEST

START_TEST(severities_are_general_or_a_clients)
{
    const char *client, *rule;
    struct config_value v;

    parse("[severity]\nBT-05 = info\n[client \"A\"]\nseverity.BT-05 = high\n");
    ck_assert_str_eq(config_severity(conf, NULL, "BT-05"), "info");
    ck_assert_str_eq(config_severity(conf, "B", "bt-05"), "info");
    ck_assert_str_eq(config_severity(conf, "A", "BT-05"), "high");
    ck_assert_ptr_null(config_severity(conf, "A", "BT-06"));
    ck_assert(config_severity_at(conf, 1, &client, &rule, &v));
    ck_assert_str_eq(client, "A");
    ck_assert_str_eq(rule, "BT-05");
    ck_assert_int_eq(v.line, 4);
    ck_assert(!config_severity_at(conf, 2, &client, &rule, &v));
}
END_TEST

START_TEST(the_policy_is_the_same_bytes_wherever_it_comes_from)
{
    static char first[8192];

    parse("[policy]\nfreshness_days=45\nplanned_day=2026-12-01\n"
          "updates_by_server = on\n[rules]\ntarget_rate=95%\n[accounts]\n"
          "service = a,b*\n[report]\ncontact = nobody\n"
          "[client \"Z\"]\nroute=erase\n[client \"A\"]\nalias=B\n");
    snprintf(first, sizeof(first), "%s", json());
    config_free(conf);
    conf = config_parse("other.conf",
                        "[client \"A\"]\nalias: B\n\n[client:Z]\nroute=erase\n"
                        "[accounts]\nservice =\n  a\n  b*\n[rules]\n"
                        "target_rate = 95\n[policy]\nupdates_by_server = yes\n"
                        "planned_day = 2026-12-01 00:00\n"
                        "freshness_days = 45\n",
                        &err);
    ck_assert_ptr_nonnull(conf);
    ck_assert_str_eq(json(), first);
    ck_assert_str_eq(
        first,
        "{\"clients\":{\"A\":{\"alias\":\"B\"},\"Z\":{\"route\":\"erase\"}},"
        "\"general\":{\"checkin_high_days\":60,\"checkin_low_days\":14,"
        "\"checkin_medium_days\":30,\"deferred_days\":14,\"export_days\":35,"
        "\"filevault_wait_days\":7,\"freshness_days\":45,"
        "\"planned_day\":\"2026-12-01\",\"service\":[\"a\",\"b*\"],"
        "\"target_rate\":95.0,\"updates_by_server\":true},"
        "\"schema\":\"muster.policy/1\",\"severity\":{}}");
}
END_TEST

START_TEST(policy_is_bound_in_the_order_of_its_keys)
{
    sqlite3_stmt *st;
    sqlite3 *db;
    char sql[512] = "SELECT ?2";
    size_t i;

    parse("[client \"A\"]\nfreshness_days = 9\nroute = erase\n");
    for (i = 1; i < policy_key_count; i++)
        snprintf(sql + strlen(sql), sizeof(sql) - strlen(sql), ", ?%zu", i + 2);
    ck_assert_int_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
    ck_assert_int_eq(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
    ck_assert_int_eq(config_bind_policy(conf, "A", st, 2), SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(st), SQLITE_ROW);
    ck_assert_int_eq(sqlite3_column_int(st, 0), 9);
    for (i = 0; i < policy_key_count; i++)
        if (strcmp(policy_keys[i].name, "route") == 0)
            ck_assert_str_eq((const char *)sqlite3_column_text(st, (int)i),
                             "erase");
    sqlite3_finalize(st);
    sqlite3_close(db);
}
END_TEST

/* What is printed can be read again, and the new file of init too. */
START_TEST(what_is_written_can_be_read)
{
    char text[16384];
    FILE *f = tmpfile();
    size_t n, i;

    ck_assert_ptr_nonnull(f);
    config_template(f);
    rewind(f);
    n = fread(text, 1, sizeof(text) - 1, f);
    fclose(f);
    text[n] = '\0';
    parse(text);
    for (i = 0; i < config_key_count(); i++) {
        char line[64];

        snprintf(line, sizeof(line), "\n#%s =", config_key_at(i).name);
        ck_assert_msg(strstr(text, line) != NULL, "%s", line);
    }
    /* uncommented, the lines with a value stand the check */
    for (i = 0; i + 1 < n; i++)
        if (text[i] == '\n' && text[i + 1] == '#' && text[i + 2] != ' ' &&
            text[i + 2] != '\n')
            text[i + 1] = ' ';
    for (i = 0; i + 1 < n; i++)
        if (text[i] == '\n' && text[i + 1] == ' ')
            memmove(text + i + 1, text + i + 2, n - i - 1), n--;
    config_free(conf);
    parse(text);
    ck_assert_str_eq(config_get(conf, "Example Inc", "freshness_days"), "45");
}
END_TEST

START_TEST(origins_are_printed)
{
    char text[16384];
    FILE *f = tmpfile();
    size_t n;

    parse("[policy]\nfreshness_days = 45\n[client \"A\"]\nroute = erase\n");
    ck_assert_int_eq(config_set(conf, "export_days=1", &err), 0);
    config_print(conf, f);
    rewind(f);
    n = fread(text, 1, sizeof(text) - 1, f);
    fclose(f);
    text[n] = '\0';
    ck_assert_ptr_nonnull(strstr(
        text, "\nfreshness_days = 45                           ; m.conf:2\n"));
    ck_assert_ptr_nonnull(strstr(
        text, "\nexport_days = 1                               ; --set\n"));
    ck_assert_ptr_nonnull(strstr(
        text, "\ndeferred_days = 14                            ; default\n"));
    ck_assert_ptr_nonnull(
        strstr(text, "\n[client \"A\"]\nroute = erase                       "
                     "          ; m.conf:4\n"));
    ck_assert_ptr_nonnull(strstr(
        text, "\n# logo                                        # not set\n"));
    config_free(conf);
    parse(text);
    ck_assert_str_eq(config_get(conf, NULL, "export_days"), "1");
}
END_TEST

/* Where a file is looked for. */
static const char *none[] = {NULL};
static const struct command cmd = {.name = "t", .options = none};

static struct config *load(int argc, const char *const *words)
{
    static char store[4][900];
    char *argv[4];
    struct call call;
    struct options *o;
    struct config *c;
    int i;

    for (i = 0; i < argc; i++) {
        snprintf(store[i], sizeof(store[i]), "%s", words[i]);
        argv[i] = store[i];
    }
    o = options_parse(&cmd, argc, argv, &call, &err);
    ck_assert_ptr_nonnull(o);
    c = config_load(o, &err);
    options_free(o);
    return c;
}

START_TEST(files_are_looked_for_in_order)
{
    const char *named[2] = {"--config", NULL};
    char here[1024];

    ck_assert_ptr_nonnull(getcwd(here, sizeof(here)));
    ck_assert_int_eq(chdir(tmpdir_make()), 0);
    unsetenv("MUSTER_CONFIG");
    unsetenv("XDG_CONFIG_HOME");
    unsetenv("HOME");
    conf = load(0, named);
    ck_assert_ptr_nonnull(conf);
    ck_assert_str_eq(config_file(conf), "");
    config_free(conf);

    tmpdir_file("muster.conf", "[policy]\nfreshness_days = 1\n");
    conf = load(0, named);
    ck_assert_str_eq(config_file(conf), "muster.conf");
    config_free(conf);

    setenv("MUSTER_CONFIG",
           tmpdir_file("env.conf", "[policy]\nfreshness_days = 2\n"), 1);
    conf = load(0, named);
    ck_assert_str_eq(config_get(conf, NULL, "freshness_days"), "2");
    config_free(conf);

    named[1] = tmpdir_file("named.conf", "[policy]\nfreshness_days = 3\n");
    conf = load(2, named);
    ck_assert_str_eq(config_get(conf, NULL, "freshness_days"), "3");
    config_free(conf);

    named[1] = tmpdir_path("missing.conf");
    conf = load(2, named);
    ck_assert_ptr_null(conf);
    ck_assert_int_eq(err.code, ERR_CONFIG);
    ck_assert_str_eq(err.file, named[1]);
    ck_assert_int_eq(chdir(here), 0);
    tmpdir_remove();
}
END_TEST

/* Every key has its paragraph in the manual, and no other has one. */
START_TEST(the_manual_has_exactly_the_keys)
{
    static char page[65536];
    FILE *f = fopen("docs/muster.conf.5", "r");
    struct config_key k;
    size_t n, i, found = 0;
    const char *p;
    char item[96];

    ck_assert_msg(f != NULL, "run the tests in the root of the sources");
    n = fread(page, 1, sizeof(page) - 1, f);
    fclose(f);
    page[n] = '\0';
    for (i = 0; i < config_key_count(); i++) {
        k = config_key_at(i);
        snprintf(item, sizeof(item), "\n.It Ic %s ", k.name);
        p = strstr(page, item);
        ck_assert_msg(p != NULL, "%s is missing", k.name);
        if (k.fallback) {
            snprintf(item, sizeof(item), "Default: %s.", k.fallback);
            p = strstr(p, "Default: ");
            ck_assert_msg(p && strncmp(p, item, strlen(item)) == 0, "%s",
                          k.name);
        }
    }
    for (p = page; (p = strstr(p, "\n.It Ic ")); p++)
        found++;
    /* and one for the severities of a client */
    ck_assert_uint_eq(found, config_key_count() + 1);
}
END_TEST

Suite *config_suite(void);
Suite *config_suite(void)
{
    Suite *s = suite_create("config");
    TCase *tc = tcase_create("config");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, without_a_file_the_defaults_hold);
    tcase_add_test(tc, a_client_overrides_and_the_place_is_known);
    tcase_add_test(tc, set_outranks_the_file_and_its_clients);
    tcase_add_loop_test(tc, a_wrong_set_is_a_wrong_command_line, 0,
                        COUNT_OF(sets));
    tcase_add_loop_test(tc, a_fault_names_its_line, 0, COUNT_OF(faults));
    tcase_add_test(tc, a_list_goes_on_in_indented_lines);
    tcase_add_test(tc, words_of_a_list_are_patterns);
    tcase_add_test(tc, an_alias_shares_the_section);
    tcase_add_test(tc, severities_are_general_or_a_clients);
    tcase_add_test(tc, the_policy_is_the_same_bytes_wherever_it_comes_from);
    tcase_add_test(tc, policy_is_bound_in_the_order_of_its_keys);
    tcase_add_test(tc, what_is_written_can_be_read);
    tcase_add_test(tc, origins_are_printed);
    tcase_add_test(tc, files_are_looked_for_in_order);
    tcase_add_test(tc, the_manual_has_exactly_the_keys);
    suite_add_tcase(s, tc);
    return s;
}
