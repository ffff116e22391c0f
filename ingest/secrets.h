/*
 * secrets.h - knowing a secret when one comes by, and letting nothing of it
 * through.
 *
 * Recovery keys, bypass codes, private keys and bearer tokens are known by
 * their shape, wherever they stand; passwords, hints and PINs by the name of
 * their column. A reader reduces either to "there is one" before the text goes
 * anywhere else.
 */
#ifndef MUSTER_SECRETS_H
#define MUSTER_SECRETS_H

#include "core/base.h"
#include "core/strbuf.h"

/* What takes the place of a secret in a name or a text. */
#define SECRET_WORD "(withheld)"

/*
 * True where the text holds something of a secret's shape: a FileVault
 * recovery key (six groups of four, any dash, any case), an Activation Lock
 * bypass code, a PEM block, a JSON web token, a cloud access key.
 */
bool secret_shape(const char *s, size_t n);

/* True where a column of this name holds passwords, keys or hints. Names that
 * only speak about tokens ("Secure Token Status") are not meant. */
bool secret_name(const char *name);

/* Append "s", or SECRET_WORD where it has a secret's shape. */
void secret_clean(struct strbuf *b, const char *s, size_t n);

#endif
