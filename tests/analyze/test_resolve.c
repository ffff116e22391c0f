/*
 * test_resolve.c - from rows to facts, and that order never matters.
 */
#include "core/base.h"

#include "analyze/resolve.h"
#include "core/facts.h"
#include "core/strbuf.h"
#include "tests/analyze/small_store.h"
#include "tests/suites.h"

static sqlite3 *db;
static struct resolve_counts counts;

static void setup(void)
{
    db = store_new();
    counts = (struct resolve_counts){0};
}

static void teardown(void)
{
    db_close(db);
}

static void run(const char *period)
{
    struct err err = {0};

    store_settle(db);
    store_sql(db, "DELETE FROM run_import; DELETE FROM conflict");
    ck_assert_msg(resolve(db, period, 1, NULL, &counts, &err) == 0, "%s",
                  err.text);
}

#define TEXT_IS(sql, expected) ck_assert_str_eq(store_text(db, sql), expected)

/* One import with one Mac, number 1. */
static int64_t one_mac(void)
{
    int64_t i = store_import(db, "p", "", "s", "none", 100);

    store_mac(db, "AAA1");
    return i;
}

START_TEST(one_row_is_taken_as_it_is)
{
    int64_t i = one_mac();

    store_sql(db,
              "INSERT INTO device_row (import_id, line, device_id, filevault,"
              " os_version, name) VALUES (%lld, 1, 1, 'on', '14.2', 'one')",
              (long long)i);
    run("p");
    TEXT_IS("SELECT filevault FROM device_fact", "on");
    TEXT_IS("SELECT os FROM device_fact", "140200");
    TEXT_IS("SELECT needs_kext FROM device_fact", "0");
    TEXT_IS("SELECT serial || name || client FROM device_text",
            "AAA1oneunassigned");
    ck_assert_int_eq(counts.devices, 1);
}
END_TEST

START_TEST(sources_that_disagree_leave_a_fact_unknown)
{
    int64_t a = one_mac(), b;

    store_sql(db,
              "INSERT INTO device_row (import_id, line, device_id, filevault)"
              " VALUES (%lld, 4, 1, 'on')",
              (long long)a);
    b = store_import(db, "p", "", "t", "none", 100);
    store_sql(db,
              "INSERT INTO device_row (import_id, line, device_id, filevault)"
              " VALUES (%lld, 9, 1, 'off')",
              (long long)b);
    run("p");
    TEXT_IS("SELECT coalesce(filevault, 'unknown') FROM device_fact",
            "unknown");
    TEXT_IS("SELECT group_concat(fact || value || line, ' ') FROM (SELECT *"
            " FROM conflict ORDER BY value)",
            "filevaultoff9 filevaulton4");
}
END_TEST

START_TEST(standing_files_hold_until_the_next)
{
    int64_t a = store_import(db, "1", "", "roles", "none", 100), b;

    store_mac(db, "AAA1");
    store_sql(db, "UPDATE import SET standing = 1");
    store_sql(db,
              "INSERT INTO account_row (import_id, line, device_id, account,"
              " role) VALUES (%lld, 1, 1, 'ana', 'primary')",
              (long long)a);
    b = store_import(db, "2", "", "mdm", "none", 200);
    store_sql(db,
              "INSERT INTO device_row (import_id, line, device_id, filevault)"
              " VALUES (%lld, 1, 1, 'on')",
              (long long)b);
    run("2");
    TEXT_IS("SELECT role FROM account_fact", "primary");
    b = store_import(db, "2", "", "roles", "none", 300);
    store_sql(db,
              "INSERT INTO account_row (import_id, line, device_id, account,"
              " role) VALUES (%lld, 1, 1, 'ben', 'service')",
              (long long)b);
    run("2");
    TEXT_IS("SELECT group_concat(account || role) FROM account_fact",
            "benservice");
    run("1");
    TEXT_IS("SELECT group_concat(account || role) FROM account_fact",
            "anaprimary");
}
END_TEST

START_TEST(a_superseded_import_is_not_there)
{
    int64_t i = one_mac();

    store_sql(db,
              "INSERT INTO device_row (import_id, line, device_id, filevault)"
              " VALUES (%lld, 1, 1, 'on'); UPDATE import SET superseded = 1",
              (long long)i);
    run("p");
    ck_assert_int_eq(counts.imports, 0);
    ck_assert_int_eq(counts.devices, 0);
}
END_TEST

