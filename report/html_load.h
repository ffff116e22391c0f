/*
 * html_load.h - finding the templates of a page, and its style and script.
 */
#ifndef MUSTER_HTML_LOAD_H
#define MUSTER_HTML_LOAD_H

#include "core/strbuf.h"
#include "report/template_sql.h"

/* Starts with its folder; "text" is freed by whoever made it. */
struct html_loader {
    const char *dir; /* in front of the built-in ones; NULL: none */
    struct strbuf text;
    char shown[300];
};

/* A folder of templates that is not there is a slip of the pen, not an empty
 * folder (ERR_CONFIG). NULL is fine. */
int html_folder(const char *dir, struct err *err) MUST_CHECK;

/* Compile templates/NAME.html and check it against its variables. NULL with
 * err (ERR_CONFIG and the place). */
struct template *html_compile(struct html_loader *l, const char *name,
                              const struct template_var *vars, struct err *err);

/* Whether templates/NAME.html of the folder compiles: 0, or -1 with err. */
int html_check_page(const char *dir, const char *name,
                    const struct template_var *vars,
                    struct err *err) MUST_CHECK;

/* Set "name" to the text of a file of templates/ and what follows it ("" for
 * nothing), and "name_hash" to what the policy of the page calls it. */
int html_add_code(struct template_sql *s, struct html_loader *l,
                  const char *file, const char *name, const char *more,
                  struct err *err) MUST_CHECK;

#endif
