/*
 * load.c - accepted records into the rows of the store.
 *
 * The columns of the main table's INSERT are those that the file can fill, no
 * more: most of the 60 facts are in no given export. Where columns turn up as
 * the file is read (JSON), the statement is made anew when one does.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/text.h"
#include "ingest/load.h"

#define BIT(n) ((uint64_t)1 << (n))

enum out_kind {
    OUT_LINE,
    OUT_DEVICE,
    OUT_REPORTS,
    OUT_READ_AT,
    OUT_UUID,
    OUT_MDM_ID,
    OUT_FACT,
    OUT_CUSTOM,
    OUT_RAW
};

struct out {
    enum out_kind kind;
    int fact;
};

/* An INSERT into device_row or account_row. */
struct insert {
    enum fact_scope scope;
    uint64_t facts; /* that it has columns for */
    struct out columns[FEED_COLUMNS];
    int count;
    sqlite3_stmt *st;
};

struct load {
    sqlite3 *db;
    int64_t import_id;
    struct map *map;
    struct serials *serials;
    struct map_record rec;
    struct insert device, account;
    sqlite3_stmt *list, *reject;
    struct load_counts counts;
    bool accounts_main; /* a record is an account */
    int64_t device_id;  /* of the record; 0 none */
    int64_t last_account_device;
    bool about_device; /* accounts come with facts of their Mac */
    int64_t last_device_row;
    bool with_raw; /* the one statement has a column for raw cells */
    bool with_all; /* ... and one for every fact */
    bool pending;  /* the record is judged and waits for such a statement */
    bool out_of_order;
    load_reject_fn *on_reject;
    void *reject_ctx;
    int (*next)(void *ctx, struct err *err);
    void *next_ctx;
    struct strbuf names;
    struct strbuf raw; /* with braces, for the row being stored */
    int d_serial, d_uuid, d_mdm_id, d_platform, d_observed, d_checkin;
    int a_serial, a_uuid, a_mdm_id, a_observed, a_account;
};

/* --------------------------------------------------------------- statements */

static void add_out(struct insert *in, struct strbuf *names, const char *name,
                    enum out_kind kind, int fact)
{
    strbuf_addf(names, "%s%s", in->count ? ", " : "", name);
    in->columns[in->count++] = (struct out){kind, fact};
}

/* Facts that identify a row are not stored as facts. */
static bool stored(const struct load *l, enum fact_scope scope, int fact)
{
    if (scope == FACT_DEVICE)
        return fact != l->d_serial && fact != l->d_platform;
    return fact != l->a_serial && fact != l->a_uuid && fact != l->a_mdm_id;
}

/* import_id is written into the statement. Where all columns of the file are
 * known ("settled"), those that no row can fill are left out. */
static void choose_columns(struct load *l, struct insert *in, bool settled,
                           struct strbuf *names)
{
    uint64_t device = map_gives(l->map, FACT_DEVICE);
    const struct fact *t;
    size_t n, i;

    in->count = 0;
    add_out(in, names, "line", OUT_LINE, 0);
    add_out(in, names, "device_id", OUT_DEVICE, 0);
    if (in->scope == FACT_DEVICE) {
        if (!settled || map_nests(l->map))
            add_out(in, names, "reports", OUT_REPORTS, 0);
        if (!settled || map_keeps(l->map))
            add_out(in, names, "custom", OUT_CUSTOM, 0);
    } else {
        uint64_t ids = l->accounts_main ? in->facts : device;

        if (!settled || (in->facts & BIT(l->a_observed)) ||
            (device & (BIT(l->d_observed) | BIT(l->d_checkin))))
            add_out(in, names, "read_at", OUT_READ_AT, 0);
        if (!settled || ids & BIT(l->accounts_main ? l->a_uuid : l->d_uuid))
            add_out(in, names, "uuid", OUT_UUID, 0);
        if (!settled || ids & BIT(l->accounts_main ? l->a_mdm_id : l->d_mdm_id))
            add_out(in, names, "mdm_id", OUT_MDM_ID, 0);
    }
    t = fact_table(in->scope, &n);
    for (i = 0; i < n; i++)
        if ((in->facts & BIT(i)) && stored(l, in->scope, (int)i))
            add_out(in, names, t[i].name, OUT_FACT, (int)i);
    if (!settled || l->with_raw)
        add_out(in, names, "raw", OUT_RAW, 0);
}

