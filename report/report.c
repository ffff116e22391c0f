/*
 * report.c - from a judged period to a folder of files.
 *
 * All of it happens inside one read transaction, so that every file shows the
 * same state of the database.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "report/brand.h"
#include "report/html_load.h"
#include "report/leak.h"
#include "report/manifest.h"
#include "report/publish.h"
#include "report/query.h"
#include "report/redact.h"
#include "report/report.h"
#include "report/rows.h"
#include "report/slug.h"
#include "report/writer.h"

/* Page cache: findings are looked up in an order that is not that of the
 * store. */
#define CACHE_KIB 28672

static const char *const uses[] = {"monthly", "client", "migration"};

/* A report with the text it borrows. */
struct job {
    struct report report;
    struct leak *leak; /* names of all clients; NULL until a client's report */
    struct brand brand;
    struct strbuf slug, period, period_slug, client, before;
    struct strbuf failed; /* see struct report */
};

static void job_free(struct job *j)
{
    leak_free(j->leak);
    brand_free(&j->brand);
    strbuf_free(&j->slug);
    strbuf_free(&j->period);
    strbuf_free(&j->period_slug);
    strbuf_free(&j->client);
    strbuf_free(&j->before);
    strbuf_free(&j->failed);
}

void report_summary_free(struct report_summary *s)
{
    size_t i;

    for (i = 0; i < s->count; i++) {
        free(s->files[i].name);
        free(s->files[i].format);
    }
    free(s->files);
    free(s->dir);
    free(s->manifest);
    free(s->opener);
    free(s->failed);
    *s = (struct report_summary){0};
}

static int check_use(const char *use, struct err *err)
{
    size_t i;

    for (i = 0; use && i < COUNT_OF(uses); i++)
        if (strcmp(uses[i], use) == 0)
            return 0;
    if (!use)
        return 0;
    err_set(err, ERR_USAGE, "unknown use \"%s\"", use);
    return err_hint(err, "uses: monthly, client, migration");
}

int report_check(const struct report_options *o, struct err *err)
{
    if (check_use(o->use, err) < 0)
        return -1;
    if (o->client && o->each_client)
        return err_set(err, ERR_USAGE,
                       "--client and --each-client exclude each other");
    if (redact_bits(o->redact, err) < 0)
        return -1;
    if (o->redact_key && !o->redact) {
        err_set(err, ERR_USAGE, "--redact-key hides nothing without --redact");
        return err_hint(err, "add --redact users,serials,hostnames");
    }
    if (html_folder(o->templates, err) < 0)
        return -1;
    return writer_check_list(o->formats, err);
}

/* One text value bound as :value, or the first row without it. */
static int find_period(sqlite3 *db, const char *label, struct job *j,
                       struct err *err)
{
    const char *sql = label ? "SELECT period_id, period, as_of FROM run"
                              " WHERE period = :value"
                            : "SELECT period_id, period, as_of FROM run"
                              " ORDER BY period DESC LIMIT 1";
    sqlite3_stmt *st = NULL;
    int step;

    if (db_prepare(db, sql, &st, err) < 0)
        return -1;
    if (label && db_bind_text(st, ":value", label, err) < 0) {
        sqlite3_finalize(st);
        return -1;
    }
    step = db_step(st, err);
    if (step == 1) {
        j->report.period_id = sqlite3_column_int64(st, 0);
        strbuf_adds(&j->period, db_text(st, 1));
        j->report.as_of = sqlite3_column_int64(st, 2);
    }
    sqlite3_finalize(st);
    if (step == 0 && label)
        err_set(err, ERR_USAGE, "period \"%s\" has not been judged", label);
    else if (step == 0)
        err_set(err, ERR_USAGE, "nothing has been judged yet");
    if (step == 0)
        err_hint(err, "\"muster analyze\" judges what was ingested, \"muster "
                      "status\" lists the periods");
    return step == 1 ? 0 : -1;
}

