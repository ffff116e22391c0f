/*
 * supply.c - where a missing fact comes from, and which supply adds most.
 */
#include "core/base.h"

#include "core/db.h"
#include "core/strbuf.h"
#include "core/supply.h"

#define FACTS(...) ((const char *const[]){__VA_ARGS__, NULL})

const struct supply supplies[] = {
    {"tokens", "who holds a secure token",
     "add one attribute: muster collector --for PRODUCT --fact tokens",
     "which accounts hold a secure token",
     FACTS("secure_token", "admin", "holders_listed")},
    {"bootstrap", "whether the bootstrap token is escrowed",
     "add one attribute: muster collector --for PRODUCT --fact bootstrap",
     "whether the bootstrap token is stored with the server",
     FACTS("bootstrap_escrowed_device", "bootstrap_escrowed_server",
           "bootstrap_supported")},
    {"tokens-bootstrap",
     "what the Macs themselves list: accounts, tokens, keys",
     "run on every Mac: muster collector --for plain --fact all",
     "what the Macs themselves list: accounts, tokens and keys",
     FACTS("secure_token", "admin", "holders_listed", "accounts_listed",
           "bootstrap_escrowed_device", "bootstrap_escrowed_server",
           "bootstrap_supported", "filevault", "os_version", "mdm_enrolled",
           "user_approved", "enrollment_type", "crypto_user", "volume_owner",
           "filevault_user", "kind", "uid")},
    {"unlockers", "who can unlock FileVault, and who owns the volume",
     "run on every Mac: muster collector --for plain --fact all "
     "(fdesetup list, diskutil apfs listCryptoUsers)",
     "who can unlock the disk",
     FACTS("filevault_user", "crypto_user", "volume_owner", "kind",
           "unknown_filevault_users")},
    {"filevault", "the state of FileVault",
     "export the FileVault column, or run fdesetup status on the Macs",
     "whether the disk is encrypted", FACTS("filevault", "deferred_since")},
    {"recovery-key", "whether the recovery key is with the server",
     "export the server's FileVault inventory: key escrowed, key validity",
     "whether the recovery key is stored with the server",
     FACTS("recovery_key_escrowed", "recovery_key_present",
           "recovery_key_validity")},
    {"recovery-key-copy", "an offline copy of the recovery keys",
     "say so for the fleet, recovery_keys_exported = DATE in muster.conf, or "
     "for each Mac in a devices file",
     "whether recovery keys were exported",
     FACTS("recovery_key_exported", "recovery_key_server",
           "recovery_key_escrowed_at")},
    {"enrollment", "how the Macs are enrolled",
     "export the enrollment columns, or run profiles status -type enrollment",
     "how the Macs are enrolled",
     FACTS("mdm_enrolled", "enrollment_type", "user_approved", "supervised",
           "mdm_server", "mdm_removable")},
    {"system", "system version and model",
     "export the columns OS version and model", "system version and model",
     FACTS("os_version", "chip")},
    {"check-in", "last check-in", "export the last check-in column",
     "when the Macs were last seen", FACTS("last_checkin", "observed_at")},
    {"passwords", "who knows the passwords of token admins",
     "an accounts file: serial,account,password_known_by - or names in "
     "[accounts] of muster.conf",
     "who knows the administrators' passwords",
     FACTS("password_known_by", "former_password_known")},
    {"roles", "what the accounts are for, and who has left",
     "an accounts file: serial,account,role,person_status,disabled - or names "
     "in [accounts] of muster.conf",
     "which accounts are people, and who has left",
     FACTS("role", "person_status", "disabled", "hidden", "created_by",
           "enrolled_by", "laps")},
    {"resets", "when and by whom passwords were reset",
     "an accounts file from the server's command log: "
     "serial,account,password_reset_at,password_reset_by",
     "recent password resets",
     FACTS("password_reset_at", "password_reset_by", "token_verified_at")},
    {"logins", "last login and last restart",
     "export last restart and last login (or osquery: last, uptime)",
     "last logins and restarts", FACTS("last_login", "last_boot")},
    {"preflight", "whether the bootstrap token works",
     "run on macOS 13.3 and later: /usr/libexec/mdmclient "
     "QueryDeviceInformation, the line EACSPreflight",
     "whether the bootstrap token works", FACTS("eacs_preflight")},
    {"crypto-record", "the volume's own record of the bootstrap token",
     "run diskutil apfs listCryptoUsers / on the Macs",
     "the volume's own key records",
     FACTS("bootstrap_record", "institutional_key", "icloud_recovery")},
    {"security-info", "what the device answers to SecurityInfo",
     "save the server's SecurityInfo answers (bootstrap token, firmware "
     "password, recovery lock)",
     "the Macs' own security answers",
     FACTS("bootstrap_auth", "bootstrap_for_updates", "bootstrap_for_kexts",
           "recovery_lock", "firmware_password", "secure_boot", "remote_login",
           "escrow_profile")},
    {"recovery-lock", "whether recovery passwords are held",
     "export the server's recovery lock inventory, or a devices file: "
     "serial,recovery_lock_known,firmware_password_known",
     "whether recovery passwords are held",
     FACTS("recovery_lock", "recovery_lock_known", "firmware_password",
           "firmware_password_known")},
    {"auto-login", "automatic login",
     "run sysadminctl -autologin status on the Macs, or export the column",
     "whether the Macs log in by themselves", FACTS("auto_login")},
    {"apple-business", "assignment in Apple Business",
     "save the devices list of Apple Business or School Manager as CSV",
     "assignment in Apple Business",
     FACTS("in_abm", "abm_server", "provisional_until")},
    {"activation-lock", "Activation Lock and its bypass code",
     "export the Activation Lock columns of the server", "Activation Lock",
     FACTS("activation_lock", "activation_bypass_known")},
    {"platform-sso", "Platform SSO", "export the Platform SSO column",
     "Platform SSO", FACTS("platform_sso")},
    {"kexts", "Macs that need kernel extensions",
     "a devices file: serial,needs_kext", "kernel extensions",
     FACTS("needs_kext", "remote_hands")},
};

