/*
 * source.h - mappings: how an export's columns become facts.
 *
 * A mapping is a JSON file (docs/mappings.md says how to write one): compiled
 * in from ingest/sources/, from a folder of the user's own, or a single file.
 * It is data through and through; every error names file, line and key.
 */
#ifndef MUSTER_SOURCE_H
#define MUSTER_SOURCE_H

#include "core/err.h"
#include "core/facts.h"
#include "core/sha256.h"

enum source_format {
    FORMAT_CSV = 1,
    FORMAT_JSON = 2, /* arrays, envelopes, JSON Lines, several documents */
    FORMAT_PLIST = 4,
    FORMAT_TEXT = 8
};

/* What a column is for. */
enum use {
    USE_FACT,
    USE_LIST,   /* names of accounts: each has the account fact */
    USE_CUSTOM, /* kept as text */
    USE_SECRET, /* dropped; "fact" learns that there is one */
    USE_IGNORE, /* known, and no use to us */
    USE_SKIP    /* records with one of its words are left out */
};

/* How a cell becomes a value. */
enum reading {
    READ_PLAIN,     /* the words of the fact's type */
    READ_MODEL,     /* a model name or identifier, for "chip" */
    READ_PROCESSOR, /* a processor or architecture, for "chip" */
    READ_BUILD,     /* the part in brackets: "14.4.1 (23E224)" */
    READ_PACKED,    /* 140401 is 14.4.1 */
    READ_PRESENT,   /* anything there: yes */
    READ_COUNTED,   /* how many of how many: "1/2" */
    READ_COMMAND,   /* what a Mac's own commands print; gives several facts */
    READ_HOST,      /* the host part of a URL */
    READ_GROUPS,    /* a list of groups; the words are names of groups */
    READ_UUID,      /* a UUID; any other text says nothing */
    READ_ESCAPED, /* text with \u2019 spelled out, escaped twice by its maker */
    READ_ROOT,    /* an id: the name of the topmost it is below */
    READ_LEAF     /* an id: its own name, where it is below another */
};

enum word_kind { WORD_VALUE, WORD_UNKNOWN, WORD_NEVER };

/* A spelling of the export; "*" stands for any run of characters. */
struct word {
    char *pattern;
    enum word_kind kind;
    char *value; /* WORD_VALUE: as canonical files spell it */
};

struct column_spec {
    char **names; /* the spellings of its header or key path, best first */
    size_t name_count;
    enum use use;
    enum fact_scope scope;
    int fact; /* place in core/facts.c; -1 none */
    struct word *words;
    size_t word_count;
    enum reading reading;
    char *date;         /* a form of when_parse_as(); NULL for any clear one */
    char *split;        /* lists: what stands between names; NULL: find out */
    bool covers;        /* lists: everyone who has it is named */
    bool empty_is_no;   /* an empty cell is an empty list, or a no */
    bool blank_is_none; /* ... a cell of blanks alone is; an empty one not */
    bool fallback;      /* only where no other column knows; no disagreement */
    char *custom;   /* USE_CUSTOM: its name, without x_; NULL from the header */
    char *misleads; /* why a reader should not trust it */
    char **lines;   /* patterns of lines: the cell is one that fits the
                       first of them that any line fits */
    size_t line_count;
    char *kind;    /* READ_ROOT, READ_LEAF: of the ids it holds */
    char *unsure;  /* why its "no" may be wrong; evidence says so */
    char *because; /* USE_SKIP: why the record is left out; NULL */
    bool asked;    /* from --map or --keep */
};

/* Of a column that gives a fact, the fact; else NULL. */
const struct fact *column_fact(const struct column_spec *c);

struct specs {
    struct column_spec *items;
    size_t count;
};

/* Accounts nested in a device's record. */
struct nested {
    char *path;
    bool complete;     /* all local accounts are in it */
    bool keyed;        /* an object whose keys are the names */
    uint64_t known_by; /* as in struct source */
    struct specs columns;
};

