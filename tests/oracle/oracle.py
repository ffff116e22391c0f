#!/usr/bin/python3
"""A second opinion: what every core rule must say about a fleet.

Reads canonical CSV, JSON and JSON Lines files and prints the expected findings
as sorted TSV (rule, serial, account, result, severity). It is written from the
definitions of the facts and of the rules alone, in their order, and shares
nothing with the program: slow, plain, and meant to be read beside them.

  oracle.py --as-of WHEN [--collected WHEN] [--client NAME] FILE...
      --all         every result, pass, notapplicable and notchecked too
      --verdicts    serial, verdict, "not reporting" where it is so
      --tallies     rule, pass, fail, unknown, notapplicable, notchecked
      --explain SERIAL   facts, derived facts and results of one Mac

Unknown is None, everywhere. Where the definitions leave something open a
comment that starts with "Reading:" says what was chosen.
"""
import argparse
import csv
import datetime
import json
import re
import sys

DAY = 86400
YEAR_2001 = 978307200

BOOL, TIME, COUNT, VERSION, TEXT = 'bool', 'time', 'count', 'version', 'text'

# ------------------------------------------------------------- vocabulary --

DEVICE = {
    'serial': TEXT, 'uuid': TEXT, 'mdm_id': TEXT, 'platform': 'mac other',
    'name': TEXT, 'site': TEXT, 'model': TEXT, 'os_build': TEXT,
    'assigned_user': TEXT, 'assigned_email': TEXT, 'asset_tag': TEXT,
    'client': TEXT, 'chip': 'apple t2 intel', 'os_version': VERSION,
    'observed_at': TIME, 'last_checkin': TIME, 'last_boot': TIME,
    'mdm_enrolled': BOOL, 'mdm_server': TEXT,
    'enrollment_type': 'ade manual user none', 'enrolled_by': TEXT,
    'user_approved': BOOL, 'supervised': BOOL, 'in_abm': BOOL,
    'abm_server': TEXT, 'provisional_until': TIME, 'mdm_removable': BOOL,
    'bootstrap_supported': BOOL, 'bootstrap_escrowed_device': BOOL,
    'bootstrap_escrowed_server': BOOL, 'bootstrap_record': BOOL,
    'bootstrap_auth': 'allowed disallowed not_supported',
    'bootstrap_for_updates': BOOL, 'bootstrap_for_kexts': BOOL,
    'eacs_preflight': 'success not_supported unsealed no_token failure',
    'filevault': 'on off encrypting decrypting deferred',
    'deferred_since': TIME, 'recovery_key_present': BOOL,
    'recovery_key_escrowed': BOOL,
    'recovery_key_validity': 'valid invalid unverified',
    'recovery_key_server': TEXT, 'recovery_key_escrowed_at': TIME,
    'recovery_key_exported': BOOL, 'institutional_key': BOOL,
    'icloud_recovery': BOOL, 'escrow_profile': BOOL,
    'unknown_filevault_users': COUNT, 'recovery_lock': BOOL,
    'recovery_lock_known': BOOL, 'firmware_password': BOOL,
    'firmware_password_known': BOOL, 'activation_lock': 'off user organization',
    'activation_bypass_known': BOOL, 'auto_login': BOOL, 'remote_login': BOOL,
    'remote_hands': BOOL, 'needs_kext': BOOL,
    'secure_boot': 'full medium off not_supported',
    'platform_sso': 'none password secure_enclave smartcard',
    'accounts_listed': BOOL, 'holders_listed': BOOL,
}
ACCOUNT = {
    'serial': TEXT, 'uuid': TEXT, 'mdm_id': TEXT, 'account': TEXT,
    'full_name': TEXT, 'uid': COUNT, 'guid': TEXT, 'observed_at': TIME,
    'kind': 'local mobile network system',
    'role': 'primary secondary managed_admin service shared',
    'created_by': 'setup_assistant gui cli mdm platform_sso',
    'admin': BOOL, 'hidden': BOOL, 'disabled': BOOL,
    'person_status': 'active departed', 'secure_token': BOOL,
    'crypto_user': BOOL, 'volume_owner': BOOL, 'filevault_user': BOOL,
    'password_known_by': 'user admin both none',
    'former_password_known': BOOL, 'last_login': TIME,
    'password_reset_at': TIME,
    'password_reset_by': 'mdm recovery token_admin user laps',
    'token_verified_at': TIME, 'laps': BOOL,
}
LATEST_WINS = {'last_checkin', 'last_boot', 'last_login', 'password_reset_at'}
DESCRIPTIVE = {'name', 'site', 'model', 'os_build', 'assigned_user',
               'assigned_email', 'asset_tag', 'full_name', 'guid'}
# Reading: full_name and guid are not called descriptive, but no rule reads
# them; uid is called a text and compared as a number, so what is no number is
# unknown, and it is a set like every other fact (two different ones: unknown).
KEYS = {'serial', 'uuid', 'mdm_id', 'platform', 'client', 'account'}

# What only a person can say. A file with nothing else names some accounts of a
# Mac, never all, and holds in later periods until the next of its kind.
SAID = {
    'accounts': {'role', 'password_known_by', 'former_password_known',
                 'person_status', 'token_verified_at', 'laps'},
    'devices': {'recovery_key_exported', 'recovery_lock_known',
                'firmware_password_known', 'activation_bypass_known',
                'remote_hands', 'needs_kext', 'asset_tag', 'assigned_user',
                'assigned_email', 'site'},
}
SAID_OF = {'accounts': {'serial', 'uuid', 'mdm_id', 'account', 'full_name',
                        'observed_at'},
           'devices': {'serial', 'uuid', 'mdm_id', 'name', 'client',
                       'observed_at'}}

