/*
 * test_template.c - what ours is strict about, and queries as lists. What is
 * plain Mustache is in test_mustache.c.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/strbuf.h"
#include "report/template.h"
#include "report/template_sql.h"

#include <check.h>

static sqlite3 *db;
static struct template_sql *data;
static struct strbuf out;
static struct err err;
static const char *const *files; /* name, text, name, text, NULL */

static const struct template_var mac_fields[] = {
    {"serial", TEMPLATE_TEXT, NULL, ""},
    {"failed", TEMPLATE_TEXT, NULL, ""},
    {NULL, TEMPLATE_TEXT, NULL, NULL}};
static const struct template_var site_fields[] = {
    {"site", TEMPLATE_TEXT, NULL, ""}, {NULL, TEMPLATE_TEXT, NULL, NULL}};
static const struct template_var vars[] = {
    {"title", TEMPLATE_TEXT, NULL, ""},
    {"total", TEMPLATE_TEXT, NULL, ""},
    {"any", TEMPLATE_FLAG, NULL, ""},
    {"chart", TEMPLATE_MARKUP, NULL, ""},
    {"script", TEMPLATE_CODE, NULL, ""},
    {"logo", TEMPLATE_URL, NULL, ""},
    {"macs", TEMPLATE_LIST, mac_fields, ""},
    {"sites", TEMPLATE_LIST, site_fields, ""},
    {NULL, TEMPLATE_TEXT, NULL, NULL}};

static int load(void *ctx, const char *name, const char **text, size_t *len,
                const char **shown, struct err *e)
{
    static char shown_as[64];
    size_t i;

    (void)ctx, (void)e;
    for (i = 0; files[i]; i += 2) {
        if (strcmp(files[i], name) != 0)
            continue;
        *text = files[i + 1];
        *len = strlen(*text);
        snprintf(shown_as, sizeof(shown_as), "templates/%s.html", name);
        *shown = shown_as;
        return 1;
    }
    return 0;
}

static int sink(void *ctx, const char *s, size_t n, struct err *e)
{
    (void)e;
    strbuf_add(ctx, s, n);
    return 0;
}

static void setup(void)
{
    const char *macs = "CREATE TABLE mac (site, serial, failed);"
                       "INSERT INTO mac VALUES ('A', 'S1', 0), ('A', 'S2', 3),"
                       " ('B', 'S<3>', NULL), ('C', '', 1)";

    err = (struct err){0};
    ck_assert_int_eq(sqlite3_open(":memory:", &db), SQLITE_OK);
    ck_assert_int_eq(db_script(db, macs, &err), 0);
    data = template_sql_new(db, &err);
    template_sql_text(data, "title", "A & \"B\"");
    template_sql_int(data, "total", 0);
    template_sql_int(data, "any", 1);
    template_sql_raw(data, "chart", "<svg></svg>");
    template_sql_raw(data, "script", "let a = 1 < 2");
    template_sql_text(data, "logo", "data:,");
    template_sql_list(data, "macs",
                      "SELECT serial, failed FROM mac WHERE site = :site"
                      " ORDER BY serial",
                      "macs.sql", NULL);
    template_sql_list(data, "sites",
                      "SELECT DISTINCT site FROM mac ORDER BY site",
                      "sites.sql", NULL);
}

static void teardown(void)
{
    template_sql_free(data);
    data = NULL;
    strbuf_free(&out);
    out = (struct strbuf){0};
    ck_assert_int_eq(sqlite3_close(db), SQLITE_OK);
}

/* Compile, check and render "main"; NULL with err where one says no. */
static const char *render_files(const char *const *f)
{
    struct template_options o = {.load = load};
    struct template_value root = template_sql_root(data);
    struct template *t;
    int rc;

    files = f;
    strbuf_reset(&out);
    t = template_compile("main", &o, &err);
    rc = t && template_check(t, vars, &err) == 0 &&
         template_render(t, template_sql_source(data), &root, sink, &out,
                         &err) == 0;
    template_free(t);
    return rc ? strbuf_str(&out) : NULL;
}

