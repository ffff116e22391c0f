/*
 * rule.h - one rule: a header and a single SELECT.
 *
 * A rule reads the views of posture and nothing else. It cannot write, attach,
 * read the clock or run for ever: the parser that decides is SQLite's own, by
 * an authorizer, and not a look at the text. analyze/rules/README.md is the
 * guide for authors.
 */
#ifndef MUSTER_ANALYZE_RULE_H
#define MUSTER_ANALYZE_RULE_H

#include "core/err.h"
#include "core/sha256.h"

#include <sqlite3.h>

enum severity {
    SEV_INFO,
    SEV_LOW,
    SEV_MEDIUM,
    SEV_HIGH,
    SEV_CRITICAL,
    SEVERITIES,
    SEV_NONE = SEVERITIES
};
const char *severity_word(enum severity s);    /* "" for SEV_NONE */
enum severity severity_read(const char *word); /* SEV_NONE for no such word */

/* Results by their letters in device_result.results. */
enum {
    RESULT_PASS = 'P',
    RESULT_FAIL = 'F',
    RESULT_UNKNOWN = 'U',
    RESULT_NOT_APPLICABLE = 'A',
    RESULT_NOT_CHECKED = 'C',
    RESULT_INFO = 'I',
    RESULT_ERROR = 'E'
};
const char *result_name(char letter); /* "pass" ...; "" for none */

enum rule_kind { RULE_COUNTED, RULE_REPORT_ONLY, RULE_CAUSE, RULE_ENGINE };

/* A required item: one fact, or several of which one is enough. */
struct need {
    const char *text;      /* as written: a, or a|b */
    uint64_t device_mask;  /* device facts among them, by bit */
    uint64_t account_mask; /* account facts among them */
    bool custom;           /* a custom fact (x_...) among them */
};
#define NEEDS_MOST 16

struct rule {
    const char *id, *title, *uses, *loses, *facts, *why, *fix, *ref;
    const char *module; /* folder */
    const char *file;   /* for messages */
    bool own;           /* of --rules DIR */
    bool account_scope;
    bool core;
    enum rule_kind kind;
    enum severity severity;
    enum severity unknown_severity; /* SEV_NONE: as if it failed */
    struct need needs[NEEDS_MOST];
    size_t need_count;
    const char *sql; /* from the first line after the header; "" for none */
    long sql_line;
    const char *text; /* the whole file */
    char digest[SHA256_HEX];
    struct err broken; /* code ERR_NONE where the rule is fine */
    char *memory;      /* what the texts above point into */
};

/*
 * Read a rule. "file" names it in messages, "module" is its folder. A fault in
 * the header leaves a rule whose "broken" says where; its id is then taken from
 * the file name. NULL only for want of memory. Free with rule_free().
 */
struct rule *rule_parse(const char *file, const char *module, const char *text,
                        size_t n);
void rule_free(struct rule *r); /* NULL is fine */

/* Whether the program makes this rule's results itself, from those of others:
 * its file has a header and no SELECT. */
bool rule_is_made(const char *id);

/* Whether a word stands in a list of words with blanks between. */
bool word_in(const char *list, const char *word);

/*
 * The remedy of a result, copied to "out": the one that the rule chose, NULL
 * for none, else the first of its list; "" where there is none. What is not
 * known may be fine: for it nothing is erased or reset in recoveryOS.
 */
void rule_remedy(const struct rule *r, const char *chosen, char letter,
                 char *out, size_t size);

/* ------------------------------------------------------------- evaluation */

/* What a rule says of one Mac or account. */
struct rule_row {
    int64_t id;  /* device_id, or account_id */
    int applies; /* 1, 0, or -1 for undetermined */
    int fails;

    /* What follows is there after rule_ask(). */
    enum severity severity; /* SEV_NONE: that of the header */
    const char *evidence;   /* NULL: the title */
    const char *remedy;     /* NULL: the first of the list */
};
/* Returns 0, or -1 with *err to stop. */
typedef int rule_row_fn(void *ctx, const struct rule_row *row, struct err *err);

/*
 * The authorizer of a connection. It stays in place between rules, and lets
 * all pass then: to set one anew makes SQLite compile every statement again.
 */
struct rule_guard {
    sqlite3 *db;
    bool strict; /* while a rule is compiled or stepped */
};
void rule_guard_set(struct rule_guard *g, sqlite3 *db);
void rule_guard_end(struct rule_guard *g); /* fine where it was not set */

struct rule_query; /* a rule that is ready to run */

/*
 * Check the SELECT against the views and make it ready. A fault is of kind
 * ERR_CONFIG, with file, line and column. Returns NULL with *err; the caller
 * frees with rule_close(), before the guard ends.
 */
struct rule_query *rule_open(struct rule_guard *g, const struct rule *r,
                             struct err *err);

/*
 * Run over the ids from "low" to "high", handing each row to "fn", with its
 * conditions alone. "steps" bounds the work, in thousands of operations of
 * SQLite's machine. Faults of the rule are of kind ERR_CONFIG.
 */
int rule_run(struct rule_query *q, int64_t low, int64_t high, int64_t steps,
             rule_row_fn *fn, void *ctx, struct err *err) MUST_CHECK;

/*
 * Severity, evidence and remedy for row->id; few rows are findings, so only
 * those are asked. Texts live until the rule is asked again. May be called by
 * the function that rule_run() calls.
 */
int rule_ask(struct rule_query *q, struct rule_row *row,
             struct err *err) MUST_CHECK;

void rule_close(struct rule_query *q); /* NULL is fine */

/* Put the progress handler of the program back: it stops on a signal. */
void rule_watch_signals(sqlite3 *db);

/* The letter for a row, stale Macs and the kind of the rule apart. */
char rule_result(const struct rule_row *row, bool not_checked);

#endif
