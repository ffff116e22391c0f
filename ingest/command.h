/*
 * command.h - what "ingest" and "run" share: options to settings, files in,
 * talk on standard error.
 */
#ifndef MUSTER_INGEST_COMMAND_H
#define MUSTER_INGEST_COMMAND_H

#include "core/options.h"
#include "ingest/ingest.h"
#include "ingest/telling.h"

/* Settings from the command line; strings are borrowed from it. */
struct ingest_command {
    struct ingest_options options;
    char period[64];
    const char **map, **keep; /* owned arrays of borrowed strings */
    struct strbuf json;       /* what --json prints: an array of files */
    struct telling telling;
    int64_t files, loaded, same, failed;
};

int ingest_command_options(const struct call *c, struct ingest_command *cmd,
                           struct err *err) MUST_CHECK;

/*
 * Expand the operands and ingest each file, telling what became of it on
 * standard error (nothing with --quiet). A file that cannot be used is told
 * and passed over; the first such error is returned at the end, with its
 * text already printed where other files follow.
 */
int ingest_command_files(sqlite3 *db, struct ingest_command *cmd,
                         const struct call *c, struct err *err) MUST_CHECK;

/* The same, and with --json the summary on standard output. */
int ingest_command_run(sqlite3 *db, struct ingest_command *cmd,
                       const struct call *c, struct err *err) MUST_CHECK;

void ingest_command_free(struct ingest_command *cmd);

#endif
