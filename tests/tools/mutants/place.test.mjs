import assert from 'node:assert/strict';
import { test } from 'node:test';

import { mutate, mutateTemplate } from './place.mjs';

const MARK = '// mutant: it\n';

function mutated(source, operation, text = '') {
  const mark = source.indexOf(MARK) + MARK.length;
  const edit = mutate(source, mark, { operation, text }, 'M');
  return (source.slice(0, edit.from) + edit.text + source.slice(edit.to)).replace(MARK, '');
}

const cases = [
  ['condition', `${MARK}if a || b {\n    c();\n}`, 'never', '', 'if !M && (a || b) {\n    c();\n}'],
  ['condition over lines', `${MARK}if x.any(|it| {\n    it\n}) {`, 'always', '', 'if M || (x.any(|it| {\n    it\n})) {'],
  ['else', `${MARK}} else if a {`, 'never', '', '} else if !M && (a) {'],
  ['let chain', `${MARK}if let Some(x) = y && z {`, 'never', '', 'if !M && let Some(x) = y && z {'],
  ['binding', `${MARK}let x: Vec<u8> = f(";", ';');`, 'instead', 'g(IT)', `let x: Vec<u8> = (if M { g(f(";", ';')) } else { f(";", ';') });`],
  ['let else', `${MARK}let Some(x) = y? else {\n    return;\n};`, 'instead', 'None', 'let Some(x) = (if M { None } else { y? }) else {\n    return;\n};'],
  ['field', `A {\n    ${MARK}    b: c(1, 2),\n    d,\n}`, 'instead', '3', 'A {\n        b: (if M { 3 } else { c(1, 2) }),\n    d,\n}'],
  ['last field', `A { ${MARK}b: c }`, 'instead', '3', 'A { b: (if M { 3 } else { c }) }'],
  ['tail', `{\n${MARK}a && b\n}`, 'never', '', '{\n!M && (a && b)\n}'],
  ['operand', `a\n${MARK}    || b(c)\n}`, 'never', '', 'a\n    || !M && (b(c))\n}'],
  ['argument', `f()\n${MARK}    .http_only(true)\n    .g()`, 'never', '', 'f()\n    .http_only(!M && (true))\n    .g()'],
  ['tail instead', `{\n${MARK}a.b()\n}`, 'instead', 'c', '{\n(if M { c } else { a.b() })\n}'],
  ['operand always', `a\n${MARK}    && b(c)\n}`, 'always', '', 'a\n    && (M || (b(c)))\n}'],
  ['operand instead', `a\n${MARK}    || b\n{`, 'instead', 'x && IT', 'a\n    || (if M { x && b } else { b })\n{'],
  ['arm', `match x {\n${MARK}    Some(y) => z(y),\n}`, 'never', '', 'match x {\n    Some(y) if !M => z(y),\n}'],
  ['guarded arm', `match x {\n${MARK}    Some(y) if y => z,\n}`, 'always', '', 'match x {\n    Some(y) if M || (y) => z,\n}'],
  ['value of an arm', `match x {\n${MARK}    None => false,\n}`, 'instead', 'true', 'match x {\n    None => (if M { true } else { false }),\n}'],
  ['arm before', `match x {\n${MARK}    None => 1,\n}`, 'before', 'None if MUTANT => 2,', 'match x {\n    None if M => 2,\nNone => 1,\n}'],
  ['statement', `${MARK}a.b(c);\nd();`, 'skip', '', 'if !M { a.b(c); }\nd();'],
  ['after', `${MARK}let a = b;\nc`, 'after', 'let a = MUTANT;', 'let a = b;\nlet a = M;\nc'],
  ['lifetimes', `${MARK}let x: &'a str = 'b'.f("'");`, 'instead', 'y', `let x: &'a str = (if M { y } else { 'b'.f("'") });`],
];
for (const [name, source, operation, text, expected] of cases) {
  test(name, () => assert.equal(mutated(source, operation, text), expected));
}

test('what cannot be done is refused', () => {
  assert.throws(() => mutated(`${MARK}if let Some(x) = y {`, 'always'));
  assert.throws(() => mutated(`${MARK}None => 1,`, 'always'));
  assert.throws(() => mutated(`${MARK}a;`, 'perhaps'));
});

test('templates', () => {
  const at = (source, operation, text) => {
    const edit = mutateTemplate(source, 0, { operation, text }, 'M');
    return source.slice(0, edit.from) + edit.text + source.slice(edit.to);
  };
  assert.equal(at('{{ name }}"', 'unescaped'), '{% if M %}{{ name|safe }}{% else %}{{ name }}{% endif %}"');
  assert.equal(at('<p>', 'before', '<b>'), '{% if M %}<b>{% endif %}<p>');
  assert.throws(() => at('<p>', 'unescaped'));
});
