/*
 * verify.c - what was written, read again and compared: with its manifest,
 * with its other formats, and with the database.
 *
 * Where the database still holds the facts of the period and this is the
 * version that wrote the report, every file is made again and must give the
 * same bytes (pages and workbooks where they would look the same: look.h);
 * otherwise rows are counted against the judged results.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/resource.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "report/brand.h"
#include "report/look.h"
#include "report/json.h"
#include "report/manifest.h"
#include "report/query.h"
#include "report/rows.h"
#include "report/report.h"
#include "report/sink.h"
#include "report/slug.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

struct verify {
    sqlite3 *db; /* NULL: files only */
    FILE *out;
    struct report_verify *how;
    int64_t files, differences;
};

/* Names of files may be no UTF-8, and texts be cut within a character. */
static void list_difference(json_t *list, const char *name, const char *text)
{
    struct strbuf file = {0}, what = {0};

    if (list) {
        text_escape(&file, name, strlen(name));
        text_escape(&what, text, strlen(text));
        json_array_append_new(list,
                              json_pack("{s:s, s:s}", "file", strbuf_str(&file),
                                        "difference", strbuf_str(&what)));
    }
    strbuf_free(&file);
    strbuf_free(&what);
}

PRINTF_LIKE(3, 4)
static void differs(struct verify *v, const char *name, const char *fmt, ...)
{
    char text[512] = "";
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    v->differences++;
    list_difference(v->how->list, name, text);
    if (!v->out)
        return;
    text_print_safe(name, v->out);
    fputs(": ", v->out);
    text_print_safe(text, v->out);
    fputc('\n', v->out);
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *s = json_string_value(json_object_get(object, key));

    return s ? s : "";
}

static int64_t rows_of(const json_t *item)
{
    const json_t *rows = json_object_get(item, "rows");

    return json_is_integer(rows) ? (int64_t)json_integer_value(rows) : -1;
}

static const struct writer *writer_of(const json_t *item)
{
    const char *format = text_of(item, "format");
    const char *subject = text_of(item, "subject");
    size_t i;

    for (i = 0; i < writer_count; i++)
        if (strcmp(writers[i].format, format) == 0 &&
            strcmp(writers[i].subject, subject) == 0)
            return &writers[i];
    return NULL;
}

/* Bytes and digest; false where there is nothing more to compare. */
static bool check_bytes(struct verify *v, const char *path, const char *name,
                        const json_t *item)
{
    char hex[SHA256_HEX];
    struct err cause = {0};
    int64_t bytes;

    v->files++;
    if (sha256_file(path, ERR_OUTPUT, hex, &bytes, &cause) < 0) {
        differs(v, name, "%s", cause.text);
        return false;
    }
    if (strcmp(hex, text_of(item, "sha256")) != 0)
        differs(v, name,
                "was changed after it was written (%lld bytes, its "
                "manifest says %lld)",
                (long long)bytes,
                (long long)json_integer_value(json_object_get(item, "bytes")));
    return true;
}

/* The counts that the file gives when it is read, against the manifest's. */
static void check_counts(struct verify *v, const char *path, const char *name,
                         const json_t *item, const struct writer *w)
{
    struct output found = {.rows = -1};
    json_t *detail = json_object_get(item, "detail"), *seen;
    struct err cause = {0};

    if (!w->recount)
        return;
    if (w->recount(path, &found, &cause) < 0) {
        differs(v, name, "%s", cause.text);
        return;
    }
    if (found.rows != rows_of(item))
        differs(v, name, "holds %lld rows, its manifest says %lld",
                (long long)found.rows, (long long)rows_of(item));
    seen = found.detail[0] ? json_loads(found.detail, 0, NULL) : NULL;
    if ((detail || seen) && !json_equal(detail, seen))
        differs(v, name,
                "the counts of its parts are not those of its "
                "manifest");
    json_decref(seen);
}

/* ------------------------------------------------------------- database -- */

/* The report that a manifest speaks of, found again in the database. */
struct found {
    struct report report;
    struct report_options options;
    struct brand brand;
    bool there;   /* the period and the client are there */
    bool current; /* and the merged facts are those of the period */
    bool remake;  /* and the same bytes can be made again */
    bool looks;   /* of pages and workbooks too */
    struct strbuf slug, period_slug;
};

static int64_t lookup(sqlite3 *db, const char *sql, const char *value)
{
    struct err ignored = {0};
    sqlite3_stmt *st = NULL;
    int64_t n = -1;

    if (db_prepare(db, sql, &st, &ignored) == 0 &&
        db_bind_text(st, ":value", value, &ignored) == 0 &&
        db_step(st, &ignored) == 1)
        n = sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return n;
}

