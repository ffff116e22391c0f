#!/usr/bin/python3
"""Random fleets that stress every fact, every way of giving it, every bound.

  random_fleet.py N SEED DIR

writes canonical files of about N Macs into DIR/in and, for the one who runs
the program on them, DIR/as-of, DIR/options (one argument a line) and DIR/files
(one path a line, relative to DIR, and after a tab the time it was collected).
The same seed gives the same bytes.

Uniform chance would make every result "unknown", so a Mac starts from a state
(healthy, spoiled in a few facts, or anything), its truth is told by two to six
files, and each file has its own habits: which columns it has, how often a cell
is empty, how often it is wrong, whether its rows have a time.
"""
import csv
import datetime
import json
import os
import random
import sys

import oracle

DAY = 86400
OS = ('10.12.6 10.13 10.13.6 10.14.6 10.15 10.15.3 10.15.7 11.0 11.0.1 11.4 '
      '11.5 11.5.2 12.0.1 12.7.6 13.2.1 13.3 13.3.1 14.0 14.6.1 15.0 15.6.1 '
      '26 26.0 26.0.1 26.1').split()
OS += '10.13 10.15 11.0 11.5 13.3 26.0'.split() * 2     # the bounds
# Weights of words: None is unknown.
YES, NO = True, False


def pick(rng, *weighted):
    """pick(rng, (value, weight), ...)"""
    return rng.choices([v for v, _ in weighted], [w for _, w in weighted])[0]


BOOLS = ('mdm_enrolled user_approved supervised in_abm mdm_removable '
         'bootstrap_supported bootstrap_escrowed_device '
         'bootstrap_escrowed_server bootstrap_record bootstrap_for_updates '
         'bootstrap_for_kexts recovery_key_present recovery_key_escrowed '
         'recovery_key_exported institutional_key icloud_recovery '
         'escrow_profile recovery_lock recovery_lock_known firmware_password '
         'firmware_password_known activation_bypass_known auto_login '
         'remote_login remote_hands needs_kext').split()
ENUMS = {
    'chip': 'apple apple t2 intel', 'enrollment_type': 'ade manual user none',
    'bootstrap_auth': 'allowed disallowed not_supported',
    'eacs_preflight': 'success not_supported unsealed no_token failure',
    'filevault': 'on on on off encrypting decrypting deferred',
    'recovery_key_validity': 'valid invalid unverified',
    'activation_lock': 'off user organization',
    'secure_boot': 'full medium off not_supported',
    'platform_sso': 'none password secure_enclave smartcard',
}
DEVICE_TIMES = ('last_checkin last_boot deferred_since provisional_until '
                'recovery_key_escrowed_at').split()
DEVICE_TEXT = {
    'name': 'Mac-A Mac-B Mac-C', 'site': 'North South',
    'enrolled_by': 'ada Ben IT-Admin cleo ghost', 'mdm_server': 'Alpha Beta',
}
A_BOOLS = ('admin hidden disabled secure_token crypto_user volume_owner '
           'filevault_user former_password_known laps').split()
A_ENUMS = {
    'kind': 'local local local mobile network system',
    'role': 'primary secondary managed_admin service shared',
    'created_by': 'setup_assistant gui cli mdm platform_sso',
    'person_status': 'active departed',
    'password_known_by': 'user admin both none',
    'password_reset_by': 'mdm mdm laps recovery token_admin user',
}
A_TIMES = ('last_login password_reset_at token_verified_at').split()
UIDS = '501 502 500 499 88 503 1001 x'.split()
NAMES = ('ada Ben cleo IT-Admin dana svc_backup eve Zoë Root _spotlight GUEST '
         'daemon nobody').split()
NAME_WEIGHTS = [9, 9, 7, 7, 5, 3, 3, 1, 1, 1, 1, 1, 1]
# Ages in seconds: every bound, and one second to each side.
BOUNDS = [d * DAY + s for d in (7, 14, 30, 60) for s in (-1, 0, 1)]
AGES = ([0, 1, -1, 3600, DAY, 3 * DAY, 10 * DAY, 100 * DAY, 700 * DAY] +
        BOUNDS + [7 * DAY + 4000, 30 * DAY + 4000, -DAY, -31 * DAY,
                  -31 * DAY - 1, 'never', 'ancient'])
