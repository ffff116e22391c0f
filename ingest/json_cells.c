/*
 * json_cells.c - a JSON record as the cells of a map.
 *
 * A tree of the keys met so far leads from a path to its column. Records of a
 * file have their keys in the same order, so a key is first looked for after
 * the one before it.
 */
#include "core/base.h"

#include "core/strbuf.h"
#include "core/text.h"
#include "ingest/base64.h"
#include "ingest/json_cells.h"
#include "ingest/json_walk.h"
#include "ingest/plist_reader.h"

#define PATH_MOST 480
#define BLOCK 4096

struct node {
    char *key;
    char *path; /* its header as a column */
    struct node *child, *last_child, *next;
    struct node *expect; /* where to look for the next key */
    int column;          /* -1: none yet */
    int nested;          /* index + 1 of the mapping's accounts at this path */
    int attributes;      /* index + 1 of its attributes */
    int pick;            /* index + 1 of what is picked of this list */
    bool reads;          /* the mapping reads columns below this path */
    bool embedded;       /* the mapping reads keys within this text */
    struct strbuf lines; /* what stands here several times */
};

struct tree {
    struct node root;
    struct map_cell *cells;
    size_t cap;
};

/* Texts that jansson does not keep: numbers, and gathered lines. They live as
 * long as the record. */
struct block {
    struct block *next;
    size_t used, size;
    char text[];
};

struct json_cells {
    const struct source *source;
    struct map *map;
    struct tree *trees; /* one a set */
    size_t tree_count;
    const json_t **lists; /* of nested accounts, in this record */
    struct block *blocks;
    json_t *held;         /* array: values found within texts */
    struct node **listed; /* nodes with lines to be turned into cells */
    size_t listed_count, listed_cap;
};

/* -------------------------------------------------------------------- tree */

static struct node *new_node(const char *key, const char *parent)
{
    struct node *n = calloc(1, sizeof(*n));
    struct strbuf path = {0};

    if (!n)
        return NULL;
    strbuf_addf(&path, "%s%s%s", parent, *parent ? "." : "", key);
    n->key = strdup(key);
    n->path = strbuf_detach(&path);
    n->column = -1;
    if (n->key && n->path)
        return n;
    free(n->key);
    free(n->path);
    free(n);
    return NULL;
}

static void free_children(struct node *n)
{
    struct node *c = n->child, *next;

    for (; c; c = next) {
        next = c->next;
        free_children(c);
        free(c->key);
        free(c->path);
        strbuf_free(&c->lines);
        free(c);
    }
}

static bool below(const char *path, const char *name)
{
    size_t n = strlen(path);

    return ascii_ncasecmp(path, name, n) == 0 && name[n] == '.';
}

/* Does the mapping name keys below this path? Then a text there may itself be
 * JSON or a property list. */
static bool reads_below(const struct json_cells *c, const char *path,
                        bool accounts)
{
    const struct specs *specs = &c->source->columns;
    size_t i, k;

    for (i = 0; i < specs->count; i++)
        for (k = 0; k < specs->items[i].name_count; k++)
            if (below(path, specs->items[i].names[k]))
                return true;
    for (i = 0; accounts && i < c->source->nested_count; i++)
        if (below(path, c->source->nested[i].path) ||
            ascii_casecmp(path, c->source->nested[i].path) == 0)
            return true;
    return false;
}

/* Which list of the mapping stands at a path, 1-based. */
static void mark(const struct json_cells *c, size_t tree, struct node *n)
{
    size_t i;

    if (tree != 0)
        return;
    n->embedded = reads_below(c, n->path, true);
    n->reads = reads_below(c, n->path, false);
    for (i = 0; i < c->source->nested_count; i++)
        if (ascii_casecmp(c->source->nested[i].path, n->path) == 0)
            n->nested = (int)i + 1;
    for (i = 0; i < c->source->attribute_count; i++)
        if (ascii_casecmp(c->source->attributes[i].path, n->path) == 0)
            n->attributes = (int)i + 1;
    for (i = 0; i < c->source->pick_count; i++)
        if (ascii_casecmp(c->source->picks[i].path, n->path) == 0)
            n->pick = (int)i + 1;
}

