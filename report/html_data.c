/*
 * html_data.c - rows as arrays, repeated words as numbers, blocks of 5,000.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "core/when.h"
#include "report/html_data.h"
#include "report/html_intern.h"
#include "report/html_lines.h"
#include "report/html_words.h"
#include "report/query.h"
#include "report/source.h"

/* Columns whose words repeat, each with a table of its own. */
enum table {
    T_CLIENT,
    T_SITE,
    T_MODEL,
    T_CHIP,
    T_OS,
    T_VERDICT,
    T_SEVERITY,
    T_FILEVAULT,
    T_BOOTSTRAP,
    T_REPAIR,
    T_REMEDY,
    T_LOST,
    T_READINESS,
    T_STATE,
    T_EVIDENCE,
    T_FILE,
    T_SOURCE,
    T_COLUMN,
    T_COUNT
};

static const char *const table_names[] = {
    "clients",     "sites",  "models",     "chips",   "systems", "verdicts",
    "severities",  "disks",  "bootstraps", "repairs", "fixes",   "losts",
    "readinesses", "states", "evidences",  "files",   "sources", "columns"};

struct data {
    const struct report *r;
    struct template_out *out;
    struct strbuf row, text;
    struct intern tables[T_COUNT];
    const char *kind; /* of the block being written; NULL: none is open */
    size_t in_block;
    struct err *err;
};

/* Bytes from "s" that go into a script as they are. */
static size_t plain_run(const char *s)
{
    size_t i = 0;

    while (s[i] >= 0x20 && s[i] < 0x7f && s[i] != '"' && s[i] != '\\' &&
           s[i] != '<' && s[i] != '>')
        i++;
    return i;
}

void html_json_string(struct strbuf *b, const char *s)
{
    size_t n = strlen(s), len;
    uint32_t cp = 0;

    strbuf_addc(b, '"');
    for (; n; s += len, n -= len) {
        len = plain_run(s);
        if (len) {
            strbuf_add(b, s, len);
            continue;
        }
        len = utf8_decode(s, n, &cp);
        if (len == 0) {
            strbuf_adds(b, "\\ufffd");
            len = 1;
        } else if (cp == '"' || cp == '\\') {
            strbuf_addc(b, '\\');
            strbuf_addc(b, (char)cp);
        } else if (cp < 0x20 || cp == '<' || cp == '>' || cp == 0x7f ||
                   cp == 0x2028 || cp == 0x2029) {
            strbuf_addf(b, "\\u%04x", (unsigned)cp);
        } else {
            strbuf_add(b, s, len);
        }
    }
    strbuf_addc(b, '"');
}

/* -------------------------------------------------------------- blocks --- */

static void put(struct data *d, const char *s)
{
    template_write(d->out, s, strlen(s));
}

static void close_block(struct data *d)
{
    if (d->kind)
        put(d, "\n]</script>\n");
    d->kind = NULL;
}

/* Write d->row as the next row of a kind. */
static int put_row(struct data *d, const char *kind)
{
    char open[80];

    if (!strbuf_ok(&d->row))
        return err_nomem(d->err);
    if (d->kind != kind || d->in_block == HTML_BLOCK) {
        close_block(d);
        snprintf(open, sizeof(open),
                 "<script type=\"application/json\" data-rows=\"%s\">[", kind);
        put(d, open);
        d->kind = kind;
        d->in_block = 0;
    }
    put(d, d->in_block++ ? ",\n" : "\n");
    template_write(d->out, d->row.data, d->row.len);
    return 0;
}

/* --------------------------------------------------------------- cells --- */

static void comma(struct data *d)
{
    if (d->row.len && d->row.data[d->row.len - 1] != '[')
        strbuf_addc(&d->row, ',');
}

static void put_int(struct data *d, int64_t n)
{
    comma(d);
    strbuf_addi(&d->row, n);
}

/* A number, or null. */
static void put_number(struct data *d, sqlite3_stmt *st, int column)
{
    if (sqlite3_column_type(st, column) != SQLITE_NULL) {
        put_int(d, sqlite3_column_int64(st, column));
        return;
    }
    comma(d);
    strbuf_adds(&d->row, "null");
}

static void put_string(struct data *d, const char *s)
{
    comma(d);
    html_json_string(&d->row, s);
}

/* Text, or 0 for none. */
static void put_text(struct data *d, sqlite3_stmt *st, int column)
{
    if (db_text(st, column)[0])
        put_string(d, db_text(st, column));
    else
        put_int(d, 0);
}

