/*
 * cmd_sample.c - muster sample: draw results to test by hand.
 *
 * Passes take part in the lottery like failures; what was not checked or does
 * not apply does not.
 */
#include "core/base.h"

#include "analyze/derive.h"
#include "core/commands.h"
#include "core/db.h"
#include "core/lottery.h"
#include "core/resource.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/ways.h"
#include "core/when.h"
#include "report/query.h"
#include "report/source.h"

#include <jansson.h>

enum { SAMPLE_MOST = 10000 };

struct rule_text {
    int rule_no;
    char *id, *title, *scope, *facts;
};

struct sample {
    struct report report;
    char period[64];
    const char *seed, *client;
    struct rule_text *rules;
    size_t rule_count;
    size_t most;
    struct lottery lottery;
    bool facts; /* the facts of this period are there */
    struct source *source;
};

/* -------------------------------------------------------------------- rules */

static char *copy(const char *s)
{
    size_t n = strlen(s) + 1;
    char *p = malloc(n);

    return p ? memcpy(p, s, n) : NULL;
}

static int read_rules(struct sample *s, struct err *err)
{
    sqlite3_stmt *st = NULL;
    struct rule_text *grown, *r;
    int step = -1;

    if (db_prepare(s->report.db,
                   "SELECT rule_no, id, title, scope, facts FROM rule"
                   " WHERE period_id = :period_id AND kind = 'counted'"
                   "   AND (uses = '' OR"
                   "        instr(' ' || uses || ' ', ' ' || :use || ' ') > 0)"
                   " ORDER BY rule_no",
                   &st, err) == 0 &&
        db_bind_int(st, ":period_id", s->report.period_id, err) == 0 &&
        db_bind_text(st, ":use", s->report.use, err) == 0)
        while ((step = db_step(st, err)) == 1) {
            grown = realloc(s->rules, (s->rule_count + 1) * sizeof(*grown));
            if (!grown) {
                step = err_nomem(err);
                break;
            }
            s->rules = grown;
            r = &grown[s->rule_count++];
            *r = (struct rule_text){sqlite3_column_int(st, 0),
                                    copy(db_text(st, 1)), copy(db_text(st, 2)),
                                    copy(db_text(st, 3)), copy(db_text(st, 4))};
            if (!r->id || !r->title || !r->scope || !r->facts) {
                step = err_nomem(err);
                break;
            }
        }
    sqlite3_finalize(st);
    return step;
}

/* --------------------------------------------------------------------- draw */

static void draw_mac(struct sample *s, sqlite3_stmt *st)
{
    const char *results = sqlite3_column_blob(st, 2);
    int n = sqlite3_column_bytes(st, 2);
    struct ticket d = {.device_id = sqlite3_column_int64(st, 0)};
    size_t i;

    snprintf(d.serial, sizeof(d.serial), "%s", db_text(st, 1));
    for (i = 0; i < s->rule_count; i++) {
        if (s->rules[i].rule_no >= n)
            continue;
        d.letter = results[s->rules[i].rule_no];
        if (d.letter != 'P' && d.letter != 'F' && d.letter != 'U')
            continue;
        d.rule = i;
        lottery_offer(&s->lottery, &d, s->rules[i].id);
    }
}

static int draw(struct sample *s, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (lottery_open(&s->lottery, s->seed, s->most, err) < 0)
        return -1;
    if (db_prepare(s->report.db,
                   "SELECT d.device_id, v.serial, d.results"
                   "  FROM device_result d JOIN device v USING (device_id)"
                   "  JOIN client c USING (client_id)"
                   " WHERE d.period_id = :period_id"
                   "   AND (:client = '' OR fold(c.name) = fold(:client))",
                   &st, err) == 0 &&
        db_bind_int(st, ":period_id", s->report.period_id, err) == 0 &&
        db_bind_text(st, ":client", s->client, err) == 0)
        while ((step = db_step(st, err)) == 1)
            draw_mac(s, st);
    sqlite3_finalize(st);
    lottery_draw(&s->lottery);
    return step;
}

/* ----------------------------------------------------------------- output */

static int open_for(struct sample *s, const char *name, const struct ticket *d,
                    sqlite3_stmt **st, struct err *err)
{
    char path[80];
    int at;

    snprintf(path, sizeof(path), "core/queries/%s.sql", name);
    if (db_prepare(s->report.db, resource_text(path), st, err) < 0 ||
        db_bind_int(*st, ":period_id", s->report.period_id, err) < 0 ||
        db_bind_int(*st, ":device_id", d->device_id, err) < 0)
        return -1;
    if ((at = sqlite3_bind_parameter_index(*st, ":rule_no")))
        sqlite3_bind_int(*st, at, s->rules[d->rule].rule_no);
    return 0;
}

