#include "core/base.h"

#include "core/facts.h"
#include "report/forecast.h"
#include "tests/suites.h"

/* A Mac of which everything is known: macOS 15, FileVault on, bootstrap token
 * proven, and a person's account with a token. */
static const struct forecast_facts known = {
    .os = 150000,
    .secure_token = 1,
    .token_real = 1,
    .filevault_on = 1,
    .bootstrap_state = "proven",
    .bootstrap_grants = 1,
    .recovery_open = true,
};

enum field {
    NONE,
    OS,
    NETWORK,
    SILENT,
    TOKEN,
    REAL,
    LAPS,
    VAULT,
    GRANTS,
    ADMIN,
    SOLE,
    KEY,
    OPEN
};

/* What differs from "known", the row that then fits, and its verdict. */
static const struct {
    struct {
        enum field field;
        int value;
    } change[5];
    const char *state; /* NULL: proven */
    int row;
    enum forecast_verdict verdict;
} table[] = {
    {{{OS, 101200}}, NULL, 1, FORECAST_NOT_APPLICABLE},
    {{{NETWORK, 1}}, NULL, 1, FORECAST_NOT_APPLICABLE},
    {{{SILENT, 1}}, NULL, 2, FORECAST_UNKNOWN},
    {{{SILENT, 1}, {TOKEN, 0}}, NULL, 2, FORECAST_UNKNOWN},
    {{{TOKEN, 0}}, NULL, 3, FORECAST_SAFE},
    {{{TOKEN, 0}, {OS, -1}}, NULL, 3, FORECAST_SAFE},
    {{{LAPS, 1}}, NULL, 5, FORECAST_UNKNOWN},
    {{{REAL, 0}}, NULL, 6, FORECAST_UNKNOWN},
    {{{REAL, -1}}, NULL, 7, FORECAST_UNKNOWN},
    {{{VAULT, -1}}, NULL, 7, FORECAST_UNKNOWN},
    {{{OS, -1}}, NULL, 7, FORECAST_UNKNOWN},
    {{{TOKEN, -1}, {REAL, -1}}, NULL, 7, FORECAST_UNKNOWN},
    {{{NONE, 0}}, "conflict", 7, FORECAST_UNKNOWN},
    {{{NONE, 0}}, "invalid", 7, FORECAST_UNKNOWN},
    {{{NONE, 0}}, "unknown", 7, FORECAST_UNKNOWN},
    {{{OS, 260000}, {ADMIN, 1}}, NULL, 8, FORECAST_LOCKOUT_RISK},
    {{{OS, 260000}}, NULL, 9, FORECAST_LOCKOUT_RISK},
    {{{OS, 260000}, {VAULT, 0}}, NULL, 10, FORECAST_TOKEN_LOST},
    {{{NONE, 0}}, NULL, 11, FORECAST_LOGIN_FIRST},
    {{{OS, 259999}}, NULL, 11, FORECAST_LOGIN_FIRST},
    {{{NONE, 0}}, "claimed", 12, FORECAST_LOGIN_FIRST},
    {{{SOLE, 1}}, "claimed", 12, FORECAST_LOCKOUT_RISK},
    {{{SOLE, 1}, {KEY, 1}}, "claimed", 12, FORECAST_LOGIN_FIRST},
    {{{VAULT, 0}}, NULL, 13, FORECAST_LOGIN_FIRST},
    {{{GRANTS, 0}, {ADMIN, 1}}, "absent", 14, FORECAST_LOCKOUT_RISK},
    {{{GRANTS, 0}, {ADMIN, 1}, {VAULT, 0}}, "absent", 15, FORECAST_TOKEN_LOST},
    {{{GRANTS, 0}, {KEY, 1}}, "absent", 16, FORECAST_LOCKOUT_RISK},
    {{{GRANTS, 0}, {KEY, 1}, {OPEN, 0}}, "absent", 17, FORECAST_LOCKOUT_RISK},
    {{{GRANTS, 0}}, "absent", 17, FORECAST_LOCKOUT_RISK},
    {{{GRANTS, 0}, {VAULT, 0}}, "absent", 18, FORECAST_TOKEN_LOST},
    {{{GRANTS, -1}}, NULL, 0, FORECAST_UNKNOWN},
};

