/*
 * unsure.c - the Macs whose "no bootstrap token is escrowed" may be wrong.
 */
#include "core/base.h"

#include "analyze/resolving.h"
#include "analyze/sql_part.h"

/* Every cell that says "no" has to say why it may be wrong: one that does not
 * leaves nothing to doubt. */
static const char cells[] =
    " AS device_id,"
    " max(json_extract(d.raw, '$.bootstrap_escrowed_device[2]')) AS why";
static const char sayings[] =
    " WHERE p.import_id IN (SELECT import_id FROM import_column"
    " WHERE use = 'fact' AND fact = 'bootstrap_escrowed_device')"
    " AND NOT d.bootstrap_escrowed_device GROUP BY 1"
    " HAVING count(json_extract(d.raw, '$.bootstrap_escrowed_device[2]'))"
    " = count(*)";

int unsure_write(struct resolve *r, struct err *err)
{
    struct strbuf sql = {0};

    if (sql_run_part(r->db, "analyze/resolve.sql", "unsure", err) < 0)
        return -1;
    strbuf_adds(&sql, "INSERT INTO bootstrap_unsure"
                      " SELECT f.device_id, v.why FROM (SELECT ");
    row_device(r, ROW_DEVICE, &sql);
    strbuf_adds(&sql, cells);
    row_from_all(r, ROW_DEVICE, &sql);
    strbuf_adds(&sql, sayings);
    strbuf_adds(&sql, ") v JOIN device_fact f USING (device_id)"
                      " WHERE NOT f.bootstrap_escrowed_device");
    return sql_run_built(r->db, &sql, err);
}
