/*
 * expectation.c - what the lists of serials say of a period.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/expectation.h"
#include "core/text.h"

static int open_query(sqlite3 *db, const char *sql, const char *period,
                      const char *client, sqlite3_stmt **st, struct err *err)
{
    return db_prepare(db, sql, st, err) < 0 ||
                   db_bind_text(*st, ":period", period, err) < 0 ||
                   db_bind_text(*st, ":client", client, err) < 0
               ? -1
               : 0;
}

int expectation_read(sqlite3 *db, const char *period, const char *client,
                     struct expectation *out, struct err *err)
{
    static const char sql[] =
        "SELECT max(e.title), sum(e.expected), sum(e.found), sum(e.missing),"
        "       sum(e.unexpected)"
        "  FROM expectation e JOIN run r USING (period_id)"
        " WHERE r.period = :period"
        "   AND (:client = '' OR fold(e.client) = fold(:client))";
    sqlite3_stmt *st = NULL;
    int step = -1;

    *out = (struct expectation){0};
    if (open_query(db, sql, period, client, &st, err) == 0 &&
        (step = db_step(st, err)) == 1) {
        out->known = sqlite3_column_type(st, 0) != SQLITE_NULL;
        snprintf(out->title, sizeof(out->title), "%s", db_text(st, 0));
        out->expected = sqlite3_column_int64(st, 1);
        out->found = sqlite3_column_int64(st, 2);
        out->missing = sqlite3_column_int64(st, 3);
        out->unexpected = sqlite3_column_int64(st, 4);
    }
    sqlite3_finalize(st);
    return step < 0 ? -1 : 0;
}

void expectation_line(const struct expectation *e, char *out, size_t size)
{
    snprintf(out, size,
             "%lld of %lld expected Macs reported, %lld missing, %lld not "
             "expected (by %s)",
             (long long)e->found, (long long)e->expected, (long long)e->missing,
             (long long)e->unexpected, e->title);
}

static const char gaps_sql[] =
    "SELECT DISTINCT g.serial"
    "  FROM expectation_gap g JOIN run r USING (period_id)"
    " WHERE r.period = :period AND g.state = :state"
    "   AND (:client = '' OR fold(g.client) = fold(:client))"
    " ORDER BY g.serial";

static int open_gaps(sqlite3 *db, const char *period, const char *client,
                     const char *state, sqlite3_stmt **st, struct err *err)
{
    if (open_query(db, gaps_sql, period, client, st, err) < 0)
        return -1;
    return db_bind_text(*st, ":state", state, err);
}

static json_t *serials(sqlite3 *db, const char *period, const char *client,
                       const char *state, struct err *err)
{
    sqlite3_stmt *st = NULL;
    json_t *list = json_array();
    int step = -1;

    if (open_gaps(db, period, client, state, &st, err) == 0)
        while ((step = db_step(st, err)) == 1)
            json_array_append_new(list, json_string(db_text(st, 0)));
    sqlite3_finalize(st);
    if (step == 0)
        return list;
    json_decref(list);
    return NULL;
}

json_t *expectation_json(sqlite3 *db, const char *period, const char *client,
                         struct err *err)
{
    struct expectation e;
    json_t *missing, *unexpected, *o;

    if (expectation_read(db, period, client, &e, err) < 0)
        return NULL;
    if (!e.known)
        return json_null();
    missing = serials(db, period, client, "missing", err);
    unexpected =
        missing ? serials(db, period, client, "unexpected", err) : NULL;
    if (!unexpected) {
        json_decref(missing);
        return NULL;
    }
    o = json_pack("{s:s, s:I, s:I, s:I, s:I, s:o, s:o}", "list", e.title,
                  "expected", (json_int_t)e.expected, "found",
                  (json_int_t)e.found, "missing", (json_int_t)e.missing,
                  "unexpected", (json_int_t)e.unexpected, "missing_serials",
                  missing, "unexpected_serials", unexpected);
    if (!o)
        err_nomem(err);
    return o;
}

int expectation_print(sqlite3 *db, const char *period, const char *client,
                      const char *state, const char *label, int most, FILE *out,
                      struct err *err)
{
    sqlite3_stmt *st = NULL;
    int64_t n = 0;
    int step = -1;

    if (open_gaps(db, period, client, state, &st, err) == 0)
        while ((step = db_step(st, err)) == 1) {
            if (n++ >= most)
                continue;
            fputs(n == 1 ? label : ", ", out);
            text_print_safe(db_text(st, 0), out);
        }
    sqlite3_finalize(st);
    if (n > most)
        fprintf(out, " and %lld more", (long long)(n - most));
    if (n)
        fputc('\n', out);
    return step;
}
