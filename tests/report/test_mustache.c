/*
 * test_mustache.c - what plain Mustache does, case by case.
 *
 * Re-created from the behaviours that the public Mustache specification lists
 * (the 1.4 line: six core modules and inheritance), in our own words and data.
 * In data and partials ' stands for ".
 */
#include "core/base.h"

#include "core/strbuf.h"
#include "report/template.h"

#include <check.h>
#include <jansson.h>

struct mustache_case {
    const char *what;
    const char *data;
    const char *template;
    const char *partials; /* NULL: none */
    const char *expected;
};

static const struct mustache_case interpolation_cases[] = {
    {"text without tags stays", "{}", "Good {morning}, Mac!\n", NULL,
     "Good {morning}, Mac!\n"},
    {"a tag prints its value", "{'mac': 'lab-07'}", "Host {{mac}}.\n", NULL,
     "Host lab-07.\n"},
    {"a printed value is not read again", "{'a': '{{b}}', 'b': 'no'}",
     "{{a}}:{{b}}", NULL, "{{b}}:no"},
    {"a value is escaped", "{'x': '& \\' < >'}", "esc {{x}}\n", NULL,
     "esc &amp; &quot; &lt; &gt;\n"},
    {"three braces do not escape", "{'x': '& \\' < >'}", "raw {{{x}}}\n", NULL,
     "raw & \" < >\n"},
    {"an ampersand does not escape", "{'x': '& \\' < >'}", "raw {{&x}}\n", NULL,
     "raw & \" < >\n"},
    {"a whole number", "{'n': 85}", "<{{n}} Macs>", NULL, "<85 Macs>"},
    {"a whole number, raw", "{'n': 85}", "<{{{n}}} Macs>", NULL, "<85 Macs>"},
    {"a whole number, ampersand", "{'n': 85}", "<{{&n}} Macs>", NULL,
     "<85 Macs>"},
    {"a decimal without idle zeros", "{'n': 1.210}", "<{{n}} h>", NULL,
     "<1.21 h>"},
    {"a decimal, raw", "{'n': 1.210}", "<{{{n}}} h>", NULL, "<1.21 h>"},
    {"a decimal, ampersand", "{'n': 1.210}", "<{{&n}} h>", NULL, "<1.21 h>"},
    {"null prints nothing", "{'n': null}", "({{n}})", NULL, "()"},
    {"null prints nothing, raw", "{'n': null}", "({{{n}}})", NULL, "()"},
    {"null prints nothing, ampersand", "{'n': null}", "({{&n}})", NULL, "()"},
    {"a missing name prints nothing", "{}", "({{gone}})", NULL, "()"},
    {"a missing name, raw", "{}", "({{{gone}}})", NULL, "()"},
    {"a missing name, ampersand", "{}", "({{&gone}})", NULL, "()"},
    {"a dot steps into an object", "{'mac': {'name': 'ada'}}",
     "{{mac.name}} = {{#mac}}{{name}}{{/mac}}", NULL, "ada = ada"},
    {"a dot, raw", "{'mac': {'name': 'ada'}}",
     "{{{mac.name}}} = {{#mac}}{{{name}}}{{/mac}}", NULL, "ada = ada"},
    {"a dot, ampersand", "{'mac': {'name': 'ada'}}",
     "{{&mac.name}} = {{#mac}}{{&name}}{{/mac}}", NULL, "ada = ada"},
    {"dots to any depth", "{'p': {'q': {'r': {'s': {'t': {'name': 'deep'}}}}}}",
     "{{p.q.r.s.t.name}}", NULL, "deep"},
    {"a broken chain prints nothing", "{'p': {}}", "[{{p.q.r}}]", NULL, "[]"},
    {"a chain does not look further out",
     "{'p': {'q': {}}, 'r': {'name': 'out'}}", "[{{p.q.r.name}}]", NULL, "[]"},
    {"the first part is found like any name",
     "{'p': {'q': {'r': {'name': 'in'}}}, 'q': {'r': {'name': 'out'}}}",
     "{{#p}}{{q.r.name}}{{/p}}", NULL, "in"},
    {"the nearest first part decides", "{'p': {'q': {}}, 'q': {'r': 'WRONG'}}",
     "{{#p}}{{q.r}}{{/p}}", NULL, ""},
    {"a name with dots is no key of its own",
     "{'p.q': 'key', 'p': {'q': 'chain'}}", "{{p.q}}", NULL, "chain"},
    {"a key with dots is not looked up whole", "{'p.q': 'key'}", "[{{p.q}}]",
     NULL, "[]"},
    {"a dot alone is the value itself", "'it'", "I am {{.}}.\n", NULL,
     "I am it.\n"},
    {"a dot alone is escaped", "'& \\' < >'", "esc {{.}}\n", NULL,
     "esc &amp; &quot; &lt; &gt;\n"},
    {"a dot alone, raw", "'& \\' < >'", "raw {{{.}}}\n", NULL,
     "raw & \" < >\n"},
    {"a dot alone, ampersand", "'& \\' < >'", "raw {{&.}}\n", NULL,
     "raw & \" < >\n"},
    {"a dot alone, a number", "85", "<{{.}} Macs>", NULL, "<85 Macs>"},
    {"blanks around a tag stay", "{'s': '---'}", "| {{s}} |", NULL, "| --- |"},
    {"blanks around, raw", "{'s': '---'}", "| {{{s}}} |", NULL, "| --- |"},
    {"blanks around, ampersand", "{'s': '---'}", "| {{&s}} |", NULL, "| --- |"},
    {"a value alone on its line stays", "{'s': '---'}", "  {{s}}\n", NULL,
     "  ---\n"},
    {"alone on its line, raw", "{'s': '---'}", "  {{{s}}}\n", NULL, "  ---\n"},
    {"alone on its line, ampersand", "{'s': '---'}", "  {{&s}}\n", NULL,
     "  ---\n"},
    {"blanks inside a tag do not matter", "{'s': '---'}", "|{{ s }}|", NULL,
     "|---|"},
    {"blanks inside, raw", "{'s': '---'}", "|{{{ s }}}|", NULL, "|---|"},
    {"blanks inside, ampersand", "{'s': '---'}", "|{{& s }}|", NULL, "|---|"},
};

