#include "core/base.h"

#include "report/brand.h"
#include "tests/suites.h"

/* The two ends, and a pair whose ratio WCAG gives as an example of "just". */
START_TEST(contrast_is_that_of_wcag)
{
    ck_assert_double_eq_tol(brand_contrast(0xffffff, 0x000000), 21.0, 0.001);
    ck_assert_double_eq_tol(brand_contrast(0x123456, 0x123456), 1.0, 0.001);
    ck_assert_double_eq_tol(brand_contrast(0x767676, 0xffffff), 4.54, 0.01);
    ck_assert_double_eq_tol(brand_contrast(0xffffff, 0x767676), 4.54, 0.01);
}
END_TEST

static const char *const accents[] = {"#ffff00", "#ffffff", "#000000",
                                      "#1d4f7c", "#ff7a00", "#808080"};

START_TEST(every_accent_reads_on_both_pages)
{
    struct err err = {0};
    struct strbuf text = {0};
    struct config *c;
    struct brand b;

    strbuf_addf(&text, "[report]\naccent = %s\n", accents[_i]);
    c = config_parse("m.conf", strbuf_str(&text), &err);
    ck_assert_msg(c && brand_load(c, NULL, &b, &err) == 0, "%s", err.text);
    ck_assert(b.colour);
    ck_assert_double_ge(brand_contrast(b.light, 0xffffff), 4.5);
    ck_assert_double_ge(brand_contrast(b.light, 0xe6eef6), 4.5);
    ck_assert_double_ge(brand_contrast(b.dark, 0x14181d), 4.5);
    ck_assert_double_ge(brand_contrast(b.dark, 0x1f3346), 4.5);
    if (strcmp(accents[_i], "#1d4f7c") == 0) /* dark enough: as it is */
        ck_assert_uint_eq(b.light, 0x1d4f7c);
    brand_free(&b);
    config_free(c);
    strbuf_free(&text);
}
END_TEST

#define SVG(inside) "<svg xmlns=\"http://www.w3.org/2000/svg\">" inside "</svg>"
#define PNG_HEAD                                                               \
    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x07\xd0\0\0\0\x50\x08\x02\0\0\0crc "

static const struct {
    const char *bytes;
    size_t n;
    const char *says; /* NULL: it is a picture */
} pictures[] = {
#define WHOLE(text) text, sizeof(text) - 1
    {WHOLE(PNG_HEAD), NULL},
    {WHOLE("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x07\xd1\0\0\0\x50\x08\x02\0\0\0"
           "crc "),
     "larger than 2000 pixels"},
    {WHOLE("\x89PNG\r\n\x1a\n\0\0"), "damaged"},
    {WHOLE("\xff\xd8\xff\xe0\0\x04"
           "ab\xff\xc0\0\x0b\x08\0\x50\0\xf0\x01"),
     NULL},
    {WHOLE("\xff\xd8\xff\xe0\xff\xff"), "damaged"},
    {WHOLE("GIF89a"), "no PNG, JPEG or SVG"},
    {WHOLE(""), "no PNG, JPEG or SVG"},
    {WHOLE("<html></html>"), "no PNG, JPEG or SVG"},
    {WHOLE(SVG("<rect width=\"9\" fill=\"url(#a)\"/><use href=\"#b\"/>")),
     NULL},
    {WHOLE(SVG("<text>on = off, one = 1</text>")), "event handler"},
    {WHOLE(SVG("<text>of one content</text>")), NULL},
    {WHOLE(SVG("<ScRipt>x</script>")), "holds <script"},
    {WHOLE(SVG("<rect onload=\"x\"/>")), "event handler"},
    {WHOLE(SVG("<rect fill='x'OnClick\n= 'x'/>")), "event handler"},
    {WHOLE(SVG("<foreignObject/>")), "holds foreignobject"},
    {WHOLE(SVG("<image href=\"https://a.example/x.png\"/>")), "outside itself"},
    {WHOLE(SVG("<use xlink:href = '//a.example/x#y'/>")), "outside itself"},
    {WHOLE(SVG("<rect fill=\"url( 'http://a.example' )\"/>")),
     "outside itself"},
    {WHOLE(SVG("<a href=\"javascript:x\"/>")), "outside itself"},
    {WHOLE(SVG("<style>@import 'x';</style>")), "holds @import"},
    {WHOLE("<!DOCTYPE svg [<!ENTITY a \"b\">]>" SVG("&a;")), "<!doctype"},
    {WHOLE(SVG("\xc3\x28")), "no PNG, JPEG or SVG"},
    {WHOLE(SVG("\0")), "no PNG, JPEG or SVG"},
};

