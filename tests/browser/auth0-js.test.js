// The journey as users and the SDK make it, in Debian's Chromium, against the deployment that the environment names.

import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { serveApplication } from './application.js';
import { fillIn, launchChromium } from './chromium.js';

const { ISSUER: issuer, ORIGIN: origin, CLIENT_ID: clientId, AUDIENCE: audience } = process.env;
const { EMAIL: email, PASSWORD: password } = process.env;

let application, browser, page;

before(async () => {
  application = await serveApplication({ origin, issuer, clientId, audience });
  browser = await launchChromium();
});

after(async () => {
  await browser?.close();
  application?.close();
});

beforeEach(() => openBrowser());
afterEach(() => page.context().close());

/** A new profile, without cookies. */
async function openBrowser(options = {}) {
  await page?.context().close();
  const context = await browser.newContext(options);
  context.setDefaultTimeout(15_000);
  page = await context.newPage();
  await page.goto(`${origin}/`);
}

async function signIn(options) {
  await page.evaluate((options) => app.authorize(options), options);
  await page.waitForURL(`${issuer}u/login/identifier?*`);
  await fillIn(page, email, password);
  await page.waitForURL(`${origin}/callback#*`);
}

/** What a method of the SDK hands to its callback. */
function call(method, ...values) {
  const script = ([method, values]) =>
    new Promise((resolve) => {
      const [object, name] = method.includes('.') ? [app[method.split('.')[0]], method.split('.')[1]] : [app, method];
      object[name](...values, (error, result) => resolve({ error, result }));
    });
  return page.evaluate(script, [method, values]);
}

async function result(method, ...values) {
  const { error, result } = await call(method, ...values);
  assert.equal(error, null, JSON.stringify(error));
  return result;
}

async function assertSignedOut(options) {
  const { error } = await call('checkSession', options);
  assert.equal(error?.error, 'login_required', JSON.stringify(error));
}

for (const responseType of ['token', 'id_token', 'id_token token']) {
  test(`authorize and parseHash: ${responseType}`, async () => {
    await signIn({ responseType });
    const tokens = await result('parseHash', {});
    const words = responseType.split(' ');
    assert.equal(tokens.accessToken !== null, words.includes('token'));
    assert.equal(tokens.idToken !== null, words.includes('id_token'));
    if (tokens.idToken) {
      assert.equal(tokens.idTokenPayload.email, email);
      assert.equal(tokens.idTokenPayload.aud, clientId);
      assert.equal('at_hash' in tokens.idTokenPayload, words.includes('token'));
    }
  });
}

test('the SDK refuses a token that was tampered with', async () => {
  await signIn({ responseType: 'id_token token' });
  const hash = await page.evaluate(() => location.hash.replace(/(id_token=[^.]*\.[^.]*\.)./, '$1_'));
  const { error } = await call('parseHash', { hash });
  assert.equal(error?.error, 'invalid_token', JSON.stringify(error));
});

test('checkSession without a session', () => assertSignedOut({ responseType: 'token id_token' }));

test('checkSession with a session', async () => {
  await signIn({ responseType: 'id_token token' });
  const first = await result('parseHash', {});
  const renewed = await result('checkSession', { responseType: 'token id_token' });
  assert.equal(renewed.idTokenPayload.sub, first.idTokenPayload.sub);
  assert.notEqual(renewed.idToken, first.idToken);
});

test('client.userInfo', async () => {
  await signIn({ responseType: 'token' });
  const { accessToken } = await result('parseHash', {});
  const user = await result('client.userInfo', accessToken);
  assert.equal(user.email, email);
});

test('logout', async () => {
  await signIn({ responseType: 'token' });
  const returnTo = `${origin}/bye`;
  await page.evaluate((returnTo) => app.logout({ returnTo }), returnTo);
  await page.waitForURL(returnTo);
  await assertSignedOut({ responseType: 'token' });
});

test('popup.authorize', async () => {
  const popup = page.waitForEvent('popup').then(async (popup) => {
    popup.on('load', () => {
      if (popup.url().startsWith(origin)) popup.evaluate(() => app.popup.callback()).catch(() => {});
    });
    await fillIn(popup, email, password);
  });
  const options = { responseType: 'id_token token', redirectUri: `${origin}/callback` };
  const [tokens] = await Promise.all([result('popup.authorize', options), popup]);
  assert.equal(tokens.idTokenPayload.email, email);
});

test('the pages need no scripts', async () => {
  const url = await page.evaluate(() => app.client.buildAuthorizeUrl({ responseType: 'token', state: 's' }));
  await openBrowser({ javaScriptEnabled: false });
  await page.goto(url);
  await fillIn(page, email, password);
  await page.waitForURL(`${origin}/callback#*`);
  assert.match(page.url(), /#.*access_token=/);
});
