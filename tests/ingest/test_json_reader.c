#include "core/base.h"

#include "core/strbuf.h"
#include "ingest/json_reader.h"
#include "tests/suites.h"
#include "tests/support/tmpdir.h"

#include <check.h>

static struct err err;
static struct strbuf shown;

static void setup(void)
{
    err = (struct err){0};
    tmpdir_make();
}

static void teardown(void)
{
    strbuf_free(&shown);
    shown = (struct strbuf){0};
    tmpdir_remove();
}

/* Records as "LINE:id", others as "LINE:?"; "!LINE" for an error. */
static const char *records(const char *text, size_t n, const char *path,
                           bool bare)
{
    FILE *f = fopen(tmpdir_path("t.json"), "wb");
    struct input *in;
    struct json_reader *r = NULL;
    json_t *v;
    int64_t line;
    int step = -1;

    ck_assert_ptr_nonnull(f);
    ck_assert_uint_eq(fwrite(text, 1, n, f), n);
    ck_assert_int_eq(fclose(f), 0);
    err = (struct err){0};
    strbuf_reset(&shown);
    in = input_open(tmpdir_path("t.json"), "t.json", NULL, &err);
    if (in)
        r = json_open(in, path, bare, &err);
    while (r && (step = json_next(r, &v, &line, &err)) > 0) {
        const char *id = json_string_value(json_object_get(v, "i"));

        strbuf_addf(&shown, "%s%lld:%s", shown.len ? " " : "", (long long)line,
                    step == JSON_OTHER ? "?"
                    : id               ? id
                                       : "-");
        json_decref(v);
    }
    if (step < 0)
        strbuf_addf(&shown, "!%ld", err.line);
    json_close(r);
    input_close(in);
    return strbuf_str(&shown);
}

static const struct {
    const char *text, *path;
    bool bare;
    const char *out;
} shapes[] = {
    {"[]", "", true, ""},
    {"[{\"i\":\"a\"},{\"i\":\"b\"}]", "", true, "1:a 1:b"},
    {"[\n {\"i\":\"a\"},\n {\"i\":\"b\"}\n]\n", "", true, "2:a 3:b"},
    {"{\"i\":\"a\"}", "", true, "1:a"},
    {"{\"i\":\"a\"}\n{\"i\":\"b\"}\n", "", true, "1:a 2:b"},
    {"{\"i\":\"a\"}{\"i\":\"b\"}", "", true, "1:a 1:b"},
    {"[{\"i\":\"a\"}]\n[{\"i\":\"b\"}]", "", true, "1:a 2:b"},
    {"{\"r\":[{\"i\":\"a\"}],\"n\":1}", "r", false, "1:a"},
    {"{\"n\":{\"x\":[1]},\"r\":[{\"i\":\"a\"},{\"i\":\"b\"}]}", "r", false,
     "1:a 1:b"},
    {"{\"r\":{\"i\":\"a\"}}", "r", false, "1:a"},
    {"{\"r\":[{\"d\":[{\"i\":\"a\"},{\"i\":\"b\"}]}]}", "r.d", false,
     "1:a 1:b"},
    {"{\"r\":{\"d\":[{\"i\":\"a\"}]}}", "r.d", false, "1:a"},
    {"{\"s\":1,\"r\":[{\"s\":2,\"d\":[{\"i\":\"a\"}]},"
     "{\"s\":3,\"d\":[{\"i\":\"b\"}]}],\"t\":4}",
     "r.d", false, "1:a 1:b"},
    {"{\"r\":[{\"s\":2,\"d\":[{\"i\":\"a\"}],\"s\":3}]}", "r.d", false,
     "1:a!1"},
    {"{\"i\":\"a\"}", "r", true, "1:a"},
    {"{\"r\":[{\"i\":\"a\"}]}\n{\"i\":\"b\"}", "r", true, "1:a 2:b"},
    {"{\"x\":\"r\",\"i\":\"a\"}", "r", true, "1:a"},
    {"{\"r\":[]}", "r", false, ""},
    {"[1,\"x\",null,[],{\"i\":\"a\"}]", "", true, "1:? 1:? 1:? 1:? 1:a"},
    {"{\"r\":null}", "r", false, ""},
};

