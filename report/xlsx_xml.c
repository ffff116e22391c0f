/*
 * xlsx_xml.c - rows of cells as the XML of a sheet.
 */
#include "core/base.h"

#include "report/xlsx_book.h"
#include "report/xlsx_xml.h"

void xml_start(struct xml *x, xml_write_fn *write, void *ctx)
{
    x->write = write;
    x->ctx = ctx;
    x->cells = x->cut = x->row = 0;
    x->failed = false;
    x->safe = (struct strbuf){0};
    x->len = 0;
}

static void flush(struct xml *x)
{
    if (x->len && !x->failed && !x->write(x->ctx, x->data, x->len))
        x->failed = true;
    x->len = 0;
}

bool xml_end(struct xml *x)
{
    flush(x);
    if (!strbuf_ok(&x->safe))
        x->failed = true;
    strbuf_free(&x->safe);
    return !x->failed;
}

static void put(struct xml *x, const char *p, size_t n)
{
    while (n > XML_SIZE - x->len) {
        size_t part = XML_SIZE - x->len;

        memcpy(x->data + x->len, p, part);
        x->len += part;
        p += part;
        n -= part;
        flush(x);
    }
    memcpy(x->data + x->len, p, n);
    x->len += n;
}

#define PUT(x, literal) put((x), (literal), sizeof(literal) - 1)

static size_t digits(uint64_t v, char out[24])
{
    char back[24];
    size_t n = 0, i;

    do
        back[n++] = (char)('0' + v % 10);
    while (v /= 10);
    for (i = 0; i < n; i++)
        out[i] = back[n - 1 - i];
    return n;
}

static void put_int(struct xml *x, int64_t v)
{
    char out[24];

    if (v < 0)
        PUT(x, "-");
    put(x, out, digits(v < 0 ? 0 - (uint64_t)v : (uint64_t)v, out));
}

size_t xml_column(int column, char out[4])
{
    if (column < 26) {
        out[0] = (char)('A' + column);
        return 1;
    }
    if (column < 26 + 26 * 26) {
        column -= 26;
        out[0] = (char)('A' + column / 26);
        out[1] = (char)('A' + column % 26);
        return 2;
    }
    column -= 26 + 26 * 26;
    out[0] = (char)('A' + column / 676);
    out[1] = (char)('A' + column / 26 % 26);
    out[2] = (char)('A' + column % 26);
    return 3;
}

void xml_row(struct xml *x, int64_t row, int lines)
{
    x->row = row;
    PUT(x, "<row r=\"");
    put_int(x, row);
    if (lines > 1) {
        PUT(x, "\" ht=\"");
        put_int(x, (int64_t)BOOK_LINE * lines);
    }
    PUT(x, "\">");
}

void xml_row_end(struct xml *x)
{
    PUT(x, "</row>");
}

/* <c r="A2" s="5" - what follows closes the tag. */
static void open_cell(struct xml *x, int column, enum xml_style style)
{
    char name[4];

    x->cells++;
    PUT(x, "<c r=\"");
    put(x, name, xml_column(column, name));
    put_int(x, x->row);
    PUT(x, "\" s=\"");
    put_int(x, x->style[style]);
}

/* What XML and the format want escaped; others as they are. */
static void put_escaped(struct xml *x, const char *p, size_t n)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t i, from = 0;

    for (i = 0; i < n; i++) {
        unsigned char c = (unsigned char)p[i];

        if (c >= 0x20 && c != '&' && c != '<' && c != '>')
            continue;
        if (c == '\n' || c == '\t')
            continue;
        put(x, p + from, i - from);
        from = i + 1;
        if (c == '&')
            PUT(x, "&amp;");
        else if (c == '<')
            PUT(x, "&lt;");
        else if (c == '>')
            PUT(x, "&gt;");
        else {
            char code[] = "_x0000_";

            code[4] = hex[c >> 4];
            code[5] = hex[c & 15];
            put(x, code, 7);
        }
    }
    put(x, p + from, n - from);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t';
}

void xml_text(struct xml *x, int column, const char *p, size_t n,
              enum xml_style style)
{
    const char *safe;
    bool cut;

    if (n == 0)
        return;
    safe = book_safe(&x->safe, p, n, &cut);
    x->cut += cut;
    if (safe != p)
        n = strlen(safe);
    open_cell(x, column, style);
    if (is_space(safe[0]) || is_space(safe[n - 1]))
        PUT(x, "\" t=\"inlineStr\"><is><t xml:space=\"preserve\">");
    else
        PUT(x, "\" t=\"inlineStr\"><is><t>");
    put_escaped(x, safe, n);
    PUT(x, "</t></is></c>");
}

static void put_double(struct xml *x, double v)
{
    char out[40];
    int n = snprintf(out, sizeof(out), "%.16g", v);

    put(x, out, n > 0 ? (size_t)n : 0);
}

void xml_share(struct xml *x, int column, double share, enum xml_style style)
{
    open_cell(x, column, style);
    PUT(x, "\"><v>");
    put_double(x, share);
    PUT(x, "</v></c>");
}

/* Days since 1899-12-30, the part of a day in ten digits. */
static void put_date(struct xml *x, int64_t t)
{
    int64_t day = t / 86400, rest = t % 86400;
    char out[24];
    size_t n;

    if (rest < 0) {
        day--;
        rest += 86400;
    }
    put_int(x, day + 25569);
    if (rest == 0)
        return;
    n = digits((uint64_t)(10000000000 + rest * 10000000000 / 86400), out);
    while (n > 1 && out[n - 1] == '0')
        n--;
    PUT(x, ".");
    put(x, out + 1, n - 1);
}

static enum xml_style percent(double share)
{
    switch (book_percent(share)) {
    case FMT_PERCENT_LEAST:
        return XML_PERCENT_LEAST;
    case FMT_PERCENT_MOST:
        return XML_PERCENT_MOST;
    default:
        return XML_PERCENT;
    }
}

void xml_cell(struct xml *x, int column, const struct cell *c)
{
    switch (c->kind) {
    case CELL_EMPTY:
        return;
    case CELL_TEXT:
        xml_text(x, column, c->text, c->len, XML_TEXT);
        return;
    case CELL_INT:
        open_cell(x, column, XML_NUMBER);
        PUT(x, "\"><v>");
        put_int(x, c->number);
        PUT(x, "</v></c>");
        return;
    case CELL_SHARE:
        xml_share(x, column, c->share, percent(c->share));
        return;
    case CELL_TIME:
        if (c->number == 0) {
            xml_text(x, column, "never", 5, XML_TEXT);
            return;
        }
        open_cell(x, column, XML_DATE);
        PUT(x, "\"><v>");
        put_date(x, c->number);
        PUT(x, "</v></c>");
        return;
    case CELL_BOOL:
        if (c->number)
            xml_text(x, column, "Yes", 3, XML_TEXT);
        else
            xml_text(x, column, "No", 2, XML_TEXT);
        return;
    }
}
