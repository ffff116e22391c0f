/*
 * manifest.h - what a report consists of: {client}-{use}-{period}-manifest.json
 *
 * Written last. A consumer trusts only files that a manifest names with their
 * digest; muster replaces only such files without being told to.
 */
#ifndef MUSTER_MANIFEST_H
#define MUSTER_MANIFEST_H

#include "core/strbuf.h"
#include "report/publish.h"

#include <jansson.h>

#define MANIFEST_SCHEMA "muster.manifest/1"

/*
 * Write the manifest of all files ended so far, and of those that an earlier
 * manifest of the same report named and that are still there ("kept"). "proof"
 * is the JSON object of the leak check; NULL where there was none.
 */
int manifest_write(const struct report *r, const struct publish *p,
                   const char *dir, const char *proof, struct output *out,
                   struct err *err) MUST_CHECK;

/* "acme-monthly-2026-11-manifest.json" */
void manifest_name(const struct report *r, struct strbuf *out);

/*
 * Read a manifest; NULL where the file is none of ours (no error). The caller
 * json_decref()s it.
 */
json_t *manifest_read(const char *path);

/* Whether a directory entry is called like a manifest. */
bool manifest_is_name(const char *name);

/* A short digest that tells one judged state from another. */
int manifest_run_id(const struct report *r, char out[17],
                    struct err *err) MUST_CHECK;

#endif
