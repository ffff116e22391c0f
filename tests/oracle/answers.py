#!/usr/bin/python3
"""A second opinion on the answers: forecast, leaver, readiness, what a Mac
cannot do, and on when a remedy may take something away.

  answers.py MUSTER DIR...

Each DIR is one of random_fleet.py with the program's store in DIR/fleet.db and
its reports of the use "migration" in DIR/out; DIR/policy names the settings of
the run, one KEY=VALUE a line. What the answers must be is written here from the
tables of the definitions alone, over the facts of oracle.py; the program is
asked as a person asks it. Every difference is printed; the last line counts.
"""
import csv
import glob
import json
import os
import subprocess
import sys

import compare
import oracle
from oracle import AND, NOT, OR

WAYS = ('mdm', 'idp', 'admin', 'recovery')


# --------------------------------------------------------------- forecast --

def others_help(d, a):
    """Another one with usable and admin, for certain."""
    return any(b is not a and AND(b.usable, b.admin) is True
               for b in d.accounts)


def recovery_open(d):
    return not ((d.recovery_lock is True and d.recovery_lock_known is not True)
                or (d.firmware_password is True
                    and d.firmware_password_known is not True))


def silent(d):
    """Stale, or the check-in of ENR-05 is too old."""
    return d.stale or oracle.older(d, d.last_checkin, 14) is True


def row_of(d, a, by):
    """The first row of the table that fits; None where none fits for
    certain."""
    fv, grants, other = d.filevault_on, a.bootstrap_grants, others_help(d, a)
    key = (d.recovery_key_escrowed is True
           and d.recovery_key_validity == 'valid')
    state = d.bootstrap_state
    if (d.os is not None and d.os < 101300) or a.kind == 'network':
        return 1
    if silent(d):
        return 2
    if a.secure_token is False:
        return 3
    if by == 'admin' and other:
        return 4
    if a.laps is True:
        return 5
    if a.token_real is False:
        return 6
    if (a.token_real is None or fv is None or d.os is None
            or state in ('conflict', 'invalid', 'unknown')):
        return 7
    if d.os >= 260000:
        return (8 if other else 9) if fv else 10
    if grants is True:
        return (11 if state == 'proven' else 12) if fv else 13
    if grants is None:
        return None
    if other:
        return 14 if fv else 15
    if fv:
        return 16 if key and recovery_open(d) else 17
    return 18


ROW_WORDS = {1: 'notapplicable', 2: 'unknown', 3: 'safe', 4: 'safe',
             5: 'unknown', 6: 'unknown', 7: 'unknown', 8: 'lockout-risk',
             9: 'lockout-risk', 10: 'token-lost', 11: 'login-first',
             12: 'login-first', 13: 'login-first', 14: 'lockout-risk',
             15: 'token-lost', 16: 'lockout-risk', 17: 'lockout-risk',
             18: 'token-lost', None: 'unknown'}


def forecast(d, a, by):
    """(row or 0, verdict, is it the last token?)"""
    row = row_of(d, a, by)
    word = ROW_WORDS[row]
    last = d.sole_holder is True and a.token_real is True
    valid = (d.recovery_key_escrowed is True
             and d.recovery_key_validity == 'valid')
    if by in ('mdm', 'admin'):
        if row == 12 and last and not valid:
            word = 'lockout-risk'
        return row or 0, word, last and row is not None and row >= 8
    if row == 1:
        return 1, word, False
    if by == 'idp':
        # Nothing to lose, nobody to reach, a token that is broken already:
        # whoever resets. Then FileVault follows after a login with the new
        # password where the account is bound to the provider.
        if row in (2, 3) or a.token_real is False:
            row = row if row in (2, 3) else 6
            return row, ROW_WORDS[row], False
        bound = a.kind == 'mobile' or (d.platform_sso or 'none') != 'none'
        return 0, 'login-first' if bound else 'unknown', last
    # recoveryOS: one must get in, and open the disk where it is locked.
    if not recovery_open(d):
        return 0, 'refused', False
    opened = OR(NOT(d.filevault_on),
                AND(d.recovery_key_escrowed,
                    d.recovery_key_validity != 'invalid'))
    return 0, {True: 'safe', False: 'refused', None: 'unknown'}[opened], False


# ----------------------------------------------------------------- leaver --

QUESTIONS = (
    ('last_token_holder', lambda a: a.token_real, True),
    ('last_filevault_user', lambda a: a.filevault_user, False),
    ('last_token_admin', lambda a: AND(a.token_real, a.admin), True),
)


def leaver(d, names):
    """None where none of them has an account, else the three answers."""
    mine = [a for a in d.accounts if oracle.fold(a.account) in names]
    if not mine:
        return None
    rest = [a for a in d.accounts if a not in mine and a.disabled is not True
            and a.person_status != 'departed']
    out = {}
    for key, holds, with_token in QUESTIONS:
        listed = d.accounts_listed is True or (with_token
                                               and d.holders_listed is True)
        has = OR(*[holds(a) for a in mine])
        left = OR(*[holds(a) for a in rest], False if listed else None)
        # The last where they have it and nobody else does.
        out[key] = {True: 'yes', False: 'no', None: 'perhaps'}[
            AND(has, NOT(left))]
    out['filevault_on'] = {True: 'yes', False: 'no', None: 'not known'}[
        d.filevault_on]
    return out


