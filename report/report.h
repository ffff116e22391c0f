/*
 * report.h - what a judged period says, as files.
 *
 * report_write() makes every file asked for from the database alone: each is
 * written beside its place, read back and counted, synced and renamed, the
 * manifest last. Writers (report/writer.h) are handed a struct report and the
 * named queries of report/queries/ (report/query.h), so that no two formats
 * can disagree. The database is only read, apart from TEMP tables.
 */
#ifndef MUSTER_REPORT_H
#define MUSTER_REPORT_H

#include "core/config.h"
#include "core/err.h"

#include <jansson.h>
#include <sqlite3.h>

/* What was asked for. All text is borrowed; NULL or 0 takes the default. */
struct report_options {
    const char *dir;        /* default "reports"; made where missing, 0700 */
    const char *period;     /* label; NULL: the newest one judged */
    const char *client;     /* name as stored; NULL: the whole fleet */
    const char *use;        /* monthly (default), client, migration */
    const char *formats;    /* "csv,xlsx,html,json"; NULL: all of these */
    const char *templates;  /* folder in front of the built-in templates */
    const char *version;    /* of the program */
    const char *redact;     /* "users,serials,hostnames"; NULL: nothing */
    const char *redact_key; /* file that holds the key of the pseudonyms */
    const struct config *config; /* how reports look; NULL: the defaults */
    bool csv_raw;                /* cells without formula protection */
    bool csv_bom;                /* byte order mark in CSV files */
    bool each_client; /* a folder for each client, and the portfolio */
    bool new_only;    /* next steps for new findings only */
    bool force;       /* overwrite files that no manifest names */
};

struct report_cache;
struct brand;

/* One report: a period, and one client or all of them. Text is borrowed. */
struct report {
    sqlite3 *db;
    int64_t period_id;
    int64_t before_id;       /* the period judged before it; 0: none */
    int64_t client_id;       /* 0: the whole fleet */
    const char *client;      /* as people read it; "fleet" for all together */
    const char *slug;        /* of the client, for file names */
    const char *use;         /* monthly client migration */
    const char *period;      /* label */
    const char *period_slug; /* of the label, for file names */
    const char *before;      /* label of before_id; "" for none */
    int64_t as_of;
    const struct report_options *options; /* never NULL */
    const struct brand *brand;  /* report/brand.h; NULL: nothing is set */
    struct report_cache *cache; /* report/rows.h; NULL: nothing is kept */
    /* Names of clients whose own report failed, each with its NUL. */
    const struct strbuf *failed;
};

/* One file written. */
struct report_file {
    char *name;   /* in the folder of its report: "acme/acme-monthly-..." */
    char *format; /* csv xlsx html json md */
    int64_t rows; /* rows of its subject; -1 where it has none */
    int64_t bytes;
};

/* What report_write() did. Starts as {0}; report_summary_free() it. */
struct report_summary {
    char *dir;
    char *manifest; /* path of the (last) manifest */
    char *opener;   /* path of the file to look at first: HTML where written */
    struct report_file *files;
    size_t count;
    int64_t guarded; /* CSV cells that got a leading apostrophe */
    int64_t cut;     /* XLSX cells cut at the limit of a cell */
    size_t clients;  /* reports written with each_client */
    char *failed;    /* clients whose report failed, joined by "; "; or NULL */
    enum err_code failed_code; /* the first of their exit codes */
};

/*
 * Refuse what no report can be made of before any work is done: an unknown
 * use, format or word of --redact, a key of pseudonyms that nothing uses
 * (ERR_USAGE), a folder of templates that is not there (ERR_CONFIG).
 */
int report_check(const struct report_options *o, struct err *err) MUST_CHECK;

/*
 * Write the reports. Fails with ERR_USAGE for an unknown format, use, client
 * or period; ERR_OUTPUT where a file cannot be written, is not ours, or may
 * not be released. What was there before stays in place after a failure. With
 * each_client one client's failure does not stop the others: it returns 0, and
 * the summary says which failed.
 */
int report_write(sqlite3 *db, const struct report_options *o,
                 struct report_summary *out, struct err *err) MUST_CHECK;

void report_summary_free(struct report_summary *s);

/*
 * Read a folder's manifests and compare every file with what they say and
 * with the database ("db" may be NULL: files only). Pages and workbooks are
 * made again where they would look the same, with "config" and "templates" as
 * in report_options. Each difference is a line on "out". Returns 0 where all
 * agrees, -1 with ERR_GATE where not.
 */
struct report_verify {
    const struct config *config; /* NULL: the defaults */
    const char *templates;       /* NULL: built-in ones */
    FILE *out;                   /* a line for each difference; NULL: none */
    json_t *list;                /* gets {"file", "difference"}; NULL: none */
    int64_t files;               /* read; set */
    int64_t unmade; /* pages and workbooks that were counted only; set */
};

int report_verify(sqlite3 *db, const char *dir, struct report_verify *how,
                  struct err *err) MUST_CHECK;

/*
 * Whether the facts in the database (which are those of the period analysed
 * last) are those of "period" (NULL: the newest one judged). Where not, it must
 * be analysed again before accounts and devices can be reported.
 */
int report_posture_is(sqlite3 *db, const char *period, bool *is,
                      struct err *err) MUST_CHECK;

#endif
