/*
 * capable.c - what a Mac can do, by its facts alone.
 */
#include "core/base.h"

#include "analyze/capable.h"
#include "core/capability.h"

#define OS_10_13 101300
#define OS_11 110000
#define OS_11_5 110500
#define OS_12_0_1 120001

static int not3(int a)
{
    return a < 0 ? -1 : !a;
}

static int and3(int a, int b)
{
    if (a == 0 || b == 0)
        return 0;
    return a < 0 || b < 0 ? -1 : 1;
}

static int or3(int a, int b)
{
    return not3(and3(not3(a), not3(b)));
}

static int older(int64_t os, int64_t than)
{
    return os < 0 ? -1 : os < than;
}

static int is_chip(const struct capable *c, enum chip chip)
{
    return c->chip == CHIP_UNKNOWN ? -1 : c->chip == chip;
}

/* What needs the bootstrap token: macOS 10.15 gives by it to some kinds of
 * accounts alone; updates and extensions ask for it on Apple silicon. */
static int no_auto(const struct capable *c)
{
    int few = older(c->os, OS_11) == 0 ? 0 : -1;

    return or3(not3(c->bootstrap_expected), few);
}

static int no_server_help(const struct capable *c)
{
    return and3(is_chip(c, CHIP_APPLE), not3(c->bootstrap_expected));
}

/* Updates and extensions also need leave to use it. */
static int no_leave(const struct capable *c)
{
    return and3(is_chip(c, CHIP_APPLE),
                or3(not3(c->bootstrap_expected), not3(c->token_authorizes)));
}

/* Shut by a recovery lock or a firmware password that nobody has on record. */
static int no_recoveryos(const struct capable *c)
{
    int apple = is_chip(c, CHIP_APPLE),
        lock = and3(c->recovery_lock, not3(c->recovery_lock_known)),
        password = and3(c->firmware_password, not3(c->firmware_password_known));

    return or3(and3(and3(apple, not3(older(c->os, OS_11_5))), lock),
               and3(and3(not3(apple), not3(older(c->os, OS_10_13))), password));
}

/* The silent erase needs a T2 or Apple silicon, macOS 12.0.1, and on Apple
 * silicon the token. A test that succeeded says what chip and system do not. */
static int no_erase(const struct capable *c)
{
    int chip = is_chip(c, CHIP_INTEL), os = older(c->os, OS_12_0_1);

    if (c->erase_tested && chip < 0)
        chip = 0;
    if (c->erase_tested && os < 0)
        os = 0;
    return or3(or3(chip, os), c->erase_tested ? 0 : no_server_help(c));
}

/* Secure tokens are of macOS 10.13 and later. */
static int with_tokens(const struct capable *c, int nobody)
{
    return and3(not3(older(c->os, OS_10_13)), nobody);
}

/* A volume owner must agree; who holds a token is one in practice. */
static int no_update(const struct capable *c)
{
    return c->any_volume_owner == 1
               ? 0
               : and3(is_chip(c, CHIP_APPLE), not3(c->any_holder));
}

/* Who is on the list can unlock the disk, and so can who holds a token. */
static int no_unlock(const struct capable *c)
{
    bool somebody = c->unlockers_min > 0 || c->holders_min > 0;

    return and3(c->filevault_on, c->unlockers_max == 0 ? 1 : somebody ? 0 : -1);
}

/* The recovery key, or somebody who holds a token. */
static int no_rescue(const struct capable *c)
{
    int no_key = not3(and3(c->key_escrowed, !c->key_invalid)),
        cannot = and3(c->filevault_on, no_key);

    return cannot == 0 || c->holders_max == 0 ? cannot : -1;
}

void capable_by_facts(const struct capable *c, uint32_t *lost,
                      uint32_t *perhaps)
{
    const struct {
        uint32_t what;
        int cannot;
    } losses[] = {
        {CAN_AUTO, no_auto(c)},
        {CAN_UPDATE_BY_SERVER | CAN_KEXTS, no_leave(c)},
        {CAN_RECOVERYOS, no_recoveryos(c)},
        {CAN_ERASE, no_erase(c)},
        {CAN_GRANT, with_tokens(c, not3(c->any_token_admin))},
        {CAN_ENABLE, with_tokens(c, not3(c->any_holder))},
        {CAN_UPDATE, no_update(c)},
        {CAN_UNLOCK, no_unlock(c)},
        {CAN_RESCUE, no_rescue(c)},
    };
    size_t i;

    for (i = 0; i < COUNT_OF(losses); i++) {
        if (losses[i].cannot > 0)
            *lost |= losses[i].what;
        else if (losses[i].cannot < 0)
            *perhaps |= losses[i].what;
    }
}