static struct node *child_of(struct json_cells *c, size_t tree, struct node *n,
                             const char *key, const char *parent,
                             struct err *err)
{
    struct node *k = n->expect;

    if (!k || strcmp(k->key, key) != 0)
        for (k = n->child; k && strcmp(k->key, key) != 0; k = k->next)
            ;
    if (!k) {
        k = new_node(key, parent);
        if (!k) {
            err_nomem(err);
            return NULL;
        }
        mark(c, tree, k);
        if (n->last_child)
            n->last_child->next = k;
        else
            n->child = k;
        n->last_child = k;
    }
    n->expect = k->next ? k->next : n->child;
    return k;
}

/* ------------------------------------------------------------------- cells */

static int cell_of(struct json_cells *c, size_t tree, struct node *n,
                   struct map_cell **out, struct err *err)
{
    struct tree *t = &c->trees[tree];

    if (n->column < 0) {
        n->column = map_column(c->map, tree, n->path, err);
        if (n->column < 0)
            return -1;
    }
    if ((size_t)n->column >= t->cap) {
        size_t cap = t->cap ? t->cap * 2 : 64;
        struct map_cell *p;

        while (cap <= (size_t)n->column)
            cap *= 2;
        p = realloc(t->cells, cap * sizeof(*p));
        if (!p)
            return err_nomem(err);
        memset(p + t->cap, 0, (cap - t->cap) * sizeof(*p));
        t->cells = p;
        t->cap = cap;
    }
    *out = &t->cells[n->column];
    return 0;
}

static char *room(struct json_cells *c, size_t n, struct err *err)
{
    struct block *b = c->blocks;
    size_t size = n > BLOCK ? n : BLOCK;

    if (!b || b->used + n > b->size) {
        b = malloc(sizeof(*b) + size);
        if (!b) {
            err_nomem(err);
            return NULL;
        }
        *b = (struct block){.next = c->blocks, .size = size};
        c->blocks = b;
    }
    b->used += n;
    return b->text + b->used - n;
}

/* Keep one block for the next record. */
static void reset_room(struct json_cells *c, bool all)
{
    struct block *b = c->blocks, *next;

    if (b && !all) {
        b = b->next;
        c->blocks->next = NULL;
        c->blocks->used = 0;
    } else {
        c->blocks = NULL;
    }
    for (; b; b = next) {
        next = b->next;
        free(b);
    }
}

/* The text of a scalar; empty for null. */
static int scalar_text(struct json_cells *c, const json_t *v, const char **s,
                       size_t *n, struct err *err)
{
    char *text;

    *s = "";
    *n = 0;
    switch (json_typeof(v)) {
    case JSON_STRING:
        *s = json_string_value(v);
        *n = json_string_length(v);
        break;
    case JSON_TRUE:
        *s = "true";
        *n = 4;
        break;
    case JSON_FALSE:
        *s = "false";
        *n = 5;
        break;
    case JSON_INTEGER:
    case JSON_REAL:
        text = room(c, 32, err);
        if (!text)
            return -1;
        if (json_is_integer(v))
            snprintf(text, 32, "%lld", (long long)json_integer_value(v));
        else
            snprintf(text, 32, "%.15g", json_real_value(v));
        *s = text;
        *n = strlen(text);
        break;
    default:
        break;
    }
    return 0;
}

static int note_lines(struct json_cells *c, struct node *n, struct err *err)
{
    struct node **p;

    if (c->listed_count == c->listed_cap) {
        size_t cap = c->listed_cap ? c->listed_cap * 2 : 32;

        /* NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers */
        p = realloc(c->listed, cap * sizeof(*p));
        if (!p)
            return err_nomem(err);
        c->listed = p;
        c->listed_cap = cap;
    }
    c->listed[c->listed_count++] = n;
    return 0;
}

