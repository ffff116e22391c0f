/*
 * cmd_sample.c - muster sample: draw results to test by hand.
 *
 * The draw is a lottery that anybody can repeat: each result has the SHA-256 of
 * "SEED/SERIAL/RULE" as its lot, and the N smallest lots win. Passes take part
 * like failures; what was not checked or does not apply does not.
 */
#include "core/base.h"

#include "analyze/derive.h"
#include "core/commands.h"
#include "core/db.h"
#include "core/resource.h"
#include "core/sha256.h"
#include "core/text.h"
#include "core/when.h"
#include "report/query.h"
#include "report/source.h"

#include <jansson.h>

enum { SAMPLE_MOST = 10000 };

struct drawn {
    char lot[SHA256_HEX];
    char serial[80];
    int64_t device_id;
    size_t rule;
    char letter;
};

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
    struct drawn *drawn; /* a heap, the largest lot first; sorted at the end */
    size_t count, most;
    int64_t results; /* among which they were drawn */
    bool facts;      /* the facts of this period are there */
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
                   "   AND instr(' ' || uses || ' ', ' ' || :use || ' ') > 0"
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

static void swap(struct drawn *a, struct drawn *b)
{
    struct drawn c = *a;

    *a = *b;
    *b = c;
}

static void sift_up(struct drawn *heap, size_t i)
{
    for (; i > 0 && strcmp(heap[(i - 1) / 2].lot, heap[i].lot) < 0;
         i = (i - 1) / 2)
        swap(&heap[(i - 1) / 2], &heap[i]);
}

static void sift_down(struct drawn *heap, size_t n)
{
    size_t i = 0, child;

    while ((child = 2 * i + 1) < n) {
        if (child + 1 < n && strcmp(heap[child + 1].lot, heap[child].lot) > 0)
            child++;
        if (strcmp(heap[i].lot, heap[child].lot) >= 0)
            break;
        swap(&heap[i], &heap[child]);
        i = child;
    }
}

static void offer(struct sample *s, const struct drawn *d)
{
    if (s->count < s->most) {
        s->drawn[s->count++] = *d;
        sift_up(s->drawn, s->count - 1);
    } else if (strcmp(d->lot, s->drawn[0].lot) < 0) {
        s->drawn[0] = *d;
        sift_down(s->drawn, s->count);
    }
}

static void draw_lot(const char *seed, const char *serial, const char *rule,
                     char out[SHA256_HEX])
{
    char text[512];
    int n = snprintf(text, sizeof(text), "%s/%s/%s", seed, serial, rule);

    sha256_text(text, n < (int)sizeof(text) ? (size_t)n : sizeof(text) - 1,
                out);
}

static void draw_mac(struct sample *s, sqlite3_stmt *st)
{
    const char *results = sqlite3_column_blob(st, 2);
    int n = sqlite3_column_bytes(st, 2);
    struct drawn d = {.device_id = sqlite3_column_int64(st, 0)};
    size_t i;

    snprintf(d.serial, sizeof(d.serial), "%s", db_text(st, 1));
    for (i = 0; i < s->rule_count; i++) {
        if (s->rules[i].rule_no >= n)
            continue;
        d.letter = results[s->rules[i].rule_no];
        if (d.letter != 'P' && d.letter != 'F' && d.letter != 'U')
            continue;
        d.rule = i;
        s->results++;
        draw_lot(s->seed, d.serial, s->rules[i].id, d.lot);
        offer(s, &d);
    }
}

static int compare(const void *a, const void *b)
{
    const struct drawn *x = a, *y = b;

    return strcmp(x->lot, y->lot);
}

static int draw(struct sample *s, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    s->drawn = calloc(s->most, sizeof(*s->drawn));
    if (!s->drawn)
        return err_nomem(err);
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
    qsort(s->drawn, s->count, sizeof(*s->drawn), compare);
    return step;
}

/* ------------------------------------------------------------- how to test */

/* How a fact is seen on the Mac itself. */
static const struct {
    const char *facts, *how;
} ways[] = {
    {"secure_token crypto_user", "sysadminctl -secureTokenStatus ACCOUNT; "
                                 "diskutil apfs listUsers /"},
    {"volume_owner", "diskutil apfs listUsers /"},
    {"bootstrap_supported bootstrap_escrowed_device bootstrap_escrowed_server "
     "bootstrap_record",
     "sudo profiles status -type bootstraptoken"},
    {"filevault", "fdesetup status"},
    {"filevault_user unknown_filevault_users", "sudo fdesetup list"},
    {"recovery_key_present", "sudo fdesetup haspersonalrecoverykey"},
    {"recovery_key_escrowed recovery_key_validity", "the server's record of "
                                                    "the recovery key"},
    {"mdm_enrolled enrollment_type user_approved",
     "profiles status -type enrollment"},
    {"os_version", "sw_vers -productVersion"},
    {"admin", "dseditgroup -o checkmember -m ACCOUNT admin"},
    {"hidden disabled uid", "dscl . -read /Users/ACCOUNT"},
    {"last_login", "last ACCOUNT"},
    {"last_boot", "sysctl kern.boottime"},
    {"auto_login", "defaults read /Library/Preferences/com.apple.loginwindow "
                   "autoLoginUser"},
};

static bool has_word(const char *list, const char *word, size_t n)
{
    size_t len;

    for (; *list; list += len) {
        list += strspn(list, " ");
        len = strcspn(list, " ");
        if (len == n && strncmp(list, word, n) == 0)
            return true;
    }
    return false;
}

