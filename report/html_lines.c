/*
 * html_lines.c - findings of one cause and one fix on a Mac are one line.
 *
 * The page has its lines by gravity, the store its findings by Mac. So lines
 * are numbered by the order of report_finding, put together Mac by Mac, and
 * put aside until they are asked for by their numbers.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/strbuf.h"
#include "report/html_lines.h"
#include "report/query.h"
#include "report/spool.h"

#define LINES 100000      /* that the page holds */
#define CONSIDERED 400000 /* findings whose lines it may hold */
#define REMEDIES 256

/* ---------------------------------------------------------------- number --
 */

/* The Macs that have a line for a fix. */
struct fix {
    char *remedy;
    uint64_t *macs[2]; /* one bit a Mac: not known, failed */
};

struct fixes {
    struct fix of[REMEDIES];
    size_t count;
    size_t words; /* of each set */
};

static void fixes_free(struct fixes *f)
{
    size_t i;

    for (i = 0; i < f->count; i++) {
        free(f->of[i].remedy);
        free(f->of[i].macs[0]);
        free(f->of[i].macs[1]);
    }
    free(f);
}

static struct fix *find_fix(struct fixes *f, const char *remedy)
{
    struct fix *x;
    size_t i;

    for (i = 0; i < f->count; i++)
        if (strcmp(f->of[i].remedy, remedy) == 0)
            return &f->of[i];
    if (f->count == REMEDIES)
        return NULL;
    x = &f->of[f->count++];
    x->remedy = strdup(remedy);
    x->macs[0] = calloc(f->words, sizeof(uint64_t));
    x->macs[1] = calloc(f->words, sizeof(uint64_t));
    return x->remedy && x->macs[0] && x->macs[1] ? x : NULL;
}

/* Whether this is the first finding of its line: 1, 0, or -1 for want of
 * memory. */
static int is_first(struct fixes *f, sqlite3_stmt *st)
{
    struct fix *x = find_fix(f, db_text(st, 5));
    size_t mac = (size_t)sqlite3_column_int64(st, 1);
    uint64_t *word, bit = UINT64_C(1) << (mac % 64);

    if (!x)
        return -1;
    word = &x->macs[sqlite3_column_int(st, 4) != 0][mac / 64];
    if (*word & bit)
        return 0;
    *word |= bit;
    return 1;
}

static int add_line(sqlite3_stmt *add, sqlite3_stmt *st, struct err *err)
{
    int rc = SQLITE_OK, i;

    for (i = 0; i < 6 && rc == SQLITE_OK; i++)
        rc = sqlite3_bind_value(add, i + 1, sqlite3_column_value(st, i + 1));
    if (rc != SQLITE_OK)
        return db_fail(sqlite3_db_handle(add), "bind a value", err);
    return db_run(add, err);
}

static int number_lines(sqlite3_stmt *st, sqlite3_stmt *add, struct fixes *f,
                        int64_t *all, struct err *err)
{
    int step;

    *all = 0;
    while ((step = db_step(st, err)) == 1) {
        int first = is_first(f, st);

        if (first < 0)
            return err_nomem(err);
        if (!first)
            continue;
        ++*all;
        if (*all <= LINES && sqlite3_column_int64(st, 0) <= CONSIDERED &&
            add_line(add, st, err) < 0)
            return -1;
    }
    return step;
}

