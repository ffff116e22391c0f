/*
 * embed.c - a program of the build: print files as one table of resources.
 *
 * usage: embed FILE... (names in byte order, as "make" sorts them)
 */
#include "core/base.h"

static int embed(const char *path, size_t index)
{
    FILE *f = fopen(path, "rb");
    size_t n = 0;
    int c;

    if (!f) {
        fprintf(stderr, "embed: %s: %s\n", path, strerror(errno));
        return -1;
    }
    printf("static const char r%zu[] = {", index);
    while ((c = getc(f)) != EOF)
        printf("%s%d,", n++ % 20 ? "" : "\n", c > 127 ? c - 256 : c);
    printf("0};\n");
    return fclose(f);
}

int main(int argc, char **argv)
{
    int i;

    printf("#include \"core/base.h\"\n#include \"core/resource.h\"\n");
    for (i = 1; i < argc; i++)
        if (embed(argv[i], (size_t)i) != 0)
            return 1;
    printf("const struct resource resources[] = {\n");
    for (i = 1; i < argc; i++)
        printf("    {\"%s\", r%d, sizeof(r%d) - 1},\n", argv[i], i, i);
    printf("};\nconst size_t resource_count = %d;\n", argc - 1);
    return fflush(stdout) != 0;
}
