#!/usr/bin/env node
// Writes a compose file from the rendered workloads of overlays/local, so that what they say is run by a container
// engine: images, arguments, variables, mounts, users, rights, limits and probes. Nothing is added that no manifest
// has, but for what a cluster gives: names in the network, and a limit of processes.
//
//     tests/kubernetes/compose.mjs SECRETS DIR       SECRETS: the output of overlays/local/secrets.sh
//
// DIR gets compose.json, a folder with the files of each volume, and lists of probes and ports.

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { nameOf, objectsIn, rendered, workloads } from './rendered.mjs';

// The helper of `make e2e`, to give files their owners.
const HELPER = 'doorward-e2e-network';
const [secretsFile, folder] = process.argv.slice(2);
const out = resolve(folder);
const objects = [...rendered('local'), ...objectsIn(secretsFile)];

function find(kind, name) {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (!found) throw new Error(`there is no ${kind} ${name}`);
  return found;
}

const decoded = (data) => Object.entries(data).map(([name, text]) => [name, Buffer.from(text, 'base64')]);

/** The files of a volume, by name; undefined for one that is empty at first. */
function filesOf(volume) {
  if (volume.configMap) return Object.entries(find('ConfigMap', volume.configMap.name).data);
  if (volume.secret) return decoded(find('Secret', volume.secret.secretName).data);
  if (volume.projected) return volume.projected.sources.flatMap(({ secret }) => decoded(find('Secret', secret.name).data));
  if (volume.emptyDir) return undefined;
  throw new Error(`a volume of another kind: ${JSON.stringify(volume)}`);
}

/** Runs a container to its end, and returns what it prints. */
function docker(...options) {
  const run = spawnSync('docker', ['run', '--rm', '--network', 'none', ...options], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`docker run ${options.join(' ')}: ${run.stderr}`);
  return run.stdout;
}

/** The number that the manifest has, or for an image that is made otherwise here, the number of its user. */
function userIn(image, { runAsUser, runAsGroup }) {
  if (image.startsWith('doorward-')) return { user: runAsUser, group: runAsGroup };
  const name = image.split(':')[0];
  const id = (option) => Number(docker('--user', '0', '--entrypoint', 'id', image, option, name));
  const found = { user: id('-u'), group: id('-g') };
  if (found.user !== runAsUser) console.error(`${image}: its user is ${found.user} on this machine, not ${runAsUser}`);
  return found;
}

/** The kubelet gives files to root; with fsGroup, to that group too, which may read what their owner may read. */
function setOwners(path, group, mode = 0o644) {
  const allowed = group === undefined ? mode : mode | 0o440;
  owners.push(`chown 0:${group ?? 0} ${path}/* && chmod ${allowed.toString(8)} ${path}/*`);
}
const owners = [];

function groupOfFiles({ securityContext: { fsGroup, runAsGroup } }, { group }) {
  return fsGroup === runAsGroup ? group : fsGroup;
}

/** The volumes that are empty at first. */
const empty = {};

function mountsOf(name, pod, container, user) {
  const volumes = new Map((pod.volumes ?? []).map((volume) => [volume.name, volume]));
  return (container.volumeMounts ?? []).map(({ name: volumeName, mountPath: target, readOnly = false, subPath }) => {
    if (subPath) throw new Error(`${name}: a subPath would not see new files`);
    const volume = volumes.get(volumeName);
    const files = volume && filesOf(volume);
    // Also for the data of a store: nothing is kept after a test.
    if (!files) {
      const source = `${name}-${volumeName}`;
      const size = bytes(volume?.emptyDir.sizeLimit ?? '512Mi');
      empty[source] = { driver: 'local', driver_opts: { type: 'tmpfs', device: 'tmpfs', o: `mode=0777,size=${size}` } };
      return { type: 'volume', source, target, volume: { nocopy: true } };
    }
    const source = join(out, 'volumes', name, volumeName);
    mkdirSync(source, { recursive: true });
    for (const [file, content] of files) writeFileSync(join(source, file), content);
    const { defaultMode } = volume.configMap ?? volume.secret ?? volume.projected;
    setOwners(source, groupOfFiles(pod, user), defaultMode);
    return { type: 'bind', source, target, read_only: readOnly };
  });
}