static void put_word(struct data *d, enum table t, const char *word)
{
    put_int(d, (int64_t)intern(&d->tables[t], word));
}

/* Zeros at the end of a row go without saying. */
static void end_row(struct data *d)
{
    struct strbuf *row = &d->row;

    while (row->len > 2 && row->data[row->len - 1] == '0' &&
           row->data[row->len - 2] == ',')
        strbuf_truncate(row, row->len - 2);
    strbuf_addc(row, ']');
}

static const char *words(const struct cell *c)
{
    return c->kind == CELL_TEXT ? c->text : "";
}

static void put_known(struct data *d, const struct cell *c)
{
    if (c->kind == CELL_TEXT)
        put_string(d, c->text);
    else
        put_int(d, 0);
}

/* The number of a word from 1, or 0 for none. */
static void put_numbered(struct data *d, enum table t, const struct cell *c)
{
    put_int(d, c->kind == CELL_TEXT
                   ? (int64_t)intern(&d->tables[t], c->text) + 1
                   : 0);
}

/* ---------------------------------------------------------------- Macs --- */

/* What a column of html-data_macs is written as. */
enum cell_form { AS_TEXT, AS_NUMBER, AS_CODE };

static const struct {
    enum cell_form form;
    enum table table;
} mac_cells[] = {{AS_TEXT, T_COUNT}, /* serial */
                 {AS_TEXT, T_COUNT}, /* name */
                 {AS_TEXT, T_COUNT}, /* person */
                 {AS_TEXT, T_COUNT}, /* asset tag */
                 {AS_CODE, T_CLIENT},    {AS_CODE, T_SITE},
                 {AS_CODE, T_MODEL},     {AS_CODE, T_CHIP},
                 {AS_CODE, T_OS},        {AS_CODE, T_VERDICT},
                 {AS_NUMBER, T_COUNT}, /* day of the last check-in */
                 {AS_CODE, T_FILEVAULT}, {AS_CODE, T_BOOTSTRAP},
                 {AS_CODE, T_REPAIR},    {AS_CODE, T_REMEDY},
                 {AS_NUMBER, T_COUNT}, /* failed */
                 {AS_NUMBER, T_COUNT}, /* unknown */
                 {AS_CODE, T_LOST},      {AS_CODE, T_READINESS},
                 {AS_TEXT, T_COUNT},   /* names of token holders */
                 {AS_NUMBER, T_COUNT}, /* 1: none holds a token */
                 {AS_NUMBER, T_COUNT}, /* stale */
                 {AS_TEXT, T_COUNT}};  /* e-mail */

static void mac_row(struct data *d, const struct cell *cells)
{
    size_t i;

    strbuf_reset(&d->row);
    strbuf_addc(&d->row, '[');
    for (i = 0; i < COUNT_OF(mac_cells); i++) {
        if (mac_cells[i].form == AS_TEXT)
            put_known(d, &cells[i]);
        else if (mac_cells[i].form == AS_CODE)
            put_numbered(d, mac_cells[i].table, &cells[i]);
        else
            put_int(d, cells[i].number);
    }
    end_row(d);
}

static int write_macs(struct data *d)
{
    struct rows *rows = rows_open(d->r, "html-data_macs", d->err);
    int step = -1;

    while (rows && (step = rows_next(rows, d->err)) == 1) {
        mac_row(d, rows_cells(rows));
        if (put_row(d, "macs") != 0) {
            step = -1;
            break;
        }
    }
    rows_close(rows);
    return step;
}

/* --------------------------------------------------------------- lines --- */

/* Append "s" with the first "name" in it replaced by a mark. */
static void add_marked(struct strbuf *b, const char *s, const char *name,
                       char mark)
{
    const char *at = name[0] ? strstr(s, name) : NULL;

    if (at) {
        strbuf_add(b, s, (size_t)(at - s));
        strbuf_addc(b, mark);
        s = at + strlen(name);
    }
    strbuf_adds(b, s);
}

/* Evidence by number. The account's own name in it becomes U+0001, the names of
 * the Mac's token holders U+0002, which no text of ours holds, so that a
 * thousand sentences are one. */
static void put_evidence(struct data *d, const char *evidence,
                         const char *account, const char *holders)
{
    if (!evidence[0]) {
        put_int(d, 0);
        return;
    }
    strbuf_reset(&d->text);
    if (account[0])
        add_marked(&d->text, evidence, account, '\001');
    else
        add_marked(&d->text, evidence, holders, '\002');
    put_int(d,
            (int64_t)intern(&d->tables[T_EVIDENCE], strbuf_str(&d->text)) + 1);
}

