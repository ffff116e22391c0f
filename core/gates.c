/*
 * gates.c - conditions under which a run ends with a status of its own.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/gates.h"
#include "core/plan.h"
#include "core/text.h"
#include "core/when.h"

enum { SEVERITY_WORDS = 5 };

static const char *const severities[SEVERITY_WORDS] = {"info", "low", "medium",
                                                       "high", "critical"};

int gates_severity(const char *word)
{
    int i;

    for (i = 0; word && i < SEVERITY_WORDS; i++)
        if (strcmp(word, severities[i]) == 0)
            return i;
    return -1;
}

/* ?1 is the period, ?2 the client or 0, ?3 the use of the report. */
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
        return err_set(err, ERR_USAGE,
                       most > 0 ? "--%s: \"%s\" is no number from 0 to 100"
                                : "--%s: \"%s\" is no number",
                       name, s);
    return 0;
}

int gates_check(const struct options *o, struct err *err)
{
    const char *word = opt_text(o, "fail-on");

    if (word && gates_severity(word) < 0) {
        err_set(err, ERR_USAGE, "--fail-on: \"%s\" is no severity", word);
        return err_hint(err, "critical, high, medium, low or info");
    }
    if (check_number(o, "min-rate", 100, err) < 0 ||
        check_number(o, "max-unknown", 0, err) < 0 ||
        check_number(o, "max-age", 0, err) < 0)
        return -1;
    return 0;
}

static int one_number(sqlite3 *db, const char *sql, const struct gates *g,
                      int64_t *out, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step;

    if (db_prepare(db, sql, &st, err) < 0)
        return -1;
    sqlite3_bind_int64(st, 1, g->period_id);
    sqlite3_bind_int64(st, 2, g->client_id);
    if (sqlite3_bind_parameter_count(st) >= 3)
        sqlite3_bind_text(st, 3, g->use, -1, SQLITE_STATIC);
    step = db_step(st, err);
    *out = step == 1 ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_finalize(st);
    return step < 0 ? -1 : 0;
}

static int ask_fail_on(sqlite3 *db, const char *word, const struct gates *g,
                       struct err *err)
{
    static const char sql[] =
        "SELECT count(*) FROM finding f JOIN rule r"
        "    ON r.period_id = f.period_id AND r.rule_no = f.rule_no"
        " WHERE f.period_id = ?1 AND (?2 = 0 OR f.client_id = ?2)" IN_USE
        "   AND f.result = 'fail' AND f.waiver IS NULL AND r.kind = 'counted'"
        "   AND instr(?4, '|' || f.severity || '|') > 0";
    char grave[64] = "|"; /* "|critical|high|" */
    sqlite3_stmt *st = NULL;
    int i = gates_severity(word), step;
    int64_t total = 0;

    for (i = i < 0 ? 0 : i; i < SEVERITY_WORDS; i++)
        snprintf(grave + strlen(grave), sizeof(grave) - strlen(grave), "%s|",
                 severities[i]);
    if (db_prepare(db, sql, &st, err) < 0)
        return -1;
    sqlite3_bind_int64(st, 1, g->period_id);
    sqlite3_bind_int64(st, 2, g->client_id);
    sqlite3_bind_text(st, 3, g->use, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 4, grave, -1, SQLITE_STATIC);
    step = db_step(st, err);
    total = step == 1 ? sqlite3_column_int64(st, 0) : 0;
    sqlite3_finalize(st);
    if (step < 0)
        return -1;
    if (total > 0)
        return err_set(err, ERR_GATE,
                       "%lld %s of severity %s or worse (--fail-on %s)",
                       COUNTED(total, "finding"), word, word);
    return 0;
}

