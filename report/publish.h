/*
 * publish.h - files that are there whole or not at all.
 *
 * Each file is written beside its place under a hidden name, read back, synced
 * and only then renamed; all files of a report are renamed together at the
 * end. What stands in a folder is replaced if a manifest there names it as
 * ours. Folders are made 0700 and files 0600. A folder is locked meanwhile.
 */
#ifndef MUSTER_PUBLISH_H
#define MUSTER_PUBLISH_H

#include "core/sha256.h"
#include "report/writer.h"

struct publish; /* one folder, locked */

/* A finished file, still under its hidden name. */
struct published {
    const char *name;            /* in the folder */
    const char *path;            /* where it is now */
    const struct writer *writer; /* NULL for the manifest */
    int64_t rows, guarded, cut, bytes;
    char detail[OUTPUT_DETAIL];
    char sha256[SHA256_HEX];
};

/*
 * Open (and make) a folder. ERR_BUSY where another run writes there, ERR_OUTPUT
 * where it cannot be used. "force" lets files that are not ours be replaced.
 * NULL with *err set; the caller frees with publish_close().
 */
struct publish *publish_open(const char *dir, bool force, struct err *err);

/* Removes what was not committed, and the folders that were made where nothing
 * was. NULL is fine. */
void publish_close(struct publish *p);

/*
 * Begin a file: sets out->file and out->path. ERR_OUTPUT with a hint where a
 * file of that name stands there and is not ours.
 */
int publish_begin(struct publish *p, const char *name, struct output *out,
                  struct err *err) MUST_CHECK;

/*
 * End it: asks for write errors, syncs, counts again with the writer's
 * recount() and compares. A difference is ERR_OUTPUT.
 */
int publish_end(struct publish *p, const struct writer *w, struct output *out,
                struct err *err) MUST_CHECK;

/* Files ended so far, in order. */
size_t publish_count(const struct publish *p);
const struct published *publish_file(const struct publish *p, size_t i);

/* Give all ended files their names, in order, and sync the folder. */
int publish_commit(struct publish *p, struct err *err) MUST_CHECK;

/* Make a folder and its parents, 0700. */
int publish_folder(const char *dir, struct err *err) MUST_CHECK;

#endif
