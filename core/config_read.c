/*
 * config_read.c - reading muster.conf with inih.
 *
 * inih hands out section, key and value; it does not say which line they stand
 * on, cuts long lines in two and long section names short. So the reader that
 * we give it counts the lines, refuses long ones, and reads section headings
 * itself.
 */
#include "core/base.h"

#include "core/config_data.h"
#include "core/text.h"

#include <ini.h>

/* inih's buffer of 200 less its line end and terminator. */
#define LINE_MOST 197

struct reading {
    struct config *config;
    struct err *err;
    const char *at; /* rest of the text */
    long line;
    bool indented; /* the line begins with a blank */
    char section[16];
    const char *client; /* of a [client] section, else NULL */
    struct config_entry *last;
};

static int bad(struct reading *r, const char *fmt, const char *what)
{
    return err_at(r->err, ERR_CONFIG, r->config->file, r->line, 0,
                  fmt[0] ? "%s \"%s\"" : "%s%s", fmt, what);
}

static const char *const sections[] = {"policy",   "rules",  "severity",
                                       "accounts", "report", "client"};

static int unknown_section(struct reading *r, const char *name)
{
    const char *near = text_nearest(name, sections, COUNT_OF(sections));

    bad(r, "unknown section", name);
    if (near && strcmp(near, "client") != 0)
        return err_hint(r->err, "did you mean [%s]?", near);
    return err_hint(r->err, "sections are [policy] [rules] [severity] "
                            "[accounts] [report] [client \"Name\"]");
}

/* [client "Name"] or [client:Name]; "s" begins behind "client". */
static int open_client(struct reading *r, char *s)
{
    size_t n, i;

    s += strspn(s, " \t:");
    n = strlen(s);
    if (n >= 2 && s[0] == '"' && s[n - 1] == '"') {
        s[n - 1] = '\0';
        s++;
    }
    if (!s[0])
        return bad(r, "", "a client's section is [client \"Name\"]");
    for (i = 0; i < r->config->client_count; i++)
        if (ascii_casecmp(r->config->clients[i], s) == 0)
            return bad(r, "there is another section for client", s);
    r->client = config_add_client(r->config, s, r->err);
    return r->client ? 0 : -1;
}

static int open_section(struct reading *r, const char *line)
{
    const char *end = strrchr(line, ']');
    char name[LINE_MOST + 1];
    size_t i;

    r->client = NULL;
    r->last = NULL;
    if (!end)
        return bad(r, "expected [section], found", line);
    snprintf(name, sizeof(name), "%.*s", (int)(end - line - 1), line + 1);
    snprintf(r->section, sizeof(r->section), "%.15s", name);
    if (text_starts(name, "client") && strchr(" \t:\"", name[6])) {
        snprintf(r->section, sizeof(r->section), "client");
        return open_client(r, name + 6);
    }
    for (i = 0; i < COUNT_OF(sections); i++)
        if (strcmp(name, sections[i]) == 0)
            return 0;
    return unknown_section(r, name);
}

/* One line for inih, in the manner of fgets(). */
static char *next_line(char *out, int size, void *ctx)
{
    struct reading *r = ctx;
    size_t n = strcspn(r->at, "\n"), skip;
    const char *line = r->at;

    if (r->err->code != ERR_NONE || !*line)
        return NULL;
    r->line++;
    r->at += n + (line[n] == '\n');
    if (n > 0 && line[n - 1] == '\r')
        n--;
    if (n > LINE_MOST || n + 2 > (size_t)size) {
        err_at(r->err, ERR_CONFIG, r->config->file, r->line, 0,
               "the line has more than %d characters", LINE_MOST);
        err_hint(r->err, "go on in a new line that begins with blanks");
        return NULL;
    }
    if (utf8_check(line, n) < n) {
        bad(r, "", "the text is not UTF-8");
        return NULL;
    }
    snprintf(out, (size_t)size, "%.*s\n", (int)n, line);
    skip = strspn(out, " \t");
    r->indented = skip > 0 && r->last != NULL;
    if (out[skip] == '[' && !r->indented) {
        out[n] = '\0';
        if (open_section(r, out + skip) < 0)
            return NULL;
        snprintf(out, (size_t)size, "[x]\n");
    }
    return out;
}