static const char *render(const char *text)
{
    const char *f[] = {"main", text, NULL};

    return render_files(f);
}

static void refused(const char *text, long line, long column, const char *what)
{
    err = (struct err){0};
    ck_assert_msg(render(text) == NULL, "accepted: %s", text);
    ck_assert_int_eq(err.code, ERR_CONFIG);
    ck_assert_str_eq(err.file, "templates/main.html");
    ck_assert_msg(strstr(err.text, what) != NULL, "%s: %s", text, err.text);
    ck_assert_msg(err.line == line && err.column == column,
                  "%s: at %ld:%ld, not %ld:%ld", text, err.line, err.column,
                  line, column);
}

START_TEST(an_unknown_name_is_an_error_with_place_and_suggestion)
{
    refused("<p>\n\xc3\xa9 {{titel}}</p>", 2, 3, "unknown name \"titel\"");
    ck_assert_str_eq(err.hint, "did you mean \"title\"?");
    refused("{{#mac}}{{/mac}}", 1, 1, "unknown name \"mac\"");
    ck_assert_str_eq(err.hint, "did you mean \"macs\"?");
    refused("{{serial}}", 1, 1, "unknown name"); /* only inside macs */
    refused("{{^sites}}{{site}}{{/sites}}", 1, 11, "unknown name \"site\"");
}
END_TEST

START_TEST(what_cannot_be_parsed_says_where)
{
    refused("a\n  {{#macs}}\n", 2, 3, "{{#macs}} is not closed");
    refused("{{#any}}\n{{/macs}}", 2, 1, "expected another closing tag");
    ck_assert_str_eq(err.hint, "{{#any}} of line 1 is still open");
    refused("{{/any}}", 1, 1, "nothing is open");
    refused("{{title", 1, 1, "tag is not closed");
    refused("{{ }}", 1, 1, "expected a name");
    refused("{{a b}}", 1, 1, "expected a name");
    refused("{{=a=}}", 1, 1, "expected two delimiters");
    refused("x {{>_gone}}", 1, 3, "no template named \"_gone\"");
    refused("{{>../etc/passwd}}", 1, 1, "no template named");
    refused("{{>/etc/passwd}}", 1, 1, "no template named");
}
END_TEST

static const char *const unsafe[] = {
    "<p class={{title}}>",
    "<p {{title}}>",
    "<p {{title}}=\"x\">",
    "<{{title}}>",
    "<script>{{title}}</script>",
    "<script>let a = \"</b>{{title}}\"</script>",
    "<STYLE>{{title}}</STYLE>",
    "<!-- {{title}} -->",
    "<!-- > {{title}} -->",
    "<!doctype {{title}}>",
    "<a href=\"{{title}}\">x</a>",
    "<a href='x{{title}}'>x</a>",
    "<img src=\"{{title}}\">",
    "<a\nhref = \"{{title}}\">x</a>",
    "<p title=\"{{{chart}}}\">",
    "<p title=\"{{chart}}\">",
    "<p title=\"{{script}}\">",
    "{{{title}}}",
    "{{&title}}",
    "{{chart}}",
    "{{script}}",
    "{{{script}}}",
    "<script>{{script}}</script>",
    "<script>{{{chart}}}</script>",
    "{{any}}",
    "{{macs}}",
};

START_TEST(a_value_is_refused_where_escaping_would_not_be_enough)
{
    const char *tag = strstr(unsafe[_i], "{{"), *nl = strchr(unsafe[_i], '\n');
    long line = nl && nl < tag ? 2 : 1;

    refused(unsafe[_i], line, tag - (line == 2 ? nl + 1 : unsafe[_i]) + 1, "");
}
END_TEST

START_TEST(what_the_policy_drops_is_refused_in_the_template)
{
    refused("<p style=\"color: red\">", 1, 9, "style attributes");
    refused("<p\n  onclick=\"x()\">", 2, 10, "event handlers");
    refused("<p>{{title}}</p><b ONLOAD='x'>", 1, 26, "event handlers");
}
END_TEST

