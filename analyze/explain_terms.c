/*
 * explain_terms.c - what each derived value was made of.
 *
 * posture.sql says how; here is from what, so that a reader can follow a
 * derived value back to the facts. A test holds this list against the views.
 */
#include "core/base.h"

#include "analyze/explain_part.h"
#include "core/facts.h"

/* With @ it is a column of the accounts. */
static const struct {
    const char *derived, *of;
} of_device[] = {
    {"os", "os_version"},
    {"filevault_on", "filevault"},
    {"bootstrap_state", "os bootstrap_supported bootstrap_escrowed_device"
                        " bootstrap_escrowed_server bootstrap_record"
                        " eacs_preflight chip"},
    {"bootstrap_expected", "mdm_enrolled bootstrap_state"},
    {"holders_min", "@token_real"},
    {"holders_max", "@token_real accounts_listed holders_listed"},
    {"sole_holder", "holders_min holders_max"},
    {"unlockers_min", "@filevault_user"},
    {"unlockers_max", "@filevault_user accounts_listed"},
    {"few_unlockers", "unlockers_min unlockers_max"},
    {"repair_path", "any_usable_admin any_usable_standard recovery_open"
                    " filevault_on recovery_key_escrowed"
                    " recovery_key_validity"},
    {"recovery_open", "recovery_lock recovery_lock_known firmware_password"
                      " firmware_password_known"},
    {"accounts_seen", ""},
    {"any_token", "@secure_token accounts_listed holders_listed"},
    {"any_holder", "@token_real accounts_listed holders_listed"},
    {"any_token_admin", "@token_real @admin accounts_listed holders_listed"},
    {"any_token_admin_known", "@token_real @admin @password_known_by"
                              " accounts_listed holders_listed"},
    {"any_person_holder", "@token_real @role @hidden accounts_listed"
                          " holders_listed"},
    {"any_person_without_token", "@secure_token @role accounts_listed"},
    {"any_present_holder", "@token_real @disabled @person_status"
                           " accounts_listed holders_listed"},
    {"any_volume_owner", "@volume_owner accounts_listed"},
    {"any_reset_open", "@reset_open accounts_listed"},
    {"any_login_known", "@last_login"},
    {"any_restart_after_reset", "last_boot @password_reset_at @reset_open"},
    {"enroller_token", "enrolled_by @secure_token accounts_listed"},
    {"usable_min", "@usable"},
    {"any_usable_admin", "@usable @admin accounts_listed holders_listed"},
    {"any_usable_standard", "@usable @admin accounts_listed holders_listed"},
    {"any_usable_person", "@usable @needs_token accounts_listed"
                          " holders_listed"},
    {"usable_admins_min", "@usable @admin"},
    {"token_admins_max", "@token_real @admin accounts_listed holders_listed"},
    {"any_managed_admin", "@role accounts_listed"},
    {"any_managed_admin_unknown", "@role @password_known_by accounts_listed"},
    {"any_managed_token_admin_unknown",
     "@token_real @admin @role @password_known_by accounts_listed"
     " holders_listed"},
    {"any_shared", "@role accounts_listed"},
    {"any_unlocker_refused", "@filevault_user @filevault_allowed"
                             " accounts_listed"},
    {"allow_list", "@filevault_allowed"},
    {"any_admin_at_hand", "@admin @password_known_by @disabled @person_status"
                          " accounts_listed"},
    {"any_primary_not_admin", "@role @admin accounts_listed"},
    {"holder_names", "@token_real"},
    {"token_admin_names", "@token_real @admin"},
    {"reset_names", "@password_reset_by @reset_open"},
    {"refused_names", "@filevault_user @filevault_allowed"},
    {"days_silent", "last_checkin"},
    {"bootstrap_unsure", "bootstrap_escrowed_device"},
};

