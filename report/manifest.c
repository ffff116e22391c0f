/*
 * manifest.c - the manifest of a report.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/text.h"
#include "core/when.h"
#include "report/json.h"
#include "report/brand.h"
#include "report/look.h"
#include "report/manifest.h"
#include "report/query.h"

#include <sys/stat.h>

#define SUFFIX "-manifest.json"

void manifest_name(const struct report *r, struct strbuf *out)
{
    strbuf_addf(out, "%s-%s-%s" SUFFIX, r->slug, r->use, r->period_slug);
}

bool manifest_is_name(const char *name)
{
    return name[0] != '.' && text_ends(name, SUFFIX);
}

json_t *manifest_read(const char *path)
{
    json_t *m = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    const char *schema = json_string_value(json_object_get(m, "schema"));

    if (schema && strcmp(schema, MANIFEST_SCHEMA) == 0)
        return m;
    json_decref(m);
    return NULL;
}

int manifest_run_id(const struct report *r, char out[17], struct err *err)
{
    char hex[SHA256_HEX], as_of[32];
    struct strbuf b = {0};
    sqlite3_stmt *st;
    int step;

    if (query_open(r, "run", &st, err) < 0)
        return -1;
    when_format(r->as_of, as_of, sizeof(as_of));
    step = db_step(st, err);
    if (step == 1)
        strbuf_addf(&b, "%s\n%s\n%s\n%s\n%s\n%s", db_text(st, 0), as_of,
                    db_text(st, 2), db_text(st, 3), db_text(st, 4),
                    db_text(st, 7));
    sqlite3_finalize(st);
    if (step < 0)
        return -1;
    if (!strbuf_ok(&b))
        return err_nomem(err);
    sha256_text(strbuf_str(&b), b.len, hex);
    strbuf_free(&b);
    memcpy(out, hex, 16);
    out[16] = '\0';
    return 0;
}

static void write_output(struct sink *s, const struct published *f)
{
    sink_adds(s, "{");
    json_string_member(s, "name", f->name);
    sink_addc(s, ',');
    json_string_member(s, "format", f->writer ? f->writer->format : "");
    sink_addc(s, ',');
    json_string_member(s, "subject", f->writer ? f->writer->subject : "");
    sink_adds(s, ",\"bytes\":");
    sink_int(s, f->bytes);
    sink_addc(s, ',');
    json_string_member(s, "sha256", f->sha256);
    sink_adds(s, ",\"rows\":");
    if (f->rows < 0)
        sink_adds(s, "null");
    else
        sink_int(s, f->rows);
    if (f->detail[0]) {
        sink_adds(s, ",\"detail\":");
        sink_adds(s, f->detail);
    }
    if (f->guarded) {
        sink_adds(s, ",\"guarded_cells\":");
        sink_int(s, f->guarded);
    }
    if (f->cut) {
        sink_adds(s, ",\"cut_cells\":");
        sink_int(s, f->cut);
    }
    sink_adds(s, "}");
}

static bool written_now(const struct publish *p, const char *name)
{
    size_t i;

    for (i = 0; i < publish_count(p); i++)
        if (publish_file(p, i)->name &&
            strcmp(publish_file(p, i)->name, name) == 0)
            return true;
    return false;
}

/* Files of the manifest before this one that are not written this time and
 * still stand there: they stay ours, and are marked with their run. */
static void write_kept(struct sink *s, const struct publish *p, const char *dir,
                       const char *name)
{
    static const char *const lists[] = {"outputs", "kept"};
    struct strbuf path = {0};
    json_t *old, *item;
    size_t i, k, n = 0;
    struct stat st;
    char *text;

    strbuf_addf(&path, "%s/%s", dir, name);
    old = manifest_read(strbuf_str(&path));
    for (k = 0; old && k < COUNT_OF(lists); k++)
        json_array_foreach(json_object_get(old, lists[k]), i, item)
        {
            const char *file = json_string_value(json_object_get(item, "name"));

            strbuf_reset(&path);
            strbuf_addf(&path, "%s/%s", dir, file ? file : "");
            if (!file || strchr(file, '/') || written_now(p, file) ||
                lstat(strbuf_str(&path), &st) < 0 || !S_ISREG(st.st_mode))
                continue;
            if (!json_object_get(item, "run"))
                json_object_set(item, "run", json_object_get(old, "run"));
            text = json_dumps(item, JSON_COMPACT | JSON_SORT_KEYS);
            sink_adds(s, n++ ? ",\n  " : "\n  ");
            sink_adds(s, text ? text : "{}");
            free(text);
        }
    json_decref(old);
    strbuf_free(&path);
}

