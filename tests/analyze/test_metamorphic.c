/*
 * test_metamorphic.c - what a change of the facts may do to a verdict, on Macs
 * by chance, for every rule there is:
 *
 * - a fail or unknown never becomes a pass because a required fact goes
 * - a second source that agrees changes nothing
 * - a Mac alone has the fail, pass and notapplicable that it has in its fleet
 *
 * MUSTER_RANDOM=n takes n Macs; MUSTER_SEED chooses others.
 */
#include "core/base.h"

#include "analyze/analyze.h"
#include "analyze/catalogue.h"
#include "core/text.h"
#include "tests/analyze/second/random_mac.h"
#include "tests/analyze/small_store.h"
#include "tests/suites.h"

#define NEEDS_ALL 128
#define ALONE 25

static struct catalogue rules;
static struct err err;
static uint64_t seed;
static size_t macs;

static size_t setting(const char *name, size_t fallback)
{
    const char *s = getenv(name);

    return s && *s ? (size_t)strtoull(s, NULL, 10) : fallback;
}

static void setup(void)
{
    err = (struct err){0};
    seed = setting("MUSTER_SEED", 1);
    macs = setting("MUSTER_RANDOM", 100);
    if (macs > 5000)
        macs = 5000;
    ck_assert_msg(catalogue_load(&rules, NULL, &err) == 0, "%s", err.text);
}

static void teardown(void)
{
    catalogue_free(&rules);
}

static void judge(sqlite3 *db)
{
    struct analyze_options o = {.period = "p", .as_of = RANDOM_AS_OF};
    struct analyze_summary sum;

    store_sql(db, "CREATE INDEX of_device ON device_row (import_id);"
                  "CREATE INDEX of_account ON account_row (import_id)");
    store_settle(db);
    store_sql(db, "DROP INDEX of_device; DROP INDEX of_account");
    ck_assert_msg(analyze(db, &o, &sum, &err) == 0, "%s", err.text);
    ck_assert_uint_eq(sum.broken, 0);
}

/* The letters of a Mac; rules are numbered as in the catalogue. */
static void letters_of(sqlite3 *db, const char *serial, char *out, size_t size)
{
    char sql[240];

    snprintf(sql, sizeof(sql),
             "SELECT CAST(results AS TEXT) FROM device_result WHERE period_id"
             " = (SELECT period_id FROM run) AND device_id = (SELECT device_id"
             " FROM device WHERE serial = '%s')",
             serial);
    snprintf(out, size, "%s", store_text(db, sql));
    ck_assert_uint_eq(strlen(out), rules.count);
}

/* --------------------------------------------------------------- the law */

/* The facts that rules require, each once. */
static size_t all_needs(const struct need *out[NEEDS_ALL])
{
    size_t i, k, j, n = 0;

    for (i = 0; i < rules.count; i++)
        for (k = 0; k < rules.rules[i]->need_count; k++) {
            const struct need *need = &rules.rules[i]->needs[k];

            for (j = 0; j < n && strcmp(out[j]->text, need->text) != 0; j++)
                ;
            if (j < n)
                continue;
            ck_assert_uint_lt(n, NEEDS_ALL);
            out[n++] = need;
        }
    return n;
}

/* The Mac without these facts, or without a column for them. */
static void take_away(struct random_mac *m, const struct need *need,
                      bool column)
{
    size_t i, k;

    for (i = 0; i < device_fact_count; i++)
        if (need->device_mask >> i & 1)
            m->device[i].known = false;
    for (k = 0; k < m->account_count; k++)
        for (i = 0; i < account_fact_count; i++)
            if (need->account_mask >> i & 1)
                m->accounts[k][i].known = false;
    if (!column)
        return;
    m->device_carried &= ~need->device_mask;
    m->account_carried &= ~need->account_mask;
}

static void name_variant(struct random_mac *m, size_t i, size_t need,
                         bool column)
{
    snprintf(m->serial, sizeof(m->serial), "C02V%04uN%03u%c", (unsigned)i,
             (unsigned)need, column ? 'C' : 'V');
}

