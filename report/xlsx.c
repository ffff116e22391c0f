/*
 * xlsx.c - the sheets of rows.
 *
 * A sheet is a query and a list of its columns in the order that a person
 * reads; titles are the names of the columns in words. First all sheets are
 * made with their headers; those of many rows are then filled, so that memory
 * does not grow with the fleet. A full one is continued on another.
 */
#include "core/base.h"

#include "core/text.h"
#include "core/when.h"
#include "core/work.h"
#include "report/brand.h"
#include "report/manifest.h"
#include "report/query.h"
#include "report/xlsx.h"
#include "report/xlsx_pack.h"

#include <unistd.h>

#define LINKED_ROWS 2000 /* findings that lead to their Mac */
#define WIDTH_ROWS 5000  /* rows that decide how wide a column is */
#define TABLES 10
#define HEAD_POINTS 20 /* how high the header is */

struct sheet_spec {
    const char *name, *query;
    const char *columns; /* in order; "*" appends the x_ columns */
    int frozen;          /* columns that stay when scrolling sideways */
    bool work;           /* columns for people to fill in: findings alone,
                            whose sheet "muster ingest" reads back */
    int print;           /* columns that are printed; 0: all */
};

static const struct sheet_spec findings = {
    "Findings",
    "findings",
    "severity _severity result state client serial device_name account rule "
    "title evidence missing_facts remedy _remedy_title effort first_seen "
    "days_open assigned_user assigned_email last_checkin waived waiver_reason "
    "waiver_expires source_file source_line finding_id",
    6,
    true,
    11};
static const struct sheet_spec devices = {
    "Devices",
    "devices",
    "client serial device_name assigned_user site verdict worst_severity "
    "next_step effort os_version last_checkin cannot_do cannot_do_perhaps "
    "readiness failed unknown notchecked asset_tag model chip not_reporting "
    "filevault bootstrap_state holders holder_names token_admins "
    "token_admin_names repair_path takes_update takes_wipe next_remedy *",
    3,
    false,
    11};
static const struct sheet_spec moves = {
    "Devices",
    "devices",
    "client serial device_name assigned_user site readiness next_step "
    "next_owner effort next_minutes readiness_reasons readiness_open verdict "
    "worst_severity cannot_do cannot_do_perhaps failed unknown notchecked "
    "asset_tag model chip os_version last_checkin not_reporting filevault "
    "bootstrap_state holders holder_names token_admins token_admin_names "
    "repair_path takes_update takes_wipe next_remedy *",
    3,
    false,
    9};
static const struct sheet_spec accounts = {
    "Accounts",
    "accounts",
    "client serial account full_name role kind admin secure_token token_real "
    "volume_owner filevault_user last_login reset_forecast",
    3,
    false,
    0};
static const struct sheet_spec rules = {
    "Rules",
    "rules",
    "rule title severity pass fail unknown notapplicable notchecked error "
    "waived pass_rate coverage change missing_facts scope module kind",
    2,
    false,
    13};
static const struct sheet_spec remedies = {
    "Remedies",
    "remedies",
    "remedy title who effort minutes devices accounts serials",
    2,
    false,
    7};
static const struct sheet_spec changes = {
    "Changes",
    "changes",
    "change client serial account rule before after finding_id",
    3,
    false,
    0};
static const struct sheet_spec waivers = {
    "Accepted risks",
    "waivers",
    "rule client serial account reason owner approved_by ticket expires state "
    "matches",
    1,
    false,
    0};
static const struct sheet_spec clients = {
    "Clients",
    "clients",
    "client devices at_risk undetermined attention partial clean "
    "not_reporting critical high pass_rate coverage change",
    1,
    false,
    0};
static const struct sheet_spec gaps = {
    "Not measured", "gaps", "fact devices rules", 1, false, 0};

/* The sheets of each use between the summary and the method. */
static const struct {
    const char *use;
    const struct sheet_spec *sheets[TABLES];
} uses[] = {
    {"monthly",
     {&findings, &devices, &accounts, &rules, &remedies, &changes, &waivers,
      &gaps, &clients}},
    {"client",
     {&remedies, &devices, &findings, &changes, &waivers, &rules, &gaps}},
    {"migration",
     {&remedies, &moves, &accounts, &gaps, &findings, &rules, &waivers,
      &clients}},
};

