/*
 * sql_part.c - parts of the SQL that is compiled in.
 */
#include "core/base.h"

#include "analyze/sql_part.h"
#include "core/db.h"
#include "core/resource.h"

char *sql_part(const char *resource, const char *name, struct err *err)
{
    const char *text = resource_text(resource), *from, *to;
    struct strbuf b = {0};
    char head[64];

    snprintf(head, sizeof(head), "-- part: %s\n", name);
    from = strstr(text, head);
    if (!from) {
        err_set(err, ERR_FAIL, "%s has no part %s", resource, name);
        return NULL;
    }
    from += strlen(head);
    to = strstr(from, "-- part: ");
    strbuf_add(&b, from, to ? (size_t)(to - from) : strlen(from));
    strbuf_adds(&b, "");
    if (!strbuf_ok(&b)) {
        err_nomem(err);
        strbuf_free(&b);
        return NULL;
    }
    return strbuf_detach(&b);
}

int sql_run_part(sqlite3 *db, const char *resource, const char *name,
                 struct err *err)
{
    char *sql = sql_part(resource, name, err);
    int rc = sql ? db_script(db, sql, err) : -1;

    free(sql);
    return rc;
}

int sql_run_built(sqlite3 *db, struct strbuf *sql, struct err *err)
{
    int rc =
        strbuf_ok(sql) ? db_script(db, strbuf_str(sql), err) : err_nomem(err);

    strbuf_free(sql);
    return rc;
}
