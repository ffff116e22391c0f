/*
 * accounts_scan.c - which Macs have which accounts, before any is written.
 *
 * The number of an account ascends with the Mac and the folded name. Room for
 * the numbers of a Mac is reserved by counting first, so that a whole import
 * can be copied in the order in which it came.
 */
#include "core/base.h"

#include "analyze/resolving.h"
#include "core/db.h"
#include "core/text.h"

/* The names of one Mac in a part that comes in order. */
struct name_group {
    int64_t device;
    struct strbuf text; /* folded names, each with its terminator */
    size_t *offsets;    /* into text */
    int64_t *rows;      /* row ids */
    size_t count, cap;
};

struct placed_name {
    const char *name;
    int64_t row;
};

static int compare_names(const void *a, const void *b)
{
    const struct placed_name *x = a, *y = b;

    return strcmp(x->name, y->name);
}

static void fold_into(struct strbuf *b, const char *s)
{
    for (; *s; s++)
        strbuf_addc(b, ascii_lower(*s));
    strbuf_addc(b, '\0');
}

static int group_add(struct name_group *g, int64_t row, const char *name,
                     struct err *err)
{
    size_t cap = g->cap ? 2 * g->cap : 16;

    if (g->count == g->cap) {
        size_t *offsets = realloc(g->offsets, cap * sizeof(*offsets));
        int64_t *rows;

        if (!offsets)
            return err_nomem(err);
        g->offsets = offsets;
        rows = realloc(g->rows, cap * sizeof(*rows));
        if (!rows)
            return err_nomem(err);
        g->rows = rows;
        g->cap = cap;
    }
    g->offsets[g->count] = g->text.len;
    g->rows[g->count++] = row;
    fold_into(&g->text, name);
    return strbuf_ok(&g->text) ? 0 : err_nomem(err);
}

static void group_free(struct name_group *g)
{
    strbuf_free(&g->text);
    free(g->offsets);
    free(g->rows);
}

/* Few names are the rule: put them in place one by one. */
static void sort_names(struct placed_name *names, size_t n)
{
    size_t i, k;

    if (n > 16) {
        qsort(names, n, sizeof(*names), compare_names);
        return;
    }
    for (i = 1; i < n; i++) {
        struct placed_name one = names[i];

        for (k = i; k > 0 && strcmp(names[k - 1].name, one.name) > 0; k--)
            names[k] = names[k - 1];
        names[k] = one;
    }
}

/* The Mac's rows are all read: rank them, or leave it to merging. */
static int group_end(struct resolve *r, struct part *p, struct name_group *g,
                     struct err *err)
{
    struct slot *s = slot_of(r, g->device);
    uint16_t self = (uint16_t)(p - r->parts + 1);
    struct placed_name *names;
    size_t i;

    if (!s || g->count == 0)
        return 0;
    s->part = s->part ? PART_MANY : self;
    arena_reset(&r->arena);
    names = arena_alloc(&r->arena, g->count * sizeof(*names));
    if (!names)
        return err_nomem(err);
    for (i = 0; i < g->count; i++)
        names[i] =
            (struct placed_name){g->text.data + g->offsets[i], g->rows[i]};
    sort_names(names, g->count);
    for (i = 0; i < g->count; i++) {
        if ((i && strcmp(names[i - 1].name, names[i].name) == 0) ||
            i > UINT16_MAX)
            s->flags |= SLOT_COMPLEX;
        p->ranks[names[i].row - p->rows[ROW_ACCOUNT].low] = (uint16_t)i;
    }
    g->count = 0;
    strbuf_reset(&g->text);
    return 0;
}

static int scan_account_row(struct resolve *r, struct part *p, sqlite3_stmt *st,
                            struct name_group *g, struct err *err)
{
    int64_t device = sqlite3_column_int64(st, 0);
    int64_t row = sqlite3_column_int64(st, 1);
    struct slot *s = slot_of(r, device);

    if (!s || ids_has(&r->dropped[ROW_ACCOUNT], row))
        return 0;
    s->base++;
    if (!p->ranks)
        s->flags |= SLOT_COMPLEX;
    if (device == g->device)
        return p->ranks ? group_add(g, row, db_text(st, 2), err) : 0;
    if (p->ranks && group_end(r, p, g, err) < 0)
        return -1;
    g->device = device;
    if (slot_reported(r, s, p, err) < 0)
        return -1;
    return p->ranks ? group_add(g, row, db_text(st, 2), err) : 0;
}

