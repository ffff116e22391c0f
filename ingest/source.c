/*
 * source.c - mappings: parsing them, and those of canonical files.
 */
#include "core/base.h"

#include "core/strbuf.h"
#include "ingest/mapping_text.h"

/* "known_by": ["uid"]: what tells an account where its name is not said. */
static int parse_known_by(const struct parse *p, json_t *o, uint64_t *out)
{
    static const char *const facts[] = {"uid", "guid", "full_name"};
    json_t *v = json_object_get(o, "known_by");
    char **words = NULL;
    size_t n = 0, i, k;
    int rc;

    if (!v)
        return 0;
    rc = mapping_texts(p, v, "known_by", &words, &n);
    for (i = 0; rc == 0 && i < n; i++) {
        for (k = 0; k < COUNT_OF(facts); k++)
            if (strcmp(words[i], facts[k]) == 0)
                break;
        if (k == COUNT_OF(facts))
            rc = mapping_bad(p, "known_by",
                             "\"known_by\" is uid, guid or full_name");
        else
            *out |= (uint64_t)1 << fact_index(FACT_ACCOUNT, facts[k]);
    }
    mapping_free_texts(words, n);
    return rc;
}

static int parse_nested(const struct parse *p, json_t *v)
{
    static const char *const known[] = {"path", "complete", "keyed", "columns",
                                        "known_by"};
    size_t n = json_is_array(v) ? json_array_size(v) : 1, i;
    struct nested *list = calloc(n + 1, sizeof(*list));

    if (!list)
        return err_nomem(p->err);
    p->s->nested = list;
    for (i = 0; i < n; i++) {
        json_t *o = json_is_array(v) ? json_array_get(v, i) : v;

        p->s->nested_count = i + 1;
        if (!json_is_object(o))
            return mapping_bad(p, "accounts", "\"accounts\" must be an object");
        if (mapping_check_keys(p, o, "\"accounts\"", known, COUNT_OF(known)) <
                0 ||
            mapping_text(p, o, "path", &list[i].path) < 0 ||
            mapping_flag(p, o, "complete", &list[i].complete) < 0 ||
            mapping_flag(p, o, "keyed", &list[i].keyed) < 0 ||
            parse_known_by(p, o, &list[i].known_by) < 0)
            return -1;
        if (!list[i].path)
            return mapping_bad(p, "accounts", "\"accounts\" needs a path");
        if (mapping_columns(p, json_object_get(o, "columns"), FACT_ACCOUNT,
                            &list[i].columns) < 0)
            return -1;
    }
    return 0;
}

static int parse_attributes(const struct parse *p, json_t *v)
{
    static const char *const known[] = {"path", "name", "value", "error",
                                        "names"};
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
            return mapping_bad(p, "attributes",
                               "\"attributes\" must be an object");
        if (mapping_check_keys(p, o, "\"attributes\"", known, COUNT_OF(known)) <
                0 ||
            mapping_text(p, o, "path", &list[i].path) < 0 ||
            mapping_text(p, o, "error", &list[i].error) < 0 ||
            mapping_text(p, o, "names", &list[i].kind) < 0)
            return -1;
        if (!list[i].path)
            return mapping_bad(p, "attributes", "\"attributes\" needs a path");
        if (name && mapping_texts(p, name, "name", &list[i].names,
                                  &list[i].name_count) < 0)
            return -1;
        if (json_object_get(o, "value") &&
            mapping_texts(p, json_object_get(o, "value"), "value",
                          &list[i].values, &list[i].value_count) < 0)
            return -1;
    }
    return 0;
}