START_TEST(every_envelope_is_opened)
{
    ck_assert_str_eq(records(shapes[_i].text, strlen(shapes[_i].text),
                             shapes[_i].path, shapes[_i].bare),
                     shapes[_i].out);
}
END_TEST

/* The kinds of JSON that no parser may let through. */
static const char *const refused[] = {
    "[1,]",
    "[,1]",
    "[1,,2]",
    "[1 2]",
    "[",
    "[1",
    "[1,",
    "{",
    "{\"a\"",
    "{\"a\":",
    "{\"a\":1",
    "{\"a\":1,",
    "{\"a\":1,}",
    "{a:1}",
    "{'a':1}",
    "{\"a\" 1}",
    "{\"a\"::1}",
    "{1:1}",
    "{\"a\":1 \"b\":2}",
    "[1]]",
    "{}}",
    "[1]x",
    "{\"a\":1}#",
    "[01]",
    "[1.]",
    "[.5]",
    "[+1]",
    "[1e]",
    "[0x1]",
    "[NaN]",
    "[Infinity]",
    "[-]",
    "[tru]",
    "[nul]",
    "[True]",
    "[\"a]",
    "[\"\\x\"]",
    "[\"\\u12\"]",
    "[\"\\ud800\"]",
    "[\"\\u0000\"]",
    "[\"a\nb\"]",
    "[\"\t\"]",
    "[{\"a\":1,\"a\":2}]",
    "{\"a\":1,\"a\":2}",
    "[1e400]",
    "[99999999999999999999]",
    "/* c */ []",
    "[//\n]",
    "\"x\"",
    "123",
    "true",
    "",
    "  \n",
    "[\"\xff\"]",
    "[\"\xed\xa0\x80\"]",
    "]",
    "}",
    "[{\"a\":[1,2}]",
    "[}",
    "{]",
    "[\"a\",",
    "[\"a\"\n4\n,1,",
    "*",
    "<html>",
    "{\"r\":[{\"a\":1}],\"r\":[]}",
    "{\"x\":[1,],\"r\":[]}",
    /* numbers */
    "[-01]",
    "[-2.]",
    "[0.1.2]",
    "[0.3e]",
    "[0e]",
    "[0E+]",
    "[1.0e-]",
    "[1 000]",
    "[1eE2]",
    "[2.e3]",
    "[++1]",
    "[+Inf]",
    "[-NaN]",
    "[--2]",
    "[.-1]",
    "[1+2]",
    "[1a]",
    "[- 1]",
    "[\xef\xbc\x91]",
    "[1e\xe5]",
    "[0\xe5]",
    "[minus]",
    "[-1x]",
    /* strings */
    "[\"\\",
    "[\"\\\"]",
    "[\"\\u\"]",
    "[\"\\u00A\"]",
    "[\"\\uqqqq\"]",
    "[\"\\a\"]",
    "[\"\\\xf0\x9f\x8c\x80\"]",
    "[\"\\uD800\\u\"]",
    "[\"\\uD800\\u1\"]",
    "[\"\\uD834\\uDd\"]",
    "[\"\\uDFAA\"]",
    "[\"\\uD888\\u1234\"]",
    "[\"\\x00\"]",
    "['a']",
    "[\\u0020\"a\"]",
    "[\\n]",
    "[\"\xc0\xaf\"]",
    "[\"\xf4\xbf\xbf\xbf\"]",
    "[\"\xe6\x97\xa5\xd1\"]",
    "[\"\x1f\"]",
    /* objects and lists */
    "{\"a\":1,,\"b\":2}",
    "{\"a\",\"b\"}",
    "{\"a\":\"b\"}/**/",
    "{\"a\":\"b\"}//",
    "{\"a\":/*c*/1}",
    "{null:null,null:null}",
    "{\"a\":\"a\" 123}",
    "{\"a\":\"a",
    "{\"\xb9\":\"0\",}",
    "{[: \"x\"}",
    "{\"a\":1;\"b\":2}",
    "[\"a\":1]",
    "[1:2]",
    "[1,\n1\n,1",
    "[*]",
    "[<null>]",
    "[3[4]]",
    "[[]",
    "[1\f2]",
    "[\f]",
    "[a\xe5]",
    /* documents */
    "\xef\xbb\xbf",
    "\xe2\x81\xa0[]",
    "[\xe2\x81\xa0]",
    "[1],",
    "[],[]",
    "[][",
    "{}#",
    "{\"a\":true} \"x\"",
    "nul",
    "'a'",
    "\xe5",
    /* beyond what is kept exactly */
    "[123123e100000]",
    "[-123123e100000]",
    "[-9223372036854775809]",
    "{\"a\":9999999999999999999}",
    "{\"a\":-99999999999999999999999999}",
};

