// Pages that Chromium loads ahead of time, because of speculation rules: nothing happens until the user opens them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillIn } from './chromium.js';
import { authorizeUrl, clientId, email, issuer, origin, password } from './deployment.js';
import { page } from './stage.js';

const logout = `${issuer}v2/logout?client_id=${clientId}`;

/** Opens the application with a link to the URL, and checks that loading it ahead of time has no effect. */
async function speculate(kind, url) {
  await page.goto(`${origin}/`);
  const chromium = await page.context().newCDPSession(page);
  const event = `Preload.${kind}StatusUpdated`;
  const ended = new Promise((resolve) => {
    chromium.on(event, (update) => ['Ready', 'Success', 'Failure'].includes(update.status) && resolve(update.status));
  });
  await chromium.send('Preload.enable');
  await page.evaluate(([kind, url]) => {
    const rules = document.createElement('script');
    rules.type = 'speculationrules';
    rules.textContent = JSON.stringify({ [kind]: [{ source: 'list', urls: [url], eagerness: 'immediate' }] });
    const link = document.createElement('a');
    link.href = url;
    link.textContent = 'open';
    document.body.append(rules, link);
  }, [kind, url]);
  assert.equal(await ended, 'Failure');
  await chromium.detach();
}

const open = () => page.click('text=open');

/** The answer of a silent authentication. */
async function silent() {
  await page.goto(authorizeUrl({ prompt: 'none' }));
  return new URLSearchParams(new URL(page.url()).hash.slice(1));
}

async function signIn() {
  await fillIn(page, email, password);
  await page.waitForURL(`${origin}/callback#*`);
}

for (const kind of ['prefetch', 'prerender']) {
  test(`${kind} of a logout`, async () => {
    await page.goto(authorizeUrl());
    await signIn();
    await speculate(kind, logout);
    assert.ok((await silent()).get('access_token'), 'nobody has signed out');
    await speculate(kind, logout);
    await open();
    await page.waitForURL(`${origin}/bye`);
    assert.equal((await silent()).get('error'), 'login_required');
  });

  test(`${kind} of a sign-in`, async () => {
    await speculate(kind, authorizeUrl());
    assert.deepEqual(await page.context().cookies(), [], 'no sign-in has begun');
    await open();
    await page.waitForURL(`${issuer}u/login/identifier?*`);
    await signIn();
  });
}
