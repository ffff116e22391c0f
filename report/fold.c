/*
 * fold.c - letters without case, their accents apart.
 */
#include "core/base.h"

#include "core/text.h"
#include "report/fold.h"

#include <utf8proc.h>

#define PARTS_MOST 18 /* the longest decomposition of Unicode */

/* Small, apart from its accents; nothing of what nobody sees. */
static void add_apart(struct strbuf *out, uint32_t cp)
{
    const utf8proc_option_t options = UTF8PROC_DECOMPOSE | UTF8PROC_IGNORE;
    utf8proc_int32_t parts[PARTS_MOST];
    utf8proc_ssize_t i, n;

    n = utf8proc_decompose_char(utf8proc_tolower((utf8proc_int32_t)cp), parts,
                                PARTS_MOST, options, NULL);
    for (i = 0; i < n; i++)
        utf8_append(out, (uint32_t)parts[i]);
}

/* The plain one of what is typed or typeset in many ways; 0 for none. */
static char plain_mark(uint32_t cp)
{
    if (cp == 0x2018 || cp == 0x2019 || cp == 0x201b || cp == 0x02bc)
        return '\'';
    if ((cp >= 0x2010 && cp <= 0x2015) || cp == 0x2212)
        return '-';
    return utf8proc_category((utf8proc_int32_t)cp) == UTF8PROC_CATEGORY_ZS
               ? ' '
               : '\0';
}

size_t fold_one(struct strbuf *out, const char *p, size_t n)
{
    uint32_t cp;
    size_t len;

    if ((unsigned char)*p < 0x80) {
        strbuf_addc(out, ascii_lower(*p));
        return 1;
    }
    len = utf8_decode(p, n, &cp);
    if (len == 0) { /* half a letter stays as it is */
        strbuf_addc(out, *p);
        return 1;
    }
    if (plain_mark(cp))
        strbuf_addc(out, plain_mark(cp));
    else
        add_apart(out, cp);
    return len;
}

/* Letters without accents are most of every text. */
static size_t fold_plain(struct strbuf *out, const char *p, size_t n)
{
    size_t len = 0, at = out->len;

    while (len < n && (unsigned char)p[len] < 0x80)
        len++;
    strbuf_add(out, p, len);
    for (; out->data && at < out->len; at++)
        out->data[at] = ascii_lower(out->data[at]);
    return len;
}

void fold_text(struct strbuf *out, const char *p, size_t n)
{
    size_t i = 0;

    while (i < n) {
        i += fold_plain(out, p + i, n - i);
        if (i < n)
            i += fold_one(out, p + i, n - i);
    }
}

bool fold_noting(struct strbuf *out, const char *p, size_t n, size_t **origin)
{
    size_t i = 0, k = 0;

    *origin = malloc((n * 4 + 1) * sizeof(**origin));
    while (*origin && i < n) {
        size_t step = fold_one(out, p + i, n - i);

        for (; k < out->len; k++)
            (*origin)[k] = i;
        i += step;
    }
    if (*origin && strbuf_ok(out)) {
        (*origin)[k] = n;
        return true;
    }
    free(*origin);
    *origin = NULL;
    return false;
}
