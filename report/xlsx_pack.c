/*
 * xlsx_pack.c - a small workbook's sheets filled with many rows.
 *
 * A sheet to be filled has its header in row 1 and in row 2 one sample cell a
 * style, in the order of enum xml_style: that row tells the numbers of the
 * styles and is left out. Each step into the archive is checked.
 */
#include "core/base.h"

#include "report/xlsx_pack.h"

#include <minizip/unzip.h>
#include <minizip/zip.h>

#define LEVEL 4 /* of compression: two thirds of the time of 6, 6 % larger */
#define LARGE                                                                  \
    3000000000 /* bytes of a sheet for which the archive needs zip64 */

struct pack {
    unzFile from;
    zipFile to;
    struct book *book;
    pack_rows_fn *fn;
    void *ctx;
    const char *path;
};

static int damaged(const struct pack *p, const char *what, struct err *err)
{
    return err_at(err, ERR_OUTPUT, p->path, 0, 0, "cannot %s the workbook",
                  what);
}

/* Copy a part without unpacking it. */
static int copy_raw(struct pack *p, const char *name,
                    const unz_file_info64 *info, struct err *err)
{
    zip_fileinfo when = {.dosDate = info->dosDate};
    int method, level, n, rc = -1;
    char *buf = malloc(XML_SIZE);

    if (!buf)
        return err_nomem(err);
    if (unzOpenCurrentFile2(p->from, &method, &level, 1) != UNZ_OK ||
        zipOpenNewFileInZip2_64(p->to, name, &when, NULL, 0, NULL, 0, NULL,
                                method, level, 1, 0) != ZIP_OK)
        damaged(p, "copy", err);
    else {
        while ((n = unzReadCurrentFile(p->from, buf, XML_SIZE)) > 0)
            if (zipWriteInFileInZip(p->to, buf, (unsigned)n) != ZIP_OK)
                break;
        if (n == 0 &&
            zipCloseFileInZipRaw64(p->to, info->uncompressed_size, info->crc) ==
                ZIP_OK &&
            unzCloseCurrentFile(p->from) == UNZ_OK)
            rc = 0;
        else
            damaged(p, "write", err);
    }
    free(buf);
    return rc;
}

static int read_part(struct pack *p, struct strbuf *xml, struct err *err)
{
    char buf[8192];
    int n = -1;

    if (unzOpenCurrentFile(p->from) != UNZ_OK)
        return damaged(p, "read", err);
    while ((n = unzReadCurrentFile(p->from, buf, sizeof(buf))) > 0)
        strbuf_add(xml, buf, (size_t)n);
    if (unzCloseCurrentFile(p->from) != UNZ_OK || n < 0)
        return damaged(p, "read", err);
    return strbuf_ok(xml) ? 0 : err_nomem(err);
}

static bool to_archive(void *ctx, const char *s, size_t n)
{
    struct pack *p = ctx;

    return zipWriteInFileInZip(p->to, s, (unsigned)n) == ZIP_OK;
}

/* The s="N" of each sample cell. */
static bool read_styles(const char *row, const char *end, struct xml *x)
{
    const char *at = row;
    size_t i;

    for (i = 0; i < XML_STYLES; i++) {
        at = strstr(at, " s=\"");
        if (!at || at > end)
            return false;
        at += 4;
        x->style[i] = (int)strtol(at, NULL, 10);
    }
    return true;
}

/* The places in a sheet where something goes in or out. */
struct seams {
    const char *dimension, *dimension_end; /* the value of its ref */
    const char *sample, *sample_end;       /* row 2 */
    const char *data_end;                  /* </sheetData> */
    const char *links;                     /* where hyperlinks stand */
    const char *end;
};

static bool find_seams(const char *xml, struct seams *s)
{
    s->dimension = strstr(xml, "<dimension ref=\"");
    s->dimension = s->dimension ? s->dimension + 16 : NULL;
    s->dimension_end = s->dimension ? strchr(s->dimension, '"') : NULL;
    s->sample =
        s->dimension_end ? strstr(s->dimension_end, "<row r=\"2\"") : NULL;
    s->sample_end = s->sample ? strstr(s->sample, "</row>") : NULL;
    s->sample_end = s->sample_end ? s->sample_end + 6 : NULL;
    s->data_end = s->sample_end ? strstr(s->sample_end, "</sheetData>") : NULL;
    s->links = s->data_end ? strstr(s->data_end, "<printOptions") : NULL;
    if (s->data_end && !s->links)
        s->links = strstr(s->data_end, "<pageMargins");
    s->end = xml + strlen(xml);
    return s->links != NULL;
}

static bool put(struct pack *p, const char *from, const char *to)
{
    return from == to || to_archive(p, from, (size_t)(to - from));
}