YES_WORDS = {'true', 'yes', 'y', '1', 'on', 'enabled'}
NO_WORDS = {'false', 'no', 'n', '0', 'off', 'disabled'}


# ----------------------------------------------------------------- values --

def read_time(text):
    """Seconds UTC, or None where the text is no time."""
    if re.fullmatch(r'\d{13}', text):           # Unix milliseconds
        return int(text) // 1000
    if re.fullmatch(r'\d{9,10}', text):         # Unix seconds
        return int(text)
    m = re.fullmatch(r'(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)'
                     r'(?:\.\d+)?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?)?', text)
    if not m:
        return None
    parts = [int(x or 0) for x in m.groups()[:6]]
    try:
        t = datetime.datetime(*parts, tzinfo=datetime.timezone.utc)
    except ValueError:
        return None
    zone, offset = m.group(7), 0
    if zone and zone[0] in '+-':
        digits = zone[1:].replace(':', '')
        offset = int(digits[:2]) * 3600 + int(digits[2:]) * 60
        offset = -offset if zone[0] == '-' else offset
    return int(t.timestamp()) - offset


def plausible(t, as_of):
    return t is not None and YEAR_2001 <= t <= as_of + 31 * DAY


def read_value(kind, cell, as_of):
    """One cell; None is unknown: empty, or outside the vocabulary."""
    text = cell.strip()
    if text == '':
        return None
    if kind == BOOL:
        word = text.lower()
        return (True if word in YES_WORDS else
                False if word in NO_WORDS else None)
    if kind == TIME:
        if text.lower() == 'never':
            return 0
        t = read_time(text)
        return t if plausible(t, as_of) else None
    if kind == COUNT:
        return int(text) if text.isdigit() else None
    if kind == VERSION:                         # compared number by number
        if not re.fullmatch(r'\d+(\.\d+)*', text):
            return None
        numbers = [int(x) for x in text.split('.')]
        while len(numbers) > 1 and numbers[-1] == 0:
            numbers.pop()
        return tuple(numbers)
    if kind == TEXT:
        return text
    word = text.lower()
    return word if word in kind.split() else None


def usable_serial(text):
    """Upper-cased and trimmed; None for none and for a placeholder."""
    s = (text or '').strip().upper()
    if not s or s in ('N/A', 'TO BE FILLED') or len(set(s)) == 1:
        return None
    return s


def fold(name):
    """Without ASCII case."""
    return ''.join(c.lower() if c.isascii() else c for c in name)


# ---------------------------------------------------------------- reading --

class Row:
    def __init__(self, facts, file):
        self.facts = facts
        self.file = file
        self.serial = None      # after joining
        self.open = False       # its list of accounts names nobody once
        self.order = None       # (time, collected), None: no time
        self.accounts = None    # nested: list of Row, None: not reported


class File:
    def __init__(self, path):
        self.path = path
        self.devices = []       # accepted device rows
        self.accounts = []      # accepted account rows, nested ones too
        self.unnamed = []       # rows of a complete list that name nobody
        self.device_columns = set()     # not empty in every row
        self.account_columns = set()
        self.times = []
        self.collected = None
        self.canonical_accounts = False
        self.operator = None        # 'accounts' or 'devices'


def cell_text(value):
    """A JSON value as the cell of a table; None and "" are empty."""
    if value is None:
        return ''
    if isinstance(value, bool):
        return 'true' if value else 'false'
    return str(value)


def records_of(path):
    """Every record of a file as a dict, and the columns that it has."""
    with open(path, encoding='utf-8', newline='') as f:
        if path.endswith('.csv'):
            rows = list(csv.DictReader(f))
            head = next(csv.reader(open(path, encoding='utf-8', newline='')))
            return rows, set(head)
        if path.endswith('.jsonl'):
            rows = [json.loads(line) for line in f if line.strip()]
        else:
            rows = json.load(f)
    return rows, {name for r in rows for name in r}


def operator_file(columns, kind):
    """The kind where a person's knowledge is all that the file has."""
    known = columns & (ACCOUNT if kind == 'accounts' else
                       {**DEVICE, 'accounts': None}).keys()
    only = known <= SAID[kind] | SAID_OF[kind] and known & SAID[kind]
    return kind if only else None


