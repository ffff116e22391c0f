/*
 * xlsx_check.c - a finished workbook read again.
 *
 * libxlsxwriter can report success on a workbook whose sheets were cut short
 * by a full disk, so nothing is taken on trust: each part is inflated and its
 * checksum compared, each sheet must begin and end as one, have every element
 * closed, and hold the rows and cells that were written.
 */
#include "core/base.h"

#include "core/strbuf.h"
#include "core/text.h"
#include "report/xlsx.h"

#include <minizip/unzip.h>

#define CHUNK 65536

/* Counts of the elements of one sheet, over chunks. */
struct scan {
    int64_t rows, cells;
    int64_t opened, closed; /* elements; <x/> counts for both */
    char head[8], tail[16]; /* first and last bytes */
    size_t size;
    char before; /* the byte before the chunk */
    int state;   /* 0 text, 1 after <, 2 after the tag's first byte, 3 in it */
    char first;  /* of the tag */
};

static void scan_tag_end(struct scan *s, char before)
{
    if (before == '/')
        s->closed++;
    s->state = 0;
}

/*
 * Text is skipped by memchr; inside a tag every byte is looked at. Cells begin
 * with "<c " and rows with "<row ".
 */
static void scan_chunk(struct scan *s, const char *p, size_t n)
{
    size_t i = 0;

    while (i < n) {
        if (s->state == 0) {
            const char *q = memchr(p + i, '<', n - i);

            if (!q)
                break;
            i = (size_t)(q - p) + 1;
            s->state = 1;
            continue;
        }
        if (s->state == 1) {
            s->first = p[i];
            if (p[i] == '/')
                s->closed++;
            else if (p[i] != '?' && p[i] != '!')
                s->opened++;
            s->state = 2;
            i++;
            continue;
        }
        if (s->state == 2) {
            if (s->first == 'c' && p[i] == ' ')
                s->cells++;
            else if (s->first == 'r' && p[i] == 'o')
                s->rows++;
            s->state = 3;
            continue; /* the byte may already end the tag */
        }
        {
            const char *q = memchr(p + i, '>', n - i);

            if (!q)
                break;
            i = (size_t)(q - p);
            scan_tag_end(s, i ? p[i - 1] : s->before);
            i++;
        }
    }
    if (n)
        s->before = p[n - 1];
}

/* Keep the first and the last bytes of a part. */
static void scan_ends(struct scan *s, const char *p, size_t n)
{
    const size_t keep = sizeof(s->tail) - 1;

    if (s->size < sizeof(s->head) - 1) {
        size_t room = sizeof(s->head) - 1 - s->size;

        memcpy(s->head + s->size, p, n < room ? n : room);
    }
    if (n >= keep) {
        memcpy(s->tail, p + n - keep, keep);
    } else {
        memmove(s->tail, s->tail + n, keep - n);
        memcpy(s->tail + keep - n, p, n);
    }
    s->size += n;
}

/* Inflate the part at hand; -1 where it is damaged. */
static int read_part(unzFile zip, struct scan *s, struct strbuf *whole)
{
    char *buf = malloc(CHUNK);
    int n = -1;

    if (!buf || unzOpenCurrentFile(zip) != UNZ_OK) {
        free(buf);
        return -1;
    }
    while ((n = unzReadCurrentFile(zip, buf, CHUNK)) > 0) {
        scan_chunk(s, buf, (size_t)n);
        scan_ends(s, buf, (size_t)n);
        if (whole)
            strbuf_add(whole, buf, (size_t)n);
    }
    free(buf);
    if (unzCloseCurrentFile(zip) != UNZ_OK) /* the checksum */
        n = -1;
    return n;
}