static int find_before(sqlite3 *db, struct job *j, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step;

    if (db_prepare(db,
                   "SELECT period_id, period FROM run"
                   " WHERE period < (SELECT period FROM run"
                   "                  WHERE period_id = :period_id)"
                   " ORDER BY period DESC LIMIT 1",
                   &st, err) < 0)
        return -1;
    if (db_bind_int(st, ":period_id", j->report.period_id, err) < 0) {
        sqlite3_finalize(st);
        return -1;
    }
    step = db_step(st, err);
    if (step == 1) {
        j->report.before_id = sqlite3_column_int64(st, 0);
        strbuf_adds(&j->before, db_text(st, 1));
    }
    sqlite3_finalize(st);
    return step < 0 ? -1 : 0;
}

/*
 * The facts carry their as-of, and every Mac of the period's results must be
 * among them.
 */
int report_posture_is(sqlite3 *db, const char *period, bool *is,
                      struct err *err)
{
    static const char sql[] =
        "SELECT (SELECT count(*) FROM device_fact) = n.devices"
        "   AND NOT EXISTS (SELECT 1 FROM client_policy p"
        "                    WHERE p.as_of <> n.as_of)"
        "   AND NOT EXISTS (SELECT 1 FROM device_result r"
        "                    WHERE r.period_id = n.period_id"
        "                      AND r.device_id NOT IN"
        "                          (SELECT device_id FROM device_fact))"
        "  FROM run n"
        " WHERE n.period = coalesce(:period,"
        "                           (SELECT max(period) FROM run))";
    int64_t tables;
    sqlite3_stmt *st = NULL;
    int step = -1;

    *is = false;
    if (db_number(db,
                  "SELECT count(*) FROM sqlite_schema WHERE name IN"
                  " ('device_fact', 'client_policy', 'device_derived')",
                  0, &tables, err) < 0)
        return -1;
    if (tables < 3)
        return 0;
    if (db_prepare(db, sql, &st, err) < 0)
        return -1;
    if (!period || db_bind_text(st, ":period", period, err) == 0)
        step = db_step(st, err);
    if (step == 1)
        *is = sqlite3_column_int(st, 0) != 0;
    sqlite3_finalize(st);
    return step < 0 ? -1 : 0;
}

/* The clients of a period with their slugs, in order of their names. */
struct client {
    int64_t id;
    char *name, *slug;
};

struct clients {
    struct client *items;
    size_t count;
};

static void clients_free(struct clients *c)
{
    size_t i;

    for (i = 0; i < c->count; i++) {
        free(c->items[i].name);
        free(c->items[i].slug);
    }
    free(c->items);
}

static int add_client(struct clients *c, int64_t id, const char *name,
                      struct err *err)
{
    struct client *p = realloc(c->items, (c->count + 1) * sizeof(*p));
    struct strbuf slug = {0};

    if (!p)
        return err_nomem(err);
    c->items = p;
    p += c->count++;
    p->id = id;
    p->name = strdup(name);
    slug_client(&slug, name);
    p->slug = strbuf_detach(&slug);
    return p->name && p->slug ? 0 : err_nomem(err);
}

static int load_clients(sqlite3 *db, int64_t period_id, struct clients *c,
                        struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step;

    if (db_prepare(db,
                   "SELECT client_id, name FROM client"
                   " WHERE client_id IN (SELECT client_id FROM device_result"
                   "                      WHERE period_id = :period_id)"
                   " ORDER BY name",
                   &st, err) < 0)
        return -1;
    if (db_bind_int(st, ":period_id", period_id, err) < 0) {
        sqlite3_finalize(st);
        return -1;
    }
    while ((step = db_step(st, err)) == 1)
        if (add_client(c, sqlite3_column_int64(st, 0), db_text(st, 1), err) <
            0) {
            step = -1;
            break;
        }
    sqlite3_finalize(st);
    return step;
}

