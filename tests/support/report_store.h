/*
 * report_store.h - a small judged store for the tests of the report stage.
 *
 * Two clients, five Macs, six accounts, two periods, and names that try to be
 * formulas, markup, paths and control characters. The tables of analysis are
 * filled by hand; posture is derived by the program's own SQL.
 */
#ifndef MUSTER_TEST_REPORT_STORE_H
#define MUSTER_TEST_REPORT_STORE_H

#include <sqlite3.h>

/* In memory; the caller db_close()s it. Fails the test where it cannot. */
sqlite3 *report_store(void);

/* Names that the store holds, as they must come out of every format. */
#define NASTY_DEVICE "=cmd|' /C calc'!A0 <b>\"quoted\"</b>, 1"
#define NASTY_ACCOUNT "../../etc/pass\"wd"
#define NASTY_CLIENT "Birch & <Partners>/../x"
#define NASTY_SITE "@SUM(1+1)\n+2 line"
#define NASTY_MODEL "_x0041_ Mac\x1b[31m"
#define PLAIN_CLIENT "Cedar Works"

#endif
