/*
 * engine_rows.c - rules over a batch: letters, counts, findings.
 *
 * The two conditions of a rule decide the result. Only where that is a finding
 * is the rule asked for severity, evidence and remedy.
 */
#include "core/base.h"

#include "analyze/engine_part.h"

#define STEPS_BASE 20000 /* thousands of operations a rule may take ... */
#define STEPS_ROW 4      /* ... and this many more for each row */

/* One rule, or the fused ones, on the way over the batch. */
struct pass {
    struct engine *e;
    size_t rule;               /* rule_run() */
    const struct fused *fused; /* rule_fused_run() */
    size_t next;               /* where the next row is expected */
    size_t rows;
};

static int note(struct engine *e, size_t rule, uint32_t mac, uint32_t account,
                char letter, struct err *err)
{
    size_t cap = e->found_cap ? 2 * e->found_cap : 4096;
    struct found *f;

    if (e->found_count == e->found_cap) {
        f = realloc(e->found, cap * sizeof(*f));
        if (!f)
            return err_nomem(err);
        e->found = f;
        e->found_cap = cap;
    }
    e->found[e->found_count++] = (struct found){.mac = mac,
                                                .account = account,
                                                .rule = (uint16_t)rule,
                                                .letter = letter};
    return 0;
}

/* The letter of a result, counted; a finding is noted and counted later. */
static int take(struct engine *e, size_t rule, uint32_t mac, uint32_t account,
                const struct rule_row *row, char *out, struct err *err)
{
    const struct rule *r = rule_at(e, rule);
    const struct mac *m = &e->macs[mac];
    struct client *c = &e->clients[m->client];
    uint32_t *counts = c->counts[rule];
    char letter = rule_result(row, e->classes[m->carry].not_checked[rule]);

    if (c->disabled[rule])
        letter = RESULT_NOT_APPLICABLE;
    if (r->kind == RULE_REPORT_ONLY && letter == RESULT_FAIL)
        letter = RESULT_INFO;
    *out = letter;
    switch (letter) {
    case RESULT_PASS:
        counts[m->stale ? COUNT_STALE : COUNT_PASS]++;
        return 0;
    case RESULT_NOT_APPLICABLE:
        counts[COUNT_NOT_APPLICABLE]++;
        return 0;
    case RESULT_NOT_CHECKED:
        counts[COUNT_NOT_CHECKED]++;
        e->unread[(size_t)mac * e->rules + rule] = 1;
        return 0;
    case RESULT_INFO:
        counts[COUNT_INFO]++;
        return 0;
    default:
        break;
    }
    if (r->kind == RULE_REPORT_ONLY) {
        counts[COUNT_UNKNOWN + (int)r->severity]++;
        return 0;
    }
    return note(e, rule, mac, account, letter, err);
}

/* What a finding says of itself: asked for now that it is known to be one. */
static int settle(struct engine *e, struct found *f, const struct rule_row *row,
                  struct err *err)
{
    const struct rule *r = rule_at(e, f->rule);
    struct client *c = &e->clients[e->macs[f->mac].client];
    enum severity sev =
        judged_severity(r, row, f->letter, c->severities[f->rule]);

    c->counts[f->rule][(f->letter == RESULT_FAIL ? COUNT_FAIL : COUNT_UNKNOWN) +
                       (int)sev]++;
    f->severity = (uint8_t)sev;
    f->slight = judged_severity(r, row, f->letter, NULL) == SEV_LOW;
    if (row->evidence)
        f->evidence =
            arena_copy(&e->arena, row->evidence, strlen(row->evidence));
    if (row->remedy)
        f->remedy = arena_copy(&e->arena, row->remedy, strlen(row->remedy));
    return e->arena.failed ? err_nomem(err) : 0;
}

/* Of the row at hand, where it is a finding of the fused rule. */
static int ask_fused(struct pass *p, size_t member, size_t found_before,
                     int64_t id, struct err *err)
{
    struct engine *e = p->e;
    struct rule_row row = {.id = id, .severity = SEV_NONE};

    if (e->found_count == found_before)
        return 0;
    if (rule_fused_ask(p->fused->rules, member, id, &row, err) < 0)
        return -1;
    return settle(e, &e->found[found_before], &row, err);
}

/* ---------------------------------------------------------------- of Macs */

static int compare_mac(const void *key, const void *item)
{
    const int64_t *id = key;
    const struct mac *m = item;

    return *id < m->device_id ? -1 : *id > m->device_id;
}

