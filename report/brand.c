/*
 * brand.c - the look of a client's reports, from the configuration.
 */
#include "core/base.h"

#include "core/text.h"
#include "report/brand.h"

#include <math.h>
#include <nettle/base64.h>

/* The lightest of the dark grounds in templates/report.css, as BRAND_GROUND is
 * the least light of the light ones: what reads on these reads on all. */

#define DARK_GROUND 0x1f3346
#define TEXT_CONTRAST 4.5

/* --------------------------------------------------------------- colours -- */

static double channel(uint32_t colour, int shift)
{
    double c = (double)(colour >> shift & 0xff) / 255.0;

    return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4);
}

static double luminance(uint32_t colour)
{
    return 0.2126 * channel(colour, 16) + 0.7152 * channel(colour, 8) +
           0.0722 * channel(colour, 0);
}

double brand_contrast(uint32_t a, uint32_t b)
{
    double x = luminance(a) + 0.05, y = luminance(b) + 0.05;

    return x > y ? x / y : y / x;
}

/* So many hundredths of the way to black (0) or white (255). */
static uint32_t towards(uint32_t colour, uint32_t end, uint32_t hundredths)
{
    uint32_t out = 0;
    int shift;

    for (shift = 16; shift >= 0; shift -= 8) {
        uint32_t c = colour >> shift & 0xff;

        c = (c * (100 - hundredths) + end * hundredths) / 100;
        out |= c << shift;
    }
    return out;
}

/* The nearest shade that reads on a ground. */
static uint32_t readable(uint32_t colour, uint32_t ground, uint32_t end)
{
    uint32_t i, c = colour;

    for (i = 0; i <= 100; i++) {
        c = towards(colour, end, i);
        if (brand_contrast(c, ground) >= TEXT_CONTRAST)
            break;
    }
    return c;
}

static void load_colour(const char *text, struct brand *b)
{
    if (!text)
        return;
    b->colour = true;
    b->accent = (uint32_t)strtoul(text + 1, NULL, 16);
    b->light = readable(b->accent, BRAND_GROUND, 0);
    b->dark = readable(b->accent, DARK_GROUND, 255);
}

/* A string of the style sheet: whatever is no plain letter by its number. */
static void css_string(struct strbuf *out, const char *p)
{
    size_t step, n = strlen(p);
    uint32_t cp;

    strbuf_addc(out, '"');
    for (; *p; p += step, n -= step) {
        step = utf8_decode(p, n, &cp);
        if (step == 0)
            break;
        if ((cp | 0x20) - 'a' < 26 || cp - '0' < 10 || cp == ' ')
            strbuf_addc(out, (char)cp);
        else
            strbuf_addf(out, "\\%06x", cp);
    }
    strbuf_addc(out, '"');
}

void brand_style(const struct brand *b, struct strbuf *out)
{
    strbuf_adds(out, "\n@media print { @page { @bottom-left { content: ");
    css_string(out, b->confidentiality);
    strbuf_adds(out, "; font: 8pt sans-serif; color: #3b444d; } } }\n");
    if (!b->colour)
        return;
    strbuf_addf(out,
                ":root { --accent: #%06x; }\n"
                "@media screen and (prefers-color-scheme: dark) {"
                " :root { --accent: #%06x; } }\n"
                ".top { border-top: .5rem solid #%06x; }\n"
                "h1 { color: var(--accent); }\n",
                b->light, b->dark, b->accent);
}

/* --------------------------------------------------------------- picture -- */

static int read_logo(const char *path, struct brand *b, struct err *err)
{
    FILE *f = fopen(path, "rb");
    char buf[8192];
    size_t n;

    if (!f)
        return err_set(err, ERR_CONFIG, "cannot be read: %s", strerror(errno));
    while (b->logo.len <= BRAND_LOGO_BYTES &&
           (n = fread(buf, 1, sizeof(buf), f)) > 0)
        strbuf_add(&b->logo, buf, n);
    fclose(f);
    if (!strbuf_ok(&b->logo))
        return err_nomem(err);
    return brand_logo_check(b, err);
}

static int load_logo(const struct config *c, const char *client,
                     struct brand *b, struct err *err)
{
    struct config_value v = config_value(c, client, "logo");
    struct strbuf path = {0};
    struct err cause = {0};
    int rc = 0;

    if (config_path(c, client, "logo", &path)) {
        rc = read_logo(strbuf_str(&path), b, &cause);
        if (rc < 0)
            err_at(err, cause.code, v.file, v.line, 0, "logo: %s %s",
                   strbuf_str(&path), cause.text);
    }
    strbuf_free(&path);
    return rc;
}

static void add_escaped(struct strbuf *out, const char *p)
{
    for (; *p; p++)
        if (strchr("&<>\"'", *p))
            strbuf_addf(out, "&#%d;", *p);
        else
            strbuf_addc(out, *p);
}

void brand_picture(const struct brand *b, const char *alt, struct strbuf *out)
{
    const uint8_t *p = (const uint8_t *)b->logo.data;
    char text[BASE64_ENCODE_RAW_LENGTH(3000) + 1];
    size_t i, n;

    if (!b->logo.len)
        return;
    strbuf_addf(out, "<img class=\"logo\" src=\"data:%s;base64,", b->logo_type);
    for (i = 0; i < b->logo.len; i += n) { /* 3 bytes are 4 characters */
        n = b->logo.len - i < 3000 ? b->logo.len - i : 3000;
        base64_encode_raw(text, n, p + i);
        strbuf_add(out, text, BASE64_ENCODE_RAW_LENGTH(n));
    }
    strbuf_adds(out, "\" alt=\"");
    add_escaped(out, alt);
    strbuf_adds(out, "\">");
}

/* ------------------------------------------------------------------ all -- */

const struct brand brand_plain = {.confidentiality = "Confidential"};

static const char *general_or_own(const struct config *c, const char *client,
                                  const char *key)
{
    return !client || config_has(c, client, key) ? config_get(c, client, key)
                                                 : NULL;
}

const char *brand_client(const struct config *c, const char *client)
{
    const char *name = general_or_own(c, client, "display_name");

    return name ? name : client;
}

int brand_load(const struct config *c, const char *client, struct brand *b,
               struct err *err)
{
    const char *line = config_get(c, client, "confidentiality");
    const char *white = config_get(c, client, "white_label");

    memset(b, 0, sizeof(*b));
    b->name = general_or_own(c, client, "display_name");
    b->contact = config_get(c, client, "contact");
    b->confidentiality = line ? line : "Confidential";
    b->white_label = white && strcmp(white, "yes") == 0;
    load_colour(config_get(c, client, "accent"), b);
    if (load_logo(c, client, b, err) == 0)
        return 0;
    brand_free(b);
    return -1;
}

void brand_free(struct brand *b)
{
    strbuf_free(&b->logo);
}
