#include "core/base.h"

#include "core/db.h"
#include "core/strbuf.h"
#include "report/report.h"
#include "tests/suites.h"
#include "tests/support/report_store.h"
#include "tests/support/tmpdir.h"

static struct err err;
static sqlite3 *db;
static struct report_summary done;

static void setup(void)
{
    err = (struct err){0};
    done = (struct report_summary){0};
    db = report_store();
    tmpdir_make();
}

static void teardown(void)
{
    report_summary_free(&done);
    db_close(db);
    tmpdir_remove();
}

static void write_reports(const struct report_options *o)
{
    report_summary_free(&done);
    ck_assert_msg(report_write(db, o, &done, &err) == 0, "%s: %s", err.file,
                  err.text);
}

START_TEST(csv_and_json_of_the_fleet_are_written)
{
    struct report_options o = {.dir = tmpdir_path("out"),
                               .formats = "csv,json"};

    write_reports(&o);
    ck_assert_uint_eq(done.count, 12);
}
END_TEST

Suite *report_suite(void);

Suite *report_suite(void)
{
    Suite *s = suite_create("report");
    TCase *tc = tcase_create("report");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, csv_and_json_of_the_fleet_are_written);
    suite_add_tcase(s, tc);
    return s;
}
