// Signing in with the SDK, in Debian's Chromium, at the deployment in the environment variables.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillIn } from './chromium.js';
import { authorizeUrl, clientId, email, issuer, origin, password } from './deployment.js';
import { assertRefused, call, result, signIn } from './sdk.js';
import { openProfile, page } from './stage.js';

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

test('Back after a sign-in', async () => {
  await signIn({ responseType: 'id_token token' });
  await result('parseHash', {});
  for (const steps of [1, 2]) {
    // First the password page, then the one before it.
    await page.goBack();
    await page.waitForSelector('h1:has-text("You are signed in")');
    assert.ok(page.url().startsWith(issuer), `step ${steps}: ${page.url()}`);
  }
  await page.click('main a.button');
  await page.waitForURL(`${origin}/`);
  // The application sends a silent request, as it does whenever it is opened.
  const tokens = await result('checkSession', { responseType: 'id_token token' });
  assert.equal(tokens.idTokenPayload.email, email);
});

test('a form that the browser sends again after the sign-in', async () => {
  await page.goto(authorizeUrl());
  await page.fill('input[name=username]', email);
  await page.click('button[name=action]');
  await page.fill('input[name=password]', password);
  const form = await page.locator('form').evaluate((form) => [...new FormData(form)]);
  await page.click('button[name=action]');
  await page.waitForURL(`${origin}/callback#*`);
  const send = (form) => {
    const again = Object.assign(document.createElement('form'), { method: 'post', action: '/u/login/password' });
    for (const [name, value] of form) again.append(Object.assign(document.createElement('input'), { name, value }));
    document.documentElement.append(again);
    again.submit();
  };
  await page.goto(`${issuer}u/sessions`);
  await page.evaluate(send, form);
  await page.waitForSelector('h1:has-text("You are signed in")');
});

test('the SDK refuses a token that was tampered with', async () => {
  await signIn({ responseType: 'id_token token' });
  const hash = await page.evaluate(() => location.hash.replace(/(id_token=[^.]*\.[^.]*\.)./, '$1_'));
  const { error } = await call('parseHash', { hash });
  assert.equal(error?.error, 'invalid_token', JSON.stringify(error));
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
  await assertRefused('login_required', 'checkSession', { responseType: 'token' });
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
  await openProfile({ javaScriptEnabled: false });
  await page.goto(authorizeUrl());
  await fillIn(page, email, password);
  await page.waitForURL(`${origin}/callback#*`);
  assert.match(page.url(), /#.*access_token=/);
});
