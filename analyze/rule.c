/*
 * rule.c - reading a rule: its header, what it requires, its SELECT.
 */
#include "core/base.h"

#include "analyze/derive.h"
#include "analyze/rule.h"
#include "analyze/rule_place.h"
#include "core/facts.h"
#include "core/text.h"

static const char *const severities[] = {"info", "low",      "medium",
                                         "high", "critical", ""};

const char *severity_word(enum severity s)
{
    return severities[s];
}

enum severity severity_read(const char *word)
{
    int s;

    for (s = SEV_INFO; s < SEVERITIES; s++)
        if (strcmp(severities[s], word) == 0)
            break;
    return (enum severity)s;
}

const char *result_name(char letter)
{
    switch (letter) {
    case RESULT_PASS:
        return "pass";
    case RESULT_FAIL:
        return "fail";
    case RESULT_UNKNOWN:
        return "unknown";
    case RESULT_NOT_APPLICABLE:
        return "notapplicable";
    case RESULT_NOT_CHECKED:
        return "notchecked";
    case RESULT_INFO:
        return "informational";
    case RESULT_ERROR:
        return "error";
    default:
        return "";
    }
}

/* ------------------------------------------------------------------ header */

static const char *const keys[] = {
    "id",    "title", "scope", "severity", "unknown", "uses", "loses",
    "facts", "why",   "fix",   "kind",     "core",    "ref"};
enum key {
    KEY_ID,
    KEY_TITLE,
    KEY_SCOPE,
    KEY_SEVERITY,
    KEY_UNKNOWN,
    KEY_USES,
    KEY_LOSES,
    KEY_FACTS,
    KEY_WHY,
    KEY_FIX,
    KEY_KIND,
    KEY_CORE,
    KEY_REF,
    KEY_COUNT
};

/* The header while it is read: values end up in one block of memory. */
struct header {
    const char *value[KEY_COUNT]; /* NULL: not given */
    char *free;                   /* where the next byte goes */
};

static int broken(struct rule *r, const char *at, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* "at" is the place in the rule's text; NULL is its beginning. */
static int broken(struct rule *r, const char *at, const char *fmt, ...)
{
    char text[400];
    long line, column;
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof(text), fmt, args);
    va_end(args);
    rule_place(r, at ? at : r->text, &line, &column);
    return err_at(&r->broken, ERR_CONFIG, r->file, line, column, "%s", text);
}

static size_t trimmed(const char **s, size_t n)
{
    while (n && ascii_isspace(**s)) {
        (*s)++;
        n--;
    }
    while (n && ascii_isspace((*s)[n - 1]))
        n--;
    return n;
}

/* "-- key: value": the length of the key, or 0. */
static size_t key_length(const char *s, size_t n)
{
    size_t i = 3;

    if (n < 5 || s[0] != '-' || s[1] != '-' || s[2] != ' ')
        return 0;
    while (i < n && ((s[i] >= 'a' && s[i] <= 'z') || s[i] == '-'))
        i++;
    return i < n && i > 3 && s[i] == ':' ? i - 3 : 0;
}

/* "--" and three blanks or more: the value of the line before goes on. */
static bool goes_on(const char *s, size_t n)
{
    return n > 5 && memcmp(s, "--   ", 5) == 0;
}

static void append(struct header *h, const char *s, size_t n)
{
    if (n)
        memcpy(h->free, s, n);
    h->free += n;
    *h->free = '\0';
}

