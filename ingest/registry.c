/*
 * registry.c - every mapping that is known, and which one fits a file.
 */
#include "core/base.h"

#include "core/resource.h"
#include "core/strbuf.h"
#include "core/text.h"
#include "ingest/mapping_text.h"
#include "ingest/registry.h"
#include "ingest/unknown.h"

#include <dirent.h>

static int add(struct registry *r, struct source *s, struct err *err)
{
    struct source **p;
    size_t i;

    if (!s)
        return -1;
    for (i = 0; i < r->count; i++) {
        if (strcmp(r->items[i]->id, s->id) == 0) {
            source_free(s); /* the user's own stands in front of ours */
            return 0;
        }
    }
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers */
    p = realloc(r->items, (r->count + 1) * sizeof(*p));
    if (!p) {
        source_free(s);
        return err_nomem(err);
    }
    r->items = p;
    r->items[r->count++] = s;
    return 0;
}

static int is_mapping(const struct dirent *d)
{
    return d->d_name[0] != '.' && text_ends(d->d_name, ".json");
}

static int add_folder(struct registry *r, const char *dir, struct err *err)
{
    struct dirent **list = NULL;
    struct strbuf path = {0};
    int n = scandir(dir, &list, is_mapping, alphasort), i, rc = 0;

    if (n < 0)
        return err_errno(err, ERR_CONFIG, dir, "cannot read the folder");
    for (i = 0; i < n; i++) {
        strbuf_reset(&path);
        strbuf_addf(&path, "%s/%s", dir, list[i]->d_name);
        if (rc == 0)
            rc = add(r, source_read(strbuf_str(&path), err), err);
        free(list[i]);
    }
    free(list);
    strbuf_free(&path);
    return rc;
}

static int add_builtin(struct registry *r, struct err *err)
{
    const struct resource *res;
    struct source *s;
    size_t at = 0;

    while ((res = resource_next("ingest/sources/", ".json", &at)) != NULL) {
        s = source_parse(res->name, res->data, res->size, err);
        if (s)
            s->builtin = true;
        if (add(r, s, err) < 0)
            return -1;
    }
    return 0;
}

static int by_id(const void *a, const void *b)
{
    const struct source *const *x = a, *const *y = b;

    return strcmp((*x)->id, (*y)->id);
}

int registry_link(const struct registry *r, struct source *s, struct err *err)
{
    if (!s->include)
        return 0;
    s->included = registry_find(r, s->include);
    if (s->included && s->included != s)
        return 0;
    return err_at(err, ERR_CONFIG, s->origin, 0, 0,
                  "includes \"%s\", which is no mapping", s->include);
}

static int link_all(struct registry *r, struct err *err)
{
    size_t i;

    /* NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers */
    qsort(r->items, r->count, sizeof(*r->items), by_id);
    for (i = 0; i < r->count; i++)
        if (registry_link(r, r->items[i], err) < 0)
            return -1;
    return 0;
}

int registry_open(struct registry *r, const char *dir, struct err *err)
{
    *r = (struct registry){0};
    if ((dir && add_folder(r, dir, err) < 0) ||
        add(r, source_canonical(false, err), err) < 0 ||
        add(r, source_canonical(true, err), err) < 0 ||
        add_builtin(r, err) < 0 || link_all(r, err) < 0) {
        registry_close(r);
        return -1;
    }
    return 0;
}

void registry_close(struct registry *r)
{
    size_t i;

    for (i = 0; i < r->count; i++)
        source_free(r->items[i]);
    free(r->items);
    *r = (struct registry){0};
}

const struct source *registry_find(const struct registry *r, const char *id)
{
    size_t i;

    for (i = 0; i < r->count; i++)
        if (strcmp(r->items[i]->id, id) == 0)
            return r->items[i];
    return NULL;
}

/* --------------------------------------------------------------- detection */

