/*
 * portfolio.c - all clients on one page.
 *
 * One table, the worst client first, each with a link to its own page below.
 * The page needs no script and asks for nothing.
 */
#include "core/base.h"

#include "report/brand.h"
#include "report/html_words.h"
#include "report/portfolio.h"
#include "report/rows.h"
#include "report/sink.h"
#include "report/slug.h"

#include <nettle/base64.h>
#include <nettle/sha2.h>

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1b2733;--soft:#4a5560;"
    "--line:#d5dbe1;--page:#fff;--bad:#7a0c2e}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6ebf0;--soft:#b8c2cc;"
    "--line:#3a444e;--page:#14181d;--bad:#ff9db5}}"
    "body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);"
    "background:var(--page);margin:2rem auto;max-width:76rem;padding:0 1rem}"
    "h1{font-size:1.8rem;margin:0}p{margin:.3rem 0 1rem}"
    ".soft{color:var(--soft)}.scroll{overflow-x:auto}"
    "table{border-collapse:collapse;width:100%}"
    "caption{text-align:left;padding:.5rem 0}"
    "th,td{padding:.4rem .7rem;border-bottom:1px solid var(--line);"
    "text-align:right;white-space:nowrap}"
    "th:first-child,td:first-child{text-align:left;white-space:normal;"
    "min-width:10rem}"
    "thead th{vertical-align:bottom;font-size:.85rem;color:var(--soft)}"
    ".bad{color:var(--bad);font-weight:700}"
    "a{color:inherit}a:focus-visible{outline:3px solid currentColor}"
    "@media print{body{margin:0}thead{display:table-header-group}}";

static void escaped(struct sink *s, const char *p)
{
    for (; *p; p++) {
        switch (*p) {
        case '&':
            sink_adds(s, "&amp;");
            break;
        case '<':
            sink_adds(s, "&lt;");
            break;
        case '>':
            sink_adds(s, "&gt;");
            break;
        case '"':
            sink_adds(s, "&quot;");
            break;
        case '\'':
            sink_adds(s, "&#39;");
            break;
        default:
            sink_addc(s, *p);
        }
    }
}

/* The policy lets this one style sheet in, by its digest. */
static void write_policy(struct sink *s)
{
    char out[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE) + 1];
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx ctx;

    sha256_init(&ctx);
    sha256_update(&ctx, sizeof(style) - 1, (const uint8_t *)style);
    sha256_digest(&ctx, sizeof(digest), digest);
    base64_encode_raw(out, sizeof(digest), digest);
    out[sizeof(out) - 1] = '\0';
    sink_adds(s, "<meta http-equiv=\"Content-Security-Policy\" content=\""
                 "default-src 'none'; style-src 'sha256-");
    sink_adds(s, out);
    sink_adds(s, "'; base-uri 'none'; form-action 'none'\">\n");
}

static void write_head(struct sink *s, const struct report *r)
{
    struct strbuf day = {0};

    html_day(&day, r->as_of - 1);
    sink_adds(s, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
                 "<meta charset=\"utf-8\">\n");
    write_policy(s);
    sink_adds(s, "<meta name=\"viewport\" content=\"width=device-width, "
                 "initial-scale=1\">\n<meta name=\"referrer\" "
                 "content=\"no-referrer\">\n<title>All clients, ");
    escaped(s, r->period);
    sink_adds(s, "</title>\n<style>");
    sink_adds(s, style);
    sink_adds(s, "</style>\n</head>\n<body>\n<main>\n<h1>All clients, ");
    escaped(s, r->period);
    sink_adds(s, "</h1>\n<p class=\"soft\">Facts as of ");
    sink_adds(s, strbuf_str(&day));
    if (r->before_id) {
        sink_adds(s, ", compared with ");
        escaped(s, r->before);
    }
    sink_adds(s, ". For the service provider alone: this page names every "
                 "client.</p>\n");
    strbuf_free(&day);
}

static void write_client(struct sink *s, const struct report *r,
                         const char *name)
{
    struct strbuf slug = {0};

    slug_client(&slug, name);
    sink_adds(s, "<td><a href=\"");
    escaped(s, strbuf_str(&slug));
    sink_addc(s, '/');
    escaped(s, strbuf_str(&slug));
    sink_addc(s, '-');
    escaped(s, r->use);
    sink_addc(s, '-');
    escaped(s, r->period_slug);
    sink_adds(s, ".html\">");
    escaped(s, brand_client(r->options->config, name));
    sink_adds(s, "</a></td>");
    strbuf_free(&slug);
}