static const struct {
    const char *derived, *of;
} of_account[] = {
    {"token_real", "secure_token crypto_user observed_at password_reset_at"
                   " password_reset_by token_verified_at os"},
    {"usable", "token_real password_known_by disabled person_status"},
    {"reset_known", "password_reset_at password_reset_by"},
    {"reset_proved", "token_verified_at password_reset_at"},
    {"reset_open", "reset_known password_reset_by last_login"
                   " password_reset_at"},
    {"needs_token", "role"},
    {"needs_token_weak", "role last_login uid hidden"},
    {"bootstrap_grants", "bootstrap_expected os kind role"},
    {"other_usable_yes", "usable_min usable"},
    {"other_admin_usable", "usable_admins_min usable admin"},
    {"other_holder", "holders_min token_real"},
};

const char *explain_terms_of(bool account, const char *derived)
{
    size_t i;

    for (i = 0; account && i < COUNT_OF(of_account); i++)
        if (strcmp(of_account[i].derived, derived) == 0)
            return of_account[i].of;
    for (i = 0; !account && i < COUNT_OF(of_device); i++)
        if (strcmp(of_device[i].derived, derived) == 0)
            return of_device[i].of;
    return NULL;
}

/* A value among facts ([{fact, value}]) or derived values, or NULL. */
static json_t *value_in(const json_t *facts, const json_t *derived,
                        const char *name)
{
    json_t *one = json_object_get(derived, name);
    size_t i;

    if (one)
        return one;
    json_array_foreach(facts, i, one)
    {
        const char *fact = json_string_value(json_object_get(one, "fact"));

        if (fact && strcmp(fact, name) == 0)
            return json_object_get(one, "value");
    }
    return NULL;
}

/* The value that an account has, by the accounts' names. */
static json_t *of_accounts(const struct about *a, const char *name)
{
    json_t *out = json_object(), *one, *value;
    size_t i;

    json_array_foreach(json_object_get(a->out, "accounts"), i, one)
    {
        if (json_is_true(json_object_get(one, "system")))
            continue;
        value = value_in(json_object_get(one, "facts"),
                         json_object_get(one, "derived"), name);
        json_object_set_new(out,
                            json_string_value(json_object_get(one, "account")),
                            value ? json_incref(value) : json_null());
    }
    return out;
}

/* What one derived value is made of; "account" is NULL for the Mac's own. */
static json_t *terms_json(const struct about *a, const json_t *account,
                          const char *of)
{
    const json_t *facts = json_object_get(a->out, "facts");
    const json_t *derived = json_object_get(a->out, "derived");
    json_t *out = json_object(), *value;
    char name[64];
    size_t n;

    for (; *of; of += n + (of[n] == ' ')) {
        bool each = *of == '@';

        n = strcspn(of, " ");
        snprintf(name, sizeof(name), "%.*s", (int)(n - each), of + each);
        if (each) {
            json_object_set_new(out, name, of_accounts(a, name));
            continue;
        }
        value = account ? value_in(json_object_get(account, "facts"),
                                   json_object_get(account, "derived"), name)
                        : NULL;
        /* Facts of both scopes, as observed_at: the account's own, or none. */
        if (!value && !(account && fact_index(FACT_ACCOUNT, name) >= 0))
            value = value_in(facts, derived, name);
        json_object_set_new(out, name,
                            value ? json_incref(value) : json_null());
    }
    return out;
}

/* The terms of all derived values of the Mac, or of an account. */
static void add_terms(const struct about *a, json_t *into, bool account)
{
    json_t *all = json_object(), *v;
    const char *name, *of;

    json_object_foreach(json_object_get(into, "derived"), name, v)
    {
        of = explain_terms_of(account, name);
        if (of)
            json_object_set_new(all, name,
                                terms_json(a, account ? into : NULL, of));
    }
    json_object_set_new(into, "terms", all);
}

int explain_terms(struct about *a, struct err *err)
{
    json_t *one;
    size_t i;

    json_array_foreach(json_object_get(a->out, "accounts"), i, one)
    {
        if (!json_is_true(json_object_get(one, "system")))
            add_terms(a, one, true);
    }
    add_terms(a, a->out, false);
    return json_object_get(a->out, "terms") ? 0 : err_nomem(err);
}