/* Two names that make one slug would overwrite each other's reports. */
static int check_slug(const struct clients *c, size_t which, struct err *err)
{
    size_t i;

    for (i = 0; i < c->count; i++) {
        if (i == which || strcmp(c->items[i].slug, c->items[which].slug) != 0)
            continue;
        err_set(err, ERR_OUTPUT,
                "clients \"%s\" and \"%s\" would both be called %s in file "
                "names",
                c->items[which].name, c->items[i].name, c->items[i].slug);
        return err_hint(err, "rename one of them in the exports or by an alias "
                             "in muster.conf");
    }
    return 0;
}

static int unknown_client(const struct clients *c, const char *name,
                          struct err *err)
{
    const char **names = calloc(c->count + 1, sizeof(*names)), *near;
    size_t i;

    err_set(err, ERR_USAGE, "client \"%s\" has no Mac in this period", name);
    for (i = 0; names && i < c->count; i++)
        names[i] = c->items[i].name;
    near = names ? text_nearest(name, names, c->count) : NULL;
    if (near)
        err_hint(err, "did you mean \"%s\"?", near);
    else
        err_hint(err, "\"muster clients list\" names those there are");
    free(names);
    return -1;
}

static int find_client(const struct clients *c, const char *name, size_t *which,
                       struct err *err)
{
    size_t i;

    for (i = 0; i < c->count; i++)
        if (strcmp(c->items[i].name, name) == 0)
            break;
    if (i == c->count) /* as typed in a hurry */
        for (i = 0; i < c->count; i++)
            if (ascii_casecmp(c->items[i].name, name) == 0)
                break;
    if (i == c->count)
        return unknown_client(c, name, err);
    *which = i;
    return check_slug(c, i, err);
}

/* Point the report at the text of its job. */
static int job_ready(struct job *j, const struct client *client,
                     struct err *err)
{
    struct report *r = &j->report;

    strbuf_reset(&j->client);
    strbuf_reset(&j->slug);
    strbuf_reset(&j->period_slug);
    strbuf_adds(&j->client, client ? client->name : "fleet");
    strbuf_adds(&j->slug, client ? client->slug : "fleet");
    text_slug(&j->period_slug, strbuf_str(&j->period));
    if (!strbuf_ok(&j->client) || !strbuf_ok(&j->slug) ||
        !strbuf_ok(&j->period) || !strbuf_ok(&j->period_slug) ||
        !strbuf_ok(&j->before))
        return err_nomem(err);
    r->client_id = client ? client->id : 0;
    r->client = strbuf_str(&j->client);
    r->slug = strbuf_str(&j->slug);
    r->period = strbuf_str(&j->period);
    r->period_slug = strbuf_str(&j->period_slug);
    r->before = strbuf_str(&j->before);
    r->brand = &j->brand;
    brand_free(&j->brand);
    return brand_load(r->options->config, client ? client->name : NULL,
                      &j->brand, err);
}

static void file_name(const struct report *r, const struct writer *w,
                      struct strbuf *out)
{
    strbuf_addf(out, "%s-%s-%s%s%s.%s", r->slug, r->use, r->period_slug,
                w->subject[0] ? "-" : "", w->subject, w->ext);
}

/* Write one file aside and check it. */
static int write_file(const struct report *r, const struct writer *w,
                      struct publish *p, struct err *err)
{
    struct strbuf name = {0};
    struct output out;
    int rc = -1;

    file_name(r, w, &name);
    if (!strbuf_ok(&name))
        err_nomem(err);
    else if (publish_begin(p, strbuf_str(&name), &out, err) == 0) {
        setvbuf(out.file, NULL, _IOFBF, 65536);
        rc = w->write(r, w, &out, err);
        if (rc == 0)
            rc = publish_end(p, w, &out, err);
        else if (out.file)
            fclose(out.file);
    }
    strbuf_free(&name);
    return rc;
}

static int write_manifest(const struct report *r, struct publish *p,
                          const char *dir, const char *proof, struct err *err)
{
    struct strbuf name = {0};
    struct output out;
    int rc = -1;

    manifest_name(r, &name);
    if (!strbuf_ok(&name))
        err_nomem(err);
    else if (publish_begin(p, strbuf_str(&name), &out, err) == 0) {
        rc = manifest_write(r, p, dir, proof, &out, err);
        if (rc == 0)
            rc = publish_end(p, NULL, &out, err);
        else
            fclose(out.file);
    }
    strbuf_free(&name);
    return rc;
}