static const struct mustache_case section_cases[] = {
    {"true renders", "{'on': true}", "<{{#on}}shown{{/on}}>", NULL, "<shown>"},
    {"false does not", "{'on': false}", "<{{#on}}shown{{/on}}>", NULL, "<>"},
    {"null does not", "{'on': null}", "<{{#on}}shown{{/on}}>", NULL, "<>"},
    {"an object is entered", "{'mac': {'name': 'ada'}}",
     "<{{#mac}}of {{name}}{{/mac}}>", NULL, "<of ada>"},
    {"what is not inside is found outside",
     "{'a': 'one', 'b': 'no', 'in': {'b': 'two'}, 'c': {'d': 'three'}}",
     "{{#in}}{{a}} {{b}} {{c.d}}{{/in}}", NULL, "one two three"},
    {"a string is entered as itself", "{'who': 'ada'}",
     "{{#who}}{{.}} is {{who}}{{/who}}", NULL, "ada is ada"},
    {"lists in lists see everything outside",
     "{'sites': [{'s': {'up': 'A', 'low': 'a'}, 'rooms': [{'r': '1', 'macs': "
     "[{'m': 'x'}, {'m': 'y'}]}]}]}",
     "{{#sites}}{{#rooms}}{{s.low}}{{r}}."
     "{{#macs}}{{s.up}}{{r}}{{m}}.{{/macs}}{{/rooms}}{{/sites}}",
     NULL, "a1.A1x.A1y."},
    {"deeply nested",
     "{'a': {'i': 1}, 'b': {'j': 2}, 'c': {'k': 3, 'd': {'l': 4, 'm': 5}}}",
     "{{#a}}\n{{i}}\n{{#b}}\n{{i}}{{j}}\n{{#c}}\n{{i}}{{j}}{{k}}\n{{#d}}\n"
     "{{j}}{{l}}\n{{#m}}\n{{i}}{{.}}6{{.}}{{i}}\n{{/m}}\n{{l}}\n{{/d}}\n{{k}}\n"
     "{{/c}}\n{{j}}\n{{/b}}\n{{i}}\n{{/a}}\n",
     NULL, "1\n12\n123\n24\n15651\n4\n3\n2\n1\n"},
    {"a list renders once a row", "{'l': [{'n': 1}, {'n': 2}, {'n': 3}]}",
     "{{#l}}{{n}}{{/l}}", NULL, "123"},
    {"an empty list does not render", "{'l': []}", "<{{#l}}row{{/l}}>", NULL,
     "<>"},
    {"sections one after the other", "{'on': true, 'two': 'second'}",
     "{{#on}}\n- first\n{{/on}}\n- {{two}}\n{{#on}}\n- third\n{{/on}}\n", NULL,
     "- first\n- second\n- third\n"},
    {"true in true", "{'on': true}",
     "| A {{#on}}B {{#on}}C{{/on}} D{{/on}} E |", NULL, "| A B C D E |"},
    {"false in false", "{'on': false}",
     "| A {{#on}}B {{#on}}C{{/on}} D{{/on}} E |", NULL, "| A  E |"},
    {"a missing name does not render", "{}", "[{{#gone}}here{{/gone}}]", NULL,
     "[]"},
    {"rows that are strings", "{'l': ['a', 'b', 'c']}", "{{#l}}({{.}}){{/l}}",
     NULL, "(a)(b)(c)"},
    {"rows that are numbers", "{'l': [1, 2, 3]}", "{{#l}}({{.}}){{/l}}", NULL,
     "(1)(2)(3)"},
    {"rows that are decimals", "{'l': [1.10, 2.20]}", "{{#l}}({{.}}){{/l}}",
     NULL, "(1.1)(2.2)"},
    {"rows that are lists", "{'l': [[1, 2], ['a', 'b']]}",
     "{{#l}}({{#.}}{{.}}{{/.}}){{/l}}", NULL, "(12)(ab)"},
    {"rows are escaped", "{'l': ['&', '\\'', '<']}", "{{#l}}({{.}}){{/l}}",
     NULL, "(&amp;)(&quot;)(&lt;)"},
    {"rows raw", "{'l': ['&', '\\'', '<']}", "{{#l}}({{{.}}}){{/l}}", NULL,
     "(&)(\")(<)"},
    {"rows with an ampersand", "{'l': ['&', '\\'', '<']}",
     "{{#l}}({{&.}}){{/l}}", NULL, "(&)(\")(<)"},
    {"the root may be a list", "[{'v': 'a'}, {'v': 'b'}]",
     "{{#.}}({{v}}){{/.}}", NULL, "(a)(b)"},
    {"a chain that is true", "{'a': {'b': {'c': true}}}",
     "<{{#a.b.c}}here{{/a.b.c}}>", NULL, "<here>"},
    {"a chain that is false", "{'a': {'b': {'c': false}}}",
     "<{{#a.b.c}}here{{/a.b.c}}>", NULL, "<>"},
    {"a broken chain is false", "{'a': {}}", "<{{#a.b.c}}here{{/a.b.c}}>", NULL,
     "<>"},
    {"blanks around stay", "{'on': true}", " | {{#on}}\t|\t{{/on}} | \n", NULL,
     " | \t|\t | \n"},
    {"blanks and lines inside stay", "{'on': true}",
     " | {{#on}} {{! keep }}\n {{/on}} | \n", NULL, " |  \n  | \n"},
    {"a section within its line keeps blanks", "{'on': true}",
     " {{#on}}YES{{/on}}\n {{#on}}GOOD{{/on}}\n", NULL, " YES\n GOOD\n"},
    {"a line with only a tag goes", "{'on': true}",
     "| This\n{{#on}}\n|\n{{/on}}\n| Line\n", NULL, "| This\n|\n| Line\n"},
    {"also indented", "{'on': true}",
     "| This\n  {{#on}}\n|\n  {{/on}}\n| Line\n", NULL, "| This\n|\n| Line\n"},
    {"also with CR LF", "{'on': true}", "|\r\n{{#on}}\r\n{{/on}}\r\n|", NULL,
     "|\r\n|"},
    {"also in the first line", "{'on': true}", "  {{#on}}\n#{{/on}}\n/", NULL,
     "#\n/"},
    {"also in the last line", "{'on': true}", "#{{#on}}\n/\n  {{/on}}", NULL,
     "#\n/\n"},
    {"blanks inside a tag do not matter", "{'on': true}",
     "|{{# on }}={{/ on }}|", NULL, "|=|"},
};

