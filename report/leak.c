/*
 * leak.c - proof that a client's report holds nothing of another client.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/facts.h"
#include "core/resource.h"
#include "core/supply.h"
#include "core/text.h"
#include "report/json.h"
#include "report/leak.h"
#include "report/leak_names.h"
#include "report/query.h"
#include "report/redact.h"
#include "report/rows.h"

#include <minizip/unzip.h>

#define PIECE 262144 /* bytes of plain text that are searched at once */

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

static void mark_text(struct leak *l, const char *text)
{
    leak_names_find(l->names, text, strlen(text), mark, NULL);
}

/* Words of our own that resources do not hold. */
static const char own_words[] =
    "Summary Findings Devices Accounts Rules Remedies Changes Accepted risks "
    "Not measured Clients Method Owner Due Decision Comment fix accept risk "
    "not a problem ask Mac fleet report Period facts as of compared with Yes "
    "No Unknown never pass fail unknown notapplicable notchecked error "
    "informational new open reopened measured resolved gone worse better "
    "unclear unmeasured macOS FileVault secure token bootstrap volume owner "
    "critical high medium low info clean partial attention at-risk "
    "undetermined safe login-first token-lost lockout-risk muster sheet "
    "worksheet workbook Calibri Arial Office Theme Title Print Area Filter "
    "Microsoft Excel application docProps Normal style font fill border";

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
    mark_text(l, own_words);
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

static int mark_own(struct leak *l, const struct report *r, struct err *err)
{
    sqlite3_stmt *st;
    size_t i;
    int step;

    for (i = 0; i < leak_names_count(l->names); i++)
        leak_names_at(l->names, i)->known = false;
    mark_vocabulary(l);
    mark_resources(l);
    if (query_open(r, "leak_own", &st, err) < 0)
        return -1;
    while ((step = db_step(st, err)) == 1)
        mark_text(l, db_text(st, 0));
    sqlite3_finalize(st);
    return step;
}

/* ----------------------------------------------------------- plain text --- */

/* The text of a file as a reader sees it, piece by piece. */
struct plain {
    struct leak *l;
    const struct report *r;
    struct strbuf text; /* decoded and not yet searched, after an overlap */
    struct strbuf raw;  /* read and not yet decoded */
    struct name *hit;
    bool secret;
    int64_t bytes;
};

/* Whether names of this kind must not be in the report at all. */
static bool redacted(const struct leak *l, const char *kind)
{
    if (strcmp(kind, "serial number") == 0)
        return l->redact & REDACT_SERIALS;
    if (strcmp(kind, "device name") == 0)
        return l->redact & REDACT_HOSTNAMES;
    return strcmp(kind, "client") != 0 && (l->redact & REDACT_USERS);
}

/* Whether a name must not be in this report. */
static bool barred(const struct leak *l, const struct report *r,
                   const struct name *name)
{
    if (redacted(l, name->kind))
        return true;
    return r->client_id && !leak_name_owned(name, r->client_id);
}

