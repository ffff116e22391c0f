/*
 * cmd_rules.c - muster rules: the catalogue, its cases, rules of one's own.
 */
#include "core/base.h"

#include "analyze/cases.h"
#include "analyze/catalogue.h"
#include "analyze/check.h"
#include "core/commands.h"
#include "core/config.h"
#include "core/strbuf.h"
#include "core/table.h"
#include "core/text.h"

#include <jansson.h>

/* What every part of the command works with. */
struct rules {
    const struct call *call;
    struct catalogue c;
    struct remedies remedies;
    struct config *config;
    bool json;
};

static const char *const kinds[] = {"counted", "report-only", "cause",
                                    "engine"};

static size_t find(const struct rules *r, const char *id, struct err *err)
{
    const char *words[512], *near;
    size_t i, n = 0;

    for (i = 0; i < r->c.count; i++) {
        if (ascii_casecmp(r->c.rules[i]->id, id) == 0)
            return i;
        if (n < COUNT_OF(words))
            words[n++] = r->c.rules[i]->id;
    }
    err_set(err, ERR_USAGE, "there is no rule %s", id);
    near = text_nearest(id, words, n);
    if (near)
        err_hint(err, "did you mean %s?", near);
    else
        err_hint(err, "see \"muster rules list\"");
    return SIZE_MAX;
}

static const char *origin(const struct rules *r, size_t i)
{
    if (config_names_rule(r->config, NULL, "disabled", r->c.rules[i]->id))
        return "disabled";
    if (r->c.overrides[i])
        return "overridden";
    return r->c.rules[i]->own ? "own" : "built-in";
}

/* Words of a list with blanks between, as a JSON array. */
static json_t *words_json(const char *list)
{
    json_t *out = json_array();
    size_t n;

    for (; *list; list += n + (list[n] == ' ')) {
        n = strcspn(list, " ");
        if (n)
            json_array_append_new(out, json_stringn(list, n));
    }
    return out;
}

static json_t *rule_json(const struct rules *r, size_t i, bool whole)
{
    const struct rule *u = r->c.rules[i];
    json_t *o =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:s}", "id", u->id,
                  "title", u->title, "module", u->module, "scope",
                  u->account_scope ? "account" : "device", "severity",
                  severity_word(u->severity), "kind", kinds[u->kind], "uses",
                  words_json(u->uses), "origin", origin(r, i));

    if (!o || !whole)
        return o;
    json_object_set_new(o, "unknown_severity",
                        u->unknown_severity == SEV_NONE
                            ? json_null()
                            : json_string(severity_word(u->unknown_severity)));
    json_object_set_new(o, "loses", words_json(u->loses));
    json_object_set_new(o, "facts", json_string(u->facts));
    json_object_set_new(o, "why", json_string(u->why));
    json_object_set_new(o, "fix", words_json(u->fix));
    json_object_set_new(o, "core", json_boolean(u->core));
    json_object_set_new(o, "ref", json_string(u->ref));
    json_object_set_new(o, "file", json_string(u->file));
    json_object_set_new(o, "sql", json_string(u->sql));
    if (u->broken.code != ERR_NONE)
        json_object_set_new(o, "fault", json_string(u->broken.text));
    return o;
}

static int print_json(json_t *o, struct err *err)
{
    int rc = o ? json_dumpf(o, stdout, JSON_INDENT(2)) : -1;

    json_decref(o);
    putchar('\n');
    return rc < 0 ? err_set(err, ERR_FAIL, "cannot write JSON") : 0;
}

/* -------------------------------------------------------------------- list */

/* "title; yours, in place of the built-in one; disabled for Acme" */
static void title_notes(const struct rules *r, size_t i, struct strbuf *out)
{
    const struct rule *u = r->c.rules[i];
    const char *gap = "; disabled for ", *client;
    size_t k;

    strbuf_adds(out, u->title);
    if (u->own)
        strbuf_adds(out, r->c.overrides[i]
                             ? "; yours, in place of the built-in one"
                             : "; yours");
    if (u->broken.code != ERR_NONE)
        strbuf_adds(out, "; at fault");
    if (config_names_rule(r->config, NULL, "disabled", u->id)) {
        strbuf_adds(out, "; disabled");
        return;
    }
    for (k = 0; k < config_client_count(r->config); k++) {
        client = config_client_at(r->config, k);
        if (!config_has(r->config, client, "disabled") ||
            !config_names_rule(r->config, client, "disabled", u->id))
            continue;
        strbuf_addf(out, "%s%s", gap, client);
        gap = ", ";
    }
}

/* "76 rules: 75 built in, 1 of your own, 2 disabled" */
static void list_counts(const struct rules *r)
{
    size_t own = 0, over = 0, off = 0, i;

    for (i = 0; i < r->c.count; i++) {
        over += r->c.overrides[i];
        own += r->c.rules[i]->own && !r->c.overrides[i];
        off +=
            config_names_rule(r->config, NULL, "disabled", r->c.rules[i]->id);
    }
    printf("%lld %s: %zu built in", COUNTED(r->c.count, "rule"),
           r->c.count - own - over);
    if (over)
        printf(", %zu overridden", over);
    if (own)
        printf(", %zu of your own", own);
    if (off)
        printf(", %zu disabled", off);
    putchar('\n');
}