int html_lines_make(const struct report *r, int64_t *all, struct err *err)
{
    struct fixes *f = calloc(1, sizeof(*f));
    sqlite3_stmt *st = NULL, *add = NULL;
    int64_t most = 0;
    int rc = -1;

    if (!f)
        return err_nomem(err);
    if (db_number(r->db, "SELECT max(device_id) FROM temp.report_rank", 0,
                  &most, err) == 0 &&
        query_open(r, "html-line_findings", &st, err) == 0 &&
        db_prepare(r->db,
                   "INSERT INTO temp.html_line (device_id, lead, rule_no, fail,"
                   " remedy, severity) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                   &add, err) == 0) {
        f->words = (size_t)most / 64 + 1;
        rc = number_lines(st, add, f, all, err);
    }
    sqlite3_finalize(st);
    sqlite3_finalize(add);
    fixes_free(f);
    return rc == 0 ? query_script(r, "html-index_lines", err) : -1;
}

/* ----------------------------------------------------- the Mac at hand ---- */

/* Columns of html-data_lines. */
enum {
    C_DEVICE,
    C_MAC,
    C_SERIAL,
    C_HOLDERS,
    C_FINDING,
    C_RULE_NO,
    C_RANK,
    C_SEVERITY,
    C_FAIL,
    C_ACCEPTED,
    C_REMEDY,
    C_STATE,
    C_DAYS,
    C_ACCOUNT,
    C_EVIDENCE,
    C_MISSING,
    C_RULE
};

/* A finding; text by its place in "text" of the Mac. */
struct part {
    int64_t finding, rule_no, rank, fail, accepted, days;
    size_t severity, remedy, state, account, evidence, missing, rule;
};

/* Which finding leads a line. */
struct lead {
    int64_t finding, no;
};

struct lines {
    struct lead *leads; /* by finding */
    size_t lead_count;
    struct spool *spool; /* by number */
    int64_t device, mac;
    struct strbuf serial, holders, text;
    struct part *parts;
    size_t count, cap;
};

static size_t keep(struct lines *l, sqlite3_stmt *st, int column)
{
    const char *s = db_text(st, column);
    size_t at = l->text.len;

    strbuf_add(&l->text, s, strlen(s) + 1);
    return at;
}

static const char *kept(const struct lines *l, size_t at)
{
    return l->text.data + at;
}

static int add_part(struct lines *l, sqlite3_stmt *st, struct err *err)
{
    size_t cap = l->cap ? l->cap * 2 : 64;
    struct part *p;

    if (l->count == l->cap) {
        p = realloc(l->parts, cap * sizeof(*p));
        if (!p)
            return err_nomem(err);
        l->parts = p;
        l->cap = cap;
    }
    l->parts[l->count++] = (struct part){
        .finding = sqlite3_column_int64(st, C_FINDING),
        .rule_no = sqlite3_column_int64(st, C_RULE_NO),
        .rank = sqlite3_column_int64(st, C_RANK),
        .fail = sqlite3_column_int64(st, C_FAIL),
        .accepted = sqlite3_column_int64(st, C_ACCEPTED),
        .days = sqlite3_column_int64(st, C_DAYS),
        .severity = keep(l, st, C_SEVERITY),
        .remedy = keep(l, st, C_REMEDY),
        .state = keep(l, st, C_STATE),
        .account = keep(l, st, C_ACCOUNT),
        .evidence = keep(l, st, C_EVIDENCE),
        .missing = keep(l, st, C_MISSING),
        .rule = keep(l, st, C_RULE),
    };
    return strbuf_ok(&l->text) ? 0 : err_nomem(err);
}

/* Line by line, and in a line by the order of report_finding. */
static int part_cmp(const struct lines *l, const struct part *a,
                    const struct part *b)
{
    int c;

    if (a->fail != b->fail)
        return a->fail > b->fail ? -1 : 1;
    c = strcmp(kept(l, a->remedy), kept(l, b->remedy));
    if (c)
        return c;
    if (a->rank != b->rank)
        return a->rank > b->rank ? -1 : 1;
    if (a->rule_no != b->rule_no)
        return a->rule_no < b->rule_no ? -1 : 1;
    c = strcmp(kept(l, a->account), kept(l, b->account));
    if (c)
        return c;
    return a->finding < b->finding ? -1 : a->finding > b->finding;
}

/* Merge two sorted runs: of "from" up to "mid", and up to "end". */
static void merge(const struct lines *l, const struct part *from, size_t mid,
                  size_t end, struct part *to)
{
    size_t a = 0, b = mid, i;

    for (i = 0; i < end; i++)
        if (b == end || (a < mid && part_cmp(l, &from[a], &from[b]) <= 0))
            to[i] = from[a++];
        else
            to[i] = from[b++];
}

/* Mostly a few; thousands where a Mac has as many accounts. */
static bool sort_parts(const struct lines *l, struct part *p, size_t n)
{
    struct part x, *other;
    size_t i, k;

    if (n > 32) {
        other = malloc(n * sizeof(*other));
        if (!other)
            return false;
        memcpy(other, p, n * sizeof(*p));
        k = sort_parts(l, other, n / 2) &&
            sort_parts(l, other + n / 2, n - n / 2);
        merge(l, other, n / 2, n, p);
        free(other);
        return k != 0;
    }
    for (i = 1; i < n; i++) {
        x = p[i];
        for (k = i; k && part_cmp(l, &p[k - 1], &x) > 0; k--)
            p[k] = p[k - 1];
        p[k] = x;
    }
    return true;
}

/* ----------------------------------------------------------- put aside ---- */

static int64_t number_of(const struct lines *l, int64_t finding)
{
    size_t lo = 0, hi = l->lead_count;

    while (lo < hi) {
        size_t mid = (lo + hi) / 2;

        if (l->leads[mid].finding < finding)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < l->lead_count && l->leads[lo].finding == finding
               ? l->leads[lo].no
               : 0;
}

static struct cell text_cell(const char *s)
{
    size_t n = strlen(s);

    return (struct cell){
        .kind = n ? CELL_TEXT : CELL_EMPTY, .text = s, .len = n};
}

static struct cell int_cell(int64_t n)
{
    return (struct cell){.kind = CELL_INT, .number = n};
}

/* The first finding that counts gives what the line says as a whole. */
static int put_head(struct lines *l, const struct part *p, int64_t no,
                    struct err *err)
{
    const struct cell cells[LINE_CELLS] = {
        [LINE_MAC] = int_cell(l->mac),
        [LINE_SEVERITY] = text_cell(kept(l, p->severity)),
        [LINE_FLAGS] = int_cell(!p->fail + 2 * p->accepted),
        [LINE_REMEDY] = text_cell(kept(l, p->remedy)),
        [LINE_STATE] = text_cell(kept(l, p->state)),
        [LINE_DAYS] = int_cell(p->days),
        [LINE_SERIAL] = text_cell(strbuf_str(&l->serial)),
        [LINE_HOLDERS] = text_cell(strbuf_str(&l->holders)),
    };

    return spool_add(l->spool, no, cells, LINE_CELLS, err);
}

static int put_part(struct lines *l, const struct part *p, int64_t no,
                    struct err *err)
{
    const struct cell cells[PART_CELLS] = {
        [PART_RULE_NO] = int_cell(p->rule_no),
        [PART_RULE] = text_cell(kept(l, p->rule)),
        [PART_ACCOUNT] = text_cell(kept(l, p->account)),
        [PART_EVIDENCE] = text_cell(kept(l, p->evidence)),
        [PART_MISSING] = text_cell(kept(l, p->missing)),
    };

    return spool_add(l->spool, no, cells, PART_CELLS, err);
}

static bool same_line(const struct lines *l, const struct part *a,
                      const struct part *b)
{
    return a->fail == b->fail &&
           strcmp(kept(l, a->remedy), kept(l, b->remedy)) == 0;
}

/* A line that has no number is beyond what the page holds. */
static int put_line(struct lines *l, size_t from, size_t to, struct err *err)
{
    int64_t no = 0;
    size_t i, head = from;

    for (i = from; i < to && !no; i++) {
        no = number_of(l, l->parts[i].finding);
        head = i;
    }
    if (!no)
        return 0;
    if (put_head(l, &l->parts[head], no, err) < 0)
        return -1;
    for (i = from; i < to; i++)
        if (put_part(l, &l->parts[i], no, err) < 0)
            return -1;
    return 0;
}

static int put_mac(struct lines *l, struct err *err)
{
    size_t from = 0, to;

    if (!sort_parts(l, l->parts, l->count))
        return err_nomem(err);
    for (; from < l->count; from = to) {
        for (to = from + 1; to < l->count; to++)
            if (!same_line(l, &l->parts[from], &l->parts[to]))
                break;
        if (put_line(l, from, to, err) < 0)
            return -1;
    }
    l->count = 0;
    strbuf_reset(&l->text);
    return 0;
}

static void begin_mac(struct lines *l, sqlite3_stmt *st)
{
    l->device = sqlite3_column_int64(st, C_DEVICE);
    l->mac = sqlite3_column_int64(st, C_MAC);
    strbuf_reset(&l->serial);
    strbuf_reset(&l->holders);
    strbuf_adds(&l->serial, db_text(st, C_SERIAL));
    strbuf_adds(&l->holders, db_text(st, C_HOLDERS));
}

static int read_macs(struct lines *l, sqlite3_stmt *st, struct err *err)
{
    int step;

    while ((step = db_step(st, err)) == 1) {
        if (sqlite3_column_int64(st, C_DEVICE) != l->device) {
            if (put_mac(l, err) < 0)
                return -1;
            begin_mac(l, st);
        }
        if (add_part(l, st, err) < 0)
            return -1;
    }
    if (step < 0 || put_mac(l, err) < 0)
        return -1;
    if (!strbuf_ok(&l->serial) || !strbuf_ok(&l->holders))
        return err_nomem(err);
    return spool_end(l->spool, err);
}

static int lead_cmp(const void *a, const void *b)
{
    const struct lead *x = a, *y = b;

    return x->finding < y->finding ? -1 : x->finding > y->finding;
}

static int read_leads(struct lines *l, sqlite3 *db, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int64_t count = 0;
    int step;

    if (db_number(db, "SELECT count(*) FROM temp.html_line", 0, &count, err) <
        0)
        return -1;
    l->leads = calloc((size_t)count + 1, sizeof(*l->leads));
    if (!l->leads)
        return err_nomem(err);
    if (db_prepare(db, "SELECT lead, no FROM temp.html_line", &st, err) < 0)
        return -1;
    while ((step = db_step(st, err)) == 1)
        l->leads[l->lead_count++] = (struct lead){sqlite3_column_int64(st, 0),
                                                  sqlite3_column_int64(st, 1)};
    sqlite3_finalize(st);
    qsort(l->leads, l->lead_count, sizeof(*l->leads), lead_cmp);
    return step;
}

/* ------------------------------------------------------------------ each --
 */

/* Its head and its findings lie one after the other; both readers stand at the
 * same line, so that the head stays while the findings are read. */
struct place {
    struct spool_reader head, parts;
};

static int hand_over(struct place *at, int64_t no, html_line_fn *fn, void *ctx,
                     struct err *err)
{
    struct cell line[LINE_CELLS], part[PART_CELLS], skipped[LINE_CELLS];
    int step;

    if (spool_seek(&at->head, no, err) < 0 ||
        (step = spool_next(&at->head, line, LINE_CELLS, err)) < 0)
        return -1;
    if (step == 0) /* of a Mac that is not in the page */
        return 0;
    if (fn(ctx, line, NULL, err) < 0 || spool_seek(&at->parts, no, err) < 0 ||
        spool_next(&at->parts, skipped, LINE_CELLS, err) < 0)
        return -1;
    while ((step = spool_next(&at->parts, part, PART_CELLS, err)) == 1)
        if (fn(ctx, line, part, err) < 0)
            return -1;
    return step;
}

static int in_order(const struct report *r, struct lines *l, html_line_fn *fn,
                    void *ctx, struct err *err)
{
    struct place at = {{.spool = l->spool}, {.spool = l->spool}};
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(r->db, "SELECT no FROM temp.html_line ORDER BY NOT fail, no",
                   &st, err) == 0)
        while ((step = db_step(st, err)) == 1)
            if (hand_over(&at, sqlite3_column_int64(st, 0), fn, ctx, err) < 0) {
                step = -1;
                break;
            }
    sqlite3_finalize(st);
    spool_reader_free(&at.head);
    spool_reader_free(&at.parts);
    return step;
}

int html_lines_each(const struct report *r, html_line_fn *fn, void *ctx,
                    struct err *err)
{
    struct lines l = {.spool = spool_new(1, LINES, err)};
    sqlite3_stmt *st = NULL;
    int rc = -1;

    if (l.spool && read_leads(&l, r->db, err) == 0 &&
        query_open(r, "html-data_lines", &st, err) == 0)
        rc = read_macs(&l, st, err);
    sqlite3_finalize(st);
    if (rc == 0)
        rc = in_order(r, &l, fn, ctx, err);
    spool_free(l.spool);
    strbuf_free(&l.serial);
    strbuf_free(&l.holders);
    strbuf_free(&l.text);
    free(l.leads);
    free(l.parts);
    return rc;
}
