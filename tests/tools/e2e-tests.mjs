#!/usr/bin/env node
// Finds the flows that can run on the compose stack, by the deployment that they ask for.
//
//     tests/tools/e2e-tests.mjs flows         those with the tests' own tenant
//     tests/tools/e2e-tests.mjs security      those with the tenant of the security tests
//     tests/tools/e2e-tests.mjs left-out      all others, with the reason

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const flows = resolve(import.meta.dirname, '../flows');
const TENANTS = {
  flows: /\bon_every_deployment\(/,
  security: /\bon_(server|replicas|server_and_replicas)\(/,
};
// These reach into a deployment of processes that the test has started.
const OWN = /let Deployment::(Embedded|Separate)\b|&Separate\b|&Embedded\b|\bseparate\(/;
const REASONS = [
  [/\bon_stand\(/, 'stops or fills a Redis of its own'],
  [/\bon_(separate_processes|own_replicas|small_redis)\(|\bSeparate\b/, 'stops or configures processes of its own'],
  [/\bon_embedded\(|\bEmbedded\b|"serve"/, 'is about the embedded server'],
];

/** All functions of a file: their names, whether they are tests, and their text with attributes. */
function functions(source) {
  const pattern = /^((?:#\[.*\]\n)*)(?:pub\S* )?(?:async )?fn (\w+)[^]*?^\}/gm;
  return [...source.matchAll(pattern)].map(([text, attributes, name]) => ({ name, text, isTest: /test/.test(attributes) }));
}

/** The text of a function and of all functions of its file that it calls. */
function reach(all, start, seen = new Set()) {
  seen.add(start);
  for (const other of all) {
    if (!seen.has(other) && new RegExp(`\\b${other.name}\\b`).test(start.text)) reach(all, other, seen);
  }
  return [...seen].map(({ text }) => text).join('\n');
}

function tests() {
  const files = readdirSync(flows, { recursive: true }).filter((file) => file.endsWith('.rs') && file !== 'main.rs');
  return files.sort().flatMap((file) => {
    const all = functions(readFileSync(join(flows, file), 'utf8'));
    const module = file.replace(/\.rs$/, '').replaceAll('/', '::');
    return all.filter(({ isTest }) => isTest).map((test) => ({ name: `${module}::${test.name}`, text: reach(all, test) }));
  });
}

function group({ text }) {
  if (/#\[ignore/.test(text)) return 'runs alone';
  if (OWN.test(text)) return 'left-out';
  return Object.keys(TENANTS).find((name) => TENANTS[name].test(text)) ?? 'left-out';
}

function reason({ text }) {
  const [, words] = REASONS.find(([pattern]) => pattern.test(text)) ?? [];
  return words ?? 'looks into a process of its own';
}

const wanted = process.argv[2];
for (const test of tests().filter((test) => group(test) === wanted)) {
  console.log(wanted === 'left-out' ? `${test.name}: ${reason(test)}` : test.name);
}
