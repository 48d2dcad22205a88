// Silent authentication by auth0-js: a hidden frame, answered by `web_message`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { audienceWithConsent, email, issuer } from './deployment.js';
import { assertRefused, result, signIn } from './sdk.js';
import { page } from './stage.js';

const state = `"quotes" 'both' + % & = # </script> é 🙂`;

/** The message that has arrived. The SDK drops a message with another `state`. */
async function answers() {
  const messages = await page.evaluate(() => messages);
  for (const { origin, data } of messages) {
    assert.equal(origin, new URL(issuer).origin);
    assert.equal(data.type, 'authorization_response');
  }
  return messages.map(({ data }) => data.response);
}

for (const responseType of ['token', 'id_token', 'id_token token']) {
  test(`checkSession with a session: ${responseType}`, async () => {
    await signIn({ responseType: 'id_token token' });
    const first = await result('parseHash', {});
    const renewed = await result('checkSession', { responseType, state });
    const words = responseType.split(' ');
    assert.equal(renewed.state, state);
    assert.equal(renewed.accessToken !== null, words.includes('token'));
    assert.equal(renewed.idToken !== null, words.includes('id_token'));
    if (renewed.idToken) {
      assert.notEqual(renewed.idToken, first.idToken);
      assert.equal(renewed.idTokenPayload.sub, first.idTokenPayload.sub);
      assert.equal(renewed.idTokenPayload.email, email);
    }
    assert.equal((await answers()).length, 1);
  });

  test(`checkSession without a session: ${responseType}`, async () => {
    await assertRefused('login_required', 'checkSession', { responseType, state });
    const [{ error, state: echoed, ...others }, ...more] = await answers();
    assert.deepEqual([error, echoed, more], ['login_required', state, []]);
    assert.ok(!('access_token' in others) && !('id_token' in others));
  });
}

const refusals = [
  ['consent_required', { audience: audienceWithConsent }],
  ['access_denied', { audience: 'https://unknown.example.test/' }],
  ['invalid_request', { max_age: '-1' }],
  ['request_not_supported', { request: 'e30.e30.' }],
  ['unsupported_response_type', { responseType: 'token other' }],
];

for (const [code, options] of refusals) {
  test(`checkSession tells ${code}`, async () => {
    await signIn({ responseType: 'token' });
    await assertRefused(code, 'checkSession', { responseType: 'token', state, ...options });
    const [answer] = await answers();
    assert.deepEqual([answer.error, answer.state], [code, state]);
  });
}