/* One finding of the line at hand: rule, evidence, id, account, missing. */
static void put_member(struct data *d, const struct cell *line,
                       const struct cell *part)
{
    const char *account = words(&part[PART_ACCOUNT]);
    char id[FINDING_ID_HEX];

    finding_id(words(&part[PART_RULE]), words(&line[LINE_SERIAL]), account, id);
    id[HTML_ID] = '\0';
    comma(d);
    strbuf_addc(&d->row, '[');
    put_int(d, part[PART_RULE_NO].number);
    put_evidence(d, words(&part[PART_EVIDENCE]), account,
                 words(&line[LINE_HOLDERS]));
    put_string(d, id);
    put_known(d, &part[PART_ACCOUNT]);
    put_numbered(d, T_EVIDENCE, &part[PART_MISSING]);
    end_row(d);
}

/* The start of a line: Mac, severity, flags, fix, state, days open. */
static void start_line(struct data *d, const struct cell *line)
{
    strbuf_reset(&d->row);
    strbuf_addc(&d->row, '[');
    put_int(d, line[LINE_MAC].number - 1);
    put_word(d, T_SEVERITY, words(&line[LINE_SEVERITY]));
    put_int(d, line[LINE_FLAGS].number);
    put_numbered(d, T_REMEDY, &line[LINE_REMEDY]);
    put_word(d, T_STATE, words(&line[LINE_STATE]));
    put_int(d, line[LINE_DAYS].number);
    strbuf_adds(&d->row, ",[");
}

struct line {
    struct data *d;
    bool open; /* one is begun and not written */
};

static int end_line(struct line *l)
{
    if (!l->open)
        return 0;
    l->open = false;
    strbuf_adds(&l->d->row, "]]");
    return put_row(l->d, "lines");
}

static int add_line(void *ctx, const struct cell *line, const struct cell *part,
                    struct err *err)
{
    struct line *l = ctx;

    (void)err;
    if (part) {
        put_member(l->d, line, part);
        return 0;
    }
    if (end_line(l) < 0)
        return -1;
    start_line(l->d, line);
    l->open = true;
    return 0;
}

static int write_lines(struct data *d)
{
    struct line l = {.d = d};

    if (html_lines_each(d->r, add_line, &l, d->err) < 0)
        return -1;
    return end_line(&l);
}

/* --------------------------------------------------------------- proof --- */

struct proof {
    struct data *d;
    struct strbuf seen; /* values of this Mac that were written, one a line */
};

/* One value: skipped where another rule of the Mac has shown it. */
static int proof_value(void *ctx, const struct source_value *v, struct err *err)
{
    struct proof *p = ctx;
    struct data *d = p->d;
    struct strbuf key = {0};
    char when[24] = "";
    bool again;

    strbuf_addf(&key, "\n%s\t%s\t%s\t%lld\t", v->fact, v->account, v->file,
                (long long)v->line);
    again = p->seen.len && strstr(p->seen.data, strbuf_str(&key));
    if (!again)
        strbuf_adds(&p->seen, strbuf_str(&key));
    strbuf_free(&key);
    if (again)
        return 0;
    if (v->time != INT64_MIN)
        when_format(v->time, when, sizeof(when));
    comma(d);
    strbuf_addc(&d->row, '[');
    put_string(d, v->fact);
    put_string(d, v->account);
    put_string(d, v->value);
    put_word(d, T_COLUMN, v->column);
    put_string(d, strcmp(v->raw, v->value) == 0 ? "" : v->raw);
    put_word(d, T_SOURCE, v->source);
    put_word(d, T_FILE, v->file);
    put_int(d, v->line);
    put_string(d, when);
    strbuf_addc(&d->row, ']');
    return strbuf_ok(&p->seen) ? 0 : err_nomem(err);
}

