/*
 * mapping_text.h - the text of a mapping: what its parsers share, and errors
 * that name file and line. For source.c and mapping_*.c only.
 *
 * jansson does not keep line numbers, so an error finds its line by looking
 * for the key (and the value) in the text again: near enough to be useful, and
 * the parser stays plain.
 */
#ifndef MUSTER_MAPPING_TEXT_H
#define MUSTER_MAPPING_TEXT_H

#include "ingest/source.h"

#include <jansson.h>

struct parse {
    const char *name, *text;
    size_t n;
    struct source *s;
    struct err *err;
};

/* Sets ERR_CONFIG at the line of "word"; always -1. */
int mapping_bad(const struct parse *p, const char *word, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
/* No key but these; remarks ("#...") apart. */
int mapping_check_keys(const struct parse *p, json_t *o, const char *what,
                       const char *const *known, size_t count) MUST_CHECK;

/* A copy; NULL with the error set. */
char *mapping_copy(const struct parse *p, const char *s);
/* The value of a key, where it is there: a text, true or false. */
int mapping_text(const struct parse *p, json_t *o, const char *key,
                 char **out) MUST_CHECK;
int mapping_flag(const struct parse *p, json_t *o, const char *key,
                 bool *out) MUST_CHECK;
/* A text or a list of texts; mapping_free_texts() in any case. */
int mapping_texts(const struct parse *p, json_t *v, const char *key,
                  char ***out, size_t *count) MUST_CHECK;
void mapping_free_texts(char **list, size_t n);

/* mapping_columns.c: the entries of "columns". */
int mapping_no_fact(const struct parse *p, enum fact_scope scope,
                    const char *name);
/* The value must be one that a canonical file could hold. */
int mapping_check_value(const struct parse *p, const struct fact *f,
                        const char *value) MUST_CHECK;
int mapping_columns(const struct parse *p, json_t *list, enum fact_scope scope,
                    struct specs *out) MUST_CHECK;
void mapping_free_columns(struct specs *list);

#endif
