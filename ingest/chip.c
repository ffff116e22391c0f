/*
 * chip.c - which chip a Mac has.
 *
 * The identifiers of Macs with a T2 are few and closed; those of Apple silicon
 * are told from Intel's by the number before the comma.
 */
#include "core/base.h"

#include "core/text.h"
#include "ingest/chip.h"

/* First numbers of the families: from "apple" on it is Apple silicon. */
static const struct {
    const char *family;
    int apple;      /* lowest first number with Apple silicon; 0 never */
    const char *t2; /* identifiers with a T2, between blanks */
} families[] = {
    {"MacBookAir", 10, " 8,1 8,2 9,1 "},
    {"MacBookPro", 17, " 15,1 15,2 15,3 15,4 16,1 16,2 16,3 16,4 "},
    {"Macmini", 9, " 8,1 "},
    {"iMacPro", 0, " 1,1 "},
    {"iMac", 21, " 20,1 20,2 "},
    {"MacPro", 0, " 7,1 "},
    {"MacBook", 0, " "},
    {"VirtualMac", 2, " "},
    {"Mac", 13, " "},
    {"Xserve", 0, " "},
};

static bool identifier(const char *s, size_t n, size_t family, int *first)
{
    size_t k = strlen(families[family].family), i;

    if (n < k + 3 || ascii_ncasecmp(s, families[family].family, k) != 0)
        return false;
    *first = 0;
    for (i = k; i < n && s[i] >= '0' && s[i] <= '9' && *first < 1000; i++)
        *first = *first * 10 + (s[i] - '0');
    if (i == k || i + 1 >= n || s[i] != ',')
        return false;
    for (i++; i < n; i++)
        if (s[i] < '0' || s[i] > '9')
            return false;
    return true;
}

/* "M1" to "M9" as a word: the marketing names of Apple silicon. */
static bool names_m_chip(const char *s, size_t n)
{
    size_t i;

    for (i = 0; i + 1 < n; i++)
        if (s[i] == 'M' && s[i + 1] >= '1' && s[i + 1] <= '9' &&
            (i == 0 || !isalnum((unsigned char)s[i - 1])) &&
            (i + 2 == n || !isalnum((unsigned char)s[i + 2])))
            return true;
    return false;
}

static bool has(const char *s, size_t n, const char *word)
{
    size_t k = strlen(word), i;

    for (i = 0; i + k <= n; i++)
        if (ascii_ncasecmp(s + i, word, k) == 0)
            return true;
    return false;
}

const char *chip_of_model(const char *s, size_t n)
{
    char tail[24];
    size_t i, k;
    int first;

    for (i = 0; i < COUNT_OF(families); i++) {
        if (!identifier(s, n, i, &first))
            continue;
        if (families[i].apple && first >= families[i].apple)
            return "apple";
        k = strlen(families[i].family);
        snprintf(tail, sizeof(tail), " %.*s ", (int)(n - k), s + k);
        return strstr(families[i].t2, tail) ? "t2" : "intel";
    }
    if (names_m_chip(s, n) || has(s, n, "Apple silicon"))
        return "apple";
    return NULL;
}

const char *chip_of_processor(const char *s, size_t n)
{
    if (has(s, n, "arm64") || has(s, n, "apple") || names_m_chip(s, n))
        return "apple";
    return NULL;
}
