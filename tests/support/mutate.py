#!/usr/bin/python3
"""Does any rule survive being wrong?

  mutate.py MUSTER RULES WORK EQUIVALENT HOW-MANY [ID...]

Every comparison of every rule SELECT is flipped or moved by one, AND and OR are
swapped, NOT is dropped, terms and branches are dropped, one at a time; the
rule's own cases must then fail. RULES is the folder of rules, WORK an empty one.
EQUIVALENT lists the mutants that mean the same, a line each: ID, a tab, the
mutant as it is printed, a tab, the reason. HOW-MANY is a number, taken evenly
and the same every time, or "all". Exit code 1 where an unexplained one survives.
"""
import os
import re
import shutil
import subprocess
import sys

TOKEN = re.compile(r"""
    (?P<skip>\s+|--[^\n]*)
  | (?P<text>'(?:[^']|'')*')
  | (?P<word>[A-Za-z_][A-Za-z_0-9.]*)
  | (?P<number>\d+)
  | (?P<sign><>|<=|>=|\|\||[-=<>+*/(),;])
""", re.X)
STOP = {'AND', 'OR', 'WHEN', 'THEN', 'ELSE', 'END', 'AS', 'FROM', 'WHERE', ',',
        ')', ';', 'SELECT', 'CASE', 'UNION', 'GROUP', 'ORDER', 'ON'}
FLIPS = {'=': ['<>'], '<>': ['='], '<': ['>=', '<='], '>=': ['<', '>'],
         '>': ['<=', '>='], '<=': ['>', '<']}


class Token:
    def __init__(self, kind, text, at, depth):
        self.kind, self.text, self.at, self.depth = kind, text, at, depth
        self.up = text.upper() if kind == 'word' else text


def tokens_of(sql, start):
    """Depth counts parentheses and CASE ... END."""
    out, at, depth = [], start, 0
    while at < len(sql):
        m = TOKEN.match(sql, at)
        if not m:
            sys.exit(f'cannot read: {sql[at:at + 40]!r}')
        at = m.end()
        if m.lastgroup == 'skip':
            continue
        t = Token(m.lastgroup, m.group(), m.start(), depth)
        if t.up in (')', 'END'):
            depth -= 1
            t.depth = depth
        if t.up in ('(', 'CASE'):
            depth += 1
        out.append(t)
    return out


