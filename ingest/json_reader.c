/*
 * json_reader.c - the records of a JSON file, one at a time.
 *
 * The scanner knows strings, brackets and the punctuation between them; what
 * stands inside a record or any other value is judged by jansson, but for what
 * is so plain that json_quick.c can build it. Its position
 * in the file is a small stack of arrays and objects that lead to the records.
 */
#include "core/base.h"

#include "core/strbuf.h"
#include "core/text.h"
#include "ingest/json_quick.h"
#include "ingest/json_reader.h"
#include "ingest/json_walk.h"

#define CHUNK ((size_t)64 * 1024)
#define FRAMES 16
#define PARTS 8

struct frame {
    char kind;  /* '[' or '{' */
    int part;   /* of the path, that comes next */
    bool first; /* nothing was read in it yet */
    bool seen;  /* an object: the path's key was met */
};

struct json_reader {
    struct input *in;
    char *path;
    const char *parts[PARTS];
    int part_count;
    bool bare;
    char *buf; /* text from "base"; NUL-terminated it is not */
    size_t len, cap, at;
    size_t keep; /* bytes from here on must stay in place */
    bool keeping, ended;
    int64_t line;     /* of buf[counted] */
    size_t counted;   /* lines before this place are counted */
    size_t line_at;   /* where the line of "counted" starts, if in the buffer */
    int64_t line_cut; /* characters of that line that are no longer there */
    struct frame stack[FRAMES];
    int depth;
    int64_t documents;
    json_t *envelope;
    void (*on_document)(void *ctx, const json_t *envelope);
    void *on_document_ctx;
    json_t *keys[FRAMES]; /* of each object on the way: those beside the path */
};

/* ------------------------------------------------------------------ places */

static void count_to(struct json_reader *r, size_t at)
{
    const char *p = r->buf + r->counted, *end = r->buf + at;

    while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
        r->line++;
        p++;
        r->line_at = (size_t)(p - r->buf);
        r->line_cut = 0;
    }
    if (at > r->counted)
        r->counted = at;
}

static int fail_at(struct json_reader *r, size_t at, struct err *err,
                   const char *what)
{
    size_t start;

    if (at > r->len)
        at = r->len;
    count_to(r, at);
    start = r->line_at < at ? r->line_at : at;
    return err_at(
        err, ERR_INPUT, input_name(r->in), (long)r->line,
        (long)(r->line_cut + (int64_t)utf8_length(r->buf + start, at - start)) +
            1,
        "%s", what);
}

/* ------------------------------------------------------------------ buffer */

/* Drop what is done with. */
static void compact(struct json_reader *r)
{
    size_t drop = r->keeping ? r->keep : r->at;

    if (drop == 0)
        return;
    count_to(r, drop);
    if (r->line_at < drop) {
        r->line_cut +=
            (int64_t)utf8_length(r->buf + r->line_at, drop - r->line_at);
        r->line_at = drop;
    }
    memmove(r->buf, r->buf + drop, r->len - drop);
    r->len -= drop;
    r->at -= drop;
    r->keep -= r->keeping ? drop : 0;
    r->counted -= drop;
    r->line_at -= drop;
}

/* More text; 1 there is, 0 the end, -1. */
static int more(struct json_reader *r, struct err *err)
{
    size_t got = 0, cap;
    char *p;

    if (r->ended)
        return 0;
    compact(r);
    if (r->len + CHUNK > r->cap) {
        if (r->len > JSON_RECORD_MOST)
            return fail_at(r, r->keeping ? r->keep : r->at, err,
                           "a record is longer than 16 MiB");
        cap = r->cap ? r->cap * 2 : CHUNK * 4;
        p = realloc(r->buf, cap);
        if (!p)
            return err_nomem(err);
        r->buf = p;
        r->cap = cap;
    }
    if (input_read(r->in, r->buf + r->len, CHUNK, &got, err) < 0)
        return -1;
    r->len += got;
    r->ended = got == 0;
    return got > 0;
}

/* The next character that is no white space, not consumed; 0 at the end. */
static int peek(struct json_reader *r, char *c, struct err *err)
{
    int step;

    for (;;) {
        while (r->at < r->len &&
               (r->buf[r->at] == ' ' || r->buf[r->at] == '\n' ||
                r->buf[r->at] == '\t' || r->buf[r->at] == '\r'))
            r->at++;
        if (r->at < r->len) {
            *c = r->buf[r->at];
            return 0;
        }
        step = more(r, err);
        if (step <= 0) {
            *c = '\0';
            return step;
        }
    }
}

