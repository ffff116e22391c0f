/*
 * sources.c - what "muster sources" prints about mappings and files.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/strbuf.h"
#include "core/table.h"
#include "core/text.h"
#include "ingest/csv_reader.h"
#include "ingest/input.h"
#include "ingest/no_export.h"
#include "ingest/plist_reader.h"
#include "ingest/json_reader.h"
#include "ingest/name_list.h"
#include "ingest/secrets.h"
#include "ingest/slice.h"
#include "ingest/sources.h"

static void formats(const struct source *s, char *out, size_t size)
{
    snprintf(out, size, "%s%s%s%s", s->formats & FORMAT_CSV ? "csv " : "",
             s->formats & FORMAT_JSON ? "json " : "",
             s->formats & FORMAT_PLIST ? "plist " : "",
             s->formats & FORMAT_TEXT ? "text " : "");
    if (*out)
        out[strlen(out) - 1] = '\0';
}

static bool reads_files(const struct source *s)
{
    return s->all_count > 0 || s->formats & (FORMAT_PLIST | FORMAT_TEXT);
}

int sources_list(const struct registry *r, bool json, FILE *out,
                 struct err *err)
{
    struct strbuf b = {0};
    struct table *t = table_new("lll");
    char kinds[40];
    size_t i, n = 0;
    bool written;

    if (json)
        strbuf_adds(&b, "{\"schema\":\"muster.sources/1\",\"sources\":[");
    for (i = 0; i < r->count; i++) {
        const struct source *s = r->items[i];

        if (!reads_files(s))
            continue;
        formats(s, kinds, sizeof(kinds));
        if (!json) {
            table_row(t, s->id, kinds, s->title);
            continue;
        }
        strbuf_adds(&b, n++ ? ",{\"id\":" : "{\"id\":");
        json_put_text(&b, s->id, strlen(s->id));
        strbuf_adds(&b, ",\"title\":");
        json_put_text(&b, s->title, strlen(s->title));
        strbuf_addf(&b,
                    ",\"formats\":\"%s\",\"standing\":%s,\"origin\":", kinds,
                    s->standing ? "true" : "false");
        json_put_text(&b, s->origin, strlen(s->origin));
        strbuf_addc(&b, '}');
    }
    if (json)
        strbuf_adds(&b, "]}\n");
    written = strbuf_ok(&b) && table_print(t, 0, out);
    fputs(strbuf_str(&b), out);
    strbuf_free(&b);
    table_free(t);
    return written ? 0 : err_nomem(err);
}

/* -------------------------------------------------------------------- show */

static void show_spec(const struct column_spec *c, FILE *out)
{
    const struct fact *t;
    size_t n, i;

    t = fact_table(c->scope, &n);
    fprintf(out, "  %-34s ", c->names[0]);
    switch (c->use) {
    case USE_FACT:
        fprintf(out, "%s", c->fact < 0 ? "several facts" : t[c->fact].name);
        break;
    case USE_LIST:
        fprintf(out, "names with %s%s", t[c->fact].name,
                c->covers ? ", all of them" : "");
        break;
    case USE_CUSTOM:
        fprintf(out, "kept as %s", c->custom ? c->custom : "custom fact");
        break;
    case USE_SECRET:
        fprintf(out, "secret: %s",
                c->fact < 0 ? "dropped" : "only whether there is one");
        break;
    case USE_IGNORE:
        fprintf(out, "not used");
        break;
    case USE_SKIP:
        fprintf(out, "records left out by it");
        break;
    }
    fputc('\n', out);
    for (i = 1; i < c->name_count; i++)
        fprintf(out, "    or %s\n", c->names[i]);
    if (c->misleads)
        fprintf(out, "    misleads: %s\n", c->misleads);
}

static void show_specs(const char *title, const struct specs *specs, FILE *out)
{
    size_t i;

    if (specs->count)
        fprintf(out, "\n%s\n", title);
    for (i = 0; i < specs->count; i++)
        show_spec(&specs->items[i], out);
}

int sources_show(const struct registry *r, const char *id, FILE *out,
                 struct err *err)
{
    const struct source *s = registry_find(r, id);
    const char *ids[256], *near;
    char kinds[40], title[160];
    size_t i;

