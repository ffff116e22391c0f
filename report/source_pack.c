/*
 * source_pack.c - what a finding rests on, as bytes.
 *
 * A value is a letter of bits, its fact, where its row stands (unless that is
 * the row of the value before), and its words. What the imports say of
 * themselves is not repeated.
 */
#include "core/base.h"

#include "report/sourcing.h"

enum {
    SAME_ROW = 1,   /* as the value before */
    OWN_COLUMN = 2, /* not the one that the import has for the fact */
    OWN_RAW = 4     /* not the value */
};

/* ------------------------------------------------------------------ pack --
 */

/* With its end, so that it can be lent when it is read. */
static void pack_text(struct strbuf *out, const char *s)
{
    uint32_t n = (uint32_t)strlen(s);

    strbuf_add(out, (const char *)&n, sizeof(n));
    strbuf_add(out, s, n + 1);
}

static void pack_place(const struct source *s, const struct mac_row *row,
                       struct strbuf *out)
{
    int64_t at[3] = {row->place.import - s->imports, row->place.line,
                     row->place.time};

    strbuf_add(out, (const char *)at, sizeof(at));
    pack_text(out, row->account);
}

static void pack_value(const struct source *s, const struct found *f,
                       bool same_row, struct strbuf *out)
{
    const struct value *v = f->value;
    const char *usual = f->row->place.import->of[f->fact].name;
    bool column = strcmp(v->column, usual ? usual : "") != 0;
    bool raw = v->raw != v->value && strcmp(v->raw, v->value) != 0;

    strbuf_addc(out, (char)((same_row ? SAME_ROW : 0) |
                            (column ? OWN_COLUMN : 0) | (raw ? OWN_RAW : 0)));
    strbuf_addc(out, (char)f->fact);
    if (!same_row)
        pack_place(s, f->row, out);
    pack_text(out, v->value);
    if (column)
        pack_text(out, v->column);
    if (raw)
        pack_text(out, v->raw);
}

int source_pack(struct source *s, const struct source_ask *ask,
                struct strbuf *out, struct err *err)
{
    size_t i;

    if (source_find(s, ask, err) < 0)
        return -1;
    for (i = 0; i < s->found_count; i++)
        pack_value(s, &s->found[i], i && s->found[i].row == s->found[i - 1].row,
                   out);
    return strbuf_ok(out) ? 0 : err_nomem(err);
}

/* ---------------------------------------------------------------- unpack --
 */

static const char *take(const char *p, void *to, size_t n)
{
    memcpy(to, p, n);
    return p + n;
}

static const char *take_text(const char *p, const char **to)
{
    uint32_t n = 0;

    p = take(p, &n, sizeof(n));
    *to = p;
    return p + n + 1;
}

static const char *take_place(const struct source *s, const char *p,
                              struct source_value *v,
                              const struct import **import)
{
    int64_t at[3] = {0, 0, 0};

    p = take(p, at, sizeof(at));
    *import = &s->imports[at[0]];
    v->source = (*import)->title;
    v->file = (*import)->file;
    v->line = at[1];
    v->time = at[2];
    return take_text(p, &v->account);
}

int source_unpack(const struct source *s, const char *bytes, size_t n,
                  source_fn *fn, void *ctx, struct err *err)
{
    const struct import *import = NULL;
    const char *p = bytes, *end = bytes + n;
    struct source_value v = {0};

    while (p < end) {
        int bits = (unsigned char)*p++, fact = (unsigned char)*p++;
        const struct header *h;

        if (!(bits & SAME_ROW) || !import)
            p = take_place(s, p, &v, &import);
        h = &import->of[fact];
        v.fact = source_fact(fact)->name;
        v.column = h->name ? h->name : "";
        v.column_no = bits & OWN_COLUMN ? 0 : h->position;
        p = take_text(p, &v.value);
        v.raw = v.value;
        if (bits & OWN_COLUMN)
            p = take_text(p, &v.column);
        if (bits & OWN_RAW)
            p = take_text(p, &v.raw);
        if (fn(ctx, &v, err) < 0)
            return -1;
    }
    return 0;
}