static const struct mustache_case inverted_cases[] = {
    {"false renders", "{'on': false}", "<{{^on}}shown{{/on}}>", NULL,
     "<shown>"},
    {"true does not", "{'on': true}", "<{{^on}}shown{{/on}}>", NULL, "<>"},
    {"null renders", "{'on': null}", "<{{^on}}shown{{/on}}>", NULL, "<shown>"},
    {"an object is true", "{'mac': {'name': 'ada'}}",
     "<{{^mac}}of {{name}}{{/mac}}>", NULL, "<>"},
    {"a list with rows is true", "{'l': [{'n': 1}, {'n': 2}]}",
     "<{{^l}}{{n}}{{/l}}>", NULL, "<>"},
    {"an empty list renders", "{'l': []}", "<{{^l}}none{{/l}}>", NULL,
     "<none>"},
    {"one after the other", "{'on': false, 'two': 'second'}",
     "{{^on}}\n- first\n{{/on}}\n- {{two}}\n{{^on}}\n- third\n{{/on}}\n", NULL,
     "- first\n- second\n- third\n"},
    {"false in false", "{'on': false}",
     "| A {{^on}}B {{^on}}C{{/on}} D{{/on}} E |", NULL, "| A B C D E |"},
    {"true in true", "{'on': true}",
     "| A {{^on}}B {{^on}}C{{/on}} D{{/on}} E |", NULL, "| A  E |"},
    {"a missing name renders", "{}", "[{{^gone}}here{{/gone}}]", NULL,
     "[here]"},
    {"a chain that is true", "{'a': {'b': {'c': true}}}",
     "<{{^a.b.c}}not here{{/a.b.c}}>", NULL, "<>"},
    {"a chain that is false", "{'a': {'b': {'c': false}}}",
     "<{{^a.b.c}}not here{{/a.b.c}}>", NULL, "<not here>"},
    {"a broken chain renders", "{'a': {}}", "<{{^a.b.c}}not here{{/a.b.c}}>",
     NULL, "<not here>"},
    {"blanks around stay", "{'on': false}", " | {{^on}}\t|\t{{/on}} | \n", NULL,
     " | \t|\t | \n"},
    {"blanks and lines inside stay", "{'on': false}",
     " | {{^on}} {{! keep }}\n {{/on}} | \n", NULL, " |  \n  | \n"},
    {"within its line", "{'on': false}",
     " {{^on}}NO{{/on}}\n {{^on}}WAY{{/on}}\n", NULL, " NO\n WAY\n"},
    {"a line with only a tag goes", "{'on': false}",
     "| This\n{{^on}}\n|\n{{/on}}\n| Line\n", NULL, "| This\n|\n| Line\n"},
    {"also indented", "{'on': false}",
     "| This\n  {{^on}}\n|\n  {{/on}}\n| Line\n", NULL, "| This\n|\n| Line\n"},
    {"also with CR LF", "{'on': false}", "|\r\n{{^on}}\r\n{{/on}}\r\n|", NULL,
     "|\r\n|"},
    {"also in the first line", "{'on': false}", "  {{^on}}\n^{{/on}}\n/", NULL,
     "^\n/"},
    {"also in the last line", "{'on': false}", "^{{^on}}\n/\n  {{/on}}", NULL,
     "^\n/\n"},
    {"blanks inside a tag do not matter", "{'on': false}",
     "|{{^ on }}={{/ on }}|", NULL, "|=|"},
};