/* A text at a path; "again" inside an array, where there may be more. */
static int put_text(struct json_cells *c, size_t tree, struct node *n,
                    const char *s, size_t len, bool again, struct err *err)
{
    struct map_cell *cell;

    if (cell_of(c, tree, n, &cell, err) < 0)
        return -1;
    if (!again || (cell->kind == CELL_NONE && n->lines.len == 0)) {
        *cell = (struct map_cell){s, (uint32_t)len, CELL_TEXT};
        return 0;
    }
    if (cell->kind != CELL_LINES) { /* the second of several: gather them */
        strbuf_reset(&n->lines);
        strbuf_add(&n->lines, cell->s, cell->n);
        if (note_lines(c, n, err) < 0)
            return -1;
    }
    strbuf_addc(&n->lines, '\n');
    strbuf_add(&n->lines, s, len);
    cell->kind = CELL_LINES;
    return strbuf_ok(&n->lines) ? 0 : err_nomem(err);
}

static int put_scalar(struct json_cells *c, size_t tree, struct node *n,
                      const json_t *v, bool again, struct err *err)
{
    const char *s;
    size_t len;

    if (scalar_text(c, v, &s, &len, err) < 0)
        return -1;
    return put_text(c, tree, n, s, len, again, err);
}

static int put(struct json_cells *c, size_t tree, struct node *n,
               const char *parent, const json_t *v, bool again,
               struct err *err);

static int put_object(struct json_cells *c, size_t tree, struct node *n,
                      const json_t *o, bool again, struct err *err)
{
    const char *path = n->path ? n->path : "", *key;
    struct node *k;
    void *i;

    n->expect = n->child;
    for (i = json_object_iter(json_walk(o)); i;
         i = json_object_iter_next(json_walk(o), i)) {
        key = json_object_iter_key(i);
        if (strlen(path) + strlen(key) > PATH_MOST)
            return err_set(err, ERR_INPUT, "a key path is too long");
        k = child_of(c, tree, n, key, path, err);
        if (!k ||
            put(c, tree, k, path, json_object_iter_value(i), again, err) < 0)
            return -1;
    }
    return 0;
}

/* ------------------------------------------------------------- attributes */

/* A member by its key; where it is not spelled so, in any case. */
static const json_t *member(const json_t *o, const char *key)
{
    json_t *w = json_walk(o), *v = json_object_get(o, key);
    void *i;

    for (i = v ? NULL : json_object_iter(w); i; i = json_object_iter_next(w, i))
        if (ascii_casecmp(json_object_iter_key(i), key) == 0)
            return json_object_iter_value(i);
    return v;
}

static const json_t *walk_to(const json_t *o, const char *path)
{
    char key[128];
    size_t n;

    while (o && *path) {
        n = strcspn(path, ".");
        if (n >= sizeof(key))
            return NULL;
        memcpy(key, path, n);
        key[n] = '\0';
        o = member(o, key);
        path += n + (path[n] == '.');
    }
    return o;
}

/* The first of its keys that holds something. */
static const json_t *attribute_value(const struct attributes *a,
                                     const json_t *e)
{
    const json_t *v = a->value_count ? NULL : e;
    size_t i;

    for (i = 0; i < a->value_count && (!v || json_is_null(v)); i++)
        v = walk_to(e, a->values[i]);
    return v;
}

