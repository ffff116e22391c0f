/*
 * cmd_status.c - muster status: what was read when, and how old it is.
 */
#include "core/base.h"

#include "core/commands.h"
#include "core/config.h"
#include "core/db.h"
#include "core/expectation.h"
#include "core/table.h"
#include "core/text.h"
#include "core/when.h"

#include <jansson.h>

/* Imports that count in a period, those of every period where it is NULL. */
static const char imports_sql[] =
    "SELECT i.client, i.source, i.source_title, i.file, i.collected, i.records,"
    "       i.accepted, i.rejected, i.left_out, i.devices, i.accounts,"
    "       i.standing"
    "  FROM import i"
    " WHERE i.period = :period AND NOT i.superseded"
    "   AND (:client = '' OR fold(i.client) = fold(:client))"
    " ORDER BY i.client, i.source, i.file, i.import_id";

/* Periods, the newest last; judged or only read. */
static const char periods_sql[] =
    "SELECT p.period, r.as_of, r.devices, r.accounts,"
    "       (SELECT count(*) FROM import i"
    "         WHERE i.period = p.period AND NOT i.superseded),"
    "       (SELECT max(i.collected) FROM import i"
    "         WHERE i.period = p.period AND NOT i.superseded),"
    "       (SELECT count(*) FROM import i"
    "         WHERE i.period = p.period AND i.superseded = 2)"
    "  FROM (SELECT period FROM import UNION SELECT period FROM run) p"
    "  LEFT JOIN run r ON r.period = p.period"
    " ORDER BY p.period";

/* Clients of a period: those of its judged Macs, and of its files. */
static const char clients_sql[] =
    "SELECT c.name FROM run r JOIN device_result d USING (period_id)"
    "  JOIN client c USING (client_id)"
    " WHERE r.period = :period AND c.name <> 'unassigned'"
    " UNION "
    "SELECT client FROM import"
    " WHERE period = :period AND NOT superseded AND client <> ''"
    " ORDER BY 1";

struct status {
    sqlite3 *db;
    const struct config *config;
    const char *client; /* "" for all */
    int64_t as_of;
    json_t *periods; /* with --json */
};

/* ------------------------------------------------------- clients, missing */

struct client_list {
    char **names; /* sorted as they came: by name */
    size_t count;
};

static void list_free(struct client_list *l)
{
    size_t i;

    for (i = 0; i < l->count; i++)
        free(l->names[i]);
    free(l->names);
    *l = (struct client_list){0};
}

static bool list_has(const struct client_list *l, const char *name)
{
    size_t i;

    for (i = 0; i < l->count; i++)
        if (ascii_casecmp(l->names[i], name) == 0)
            return true;
    return false;
}

static int list_add(struct client_list *l, const char *name, struct err *err)
{
    size_t n = strlen(name) + 1, at = l->count;
    char **grown;

    if (list_has(l, name))
        return 0;
    grown = realloc(l->names, (l->count + 1) * sizeof(*grown));
    if (!grown)
        return err_nomem(err);
    l->names = grown;
    for (; at > 0 && strcmp(grown[at - 1], name) > 0; at--)
        grown[at] = grown[at - 1];
    grown[at] = malloc(n);
    l->count++;
    if (!grown[at])
        return err_nomem(err);
    memcpy(grown[at], name, n);
    return 0;
}

/* Add the clients of a period, by the names of their sections. */
static int list_period(struct status *s, const char *period,
                       struct client_list *l, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(s->db, clients_sql, &st, err) == 0 &&
        db_bind_text(st, ":period", period, err) == 0)
        while ((step = db_step(st, err)) == 1)
            if (list_add(l, config_client_name(s->config, db_text(st, 0)),
                         err) < 0) {
                step = -1;
                break;
            }
    sqlite3_finalize(st);
    return step;
}

/* ---------------------------------------------------------------- imports */

static void age(const struct status *s, sqlite3_stmt *st, int column, char *out,
                size_t size)
{
    int64_t days = (s->as_of - sqlite3_column_int64(st, column)) / WHEN_DAY;

    if (sqlite3_column_type(st, column) == SQLITE_NULL)
        snprintf(out, size, "?");
    else if (days < 0)
        snprintf(out, size, "ahead");
    else
        snprintf(out, size, "%lld d", (long long)days);
}

