/*
 * helpdesk.c - Macs with their accounts as rows of data, one line a Mac.
 *
 * An answer is a number into a short list: fleets have many accounts and few
 * answers.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/when.h"
#include "report/forecast.h"
#include "report/brand.h"
#include "report/helpdesk.h"
#include "report/html_data.h"
#include "report/html_intern.h"
#include "report/html_load.h"
#include "report/html_words.h"
#include "report/query.h"

#define MACS_IN_A_BLOCK 5000

static const struct template_var vars[] = {
    {"title", TEMPLATE_TEXT, NULL, "of the window"},
    {"subject", TEMPLATE_TEXT, NULL, "whose Macs"},
    {"period", TEMPLATE_TEXT, NULL, "label of the period"},
    {"as_of_day", TEMPLATE_TEXT, NULL, "day the facts are of"},
    {"as_of_number", TEMPLATE_TEXT, NULL, "the same, days since 1970"},
    {"version", TEMPLATE_TEXT, NULL, "of muster"},
    {"white_label", TEMPLATE_FLAG, NULL, "1 where muster is not to be named"},
    {"style", TEMPLATE_CODE, NULL, "style sheet"},
    {"style_hash", TEMPLATE_TEXT, NULL, "its digest"},
    {"script", TEMPLATE_CODE, NULL, "script"},
    {"script_hash", TEMPLATE_TEXT, NULL, "its digest"},
    {"data", TEMPLATE_MARKUP, NULL, "the rows, in elements of their own"},
    {NULL, TEMPLATE_TEXT, NULL, NULL},
};

/* Places in the row of report/queries/helpdesk.sql. */
enum {
    SERIAL,
    NAME,
    PERSON,
    CLIENT,
    LAST_CHECKIN,
    GOOD_UNTIL,
    ACCOUNT,
    FULL_NAME,
    READ_AT,
    OS,
    KIND,
    SILENT,
    SECURE_TOKEN,
    TOKEN_REAL,
    LAPS,
    FILEVAULT_ON,
    BOOTSTRAP_STATE,
    BOOTSTRAP_GRANTS,
    OTHER_ADMIN,
    SOLE_HOLDER,
    KEY_ESCROWED,
    KEY_VALIDITY,
    RECOVERY_OPEN,
    PLATFORM_SSO,
    RESET_OPEN,
    RESTARTED
};

struct page {
    const struct report *r;
    struct template_out *out;
    struct intern answers, clients;
    struct strbuf serial, row, text;
    size_t macs;
    struct err *err;
};

/* ---------------------------------------------------------------- answers */

/* 1, 0, or -1 for NULL. */
static int three(sqlite3_stmt *st, int column)
{
    if (sqlite3_column_type(st, column) == SQLITE_NULL)
        return -1;
    return sqlite3_column_int64(st, column) != 0;
}

static bool is(sqlite3_stmt *st, int column, const char *word)
{
    return strcmp(db_text(st, column), word) == 0;
}

static struct forecast_account account_of(sqlite3_stmt *st)
{
    const char *state = db_text(st, BOOTSTRAP_STATE);

    return (struct forecast_account){
        .facts = {.os = sqlite3_column_type(st, OS) == SQLITE_NULL
                            ? -1
                            : sqlite3_column_int64(st, OS),
                  .network = is(st, KIND, "network"),
                  .silent = three(st, SILENT) == 1,
                  .secure_token = three(st, SECURE_TOKEN),
                  .token_real = three(st, TOKEN_REAL),
                  .laps = three(st, LAPS) == 1,
                  .filevault_on = three(st, FILEVAULT_ON),
                  .bootstrap_state = state[0] ? state : "unknown",
                  .bootstrap_grants = three(st, BOOTSTRAP_GRANTS),
                  .other_admin = three(st, OTHER_ADMIN) == 1,
                  .sole_holder = three(st, SOLE_HOLDER) == 1,
                  .key_valid = three(st, KEY_ESCROWED) == 1 &&
                               is(st, KEY_VALIDITY, "valid"),
                  .recovery_open = three(st, RECOVERY_OPEN) == 1},
        .follows = is(st, KIND, "mobile") || (three(st, PLATFORM_SSO) >= 0 &&
                                              !is(st, PLATFORM_SSO, "none")),
        .key_stored = three(st, KEY_ESCROWED),
        .key_invalid = is(st, KEY_VALIDITY, "invalid"),
        .reset_open = three(st, RESET_OPEN) == 1,
        .restarted = three(st, RESTARTED) == 1,
    };
}

