/*
 * commands.h - the table of commands, made from the files core/cmd_*.c.
 *
 * core/cmd_NAME.c defines "const struct command cmd_NAME"; that is all it
 * takes to add one. Only these files and main.c look into the stages.
 */
#ifndef MUSTER_COMMANDS_H
#define MUSTER_COMMANDS_H

#include "core/options.h"

#include <sqlite3.h>

extern const struct command *const commands[]; /* NULL-terminated */

const struct command *command_find(const char *name); /* NULL: none */

/*
 * Open the store that the common options name (--db, --wait), with the schema
 * compiled in. "mode" as in core/db.h.
 */
sqlite3 *command_store(const struct call *c, int mode, struct err *err);

/*
 * Refuse (ERR_USAGE) a --client that the store has never heard of: an answer
 * about nobody looks like an all-clear.
 */
int command_client(sqlite3 *db, const struct options *o,
                   struct err *err) MUST_CHECK;

/* Set by SIGINT, SIGTERM and SIGHUP: the signal, else 0. Long loops and the
 * progress handler of the store look at it. */
int command_signal(void);

#endif
