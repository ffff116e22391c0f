/*
 * arena.c - memory that is given back all at once.
 */
#include "core/base.h"

#include "analyze/arena.h"

#define CHUNK ((size_t)64 * 1024)

struct arena_chunk {
    struct arena_chunk *next;
    size_t size;
    max_align_t data[];
};

/* A chunk with room for "n" bytes after "at": one left by a reset, or new. */
static struct arena_chunk *chunk_for(struct arena *a, size_t n)
{
    struct arena_chunk **link = a->at ? &a->at->next : &a->first;
    size_t size = n > CHUNK ? n : CHUNK;
    struct arena_chunk *c = *link;

    if (c && c->size >= n)
        return c;
    c = n > SIZE_MAX / 2 ? NULL : malloc(sizeof(*c) + size);
    if (!c)
        return NULL;
    c->size = size;
    c->next = *link;
    *link = c;
    return c;
}

void *arena_alloc(struct arena *a, size_t n)
{
    const size_t align = sizeof(max_align_t);
    char *p;

    if (a->failed)
        return NULL;
    n = (n + align - 1) / align * align;
    if (!a->at || a->used + n > a->at->size) {
        struct arena_chunk *c = chunk_for(a, n);

        if (!c) {
            a->failed = true;
            return NULL;
        }
        a->at = c;
        a->used = 0;
    }
    p = (char *)a->at->data + a->used;
    a->used += n;
    return p;
}

char *arena_copy(struct arena *a, const char *s, size_t n)
{
    char *p = arena_alloc(a, n + 1);

    if (!p)
        return NULL;
    if (n)
        memcpy(p, s, n);
    p[n] = '\0';
    return p;
}

void arena_reset(struct arena *a)
{
    a->at = a->first;
    a->used = 0;
}

void arena_free(struct arena *a)
{
    struct arena_chunk *c, *next;

    for (c = a->first; c; c = next) {
        next = c->next;
        free(c);
    }
    *a = (struct arena){0};
}
