#!/usr/bin/python3
"""Every number of every report, counted again.

  recount.py MUSTER DIR...

Each DIR has a store (DIR/fleet.db) and the reports that were made from it
(DIR/out, and below it a folder a client; all uses, all formats). What is
counted is counted from rows alone: the store's tables are read whole and
without a condition, the CSV exports as they are, and all sums are made here.
The page, the ticket, report.json, the sheets of the workbook, the page of all
clients and "muster path" must say the same. A number on a page that nobody
counts here is a difference too.
"""
import csv
import glob
import json
import os
import re
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from fractions import Fraction

from pages import Book, Page, markdown_tables

SEVERITIES = 'info low medium high critical'.split()
RANK = {s: i for i, s in enumerate(SEVERITIES)}
VERDICTS = {'at-risk': 'At risk', 'undetermined': 'Not known yet',
            'attention': 'To tidy',
            'partial': 'No problem found in what was measured',
            'clean': 'No problem found'}
READY = {'blocked': 'Blocked', 'hands-on': 'Needs someone at the Mac',
         'action-first': 'Action first', 'unknown': 'Not known yet',
         'ready': 'Ready'}
LATE = {4: 14, 3: 30, 2: 90}        # days until a finding is overdue
CHANGES = {'New problems': 'new', 'Back again': 'reopened',
           'Worse than before': 'worse', 'Better, not yet resolved': 'better',
           'Resolved': 'resolved', 'New open questions': 'questions',
           'Questions answered': 'answered', 'No longer certain': 'unclear',
           'Measured for the first time': 'measured',
           'No longer measured': 'unmeasured',
           'Macs no longer in the exports': 'gone'}
LETTERS = {'P': 'pass', 'F': 'fail', 'U': 'unknown', 'A': 'notapplicable',
           'C': 'notchecked', 'I': 'informational', 'E': 'error'}
OPEN = ('unknown', 'stale', 'notchecked', 'error')


# ------------------------------------------------------------- as written --

def num(n):
    return f'{n:,}'.replace('-', '\u2212')


def signed(n):
    return 'no change' if n == 0 else ('+' if n > 0 else '\u2212') + num(abs(n))


def tenths(x):
    """A share in tenths of a percent, off 0 and 100 unless it is just that;
    both where it lies in the middle."""
    low = x * 1000
    at = {int(low + Fraction(1, 2))}
    if low - int(low) == Fraction(1, 2):
        at.add(int(low))
    return {1 if n <= 0 < x else 999 if n >= 1000 and x < 1 else n for n in at}


def percents(x):
    if x is None:
        return {''}
    return {f'{n // 10} %' if n in (0, 1000) else f'{n // 10}.{n % 10} %'
            for n in tenths(x)}


def share(a, b):
    return Fraction(a, a + b) if a + b else None


def points(x, unit=''):
    """A change of a rate as the page has it."""
    if x is None:
        return {''}
    out = set()
    size = abs(x) * 1000
    for n in {int(size + Fraction(1, 2))} | (
            {int(size)} if size - int(size) == Fraction(1, 2) else set()):
        sign = '\u2212' if x < 0 else '+'
        out.add(f'{sign}{n // 10}.{n % 10}{unit}' if n else
                'no change' if unit else '0')
    return out


def plural(n, word):
    return f'{num(n)} {word}' + ('' if n == 1 else 's')


def fold(s):
    return ''.join(c.lower() if c.isascii() else c for c in s)


# ------------------------------------------------------------------ store --

class Store:
    """The tables that reports are made of, whole."""

    TABLES = ('run run_import import rule remedy client device device_result '
              'device_text device_fact account_fact device_row finding tally '
              'waiver gap conflict move_rule expectation client_policy').split()

    def __init__(self, path):
        self.path = path
        db = sqlite3.connect(f'file:{path}?mode=ro', uri=True)
        db.row_factory = sqlite3.Row
        for name in self.TABLES:
            try:
                rows = [dict(r) for r in
                        db.execute(f'SELECT rowid AS rowid_, * FROM {name}')]
            except sqlite3.OperationalError:
                rows = [dict(r) for r in db.execute(f'SELECT * FROM {name}')]
            setattr(self, name, rows)
        db.close()
        self.serial = {d['device_id']: d['serial'] for d in self.device}
        self.names = {c['client_id']: c['name'] for c in self.client}
        self.text = {d['device_id']: d for d in self.device_text}
        self.fact = {d['device_id']: d for d in self.device_fact}
        self.remedies = {m['id']: m for m in self.remedy}
        self.runs = {r['period']: r for r in self.run}


def once(method):
    """What a report says many times is counted once."""
    def counted(self, *args):
        key = (method.__name__, *(a and a['period'] for a in args))
        if key not in self.kept:
            self.kept[key] = method(self, *args)
        return self.kept[key]
    return counted


class Scope:
    """What one report is about: a use, a period, one client or all."""

    def __init__(self, store, use, period, client):
        self.s, self.use, self.period = store, use, period
        self.kept = {}
        self.run = store.runs[period]
        self.client = client
        earlier = sorted(p for p in store.runs if p < period)
        self.before = store.runs[earlier[-1]] if earlier else None
        self.rules = {r['rule_no']: r for r in store.rule
                      if r['period_id'] == self.run['period_id']
                      and (not r['uses'] or use in r['uses'].split())}
        self.counted = {n for n, r in self.rules.items()
                        if r['kind'] == 'counted'}
        self.macs = self.results(self.run)
        self.macs_before = self.results(self.before)
        self.findings = self.found(self.run)
        for f in self.findings:
            f['rule'] = self.rules[f['rule_no']]
        self.findings_all = self.mine(store.finding, self.run)
        self.all_rules = {r['rule_no']: r for r in store.rule
                          if r['period_id'] == self.run['period_id']}
        self.accounts = sum(a['kind'] != 'system' for a in store.account_fact
                            if a['device_id'] in self.macs)
        self.as_of = self.run['as_of']

    def mine(self, rows, run):
        return [r for r in rows if run and r['period_id'] == run['period_id']
                and (self.client is None
                     or self.s.names[r['client_id']] == self.client)]

    def results(self, run):
        return {r['device_id']: r for r in self.mine(self.s.device_result, run)}

    def found(self, run):
        return [dict(f) for f in self.mine(self.s.finding, run)
                if run is self.run and f['rule_no'] in self.rules
                or run is self.before]

    @once
    def tally(self, run):
        """{rule id: Counter of results}; accepted fails as 'waived'."""
        out = defaultdict(Counter)
        ids = {r['rule_no']: r['id'] for r in self.s.rule
               if run and r['period_id'] == run['period_id']}
        for t in self.mine(self.s.tally, run):
            c = out[ids[t['rule_no']]]
            c[t['result']] += t['count']
            c['waived'] += t['waived']
            if t['result'] == 'fail':
                c['waived fail'] += t['waived']
        return out

    def ids(self):
        return {r['id']: n for n, r in self.rules.items()}

    def fails(self, accepted=False):
        """Counted findings that failed, without accepted risks."""
        return [f for f in self.findings if f['result'] == 'fail'
                and f['rule_no'] in self.counted
                and (accepted or f['waiver'] is None)]

    def verdicts(self, macs):
        return Counter(m['verdict'] for m in macs.values())

    @once
    def rates(self):
        """(pass, fail, open, unknown, notchecked, waived) of counted rules."""
        ids = {self.rules[n]['id'] for n in self.counted}
        all_ = Counter()
        for rule, c in self.tally(self.run).items():
            if rule in ids:
                all_ += c
        return all_

    @once
    def both(self):
        """Rates over rules measured in both periods: now, before, rules."""
        now, then = self.tally(self.run), self.tally(self.before)
        ids = [self.rules[n]['id'] for n in self.counted]
        ids = [i for i in ids if now[i]['pass'] + now[i]['fail']
               and then[i]['pass'] + then[i]['fail']]
        if not ids:
            return None, None, 0
        return (share(sum(now[i]['pass'] for i in ids),
                      sum(now[i]['fail'] for i in ids)),
                share(sum(then[i]['pass'] for i in ids),
                      sum(then[i]['fail'] for i in ids)), len(ids))

    @once
    def late(self):
        """Overdue findings."""
        return [f for f in self.fails()
                if RANK[f['severity']] in LATE
                and self.as_of - f['first_seen']
                > 86400 * LATE[RANK[f['severity']]]]

    def imports(self):
        ids = {r['import_id'] for r in self.s.run_import
               if r['period_id'] == self.run['period_id']}
        return [i for i in self.s.__dict__['import']
                if i['import_id'] in ids]

    @once
    def changes(self):
        """[(change, device, rule id, account, before, after)], as the changes
        report has them, and "open" for the rest."""
        if not self.before:
            return []
        ids = self.ids()
        old_ids = {r['rule_no']: r['id'] for r in self.s.rule
                   if r['period_id'] == self.before['period_id']}
        old = {}
        for f in self.found(self.before):
            rule = old_ids[f['rule_no']]
            if rule in ids:
                old.setdefault((f['device_id'], rule, fold(f['account'])), f)
        out = []
        for f in self.findings:
            key = (f['device_id'], f['rule']['id'], fold(f['account']))
            was = old.pop(key, None)
            change = 'open'
            if f['state'] in ('new', 'reopened', 'measured'):
                change = f['state']
            elif was:
                a = (was['result'] == 'fail', RANK[was['severity']])
                b = (f['result'] == 'fail', RANK[f['severity']])
                if a[0] != b[0]:
                    change = 'worse' if b[0] else 'unclear'
                elif a[1] != b[1]:
                    change = 'worse' if b[1] > a[1] else 'better'
            out.append((change, *key, was and was['result'], f['result']))
        for key, was in old.items():
            mac = self.macs.get(key[0])
            if mac is None:
                change = 'gone'
            else:
                word = LETTERS[chr(mac['results'][ids[key[1]]])]
                if word in ('notchecked', 'error'):
                    change = 'unmeasured'
                elif mac['stale'] and word == 'pass':
                    change = 'unclear' if was['result'] == 'fail' else 'open'
                else:
                    change = 'resolved'
            out.append((change, *key, was['result'], None))
        return out


# ------------------------------------------------------------------- path --

def goal_findings(scope, critical):
    """Findings that keep a Mac from a goal: those that make it at risk."""
    return [f for f in scope.s.finding
            if f['period_id'] == scope.run['period_id']
            and (scope.client is None
                 or scope.s.names[f['client_id']] == scope.client)
            and f['result'] == 'fail'
            and f['severity'] in (('critical',) if critical
                                  else ('critical', 'high'))
            and enters_verdict(scope.all_rules[f['rule_no']])]


def enters_verdict(rule):
    return (rule['kind'] == 'counted' and rule['uses'] != 'migration'
            and not rule['id'].startswith(('MIG-', 'DATA-'))
            and rule['id'] != 'ENR-05')


class Way:
    """The Macs that are not at a goal, and what each of them needs."""

    def __init__(self, scope, critical):
        self.needs, self.accepted = defaultdict(set), set()
        for f in goal_findings(scope, critical):
            if f['waiver'] is None:
                self.needs[f['device_id']].add(f['remedy'])
            else:
                self.accepted.add(f['device_id'])
        self.stuck = {d for d, n in self.needs.items()
                      if not all(r in scope.s.remedies for r in n)}

    def left(self, done):
        """Macs that still have something to fix."""
        return sum(1 for n in self.needs.values() if not n <= done)

    def kept(self):
        """Macs that an accepted risk keeps from the goal for ever."""
        return len(self.accepted - self.stuck)


# ---------------------------------------------------------------- compare --

