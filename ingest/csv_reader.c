/*
 * csv_reader.c - rows of a CSV file, by libcsv in its strict mode.
 *
 * libcsv pushes cells, our callers pull rows: a chunk of bytes is parsed at a
 * time and its rows are queued. libcsv gives no places, so lines are counted
 * here: rows by its callback for every line end, line ends inside quotes by a
 * scan from quote to quote, which also remembers where the last one opened.
 */
#include "core/base.h"

#include "core/text.h"
#include "ingest/csv_reader.h"
#include "ingest/secrets.h"

#include <csv.h>

#define CHUNK ((size_t)32 * 1024)
#define SLACK 16

struct queued {
    size_t first; /* cell */
    uint32_t count;
    int64_t line;
    bool open;
};

enum fault { FAULT_NONE, FAULT_COLUMNS, FAULT_ROW, FAULT_MEMORY };

struct csv_reader {
    struct input *in;
    struct csv_parser p;
    bool parser_made;
    char delimiter;
    bool backslashed, escape_open;
    bool ended;
    enum fault fault;

    char **header; /* NULL until it is read */
    size_t columns;
    const bool *wanted;
    csv_also_fn *also;

    char *text; /* cells of the queued rows */
    size_t text_len, text_cap;
    struct csv_cell *cells;
    size_t cell_count, cell_cap;
    struct queued *rows;
    size_t row_count, row_cap, row_at;

    size_t row_first, row_bytes; /* the row being parsed */
    int64_t row_line;
    int64_t line;  /* of the next byte that libcsv sees */
    bool after_cr; /* the last line end was CR: an LF belongs to it */
    bool inner;    /* this chunk has line ends inside quotes */
    char last_byte;

    /* Places, by our own scan of the bytes. */
    bool in_quotes, scan_cr;
    int64_t quote_line, quote_col;
    int64_t scan_line,
        scan_col; /* of the next byte of the next chunk, 0-based */
    char chunk[CHUNK];
};

/* ---------------------------------------------------------------- places */

struct place {
    int64_t line, col; /* both from 0 */
};

static const char *line_end(const char *p, const char *end)
{
    const char *lf = memchr(p, '\n', (size_t)(end - p));
    const char *cr = memchr(p, '\r', (size_t)((lf ? lf : end) - p));

    return cr ? cr : lf;
}

/* The place of chunk[at]. */
static struct place place_of(const struct csv_reader *r, const char *s,
                             size_t at)
{
    struct place p = {r->scan_line, r->scan_col};
    const char *start = s, *end = s + at, *stop;
    bool cr = r->scan_cr;

    while ((stop = line_end(start, end)) != NULL) {
        if (!(*stop == '\n' && cr && stop == start))
            p.line++;
        cr = *stop == '\r';
        p.col = 0;
        start = stop + 1;
    }
    p.col += (int64_t)utf8_length(start, (size_t)(end - start));
    return p;
}

/* Advance the scan over a chunk whose line ends are counted one by one. */
static void scan_lines(struct csv_reader *r, const char *s, size_t n)
{
    const char *p = s, *end = s + n, *stop, *start = s;

    while ((stop = line_end(p, end)) != NULL) {
        if (!(*stop == '\n' && r->scan_cr && stop == p))
            r->scan_line++;
        r->scan_cr = *stop == '\r';
        r->scan_col = 0;
        start = p = stop + 1;
    }
    if (start < end) {
        r->scan_cr = false;
        r->scan_col += (int64_t)utf8_length(start, (size_t)(end - start));
    }
}

/* Hop from quote to quote: are there line ends inside, and where did the one
 * open that is still open at the end? */
static void scan_quotes(struct csv_reader *r, const char *s, size_t n)
{
    const char *p = s, *end = s + n, *q;
    const char *opened = NULL;

    r->inner = false;
    for (; p < end; p = q + 1) {
        q = memchr(p, '"', (size_t)(end - p));
        if (r->in_quotes && line_end(p, q ? q : end))
            r->inner = true;
        if (!q)
            break;
        r->in_quotes = !r->in_quotes;
        if (r->in_quotes)
            opened = q;
    }
    if (r->in_quotes && opened) {
        struct place at = place_of(r, s, (size_t)(opened - s));

        r->quote_line = at.line + 1;
        r->quote_col = at.col + 1;
    }
}

/* --------------------------------------------------------------- callbacks */

