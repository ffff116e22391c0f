/*
 * brand.h - how the reports of a client look: its name, picture, colour and
 * lines, from the settings under [report] and [client "Name"].
 *
 * The colours of severities and verdicts are no part of it.
 */
#ifndef MUSTER_BRAND_H
#define MUSTER_BRAND_H

#include "core/config.h"

#define BRAND_LOGO_BYTES (256 * 1024)
#define BRAND_LOGO_PIXELS 2000
#define BRAND_GROUND 0xe6eef6 /* the least light ground of a light page */

struct brand {
    const char *name;            /* display_name; NULL: not set */
    const char *contact;         /* NULL: not set */
    const char *confidentiality; /* "Confidential" where it is not set */
    bool white_label;            /* the program is not named */

    bool colour;           /* there is an accent, in three shades: */
    uint32_t accent;       /* as it was asked for, 0xrrggbb */
    uint32_t light, dark;  /* 4.5 to 1 on the light and on the dark page */
    struct strbuf logo;    /* the bytes of the picture; empty: none */
    const char *logo_type; /* image/png, image/jpeg, image/svg+xml */
    int width, height;     /* its pixels; 0 for an SVG */
};

/*
 * What holds for a client, or (NULL) for the whole fleet. Text is borrowed
 * from the configuration, for which NULL stands for the defaults. A general
 * display_name names the whole fleet and no client. A picture that is none, is
 * too large, or is an SVG that could run or fetch something is ERR_CONFIG at
 * its line of the configuration.
 */
int brand_load(const struct config *c, const char *client, struct brand *b,
               struct err *err) MUST_CHECK;
void brand_free(struct brand *b);

/* Nothing set. */
extern const struct brand brand_plain;

/* The name of a client in reports: display_name of its section, or itself. */
const char *brand_client(const struct config *c, const char *client);

/* Ratio of contrast of two colours, 1 to 21, as WCAG has it. */
double brand_contrast(uint32_t a, uint32_t b);

/* Rules for the style sheet: the line at the foot of every printed page, and
 * the colour. */
void brand_style(const struct brand *b, struct strbuf *out);

/* An element for the head of the page; nothing without a picture. */
void brand_picture(const struct brand *b, const char *alt, struct strbuf *out);

/* Whether these bytes are a picture that may be shown: fills logo_type, width
 * and height. ERR_CONFIG where not: "is damaged", without name or place. */
int brand_logo_check(struct brand *b, struct err *err) MUST_CHECK;

#endif
