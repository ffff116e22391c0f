/*
 * slug.h - what a client is called in the names of files and folders.
 */
#ifndef MUSTER_SLUG_H
#define MUSTER_SLUG_H

#include "core/strbuf.h"

/*
 * Append it: the slug of core/text.h. A name with letters that have no plain
 * form ends in the first eight digits of the SHA-256 of the folded name, so
 * that clients written in kana or Greek have files of their own ("client-" and
 * the digits, where nothing else is left). Names that differ in case, accents
 * or composition alone still have the same slug. The files of all Macs together
 * are called "fleet", so a client of that name is called otherwise.
 */
void slug_client(struct strbuf *b, const char *name);

#endif
