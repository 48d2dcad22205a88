// What NetworkPolicies allow, by their rules: a call needs a way out of its pod and a way into the other. A pod that no
// policy selects for a direction is open in it.

import { workloads } from './rendered.mjs';

/** Whether a label selector takes these labels. */
export function selects({ matchLabels = {}, matchExpressions = [] }, labels) {
  const equal = Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
  return equal && matchExpressions.every(({ key, operator, values }) => {
    if (operator !== 'In') throw new Error(`${operator} is not needed yet`);
    return values.includes(labels[key]);
  });
}

/** Whether a peer of a rule is this pod, or this address outside of the cluster. */
function isPeer(peer, other, namespace) {
  if (peer.ipBlock) return other.address === peer.ipBlock.cidr;
  if (!other.labels) return false;
  const there = peer.namespaceSelector
    ? selects(peer.namespaceSelector, other.namespaceLabels)
    : other.namespace === namespace;
  return there && selects(peer.podSelector ?? {}, other.labels);
}

function allows(policies, direction, pod, other, port) {
  const rules = { Ingress: ['ingress', 'from'], Egress: ['egress', 'to'] };
  const [list, peers] = rules[direction];
  const own = policies.filter(({ metadata, spec }) => metadata.namespace === pod.namespace
    && spec.policyTypes.includes(direction) && selects(spec.podSelector, pod.labels ?? {}));
  if (own.length === 0) return true;
  return own.some(({ metadata, spec }) => (spec[list] ?? []).some((rule) =>
    (!rule[peers] || rule[peers].some((peer) => isPeer(peer, other, metadata.namespace)))
    && (!rule.ports || rule.ports.some((allowed) => allowed.port === port && !allowed.endPort))));
}

/** No container listens on it: a rule without ports allows it. */
const UNUSED = 1;

/** The pods that workloads make: name, namespace, labels, and the ports of their containers. */
export function podsOf(objects) {
  const namespaces = new Map(objects.filter(({ kind }) => kind === 'Namespace').map(({ metadata }) => [metadata.name, metadata]));
  return workloads(objects).map(({ metadata, spec }) => ({
    name: metadata.name,
    namespace: metadata.namespace,
    namespaceLabels: { ...namespaces.get(metadata.namespace)?.labels, 'kubernetes.io/metadata.name': metadata.namespace },
    labels: spec.template.metadata.labels,
    ports: [UNUSED, ...spec.template.spec.containers.flatMap(({ ports = [] }) => ports.map(({ containerPort }) => containerPort))],
  }));
}

/** Every `FROM TO:PORT` that the policies allow between these places. */
export function edges(policies, places) {
  const found = [];
  for (const from of places) {
    for (const to of places.filter((to) => to !== from)) {
      for (const port of to.ports) {
        const out = from.namespace === undefined || allows(policies, 'Egress', from, to, port);
        const into = to.namespace === undefined || allows(policies, 'Ingress', to, from, port);
        if (out && into) found.push(`${from.name} ${to.name}:${port}`);
      }
    }
  }
  return found.sort();
}