static json_t *import_json(const struct status *s, sqlite3_stmt *st)
{
    bool dated = sqlite3_column_type(st, 4) != SQLITE_NULL;
    int64_t collected = sqlite3_column_int64(st, 4);
    char when[32] = "";
    static const struct {
        const char *name;
        int column;
    } counts[] = {{"records", 5},  {"accepted", 6}, {"rejected", 7},
                  {"left_out", 8}, {"devices", 9},  {"accounts", 10}};
    json_t *o = json_object();
    size_t i;

    when_format(collected, when, sizeof(when));
    json_object_set_new(o, "client", json_string(db_text(st, 0)));
    json_object_set_new(o, "source", json_string(db_text(st, 1)));
    json_object_set_new(o, "title", json_string(db_text(st, 2)));
    json_object_set_new(o, "file", json_string(db_text(st, 3)));
    json_object_set_new(o, "collected",
                        dated ? json_string(when) : json_null());
    json_object_set_new(o, "age_days",
                        dated ? json_integer((s->as_of - collected) / WHEN_DAY)
                              : json_null());
    for (i = 0; i < COUNT_OF(counts); i++)
        json_object_set_new(
            o, counts[i].name,
            json_integer(sqlite3_column_int64(st, counts[i].column)));
    json_object_set_new(o, "standing",
                        json_boolean(sqlite3_column_int(st, 11)));
    return o;
}

static void import_line(const struct status *s, sqlite3_stmt *st,
                        struct table *t)
{
    char day[32] = "not dated", old[24], what[1200];

    if (sqlite3_column_type(st, 4) != SQLITE_NULL)
        when_format_date(sqlite3_column_int64(st, 4), day, sizeof(day));
    age(s, st, 4, old, sizeof(old));
    snprintf(what, sizeof(what), "%s: %.120s%s", db_text(st, 3), db_text(st, 2),
             sqlite3_column_int(st, 11) ? " (standing)" : "");
    table_row(t, db_text(st, 0)[0] ? db_text(st, 0) : "-", day, old,
              db_text(st, 9), db_text(st, 10), db_text(st, 7), what);
}

static int imports(struct status *s, const char *period, struct table *t,
                   json_t *list, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(s->db, imports_sql, &st, err) == 0 &&
        db_bind_text(st, ":period", period, err) == 0 &&
        db_bind_text(st, ":client", s->client, err) == 0)
        while ((step = db_step(st, err)) == 1) {
            if (list)
                json_array_append_new(list, import_json(s, st));
            else
                import_line(s, st, t);
        }
    sqlite3_finalize(st);
    return step;
}

/* ---------------------------------------------------------------- periods */

static void print_missing(const struct client_list *now,
                          const struct client_list *all, FILE *out)
{
    const char *gap = "; missing: ";
    size_t i;

    if (all->count == 0)
        return;
    fprintf(out, "%zu of %zu clients loaded", now->count, all->count);
    for (i = 0; i < all->count; i++)
        if (!list_has(now, all->names[i])) {
            fputs(gap, out);
            text_print_safe(all->names[i], out);
            gap = ", ";
        }
    fputc('\n', out);
}

static void period_heading(sqlite3_stmt *st)
{
    char day[32];

    printf("%s", db_text(st, 0));
    if (sqlite3_column_type(st, 1) == SQLITE_NULL) {
        printf(": not judged yet\n");
        return;
    }
    when_format_date(sqlite3_column_int64(st, 1) - 1, day, sizeof(day));
    printf(": judged as of %s, %lld %s, %lld %s\n", day,
           COUNTED(sqlite3_column_int64(st, 2), "Mac"),
           COUNTED(sqlite3_column_int64(st, 3), "account"));
}

#define SHOWN_SERIALS 20

static int print_expected(struct status *s, const char *period, struct err *err)
{
    struct expectation e;
    char line[256];

    if (expectation_read(s->db, period, s->client, &e, err) < 0)
        return -1;
    if (!e.known)
        return 0;
    expectation_line(&e, line, sizeof(line));
    puts(line);
    return expectation_print(s->db, period, s->client, "missing",
                             "  missing: ", SHOWN_SERIALS, stdout, err) < 0
               ? -1
               : expectation_print(s->db, period, s->client, "unexpected",
                                   "  not expected: ", SHOWN_SERIALS, stdout,
                                   err);
}

static int period_text(struct status *s, sqlite3_stmt *st,
                       const struct client_list *now,
                       const struct client_list *all, struct err *err)
{
    struct table *t = table_new("lllrrrb");
    int rc;

    period_heading(st);
    print_missing(now, all, stdout);
    if (print_expected(s, db_text(st, 0), err) < 0) {
        table_free(t);
        return -1;
    }
    table_row(t, "client", "collected", "age", "Macs", "accounts", "rejected",
              "");
    rc = imports(s, db_text(st, 0), t, NULL, err);
    if (sqlite3_column_int64(st, 6))
        printf("the facts of %s files were dropped\n", db_text(st, 6));
    if (rc == 0 && table_count(t) > 1 && !table_print(t, 2, stdout))
        rc = err_nomem(err);
    table_free(t);
    return rc;
}

