/*
 * html_path.c - the shortest way, as the page tells it.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/path.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "report/html_path.h"
#include "report/html_words.h"

static void counted(struct strbuf *b, int64_t n, const char *one)
{
    html_number(b, n);
    strbuf_addf(b, " %s%s", one, n == 1 ? "" : "s");
}

/* "After 2 actions on 14 Macs no critical problem is left." */
static void add_sentence(struct strbuf *b, const struct path_goal *g,
                         const char *then)
{
    strbuf_adds(b, "After ");
    counted(b, (int64_t)g->count, "action");
    strbuf_adds(b, " on ");
    counted(b, g->macs, "Mac");
    strbuf_adds(b, then);
    if (g->beyond) {
        strbuf_adds(b, ", but for ");
        counted(b, g->beyond, "Mac");
        strbuf_adds(b, " without a known fix");
    }
    if (g->kept) {
        strbuf_adds(b, g->beyond ? " and for " : ", but for ");
        counted(b, g->kept, "Mac");
        strbuf_adds(b, " with an accepted risk");
    }
    strbuf_addc(b, '.');
}

static int store_way(const struct path *p, const struct path_goal *g, int way,
                     const char *then, struct err *err)
{
    struct strbuf b = {0};
    sqlite3_stmt *st = NULL;
    int rc = -1;

    add_sentence(&b, g, then);
    if (db_prepare(p->db,
                   "INSERT INTO temp.html_way VALUES (:way, :goal, :sentence)",
                   &st, err) == 0 &&
        db_bind_int(st, ":way", way, err) == 0 &&
        db_bind_text(st, ":goal", g->key, err) == 0 &&
        db_bind_text(st, ":sentence", strbuf_str(&b), err) == 0)
        rc = db_run(st, err);
    sqlite3_finalize(st);
    strbuf_free(&b);
    return rc;
}

static int store_steps(const struct path *p, const struct path_goal *g, int way,
                       struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t i;
    int rc =
        db_prepare(p->db,
                   "INSERT INTO temp.html_path (way, remedy, macs, remaining)"
                   " VALUES (:way, :remedy, :macs, :remaining)",
                   &st, err);

    for (i = 0; rc == 0 && i < g->count; i++)
        if (db_bind_int(st, ":way", way, err) < 0 ||
            db_bind_text(st, ":remedy", p->fixes[g->steps[i].fix].id, err) <
                0 ||
            db_bind_int(st, ":macs", g->steps[i].macs, err) < 0 ||
            db_bind_int(st, ":remaining", g->steps[i].left, err) < 0 ||
            db_run(st, err) < 0)
            rc = -1;
    sqlite3_finalize(st);
    return rc;
}

int html_path(const struct report *r, struct template_sql *s, struct err *err)
{
    static const struct {
        bool critical;
        const char *goal, *then;
    } goals[] = {{true, "no critical problem", " no critical problem is left"},
                 {false, "no Mac at risk", " no Mac is at risk"}};
    struct path p = {
        .db = r->db, .client_id = r->client_id, .period_id = r->period_id};
    int i, ways = 0, rc = path_fixes(&p, err);

    for (i = 0; rc == 0 && i < (int)COUNT_OF(goals); i++) {
        struct path_goal g = {.key = goals[i].goal};

        rc = path_choose(&p, goals[i].critical, &g, err);
        if (rc < 0 || g.count == 0)
            continue;
        ways++;
        rc = store_way(&p, &g, i, goals[i].then, err);
        if (rc == 0)
            rc = store_steps(&p, &g, i, err);
    }
    template_sql_int(s, "any_ways", ways > 0);
    path_free(&p);
    return rc;
}