AGE_WEIGHTS = ([6, 2, 2, 9, 9, 9, 4, 3, 2] + [1] * len(BOUNDS) +
               [2, 2, 1, 1, 1, 2, 1])


class Maker:
    def __init__(self, rng, n):
        self.rng, self.n = rng, n
        day = datetime.datetime(2026, rng.randint(1, 12), rng.randint(1, 28),
                                tzinfo=datetime.timezone.utc)
        self.as_of = int(day.timestamp()) + DAY
        self.as_of_text = day.strftime('%Y-%m-%d')
        if rng.random() < .4:
            self.as_of += rng.choice([0, 1, 43200, 86399])
            self.as_of_text = stamp(self.as_of)

    # ------------------------------------------------------------- truth --

    def time(self):
        age = self.rng.choices(AGES, AGE_WEIGHTS)[0]
        if age == 'never':
            return 'never'
        return 946684800 if age == 'ancient' else self.as_of - age

    def device(self, i):
        rng = self.rng
        state = pick(rng, ('healthy', 3), ('spoiled', 5), ('anything', 3))
        d = dict(serial=f'C02R{i:05d}Q', chip='apple', os_version='15.6.1',
                 mdm_enrolled=YES, enrollment_type='ade', user_approved=YES,
                 supervised=YES, bootstrap_supported=YES,
                 bootstrap_escrowed_device=YES, bootstrap_escrowed_server=YES,
                 bootstrap_record=YES, bootstrap_auth='allowed',
                 eacs_preflight='success', filevault='on',
                 recovery_key_present=YES, recovery_key_escrowed=YES,
                 recovery_key_validity='valid', recovery_lock=NO,
                 recovery_lock_known=None, firmware_password=NO,
                 firmware_password_known=None, auto_login=NO, needs_kext=NO,
                 last_checkin=self.as_of - 7200,
                 last_boot=self.as_of - 5 * DAY, name=f'Mac-{i}')
        # Few instants a Mac, so that equal times are common.
        d['_times'] = [self.time() for _ in range(4)]
        if state == 'spoiled':
            for fact in rng.sample(sorted(self.spoilable()), rng.randint(1, 6)):
                d[fact] = self.any_value(fact, d['_times'])
        if state == 'anything':
            unknown = rng.choice([0, .05, .3])
            for fact in self.spoilable():
                d[fact] = (None if rng.random() < unknown else
                           self.any_value(fact, d['_times']))
        if rng.random() < .5:                   # together more often than not
            d['bootstrap_escrowed_server'] = d['bootstrap_escrowed_device']
        if rng.random() < .15:
            d['os_version'] = rng.choice(OS)
        if rng.random() < .12:                  # silent, about so long
            d['last_checkin'] = self.as_of - rng.choice(BOUNDS)
        if rng.random() < .1:                   # nothing escrowed
            d['bootstrap_escrowed_device'] = rng.choice([NO, NO, None])
            d['bootstrap_escrowed_server'] = NO
            d['chip'] = rng.choice(['apple', 't2', 'intel'])
        d['accounts'] = self.accounts(d, state)
        if d['accounts'] and rng.random() < .06:
            self.wait(d, rng.choice(d['accounts']))
        return d

    def wait(self, d, a):
        """Reset by the server, not logged in since, silent for about a week."""
        rng = self.rng
        reset = self.as_of - 8 * DAY
        d['filevault'] = 'on'
        d['last_checkin'] = self.as_of - 7 * DAY - rng.choice([-1, 0, 1])
        d['last_boot'] = reset + rng.choice([-DAY, -1, 0, 1, 60])
        a['password_reset_at'], a['password_reset_by'] = reset, 'mdm'
        a['last_login'] = reset + rng.choice([-DAY, -1, -1, 0, 1])

    @staticmethod
    def spoilable():
        return ([f for f in BOOLS] + list(ENUMS) + DEVICE_TIMES +
                ['os_version', 'enrolled_by', 'mdm_server', 'site'])

    def any_value(self, fact, times):
        rng = self.rng
        if fact in BOOLS or fact in A_BOOLS:
            return rng.random() < .5
        if fact in ENUMS:
            return rng.choice(ENUMS[fact].split())
        if fact in A_ENUMS:
            return rng.choice(A_ENUMS[fact].split())
        if fact in DEVICE_TIMES or fact in A_TIMES or fact == 'observed_at':
            return rng.choice(times) if rng.random() < .7 else self.time()
        if fact == 'os_version':
            return rng.choice(OS)
        if fact == 'uid':
            return rng.choice(UIDS)
        return rng.choice(DEVICE_TEXT.get(fact, 'one two').split())

    def accounts(self, d, state):
        rng = self.rng
        count = pick(rng, (0, 1), (1, 5), (2, 6), (3, 4), (4, 1))
        names = []
        while len(names) < count:
            name = rng.choices(NAMES, NAME_WEIGHTS)[0]
            if name not in names:
                names.append(name)
        return [self.account(d, name, i, state) for i, name in enumerate(names)]

    def account(self, d, name, i, state):
        rng = self.rng
        a = dict(account=name, uid=str(501 + i), kind='local',
                 role='primary' if i == 0 else 'secondary',
                 created_by='setup_assistant', admin=i == 0, hidden=NO,
                 disabled=NO, person_status='active', secure_token=YES,
                 crypto_user=YES, volume_owner=YES, filevault_user=YES,
                 password_known_by='user', last_login=self.as_of - DAY,
                 password_reset_at=None, password_reset_by=None,
                 token_verified_at=None)
        if rng.random() < .3:
            a['role'] = rng.choice(['managed_admin', 'service', None, None])
        if rng.random() < .25:
            no = rng.random() < .7
            for fact in ('secure_token', 'crypto_user', 'volume_owner',
                         'filevault_user'):
                a[fact] = NO if no else None
        if rng.random() < .25:                  # a reset, before or after
            a['password_reset_at'] = rng.choice(d['_times'])
            a['password_reset_by'] = self.any_value('password_reset_by', ())
            a['last_login'] = rng.choice(d['_times'])
            if rng.random() < .3:
                a['token_verified_at'] = rng.choice(d['_times'])
        facts = A_BOOLS + list(A_ENUMS) + A_TIMES + ['uid']
        if state != 'healthy' and rng.random() < .5:
            for fact in rng.sample(facts, rng.randint(1, 4)):
                a[fact] = (None if rng.random() < .2 else
                           self.any_value(fact, d['_times']))
        if state == 'anything' and rng.random() < .5:
            for fact in facts:
                a[fact] = (None if rng.random() < .15 else
                           self.any_value(fact, d['_times']))
        return a

    # ------------------------------------------------------------- files --

    def habits(self, kind):
        """How one file tells the truth."""
        rng = self.rng
        h = dict(kind=kind, share=rng.choice([1, 1, .9, .6, .3]),
                 empty=rng.choice([0, 0, 0, .03, .15]),
                 wrong=rng.choice([0, 0, .02, .15]),
                 junk=rng.choice([0, 0, 0, .02]),
                 timed=rng.choice(['all', 'all', 'some', 'none']),
                 twice=rng.choice([0, 0, .05, .2]),
                 dates=rng.choice(['iso', 'space', 'offset', 'unix', 'ms',
                                   'fraction']),
                 words=rng.choice([('true', 'false'), ('Yes', 'no'),
                                   ('1', '0'), ('ON', 'Off'), ('y', 'N'),
                                   ('enabled', 'Disabled')]))
        if rng.random() < .4:                   # an instant of its own
            h['read'] = [self.as_of - rng.choice([0, 3600, DAY, 9 * DAY])]
        else:
            h['read'] = [self.as_of - x * 3600 for x in (1, 2, 30)]
        device = BOOLS + list(ENUMS) + DEVICE_TIMES + ['os_version'] + list(
            DEVICE_TEXT)
        account = A_BOOLS + list(A_ENUMS) + A_TIMES + ['uid']
        keep = rng.choice([1, 1, .97, .9, .6, .25])
        h['device'] = [f for f in device if rng.random() < keep]
        keep = rng.choice([1, 1, .97, .9, .6, .25])
        h['account'] = [f for f in account if rng.random() < keep]
        for extra, chance in (('observed_at', 1), ('uuid', .5), ('client', .3),
                              ('platform', .3), ('holders_listed', .3),
                              ('accounts_listed', .1)):
            if rng.random() < chance:
                h['device'].append(extra)
        if self.mdm:
            h['device'] += [f for f in ('mdm_id', 'last_checkin')
                            if f not in h['device']]
            if kind.startswith('accounts') and rng.random() < .5:
                h['account'].append('mdm_id')
        if kind.startswith('accounts') and rng.random() < .3:
            h['account'].append('uuid')
        if h['timed'] != 'none':
            h['account'].append('observed_at')
        else:
            h['device'].remove('observed_at')
        if 'said' in kind:
            h['account'] = self.said('accounts', h['account'])
            h['device'] = self.said('devices', h['device'])
        # Columns that are there and say nothing in this file.
        h['blank'] = set(rng.sample(device + account, rng.choice([0, 0, 1, 5])))
        return h

    @staticmethod
    def said(kind, facts):
        """Those that only a person can say; an id of a server is none."""
        know = oracle.SAID[kind] | oracle.SAID_OF[kind] - {'mdm_id'}
        return [f for f in facts if f in know]

    def told(self, h, truth, fact, d, scope):
        rng = self.rng
        if fact in h['blank'] or rng.random() < h['empty']:
            return None
        if rng.random() < h['junk']:
            return '?'
        if fact == 'observed_at':
            if h['timed'] == 'some' and rng.random() < .4:
                return None
            return (rng.choice(d['_times']) if rng.random() < .05 else
                    rng.choice(h['read']))
        if fact == 'uuid':
            return d['_uuid']
        if fact == 'client':
            return d['_client'] if rng.random() > .02 else 'Other Co'
        if fact == 'platform':
            return 'mac'
        if fact == 'holders_listed':
            return pick(rng, (True, 5), (False, 1), (None, 3))
        if fact == 'accounts_listed':
            return pick(rng, (True, 4), (None, 6), (
                False, 1 if h['kind'].startswith('devices') else 0))
        if rng.random() < h['wrong'] and (fact in BOOLS or fact in A_BOOLS or
                                          fact != 'uid'):
            return self.any_value(fact, d['_times'])
        return truth.get(fact)

    def spell(self, h, value, fact, as_json):
        rng = self.rng
        if value is None or value == '?':
            return value
        if isinstance(value, bool):
            if as_json and rng.random() < .5:
                return value if rng.random() < .7 else int(value)
            return h['words'][0 if value else 1]
        if isinstance(value, int):
            form = h['dates']
            text = datetime.datetime.fromtimestamp(
                value, datetime.timezone.utc)
            if form == 'unix' and value > 10**9:
                return value if as_json else str(value)
            if form == 'ms' and value > 10**9:
                return value * 1000 if as_json else str(value * 1000)
            if form == 'offset':
                return (text + datetime.timedelta(hours=2)).strftime(
                    '%Y-%m-%dT%H:%M:%S+02:00')
            return text.strftime({'space': '%Y-%m-%d %H:%M:%S',
                                  'fraction': '%Y-%m-%dT%H:%M:%S.900Z'}.get(
                                      form, '%Y-%m-%dT%H:%M:%SZ'))
        if as_json and fact == 'uid' and value.isdigit() and rng.random() < .5:
            return int(value)
        return value

    def device_record(self, h, d, as_json):
        record = {'serial': self.serial_text(d)}
        for fact in h['device']:
            record[fact] = self.spell(
                h, self.told(h, d, fact, d, 'device'), fact, as_json)
        self.enrol(record, d)
        self.unnamed(record, d)
        return record

    def unnamed(self, record, d):
        """A row that names its Mac by one id only."""
        rng = self.rng
        ids = [k for k in ('uuid', 'mdm_id') if k in record]
        if ids and rng.random() < .05:
            record['serial'] = rng.choice([None, 'N/A', '0000000000'])
            only = rng.choice(ids)
            for key in ids:
                record[key] = (None if key != only else record[key] or
                               d['_uuid'] if key == 'uuid' else record[key])

    def enrol(self, record, d):
        """Enrolled again: an older and a newer record of one Mac."""
        if 'mdm_id' not in record:
            return
        age, record['mdm_id'] = 0, d['_mdm'][0]
        if len(d['_mdm']) > 1:
            age = self.rng.choice([0, 0, 3])
            record['mdm_id'] = d['_mdm'][1 if age else 0]
        if 'account' not in record and len(d['_mdm']) > 1:
            record['last_checkin'] = stamp(self.as_of - (1 + age) * DAY)

    def serial_text(self, d):
        s = d['serial']
        return self.rng.choice([s, s, s, s, s.lower(), f' {s}'])

    def account_record(self, h, d, a, as_json):
        name = a['account']
        name = self.rng.choice([name, name, name, name.upper(), name.lower()])
        record = {'account': name}
        for fact in h['account']:
            record[fact] = self.spell(
                h, self.told(h, a, fact, d, 'account'), fact, as_json)
        self.enrol(record, d)
        return record

    def some(self, h, devices):
        """Devices in this file, a few of them twice, in some order."""
        rng = self.rng
        chosen = [d for d in devices if rng.random() < h['share']]
        chosen += [d for d in chosen if rng.random() < h['twice']]
        if rng.random() < .5:
            rng.shuffle(chosen)
        return chosen

    def drop_keys(self, record):
        """JSON: an unknown is null, an empty text, or no key at all."""
        rng = self.rng
        for key in [k for k, v in record.items() if v is None]:
            fate = rng.random()
            if fate < .4:
                del record[key]
            elif fate < .6:
                record[key] = ''
        return record

    def phone(self, h):
        record = {'serial': 'PHONE1', 'platform': 'other'}
        told = {f: self.spell(h, self.any_value(f, [self.as_of - 60]), f, False)
                for f in h['device'] if f in BOOLS or f in DEVICE_TIMES}
        return {**dict.fromkeys(h['device']), **told, **record}

    def devices_csv(self, h, devices):
        rows = [self.device_record(h, d, False) for d in self.some(h, devices)]
        if 'platform' in h['device']:
            rows.append(self.phone(h))
        if self.rng.random() < .3:              # rejected: no key at all
            rows.append(dict(rows[0], serial='', uuid='') if rows else {})
        return rows, ['serial'] + h['device']

    def accounts_rows(self, h, devices, as_json):
        rows = []
        for d in self.some(h, devices):
            for a in d['accounts']:
                if self.rng.random() < .04:
                    continue
                record = {'serial': self.serial_text(d),
                          **self.account_record(h, d, a, as_json)}
                self.unnamed(record, d)
                rows.append(record)
        if rows and self.rng.random() < .2:     # rejected: whose account?
            rows.append({**rows[0], 'account': '' if not as_json else None})
        if self.rng.random() < .5:
            self.rng.shuffle(rows)
        return rows

    def nested(self, h, devices):
        rng = self.rng
        rows = []
        for d in self.some(h, devices):
            record = self.drop_keys(self.device_record(h, d, True))
            fate = rng.random()
            if fate < .05:
                record['accounts'] = None
            elif fate < .12:
                record['accounts'] = []
            elif fate < .9:
                record['accounts'] = [
                    self.drop_keys(self.account_record(h, d, a, True))
                    for a in d['accounts']]
                if rng.random() < .05:
                    record['accounts'].append({'account': None, 'admin': True})
            rows.append(record)
        return rows

    def files(self):
        rng = self.rng
        gone = rng.choice([0, 0, .1, .3])       # since the fleet before
        devices = [self.device(i) for i in range(self.n)]
        devices = ([d for d in devices if rng.random() >= gone] or devices[:1])
        clients = rng.choice([['Acme'], ['Acme', 'Zeta'], ['Acme', 'Zeta', 'B']])
        self.mdm = rng.random() < .2
        for i, d in enumerate(devices):
            d['_client'] = rng.choice(clients)
            d['_mdm'] = [f'M{i}', f'N{i}'] if rng.random() < .1 else [f'M{i}']
            shared = rng.random() < .03         # an id that leads to two
            d['_uuid'] = f'0000-{rng.choice(devices)["serial"]}' if (
                shared) else f'0000-{d["serial"]}'
        kinds = [rng.choice(['devices.csv', 'devices.csv', 'nested.json',
                             'nested.jsonl'])]
        kinds.append(rng.choice(['accounts.csv', 'accounts.csv',
                                 'accounts.json', 'nested.json']))
        kinds += [rng.choice(['devices.csv', 'accounts.csv', 'nested.json',
                              'nested.jsonl', 'accounts.jsonl'])
                  for _ in range(rng.choice([0, 0, 1, 2, 4]))]
        if rng.random() < .5:                   # what people know
            kinds.append(rng.choice(['accounts-said.csv', 'accounts-said.json',
                                     'accounts-said.csv', 'devices-said.csv']))
        rng.shuffle(kinds)
        for kind in kinds:
            h = self.habits(kind)
            if kind.startswith('devices'):
                yield (kind, *self.devices_csv(h, devices))
            elif kind.startswith('accounts'):
                rows = self.accounts_rows(h, devices, not kind.endswith('csv'))
                if not kind.endswith('csv'):
                    rows = [self.drop_keys(r) for r in rows]
                yield kind, rows, ['serial', 'account'] + h['account']
            else:
                yield kind, self.nested(h, devices), None


