/*
 * html.c - putting the page together.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/resource.h"
#include "core/strbuf.h"
#include "core/supply.h"
#include "core/text.h"
#include "core/when.h"
#include "report/brand.h"
#include "report/html.h"
#include "report/html_data.h"
#include "report/html_lines.h"
#include "report/html_load.h"
#include "report/html_path.h"
#include "report/html_story.h"
#include "report/html_svg.h"
#include "report/html_words.h"
#include "report/query.h"
#include "report/tally.h"
#include "report/template_sql.h"
#include "report/writer.h"

#define STATIC_MACS 500
#define DATA_MACS 50000 /* as report/queries/html-prepare.sql has it */

int html_check(const char *dir, const char *use, struct err *err)
{
    return html_check_page(dir, use, html_vars, err);
}

/* ------------------------------------------------------------ TEMP tables --
 */

static int keep_changes(const struct report *r, struct err *err)
{
    if (r->before_id == 0)
        return 0;
    if (query_keep(r, "html_all_changes", "changes", err) != 0)
        return -1;
    return query_script(r, "html-keep_changes", err);
}

static int keep_supplies(const struct report *r, struct err *err)
{
    struct supply_gain *gain = calloc(supply_count, sizeof(*gain));
    sqlite3_stmt *st = NULL;
    size_t n = 0, i;
    int rc = -1;

    if (!gain)
        return err_nomem(err);
    if (supply_rank_period(r->db, r->period_id, r->client_id, r->use, gain, &n,
                           err) == 0 &&
        db_prepare(r->db,
                   "INSERT INTO temp.html_supply (title, how, plain, checks,"
                   " devices, rules) VALUES (:title, :how, :plain, :checks,"
                   " :devices, :rules)",
                   &st, err) == 0)
        rc = 0;
    for (i = 0; rc == 0 && i < n; i++)
        if (db_bind_text(st, ":title", gain[i].supply->title, err) != 0 ||
            db_bind_text(st, ":how", gain[i].how, err) != 0 ||
            db_bind_text(st, ":plain", gain[i].supply->plain, err) != 0 ||
            db_bind_int(st, ":checks", gain[i].checks, err) != 0 ||
            db_bind_int(st, ":devices", gain[i].devices, err) != 0 ||
            db_bind_int(st, ":rules", gain[i].rules, err) != 0 ||
            db_run(st, err) != 0)
            rc = -1;
    sqlite3_finalize(st);
    free(gain);
    return rc;
}

/* *lines: all that there are. */
static int prepare(const struct report *r, int64_t *lines, struct err *err)
{
    static const struct {
        const char *table, *query;
    } shared[] = {{"html_rules", "rules"},
                  {"html_clients", "clients"},
                  {"html_remedies", "remedies"},
                  {"html_waivers", "waivers"},
                  {"html_missing", "missing_clients"},
                  {"html_required", "required"},
                  {"html_actions", "html-make_actions"},
                  {"html_capabilities", "html-make_capabilities"}};
    size_t i;

    if (html_functions(r->db, err) != 0 ||
        query_script(r, "html-prepare", err) != 0 ||
        html_lines_make(r, lines, err) != 0 || tally_findings(r, err) != 0)
        return -1;
    for (i = 0; i < COUNT_OF(shared); i++)
        if (query_keep(r, shared[i].table, shared[i].query, err) != 0)
            return -1;
    return keep_changes(r, err) == 0 ? keep_supplies(r, err) : -1;
}

/* ----------------------------------------------------------------- values --
 */

/* A count that sentences and bars are made of. */
static void take_count(struct html_counts *n, const char *name, int64_t value)
{
    static const char *const names[] = {
        "n_devices", "n_at_risk", "n_undetermined", "n_attention", "n_partial",
        "n_clean",   "n_silent",  "b_devices",      "b_at_risk",   "n_judged",
        "n_ready",   "n_action",  "n_hands",        "n_blocked"};
    int64_t *const to[] = {
        &n->devices,        &n->at_risk, &n->undetermined, &n->attention,
        &n->partial,        &n->clean,   &n->silent,       &n->before_devices,
        &n->before_at_risk, &n->judged,  &n->ready,        &n->action_first,
        &n->hands_on,       &n->blocked};
    size_t i;

    for (i = 0; i < COUNT_OF(names); i++)
        if (strcmp(name, names[i]) == 0)
            *to[i] = value;
}

/* Name every column of a query's one row. */
static int add_row(const struct report *r, struct template_sql *s,
                   const char *query, struct html_counts *n, struct err *err)
{
    sqlite3_stmt *st;
    int i, step;

    if (query_open(r, query, &st, err) != 0)
        return -1;
    step = db_step(st, err);
    for (i = 0; step > 0 && i < sqlite3_column_count(st); i++) {
        const char *name = sqlite3_column_name(st, i);

        if (sqlite3_column_type(st, i) == SQLITE_INTEGER) {
            template_sql_int(s, name, sqlite3_column_int64(st, i));
            take_count(n, name, sqlite3_column_int64(st, i));
        } else {
            template_sql_text(s, name,
                              (const char *)sqlite3_column_text(st, i));
        }
    }
    sqlite3_finalize(st);
    if (step == 0)
        return err_set(err, ERR_FAIL, "%s: no row", query);
    return step < 0 ? -1 : 0;
}