/* As it was written; brand_load() may say that a picture is gone. */
static void find_look(struct found *f, const struct report_verify *how,
                      const json_t *m)
{
    struct report *r = &f->report;
    struct err ignored = {0};
    char hex[SHA256_HEX];

    brand_free(&f->brand);
    if (brand_load(how->config, r->client_id ? r->client : NULL, &f->brand,
                   &ignored) == 0 &&
        look_digest(r, hex, &ignored) == 0)
        f->looks = strcmp(hex, text_of(m, "look_digest")) == 0;
    if (f->looks)
        return;
    brand_free(&f->brand);
    f->brand = brand_plain;
    f->brand.white_label = json_is_true(json_object_get(m, "white_label"));
}

static void fill_report(struct found *f, sqlite3 *db,
                        const struct report_verify *how, const json_t *m)
{
    struct report *r = &f->report;
    const json_t *csv = json_object_get(m, "csv");

    f->options.csv_raw = json_is_true(json_object_get(csv, "raw"));
    f->options.csv_bom = json_is_true(json_object_get(csv, "bom"));
    f->options.new_only = json_is_true(json_object_get(m, "new_only"));
    f->options.version = text_of(m, "version");
    f->options.config = how->config;
    f->options.templates = how->templates;
    r->brand = &f->brand;
    r->options = &f->options;
    r->db = db;
    r->client = text_of(m, "client");
    r->use = text_of(m, "use");
    r->period = text_of(m, "period");
    slug_client(&f->slug, r->client);
    text_slug(&f->period_slug, r->period);
    r->period_slug = strbuf_str(&f->period_slug);
    r->before = text_of(m, "before");
    r->period_id = lookup(db, "SELECT period_id FROM run WHERE period = :value",
                          r->period);
    r->as_of =
        lookup(db, "SELECT as_of FROM run WHERE period = :value", r->period);
    r->before_id = lookup(db,
                          "SELECT period_id FROM run WHERE period < :value"
                          " ORDER BY period DESC LIMIT 1",
                          r->period);
    if (r->before_id < 0)
        r->before_id = 0;
    if (strcmp(text_of(m, "scope"), "client") == 0)
        r->client_id = lookup(
            db, "SELECT client_id FROM client WHERE name = :value", r->client);
    r->slug = r->client_id ? strbuf_str(&f->slug) : "fleet";
    find_look(f, how, m);
}

static void find_report(struct verify *v, struct found *f, const char *name,
                        const json_t *m)
{
    struct err cause = {0};
    char run[17];

    fill_report(f, v->db, v->how, m);
    if (f->report.period_id < 0 || f->report.client_id < 0) {
        differs(v, name, "the database has no such %s",
                f->report.period_id < 0 ? "period" : "client");
        return;
    }
    if (manifest_run_id(&f->report, run, &cause) < 0 ||
        report_posture_is(v->db, f->report.period, &f->current, &cause) < 0 ||
        report_prepare(&f->report, &cause) < 0) {
        differs(v, name, "%s", cause.text);
        return;
    }
    if (strcmp(run, text_of(m, "run")) != 0) {
        differs(v, name, "period %s was judged again since", f->report.period);
        return;
    }
    f->there = true;
    f->remake = f->current && !json_object_get(m, "redacted") &&
                strcmp(f->options.version, MUSTER_VERSION) == 0;
}

/* A workbook is made by a library, under a name in a folder. */
static int make_again(const struct report *r, const struct writer *w,
                      struct output *out, struct err *err)
{
    out->file = fopen(out->path, "w+b");
    if (!out->file)
        return err_errno(err, ERR_OUTPUT, out->path, "cannot create");
    if (w->write(r, w, out, err) < 0)
        return -1;
    return fflush(out->file) == 0
               ? 0
               : err_errno(err, ERR_OUTPUT, out->path, "cannot write");
}

/* Make it again, in a folder of nobody else's, and compare digests. */
static void remake(struct verify *v, struct found *f, const char *name,
                   const json_t *item, const struct writer *w)
{
    const char *tmp = getenv("TMPDIR");
    struct output out = {.rows = -1};
    char dir[PATH_MAX], path[PATH_MAX + 16], hex[SHA256_HEX];
    struct err cause = {0};
    int64_t bytes;

    snprintf(dir, sizeof(dir), "%s/muster-verify.XXXXXX",
             tmp && tmp[0] ? tmp : "/tmp");
    if (!mkdtemp(dir)) {
        differs(v, name, "cannot be made again: %s", strerror(errno));
        return;
    }
    snprintf(path, sizeof(path), "%s/.again.tmp", dir);
    out.path = path;
    if (make_again(&f->report, w, &out, &cause) < 0 ||
        sha256_file(path, ERR_OUTPUT, hex, &bytes, &cause) < 0)
        differs(v, name, "cannot be made again: %s", cause.text);
    else if (strcmp(hex, text_of(item, "sha256")) != 0)
        differs(v, name, "is not what the database gives");
    if (out.file)
        fclose(out.file);
    unlink(path);
    rmdir(dir);
}

