/*
 * writer.h - the table of writers: one row for each file a report can have.
 *
 * A new format is a new file with a write function and a row in writer.c. A
 * writer is handed the report and reads the queries of report/query.h; it
 * builds no SQL of its own. It neither opens, checks nor renames its file:
 * report/publish.c does.
 */
#ifndef MUSTER_WRITER_H
#define MUSTER_WRITER_H

#include "report/report.h"

#define OUTPUT_DETAIL 4096

/* Where a writer writes, and what it says about it afterwards. */
struct output {
    FILE *file;       /* open for writing; errors are asked for by publish */
    const char *path; /* the same file, for libraries that insist on a path:
                         they replace its content */
    int64_t rows;     /* set by the writer: data rows; -1 (preset) for none */
    int64_t guarded;  /* CSV: cells that got a leading apostrophe */
    int64_t cut;      /* cells that were too long for the format */
    char detail[OUTPUT_DETAIL]; /* counts of its parts as a JSON object, such
                        as {"Findings":{"rows":7,"cells":154}}; "" for none */
};

struct writer {
    const char *format;  /* word of --format: csv xlsx html json helpdesk md
                            next */
    const char *subject; /* part of the file name; "" for the main file */
    const char *ext;     /* "csv" */
    const char *query;   /* report/queries/NAME.sql; NULL: several */
    const char *help;    /* one line */
    int (*write)(const struct report *r, const struct writer *w,
                 struct output *out, struct err *err);
    /*
     * Open the finished file again and count: sets rows and detail "found" as
     * it reads them from the file alone. NULL: only the bytes are compared.
     */
    int (*recount)(const char *path, struct output *found, struct err *err);
    bool portfolio; /* only beside the folders of all clients */
};

extern const struct writer writers[];
extern const size_t writer_count;

/* Whether "list" ("csv,html") names the format; NULL names the usual four. */
bool writer_wanted(const char *list, const char *format);

/* ERR_USAGE with a hint where the list names a format that there is not. */
int writer_check_list(const char *list, struct err *err) MUST_CHECK;

/* report/html_check.c: the page is whole, from its first to its last line, and
 * each part of it that is data parses. */
int html_recount(const char *path, struct output *found,
                 struct err *err) MUST_CHECK;

/* report/html.c: the whole page, from templates/ and the queries. */
int html_write(const struct report *r, FILE *out, struct err *err) MUST_CHECK;

#endif