static int read_key(struct rule *r, struct header *h, const char *s, size_t n,
                    size_t len, int *last)
{
    const char *value = s + 3 + len + 1;
    size_t size = trimmed(&value, n - 3 - len - 1);
    char name[32];
    int k;

    snprintf(name, sizeof(name), "%.*s", (int)len, s + 3);
    for (k = 0; k < KEY_COUNT; k++)
        if (strcmp(keys[k], name) == 0)
            break;
    if (k == KEY_COUNT) {
        const char *near = text_nearest(name, keys, KEY_COUNT);

        *last = -1;
        broken(r, s + 3, "unknown key \"%s\" in the header", name);
        return near ? err_hint(&r->broken, "did you mean \"%s\"?", near) : -1;
    }
    if (h->value[k])
        return broken(r, s + 3, "\"%s\" is given twice", name);
    if (*last >= 0)
        h->free++; /* past the terminator of the value before */
    h->value[k] = h->free;
    append(h, value, size);
    *last = k;
    return 0;
}

/* Lines up to the first that is no header; the rest is the SELECT. */
static void read_header(struct rule *r, struct header *h, const char *text)
{
    const char *s = text;
    long line = 1;
    int last = -1;

    for (; *s; line++) {
        const char *end = strchr(s, '\n');
        size_t n = end ? (size_t)(end - s) : strlen(s), len;

        len = key_length(s, n);
        if (len) {
            read_key(r, h, s, n, len, &last);
        } else if (last >= 0 && goes_on(s, n)) {
            const char *more = s + 2;
            size_t size = trimmed(&more, n - 2);

            append(h, " ", 1);
            append(h, more, size);
        } else {
            break;
        }
        s = end ? end + 1 : s + n;
    }
    h->free++;
    r->sql = s;
    r->sql_line = line;
}

static const char *given(const struct header *h, enum key k)
{
    return h->value[k] ? h->value[k] : "";
}

static enum severity read_severity(struct rule *r, const struct header *h,
                                   enum key k, enum severity fallback)
{
    enum severity s;

    if (!given(h, k)[0])
        return fallback;
    s = severity_read(given(h, k));
    if (s == SEV_NONE) {
        broken(r, rule_header_word(r, keys[k], NULL),
               "%s: expected critical, high, medium, low or info, found \"%s\"",
               keys[k], given(h, k));
        return fallback;
    }
    return s;
}

static void read_words(struct rule *r, const struct header *h)
{
    const char *scope = given(h, KEY_SCOPE), *kind = given(h, KEY_KIND);
    const char *core = given(h, KEY_CORE);

    r->account_scope = strcmp(scope, "account") == 0;
    if (scope[0] && !r->account_scope && strcmp(scope, "device") != 0)
        broken(r, rule_header_word(r, "scope", NULL),
               "scope: expected device or account, found \"%s\"", scope);
    if (strcmp(kind, "report-only") == 0)
        r->kind = RULE_REPORT_ONLY;
    else if (strcmp(kind, "cause") == 0)
        r->kind = RULE_CAUSE;
    else if (strcmp(kind, "engine") == 0)
        r->kind = RULE_ENGINE;
    else if (kind[0])
        broken(r, rule_header_word(r, "kind", NULL),
               "kind: expected report-only, cause or engine, found \"%s\"",
               kind);
    r->core = strcmp(core, "yes") == 0;
    if (core[0] && !r->core && strcmp(core, "no") != 0)
        broken(r, rule_header_word(r, "core", NULL),
               "core: expected yes or no, found \"%s\"", core);
    r->severity = read_severity(r, h, KEY_SEVERITY, SEV_MEDIUM);
    r->unknown_severity = read_severity(r, h, KEY_UNKNOWN, SEV_NONE);
}

/* -------------------------------------------------- what the rule requires */

static void unknown_fact(struct rule *r, const char *name)
{
    const char *words[FACT_DEVICE_MOST + FACT_ACCOUNT_MOST], *near;
    size_t n = 0, i;

    for (i = 0; i < device_fact_count; i++)
        words[n++] = device_facts[i].name;
    for (i = 0; i < account_fact_count; i++)
        words[n++] = account_facts[i].name;
    near = text_nearest(name, words, n);
    broken(r, rule_header_word(r, "facts", name),
           "facts: there is no fact \"%s\"", name);
    if (near)
        err_hint(&r->broken, "did you mean \"%s\"?", near);
}

