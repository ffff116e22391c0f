/*
 * text.h - UTF-8, comparison without ASCII case, and text made harmless.
 *
 * Everything works on bytes and ignores the locale.
 */
#ifndef MUSTER_TEXT_H
#define MUSTER_TEXT_H

#include "core/base.h"
#include "core/strbuf.h"

/*
 * Decode one code point at "s" (n bytes are there). Returns its length and
 * stores it in *cp, or 0 for an invalid or cut sequence (overlong forms,
 * surrogates and values over U+10FFFF are invalid).
 */
size_t utf8_decode(const char *s, size_t n, uint32_t *cp);

/* Append one code point; an invalid one becomes U+FFFD. */
void utf8_append(struct strbuf *b, uint32_t cp);

/* The offset of the first invalid byte, or n where all is valid. */
size_t utf8_check(const char *s, size_t n);

/* Characters (code points) in valid UTF-8 text. */
size_t utf8_length(const char *s, size_t n);

/* Drop a cut-off sequence from the end of a terminated string. */
void utf8_trim_tail(char *s);

/* ASCII only; other bytes are left alone. */
char ascii_lower(char c);
char ascii_upper(char c);
bool ascii_isspace(char c);
int ascii_casecmp(const char *a, const char *b);
int ascii_ncasecmp(const char *a, const char *b, size_t n);
bool text_starts(const char *s, const char *prefix);
bool text_ends(const char *s, const char *suffix);

/* Whether "text" fits "pattern", in which each * stands for any run of
 * characters; compared without ASCII case. */
bool text_glob(const char *pattern, const char *text);

/*
 * Append "s" with every character that a terminal or a line-oriented log acts
 * on (C0, DEL, C1, bidirectional controls, line separators, invalid bytes)
 * written as \xNN or \u{NNNN}.
 */
void text_escape(struct strbuf *b, const char *s, size_t n);
void text_print_safe(const char *s, FILE *out);

/* Print words, escaped, in lines of 79 characters and a newline at the end. The
 * first line stands at "column" already, the others behind "indent" blanks. A
 * word that fits no line is cut. */
void text_wrap(const char *s, size_t column, size_t indent, FILE *out);

/* How many columns of a terminal a text takes: two for a Chinese character,
 * none for an accent apart from its letter. */
size_t text_columns(const char *s, size_t n);

/* The bytes of as many whole characters as fit the columns; one at least,
 * where there is any. */
size_t text_prefix(const char *s, size_t n, size_t columns);

/* Append "s" with the entities of XML in it as what they stand for; what is
 * none, and those of control characters, stay as they are. */
void text_entities(struct strbuf *b, const char *s, size_t n);

/*
 * A file-name part from any text: lower-case letters and digits joined by
 * single dashes, at most 60 bytes, accents of Latin letters dropped, never
 * empty ("x"), never a device name that other systems reserve.
 */
void text_slug(struct strbuf *b, const char *s);

#define TEXT_INT 24 /* the digits of any number, a sign and the end */

/* The number in decimal, somewhere in "out". */
const char *text_int(int64_t n, char out[TEXT_INT]);

/* Damerau-Levenshtein distance (adjacent swaps count one), capped at 99. */
int text_distance(const char *a, const char *b);

/*
 * The nearest of "n" words to "word", for a did-you-mean; NULL where none is
 * near enough (at most 2 edits, at most a third of the length, case ignored).
 */
const char *text_nearest(const char *word, const char *const *words, size_t n);

/* Arguments for "%lld %s": 1, "Mac" or 2, "Macs". */
#define COUNTED(n, one) (long long)(n), (n) == 1 ? one : one "s"

#endif