const size_t supply_count = COUNT_OF(supplies);

static bool brings(const struct supply *s, const char *fact, size_t n)
{
    size_t i;

    for (i = 0; s->facts[i]; i++)
        if (strlen(s->facts[i]) == n && memcmp(s->facts[i], fact, n) == 0)
            return true;
    return false;
}

const struct supply *supply_for(const char *fact)
{
    size_t i;

    for (i = 0; i < supply_count; i++)
        if (brings(&supplies[i], fact, strlen(fact)))
            return &supplies[i];
    return NULL;
}

/* Does the supply bring one of the facts of a term "a|b"? */
static bool closes_term(const struct supply *s, const char *term, size_t n)
{
    const char *end = term + n, *bar;

    for (;;) {
        bar = memchr(term, '|', (size_t)(end - term));
        if (brings(s, term, (size_t)((bar ? bar : end) - term)))
            return true;
        if (!bar)
            return false;
        term = bar + 1;
    }
}

/* All terms, joined by ", ". */
static bool closes(const struct supply *s, const char *facts)
{
    size_t n;

    while (*facts) {
        n = strcspn(facts, ",");
        if (!closes_term(s, facts, n))
            return false;
        facts += n;
        facts += strspn(facts, ", ");
    }
    return true;
}

static int more(const void *a, const void *b)
{
    const struct supply_gain *x = a, *y = b;

    if (x->checks != y->checks)
        return x->checks > y->checks ? -1 : 1;
    return x->supply < y->supply ? -1 : x->supply > y->supply;
}

/* The gaps of one rule, from gaps[k] on: the Macs on which the supply closes
 * one. Returns the first gap of the next rule. */
static size_t add_rule(struct supply_gain *g, const struct supply_gap *gaps,
                       size_t count, size_t k)
{
    const char *rule = gaps[k].rule;
    int64_t devices = 0;

    for (; k < count && strcmp(gaps[k].rule, rule) == 0; k++)
        if (closes(g->supply, gaps[k].facts))
            devices += gaps[k].devices;
    g->checks += devices;
    g->rules += devices > 0;
    if (devices > g->devices)
        g->devices = devices;
    return k;
}

size_t supply_rank(const struct supply_gap *gaps, size_t count,
                   struct supply_gain *out)
{
    size_t i, k, n = 0;

    for (i = 0; i < supply_count; i++) {
        struct supply_gain g = {.supply = &supplies[i]};

        for (k = 0; k < count;)
            k = add_rule(&g, gaps, count, k);
        if (g.checks > 0)
            out[n++] = g;
    }
    qsort(out, n, sizeof(*out), more);
    return n;
}

static void free_gaps(struct supply_gap *gaps, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        free(gaps[i].rule);
        free(gaps[i].facts);
    }
    free(gaps);
}

