/*
 * test_supply.c - which missing fact adds most.
 */
#include "core/base.h"

#include "core/supply.h"
#include "tests/suites.h"

/* Three clients of 4, 5 and 9 Macs; the last one lacks another fact. */
static char fv01[] = "FV-01", fv02[] = "FV-02", fv03[] = "FV-03";
static char filevault[] = "filevault", enrolled[] = "mdm_enrolled";
static char both[] = "filevault, in_abm";

static const struct supply_gap gaps[] = {{fv01, filevault, 4},
                                         {fv01, filevault, 5},
                                         {fv01, enrolled, 9},
                                         {fv02, filevault, 5},
                                         {fv03, both, 5}};

static const struct supply_gain *gain_of(const struct supply_gain *all,
                                         size_t n, const char *id)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (strcmp(all[i].supply->id, id) == 0)
            return &all[i];
    ck_abort_msg("%s adds nothing", id);
    return NULL;
}

START_TEST(macs_of_all_clients_count_and_a_rule_once)
{
    struct supply_gain *all = calloc(supply_count, sizeof(*all));
    const struct supply_gain *g;
    size_t n = supply_rank(gaps, COUNT_OF(gaps), all);

    g = gain_of(all, n, "filevault");
    ck_assert_int_eq(g->checks, 14); /* FV-01: 4 + 5; FV-02: 5 */
    ck_assert_int_eq(g->devices, 9);
    ck_assert_int_eq(g->rules, 2);
    free(all);
}
END_TEST

Suite *supply_suite(void);

Suite *supply_suite(void)
{
    Suite *s = suite_create("supply");
    TCase *tc = tcase_create("supply");

    tcase_add_test(tc, macs_of_all_clients_count_and_a_rule_once);
    suite_add_tcase(s, tc);
    return s;
}
