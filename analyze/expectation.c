/*
 * expectation.c - runs expectation.sql, and only as much of it as is needed.
 */
#include "core/base.h"

#include "analyze/expectation.h"
#include "analyze/resolve.h"
#include "analyze/sql_part.h"
#include "core/db.h"

#define SQL "analyze/expectation.sql"

static int begin(sqlite3 *db, int64_t period_id, const char *title,
                 struct err *err)
{
    char sql[400];

    snprintf(sql, sizeof(sql),
             "DELETE FROM expectation WHERE period_id = %lld;"
             "DELETE FROM expectation_gap WHERE period_id = %lld;"
             "DROP TABLE IF EXISTS temp.expected_period;"
             "CREATE TEMP TABLE expected_period AS"
             " SELECT %lld AS period_id, '%s' AS title",
             (long long)period_id, (long long)period_id, (long long)period_id,
             title);
    return db_script(db, sql, err);
}

static int listed(sqlite3 *db, int64_t *n, struct err *err)
{
    return db_number(db, "SELECT count(*) FROM temp.expected_list", 0, n, err);
}

int expectation_judge(sqlite3 *db, int64_t period_id, struct err *err)
{
    int64_t n;

    if (begin(db, period_id, "the list of expected serials", err) < 0 ||
        sql_run_part(db, SQL, "given", err) < 0 || listed(db, &n, err) < 0)
        return -1;
    if (n == 0 &&
        (begin(db, period_id, "Apple Business or School Manager", err) < 0 ||
         sql_run_part(db, SQL, "apple", err) < 0 || listed(db, &n, err) < 0))
        return -1;
    return n ? sql_run_part(db, SQL, "compare", err) : 0;
}
