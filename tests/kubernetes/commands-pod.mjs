#!/usr/bin/env node
// Prints the pod that `kubectl run` makes of deploy/kubernetes/commands.json, as docs/kubernetes.md calls it: kubectl
// itself does that only with a cluster.
//
//     tests/kubernetes/commands-pod.mjs ARGUMENT...

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { ROOT } from './rendered.mjs';

const { apiVersion, spec } = JSON.parse(readFileSync(resolve(ROOT, 'deploy/kubernetes/commands.json'), 'utf8'));
const [container] = spec.containers;
console.log(stringify({
  apiVersion,
  kind: 'Pod',
  metadata: { name: container.name, namespace: 'doorward', labels: { 'app.kubernetes.io/name': 'commands' } },
  spec: {
    ...spec,
    restartPolicy: 'Never',
    containers: [{ ...container, image: 'doorward-commands', stdin: true, stdinOnce: true, args: process.argv.slice(2) }],
  },
}));
