#!/usr/bin/env node
// Runs checkov on a file of rendered objects. Without its makers' service it gives no severities, so every finding
// counts but those that are skipped here. checkov passes a file that it cannot read, so its objects are counted.
//
//     tests/kubernetes/policies.mjs CHECKOV FILE [local]

import { spawnSync } from 'node:child_process';
import { objectsIn, workloads } from './rendered.mjs';

/** For what is no production: overlays/local, and a pod of the commands. */
const SKIPPED = {
  CKV_K8S_14: 'images are those that `docker compose build` has just made, with the tag latest',
  CKV_K8S_15: 'they are in no registry, so they cannot always be pulled',
  CKV_K8S_43: 'they are in no registry, so they have no digest',
  CKV_K8S_40: 'the images of PostgreSQL and Redis have a user with a low number, and no other can read their files',
  CKV_K8S_8: 'a command ends by itself, nothing can ask whether it lives',
  CKV_K8S_9: 'nothing calls a command',
};

const [checkov, file, isLocal] = process.argv.slice(2);
const skips = isLocal ? Object.keys(SKIPPED).flatMap((id) => ['--skip-check', id]) : [];
const options = ['--framework', 'kubernetes', '--compact', '--quiet', '--skip-download', '--output', 'json'];
const run = spawnSync(checkov, [...options, ...skips, '--file', file], { encoding: 'utf8', maxBuffer: 1 << 28 });
if (run.error) throw run.error;
const report = JSON.parse(run.stdout);
const { passed, resource_count: counted, parsing_errors: errors } = report.summary ?? report;

const findings = report.results?.failed_checks ?? [];
for (const { check_id: id, check_name: name, resource } of findings) console.error(`${resource}: ${id}: ${name}`);
const objects = objectsIn(file);
// checkov counts the pod in each workload too.
const expected = objects.length + workloads(objects).length;
if (counted !== expected || errors > 0) console.error(`checkov has read ${counted} objects of ${expected}`);
console.log(passed);
process.exit(findings.length > 0 || counted !== expected || errors > 0 ? 1 : 0);
