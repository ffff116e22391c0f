/*
 * options.c - the command line: the table of options, parsing, help.
 */
#include "core/base.h"

#include "core/color.h"
#include "core/facts.h"
#include "core/options.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/when.h"

const struct option all_options[] = {
    {'d', "db", OPT_TEXT, "FILE", "database (default muster.db)"},
    {'o', "output", OPT_TEXT, "DIR", "where reports go (default reports)"},
    {0, "as-of", OPT_TEXT, "DATE", "take this day or instant as today"},
    {0, "period", OPT_TEXT, "LABEL", "the snapshot (default: month of as-of)"},
    {0, "collected", OPT_TEXT, "DATE", "when the export was taken"},
    {0, "client", OPT_TEXT, "NAME", "this client"},
    {0, "client-per-folder", OPT_FLAG, NULL, "sub-folders are clients"},
    {'u', "use", OPT_TEXT, "NAME", "monthly, client or migration"},
    {'F', "format", OPT_TEXT, "LIST", "csv,xlsx,html,json,md,next,helpdesk"},
    {'s', "source", OPT_TEXT, "ID", "export format, or a mapping FILE.json"},
    {0, "sources", OPT_TEXT, "DIR", "your mappings, in front of ours"},
    {0, "map", OPT_LIST, "FACT=COLUMN", "read a fact from this column"},
    {0, "keep", OPT_LIST, "COLUMN|N", "keep a column; prune: N newest periods"},
    {0, "encoding", OPT_TEXT, "NAME", "utf-8, utf-16 or windows-1252"},
    {0, "replace", OPT_FLAG, NULL, "supersede this source's earlier import"},
    {0, "max-rejects", OPT_TEXT, "N", "refuse a file above N (or N%) rejects"},
    {0, "expected", OPT_TEXT, "FILE", "serials that should be in the fleet"},
    {0, "rules", OPT_TEXT, "DIR", "your rules, in front of ours"},
    {0, "remedies", OPT_TEXT, "DIR", "your remedies, in front of ours"},
    {0, "templates", OPT_TEXT, "DIR", "your templates, in front of ours"},
    {'c', "config", OPT_TEXT, "FILE", "configuration (default muster.conf)"},
    {0, "set", OPT_LIST, "KEY=VALUE", "a setting for this run"},
    {0, "waivers", OPT_TEXT, "FILE.csv", "accepted risks"},
    {0, "fail-on", OPT_TEXT, "SEVERITY", "exit 3 where such a finding exists"},
    {0, "min-rate", OPT_TEXT, "PERCENT", "exit 3 below this pass rate"},
    {0, "max-unknown", OPT_TEXT, "N", "exit 3 above N (or N%) unknown Macs"},
    {0, "max-age", OPT_TEXT, "DAYS",
     "exit 8 where a client's newest facts are older"},
    {0, "each-client", OPT_FLAG, NULL, "a folder of reports for each client"},
    {0, "csv-bom", OPT_FLAG, NULL, "byte order mark in CSV files"},
    {0, "csv-raw", OPT_FLAG, NULL, "CSV cells without formula protection"},
    {0, "redact", OPT_TEXT, "LIST", "users,serials,hostnames as pseudonyms"},
    {0, "redact-key", OPT_TEXT, "FILE", "key of the pseudonyms"},
    {0, "new-only", OPT_FLAG, NULL, "tickets for new findings only"},
    {0, "from", OPT_TEXT, "PERIOD", "earlier period"},
    {0, "to", OPT_TEXT, "PERIOD", "later period"},
    {0, "replay", OPT_FLAG, NULL, "judge earlier periods by today's rules"},
    {0, "by", OPT_TEXT, "WHO", "mdm, idp, admin or recovery"},
    {0, "for", OPT_TEXT, "PRODUCT", "management product"},
    {0, "fact", OPT_TEXT, "NAME", "tokens, bootstrap or all"},
    {0, "n", OPT_TEXT, "COUNT", "how many"},
    {0, "seed", OPT_TEXT, "TEXT", "start of the draw"},
    {0, "wait", OPT_TEXT, "SECONDS", "wait for a busy database (default 10)"},
    {'f', "force", OPT_FLAG, NULL, "overwrite files that are not ours"},
    {'n', "dry-run", OPT_FLAG, NULL, "read and check, store nothing"},
    {0, "json", OPT_FLAG, NULL, "the result as JSON on standard output"},
    {'q', "quiet", OPT_FLAG, NULL, "errors only"},
    {'v', "verbose", OPT_FLAG, NULL, "say more"},
    {0, "color", OPT_TEXT, "WHEN", "auto, always or never"},
    {0, "no-progress", OPT_FLAG, NULL, "no progress line"},
    {'h', "help", OPT_FLAG, NULL, "this text"},
    {'V', "version", OPT_FLAG, NULL, "version, and those of the libraries"},
};