static bool grow(void **data, size_t *cap, size_t need, size_t size)
{
    size_t n = *cap ? *cap : 256;
    void *p;

    if (need <= *cap)
        return true;
    while (n < need)
        n *= 2;
    p = realloc(*data, n * size);
    if (!p)
        return false;
    *data = p;
    *cap = n;
    return true;
}

static void count_inner(struct csv_reader *r, const char *s, size_t n)
{
    const char *p = s, *end = s + n, *stop;

    while ((stop = line_end(p, end)) != NULL) {
        r->line++;
        p = stop + 1;
        if (*stop == '\r' && p < end && *p == '\n')
            p++;
    }
}

/* Most cells are short, and sixteen bytes at once are cheaper than a call:
 * libcsv's buffer is never smaller than its block, and reserve() has left as
 * much behind ours. */
static void copy_cell(char *to, const char *from, size_t n)
{
    if (n <= SLACK)
        memcpy(to, from, SLACK);
    else
        memcpy(to, from, n);
}

/* reserve() has made room, so nothing here moves. */
static void on_cell(void *data, size_t n, void *ctx)
{
    struct csv_reader *r = ctx;
    size_t k = r->cell_count - r->row_first;
    struct csv_cell *c = &r->cells[r->cell_count];

    if (r->fault)
        return;
    if (k == 0) {
        r->row_line = r->line;
        r->row_bytes = 0;
        r->after_cr = false;
    }
    r->row_bytes += n;
    if (k >= CSV_COLUMNS_MOST || r->row_bytes > CSV_ROW_MOST) {
        r->fault = k >= CSV_COLUMNS_MOST ? FAULT_COLUMNS : FAULT_ROW;
        return;
    }
    r->cell_count++;
    c->n = (uint32_t)n;
    c->s = NULL;
    if (!r->wanted || k >= r->columns || r->wanted[k] ||
        (r->also && r->also(data, n))) {
        c->s = r->text + r->text_len;
        copy_cell(r->text + r->text_len, data, n);
        r->text_len += n;
    }
    if (r->inner)
        count_inner(r, data, n);
}

static void on_row(int c, void *ctx)
{
    struct csv_reader *r = ctx;
    size_t n = r->cell_count - r->row_first;
    void *rows = r->rows;

    if (r->fault)
        return;
    if (n > 0) {
        if (!grow(&rows, &r->row_cap, r->row_count + 1, sizeof(*r->rows))) {
            r->fault = FAULT_MEMORY;
            return;
        }
        r->rows = rows;
        r->rows[r->row_count++] =
            (struct queued){r->row_first, (uint32_t)n, r->row_line,
                            c == -1 && r->last_byte != '"'};
        r->row_first = r->cell_count;
    }
    if (c == '\n' && r->after_cr && n == 0)
        r->after_cr = false; /* the second half of a CRLF */
    else if (c != -1) {
        r->line++;
        r->after_cr = c == '\r';
    }
}

/* Lets libcsv's buffer grow to the limit of a cell, and not beyond. */
static void *limited(void *p, size_t n)
{
    return n > CSV_CELL_MOST + 65536 ? NULL : realloc(p, n);
}

/* ------------------------------------------------------------------ errors */

static int limit_error(const struct csv_reader *r, struct err *err)
{
    const char *name = input_name(r->in);

    if (r->fault == FAULT_MEMORY)
        return err_nomem(err);
    if (r->fault == FAULT_ROW)
        return err_at(err, ERR_INPUT, name, (long)r->row_line, 0,
                      "the row is longer than %zu MiB", CSV_ROW_MOST >> 20);
    return err_at(err, ERR_INPUT, name, (long)r->row_line, 0,
                  "more than %d columns", CSV_COLUMNS_MOST);
}

static int open_quote(const struct csv_reader *r, struct err *err)
{
    return err_at(err, ERR_INPUT, input_name(r->in), (long)r->quote_line,
                  (long)r->quote_col,
                  "the quotation mark that opens here is never closed; the "
                  "file is cut off or damaged");
}

static int parse_error(struct csv_reader *r, const char *s, size_t at,
                       struct err *err)
{
    struct place p;

