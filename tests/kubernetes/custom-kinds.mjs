#!/usr/bin/env node
// Checks objects of kinds that Kubernetes itself does not have (cert-manager, Gateway API, Prometheus operator) against
// the types that npm's @kubernetes-models makes from the sources of these projects. The check is TypeScript's: an
// object literal may only have the fields of its type. The validators in these packages let unknown fields pass.
//
//     tests/kubernetes/custom-kinds.mjs FILE...      prints how many objects were checked; fails if one is wrong

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FOLDER, nameOf, objectsIn } from './rendered.mjs';

const MODULES = resolve(import.meta.dirname, 'node_modules');
const PACKAGES = {
  'cert-manager.io': 'cert-manager',
  'gateway.networking.k8s.io': 'gateway-api',
  'monitoring.coreos.com': 'prometheus-operator',
};

/** The module with the type of an object; undefined for kinds of Kubernetes itself. */
function moduleOf({ apiVersion, kind }) {
  const name = PACKAGES[apiVersion.split('/')[0]];
  return name && `@kubernetes-models/${name}/${apiVersion}/${kind}`;
}

export const isCustom = (object) => moduleOf(object) !== undefined;

/** What is wrong with the objects: one line for each fault, with the name of its object. */
export function faults(objects) {
  const unknown = objects.filter((object) => !existsSync(join(MODULES, `${moduleOf(object)}.d.ts`)));
  if (unknown.length > 0) return unknown.map((object) => `${nameOf(object)}: no type for this kind`);
  const folder = join(FOLDER, 'custom-kinds');
  mkdirSync(folder, { recursive: true });
  const lines = objects.map((object, index) => {
    const type = `import('${moduleOf(object)}').I${object.kind}`;
    return `export const o${index}: ${type} = ${JSON.stringify(object)};`;
  });
  writeFileSync(join(folder, 'objects.ts'), lines.join('\n'));
  const compilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: 'esnext',
    moduleResolution: 'bundler',
    types: [],
    paths: { '@kubernetes-models/*': [join(MODULES, '@kubernetes-models/*')] },
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['objects.ts'] }));
  const run = spawnSync(join(MODULES, '.bin/tsc'), ['--project', folder, '--pretty', 'false'], { encoding: 'utf8' });
  if (run.error) throw run.error;
  const found = run.stdout.split('\n').filter(Boolean).map((line) => {
    const number = /objects\.ts\((\d+),/.exec(line)?.[1];
    return number ? `${nameOf(objects[number - 1])}: ${line.replace(/^.*?: error /, '')}` : line.trim();
  });
  return run.status === 0 ? [] : [...found, ...(found.length > 0 ? [] : [`tsc: ${run.stderr}`])];
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const objects = process.argv.slice(2).flatMap(objectsIn).filter(isCustom);
  const found = faults(objects);
  for (const fault of found) console.error(fault);
  console.log(objects.length);
  process.exit(found.length > 0 ? 1 : 0);
}