static const struct mustache_case delimiter_cases[] = {
    {"another pair", "{'t': 'Hey'}", "{{=<% %>=}}(<%t%>)", NULL, "(Hey)"},
    {"characters special elsewhere", "{'t': 'It works'}", "({{=[ ]=}}[t])",
     NULL, "(It works)"},
    {"a change holds after sections", "{'on': true, 'd': 'printed'}",
     "[\n{{#on}}\n  {{d}}\n  |d|\n{{/on}}\n\n{{= | | =}}\n|#on|\n  {{d}}\n  "
     "|d|\n|/on|\n]\n",
     NULL, "[\n  printed\n  |d|\n\n  {{d}}\n  printed\n]\n"},
    {"and after inverted ones", "{'on': false, 'd': 'printed'}",
     "[\n{{^on}}\n  {{d}}\n  |d|\n{{/on}}\n\n{{= | | =}}\n|^on|\n  {{d}}\n  "
     "|d|\n|/on|\n]\n",
     NULL, "[\n  printed\n  |d|\n\n  {{d}}\n  printed\n]\n"},
    {"a partial has its own", "{'v': 'yes'}",
     "[ {{>inc}} ]\n{{= | | =}}\n[ |>inc| ]\n", "{'inc': '.{{v}}.'}",
     "[ .yes. ]\n[ .yes. ]\n"},
    {"a partial's change ends with it", "{'v': 'yes'}",
     "[ {{>inc}} ]\n[ .{{v}}.  .|v|. ]\n",
     "{'inc': '.{{v}}. {{= | | =}} .|v|.'}",
     "[ .yes.  .yes. ]\n[ .yes.  .|v|. ]\n"},
    {"blanks around stay", "{}", "| {{=@ @=}} |", NULL, "|  |"},
    {"within its line", "{}", " | {{=@ @=}}\n", NULL, " | \n"},
    {"a line with only the tag goes", "{}", "Top.\n{{=@ @=}}\nEnd.\n", NULL,
     "Top.\nEnd.\n"},
    {"also indented", "{}", "Top.\n  {{=@ @=}}\nEnd.\n", NULL, "Top.\nEnd.\n"},
    {"also with CR LF", "{}", "|\r\n{{= @ @ =}}\r\n|", NULL, "|\r\n|"},
    {"also in the first line", "{}", "  {{=@ @=}}\n=", NULL, "="},
    {"also in the last line", "{}", "=\n  {{=@ @=}}", NULL, "=\n"},
    {"blanks inside do not matter", "{}", "|{{= @   @ =}}|", NULL, "||"},
};

