/*
 * id_names.h - names of ids, from files that give them: policies of clients,
 * attributes that a product's answers know by number.
 *
 * What is read stands in the store (name_row) and serves every file that is
 * read after it; kinds keep ids of different sorts apart.
 */
#ifndef MUSTER_ID_NAMES_H
#define MUSTER_ID_NAMES_H

#include "core/err.h"
#include "core/sha256.h"

#include <sqlite3.h>

struct id_names;

/* The names in force in a period. NULL with *err. */
struct id_names *id_names_read(sqlite3 *db, const char *period,
                               struct err *err);
void id_names_free(struct id_names *n); /* NULL is fine */

/* The name of an id, without regard to ASCII case; NULL where none is known.
 * Valid until id_names_free(). */
const char *id_names_find(const struct id_names *n, const char *kind,
                          const char *id, size_t len);

/*
 * The name of the topmost id that this one is below, itself where it has no
 * parent. NULL where one on the way is not known, or the way has no end.
 * "above" learns whether there is one above, where it is not NULL.
 */
const char *id_names_root(const struct id_names *n, const char *kind,
                          const char *id, size_t len, bool *above);

/* Everything that names of a kind depend on; false where there are none. */
bool id_names_digest(const struct id_names *n, const char *kind,
                     char digest[SHA256_HEX]);

#endif
