/*
 * engine_write.c - a batch into the store, Mac by Mac, and the counts.
 */
#include "core/base.h"

#include "analyze/engine_part.h"
#include "core/db.h"

static int compare_found(const void *a, const void *b)
{
    const struct found *x = a, *y = b;

    if (x->mac != y->mac)
        return x->mac < y->mac ? -1 : 1;
    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    return x->account < y->account ? -1 : x->account > y->account;
}

static const char *name_of(struct engine *e, const struct found *f,
                           struct err *err)
{
    if (f->account == NO_ACCOUNT)
        return "";
    sqlite3_bind_int64(e->account_name, 1, e->accounts[f->account].account_id);
    if (db_step(e->account_name, err) < 0)
        return NULL;
    return db_text(e->account_name, 0); /* until the next reset */
}

static void bind_or_null(sqlite3_stmt *st, int at, const char *s)
{
    if (s)
        sqlite3_bind_text(st, at, s, -1, SQLITE_STATIC);
    else
        sqlite3_bind_null(st, at);
}

static int write_finding(struct engine *e, const struct found *f,
                         struct strbuf *words, struct err *err)
{
    const struct rule *r = rule_at(e, f->rule);
    const struct mac *m = &e->macs[f->mac];
    const char *account, *state;
    sqlite3_stmt *st = e->add_finding;
    int64_t id =
        f->account == NO_ACCOUNT ? 0 : e->accounts[f->account].account_id;
    int64_t first_seen;
    char remedy[32] = "";
    int rc;

    sqlite3_reset(e->account_name);
    account = name_of(e, f, err);
    strbuf_reset(words);
    if (!account || history_state(e->history, m->device_id, f->rule, account,
                                  e->in->as_of, &state, &first_seen, err) < 0)
        return -1;
    if (f->letter == RESULT_UNKNOWN &&
        missing_facts(e->missing, r, m->device_id, id, words, err) < 0)
        return -1;
    rule_remedy(r, f->remedy, f->letter, remedy, sizeof(remedy));
    sqlite3_bind_int64(st, 1, e->in->period_id);
    sqlite3_bind_int64(st, 2, m->device_id);
    sqlite3_bind_int64(st, 3, e->clients[m->client].client_id);
    sqlite3_bind_int(st, 4, f->rule);
    sqlite3_bind_text(st, 5, account, -1, SQLITE_STATIC);
    if (id)
        sqlite3_bind_int64(st, 6, id);
    sqlite3_bind_text(st, 7, result_name(f->letter), -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 8, severity_word((enum severity)f->severity), -1,
                      SQLITE_STATIC);
    bind_or_null(st, 9, f->evidence);
    sqlite3_bind_text(st, 10, remedy, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 11, strbuf_str(words), -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 12, state, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 13, first_seen);
    rc = db_run(st, err);
    sqlite3_reset(e->account_name);
    return rc;
}

/* What becomes of one Mac. */
struct summary {
    struct verdict_facts facts;
    enum severity worst;
    int failed, unknown, not_checked;
    uint32_t lost, perhaps;
    const struct found *next; /* the failure to begin with */
};

/* The graver failure before the lighter, then as sorted. What is not known is
 * to be found out, never to be repaired: its remedy may be an erase. */
static bool comes_first(const struct found *f, const struct found *than)
{
    if (f->letter != RESULT_FAIL || f->severity <= SEV_INFO)
        return false;
    return !than || f->severity > than->severity;
}

/* A failure takes what its rule says, one of low severity perhaps: a key that
 * nobody has tested may open the disk. What is not known is not proved. A
 * severity set by the policy says how grave a loss is, not whether it is one.
 */
static void add_lost(const struct engine *e, struct summary *s, size_t mac,
                     size_t rule, bool certain)
{
    uint32_t lost = 0, perhaps = 0;

    if (!e->loses[rule])
        return;
    capability_loss(rule_at(e, rule), e->loses[rule], e->macs[mac].chip, &lost,
                    &perhaps);
    if (certain)
        s->lost |= lost;
    s->perhaps |= perhaps | (certain ? 0 : lost);
}