/* ST-02, ST-03 and ST-04 count as one: the worst of the three. */
static char letter_at(const char *letters, size_t rule)
{
    static const char order[] = "EFUCPA";
    static const char *const one[] = {"ST-02", "ST-03", "ST-04"};
    const char *id = rules.rules[rule]->id;
    size_t i, k, worst = sizeof(order);

    for (i = 0; i < COUNT_OF(one) && strcmp(id, one[i]) != 0; i++)
        ;
    if (i == COUNT_OF(one))
        return letters[rule];
    for (i = 0; i < rules.count; i++)
        for (k = 0; k < COUNT_OF(one); k++)
            if (strcmp(rules.rules[i]->id, one[k]) == 0) {
                size_t at = (size_t)(strchr(order, letters[i]) - order);

                worst = at < worst ? at : worst;
            }
    return order[worst];
}

/*
 * What the definitions except. An empty password_reset_* that is carried means
 * that there was no reset; and who reset a password decides whether the token
 * is doubted, so without it a shown token is believed. A system before 10.15
 * that claims an escrowed token is only told from others by its version.
 */
static bool excepted(const char *rule, const char *fact)
{
    static const char *const resets[] = {"FV-09", "PW-01", "PW-02", "PW-03",
                                         "ST-13"};
    size_t i;

    for (i = 0; i < COUNT_OF(resets); i++)
        if (strcmp(rule, resets[i]) == 0)
            return text_starts(fact, "password_reset_");
    return strcmp(rule, "ST-06") == 0 && strcmp(fact, "os_version") == 0;
}

static bool requires(const struct rule *r, const struct need *need)
{
    size_t i;

    for (i = 0; i < r->need_count; i++)
        if (strcmp(r->needs[i].text, need->text) == 0)
            return true;
    return false;
}

/* How often the law is broken between these two. */
static int broken(const struct random_mac *m, const char *before,
                  const char *after, const struct need *need, bool column)
{
    struct strbuf facts = {0};
    size_t i;
    int n = 0;

    for (i = 0; i < rules.count; i++) {
        const struct rule *r = rules.rules[i];

        if (!strchr("FU", letter_at(before, i)) || letter_at(after, i) != 'P' ||
            !requires(r, need) || excepted(r->id, need->text))
            continue;
        random_print(m, &facts);
        fprintf(stderr, "%s: %c becomes a pass without %s%s\n%s", r->id,
                letter_at(before, i), need->text, column ? " (no column)" : "",
                strbuf_str(&facts));
        strbuf_reset(&facts);
        n++;
    }
    strbuf_free(&facts);
    return n;
}

static void store_variants(sqlite3 *db, const struct need **needs, size_t n)
{
    struct random_mac m, v;
    size_t i, k;

    store_sql(db, "BEGIN");
    for (i = 0; i < macs; i++) {
        random_mac(&m, seed, i);
        random_store(db, &m, "s");
        for (k = 0; k < 2 * n; k++) {
            v = m;
            take_away(&v, needs[k / 2], k % 2);
            name_variant(&v, i, k / 2, k % 2);
            random_store(db, &v, "s");
        }
    }
    store_sql(db, "COMMIT");
}

START_TEST(a_missing_fact_never_makes_a_pass)
{
    sqlite3 *db = store_new();
    const struct need *needs[NEEDS_ALL];
    size_t n = all_needs(needs), i, k;
    char before[160], after[160];
    struct random_mac m, v;
    int bad = 0;

    store_variants(db, needs, n);
    judge(db);
    for (i = 0; i < macs; i++) {
        random_mac(&m, seed, i);
        letters_of(db, m.serial, before, sizeof(before));
        for (k = 0; k < 2 * n; k++) {
            name_variant(&v, i, k / 2, k % 2);
            letters_of(db, v.serial, after, sizeof(after));
            bad += broken(&m, before, after, needs[k / 2], k % 2);
        }
    }
    db_close(db);
    ck_assert_int_eq(bad, 0);
}
END_TEST

/* ------------------------------------------------------- a second source */