START_TEST(rows_without_serial_find_their_mac)
{
    int64_t i = one_mac(), other;

    store_mac(db, "BBB2");
    store_sql(db,
              "INSERT INTO device_row (import_id, line, device_id, uuid,"
              " mdm_id) VALUES (%lld, 1, 1, 'U1', 'M1'), (%lld, 2, 2, 'U2',"
              " 'M2'), (%lld, 3, 2, 'U3', 'M2'), (%lld, 4, 1, 'U3', 'M1');"
              "INSERT INTO account_row (import_id, line, uuid, mdm_id, account)"
              " VALUES (%lld, 5, 'U1', NULL, 'by-uuid'),"
              " (%lld, 6, NULL, 'M2', 'by-id'),"
              " (%lld, 7, 'U3', NULL, 'of-two'),"
              " (%lld, 8, 'U1', 'M2', 'disagree'),"
              " (%lld, 9, 'U9', NULL, 'nobody')",
              (long long)i, (long long)i, (long long)i, (long long)i,
              (long long)i, (long long)i, (long long)i, (long long)i,
              (long long)i);
    other = store_import(db, "p", "", "other", "none", 100);
    store_sql(db,
              "INSERT INTO account_row (import_id, line, mdm_id, account)"
              " VALUES (%lld, 1, 'M1', 'of-another-source')",
              (long long)other);
    run("p");
    TEXT_IS("SELECT group_concat(device_id || account, ' ') FROM account_fact",
            "1by-uuid 2by-id");
    ck_assert_int_eq(counts.unjoined, 4);
}
END_TEST

START_TEST(a_mac_enrolled_again_counts_once)
{
    int64_t i = one_mac();

    store_sql(db,
              "INSERT INTO device_row (import_id, line, device_id, mdm_id,"
              " last_checkin, filevault, reports) VALUES"
              " (%lld, 1, 1, 'old', 500, 'off', 1),"
              " (%lld, 10, 1, 'new', 900, 'on', 1);"
              "INSERT INTO account_row (import_id, line, device_id, account)"
              " VALUES (%lld, 3, 1, 'gone'), (%lld, 12, 1, 'here')",
              (long long)i, (long long)i, (long long)i, (long long)i);
    run("p");
    TEXT_IS("SELECT filevault FROM device_fact", "on");
    TEXT_IS("SELECT mdm_id FROM device_text", "new");
    TEXT_IS("SELECT group_concat(account) FROM account_fact", "here");
    ck_assert_int_eq(counts.replaced, 1);
    TEXT_IS("SELECT count(*) FROM conflict", "0");
}
END_TEST

START_TEST(a_list_says_yes_and_where_it_covers_no)
{
    int64_t i = one_mac();

    store_sql(db,
              "INSERT INTO device_row (import_id, line, device_id) VALUES"
              " (%lld, 1, 1);"
              "INSERT INTO account_row (import_id, line, device_id, account,"
              " admin) VALUES (%lld, 1, 1, 'Ana', 1), (%lld, 1, 1, 'ben', 0);"
              "INSERT INTO list_row (import_id, line, device_id, fact, covers,"
              " names) VALUES (%lld, 1, 1, 'secure_token', 1,"
              " '[\"ana\", \"Cem\"]'), (%lld, 1, 1, 'filevault_user', 0,"
              " '[\"ben\"]')",
              (long long)i, (long long)i, (long long)i, (long long)i,
              (long long)i);
    run("p");
    TEXT_IS("SELECT group_concat(account || ' ' || secure_token || ' ' ||"
            " coalesce(filevault_user, '?'), ', ') FROM account_fact",
            "Ana 1 ?, ben 0 1, Cem 1 ?");
    TEXT_IS("SELECT holders_listed FROM device_fact", "1");
    TEXT_IS("SELECT coalesce(accounts_listed, '?') FROM device_fact", "?");
}
END_TEST

START_TEST(an_empty_list_is_no_holder_at_all)
{
    int64_t i = one_mac();

    store_sql(db,
              "INSERT INTO device_row (import_id, line, device_id) VALUES"
              " (%lld, 1, 1);"
              "INSERT INTO list_row (import_id, line, device_id, fact, covers,"
              " names) VALUES (%lld, 1, 1, 'secure_token', 1, '[]')",
              (long long)i, (long long)i);
    run("p");
    TEXT_IS("SELECT holders_listed FROM device_fact", "1");
    TEXT_IS("SELECT count(*) FROM account_fact", "0");
}
END_TEST