static const struct mac *find_mac(struct pass *p, int64_t id)
{
    struct engine *e = p->e;
    const struct mac *m = &e->macs[p->next];

    if (p->next >= e->mac_count || m->device_id != id)
        m = bsearch(&id, e->macs, e->mac_count, sizeof(*m), compare_mac);
    if (m)
        p->next = (size_t)(m - e->macs) + 1;
    return m;
}

static int twice(struct pass *p, const char *what, struct err *err)
{
    const struct rule *r = rule_at(p->e, p->rule);

    return err_at(err, ERR_CONFIG, r->file, r->sql_line, 0,
                  "yields %s more than once, or that is not there", what);
}

static int device_row(void *ctx, const struct rule_row *row, struct err *err)
{
    struct pass *p = ctx;
    struct engine *e = p->e;
    const struct mac *m = find_mac(p, row->id);
    uint32_t mac = (uint32_t)(m ? m - e->macs : 0);
    char *letter = &e->letters[(size_t)mac * e->rules + p->rule];

    if (!m || *letter)
        return twice(p, "a Mac", err);
    p->rows++;
    return take(e, p->rule, mac, NO_ACCOUNT, row, letter, err);
}

static int fused_device(void *ctx, int64_t id, const int *truths,
                        struct err *err)
{
    struct pass *p = ctx;
    struct engine *e = p->e;
    const struct mac *m = find_mac(p, id);
    struct rule_row row = {.id = id, .severity = SEV_NONE};
    size_t i;

    if (!m)
        return err_set(err, ERR_FAIL, "the posture has a Mac too many");
    p->rows++;
    for (i = 0; i < p->fused->count; i++) {
        size_t rule = p->fused->members[i], found = e->found_count;
        uint32_t mac = (uint32_t)(m - e->macs);

        row.applies = truths[2 * i];
        row.fails = truths[2 * i + 1];
        if (take(e, rule, mac, NO_ACCOUNT, &row,
                 &e->letters[(size_t)mac * e->rules + rule], err) < 0 ||
            ask_fused(p, i, found, id, err) < 0)
            return -1;
    }
    return 0;
}

/* ------------------------------------------------------------ of accounts */

static int compare_account(const void *key, const void *item)
{
    const int64_t *id = key;
    const struct account *a = item;

    return *id < a->account_id ? -1 : *id > a->account_id;
}

static struct account *find_account(struct pass *p, int64_t id)
{
    struct engine *e = p->e;
    struct account *a = NULL;

    if (p->next < e->account_count && e->accounts[p->next].account_id == id)
        a = &e->accounts[p->next];
    else if (e->account_count)
        a = bsearch(&id, e->accounts, e->account_count, sizeof(*a),
                    compare_account);
    if (a)
        p->next = (size_t)(a - e->accounts) + 1;
    return a;
}

static int take_account(struct engine *e, size_t rule, const struct account *a,
                        const struct rule_row *row, struct err *err)
{
    char *place = &e->letters[(size_t)a->mac * e->rules + rule];
    char letter;

    if (take(e, rule, a->mac, (uint32_t)(a - e->accounts), row, &letter, err) <
        0)
        return -1;
    *place = worse_letter(*place, letter);
    return 0;
}

static int account_row(void *ctx, const struct rule_row *row, struct err *err)
{
    struct pass *p = ctx;
    struct account *a = find_account(p, row->id);

    if (!a || a->seen == p->rule + 1)
        return twice(p, "an account", err);
    a->seen = (uint16_t)(p->rule + 1);
    p->rows++;
    return take_account(p->e, p->rule, a, row, err);
}

static int fused_account(void *ctx, int64_t id, const int *truths,
                         struct err *err)
{
    struct pass *p = ctx;
    const struct account *a = find_account(p, id);
    struct rule_row row = {.id = id, .severity = SEV_NONE};
    size_t i;

    if (!a)
        return err_set(err, ERR_FAIL, "the posture has an account too many");
    p->rows++;
    for (i = 0; i < p->fused->count; i++) {
        size_t found = p->e->found_count;

        row.applies = truths[2 * i];
        row.fails = truths[2 * i + 1];
        if (take_account(p->e, p->fused->members[i], a, &row, err) < 0 ||
            ask_fused(p, i, found, id, err) < 0)
            return -1;
    }
    return 0;
}