/* "pick": [{"path": "storage.partitions", "key": "type", "is": ["boot"]}] */
static int parse_picks(const struct parse *p, json_t *v)
{
    static const char *const known[] = {"path", "key", "is"};
    size_t n = json_array_size(v), i;

    if (!json_is_array(v))
        return mapping_bad(p, "pick", "\"pick\" must be a list");
    p->s->picks = calloc(n + 1, sizeof(*p->s->picks));
    if (!p->s->picks)
        return err_nomem(p->err);
    for (i = 0; i < n; i++) {
        json_t *o = json_array_get(v, i);
        struct pick *pick = &p->s->picks[i];

        p->s->pick_count = i + 1;
        if (!json_is_object(o) || !json_object_get(o, "path") ||
            !json_object_get(o, "key") || !json_object_get(o, "is"))
            return mapping_bad(p, "pick",
                               "\"pick\" takes objects of path, key and is");
        if (mapping_check_keys(p, o, "\"pick\"", known, COUNT_OF(known)) < 0 ||
            mapping_text(p, o, "path", &pick->path) < 0 ||
            mapping_text(p, o, "key", &pick->key) < 0 ||
            mapping_texts(p, json_object_get(o, "is"), "is", &pick->words,
                          &pick->word_count) < 0)
            return -1;
    }
    return 0;
}

/* "names": {"kind": "...", "id": "...", "name": "...", "parent": "..."} */
static int parse_naming(const struct parse *p, json_t *o)
{
    static const char *const known[] = {"kind", "id", "name", "parent"};
    struct naming *n = calloc(1, sizeof(*n));
    json_t *parent = json_object_get(o, "parent");

    if (!n)
        return err_nomem(p->err);
    p->s->naming = n;
    if (!json_object_get(o, "kind") || !json_object_get(o, "id") ||
        !json_object_get(o, "name"))
        return mapping_bad(p, "names",
                           "\"names\" takes an object of kind, id and name");
    if (mapping_check_keys(p, o, "\"names\"", known, COUNT_OF(known)) < 0 ||
        mapping_text(p, o, "kind", &n->kind) < 0 ||
        mapping_texts(p, json_object_get(o, "id"), "id", &n->ids,
                      &n->id_count) < 0 ||
        mapping_texts(p, json_object_get(o, "name"), "name", &n->names,
                      &n->name_count) < 0)
        return -1;
    return parent ? mapping_texts(p, parent, "parent", &n->parents,
                                  &n->parent_count)
                  : 0;
}

/* "work": {"finding": "...", "client": "...", ...}, all of them */
static int parse_work(const struct parse *p, json_t *o)
{
    static const char *const known[] = {
        [WORK_FINDING] = "finding", [WORK_CLIENT] = "client",
        [WORK_RULE] = "rule",       [WORK_SERIAL] = "serial",
        [WORK_ACCOUNT] = "account", [WORK_OWNER] = "owner",
        [WORK_DUE] = "due",         [WORK_DECISION] = "decision",
        [WORK_COMMENT] = "comment"};
    struct working *w = calloc(1, sizeof(*w));
    size_t i;

    if (!w)
        return err_nomem(p->err);
    p->s->work = w;
    if (mapping_check_keys(p, o, "\"work\"", known, COUNT_OF(known)) < 0)
        return -1;
    for (i = 0; i < WORK_KEYS; i++) {
        if (!json_object_get(o, known[i]))
            return mapping_bad(p, "work", "\"work\" needs the key \"%s\"",
                               known[i]);
        if (mapping_texts(p, json_object_get(o, known[i]), known[i],
                          &w->names[i], &w->count[i]) < 0)
            return -1;
    }
    return 0;
}

/* "closes": a text, or one each for what may be missing. */
static int parse_closes(const struct parse *p, json_t *o)
{
    static const char *const keys[] = {"tokens", "bootstrap", "both"};
    json_t *v = json_object_get(o, "closes");
    size_t i;

    if (!v)
        return 0;
    if (json_is_object(v) &&
        mapping_check_keys(p, v, "\"closes\"", keys, COUNT_OF(keys)) < 0)
        return -1;
    for (i = 0; i < COUNT_OF(keys); i++)
        if (json_is_object(v)
                ? mapping_text(p, v, keys[i], &p->s->closes[i]) < 0
                : mapping_text(p, o, "closes", &p->s->closes[i]) < 0)
            return -1;
    return 0;
}