/* --------------------------------------------------------------- scanning */

/* Past the end of a string whose opening quote is at r->at. */
static int scan_string(struct json_reader *r, struct err *err)
{
    size_t i = r->at + 1, back;
    const char *q;
    int step;

    for (;;) {
        q = i < r->len ? memchr(r->buf + i, '"', r->len - i) : NULL;
        if (!q) {
            size_t done = (i > r->len ? i : r->len) - r->at;

            step = more(r, err); /* may move the text */
            if (step <= 0)
                return step < 0 ? -1
                                : fail_at(r, r->len, err,
                                          "the file ends inside a text: it is "
                                          "cut off");
            i = r->at + done;
            continue;
        }
        i = (size_t)(q - r->buf);
        for (back = 0; i > back + 1 && r->buf[i - 1 - back] == '\\'; back++)
            ;
        i++;
        if (back % 2 == 0)
            break;
    }
    r->at = i;
    return 0;
}

static bool ends_word(char c)
{
    return strchr(" \t\r\n,]}:", c) != NULL;
}

static int scan_word(struct json_reader *r, struct err *err)
{
    int step;

    for (;;) {
        while (r->at < r->len && !ends_word(r->buf[r->at]) &&
               r->buf[r->at] != '"' && r->buf[r->at] != '[' &&
               r->buf[r->at] != '{')
            r->at++;
        if (r->at < r->len)
            return 0;
        step = more(r, err);
        if (step <= 0)
            return step;
    }
}

/* Brackets and strings up to the bracket that closes the one at r->at. */
static int scan_brackets(struct json_reader *r, struct err *err)
{
    int depth = 0, step;
    char c;

    do {
        while (r->at >= r->len) {
            step = more(r, err);
            if (step <= 0)
                return step < 0 ? -1
                                : fail_at(r, r->len, err,
                                          "the file ends inside a record: it "
                                          "is cut off");
        }
        c = r->buf[r->at];
        if (c == '"') {
            if (scan_string(r, err) < 0)
                return -1;
            continue;
        }
        if (c == '{' || c == '[') {
            if (++depth + r->depth > JSON_DEPTH_MOST)
                return fail_at(r, r->at, err, "nested deeper than 32 levels");
        } else if (c == '}' || c == ']') {
            depth--;
        }
        r->at++;
    } while (depth > 0);
    return 0;
}

/* A whole value, kept in the buffer: its text is from *start to r->at. */
static int scan_value(struct json_reader *r, size_t *start, struct err *err)
{
    char c;
    int rc;

    if (peek(r, &c, err) < 0)
        return -1;
    if (c == '\0')
        return fail_at(r, r->len, err,
                       "the file ends too early: it is cut "
                       "off");
    r->keeping = true;
    r->keep = r->at;
    if (c == '"')
        rc = scan_string(r, err);
    else if (c == '{' || c == '[')
        rc = scan_brackets(r, err);
    else
        rc = scan_word(r, err);
    r->keeping = false;
    if (rc < 0)
        return -1;
    *start = r->keep;
    if (r->at == *start)
        return fail_at(r, r->at, err, "expected a value");
    return 0;
}

const char *json_problem(const json_error_t *e)
{
    switch (json_error_code(e)) {
    case json_error_premature_end_of_input:
        return "the JSON ends too early";
    case json_error_end_of_input_expected:
        return "something follows the end of the JSON";
    case json_error_invalid_utf8:
        return "the JSON holds bytes that are not UTF-8";
    case json_error_null_character:
    case json_error_null_byte_in_key:
        return "the JSON holds a NUL";
    case json_error_duplicate_key:
        return "a key occurs twice in an object";
    case json_error_numeric_overflow:
        return "a number is too large";
    case json_error_stack_overflow:
        return "nested too deep";
    case json_error_out_of_memory:
        return "out of memory";
    default:
        return "the JSON is not valid here";
    }
}

