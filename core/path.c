/*
 * path.c - what the Macs of a period need until they are at a goal.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/path.h"
#include "core/resource.h"

int path_bind(const struct path *p, sqlite3_stmt *st, struct err *err)
{
    int at = sqlite3_bind_parameter_index(st, ":client_id");

    if (at)
        sqlite3_bind_int64(st, at, p->client_id);
    return db_bind_int(st, ":period_id", p->period_id, err);
}

int path_fixes(struct path *p, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(p->db,
                   "SELECT id, title, who, effort, minutes FROM remedy"
                   " ORDER BY length(id), id",
                   &st, err) == 0)
        while ((step = db_step(st, err)) == 1) {
            struct path_fix *f = &p->fixes[p->fix_count];

            if (p->fix_count == PLAN_FIXES_MOST) {
                step =
                    err_set(err, ERR_CONFIG, "there are more than %d remedies",
                            PLAN_FIXES_MOST);
                break;
            }
            snprintf(f->id, sizeof(f->id), "%s", db_text(st, 0));
            snprintf(f->title, sizeof(f->title), "%s", db_text(st, 1));
            snprintf(f->who, sizeof(f->who), "%s", db_text(st, 2));
            snprintf(f->effort, sizeof(f->effort), "%s", db_text(st, 3));
            f->minutes = sqlite3_column_int64(st, 4);
            p->fix_count++;
        }
    sqlite3_finalize(st);
    return step;
}

bool path_bits(const struct path *p, const char *ids, uint64_t *out)
{
    size_t i, n;

    *out = 0;
    if (!*ids)
        return false;
    for (; *ids; ids += n, ids += strspn(ids, " ")) {
        n = strcspn(ids, " ");
        for (i = 0; i < p->fix_count; i++)
            if (strlen(p->fixes[i].id) == n &&
                memcmp(p->fixes[i].id, ids, n) == 0)
                break;
        if (i == p->fix_count)
            return false;
        *out |= (uint64_t)1 << i;
    }
    return true;
}

static int add_need(struct path *p, uint64_t fixes, int64_t macs,
                    struct err *err)
{
    struct plan_need *grown =
        realloc(p->needs, (p->need_count + 1) * sizeof(*p->needs));

    if (!grown)
        return err_nomem(err);
    p->needs = grown;
    p->needs[p->need_count++] = (struct plan_need){fixes, macs};
    return 0;
}

/* One row of path.sql. */
static int count_needs(struct path *p, sqlite3_stmt *st, struct path_goal *g,
                       struct err *err)
{
    int64_t macs = sqlite3_column_int64(st, 1);
    uint64_t fixes;
    bool fixed = path_bits(p, db_text(st, 0), &fixes);

    if (!fixed && sqlite3_column_type(st, 0) != SQLITE_NULL) {
        g->beyond += macs;
        return 0;
    }
    g->kept += sqlite3_column_int64(st, 2);
    return fixed ? add_need(p, fixes, macs, err) : 0;
}

static int read_needs(struct path *p, bool critical, struct path_goal *g,
                      struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    p->need_count = 0;
    if (db_prepare(p->db, resource_text("core/queries/path.sql"), &st, err) ==
            0 &&
        path_bind(p, st, err) == 0 &&
        db_bind_int(st, ":critical", critical, err) == 0)
        while ((step = db_step(st, err)) == 1)
            if (count_needs(p, st, g, err) < 0) {
                step = -1;
                break;
            }
    sqlite3_finalize(st);
    return step;
}

int path_choose(struct path *p, bool critical, struct path_goal *g,
                struct err *err)
{
    if (read_needs(p, critical, g, err) < 0)
        return -1;
    g->count = plan_all(p->needs, p->need_count, g->beyond, g->steps);
    g->macs = plan_done(p->needs, p->need_count, UINT64_MAX);
    return 0;
}

void path_free(struct path *p)
{
    free(p->needs);
}
