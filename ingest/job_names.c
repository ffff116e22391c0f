/*
 * job_names.c - files whose records give names to ids that other files hold.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/text.h"
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

/* ------------------------------------------------------ what is below what */

/* The entries of the file: who is below whom, and on which line. */
struct entry {
    char *id, *parent; /* lower case; "" for none */
    char *name;
    int64_t line;
};

struct entries {
    struct entry *items;
    size_t count, cap;
};

static char *lower_copy(const char *s)
{
    char *copy = strdup(s ? s : ""), *p;

    for (p = copy; p && *p; p++)
        *p = ascii_lower(*p);
    return copy;
}

static int add_entry(struct entries *list, const char *id, const char *parent,
                     const char *name, int64_t line, struct err *err)
{
    size_t cap = list->cap ? 2 * list->cap : 64;
    struct entry *e;

    if (list->count == list->cap) {
        e = realloc(list->items, cap * sizeof(*e));
        if (!e)
            return err_nomem(err);
        list->items = e;
        list->cap = cap;
    }
    e = &list->items[list->count++];
    *e = (struct entry){lower_copy(id), lower_copy(parent), strdup(name), line};
    return e->id && e->parent && e->name ? 0 : err_nomem(err);
}

static void free_entries(struct entries *list)
{
    size_t i;

    for (i = 0; i < list->count; i++) {
        free(list->items[i].id);
        free(list->items[i].parent);
        free(list->items[i].name);
    }
    free(list->items);
}

static int by_id(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    int c = strcmp(x->id, y->id);

    return c ? c : (x->line > y->line) - (x->line < y->line);
}

static const struct entry *entry_of(const struct entries *list, const char *id)
{
    size_t low = 0, high = list->count;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (strcmp(list->items[mid].id, id) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low < list->count && strcmp(list->items[low].id, id) == 0
               ? &list->items[low]
               : NULL;
}

enum way { WAY_UP, WAY_LOST, WAY_ROUND };

/* Does the way up from an entry end at a topmost one, at an id that no file
 * names, or never? */
static enum way way_up(const struct job *j, const struct entries *list,
                       const struct entry *e)
{
    const char *kind = j->source->naming->kind, *parent;
    size_t steps;

    for (steps = 0; *e->parent; steps++) {
        parent = e->parent;
        if (steps > list->count)
            return WAY_ROUND;
        e = entry_of(list, parent);
        if (!e) /* in a file that was read before? */
            return id_names_find(j->in->names, kind, parent, strlen(parent))
                       ? WAY_UP
                       : WAY_LOST;
    }
    return WAY_UP;
}

static void remark_ways(struct job *j, struct entries *list)
{
    static const char *const why[] = {
        [WAY_UP] = "",
        [WAY_LOST] = "below an id that no file names",
        [WAY_ROUND] = "below themselves, in a circle"};
    int64_t count[3] = {0};
    const struct entry *first[3] = {NULL}, *e;
    enum way way;
    size_t i;

    if (list->count)
        qsort(list->items, list->count, sizeof(*list->items), by_id);
    for (i = 0; i < list->count; i++) {
        e = &list->items[i];
        way = way_up(j, list, e);
        count[way]++;
        if (!first[way] || e->line < first[way]->line)
            first[way] = e;
    }
    for (way = WAY_LOST; way <= WAY_ROUND; way++)
        if (count[way])
            job_remark(j,
                       "%lld %s %s, first \"%s\" at line %lld: what is "
                       "topmost above them is not known, nor whose Macs have "
                       "them",
                       (long long)count[way],
                       count[way] == 1 ? "name is" : "names are", why[way],
                       first[way]->name, (long long)first[way]->line);
}

/* ---------------------------------------------------------------- the file */

static int store_name(struct job *j, sqlite3_stmt *st, const json_t *o,
                      int64_t line, struct entries *list, struct err *err)
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
    if (add_entry(list, id, parent, name, line, err) < 0)
        return -1;
    return db_run(st, err);
}

static int read_names(struct job *j, struct json_reader *r, sqlite3_stmt *st,
                      struct entries *list, struct err *err)
{
    json_t *record = NULL;
    int64_t line;
    int step, rc;

    while ((step = json_next(r, &record, &line, err)) > 0) {
        rc = step == JSON_OTHER
                 ? load_reject(j->load, line, 0, "expected an object", err)
                 : store_name(j, st, record, line, list, err);
        json_decref(record);
        if (rc < 0 || job_tick(j, err) < 0)
            return -1;
    }
    if (step == JSON_END)
        job_pages(j, r);
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
    struct entries list = {0};
    sqlite3_stmt *st = NULL;
    int rc = -1;

    if (r && db_prepare(j->in->db,
                        "INSERT INTO name_row VALUES (?1, ?2, ?3, ?4, ?5)", &st,
                        err) == 0)
        rc = read_names(j, r, st, &list, err);
    sqlite3_finalize(st);
    json_close(r);
    if (rc == 0)
        remark_ways(j, &list);
    free_entries(&list);
    if (rc == 0) {
        job_note(j, "names of ids");
        rc = remark_late(j, err);
    }
    return rc;
}
