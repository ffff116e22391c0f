/*
 * required.c - rules that the settings want measured, and that were not.
 */
#include "core/base.h"

#include "analyze/required.h"
#include "core/db.h"
#include "core/resource.h"

#define MORE 32 /* bytes kept for ", and 12 more" */

static void say_one(sqlite3_stmt *st, bool first, char *out, size_t size)
{
    const char *what =
        strcmp(db_text(st, 1), "account") == 0 ? "account" : "Mac";
    int64_t n = sqlite3_column_int64(st, 2);

    snprintf(out, size, "%s%.40s not measured on %lld %s%s", first ? "" : ", ",
             db_text(st, 0), (long long)n, what, n == 1 ? "" : "s");
}

int required_note(sqlite3 *db, int64_t period_id, char *out, size_t size,
                  struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t len = 0;
    int step = -1, more = 0;

    if (db_script(db, resource_text("core/queries/required.sql"), err) == 0 &&
        db_prepare(db, resource_text("analyze/queries/required.sql"), &st,
                   err) == 0 &&
        db_bind_int(st, ":period_id", period_id, err) == 0)
        while ((step = db_step(st, err)) == 1) {
            char one[96];

            say_one(st, len == 0, one, sizeof(one));
            if (more || len + strlen(one) >= size - MORE)
                more++;
            else
                len += (size_t)snprintf(out + len, size - len, "%s", one);
        }
    if (step == 0 && more)
        snprintf(out + len, size - len, ", and %d more", more);
    sqlite3_finalize(st);
    return step;
}
