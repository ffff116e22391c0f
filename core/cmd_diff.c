/*
 * cmd_diff.c - muster diff: what is new, fixed, worse, still open.
 */
#include "core/base.h"

#include "analyze/diff.h"
#include "core/commands.h"
#include "core/db.h"
#include "core/gates.h"
#include "core/table.h"
#include "core/text.h"
#include "core/when.h"
#include "report/query.h"

#include <jansson.h>

enum { LINES_MOST = 20 }; /* of one kind, without --verbose */

/* What can become of a finding, in the order in which people want it. */
static const struct change {
    const char *word, *title;
    bool listed; /* line by line, not only counted */
    bool bad;    /* --fail-on looks at it */
} changes[] = {
    {"new", "New", true, true},
    {"reopened", "Back again", true, true},
    {"worse", "Worse", true, true},
    {"measured", "Newly measured (not looked at before)", true, false},
    {"resolved", "Resolved", true, false},
    {"better", "Less severe", true, false},
    {"unclear", "Not known any more, still open", true, false},
    {"unmeasured", "No longer measured", true, false},
    {"gone", "Gone with their Macs", false, false},
    {"open", "Still open", false, false},
};

static const struct {
    const char *word, *title;
} mac_changes[] = {{"appeared", "Macs that appeared"},
                   {"gone", "Macs gone"},
                   {"re-enrolled", "Macs enrolled anew"}};

/* What is told, and what --fail-on has found on the way. */
struct telling {
    const struct diff *diff;
    const struct options *opt;
    const char *client;
    bool all;        /* --verbose */
    int gate;        /* severity of --fail-on; -1 for none */
    int64_t tripped; /* findings */
    const struct change *kind;
    struct table *table;  /* of this kind, for people */
    json_t *list;         /* with --json: of all kinds */
    int64_t count, total; /* of this kind; of all that is a change */
};

/* --------------------------------------------------------------- findings */

static json_t *change_json(const struct diff_finding *f)
{
    char id[FINDING_ID_HEX];

    finding_id(f->rule, f->serial, f->account, id);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s?, s:s?, s:s?, s:b}",
                     "finding_id", id, "change", f->change, "rule", f->rule,
                     "client", f->client, "serial", f->serial, "account",
                     f->account, "before", f->before, "after", f->after,
                     "evidence", f->evidence, "waived", f->waived);
}

/* "ST-06  Acme  C02...  anna  fail high -> fail critical  why" */
static void change_line(struct telling *t, const struct diff_finding *f)
{
    const char *before = f->before ? f->before : "";
    const char *after = f->after ? f->after : "";
    bool both = *before && *after && strcmp(before, after) != 0;
    struct strbuf why = {0};
    char what[80];

    snprintf(what, sizeof(what), "%s%s%s", both || !*after ? before : "",
             both ? " -> " : "", after);
    strbuf_addf(&why, "%s%s", f->evidence ? f->evidence : "",
                f->waived ? " (accepted risk)" : "");
    if (t->client)
        table_row(t->table, f->rule, f->serial, f->account, what,
                  strbuf_str(&why));
    else
        table_row(t->table, f->rule, f->client, f->serial, f->account, what,
                  strbuf_str(&why));
    strbuf_free(&why);
}

static int take_finding(void *ctx, const struct diff_finding *f,
                        struct err *err)
{
    struct telling *t = ctx;

    (void)err;
    if (t->kind->bad && t->gate >= 0 && f->rank >= t->gate && f->failed &&
        !f->waived && f->counted)
        t->tripped++;
    if (t->list && t->kind->listed)
        json_array_append_new(t->list, change_json(f));
    else if (t->kind->listed && (t->all || t->count < LINES_MOST))
        change_line(t, f);
    t->count++;
    return 0;
}

/* The findings that became one thing. */
static int tell_kind(struct telling *t, const struct change *kind,
                     struct err *err)
{
    int rc;

    t->kind = kind;
    t->count = 0;
    t->table = table_new(t->client ? "llllb" : "lllllb");
    rc = diff_findings(t->diff, kind->word, take_finding, t, err);
    if (rc == 0 && t->count && !t->list) {
        printf("\n%s: %lld\n", kind->title, (long long)t->count);
        if (!table_print(t->table, 2, stdout))
            rc = err_nomem(err);
        if (kind->listed && !t->all && t->count > LINES_MOST)
            printf("  ... and %lld more; --verbose lists all\n",
                   (long long)(t->count - LINES_MOST));
    }
    table_free(t->table);
    return rc;
}

/* ------------------------------------------------------- Macs and rules */

/* Names in one line after another, or the objects of --json. */
struct names {
    json_t *list;
    const char *change;
    struct strbuf text;
    int64_t count, most;
};

static void add_name(struct names *n, const char *name)
{
    if (n->count++ < n->most)
        strbuf_addf(&n->text, "%s%s", n->text.len ? ", " : "", name);
}

