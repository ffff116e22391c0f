/*
 * writer.c - the table of writers.
 */
#include "core/base.h"

#include "report/csv.h"
#include "report/helpdesk.h"
#include "report/json.h"
#include "report/markdown.h"
#include "report/next.h"
#include "report/portfolio.h"
#include "report/writer.h"
#include "report/xlsx.h"

/* The page is counted by its marks: see html_check.c. */
static int write_html(const struct report *r, const struct writer *w,
                      struct output *out, struct err *err)
{
    (void)w;
    return html_write(r, out->file, err);
}

#define CSV(subject, help)                                                     \
    {                                                                          \
        "csv", subject, "csv", subject, help, csv_write, csv_recount           \
    }

#define NEXT(subject, query, help)                                             \
    {                                                                          \
        "next", subject, "csv", query, help, csv_write, csv_recount            \
    }

const struct writer writers[] = {
    CSV("findings", "every fail and unknown with its evidence"),
    CSV("devices", "every Mac with its verdict and next step"),
    CSV("accounts", "every account with what a reset would do"),
    CSV("rules", "counts and rates of every rule"),
    CSV("remedies", "what to do, and on which Macs"),
    CSV("matrix", "every Mac by every rule"),
    CSV("changes", "what differs from the period before"),
    CSV("waivers", "accepted risks and what they cover"),
    CSV("rejects", "records that were refused, and why"),
    CSV("clients", "every client in one line"),
    {"html", "", "html", NULL, "one page for people, needs nothing else",
     write_html, html_recount, false},
    {"html", "portfolio", "html", NULL, "all clients on one page",
     portfolio_write, html_recount, true},
    {"xlsx", "", "xlsx", NULL, "one workbook: summary, tables, method",
     xlsx_write, xlsx_recount, false},
    {"json", "report", "json", NULL, "all numbers, without the rows",
     json_write_report, json_recount_report, false},
    {"json", "findings", "jsonl", "findings",
     "a finding a line, with the rows it rests on", json_write_findings,
     json_recount_lines, false},
    {"helpdesk", "helpdesk", "html", NULL,
     "may this password be reset? for the help desk", helpdesk_write,
     html_recount, false},
    {"md", "", "md", NULL, "a summary for a ticket or a chat", markdown_write,
     NULL, false},
    NEXT("tickets", "tickets", "one row a Mac and fix"),
    NEXT("messages", "messages", "a message for each person who can help"),
    NEXT("jamf", "group_jamf", "Macs by fix, for static groups of Jamf Pro"),
    NEXT("kandji", "group_kandji", "Macs by fix, for tags of Kandji / Iru"),
    NEXT("addigy", "group_addigy", "Macs by fix, for filters of Addigy"),
    {"next", "fleet", "yml", "group_jamf", "Macs by fix, as labels of Fleet",
     next_write_fleet, next_recount_fleet, false},
};

const size_t writer_count = COUNT_OF(writers);

/* The formats written where none is asked for. */
#define USUAL "csv,xlsx,html,json"

/* Whether a word of a list joined by commas is this one. */
static bool listed(const char *list, const char *word)
{
    size_t n = strlen(word);

    while (*list) {
        size_t len = strcspn(list, ",");

        if (len == n && strncmp(list, word, n) == 0)
            return true;
        list += len;
        list += *list == ',';
    }
    return false;
}

bool writer_wanted(const char *list, const char *format)
{
    return listed(list ? list : USUAL, format);
}

static bool known(const char *word, size_t n)
{
    size_t i;

    for (i = 0; i < writer_count; i++)
        if (strlen(writers[i].format) == n &&
            strncmp(writers[i].format, word, n) == 0)
            return true;
    return false;
}

int writer_check_list(const char *list, struct err *err)
{
    while (list && *list) {
        size_t n = strcspn(list, ",");

        if (!known(list, n)) {
            err_set(err, ERR_USAGE, "unknown format \"%.*s\"", (int)n, list);
            return err_hint(
                err, "formats: csv, xlsx, html, json, helpdesk, md, next");
        }
        list += n;
        list += *list == ',';
    }
    return 0;
}
