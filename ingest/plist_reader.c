/*
 * plist_reader.c - property lists, XML or binary, as JSON values, by libplist.
 */
#include "core/base.h"

#include "core/text.h"
#include "core/when.h"
#include "ingest/plist_reader.h"

#include <plist/plist.h>

#define DEPTH_MOST 32

bool plist_looks(const char *s, size_t n)
{
    if (n >= 8 && memcmp(s, "bplist0", 7) == 0)
        return true;
    while (n && (ascii_isspace(*s) ||
                 (n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0))) {
        size_t step = ascii_isspace(*s) ? 1 : 3;

        s += step;
        n -= step;
    }
    return n >= 6 &&
           (memcmp(s, "<?xml ", 6) == 0 || memcmp(s, "<plist", 6) == 0 ||
            memcmp(s, "<!DOCT", 6) == 0);
}

static bool tag(const char *s, const char *end, const char *name)
{
    size_t n = strlen(name);

    return (size_t)(end - s) > n && memcmp(s, name, n) == 0 &&
           !isalnum((unsigned char)s[n]);
}

/* Entities of one's own, and nesting that a recursive parser must not meet. */
static const char *unsafe_xml(const char *s, size_t n)
{
    const char *p = s, *end = s + n;
    int depth = 0;

    while (p < end && (p = memchr(p, '<', (size_t)(end - p))) != NULL) {
        if (tag(p, end, "<!ENTITY"))
            return "the property list defines entities";
        if (tag(p, end, "<dict") || tag(p, end, "<array"))
            depth++;
        else if (tag(p, end, "</dict") || tag(p, end, "</array"))
            depth--;
        if (depth > DEPTH_MOST)
            return "the property list is nested deeper than 32 levels";
        p++;
    }
    return NULL;
}

static json_t *convert(plist_t node, int depth);

static json_t *convert_dict(plist_t node, int depth)
{
    json_t *o = json_object(), *v;
    plist_dict_iter it = NULL;
    plist_t child = NULL;
    char *key = NULL;

    plist_dict_new_iter(node, &it);
    for (;;) {
        plist_dict_next_item(node, it, &key, &child);
        if (!child)
            break;
        v = key ? convert(child, depth + 1) : NULL;
        /* a key twice is refused */
        if (!v || json_object_get(o, key) || json_object_set(o, key, v) != 0) {
            free(key);
            json_decref(v);
            json_decref(o);
            o = NULL;
            break;
        }
        json_decref(v);
        free(key);
        key = NULL;
    }
    free(it);
    return o;
}

static json_t *convert_array(plist_t node, int depth)
{
    json_t *a = json_array(), *v;
    uint32_t i;

    for (i = 0; a && i < plist_array_get_size(node); i++) {
        v = convert(plist_array_get_item(node, i), depth + 1);
        if (!v || json_array_append_new(a, v) != 0) {
            json_decref(a);
            return NULL;
        }
    }
    return a;
}

static json_t *convert_text(plist_t node)
{
    char *s = NULL;
    json_t *v;

    plist_get_string_val(node, &s);
    v = s ? json_string(s) : json_string("");
    free(s);
    return v;
}

/* libplist counts seconds from 2001. */
static json_t *convert_date(plist_t node)
{
    int32_t sec = 0, usec = 0;
    char text[32];

    plist_get_date_val(node, &sec, &usec);
    when_format((int64_t)sec + 978307200, text, sizeof(text));
    return json_string(text);
}

static json_t *convert(plist_t node, int depth)
{
    uint8_t flag = 0;
    uint64_t number = 0;
    double real = 0;
    uint64_t length = 0;

    if (depth > DEPTH_MOST)
        return NULL;
    switch (plist_get_node_type(node)) {
    case PLIST_DICT:
        return convert_dict(node, depth);
    case PLIST_ARRAY:
        return convert_array(node, depth);
    case PLIST_STRING:
        return convert_text(node);
    case PLIST_BOOLEAN:
        plist_get_bool_val(node, &flag);
        return json_boolean(flag);
    case PLIST_UINT:
        plist_get_uint_val(node, &number);
        return json_integer((json_int_t)number);
    case PLIST_REAL:
        plist_get_real_val(node, &real);
        return json_real(real);
    case PLIST_DATE:
        return convert_date(node);
    case PLIST_DATA:
        plist_get_data_ptr(node, &length);
        return json_string(length ? "(data)" : "");
    default:
        return json_null();
    }
}

