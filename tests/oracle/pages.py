"""Pages, workbooks and tickets as a reader has them: text, tables, cells.

Nothing here knows what a number means; tests/oracle/recount.py does.
"""
import html.parser
import re
import zipfile
from decimal import ROUND_HALF_UP, Decimal
from xml.etree import ElementTree

VOID = set('area base br col embed hr img input link meta source track wbr '
           'rect use line path circle'.split())
SILENT = {'script', 'style', 'svg', 'template'}


class Node:
    def __init__(self, tag, attrs, parent, order):
        self.tag, self.attrs, self.parent = tag, attrs, parent
        self.children = []
        self.order, self.at, self.end = order, len(order), None
        order.append(self)              # all nodes, as the page has them

    @property
    def classes(self):
        return (self.attrs.get('class') or '').split()

    def all(self, tag=None, cls=None):
        """Every node below, in the order of the page."""
        for c in self.order[self.at + 1:self.end]:
            if ((tag is None or c.tag == tag)
                    and (cls is None or cls in c.classes)):
                yield c

    def one(self, tag=None, cls=None):
        return next(self.all(tag, cls), None)

    def raw(self):
        if self.tag in SILENT:
            return ''
        return ''.join(' ' if isinstance(c, Node) and c.tag == 'br'
                       else c.raw() if isinstance(c, Node) else c
                       for c in self.children)

    def text(self):
        return ' '.join(self.raw().replace('\xa0', ' ').split())

    def own(self, *without):
        """The text without that of nodes of these classes."""
        kept = self.children
        self.children = [c for c in kept if not isinstance(c, Node)
                         or not set(without) & set(c.classes)]
        try:
            return self.text()
        finally:
            self.children = kept