class Rule:
    def __init__(self, path):
        self.path = path
        with open(path, encoding='utf-8') as f:
            self.text = f.read()
        self.id = re.search(r'^-- id: (\S+)', self.text, re.M).group(1)
        lines = self.text.splitlines(True)
        head = 0
        while head < len(lines) and lines[head].startswith('--'):
            head += 1
        self.tokens = tokens_of(self.text, sum(map(len, lines[:head])))
        self.mutants = {}
        for i, t in enumerate(self.tokens):
            self.mutate(i, t)

    def name(self, i):
        """What stands at token i: two tokens to each side."""
        return ' '.join(t.text for t in self.tokens[max(0, i - 2):i + 4])

    def add(self, i, what, first, last, text):
        """Tokens first..last become "text"."""
        a = self.tokens[first].at
        b = self.tokens[last].at + len(self.tokens[last].text)
        new = self.text[:a] + text + self.text[b:]
        self.mutants.setdefault(new, f'{what} in "{self.name(i)}"')

    def words(self, i, text):
        got = [t.up for t in self.tokens[i:i + len(text.split())]]
        return got == text.split()

    def mutate(self, i, t):
        for new in FLIPS.get(t.text, ()) if t.kind == 'sign' else ():
            self.add(i, f'{t.text} to {new}', i, i, new)
        if t.up == 'IS':
            self.mutate_is(i)
        if t.up == 'NOT' and self.tokens[i - 1].up != 'IS':
            self.add(i, 'no NOT', i, i, '')
        if t.up == 'IN':
            if self.tokens[i - 1].up != 'NOT':
                self.add(i, 'IN to NOT IN', i, i, 'NOT IN')
            self.mutate_list(i)
        if t.up in ('AND', 'OR') and not self.of_between(i):
            other = 'OR' if t.up == 'AND' else 'AND'
            self.add(i, f'{t.up} to {other}', i, i, other)
            self.drop_terms(i, t)
        if t.up == 'WHEN' and self.searched(i):
            end = i + 1
            while not (self.tokens[end].up == 'THEN' and
                       self.tokens[end].depth == t.depth):
                end += 1
            self.add(i, 'WHEN FALSE', i + 1, end - 1, 'FALSE')
            self.add(i, 'WHEN TRUE', i + 1, end - 1, 'TRUE')

    def mutate_is(self, i):
        for a, b in (('IS DISTINCT FROM', 'IS NOT DISTINCT FROM'),
                     ('IS NULL', 'IS NOT NULL'), ('IS TRUE', 'IS NOT TRUE'),
                     ('IS FALSE', 'IS NOT FALSE')):
            for old, new in ((a, b), (b, a)):
                if self.words(i, old):
                    self.add(i, f'{old} to {new}', i, i + len(old.split()) - 1,
                             new)
        for old, new in (('IS NOT TRUE', 'IS FALSE'), ('IS TRUE', 'IS NOT FALSE'),
                         ('IS NOT FALSE', 'IS TRUE'), ('IS FALSE', 'IS NOT TRUE')):
            if self.words(i, old):
                self.add(i, f'{old} to {new}', i, i + len(old.split()) - 1, new)

    def mutate_list(self, i):
        """Each word of IN (...) dropped, where there are several."""
        start = i + 2
        end = start
        while self.tokens[end].text != ')':
            end += 1
        items = [k for k in range(start, end) if self.tokens[k].text != ',']
        if self.tokens[start].kind == 'word' and self.tokens[start].up == 'SELECT':
            return
        for k in items if len(items) > 1 else ():
            first, last = (k, k + 1) if k == start else (k - 1, k)
            self.add(k, f'no {self.tokens[k].text}', first, last, '')

    def of_between(self, i):
        k = i - 1
        while k >= 0 and self.tokens[k].depth >= self.tokens[i].depth:
            if self.tokens[k].depth == self.tokens[i].depth:
                if self.tokens[k].up == 'BETWEEN':
                    return True
                if self.tokens[k].up in STOP:
                    return False
            k -= 1
        return False

    def searched(self, i):
        """CASE WHEN, not CASE x WHEN."""
        k = i - 1
        while not (self.tokens[k].up == 'CASE' and
                   self.tokens[k].depth == self.tokens[i].depth - 1):
            k -= 1
        return self.tokens[k + 1].up == 'WHEN'

    def stops(self, k, t):
        """Whether token k ends an operand of the connective t."""
        u = self.tokens[k]
        if u.depth > t.depth or (u.depth == t.depth and u.up in ('(', 'CASE')):
            return False
        if u.depth < t.depth:
            return True
        if u.up in (')', 'END'):
            return False                # closes what began in the operand
        if t.up == 'OR' and u.up == 'AND':
            return False
        return u.up in STOP

    def drop_terms(self, i, t):
        last = i
        while last + 1 < len(self.tokens) and not self.stops(last + 1, t):
            last += 1
        first = i
        while first > 0 and not self.stops(first - 1, t):
            first -= 1
        if last > i:
            self.add(i, f'no "{self.squeeze(i + 1, last)}"', i, last, '')
        if first < i:
            self.add(i, f'no "{self.squeeze(first, i - 1)}"', first, i, '')

    def squeeze(self, first, last):
        return ' '.join(t.text for t in self.tokens[first:last + 1])


def survives(muster, work, rule, text):
    """None where the cases noticed; else what became of them."""
    folder = os.path.join(work, os.path.basename(os.path.dirname(rule.path)))
    os.makedirs(folder, exist_ok=True)
    cases = rule.path[:-4] + '.cases.jsonl'
    shutil.copy(cases, folder)
    name = os.path.join(folder, os.path.basename(rule.path))
    with open(name, 'w', encoding='utf-8') as f:
        f.write(text)
    done = subprocess.run([muster, 'rules', 'test', rule.id, '--rules', work],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          check=False)
    shutil.rmtree(folder)
    if done.returncode < 0 or done.returncode == 1 and b'failed' not in \
            done.stdout:
        sys.exit(f'{rule.id}: muster ended with {done.returncode}: '
                 f'{done.stderr.decode()}')
    return done.returncode == 0


def main():
    muster, rules, work, equivalent, many, *only = sys.argv[1:]
    known = {}
    with open(equivalent, encoding='utf-8') as f:
        for line in f:
            if line.strip() and not line.startswith('#'):
                rule, mutant, reason = line.rstrip('\n').split('\t')
                known[rule, mutant] = reason
    todo = []
    for folder, _, files in sorted(os.walk(rules)):
        for name in sorted(files):
            if name.endswith('.sql'):
                rule = Rule(os.path.join(folder, name))
                if rule.tokens and (not only or rule.id in only):
                    if not survives(muster, work, rule, rule.text):
                        sys.exit(f'{rule.id}: its cases fail as it is')
                    todo += [(rule, text, what)
                             for text, what in rule.mutants.items()]
    total = len(todo)
    if many != 'all' and int(many) < total:
        todo = [todo[i * total // int(many)] for i in range(int(many))]
    lived = explained = 0
    for rule, text, what in todo:
        if survives(muster, work, rule, text):
            if (rule.id, what) in known:
                explained += 1
            else:
                lived += 1
                print(f'SURVIVED\t{rule.id}\t{what}', flush=True)
    print(f'{len(todo)} of {total} mutants: {len(todo) - lived - explained} '
          f'noticed by the cases, {explained} mean the same, {lived} survived')
    return 1 if lived else 0


if __name__ == '__main__':
    sys.exit(main())
