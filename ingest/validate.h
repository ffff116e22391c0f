/*
 * validate.h - reading mappings without any export, as "muster check" does.
 */
#ifndef MUSTER_VALIDATE_H
#define MUSTER_VALIDATE_H

#include "core/err.h"

/*
 * Read the built-in mappings and those of "dir" (NULL: none). Returns 0 and
 * their number, or -1 with *err (ERR_CONFIG, file and line).
 */
int mappings_validate(const char *dir, size_t *count,
                      struct err *err) MUST_CHECK;

#endif