const size_t all_option_count = COUNT_OF(all_options);

/* Taken by every command. */
static const char *const common[] = {
    "db",          "wait", "json",    "quiet",  "verbose", "color",
    "no-progress", "help", "version", "config", "set"};

struct options {
    struct {
        const char **items;
        size_t count;
    } value[COUNT_OF(all_options)];
};

static size_t find(const char *name)
{
    size_t i;

    for (i = 0; i < all_option_count; i++)
        if (strcmp(all_options[i].name, name) == 0)
            return i;
    fprintf(stderr, "muster: no option \"%s\" in the table\n", name);
    abort();
}

bool opt_flag(const struct options *o, const char *name)
{
    return o->value[find(name)].count > 0;
}

const char *opt_text(const struct options *o, const char *name)
{
    size_t i = find(name), n = o->value[i].count;

    return n ? o->value[i].items[n - 1] : NULL;
}

const char *opt_text_or(const struct options *o, const char *name,
                        const char *fallback)
{
    const char *s = opt_text(o, name);

    return s ? s : fallback;
}

size_t opt_count(const struct options *o, const char *name)
{
    return o->value[find(name)].count;
}

const char *opt_item(const struct options *o, const char *name, size_t i)
{
    return o->value[find(name)].items[i];
}

int opt_as_of(const struct options *o, int64_t *as_of, struct err *err)
{
    const char *s = opt_text(o, "as-of");
    struct timespec now;

    if (!s) {
        clock_gettime(CLOCK_REALTIME, &now);
        *as_of = (int64_t)now.tv_sec;
        return 0;
    }
    if (!when_parse_as_of(s, as_of) || !when_plausible(*as_of, 0)) {
        err_set(err, ERR_USAGE, "--as-of: \"%s\" is no date", s);
        return err_hint(err, "write 2026-11-30, or 2026-11-30T09:00:00Z");
    }
    return 0;
}

int opt_period(const struct options *o, int64_t as_of, char *out, size_t size,
               struct err *err)
{
    const char *s = opt_text(o, "period");
    size_t i, n;

    if (!s) {
        when_format_month(as_of, out, size);
        return 0;
    }
    n = strlen(s);
    for (i = 0; i < n; i++)
        if (!isalnum((unsigned char)s[i]) && !strchr("-_.", s[i]))
            break;
    if (n == 0 || n >= size || n > 32 || i < n || s[0] == '.' || s[0] == '-')
        return err_set(err, ERR_USAGE,
                       "--period: \"%s\" is no label (letters, digits, -, _ "
                       "and ., at most 32)",
                       s);
    snprintf(out, size, "%s", s);
    return 0;
}

int opt_wait(const struct options *o, int *ms, struct err *err)
{
    const char *s = opt_text_or(o, "wait", "10");
    char *end;
    long v = strtol(s, &end, 10);

    if (*end || end == s || v < 0 || v > 86400)
        return err_set(err, ERR_USAGE, "--wait: \"%s\" is no number of seconds",
                       s);
    *ms = (int)v * 1000;
    return 0;
}

int opt_talk(const struct options *o)
{
    if (opt_flag(o, "quiet"))
        return 0;
    return opt_flag(o, "verbose") ? 2 : 1;
}

static bool takes(const struct command *cmd, const char *name)
{
    size_t i;

    if (cmd->no_json && strcmp(name, "json") == 0)
        return false;
    for (i = 0; i < COUNT_OF(common); i++)
        if (strcmp(common[i], name) == 0)
            return true;
    for (i = 0; cmd->options && cmd->options[i]; i++)
        if (strcmp(cmd->options[i], name) == 0)
            return true;
    return false;
}

static int add(struct options *o, size_t index, const char *value,
               struct err *err)
{
    size_t n = o->value[index].count;
    const char **items =
        realloc(o->value[index].items, (n + 1) * sizeof(*items));

    if (!items)
        return err_nomem(err);
    items[n] = value;
    o->value[index].items = items;
    o->value[index].count = n + 1;
    return 0;
}

static int unknown(const struct command *cmd, const char *shown,
                   const char *name, struct err *err)
{
    const char *words[COUNT_OF(all_options)], *near;
    size_t i, n = 0;

    for (i = 0; i < all_option_count; i++)
        if (takes(cmd, all_options[i].name))
            words[n++] = all_options[i].name;
    err_set(err, ERR_USAGE, "%s: unknown option \"%s\"", cmd->name, shown);
    near = text_nearest(name, words, n);
    if (near)
        return err_hint(err, "did you mean \"--%s\"?", near);
    return err_hint(err, "see \"muster %s --help\"", cmd->name);
}

struct words {
    char **argv;
    int argc, at;
};

/* The value of an option: after "=", or the next word. An empty one is none:
 * "--client "$CLIENT"" must not mean everybody where the variable is not set.
 */
