/*
 * slug.c - what a client is called in the names of files.
 *
 * Letters that plain ones cannot stand for are lost, and with them perhaps all
 * that tells two clients apart: such a name ends in a digest of the whole.
 */
#include "core/base.h"

#include "core/sha256.h"
#include "core/text.h"
#include "report/fold.h"
#include "report/slug.h"

#include <utf8proc.h>

#define LATIN_END 0x180 /* up to here text_slug() has plain letters */
#define DIGEST 8

/* Does a letter or digit of the folded name have no plain one? */
static bool loses_letters(const char *s, size_t n)
{
    size_t i, len;
    uint32_t cp;

    for (i = 0; i < n; i += len ? len : 1) {
        len = utf8_decode(s + i, n - i, &cp);
        if (len == 0 || cp < LATIN_END)
            continue;
        switch (utf8proc_category((utf8proc_int32_t)cp)) {
        case UTF8PROC_CATEGORY_LU:
        case UTF8PROC_CATEGORY_LL:
        case UTF8PROC_CATEGORY_LT:
        case UTF8PROC_CATEGORY_LM:
        case UTF8PROC_CATEGORY_LO:
        case UTF8PROC_CATEGORY_ND:
        case UTF8PROC_CATEGORY_NL:
        case UTF8PROC_CATEGORY_NO:
            return true;
        default:
            break;
        }
    }
    return false;
}

void slug_client(struct strbuf *b, const char *name)
{
    struct strbuf folded = {0};
    size_t from = b->len;
    char hex[SHA256_HEX];
    const char *plain;
    bool empty;

    fold_text(&folded, name, strlen(name));
    plain = strbuf_str(&folded);
    text_slug(b, plain);
    empty = strcmp(strbuf_str(b) + from, "x") == 0 && strcmp(plain, "x") != 0;
    if (empty) {
        strbuf_truncate(b, from);
        strbuf_adds(b, "client");
    }
    if (empty || loses_letters(plain, folded.len)) {
        sha256_text(plain, folded.len, hex);
        strbuf_addf(b, "-%.*s", DIGEST, hex);
    }
    if (strcmp(strbuf_str(b) + from, "fleet") == 0)
        strbuf_adds(b, "-client");
    strbuf_free(&folded);
}