def read_file(path, as_of, collected):
    file = File(path)
    records, header = records_of(path)
    is_accounts = 'account' in header
    file.canonical_accounts = is_accounts
    file.operator = operator_file(header,
                                  'accounts' if is_accounts else 'devices')

    def parse(record, vocabulary, columns):
        facts = {}
        for name, kind in vocabulary.items():
            cell = cell_text(record.get(name))
            if cell.strip() != '':
                # "A column that is empty in every row of its file carries
                # nothing." Reading: rows that are left out or rejected are
                # rows of the file; a cell that is not understood is not empty.
                columns.add(name)
            facts[name] = read_value(kind, cell, as_of)
            if (kind == TIME and name != 'provisional_until' and
                    plausible(facts[name], as_of)):
                # Reading: "the file's own mapped times" are all but the end of
                # the provisional period, which lies ahead and dates nothing.
                file.times.append(facts[name])
        return facts

    for record in records:
        if is_accounts:
            facts = parse(record, ACCOUNT, file.account_columns)
            if facts['account'] is None:        # rejected
                # Reading: "Missing is unknown" goes before "complete": who
                # that was is not known, so neither are all accounts.
                if not file.operator:
                    file.unnamed.append(Row(facts, file))
                continue
            file.accounts.append(Row(facts, file))
            continue
        facts = parse(record, DEVICE, file.device_columns)
        row = Row(facts, file)
        nested = record.get('accounts')
        if isinstance(nested, list):            # null: not reported
            # A list of accounts says "yes" with the time of its record.
            facts['accounts_listed'] = True
            row.accounts = []
            for account in nested:
                # Times and columns of accounts count as the file's own.
                a = Row(parse(account, ACCOUNT, file.account_columns), file)
                if a.facts['account'] is not None:
                    row.accounts.append(a)
                else:
                    facts['accounts_listed'] = None
                    row.open = True
        if facts['platform'] == 'other':
            continue                            # counted and left out
        file.devices.append(row)
        file.accounts.extend(row.accounts or [])
    file.collected = (collected if collected is not None else
                      max(file.times) if file.times else None)
    for row in file.devices:
        own = row.facts['observed_at']
        if own is None:
            own = row.facts['last_checkin']
        stamp(row, own)
        for account in row.accounts or []:
            # Reading: an account nested in a record was read with it, so its
            # row has the record's time where it has none of its own. The fact
            # observed_at of the account stays unknown.
            t = account.facts['observed_at']
            stamp(account, own if t is None else t)
    if is_accounts:
        for account in file.accounts:
            stamp(account, account.facts['observed_at'])
    return file


def stamp(row, own):
    """A row's time: its own, else collected, else none; ties by collected."""
    collected = row.file.collected
    t = own if own is not None else collected
    if t is not None:
        row.order = (t, -1 if collected is None else collected)


# ---------------------------------------------------------------- joining --

def join(files):
    """Give every row its serial; drop those that join nothing."""
    by_uuid, by_mdm = {}, {}
    for file in files:
        top = file.devices + (file.accounts if file.canonical_accounts else [])
        for row in top:
            row.serial = usable_serial(row.facts['serial'])
            if row.serial:
                if row.facts['uuid']:
                    by_uuid.setdefault(row.facts['uuid'], set()).add(row.serial)
                if row.facts['mdm_id']:
                    by_mdm.setdefault(row.facts['mdm_id'], set()).add(
                        row.serial)

    def resolve(row):
        if row.serial:
            return
        for ids, key in ((by_uuid, 'uuid'), (by_mdm, 'mdm_id')):
            serials = ids.get(row.facts[key], ())
            if len(serials) == 1:
                row.serial = next(iter(serials))
                return

    for file in files:
        for row in file.devices:
            resolve(row)
            for account in row.accounts or []:
                account.serial = row.serial
        if file.canonical_accounts:
            for row in file.accounts:
                resolve(row)
        for row in file.unnamed:
            row.serial = usable_serial(row.facts['serial'])
            resolve(row)
        file.devices = [r for r in file.devices if r.serial]
        file.accounts = [r for r in file.accounts if r.serial]


def drop_replaced(files):
    """Same serial, another mdm_id: the record with the later check-in counts,
    with its accounts.

    Reading: all canonical files are one source. An account row belongs to a
    replaced record where it is nested in it, or names its mdm_id."""
    newest, replaced = {}, set()
    for file in files:
        for row in file.devices:
            mdm, seen = row.facts['mdm_id'], row.facts['last_checkin']
            if mdm is not None:
                key = (-1 if seen is None else seen, mdm)
                newest[row.serial] = max(newest.get(row.serial, key), key)
    for file in files:
        kept, lost = [], set()
        for row in file.devices:
            mdm = row.facts['mdm_id']
            if mdm is None or mdm == newest[row.serial][1]:
                kept.append(row)
            else:
                replaced.add((row.serial, mdm))
                lost |= {id(a) for a in row.accounts or []}
        file.devices = kept
        file.accounts = [a for a in file.accounts if id(a) not in lost]
    for file in files:
        if file.canonical_accounts:
            file.accounts = [a for a in file.accounts if
                             (a.serial, a.facts['mdm_id']) not in replaced]


# ---------------------------------------------------------------- merging --

def merge_fact(name, rows, conflicts):
    known = [r for r in rows if r.facts[name] is not None]
    if not known:
        return None
    if name in LATEST_WINS:
        return max(r.facts[name] for r in known)
    timed = [r for r in known if r.order is not None]
    newest = max((r.order for r in timed), default=None)
    top = [r for r in timed if r.order == newest]
    if name in DESCRIPTIVE:
        return min(r.facts[name] for r in (top or known))
    values = {r.facts[name] for r in top}
    values |= {r.facts[name] for r in known if r.order is None}
    if len(values) == 1:
        return values.pop()
    conflicts.append(name)
    return None


def merge_rows(vocabulary, rows, conflicts):
    return {name: merge_fact(name, rows, conflicts)
            for name in vocabulary if name not in ('serial', 'account')}


class Thing:
    """Facts by name as attributes."""

    def __init__(self, facts):
        self.__dict__.update(facts)


SYSTEM_NAMES = {'root', 'daemon', 'nobody', 'guest'}


