/*
 * xlsx_book.c - a workbook in which every call is checked.
 */
#include "core/base.h"

#include "core/text.h"
#include "report/xlsx_book.h"

#include <fcntl.h>
#include <unistd.h>

#define NOTE_UNITS 60 /* room for the note at the end of a cut text */
#define HOUSE_COLOUR 0x24384f
#define WIDTH_ROWS 5000 /* rows that a column's width is taken from */
#define WIDTH_LEAST 8
#define WIDTH_MOST BOOK_WIDE
#define LINKS_MOST 60000 /* the format allows 65,530 a sheet */

void book_check(struct book *b, lxw_error rc, const char *call)
{
    if (rc == LXW_NO_ERROR || b->first != LXW_NO_ERROR)
        return;
    b->first = rc;
    b->what = call;
}

/* --------------------------------------------------------------- formats -- */

struct look {
    const char *number; /* NULL: general */
    bool bold, wrap, border;
    double size;            /* 0: as it is */
    lxw_color_t font, fill; /* 0: as it is */
};

static const struct look looks[FMT_COUNT] = {
    [FMT_TEXT] = {"@", false, false, false, 0, 0, 0},
    [FMT_WRAP] = {"@", false, true, false, 0, 0, 0},
    [FMT_DATE] = {"yyyy-mm-dd hh:mm", false, false, false, 0, 0, 0},
    [FMT_PERCENT] = {"0.0%", false, false, false, 0, 0, 0},
    [FMT_PERCENT_LEAST] = {"\"0.1%\"", false, false, false, 0, 0, 0},
    [FMT_PERCENT_MOST] = {"\"99.9%\"", false, false, false, 0, 0, 0},
    [FMT_POINTS] = {"+0.0%;-0.0%;0.0%", false, false, false, 0, 0, 0},
    [FMT_NUMBER] = {"#,##0", false, false, false, 0, 0, 0},
    [FMT_HEADER] = {"@", true, true, true, 0, 0xffffff, HOUSE_COLOUR},
    [FMT_HEADER_LEFT] = {"@", true, true, true, 0, 0xffffff, HOUSE_COLOUR},
    [FMT_HEADER_RIGHT] = {"@", true, true, true, 0, 0xffffff, HOUSE_COLOUR},
    [FMT_INDENT] = {"@", false, false, false, 0, 0, 0},
    [FMT_INPUT] = {"@", false, true, true, 0, 0, 0xfff8e1},
    [FMT_LINK] = {"@", false, false, false, 0, 0x00618f, 0},
    [FMT_TITLE] = {"@", true, false, false, 20, HOUSE_COLOUR, 0},
    [FMT_LEAD] = {"@", false, true, false, 13, 0, 0},
    [FMT_NOTE] = {"@", false, true, false, 9, 0x4a5560, 0},
    [FMT_LABEL] = {"@", true, false, false, 0, HOUSE_COLOUR, 0},
    [FMT_BIG] = {"#,##0", true, false, false, 16, HOUSE_COLOUR, 0},
    [FMT_CRITICAL] = {NULL, true, false, false, 0, 0xffffff, 0x5b0f3a},
    [FMT_HIGH] = {NULL, true, false, false, 0, 0xffffff, 0xc4470d},
    [FMT_MEDIUM] = {NULL, true, false, false, 0, LXW_COLOR_BLACK, 0xf0b429},
    [FMT_LOW] = {NULL, false, false, false, 0, LXW_COLOR_BLACK, 0x5aa9d6},
    [FMT_INFO] = {NULL, false, false, false, 0, LXW_COLOR_BLACK, 0xc9d1d9},
};

static lxw_format *make_format(lxw_workbook *wb, const struct look *l)
{
    lxw_format *f = workbook_add_format(wb);

    if (!f)
        return NULL;
    if (l->number && strcmp(l->number, "@") == 0)
        format_set_num_format_index(f, 49);
    else if (l->number)
        format_set_num_format(f, l->number);
    if (l->bold)
        format_set_bold(f);
    if (l->size > 0)
        format_set_font_size(f, l->size);
    if (l->font)
        format_set_font_color(f, l->font);
    if (l->fill) {
        format_set_bg_color(f, l->fill);
        format_set_pattern(f, LXW_PATTERN_SOLID);
    }
    if (l->wrap)
        format_set_text_wrap(f);
    if (l->border) {
        format_set_border(f, LXW_BORDER_THIN);
        format_set_border_color(f, 0xc9d1d9);
    }
    format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
    return f;
}

