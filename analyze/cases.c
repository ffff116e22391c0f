/*
 * cases.c - the cases that prove a rule, run.
 *
 * Cases that share the instant and the policy share a store: a Mac each, in
 * the order in which they are read.
 */
#include "core/base.h"

#include "analyze/cases_part.h"
#include "analyze/derive.h"
#include "analyze/resolve.h"
#include "analyze/rule_lint.h"
#include "core/config.h"
#include "core/db.h"
#include "core/strbuf.h"
#include "core/text.h"

/* The cases of one group, while one rule is run over them. */
struct group {
    struct runner *r;
    struct one_case *items; /* item i is the Mac i + 1 */
    size_t count;
    sqlite3 *db;
    struct rule_guard guard;
    struct rule_query *query;
    size_t rule;
    sqlite3_stmt *account; /* Mac and name of an account_id */
};

static bool expects(const struct rule *r, const char *expect, char letter)
{
    if (r->kind == RULE_REPORT_ONLY && strcmp(expect, "informational") == 0)
        return letter == RESULT_FAIL;
    return strcmp(expect, result_name(letter)) == 0;
}

static bool differs(const json_t *o, const char *key, const char *found)
{
    const char *expected = case_string(o, key);

    return expected && strcmp(expected, found) != 0;
}

static void compare(struct runner *r, struct one_case *one,
                    const struct rule_row *row, char letter)
{
    const struct rule *rule = r->c->rules[one->rule];
    const char *expect = case_string(one->object, "expect");
    const char *severity =
        severity_word(judged_severity(rule, row, letter, NULL));
    const char *evidence = row->evidence ? row->evidence : rule->title;
    char remedy[32];

    if (one->refused)
        return;
    rule_remedy(rule, row->remedy, letter, remedy, sizeof(remedy));
    if (!expects(rule, expect, letter))
        case_complain(r, one, "expect", "expected %s, found %s", expect,
                      result_name(letter));
    else if (differs(one->object, "severity", severity))
        case_complain(r, one, "severity", "expected severity %s, found %s",
                      case_string(one->object, "severity"), severity);
    else if (differs(one->object, "remedy", remedy))
        case_complain(r, one, "remedy", "expected remedy %s, found %s",
                      case_string(one->object, "remedy"), remedy);
    else if (differs(one->object, "evidence", evidence))
        case_complain(r, one, "evidence",
                      "expected evidence \"%s\", found \"%s\"",
                      case_string(one->object, "evidence"), evidence);
    else
        r->counts[one->rule].passed++;
}

/* The case that a row is about, or NULL: another rule's, another account. */
static struct one_case *case_of(struct group *g, const struct rule_row *row,
                                struct err *err)
{
    const struct rule *rule = g->r->c->rules[g->rule];
    int64_t device = row->id;
    struct one_case *one;
    const char *wanted;

    if (rule->account_scope) {
        sqlite3_reset(g->account);
        sqlite3_bind_int64(g->account, 1, row->id);
        if (db_step(g->account, err) != 1)
            return NULL;
        device = sqlite3_column_int64(g->account, 0);
    }
    if (device < 1 || device > (int64_t)g->count)
        return NULL;
    one = &g->items[device - 1];
    if (one->rule != g->rule)
        return NULL;
    wanted = case_string(one->object, "account");
    if (rule->account_scope &&
        (!wanted || ascii_casecmp(wanted, db_text(g->account, 1)) != 0))
        return NULL;
    return one;
}

static uint32_t customs_of(const struct rule *rule, const struct one_case *one)
{
    json_t *device = json_object_get(one->object, "device");
    uint32_t bits = 0;
    size_t i;

    for (i = 0; i < rule->need_count; i++)
        if (json_object_get(device, rule->needs[i].text))
            bits |= (uint32_t)1 << i;
    return bits;
}