static const struct mustache_case comment_cases[] = {
    {"a comment prints nothing", "{}", "123{{! note! }}456", NULL, "123456"},
    {"over several lines", "{}", "123{{!\n  a note\n  of lines\n}}456\n", NULL,
     "123456\n"},
    {"a line with only a comment goes", "{}", "Top.\n{{! note }}\nEnd.\n", NULL,
     "Top.\nEnd.\n"},
    {"also indented", "{}", "Top.\n  {{! note }}\nEnd.\n", NULL,
     "Top.\nEnd.\n"},
    {"also with CR LF", "{}", "|\r\n{{! note }}\r\n|", NULL, "|\r\n|"},
    {"also in the first line", "{}", "  {{! alone }}\n!", NULL, "!"},
    {"also in the last line", "{}", "!\n  {{! alone }}", NULL, "!\n"},
    {"also over several lines", "{}", "Top.\n{{!\nnote\n}}\nEnd.\n", NULL,
     "Top.\nEnd.\n"},
    {"also several, indented", "{}", "Top.\n  {{!\n    note\n  }}\nEnd.\n",
     NULL, "Top.\nEnd.\n"},
    {"within its line", "{}", "  12 {{! 34 }}\n", NULL, "  12 \n"},
    {"blanks around stay", "{}", "123 {{! note }} 456", NULL, "123  456"},
    {"a comment is no name", "{'! n': 1, '!n': 2, 'n': 3}",
     "<{{! n }}>/<{{!n}}>", NULL, "<>/<>"},
};