/* One attribute: its name is the header of its column. */
static int put_attribute(struct json_cells *c, struct node *n,
                         const struct attributes *a, const char *name,
                         const json_t *e, struct err *err)
{
    const json_t *v = attribute_value(a, e);
    const json_t *problem = a->error ? walk_to(e, a->error) : NULL;
    bool failed = json_is_string(problem) && json_string_length(problem) > 0;
    struct map_cell *cell = NULL;
    struct node *k;
    size_t i;

    if ((!v && !failed) || strlen(name) > PATH_MOST)
        return 0;
    k = child_of(c, 0, n, map_attribute(c->map, a, name), "", err);
    if (!k)
        return -1;
    if (failed) { /* its cell stays as empty as if it was not there */
        if (cell_of(c, 0, k, &cell, err) < 0)
            return -1;
        map_failed(c->map, k->column);
        return 0;
    }
    if (!json_is_array(v))
        return json_is_object(v) ? 0 : put_scalar(c, 0, k, v, false, err);
    if (json_array_size(v) == 0)
        return put_scalar(c, 0, k, json_null(), false, err);
    for (i = 0; i < json_array_size(v); i++)
        if (!json_is_object(json_array_get(v, i)) &&
            !json_is_array(json_array_get(v, i)) &&
            put_scalar(c, 0, k, json_array_get(v, i), i > 0, err) < 0)
            return -1;
    return 0;
}

static const char *attribute_name(const struct attributes *a, const json_t *e)
{
    const json_t *v;
    size_t i;

    for (i = 0; i < a->name_count; i++) {
        v = walk_to(e, a->names[i]);
        if (json_is_string(v) && json_string_length(v) > 0)
            return json_string_value(v);
    }
    return NULL;
}

static int put_attributes(struct json_cells *c, struct node *n,
                          const struct attributes *a, const json_t *v,
                          struct err *err)
{
    const char *name;
    size_t i;
    void *at;

    if (json_is_object(v)) {
        json_t *o = json_walk(v);

        for (at = json_object_iter(o); at; at = json_object_iter_next(o, at))
            if (put_attribute(c, n, a, json_object_iter_key(at),
                              json_object_iter_value(at), err) < 0)
                return -1;
        return 0;
    }
    for (i = 0; i < json_array_size(v); i++) {
        name = attribute_name(a, json_array_get(v, i));
        if (name && put_attribute(c, n, a, name, json_array_get(v, i), err) < 0)
            return -1;
    }
    return 0;
}

/* ----------------------------------------------------------------- a value */

static int put_array(struct json_cells *c, size_t tree, struct node *n,
                     const json_t *v, struct err *err)
{
    struct map_cell *cell = NULL;
    size_t i;

    if (json_array_size(v) == 0) {
        if (cell_of(c, tree, n, &cell, err) < 0 || !cell)
            return -1;
        if (cell->kind == CELL_NONE)
            *cell = (struct map_cell){"", 0, CELL_LINES};
        return 0;
    }
    for (i = 0; i < json_array_size(v); i++)
        if (put(c, tree, n, "", json_array_get(v, i), true, err) < 0)
            return -1;
    return 0;
}

/* A value that stands as text in a text: JSON, or a property list in base64.
 * NULL where it is neither. Kept until the next record. */
static const json_t *within(struct json_cells *c, const json_t *v)
{
    const char *s = json_string_value(v), *problem;
    size_t n = json_string_length(v), len = 0;
    json_t *inner = NULL;
    char *raw = NULL;

    if (n > 1 && (s[0] == '{' || s[0] == '['))
        inner = json_loadb(s, n, JSON_REJECT_DUPLICATES, NULL);
    else if (plist_looks(s, n))
        inner = plist_to_json(s, n, &problem);
    else if (n > 40)
        raw = base64_decode(s, n, &len);
    if (raw && plist_looks(raw, len))
        inner = plist_to_json(raw, len, &problem);
    free(raw);
    if (!inner)
        return NULL;
    if (!c->held)
        c->held = json_array();
    return json_array_append_new(c->held, inner) == 0 ? inner : NULL;
}

