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

static void print_cell(const char *s, size_t width, bool right, bool last,
                       FILE *out)
{
    size_t n = utf8_length(s, strlen(s));
    int gap = n < width ? (int)(width - n) : 0;

    if (right)
        fprintf(out, "%*s", gap, "");
    fputs(s, out);
    if (!right && !last)
        fprintf(out, "%*s", gap, "");
    fputs(last ? "\n" : "  ", out);
}

/* Cells at the end of a line that are empty leave no blanks. */
static size_t used(const struct table *t, size_t row)
{
    size_t n = t->columns;

    while (n > 1 && !t->cells[row * t->columns + n - 1][0])
        n--;
    return n;
}

bool table_print(const struct table *t, int indent, FILE *out)
{
    size_t width[TABLE_MOST] = {0}, i, k, n;

    if (!t || t->failed)
        return false;
    for (i = 0; i < t->count; i++) {
        n = utf8_length(t->cells[i], strlen(t->cells[i]));
        if (n > width[i % t->columns])
            width[i % t->columns] = n;
    }
    for (i = 0; i < table_count(t); i++) {
        n = used(t, i);
        fprintf(out, "%*s", indent, "");
        for (k = 0; k < n; k++)
            print_cell(t->cells[i * t->columns + k], width[k],
                       t->layout[k] == 'r', k + 1 == n, out);
    }
    return true;
}
