/*
 * base64.h - bytes that travel as text.
 */
#ifndef MUSTER_BASE64_H
#define MUSTER_BASE64_H

#include "core/base.h"

/* The bytes of "n" characters (white space is passed over); the caller frees.
 * NULL where it is no base64. */
char *base64_decode(const char *s, size_t n, size_t *len);

#endif