/* Whether an element of a list is one of those that are read. */
static bool picked(const struct json_cells *c, const struct node *n,
                   const json_t *v)
{
    const struct pick *p;
    const char *word;
    size_t i;

    if (!n->pick || !json_is_object(v))
        return true;
    p = &c->source->picks[n->pick - 1];
    word = json_string_value(member(v, p->key));
    for (i = 0; word && i < p->word_count; i++)
        if (ascii_casecmp(p->words[i], word) == 0)
            return true;
    return false;
}

static int put(struct json_cells *c, size_t tree, struct node *n,
               const char *parent, const json_t *v, bool again, struct err *err)
{
    const json_t *inner;

    (void)parent;
    if (!picked(c, n, v))
        return 0;
    if (n->embedded && json_is_string(v) && (inner = within(c, v)) != NULL)
        v = inner;
    /* "again": an element of the list, walked for columns beside it */
    if (n->nested && !again && (json_is_array(v) || json_is_object(v))) {
        c->lists[n->nested - 1] = v;
        if (!n->reads)
            return 0;
    }
    if (n->attributes && (json_is_array(v) || json_is_object(v)))
        return put_attributes(c, n, &c->source->attributes[n->attributes - 1],
                              v, err);
    if (json_is_object(v))
        return put_object(c, tree, n, v, again, err);
    if (json_is_array(v))
        return put_array(c, tree, n, v, err);
    return put_scalar(c, tree, n, v, again, err);
}

static void clear_cells(struct json_cells *c, size_t tree)
{
    struct tree *t = &c->trees[tree];
    size_t i;

    if (t->cap)
        memset(t->cells, 0,
               map_columns(c->map, tree) < t->cap
                   ? map_columns(c->map, tree) * sizeof(*t->cells)
                   : t->cap * sizeof(*t->cells));
    for (i = 0; i < c->listed_count; i++)
        strbuf_reset(&c->listed[i]->lines);
    c->listed_count = 0;
}

/* Gathered lines, where they stay for as long as the record does. */
static int settle(struct json_cells *c, size_t tree, struct err *err)
{
    size_t i;

    for (i = 0; i < c->listed_count; i++) {
        struct node *n = c->listed[i];
        struct map_cell *cell = &c->trees[tree].cells[n->column];
        char *text = room(c, n->lines.len, err);

        if (!text)
            return -1;
        memcpy(text, strbuf_str(&n->lines), n->lines.len);
        cell->s = text;
        cell->n = (uint32_t)n->lines.len;
    }
    return 0;
}

/* A tree whose columns have outgrown its cells (columns of another record). */
static int fit_cells(struct json_cells *c, size_t tree, struct err *err)
{
    struct tree *t = &c->trees[tree];
    size_t need = map_columns(c->map, tree) + 1;
    struct map_cell *p;

    if (need <= t->cap)
        return 0;
    p = realloc(t->cells, need * 2 * sizeof(*p));
    if (!p)
        return err_nomem(err);
    memset(p + t->cap, 0, (need * 2 - t->cap) * sizeof(*p));
    t->cells = p;
    t->cap = need * 2;
    return 0;
}

/* ---------------------------------------------------------------- accounts */

static int put_element(struct json_cells *c, size_t nested, const char *key,
                       const json_t *v, struct map_record *out, struct err *err)
{
    struct tree *t = &c->trees[nested + 1];
    struct node *self;
    int rc = 0;

    clear_cells(c, nested + 1);
    if (json_is_object(v))
        rc = put_object(c, nested + 1, &t->root, v, false, err);
    if (rc == 0 && (key || !json_is_object(v))) {
        /* "." is the key, or the element itself */
        self = child_of(c, nested + 1, &t->root, ".", "", err);
        if (!self)
            return -1;
        rc = key ? put_text(c, nested + 1, self, key, strlen(key), false, err)
                 : put_scalar(c, nested + 1, self, v, false, err);
    }
    if (rc < 0 || fit_cells(c, nested + 1, err) < 0 ||
        settle(c, nested + 1, err) < 0)
        return -1;
    return map_element(c->map, nested, t->cells, out, err);
}