/* "feed": the values come from the table feed, else from parameters. */
static int prepare(struct load *l, struct insert *in, uint64_t facts, bool feed,
                   struct err *err)
{
    struct strbuf sql = {0}, names = {0};
    int i, rc;

    sqlite3_finalize(in->st);
    in->st = NULL;
    in->facts = facts;
    choose_columns(l, in, feed, &names);
    strbuf_addf(&sql, "INSERT INTO %s(import_id, %s) %s%lld",
                in->scope == FACT_DEVICE ? "device_row" : "account_row",
                strbuf_str(&names), feed ? "SELECT " : "VALUES (",
                (long long)l->import_id);
    for (i = 0; i < in->count; i++)
        strbuf_addf(&sql, ", %s%d", feed ? "c" : "?", feed ? i : i + 1);
    strbuf_adds(&sql, feed ? " FROM feed" : ")");
    rc = strbuf_ok(&sql) && strbuf_ok(&names)
             ? db_prepare(l->db, strbuf_str(&sql), &in->st, err)
             : err_nomem(err);
    strbuf_free(&sql);
    strbuf_free(&names);
    return rc;
}

/* ------------------------------------------------------------------ values */

enum value_type { VALUE_NULL, VALUE_INT, VALUE_TEXT };

struct value {
    enum value_type type;
    int64_t number;
    const char *text;
    size_t len;
};

static struct value integer(int64_t v)
{
    return (struct value){VALUE_INT, v, NULL, 0};
}

static struct value text_value(const char *s, size_t n)
{
    return (struct value){VALUE_TEXT, 0, s, n};
}

static struct value fact_of(const struct fact_value *v, uint64_t has, int fact)
{
    if (!(has & BIT(fact)))
        return (struct value){VALUE_NULL, 0, NULL, 0};
    if (v[fact].text)
        return text_value(v[fact].text, v[fact].len);
    return integer(v[fact].number);
}

static struct value braced(struct load *l, const char *s, size_t n)
{
    if (n == 0)
        return (struct value){VALUE_NULL, 0, NULL, 0};
    strbuf_reset(&l->raw);
    strbuf_addc(&l->raw, '{');
    strbuf_add(&l->raw, s, n);
    strbuf_addc(&l->raw, '}');
    return text_value(strbuf_str(&l->raw), l->raw.len);
}

/* The record's own time: what orders the accounts that it holds. */
static struct value record_time(const struct load *l)
{
    struct value v = fact_of(l->rec.v, l->rec.has, l->d_observed);

    return v.type == VALUE_NULL ? fact_of(l->rec.v, l->rec.has, l->d_checkin)
                                : v;
}

static struct value device_value(struct load *l, const struct out *o)
{
    const struct map_record *r = &l->rec;

    switch (o->kind) {
    case OUT_LINE:
        return integer(r->line);
    case OUT_DEVICE:
        return l->device_id ? integer(l->device_id)
                            : (struct value){VALUE_NULL, 0, NULL, 0};
    case OUT_REPORTS:
        return integer(r->reports);
    case OUT_CUSTOM:
        return braced(l, strbuf_str(&r->custom), r->custom.len);
    case OUT_RAW:
        return braced(l, strbuf_str(&r->dev_raw), r->dev_raw.len);
    default:
        return fact_of(r->v, r->has, o->fact);
    }
}

/*
 * An id of the Mac, for rows without a usable serial. An accounts file says it
 * with the serial too: it leads other rows there, and tells enrolments apart.
 */
