/*
 * table.c - lines of cells, printed in columns for people.
 */
#include "core/base.h"

#include "core/strbuf.h"
#include "core/table.h"
#include "core/text.h"

struct table {
    char layout[TABLE_MOST + 1];
    size_t columns;
    char **cells;
    size_t count, cap;
    bool failed;
};

struct table *table_new(const char *layout)
{
    struct table *t = calloc(1, sizeof(*t));

    if (!t)
        return NULL;
    snprintf(t->layout, sizeof(t->layout), "%s", layout);
    t->columns = strlen(t->layout);
    return t;
}

void table_free(struct table *t)
{
    size_t i;

    if (!t)
        return;
    for (i = 0; i < t->count; i++)
        free(t->cells[i]);
    free(t->cells);
    free(t);
}

size_t table_count(const struct table *t)
{
    return t ? t->count / t->columns : 0;
}

static void add(struct table *t, const char *s)
{
    size_t cap = t->cap ? 2 * t->cap : 64;
    struct strbuf b = {0};
    char **grown;

    if (t->count == t->cap) {
        grown = realloc(t->cells, cap * sizeof(*grown));
        if (!grown) {
            t->failed = true;
            return;
        }
        t->cells = grown;
        t->cap = cap;
    }
    text_escape(&b, s ? s : "", s ? strlen(s) : 0);
    t->cells[t->count] = strbuf_detach(&b);
    if (!t->cells[t->count])
        t->failed = true;
    else
        t->count++;
}

void table_row(struct table *t, ...)
{
    va_list ap;
    size_t i;

    if (!t)
        return;
    va_start(ap, t);
    for (i = 0; i < t->columns && !t->failed; i++)
        add(t, va_arg(ap, const char *));
    va_end(ap);
}

/* --------------------------------------------------------------- widths */

#define LINE 79
#define NARROW 10 /* no column is made narrower than that */

/* How wide each column is, and the least that breaks no word. */
struct widths {
    size_t wide[TABLE_MOST], least[TABLE_MOST];
    size_t columns; /* side by side; a last one below the line is not in it */
};

static size_t longest_word(const char *s)
{
    size_t longest = 0, n, chars;

    for (; *s; s += n + strspn(s + n, " ")) {
        n = strcspn(s, " ");
        chars = text_columns(s, n);
        longest = chars > longest ? chars : longest;
    }
    return longest;
}

static void measure(const struct table *t, struct widths *w)
{
    size_t i, k, n;

    w->columns = t->columns;
    for (i = 0; i < t->count; i++) {
        k = i % t->columns;
        n = text_columns(t->cells[i], strlen(t->cells[i]));
        w->wide[k] = n > w->wide[k] ? n : w->wide[k];
        n = longest_word(t->cells[i]);
        w->least[k] = n > w->least[k] ? n : w->least[k];
    }
}

static size_t line_width(const struct widths *w, int indent)
{
    size_t total = (size_t)indent, i;

    for (i = 0; i < w->columns; i++)
        total += w->wide[i] + (i ? 2 : 0);
    return total;
}

/* The widest column that may give up a character, or none. */
static size_t widest(const struct table *t, const struct widths *w, bool words)
{
    size_t best = TABLE_MOST, i, floor;

    for (i = 0; i < w->columns; i++) {
        floor = words && w->least[i] > NARROW ? w->least[i] : NARROW;
        if (t->layout[i] != 'r' && w->wide[i] > floor &&
            (best == TABLE_MOST || w->wide[i] > w->wide[best]))
            best = i;
    }
    return best;
}

/* Take from the widest, whole words first, until the line is short enough. */
static void shrink(const struct table *t, struct widths *w, int indent)
{
    size_t i, total = line_width(w, indent);
    bool words = true;

    while (total > LINE) {
        i = widest(t, w, words);
        if (i == TABLE_MOST && !words)
            return;
        if (i == TABLE_MOST) {
            words = false;
            continue;
        }
        w->wide[i]--;
        total--;
    }
}

/* ------------------------------------------------------------- printing */

/* Bytes of "s" that make one line of a cell; "next" is where the rest begins.
 */
static size_t cell_line(const char *s, size_t width, size_t *next)
{
    size_t n = 0, chars = 0, word, len;

    while (s[n]) {
        len = strspn(s + n, " ");
        len += strcspn(s + n + len, " ");
        word = text_columns(s + n, len);
        if (chars + word > width)
            break;
        n += len;
        chars += word;
    }
    if (n == 0 && s[0]) /* a word that is too long is broken */
        n = text_prefix(s, strlen(s), width);
    *next = n + strspn(s + n, " ");
    return n;
}

static void print_cell(const char *s, size_t bytes, size_t width, bool right,
                       bool last, FILE *out)
{
    size_t n = text_columns(s, bytes);
    int gap = n < width ? (int)(width - n) : 0;

    if (right)
        fprintf(out, "%*s", gap, "");
    fprintf(out, "%.*s", (int)bytes, s);
    if (!right && !last)
        fprintf(out, "%*s", gap, "");
    fputs(last ? "\n" : "  ", out);
}

/* Cells at the end of a line that are empty leave no blanks. */
static size_t used(char *const *rest, size_t columns)
{
    size_t n = columns;

    while (n > 1 && !rest[n - 1][0])
        n--;
    return n;
}

/* A row, in as many lines as its tallest cell needs. */
static void print_row(const struct table *t, size_t row, const struct widths *w,
                      int indent, FILE *out)
{
    char *rest[TABLE_MOST];
    size_t k, n, bytes, next;

    memcpy(rest, t->cells + row * t->columns, w->columns * sizeof(*rest));
    do {
        n = used(rest, w->columns);
        fprintf(out, "%*s", indent, "");
        for (k = 0; k < n; k++) {
            bytes = cell_line(rest[k], w->wide[k], &next);
            print_cell(rest[k], bytes, w->wide[k], t->layout[k] == 'r',
                       k + 1 == n, out);
            rest[k] += next;
        }
        n = used(rest, w->columns);
    } while (n > 1 || rest[0][0]);
}

bool table_print(const struct table *t, int indent, FILE *out)
{
    struct widths w = {{0}, {0}, 0};
    const char *below;
    size_t i;

    if (!t || t->failed)
        return false;
    measure(t, &w);
    if (t->layout[t->columns - 1] == 'b' && line_width(&w, indent) > LINE)
        w.columns--;
    shrink(t, &w, indent);
    for (i = 0; i < table_count(t); i++) {
        print_row(t, i, &w, indent, out);
        below = t->cells[(i + 1) * t->columns - 1];
        if (w.columns < t->columns && below[0]) {
            fprintf(out, "%*s", indent + 2, "");
            text_wrap(below, (size_t)indent + 2, (size_t)indent + 2, out);
        }
    }
    return true;
}
