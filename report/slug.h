/*
 * slug.h - what a client is called in the names of files and folders.
 */
#ifndef MUSTER_SLUG_H
#define MUSTER_SLUG_H

#include "core/strbuf.h"

/* Append it. The files of all Macs together are called "fleet", so a client of
 * that name is called otherwise. */
void slug_client(struct strbuf *b, const char *name);

#endif