class Recount:
    def __init__(self, muster):
        self.muster = muster
        self.numbers = self.wrong = self.reports = 0
        self.where = ''
        self.kinds = Counter()

    def same(self, what, want, got):
        self.numbers += 1
        self.kinds[what.split(':')[0]] += 1
        ok = got in want if isinstance(want, set) else got == want
        if ok:
            return True
        self.wrong += 1
        if self.wrong <= 60:
            if isinstance(want, set):
                want = ' or '.join(sorted(map(str, want)))
            print(f'{self.where}: {what}: counted {want!r}, '
                  f'the report says {got!r}')
        return False

    def rows(self, what, want, got, key=1):
        """Tables with the same rows in whatever order; named by their first
        cells."""
        a = {tuple(w[:key]): w[key:] for w in want}
        b = {tuple(g[:key]): g[key:] for g in got}
        self.same(f'{what}: rows', len(want), len(got))
        for k in sorted(set(a) | set(b), key=str):
            name = ' / '.join(map(str, k))
            if k not in b or k not in a:
                self.same(f'{what}: {name}',
                          'a row' if k in a else 'no row',
                          'a row' if k in b else 'no row')
                continue
            for i, (x, y) in enumerate(zip(a[k], b[k])):
                self.same(f'{what}: {name}: column {i + key + 1}', x, y)
            self.same(f'{what}: {name}: cells', len(a[k]), len(b[k]))

    def claims(self, what, text, claims):
        """A sentence: each part that must be there, as (pattern, numbers); no
        other number."""
        for pattern, *values in claims:
            m = re.search(pattern, text)
            if not m:
                self.same(f'{what}: {pattern}', 'said', f'not said: {text}')
                continue
            for i, v in enumerate(values):
                self.same(f'{what}: {pattern}', v, m.group(i + 1))
            text = text[:m.start()] + ' \u00a7 ' + text[m.end():]
        if re.search(r'\d', text):
            self.same(f'{what}: uncounted', '', text)

    # ----------------------------------------------------------- a report --

    def folder(self, folder):
        self.store = Store(os.path.join(folder, 'fleet.db'))
        self.scopes = {}
        for path in sorted(glob.glob(os.path.join(folder, 'out', '**',
                                                  '*-report.json'),
                                     recursive=True)):
            self.report(folder, path)
        for path in sorted(glob.glob(os.path.join(folder, 'out',
                                                  '*-portfolio.html'))):
            self.portfolio(path)
        for client in [None] + sorted(self.store.names.values()):
            self.path_command(folder, client)
        self.commands()
        self.said(os.path.join(folder, 'said.json'))

    def said(self, path):
        """What "analyze" said of the newest period."""
        if not os.path.exists(path):
            return
        self.where = 'analyze'
        with open(path, encoding='utf-8') as f:
            doc = json.load(f)
        sc = self.scope('monthly', doc['period'], None)
        v = sc.verdicts(sc.macs)
        fails = Counter(f['severity'] for f in sc.fails(True))
        self.same('analyze', {
            'devices': len(sc.macs), 'accounts': sc.accounts,
            'verdicts': {k: v[k] for k in VERDICTS},
            'not_reporting': sum(m['stale'] for m in sc.macs.values()),
            'failed': {k: fails[k] for k in SEVERITIES},
            'replaced': sc.run['replaced'], 'unjoined': sc.run['unjoined'],
            'conflicts': sum(c['period_id'] == sc.run['period_id']
                             for c in self.store.conflict)},
            {k: doc[k] for k in (
                'devices accounts verdicts not_reporting failed replaced '
                'unjoined conflicts').split()})

    def commands(self):
        """What the terminal says of the clients, and of the change."""
        sc = next(s for s in self.scopes.values() if s.client is None
                  and s.use == 'monthly')
        self.where = 'commands'

        def ask(*args):
            return json.loads(subprocess.run(
                [self.muster, *args, '-d', self.store.path, '--json'],
                check=True, capture_output=True).stdout)
        newest = max(self.store.runs)
        if sc.period == newest:
            self.rows('clients', [
                (name, len(macs), v['at-risk'], v['undetermined'])
                for name, macs, _ in self.client_rows(sc)
                for v in [Counter(m['verdict'] for m in macs)]],
                [(c['client'], c['devices'], c['at_risk'], c['undetermined'])
                 for c in ask('clients')['clients']
                 if c['last_period'] == newest])
        periods = {p['period']: p for p in ask('status')['periods']}
        for p, run in self.store.runs.items():
            self.same('status: Macs', len(self.scope('monthly', p, None).macs),
                      periods[p]['devices'])
        if sc.before:
            doc = ask('diff', '--from', sc.before['period'], '--to', sc.period)
            n = Counter(c for c, *_ in sc.changes())
            self.same('diff: counts', {k: n[k] for k in doc['counts']},
                      doc['counts'])

    def scope(self, use, period, client):
        key = (use, period, client)
        if key not in self.scopes:
            self.scopes[key] = Scope(self.store, *key)
        return self.scopes[key]

    def report(self, folder, path):
        with open(path, encoding='utf-8') as f:
            doc = json.load(f)
        whole = os.path.dirname(path) == os.path.join(folder, 'out')
        base = path[:-len('-report.json')]
        self.where = os.path.relpath(base, folder)
        client = None if whole else doc['client']
        sc = self.scope(doc['use'], doc['period'], client)
        self.reports += 1
        self.csv = {}
        for name in ('findings devices accounts rules remedies matrix changes '
                     'waivers rejects clients').split():
            with open(f'{base}-{name}.csv', encoding='utf-8-sig',
                      newline='') as f:
                self.csv[name] = list(csv.DictReader(f))
        self.exports(sc)
        self.json(sc, doc)
        self.markdown(sc, f'{base}.md')
        self.workbook(sc, f'{base}.xlsx')
        self.html(sc, f'{base}.html')
        if os.path.exists(f'{base}-tickets.csv'):
            self.next_steps(sc, base)

    def next_steps(self, sc, base):
        """Tickets, serial lists and messages ask for the same fixes."""
        def table(name):
            with open(f'{base}-{name}.csv', encoding='utf-8-sig',
                      newline='') as f:
                return list(csv.DictReader(f))
        serial = self.store.serial
        by = defaultdict(list)
        for f in sc.fails():
            if f['remedy'] in self.store.remedies:
                by[serial[f['device_id']], f['remedy']].append(f)
        self.rows('tickets', [
            (s, r, str(len(fs)), SEVERITIES[max(RANK[f['severity']]
                                                for f in fs)],
             str(self.store.remedies[r]['minutes']),
             'new' if {'new', 'reopened'} & {f['state'] for f in fs}
             else 'open') for (s, r), fs in by.items()],
            [(t['serial'], t['remedy'], t['findings'], t['severity'],
              t['minutes'], t['state']) for t in table('tickets')], 2)
        macs = {r: sorted(serial[d] for d in m)
                for r, m in self.actions(sc).items()}
        self.rows('addigy', [(r, str(len(m)), m) for r, m in macs.items()],
                  [(r['remedy'], r['devices'],
                    sorted(r['serial_numbers'].split(',')))
                   for r in table('addigy')])
        pairs = sorted((r, s) for r, m in macs.items() for s in m)
        self.same('jamf', pairs, sorted(
            (r['group'].split()[1], r['serial_number'])
            for r in table('jamf')))
        self.same('kandji', pairs, sorted(
            (r['tag'].split('-')[1].upper(), r['serial_number'])
            for r in table('kandji')))
        with open(f'{base}-fleet.yml', encoding='utf-8') as f:
            text = f.read()
        self.same('fleet', pairs, sorted(
            (label.split()[1], s) for label, hosts in re.findall(
                r'  name: "(.*?)"\n(.*?)(?=\n---|\Z)', text, re.S)
            for s in re.findall(r'    - "(.*?)"', hosts)))
        people = {d: t['assigned_user'] or t['assigned_email']
                  for d, t in self.store.text.items()}
        self.same('messages', sorted(
            (r, serial[d]) for r, m in self.actions(sc).items()
            if self.store.remedies[r]['who'] == 'user'
            for d in m if people.get(d)),
            sorted((m['remedy'], m['serial']) for m in table('messages')))

    # ------------------------------------------------------------ exports --

    def exports(self, sc):
        """The CSV files against each other and the store's rows."""
        c = self.csv
        self.same('devices.csv: rows', len(sc.macs), len(c['devices']))
        self.same('matrix.csv: rows', len(sc.macs), len(c['matrix']))
        self.same('findings.csv: rows', len(sc.findings), len(c['findings']))
        self.rows('devices.csv', [
            (self.store.serial[d], m['verdict'], m['readiness'],
             m['worst'], str(m['failed']), str(m['unknown']),
             str(m['notchecked']), ';'.join(m['lost'].split()))
            for d, m in sc.macs.items()],
            [(r['serial'], r['verdict'], r['readiness'], r['worst_severity'],
              r['failed'], r['unknown'], r['notchecked'], r['cannot_do'])
             for r in c['devices']])
        found = Counter((f['rule']['id'], f['result'], f['severity'],
                         f['state'], f['remedy'], f['waiver'] is not None,
                         max(0, (sc.as_of - f['first_seen']) // 86400))
                        for f in sc.findings)
        told = Counter((f['rule'], f['result'], f['severity'], f['state'],
                        f['remedy'], f['waived'] == 'true',
                        int(f['days_open'])) for f in c['findings'])
        self.same('findings.csv: by rule, result, severity, state, remedy, '
                  'days', {}, dict((found - told) + (told - found)))
        self.rule_file(sc)
        self.remedy_file(sc)
        self.client_file(sc)
        self.change_file(sc)

    def rule_file(self, sc):
        """rules.csv from the matrix, the findings and the numbers of Macs and
        accounts."""
        now, then = sc.tally(sc.run), sc.tally(sc.before)
        fails = Counter(f['rule'] for f in self.csv['findings']
                        if f['result'] == 'fail')
        asked = Counter(f['rule'] for f in self.csv['findings']
                        if f['result'] == 'unknown')
        waived = Counter(f['rule'] for f in self.csv['findings']
                         if f['waived'] == 'true')
        silent = {r['serial'] for r in self.csv['devices']
                  if r['not_reporting'] == 'true'}
        told = {r['rule']: r for r in self.csv['rules']}
        ids = {r['id']: r for r in sc.rules.values()
               if r['kind'] in ('counted', 'cause')}
        self.same('rules.csv: rules', sorted(ids), sorted(told))
        for rule, r in told.items():
            n = {k: int(r[k]) for k in ('pass fail unknown notapplicable '
                                        'notchecked error waived').split()}
            self.same(f'rules.csv: {rule}: fail', fails[rule], n['fail'])
            self.same(f'rules.csv: {rule}: waived', waived[rule], n['waived'])
            total = sum(n.values()) - n['waived']
            if r['scope'] == 'device':
                words = Counter()
                for m in self.csv['matrix']:
                    w = m[rule]
                    words['unknown' if w == 'pass' and m['serial'] in silent
                          else w] += 1
                want = {k: words[k] for k in n if k != 'waived'}
                self.same(f'rules.csv: {rule}: results', want,
                          {k: v for k, v in n.items() if k != 'waived'})
                self.same(f'rules.csv: {rule}: Macs', len(sc.macs), total)
            else:
                self.same(f'rules.csv: {rule}: accounts', sc.accounts, total)
                stale = now[rule]['stale']
                self.same(f'rules.csv: {rule}: unknown', asked[rule] + stale,
                          n['unknown'])
            p = share(n['pass'], n['fail'])
            cover = share(n['pass'] + n['fail'],
                          n['unknown'] + n['notchecked'] + n['error'])
            was = share(then[rule]['pass'], then[rule]['fail'])
            for name, x in (('pass_rate', p), ('coverage', cover),
                            ('change', None if p is None or was is None
                             else p - was)):
                self.rate(f'rules.csv: {rule}: {name}', x, r[name])

    def rate(self, what, x, got):
        """A share of a file, with four digits."""
        if x is None or got in ('', None):
            self.same(what, '' if x is None else float(x), got or '')
        else:
            self.same(what, True, abs(Fraction(str(got)) - x)
                      <= Fraction(1, 20000))

    def actions(self, sc):
        """{remedy: Macs} of what failed, is counted and nobody accepted."""
        out = defaultdict(set)
        for f in sc.fails():
            if f['remedy'] in self.store.remedies:
                out[f['remedy']].add(f['device_id'])
        return out

    def remedy_file(self, sc):
        macs = defaultdict(set)
        kinds = {r['id']: r['kind'] for r in sc.rules.values()}
        for f in self.csv['findings']:
            if (f['result'] == 'fail' and f['waived'] != 'true' and f['remedy']
                    and kinds[f['rule']] == 'counted'):
                macs[f['remedy']].add(f['serial'])
        self.rows('remedies.csv', [
            (r, str(len(s)), sorted(s)) for r, s in macs.items()],
            [(r['remedy'], r['devices'], sorted(r['serials'].split(';')))
             for r in self.csv['remedies']])

    def client_rows(self, sc):
        """{client: (Macs, verdicts, silent, critical, high, rates)}"""
        for cid, name in self.store.names.items():
            macs = [m for m in sc.macs.values() if m['client_id'] == cid]
            if macs:
                yield name, macs, self.scope(sc.use, sc.period, name)

    def client_file(self, sc):
        want = []
        for name, macs, one in self.client_rows(sc):
            v = Counter(m['verdict'] for m in macs)
            want.append((name, *(str(n) for n in (
                len(macs), v['clean'], v['partial'], v['attention'],
                v['at-risk'], v['undetermined'],
                sum(m['stale'] for m in macs),
                sum(m['worst'] == 'critical' for m in macs),
                sum(m['worst'] == 'high' for m in macs)))))
            got = [r for r in self.csv['clients'] if r['client'] == name]
            t = one.rates()
            now, then, _ = one.both()
            for r in got:
                self.rate(f'clients.csv: {name}: pass_rate',
                          share(t['pass'], t['fail']), r['pass_rate'])
                self.rate(f'clients.csv: {name}: coverage',
                          share(t['pass'] + t['fail'],
                                sum(t[k] for k in OPEN)), r['coverage'])
                self.rate(f'clients.csv: {name}: change',
                          None if now is None else now - then, r['change'])
        self.rows('clients.csv', want, [
            tuple(r[k] for k in (
                'client devices clean partial attention at_risk undetermined '
                'not_reporting critical high').split())
            for r in self.csv['clients']])

    def change_file(self, sc):
        want = Counter((c, self.store.serial[d], r, a)
                       for c, d, r, a, _, _ in sc.changes() if c != 'open')
        got = Counter((r['change'], r['serial'], r['rule'], fold(r['account']))
                      for r in self.csv['changes'])
        self.same('changes.csv', {},
                  {str(k): (want[k], got[k]) for k in want | got
                   if want[k] != got[k]})

    # --------------------------------------------------------------- json --

    def json(self, sc, doc):
        t, v = doc['totals'], sc.verdicts(sc.macs)
        all_ = sc.rates()
        now, then, _ = sc.both()
        want = {'devices': len(sc.macs), 'clean': v['clean'],
                'partial': v['partial'], 'attention': v['attention'],
                'at_risk': v['at-risk'], 'undetermined': v['undetermined'],
                'not_reporting': sum(m['stale'] for m in sc.macs.values()),
                'critical': sum(m['worst'] == 'critical'
                                for m in sc.macs.values()),
                'high': sum(m['worst'] == 'high' for m in sc.macs.values()),
                'accounts': len(self.csv['accounts']), 'pass': all_['pass'],
                'fail': all_['fail'],
                'unmeasured': sum(all_[k] for k in OPEN)}
        for k, n in want.items():
            self.same(f'report.json: totals: {k}', n, t[k])
        for k, x in (('pass_rate', share(all_['pass'], all_['fail'])),
                     ('coverage', share(all_['pass'] + all_['fail'],
                                        sum(all_[k] for k in OPEN))),
                     ('change', None if now is None else now - then)):
            self.rate(f'report.json: totals: {k}', x, t[k])
        self.same('report.json: before',
                  sc.before['period'] if sc.before else '', doc['before'])
        self.json_lists(sc, doc)
        for name in ('rules', 'clients', 'waivers'):
            self.same(f'report.json: {name} as in the CSV',
                      [self.plain(r) for r in self.csv[name]],
                      [self.plain(r, self.csv[name][0] if self.csv[name]
                                  else r) for r in doc[name]])
        self.rows('report.json: remedies', [
            (r['remedy'], int(r['devices']), int(r['accounts']),
             int(r['minutes'])) for r in self.csv['remedies']],
            [(r['remedy'], r['devices'], r['accounts'], r['minutes'])
             for r in doc['remedies']])

    def plain(self, row, keys=None):
        """A row as text, whatever wrote it: dates and numbers alike."""
        out = {}
        for k in keys or row:
            v = row.get(k)
            if isinstance(v, float) or (isinstance(v, str)
                                        and re.fullmatch(r'-?\d\.\d+', v)):
                v = f'{float(v):.4f}'
            out[k] = '' if v is None else str(v)
        return out

    def json_lists(self, sc, doc):
        want = {}
        for s in SEVERITIES:
            mine = [f for f in sc.findings if f['severity'] == s]
            fails = [f for f in mine if f['result'] == 'fail']
            want[s] = (len(fails), len(mine) - len(fails),
                       sum(f['waiver'] is not None for f in mine),
                       len({f['device_id'] for f in fails}))
        self.rows('report.json: severities',
                  [(s, *n) for s, n in want.items()],
                  [(s['severity'], s['fail'], s['unknown'], s['accepted'],
                    s['devices']) for s in doc['severities']])
        kinds = defaultdict(set)
        numbers = Counter()
        for change, device, *_ in sc.changes():
            kinds[change].add(device)
            numbers[change] += 1
        self.rows('report.json: changes',
                  [(c, numbers[c], len(d)) for c, d in kinds.items()],
                  [(c['change'], c['findings'], c['devices'])
                   for c in doc.get('changes', [])])
        self.rows('report.json: gaps', [
            (f, n, ';'.join(ids)) for f, n, ids in self.gaps(sc)],
            [(g['fact'], g['devices'], g['rules']) for g in doc['gaps']])
        self.rows('report.json: trend', [
            (p, n, v['clean'], v['partial'], v['attention'], v['at-risk'],
             v['undetermined']) for p, n, v, _ in self.trend(sc)],
            [(t['period'], t['devices'], t['clean'], t['partial'],
              t['attention'], t['at_risk'], t['undetermined'])
             for t in doc['trend']])
        for (p, _, _, rate), t in zip(self.trend(sc), doc['trend']):
            self.rate(f'report.json: trend: {p}: pass_rate', rate,
                      t['pass_rate'])
        wanted = json.loads(sc.run['policy'])['general'].get('required', [])
        self.same('report.json: required', [
            (r['rule'], int(r['notchecked']) + int(r['error']))
            for r in self.csv['rules'] if r['rule'] in wanted
            and r['notchecked'] != '0'],
            [(r['rule'], r['notchecked']) for r in doc.get('required', [])])
        self.same('report.json: missing_clients', self.missing(sc),
                  [(m['client'], m['last_period'])
                   for m in doc['missing_clients']])

    def gaps(self, sc):
        """[(fact, Macs of the rule that lacks it most, rules)]"""
        n = defaultdict(Counter)
        for g in sc.mine(self.store.gap, sc.run):
            if g['rule_no'] in sc.rules:
                n[g['fact']][g['rule_no']] += g['devices']
        out = [(fact, max(c.values()),
                [sc.rules[r]['id'] for r in sorted(c)])
               for fact, c in n.items()]
        return sorted(out, key=lambda g: (-g[1], g[0]))

    def trend(self, sc):
        """[(period, Macs, verdicts, pass rate)] of up to twelve periods."""
        out = []
        for p in sorted(p for p in self.store.runs if p <= sc.period):
            one = self.scope(sc.use, p, sc.client)
            if one.macs:
                t = one.rates()
                out.append((p, len(one.macs), one.verdicts(one.macs),
                            share(t['pass'], t['fail'])))
        return out[-12:]

    def missing(self, sc):
        """[(client, last period)] of clients that have nothing now."""
        if sc.client is not None:
            return []
        last = {}
        for r in self.store.tally:
            for p, run in self.store.runs.items():
                if run['period_id'] == r['period_id'] and p <= sc.period:
                    name = self.store.names[r['client_id']]
                    last[name] = max(p, last.get(name, ''))
        return sorted((c, p) for c, p in last.items() if p < sc.period)

    # ----------------------------------------------------------- markdown --

    def markdown(self, sc, path):
        with open(path, encoding='utf-8') as f:
            text = f.read()
        t = markdown_tables(text)
        v = sc.verdicts(sc.macs)
        self.rows('ticket: verdicts', [(w, str(v[k]))
                                       for k, w in VERDICTS.items()]
                  + [('All', str(len(sc.macs)))], t['Macs by verdict'])
        bold = re.search(r'\*\*(.*?)\*\*', text).group(1)
        self.sentence('ticket', sc, re.sub(r'\\(.)', r'\1', bold))
        if sc.use == 'migration':
            r = self.ready(sc)
            self.rows('ticket: readiness', [
                (w, str(r[k])) for k, w in READY.items()]
                + [('All', str(len(sc.macs)))], t['Macs by readiness'])
        all_ = sc.rates()
        m = re.search(r'Pass rate (.*?) of what was measured; measured: '
                      r'(.*?)\.\n', text.replace('\xa0', ' '))
        self.same('ticket: pass rate', percents(share(all_['pass'],
                  all_['fail'])) if all_['pass'] + all_['fail']
                  else {'not known'}, m.group(1))
        self.same('ticket: coverage', percents(share(
            all_['pass'] + all_['fail'], sum(all_[k] for k in OPEN))),
            m.group(2))
        self.top('ticket', t.get('What fails most', []), [
            (r['title'], r['severity'], str(n), percents(x))
            for r, n, _, _, x in self.worst_rules(sc)], 10)
        self.top('ticket', t.get('What to do', []), [
            (m['title'], str(n), m['who'], m['effort'])
            for m, n in self.worst_fixes(sc)], 10)
        if sc.before:
            kinds, numbers = defaultdict(set), Counter()
            for change, device, *_ in sc.changes():
                kinds[change].add(device)
                numbers[change] += 1
            self.rows('ticket: changes', [
                (c, str(numbers[c]), str(len(d)))
                for c, d in kinds.items()],
                t.get('Since the period before', []))
        self.top('ticket', t.get('Not measured', []), [
            (f, str(n), ';'.join(r)) for f, n, r in self.gaps(sc)], 10)

    def top(self, what, got, want, most):
        """The first rows of a list, and how many there are more."""
        if len(want) > most:
            want = want[:most] + [('and more', str(len(want) - most))]
        self.same(f'{what}: rows of a list', len(want), len(got))
        for w, g in zip(want, got):
            for x, y in zip(w, g):
                self.same(f'{what}: {w[0]}', x, y)

    def worst_rules(self, sc):
        now = sc.tally(sc.run)
        out = []
        for n in sc.counted:
            r = sc.rules[n]
            c = now[r['id']]
            if c['fail']:
                out.append((r, c['fail'], c['unknown'] + c['stale'],
                            c['notchecked'], share(c['pass'], c['fail'])))
        return sorted(out, key=lambda x: (-RANK[x[0]['severity']], -x[1],
                                          x[0]['rule_no']))

    def worst_fixes(self, sc):
        macs = self.actions(sc)
        order = sorted(macs, key=lambda r: (-len(macs[r]), int(r[1:])))
        return [(self.store.remedies[r], len(macs[r])) for r in order]

    def ready(self, sc):
        return Counter(m['readiness'] or 'unknown' for m in sc.macs.values())

    def ready_claims(self, sc, r):
        """The opening of an assessment."""
        n = len(sc.macs)
        out = [(r'(\S+) of (\S+) Macs? (?:is|are) ready', num(r['ready']),
                num(n))] if r['ready'] else [
            (r'None of the (\S+) Macs? is ready', num(n))]
        if r['blocked']:
            out.append((r'; (\S+) (?:is|are) blocked', num(r['blocked'])))
        if r['hands-on']:
            out.append((r'[;,] (\S+) needs? someone', num(r['hands-on'])))
        return out

    def sentence(self, what, sc, said):
        """The verdict, in the words of the use."""
        v, n = sc.verdicts(sc.macs), num(len(sc.macs))
        open_ = num(v['undetermined'])
        if sc.use == 'migration':
            claims = self.ready_claims(sc, self.ready(sc))
        elif sc.use == 'client':
            said = said.split(': ', 1)[1]
            claims = [(r'^(\S+) Macs? needs?', num(v['at-risk']))] if (
                v['at-risk']) else [(r'for (\S+) it is not known', open_)] if (
                v['undetermined']) else []
        elif v['at-risk']:
            claims = [(r'^(\S+) of (\S+) Macs? ', num(v['at-risk']), n)]
            if v['undetermined']:
                claims.append((r'for (\S+) it is not known', open_))
        elif v['undetermined']:
            claims = [(r'for (\S+) of (\S+) Macs? it', open_, n)]
        else:
            claims = [(r'None of the (\S+) Mac', n)]
        self.claims(f'{what}: verdict', said, claims)

    # ----------------------------------------------------------- workbook --

    def workbook(self, sc, path):
        b = self.book = Book(path)
        v = sc.verdicts(sc.macs)
        r = self.ready(sc)
        move = sc.use == 'migration'
        groups, words = (r, READY) if move else (v, VERDICTS)
        cells = b.sheets['Summary']
        for code, title in words.items():
            at = b.find('Summary', title, 0)
            self.same(f'Summary: {title}', groups[code], cells[at[0], 1])
            self.same(f'Summary: {title}: share', percents(
                Fraction(groups[code], len(sc.macs))),
                b.percent('Summary', (at[0], 2)))
        self.same('Summary: all', len(sc.macs),
                  cells[b.find('Summary', 'All Macs', 0)[0], 1])
        self.same('Summary: silent', sum(m['stale'] for m in sc.macs.values()),
                  cells[b.find('Summary', 'of these not reporting', 0)[0], 1])
        said = cells[3, 0]
        if move:
            self.claims('Summary: sentence', said, [
                (r'^(\S+) of (\S+) Macs? (is|are) ready', num(r['ready']),
                 num(len(sc.macs)), 'is' if r['ready'] == 1 else 'are'),
                (r'; (\S+) blocked, (\S+) with .*?, (\S+) after .*?, (\S+) not',
                 num(r['blocked']), num(r['hands-on']),
                 num(r['action-first']), num(r['unknown']))])
        else:
            self.claims('Summary: sentence', said, [
                (r'^(\S+) of (\S+) Macs? (is|are) at risk',
                 num(v['at-risk']), num(len(sc.macs)),
                 'is' if v['at-risk'] == 1 else 'are'),
                (r'; (\S+) not known yet, (\S+) to tidy, (\S+) without',
                 num(v['undetermined']), num(v['attention']),
                 num(v['clean'] + v['partial']))])
        self.summary_rates(sc, b)
        self.summary_lists(sc, b)
        self.sheets(sc, b)

    def summary_rates(self, sc, b):
        all_ = sc.rates()
        now, then, _ = sc.both()
        for words, x in (
                ('Pass rate of what was measured',
                 share(all_['pass'], all_['fail'])),
                ('Measured (coverage)', share(all_['pass'] + all_['fail'],
                                              sum(all_[k] for k in OPEN))),
                ('Change, over rules measured in both periods',
                 None if now is None else now - then)):
            at = b.find('Summary', words, 0)
            got = b.sheets['Summary'][at[0], 1]
            if x is None:
                self.same(f'Summary: {words}', 'not known', got)
            elif not words.startswith('Change'):
                self.same(f'Summary: {words}', percents(x),
                          b.percent('Summary', (at[0], 1)))
            else:
                self.same(f'Summary: {words}', True,
                          isinstance(got, float) and abs(got - x) < 1e-9)

    def below(self, b, title, col, width):
        """Rows of a list of the summary: from its second row to a gap."""
        at = b.find('Summary', title, col)
        cells, out, row = b.sheets['Summary'], [], at[0] + 2
        while (row, col) in cells:
            out.append(tuple(cells.get((row, col + i))
                             for i in range(width)))
            row += 1
        return out

    def summary_lists(self, sc, b):
        def plain(rows):
            return [tuple(int(x) if isinstance(x, float) and x == int(x)
                          and abs(x) > 1 else x for x in r) for r in rows]

        def top(what, got, want, named=0):
            got, most = list(got), 8
            if got and str(got[-1][0]).startswith('and '):
                self.same(f'{what}: more', f'and {len(want) - most} more',
                          got.pop()[0])
            else:
                self.same(f'{what}: all', True, len(want) <= most)
            if not want:
                self.same(f'{what}: none', [('None',)], [g[:1] for g in got])
                return
            self.same(f'{what}: rows', min(len(want), most), len(got))
            for w, g in zip(want, got):
                for x, y in zip(w[named:], g[named:]):
                    ok = x == y or (x is not None and y is not None
                                    and not isinstance(x, str)
                                    and abs(float(x) - y) < 1e-9)
                    self.same(f'{what}: {w[0]}', x if not ok else True,
                              y if not ok else True)

        words = {'critical': 'Critical', 'high': 'High', 'medium': 'Medium',
                 'low': 'Low', 'info': 'Note'}
        top('Summary: What fails most', self.below(b, 'What fails most', 0, 6),
            [(r['title'], words[r['severity']], n, u, c, x)
             for r, n, u, c, x in self.worst_rules(sc)])
        top('Summary: What to do',
            [(g[0], g[2]) for g in self.below(
                b, 'What to do, by the number of Macs', 0, 3)],
            [(m['title'], n) for m, n in self.worst_fixes(sc)])
        top('Summary: What was not measured',
            self.below(b, 'What was not measured', 7, 3),
            [(f, n, ';'.join(r)) for f, n, r in self.gaps(sc)], 1)
        trend = self.below(b, 'Period by period', 0, 5)
        want = [(p, v['at-risk'], v['undetermined'], v['attention'], x)
                for p, _, v, x in self.trend(sc)]
        self.same('Summary: periods', len(want), len(trend))
        for w, g in zip(want, trend):
            for x, y in zip(w, g):
                self.same(f'Summary: period {w[0]}', True, x == y or (
                    x is not None and y is not None
                    and abs(float(x) - float(y)) < 1e-9))
        self.summary_changes(sc, b)
        for title, cell in self.below(b, 'In this workbook', 7, 2):
            if cell is not None and title in b.sheets:
                rows = {r for r, _ in b.sheets[title]} - {0}
                self.same(f'Summary: rows of {title}', len(rows), int(cell))

    def summary_changes(self, sc, b):
        if not sc.before:
            return
        kinds, numbers = defaultdict(set), Counter()
        for change, device, *_ in sc.changes():
            kinds[change].add(device)
            numbers[change] += 1
        got = self.below(b, 'Since the period before', 7, 3)
        want = [(len(kinds[c]), numbers[c]) for c in sorted(kinds)]
        if len(want) > 8:
            self.same('Summary: changes: more', f'and {len(want) - 8} more',
                      got.pop()[0])
        self.same('Summary: changes', want[:8], [
            (m and int(m), f and int(f)) for name, m, f in got
            if name != 'None'])

    def sheets(self, sc, b):
        """The tables of the other sheets have what the CSV files have."""
        for sheet, name, keys in (
                ('Devices', 'devices', {'Serial': 'serial',
                                        'Verdict': 'verdict'}),
                ('Findings', 'findings', {'Finding id': 'finding_id',
                                          'Severity': 'severity'}),
                ('Accounts', 'accounts', {'Serial': 'serial',
                                          'Account': 'account'}),
                ('Clients', 'clients', {
                    'Client': 'client', 'Devices': 'devices',
                    'At risk': 'at_risk', 'Undetermined': 'undetermined',
                    'Attention': 'attention', 'Partial': 'partial',
                    'Clean': 'clean', 'Not reporting': 'not_reporting',
                    'Critical': 'critical', 'High': 'high'}),
                ('Remedies', 'remedies', {
                    'Remedy': 'remedy', 'Devices': 'devices',
                    'Accounts': 'accounts', 'Minutes': 'minutes'}),
                ('Rules', 'rules', {
                    'Rule': 'rule', 'Pass': 'pass', 'Fail': 'fail',
                    'Unknown': 'unknown', 'Notapplicable': 'notapplicable',
                    'Notchecked': 'notchecked', 'Waived': 'waived'}),
                ('Changes', 'changes', {'Change': 'change',
                                        'Serial': 'serial'}),
                ('Accepted risks', 'waivers', {'Rule': 'rule',
                                               'Matches': 'matches'})):
            if sheet not in b.sheets:
                continue
            rows = b.rows(sheet)
            self.same(f'{sheet}: rows', len(self.csv[name]), len(rows))
            for head, key in keys.items():
                self.same(f'{sheet}: {head}', Counter(
                    r[key] for r in self.csv[name]), Counter(
                    str(int(r[head])) if isinstance(r.get(head), float)
                    else r.get(head, '') for r in rows))
        for sheet in ('Rules', 'Clients'):
            self.shown_rates(sc, b, sheet)
        self.same('Not measured: rows', [
            (f, n, ';'.join(r)) for f, n, r in self.gaps(sc)],
            [(r['Fact'], int(r['Devices']), r['Rules'])
             for r in b.rows('Not measured')])

    def shown_rates(self, sc, b, sheet):
        """Rates as a spreadsheet shows them are those of the page."""
        if sheet not in b.sheets:
            return
        cells = b.sheets[sheet]
        col = {v: c for (r, c), v in cells.items() if r == 0}
        rates = {r['rule']: tuple(int(r[k]) for k in (
            'pass', 'fail', 'unknown', 'notchecked', 'error'))
            for r in self.csv['rules']} if sheet == 'Rules' else {
            name: (t['pass'], t['fail'], sum(t[k] for k in OPEN), 0, 0)
            for name, _, one in self.client_rows(sc) for t in [one.rates()]}
        for (r, c), name in cells.items():
            if c == 0 and r > 0 and name in rates:
                p, f, *open_ = rates[name]
                for head, x in (('Pass rate', share(p, f)),
                                ('Coverage', share(p + f, sum(open_)))):
                    self.same(f'{sheet}: {name}: {head} as shown',
                              percents(x), b.percent(sheet, (r, col[head])))

    # --------------------------------------------------------------- html --

    def html(self, sc, path):
        self.page = Page(path)
        self.sc = sc
        for part in (self.opening, self.change, self.clients, self.ways,
                     self.fixes, self.overdue, self.cannot, self.macs,
                     self.checks, self.gap_section, self.accepted, self.method,
                     self.moving):
            part(sc, self.page)
        self.uncounted(self.page)
        self.bars(sc, self.page)
        self.data(sc, path)

    def cells(self, caption, drop=('quiet', 'id')):
        """Texts of a table, each row without the cells of pictures."""
        rows = self.page.table(caption)
        if rows is None:
            return None
        return [[c.own(*drop) for c in r if 'barcol' not in c.classes]
                for r in rows]

    def opening(self, sc, page):
        v, n = sc.verdicts(sc.macs), len(sc.macs)
        silent = sum(m['stale'] for m in sc.macs.values())
        before = sc.verdicts(sc.macs_before)
        fine = v['clean'] + v['partial']
        meta = page.mark(page.root.one('p', 'meta'))
        self.claims('page: head', re.sub(r' · compared with .*', '',
                    re.sub(r', as of \d+ \w+ \d+', '', meta.text())),
                    [(r'^(\S+) Mac', num(n))])
        said = page.mark(page.by_id('verdict-h')).text()
        more = page.mark(page.root.one('p', 'lead')).text()
        change = []
        d = v['at-risk'] - before['at-risk']
        if sc.macs_before and sc.use != 'migration':
            change.append((r'As many at risk as in [^\s,.]+' if d == 0 else
                           r'(\S+) (?:more|fewer) at risk than in [^,.]+',
                           *([num(abs(d))] if d else [])))
            grown = n - len(sc.macs_before)
            if grown:
                change.append((r', on (\S+) (?:more|fewer) Mac',
                               num(abs(grown))))
        if sc.use == 'migration':
            r = self.ready(sc)
            self.sentence('page', sc, said)
            open_ = [(r'For (\S+) it is not known', num(r['unknown']))]
            self.claims('page: lead', more, [
                (r'^(\S+) can be prepared', num(r['action-first']))]
                + (open_ if r['unknown'] else []))
            self.rows('page: readiness', [
                (w, num(r[k]), percents(Fraction(r[k], n)))
                for k, w in READY.items()], [
                    c[:3] for c in self.cells(
                        'Macs by readiness for the move')])
            return
        self.sentence('page', sc, said)
        lead = [(r'on (\S+) Macs? \(([\d.]+ %)\)', num(fine),
                 percents(Fraction(fine, n)))]
        if v['partial'] and v['clean']:
            lead.append((r'on (\S+) of them in what', num(v['partial'])))
        if sc.use == 'client' and v['at-risk'] and v['undetermined']:
            lead.append((r'For (\S+) Macs? it is not known',
                         num(v['undetermined'])))
        if v['attention']:
            lead.append((r'(\S+) Macs? ha(?:s|ve) something to tidy',
                         num(v['attention'])))
        if silent:
            lead.append((r'(\S+) Macs? no longer report', num(silent)))
        self.claims('page: lead', more, lead + change)
        self.verdict_table(sc, v, before)
        self.cards(sc, page, v, before, silent)
        self.rates(sc, page)

    def verdict_table(self, sc, v, before):
        n = len(sc.macs)
        self.rows('page: verdicts', [
            (w, num(v[k]), percents(Fraction(v[k], n)))
            + ((signed(v[k] - before[k]),) if sc.before else ())
            for k, w in VERDICTS.items()],
            [c[:-1] for c in self.cells('Macs by verdict', ('id',))])

    def cards(self, sc, page, v, before, silent):
        box = page.mark(page.root.one('ul', 'cards'))
        if box is None:
            return
        fine = v['clean'] + v['partial']
        was = before['clean'] + before['partial']
        late = len({f['device_id'] for f in sc.late()})
        since = f' since {sc.before["period"]}' if sc.macs_before else ''
        want = [(num(v['at-risk']), v['at-risk'] - before['at-risk']),
                (num(v['undetermined']),
                 v['undetermined'] - before['undetermined']),
                (num(fine), fine - was), (num(late), None), (num(silent), None)]
        for (n, d), li in zip(want, box.all('li')):
            word = li.one('span').text()
            self.same(f'page: card: {word}', n, li.one('b').text())
            small = li.one('small')
            if d is not None:
                self.same(f'page: card: {word}: change',
                          signed(d) + since if since else '',
                          small.text() if small else '')
            elif word == 'not reporting' and silent:
                self.same('page: card: silent share', {
                    p + ' of all' for p in percents(
                        Fraction(silent, len(sc.macs)))}, small.text())

    def rates(self, sc, page):
        a = sc.rates()
        p = page.mark(page.root.one('p', 'rates'))
        if p is None:
            self.same('page: rates', 0, a['pass'] + a['fail'])
            return
        answered = a['pass'] + a['fail']
        open_ = sum(a[k] for k in OPEN)
        claims = [(r'Of (\S+) checks on these Macs ([\d.]+ %)',
                   num(answered + open_), percents(share(answered, open_))),
                  (r'; ([\d.]+ %) of those', percents(share(a['pass'],
                                                            a['fail'])))]
        if a['pass'] + a['fail'] > a['waived fail'] > 0:
            claims.append((r'\(([\d.]+ %) with accepted',
                           percents(share(a['pass'], a['fail']
                                          - a['waived fail']))))
        claims.append((r'The rest, (\S+) not known and (\S+) not measured',
                       num(a['unknown'] + a['stale']), num(a['notchecked'])))
        self.claims('page: rates', p.text(), claims)

    def change(self, sc, page):
        box = page.by_id('change')
        if box is None or not sc.before:
            return
        kinds = defaultdict(set)
        for change, device, rule, _, was, now in sc.changes():
            if change == 'open' or sc.ids()[rule] not in sc.counted:
                continue
            if (now == 'unknown'
                    and change in ('new', 'reopened', 'worse')):
                change = 'questions'
            elif was == 'unknown' and change == 'resolved':
                change = 'answered'
            kinds[change].add(device)
        got = [(CHANGES.get(c[0], c[0]), c[1]) for c in
               self.cells('Macs on which something changed')]
        if got == [('No changes', '0')]:
            got = []
        self.rows('page: changes', [(c, num(len(d))) for c, d in kinds.items()],
                  got)
        now, then, n = sc.both()
        for p in box.all('p'):
            text = p.text()
            if text.startswith('Over the'):
                page.mark(p)
                self.claims('page: change', text, [
                    (r'Over the (\S+) checks', num(n)),
                    (r', ([\d.]+ %) of the answers', percents(now)),
                    (r'and ([\d.]+ %) did before', percents(then)),
                    (r': (.*)\.', points(now - then, ' points'))])
            elif text.startswith('New in the exports'):
                page.mark(p)
                self.claims('page: change', text, self.came(sc))
            elif text.startswith('* judged by other rules'):
                page.mark(p)
        trend = self.trend(sc)
        self.rows('page: trend', [
            (p, num(v['at-risk']), num(v['undetermined']), num(v['attention']),
             num(v['partial']), num(v['clean']), num(n))
            for p, n, v, _ in trend],
            self.cells('Macs by verdict, period by period'))
        self.same('page: columns of the chart', len(trend), len(
            [t for t in page.root.one('svg', 'trend').all('text')
             if 'tick' not in t.classes]))

    def came(self, sc):
        new = set(sc.macs) - set(sc.macs_before)
        gone = set(sc.macs_before) - set(sc.macs)
        return [(r'(?:New in the exports|New since \S+): (\S+) Mac',
                 num(len(new))),
                (r'(?:no longer in them|gone since then): (\S+?)\.',
                 num(len(gone)))]

    def clients(self, sc, page):
        rows = self.cells('Clients, those with most at risk first', ('id',))
        if rows is None:
            return
        want = []
        for name, macs, one in self.client_rows(sc):
            v = Counter(m['verdict'] for m in macs)
            t = one.rates()
            now, then, _ = one.both()
            want.append((name, num(len(macs)), num(v['at-risk']),
                         num(v['undetermined']), num(v['attention']),
                         num(v['clean'] + v['partial']),
                         num(sum(m['stale'] for m in macs)),
                         percents(share(t['pass'], t['fail'])),
                         percents(share(t['pass'] + t['fail'],
                                        sum(t[k] for k in OPEN))),
                         points(None if now is None else now - then)))
        self.rows('page: clients', want, rows)
        missing = [p for p in page.by_id('clients').all('p', 'warn')]
        self.same('page: missing clients', self.missing(sc), [
            (p.one('bdi').text(), re.search(r'last in (.*), and',
                                            p.text()).group(1))
            for p in missing])
        for p in missing:
            page.mark(p)
        for svg in page.by_id('clients').all('svg', 'bar'):
            name, said = svg.attrs['aria-label'].rsplit(': ', 1)
            w = next(w for w in want if w[0] == name)
            self.same(f'page: bar of {name}', [
                w[2], w[3], w[4], w[5]], [num(int(x)) for x in re.findall(
                    r'\d+', said)])

    def ways(self, sc, page):
        box = page.by_id('path')
        if box is None:
            if sc.use != 'migration':
                for critical in (True, False):
                    self.same('page: way', 0, len(Way(sc, critical).needs))
            return
        said = iter([p for p in box.all('p') if p.one('strong')])
        for critical, goal in ((True, 'no critical problem'),
                               (False, 'no Mac at risk')):
            way = Way(sc, critical)
            fixes = set().union(*(n for d, n in way.needs.items()
                                  if d not in way.stuck))
            caption = f'The shortest way to {goal}'
            self.same(f'page: way to {goal}', bool(fixes),
                      caption in page.tables)
            if not fixes:
                continue
            claims = [(r'After (\S+) actions? on (\S+) Mac',
                       num(len(fixes)), num(len(way.needs) - len(way.stuck)))]
            if way.stuck:
                claims.append((r'for (\S+) Macs? without a known',
                               num(len(way.stuck))))
            if way.kept():
                claims.append((r'for (\S+) Macs? with an accepted',
                               num(way.kept())))
            self.claims(f'page: way to {goal}', page.mark(next(said)).text(),
                        claims)
            self.steps(f'page: way to {goal}', way, [
                (self.fix_of(r[0]), int(r[3].replace(',', '')),
                 int(r[4].replace(',', ''))) for r in self.cells(caption)])

    def fix_of(self, title):
        return next((i for i, m in self.store.remedies.items()
                     if m['title'] == title), title)

    def steps(self, what, way, got):
        """The order of a way: each number, and that nothing is left over."""
        fixes = set().union(*(n for d, n in way.needs.items()
                              if d not in way.stuck)) if way.needs else set()
        self.same(f'{what}: actions', sorted(fixes),
                  sorted(r for r, _, _ in got))
        done = set()
        for fix, macs, left in got:
            done.add(fix)
            self.same(f'{what}: {fix}: Macs', sum(
                fix in n for d, n in way.needs.items()
                if d not in way.stuck), macs)
            self.same(f'{what}: {fix}: then left', way.left(done), left)
        self.same(f'{what}: all left', len(way.stuck), way.left(done))
        for fix, _, _ in got:
            self.same(f'{what}: without {fix}', True,
                      way.left(done - {fix}) > len(way.stuck))
        self.greedy(what, way, [r for r, _, _ in got])

    def greedy(self, what, way, order):
        """Actions that finish Macs together come together, and no other set
        that a Mac needs would have finished more for each action."""
        sets = [frozenset(n) for d, n in way.needs.items()
                if d not in way.stuck]
        done, at = frozenset(), 0

        def gain(extra):
            return Fraction(sum(s <= done | extra for s in sets)
                            - sum(s <= done for s in sets), len(extra))
        while at < len(order):
            best = max(gain(x - done) for x in set(sets) if x - done)
            ends = [e for e in range(at + 1, len(order) + 1)
                    if gain(frozenset(order[at:e])) == best]
            self.same(f'{what}: step {at + 1} is a good one', True,
                      bool(ends))
            end = ends[0] if ends else at + 1
            batch = frozenset(order[at:end])
            done |= batch
            at = end

    def fixes(self, sc, page):
        macs = self.actions(sc)
        fresh, worst = defaultdict(set), Counter()
        for f in sc.fails():
            worst[f['remedy']] = max(worst[f['remedy']], RANK[f['severity']])
            if f['state'] in ('new', 'reopened'):
                fresh[f['remedy']].add(f['device_id'])
        shown = [li for li in page.root.all('li', 'action')]
        self.same('page: actions', sorted(macs),
                  sorted(li.attrs['id'][4:] for li in shown))
        order = sorted(macs, key=lambda r: (-worst[r], -len(macs[r]), r))
        self.same('page: order of actions', order,
                  [li.attrs['id'][4:] for li in shown])
        for li in shown:
            fix = page.mark(li).attrs['id'][4:]
            n = len(macs[fix])
            self.same(f'page: {fix}: Macs', plural(n, 'Mac'),
                      li.one('p', 'count').text())
            hours = self.store.remedies[fix]['minutes'] * n // 60
            tags = [t.text() for t in li.one('p', 'tags').all('span', 'tag')]
            self.same(f'page: {fix}: tags',
                      ([f'{num(len(fresh[fix]))} new'] if fresh[fix] else [])
                      + ([f'about {num(hours)} h in all'] if hours else []),
                      [t for t in tags if re.search(r'\d', t)])
            self.same(f'page: {fix}: severity', {
                'Critical', 'High', 'Medium', 'Low', 'Note'} and
                {'critical': 'Critical', 'high': 'High', 'medium': 'Medium',
                 'low': 'Low', 'info': 'Note'}[SEVERITIES[worst[fix]]],
                li.one('p', 'tags').one('span', 'mark').text())
            serials = [s for p in li.all('pre', 'serials')
                       for s in p.raw().split()]
            want = sorted(self.store.serial[d] for d in macs[fix])
            if n <= 2000:
                self.same(f'page: {fix}: serials', want, sorted(serials))
            people = [p.one('code').text() for p in
                      li.one('ul', 'people').all('li')]
            self.same(f'page: {fix}: people', min(n, 25), len(set(people)))
            self.same(f'page: {fix}: people have it', True,
                      set(people) <= set(want))
            self.rest(f'page: {fix}: more people', li.one('details', 'who'),
                      n - 25)
        rows = self.cells('Next steps, worst first')
        if rows is not None and macs:
            self.rows('page: next steps', [
                (self.store.remedies[r]['title'], num(len(m)))
                for r, m in macs.items()], [(r[0], r[2]) for r in rows])

    def rest(self, what, box, left):
        """A list says how much it has no room for, and only then."""
        said = [p for p in box.all('p') if re.match(r'and \S+ more', p.text())]
        for p in said:
            self.page.mark(p)
        self.same(what, [num(left)] if left > 0 else [],
                  [p.text().split()[1] for p in said])

    def overdue(self, sc, page):
        box = page.by_id('overdue')
        if box is None:
            return
        late = sc.late()
        said = page.mark(next(box.all('p')))
        macs = {f['device_id'] for f in late}
        if not late:
            self.same('page: overdue', 'Nothing has been open too long.',
                      said.text())
            return
        self.claims('page: overdue', said.text(), [
            (r'On (\S+) Mac', num(len(macs))),
            (r'more than 14 days where critical, 30 where high, 90 where '
             'medium',)])
        lines = defaultdict(list)
        for f in late:
            lines[f['device_id'], f['remedy']].append(f)
        want = []
        for (d, fix), fs in lines.items():
            top = max(RANK[f['severity']] for f in fs)
            days = max((sc.as_of - f['first_seen']) // 86400 for f in fs
                       if RANK[f['severity']] == top)
            want.append((top, days, self.store.serial[d],
                         (self.store.remedies.get(fix) or {}).get('title', ''),
                         {f['rule']['title'] for f in fs
                          if RANK[f['severity']] == top
                          and (sc.as_of - f['first_seen']) // 86400 == days}))
        want.sort(key=lambda w: (-w[0], -w[1]))
        rows = page.table('Open too long, worst and oldest first')
        words = ['Note', 'Low', 'Medium', 'High', 'Critical']
        got = [(words.index(r[0].text()), int(r[5].text().replace(',', '')),
                r[1].one('code').text(), r[4].text(), r[3].text())
               for r in rows]
        self.same('page: overdue: rows', min(40, len(want)), len(got))
        self.same('page: overdue: severities and days',
                  [w[:2] for w in want[:40]], [g[:2] for g in got])
        known = {(w[0], w[1], w[2], w[3]): w[4] for w in want}
        for g in got:
            self.same(f'page: overdue: {g[2]}: {g[3]}',
                      known.get(g[:4], {'no such line'}), g[4])
        self.rest('page: overdue: the rest', box, len(want) - 40)

    def cannot(self, sc, page):
        rows = self.cells('What Macs cannot do now', ())
        if rows is None:
            return
        lost, perhaps = Counter(), Counter()
        for r in self.csv['devices']:
            gone = set(filter(None, r['cannot_do'].split(';')))
            lost.update(gone)
            perhaps.update(set(filter(None, r['cannot_do_perhaps'].split(';')))
                           - gone)
        n = len(sc.macs)
        want = Counter((num(lost[c]), num(perhaps[c]),
                        tuple(sorted(percents(Fraction(lost[c], n)))))
                       for c in lost | perhaps)
        got = Counter()
        for r in rows:
            if r[0] != 'Nothing':
                got[r[1], r[3], (r[2],)] += 1
        self.same('page: cannot: rows', sum(want.values()), sum(got.values()))
        for k, times in got.items():
            self.same(f'page: cannot: {k[0]} and perhaps {k[1]}', True, any(
                w[:2] == k[:2] and k[2][0] in w[2] for w in want))
        self.same('page: cannot', Counter(k[:2] for k in want.elements()),
                  Counter(k[:2] for k in got.elements()))

    def macs(self, sc, page):
        box = page.by_id('static-macs')
        if box is None:
            return
        lines = defaultdict(lambda: defaultdict(list))
        for f in sc.findings:
            kind = f['rule']['kind']
            if kind in ('counted', 'cause'):
                lines[self.store.serial[f['device_id']]][
                    f['result'], f['remedy']].append(f)
        shown = min(500, len(sc.macs))
        first = page.mark(next(box.all('p')))
        self.claims('page: Macs', re.sub(r'Every Mac is in.*', '',
                                         first.text()),
                    [(r'(\S+) of (\S+)\.', num(shown), num(len(sc.macs)))])
        tags = list(box.all('li', 'mac'))
        self.same('page: Macs: shown', shown, len(tags))
        verdict = {self.store.serial[d]: m['verdict']
                   for d, m in sc.macs.items()}
        for li in tags:
            serial = page.mark(li).one('code', 'serial').text()
            self.same('page: Mac: verdict', VERDICTS[verdict[serial]],
                      li.one('span', 'verdict-tag').text())
            want = []
            for (result, fix), fs in lines[serial].items():
                if any(f['rule']['kind'] == 'counted' for f in fs):
                    title = (self.store.remedies.get(fix) or {}).get(
                        'title', '')
                    want.append((result == 'unknown', title, len(fs) - 1))
            got = []
            for line in li.one('ul', 'lines').children:
                if not hasattr(line, 'tag'):
                    continue
                more = re.search(r'and (\d+) more with this fix', line.text())
                fix = line.one('span', 'fix')
                got.append((line.one('span', 'mark').text() == 'Not known',
                            fix.text() if fix else '',
                            int(more.group(1)) if more else 0))
            self.same('page: Mac: lines', sorted(want), sorted(got))

    def checks(self, sc, page):
        caption = 'Checks with the Macs or accounts that pass and fail'
        rows = page.table(caption)
        if rows is None:
            return
        told = {r['rule']: r for r in self.csv['rules']
                if r['kind'] == 'counted'}
        heads = [h for h in page.heads(caption)
                 if h not in ('Results', 'Severity')]
        self.same('page: checks', sorted(told), sorted(
            r[0].one('span', 'id').text() for r in rows))
        for r in rows:
            rule = r[0].one('span', 'id').text()
            t = told[rule]
            got = dict(zip(heads, [c.text() for c in r
                                   if 'barcol' not in c.classes
                                   and c.one('span', 'mark') is None]))
            p = share(int(t['pass']), int(t['fail']))
            cover = share(int(t['pass']) + int(t['fail']),
                          int(t['unknown']) + int(t['notchecked'])
                          + int(t['error']))
            for head, want in (
                    ('Fail', num(int(t['fail']))),
                    ('Not known', num(int(t['unknown']))),
                    ('Not measured', num(int(t['notchecked']))),
                    ('Pass', num(int(t['pass']))),
                    ('Does not apply', num(int(t['notapplicable']))),
                    ('Pass rate', percents(p)), ('Answered', percents(cover))):
                self.same(f'page: check {rule}: {head}', want, got[head])
            if sc.before:
                now, then = sc.tally(sc.run)[rule], sc.tally(sc.before)[rule]
                a = share(now['pass'], now['fail'])
                b = share(then['pass'], then['fail'])
                self.same(f'page: check {rule}: change', points(
                    None if a is None or b is None else a - b),
                    got['Change in points'])
            waived = re.search(r'(\S+) accepted', r[0].text())
            self.same(f'page: check {rule}: accepted', num(int(t['waived'])),
                      waived.group(1) if waived else '0')

    def gap_section(self, sc, page):
        box = page.by_id('gaps')
        if box is None:
            return
        a = sc.rates()
        first = page.mark(next(box.all('p')))
        self.claims('page: gaps', first.text(), [
            (r'(\S+) checks could not be made', num(a['notchecked']))]
            if a['notchecked'] else [])
        wanted = json.loads(sc.run['policy'])['general'].get('required', [])
        lacks = [(r['title'], int(r['notchecked']) + int(r['error']),
                  'account' if r['scope'] == 'account' else 'Mac')
                 for r in self.csv['rules'] if r['rule'] in wanted]
        self.same('page: must be measured', [
            f'{title}, on {plural(n, what)}.'
            for title, n, what in lacks if n], [
            page.mark(p).own('id').split(': ', 1)[1].replace(' ,', ',')
            for p in box.all('p')
            if p.text().startswith('Must be measured')])
        n = Counter()
        for g in sc.mine(self.store.gap, sc.run):
            if g['rule_no'] in sc.counted:
                n[sc.rules[g['rule_no']]['title'], g['fact'].replace(
                    '|', ' or ').replace(',', ' and ')] += g['devices']
        rows = [r for r in self.cells(
            'Checks that lack facts, most Macs first') if r[0] != 'None']
        self.rows('page: gaps', [
            (*k, num(v), percents(Fraction(v, len(sc.macs))))
            for k, v in n.items()],
            [(r[0], r[2], r[3], r[4]) for r in rows], 2)
        most = Counter()
        for (title, _), v in n.items():
            most[title] = max(most[title], v)
        ranked = []
        for li in box.one('ol', 'supplies').all('li'):
            text = page.mark(li).one('p', 'gain').text()
            m = re.match(r'would answer (\S+) open questions?: (\S+) checks?, '
                         r'on up to (\S+) Mac', text)
            checks, rules, macs = (int(x.replace(',', ''))
                                   for x in m.groups())
            ranked.append(checks)
            self.same('page: supplies: no more than lack it', True,
                      macs <= checks <= rules * macs
                      and checks <= sum(n.values()) and rules <= len(most)
                      and macs <= max(most.values()))
        self.same('page: supplies: order', sorted(ranked, reverse=True),
                  ranked)
        said = [li for li in box.one('ul', 'conflicts').all('li')
                if li.one('code')]
        keys = {(c['device_id'], c['account'], c['fact'])
                for c in self.store.conflict
                if c['period_id'] == sc.run['period_id']
                and c['device_id'] in sc.macs}
        page.mark(box.one('ul', 'conflicts'))
        self.same('page: conflicts', min(30, len(keys)), len(said))
        self.rest('page: conflicts: the rest', box, len(keys) - 30)

    def accepted(self, sc, page):
        box = page.by_id('accepted')
        if box is None:
            return
        rows = self.cells('Accepted risks')
        found = Counter((f['waiver']) for f in sc.findings_all
                        if f['waiver'] is not None)
        if rows is None:
            self.same('page: accepted', 0, len(self.csv['waivers']))
            return
        self.same('page: accepted: rows', len(self.csv['waivers']), len(rows))
        self.same('page: accepted: findings', Counter(
            (r['state'], num(int(r['matches']))) for r in self.csv['waivers']),
            Counter((r[6], r[7]) for r in rows))
        ids = {w['waiver_id'] for w in self.store.waiver
               if w['period_id'] == sc.run['period_id']}
        self.same('page: accepted: sum', sum(found[i] for i in ids),
                  sum(int(r['matches']) for r in self.csv['waivers']))

    def method(self, sc, page):
        files = page.table('Files that were judged')
        sums = [[int(c.text().replace(',', '')) for c in r[2:6]]
                for r in files]
        total = [sum(s) for s in zip(*sums)] or [0] * 4
        known = {i['sha256']: i for i in sc.imports()}
        for r, s in zip(files, sums):
            i = known.get(r[6].text())
            self.same('page: file', i and [i['records'], i['accepted'],
                                           i['rejected'], i['left_out']], s)
            self.same('page: file: sum', s[0], sum(s[1:]))
        if sc.client is None:
            self.same('page: files', len(sc.imports()), len(files))
        read = {r[0].text(): r[1].text()
                for r in page.table('Records that were read')}
        self.same('page: read', [num(x) for x in total[1:] + total[:1]],
                  list(read.values()))
        self.same('page: files read', True, re.search(
            rf'Read from {num(len(files))} files?$', list(read)[-1])
            is not None)
        ids = {i['import_id'] for i in sc.imports()}
        rows = [r['device_id'] for r in self.store.device_row
                if r['import_id'] in ids and r['device_id'] in sc.macs]
        known = len(set(rows))
        self.same('page: judged', [
            num(len(rows)), '\u2212' + num(len(rows) - known),
            '+' + num(len(sc.macs) - known), num(len(sc.macs))],
            [r[1].text() for r in page.table('Macs that were judged')])
        for p in page.by_id('method').all('p', 'quiet'):
            if p.text().startswith('With '):
                self.population(sc, page.mark(p))
            elif ' named): ' in p.text():
                page.mark(p)
        for p in page.by_id('method').all('p'):
            if p.text().startswith('By '):
                self.expected(sc, page.mark(p))

    def population(self, sc, p):
        claims = [(r'With (\S+) account', num(len(self.csv['accounts'])))]
        if sc.before:
            claims += [(r'New since [^:]+: (\S+) Mac',
                        num(len(set(sc.macs) - set(sc.macs_before)))),
                       (r'gone since then: (\S+?)\.',
                        num(len(set(sc.macs_before) - set(sc.macs))))]
        if sc.client is None and sc.run['replaced']:
            claims.append((r'replaced by newer ones: (\S+?)\.',
                           num(sc.run['replaced'])))
        if sc.client is None and sc.run['unjoined']:
            claims.append((r'set aside: (\S+?)\.', num(sc.run['unjoined'])))
        self.claims('page: population', p.text(), claims)

    def expected(self, sc, p):
        rows = [e for e in self.store.expectation
                if e['period_id'] == sc.run['period_id']
                and sc.client in (None, e['client'])]
        want = [num(sum(e[k] for e in rows)) for k in
                ('expected', 'found', 'missing', 'unexpected')]
        m = re.search(r': (\S+) Macs? expected, (\S+) of them reported, (\S+) '
                      r'missing\. (\S+) reported', p.text())
        self.same('page: expected', want, list(m.groups()) if m else p.text())

    # ---------------------------------------------------------- migration --

    def moving(self, sc, page):
        if sc.use != 'migration':
            return
        self.blockers(sc, page)
        self.open_facts(sc)
        order = 'ready action-first hands-on blocked unknown'.split()

        def row(rs):
            c = Counter(r['readiness'] or 'unknown' for r in rs)
            return tuple(num(x) for x in [len(rs)] + [c[k] for k in order])
        sites, systems = defaultdict(list), defaultdict(list)
        chips = {'apple': 'Apple silicon', 't2': 'Intel with T2',
                 'intel': 'Intel', '': 'chip not known'}
        for r in self.csv['devices']:
            sites[r['client'], r['site'] or 'no site named'].append(r)
            os = re.match(r'(\d+)\.?', r['os_version'])
            systems[f'macOS {os.group(1)}' if os else 'macOS not known',
                    chips[r['chip']]].append(r)
        rows = self.cells('By system version and chip', ())
        self.rows('page: systems', [(*k, *row(rs))
                                    for k, rs in systems.items()], rows, 2)
        rows = [r[:-1] for r in self.cells('By client and site', ())]
        want = [(*k, *row(rs)) for k, rs in sites.items()]
        if len(want) > 60:
            self.same('page: sites: shown', 60, len(rows))
            self.rest('page: sites: the rest', page.by_id('groups'),
                      len(want) - 60)
            want = [w for w in want if any(tuple(r[:2]) == w[:2]
                                           for r in rows)]
        else:
            self.rest('page: sites: the rest', page.by_id('groups'), 0)
        self.rows('page: sites', want, rows, 2)
        words = {s['serial']: READY[s['readiness'] or 'unknown']
                 for s in self.csv['devices']}
        rows = page.table('Checks before a move, least ready first')
        self.same('page: checklist: rows', min(200, len(words)), len(rows))
        least = list(READY.values())
        self.same('page: checklist: least ready first', sorted(
            words.values(), key=least.index)[:200],
            [r[2].text() for r in rows])
        steps = {s['serial']: s['next_step'] for s in self.csv['devices']}
        for r in rows:
            serial = r[0].one('code').text()
            self.same('page: checklist: Mac', (words[serial], steps[serial]),
                      (r[2].text(), r[9].text()))
        self.fleet(sc)
        self.moved(sc)

    def moved(self, sc):
        """Checks after the move, on the Macs that they apply to."""
        now = sc.tally(sc.run)
        want = []
        for rule in ('MIG-11', 'MIG-12', 'MIG-13'):
            words = Counter(m[rule] for m in self.csv['matrix'])
            silent = {r['serial'] for r in self.csv['devices']
                      if r['not_reporting'] == 'true'}
            stale = sum(m[rule] == 'pass' and m['serial'] in silent
                        for m in self.csv['matrix'])
            if sum(words.values()) > words['notapplicable']:
                want.append((
                    sc.rules[sc.ids()[rule]]['title'], num(words['fail']),
                    num(words['unknown'] + words['notchecked'] + stale),
                    num(words['pass'] - stale)))
        rows = self.cells('Macs that have moved, or should have')
        if rows is None:
            self.same('page: moved', [], want)
        else:
            self.rows('page: moved', want, [
                (r[0], r[2], r[4], r[3]) for r in rows])

    def blockers(self, sc, page):
        """By cause from the reasons that the devices report gives each Mac,
        and the fix that its finding asks for."""
        by = defaultdict(list)
        for f in sc.findings:
            if f['result'] == 'fail':
                by[self.store.serial[f['device_id']],
                   f['rule']['title']].append(f)
        macs = defaultdict(set)
        ready = {}
        for r in self.csv['devices']:
            serial = r['serial']
            ready[serial] = r['readiness']
            if r['readiness'] in ('', 'ready'):
                continue
            for title in filter(None, r['readiness_reasons'].split(' | ')):
                fs = [f for f in by[serial, title] if f['waiver'] is None]
                if fs or not by[serial, title]:     # else all is accepted
                    macs[title, self.fix_for(sc, r, title, fs)].add(serial)
        want = [(*k, num(len(m)), num(sum(ready[s] == 'blocked' for s in m)),
                 num(sum(ready[s] == 'hands-on' for s in m)))
                for k, m in macs.items()]
        rows = [(r[0], r[1], *r[4:]) for r in self.cells(
            'Causes, what blocks first') if r[0] != 'Nothing that was measured']
        self.rest('page: blockers: the rest', page.by_id('blockers'),
                  len(want) - 40)
        if len(want) > 40:
            self.same('page: blockers: shown', 40, len(rows))
            want = [w for w in want if w[:2] in {r[:2] for r in rows}]
        self.rows('page: blockers', want, rows, 2)

    # Where the facts alone are a reason and no rule failed.
    BY_FACT = {'MIG-02': 'R13', 'BT-01': 'R0', 'BT-02': 'R9', 'BT-03': 'R11',
               'BT-04': 'R11', 'BT-05': 'R19', 'FV-02': 'R8', 'FV-03': 'R8'}

    def by_fact(self, sc, mac, title):
        rule = next(r['id'] for r in sc.rules.values() if r['title'] == title)
        if rule != 'ST-05':
            return self.store.remedies[self.BY_FACT[rule]]['title']
        device = next(d['device_id'] for d in self.store.device
                      if d['serial'] == mac['serial'])
        fact = self.store.fact[device]
        state = mac['bootstrap_state']
        no = (state in ('unsupported', 'absent')
              or fact['mdm_enrolled'] == 0)
        if fact['os'] is not None and fact['os'] < 101300:
            fix = 'R19'
        elif state in ('proven', 'claimed') and not no:
            fix = 'R2'
        else:
            fix = {'D': 'R5', 'E': 'R14' if no else 'R2'}.get(
                mac['repair_path'])
        return self.store.remedies[fix]['title'] if fix else ''

    def fix_for(self, sc, mac, title, fs):
        """The fix of the worst finding of a reason; a system that cannot be
        brought to the version needed is moved another way, and a Mac that is
        silent must be found first."""
        if not fs:
            return self.by_fact(sc, mac, title)
        worst = min(fs, key=lambda f: (-RANK[f['severity']], f['account']))
        rule = worst['rule']['id']
        fix = ('R13' if rule == 'MIG-01' and mac['readiness'] == 'blocked' else
               'R17' if rule == 'ENR-01' and mac['not_reporting'] == 'true'
               else worst['remedy'])
        return self.store.remedies[fix]['title']

    def open_facts(self, sc):
        n = Counter()
        for r in self.csv['devices']:
            if (r['readiness'] or 'unknown') == 'unknown':
                n.update(filter(None, r['readiness_open'].split(', ')))
        self.rows('page: to find out', [(f, num(c)) for f, c in n.items()], [
            r for r in self.cells(
                'To find out first: Macs whose readiness is not known')
            if r[0] != 'Nothing'])

    def fleet(self, sc):
        """Tasks of the fleet by the matrix."""
        told = {r['id']: r for r in sc.rules.values()}
        tasks = {told[r['id']]['title']: r['id'] for r in self.store.rule
                 if r['id'] in told and r['id'] in {
                     told_['id'] for m in self.store.move_rule
                     if m['level'] == 'checklist'
                     for told_ in [sc.all_rules[m['rule_no']]]
                     if m['period_id'] == sc.run['period_id']}}
        silent = {r['serial'] for r in self.csv['devices']
                  if r['not_reporting'] == 'true'}
        for r in self.page.table('Before the first Mac moves'):
            cells = [c.own('quiet', 'id') for c in r]
            if cells[0] not in tasks:
                self.same(f'page: task: {cells[0]}', '', cells[2] + cells[3])
                continue
            rule = tasks[cells[0]]
            words = Counter()
            for m in self.csv['matrix']:
                w = m[rule]
                words['unknown' if w == 'pass' and m['serial'] in silent
                      else w] += 1
            open_ = words['unknown'] + words['notchecked']
            if rule == 'MIG-07':
                open_ += words['notapplicable']
            self.same(f'page: task: {rule}', (
                num(words['fail'] + words['informational']), num(open_)),
                (cells[2], cells[3]))

    # ------------------------------------------------------- for the script --

    def drawn(self, what, want, got):
        """Lengths, but for what is given to parts too small to be seen."""
        self.same(f'{what}: parts', [k for k, _ in want], [k for k, _ in got])
        for (k, x), (_, y) in zip(want, got):
            self.same(f'{what}: {k}', round(x, 1),
                      round(x if abs(x - y) < 1.5 else y, 1))
        self.same(f'{what}: all', round(sum(x for _, x in want)),
                  round(sum(y for _, y in got)))

    def bars(self, sc, page):
        """Bars are as long as the numbers say, and their texts say them."""
        v, r, n = sc.verdicts(sc.macs), self.ready(sc), len(sc.macs)
        move = sc.use == 'migration'
        parts = {'risk': r['blocked'], 'tidy': r['hands-on'],
                 'low': r['action-first'], 'unknown': r['unknown'],
                 'clean': r['ready']} if move else {
            'risk': v['at-risk'], 'unknown': v['undetermined'],
            'tidy': v['attention'], 'partial': v['partial'],
            'clean': v['clean']}
        for svg in page.root.one('div', 'meter').all('svg'):
            self.drawn('page: bar of all', [(k, x * 100 / n) for k, x in
                                            parts.items() if x],
                       [(b.classes[0][2:], float(b.attrs['width'][:-1]))
                        for b in svg.all('rect') if 'f-none' not in b.classes])
        chart = page.root.one('svg', 'trend')
        if chart is not None:
            codes = {'risk': 'at-risk', 'unknown': 'undetermined',
                     'tidy': 'attention', 'partial': 'partial',
                     'clean': 'clean'}
            want = [(k, v[c] * 160 / n)
                    for _, n, v, _ in self.trend(sc)
                    for k, c in codes.items() if v[c]]
            self.drawn('page: columns', want, [
                (b.classes[0][2:], float(b.attrs['height']))
                for b in chart.all('rect')])
        for row in page.root.all('tr'):
            svg = row.one('svg', 'bar')
            cells = [c for c in row.children if hasattr(c, 'tag')]
            if svg is None or page.tables.get(
                    'Clients, those with most at risk first') is (
                    row.parent.parent):
                continue
            said = re.findall(r'\d+', svg.attrs['aria-label'])
            text = [re.sub(r'\D', '', c.text()) for c in cells]
            told = svg.attrs['aria-label']
            want = [text[i] for i in (
                (2, 4) if told.endswith('not known yet') else   # cannot
                (3, 4, 5, 6) if told.endswith('pass') else      # checks
                (4, 2))]                                        # systems
            self.same('page: bar of a row', want, said)

    def data(self, sc, path):
        """What the script filters and counts: the Macs and their lines."""
        with open(path, encoding='utf-8') as f:
            text = f.read()
        rows = defaultdict(list)
        for kind, block in re.findall(r'<script type="application/json" '
                                      r'data-rows="(\w+)">(.*?)</script>',
                                      text, re.S):
            rows[kind] += json.loads(block)
        words = json.loads(re.search(r'<script type="application/json" '
                                     r'id="words">(.*?)</script>', text,
                                     re.S).group(1))

        def cell(row, i):
            return row[i] if i < len(row) else 0

        def word(table, row, i):
            n = cell(row, i)
            return words[table][n - 1] if n else ''
        told = {r['serial']: r for r in self.csv['devices']}
        self.same('data: Macs', len(told), len(rows['macs']))
        for r in rows['macs']:
            mac = told[r[0]]
            lost = '|'.join(mac[k].replace(';', ' ')
                            for k in ('cannot_do', 'cannot_do_perhaps'))
            self.same('data: Mac', (
                mac['client'], mac['site'], mac['verdict'], int(mac['failed']),
                int(mac['unknown']), mac['readiness'],
                mac['not_reporting'] == 'true', lost),
                (word('clients', r, 4), word('sites', r, 5),
                 word('verdicts', r, 9), cell(r, 15), cell(r, 16),
                 word('readinesses', r, 18), cell(r, 21) == 1,
                 word('losts', r, 17) or '|'))
        want, got = Counter(), Counter()
        by = defaultdict(list)
        for f in sc.findings:
            if f['rule']['kind'] in ('counted', 'cause'):
                by[f['device_id'], f['result'], f['remedy']].append(f)
        for (d, result, fix), fs in by.items():
            counted = [f for f in fs if f['rule']['kind'] == 'counted']
            if counted:
                worst = max(RANK[f['severity']] for f in counted)
                want[self.store.serial[d], result == 'unknown',
                     SEVERITIES[worst], fix, len(fs)] += 1
        for r in rows['lines']:
            got[rows['macs'][r[0]][0], r[2] % 2 == 1,
                words['severities'][r[1]], word('fixes', r, 3),
                len(r[6])] += 1
        self.same('data: lines', sum(want.values()), sum(got.values()))
        self.same('data: lines by Mac and fix', {}, {
            str(k): (want[k], got[k]) for k in want | got
            if want[k] != got[k]})

    # ------------------------------------------------- what is not counted --

    EXEMPT = ('Settings in force',)
    QUIET = re.compile(r'At most \d|at most \d|The first \d|Pass rate:|'
                       r'Configurator')

    def uncounted(self, page):
        """No table, and no sentence with a number, is left over."""
        for caption, t in page.tables.items():
            if t not in page.seen and caption not in self.EXEMPT:
                rows = [r for r in t.all('tr') if r.parent.tag != 'thead']
                if any(re.search(r'\d', r.text()) for r in rows):
                    self.same('page: a table that nobody counts', '', caption)
        for p in page.root.all('p'):
            if (p.parent.tag == 'footer' or page.counted(p)
                    or not re.search(r'\d', p.own('id'))
                    or 'kicker' in p.classes):
                continue
            if not self.QUIET.search(p.text()):
                self.same('page: a sentence that nobody counts', '', p.text())

    # ----------------------------------------------------------- portfolio --

    @staticmethod
    def two_rates(t):
        """What passes, and what could be answered; a dash for none."""
        x, y = (share(t['pass'], t['fail']),
                share(t['pass'] + t['fail'], sum(t[k] for k in OPEN)))
        return [{'\u2013'} if z is None else percents(z) for z in (x, y)]

    def portfolio(self, path):
        self.where = os.path.basename(path)
        m = re.match(r'fleet-(monthly|client|migration)-(.*)-portfolio',
                     self.where)
        sc = next(s for s in self.scopes.values() if s.use == m.group(1)
                  and s.client is None)
        page = Page(path)
        self.page = page
        want, total = [], Counter()
        for name, macs, one in self.client_rows(sc):
            v = Counter(x['verdict'] for x in macs)
            before = [x for x in one.macs_before.values()]
            t = one.rates()
            late = len({f['device_id'] for f in one.late()})
            n = (len(macs), v['at-risk'], v['undetermined'], v['attention'],
                 v['clean'] + v['partial'], late, sum(x['stale'] for x in macs))
            for i, x in enumerate(n):
                total[i] += x
            d = v['at-risk'] - sum(x['verdict'] == 'at-risk' for x in before)
            want.append((name, *(num(x) for x in n), *self.two_rates(t),
                         'first time' if not before else signed(d)))
        rows = [[c.text() for c in r] for r in page.table(
            'Macs of each client, the worst first')]
        self.rows('portfolio', want + [
            ('All clients', *(num(total[i]) for i in range(7)),
             *self.two_rates(sc.rates()), '')], rows)
        said = page.root.one('p', 'verdict').text()
        self.claims('portfolio: sentence', said, [
            (r'^(\S+) of (\S+) Macs? at (\S+) client', num(total[1]),
             num(total[0]), num(len(want))),
            (r'; (\S+) (?:is|are) overdue', num(total[5]))])
        self.same('portfolio: missing', self.missing(sc), [
            (li.one('bdi').text(), li.text().rsplit(', last in ', 1)[1])
            for li in page.root.all('li') if li.one('bdi')])

    # ----------------------------------------------------------- muster path

    def path_command(self, folder, client):
        sc = next((s for s in self.scopes.values() if s.client == client
                   and s.use == 'monthly'), None)
        if sc is None or not sc.macs:
            return
        target = 97.0
        args = [self.muster, 'path', '-d', self.store.path, '--json', '--set',
                f'target_rate={target}']
        args += ['--client', client] if client else []
        self.where = f'path {client or ""}'
        args += ['--period', sc.period]
        doc = json.loads(subprocess.run(args, check=True,
                                        capture_output=True).stdout)
        v = sc.verdicts(sc.macs)
        t = sc.rates()
        self.same('path: Macs', (len(sc.macs), v['at-risk'],
                                 v['undetermined'], sc.period),
                  (doc['devices'], doc['at_risk'], doc['undetermined'],
                   doc['period']))
        for goal, critical in zip(doc['goals'], (True, False)):
            way = Way(sc, critical)
            self.same(f'path: {goal["goal"]}: Macs', (
                len(way.needs) - len(way.stuck), len(way.stuck)),
                (goal['devices'], goal['without_fix']))
            self.same(f'path: {goal["goal"]}: accepted', way.kept(),
                      goal['accepted'])
            self.steps(f'path: {goal["goal"]}', way, [
                (s['remedy'], s['devices'], s['left'])
                for s in goal['steps']])
            for s in goal['steps']:
                self.same('path: minutes', self.store.remedies[s['remedy']][
                    'minutes'] * s['devices'], s['minutes'])
        self.target(sc, doc, t, target)

    def target(self, sc, doc, t, target):
        """The fewest fixes to a pass rate: enough, and none too many."""
        results, macs = Counter(), defaultdict(set)
        for f in sc.fails():
            if f['remedy'] in self.store.remedies:
                results[f['remedy']] += 1
                macs[f['remedy']].add(f['device_id'])
        good, bad = t['pass'], t['fail']

        def rate(fixed):
            return Fraction(good + fixed, good + bad) if good + bad else 1
        goal = Fraction(str(target)) / 100
        need, fixed = 0, 0
        for n in sorted(results.values(), reverse=True):
            if rate(fixed) >= goal:
                break
            fixed, need = fixed + n, need + 1
        steps = doc['goals'][2]['steps']
        self.same('path: target: actions', need, len(steps))
        done = 0
        for s in steps:
            done += results[s['remedy']]
            self.same(f'path: target: {s["remedy"]}', (
                len(macs[s['remedy']]), bad - done),
                (s['devices'], s['left']))
        self.same('path: pass rate', percents(rate(0)),
                  self.shown(doc['pass_rate']))
        self.same('path: reached rate', percents(rate(done)),
                  self.shown(doc['reached_rate']))
        if rate(0) < goal and sum(results.values()) and rate(
                sum(results.values())) >= goal:
            self.same('path: target: reached', True, rate(done) >= goal)
            for s in steps:
                self.same('path: target: one less', True, rate(
                    done - results[s['remedy']]) < goal
                    or results[s['remedy']] < results[steps[0]['remedy']])

    @staticmethod
    def shown(rate):
        return f'{rate:.0f} %' if rate in (0, 100) else f'{rate:.1f} %'


def main():
    r = Recount(sys.argv[1])
    for folder in sys.argv[2:]:
        r.folder(folder)
    if r.wrong:
        print(f'{r.wrong} of {r.numbers} numbers differ')
        return 1
    print(f'{r.numbers} numbers of {r.reports} reports counted again')
    return 0


if __name__ == '__main__':
    sys.exit(main())
