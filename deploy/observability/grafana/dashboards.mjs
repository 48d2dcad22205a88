#!/usr/bin/env node
// Writes a Grafana dashboard for each service from one table of panels, so that all have one form.
//
//     deploy/observability/grafana/dashboards.mjs           writes dashboards/*.json
//     deploy/observability/grafana/dashboards.mjs --check   fails if a file is not what this script makes

import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, 'dashboards');
const WIDTH = 12;
const HEIGHT = 8;

/** A panel: its title, the unit of its values, and its queries, each with the legend of its lines. */
const panel = (title, unit, ...queries) => ({ title, unit, queries });

const rate = (metric, labels, ...filters) =>
  `sum by (${labels}) (rate(${metric}{${['service="$service"', ...filters].join(', ')}}[$__rate_interval]))`;
const quantile = (q, metric, labels) =>
  `histogram_quantile(${q}, sum by (${['le', ...labels].join(', ')}) (rate(${metric}_bucket{service="$service"}[$__rate_interval])))`;
const sum = (metric, labels) => `sum by (${labels}) (${metric}{service="$service"})`;

const HTTP = 'doorward_http_request_seconds';
const CALLS = 'doorward_grpc_call_seconds';
const FAULTS = 'code=~"DATA_LOSS|DEADLINE_EXCEEDED|INTERNAL|RESOURCE_EXHAUSTED|UNAVAILABLE|UNKNOWN"';

const http = [
  panel('Requests by route', 'reqps', [rate(`${HTTP}_count`, 'route'), '{{route}}']),
  panel('Errors by route', 'reqps', [rate(`${HTTP}_count`, 'route, status', 'status=~"5.."'), '{{route}} {{status}}']),
  panel('Duration by route, 99 of 100', 's', [quantile(0.99, HTTP, ['route']), '{{route}}']),
  panel('Duration of /authorize', 's', ...[0.5, 0.99, 0.999].map((q) => [
    quantile(q, HTTP, []).replace('service="$service"', 'service="$service", route="/authorize"'), `${q * 100} %`])),
];
const calls = [
  panel('Calls by method', 'reqps', [rate(`${CALLS}_count`, 'method'), '{{method}}']),
  panel('Failed calls', 'reqps', [rate(`${CALLS}_count`, 'method, code', FAULTS), '{{method}} {{code}}']),
  panel('Duration by method, 99 of 100', 's', [quantile(0.99, CALLS, ['method']), '{{method}}']),
  panel('Duration by method, half', 's', [quantile(0.5, CALLS, ['method']), '{{method}}']),
];
const sql = [
  panel('Connections to the database', 'short',
    [sum('doorward_sql_connections', 'pool, state'), '{{pool}} {{state}}'],
    [sum('doorward_sql_connections_max', 'pool'), '{{pool}} max']),
];
const store = [
  panel('Failures of the store', 'reqps',
    [rate('doorward_store_unavailable_total', 'instance'), 'unavailable {{instance}}'],
    [rate('doorward_store_failed_total', 'instance'), 'failed {{instance}}']),
];
const processes = [
  panel('Processes', 'short', ['up{service="$service"}', '{{instance}}'], [sum('doorward_build_info', 'version'), 'version {{version}}']),
  panel('Open connections', 'short', [sum('doorward_connections', 'listener'), '{{listener}}']),
  panel('Connections closed or refused', 'cps',
    [rate('doorward_connections_closed_total', 'listener, reason'), '{{listener}} {{reason}}'],
    [rate('doorward_connections_refused_total', 'listener'), '{{listener}} refused'],
    [rate('doorward_accept_errors_total', 'listener'), '{{listener}} not accepted']),
  panel('Certificate: time left', 's', [`min(doorward_certificate_expiry_seconds{service="$service"})`, 'all replicas']),
  panel('TLS handshakes that failed', 'cps', [rate('doorward_tls_handshakes_failed_total', 'instance'), '{{instance}}']),
  panel('Lost logs and traces', 'cps',
    [rate('doorward_log_lines_dropped_total', 'instance'), 'lines {{instance}}'],
    [rate('doorward_spans_exported_total', 'instance', 'outcome="failed"'), 'spans {{instance}}']),
];

