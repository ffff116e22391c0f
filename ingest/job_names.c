/*
 * job_names.c - files whose records give names to ids that other files hold.
 */
#include "core/base.h"

#include "core/db.h"
#include "ingest/job.h"
#include "ingest/json_reader.h"
#include "ingest/secrets.h"

#define NAME_LONG 400

/* The text or whole number of the first of some keys; NULL where none. */
static const char *text_of(const json_t *o, char *const *keys, size_t count,
                           char number[32])
{
    size_t i;

    for (i = 0; i < count; i++) {
        const json_t *v = json_object_get(o, keys[i]);

        if (json_is_string(v) && json_string_length(v) > 0 &&
            json_string_length(v) <= NAME_LONG)
            return json_string_value(v);
        if (json_is_integer(v)) {
            snprintf(number, 32, "%lld", (long long)json_integer_value(v));
            return number;
        }
    }
    return NULL;
}

static int store_name(struct job *j, sqlite3_stmt *st, const json_t *o,
                      int64_t line, struct err *err)
{
    const struct naming *n = j->source->naming;
    char numbers[3][32];
    const char *id = text_of(o, n->ids, n->id_count, numbers[0]);
    const char *name = text_of(o, n->names, n->name_count, numbers[1]);
    const char *parent = text_of(o, n->parents, n->parent_count, numbers[2]);

    if (!id || !name)
        return load_reject(j->load, line, 0,
                           id ? "has no name" : "has no id to give a name to",
                           err);
    if (secret_shape(id, strlen(id)) || secret_shape(name, strlen(name)))
        return load_reject(j->load, line, 0, "is no name but a secret", err);
    sqlite3_bind_int64(st, 1, j->import_id);
    sqlite3_bind_text(st, 2, n->kind, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 3, id, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 4, name, -1, SQLITE_STATIC);
    sqlite3_bind_text(st, 5, parent ? parent : "", -1, SQLITE_STATIC);
    load_elsewhere(j->load);
    return db_run(st, err);
}

static int read_names(struct job *j, struct json_reader *r, sqlite3_stmt *st,
                      struct err *err)
{
    json_t *record = NULL;
    int64_t line;
    int step, rc;

    while ((step = json_next(r, &record, &line, err)) > 0) {
        rc = step == JSON_OTHER
                 ? load_reject(j->load, line, 0, "expected an object", err)
                 : store_name(j, st, record, line, err);
        json_decref(record);
        if (rc < 0 || job_tick(j, err) < 0)
            return -1;
    }
    if (step == JSON_END)
        job_pages(j, json_envelope(r));
    return step;
}

/* Files that hold such ids and were read before they had names. */
static int remark_late(struct job *j, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int64_t files = 0;
    size_t i;
    int rc = 0;

    for (i = 0; rc == 0 && i < j->in->registry.count; i++) {
        const struct source *s = j->in->registry.items[i];

        if (!source_uses_names(s, j->source->naming->kind))
            continue;
        rc = db_prepare(j->in->db,
                        "SELECT count(*) FROM import WHERE source = :source"
                        " AND period = :period AND superseded = 0",
                        &st, err);
        if (rc == 0)
            rc = db_bind_text(st, ":source", s->id, err);
        if (rc == 0)
            rc = db_bind_text(st, ":period", j->in->o->period, err);
        if (rc == 0 && (rc = db_step(st, err)) == 1) {
            files += sqlite3_column_int64(st, 0);
            rc = 0;
        }
        sqlite3_finalize(st);
        st = NULL;
    }
    if (files)
        job_remark(j,
                   "%lld %s read before these names were known: read %s again",
                   (long long)files, files == 1 ? "file was" : "files were",
                   files == 1 ? "it" : "them");
    return rc;
}

int job_load_names(struct job *j, struct err *err)
{
    struct json_reader *r = json_open(j->input, j->path, true, err);
    sqlite3_stmt *st = NULL;
    int rc = -1;

    if (r && db_prepare(j->in->db,
                        "INSERT INTO name_row VALUES (?1, ?2, ?3, ?4, ?5)", &st,
                        err) == 0)
        rc = read_names(j, r, st, err);
    sqlite3_finalize(st);
    json_close(r);
    if (rc == 0) {
        job_note(j, "names of ids");
        rc = remark_late(j, err);
    }
    return rc;
}
