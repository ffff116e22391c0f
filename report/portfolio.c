/*
 * portfolio.c - all clients on one page.
 *
 * One table, the worst client first, each with a link to its own page below.
 * The page needs no script and asks for nothing.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/resource.h"
#include "core/strbuf.h"
#include "report/brand.h"
#include "report/html_load.h"
#include "report/html_words.h"
#include "report/portfolio.h"
#include "report/query.h"
#include "report/slug.h"
#include "report/template_sql.h"

static const struct template_var clients[] = {
    {"name", TEMPLATE_TEXT, NULL, "of the client"},
    {"page", TEMPLATE_URL, NULL, "its own page; empty where that failed"},
    {"devices", TEMPLATE_TEXT, NULL, ""},
    {"at_risk", TEMPLATE_TEXT, NULL, ""},
    {"n_at_risk", TEMPLATE_TEXT, NULL, ""},
    {"undetermined", TEMPLATE_TEXT, NULL, ""},
    {"attention", TEMPLATE_TEXT, NULL, ""},
    {"clean", TEMPLATE_TEXT, NULL, ""},
    {"overdue", TEMPLATE_TEXT, NULL, ""},
    {"n_overdue", TEMPLATE_TEXT, NULL, ""},
    {"silent", TEMPLATE_TEXT, NULL, ""},
    {"pass_rate", TEMPLATE_TEXT, NULL, ""},
    {"coverage", TEMPLATE_TEXT, NULL, "share of the checks that were measured"},
    {"change", TEMPLATE_TEXT, NULL, ""},
    {NULL, TEMPLATE_TEXT, NULL, NULL},
};

static const struct template_var total[] = {
    {"clients", TEMPLATE_TEXT, NULL, "how many, with the word"},
    {"macs", TEMPLATE_TEXT, NULL, "how many, with the word"},
    {"devices", TEMPLATE_TEXT, NULL, ""},
    {"at_risk", TEMPLATE_TEXT, NULL, ""},
    {"verb", TEMPLATE_TEXT, NULL, "is or are at risk"},
    {"undetermined", TEMPLATE_TEXT, NULL, ""},
    {"attention", TEMPLATE_TEXT, NULL, ""},
    {"clean", TEMPLATE_TEXT, NULL, ""},
    {"overdue", TEMPLATE_TEXT, NULL, ""},
    {"overdue_verb", TEMPLATE_TEXT, NULL, "is or are overdue"},
    {"silent", TEMPLATE_TEXT, NULL, ""},
    {"pass_rate", TEMPLATE_TEXT, NULL, "over all checks of all clients"},
    {"coverage", TEMPLATE_TEXT, NULL, "likewise"},
    {NULL, TEMPLATE_TEXT, NULL, NULL},
};

static const struct template_var missing[] = {
    {"name", TEMPLATE_TEXT, NULL, "of the client"},
    {"last_period", TEMPLATE_TEXT, NULL, "where it was seen last"},
    {NULL, TEMPLATE_TEXT, NULL, NULL},
};

static const struct template_var vars[] = {
    {"period", TEMPLATE_TEXT, NULL, "label of the period"},
    {"before", TEMPLATE_TEXT, NULL, "label of the one before; empty for none"},
    {"as_of_day", TEMPLATE_TEXT, NULL, "day the facts are of"},
    {"any_missing", TEMPLATE_FLAG, NULL, "1 where clients are missing"},
    {"style", TEMPLATE_CODE, NULL, "style sheet"},
    {"style_hash", TEMPLATE_TEXT, NULL, "its digest"},
    {"portfolio", TEMPLATE_LIST, clients, "clients, the worst first"},
    {"total", TEMPLATE_LIST, total, "all clients in one row"},
    {"missing", TEMPLATE_LIST, missing, "clients of earlier periods alone"},
    {NULL, TEMPLATE_TEXT, NULL, NULL},
};

/* Whether the report of a client failed, so that it has no page. */
static bool has_failed(const struct report *r, const char *client)
{
    const char *s = r->failed ? r->failed->data : NULL;
    const char *end = s ? s + r->failed->len : NULL;

    for (; s < end; s += strlen(s) + 1)
        if (strcmp(s, client) == 0)
            return true;
    return false;
}

