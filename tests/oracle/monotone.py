#!/usr/bin/python3
"""Does the law of missing data hold in the definitions themselves?

  monotone.py DIR...        (fleets of random_fleet.py)

A fail or an unknown must never become a pass because a required fact of the
Mac is taken away: made unknown, or not carried at all. Of "a|b" both go; of
ST-02, ST-03 and ST-04 the worst counts. Where the program agrees with
oracle.py the law then holds in the program. Exceptions that the definitions
state or imply:
  - a carried but empty password_reset_* means that there was no reset
  - an unknown os leaves bootstrap_state "claimed" where a system before 10.15
    says that its token is escrowed, which no such system can
"""
import copy
import sys

import compare
import oracle

ONE = ('ST-02', 'ST-03', 'ST-04')
STATED = {('FV-09', 'password_reset_at'), ('FV-09', 'password_reset_by'),
          ('PW-01', 'password_reset_at'), ('PW-01', 'password_reset_by'),
          ('PW-02', 'password_reset_at'), ('PW-02', 'password_reset_by'),
          ('PW-03', 'password_reset_by'), ('ST-13', 'password_reset_by'),
          ('ST-06', 'os_version')}


def answers(d):
    """The result of every rule by (rule, account)."""
    out = {}
    for rule in oracle.RULES.values():
        name = ONE[0] if rule.id in ONE else rule.id
        for a in d.accounts if rule.scope == 'account' else [None]:
            key = (name, a.account if a else '')
            result = oracle.judge(rule, d, a).result
            out[key] = min(result, out.get(key, result),
                           key=compare.WORST.index)
    return out


def without(d, facts, carried):
    """A copy of the Mac that does not know these facts."""
    e = copy.copy(d)
    e.accounts = [copy.copy(a) for a in d.accounts]
    e.carried = d.carried if carried else d.carried - set(facts)
    for fact in facts:
        things = [e] if fact in oracle.DEVICE else e.accounts
        for thing in things:
            setattr(thing, fact, None)
    oracle.derive(e, d.as_of)
    return e


def broken(d):
    """Yields (rule, account, facts, was) where the law does not hold."""
    before = answers(d)
    required = {(rule.id, tuple(facts)) for rule in oracle.RULES.values()
                for facts in rule.required}
    for facts in sorted({facts for _, facts in required}):
        for carried in (True, False):
            after = answers(without(d, facts, carried))
            for (rule, account), was in before.items():
                if ((rule, facts) in required and
                        (rule, '|'.join(facts)) not in STATED and
                        was in ('fail', 'unknown') and
                        after[rule, account] == 'pass'):
                    yield rule, account, facts, was


def main():
    checked = wrong = 0
    for folder in sys.argv[1:]:
        for serial, d in compare.fleet_of(folder).devices.items():
            checked += 1
            for rule, account, facts, was in broken(d):
                wrong += 1
                print(f'{folder}: {serial} {account}: {rule} was {was} and '
                      f'passes without {"|".join(facts)}')
    print(f'the law of missing data holds on {checked:,} Macs' if not wrong
          else f'{wrong:,} passes made by taking a fact away')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
