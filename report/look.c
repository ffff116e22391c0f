/*
 * look.c - a digest of brand and templates.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/strbuf.h"
#include "report/brand.h"
#include "report/look.h"

#include <dirent.h>

static void add_text(struct strbuf *b, const char *text)
{
    strbuf_add(b, text ? text : "", text ? strlen(text) + 1 : 1);
}

static void add_brand(struct strbuf *b, const struct brand *brand)
{
    add_text(b, brand->name);
    add_text(b, brand->contact);
    add_text(b, brand->confidentiality);
    strbuf_addf(b, "%d %d %x %x %x %s\n", brand->white_label, brand->colour,
                (unsigned)brand->accent, (unsigned)brand->light,
                (unsigned)brand->dark,
                brand->logo_type ? brand->logo_type : "");
    strbuf_add(b, strbuf_str(&brand->logo), brand->logo.len);
}

/* The page of all clients calls each as its settings do. */
static int add_clients(struct strbuf *b, const struct report *r,
                       struct err *err)
{
    sqlite3_stmt *st = NULL;
    int step;

    if (r->client_id)
        return 0;
    if (db_prepare(r->db, "SELECT name FROM client ORDER BY name", &st, err) <
        0)
        return -1;
    while ((step = db_step(st, err)) == 1)
        add_text(b, brand_client(r->options->config, db_text(st, 0)));
    sqlite3_finalize(st);
    return step;
}

static int name_cmp(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int add_file(struct strbuf *b, const char *dir, const char *name,
                    struct err *err)
{
    struct strbuf path = {0};
    char hex[SHA256_HEX];
    int64_t bytes;
    int rc;

    strbuf_addf(&path, "%s/%s", dir, name);
    rc = sha256_file(strbuf_str(&path), ERR_CONFIG, hex, &bytes, err);
    strbuf_free(&path);
    if (rc < 0)
        return -1;
    add_text(b, name);
    add_text(b, hex);
    return 0;
}

static int add_templates(struct strbuf *b, const char *dir, struct err *err)
{
    struct dirent **list;
    int n, i, rc = 0;

    if (!dir)
        return 0;
    n = scandir(dir, &list, NULL, name_cmp);
    if (n < 0)
        return err_errno(err, ERR_CONFIG, dir, "cannot read the folder");
    for (i = 0; i < n; i++) {
        if (rc == 0 && list[i]->d_name[0] != '.')
            rc = add_file(b, dir, list[i]->d_name, err);
        free(list[i]);
    }
    free(list);
    return rc;
}

int look_digest(const struct report *r, char out[SHA256_HEX], struct err *err)
{
    struct strbuf b = {0};
    int rc = -1;

    add_brand(&b, r->brand ? r->brand : &brand_plain);
    if (add_clients(&b, r, err) == 0 &&
        add_templates(&b, r->options->templates, err) == 0)
        rc = strbuf_ok(&b) ? 0 : err_nomem(err);
    if (rc == 0)
        sha256_text(strbuf_str(&b), b.len, out);
    strbuf_free(&b);
    return rc;
}