/* ------------------------------------------------------------------ book -- */

int book_open(struct book *b, const char *path, struct err *err)
{
    const char *slash = strrchr(path, '/');
    lxw_workbook_options options = {0};
    size_t i;

    memset(b, 0, sizeof(*b));
    snprintf(b->path, sizeof(b->path), "%s", path);
    snprintf(b->tmpdir, sizeof(b->tmpdir), "%.*s",
             slash ? (int)(slash - path) : 1, slash ? path : ".");
    options.tmpdir = b->tmpdir; /* beside the report, not in a shared folder */
    b->wb = workbook_new_opt(path, &options);
    if (!b->wb)
        return err_nomem(err);
    for (i = 0; i < FMT_COUNT; i++) {
        b->format[i] = make_format(b->wb, &looks[i]);
        if (!b->format[i]) {
            book_free(b);
            return err_nomem(err);
        }
    }
    format_set_align(b->format[FMT_HEADER_RIGHT], LXW_ALIGN_RIGHT);
    format_set_indent(b->format[FMT_INDENT], 1);
    format_set_indent(b->format[FMT_HEADER_LEFT], 1);
    format_set_underline(b->format[FMT_LINK], LXW_UNDERLINE_SINGLE);
    return 0;
}

void book_colour(struct book *b, uint32_t colour)
{
    int i;

    for (i = 0; i < FMT_COUNT; i++) {
        if (looks[i].fill == HOUSE_COLOUR)
            format_set_bg_color(b->format[i], colour);
        if (looks[i].font == HOUSE_COLOUR)
            format_set_font_color(b->format[i], colour);
    }
}

struct sheet *book_sheet(struct book *b, const char *name)
{
    struct sheet *s;

    if (b->count == BOOK_SHEETS) {
        BOOK_CALL(b, LXW_ERROR_PARAMETER_VALIDATION);
        return NULL;
    }
    s = calloc(1, sizeof(*s));
    if (!s) {
        BOOK_CALL(b, LXW_ERROR_MEMORY_MALLOC_FAILED);
        return NULL;
    }
    snprintf(s->name, sizeof(s->name), "%s", name);
    s->last_row = -1;
    s->ws = workbook_add_worksheet(b->wb, name);
    if (!s->ws) {
        free(s);
        BOOK_CALL(b, LXW_ERROR_MEMORY_MALLOC_FAILED);
        return NULL;
    }
    b->sheets[b->count++] = s;
    return s;
}

static void set_widths(struct book *b)
{
    size_t i, c;

    for (i = 0; i < b->count; i++)
        for (c = 0; c < BOOK_COLUMNS; c++) {
            unsigned w = b->sheets[i]->width[c];

            if (!w)
                continue;
            w = w + 2 < WIDTH_LEAST ? WIDTH_LEAST : w + 2;
            w = w > WIDTH_MOST ? WIDTH_MOST : w;
            BOOK_CALL(b, worksheet_set_column(b->sheets[i]->ws, (lxw_col_t)c,
                                              (lxw_col_t)c, w, NULL));
        }
}

void book_counts(const struct book *b, struct output *out)
{
    struct strbuf d = {0};
    size_t i;

    out->rows = 0;
    strbuf_addc(&d, '{');
    for (i = 0; i < b->count; i++) {
        const struct sheet *s = b->sheets[i];

        strbuf_addf(&d, "%s\"%s\":{\"rows\":%lld,\"cells\":%lld}", i ? "," : "",
                    s->name, (long long)s->rows, (long long)s->cells);
        out->rows += s->rows;
    }
    strbuf_addc(&d, '}');
    snprintf(out->detail, sizeof(out->detail), "%s", strbuf_str(&d));
    out->cut = b->cut;
    strbuf_free(&d);
}