/* A line of the paper: a label, and words at 80 columns behind it. */
static void line(const char *label, const struct strbuf *text)
{
    printf("   %-5s ", label);
    text_wrap(strbuf_str(text), 9, 9, stdout);
}

static void add_value_json(json_t *list, const struct source_value *v)
{
    json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:s}",
                                          "fact", v->fact, "account",
                                          v->account, "value", v->value, "file",
                                          v->file, "line", (json_int_t)v->line,
                                          "column", v->column, "cell", v->raw));
}

/* Where values go: the list of --json, or the paper. */
struct reading {
    json_t *list;
    bool mac_told; /* with another account: the Mac's own are not said again */
};

static int one_value(void *ctx, const struct source_value *v, struct err *err)
{
    const struct reading *r = ctx;
    struct strbuf text = {0};

    (void)err;
    if (r->mac_told && !v->account[0])
        return 0;
    if (r->list) {
        add_value_json(r->list, v);
        return 0;
    }
    strbuf_adds(&text, v->fact);
    if (v->account[0])
        strbuf_addf(&text, " of %s", v->account);
    strbuf_addf(&text, " = %s, %s:%lld", v->value, v->file, (long long)v->line);
    if (v->column[0])
        strbuf_addf(&text, ", %s: \"%s\"", v->column, v->raw);
    line("read", &text);
    strbuf_free(&text);
    return 0;
}

/* The values that the rule looked at: of the Mac, and of each account. */
static int values(struct sample *s, const struct ticket *d, int64_t row_id,
                  json_t *list, struct err *err)
{
    struct source_ask ask = {.rule_no = s->rules[d->rule].rule_no,
                             .device_id = d->device_id,
                             .row_id = row_id};
    struct reading to = {.list = list};
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (!s->facts)
        return 0;
    if (strcmp(s->rules[d->rule].scope, "account") != 0)
        return source_each(s->source, &ask, one_value, &to, err);
    if (db_prepare(s->report.db,
                   "SELECT account_id FROM account_fact WHERE device_id ="
                   " :device_id AND kind IS NOT 'system' ORDER BY account_id",
                   &st, err) == 0 &&
        db_bind_int(st, ":device_id", d->device_id, err) == 0)
        while ((step = db_step(st, err)) == 1) {
            ask.account_id = sqlite3_column_int64(st, 0);
            if (source_each(s->source, &ask, one_value, &to, err) < 0) {
                step = -1;
                break;
            }
            to.mac_told = true;
        }
    sqlite3_finalize(st);
    return step;
}

static void print_finding(sqlite3_stmt *st)
{
    struct strbuf text = {0};

    strbuf_addf(&text, "%s %s", db_text(st, 1), db_text(st, 2));
    if (db_text(st, 0)[0])
        strbuf_addf(&text, ", account %s", db_text(st, 0));
    strbuf_addf(&text, ": %s", db_text(st, 3));
    if (db_text(st, 4)[0])
        strbuf_addf(&text, " (not known: %s)", db_text(st, 4));
    if (sqlite3_column_int(st, 6))
        strbuf_adds(&text, " (accepted risk)");
    line("found", &text);
    strbuf_free(&text);
}

static int findings(struct sample *s, const struct ticket *d, json_t *list,
                    struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = open_for(s, "sample-findings", d, &st, err);

    while (step >= 0 && (step = db_step(st, err)) == 1) {
        if (list) {
            json_array_append_new(
                list,
                json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b}", "account",
                          db_text(st, 0), "result", db_text(st, 1), "severity",
                          db_text(st, 2), "evidence", db_text(st, 3),
                          "missing_facts", db_text(st, 4), "remedy",
                          db_text(st, 5), "waived", sqlite3_column_int(st, 6)));
            continue;
        }
        print_finding(st);
    }
    sqlite3_finalize(st);
    return step;
}

static void print_way(void *ctx, const char *how)
{
    struct strbuf text = {0};

    (void)ctx;
    strbuf_adds(&text, how);
    line("see", &text);
    strbuf_free(&text);
}

static void add_way(void *ctx, const char *how)
{
    json_array_append_new(ctx, json_string(how));
}

