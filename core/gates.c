/*
 * gates.c - conditions under which a run ends with a status of its own.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/gates.h"
#include "core/text.h"
#include "core/when.h"

static const char *const severities[] = {"critical", "high", "medium", "low",
                                         "info"};

static int severity_rank(const char *word)
{
    size_t i;

    for (i = 0; i < COUNT_OF(severities); i++)
        if (strcmp(word, severities[i]) == 0)
            return (int)i;
    return -1;
}

#define IN_USE                                                                 \
    " AND (r.uses = '' OR instr(' ' || r.uses || ' ', ' ' || ?3 || ' ') > 0)"

/* A number not below 0, with "%" behind it where "percent" is not NULL. */
static bool number(const char *s, double *out, bool *percent)
{
    char *end;

    if (!isdigit((unsigned char)s[0]))
        return false;
    *out = strtod(s, &end);
    if (percent)
        *percent = *end == '%';
    if (*end == '%')
        end++;
    return *end == '\0';
}

static int check_number(const struct options *o, const char *name, double most,
                        struct err *err)
{
    const char *s = opt_text(o, name);
    bool percent = false;
    double v;

    if (!s)
        return 0;
    if (!number(s, &v, &percent) || (most > 0 && v > most))
        return err_set(err, ERR_USAGE, "--%s: \"%s\" is no number it can mean",
                       name, s);
    return 0;
}

int gates_check(const struct options *o, struct err *err)
{
    const char *word = opt_text(o, "fail-on");

    if (word && severity_rank(word) < 0) {
        err_set(err, ERR_USAGE, "--fail-on: \"%s\" is no severity", word);
        return err_hint(err, "critical, high, medium, low or info");
    }
    if (check_number(o, "min-rate", 100, err) < 0 ||
        check_number(o, "max-unknown", 0, err) < 0 ||
        check_number(o, "max-age", 0, err) < 0)
        return -1;
    return 0;
}

/* ?1 is the period, ?3 the use where the statement asks for it. */
static int one_number(sqlite3 *db, const char *sql, int64_t period_id,
                      const char *use, int64_t *out, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step;

    if (db_prepare(db, sql, &st, err) < 0)
        return -1;
    sqlite3_bind_int64(st, 1, period_id);
    if (sqlite3_bind_parameter_count(st) >= 3)
        sqlite3_bind_text(st, 3, use, -1, SQLITE_STATIC);
    step = db_step(st, err);
    *out = step == 1 ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_finalize(st);
    return step < 0 ? -1 : 0;
}

static int ask_fail_on(sqlite3 *db, const char *word, int64_t period_id,
                       const char *use, struct err *err)
{
    static const char sql[] =
        "SELECT count(*) FROM finding f JOIN rule r"
        "    ON r.period_id = f.period_id AND r.rule_no = f.rule_no"
        " WHERE f.period_id = ?1 AND f.result = 'fail' AND f.waiver IS NULL"
        "   AND r.kind = 'counted' AND f.severity = ?2" IN_USE;
    int64_t total = 0;
    sqlite3_stmt *st = NULL;
    int i, step = 0;

    if (db_prepare(db, sql, &st, err) < 0)
        return -1;
    for (i = 0; i <= severity_rank(word) && step >= 0; i++) {
        sqlite3_bind_int64(st, 1, period_id);
        sqlite3_bind_text(st, 2, severities[i], -1, SQLITE_STATIC);
        sqlite3_bind_text(st, 3, use, -1, SQLITE_STATIC);
        step = db_step(st, err);
        if (step == 1)
            total += sqlite3_column_int64(st, 0);
        sqlite3_reset(st);
    }
    sqlite3_finalize(st);
    if (step < 0)
        return -1;
    if (total > 0)
        return err_set(err, ERR_GATE,
                       "%lld findings are %s or worse "
                       "(--fail-on %s)",
                       (long long)total, word, word);
    return 0;
}