#define WORK_COLUMNS 4

static const char *const work_titles[WORK_COLUMNS] = {"Owner", "Due",
                                                      "Decision", "Comment"};
/* Where the findings have them. */
static const char *const work_names[WORK_COLUMNS] = {"owner", "_due",
                                                     "_decision", "comment"};
/* What one may decide: the library wants them writable. */
static char fix[] = "fix", accept[] = WORK_ACCEPTS, nothing[] = "not a problem",
            ask[] = "ask";
static char *decisions[] = {fix, accept, nothing, ask, NULL};

/* A column of the sheet: where its cells come from, and what they are. */
struct place {
    size_t from;
    enum cell_kind kind;
    bool points, severity, hidden, link, wrap;
};

struct table {
    struct book *b;
    const struct report *r;
    const struct sheet_spec *spec;
    struct rows *rows;
    struct place places[BOOK_COLUMNS];
    int width;
    struct sheet *s;
    int part;        /* 1 for the first sheet of the rows */
    int64_t row;     /* the last row written; 0 is the header */
    int64_t written; /* over all parts */
    size_t rank;     /* findings: the place of the rank of their Mac */
    size_t work[WORK_COLUMNS]; /* findings: what earlier sheets said */
};

/* The workbook being made, and the tables that are still to be filled. */
struct making {
    struct book b;
    const struct report *r;
    struct table *fill[TABLES];
    size_t count, at; /* at: whose rows are being put in */
};

/* "_remedy_title" is "What to do"; others are their names in words. */
static void column_title(const char *name, char *out, size_t size)
{
    size_t i;

    if (strcmp(name, "_remedy_title") == 0)
        name = "what_to_do";
    if (strcmp(name, "_severity") == 0)
        name = "severity_rank";
    snprintf(out, size, "%s", name);
    if (text_starts(name, "x_"))
        return; /* a custom fact keeps its name */
    for (i = 0; out[i]; i++)
        if (out[i] == '_')
            out[i] = ' ';
    out[0] = ascii_upper(out[0]);
}

static void add_place(struct table *t, const char *name)
{
    struct place *p = &t->places[t->width];

    if (t->width == BOOK_COLUMNS - WORK_COLUMNS)
        return;
    memset(p, 0, sizeof(*p));
    p->from = rows_column(t->rows, name);
    p->kind = rows_kind(t->rows, p->from);
    p->points = strcmp(name, "change") == 0 && p->kind == CELL_SHARE;
    p->severity =
        strcmp(name, "severity") == 0 || strcmp(name, "worst_severity") == 0;
    p->hidden = strcmp(name, "_severity") == 0;
    p->wrap = strcmp(name, "evidence") == 0 || strcmp(name, "next_step") == 0;
    p->link =
        strcmp(t->spec->query, "findings") == 0 && strcmp(name, "serial") == 0;
    t->width++;
}

static void find_places(struct table *t)
{
    const char *p = t->spec->columns;
    char name[64];
    size_t i, n;

    for (; *p; p += n + (p[n] == ' ')) {
        n = strcspn(p, " ");
        snprintf(name, sizeof(name), "%.*s", (int)n, p);
        if (strcmp(name, "*") != 0) {
            add_place(t, name);
            continue;
        }
        for (i = 0; i < rows_width(t->rows); i++)
            if (text_starts(rows_name(t->rows, i), "x_"))
                add_place(t, rows_name(t->rows, i));
    }
}

/* The header and the rows below it are one table. */
static void add_header(struct table *t)
{
    char title[128];
    int i;

    for (i = 0; i < t->width; i++) {
        column_title(rows_name(t->rows, t->places[i].from), title,
                     sizeof(title));
        book_head(t->b, t->s, title, FMT_HEADER);
    }
    for (i = 0; t->spec->work && i < WORK_COLUMNS; i++)
        book_head(t->b, t->s, work_titles[i], FMT_INPUT);
    book_table(t->b, t->s, t->row);
}

static void start_sheet(struct table *t)
{
    char name[32];

    t->part++;
    snprintf(name, sizeof(name), t->part > 1 ? "%s (%d)" : "%s", t->spec->name,
             t->part);
    t->s = book_sheet(t->b, name);
    t->row = 0;
    if (!t->s)
        return;
}