static int proof_rows(struct data *d, sqlite3_stmt *st, struct source *source)
{
    struct proof p = {.d = d};
    int64_t mac = 0;
    int step = 0, rc = 0;

    while (rc == 0 && (step = db_step(st, d->err)) > 0) {
        struct source_ask ask = {.rule_no = sqlite3_column_int(st, 2),
                                 .device_id = sqlite3_column_int64(st, 1),
                                 .account_id = sqlite3_column_int64(st, 3),
                                 .row_id = sqlite3_column_int64(st, 4)};

        if (sqlite3_column_int64(st, 0) != mac) {
            if (mac) {
                strbuf_adds(&d->row, "]]");
                rc = put_row(d, "proof");
            }
            mac = sqlite3_column_int64(st, 0);
            strbuf_reset(&p.seen);
            strbuf_reset(&d->row);
            strbuf_addf(&d->row, "[%lld,[", (long long)mac - 1);
        }
        if (rc == 0)
            rc = source_each(source, &ask, proof_value, &p, d->err);
    }
    if (mac && rc == 0 && step == 0) {
        strbuf_adds(&d->row, "]]");
        rc = put_row(d, "proof");
    }
    strbuf_free(&p.seen);
    return rc == 0 && step == 0 ? 0 : -1;
}

static int write_proof(struct data *d)
{
    struct source *source = source_open(d->r, d->err);
    sqlite3_stmt *st = NULL;
    int rc = -1;

    if (source && query_open(d->r, "html-data_proof", &st, d->err) == 0 &&
        db_bind_int(st, ":most", HTML_PROOF, d->err) == 0)
        rc = proof_rows(d, st, source);
    sqlite3_finalize(st);
    source_close(source);
    return rc;
}

/* --------------------------------------------------------------- words --- */

static int write_query(struct data *d, const char *name, const char *query)
{
    sqlite3_stmt *st;
    int step, i, first = 1;

    if (query_open(d->r, query, &st, d->err) != 0)
        return -1;
    strbuf_addf(&d->row, "\"%s\":[", name);
    while ((step = db_step(st, d->err)) > 0) {
        strbuf_adds(&d->row, first ? "\n[" : ",\n[");
        first = 0;
        for (i = 0; i < sqlite3_column_count(st); i++)
            if (sqlite3_column_type(st, i) == SQLITE_INTEGER)
                put_number(d, st, i);
            else
                put_text(d, st, i);
        strbuf_addc(&d->row, ']');
    }
    strbuf_adds(&d->row, "],\n");
    sqlite3_finalize(st);
    return step;
}

static void write_plain(struct data *d, const char *kind)
{
    const char *code, *words;
    size_t at = 0;

    strbuf_addf(&d->row, "\"%s\":{", kind);
    while ((words = html_plain_next(kind, &at, &code))) {
        if (d->row.data[d->row.len - 1] != '{')
            strbuf_addc(&d->row, ',');
        html_json_string(&d->row, code);
        strbuf_addc(&d->row, ':');
        html_json_string(&d->row, words);
    }
    strbuf_adds(&d->row, "},\n");
}

static int write_words(struct data *d)
{
    static const char *const kinds[] = {
        "verdict", "severity",  "state",     "readiness", "capability", "chip",
        "repair",  "bootstrap", "filevault", "who",       "effort",     "fact"};
    size_t i, t;

    strbuf_reset(&d->row);
    strbuf_addc(&d->row, '{');
    if (write_query(d, "rules", "html-data_rules") != 0 ||
        write_query(d, "remedies", "html-data_remedies") != 0)
        return -1;
    for (i = 0; i < COUNT_OF(kinds); i++)
        write_plain(d, kinds[i]);
    for (t = 0; t < T_COUNT; t++) {
        strbuf_addf(&d->row, "%s\"%s\":[", t ? ",\n" : "", table_names[t]);
        for (i = 0; i < d->tables[t].n; i++)
            put_string(d, d->tables[t].words[i]);
        strbuf_addc(&d->row, ']');
        if (d->tables[t].failed)
            return err_nomem(d->err);
    }
    strbuf_adds(&d->row, "}");
    if (!strbuf_ok(&d->row))
        return err_nomem(d->err);
    put(d, "<script type=\"application/json\" id=\"words\">");
    template_write(d->out, d->row.data, d->row.len);
    put(d, "</script>\n");
    return 0;
}

int html_data(const void *report, struct template_out *out, struct err *err)
{
    struct data d = {.r = report, .out = out, .err = err};
    int rc = -1;
    size_t i;

    if (write_macs(&d) == 0 && write_lines(&d) == 0 && write_proof(&d) == 0) {
        close_block(&d);
        rc = write_words(&d);
    }
    for (i = 0; i < T_COUNT; i++)
        intern_free(&d.tables[i]);
    strbuf_free(&d.row);
    strbuf_free(&d.text);
    return rc;
}
