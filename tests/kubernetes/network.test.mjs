// SEC-215, without a cluster: what the NetworkPolicies allow is what docs/architecture.md lists, and the ways to the
// stores, from the gateway, to DNS and for metrics. It is not proved here that a cluster enforces them.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { edges, podsOf } from './network.mjs';
import { ROOT, rendered } from './rendered.mjs';

const WITH_DATABASE = ['client-registry', 'identity', 'organization', 'token-signing'];
const WITH_REDIS = ['session', 'functions'];
const SERVICES = ['authorize-frontend', 'session', ...WITH_DATABASE];

/** The pairs of the table of callers: `[caller, service]`. */
function documented() {
  const lines = readFileSync(resolve(ROOT, 'docs/architecture.md'), 'utf8').split('\n');
  const begin = lines.findIndex((line) => line.startsWith('| caller'));
  const end = lines.findIndex((line, index) => index > begin && !line.startsWith('|'));
  const [services, , ...rows] = lines.slice(begin, end).map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()));
  return rows.flatMap(([caller, ...cells]) => {
    const name = caller === '`authorize-frontend`' ? 'authorize-frontend' : caller === 'demo API' ? 'demo' : 'commands';
    assert(name !== 'commands' || caller.startsWith('`doorward '), `${caller} is no caller`);
    return services.slice(1).filter((_, index) => cells[index] !== '').map((service) => [name, service]);
  });
}

/** Places outside of our namespace that might call in, or be called. */
const outside = (name, namespaceLabels, ports = [], labels = {}) =>
  ({ name, namespace: name, namespaceLabels: { 'kubernetes.io/metadata.name': name, ...namespaceLabels }, labels, ports });
const PLACES = [
  outside('gateway', { 'doorward/gateway': 'yes' }),
  outside('monitoring', { 'doorward/monitoring': 'yes' }),
  outside('elsewhere', {}, [80, 443, 5432, 6379]),
  // The same labels as ours, in another namespace.
  { ...outside('pretender', {}, [7001]), labels: { 'app.kubernetes.io/name': 'authorize-frontend' } },
  outside('kube-system', {}, [53], { 'k8s-app': 'kube-dns' }),
];

function check(overlay, stores, callers) {
  const objects = rendered(overlay);
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
  const pods = podsOf(objects).filter(({ labels }) => labels['app.kubernetes.io/name'] !== 'commands');
  // A pod of the commands, as docs/kubernetes.md starts it; and one that nothing is written about.
  const like = { ...pods[0], ports: [] };
  pods.push({ ...like, name: 'commands', labels: { 'app.kubernetes.io/name': 'commands' } });
  pods.push({ ...like, name: 'stranger', labels: {} });
  const portOf = new Map(objects.filter(({ kind }) => kind === 'Service')
    .map(({ metadata, spec }) => [metadata.name, spec.ports.find(({ name }) => name === 'grpc')?.port]));

  const calls = documented().filter(([caller]) => callers.includes(caller));
  const expected = new Set(calls.map(([caller, service]) => `${caller} ${service}:${portOf.get(service)}`));
  for (const name of WITH_DATABASE) expected.add(`${name} ${stores.database.name}:5432`);
  for (const name of WITH_REDIS) expected.add(`${name} ${stores.redis.name}:6379`);
  for (const place of stores.others ?? []) expected.add(`${place.caller} ${place.name}:${place.ports[0]}`);
  for (const name of SERVICES) expected.add(`monitoring ${name}:9100`);
  expected.add('gateway authorize-frontend:8443');
  for (const { name } of pods) expected.add(`${name} kube-system:53`);

  const away = Object.values(stores).flat().filter(({ address }) => address);
  const among = ([from, to]) => [from, to.split(':')[0]].some((name) => pods.some((pod) => pod.name === name));
  const found = edges(policies, [...pods, ...PLACES, ...away]).filter((edge) => among(edge.split(' ')));
  assert.deepEqual(found, [...expected].sort());
}

const address = (name, cidr, port, caller) => ({ name, address: cidr, ports: [port], caller });

test('the table has edges', () => assert(documented().length > 20));

test('production opens the documented edges and no other', () => {
  const stores = {
    database: address('database', '192.0.2.10/32', 5432),
    redis: address('redis', '192.0.2.20/32', 6379),
    others: [address('mail', '192.0.2.30/32', 465, 'organization')],
  };
  check('production', stores, ['authorize-frontend', 'commands']);
});

test('local opens the documented edges and no other', () => {
  check('local', { database: { name: 'postgres' }, redis: { name: 'redis' } }, ['authorize-frontend', 'commands', 'demo']);
});
