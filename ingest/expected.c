/*
 * expected.c - lists of serials that should be in the fleet.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/text.h"
#include "ingest/csv_reader.h"
#include "ingest/expected.h"
#include "ingest/serials.h"

#define SHOWN_REJECTS 20

struct list {
    sqlite3 *db;
    const struct ingest_options *o;
    const char *path, *name, *client;
    struct ingest_summary *out;
    struct input *input;
    struct csv_reader *csv;
    sqlite3_stmt *put;
    size_t column, columns;
    bool headed; /* the first line names columns */
    int64_t import_id;
    char sha[SHA256_HEX], mapping[SHA256_HEX];
};

/* -------------------------------------------------------------- the lines */

static void rejected(struct list *l, int64_t line, const char *reason)
{
    struct strbuf *b = &l->out->details;

    l->out->records++;
    if (l->out->rejected++ >= SHOWN_REJECTS)
        return;
    strbuf_adds(b, "  ");
    text_escape(b, l->name, strlen(l->name));
    strbuf_addf(b, ":%lld: %s\n", (long long)line, reason);
}

/* Upper case and trimmed; 0 where there is nothing, -1 where it is no serial.
 */
static int clean(const char *s, size_t n, char out[SERIAL_MOST + 1])
{
    size_t i;

    while (n && ascii_isspace(*s)) {
        s++;
        n--;
    }
    while (n && ascii_isspace(s[n - 1]))
        n--;
    if (n == 0)
        return 0;
    if (n > SERIAL_MOST || serial_is_placeholder(s, n))
        return -1;
    for (i = 0; i < n; i++) {
        if ((unsigned char)s[i] <= ' ' || s[i] == 0x7f)
            return -1;
        out[i] = ascii_upper(s[i]);
    }
    out[n] = '\0';
    return 1;
}

static int take(struct list *l, int64_t line, const char *s, size_t n,
                struct err *err)
{
    char serial[SERIAL_MOST + 1];
    int what = clean(s, n, serial);

    if (what == 0 && l->columns == 1)
        return 0; /* an empty line of a plain list */
    if (what <= 0) {
        rejected(l, line,
                 what ? "is no serial number" : "has no serial number");
        return 0;
    }
    sqlite3_bind_int64(l->put, 1, l->import_id);
    sqlite3_bind_int64(l->put, 2, line);
    sqlite3_bind_text(l->put, 3, serial, -1, SQLITE_STATIC);
    l->out->records++;
    l->out->accepted++;
    return db_run(l->put, err);
}

static int take_rows(struct list *l, struct err *err)
{
    struct csv_row row;
    int step;

    while ((step = csv_next(l->csv, &row, err)) == 1) {
        if (row.count != l->columns) {
            rejected(l, row.line, "has another number of cells");
            continue;
        }
        if (take(l, row.line, row.cells[l->column].s, row.cells[l->column].n,
                 err) < 0)
            return -1;
    }
    return step;
}

/* ------------------------------------------------------------- the column */

static bool names_serials(const char *header)
{
    static const char *const names[] = {"serial",
                                        "serialnumber",
                                        "serialno",
                                        "sn",
                                        "hardwareserial",
                                        "hardwareserialnumber",
                                        "deviceserial",
                                        "deviceserialnumber",
                                        "attributesserialnumber",
                                        "computerserial",
                                        "computerserialnumber",
                                        "serialnumbers",
                                        "macserialnumber",
                                        "macserial"};
    char bare[32];
    size_t n = 0, i;

    for (; *header; header++) {
        char c = ascii_lower(*header);

        if (c == ' ' || c == '_' || c == '-' || c == '.' || c == '#')
            continue;
        if (n + 1 >= sizeof(bare))
            return false;
        bare[n++] = c;
    }
    bare[n] = '\0';
    for (i = 0; i < COUNT_OF(names); i++)
        if (strcmp(bare, names[i]) == 0)
            return true;
    return false;
}

static bool has_digit(const char *s)
{
    return strpbrk(s, "0123456789") != NULL;
}