static void add_found(const struct engine *e, struct summary *s,
                      const struct found *f)
{
    uint8_t nature = e->nature[f->rule];
    enum severity sev = (enum severity)f->severity;
    bool fail = f->letter == RESULT_FAIL;
    enum severity *worst = fail ? &s->facts.failed : &s->facts.unknown;

    if (fail && (nature & NATURE_TOTAL))
        e->out->failed[sev]++;
    if (!(nature & NATURE_COUNTS))
        return;
    add_lost(e, s, f->mac, f->rule, fail && !f->slight);
    if (fail && severity_worse(sev, s->worst))
        s->worst = sev;
    if ((nature & NATURE_VERDICT) && severity_worse(sev, *worst))
        *worst = sev;
    if (comes_first(f, s->next))
        s->next = f;
}

/* Which required items nothing carries for a Mac that was not checked. */
static void count_gaps(struct engine *e, size_t mac, size_t rule)
{
    const struct mac *m = &e->macs[mac];
    const struct rule *r = rule_at(e, rule);
    struct client *c = &e->clients[m->client];
    size_t k;

    for (k = 0; k < r->need_count; k++)
        if (!need_carried(&r->needs[k], e->classes[m->carry].carried,
                          (e->customs[rule] >> k) & 1))
            c->gaps[rule][k]++;
}

static void add_letters(struct engine *e, struct summary *s, size_t mac)
{
    const char *letters = &e->letters[mac * e->rules];
    const uint8_t *unread = &e->unread[mac * e->rules];
    size_t i;

    for (i = 0; i < e->rules; i++) {
        char letter = letters[i];

        if (unread[i])
            count_gaps(e, mac, i);
        if (letter == RESULT_PASS || letter == RESULT_NOT_APPLICABLE)
            continue;
        if ((e->nature[i] & NATURE_CORE) &&
            (letter == RESULT_NOT_CHECKED || letter == RESULT_ERROR))
            s->facts.core_not_checked = true;
        if (!(e->nature[i] & NATURE_COUNTS))
            continue;
        s->failed += letter == RESULT_FAIL;
        s->unknown += letter == RESULT_UNKNOWN;
        s->not_checked += letter == RESULT_NOT_CHECKED;
        if ((letter == RESULT_NOT_CHECKED || letter == RESULT_ERROR) &&
            capability_unproved(rule_at(e, i)))
            add_lost(e, s, mac, i, false);
    }
    s->lost |= e->macs[mac].lost;
    s->perhaps |= e->macs[mac].perhaps;
    s->perhaps &= ~s->lost;
}

static void count_verdict(struct engine_counts *out, const char *verdict)
{
    const struct {
        const char *word;
        int64_t *count;
    } table[] = {{"at-risk", &out->at_risk},
                 {"undetermined", &out->undetermined},
                 {"attention", &out->attention},
                 {"partial", &out->partial},
                 {"clean", &out->clean}};
    size_t i;

    for (i = 0; i < COUNT_OF(table); i++)
        if (strcmp(table[i].word, verdict) == 0)
            (*table[i].count)++;
}

static int write_result(struct engine *e, size_t mac, const struct summary *s,
                        struct err *err)
{
    const struct mac *m = &e->macs[mac];
    const char *verdict = verdict_of(&s->facts);
    sqlite3_stmt *st = e->add_result;
    char lost[128], perhaps[128], remedy[32] = "";

    capability_words(s->lost, lost, sizeof(lost));
    capability_words(s->perhaps, perhaps, sizeof(perhaps));
    if (s->next)
        rule_remedy(rule_at(e, s->next->rule), s->next->remedy, s->next->letter,
                    remedy, sizeof(remedy));
    count_verdict(e->out, verdict);
    sqlite3_bind_int64(st, 1, e->in->period_id);
    sqlite3_bind_int64(st, 2, m->device_id);
    sqlite3_bind_int64(st, 3, e->clients[m->client].client_id);
    sqlite3_bind_text(st, 4, verdict, -1, SQLITE_STATIC);
    sqlite3_bind_int(st, 5, m->stale);
    sqlite3_bind_text(st, 6, severity_word(s->worst), -1, SQLITE_STATIC);
    sqlite3_bind_int(st, 7, s->failed);
    sqlite3_bind_int(st, 8, s->unknown);
    sqlite3_bind_int(st, 9, s->not_checked);
    sqlite3_bind_text(st, 10, lost, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 11, perhaps, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 12, remedy, -1, SQLITE_STATIC);
    sqlite3_bind_blob(st, 13, &e->letters[mac * e->rules], (int)e->rules,
                      SQLITE_STATIC);
    return db_run(st, err);
}