/* Macs without accounts: nothing to judge, or the accounts were not read. */
static void without_accounts(struct engine *e, size_t rule)
{
    size_t i;

    for (i = 0; i < e->mac_count; i++) {
        const struct mac *m = &e->macs[i];
        size_t place = i * e->rules + rule;

        if (e->letters[place])
            continue;
        if (m->listed || e->clients[m->client].disabled[rule]) {
            e->letters[place] = RESULT_NOT_APPLICABLE;
            continue;
        }
        e->letters[place] = RESULT_NOT_CHECKED;
        e->unread[place] = 1;
    }
}

/* ----------------------------------------------------------------- running */

/* The ids of a batch, and how many rows a rule of the scope has to speak of. */
static size_t bounds(const struct engine *e, bool account, int64_t *low,
                     int64_t *high)
{
    *low = 1;
    *high = 0;
    if (account && e->account_count) {
        *low = e->accounts[0].account_id;
        *high = e->accounts[e->account_count - 1].account_id;
    } else if (!account) {
        *low = e->macs[0].device_id;
        *high = e->macs[e->mac_count - 1].device_id;
    }
    return account ? e->account_count : e->mac_count;
}

static void mark_error(struct engine *e, size_t rule)
{
    bool account = rule_at(e, rule)->account_scope;
    size_t i;

    for (i = 0; i < e->mac_count; i++) {
        e->letters[i * e->rules + rule] = RESULT_ERROR;
        if (!account)
            e->clients[e->macs[i].client].counts[rule][COUNT_ERROR]++;
    }
    for (i = 0; account && i < e->account_count; i++)
        e->clients[e->macs[e->accounts[i].mac].client]
            .counts[rule][COUNT_ERROR]++;
}

static int run_one(struct engine *e, size_t rule, struct err *err)
{
    const struct rule *r = rule_at(e, rule);
    struct pass p = {.e = e, .rule = rule};
    int64_t low, high;
    size_t expected = bounds(e, r->account_scope, &low, &high);

    if (rule_run(e->queries[rule], low, high,
                 STEPS_BASE + STEPS_ROW * (int64_t)expected,
                 r->account_scope ? account_row : device_row, &p, err) < 0)
        return -1;
    if (p.rows != expected)
        return err_at(err, ERR_CONFIG, r->file, r->sql_line, 0,
                      "leaves out %s; a rule speaks of each exactly once",
                      r->account_scope ? "accounts" : "Macs");
    return 0;
}

static int run_fused(struct engine *e, bool account, struct err *err)
{
    struct pass p = {.e = e, .fused = &e->fused[account]};
    int64_t low, high;
    size_t expected = bounds(e, account, &low, &high);
    int rc;

    if (!p.fused->rules)
        return 0;
    rc = rule_fused_run(p.fused->rules, low, high,
                        STEPS_BASE + STEPS_ROW * (int64_t)expected,
                        account ? fused_account : fused_device, &p, err);
    if (rc == 0 && p.rows != expected)
        return err_set(err, ERR_FAIL, "the posture leaves out some rows");
    return rc;
}

static int ask(struct engine *e, struct found *f, struct err *err)
{
    struct rule_row row = {.id = f->account == NO_ACCOUNT
                                     ? e->macs[f->mac].device_id
                                     : e->accounts[f->account].account_id};

    if (rule_ask(e->queries[f->rule], &row, err) < 0)
        return -1;
    return settle(e, f, &row, err);
}

/* From that place on; what fused rules found is settled. */
static int ask_all(struct engine *e, size_t i, size_t *faulty, struct err *err)
{
    for (; i < e->found_count; i++)
        if (ask(e, &e->found[i], err) < 0) {
            *faulty = e->found[i].rule;
            return err->code == ERR_CONFIG ? 1 : -1;
        }
    return 0;
}

static int run_singly(struct engine *e, size_t *faulty, struct err *err)
{
    size_t i;

    for (i = 0; i < e->rules; i++) {
        if (rule_at(e, i)->broken.code != ERR_NONE) {
            mark_error(e, i);
        } else if (e->queries[i] && !e->together[i] && run_one(e, i, err) < 0) {
            *faulty = i;
            return err->code == ERR_CONFIG ? 1 : -1;
        }
        if (e->queries[i] && rule_at(e, i)->account_scope)
            without_accounts(e, i);
    }
    return 0;
}

int engine_run_rules(struct engine *e, size_t *faulty, struct err *err)
{
    int account, rc;
    size_t settled;

    for (account = 0; account < 2; account++) {
        *faulty = SIZE_MAX;
        rc = run_fused(e, account, err);
        if (rc)
            return rc;
    }
    settled = e->found_count;
    rc = run_singly(e, faulty, err);
    return rc ? rc : ask_all(e, settled, faulty, err);
}