    if (!s) {
        for (i = 0; i < r->count && i < COUNT_OF(ids); i++)
            ids[i] = r->items[i]->id;
        near = text_nearest(id, ids, i);
        err_set(err, ERR_USAGE, "there is no source \"%s\"", id);
        return near ? err_hint(err, "did you mean \"%s\"?", near)
                    : err_hint(err, "see \"muster sources list\"");
    }
    formats(s, kinds, sizeof(kinds));
    fprintf(out, "%s - %s\n\n", s->id, s->title);
    if (*s->about)
        fprintf(out, "%s\n", s->about);
    if (*s->how)
        fprintf(out, "How to export: %s\n", s->how);
    fprintf(out, "Formats: %s. Records are %s.%s Mapping: %s.\n", kinds,
            s->accounts ? "accounts" : "Macs",
            s->standing ? " Holds in later periods too." : "", s->origin);
    show_specs("Columns", &s->columns, out);
    show_specs("About the Mac", &s->device_columns, out);
    for (i = 0; i < s->nested_count; i++) {
        snprintf(title, sizeof(title), "Accounts at %s%s", s->nested[i].path,
                 s->nested[i].complete ? " (all local accounts)" : "");
        show_specs(title, &s->nested[i].columns, out);
    }
    if (s->included)
        fprintf(out,
                "\nColumns of your own are known by the names in \"%s\".\n",
                s->included->id);
    return 0;
}

/* ------------------------------------------------------------------ detect */

static int csv_names(struct input *in, struct signature *sig, struct err *err)
{
    struct csv_reader *csv = csv_open(in, err);
    const char *const *header;
    size_t n, i;

    if (!csv)
        return -1;
    header = csv_header(csv, &n);
    sig->format = FORMAT_CSV;
    for (i = 0; i < n; i++)
        signature_add(sig, header[i], strlen(header[i]));
    signature_sort(sig);
    csv_close(csv);
    return 0;
}

int sources_signature(const char *path, const char *encoding,
                      struct signature *sig, struct err *err)
{
    struct input *in = input_open(path, path, encoding, err);
    const char *head;
    size_t n, i;
    int rc = 0;

    if (!in)
        return -1;
    if (no_export(in, path, err) < 0) {
        input_close(in);
        return -1;
    }
    head = input_head(in, &n);
    for (i = 0; i < n && ascii_isspace(head[i]); i++)
        ;
    if (i < n && (head[i] == '{' || head[i] == '['))
        json_signature(head, n, sig);
    else
        rc = csv_names(in, sig, err);
    input_close(in);
    return rc;
}

int sources_detect(const struct registry *r, const char *path,
                   const char *encoding, FILE *out, struct err *err)
{
    struct signature sig = {0};
    const struct source *best;
    size_t i;
    int rc = sources_signature(path, encoding, &sig, err), fit;

    best = rc == 0 ? registry_detect(r, &sig, path, err) : NULL;
    if (best)
        fprintf(out, "%s - %s: knows %d of its columns\n", best->id,
                best->title, source_fit(best, &sig));
    for (i = 0; best && i < r->count; i++) {
        fit = source_fit(r->items[i], &sig);
        if (fit > 0 && r->items[i] != best)
            fprintf(out, "  also possible: %s (%d)\n", r->items[i]->id, fit);
    }
    signature_free(&sig);
    return best ? 0 : -1;
}

/* ------------------------------------------------------------------- check */

static void print_values(sqlite3 *db, int64_t import, int64_t position,
                         FILE *out)
{
    sqlite3_stmt *st = NULL;
    struct err ignored = {0};
    int n = 0;

    if (db_prepare(db,
                   "SELECT value, count FROM import_value WHERE import_id = ?1"
                   " AND position = ?2 ORDER BY count DESC, value LIMIT 5",
                   &st, &ignored) < 0)
        return;
    sqlite3_bind_int64(st, 1, import);
    sqlite3_bind_int64(st, 2, position);
    while (db_step(st, &ignored) == 1) {
        fprintf(out, "%s", n++ ? ", " : "      not understood: ");
        fputc('"', out);
        text_print_safe(db_text(st, 0), out);
        fprintf(out, "\" (%s)", db_text(st, 1));
    }
    if (n)
        fputc('\n', out);
    sqlite3_finalize(st);
}

static int print_columns(sqlite3 *db, int64_t import, FILE *out,
                         struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step = -1;

    if (db_prepare(db,
                   "SELECT position, header, use, fact, filled, understood"
                   "  FROM import_column WHERE import_id = ?1"
                   " ORDER BY use = 'ignored', position",
                   &st, err) < 0)
        return -1;
    sqlite3_bind_int64(st, 1, import);
    fprintf(out, "  %-34s %-26s %8s %10s\n", "column", "gives", "filled",
            "understood");
    while ((step = db_step(st, err)) == 1) {
        struct strbuf name = {0};
        const char *fact = db_text(st, 3), *use = db_text(st, 2);

        text_escape(&name, db_text(st, 1), strlen(db_text(st, 1)));
        fprintf(out, "  %-34s %-26s %8s %10s\n", strbuf_str(&name),
                *fact ? fact : use, db_text(st, 4),
                strcmp(use, "ignored") == 0 ? "-" : db_text(st, 5));
        print_values(db, import, sqlite3_column_int64(st, 0), out);
        strbuf_free(&name);
    }
    sqlite3_finalize(st);
    return step < 0 ? -1 : 0;
}

