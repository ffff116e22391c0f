/*
 * cells.c - the values of rows on their way to merging and into the tables.
 */
#include "core/base.h"

#include "analyze/resolving.h"

struct cell cell_read(struct resolve *r, sqlite3_stmt *st, int column,
                      const struct fact *f)
{
    struct cell c = {0};

    if (sqlite3_column_type(st, column) == SQLITE_NULL)
        return c;
    c.known = true;
    switch (f->type) {
    case FACT_BOOL:
    case FACT_COUNT:
    case FACT_TIME:
        c.number = sqlite3_column_int64(st, column);
        break;
    default:
        c.text = (const char *)sqlite3_column_text(st, column);
        c.len = (size_t)sqlite3_column_bytes(st, column);
        c.text = arena_copy(&r->arena, c.text ? c.text : "", c.len);
        break;
    }
    return c;
}

int cell_bind(sqlite3_stmt *st, int index, const struct cell *c)
{
    if (!c->known)
        return sqlite3_bind_null(st, index);
    if (c->text)
        return sqlite3_bind_text(st, index, c->text, (int)c->len,
                                 SQLITE_STATIC);
    return sqlite3_bind_int64(st, index, c->number);
}

struct merge_row merge_row_head(const struct resolve *r, sqlite3_stmt *st)
{
    const struct part *p = &r->parts[sqlite3_column_int64(st, 1)];
    struct merge_row row = {.import_id = p->import_id,
                            .row_id = sqlite3_column_int64(st, 2),
                            .line = sqlite3_column_int64(st, 3),
                            .time = p->collected,
                            .collected = p->collected};

    if (sqlite3_column_type(st, 4) != SQLITE_NULL)
        row.time = sqlite3_column_int64(st, 4);
    return row;
}

int merge_rows_add(struct merge_rows *rows, const struct merge_row *row,
                   struct err *err)
{
    size_t cap = rows->cap ? 2 * rows->cap : 16;

    if (rows->count == rows->cap) {
        struct merge_row *p = realloc(rows->items, cap * sizeof(*p));

        if (!p)
            return err_nomem(err);
        rows->items = p;
        rows->cap = cap;
    }
    rows->items[rows->count++] = *row;
    return 0;
}