static int keep_text(char **to, const char *dir, const char *name)
{
    struct strbuf b = {0};

    strbuf_addf(&b, "%s/%s", dir, name);
    free(*to);
    *to = strbuf_detach(&b);
    return *to ? 0 : -1;
}

/* Add what was written; "below" is the folder under the summary's own. */
static int summarize(struct report_summary *s, const struct publish *p,
                     const char *dir, const char *below, struct err *err)
{
    size_t i, n = publish_count(p);
    struct report_file *f =
        realloc(s->files, (s->count + n) * sizeof(*s->files));

    if (!f)
        return err_nomem(err);
    s->files = f;
    for (i = 0; i < n; i++) {
        const struct published *d = publish_file(p, i);
        struct strbuf name = {0};

        if (!d->writer) { /* the manifest */
            if (keep_text(&s->manifest, dir, d->name) < 0)
                return err_nomem(err);
            continue;
        }
        strbuf_addf(&name, "%s%s%s", below, below[0] ? "/" : "", d->name);
        f = &s->files[s->count++];
        f->name = strbuf_detach(&name);
        f->format = strdup(d->writer->format);
        f->rows = d->rows;
        f->bytes = d->bytes;
        s->guarded += d->guarded;
        s->cut += d->cut;
        if (!f->name || !f->format)
            return err_nomem(err);
        if ((!s->opener || (!below[0] && !d->writer->subject[0] &&
                            strcmp(d->writer->format, "html") == 0)) &&
            keep_text(&s->opener, dir, d->name) < 0)
            return err_nomem(err);
    }
    return 0;
}

/* The proof that goes into a client's manifest, or the refusal. */
static int prove(struct job *j, const struct publish *p, struct strbuf *proof,
                 struct err *err)
{
    if (!j->report.client_id && !j->report.options->redact)
        return 0;
    if (!j->leak)
        j->leak = leak_new(&j->report, err);
    return j->leak ? leak_search(j->leak, &j->report, p, proof, err) : -1;
}

static bool wanted(const struct report *r, const struct writer *w)
{
    if (w->portfolio && (r->client_id || !r->options->each_client))
        return false;
    return writer_wanted(r->options->formats, w->format);
}

static int write_files(struct job *j, struct publish *p, const char *dir,
                       struct err *err)
{
    const struct report *r = &j->report;
    struct strbuf proof = {0};
    size_t i;
    int rc = report_prepare(r, err);

    for (i = 0; rc == 0 && i < writer_count; i++)
        if (wanted(r, &writers[i]))
            rc = write_file(r, &writers[i], p, err);
    if (rc == 0)
        rc = prove(j, p, &proof, err);
    if (rc == 0)
        rc = write_manifest(r, p, dir, proof.data, err);
    if (rc == 0 && proof.data)
        rc = leak_search_last(j->leak, r, p, err);
    strbuf_free(&proof);
    return rc == 0 ? publish_commit(p, err) : -1;
}

/* With pseudonyms where they are asked for. */
static int write_all(struct job *j, struct publish *p, const char *dir,
                     struct err *err)
{
    struct redact *redact = NULL;
    int rc = -1;

    if (j->report.options->redact && !j->leak)
        j->leak = leak_new(&j->report, err);
    if (j->report.options->redact && j->leak)
        redact = redact_begin(&j->report, j->leak, err);
    if (redact || !j->report.options->redact)
        rc = write_files(j, p, dir, err);
    redact_end(redact);
    return rc;
}

/* One report into one folder. */
static int write_one(struct job *j, const char *dir, const char *below,
                     struct report_summary *s, struct err *err)
{
    struct publish *p = publish_open(dir, j->report.options->force, err);
    int rc = -1;

