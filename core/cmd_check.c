/*
 * cmd_check.c - muster check: is everything a run would read in order?
 *
 * Each part is looked at, whatever the others say, so that one call shows all
 * that is wrong.
 */
#include "core/base.h"

#include "analyze/check.h"
#include "analyze/rule_names.h"
#include "analyze/waivers.h"
#include "core/commands.h"
#include "core/config.h"
#include "core/text.h"
#include "ingest/validate.h"
#include "report/brand.h"
#include "report/helpdesk.h"
#include "report/html.h"
#include "report/html_load.h"
#include "report/portfolio.h"

#include <jansson.h>

struct checking {
    const struct call *call;
    struct config *config;
    json_t *parts, *faults; /* NULL without --json */
    size_t count;           /* faults */
    bool quiet;
};

static void fault(void *ctx, const struct err *e)
{
    struct checking *c = ctx;

    c->count++;
    if (c->faults)
        json_array_append_new(
            c->faults, json_pack("{s:s, s:i, s:i, s:s, s:s}", "file", e->file,
                                 "line", (int)e->line, "column", (int)e->column,
                                 "text", e->text, "hint", e->hint));
    else
        err_print(e, stderr);
}

/* One line for a part that was looked at. */
static void part(struct checking *c, const char *name, size_t before,
                 const char *what)
{
    bool ok = c->count == before;

    if (c->parts)
        json_array_append_new(c->parts,
                              json_pack("{s:s, s:b, s:s}", "part", name, "ok",
                                        ok, "found", what));
    else if (!c->quiet)
        printf("%-5s %-14s %s\n", ok ? "ok" : "FAIL", name, what);
}

/* ----------------------------------------------------------- configuration */

/* A colour that is hard to read is not used as it stands: say so. */
static void shaded(struct checking *c, const char *client,
                   const struct brand *b)
{
    struct config_value v = config_value(c->config, client, "accent");

    if (!b->colour || b->light == b->accent || c->quiet || c->parts)
        return;
    fprintf(stderr,
            "%s:%ld: accent: too light to read (%.1f to 1, 4.5 is "
            "needed), so text takes #%06x\n",
            v.file, v.line, brand_contrast(b->accent, BRAND_GROUND), b->light);
}

static void known_look(struct checking *c, const char *client)
{
    struct brand b;
    struct err e = {0};

    if (client && !config_has(c->config, client, "logo") &&
        !config_has(c->config, client, "accent"))
        return;
    if (brand_load(c->config, client, &b, &e) < 0) {
        fault(c, &e);
        return;
    }
    shaded(c, client, &b);
    brand_free(&b);
}

/* What a configuration names must be there. */
static void check_names(struct checking *c, const struct catalogue *rules)
{
    size_t i;

    if (rules->count > 0)
        rules_not_there(rules, c->config, fault, c);
    for (i = 0; i <= config_client_count(c->config); i++)
        known_look(c, i ? config_client_at(c->config, i - 1) : NULL);
}

static void check_config(struct checking *c, const struct catalogue *rules)
{
    size_t before = c->count;
    struct err e = {0};
    char what[160];

    c->config = config_load(c->call->opt, &e);
    if (!c->config)
        fault(c, &e);
    else
        check_names(c, rules);
    if (!c->config)
        snprintf(what, sizeof(what), "cannot be read");
    else if (config_file(c->config)[0])
        snprintf(what, sizeof(what), "%.100s, %zu client%s",
                 config_file(c->config), config_client_count(c->config),
                 config_client_count(c->config) == 1 ? "" : "s");
    else
        snprintf(what, sizeof(what), "no file, the defaults hold");
    part(c, "configuration", before, what);
}

/* ------------------------------------------------------------ other parts */

static void check_rules(struct checking *c, const struct catalogue *rules,
                        const struct err *failed)
{
    size_t before = c->count, own = 0, faults = 0, i;
    struct remedies remedies = {0};
    struct err e = {0};
    char what[160];

    for (i = 0; i < rules->count; i++)
        own += rules->rules[i]->own;
    if (failed->code != ERR_NONE)
        fault(c, failed);
    else if (remedies_load(&remedies, opt_text(c->call->opt, "remedies"), &e) <
                 0 ||
             rules_check(rules, &remedies, true, fault, c, &faults, &e) < 0)
        fault(c, &e);
    snprintf(what, sizeof(what), "%zu built in, %zu of your own",
             rules->count - own, own);
    part(c, "rules", before, what);
    remedies_free(&remedies);
}

