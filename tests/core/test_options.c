#include "core/base.h"

#include "core/options.h"
#include "core/text.h"
#include "tests/suites.h"

static const char *const takes[] = {"output",  "as-of",   "period", "keep",
                                    "replace", "dry-run", "n",      NULL};
static const struct command cmd = {
    .name = "sample",
    .summary = "for the tests",
    .usage = "sample [OPTIONS] FILE...",
    .help = "Does nothing.",
    .options = takes,
};

static struct err err;
static struct call call;
static struct options *opt;

static void setup(void)
{
    err = (struct err){0};
    opt = NULL;
}

static void teardown(void)
{
    options_free(opt);
}

/* Parse words ended by NULL. */
static bool parse(const char *const *words)
{
    static char store[16][64];
    static char *argv[16];
    int argc = 0;

    for (; words[argc]; argc++) {
        snprintf(store[argc], sizeof(store[argc]), "%s", words[argc]);
        argv[argc] = store[argc];
    }
    opt = options_parse(&cmd, argc, argv, &call, &err);
    return opt != NULL;
}

#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

START_TEST(options_and_operands_mix)
{
    ck_assert(PARSE("a", "--output", "dir", "-", "-q", "--keep=x=y", "b",
                    "--keep", "z", "--", "--replace"));
    ck_assert_uint_eq(call.count, 4);
    ck_assert_str_eq(call.operands[0], "a");
    ck_assert_str_eq(call.operands[1], "-");
    ck_assert_str_eq(call.operands[2], "b");
    ck_assert_str_eq(call.operands[3], "--replace");
    ck_assert_str_eq(opt_text(opt, "output"), "dir");
    ck_assert(!opt_flag(opt, "replace"));
    ck_assert_uint_eq(opt_count(opt, "keep"), 2);
    ck_assert_str_eq(opt_item(opt, "keep", 0), "x=y");
    ck_assert_str_eq(opt_item(opt, "keep", 1), "z");
    ck_assert_int_eq(opt_talk(opt), 0);
}
END_TEST

START_TEST(short_options_bundle_and_take_values)
{
    ck_assert(PARSE("-qnodir", "-d", "x.db"));
    ck_assert(opt_flag(opt, "quiet"));
    ck_assert(opt_flag(opt, "dry-run"));
    ck_assert_str_eq(opt_text(opt, "output"), "dir");
    ck_assert_str_eq(opt_text(opt, "db"), "x.db");
    ck_assert(!opt_flag(opt, "n"));
}
END_TEST

START_TEST(given_twice_the_last_counts)
{
    ck_assert(PARSE("--output=a", "-ob"));
    ck_assert_str_eq(opt_text(opt, "output"), "b");
    ck_assert_str_eq(opt_text_or(opt, "period", "none"), "none");
}
END_TEST

START_TEST(no_color_is_color_never)
{
    ck_assert(PARSE("--no-color"));
    ck_assert_str_eq(opt_text(opt, "color"), "never");
}
END_TEST

START_TEST(an_unknown_option_names_its_neighbour)
{
    ck_assert(!PARSE("--outptu", "x"));
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_str_eq(err.text, "sample: unknown option \"--outptu\"");
    ck_assert_str_eq(err.hint, "did you mean \"--output\"?");
}
END_TEST

START_TEST(an_option_of_another_command_is_unknown)
{
    ck_assert(!PARSE("--csv-bom"));
    ck_assert_str_eq(err.hint, "see \"muster sample --help\"");
}
END_TEST

START_TEST(values_are_asked_for_and_refused)
{
    ck_assert(!PARSE("--output"));
    ck_assert_str_eq(err.text, "--output needs DIR");
    err = (struct err){0};
    ck_assert(!PARSE("-o"));
    ck_assert_str_eq(err.text, "--output needs DIR");
    err = (struct err){0};
    ck_assert(!PARSE("--replace=yes"));
    ck_assert_str_eq(err.text, "--replace takes no value");
    err = (struct err){0};
    ck_assert(!PARSE("-qx"));
    ck_assert_str_eq(err.text, "sample: unknown option \"-x\"");
}
END_TEST

