/*
 * remedy.c - what to do about a finding: files of a header and numbered steps.
 */
#include "core/base.h"

#include "analyze/catalogue.h"
#include "core/resource.h"
#include "core/strbuf.h"
#include "core/text.h"

static const char *const names[] = {"id",      "title", "who",    "effort",
                                    "minutes", "risk",  "verify", "plain"};

/* While a file is read: values and steps are laid end to end in memory. */
struct reading {
    struct remedy *r;
    char *free;
    const char **last; /* what a line that is indented goes on with */
    long line;
};

static const char **value_of(struct remedy *r, size_t k)
{
    static const char *unused = "";
    const char **const values[] = {&r->id,  &r->title, &r->who,    &r->effort,
                                   &unused, &r->risk,  &r->verify, &r->plain};

    return values[k];
}

static const char *keep(struct reading *in, const char *s, size_t n)
{
    char *p = in->free;

    memcpy(p, s, n);
    p[n] = '\0';
    in->free += n + 1;
    return p;
}

/* Blanks at both ends off; list marks ("- ", "-- ") before a key as well. */
static size_t strip(const char **s, size_t n)
{
    while (n && ascii_isspace(**s)) {
        (*s)++;
        n--;
    }
    while (n && ascii_isspace((*s)[n - 1]))
        n--;
    return n;
}

static int read_key(struct reading *in, const char *s, size_t n,
                    struct err *err)
{
    const char *colon = memchr(s, ':', n), *value;
    char key[32];
    size_t k, size;

    while (n && *s == '-') {
        s++;
        n--;
    }
    n = strip(&s, n);
    if (!colon || colon <= s)
        return err_at(err, ERR_CONFIG, in->r->file, in->line, 0,
                      "expected \"key: value\" or a numbered step");
    snprintf(key, sizeof(key), "%.*s", (int)(colon - s), s);
    for (k = 0; k < COUNT_OF(names) && strcmp(names[k], key) != 0; k++)
        ;
    if (k == COUNT_OF(names)) {
        const char *near = text_nearest(key, names, COUNT_OF(names));

        err_at(err, ERR_CONFIG, in->r->file, in->line, 0, "unknown key \"%s\"",
               key);
        return near ? err_hint(err, "did you mean \"%s\"?", near) : -1;
    }
    value = colon + 1;
    size = strip(&value, n - (size_t)(colon + 1 - s));
    if (strcmp(key, "minutes") == 0) {
        in->r->minutes = strtol(value, NULL, 10);
        in->last = NULL;
        return 0;
    }
    in->last = value_of(in->r, k);
    *in->last = keep(in, value, size);
    return 0;
}

/* "12. Do this": the length of the mark, or 0. */
static size_t step_mark(const char *s, size_t n)
{
    size_t i = 0;

    while (i < n && s[i] >= '0' && s[i] <= '9')
        i++;
    return i && i + 1 < n && s[i] == '.' && s[i + 1] == ' ' ? i + 2 : 0;
}

static int read_line(struct reading *in, const char *s, size_t n,
                     struct err *err)
{
    struct remedy *r = in->r;
    size_t mark = step_mark(s, n);

    if (mark) {
        if (r->step_count == REMEDY_STEPS_MOST)
            return err_at(err, ERR_CONFIG, r->file, in->line, 0,
                          "more than %d steps", REMEDY_STEPS_MOST);
        in->last = &r->steps[r->step_count++];
        s += mark;
        n = strip(&s, n - mark);
        *in->last = keep(in, s, n);
        return 0;
    }
    if (n && ascii_isspace(*s) && in->last) { /* goes on */
        n = strip(&s, n);
        if (n == 0)
            return 0;
        in->free[-1] = ' ';
        keep(in, s, n);
        return 0;
    }
    n = strip(&s, n);
    if (n == 0 || memcmp(s, "---", n < 3 ? n : 3) == 0)
        return 0;
    if (*s == '#') /* a heading is for those who read the file */
        return 0;
    return read_key(in, s, n, err);
}

static int check_remedy(const struct remedy *r, struct err *err)
{
    static const char *const efforts[] = {"minutes", "hour", "visit",
                                          "project"};
    size_t i;

    if (!r->id[0] || !r->title[0] || !r->who[0])
        return err_at(err, ERR_CONFIG, r->file, 1, 0,
                      "a remedy needs id, title and who");
    for (i = 0; i < COUNT_OF(efforts); i++)
        if (strcmp(efforts[i], r->effort) == 0)
            return 0;
    return err_at(err, ERR_CONFIG, r->file, 1, 0,
                  "effort: expected minutes, hour, visit or project, found "
                  "\"%s\"",
                  r->effort);
}

