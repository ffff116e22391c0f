/*
 * job.h - one file on its way into the store: shared by the files job_*.c and
 * ingest.c, and by nothing else.
 */
#ifndef MUSTER_JOB_H
#define MUSTER_JOB_H

#include "core/progress.h"
#include "ingest/csv_reader.h"
#include "ingest/ingest.h"
#include "ingest/id_names.h"
#include "ingest/load.h"
#include "ingest/map.h"
#include "ingest/registry.h"

#include <jansson.h>

struct ingest {
    sqlite3 *db;
    const struct ingest_options *o;
    struct registry registry;
    struct source *own; /* from --source FILE.json */
    struct serials *serials;
    struct id_names *names; /* NULL: to be read */
    struct feed_slot slot;
    int64_t first;        /* import_id from which on they are this command's */
    int64_t data_version; /* of the store when the serials were read */
    bool loaded;          /* the serials */
};

/* Records of a file that is one page of many; total 0: it is none. */
struct page {
    int64_t first, count, total; /* first: 0 for the first record of all */
};

/* One file on its way. */
struct job {
    struct ingest *in;
    const struct operand *file;
    const char *client;
    struct ingest_summary *out;
    struct input *input;
    const struct source *source;
    enum source_format format;
    bool lines; /* JSON Lines, or documents one after another */
    struct map *map;
    struct load *load;
    int64_t import_id;
    char sha[SHA256_HEX], mapping[SHA256_HEX];
    struct strbuf notes;
    struct strbuf remarks; /* one a line */
    struct csv_reader *csv;
    struct map_cell *cells;
    struct strbuf plain; /* of this row: cells without their entities */
    bool *wanted;
    const char *path;    /* to the records of JSON */
    json_t *whole;       /* plist and text: all of the file, as records */
    char name_value[64]; /* what the file's name says */
    struct progress progress;
    int64_t shown; /* rejects */
    bool cut_tail; /* the last cell was not read */
    bool cut_line; /* the last line of a text was not read */
    bool partial;  /* one page of many: its lists are not complete */
    struct page page;
    int last_pages; /* pages that say they are the last; others follow them */
};

/* ------------------------------------------------ job_summary.c: for people */

/* Said in brackets behind the counts. */
void job_note(struct job *j, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* A warning, on a line of its own. */
void job_remark(struct job *j, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* ", 3 of other platforms" and "end", for every reason to leave some out. */
void job_put_left_out(const struct job *j, const char *end, struct strbuf *b);
/* For load_on_reject(). */
void job_reject(void *ctx, int64_t line, int64_t column, const char *reason);
void job_summary(struct job *j);
void job_summary_same(struct job *j);

/* After each record: progress, and the signal to stop. */
int job_tick(struct job *j, struct err *err) MUST_CHECK;

/* -------------------------------------------------- the readers: job_NAME.c */

/* The names that a file has; opens the reader. */
int job_csv_signature(struct job *j, struct signature *sig,
                      struct err *err) MUST_CHECK;
/* A property list, a text of commands: read into j->whole. */
int job_read_plist(struct job *j, struct signature *sig,
                   struct err *err) MUST_CHECK;
int job_read_commands(struct job *j, struct signature *sig,
                      struct err *err) MUST_CHECK;

/* Every record of the file into the store. */
int job_load_csv(struct job *j, struct err *err) MUST_CHECK;
int job_load_json(struct job *j, struct err *err) MUST_CHECK;
int job_load_whole(struct job *j, struct err *err) MUST_CHECK;
int job_load_names(struct job *j, struct err *err) MUST_CHECK;
int job_load_work(struct job *j, struct err *err) MUST_CHECK;
/* Reject a row of CSV that has another number of cells than the header. */
int job_ragged(struct job *j, const struct csv_row *row, size_t expected,
               struct err *err) MUST_CHECK;
/* "semicolon" */
const char *job_delimiter(const struct job *j);
/* Warn where an envelope says that its file is one page of many, or note which
 * page it is. */
struct json_reader;
void job_pages(struct job *j, const struct json_reader *r);
/* For json_on_document(): one of several documents ends. */
void job_page_ended(void *job, const json_t *envelope);
/* Once the import is stored: pages of its source that are all there count as
 * complete; of the others each is said to be a page, and how many are there. */
int job_settle_pages(struct job *j, struct err *err) MUST_CHECK;

/* ------------------------------------------------ job_source.c: the mapping */

enum source_format job_guess_format(const struct input *in);
const char *job_format(const struct job *j);
/* Sets source, path and what the file's name says. */
int job_find_source(struct job *j, struct err *err) MUST_CHECK;
/* Everything that decides how the file is read. */
void job_digest(struct job *j);

/* ---------------------------------------------------- job_store.c: imports */

/* 1 where the very same import is in the store: told by the file before it is
 * read, and by the digest of what was read. */
int job_is_same(struct job *j, struct err *err) MUST_CHECK;
int job_is_there(struct job *j, struct err *err) MUST_CHECK;
/* Earlier readings of the same file, and with --replace all of its source. */
int job_supersede(struct job *j, struct err *err) MUST_CHECK;
int job_store_import(struct job *j, struct err *err) MUST_CHECK;
int job_store_columns(struct job *j, struct err *err) MUST_CHECK;
int job_store_values(struct job *j, struct err *err) MUST_CHECK;
int job_store_remarks(struct job *j, struct err *err) MUST_CHECK;

#endif