/* Which column; or a plain list, whose first line is a serial already. */
static int find_column(struct list *l, struct err *err)
{
    char serial[SERIAL_MOST + 1];
    const char *const *header = csv_header(l->csv, &l->columns);

    l->headed = true;
    for (l->column = 0; l->column < l->columns; l->column++)
        if (names_serials(header[l->column]))
            return 0;
    l->column = 0;
    if (l->columns == 1 && has_digit(header[0]) &&
        clean(header[0], strlen(header[0]), serial) > 0) {
        l->headed = false;
        return 0;
    }
    err_at(err, ERR_INPUT, l->name, 1, 0,
           "has no column of serial numbers (\"Serial Number\", \"serial\")");
    return err_hint(err, "a list for --expected is CSV with such a column, or "
                         "one serial number a line");
}

static int read_list(struct list *l, struct err *err)
{
    const char *const *header = csv_header(l->csv, &l->columns);
    bool *wanted = calloc(l->columns + 1, sizeof(*wanted));
    int rc = -1;

    if (!wanted)
        return err_nomem(err);
    wanted[l->column] = true;
    csv_want(l->csv, wanted, NULL);
    if (db_prepare(l->db, "INSERT INTO expected_row VALUES (?1, ?2, ?3)",
                   &l->put, err) == 0 &&
        (l->headed || take(l, 1, header[0], strlen(header[0]), err) == 0))
        rc = take_rows(l, err);
    sqlite3_finalize(l->put);
    free(wanted);
    if (rc == 0 && l->out->accepted == 0)
        return err_at(err, ERR_INPUT, l->name, 0, 0, "names no serial number");
    input_digest(l->input, l->sha);
    return rc;
}

/* -------------------------------------------------------------- the import */

static int bind(struct list *l, sqlite3_stmt *st, struct err *err)
{
    return db_bind_text(st, ":period", l->o->period, err) < 0 ||
                   db_bind_text(st, ":client", l->client, err) < 0 ||
                   db_bind_text(st, ":source", EXPECTED_SOURCE, err) < 0
               ? -1
               : 0;
}

/* 1 where this very list is in force; else earlier ones make room for it. */
static int make_room(struct list *l, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(l->db,
                   "SELECT 1 FROM import WHERE period = :period AND"
                   " client = :client AND source = :source AND NOT superseded"
                   " AND sha256 = :sha256",
                   &st, err) == 0 &&
        bind(l, st, err) == 0 && db_bind_text(st, ":sha256", l->sha, err) == 0)
        step = db_step(st, err);
    sqlite3_finalize(st);
    st = NULL;
    if (step != 0)
        return step;
    if (db_prepare(l->db,
                   "UPDATE import SET superseded = 1 WHERE period = :period"
                   " AND client = :client AND source = :source"
                   " AND NOT superseded",
                   &st, err) == 0 &&
        bind(l, st, err) == 0)
        step = db_run(st, err);
    else
        step = -1;
    if (step == 0 && sqlite3_changes(l->db) > 0)
        l->out->state = INGEST_REPLACED;
    sqlite3_finalize(st);
    return step;
}

static int store(struct list *l, struct err *err)
{
    const struct {
        const char *name;
        int64_t value;
    } numbers[] = {{":id", l->import_id},
                   {":bytes", input_bytes(l->input)},
                   {":records", l->out->records},
                   {":accepted", l->out->accepted},
                   {":rejected", l->out->rejected}};
    sqlite3_stmt *st = NULL;
    size_t i;
    int rc;

    rc = db_prepare(
        l->db,
        "INSERT INTO import(import_id, period, client, source, source_title,"
        " server, file, bytes, sha256, mapping_digest, format, notes,"
        " standing, complete, collected, records, accepted, rejected,"
        " left_out, devices, accounts, carries_device, carries_listed,"
        " carries_account, in_order) VALUES (:id, :period, :client, :source,"
        " 'Serials that should be in the fleet', '', :file, :bytes, :sha256,"
        " :mapping, 'csv', :notes, 1, 'none', :collected, :records, :accepted,"
        " :rejected, 0, 0, 0, 0, 0, 0, 1)",
        &st, err);
    if (rc == 0 &&
        (bind(l, st, err) < 0 || db_bind_text(st, ":file", l->name, err) < 0 ||
         db_bind_text(st, ":sha256", l->sha, err) < 0 ||
         db_bind_text(st, ":mapping", l->mapping, err) < 0 ||
         db_bind_text(st, ":notes", l->out->notes, err) < 0))
        rc = -1;
    for (i = 0; rc == 0 && i < COUNT_OF(numbers); i++)
        rc = db_bind_int(st, numbers[i].name, numbers[i].value, err);
    if (rc == 0 && l->o->has_collected)
        rc = db_bind_int(st, ":collected", l->o->collected, err);
    if (rc == 0)
        rc = db_run(st, err);
    sqlite3_finalize(st);
    return rc;
}