START_TEST(a_section_must_leave_the_page_where_it_found_it)
{
    refused("{{#any}}<p {{/any}}class=\"x\">", 1, 1,
            "starts in text and ends in a tag");
    refused("<p title=\"{{#any}}\"{{/any}}>", 1, 11, "starts in an attribute");
    refused("{{^any}}<!--{{/any}}", 1, 1, "ends in a comment");
}
END_TEST

START_TEST(the_page_must_end_in_text)
{
    refused("<p>x</p><script>1", 1, 1, "ends in a script");
    refused("<p class=\"a", 1, 1, "ends in an attribute");
}
END_TEST

START_TEST(values_stand_where_they_are_safe)
{
    ck_assert_str_eq(render("<p title=\"{{title}}\">{{title}}</p>"),
                     "<p title=\"A &amp; &quot;B&quot;\">"
                     "A &amp; &quot;B&quot;</p>");
    ck_assert_str_eq(render("<img src=\"{{logo}}\">{{{chart}}}"),
                     "<img src=\"data:,\"><svg></svg>");
    ck_assert_str_eq(render("<script>{{{script}}}</script><i>{{total}}</i>"),
                     "<script>let a = 1 < 2</script><i>0</i>");
    ck_assert_str_eq(render("<a href=\"#r-{{title}}\">x</a>"),
                     "<a href=\"#r-A &amp; &quot;B&quot;\">x</a>");
    ck_assert_str_eq(render("<b {{#any}}hidden{{/any}}>"), "<b hidden>");
    ck_assert_str_eq(render("<!-- > --><p>{{total}}"), "<!-- > --><p>0");
}
END_TEST

START_TEST(unseen_characters_are_shown)
{
    template_sql_text(data, "title",
                      "a\x1b[31m\xe2\x80\xae"
                      "b\xff\xc2\x85\tc\n"
                      "\xef\xbb\xbf\xe2\x82\xac");
    ck_assert_str_eq(
        render("{{title}}"),
        "a\\x1B[31m\\u{202E}b\\xFF\\x85\tc\n\\u{FEFF}\xe2\x82\xac");
}
END_TEST

START_TEST(a_list_is_a_query_bound_to_the_rows_around_it)
{
    ck_assert_str_eq(render("{{#sites}}{{site}}:{{#macs}}{{index}}={{serial}}"
                            "{{#first}}*{{/first}} {{/macs}}{{/sites}}"),
                     "A:1=S1* 2=S2 B:1=S&lt;3&gt;* C:1=* ");
}
END_TEST

START_TEST(null_zero_and_nothing_are_false_and_zero_still_prints)
{
    ck_assert_str_eq(
        render("{{#sites}}{{#macs}}{{failed}}{{#failed}}!{{/failed}}"
               "{{^failed}}-{{/failed}}{{^serial}}?{{/serial}},"
               "{{/macs}}{{/sites}}{{total}}{{#total}}!{{/total}}"),
        "0-,3!,-,1!?,0");
}
END_TEST

START_TEST(a_list_without_rows_takes_the_other_branch)
{
    ck_assert_int_eq(db_script(db, "DELETE FROM mac", &err), 0);
    ck_assert_str_eq(render("{{#sites}}x{{/sites}}{{^sites}}none{{/sites}}"),
                     "none");
}
END_TEST

START_TEST(a_parameter_without_a_value_is_an_error)
{
    ck_assert_ptr_null(render("{{#macs}}{{/macs}}"));
    ck_assert_str_eq(err.text, "macs.sql: no value for parameter :site");
}
END_TEST

START_TEST(a_failing_query_is_an_error)
{
    template_sql_list(data, "macs", "SELECT nothing FROM mac", "macs.sql",
                      NULL);
    ck_assert_ptr_null(render("{{#macs}}{{/macs}}"));
    ck_assert_int_eq(err.code, ERR_FAIL);
}
END_TEST

