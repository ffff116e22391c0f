/*
 * options.h - the command line: one table of options, one of commands.
 *
 * Every option of the program is defined once (options.c), so a letter never
 * means two things; a command names those it takes. Help, the check of the
 * manual and did-you-mean come from the same tables.
 */
#ifndef MUSTER_OPTIONS_H
#define MUSTER_OPTIONS_H

#include "core/err.h"

enum opt_kind {
    OPT_FLAG, /* --replace */
    OPT_TEXT, /* --period LABEL; given twice, the last counts */
    OPT_LIST  /* --keep COLUMN, may be repeated */
};

struct option {
    char letter;      /* 0 for none */
    const char *name; /* without dashes */
    enum opt_kind kind;
    const char *arg;  /* what help calls the argument; NULL for a flag */
    const char *help; /* one line, at most 50 characters */
};

struct options; /* what was given */

/* What a command gets. "operands" are the words that are no options. */
struct call {
    const struct options *opt;
    char **operands;
    size_t count;
};

struct command {
    const char *name;
    const char *summary;        /* one line, for "muster --help" */
    const char *usage;          /* "ingest [OPTIONS] FILE|DIR..." */
    const char *help;           /* paragraphs, wrapped at 79 columns */
    const char *examples;       /* lines "  muster ..."; NULL for none */
    bool no_json;               /* what it gives is no data: no --json */
    const char *const *options; /* names, NULL-terminated; the common ones
                                   (db, quiet, ...) need not be listed */
    /* Returns 0, or -1 with *err set. Data goes to stdout, talk to stderr. */
    int (*run)(const struct call *c, struct err *err);
};

/* Values given; NULL or 0 where an option was not. Asking for a name that the
 * table does not have is a programming error and aborts. */
bool opt_flag(const struct options *o, const char *name);
const char *opt_text(const struct options *o, const char *name);
const char *opt_text_or(const struct options *o, const char *name,
                        const char *fallback);
size_t opt_count(const struct options *o, const char *name);
const char *opt_item(const struct options *o, const char *name, size_t i);

/* --as-of, or the present; the one place where the clock is read. */
int opt_as_of(const struct options *o, int64_t *as_of,
              struct err *err) MUST_CHECK;
/* --period, or the month of as-of, into "out". */
int opt_period(const struct options *o, int64_t as_of, char *out, size_t size,
               struct err *err) MUST_CHECK;
/* --wait in milliseconds (default 10 s). */
int opt_wait(const struct options *o, int *ms, struct err *err) MUST_CHECK;
/* Talk to the user: 0 with --quiet, 1, 2 with --verbose. */
int opt_talk(const struct options *o);

/*
 * Parse the words after the command. Returns NULL with *err (ERR_USAGE and a
 * hint) where they do not fit; the caller frees with options_free().
 */
struct options *options_parse(const struct command *cmd, int argc, char **argv,
                              struct call *call, struct err *err);
void options_free(struct options *o);

/* Print the help of a command; "muster help" itself is in main.c. */
void options_help(const struct command *cmd, FILE *out);

/* The whole table, for the manual's test. */
extern const struct option all_options[];
extern const size_t all_option_count;

#endif
