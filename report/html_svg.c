/*
 * html_svg.c - bars and columns.
 */
#include "core/base.h"

#include "core/db.h"
#include "report/html_svg.h"
#include "report/query.h"

#define THIN 0.6 /* percent that the thinnest part gets */
#define PERIODS 12
#define TREND_TOP 12
#define TREND_HEIGHT 160

void svg_text(struct strbuf *b, const char *s)
{
    for (; s && *s; s++) {
        if (*s == '&')
            strbuf_adds(b, "&amp;");
        else if (*s == '<')
            strbuf_adds(b, "&lt;");
        else if (*s == '"')
            strbuf_adds(b, "&quot;");
        else if ((unsigned char)*s >= 0x20)
            strbuf_addc(b, *s);
    }
}

/* Widths in percent that sum to 100; what is there at all can be seen. */
static void widths(const struct svg_part *parts, size_t n, double *out)
{
    double total = 0, sum = 0;
    size_t i;

    for (i = 0; i < n; i++)
        total += parts[i].value > 0 ? (double)parts[i].value : 0;
    for (i = 0; i < n; i++) {
        out[i] = 0;
        if (parts[i].value > 0)
            out[i] = 100 * (double)parts[i].value / total;
        if (out[i] > 0 && out[i] < THIN)
            out[i] = THIN;
        sum += out[i];
    }
    for (i = 0; i < n && sum > 0; i++)
        out[i] = out[i] * 100 / sum;
}

void svg_bar(struct strbuf *b, const char *label, const struct svg_part *parts,
             size_t n)
{
    double w[8], x = 0;
    size_t i;

    if (n > COUNT_OF(w))
        n = COUNT_OF(w);
    widths(parts, n, w);
    strbuf_adds(b, "<svg class=\"bar\" width=\"100%\" height=\"14\" "
                   "role=\"img\" aria-label=\"");
    svg_text(b, label);
    strbuf_adds(b, "\"><rect class=\"f-none\" width=\"100%\" height=\"14\"/>");
    for (i = 0; i < n; i++) {
        if (w[i] <= 0)
            continue;
        strbuf_addf(b,
                    "<rect class=\"f-%s\" x=\"%.2f%%\" width=\"%.2f%%\" "
                    "height=\"14\"/>",
                    parts[i].name, x, w[i]);
        x += w[i];
    }
    strbuf_adds(b, "</svg>");
}

/* -------------------------------------------------------------- trend ---- */

static const char *const verdicts[] = {"risk", "unknown", "tidy", "partial",
                                       "clean"};

#define OTHER_RULES 8 /* column of report/queries/html-trend.sql */

struct period {
    char label[40];
    int64_t count[COUNT_OF(verdicts)];
    bool other_rules; /* than the period before */
};

static int read_periods(const struct report *r, struct period *v, size_t *n,
                        struct err *err)
{
    sqlite3_stmt *st;
    int step;
    size_t i;

    if (query_open(r, "html-trend", &st, err) != 0)
        return -1;
    *n = 0;
    while ((step = db_step(st, err)) > 0 && *n < PERIODS) {
        struct period *p = &v[(*n)++];

        snprintf(p->label, sizeof(p->label), "%s", db_text(st, 0));
        for (i = 0; i < COUNT_OF(verdicts); i++)
            p->count[i] = sqlite3_column_int64(st, (int)i + 1);
        p->other_rules = sqlite3_column_int(st, OTHER_RULES) != 0;
    }
    sqlite3_finalize(st);
    return step < 0 ? -1 : 0;
}

/* One period: its parts from the bottom up, worst first. */
static void column(struct strbuf *b, const struct period *p, double x,
                   double width, bool odd)
{
    struct svg_part parts[COUNT_OF(verdicts)];
    double h[COUNT_OF(verdicts)], y = TREND_TOP + TREND_HEIGHT;
    size_t i;

    for (i = 0; i < COUNT_OF(verdicts); i++) {
        parts[i].name = verdicts[i];
        parts[i].value = p->count[i];
    }
    widths(parts, COUNT_OF(verdicts), h);
    for (i = 0; i < COUNT_OF(verdicts); i++) {
        double high = h[i] * TREND_HEIGHT / 100;

        if (high <= 0)
            continue;
        y -= high;
        strbuf_addf(b,
                    "<rect class=\"f-%s\" x=\"%.2f%%\" y=\"%.2f\" "
                    "width=\"%.2f%%\" height=\"%.2f\"/>",
                    verdicts[i], x, y, width, high);
    }
    if (p->other_rules)
        strbuf_addf(b,
                    "<line class=\"cut\" x1=\"%.2f%%\" x2=\"%.2f%%\" "
                    "y1=\"%d\" y2=\"%d\"/>",
                    x - width * 0.2, x - width * 0.2, TREND_TOP - 8,
                    TREND_TOP + TREND_HEIGHT + 6);
    strbuf_addf(b, "<text x=\"%.2f%%\" y=\"%d\"%s>", x + width / 2,
                TREND_TOP + TREND_HEIGHT + 18, odd ? " class=\"odd\"" : "");
    svg_text(b, p->label);
    if (p->other_rules)
        strbuf_addc(b, '*');
    strbuf_adds(b, "</text>");
}

/* Lines at quarters, with the percent at their left. */
static void grid(struct strbuf *b)
{
    int i;

    for (i = 0; i <= 4; i++)
        strbuf_addf(b,
                    "<line x1=\"0\" x2=\"100%%\" y1=\"%d\" y2=\"%d\"/>"
                    "<text class=\"tick\" x=\"0\" y=\"%d\">%d\xc2\xa0%%</text>",
                    TREND_TOP + i * TREND_HEIGHT / 4,
                    TREND_TOP + i * TREND_HEIGHT / 4,
                    TREND_TOP + i * TREND_HEIGHT / 4 - 3, 100 - 25 * i);
}

int svg_trend(const void *report, struct template_out *out, struct err *err)
{
    const struct report *r = report;
    struct period v[PERIODS];
    struct strbuf b = {0};
    size_t n, i;
    double step;

    if (read_periods(r, v, &n, err) != 0)
        return -1;
    step = 92.0 / (n ? (double)n : 1);
    strbuf_addf(&b,
                "<svg class=\"trend\" width=\"100%%\" height=\"%d\" "
                "role=\"img\" aria-labelledby=\"trend-title trend-desc\">"
                "<title id=\"trend-title\">Macs by verdict, period by "
                "period</title><desc id=\"trend-desc\">One column a period; "
                "from the bottom: at risk, not known yet, to tidy, no problem "
                "found in what was measured, no problem found. A dashed line "
                "and a star mark a period judged by other rules. The numbers "
                "are in the table that follows.</desc>",
                TREND_TOP + TREND_HEIGHT + 26);
    grid(&b);
    for (i = 0; i < n; i++)
        column(&b, &v[i], 8 + step * ((double)i + (n > 6 ? 0.15 : 0.25)),
               step * (n > 6 ? 0.7 : 0.5), (n - 1 - i) % 2 == 1);
    strbuf_adds(&b, "</svg>");
    if (strbuf_ok(&b))
        template_write(out, b.data, b.len);
    else
        err_nomem(err);
    strbuf_free(&b);
    return err->code ? -1 : 0;
}