static bool counts(const json_t *v)
{
    const char *s = json_string_value(v);

    return json_is_integer(v) ||
           (s && *s && strspn(s, "0123456789") == strlen(s));
}

/* {"size": 2, "user": [{...}, {...}]}: a list as XML becomes JSON. The list
 * within; the value itself where it is none of these. */
static const json_t *unwrapped(const json_t *v)
{
    const json_t *list = NULL, *e;
    json_t *o = json_walk(v);
    void *at;

    for (at = json_object_iter(o); at; at = json_object_iter_next(o, at)) {
        e = json_object_iter_value(at);
        if (counts(e))
            continue;
        if (list ||
            !(json_is_object(e) || json_is_object(json_array_get(e, 0))))
            return v;
        list = e;
    }
    return list ? list : v;
}

static int put_accounts(struct json_cells *c, size_t nested, const json_t *v,
                        struct map_record *out, struct err *err)
{
    json_t *o;
    size_t i;
    void *at;

    if (json_is_object(v) && !c->source->nested[nested].keyed)
        v = unwrapped(v);
    o = json_walk(v);
    map_listed(c->map, out, nested);
    if (json_is_object(v) && !c->source->nested[nested].keyed)
        return put_element(c, nested, NULL, v, out, err);
    if (json_is_object(v)) {
        for (at = json_object_iter(o); at; at = json_object_iter_next(o, at))
            if (put_element(c, nested, json_object_iter_key(at),
                            json_object_iter_value(at), out, err) < 0)
                return -1;
        return 0;
    }
    for (i = 0; i < json_array_size(v); i++)
        if (put_element(c, nested, NULL, json_array_get(v, i), out, err) < 0)
            return -1;
    return 0;
}

/* ------------------------------------------------------------------ public */

struct json_cells *json_cells_new(const struct source *s, struct map *m,
                                  struct err *err)
{
    struct json_cells *c = calloc(1, sizeof(*c));
    size_t i;

    if (!c) {
        err_nomem(err);
        return NULL;
    }
    c->source = s;
    c->map = m;
    c->tree_count = s->nested_count + 1;
    c->trees = calloc(c->tree_count, sizeof(*c->trees));
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers */
    c->lists = calloc(c->tree_count, sizeof(*c->lists));
    if (!c->trees || !c->lists) {
        json_cells_free(c);
        err_nomem(err);
        return NULL;
    }
    for (i = 0; i < c->tree_count; i++)
        c->trees[i].root.column = -1;
    return c;
}

void json_cells_free(struct json_cells *c)
{
    size_t i;

    if (!c)
        return;
    for (i = 0; c->trees && i < c->tree_count; i++) {
        free_children(&c->trees[i].root);
        free(c->trees[i].cells);
    }
    free(c->trees);
    free(c->lists);
    free(c->listed);
    reset_room(c, true);
    json_decref(c->held);
    free(c);
}

int json_cells_map(struct json_cells *c, const json_t *record, int64_t line,
                   struct map_record *out, struct err *err)
{
    size_t i;

    reset_room(c, false);
    if (c->held)
        json_array_clear(c->held);
    clear_cells(c, 0);
    for (i = 0; i < c->source->nested_count; i++)
        c->lists[i] = NULL;
    if (put_object(c, 0, &c->trees[0].root, record, false, err) < 0 ||
        fit_cells(c, 0, err) < 0 || settle(c, 0, err) < 0)
        return -1;
    if (map_begin(c->map, c->trees[0].cells, line, out, err) < 0)
        return -1;
    if (out->verdict != MAP_LEFT_OUT)
        for (i = 0; i < c->source->nested_count; i++)
            if (c->lists[i] && put_accounts(c, i, c->lists[i], out, err) < 0)
                return -1;
    return map_end(c->map, out, err);
}