int engine_write_batch(struct engine *e, struct err *err)
{
    struct strbuf words = {0};
    size_t mac, at = 0;
    int rc = 0;

    if (e->found_count)
        qsort(e->found, e->found_count, sizeof(*e->found), compare_found);
    for (mac = 0; mac < e->mac_count && rc == 0; mac++) {
        struct summary s = {.facts = {.stale = e->macs[mac].stale,
                                      .failed = SEV_NONE,
                                      .unknown = SEV_NONE},
                            .worst = SEV_NONE};

        for (; rc == 0 && at < e->found_count && e->found[at].mac == mac;
             at++) {
            add_found(e, &s, &e->found[at]);
            rc = write_finding(e, &e->found[at], &words, err);
        }
        if (rc == 0) {
            add_letters(e, &s, mac);
            rc = write_result(e, mac, &s, err);
        }
    }
    strbuf_free(&words);
    return rc;
}

/* ------------------------------------------------------------------- counts */

static int write_tally(struct engine *e, sqlite3_stmt *st,
                       const struct client *c, size_t rule, enum count column,
                       struct err *err)
{
    static const char *const words[] = {"pass",          "stale",
                                        "notapplicable", "notchecked",
                                        "informational", "error"};
    uint32_t n = c->counts[rule][column];
    const char *word, *severity = "";

    if (n == 0)
        return 0;
    if (column >= COUNT_UNKNOWN) {
        word = "unknown";
        severity = severity_word((enum severity)(column - COUNT_UNKNOWN));
    } else if (column >= COUNT_FAIL) {
        word = "fail";
        severity = severity_word((enum severity)(column - COUNT_FAIL));
    } else {
        word = words[column];
    }
    sqlite3_bind_int64(st, 1, e->in->period_id);
    sqlite3_bind_int64(st, 2, c->client_id);
    sqlite3_bind_int64(st, 3, (int64_t)rule);
    sqlite3_bind_text(st, 4, word, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 5, severity, -1, SQLITE_STATIC);
    sqlite3_bind_int64(st, 6, n);
    return db_run(st, err);
}

static int write_gap(struct engine *e, sqlite3_stmt *st, const struct client *c,
                     size_t rule, size_t need, struct err *err)
{
    if (c->gaps[rule][need] == 0)
        return 0;
    sqlite3_bind_int64(st, 1, e->in->period_id);
    sqlite3_bind_int64(st, 2, c->client_id);
    sqlite3_bind_int64(st, 3, (int64_t)rule);
    sqlite3_bind_text(st, 4, rule_at(e, rule)->needs[need].text, -1,
                      SQLITE_STATIC);
    sqlite3_bind_int64(st, 5, c->gaps[rule][need]);
    return db_run(st, err);
}

int engine_write_counts(struct engine *e, struct err *err)
{
    sqlite3_stmt *tally = NULL, *gap = NULL;
    size_t c, rule, i;
    int rc = -1;

    if (db_prepare(e->in->db,
                   "INSERT INTO tally (period_id, client_id, rule_no, result,"
                   " severity, count) VALUES (?, ?, ?, ?, ?, ?)",
                   &tally, err) < 0 ||
        db_prepare(e->in->db, "INSERT INTO gap VALUES (?, ?, ?, ?, ?)", &gap,
                   err) < 0)
        goto out;
    for (c = 0; c < e->client_count; c++)
        for (rule = 0; rule < e->rules; rule++) {
            for (i = 0; i < COUNTS; i++)
                if (write_tally(e, tally, &e->clients[c], rule, (enum count)i,
                                err) < 0)
                    goto out;
            for (i = 0; i < rule_at(e, rule)->need_count; i++)
                if (write_gap(e, gap, &e->clients[c], rule, i, err) < 0)
                    goto out;
        }
    rc = 0;
out:
    sqlite3_finalize(tally);
    sqlite3_finalize(gap);
    return rc;
}