    if (csv_error(&r->p) != CSV_EPARSE) {
        if (r->in_quotes)
            return err_at(err, ERR_INPUT, input_name(r->in),
                          (long)r->quote_line, (long)r->quote_col,
                          "a cell is longer than %zu MiB; is its quotation "
                          "mark closed?",
                          CSV_CELL_MOST >> 20);
        return err_at(err, ERR_INPUT, input_name(r->in), (long)r->line, 0,
                      "a cell is longer than %zu MiB", CSV_CELL_MOST >> 20);
    }
    p = place_of(r, s, at);
    err_at(err, ERR_INPUT, input_name(r->in), (long)p.line + 1, (long)p.col + 1,
           "a quotation mark in the wrong place: the line is damaged");
    return err_hint(err, "in a quoted cell every quotation mark is doubled");
}

/* ----------------------------------------------------------------- reading */

/* Keep only the row that is being parsed. */
static void compact(struct csv_reader *r)
{
    size_t n = r->cell_count - r->row_first, i, text = 0;
    struct csv_cell *c;

    if (n > 0)
        memmove(r->cells, r->cells + r->row_first, n * sizeof(*r->cells));
    for (i = 0; i < n; i++) {
        c = &r->cells[i];
        if (!c->s)
            continue;
        memmove(r->text + text, c->s, c->n);
        c->s = r->text + text;
        text += c->n;
    }
    r->cell_count = n;
    r->row_first = 0;
    r->text_len = text;
    r->row_count = r->row_at = 0;
}

/* Room for all that the next "n" bytes can give: libcsv holds back at most the
 * cell that it is in. */
static int reserve(struct csv_reader *r, size_t n, struct err *err)
{
    size_t need = r->text_len + n + r->p.entry_pos + SLACK, i;
    char *old = r->text;
    void *text = r->text, *cells = r->cells;

    if (!grow(&cells, &r->cell_cap, r->cell_count + n + 2, sizeof(*r->cells)))
        return err_nomem(err);
    r->cells = cells;
    if (!grow(&text, &r->text_cap, need, 1))
        return err_nomem(err);
    r->text = text;
    if (r->text == old || !old)
        return 0;
    need = 0;
    for (i = 0; i < r->cell_count; i++) {
        if (!r->cells[i].s)
            continue;
        r->cells[i].s = r->text + need;
        need += r->cells[i].n;
    }
    return 0;
}

static char escaped(char c)
{
    switch (c) {
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return c;
    }
}

/* One console escapes like JSON: \" becomes "", \\ a backslash, \n a line
 * end. "out" starts one byte before "s": an escape may have begun in the
 * chunk before. */
static size_t unescape(struct csv_reader *r, char *out, const char *s, size_t n)
{
    size_t i, k = 0;

    for (i = 0; i < n; i++) {
        if (r->escape_open) {
            r->escape_open = false;
            if (s[i] == '"')
                out[k++] = '"';
            out[k++] = escaped(s[i]);
        } else if (s[i] == '\\') {
            r->escape_open = true;
        } else {
            out[k++] = s[i];
        }
    }
    return k;
}

/* The end of the quoted cell that begins at "i"; 0 for one that is broken. */
static size_t quoted_end(const char *s, size_t n, size_t i, bool backslashed)
{
    for (i++; i < n; i++) {
        if (backslashed && s[i] == '\\')
            i++;
        else if (backslashed && s[i] == '\n')
            return 0;
        else if (s[i] == '"' && !backslashed && i + 1 < n && s[i + 1] == '"')
            i++;
        else if (s[i] == '"')
            return i + 1;
    }
    return n;
}

/*
 * Do the quoted cells of the file's beginning end where cells end, if quotes in
 * them are escaped by a backslash, or else doubled? A spreadsheet that saves
 * such an export again doubles them and leaves backslashes as they are.
 */
static bool quotes_hold(const char *s, size_t n, char delimiter,
                        bool backslashed)
{
    size_t i = 0;

    while (i < n) {
        if (s[i] == '"') {
            i = quoted_end(s, n, i, backslashed);
            if (i == 0 ||
                (i < n && s[i] != delimiter && s[i] != '\r' && s[i] != '\n'))
                return false;
        }
        while (i < n && s[i] != delimiter && s[i] != '\n')
            i++;
        i++;
    }
    return true;
}

static int read_chunk(struct csv_reader *r, size_t *n, struct err *err)
{
    char *to = r->chunk + (r->backslashed ? 1 : 0);

    do {
        if (input_read(r->in, to, CHUNK - 8, n, err) < 0)
            return -1;
        if (*n == 0 || !r->backslashed)
            return 0;
        *n = unescape(r, r->chunk, to, *n);
    } while (*n == 0);
    return 0;
}

