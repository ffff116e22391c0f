/*
 * tally.c - findings counted by Macs.
 *
 * Counting different Macs needs to know which were seen: one bit a Mac, for
 * each severity and remedy.
 */
#include "core/base.h"

#include "core/db.h"
#include "report/query.h"
#include "report/tally.h"

#define REMEDIES 128

/* A set of ids. */
struct bits {
    uint64_t *words;
    size_t cap;
    int64_t count;
};

/* A rule that asks for a remedy. */
struct cause {
    struct cause *next;
    int64_t rule_no;
    int severity; /* the worst */
    struct bits macs;
};

struct remedy {
    char *id;
    struct bits macs, accounts, fresh;
    struct cause *causes;
};

struct tally {
    struct remedy remedies[REMEDIES];
    size_t count;
    struct bits macs[5];
    int64_t fail[5], unknown[5], accepted[5];
    bool failed;
};

static bool bits_has(const struct bits *b, int64_t id)
{
    size_t word = (size_t)id / 64;

    return word < b->cap && (b->words[word] >> (id % 64) & 1);
}

static void bits_add(struct tally *t, struct bits *b, int64_t id)
{
    size_t word = (size_t)id / 64, cap = b->cap ? b->cap : 256;
    uint64_t *p;

    if (word >= b->cap) {
        while (cap <= word)
            cap *= 2;
        p = realloc(b->words, cap * sizeof(*p));
        if (!p) {
            t->failed = true;
            return;
        }
        memset(p + b->cap, 0, (cap - b->cap) * sizeof(*p));
        b->words = p;
        b->cap = cap;
    }
    if (bits_has(b, id))
        return;
    b->words[word] |= UINT64_C(1) << (id % 64);
    b->count++;
}

static struct remedy *find_remedy(struct tally *t, const char *id)
{
    size_t i;

    for (i = 0; i < t->count; i++)
        if (strcmp(t->remedies[i].id, id) == 0)
            return &t->remedies[i];
    if (t->count == REMEDIES || !(t->remedies[t->count].id = strdup(id))) {
        t->failed = true;
        return NULL;
    }
    return &t->remedies[t->count++];
}

static void count_cause(struct tally *t, struct remedy *r, int64_t rule_no,
                        int64_t mac, int severity)
{
    struct cause *c = r->causes;

    while (c && c->rule_no != rule_no)
        c = c->next;
    if (!c) {
        c = calloc(1, sizeof(*c));
        if (!c) {
            t->failed = true;
            return;
        }
        c->rule_no = rule_no;
        c->next = r->causes;
        r->causes = c;
    }
    if (severity > c->severity)
        c->severity = severity;
    bits_add(t, &c->macs, mac);
}

static void count_finding(struct tally *t, sqlite3_stmt *st)
{
    int64_t mac = sqlite3_column_int64(st, 0);
    int64_t account = sqlite3_column_int64(st, 1);
    int severity = sqlite3_column_int(st, 2);
    bool fail = sqlite3_column_int(st, 3) != 0;
    bool accepted = sqlite3_column_int(st, 4) != 0;
    struct remedy *r;

    if (severity >= 0 && severity < 5) {
        t->fail[severity] += fail;
        t->unknown[severity] += !fail;
        t->accepted[severity] += accepted;
        if (fail)
            bits_add(t, &t->macs[severity], mac);
    }
    if (!fail || accepted || !sqlite3_column_int(st, 5) || !db_text(st, 6)[0])
        return;
    r = find_remedy(t, db_text(st, 6));
    if (!r)
        return;
    bits_add(t, &r->macs, mac);
    if (account > 0)
        bits_add(t, &r->accounts, account);
    if (sqlite3_column_int(st, 7))
        bits_add(t, &r->fresh, mac);
    count_cause(t, r, sqlite3_column_int64(st, 8), mac, severity);
}

/* R2 before R10: by number, then by text. */
static int remedy_cmp(const void *a, const void *b)
{
    const char *x = ((const struct remedy *)a)->id;
    const char *y = ((const struct remedy *)b)->id;
    long n = strtol(x[0] ? x + 1 : x, NULL, 10);
    long m = strtol(y[0] ? y + 1 : y, NULL, 10);

    return n != m ? (n < m ? -1 : 1) : strcmp(x, y);
}

static int store_severities(sqlite3 *db, const struct tally *t, struct err *err)
{
    static const char *const words[] = {"info", "low", "medium", "high",
                                        "critical"};
    sqlite3_stmt *st = NULL;
    int i, rc = 0;

    if (db_prepare(db,
                   "INSERT INTO temp.report_severity VALUES (?1, ?2, ?3, ?4,"
                   " ?5, ?6)",
                   &st, err) < 0)
        return -1;
    for (i = 0; rc == 0 && i < 5; i++) {
        sqlite3_bind_int(st, 1, i);
        sqlite3_bind_text(st, 2, words[i], -1, SQLITE_STATIC);
        sqlite3_bind_int64(st, 3, t->fail[i]);
        sqlite3_bind_int64(st, 4, t->unknown[i]);
        sqlite3_bind_int64(st, 5, t->accepted[i]);
        sqlite3_bind_int64(st, 6, t->macs[i].count);
        rc = db_run(st, err);
    }
    sqlite3_finalize(st);
    return rc;
}