def resolve_account(rows):
    conflicts = []
    a = Thing(merge_rows(ACCOUNT, rows, conflicts))
    # "shown as the newest row spells it"; ties by byte order.
    newest = max((r.order for r in rows if r.order is not None), default=None)
    a.account = min(r.facts['account'] for r in rows if r.order == newest)
    a.conflicts = conflicts
    name = fold(a.account)
    if (name.startswith('_') or name in SYSTEM_NAMES or
            (a.uid is not None and a.uid < 500 and a.secure_token is False
             and a.admin is not True)):
        a.kind = 'system'
    return a


def resolve_devices(files, client):
    serials = {}
    for file in files:
        file.reported = {r.serial for r in file.devices}
        file.listed = ({a.serial for a in file.accounts} |
                       {r.serial for r in file.devices
                        if r.accounts is not None})
        file.complete = ({a.serial for a in file.accounts} if
                         file.canonical_accounts else
                         {r.serial for r in file.devices
                          if r.accounts is not None and not r.open})
        for row in file.devices:
            serials.setdefault(row.serial, ([], {}))[0].append(row)
        for row in file.accounts:
            serials.setdefault(row.serial, ([], {}))[1].setdefault(
                fold(row.facts['account']), []).append(row)
    return {serial: resolve_device(serial, rows, accounts, files, client)
            for serial, (rows, accounts) in serials.items()}


def resolve_device(serial, rows, accounts, files, client):
    conflicts = []
    d = Thing(merge_rows(DEVICE, rows, conflicts))
    d.serial, d.conflicts = serial, conflicts
    # "Client: from the file, else a lookup file, else --client; a conflict is
    # unassigned."
    # Reading: of all rows whatever their time, for a Mac that two clients
    # claim must not be in the report of either.
    # A file that stands is a lookup.
    clients = ({r.facts['client'] for r in rows if not r.file.operator} -
               {None} or {r.facts['client'] for r in rows} - {None})
    d.client = (clients.pop() if len(clients) == 1 else
                'unassigned' if clients else client or 'unassigned')
    if d.needs_kext is None:
        d.needs_kext = False                    # the one default
    d.carried = set()
    disputed = d.accounts_listed is False or 'accounts_listed' in conflicts
    unnamed = any(r.serial == serial for f in files for r in f.unnamed)
    for file in files:
        if serial in file.reported:
            d.carried |= file.device_columns
        if serial in file.listed:
            # Account facts are told from device facts by their names, which
            # differ but for the keys and observed_at.
            d.carried |= file.account_columns
            # Reading: an accounts file says "yes" like a row without a time; a
            # source that says "no" last contradicts it.
            if (serial in file.complete and file.operator != 'accounts' and
                    not unnamed):
                d.accounts_listed = None if disputed else True
    d.all_accounts = [resolve_account(accounts[k]) for k in sorted(accounts)]
    d.accounts = [a for a in d.all_accounts if a.kind != 'system']
    return d


# -------------------------------------------------------- three-valued logic --

def AND(*xs):
    return (False if any(x is False for x in xs) else
            None if any(x is None for x in xs) else True)


def OR(*xs):
    return (True if any(x is True for x in xs) else
            None if any(x is None for x in xs) else False)


def NOT(x):
    return None if x is None else not x


def eq(x, y):
    return None if x is None or y is None else x == y


def among(x, *words):
    return None if x is None else x in words


def less(x, y):
    return None if x is None or y is None else x < y


def at_least(x, y):
    return NOT(less(x, y))


def one_of(x, *words):
    """Two-valued: unknown is none of them."""
    return x is not None and x in words


# ---------------------------------------------------------- derived facts --

def any_of(d, predicate, only_with_token=False):
    values = [predicate(a) for a in d.accounts]
    complete = d.accounts_listed is True or (
        only_with_token and d.holders_listed is True)
    if any(v is True for v in values):
        return True
    if any(v is None for v in values) or not complete:
        return None
    return False


def count_range(d, values, complete):
    low = sum(v is True for v in values)
    high = sum(v is not False for v in values)
    return low, (high if complete else float('inf'))


def derive(d, as_of):
    d.as_of = as_of
    d.os = None
    if d.os_version is not None:
        v = (d.os_version + (0, 0, 0))[:3]
        d.os = v[0] * 10000 + v[1] * 100 + v[2]
    d.filevault_on = (True if one_of(d.filevault, 'on', 'encrypting',
                                     'decrypting') else
                      False if one_of(d.filevault, 'off', 'deferred') else
                      None)
    d.bootstrap_state = bootstrap_state(d)
    d.bootstrap_expected = bootstrap_expected(d)
    for a in d.accounts:
        derive_account(d, a)
    d.any_holder = any_of(d, lambda a: a.token_real, True)
    d.any_token_admin = any_of(d, lambda a: AND(a.token_real, a.admin), True)
    d.holders_min, d.holders_max = count_range(
        d, [a.token_real for a in d.accounts],
        d.accounts_listed is True or d.holders_listed is True)
    d.sole_holder = (True if d.holders_min == 1 and d.holders_max == 1 else
                     False if d.holders_min > 1 or d.holders_max == 0 else
                     None)
    d.unlockers_min, d.unlockers_max = count_range(
        d, [a.filevault_user for a in d.accounts], d.accounts_listed is True)
    d.few_unlockers = (True if d.unlockers_max <= 1 else
                       False if d.unlockers_min > 1 else None)
    d.repair_path = repair_path(d)
    d.stale = (older(d, d.last_checkin, 30) is True or
               (d.last_checkin is None and 'last_checkin' in d.carried))


