/*
 * leak.c - proof that a client's report holds nothing of another client.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/facts.h"
#include "core/resource.h"
#include "core/supply.h"
#include "report/brand.h"
#include "report/json.h"
#include "report/leak.h"
#include "report/leak_names.h"
#include "report/leak_text.h"
#include "report/query.h"
#include "report/redact.h"
#include "report/rows.h"

struct leak {
    struct leak_names *names;
    int redact; /* bits of report/redact.h */
};

static int load_names(struct leak *l, const struct report *r, struct err *err)
{
    static const char *const kinds[] = {"serial number", "device name",
                                        "person",        "address",
                                        "account",       "client"};
    sqlite3_stmt *st;
    int step;

    if (query_open(r, "leak_names", &st, err) < 0)
        return -1;
    while ((step = db_step(st, err)) == 1) {
        const char *kind = db_text(st, 2);
        size_t i = 0;

        while (i + 1 < COUNT_OF(kinds) && strcmp(kinds[i], kind) != 0)
            i++;
        if (!leak_names_add(l->names, db_text(st, 1), kinds[i],
                            sqlite3_column_int64(st, 0))) {
            step = err_nomem(err);
            break;
        }
    }
    sqlite3_finalize(st);
    return step;
}

struct leak *leak_new(const struct report *r, struct err *err)
{
    struct leak *l = calloc(1, sizeof(*l));

    if (l)
        l->names = leak_names_new();
    if (!l || !l->names)
        err_nomem(err);
    else if (load_names(l, r, err) == 0) {
        if (leak_names_ready(l->names))
            return l;
        err_nomem(err);
    }
    leak_free(l);
    return NULL;
}

void leak_free(struct leak *l)
{
    if (!l)
        return;
    leak_names_free(l->names);
    free(l);
}

/* ------------------------------------------------- what proves nothing --- */

static bool mark(void *ctx, struct name *name)
{
    (void)ctx;
    name->known = true;
    return true;
}

static bool mark_as_own(void *ctx, struct name *name)
{
    (void)ctx;
    name->own = true;
    return true;
}

static void mark_text(struct leak *l, const char *text)
{
    leak_names_find(l->names, text, strlen(text), mark, NULL);
}

/* What a rule may say: the texts between quotes in its SQL. */
static void mark_literals(struct leak *l, const char *sql)
{
    const char *p = strchr(sql, '\''), *end;

    for (; p && (end = strchr(p + 1, '\'')); p = strchr(end + 1, '\''))
        leak_names_find(l->names, p + 1, (size_t)(end - p - 1), mark, NULL);
}

/* What the settings print on every client's reports is meant for all. */
static int mark_brand(struct leak *l, const struct report *r, struct err *err)
{
    struct brand b = {0};

    if (brand_load(r->options->config, NULL, &b, err) < 0)
        return -1;
    mark_text(l, b.contact ? b.contact : "");
    mark_text(l, b.confidentiality ? b.confidentiality : "");
    brand_free(&b);
    return 0;
}

/* The bytes of a picture say nothing, whatever letters they happen to have:
 * those of the page, and of the workbook. */
static void mark_logo(struct leak *l, const struct brand *b)
{
    struct strbuf picture = {0};

    if (!b || !b->logo.len)
        return;
    brand_picture(b, "", &picture);
    mark_text(l, strbuf_str(&picture));
    strbuf_free(&picture);
    leak_names_find(l->names, b->logo.data, b->logo.len, mark, NULL);
}

static void mark_vocabulary(struct leak *l)
{
    static const enum fact_scope scopes[] = {FACT_DEVICE, FACT_ACCOUNT};
    size_t i, k, n;

    for (k = 0; k < COUNT_OF(scopes); k++) {
        const struct fact *f = fact_table(scopes[k], &n);

        for (i = 0; i < n; i++) {
            const char *const *w = f[i].words;

            mark_text(l, f[i].name);
            for (; w && *w; w++)
                mark_text(l, *w);
        }
    }
    for (i = 0; i < supply_count; i++) {
        mark_text(l, supplies[i].title);
        mark_text(l, supplies[i].how);
        mark_text(l, supplies[i].plain);
    }
    for (i = 0; i < writer_count; i++)
        mark_text(l, writers[i].help);
    mark_text(l, resource_text("report/own_words.txt"));
}

