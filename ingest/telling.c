/*
 * telling.c - each remark about columns once.
 */
#include "core/base.h"

#include "core/text.h"
#include "ingest/telling.h"

/* FNV-1a. "plain": counts in brackets, "(28)", do not matter. */
static uint64_t digest(const char *s, size_t n, bool plain)
{
    uint64_t h = UINT64_C(14695981039346656037);
    size_t i;

    for (i = 0; i < n; i++) {
        if (plain && s[i] >= '0' && s[i] <= '9')
            continue;
        h = (h ^ (unsigned char)s[i]) * UINT64_C(1099511628211);
    }
    return h;
}

/* Was a line like it told? If not, it counts as told from now on. */
static bool told_before(struct telling *t, const char *s, size_t n)
{
    bool warning = text_starts(s, "  warning: column ");
    uint64_t h;
    size_t i;

    if (!warning && !text_starts(s, "  ignored columns: ") &&
        !text_starts(s, "  not understood: "))
        return false;
    h = digest(s, n, !warning);
    for (i = 0; i < t->count; i++)
        if (t->told[i] == h)
            return true;
    if (t->count < TELLING_MOST)
        t->told[t->count++] = h;
    return false;
}

void telling_file(struct telling *t, const struct ingest_summary *s)
{
    const char *p = strbuf_str(&s->details), *end;

    if (t->talk < 1)
        return;
    if (s->line.len)
        fprintf(stderr, "%s\n", strbuf_str(&s->line));
    for (; *p; p = end) {
        end = p + strcspn(p, "\n");
        end += *end == '\n';
        if (t->talk < 2 && told_before(t, p, (size_t)(end - p)))
            t->repeated++;
        else
            fwrite(p, 1, (size_t)(end - p), stderr);
    }
}

void telling_end(const struct telling *t)
{
    if (t->repeated > 0)
        fprintf(stderr,
                "%lld %s about columns, as of earlier files: not repeated "
                "(--verbose)\n",
                COUNTED((long long)t->repeated, "remark"));
}
