// The lists in tests/mutants, and the copy of the sources in which each mutant can be picked.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { mutate, mutateTemplate } from './place.mjs';

/** Not DOORWARD_…: the services would take it for a setting. */
export const VARIABLE = 'MUTANT_OF_DOORWARD';
const FOLDER = 'tests/mutants';
/** `// mutant: a, b (label)` on lines of their own, or `{# mutant: a #}` in a template. */
const MARK = /(?:^[ \t]*\/\/ mutant: [^\n]+\n)+|\{# mutant: [^#]+? #\}/gm;
const NAMES = /mutant: ([^\n#]+?)(?: #\})?$/gm;

/** Every mutant: `{ name, numbers, operations: [{ label, operation, text }] }`. */
export function readLists() {
  const mutants = [];
  for (const list of readdirSync(FOLDER).filter((file) => file.endsWith('.mutants')).sort()) {
    readFileSync(join(FOLDER, list), 'utf8').split('\n').forEach((line, index) => {
      const refuse = (problem) => { throw new Error(`${FOLDER}/${list}:${index + 1}: ${problem}`); };
      if (line === '' || line.startsWith('#')) return;
      const [, name, numbers] = line.match(/^mutant ([a-z0-9-]+): ([\d ]+)$/) ?? [];
      if (name) {
        if (mutants.some((mutant) => mutant.name === name)) refuse(`${name} is there already`);
        mutants.push({ name, numbers: numbers.split(' '), operations: [] });
      } else if (line.startsWith('  ')) {
        mutants.at(-1).operations.at(-1).text += `\n${line.slice(2)}`;
      } else {
        const [, label, operation, text] = line.match(/^(?:\(([a-z]+)\) )?([a-z]+)(?: (.*))?$/) ?? refuse('not an operation');
        mutants.at(-1).operations.push({ label, operation, text: text ?? '' });
      }
    });
  }
  return mutants;
}

// Later operations of a mark find the same place again: what wraps it comes after what changes its inside.
const ORDER = ['never', 'always', 'instead', 'unescaped', 'after', 'skip', 'before'];

/** The content of a file with all mutants whose marks are in it. Counts the operations that were used. */
function mutated(file, content, mutants, used) {
  const template = file.endsWith('.html');
  const condition = (name) => template
    ? `std::env::var("${VARIABLE}").unwrap_or_default() == "${name}"`
    : `std::env::var_os("${VARIABLE}").is_some_and(|it| it == "${name}")`;
  // From the end: the positions before stay the same.
  for (const mark of [...content.matchAll(MARK)].reverse()) {
    const behind = mark.index + mark[0].length;
    const line = content.slice(0, mark.index).split('\n').length;
    const entries = [...mark[0].matchAll(NAMES)].flatMap(([, names]) => names.split(', '));
    const operations = entries.flatMap((entry) => {
      const [, name, label] = entry.trim().match(/^([a-z0-9-]+)(?: \(([a-z]+)\))?$/) ?? [];
      const mutant = mutants.find((mutant) => mutant.name === name);
      const found = mutant?.operations.filter((it) => it.label === label) ?? [];
      if (found.length === 0) throw new Error(`${file}:${line}: no mutant is called ${entry}`);
      return found.map((operation) => ({ name, operation }));
    });
    operations.sort((a, b) => ORDER.indexOf(a.operation.operation) - ORDER.indexOf(b.operation.operation));
    for (const { name, operation } of operations) {
      try {
        const edit = (template ? mutateTemplate : mutate)(content, behind, operation, condition(name));
        content = content.slice(0, edit.from) + edit.text + content.slice(edit.to);
      } catch (error) {
        throw new Error(`${file}:${line}: ${name}: ${operation.operation}: ${error.message}`);
      }
      used.add(operation);
    }
  }
  return content;
}

/** Every tracked file as `[path, content]`, with all mutants. Each operation must have found its mark. */
export function mutatedSources(mutants) {
  const tracked = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0');
  const files = tracked.filter((file) => file !== '' && existsSync(file));
  const used = new Set();
  const sources = files.map((file) => {
    const content = readFileSync(file);
    const marked = file.startsWith('crates/') && /\.(rs|html)$/.test(file);
    return [file, marked ? Buffer.from(mutated(file, content.toString(), mutants, used)) : content];
  });
  for (const { name, operations } of mutants) {
    const unused = operations.find((operation) => !used.has(operation));
    if (unused) throw new Error(`no mark in the code says "mutant: ${name}${unused.label ? ` (${unused.label})` : ''}"`);
  }
  return sources;
}