/* Letters and findings of all Macs, one line each. */
static void all_of(sqlite3 *db, struct strbuf *out)
{
    sqlite3_stmt *st = NULL;

    ck_assert_int_eq(
        db_prepare(db,
                   "SELECT serial, verdict, CAST(results AS TEXT), (SELECT"
                   " group_concat(rule_no || account || result || severity ||"
                   " remedy || missing || coalesce(evidence, ''), ' ') FROM"
                   " (SELECT * FROM finding f WHERE f.device_id = d.device_id"
                   " ORDER BY rule_no, account)) FROM device d JOIN"
                   " device_result USING (device_id) ORDER BY serial",
                   &st, &err),
        0);
    while (sqlite3_step(st) == SQLITE_ROW)
        strbuf_addf(out, "%s %s %s %s\n", db_text(st, 0), db_text(st, 1),
                    db_text(st, 2), db_text(st, 3));
    sqlite3_finalize(st);
}

/* Compare line by line, showing the first that differs. */
static void same_lines(const char *a, const char *b)
{
    while (*a && *b) {
        size_t n = strcspn(a, "\n"), m = strcspn(b, "\n");

        ck_assert_msg(n == m && strncmp(a, b, n) == 0, "%.*s\n%.*s", (int)n, a,
                      (int)m, b);
        a += n + 1;
        b += m + 1;
    }
    ck_assert_str_eq(a, b);
}

START_TEST(a_source_that_agrees_changes_nothing)
{
    sqlite3 *one = store_new(), *two = store_new();
    struct strbuf a = {0}, b = {0};
    struct random_mac m;
    size_t i;

    store_sql(one, "BEGIN");
    store_sql(two, "BEGIN");
    for (i = 0; i < 4 * macs; i++) {
        random_mac(&m, seed, i);
        random_store(one, &m, "s");
        if (i % 2)
            random_store(two, &m, "t");
        random_store(two, &m, "s");
        if (i % 2 == 0)
            random_store(two, &m, "t");
    }
    store_sql(one, "COMMIT");
    store_sql(two, "COMMIT");
    judge(one);
    judge(two);
    all_of(one, &a);
    all_of(two, &b);
    same_lines(strbuf_str(&a), strbuf_str(&b));
    ck_assert_str_eq(store_text(two, "SELECT count(*) FROM conflict"), "0");
    strbuf_free(&a);
    strbuf_free(&b);
    db_close(one);
    db_close(two);
}
END_TEST

/* ------------------------------------------------------------------ alone */

static void compare_alone(sqlite3 *fleet, const struct random_mac *m)
{
    sqlite3 *db = store_new();
    char there[160], alone[160];
    size_t i;

    random_store(db, m, "s");
    judge(db);
    letters_of(fleet, m->serial, there, sizeof(there));
    letters_of(db, m->serial, alone, sizeof(alone));
    for (i = 0; i < rules.count; i++)
        ck_assert_msg(there[i] == alone[i] || (!strchr("FPA", there[i]) &&
                                               !strchr("FPA", alone[i])),
                      "%s: %s is %c in the fleet, %c alone", m->serial,
                      rules.rules[i]->id, there[i], alone[i]);
    db_close(db);
}

START_TEST(a_mac_alone_is_judged_as_in_its_fleet)
{
    sqlite3 *db = store_new();
    struct random_mac m;
    size_t i;

    store_sql(db, "BEGIN");
    for (i = 0; i < 4 * macs; i++) {
        random_mac(&m, seed, i);
        random_store(db, &m, "s");
    }
    store_sql(db, "COMMIT");
    judge(db);
    for (i = 0; i < ALONE; i++) {
        random_mac(&m, seed, i * 4 * macs / ALONE);
        compare_alone(db, &m);
    }
    db_close(db);
}
END_TEST

Suite *metamorphic_suite(void);

Suite *metamorphic_suite(void)
{
    Suite *s = suite_create("metamorphic");
    TCase *t = tcase_create("random");

    tcase_set_timeout(t, 3600);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_missing_fact_never_makes_a_pass);
    tcase_add_test(t, a_source_that_agrees_changes_nothing);
    tcase_add_test(t, a_mac_alone_is_judged_as_in_its_fleet);
    suite_add_tcase(s, t);
    return s;
}
