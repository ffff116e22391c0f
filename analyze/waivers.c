/*
 * waivers.c - accepted risks: an attribute of findings, never a result.
 *
 * The file is read byte by byte through libcsv, so that an error names the line
 * and the column where its cell begins. Matching goes over the findings once:
 * the accepted risks that fit a rule are picked before, so most findings cost a
 * look at an empty list.
 */
#include "core/base.h"

#include "analyze/waivers.h"
#include "core/db.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/when.h"

#include <csv.h>

enum {
    RULE,
    CLIENT,
    SERIAL,
    ACCOUNT,
    REASON,
    OWNER,
    APPROVED,
    TICKET,
    EXPIRES,
    COLUMNS
};
static const char *const names[COLUMNS] = {"rule",        "client", "serial",
                                           "account",     "reason", "owner",
                                           "approved_by", "ticket", "expires"};

struct waiver {
    char *cell[COLUMNS];
    int64_t expires; /* the last second it holds */
    int64_t id;      /* in the table */
    int64_t matches;
    bool overlaps;
};

struct waivers {
    struct waiver *items;
    size_t count;
};

size_t waivers_count(const struct waivers *w)
{
    return w ? w->count : 0;
}

static void waiver_free(struct waiver *w)
{
    size_t i;

    for (i = 0; i < COLUMNS; i++)
        free(w->cell[i]);
}

void waivers_free(struct waivers *w)
{
    size_t i;

    for (i = 0; w && i < w->count; i++)
        waiver_free(&w->items[i]);
    if (w)
        free(w->items);
    free(w);
}

/* ---------------------------------------------------------------- reading */

enum { MOST_COLUMNS = 64, MOST_BYTES = 16 << 20 };

struct reading {
    struct waivers *set;
    const struct config *config;
    const char *file;
    const char *client; /* whose file it is, or NULL */
    struct err *err;
    long line, column;             /* of the next byte */
    long field_line, field_column; /* where the field begins */
    long record_line;
    bool between;        /* a field has ended and no other begun */
    size_t field, width; /* of this record; of the header */
    bool header_read;
    int use[MOST_COLUMNS]; /* column of the file -> ours, or -1 */
    struct strbuf cell[COLUMNS];
    long at_line[COLUMNS], at_column[COLUMNS];
    bool blank; /* nothing in this record so far */
};

