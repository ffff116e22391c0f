/*
 * judge.h - what results mean: carried facts, lost capabilities, verdicts.
 *
 * Pure C, and the same for the engine, the cases of rules and explain.
 */
#ifndef MUSTER_ANALYZE_JUDGE_H
#define MUSTER_ANALYZE_JUDGE_H

#include "analyze/rule.h"
#include "core/capability.h"

/* What the imports that reported a Mac carry; bit n is fact n. */
struct carried {
    uint64_t device, account;
};

/* Whether one required item is carried; a custom fact is carried for all Macs
 * where an import of the period keeps it ("custom_there"). */
bool need_carried(const struct need *n, struct carried c, bool custom_there);

/* Whether an undetermined result is "not checked". "customs" is a bit for each
 * needed item that names a custom fact: it is there. */
bool rule_not_checked(const struct rule *r, struct carried c, uint32_t customs);

/* The severity of a result: the query's, the header's, or the configured one
 * ("configured" NULL for none). SEV_NONE where the result has none. */
enum severity judged_severity(const struct rule *r, const struct rule_row *row,
                              char letter, const char *configured);

/* ------------------------------------------------------------ capabilities */

/* Bits of the codes in a list ("unlock grant"). */
uint32_t capability_bits(const char *codes);
/* The codes of bits, in their order, with blanks between. */
void capability_words(uint32_t bits, char *out, size_t size);

enum chip { CHIP_UNKNOWN, CHIP_APPLE, CHIP_T2, CHIP_INTEL };
enum chip chip_read(const char *word);

/* Whether a capability is unproved where this rule was not measured: a core
 * check, and the one test that there is of a silent erase. */
bool capability_unproved(const struct rule *r);

/* What a rule loses on this chip: certainly, and perhaps where the chip is not
 * known. An Intel Mac updates without a token's help, for instance. */
void capability_loss(const struct rule *r, uint32_t bits, enum chip chip,
                     uint32_t *lost, uint32_t *perhaps);

/* ---------------------------------------------------------------- verdicts */

/* Whether the rule is counted at all, belongs to migration alone, and enters
 * the verdict of a Mac. */
bool rule_counts(const struct rule *r);
bool rule_is_migration(const struct rule *r);
bool rule_enters_verdict(const struct rule *r);

/* What verdict_of() needs to know of one Mac. */
struct verdict_facts {
    bool stale;
    bool core_not_checked;
    enum severity failed;  /* worst, of rules that enter; SEV_NONE for none */
    enum severity unknown; /* likewise */
};
const char *verdict_of(const struct verdict_facts *f);

/* Account rules on one Mac: the one of two letters that stands for both. */
char worse_letter(char a, char b);

/* Whether a is worse than b; SEV_NONE is better than all. */
bool severity_worse(enum severity a, enum severity b);

#endif