static int write_head(struct sink *s, const struct report *r, struct err *err)
{
    char run[17], as_of[32];

    if (manifest_run_id(r, run, err) < 0)
        return -1;
    when_format(r->as_of, as_of, sizeof(as_of));
    sink_adds(s, "{");
    json_string_member(s, "schema", MANIFEST_SCHEMA);
    sink_adds(s, ",\n ");
    json_string_member(s, "client", r->client);
    sink_adds(s, ",\n ");
    json_string_member(s, "scope", r->client_id ? "client" : "fleet");
    sink_adds(s, ",\n ");
    json_string_member(s, "use", r->use);
    sink_adds(s, ",\n ");
    json_string_member(s, "period", r->period);
    sink_adds(s, ",\n ");
    json_string_member(s, "before", r->before);
    sink_adds(s, ",\n ");
    json_string_member(s, "as_of", as_of);
    sink_adds(s, ",\n ");
    json_string_member(s, "version", r->options->version);
    sink_adds(s, ",\n ");
    json_string_member(s, "run", run);
    return 0;
}

/* Digests of what was judged, as the run kept them. */
static int write_digests(struct sink *s, const struct report *r,
                         struct err *err)
{
    sqlite3_stmt *st;
    int step;

    if (query_open(r, "run", &st, err) < 0)
        return -1;
    step = db_step(st, err);
    if (step == 1) {
        sink_adds(s, ",\n ");
        json_string_member(s, "judged_by", db_text(st, 2));
        sink_adds(s, ",\n ");
        json_string_member(s, "rules_digest", db_text(st, 3));
        sink_adds(s, ",\n ");
        json_string_member(s, "inputs_digest", db_text(st, 4));
    }
    sqlite3_finalize(st);
    return step < 0 ? -1 : 0;
}

static int write_all(struct sink *s, const struct report *r,
                     const struct publish *p, const char *dir,
                     const char *proof, struct err *err)
{
    struct strbuf name = {0};
    char look[SHA256_HEX];
    size_t i, n = 0;

    if (write_head(s, r, err) < 0 || write_digests(s, r, err) < 0 ||
        look_digest(r, look, err) < 0)
        return -1;
    sink_adds(s, ",\n ");
    json_string_member(s, "look_digest", look);
    sink_adds(s, ",\n \"csv\":{\"raw\":");
    sink_adds(s, r->options->csv_raw ? "true" : "false");
    sink_adds(s, ",\"bom\":");
    sink_adds(s, r->options->csv_bom ? "true" : "false");
    sink_adds(s, "},\n \"new_only\":");
    sink_adds(s, r->options->new_only ? "true" : "false");
    if (r->brand && r->brand->white_label)
        sink_adds(s, ",\n \"white_label\":true");
    if (r->options->redact) {
        sink_adds(s, ",\n ");
        json_string_member(s, "redacted", r->options->redact);
    }
    if (proof) {
        sink_adds(s, ",\n \"leak_check\":");
        sink_adds(s, proof);
    }
    sink_adds(s, ",\n \"inputs\":");
    if (json_rows(s, r, "inputs", err) < 0)
        return -1;
    sink_adds(s, ",\n \"outputs\":[");
    for (i = 0; i < publish_count(p); i++) {
        if (!publish_file(p, i)->name)
            continue; /* the manifest itself, being written */
        sink_adds(s, n++ ? ",\n  " : "\n  ");
        write_output(s, publish_file(p, i));
    }
    sink_adds(s, "\n ],\n \"kept\":[");
    manifest_name(r, &name);
    write_kept(s, p, dir, strbuf_str(&name));
    strbuf_free(&name);
    sink_adds(s, "]\n}\n");
    return 0;
}

int manifest_write(const struct report *r, const struct publish *p,
                   const char *dir, const char *proof, struct output *out,
                   struct err *err)
{
    struct sink *s = sink_open(out->file, err);
    int rc;

    if (!s)
        return -1;
    rc = write_all(s, r, p, dir, proof, err);
    sink_close(s);
    return rc;
}
