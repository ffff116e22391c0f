/*
 * job_source.c - which mapping reads a file, and what its name says.
 */
#include "core/base.h"

#include "core/text.h"
#include "ingest/command_text.h"
#include "ingest/job.h"
#include "ingest/plist_reader.h"
#include "ingest/json_reader.h"

enum source_format job_guess_format(const struct input *in)
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

const char *job_format(const struct job *j)
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
                      job_format(j));
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
        return job_csv_signature(j, sig, err);
    case FORMAT_PLIST:
        return job_read_plist(j, sig, err);
    case FORMAT_TEXT:
        return job_read_commands(j, sig, err);
    default:
        head = input_head(j->input, &n);
        json_signature(head, n, sig);
        return 0;
    }
}

int job_find_source(struct job *j, struct err *err)
{
    struct signature sig = {.maps = j->in->o->map,
                            .map_count = j->in->o->map_count};
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

/* The names of ids that the mapping reads. */
static void digest_names(const struct job *j, struct strbuf *b)
{
    char digest[SHA256_HEX];
    const struct source *s = j->source;
    size_t i;

    for (i = 0; i < s->attribute_count; i++)
        if (s->attributes[i].kind &&
            id_names_digest(j->in->names, s->attributes[i].kind, digest))
            strbuf_addf(b, "names %s\n", digest);
    for (i = 0; i < s->columns.count; i++)
        if (s->columns.items[i].kind &&
            id_names_digest(j->in->names, s->columns.items[i].kind, digest))
            strbuf_addf(b, "names %s\n", digest);
}

/* Everything that decides how the file is read. */
void job_digest(struct job *j)
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
    digest_names(j, &b);
    sha256_text(strbuf_str(&b), b.len, j->mapping);
    strbuf_free(&b);
}
