// Applications that redirect from their callback to another origin. Chromium applies the `form-action` of the page with
// the form to the whole chain of redirects.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { afterEach, test } from 'node:test';
import { redirects } from './application.js';
import { fillIn } from './chromium.js';
import { audienceWithConsent, authorizeUrl, clientId, email, issuer, origin, password } from './deployment.js';
import { foreignOrigin, page } from './stage.js';

const callback = { redirect_uri: `${origin}/other?kept=1` };

afterEach(() => redirects.clear());

/** The parameters at the other origin, in the fragment or in the query. */
async function landed(action) {
  await Promise.all([page.waitForURL(`${foreignOrigin}/landed*`), action()]);
  const { hash, search } = new URL(page.url());
  return new URLSearchParams(hash.slice(1) || search);
}

async function openSignIn(parameters) {
  redirects.set('/other', `${foreignOrigin}/landed`);
  await page.goto(authorizeUrl({ ...callback, ...parameters }));
}

async function signIn() {
  await page.goto(authorizeUrl());
  await fillIn(page, email, password);
  await page.waitForURL(`${origin}/callback#*`);
}

test('after a sign-in', async () => {
  await openSignIn();
  const answer = await landed(() => fillIn(page, email, password));
  assert.ok(answer.get('access_token'));
  assert.equal(answer.get('state'), 'state');
});

test('after a sign-up', async () => {
  await openSignIn({ screen_hint: 'signup' });
  await page.fill('input[name=email]', `${crypto.randomUUID()}@example.test`);
  await page.fill('input[name=password]', 'another seven unrelated words');
  assert.ok((await landed(() => page.click('button[name=action]'))).get('access_token'));
});

test('after a consent that is refused, and one that is given', async () => {
  const asked = { audience: audienceWithConsent, scope: 'openid read:secrets', prompt: 'consent' };
  await openSignIn(asked);
  await fillIn(page, email, password);
  await page.waitForURL(`${issuer}u/consent?*`);
  assert.equal((await landed(() => page.click('button[value=deny]'))).get('error'), 'access_denied');
  await openSignIn(asked);
  assert.ok((await landed(() => page.click('button[value=accept]'))).get('access_token'));
});

test('after a confirmation', async (t) => {
  await signIn();
  const device = createServer((_, response) => response.writeHead(302, { location: `${foreignOrigin}/landed` }).end());
  t.after(() => device.close());
  await new Promise((resolve) => device.listen(0, '127.0.0.1', resolve));
  const native = { client_id: 'native00000000000000000000000000', redirect_uri: `http://127.0.0.1:${device.address().port}/callback` };
  await page.goto(authorizeUrl(native));
  assert.ok((await landed(() => page.click('button[value=accept]'))).get('access_token'));
});

test('after a logout', async () => {
  await signIn();
  redirects.set('/bye', `${foreignOrigin}/landed`);
  await page.goto(`${issuer}oidc/logout?client_id=${clientId}`);
  await landed(() => page.click('button[value=accept]'));
  await page.goto(authorizeUrl({ prompt: 'none' }));
  assert.match(page.url(), /error=login_required/);
});

test('with form_post', async () => {
  await signIn();
  redirects.set('/other', `${foreignOrigin}/landed`);
  await landed(() => page.goto(authorizeUrl({ ...callback, response_mode: 'form_post', prompt: 'none' })).catch(() => {}));
});

test('to a program', async () => {
  redirects.set('/other', 'com.example.app:/landed');
  await page.goto(authorizeUrl(callback));
  // No program has this scheme here: it is enough that the browser has tried.
  const handedOver = (request) => request.url().startsWith('com.example.app:/landed');
  await Promise.all([page.waitForEvent('requestfailed', handedOver), fillIn(page, email, password)]);
});
