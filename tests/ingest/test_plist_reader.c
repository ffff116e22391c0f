/*
 * test_plist_reader.c - property lists as JSON values, and what is refused.
 */
#include "core/base.h"

#include "ingest/plist_reader.h"
#include "tests/suites.h"

/* A binary property list of one object. */
static json_t *read_binary(const char *object, size_t n, const char **problem)
{
    char s[64] = "bplist00";
    size_t at = 8 + n;

    memcpy(s + 8, object, n);
    s[at] = 8;                 /* where the object is */
    s[at + 1 + 6] = 1;         /* bytes of an offset */
    s[at + 1 + 7] = 1;         /* bytes of a reference */
    s[at + 1 + 15] = 1;        /* objects */
    s[at + 1 + 31] = (char)at; /* where the offsets are */
    return plist_to_json(s, at + 33, problem);
}

START_TEST(a_binary_text_is_read)
{
    const char *problem = NULL;
    json_t *v = read_binary("\x53"
                            "ana",
                            4, &problem);

    ck_assert_msg(v != NULL, "%s", problem);
    ck_assert_str_eq(json_string_value(v), "ana");
    json_decref(v);
}
END_TEST

/* The library would end the program over each of these. */
START_TEST(a_nul_in_a_text_is_refused)
{
    static const struct {
        const char *bytes;
        size_t n;
    } objects[] = {{"\x53"
                    "a\0b",
                    4}, /* three bytes */
                   {"\x62"
                    "\0a\0\0",
                    5}, /* two units of UTF-16 */
                   {"\x5f\x10\x03"
                    "a\0b",
                    6}}; /* a length of its own */
    const char *problem = NULL;

    ck_assert_ptr_null(read_binary(objects[_i].bytes, objects[_i].n, &problem));
    ck_assert_str_eq(problem, "the property list has a NUL in a text");
}
END_TEST

START_TEST(a_nul_in_xml_is_refused)
{
    static const char s[] = "<?xml version=\"1.0\"?><plist version=\"1.0\">"
                            "<string>a\0b</string></plist>";
    const char *problem = NULL;

    ck_assert_ptr_null(plist_to_json(s, sizeof(s) - 1, &problem));
    ck_assert_str_eq(problem, "the property list has a NUL in a text");
}
END_TEST

#define ONE                                                                    \
    "<?xml version=\"1.0\"?>\n<plist version=\"1.0\"><string>a</string>\
</plist>"
#define TWO "<plist version=\"1.0\"><string>b</string></plist>\n"

/* One after another, with or without a line end or a mark between them. */
START_TEST(documents_one_after_another_are_an_array)
{
    static const char *const texts[] = {ONE TWO, ONE "\r\n\r\n" TWO "  ",
                                        "\xef\xbb\xbf" ONE
                                        "\n\xef\xbb\xbf" TWO};
    const char *problem = NULL;
    json_t *v = plist_to_json(texts[_i], strlen(texts[_i]), &problem);

    ck_assert_msg(v != NULL, "%s", problem);
    ck_assert_uint_eq(json_array_size(v), 2);
    ck_assert_str_eq(json_string_value(json_array_get(v, 0)), "a");
    ck_assert_str_eq(json_string_value(json_array_get(v, 1)), "b");
    json_decref(v);
}
END_TEST

START_TEST(a_damaged_document_among_others_refuses_all)
{
    static const char *const texts[] = {ONE "<plist><dict><key>k</key>",
                                        ONE "<plist><oops></plist>" TWO};
    const char *problem = NULL;

    ck_assert_ptr_null(plist_to_json(texts[_i], strlen(texts[_i]), &problem));
    ck_assert_str_eq(problem, "the property list is damaged or cut off");
}
END_TEST

START_TEST(a_key_twice_is_refused)
{
    static const unsigned char s[] = {
        'b',  'p', 'l',  'i', 's', 't', '0', '0', 0xd2,
        1,    1,   2,    2, /* a dictionary: object 1 is the key of 2, twice */
        0x51, 'k', 0x51, 'v',                   /* the key and the value */
        8,    13,  15,                          /* where they are */
        0,    0,   0,    0,   0,   0,   1,   1, /* bytes of an offset, of a
                                                   reference */
        0,    0,   0,    0,   0,   0,   0,   3, /* objects */
        0,    0,   0,    0,   0,   0,   0,   0, /* the top one */
        0,    0,   0,    0,   0,   0,   0,   17};
    const char *problem = NULL;

    ck_assert_ptr_null(plist_to_json((const char *)s, sizeof(s), &problem));
    ck_assert_str_eq(problem, "the property list is damaged or cut off");
}
END_TEST

Suite *plist_reader_suite(void);

Suite *plist_reader_suite(void)
{
    Suite *s = suite_create("plist_reader");
    TCase *t = tcase_create("plist");

    tcase_add_test(t, a_binary_text_is_read);
    tcase_add_loop_test(t, a_nul_in_a_text_is_refused, 0, 3);
    tcase_add_test(t, a_nul_in_xml_is_refused);
    tcase_add_loop_test(t, documents_one_after_another_are_an_array, 0, 3);
    tcase_add_loop_test(t, a_damaged_document_among_others_refuses_all, 0, 2);
    tcase_add_test(t, a_key_twice_is_refused);
    suite_add_tcase(s, t);
    return s;
}