static int take_row(void *ctx, const struct rule_row *row, struct err *err)
{
    struct group *g = ctx;
    const struct rule *rule = g->r->c->rules[g->rule];
    struct one_case *one = case_of(g, row, err);
    struct rule_row whole = *row;
    bool not_checked;

    if (!one)
        return err->code == ERR_NONE ? 0 : -1;
    if (one->seen) {
        case_complain(g->r, one, NULL, "the rule speaks of it twice");
        return 0;
    }
    one->seen = true;
    if (rule_ask(g->query, &whole, err) < 0)
        return -1;
    not_checked = rule_not_checked(rule, one->carried, customs_of(rule, one));
    compare(g->r, one, &whole, rule_result(row, not_checked));
    return 0;
}

static void fail_rule(struct group *g, const struct err *fault)
{
    struct runner *r = g->r;
    struct err told = {0};
    size_t i;

    if (!r->broken[g->rule]) {
        err_at(&told, fault->code, fault->file, fault->line, fault->column,
               "%s: %s", r->c->rules[g->rule]->id, fault->text);
        err_hint(&told, "%s", fault->hint);
        r->fn(r->ctx, &told);
        r->broken[g->rule] = true;
    }
    for (i = 0; i < g->count; i++)
        if (g->items[i].rule == g->rule && !g->items[i].seen &&
            !g->items[i].refused) {
            g->items[i].refused = true;
            r->counts[g->rule].failed++;
        }
}

static int run_rule(struct group *g, struct err *err)
{
    const struct rule *rule = g->r->c->rules[g->rule];
    struct err fault = {0};
    struct rule_query *q = rule_open(&g->guard, rule, &fault);
    size_t i;

    g->query = q;

    if (!q || rule_run(q, 1, INT64_MAX, 200000, take_row, g, &fault) < 0) {
        rule_close(q);
        if (fault.code != ERR_CONFIG) {
            *err = fault;
            return -1;
        }
        fail_rule(g, &fault);
        return 0;
    }
    rule_close(q);
    for (i = 0; i < g->count; i++)
        if (g->items[i].rule == g->rule && !g->items[i].seen)
            case_complain(
                g->r, &g->items[i], rule->account_scope ? "account" : NULL,
                "%s",
                rule->account_scope
                    ? "no account of the Mac has the name in \"account\""
                    : "the rule does not speak of the Mac");
    return 0;
}

static int read_carried(struct group *g, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step;

    if (db_prepare(g->db,
                   "SELECT device_id, device_mask, account_mask"
                   "  FROM device_fact JOIN carry_class USING (carry_id)",
                   &st, err) < 0)
        return -1;
    while ((step = db_step(st, err)) == 1) {
        int64_t device = sqlite3_column_int64(st, 0);

        if (device >= 1 && device <= (int64_t)g->count)
            g->items[device - 1].carried =
                (struct carried){(uint64_t)sqlite3_column_int64(st, 1),
                                 (uint64_t)sqlite3_column_int64(st, 2)};
    }
    sqlite3_finalize(st);
    return step;
}

static int judge_group(struct group *g, struct err *err)
{
    size_t i;

    if (read_carried(g, err) < 0 ||
        db_prepare(g->db,
                   "SELECT device_id, account FROM account_fact"
                   " WHERE account_id = ?1",
                   &g->account, err) < 0)
        return -1;
    rule_guard_set(&g->guard, g->db);
    for (i = 0; i < g->count; i++) {
        if (g->items[i].seen || g->items[i].refused)
            continue;
        g->rule = g->items[i].rule;
        if (run_rule(g, err) < 0)
            break;
    }
    rule_guard_end(&g->guard);
    sqlite3_finalize(g->account);
    return i < g->count ? -1 : 0;
}

/* ------------------------------------------------------------------ groups */

/* The policy of a group as a configuration. */
static struct config *policy_of(struct runner *r, struct one_case *one,
                                struct err *err)
{
    struct config *config = config_parse("case", "", err);
    json_t *policy = json_object_get(one->object, "policy"), *v;
    struct strbuf text = {0};
    struct err fault = {0};
    const char *key;
    char buf[40];

