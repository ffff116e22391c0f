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

/* Findings as rows: the one at hand. */
struct findings {
    struct engine *e;
    size_t next;
    const struct found *f;
    int64_t account_id, first_seen;
    const char *account, *state;
    struct strbuf missing;
    char remedy[32];
};

static void give_text(sqlite3_context *out, const char *s)
{
    if (s)
        sqlite3_result_text(out, s, -1, SQLITE_STATIC);
}

static int next_finding(void *ctx, struct err *err)
{
    struct findings *all = ctx;
    struct engine *e = all->e;
    const struct found *f = &e->found[all->next];
    const struct rule *r;
    int64_t device_id;

    if (all->next == e->found_count)
        return 0;
    all->next++;
    all->f = f;
    r = rule_at(e, f->rule);
    device_id = e->macs[f->mac].device_id;
    all->account_id =
        f->account == NO_ACCOUNT ? 0 : e->accounts[f->account].account_id;
    sqlite3_reset(e->account_name);
    all->account = name_of(e, f, err);
    strbuf_reset(&all->missing);
    if (!all->account ||
        history_state(e->history, device_id, f->rule, all->account,
                      e->in->as_of, &all->state, &all->first_seen, err) < 0)
        return -1;
    if (f->letter == RESULT_UNKNOWN &&
        missing_facts(e->missing, r, device_id, all->account_id, &all->missing,
                      err) < 0)
        return -1;
    rule_remedy(r, f->remedy, f->letter, all->remedy, sizeof(all->remedy));
    return 1;
}

/* In the order of the statement in engine.c. */
static void finding_column(void *ctx, sqlite3_context *out, int column)
{
    const struct findings *all = ctx;
    const struct found *f = all->f;
    const struct mac *m = &all->e->macs[f->mac];

    switch (column) {
    case 0:
        sqlite3_result_int64(out, all->e->in->period_id);
        break;
    case 1:
        sqlite3_result_int64(out, m->device_id);
        break;
    case 2:
        sqlite3_result_int64(out, all->e->clients[m->client].client_id);
        break;
    case 3:
        sqlite3_result_int(out, f->rule);
        break;
    case 4:
        give_text(out, all->account);
        break;
    case 5:
        if (all->account_id)
            sqlite3_result_int64(out, all->account_id);
        break;
    case 6:
        give_text(out, result_name(f->letter));
        break;
    case 7:
        give_text(out, severity_word((enum severity)f->severity));
        break;
    case 8:
        give_text(out, f->evidence);
        break;
    case 9:
        give_text(out, all->remedy);
        break;
    case 10:
        give_text(out, strbuf_str(&all->missing));
        break;
    case 11:
        give_text(out, all->state);
        break;
    default:
        sqlite3_result_int64(out, all->first_seen);
    }
}

static int write_findings(struct engine *e, struct err *err)
{
    struct findings all = {.e = e};
    struct feed feed = {
        .ctx = &all, .next = next_finding, .column = finding_column};
    int rc = feed_run(e->in->db, e->add_finding, &e->slot, &feed, err);

    sqlite3_reset(e->account_name);
    strbuf_free(&all.missing);
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

/* Results of Macs as rows: the one at hand. */
struct results {
    struct engine *e;
    size_t next, found; /* the next Mac, and its first finding */
    struct summary summary;
    const char *verdict;
    char lost[128], perhaps[128], remedy[32];
};

static int next_result(void *ctx, struct err *err)
{
    struct results *all = ctx;
    struct engine *e = all->e;
    struct summary *s = &all->summary;
    size_t mac = all->next;

    (void)err;
    if (mac == e->mac_count)
        return 0;
    all->next++;
    *s = (struct summary){.facts = {.stale = e->macs[mac].stale,
                                    .failed = SEV_NONE,
                                    .unknown = SEV_NONE},
                          .worst = SEV_NONE};
    for (; all->found < e->found_count && e->found[all->found].mac == mac;
         all->found++)
        add_found(e, s, &e->found[all->found]);
    add_letters(e, s, mac);
    all->verdict = verdict_of(&s->facts);
    count_verdict(e->out, all->verdict);
    capability_words(s->lost, all->lost, sizeof(all->lost));
    capability_words(s->perhaps, all->perhaps, sizeof(all->perhaps));
    all->remedy[0] = '\0';
    if (s->next)
        rule_remedy(rule_at(e, s->next->rule), s->next->remedy, s->next->letter,
                    all->remedy, sizeof(all->remedy));
    return 1;
}

/* In the order of the statement in engine.c. */
static void result_column(void *ctx, sqlite3_context *out, int column)
{
    const struct results *all = ctx;
    const struct engine *e = all->e;
    const struct summary *s = &all->summary;
    size_t mac = all->next - 1;

    switch (column) {
    case 0:
        sqlite3_result_int64(out, e->in->period_id);
        break;
    case 1:
        sqlite3_result_int64(out, e->macs[mac].device_id);
        break;
    case 2:
        sqlite3_result_int64(out, e->clients[e->macs[mac].client].client_id);
        break;
    case 3:
        give_text(out, all->verdict);
        break;
    case 4:
        sqlite3_result_int(out, e->macs[mac].stale);
        break;
    case 5:
        give_text(out, severity_word(s->worst));
        break;
    case 6:
        sqlite3_result_int(out, s->failed);
        break;
    case 7:
        sqlite3_result_int(out, s->unknown);
        break;
    case 8:
        sqlite3_result_int(out, s->not_checked);
        break;
    case 9:
        give_text(out, all->lost);
        break;
    case 10:
        give_text(out, all->perhaps);
        break;
    case 11:
        give_text(out, all->remedy);
        break;
    default:
        sqlite3_result_blob(out, &e->letters[mac * e->rules], (int)e->rules,
                            SQLITE_STATIC);
    }
}

static int write_results(struct engine *e, struct err *err)
{
    struct results all = {.e = e};
    struct feed feed = {
        .ctx = &all, .next = next_result, .column = result_column};

    return feed_run(e->in->db, e->add_result, &e->slot, &feed, err);
}

int engine_write_batch(struct engine *e, struct err *err)
{
    if (e->found_count)
        qsort(e->found, e->found_count, sizeof(*e->found), compare_found);
    return write_findings(e, err) < 0 ? -1 : write_results(e, err);
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