static int add_gap(struct supply_gap **gaps, size_t *n, sqlite3_stmt *st,
                   struct err *err)
{
    struct supply_gap *p = realloc(*gaps, (*n + 1) * sizeof(*p));
    struct strbuf rule = {0}, facts = {0};

    if (!p)
        return err_nomem(err);
    *gaps = p;
    strbuf_adds(&rule, db_text(st, 0));
    strbuf_adds(&facts, db_text(st, 1));
    p[*n] = (struct supply_gap){strbuf_detach(&rule), strbuf_detach(&facts),
                                sqlite3_column_int64(st, 2)};
    (*n)++;
    return p[*n - 1].rule && p[*n - 1].facts ? 0 : err_nomem(err);
}

/* The product whose exports the period holds, as collectors know it; "" for
 * none or several. */
static int find_product(sqlite3 *db, int64_t period_id, char *out, size_t size,
                        struct err *err)
{
    static const char sql[] =
        "SELECT min(p), max(p) FROM (SELECT CASE"
        "   WHEN i.source GLOB 'addigy*' THEN 'addigy'"
        "   WHEN i.source GLOB 'jamf*' THEN 'jamf'"
        "   WHEN i.source GLOB 'kandji*' THEN 'kandji'"
        "   WHEN i.source GLOB 'fleet*' THEN 'fleet'"
        "   WHEN i.source GLOB 'simplemdm*' THEN 'simplemdm' END AS p"
        "  FROM run_import r JOIN import i ON i.import_id = r.import_id"
        " WHERE r.period_id = :period)";
    sqlite3_stmt *st = NULL;
    int step = -1;

    out[0] = '\0';
    if (db_prepare(db, sql, &st, err) == 0 &&
        db_bind_int(st, ":period", period_id, err) == 0 &&
        (step = db_step(st, err)) == 1 &&
        strcmp(db_text(st, 0), db_text(st, 1)) == 0)
        snprintf(out, size, "%s", db_text(st, 0));
    sqlite3_finalize(st);
    return step < 0 ? -1 : 0;
}

/* "--for PRODUCT" and "--for plain" as "--for jamf". */
static void name_product(struct supply_gain *g, const char *product)
{
    const char *how = g->supply->how, *at = strstr(how, "--for ");
    size_t head = at ? (size_t)(at - how) + strlen("--for ") : 0;

    if (!at || !product[0]) {
        snprintf(g->how, sizeof(g->how), "%s", how);
        return;
    }
    snprintf(g->how, sizeof(g->how), "%.*s%s%s", (int)head, how, product,
             how + head + strcspn(how + head, " "));
}

int supply_rank_period(sqlite3 *db, int64_t period_id, int64_t client_id,
                       const char *use, struct supply_gain *out, size_t *count,
                       struct err *err)
{
    static const char sql[] =
        "SELECT r.id, group_concat(g.fact, ', '), max(g.devices)"
        "  FROM (SELECT * FROM gap ORDER BY fact) g"
        "  JOIN rule r ON r.period_id = g.period_id AND r.rule_no = g.rule_no"
        " WHERE g.period_id = :period AND r.kind = 'counted'"
        "   AND (r.uses = '' OR instr(' ' || r.uses || ' ', ' ' || :use || ' "
        "') > 0)"
        "   AND (:client = 0 OR g.client_id = :client)"
        " GROUP BY g.client_id, g.rule_no"
        " ORDER BY r.id, g.client_id";
    struct supply_gap *gaps = NULL;
    sqlite3_stmt *st = NULL;
    char product[16];
    size_t n = 0, i;
    int step = -1, rc = -1;

    if (find_product(db, period_id, product, sizeof(product), err) < 0 ||
        db_prepare(db, sql, &st, err) < 0 ||
        db_bind_int(st, ":period", period_id, err) < 0 ||
        db_bind_int(st, ":client", client_id, err) < 0 ||
        db_bind_text(st, ":use", use, err) < 0)
        goto out;
    while ((step = db_step(st, err)) == 1)
        if (add_gap(&gaps, &n, st, err) < 0)
            goto out;
    if (step < 0)
        goto out;
    *count = supply_rank(gaps, n, out);
    for (i = 0; i < *count; i++)
        name_product(&out[i], product);
    rc = 0;
out:
    sqlite3_finalize(st);
    free_gaps(gaps, n);
    return rc;
}