static void need_fact(struct rule *r, struct need *need, const char *name)
{
    int device = fact_index(FACT_DEVICE, name);
    int account = fact_index(FACT_ACCOUNT, name);

    /* A name of both is the Mac's own in a device rule, else the account's. */
    if (device >= 0 && account >= 0) {
        if (r->account_scope)
            device = -1;
        else
            account = -1;
    }
    if (device >= 0)
        need->device_mask |= (uint64_t)1 << device;
    else if (account >= 0)
        need->account_mask |= (uint64_t)1 << account;
    else if (custom_name(name))
        need->custom = true;
    else
        unknown_fact(r, name);
}

/* One item: names with | between. "from" is copied to the header's memory. */
static void read_need(struct rule *r, struct header *h, const char *from,
                      size_t n)
{
    struct need *need = &r->needs[r->need_count];
    const char *end, *name;
    char one[64];
    size_t len;

    n = trimmed(&from, n);
    end = from + n;
    if (n == 0)
        return;
    if (r->need_count == NEEDS_MOST) {
        broken(r, rule_header_word(r, "facts", NULL),
               "facts: more than %d items", NEEDS_MOST);
        return;
    }
    r->need_count++;
    need->text = h->free;
    append(h, from, n);
    h->free++;
    for (name = from; name < end; name += len + 1) {
        const char *bar = memchr(name, '|', (size_t)(end - name)), *word = name;
        size_t size;

        len = bar ? (size_t)(bar - name) : (size_t)(end - name);
        size = trimmed(&word, len);
        snprintf(one, sizeof(one), "%.*s", (int)size, word);
        need_fact(r, need, one);
    }
}

static void read_needs(struct rule *r, struct header *h)
{
    const char *s = given(h, KEY_FACTS);

    while (*s) {
        const char *comma = strchr(s, ',');
        size_t n = comma ? (size_t)(comma - s) : strlen(s);

        read_need(r, h, s, n);
        s += comma ? n + 1 : n;
    }
}

static bool good_id(const char *id)
{
    size_t n = strlen(id);

    return n > 0 && n < 32 &&
           strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") == n;
}

/* The id that a file name gives: "ST-06" of rules/x/ST-06-sole-holder.sql. */
static const char *id_of_file(struct header *h, const char *file)
{
    const char *slash = strrchr(file, '/'), *s = slash ? slash + 1 : file;
    const char *id = h->free;
    size_t n = 0, i;

    while (s[n] && (s[n] == '-' || (s[n] >= '0' && s[n] <= '9') ||
                    (s[n] >= 'A' && s[n] <= 'Z')))
        n++;
    for (i = n; i > 0 && s[i - 1] == '-'; i--)
        n--;
    if (n == 0)
        n = strcspn(s, ".");
    append(h, s, n);
    h->free++;
    return id;
}

/* A key that is not there: perhaps its line is written in another way, or
 * stands below the first line that is none of the header. */
static void missing_key(struct rule *r, const char *key)
{
    const char *like = rule_header_lookalike(r, key);
    long end = r->sql_line;

    broken(r, like, "the header has no \"%s\"", key);
    if (like && end > 1)
        err_hint(&r->broken,
                 "it ends before line %ld; a line of it is \"-- %s: ...\"", end,
                 key);
}

static void check_given(struct rule *r, const struct header *h)
{
    static const enum key needed[] = {KEY_ID,       KEY_TITLE, KEY_SCOPE,
                                      KEY_SEVERITY, KEY_USES,  KEY_LOSES,
                                      KEY_FACTS,    KEY_WHY,   KEY_FIX};
    size_t i;

    for (i = 0; i < COUNT_OF(needed); i++) {
        enum key k = needed[i];
        bool may_be_empty =
            k == KEY_FIX || k == KEY_FACTS || k == KEY_USES || k == KEY_LOSES;

        if (!h->value[k])
            missing_key(r, keys[k]);
        else if (!may_be_empty && !h->value[k][0])
            broken(r, rule_header_word(r, keys[k], NULL), "\"%s\" is empty",
                   keys[k]);
    }
    if (h->value[KEY_ID] && !good_id(h->value[KEY_ID]))
        broken(r, rule_header_word(r, "id", NULL),
               "id: expected capitals, digits and dashes, found \"%s\"",
               h->value[KEY_ID]);
}

