/*
 * plist_reader.h - property lists, XML or binary, as JSON values.
 */
#ifndef MUSTER_PLIST_READER_H
#define MUSTER_PLIST_READER_H

#include "core/base.h"

#include <jansson.h>

#define PLIST_MOST ((size_t)16 * 1024 * 1024)

/*
 * Dates become ISO 8601 texts, data the word "(data)", or "" where it is
 * empty: what is in it is a key more often than not. NULL where it is no
 * property list; *problem says why. Entities and deep nesting are refused.
 * XML documents one after another become an array of what each holds.
 */
json_t *plist_to_json(const char *s, size_t n, const char **problem);

/* Whether a text starts like one. */
bool plist_looks(const char *s, size_t n);

#endif
