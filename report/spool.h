/*
 * spool.h - rows put aside in the order in which they are cheap to read, and
 * read again in the order in which they are reported.
 *
 * Each row has a key, a whole number; rows of one key are added one after the
 * other. The rows go to a private temporary file once they are many, of which
 * memory holds one offset a key.
 */
#ifndef MUSTER_SPOOL_H
#define MUSTER_SPOOL_H

#include "core/err.h"
#include "report/rows.h"

struct spool;

/* For keys from "least" to "most". NULL with *err; the caller frees. */
struct spool *spool_new(int64_t least, int64_t most, struct err *err);
void spool_free(struct spool *s); /* NULL is fine */

/* Add a row of "n" cells under a key; -1 with err (disk full, memory). */
int spool_add(struct spool *s, int64_t key, const struct cell *cells, size_t n,
              struct err *err) MUST_CHECK;

/* No more rows: they can be read now. */
int spool_end(struct spool *s, struct err *err) MUST_CHECK;

/* A place in a spool, for one reader. Starts as {0} and is freed. */
struct spool_reader {
    struct spool *spool;
    char *buf; /* the rows of one key, as far as they were read */
    size_t len, cap, at;
    int64_t offset; /* in the file of the byte behind buf */
};
void spool_reader_free(struct spool_reader *r);

/* Go to the rows of a key. */
int spool_seek(struct spool_reader *r, int64_t key, struct err *err) MUST_CHECK;

/* The next row of that key into "cells" (as many as were added): 1, or 0 where
 * there is none. Text is valid until the next call. */
int spool_next(struct spool_reader *r, struct cell *cells, size_t n,
               struct err *err) MUST_CHECK;

#endif