/* A list to choose from, a date, and free text. */
static void add_work(struct table *t)
{
    lxw_data_validation list = {
        .validate = LXW_VALIDATION_TYPE_LIST,
        .value_list = decisions,
        .ignore_blank = LXW_VALIDATION_ON,
        .dropdown = LXW_VALIDATION_ON,
        .show_error = LXW_VALIDATION_ON,
    };
    lxw_data_validation date = {
        .validate = LXW_VALIDATION_TYPE_DATE,
        .criteria = LXW_VALIDATION_CRITERIA_GREATER_THAN,
        .value_datetime = {.year = 2001, .month = 1, .day = 1},
        .ignore_blank = LXW_VALIDATION_ON,
        .show_error = LXW_VALIDATION_ON,
    };
    lxw_row_t last = (lxw_row_t)(t->row > 0 ? t->row : 1);
    lxw_col_t at = (lxw_col_t)t->width;

    BOOK_CALL(t->b, worksheet_data_validation_range(
                        t->s->ws, 1, (lxw_col_t)(at + 1), last,
                        (lxw_col_t)(at + 1), &date));
    BOOK_CALL(t->b, worksheet_data_validation_range(
                        t->s->ws, 1, (lxw_col_t)(at + 2), last,
                        (lxw_col_t)(at + 2), &list));
    BOOK_CALL(t->b, worksheet_set_column(t->s->ws, (lxw_col_t)(at + 1),
                                         (lxw_col_t)(at + 1), 12,
                                         t->b->format[FMT_DATE]));
}

static void end_sheet(struct table *t)
{
    lxw_worksheet *ws = t->s ? t->s->ws : NULL;
    lxw_row_col_options hidden = {1, 0, 0};
    int i;

    if (!ws)
        return;
    add_header(t);
    worksheet_freeze_panes(ws, 1, (lxw_col_t)t->spec->frozen);
    BOOK_CALL(t->b, worksheet_ignore_errors(
                        ws, LXW_IGNORE_NUMBER_STORED_AS_TEXT, "A1:XFD1048576"));
    for (i = 0; i < t->width; i++) {
        if (t->places[i].severity)
            xlsx_severity(t->b, t->s, i, t->row);
        if (t->places[i].hidden) {
            t->s->width[i] = 0;
            BOOK_CALL(t->b,
                      worksheet_set_column_opt(ws, (lxw_col_t)i, (lxw_col_t)i,
                                               4, NULL, &hidden));
        }
    }
    if (t->spec->work) {
        t->s->width[t->width + 1] = 0; /* its own width and format */
        add_work(t);
    }
    BOOK_CALL(t->b, worksheet_set_row(ws, 0, HEAD_POINTS, NULL));
    xlsx_print(t->b, t->s, t->r, 0);
    if (t->spec->print) /* a page as wide as all columns could not be read */
        BOOK_CALL(t->b, worksheet_print_area(ws, 0, 0, (lxw_row_t)t->row,
                                             (lxw_col_t)(t->spec->print - 1)));
}

/* A row of few: the library keeps it. */
static void write_row(struct table *t)
{
    int i;

    t->row++;
    for (i = 0; i < t->width; i++) {
        const struct place *p = &t->places[i];
        const struct cell *c = rows_cell(t->rows, p->from);

        if (p->kind == CELL_BOOL && c->kind == CELL_EMPTY)
            book_text(t->b, t->s, t->row, i, "Unknown", 7, FMT_TEXT);
        else if (p->points && c->kind == CELL_SHARE)
            book_number(t->b, t->s, t->row, i, c->share, FMT_POINTS);
        else
            book_cell(t->b, t->s, t->row, i, c);
    }
}

static int write_few(struct table *t, struct err *err)
{
    int step = 1;

    start_sheet(t);
    while (t->b->first == LXW_NO_ERROR && t->row < BOOK_ROWS &&
           (step = rows_next(t->rows, err)) == 1)
        write_row(t);
    end_sheet(t);
    return step < 0 ? -1 : 0;
}

/* ------------------------------------------------------------- many rows -- */