START_TEST(a_complete_file_lists_all_accounts)
{
    int64_t i = store_import(db, "p", "", "s", "accounts", 100);
    int64_t b;

    store_mac(db, "AAA1");
    store_mac(db, "BBB2");
    store_sql(db,
              "INSERT INTO account_row (import_id, line, device_id, account)"
              " VALUES (%lld, 7, 1, 'ana'), (%lld, 8, 2, 'ben')",
              (long long)i, (long long)i);
    b = store_import(db, "p", "", "t", "none", 100);
    store_sql(db,
              "INSERT INTO device_row (import_id, line, device_id,"
              " accounts_listed) VALUES (%lld, 1, 2, 0)",
              (long long)b);
    run("p");
    TEXT_IS("SELECT group_concat(coalesce(accounts_listed, '?')) FROM"
            " (SELECT * FROM device_fact ORDER BY device_id)",
            "1,?");
    TEXT_IS("SELECT group_concat(value, ' ') FROM (SELECT value FROM conflict"
            " WHERE fact = 'accounts_listed' ORDER BY value)",
            "false true");
}
END_TEST

START_TEST(a_row_without_a_name_opens_the_list_of_its_mac)
{
    int64_t i = store_import(db, "p", "", "s", "accounts", 100);

    store_mac(db, "AAA1");
    store_mac(db, "BBB2");
    store_mac(db, "CCC3");
    store_sql(db,
              "INSERT INTO account_row (import_id, line, device_id, account)"
              " VALUES (%lld, 2, 1, 'ana'), (%lld, 3, 2, 'ben');"
              "INSERT INTO list_row (import_id, line, device_id, fact, covers,"
              " names) VALUES (%lld, 4, 2, 'account', 0, '[]'),"
              " (%lld, 5, 3, 'account', 0, '[]')",
              (long long)i, (long long)i, (long long)i, (long long)i);
    run("p");
    TEXT_IS("SELECT group_concat(serial || ' ' || coalesce(accounts_listed,"
            " '?')) FROM (SELECT * FROM device_fact JOIN device USING"
            " (device_id) ORDER BY device_id)",
            "AAA1 1,BBB2 ?");
    TEXT_IS("SELECT group_concat(account) FROM account_fact", "ana,ben");
    TEXT_IS("SELECT count(*) FROM conflict", "0");
}
END_TEST

START_TEST(some_accounts_are_the_systems)
{
    int64_t i = one_mac();

    store_sql(db,
              "INSERT INTO account_row (import_id, line, device_id, account,"
              " kind, uid, secure_token, admin) VALUES"
              " (%lld, 1, 1, '_mbsetupuser', 'local', 248, NULL, NULL),"
              " (%lld, 2, 1, 'ROOT', 'local', 0, 1, 1),"
              " (%lld, 3, 1, 'low', NULL, 499, 0, NULL),"
              " (%lld, 4, 1, 'lowadmin', NULL, 499, 0, 1),"
              " (%lld, 5, 1, 'lowtoken', NULL, 499, 1, NULL),"
              " (%lld, 6, 1, 'lowunknown', NULL, 499, NULL, NULL),"
              " (%lld, 7, 1, 'ana', 'mobile', 501, 0, 0)",
              (long long)i, (long long)i, (long long)i, (long long)i,
              (long long)i, (long long)i, (long long)i);
    run("p");
    TEXT_IS("SELECT group_concat(account) FROM account_fact WHERE kind ="
            " 'system'",
            "_mbsetupuser,low,ROOT");
}
END_TEST