static void check_waivers(struct checking *c)
{
    size_t before = c->count;
    struct err e = {0};
    struct waivers *w =
        waivers_read(c->config, opt_text(c->call->opt, "waivers"), &e);
    char what[64];

    if (!w)
        fault(c, &e);
    snprintf(what, sizeof(what), "%zu", waivers_count(w));
    part(c, "accepted risks", before, what);
    waivers_free(w);
}

static void check_mappings(struct checking *c)
{
    size_t before = c->count, count = 0;
    struct err e = {0};
    char what[64];

    if (mappings_validate(opt_text(c->call->opt, "sources"), &count, &e) < 0)
        fault(c, &e);
    snprintf(what, sizeof(what), "%zu", count);
    part(c, "mappings", before, what);
}

static void check_templates(struct checking *c)
{
    static const char *const uses[] = {"monthly", "client", "migration"};
    size_t before = c->count, i;
    struct err e = {0};

    if (html_folder(opt_text(c->call->opt, "templates"), &e) < 0)
        fault(c, &e);
    for (i = 0; c->count == before && i < COUNT_OF(uses); i++) {
        e = (struct err){0};
        if (html_check(opt_text(c->call->opt, "templates"), uses[i], &e) < 0) {
            fault(c, &e);
            break; /* the same file is in all of them */
        }
    }
    e = (struct err){0};
    if (c->count == before &&
        (helpdesk_check(opt_text(c->call->opt, "templates"), &e) < 0 ||
         portfolio_check(opt_text(c->call->opt, "templates"), &e) < 0))
        fault(c, &e);
    part(c, "templates", before,
         "monthly, client, migration, helpdesk, portfolio");
}

/* -------------------------------------------------------------------- start */

static int print_json(struct checking *c, struct err *err)
{
    json_t *root =
        json_pack("{s:s, s:b, s:O, s:O}", "schema", "muster.check/1", "ok",
                  c->count == 0, "parts", c->parts, "faults", c->faults);
    char *text = root ? json_dumps(root, JSON_INDENT(1)) : NULL;

    json_decref(root);
    if (!text)
        return err_nomem(err);
    puts(text);
    free(text);
    return 0;
}

static int run(const struct call *call, struct err *err)
{
    struct checking c = {.call = call, .quiet = !opt_talk(call->opt)};
    struct catalogue rules = {0};
    struct err failed = {0};
    int rc = 0;

    if (call->count > 0)
        return err_set(err, ERR_USAGE, "check: takes no operand");
    if (opt_flag(call->opt, "json")) {
        c.parts = json_array();
        c.faults = json_array();
    }
    (void)!catalogue_load(&rules, opt_text(call->opt, "rules"), &failed);
    check_config(&c, &rules);
    check_rules(&c, &rules, &failed);
    check_waivers(&c);
    check_mappings(&c);
    check_templates(&c);
    if (c.parts)
        rc = print_json(&c, err);
    json_decref(c.parts);
    json_decref(c.faults);
    config_free(c.config);
    catalogue_free(&rules);
    if (rc == 0 && c.count)
        return err_set(err, ERR_CONFIG, "%zu fault%s found", c.count,
                       c.count == 1 ? "" : "s");
    return rc;
}

static const char *const options[] = {"rules",   "remedies",  "sources",
                                      "waivers", "templates", NULL};

const struct command cmd_check = {
    .name = "check",
    .summary = "Validate configuration, rules, mappings and templates",
    .usage = "check [OPTIONS]",
    .help =
        "Read everything that a run would read besides the exports: the\n"
        "configuration and the rules, pictures and files it names, your own\n"
        "rules with their cases, accepted risks, mappings and templates. All\n"
        "parts are looked at; each fault has its file and line. Ends with 5\n"
        "where there is one.",
    .examples = "  muster check\n"
                "  muster check --rules my-rules --templates my-templates\n",
    .options = options,
    .run = run,
};
