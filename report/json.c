/*
 * json.c - the report for programs.
 *
 * Numbers, times and words are spelled as in CSV, so that the same number is
 * the same; unknown is null.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/when.h"
#include "report/json.h"
#include "report/manifest.h"
#include "report/query.h"

void json_string_member(struct sink *s, const char *key, const char *text)
{
    sink_json(s, key, strlen(key));
    sink_addc(s, ':');
    sink_json(s, text, strlen(text));
}

static void json_value(struct sink *s, const struct cell *c)
{
    switch (c->kind) {
    case CELL_EMPTY:
        sink_adds(s, "null");
        return;
    case CELL_TEXT:
        sink_json(s, c->text, c->len);
        return;
    case CELL_INT:
        sink_int(s, c->number);
        return;
    case CELL_SHARE:
        sink_share(s, c->share);
        return;
    case CELL_TIME:
        sink_addc(s, '"');
        sink_time(s, c->number);
        sink_addc(s, '"');
        return;
    case CELL_BOOL:
        sink_adds(s, c->number ? "true" : "false");
        return;
    }
}

void json_member(struct sink *s, const char *key, const struct cell *c)
{
    sink_json(s, key, strlen(key));
    sink_addc(s, ':');
    json_value(s, c);
}

static void json_row(struct sink *s, const struct rows *rows)
{
    size_t i;

    for (i = 0; i < rows_width(rows); i++) {
        if (i)
            sink_addc(s, ',');
        json_member(s, rows_name(rows, i), rows_cell(rows, i));
    }
}

int json_rows(struct sink *s, const struct report *r, const char *query,
              struct err *err)
{
    struct rows *rows = rows_open(r, query, err);
    int step = -1;
    size_t n = 0;

    if (!rows)
        return -1;
    sink_addc(s, '[');
    while ((step = rows_next(rows, err)) == 1) {
        sink_adds(s, n++ ? ",\n  {" : "\n  {");
        json_row(s, rows);
        sink_addc(s, '}');
    }
    sink_adds(s, n ? "\n ]" : "]");
    rows_close(rows);
    return step;
}

/* The one row of a query as the members of the object around it. */
static int json_members(struct sink *s, const struct report *r,
                        const char *query, struct err *err)
{
    struct rows *rows = rows_open(r, query, err);
    int step;

    if (!rows)
        return -1;
    step = rows_next(rows, err);
    if (step == 1)
        json_row(s, rows);
    rows_close(rows);
    return step < 0 ? -1 : 0;
}

/* The settings in force, stored as JSON text of our own. */
static int json_policy(struct sink *s, const struct report *r, struct err *err)
{
    sqlite3_stmt *st;
    json_t *policy;
    char *text = NULL;
    int step;

    if (query_open(r, "run", &st, err) < 0)
        return -1;
    step = db_step(st, err);
    policy = step == 1 ? json_loads(db_text(st, 7), 0, NULL) : NULL;
    sqlite3_finalize(st);
    if (step < 0)
        return -1;
    if (json_is_object(policy))
        text = json_dumps(policy, JSON_SORT_KEYS | JSON_COMPACT);
    json_decref(policy);
    sink_adds(s, text ? text : "{}");
    free(text);
    return 0;
}

static int head(struct sink *s, const struct report *r, struct err *err)
{
    char run[17];

    if (manifest_run_id(r, run, err) < 0)
        return -1;
    sink_adds(s, "{");
    json_string_member(s, "schema", "muster.report/1");
    sink_adds(s, ",\n ");
    json_string_member(s, "client", r->client);
    sink_adds(s, ",\n ");
    json_string_member(s, "use", r->use);
    sink_adds(s, ",\n ");
    json_string_member(s, "run", run);
    sink_adds(s, ",\n ");
    json_string_member(s, "before", r->before);
    sink_adds(s, ",\n ");
    if (json_members(s, r, "run", err) < 0)
        return -1;
    sink_adds(s, ",\n \"policy\":");
    if (json_policy(s, r, err) < 0)
        return -1;
    sink_adds(s, ",\n \"totals\":{");
    if (json_members(s, r, "totals", err) < 0)
        return -1;
    sink_adds(s, "}");
    return 0;
}

/* Remedies without their serial numbers, which are rows. */
static int json_remedies(struct sink *s, const struct report *r,
                         struct err *err)
{
    struct rows *rows = rows_open(r, "remedies", err);
    size_t serials, i, n = 0;
    int step;

    if (!rows)
        return -1;
    serials = rows_column(rows, "serials");
    sink_addc(s, '[');
    while ((step = rows_next(rows, err)) == 1) {
        sink_adds(s, n++ ? ",\n  {" : "\n  {");
        for (i = 0; i < rows_width(rows); i++) {
            if (i == serials)
                continue;
            if (i)
                sink_addc(s, ',');
            json_member(s, rows_name(rows, i), rows_cell(rows, i));
        }
        sink_addc(s, '}');
    }
    sink_adds(s, n ? "\n ]" : "]");
    rows_close(rows);
    return step;
}

