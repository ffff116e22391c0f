/*
 * publish.c - write aside, read back, sync, rename.
 *
 * Hidden names are fixed (".NAME.tmp"), since the lock on the folder keeps
 * other runs out: what a killed run left behind is found and removed.
 */
#include "core/base.h"

#include "core/strbuf.h"
#include "core/text.h"
#include "report/manifest.h"
#include "report/publish.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct entry {
    char *name, *path;
    struct published done;
};

struct publish {
    char *dir;
    size_t made; /* length of the first folder made for it; 0: none was */
    int fd;      /* of the folder, locked; -1 */
    bool force;
    json_t *ours; /* set of names that manifests in the folder give */
    struct entry *files;
    size_t count, committed;
    bool open; /* files[count - 1] is being written */
};

static char *path_join(const char *dir, const char *prefix, const char *name,
                       const char *suffix)
{
    struct strbuf b = {0};

    strbuf_addf(&b, "%s/%s%s%s", dir, prefix, name, suffix);
    return strbuf_detach(&b);
}

/* "*made" is where the first part ends that was not there; else left alone. */
static int make_folder(const char *dir, size_t *made, struct err *err)
{
    char path[PATH_MAX];
    size_t i, n = strlen(dir);
    struct stat st;

    if (n == 0 || n >= sizeof(path))
        return err_set(err, ERR_OUTPUT, "\"%s\" is no usable folder", dir);
    memcpy(path, dir, n + 1);
    for (i = 1; i <= n; i++) {
        if (path[i] != '/' && path[i] != '\0')
            continue;
        path[i] = '\0';
        if (mkdir(path, S_IRWXU) == 0)
            *made = *made ? *made : i;
        else if (errno != EEXIST)
            return err_errno(err, ERR_OUTPUT, path, "cannot make the folder");
        path[i] = dir[i];
    }
    if (stat(dir, &st) < 0 || !S_ISDIR(st.st_mode))
        return err_at(err, ERR_OUTPUT, dir, 0, 0, "is no folder");
    return 0;
}

int publish_folder(const char *dir, struct err *err)
{
    size_t made = 0;

    return make_folder(dir, &made, err);
}

/* Nothing was released: the folders that were made for it go again, where they
 * are as empty as they were made. */
static void unmake_folder(const char *dir, size_t made)
{
    char path[PATH_MAX];
    size_t i = strlen(dir);

    if (made == 0 || i >= sizeof(path))
        return;
    memcpy(path, dir, i + 1);
    for (; i >= made; i--) {
        if (dir[i] != '/' && dir[i] != '\0')
            continue;
        path[i] = '\0';
        (void)rmdir(path);
    }
}

/* ".NAME.tmp" of ours: names are slugs, so no other file is called so. */
static bool is_leftover(const char *name)
{
    return name[0] == '.' && text_ends(name, ".tmp") &&
           (strstr(name, "-monthly-") || strstr(name, "-client-") ||
            strstr(name, "-migration-"));
}

static void add_ours(json_t *set, const char *dir, const char *name)
{
    char *path = path_join(dir, "", name, "");
    json_t *m = path ? manifest_read(path) : NULL, *item;
    static const char *const lists[] = {"outputs", "kept"};
    size_t i, k;

    if (m)
        json_object_set_new(set, name, json_true());
    for (k = 0; m && k < COUNT_OF(lists); k++)
        json_array_foreach(json_object_get(m, lists[k]), i, item)
        {
            const char *s = json_string_value(json_object_get(item, "name"));

            if (s)
                json_object_set_new(set, s, json_true());
        }
    json_decref(m);
    free(path);
}

/* Learn which files are ours, and remove what killed runs left. */
static int look_around(struct publish *p, struct err *err)
{
    DIR *d = opendir(p->dir);
    struct dirent *e;

    if (!d)
        return err_errno(err, ERR_OUTPUT, p->dir, "cannot read the folder");
    while ((e = readdir(d))) {
        if (manifest_is_name(e->d_name))
            add_ours(p->ours, p->dir, e->d_name);
        else if (is_leftover(e->d_name))
            unlinkat(p->fd, e->d_name, 0);
    }
    closedir(d);
    return 0;
}

