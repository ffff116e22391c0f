/*
 * job_json.c - the records of a JSON file.
 */
#include "core/base.h"

#include "ingest/job.h"
#include "ingest/json_cells.h"
#include "ingest/json_reader.h"

static bool bare_allowed(const struct source *s)
{
    size_t i;

    for (i = 0; i < s->record_count; i++)
        if (!*s->records[i])
            return true;
    return s->record_count == 0;
}

/* Rows that are kept until all of them are one record. */
#define TOGETHER_MOST 20000

static int keep_row(json_t *rows, json_t *row, const struct job *j,
                    int64_t line, struct err *err)
{
    if (json_array_size(rows) >= TOGETHER_MOST)
        return err_at(err, ERR_INPUT, j->file->name, (long)line, 0,
                      "more than %d rows of one Mac", TOGETHER_MOST);
    return json_array_append(rows, row) == 0 ? 0 : err_nomem(err);
}

/* All rows as one record: its columns are below "rows". */
static int load_together(struct job *j, struct json_cells *cells, json_t *rows,
                         int64_t line, struct err *err)
{
    json_t *record = json_pack("{s:O}", "rows", rows);
    int rc;

    if (!record)
        return err_nomem(err);
    rc = json_cells_map(cells, record, line, load_record(j->load), err);
    if (rc == 0)
        rc = load_store(j->load, err);
    json_decref(record);
    return rc;
}

/* A record, or a value that is none; "rows" where they are kept. */
static int take_record(struct job *j, struct json_cells *cells, int step,
                       json_t *record, int64_t line, json_t *rows,
                       struct err *err)
{
    int rc;

    if (step == JSON_OTHER)
        return load_reject(j->load, line, 0, "expected an object", err);
    if (rows)
        return keep_row(rows, record, j, line, err);
    rc = json_cells_map(cells, record, line, load_record(j->load), err);
    return rc < 0 ? -1 : load_store(j->load, err);
}

int job_load_json(struct job *j, struct err *err)
{
    struct json_reader *r =
        json_open(j->input, j->path, bare_allowed(j->source), err);
    struct json_cells *cells = NULL;
    json_t *record = NULL;
    json_t *rows = j->source->together ? json_array() : NULL;
    int64_t line;
    int step = -1;

    if (r) {
        json_on_document(r, job_page_ended, j);
        cells = json_cells_new(j->source, j->map, err);
    }
    if (!cells) {
        json_close(r);
        json_decref(rows);
        return -1;
    }
    while ((step = json_next(r, &record, &line, err)) > 0) {
        int rc = take_record(j, cells, step, record, line, rows, err);

        json_decref(record);
        if (rc < 0 || job_tick(j, err) < 0) {
            step = -1;
            break;
        }
    }
    if (step == JSON_END && json_array_size(rows) > 0)
        step = load_together(j, cells, rows, 1, err) < 0 ? -1 : JSON_END;
    if (step == JSON_END) {
        j->lines = json_is_lines(r);
        job_note(j, *j->path ? "records at %s" : "%s",
                 *j->path   ? j->path
                 : j->lines ? "one document after another"
                            : "one document");
        job_pages(j, r);
    }
    json_cells_free(cells);
    json_decref(rows);
    json_close(r);
    return step;
}