static int take_mac(void *ctx, const char *client, const char *serial,
                    struct err *err)
{
    struct names *n = ctx;

    (void)err;
    if (n->list)
        json_array_append_new(n->list,
                              json_pack("{s:s, s:s, s:s}", "change", n->change,
                                        "client", client, "serial", serial));
    add_name(n, serial);
    return 0;
}

static void print_names(struct names *n)
{
    if (n->count > n->most)
        strbuf_addf(&n->text, " and %lld more",
                    (long long)(n->count - n->most));
    fputs("  ", stdout);
    text_wrap(strbuf_str(&n->text), 2, 2, stdout);
}

static int print_macs(struct telling *t, struct err *err)
{
    size_t i;

    for (i = 0; i < COUNT_OF(mac_changes); i++) {
        struct names n = {.most = t->all ? INT64_MAX : LINES_MOST};
        int rc = diff_macs(t->diff, mac_changes[i].word, take_mac, &n, err);

        if (rc == 0 && n.count) {
            printf("\n%s: %lld\n", mac_changes[i].title, (long long)n.count);
            print_names(&n);
            t->total += n.count;
        }
        strbuf_free(&n.text);
        if (rc < 0)
            return -1;
    }
    return 0;
}

static int take_rule(void *ctx, const char *change, const char *rule,
                     const char *title, struct err *err)
{
    struct names *n = ctx;

    (void)err;
    if (n->list)
        json_array_append_new(n->list,
                              json_pack("{s:s, s:s, s:s}", "change", change,
                                        "rule", rule, "title", title));
    else if (strcmp(change, n->change) == 0)
        add_name(n, rule);
    return 0;
}

/* A rule that is not what it was makes changes that no Mac has made. */
static int print_rules(const struct telling *t, struct err *err)
{
    static const struct {
        const char *word, *title;
    } kinds[] = {{"added", "Rules added"},
                 {"removed", "Rules no longer there"},
                 {"changed", "Rules changed"}};
    bool any = false;
    size_t i;

    for (i = 0; i < COUNT_OF(kinds); i++) {
        struct names n = {.change = kinds[i].word,
                          .most = t->all ? INT64_MAX : LINES_MOST};
        int rc = diff_rules(t->diff, take_rule, &n, err);

        if (rc == 0 && n.count) {
            printf("%s%s between the two: %lld\n", any ? "" : "\n",
                   kinds[i].title, (long long)n.count);
            print_names(&n);
            any = true;
        }
        strbuf_free(&n.text);
        if (rc < 0)
            return -1;
    }
    if (t->diff->settings)
        printf("%sThe settings in force are not the same in both\n",
               any ? "" : "\n");
    if (any || t->diff->settings)
        printf("A change can come of that alone; \"muster analyze --replay\" "
               "judges the\nearlier periods by today's rules\n");
    return 0;
}

/* ----------------------------------------------------------------- output */

/* A pipeline asks every month, and the first month is no fault of it. */
static void say_first(const struct telling *t, FILE *out)
{
    fprintf(out, "No period was judged before %s: nothing to compare%s\n",
            t->diff->to.label,
            t->gate >= 0 ? ", and nothing new or worse for --fail-on" : "");
}

static int print_text(struct telling *t, struct err *err)
{
    const struct diff *d = t->diff;
    size_t i;

    if (!d->from.id) {
        say_first(t, stdout);
        return 0;
    }
    printf("%s -> %s", d->from.label, d->to.label);
    if (t->client) {
        fputs(", ", stdout);
        text_print_safe(t->client, stdout);
    }
    printf("\nCertain in both: %lld %s of %lld %s; %lld failed before, %lld "
           "now\n",
           COUNTED(d->both, "result"), COUNTED(d->macs, "Mac"),
           (long long)d->failed_before, (long long)d->failed_now);
    if (print_rules(t, err) < 0)
        return -1;
    for (i = 0; i < COUNT_OF(changes); i++) {
        if (tell_kind(t, &changes[i], err) < 0)
            return -1;
        if (strcmp(changes[i].word, "open") != 0)
            t->total += t->count;
    }
    if (print_macs(t, err) < 0)
        return -1;
    if (t->total == 0)
        printf("\nNo changes\n");
    return 0;
}

static json_t *period_json(const struct diff_period *p)
{
    char when[32];

    if (!p->id)
        return json_null();
    when_format(p->as_of, when, sizeof(when));
    return json_pack("{s:s, s:s}", "period", p->label, "as_of", when);
}

static json_t *macs_json(const struct diff *d, struct err *err)
{
    struct names n = {.list = json_array()};
    size_t i;

    for (i = 0;
         d->from.id && i < COUNT_OF(mac_changes) && err->code == ERR_NONE;
         i++) {
        n.change = mac_changes[i].word;
        if (diff_macs(d, n.change, take_mac, &n, err) < 0)
            break;
    }
    return n.list;
}