    if (!p)
        return -1;
    j->report.cache = report_cache_new();
    rc = write_all(j, p, dir, err);
    if (rc == 0)
        rc = summarize(s, p, dir, below, err);
    report_cache_free(j->report.cache);
    j->report.cache = NULL;
    publish_close(p);
    return rc;
}

/* A client whose report fails is named, and the others go on. */
static int note_failure(struct report_summary *s, const char *client,
                        const struct err *cause, struct err *err)
{
    struct strbuf b = {0};

    strbuf_addf(&b, "%s%s%s: %s", s->failed ? s->failed : "",
                s->failed ? "; " : "", client, cause->file);
    if (cause->line > 0)
        strbuf_addf(&b, ":%ld", (long)cause->line);
    strbuf_addf(&b, "%s%s", cause->file[0] ? ": " : "", cause->text);
    free(s->failed);
    s->failed = strbuf_detach(&b);
    if (!s->failed_code)
        s->failed_code = cause->code;
    return s->failed ? 0 : err_nomem(err);
}

static int write_client(struct job *j, const struct clients *c, size_t i,
                        const char *dir, struct report_summary *s,
                        struct err *err)
{
    const struct client *client = &c->items[i];
    struct err cause = {0};
    struct strbuf path = {0};
    int rc = -1;

    strbuf_addf(&path, "%s/%s", dir, client->slug);
    if (!strbuf_ok(&path))
        err_nomem(&cause);
    else if (check_slug(c, i, &cause) == 0 && job_ready(j, client, &cause) == 0)
        rc = write_one(j, strbuf_str(&path), client->slug, s, &cause);
    strbuf_free(&path);
    if (rc == 0)
        s->clients++;
    else
        strbuf_add(&j->failed, client->name, strlen(client->name) + 1);
    return rc == 0 ? 0 : note_failure(s, client->name, &cause, err);
}

static int write_each(struct job *j, const struct clients *c, const char *dir,
                      struct report_summary *s, struct err *err)
{
    size_t i;

    for (i = 0; i < c->count; i++)
        if (write_client(j, c, i, dir, s, err) < 0)
            return -1;
    return 0;
}

static int write_job(struct job *j, const struct report_options *o,
                     struct report_summary *s, struct err *err)
{
    struct clients c = {0};
    size_t which = 0;
    int rc = -1;

    if (find_period(j->report.db, o->period, j, err) < 0 ||
        find_before(j->report.db, j, err) < 0 ||
        load_clients(j->report.db, j->report.period_id, &c, err) < 0 ||
        (o->client && find_client(&c, o->client, &which, err) < 0))
        goto out;
    if (o->each_client && write_each(j, &c, o->dir, s, err) < 0)
        goto out;
    if (!strbuf_ok(&j->failed)) {
        err_nomem(err);
        goto out;
    }
    j->report.failed = &j->failed;
    if (job_ready(j, o->client ? &c.items[which] : NULL, err) == 0)
        rc = write_one(j, o->dir, "", s, err);
out:
    clients_free(&c);
    return rc;
}

static struct report_options defaults(const struct report_options *o)
{
    struct report_options d = *o;

    d.dir = o->dir ? o->dir : "reports";
    d.use = o->use ? o->use : uses[0];
    d.version = o->version ? o->version : MUSTER_VERSION;
    return d;
}

int report_write(sqlite3 *db, const struct report_options *o,
                 struct report_summary *out, struct err *err)
{
    struct report_options d = defaults(o);
    struct job j = {.report = {.db = db, .use = d.use, .options = &d}};
    bool own = sqlite3_get_autocommit(db) != 0;
    int rc = -1;

    out->dir = strdup(d.dir);
    if (!out->dir)
        return err_nomem(err);
    if (report_check(&d, err) < 0)
        return -1;
    if (db_cache(db, CACHE_KIB, err) == 0 &&
        (!own || db_script(db, "BEGIN", err) == 0))
        rc = write_job(&j, &d, out, err);
    if (own) /* nothing but TEMP tables was written */
        db_rollback(db);
    job_free(&j);
    return rc;
}
