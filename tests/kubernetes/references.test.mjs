// That what an object names is there: ports, pods, settings, secrets, services and images. A schema cannot know.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { selects } from './network.mjs';
import { ROOT, nameOf, rendered, workloads } from './rendered.mjs';

const OVERLAYS = ['local', 'production'];
const SERVICES = ['authorize-frontend', 'client-registry', 'identity', 'session', 'organization', 'token-signing'];

const ofKind = (objects, kind) => objects.filter((object) => object.kind === kind);
const podOf = ({ spec }) => spec.template.spec;
const containerOf = (workload) => podOf(workload).containers[0];

/** The workloads whose pods a selector takes. */
const selected = (objects, selector) =>
  workloads(objects).filter(({ spec }) => selects(selector, spec.template.metadata.labels));

for (const overlay of OVERLAYS) {
  const objects = rendered(overlay);
  const names = (kind) => ofKind(objects, kind).map(({ metadata }) => metadata.name);

  test(`${overlay}: a Service leads to ports of one workload`, () => {
    for (const service of ofKind(objects, 'Service')) {
      const found = selected(objects, { matchLabels: service.spec.selector });
      assert.deepEqual(found.map(({ metadata }) => metadata.name), [service.metadata.name], nameOf(service));
      for (const { name, port, targetPort } of service.spec.ports) {
        const named = containerOf(found[0]).ports.find((candidate) => candidate.name === targetPort);
        // Without an address of its own, a Service cannot lead to another port.
        assert.equal(named?.containerPort, port, `${nameOf(service)}: ${name}`);
      }
    }
  });

  test(`${overlay}: workloads, budgets and autoscalers belong together`, () => {
    for (const workload of workloads(objects).filter(({ kind }) => kind !== 'Job')) {
      assert.deepEqual(selected(objects, workload.spec.selector), [workload], nameOf(workload));
      for (const { labelSelector } of podOf(workload).topologySpreadConstraints ?? []) {
        assert.deepEqual(selected(objects, labelSelector), [workload], nameOf(workload));
      }
    }
    const scaled = ofKind(objects, 'HorizontalPodAutoscaler').map(({ spec }) => spec.scaleTargetRef.name).sort();
    const pods = ofKind(objects, 'PodDisruptionBudget').flatMap(({ spec }) => selected(objects, spec.selector));
    const budgets = pods.map(({ metadata }) => metadata.name).sort();
    assert.deepEqual(scaled, overlay === 'production' ? [...SERVICES].sort() : []);
    assert.deepEqual(budgets, scaled);
  });

  test(`${overlay}: every account and every file of settings is there`, () => {
    for (const workload of workloads(objects)) {
      const pod = podOf(workload);
      assert(names('ServiceAccount').includes(pod.serviceAccountName), nameOf(workload));
      for (const { configMap } of pod.volumes.filter((volume) => volume.configMap)) {
        assert(names('ConfigMap').includes(configMap.name), `${nameOf(workload)}: ${configMap.name}`);
      }
      const volumes = pod.volumes.map(({ name }) => name).sort();
      const claims = (workload.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name);
      const mounted = new Set(containerOf(workload).volumeMounts.map(({ name }) => name));
      assert.deepEqual([...mounted].sort(), [...volumes, ...claims].sort(), nameOf(workload));
    }
  });

  test(`${overlay}: no manifest holds a secret`, () => {
    assert.deepEqual(names('Secret'), []);
    for (const workload of workloads(objects)) {
      for (const { name, valueFrom } of containerOf(workload).env ?? []) assert.equal(valueFrom, undefined, name);
      assert.equal(containerOf(workload).envFrom, undefined, nameOf(workload));
    }
  });

  test(`${overlay}: each image is a target of deploy/Dockerfile`, () => {
    const targets = [...readFileSync(resolve(ROOT, 'deploy/Dockerfile'), 'utf8').matchAll(/^FROM \S+ AS (\S+)/gm)];
    for (const workload of workloads(objects)) {
      const image = containerOf(workload).image.split(/[:@]/)[0].split('/').at(-1);
      const known = ['postgres', 'redis', ...targets.map(([, target]) => `doorward-${target}`)];
      assert(known.includes(image), `${nameOf(workload)}: ${image}`);
    }
  });
}

/** The Secrets that pods mount, with the files of `/run/doorward` that their settings name. */
test('docs/kubernetes.md lists every Secret that cert-manager does not make, with its files', () => {
  const objects = rendered('production');
  const page = readFileSync(resolve(ROOT, 'docs/kubernetes.md'), 'utf8');
  const made = ofKind(objects, 'Certificate').map(({ spec }) => spec.secretName);
  const listed = new Map([...page.matchAll(/^ *\| `([\w-]+)` \| (`.*`) \|/gm)].map(([, name, files]) =>
    [name, [...files.matchAll(/`([^`]+)`/g)].map(([, file]) => file).sort()]));
  for (const workload of workloads(objects)) {
    const secrets = podOf(workload).volumes.flatMap((volume) => volume.projected?.sources ?? []).map(({ secret }) => secret.name);
    const own = secrets.filter((name) => !made.includes(name));
    if (own.length === 0) continue;
    assert.equal(own.length, 1, nameOf(workload));
    const settings = podOf(workload).volumes.find(({ name }) => name === 'settings').configMap.name;
    const [text] = Object.values(ofKind(objects, 'ConfigMap').find(({ metadata }) => metadata.name === settings).data);
    const named = [...text.matchAll(/^[^#\n]*"\/run\/doorward\/tls\/([^"]+)"/gm)].map(([, file]) => file);
    const files = named.filter((file) => !['tls.crt', 'tls.key', 'ca.crt'].includes(file)).sort();
    assert.deepEqual(listed.get(own[0]), files, own[0]);
  }
});

test('the gateway leads to the frontend, by its name and port', () => {
  const objects = rendered('production');
  const [route] = ofKind(objects, 'HTTPRoute');
  const [policy] = ofKind(objects, 'BackendTLSPolicy');
  const { ports } = ofKind(objects, 'Service').find(({ metadata }) => metadata.name === 'authorize-frontend').spec;
  const https = ports.find(({ name }) => name === 'https');
  assert.deepEqual(route.spec.rules.map(({ backendRefs }) => backendRefs), [[{ name: 'authorize-frontend', port: https.port }]]);
  assert.equal(policy.spec.targetRefs[0].sectionName, https.name);
  const certificate = ofKind(objects, 'Certificate').find(({ metadata }) => metadata.name === 'authorize-frontend-https');
  assert.deepEqual(certificate.spec.dnsNames, [policy.spec.validation.hostname]);
});

test('each certificate has the name of its service, for both ends', () => {
  const certificates = ofKind(rendered('production'), 'Certificate');
  for (const name of [...SERVICES, 'commands']) {
    const { spec } = certificates.find(({ metadata }) => metadata.name === name);
    assert.deepEqual([spec.secretName, spec.dnsNames], [`${name}-tls`, [name]]);
    assert.deepEqual(spec.usages.slice(1), ['server auth', 'client auth']);
  }
});