void signature_add(struct signature *s, const char *name, size_t n)
{
    char **p, *c;

    if (s->count % 64 == 0) {
        p = realloc(s->names, (s->count + 64) * sizeof(*p));
        if (!p)
            return;
        s->names = p;
    }
    c = malloc(n + 1);
    if (!c)
        return;
    memcpy(c, name, n);
    c[n] = '\0';
    s->names[s->count++] = c;
}

static int by_name(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;

    return ascii_casecmp(*x, *y);
}

void signature_sort(struct signature *s)
{
    size_t i, k = 0;

    if (s->count == 0)
        return;
    qsort(s->names, s->count, sizeof(*s->names), by_name);
    for (i = 1; i < s->count; i++) {
        if (ascii_casecmp(s->names[k], s->names[i]) == 0)
            free(s->names[i]);
        else
            s->names[++k] = s->names[i];
    }
    s->count = k + 1;
}

void signature_free(struct signature *s)
{
    mapping_free_texts(s->names, s->count);
    *s = (struct signature){0};
}

bool signature_has(const struct signature *s, const char *prefix,
                   const char *name)
{
    char full[1024];
    const char *key = full;

    snprintf(full, sizeof(full), "%s%s%s", prefix, *prefix && *name ? "." : "",
             name);
    return s->count && bsearch(&key, s->names, s->count, sizeof(*s->names),
                               by_name) != NULL;
}

static bool need_met(const struct signature *sig, const char *prefix,
                     const struct need *n)
{
    size_t i;

    for (i = 0; i < n->count; i++)
        if (signature_has(sig, prefix, n->names[i]))
            return true;
    return false;
}

/* What --map gives is in the file, by whatever name. */
static bool is_mapped(const struct signature *sig, const struct need *n)
{
    size_t i, k, length;

    for (i = 0; i < sig->map_count; i++)
        for (k = 0; k < n->count; k++) {
            length = strlen(n->names[k]);
            if (text_starts(sig->maps[i], n->names[k]) &&
                sig->maps[i][length] == '=')
                return true;
        }
    return false;
}

/* "below" stands before the names of columns but not in the file. */
static int known_columns(const struct specs *specs, const struct signature *sig,
                         const char *prefix, const char *below)
{
    size_t i, k;
    int n = 0;

    for (i = 0; i < specs->count; i++)
        for (k = 0; k < specs->items[i].name_count; k++) {
            const char *name = specs->items[i].names[k];

            if (*below && text_starts(name, below))
                name += strlen(below);
            n += signature_has(sig, prefix, name);
        }
    return n;
}

/* The sheet has columns that exports have as well; but no export has those that
 * it asks for. */
#define OUR_SHEET 1000

/* What rows that are one record are called: see "together". */
static const char *rows_of(const struct source *s)
{
    return s->together ? "rows." : "";
}

/* Of a file of names, the keys that are there. */
static int known_keys(const struct naming *n, const struct signature *sig,
                      const char *prefix)
{
    size_t i;
    int known = 0;

    if (!n)
        return 0;
    for (i = 0; i < n->id_count; i++)
        known += signature_has(sig, prefix, n->ids[i]);
    for (i = 0; i < n->name_count; i++)
        known += signature_has(sig, prefix, n->names[i]);
    for (i = 0; i < n->parent_count; i++)
        known += signature_has(sig, prefix, n->parents[i]);
    return known;
}

static int fit_at(const struct source *s, const struct signature *sig,
                  const char *prefix)
{
    size_t i;

    for (i = 0; i < s->all_count; i++)
        if (!need_met(sig, prefix, &s->all[i]))
            return -1;
    for (i = 0; i < s->none_count; i++)
        if (need_met(sig, prefix, &s->none[i]) || is_mapped(sig, &s->none[i]))
            return -1;
    return known_columns(&s->columns, sig, prefix, rows_of(s)) +
           known_columns(&s->device_columns, sig, prefix, "") +
           known_keys(s->naming, sig, prefix) + (s->work ? OUR_SHEET : 0);
}