int sources_columns(sqlite3 *db, FILE *out, struct err *err)
{
    sqlite3_stmt *st = NULL;
    int64_t files;
    int step = -1;

    if (db_number(db, "SELECT count(DISTINCT import_id) FROM import_column", 0,
                  &files, err) < 0 ||
        db_prepare(db,
                   "SELECT import_id, file FROM import WHERE import_id IN"
                   " (SELECT import_id FROM import_column) ORDER BY import_id",
                   &st, err) < 0)
        return -1;
    while ((step = db_step(st, err)) == 1) {
        if (files > 1) {
            fputs("\n", out);
            text_print_safe(db_text(st, 1), out);
            fputs("\n", out);
        }
        if (print_columns(db, sqlite3_column_int64(st, 0), out, err) < 0) {
            step = -1;
            break;
        }
    }
    sqlite3_finalize(st);
    return step;
}

/* ---------------------------------------------------------------- scaffold */

#define ENROLLED                                                               \
    ", \"yes\": [\"enrolled\"], \"no\": [\"unenrolled\", \"not enrolled\"]"
#define AUTOMATED                                                              \
    ", \"words\": {\"yes\": \"ade\", \"true\": \"ade\", \"1\": \"ade\","       \
    " \"no\": \"manual\", \"false\": \"manual\", \"0\": \"manual\"}"
#define SYSTEM                                                                 \
    ", \"words\": {\"*mac*\": \"mac\", \"*OS X*\": \"mac\", \"*\": \"other\"}"

/* What consoles call the same things, and the words of their cells. */
static const struct {
    const char *pattern, *fact, *more;
} usual[] = {
    {"last seen*", "last_checkin", ""},
    {"*last check*in*", "last_checkin", ""},
    {"*last contact*", "last_checkin", ""},
    {"*last sync*", "last_checkin", ""},
    {"*last report*", "last_checkin", ""},
    {"*last beat*", "last_checkin", ""},
    {"*last online*", "last_checkin", ""},
    {"*friendly name*", "name", ""},
    {"device name", "name", ""},
    {"computer name", "name", ""},
    {"host*name", "name", ""},
    {"os", "os_version", ""},
    {"*os version*", "os_version", ""},
    {"platform", "platform", SYSTEM},
    {"os name", "platform", SYSTEM},
    {"*bootstrap*allowed*", "", ""}, /* no sign of an escrow */
    {"*bootstrap*required*", "", ""},
    {"*bootstrap*package*", "", ""},
    {"*bootstrap*supported*", "bootstrap_supported", ""},
    {"*bootstrap*token*", "bootstrap_escrowed_device",
     ", \"yes\": [\"escrowed\"], \"no\": [\"not escrowed\"]"},
    {"*key escrow*", "recovery_key_escrowed", ""},
    {"*key present", "recovery_key_escrowed", ""},
    {"*encrypt*", "filevault", NULL},
    {"filevault*user*", "", ""},
    {"filevault*key*", "", ""},
    {"filevault*", "filevault", NULL},
    {"enroll*status", "mdm_enrolled", ENROLLED},
    {"status", "mdm_enrolled", ENROLLED},
    {"mdm enrolled", "mdm_enrolled", ""},
    {"*enrolled via dep", "enrollment_type", AUTOMATED},
    {"*enrolled via ade", "enrollment_type", AUTOMATED},
    {"dep enroll*", "enrollment_type", AUTOMATED},
    {"ade enroll*", "enrollment_type", AUTOMATED},
    {"automated device enroll*", "enrollment_type", AUTOMATED},
    {"enroll* type", "enrollment_type",
     ", \"words\": {\"*DEP*\": \"ade\", \"ADE\": \"ade\","
     " \"*automated*\": \"ade\", \"manual*\": \"manual\","
     " \"user*\": \"user\"}"},
    {"*organi*ation*", "site", ""},
    {"*group", "site", ""},
    {"department", "site", ""},
};
static const char on_off[] =
    ", \"words\": {\"yes\": \"on\", \"true\": \"on\", \"on\": \"on\","
    " \"1\": \"on\", \"enabled\": \"on\", \"encrypted\": \"on\","
    " \"no\": \"off\", \"false\": \"off\", \"off\": \"off\","
    " \"0\": \"off\", \"disabled\": \"off\", \"not encrypted\": \"off\"}";

