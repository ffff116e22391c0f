/*
 * registry.h - every mapping that is known, and which one fits a file.
 */
#ifndef MUSTER_REGISTRY_H
#define MUSTER_REGISTRY_H

#include "ingest/source.h"

/* Every mapping that is known. */
struct registry {
    struct source **items; /* by id, user's own in front of ours */
    size_t count;
};

/* "dir" is a folder of user mappings or NULL. */
int registry_open(struct registry *r, const char *dir,
                  struct err *err) MUST_CHECK;
void registry_close(struct registry *r);
const struct source *registry_find(const struct registry *r, const char *id);
/* Resolve "include" of a mapping that is not in the registry itself. */
int registry_link(const struct registry *r, struct source *s,
                  struct err *err) MUST_CHECK;

/* The names that a file has: headers, or key paths of its first records. */
struct signature {
    enum source_format format;
    char **names; /* sorted without ASCII case; for JSON from the top */
    size_t count;
    const char *const *maps; /* FACT=COLUMN of --map; not its own */
    size_t map_count;
};

void signature_add(struct signature *s, const char *name, size_t n);
void signature_sort(struct signature *s);
void signature_free(struct signature *s);
bool signature_has(const struct signature *s, const char *prefix,
                   const char *name);

/*
 * The mapping that fits best: all its needs are met and it knows the most
 * columns; of as many, canonical files' own gives way. NULL with *err
 * (ERR_INPUT) where none fits or two fit equally; the error names them. "why"
 * says what decided, for `sources detect`.
 */
const struct source *registry_detect(const struct registry *r,
                                     const struct signature *s,
                                     const char *file, struct err *err);

/* The path to the records in a file with this signature; "" where documents
 * are records themselves. */
const char *source_path(const struct source *s, const struct signature *sig);

/* Whether it reads ids that names of this kind belong to. */
bool source_uses_names(const struct source *s, const char *kind);

/* How well one fits: -1 not at all, else the number of columns it knows. */
int source_fit(const struct source *s, const struct signature *sig);

#endif
