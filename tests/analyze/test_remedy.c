/*
 * test_remedy.c - every remedy is whole, and asks for no password where others
 * can read it.
 */
#include "core/base.h"

#include "analyze/catalogue.h"
#include "core/text.h"
#include "tests/suites.h"

#include <check.h>

static struct err err;
static struct remedies all;
static struct catalogue rules;

static void setup(void)
{
    err = (struct err){0};
    ck_assert_int_eq(remedies_load(&all, NULL, &err), 0);
    ck_assert_int_eq(catalogue_load(&rules, NULL, &err), 0);
}

static void teardown(void)
{
    remedies_free(&all);
    catalogue_free(&rules);
}

static bool is_one_of(const char *word, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(word, *list) == 0)
            return true;
    return false;
}

START_TEST(every_remedy_is_whole)
{
    static const char *const who[] = {"server admin", "help desk", "user",
                                      "on site", NULL};
    size_t i;

    ck_assert_uint_ge(all.count, 15);
    for (i = 0; i < all.count; i++) {
        const struct remedy *m = &all.items[i];

        ck_assert_msg(is_one_of(m->who, who), "%s: who: %s", m->id, m->who);
        ck_assert_msg(m->minutes > 0, "%s: minutes", m->id);
        ck_assert_msg(m->effort[0] && m->risk[0] && m->verify[0] && m->plain[0],
                      "%s: effort, risk, verify or plain is empty", m->id);
        ck_assert_msg(m->step_count >= 3, "%s: few steps", m->id);
    }
    for (i = 0; i <= 14; i++) {
        char id[8];

        snprintf(id, sizeof(id), "R%zu", i);
        ck_assert_msg(remedies_find(&all, id) != NULL, "%s is missing", id);
    }
}
END_TEST

/* A password option takes "-", which makes the command ask. */
static void check_options(const char *id, const char *text)
{
    static const char *const options[] = {"-password", "-adminPassword",
                                          "-newPassword", "-oldPassword",
                                          "--password"};
    size_t i, n;
    const char *s;

    for (i = 0; i < COUNT_OF(options); i++)
        for (s = text; (s = strstr(s, options[i])); s += n) {
            n = strlen(options[i]);
            ck_assert_msg(strncmp(s + n, " -", 2) == 0 &&
                              strchr(" .`,", s[n + 2]) != NULL,
                          "%s: a password on the command line: %s", id, s);
        }
    ck_assert_msg(!strstr(text, "echo ") && !strstr(text, "passwd -p"),
                  "%s: %s", id, text);
}

START_TEST(no_password_stands_on_a_command_line)
{
    size_t i, k;

    for (i = 0; i < all.count; i++) {
        for (k = 0; k < all.items[i].step_count; k++)
            check_options(all.items[i].id, all.items[i].steps[k]);
        check_options(all.items[i].id, all.items[i].verify);
    }
}
END_TEST

/* A step or rule that names a remedy names one that is there. */
START_TEST(what_is_referred_to_is_there)
{
    size_t i, k, n;
    char id[8];
    const char *s;

    for (i = 0; i < all.count; i++)
        for (k = 0; k < all.items[i].step_count; k++)
            for (s = all.items[i].steps[k]; *s; s++) {
                n = strspn(s + 1, "0123456789");
                if (*s != 'R' || n == 0 || n > 2)
                    continue;
                snprintf(id, sizeof(id), "%.*s", (int)n + 1, s);
                ck_assert_msg(remedies_find(&all, id) != NULL, "%s: %s",
                              all.items[i].id, id);
            }
    for (i = 0; i < rules.count; i++)
        for (s = rules.rules[i]->fix; *s; s += n + (s[n] == ' ')) {
            n = strcspn(s, " ");
            snprintf(id, sizeof(id), "%.*s", (int)n, s);
            ck_assert_msg(remedies_find(&all, id) != NULL, "%s: %s",
                          rules.rules[i]->id, id);
        }
}
END_TEST

Suite *remedy_suite(void);

Suite *remedy_suite(void)
{
    Suite *s = suite_create("remedy");
    TCase *tc = tcase_create("remedy");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, every_remedy_is_whole);
    tcase_add_test(tc, no_password_stands_on_a_command_line);
    tcase_add_test(tc, what_is_referred_to_is_there);
    suite_add_tcase(s, tc);
    return s;
}