static int parse(struct remedy *r, const char *file, const char *text,
                 size_t size, struct err *err)
{
    struct reading in = {.r = r};
    const char *s = text;

    *r = (struct remedy){.id = "",
                         .title = "",
                         .who = "",
                         .effort = "",
                         .risk = "",
                         .verify = "",
                         .plain = ""};
    r->memory = malloc(2 * size + strlen(file) + 64);
    if (!r->memory)
        return err_nomem(err);
    in.free = r->memory;
    r->file = keep(&in, file, strlen(file));
    for (; *s; in.line++) {
        const char *end = strchr(s, '\n');
        size_t n = end ? (size_t)(end - s) : strlen(s);

        if (in.line == 0)
            in.line = 1;
        if (read_line(&in, s, n, err) < 0)
            return -1;
        s = end ? end + 1 : s + n;
    }
    return check_remedy(r, err);
}

static int add_remedy(struct remedies *all, const char *file, const char *text,
                      size_t n, struct err *err)
{
    size_t cap = all->cap ? 2 * all->cap : 32, i;
    struct remedy one, *p;

    if (parse(&one, file, text, n, err) < 0) {
        free(one.memory);
        return -1;
    }
    for (i = 0; i < all->count; i++)
        if (strcmp(all->items[i].id, one.id) == 0) { /* the user's own */
            free(all->items[i].memory);
            all->items[i] = one;
            return 0;
        }
    if (all->count == all->cap) {
        p = realloc(all->items, cap * sizeof(*p));
        if (!p) {
            free(one.memory);
            return err_nomem(err);
        }
        all->items = p;
        all->cap = cap;
    }
    all->items[all->count++] = one;
    return 0;
}

static int add_remedy_file(void *ctx, const char *path, const char *folder,
                           struct err *err)
{
    size_t n;
    char *text = file_text(path, (size_t)1 << 20, &n, err);
    int rc = -1;

    (void)folder;
    if (text)
        rc = add_remedy(ctx, path, text, n, err);
    free(text);
    return rc;
}

/* R2 before R10. */
static int compare_remedies(const void *a, const void *b)
{
    const char *x = ((const struct remedy *)a)->id;
    const char *y = ((const struct remedy *)b)->id;
    size_t m = strlen(x), n = strlen(y);

    if (m != n)
        return m < n ? -1 : 1;
    return strcmp(x, y);
}

static void digest(struct remedies *all)
{
    struct sha256_ctx ctx;
    size_t i, k;

    nettle_sha256_init(&ctx);
    for (i = 0; i < all->count; i++) {
        struct remedy *r = &all->items[i];

        for (k = 0; k < COUNT_OF(names); k++)
            nettle_sha256_update(&ctx, strlen(*value_of(r, k)) + 1,
                                 (const uint8_t *)*value_of(r, k));
        for (k = 0; k < r->step_count; k++)
            nettle_sha256_update(&ctx, strlen(r->steps[k]) + 1,
                                 (const uint8_t *)r->steps[k]);
    }
    sha256_hex(&ctx, all->digest);
}

int remedies_load(struct remedies *all, const char *dir, struct err *err)
{
    const struct resource *res;
    size_t at = 0;
    int rc = 0;

    *all = (struct remedies){0};
    while (rc == 0 && (res = resource_next("analyze/remedies/", ".md", &at)))
        rc = add_remedy(all, res->name, res->data, res->size, err);
    if (rc == 0 && dir)
        rc = files_below(dir, ".md", add_remedy_file, all, err);
    if (rc < 0) {
        remedies_free(all);
        return -1;
    }
    if (all->count)
        qsort(all->items, all->count, sizeof(*all->items), compare_remedies);
    digest(all);
    return 0;
}

void remedies_free(struct remedies *all)
{
    size_t i;

    for (i = 0; i < all->count; i++)
        free(all->items[i].memory);
    free(all->items);
    *all = (struct remedies){0};
}

const struct remedy *remedies_find(const struct remedies *all, const char *id)
{
    size_t i;

    for (i = 0; i < all->count; i++)
        if (ascii_casecmp(all->items[i].id, id) == 0)
            return &all->items[i];
    return NULL;
}