def bootstrap_state(d):
    device, server = d.bootstrap_escrowed_device, d.bootstrap_escrowed_server
    if (less(d.os, 101500) is True) or d.bootstrap_supported is False:
        return 'unsupported'
    if device is not None and server is not None and device != server:
        return 'conflict'
    if device is False or server is False:      # the other no or unknown
        return 'absent'
    yes = device is True or server is True      # the other yes or unknown
    if yes and (d.bootstrap_record is False or
                d.eacs_preflight == 'no_token'):
        return 'invalid'
    if yes and d.chip == 'apple' and d.eacs_preflight == 'success':
        return 'proven'
    return 'claimed' if yes else 'unknown'


def bootstrap_expected(d):
    if d.mdm_enrolled is False:                 # before all else
        return False
    if d.bootstrap_state in ('unsupported', 'absent'):
        return False
    return True if d.bootstrap_state in ('proven', 'claimed') else None


def derive_account(d, a):
    if d.os is None:
        band = None
    elif d.os < 101500:
        band = False
    elif d.os < 110000:                         # 10.15.x
        band = OR(eq(a.kind, 'mobile'), eq(a.role, 'managed_admin'))
    else:
        band = True
    a.bootstrap_grants = AND(d.bootstrap_expected, band)
    reset_at, reset_by = a.password_reset_at, a.password_reset_by
    a.reset_known = (True if reset_at is not None or reset_by is not None else
                     False if d.carried & {'password_reset_at',
                                           'password_reset_by'} else None)
    a.reset_proved = (a.token_verified_at is not None and reset_at is not None
                      and a.token_verified_at > reset_at)
    a.token_real = token_real(d, a)
    a.usable = AND(a.token_real,
                   among(a.password_known_by, 'user', 'admin', 'both'),
                   a.disabled is not True, a.person_status != 'departed')
    a.needs_token = not one_of(a.role, 'service', 'shared', 'managed_admin')
    person = (a.last_login is not None and at_least(a.uid, 501) is True
              and a.hidden is not True)
    a.weak = a.role is None and not person
    a.reset_open = AND(a.reset_known, eq(reset_by, 'mdm'),
                       less(a.last_login, reset_at))


def token_real(d, a):
    if a.secure_token is False or (a.secure_token is True and
                                   a.crypto_user is False):
        return False
    if a.secure_token is None:
        return None
    if less(a.observed_at, a.password_reset_at) is True:
        return None
    if a.password_reset_by == 'laps' and not a.reset_proved:
        return None
    if (a.password_reset_by == 'mdm' and (d.os is None or d.os >= 260000)
            and not a.reset_proved):
        return None
    return True


def repair_path(d):
    reachable = not (
        (d.recovery_lock is True and d.recovery_lock_known is not True) or
        (d.firmware_password is True and
         d.firmware_password_known is not True))
    letters = (
        ('A', any_of(d, lambda a: AND(a.usable, a.admin), True)),
        ('B', any_of(d, lambda a: AND(a.usable, NOT(a.admin)), True)),
        ('D', AND(reachable,
                  OR(NOT(d.filevault_on),
                     AND(eq(d.recovery_key_escrowed, True),
                         d.recovery_key_validity != 'invalid')))))
    for letter, value in letters:
        if value is None:
            return 'unknown'
        if value:
            return letter
    return 'E'


def older(d, t, days):
    """Reading: to the second; exactly so many days is not older."""
    return None if t is None else d.as_of - t > days * DAY


# ------------------------------------------------------------------ rules --
# A rule is a function that returns applies, fails, and the severities in their
# order as (condition, word) pairs; the last has no condition.

RULES = {}


class Rule:
    def __init__(self, scope, required, unknown=None, cause=False):
        self.scope, self.unknown, self.cause = scope, unknown, cause
        # "It also requires what its applies tests." Reading: what a
        # three-valued test needs; a two-valued one (is, is not, the states
        # that always have a value) is never undetermined and needs nothing.
        self.required = [r.split('|') for r in required.split()]

    def __call__(self, judge):
        self.id = judge.__name__.replace('_', '-')
        self.judge = judge
        RULES[self.id] = self
        return judge


def device(required, **more):
    return Rule('device', required, **more)


def account(required, **more):
    return Rule('account', required, **more)


ESCROW = ' bootstrap_escrowed_device|bootstrap_escrowed_server '


def managed(d):
    return AND(d.mdm_enrolled, d.enrollment_type != 'user')


def state_in(d, *words):
    """bootstrap_state, undetermined for unknown and conflict."""
    if d.bootstrap_state in ('unknown', 'conflict'):
        return None
    return d.bootstrap_state in words


@device('mdm_enrolled' + ESCROW)
def BT_01(d):
    return (AND(managed(d), d.bootstrap_state != 'unsupported'),
            state_in(d, 'absent'),
            [(d.repair_path in ('D', 'E'), 'critical'),
             (AND(among(d.chip, 'intel', 't2'), d.holders_min >= 2), 'medium'),
             (True, 'high')])


@device('mdm_enrolled os_version bootstrap_supported')
def BT_02(d):
    return (AND(managed(d), at_least(d.os, 101500)),
            NOT(d.bootstrap_supported),
            [(d.chip == 'apple', 'high'), (True, 'medium')])


@device('mdm_enrolled os_version bootstrap_escrowed_device '
        'bootstrap_escrowed_server', unknown='low')
