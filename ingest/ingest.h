/*
 * ingest.h - files into the store: the entry of the stage.
 *
 * A file is one transaction: it is in the store as a whole or not at all. It
 * is known by period, digest, client and mapping; the same again does nothing
 * and says so, another mapping takes the earlier one's place.
 */
#ifndef MUSTER_INGEST_H
#define MUSTER_INGEST_H

#include "core/err.h"
#include "core/strbuf.h"
#include "ingest/operands.h"
#include "ingest/source.h"

#include <sqlite3.h>

struct ingest_options {
    const char *period;
    int64_t as_of;
    bool has_collected;
    int64_t collected;
    const char *client;     /* --client; NULL */
    const char *source;     /* id or FILE.json; NULL: by the file */
    const char *sources;    /* folder of mappings in front of ours; NULL */
    const char *const *map; /* FACT=COLUMN */
    size_t map_count;
    const char *const *keep;
    size_t keep_count;
    const char *encoding;
    bool replace;
    bool has_max_rejects;
    int64_t max_rejects; /* a number, or with "percent" of the records */
    bool max_percent;
    bool dry_run;  /* read and check, store nothing */
    bool progress; /* a progress line may be drawn */
};

enum ingest_state {
    INGEST_LOADED,
    INGEST_SAME,     /* it was there already: nothing done */
    INGEST_REPLACED, /* loaded in the place of an earlier one */
    INGEST_FAILED    /* *err says why; nothing of the file is kept */
};

/* What became of a file. Starts as {0}; ingest_summary_free(). */
struct ingest_summary {
    enum ingest_state state;
    char *file, *source, *client;
    int64_t bytes, records, accepted, rejected, left_out, devices, accounts;
    char *notes;
    struct strbuf line;    /* one line for people */
    struct strbuf details; /* more lines, each with its line end */
};
void ingest_summary_free(struct ingest_summary *s);

/* The summary as one JSON object. */
void ingest_summary_json(const struct ingest_summary *s, struct strbuf *out);

struct ingest;

/* What one command ingests. NULL with *err; the options must outlive it. */
struct ingest *ingest_open(sqlite3 *db, const struct ingest_options *o,
                           struct err *err);

/* One file. Returns -1 with *err where nothing of it was kept; with ERR_INPUT
 * the caller may go on to the next file. */
int ingest_file(struct ingest *in, const struct operand *file,
                struct ingest_summary *out, struct err *err) MUST_CHECK;

/* Whether a file gives names to ids that others hold, so that it is to be read
 * before them. False also where it cannot be opened: that is told later. */
bool ingest_gives_names(struct ingest *in, const struct operand *file);

void ingest_close(struct ingest *in);

#endif
