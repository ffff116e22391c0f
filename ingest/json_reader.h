/*
 * json_reader.h - the records of a JSON file, one at a time.
 *
 * A file may be an array, an envelope around one, a single object, JSON Lines,
 * or several such documents one after another. The structure is split by our
 * own scanner and only one record at a time is built by jansson, so memory
 * does not grow with the file. Damage refuses the file with the place:
 * duplicate keys, a NUL, a cut-off end, nesting deeper than JSON_DEPTH_MOST, a
 * record longer than JSON_RECORD_MOST.
 */
#ifndef MUSTER_JSON_READER_H
#define MUSTER_JSON_READER_H

#include "core/err.h"
#include "ingest/input.h"
#include "ingest/registry.h"

#include <jansson.h>

#define JSON_DEPTH_MOST 32
#define JSON_RECORD_MOST ((size_t)16 * 1024 * 1024)

struct json_reader;

/*
 * "path" leads to the records from the top of a document, keys joined by dots,
 * arrays passed through; "" means that documents, or the elements of a
 * top-level array, are records. With "bare" a document without the path's
 * first key is a record itself. NULL with *err; json_close() frees. The input
 * stays the caller's.
 */
struct json_reader *json_open(struct input *in, const char *path, bool bare,
                              struct err *err);
void json_close(struct json_reader *r); /* NULL is fine */

enum json_step { JSON_END, JSON_RECORD, JSON_OTHER /* not an object */ };

/* The next record, or other value (the caller's to json_decref()), and its
 * first line. -1 with *err. */
int json_next(struct json_reader *r, json_t **record, int64_t *line,
              struct err *err) MUST_CHECK;

/* So far: whether there was more than one document. */
bool json_is_lines(const struct json_reader *r);

/*
 * What the envelopes said about themselves: members beside the records, the
 * last document's. For "has_more", "total", "next"... NULL where none.
 */
const json_t *json_envelope(const struct json_reader *r);

/* What the envelope of each document said that another one follows, NULL where
 * it has none; the last document's is json_envelope(). */
void json_on_document(struct json_reader *r,
                      void (*f)(void *ctx, const json_t *envelope), void *ctx);

/* The key paths of the first records, as far as the head of the input goes. */
void json_signature(const char *head, size_t n, struct signature *out);

/* The same of a value that is built already. */
void json_value_signature(const json_t *v, struct signature *out);

/* "the JSON is cut off", without a word of the input. */
const char *json_problem(const json_error_t *e);

#endif