/* The number of an answer: ["verdict","why","instead",last token]. */
static size_t answer_number(struct page *p, const struct forecast_answer *a)
{
    strbuf_reset(&p->text);
    strbuf_addc(&p->text, '[');
    html_json_string(&p->text, a->verdict);
    strbuf_addc(&p->text, ',');
    html_json_string(&p->text, a->f.say);
    strbuf_addc(&p->text, ',');
    html_json_string(&p->text, a->f.instead);
    strbuf_addf(&p->text, ",%d]", a->f.last_token);
    return intern(&p->answers, strbuf_str(&p->text));
}

/* ------------------------------------------------------------------- rows */

/* Days since 1970; null where it is not known. */
static void add_day(struct strbuf *b, sqlite3_stmt *st, int column)
{
    if (sqlite3_column_type(st, column) == SQLITE_NULL)
        strbuf_adds(b, ",null");
    else
        strbuf_addf(b, ",%lld",
                    (long long)(sqlite3_column_int64(st, column) / WHEN_DAY));
}

static void add_text(struct strbuf *b, sqlite3_stmt *st, int column)
{
    strbuf_addc(b, ',');
    html_json_string(b, db_text(st, column));
}

static void put(struct page *p, const char *s)
{
    template_write(p->out, s, strlen(s));
}

/* Write the Mac at hand as a line. */
static int end_mac(struct page *p)
{
    if (!p->row.len)
        return 0;
    strbuf_adds(&p->row, "]]");
    if (!strbuf_ok(&p->row) || !strbuf_ok(&p->serial))
        return err_nomem(p->err);
    if (p->macs % MACS_IN_A_BLOCK == 0) {
        put(p, p->macs ? "\n]</script>\n" : "");
        put(p, "<script type=\"application/json\" data-rows=\"macs\">[\n");
    } else {
        put(p, ",\n");
    }
    template_write(p->out, p->row.data, p->row.len);
    p->macs++;
    strbuf_reset(&p->row);
    return 0;
}

static void begin_mac(struct page *p, sqlite3_stmt *st)
{
    size_t client = intern(&p->clients, db_text(st, CLIENT));

    strbuf_reset(&p->serial);
    strbuf_adds(&p->serial, db_text(st, SERIAL));
    strbuf_addc(&p->row, '[');
    html_json_string(&p->row, db_text(st, SERIAL));
    add_text(&p->row, st, NAME);
    add_text(&p->row, st, PERSON);
    strbuf_addf(&p->row, ",%zu", client);
    add_day(&p->row, st, LAST_CHECKIN);
    add_day(&p->row, st, GOOD_UNTIL);
    strbuf_adds(&p->row, ",[");
}

static int take_account(struct page *p, sqlite3_stmt *st)
{
    struct forecast_account a = account_of(st);
    struct forecast_answer mdm = forecast_answer(&a, FORECAST_MDM),
                           idp = forecast_answer(&a, FORECAST_IDP);

    if (!p->row.len || !is(st, SERIAL, strbuf_str(&p->serial))) {
        if (end_mac(p) != 0)
            return -1;
        begin_mac(p, st);
    } else {
        strbuf_addc(&p->row, ',');
    }
    strbuf_addc(&p->row, '[');
    html_json_string(&p->row, db_text(st, ACCOUNT));
    add_text(&p->row, st, FULL_NAME);
    add_day(&p->row, st, READ_AT);
    strbuf_addf(&p->row, ",%zu", answer_number(p, &mdm));
    strbuf_addf(&p->row, ",%zu]", answer_number(p, &idp));
    return 0;
}