static struct value account_id(const struct load *l,
                               const struct map_account *a, int own, int held)
{
    if (l->accounts_main)
        return fact_of(a->v, a->has, own);
    if (l->device_id)
        return (struct value){VALUE_NULL, 0, NULL, 0};
    return fact_of(l->rec.v, l->rec.has, held);
}

static struct value account_value(struct load *l, const struct map_account *a,
                                  const struct out *o)
{
    struct value v;

    switch (o->kind) {
    case OUT_LINE:
        return integer(l->rec.line);
    case OUT_DEVICE:
        return l->device_id ? integer(l->device_id)
                            : (struct value){VALUE_NULL, 0, NULL, 0};
    case OUT_READ_AT:
        v = fact_of(a->v, a->has, l->a_observed);
        return v.type == VALUE_NULL ? record_time(l) : v;
    case OUT_UUID:
        return account_id(l, a, l->a_uuid, l->d_uuid);
    case OUT_MDM_ID:
        return account_id(l, a, l->a_mdm_id, l->d_mdm_id);
    case OUT_RAW:
        return braced(l, strbuf_str(&l->rec.raw) + a->raw_at, a->raw_len);
    default:
        return fact_of(a->v, a->has, o->fact);
    }
}

/* ------------------------------------------------------------------ storing */

static int store_row(struct load *l, struct insert *in,
                     const struct map_account *a, struct err *err)
{
    struct value v;
    int i, rc = SQLITE_OK;

    for (i = 0; i < in->count && rc == SQLITE_OK; i++) {
        v = a ? account_value(l, a, &in->columns[i])
              : device_value(l, &in->columns[i]);
        if (v.type == VALUE_INT)
            rc = sqlite3_bind_int64(in->st, i + 1, v.number);
        else if (v.type == VALUE_TEXT)
            /* raw and custom share a buffer, so those are copied */
            rc = sqlite3_bind_text(in->st, i + 1, v.text, (int)v.len,
                                   in->columns[i].kind == OUT_FACT
                                       ? SQLITE_STATIC
                                       : SQLITE_TRANSIENT);
        else
            rc = sqlite3_bind_null(in->st, i + 1);
    }
    if (rc == SQLITE_OK)
        rc = sqlite3_step(in->st) == SQLITE_DONE ? SQLITE_OK : SQLITE_ERROR;
    if (rc != SQLITE_OK)
        db_fail(l->db, "store a row", err);
    sqlite3_reset(in->st);
    return rc == SQLITE_OK ? 0 : -1;
}

static int have_statement(struct load *l, struct insert *in, struct err *err)
{
    uint64_t needed = map_gives(l->map, in->scope);

    if (in->st && (needed & ~in->facts) == 0)
        return 0;
    return prepare(l, in, needed | in->facts, false, err);
}

static void note_order(struct load *l)
{
    if (l->device_id < l->last_account_device || l->device_id == 0)
        l->out_of_order = true;
    l->last_account_device = l->device_id;
}

static int store_accounts(struct load *l, struct err *err)
{
    size_t i;

    if (l->rec.account_count == 0)
        return 0;
    if (have_statement(l, &l->account, err) < 0)
        return -1;
    for (i = 0; i < l->rec.account_count; i++) {
        if (store_row(l, &l->account, &l->rec.accounts[i], err) < 0)
            return -1;
        note_order(l);
        l->counts.accounts++;
    }
    return 0;
}

static void bind_value(sqlite3_stmt *st, int i, struct value v)
{
    if (v.type == VALUE_INT)
        sqlite3_bind_int64(st, i, v.number);
    else if (v.type == VALUE_TEXT)
        sqlite3_bind_text(st, i, v.text, (int)v.len, SQLITE_TRANSIENT);
    else
        sqlite3_bind_null(st, i);
}

static void list_names(struct load *l, const struct map_list *list)
{
    size_t i, n;

    strbuf_reset(&l->names);
    strbuf_addc(&l->names, '[');
    for (i = list->first; i < list->first + list->count; i++) {
        const char *s = name_list_at(&l->rec.names, i, &n);

        if (i > list->first)
            strbuf_addc(&l->names, ',');
        json_put_text(&l->names, s, n);
    }
    strbuf_addc(&l->names, ']');
}

