/*
 * color.c - bold words and the colours of severities, on terminals alone.
 */
#include "core/base.h"

#include "core/color.h"

#include <unistd.h>

static enum { AUTO, ALWAYS, NEVER } choice = AUTO;

void color_choose(const char *when)
{
    choice = strcmp(when, "always") == 0  ? ALWAYS
             : strcmp(when, "never") == 0 ? NEVER
                                          : AUTO;
}

static bool wanted(FILE *out)
{
    const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

    if (choice != AUTO)
        return choice == ALWAYS;
    return !(none && *none) && !(term && strcmp(term, "dumb") == 0) &&
           isatty(fileno(out));
}

static const char *code_of(const char *severity)
{
    static const char *const codes[][2] = {
        {"critical", "1;31"}, {"high", "31"}, {"medium", "33"}, {"low", "36"}};
    size_t i;

    for (i = 0; i < COUNT_OF(codes); i++)
        if (strcmp(codes[i][0], severity) == 0)
            return codes[i][1];
    return NULL;
}

void color_severity(const char *word, int width, FILE *out)
{
    const char *code = wanted(out) ? code_of(word) : NULL;
    int n = (int)strlen(word);

    if (code)
        fprintf(out, "\033[%sm%s\033[0m", code, word);
    else
        fputs(word, out);
    if (n < width)
        fprintf(out, "%*s", width - n, "");
}

void color_bold(const char *text, FILE *out)
{
    fprintf(out, wanted(out) ? "\033[1m%s\033[0m" : "%s", text);
}
