/*
 * test_second.c - many Macs by chance, judged by the program and by a second
 * evaluation in another form: result and severity of every core rule.
 *
 * MUSTER_RANDOM=100000 compares that many Macs; MUSTER_SEED chooses others.
 */
#include "core/base.h"

#include "analyze/analyze.h"
#include "tests/analyze/second/random_mac.h"
#include "tests/analyze/small_store.h"
#include "tests/suites.h"

#define BATCH 4000
#define RESULTS_MOST 400
#define LINES_MOST 600

static int64_t setting(const char *name, int64_t fallback)
{
    const char *s = getenv(name);

    return s && *s ? strtoll(s, NULL, 10) : fallback;
}

/* ------------------------------------------------- what one opinion says */

/* "ST-01 ada fail high": a line a finding, and one a rule for its letter. */
struct opinion {
    char lines[LINES_MOST][64];
    size_t count;
};

static void say(struct opinion *o, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void say(struct opinion *o, const char *fmt, ...)
{
    va_list args;

    ck_assert_uint_lt(o->count, LINES_MOST);
    va_start(args, fmt);
    vsnprintf(o->lines[o->count++], sizeof(o->lines[0]), fmt, args);
    va_end(args);
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void sort(struct opinion *o)
{
    qsort(o->lines, o->count, sizeof(o->lines[0]), compare_lines);
}

/* The letter of a Mac: the worst of its accounts, E F U C P A. */
static char letter_of(const char *rule, bool account, bool listed,
                      const struct second_result *r, size_t n)
{
    static const char order[] = "FUCPA";
    size_t worst = strlen(order), i;

    for (i = 0; i < n; i++) {
        const char *w = r[i].result;
        char letter = strcmp(w, "notapplicable") == 0 ? 'A'
                      : strcmp(w, "notchecked") == 0  ? 'C'
                                                      : (char)(w[0] - 32);
        size_t at = (size_t)(strchr(order, letter) - order);

        if (strcmp(r[i].rule, rule) == 0 && at < worst)
            worst = at;
    }
    if (worst < strlen(order))
        return order[worst];
    return account && !listed ? 'C' : 'A';
}

static void second_opinion(const struct random_mac *m, struct opinion *o)
{
    struct second_device d;
    struct second_result r[RESULTS_MOST];
    const char *rule;
    bool account;
    size_t i, n;

    random_second(m, &d);
    n = second_judge(&d, r, RESULTS_MOST);
    o->count = 0;
    for (i = 0; (rule = second_rule(i, &account)) != NULL; i++)
        say(o, "%s %c", rule,
            letter_of(rule, account, d.accounts_listed == YES, r, n));
    for (i = 0; i < n; i++)
        if (strcmp(r[i].result, "fail") == 0 ||
            strcmp(r[i].result, "unknown") == 0)
            say(o, "%s %s %s %s", r[i].rule,
                r[i].account ? r[i].account->account : "-", r[i].result,
                r[i].severity);
    sort(o);
}

/* Rule numbers of the program by the order of the second opinion. */
struct program {
    sqlite3_stmt *results, *findings;
    int numbers[64];
    bool core[128];
    size_t count;
    int found; /* of the next finding: 1 there is one */
};

static void open_program(struct program *p, sqlite3 *db)
{
    struct err err = {0};
    char sql[80];
    bool account;
    const char *rule;

    *p = (struct program){0};
    for (; (rule = second_rule(p->count, &account)) != NULL; p->count++) {
        const char *no;

        snprintf(sql, sizeof(sql), "SELECT rule_no FROM rule WHERE id = '%s'",
                 rule);
        no = store_text(db, sql);
        ck_assert_msg(no[0] != '\0', "there is no rule %s", rule);
        p->numbers[p->count] = (int)strtol(no, NULL, 10);
        p->core[p->numbers[p->count]] = true;
    }
    ck_assert_int_eq(
        db_prepare(db, "SELECT results FROM device_result ORDER BY device_id",
                   &p->results, &err),
        0);
    ck_assert_int_eq(
        db_prepare(db,
                   "SELECT device_id, rule_no, id, account, result,"
                   " finding.severity FROM finding JOIN rule USING (period_id,"
                   " rule_no) ORDER BY device_id",
                   &p->findings, &err),
        0);
    p->found = sqlite3_step(p->findings) == SQLITE_ROW;
}

static void close_program(struct program *p)
{
    sqlite3_finalize(p->results);
    sqlite3_finalize(p->findings);
}

/* Of the next Mac, which has this id. */
static void program_opinion(struct program *p, int64_t device,
                            struct opinion *o)
{
    const char *letters, *rule;
    bool account;
    size_t i;

    o->count = 0;
    ck_assert_int_eq(sqlite3_step(p->results), SQLITE_ROW);
    letters = sqlite3_column_blob(p->results, 0);
    for (i = 0; (rule = second_rule(i, &account)) != NULL; i++)
        say(o, "%s %c", rule, letters[p->numbers[i]]);
    for (; p->found && sqlite3_column_int64(p->findings, 0) == device;
         p->found = sqlite3_step(p->findings) == SQLITE_ROW) {
        const char *name = db_text(p->findings, 3);

        if (p->core[sqlite3_column_int(p->findings, 1)])
            say(o, "%s %s %s %s", db_text(p->findings, 2), name[0] ? name : "-",
                db_text(p->findings, 4), db_text(p->findings, 5));
    }
    sort(o);
}

/* ------------------------------------------------------------- comparing */

static void print_difference(const struct random_mac *m,
                             const struct opinion *a, const struct opinion *b)
{
    struct strbuf out = {0};
    size_t i = 0, k = 0;

    random_print(m, &out);
    while (i < a->count || k < b->count) {
        int c = i == a->count   ? 1
                : k == b->count ? -1
                                : strcmp(a->lines[i], b->lines[k]);

        if (c < 0)
            strbuf_addf(&out, "  program: %s\n", a->lines[i]);
        if (c > 0)
            strbuf_addf(&out, "  second:  %s\n", b->lines[k]);
        i += c <= 0;
        k += c >= 0;
    }
    fprintf(stderr, "%s", strbuf_str(&out));
    strbuf_free(&out);
}

static bool same(const struct opinion *a, const struct opinion *b)
{
    size_t i;

    if (a->count != b->count)
        return false;
    for (i = 0; i < a->count; i++)
        if (strcmp(a->lines[i], b->lines[i]) != 0)
            return false;
    return true;
}

/* The number of Macs on which the two differ. */
static int compare(sqlite3 *db, uint64_t seed, int64_t first, int64_t count)
{
    static struct opinion a, b;
    struct program p;
    struct random_mac m;
    int64_t i;
    int differ = 0;

    open_program(&p, db);
    for (i = 0; i < count; i++) {
        random_mac(&m, seed, (uint64_t)(first + i));
        program_opinion(&p, i + 1, &a);
        second_opinion(&m, &b);
        if (!same(&a, &b) && ++differ <= 3)
            print_difference(&m, &a, &b);
    }
    close_program(&p);
    return differ;
}

static int compare_batch(uint64_t seed, int64_t first, int64_t count)
{
    sqlite3 *db = store_new();
    struct analyze_options o = {.period = "p", .as_of = RANDOM_AS_OF};
    struct analyze_summary sum;
    struct random_mac m;
    struct err err = {0};
    int64_t i;
    int differ;

    store_sql(db, "BEGIN");
    for (i = 0; i < count; i++) {
        random_mac(&m, seed, (uint64_t)(first + i));
        random_store(db, &m, "s");
    }
    store_sql(db, "COMMIT");
    store_settle(db);
    ck_assert_msg(analyze(db, &o, &sum, &err) == 0, "%s", err.text);
    ck_assert_uint_eq(sum.broken, 0);
    ck_assert_int_eq(sum.devices, count);
    differ = compare(db, seed, first, count);
    db_close(db);
    return differ;
}

START_TEST(a_second_evaluation_agrees)
{
    int64_t macs = setting("MUSTER_RANDOM", 2000), at;
    uint64_t seed = (uint64_t)setting("MUSTER_SEED", 1);
    int differ = 0;

    for (at = 0; at < macs; at += BATCH)
        differ +=
            compare_batch(seed, at, macs - at < BATCH ? macs - at : BATCH);
    ck_assert_msg(differ == 0, "%d of %lld Macs are judged differently", differ,
                  (long long)macs);
}
END_TEST

/* Chance that never reaches a result proves nothing about it. */
START_TEST(the_macs_reach_every_result)
{
    int64_t macs = setting("MUSTER_RANDOM", 2000), i;
    static int reached[64][3];
    struct second_result r[RESULTS_MOST];
    struct second_device d;
    struct random_mac m;
    const char *rule;
    bool account;
    size_t k, n, at;

    for (i = 0; i < macs; i++) {
        random_mac(&m, 1, (uint64_t)i);
        random_second(&m, &d);
        n = second_judge(&d, r, RESULTS_MOST);
        for (k = 0; k < n; k++) {
            for (at = 0; strcmp(second_rule(at, &account), r[k].rule) != 0;)
                at++;
            reached[at][0] += strcmp(r[k].result, "fail") == 0;
            reached[at][1] += strcmp(r[k].result, "pass") == 0;
            reached[at][2] += strcmp(r[k].result, "unknown") == 0;
        }
    }
    for (at = 0; (rule = second_rule(at, &account)) != NULL; at++)
        ck_assert_msg(reached[at][0] > 0 && reached[at][1] > 0 &&
                          (reached[at][2] > 0 || strcmp(rule, "ST-12") == 0),
                      "%s: %d fail, %d pass, %d unknown", rule, reached[at][0],
                      reached[at][1], reached[at][2]);
}
END_TEST

Suite *second_suite(void);

Suite *second_suite(void)
{
    Suite *s = suite_create("second");
    TCase *t = tcase_create("random");

    tcase_set_timeout(t, 3600);
    tcase_add_test(t, a_second_evaluation_agrees);
    tcase_add_test(t, the_macs_reach_every_result);
    suite_add_tcase(s, t);
    return s;
}
