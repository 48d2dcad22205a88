// The objects that an overlay of deploy/kubernetes renders to. tests/tools/kubernetes.sh writes them as YAML.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';

export const ROOT = resolve(import.meta.dirname, '../..');
export const FOLDER = resolve(ROOT, 'target/kubernetes');

/** All objects of a file with several documents. */
export function objectsIn(path) {
  const documents = parseAllDocuments(readFileSync(path, 'utf8'));
  return documents.map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  }).filter(Boolean);
}

/** The objects of an overlay. */
export const rendered = (overlay) => objectsIn(resolve(FOLDER, `${overlay}.yaml`));

/** The name for messages. */
export const nameOf = ({ kind, metadata }) => `${kind} ${metadata.name}`;

const WORKLOADS = ['Deployment', 'StatefulSet', 'Job'];

/** The objects that make pods. */
export const workloads = (objects) => objects.filter(({ kind }) => WORKLOADS.includes(kind));
