/*
 * job_store.c - imports in the store: is it there already, and what is kept of
 * a file beside its rows.
 */
#include "core/base.h"

#include "core/db.h"
#include "ingest/job.h"

/* The same bytes, and where the name of the file says which Mac they are of,
 * under the same name: two Macs may well answer alike. */
#define SAME_FILE                                                              \
    "(sha256 = :sha256 AND (:base IS NULL OR file = :base OR"                  \
    " substr(file, -1 - length(:base)) = '/' || :base))"

static int bind_identity(struct job *j, sqlite3_stmt *st, struct err *err)
{
    const char *slash = strrchr(j->file->name, '/');

    if (j->name_value[0] &&
        db_bind_text(st, ":base", slash ? slash + 1 : j->file->name, err) < 0)
        return -1;
    if (db_bind_text(st, ":period", j->in->o->period, err) < 0 ||
        db_bind_text(st, ":client", j->client, err) < 0 ||
        db_bind_text(st, ":sha256", j->sha, err) < 0)
        return -1;
    return 0;
}

/* 1 where the very same import is in the store; with --replace, where it is the
 * only one of its source. */
int job_is_there(struct job *j, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(j->in->db,
                   "SELECT 1 FROM import i WHERE period = :period AND"
                   " client = :client AND " SAME_FILE " AND"
                   " mapping_digest = :mapping AND NOT superseded AND"
                   " NOT EXISTS (SELECT 1 FROM import o"
                   "  WHERE o.import_id < :first AND NOT o.superseded"
                   "    AND o.period = i.period AND o.client = i.client"
                   "    AND o.source = i.source AND o.sha256 <> i.sha256)",
                   &st, err) == 0 &&
        bind_identity(j, st, err) == 0 &&
        db_bind_int(st, ":first", j->in->o->replace ? j->in->first : 0, err) ==
            0 &&
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

int job_is_same(struct job *j, struct err *err)
{
    int64_t bytes;
    int step = size_is_there(j, err);

    if (step <= 0)
        return step;
    if (sha256_file(j->file->path, ERR_INPUT, j->sha, &bytes, err) < 0)
        return -1;
    return job_is_there(j, err);
}

/* Earlier readings of the same file, and with --replace all of its source; not
 * those of the same command, whose files belong together. */
int job_supersede(struct job *j, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int rc = -1;

    if (db_prepare(j->in->db,
                   "UPDATE import SET superseded = 1 WHERE period = :period"
                   " AND client = :client AND import_id <> :id AND"
                   " NOT superseded AND"
                   " (" SAME_FILE " OR (import_id < :first AND"
                   "  source = :source))",
                   &st, err) == 0 &&
        bind_identity(j, st, err) == 0 &&
        db_bind_int(st, ":id", j->import_id, err) == 0 &&
        db_bind_int(st, ":first", j->in->o->replace ? j->in->first : 0, err) ==
            0 &&
        db_bind_text(st, ":source", j->source->id, err) == 0)
        rc = db_run(st, err);
    if (rc == 0 && sqlite3_changes(j->in->db) > 0) {
        j->out->state = INGEST_REPLACED;
        job_note(j, "takes the place of %d earlier",
                 sqlite3_changes(j->in->db));
    }
    sqlite3_finalize(st);
    return rc;
}

int job_store_columns(struct job *j, struct err *err)
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

int job_store_values(struct job *j, struct err *err)
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

int job_store_remarks(struct job *j, struct err *err)
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
                 {":format", job_format(j)},
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

int job_store_import(struct job *j, struct err *err)
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
