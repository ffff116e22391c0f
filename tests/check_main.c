/*
 * check_main.c - runs every suite. CK_RUN_SUITE= and CK_RUN_CASE= narrow it.
 */
#include "core/base.h"

#include "core/commands.h"
#include "tests/suites.h"

/* The tests have no front door of their own. */
int command_signal(void)
{
    return 0;
}

int main(void)
{
    SRunner *runner = NULL;
    int failed;
    size_t i;

    for (i = 0; suites[i]; i++) {
        if (runner)
            srunner_add_suite(runner, suites[i]());
        else
            runner = srunner_create(suites[i]());
    }
    if (!runner)
        return 1;
    srunner_run_all(runner, CK_ENV);
    failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