/* Call "fn" with each way to see one of the facts, once. */
static void each_way(const char *facts, void (*fn)(void *, const char *),
                     void *ctx)
{
    bool told[COUNT_OF(ways)] = {false};
    size_t i, n;

    for (; *facts; facts += n) {
        facts += strspn(facts, ", |");
        n = strcspn(facts, ", |");
        for (i = 0; n && i < COUNT_OF(ways); i++)
            if (!told[i] && has_word(ways[i].facts, facts, n)) {
                told[i] = true;
                fn(ctx, ways[i].how);
            }
    }
}

/* ----------------------------------------------------------------- output */

static int open_for(struct sample *s, const char *name, const struct drawn *d,
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

struct printer {
    json_t *list; /* with --json: where it goes */
    const char *indent;
};

static int one_value(void *ctx, const struct source_value *v, struct err *err)
{
    struct printer *p = ctx;

    (void)err;
    if (p->list) {
        json_array_append_new(p->list,
                              json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:s}",
                                        "fact", v->fact, "account", v->account,
                                        "value", v->value, "file", v->file,
                                        "line", (json_int_t)v->line, "column",
                                        v->column, "cell", v->raw));
        return 0;
    }
    printf("%s", p->indent);
    text_print_safe(v->file, stdout);
    printf(":%lld  %s", (long long)v->line, v->fact);
    if (v->account[0]) {
        printf(" of ");
        text_print_safe(v->account, stdout);
    }
    printf(" = ");
    text_print_safe(v->value, stdout);
    if (v->column[0]) {
        printf("  (\"");
        text_print_safe(v->column, stdout);
        printf("\": \"");
        text_print_safe(v->raw, stdout);
        printf("\")");
    }
    putchar('\n');
    return 0;
}

/* The values that the rule looked at: of the Mac, and of each account. */
static int values(struct sample *s, const struct drawn *d, int64_t row_id,
                  struct printer *p, struct err *err)
{
    struct source_ask ask = {.rule_no = s->rules[d->rule].rule_no,
                             .device_id = d->device_id,
                             .row_id = row_id};
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (!s->facts)
        return 0;
    if (strcmp(s->rules[d->rule].scope, "account") != 0)
        return source_each(s->source, &ask, one_value, p, err);
    if (db_prepare(s->report.db,
                   "SELECT account_id FROM account_fact WHERE device_id ="
                   " :device_id AND kind IS NOT 'system' ORDER BY account_id",
                   &st, err) == 0 &&
        db_bind_int(st, ":device_id", d->device_id, err) == 0)
        while ((step = db_step(st, err)) == 1) {
            ask.account_id = sqlite3_column_int64(st, 0);
            if (source_each(s->source, &ask, one_value, p, err) < 0) {
                step = -1;
                break;
            }
        }
    sqlite3_finalize(st);
    return step;
}

static int findings(struct sample *s, const struct drawn *d, json_t *list,
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
        printf("   %s %s", db_text(st, 1), db_text(st, 2));
        if (db_text(st, 0)[0]) {
            printf(", account ");
            text_print_safe(db_text(st, 0), stdout);
        }
        printf(": ");
        text_print_safe(db_text(st, 3), stdout);
        if (db_text(st, 4)[0])
            printf(" (not known: %s)", db_text(st, 4));
        printf("%s\n", sqlite3_column_int(st, 6) ? " (accepted risk)" : "");
    }
    sqlite3_finalize(st);
    return step;
}

static void print_way(void *ctx, const char *how)
{
    (void)ctx;
    printf("   see   %s\n", how);
}

static void add_way(void *ctx, const char *how)
{
    json_array_append_new(ctx, json_string(how));
}

static int print_one(struct sample *s, size_t n, sqlite3_stmt *mac,
                     struct err *err)
{
    const struct drawn *d = &s->drawn[n];
    const struct rule_text *r = &s->rules[d->rule];
    struct printer p = {.indent = "   read  "};

    printf("\n%zu. %s: %s\n   %s ", n + 1, r->id, result_word(d->letter),
           d->serial);
    text_print_safe(db_text(mac, 1), stdout);
    printf(", ");
    text_print_safe(db_text(mac, 0), stdout);
    printf("\n   asks  %s\n   facts %s\n", r->title, r->facts);
    if (values(s, d, sqlite3_column_int64(mac, 2), &p, err) < 0 ||
        findings(s, d, NULL, err) < 0)
        return -1;
    each_way(r->facts, print_way, NULL);
    printf("   tested by ____________ on ____________ same result: yes / no\n");
    return 0;
}

static int json_one(struct sample *s, size_t n, sqlite3_stmt *mac, json_t *list,
                    struct err *err)
{
    const struct drawn *d = &s->drawn[n];
    const struct rule_text *r = &s->rules[d->rule];
    json_t *read = json_array(), *found = json_array(), *see = json_array();
    struct printer p = {.list = read};

    each_way(r->facts, add_way, see);
    json_array_append_new(
        list,
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:o}",
                  "lot", d->lot, "client", db_text(mac, 0), "serial", d->serial,
                  "device_name", db_text(mac, 1), "rule", r->id, "title",
                  r->title, "result", result_word(d->letter), "facts", r->facts,
                  "values", read, "findings", found, "see", see));
    return values(s, d, sqlite3_column_int64(mac, 2), &p, err) < 0 ||
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

    for (i = 0; i < s->count && rc == 0; i++) {
        st = NULL;
        rc = open_for(s, query, &s->drawn[i], &st, err);
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
    char day[32];

    when_format_date(s->report.as_of - 1, day, sizeof(day));
    printf("%zu of %lld results of %s, facts as of %s, seed \"", s->count,
           (long long)s->results, s->report.period, day);
    text_print_safe(s->seed, stdout);
    printf("\"\n");
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
                      (json_int_t)s->results, "drawn", list);
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
    if (s.report.db)
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
    free(s.drawn);
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