static int body(struct sink *s, const struct report *r, struct err *err)
{
    static const struct {
        const char *key, *query;
    } parts[] = {
        {"severities", "severities"},
        {"clients", "clients"},
        {"missing_clients", "missing_clients"},
        {"expected", "expected"},
        {"expected_gaps", "expected_gaps"},
        {"rules", "rules"},
        {"notes", "notes"},
        {"gaps", "gaps"},
        {"required", "required"},
        {"changes", "change_counts"},
        {"trend", "trend"},
        {"waivers", "waivers"},
        {"inputs", "inputs"},
    };
    size_t i;

    for (i = 0; i < COUNT_OF(parts); i++) {
        if (strcmp(parts[i].query, "change_counts") == 0 && !r->before_id)
            continue;
        sink_adds(s, ",\n ");
        sink_json(s, parts[i].key, strlen(parts[i].key));
        sink_addc(s, ':');
        if (json_rows(s, r, parts[i].query, err) < 0)
            return -1;
    }
    sink_adds(s, ",\n \"remedies\":");
    if (json_remedies(s, r, err) < 0)
        return -1;
    sink_adds(s, "\n}\n");
    return 0;
}

int json_write_report(const struct report *r, const struct writer *w,
                      struct output *out, struct err *err)
{
    struct sink *s = sink_open(out->file, err);
    int rc;

    (void)w;
    if (!s)
        return -1;
    rc = head(s, r, err);
    if (rc == 0)
        rc = body(s, r, err);
    sink_close(s);
    return rc;
}

/* ------------------------------------------------------- findings.jsonl -- */

struct evidence {
    struct sink *sink;
    size_t count;
};

static int evidence_row(void *ctx, const struct source_value *v,
                        struct err *err)
{
    struct evidence *e = ctx;
    struct sink *s = e->sink;

    (void)err;
    sink_adds(s, e->count++ ? ",{" : "{");
    json_string_member(s, "fact", v->fact);
    if (v->account[0]) {
        sink_addc(s, ',');
        json_string_member(s, "account", v->account);
    }
    sink_addc(s, ',');
    json_string_member(s, "value", v->value);
    sink_addc(s, ',');
    json_string_member(s, "raw", v->raw);
    sink_addc(s, ',');
    json_string_member(s, "source", v->source);
    sink_addc(s, ',');
    json_string_member(s, "file", v->file);
    sink_adds(s, ",\"line\":");
    sink_int(s, v->line);
    sink_addc(s, ',');
    json_string_member(s, "column", v->column);
    sink_adds(s, ",\"time\":");
    if (v->time == INT64_MIN) {
        sink_adds(s, "null}");
        return 0;
    }
    sink_addc(s, '"');
    sink_time(s, v->time);
    sink_adds(s, "\"}");
    return 0;
}

static int finding_line(struct sink *s, struct rows *rows, struct err *err)
{
    struct evidence e = {s, 0};

    sink_adds(s, "{\"schema\":\"muster.finding/1\",");
    json_row(s, rows);
    sink_adds(s, ",\"evidence_rows\":[");
    if (rows_evidence(rows, evidence_row, &e, err) < 0)
        return -1;
    sink_adds(s, "]}\n");
    return 0;
}

int json_write_findings(const struct report *r, const struct writer *w,
                        struct output *out, struct err *err)
{
    struct sink *s = sink_open(out->file, err);
    struct rows *rows = rows_open(r, w->query, err);
    int step = -1;

    if (s && rows) {
        out->rows = 0;
        while ((step = rows_next(rows, err)) == 1) {
            if (finding_line(s, rows, err) < 0) {
                step = -1;
                break;
            }
            out->rows++;
        }
    }
    rows_close(rows);
    sink_close(s);
    return step;
}

/* -------------------------------------------------------------- recount -- */

int json_recount_report(const char *path, struct output *found, struct err *err)
{
    json_error_t why;
    json_t *doc = json_load_file(path, JSON_REJECT_DUPLICATES, &why);

    if (!doc)
        return err_at(err, ERR_OUTPUT, path, why.line, why.column,
                      "is no valid JSON: %s", why.text);
    json_decref(doc);
    found->rows = -1;
    return 0;
}

/* Lines that look like one object each; a line is parsed whole only by
 * "verify", where it does not matter how long that takes. */
int json_recount_lines(const char *path, struct output *found, struct err *err)
{
    FILE *f = fopen(path, "rb");
    char buf[65536], first = '\n', last = '\n';
    int64_t lines = 0, odd = 0;
    size_t n;

    if (!f)
        return err_errno(err, ERR_OUTPUT, path, "cannot read back");
    while ((n = fread(buf, 1, sizeof(buf), f)) > 0) {
        const char *p = buf, *end = buf + n, *q;

        if (first == '\n')
            odd += *p != '{';
        while ((q = memchr(p, '\n', (size_t)(end - p)))) {
            odd += (q > buf ? q[-1] : last) != '}';
            lines++;
            p = q + 1;
            odd += p < end && *p != '{';
        }
        first = last = buf[n - 1];
    }
    if (ferror(f))
        odd = err_errno(err, ERR_OUTPUT, path, "cannot read back");
    fclose(f);
    if (odd > 0 || (lines && last != '\n'))
        return err_at(err, ERR_OUTPUT, path, 0, 0,
                      "does not hold one object a line");
    found->rows = lines;
    return odd < 0 ? -1 : 0;
}
