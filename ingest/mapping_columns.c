/*
 * mapping_columns.c - the columns of a mapping.
 */
#include "core/base.h"

#include "core/text.h"
#include "core/when.h"
#include "ingest/mapping_text.h"

int mapping_no_fact(const struct parse *p, enum fact_scope scope,
                    const char *name)
{
    const char *names[FACT_DEVICE_MOST], *near;
    const struct fact *t;
    size_t n, i;

    t = fact_table(scope, &n);
    for (i = 0; i < n; i++)
        names[i] = t[i].name;
    mapping_bad(p, name, "there is no %s fact \"%s\"",
                scope == FACT_DEVICE ? "device" : "account", name);
    near = text_nearest(name, names, n);
    return near ? err_hint(p->err, "did you mean \"%s\"?", near) : -1;
}

/* The value must be one that a canonical file could hold. */
int mapping_check_value(const struct parse *p, const struct fact *f,
                        const char *value)
{
    struct fact_value v;

    if (f->type == FACT_TEXT || f->type == FACT_VERSION)
        return 0;
    if (fact_parse(f, value, strlen(value), 0, &v) == FACT_KNOWN)
        return 0;
    return mapping_bad(p, value, "\"%s\" is no value of %s", value, f->name);
}

static int add_word(const struct parse *p, struct column_spec *c,
                    const char *pattern, enum word_kind kind, const char *value)
{
    struct word *w = realloc(c->words, (c->word_count + 1) * sizeof(*c->words));

    if (!w)
        return err_nomem(p->err);
    c->words = w;
    w = &c->words[c->word_count++];
    *w = (struct word){mapping_copy(p, pattern), kind, mapping_copy(p, value)};
    return w->pattern && w->value ? 0 : -1;
}

const struct fact *column_fact(const struct column_spec *c)
{
    size_t n;

    return c->fact < 0 ? NULL : &fact_table(c->scope, &n)[c->fact];
}

/* "words": {"ALL_ENCRYPTED": "on", "N/A": null, "1970-*": "never"} */
static int parse_words(const struct parse *p, json_t *o, struct column_spec *c)
{
    const struct fact *f = column_fact(c);
    const char *pattern, *value;
    json_t *v;

    if (!json_is_object(o))
        return mapping_bad(p, "words", "\"words\" must be an object");
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
            return mapping_bad(p, pattern,
                               "the word \"%s\" needs a text, true, false "
                               "or null",
                               pattern);
        else if (f && mapping_check_value(p, f, value) < 0)
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
    const struct fact *f = column_fact(c);
    size_t i, k;

    for (i = 0; i < COUNT_OF(lists); i++) {
        json_t *v = json_object_get(o, lists[i].key);
        char **words = NULL;
        size_t n = 0;
        int rc = 0;

        if (!v)
            continue;
        if (i < 2 && (!f || f->type != FACT_BOOL))
            return mapping_bad(p, lists[i].key,
                               "\"%s\" fits yes-or-no facts only",
                               lists[i].key);
        if (i == 3 && (!f || f->type != FACT_TIME))
            return mapping_bad(p, "never",
                               "\"never\" fits facts that are times only");
        rc = mapping_texts(p, v, lists[i].key, &words, &n);
        for (k = 0; rc == 0 && k < n; k++)
            rc = add_word(p, c, words[k], lists[i].kind, lists[i].value);
        mapping_free_texts(words, n);
        if (rc < 0)
            return -1;
    }
    return 0;
}

static int parse_reading(const struct parse *p, json_t *o,
                         struct column_spec *c)
{
    static const char *const names[] = {
        "plain",   "model",   "processor", "build", "packed",
        "present", "counted", "command",   "host",  "groups",
        "uuid",    "escaped", "root",      "leaf"};
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
    return mapping_bad(
        p, "read",
        "\"read\" must be one of plain, model, processor, "
        "build, packed, present, counted, command, host, groups, uuid, "
        "escaped, root, leaf");
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
    if (mapping_flag(p, o, "secret", &secret) < 0 ||
        mapping_flag(p, o, "ignore", &ignore) < 0 ||
        mapping_text(p, o, "custom", &c->custom) < 0 ||
        mapping_text(p, o, "misleads", &c->misleads) < 0)
        return -1;
    if (fact || list) {
        c->fact = fact_index(c->scope, fact ? fact : list);
        if (c->fact < 0)
            return mapping_no_fact(p, c->scope, fact ? fact : list);
    }
    if (json_object_get(o, "skip")) {
        c->use = USE_SKIP;
        return 0;
    }
    if (list && !list_fact(c->fact))
        return mapping_bad(p, list, "\"%s\" cannot be given by a list of names",
                           list);
    c->use = secret                       ? USE_SECRET
             : list                       ? USE_LIST
             : fact                       ? USE_FACT
             : c->custom                  ? USE_CUSTOM
             : (ignore || c->misleads)    ? USE_IGNORE
             : json_object_get(o, "read") ? USE_FACT
                                          : USE_CUSTOM;
    if (c->use == USE_CUSTOM && !c->custom)
        return mapping_bad(
            p, c->names[0],
            "column \"%s\" says neither fact, list, custom, secret nor "
            "ignore",
            c->names[0]);
    return 0;
}

