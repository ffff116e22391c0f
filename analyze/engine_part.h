/*
 * engine_part.h - what the files of the engine share.
 *
 * engine.c        set-up, batches, the order of the steps
 * engine_rows.c   rules over a batch: letters, counts, findings
 * data_rules.c    rules that are made from the results of others
 * engine_write.c  a batch into the store, and the counts at the end
 */
#ifndef MUSTER_ANALYZE_ENGINE_PART_H
#define MUSTER_ANALYZE_ENGINE_PART_H

#include "analyze/arena.h"
#include "analyze/engine.h"
#include "analyze/history.h"
#include "analyze/judge.h"
#include "analyze/missing.h"
#include "analyze/rule_fuse.h"
#include "core/feed.h"

#define ENGINE_BATCH 16384 /* Macs */
#define NO_ACCOUNT UINT32_MAX
#define ENGINE_FEED "judged" /* the table of what a batch comes to */

/* What a rule is, so that it need not be asked for each Mac. */
enum {
    NATURE_COUNTS = 1,  /* in the counts of a Mac: counted, no migration */
    NATURE_VERDICT = 2, /* enters the verdict */
    NATURE_CORE = 4     /* its absence makes a verdict partial */
};

/* Columns of the counts of one client and rule. */
enum count {
    COUNT_PASS,
    COUNT_STALE,
    COUNT_NOT_APPLICABLE,
    COUNT_NOT_CHECKED,
    COUNT_INFO,
    COUNT_ERROR,
    COUNT_FAIL, /* by severity */
    COUNT_UNKNOWN = COUNT_FAIL + SEVERITIES,
    COUNTS = COUNT_UNKNOWN + SEVERITIES
};

struct client {
    int64_t client_id;
    const char *name;
    int64_t freshness;            /* seconds; -1 for no limit */
    uint32_t (*counts)[COUNTS];   /* by rule */
    uint32_t (*gaps)[NEEDS_MOST]; /* by rule and required item */
    const char **severities;      /* by rule, as configured; or NULL */
    bool *disabled;               /* by rule */
};

struct mac {
    int64_t device_id;
    uint32_t client; /* place in clients */
    uint32_t carry;  /* place in classes */
    enum chip chip;
    uint32_t lost, perhaps; /* capabilities, by its facts alone */
    bool stale;
    bool listed;   /* all its accounts were listed */
    bool accounts; /* has accounts, the system's apart */
};

struct account {
    int64_t account_id;
    uint32_t mac;
    uint16_t seen; /* rule number + 1 of the last rule that spoke of it */
};

struct found {
    uint32_t mac, account; /* places in the batch; NO_ACCOUNT */
    uint16_t rule;
    char letter;
    uint8_t severity;
    bool slight;          /* low by the rule's own word, whatever is set */
    const char *evidence; /* NULL: the title */
    const char *remedy;   /* NULL: the first of the rule */
};

struct class_of_carried {
    struct carried carried;
    bool *not_checked; /* by rule */
};

/* Rules of one scope that run as one. */
struct fused {
    struct rule_fused *rules; /* NULL: none */
    const size_t *members;    /* their numbers */
    size_t count;
};

struct engine {
    const struct engine_input *in;
    struct engine_counts *out;
    size_t rules;
    struct rule_guard guard;
    struct rule_query **queries; /* by rule; NULL: broken, or the engine's */
    bool *together;              /* by rule: it is fused */
    struct fused fused[2];       /* of Macs, of accounts */
    uint32_t *customs;           /* by rule: needed custom facts that exist */
    uint32_t *loses;             /* by rule: capabilities */
    uint8_t *nature;             /* by rule: bits of RULE_... */
    struct client *clients;
    size_t client_count;
    struct class_of_carried *classes; /* by carry_id - 1 */
    size_t class_count;
    struct arena names;

    /* The batch at hand. */
    struct mac *macs;
    size_t mac_count;
    struct account *accounts;
    size_t account_count, account_cap;
    char *letters;   /* by Mac and rule */
    uint8_t *unread; /* likewise: some account was not checked */
    struct found *found;
    size_t found_count, found_cap;
    struct arena arena;

    sqlite3_stmt *read_macs, *read_accounts, *account_name;
    sqlite3_stmt *add_finding, *add_result, *roles, *tokens;
    struct feed_slot slot;
    struct history *history;
    struct missing *missing;
};

const struct rule *rule_at(const struct engine *e, size_t i);

/*
 * Run all rules over the batch. 0; -1 with *err; 1 where rule *faulty is at
 * fault, or with SIZE_MAX one of the fused ones, which shall run one by one.
 */
int engine_run_rules(struct engine *e, size_t *faulty,
                     struct err *err) MUST_CHECK;

/* DATA-01, DATA-03 and ST-14, once all others are known. */
int engine_make_rules(struct engine *e, struct err *err) MUST_CHECK;

int engine_write_batch(struct engine *e, struct err *err) MUST_CHECK;
int engine_write_counts(struct engine *e, struct err *err) MUST_CHECK;

#endif
