/*
 * job_whole.c - property lists and the output of commands: read as a whole.
 */
#include "core/base.h"

#include "ingest/command_text.h"
#include "ingest/job.h"
#include "ingest/json_cells.h"
#include "ingest/json_reader.h"
#include "ingest/plist_reader.h"

static int load_value(struct job *j, struct json_cells *cells, const json_t *v,
                      const char *path, struct err *err)
{
    const json_t *at = json_object_get(v, "#line");
    char key[128];
    size_t i, n = strcspn(path, ".");
    int rc;

    for (i = 0; i < json_array_size(v); i++)
        if (load_value(j, cells, json_array_get(v, i), path, err) < 0)
            return -1;
    if (!json_is_object(v))
        return 0;
    if (*path && n < sizeof(key)) {
        snprintf(key, sizeof(key), "%.*s", (int)n, path);
        return load_value(j, cells, json_object_get(v, key),
                          path + n + (path[n] == '.'), err);
    }
    rc = json_cells_map(cells, v, at ? json_integer_value(at) : 1,
                        load_record(j->load), err);
    return rc < 0 ? -1 : load_store(j->load, err);
}

int job_load_whole(struct job *j, struct err *err)
{
    struct json_cells *cells = json_cells_new(j->source, j->map, err);
    int rc = -1;

    if (cells)
        rc = load_value(j, cells, j->whole, j->path, err);
    json_cells_free(cells);
    return rc;
}

/* "diskutil apfs listUsers -plist" says what its text says. */
static json_t *crypto_list(const json_t *users)
{
    struct strbuf b = {0};
    json_t *all;
    size_t i;

    strbuf_addf(&b, "Cryptographic users (%zu found)\n",
                json_array_size(users));
    for (i = 0; i < json_array_size(users); i++) {
        const json_t *u = json_array_get(users, i);
        const char *id =
            json_string_value(json_object_get(u, "APFSCryptoUserUUID"));
        const char *type =
            json_string_value(json_object_get(u, "APFSCryptoUserType"));
        const json_t *owner = json_object_get(u, "VolumeOwner");

        strbuf_addf(&b, "+-- %s\nType: %s\n", id ? id : "", type ? type : "");
        if (owner)
            strbuf_addf(&b, "Volume Owner: %s\n",
                        json_is_true(owner) ? "Yes" : "No");
    }
    all = command_text_read(strbuf_str(&b), b.len);
    strbuf_free(&b);
    return all;
}

static bool is_crypto_list(const json_t *v)
{
    const json_t *users = json_object_get(v, "Users");

    if (!json_is_array(users))
        return false;
    if (json_array_size(users) == 0) /* an answer of a server says more */
        return json_object_size(v) == 1;
    return json_object_get(json_array_get(users, 0), "APFSCryptoUserType") !=
           NULL;
}

int job_read_plist(struct job *j, struct signature *sig, struct err *err)
{
    const char *problem;
    json_t *crypto;
    size_t n;
    char *text = input_all(j->input, PLIST_MOST, &n, err);

    if (!text)
        return -1;
    j->whole = plist_to_json(text, n, &problem);
    free(text);
    if (!j->whole)
        return err_at(err, ERR_INPUT, j->file->name, 0, 0, "%s", problem);
    if (is_crypto_list(j->whole)) {
        crypto = crypto_list(json_object_get(j->whole, "Users"));
        json_decref(j->whole);
        j->whole = crypto;
        j->format = FORMAT_TEXT;
        if (!crypto)
            return err_nomem(err);
    }
    sig->format = j->format;
    json_value_signature(j->whole, sig);
    return 0;
}

int job_read_commands(struct job *j, struct signature *sig, struct err *err)
{
    size_t n, whole;
    char *text = input_all(j->input, PLIST_MOST, &n, err);

    if (!text)
        return -1;
    whole = command_text_whole(text, n);
    j->cut_line = whole < n;
    j->whole = command_text_read(text, whole);
    free(text);
    if (!j->whole)
        return err_nomem(err);
    sig->format = FORMAT_TEXT;
    json_value_signature(j->whole, sig);
    return 0;
}