def BT_03(d):
    return (AND(managed(d), at_least(d.os, 101500)),
            NOT(eq(d.bootstrap_escrowed_device, d.bootstrap_escrowed_server)),
            [(True, 'high')])


@device('chip os_version eacs_preflight', unknown='low')
def BT_04(d):
    return (AND(among(d.chip, 'apple', 't2'), at_least(d.os, 130300),
                d.bootstrap_state in ('claimed', 'invalid', 'proven'),
                d.eacs_preflight != 'not_supported'),
            {'invalid': True, 'proven': False}.get(d.bootstrap_state),
            [(True, 'high')])


@device('os_version')
def BT_05(d):
    return (True, less(d.os, 110000),
            [(less(d.os, 101500), 'medium'), (True, 'low')])


@device('mdm_enrolled chip os_version bootstrap_auth')
def BT_06(d):
    return (AND(managed(d), eq(d.chip, 'apple'), at_least(d.os, 110000),
                d.bootstrap_auth != 'not_supported'),
            eq(d.bootstrap_auth, 'disallowed'),
            [(d.needs_kext, 'high'), (True, 'medium')])


@device('mdm_enrolled enrollment_type enrolled_by|secure_token', cause=True)
def BT_07(d):
    token = None                                # no listed account
    if d.enrolled_by is not None:
        for a in d.accounts:
            if fold(a.account) == fold(d.enrolled_by):
                token = a.secure_token
    return (AND(d.mdm_enrolled, eq(d.enrollment_type, 'manual')),
            AND(state_in(d, 'absent'), OR(NOT(token), NOT(d.any_token_admin))),
            [(True, 'info')])


@device('os_version bootstrap_record')
def BT_08(d):
    return (at_least(d.os, 101500),
            AND(d.bootstrap_record, state_in(d, 'absent', 'unsupported')),
            [(True, 'medium')])


@device('os_version secure_token')
def ST_05(d):
    seen = any(a.last_login is not None for a in d.accounts)
    return (at_least(d.os, 101300),
            NOT(any_of(d, lambda a: a.secure_token, True)),
            [(d.chip == 'apple' and seen, 'critical'), (True, 'high')])


@device('os_version secure_token' + ESCROW)
def ST_06(d):
    return (at_least(d.os, 101300),
            AND(d.sole_holder, NOT(d.bootstrap_expected)),
            [(d.filevault_on, 'critical'), (True, 'high')])


@device('os_version secure_token' + ESCROW)
def ST_07(d):
    return (at_least(d.os, 101300),
            AND(d.sole_holder, d.bootstrap_expected), [(True, 'info')])


@device('secure_token admin')
def ST_08(d):
    return (d.any_holder, NOT(d.any_token_admin),
            [(d.bootstrap_expected is not True, 'high'), (True, 'info')])


@device('secure_token admin password_known_by')
def ST_09(d):
    known = any_of(d, lambda a: AND(
        a.token_real, a.admin, among(a.password_known_by, 'admin', 'both')),
        True)
    return (d.any_token_admin, NOT(known),
            [(d.bootstrap_expected is False, 'high'), (True, 'medium')])


@device('secure_token role')
def ST_10(d):
    person = any_of(d, lambda a: AND(a.token_real, NOT(OR(
        among(a.role, 'managed_admin', 'service', 'shared'),
        a.hidden is True))), True)
    without = any_of(d, lambda a: AND(
        among(a.role, 'primary', 'secondary'), eq(a.secure_token, False)))
    return (d.any_holder, AND(NOT(person), without), [(True, 'high')])


@device('secure_token disabled person_status')
def ST_11(d):
    present = any_of(d, lambda a: AND(
        a.token_real, NOT(a.disabled), NOT(eq(a.person_status, 'departed'))),
        True)
    return (d.any_holder, NOT(present),
            [(d.filevault_on, 'critical'), (True, 'high')])


@device('filevault')
def FV_01(d):
    return (True, among(d.filevault, 'off', 'decrypting', 'deferred'),
            [(True, 'high')])


@device('filevault recovery_key_escrowed')
def FV_02(d):
    present = d.recovery_key_present
    if present is None and d.recovery_key_escrowed is True:
        present = True
    return (AND(d.filevault_on, d.enrollment_type != 'user'),
            OR(NOT(d.recovery_key_escrowed), NOT(present)),
            [(d.sole_holder is True or d.any_holder is False, 'critical'),
             (True, 'high')])


@device('filevault recovery_key_escrowed recovery_key_validity', unknown='low')
def FV_03(d):
    return (AND(d.filevault_on, d.enrollment_type != 'user',
                d.recovery_key_escrowed),
            among(d.recovery_key_validity, 'invalid', 'unverified'),
            [(eq(d.recovery_key_validity, 'invalid'), 'high'), (True, 'low')])


@device('filevault last_checkin last_login password_reset_at '
        'password_reset_by')
def FV_09(d):
    restarted = any(a.reset_open is not False and
                    at_least(d.last_boot, a.password_reset_at) is True
                    for a in d.accounts)
    return (d.filevault_on,
            AND(older(d, d.last_checkin, 7),
                any_of(d, lambda a: a.reset_open)),
            [(restarted, 'critical'), (True, 'high')])


@device('filevault filevault_user', unknown='low')
def FV_11(d):
    gone = d.bootstrap_expected is False
    return (d.filevault_on, d.few_unlockers,
            [(gone and d.recovery_key_escrowed is False, 'critical'),
             (gone, 'high'), (True, 'info')])