/* Rows of a query, by walking it. */
static int64_t count_rows(const struct report *r, const char *query,
                          struct err *err)
{
    struct rows *rows = rows_open(r, query, err);
    int64_t n = 0;
    int step = -1;

    while (rows && (step = rows_next(rows, err)) == 1)
        n++;
    rows_close(rows);
    return step < 0 ? -1 : n;
}

/* Does a query read the merged facts, which are those of one period alone? */
static bool reads_posture(const char *query)
{
    char path[96];
    const char *text;

    snprintf(path, sizeof(path), "report/queries/%s.sql", query);
    text = resource_text(path);
    return text && strstr(text, "_posture") != NULL;
}

static void count_against(struct verify *v, const struct found *f,
                          const char *name, const char *query, int64_t rows)
{
    struct err cause = {0};
    int64_t n;

    if (!f->current && reads_posture(query))
        return;
    n = count_rows(&f->report, query, &cause);
    if (n < 0)
        differs(v, name, "%s", cause.text);
    else if (n != rows)
        differs(v, name, "has %lld rows of %s, the database %lld",
                (long long)rows, query, (long long)n);
}

/* Sheets and blocks of data, and the queries they come from. */
static const struct {
    const char *format, *part, *query;
    int header; /* rows that are no data */
} parts[] = {
    {"xlsx", "Findings", "findings", 1},      {"xlsx", "Devices", "devices", 1},
    {"xlsx", "Accounts", "accounts", 1},      {"xlsx", "Rules", "rules", 1},
    {"xlsx", "Remedies", "remedies", 1},      {"xlsx", "Changes", "changes", 1},
    {"xlsx", "Accepted risks", "waivers", 1}, {"xlsx", "Clients", "clients", 1},
    {"html", "macs", "devices", 0},
};

/* Rows of a part and of those that continue it, "Findings (2)". */
static int64_t part_rows(json_t *detail, const char *part, int header)
{
    const char *key;
    int64_t n = -1;
    json_t *value;
    size_t len = strlen(part);

    json_object_foreach(detail, key, value)
    {
        if (strncmp(key, part, len) != 0 ||
            (key[len] && strncmp(key + len, " (", 2) != 0))
            continue;
        n = n < 0 ? 0 : n;
        n += (int64_t)json_integer_value(json_object_get(value, "rows")) -
             header;
    }
    return n;
}

static void check_parts(struct verify *v, const struct found *f,
                        const char *name, const json_t *item)
{
    json_t *detail = json_object_get(item, "detail");
    size_t i;

    for (i = 0; detail && i < COUNT_OF(parts); i++) {
        int64_t n;

        if (strcmp(parts[i].format, text_of(item, "format")) != 0)
            continue;
        n = part_rows(detail, parts[i].part, parts[i].header);
        if (n >= 0)
            count_against(v, f, name, parts[i].query, n);
    }
}

static void check_database(struct verify *v, struct found *f, const char *name,
                           const json_t *item, const struct writer *w)
{
    bool looks = strcmp(w->ext, "xlsx") == 0 || strcmp(w->ext, "html") == 0;

    if (!f->there)
        return;
    if (looks && !f->looks)
        v->how->unmade++;
    if (f->remake && (f->looks || !looks))
        remake(v, f, name, item, w);
    else if (w->query && rows_of(item) >= 0)
        count_against(v, f, name, w->query, rows_of(item));
    check_parts(v, f, name, item);
}

/* The list of inputs that the database gives now; NULL with *err. */
static json_t *inputs_now(const struct report *r, struct err *err)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    struct sink *s = out ? sink_open(out, err) : NULL;
    json_t *list = NULL;
    int rc = s ? json_rows(s, r, "inputs", err) : err_nomem(err);

    sink_close(s);
    if (out && fclose(out) == 0 && rc == 0)
        list = json_loadb(text, size, 0, NULL);
    free(text);
    if (!list)
        err_set(err, ERR_FAIL, "cannot list the inputs");
    return list;
}