static void print_mac(const struct sample *s, size_t n, sqlite3_stmt *mac)
{
    const struct ticket *d = &s->lottery.won[n];
    const struct rule_text *r = &s->rules[d->rule];
    struct strbuf text = {0};

    printf("\n%zu. %s: %s\n", n + 1, r->id, result_word(d->letter));
    strbuf_addf(&text, "%s%s%s, %s", d->serial, db_text(mac, 1)[0] ? " " : "",
                db_text(mac, 1), db_text(mac, 0));
    line("Mac", &text);
    strbuf_reset(&text);
    strbuf_adds(&text, r->title);
    line("asks", &text);
    strbuf_reset(&text);
    strbuf_adds(&text, r->facts);
    line("facts", &text);
    strbuf_free(&text);
}

static int print_one(struct sample *s, size_t n, sqlite3_stmt *mac,
                     struct err *err)
{
    const struct ticket *d = &s->lottery.won[n];
    struct strbuf text = {0};

    print_mac(s, n, mac);
    if (values(s, d, sqlite3_column_int64(mac, 2), NULL, err) < 0 ||
        findings(s, d, NULL, err) < 0)
        return -1;
    ways_each(s->rules[d->rule].facts, print_way, NULL);
    if (s->facts) {
        strbuf_addf(&text, "muster explain %s --period %s", d->serial,
                    s->period);
        line("all", &text);
        strbuf_free(&text);
    }
    printf("   tested by ____________ on ____________ same result: yes / no\n");
    return 0;
}

static int json_one(struct sample *s, size_t n, sqlite3_stmt *mac, json_t *list,
                    struct err *err)
{
    const struct ticket *d = &s->lottery.won[n];
    const struct rule_text *r = &s->rules[d->rule];
    json_t *read = json_array(), *found = json_array(), *see = json_array();

    ways_each(r->facts, add_way, see);
    json_array_append_new(
        list,
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o}",
                  "lot", d->lot, "client", db_text(mac, 0), "serial", d->serial,
                  "device_name", db_text(mac, 1), "rule", r->id, "title",
                  r->title, "result", result_word(d->letter), "facts", r->facts,
                  "values", read, "findings", found, "see", see));
    return values(s, d, sqlite3_column_int64(mac, 2), read, err) < 0 ||
                   findings(s, d, found, err) < 0
               ? -1
               : 0;
}

static int each_drawn(struct sample *s, json_t *list, struct err *err)
{
    const char *query = s->facts ? "sample-result" : "sample-result-only";
    sqlite3_stmt *st;
    size_t i;
    int rc = 0;

    for (i = 0; i < s->lottery.count && rc == 0; i++) {
        st = NULL;
        rc = open_for(s, query, &s->lottery.won[i], &st, err);
        if (rc == 0)
            rc = db_step(st, err) == 1 ? 0 : -1;
        if (rc == 0)
            rc =
                list ? json_one(s, i, st, list, err) : print_one(s, i, st, err);
        sqlite3_finalize(st);
    }
    return rc;
}

static int print_text(struct sample *s, struct err *err)
{
    struct strbuf head = {0};
    char day[32];

    when_format_date(s->report.as_of - 1, day, sizeof(day));
    strbuf_addf(&head, "%zu of %lld results of %s, facts as of %s, seed \"%s\"",
                s->lottery.count, (long long)s->lottery.offered, s->period, day,
                s->seed);
    text_wrap(strbuf_str(&head), 0, 2, stdout);
    strbuf_free(&head);
    if (!s->facts)
        printf("The facts of this period are gone; results and evidence are "
               "there.\n");
    return each_drawn(s, NULL, err);
}

static int print_json(struct sample *s, struct err *err)
{
    json_t *list = json_array(), *root;
    char *text = NULL;

    if (each_drawn(s, list, err) == 0) {
        root =
            json_pack("{s:s, s:s, s:s, s:I, s:O}", "schema", "muster.sample/1",
                      "period", s->report.period, "seed", s->seed, "results",
                      (json_int_t)s->lottery.offered, "drawn", list);
        text = root ? json_dumps(root, JSON_INDENT(1)) : NULL;
        json_decref(root);
        if (!text)
            err_nomem(err);
    }
    json_decref(list);
    if (!text)
        return -1;
    puts(text);
    free(text);
    return 0;
}

/* -------------------------------------------------------------------- start */

