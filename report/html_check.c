/*
 * html_check.c - a finished page read again.
 *
 * The page must begin and end as one, and its rows of data are counted by
 * kind: they stand one a line in blocks that name their kind.
 */
#include "core/base.h"

#include "core/strbuf.h"
#include "core/text.h"
#include "report/writer.h"

#define KINDS 16
#define BLOCK "<script type=\"application/json\" data-rows=\""

struct kind {
    char name[32];
    int64_t rows;
};

struct page {
    struct kind kinds[KINDS];
    size_t count;
    struct kind *open; /* the block being read; NULL outside */
    bool begun, ended;
};

static struct kind *find_kind(struct page *p, const char *name, size_t n)
{
    size_t i;

    for (i = 0; i < p->count; i++)
        if (strlen(p->kinds[i].name) == n &&
            strncmp(p->kinds[i].name, name, n) == 0)
            return &p->kinds[i];
    if (p->count == KINDS || n >= sizeof(p->kinds[0].name))
        return NULL;
    memcpy(p->kinds[p->count].name, name, n);
    return &p->kinds[p->count++];
}

/* False where the page is not made as we make them. */
static bool take_line(struct page *p, const char *line)
{
    size_t n;

    if (!p->begun && line[0] != '\n' && line[0] != '\0') {
        p->begun = ascii_ncasecmp(line, "<!doctype html>", 15) == 0;
        return p->begun;
    }
    if (p->open) {
        if (text_starts(line, "]</script>"))
            p->open = NULL;
        else
            p->open->rows++;
        return true;
    }
    if (text_starts(line, BLOCK)) {
        line += strlen(BLOCK);
        n = strcspn(line, "\"");
        p->open = find_kind(p, line, n);
        return p->open && strcmp(line + n, "\">[\n") == 0;
    }
    p->ended = text_starts(line, "</html>");
    return true;
}

static void describe(const struct page *p, struct output *found)
{
    struct strbuf d = {0};
    size_t i;

    strbuf_addc(&d, '{');
    for (i = 0; i < p->count; i++)
        strbuf_addf(&d, "%s\"%s\":{\"rows\":%lld}", i ? "," : "",
                    p->kinds[i].name, (long long)p->kinds[i].rows);
    strbuf_addc(&d, '}');
    snprintf(found->detail, sizeof(found->detail), "%s", strbuf_str(&d));
    strbuf_free(&d);
}

int html_recount(const char *path, struct output *found, struct err *err)
{
    FILE *f = fopen(path, "rb");
    struct page p = {.count = 0};
    char *line = NULL;
    bool good = true;
    size_t size = 0;
    int rc = 0;

    if (!f)
        return err_errno(err, ERR_OUTPUT, path, "cannot read back");
    while (good && getline(&line, &size, f) >= 0)
        good = take_line(&p, line);
    if (ferror(f))
        rc = err_errno(err, ERR_OUTPUT, path, "cannot read back");
    else if (!good || !p.ended || p.open)
        rc = err_at(err, ERR_OUTPUT, path, 0, 0, "the page is not whole");
    fclose(f);
    free(line);
    describe(&p, found);
    return rc;
}
