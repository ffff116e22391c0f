#!/usr/bin/python3
"""Compare the program's CSV reports of random fleets with the second opinion.

  compare.py DIR...

Each DIR is one of random_fleet.py with the program's reports in DIR/out. Every
difference is printed with the Mac's facts and both answers (the first few of a
run in full). The last line counts what agrees; the exit code is 1 where
anything does not.
"""
import csv
import glob
import os
import sys

import oracle

FULL = 3            # differences of a run that are printed with all the facts
WORST = 'error fail unknown notchecked pass notapplicable'.split()
CLIENTS = ('devices clean partial attention at_risk undetermined '
           'not_reporting').split()
OUTSIDE_VERDICT = ('DATA-', 'MIG-', 'ST-14', 'PW-04', 'ENR-04', 'ENR-05',
                   'ADM-04')


def report(folder, subject):
    paths = glob.glob(os.path.join(folder, 'out', f'*-{subject}.csv'))
    if len(paths) != 1:
        sys.exit(f'{folder}/out: expected one {subject} report, found '
                 f'{len(paths)}')
    with open(paths[0], encoding='utf-8', newline='') as f:
        return list(csv.DictReader(f))


def lines(folder, name):
    with open(os.path.join(folder, name), encoding='utf-8') as f:
        return f.read().splitlines()


def standing_in(folder):
    """What an earlier period's files said, where there is one."""
    if not os.path.exists(os.path.join(folder, 'before')):
        return []
    earlier = os.path.join(folder, lines(folder, 'before')[0])
    as_of = oracle.read_as_of(lines(earlier, 'as-of')[0])
    return [oracle.read_file(path, as_of, None)
            for path in sorted(glob.glob(os.path.join(earlier, 'in', '*')))]


def fleet_of(folder):
    options = lines(folder, 'options')
    given = dict(zip(options[::2], options[1::2]))
    files = []
    for line in lines(folder, 'files'):
        path, _, own = line.partition('\t')
        own = own or given.get('--collected')
        files.append((os.path.join(folder, path),
                      oracle.read_time(own) if own else None))
    return oracle.Fleet(files, oracle.read_as_of(lines(folder, 'as-of')[0]),
                        given.get('--client'), standing_in(folder))