static const struct mustache_case partial_cases[] = {
    {"another file is put in place", "{}", "<{{>t}}>", "{'t': 'from file'}",
     "<from file>"},
    {"a missing file is empty", "{}", "<{{>t}}>", "{}", "<>"},
    {"it sees what stands around it", "{'t': 'inside'}", "<{{>p}}>",
     "{'p': '*{{t}}*'}", "<*inside*>"},
    {"it may include itself", "{'c': 'X', 'n': [{'c': 'Y', 'n': []}]}",
     "{{>node}}", "{'node': '{{c}}({{#n}}{{>node}}{{/n}})'}", "X(Y())"},
    {"and others", "{'a': 'hello', 'b': 'world'}", "{{>outer}}",
     "{'outer': '*{{a}} {{>inner}}*', 'inner': '{{b}}!'}", "*hello world!*"},
    {"blanks around stay", "{}", "| {{>p}} |", "{'p': '\\t|\\t'}", "| \t|\t |"},
    {"within its line it is not indented", "{'d': '|'}", "  {{d}}  {{> p}}\n",
     "{'p': '-\\n-'}", "  |  -\n-\n"},
    {"a line with only the tag goes, CR LF", "{}", "|\r\n{{>p}}\r\n|",
     "{'p': '>'}", "|\r\n>|"},
    {"indented in the first line", "{}", "  {{>p}}\n>", "{'p': '>\\n>'}",
     "  >\n  >>"},
    {"indented in the last line", "{}", ">\n  {{>p}}", "{'p': '>\\n>'}",
     ">\n  >\n  >"},
    {"its lines are indented, not its values", "{'c': '<\\n->'}",
     "\\\n {{>p}}\n/\n", "{'p': '|\\n{{{c}}}\\n|\\n'}",
     "\\\n |\n <\n->\n |\n/\n"},
    {"blanks inside the tag do not matter", "{'on': true}", "|{{> p }}|",
     "{'p': '[]'}", "|[]|"},
};

static const struct mustache_case inheritance_cases[] = {
    {"a block prints its content", "{}", "{{$t}}Default{{/t}}\n", NULL,
     "Default\n"},
    {"with values", "{'b': 'baz'}", "{{$f}}is {{b}} so{{/f}}\n", NULL,
     "is baz so\n"},
    {"with raw values", "{'b': '<baz>'}", "{{$f}}is {{{b}}} so{{/f}}\n", NULL,
     "is <baz> so\n"},
    {"with sections", "{'b': {'z': 'qux'}}",
     "{{$f}}is {{#b}}{{z}}{{/b}} so{{/f}}\n", NULL, "is qux so\n"},
    {"with inverted sections", "{'z': 'three'}",
     "{{$f}}is {{^b}}{{z}}{{/b}} so{{/f}}\n", NULL, "is three so\n"},
    {"values are not read as tags", "{'b': {'z': '{{q}}'}}",
     "{{$f}}is {{#b}}{{z}}{{/b}} so{{/f}}\n", NULL, "is {{q}} so\n"},
    {"a parent prints its own content", "{}", "{{<inc}}{{/inc}}\n",
     "{'inc': '{{$f}}own{{/f}}'}", "own"},
    {"a block is replaced", "{}", "{{<up}}{{$t}}ours{{/t}}{{/up}}",
     "{'up': '...{{$t}}Default{{/t}}...'}", "...ours..."},
    {"data does not replace a block", "{'v': 'data'}",
     "{{<inc}}{{$v}}template{{/v}}{{/inc}}", "{'inc': '{{$v}}inc{{/v}}'}",
     "template"},
    {"nor its default", "{'v': 'data'}", "{{<inc}}{{/inc}}",
     "{'inc': '{{$v}}inc{{/v}}'}", "inc"},
    {"a parent within a line", "{}", "test {{<up}}{{$s}}over{{/s}}{{/up}}",
     "{'up': '{{$s}}...{{/s}}'}", "test over"},
    {"two parents, two replacements", "{}",
     "t {{<up}}{{$s}}one{{/s}}{{/up}} {{<up}}{{$s}}two{{/s}}{{/up}}\n",
     "{'up': '|{{$s}}...{{/s}}{{$d}} d{{/d}}|'}", "t |one d| |two d|\n"},
    {"a replacement over several lines", "{}",
     "{{<up}}{{$b}}\npeak\n\n:(\n{{/b}}{{/up}}", "{'up': '{{$b}}low{{/b}}'}",
     "peak\n\n:(\n"},
    {"the place gives the indentation", "{}",
     "{{<up}}{{$n}}hammer{{/n}}{{/up}}",
     "{'up': 'stop:\\n  {{$n}}listen{{/n}}\\n'}", "stop:\n  hammer\n"},
    {"one of two blocks is replaced", "{}", "{{<up}}{{$b}}two{{/b}}{{/up}}",
     "{'up': '{{$a}}new one{{/a}}, {{$b}}new two{{/b}}'}", "new one, two"},
    {"a parent without blocks is a partial", "{}", "{{>up}}|{{<up}}{{/up}}",
     "{'up': '{{$f}}content{{/f}}'}", "content|content"},
    {"parents that include each other", "{}", "{{<up}}{{$f}}over{{/f}}{{/up}}",
     "{'up': '{{$f}}content{{/f}} {{$b}}{{<up2}}{{/up2}}{{/b}}', 'up2': "
     "'{{$f}}up2 content{{/f}} {{<up}}{{$b}}stop{{/b}}{{/up}}'}",
     "over over over stop"},
    {"the outermost has the last word", "{}", "{{<up}}{{$a}}c{{/a}}{{/up}}",
     "{'up': '{{<old}}{{$a}}p{{/a}}{{/old}}', 'old': "
     "'{{<grand}}{{$a}}o{{/a}}{{/grand}}', 'grand': '{{$a}}g{{/a}}'}",
     "c"},
    {"else the next one", "{}", "{{<up}}{{/up}}",
     "{'up': '{{<old}}{{$a}}p{{/a}}{{/old}}', 'old': "
     "'{{<grand}}{{$a}}o{{/a}}{{/grand}}', 'grand': '{{$a}}g{{/a}}'}",
     "p"},
    {"text beside the blocks is ignored", "{}",
     "{{<up}} ignored {{$f}}hmm{{/f}} ignored {{/up}}",
     "{'up': '{{$f}}content{{/f}}'}", "hmm"},
    {"also where there is no block", "{}", "{{<up}} ignored too {{/up}}",
     "{'up': '{{$f}}content{{/f}}'}", "content"},
    {"a replacement sees what its place sees",
     "{'f': 'apples', 'in': {'f': 'bananas'}}",
     "{{<up}}{{$b}}I say {{f}}.{{/b}}{{/up}}",
     "{'up': '{{#in}}{{$b}}You say {{f}}.{{/b}}{{/in}}'}", "I say bananas."},
    {"a parent alone on its line is indented", "{}", "Hi,\n  {{<up}}{{/up}}\n",
     "{'up': 'one\\ntwo\\n'}", "Hi,\n  one\n  two\n"},
    {"a block alone on its line is indented", "{}",
     "{{<up}}{{$b}}\none\ntwo{{/b}}\n{{/up}}\n",
     "{'up': 'Hi,\\n  {{$b}}{{/b}}\\n'}", "Hi,\n  one\n  two\n"},
    {"a replacement loses its own indentation", "{}",
     "{{<up}}{{$b}}\n    one\n    two\n{{/b}}{{/up}}\n",
     "{'up': 'Hi,\\n  {{$b}}\\n  {{/b}}\\n'}", "Hi,\n  one\n  two\n"},
    {"and takes that of the default content", "{}",
     "{{<up}}{{$b}}\none\ntwo\n{{/b}}{{/up}}\n",
     "{'up': 'Hi,\\n{{$b}}\\n  default\\n{{/b}}\\n'}", "Hi,\n  one\n  two\n"},
    {"blocks in blocks are indented relatively", "{}",
     "{{<up}}{{$n}}\nthree\n{{/n}}{{/up}}\n",
     "{'up': '{{<grand}}{{$b}}\\n  one\\n  {{$n}}\\n    two\\n  "
     "{{/n}}\\n{{/b}}{{/grand}}\\n', 'grand': '{{$b}}default{{/b}}'}",
     "one\n  three\n"},
};

