// `web_message` to the window that opened a popup, by a plain script in place of an SDK.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillIn } from './chromium.js';
import { authorizeUrl, email, issuer, origin, password } from './deployment.js';
import { result, signIn } from './sdk.js';
import { foreignOrigin, page } from './stage.js';

const state = `"quotes" + % & = # </script> 🙂`;
const nonce = 'nonce-of-the-application';
const parameters = { response_mode: 'web_message', response_type: 'id_token token', scope: 'openid email', state, nonce };

/** Opens a window, and accepts messages from the issuer in that window only. */
function answerFromPopup(url) {
  const script = ([url, issuer]) =>
    new Promise((resolve) => {
      const popup = open(url, 'popup', 'width=400,height=600');
      addEventListener('message', ({ origin, source, data }) => {
        if (origin !== issuer || source !== popup) return;
        popup.close();
        resolve(data);
      });
    });
  return page.evaluate(script, [url, new URL(issuer).origin]);
}

async function assertTokens({ type, response }) {
  assert.equal(type, 'authorization_response');
  assert.equal(response.state, state);
  assert.equal(response.token_type, 'Bearer');
  const claims = await result('validateToken', response.id_token, nonce);
  assert.equal(claims.email, email);
  const user = await result('client.userInfo', response.access_token);
  assert.equal(user.sub, claims.sub);
}

test('sign-in pages in the popup', async () => {
  const pages = page.waitForEvent('popup').then((popup) => fillIn(popup, email, password));
  const [answer] = await Promise.all([answerFromPopup(authorizeUrl(parameters)), pages]);
  await assertTokens(answer);
});

test('with a session, without a page', async () => {
  await signIn({ responseType: 'token' });
  await assertTokens(await answerFromPopup(authorizeUrl(parameters)));
});

test('an error', async () => {
  const { response } = await answerFromPopup(authorizeUrl({ ...parameters, prompt: 'none' }));
  assert.deepEqual([response.error, response.state], ['login_required', state]);
});

test('a foreign page that opens the popup gets nothing', async () => {
  await signIn({ responseType: 'token' });
  await page.goto(foreignOrigin);
  // Chromium logs that it has not delivered a message.
  const withheld = (message) => message.text().includes(`target origin provided ('${origin}') does not match`);
  const console = page.context().waitForEvent('console', withheld);
  await page.evaluate((url) => void open(url), authorizeUrl(parameters));
  await console;
  assert.deepEqual(await page.evaluate(() => messages), []);
});