static int store_remedies(sqlite3 *db, const struct tally *t, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = 0;
    size_t i;

    if (db_prepare(db,
                   "INSERT INTO temp.report_remedy VALUES (?1, ?2, ?3, ?4, ?5)",
                   &st, err) < 0)
        return -1;
    for (i = 0; rc == 0 && i < t->count; i++) {
        sqlite3_bind_int64(st, 1, (sqlite3_int64)i);
        sqlite3_bind_text(st, 2, t->remedies[i].id, -1, SQLITE_STATIC);
        sqlite3_bind_int64(st, 3, t->remedies[i].macs.count);
        sqlite3_bind_int64(st, 4, t->remedies[i].accounts.count);
        sqlite3_bind_int64(st, 5, t->remedies[i].fresh.count);
        rc = db_run(st, err);
    }
    sqlite3_finalize(st);
    return rc;
}

static int store_causes(sqlite3 *db, const struct tally *t, struct err *err)
{
    const struct cause *c;
    sqlite3_stmt *st = NULL;
    int rc = 0;
    size_t i;

    if (db_prepare(db, "INSERT INTO temp.report_cause VALUES (?1, ?2, ?3, ?4)",
                   &st, err) < 0)
        return -1;
    for (i = 0; i < t->count; i++)
        for (c = t->remedies[i].causes; c && rc == 0; c = c->next) {
            sqlite3_bind_text(st, 1, t->remedies[i].id, -1, SQLITE_STATIC);
            sqlite3_bind_int64(st, 2, c->rule_no);
            sqlite3_bind_int(st, 3, c->severity);
            sqlite3_bind_int64(st, 4, c->macs.count);
            rc = db_run(st, err);
        }
    sqlite3_finalize(st);
    return rc;
}

/* A Mac with each remedy that it needs. */
static int store_mac(const struct tally *t, int64_t rank, int64_t mac,
                     sqlite3_stmt *st, struct err *err)
{
    size_t i;

    for (i = 0; i < t->count; i++) {
        if (!bits_has(&t->remedies[i].macs, mac))
            continue;
        sqlite3_bind_int64(st, 1, (sqlite3_int64)i);
        sqlite3_bind_int64(st, 2, rank);
        sqlite3_bind_int64(st, 3, mac);
        if (db_run(st, err) < 0)
            return -1;
    }
    return 0;
}

static int store_macs(sqlite3 *db, const struct tally *t, struct err *err)
{
    sqlite3_stmt *ranks = NULL, *st = NULL;
    int step = -1;

    if (db_prepare(db,
                   "SELECT rank, device_id FROM temp.report_device"
                   " ORDER BY rank",
                   &ranks, err) == 0 &&
        db_prepare(db, "INSERT INTO temp.report_remedy_mac VALUES (?1, ?2, ?3)",
                   &st, err) == 0)
        while ((step = db_step(ranks, err)) == 1)
            if (store_mac(t, sqlite3_column_int64(ranks, 0),
                          sqlite3_column_int64(ranks, 1), st, err) < 0) {
                step = -1;
                break;
            }
    sqlite3_finalize(ranks);
    sqlite3_finalize(st);
    return step;
}

static int count_all(const struct report *r, struct tally *t, struct err *err)
{
    sqlite3_stmt *st;
    int step;

    if (query_open(r, "tally_findings", &st, err) < 0)
        return -1;
    while ((step = db_step(st, err)) == 1)
        count_finding(t, st);
    sqlite3_finalize(st);
    if (step == 0 && t->failed)
        return err_nomem(err);
    qsort(t->remedies, t->count, sizeof(t->remedies[0]), remedy_cmp);
    return step;
}

static void causes_free(struct cause *c)
{
    struct cause *next;

    for (; c; c = next) {
        next = c->next;
        free(c->macs.words);
        free(c);
    }
}

static void tally_free(struct tally *t)
{
    size_t i;

    for (i = 0; i < t->count; i++) {
        free(t->remedies[i].id);
        free(t->remedies[i].macs.words);
        free(t->remedies[i].accounts.words);
        free(t->remedies[i].fresh.words);
        causes_free(t->remedies[i].causes);
    }
    for (i = 0; i < 5; i++)
        free(t->macs[i].words);
    free(t);
}

int tally_findings(const struct report *r, struct err *err)
{
    struct tally *t;
    int rc = -1;

    if (query_temp(r->db, "report_remedy", err))
        return 0;
    if (err->code != ERR_NONE)
        return -1;
    t = calloc(1, sizeof(*t));
    if (!t)
        return err_nomem(err);
    if (query_script(r, "tally", err) == 0 && count_all(r, t, err) == 0 &&
        store_severities(r->db, t, err) == 0 &&
        store_causes(r->db, t, err) == 0 && store_remedies(r->db, t, err) == 0)
        rc = store_macs(r->db, t, err);
    tally_free(t);
    return rc;
}
