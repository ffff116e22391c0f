/*
 * color.h - bold words and the colours of severities, on terminals alone.
 *
 * A stream that is no terminal, NO_COLOR and TERM=dumb get none, unless
 * --color always asks for it. A colour never says what a word does not.
 */
#ifndef MUSTER_COLOR_H
#define MUSTER_COLOR_H

#include "core/base.h"

/* "auto", "always" or "never", for the rest of the program. */
void color_choose(const char *when);

/* A severity, filled with blanks to "width". */
void color_severity(const char *word, int width, FILE *out);

void color_bold(const char *text, FILE *out);

#endif