static void print_list(const struct rules *r, struct table *t)
{
    size_t i;

    for (i = 0; i < r->c.count; i++) {
        const struct rule *u = r->c.rules[i];
        struct strbuf title = {0};

        title_notes(r, i, &title);
        table_row(t, u->id, severity_word(u->severity),
                  u->account_scope ? "account" : "device", strbuf_str(&title));
        strbuf_free(&title);
    }
}

static int list(struct rules *r, struct err *err)
{
    json_t *all;
    struct table *t;
    size_t i;
    bool printed;

    if (r->json) {
        all = json_array();
        for (i = 0; i < r->c.count; i++)
            json_array_append_new(all, rule_json(r, i, false));
        return print_json(all, err);
    }
    t = table_new("llll");
    print_list(r, t);
    printed = table_print(t, 0, stdout);
    table_free(t);
    if (!printed)
        return err_nomem(err);
    list_counts(r);
    return 0;
}

/* -------------------------------------------------------------------- show */

/* A paragraph behind a label. */
static void paragraph(const char *label, const char *text)
{
    if (!text[0])
        return;
    printf("%-12s", label);
    text_wrap(text, 12, 12, stdout);
}

static void show_fix(const struct rules *r, const struct rule *u)
{
    char id[32], line[300];
    const char *s = u->fix;
    size_t n;

    for (; *s; s += n + (s[n] == ' ')) {
        const struct remedy *m;

        n = strcspn(s, " ");
        snprintf(id, sizeof(id), "%.*s", (int)n, s);
        m = remedies_find(&r->remedies, id);
        snprintf(line, sizeof(line), "%s %s", id, m ? m->title : "");
        paragraph(s == u->fix ? "What to do" : "", line);
    }
}

static int show(struct rules *r, const char *id, struct err *err)
{
    size_t i = find(r, id, err);
    const struct rule *u;

    if (i == SIZE_MAX)
        return -1;
    if (r->json)
        return print_json(rule_json(r, i, true), err);
    u = r->c.rules[i];
    printf("%s  ", u->id);
    text_print_safe(u->title, stdout);
    putchar('\n');
    paragraph("Severity", severity_word(u->severity));
    paragraph("Not known", u->unknown_severity == SEV_NONE
                               ? ""
                               : severity_word(u->unknown_severity));
    paragraph("Scope", u->account_scope ? "account" : "device");
    paragraph("Kind", u->kind == RULE_COUNTED ? "" : kinds[u->kind]);
    paragraph("Reports", u->uses);
    paragraph("Why", u->why);
    paragraph("Lost", u->loses);
    paragraph("Needs", u->facts);
    show_fix(r, u);
    paragraph("References", u->ref);
    paragraph("From", u->own ? u->file : "built-in");
    if (r->c.overrides[i])
        paragraph("", "in place of the built-in rule of this id");
    if (u->broken.code != ERR_NONE)
        paragraph("At fault", u->broken.text);
    if (u->sql[0]) {
        putchar('\n');
        text_print_safe("", stdout);
        fputs(u->sql, stdout);
    }
    return 0;
}

/* -------------------------------------------------------------------- test */

static void complain(void *ctx, const struct err *fault)
{
    (void)ctx;
    err_print(fault, stderr);
}

static int test_ids(struct rules *r, struct cases_count *counts,
                    struct err *err)
{
    struct cases_count *one = calloc(r->c.count + 1, sizeof(*one));
    size_t i, at;
    int rc = 0;

    if (!one)
        return err_nomem(err);
    for (i = 1; i < r->call->count && rc == 0; i++) {
        at = find(r, r->call->operands[i], err);
        if (at == SIZE_MAX)
            rc = -1;
        else
            rc = cases_run(&r->c, at, complain, NULL, one, err);
        if (rc == 0)
            counts[at] = one[at];
    }
    free(one);
    return rc;
}

static int print_counts(const struct rules *r, const struct cases_count *counts,
                        struct err *err)
{
    int64_t passed = 0, failed = 0, rules = 0, bare = 0;
    json_t *all = json_array();
    size_t i;

    for (i = 0; i < r->c.count; i++) {
        const struct rule *u = r->c.rules[i];

        passed += counts[i].passed;
        failed += counts[i].failed;
        rules += counts[i].passed + counts[i].failed > 0;
        bare += u->kind != RULE_ENGINE && !r->c.cases[i][0];
        if (counts[i].passed + counts[i].failed > 0)
            json_array_append_new(
                all, json_pack("{s:s, s:I, s:I}", "id", u->id, "passed",
                               (json_int_t)counts[i].passed, "failed",
                               (json_int_t)counts[i].failed));
    }
    if (r->json) {
        if (print_json(all, err) < 0)
            return -1;
    } else {
        json_decref(all);
        printf("%lld %s, %lld %s: %lld passed, %lld failed",
               COUNTED(rules, "rule"), COUNTED(passed + failed, "case"),
               (long long)passed, (long long)failed);
        if (bare && r->call->count == 1)
            printf("; %lld %s without cases", COUNTED(bare, "rule"));
        putchar('\n');
    }
    if (failed)
        return err_set(err, ERR_CONFIG, "%lld %s failed",
                       COUNTED(failed, "case"));
    return 0;
}