/* The library prints what goes wrong, file names and all: not on our stderr. */
static lxw_error close_quietly(lxw_workbook *wb)
{
    int null, saved;
    lxw_error rc;

    fflush(stderr);
    saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (null >= 0)
        dup2(null, STDERR_FILENO);
    rc = workbook_close(wb);
    fflush(stderr);
    if (saved >= 0) {
        dup2(saved, STDERR_FILENO);
        close(saved);
    }
    if (null >= 0)
        close(null);
    return rc;
}

int book_close(struct book *b, struct err *err)
{
    set_widths(b);
    BOOK_CALL(b, close_quietly(b->wb));
    b->wb = NULL;
    if (b->first != LXW_NO_ERROR)
        return err_at(err, ERR_OUTPUT, b->path, 0, 0,
                      "cannot write the workbook: %s (%s)",
                      lxw_strerror(b->first), b->what);
    return 0;
}

void book_free(struct book *b)
{
    size_t i;
    int c;

    if (b->wb) {
        if (!b->count)
            book_sheet(b, "Summary"); /* it wants one to close */
        close_quietly(b->wb);
    }
    b->wb = NULL;
    for (i = 0; i < b->count; i++) {
        for (c = 0; c < b->sheets[i]->columns; c++)
            free(b->sheets[i]->heads[c]);
        free(b->sheets[i]);
    }
    b->count = 0;
    strbuf_free(&b->safe);
}

/* ------------------------------------------------------------------ text -- */

/* UTF-16 units of a code point. */
static size_t units(uint32_t cp)
{
    return cp > 0xffff ? 2 : 1;
}

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') ||
           (c >= 'A' && c <= 'F');
}

/* "_x0041_", which spreadsheets decode. */
static bool is_escape(const char *p, size_t n)
{
    return n >= 7 && p[0] == '_' && p[1] == 'x' && is_hex(p[2]) &&
           is_hex(p[3]) && is_hex(p[4]) && is_hex(p[5]) && p[6] == '_';
}

/* Nothing that needs care: short, printable ASCII, no "_x". */
static bool is_plain(const char *p, size_t n)
{
    size_t i;

    if (n > BOOK_CELL)
        return false;
    for (i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];

        if (c < 0x20 || c > 0x7e || (c == '_' && p[i + 1] == 'x'))
            return false;
    }
    return true;
}

const char *book_safe(struct strbuf *buf, const char *text, size_t n, bool *cut)
{
    size_t i = 0, step, used = 0, keep = 0;
    uint32_t cp;

    *cut = false;
    if (is_plain(text, n))
        return text;
    strbuf_reset(buf);
    while (i < n) {
        step = utf8_decode(text + i, n - i, &cp);
        if (step == 0 || cp == 0xfffe || cp == 0xffff) {
            cp = 0xfffd;
            step = step ? step : 1;
        }
        if (used + NOTE_UNITS <= BOOK_CELL)
            keep = buf->len;
        if (is_escape(text + i, n - i)) {
            strbuf_adds(buf, "_x005F");
            used += 6;
        }
        if (cp == '\r') { /* XML would make it a line feed */
            strbuf_adds(buf, "_x000D_");
            used += 7;
        } else {
            utf8_append(buf, cp);
            used += units(cp) * (cp < 0x20 && cp != '\n' && cp != '\t' ? 7 : 1);
        }
        i += step;
        if (used > BOOK_CELL) {
            *cut = true;
            strbuf_truncate(buf, keep);
            strbuf_addf(buf, "\xe2\x80\xa6 [cut, %zu characters, see CSV]",
                        utf8_length(text, n));
            break;
        }
    }
    return strbuf_str(buf);
}

/* Characters as wide as they are shown, roughly: wide scripts count two. */
static unsigned shown_width(const char *p, size_t n)
{
    unsigned w = 0;
    size_t i;

    for (i = 0; i < n && w < WIDTH_MOST; i++) {
        unsigned char c = (unsigned char)p[i];

        if (c == '\n')
            break;
        if (c < 0x80 || (c >= 0xc0 && c < 0xe0))
            w++;
        else if (c >= 0xe0)
            w += 2;
    }
    return w;
}

