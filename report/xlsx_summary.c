/*
 * xlsx_summary.c - the page that a workbook opens on.
 *
 * Its charts find their values while the book is written, so that they show in
 * viewers which calculate nothing. What is the matter stands on the left, the
 * charts and what became of it on the right; all of it prints on one page.
 */
#include "core/base.h"

#include "core/when.h"
#include "report/brand.h"
#include "report/html_words.h"
#include "report/xlsx.h"

#define TOP 8   /* rows of each list */
#define RIGHT 7 /* first column of the right side */
#define CHART_ROWS 13
#define LOGO_PIXELS 52
#define HEAD_POINTS 18

struct page {
    struct book *b;
    struct sheet *s;
    const struct report *r;
    int64_t row;
    int col;                      /* first column of the side being written */
    int64_t groups;               /* first row of the Macs by verdict */
    int64_t trend_from, trend_to; /* rows of the trend */
};

static void heading(struct page *p, const char *text)
{
    p->row++;
    book_words(p->b, p->s, p->row++, p->col, text, FMT_LABEL);
}

/* Titles; those of numbers begin with ">" and stand to the right. */
static void header(struct page *p, const char *const *titles, int n)
{
    int i;

    for (i = 0; i < n; i++) {
        bool right = titles[i][0] == '>';

        book_words(p->b, p->s, p->row, p->col + i, titles[i] + right,
                   right ? FMT_HEADER_RIGHT : FMT_HEADER_LEFT);
    }
    BOOK_CALL(p->b, worksheet_set_row(p->s->ws, (lxw_row_t)p->row, HEAD_POINTS,
                                      NULL));
    p->row++;
}

static void list_cell(struct page *p, int i, const char *column,
                      const struct cell *c)
{
    const char *words =
        c->kind == CELL_TEXT ? html_plain(column, c->text) : NULL;

    if (!words && c->kind == CELL_TEXT && strcmp(column, "change") == 0)
        words = html_plain("state", c->text);
    if (words)
        book_words(p->b, p->s, p->row, p->col + i, words, FMT_INDENT);
    else if (c->kind == CELL_TEXT)
        book_text(p->b, p->s, p->row, p->col + i, c->text, c->len, FMT_INDENT);
    else
        book_cell(p->b, p->s, p->row, p->col + i, c);
}

static void title(struct page *p)
{
    struct strbuf b = {0};

    strbuf_adds(&b, "Mac fleet report");
    if (p->r->brand && p->r->brand->name)
        strbuf_addf(&b, ": %s", p->r->brand->name);
    else if (p->r->client_id)
        strbuf_addf(&b, ": %s", p->r->client);
    book_words(p->b, p->s, 0, 0, strbuf_str(&b), FMT_TITLE);
    strbuf_reset(&b);
    strbuf_addf(&b, "Period %s, facts as of ", p->r->period);
    html_day(&b, p->r->as_of - 1);
    if (p->r->before_id)
        strbuf_addf(&b, ", compared with %s", p->r->before);
    book_words(p->b, p->s, 1, 0, strbuf_str(&b), FMT_NOTE);
    strbuf_free(&b);
    p->row = 3;
}

static int64_t number(const struct rows *rows, const char *name)
{
    return rows_cell(rows, rows_column(rows, name))->number;
}

/* "17 of 63 Macs are at risk" */
static void first_words(struct strbuf *b, int64_t n, int64_t all,
                        const char *what)
{
    html_number(b, n);
    strbuf_adds(b, " of ");
    html_number(b, all);
    strbuf_addf(b, " Mac%s %s %s", all == 1 ? "" : "s", n == 1 ? "is" : "are",
                what);
}

static void more_words(struct strbuf *b, const char *between, int64_t n,
                       const char *what)
{
    strbuf_adds(b, between);
    html_number(b, n);
    strbuf_adds(b, what);
}

