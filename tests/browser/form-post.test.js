// `form_post`: the browser posts the answer to the application's callback.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillIn } from './chromium.js';
import { authorizeUrl, email, origin, password } from './deployment.js';
import { openProfile, page } from './stage.js';

const state = `"double" 'single' + %20 % & &amp; = # <svg onload=alert(1)> é 🙂`;
const parameters = { response_mode: 'form_post', response_type: 'id_token token', scope: 'openid', nonce: 'n', state };

/** The fields that the application's callback has received. */
async function posted() {
  await page.waitForURL(`${origin}/callback`);
  const fields = JSON.parse(await page.textContent('body'));
  const form = Object.fromEntries(fields);
  assert.equal(Object.keys(form).length, fields.length, 'no field comes twice');
  return form;
}

function assertTokens(form) {
  assert.equal(form.state, state);
  assert.equal(form.token_type, 'Bearer');
  assert.match(form.id_token, /^[^.]+\.[^.]+\.[^.]+$/);
  assert.ok(form.access_token);
}

test('with scripts it posts itself', async () => {
  await page.goto(authorizeUrl(parameters));
  await fillIn(page, email, password);
  assertTokens(await posted());
});

test('without scripts there is a button', async () => {
  await openProfile({ javaScriptEnabled: false });
  await page.goto(authorizeUrl(parameters));
  await fillIn(page, email, password);
  await page.waitForURL('**/authorize/resume?*');
  await page.getByRole('button', { name: 'Continue' }).click();
  assertTokens(await posted());
});

test('an error', async () => {
  await page.goto(authorizeUrl({ ...parameters, prompt: 'none' }));
  const form = await posted();
  assert.deepEqual([form.error, form.state], ['login_required', state]);
  assert.ok(!('access_token' in form) && !('id_token' in form));
});
