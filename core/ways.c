/*
 * ways.c - how a fact is seen on the Mac itself, for a test by hand.
 */
#include "core/base.h"

#include "core/ways.h"

/* How a fact is seen on the Mac itself. */
static const struct {
    const char *facts, *how;
} ways[] = {
    {"secure_token crypto_user", "sysadminctl -secureTokenStatus ACCOUNT; "
                                 "diskutil apfs listUsers /"},
    {"volume_owner", "diskutil apfs listUsers /"},
    {"bootstrap_supported bootstrap_escrowed_device bootstrap_escrowed_server "
     "bootstrap_record",
     "sudo profiles status -type bootstraptoken"},
    {"filevault", "fdesetup status"},
    {"filevault_user unknown_filevault_users", "sudo fdesetup list"},
    {"recovery_key_present", "sudo fdesetup haspersonalrecoverykey"},
    {"recovery_key_escrowed recovery_key_validity", "the server's record of "
                                                    "the recovery key"},
    {"mdm_enrolled enrollment_type user_approved",
     "profiles status -type enrollment"},
    {"os_version", "sw_vers -productVersion"},
    {"admin", "dseditgroup -o checkmember -m ACCOUNT admin"},
    {"hidden disabled uid", "dscl . -read /Users/ACCOUNT"},
    {"last_login", "last ACCOUNT"},
    {"last_boot", "sysctl kern.boottime"},
    {"auto_login", "defaults read /Library/Preferences/com.apple.loginwindow "
                   "autoLoginUser"},
};

static bool has_word(const char *list, const char *word, size_t n)
{
    size_t len;

    for (; *list; list += len) {
        list += strspn(list, " ");
        len = strcspn(list, " ");
        if (len == n && strncmp(list, word, n) == 0)
            return true;
    }
    return false;
}

void ways_each(const char *facts, void (*fn)(void *ctx, const char *how),
               void *ctx)
{
    bool told[COUNT_OF(ways)] = {false};
    size_t i, n;

    for (; *facts; facts += n) {
        facts += strspn(facts, ", |");
        n = strcspn(facts, ", |");
        for (i = 0; n && i < COUNT_OF(ways); i++)
            if (!told[i] && has_word(ways[i].facts, facts, n)) {
                told[i] = true;
                fn(ctx, ways[i].how);
            }
    }
}