static bool of_kind(const struct specs *specs, const char *kind)
{
    size_t i;

    for (i = 0; i < specs->count; i++)
        if (specs->items[i].kind && strcmp(specs->items[i].kind, kind) == 0)
            return true;
    return false;
}

bool source_uses_names(const struct source *s, const char *kind)
{
    size_t i;

    for (i = 0; i < s->attribute_count; i++)
        if (s->attributes[i].kind && strcmp(s->attributes[i].kind, kind) == 0)
            return true;
    return of_kind(&s->columns, kind) || of_kind(&s->device_columns, kind);
}

int source_fit(const struct source *s, const struct signature *sig)
{
    size_t i;
    int best = -1, fit;

    if (!(s->formats & sig->format) ||
        (s->all_count == 0 && sig->format != FORMAT_TEXT))
        return -1;
    if (sig->format == FORMAT_CSV || s->record_count == 0)
        return fit_at(s, sig, "");
    for (i = 0; i < s->record_count; i++) {
        fit = fit_at(s, sig, s->records[i]);
        if (fit > best)
            best = fit;
    }
    return best;
}

const char *source_path(const struct source *s, const struct signature *sig)
{
    const char *best = s->record_count ? s->records[0] : "";
    int top = -1, fit;
    size_t i;

    for (i = 0; i < s->record_count; i++) {
        fit = known_columns(&s->columns, sig, s->records[i], rows_of(s)) +
              known_keys(s->naming, sig, s->records[i]);
        if (fit > top) {
            top = fit;
            best = s->records[i];
        }
    }
    return best;
}

/* Canonical headers are anybody's: a mapping that asks for more goes first. */
static bool gives_way(const struct source *s, const struct source *other)
{
    return s->canonical && !other->canonical;
}

/* The best fit among the mappings of products, or of those that come last. */
static const struct source *best_fit(const struct registry *r,
                                     const struct signature *sig, bool last,
                                     const struct source **rival)
{
    const struct source *best = NULL;
    int top = 0, fit;
    size_t i;

    *rival = NULL;
    for (i = 0; i < r->count; i++) {
        const struct source *s = r->items[i];

        if (s->last != last)
            continue;
        fit = source_fit(s, sig);
        if (fit > top || (fit == top && best && gives_way(best, s))) {
            best = s;
            *rival = NULL;
            top = fit;
        } else if (fit == top && best && !gives_way(s, best)) {
            *rival = s;
        }
    }
    return best;
}

/* How many names of the file a mapping knows. */
static size_t names_known(const struct source *s, const struct signature *sig)
{
    size_t i, k, name, n = 0;
    bool known;

    for (name = 0; name < sig->count; name++) {
        known = false;
        for (i = 0; i < s->columns.count && !known; i++)
            for (k = 0; k < s->columns.items[i].name_count && !known; k++)
                known = ascii_casecmp(s->columns.items[i].names[k],
                                      sig->names[name]) == 0;
        n += known;
    }
    return n;
}

const struct source *registry_detect(const struct registry *r,
                                     const struct signature *sig,
                                     const char *file, struct err *err)
{
    const struct source *rival, *best = best_fit(r, sig, false, &rival);
    const struct source *second, *other = NULL;

    /* "serial" and "supervised" alone do not make a file canonical */
    if (!best || best->canonical)
        other = best_fit(r, sig, true, &second);
    if (other && (!best || names_known(other, sig) > names_known(best, sig))) {
        best = other;
        rival = second;
    }
    if (!best) {
        unknown_export(r, sig, file, err);
        return NULL;
    }
    if (rival) {
        err_at(err, ERR_INPUT, file, 0, 0, "could be %s or %s", best->id,
               rival->id);
        err_hint(err, "name it with --source %s or --source %s", best->id,
                 rival->id);
        return NULL;
    }
    return best;
}
