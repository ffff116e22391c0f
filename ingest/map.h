/*
 * map.h - one record of a file, by its mapping, as facts.
 *
 * A map is a mapping bound to one file: readers add the columns they find
 * (headers, or key paths as they come by) and hand over records as cells in
 * the order of those columns. It counts what became of every column, keeps the
 * cells that were not understood, and lets no secret through.
 *
 * Columns live in sets: set 0 is the record itself, set i + 1 the elements of
 * the mapping's i-th list of nested accounts.
 */
#ifndef MUSTER_MAP_H
#define MUSTER_MAP_H

#include "core/err.h"
#include "core/facts.h"
#include "core/strbuf.h"
#include "core/when.h"
#include "ingest/id_names.h"
#include "ingest/name_list.h"
#include "ingest/source.h"

#include <jansson.h>

enum cell_kind {
    CELL_NONE, /* the column is not in this record, or empty */
    CELL_TEXT,
    CELL_LINES /* a list, one element a line */
};

struct map_cell {
    const char *s; /* not terminated; read only while the record is */
    uint32_t n;
    uint8_t kind;
};

/* What a column gave, for import_column and import_value. */
struct map_value {
    char *text;
    int64_t count;
};
struct map_column {
    char *header;    /* as reports show it */
    const char *key; /* in it: what mappings call it */
    enum use use;
    char *target; /* fact or custom name; "" for ignored */
    int64_t filled, understood, withheld;
    int64_t filled_in, understood_in; /* the record counted last */
    const char *misleads;             /* borrowed from the mapping */
    struct map_value *values; /* not understood; sorted by map_finish() */
    size_t value_count;
    int64_t values_other; /* beyond those kept */
    unsigned commands;    /* nobody knows it, and it holds answers of these */
    int64_t failed, failed_line; /* errors in the place of values; the first */
    int uses;                    /* entries of the mapping that read it */
    bool wanted;                 /* its cells are read */
    bool by_name; /* a customer's own column, taken by its name */
};

/* A set of names from one cell. */
struct map_list {
    int fact; /* of accounts */
    bool covers;
    size_t first, count; /* in the record's names */
};

/* Facts of one account. "has" tells which are known. */
struct map_account {
    struct fact_value v[FACT_ACCOUNT_MOST];
    uint64_t has;
    size_t raw_at, raw_len; /* JSON in the record's raw text; 0 long: none */
};

enum map_verdict { MAP_ACCEPT, MAP_REJECT, MAP_LEFT_OUT };

/* What a record came to. Reused from record to record; {0} at first. */
struct map_record {
    int64_t line;
    enum map_verdict verdict;
    const char *reason; /* MAP_REJECT */
    bool unnamed;       /* ... an account of a complete list, without a name */
    int nameless;       /* nested accounts that were left out: nobody's */
    int column;         /* 1-based, where one is to blame; else 0 */
    struct fact_value v[FACT_DEVICE_MOST];
    uint64_t has;
    struct map_account *accounts; /* nested, and one for each listed name */
    size_t account_count, account_cap;
    struct map_list *lists;
    size_t list_count, list_cap;
    struct name_list names;
    bool reports;          /* listed its accounts */
    struct strbuf raw;     /* accounts' raw texts */
    struct strbuf dev_raw; /* the device's, without the braces */
    struct strbuf custom;  /* without the braces */
    json_t *held; /* array: values that texts above are borrowed from */
};
void map_record_free(struct map_record *r);

struct map_options {
    const char *file;       /* for messages */
    int64_t latest;         /* the last plausible time; 0 none */
    enum when_order dates;  /* what the file's dates show of their order */
    const char *name_value; /* what the file\'s name gives for the mapping\'s
                               "file_name" fact; NULL nothing */
    const struct id_names *names; /* of ids; NULL none */
    const char *const *map;       /* FACT=COLUMN */
    size_t map_count;
    const char *const *keep; /* COLUMN */
    size_t keep_count;
};

struct map;

/* NULL with *err (ERR_USAGE for a bad --map). The source must outlive it. */
struct map *map_new(const struct source *s, const struct map_options *o,
                    struct err *err);
void map_free(struct map *m);

/*
 * A column of a set by its header or key path: its place, or -1 with *err
 * (too many). A path that was met before gives the same place.
 */
int map_column(struct map *m, size_t set, const char *header, struct err *err);
/* The name of an attribute known by an id; the id itself where no name is
 * known, or --map or --keep asks for it. */
const char *map_attribute(const struct map *m, const struct attributes *a,
                          const char *id);
size_t map_columns(const struct map *m, size_t set);
bool map_wants(const struct map *m, size_t set, int column);

/* The next record has this attribute with an error in the place of a value. */
void map_failed(struct map *m, int column);

/*
 * Map one record. "cells" has map_columns(m, 0) items. For records that are
 * accounts, accounts[0] is the account. Nested accounts follow by
 * map_element(), then map_end() settles what depends on all of them.
 */
int map_begin(struct map *m, const struct map_cell *cells, int64_t line,
              struct map_record *r, struct err *err) MUST_CHECK;
/* The nested list "nested" is there (even if empty). */
void map_listed(struct map *m, struct map_record *r, size_t nested);
int map_element(struct map *m, size_t nested, const struct map_cell *cells,
                struct map_record *r, struct err *err) MUST_CHECK;
int map_end(struct map *m, struct map_record *r, struct err *err) MUST_CHECK;

/* Whether a record is an account, else a device. */
bool map_of_accounts(const struct map *m);
/* Whether records that are accounts say something about their Mac too. */
bool map_about_device(const struct map *m);

/* Whether cells of columns that nobody knows are looked at: they may hold what
 * commands printed. And whether one did, so that any fact may come. */
bool map_looks_everywhere(const struct map *m);
bool map_heard(const struct map *m);

/* Whether a record can hold accounts, and custom facts. */
bool map_nests(const struct map *m);
bool map_keeps(const struct map *m);

/* Facts that the columns so far can give, bit n for fact n: what an INSERT
 * needs columns for. "listed" are account facts given by lists. */
uint64_t map_gives(const struct map *m, enum fact_scope scope);

/* After the last record: facts with at least one filled cell. */
struct map_carries {
    uint64_t device, listed, account;
};
struct map_carries map_carries(const struct map *m);

/* The newest plausible time in the file; false where there was none. */
bool map_newest(const struct map *m, int64_t *out);

/* Sort what is reported: values not understood, by count. */
void map_finish(struct map *m);
size_t map_all_columns(const struct map *m);
const struct map_column *map_get_column(const struct map *m, size_t i);

/* Records that are left out for the n-th reason that is not another platform:
 * how many and why; 0 beyond the last. */
int64_t map_left_out(const struct map *m, size_t n, const char **why);

/* Facts that were the same in all records: one sentence, or "" . */
void map_constants(const struct map *m, int64_t devices, struct strbuf *out);

/* Further remarks about the file (columns that mislead or disagree, secrets
 * withheld, --map columns that are not there), one call each. */
typedef int map_remark_fn(void *ctx, const char *text, struct err *err);
int map_remarks(const struct map *m, map_remark_fn *fn, void *ctx,
                struct err *err) MUST_CHECK;

/* Whether this cell, which may have lost its end, is still sure to be what it
 * was: a word that is no beginning of another one, or nothing that is read. */
bool map_survives_cut(const struct map *m, int column,
                      const struct map_cell *c);

/* What lists cover: "accounts", "holders" or "none". */
const char *map_complete(const struct map *m);

#endif
