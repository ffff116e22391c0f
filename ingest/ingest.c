/*
 * ingest.c - files into the store: the entry of the stage.
 */
#include "core/base.h"

#include "core/commands.h"
#include "core/db.h"
#include "core/progress.h"
#include "core/text.h"
#include "core/when.h"
#include "ingest/csv_reader.h"
#include "ingest/command_text.h"
#include "ingest/ingest.h"
#include "ingest/json_cells.h"
#include "ingest/json_reader.h"
#include "ingest/load.h"
#include "ingest/map.h"
#include "ingest/plist_reader.h"
#include "ingest/secrets.h"

#define FIRST_REJECTS 20
#define LATEST_DAYS 31
#define SHOWN_COLUMNS 24

struct ingest {
    sqlite3 *db;
    const struct ingest_options *o;
    struct registry registry;
    struct source *own; /* from --source FILE.json */
    struct serials *serials;
    struct feed_slot slot;
    int64_t data_version; /* of the store when the serials were read */
    bool loaded;          /* the serials */
};

/* One file on its way. */
struct job {
    struct ingest *in;
    const struct operand *file;
    const char *client;
    struct ingest_summary *out;
    struct input *input;
    const struct source *source;
    enum source_format format;
    bool lines; /* JSON Lines, or documents one after another */
    struct map *map;
    struct load *load;
    int64_t import_id;
    char sha[SHA256_HEX], mapping[SHA256_HEX];
    struct strbuf notes;
    struct strbuf remarks; /* one a line */
    struct csv_reader *csv;
    struct map_cell *cells;
    bool *wanted;
    const char *path;    /* to the records of JSON */
    json_t *whole;       /* plist and text: all of the file, as records */
    char name_value[64]; /* what the file's name says */
    struct progress progress;
    int64_t shown; /* rejects */
    bool cut_tail; /* the last cell was not read */
    bool partial;  /* one page of many: its lists are not complete */
};

/* ------------------------------------------------------------------ summary */

void ingest_summary_free(struct ingest_summary *s)
{
    free(s->file);
    free(s->source);
    free(s->client);
    free(s->notes);
    strbuf_free(&s->line);
    strbuf_free(&s->details);
    *s = (struct ingest_summary){0};
}

static void put_field(struct strbuf *b, const char *name, const char *text)
{
    strbuf_addf(b, "\"%s\":", name);
    json_put_text(b, text ? text : "", text ? strlen(text) : 0);
    strbuf_addc(b, ',');
}

void ingest_summary_json(const struct ingest_summary *s, struct strbuf *b)
{
    static const char *const states[] = {"loaded", "same", "replaced",
                                         "failed"};

    strbuf_addc(b, '{');
    put_field(b, "file", s->file);
    put_field(b, "source", s->source);
    put_field(b, "client", s->client);
    put_field(b, "state", states[s->state]);
    put_field(b, "notes", s->notes);
    strbuf_addf(b,
                "\"bytes\":%lld,\"records\":%lld,\"accepted\":%lld,"
                "\"rejected\":%lld,\"left_out\":%lld,\"devices\":%lld,"
                "\"accounts\":%lld}",
                (long long)s->bytes, (long long)s->records,
                (long long)s->accepted, (long long)s->rejected,
                (long long)s->left_out, (long long)s->devices,
                (long long)s->accounts);
}

