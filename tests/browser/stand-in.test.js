// An application's own tests against a server for tests, as docs/testing-with-doorward.md shows them.

import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { get } from 'node:http';
import { json } from 'node:stream/consumers';
import { after, beforeEach, test } from 'node:test';
import { serveApplication } from './application.js';
import { fillIn, launchChromium } from './chromium.js';

const { ISSUER: issuer, CONTROL: control, ORIGIN: origin, CLIENT_ID: clientId, AUDIENCE: audience } = process.env;
/** What a renewal in a frame ends with; empty: it gets tokens. */
const silent = process.env.SILENT;

const browser = await launchChromium();
const application = await serveApplication({ origin, issuer, clientId, audience });
let page;

beforeEach(async () => {
  const reset = await fetch(`${control}/reset`, { method: 'POST' });
  assert.equal(reset.status, 204);
  await page?.context().close();
  page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(`${origin}/`);
});

after(async () => {
  await browser.close();
  application.close();
});

const signIn = async () => {
  await page.evaluate(() => app.authorize({ responseType: 'token id_token' }));
  await page.waitForURL(`${issuer}u/login/identifier?*`);
  await fillIn(page, 'alice@example.test', 'alice');
  await page.waitForURL(`${origin}/callback#*`);
  return page.evaluate(() => new Promise((resolve) => app.parseHash((error, result) => resolve({ error, result }))));
};

/** The error of a renewal in a frame; empty if there were tokens. */
const renew = () =>
  page.evaluate(() => new Promise((resolve) => {
    app.checkSession({ responseType: 'token' }, (error) => resolve(error?.error ?? ''));
  }));

/** An API in the stack: knows the issuer by its name, and checks a token with its keys. */
async function check(token) {
  const { port, host } = new URL(issuer);
  const answer = await new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: '/.well-known/jwks.json', headers: { host } }, resolve).on('error', reject);
  });
  const [header, payload, signature] = token.split('.');
  const parsed = (part) => JSON.parse(Buffer.from(part, 'base64url'));
  const jwk = (await json(answer)).keys.find(({ kid }) => kid === parsed(header).kid);
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  assert.ok(verify('sha256', `${header}.${payload}`, key, Buffer.from(signature, 'base64url')));
  assert.equal(parsed(payload).iss, issuer);
  return parsed(payload);
}

test('signing in by the pages', async () => {
  const { error, result } = await signIn();
  assert.equal(error, null, JSON.stringify(error));
  assert.equal(result.idTokenPayload.email, 'alice@example.test');
  const claims = await check(result.accessToken);
  assert.equal(claims.sub, 'auth0|alice');
  assert.equal(await renew(), silent);
});

test('with nothing of the test before', async () => {
  await page.goto(`${issuer}u/sessions`);
  assert.equal(await page.locator('.sessions').count(), 0);
  await page.goto(`${origin}/`);
  const { result } = await signIn();
  await page.goto(`${issuer}u/sessions`);
  assert.equal(await page.locator('.sessions > li').count(), 1);
  assert.equal((await check(result.accessToken)).sub, 'auth0|alice');
});

test('a page cannot reset the server', async () => {
  await signIn();
  await page.evaluate((url) => fetch(url, { method: 'POST', mode: 'no-cors' }), `${control}/reset`);
  await page.goto(`${issuer}u/sessions`);
  assert.equal(await page.locator('.sessions > li').count(), 1);
});
