/*
 * catalogue.h - all rules and remedies in force: those compiled in, and a
 * user's own in front of them.
 */
#ifndef MUSTER_ANALYZE_CATALOGUE_H
#define MUSTER_ANALYZE_CATALOGUE_H

#include "analyze/rule.h"

struct catalogue {
    struct rule **rules; /* in byte order of their ids */
    char **cases;        /* of each: the text of its cases, "" for none */
    char **case_files;   /* ... and the name for messages */
    bool *overrides;     /* ... whether it takes the place of a built-in one */
    size_t count, cap;
    char digest[SHA256_HEX]; /* over the rules */
};

/*
 * Read the built-in rules, then those of "dir" (NULL for none): files *.sql in
 * it and in its folders. A rule that cannot be read stays in the catalogue as
 * broken; only a folder that cannot be read is an error (ERR_CONFIG). The
 * caller frees with catalogue_free().
 */
int catalogue_load(struct catalogue *c, const char *dir,
                   struct err *err) MUST_CHECK;
void catalogue_free(struct catalogue *c);

const struct rule *catalogue_find(const struct catalogue *c, const char *id);

/* Leave out the rules that "drop" says; it gets each id. */
void catalogue_drop(struct catalogue *c, bool (*drop)(void *ctx, const char *),
                    void *ctx);

/* A text file read whole, at most "limit" bytes; the caller frees. */
char *file_text(const char *path, size_t limit, size_t *n, struct err *err);

/*
 * Call "fn" with every file of "dir" and of its folders whose name ends in
 * "suffix", in byte order; "folder" is "" for files of "dir" itself.
 */
typedef int file_fn(void *ctx, const char *path, const char *folder,
                    struct err *err);
int files_below(const char *dir, const char *suffix, file_fn *fn, void *ctx,
                struct err *err) MUST_CHECK;

/* ---------------------------------------------------------------- remedies */

#define REMEDY_STEPS_MOST 32

struct remedy {
    const char *id, *title, *who, *effort, *risk, *verify, *plain;
    int64_t minutes;
    const char *steps[REMEDY_STEPS_MOST];
    size_t step_count;
    const char *file;
    char *memory;
};

struct remedies {
    struct remedy *items; /* R0 R1 R2 ... R10 */
    size_t count, cap;
    char digest[SHA256_HEX];
};

/* Built-in remedies, and those of "dir" (NULL: none) in front. A fault is
 * ERR_CONFIG with file and line. Free with remedies_free(). */
int remedies_load(struct remedies *r, const char *dir,
                  struct err *err) MUST_CHECK;
void remedies_free(struct remedies *r);
const struct remedy *remedies_find(const struct remedies *r, const char *id);

#endif
