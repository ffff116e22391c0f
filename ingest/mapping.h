/*
 * mapping.h - what the files of map share.
 *
 * map.c         columns, and which cell gives which fact
 * map_cell.c    one cell as one value
 * map_record.c  one record as facts
 * map_command.c cells that hold the output of commands
 * map_report.c  what became of the columns
 */
#ifndef MUSTER_MAPPING_H
#define MUSTER_MAPPING_H

#include "ingest/map.h"

#define BIT(n) ((uint64_t)1 << (n))
#define MAP_COLUMNS_MOST 4096
#define MAP_VALUES_MOST 64 /* kept a column; reported: 20 */
#define MAP_VALUE_LONG 80  /* bytes of a value that is reported */
#define MAP_RAW_LONG 400   /* bytes of a raw cell that is kept */
/* An attribute of the operator's own: its script may print false on errors. */
#define UNSURE_NO                                                              \
    "the attribute that says so also says no where its script failed"

/* A column that a spec reads. */
struct binding {
    int local;  /* its place in the set */
    int column; /* its place in the map */
    const struct column_spec *spec;
    int rank; /* precedence; lower counts */
};

struct bindings {
    struct binding *items;
    size_t count;
};

/* One fact of a set and the columns that give it. */
struct target {
    const struct fact *f;
    int fact;
    enum fact_scope scope;
    struct bindings by;
    const struct constant *constant;
    bool derived; /* chip: from the model */
    int64_t known;
    bool varies;
    bool has_first;
    struct fact_value first;
    char *first_text;
    int64_t quick;    /* cells that map_quick_cell() took, not yet counted in
                         the column */
    const char *word; /* the last enum word that was met */
    size_t word_len;
    bool simple;      /* one column, read as canonical files are */
    int64_t disagree; /* records in which a lower column says otherwise */
};

struct set {
    int *columns; /* global places */
    size_t count;
    struct target *targets;
    size_t target_count;
    struct bindings lists, customs, commands, secrets;
    struct bindings skips; /* columns that say: not this record */
    struct bindings rest;  /* columns that nobody reads; no spec */
    bool listed;           /* nested: was there at least once */
    bool listed_filled;
};

struct map {
    const struct source *source;
    struct map_options options;
    struct specs asked; /* from --map and --keep */
    bool *asked_met;
    struct set *sets;
    size_t set_count;
    struct map_column *columns;
    size_t column_count;
    struct name_list names; /* of the cell being read */
    bool labelled;          /* a list told admins from others */
    bool holders_read;
    int64_t nameless, nameless_macs;     /* nested accounts without a name */
    int64_t empty_lists;                 /* Macs with a list of no account */
    int64_t known_by[FACT_ACCOUNT_MOST]; /* accounts without a short name, by
                                            the fact that tells them */
    struct {
        const char *why;
        int64_t count;
    } left_out[8];   /* records that are left out, but for other platforms */
    bool heard;      /* a column that nobody knows holds answers of commands */
    int failing[32]; /* columns of the record that is read next */
    size_t failing_count;
    int64_t whole_record; /* ... of the record that holds that element */
    int64_t record; /* number of the record, or nested element, being read */
    bool newest_known;
    int64_t newest;
    uint64_t said_device, said_account, said_list; /* by command outputs */
    struct {
        int column;
        struct map_cell cell;
    } texts[16]; /* cells of this record that hold command outputs */
    size_t text_count;
    char packed[24];  /* a version that no cell spells out */
    char plain[1024]; /* of this record: texts without their escapes */
    size_t plain_len;
    int f_serial, f_platform, f_chip, f_model, f_client, f_accounts_listed,
        f_holders_listed, f_provisional;
    int a_account, a_admin, a_secure_token;
    uint64_t who; /* facts that say which account, and say nothing of it */
};

enum got {
    GOT_EMPTY,
    GOT_KNOWN,
    GOT_UNKNOWN,
    GOT_REFUSED,
    GOT_SECRET,
    GOT_COMMAND /* the output of commands: read at the end of the record */
};

/* Of a cell that holds a log, the line that the mapping asks for, empty where
 * there is none; the cell where the mapping asks for no line. */
struct map_cell map_line(const struct column_spec *spec,
                         const struct map_cell *c);

/* Whether the mapping's words name this cell. */
bool map_names_word(const struct column_spec *spec, const struct map_cell *c);

/* Read one cell for a fact, without counting. */
enum got map_read_cell(struct map *m, const struct column_spec *spec,
                       const struct fact *f, const struct map_cell *c,
                       struct fact_value *out);

/* The same, counted; the value is noted where it was not understood. */
enum got map_take_cell(struct map *m, const struct binding *b,
                       const struct fact *f, const struct map_cell *c,
                       struct fact_value *out);

/* Read a cell that is spelled just as canonical files spell it; false where it
 * may be something else. */
bool map_quick_cell(const struct map *m, struct target *t,
                    const struct map_cell *c, struct fact_value *out);

/* Whether a known value is spelled as canonical files spell it. */
bool map_is_canonical(const struct fact *f, const struct fact_value *v,
                      const struct map_cell *c);

/* Move what quick targets counted to their columns. */
void map_settle_counts(struct map *m);

/* Count a column's cell once a record, however many facts it gives. */
void map_count(struct map *m, int column, bool understood);

void map_note_value(struct map *m, int column, const char *s, size_t n);

/* "fact":["column","cell"] with a comma before it where something precedes;
 * "unsure" is why the value may be wrong, NULL for nothing. */
void map_add_raw(struct map *m, struct strbuf *b, size_t start,
                 const char *fact, int column, const struct map_cell *c,
                 const char *unsure);

/* Note a cell that holds the output of commands; false where it does not. */
bool map_note_command(struct map *m, int column, const struct map_cell *c);
/* Give the record what the noted cells say. */
int map_take_commands(struct map *m, struct map_record *r,
                      struct err *err) MUST_CHECK;
/* An account of the record by name, made where it is not there. */
struct map_account *map_account_named(struct map *m, struct map_record *r,
                                      const char *s, size_t n, struct err *err);
/* One more, of which nothing is known yet. */
struct map_account *map_account_new(struct map_record *r, struct err *err);
/* Of an account without a short name: whether a fact of "known_by" tells it,
 * and it says anything else. Its name is then empty: another row says it. */
bool map_known_otherwise(struct map *m, struct map_account *a,
                         uint64_t known_by);
int map_store_list(struct map *m, struct map_record *r, int fact, bool covers,
                   struct err *err) MUST_CHECK;

bool map_same_value(const struct fact_value *a, const struct fact_value *b);

#endif