START_TEST(as_of_is_a_date_or_an_instant)
{
    int64_t t;
    char label[40];

    ck_assert(PARSE("--as-of", "2026-11-30"));
    ck_assert_int_eq(opt_as_of(opt, &t, &err), 0);
    ck_assert_int_eq(t, 1796083200);
    ck_assert_int_eq(opt_period(opt, t, label, sizeof(label), &err), 0);
    ck_assert_str_eq(label, "2026-11");
    options_free(opt);
    ck_assert(PARSE("--as-of", "last week"));
    ck_assert_int_eq(opt_as_of(opt, &t, &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
}
END_TEST

static const char *const labels[] = {
    "a b", "../x", ".x", "-x", "a/b", "abcdefghijklmnopqrstuvwxyz0123456"};

START_TEST(a_label_that_is_no_file_name_is_refused)
{
    char label[40];

    ck_assert(PARSE("--period", labels[_i]));
    ck_assert_int_eq(opt_period(opt, 0, label, sizeof(label), &err), -1);
    ck_assert_int_eq(err.code, ERR_USAGE);
}
END_TEST

START_TEST(wait_is_a_number_of_seconds)
{
    int ms;

    ck_assert(PARSE("--wait", "3"));
    ck_assert_int_eq(opt_wait(opt, &ms, &err), 0);
    ck_assert_int_eq(ms, 3000);
    options_free(opt);
    ck_assert(PARSE("--wait", "3s"));
    ck_assert_int_eq(opt_wait(opt, &ms, &err), -1);
}
END_TEST

START_TEST(an_empty_value_is_none)
{
    ck_assert(!PARSE("--period", ""));
    ck_assert_int_eq(err.code, ERR_USAGE);
    ck_assert_str_eq(err.text, "--period needs LABEL, and it is empty");
    err = (struct err){0};
    ck_assert(!PARSE("--wait="));
    ck_assert_int_eq(err.code, ERR_USAGE);
}
END_TEST

START_TEST(color_is_one_of_three_words)
{
    ck_assert(!PARSE("--color", "blue"));
    ck_assert_int_eq(err.code, ERR_USAGE);
    err = (struct err){0};
    ck_assert(PARSE("--color", "always"));
}
END_TEST

START_TEST(no_letter_and_no_name_means_two_things)
{
    size_t i, j;

    for (i = 0; i < all_option_count; i++) {
        ck_assert_msg(strlen(all_options[i].help) <= 50, "%s",
                      all_options[i].name);
        for (j = i + 1; j < all_option_count; j++) {
            ck_assert_str_ne(all_options[i].name, all_options[j].name);
            ck_assert(!all_options[i].letter ||
                      all_options[i].letter != all_options[j].letter);
        }
    }
}
END_TEST

START_TEST(help_fits_80_columns)
{
    static const char *names[128];
    struct command all = cmd;
    char line[256];
    FILE *f = tmpfile();
    size_t i;

    ck_assert_ptr_nonnull(f);
    for (i = 0; i < all_option_count && i + 1 < COUNT_OF(names); i++)
        names[i] = all_options[i].name;
    all.options = names;
    options_help(&all, f);
    rewind(f);
    while (fgets(line, sizeof(line), f))
        ck_assert_msg(strlen(line) <= 81, "%s", line);
    fclose(f);
}
END_TEST

Suite *options_suite(void);
Suite *options_suite(void)
{
    Suite *s = suite_create("options");
    TCase *tc = tcase_create("options");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, options_and_operands_mix);
    tcase_add_test(tc, short_options_bundle_and_take_values);
    tcase_add_test(tc, given_twice_the_last_counts);
    tcase_add_test(tc, no_color_is_color_never);
    tcase_add_test(tc, an_unknown_option_names_its_neighbour);
    tcase_add_test(tc, an_option_of_another_command_is_unknown);
    tcase_add_test(tc, values_are_asked_for_and_refused);
    tcase_add_test(tc, as_of_is_a_date_or_an_instant);
    tcase_add_loop_test(tc, a_label_that_is_no_file_name_is_refused, 0,
                        COUNT_OF(labels));
    tcase_add_test(tc, wait_is_a_number_of_seconds);
    tcase_add_test(tc, an_empty_value_is_none);
    tcase_add_test(tc, color_is_one_of_three_words);
    tcase_add_test(tc, no_letter_and_no_name_means_two_things);
    tcase_add_test(tc, help_fits_80_columns);
    suite_add_tcase(s, tc);
    return s;
}