static int write_parts(struct pack *p, struct sheet *s, const struct seams *at,
                       const char *xml, struct xml *x, struct err *err)
{
    struct strbuf links = {0}, ref = {0};
    char last[4];
    int rc = -1;

    strbuf_adds(&ref, "A1:");
    strbuf_add(&ref, last, xml_column(s->columns - 1, last));
    strbuf_addf(&ref, "%lld", (long long)s->fill_rows + 1);
    if (!put(p, xml, at->dimension) ||
        !to_archive(p, strbuf_str(&ref), ref.len) ||
        !put(p, at->dimension_end, at->sample)) {
        damaged(p, "write", err);
        goto out;
    }
    if (p->fn(p->ctx, s, x, &links, err) < 0)
        goto out;
    if (!xml_end(x) || !put(p, at->sample_end, at->links) ||
        (links.len && (!to_archive(p, "<hyperlinks>", 12) ||
                       !to_archive(p, links.data, links.len) ||
                       !to_archive(p, "</hyperlinks>", 13))) ||
        !put(p, at->links, at->end))
        damaged(p, "write", err);
    else
        rc = strbuf_ok(&links) && strbuf_ok(&ref) ? 0 : err_nomem(err);
out:
    strbuf_free(&links);
    strbuf_free(&ref);
    return rc;
}

static int fill_sheet(struct pack *p, struct sheet *s, const char *name,
                      const unz_file_info64 *info, struct err *err)
{
    bool large = (double)s->fill_rows * s->columns * 100 > LARGE;
    zip_fileinfo when = {.dosDate = info->dosDate};
    struct xml *x = malloc(sizeof(*x));
    struct strbuf xml = {0};
    struct seams at;
    int rc = -1;

    if (!x)
        return err_nomem(err);
    xml_start(x, to_archive, p);
    if (read_part(p, &xml, err) < 0)
        goto out;
    if (!find_seams(strbuf_str(&xml), &at) ||
        !read_styles(at.sample, at.sample_end, x)) {
        err_at(err, ERR_FAIL, p->path, 0, 0,
               "the library's sheets are not made as expected");
        goto out;
    }
    if (zipOpenNewFileInZip3_64(p->to, name, &when, NULL, 0, NULL, 0, NULL,
                                Z_DEFLATED, LEVEL, 0, -MAX_WBITS, DEF_MEM_LEVEL,
                                Z_DEFAULT_STRATEGY, NULL, 0, large) != ZIP_OK) {
        damaged(p, "write", err);
        goto out;
    }
    rc = write_parts(p, s, &at, strbuf_str(&xml), x, err);
    s->rows += s->fill_rows;
    s->cells += x->cells;
    if (zipCloseFileInZip(p->to) != ZIP_OK && rc == 0)
        rc = damaged(p, "write", err);
out:
    strbuf_free(&x->safe);
    strbuf_free(&xml);
    free(x);
    return rc;
}

/* The sheet that a part is, where it is one to be filled. */
static struct sheet *sheet_of(const struct book *b, const char *name)
{
    size_t no;

    if (strncmp(name, "xl/worksheets/sheet", 19) != 0)
        return NULL;
    no = (size_t)strtoul(name + 19, NULL, 10);
    if (no < 1 || no > b->count || !b->sheets[no - 1]->fill)
        return NULL;
    return b->sheets[no - 1];
}

static int copy_all(struct pack *p, struct err *err)
{
    int rc = unzGoToFirstFile(p->from);
    unz_file_info64 info;
    char name[256];

    for (; rc == UNZ_OK; rc = unzGoToNextFile(p->from)) {
        struct sheet *s;

        if (unzGetCurrentFileInfo64(p->from, &info, name, sizeof(name), NULL, 0,
                                    NULL, 0) != UNZ_OK)
            break;
        s = sheet_of(p->book, name);
        if ((s ? fill_sheet(p, s, name, &info, err)
               : copy_raw(p, name, &info, err)) < 0)
            return -1;
    }
    return rc == UNZ_END_OF_LIST_OF_FILE ? 0 : damaged(p, "read", err);
}

int xlsx_pack(struct book *b, const char *from, const char *to,
              pack_rows_fn *fn, void *ctx, struct err *err)
{
    struct pack p = {.from = unzOpen64(from),
                     .to = zipOpen64(to, APPEND_STATUS_CREATE),
                     .book = b,
                     .fn = fn,
                     .ctx = ctx,
                     .path = to};
    int rc = -1;

    if (!p.from || !p.to)
        damaged(&p, "open", err);
    else
        rc = copy_all(&p, err);
    if (p.from)
        unzClose(p.from);
    if (p.to && zipClose(p.to, NULL) != ZIP_OK && rc == 0)
        rc = damaged(&p, "write", err);
    return rc;
}
