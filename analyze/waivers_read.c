/*
 * waivers_read.c - accepted risks from CSV files.
 *
 * A file is read byte by byte through libcsv, so that an error names the line
 * and the column where its cell begins. The Findings sheet of a workbook, with
 * its columns for people filled in and saved as CSV, is one too: lines whose
 * Decision is "accept risk" are accepted risks, with Comment as the reason and
 * Due as the last day.
 */
#include "core/base.h"

#include "analyze/waiver_set.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/when.h"
#include "core/work.h"

#include <csv.h>

static const char *const names[COLUMNS] = {"rule",        "client", "serial",
                                           "account",     "reason", "owner",
                                           "approved_by", "ticket", "expires"};

/* The same in the Findings sheet, and the column that decides. */
static const char *const sheet_names[COLUMNS + 1] = {
    "rule",  "client", "serial", "account", "comment",
    "owner", NULL,     NULL,     "due",     "decision"};

#define DECISION COLUMNS

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
    bool header_read, sheet;
    int use[MOST_COLUMNS]; /* column of the file -> ours, or -1 */
    struct strbuf cell[COLUMNS + 1];
    long at_line[COLUMNS + 1], at_column[COLUMNS + 1];
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

/* What a column is called in this file; NULL where it has none such. */
static const char *column_name(const struct reading *r, size_t i)
{
    if (r->sheet)
        return sheet_names[i];
    return i < COLUMNS ? names[i] : NULL;
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
    for (i = 0; i <= COLUMNS; i++)
        if (column_name(r, i) &&
            ascii_casecmp(strbuf_str(&b), column_name(r, i)) == 0)
            use = (int)i;
    near = use < 0 && !r->sheet ? text_nearest(strbuf_str(&b), names, COLUMNS)
                                : NULL;
    if (near) {
        err_at(r->err, ERR_CONFIG, r->file, r->field_line, r->field_column,
               "unknown column \"%s\"", strbuf_str(&b));
        err_hint(r->err, "did you mean \"%s\"?", near);
    }
    for (i = 0; use >= 0 && i < r->field; i++)
        if (r->use[i] == use)
            bad(r, r->field_line, r->field_column, "%s is there twice",
                column_name(r, (size_t)use));
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
                       column_name(r, (size_t)required[i]));
    }
    return 0;
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
                       column_name(r, (size_t)required[i]));
    if (!when_parse_day(end, expires))
        return bad(r, r->at_line[EXPIRES], r->at_column[EXPIRES],
                   "%s: expected a date as 2026-11-30, found \"%s\"",
                   column_name(r, EXPIRES), end);
    *expires += WHEN_DAY - 1; /* its last second, in UTC */
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
    struct waiver *w;
    int64_t expires = 0;
    size_t i;

    if (r->sheet &&
        ascii_casecmp(strbuf_str(&r->cell[DECISION]), WORK_ACCEPTS) != 0)
        return 0;
    if (own_client(r) < 0 || check_record(r, &expires) < 0)
        return -1;
    w = waiver_add(r->set, r->err);
    if (!w)
        return -1;
    w->expires = expires;
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
    for (i = 0; i <= COLUMNS; i++) {
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

/* The sheet is known by two of its headings, however they are spelt. */
static bool is_sheet(const char *s, size_t n)
{
    struct strbuf line = {0};
    bool is;
    size_t i;

    for (i = 0; i < n && s[i] != '\n' && s[i] != '\r'; i++)
        strbuf_addc(&line, ascii_lower(s[i]));
    is = strstr(strbuf_str(&line), "decision") &&
         (strstr(strbuf_str(&line), "finding id") ||
          strstr(strbuf_str(&line), "finding_id"));
    strbuf_free(&line);
    return is;
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
    r->sheet = is_sheet(s + i, n - i);
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
    for (i = 0; i <= COLUMNS; i++)
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
