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
static void add_sentence(struct template_sql *s, const char *name,
                         const struct path_goal *g, const char *then)
{
    struct strbuf b = {0};

    if (g->count) {
        strbuf_adds(&b, "After ");
        counted(&b, (int64_t)g->count, "action");
        strbuf_adds(&b, " on ");
        counted(&b, g->macs, "Mac");
        strbuf_adds(&b, then);
        if (g->beyond) {
            strbuf_adds(&b, ", but for ");
            counted(&b, g->beyond, "Mac");
            strbuf_adds(&b, " without a known fix");
        }
        strbuf_addc(&b, '.');
    }
    template_sql_text(s, name, strbuf_str(&b));
    strbuf_free(&b);
}

static int store_steps(const struct path *p, const struct path_goal *g,
                       int goal, struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t i;
    int rc =
        db_prepare(p->db,
                   "INSERT INTO temp.html_path (goal, remedy, macs, remaining)"
                   " VALUES (:goal, :remedy, :macs, :remaining)",
                   &st, err);

    for (i = 0; rc == 0 && i < g->count; i++)
        if (db_bind_int(st, ":goal", goal, err) < 0 ||
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
        const char *name, *then;
    } goals[] = {{"path_risk", " no Mac is at risk"},
                 {"path_critical", " no critical problem is left"}};
    struct path p = {
        .db = r->db, .client_id = r->client_id, .period_id = r->period_id};
    int i, rc = path_fixes(&p, err);

    for (i = 0; rc == 0 && i < 2; i++) {
        struct path_goal g = {.key = goals[i].name};

        rc = path_choose(&p, i == 1, &g, err);
        if (rc == 0)
            rc = store_steps(&p, &g, i, err);
        add_sentence(s, goals[i].name, &g, goals[i].then);
    }
    path_free(&p);
    return rc;
}
