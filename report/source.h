/*
 * source.h - where a finding comes from: the rows of the exports that gave the
 * facts of its rule.
 */
#ifndef MUSTER_SOURCE_H
#define MUSTER_SOURCE_H

#include "core/facts.h"
#include "core/strbuf.h"
#include "report/report.h"

struct source; /* one for a report; keeps statements */

/* Which finding. */
struct source_ask {
    int rule_no;
    int64_t device_id;
    int64_t account_id; /* 0: a rule of device scope */
    int64_t row_id;     /* the Mac's only device_row; 0: several, or none */
};

/* One value that a row gave. Text is borrowed until the next call. */
struct source_value {
    const char *fact;
    const char *account; /* "" for a fact of the Mac */
    const char *value;   /* as canonical files spell it */
    const char *column;  /* header of the column; "" where it has none */
    const char *raw;     /* the cell as it was */
    const char *source;  /* title of the mapping */
    const char *file;
    int64_t line;
    int64_t column_no; /* from 1; 0 unknown */
    int64_t time;      /* of the row; INT64_MIN where it has none */
};

/* Returns NULL with *err set; the caller frees with source_close(). */
struct source *source_open(const struct report *r, struct err *err);
void source_close(struct source *s); /* NULL is fine */

/*
 * The newest row that gave one of the rule's facts: 1 with *file and *line, 0
 * where no row did, -1 with err. Ties go to the first file and line.
 */
int source_newest(struct source *s, const struct source_ask *ask,
                  const char **file, int64_t *line, struct err *err) MUST_CHECK;

/*
 * Every value of the rule's facts, newest row first. "fn" returns 0 to go on
 * or -1 with *err set. The rows of one Mac are read once where its findings
 * are asked for one after the other.
 */
typedef int source_fn(void *ctx, const struct source_value *v, struct err *err);
int source_each(struct source *s, const struct source_ask *ask, source_fn *fn,
                void *ctx, struct err *err) MUST_CHECK;

/* Append these values as bytes, which only the same source understands, */
int source_pack(struct source *s, const struct source_ask *ask,
                struct strbuf *out, struct err *err) MUST_CHECK;

/* and have them from there again, without a look at the store. */
int source_unpack(const struct source *s, const char *bytes, size_t n,
                  source_fn *fn, void *ctx, struct err *err) MUST_CHECK;

#endif
