/*
 * catalogue.c - all rules in force, in one order.
 */
#include "core/base.h"

#include "analyze/catalogue.h"
#include "analyze/rule_place.h"
#include "core/resource.h"
#include "core/strbuf.h"
#include "core/text.h"

#include <dirent.h>
#include <sys/stat.h>

#define RULE_FILE_MOST ((size_t)1 << 20)
#define CASES_FILE_MOST ((size_t)16 << 20)

/* ------------------------------------------------------------------- files */

char *file_text(const char *path, size_t limit, size_t *n, struct err *err)
{
    struct strbuf b = {0};
    char buf[16384];
    FILE *f = fopen(path, "rb");
    size_t got;

    if (!f) {
        err_errno(err, ERR_CONFIG, path, "cannot open");
        return NULL;
    }
    strbuf_adds(&b, "");
    while ((got = fread(buf, 1, sizeof(buf), f)) > 0 && b.len <= limit)
        strbuf_add(&b, buf, got);
    if (ferror(f))
        err_errno(err, ERR_CONFIG, path, "cannot read");
    else if (b.len > limit)
        err_at(err, ERR_CONFIG, path, 0, 0, "is larger than %zu bytes", limit);
    else if (!strbuf_ok(&b))
        err_nomem(err);
    fclose(f);
    *n = b.len;
    if (err->code != ERR_NONE) {
        strbuf_free(&b);
        return NULL;
    }
    return strbuf_detach(&b);
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int add_path(char ***paths, size_t *n, const char *dir, const char *name,
                    struct err *err)
{
    struct strbuf b = {0};
    char **p = realloc(*paths, (*n + 1) * sizeof(*p));

    if (!p)
        return err_nomem(err);
    *paths = p;
    strbuf_addf(&b, "%s/%s", dir, name);
    if (!strbuf_ok(&b)) {
        strbuf_free(&b);
        return err_nomem(err);
    }
    p[(*n)++] = strbuf_detach(&b);
    return 0;
}

static int list_folder(const char *dir, char ***paths, size_t *n,
                       struct err *err)
{
    DIR *d = opendir(dir);
    const struct dirent *e;
    int rc = 0;

    if (!d)
        return err_errno(err, ERR_CONFIG, dir, "cannot open the folder");
    while (rc == 0 && (e = readdir(d)))
        if (e->d_name[0] != '.')
            rc = add_path(paths, n, dir, e->d_name, err);
    closedir(d);
    if (*n)
        qsort(*paths, *n, sizeof(**paths), compare_paths);
    return rc;
}

static int walk(const char *dir, const char *suffix, const char *folder,
                file_fn *fn, void *ctx, struct err *err)
{
    char **paths = NULL;
    size_t n = 0, i;
    int rc = list_folder(dir, &paths, &n, err);
    struct stat st;

    for (i = 0; i < n && rc == 0; i++) {
        const char *slash = strrchr(paths[i], '/');

        if (stat(paths[i], &st) < 0)
            rc = err_errno(err, ERR_CONFIG, paths[i], "cannot read");
        else if (S_ISDIR(st.st_mode) && !folder[0])
            rc = walk(paths[i], suffix, slash + 1, fn, ctx, err);
        else if (S_ISREG(st.st_mode) && text_ends(paths[i], suffix))
            rc = fn(ctx, paths[i], folder, err);
    }
    for (i = 0; i < n; i++)
        free(paths[i]);
    free(paths);
    return rc;
}

int files_below(const char *dir, const char *suffix, file_fn *fn, void *ctx,
                struct err *err)
{
    return walk(dir, suffix, "", fn, ctx, err);
}

/* ---------------------------------------------------------------- the rules */

static char *copy_text(const char *s)
{
    size_t n = strlen(s) + 1;
    char *p = malloc(n);

    if (p)
        memcpy(p, s, n);
    return p;
}

static int grow(struct catalogue *c, struct err *err)
{
    size_t cap = c->cap ? 2 * c->cap : 128;
    void *p;

    if (c->count < c->cap)
        return 0;
    if (!(p = realloc(c->rules, cap * sizeof(void *))))
        return err_nomem(err);
    c->rules = p;
    if (!(p = realloc(c->cases, cap * sizeof(*c->cases))))
        return err_nomem(err);
    c->cases = p;
    if (!(p = realloc(c->case_files, cap * sizeof(*c->case_files))))
        return err_nomem(err);
    c->case_files = p;
    if (!(p = realloc(c->overrides, cap * sizeof(*c->overrides))))
        return err_nomem(err);
    c->overrides = p;
    c->cap = cap;
    return 0;
}

static size_t place_of(const struct catalogue *c, const char *id)
{
    size_t i;

    for (i = 0; i < c->count; i++)
        if (strcmp(c->rules[i]->id, id) == 0)
            break;
    return i;
}

/* Takes "r" and the texts. A second rule of an id takes the place of a built-in
 * one, and is at fault beside another of the user's own. */
static int add_rule(struct catalogue *c, struct rule *r, char *cases,
                    char *case_file, struct err *err)
{
    size_t at;

    if (!r || !cases || !case_file || grow(c, err) < 0) {
        rule_free(r);
        free(cases);
        free(case_file);
        return err_nomem(err);
    }
    at = place_of(c, r->id);
    if (at < c->count && c->rules[at]->own) {
        const char *id = rule_header_word(r, "id", NULL);
        long line, column;

        rule_place(r, id ? id : r->text, &line, &column);
        err_at(&r->broken, ERR_CONFIG, r->file, line, column,
               "has the id %s, as has %s", r->id, c->rules[at]->file);
        c->rules[at]->broken = r->broken;
        rule_free(r);
        free(cases);
        free(case_file);
        return 0;
    }
    if (at < c->count) {
        r->core = r->core || c->rules[at]->core;
        rule_free(c->rules[at]);
        free(c->cases[at]);
        free(c->case_files[at]);
        c->overrides[at] = true;
    } else {
        c->count++;
        c->overrides[at] = false;
    }
    c->rules[at] = r;
    c->cases[at] = cases;
    c->case_files[at] = case_file;
    return 0;
}

/* "a/b/ST-06-x.sql" -> "a/b/ST-06-x.cases.jsonl" */
static char *cases_name(const char *path)
{
    struct strbuf b = {0};

    strbuf_add(&b, path, strlen(path) - strlen(".sql"));
    strbuf_adds(&b, ".cases.jsonl");
    return strbuf_detach(&b);
}

static int add_built_in(struct catalogue *c, struct err *err)
{
    static const char root[] = "analyze/rules/";
    const struct resource *res, *cases;
    char module[64], *name;
    size_t at = 0;
    const char *slash;

    while ((res = resource_next(root, ".sql", &at))) {
        slash = strchr(res->name + sizeof(root) - 1, '/');
        snprintf(module, sizeof(module), "%.*s",
                 slash ? (int)(slash - res->name - (int)sizeof(root) + 1) : 0,
                 res->name + sizeof(root) - 1);
        name = cases_name(res->name);
        cases = name ? resource_find(name) : NULL;
        if (add_rule(c, rule_parse(res->name, module, res->data, res->size),
                     copy_text(cases ? cases->data : ""), name, err) < 0)
            return -1;
    }
    return 0;
}

static int add_file(void *ctx, const char *path, const char *folder,
                    struct err *err)
{
    struct err ignored = {0};
    struct catalogue *c = ctx;
    size_t n, cases_n;
    char *text = file_text(path, RULE_FILE_MOST, &n, err), *cases, *name;
    struct stat st;
    struct rule *r;

    if (!text)
        return -1;
    r = rule_parse(path, folder[0] ? folder : "own", text, n);
    free(text);
    if (r)
        r->own = true;
    name = cases_name(path);
    cases = name && stat(name, &st) == 0
                ? file_text(name, CASES_FILE_MOST, &cases_n, &ignored)
                : copy_text("");
    if (r && ignored.code != ERR_NONE) {
        if (r->broken.code == ERR_NONE)
            r->broken = ignored;
        cases = copy_text("");
    }
    return add_rule(c, r, cases, name, err);
}

/* Sorting moves four arrays at once; there are few rules, nearly in order. */
static void sort_rules(struct catalogue *c)
{
    size_t i, k;

    for (i = 1; i < c->count; i++) {
        struct rule *r = c->rules[i];
        char *cases = c->cases[i], *file = c->case_files[i];
        bool over = c->overrides[i];

        for (k = i; k > 0 && strcmp(c->rules[k - 1]->id, r->id) > 0; k--) {
            c->rules[k] = c->rules[k - 1];
            c->cases[k] = c->cases[k - 1];
            c->case_files[k] = c->case_files[k - 1];
            c->overrides[k] = c->overrides[k - 1];
        }
        c->rules[k] = r;
        c->cases[k] = cases;
        c->case_files[k] = file;
        c->overrides[k] = over;
    }
}

static void digest_rules(struct catalogue *c)
{
    struct sha256_ctx ctx;
    size_t i;

    nettle_sha256_init(&ctx);
    for (i = 0; i < c->count; i++)
        nettle_sha256_update(&ctx, SHA256_HEX - 1,
                             (const uint8_t *)c->rules[i]->digest);
    sha256_hex(&ctx, c->digest);
}

int catalogue_load(struct catalogue *c, const char *dir, struct err *err)
{
    *c = (struct catalogue){0};
    if (add_built_in(c, err) < 0 ||
        (dir && files_below(dir, ".sql", add_file, c, err) < 0)) {
        catalogue_free(c);
        return -1;
    }
    sort_rules(c);
    digest_rules(c);
    return 0;
}

static void free_at(struct catalogue *c, size_t i)
{
    rule_free(c->rules[i]);
    free(c->cases[i]);
    free(c->case_files[i]);
}

void catalogue_free(struct catalogue *c)
{
    size_t i;

    for (i = 0; i < c->count; i++)
        free_at(c, i);
    free(c->rules);
    free(c->cases);
    free(c->case_files);
    free(c->overrides);
    *c = (struct catalogue){0};
}

const struct rule *catalogue_find(const struct catalogue *c, const char *id)
{
    size_t i;

    for (i = 0; i < c->count; i++)
        if (ascii_casecmp(c->rules[i]->id, id) == 0)
            return c->rules[i];
    return NULL;
}

void catalogue_drop(struct catalogue *c, bool (*drop)(void *ctx, const char *),
                    void *ctx)
{
    size_t i, kept = 0;

    for (i = 0; i < c->count; i++) {
        if (drop(ctx, c->rules[i]->id)) {
            free_at(c, i);
            continue;
        }
        c->rules[kept] = c->rules[i];
        c->cases[kept] = c->cases[i];
        c->case_files[kept] = c->case_files[i];
        c->overrides[kept++] = c->overrides[i];
    }
    c->count = kept;
}
