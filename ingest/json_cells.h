/*
 * json_cells.h - a JSON record as the cells of a map.
 *
 * Every key path of a record is a column, made when it is first met. Arrays
 * are passed through: what stands in them several times becomes one cell of
 * several lines. Paths that the mapping calls accounts or attributes are taken
 * apart element by element.
 */
#ifndef MUSTER_JSON_CELLS_H
#define MUSTER_JSON_CELLS_H

#include "core/err.h"
#include "ingest/map.h"

#include <jansson.h>

struct json_cells;

/* NULL with *err; both stay the caller's and must outlive it. */
struct json_cells *json_cells_new(const struct source *s, struct map *m,
                                  struct err *err);
void json_cells_free(struct json_cells *c); /* NULL is fine */

/* Map one record into "out". */
int json_cells_map(struct json_cells *c, const json_t *record, int64_t line,
                   struct map_record *out, struct err *err) MUST_CHECK;

#endif
