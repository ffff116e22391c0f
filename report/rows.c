/*
 * rows.c - a query's rows in the order of the report.
 *
 * Large queries yield their rows Mac by Mac, as the tables lie on disk: in the
 * order of the report each would be looked up somewhere else. Their rows go to
 * a spool, which the report keeps for its other formats.
 */
#include "core/base.h"

#include "core/db.h"
#include "report/feed.h"
#include "report/query.h"
#include "report/spool.h"

/* The queries that go through a spool, and what orders them: findings by
 * report_finding, others by a number of their Mac; NULL: as they come. */
static const struct {
    const char *query, *key;
} large[] = {{"accounts", "_rank"},     {"devices", "_rank"},
             {"findings", "_finding"},  {"matrix", "_rank"},
             {"html-data_macs", "_no"}, {"changes", NULL}};

/* The rows of a large query. */
struct kept {
    struct kept *next;
    const char *query;
    struct shape shape;
    struct spool *spool;
    struct source *source; /* of findings */
    bool by_finding;
    int64_t least, most; /* keys */
    int64_t total;       /* rows */
    size_t longest;      /* text, in bytes */
};

struct report_cache {
    struct kept *first;
};

struct rows {
    struct feed *feed; /* rows as they come; else NULL */
    struct kept *kept; /* rows of a spool; else NULL */
    bool own;          /* "kept" is in no cache */
    struct spool_reader reader;
    struct cell *cells;  /* of kept rows */
    sqlite3_stmt *order; /* of findings */
    int64_t key;
    bool within; /* the reader stands at the rows of "key" */
    const struct shape *shape;
};

size_t rows_width(const struct rows *rows)
{
    return rows->shape->shown + rows->shape->added;
}

const char *rows_name(const struct rows *rows, size_t column)
{
    return rows->shape->columns[column].name;
}

enum cell_kind rows_kind(const struct rows *rows, size_t column)
{
    return rows->shape->columns[column].kind;
}

const struct cell *rows_cells(const struct rows *rows)
{
    return rows->feed ? feed_cells(rows->feed) : rows->cells;
}

const struct cell *rows_cell(const struct rows *rows, size_t column)
{
    return &rows_cells(rows)[column];
}

int64_t rows_total(const struct rows *rows)
{
    return rows->kept ? rows->kept->total : -1;
}

size_t rows_longest(const struct rows *rows)
{
    return rows->kept ? rows->kept->longest : 0;
}

size_t rows_column(const struct rows *rows, const char *name)
{
    return shape_column(rows->shape, name);
}

int rows_evidence(struct rows *rows, source_fn *fn, void *ctx, struct err *err)
{
    const struct cell *c = rows_cell(rows, shape_all(rows->shape) - 1);

    if (!rows->shape->packed)
        return err_set(err, ERR_FAIL, "these rows rest on nothing");
    if (c->kind != CELL_TEXT)
        return 0;
    return source_unpack(rows->kept->source, c->text, c->len, fn, ctx, err);
}

/* ------------------------------------------------------------------ cache --
 */

struct report_cache *report_cache_new(void)
{
    return calloc(1, sizeof(struct report_cache));
}

static void kept_free(struct kept *k)
{
    if (!k)
        return;
    shape_free(&k->shape);
    spool_free(k->spool);
    source_close(k->source);
    free(k);
}

void report_cache_free(struct report_cache *c)
{
    struct kept *next;

    while (c && c->first) {
        next = c->first->next;
        kept_free(c->first);
        c->first = next;
    }
    free(c);
}

/* The least and the greatest key there can be. */
static int key_range(const struct report *r, struct kept *k, struct err *err)
{
    const char *least = "SELECT 1", *most = "SELECT count(*) FROM"
                                            " temp.report_device";

    if (k->by_finding) {
        least = "SELECT min(finding) FROM temp.report_finding";
        most = "SELECT max(finding) FROM temp.report_finding";
    }
    if (db_number(r->db, least, 0, &k->least, err) < 0)
        return -1;
    return db_number(r->db, most, 0, &k->most, err);
}

static size_t longest(const struct cell *cells, size_t n, size_t most)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (cells[i].kind == CELL_TEXT && cells[i].len > most)
            most = cells[i].len;
    return most;
}

static int fill_spool(struct kept *k, struct feed *feed, const char *key,
                      struct err *err)
{
    const struct cell *cells = feed_cells(feed);
    size_t n = shape_all(feed_shape(feed)), text = n - feed_shape(feed)->packed,
           at = key ? shape_column(feed_shape(feed), key) : 0;
    int step;