/* One cell of each style in row 2, where xlsx_pack() reads their numbers. */
static void write_samples(struct table *t)
{
    static const enum book_format formats[XML_STYLES] = {
        [XML_TEXT] = FMT_TEXT,
        [XML_WRAP] = FMT_WRAP,
        [XML_DATE] = FMT_DATE,
        [XML_PERCENT] = FMT_PERCENT,
        [XML_PERCENT_LEAST] = FMT_PERCENT_LEAST,
        [XML_PERCENT_MOST] = FMT_PERCENT_MOST,
        [XML_POINTS] = FMT_POINTS,
        [XML_NUMBER] = FMT_NUMBER,
        [XML_LINK] = FMT_LINK,
    };
    size_t i;

    for (i = 0; i < XML_STYLES; i++)
        BOOK_CALL(t->b, worksheet_write_blank(t->s->ws, 1, (lxw_col_t)i,
                                              t->b->format[formats[i]]));
}

/* Columns are as wide as the first rows want them. */
static int measure(struct table *t, uint16_t *width, struct err *err)
{
    struct rows *rows = rows_open(t->r, t->spec->query, err);
    struct sheet s = {.rows = 0};
    int64_t n = 0;
    int step = -1, i;

    while (rows && n++ < WIDTH_ROWS && (step = rows_next(rows, err)) == 1)
        for (i = 0; i < t->width; i++) {
            const struct cell *c = rows_cell(rows, t->places[i].from);

            if (c->kind == CELL_TEXT)
                book_widen(&s, i, c->text, c->len);
            else if (c->kind == CELL_TIME)
                book_widen(&s, i, "2026-11-30 00:00", 16);
        }
    rows_close(rows);
    memcpy(width, s.width, sizeof(s.width));
    return step < 0 ? -1 : 0;
}

/* Sheets with everything but their rows, as many as the rows need. */
static int announce(struct table *t, struct err *err)
{
    int64_t left = rows_total(t->rows);
    uint16_t width[BOOK_COLUMNS];
    int rc = measure(t, width, err);

    while (rc == 0) {
        int i;

        start_sheet(t);
        if (!t->s)
            break;
        for (i = 0; i < t->width; i++)
            if (width[i] > t->s->width[i])
                t->s->width[i] = width[i];
        write_samples(t);
        t->row = left < BOOK_ROWS ? left : BOOK_ROWS;
        t->s->fill = true;
        t->s->fill_rows = t->row;
        end_sheet(t);
        left -= t->row;
        if (left <= 0)
            break;
    }
    return rc;
}

/* The Mac's row in the sheet of Macs, which has the same order. */
static void stream_link(struct table *t, struct xml *x, int column,
                        const struct cell *c, struct strbuf *links)
{
    const struct cell *rank = rows_cell(t->rows, t->rank);
    char name[4];
    size_t n = xml_column(column, name);

    if (t->written >= LINKED_ROWS || rank->number >= BOOK_ROWS ||
        c->kind != CELL_TEXT) {
        xml_cell(x, column, c);
        return;
    }
    strbuf_addf(links,
                "<hyperlink ref=\"%.*s%lld\" location=\"'Devices'!B%lld\"/>",
                (int)n, name, (long long)x->row, (long long)rank->number + 1);
    xml_text(x, column, c->text, c->len, XML_LINK);
}

/* How high a row must be to show its sentences. */
static int row_lines(const struct table *t)
{
    int most = 1, i;

    for (i = 0; i < t->width; i++) {
        const struct cell *c = rows_cell(t->rows, t->places[i].from);
        int lines;

        if (!t->places[i].wrap || c->kind != CELL_TEXT)
            continue;
        lines = book_lines(c->text, c->len, BOOK_WIDE);
        most = lines > most ? lines : most;
    }
    return most;
}

static void stream_row(struct table *t, struct xml *x, int64_t row,
                       struct strbuf *links)
{
    int i;

    xml_row(x, row, row_lines(t));
    for (i = 0; i < t->width; i++) {
        const struct place *p = &t->places[i];
        const struct cell *c = rows_cell(t->rows, p->from);

        if (p->link)
            stream_link(t, x, i, c, links);
        else if (p->wrap && c->kind == CELL_TEXT)
            xml_text(x, i, c->text, c->len, XML_WRAP);
        else if (p->kind == CELL_BOOL && c->kind == CELL_EMPTY)
            xml_text(x, i, "Unknown", 7, XML_TEXT);
        else if (p->points && c->kind == CELL_SHARE)
            xml_share(x, i, c->share, XML_POINTS);
        else
            xml_cell(x, i, c);
    }
    for (i = 0; t->spec == &findings && i < WORK_COLUMNS; i++)
        xml_cell(x, t->width + i, rows_cell(t->rows, t->work[i]));
    xml_row_end(x);
    t->written++;
}