static int ask_min_rate(sqlite3 *db, const char *text, int64_t period_id,
                        const char *use, struct err *err)
{
    static const char passes[] =
        "SELECT coalesce(sum(t.count), 0) FROM tally t JOIN rule r"
        "    ON r.period_id = t.period_id AND r.rule_no = t.rule_no"
        " WHERE t.period_id = ?1 AND r.kind = 'counted' AND t.result = 'pass'" IN_USE;
    static const char fails[] =
        "SELECT coalesce(sum(t.count - t.waived), 0) FROM tally t JOIN rule r"
        "    ON r.period_id = t.period_id AND r.rule_no = t.rule_no"
        " WHERE t.period_id = ?1 AND r.kind = 'counted' AND t.result = 'fail'" IN_USE;
    int64_t pass, fail;
    double least = 0, rate;

    if (!text)
        return 0;
    number(text, &least, NULL);
    if (one_number(db, passes, period_id, use, &pass, err) < 0 ||
        one_number(db, fails, period_id, use, &fail, err) < 0)
        return -1;
    if (pass + fail == 0)
        return err_set(err, ERR_GATE,
                       "nothing was measured, so no pass rate is reached "
                       "(--min-rate %s)",
                       text);
    rate = 100.0 * (double)pass / (double)(pass + fail);
    if (rate < least)
        return err_set(err, ERR_GATE,
                       "the pass rate is %.1f %% of what was measured "
                       "(--min-rate %s)",
                       rate, text);
    return 0;
}

static int ask_max_unknown(sqlite3 *db, const char *text, int64_t period_id,
                           struct err *err)
{
    static const char unknown[] =
        "SELECT count(*) FROM device_result"
        " WHERE period_id = ?1 AND verdict IN ('undetermined', 'partial')";
    static const char all[] =
        "SELECT count(*) FROM device_result WHERE period_id = ?1";
    int64_t n, devices;
    bool percent = false;
    double most = 0, found;

    if (!text)
        return 0;
    number(text, &most, &percent);
    if (one_number(db, unknown, period_id, NULL, &n, err) < 0 ||
        one_number(db, all, period_id, NULL, &devices, err) < 0)
        return -1;
    found =
        percent && devices ? 100.0 * (double)n / (double)devices : (double)n;
    if (found > most)
        return err_set(err, ERR_GATE,
                       "%lld of %lld Macs are not known well enough "
                       "(--max-unknown %s)",
                       (long long)n, (long long)devices, text);
    return 0;
}

static int ask_max_age(sqlite3 *db, const char *text, int64_t period_id,
                       struct err *err)
{
    static const char newest[] =
        "SELECT max(max(coalesce(f.last_checkin, 0), coalesce(f.observed_at, "
        "0)))"
        "  FROM device_result d JOIN device_fact f USING (device_id)"
        " WHERE d.period_id = ?1";
    static const char as_of[] = "SELECT as_of FROM run WHERE period_id = ?1";
    int64_t t, now;
    double days = 0;
    char date[16];

    if (!text)
        return 0;
    number(text, &days, NULL);
    if (one_number(db, newest, period_id, NULL, &t, err) < 0 ||
        one_number(db, as_of, period_id, NULL, &now, err) < 0)
        return -1;
    if (t == 0)
        return err_set(err, ERR_STALE,
                       "no fact says when it was read (--max-age %s)", text);
    when_format_date(t, date, sizeof(date));
    if ((double)(now - t) > days * WHEN_DAY)
        return err_set(err, ERR_STALE,
                       "the newest facts are of %s (--max-age %s)", date, text);
    return 0;
}

int gates_ask(sqlite3 *db, const struct options *o, int64_t period_id,
              struct err *err)
{
    const char *word = opt_text(o, "fail-on");
    const char *use = opt_text_or(o, "use", "monthly");

    if (word && ask_fail_on(db, word, period_id, use, err) < 0)
        return -1;
    if (ask_min_rate(db, opt_text(o, "min-rate"), period_id, use, err) < 0 ||
        ask_max_unknown(db, opt_text(o, "max-unknown"), period_id, err) < 0 ||
        ask_max_age(db, opt_text(o, "max-age"), period_id, err) < 0)
        return -1;
    return 0;
}