static int test(struct rules *r, struct err *err)
{
    struct cases_count *counts = calloc(r->c.count + 1, sizeof(*counts));
    int rc = -1;

    if (!counts)
        return err_nomem(err);
    if (r->call->count > 1)
        rc = test_ids(r, counts, err);
    else
        rc = cases_run(&r->c, SIZE_MAX, complain, NULL, counts, err);
    if (rc == 0)
        rc = print_counts(r, counts, err);
    free(counts);
    return rc;
}

/* ------------------------------------------------------------------- check */

static void print_fault(void *ctx, const struct err *fault)
{
    json_t *all = ctx;

    if (all)
        json_array_append_new(all, json_pack("{s:s, s:I, s:I, s:s, s:s}",
                                             "file", fault->file, "line",
                                             (json_int_t)fault->line, "column",
                                             (json_int_t)fault->column, "text",
                                             fault->text, "hint", fault->hint));
    else
        err_print(fault, stderr);
}

static int check(struct rules *r, struct err *err)
{
    json_t *all = r->json ? json_array() : NULL;
    size_t faults = 0, own = 0, i;

    if (rules_check(&r->c, &r->remedies, r->call->count > 1, print_fault, all,
                    &faults, err) < 0) {
        json_decref(all);
        return -1;
    }
    for (i = 0; i < r->c.count; i++)
        own += r->c.rules[i]->own || r->call->count == 1;
    if (all && print_json(all, err) < 0)
        return -1;
    if (faults)
        return err_set(err, ERR_CONFIG, "%lld %s in %lld %s",
                       COUNTED(faults, "fault"), COUNTED(own, "rule"));
    if (!all)
        printf("%lld %s: nothing wrong\n", COUNTED(own, "rule"));
    return 0;
}

static int make_new(const struct rules *r, struct err *err)
{
    const char *dir = opt_text_or(r->call->opt, "rules", "rules");
    char path[600];

    if (rule_skeleton(dir, r->call->operands[1], path, sizeof(path), err) < 0)
        return -1;
    if (opt_talk(r->call->opt))
        printf("%s\nnext: muster rules check %s\n", path, dir);
    return 0;
}

/* ----------------------------------------------------------- the command */

static int usage(struct err *err)
{
    err_set(err, ERR_USAGE,
            "rules: list, show ID, test [ID...], check [DIR] "
            "or new ID");
    return err_hint(err, "see \"muster rules --help\"");
}

static int dispatch(struct rules *r, const char *verb, struct err *err)
{
    size_t n = r->call->count;

    if (strcmp(verb, "list") == 0 && n == 1)
        return list(r, err);
    if (strcmp(verb, "show") == 0 && n == 2)
        return show(r, r->call->operands[1], err);
    if (strcmp(verb, "test") == 0)
        return test(r, err);
    if (strcmp(verb, "check") == 0 && n <= 2)
        return check(r, err);
    return usage(err);
}

static int run(const struct call *c, struct err *err)
{
    struct rules r = {.call = c, .json = opt_flag(c->opt, "json")};
    const char *verb = c->count ? c->operands[0] : "";
    const char *dir = opt_text(c->opt, "rules");
    int rc = -1;

    if (strcmp(verb, "new") == 0 && r.json)
        return err_set(err, ERR_USAGE, "rules new: there is no --json of it");
    if (strcmp(verb, "new") == 0)
        return c->count == 2 ? make_new(&r, err) : usage(err);
    if (strcmp(verb, "check") == 0 && c->count == 2)
        dir = c->operands[1];
    r.config = config_load(c->opt, err);
    if (r.config && catalogue_load(&r.c, dir, err) == 0 &&
        remedies_load(&r.remedies, opt_text(c->opt, "remedies"), err) == 0)
        rc = dispatch(&r, verb, err);
    catalogue_free(&r.c);
    remedies_free(&r.remedies);
    config_free(r.config);
    return rc;
}

static const char *const options[] = {"rules", "remedies", NULL};

const struct command cmd_rules = {
    .name = "rules",
    .summary = "The catalogue: list, show, test, check, new",
    .usage = "rules list | show ID | test [ID...] | check [DIR] | new ID",
    .help =
        "list       every rule: id, severity, scope, where it is from, title\n"
        "show ID    one rule: what it means, why, what to do, its query\n"
        "test       run the cases of all rules, or of those named\n"
        "check DIR  read your own rules critically: header, query, cases\n"
        "new ID     write a skeleton with cases into --rules DIR (rules)\n"
        "\n"
        "--rules DIR puts your own rules in front: one with the id of a\n"
        "built-in rule takes its place.",
    .examples = "  muster rules show ST-06\n"
                "  muster rules new LAB-01 --rules my-rules\n"
                "  muster rules check my-rules\n",
    .options = options,
    .run = run,
};
