/*
 * redact_names.h - the names of one Mac, found in a text and replaced.
 *
 * Names are found in whichever letters and spelling (report/fold.h), as whole
 * words; behind one of three letters and more an "s" may follow, as in the
 * names that Macs give themselves ("Annas-MacBook-Pro"). Scripts that put no
 * blanks between words have no whole words.
 */
#ifndef MUSTER_REDACT_NAMES_H
#define MUSTER_REDACT_NAMES_H

#include "core/strbuf.h"

struct redact_name {
    char *folded, *alias;
    size_t len, order; /* bytes of "folded"; as they were added */
    bool part;         /* one word of a name */
};

struct redact_names { /* {0} has none */
    struct redact_name *items;
    size_t count, cap;
};

void redact_names_clear(struct redact_names *n);
void redact_names_free(struct redact_names *n);

/* Add a name and what stands for it. The first one added of a spelling counts.
 * False for want of memory. */
bool redact_names_add(struct redact_names *n, const char *name,
                      const char *alias);

/* Add the words of a person's name ("Anna" of "Anna Ahlberg"), or of what is
 * before the @ of an address: they are replaced only where "parts" is asked.
 * Words that name machines or roles are left out. */
bool redact_names_add_parts(struct redact_names *n, const char *name,
                            const char *alias);

/* All are added: longer names first, so that none is spoiled by one inside. */
void redact_names_ready(struct redact_names *n);

/* A word for a kind of machine: it tells of nobody. Folded. */
bool redact_names_machine(const char *folded, size_t len);

/* Appends what is made of a text without names. */
typedef void redact_rest_fn(void *ctx, const char *text, size_t n,
                            struct strbuf *out);

/* Append the text with aliases in place of names. What is between them goes
 * through "rest" where it is not NULL. Want of memory is marked in "out". */
void redact_names_hide(const struct redact_names *n, const char *text,
                       size_t len, bool parts, redact_rest_fn *rest, void *ctx,
                       struct strbuf *out);

#endif