static int bad(struct reading *r, long line, long column, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

static int bad(struct reading *r, long line, long column, const char *fmt, ...)
{
    char text[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    return err_at(r->err, ERR_CONFIG, r->file, line, column, "%s", text);
}

static void trim(struct strbuf *b)
{
    size_t n = 0;

    while (b->len && ascii_isspace(b->data[b->len - 1]))
        strbuf_truncate(b, b->len - 1);
    while (n < b->len && ascii_isspace(b->data[n]))
        n++;
    if (n) {
        memmove(b->data, b->data + n, b->len - n + 1);
        b->len -= n;
    }
}

/* A heading of the first line. Ones that nobody meant for us are left out. */
static void take_heading(struct reading *r, const char *s, size_t n)
{
    struct strbuf b = {0};
    const char *near;
    size_t i;
    int use = -1;

    if (r->field >= MOST_COLUMNS) {
        bad(r, r->field_line, r->field_column, "more than 64 columns");
        return;
    }
    strbuf_add(&b, s, n);
    trim(&b);
    for (i = 0; i < COLUMNS; i++)
        if (ascii_casecmp(strbuf_str(&b), names[i]) == 0)
            use = (int)i;
    near = use < 0 ? text_nearest(strbuf_str(&b), names, COLUMNS) : NULL;
    if (near) {
        err_at(r->err, ERR_CONFIG, r->file, r->field_line, r->field_column,
               "unknown column \"%s\"", strbuf_str(&b));
        err_hint(r->err, "did you mean \"%s\"?", near);
    }
    for (i = 0; use >= 0 && i < r->field; i++)
        if (r->use[i] == use)
            bad(r, r->field_line, r->field_column, "%s is there twice",
                names[use]);
    r->use[r->field] = use;
    strbuf_free(&b);
}

static void take_cell(struct reading *r, const char *s, size_t n)
{
    int use = r->field < r->width ? r->use[r->field] : -1;

    if (n)
        r->blank = false;
    if (r->field >= r->width && n)
        bad(r, r->field_line, r->field_column,
            "the line has more fields than the header");
    if (use < 0)
        return;
    strbuf_add(&r->cell[use], s, n);
    trim(&r->cell[use]);
    r->at_line[use] = r->field_line;
    r->at_column[use] = r->field_column;
}

/* libcsv: a field has ended. */
static void on_field(void *s, size_t n, void *ctx)
{
    struct reading *r = ctx;

    if (r->err->code != ERR_NONE)
        return;
    if (r->header_read)
        take_cell(r, s ? s : "", n);
    else
        take_heading(r, s ? s : "", n);
    r->field++;
    r->between = true;
}

static int check_header(struct reading *r)
{
    static const int required[] = {RULE, REASON, OWNER, EXPIRES};
    size_t i, k;

    for (i = 0; i < COUNT_OF(required); i++) {
        for (k = 0; k < r->field; k++)
            if (r->use[k] == required[i])
                break;
        if (k == r->field)
            return bad(r, 1, 0, "the column \"%s\" is missing",
                       names[required[i]]);
    }
    return 0;
}

/* "2026-11-30" and nothing else; its last second in UTC. */
static bool read_expiry(const char *s, int64_t *out)
{
    static const char form[] = "dddd-dd-dd";
    size_t i;

    if (strlen(s) != sizeof(form) - 1)
        return false;
    for (i = 0; s[i]; i++)
        if (form[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != form[i])
            return false;
    if (!when_parse(s, strlen(s), out))
        return false;
    *out += WHEN_DAY - 1;
    return true;
}

static int check_record(struct reading *r, int64_t *expires)
{
    static const int required[] = {RULE, REASON, OWNER, EXPIRES};
    const char *end = strbuf_str(&r->cell[EXPIRES]);
    size_t i;

    for (i = 0; i < COUNT_OF(required); i++)
        if (!r->cell[required[i]].len)
            return bad(r,
                       r->at_line[required[i]] ? r->at_line[required[i]]
                                               : r->record_line,
                       r->at_column[required[i]], "%s is missing",
                       names[required[i]]);
    if (!read_expiry(end, expires))
        return bad(r, r->at_line[EXPIRES], r->at_column[EXPIRES],
                   "expires: expected a date as 2026-11-30, found \"%s\"", end);
    if (!r->cell[CLIENT].len && !r->cell[SERIAL].len && !r->cell[ACCOUNT].len) {
        bad(r, r->record_line, 0, "the scope is empty");
        return err_hint(r->err, "name a client, serial or account; * stands "
                                "for all");
    }
    return 0;
}

/* In the file of a client the column may be empty or say the same. */
static int own_client(struct reading *r)
{
    struct strbuf *b = &r->cell[CLIENT];

    if (r->client && b->len &&
        ascii_casecmp(config_client_name(r->config, b->data), r->client) != 0)
        return bad(r, r->at_line[CLIENT], r->at_column[CLIENT],
                   "client \"%s\" in the file of another client", b->data);
    if (r->client) {
        strbuf_reset(b);
        strbuf_adds(b, r->client);
    } else if (b->len && !strchr(b->data, '*')) {
        char *name = strbuf_detach(b);

        strbuf_adds(b, name ? config_client_name(r->config, name) : "");
        free(name);
    }
    return 0;
}

static int take_record(struct reading *r)
{
    struct waiver *grown, *w;
    int64_t expires;
    size_t i;

    if (own_client(r) < 0 || check_record(r, &expires) < 0)
        return -1;
    grown = realloc(r->set->items, (r->set->count + 1) * sizeof(*grown));
    if (!grown)
        return err_nomem(r->err);
    r->set->items = grown;
    w = &grown[r->set->count++];
    *w = (struct waiver){.expires = expires};
    for (i = 0; i < COLUMNS; i++)
        if (!(w->cell[i] = strbuf_detach(&r->cell[i])))
            return err_nomem(r->err);
    return 0;
}

/* libcsv: a record has ended; lines of blanks are none. */
static void on_record(int end, void *ctx)
{
    struct reading *r = ctx;
    size_t i;

    (void)end;
    if (r->err->code == ERR_NONE && !r->header_read) {
        r->width = r->field;
        r->header_read = true;
        check_header(r);
    } else if (r->err->code == ERR_NONE && !r->blank) {
        take_record(r);
    }
    for (i = 0; i < COLUMNS; i++) {
        strbuf_reset(&r->cell[i]);
        r->at_line[i] = r->at_column[i] = 0;
    }
    r->field = 0;
    r->blank = true;
    r->between = true;
}

/* Note where a field begins; line ends before a record are no field. */
static void note_start(struct reading *r, char c)
{
    if (!r->between || (r->field == 0 && (c == '\r' || c == '\n')))
        return;
    r->field_line = r->line;
    r->field_column = r->column;
    if (r->field == 0)
        r->record_line = r->line;
    r->between = false;
}

/* One byte, and where the next one stands. */
static int feed(struct reading *r, struct csv_parser *p, char c)
{
    note_start(r, c);
    if (csv_parse(p, &c, 1, on_field, on_record, r) != 1)
        return bad(r, r->line, r->column, "%s",
                   csv_error(p) == CSV_EPARSE
                       ? "a quote inside a field must be doubled"
                       : "cannot be read as CSV");
    if (c == '\n') {
        r->line++;
        r->column = 1;
    } else if (((unsigned char)c & 0xc0) != 0x80) {
        r->column++;
    }
    return r->err->code == ERR_NONE ? 0 : -1;
}

static int read_text(struct reading *r, const char *s, size_t n)
{
    struct csv_parser p;
    size_t i = 0;
    int rc = 0;

    if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) != 0)
        return err_nomem(r->err);
    if (n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
        i = 3;
    for (; i < n && rc == 0; i++)
        rc = feed(r, &p, s[i]);
    note_start(r, 0);
    if (rc == 0 && csv_fini(&p, on_field, on_record, r) != 0)
        rc = bad(r, r->field_line, r->field_column, "a quote is not closed");
    if (rc == 0 && !r->header_read)
        rc = bad(r, 1, 0, "the file is empty");
    csv_free(&p);
    return r->err->code == ERR_NONE ? rc : -1;
}

static int read_file(struct waivers *set, const struct config *config,
                     const char *client, const char *file, struct err *err)
{
    struct reading r = {.set = set,
                        .config = config,
                        .file = file,
                        .client = client,
                        .err = err,
                        .line = 1,
                        .column = 1,
                        .blank = true,
                        .between = true};
    FILE *f = fopen(file, "rb");
    char *text;
    size_t n, i, wrong;
    int rc = -1;

    if (!f)
        return err_errno(err, ERR_CONFIG, file, "cannot open");
    text = malloc(MOST_BYTES + 1);
    n = text ? fread(text, 1, MOST_BYTES + 1, f) : 0;
    wrong = text ? utf8_check(text, n) : 0;
    if (!text)
        err_nomem(err);
    else if (ferror(f))
        err_errno(err, ERR_CONFIG, file, "cannot read");
    else if (n > MOST_BYTES)
        err_at(err, ERR_CONFIG, file, 0, 0, "is larger than 16 MiB");
    else if (wrong < n || memchr(text, '\0', n))
        err_at(err, ERR_CONFIG, file, 0, 0, "is no UTF-8 text");
    else
        rc = read_text(&r, text, n);
    fclose(f);
    free(text);
    for (i = 0; i < COLUMNS; i++)
        strbuf_free(&r.cell[i]);
    return rc;
}

/* The files that the configuration names: the general one, and clients'. */
static int read_configured(struct waivers *set, const struct config *config,
                           struct err *err)
{
    struct strbuf path = {0};
    const char *client;
    size_t i;
    int rc = 0;

    if (config_path(config, NULL, "waivers", &path))
        rc = read_file(set, config, NULL, strbuf_str(&path), err);
    for (i = 0; rc == 0 && i < config_client_count(config); i++) {
        client = config_client_at(config, i);
        strbuf_reset(&path);
        if (config_has(config, client, "waivers") &&
            config_path(config, client, "waivers", &path))
            rc = read_file(set, config, client, strbuf_str(&path), err);
    }
    strbuf_free(&path);
    return rc;
}

struct waivers *waivers_read(const struct config *config, const char *file,
                             struct err *err)
{
    struct waivers *w = calloc(1, sizeof(*w));

    if (!w) {
        err_nomem(err);
        return NULL;
    }
    if ((file && read_file(w, config, NULL, file, err) < 0) ||
        read_configured(w, config, err) < 0) {
        waivers_free(w);
        return NULL;
    }
    return w;
}

/* --------------------------------------------------------------- applying */

/* The accepted risks that fit a rule, by its number. */
struct candidates {
    struct waiver **items;
    size_t count;
};

struct applying {
    sqlite3 *db;
    int64_t period_id, as_of;
    struct waiver *items; /* copies that count */
    size_t count;
    struct candidates *rules;
    int64_t rule_count;
    struct waiver_counts *counts;
    sqlite3_stmt *serial, *mark;
};

/* As-of is the end of a day: its last second is today. */
static bool in_force(const struct applying *a, const struct waiver *w)
{
    return w->expires >= a->as_of - 1;
}

static bool covers(const char *pattern, const char *text)
{
    return !pattern[0] || text_glob(pattern, text);
}

static int insert_all(struct applying *a, struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t i;
    int k, rc = -1;

    if (db_prepare(a->db,
                   "INSERT INTO waiver (period_id, rule, client, serial,"
                   " account, reason, owner, approved_by, ticket, expires,"
                   " state, matches) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,"
                   " ?9, ?10, '', 0)",
                   &st, err) < 0)
        return -1;
    for (i = 0; i < a->count; i++) {
        sqlite3_bind_int64(st, 1, a->period_id);
        for (k = 0; k < EXPIRES; k++)
            sqlite3_bind_text(st, k + 2, a->items[i].cell[k], -1,
                              SQLITE_STATIC);
        sqlite3_bind_int64(st, 10, a->items[i].expires);
        if (db_run(st, err) < 0)
            goto out;
        a->items[i].id = sqlite3_last_insert_rowid(a->db);
    }
    rc = 0;
out:
    sqlite3_finalize(st);
    return rc;
}

static int add_candidate(struct candidates *c, struct waiver *w,
                         struct err *err)
{
    struct waiver **grown =
        realloc(c->items, (c->count + 1) * sizeof(struct waiver *));

    if (!grown)
        return err_nomem(err);
    c->items = grown;
    grown[c->count++] = w;
    return 0;
}

static int pick_for_rules(struct applying *a, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int64_t rule;
    size_t i;
    int step = -1;

    if (db_prepare(a->db,
                   "SELECT rule_no, id, max(rule_no) OVER () FROM rule WHERE "
                   "period_id = :period_id",
                   &st, err) < 0 ||
        db_bind_int(st, ":period_id", a->period_id, err) < 0)
        goto out;
    while ((step = db_step(st, err)) == 1) {
        rule = sqlite3_column_int64(st, 0);
        if (!a->rules) {
            a->rule_count = sqlite3_column_int64(st, 2) + 1;
            a->rules = calloc((size_t)a->rule_count, sizeof(*a->rules));
        }
        if (!a->rules || rule < 0) {
            step = err_nomem(err);
            break;
        }
        for (i = 0; i < a->count && step == 1; i++)
            if (text_glob(a->items[i].cell[RULE], db_text(st, 1)) &&
                add_candidate(&a->rules[rule], &a->items[i], err) < 0)
                step = -1;
        if (step < 0)
            break;
    }
out:
    sqlite3_finalize(st);
    return step;
}

/* The longest-holding one that covers the finding; all are counted. */
static struct waiver *choose(struct applying *a, const struct candidates *c,
                             const char *client, const char *serial,
                             const char *account)
{
    struct waiver *best = NULL, *w;
    size_t i;

    for (i = 0; i < c->count; i++) {
        w = c->items[i];
        if (!covers(w->cell[CLIENT], client) ||
            !covers(w->cell[SERIAL], serial) ||
            !covers(w->cell[ACCOUNT], account))
            continue;
        w->matches++;
        if (!in_force(a, w))
            continue;
        if (best)
            best->overlaps = w->overlaps = true;
        if (!best || w->expires > best->expires)
            best = w;
    }
    return best;
}

static int mark_one(struct applying *a, sqlite3_stmt *finding,
                    const struct candidates *c, struct err *err)
{
    struct waiver *w = NULL;

    sqlite3_reset(a->serial);
    sqlite3_bind_int64(a->serial, 1, sqlite3_column_int64(finding, 2));
    sqlite3_bind_int64(a->serial, 2, sqlite3_column_int64(finding, 3));
    if (db_step(a->serial, err) == 1)
        w = choose(a, c, db_text(a->serial, 1), db_text(a->serial, 0),
                   db_text(finding, 4));
    if (err->code != ERR_NONE || !w)
        return err->code == ERR_NONE ? 0 : -1;
    a->counts->findings++;
    sqlite3_bind_int64(a->mark, 1, w->id);
    sqlite3_bind_int64(a->mark, 2, sqlite3_column_int64(finding, 0));
    return db_run(a->mark, err);
}

static int mark_findings(struct applying *a, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int64_t rule;
    int step = -1;

    if (db_prepare(a->db,
                   "SELECT (SELECT serial FROM device WHERE device_id = ?1),"
                   " (SELECT name FROM client WHERE client_id = ?2)",
                   &a->serial, err) < 0 ||
        db_prepare(a->db, "UPDATE finding SET waiver = ?1 WHERE rowid = ?2",
                   &a->mark, err) < 0 ||
        db_prepare(a->db,
                   "SELECT rowid, rule_no, device_id, client_id, account FROM"
                   " finding WHERE period_id = :period_id",
                   &st, err) < 0 ||
        db_bind_int(st, ":period_id", a->period_id, err) < 0)
        goto out;
    while ((step = db_step(st, err)) == 1) {
        rule = sqlite3_column_int64(st, 1);
        if (rule < 0 || rule >= a->rule_count || !a->rules[rule].count)
            continue;
        if (mark_one(a, st, &a->rules[rule], err) < 0) {
            step = -1;
            break;
        }
    }
out:
    sqlite3_finalize(st);
    sqlite3_finalize(a->serial);
    sqlite3_finalize(a->mark);
    return step;
}

static const char tally[] =
    "UPDATE tally AS t SET waived = w.n FROM (SELECT client_id, rule_no,"
    " result, severity, count(*) AS n FROM finding WHERE period_id ="
    " :period_id AND waiver IS NOT NULL GROUP BY client_id, rule_no, result,"
    " severity) w WHERE t.period_id = :period_id AND t.client_id = w.client_id"
    " AND t.rule_no = w.rule_no AND t.result = w.result"
    " AND t.severity = w.severity";

static const char *state(struct applying *a, const struct waiver *w)
{
    int64_t today = (a->as_of - 1) / WHEN_DAY;
    struct waiver_counts *n = a->counts;

    n->overlapping += w->overlaps;
    n->own += w->cell[APPROVED][0] &&
              ascii_casecmp(w->cell[APPROVED], w->cell[OWNER]) == 0;
    if (!in_force(a, w)) {
        n->expired++;
        return "expired";
    }
    if (w->matches == 0) {
        n->unmatched++;
        return "unmatched";
    }
    if (w->expires / WHEN_DAY - today <= 30) {
        n->expiring++;
        return "expiring";
    }
    n->active++;
    return "active";
}

static int write_states(struct applying *a, struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t i;
    int rc = db_prepare(a->db, tally, &st, err);

    if (rc == 0)
        rc = db_bind_int(st, ":period_id", a->period_id, err);
    if (rc == 0)
        rc = db_run(st, err);
    sqlite3_finalize(st);
    st = NULL;
    if (rc == 0)
        rc = db_prepare(a->db,
                        "UPDATE waiver SET state = ?1, matches = ?2 WHERE "
                        "waiver_id = ?3",
                        &st, err);
    for (i = 0; i < a->count && rc == 0; i++) {
        sqlite3_bind_text(st, 1, state(a, &a->items[i]), -1, SQLITE_STATIC);
        sqlite3_bind_int64(st, 2, a->items[i].matches);
        sqlite3_bind_int64(st, 3, a->items[i].id);
        rc = db_run(st, err);
    }
    sqlite3_finalize(st);
    return rc;
}

/* What an earlier call for the period left; findings are only gone over where
 * there was something. */
static int forget(sqlite3 *db, int64_t period_id, struct err *err)
{
    char sql[256];

    snprintf(sql, sizeof(sql), "DELETE FROM waiver WHERE period_id = %lld",
             (long long)period_id);
    if (db_script(db, sql, err) < 0)
        return -1;
    if (sqlite3_changes(db) == 0)
        return 0;
    snprintf(sql, sizeof(sql),
             "UPDATE finding SET waiver = NULL WHERE period_id = %lld AND "
             "waiver IS NOT NULL;"
             "UPDATE tally SET waived = 0 WHERE period_id = %lld AND "
             "waived <> 0",
             (long long)period_id, (long long)period_id);
    return db_script(db, sql, err);
}

int waivers_apply(sqlite3 *db, const struct waivers *w, int64_t period_id,
                  int64_t as_of, struct waiver_counts *counts, struct err *err)
{
    struct applying a = {
        .db = db, .period_id = period_id, .as_of = as_of, .counts = counts};
    int64_t i;
    int rc = -1;

    *counts = (struct waiver_counts){0};
    if (forget(db, period_id, err) < 0)
        return -1;
    if (waivers_count(w) == 0)
        return 0;
    a.count = w->count;
    a.items = calloc(a.count, sizeof(*a.items));
    if (!a.items)
        return err_nomem(err);
    memcpy(a.items, w->items, a.count * sizeof(*a.items));
    if (insert_all(&a, err) == 0 && pick_for_rules(&a, err) == 0 &&
        mark_findings(&a, err) == 0)
        rc = write_states(&a, err);
    for (i = 0; i < a.rule_count && a.rules; i++)
        free(a.rules[i].items);
    free(a.rules);
    free(a.items);
    return rc;
}