static int scan_part(struct resolve *r, struct part *p, sqlite3_stmt *st,
                     struct err *err)
{
    struct name_group g = {0};
    const struct range *rows = &p->rows[ROW_ACCOUNT];
    int step = -1;

    if (rows->low > rows->high)
        return 0;
    if (p->in_order && !r->joined[ROW_ACCOUNT]) {
        p->ranks =
            calloc((size_t)(rows->high - rows->low + 1), sizeof(*p->ranks));
        if (!p->ranks)
            return err_nomem(err);
    }
    if (row_bind(st, p, ROW_ACCOUNT, err) < 0)
        return -1;
    while ((step = db_step(st, err)) == 1)
        if (scan_account_row(r, p, st, &g, err) < 0) {
            step = -1;
            break;
        }
    if (step == 0 && p->ranks)
        step = group_end(r, p, &g, err);
    sqlite3_reset(st);
    group_free(&g);
    return step;
}

/* Names are counted by the commas: a bound is enough to reserve numbers. */
static int scan_lists(struct resolve *r, struct err *err)
{
    struct strbuf sql = {0};
    sqlite3_stmt *st = NULL;
    int step = -1;

    strbuf_adds(&sql, "SELECT ");
    row_device(r, ROW_LIST, &sql);
    strbuf_adds(&sql, ", l.rowid, l.fact = 'secure_token' AND l.covers,"
                      " length(l.names) - length(replace(l.names, ',', ''))"
                      " + 1, l.fact = 'account'");
    row_from_all(r, ROW_LIST, &sql);
    if (!strbuf_ok(&sql))
        err_nomem(err);
    else if (db_prepare(r->db, strbuf_str(&sql), &st, err) == 0)
        while ((step = db_step(st, err)) == 1) {
            struct slot *s = slot_of(r, sqlite3_column_int64(st, 0));

            if (!s ||
                ids_has(&r->dropped[ROW_LIST], sqlite3_column_int64(st, 1)))
                continue;
            if (sqlite3_column_int(st, 4)) {
                s->flags |= SLOT_UNNAMED;
                continue;
            }
            s->flags |= SLOT_EXISTS | SLOT_COMPLEX;
            if (sqlite3_column_int(st, 2))
                s->flags |= SLOT_ALL_HOLDERS;
            s->base += (uint32_t)sqlite3_column_int64(st, 3);
        }
    sqlite3_finalize(st);
    strbuf_free(&sql);
    return step;
}

/* Counts become first numbers, one after the other by device_id. */
static int reserve_numbers(struct resolve *r, struct err *err)
{
    uint64_t next = 1;
    int64_t d;

    for (d = 1; d < r->slot_count; d++) {
        struct slot *s = &r->slots[d];
        uint32_t count = s->base;

        if (s->flags & SLOT_UNNAMED)
            s->flags &= (uint8_t)~SLOT_ALL_ACCOUNTS;
        if (next > UINT32_MAX - 1)
            return err_set(err, ERR_FAIL, "too many accounts in one period");
        s->base = (uint32_t)next;
        next += count;
        if (s->part == PART_MANY)
            s->flags |= SLOT_COMPLEX;
    }
    return 0;
}

int accounts_scan(struct resolve *r, struct err *err)
{
    struct strbuf sql = {0};
    sqlite3_stmt *st = NULL;
    int rc = -1;
    size_t i;

    strbuf_adds(&sql, "SELECT ");
    row_device(r, ROW_ACCOUNT, &sql);
    strbuf_addf(&sql, ", a.row_id, %s", row_account(r));
    row_from_one(r, ROW_ACCOUNT, &sql);
    if (!strbuf_ok(&sql))
        err_nomem(err);
    else
        rc = db_prepare(r->db, strbuf_str(&sql), &st, err);
    for (i = 0; i < r->part_count && rc == 0; i++)
        rc = scan_part(r, &r->parts[i], st, err);
    sqlite3_finalize(st);
    strbuf_free(&sql);
    if (rc < 0 || scan_lists(r, err) < 0)
        return -1;
    return reserve_numbers(r, err);
}