/* Values that a parser must take, as one of a record's. */
static const char *const taken[] = {
    "0",
    "-0",
    "-1",
    "123",
    "999999999999999999",
    "9223372036854775807",
    "-9223372036854775808",
    "1.5",
    "0e1",
    "0e+1",
    "1E22",
    "1E-2",
    "1E+2",
    "123e45",
    "123.456e78",
    "-0.000000000000000000000000000000000000000000000000000000001",
    "123.456e-789",
    "true",
    "false",
    "null",
    "\"\"",
    "\" \"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "\"\\\\a\"",
    "\"\\u0060\\u012a\\u12AB\"",
    "\"\\uD801\\udc37\"",
    "\"\\ud83d\\ude39\\ud83d\\udc8d\"",
    "\"\\u0012\"",
    "\"\\uFFFF\"",
    "\"\\uDBFF\\uDFFE\"",
    "\"a/*b*/c/*d//e\"",
    "\"\x7f\"",
    "\"\xe2\x80\xa8\xe2\x80\xa9\"",
    "\"\xf0\x9d\x84\x9e\"",
    "\"\xf4\x8f\xbf\xbf\"",
    "\"\xe2\x82\xac\xed\x95\x9c\"",
    "[]",
    "[ ]",
    "[[]   ]",
    "[\"\"]",
    "[null, 1, \"1\", {}]",
    "[1,null,null,null,2]",
    "{}",
    "{\"\":0}",
    "{\"a\":{\"a\":[{\"a\":1}]}}",
    "{\"min\": -1.0e+28, \"max\": 1.0e+28}",
    "{\n\"a\": \"b\"\r\n\t}",
};

START_TEST(what_is_json_is_taken)
{
    struct strbuf b = {0};

    strbuf_addf(&b, "[{\"i\":\"a\",\"x\":%s},{\"i\":\"b\"}]", taken[_i]);
    records(b.data, b.len, "", true);
    ck_assert_msg(strncmp(strbuf_str(&shown), "1:a ", 4) == 0 &&
                      strchr(strbuf_str(&shown), '!') == NULL,
                  "%s -> %s", taken[_i], strbuf_str(&shown));
    strbuf_free(&b);
}
END_TEST

START_TEST(what_is_no_json_is_refused_with_its_place)
{
    const char *path = strstr(refused[_i], "\"r\"") ? "r" : "";

    ck_assert_msg(strchr(records(refused[_i], strlen(refused[_i]), path, true),
                         '!') != NULL,
                  "accepted: %s -> %s", refused[_i], strbuf_str(&shown));
    ck_assert_int_eq(err.code, ERR_INPUT);
}
END_TEST

START_TEST(a_nul_after_a_number_is_refused)
{
    ck_assert_str_eq(records("[1\0]", 4, "", true), "!1");
    ck_assert_str_eq(records("{\"a\":1\0}", 8, "", true), "!1");
}
END_TEST