def stamp(t):
    return datetime.datetime.fromtimestamp(t, datetime.timezone.utc).strftime(
        '%Y-%m-%dT%H:%M:%SZ')


def write(path, rows, header):
    with open(path, 'w', encoding='utf-8', newline='') as f:
        if path.endswith('.csv'):
            out = csv.writer(f)
            out.writerow(header)
            for r in rows:
                out.writerow(['' if r.get(c) is None else r[c]
                              for c in header])
        elif path.endswith('.jsonl'):
            f.writelines(json.dumps(r) + '\n' for r in rows)
        else:
            json.dump(rows, f, indent=1)
            f.write('\n')


def main():
    n, seed, folder = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    maker = Maker(random.Random(f'fleet {seed}'), n)
    os.makedirs(os.path.join(folder, 'in'), exist_ok=True)
    names = []
    for i, (kind, rows, header) in enumerate(maker.files()):
        if not rows:
            continue
        names.append(f'in/{i}-{kind}')
        write(os.path.join(folder, names[-1]), rows, header)
    options = []

    def collected():
        return stamp(maker.as_of - maker.rng.choice([0, 1800, 2 * DAY,
                                                     40 * DAY]))
    fate = maker.rng.random()
    if fate < .2:
        options += ['--collected', collected()]
    elif fate < .4:
        names = [f'{n}\t{collected()}' if maker.rng.random() < .6 else n
                 for n in names]
    if maker.rng.random() < .3:
        options += ['--client', 'Default Co']
    for name, lines in (('as-of', [maker.as_of_text]), ('options', options),
                        ('files', names)):
        with open(os.path.join(folder, name), 'w', encoding='utf-8') as f:
            f.writelines(line + '\n' for line in lines)


if __name__ == '__main__':
    main()
