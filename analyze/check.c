/*
 * check.c - reading rules critically, and the skeleton of a new one.
 */
#include "core/base.h"

#include "analyze/cases.h"
#include "analyze/check.h"
#include "analyze/derive.h"
#include "analyze/judge.h"
#include "analyze/resolve.h"
#include "analyze/rule_lint.h"
#include "analyze/rule_needs.h"
#include "analyze/rule_place.h"
#include "core/db.h"
#include "core/resource.h"
#include "core/strbuf.h"
#include "core/text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

struct checker {
    const struct catalogue *c;
    const struct remedies *remedies;
    check_fn *fn;
    void *ctx;
    size_t faults;
    sqlite3 *db; /* an empty store with its views */
    struct rule_guard guard;
};

static void tell(struct checker *k, const struct err *fault)
{
    k->faults++;
    k->fn(k->ctx, fault);
}

static void at_fault(struct checker *k, const struct rule *r, const char *at,
                     const char *hint, const char *fmt, ...) PRINTF_LIKE(5, 6);

/* "at" is a place in the rule's text; NULL is its beginning. */
static void at_fault(struct checker *k, const struct rule *r, const char *at,
                     const char *hint, const char *fmt, ...)
{
    struct err fault = {0};
    char text[400];
    long line, column;
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    rule_place(r, at ? at : r->text, &line, &column);
    err_at(&fault, ERR_CONFIG, r->file, line, column, "%s", text);
    if (hint)
        err_hint(&fault, "%s", hint);
    tell(k, &fault);
}

/* --------------------------------------------------- words of the header */

static void check_words(struct checker *k, const struct rule *r,
                        const char *key, const char *list,
                        const char *const *words, size_t n)
{
    char word[64], hint[100];
    const char *near;
    size_t len, i;

    for (; *list; list += len + (list[len] == ' ')) {
        len = strcspn(list, " ");
        if (len == 0)
            continue;
        snprintf(word, sizeof(word), "%.*s", (int)len, list);
        for (i = 0; i < n && strcmp(words[i], word) != 0; i++)
            ;
        if (i < n)
            continue;
        near = text_nearest(word, words, n);
        snprintf(hint, sizeof(hint), "did you mean \"%s\"?", near ? near : "");
        at_fault(k, r, rule_header_word(r, key, word), near ? hint : NULL,
                 "%s: unknown \"%s\"", key, word);
    }
}

static void check_header(struct checker *k, const struct rule *r)
{
    static const char *const uses[] = {"monthly", "client", "migration"};
    static const char *const loses[] = {
        "unlock", "enable",   "update",    "grant",       "auto",
        "erase",  "settings", "kexts",     "boot-policy", "updates-by-server",
        "rescue", "psso",     "recoveryos"};
    const char *ids[128];
    size_t n;

    for (n = 0; n < k->remedies->count && n < COUNT_OF(ids); n++)
        ids[n] = k->remedies->items[n].id;
    check_words(k, r, "uses", r->uses, uses, COUNT_OF(uses));
    check_words(k, r, "loses", r->loses, loses, COUNT_OF(loses));
    check_words(k, r, "fix", r->fix, ids, n);
}

/* ------------------------------------------------------------- the SELECT */

struct customs {
    const char *names[256];
    size_t count;
    struct strbuf text;
};

/* Names are kept end to end, and pointed to once all are there. */
static void add_custom(void *ctx, const char *name)
{
    struct customs *c = ctx;

    if (c->count + 1 >= COUNT_OF(c->names))
        return;
    strbuf_add(&c->text, name, strlen(name) + 1);
    c->count++;
}

static int open_store(struct checker *k, struct err *err)
{
    struct resolve_counts counts;
    struct customs customs = {.count = 0};
    const char *s;
    size_t i;
    int rc = -1;

    for (i = 0; i < k->c->count; i++)
        rule_customs(k->c->rules[i], add_custom, &customs);
    s = strbuf_str(&customs.text);
    for (i = 0; i < customs.count; i++, s += strlen(s) + 1)
        customs.names[i] = s;
    customs.names[customs.count] = NULL;
    k->db = db_open(":memory:", DB_CREATE, 0,
                    resource_text("ingest/schema.sql"), err);
    if (!strbuf_ok(&customs.text))
        err_nomem(err);
    else if (k->db && resolve(k->db, "check", 1, NULL, &counts, err) == 0)
        rc = derive(k->db, 1, 0, NULL, customs.names, err);
    strbuf_free(&customs.text);
    return rc;
}

/* A rule without a SELECT is one that the program makes; a file of one's own
 * may give such a rule other words. */
static void check_made(struct checker *k, const struct rule *r)
{
    const char *kind = rule_header_word(r, "kind", NULL);

    if (!rule_is_made(r->id))
        at_fault(k, r, kind, NULL,
                 "kind: engine is for DATA-01, DATA-03 and ST-14, which the "
                 "program makes");
    else if (*rule_first_word(r))
        at_fault(k, r, rule_first_word(r), NULL,
                 "has a SELECT, which a rule of kind engine never runs");
}

struct needy {
    struct checker *k;
    const struct rule *r;
};

static void unlisted(void *ctx, const char *at, const char *column,
                     const char *facts)
{
    static const char hint[] =
        "a Mac on which nobody measured it is \"unknown\" by this rule, and "
        "should be \"notchecked\"";
    const struct needy *n = ctx;

    at_fault(n->k, n->r, at, hint,
             strchr(facts, ' ') ? "judges by %s, and \"facts\" lists nothing "
                                  "that it is made of (%s)"
                                : "judges by %s, and \"facts\" does not list "
                                  "%s",
             column, facts);
}