@device('auto_login', unknown='low')
def FV_12(d):
    return (True, d.auto_login,
            [(d.filevault_on is False, 'high'), (True, 'medium')])


@device('chip os_version volume_owner')
def VO_01(d):
    return (AND(eq(d.chip, 'apple'), at_least(d.os, 110000)),
            NOT(any_of(d, lambda a: a.volume_owner)), [(True, 'critical')])


@device('mdm_enrolled')
def ENR_01(d):
    return True, NOT(d.mdm_enrolled), [(True, 'high')]


@device('mdm_enrolled user_approved supervised')
def ENR_02(d):
    return (managed(d),
            OR(NOT(d.user_approved),
               AND(at_least(d.os, 110000), NOT(d.supervised))),
            [(True, 'high')])


@device('mdm_enrolled enrollment_type')
def ENR_03(d):
    return (d.mdm_enrolled, eq(d.enrollment_type, 'manual'), [(True, 'low')])


@device('last_checkin')
def ENR_05(d):
    return (d.mdm_enrolled is not False, older(d, d.last_checkin, 14),
            [(older(d, d.last_checkin, 60), 'high'),
             (older(d, d.last_checkin, 30), 'medium'), (True, 'low')])


@device('chip os_version recovery_lock recovery_lock_known')
def REC_01(d):
    return (AND(eq(d.chip, 'apple'), at_least(d.os, 110500)),
            AND(d.recovery_lock, NOT(d.recovery_lock_known)),
            [(AND(d.filevault_on, d.any_token_admin is not True), 'critical'),
             (True, 'high')])


@device('secure_token admin password_known_by recovery_key_escrowed')
def REC_05(d):
    path = None if d.repair_path == 'unknown' else d.repair_path == 'E'
    return (True, AND(path, NOT(d.bootstrap_expected)), [(True, 'critical')])


def scope_s(d, a):
    return AND(a.needs_token, at_least(d.os, 101300))


def capped(a, severities):
    """At most medium where the need for a token is weak."""
    if not a.weak:
        return severities
    return [(c, 'medium' if w in ('critical', 'high') else w)
            for c, w in severities]


def without_help(d, a, *paths):
    return AND(eq(a.secure_token, False), NOT(a.bootstrap_grants),
               d.repair_path in paths)


@account('os_version secure_token' + ESCROW)
def ST_01(d, a):
    return (AND(scope_s(d, a), a.bootstrap_grants is not False),
            AND(eq(a.secure_token, False), a.bootstrap_grants),
            capped(a, [(True, 'medium')]))


@account('os_version secure_token' + ESCROW)
def ST_02(d, a):
    return (scope_s(d, a), without_help(d, a, 'A', 'unknown'),
            capped(a, [(True, 'high')]))


@account('os_version secure_token' + ESCROW)
def ST_03(d, a):
    return (scope_s(d, a), without_help(d, a, 'B'), capped(a, [(True, 'high')]))


@account('os_version secure_token' + ESCROW)
def ST_04(d, a):
    return (scope_s(d, a), without_help(d, a, 'D', 'E'),
            capped(a, [(d.filevault_on, 'critical'), (True, 'high')]))


@account('secure_token created_by kind', cause=True)
def ST_12(d, a):
    return (a.needs_token,
            AND(eq(a.secure_token, False),
                OR(eq(a.created_by, 'cli'), eq(a.kind, 'mobile'))),
            [(True, 'info')])


@account('secure_token crypto_user password_reset_by', unknown='low')
def ST_13(d, a):
    return (a.secure_token,
            OR(eq(a.crypto_user, False),
               AND(at_least(d.os, 260000), a.reset_known,
                   among(a.password_reset_by, 'mdm', 'laps'),
                   not a.reset_proved)),
            [(AND(d.filevault_on, d.holders_min == 0), 'critical'),
             (True, 'high')])


RESET = 'filevault password_reset_at password_reset_by last_login last_boot'


@account(RESET)
def PW_01(d, a):
    return (AND(a.reset_known, eq(a.password_reset_by, 'mdm'), d.filevault_on,
                d.bootstrap_expected is not False),
            AND(less(a.last_login, a.password_reset_at),
                less(d.last_boot, a.password_reset_at)),
            [(True, 'critical')])


@account(RESET)
def PW_02(d, a):
    return (AND(a.reset_known, eq(a.password_reset_by, 'mdm'), d.filevault_on),
            AND(less(a.last_login, a.password_reset_at),
                at_least(d.last_boot, a.password_reset_at)),
            [(True, 'critical')])


@account('password_reset_by secure_token' + ESCROW)
def PW_03(d, a):
    other = any(b is not a and b.usable is True for b in d.accounts)
    return (AND(a.reset_known, among(a.password_reset_by, 'mdm', 'laps')),
            AND(NOT(a.bootstrap_grants),
                OR(eq(a.secure_token, False),
                   AND(eq(a.secure_token, True), a.token_real is not True))),
            [(AND(d.filevault_on, not other), 'critical'), (True, 'high')])


@account('filevault filevault_user')
def FV_04(d, a):
    return (AND(d.filevault_on, a.needs_token), NOT(a.filevault_user),
            capped(a, [(a.role == 'primary', 'high'), (True, 'medium')]))


# ---------------------------------------------------------------- results --