static bool whole_part(const struct scan *s, const char *name)
{
    bool sheet = strncmp(name, "xl/worksheets/sheet", 19) == 0;

    if (text_starts(name, "xl/media/")) /* its checksum was right */
        return text_starts(s->head, "\x89PNG") ||
               text_starts(s->head, "\xff\xd8\xff");
    if (s->state != 0 || s->opened != s->closed)
        return false;
    if (strcmp(s->head, "<?xml v") != 0)
        return false;
    return !sheet ||
           strcmp(s->tail + sizeof(s->tail) - 1 - 12, "</worksheet>") == 0;
}

/* Sheet names in order: ours, so there is nothing to decode in them. */
static const char *next_name(const char **at, size_t *n)
{
    const char *p = *at ? strstr(*at, "<sheet name=\"") : NULL, *end;

    if (!p)
        return NULL;
    p += 13;
    end = strchr(p, '"');
    if (!end)
        return NULL;
    *n = (size_t)(end - p);
    *at = end;
    return p;
}

struct counted {
    int64_t rows, cells;
    bool there;
};

static int check_parts(unzFile zip, const char *path, struct counted *sheets,
                       struct strbuf *book, struct err *err)
{
    int rc = unzGoToFirstFile(zip);
    char name[256];

    for (; rc == UNZ_OK; rc = unzGoToNextFile(zip)) {
        struct scan s = {0};
        long no = 0;

        if (unzGetCurrentFileInfo64(zip, NULL, name, sizeof(name), NULL, 0,
                                    NULL, 0) != UNZ_OK)
            break;
        if (read_part(zip, &s,
                      strcmp(name, "xl/workbook.xml") == 0 ? book : NULL) < 0 ||
            !whole_part(&s, name))
            return err_at(err, ERR_OUTPUT, path, 0, 0,
                          "the workbook's part %s is damaged or cut short; is "
                          "the disk full?",
                          name);
        if (strncmp(name, "xl/worksheets/sheet", 19) == 0)
            no = strtol(name + 19, NULL, 10);
        if (no >= 1 && no <= BOOK_SHEETS) {
            sheets[no - 1].rows = s.rows;
            sheets[no - 1].cells = s.cells;
            sheets[no - 1].there = true;
        }
    }
    if (rc != UNZ_END_OF_LIST_OF_FILE)
        return err_at(err, ERR_OUTPUT, path, 0, 0,
                      "the workbook's list of parts is damaged");
    return 0;
}

/* The same words in the same order as book_close(). */
static int describe(const char *path, const struct counted *sheets,
                    const struct strbuf *book, struct output *found,
                    struct err *err)
{
    const char *at = strbuf_str(book), *name;
    struct strbuf d = {0};
    size_t i = 0, n;

    found->rows = 0;
    strbuf_addc(&d, '{');
    while ((name = next_name(&at, &n))) {
        if (i == BOOK_SHEETS || !sheets[i].there)
            break;
        strbuf_addf(&d, "%s\"%.*s\":{\"rows\":%lld,\"cells\":%lld}",
                    i ? "," : "", (int)n, name, (long long)sheets[i].rows,
                    (long long)sheets[i].cells);
        found->rows += sheets[i].rows;
        i++;
    }
    strbuf_addc(&d, '}');
    snprintf(found->detail, sizeof(found->detail), "%s", strbuf_str(&d));
    strbuf_free(&d);
    return i ? 0
             : err_at(err, ERR_OUTPUT, path, 0, 0, "the workbook has no sheet");
}

int xlsx_recount(const char *path, struct output *found, struct err *err)
{
    struct counted sheets[BOOK_SHEETS] = {{0, 0, false}};
    struct strbuf book = {0};
    unzFile zip = unzOpen64(path);
    int rc;

    if (!zip)
        return err_at(err, ERR_OUTPUT, path, 0, 0,
                      "cannot be opened again as a workbook");
    rc = check_parts(zip, path, sheets, &book, err);
    if (rc == 0)
        rc = describe(path, sheets, &book, found, err);
    unzClose(zip);
    strbuf_free(&book);
    return rc;
}
