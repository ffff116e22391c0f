/*
 * html_load.c - finding the templates of a page, and its style and script.
 */
#include "core/base.h"

#include "core/resource.h"
#include "core/text.h"
#include "report/html_load.h"

#include <dirent.h>
#include <nettle/base64.h>
#include <nettle/sha2.h>

#define TEMPLATE_BYTES (1 << 20) /* most of a user's template file */

/* ------------------------------------------------------ finding templates --
 */

int html_folder(const char *dir, struct err *err)
{
    DIR *d = dir ? opendir(dir) : NULL;

    if (dir && !d)
        return err_errno(err, ERR_CONFIG, dir, "cannot open the folder");
    if (d)
        closedir(d);
    return 0;
}

/* Read a file of the folder. 1, 0 where there is none, -1. */
static int read_own(struct html_loader *l, const char *file, struct err *err)
{
    char chunk[8192];
    FILE *f;
    size_t n;
    int rc = 1;

    snprintf(l->shown, sizeof(l->shown), "%s/%s", l->dir, file);
    f = fopen(l->shown, "rb");
    if (!f)
        return errno == ENOENT
                   ? 0
                   : err_errno(err, ERR_CONFIG, l->shown, "cannot open");
    strbuf_reset(&l->text);
    while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0) {
        strbuf_add(&l->text, chunk, n);
        if (l->text.len > TEMPLATE_BYTES) {
            rc = err_at(err, ERR_CONFIG, l->shown, 0, 0, "larger than %d bytes",
                        TEMPLATE_BYTES);
            break;
        }
    }
    if (rc > 0 && ferror(f))
        rc = err_errno(err, ERR_CONFIG, l->shown, "cannot read");
    fclose(f);
    if (rc > 0 && utf8_check(strbuf_str(&l->text), l->text.len) < l->text.len)
        rc = err_at(err, ERR_CONFIG, l->shown, 0, 0, "is not UTF-8");
    return rc;
}

/* A file by its name with extension: the user's, or the built-in one. */
static int load_file(struct html_loader *l, const char *file, const char **text,
                     size_t *len, struct err *err)
{
    const struct resource *res;
    int rc = l->dir && l->dir[0] ? read_own(l, file, err) : 0;

    if (rc < 0)
        return -1;
    if (rc > 0) {
        *text = strbuf_str(&l->text);
        *len = l->text.len;
        return strbuf_ok(&l->text) ? 1 : err_nomem(err);
    }
    snprintf(l->shown, sizeof(l->shown), "templates/%s", file);
    res = resource_find(l->shown);
    if (!res)
        return 0;
    *text = res->data;
    *len = res->size;
    return 1;
}

static int load_template(void *ctx, const char *name, const char **text,
                         size_t *len, const char **shown, struct err *err)
{
    struct html_loader *l = ctx;
    char file[160];
    int rc;

    snprintf(file, sizeof(file), "%s.html", name);
    rc = load_file(l, file, text, len, err);
    *shown = l->shown;
    return rc;
}

struct template *html_compile(struct html_loader *l, const char *name,
                              const struct template_var *vars, struct err *err)
{
    struct template_options o = {.load = load_template, .ctx = l};
    struct template *t = template_compile(name, &o, err);

    if (t && template_check(t, vars, err) != 0) {
        template_free(t);
        t = NULL;
    }
    /* cppcheck-suppress CastIntegerToAddressAtReturn ; it is none */
    return t;
}

int html_check_page(const char *dir, const char *name,
                    const struct template_var *vars, struct err *err)
{
    struct html_loader l = {.dir = dir};
    struct template *t = html_compile(&l, name, vars, err);

    strbuf_free(&l.text);
    template_free(t);
    return t ? 0 : -1;
}

/* -------------------------------------------------------- style and script --
 */

/* Base64 of the SHA-256: how a policy names what may run. */
static void hash_of(struct strbuf *b, const char *text, size_t len)
{
    struct sha256_ctx ctx;
    uint8_t digest[SHA256_DIGEST_SIZE];
    char out[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE) + 1];

    sha256_init(&ctx);
    sha256_update(&ctx, len, (const uint8_t *)text);
    sha256_digest(&ctx, sizeof(digest), digest);
    base64_encode_raw(out, sizeof(digest), digest);
    out[sizeof(out) - 1] = '\0';
    strbuf_adds(b, "sha256-");
    strbuf_adds(b, out);
}

/* Code that would end its own element could smuggle in markup. */
static int code_safe(const char *shown, const char *text, struct err *err)
{
    const char *p;

    for (p = text; (p = strchr(p, '<')); p++)
        if (p[1] == '/' || strncmp(p, "<!--", 4) == 0)
            return err_at(err, ERR_CONFIG, shown, 0, 0,
                          "must not contain \"%.4s\"", p);
    return 0;
}

int html_add_code(struct template_sql *s, struct html_loader *l,
                  const char *file, const char *name, const char *more,
                  struct err *err)
{
    char hash_name[32];
    struct strbuf hash = {0}, code = {0};
    const char *text;
    size_t len;
    int rc = load_file(l, file, &text, &len, err);

    if (rc == 0)
        err_set(err, ERR_CONFIG, "templates/%s is missing", file);
    if (rc <= 0 || code_safe(l->shown, text, err) != 0)
        return -1;
    strbuf_add(&code, text, len);
    strbuf_adds(&code, more);
    hash_of(&hash, strbuf_str(&code), code.len);
    snprintf(hash_name, sizeof(hash_name), "%s_hash", name);
    template_sql_raw(s, name, strbuf_str(&code));
    template_sql_text(s, hash_name, strbuf_str(&hash));
    rc = strbuf_ok(&code) && strbuf_ok(&hash) ? 0 : err_nomem(err);
    strbuf_free(&hash);
    strbuf_free(&code);
    return rc;
}
