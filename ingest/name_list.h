/*
 * name_list.h - lists of account names, as cells hold them.
 *
 * Admins write such lists by scripts of their own: names between commas,
 * semicolons, bars, blanks or line ends; a JSON array; lines "Admins: a, b"
 * and "Non-Admins: c"; one line "admins=a,b users=c", to which "holders=d"
 * (nobody knows whether an admin) and "unknown=e" (nobody knows whether a
 * holder) may be added. A sentence is no list.
 */
#ifndef MUSTER_NAME_LIST_H
#define MUSTER_NAME_LIST_H

#include "core/strbuf.h"

struct name {
    size_t at, len;
    int admin; /* 1, 0, -1 where the form does not say */
};

/* Starts as {0}; name_list_reset() keeps the memory, name_list_free() does not.
 */
struct name_list {
    struct strbuf text;
    struct name *items;
    size_t count, cap;
    bool partial; /* it says that it may leave somebody out */
    bool failed;  /* out of memory */
};

enum names_read {
    NAMES_EMPTY,  /* nothing there */
    NAMES_KNOWN,  /* a list, perhaps of nobody */
    NAMES_REFUSED /* something else */
};

/*
 * Read a cell. "lines" says that it comes from an array, one name a line.
 * "split" is the mapping's delimiter (each of its characters splits), NULL to
 * find out. Names are trimmed; one that differs in case only counts once.
 */
enum names_read name_list_read(struct name_list *n, const char *s, size_t len,
                               bool lines, const char *split);

const char *name_list_at(const struct name_list *n, size_t i, size_t *len);
/* Add one; with "again" also where it is there already. */
void name_list_add(struct name_list *n, const char *s, size_t len, int admin,
                   bool again);
void name_list_reset(struct name_list *n);
void name_list_free(struct name_list *n);

/* The names as a JSON array. */
void name_list_json(const struct name_list *n, struct strbuf *out);

/* Append a JSON string, quoted and escaped. */
void json_put_text(struct strbuf *b, const char *s, size_t n);

#endif
