/*
 * template.c - a template and the files it includes.
 */
#include "core/base.h"

#include "core/text.h"
#include "report/template_node.h"

int template_fail(const struct template_file *file, const struct node *node,
                  struct err *err, const char *fmt, ...)
{
    char text[sizeof(err->text)];
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    utf8_trim_tail(text);
    return err_at(err, ERR_CONFIG, file->shown, node->line, node->column, "%s",
                  text);
}

/* Names lead to files: nothing that could lead out of the folder. */
static bool name_safe(const char *name)
{
    return name[0] != '/' && !strstr(name, "..") && !strchr(name, '\\');
}

static struct template_file *file_find(const struct template *t,
                                       const char *name)
{
    struct template_file *f;

    for (f = t->files; f; f = f->next)
        if (strcmp(f->name, name) == 0)
            return f;
    return NULL;
}

static void file_free(struct template_file *f)
{
    if (!f)
        return;
    node_list_free(&f->nodes);
    free(f->name);
    free(f->shown);
    free(f->source);
    free(f);
}

static struct template_file *file_new(const char *name, const char *shown,
                                      const char *text, size_t len,
                                      struct err *err)
{
    struct template_file *f = calloc(1, sizeof(*f));

    if (f) {
        f->name = strdup(name);
        f->shown = strdup(shown);
        f->source = malloc(len + 1);
        f->len = len;
    }
    if (!f || !f->name || !f->shown || !f->source) {
        err_nomem(err);
        file_free(f);
        return NULL;
    }
    memcpy(f->source, text, len);
    f->source[len] = '\0';
    return f;
}

/* Load, parse and append a file. 1, 0 where there is none, -1. */
static int file_load(struct template *t, const struct template_options *o,
                     const char *name, struct template_file **out,
                     struct err *err)
{
    struct template_file **end = &t->files, *f;
    const char *text = NULL, *shown = name;
    size_t len = 0, count = 0;
    int rc;

    rc = name_safe(name) ? o->load(o->ctx, name, &text, &len, &shown, err) : 0;
    if (rc <= 0)
        return rc;
    f = file_new(name, shown, text, len, err);
    if (!f)
        return -1;
    for (; *end; end = &(*end)->next)
        count++;
    *end = f;
    *out = f;
    f->number = count;
    if (count >= TEMPLATE_FILES)
        return err_set(err, ERR_CONFIG, "%s: more than %d files are included",
                       shown, TEMPLATE_FILES);
    return template_parse(f, err) == 0 ? 1 : -1;
}

/* Find what the including tags of "list" name. */
static int resolve(struct template *t, const struct template_options *o,
                   const struct template_file *file, struct node_list *list,
                   struct err *err)
{
    size_t i;
    int rc;

    for (i = 0; i < list->n; i++) {
        struct node *node = &list->v[i];
        struct template_file *f;

        if (resolve(t, o, file, &node->children, err) != 0)
            return -1;
        if (node->type != NODE_PARTIAL && node->type != NODE_PARENT)
            continue;
        f = file_find(t, node->name);
        rc = f ? 1 : file_load(t, o, node->name, &f, err);
        if (rc < 0)
            return -1;
        if (rc == 0 && !o->lenient)
            return template_fail(file, node, err, "no template named \"%s\"",
                                 node->name);
        node->file = rc ? f : NULL;
    }
    return 0;
}

struct template *template_compile(const char *name,
                                  const struct template_options *options,
                                  struct err *err)
{
    struct template *t = calloc(1, sizeof(*t));
    struct template_file *f;
    int rc;

    if (!t) {
        err_nomem(err);
        return NULL;
    }
    t->lenient = options->lenient;
    rc = file_load(t, options, name, &f, err);
    if (rc == 0)
        rc = err_set(err, ERR_CONFIG, "no template named \"%s\"", name);
    for (f = t->files; rc > 0 && f; f = f->next)
        if (resolve(t, options, f, &f->nodes, err) != 0)
            rc = -1;
    if (rc > 0)
        return t;
    template_free(t);
    return NULL;
}

void template_free(struct template *t)
{
    struct template_file *f, *next;

    if (!t)
        return;
    for (f = t->files; f; f = next) {
        next = f->next;
        file_free(f);
    }
    free(t);
}