static void sentence(struct page *p, const struct rows *t)
{
    int64_t all = number(t, "devices"), risk = number(t, "at_risk"),
            open = number(t, "undetermined"), tidy = number(t, "attention");
    struct strbuf b = {0};

    first_words(&b, risk, all, "at risk");
    more_words(&b, "; ", open, " not known yet");
    more_words(&b, ", ", tidy, " to tidy");
    more_words(&b, ", ", all - risk - open - tidy, " without a problem found.");
    book_words(p->b, p->s, p->row++, 0, strbuf_str(&b), FMT_LABEL);
    strbuf_free(&b);
}

/* Before a move the question is another one: who can go. */
static void ready_sentence(struct page *p, const struct rows *t)
{
    struct strbuf b = {0};

    first_words(&b, number(t, "ready"), number(t, "devices"), "ready to move");
    more_words(&b, "; ", number(t, "blocked"), " blocked");
    more_words(&b, ", ", number(t, "hands_on"), " with someone at the Mac");
    more_words(&b, ", ", number(t, "action_first"),
               " after an action from afar");
    more_words(&b, ", ", number(t, "unknown"),
               " not known yet, which counts as not ready.");
    book_words(p->b, p->s, p->row++, 0, strbuf_str(&b), FMT_LABEL);
    strbuf_free(&b);
}

/* Five groups, which add up to all Macs: the bars of the first chart. */
struct group {
    const char *code, *column;
    uint32_t colour;
};

#define GROUPS 5

static const struct group verdict_groups[GROUPS] = {
    {"at-risk", "at_risk", 0x5b0f3a},
    {"undetermined", "undetermined", 0xc9d1d9},
    {"attention", "attention", 0xf0b429},
    {"partial", "partial", 0x9fc5b0},
    {"clean", "clean", 0x1b6b45}};
static const struct group ready_groups[GROUPS] = {
    {"blocked", "blocked", 0x5b0f3a},
    {"hands-on", "hands_on", 0xf0b429},
    {"action-first", "action_first", 0x5aa9d6},
    {"unknown", "unknown", 0xc9d1d9},
    {"ready", "ready", 0x1b6b45}};

static bool is_move(const struct page *p)
{
    return strcmp(p->r->use, "migration") == 0;
}

static void groups(struct page *p, const struct rows *t)
{
    static const char *const verdict_titles[] = {"Macs by verdict", ">Macs",
                                                 ">Share"};
    static const char *const ready_titles[] = {"Macs by readiness", ">Macs",
                                               ">Share"};
    const struct group *list = is_move(p) ? ready_groups : verdict_groups;
    int64_t all = number(t, "devices");
    size_t i;

    p->row++;
    header(p, is_move(p) ? ready_titles : verdict_titles, 3);
    p->groups = p->row;
    for (i = 0; i < GROUPS; i++, p->row++) {
        double n = (double)number(t, list[i].column);

        book_words(
            p->b, p->s, p->row, 0,
            html_plain(is_move(p) ? "readiness" : "verdict", list[i].code),
            FMT_INDENT);
        book_number(p->b, p->s, p->row, 1, n, FMT_NUMBER);
        if (all)
            book_number(p->b, p->s, p->row, 2, n / (double)all, FMT_PERCENT);
    }
    book_words(p->b, p->s, p->row, 0, "All Macs", FMT_LABEL);
    book_number(p->b, p->s, p->row++, 1, (double)all, FMT_NUMBER);
}

static void silent(struct page *p, const struct rows *t)
{
    book_words(p->b, p->s, p->row, 0, "of these not reporting", FMT_TEXT);
    book_number(p->b, p->s, p->row++, 1, (double)number(t, "not_reporting"),
                FMT_NUMBER);
}