static int ask_min_rate(sqlite3 *db, const char *text, const struct gates *g,
                        struct err *err)
{
    static const char passes[] =
        "SELECT coalesce(sum(t.count), 0) FROM tally t JOIN rule r"
        "    ON r.period_id = t.period_id AND r.rule_no = t.rule_no"
        " WHERE t.period_id = ?1 AND (?2 = 0 OR t.client_id = ?2)" IN_USE
        "   AND r.kind = 'counted' AND t.result = 'pass'";
    static const char fails[] =
        "SELECT coalesce(sum(t.count - t.waived), 0) FROM tally t JOIN rule r"
        "    ON r.period_id = t.period_id AND r.rule_no = t.rule_no"
        " WHERE t.period_id = ?1 AND (?2 = 0 OR t.client_id = ?2)" IN_USE
        "   AND r.kind = 'counted' AND t.result = 'fail'";
    int64_t pass, fail;
    double least = 0;
    char rate[40];

    number(text, &least, NULL);
    if (one_number(db, passes, g, &pass, err) < 0 ||
        one_number(db, fails, g, &fail, err) < 0)
        return -1;
    if (pass + fail == 0)
        return err_set(err, ERR_GATE,
                       "nothing was measured, so no pass rate is reached "
                       "(--min-rate %s)",
                       text);
    if (100.0 * (double)pass / (double)(pass + fail) >= least)
        return 0;
    plan_say(rate, sizeof(rate), pass, fail, (int64_t)(least * 10 + 0.999));
    return err_set(err, ERR_GATE,
                   "the pass rate is %s of what was measured (--min-rate %s)",
                   rate, text);
}

/*
 * A Mac is known well enough where all that is grave and unknown about it is
 * accepted; one that is silent, or lacks a core check, never is.
 */
static int ask_max_unknown(sqlite3 *db, const char *text, const struct gates *g,
                           struct err *err)
{
    static const char unknown[] =
        "SELECT count(*) FROM device_result d"
        " WHERE d.period_id = ?1 AND (?2 = 0 OR d.client_id = ?2)"
        "   AND (d.verdict = 'partial' OR d.verdict = 'undetermined'"
        "        AND (d.stale OR EXISTS (SELECT 1 FROM finding f JOIN rule r"
        "               ON r.period_id = f.period_id AND r.rule_no = f.rule_no"
        "            WHERE f.period_id = ?1 AND f.device_id = d.device_id"
        "              AND f.result = 'unknown' AND f.waiver IS NULL"
        "              AND f.severity IN ('critical', 'high')"
        "              AND r.kind = 'counted' AND r.id <> 'ENR-05'"
        "              AND r.id NOT GLOB 'MIG-*'"
        "              AND r.id NOT GLOB 'DATA-*')))";
    static const char all[] =
        "SELECT count(*) FROM device_result d"
        " WHERE d.period_id = ?1 AND (?2 = 0 OR d.client_id = ?2)";
    int64_t n, devices;
    bool percent = false;
    double most = 0, found;

    number(text, &most, &percent);
    if (one_number(db, unknown, g, &n, err) < 0 ||
        one_number(db, all, g, &devices, err) < 0)
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

/* When an import was collected is the newest time in it, or --collected; what
 * an operator wrote down long ago and still holds says nothing about it. */
static int newest_fact(sqlite3 *db, const struct gates *g, int64_t *out,
                       struct err *err)
{
    static const char sql[] =
        "SELECT coalesce(max(i.collected), 0)"
        "  FROM run_import n JOIN import i USING (import_id)"
        " WHERE n.period_id = ?1 AND NOT i.standing"
        "   AND (?2 = 0 OR i.import_id IN (SELECT w.import_id"
        "          FROM device_result d JOIN device_row w USING (device_id)"
        "         WHERE d.period_id = ?1 AND d.client_id = ?2))";