/* What a manifest tells of the exports, and what it was compared with. */
static void check_head(struct verify *v, const struct found *f,
                       const char *name, const json_t *m)
{
    struct err cause = {0};
    const char *before = text_of(m, "before");
    json_t *now;

    if (!f->there)
        return;
    if (f->report.before_id != (before[0] ? lookup(v->db,
                                                   "SELECT period_id FROM run"
                                                   " WHERE period = :value",
                                                   before)
                                          : 0))
        differs(v, name, "\"%s\" is not the period before %s", before,
                f->report.period);
    if (json_object_get(m, "redacted"))
        return; /* files are called otherwise there */
    now = inputs_now(&f->report, &cause);
    if (!now)
        differs(v, name, "%s", cause.text);
    else if (!json_equal(now, json_object_get(m, "inputs")))
        differs(v, name, "tells of other exports than the database");
    json_decref(now);
}

/* ------------------------------------------------------------- manifest -- */

/* "was" is a file of an earlier run: only its bytes are compared. */
static void check_item(struct verify *v, struct found *f, const char *dir,
                       const json_t *item, bool was)
{
    const char *name = text_of(item, "name");
    const struct writer *w = writer_of(item);
    struct strbuf path = {0};

    strbuf_addf(&path, "%s/%s", dir, name);
    if (!name[0] || strchr(name, '/'))
        differs(v, dir, "a manifest names a file \"%s\"", name);
    else if (check_bytes(v, strbuf_str(&path), name, item) && !was) {
        if (w) {
            check_counts(v, strbuf_str(&path), name, item, w);
            if (v->db)
                check_database(v, f, name, item, w);
        }
    }
    strbuf_free(&path);
}

static void check_list(struct verify *v, struct found *f, const char *dir,
                       const json_t *list, bool was)
{
    size_t i;

    for (i = 0; i < json_array_size(list); i++)
        check_item(v, f, dir, json_array_get(list, i), was);
}

static void check_manifest(struct verify *v, const char *dir, const char *name)
{
    struct strbuf path = {0};
    struct found f = {.there = false};
    json_t *m;

    strbuf_addf(&path, "%s/%s", dir, name);
    m = manifest_read(strbuf_str(&path));
    v->files++;
    if (!m) {
        differs(v, name, "is no manifest that can be read");
    } else {
        if (v->db)
            find_report(v, &f, name, m);
        check_head(v, &f, name, m);
        check_list(v, &f, dir, json_object_get(m, "outputs"), false);
        check_list(v, &f, dir, json_object_get(m, "kept"), true);
    }
    brand_free(&f.brand);
    strbuf_free(&f.slug);
    strbuf_free(&f.period_slug);
    json_decref(m);
    strbuf_free(&path);
}

static int name_cmp(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static bool is_folder(const char *path)
{
    struct stat st;

    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Manifests of a folder, and of the folders of clients below it. */
static int check_folder(struct verify *v, const char *dir, int depth,
                        int64_t *manifests, struct err *err)
{
    struct dirent **list;
    int n = scandir(dir, &list, NULL, name_cmp), i;

    if (n < 0)
        return err_errno(err, ERR_INPUT, dir, "cannot read the folder");
    for (i = 0; i < n; i++) {
        const char *name = list[i]->d_name;
        struct strbuf path = {0};

        strbuf_addf(&path, "%s/%s", dir, name);
        if (manifest_is_name(name)) {
            check_manifest(v, dir, name);
            ++*manifests;
        } else if (depth == 0 && name[0] != '.' &&
                   is_folder(strbuf_str(&path))) {
            check_folder(v, strbuf_str(&path), 1, manifests, err);
        }
        strbuf_free(&path);
        free(list[i]);
    }
    free(list);
    return err->code == ERR_NONE ? 0 : -1;
}

int report_verify(sqlite3 *db, const char *dir, struct report_verify *how,
                  struct err *err)
{
    struct verify v = {.db = db, .out = how->out, .how = how};
    int64_t manifests = 0;
    int rc;

    if (db && db_script(db, "BEGIN", err) < 0)
        return -1;
    rc = check_folder(&v, dir, 0, &manifests, err);
    if (db)
        db_rollback(db);
    how->files = v.files;
    if (rc < 0)
        return -1;
    if (manifests == 0)
        return err_at(err, ERR_INPUT, dir, 0, 0,
                      "holds no manifest of a report");
    if (v.differences)
        return err_set(err, ERR_GATE, "%lld difference%s found",
                       (long long)v.differences,
                       v.differences == 1 ? " was" : "s were");
    return 0;
}
