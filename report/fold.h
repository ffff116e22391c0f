/*
 * fold.h - text in which one name looks the same however it is spelled: small
 * letters, and accents apart from their letters (NFD); without marks of
 * direction and breaks that nobody sees, every blank, dash and apostrophe the
 * plain one. A folded text has at most three times the bytes.
 */
#ifndef MUSTER_FOLD_H
#define MUSTER_FOLD_H

#include "core/strbuf.h"

/* Append the folded text. */
void fold_text(struct strbuf *out, const char *p, size_t n);

/* Append the folded first character of p; returns its bytes in p. */
size_t fold_one(struct strbuf *out, const char *p, size_t n);

/* Append the folded text and note which byte of "p" each byte of it is of, and
 * the end: *origin has out->len + 1 entries, which the caller frees. "out" is
 * empty before. False for want of memory, with *origin NULL. */
bool fold_noting(struct strbuf *out, const char *p, size_t n, size_t **origin);

#endif