/* Where the page of a client is, and what it is called. */
static int add_page(const struct report *r, sqlite3_stmt *st,
                    const char *client, struct err *err)
{
    struct strbuf slug = {0}, page = {0};
    int rc = -1;

    slug_client(&slug, client);
    strbuf_addf(&page, "%s/%s-%s-%s.html", strbuf_str(&slug), strbuf_str(&slug),
                r->use, r->period_slug);
    if (!strbuf_ok(&slug) || !strbuf_ok(&page))
        err_nomem(err);
    else if (db_bind_text(st, ":client", client, err) == 0 &&
             db_bind_text(st, ":name", brand_client(r->options->config, client),
                          err) == 0 &&
             db_bind_text(st, ":page",
                          has_failed(r, client) ? "" : strbuf_str(&page),
                          err) == 0)
        rc = db_run(st, err);
    strbuf_free(&slug);
    strbuf_free(&page);
    return rc;
}

static int add_pages(const struct report *r, struct err *err)
{
    sqlite3_stmt *names = NULL, *st = NULL;
    int step = -1;

    if (db_script(r->db,
                  "DROP TABLE IF EXISTS temp.portfolio_page;"
                  "CREATE TEMP TABLE portfolio_page"
                  " (client TEXT PRIMARY KEY, name TEXT, page TEXT)",
                  err) == 0 &&
        db_prepare(r->db, "SELECT client FROM temp.portfolio_row", &names,
                   err) == 0 &&
        db_prepare(r->db,
                   "INSERT INTO temp.portfolio_page"
                   " VALUES (:client, :name, :page)",
                   &st, err) == 0)
        while ((step = db_step(names, err)) == 1)
            if (add_page(r, st, db_text(names, 0), err) < 0) {
                step = -1;
                break;
            }
    sqlite3_finalize(names);
    sqlite3_finalize(st);
    return step;
}

static void add_list(struct template_sql *s, const char *name, const char *file,
                     const struct template_var *fields)
{
    template_sql_list(s, name, resource_text(file), file, fields);
}

static int add_values(const struct report *r, struct template_sql *s,
                      struct err *err)
{
    struct strbuf day = {0};
    int64_t absent;

    if (html_functions(r->db, err) < 0 ||
        query_keep(r, "portfolio_row", "portfolio", err) < 0 ||
        query_keep(r, "portfolio_rate", "portfolio_rate", err) < 0 ||
        query_keep(r, "portfolio_missing", "missing_clients", err) < 0 ||
        add_pages(r, err) < 0 ||
        db_number(r->db, "SELECT count(*) FROM temp.portfolio_missing", 0,
                  &absent, err) < 0)
        return -1;
    html_day(&day, r->as_of - 1);
    template_sql_text(s, "as_of_day", strbuf_str(&day));
    template_sql_text(s, "period", r->period);
    template_sql_text(s, "before", r->before_id ? r->before : NULL);
    template_sql_int(s, "any_missing", absent > 0);
    add_list(s, "portfolio", "report/queries/portfolio_page.sql", clients);
    add_list(s, "total", "report/queries/portfolio_total.sql", total);
    add_list(s, "missing", "report/queries/portfolio_missing.sql", missing);
    strbuf_free(&day);
    return 0;
}

int portfolio_write(const struct report *r, const struct writer *w,
                    struct output *out, struct err *err)
{
    struct html_loader l = {.dir = r->options->templates};
    struct template *t = html_compile(&l, "portfolio", vars, err);
    struct template_sql *s = t ? template_sql_new(r->db, err) : NULL;
    struct template_value root;
    int rc = -1;

    (void)w;
    if (s && html_add_code(s, &l, "portfolio.css", "style", "", err) == 0 &&
        add_values(r, s, err) == 0) {
        root = template_sql_root(s);
        rc = template_render_file(t, template_sql_source(s), &root, out->file,
                                  err);
    }
    template_sql_free(s);
    template_free(t);
    strbuf_free(&l.text);
    return rc;
}

int portfolio_check(const char *dir, struct err *err)
{
    return html_check_page(dir, "portfolio", vars, err);
}