static int parse_column(const struct parse *p, json_t *o, enum fact_scope scope,
                        struct column_spec *c)
{
    static const char *const known[] = {
        "column",   "fact",  "list",   "custom",  "secret",   "ignore",
        "words",    "yes",   "no",     "unknown", "never",    "read",
        "date",     "split", "covers", "empty",   "misleads", "skip",
        "fallback", "names", "unsure", "line",    "because"};
    json_t *names = json_object_get(o, "column");
    const char *empty = json_string_value(json_object_get(o, "empty"));

    if (!json_is_object(o))
        return mapping_bad(p, "columns", "every column must be an object");
    if (mapping_check_keys(p, o, "a column", known, COUNT_OF(known)) < 0)
        return -1;
    if (!names)
        return mapping_bad(p, "columns", "a column needs the key \"column\"");
    if (mapping_texts(p, names, "column", &c->names, &c->name_count) < 0)
        return -1;
    if (c->name_count == 0)
        return mapping_bad(p, "column", "\"column\" names no column");
    if (parse_use(p, o, scope, c) < 0 || parse_reading(p, o, c) < 0 ||
        mapping_text(p, o, "date", &c->date) < 0 ||
        mapping_text(p, o, "split", &c->split) < 0 ||
        mapping_text(p, o, "names", &c->kind) < 0 ||
        mapping_text(p, o, "unsure", &c->unsure) < 0 ||
        mapping_text(p, o, "because", &c->because) < 0 ||
        mapping_flag(p, o, "covers", &c->covers) < 0 ||
        mapping_flag(p, o, "fallback", &c->fallback) < 0)
        return -1;
    if (json_object_get(o, "line") &&
        mapping_texts(p, json_object_get(o, "line"), "line", &c->lines,
                      &c->line_count) < 0)
        return -1;
    if (json_object_get(o, "words") &&
        parse_words(p, json_object_get(o, "words"), c) < 0)
        return -1;
    if (parse_word_lists(p, o, c) < 0)
        return -1;
    if (c->date && !when_form_known(c->date))
        return mapping_bad(p, c->date, "\"%s\" is no form of dates", c->date);
    if (json_object_get(o, "empty") &&
        (!empty || (strcmp(empty, c->use == USE_LIST ? "none" : "no") != 0 &&
                    (c->use != USE_LIST || strcmp(empty, "blank") != 0))))
        return mapping_bad(p, "empty",
                           "\"empty\" is \"none\" or \"blank\" for a list, "
                           "\"no\" for a yes-or-no fact");
    c->blank_is_none = empty && strcmp(empty, "blank") == 0;
    c->empty_is_no = empty && !c->blank_is_none;
    if (c->because && c->use != USE_SKIP)
        return mapping_bad(p, "because", "\"because\" goes with \"skip\"");
    if (c->unsure && (!column_fact(c) || column_fact(c)->type != FACT_BOOL))
        return mapping_bad(p, "unsure", "\"unsure\" fits yes-or-no facts only");
    if ((c->reading == READ_ROOT || c->reading == READ_LEAF) !=
        (c->kind != NULL))
        return mapping_bad(p, "names",
                           "\"names\" goes with \"read\" root or leaf");
    if (c->fact < 0 && c->use == USE_FACT && c->reading != READ_COMMAND)
        return mapping_bad(p, c->names[0], "column \"%s\" needs a fact",
                           c->names[0]);
    return 0;
}

int mapping_columns(const struct parse *p, json_t *list, enum fact_scope scope,
                    struct specs *out)
{
    size_t i, n = json_array_size(list);

    if (!json_is_array(list))
        return mapping_bad(p, "columns", "\"columns\" must be a list");
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

void mapping_free_columns(struct specs *list)
{
    size_t i, k;

    for (i = 0; i < list->count; i++) {
        struct column_spec *c = &list->items[i];

        mapping_free_texts(c->names, c->name_count);
        for (k = 0; k < c->word_count; k++) {
            free(c->words[k].pattern);
            free(c->words[k].value);
        }
        free(c->words);
        free(c->date);
        free(c->split);
        free(c->custom);
        free(c->misleads);
        mapping_free_texts(c->lines, c->line_count);
        free(c->kind);
        free(c->unsure);
        free(c->because);
    }
    free(list->items);
}