START_TEST(the_client_comes_from_the_file_then_a_lookup_then_the_option)
{
    int64_t mdm = store_import(db, "p", "option", "mdm", "none", 100), look;

    store_mac(db, "AAA1");
    store_mac(db, "BBB2");
    store_mac(db, "CCC3");
    store_mac(db, "DDD4");
    store_sql(db,
              "INSERT INTO device_row (import_id, line, device_id, client)"
              " VALUES (%lld, 1, 1, 'file'), (%lld, 2, 2, NULL),"
              " (%lld, 3, 3, NULL), (%lld, 4, 4, 'file'),"
              " (%lld, 5, 4, 'other')",
              (long long)mdm, (long long)mdm, (long long)mdm, (long long)mdm,
              (long long)mdm);
    look = store_import(db, "p", "", "look", "none", 100);
    store_sql(db,
              "UPDATE import SET standing = 1 WHERE import_id = %lld;"
              "INSERT INTO device_row (import_id, line, device_id, client)"
              " VALUES (%lld, 1, 1, 'lookup'), (%lld, 2, 2, 'lookup')",
              (long long)look, (long long)look, (long long)look);
    run("p");
    TEXT_IS("SELECT group_concat(client) FROM (SELECT * FROM device_text"
            " ORDER BY device_id)",
            "file,lookup,option,unassigned");
    TEXT_IS("SELECT group_concat(value) FROM (SELECT value FROM conflict WHERE"
            " fact = 'client' ORDER BY value)",
            "file,other");
}
END_TEST

/* ---------------------------------------------------------------- property */

static uint32_t seed;