/* Bytes that are no text; a mark of the encoding before it is passed over. */
static void check_bytes(struct rule *r, size_t n)
{
    const char *nul = memchr(r->text, '\0', n);
    size_t good = utf8_check(r->text, n);

    if (nul)
        broken(r, nul, "has a NUL byte");
    else if (good < n)
        broken(r, r->text + good, "is no UTF-8 text");
}

struct rule *rule_parse(const char *file, const char *module, const char *text,
                        size_t n)
{
    struct rule *r = calloc(1, sizeof(*r));
    size_t room = 4 * n + strlen(file) * 2 + strlen(module) + 64;
    struct header h = {.free = NULL};

    if (!r)
        return NULL;
    if (n >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        text += 3;
        n -= 3;
    }
    r->memory = malloc(room);
    if (!r->memory) {
        free(r);
        return NULL;
    }
    h.free = r->memory;
    r->file = h.free;
    append(&h, file, strlen(file));
    h.free++;
    r->module = h.free;
    append(&h, module, strlen(module));
    h.free++;
    r->text = h.free;
    append(&h, text, n);
    h.free++;
    sha256_text(text, n, r->digest);
    check_bytes(r, n);
    read_header(r, &h, r->text);
    r->id = given(&h, KEY_ID);
    r->title = given(&h, KEY_TITLE);
    r->uses = given(&h, KEY_USES);
    r->loses = given(&h, KEY_LOSES);
    r->facts = given(&h, KEY_FACTS);
    r->why = given(&h, KEY_WHY);
    r->fix = given(&h, KEY_FIX);
    r->ref = given(&h, KEY_REF);
    check_given(r, &h);
    if (!good_id(r->id))
        r->id = id_of_file(&h, file);
    if (!r->title[0])
        r->title = r->id;
    read_words(r, &h);
    read_needs(r, &h);
    return r;
}

void rule_free(struct rule *r)
{
    if (!r)
        return;
    free(r->memory);
    free(r);
}

bool rule_is_made(const char *id)
{
    return strcmp(id, "DATA-01") == 0 || strcmp(id, "DATA-03") == 0 ||
           strcmp(id, "ST-14") == 0;
}

bool word_in(const char *list, const char *word)
{
    size_t n = strlen(word);
    const char *s;

    for (s = list; n && (s = strstr(s, word)); s += n)
        if ((s == list || s[-1] == ' ') && (s[n] == ' ' || s[n] == '\0'))
            return true;
    return false;
}

/* An erase takes the data, a reset in recoveryOS the login keychains. */
static bool takes_away(const char *id, size_t n)
{
    return (n == 3 && memcmp(id, "R14", n) == 0) ||
           (n == 2 && memcmp(id, "R5", n) == 0);
}

void rule_remedy(const struct rule *r, const char *chosen, char letter,
                 char *out, size_t size)
{
    const char *s = chosen ? chosen : r->fix;
    size_t n = strcspn(s, " ");

    if (letter == RESULT_UNKNOWN && takes_away(s, n))
        n = 0;
    snprintf(out, size, "%.*s", (int)n, s);
}

char rule_result(const struct rule_row *row, bool not_checked)
{
    if (row->applies == 0)
        return RESULT_NOT_APPLICABLE;
    if (row->applies == 1 && row->fails == 1)
        return RESULT_FAIL;
    if (row->fails == 0)
        return RESULT_PASS;
    return not_checked ? RESULT_NOT_CHECKED : RESULT_UNKNOWN;
}