static void note(struct job *j, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void note(struct job *j, const char *fmt, ...)
{
    char text[256];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    strbuf_addf(&j->notes, "%s%s", j->notes.len ? ", " : "", text);
}

static void remark(struct job *j, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void remark(struct job *j, const char *fmt, ...)
{
    char text[1024];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    text_escape(&j->remarks, text, strlen(text));
    strbuf_addc(&j->remarks, '\n');
}

static void show_reject(void *ctx, int64_t line, int64_t column,
                        const char *reason)
{
    struct job *j = ctx;
    struct strbuf *b = &j->out->details;

    if (j->shown++ >= FIRST_REJECTS)
        return;
    strbuf_adds(b, "  ");
    text_escape(b, j->file->name, strlen(j->file->name));
    strbuf_addf(b, ":%lld", (long long)line);
    if (column > 0)
        strbuf_addf(b, ":%lld", (long long)column);
    strbuf_addf(b, ": %s\n", reason);
}

/* "ignored columns: Foo (12 cells), Bar (empty)" */
static void show_ignored(struct job *j)
{
    struct strbuf *b = &j->out->details;
    size_t i, n = 0;

    for (i = 0; i < map_all_columns(j->map); i++) {
        const struct map_column *c = map_get_column(j->map, i);

        if (c->wanted || !*c->header)
            continue;
        if (n >= SHOWN_COLUMNS) {
            n++;
            continue;
        }
        strbuf_adds(b, n++ ? ", " : "  ignored columns: ");
        text_escape(b, c->header, strlen(c->header));
        if (c->filled)
            strbuf_addf(b, " (%lld)", (long long)c->filled);
        else
            strbuf_adds(b, " (empty)");
    }
    if (n > SHOWN_COLUMNS)
        strbuf_addf(b, " and %zu more", n - SHOWN_COLUMNS);
    if (n)
        strbuf_addc(b, '\n');
}

static void show_values(struct job *j)
{
    struct strbuf *b = &j->out->details;
    size_t i, k;

    for (i = 0; i < map_all_columns(j->map); i++) {
        const struct map_column *c = map_get_column(j->map, i);

        if (c->value_count == 0)
            continue;
        strbuf_adds(b, "  not understood: ");
        text_escape(b, c->header, strlen(c->header));
        for (k = 0; k < c->value_count && k < 8; k++)
            strbuf_addf(b, "%s\"%s\" (%lld)", k ? ", " : " ", c->values[k].text,
                        (long long)c->values[k].count);
        if (c->value_count > 8 || c->values_other)
            strbuf_adds(b, ", ...");
        strbuf_addc(b, '\n');
    }
}

static void show_remarks(struct job *j)
{
    const char *p = strbuf_str(&j->remarks), *end;

    for (; *p; p = end + 1) {
        end = strchr(p, '\n');
        strbuf_addf(&j->out->details, "  warning: %.*s\n", (int)(end - p), p);
    }
}

static void write_summary(struct job *j)
{
    struct ingest_summary *s = j->out;
    struct load_counts c = load_counts(j->load);
    struct strbuf *b = &s->line;

    s->records = c.records;
    s->accepted = c.accepted;
    s->rejected = c.rejected;
    s->left_out = c.left_out;
    s->devices = c.devices;
    s->accounts = c.accounts;
    text_escape(b, j->file->name, strlen(j->file->name));
    strbuf_addf(b, ": %s: %lld records, %lld accepted, %lld rejected",
                j->source->id, (long long)c.records, (long long)c.accepted,
                (long long)c.rejected);
    if (c.left_out)
        strbuf_addf(b, ", %lld of other platforms left out",
                    (long long)c.left_out);
    strbuf_addf(b, " (%s)", strbuf_str(&j->notes));
    if (j->shown > FIRST_REJECTS)
        strbuf_addf(&s->details, "  and %lld more rejected\n",
                    (long long)(j->shown - FIRST_REJECTS));
    show_ignored(j);
    show_values(j);
    show_remarks(j);
}

/* -------------------------------------------------------------------- CSV */

static int interrupted(struct err *err)
{
    return err_set(err, ERR_FAIL, "interrupted; nothing of this file is kept");
}

static int tick(struct job *j, struct err *err)
{
    struct load_counts c = load_counts(j->load);

    if (c.records % 1024 != 0)
        return 0;
    if (command_signal())
        return interrupted(err);
    progress_update(&j->progress, input_bytes(j->input), c.records, c.rejected);
    return 0;
}

static int ragged(struct job *j, const struct csv_row *row, size_t expected,
                  struct err *err)
{
    char reason[160];

    if (row->open && row->count < expected)
        snprintf(reason, sizeof(reason),
                 "the file ends inside this row: expected %zu cells, found %zu",
                 expected, row->count);
    else
        snprintf(reason, sizeof(reason), "expected %zu cells, found %zu",
                 expected, row->count);
    return load_reject(j->load, row->line, 0, reason, err);
}

/* The last cell of a file that ends without a line end may have lost its end:
 * it is read only where a part of it could be nothing else. */
static void open_row(struct job *j, size_t columns)
{
    struct map_cell *last = &j->cells[columns - 1];

    if (last->n == 0 || map_survives_cut(j->map, (int)columns - 1))
        return;
    last->n = 0;
    last->kind = CELL_NONE;
    j->cut_tail = true;
}

/* The console that escapes like JSON writes a bare null for "nothing". */
static void drop_nulls(struct job *j, size_t columns)
{
    size_t i;

    for (i = 0; i < columns; i++)
        if (j->cells[i].n == 4 && j->cells[i].s &&
            memcmp(j->cells[i].s, "null", 4) == 0)
            j->cells[i].n = 0;
}

static int next_csv(void *ctx, struct err *err)
{
    struct job *j = ctx;
    size_t columns = map_columns(j->map, 0), i;
    struct map_record *r = load_record(j->load);
    struct csv_row row;
    int step;

    while ((step = csv_next(j->csv, &row, err)) == 1) {
        if (tick(j, err) < 0)
            return -1;
        if (row.count != columns) {
            if (ragged(j, &row, columns, err) < 0)
                return -1;
            continue;
        }
        for (i = 0; i < columns; i++)
            j->cells[i] =
                (struct map_cell){row.cells[i].s, row.cells[i].n, CELL_TEXT};
        if (csv_is_backslashed(j->csv))
            drop_nulls(j, columns);
        if (row.open)
            open_row(j, columns);
        if (map_begin(j->map, j->cells, row.line, r, err) < 0 ||
            map_end(j->map, r, err) < 0)
            return -1;
        return 1;
    }
    return step;
}

static const char *delimiter_name(char c)
{
    return c == ','    ? "comma"
           : c == ';'  ? "semicolon"
           : c == '\t' ? "tab"
                       : "bar";
}

static int load_csv(struct job *j, struct err *err)
{
    const char *const *header;
    size_t n, i;
    int place;

    header = csv_header(j->csv, &n);
    j->cells = calloc(n + 1, sizeof(*j->cells));
    j->wanted = calloc(n + 1, sizeof(*j->wanted));
    if (!j->cells || !j->wanted)
        return err_nomem(err);
    for (i = 0; i < n; i++) {
        place = map_column(j->map, 0, header[i], err);
        if (place < 0)
            return -1;
        j->wanted[i] = map_wants(j->map, 0, place);
    }
    csv_want(j->csv, j->wanted);
    note(j, "%s", delimiter_name(csv_delimiter(j->csv)));
    return load_all(j->load, &j->in->slot, next_csv, j, err);
}

static int csv_signature(struct job *j, struct signature *sig, struct err *err)
{
    const char *const *header;
    size_t n, i;

    j->csv = csv_open(j->input, err);
    if (!j->csv)
        return -1;
    header = csv_header(j->csv, &n);
    sig->format = FORMAT_CSV;
    for (i = 0; i < n; i++)
        signature_add(sig, header[i], strlen(header[i]));
    signature_sort(sig);
    return 0;
}

/* ------------------------------------------------------------------- JSON */

static bool bare_allowed(const struct source *s)
{
    size_t i;

    for (i = 0; i < s->record_count; i++)
        if (!*s->records[i])
            return true;
    return s->record_count == 0;
}

static int64_t whole(const json_t *o, const char *key)
{
    return json_is_integer(json_object_get(o, key))
               ? json_integer_value(json_object_get(o, key))
               : -1;
}

/* A Mac's other accounts may stand on another page. */
static void one_of_many(struct job *j)
{
    j->partial = true;
    if (j->source->accounts && j->source->complete_accounts)
        remark(j, "its accounts do not count as all accounts of a Mac: put "
                  "all pages into one file (cat page*.json)");
}

/* A page that says it is one of many: the fleet is not complete. */
static void remark_pages(struct job *j, const json_t *e, int64_t records)
{
    static const char *const totals[] = {
        "totalCount", "total",        "total_count",  "count",       "Total",
        "rows",       "recordsTotal", "@odata.count", "result_count"};
    static const char *const more[] = {"has_more",        "next",
                                       "@odata.nextLink", "nextPage",
                                       "next_page",       "cursor"};
    const json_t *v;
    int64_t n;
    size_t i;

    if (!json_is_object(e))
        return;
    for (i = 0; i < COUNT_OF(totals); i++) {
        n = whole(e, totals[i]);
        if (n > records) {
            remark(j,
                   "the file says that there are %lld records and holds "
                   "%lld: it is one page of many, the fleet is incomplete",
                   (long long)n, (long long)records);
            one_of_many(j);
            return;
        }
    }
    for (i = 0; i < COUNT_OF(more); i++) {
        v = json_object_get(e, more[i]);
        if (json_is_true(v) ||
            (json_is_string(v) && json_string_length(v) > 0)) {
            remark(j,
                   "the file says by \"%s\" that more pages follow: the "
                   "fleet is incomplete",
                   more[i]);
            one_of_many(j);
            return;
        }
    }
    remark_pages(j, json_object_get(e, "metadata"), records);
    remark_pages(j, json_object_get(e, "meta"), records);
    remark_pages(j, json_object_get(e, "paging"), records);
}

static int load_json(struct job *j, struct err *err)
{
    struct json_reader *r =
        json_open(j->input, j->path, bare_allowed(j->source), err);
    struct json_cells *cells = NULL;
    json_t *record = NULL;
    int64_t line;
    int step = -1;

    if (r)
        cells = json_cells_new(j->source, j->map, err);
    if (!cells) {
        json_close(r);
        return -1;
    }
    while ((step = json_next(r, &record, &line, err)) > 0) {
        int rc = step == JSON_OTHER
                     ? load_reject(j->load, line, 0, "expected an object", err)
                     : json_cells_map(cells, record, line, load_record(j->load),
                                      err);

        if (rc == 0 && step == JSON_RECORD)
            rc = load_store(j->load, err);
        json_decref(record);
        if (rc < 0 || tick(j, err) < 0) {
            step = -1;
            break;
        }
    }
    if (step == JSON_END) {
        j->lines = json_is_lines(r);
        note(j, *j->path ? "records at %s" : "%s",
             *j->path   ? j->path
             : j->lines ? "one document after another"
                        : "one document");
        remark_pages(j, json_envelope(r), load_counts(j->load).records);
    }
    json_cells_free(cells);
    json_close(r);
    return step;
}

/* ------------------------------------------- property lists and commands */

static int load_value(struct job *j, struct json_cells *cells, const json_t *v,
                      const char *path, struct err *err)
{
    const json_t *at = json_object_get(v, "#line");
    char key[128];
    size_t i, n = strcspn(path, ".");
    int rc;

    for (i = 0; i < json_array_size(v); i++)
        if (load_value(j, cells, json_array_get(v, i), path, err) < 0)
            return -1;
    if (!json_is_object(v))
        return 0;
    if (*path && n < sizeof(key)) {
        snprintf(key, sizeof(key), "%.*s", (int)n, path);
        return load_value(j, cells, json_object_get(v, key),
                          path + n + (path[n] == '.'), err);
    }
    rc = json_cells_map(cells, v, at ? json_integer_value(at) : 1,
                        load_record(j->load), err);
    return rc < 0 ? -1 : load_store(j->load, err);
}

static int load_whole(struct job *j, struct err *err)
{
    struct json_cells *cells = json_cells_new(j->source, j->map, err);
    int rc = -1;

    if (cells)
        rc = load_value(j, cells, j->whole, j->path, err);
    json_cells_free(cells);
    return rc;
}

/* "diskutil apfs listUsers -plist" says what its text says. */
static json_t *crypto_list(const json_t *users)
{
    struct strbuf b = {0};
    json_t *all;
    size_t i;

    strbuf_addf(&b, "Cryptographic users (%zu found)\n",
                json_array_size(users));
    for (i = 0; i < json_array_size(users); i++) {
        const json_t *u = json_array_get(users, i);
        const char *id =
            json_string_value(json_object_get(u, "APFSCryptoUserUUID"));
        const char *type =
            json_string_value(json_object_get(u, "APFSCryptoUserType"));
        const json_t *owner = json_object_get(u, "VolumeOwner");

        strbuf_addf(&b, "+-- %s\nType: %s\n", id ? id : "", type ? type : "");
        if (owner)
            strbuf_addf(&b, "Volume Owner: %s\n",
                        json_is_true(owner) ? "Yes" : "No");
    }
    all = command_text_read(strbuf_str(&b), b.len);
    strbuf_free(&b);
    return all;
}

static bool is_crypto_list(const json_t *v)
{
    const json_t *users = json_object_get(v, "Users");

    if (!json_is_array(users))
        return false;
    if (json_array_size(users) == 0) /* an answer of a server says more */
        return json_object_size(v) == 1;
    return json_object_get(json_array_get(users, 0), "APFSCryptoUserType") !=
           NULL;
}

static int read_plist(struct job *j, struct signature *sig, struct err *err)
{
    const char *problem;
    json_t *crypto;
    size_t n;
    char *text = input_all(j->input, PLIST_MOST, &n, err);

    if (!text)
        return -1;
    j->whole = plist_to_json(text, n, &problem);
    free(text);
    if (!j->whole)
        return err_at(err, ERR_INPUT, j->file->name, 0, 0, "%s", problem);
    if (is_crypto_list(j->whole)) {
        crypto = crypto_list(json_object_get(j->whole, "Users"));
        json_decref(j->whole);
        j->whole = crypto;
        j->format = FORMAT_TEXT;
        if (!crypto)
            return err_nomem(err);
    }
    sig->format = j->format;
    json_value_signature(j->whole, sig);
    return 0;
}

static int read_commands(struct job *j, struct signature *sig, struct err *err)
{
    size_t n;
    char *text = input_all(j->input, PLIST_MOST, &n, err);

    if (!text)
        return -1;
    j->whole = command_text_read(text, n);
    free(text);
    if (!j->whole)
        return err_nomem(err);
    sig->format = FORMAT_TEXT;
    json_value_signature(j->whole, sig);
    return 0;
}

/* Which Mac a file is about, by the parts of its name: a serial number is
 * capital letters and digits, both there. */
static bool serial_part(const char *s, size_t n)
{
    bool digit = false, letter = false;
    size_t i;

    if (n < 8 || n > 14)
        return false;
    for (i = 0; i < n; i++) {
        if (s[i] >= '0' && s[i] <= '9')
            digit = true;
        else if (s[i] >= 'A' && s[i] <= 'Z')
            letter = true;
        else
            return false;
    }
    return digit && letter;
}

static bool number_part(const char *s, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (s[i] < '0' || s[i] > '9')
            return false;
    return n > 0;
}

/* A UUID, or with "number" a run of digits, or a serial; the last one. */
static void read_name(struct job *j)
{
    const char *name = j->file->name, *p, *fact;
    size_t n, count;
    const struct fact *t;

    if (j->source->name_fact < 0)
        return;
    t = fact_table(j->source->accounts ? FACT_ACCOUNT : FACT_DEVICE, &count);
    fact = t[j->source->name_fact].name;
    for (p = name; *p; p += n + (p[n] != '\0')) {
        n = strcspn(p, "-_. /()");
        if (strcmp(fact, "serial") == 0 ? serial_part(p, n) : number_part(p, n))
            snprintf(j->name_value, sizeof(j->name_value), "%.*s", (int)n, p);
    }
    if (strcmp(fact, "serial") == 0)
        return;
    for (p = name; *p; p++)
        if (strlen(p) >= 36 && p[8] == '-' && p[13] == '-' && p[18] == '-' &&
            p[23] == '-' && strcspn(p, "_. /()") >= 36)
            snprintf(j->name_value, sizeof(j->name_value), "%.36s", p);
}

/* --------------------------------------------------------------- mapping */

static const char *format_name(const struct job *j)
{
    return j->format == FORMAT_CSV     ? "csv"
           : j->format == FORMAT_PLIST ? "plist"
           : j->format == FORMAT_TEXT  ? "text"
           : j->lines                  ? "jsonl"
                                       : "json";
}

static int named_source(struct job *j, struct err *err)
{
    struct ingest *in = j->in;
    const char *name = in->o->source;

    j->source = in->own ? in->own : registry_find(&in->registry, name);
    if (!j->source) {
        err_set(err, ERR_USAGE, "there is no source \"%s\"", name);
        return err_hint(err, "see \"muster sources list\"");
    }
    if (!(j->source->formats & j->format))
        return err_at(err, ERR_INPUT, j->file->name, 0, 0,
                      "source %s does not read %s", j->source->id,
                      format_name(j));
    return 0;
}

/* Nothing fits, but the operator says what the columns are. */
static const struct source *by_options(const struct job *j)
{
    size_t i;
    bool accounts = false;

    if (j->in->o->map_count == 0)
        return NULL;
    for (i = 0; i < j->in->o->map_count; i++)
        accounts = accounts || text_starts(j->in->o->map[i], "account=");
    return registry_find(&j->in->registry,
                         accounts ? "canonical-accounts" : "canonical-devices");
}

/* Does some mapping know the file as CSV? It is opened a second time for it. */
static bool is_known_csv(struct job *j)
{
    struct input *again = NULL;
    struct csv_reader *csv = NULL;
    struct signature sig = {.format = FORMAT_CSV};
    struct err ignored = {0};
    const char *const *header;
    size_t n, i;
    bool known = false;

    again = input_open(j->file->path, "", j->in->o->encoding, &ignored);
    csv = again ? csv_open(again, &ignored) : NULL;
    if (csv) {
        header = csv_header(csv, &n);
        for (i = 0; i < n; i++)
            signature_add(&sig, header[i], strlen(header[i]));
        signature_sort(&sig);
        known = j->in->o->map_count > 0 ||
                registry_detect(&j->in->registry, &sig, "", &ignored);
    }
    signature_free(&sig);
    csv_close(csv);
    input_close(again);
    return known;
}

/* Text that no CSV mapping knows and in which commands are recognised. */
static bool is_command_text(struct job *j)
{
    bool is_stdin = strcmp(j->file->path, "-") == 0, answers;
    size_t n;
    const char *head = input_head(j->input, &n);
    json_t *all;

    if (is_stdin ? !command_text_looks(head, n < 4096 ? n : 4096)
                 : is_known_csv(j))
        return false;
    all = command_text_read(head, n);
    answers = json_array_size(all) > 0;
    json_decref(all);
    return answers;
}

/* The names that tell exports apart; property lists and texts are read whole.
 */
static int read_signature(struct job *j, struct signature *sig, struct err *err)
{
    const char *head;
    size_t n;

    if (j->format == FORMAT_CSV &&
        (j->in->o->source ? text_starts(j->in->o->source, "mac-commands")
                          : is_command_text(j)))
        j->format = FORMAT_TEXT;
    switch (j->format) {
    case FORMAT_CSV:
        return csv_signature(j, sig, err);
    case FORMAT_PLIST:
        return read_plist(j, sig, err);
    case FORMAT_TEXT:
        return read_commands(j, sig, err);
    default:
        head = input_head(j->input, &n);
        json_signature(head, n, sig);
        return 0;
    }
}

static int find_source(struct job *j, struct err *err)
{
    struct signature sig = {0};
    struct err cause = {0};
    int rc = 0;

    if (read_signature(j, &sig, err) < 0) {
        signature_free(&sig);
        return -1;
    }
    if (j->in->o->source) {
        rc = named_source(j, err);
    } else {
        j->source =
            registry_detect(&j->in->registry, &sig, j->file->name, &cause);
        if (!j->source)
            j->source = by_options(j);
        if (!j->source) {
            if (err->code == ERR_NONE)
                *err = cause;
            rc = -1;
        }
    }
    if (rc == 0) {
        j->path = source_path(j->source, &sig);
        read_name(j);
    }
    signature_free(&sig);
    return rc;
}

/* Everything that decides how the file is read. */
static void mapping_digest(struct job *j)
{
    const struct ingest_options *o = j->in->o;
    struct strbuf b = {0};
    size_t i;

    strbuf_addf(&b, "1\n%s\n%s\n", j->source->id, j->source->digest);
    if (j->source->included)
        strbuf_addf(&b, "%s\n", j->source->included->digest);
    for (i = 0; i < o->map_count; i++)
        strbuf_addf(&b, "map %s\n", o->map[i]);
    for (i = 0; i < o->keep_count; i++)
        strbuf_addf(&b, "keep %s\n", o->keep[i]);
    if (o->encoding)
        strbuf_addf(&b, "encoding %s\n", o->encoding);
    sha256_text(strbuf_str(&b), b.len, j->mapping);
    strbuf_free(&b);
}

/* ---------------------------------------------------------------- identity */

static int bind_identity(struct job *j, sqlite3_stmt *st, struct err *err)
{
    if (db_bind_text(st, ":period", j->in->o->period, err) < 0 ||
        db_bind_text(st, ":client", j->client, err) < 0 ||
        db_bind_text(st, ":sha256", j->sha, err) < 0)
        return -1;
    return 0;
}

/* 1 where the very same import is in the store. */
static int is_there(struct job *j, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(j->in->db,
                   "SELECT 1 FROM import WHERE period = :period AND"
                   " client = :client AND sha256 = :sha256 AND"
                   " mapping_digest = :mapping AND NOT superseded",
                   &st, err) == 0 &&
        bind_identity(j, st, err) == 0 &&
        db_bind_text(st, ":mapping", j->mapping, err) == 0)
        step = db_step(st, err);
    sqlite3_finalize(st);
    return step;
}

/* Could it be there? Only then is the file digested before it is read. */
static int size_is_there(struct job *j, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (input_size(j->input) == 0)
        return 0;
    if (db_prepare(j->in->db,
                   "SELECT 1 FROM import WHERE period = :period AND"
                   " client = :client AND bytes = :bytes AND NOT superseded",
                   &st, err) == 0 &&
        db_bind_text(st, ":period", j->in->o->period, err) == 0 &&
        db_bind_text(st, ":client", j->client, err) == 0 &&
        db_bind_int(st, ":bytes", input_size(j->input), err) == 0)
        step = db_step(st, err);
    sqlite3_finalize(st);
    return step;
}

static int is_same(struct job *j, struct err *err)
{
    int64_t bytes;
    int step = size_is_there(j, err);

    if (step <= 0)
        return step;
    if (sha256_file(j->file->path, ERR_INPUT, j->sha, &bytes, err) < 0)
        return -1;
    return is_there(j, err);
}

static void say_same(struct job *j)
{
    j->out->state = INGEST_SAME;
    text_escape(&j->out->line, j->file->name, strlen(j->file->name));
    strbuf_addf(&j->out->line, ": %s: already in period %s, nothing to do",
                j->source->id, j->in->o->period);
}

/* Earlier readings of the same file, and with --replace all of its source. */
static int supersede(struct job *j, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = -1;

    if (db_prepare(j->in->db,
                   "UPDATE import SET superseded = 1 WHERE period = :period"
                   " AND client = :client AND import_id <> :id AND"
                   " NOT superseded AND"
                   " (sha256 = :sha256 OR (:replace AND source = :source))",
                   &st, err) == 0 &&
        bind_identity(j, st, err) == 0 &&
        db_bind_int(st, ":id", j->import_id, err) == 0 &&
        db_bind_int(st, ":replace", j->in->o->replace, err) == 0 &&
        db_bind_text(st, ":source", j->source->id, err) == 0)
        rc = db_run(st, err);
    if (rc == 0 && sqlite3_changes(j->in->db) > 0) {
        j->out->state = INGEST_REPLACED;
        note(j, "takes the place of %d earlier", sqlite3_changes(j->in->db));
    }
    sqlite3_finalize(st);
    return rc;
}

/* ---------------------------------------------------------- what is kept */

static int store_columns(struct job *j, struct err *err)
{
    static const char *const uses[] = {"fact",   "list",    "custom",
                                       "secret", "ignored", "fact"};
    sqlite3_stmt *st = NULL;
    size_t i;
    int rc;

    rc = db_prepare(j->in->db,
                    "INSERT INTO import_column VALUES (?1, ?2, ?3, ?4, ?5, ?6,"
                    " ?7)",
                    &st, err);
    for (i = 0; rc == 0 && i < map_all_columns(j->map); i++) {
        const struct map_column *c = map_get_column(j->map, i);

        sqlite3_bind_int64(st, 1, j->import_id);
        sqlite3_bind_int64(st, 2, (int64_t)i + 1);
        sqlite3_bind_text(st, 3, c->header, -1, SQLITE_STATIC);
        sqlite3_bind_text(st, 4, uses[c->use], -1, SQLITE_STATIC);
        sqlite3_bind_text(st, 5, c->target, -1, SQLITE_STATIC);
        sqlite3_bind_int64(st, 6, c->filled);
        sqlite3_bind_int64(st, 7, c->understood);
        rc = db_run(st, err);
    }
    sqlite3_finalize(st);
    return rc;
}

static int store_values(struct job *j, struct err *err)
{
    sqlite3_stmt *st = NULL;
    size_t i, k;
    int rc;

    rc = db_prepare(j->in->db,
                    "INSERT INTO import_value VALUES (?1, ?2, ?3, ?4)", &st,
                    err);
    for (i = 0; rc == 0 && i < map_all_columns(j->map); i++) {
        const struct map_column *c = map_get_column(j->map, i);

        for (k = 0; rc == 0 && k < c->value_count; k++) {
            sqlite3_bind_int64(st, 1, j->import_id);
            sqlite3_bind_int64(st, 2, (int64_t)i + 1);
            sqlite3_bind_text(st, 3, c->values[k].text, -1, SQLITE_STATIC);
            sqlite3_bind_int64(st, 4, c->values[k].count);
            rc = db_run(st, err);
        }
    }
    sqlite3_finalize(st);
    return rc;
}

static int store_remarks(struct job *j, struct err *err)
{
    sqlite3_stmt *st = NULL;
    const char *p = strbuf_str(&j->remarks), *end;
    int64_t seq = 0;
    int rc;

    rc = db_prepare(j->in->db, "INSERT INTO import_warning VALUES (?1, ?2, ?3)",
                    &st, err);
    for (; rc == 0 && *p; p = end + 1) {
        end = strchr(p, '\n');
        sqlite3_bind_int64(st, 1, j->import_id);
        sqlite3_bind_int64(st, 2, ++seq);
        sqlite3_bind_text(st, 3, p, (int)(end - p), SQLITE_STATIC);
        rc = db_run(st, err);
    }
    sqlite3_finalize(st);
    return rc;
}

static int bind_texts(struct job *j, sqlite3_stmt *st, struct err *err)
{
    const struct {
        const char *name, *value;
    } texts[] = {{":period", j->in->o->period},
                 {":client", j->client},
                 {":source", j->source->id},
                 {":title", j->source->title},
                 {":server", j->source->server},
                 {":file", j->file->name},
                 {":sha256", j->sha},
                 {":mapping", j->mapping},
                 {":format", format_name(j)},
                 {":notes", strbuf_str(&j->notes)},
                 {":complete", j->partial && j->source->accounts
                                   ? "none" /* accounts may be on other pages */
                                   : map_complete(j->map)}};
    size_t i;

    for (i = 0; i < COUNT_OF(texts); i++)
        if (db_bind_text(st, texts[i].name, texts[i].value, err) < 0)
            return -1;
    return 0;
}

static int bind_numbers(struct job *j, sqlite3_stmt *st, struct err *err)
{
    struct load_counts c = load_counts(j->load);
    struct map_carries carries = map_carries(j->map);
    const struct {
        const char *name;
        int64_t value;
    } numbers[] = {{":id", j->import_id},
                   {":bytes", input_bytes(j->input)},
                   {":standing", j->source->standing},
                   {":records", c.records},
                   {":accepted", c.accepted},
                   {":rejected", c.rejected},
                   {":left_out", c.left_out},
                   {":devices", c.devices},
                   {":accounts", c.accounts},
                   {":carries_device", (int64_t)carries.device},
                   {":carries_listed", (int64_t)carries.listed},
                   {":carries_account", (int64_t)carries.account},
                   {":in_order", load_in_order(j->load)}};
    int64_t collected = j->in->o->collected;
    size_t i;

    for (i = 0; i < COUNT_OF(numbers); i++)
        if (db_bind_int(st, numbers[i].name, numbers[i].value, err) < 0)
            return -1;
    if (j->in->o->has_collected || map_newest(j->map, &collected))
        return db_bind_int(st, ":collected", collected, err);
    return 0;
}

static int store_import(struct job *j, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = -1;

    if (db_prepare(
            j->in->db,
            "INSERT INTO import(import_id, period, client, source,"
            " source_title, server, file, bytes, sha256, mapping_digest,"
            " format, notes, standing, complete, collected, records, accepted,"
            " rejected, left_out, devices, accounts, carries_device,"
            " carries_listed, carries_account, in_order)"
            " VALUES (:id, :period, :client, :source, :title, :server, :file,"
            " :bytes, :sha256, :mapping, :format, :notes, :standing,"
            " :complete, :collected, :records, :accepted, :rejected,"
            " :left_out, :devices, :accounts, :carries_device,"
            " :carries_listed, :carries_account, :in_order)",
            &st, err) == 0 &&
        bind_texts(j, st, err) == 0 && bind_numbers(j, st, err) == 0)
        rc = db_run(st, err);
    sqlite3_finalize(st);
    return rc;
}

static int add_remark(void *ctx, const char *text, struct err *err)
{
    (void)err;
    remark(ctx, "%s", text);
    return 0;
}

static int make_remarks(struct job *j, struct err *err)
{
    struct load_counts c = load_counts(j->load);
    struct strbuf same = {0};

    map_constants(j->map, j->source->accounts ? 21 : c.devices, &same);
    if (same.len && (j->source->accounts ? c.accounts : c.devices) > 20)
        remark(j, "the same for all of them: %s", strbuf_str(&same));
    strbuf_free(&same);
    if (j->cut_tail)
        remark(j, "the file does not end with a line end, so its last cell may "
                  "be cut off: it was not read");
    return map_remarks(j->map, add_remark, j, err);
}

/* ------------------------------------------------------------------ a file */

static int too_many_rejects(struct job *j, struct err *err)
{
    const struct ingest_options *o = j->in->o;
    struct load_counts c = load_counts(j->load);
    bool above;

    if (c.accepted == 0)
        return err_at(err, ERR_INPUT, j->file->name, 0, 0,
                      "no record could be used: %lld read, %lld rejected, "
                      "%lld of other platforms",
                      (long long)c.records, (long long)c.rejected,
                      (long long)c.left_out);
    if (!o->has_max_rejects)
        return 0;
    above = o->max_percent ? c.rejected * 100 > o->max_rejects * c.records
                           : c.rejected > o->max_rejects;
    if (!above)
        return 0;
    return err_at(err, ERR_INPUT, j->file->name, 0, 0,
                  "%lld of %lld records rejected, which is above "
                  "--max-rejects; nothing of the file is kept",
                  (long long)c.rejected, (long long)c.records);
}

static int read_serials(struct ingest *in, struct err *err)
{
    int64_t version;

    if (db_number(in->db, "PRAGMA data_version", 0, &version, err) < 0)
        return -1;
    if (in->loaded && version == in->data_version)
        return 0;
    in->data_version = version;
    in->loaded = true;
    return serials_load(in->serials, in->db, err);
}

static int read_records(struct job *j, struct err *err)
{
    struct map_options mo = {
        .file = j->file->name,
        .latest = j->in->o->as_of
                      ? j->in->o->as_of + (int64_t)LATEST_DAYS * WHEN_DAY
                      : 0,
        .map = j->in->o->map,
        .map_count = j->in->o->map_count,
        .keep = j->in->o->keep,
        .keep_count = j->in->o->keep_count,
        .name_value = j->name_value[0] ? j->name_value : NULL};

    if (db_number(j->in->db, "SELECT max(import_id) + 1 FROM import", 1,
                  &j->import_id, err) < 0)
        return -1;
    if (j->import_id <= 0)
        j->import_id = 1;
    j->map = map_new(j->source, &mo, err);
    if (!j->map)
        return -1;
    j->load = load_new(j->in->db, j->import_id, j->map, j->in->serials, err);
    if (!j->load)
        return -1;
    load_on_reject(j->load, show_reject, j);
    note(j, "%s", input_encoding(j->input));
    if (j->whole)
        return load_whole(j, err);
    return j->format == FORMAT_CSV ? load_csv(j, err) : load_json(j, err);
}

/* Inside the transaction: 1 where the file turned out to be there already. */
static int load_file(struct job *j, struct err *err)
{
    int there;

    if (read_serials(j->in, err) < 0)
        return -1;
    there = is_same(j, err);
    if (there != 0)
        return there;
    /* a Mac's row in an export has 200 bytes and more */
    if (serials_expect(j->in->serials, input_size(j->input) / 200, err) < 0)
        return -1;
    if (read_records(j, err) < 0 || too_many_rejects(j, err) < 0)
        return -1;
    input_digest(j->input, j->sha);
    there = is_there(j, err);
    if (there != 0)
        return there;
    map_finish(j->map);
    if (make_remarks(j, err) < 0 || supersede(j, err) < 0 ||
        store_import(j, err) < 0 || store_columns(j, err) < 0 ||
        store_values(j, err) < 0 || store_remarks(j, err) < 0)
        return -1;
    return serials_save(j->in->serials, j->in->db, &j->in->slot, err);
}

static int in_transaction(struct job *j, struct err *err)
{
    int rc;

    if (db_begin(j->in->db, err) < 0)
        return -1;
    rc = load_file(j, err);
    if (rc == 1)
        say_same(j);
    else if (rc == 0)
        write_summary(j);
    if (rc == 0 && !j->in->o->dry_run)
        rc = db_commit(j->in->db, err);
    db_rollback(j->in->db); /* no-op after a commit */
    if (j->in->o->dry_run || rc != 0)
        if (serials_forget(j->in->serials, err) < 0)
            rc = -1;
    return rc < 0 ? -1 : 0;
}

static enum source_format format_of(const struct input *in)
{
    size_t n, i;
    const char *s = input_head(in, &n);

    if (input_is_binary(in))
        return FORMAT_PLIST;
    for (i = 0; i < n && ascii_isspace(s[i]); i++)
        ;
    if (i < n && (s[i] == '{' || s[i] == '['))
        return FORMAT_JSON;
    if (plist_looks(s, n))
        return FORMAT_PLIST;
    return FORMAT_CSV;
}

static int start_summary(struct job *j, struct err *err)
{
    struct ingest_summary *s = j->out;

    s->file = strdup(j->file->name);
    s->client = strdup(j->client);
    s->state = INGEST_LOADED;
    return s->file && s->client ? 0 : err_nomem(err);
}

static int run_job(struct job *j, struct err *err)
{
    int rc;

    j->input =
        input_open(j->file->path, j->file->name, j->in->o->encoding, err);
    if (!j->input)
        return -1;
    j->format = format_of(j->input);
    if (find_source(j, err) < 0)
        return -1;
    j->out->source = strdup(j->source->id);
    mapping_digest(j);
    progress_start(&j->progress, j->in->o->progress, j->file->name,
                   input_size(j->input));
    rc = in_transaction(j, err);
    progress_end(&j->progress);
    j->out->bytes = input_bytes(j->input);
    j->out->notes = strbuf_detach(&j->notes);
    return rc;
}

int ingest_file(struct ingest *in, const struct operand *file,
                struct ingest_summary *out, struct err *err)
{
    const char *client = file->client ? file->client : in->o->client;
    struct job j = {
        .in = in, .file = file, .client = client ? client : "", .out = out};
    int rc = start_summary(&j, err);

    if (rc == 0)
        rc = run_job(&j, err);
    if (rc < 0)
        out->state = INGEST_FAILED;
    csv_close(j.csv);
    json_decref(j.whole);
    load_free(j.load);
    map_free(j.map);
    input_close(j.input);
    free(j.cells);
    free(j.wanted);
    strbuf_free(&j.notes);
    strbuf_free(&j.remarks);
    return rc;
}

/* --------------------------------------------------------------- a command */

static int own_source(struct ingest *in, struct err *err)
{
    const char *s = in->o->source;

    if (!s || (!strchr(s, '/') && !text_ends(s, ".json")))
        return 0;
    in->own = source_read(s, err);
    return in->own ? registry_link(&in->registry, in->own, err) : -1;
}

struct ingest *ingest_open(sqlite3 *db, const struct ingest_options *o,
                           struct err *err)
{
    struct ingest *in = calloc(1, sizeof(*in));

    if (!in) {
        err_nomem(err);
        return NULL;
    }
    in->db = db;
    in->o = o;
    in->serials = serials_new(err);
    if (in->serials && registry_open(&in->registry, o->sources, err) == 0 &&
        own_source(in, err) == 0 && feed_register(db, &in->slot, err) == 0 &&
        db_script(db, "PRAGMA secure_delete=OFF", err) == 0 &&
        db_cache(db, 2048, err) == 0)
        return in;
    ingest_close(in);
    return NULL;
}

void ingest_close(struct ingest *in)
{
    if (!in)
        return;
    if (in->db)
        sqlite3_create_module(in->db, "feed", NULL, NULL);
    registry_close(&in->registry);
    source_free(in->own);
    serials_free(in->serials);
    free(in);
}