    while ((step = feed_next(feed, err)) == 1) {
        if (spool_add(k->spool, key ? cells[at].number : 1, cells, n, err) < 0)
            return -1;
        k->total++;
        k->longest = longest(cells, text, k->longest);
    }
    return step < 0 ? -1 : spool_end(k->spool, err);
}

static struct kept *kept_make(const struct report *r, size_t which,
                              struct err *err)
{
    struct kept *k = calloc(1, sizeof(*k));
    struct feed *feed = NULL;
    int rc = -1;

    if (!k) {
        err_nomem(err);
        return NULL;
    }
    k->query = large[which].query;
    k->by_finding =
        large[which].key && strcmp(large[which].key, "_finding") == 0;
    k->least = k->most = 1;
    if (!large[which].key || key_range(r, k, err) == 0)
        k->spool = spool_new(k->least, k->most, err);
    if (k->spool)
        feed = feed_open(r, k->query, err);
    if (feed) {
        rc = fill_spool(k, feed, large[which].key, err);
        k->shape = feed_take_shape(feed);
        k->source = feed_take_source(feed);
    }
    feed_close(feed);
    if (rc < 0) {
        kept_free(k);
        return NULL;
    }
    return k;
}

/* From the cache, or made and put there. */
static int find_kept(struct rows *rows, const struct report *r, size_t which,
                     struct err *err)
{
    struct kept *k = r->cache ? r->cache->first : NULL;

    while (k && strcmp(k->query, large[which].query) != 0)
        k = k->next;
    if (!k) {
        k = kept_make(r, which, err);
        if (!k)
            return -1;
        rows->own = !r->cache;
        if (r->cache) {
            k->next = r->cache->first;
            r->cache->first = k;
        }
    }
    rows->kept = k;
    rows->shape = &k->shape;
    rows->reader.spool = k->spool;
    rows->cells = calloc(shape_all(&k->shape), sizeof(*rows->cells));
    if (!rows->cells)
        return err_nomem(err);
    if (!k->by_finding)
        return 0;
    return db_prepare(r->db,
                      "SELECT finding FROM temp.report_finding ORDER BY ord",
                      &rows->order, err);
}

/* ------------------------------------------------------------------- open --
 */

static int open_rows(struct rows *rows, const struct report *r,
                     const char *query, struct err *err)
{
    size_t i;

    for (i = 0; i < COUNT_OF(large); i++)
        if (strcmp(large[i].query, query) == 0)
            return find_kept(rows, r, i, err);
    rows->feed = feed_open(r, query, err);
    if (!rows->feed)
        return -1;
    rows->shape = feed_shape(rows->feed);
    return 0;
}

struct rows *rows_open(const struct report *r, const char *query,
                       struct err *err)
{
    struct rows *rows = calloc(1, sizeof(*rows));

    if (!rows) {
        err_nomem(err);
        return NULL;
    }
    if (open_rows(rows, r, query, err) < 0) {
        rows_close(rows);
        return NULL;
    }
    return rows;
}

void rows_close(struct rows *rows)
{
    if (!rows)
        return;
    if (rows->own)
        kept_free(rows->kept);
    sqlite3_finalize(rows->order);
    spool_reader_free(&rows->reader);
    feed_close(rows->feed);
    free(rows->cells);
    free(rows);
}

/* ------------------------------------------------------------------- next --
 */

/* The key whose rows come next: 1, 0 at the end, -1. */
static int next_key(struct rows *rows, struct err *err)
{
    int step;

    if (!rows->order)
        return ++rows->key <= rows->kept->most;
    step = db_step(rows->order, err);
    if (step == 1)
        rows->key = sqlite3_column_int64(rows->order, 0);
    return step;
}

int rows_next(struct rows *rows, struct err *err)
{
    int step;

    if (rows->feed)
        return feed_next(rows->feed, err);
    for (;;) {
        if (rows->within) {
            step = spool_next(&rows->reader, rows->cells,
                              shape_all(rows->shape), err);
            if (step == 1 && rows->shape->spread)
                shape_spread(rows->shape, rows->cells);
            if (step != 0)
                return step;
        }
        step = next_key(rows, err);
        if (step != 1)
            return step;
        if (spool_seek(&rows->reader, rows->key, err) < 0)
            return -1;
        rows->within = true;
    }
}