    if (!config)
        return NULL;
    json_object_foreach(policy, key, v)
    {
        strbuf_reset(&text);
        strbuf_addf(&text, "%s=%s", key, case_cell(v, buf, sizeof(buf)));
        if (config_set(config, strbuf_str(&text), &fault) < 0) {
            case_complain(r, one, key, "policy: %s", fault.text);
            break;
        }
    }
    strbuf_free(&text);
    return config;
}

struct customs {
    const char *names[64];
    size_t count;
    struct arena *arena;
};

static void add_custom(void *ctx, const char *name)
{
    struct customs *c = ctx;

    if (c->count + 1 < COUNT_OF(c->names))
        c->names[c->count++] = arena_copy(c->arena, name, strlen(name));
}

static int run_store(struct runner *r, struct case_store *s,
                     struct one_case *items, size_t n, struct err *err)
{
    struct group g = {.r = r, .items = items, .count = n, .db = s->db};
    struct config *config = policy_of(r, &items[0], err);
    struct customs customs = {.arena = &r->arena};
    struct resolve_counts counts;
    size_t i;
    int rc = config ? 0 : -1;

    arena_reset(&r->arena);
    for (i = 0; i < n && rc == 0; i++) {
        items[i].device_id = (int64_t)i + 1;
        rc = case_store_add(r, s, &items[i], err);
        if (i == 0 || items[i].rule != items[i - 1].rule)
            rule_customs(r->c->rules[items[i].rule], add_custom, &customs);
    }
    customs.names[customs.count] = NULL;
    if (rc == 0)
        rc = resolve(s->db, "case", 1, config, &counts, err);
    for (i = 0; i < n && rc == 0; i++)
        rc = case_store_policy(s->db, &items[i], err);
    if (rc == 0 &&
        derive(s->db, 1, items[0].as_of, config, customs.names, err) < 0)
        rc = -1;
    if (rc == 0)
        rc = judge_group(&g, err);
    config_free(config);
    return rc;
}

static int run_group(struct runner *r, struct one_case *items, size_t n,
                     struct err *err)
{
    struct case_store s;
    int rc = case_store_open(&s, err);

    if (rc == 0)
        rc = run_store(r, &s, items, n, err);
    case_store_close(&s);
    return rc;
}

static int compare_cases(const void *a, const void *b)
{
    const struct one_case *x = a, *y = b;
    int cmp = strcmp(x->group, y->group);

    if (cmp)
        return cmp;
    if (x->rule != y->rule)
        return x->rule < y->rule ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

static int run_groups(struct runner *r, struct err *err)
{
    size_t i, n;

    if (r->count)
        qsort(r->items, r->count, sizeof(*r->items), compare_cases);
    for (i = 0; i < r->count; i += n) {
        for (n = 1; i + n < r->count &&
                    strcmp(r->items[i + n].group, r->items[i].group) == 0;
             n++)
            ;
        if (run_group(r, &r->items[i], n, err) < 0)
            return -1;
    }
    return 0;
}

int cases_run(const struct catalogue *c, size_t only, cases_fn *fn, void *ctx,
              struct cases_count *counts, struct err *err)
{
    struct runner r = {.c = c, .fn = fn, .ctx = ctx, .counts = counts};
    size_t i;
    int rc = 0;

    r.broken = calloc(c->count + 1, sizeof(*r.broken));
    if (!r.broken)
        return err_nomem(err);
    for (i = 0; i < c->count && rc == 0; i++) {
        counts[i] = (struct cases_count){0};
        if (only == SIZE_MAX || only == i)
            rc = cases_read(&r, i, err);
    }
    if (rc == 0)
        rc = run_groups(&r, err);
    for (i = 0; i < r.count; i++) {
        json_decref(r.items[i].object);
        free(r.items[i].group);
    }
    free(r.items);
    free(r.broken);
    arena_free(&r.arena);
    return rc;
}
