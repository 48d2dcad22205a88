#!/usr/bin/env node
// Takes each defence out and runs the security tests that must notice; tests/mutants/README.md says how it is written
// down. All mutants are built into the same programs, in a copy of the sources; an environment variable picks one.
//
//     tests/tools/mutants.mjs [name or number …]
//     tests/tools/mutants.mjs --check       only whether every mutant finds its place

import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import { mutatedSources, readLists, VARIABLE } from './mutants/lists.mjs';

const HAPPY_PATH = '001';
const TIMEOUT_MS = 900_000;

process.chdir(resolve(import.meta.dirname, '../..'));
const tree = resolve('target/mutants/tree');
// Never the usual one: cargo would take the program with the mutants for ours, as the paths in the workspace are the same.
const target = resolve('target/mutants/build');

/** Writes the sources with all mutants. Files that stay the same keep their time. */
function copySources(mutants) {
  const sources = new Map(mutatedSources(mutants));
  for (const [file, content] of sources) {
    const copy = join(tree, file);
    if (existsSync(copy) && readFileSync(copy).equals(content)) continue;
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(copy, content);
    chmodSync(copy, statSync(file).mode);
  }
  const copies = readdirSync(tree, { recursive: true, withFileTypes: true }).filter((it) => it.isFile());
  for (const copy of copies.map((it) => join(it.parentPath, it.name))) {
    if (!sources.has(copy.slice(tree.length + 1))) rmSync(copy);
  }
}

/** Runs cargo in the copy. What it warns of is the mutants' doing, and is shown only when they cannot be built. */
function cargo(...args) {
  const options = { cwd: tree, env: { ...process.env, CARGO_TARGET_DIR: target }, encoding: 'utf8', maxBuffer: 2 ** 30 };
  const { status, stdout, stderr } = spawnSync('cargo', args, options);
  if (status !== 0) throw new Error(`cargo ${args.join(' ')}\n${stderr}`);
  return stdout;
}

/** Builds the programs and the tests, of the same crates with the same features; returns the path of the tests. */
function build() {
  cargo('build', '--quiet', '--bin', 'doorward');
  const messages = cargo('test', '--quiet', '--no-run', '--workspace', '--test', 'flows', '--message-format=json');
  const artifacts = messages.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  return artifacts.find(({ executable, target }) => executable && target.name === 'flows').executable;
}

/** Runs these tests on one mutant, or on none; returns those that failed. */
function failed(flows, tests, mutant) {
  const env = { ...process.env, [VARIABLE]: mutant ?? '' };
  const options = { cwd: join(tree, 'tests'), env, encoding: 'utf8', maxBuffer: 2 ** 30, timeout: TIMEOUT_MS };
  const { stdout, status } = spawnSync(flows, ['--exact', ...tests], options);
  const results = new Map([...stdout.matchAll(/^test (\S+) \.\.\. (ok|FAILED)$/gm)].map(([, test, result]) => [test, result]));
  if (status === null || tests.some((test) => !results.has(test))) throw new Error(`${mutant}: no results\n${stdout}`);
  return tests.filter((test) => results.get(test) === 'FAILED');
}

const numberOf = (test) => test.match(/::sec_(\d+)_/)?.[1];

/** The numbers that did not notice a mutant, and whether it breaks so much that it proves nothing. */
function judge({ numbers }, failures) {
  const survived = numbers.filter((number) => !failures.some((test) => numberOf(test) === number));
  const signsNobodyIn = !numbers.includes(HAPPY_PATH) && failures.some((test) => numberOf(test) === HAPPY_PATH);
  return { survived, signsNobodyIn };
}

const all = readLists();
if (process.argv[2] === '--check') {
  mutatedSources(all);
  process.exit(0);
}
const wanted = process.argv.slice(2);
const mutants = all.filter(({ name, numbers }) => wanted.length === 0 || [name, ...numbers].some((it) => wanted.includes(it)));
mkdirSync(tree, { recursive: true });
copySources(all);
const flows = build();
const list = (...more) => {
  const listed = execFileSync(flows, ['--list', '--format', 'terse', ...more], { encoding: 'utf8' });
  return [...listed.matchAll(/^(\S+): test$/gm)].map(([, test]) => test);
};
// Those that are ignored need the local stack.
const ignored = new Set(list('--ignored'));
const security = list().filter((test) => numberOf(test) && !ignored.has(test));
const named = new Set(all.flatMap(({ numbers }) => numbers));
const tests = security.filter((test) => named.has(numberOf(test)));
const testsOf = (numbers) => tests.filter((test) => numbers.includes(numberOf(test)));

const needed = wanted.length === 0 ? tests : testsOf([HAPPY_PATH, ...mutants.flatMap(({ numbers }) => numbers)]);
const broken = failed(flows, needed);
if (broken.length > 0) throw new Error(`these fail without any mutant: ${broken.join(' ')}`);
const unproven = new Set(tests);
const rows = [];
for (const mutant of mutants) {
  const { name, numbers } = mutant;
  const failures = failed(flows, testsOf([HAPPY_PATH, ...numbers]), name);
  failures.forEach((test) => unproven.delete(test));
  const { survived, signsNobodyIn } = judge(mutant, failures);
  const result = (number) => (signsNobodyIn ? 'SIGNS NOBODY IN' : survived.includes(number) ? 'SURVIVED' : 'failed');
  const results = numbers.map((number) => ({ number, name, result: result(number) }));
  console.log(`${name}: ${results.map(({ number, result }) => `${number} ${result}`).join(', ')}`);
  rows.push(...results);
}
console.log('\nnumber  result    mutant');
for (const { number, name, result } of rows.sort((a, b) => a.number.localeCompare(b.number))) {
  console.log(`${number}     ${result.padEnd(8)}  ${name}`);
}
const silent = wanted.length === 0 ? [...unproven] : [];
silent.forEach((test) => console.log(`no mutant makes it fail: ${test}`));
const untried = new Set(security.map(numberOf).filter((number) => !named.has(number)));
if (untried.size > 0) console.log(`no mutant is written for: ${[...untried].sort().join(' ')}`);
process.exitCode = silent.length > 0 || rows.some(({ result }) => result !== 'failed') ? 1 : 0;