static uint32_t draw(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

enum { MACS = 12, IMPORTS = 4, ROWS = 160 };

/* One row to be written, of any table. */
struct planned {
    int import; /* its number in this fleet */
    int mac;    /* its number in this fleet */
    char sql[700];
};

static struct planned rows[ROWS];

static const char *number_or_null(int64_t n)
{
    static char out[8][32];
    static int at;

    at = (at + 1) % 8;
    snprintf(out[at], sizeof(out[at]), "%lld", (long long)n);
    return n == STORE_NONE ? "NULL" : out[at];
}

static const char *pick(const char *const *words, uint32_t n)
{
    return words[draw(n)];
}

static int64_t some_time(void)
{
    return draw(3) ? 1000000000 + (int64_t)draw(4) * 1000 : STORE_NONE;
}

/* %d in the text is the import, %d the Mac; both are filled in when written. */
static void plan_row(struct planned *p)
{
    static const char *const vaults[] = {"'on'", "'off'", "'deferred'", "NULL"};
    static const char *const truths[] = {"1", "0", "NULL"};
    static const char *const names[] = {"'ana'", "'Ana'", "'ben'", "'CEM'",
                                        "'_spotlight'"};
    static const char *const versions[] = {"'14.1'", "'14.1.0'", "'15.2'",
                                           "NULL"};
    static const char *const lists[] = {"[]", "[\"ana\"]",
                                        "[\"BEN\",\"ana\",\"dora\"]"};
    static const char *const clients[] = {"'x'", "'y'", "NULL", "NULL"};

    p->import = (int)draw(IMPORTS);
    p->mac = (int)draw(MACS);
    switch (draw(5)) {
    case 0:
    case 1:
        snprintf(
            p->sql, sizeof(p->sql),
            "INSERT INTO device_row (import_id, line, device_id, filevault,"
            " os_version, observed_at, last_checkin, name, mdm_enrolled,"
            " client, enrolled_by, accounts_listed, custom, reports)"
            " VALUES (@I, %u, @M, %s, %s, %s, %s, %s, %s, %s, %s, %s,"
            " '{\"x_lab\":\"%u\"}', %u)",
            draw(9), pick(vaults, 4), pick(versions, 4),
            number_or_null(some_time()), number_or_null(some_time()),
            pick(names, 5), pick(truths, 3), pick(clients, 4), pick(names, 5),
            draw(9) ? "NULL" : pick(truths, 3), draw(3), draw(2));
        break;
    case 2:
        snprintf(p->sql, sizeof(p->sql),
                 "INSERT INTO list_row (import_id, line, device_id, read_at,"
                 " fact, covers, names) VALUES (@I, %u, @M, %s, '%s', %u,"
                 " '%s')",
                 draw(9), number_or_null(some_time()),
                 draw(2) ? "secure_token" : "filevault_user", draw(2),
                 lists[draw(3)]);
        break;
    default:
        snprintf(p->sql, sizeof(p->sql),
                 "INSERT INTO account_row (import_id, line, device_id, read_at,"
                 " observed_at, account, admin, secure_token, role, uid,"
                 " last_login, full_name) VALUES (@I, %u, @M, %s, %s, %s, %s,"
                 " %s, %s, %u, %s, %s)",
                 draw(9), number_or_null(some_time()),
                 number_or_null(some_time()), pick(names, 5), pick(truths, 3),
                 pick(truths, 3), draw(2) ? "'primary'" : "NULL", 500 + draw(2),
                 number_or_null(some_time()), pick(names, 5));
        break;
    }
}

static void write_row(const struct planned *p, const int64_t *imports,
                      const int64_t *macs)
{
    char sql[900];
    size_t n = 0;
    const char *s;

    for (s = p->sql; *s; s++) {
        if (s[0] == '@' && (s[1] == 'I' || s[1] == 'M')) {
            n += (size_t)snprintf(
                sql + n, sizeof(sql) - n, "%lld",
                (long long)(s[1] == 'I' ? imports[p->import] : macs[p->mac]));
            s++;
        } else {
            sql[n++] = *s;
        }
    }
    sql[n] = '\0';
    store_sql(db, "%s", sql);
}

static void shuffle(int *order, int n)
{
    int i, k, swap;

    for (i = 0; i < n; i++)
        order[i] = i;
    for (i = n - 1; i > 0; i--) {
        k = (int)draw((uint32_t)i + 1);
        swap = order[i];
        order[i] = order[k];
        order[k] = swap;
    }
}

/* Everything that resolve says, without the numbers that depend on order. */
static char *dump(void)
{
    static const char *const queries[] = {
        "SELECT t.serial, f.os, f.filevault, f.observed_at, f.last_checkin,"
        " f.mdm_enrolled, f.accounts_listed, f.holders_listed, t.name,"
        " t.os_version, t.client, t.enrolled_by, t.custom, c.device_mask,"
        " c.account_mask, n.name FROM device_fact f JOIN device_text t USING"
        " (device_id) JOIN carry_class c USING (carry_id) JOIN client n USING"
        " (client_id) ORDER BY t.serial",
        "SELECT d.serial, a.account, a.full_name, a.uid, a.observed_at, a.kind,"
        " a.role, a.admin, a.secure_token, a.filevault_user, a.last_login FROM"
        " account_fact a JOIN device d USING (device_id) ORDER BY d.serial,"
        " fold(a.account)",
        "SELECT d.serial, c.account, c.fact, c.value, i.sha256, c.line, c.time"
        " FROM conflict c JOIN device d USING (device_id) JOIN import i USING"
        " (import_id) ORDER BY 1, 2, 3, 4, 5, 6, 7"};
    struct strbuf out = {0};
    struct err err = {0};
    sqlite3_stmt *st;
    size_t q;
    int i;

    for (q = 0; q < COUNT_OF(queries); q++) {
        ck_assert_msg(db_prepare(db, queries[q], &st, &err) == 0, "%s",
                      err.text);
        while (db_step(st, &err) == 1) {
            for (i = 0; i < sqlite3_column_count(st); i++)
                strbuf_addf(&out, "%s|",
                            sqlite3_column_type(st, i) == SQLITE_NULL
                                ? "?"
                                : db_text(st, i));
            strbuf_addc(&out, '\n');
        }
        sqlite3_finalize(st);
    }
    return strbuf_detach(&out);
}

/* Accounts ascend with Mac and folded name, as the engine takes for granted. */
static void check_numbers(void)
{
    TEXT_IS("SELECT count(*) FROM account_fact a JOIN account_fact b ON"
            " b.account_id > a.account_id WHERE b.device_id < a.device_id OR"
            " (b.device_id = a.device_id AND fold(b.account) <="
            " fold(a.account))",
            "0");
}

/* The planned rows, with imports, Macs and rows each in an order of its own.
 * Rows of one import stand together, as ingest writes them. */
static char *resolved(bool shuffled)
{
    int order[ROWS], macs_order[MACS], imports_order[IMPORTS], i, k;
    int64_t imports[IMPORTS], macs[MACS];
    char serial[16], *out;

    setup();
    shuffle(order, shuffled ? ROWS : 1);
    shuffle(macs_order, shuffled ? MACS : 1);
    shuffle(imports_order, shuffled ? IMPORTS : 1);
    for (i = 0; !shuffled && i < ROWS; i++)
        order[i] = i;
    for (i = 0; !shuffled && i < MACS; i++)
        macs_order[i] = i;
    for (i = 0; !shuffled && i < IMPORTS; i++)
        imports_order[i] = i;
    for (i = 0; i < MACS; i++) {
        snprintf(serial, sizeof(serial), "MAC%03d", macs_order[i]);
        macs[macs_order[i]] = store_mac(db, serial);
    }
    for (i = 0; i < IMPORTS; i++) {
        int n = imports_order[i];

        imports[n] = store_import(db, "p", n == 3 ? "opt" : "", "s",
                                  n == 0 ? "accounts" : "none",
                                  n == 2 ? STORE_NONE : 1000001000 + n % 2);
        store_sql(db,
                  "UPDATE import SET sha256 = 'f%d', standing = %d,"
                  " carries_device = %d, carries_listed = %d,"
                  " carries_account = %d WHERE import_id = %lld",
                  n, n == 1, 1 << (n + 10), 1 << n, 1 << (n + 4),
                  (long long)imports[n]);
        for (k = 0; k < ROWS; k++)
            if (rows[order[k]].import == n)
                write_row(&rows[order[k]], imports, macs);
    }
    run("p");
    check_numbers();
    out = dump();
    teardown();
    return out;
}

START_TEST(order_never_matters)
{
    int turn, again, i;

    for (turn = 0; turn < 15; turn++) {
        char *first, *other;

        seed = (uint32_t)turn * 7919 + 1;
        for (i = 0; i < ROWS; i++)
            plan_row(&rows[i]);
        first = resolved(false);
        for (again = 0; again < 4; again++) {
            other = resolved(true);
            for (i = 0; first[i] && first[i] == other[i]; i++)
                ;
            ck_assert_msg(strcmp(first, other) == 0,
                          "turn %d: order matters, from %.200s\nor %.200s",
                          turn, first + i, other + i);
            free(other);
        }
        free(first);
    }
}
END_TEST

/* A whole import is copied by one statement where rows come in order; merged
 * one by one it must give the same. */
START_TEST(both_paths_give_the_same)
{
    char *copied = NULL, *merged = NULL;
    int path, i, k;
    int64_t import;

    for (path = 0; path < 2; path++) {
        seed = 4711;
        setup();
        import = store_import(db, "p", "", "s", "accounts", 100);
        for (i = 1; i <= 40; i++) {
            char serial[16];
            int64_t mac;

            snprintf(serial, sizeof(serial), "MAC%03d", i);
            mac = store_mac(db, serial);
            for (k = 3; k >= 0; k--)
                if (draw(3))
                    store_sql(db,
                              "INSERT INTO account_row (import_id, line,"
                              " device_id, account, admin, uid) VALUES (%lld,"
                              " %d, %lld, '%c%s', %u, %u)",
                              (long long)import, i, (long long)mac, 'a' + k,
                              draw(4) ? "x" : "X", draw(2), draw(600));
        }
        store_sql(db, "UPDATE import SET in_order = %d", path);
        run("p");
        check_numbers();
        *(path ? &copied : &merged) = dump();
        teardown();
    }
    ck_assert_str_eq(copied, merged);
    free(copied);
    free(merged);
}
END_TEST

Suite *resolve_suite(void);

Suite *resolve_suite(void)
{
    Suite *s = suite_create("resolve");
    TCase *tc = tcase_create("rows"), *property = tcase_create("property");

    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, one_row_is_taken_as_it_is);
    tcase_add_test(tc, sources_that_disagree_leave_a_fact_unknown);
    tcase_add_test(tc, standing_files_hold_until_the_next);
    tcase_add_test(tc, a_superseded_import_is_not_there);
    tcase_add_test(tc, rows_without_serial_find_their_mac);
    tcase_add_test(tc, a_mac_enrolled_again_counts_once);
    tcase_add_test(tc, a_list_says_yes_and_where_it_covers_no);
    tcase_add_test(tc, an_empty_list_is_no_holder_at_all);
    tcase_add_test(tc, a_complete_file_lists_all_accounts);
    tcase_add_test(tc, a_row_without_a_name_opens_the_list_of_its_mac);
    tcase_add_test(tc, some_accounts_are_the_systems);
    tcase_add_test(
        tc, the_client_comes_from_the_file_then_a_lookup_then_the_option);
    suite_add_tcase(s, tc);
    tcase_set_timeout(property, 60);
    tcase_add_test(property, order_never_matters);
    tcase_add_test(property, both_paths_give_the_same);
    suite_add_tcase(s, property);
    return s;
}
