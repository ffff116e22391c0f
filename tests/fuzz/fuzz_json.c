/*
 * fuzz_json.c - the JSON reader; records that it hands out, written one a
 * line, are read again as the same records. The first byte chooses the path.
 */
#include "core/base.h"

#include "core/strbuf.h"
#include "ingest/json_quick.h"
#include "ingest/json_reader.h"
#include "tests/fuzz/fuzz.h"

static const char *const paths[] = {
    "", "results", "data", "a.b", "devices", "computers.computer", "items"};

/* The records one a line. False: the file ends in an error. */
static bool read_records(const uint8_t *data, size_t n, const char *path,
                         bool bare, struct strbuf *out)
{
    struct err err = {0};
    struct input *in = input_open(fuzz_file(data, n), "a.json", NULL, &err);
    struct json_reader *r = in ? json_open(in, path, bare, &err) : NULL;
    json_t *record = NULL;
    int64_t line = 0, last = 0;
    int got = -1;

    while (r && (got = json_next(r, &record, &line, &err)) > 0) {
        fuzz_promise(line >= last, "lines ascend", path);
        last = line;
        if (got == JSON_RECORD) {
            char *s = json_dumps(record, JSON_COMPACT | JSON_SORT_KEYS);

            if (s)
                strbuf_addf(out, "%s\n", s);
            free(s);
        }
        json_decref(record);
    }
    fuzz_promise(got == 0 || err.code, "an error says what it is", "none");
    json_close(r);
    input_close(in);
    return got == 0;
}

/* What is built the quick way is what jansson builds. */
static void check_quick(const char *text, size_t n)
{
    json_t *quick = json_quick_object(text, n);
    json_t *v =
        quick ? json_loadb(text, n, JSON_REJECT_DUPLICATES, NULL) : NULL;

    fuzz_promise(!quick || json_equal(quick, v), "quick and slow", "differ");
    json_decref(quick);
    json_decref(v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct signature names = {0};
    struct strbuf first = {0}, second = {0};
    unsigned how = n ? data[0] : 0;

    if (n == 0)
        return 0;
    check_quick((const char *)data + 1, n - 1);
    json_signature((const char *)data + 1, n - 1, &names);
    signature_free(&names);
    if (read_records(data + 1, n - 1, paths[how % COUNT_OF(paths)],
                     how / COUNT_OF(paths) % 2, &first) &&
        first.len) {
        fuzz_promise(read_records((const uint8_t *)strbuf_str(&first),
                                  first.len, "", true, &second),
                     "records are read again", strbuf_str(&first));
        fuzz_promise(strcmp(strbuf_str(&first), strbuf_str(&second)) == 0,
                     "the same records", strbuf_str(&second));
    }
    strbuf_free(&first);
    strbuf_free(&second);
    return 0;
}