static void tell(struct list *l, bool same)
{
    struct strbuf *b = &l->out->line;

    text_escape(b, l->name, strlen(l->name));
    if (same) {
        l->out->state = INGEST_SAME;
        strbuf_addf(b, ": %s: already in period %s, nothing to do",
                    EXPECTED_SOURCE, l->o->period);
        return;
    }
    strbuf_addf(b, ": %s: %lld serials, %lld rejected (%s)", EXPECTED_SOURCE,
                (long long)l->out->accepted, (long long)l->out->rejected,
                l->out->notes);
    if (l->out->rejected > SHOWN_REJECTS)
        strbuf_addf(&l->out->details, "  and %lld more rejected\n",
                    (long long)(l->out->rejected - SHOWN_REJECTS));
}

/* Inside the transaction: 1 where the list is there already. */
static int load(struct list *l, struct err *err)
{
    int there;

    if (db_number(l->db, "SELECT max(import_id) + 1 FROM import", 1,
                  &l->import_id, err) < 0)
        return -1;
    if (l->import_id <= 0)
        l->import_id = 1;
    if (read_list(l, err) < 0)
        return -1;
    there = make_room(l, err);
    return there != 0 ? there : store(l, err);
}

static int in_transaction(struct list *l, struct err *err)
{
    int rc;

    if (db_begin(l->db, err) < 0)
        return -1;
    rc = load(l, err);
    if (rc >= 0)
        tell(l, rc == 1);
    if (rc == 0 && !l->o->dry_run)
        rc = db_commit(l->db, err);
    db_rollback(l->db); /* no-op after a commit */
    return rc < 0 ? -1 : 0;
}

static int start(struct list *l, struct err *err)
{
    char notes[64];

    l->out->state = INGEST_FAILED;
    l->input = input_open(l->path, l->name, l->o->encoding, err);
    l->csv = l->input ? csv_open(l->input, err) : NULL;
    if (!l->csv || find_column(l, err) < 0)
        return -1;
    snprintf(notes, sizeof(notes), "%s, %s", input_encoding(l->input),
             l->headed ? "a column" : "a plain list");
    sha256_text(EXPECTED_SOURCE, strlen(EXPECTED_SOURCE), l->mapping);
    l->out->file = strdup(l->name);
    l->out->source = strdup(EXPECTED_SOURCE);
    l->out->client = strdup(l->client);
    l->out->notes = strdup(notes);
    l->out->state = INGEST_LOADED;
    return l->out->file && l->out->source && l->out->client && l->out->notes
               ? 0
               : err_nomem(err);
}

int expected_load(sqlite3 *db, const struct ingest_options *o, const char *path,
                  struct ingest_summary *out, struct err *err)
{
    struct list l = {.db = db,
                     .o = o,
                     .path = path,
                     .name = operands_shown(path),
                     .client = o->client ? o->client : "",
                     .out = out};
    int rc = start(&l, err);

    if (rc == 0)
        rc = in_transaction(&l, err);
    if (rc < 0)
        out->state = INGEST_FAILED;
    if (l.input)
        out->bytes = input_bytes(l.input);
    csv_close(l.csv);
    input_close(l.input);
    return rc;
}