# -------------------------------------------------------------- migration --

ORDER = 'ready unknown action-first hands-on blocked'.split()
AFAR = ('BT-01 BT-02 BT-03 BT-04 ST-01 ST-02 ST-03 ST-06 ST-09 PW-01 FV-01 '
        'FV-02 FV-06 FV-10 ENR-01 ENR-02 ENR-06 MIG-06 MIG-08 MIG-09 MIG-11 '
        'MIG-12 MIG-13').split()
AT_MAC = 'ST-04 ST-05 ST-11 VO-01 PW-02 BT-06'.split()


def readiness(d, failed, results, policy):
    """One word for each way, and the one that counts."""
    day = oracle.read_time(policy['planned_day']) if 'planned_day' in policy \
        else d.as_of
    silent_now = d.stale and d.last_checkin is not None
    core = {
        'enrolled': d.mdm_enrolled,
        'reporting': None if d.stale or d.last_checkin is None else True,
        'system': None if d.os is None else True,
        'business': d.in_abm,
        'filevault': None if d.filevault is None else
        d.filevault in ('on', 'encrypting'),
        'key': OR(NOT(d.filevault_on),      # off: that is put right first
                  AND(d.recovery_key_escrowed,
                      d.recovery_key_validity != 'invalid')),
        'holder': d.any_holder,
        'token': (False if d.bootstrap_state in ('conflict', 'invalid')
                  else d.bootstrap_expected),
    }
    base = 'ready'
    if None in core.values():
        base = 'unknown'
    if False in core.values() or failed & set(AFAR) or (
            'FV-03' in failed and d.recovery_key_validity == 'invalid'):
        base = 'action-first'
    if (failed & set(AT_MAC) or core['business'] is False
            or core['holder'] is False or silent_now
            or (failed & {'REC-01', 'REC-02', 'MIG-06'}
                and d.repair_path in ('D', 'E'))):
        base = 'hands-on'
    if 'REC-05' in failed or (d.mdm_enrolled is False and silent_now):
        base = 'blocked'

    def worse(*words):
        return max(words, key=ORDER.index)

    place = base
    if d.os is not None and d.os < 260000:
        place = worse(place, 'blocked' if d.chip == 'intel' else
                      'action-first')
    if d.provisional_until is not None and d.provisional_until > day:
        place = 'blocked'
    classic = worse(base, 'hands-on' if 'MIG-04' in failed else base)
    erase = base
    for rule, word in (('REC-04', 'action-first'), ('REC-03', 'blocked')):
        if rule in failed:
            erase = worse(erase, word)
        elif results.get(rule) in ('unknown', 'notchecked'):
            erase = worse(erase, 'unknown')
    ways = {'in-place': place, 'classic': classic, 'erase': erase}
    if 'route' in policy:
        return ways[policy['route']]
    return min(place, classic, key=ORDER.index)


# ------------------------------------------------------------ capabilities --

def cannot(d):
    """What follows from the facts alone, by capability: True is certain, None
    is not proved. Rules may say more of what these leave open or call fine."""
    no_token = NOT(d.bootstrap_expected)
    apple = oracle.eq(d.chip, 'apple')
    tested = d.eacs_preflight == 'success'
    with_tokens = oracle.at_least(d.os, 101300)
    somebody = (d.holders_min > 0 or any(a.filevault_user for a in d.accounts))
    listed = oracle.any_of(d, lambda a: a.filevault_user)
    no_key = NOT(AND(d.recovery_key_escrowed,
                     d.recovery_key_validity != 'invalid'))
    shut = AND(d.filevault_on, no_key)
    intel, old = oracle.eq(d.chip, 'intel'), oracle.less(d.os, 120001)
    leave = {'allowed': True, 'disallowed': False}.get(d.bootstrap_auth)
    locked = AND(apple, oracle.at_least(d.os, 110500), d.recovery_lock,
                 NOT(d.recovery_lock_known))
    closed = AND(NOT(apple), oracle.at_least(d.os, 101300),
                 d.firmware_password, NOT(d.firmware_password_known))
    if tested:                      # it says what chip and system do not
        intel, old = intel is True, old is True
    return {
        'auto': OR(no_token, False if (d.os or 0) >= 110000 else None),
        'updates-by-server': AND(apple, OR(no_token, NOT(leave))),
        'kexts': AND(apple, OR(no_token, NOT(leave))),
        'recoveryos': OR(locked, closed),
        'erase': OR(intel, old, not tested and AND(apple, no_token)),
        'grant': AND(with_tokens, NOT(d.any_token_admin)),
        'enable': AND(with_tokens, NOT(d.any_holder)),
        'update': (False if oracle.any_of(d, lambda a: a.volume_owner) is True
                   else AND(apple, NOT(d.any_holder))),
        'unlock': AND(d.filevault_on, True if listed is False else
                      False if somebody else None),
        'rescue': shut if d.holders_max == 0 or shut is False else None,
    }


