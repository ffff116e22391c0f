/*
 * job_pages.c - files that say that they are one page of many.
 *
 * A page alone does not hold the fleet, and a Mac's other accounts may be on
 * the next. Pages that say how many records there are in all are told to be
 * complete once the files of a period, client and source hold all of them, in
 * any order. Those that do not say where they begin may be the same page twice,
 * so their Macs are counted, each once; and pages of accounts stay incomplete.
 */
#include "core/base.h"

#include "core/db.h"
#include "ingest/job.h"
#include "ingest/json_reader.h"

#define PAGE_SEQ 1000000 /* of the warning that goes with the last page */
#define NO_PLACE (-1)    /* where a page begins is not said */

static int64_t whole(const json_t *o, const char *key)
{
    return json_is_integer(json_object_get(o, key))
               ? json_integer_value(json_object_get(o, key))
               : -1;
}

/* Which page it is cannot be told: nothing makes it complete. */
static void one_of_many(struct job *j)
{
    j->partial = true;
    if (j->source->accounts && j->source->complete_accounts)
        job_remark(j, "its accounts do not count as all accounts of a Mac: put "
                      "all pages into one file (cat page*.json)");
}

/* "offset": 300, "total": 900 of one document, or the total alone. */
static bool is_numbered(struct job *j, const json_t *e, int64_t total,
                        int64_t records, bool single)
{
    int64_t offset = whole(e, "offset");

    if (!single || records <= 0 || offset > total - records)
        return false;
    if (offset < 0 && j->source->accounts)
        return false;
    if (offset < 0)
        offset = NO_PLACE;
    j->partial = true;
    j->page = (struct page){offset, records, total};
    return true;
}

/* By a total that is above what the file holds. */
static bool look_total(struct job *j, const json_t *e, int64_t records,
                       bool single)
{
    static const char *const totals[] = {
        "totalCount", "total",        "total_count",  "count",       "Total",
        "rows",       "recordsTotal", "@odata.count", "result_count"};
    int64_t n;
    size_t i;

    for (i = 0; i < COUNT_OF(totals); i++) {
        n = whole(e, totals[i]);
        if (n <= records)
            continue;
        if (is_numbered(j, e, n, records, single))
            return true;
        job_remark(j,
                   "the file says that there are %lld records and holds "
                   "%lld: it is one page of many, the fleet is incomplete",
                   (long long)n, (long long)records);
        one_of_many(j);
        return true;
    }
    return false;
}

/* Where an answer says something about itself. */
static const char *const inside[] = {"metadata", "meta", "paging", "links"};

/* The key by which an answer says that more pages follow; NULL none. */
static const char *says_more(const json_t *e)
{
    static const char *const more[] = {
        "has_more",  "next",   "@odata.nextLink", "nextPage",
        "next_page", "cursor", "nextCursor"};
    const char *key = NULL;
    size_t i;

    if (!json_is_object(e))
        return NULL;
    for (i = 0; i < COUNT_OF(more); i++) {
        const json_t *v = json_object_get(e, more[i]);

        if (json_is_true(v) || (json_is_string(v) && json_string_length(v) > 0))
            return more[i];
    }
    for (i = 0; !key && i < COUNT_OF(inside); i++)
        key = says_more(json_object_get(e, inside[i]));
    return key;
}

static bool look(struct job *j, const json_t *e, int64_t records, bool single)
{
    size_t i;

    if (!json_is_object(e))
        return false;
    if (look_total(j, e, records, single))
        return true;
    for (i = 0; i < COUNT_OF(inside); i++)
        if (look(j, json_object_get(e, inside[i]), records, single))
            return true;
    return false;
}

/* Pages are put one after the other by the names of their files, and page 10
 * stands before page 2: the last page may be any of them. */
void job_page_ended(void *job, const json_t *envelope)
{
    struct job *j = job;

    j->last_pages += !says_more(envelope);
}