/** The panels of each service, in their order. */
const SERVICES = {
  'authorize-frontend': [
    ...http,
    panel('Requests in work', 'short',
      [sum('doorward_requests_in_work', 'instance'), 'in work {{instance}}'],
      [sum('doorward_requests_limit', 'instance'), 'limit {{instance}}']),
    panel('Refused requests', 'reqps', [rate('doorward_requests_shed_total', 'priority, cause'), '{{priority}} {{cause}}']),
    panel('Silent authentications', 'reqps', [rate('doorward_silent_authentications_total', 'outcome, reason'), '{{outcome}} {{reason}}']),
    panel('Sign-ins and sign-ups', 'reqps',
      [rate('doorward_logins_total', 'outcome'), 'sign-in {{outcome}}'],
      [rate('doorward_signups_total', 'outcome'), 'sign-up {{outcome}}']),
    panel('Consents, invitations, logouts', 'reqps',
      [rate('doorward_consents_total', 'outcome'), 'consent {{outcome}}'],
      [rate('doorward_invitations_accepted_total', 'service'), 'invitation accepted'],
      [rate('doorward_logouts_total', 'service'), 'logout']),
    panel('Errors of other services', 'reqps', [rate('doorward_backend_errors_total', 'backend, kind'), '{{backend}} {{kind}}']),
    panel('Calls sent again', 'reqps',
      [rate('doorward_backend_repeats_total', 'backend'), '{{backend}} repeated'],
      [rate('doorward_backend_resends_total', 'backend'), '{{backend}} resent']),
    panel('Replicas that can be called', 'short', [sum('doorward_backend_connections', 'instance, backend'), '{{backend}} from {{instance}}']),
    panel('Services that do not answer in time', 'short', [sum('doorward_backend_circuit_open', 'instance, backend'), '{{backend}} from {{instance}}']),
    panel('Attempts to connect', 'cps', [rate('doorward_backend_connects_total', 'backend, outcome'), '{{backend}} {{outcome}}']),
    panel('Cache of the registry', 'reqps', [rate('doorward_registry_cache_lookups_total', 'kind, outcome'), '{{kind}} {{outcome}}']),
    panel('Revision of the registry', 'short', ['doorward_registry_revision{service="$service"}', '{{instance}}']),
    ...processes,
  ],
  'client-registry': [...calls, ...store, ...sql, ...processes],
  identity: [
    ...calls,
    panel('Hashing of passwords', 'short', [sum('doorward_hashing_calls', 'state'), '{{state}}']),
    ...store, ...sql, ...processes,
  ],
  session: [
    ...calls,
    panel('Lookups of cookies', 'reqps', [rate('doorward_session_lookups_total', 'outcome'), '{{outcome}}']),
    panel('Refused and dropped', 'reqps',
      [rate('doorward_session_refused_total', 'kind, reason'), '{{kind}} {{reason}}'],
      [rate('doorward_session_transactions_dropped_total', 'service'), 'dropped']),
    panel('Redis', 'short',
      ['doorward_redis_up{service="$service"}', 'up {{instance}}'],
      ['doorward_redis_breaker_open{service="$service"}', 'breaker open {{instance}}']),
    panel('Memory of Redis', 'percent', [`max(doorward_redis_memory_used_percent{service="$service"})`, 'used']),
    panel('Lost data of Redis', 'short',
      [`max(doorward_redis_missing_partitions{service="$service"})`, 'missing partitions'],
      [`max(doorward_redis_data_losses_accepted_total{service="$service"})`, 'accepted losses']),
    panel('Difference of clocks', 's', ['doorward_clock_difference_seconds{service="$service"}', '{{instance}}']),
    ...store, ...processes,
  ],
  organization: [
    ...calls,
    panel('Mails', 'cps', [rate('doorward_mails_total', 'outcome'), '{{outcome}}']),
    panel('Mails that wait', 'short', [`max(doorward_mails_waiting{service="$service"})`, 'waiting']),
    ...store, ...sql, ...processes,
  ],
  'token-signing': [
    ...calls,
    panel('Tokens', 'reqps', [rate('doorward_tokens_signed_total', 'kind, alg'), '{{kind}} {{alg}}']),
    panel('Turns at signing', 'short', [sum('doorward_signing_calls', 'state'), '{{state}}']),
    panel('Revision of the keys', 'short', ['doorward_signing_keys_revision{service="$service"}', '{{instance}}']),
    ...store, ...sql, ...processes,
  ],
};

const DATASOURCE = { type: 'prometheus', uid: 'prometheus' };

function toPanel({ title, unit, queries }, index) {
  const targets = queries.map(([expr, legendFormat], at) => ({
    datasource: DATASOURCE, expr, legendFormat, refId: String.fromCharCode(65 + at),
  }));
  const gridPos = { x: (index % 2) * WIDTH, y: Math.floor(index / 2) * HEIGHT, w: WIDTH, h: HEIGHT };
  const fieldConfig = { defaults: { unit, min: 0 }, overrides: [] };
  return { id: index + 1, type: 'timeseries', title, datasource: DATASOURCE, gridPos, fieldConfig, targets };
}

/** The dashboard of a service. Where all services are one process, its label can be put into the variable. */
function dashboard(service, panels) {
  const variable = { name: 'service', label: 'service', type: 'textbox', query: service, current: { text: service, value: service } };
  const content = {
    uid: `doorward-${service}`,
    title: `Doorward ${service}`,
    tags: ['doorward'],
    schemaVersion: 39,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    templating: { list: [variable] },
    panels: panels.map(toPanel),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

const made = new Map(Object.entries(SERVICES).map(([service, panels]) => [`${service}.json`, dashboard(service, panels)]));
if (process.argv[2] === '--check') {
  const files = new Set([...made.keys(), ...readdirSync(FOLDER)]);
  const read = (file) => (existsSync(join(FOLDER, file)) ? readFileSync(join(FOLDER, file), 'utf8') : undefined);
  const different = [...files].filter((file) => read(file) !== made.get(file));
  for (const file of different) console.error(`${file} is not what dashboards.mjs makes: run it, and commit the result`);
  process.exit(different.length > 0 ? 1 : 0);
}
for (const [file, content] of made) writeFileSync(join(FOLDER, file), content);
