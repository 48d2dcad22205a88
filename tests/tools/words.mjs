#!/usr/bin/env node
// Holds the rules of plain English that a search for text can hold. CONTRIBUTING.md says what they are for.
//
//     tests/tools/words.mjs            checks every file of the project
//     tests/tools/words.mjs --update   writes lower counts into words.txt, never a higher one; all, if it is missing
//
// words.txt lists files that do not hold the rules yet, each with a count that may only fall. A file that is not listed
// must hold them all.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

process.chdir(resolve(import.meta.dirname, '../..'));
const LIST = 'tests/tools/words.txt';
const HEAD = `# Files that do not hold the rules of tests/tools/words.mjs yet: count, rule, file. A count may only fall.
# Written by tests/tools/words.mjs --update. Where a file is renamed, rename it here.
`;

const SKIPPED = /(^|\/)(Cargo\.lock|package-lock\.json|LICENSE)$|\.svg$|^tests\/fuzz\/corpus\/|^tests\/tools\/words\./;
const MARKS = [
  [/\.(rs|proto|js|mjs)$/, '//'],
  [/\.(sql|lua)$/, '--'],
  [/\.(toml|sh|yaml|acl)$|(^|\/)Makefile$/, '#'],
];
const WIDTH = 120;
const OLD_NAMES = [
  'look_ups?',
  'when_emptied|WhenEmptied',
  'may_begin',
  'begin_again|BeginAgain',
  'tells_permissions',
  '(?<=\\b(?:struct|enum|trait|type) )(?:Elsewhere|Question|Visit|Which|Wish|Whom)',
];

/** The rules. `finds(line)` says whether a line breaks one; a line has `text`, `comment`, `whole` and `opens`. */
const RULES = {
  'comment-width': {
    finds: (line) => line.whole && !line.comment.startsWith('|') && [...line.text].length > WIDTH,
    remedy: `break the comment before column ${WIDTH}; only a row of a table may be longer`,
  },
  'comment-start': {
    finds: (line) => line.opens && /^(Of|Those|Whose|As|What) /.test(line.comment),
    remedy: 'start the doc comment with a verb, or with a noun phrase that names the thing',
  },
  'comment-person': {
    finds: (line) => /\b(whoever|whomever|nobody|somebody)\b/i.test(line.comment ?? ''),
    remedy: 'name the caller, the value or the user; say None or empty where that is meant',
  },
  pronoun: {
    finds: (line) => /\b(he|his|him|himself|she|her|hers|herself)\b/i.test(line.text),
    remedy: 'a user is *they*',
  },
  'old-name': {
    finds: (line) => new RegExp(`(?<![A-Za-z])(?:${OLD_NAMES.join('|')})(?![A-Za-z])`).test(line.text),
    remedy: 'use the name that replaced it: on_data_loss, start_empty, allow_new_store, lookups, or the type in the code',
  },
  // But for the program that gives CI's machine a container engine.
  'local-path': {
    finds: (line) => /(^|[^\w.\/-])(\/work\/|\/tmp\/|\/root\/|\/home\/)|\.\.\/shared\b(?!\/docker-engine)/.test(line.text),
    remedy: 'name no path of one machine; use a path in the repository, or one from the settings',
  },
};

/** The lines of a file, with what is comment in them. */
function linesOf(file, text) {
  const mark = MARKS.find(([name]) => name.test(file))?.[1];
  const start = mark && new RegExp(`(^|\\s)${mark}[/!]?(\\s|$)`);
  let inDoc = false;
  return text.split('\n').map((line) => {
    const at = start ? line.search(start) : -1;
    const before = line.slice(0, Math.max(at, 0));
    const isComment = at >= 0 && (before.match(/"/g)?.length ?? 0) % 2 === 0;
    const comment = isComment ? line.slice(at).replace(start, '') : undefined;
    const isDoc = isComment && /^\s*\/\/[/!]/.test(line);
    const opens = isDoc && !inDoc;
    inDoc = isDoc;
    return { text: line, comment, whole: isComment && before.trim() === '', opens };
  });
}

/** Every place that breaks a rule: `{ rule, file, at, text }`. */
function findAll() {
  const list = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' });
  const found = [];
  for (const file of list.split('\0').filter((file) => file && !SKIPPED.test(file) && existsSync(file))) {
    linesOf(file, readFileSync(file, 'utf8')).forEach((line, index) => {
      for (const [rule, { finds }] of Object.entries(RULES)) {
        if (finds(line)) found.push({ rule, file, at: index + 1, text: line.text.trim() });
      }
    });
  }
  return found;
}

/** The list as a map from `rule file` to its count. */
function allowedCounts() {
  const lines = readFileSync(LIST, 'utf8').split('\n').filter((line) => /^\d/.test(line));
  return new Map(lines.map((line) => {
    const [count, ...key] = line.split(' ');
    return [key.join(' '), Number(count)];
  }));
}

function write(counts) {
  const byFile = ([key]) => key.split(' ').reverse().join(' ');
  const sorted = [...counts].sort((a, b) => (byFile(a) < byFile(b) ? -1 : 1));
  writeFileSync(LIST, HEAD + sorted.map(([key, count]) => `${count} ${key}\n`).join(''));
}

const found = findAll();
const counts = new Map();
for (const { rule, file } of found) counts.set(`${rule} ${file}`, (counts.get(`${rule} ${file}`) ?? 0) + 1);

const isUpdate = process.argv.includes('--update');
if (isUpdate && !existsSync(LIST)) {
  write(counts);
  process.exit(0);
}

const allowed = allowedCounts();
const over = [...counts].filter(([key, count]) => count > (allowed.get(key) ?? 0));
const under = [...allowed].filter(([key, count]) => (counts.get(key) ?? 0) < count);

for (const [key] of over) {
  for (const place of found.filter(({ rule, file }) => `${rule} ${file}` === key)) {
    console.error(`${place.file}:${place.at}: ${place.rule}: ${RULES[place.rule].remedy}\n    ${place.text}`);
  }
  console.error(`  ${key}: ${counts.get(key)} where ${allowed.get(key) ?? 0} are allowed (${LIST})\n`);
}
if (isUpdate) {
  const lower = [...allowed].map(([key, count]) => [key, Math.min(count, counts.get(key) ?? 0)]);
  write(new Map(lower.filter(([, count]) => count > 0)));
} else if (under.length > 0) {
  for (const [key, count] of under) console.error(`${LIST}: ${key}: ${count} are listed, ${counts.get(key) ?? 0} are left`);
  console.error('fewer than listed, good: write the new counts with tests/tools/words.mjs --update, and commit them');
}
process.exit(over.length > 0 || (under.length > 0 && !isUpdate) ? 1 : 0);
