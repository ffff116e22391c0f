/*
 * resolving.h - what the files of resolve share.
 *
 * resolve.c       the tables, and the order of the steps
 * snapshot.c      which imports take part, and where their rows are
 * joining.c       rows without a serial number, re-enrolled Macs
 * standing.c      what earlier periods say of Macs that are gone
 * aliases.c       rows that know an account by its number or full name
 * slots.c         what is known of each Mac before its row is written
 * cells.c         values of rows
 * conflicts.c     what sources say differently
 * macs.c          Macs
 * accounts_scan.c which Macs have which accounts
 * accounts.c      accounts
 * unsure.c        a "no" that may be wrong
 *
 * Two paths lead to the tables. A Mac or account with one row is copied by an
 * INSERT ... SELECT for a whole import; one with several goes through merge.c.
 * Both give the same where there is one row; only speed differs.
 */
#ifndef MUSTER_ANALYZE_RESOLVING_H
#define MUSTER_ANALYZE_RESOLVING_H

#include "analyze/arena.h"
#include "analyze/merge.h"
#include "analyze/resolve.h"
#include "core/err.h"
#include "core/strbuf.h"

#include <sqlite3.h>

/* The rows of one import in one table. */
struct range {
    int64_t low, high; /* low > high: none */
};

enum row_kind { ROW_DEVICE, ROW_ACCOUNT, ROW_LIST, ROW_KINDS };

/* One import that takes part. */
struct part {
    int64_t import_id;
    int64_t collected; /* MERGE_NO_TIME: not known */
    int64_t carries_device, carries_listed, carries_account;
    int scope;       /* number of its (source, client) */
    uint32_t client; /* number of --client; 0 for none */
    bool standing;
    bool earlier;  /* of an earlier period, and holds in this one */
    bool complete; /* its account rows are all accounts of their Mac */
    bool in_order; /* account rows grouped by device_id, ascending */
    struct range rows[ROW_KINDS];
    uint16_t *ranks; /* in_order: place of each account row among its
                        Mac's names; NULL otherwise */
};

/* Two numbers that are kept once and known by their place. */
struct pair {
    int64_t a, b;
};
struct pairs {
    struct pair *items;
    uint32_t count, cap;
    uint32_t *table; /* place + 1, by hash; 0 is free */
    uint32_t slots;
};
int pairs_place(struct pairs *p, int64_t a, int64_t b, uint32_t *place);
void pairs_free(struct pairs *p);

/* Texts with a number from 1 on. */
struct names {
    char **items;
    uint32_t count, cap;
    uint32_t *table;
    uint32_t slots;
};
/* The number of a text, added where it is new; 0 for want of memory. */
uint32_t names_number(struct names *n, const char *s);
const char *names_text(const struct names *n, uint32_t number);
void names_free(struct names *n);

/* Row ids, sorted. */
struct ids {
    int64_t *items;
    size_t count, cap;
};
int ids_add(struct ids *set, int64_t id);
void ids_sort(struct ids *set);
bool ids_has(const struct ids *set, int64_t id);

enum {
    SLOT_EXISTS = 1,       /* a row or a list names the Mac */
    SLOT_MULTI = 2,        /* several device rows, or one of several counts */
    SLOT_COMPLEX = 4,      /* its accounts need merging */
    SLOT_ALL_ACCOUNTS = 8, /* a complete list of accounts was read */
    SLOT_ALL_HOLDERS = 16, /* a complete list of token holders was read */
    SLOT_DENIED = 32,      /* ... while a source says that it was not */
    SLOT_REPORTED = 64,    /* a row of this period names it; see standing.c */
    SLOT_UNNAMED = 128     /* a complete list has an account without a name */
};

/* What is known of one Mac before its facts are written; by device_id. */
struct slot {
    uint32_t carry;  /* place in "carry" */
    uint32_t client; /* place in "owner" */
    uint32_t base;   /* account rows; then the account_id before its first */
    uint16_t part;   /* part + 1 of its account rows; PART_MANY */
    uint8_t rows;    /* device rows, at most 2 */
    uint8_t flags;
};
#define PART_MANY UINT16_MAX

/* From where a client name comes, in order of precedence. */
enum { OWNER_FILE, OWNER_LOOKUP, OWNER_OPTION, OWNER_LEVELS };
#define OWNER_CONFLICT UINT32_MAX