static int value_of(const struct option *opt, const char *attached,
                    struct words *w, const char **out, struct err *err)
{
    if (!attached && w->at + 1 >= w->argc)
        return err_set(err, ERR_USAGE, "--%s needs %s", opt->name, opt->arg);
    *out = attached ? attached : w->argv[++w->at];
    if ((*out)[0])
        return 0;
    err_set(err, ERR_USAGE, "--%s needs %s, and it is empty", opt->name,
            opt->arg);
    return err_hint(err, "was a variable of the shell not set?");
}

static int long_option(const struct command *cmd, struct options *o,
                       struct words *w, struct err *err)
{
    const char *word = w->argv[w->at], *eq = strchr(word, '=');
    size_t len = eq ? (size_t)(eq - word) : strlen(word), i;
    const char *value = NULL;
    char name[64];

    snprintf(name, sizeof(name), "%.*s", (int)len - 2, word + 2);
    if (strcmp(name, "no-color") == 0 && !eq)
        return add(o, find("color"), "never", err);
    for (i = 0; i < all_option_count; i++)
        if (strcmp(all_options[i].name, name) == 0 && takes(cmd, name))
            break;
    if (i == all_option_count)
        return unknown(cmd, word, name, err);
    if (all_options[i].kind == OPT_FLAG && eq)
        return err_set(err, ERR_USAGE, "--%s takes no value", name);
    if (all_options[i].kind != OPT_FLAG &&
        value_of(&all_options[i], eq ? eq + 1 : NULL, w, &value, err) < 0)
        return -1;
    return add(o, i, value, err);
}

static int short_options(const struct command *cmd, struct options *o,
                         struct words *w, struct err *err)
{
    const char *p = w->argv[w->at] + 1;
    const char *value = NULL;
    char shown[3] = "-?";
    size_t i;

    for (; *p; p++) {
        shown[1] = *p;
        for (i = 0; i < all_option_count; i++)
            if (all_options[i].letter == *p && takes(cmd, all_options[i].name))
                break;
        if (i == all_option_count)
            return unknown(cmd, shown, shown + 1, err);
        if (all_options[i].kind == OPT_FLAG) {
            if (add(o, i, NULL, err) < 0)
                return -1;
            continue;
        }
        if (value_of(&all_options[i], p[1] ? p + 1 : NULL, w, &value, err) < 0)
            return -1;
        return add(o, i, value, err);
    }
    return 0;
}

static int check_color(const struct options *o, struct err *err)
{
    const char *s = opt_text_or(o, "color", "auto");

    if (strcmp(s, "auto") == 0 || strcmp(s, "always") == 0 ||
        strcmp(s, "never") == 0) {
        color_choose(s);
        return 0;
    }
    return err_set(err, ERR_USAGE,
                   "--color: expected auto, always or never, found \"%s\"", s);
}

struct options *options_parse(const struct command *cmd, int argc, char **argv,
                              struct call *call, struct err *err)
{
    struct options *o = calloc(1, sizeof(*o));
    struct words w = {argv, argc, 0};
    bool only_operands = false;
    int rc = 0;

    *call = (struct call){o, argv, 0};
    if (!o) {
        err_nomem(err);
        return NULL;
    }
    for (; w.at < argc && rc == 0; w.at++) {
        char *word = argv[w.at];

        if (only_operands || word[0] != '-' || !word[1])
            call->operands[call->count++] = word;
        else if (strcmp(word, "--") == 0)
            only_operands = true;
        else if (word[1] == '-')
            rc = long_option(cmd, o, &w, err);
        else
            rc = short_options(cmd, o, &w, err);
    }
    if (rc == 0)
        rc = check_color(o, err);
    if (rc < 0) {
        options_free(o);
        return NULL;
    }
    return o;
}

void options_free(struct options *o)
{
    size_t i;

    if (!o)
        return;
    for (i = 0; i < COUNT_OF(all_options); i++)
        free(o->value[i].items);
    free(o);
}

static void print_option(const struct option *opt, FILE *out)
{
    char left[48], letter[6] = "    ";

    if (opt->letter)
        snprintf(letter, sizeof(letter), "-%c, ", opt->letter);
    snprintf(left, sizeof(left), "%s--%s%s%s", letter, opt->name,
             opt->arg ? " " : "", opt->arg ? opt->arg : "");
    fprintf(out, "  %-25s  %s\n", left, opt->help);
}

void options_help(const struct command *cmd, FILE *out)
{
    size_t i;

    fprintf(out, "Usage: muster %s\n\n%s\n", cmd->usage, cmd->help);
    if (cmd->examples)
        fprintf(out, "\nExamples:\n%s", cmd->examples);
    fprintf(out, "\nOptions:\n");
    for (i = 0; i < all_option_count; i++)
        if (takes(cmd, all_options[i].name))
            print_option(&all_options[i], out);
}