static uint64_t big_endian(const unsigned char *s, size_t n)
{
    uint64_t v = 0;

    while (n--)
        v = v << 8 | *s++;
    return v;
}

/* Whether the text object at "s" holds a NUL; other objects do not. */
static bool text_has_nul(const unsigned char *s, size_t n)
{
    size_t unit = *s >> 4 == 6 ? 2 : 1, length = *s & 0xf, start = 1, i;

    if (*s >> 4 != 5 && *s >> 4 != 6)
        return false;
    if (length == 0xf) { /* the length is an integer object of its own */
        size_t bytes = n > 1 ? (size_t)1 << (s[1] & 3) : 0;

        if (bytes == 0 || n < 2 + bytes)
            return false;
        length = (size_t)big_endian(s + 2, bytes);
        start = 2 + bytes;
    }
    for (i = 0; i < length && start + unit <= n; i++, start += unit)
        if (!s[start] && (unit == 1 || !s[start + 1]))
            return true;
    return false;
}

/* libplist ends the program over a NUL in a text, so that is seen before. */
static bool binary_has_nul(const char *text, size_t n)
{
    const unsigned char *s = (const unsigned char *)text, *trailer;
    uint64_t size, count, table, i;

    if (n < 40)
        return false;
    trailer = s + n - 32;
    size = trailer[6];
    count = big_endian(trailer + 8, 8);
    table = big_endian(trailer + 24, 8);
    if (size == 0 || size > 8 || table > n || count > (n - table) / size)
        return false; /* damaged: libplist refuses it */
    for (i = 0; i < count; i++) {
        uint64_t at = big_endian(s + table + i * size, (size_t)size);

        if (at < n && text_has_nul(s + at, (size_t)(n - at)))
            return true;
    }
    return false;
}

/* The length of the first document of an XML text; all of it where no other
 * begins behind it. */
static size_t first_document(const char *s, size_t n)
{
    static const char close[] = "</plist>";
    const size_t k = sizeof(close) - 1;
    const char *p = s, *end = s + n;

    while (p < end && (p = memchr(p, '<', (size_t)(end - p))) != NULL) {
        if ((size_t)(end - p) > k && memcmp(p, close, k) == 0 &&
            plist_looks(p + k, (size_t)(end - p) - k))
            return (size_t)(p - s) + k;
        p++;
    }
    return n;
}

static json_t *from_xml(const char *s, size_t n)
{
    plist_t root = NULL;
    json_t *v;

    while (n && *s != '<') {
        s++;
        n--;
    }
    plist_from_xml(s, (uint32_t)n, &root);
    v = root ? convert(root, 0) : NULL;
    plist_free(root);
    return v;
}

/* Answers that someone put one after the other are the elements of an array. */
static json_t *all_documents(const char *s, size_t n)
{
    size_t first = first_document(s, n);
    json_t *all, *v = from_xml(s, first);

    if (first == n || !v)
        return v;
    all = json_array();
    while (v && json_array_append_new(all, v) == 0) {
        s += first;
        n -= first;
        if (n == 0)
            return all;
        first = first_document(s, n);
        v = from_xml(s, first);
    }
    json_decref(all);
    return NULL;
}

static json_t *from_binary(const char *s, size_t n)
{
    plist_t root = NULL;
    json_t *v;

    plist_from_bin(s, (uint32_t)n, &root);
    v = root ? convert(root, 0) : NULL;
    plist_free(root);
    return v;
}

json_t *plist_to_json(const char *s, size_t n, const char **problem)
{
    bool binary = n >= 8 && memcmp(s, "bplist0", 7) == 0;
    const char *unsafe;

    *problem = "the property list is damaged or cut off";
    if (n > PLIST_MOST) {
        *problem = "the property list is larger than 16 MiB";
        return NULL;
    }
    if (binary ? binary_has_nul(s, n) : memchr(s, 0, n) != NULL) {
        *problem = "the property list has a NUL in a text";
        return NULL;
    }
    if (binary)
        return from_binary(s, n);
    unsafe = unsafe_xml(s, n);
    if (unsafe) {
        *problem = unsafe;
        return NULL;
    }
    return all_documents(s, n);
}