static void write_number(struct sink *s, const struct cell *c, bool bad)
{
    struct strbuf b = {0};

    sink_adds(s, bad && c->number > 0 ? "<td class=\"bad\">" : "<td>");
    if (c->kind == CELL_SHARE)
        html_percent(&b, c->share);
    else if (c->kind == CELL_INT)
        html_number(&b, c->number);
    else
        strbuf_adds(&b, "\xe2\x80\x93");
    escaped(s, strbuf_str(&b));
    sink_adds(s, "</td>");
    strbuf_free(&b);
}

static void write_change(struct sink *s, const struct cell *c)
{
    sink_adds(s, "<td>");
    if (c->kind != CELL_INT)
        sink_adds(s, "first time");
    else if (c->number == 0)
        sink_adds(s, "no change");
    else {
        if (c->number > 0)
            sink_addc(s, '+');
        sink_int(s, c->number);
    }
    sink_adds(s, "</td>");
}

static int write_rows(struct sink *s, const struct report *r, struct err *err)
{
    static const char *const numbers[] = {
        "devices", "at_risk", "undetermined",       "attention",
        "clean",   "overdue", "macs_not_reporting", "pass_rate"};
    struct rows *rows = rows_open(r, "portfolio", err);
    size_t i;
    int step = -1;

    if (!rows)
        return -1;
    while ((step = rows_next(rows, err)) == 1) {
        sink_adds(s, "<tr>");
        write_client(s, r, rows_cell(rows, rows_column(rows, "client"))->text);
        for (i = 0; i < COUNT_OF(numbers); i++)
            write_number(s, rows_cell(rows, rows_column(rows, numbers[i])),
                         i == 1 || i == 5);
        write_change(s, rows_cell(rows, rows_column(rows, "at_risk_change")));
        sink_adds(s, "</tr>\n");
    }
    rows_close(rows);
    return step;
}

static int write_missing(struct sink *s, const struct report *r,
                         struct err *err)
{
    struct rows *rows = rows_open(r, "missing_clients", err);
    size_t n = 0;
    int step;

    if (!rows)
        return -1;
    while ((step = rows_next(rows, err)) == 1) {
        sink_adds(s, n++ ? "" : "<h2>Missing this time</h2>\n<ul>\n");
        sink_adds(s, "<li>");
        escaped(s, rows_cell(rows, 0)->text);
        sink_adds(s, ", last in ");
        escaped(s, rows_cell(rows, 1)->text);
        sink_adds(s, "</li>\n");
    }
    rows_close(rows);
    if (n)
        sink_adds(s, "</ul>\n");
    return step;
}

static int write_page(struct sink *s, const struct report *r, struct err *err)
{
    static const char *const titles[] = {"Client",    "Macs",
                                         "At risk",   "Not known yet",
                                         "To tidy",   "No problem found",
                                         "Overdue",   "Not reporting",
                                         "Pass rate", "At risk, change"};
    size_t i;

    write_head(s, r);
    sink_adds(
        s, "<div class=\"scroll\" tabindex=\"0\">\n<table>\n<caption>"
           "Macs of each client, the worst first. Overdue: something critical "
           "open for more than 14 days, high for 30, medium for 90."
           "</caption>\n<thead>\n<tr>");
    for (i = 0; i < COUNT_OF(titles); i++) {
        sink_adds(s, "<th scope=\"col\">");
        sink_adds(s, titles[i]);
        sink_adds(s, "</th>");
    }
    sink_adds(s, "</tr>\n</thead>\n<tbody>\n");
    if (write_rows(s, r, err) < 0)
        return -1;
    sink_adds(s, "</tbody>\n</table>\n</div>\n");
    if (write_missing(s, r, err) < 0)
        return -1;
    sink_adds(s, "</main>\n</body>\n</html>\n");
    return 0;
}

int portfolio_write(const struct report *r, const struct writer *w,
                    struct output *out, struct err *err)
{
    struct sink *s = sink_open(out->file, err);
    int rc;

    (void)w;
    if (!s)
        return -1;
    rc = write_page(s, r, err);
    sink_close(s);
    return rc;
}
