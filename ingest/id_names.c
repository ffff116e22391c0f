/*
 * id_names.c - names of ids, from files that give them.
 *
 * They are some thousands at the most: kept in one sorted list.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "ingest/id_names.h"

#define DEPTH_MOST 32

struct id_name {
    char *kind, *id, *name, *parent; /* parent "" where it has none */
};

struct id_names {
    struct id_name *items;
    size_t count;
};

static int compare(const char *kind, const char *id, size_t len,
                   const struct id_name *b)
{
    int c = strcmp(kind, b->kind);
    size_t n = strlen(b->id);

    if (c == 0)
        c = ascii_ncasecmp(id, b->id, len < n ? len : n);
    return c ? c : (len > n) - (len < n);
}

static int by_id(const void *a, const void *b)
{
    const struct id_name *x = a;

    return compare(x->kind, x->id, strlen(x->id), b);
}

static const struct id_name *find(const struct id_names *n, const char *kind,
                                  const char *id, size_t len)
{
    size_t low = 0, high = n ? n->count : 0;

    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int c = compare(kind, id, len, &n->items[mid]);

        if (c == 0)
            return &n->items[mid];
        if (c < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

static int add(struct id_names *n, sqlite3_stmt *st, struct err *err)
{
    struct id_name *p = realloc(n->items, (n->count + 1) * sizeof(*p));

    if (!p)
        return err_nomem(err);
    n->items = p;
    p = &n->items[n->count++];
    *p = (struct id_name){strdup(db_text(st, 0)), strdup(db_text(st, 1)),
                          strdup(db_text(st, 2)), strdup(db_text(st, 3))};
    return p->kind && p->id && p->name && p->parent ? 0 : err_nomem(err);
}

/* One a (kind, id): of the newest period that may speak, then the smallest
 * name, so that the order of reading does not matter. */
static int read_all(struct id_names *n, sqlite3 *db, const char *period,
                    struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(db,
                   "SELECT kind, id, name, parent FROM (SELECT *,"
                   " row_number() OVER (PARTITION BY kind, lower(id)"
                   " ORDER BY i.period DESC, name, parent) AS place"
                   " FROM name_row JOIN import i USING (import_id)"
                   " WHERE i.superseded = 0 AND (i.period = :period OR"
                   " (i.standing AND i.period < :period))) WHERE place = 1",
                   &st, err) == 0 &&
        db_bind_text(st, ":period", period, err) == 0)
        while ((step = db_step(st, err)) == 1)
            if (add(n, st, err) < 0) {
                step = -1;
                break;
            }
    sqlite3_finalize(st);
    if (step == 0 && n->count)
        qsort(n->items, n->count, sizeof(*n->items), by_id);
    return step;
}

struct id_names *id_names_read(sqlite3 *db, const char *period, struct err *err)
{
    struct id_names *n = calloc(1, sizeof(*n));

    if (!n) {
        err_nomem(err);
        return NULL;
    }
    if (read_all(n, db, period, err) == 0)
        return n;
    id_names_free(n);
    return NULL;
}

void id_names_free(struct id_names *n)
{
    size_t i;

    if (!n)
        return;
    for (i = 0; i < n->count; i++) {
        free(n->items[i].kind);
        free(n->items[i].id);
        free(n->items[i].name);
        free(n->items[i].parent);
    }
    free(n->items);
    free(n);
}

const char *id_names_find(const struct id_names *n, const char *kind,
                          const char *id, size_t len)
{
    const struct id_name *e = find(n, kind, id, len);

    return e ? e->name : NULL;
}

const char *id_names_root(const struct id_names *n, const char *kind,
                          const char *id, size_t len, bool *above)
{
    const struct id_name *e = find(n, kind, id, len);
    int depth;

    if (above)
        *above = e && *e->parent;
    for (depth = 0; e && depth < DEPTH_MOST; depth++) {
        if (!*e->parent)
            return e->name;
        e = find(n, kind, e->parent, strlen(e->parent));
    }
    return NULL;
}

bool id_names_digest(const struct id_names *n, const char *kind,
                     char digest[SHA256_HEX])
{
    struct strbuf b = {0};
    size_t i;

    for (i = 0; n && i < n->count; i++)
        if (strcmp(n->items[i].kind, kind) == 0)
            strbuf_addf(&b, "%s\n%s\n%s\n", n->items[i].id, n->items[i].name,
                        n->items[i].parent);
    i = b.len;
    sha256_text(strbuf_str(&b), b.len, digest);
    strbuf_free(&b);
    return i > 0;
}