/* pack_rows_fn: the next rows of the table at hand. */
static int stream_rows(void *ctx, const struct sheet *s, struct xml *x,
                       struct strbuf *links, struct err *err)
{
    struct making *m = ctx;
    struct table *t = m->fill[m->at];
    int64_t n;
    int step;

    for (n = 0; n < s->fill_rows; n++) {
        step = rows_next(t->rows, err);
        if (step < 0)
            return -1;
        if (step == 0)
            return err_set(err, ERR_FAIL, "rows of %s are missing",
                           t->spec->query);
        stream_row(t, x, n + 2, links);
        if (x->failed)
            break; /* what went wrong is said by the caller */
    }
    m->b.cut += x->cut;
    if (t->written == rows_total(t->rows))
        m->at++;
    return 0;
}

static void drop_table(struct table *t)
{
    if (t)
        rows_close(t->rows);
    free(t);
}

static void find_finding_places(struct table *t)
{
    size_t i;

    t->rank = rows_column(t->rows, "_rank");
    for (i = 0; i < WORK_COLUMNS; i++)
        t->work[i] = rows_column(t->rows, work_names[i]);
}

static int add_table(struct making *m, const struct sheet_spec *spec,
                     struct err *err)
{
    struct table *t = calloc(1, sizeof(*t));
    int rc = -1;

    if (!t)
        return err_nomem(err);
    t->b = &m->b;
    t->r = m->r;
    t->spec = spec;
    t->rows = rows_open(m->r, spec->query, err);
    if (t->rows)
        find_places(t);
    if (t->rows && spec == &findings)
        find_finding_places(t);
    if (t->rows && rows_total(t->rows) >= 0) {
        m->b.long_texts |= rows_longest(t->rows) > BOOK_CELL;
        rc = announce(t, err);
        if (rc == 0) {
            m->fill[m->count++] = t;
            return 0;
        }
    } else if (t->rows) {
        rc = write_few(t, err);
    }
    drop_table(t);
    return rc;
}

/* -------------------------------------------------------------- the book -- */

void xlsx_severity(struct book *b, struct sheet *s, int column, int64_t last)
{
    static struct {
        char word[12];
        enum book_format format;
    } looks[] = {{"\"critical\"", FMT_CRITICAL},
                 {"\"high\"", FMT_HIGH},
                 {"\"medium\"", FMT_MEDIUM},
                 {"\"low\"", FMT_LOW},
                 {"\"info\"", FMT_INFO}};
    size_t i;

    if (last < 1)
        return;
    for (i = 0; i < COUNT_OF(looks); i++) {
        lxw_conditional_format f = {
            .type = LXW_CONDITIONAL_TYPE_CELL,
            .criteria = LXW_CONDITIONAL_CRITERIA_EQUAL_TO,
            .value_string = looks[i].word,
            .format = b->format[looks[i].format],
        };

        BOOK_CALL(b, worksheet_conditional_format_range(
                         s->ws, 1, (lxw_col_t)column, (lxw_row_t)last,
                         (lxw_col_t)column, &f));
    }
}

/* In a footer "&" begins a code, and a footer holds 255 characters. */
static void footer_text(struct strbuf *out, const char *p, size_t most)
{
    uint32_t cp;
    size_t step, n = strlen(p);

    for (; *p && most > 0; p += step, n -= step, most--) {
        step = utf8_decode(p, n, &cp);
        if (step == 0)
            return;
        if (cp == '&')
            strbuf_addc(out, '&');
        strbuf_add(out, p, cp < 0x20 ? 0 : step);
    }
}

