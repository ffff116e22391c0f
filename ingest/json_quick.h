/*
 * json_quick.h - the plain JSON of nearly every record, built in one pass.
 *
 * Most records hold nothing but objects, arrays, texts without escapes, whole
 * numbers and the three words; for those jansson's lexer, which takes each byte
 * by a call, is most of what reading costs. What is built here are jansson's
 * own values, and whatever is not plain is left to jansson whole, its errors
 * with it.
 */
#ifndef INGEST_JSON_QUICK_H
#define INGEST_JSON_QUICK_H

#include <jansson.h>

/*
 * The object at "text", "len" bytes that end with its bracket: the value that
 * json_loadb(text, len, JSON_REJECT_DUPLICATES) gives, for the caller to
 * release. NULL where it is not plain, is damaged, or memory is out: ask
 * jansson. The nesting must be bounded by the caller.
 */
json_t *json_quick_object(const char *text, size_t len);

#endif