static const char *use_title(const char *use)
{
    return strcmp(use, "client") == 0      ? "Client review"
           : strcmp(use, "migration") == 0 ? "Migration assessment"
                                           : "Monthly report";
}

static const struct brand *brand_of(const struct report *r)
{
    return r->brand ? r->brand : &brand_plain;
}

static const char *subject_of(const struct report *r)
{
    if (brand_of(r)->name)
        return brand_of(r)->name;
    return r->client_id ? r->client : "Whole fleet";
}

static void add_story(const struct report *r, struct template_sql *s,
                      const struct html_counts *n)
{
    struct strbuf b = {0};

    html_verdict(&b, r->use, subject_of(r), n);
    template_sql_text(s, "verdict", strbuf_str(&b));
    strbuf_reset(&b);
    html_verdict_more(&b, r->use, n);
    template_sql_text(s, "verdict_more", strbuf_str(&b));
    strbuf_reset(&b);
    html_change(&b, r->before ? r->before : "", n);
    template_sql_text(s, "change_sentence", strbuf_str(&b));
    strbuf_free(&b);
}

static void add_bars(struct template_sql *s, const struct html_counts *n)
{
    int64_t open =
        n->devices - n->ready - n->action_first - n->hands_on - n->blocked;
    struct svg_part verdicts[] = {{"risk", n->at_risk},
                                  {"unknown", n->undetermined},
                                  {"tidy", n->attention},
                                  {"partial", n->partial},
                                  {"clean", n->clean}};
    struct svg_part readiness[] = {{"risk", n->blocked},
                                   {"tidy", n->hands_on},
                                   {"low", n->action_first},
                                   {"unknown", open},
                                   {"clean", n->ready}};
    struct strbuf b = {0};

    svg_bar(&b, "Macs by verdict; the numbers are in the table that follows",
            verdicts, COUNT_OF(verdicts));
    template_sql_raw(s, "verdict_bar", strbuf_str(&b));
    strbuf_reset(&b);
    svg_bar(&b, "Macs by readiness; the numbers are in the table that follows",
            readiness, COUNT_OF(readiness));
    template_sql_raw(s, "readiness_bar", strbuf_str(&b));
    strbuf_free(&b);
}

static void add_flags(const struct report *r, struct template_sql *s)
{
    template_sql_int(s, "use_monthly", strcmp(r->use, "monthly") == 0);
    template_sql_int(s, "use_client", strcmp(r->use, "client") == 0);
    template_sql_int(s, "use_migration", strcmp(r->use, "migration") == 0);
    template_sql_int(s, "show_ids", strcmp(r->use, "client") != 0);
    template_sql_int(s, "fleet", r->client_id == 0);
    template_sql_int(s, "has_before", r->before_id != 0);
    template_sql_int(s, "has_trend", r->before_id != 0);
}

/* Files that lie beside the page: names are slugs, so they are safe links. */
static void add_files(const struct report *r, struct template_sql *s)
{
    static const struct {
        const char *name, *part;
    } files[] = {{"csv_findings", "-findings.csv"},
                 {"csv_devices", "-devices.csv"},
                 {"csv_remedies", "-remedies.csv"},
                 {"csv_accounts", "-accounts.csv"},
                 {"xlsx", ".xlsx"}};
    struct strbuf b = {0};
    size_t i;

    for (i = 0; i < COUNT_OF(files); i++) {
        strbuf_reset(&b);
        strbuf_addf(&b, "%s-%s-", r->slug, r->use);
        text_slug(&b, r->period);
        strbuf_adds(&b, files[i].part);
        template_sql_text(s, files[i].name, strbuf_str(&b));
    }
    strbuf_free(&b);
}

static void add_names(const struct report *r, struct template_sql *s)
{
    struct strbuf b = {0};
    char iso[24];

    strbuf_addf(&b, "%s, %s, %s", subject_of(r), use_title(r->use), r->period);
    template_sql_text(s, "title", strbuf_str(&b));
    template_sql_text(s, "use_title", use_title(r->use));
    template_sql_text(s, "subject", subject_of(r));
    template_sql_text(s, "period", r->period);
    template_sql_text(s, "before", r->before_id ? r->before : NULL);
    strbuf_reset(&b);
    html_day(&b, r->as_of - 1); /* a date means its end, 24:00 */
    template_sql_text(s, "as_of_day", strbuf_str(&b));
    when_format(r->as_of, iso, sizeof(iso));
    template_sql_text(s, "as_of_iso", iso);
    strbuf_free(&b);
}