/* Whether its cases can be run is told in *sound. */
static int check_rule(struct checker *k, const struct rule *r, bool *sound,
                      struct err *err)
{
    struct err fault = {0};
    struct rule_query *q;

    *sound = false;
    if (r->broken.code != ERR_NONE) {
        tell(k, &r->broken);
        return 0;
    }
    check_header(k, r);
    if (r->kind == RULE_ENGINE) {
        check_made(k, r);
        return 0;
    }
    q = rule_open(&k->guard, r, &fault);
    if (!q && fault.code != ERR_CONFIG) {
        *err = fault;
        return -1;
    }
    if (!q)
        tell(k, &fault);
    else
        rule_needs(r, unlisted, &(struct needy){k, r});
    *sound = q != NULL;
    rule_close(q);
    return 0;
}

/* --------------------------------------------------------------- the cases */

static void case_fault(void *ctx, const struct err *fault)
{
    tell(ctx, fault);
}

static int check_cases(struct checker *k, size_t i, bool sound,
                       struct cases_count *counts, struct err *err)
{
    const struct rule *r = k->c->rules[i];
    char hint[300];

    if (r->broken.code != ERR_NONE || r->kind == RULE_ENGINE)
        return 0;
    if (!k->c->cases[i][0]) {
        snprintf(hint, sizeof(hint), "put some into %s", k->c->case_files[i]);
        at_fault(k, r, NULL, hint, "has no cases");
        return 0;
    }
    if (!sound)
        return 0;
    return cases_run(k->c, i, case_fault, k, counts, err);
}

int rules_check(const struct catalogue *c, const struct remedies *remedies,
                bool own_only, check_fn *fn, void *ctx, size_t *faults,
                struct err *err)
{
    struct checker k = {.c = c, .remedies = remedies, .fn = fn, .ctx = ctx};
    struct cases_count *counts = calloc(c->count + 1, sizeof(*counts));
    bool *sound = calloc(c->count + 1, sizeof(*sound));
    size_t i;
    int rc = -1;

    if (!counts || !sound)
        err_nomem(err);
    else
        rc = open_store(&k, err);
    if (rc == 0)
        rule_guard_set(&k.guard, k.db);
    for (i = 0; i < c->count && rc == 0; i++)
        if (!own_only || c->rules[i]->own)
            rc = check_rule(&k, c->rules[i], &sound[i], err);
    for (i = 0; i < c->count && rc == 0; i++)
        if (!own_only || c->rules[i]->own)
            rc = check_cases(&k, i, sound[i], counts, err);
    rule_guard_end(&k.guard);
    db_close(k.db);
    free(counts);
    free(sound);
    *faults = k.faults;
    return rc;
}

/* ------------------------------------------------------------ a new rule */

static const char skeleton[] =
    "-- id: %s\n"
    "-- title: What is wrong, in words for a manager\n"
    "-- scope: device\n"
    "-- severity: medium\n"
    "-- uses: monthly\n"
    "-- loses:\n"
    "-- facts: os_version\n"
    "-- why: What can happen because of it, in one or two sentences.\n"
    "-- fix:\n"
    "-- A fact that no source gave is NULL, and then the result is unknown.\n"
    "SELECT device_id,\n"
    "       TRUE         AS applies,\n"
    "       os < 140000  AS fails,\n"
    "       'macOS ' || os_version || ' is installed' AS evidence\n"
    "  FROM device_posture\n";

static const char skeleton_cases[] =
    "{\"case\": \"too old\", \"device\": {\"os_version\": \"13.6.9\"}, "
    "\"expect\": \"fail\", \"severity\": \"medium\"}\n"
    "{\"case\": \"new enough\", \"device\": {\"os_version\": \"14.0\"}, "
    "\"expect\": \"pass\"}\n"
    "{\"case\": \"asked for, not known\", \"device\": {\"os_version\": null}, "
    "\"expect\": \"unknown\"}\n"
    "{\"case\": \"not asked for\", \"device\": {}, "
    "\"expect\": \"notchecked\"}\n";

static int write_new(const char *path, const char *text, struct err *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

    if (!f)
        return err_errno(err, ERR_OUTPUT, path, "cannot create");
    fputs(text, f);
    if (fclose(f) != 0)
        return err_errno(err, ERR_OUTPUT, path, "cannot write");
    return 0;
}

int rule_skeleton(const char *dir, const char *id, char *path, size_t size,
                  struct err *err)
{
    struct strbuf text = {0}, name = {0};
    int rc = -1;

    if (!id[0] || strlen(id) > 31 ||
        strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != strlen(id)) {
        err_set(err, ERR_USAGE, "\"%s\" is no id of a rule", id);
        return err_hint(err, "use capitals, digits and dashes: LAB-01");
    }
    if (mkdir(dir, 0777) < 0 && errno != EEXIST)
        return err_errno(err, ERR_OUTPUT, dir, "cannot make the folder");
    snprintf(path, size, "%s/%s-new.sql", dir, id);
    strbuf_addf(&name, "%s/%s-new.cases.jsonl", dir, id);
    strbuf_addf(&text, skeleton, id);
    if (!strbuf_ok(&text) || !strbuf_ok(&name))
        err_nomem(err);
    else if (write_new(path, strbuf_str(&text), err) == 0)
        rc = write_new(strbuf_str(&name), skeleton_cases, err);
    strbuf_free(&text);
    strbuf_free(&name);
    return rc;
}
