/*
 * operands.c - the files that a command line means.
 */
#include "core/base.h"

#include "core/strbuf.h"
#include "core/text.h"
#include "ingest/operands.h"
#include "ingest/own_reports.h"
#include "ingest/secrets.h"

#include <dirent.h>
#include <sys/stat.h>

#define DEPTH_MOST 16

struct walk {
    struct operands *list;
    bool client_per_folder;
    struct err *err;
};

static int add(struct walk *w, const char *path, const char *name,
               const char *client)
{
    struct operand *p =
        realloc(w->list->items, (w->list->count + 1) * sizeof(*p));
    struct strbuf clean = {0};

    if (!p)
        return err_nomem(w->err);
    w->list->items = p;
    p = &w->list->items[w->list->count++];
    secret_clean(&clean, name, strlen(name));
    *p = (struct operand){strdup(path), strbuf_detach(&clean),
                          client ? strdup(client) : NULL};
    if (!p->path || !p->name || (client && !p->client))
        return err_nomem(w->err);
    return 0;
}

static bool is_export(const char *name)
{
    static const char *const endings[] = {
        ".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".plist", ".txt"};
    size_t n = strlen(name), i;

    for (i = 0; i < COUNT_OF(endings); i++) {
        size_t k = strlen(endings[i]);

        if (n > k && ascii_casecmp(name + n - k, endings[i]) == 0)
            return true;
    }
    return false;
}

static int visible(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* "name" is the path below the folder given; "" for that folder itself. */
static int folder(struct walk *w, const char *path, const char *name,
                  const char *client, int depth);

static int entry(struct walk *w, const char *path, const char *name,
                 const char *base, const char *client, int depth)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return err_errno(w->err, ERR_INPUT, path, "cannot read");
    if (S_ISDIR(st.st_mode))
        return folder(w, path, name,
                      depth == 0 && w->client_per_folder ? base : client,
                      depth + 1);
    if (S_ISREG(st.st_mode) && is_export(base))
        return add(w, path, name, client);
    return 0;
}

static int folder(struct walk *w, const char *path, const char *name,
                  const char *client, int depth)
{
    struct dirent **list = NULL;
    struct strbuf full = {0}, below = {0};
    json_t *own = json_object();
    int n, i, rc = 0;

    if (depth > DEPTH_MOST)
        rc = err_at(w->err, ERR_INPUT, path, 0, 0, "folders nest too deep");
    n = rc == 0 ? scandir(path, &list, visible, by_bytes) : 0;
    if (n < 0)
        rc = err_errno(w->err, ERR_INPUT, path, "cannot read the folder");
    for (i = 0; i < n; i++)
        own_reports_add(own, path, list[i]->d_name);
    for (i = 0; i < n; i++) {
        const char *base = list[i]->d_name;

        strbuf_reset(&full);
        strbuf_addf(&full, "%s%s%s", path, text_ends(path, "/") ? "" : "/",
                    base);
        strbuf_reset(&below);
        strbuf_addf(&below, "%s%s%s", name, *name ? "/" : "", base);
        if (rc == 0 && (!strbuf_ok(&full) || !strbuf_ok(&below)))
            rc = err_nomem(w->err);
        if (rc == 0 && json_object_get(own, base))
            w->list->reports++;
        else if (rc == 0)
            rc = entry(w, strbuf_str(&full), strbuf_str(&below), base, client,
                       depth);
        free(list[i]);
    }
    free(list);
    json_decref(own);
    strbuf_free(&full);
    strbuf_free(&below);
    return rc;
}

const char *operands_shown(const char *word)
{
    const char *slash = strrchr(word, '/');

    if (word[0] == '/')
        return slash + 1;
    while (text_starts(word, "./"))
        word += 2;
    return word;
}

int operands_expand(struct operands *list, char *const *words, size_t count,
                    bool client_per_folder, struct err *err)
{
    struct walk w = {list, client_per_folder, err};
    struct stat st;
    size_t i, before, streams = 0;

    *list = (struct operands){0};
    for (i = 0; i < count; i++)
        streams += strcmp(words[i], "-") == 0;
    if (streams > 1) {
        err_set(err, ERR_USAGE,
                "standard input is named %zu times: it can "
                "be read once",
                streams);
        return err_hint(err, "several exports: name their files, or put "
                             "those of one kind one after the other (cat)");
    }
    for (i = 0; i < count; i++) {
        if (strcmp(words[i], "-") == 0) {
            if (add(&w, "-", "standard input", NULL) < 0)
                return -1;
            continue;
        }
        if (stat(words[i], &st) != 0)
            return err_errno(err, ERR_INPUT, words[i], "cannot open");
        before = list->count;
        if (!S_ISDIR(st.st_mode)) {
            if (add(&w, words[i], operands_shown(words[i]), NULL) < 0)
                return -1;
        } else if (folder(&w, words[i], "", NULL, 0) < 0) {
            return -1;
        } else if (list->count == before) {
            return err_at(err, ERR_INPUT, words[i], 0, 0,
                          list->reports > 0
                              ? "the folder holds no exports, only reports"
                              : "the folder holds no exports");
        }
    }
    return 0;
}

void operands_free(struct operands *list)
{
    size_t i;

    for (i = 0; i < list->count; i++) {
        free(list->items[i].path);
        free(list->items[i].name);
        free(list->items[i].client);
    }
    free(list->items);
    *list = (struct operands){0};
}