static void put_words(struct page *p)
{
    size_t i;

    put(p, "<script type=\"application/json\" id=\"answers\">[");
    for (i = 0; i < p->answers.n; i++) {
        put(p, i ? ",\n" : "\n");
        put(p, p->answers.words[i]);
    }
    put(p, "\n]</script>\n<script type=\"application/json\" id=\"clients\">[");
    strbuf_reset(&p->text);
    for (i = 0; i < p->clients.n; i++) {
        strbuf_adds(&p->text, i ? "," : "");
        html_json_string(&p->text, p->clients.words[i]);
    }
    put(p, strbuf_str(&p->text));
    put(p, "]</script>\n");
}

static int write_rows(struct page *p)
{
    sqlite3_stmt *st;
    int step;

    if (query_open(p->r, "helpdesk", &st, p->err) != 0)
        return -1;
    while ((step = db_step(st, p->err)) == 1)
        if (take_account(p, st) != 0) {
            step = -1;
            break;
        }
    sqlite3_finalize(st);
    if (step != 0 || end_mac(p) != 0)
        return -1;
    put(p, p->macs ? "\n]</script>\n" : "");
    put_words(p);
    if (p->answers.failed || p->clients.failed || !strbuf_ok(&p->text))
        return err_nomem(p->err);
    return 0;
}

static int write_data(const void *ref, struct template_out *out,
                      struct err *err)
{
    struct page p = {.r = ref, .out = out, .err = err};
    int rc = write_rows(&p);

    intern_free(&p.answers);
    intern_free(&p.clients);
    strbuf_free(&p.serial);
    strbuf_free(&p.row);
    strbuf_free(&p.text);
    return rc;
}

/* -------------------------------------------------------------- the page */

static void add_names(const struct report *r, struct template_sql *s)
{
    const char *subject = r->client_id ? r->client : "Whole fleet";
    struct strbuf b = {0};

    strbuf_addf(&b, "Help desk, %s, %s", subject, r->period);
    template_sql_text(s, "title", strbuf_str(&b));
    template_sql_text(s, "subject", subject);
    template_sql_text(s, "period", r->period);
    strbuf_reset(&b);
    html_day(&b, r->as_of - 1); /* a date means its end, 24:00 */
    template_sql_text(s, "as_of_day", strbuf_str(&b));
    template_sql_int(s, "as_of_number", (r->as_of - 1) / WHEN_DAY);
    template_sql_text(s, "version", r->options->version);
    template_sql_int(s, "white_label", r->brand && r->brand->white_label);
    template_sql_writer(s, "data", write_data, r);
    strbuf_free(&b);
}

int helpdesk_write(const struct report *r, const struct writer *w,
                   struct output *out, struct err *err)
{
    struct html_loader l = {.dir = r->options->templates};
    struct template *t = html_compile(&l, "helpdesk", vars, err);
    struct template_sql *s = t ? template_sql_new(r->db, err) : NULL;
    struct template_value root;
    int rc = -1;

    (void)w;
    if (s && html_add_code(s, &l, "helpdesk.css", "style", "", err) == 0 &&
        html_add_code(s, &l, "helpdesk.js", "script", "", err) == 0) {
        add_names(r, s);
        root = template_sql_root(s);
        rc = template_render_file(t, template_sql_source(s), &root, out->file,
                                  err);
    }
    template_sql_free(s);
    template_free(t);
    strbuf_free(&l.text);
    return rc;
}

int helpdesk_check(const char *dir, struct err *err)
{
    return html_check_page(dir, "helpdesk", vars, err);
}
