/*
 * ingest.c - files into the store: the entry of the stage.
 */
#include "core/base.h"

#include "core/commands.h"
#include "core/db.h"
#include "core/text.h"
#include "core/when.h"
#include "ingest/job.h"
#include "ingest/json_reader.h"
#include "ingest/no_export.h"

#define LATEST_DAYS 31

static int interrupted(struct err *err)
{
    return err_set(err, ERR_FAIL, "interrupted; nothing of this file is kept");
}

int job_tick(struct job *j, struct err *err)
{
    struct load_counts c = load_counts(j->load);

    if (c.records % 1024 != 0)
        return 0;
    if (command_signal())
        return interrupted(err);
    progress_update(&j->progress, input_bytes(j->input), c.records, c.rejected);
    return 0;
}

static int add_remark(void *ctx, const char *text, struct err *err)
{
    (void)err;
    job_remark(ctx, "%s", text);
    return 0;
}

static int make_remarks(struct job *j, struct err *err)
{
    struct load_counts c = load_counts(j->load);
    struct strbuf same = {0};

    map_constants(j->map, j->source->accounts ? 21 : c.devices, &same);
    if (same.len && (j->source->accounts ? c.accounts : c.devices) > 20)
        job_remark(j, "the same for all of them: %s", strbuf_str(&same));
    strbuf_free(&same);
    if (c.by_uuid)
        job_remark(
            j,
            "%lld %s without a serial number: joined by hardware UUID to "
            "the Mac of a record that has both, in this or another "
            "file of the period",
            COUNTED(c.by_uuid, "record"));
    if (c.by_mdm_id)
        job_remark(j,
                   "%lld %s without a serial number: joined by the product's "
                   "own id to the Mac of a record that has both, in this or "
                   "another export of the same product",
                   COUNTED(c.by_mdm_id, "record"));
    if (j->cut_tail)
        job_remark(
            j, "the file does not end with a line end, so its last cell may "
               "be cut off: it was not read");
    if (j->cut_line)
        job_remark(
            j, "the file does not end with a line end, so its last line may "
               "be cut off: it was not read");
    return map_remarks(j->map, add_remark, j, err);
}

/* ------------------------------------------------------------------ a file */

/* Records that do not say which Mac they are of, in a file whose name could. */
static int hint_name(const struct job *j, struct err *err)
{
    const struct fact *t;
    size_t n;

    if (j->source->name_fact < 0 || *j->name_value)
        return -1;
    t = fact_table(j->source->accounts ? FACT_ACCOUNT : FACT_DEVICE, &n);
    return err_hint(err,
                    "where the records do not name the Mac, the file's name "
                    "must hold its %s",
                    strcmp(t[j->source->name_fact].name, "mdm_id") == 0
                        ? "id in the product (device-872292-users.json)"
                        : "serial number (C02EXAMPLE01.json)");
}

static int nothing_used(const struct job *j, struct err *err)
{
    struct load_counts c = load_counts(j->load);
    struct strbuf b = {0};

    if (c.left_out == 0)
        strbuf_adds(&b, ", 0 of other platforms");
    job_put_left_out(j, "", &b);
    err_at(err, ERR_INPUT, j->file->name, 0, 0,
           "no record could be used: %lld read, %lld rejected%s",
           (long long)c.records, (long long)c.rejected, strbuf_str(&b));
    strbuf_free(&b);
    return c.rejected > 0 ? hint_name(j, err) : -1;
}

static int too_many_rejects(struct job *j, struct err *err)
{
    const struct ingest_options *o = j->in->o;
    struct load_counts c = load_counts(j->load);
    bool above;

    if (c.accepted == 0 && j->source->work && c.rejected == 0)
        return 0; /* nobody wrote anything yet */
    if (c.accepted == 0)
        return nothing_used(j, err);
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
    size_t n;
    const char *head = input_head(j->input, &n);
    struct map_options mo = {
        .file = j->file->name,
        .dates = when_order_of(head, n),
        .latest = j->in->o->as_of
                      ? j->in->o->as_of + (int64_t)LATEST_DAYS * WHEN_DAY
                      : 0,
        .map = j->in->o->map,
        .map_count = j->in->o->map_count,
        .keep = j->in->o->keep,
        .keep_count = j->in->o->keep_count,
        .name_value = j->name_value[0] ? j->name_value : NULL,
        .names = j->in->names};

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
    load_on_reject(j->load, job_reject, j);
    job_note(j, "%s", input_encoding(j->input));
    if (j->source->naming)
        return job_load_names(j, err);
    if (j->source->work)
        return job_load_work(j, err);
    if (j->whole)
        return job_load_whole(j, err);
    return j->format == FORMAT_CSV ? job_load_csv(j, err)
                                   : job_load_json(j, err);
}

