/*
 * standing.c - what earlier periods say of Macs that are gone.
 *
 * A standing file of an earlier period adds to what is known of a Mac; it does
 * not say that the Mac is still there. Its rows hold for Macs that a row of
 * this period names; the others are dropped, so that a Mac that only last
 * month's list of roles knows is gone.
 */
#include "core/base.h"

#include "analyze/resolving.h"
#include "core/db.h"

/* What is done with one row. */
typedef int row_step(struct resolve *r, enum row_kind kind, struct slot *s,
                     int64_t row);

static int report_mac(struct resolve *r, enum row_kind kind, struct slot *s,
                      int64_t row)
{
    if (!ids_has(&r->dropped[kind], row))
        s->flags |= SLOT_REPORTED;
    return 0;
}

/* Only a Mac with a device row is copied; of accounts the flag tells. */
static int drop_unreported(struct resolve *r, enum row_kind kind,
                           struct slot *s, int64_t row)
{
    if (s->flags & SLOT_REPORTED)
        return 0;
    s->flags |= SLOT_COMPLEX;
    return ids_add(&r->dropped[kind], row);
}

/* "step" for each row of this kind in the parts of earlier periods, or in the
 * others. */
static int each_row(struct resolve *r, enum row_kind kind, bool earlier,
                    row_step *step, struct err *err)
{
    struct strbuf sql = {0};
    sqlite3_stmt *st = NULL;
    int rc = -1;
    size_t i;

    strbuf_adds(&sql, "SELECT ");
    row_device(r, kind, &sql);
    strbuf_addf(&sql, ", %s.rowid", row_short_name(kind));
    row_from_one(r, kind, &sql);
    if (!strbuf_ok(&sql))
        err_nomem(err);
    else
        rc = db_prepare(r->db, strbuf_str(&sql), &st, err);
    for (i = 0; i < r->part_count && rc == 0; i++) {
        if (r->parts[i].earlier != earlier)
            continue;
        rc = row_bind(st, &r->parts[i], kind, err);
        while (rc == 0 && (rc = db_step(st, err)) == 1) {
            struct slot *s = slot_of(r, sqlite3_column_int64(st, 0));

            rc = 0;
            if (s && step(r, kind, s, sqlite3_column_int64(st, 1)) < 0)
                rc = err_nomem(err);
        }
        sqlite3_reset(st);
    }
    sqlite3_finalize(st);
    strbuf_free(&sql);
    return rc;
}

int standing_run(struct resolve *r, struct err *err)
{
    bool any = false;
    size_t i;
    int k;

    for (i = 0; i < r->part_count; i++)
        any = any || r->parts[i].earlier;
    if (!any)
        return 0;
    for (k = 0; k < ROW_KINDS; k++)
        if (each_row(r, (enum row_kind)k, false, report_mac, err) < 0)
            return -1;
    for (k = 0; k < ROW_KINDS; k++) {
        if (each_row(r, (enum row_kind)k, true, drop_unreported, err) < 0)
            return -1;
        ids_sort(&r->dropped[k]);
    }
    return 0;
}