/* Letters are narrower than the digits that widths are counted in, which
 * outweighs that words are not broken. */
int book_lines(const char *text, size_t n, unsigned width)
{
    size_t wide = 0, i;
    int lines = 1;

    for (i = 0; i < n && lines < BOOK_LINES; i++) {
        unsigned char c = (unsigned char)text[i];

        wide += c < 0x80 || (c >= 0xc0 && c < 0xe0) ? 1 : c >= 0xe0 ? 2 : 0;
        if (c != '\n' && (wide <= width || n - i <= width / 10))
            continue;
        lines += i + 1 < n;
        wide = 0;
    }
    return lines;
}

void book_row(struct book *b, struct sheet *s, int64_t row, int lines)
{
    if (s && lines > 1)
        BOOK_CALL(b, worksheet_set_row(s->ws, (lxw_row_t)row,
                                       (double)BOOK_LINE * lines, NULL));
}

void book_widen(struct sheet *s, int column, const char *text, size_t n)
{
    unsigned w = shown_width(text, n);

    if (column < BOOK_COLUMNS && w > s->width[column])
        s->width[column] = (uint16_t)w;
}

/* Whether nothing was written to the row before. Only the first rows of a
 * sheet are written in any order. */
static bool first_cell(struct sheet *s, int64_t row)
{
    bool first = row != s->last_row;

    s->last_row = row;
    if (row < (int64_t)(COUNT_OF(s->seen) * 64)) {
        uint64_t bit = UINT64_C(1) << (row % 64);

        first = !(s->seen[row / 64] & bit);
        s->seen[row / 64] |= bit;
    }
    return first;
}

static void track(struct sheet *s, int64_t row, int column, unsigned width)
{
    if (first_cell(s, row))
        s->rows++;
    s->cells++;
    if (column < BOOK_COLUMNS && width > s->width[column])
        s->width[column] = (uint16_t)width;
}

void book_text(struct book *b, struct sheet *s, int64_t row, int column,
               const char *text, size_t n, enum book_format format)
{
    bool cut,
        title = format == FMT_TITLE || format == FMT_LEAD || format == FMT_NOTE;
    const char *safe;

    if (!s || n == 0)
        return;
    safe = book_safe(&b->safe, text, n, &cut);
    b->cut += cut;
    track(s, row, column,
          row <= WIDTH_ROWS && !title ? shown_width(text, n) : 0);
    BOOK_CALL(b,
              worksheet_write_string(s->ws, (lxw_row_t)row, (lxw_col_t)column,
                                     safe, b->format[format]));
}

void book_words(struct book *b, struct sheet *s, int64_t row, int column,
                const char *text, enum book_format format)
{
    book_text(b, s, row, column, text, strlen(text), format);
}

enum book_format book_percent(double share)
{
    if (share > 0 && share < 0.0005)
        return FMT_PERCENT_LEAST;
    return share >= 0.9995 && share < 1 ? FMT_PERCENT_MOST : FMT_PERCENT;
}

void book_number(struct book *b, struct sheet *s, int64_t row, int column,
                 double v, enum book_format format)
{
    char text[32];

    if (!s)
        return;
    if (!(v > -9.0e15 && v < 9.0e15)) { /* beyond what a cell can count */
        snprintf(text, sizeof(text), "%.0f", v);
        book_words(b, s, row, column, text, FMT_TEXT);
        return;
    }
    track(s, row, column, format == FMT_DATE ? 16 : 8);
    if (format == FMT_PERCENT)
        format = book_percent(v);
    BOOK_CALL(b,
              worksheet_write_number(s->ws, (lxw_row_t)row, (lxw_col_t)column,
                                     v, b->format[format]));
}

void book_blank(struct book *b, struct sheet *s, int64_t row, int column,
                enum book_format format)
{
    if (!s)
        return;
    track(s, row, column, 0);
    BOOK_CALL(b, worksheet_write_blank(s->ws, (lxw_row_t)row, (lxw_col_t)column,
                                       b->format[format]));
}