/* Build the value between "start" and r->at. */
static json_t *build(struct json_reader *r, size_t start, struct err *err)
{
    json_t *v = json_quick_object(r->buf + start, r->at - start);
    json_error_t e;
    long line;

    if (!v)
        v = json_loadb(r->buf + start, r->at - start,
                       JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
    if (v)
        return v;
    count_to(r, start);
    line = (long)r->line + (e.line > 0 ? e.line - 1 : 0);
    err_at(err, ERR_INPUT, input_name(r->in), line,
           e.line <= 1 ? (long)(r->line_cut +
                                (int64_t)utf8_length(r->buf + r->line_at,
                                                     start - r->line_at)) +
                             e.column
                       : e.column,
           "%s", json_problem(&e));
    return NULL;
}

/* --------------------------------------------------------------- structure */

static int push(struct json_reader *r, char kind, int part, struct err *err)
{
    if (r->depth == FRAMES)
        return fail_at(r, r->at, err, "nested too deep");
    json_object_clear(r->keys[r->depth]);
    r->stack[r->depth++] = (struct frame){kind, part, true, false};
    r->at++;
    return 0;
}

static int take_comma(struct json_reader *r, struct frame *f, char c,
                      struct err *err)
{
    if (f->first) {
        f->first = false;
        return 0;
    }
    if (c != ',')
        return fail_at(r, r->at, err,
                       c ? "expected a comma or a closing bracket"
                         : "the file ends too early: it is cut off");
    r->at++;
    return 0;
}

/* A key and its colon. */
static int read_key(struct json_reader *r, struct strbuf *key, struct err *err)
{
    size_t start = 0;
    json_t *v;
    char c;

    if (peek(r, &c, err) < 0)
        return -1;
    if (c != '"')
        return fail_at(r, r->at, err,
                       c ? "expected a key in quotes"
                         : "the file ends too early: it is cut off");
    if (scan_value(r, &start, err) < 0)
        return -1;
    v = build(r, start, err);
    if (!v)
        return -1;
    strbuf_reset(key);
    strbuf_add(key, json_string_value(v), json_string_length(v));
    json_decref(v);
    if (peek(r, &c, err) < 0)
        return -1;
    if (c != ':')
        return fail_at(r, r->at, err, "expected a colon");
    r->at++;
    return strbuf_ok(key) ? 0 : err_nomem(err);
}

/* Note a key of the innermost object; false where it has it already. */
static bool new_key(struct json_reader *r, const char *key)
{
    json_t **keys = &r->keys[r->depth - 1];

    if (!*keys)
        *keys = json_object();
    if (json_object_get(*keys, key))
        return false;
    json_object_set_new(*keys, key, json_null());
    return true;
}

/* A member beside the records: built, so that damage is seen, and kept. The
 * same key may stand in another object on the way. */
static int read_beside(struct json_reader *r, const char *key, struct err *err)
{
    size_t start = 0;
    json_t *v;

    if (scan_value(r, &start, err) < 0)
        return -1;
    v = build(r, start, err);
    if (!v)
        return -1;
    if (!r->envelope)
        r->envelope = json_object();
    if (!new_key(r, key)) {
        json_decref(v);
        return fail_at(r, start, err, "a key occurs twice in an object");
    }
    json_object_set_new(r->envelope, key, v);
    return 0;
}

static int take_record(struct json_reader *r, json_t **record, int64_t *line,
                       struct err *err)
{
    size_t start = 0;

    if (scan_value(r, &start, err) < 0)
        return -1;
    count_to(r, start);
    *line = r->line;
    *record = build(r, start, err);
    if (!*record)
        return -1;
    return json_is_object(*record) ? JSON_RECORD : JSON_OTHER;
}

/* At a value on the way to the records: a step of json_next(), or -2 to go
 * on. */
static int at_value(struct json_reader *r, int part, json_t **record,
                    int64_t *line, struct err *err)
{
    char c;

    if (peek(r, &c, err) < 0)
        return -1;
    if (c == '[' && (r->depth == 0 || r->stack[r->depth - 1].kind == '{' ||
                     part < r->part_count))
        return push(r, '[', part, err) < 0 ? -1 : -2;
    if (part == r->part_count &&
        (c == '{' || r->depth == 0 || r->stack[r->depth - 1].kind == '['))
        return take_record(r, record, line, err);
    if (c == '{')
        return push(r, '{', part, err) < 0 ? -1 : -2;
    /* a scalar where the path should go on: no records here */
    return take_record(r, record, line, err) < 0 ? -1
                                                 : (json_decref(*record), -2);
}

static int in_array(struct json_reader *r, json_t **record, int64_t *line,
                    struct err *err)
{
    struct frame *f = &r->stack[r->depth - 1];
    char c;

    if (peek(r, &c, err) < 0)
        return -1;
    if (c == ']') {
        r->depth--;
        r->at++;
        return -2;
    }
    if (take_comma(r, f, c, err) < 0 || peek(r, &c, err) < 0)
        return -1;
    if (c == ']' || c == ',')
        return fail_at(r, r->at, err, "expected a value");
    return at_value(r, f->part, record, line, err);
}

/* Is this the path's next key, in any case? Of two that differ by case the
 * first is. */
static bool on_path(const struct json_reader *r, const struct frame *f,
                    const char *key)
{
    if (f->part >= r->part_count)
        return false;
    return f->seen ? strcmp(key, r->parts[f->part]) == 0
                   : ascii_casecmp(key, r->parts[f->part]) == 0;
}

static int in_object(struct json_reader *r, json_t **record, int64_t *line,
                     struct err *err)
{
    struct frame *f = &r->stack[r->depth - 1];
    struct strbuf key = {0};
    int rc = -2;
    char c;

    if (peek(r, &c, err) < 0)
        return -1;
    if (c == '}') {
        r->depth--;
        r->at++;
        return -2;
    }
    if (take_comma(r, f, c, err) < 0 || read_key(r, &key, err) < 0)
        rc = -1;
    else if (on_path(r, f, strbuf_str(&key)))
        rc = f->seen ? fail_at(r, r->at, err, "a key occurs twice in an object")
                     : (f->seen = true,
                        at_value(r, f->part + 1, record, line, err));
    else
        rc = read_beside(r, strbuf_str(&key), err) < 0 ? -1 : -2;
    strbuf_free(&key);
    return rc;
}

/* Has the document that starts here the path's first key, as far as the
 * buffer goes? Looked for only where documents may be records themselves. */
static bool has_path(struct json_reader *r)
{
    const char *p = r->buf + r->at, *end = r->buf + r->len;
    size_t n = strlen(r->parts[0]);
    int depth = 0;

    for (; p < end; p++) {
        if (*p == '"') {
            const char *start = p + 1;

            for (p++; p < end && *p != '"'; p++)
                p += *p == '\\';
            if (depth == 1 && (size_t)(p - start) == n && p < end &&
                ascii_ncasecmp(start, r->parts[0], n) == 0) {
                for (p++; p < end && ascii_isspace(*p); p++)
                    ;
                if (p < end && *p == ':')
                    return true;
                p--;
            }
        } else if (*p == '{' || *p == '[') {
            depth++;
        } else if (*p == '}' || *p == ']') {
            if (--depth == 0)
                return false;
        }
    }
    return true; /* not seen to its end */
}

static int at_document(struct json_reader *r, json_t **record, int64_t *line,
                       struct err *err)
{
    char c;

    if (peek(r, &c, err) < 0)
        return -1;
    if (c == '\0')
        return r->documents > 0
                   ? JSON_END
                   : fail_at(r, r->len, err, "holds no JSON document");
    if (c != '{' && c != '[')
        return fail_at(r, r->at, err,
                       r->documents ? "something that is no JSON follows"
                                    : "expected an object or a list");
    if (r->documents > 0 && r->on_document)
        r->on_document(r->on_document_ctx, r->envelope);
    r->documents++;
    json_decref(r->envelope);
    r->envelope = NULL;
    while (r->len - r->at < CHUNK && !r->ended)
        if (more(r, err) < 0)
            return -1;
    if (c == '{' && r->part_count > 0 && r->bare && !has_path(r))
        return take_record(r, record, line, err);
    return at_value(r, 0, record, line, err);
}

int json_next(struct json_reader *r, json_t **record, int64_t *line,
              struct err *err)
{
    int step;

    do {
        if (r->depth == 0)
            step = at_document(r, record, line, err);
        else if (r->stack[r->depth - 1].kind == '[')
            step = in_array(r, record, line, err);
        else
            step = in_object(r, record, line, err);
    } while (step == -2);
    return step;
}

/* ------------------------------------------------------------------ public */

struct json_reader *json_open(struct input *in, const char *path, bool bare,
                              struct err *err)
{
    struct json_reader *r = calloc(1, sizeof(*r));
    char *p;

    if (r)
        r->path = strdup(path);
    if (!r || !r->path) {
        free(r);
        err_nomem(err);
        return NULL;
    }
    r->in = in;
    r->bare = bare;
    r->line = 1;
    for (p = r->path; *p && r->part_count < PARTS; r->part_count++) {
        r->parts[r->part_count] = p;
        p += strcspn(p, ".");
        if (*p)
            *p++ = '\0';
    }
    return r;
}

void json_close(struct json_reader *r)
{
    size_t i;

    if (!r)
        return;
    for (i = 0; i < COUNT_OF(r->keys); i++)
        json_decref(r->keys[i]);
    json_decref(r->envelope);
    free(r->path);
    free(r->buf);
    free(r);
}

bool json_is_lines(const struct json_reader *r)
{
    return r->documents > 1;
}

void json_on_document(struct json_reader *r,
                      void (*f)(void *ctx, const json_t *envelope), void *ctx)
{
    r->on_document = f;
    r->on_document_ctx = ctx;
}

const json_t *json_envelope(const struct json_reader *r)
{
    return r->envelope;
}

/* --------------------------------------------------------------- signature */

/* A forgiving scan that names every key by its path; it stops where the head
 * is cut off. */
struct scan {
    const char *p, *end;
    struct strbuf path;
    struct signature *out;
    int left; /* names that may still be added */
};

static bool scan_any(struct scan *s, int depth);

static void blanks(struct scan *s)
{
    while (s->p < s->end && (ascii_isspace(*s->p) || *s->p == ','))
        s->p++;
}

/* The text of a key as it stands; false where it is cut off. */
static bool quoted(struct scan *s, const char **text, size_t *n)
{
    *text = ++s->p;
    while (s->p < s->end && *s->p != '"')
        s->p += *s->p == '\\' && s->p + 1 < s->end ? 2 : 1;
    if (s->p >= s->end)
        return false;
    *n = (size_t)(s->p - *text);
    s->p++;
    return true;
}

static bool scan_members(struct scan *s, int depth)
{
    size_t base = s->path.len, n;
    const char *key;

    for (s->p++;;) {
        blanks(s);
        if (s->p >= s->end)
            return false;
        if (*s->p == '}')
            break;
        if (*s->p != '"' || !quoted(s, &key, &n) || n > 256)
            return false;
        if (base)
            strbuf_addc(&s->path, '.');
        strbuf_add(&s->path, key, n);
        if (s->left-- > 0)
            signature_add(s->out, strbuf_str(&s->path), s->path.len);
        blanks(s);
        if (s->p >= s->end || *s->p != ':')
            return false;
        s->p++;
        if (!scan_any(s, depth + 1))
            return false;
        strbuf_truncate(&s->path, base);
    }
    s->p++;
    return true;
}

static bool scan_elements(struct scan *s, int depth)
{
    for (s->p++;;) {
        blanks(s);
        if (s->p >= s->end)
            return false;
        if (*s->p == ']')
            break;
        if (!scan_any(s, depth + 1))
            return false;
    }
    s->p++;
    return true;
}

static bool scan_any(struct scan *s, int depth)
{
    const char *text, *start;
    size_t n;

    blanks(s);
    if (s->p >= s->end || depth > JSON_DEPTH_MOST)
        return false;
    if (*s->p == '{')
        return scan_members(s, depth);
    if (*s->p == '[')
        return scan_elements(s, depth);
    if (*s->p == '"')
        return quoted(s, &text, &n);
    start = s->p;
    while (s->p < s->end && !strchr(" \t\r\n,]}", *s->p))
        s->p++;
    return s->p > start;
}

void json_signature(const char *head, size_t n, struct signature *out)
{
    struct scan s = {.p = head, .end = head + n, .out = out, .left = 20000};

    out->format = FORMAT_JSON;
    while (scan_any(&s, 0)) {
        strbuf_reset(&s.path);
        blanks(&s);
    }
    strbuf_free(&s.path);
    signature_sort(out);
}

static void value_names(const json_t *v, struct strbuf *path, int depth,
                        struct signature *out)
{
    size_t base = path->len, i;
    json_t *o = json_walk(v), *child;
    const char *key;

    if (depth > JSON_DEPTH_MOST || out->count > 20000)
        return;
    for (i = 0; i < json_array_size(v); i++)
        value_names(json_array_get(v, i), path, depth + 1, out);
    if (!json_is_object(v))
        return;
    json_object_foreach(o, key, child)
    {
        if (base)
            strbuf_addc(path, '.');
        strbuf_adds(path, key);
        signature_add(out, strbuf_str(path), path->len);
        value_names(child, path, depth + 1, out);
        strbuf_truncate(path, base);
    }
}

void json_value_signature(const json_t *v, struct signature *out)
{
    struct strbuf path = {0};

    value_names(v, &path, 0, out);
    strbuf_free(&path);
    signature_sort(out);
}