void job_pages(struct job *j, const struct json_reader *r)
{
    const json_t *e = json_envelope(r);
    const char *more = says_more(e);

    if (look(j, e, load_counts(j->load).records, !json_is_lines(r)) || !more ||
        j->last_pages == 1) /* several would be of several questions */
        return;
    job_remark(j,
               "the file says by \"%s\" that more pages follow: the fleet is "
               "incomplete",
               more);
    one_of_many(j);
}

/* --------------------------------------------------- pages of several files */

/* Pages of one total, in the order of their first records. */
struct pages {
    int64_t total, last, have; /* the last record, and how many there are */
    size_t files;
    bool placeless;
};

static void add_page(struct pages *p, int64_t first, int64_t count)
{
    int64_t end = first + count;

    p->files++;
    if (first == NO_PLACE) {
        p->placeless = true;
        p->have += count;
    } else if (end > p->last) {
        p->have += end - (first > p->last ? first : p->last);
        p->last = end;
    }
}

static int bind_group(const struct job *j, sqlite3_stmt *st, struct err *err)
{
    if (db_bind_text(st, ":period", j->in->o->period, err) < 0 ||
        db_bind_text(st, ":client", j->client, err) < 0)
        return -1;
    return db_bind_text(st, ":source", j->source->id, err);
}

static int run_for(struct job *j, const char *sql, int64_t import_id,
                   const char *text, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = db_prepare(j->in->db, sql, &st, err);

    if (rc == 0) {
        sqlite3_bind_int64(st, 1, import_id);
        sqlite3_bind_text(st, 2, text, -1, SQLITE_STATIC);
        sqlite3_bind_int64(st, 3, PAGE_SEQ);
        rc = db_run(st, err);
    }
    sqlite3_finalize(st);
    return rc;
}

static void placeless_text(const struct page *p, const struct pages *all,
                           char *text, size_t size)
{
    char others[80] = ",";

    if (all->files > 1)
        snprintf(others, sizeof(others),
                 "; with the other pages that were read %lld are there,",
                 (long long)all->have);
    snprintf(text, size,
             "the file says that there are %lld records and holds %lld: it is "
             "one page of many%s the fleet is incomplete",
             (long long)p->total, (long long)p->count, others);
}

/* What a page says of itself while others are missing. */
static void page_text(const struct job *j, const struct page *p,
                      const struct pages *all, char *text, size_t size)
{
    int64_t end = p->first + p->count;

    if (p->first == NO_PLACE) {
        placeless_text(p, all, text, size);
        return;
    }
    snprintf(text, size,
             "the file is one page: records %lld to %lld of %lld; with the "
             "other pages that were read %lld of them are there, the fleet is "
             "incomplete%s: read the others too",
             (long long)p->first + 1, (long long)end, (long long)p->total,
             (long long)all->have,
             j->source->accounts && j->source->complete_accounts
                 ? ", and its accounts do not count as all accounts of a Mac"
                 : "");
}

/* Pages that are all there lose their warning and cover what they cover. */
static int settle_page(struct job *j, sqlite3_stmt *st, const struct pages *all,
                       struct err *err)
{
    struct page p = {sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2),
                     sqlite3_column_int64(st, 3)};
    int64_t id = sqlite3_column_int64(st, 0);
    bool there = all->have >= all->total;
    char text[400];

    if (run_for(j, "UPDATE import SET complete = ?2 WHERE import_id = ?1", id,
                there || !j->source->accounts ? db_text(st, 4) : "none",
                err) < 0 ||
        run_for(j,
                "DELETE FROM import_warning WHERE import_id = ?1 AND seq = ?3",
                id, "", err) < 0)
        return -1;
    if (there) {
        if (id == j->import_id)
            job_note(j, "all %lld records are there, in %zu files",
                     (long long)all->total, all->files);
        return 0;
    }
    page_text(j, &p, all, text, sizeof(text));
    if (id == j->import_id)
        job_remark(j, "%s", text);
    return run_for(j, "INSERT INTO import_warning VALUES (?1, ?3, ?2)", id,
                   text, err);
}