static json_t *rules_json(const struct diff *d, struct err *err)
{
    struct names n = {.list = json_array()};

    if (d->from.id && diff_rules(d, take_rule, &n, err) < 0)
        json_array_clear(n.list);
    return n.list;
}

static int print_json(struct telling *t, struct err *err)
{
    const struct diff *d = t->diff;
    json_t *counts = json_object(), *root;
    char *text = NULL;
    size_t i;

    t->list = json_array();
    if (!d->from.id && opt_talk(t->opt) > 0)
        say_first(t, stderr);
    for (i = 0; i < COUNT_OF(changes) && err->code == ERR_NONE; i++)
        if (!d->from.id || tell_kind(t, &changes[i], err) == 0)
            json_object_set_new(counts, changes[i].word,
                                json_integer(t->count));
    root = json_pack(
        "{s:s, s:s, s:o, s:o, s:s?, s:{s:I, s:I, s:I, s:I}, s:o, s:o,"
        " s:o, s:o, s:b}",
        "schema", "muster.diff/1", "use", d->use, "from", period_json(&d->from),
        "to", period_json(&d->to), "client", t->client, "checked_in_both",
        "macs", (json_int_t)d->macs, "results", (json_int_t)d->both,
        "failed_before", (json_int_t)d->failed_before, "failed_now",
        (json_int_t)d->failed_now, "counts", counts, "changes", t->list, "macs",
        macs_json(d, err), "rules", rules_json(d, err), "settings_changed",
        d->settings);
    if (root && err->code == ERR_NONE)
        text = json_dumps(root, JSON_INDENT(1));
    json_decref(root);
    if (!text)
        return err->code == ERR_NONE ? err_nomem(err) : -1;
    puts(text);
    free(text);
    return 0;
}

/* The gates of a period ask the later one; --fail-on asks what came. */
static int conclude(const struct telling *t, const struct call *c,
                    struct err *err)
{
    const struct gates gates = {.period_id = t->diff->to.id,
                                .client_id = t->diff->client_id,
                                .changes = true};

    if (t->tripped)
        return err_set(
            err, ERR_GATE,
            "%lld new or worse %s of severity %s or worse (--fail-on)",
            COUNTED(t->tripped, "finding"), opt_text(c->opt, "fail-on"));
    return gates_ask(t->diff->db, c->opt, &gates, err);
}

static int run(const struct call *c, struct err *err)
{
    struct diff d;
    struct telling t = {.diff = &d,
                        .opt = c->opt,
                        .client = opt_text(c->opt, "client"),
                        .all = opt_talk(c->opt) > 1,
                        .gate = gates_severity(opt_text(c->opt, "fail-on"))};
    const char *use = opt_text_or(c->opt, "use", "monthly");
    sqlite3 *db;
    int rc = -1;

    if (c->count > 0)
        return err_set(err, ERR_USAGE,
                       "diff: takes no operand; name periods "
                       "with --from and --to");
    if (gates_check(c->opt, err) < 0)
        return -1;
    if (strcmp(use, "monthly") != 0 && strcmp(use, "client") != 0 &&
        strcmp(use, "migration") != 0)
        return err_set(err, ERR_USAGE,
                       "--use: \"%s\" is none of monthly, client, migration",
                       use);
    db = command_store(c, DB_READ, err);
    if (db && diff_open(&d, db, opt_text(c->opt, "from"),
                        opt_text(c->opt, "to"), t.client, use, err) == 0)
        rc = opt_flag(c->opt, "json") ? print_json(&t, err)
                                      : print_text(&t, err);
    if (rc == 0)
        rc = conclude(&t, c, err);
    db_close(db);
    return rc;
}

static const char *const options[] = {"from",        "to",      "client",
                                      "use",         "fail-on", "min-rate",
                                      "max-unknown", "max-age", NULL};

const struct command cmd_diff = {
    .name = "diff",
    .summary = "Compare two periods: new, resolved, worse, still open",
    .usage = "diff [OPTIONS]",
    .help =
        "Compare the findings of two judged periods, by default the newest one\n"
        "with the one before it: those of the rules of --use (monthly), as its\n"
        "reports have them. Rates are compared over results that are\n"
        "certain in both. What was not checked before is \"newly measured\" and\n"
        "no bad news; what is no longer checked is not called resolved. Rules\n"
        "and settings that are not the same in both are named; \"muster analyze\n"
        "--replay\" judges the earlier periods by today's rules.\n"
        "\n"
        "--fail-on ends with 3 where something new, returned or worse failed\n"
        "with that severity or a graver one; the other gates ask the later\n"
        "period. Accepted risks do not count. The first period has nothing to be\n"
        "compared with: it is said, and --fail-on lets it pass.",
    .examples = "  muster diff\n"
                "  muster diff --from 2026-08 --to 2026-11 --client Northwind\n"
                "  muster diff --json --fail-on high\n",
    .options = options,
    .run = run,
};
