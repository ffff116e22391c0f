/*
 * brand_logo.c - is this picture one, and harmless?
 *
 * It is known by its first bytes, never by its name. An SVG is shown as a
 * picture, where nothing in it runs; all the same it may hold no script, no
 * handler, no foreign content, no entity and no address but of itself.
 */
#include "core/base.h"

#include "core/text.h"
#include "report/brand.h"

static int refuse(struct err *err, const char *why)
{
    return err_set(err, ERR_CONFIG, "%s", why);
}

static int big_endian(const unsigned char *p, int n)
{
    int v = 0;

    while (n--)
        v = v << 8 | *p++;
    return v;
}

/* The size stands in the first chunk. */
static bool png_size(const unsigned char *p, size_t n, struct brand *b)
{
    if (n < 33 || memcmp(p + 12, "IHDR", 4) != 0 || p[16] || p[20])
        return false;
    b->width = big_endian(p + 16, 4);
    b->height = big_endian(p + 20, 4);
    return true;
}

/* The size stands in the frame header, among other segments. */
static bool jpeg_size(const unsigned char *p, size_t n, struct brand *b)
{
    size_t i = 2;

    while (i + 9 < n && p[i] == 0xff) {
        unsigned char kind = p[i + 1];

        if (kind >= 0xc0 && kind <= 0xcf && kind != 0xc4 && kind != 0xc8 &&
            kind != 0xcc) {
            b->height = big_endian(p + i + 5, 2);
            b->width = big_endian(p + i + 7, 2);
            return true;
        }
        i += 2 + (size_t)big_endian(p + i + 2, 2);
    }
    return false;
}

/* ------------------------------------------------------------------- SVG -- */

/* An address may point into the picture itself ("#a") or hold a picture. */
static bool is_own(const char *p)
{
    while (ascii_isspace(*p) || *p == '"' || *p == '\'')
        p++;
    return *p == '#' || text_starts(p, "data:image/png") ||
           text_starts(p, "data:image/jpeg");
}

/* An attribute that begins with "on": an event handler. */
static bool has_handler(const char *text)
{
    const char *p, *q;

    for (p = text; (p = strstr(p, "on")); p += 2) {
        q = p + 2;
        if (p == text || (!ascii_isspace(p[-1]) && !strchr("\"'/", p[-1])))
            continue;
        while (*q >= 'a' && *q <= 'z')
            q++;
        while (ascii_isspace(*q))
            q++;
        if (*q == '=')
            return true;
    }
    return false;
}

static bool has_address(const char *text)
{
    const char *p, *q;

    for (p = text; (p = strstr(p, "href")); p += 4) {
        for (q = p + 4; ascii_isspace(*q); q++)
            continue;
        if (*q == '=' && !is_own(q + 1))
            return true;
    }
    for (p = text; (p = strstr(p, "url(")); p += 4)
        if (!is_own(p + 4))
            return true;
    return false;
}

static int check_svg(struct brand *b, const char *text, struct err *err)
{
    static const char *const never[] = {
        "<script", "foreignobject", "<!doctype", "<!entity", "@import",
        "<iframe", "<embed",        "<object",   "<handler", "xml-stylesheet"};
    size_t i;

    for (i = 0; i < COUNT_OF(never); i++)
        if (strstr(text, never[i]))
            return err_set(err, ERR_CONFIG, "holds %s", never[i]);
    if (has_handler(text))
        return refuse(err, "holds an event handler");
    if (has_address(text))
        return refuse(err, "points to something outside itself");
    if (!strstr(text, "<svg"))
        return refuse(err, "is no PNG, JPEG or SVG");
    b->logo_type = "image/svg+xml";
    return 0;
}

/* In lower case, so that no spelling slips through. */
static int check_text(struct brand *b, struct err *err)
{
    struct strbuf low = {0};
    size_t i;
    int rc = -1;

    for (i = 0; i < b->logo.len; i++)
        strbuf_addc(&low, ascii_lower(b->logo.data[i]));
    if (!strbuf_ok(&low))
        err_nomem(err);
    else if (strlen(strbuf_str(&low)) != low.len ||
             utf8_check(strbuf_str(&low), low.len) != low.len)
        refuse(err, "is no PNG, JPEG or SVG");
    else
        rc = check_svg(b, strbuf_str(&low), err);
    strbuf_free(&low);
    return rc;
}

int brand_logo_check(struct brand *b, struct err *err)
{
    static const unsigned char png[] = {0x89, 'P',  'N',  'G',
                                        '\r', '\n', 0x1a, '\n'};
    const unsigned char *p = (const unsigned char *)strbuf_str(&b->logo);
    size_t n = b->logo.len;
    bool good = true;

    b->width = b->height = 0;
    if (n > BRAND_LOGO_BYTES)
        return refuse(err, "is larger than 256 KB");
    if (n >= sizeof(png) && memcmp(p, png, sizeof(png)) == 0) {
        b->logo_type = "image/png";
        good = png_size(p, n, b);
    } else if (n >= 3 && p[0] == 0xff && p[1] == 0xd8 && p[2] == 0xff) {
        b->logo_type = "image/jpeg";
        good = jpeg_size(p, n, b);
    } else {
        return check_text(b, err);
    }
    if (!good || b->width < 1 || b->height < 1)
        return refuse(err, "is damaged");
    if (b->width > BRAND_LOGO_PIXELS || b->height > BRAND_LOGO_PIXELS)
        return refuse(err, "is larger than 2000 pixels");
    return 0;
}