static int parse_constants(const struct parse *p, json_t *o)
{
    enum fact_scope scope = p->s->accounts ? FACT_ACCOUNT : FACT_DEVICE;
    const char *key, *value;
    json_t *v;
    size_t n;

    if (!json_is_object(o))
        return mapping_bad(p, "constants", "\"constants\" must be an object");
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
            return mapping_no_fact(p, scope, key);
        if (!value)
            return mapping_bad(
                p, key, "constant \"%s\" must be a text, true or false", key);
        if (mapping_check_value(p, &fact_table(scope, &n)[c->fact], value) < 0)
            return -1;
        p->s->constant_count++;
        c->value = mapping_copy(p, value);
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
        return mapping_bad(p, key, "\"%s\" must be a list", key);
    *out = calloc(n + 1, sizeof(**out));
    if (!*out)
        return err_nomem(p->err);
    for (i = 0; i < n; i++) {
        *count = i + 1;
        if (mapping_texts(p, json_array_get(v, i), key, &(*out)[i].names,
                          &(*out)[i].count) < 0)
            return -1;
    }
    return 0;
}

static int parse_detect(const struct parse *p, json_t *o)
{
    static const char *const known[] = {"all", "none"};

    if (!json_is_object(o))
        return mapping_bad(p, "detect", "\"detect\" must be an object");
    if (mapping_check_keys(p, o, "\"detect\"", known, COUNT_OF(known)) < 0 ||
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
        return mapping_bad(p, "format", "the mapping needs the key \"format\"");
    rc = mapping_texts(p, v, "format", &words, &n);
    for (i = 0; rc == 0 && i < n; i++) {
        for (k = 0; k < COUNT_OF(names); k++)
            if (strcmp(words[i], names[k]) == 0)
                break;
        if (k == COUNT_OF(names))
            rc = mapping_bad(p, words[i],
                             "format \"%s\" is none of csv, json, plist, "
                             "text",
                             words[i]);
        else
            p->s->formats |= 1u << k;
    }
    mapping_free_texts(words, n);
    return rc;
}

/* What a file of accounts covers: "complete": "accounts". */
static int parse_complete(const struct parse *p, json_t *o)
{
    const char *what = json_string_value(json_object_get(o, "complete"));

    if (!json_object_get(o, "complete"))
        return 0;
    if (!what || (strcmp(what, "accounts") != 0 && strcmp(what, "none") != 0)) {
        mapping_bad(p, "complete", "\"complete\" is \"accounts\" or \"none\"");
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
        return mapping_bad(p, "scope",
                           "\"scope\" is \"devices\" or \"accounts\"");
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
    return mapping_bad(p, "file_name",
                       "\"file_name\" is serial, uuid or mdm_id");
}

static int parse_source(const struct parse *p, json_t *o)
{
    static const char *const known[] = {
        "id",        "title",   "server",    "about",    "how",
        "format",    "scope",   "complete",  "standing", "records",
        "detect",    "columns", "device",    "accounts", "attributes",
        "constants", "include", "file_name", "together", "closes",
        "pick",      "names",   "entities",  "work",     "known_by",
        "last"};
    struct source *s = p->s;
    json_t *v;

    if (mapping_check_keys(p, o, "a mapping", known, COUNT_OF(known)) < 0 ||
        mapping_text(p, o, "id", &s->id) < 0 ||
        mapping_text(p, o, "title", &s->title) < 0 ||
        mapping_text(p, o, "server", &s->server) < 0 ||
        mapping_text(p, o, "about", &s->about) < 0 ||
        mapping_text(p, o, "how", &s->how) < 0 ||
        mapping_text(p, o, "include", &s->include) < 0 ||
        mapping_flag(p, o, "standing", &s->standing) < 0 ||
        mapping_flag(p, o, "together", &s->together) < 0 ||
        mapping_flag(p, o, "entities", &s->entities) < 0 ||
        mapping_flag(p, o, "last", &s->last) < 0 || parse_scope(p, o) < 0 ||
        parse_complete(p, o) < 0 || parse_file_name(p, o) < 0 ||
        parse_known_by(p, o, &s->known_by) < 0 ||
        parse_formats(p, json_object_get(o, "format")) < 0)
        return -1;
    if (!*s->id)
        return mapping_bad(p, "id", "the mapping needs the key \"id\"");
    if ((v = json_object_get(o, "records")) != NULL &&
        mapping_texts(p, v, "records", &s->records, &s->record_count) < 0)
        return -1;
    if ((v = json_object_get(o, "detect")) != NULL && parse_detect(p, v) < 0)
        return -1;
    if (parse_closes(p, o) < 0)
        return -1;
    if ((v = json_object_get(o, "names")) != NULL)
        return parse_naming(p, v);
    if ((v = json_object_get(o, "work")) != NULL)
        return parse_work(p, v);
    if (mapping_columns(p, json_object_get(o, "columns"),
                        s->accounts ? FACT_ACCOUNT : FACT_DEVICE,
                        &s->columns) < 0)
        return -1;
    if ((v = json_object_get(o, "pick")) != NULL && parse_picks(p, v) < 0)
        return -1;
    if ((v = json_object_get(o, "device")) != NULL &&
        mapping_columns(p, v, FACT_DEVICE, &s->device_columns) < 0)
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

static void free_needs(struct need *list, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        mapping_free_texts(list[i].names, list[i].count);
    free(list);
}

static void free_naming(struct naming *n)
{
    if (!n)
        return;
    free(n->kind);
    mapping_free_texts(n->ids, n->id_count);
    mapping_free_texts(n->names, n->name_count);
    mapping_free_texts(n->parents, n->parent_count);
    free(n);
}

static void free_work(struct working *w)
{
    size_t i;

    for (i = 0; w && i < WORK_KEYS; i++)
        mapping_free_texts(w->names[i], w->count[i]);
    free(w);
}

static void free_attributes(struct source *s)
{
    size_t i;

    for (i = 0; i < s->attribute_count; i++) {
        free(s->attributes[i].path);
        mapping_free_texts(s->attributes[i].values,
                           s->attributes[i].value_count);
        free(s->attributes[i].error);
        free(s->attributes[i].kind);
        mapping_free_texts(s->attributes[i].names, s->attributes[i].name_count);
    }
    free(s->attributes);
    for (i = 0; i < s->pick_count; i++) {
        free(s->picks[i].path);
        free(s->picks[i].key);
        mapping_free_texts(s->picks[i].words, s->picks[i].word_count);
    }
    free(s->picks);
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
    for (i = 0; i < COUNT_OF(s->closes); i++)
        free(s->closes[i]);
    mapping_free_texts(s->records, s->record_count);
    free_needs(s->all, s->all_count);
    free_needs(s->none, s->none_count);
    mapping_free_columns(&s->columns);
    mapping_free_columns(&s->device_columns);
    for (i = 0; i < s->nested_count; i++) {
        free(s->nested[i].path);
        mapping_free_columns(&s->nested[i].columns);
    }
    free(s->nested);
    free_attributes(s);
    free_naming(s->naming);
    free_work(s->work);
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

/* A uuid beside names alone may be anybody's list: a Mac's row has a serial
 * number or says something of it. */
static void canonical_need(struct strbuf *b)
{
    const struct fact *t;
    size_t n, i;

    strbuf_adds(b, ", [\"serial\", \"accounts\"");
    t = fact_table(FACT_DEVICE, &n);
    for (i = 0; i < n; i++)
        if (t[i].merge != MERGE_KEY && t[i].merge != MERGE_TEXT)
            strbuf_addf(b, ", \"%s\"", t[i].name);
    strbuf_addc(b, ']');
}

struct source *source_canonical(bool accounts, struct err *err)
{
    struct strbuf need = {0};
    struct strbuf b = {0};
    struct source *s;

    if (accounts)
        strbuf_adds(&need, ", \"account\"");
    else
        canonical_need(&need);
    strbuf_addf(&b,
                "{\"id\": \"canonical-%s\", \"title\": \"Canonical %s file\","
                "\"about\": \"Headers and keys are the names of the facts.\","
                "\"format\": [\"csv\", \"json\"], \"scope\": \"%s\","
                "\"records\": [\"\", \"devices\", \"results\", \"items\","
                " \"data\", \"accounts\"],"
                "\"detect\": {\"all\": [[\"serial\", \"uuid\", \"mdm_id\"]%s],"
                "\"none\": [%s]},\"complete\": \"%s\",\n\"columns\": [",
                accounts ? "accounts" : "devices",
                accounts ? "accounts" : "devices",
                accounts ? "accounts" : "devices", strbuf_str(&need),
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
    strbuf_free(&need);
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