class Comparison:
    def __init__(self):
        self.agree = self.differ = self.macs = 0

    def check(self, folder, what, serial, expected, got):
        """One answer about one Mac (or, without a serial, the fleet)."""
        if expected == got:
            self.agree += 1
            return
        self.differ += 1
        print(f'{folder}: {what}: expected {expected}, got {got}')
        if serial in self.fleet.devices and self.differ <= FULL:
            self.fleet.explain(serial, sys.stdout)

    def folder(self, folder):
        self.fleet = fleet_of(folder)
        self.macs += len(self.fleet.devices)
        foreign = self.findings(folder)
        verdicts = self.fleet.verdicts(foreign)
        self.devices(folder, verdicts)
        self.clients(folder, verdicts)
        self.accounts(folder)
        self.matrix(folder)
        self.rules(folder)

    def findings(self, folder):
        """Returns results of rules that only the program knows, by serial:
        they may move a verdict."""
        got, foreign = {}, {}
        for r in report(folder, 'findings'):
            if r['rule'] in oracle.RULES:
                key = (r['rule'], r['serial'], r['account'])
                self.check(folder, f'{key} twice', key[1], False, key in got)
                got[key] = (r['result'], r['severity'])
            elif not r['rule'].startswith(OUTSIDE_VERDICT):
                foreign.setdefault(r['serial'], []).append(
                    (r['result'], r['severity']))
        expected = {r[:3]: r[3:] for r in self.fleet.findings()}
        for key in sorted(expected.keys() | got.keys()):
            self.check(folder, ' '.join(key), key[1], expected.get(key),
                       got.get(key))
        return foreign

    def clients(self, folder, verdicts):
        expected, got = {}, {}
        for serial, verdict in verdicts.items():
            d = self.fleet.devices[serial]
            row = expected.setdefault(d.client, dict.fromkeys(CLIENTS, 0))
            row['devices'] += 1
            row[verdict.replace('-', '_')] += 1
            row['not_reporting'] += d.stale
        for r in report(folder, 'clients'):
            got[r['client']] = {k: int(r[k] or 0) for k in CLIENTS}
        self.check(folder, 'clients', None, expected, got)

    def devices(self, folder, verdicts):
        got = {r['serial']: r for r in report(folder, 'devices')}
        self.check(folder, 'serials', None, sorted(verdicts), sorted(got))
        for serial in sorted(verdicts.keys() & got.keys()):
            d, r = self.fleet.devices[serial], got[serial]
            holders = (str(d.holders_min)
                       if d.holders_min == d.holders_max else '')
            version = oracle.read_value(oracle.VERSION, r['os_version'], 0)
            for name, expected, found in (
                    ('verdict', verdicts[serial], r['verdict']),
                    ('not_reporting', word(d.stale), r['not_reporting']),
                    ('client', d.client, r['client']),
                    ('chip', d.chip or '', r['chip']),
                    ('os_version', d.os_version, version),
                    ('filevault', d.filevault or '', r['filevault']),
                    ('last_checkin', d.last_checkin, time_of(r)),
                    ('bootstrap_state', d.bootstrap_state,
                     r['bootstrap_state']),
                    ('repair_path', d.repair_path, r['repair_path']),
                    ('holders', holders, r['holders'])):
                self.check(folder, f'{serial} {name}', serial, expected, found)

    def accounts(self, folder):
        expected = {(s, a.account): a for s, d in self.fleet.devices.items()
                    for a in d.accounts}
        got = {(r['serial'], r['account']): r
               for r in report(folder, 'accounts') if r['kind'] != 'system'}
        self.check(folder, 'accounts', None, sorted(expected), sorted(got))
        for key in sorted(expected.keys() & got.keys()):
            a, r = expected[key], got[key]
            for fact in ('role', 'kind', 'admin', 'secure_token', 'token_real',
                         'volume_owner', 'filevault_user'):
                self.check(folder, f'{" ".join(key)} {fact}', key[0],
                           word(getattr(a, fact)), r[fact])

    def matrix(self, folder):
        for r in report(folder, 'matrix'):
            serial, worst = r['serial'], {}
            for result in self.fleet.results.get(serial, ()):
                worst.setdefault(result.rule, []).append(result.result)
            stale = (serial in self.fleet.devices and
                     self.fleet.devices[serial].stale)
            for rule in oracle.RULES:
                if rule not in worst and oracle.RULES[rule].scope == 'account':
                    continue            # no account: nothing was asked
                answer = min(worst.get(rule, ['none']),
                             key=lambda x: WORST.index(x) if x in WORST else 9)
                found = r[rule]
                if answer == 'pass' and stale:
                    # A pass of a Mac that is not reporting counts as unknown.
                    found = 'pass' if found == 'unknown' else found
                self.check(folder, f'{serial} {rule} in the matrix', serial,
                           answer, found)

    def rules(self, folder):
        got = {r['rule']: r for r in report(folder, 'rules')}
        for rule, counts in self.fleet.tallies().items():
            r = got[rule]
            found = {k: int(r[k] or 0) for k in counts}
            self.check(folder, f'counts of {rule}', None, counts, found)
            known = counts['pass'] + counts['fail']
            asked = known + counts['unknown'] + counts['notchecked']
            for name, part, whole in (('pass_rate', counts['pass'], known),
                                      ('coverage', known, asked)):
                self.check(folder, f'{name} of {rule} ({part} of {whole}, '
                           f'not {r[name]})', None, True,
                           is_rate(r[name], part, whole))


def is_rate(text, part, whole):
    """Four decimals, rounded either way; of nothing it is empty."""
    if not whole or not text:
        return not whole and not text
    return abs(float(text) - part / whole) < 0.000051


def word(value):
    return ('' if value is None else
            {True: 'true', False: 'false'}.get(value, value))


def time_of(r):
    text = r['last_checkin']
    return (None if text == '' else 0 if text in ('never',) else
            oracle.read_time(text))


def main():
    c = Comparison()
    for folder in sys.argv[1:]:
        c.folder(folder)
    if c.differ:
        print(f'{c.differ:,} differences, {c.agree:,} results agree, '
              f'{c.macs:,} Macs')
        return 1
    print(f'{c.agree:,} results agree, {c.macs:,} Macs')
    return 0


if __name__ == '__main__':
    sys.exit(main())
