/*
 * data_rules.c - rules that are made from the results of others.
 *
 * DATA-01 is there where something is not known or not measured, DATA-03 where
 * sources disagree, ST-14 where the main user has no token while others do.
 * Their files have a header and no SELECT.
 */
#include "core/base.h"

#include "analyze/engine_part.h"
#include "core/db.h"

static size_t rule_number(const struct engine *e, const char *id)
{
    size_t i;

    for (i = 0; i < e->rules; i++)
        if (strcmp(rule_at(e, i)->id, id) == 0)
            break;
    return i;
}

static bool is_open(const struct engine *e, size_t mac)
{
    const char *letters = &e->letters[mac * e->rules];
    size_t i;

    for (i = 0; i < e->rules; i++)
        if ((e->nature[i] & NATURE_COUNTS) &&
            (letters[i] == RESULT_UNKNOWN || e->unread[mac * e->rules + i]))
            return true;
    return false;
}

static void give(struct engine *e, size_t rule, size_t mac, bool fires)
{
    uint32_t *counts = e->clients[e->macs[mac].client].counts[rule];

    e->letters[mac * e->rules + rule] = fires ? RESULT_INFO : RESULT_PASS;
    counts[fires ? COUNT_INFO : COUNT_PASS]++;
}

/* ST-14: the main user has no token while others do. It rests on ST-10, and on
 * ST-01 to ST-04 where they fail for a primary account. */
static int main_user_without(struct engine *e, bool *fires, struct err *err)
{
    static const char *const about[] = {"ST-01", "ST-02", "ST-03", "ST-04",
                                        "ST-10"};
    size_t i, k;
    int step;

    for (i = 0; i < e->found_count; i++) {
        const struct found *f = &e->found[i];
        const char *id = rule_at(e, f->rule)->id;

        for (k = 0; k < COUNT_OF(about) && strcmp(about[k], id) != 0; k++)
            ;
        if (f->letter != RESULT_FAIL || k == COUNT_OF(about))
            continue;
        if (f->account == NO_ACCOUNT) {
            fires[f->mac] = true;
            continue;
        }
        sqlite3_bind_int64(e->roles, 1, e->accounts[f->account].account_id);
        step = db_step(e->roles, err);
        if (step == 1 && sqlite3_column_int(e->roles, 0))
            fires[f->mac] = true;
        sqlite3_reset(e->roles);
        if (step < 0)
            return -1;
    }
    return 0;
}

static int others_hold(struct engine *e, bool *fires, struct err *err)
{
    size_t i;
    int step;

    for (i = 0; i < e->mac_count; i++) {
        if (!fires[i])
            continue;
        sqlite3_bind_int64(e->tokens, 1, e->macs[i].device_id);
        step = db_step(e->tokens, err);
        fires[i] = step == 1 && sqlite3_column_int(e->tokens, 0);
        sqlite3_reset(e->tokens);
        if (step < 0)
            return -1;
    }
    return 0;
}

int engine_make_rules(struct engine *e, struct err *err)
{
    size_t missing = rule_number(e, "DATA-01");
    size_t conflicts = rule_number(e, "DATA-03");
    size_t user = rule_number(e, "ST-14"), i;
    bool *fires = calloc(e->mac_count + 1, sizeof(*fires));
    int rc = 0;

    if (!fires)
        return err_nomem(err);
    if (user < e->rules)
        rc = main_user_without(e, fires, err);
    if (user < e->rules && rc == 0)
        rc = others_hold(e, fires, err);
    for (i = 0; i < e->mac_count && rc == 0; i++) {
        if (user < e->rules && rule_at(e, user)->kind == RULE_ENGINE)
            give(e, user, i, fires[i]);
        if (conflicts < e->rules && rule_at(e, conflicts)->kind == RULE_ENGINE)
            give(e, conflicts, i,
                 missing_has_conflict(e->missing, e->macs[i].device_id));
        if (missing < e->rules && rule_at(e, missing)->kind == RULE_ENGINE)
            give(e, missing, i, is_open(e, i));
    }
    free(fires);
    return rc;
}
