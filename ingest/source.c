/*
 * source.c - mappings: parsing, the registry, and which one fits a file.
 *
 * jansson does not keep line numbers, so an error finds its line by looking
 * for the key (and the value) in the text again: near enough to be useful, and
 * the parser stays plain.
 */
#include "core/base.h"

#include "core/resource.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/when.h"
#include "ingest/source.h"

#include <dirent.h>
#include <jansson.h>

struct parse {
    const char *name, *text;
    size_t n;
    struct source *s;
    struct err *err;
};

/* ------------------------------------------------------------------ errors */

/* The line on which "word" stands in quotes for the first time; 0: nowhere. */
static long line_of(const struct parse *p, const char *word)
{
    size_t len = strlen(word), i;
    long line = 1;

    for (i = 0; i + len + 2 <= p->n; i++) {
        if (p->text[i] == '\n')
            line++;
        else if (p->text[i] == '"' && memcmp(p->text + i + 1, word, len) == 0 &&
                 p->text[i + 1 + len] == '"')
            return line;
    }
    return 0;
}

static int bad(const struct parse *p, const char *word, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

static int bad(const struct parse *p, const char *word, const char *fmt, ...)
{
    char text[400];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    return err_at(p->err, ERR_CONFIG, p->name, line_of(p, word), 0, "%s", text);
}

static int check_keys(const struct parse *p, json_t *o, const char *what,
                      const char *const *known, size_t count)
{
    const char *key, *near;
    json_t *v;
    size_t i;

    json_object_foreach(o, key, v)
    {
        if (key[0] == '#') /* a remark */
            continue;
        for (i = 0; i < count && strcmp(key, known[i]) != 0; i++)
            ;
        if (i < count)
            continue;
        bad(p, key, "%s has no key \"%s\"", what, key);
        near = text_nearest(key, known, count);
        if (near)
            err_hint(p->err, "did you mean \"%s\"?", near);
        return -1;
    }
    return 0;
}

/* ----------------------------------------------------------------- helpers */

static char *copy(const struct parse *p, const char *s)
{
    char *c = strdup(s);

    if (!c)
        err_nomem(p->err);
    return c;
}

static int get_text(const struct parse *p, json_t *o, const char *key,
                    char **out)
{
    json_t *v = json_object_get(o, key);

    if (!v)
        return 0;
    if (!json_is_string(v))
        return bad(p, key, "\"%s\" must be a text", key);
    free(*out);
    *out = copy(p, json_string_value(v));
    return *out ? 0 : -1;
}

static int get_flag(const struct parse *p, json_t *o, const char *key,
                    bool *out)
{
    json_t *v = json_object_get(o, key);

    if (!v)
        return 0;
    if (!json_is_boolean(v))
        return bad(p, key, "\"%s\" must be true or false", key);
    *out = json_is_true(v);
    return 0;
}

/* A text or a list of texts. */
static int get_texts(const struct parse *p, json_t *v, const char *key,
                     char ***out, size_t *count)
{
    size_t n = json_is_array(v) ? json_array_size(v) : 1, i;
    json_t *e;

    *out = calloc(n + 1, sizeof(**out));
    if (!*out)
        return err_nomem(p->err);
    for (i = 0; i < n; i++) {
        e = json_is_array(v) ? json_array_get(v, i) : v;
        if (!json_is_string(e))
            return bad(p, key, "\"%s\" must be a text or a list of texts", key);
        (*out)[(*count)++] = copy(p, json_string_value(e));
        if (!(*out)[*count - 1])
            return -1;
    }
    return 0;
}

static void free_texts(char **list, size_t n)
{
    size_t i;

    for (i = 0; list && i < n; i++)
        free(list[i]);
    free(list);
}

/* ----------------------------------------------------------------- columns */

static int no_such_fact(const struct parse *p, enum fact_scope scope,
                        const char *name)
{
    const char *names[FACT_DEVICE_MOST], *near;
    const struct fact *t;
    size_t n, i;

    t = fact_table(scope, &n);
    for (i = 0; i < n; i++)
        names[i] = t[i].name;
    bad(p, name, "there is no %s fact \"%s\"",
        scope == FACT_DEVICE ? "device" : "account", name);
    near = text_nearest(name, names, n);
    return near ? err_hint(p->err, "did you mean \"%s\"?", near) : -1;
}

/* The value must be one that a canonical file could hold. */
static int check_value(const struct parse *p, const struct fact *f,
                       const char *value)
{
    struct fact_value v;

    if (f->type == FACT_TEXT || f->type == FACT_VERSION)
        return 0;
    if (fact_parse(f, value, strlen(value), 0, &v) == FACT_KNOWN)
        return 0;
    return bad(p, value, "\"%s\" is no value of %s", value, f->name);
}

static int add_word(const struct parse *p, struct column_spec *c,
                    const char *pattern, enum word_kind kind, const char *value)
{
    struct word *w = realloc(c->words, (c->word_count + 1) * sizeof(*c->words));

    if (!w)
        return err_nomem(p->err);
    c->words = w;
    w = &c->words[c->word_count++];
    *w = (struct word){copy(p, pattern), kind, copy(p, value)};
    return w->pattern && w->value ? 0 : -1;
}

static const struct fact *spec_fact(const struct column_spec *c)
{
    size_t n;

    return c->fact < 0 ? NULL : &fact_table(c->scope, &n)[c->fact];
}

/* "words": {"ALL_ENCRYPTED": "on", "N/A": null, "1970-*": "never"} */
static int parse_words(const struct parse *p, json_t *o, struct column_spec *c)
{
    const struct fact *f = spec_fact(c);
    const char *pattern, *value;
    json_t *v;

    if (!json_is_object(o))
        return bad(p, "words", "\"words\" must be an object");
    json_object_foreach(o, pattern, v)
    {
        enum word_kind kind = WORD_VALUE;

        value = json_is_string(v)  ? json_string_value(v)
                : json_is_true(v)  ? "true"
                : json_is_false(v) ? "false"
                                   : "";
        if (json_is_null(v) || strcmp(value, "unknown") == 0)
            kind = WORD_UNKNOWN;
        else if (f && f->type == FACT_TIME && strcmp(value, "never") == 0)
            kind = WORD_NEVER;
        else if (!*value)
            return bad(p, pattern,
                       "the word \"%s\" needs a text, true, false "
                       "or null",
                       pattern);
        else if (f && check_value(p, f, value) < 0)
            return -1;
        if (add_word(p, c, pattern, kind, value) < 0)
            return -1;
    }
    return 0;
}

/* "yes": [...], "no": [...], "unknown": [...], "never": [...] */
static int parse_word_lists(const struct parse *p, json_t *o,
                            struct column_spec *c)
{
    static const struct {
        const char *key;
        enum word_kind kind;
        const char *value;
    } lists[] = {{"yes", WORD_VALUE, "true"},
                 {"no", WORD_VALUE, "false"},
                 {"unknown", WORD_UNKNOWN, ""},
                 {"never", WORD_NEVER, ""},
                 {"skip", WORD_UNKNOWN, ""}};
    const struct fact *f = spec_fact(c);
    size_t i, k;

    for (i = 0; i < COUNT_OF(lists); i++) {
        json_t *v = json_object_get(o, lists[i].key);
        char **words = NULL;
        size_t n = 0;
        int rc = 0;

        if (!v)
            continue;
        if (i < 2 && (!f || f->type != FACT_BOOL))
            return bad(p, lists[i].key, "\"%s\" fits yes-or-no facts only",
                       lists[i].key);
        if (i == 3 && (!f || f->type != FACT_TIME))
            return bad(p, "never", "\"never\" fits facts that are times only");
        rc = get_texts(p, v, lists[i].key, &words, &n);
        for (k = 0; rc == 0 && k < n; k++)
            rc = add_word(p, c, words[k], lists[i].kind, lists[i].value);
        free_texts(words, n);
        if (rc < 0)
            return -1;
    }
    return 0;
}

static int parse_reading(const struct parse *p, json_t *o,
                         struct column_spec *c)
{
    static const char *const names[] = {"plain",   "model",   "processor",
                                        "build",   "packed",  "present",
                                        "counted", "command", "host"};
    const char *word;
    size_t i;
    json_t *v = json_object_get(o, "read");

    if (!v)
        return 0;
    word = json_is_string(v) ? json_string_value(v) : "";
    for (i = 0; i < COUNT_OF(names); i++)
        if (strcmp(word, names[i]) == 0) {
            c->reading = (enum reading)i;
            return 0;
        }
    return bad(p, "read",
               "\"read\" must be one of plain, model, processor, "
               "build, packed, present, counted, command, host");
}

static bool list_fact(int fact)
{
    static const char *const names[] = {"secure_token", "filevault_user",
                                        "crypto_user", "volume_owner", "admin"};
    size_t i;

    for (i = 0; i < COUNT_OF(names); i++)
        if (fact == fact_index(FACT_ACCOUNT, names[i]))
            return true;
    return false;
}

/* fact, list, secret, custom, ignore: what the column is for. */
static int parse_use(const struct parse *p, json_t *o, enum fact_scope scope,
                     struct column_spec *c)
{
    const char *fact = json_string_value(json_object_get(o, "fact"));
    const char *list = json_string_value(json_object_get(o, "list"));
    bool secret = false, ignore = false;

    c->scope = list ? FACT_ACCOUNT : scope;
    c->fact = -1;
    if (get_flag(p, o, "secret", &secret) < 0 ||
        get_flag(p, o, "ignore", &ignore) < 0 ||
        get_text(p, o, "custom", &c->custom) < 0 ||
        get_text(p, o, "misleads", &c->misleads) < 0)
        return -1;
    if (fact || list) {
        c->fact = fact_index(c->scope, fact ? fact : list);
        if (c->fact < 0)
            return no_such_fact(p, c->scope, fact ? fact : list);
    }
    if (json_object_get(o, "skip")) {
        c->use = USE_SKIP;
        return 0;
    }
    if (list && !list_fact(c->fact))
        return bad(p, list, "\"%s\" cannot be given by a list of names", list);
    c->use = secret                       ? USE_SECRET
             : list                       ? USE_LIST
             : fact                       ? USE_FACT
             : c->custom                  ? USE_CUSTOM
             : (ignore || c->misleads)    ? USE_IGNORE
             : json_object_get(o, "read") ? USE_FACT
                                          : USE_CUSTOM;
    if (c->use == USE_CUSTOM && !c->custom)
        return bad(p, c->names[0],
                   "column \"%s\" says neither fact, list, custom, secret nor "
                   "ignore",
                   c->names[0]);
    return 0;
}

static int parse_column(const struct parse *p, json_t *o, enum fact_scope scope,
                        struct column_spec *c)
{
    static const char *const known[] = {
        "column", "fact",  "list",     "custom", "secret",  "ignore", "words",
        "yes",    "no",    "unknown",  "never",  "read",    "date",   "split",
        "covers", "empty", "misleads", "skip",   "fallback"};
    json_t *names = json_object_get(o, "column");
    const char *empty = json_string_value(json_object_get(o, "empty"));

    if (!json_is_object(o))
        return bad(p, "columns", "every column must be an object");
    if (check_keys(p, o, "a column", known, COUNT_OF(known)) < 0)
        return -1;
    if (!names)
        return bad(p, "columns", "a column needs the key \"column\"");
    if (get_texts(p, names, "column", &c->names, &c->name_count) < 0)
        return -1;
    if (c->name_count == 0)
        return bad(p, "column", "\"column\" names no column");
    if (parse_use(p, o, scope, c) < 0 || parse_reading(p, o, c) < 0 ||
        get_text(p, o, "date", &c->date) < 0 ||
        get_text(p, o, "split", &c->split) < 0 ||
        get_flag(p, o, "covers", &c->covers) < 0 ||
        get_flag(p, o, "fallback", &c->fallback) < 0)
        return -1;
    if (json_object_get(o, "words") &&
        parse_words(p, json_object_get(o, "words"), c) < 0)
        return -1;
    if (parse_word_lists(p, o, c) < 0)
        return -1;
    if (c->date && !when_form_known(c->date))
        return bad(p, c->date, "\"%s\" is no form of dates", c->date);
    if (json_object_get(o, "empty") &&
        (!empty || strcmp(empty, c->use == USE_LIST ? "none" : "no") != 0))
        return bad(p, "empty",
                   "\"empty\" is \"none\" for a list, \"no\" for a "
                   "yes-or-no fact");
    c->empty_is_no = empty != NULL;
    if (c->fact < 0 && c->use == USE_FACT && c->reading != READ_COMMAND)
        return bad(p, c->names[0], "column \"%s\" needs a fact", c->names[0]);
    return 0;
}

static int parse_columns(const struct parse *p, json_t *list,
                         enum fact_scope scope, struct specs *out)
{
    size_t i, n = json_array_size(list);

    if (!json_is_array(list))
        return bad(p, "columns", "\"columns\" must be a list");
    out->items = calloc(n + 1, sizeof(*out->items));
    if (!out->items)
        return err_nomem(p->err);
    for (i = 0; i < n; i++) {
        out->count = i + 1; /* a half-made one is freed too */
        if (parse_column(p, json_array_get(list, i), scope, &out->items[i]) < 0)
            return -1;
    }
    return 0;
}

/* ---------------------------------------------------------------- the rest */

static int parse_nested(const struct parse *p, json_t *v)
{
    static const char *const known[] = {"path", "complete", "keyed", "columns"};
    size_t n = json_is_array(v) ? json_array_size(v) : 1, i;
    struct nested *list = calloc(n + 1, sizeof(*list));

    if (!list)
        return err_nomem(p->err);
    p->s->nested = list;
    for (i = 0; i < n; i++) {
        json_t *o = json_is_array(v) ? json_array_get(v, i) : v;

        p->s->nested_count = i + 1;
        if (!json_is_object(o))
            return bad(p, "accounts", "\"accounts\" must be an object");
        if (check_keys(p, o, "\"accounts\"", known, COUNT_OF(known)) < 0 ||
            get_text(p, o, "path", &list[i].path) < 0 ||
            get_flag(p, o, "complete", &list[i].complete) < 0 ||
            get_flag(p, o, "keyed", &list[i].keyed) < 0)
            return -1;
        if (!list[i].path)
            return bad(p, "accounts", "\"accounts\" needs a path");
        if (parse_columns(p, json_object_get(o, "columns"), FACT_ACCOUNT,
                          &list[i].columns) < 0)
            return -1;
    }
    return 0;
}

static int parse_attributes(const struct parse *p, json_t *v)
{
    static const char *const known[] = {"path", "name", "value", "error"};
    size_t n = json_is_array(v) ? json_array_size(v) : 1, i;
    struct attributes *list = calloc(n + 1, sizeof(*list));

    if (!list)
        return err_nomem(p->err);
    p->s->attributes = list;
    for (i = 0; i < n; i++) {
        json_t *o = json_is_array(v) ? json_array_get(v, i) : v;
        json_t *name = json_object_get(o, "name");

        p->s->attribute_count = i + 1;
        if (!json_is_object(o))
            return bad(p, "attributes", "\"attributes\" must be an object");
        if (check_keys(p, o, "\"attributes\"", known, COUNT_OF(known)) < 0 ||
            get_text(p, o, "path", &list[i].path) < 0 ||
            get_text(p, o, "value", &list[i].value) < 0 ||
            get_text(p, o, "error", &list[i].error) < 0)
            return -1;
        if (!list[i].path)
            return bad(p, "attributes", "\"attributes\" needs a path");
        if (name &&
            get_texts(p, name, "name", &list[i].names, &list[i].name_count) < 0)
            return -1;
    }
    return 0;
}

static int parse_constants(const struct parse *p, json_t *o)
{
    enum fact_scope scope = p->s->accounts ? FACT_ACCOUNT : FACT_DEVICE;
    const char *key, *value;
    json_t *v;
    size_t n;

    if (!json_is_object(o))
        return bad(p, "constants", "\"constants\" must be an object");
    p->s->constants = calloc(json_object_size(o) + 1, sizeof(*p->s->constants));
    if (!p->s->constants)
        return err_nomem(p->err);
    json_object_foreach(o, key, v)
    {
        struct constant *c = &p->s->constants[p->s->constant_count];

        value = json_is_boolean(v) ? (json_is_true(v) ? "true" : "false")
                                   : json_string_value(v);
        c->scope = scope;
        c->fact = fact_index(scope, key);
        if (c->fact < 0)
            return no_such_fact(p, scope, key);
        if (!value)
            return bad(p, key, "constant \"%s\" must be a text, true or false",
                       key);
        if (check_value(p, &fact_table(scope, &n)[c->fact], value) < 0)
            return -1;
        p->s->constant_count++;
        c->value = copy(p, value);
        if (!c->value)
            return -1;
    }
    return 0;
}

static int parse_needs(const struct parse *p, json_t *v, const char *key,
                       struct need **out, size_t *count)
{
    size_t n = json_array_size(v), i;

    if (!v)
        return 0;
    if (!json_is_array(v))
        return bad(p, key, "\"%s\" must be a list", key);
    *out = calloc(n + 1, sizeof(**out));
    if (!*out)
        return err_nomem(p->err);
    for (i = 0; i < n; i++) {
        *count = i + 1;
        if (get_texts(p, json_array_get(v, i), key, &(*out)[i].names,
                      &(*out)[i].count) < 0)
            return -1;
    }
    return 0;
}

static int parse_detect(const struct parse *p, json_t *o)
{
    static const char *const known[] = {"all", "none"};

    if (!json_is_object(o))
        return bad(p, "detect", "\"detect\" must be an object");
    if (check_keys(p, o, "\"detect\"", known, COUNT_OF(known)) < 0 ||
        parse_needs(p, json_object_get(o, "all"), "all", &p->s->all,
                    &p->s->all_count) < 0)
        return -1;
    return parse_needs(p, json_object_get(o, "none"), "none", &p->s->none,
                       &p->s->none_count);
}

static int parse_formats(const struct parse *p, json_t *v)
{
    static const char *const names[] = {"csv", "json", "plist", "text"};
    char **words = NULL;
    size_t n = 0, i, k;
    int rc;

    if (!v)
        return bad(p, "format", "the mapping needs the key \"format\"");
    rc = get_texts(p, v, "format", &words, &n);
    for (i = 0; rc == 0 && i < n; i++) {
        for (k = 0; k < COUNT_OF(names); k++)
            if (strcmp(words[i], names[k]) == 0)
                break;
        if (k == COUNT_OF(names))
            rc = bad(p, words[i],
                     "format \"%s\" is none of csv, json, plist, "
                     "text",
                     words[i]);
        else
            p->s->formats |= 1u << k;
    }
    free_texts(words, n);
    return rc;
}

/* What a file of accounts covers: "complete": "accounts". */
static int parse_complete(const struct parse *p, json_t *o)
{
    const char *what = json_string_value(json_object_get(o, "complete"));

    if (!json_object_get(o, "complete"))
        return 0;
    if (!what || (strcmp(what, "accounts") != 0 && strcmp(what, "none") != 0)) {
        bad(p, "complete", "\"complete\" is \"accounts\" or \"none\"");
        return err_hint(p->err, "lists say what they cover by \"covers\", "
                                "nested accounts by their own \"complete\"");
    }
    p->s->complete_accounts = strcmp(what, "accounts") == 0;
    return 0;
}

static int parse_scope(const struct parse *p, json_t *o)
{
    const char *scope = json_string_value(json_object_get(o, "scope"));

    if (!json_object_get(o, "scope"))
        return 0;
    if (!scope ||
        (strcmp(scope, "devices") != 0 && strcmp(scope, "accounts") != 0))
        return bad(p, "scope", "\"scope\" is \"devices\" or \"accounts\"");
    p->s->accounts = strcmp(scope, "accounts") == 0;
    return 0;
}

/* "file_name": "serial": where the records do not say which Mac it is. */
static int parse_file_name(const struct parse *p, json_t *o)
{
    static const char *const facts[] = {"serial", "uuid", "mdm_id"};
    const char *word = json_string_value(json_object_get(o, "file_name"));
    size_t i;

    if (!json_object_get(o, "file_name"))
        return 0;
    for (i = 0; i < COUNT_OF(facts); i++)
        if (word && strcmp(word, facts[i]) == 0)
            p->s->name_fact =
                fact_index(p->s->accounts ? FACT_ACCOUNT : FACT_DEVICE, word);
    if (p->s->name_fact >= 0)
        return 0;
    return bad(p, "file_name", "\"file_name\" is serial, uuid or mdm_id");
}

static int parse_source(const struct parse *p, json_t *o)
{
    static const char *const known[] = {
        "id",        "title",   "server",   "about",    "how",
        "format",    "scope",   "complete", "standing", "records",
        "detect",    "columns", "device",   "accounts", "attributes",
        "constants", "include", "file_name"};
    struct source *s = p->s;
    json_t *v;

    if (check_keys(p, o, "a mapping", known, COUNT_OF(known)) < 0 ||
        get_text(p, o, "id", &s->id) < 0 ||
        get_text(p, o, "title", &s->title) < 0 ||
        get_text(p, o, "server", &s->server) < 0 ||
        get_text(p, o, "about", &s->about) < 0 ||
        get_text(p, o, "how", &s->how) < 0 ||
        get_text(p, o, "include", &s->include) < 0 ||
        get_flag(p, o, "standing", &s->standing) < 0 || parse_scope(p, o) < 0 ||
        parse_complete(p, o) < 0 || parse_file_name(p, o) < 0 ||
        parse_formats(p, json_object_get(o, "format")) < 0)
        return -1;
    if (!*s->id)
        return bad(p, "id", "the mapping needs the key \"id\"");
    if ((v = json_object_get(o, "records")) != NULL &&
        get_texts(p, v, "records", &s->records, &s->record_count) < 0)
        return -1;
    if ((v = json_object_get(o, "detect")) != NULL && parse_detect(p, v) < 0)
        return -1;
    if (parse_columns(p, json_object_get(o, "columns"),
                      s->accounts ? FACT_ACCOUNT : FACT_DEVICE,
                      &s->columns) < 0)
        return -1;
    if ((v = json_object_get(o, "device")) != NULL &&
        parse_columns(p, v, FACT_DEVICE, &s->device_columns) < 0)
        return -1;
    if ((v = json_object_get(o, "accounts")) != NULL && parse_nested(p, v) < 0)
        return -1;
    if ((v = json_object_get(o, "attributes")) != NULL &&
        parse_attributes(p, v) < 0)
        return -1;
    if ((v = json_object_get(o, "constants")) != NULL &&
        parse_constants(p, v) < 0)
        return -1;
    return 0;
}

static struct source *blank(struct err *err)
{
    struct source *s = calloc(1, sizeof(*s));

    if (s) {
        s->name_fact = -1;
        s->id = strdup("");
        s->title = strdup("");
        s->server = strdup("");
        s->about = strdup("");
        s->how = strdup("");
        s->origin = strdup("built in");
    }
    if (!s || !s->id || !s->title || !s->server || !s->about || !s->how ||
        !s->origin) {
        source_free(s);
        err_nomem(err);
        return NULL;
    }
    return s;
}

struct source *source_parse(const char *name, const char *text, size_t n,
                            struct err *err)
{
    struct parse p = {name, text, n, blank(err), err};
    json_error_t at;
    json_t *o;
    int rc = -1;

    if (!p.s)
        return NULL;
    o = json_loadb(text, n, JSON_REJECT_DUPLICATES, &at);
    if (!o)
        err_at(err, ERR_CONFIG, name, at.line, at.column, "%s", at.text);
    else if (!json_is_object(o))
        err_at(err, ERR_CONFIG, name, 1, 1, "a mapping must be an object");
    else
        rc = parse_source(&p, o);
    json_decref(o);
    sha256_text(text, n, p.s->digest);
    if (rc == 0)
        return p.s;
    source_free(p.s);
    return NULL;
}

struct source *source_read(const char *path, struct err *err)
{
    struct strbuf b = {0};
    char buf[8192];
    size_t n;
    struct source *s = NULL;
    FILE *f = fopen(path, "rb");

    if (!f) {
        err_errno(err, ERR_CONFIG, path, "cannot open the mapping");
        return NULL;
    }
    while ((n = fread(buf, 1, sizeof(buf), f)) > 0 && b.len < 1u << 20)
        strbuf_add(&b, buf, n);
    if (ferror(f))
        err_errno(err, ERR_CONFIG, path, "cannot read the mapping");
    else if (!strbuf_ok(&b))
        err_nomem(err);
    else
        s = source_parse(path, strbuf_str(&b), b.len, err);
    fclose(f);
    strbuf_free(&b);
    if (s) {
        free(s->origin);
        s->origin = strdup(path);
        if (!s->origin) {
            err_nomem(err);
            source_free(s);
            return NULL;
        }
    }
    return s;
}

static void free_specs(struct specs *list)
{
    size_t i, k;

    for (i = 0; i < list->count; i++) {
        struct column_spec *c = &list->items[i];

        free_texts(c->names, c->name_count);
        for (k = 0; k < c->word_count; k++) {
            free(c->words[k].pattern);
            free(c->words[k].value);
        }
        free(c->words);
        free(c->date);
        free(c->split);
        free(c->custom);
        free(c->misleads);
    }
    free(list->items);
}

static void free_needs(struct need *list, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        free_texts(list[i].names, list[i].count);
    free(list);
}

void source_free(struct source *s)
{
    size_t i;

    if (!s)
        return;
    free(s->id);
    free(s->title);
    free(s->server);
    free(s->about);
    free(s->how);
    free(s->origin);
    free(s->include);
    free_texts(s->records, s->record_count);
    free_needs(s->all, s->all_count);
    free_needs(s->none, s->none_count);
    free_specs(&s->columns);
    free_specs(&s->device_columns);
    for (i = 0; i < s->nested_count; i++) {
        free(s->nested[i].path);
        free_specs(&s->nested[i].columns);
    }
    free(s->nested);
    for (i = 0; i < s->attribute_count; i++) {
        free(s->attributes[i].path);
        free(s->attributes[i].value);
        free(s->attributes[i].error);
        free_texts(s->attributes[i].names, s->attributes[i].name_count);
    }
    free(s->attributes);
    for (i = 0; i < s->constant_count; i++)
        free(s->constants[i].value);
    free(s->constants);
    free(s);
}

/* --------------------------------------------------------------- canonical */

/* The mapping of canonical files as text: every fact under its own name. */
static void canonical_columns(struct strbuf *b, enum fact_scope scope)
{
    const struct fact *t;
    size_t n, i;

    t = fact_table(scope, &n);
    for (i = 0; i < n; i++)
        strbuf_addf(b, "%s{\"column\": \"%s\", \"fact\": \"%s\"}",
                    i ? ",\n" : "\n", t[i].name, t[i].name);
}

struct source *source_canonical(bool accounts, struct err *err)
{
    struct strbuf b = {0};
    struct source *s;

    strbuf_addf(
        &b,
        "{\"id\": \"canonical-%s\", \"title\": \"Canonical %s file\","
        "\"about\": \"Headers and keys are the names of the facts.\","
        "\"format\": [\"csv\", \"json\"], \"scope\": \"%s\","
        "\"records\": [\"\", \"devices\", \"results\", \"items\","
        " \"data\", \"accounts\"],"
        "\"detect\": {\"all\": [[\"serial\", \"uuid\", \"mdm_id\"]%s],"
        "\"none\": [%s]},\"complete\": \"%s\",\n\"columns\": [",
        accounts ? "accounts" : "devices", accounts ? "accounts" : "devices",
        accounts ? "accounts" : "devices", accounts ? ", \"account\"" : "",
        accounts ? "" : "\"account\"", accounts ? "accounts" : "none");
    canonical_columns(&b, accounts ? FACT_ACCOUNT : FACT_DEVICE);
    strbuf_adds(&b, "]");
    if (!accounts) {
        strbuf_adds(&b, ",\n\"accounts\": {\"path\": \"accounts\","
                        "\"complete\": true, \"columns\": [");
        canonical_columns(&b, FACT_ACCOUNT);
        strbuf_adds(&b, "]}");
    }
    strbuf_adds(&b, "}\n");
    if (!strbuf_ok(&b)) {
        err_nomem(err);
        return NULL;
    }
    s = source_parse("canonical", strbuf_str(&b), b.len, err);
    strbuf_free(&b);
    if (s)
        s->canonical = s->builtin = true;
    return s;
}

/* ---------------------------------------------------------------- registry */

static int add(struct registry *r, struct source *s, struct err *err)
{
    struct source **p;
    size_t i;

    if (!s)
        return -1;
    for (i = 0; i < r->count; i++) {
        if (strcmp(r->items[i]->id, s->id) == 0) {
            source_free(s); /* the user's own stands in front of ours */
            return 0;
        }
    }
    p = realloc(r->items, (r->count + 1) * sizeof(*p));
    if (!p) {
        source_free(s);
        return err_nomem(err);
    }
    r->items = p;
    r->items[r->count++] = s;
    return 0;
}

static int is_mapping(const struct dirent *d)
{
    return d->d_name[0] != '.' && text_ends(d->d_name, ".json");
}

static int add_folder(struct registry *r, const char *dir, struct err *err)
{
    struct dirent **list = NULL;
    struct strbuf path = {0};
    int n = scandir(dir, &list, is_mapping, alphasort), i, rc = 0;

    if (n < 0)
        return err_errno(err, ERR_CONFIG, dir, "cannot read the folder");
    for (i = 0; i < n; i++) {
        strbuf_reset(&path);
        strbuf_addf(&path, "%s/%s", dir, list[i]->d_name);
        if (rc == 0)
            rc = add(r, source_read(strbuf_str(&path), err), err);
        free(list[i]);
    }
    free(list);
    strbuf_free(&path);
    return rc;
}

static int add_builtin(struct registry *r, struct err *err)
{
    const struct resource *res;
    struct source *s;
    size_t at = 0;

    while ((res = resource_next("ingest/sources/", ".json", &at)) != NULL) {
        s = source_parse(res->name, res->data, res->size, err);
        if (s)
            s->builtin = true;
        if (add(r, s, err) < 0)
            return -1;
    }
    return 0;
}

static int by_id(const void *a, const void *b)
{
    const struct source *const *x = a, *const *y = b;

    return strcmp((*x)->id, (*y)->id);
}

int registry_link(const struct registry *r, struct source *s, struct err *err)
{
    if (!s->include)
        return 0;
    s->included = registry_find(r, s->include);
    if (s->included && s->included != s)
        return 0;
    return err_at(err, ERR_CONFIG, s->origin, 0, 0,
                  "includes \"%s\", which is no mapping", s->include);
}

static int link_all(struct registry *r, struct err *err)
{
    size_t i;

    qsort(r->items, r->count, sizeof(*r->items), by_id);
    for (i = 0; i < r->count; i++)
        if (registry_link(r, r->items[i], err) < 0)
            return -1;
    return 0;
}

int registry_open(struct registry *r, const char *dir, struct err *err)
{
    *r = (struct registry){0};
    if ((dir && add_folder(r, dir, err) < 0) ||
        add(r, source_canonical(false, err), err) < 0 ||
        add(r, source_canonical(true, err), err) < 0 ||
        add_builtin(r, err) < 0 || link_all(r, err) < 0) {
        registry_close(r);
        return -1;
    }
    return 0;
}

void registry_close(struct registry *r)
{
    size_t i;

    for (i = 0; i < r->count; i++)
        source_free(r->items[i]);
    free(r->items);
    *r = (struct registry){0};
}

const struct source *registry_find(const struct registry *r, const char *id)
{
    size_t i;

    for (i = 0; i < r->count; i++)
        if (strcmp(r->items[i]->id, id) == 0)
            return r->items[i];
    return NULL;
}

/* --------------------------------------------------------------- detection */

void signature_add(struct signature *s, const char *name, size_t n)
{
    char **p, *c;

    if (s->count % 64 == 0) {
        p = realloc(s->names, (s->count + 64) * sizeof(*p));
        if (!p)
            return;
        s->names = p;
    }
    c = malloc(n + 1);
    if (!c)
        return;
    memcpy(c, name, n);
    c[n] = '\0';
    s->names[s->count++] = c;
}

static int by_name(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return ascii_casecmp(*x, *y);
}

void signature_sort(struct signature *s)
{
    size_t i, k = 0;

    if (s->count == 0)
        return;
    qsort(s->names, s->count, sizeof(*s->names), by_name);
    for (i = 1; i < s->count; i++) {
        if (ascii_casecmp(s->names[k], s->names[i]) == 0)
            free(s->names[i]);
        else
            s->names[++k] = s->names[i];
    }
    s->count = k + 1;
}

void signature_free(struct signature *s)
{
    free_texts(s->names, s->count);
    *s = (struct signature){0};
}

bool signature_has(const struct signature *s, const char *prefix,
                   const char *name)
{
    char full[1024];
    const char *key = full;

    snprintf(full, sizeof(full), "%s%s%s", prefix, *prefix && *name ? "." : "",
             name);
    return s->count && bsearch(&key, s->names, s->count, sizeof(*s->names),
                               by_name) != NULL;
}

static bool need_met(const struct signature *sig, const char *prefix,
                     const struct need *n)
{
    size_t i;

    for (i = 0; i < n->count; i++)
        if (signature_has(sig, prefix, n->names[i]))
            return true;
    return false;
}

static int known_columns(const struct specs *specs, const struct signature *sig,
                         const char *prefix)
{
    size_t i, k;
    int n = 0;

    for (i = 0; i < specs->count; i++)
        for (k = 0; k < specs->items[i].name_count; k++)
            n += signature_has(sig, prefix, specs->items[i].names[k]);
    return n;
}

static int fit_at(const struct source *s, const struct signature *sig,
                  const char *prefix)
{
    size_t i;

    for (i = 0; i < s->all_count; i++)
        if (!need_met(sig, prefix, &s->all[i]))
            return -1;
    for (i = 0; i < s->none_count; i++)
        if (need_met(sig, prefix, &s->none[i]))
            return -1;
    return known_columns(&s->columns, sig, prefix) +
           known_columns(&s->device_columns, sig, prefix);
}

int source_fit(const struct source *s, const struct signature *sig)
{
    size_t i;
    int best = -1, fit;

    if (!(s->formats & sig->format) ||
        (s->all_count == 0 && sig->format != FORMAT_TEXT))
        return -1;
    if (sig->format == FORMAT_CSV || s->record_count == 0)
        return fit_at(s, sig, "");
    for (i = 0; i < s->record_count; i++) {
        fit = fit_at(s, sig, s->records[i]);
        if (fit > best)
            best = fit;
    }
    return best;
}

const char *source_path(const struct source *s, const struct signature *sig)
{
    const char *best = s->record_count ? s->records[0] : "";
    int top = -1, fit;
    size_t i;

    for (i = 0; i < s->record_count; i++) {
        fit = known_columns(&s->columns, sig, s->records[i]);
        if (fit > top) {
            top = fit;
            best = s->records[i];
        }
    }
    return best;
}

const struct source *registry_detect(const struct registry *r,
                                     const struct signature *sig,
                                     const char *file, struct err *err)
{
    const struct source *best = NULL, *rival = NULL;
    int top = 0, fit;
    size_t i;

    for (i = 0; i < r->count; i++) {
        fit = source_fit(r->items[i], sig);
        if (fit > top) {
            best = r->items[i];
            rival = NULL;
            top = fit;
        } else if (fit == top && best) {
            rival = r->items[i];
        }
    }
    if (!best) {
        err_at(err, ERR_INPUT, file, 0, 0,
               "is no export that we know by its %s",
               sig->format == FORMAT_CSV ? "header" : "keys");
        err_hint(err, "see \"muster sources list\"; name one with --source, "
                      "or map columns with --map serial=COLUMN");
        return NULL;
    }
    if (rival) {
        err_at(err, ERR_INPUT, file, 0, 0, "could be %s or %s", best->id,
               rival->id);
        err_hint(err, "name it with --source %s or --source %s", best->id,
                 rival->id);
        return NULL;
    }
    return best;
}