static int period_json(struct status *s, sqlite3_stmt *st,
                       const struct client_list *now,
                       const struct client_list *all, struct err *err)
{
    bool judged = sqlite3_column_type(st, 1) != SQLITE_NULL;
    json_t *o = json_object(), *missing = json_array(), *list = json_array();
    json_t *expected = expectation_json(s->db, db_text(st, 0), s->client, err);
    char when[32];
    size_t i;

    when_format(sqlite3_column_int64(st, 1), when, sizeof(when));
    for (i = 0; i < all->count; i++)
        if (!list_has(now, all->names[i]))
            json_array_append_new(missing, json_string(all->names[i]));
    json_object_set_new(o, "period", json_string(db_text(st, 0)));
    json_object_set_new(o, "judged_as_of",
                        judged ? json_string(when) : json_null());
    json_object_set_new(o, "devices",
                        judged ? json_integer(sqlite3_column_int64(st, 2))
                               : json_null());
    json_object_set_new(o, "clients_loaded",
                        json_integer((json_int_t)now->count));
    json_object_set_new(o, "clients_known",
                        json_integer((json_int_t)all->count));
    json_object_set_new(o, "files_dropped",
                        json_integer(sqlite3_column_int64(st, 6)));
    json_object_set_new(o, "missing", missing);
    json_object_set_new(o, "expected", expected);
    json_object_set_new(o, "imports", list);
    json_array_append_new(s->periods, o);
    if (!expected)
        return -1;
    return imports(s, db_text(st, 0), NULL, list, err);
}

static int64_t count_periods(struct status *s, struct err *err)
{
    int64_t n;

    return db_number(s->db,
                     "SELECT count(*) FROM (SELECT period FROM import UNION "
                     "SELECT period FROM run)",
                     0, &n, err) < 0
               ? -1
               : n;
}

/* The newest period, or the one that is named; with --json each of them. */
static int walk(struct status *s, const char *wanted, bool json,
                struct err *err)
{
    struct client_list all = {0}, now = {0};
    int64_t left = count_periods(s, err);
    sqlite3_stmt *st = NULL;
    bool found = false;
    int step = -1;

    if (left < 0 || db_prepare(s->db, periods_sql, &st, err) < 0)
        goto out;
    while ((step = db_step(st, err)) == 1) {
        list_free(&now);
        if (list_period(s, db_text(st, 0), &all, err) < 0 ||
            list_period(s, db_text(st, 0), &now, err) < 0) {
            step = -1;
            break;
        }
        left--;
        if (wanted ? strcmp(wanted, db_text(st, 0)) != 0 : !json && left > 0)
            continue;
        found = true;
        if ((json ? period_json(s, st, &now, &all, err)
                  : period_text(s, st, &now, &all, err)) < 0) {
            step = -1;
            break;
        }
    }
    if (step == 0 && wanted && !found)
        step = err_set(err, ERR_USAGE, "--period: there is no period \"%s\"",
                       wanted);
    else if (step == 0 && !found && !json)
        printf("nothing was read yet\n");
out:
    sqlite3_finalize(st);
    list_free(&all);
    list_free(&now);
    return step;
}

static int print_json(struct status *s, struct err *err)
{
    char when[32], *text;
    json_t *root;

    when_format(s->as_of, when, sizeof(when));
    root = json_pack("{s:s, s:s, s:O}", "schema", "muster.status/1", "as_of",
                     when, "periods", s->periods);
    text = root ? json_dumps(root, JSON_INDENT(1)) : NULL;
    json_decref(root);
    if (!text)
        return err_nomem(err);
    puts(text);
    free(text);
    return 0;
}

static int run(const struct call *c, struct err *err)
{
    struct status s = {.client = opt_text_or(c->opt, "client", "")};
    bool json = opt_flag(c->opt, "json");
    struct config *config = NULL;
    int rc = -1;

    if (c->count > 0)
        return err_set(err, ERR_USAGE, "status: takes no operand");
    if (opt_as_of(c->opt, &s.as_of, err) < 0 ||
        !(config = config_load(c->opt, err)))
        return -1;
    s.config = config;
    s.periods = json_array();
    s.db = command_store(c, DB_READ, err);
    if (s.db && command_client(s.db, c->opt, err) == 0)
        rc = walk(&s, opt_text(c->opt, "period"), json, err);
    if (rc == 0 && json)
        rc = print_json(&s, err);
    json_decref(s.periods);
    db_close(s.db);
    config_free(config);
    return rc;
}

static const char *const options[] = {"period", "client", "as-of", NULL};

const struct command cmd_status = {
    .name = "status",
    .summary = "Show what was read when, and how old it is",
    .usage = "status [OPTIONS]",
    .help =
        "Show the newest period (or the one named by --period): the files that\n"
        "count in it, when they were exported and how old that is by --as-of,\n"
        "and the clients of earlier periods that are missing. --json has all\n"
        "periods.",
    .examples = "  muster status\n"
                "  muster status --period 2026-10 --client Northwind\n",
    .options = options,
    .run = run,
};