static void rates(struct page *p, const struct rows *t)
{
    static const struct {
        const char *words, *column;
        enum book_format format;
    } list[] = {
        {"Pass rate of what was measured", "pass_rate", FMT_PERCENT},
        {"Measured (coverage)", "coverage", FMT_PERCENT},
        {"Change, over rules measured in both periods", "change", FMT_POINTS}};
    size_t i;

    for (i = 0; i < COUNT_OF(list); i++) {
        const struct cell *c = rows_cell(t, rows_column(t, list[i].column));

        book_words(p->b, p->s, p->row, 0, list[i].words, FMT_TEXT);
        if (c->kind == CELL_SHARE)
            book_number(p->b, p->s, p->row, 1, c->share, list[i].format);
        else
            book_words(p->b, p->s, p->row, 1, "not known", FMT_TEXT);
        p->row++;
    }
}

static int readiness(struct page *p, struct err *err)
{
    struct rows *t = rows_open(p->r, "readiness", err);
    int step = t ? rows_next(t, err) : -1;

    if (step == 1) {
        ready_sentence(p, t);
        groups(p, t);
    }
    rows_close(t);
    return step < 0 ? -1 : 0;
}

static int totals(struct page *p, struct err *err)
{
    struct rows *t = NULL;
    int step = -1;

    if (is_move(p) && readiness(p, err) < 0)
        return -1;
    t = rows_open(p->r, "totals", err);
    step = t ? rows_next(t, err) : -1;
    if (step == 1) {
        if (!is_move(p)) {
            sentence(p, t);
            groups(p, t);
        }
        silent(p, t);
        rates(p, t);
    }
    rows_close(t);
    return step < 0 ? -1 : 0;
}

/* The first rows of a query under a heading. "columns" name its cells. */
static int list(struct page *p, const char *title_text, const char *query,
                const char *const *titles, const char *const *columns, int n,
                struct err *err)
{
    struct rows *rows = rows_open(p->r, query, err);
    int64_t count = 0;
    int step, i;

    if (!rows)
        return -1;
    heading(p, title_text);
    header(p, titles, n);
    while ((step = rows_next(rows, err)) == 1) {
        if (++count > TOP)
            continue;
        for (i = 0; i < n; i++)
            list_cell(p, i, columns[i],
                      rows_cell(rows, rows_column(rows, columns[i])));
        p->row++;
    }
    rows_close(rows);
    if (count == 0)
        book_words(p->b, p->s, p->row++, p->col, "None", FMT_INDENT);
    if (count > TOP) {
        char more[64];

        snprintf(more, sizeof(more), "and %lld more", (long long)count - TOP);
        book_words(p->b, p->s, p->row++, p->col, more, FMT_NOTE);
    }
    return step;
}

static int left_lists(struct page *p, struct err *err)
{
    static const char *const rule_titles[] = {"What fails",    "Severity",
                                              ">Failed",       ">Not known",
                                              ">Not measured", ">Pass rate"};
    static const char *const rule_columns[] = {
        "title", "severity", "fail", "unknown", "notchecked", "pass_rate"};
    static const char *const what_titles[] = {"Fix", "Effort", ">Macs", "Who"};
    static const char *const what_columns[] = {"title", "effort", "devices",
                                               "who"};

    if (list(p, "What fails most", "worst_rules", rule_titles, rule_columns, 6,
             err) < 0)
        return -1;
    return list(p, "What to do, by the number of Macs", "worst_remedies",
                what_titles, what_columns, 4, err);
}

static int right_lists(struct page *p, struct err *err)
{
    static const char *const gap_titles[] = {"Missing fact", ">Macs", "Rules"};
    static const char *const gap_columns[] = {"fact", "devices", "rules"};
    static const char *const change_titles[] = {"Change", ">Macs", ">Findings"};
    static const char *const change_columns[] = {"change", "devices",
                                                 "findings"};

    if (p->r->before_id && list(p, "Since the period before", "change_counts",
                                change_titles, change_columns, 3, err) < 0)
        return -1;
    return list(p, "What was not measured", "gaps", gap_titles, gap_columns, 3,
                err);
}