START_TEST(only_harmless_pictures_pass)
{
    struct err err = {0};
    struct brand b = {.name = NULL};
    int rc;

    strbuf_add(&b.logo, pictures[_i].bytes, pictures[_i].n);
    rc = brand_logo_check(&b, &err);
    if (!pictures[_i].says) {
        ck_assert_msg(rc == 0, "%d: %s", _i, err.text);
    } else {
        ck_assert_msg(rc < 0, "%d: passed", _i);
        ck_assert_int_eq(err.code, ERR_CONFIG);
        ck_assert_msg(strstr(err.text, pictures[_i].says), "%d: %s", _i,
                      err.text);
    }
    strbuf_free(&b.logo);
}
END_TEST

START_TEST(sizes_are_those_of_the_picture)
{
    struct err err = {0};
    struct brand b = {.name = NULL};

    strbuf_add(&b.logo, pictures[0].bytes, pictures[0].n);
    ck_assert_int_eq(brand_logo_check(&b, &err), 0);
    ck_assert_int_eq(b.width, 2000);
    ck_assert_int_eq(b.height, 80);
    strbuf_reset(&b.logo);
    strbuf_add(&b.logo, pictures[3].bytes, pictures[3].n);
    ck_assert_int_eq(brand_logo_check(&b, &err), 0);
    ck_assert_int_eq(b.width, 240);
    ck_assert_int_eq(b.height, 80);
    strbuf_free(&b.logo);
}
END_TEST

/* A client's own name is its section's; a general one is the fleet's. */
START_TEST(names_and_lines_fall_back)
{
    struct err err = {0};
    struct config *c = config_parse("m.conf",
                                    "[report]\ndisplay_name = All of us\n"
                                    "contact = desk@example.com\n"
                                    "[client \"a\"]\ndisplay_name = A Ltd\n"
                                    "confidentiality = \"};x\n",
                                    &err);
    struct strbuf css = {0};
    struct brand b;

    ck_assert(c != NULL);
    ck_assert_int_eq(brand_load(c, NULL, &b, &err), 0);
    ck_assert_str_eq(b.name, "All of us");
    ck_assert_str_eq(b.confidentiality, "Confidential");
    ck_assert_int_eq(brand_load(c, "b", &b, &err), 0);
    ck_assert_ptr_null(b.name);
    ck_assert_str_eq(b.contact, "desk@example.com");
    ck_assert_str_eq(brand_client(c, "b"), "b");
    ck_assert_int_eq(brand_load(c, "a", &b, &err), 0);
    ck_assert_str_eq(b.name, "A Ltd");
    brand_style(&b, &css);
    ck_assert_ptr_nonnull(
        strstr(strbuf_str(&css), "content: \"\\000022\\00007d\\00003bx\";"));
    strbuf_free(&css);
    config_free(c);
}
END_TEST

Suite *brand_suite(void);
Suite *brand_suite(void)
{
    Suite *s = suite_create("brand");
    TCase *t = tcase_create("brand");

    tcase_add_test(t, contrast_is_that_of_wcag);
    tcase_add_loop_test(t, every_accent_reads_on_both_pages, 0,
                        COUNT_OF(accents));
    tcase_add_loop_test(t, only_harmless_pictures_pass, 0, COUNT_OF(pictures));
    tcase_add_test(t, sizes_are_those_of_the_picture);
    tcase_add_test(t, names_and_lines_fall_back);
    suite_add_tcase(s, t);
    return s;
}