static void add_brand(const struct report *r, struct template_sql *s)
{
    const struct brand *brand = brand_of(r);
    struct strbuf b = {0};

    brand_picture(brand, subject_of(r), &b);
    template_sql_raw(s, "logo", strbuf_str(&b));
    template_sql_text(s, "contact", brand->contact);
    template_sql_text(s, "confidentiality", brand->confidentiality);
    template_sql_int(s, "white_label", brand->white_label);
    template_sql_int(s, "show_how",
                     strcmp(r->use, "client") != 0 && !brand->white_label);
    strbuf_free(&b);
}

static int add_style_and_script(const struct report *r, struct template_sql *s,
                                struct html_loader *l, struct err *err)
{
    struct strbuf style = {0};
    int rc;

    brand_style(brand_of(r), &style);
    rc = html_add_code(s, l, "report.css", "style", strbuf_str(&style), err);
    strbuf_free(&style);
    return rc == 0 ? html_add_code(s, l, "report.js", "script", "", err) : -1;
}

/* As people write it; nothing for 0. */
static void add_number(struct template_sql *s, const char *name, int64_t n)
{
    struct strbuf b = {0};

    if (n)
        html_number(&b, n);
    template_sql_text(s, name, strbuf_str(&b));
    strbuf_free(&b);
}

static int add_limits(const struct report *r, struct template_sql *s,
                      const struct html_counts *n, struct err *err)
{
    int64_t shown, clients, accepted, cuts;

    if (query_number(r, "html-lines_shown", &shown, err) != 0 ||
        query_number(r, "html-client_count", &clients, err) != 0 ||
        query_number(r, "html-rule_changes", &cuts, err) != 0 ||
        db_number(r->db, "SELECT count(*) FROM temp.html_waivers", 0, &accepted,
                  err) < 0)
        return -1;
    template_sql_int(s, "macs_shown",
                     n->devices < STATIC_MACS ? n->devices : STATIC_MACS);
    add_number(s, "macs_left",
               n->devices > DATA_MACS ? n->devices - DATA_MACS : 0);
    add_number(s, "lines_left", n->lines - shown);
    template_sql_int(s, "many_clients", clients > 1);
    template_sql_int(s, "rules_changed", cuts > 0);
    template_sql_int(s, "any_accepted", accepted > 0);
    return 0;
}

/* What queries bind. */
static void add_parameters(const struct report *r, struct template_sql *s)
{
    template_sql_int(s, "period_id", r->period_id);
    template_sql_int(s, "before_id", r->before_id);
    template_sql_int(s, "client_id", r->client_id);
    template_sql_int(s, "as_of", r->as_of);
    template_sql_text(s, "use", r->use);
}

static int add_lists(struct template_sql *s, struct err *err)
{
    const struct template_var *v;
    char path[128];
    const struct resource *res;

    for (v = html_vars; v->name; v++) {
        if (v->kind != TEMPLATE_LIST)
            continue;
        snprintf(path, sizeof(path), "report/queries/html-%s.sql", v->name);
        res = resource_find(path);
        if (!res)
            return err_set(err, ERR_FAIL, "there is no query %s", path);
        template_sql_list(s, v->name, res->data, res->name, v->fields);
    }
    return 0;
}

static int add_values(const struct report *r, struct template_sql *s,
                      struct html_loader *l, int64_t lines, struct err *err)
{
    static const char *const rows[] = {"html-totals",        "html-rates",
                                       "html-overdue_count", "html-population",
                                       "html-moved_count",   "html-left"};
    struct html_counts n = {.lines = lines};
    size_t i;

    add_parameters(r, s);
    for (i = 0; i < COUNT_OF(rows); i++)
        if (add_row(r, s, rows[i], &n, err) != 0)
            return -1;
    if (add_limits(r, s, &n, err) != 0 || add_lists(s, err) != 0)
        return -1;
    if (html_path(r, s, err) != 0)
        return -1;
    add_names(r, s);
    add_brand(r, s);
    add_flags(r, s);
    add_files(r, s);
    add_story(r, s, &n);
    add_bars(s, &n);
    template_sql_writer(s, "trend_chart", svg_trend, r);
    template_sql_writer(s, "data", html_data, r);
    return add_style_and_script(r, s, l, err);
}

int html_write(const struct report *r, FILE *out, struct err *err)
{
    struct html_loader l = {.dir = r->options ? r->options->templates : NULL};
    struct template *t = html_compile(&l, r->use, html_vars, err);
    struct template_sql *s = t ? template_sql_new(r->db, err) : NULL;
    struct template_value root;
    int64_t lines = 0;
    int rc = -1;

    if (s && prepare(r, &lines, err) == 0 &&
        add_values(r, s, &l, lines, err) == 0) {
        root = template_sql_root(s);
        rc = template_render_file(t, template_sql_source(s), &root, out, err);
    }
    template_sql_free(s);
    template_free(t);
    strbuf_free(&l.text);
    return rc;
}