START_TEST(a_block_that_the_parent_lacks_is_an_error)
{
    const char *f[] = {"main", "\n{{<page}}{{$boddy}}x{{/boddy}}{{/page}}",
                       "page", "<main>{{$body}}{{/body}}</main>", NULL};

    ck_assert_ptr_null(render_files(f));
    ck_assert_str_eq(err.text, "\"page\" has no block named \"boddy\"");
    ck_assert_int_eq(err.line, 2);
    ck_assert_int_eq(err.column, 10);
}
END_TEST

START_TEST(a_replacement_is_checked_where_it_will_stand)
{
    const char *f[] = {"main", "{{<page}}{{$body}}{{title}}{{/body}}{{/page}}",
                       "page", "<script>{{$body}}{{/body}}</script>", NULL};
    const char *g[] = {"main", "{{<page}}{{$body}}{{site}}{{/body}}{{/page}}",
                       "page", "{{#sites}}{{$body}}{{/body}}{{/sites}}", NULL};

    ck_assert_ptr_null(render_files(f));
    ck_assert_str_eq(err.file, "templates/main.html");
    err = (struct err){0};
    ck_assert_str_eq(render_files(g), "ABC");
}
END_TEST

START_TEST(files_that_include_themselves_are_refused)
{
    const char *f[] = {"main", "{{#any}}x{{>main}}{{/any}}", NULL};

    const char *g[] = {"main", "v\n  {{>main}}\n", NULL};

    ck_assert_ptr_null(render_files(f));
    ck_assert_str_eq(err.text, "\"main\" is included in itself, without end");
    err = (struct err){0};
    ck_assert_ptr_null(render_files(g));
    ck_assert_int_eq(err.line, 2);
    ck_assert_int_eq(err.column, 3);
}
END_TEST

START_TEST(a_stream_that_is_full_is_an_error)
{
    struct template_options o = {.load = load};
    const char *f[] = {"main", "{{title}}", NULL};
    struct template_value root = template_sql_root(data);
    struct template *t;
    FILE *full = fopen("/dev/full", "w");

    ck_assert_ptr_nonnull(full);
    setvbuf(full, NULL, _IONBF, 0);
    files = f;
    t = template_compile("main", &o, &err);
    ck_assert_int_eq(
        template_render_file(t, template_sql_source(data), &root, full, &err),
        -1);
    ck_assert_int_eq(err.code, ERR_OUTPUT);
    fclose(full);
    template_free(t);
}
END_TEST

Suite *template_suite(void);
Suite *template_suite(void)
{
    Suite *s = suite_create("template");
    TCase *tc = tcase_create("strict");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, an_unknown_name_is_an_error_with_place_and_suggestion);
    tcase_add_test(tc, what_cannot_be_parsed_says_where);
    tcase_add_loop_test(tc,
                        a_value_is_refused_where_escaping_would_not_be_enough,
                        0, (int)COUNT_OF(unsafe));
    tcase_add_test(tc, what_the_policy_drops_is_refused_in_the_template);
    tcase_add_test(tc, a_section_must_leave_the_page_where_it_found_it);
    tcase_add_test(tc, the_page_must_end_in_text);
    tcase_add_test(tc, values_stand_where_they_are_safe);
    tcase_add_test(tc, unseen_characters_are_shown);
    tcase_add_test(tc, a_list_is_a_query_bound_to_the_rows_around_it);
    tcase_add_test(tc, null_zero_and_nothing_are_false_and_zero_still_prints);
    tcase_add_test(tc, a_list_without_rows_takes_the_other_branch);
    tcase_add_test(tc, a_parameter_without_a_value_is_an_error);
    tcase_add_test(tc, a_failing_query_is_an_error);
    tcase_add_test(tc, a_block_that_the_parent_lacks_is_an_error);
    tcase_add_test(tc, a_replacement_is_checked_where_it_will_stand);
    tcase_add_test(tc, files_that_include_themselves_are_refused);
    tcase_add_test(tc, a_stream_that_is_full_is_an_error);
    suite_add_tcase(s, tc);
    return s;
}
