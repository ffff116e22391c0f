/*
 * tmpdir.h - a folder for one test, gone when it ends.
 */
#ifndef MUSTER_TMPDIR_H
#define MUSTER_TMPDIR_H

#include "core/base.h"

/* Make an empty folder below $TMPDIR and return its path; it stays valid until
 * the next call in this process. Fails the test where it cannot. */
const char *tmpdir_make(void);

/* "FOLDER/name" in a static buffer of its own for each of the last 8 calls. */
const char *tmpdir_path(const char *name);

/* Write a file there and return its path. */
const char *tmpdir_file(const char *name, const char *text);

/* Remove the folder and what is in it (no sub-folders within sub-folders). */
void tmpdir_remove(void);

#endif