/* A list of (name, value) pairs whose names count as columns: extension
 * attributes, custom attributes, facts by identifier. */
struct attributes {
    char *path;
    char **names; /* keys of the name within an element; none: keyed by name */
    size_t name_count;
    char **values; /* keys of the value, the first that is there; none: the
                      element itself */
    size_t value_count;
    char *error; /* key of an error text that makes the value unknown */
    char *kind;  /* of the ids that its names are; NULL: they are names */
};

/* Of a list, which elements are read: those whose key says one of the words. */
struct pick {
    char *path; /* the list */
    char *key;
    char **words;
    size_t word_count;
};

/* A file whose records give names to ids that other files hold. */
struct naming {
    char *kind;
    char **ids, **names, **parents; /* keys, the first that is there */
    size_t id_count, name_count, parent_count;
};

/* A sheet in which people wrote beside findings: its columns. */
enum work_key {
    WORK_FINDING,
    WORK_CLIENT,
    WORK_RULE,
    WORK_SERIAL,
    WORK_ACCOUNT,
    WORK_OWNER,
    WORK_DUE,
    WORK_DECISION,
    WORK_COMMENT,
    WORK_KEYS
};

struct working {
    char **names[WORK_KEYS]; /* the first that is there */
    size_t count[WORK_KEYS];
};

struct constant {
    enum fact_scope scope;
    int fact;
    char *value;
};

/* One requirement: a column by any of these spellings. */
struct need {
    char **names;
    size_t count;
};

/* What the headline verdict lacks. */
enum closing { CLOSES_TOKENS, CLOSES_BOOTSTRAP, CLOSES_BOTH };

struct source {
    char *id;
    char *title;     /* for people: "Jamf Pro computer inventory" */
    char *server;    /* the product that holds the keys; "" where none */
    char *about;     /* what it can and cannot tell */
    char *how;       /* how to export it */
    char *closes[3]; /* by enum closing: what to add that decides the headline
                        verdict; NULL where it does not say */
    unsigned formats;
    bool accounts;          /* a record is an account, else a device */
    bool complete_accounts; /* accounts: all of a device's are in the file */
    uint64_t known_by;      /* accounts: facts (bit n for fact n of accounts) by
                               which one is known where its short name is
                               not said; 0 none */
    bool standing;
    bool together;  /* JSON: the elements of the array are one record */
    bool entities;  /* CSV: &amp; and its like are decoded in every cell */
    bool last;      /* any product's: it fits where no other mapping does, and
                       its columns are known by their names alone */
    bool canonical; /* made in code */
    bool builtin;
    char **records; /* paths to the records; "" is the document itself */
    size_t record_count;
    struct need *all; /* detection: every one must be there */
    size_t all_count;
    struct need *none; /* ... and none of these */
    size_t none_count;
    struct specs columns;
    struct specs device_columns; /* accounts: what it says about the device */
    struct nested *nested;
    size_t nested_count;
    struct attributes *attributes;
    size_t attribute_count;
    struct pick *picks;
    size_t pick_count;
    struct naming *naming; /* NULL: its records are Macs or accounts */
    struct working *work;  /* likewise */
    struct constant *constants;
    size_t constant_count;
    int name_fact; /* the fact that a file's name gives where its records do
                      not: serial, uuid or mdm_id; -1 none */
    char *include; /* id of a mapping whose columns are read too; NULL */
    const struct source *included; /* set by the registry */
    char digest[SHA256_HEX];
    char *origin; /* file, or "built in" */
};

/*
 * Parse a mapping's text; "name" is for messages. Returns NULL with *err
 * (ERR_CONFIG, with the line); the caller frees with source_free().
 */
struct source *source_parse(const char *name, const char *text, size_t n,
                            struct err *err);
/* The same from a file. */
struct source *source_read(const char *path, struct err *err);
void source_free(struct source *s);

/* The mapping of canonical files, of devices or of accounts. */
struct source *source_canonical(bool accounts, struct err *err);

#endif
