/*
 * fold.h - text in which one name looks the same however it is spelled: small
 * letters, and accents apart from their letters (NFD); without marks of
 * direction and breaks that nobody sees. A folded text has at most three times
 * the bytes.
 */
#ifndef MUSTER_FOLD_H
#define MUSTER_FOLD_H

#include "core/strbuf.h"

/* Append the folded text. */
void fold_text(struct strbuf *out, const char *p, size_t n);

/* Append the folded first character of p; returns its bytes in p. */
size_t fold_one(struct strbuf *out, const char *p, size_t n);

#endif