/* Rows for the line chart. */
static int trend(struct page *p, struct err *err)
{
    static const char *const titles[] = {"Period",   ">At risk",   ">Not known",
                                         ">To tidy", ">Pass rate", "Rules"};
    static const char *const columns[] = {"period", "at_risk", "undetermined",
                                          "attention", "pass_rate"};
    struct rows *rows = rows_open(p->r, "trend", err);
    int step = -1;
    size_t i;

    if (!rows)
        return -1;
    heading(p, "Period by period");
    header(p, titles, (int)COUNT_OF(titles));
    p->trend_from = p->row;
    while ((step = rows_next(rows, err)) == 1) {
        for (i = 0; i < COUNT_OF(columns); i++)
            list_cell(p, (int)i, columns[i],
                      rows_cell(rows, rows_column(rows, columns[i])));
        if (rows_cell(rows, rows_column(rows, "other_rules"))->number)
            book_words(p->b, p->s, p->row, 5, "changed", FMT_INDENT);
        p->row++;
    }
    p->trend_to = p->row - 1;
    rows_close(rows);
    return step;
}

/* Sheets, and what became of rows and cells that were too many or too long. */
static void contents(struct page *p)
{
    size_t i, parts = 0;
    char place[48], text[120];

    heading(p, "In this workbook");
    for (i = 1; i < p->b->count; i++) {
        const struct sheet *s = p->b->sheets[i];

        snprintf(place, sizeof(place), "'%s'!A1", s->name);
        book_link(p->b, p->s, p->row, p->col, place, s->name, strlen(s->name));
        if (i + 1 < p->b->count)
            book_number(p->b, p->s, p->row, p->col + 1,
                        (double)(s->fill       ? s->fill_rows
                                 : s->rows > 0 ? s->rows - 1
                                               : 0),
                        FMT_NUMBER);
        parts += strchr(s->name, '(') != NULL;
        p->row++;
    }
    if (parts) {
        snprintf(text, sizeof(text),
                 "Sheets hold at most %d rows; the rest goes on in the sheet "
                 "after it.",
                 BOOK_ROWS);
        book_words(p->b, p->s, p->row++, p->col, text, FMT_NOTE);
    }
    if (p->b->cut || p->b->long_texts)
        book_words(p->b, p->s, p->row++, p->col,
                   "Texts too long for a cell end with a note; the CSV files "
                   "have all of them.",
                   FMT_NOTE);
}

static void group_chart(struct page *p)
{
    lxw_chart *c = workbook_add_chart(p->b->wb, LXW_CHART_BAR);
    lxw_chart_options place = {.x_scale = 1.3, .y_scale = 0.88};
    const struct group *list = is_move(p) ? ready_groups : verdict_groups;
    lxw_chart_fill fills[GROUPS];
    lxw_chart_point points[GROUPS], *list_of[GROUPS + 1] = {NULL};
    lxw_chart_series *s = c ? chart_add_series(c, NULL, NULL) : NULL;
    lxw_row_t from = (lxw_row_t)p->groups, to = from + GROUPS - 1;
    size_t i;

    if (!s) {
        BOOK_CALL(p->b, LXW_ERROR_MEMORY_MALLOC_FAILED);
        return;
    }
    memset(points, 0, sizeof(points));
    memset(fills, 0, sizeof(fills));
    for (i = 0; i < GROUPS; i++) {
        fills[i].color = list[i].colour;
        points[i].fill = &fills[i];
        list_of[i] = &points[i];
    }
    chart_series_set_categories(s, "Summary", from, 0, to, 0);
    chart_series_set_values(s, "Summary", from, 1, to, 1);
    chart_series_set_name(s, "Macs");
    BOOK_CALL(p->b, chart_series_set_points(s, list_of));
    chart_series_set_labels(s);
    chart_title_set_name(c,
                         is_move(p) ? "Macs by readiness" : "Macs by verdict");
    chart_legend_set_position(c, LXW_CHART_LEGEND_NONE);
    chart_axis_set_reverse(c->y_axis);
    chart_axis_major_gridlines_set_visible(c->x_axis, LXW_FALSE);
    BOOK_CALL(p->b, worksheet_insert_chart_opt(p->s->ws, 3, RIGHT, c, &place));
}

