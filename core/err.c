/*
 * err.c - recording and printing the one error.
 */
#include "core/base.h"

#include "core/err.h"
#include "core/text.h"

static void set_file(struct err *err, const char *file)
{
    snprintf(err->file, sizeof(err->file), "%s", file ? file : "");
    utf8_trim_tail(err->file);
}

static void set_text(struct err *err, enum err_code code, const char *fmt,
                     va_list ap) PRINTF_VA(3);

static void set_text(struct err *err, enum err_code code, const char *fmt,
                     va_list ap)
{
    err->code = code;
    vsnprintf(err->text, sizeof(err->text), fmt, ap);
    utf8_trim_tail(err->text);
}

int err_set(struct err *err, enum err_code code, const char *fmt, ...)
{
    va_list ap;

    if (err->code != ERR_NONE)
        return -1;
    va_start(ap, fmt);
    set_text(err, code, fmt, ap);
    va_end(ap);
    return -1;
}

int err_at(struct err *err, enum err_code code, const char *file, long line,
           long column, const char *fmt, ...)
{
    va_list ap;

    if (err->code != ERR_NONE)
        return -1;
    set_file(err, file);
    err->line = line;
    err->column = column;
    va_start(ap, fmt);
    set_text(err, code, fmt, ap);
    va_end(ap);
    return -1;
}

int err_hint(struct err *err, const char *fmt, ...)
{
    va_list ap;

    if (err->hint[0] == '\0') {
        va_start(ap, fmt);
        vsnprintf(err->hint, sizeof(err->hint), fmt, ap);
        va_end(ap);
        utf8_trim_tail(err->hint);
    }
    return -1;
}

int err_errno(struct err *err, enum err_code code, const char *file,
              const char *what)
{
    int saved = errno;

    return err_at(err, code, file, 0, 0, "%s: %s", what, strerror(saved));
}

int err_nomem(struct err *err)
{
    return err_set(err, ERR_FAIL, "out of memory");
}

void err_print(const struct err *err, FILE *out)
{
    fputs("muster: ", out);
    if (err->file[0]) {
        text_print_safe(err->file, out);
        if (err->line > 0)
            fprintf(out, ":%ld", err->line);
        if (err->line > 0 && err->column > 0)
            fprintf(out, ":%ld", err->column);
        fputs(": ", out);
    }
    text_print_safe(err->text, out);
    fputc('\n', out);
    if (err->hint[0]) {
        fputs("  hint: ", out);
        text_print_safe(err->hint, out);
        fputc('\n', out);
    }
}