/* Pages without a place: every Mac once, and the records that gave none. */
static int count_macs(struct job *j, struct pages *all, struct err *err)
{
    static const char sql[] =
        "WITH page AS (SELECT p.import_id, i.rejected + i.left_out AS others"
        "  FROM import_page p JOIN import i USING (import_id)"
        "  WHERE i.period = :period AND i.client = :client"
        "    AND i.source = :source AND NOT i.superseded AND p.total = :total)"
        " SELECT (SELECT count(DISTINCT device_id) FROM device_row"
        "          WHERE import_id IN (SELECT import_id FROM page))"
        "      + (SELECT sum(others) FROM page)";
    sqlite3_stmt *st = NULL;
    int64_t macs;
    int step = -1;

    if (db_prepare(j->in->db, sql, &st, err) == 0 &&
        bind_group(j, st, err) == 0 &&
        db_bind_int(st, ":total", all->total, err) == 0 &&
        (step = db_step(st, err)) == 1) {
        macs = sqlite3_column_int64(st, 0);
        if (macs < all->have)
            all->have = macs;
    }
    sqlite3_finalize(st);
    return step < 0 ? -1 : 0;
}

/* Of the pages with one total: "st" stands at the first and ends behind the
 * last. They are gone through twice: to count, then to settle. */
static int settle_total(struct job *j, sqlite3_stmt *st, int64_t total,
                        struct err *err)
{
    struct pages all = {.total = total};
    int turn, step = 0;

    for (turn = 0; turn < 2; turn++) {
        sqlite3_reset(st);
        if (db_bind_int(st, ":total", total, err) < 0)
            return -1;
        while ((step = db_step(st, err)) == 1) {
            if (turn == 0)
                add_page(&all, sqlite3_column_int64(st, 1),
                         sqlite3_column_int64(st, 2));
            else if (settle_page(j, st, &all, err) < 0)
                return -1;
        }
        if (step < 0)
            return -1;
        if (turn == 0 && all.placeless && !j->source->naming &&
            count_macs(j, &all, err) < 0)
            return -1;
    }
    return 0;
}

static int store_page(struct job *j, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = db_prepare(j->in->db,
                        "INSERT INTO import_page VALUES (?1, ?2, ?3, ?4, ?5)",
                        &st, err);

    if (rc == 0) {
        sqlite3_bind_int64(st, 1, j->import_id);
        sqlite3_bind_int64(st, 2, j->page.first);
        sqlite3_bind_int64(st, 3, j->page.count);
        sqlite3_bind_int64(st, 4, j->page.total);
        sqlite3_bind_text(st, 5, map_complete(j->map), -1, SQLITE_STATIC);
        rc = db_run(st, err);
    }
    sqlite3_finalize(st);
    return rc;
}

int job_settle_pages(struct job *j, struct err *err)
{
    static const char pages[] =
        " FROM import_page p JOIN import i USING (import_id)"
        " WHERE i.period = :period AND i.client = :client"
        "   AND i.source = :source AND NOT i.superseded";
    sqlite3_stmt *totals = NULL, *st = NULL;
    char sql[512];
    int step = -1;

    if (j->page.total > 0 && store_page(j, err) < 0)
        return -1;
    snprintf(sql, sizeof(sql), "SELECT DISTINCT p.total%s ORDER BY 1", pages);
    if (db_prepare(j->in->db, sql, &totals, err) == 0 &&
        bind_group(j, totals, err) == 0) {
        snprintf(sql, sizeof(sql),
                 "SELECT p.import_id, p.first, p.count, p.total, p.complete%s"
                 " AND p.total = :total ORDER BY p.first, p.count, p.import_id",
                 pages);
        if (db_prepare(j->in->db, sql, &st, err) == 0 &&
            bind_group(j, st, err) == 0)
            while ((step = db_step(totals, err)) == 1)
                if (settle_total(j, st, sqlite3_column_int64(totals, 0), err) <
                    0) {
                    step = -1;
                    break;
                }
    }
    sqlite3_finalize(totals);
    sqlite3_finalize(st);
    return step;
}
