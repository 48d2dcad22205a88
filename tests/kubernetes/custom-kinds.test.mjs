// That the check of custom kinds finds what it is for.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faults, isCustom } from './custom-kinds.mjs';
import { rendered } from './rendered.mjs';

const custom = () => rendered('production').filter(isCustom);
const changed = (kind, change) => {
  const object = structuredClone(custom().find((object) => object.kind === kind));
  change(object);
  return object;
};

test('the rendered objects are right', () => assert.deepEqual(faults(custom()), []));

test('a misspelt field is found, however deep', () => {
  const wrong = [
    changed('Certificate', ({ spec }) => { spec.renewbefore = spec.renewBefore; }),
    changed('Certificate', ({ spec }) => { spec.privateKey.rotation = 'Always'; }),
    changed('HTTPRoute', ({ spec }) => { spec.rules[0].backendRefs[0].prot = 1; }),
    changed('BackendTLSPolicy', ({ spec }) => { delete spec.validation; }),
    changed('ServiceMonitor', ({ spec }) => { spec.endpoints[0].intervall = '15s'; }),
    changed('Issuer', ({ metadata }) => { metadata.namspace = 'x'; }),
  ];
  const found = faults(wrong);
  for (const object of wrong) assert(found.some((line) => line.startsWith(`${object.kind} `)), `${object.kind}: ${found}`);
  assert.equal(found.length, wrong.length, found.join('\n'));
});

test('a word that is none of the allowed ones is found', () => {
  const wrong = changed('Certificate', ({ spec }) => { spec.usages = ['server authentication']; });
  assert.equal(faults([wrong]).length, 1);
});

test('a kind without a type is found', () => {
  const wrong = changed('Certificate', (object) => { object.kind = 'Certificat'; });
  assert.match(faults([wrong])[0], /no type/);
});
