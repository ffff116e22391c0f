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

static void at_fault(struct checker *k, const struct rule *r, const char *hint,
                     const char *fmt, ...) PRINTF_LIKE(4, 5);

static void at_fault(struct checker *k, const struct rule *r, const char *hint,
                     const char *fmt, ...)
{
    struct err fault = {0};
    char text[400];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    err_at(&fault, ERR_CONFIG, r->file, 1, 0, "%s", text);
    if (hint)
        err_hint(&fault, "did you mean \"%s\"?", hint);
    tell(k, &fault);
}

/* --------------------------------------------------- words of the header */

static void check_words(struct checker *k, const struct rule *r,
                        const char *key, const char *list,
                        const char *const *words, size_t n)
{
    char word[64];
    size_t len, i;

    for (; *list; list += len + (list[len] == ' ')) {
        len = strcspn(list, " ");
        if (len == 0)
            continue;
        snprintf(word, sizeof(word), "%.*s", (int)len, list);
        for (i = 0; i < n && strcmp(words[i], word) != 0; i++)
            ;
        if (i == n)
            at_fault(k, r, text_nearest(word, words, n), "%s: unknown \"%s\"",
                     key, word);
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

static int check_rule(struct checker *k, const struct rule *r, struct err *err)
{
    struct err fault = {0};
    struct rule_query *q;

    if (r->broken.code != ERR_NONE) {
        tell(k, &r->broken);
        return 0;
    }
    check_header(k, r);
    if (r->kind == RULE_ENGINE && !r->own)
        return 0;
    q = rule_open(&k->guard, r, &fault);
    if (!q && fault.code != ERR_CONFIG) {
        *err = fault;
        return -1;
    }
    if (!q)
        tell(k, &fault);
    rule_close(q);
    return 0;
}

/* --------------------------------------------------------------- the cases */

static void case_fault(void *ctx, const char *file, long line, const char *text)
{
    struct err fault = {0};

    err_at(&fault, ERR_CONFIG, file, line, 0, "%s", text);
    tell(ctx, &fault);
}

static int check_cases(struct checker *k, size_t i, struct cases_count *counts,
                       struct err *err)
{
    const struct rule *r = k->c->rules[i];

    if (r->broken.code != ERR_NONE || r->kind == RULE_ENGINE)
        return 0;
    if (!k->c->cases[i][0]) {
        struct err fault = {0};

        err_at(&fault, ERR_CONFIG, r->file, 1, 0, "has no cases");
        err_hint(&fault, "put some into %s", k->c->case_files[i]);
        tell(k, &fault);
        return 0;
    }
    return cases_run(k->c, i, case_fault, k, counts, err);
}

int rules_check(const struct catalogue *c, const struct remedies *remedies,
                bool own_only, check_fn *fn, void *ctx, size_t *faults,
                struct err *err)
{
    struct checker k = {.c = c, .remedies = remedies, .fn = fn, .ctx = ctx};
    struct cases_count *counts = calloc(c->count + 1, sizeof(*counts));
    size_t i;
    int rc = counts ? open_store(&k, err) : err_nomem(err);

    if (rc == 0)
        rule_guard_set(&k.guard, k.db);
    for (i = 0; i < c->count && rc == 0; i++)
        if (!own_only || c->rules[i]->own)
            rc = check_rule(&k, c->rules[i], err);
    for (i = 0; i < c->count && rc == 0; i++)
        if (!own_only || c->rules[i]->own)
            rc = check_cases(&k, i, counts, err);
    rule_guard_end(&k.guard);
    db_close(k.db);
    free(counts);
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