/* ------------------------------------------- JSON as the data of a template */

struct cursor {
    json_t *list;
    size_t at;
};

/* Numbers as text, for as long as a few tags need them. */
static char numbers[64][32];
static size_t number_at;

static void from_json(json_t *v, struct template_value *out)
{
    char *number = numbers[number_at++ % COUNT_OF(numbers)];

    out->type = TEMPLATE_FALSE;
    out->ref = v;
    if (json_is_string(v) || json_is_number(v)) {
        out->type = TEMPLATE_STRING;
        out->text = number;
        if (json_is_string(v))
            out->text = json_string_value(v);
        else
            snprintf(number, sizeof(numbers[0]), "%g", json_number_value(v));
        out->len = strlen(out->text);
    } else if (json_is_object(v)) {
        out->type = TEMPLATE_ITEM;
    } else if (json_is_array(v)) {
        out->type = TEMPLATE_ROWS;
    } else if (json_is_true(v)) {
        out->type = TEMPLATE_TRUE;
    }
}

static int json_find(void *ctx, const struct template_value *item,
                     const char *name, struct template_value *out,
                     struct err *err)
{
    json_t *v = json_object_get(item->ref, name);

    (void)ctx, (void)err;
    if (v)
        from_json(v, out);
    return 0;
}

static int json_open(void *ctx, const struct template_value *rows,
                     const struct template_scope *scope, void **out,
                     struct err *err)
{
    struct cursor *c = malloc(sizeof(*c));

