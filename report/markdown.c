/*
 * markdown.c - the summary for a ticket or a chat.
 */
#include "core/base.h"

#include "report/brand.h"
#include "report/html_story.h"
#include "report/html_words.h"
#include "report/markdown.h"
#include "report/rows.h"
#include "report/sink.h"

#define TOP 10

/* Text that stays text: no markup, no table cell, one line. */
static void plain(struct sink *s, const char *p, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        if ((unsigned char)p[i] < 0x20) {
            sink_addc(s, ' ');
            continue;
        }
        if (strchr("\\`*_{}[]<>()#+!|~&@", p[i]))
            sink_addc(s, '\\');
        sink_addc(s, p[i]);
    }
}

static void plain_text(struct sink *s, const char *text)
{
    plain(s, text, strlen(text));
}

static void cell(struct sink *s, const struct cell *c)
{
    struct strbuf b = {0};

    switch (c->kind) {
    case CELL_EMPTY:
        sink_adds(s, "not known");
        return;
    case CELL_TEXT:
        plain(s, c->text, c->len);
        return;
    case CELL_SHARE:
        html_percent(&b, c->share);
        sink_adds(s, strbuf_str(&b));
        strbuf_free(&b);
        return;
    case CELL_TIME:
        sink_time(s, c->number);
        return;
    case CELL_INT:
        sink_int(s, c->number);
        return;
    case CELL_BOOL:
        sink_adds(s, c->number ? "yes" : "no");
        return;
    }
}

static const struct cell *named(const struct rows *rows, const char *name)
{
    return rows_cell(rows, rows_column(rows, name));
}

static int64_t number(const struct rows *rows, const char *name)
{
    return named(rows, name)->number;
}

struct group {
    const char *code, *column;
};

/* Macs in five groups that add up to all of them. */
static void groups(struct sink *s, const struct rows *t, const char *kind,
                   const struct group *list)
{
    size_t i;

    sink_adds(s, "| Macs by ");
    sink_adds(s, kind);
    sink_adds(s, " | |\n|---|---:|\n");
    for (i = 0; i < 5; i++) {
        sink_adds(s, "| ");
        plain_text(s, html_plain(kind, list[i].code));
        sink_adds(s, " | ");
        cell(s, named(t, list[i].column));
        sink_adds(s, " |\n");
    }
    sink_adds(s, "| **All** | **");
    cell(s, named(t, "devices"));
    sink_adds(s, "** |\n\n");
}

/* The sentence that the page opens with. */
static void verdict(struct sink *s, const struct report *r,
                    const struct html_counts *n)
{
    const char *subject = r->client_id ? r->client : "Whole fleet";
    struct strbuf b = {0};

    if (r->brand && r->brand->name)
        subject = r->brand->name;
    html_verdict(&b, r->use, subject, n);
    sink_adds(s, "**");
    plain_text(s, strbuf_str(&b));
    sink_adds(s, "**\n\n");
    strbuf_free(&b);
}

/* Before a move the question is who can go. */
static int move(struct sink *s, const struct report *r, struct err *err)
{
    static const struct group list[] = {{"blocked", "blocked"},
                                        {"hands-on", "hands_on"},
                                        {"action-first", "action_first"},
                                        {"unknown", "unknown"},
                                        {"ready", "ready"}};
    struct rows *t = rows_open(r, "readiness", err);
    int step = t ? rows_next(t, err) : -1;

    if (step == 1) {
        struct html_counts n = {.devices = number(t, "devices"),
                                .judged = number(t, "judged"),
                                .ready = number(t, "ready"),
                                .hands_on = number(t, "hands_on"),
                                .blocked = number(t, "blocked")};

        verdict(s, r, &n);
        groups(s, t, "readiness", list);
    }
    rows_close(t);
    return step < 0 ? -1 : 0;
}