static int finish(struct csv_reader *r, struct err *err)
{
    r->ended = true;
    if (reserve(r, 0, err) < 0)
        return -1;
    if (csv_fini(&r->p, on_cell, on_row, r) != 0)
        return open_quote(r, err);
    if (r->fault)
        return limit_error(r, err);
    return 0;
}

static int refill(struct csv_reader *r, struct err *err)
{
    size_t n = 0, done;

    compact(r);
    if (read_chunk(r, &n, err) < 0)
        return -1;
    if (n == 0)
        return finish(r, err);
    if (reserve(r, n, err) < 0)
        return -1;
    scan_quotes(r, r->chunk, n);
    done = csv_parse(&r->p, r->chunk, n, on_cell, on_row, r);
    r->last_byte = r->chunk[n - 1];
    if (r->fault)
        return limit_error(r, err);
    if (done != n)
        return parse_error(r, r->chunk, done, err);
    scan_lines(r, r->chunk, n);
    return 0;
}

/* ------------------------------------------------------------------ header */

/* The delimiter that is commonest outside quotes in the first line. */
static char guess_delimiter(const char *s, size_t n)
{
    static const char candidates[] = ",;\t|";
    size_t count[4] = {0}, best = 0, i, k;
    bool quoted = false;

    for (i = 0; i < n; i++) {
        if (s[i] == '"')
            quoted = !quoted;
        else if (!quoted && (s[i] == '\n' || s[i] == '\r'))
            break;
        for (k = 0; k < 4 && !quoted; k++)
            count[k] += s[i] == candidates[k];
    }
    for (k = 1; k < 4; k++)
        if (count[k] > count[best])
            best = k;
    return candidates[best];
}

/* A first line "sep=;" names the delimiter; the number of bytes to skip. */
static size_t separator_line(const char *s, size_t n, char *delimiter)
{
    size_t quote = n > 0 && s[0] == '"', i = quote + 5;

    if (n < quote + 6 || ascii_ncasecmp(s + quote, "sep=", 4) != 0)
        return 0;
    if (!strchr(",;\t|", s[quote + 4]) || s[quote + 4] == '\0')
        return 0;
    if (quote && s[i] == '"')
        i++;
    if (i >= n || (s[i] != '\r' && s[i] != '\n'))
        return 0;
    *delimiter = s[quote + 4];
    i += s[i] == '\r' && i + 1 < n && s[i + 1] == '\n' ? 2 : 1;
    return i;
}

/* A first line "#TYPE Name.Of.Objects", as Windows PowerShell writes it above
 * the header; the number of bytes to skip. */
static size_t type_line(const char *s, size_t n)
{
    size_t i = 6, most = n < 1000 ? n : 1000;

    if (n < 7 || memcmp(s, "#TYPE ", 6) != 0)
        return 0;
    while (i < most && s[i] != '\r' && s[i] != '\n')
        i++;
    if (i >= most)
        return 0;
    return i + (s[i] == '\r' && i + 1 < n && s[i + 1] == '\n' ? 2 : 1);
}

static int header_error(const struct csv_reader *r, int64_t line,
                        struct err *err, const char *what, size_t a, size_t b)
{
    struct strbuf shown = {0};

    text_escape(&shown, r->header[a], strlen(r->header[a]));
    if (b)
        err_at(err, ERR_INPUT, input_name(r->in), (long)line, 0,
               "columns %zu and %zu are both named \"%s\"", a + 1, b + 1,
               strbuf_str(&shown));
    else
        err_at(err, ERR_INPUT, input_name(r->in), (long)line, 0, "%s", what);
    strbuf_free(&shown);
    return -1;
}

static bool same_name(const char *a, const char *b)
{
    return a[0] && ascii_casecmp(a, b) == 0;
}

/* A trimmed copy, with a key that someone pasted into the header withheld. */
static char *header_name(const char *s, size_t n)
{
    struct strbuf b = {0};

    if (n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0) {
        s += 3; /* a byte order mark that a "sep=" line pushed down */
        n -= 3;
    }
    while (n &&
           (ascii_isspace(*s) || (n > 1 && memcmp(s, "\xc2\xa0", 2) == 0))) {
        size_t step = ascii_isspace(*s) ? 1 : 2;

        s += step;
        n -= step;
    }
    while (n && (ascii_isspace(s[n - 1]) ||
                 (n > 1 && memcmp(s + n - 2, "\xc2\xa0", 2) == 0)))
        n -= ascii_isspace(s[n - 1]) ? 1 : 2;
    strbuf_add(&b, "", 0);
    secret_clean(&b, s, n);
    return strbuf_detach(&b);
}