/* One list of the record, its names being in l->names. */
static int store_list(struct load *l, struct value uuid, struct value mdm_id,
                      int fact, bool covers, struct err *err)
{
    struct value none = {VALUE_NULL, 0, NULL, 0};

    if (!strbuf_ok(&l->names))
        return err_nomem(err);
    if (!l->list &&
        db_prepare(l->db,
                   "INSERT INTO list_row(import_id, line, device_id, uuid,"
                   " mdm_id, read_at, fact, covers, names)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                   &l->list, err) < 0)
        return -1;
    bind_value(l->list, 1, integer(l->import_id));
    bind_value(l->list, 2, integer(l->rec.line));
    bind_value(l->list, 3, l->device_id ? integer(l->device_id) : none);
    bind_value(l->list, 4, l->device_id ? none : uuid);
    bind_value(l->list, 5, l->device_id ? none : mdm_id);
    bind_value(l->list, 6, record_time(l));
    sqlite3_bind_text(l->list, 7, account_facts[fact].name, -1, SQLITE_STATIC);
    bind_value(l->list, 8, integer(covers));
    bind_value(l->list, 9, text_value(strbuf_str(&l->names), l->names.len));
    return db_run(l->list, err);
}

static int store_lists(struct load *l, struct err *err)
{
    const struct map_record *r = &l->rec;
    size_t i;

    for (i = 0; i < r->list_count; i++) {
        list_names(l, &r->lists[i]);
        if (store_list(l, fact_of(r->v, r->has, l->d_uuid),
                       fact_of(r->v, r->has, l->d_mdm_id), r->lists[i].fact,
                       r->lists[i].covers, err) < 0)
            return -1;
    }
    return 0;
}

int load_reject(struct load *l, int64_t line, int64_t column,
                const char *reason, struct err *err)
{
    if (!l->reject &&
        db_prepare(l->db,
                   "INSERT INTO reject(import_id, line, col, reason)"
                   " VALUES (?1, ?2, ?3, ?4)",
                   &l->reject, err) < 0)
        return -1;
    sqlite3_bind_int64(l->reject, 1, l->import_id);
    sqlite3_bind_int64(l->reject, 2, line);
    sqlite3_bind_int64(l->reject, 3, column);
    sqlite3_bind_text(l->reject, 4, reason, -1, SQLITE_TRANSIENT);
    l->counts.records++;
    l->counts.rejected++;
    if (l->on_reject)
        l->on_reject(l->reject_ctx, line, column, reason);
    return db_run(l->reject, err);
}

/* Which Mac the record is about: 1 known or joined by id, 0 rejected. */
static int find_device(struct load *l, struct err *err)
{
    const struct map_record *r = &l->rec;
    const struct fact_value *v = l->accounts_main ? r->accounts[0].v : r->v;
    uint64_t has = l->accounts_main ? r->accounts[0].has : r->has;
    int serial = l->accounts_main ? l->a_serial : l->d_serial;
    uint64_t ids = l->accounts_main ? BIT(l->a_uuid) | BIT(l->a_mdm_id)
                                    : BIT(l->d_uuid) | BIT(l->d_mdm_id);

    l->device_id = 0;
    if (has & BIT(serial))
        l->device_id =
            serials_id(l->serials, v[serial].text, v[serial].len, err);
    if (l->device_id < 0)
        return -1;
    return l->device_id > 0 || (has & ids);
}

/* A row of a complete list that names nobody: it is rejected, but the list is
 * not complete any more, and only that is kept. */
static int leave_open(struct load *l, struct err *err)
{
    const struct map_account *a = &l->rec.accounts[0];
    int found = find_device(l, err);

    if (found <= 0)
        return found;
    strbuf_reset(&l->names);
    strbuf_adds(&l->names, "[]");
    return store_list(l, fact_of(a->v, a->has, l->a_uuid),
                      fact_of(a->v, a->has, l->a_mdm_id), l->a_account, false,
                      err);
}

/* Without a serial number: by what the record will find its Mac. */
static void count_waiting(struct load *l)
{
    const struct map_record *r = &l->rec;
    uint64_t has = l->accounts_main ? r->accounts[0].has : r->has;

    if (has & BIT(l->accounts_main ? l->a_uuid : l->d_uuid))
        l->counts.by_uuid++;
    else
        l->counts.by_mdm_id++;
}

/* Judge the record: 1 to be stored, 0 done with, -1. */
static int judge(struct load *l, struct err *err)
{
    const struct map_record *r = &l->rec;
    int found;

    if (r->verdict == MAP_LEFT_OUT) {
        l->counts.records++;
        l->counts.left_out++;
        return 0;
    }
    if (r->verdict == MAP_REJECT && r->unnamed && leave_open(l, err) < 0)
        return -1;
    if (r->verdict == MAP_REJECT)
        return load_reject(l, r->line, r->column, r->reason, err);
    found = find_device(l, err);
    if (found < 0)
        return -1;
    if (!found)
        return load_reject(l, r->line, 0,
                           "no usable serial number and no id of the Mac", err);
    if (l->device_id == 0)
        count_waiting(l);
    l->counts.records++;
    l->counts.accepted++;
    return 1;
}

/* A record about an account that also says something about its Mac: one row
 * for the first account of each run of them. */
static int store_about_device(struct load *l, struct err *err)
{
    if (!l->about_device || l->device_id == 0 ||
        l->device_id == l->last_device_row)
        return 0;
    l->last_device_row = l->device_id;
    if (have_statement(l, &l->device, err) < 0 ||
        store_row(l, &l->device, NULL, err) < 0)
        return -1;
    l->counts.devices++;
    return 0;
}

/* What goes beside the main row. */
static int store_beside(struct load *l, struct err *err)
{
    if (l->accounts_main)
        return store_about_device(l, err);
    if (store_accounts(l, err) < 0)
        return -1;
    return store_lists(l, err);
}

void load_elsewhere(struct load *l)
{
    l->counts.records++;
    l->counts.accepted++;
}

void load_nothing(struct load *l)
{
    l->counts.records++;
    l->counts.left_out++;
}

int load_store(struct load *l, struct err *err)
{
    struct insert *main = l->accounts_main ? &l->account : &l->device;
    int accepted = judge(l, err);

    if (accepted <= 0)
        return accepted;
    if (have_statement(l, main, err) < 0)
        return -1;
    if (l->accounts_main)
        return store_about_device(l, err) < 0 ? -1 : store_accounts(l, err);
    if (store_row(l, main, NULL, err) < 0)
        return -1;
    l->counts.devices++;
    return store_beside(l, err);
}

/* ----------------------------------------------------------- the quick way */

/* An accepted record as the next row of the feed; 0 where the statement has no
 * place for its raw cells and must end first. */
static int offer(struct load *l, struct err *err)
{
    const struct map_record *r = &l->rec;
    size_t raw = l->accounts_main ? r->accounts[0].raw_len : r->dev_raw.len;

    if ((raw > 0 && !l->with_raw) || (map_heard(l->map) && !l->with_all)) {
        l->pending = true;
        return 0;
    }
    if (l->accounts_main) {
        l->counts.accounts++;
        note_order(l);
        return store_beside(l, err) < 0 ? -1 : 1;
    }
    l->counts.devices++;
    return store_beside(l, err) < 0 ? -1 : 1;
}

static int next_row(void *ctx, struct err *err)
{
    struct load *l = ctx;
    int step, accepted;

    if (l->pending) {
        l->pending = false;
        return offer(l, err);
    }

    while ((step = l->next(l->next_ctx, err)) == 1) {
        accepted = judge(l, err);
        if (accepted < 0)
            return -1;
        if (accepted > 0)
            return offer(l, err);
    }
    return step;
}

/* The facts of the main row without a detour: they are most of its cells. */
static void give_fact(const struct fact_value *v, uint64_t has, int fact,
                      sqlite3_context *out)
{
    if (!(has & BIT(fact)))
        return;
    if (v[fact].text)
        sqlite3_result_text(out, v[fact].text, (int)v[fact].len, SQLITE_STATIC);
    else
        sqlite3_result_int64(out, v[fact].number);
}

static void give_column(void *ctx, sqlite3_context *out, int i)
{
    struct load *l = ctx;
    const struct map_account *a = l->rec.accounts;
    struct insert *in = l->accounts_main ? &l->account : &l->device;
    const struct out *o = &in->columns[i];
    struct value v;

    if (o->kind == OUT_FACT) {
        if (l->accounts_main)
            give_fact(a->v, a->has, o->fact, out);
        else
            give_fact(l->rec.v, l->rec.has, o->fact, out);
        return;
    }
    v = l->accounts_main ? account_value(l, a, o) : device_value(l, o);
    if (v.type == VALUE_INT)
        sqlite3_result_int64(out, v.number);
    else if (v.type == VALUE_TEXT)
        sqlite3_result_text(out, v.text, (int)v.len, SQLITE_TRANSIENT);
}

int load_all(struct load *l, struct feed_slot *slot,
             int (*next)(void *ctx, struct err *err), void *ctx,
             struct err *err)
{
    struct insert *main = l->accounts_main ? &l->account : &l->device;
    struct feed feed = {.ctx = l, .next = next_row, .column = give_column};

    l->next = next;
    l->next_ctx = ctx;
    do {
        l->with_raw = l->pending;
        l->with_all = map_heard(l->map);
        if (prepare(l, main, map_gives(l->map, main->scope), true, err) < 0 ||
            feed_run(l->db, main->st, slot, &feed, err) < 0)
            return -1;
    } while (l->pending);
    return 0;
}

/* ------------------------------------------------------------------ public */

struct load *load_new(sqlite3 *db, int64_t import_id, struct map *m,
                      struct serials *serials, struct err *err)
{
    struct load *l = calloc(1, sizeof(*l));

    if (!l) {
        err_nomem(err);
        return NULL;
    }
    l->db = db;
    l->import_id = import_id;
    l->map = m;
    l->serials = serials;
    l->accounts_main = map_of_accounts(m);
    l->about_device = map_about_device(m);
    l->device.scope = FACT_DEVICE;
    l->account.scope = FACT_ACCOUNT;
    l->d_serial = fact_index(FACT_DEVICE, "serial");
    l->d_uuid = fact_index(FACT_DEVICE, "uuid");
    l->d_mdm_id = fact_index(FACT_DEVICE, "mdm_id");
    l->d_platform = fact_index(FACT_DEVICE, "platform");
    l->d_observed = fact_index(FACT_DEVICE, "observed_at");
    l->d_checkin = fact_index(FACT_DEVICE, "last_checkin");
    l->a_serial = fact_index(FACT_ACCOUNT, "serial");
    l->a_account = fact_index(FACT_ACCOUNT, "account");
    l->a_uuid = fact_index(FACT_ACCOUNT, "uuid");
    l->a_mdm_id = fact_index(FACT_ACCOUNT, "mdm_id");
    l->a_observed = fact_index(FACT_ACCOUNT, "observed_at");
    return l;
}

void load_free(struct load *l)
{
    if (!l)
        return;
    sqlite3_finalize(l->device.st);
    sqlite3_finalize(l->account.st);
    sqlite3_finalize(l->list);
    sqlite3_finalize(l->reject);
    map_record_free(&l->rec);
    strbuf_free(&l->names);
    strbuf_free(&l->raw);
    free(l);
}

struct map_record *load_record(struct load *l)
{
    return &l->rec;
}

struct load_counts load_counts(const struct load *l)
{
    return l->counts;
}

bool load_in_order(const struct load *l)
{
    return !l->out_of_order;
}

void load_on_reject(struct load *l, load_reject_fn *fn, void *ctx)
{
    l->on_reject = fn;
    l->reject_ctx = ctx;
}