static void verdicts(struct sink *s, const struct report *r,
                     const struct rows *t)
{
    static const struct group list[] = {{"at-risk", "at_risk"},
                                        {"undetermined", "undetermined"},
                                        {"attention", "attention"},
                                        {"partial", "partial"},
                                        {"clean", "clean"}};
    struct html_counts n = {.devices = number(t, "devices"),
                            .at_risk = number(t, "at_risk"),
                            .undetermined = number(t, "undetermined")};

    if (strcmp(r->use, "migration") != 0)
        verdict(s, r, &n);
    groups(s, t, "verdict", list);
    sink_adds(s, "Pass rate ");
    cell(s, named(t, "pass_rate"));
    sink_adds(s, " of what was measured; measured: ");
    cell(s, named(t, "coverage"));
    sink_adds(s, ".\n");
}

static int totals(struct sink *s, const struct report *r, struct err *err)
{
    struct rows *t = NULL;
    int step;

    if (strcmp(r->use, "migration") == 0 && move(s, r, err) < 0)
        return -1;
    t = rows_open(r, "totals", err);
    step = t ? rows_next(t, err) : -1;
    if (step == 1)
        verdicts(s, r, t);
    rows_close(t);
    return step < 0 ? -1 : 0;
}

/* The first rows of a query as a table. */
static int table(struct sink *s, const struct report *r, const char *head,
                 const char *query, const char *const *columns, size_t n,
                 struct err *err)
{
    struct rows *rows = rows_open(r, query, err);
    int64_t count = 0;
    size_t i;
    int step;

    if (!rows)
        return -1;
    while ((step = rows_next(rows, err)) == 1) {
        if (++count == 1)
            sink_adds(s, head);
        if (count > TOP)
            continue;
        for (i = 0; i < n; i++) {
            sink_adds(s, i ? " | " : "| ");
            cell(s, named(rows, columns[i]));
        }
        sink_adds(s, " |\n");
    }
    rows_close(rows);
    if (count > TOP) {
        sink_adds(s, "\nand ");
        sink_int(s, count - TOP);
        sink_adds(s, " more\n");
    }
    return step;
}

static int tables(struct sink *s, const struct report *r, struct err *err)
{
    static const char *const rules[] = {"title", "severity", "fail",
                                        "pass_rate"};
    static const char *const remedies[] = {"title", "devices", "who", "effort"};
    static const char *const changes[] = {"change", "findings", "devices"};
    static const char *const gaps[] = {"fact", "devices", "rules"};

    if (table(s, r,
              "\n## What fails most\n\n| Rule | Severity | Failed | Pass rate "
              "|\n|---|---|---:|---:|\n",
              "worst_rules", rules, COUNT_OF(rules), err) < 0 ||
        table(s, r,
              "\n## What to do\n\n| | Macs | Who | Effort |\n"
              "|---|---:|---|---|\n",
              "worst_remedies", remedies, COUNT_OF(remedies), err) < 0)
        return -1;
    if (r->before_id &&
        table(s, r,
              "\n## Since the period before\n\n| | Findings | Macs |\n"
              "|---|---:|---:|\n",
              "change_counts", changes, COUNT_OF(changes), err) < 0)
        return -1;
    return table(s, r,
                 "\n## Not measured\n\n| Fact | Macs | Rules |\n"
                 "|---|---:|---|\n",
                 "gaps", gaps, COUNT_OF(gaps), err);
}

int markdown_write(const struct report *r, const struct writer *w,
                   struct output *out, struct err *err)
{
    struct sink *s = sink_open(out->file, err);
    struct strbuf day = {0};
    int rc;

    (void)w;
    if (!s)
        return -1;
    html_day(&day, r->as_of - 1);
    sink_adds(s, "# ");
    plain_text(s, r->client_id ? r->client : "Mac fleet");
    sink_adds(s, ", ");
    plain_text(s, r->period);
    sink_adds(s, "\n\nFacts as of ");
    sink_adds(s, strbuf_str(&day));
    sink_adds(s, ".\n\n");
    strbuf_free(&day);
    rc = totals(s, r, err);
    if (rc == 0)
        rc = tables(s, r, err);
    sink_close(s);
    return rc;
}