# ------------------------------------------------------------------ asking --

class Answers(compare.Comparison):
    def __init__(self, muster):
        super().__init__()
        self.muster = muster

    def ask(self, folder, *words):
        p = subprocess.run([self.muster, words[0], '-d',
                            os.path.join(folder, 'fleet.db'), '--json',
                            *words[1:]], capture_output=True, text=True)
        if p.returncode not in (0, 2):
            sys.exit(f'{folder}: {" ".join(words)}: {p.stderr}')
        return json.loads(p.stdout) if p.returncode == 0 else None

    def folder(self, folder):
        self.fleet = compare.fleet_of(folder)
        self.macs += len(self.fleet.devices)
        self.policy = dict(line.split('=', 1)
                           for line in compare.lines(folder, 'policy'))
        self.forecasts(folder)
        self.column(folder)
        self.leavers(folder)
        self.migration(folder)
        self.capabilities(folder)
        self.remedies(folder)

    def forecasts(self, folder):
        for serial, d in self.fleet.devices.items():
            for by in WAYS if d.accounts else ():
                answer = self.ask(folder, 'forecast', serial, '--by', by)
                got = {a['account']: (a['row'], a['verdict'], a['last_token'])
                       for a in answer['accounts']}
                for a in d.accounts:
                    self.check(folder, f'{serial} {a.account} by {by}', serial,
                               forecast(d, a, by), got.get(a.account))

    def column(self, folder):
        got = {(r['serial'], r['account']): r['reset_forecast']
               for r in compare.report(folder, 'accounts')}
        for serial, d in self.fleet.devices.items():
            for a in d.accounts:
                self.check(folder, f'{serial} {a.account} column', serial,
                           forecast(d, a, 'mdm')[1],
                           got.get((serial, a.account)))

    def leavers(self, folder):
        names = sorted({oracle.fold(a.account)
                        for d in self.fleet.devices.values()
                        for a in d.accounts})
        groups = [[n] for n in names]
        groups += [names[i:i + 3] for i in range(len(names) - 1)]
        for group in groups:
            answer = self.ask(folder, 'leaver', '--', *group)
            got = {m['serial']: {k: m[k] for k in
                                 [q[0] for q in QUESTIONS] + ['filevault_on']}
                   for m in answer['macs']}
            for serial, d in self.fleet.devices.items():
                self.check(folder, f'{serial} without {group}', serial,
                           leaver(d, group), got.get(serial))

    def migration(self, folder):
        failed, results = {}, {}
        for r in compare.report(folder, 'findings'):
            if r['result'] == 'fail':
                failed.setdefault(r['serial'], set()).add(r['rule'])
        for r in compare.report(folder, 'matrix'):
            results[r['serial']] = r
        got = {r['serial']: r for r in compare.report(folder, 'devices')}
        for serial, d in self.fleet.devices.items():
            self.check(folder, f'{serial} readiness {self.policy}', serial,
                       readiness(d, failed.get(serial, set()),
                                 results.get(serial, {}), self.policy),
                       got[serial]['readiness'])

    def capabilities(self, folder):
        for r in compare.report(folder, 'devices'):
            serial, d = r['serial'], self.fleet.devices[r['serial']]
            lost = r['cannot_do'].split(';')
            perhaps = r['cannot_do_perhaps'].split(';')
            for what, answer in cannot(d).items():
                if answer is not False:
                    self.check(folder, f'{serial} cannot {what}', serial, True,
                               what in lost or
                               (answer is None and what in perhaps))
            for column, what in (('takes_update', 'update'),
                                 ('takes_wipe', 'erase')):
                self.check(folder, f'{serial} {column}', serial, True,
                           r[column] == 'no' if what in lost else
                           r[column] == '' if what in perhaps or d.stale else
                           r[column] not in ('', 'no') or
                           'updates-by-server' in perhaps)

    def remedies(self, folder):
        """An erase is for what is wrong, where no bootstrap token can be
        stored; nothing is erased or reset for what is not known."""
        for r in compare.report(folder, 'findings'):
            if r['remedy'] in ('R5', 'R14'):
                d = self.fleet.devices[r['serial']]
                self.check(folder, f'{r["rule"]} {r["serial"]} {r["account"]} '
                           f'has {r["remedy"]}', r['serial'], 'fail',
                           r['result'])
                self.check(folder, f'{r["rule"]} {r["serial"]} {r["account"]} '
                           f'has {r["remedy"]} with a stored token',
                           r['serial'], True, r['remedy'] != 'R14' or
                           d.bootstrap_expected is False)


def main():
    c = Answers(sys.argv[1])
    for folder in sys.argv[2:]:
        c.folder(folder)
    if c.differ:
        print(f'{c.differ:,} differences, {c.agree:,} answers agree, '
              f'{c.macs:,} Macs')
        return 1
    print(f'{c.agree:,} answers agree, {c.macs:,} Macs')
    return 0


if __name__ == '__main__':
    sys.exit(main())
