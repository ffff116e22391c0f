/*
 * own_reports.c - reports that muster itself wrote, in a folder of exports.
 */
#include "core/base.h"

#include "core/strbuf.h"
#include "core/text.h"
#include "ingest/own_reports.h"

/* A manifest that cannot be read, or is somebody else's, is NULL. */
static json_t *manifest(const char *dir, const char *name)
{
    struct strbuf path = {0};
    json_t *root;
    const char *schema;

    strbuf_addf(&path, "%s/%s", dir, name);
    root = strbuf_ok(&path) ? json_load_file(strbuf_str(&path), 0, NULL) : NULL;
    strbuf_free(&path);
    schema = json_string_value(json_object_get(root, "schema"));
    if (schema && text_starts(schema, "muster.manifest/"))
        return root;
    json_decref(root);
    return NULL;
}

void own_reports_add(json_t *found, const char *dir, const char *name)
{
    static const char *const lists[] = {"outputs", "kept"};
    json_t *root =
        text_ends(name, "-manifest.json") ? manifest(dir, name) : NULL;
    const json_t *list;
    const char *file;
    size_t i, k;

    if (!root)
        return;
    json_object_set_new(found, name, json_true());
    for (i = 0; i < COUNT_OF(lists); i++) {
        list = json_object_get(root, lists[i]);
        for (k = 0; k < json_array_size(list); k++) {
            file = json_string_value(
                json_object_get(json_array_get(list, k), "name"));
            if (file)
                json_object_set_new(found, file, json_true());
        }
    }
    json_decref(root);
}