static void mark_resources(struct leak *l)
{
    static const char *const folders[] = {"templates/", "report/",
                                          "ingest/sources/"};
    const struct resource *res;
    size_t i, at;

    for (i = 0; i < COUNT_OF(folders); i++)
        for (at = 0; (res = resource_next(folders[i], "", &at));)
            mark_text(l, res->data);
}

/* A row of leak_own.sql: a text, and what it is. */
static void mark_row(struct leak *l, const char *text, const char *what)
{
    if (strcmp(what, "own") == 0)
        leak_names_find(l->names, text, strlen(text), mark_as_own, NULL);
    else if (strcmp(what, "sql") == 0)
        mark_literals(l, text);
    else
        mark_text(l, text);
}

static int mark_own(struct leak *l, const struct report *r, struct err *err)
{
    sqlite3_stmt *st;
    size_t i;
    int step;

    for (i = 0; i < leak_names_count(l->names); i++)
        leak_names_at(l->names, i)->known = leak_names_at(l->names, i)->own =
            false;
    mark_vocabulary(l);
    mark_resources(l);
    mark_logo(l, r->brand);
    if (mark_brand(l, r, err) < 0 || query_open(r, "leak_own", &st, err) < 0)
        return -1;
    while ((step = db_step(st, err)) == 1)
        mark_row(l, db_text(st, 0), db_text(st, 1));
    sqlite3_finalize(st);
    if (step == 0 && leak_names_failed(l->names))
        step = err_nomem(err);
    return step;
}

/* ---------------------------------------------------------------- search -- */

/* A file being searched. */
struct search {
    struct leak *l;
    const struct report *r;
    struct name *hit;
    bool secret;
};

/* Whether names of this kind must not be in the report at all. */
static bool redacted(const struct leak *l, const char *kind)
{
    return (l->redact & leak_kind_bit(kind)) != 0;
}

static bool is_own(const struct report *r, const struct name *name)
{
    return !r->client_id || leak_name_owned(name, r->client_id);
}

/* Whether a name must not be in this report. */
static bool barred(const struct leak *l, const struct report *r,
                   const struct name *name)
{
    return redacted(l, name->kind) || !is_own(r, name);
}

/* Whether it would prove nothing there: where it is the client's own and is to
 * be hidden, the client's other texts excuse nothing. */
static bool proves_nothing(const struct report *r, const struct name *name)
{
    return name->known || (name->own && !is_own(r, name));
}

static bool foreign(void *ctx, struct name *name)
{
    struct search *p = ctx;

    if (!barred(p->l, p->r, name) || proves_nothing(p->r, name))
        return true;
    p->hit = name;
    return false;
}

