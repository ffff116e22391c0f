/*
 * test_json_quick.c - the quick way to a JSON value agrees with jansson's, or
 * leaves the value to it.
 */
#include "core/base.h"

#include "ingest/json_quick.h"
#include "tests/suites.h"

#include <check.h>

/* jansson's own value of the text, or NULL. */
static json_t *slow(const char *text, size_t n)
{
    return json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
}

/* Same value, members in the same order, or left to jansson. */
static bool agrees(const char *text, size_t n)
{
    json_t *a = json_quick_object(text, n), *b = a ? slow(text, n) : NULL;
    char *x = a ? json_dumps(a, JSON_COMPACT) : NULL;
    char *y = b ? json_dumps(b, JSON_COMPACT) : NULL;
    bool same = !a || (x && y && strcmp(x, y) == 0);

    free(x);
    free(y);
    json_decref(a);
    json_decref(b);
    return same;
}

static const char *const plain[] = {
    "{}",
    "{ }",
    "{\"a\":{},\"b\":[],\"c\":[ ]}",
    "{\"serial\":\"C02XL0GZJGH5\",\"name\":\"Zo\xc3\xab\xe2\x80\x99s Mac\"}",
    "{\"t\":true,\"f\":false,\"n\":null,\"\":\"\",\"z\":0,\"m\":-0,\"i\":-17}",
    "{\"n\":999999999999999999,\"m\":-999999999999999999}",
    "{\r\n\t\"a\" : [ 1 , 2,\n[ 3 ] ] ,\n \"b\" : { \"c\" : \"\x7f\" } }",
    "{\"accounts\":[{\"account\":\"ada\",\"admin\":true,\"uid\":501}]}",
};

/* Damaged, or valid and not plain. */
static const char *const other[] = {
    "",
    "[]",
    "\"a\"",
    "{",
    "{\"a\":1",
    "{\"a\":1}}",
    "{\"a\":1} ",
    "{\"a\":1,}",
    "{\"a\" 1}",
    "{\"a\":}",
    "{a:1}",
    "{\"a\":1 \"b\":2}",
    "{\"a\":[1,]}",
    "{\"a\":[,1]}",
    "{\"a\":[1 2]}",
    "{\"a\":01}",
    "{\"a\":-}",
    "{\"a\":1.5}",
    "{\"a\":1e3}",
    "{\"a\":1a}",
    "{\"a\":1234567890123456789}",
    "{\"a\":truth}",
    "{\"a\":tru}",
    "{\"a\":\"\\u2019\"}",
    "{\"a\":\"tab\there\"}",
    "{\"a\":\"\xc3\"}",
    "{\"\xff\":1}",
    "{\"a\":1,\"a\":2}",
    "{\"a\":{\"b\":1,\"b\":1}}",
};

START_TEST(plain_is_built)
{
    const char *s = plain[_i];
    json_t *v = json_quick_object(s, strlen(s));

    ck_assert_msg(v != NULL, "not built: %s", s);
    ck_assert_msg(agrees(s, strlen(s)), "differs: %s", s);
    json_decref(v);
}
END_TEST

START_TEST(other_is_left)
{
    const char *s = other[_i];

    ck_assert_msg(!json_quick_object(s, strlen(s)), "built: %s", s);
}
END_TEST

START_TEST(nul_is_left)
{
    static const char inside[] = "{\"a\":\"x\0y\"}", between[] = "{\"a\":\0 1}";

    ck_assert(!json_quick_object(inside, sizeof(inside) - 1));
    ck_assert(!json_quick_object(between, sizeof(between) - 1));
}
END_TEST

/* Each text with each byte cut off, left out, and put in another's place. */
START_TEST(damage_is_never_read_otherwise)
{
    static const char bytes[] = "\"{}[],:0-1.eE\\ tn\n\x01\xc3\xa9/";
    const char *s = plain[_i];
    size_t n = strlen(s), at, b;
    char *copy = malloc(n + 1);

    ck_assert(copy != NULL);
    for (at = 0; at < n; at++) {
        ck_assert(agrees(s, at));
        memcpy(copy, s, at);
        memcpy(copy + at, s + at + 1, n - at - 1);
        ck_assert_msg(agrees(copy, n - 1), "without byte %zu: %s", at, s);
        for (b = 0; b < sizeof(bytes); b++) {
            memcpy(copy, s, n);
            copy[at] = bytes[b];
            ck_assert_msg(agrees(copy, n), "byte %zu as \\x%02x: %s", at,
                          (unsigned char)bytes[b], s);
        }
    }
    free(copy);
}
END_TEST

Suite *json_quick_suite(void);

Suite *json_quick_suite(void)
{
    Suite *s = suite_create("json_quick");
    TCase *t = tcase_create("json_quick");

    tcase_add_loop_test(t, plain_is_built, 0, COUNT_OF(plain));
    tcase_add_loop_test(t, other_is_left, 0, COUNT_OF(other));
    tcase_add_test(t, nul_is_left);
    tcase_add_loop_test(t, damage_is_never_read_otherwise, 0, COUNT_OF(plain));
    suite_add_tcase(s, t);
    return s;
}
