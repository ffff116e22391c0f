/*
 * capability.c - the table of them.
 */
#include "core/base.h"

#include "core/capability.h"

const struct capability capabilities[CAPABILITIES] = {
    {"unlock", "Unlock the disk at startup"},
    {"enable", "Turn FileVault on"},
    {"update", "Let the person install macOS updates"},
    {"grant", "Give secure tokens to other accounts"},
    {"auto", "Give new accounts a token at login by itself"},
    {"updates-by-server", "Install updates from the server"},
    {"erase", "Erase silently from the server"},
    {"settings", "Take protected settings from the server"},
    {"kexts", "Take approved kernel extensions"},
    {"boot-policy", "Change startup security"},
    {"rescue", "Get the data back without erasing"},
    {"recoveryos", "Start in recoveryOS"},
    {"psso", "Make accounts on demand with Platform SSO"}};

const char *capability_says(const char *code)
{
    size_t i;

    for (i = 0; i < CAPABILITIES; i++)
        if (strcmp(capabilities[i].code, code) == 0)
            return capabilities[i].words;
    return NULL;
}
