/*
 * cmd_collector.c - muster collector: a script that supplies a missing fact.
 *
 * The scripts are plain files in ingest/collectors/: common.sh, and one a
 * fact. This command puts them together, says where the product wants them,
 * and wraps the answer as the product expects it.
 */
#include "core/base.h"

#include "core/commands.h"
#include "core/resource.h"
#include "core/text.h"

/* Where a product wants the script, and how it wants the answer. */
struct product {
    const char *name;
    const char *answer; /* body of the shell function that prints it */
    const char *where;  /* comment lines; @ stands for the name of the fact */
    const char *back;   /* how the answer gets into an export */
};

static const struct product products[] = {
    {"addigy", "printf '%s\\n' \"$1\"",
     "# Addigy: Catalog > Custom Facts > New, name \"Muster @\".\n"
     "# Language Bash, return type String. Assign it to all policies.\n",
     "# Then tick the fact in Devices and export the CSV, or save the devices\n"
     "# answer of the API.\n"},
    {"jamf", "printf '<result>%s</result>\\n' \"$1\"",
     "# Jamf Pro: Settings > Computer Management > Extension Attributes >\n"
     "# New, name \"Muster @\", data type String, input type Script.\n",
     "# Then show it as a column of an advanced computer search and export\n"
     "# it as CSV.\n"},
    {"kandji", "printf '%s\\n' \"$1\"",
     "# Kandji / Iru: Library > Custom Scripts > New, name \"Muster @\",\n"
     "# run once a day, this as the audit script.\n",
     "# Then save the status answer of the API for each device: the line\n"
     "# stands in its log.\n"},
    {"fleet", "printf '%s\\n' \"$1\"",
     "# Fleet: Controls > Scripts > Add, name muster-@.sh, and run it on all\n"
     "# Macs as a batch.\n",
     "# Then save the script results of the hosts.\n"},
    {"simplemdm", "printf '%s\\n' \"$1\"",
     "# SimpleMDM: Scripts > Add, name \"Muster @\", and a job for all Macs\n"
     "# that stores the output in a custom attribute (String).\n",
     "# Then save the devices answer of the API with its custom attributes.\n"},
    {"plain", "printf '%s\\n' \"$1\"",
     "# Any product: run it as root on every Mac and keep what it prints\n"
     "# (@).\n",
     "# Lines of the fact \"all\" from many Macs, one after the other, are a\n"
     "# file that muster reads as it is.\n"},
};

static const struct product *product_find(const char *name)
{
    size_t i;

    for (i = 0; i < COUNT_OF(products); i++)
        if (strcmp(products[i].name, name) == 0)
            return &products[i];
    return NULL;
}

static int unknown_product(const char *name, struct err *err)
{
    const char *words[COUNT_OF(products)], *near;
    size_t i;

    for (i = 0; i < COUNT_OF(products); i++)
        words[i] = products[i].name;
    near = text_nearest(name, words, COUNT_OF(words));
    err_set(err, ERR_USAGE, "--for: there is no collector for \"%s\"", name);
    if (near)
        return err_hint(err, "did you mean \"%s\"?", near);
    return err_hint(err, "addigy, jamf, kandji, fleet, simplemdm or plain");
}

/* A reader of the script meets it in this order: what, where, how. */
static void print_script(const struct product *p, const char *fact,
                         const char *body)
{
    const char *at = strchr(p->where, '@');

    printf("#!/bin/sh\n");
    printf("%.*s%s%s", (int)(at - p->where), p->where, fact, at + 1);
    printf("%s#\n%s\n", p->back, resource_text("ingest/collectors/common.sh"));
    printf("answer() {\n    %s\n}\n\n%s", p->answer, body);
}

static int run(const struct call *c, struct err *err)
{
    const char *name = opt_text_or(c->opt, "for", "plain");
    const char *fact = opt_text_or(c->opt, "fact", "all");
    const struct product *p = product_find(name);
    const struct resource *body;
    char path[64];

    if (c->count > 0)
        return err_set(err, ERR_USAGE, "collector: takes no operand \"%s\"",
                       c->operands[0]);
    if (!p)
        return unknown_product(name, err);
    snprintf(path, sizeof(path), "ingest/collectors/%.20s.sh", fact);
    body = resource_find(path);
    if (!body || strcmp(fact, "common") == 0) {
        err_set(err, ERR_USAGE, "--fact: there is no collector of \"%s\"",
                fact);
        return err_hint(err, "tokens, bootstrap or all");
    }
    print_script(p, fact, body->data);
    return 0;
}

static const char *const options[] = {"for", "fact", NULL};

const struct command cmd_collector = {
    .name = "collector",
    .no_json = true,
    .summary = "Print a script that supplies a missing fact",
    .usage = "collector [--for PRODUCT] [--fact NAME]",
    .help = "Print a small shell script that reads a fact on the Mac, and say "
            "where\n"
            "the product wants it. It changes nothing, sends nothing and asks "
            "for no\n"
            "password. What it prints is read back by muster ingest:\n\n"
            "  tokens     admins=a,b users=c      accounts that hold a secure "
            "token\n"
            "  bootstrap  YES NO UNSUPPORTED UNKNOWN   as the Mac itself says\n"
            "  all        one line of JSON with both, and more\n\n"
            "Products: addigy, jamf, kandji, fleet, simplemdm, plain.",
    .examples = "  muster collector --for jamf --fact tokens\n"
                "  muster collector --for plain --fact all >muster-all.sh\n",
    .options = options,
    .run = run,
};