static int unknown_key(struct reading *r, const char *name)
{
    const char *words[64], *near;
    struct config_key k;
    size_t i, n = 0;

    if (r->section[0])
        bad(r, "unknown key", name);
    else
        bad(r, "no section stands before", name);
    if (config_find_key(name, &k))
        return err_hint(r->err, "it belongs below [%s]", k.section);
    for (i = 0; i < config_key_count() && n < COUNT_OF(words); i++)
        if (r->client || strcmp(config_key_at(i).section, r->section) == 0)
            words[n++] = config_key_at(i).name;
    near = text_nearest(name, words, n);
    return near ? err_hint(r->err, "did you mean \"%s\"?", near)
                : err_hint(r->err, "\"muster config\" lists the keys");
}

/* Take what has been checked, once for each place. */
static int store(struct reading *r, const char *key, const char *value)
{
    const struct config_entry *e = config_entry(r->config, r->client, key);

    if (e)
        return err_at(r->err, ERR_CONFIG, r->config->file, r->line, 0,
                      "\"%s\" is given twice (first in line %ld)", key,
                      e->line);
    r->last = config_add(r->config, r->client, key, value, r->config->file,
                         r->line, r->err);
    return r->last ? 0 : -1;
}

static int take_severity(struct reading *r, const char *rule, const char *word)
{
    char key[128];

    if (!config_is_severity(word))
        return err_at(r->err, ERR_CONFIG, r->config->file, r->line, 0,
                      "%s: expected critical, high, medium, low or info, "
                      "found \"%s\"",
                      rule, word);
    snprintf(key, sizeof(key), "severity.%s", rule);
    return store(r, key, word);
}

static int take_value(struct reading *r, const char *name, const char *value)
{
    struct config_key k;
    struct err why = {0};

    if (strcmp(r->section, "severity") == 0)
        return take_severity(r, name, value);
    if (r->client && text_starts(name, "severity.") && name[9])
        return take_severity(r, name + 9, value);
    if (!config_find_key(name, &k) || !r->section[0] ||
        (!r->client && strcmp(k.section, r->section) != 0))
        return unknown_key(r, name);
    if (config_check_value(&k, value, &why) < 0)
        return bad(r, "", why.text);
    return store(r, k.name, value);
}

/* A line that begins with blanks goes on with a list. */
static int go_on(struct reading *r, const char *value)
{
    struct strbuf b = {0};
    const char *gap = r->last->text[0] ? " " : "";
    struct config_key k;

    if (!config_find_key(r->last->key, &k) ||
        (k.kind != CONFIG_NAMES && k.kind != CONFIG_RULES &&
         k.kind != CONFIG_LIST && k.kind != CONFIG_TEXT))
        return bad(r, "only one line is expected for", r->last->key);
    if (k.kind == CONFIG_LIST && gap[0] && !text_ends(r->last->text, ","))
        gap = ", ";
    strbuf_addf(&b, "%s%s%s", r->last->text, gap, value);
    free(r->last->text);
    r->last->text = strbuf_detach(&b);
    return r->last->text ? 0 : err_nomem(r->err);
}

/* inih's handler: nonzero to go on. */
static int take(void *ctx, const char *section, const char *name,
                const char *value)
{
    struct reading *r = ctx;

    (void)section;
    if (r->err->code != ERR_NONE)
        return 0;
    if (r->indented)
        return go_on(r, value) == 0;
    return take_value(r, name, value) == 0;
}

int config_read(struct config *c, const char *text, struct err *err)
{
    struct reading r = {.config = c, .err = err, .at = text};
    int line;

    if (text_starts(text, "\xef\xbb\xbf"))
        r.at += 3;
    line = ini_parse_stream(next_line, &r, take, &r);
    if (line > 0 && (err->code == ERR_NONE || line < err->line)) {
        *err = (struct err){0};
        err_at(err, ERR_CONFIG, c->file, line, 0,
               "expected \"key = value\" or \"[section]\"");
    }
    return err->code == ERR_NONE ? 0 : -1;
}