/* Footers are codes and our own words; the client's slug is safe in them. */
void xlsx_print(struct book *b, struct sheet *s, const struct report *r,
                uint16_t pages)
{
    const struct brand *brand = r->brand ? r->brand : &brand_plain;
    struct strbuf footer = {0};
    char day[16];

    when_format_date(r->as_of - 1, day, sizeof(day));
    strbuf_addf(&footer, "&L%s %s, ", r->slug, r->use);
    footer_text(&footer, brand->confidentiality, 60);
    strbuf_addf(&footer, "&CPage &P of &N&R%s", day);
    worksheet_set_landscape(s->ws);
    worksheet_set_paper(s->ws, 9); /* A4 */
    worksheet_fit_to_pages(s->ws, 1, pages);
    if (pages == 0)
        BOOK_CALL(b, worksheet_repeat_rows(s->ws, 0, 0));
    BOOK_CALL(b, worksheet_set_footer(s->ws, strbuf_str(&footer)));
    strbuf_free(&footer);
}

static int set_properties(struct book *b, const struct report *r,
                          struct err *err)
{
    char run[17],
        title[] = "Mac fleet report",
        keywords[] = "macOS, FileVault, secure token, bootstrap token";
    struct strbuf client = {0}, safe = {0}, subject = {0};
    lxw_doc_properties p = {.title = title, .keywords = keywords};
    bool cut;

    if (manifest_run_id(r, run, err) < 0)
        return -1;
    strbuf_addf(&subject, "%s, %s", r->use, r->period_slug);
    p.subject = subject.data;
    if (r->client_id || (r->brand && r->brand->name)) {
        const char *name =
            r->brand && r->brand->name ? r->brand->name : r->client;

        strbuf_adds(&client, book_safe(&safe, name, strlen(name), &cut));
        p.company = client.data;
    }
    p.created = r->as_of > 0 ? r->as_of : 1;
    BOOK_CALL(b, workbook_set_properties(b->wb, &p));
    BOOK_CALL(b, workbook_set_custom_property_string(b->wb, "run", run));
    strbuf_free(&client);
    strbuf_free(&safe);
    strbuf_free(&subject);
    return 0;
}

static bool wanted(const struct report *r, const struct sheet_spec *spec)
{
    if (spec == &changes)
        return r->before_id != 0;
    if (spec == &clients)
        return r->client_id == 0;
    return true;
}

static int add_tables(struct making *m, struct err *err)
{
    size_t u = 0, i;

    while (u + 1 < COUNT_OF(uses) && strcmp(uses[u].use, m->r->use) != 0)
        u++;
    for (i = 0; i < TABLES && uses[u].sheets[i]; i++)
        if (wanted(m->r, uses[u].sheets[i]) &&
            add_table(m, uses[u].sheets[i], err) < 0)
            return -1;
    return 0;
}

/* The workbook without its many rows, in a file of its own. */
static int make_frame(struct making *m, struct err *err)
{
    struct sheet *first = book_sheet(&m->b, "Summary"), *last;

    if (!first || set_properties(&m->b, m->r, err) < 0 ||
        add_tables(m, err) < 0 || !(last = book_sheet(&m->b, "Method")) ||
        xlsx_method(&m->b, last, m->r, err) < 0 ||
        xlsx_summary(&m->b, first, m->r, err) < 0) {
        if (err->code == ERR_NONE)
            err_at(err, ERR_OUTPUT, m->b.path, 0, 0,
                   "cannot make the workbook: %s", lxw_strerror(m->b.first));
        return -1;
    }
    return book_close(&m->b, err);
}

int xlsx_write(const struct report *r, const struct writer *w,
               struct output *out, struct err *err)
{
    struct making *m = calloc(1, sizeof(*m));
    char frame[PATH_MAX];
    int rc = -1;
    size_t i;

    (void)w;
    if (!m)
        return err_nomem(err);
    m->r = r;
    snprintf(frame, sizeof(frame), "%.*s.frame.tmp",
             (int)(strlen(out->path) - strlen(".tmp")), out->path);
    if (book_open(&m->b, frame, err) == 0) {
        if (r->brand && r->brand->colour)
            book_colour(&m->b, r->brand->light);
        if (make_frame(m, err) == 0)
            rc = xlsx_pack(&m->b, frame, out->path, stream_rows, m, err);
        if (rc == 0)
            book_counts(&m->b, out);
        book_free(&m->b);
        unlink(frame);
    }
    for (i = 0; i < m->count; i++)
        drop_table(m->fill[i]);
    free(m);
    return rc;
}