static int lock_folder(struct publish *p, struct err *err)
{
    p->fd = open(p->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (p->fd < 0)
        return err_errno(err, ERR_OUTPUT, p->dir, "cannot open the folder");
    if (flock(p->fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK) {
        err_at(err, ERR_BUSY, p->dir, 0, 0,
               "another run is writing reports there");
        return err_hint(err, "wait for it, or name another folder with -o");
    }
    return 0; /* a file system without locks is used without */
}

struct publish *publish_open(const char *dir, bool force, struct err *err)
{
    struct publish *p = calloc(1, sizeof(*p));

    if (!p || !(p->dir = strdup(dir)) || !(p->ours = json_object())) {
        err_nomem(err);
        free(p ? p->dir : NULL);
        free(p);
        return NULL;
    }
    p->fd = -1;
    p->force = force;
    if (make_folder(dir, &p->made, err) < 0 || lock_folder(p, err) < 0 ||
        look_around(p, err) < 0) {
        publish_close(p);
        return NULL;
    }
    return p;
}

void publish_close(struct publish *p)
{
    size_t i;

    if (!p)
        return;
    for (i = 0; i < p->count; i++) {
        if (i >= p->committed && p->files[i].path)
            unlink(p->files[i].path);
        free(p->files[i].name);
        free(p->files[i].path);
    }
    if (p->committed == 0)
        unmake_folder(p->dir, p->made);
    if (p->fd >= 0)
        close(p->fd);
    json_decref(p->ours);
    free(p->files);
    free(p->dir);
    free(p);
}

/* What stands there may be replaced: ours, or the user says so. */
static int check_target(const struct publish *p, const char *name,
                        struct err *err)
{
    struct stat st;

    if (fstatat(p->fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
        return errno == ENOENT
                   ? 0
                   : err_errno(err, ERR_OUTPUT, name, "cannot look at");
    if (S_ISDIR(st.st_mode))
        return err_at(err, ERR_OUTPUT, name, 0, 0,
                      "is a folder where a report should go");
    if (p->force || json_object_get(p->ours, name))
        return 0;
    err_set(err, ERR_OUTPUT, "%s/%s exists and is named by no manifest of ours",
            p->dir, name);
    return err_hint(err, "move it away, choose another folder with -o, or "
                         "replace it with --force");
}

static FILE *create(const struct publish *p, const struct entry *e,
                    struct err *err)
{
    const char *name = e->path + strlen(p->dir) + 1;
    FILE *f;
    int fd;

    unlinkat(p->fd, name, 0); /* a leftover under our lock */
    fd = openat(p->fd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                S_IRUSR | S_IWUSR);
    f = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!f) {
        err_errno(err, ERR_OUTPUT, e->path, "cannot create");
        if (fd >= 0)
            close(fd);
    }
    return f;
}

int publish_begin(struct publish *p, const char *name, struct output *out,
                  struct err *err)
{
    struct entry *e = realloc(p->files, (p->count + 1) * sizeof(*e));

    *out = (struct output){.rows = -1};
    if (!e)
        return err_nomem(err);
    p->files = e;
    e += p->count++;
    memset(e, 0, sizeof(*e));
    e->name = strdup(name);
    e->path = path_join(p->dir, ".", name, ".tmp");
    if (!e->name || !e->path)
        return err_nomem(err);
    if (check_target(p, name, err) < 0)
        return -1;
    out->file = create(p, e, err);
    out->path = e->path;
    p->open = out->file != NULL;
    return out->file ? 0 : -1;
}

/* Force to disk; a drive's own cache too where the system can. */
static int sync_fd(int fd)
{
#ifdef F_FULLFSYNC
    if (fcntl(fd, F_FULLFSYNC) == 0)
        return 0;
#endif
    return fsync(fd);
}

/* A library may have put its own file in place of ours: sync by path. */
static int sync_path(const char *path, int64_t *bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), rc;
    struct stat st;

    if (fd < 0)
        return -1;
    rc = fchmod(fd, S_IRUSR | S_IWUSR) < 0 || fstat(fd, &st) < 0 ||
                 sync_fd(fd) < 0
             ? -1
             : 0;
    if (rc == 0)
        *bytes = st.st_size;
    close(fd);
    return rc;
}

static int close_file(struct output *out, struct err *err)
{
    int bad = fflush(out->file) != 0 || ferror(out->file);
    int saved = errno;

    if (fclose(out->file) != 0 && !bad) {
        bad = 1;
        saved = errno;
    }
    out->file = NULL;
    errno = saved ? saved : EIO;
    return bad ? err_errno(err, ERR_OUTPUT, out->path, "cannot write") : 0;
}

/* A writer that counts nothing itself is counted here. */
static int recount(const struct writer *w, struct output *out, struct err *err)
{
    struct output found = {.rows = -1};

    if (!w || !w->recount)
        return 0;
    if (w->recount(out->path, &found, err) < 0)
        return -1;
    if (out->rows < 0 && !out->detail[0])
        memcpy(out->detail, found.detail, sizeof(out->detail));
    if (found.rows != out->rows || strcmp(found.detail, out->detail) != 0)
        return err_at(err, ERR_OUTPUT, "", 0, 0,
                      "was written wrongly: %lld rows were written and %lld "
                      "are in it",
                      (long long)out->rows, (long long)found.rows);
    return 0;
}

int publish_end(struct publish *p, const struct writer *w, struct output *out,
                struct err *err)
{
    struct entry *e = &p->files[p->count - 1];
    int64_t bytes;

    p->open = false;
    if (close_file(out, err) < 0)
        return -1;
    if (sync_path(out->path, &e->done.bytes) < 0)
        return err_errno(err, ERR_OUTPUT, out->path, "cannot sync");
    if (recount(w, out, err) < 0) {
        snprintf(err->file, sizeof(err->file), "%s", e->name);
        return -1;
    }
    if (sha256_file(out->path, ERR_OUTPUT, e->done.sha256, &bytes, err) < 0)
        return -1;
    e->done.name = e->name;
    e->done.path = e->path;
    e->done.writer = w;
    e->done.rows = out->rows;
    memcpy(e->done.detail, out->detail, sizeof(e->done.detail));
    e->done.guarded = out->guarded;
    e->done.cut = out->cut;
    return 0;
}

size_t publish_count(const struct publish *p)
{
    return p->count;
}

const struct published *publish_file(const struct publish *p, size_t i)
{
    return &p->files[i].done;
}

int publish_commit(struct publish *p, struct err *err)
{
    size_t i;

    for (i = p->committed; i < p->count; i++) {
        struct entry *e = &p->files[i];

        if (renameat(p->fd, e->path + strlen(p->dir) + 1, p->fd, e->name) < 0)
            return err_errno(err, ERR_OUTPUT, e->name, "cannot put in place");
        p->committed = i + 1;
    }
    if (sync_fd(p->fd) < 0 && errno != EINVAL)
        return err_errno(err, ERR_OUTPUT, p->dir,
                         "written, but the folder could not be synced");
    return 0;
}