struct resolve {
    sqlite3 *db;
    const char *period;
    int64_t period_id;
    const struct config *config;
    struct part *parts;
    size_t part_count;
    struct slot *slots;
    int64_t slot_count; /* device_id < slot_count */
    struct pairs carry; /* device mask, account mask */
    struct pairs owner; /* levels 0 and 1, level 2 */
    struct names clients;
    int64_t *client_ids;           /* by number; [0] is "unassigned" */
    bool joined[ROW_KINDS];        /* some rows have their Mac from an id */
    bool aliased;                  /* some have their account from a number */
    struct ids dropped[ROW_KINDS]; /* rows that do not count */
    bool ascending;                /* device rows came in order of device_id */
    bool owner_conflict;
    bool list_conflict;
    const struct part *copied; /* whose account rows are being copied */
    struct arena arena;
    sqlite3_stmt *add_conflict;
    struct resolve_counts counts;
};

/* snapshot.c */
int snapshot_read(struct resolve *r, struct err *err) MUST_CHECK;

/* joining.c */
int joining_run(struct resolve *r, struct err *err) MUST_CHECK;

/* standing.c */
/* Rows of earlier periods hold for Macs that this one reports: the others are
 * dropped. After joining, before anything is counted. */
int standing_run(struct resolve *r, struct err *err) MUST_CHECK;

/* aliases.c */
/* Rows without a short name go to the account that has their number or full
 * name; those of no account, or of several, are dropped and counted. */
int aliases_run(struct resolve *r, struct err *err) MUST_CHECK;

/*
 * "table AS x" with the Mac of each row as an expression: x.device_id, or
 * where rows were joined by id coalesce(x.device_id, xj.device_id). The rows
 * are those of temp.part, or of one part by :low, :high and :import.
 */
const char *row_table(enum row_kind kind);
const char *row_short_name(enum row_kind kind); /* x */
void row_device(const struct resolve *r, enum row_kind kind, struct strbuf *b);
/* The short name of an account row. */
const char *row_account(const struct resolve *r);
void row_from_one(const struct resolve *r, enum row_kind kind,
                  struct strbuf *b);
void row_from_all(const struct resolve *r, enum row_kind kind,
                  struct strbuf *b);
int row_bind(sqlite3_stmt *st, const struct part *p, enum row_kind kind,
             struct err *err) MUST_CHECK;

/* slots.c */
int slots_make(struct resolve *r, struct err *err) MUST_CHECK;
int slots_scan(struct resolve *r, struct err *err) MUST_CHECK;
int slots_clients(struct resolve *r, struct err *err) MUST_CHECK;
int slots_functions(struct resolve *r, struct err *err) MUST_CHECK;
void slots_functions_end(struct resolve *r);
struct slot *slot_of(struct resolve *r, int64_t device_id); /* or NULL */
bool slots_any(const struct resolve *r, uint8_t flag); /* some Mac has it */
int64_t slot_client(const struct resolve *r, const struct slot *s);
/* A row of "p" names an account of the Mac. */
int slot_reported(struct resolve *r, struct slot *s, const struct part *p,
                  struct err *err) MUST_CHECK;
/* accounts_listed or holders_listed: what the rows say (-1: unknown) and
 * whether a complete list was read. */
int slot_listed(struct resolve *r, struct slot *s, int flag, int said);

/* cells.c */
struct cell cell_read(struct resolve *r, sqlite3_stmt *st, int column,
                      const struct fact *f);
int cell_bind(sqlite3_stmt *st, int index, const struct cell *c);
/* Where a row comes from and its time, by the columns 1 to 4 of a statement:
 * part, row, line, time. */
struct merge_row merge_row_head(const struct resolve *r, sqlite3_stmt *st);

/* Rows that are gathered; "items" is freed by the owner. */
struct merge_rows {
    struct merge_row *items;
    size_t count, cap;
};
int merge_rows_add(struct merge_rows *rows, const struct merge_row *row,
                   struct err *err) MUST_CHECK;

/* conflicts.c */
/* The values of one fact that count, as rows of "conflict". */
int conflict_add(struct resolve *r, int64_t device_id, const char *account,
                 const struct fact *f, size_t at, const struct merge_row *rows,
                 size_t n, struct err *err) MUST_CHECK;
/* Names of the client, on the level that decides. */
int conflicts_of_owners(struct resolve *r, struct err *err) MUST_CHECK;
/* A complete list was read, and a source says that lists are not complete. */
int conflicts_of_lists(struct resolve *r, struct err *err) MUST_CHECK;

/* macs.c */
bool fact_in_table(const struct fact *f); /* device_fact has a column for it */
bool fact_in_texts(const struct fact *f); /* device_text has the rest */
int macs_write(struct resolve *r, struct err *err) MUST_CHECK;

/* accounts_scan.c */
int accounts_scan(struct resolve *r, struct err *err) MUST_CHECK;

/* accounts.c */
int accounts_write(struct resolve *r, struct err *err) MUST_CHECK;

/* bootstrap_unsure: once device_fact is there. */
int unsure_write(struct resolve *r, struct err *err) MUST_CHECK;

#endif