/* Inside the transaction: 1 where the file turned out to be there already. */
static int load_file(struct job *j, struct err *err)
{
    int there;

    if (read_serials(j->in, err) < 0)
        return -1;
    there = job_is_same(j, err);
    if (there != 0)
        return there;
    /* a Mac's row in an export has 200 bytes and more */
    if (serials_expect(j->in->serials, input_size(j->input) / 200, err) < 0)
        return -1;
    if (read_records(j, err) < 0 || too_many_rejects(j, err) < 0)
        return -1;
    input_digest(j->input, j->sha);
    there = job_is_there(j, err);
    if (there != 0)
        return there;
    map_finish(j->map);
    if (make_remarks(j, err) < 0 || job_supersede(j, err) < 0 ||
        job_store_import(j, err) < 0 || job_store_columns(j, err) < 0 ||
        job_store_values(j, err) < 0 || job_store_remarks(j, err) < 0 ||
        job_settle_pages(j, err) < 0)
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
        job_summary_same(j);
    else if (rc == 0)
        job_summary(j);
    if (rc == 0 && !j->in->o->dry_run)
        rc = db_commit(j->in->db, err);
    db_rollback(j->in->db); /* no-op after a commit */
    if (j->in->o->dry_run || rc != 0)
        if (serials_forget(j->in->serials, err) < 0)
            rc = -1;
    return rc < 0 ? -1 : 0;
}

/* Names of ids, again after a file that gives some. */
static int read_names(struct ingest *in, struct err *err)
{
    if (!in->names)
        in->names = id_names_read(in->db, in->o->period, err);
    return in->names ? 0 : -1;
}

static void forget_names(struct ingest *in)
{
    id_names_free(in->names);
    in->names = NULL;
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
    if (no_export(j->input, j->file->name, err) < 0)
        return -1;
    j->format = job_guess_format(j->input);
    if (job_find_source(j, err) < 0 || read_names(j->in, err) < 0)
        return -1;
    j->out->source = strdup(j->source->id);
    job_digest(j);
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
    if (j.source && j.source->naming)
        forget_names(in);
    csv_close(j.csv);
    json_decref(j.whole);
    load_free(j.load);
    map_free(j.map);
    input_close(j.input);
    free(j.cells);
    free(j.wanted);
    strbuf_free(&j.notes);
    strbuf_free(&j.plain);
    strbuf_free(&j.remarks);
    return rc;
}

/* --------------------------------------------------------------- a command */

/* A mapping of names fits, and none fits better. */
static bool names_fit(const struct registry *r, const struct signature *sig,
                      const char *file)
{
    const struct source *best;
    struct err ignored = {0};
    size_t i;

    for (i = 0; i < r->count; i++)
        if (r->items[i]->naming && source_fit(r->items[i], sig) > 0)
            break;
    if (i == r->count)
        return false;
    best = registry_detect(r, sig, file, &ignored);
    return best && best->naming;
}

bool ingest_gives_names(struct ingest *in, const struct operand *file)
{
    struct signature sig = {0};
    struct err ignored = {0};
    struct input *input;
    const char *head;
    bool fits = false;
    size_t n;

    if (in->o->source || strcmp(file->path, "-") == 0)
        return false;
    input = input_open(file->path, file->name, in->o->encoding, &ignored);
    if (input && job_guess_format(input) == FORMAT_JSON) {
        head = input_head(input, &n);
        json_signature(head, n, &sig);
        fits = names_fit(&in->registry, &sig, file->name);
    }
    signature_free(&sig);
    input_close(input);
    return fits;
}

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
        own_source(in, err) == 0 &&
        feed_register(db, "feed", &in->slot, err) == 0 &&
        db_script(db, "PRAGMA secure_delete=OFF", err) == 0 &&
        db_cache(db, 2048, err) == 0 &&
        db_number(db, "SELECT max(import_id) + 1 FROM import", 1, &in->first,
                  err) == 0)
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
    id_names_free(in->names);
    free(in);
}