static int take_header(struct csv_reader *r, struct err *err)
{
    const struct queued *q = &r->rows[0];
    size_t i, k;

    r->header = calloc(q->count + 1, sizeof(*r->header));
    if (!r->header)
        return err_nomem(err);
    r->columns = q->count;
    for (i = 0; i < q->count; i++) {
        const struct csv_cell *c = &r->cells[q->first + i];

        r->header[i] = header_name(c->s, c->n);
        if (!r->header[i])
            return err_nomem(err);
        if (strlen(r->header[i]) > CSV_HEADER_MOST)
            return header_error(r, q->line, err,
                                "a column name is longer than 512 bytes: is "
                                "the first line the header?",
                                i, 0);
        for (k = 0; k < i; k++)
            if (same_name(r->header[i], r->header[k])) {
                header_error(r, q->line, err, "", k, i);
                return err_hint(err, "rename one of them, or leave it out of "
                                     "the export");
            }
    }
    r->row_at = 1;
    return 0;
}

static int read_header(struct csv_reader *r, struct err *err)
{
    while (r->row_count == 0 && !r->ended)
        if (refill(r, err) < 0)
            return -1;
    if (r->row_count == 0)
        return err_at(err, ERR_INPUT, input_name(r->in), 0, 0,
                      "holds no header line");
    return take_header(r, err);
}

/* ------------------------------------------------------------------ public */

static int start(struct csv_reader *r, struct err *err)
{
    size_t n, skip, got = 0;
    const char *head = input_head(r->in, &n);

    skip = type_line(head, n);
    r->delimiter = guess_delimiter(head + skip, n - skip);
    if (skip == 0)
        skip = separator_line(head, n, &r->delimiter);
    r->backslashed = n >= 19 &&
                     memcmp(head, "\"host_display_name\"", 19) == 0 &&
                     (quotes_hold(head, n, r->delimiter, true) ||
                      !quotes_hold(head, n, r->delimiter, false));
    if (csv_init(&r->p, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL) != 0)
        return err_nomem(err);
    r->parser_made = true;
    csv_set_delim(&r->p, (unsigned char)r->delimiter);
    csv_set_blk_size(&r->p, 65536);
    csv_set_realloc_func(&r->p, limited);
    r->line = 1;
    if (skip > 0) {
        if (input_read(r->in, r->chunk, skip, &got, err) < 0)
            return -1;
        r->line = 2;
        r->scan_line = 1;
    }
    return read_header(r, err);
}

struct csv_reader *csv_open(struct input *in, struct err *err)
{
    struct csv_reader *r = calloc(1, sizeof(*r));

    if (!r) {
        err_nomem(err);
        return NULL;
    }
    r->in = in;
    if (start(r, err) == 0)
        return r;
    csv_close(r);
    return NULL;
}

void csv_close(struct csv_reader *r)
{
    size_t i;

    if (!r)
        return;
    if (r->parser_made)
        csv_free(&r->p);
    for (i = 0; r->header && i < r->columns; i++)
        free(r->header[i]);
    free(r->header);
    free(r->text);
    free(r->cells);
    free(r->rows);
    free(r);
}

const char *const *csv_header(const struct csv_reader *r, size_t *n)
{
    *n = r->columns;
    return (const char *const *)r->header;
}

char csv_delimiter(const struct csv_reader *r)
{
    return r->delimiter;
}

bool csv_is_backslashed(const struct csv_reader *r)
{
    return r->backslashed;
}

void csv_want(struct csv_reader *r, const bool *wanted, csv_also_fn *also)
{
    r->wanted = wanted;
    r->also = also;
}

int csv_next(struct csv_reader *r, struct csv_row *row, struct err *err)
{
    const struct queued *q;

    while (r->row_at == r->row_count) {
        if (r->ended)
            return 0;
        if (refill(r, err) < 0)
            return -1;
    }
    q = &r->rows[r->row_at++];
    *row = (struct csv_row){r->cells + q->first, q->count, q->line, q->open};
    return 1;
}