class Result:
    def __init__(self, rule, d, a, result, severity):
        self.rule, self.serial = rule.id, d.serial
        self.account = a.account if a else ''
        self.result, self.severity, self.cause = result, severity, rule.cause

    def row(self):
        return (self.rule, self.serial, self.account, self.result,
                self.severity)


def judge(rule, d, a=None):
    applies, fails, severities = rule.judge(*((d, a) if a else (d,)))
    both = AND(applies, fails)
    word = next(w for condition, w in severities if condition is True)
    if applies is False:
        return Result(rule, d, a, 'notapplicable', '')
    if both is True:
        return Result(rule, d, a, 'fail', word)
    if both is None:
        carried = all(any(f in d.carried for f in alternatives)
                      for alternatives in rule.required)
        if not carried:
            return Result(rule, d, a, 'notchecked', '')
        return Result(rule, d, a, 'unknown', rule.unknown or word)
    return Result(rule, d, a, 'pass', '')


CORE = ('BT-01', 'ST-05', 'ST-06', 'FV-01', 'FV-02', 'ENR-01')


def verdict(d, results, more=()):
    """more: (result, severity) of rules that are judged elsewhere."""
    counted = [(r.result, r.severity) for r in results
               if not r.cause and r.rule != 'ENR-05'] + list(more)
    serious = ('high', 'critical')
    if any(r == 'fail' and s in serious for r, s in counted):
        return 'at-risk'
    if d.stale or any(r == 'unknown' and s in serious for r, s in counted):
        return 'undetermined'
    if any(r == 'fail' and s == 'medium' for r, s in counted):
        return 'attention'
    if any(r.rule in CORE and r.result == 'notchecked' for r in results):
        return 'partial'
    return 'clean'


class Fleet:
    """Everything the definitions say about a set of files."""

    def __init__(self, paths, as_of, client=None, standing=()):
        """paths: (path, collected or None); standing: files as they were read
        in an earlier period."""
        now = [read_file(p, as_of, collected) for p, collected in paths]
        # A file given without a client stands until the next without one.
        newer = set() if client else {f.operator for f in now}
        held = [f for f in standing if f.operator and f.operator not in newer]
        files = now + held
        join(files)
        drop_replaced(files)
        here = {r.serial for f in now for r in f.devices + f.accounts}
        for f in held:
            f.devices = [r for r in f.devices if r.serial in here]
            f.accounts = [r for r in f.accounts if r.serial in here]
        self.devices = resolve_devices(files, client)
        self.results = {}
        for serial, d in self.devices.items():
            derive(d, as_of)
            mine = []
            for rule in RULES.values():
                if rule.scope == 'device':
                    mine.append(judge(rule, d))
                else:
                    mine.extend(judge(rule, d, a) for a in d.accounts)
            self.results[serial] = mine

    def all_results(self):
        return [r for mine in self.results.values() for r in mine]

    def findings(self):
        return sorted(r.row() for r in self.all_results()
                      if r.result in ('fail', 'unknown'))

    def verdicts(self, more=None):
        return {s: verdict(d, self.results[s], (more or {}).get(s, ()))
                for s, d in self.devices.items()}

    def tallies(self):
        """Passes of a Mac that is not reporting count as unknown."""
        words = ('pass', 'fail', 'unknown', 'notapplicable', 'notchecked')
        table = {rule: dict.fromkeys(words, 0) for rule in RULES}
        for serial, mine in self.results.items():
            for r in mine:
                stale = r.result == 'pass' and self.devices[serial].stale
                table[r.rule]['unknown' if stale else r.result] += 1
        return table

    def explain(self, serial, out):
        d = self.devices[serial]
        for key, value in sorted(vars(d).items()):
            if key not in ('accounts', 'all_accounts') and value is not None:
                print(f'  {key} = {value}', file=out)
        for a in d.all_accounts:
            text = ' '.join(f'{k}={v}' for k, v in sorted(vars(a).items())
                            if v is not None and k != 'account')
            print(f'  account {a.account}: {text}', file=out)
        for r in self.results[serial]:
            print('  ' + '\t'.join(r.row()), file=out)


def read_as_of(text):
    t = read_time(text)
    if t is None:
        sys.exit(f'oracle: not a time: {text}')
    return t + DAY if re.fullmatch(r'\d{4}-\d\d-\d\d', text) else t


def main():
    p = argparse.ArgumentParser(description=__doc__.split('\n', 1)[0])
    p.add_argument('--as-of', required=True)
    p.add_argument('--collected')
    p.add_argument('--client')
    p.add_argument('--all', action='store_true')
    p.add_argument('--verdicts', action='store_true')
    p.add_argument('--tallies', action='store_true')
    p.add_argument('--explain', metavar='SERIAL')
    p.add_argument('files', nargs='+')
    o = p.parse_args()
    collected = read_time(o.collected) if o.collected else None
    fleet = Fleet([(p, collected) for p in o.files], read_as_of(o.as_of),
                  o.client)
    if o.explain:
        fleet.explain(o.explain, sys.stdout)
    elif o.verdicts:
        for serial, word in sorted(fleet.verdicts().items()):
            stale = fleet.devices[serial].stale
            print(serial, word, 'not reporting' if stale else '', sep='\t')
    elif o.tallies:
        for rule, counts in sorted(fleet.tallies().items()):
            print(rule, *counts.values(), sep='\t')
    elif o.all:
        for row in sorted(r.row() for r in fleet.all_results()):
            print(*row, sep='\t')
    else:
        for row in fleet.findings():
            print(*row, sep='\t')


if __name__ == '__main__':
    main()