/* By its usual name: the fact, and what else the column says. */
static const char *guess_usual(const char *header, const char **more)
{
    size_t i;

    for (i = 0; i < COUNT_OF(usual); i++)
        if (text_glob(usual[i].pattern, header)) {
            *more = usual[i].more ? usual[i].more : on_off;
            return *usual[i].fact ? usual[i].fact : NULL;
        }
    return NULL;
}

/* The fact that a header seems to name: its words, in a few spellings. */
static const char *guess(const struct registry *r, const char *header,
                         const char **list)
{
    size_t i, k, j;

    *list = NULL;
    for (i = 0; i < r->count; i++) {
        const struct specs *specs = &r->items[i]->columns;

        for (k = 0; k < specs->count; k++) {
            const struct column_spec *c = &specs->items[k];

            if (c->fact < 0 || c->scope != FACT_DEVICE)
                if (c->use != USE_LIST)
                    continue;
            for (j = 0; j < c->name_count; j++) {
                if (!text_glob(c->names[j], header))
                    continue;
                if (c->use == USE_LIST) {
                    *list = account_facts[c->fact].name;
                    return *list;
                }
                return device_facts[c->fact].name;
            }
        }
    }
    return NULL;
}

static void scaffold_column(const struct registry *r, const char *header,
                            bool last, FILE *out)
{
    const char *list = NULL, *more = "", *fact = guess_usual(header, &more);
    struct strbuf b = {0};

    if (!fact)
        fact = guess(r, header, &list);

    strbuf_adds(&b, "    {\"column\": ");
    json_put_text(&b, header, strlen(header));
    if (secret_name(header))
        strbuf_adds(&b, ", \"secret\": true");
    else if (list)
        strbuf_addf(&b, ", \"list\": \"%s\", \"covers\": false", list);
    else if (fact)
        strbuf_addf(&b, ", \"fact\": \"%s\"%s", fact, more);
    else
        strbuf_adds(&b, ", \"ignore\": true");
    strbuf_adds(&b, last ? "}\n" : "},\n");
    fputs(strbuf_str(&b), out);
    strbuf_free(&b);
}

/* A mapping to start from is made from a header, and only CSV has one. */
static int only_csv(const char *path, const struct input *in, struct err *err)
{
    const char *head, *kind;
    struct slice t;
    size_t n;

    if (no_export(in, path, err) < 0)
        return -1;
    head = input_head(in, &n);
    t = slice_trim((struct slice){head, n});
    if (t.n > 0 && (t.s[0] == '{' || t.s[0] == '['))
        kind = "JSON";
    else if (plist_looks(head, n))
        kind = "a property list";
    else
        return 0;
    err_at(err, ERR_INPUT, path, 0, 0,
           "is %s: scaffold makes a mapping from the header of a CSV", kind);
    return err_hint(err, "\"muster sources check\" says what is read of it; "
                         "the manual of mappings has examples of JSON, and "
                         "\"--map FACT=KEY.PATH\" reads single keys");
}

int sources_scaffold(const struct registry *r, const char *path,
                     const char *encoding, FILE *out, struct err *err)
{
    struct input *in = input_open(path, path, encoding, err);
    struct csv_reader *csv = NULL;
    const char *const *header;
    size_t n, i;

    if (in && only_csv(path, in, err) == 0)
        csv = csv_open(in, err);
    if (!csv) {
        input_close(in);
        return -1;
    }
    header = csv_header(csv, &n);
    fputs("{\n"
          "  \"#\": \"A guess for every column: check each. ignore: not used;"
          " list: names of accounts, covers true where everyone is named.\",\n"
          "  \"id\": \"my-export\",\n"
          "  \"title\": \"My export\",\n"
          "  \"format\": \"csv\",\n"
          "  \"detect\": {\"all\": [",
          out);
    for (i = 0; i < n && i < 3; i++) {
        struct strbuf b = {0};

        json_put_text(&b, header[i], strlen(header[i]));
        fprintf(out, "%s%s", i ? ", " : "", strbuf_str(&b));
        strbuf_free(&b);
    }
    fputs("]},\n  \"columns\": [\n", out);
    for (i = 0; i < n; i++)
        scaffold_column(r, header[i], i + 1 == n, out);
    fputs("  ]\n}\n", out);
    csv_close(csv);
    input_close(in);
    return 0;
}
