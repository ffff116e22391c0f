/*
 * answer_part.h - what the readers of a command's answers share.
 *
 * command_text.c cuts a text into lines and asks each reader in turn. A reader
 * takes a line that it knows, tells facts of the Mac being read, and returns
 * whether it was its line. Only some facts can be told at once; the functions
 * ..._join() tell the others when all lines of the Mac are read.
 */
#ifndef MUSTER_INGEST_ANSWER_PART_H
#define MUSTER_INGEST_ANSWER_PART_H

#include "ingest/slice.h"

#include <jansson.h>

/* One crypto user of diskutil's list. */
struct crypto {
    char guid[40];
    char type[48];
    int owner;  /* 1, 0, -1 */
    bool named; /* an account of the output has the UUID */
};

struct answer_reader {
    json_t *all;    /* array of Macs */
    json_t *mac;    /* the one being read; borrowed from "all" */
    json_t *users;  /* its accounts; borrowed */
    json_t *full;   /* full name -> token, not yet joined */
    json_t *admins; /* names of the admin group, or NULL */
    json_t *user;   /* dscl record being read; owned */
    struct crypto *crypto;
    size_t crypto_count;
    long crypto_found; /* how many the list says it has; -1 it does not say */
    bool crypto_read, extended_read, answers;
    char asked[128];  /* the short name that sysadminctl was asked about */
    char verb[40];    /* the fdesetup verb that was echoed */
    unsigned seen;    /* attributes of the dscl record, by their places */
    char pending[48]; /* a dscl attribute whose value is on the next line */
    bool dep_known, dep;
    int64_t line;
    bool failed; /* for want of memory */
};

/* Tell a fact of "o", the Mac or one of its accounts; "v" is taken. */
void answer_set(struct answer_reader *r, json_t *o, const char *key, json_t *v);
/* The same; an empty text tells nothing. */
void answer_set_text(struct answer_reader *r, json_t *o, const char *key,
                     struct slice t);
/* Of the Mac. */
void answer_set_bool(struct answer_reader *r, const char *key, bool v);
void answer_set_word(struct answer_reader *r, const char *key,
                     const char *word);

/* The account of a short name, borrowed; made with "make", else NULL where it
 * is not there. */
json_t *answer_user(struct answer_reader *r, struct slice name, bool make);

/* 1 for yes, 0 for no, -1 for anything else. */
int answer_yes_no(struct slice t);
/* Could this be a short name? */
bool answer_short_name(struct slice t);
/* A UUID at a place, or the first of a line (-1: none), in upper case. */
bool answer_uuid_at(struct slice t, size_t at, char out[40]);
long answer_find_uuid(struct slice t, char out[40]);

/* Where the next answer begins in a line that scripts made of several: one
 * that starts with an answer. All of it where there is no other. */
size_t answer_length(struct slice t);

/* profiles and mdmclient */
bool answer_profiles(struct answer_reader *r, struct slice t);
bool answer_enrollment(struct answer_reader *r, struct slice t);

/* sysadminctl */
bool answer_token(struct answer_reader *r, struct slice t);
bool answer_auto_login(struct answer_reader *r, struct slice t);
void answer_token_join(struct answer_reader *r);

/* fdesetup and diskutil */
bool answer_filevault(struct answer_reader *r, struct slice t);
bool answer_unlocker(struct answer_reader *r, struct slice t);
bool answer_extended(struct answer_reader *r, struct slice t);
bool answer_true(struct answer_reader *r, struct slice t);
bool answer_crypto(struct answer_reader *r, struct slice t);
void answer_crypto_join(struct answer_reader *r);

/* dscl and dseditgroup; "raw" is the line with the blanks around it */
bool answer_record(struct answer_reader *r, struct slice raw, struct slice t);
bool answer_admins(struct answer_reader *r, struct slice t);
bool answer_member(struct answer_reader *r, struct slice t);
void answer_record_end(struct answer_reader *r);
void answer_record_join(struct answer_reader *r);

#endif