void book_head(struct book *b, struct sheet *s, const char *title,
               enum book_format format)
{
    char *copy;
    bool cut;

    if (!s || s->columns == BOOK_COLUMNS)
        return;
    copy = strdup(book_safe(&b->safe, title, strlen(title), &cut));
    if (!copy) {
        BOOK_CALL(b, LXW_ERROR_MEMORY_MALLOC_FAILED);
        return;
    }
    b->cut += cut;
    track(s, 0, s->columns, shown_width(copy, strlen(copy)));
    s->heads[s->columns] = copy;
    s->head_format[s->columns++] = format;
}

/* "tblAccepted_risks": letters and digits, and the name of no cell. */
static void table_name(const struct sheet *s, char *out, size_t size)
{
    size_t n = (size_t)snprintf(out, size, "tbl%s", s->name), i;

    while (n > 0 && out[n - 1] == ')')
        out[--n] = '\0';
    for (i = 0; i < n; i++)
        if (ascii_upper(out[i]) < 'A' && (out[i] < '0' || out[i] > '9'))
            out[i] = '_';
}

void book_table(struct book *b, struct sheet *s, int64_t rows)
{
    lxw_table_column columns[BOOK_COLUMNS] = {{.header = NULL}};
    lxw_table_column *list[BOOK_COLUMNS + 1] = {NULL};
    char name[48];
    lxw_table_options t = {.name = name,
                           .style_type = LXW_TABLE_STYLE_TYPE_LIGHT,
                           .style_type_number = 1,
                           .columns = list};
    int i;

    if (!s || !s->columns)
        return;
    table_name(s, name, sizeof(name));
    for (i = 0; i < s->columns; i++) {
        columns[i].header = s->heads[i];
        columns[i].header_format = b->format[s->head_format[i]];
        list[i] = &columns[i];
    }
    BOOK_CALL(b, worksheet_add_table(s->ws, 0, 0, /* it wants a row of data */
                                     (lxw_row_t)(rows > 0 ? rows : 1),
                                     (lxw_col_t)(s->columns - 1), &t));
}

/* Days since 1899-12-30, as spreadsheets count them. */
static double serial_date(int64_t t)
{
    return (double)t / 86400.0 + 25569.0;
}

void book_cell(struct book *b, struct sheet *s, int64_t row, int column,
               const struct cell *c)
{
    switch (c->kind) {
    case CELL_EMPTY:
        return;
    case CELL_TEXT:
        book_text(b, s, row, column, c->text, c->len, FMT_TEXT);
        return;
    case CELL_INT:
        book_number(b, s, row, column, (double)c->number, FMT_NUMBER);
        return;
    case CELL_SHARE:
        book_number(b, s, row, column, c->share, FMT_PERCENT);
        return;
    case CELL_TIME:
        if (c->number == 0)
            book_text(b, s, row, column, "never", 5, FMT_TEXT);
        else
            book_number(b, s, row, column, serial_date(c->number), FMT_DATE);
        return;
    case CELL_BOOL:
        book_words(b, s, row, column, c->number ? "Yes" : "No", FMT_TEXT);
        return;
    }
}

void book_link(struct book *b, struct sheet *s, int64_t row, int column,
               const char *internal, const char *text, size_t n)
{
    char url[80];
    const char *safe;
    bool cut;

    if (!s || b->links >= LINKS_MOST || n == 0) {
        book_text(b, s, row, column, text, n, FMT_TEXT);
        return;
    }
    b->links++;
    snprintf(url, sizeof(url), "internal:%s", internal);
    safe = book_safe(&b->safe, text, n, &cut);
    b->cut += cut;
    track(s, row, column, row <= WIDTH_ROWS ? shown_width(text, n) : 0);
    BOOK_CALL(b,
              worksheet_write_url_opt(s->ws, (lxw_row_t)row, (lxw_col_t)column,
                                      url, b->format[FMT_LINK], safe, NULL));
}
