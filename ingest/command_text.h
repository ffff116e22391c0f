/*
 * command_text.h - what a Mac's own commands print, as canonical facts.
 *
 * Outputs of profiles, sysadminctl, fdesetup, diskutil, dscl, dseditgroup,
 * system_profiler and sw_vers are known by their own lines, alone or one after
 * another, for one Mac or several; one line of canonical JSON, as the
 * collectors print, is understood too. No line, an error and an unknown wording
 * say nothing. Lines with passwords or keys are passed over.
 */
#ifndef MUSTER_COMMAND_TEXT_H
#define MUSTER_COMMAND_TEXT_H

#include "core/base.h"
#include "core/strbuf.h"

#include <jansson.h>

/* A quick look: may this be such a text? Never for short or plain words. */
bool command_text_looks(const char *s, size_t n);

/* Commands that are known by their lines alone, as bits. */
enum {
    COMMAND_BOOTSTRAP = 1,
    COMMAND_ENROLLMENT = 2,
    COMMAND_TOKEN = 4,
    COMMAND_FILEVAULT = 8,
    COMMAND_UNLOCKERS = 16,
    COMMAND_CRYPTO = 32
};
#define COMMAND_LEAST                                                          \
    16 /* bytes of the shortest answer: "FileVault is On."                     \
        */

/* The strict look, for texts of which nobody says what they are: the commands
 * whose answers it holds, 0 where a line of it is anything else. */
unsigned command_text_strict(const char *s, size_t n);
/* Their names, each in quotation marks. */
void command_text_names(unsigned commands, struct strbuf *out);

/*
 * How much of a file's text is sure to be as it was written: all of it, or all
 * but a last line without a line end that may be the beginning of a longer one
 * ("FileVault is O", a name).
 */
size_t command_text_whole(const char *s, size_t n);

/*
 * Read a text. Returns an array with an object for each Mac, its keys device
 * facts, "accounts" (objects of account facts) and "filevault_users" (a list
 * of names: everyone who can unlock); empty where nothing was understood. NULL
 * for want of memory. Each object has "#line", where its first line stands.
 */
json_t *command_text_read(const char *s, size_t n);

#endif
