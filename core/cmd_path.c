/*
 * cmd_path.c - muster path: the fewest fixes to a goal.
 *
 * What needs fixing is read from the store; plan.c chooses.
 */
#include "core/base.h"

#include "core/commands.h"
#include "core/config.h"
#include "core/db.h"
#include "core/path.h"
#include "core/resource.h"
#include "core/strbuf.h"
#include "core/table.h"
#include "core/text.h"
#include "core/when.h"

#include <jansson.h>

struct asked {
    struct path path;
    char client[256]; /* "" for all */
    int64_t as_of;
    char period[64];
    int64_t devices, at_risk, undetermined;
    int64_t pass, fail, target_tenths; /* target in tenths of a percent */
    bool has_target;
};

/* ----------------------------------------------------------------- reading */

static int find_period(struct asked *p, const char *wanted, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(p->path.db,
                   "SELECT period_id, period, as_of FROM run"
                   " WHERE period = :period OR :period = ''"
                   " ORDER BY period DESC LIMIT 1",
                   &st, err) == 0 &&
        db_bind_text(st, ":period", wanted, err) == 0)
        step = db_step(st, err);
    if (step == 1) {
        p->path.period_id = sqlite3_column_int64(st, 0);
        snprintf(p->period, sizeof(p->period), "%s", db_text(st, 1));
        p->as_of = sqlite3_column_int64(st, 2);
    }
    sqlite3_finalize(st);
    if (step == 0 && wanted[0])
        return err_set(err, ERR_USAGE, "--period: \"%s\" was not judged",
                       wanted);
    if (step == 0) {
        err_set(err, ERR_USAGE, "nothing has been judged yet");
        return err_hint(err, "\"muster analyze\" judges what was ingested");
    }
    return step == 1 ? 0 : -1;
}

static int find_client(struct asked *p, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (!p->client[0])
        return 0;
    if (db_prepare(p->path.db,
                   "SELECT client_id, name FROM client"
                   " WHERE fold(name) = fold(:name)",
                   &st, err) == 0 &&
        db_bind_text(st, ":name", p->client, err) == 0)
        step = db_step(st, err);
    if (step == 1) {
        p->path.client_id = sqlite3_column_int64(st, 0);
        snprintf(p->client, sizeof(p->client), "%s", db_text(st, 1));
    }
    sqlite3_finalize(st);
    if (step == 0)
        return err_set(err, ERR_USAGE, "--client: there is no client \"%s\"",
                       p->client);
    return step == 1 ? 0 : -1;
}

static int read_counts(struct asked *p, struct err *err)
{
    static const char sql[] =
        "SELECT count(*),"
        "       count(*) FILTER (WHERE verdict = 'at-risk'),"
        "       count(*) FILTER (WHERE verdict = 'undetermined')"
        "  FROM device_result WHERE period_id = :period_id"
        "   AND (:client_id = 0 OR client_id = :client_id)";
    static const char rate[] =
        "SELECT coalesce(sum(t.count) FILTER (WHERE t.result = 'pass'), 0),"
        "       coalesce(sum(t.count) FILTER (WHERE t.result = 'fail'), 0)"
        "  FROM tally t"
        "  JOIN rule r ON r.period_id = t.period_id AND r.rule_no = t.rule_no"
        " WHERE t.period_id = :period_id AND r.kind = 'counted'"
        "   AND (r.uses = '' OR instr(' ' || r.uses || ' ', ' monthly ') > 0)"
        "   AND (:client_id = 0 OR t.client_id = :client_id)";
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(p->path.db, sql, &st, err) == 0 &&
        path_bind(&p->path, st, err) == 0 && (step = db_step(st, err)) == 1) {
        p->devices = sqlite3_column_int64(st, 0);
        p->at_risk = sqlite3_column_int64(st, 1);
        p->undetermined = sqlite3_column_int64(st, 2);
    }
    sqlite3_finalize(st);
    st = NULL;
    if (step == 1 && db_prepare(p->path.db, rate, &st, err) == 0 &&
        path_bind(&p->path, st, err) == 0 && (step = db_step(st, err)) == 1) {
        p->pass = sqlite3_column_int64(st, 0);
        p->fail = sqlite3_column_int64(st, 1);
    }
    sqlite3_finalize(st);
    return step == 1 && err->code == ERR_NONE ? 0 : -1;
}

/* Failing results by the one fix that answers them, most first. */
static int read_answers(struct asked *p, struct plan_answer *out, size_t *n,
                        struct err *err)
{
    sqlite3_stmt *st = NULL;
    uint64_t fix;
    size_t i;
    int step = -1;

    *n = 0;
    if (db_prepare(p->path.db, resource_text("core/queries/path_rate.sql"), &st,
                   err) == 0 &&
        path_bind(&p->path, st, err) == 0)
        while (*n < PLAN_FIXES_MOST && (step = db_step(st, err)) == 1) {
            if (!path_bits(&p->path, db_text(st, 0), &fix))
                continue;
            for (i = 0; !(fix >> i & 1);)
                i++;
            out[(*n)++] = (struct plan_answer){i, sqlite3_column_int64(st, 1),
                                               sqlite3_column_int64(st, 2)};
        }
    sqlite3_finalize(st);
    return step < 0 ? -1 : 0;
}

