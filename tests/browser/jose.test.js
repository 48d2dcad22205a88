// Tokens of every algorithm, verified by `jose` as an API in Node.js does it. No browser takes part.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

const issuer = process.env.ISSUER;
/** Objects with a token, its `audience`, its `alg` and its `typ`. */
const tokens = JSON.parse(readFileSync(process.env.TOKENS, 'utf8'));
const keys = createRemoteJWKSet(new URL('.well-known/jwks.json', issuer));

test('the key of the JWKS verifies each token', async () => {
  assert.ok(tokens.length > 0);
  for (const { token, audience, alg, typ } of tokens) {
    const { payload, protectedHeader } = await jwtVerify(token, keys, { issuer, audience, typ, algorithms: [alg] });
    assert.equal(protectedHeader.alg, alg);
    assert.ok(payload.sub);
  }
});

test('a verifier of another algorithm refuses it', async () => {
  for (const { token, alg } of tokens) {
    const algorithms = ['RS256', 'PS256', 'RS512', 'ES256', 'EdDSA'].filter((other) => other !== alg);
    await assert.rejects(jwtVerify(token, keys, { algorithms }), errors.JOSEAlgNotAllowed);
  }
});
