/*
 * html_intern.c - an open hash table of words.
 */
#include "core/base.h"

#include "report/html_intern.h"

static size_t hash(const char *s)
{
    uint32_t h = 2166136261u;

    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * 16777619u;
    return h;
}

static size_t *slot_of(const struct intern *t, const char *word)
{
    size_t i = hash(word) & (t->slot_count - 1);

    while (t->slots[i] && strcmp(t->words[t->slots[i] - 1], word) != 0)
        i = (i + 1) & (t->slot_count - 1);
    return &t->slots[i];
}

static bool grow(struct intern *t)
{
    size_t cap = t->cap ? t->cap * 2 : 64, i;
    char **words = realloc(t->words, cap * sizeof(*words));
    size_t *slots;

    if (!words)
        return false;
    t->words = words;
    slots = calloc(cap * 2, sizeof(*slots));
    if (!slots)
        return false;
    free(t->slots);
    t->slots = slots;
    t->slot_count = cap * 2;
    t->cap = cap;
    for (i = 0; i < t->n; i++)
        *slot_of(t, t->words[i]) = i + 1;
    return true;
}

size_t intern(struct intern *t, const char *word)
{
    size_t *slot;
    char *copy;

    if (t->failed)
        return 0;
    if (t->n == t->cap && !grow(t)) {
        t->failed = true;
        return 0;
    }
    slot = slot_of(t, word);
    if (*slot)
        return *slot - 1;
    copy = strdup(word);
    if (!copy) {
        t->failed = true;
        return 0;
    }
    t->words[t->n++] = copy;
    *slot = t->n;
    return t->n - 1;
}

void intern_free(struct intern *t)
{
    size_t i;

    for (i = 0; i < t->n; i++)
        free(t->words[i]);
    free(t->words);
    free(t->slots);
    *t = (struct intern){0};
}