static int to_target(struct asked *p, struct path_goal *g, int64_t *passing,
                     struct err *err)
{
    struct plan_answer answers[PLAN_FIXES_MOST];
    size_t n;

    if (read_answers(p, answers, &n, err) < 0)
        return -1;
    g->count = plan_rate(answers, n, p->pass, p->fail, p->target_tenths,
                         g->steps, passing);
    return 0;
}

/* ----------------------------------------------------------------- answers */

static const char *plural(int64_t n)
{
    return n == 1 ? "" : "s";
}

static int print_steps(const struct asked *p, const struct path_goal *g,
                       struct err *err)
{
    struct table *t = table_new("lrlllr");
    char what[200], macs[24], left[24], time[32];
    int rc = 0;
    size_t i;

    if (g->count == 0)
        goto out;
    table_row(t, "do", "Macs", "who", "effort", "in all", "then left");
    for (i = 0; i < g->count; i++) {
        const struct path_fix *f = &p->path.fixes[g->steps[i].fix];
        int64_t minutes = f->minutes * g->steps[i].macs;

        snprintf(what, sizeof(what), "%s: %s", f->id, f->title);
        snprintf(macs, sizeof(macs), "%lld", (long long)g->steps[i].macs);
        snprintf(left, sizeof(left), "%lld", (long long)g->steps[i].left);
        snprintf(time, sizeof(time), "%lld %s",
                 (long long)(minutes < 120 ? minutes : minutes / 60),
                 minutes < 120 ? "min" : "h");
        table_row(t, what, macs, f->who, f->effort, time, left);
    }
    if (!table_print(t, 2, stdout))
        rc = err_nomem(err);
out:
    table_free(t);
    return rc;
}

static int print_goal(const struct asked *p, const char *title,
                      const struct path_goal *g, struct err *err)
{
    printf("\n%s: ", title);
    if (g->count == 0 && g->beyond == 0)
        printf("nothing to do\n");
    else
        printf("%zu action%s on %lld Mac%s\n", g->count,
               plural((int64_t)g->count), (long long)g->macs, plural(g->macs));
    if (print_steps(p, g, err) < 0)
        return -1;
    if (g->beyond)
        printf("  for %lld Mac%s no fix is on record\n", (long long)g->beyond,
               plural(g->beyond));
    if (g->kept)
        printf("  on %lld Mac%s all that is left is an accepted risk\n",
               (long long)g->kept, plural(g->kept));
    return 0;
}

static int print_target(const struct asked *p, const struct path_goal *g,
                        int64_t passing, struct err *err)
{
    char rate[40];

    plan_say(rate, sizeof(rate), p->pass, p->fail, p->target_tenths);
    printf("\nPass rate of %lld.%lld %%, now %s: ",
           (long long)(p->target_tenths / 10),
           (long long)(p->target_tenths % 10), rate);
    if (g->count == 0) {
        printf(plan_reaches(p->pass, p->fail, p->target_tenths)
                   ? "reached\n"
                   : "no fix helps\n");
        return 0;
    }
    plan_say(rate, sizeof(rate), passing, p->pass + p->fail - passing,
             p->target_tenths);
    printf("%zu action%s to %s\n", g->count, plural((int64_t)g->count), rate);
    return print_steps(p, g, err);
}

static void print_head(const struct asked *p)
{
    struct strbuf line = {0};
    char day[32];

    when_format_date(p->as_of - 1, day, sizeof(day));
    strbuf_addf(&line,
                "%s, %s, facts as of %s: %lld of %lld Mac%s %s at risk, %lld "
                "not known yet",
                p->client[0] ? p->client : "All clients", p->period, day,
                (long long)p->at_risk, (long long)p->devices,
                plural(p->devices), p->at_risk == 1 ? "is" : "are",
                (long long)p->undetermined);
    text_wrap(strbuf_str(&line), 0, 0, stdout);
    strbuf_free(&line);
}

static json_t *goal_json(const struct asked *p, const struct path_goal *g)
{
    json_t *o = json_object(), *steps = json_array(), *s;
    size_t i;

    for (i = 0; i < g->count; i++) {
        const struct path_fix *f = &p->path.fixes[g->steps[i].fix];

        s = json_object();
        json_object_set_new(s, "remedy", json_string(f->id));
        json_object_set_new(s, "title", json_string(f->title));
        json_object_set_new(s, "who", json_string(f->who));
        json_object_set_new(s, "effort", json_string(f->effort));
        json_object_set_new(s, "minutes",
                            json_integer(f->minutes * g->steps[i].macs));
        json_object_set_new(s, "devices", json_integer(g->steps[i].macs));
        json_object_set_new(s, "left", json_integer(g->steps[i].left));
        json_array_append_new(steps, s);
    }
    json_object_set_new(o, "goal", json_string(g->key));
    json_object_set_new(o, "devices", json_integer(g->macs));
    json_object_set_new(o, "without_fix", json_integer(g->beyond));
    json_object_set_new(o, "accepted", json_integer(g->kept));
    json_object_set_new(o, "steps", steps);
    return o;
}

