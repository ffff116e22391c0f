/*
 * judge.c - what results mean: carried facts, lost capabilities, verdicts.
 */
#include "core/base.h"

#include "analyze/judge.h"
#include "core/text.h"

bool need_carried(const struct need *n, struct carried c, bool custom_there)
{
    return (n->device_mask & c.device) || (n->account_mask & c.account) ||
           (n->custom && custom_there);
}

bool rule_not_checked(const struct rule *r, struct carried c, uint32_t customs)
{
    size_t i;

    for (i = 0; i < r->need_count; i++)
        if (!need_carried(&r->needs[i], c, (customs >> i) & 1))
            return true;
    return false;
}

enum severity judged_severity(const struct rule *r, const struct rule_row *row,
                              char letter, const char *configured)
{
    enum severity s = row->severity != SEV_NONE ? row->severity : r->severity;

    if (letter == RESULT_PASS || letter == RESULT_NOT_APPLICABLE)
        return SEV_NONE;
    if (r->kind == RULE_CAUSE)
        return SEV_INFO;
    if (configured)
        s = severity_read(configured);
    if (letter != RESULT_FAIL && r->unknown_severity != SEV_NONE &&
        (!configured || severity_worse(s, r->unknown_severity)))
        s = r->unknown_severity;
    return s;
}

/* ------------------------------------------------------------ capabilities */

uint32_t capability_bits(const char *list)
{
    uint32_t bits = 0;
    int i;

    for (i = 0; i < CAPABILITIES; i++)
        if (word_in(list, capabilities[i].code))
            bits |= (uint32_t)1 << i;
    return bits;
}

void capability_words(uint32_t bits, char *out, size_t size)
{
    size_t n = 0;
    int i;

    out[0] = '\0';
    for (i = 0; i < CAPABILITIES && n < size; i++)
        if ((bits >> i) & 1)
            n += (size_t)snprintf(out + n, size - n, "%s%s", n ? " " : "",
                                  capabilities[i].code);
}

enum chip chip_read(const char *word)
{
    if (!word)
        return CHIP_UNKNOWN;
    if (strcmp(word, "apple") == 0)
        return CHIP_APPLE;
    return strcmp(word, "t2") == 0 ? CHIP_T2 : CHIP_INTEL;
}

bool capability_unproved(const struct rule *r)
{
    return r->core || strcmp(r->id, "REC-04") == 0;
}

/* What these say holds without a token too: the server does not reach the Mac,
 * the system is too old, the test of readiness fails. The others speak of
 * tokens, which only Apple silicon needs for updates and an erase. */
static bool on_any_chip(const struct rule *r)
{
    static const char *const ids[] = {"ENR-01", "ENR-02", "BT-05", "REC-04"};
    size_t i;

    for (i = 0; i < COUNT_OF(ids); i++)
        if (strcmp(r->id, ids[i]) == 0)
            return true;
    return false;
}

void capability_loss(const struct rule *r, uint32_t bits, enum chip chip,
                     uint32_t *lost, uint32_t *perhaps)
{
    const uint32_t apple_only = CAN_UPDATE | CAN_UPDATE_BY_SERVER | CAN_KEXTS |
                                CAN_BOOT_POLICY | CAN_ERASE;

    /* That these two need the bootstrap token is not established. */
    if (!on_any_chip(r)) {
        *perhaps |= bits & (CAN_SETTINGS | CAN_PSSO);
        bits &= ~(uint32_t)(CAN_SETTINGS | CAN_PSSO);
    }
    if (chip == CHIP_APPLE || on_any_chip(r)) {
        *lost |= bits;
        return;
    }
    *lost |= bits & ~apple_only;
    if (chip == CHIP_UNKNOWN)
        *perhaps |= bits & apple_only;
}

/* ---------------------------------------------------------------- verdicts */

bool rule_counts(const struct rule *r)
{
    return r->kind == RULE_COUNTED;
}

/* Rules of the move to another server have a judgement of their own. */
bool rule_is_migration(const struct rule *r)
{
    return text_starts(r->id, "MIG-") || strcmp(r->uses, "migration") == 0;
}

bool rule_enters_verdict(const struct rule *r)
{
    return rule_counts(r) && !rule_is_migration(r) &&
           !text_starts(r->id, "DATA-") && strcmp(r->id, "ENR-05") != 0;
}

bool severity_worse(enum severity a, enum severity b)
{
    if (a == SEV_NONE)
        return false;
    return b == SEV_NONE || a > b;
}

static bool serious(enum severity s)
{
    return s == SEV_HIGH || s == SEV_CRITICAL;
}

const char *verdict_of(const struct verdict_facts *f)
{
    if (serious(f->failed))
        return "at-risk";
    if (serious(f->unknown) || f->stale)
        return "undetermined";
    if (f->failed == SEV_MEDIUM)
        return "attention";
    return f->core_not_checked ? "partial" : "clean";
}

char worse_letter(char a, char b)
{
    static const char order[] = "EFUCPA";
    const char *x = a ? strchr(order, a) : NULL;
    const char *y = b ? strchr(order, b) : NULL;

    if (!x)
        return b;
    if (!y)
        return a;
    return x < y ? a : b;
}