static void set(struct forecast_facts *f, enum field field, int value)
{
    switch (field) {
    case NONE:
        break;
    case OS:
        f->os = value;
        break;
    case NETWORK:
        f->network = value;
        break;
    case SILENT:
        f->silent = value;
        break;
    case TOKEN:
        f->secure_token = value;
        break;
    case REAL:
        f->token_real = value;
        break;
    case LAPS:
        f->laps = value;
        break;
    case VAULT:
        f->filevault_on = value;
        break;
    case GRANTS:
        f->bootstrap_grants = value;
        break;
    case ADMIN:
        f->other_admin = value;
        break;
    case SOLE:
        f->sole_holder = value;
        break;
    case KEY:
        f->key_valid = value;
        break;
    case OPEN:
        f->recovery_open = value;
        break;
    }
}

START_TEST(each_row_is_the_first_that_fits)
{
    struct forecast_facts f = known;
    struct forecast got;
    size_t i;

    for (i = 0; i < COUNT_OF(table[_i].change); i++)
        set(&f, table[_i].change[i].field, table[_i].change[i].value);
    if (table[_i].state)
        f.bootstrap_state = table[_i].state;
    got = forecast_reset(&f, FORECAST_MDM);
    ck_assert_int_eq(got.row, table[_i].row);
    ck_assert_int_eq(got.verdict, table[_i].verdict);
    ck_assert_str_ne(got.say, "");
}
END_TEST

START_TEST(a_token_admins_reset_is_safe_only_with_another_admin)
{
    struct forecast_facts f = known;

    ck_assert_int_eq(forecast_reset(&f, FORECAST_ADMIN).row, 11);
    f.other_admin = true;
    ck_assert_int_eq(forecast_reset(&f, FORECAST_ADMIN).row, 4);
    f.silent = true; /* nothing is safe on a Mac that is not there */
    ck_assert_int_eq(forecast_reset(&f, FORECAST_ADMIN).row, 2);
}
END_TEST

/* A fact that is taken away must never make a reset look safe. */
START_TEST(less_knowledge_is_never_safer)
{
    static const enum field fields[] = {TOKEN, REAL, VAULT, GRANTS, OS};
    struct forecast_facts f = known;

    set(&f, fields[_i], -1);
    if (fields[_i] == TOKEN)
        f.token_real = -1; /* follows from it */
    ck_assert_int_eq(forecast_reset(&f, FORECAST_MDM).verdict,
                     FORECAST_UNKNOWN);
}
END_TEST

START_TEST(other_ways_of_resetting_have_their_own_answer)
{
    struct forecast_facts f = known;

    ck_assert_int_eq(forecast_reset(&f, FORECAST_IDP).row, 19);
    ck_assert_int_eq(forecast_reset(&f, FORECAST_IDP).verdict,
                     FORECAST_UNKNOWN);
    ck_assert_int_eq(forecast_reset(&f, FORECAST_RECOVERY).row, 17);
    f.key_valid = true;
    ck_assert_int_eq(forecast_reset(&f, FORECAST_RECOVERY).row, 20);
    f.recovery_open = false;
    ck_assert_int_eq(forecast_reset(&f, FORECAST_RECOVERY).verdict,
                     FORECAST_UNKNOWN);
}
END_TEST

START_TEST(what_is_missing_is_named)
{
    struct forecast_facts f = known;
    const char *missing[9];

    forecast_missing(&f, missing);
    ck_assert_ptr_null(missing[0]);
    f.secure_token = f.token_real = f.filevault_on = -1;
    f.bootstrap_state = "unknown";
    forecast_missing(&f, missing);
    ck_assert_str_eq(missing[0], "secure_token");
    ck_assert_str_eq(missing[1], "filevault");
    ck_assert_str_eq(missing[2],
                     "bootstrap_escrowed_device|bootstrap_escrowed_server");
    ck_assert_ptr_null(missing[3]);
}
END_TEST

START_TEST(the_last_token_is_said)
{
    struct forecast_facts f = known;

    ck_assert(!forecast_reset(&f, FORECAST_MDM).last_token);
    f.sole_holder = true;
    ck_assert(forecast_reset(&f, FORECAST_MDM).last_token);
}
END_TEST

Suite *forecast_suite(void);

Suite *forecast_suite(void)
{
    Suite *s = suite_create("forecast");
    TCase *tc = tcase_create("forecast");

    tcase_add_loop_test(tc, each_row_is_the_first_that_fits, 0,
                        (int)COUNT_OF(table));
    tcase_add_test(tc, a_token_admins_reset_is_safe_only_with_another_admin);
    tcase_add_loop_test(tc, less_knowledge_is_never_safer, 0, 5);
    tcase_add_test(tc, other_ways_of_resetting_have_their_own_answer);
    tcase_add_test(tc, what_is_missing_is_named);
    tcase_add_test(tc, the_last_token_is_said);
    suite_add_tcase(s, tc);
    return s;
}
