/*
 * suites.h - the table of Check suites, made from the names of the test files:
 * tests/core/test_text.c defines "Suite *text_suite(void)".
 */
#ifndef MUSTER_SUITES_H
#define MUSTER_SUITES_H

#include <check.h>

extern Suite *(*const suites[])(void); /* NULL-terminated */

#endif