static void trend_chart(struct page *p)
{
    lxw_chart *c;
    lxw_chart_options place = {.x_scale = 1.3, .y_scale = 0.88};
    static const char *const names[] = {"At risk", "Not known yet", "To tidy"};
    static lxw_chart_line lines[] = {{.color = 0x5b0f3a, .width = 2.25},
                                     {.color = 0x4a5560, .width = 2.25},
                                     {.color = 0xf0b429, .width = 2.25}};
    lxw_row_t from = (lxw_row_t)p->trend_from, to = (lxw_row_t)p->trend_to;
    size_t i;

    if (p->trend_to <= p->trend_from) /* one period is no trend */
        return;
    c = workbook_add_chart(p->b->wb, LXW_CHART_LINE);
    for (i = 0; c && i < COUNT_OF(names); i++) {
        lxw_chart_series *s = chart_add_series(c, NULL, NULL);
        lxw_col_t col = (lxw_col_t)(i + 1);

        if (!s)
            break;
        chart_series_set_categories(s, "Summary", from, 0, to, 0);
        chart_series_set_values(s, "Summary", from, col, to, col);
        chart_series_set_name(s, names[i]);
        chart_series_set_line(s, &lines[i]);
    }
    if (!c) {
        BOOK_CALL(p->b, LXW_ERROR_MEMORY_MALLOC_FAILED);
        return;
    }
    chart_title_set_name(c, "Macs, period by period");
    chart_legend_set_position(c, LXW_CHART_LEGEND_BOTTOM);
    BOOK_CALL(p->b, worksheet_insert_chart_opt(p->s->ws, 4 + CHART_ROWS, RIGHT,
                                               c, &place));
}

/* At the top of the right side, as high as three rows. An SVG is for the page
 * alone: workbooks show none. */
static void logo(struct page *p)
{
    const struct brand *brand = p->r->brand;
    lxw_image_options place = {.x_scale = 1, .y_scale = 1};

    if (!brand || !brand->logo.len || brand->height == 0)
        return;
    if (brand->height > LOGO_PIXELS)
        place.x_scale = place.y_scale = (double)LOGO_PIXELS / brand->height;
    BOOK_CALL(p->b,
              worksheet_insert_image_buffer_opt(
                  p->s->ws, 0, RIGHT, (const unsigned char *)brand->logo.data,
                  brand->logo.len, &place));
}

static void layout(struct page *p)
{
    static const double widths[] = {60, 18, 13, 13, 14, 11, 3, 50, 11, 30};
    lxw_worksheet *ws = p->s->ws;
    size_t i;

    for (i = 0; i < COUNT_OF(widths); i++) {
        p->s->width[i] = 0; /* not by their content */
        BOOK_CALL(p->b, worksheet_set_column(ws, (lxw_col_t)i, (lxw_col_t)i,
                                             widths[i], NULL));
    }
    BOOK_CALL(p->b, worksheet_set_row(ws, 0, 30, NULL));
    worksheet_gridlines(ws, LXW_HIDE_ALL_GRIDLINES);
    xlsx_print(p->b, p->s, p->r, 1);
    worksheet_activate(ws);
}

int xlsx_summary(struct book *b, struct sheet *s, const struct report *r,
                 struct err *err)
{
    struct page p = {.b = b, .s = s, .r = r};

    title(&p);
    if (totals(&p, err) < 0 || left_lists(&p, err) < 0 || trend(&p, err) < 0)
        return -1;
    p.col = RIGHT;
    p.row = 3 + CHART_ROWS;
    if (p.trend_to > p.trend_from)
        p.row += 1 + CHART_ROWS;
    if (right_lists(&p, err) < 0)
        return -1;
    contents(&p);
    group_chart(&p);
    trend_chart(&p);
    logo(&p);
    layout(&p);
    return 0;
}