    return one_number(db, sql, g, out, err);
}

/* The client whose newest facts are the oldest of all, and how many there are
 * with facts older than "since", or without a date. 1, 0 for none, or -1. */
static int oldest_client(sqlite3 *db, const struct gates *g, int64_t since,
                         char *name, size_t size, int64_t *newest,
                         int64_t *count, struct err *err)
{
    static const char sql[] =
        "WITH seen AS ("
        "  SELECT DISTINCT d.client_id, i.import_id, i.collected"
        "    FROM run_import n JOIN import i USING (import_id)"
        "    JOIN (SELECT import_id, device_id FROM device_row"
        "          UNION ALL SELECT import_id, device_id FROM account_row) w"
        "      USING (import_id)"
        "    JOIN device_result d"
        "      ON d.period_id = n.period_id AND d.device_id = w.device_id"
        "   WHERE n.period_id = ?1 AND NOT i.standing)"
        "SELECT c.name, coalesce(max(s.collected), 0) AS t, count(*) OVER ()"
        "  FROM seen s JOIN client c USING (client_id)"
        " GROUP BY c.client_id HAVING t < ?2 ORDER BY t, c.name LIMIT 1";
    sqlite3_stmt *st = NULL;
    int step;

    if (db_prepare(db, sql, &st, err) < 0)
        return -1;
    sqlite3_bind_int64(st, 1, g->period_id);
    sqlite3_bind_int64(st, 2, since);
    step = db_step(st, err);
    if (step == 1) {
        snprintf(name, size, "%s", db_text(st, 0));
        *newest = sqlite3_column_int64(st, 1);
        *count = sqlite3_column_int64(st, 2);
    }
    sqlite3_finalize(st);
    return step;
}

/* One fresh export is not enough: each client must have one. */
static int ask_clients(sqlite3 *db, const char *text, const struct gates *g,
                       int64_t since, struct err *err)
{
    char name[128] = "", date[16], more[64] = "";
    int64_t t = 0, count = 0;
    int rc = oldest_client(db, g, since, name, sizeof(name), &t, &count, err);

    if (rc <= 0)
        return rc;
    if (count > 1)
        snprintf(more, sizeof(more), ", those of %lld more %s too",
                 COUNTED(count - 1, "client"));
    if (t == 0) {
        err_set(err, ERR_STALE,
                "no fact of %s says when it was read%s "
                "(--max-age %s)",
                name, more, text);
        return err_hint(err, "--collected DATE says when a file was exported");
    }
    when_format_date(t, date, sizeof(date));
    return err_set(err, ERR_STALE,
                   "the newest facts of %s are of %s%s (--max-age %s)", name,
                   date, more, text);
}

static int ask_max_age(sqlite3 *db, const char *text, const struct gates *g,
                       struct err *err)
{
    static const char as_of[] =
        "SELECT as_of FROM run WHERE period_id = ?1 AND ?2 = ?2";
    int64_t t, now;
    double days = 0;
    char date[16];

    number(text, &days, NULL);
    if (newest_fact(db, g, &t, err) < 0 ||
        one_number(db, as_of, g, &now, err) < 0)
        return -1;
    if (t == 0)
        return err_set(err, ERR_STALE,
                       "no fact says when it was read (--max-age %s)", text);
    when_format_date(t, date, sizeof(date));
    if ((double)(now - t) > days * WHEN_DAY)
        return err_set(err, ERR_STALE,
                       "the newest facts are of %s (--max-age %s)", date, text);
    return g->client_id ? 0
                        : ask_clients(db, text, g,
                                      now - (int64_t)(days * WHEN_DAY), err);
}

int gates_ask(sqlite3 *db, const struct options *o, const struct gates *g,
              struct err *err)
{
    const struct {
        const char *option;
        int (*ask)(sqlite3 *db, const char *text, const struct gates *g,
                   struct err *err);
    } all[] = {{"fail-on", ask_fail_on},
               {"min-rate", ask_min_rate},
               {"max-unknown", ask_max_unknown},
               {"max-age", ask_max_age}};
    struct gates asked = *g;
    size_t i;

    if (!asked.use)
        asked.use = opt_text_or(o, "use", "monthly");
    for (i = g->changes ? 1 : 0; i < COUNT_OF(all); i++)
        if (opt_text(o, all[i].option) &&
            all[i].ask(db, opt_text(o, all[i].option), &asked, err) < 0)
            return -1;
    return 0;
}