START_TEST(nesting_is_limited)
{
    struct strbuf b = {0};
    int depth, i;

    for (depth = 30; depth <= 34; depth++) {
        strbuf_reset(&b);
        strbuf_adds(&b, "[{\"i\":\"a\",\"x\":");
        for (i = 0; i < depth - 2; i++)
            strbuf_addc(&b, '[');
        for (i = 0; i < depth - 2; i++)
            strbuf_addc(&b, ']');
        strbuf_adds(&b, "}]");
        records(b.data, b.len, "", true);
        ck_assert_msg((strchr(strbuf_str(&shown), '!') == NULL) ==
                          (depth <= JSON_DEPTH_MOST),
                      "depth %d", depth);
    }
    strbuf_free(&b);
}
END_TEST

START_TEST(errors_say_where)
{
    const char *text = "[\n{\"i\":\"a\"},\n{\"i\":\"b\", }\n]";

    ck_assert_str_eq(records(text, strlen(text), "", true), "2:a!3");
    ck_assert_int_eq(err.line, 3);
    text = "{\"r\":[\n{\"i\":\"a\"}\n{\"i\":\"b\"}]}";
    ck_assert_str_eq(records(text, strlen(text), "r", true), "2:a!3");
    ck_assert_int_eq(err.column, 1);
}
END_TEST

/* A cut anywhere but in white space at the end is seen. */
START_TEST(a_cut_file_is_refused)
{
    const char *text =
        "{\"n\": 2, \"r\": [{\"i\": \"a\", \"x\": [1, \"\\\"\"]},"
        " {\"i\": \"b\\u00e9\"}], \"m\": null}";
    size_t n;

    for (n = 1; n < strlen(text); n++)
        ck_assert_msg(strchr(records(text, n, "r", true), '!') != NULL,
                      "cut at %zu: %s", n, strbuf_str(&shown));
    ck_assert(strchr(records(text, n, "r", true), '!') == NULL);
}
END_TEST

/* Memory is bounded by the record, so a long array goes through. */
START_TEST(records_cross_the_buffer)
{
    struct strbuf b = {0}, want = {0};
    int i, k;

    strbuf_addc(&b, '[');
    for (i = 0; i < 3000; i++) {
        strbuf_addf(&b, "%s\n{\"i\":\"%d\",\"fill\":\"", i ? "," : "", i);
        for (k = 0; k < i % 251; k++)
            strbuf_adds(&b, "\\\\\\\"");
        strbuf_adds(&b, "\"}");
        strbuf_addf(&want, "%s%d:%d", i ? " " : "", i + 2, i);
    }
    strbuf_addc(&b, ']');
    ck_assert_str_eq(records(b.data, b.len, "", true), want.data);
    strbuf_free(&b);
    strbuf_free(&want);
}
END_TEST

START_TEST(signatures_name_paths_of_a_cut_head)
{
    const char *text = "{\"results\":[{\"id\":1,\"general\":{\"name\":\"x\"},"
                       "\"list\":[{\"a\":1},{\"b\":2";
    struct signature sig = {0};

    json_signature(text, strlen(text), &sig);
    ck_assert(signature_has(&sig, "results", "general.name"));
    ck_assert(signature_has(&sig, "", "results.list.b"));
    ck_assert(signature_has(&sig, "results", "ID"));
    ck_assert(!signature_has(&sig, "", "id"));
    signature_free(&sig);
}
END_TEST

Suite *json_reader_suite(void);
Suite *json_reader_suite(void)
{
    Suite *s = suite_create("json_reader");
    TCase *tc = tcase_create("json_reader");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_loop_test(tc, every_envelope_is_opened, 0, COUNT_OF(shapes));
    tcase_add_loop_test(tc, what_is_no_json_is_refused_with_its_place, 0,
                        COUNT_OF(refused));
    tcase_add_test(tc, a_nul_after_a_number_is_refused);
    tcase_add_loop_test(tc, what_is_json_is_taken, 0, COUNT_OF(taken));
    tcase_add_test(tc, nesting_is_limited);
    tcase_add_test(tc, errors_say_where);
    tcase_add_test(tc, a_cut_file_is_refused);
    tcase_add_test(tc, records_cross_the_buffer);
    tcase_add_test(tc, signatures_name_paths_of_a_cut_head);
    suite_add_tcase(s, tc);
    return s;
}