static bool is_key_char(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* XXXX-XXXX-XXXX-XXXX-XXXX-XXXX: the shape of a recovery key. */
static bool key_shape(const char *p, size_t n)
{
    size_t i;

    if (n < 29)
        return false;
    for (i = 0; i < 29; i++)
        if (i % 5 == 4 ? p[i] != '-' : !is_key_char(p[i]))
            return false;
    return n == 29 || (!is_key_char(p[29]) && p[29] != '-');
}

static bool has_key(const char *text, size_t n)
{
    const char *end = text + n, *p = text, *q;

    while ((q = memchr(p, '-', (size_t)(end - p)))) {
        if (q - text >= 4 && (q - text == 4 || !is_key_char(q[-5])) &&
            key_shape(q - 4, (size_t)(end - q) + 4))
            return true;
        p = q + 1;
    }
    return false;
}

/* leak_text_fn */
static bool search_text(void *ctx, const char *text, size_t len)
{
    struct search *p = ctx;

    p->secret = p->secret || has_key(text, len);
    return !p->secret && leak_names_find(p->l->names, text, len, foreign, p);
}

static int say_hit(const struct search *p, const char *name, struct err *err)
{
    struct report other = *p->r;
    char owner[128] = "another client";
    sqlite3_stmt *st = NULL;

    if (p->secret) {
        err_set(err, ERR_OUTPUT,
                "%s is not released: it holds something of the shape of a "
                "recovery key",
                name);
        return err_hint(err, "find the column with \"muster explain\" and "
                             "leave it out of --keep");
    }
    if (redacted(p->l, p->hit->kind)) {
        err_set(err, ERR_OUTPUT,
                "%s is not released: it holds the %s \"%.80s\", which was to "
                "be a pseudonym",
                name, p->hit->kind, p->hit->text);
        return err_hint(err, "look for it in sites, custom facts and reasons "
                             "of accepted risks");
    }
    if (db_prepare(other.db, "SELECT name FROM client WHERE client_id = :id",
                   &st, err) == 0 &&
        db_bind_int(st, ":id", p->hit->owners[0], err) == 0 &&
        db_step(st, err) == 1)
        snprintf(owner, sizeof(owner), "\"%s\"", db_text(st, 0));
    sqlite3_finalize(st);
    err_set(err, ERR_OUTPUT,
            "%s is not released: it holds the %s \"%.80s\" of client %s", name,
            p->hit->kind, p->hit->text, owner);
    return err_hint(err, "a Mac or an account of both is no hit; look where "
                         "this one comes from");
}

static int search_file(struct leak *l, const struct report *r,
                       const struct published *f, int64_t *bytes,
                       struct err *err)
{
    struct search p = {.l = l, .r = r};
    /* folding may make it up to two and a half times as long */
    struct leak_text to = {.fn = search_text,
                           .ctx = &p,
                           .overlap = leak_names_longest(l->names) * 3 + 64};

    if (leak_text_read(f->path, f->writer ? f->writer->ext : "json", &to, bytes,
                       err) < 0)
        return -1;
    if (leak_names_failed(l->names))
        return err_nomem(err);
    return p.hit || p.secret ? say_hit(&p, f->name, err) : 0;
}

/* How many names were searched for, and how many prove nothing. */
static void count_names(struct leak *l, const struct report *r,
                        int64_t *searched, int64_t *shared)
{
    size_t i;

    for (i = 0; i < leak_names_count(l->names); i++) {
        const struct name *n = leak_names_at(l->names, i);

        if (!barred(l, r, n))
            continue;
        *shared += proves_nothing(r, n);
        *searched += !proves_nothing(r, n);
    }
}

int leak_kind_bit(const char *kind)
{
    if (strcmp(kind, "serial number") == 0)
        return REDACT_SERIALS;
    if (strcmp(kind, "device name") == 0)
        return REDACT_HOSTNAMES;
    return strcmp(kind, "client") == 0 ? 0 : REDACT_USERS;
}

struct leak_names *leak_all_names(struct leak *l)
{
    return l->names;
}

int leak_search(struct leak *l, const struct report *r, const struct publish *p,
                struct strbuf *json, struct err *err)
{
    int64_t bytes = 0, searched = 0, shared = 0;
    size_t i;

    l->redact = redact_bits(r->options->redact, err);
    if (l->redact < 0 || mark_own(l, r, err) < 0)
        return -1;
    for (i = 0; i < publish_count(p); i++)
        if (search_file(l, r, publish_file(p, i), &bytes, err) < 0)
            return -1;
    count_names(l, r, &searched, &shared);
    strbuf_addf(json,
                "{\"names\":%lld,\"names_without_meaning\":%lld,"
                "\"names_too_short\":%zu,\"files\":%zu,\"bytes\":%lld,"
                "\"hits\":0}",
                (long long)searched, (long long)shared,
                leak_names_short(l->names), publish_count(p), (long long)bytes);
    return strbuf_ok(json) ? 0 : err_nomem(err);
}

int leak_search_last(struct leak *l, const struct report *r,
                     const struct publish *p, struct err *err)
{
    int64_t bytes = 0;

    return search_file(l, r, publish_file(p, publish_count(p) - 1), &bytes,
                       err);
}
