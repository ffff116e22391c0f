/*
 * template.h - a subset of Mustache that streams, escapes by default and
 * refuses what it does not know.
 *
 *   {{name}}             a value, escaped for HTML
 *   {{{name}}} {{&name}} only a value that the program itself marks as markup
 *   {{#name}}..{{/name}} once if true, or once a row of a list; a list may be
 *                        a live cursor: nothing is collected
 *   {{^name}}..{{/name}} where it is false or the list is empty
 *   {{>name}}            another file, in the same place
 *   {{<name}}{{$block}}..{{/block}}{{/name}}  another file with blocks replaced
 *   {{! comment }}  {{=<% %>=}}
 *
 * A template is compiled with all files it includes, checked against the list
 * of published variables and against the HTML around its tags, and only then
 * handed data. An unknown name is an error with file, line and column.
 */
#ifndef MUSTER_TEMPLATE_H
#define MUSTER_TEMPLATE_H

#include "core/err.h"

/* ------------------------------------------------------------ compiling -- */

struct template;

/* Find the text of a file by the name in the tag. Returns 1 with *text (which
 * is copied before the next call) and *shown, the name for messages; 0 where
 * there is none; -1 with err. */
typedef int template_load_fn(void *ctx, const char *name, const char **text,
                             size_t *len, const char **shown, struct err *err);

struct template_options {
    template_load_fn *load;
    void *ctx;
    bool lenient; /* what is missing is empty, anything may be raw: plain
                   * Mustache, as its public specification has it */
};

/*
 * Compile file "name" and every file it includes. NULL with err (ERR_CONFIG,
 * file, line and column) where one cannot be parsed or found; the caller frees
 * with template_free().
 */
struct template *template_compile(const char *name,
                                  const struct template_options *options,
                                  struct err *err);
void template_free(struct template *t); /* NULL is fine */

/* ------------------------------------------------------------- checking -- */

enum template_kind {
    TEMPLATE_TEXT,   /* any text: escaped, in element text or "quoted" */
    TEMPLATE_FLAG,   /* only for sections */
    TEMPLATE_URL,    /* text that may stand in href and src */
    TEMPLATE_MARKUP, /* HTML or SVG made by the program: {{{raw}}} in text */
    TEMPLATE_CODE,   /* style, script or data: {{{raw}}} inside such elements */
    TEMPLATE_LIST    /* rows, each with "fields" */
};

/* A published variable; tables end with a NULL name. */
struct template_var {
    const char *name;
    enum template_kind kind;
    const struct template_var *fields; /* of a list */
    const char *help;
};

/*
 * Check every tag against "vars": names exist (did-you-mean where not), raw
 * tags name markup, and each stands where its kind is safe; a section must
 * leave the HTML where it found it. Inside a list also {{index}}, {{first}}.
 * -1 with err (ERR_CONFIG and the place).
 */
int template_check(const struct template *t, const struct template_var *vars,
                   struct err *err) MUST_CHECK;

/* ------------------------------------------------------------ rendering -- */

struct template_out; /* where the text goes */

/* Write as it is, or escaped for HTML: & < > " ' as entities, and characters
 * that act unseen (control, bidirectional, invalid bytes) made visible. */
void template_write(struct template_out *out, const char *s, size_t n);
void template_escape(struct template_out *out, const char *s, size_t n);

enum template_type {
    TEMPLATE_MISSING, /* no such name here */
    TEMPLATE_FALSE,
    TEMPLATE_TRUE,   /* prints nothing; as a section: once */
    TEMPLATE_STRING, /* "text"; as a section: once, as {{.}} */
    TEMPLATE_ITEM,   /* has members: "ref"; as a section: once, inside it */
    TEMPLATE_ROWS,   /* a list: "ref" is opened */
    TEMPLATE_WRITER  /* printed by "write" with "ref" */
};

struct template_value {
    enum template_type type;
    bool raw;  /* STRING: may be printed unescaped */
    bool zero; /* STRING: false as a section, although it prints */
    const char *text;
    size_t len;
    const void *ref;
    int (*write)(const void *ref, struct template_out *out, struct err *err);
};

/* What sections have entered, innermost first; the outermost is the root. */
struct template_scope {
    struct template_value value;
    const struct template_scope *outer;
    size_t index; /* row of a list, from 0 */
};

/*
 * Where data comes from. Values are borrowed: valid until the source's next
 * call for the same item ends or the row is left.
 */
struct template_source {
    void *ctx;
    /* The member "name" of one item; type MISSING where it has none. */
    int (*find)(void *ctx, const struct template_value *item, const char *name,
                struct template_value *out, struct err *err);
    /* Start reading a list; "scope" is where the section stands. */
    int (*open)(void *ctx, const struct template_value *rows,
                const struct template_scope *scope, void **cursor,
                struct err *err);
    /* 1 and the next row, 0 at the end, -1 with err. */
    int (*next)(void *ctx, void *cursor, struct template_value *row,
                struct err *err);
    void (*close)(void *ctx, void *cursor);
};

/* Takes a piece of output; -1 with err stops the rendering. */
typedef int template_sink_fn(void *ctx, const char *s, size_t n,
                             struct err *err);

/*
 * Render with "root" as the outermost item, in memory that does not grow with
 * the data. Returns -1 with err where the data or the sink fails.
 */
int template_render(const struct template *t,
                    const struct template_source *source,
                    const struct template_value *root, template_sink_fn *sink,
                    void *ctx, struct err *err) MUST_CHECK;

/* The same into a stream; write errors are ERR_OUTPUT. */
int template_render_file(const struct template *t,
                         const struct template_source *source,
                         const struct template_value *root, FILE *f,
                         struct err *err) MUST_CHECK;

#endif