static int find_period(struct sample *s, const char *label, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(s->report.db,
                   "SELECT period_id, period, as_of FROM run"
                   " WHERE :label = '' OR period = :label"
                   " ORDER BY period DESC LIMIT 1",
                   &st, err) == 0 &&
        db_bind_text(st, ":label", label ? label : "", err) == 0)
        step = db_step(st, err);
    if (step == 1) {
        s->report.period_id = sqlite3_column_int64(st, 0);
        snprintf(s->period, sizeof(s->period), "%s", db_text(st, 1));
        s->report.as_of = sqlite3_column_int64(st, 2);
    }
    sqlite3_finalize(st);
    if (step == 0)
        err_set(err, ERR_USAGE,
                label ? "no period \"%s\" was judged"
                      : "no period was judged"
                        " yet%s",
                label ? label : "");
    return step == 1 ? 0 : -1;
}

static int read_count(const char *text, size_t *out, struct err *err)
{
    char *end;
    long n = strtol(text, &end, 10);

    if (*end || end == text || n < 1 || n > SAMPLE_MOST)
        return err_set(err, ERR_USAGE,
                       "--n: expected a number from 1 to %d, found \"%s\"",
                       SAMPLE_MOST, text);
    *out = (size_t)n;
    return 0;
}

static int sample(struct sample *s, const struct call *c, struct err *err)
{
    int64_t facts = 0;
    int there;

    s->report.period = s->period;
    if (find_period(s, opt_text(c->opt, "period"), err) < 0)
        return -1;
    there = posture_views(s->report.db, &facts, err);
    if (there < 0 || read_rules(s, err) < 0 || draw(s, err) < 0)
        return -1;
    s->facts = there == 1 && facts == s->report.period_id;
    if (s->facts && (report_prepare(&s->report, err) < 0 ||
                     !(s->source = source_open(&s->report, err))))
        return -1;
    return opt_flag(c->opt, "json") ? print_json(s, err) : print_text(s, err);
}

static int run(const struct call *c, struct err *err)
{
    static const struct report_options defaults;
    struct sample s = {.seed = opt_text(c->opt, "seed"),
                       .client = opt_text_or(c->opt, "client", ""),
                       .report = {.client = "fleet",
                                  .slug = "fleet",
                                  .use = opt_text_or(c->opt, "use", "monthly"),
                                  .before = "",
                                  .options = &defaults}};
    size_t i;
    int rc = -1;

    if (c->count > 0)
        return err_set(err, ERR_USAGE, "sample: takes no operand");
    if (!s.seed)
        return err_set(err, ERR_USAGE,
                       "sample: needs --seed TEXT, so that the draw can be "
                       "repeated");
    if (strcmp(s.report.use, "monthly") != 0 &&
        strcmp(s.report.use, "client") != 0 &&
        strcmp(s.report.use, "migration") != 0)
        return err_set(err, ERR_USAGE,
                       "--use: \"%s\" is none of monthly, client, migration",
                       s.report.use);
    if (read_count(opt_text_or(c->opt, "n", "25"), &s.most, err) < 0)
        return -1;
    s.report.db = command_store(c, DB_READ, err);
    if (s.report.db && command_client(s.report.db, c->opt, err) == 0)
        rc = sample(&s, c, err);
    source_close(s.source);
    db_close(s.report.db);
    for (i = 0; i < s.rule_count; i++) {
        free(s.rules[i].id);
        free(s.rules[i].title);
        free(s.rules[i].scope);
        free(s.rules[i].facts);
    }
    free(s.rules);
    lottery_free(&s.lottery);
    return rc;
}

static const char *const options[] = {"n",      "seed", "period",
                                      "client", "use",  NULL};

const struct command cmd_sample = {
    .name = "sample",
    .summary = "Draw results, passes included, to test by hand",
    .usage = "sample --seed TEXT [OPTIONS]",
    .help =
        "Draw results of a judged period for an audit: pass, fail and unknown of\n"
        "the rules of --use, each a Mac and a rule, with the values that the rule\n"
        "looked at, the file and line they came from, and how to see them on the\n"
        "Mac.\n"
        "\n"
        "Anybody can repeat the draw: the lot of a result is the SHA-256 of\n"
        "\"SEED/SERIAL/RULE\", and the smallest --n lots (default 25) are drawn.\n"
        "Take a seed that nobody could choose, such as the numbers of a public\n"
        "lottery.",
    .examples = "  muster sample --n 25 --seed 2026-11-28-07-13-22\n"
                "  muster sample --n 5 --seed x --client Northwind --json\n",
    .options = options,
    .run = run,
};
