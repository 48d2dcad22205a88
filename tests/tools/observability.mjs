#!/usr/bin/env node
// Checks what promtool does not: every alert has a test and a heading in docs/alerts.md, tests name no other alerts,
// and rules and dashboards use no metric, label or value that docs/metrics.md does not have.

import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

process.chdir(resolve(import.meta.dirname, '../..'));
const FOLDER = 'deploy/observability';
const DASHBOARDS = join(FOLDER, 'grafana/dashboards');
/** Labels that Prometheus adds. */
const ADDED = ['instance', 'job', 'le', 'service'];
/** Labels whose values are not listed. */
const UNLISTED = ['route', ...ADDED];

const problems = [];
const read = (file) => readFileSync(file, 'utf8');
const names = (text, pattern) => [...text.matchAll(pattern)].map(([, name]) => name);

/** Compares the names of the alerts with those in another place. */
function compare(alerts, others, missing, unknown) {
  for (const name of alerts) if (!others.includes(name)) problems.push(`${name}: ${missing}`);
  for (const name of others) if (!alerts.includes(name)) problems.push(`${name}: ${unknown}`);
}

function checkAlerts(rules, tests) {
  const alerts = names(rules, /^ +- alert: (\S+)$/gm);
  for (const name of alerts.filter((name, index) => alerts.indexOf(name) !== index)) problems.push(`${name}: there are two`);
  // A test that expects silence would pass without the alert.
  const fired = names(tests, /alertname: (\w+)\n.*\n +exp_alerts:\n +- exp_labels:/g);
  compare(alerts, fired, 'no test lets it fire', 'there is no such alert');
  compare(alerts, names(tests, /alertname: (\w+)/g), 'no test names it', 'there is no such alert');
  compare(alerts, names(read('docs/alerts.md'), /^### (\S+)$/gm), 'docs/alerts.md has no heading for it', 'there is no such alert');
  const anchors = names(rules, /^ +runbook: docs\/alerts\.md#(\S+)$/gm);
  compare(alerts.map((name) => name.toLowerCase()), anchors, 'no link leads to its heading', 'there is no such heading');
}

/** The metrics of docs/metrics.md by the names of their series: labels, and the text with their values. */
function documented() {
  const rows = read('docs/metrics.md').matchAll(/^\| `(doorward_\w+)(?:\{(.*?)\})?` \| (counter|gauge|histogram) \|(.*)$/gm);
  return new Map([...rows].flatMap(([, name, labels, type, text]) => {
    const series = type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name];
    return series.map((it) => [it, { labels: labels?.split(', ') ?? [], text }]);
  }));
}

function checkQueries(place, text, metrics) {
  for (const [, name, filters] of text.matchAll(/\b(doorward_\w+)(?:\{([^}]*)\})?/g)) {
    const metric = metrics.get(name);
    if (!metric) {
      problems.push(`${place}: docs/metrics.md has no ${name}`);
      continue;
    }
    for (const [, label, operator, value] of (filters ?? '').matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)) {
      if (![...metric.labels, ...ADDED].includes(label)) problems.push(`${place}: ${name} has no label ${label}`);
      const isListed = UNLISTED.includes(label) || operator.includes('~') || metric.text.includes(`\`${value}\``);
      if (!isListed) problems.push(`${place}: ${label} of ${name} is never ${value}`);
    }
  }
}

const rules = read(join(FOLDER, 'alerts.yaml'));
checkAlerts(rules, read(join(FOLDER, 'alerts.test.yaml')));
const metrics = documented();
checkQueries('alerts.yaml', rules, metrics);
for (const file of readdirSync(DASHBOARDS)) {
  const { panels } = JSON.parse(read(join(DASHBOARDS, file)));
  for (const { expr } of panels.flatMap(({ targets }) => targets)) checkQueries(file, expr, metrics);
}

for (const problem of new Set(problems)) console.error(problem);
process.exit(problems.length > 0 ? 1 : 0);