const bytes = (quantity) => quantity.replace('Mi', 'M').replace('Gi', 'G');
const argumentsOf = (list) => list?.map((argument) => argument.replaceAll('$', '$$$$'));

function healthcheck({ readinessProbe: probe }) {
  if (!probe) return { disable: true };
  const { exec, periodSeconds, timeoutSeconds } = probe;
  const times = { interval: `${periodSeconds}s`, timeout: `${timeoutSeconds}s`, start_period: '30s' };
  return { test: ['CMD', ...argumentsOf(exec.command)], ...times };
}

function limitsOf({ resources: { limits: { cpu, memory } } }) {
  const cpus = cpu.endsWith('m') ? `${Number.parseInt(cpu, 10) / 1000}` : cpu;
  return { cpus, memory: bytes(memory), pids: 1024 };
}

function service(object) {
  const pod = object.kind === 'Pod' ? object.spec : object.spec.template.spec;
  const name = object.metadata.name;
  if (pod.containers.length !== 1 || pod.initContainers) throw new Error(`${nameOf(object)}: one container is expected`);
  const [container] = pod.containers;
  const { securityContext: rights } = container;
  const user = userIn(container.image, pod.securityContext);
  return [name, {
    image: container.image,
    ...(container.command && { entrypoint: argumentsOf(container.command) }),
    ...(container.args && { command: argumentsOf(container.args) }),
    environment: Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, value])),
    user: `${user.user}:${user.group}`,
    read_only: rights.readOnlyRootFilesystem,
    cap_drop: rights.capabilities.drop,
    security_opt: rights.allowPrivilegeEscalation === false ? ['no-new-privileges:true'] : [],
    stdin_open: container.stdin ?? false,
    restart: { Never: 'no', OnFailure: 'on-failure', Always: 'always' }[pod.restartPolicy ?? 'Always'],
    stop_grace_period: `${pod.terminationGracePeriodSeconds ?? 30}s`,
    volumes: mountsOf(name, pod, container, user),
    networks: name === 'authorize-frontend' ? ['services', 'edge'] : ['services'],
    healthcheck: healthcheck(container),
    deploy: { resources: { limits: limitsOf(container) } },
    ...(object.kind === 'Pod' && { profiles: ['commands'] }),
  }];
}

/** The commands of all probes, for the test to run: the name and the words of the command, with tabs between. */
function probes(object) {
  const [container] = object.spec.template.spec.containers;
  return ['startupProbe', 'readinessProbe', 'livenessProbe'].flatMap((probe) =>
    container[probe] ? [[object.metadata.name, ...container[probe].exec.command].join('\t')] : []);
}

/** The ports that containers name, for the test to call: `NAME PORT`. */
function ports(object) {
  const [container] = object.spec.template.spec.containers;
  return (container.ports ?? []).map(({ containerPort }) => `${object.metadata.name} ${containerPort}`);
}

const lines = (list) => list.map((line) => `${line}\n`).join('');

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const all = [...workloads(objects), ...objects.filter(({ kind }) => kind === 'Pod')];
const services = Object.fromEntries(all.map(service));
const compose = { services, volumes: empty, networks: { services: { internal: true }, edge: { internal: true } } };
docker('--volume', `${out}:${out}`, HELPER, 'sh', '-ec', owners.join('\n'));
writeFileSync(join(out, 'compose.json'), JSON.stringify(compose, undefined, 2));
writeFileSync(join(out, 'probes.txt'), lines(workloads(objects).flatMap(probes)));
writeFileSync(join(out, 'ports.txt'), lines(workloads(objects).flatMap(ports)));