    (void)ctx, (void)scope, (void)err;
    ck_assert_ptr_nonnull(c);
    *c = (struct cursor){.at = 0};
    memcpy(&c->list, &rows->ref, sizeof(c->list));
    *out = c;
    return 0;
}

static int json_next(void *ctx, void *cursor, struct template_value *row,
                     struct err *err)
{
    struct cursor *c = cursor;

    (void)ctx, (void)err;
    if (c->at == json_array_size(c->list))
        return 0;
    *row = (struct template_value){.type = TEMPLATE_FALSE};
    from_json(json_array_get(c->list, c->at++), row);
    return 1;
}

static void json_close(void *ctx, void *cursor)
{
    (void)ctx;
    free(cursor);
}

/* --------------------------------------------------------------- running -- */

struct files {
    const char *main;
    json_t *partials;
};

static int load(void *ctx, const char *name, const char **text, size_t *len,
                const char **shown, struct err *err)
{
    const struct files *f = ctx;

    (void)shown, (void)err;
    *text = strcmp(name, "main") == 0
                ? f->main
                : json_string_value(json_object_get(f->partials, name));
    if (*text)
        *len = strlen(*text);
    return *text != NULL;
}

static int sink(void *ctx, const char *s, size_t n, struct err *err)
{
    (void)err;
    strbuf_add(ctx, s, n);
    return 0;
}

static json_t *parse(const char *text)
{
    char *copy = strdup(text ? text : "{}"), *p;
    json_error_t where;
    json_t *v;

    for (p = copy; *p; p++)
        if (*p == '\\' && p[1] == '\'')
            p++; /* stays: becomes an escaped quote below */
        else if (*p == '\'')
            *p = '"';
    for (p = copy; *p; p++)
        if (*p == '\'')
            *p = '"';
    v = json_loads(copy, JSON_DECODE_ANY, &where);
    ck_assert_msg(v != NULL, "%s: %s", copy, where.text);
    free(copy);
    return v;
}

static void check(const struct mustache_case *c)
{
    json_t *data = parse(c->data);
    struct files files = {c->template, parse(c->partials)};
    struct template_options o = {.load = load, .ctx = &files, .lenient = true};
    struct template_source source = {NULL, json_find, json_open, json_next,
                                     json_close};
    struct template_value root = {.type = TEMPLATE_FALSE};
    struct strbuf out = {0};
    struct err err = {0};
    struct template *t = template_compile("main", &o, &err);

    from_json(data, &root);
    ck_assert_msg(t != NULL, "%s: %s", c->what, err.text);
    ck_assert_msg(template_render(t, &source, &root, sink, &out, &err) == 0,
                  "%s: %s", c->what, err.text);
    ck_assert_msg(strcmp(strbuf_str(&out), c->expected) == 0,
                  "%s: expected \"%s\", got \"%s\"", c->what, c->expected,
                  strbuf_str(&out));
    strbuf_free(&out);
    template_free(t);
    json_decref(data);
    json_decref(files.partials);
}

#define GROUP(name)                                                            \
    START_TEST(name)                                                           \
    {                                                                          \
        check(&name##_cases[_i]);                                              \
    }                                                                          \
    END_TEST

GROUP(interpolation)
GROUP(section)
GROUP(inverted)
GROUP(delimiter)
GROUP(comment)
GROUP(partial)
GROUP(inheritance)

#define ADD(name) tcase_add_loop_test(tc, name, 0, (int)COUNT_OF(name##_cases))

Suite *mustache_suite(void);
Suite *mustache_suite(void)
{
    Suite *s = suite_create("mustache");
    TCase *tc = tcase_create("specification");

    ADD(interpolation);
    ADD(section);
    ADD(inverted);
    ADD(delimiter);
    ADD(comment);
    ADD(partial);
    ADD(inheritance);
    suite_add_tcase(s, tc);
    return s;
}