static bool foreign(void *ctx, struct name *name)
{
    struct plain *p = ctx;

    if (name->known || !barred(p->l, p->r, name))
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

/* Search what is decoded and keep an overlap for the next piece. */
static bool search_piece(struct plain *p)
{
    size_t keep = leak_names_longest(p->l->names) + 64;

    p->secret = p->secret || has_key(strbuf_str(&p->text), p->text.len);
    if (p->secret || !leak_names_find(p->l->names, strbuf_str(&p->text),
                                      p->text.len, foreign, p))
        return false;
    if (p->text.len > keep) {
        memmove(p->text.data, p->text.data + p->text.len - keep, keep);
        strbuf_truncate(&p->text, keep);
    }
    return true;
}

static const struct {
    const char *entity;
    char c;
} entities[] = {{"&amp;", '&'},  {"&lt;", '<'},   {"&gt;", '>'},
                {"&quot;", '"'}, {"&#39;", '\''}, {"&#x27;", '\''},
                {"&#34;", '"'},  {"&#38;", '&'},  {"&apos;", '\''}};

static uint32_t hex4(const char *p)
{
    uint32_t v = 0;
    int i;

    for (i = 0; i < 4; i++) {
        char c = ascii_lower(p[i]);

        if (c >= '0' && c <= '9')
            v = v * 16 + (uint32_t)(c - '0');
        else if (c >= 'a' && c <= 'f')
            v = v * 16 + (uint32_t)(c - 'a' + 10);
        else
            return UINT32_MAX;
    }
    return v;
}

/* Undo one entity, JSON escape, doubled quote or _x0041_ at "p"; returns how
 * many bytes it took. */
static size_t decode_one(struct strbuf *out, const char *p, size_t n)
{
    uint32_t cp;
    size_t i;

    if (*p == '&')
        for (i = 0; i < COUNT_OF(entities); i++) {
            size_t len = strlen(entities[i].entity);

            if (n >= len && memcmp(p, entities[i].entity, len) == 0) {
                strbuf_addc(out, entities[i].c);
                return len;
            }
        }
    if (*p == '\\' && n >= 6 && p[1] == 'u' &&
        (cp = hex4(p + 2)) != UINT32_MAX) {
        utf8_append(out, cp);
        return 6;
    }
    if (*p == '\\' && n >= 2 && (p[1] == '"' || p[1] == '\\' || p[1] == '/')) {
        strbuf_addc(out, p[1]);
        return 2;
    }
    if (*p == '\\' && n >= 2 && (p[1] == 'n' || p[1] == 't' || p[1] == 'r')) {
        strbuf_addc(out, ' ');
        return 2;
    }
    if (*p == '"' && n >= 2 && p[1] == '"') {
        strbuf_addc(out, '"');
        return 2;
    }
    if (*p == '_' && n >= 7 && p[1] == 'x' && p[6] == '_' &&
        (cp = hex4(p + 2)) != UINT32_MAX) {
        utf8_append(out, cp);
        return 7;
    }
    strbuf_addc(out, *p);
    return 1;
}

static bool special(char c)
{
    return c == '&' || c == '\\' || c == '"' || c == '_';
}

/* Decode all but the last few bytes, which may be half an escape. */
static void decode(struct plain *p, bool last)
{
    const char *s = strbuf_str(&p->raw);
    size_t n = p->raw.len, i = 0, from = 0;
    size_t end = last || n < 16 ? (last ? n : 0) : n - 16;

    while (i < end) {
        if (!special(s[i])) {
            i++;
            continue;
        }
        strbuf_add(&p->text, s + from, i - from);
        i += decode_one(&p->text, s + i, n - i);
        from = i;
    }
    if (i > from)
        strbuf_add(&p->text, s + from, i - from);
    if (i > n)
        i = n;
    if (p->raw.data)
        memmove(p->raw.data, p->raw.data + i, n - i);
    strbuf_truncate(&p->raw, n - i);
}

/* False to stop: something was found, or memory is out. */
static bool take(struct plain *p, const char *data, size_t n, bool last)
{
    strbuf_add(&p->raw, data, n);
    p->bytes += (int64_t)n;
    if (p->raw.len < PIECE && !last)
        return true;
    decode(p, last);
    return strbuf_ok(&p->text) && strbuf_ok(&p->raw) && search_piece(p);
}

/* ---------------------------------------------------------------- files --- */

/* -1 only where reading fails; hits are in "p". */
static int read_plain(struct plain *p, const char *path, struct err *err)
{
    FILE *f = fopen(path, "rb");
    char buf[65536];
    bool go = true;
    size_t n;

    if (!f)
        return err_errno(err, ERR_OUTPUT, path, "cannot read back");
    while (go && (n = fread(buf, 1, sizeof(buf), f)) > 0)
        go = take(p, buf, n, false);
    if (go && !ferror(f))
        take(p, "", 0, true);
    if (ferror(f)) {
        err_errno(err, ERR_OUTPUT, path, "cannot read back");
        fclose(f);
        return -1;
    }
    fclose(f);
    return 0;
}

static int read_member(struct plain *p, unzFile zip)
{
    char buf[65536];
    bool go = true;
    int n = -1;

    if (unzOpenCurrentFile(zip) != UNZ_OK)
        return -1;
    while (go && (n = unzReadCurrentFile(zip, buf, sizeof(buf))) > 0)
        go = take(p, buf, (size_t)n, false);
    if (go && n == 0)
        take(p, "", 0, true);
    strbuf_reset(&p->text); /* parts are apart */
    strbuf_reset(&p->raw);
    return unzCloseCurrentFile(zip) == UNZ_OK || !go ? (n < 0 ? -1 : 0) : -1;
}

static int read_archive(struct plain *p, const char *path, struct err *err)
{
    unzFile zip = unzOpen64(path);
    int rc = zip ? unzGoToFirstFile(zip) : UNZ_ERRNO;

    while (rc == UNZ_OK && !p->hit && !p->secret)
        rc = read_member(p, zip) < 0 ? UNZ_ERRNO : unzGoToNextFile(zip);
    if (zip)
        unzClose(zip);
    if (rc == UNZ_OK || rc == UNZ_END_OF_LIST_OF_FILE)
        return 0;
    return err_at(err, ERR_OUTPUT, path, 0, 0, "cannot be unpacked");
}

static int say_hit(const struct plain *p, const char *name, struct err *err)
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
    struct plain p = {.l = l, .r = r};
    bool archive = f->writer && strcmp(f->writer->ext, "xlsx") == 0;
    int rc =
        archive ? read_archive(&p, f->path, err) : read_plain(&p, f->path, err);

    if (rc == 0 && (!strbuf_ok(&p.text) || !strbuf_ok(&p.raw)))
        rc = err_nomem(err);
    if (rc == 0 && (p.hit || p.secret))
        rc = say_hit(&p, f->name, err);
    *bytes += p.bytes;
    strbuf_free(&p.text);
    strbuf_free(&p.raw);
    return rc;
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
        *shared += n->known;
        *searched += !n->known;
    }
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