static int print_json(const struct asked *p, const struct path_goal *goals,
                      size_t n, int64_t passing, struct err *err)
{
    int64_t reached = plan_tenths(passing, p->pass + p->fail - passing);
    json_t *root = json_object(), *list = json_array();
    char when[32], *text;
    size_t i;

    when_format(p->as_of, when, sizeof(when));
    for (i = 0; i < n; i++)
        json_array_append_new(list, goal_json(p, &goals[i]));
    json_object_set_new(root, "schema", json_string("muster.path/1"));
    json_object_set_new(root, "period", json_string(p->period));
    json_object_set_new(root, "as_of", json_string(when));
    json_object_set_new(root, "client",
                        p->client[0] ? json_string(p->client) : json_null());
    json_object_set_new(root, "devices", json_integer(p->devices));
    json_object_set_new(root, "at_risk", json_integer(p->at_risk));
    json_object_set_new(root, "undetermined", json_integer(p->undetermined));
    json_object_set_new(root, "pass_rate",
                        json_real((double)plan_tenths(p->pass, p->fail) / 10));
    json_object_set_new(root, "target_rate",
                        p->has_target ? json_real((double)p->target_tenths / 10)
                                      : json_null());
    json_object_set_new(root, "reached_rate",
                        p->has_target ? json_real((double)reached / 10)
                                      : json_null());
    json_object_set_new(root, "goals", list);
    text = json_dumps(root, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
    json_decref(root);
    if (!text)
        return err_nomem(err);
    puts(text);
    free(text);
    return 0;
}

static int answer(struct asked *p, bool json, struct err *err)
{
    struct path_goal goals[3] = {{.key = "no-critical"},
                                 {.key = "none-at-risk"},
                                 {.key = "target-rate"}};
    int64_t passing = 0;
    size_t i;

    if (read_counts(p, err) < 0 || path_fixes(&p->path, err) < 0)
        return -1;
    for (i = 0; i < 2; i++) {
        if (path_choose(&p->path, i == 0, &goals[i], err) < 0)
            return -1;
    }
    if (p->has_target && to_target(p, &goals[2], &passing, err) < 0)
        return -1;
    if (json)
        return print_json(p, goals, p->has_target ? 3 : 2, passing, err);
    print_head(p);
    if (print_goal(p, "No critical finding left", &goals[0], err) < 0 ||
        print_goal(p, "No Mac at risk", &goals[1], err) < 0 ||
        (p->has_target && print_target(p, &goals[2], passing, err) < 0))
        return -1;
    if (p->undetermined)
        printf("\nNo action answers for Macs that are not known yet; \"muster "
               "run\" and the\nreports name the missing fact\n");
    return 0;
}

static void read_target(struct asked *p, const struct config *config)
{
    const char *s =
        config_get(config, p->client[0] ? p->client : NULL, "target_rate");

    p->has_target = s != NULL;
    if (s)
        p->target_tenths = (int64_t)(strtod(s, NULL) * 10 + 0.5);
}

static int run(const struct call *c, struct err *err)
{
    struct asked p = {0};
    struct config *config;
    int rc = -1;

    if (c->count > 0)
        return err_set(err, ERR_USAGE, "path: takes no operand");
    config = config_load(c->opt, err);
    if (!config)
        return -1;
    snprintf(p.client, sizeof(p.client), "%s",
             config_client_name(config, opt_text_or(c->opt, "client", "")));
    read_target(&p, config);
    p.path.db = command_store(c, DB_READ, err);
    if (p.path.db && db_functions(p.path.db, err) == 0 &&
        find_period(&p, opt_text_or(c->opt, "period", ""), err) == 0 &&
        find_client(&p, err) == 0)
        rc = answer(&p, opt_flag(c->opt, "json"), err);
    path_free(&p.path);
    db_close(p.path.db);
    config_free(config);
    return rc;
}

static const char *const options[] = {"client", "period", NULL};

const struct command cmd_path = {
    .name = "path",
    .summary = "The fewest actions to no critical finding, to no Mac at risk",
    .usage = "path [OPTIONS]",
    .help =
        "Which few actions bring a client to its goal: no critical finding, no\n"
        "Mac at risk, and the pass rate of target_rate in the configuration. A\n"
        "Mac leaves when all its findings are answered, so actions that are\n"
        "only worth it together are taken together. Accepted risks need no\n"
        "action.\n"
        "\n"
        "Each finding asks for one action, so how many are needed is the least\n"
        "there can be. Their order is a good one and not always the best: each\n"
        "step takes what brings most Macs, or results, to the goal for each\n"
        "action, without looking further ahead.\n"
        "\n"
        "It counts what is known: an action can bring to light the next one.\n"
        "The serial numbers for each action are in the remedies report.",
    .examples = "  muster path --client Northwind\n"
                "  muster path --period 2026-10 --json\n",
    .options = options,
    .run = run,
};
