/*
 * job_summary.c - what people are told about a file.
 */
#include "core/base.h"

#include "core/text.h"
#include "ingest/job.h"

#define FIRST_REJECTS 20
#define SHOWN_COLUMNS 24

void ingest_summary_free(struct ingest_summary *s)
{
    free(s->file);
    free(s->source);
    free(s->client);
    free(s->notes);
    strbuf_free(&s->line);
    strbuf_free(&s->details);
    *s = (struct ingest_summary){0};
}

static void put_field(struct strbuf *b, const char *name, const char *text)
{
    strbuf_addf(b, "\"%s\":", name);
    json_put_text(b, text ? text : "", text ? strlen(text) : 0);
    strbuf_addc(b, ',');
}

void ingest_summary_json(const struct ingest_summary *s, struct strbuf *b)
{
    static const char *const states[] = {"loaded", "same", "replaced",
                                         "failed"};

    strbuf_addc(b, '{');
    put_field(b, "file", s->file);
    put_field(b, "source", s->source);
    put_field(b, "client", s->client);
    put_field(b, "state", states[s->state]);
    put_field(b, "notes", s->notes);
    strbuf_addf(b,
                "\"bytes\":%lld,\"records\":%lld,\"accepted\":%lld,"
                "\"rejected\":%lld,\"left_out\":%lld,\"devices\":%lld,"
                "\"accounts\":%lld}",
                (long long)s->bytes, (long long)s->records,
                (long long)s->accepted, (long long)s->rejected,
                (long long)s->left_out, (long long)s->devices,
                (long long)s->accounts);
}

void job_note(struct job *j, const char *fmt, ...)
{
    char text[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    strbuf_addf(&j->notes, "%s%s", j->notes.len ? ", " : "", text);
}

void job_remark(struct job *j, const char *fmt, ...)
{
    char text[1024];
    struct strbuf line = {0};
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    text_escape(&line, text, strlen(text));
    strbuf_addc(&line, '\n');
    if (!strstr(strbuf_str(&j->remarks), strbuf_str(&line))) /* said once */
        strbuf_adds(&j->remarks, strbuf_str(&line));
    strbuf_free(&line);
}

void job_reject(void *ctx, int64_t line, int64_t column, const char *reason)
{
    struct job *j = ctx;
    struct strbuf *b = &j->out->details;

    if (j->shown++ >= FIRST_REJECTS)
        return;
    strbuf_adds(b, "  ");
    text_escape(b, j->file->name, strlen(j->file->name));
    strbuf_addf(b, ":%lld", (long long)line);
    if (column > 0)
        strbuf_addf(b, ":%lld", (long long)column);
    strbuf_addf(b, ": %s\n", reason);
}

/* "ignored columns: Foo (12 cells), Bar (empty)" */
static void show_ignored(struct job *j)
{
    struct strbuf *b = &j->out->details;
    size_t i, n = 0;

    for (i = 0; i < map_all_columns(j->map); i++) {
        const struct map_column *c = map_get_column(j->map, i);

        if (c->wanted || !*c->header)
            continue;
        if (n >= SHOWN_COLUMNS) {
            n++;
            continue;
        }
        strbuf_adds(b, n++ ? ", " : "  ignored columns: ");
        text_escape(b, c->header, strlen(c->header));
        if (c->filled)
            strbuf_addf(b, " (%lld)", (long long)c->filled);
        else
            strbuf_adds(b, " (empty)");
    }
    if (n > SHOWN_COLUMNS)
        strbuf_addf(b, " and %zu more", n - SHOWN_COLUMNS);
    if (n)
        strbuf_addc(b, '\n');
}

static void show_values(struct job *j)
{
    struct strbuf *b = &j->out->details;
    size_t i, k;

    for (i = 0; i < map_all_columns(j->map); i++) {
        const struct map_column *c = map_get_column(j->map, i);

        if (c->value_count == 0)
            continue;
        strbuf_adds(b, "  not understood: ");
        text_escape(b, c->header, strlen(c->header));
        for (k = 0; k < c->value_count && k < 8; k++)
            strbuf_addf(b, "%s\"%s\" (%lld)", k ? ", " : " ", c->values[k].text,
                        (long long)c->values[k].count);
        if (c->value_count > 8 || c->values_other)
            strbuf_adds(b, ", ...");
        strbuf_addc(b, '\n');
    }
}

static void show_remarks(struct job *j)
{
    const char *p = strbuf_str(&j->remarks), *end;

    for (; *p; p = end + 1) {
        end = strchr(p, '\n');
        strbuf_addf(&j->out->details, "  warning: %.*s\n", (int)(end - p), p);
    }
}

void job_put_left_out(const struct job *j, const char *end, struct strbuf *b)
{
    const char *why = "";
    int64_t part, rest = load_counts(j->load).left_out;
    size_t i;

    for (i = 0; (part = map_left_out(j->map, i, &why)) > 0; i++)
        rest -= part;
    if (rest > 0)
        strbuf_addf(b, ", %lld %s%s", (long long)rest,
                    j->source->work ? "not filled in" : "of other platforms",
                    end);
    for (i = 0; (part = map_left_out(j->map, i, &why)) > 0; i++)
        strbuf_addf(b, ", %lld %s%s", (long long)part, why, end);
}

void job_summary(struct job *j)
{
    struct ingest_summary *s = j->out;
    struct load_counts c = load_counts(j->load);
    struct strbuf *b = &s->line;

    s->records = c.records;
    s->accepted = c.accepted;
    s->rejected = c.rejected;
    s->left_out = c.left_out;
    s->devices = c.devices;
    s->accounts = c.accounts;
    text_escape(b, j->file->name, strlen(j->file->name));
    strbuf_addf(b, ": %s: %lld %s, %lld accepted, %lld rejected", j->source->id,
                COUNTED(c.records, "record"), (long long)c.accepted,
                (long long)c.rejected);
    job_put_left_out(j, " left out", b);
    strbuf_addf(b, " (%s)", strbuf_str(&j->notes));
    if (j->shown > FIRST_REJECTS)
        strbuf_addf(&s->details, "  and %lld more rejected\n",
                    (long long)(j->shown - FIRST_REJECTS));
    show_ignored(j);
    show_values(j);
    show_remarks(j);
}

void job_summary_same(struct job *j)
{
    j->out->state = INGEST_SAME;
    text_escape(&j->out->line, j->file->name, strlen(j->file->name));
    strbuf_addf(&j->out->line, ": %s: already in period %s, nothing to do",
                j->source->id, j->in->o->period);
}
