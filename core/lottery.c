/*
 * lottery.c - draw N of many: a heap of the smallest lots, the largest first.
 */
#include "core/base.h"

#include "core/lottery.h"

int lottery_open(struct lottery *l, const char *seed, size_t most,
                 struct err *err)
{
    *l = (struct lottery){.seed = seed, .most = most};
    l->won = calloc(most, sizeof(*l->won));
    return l->won ? 0 : err_nomem(err);
}

void lottery_free(struct lottery *l)
{
    free(l->won);
    *l = (struct lottery){0};
}

static void swap(struct ticket *a, struct ticket *b)
{
    struct ticket c = *a;

    *a = *b;
    *b = c;
}

static void sift_up(struct ticket *heap, size_t i)
{
    for (; i > 0 && strcmp(heap[(i - 1) / 2].lot, heap[i].lot) < 0;
         i = (i - 1) / 2)
        swap(&heap[(i - 1) / 2], &heap[i]);
}

static void sift_down(struct ticket *heap, size_t n)
{
    size_t i = 0, child;

    while ((child = 2 * i + 1) < n) {
        if (child + 1 < n && strcmp(heap[child + 1].lot, heap[child].lot) > 0)
            child++;
        if (strcmp(heap[i].lot, heap[child].lot) >= 0)
            break;
        swap(&heap[i], &heap[child]);
        i = child;
    }
}

static void draw_lot(const char *seed, const char *serial, const char *rule,
                     char out[SHA256_HEX])
{
    char text[512];
    int n = snprintf(text, sizeof(text), "%s/%s/%s", seed, serial, rule);

    sha256_text(text, n < (int)sizeof(text) ? (size_t)n : sizeof(text) - 1,
                out);
}

void lottery_offer(struct lottery *l, struct ticket *t, const char *rule)
{
    l->offered++;
    draw_lot(l->seed, t->serial, rule, t->lot);
    if (l->count < l->most) {
        l->won[l->count++] = *t;
        sift_up(l->won, l->count - 1);
    } else if (strcmp(t->lot, l->won[0].lot) < 0) {
        l->won[0] = *t;
        sift_down(l->won, l->count);
    }
}

static int compare(const void *a, const void *b)
{
    const struct ticket *x = a, *y = b;

    return strcmp(x->lot, y->lot);
}

void lottery_draw(struct lottery *l)
{
    qsort(l->won, l->count, sizeof(*l->won), compare);
}