class Builder(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.order = []
        self.root = self.at = Node('', {}, None, self.order)

    def handle_starttag(self, tag, attrs):
        node = Node(tag, dict(attrs), self.at, self.order)
        self.at.children.append(node)
        if tag in VOID:
            node.end = len(self.order)
        else:
            self.at = node

    def handle_startendtag(self, tag, attrs):
        node = Node(tag, dict(attrs), self.at, self.order)
        node.end = len(self.order)
        self.at.children.append(node)

    def handle_endtag(self, tag):
        at = self.at
        while at.parent is not None and at.tag != tag:
            at = at.parent
        if at.parent is None:
            return
        while self.at is not at.parent:
            self.at.end = len(self.order)
            self.at = self.at.parent

    def handle_data(self, data):
        self.at.children.append(data)


class Page:
    """A page; what was counted is marked, so that the rest can be named."""

    def __init__(self, path):
        b = Builder()
        with open(path, encoding='utf-8') as f:
            b.feed(f.read())
        self.root, self.seen = b.root, set()
        self.ids = {n.attrs['id']: n for n in b.order if 'id' in n.attrs}
        self.tables = {}
        for t in self.root.all('table'):
            caption = t.one('caption')
            self.tables[caption.text() if caption else ''] = t

    def by_id(self, name):
        return self.ids.get(name)

    def table(self, caption):
        """Rows of cells (nodes) of a table's body; None where it is not."""
        t = self.tables.get(caption)
        if t is None:
            return None
        self.seen.add(t)
        return [[c for c in r.children if isinstance(c, Node)]
                for r in t.all('tr') if r.parent.tag != 'thead']

    def heads(self, caption):
        return [h.text() for h in self.tables[caption].one('thead').all('th')]

    def mark(self, node):
        if node is not None:
            self.seen.add(node)
        return node

    def counted(self, node):
        while node is not None:
            if node in self.seen:
                return True
            node = node.parent
        return False


MAIN = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'


def column(ref):
    n = 0
    for c in ref:
        if c.isalpha():
            n = n * 26 + ord(c) - 64
    return n - 1


class Book:
    """Cells of a workbook: {sheet: {(row, column): value}}, from 0."""

    def __init__(self, path):
        z = zipfile.ZipFile(path)
        names = z.namelist()
        self.strings = []
        if 'xl/sharedStrings.xml' in names:
            root = ElementTree.fromstring(z.read('xl/sharedStrings.xml'))
            self.strings = [''.join(t.text or '' for t in si.iter(MAIN + 't'))
                            for si in root]
        book = ElementTree.fromstring(z.read('xl/workbook.xml'))
        sheets = [s.get('name') for s in book.find(MAIN + 'sheets')]
        styles = ElementTree.fromstring(z.read('xl/styles.xml'))
        codes = {n.get('numFmtId'): n.get('formatCode')
                 for n in styles.iter(MAIN + 'numFmt')}
        self.codes = [codes.get(x.get('numFmtId'))
                      for x in styles.find(MAIN + 'cellXfs')]
        self.sheets, self.style = {}, {}
        for i, name in enumerate(sheets):
            root = ElementTree.fromstring(
                z.read(f'xl/worksheets/sheet{i + 1}.xml'))
            self.sheets[name] = dict(self.cells(root))
            self.style[name] = {
                (int(re.sub('[A-Z]', '', c.get('r'))) - 1, column(c.get('r'))):
                self.codes[int(c.get('s') or 0)]
                for c in root.iter(MAIN + 'c')}

    def cells(self, root):
        for c in root.iter(MAIN + 'c'):
            ref = c.get('r')
            at = (int(re.sub('[A-Z]', '', ref)) - 1, column(ref))
            v = c.find(MAIN + 'v')
            if c.get('t') == 's':
                yield at, self.strings[int(v.text)]
            elif c.get('t') == 'inlineStr':
                yield at, ''.join(t.text or '' for t in c.iter(MAIN + 't'))
            elif c.get('t') == 'str':
                yield at, v.text if v is not None else ''
            elif c.get('t') == 'b':
                yield at, v.text == '1'
            elif v is not None:
                yield at, float(v.text)

    def percent(self, sheet, at):
        """A share as a spreadsheet shows it, in the spelling of pages."""
        value, code = self.sheets[sheet].get(at), self.style[sheet].get(at)
        if not isinstance(value, float):
            return value or ''
        if code == '0.0%':
            shown = str((Decimal(repr(value)) * 100).quantize(
                Decimal('0.1'), ROUND_HALF_UP))
        elif re.fullmatch(r'"[\d.]+%"', code or ''):
            shown = code[1:-2]
        else:
            return f'{value} as {code}'
        return re.sub(r'^(0|100)\.0$', r'\1', shown) + ' %'

    def rows(self, name):
        """The table of a sheet and of the sheets it goes on in."""
        out = []
        for sheet, cells in self.sheets.items():
            if sheet != name and not sheet.startswith(name + ' ('):
                continue
            heads = {c: v for (r, c), v in cells.items() if r == 0}
            rows = {}
            for (r, c), v in cells.items():
                if r > 0 and c in heads:
                    rows.setdefault(r, {})[heads[c]] = v
            out += [rows[r] for r in sorted(rows)]
        return out

    def find(self, sheet, text, col=None):
        """Where a cell has this text: (row, column)."""
        return next((at for at, v in sorted(self.sheets[sheet].items())
                     if v == text and col in (None, at[1])), None)


def markdown_tables(text):
    """{heading or first cell: rows} of a ticket; cells without marks."""
    out, heading, name, rows = {}, '', '', None
    for line in text.split('\n'):
        if line.startswith('## '):
            heading = line[3:]
        if not line.startswith('|'):
            rows = None
            more = re.fullmatch(r'and (\d+) more', line)
            if more:
                out[name].append(['and more', more.group(1)])
            continue
        cells = [re.sub(r'\\(.)', r'\1', c.strip()).strip('*').replace(
            '\xa0', ' ') for c in re.split(r'(?<!\\)\|', line)[1:-1]]
        if rows is None:
            name = heading or cells[0]
            rows = out.setdefault(name, [])
        elif not re.fullmatch(r'[-:]+', cells[0]):
            rows.append(cells)
    return out
