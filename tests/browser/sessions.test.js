// The page with a user's sessions, in browsers that run no scripts.

import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { fillIn } from './chromium.js';
import { authorizeUrl, email, issuer, origin, password } from './deployment.js';
import { look, looks } from './looks.js';
import { page } from './stage.js';

const profiles = [];

afterEach(() => Promise.all(profiles.splice(0).map((profile) => profile.close())));

/** A profile without scripts in which the user is signed in. */
async function signedIn() {
  const profile = await page.context().browser().newContext({ javaScriptEnabled: false });
  profiles.push(profile);
  const tab = await profile.newPage();
  await tab.goto(authorizeUrl());
  await fillIn(tab, email, password);
  await tab.waitForURL(`${origin}/callback#*`);
  return tab;
}

const entries = (tab) => tab.locator('.sessions > li');

async function openSessions(tab) {
  await tab.goto(`${issuer}u/sessions`);
  await tab.waitForSelector('.sessions');
}

async function isSignedIn(tab) {
  await tab.goto(authorizeUrl());
  return tab.url().startsWith(`${origin}/callback#`);
}

test('one session is signed out, then all others, then this one', async () => {
  const [one, two, here] = [await signedIn(), await signedIn(), await signedIn()];
  await openSessions(here);
  const before = await entries(here).count();
  assert.equal(await here.getByText('This browser', { exact: true }).count(), 1);
  // The last used session comes first: this browser, then the second.
  await entries(here).nth(1).getByRole('button', { name: 'Sign out' }).click();
  await here.waitForURL(`${issuer}u/sessions`);
  assert.equal(await entries(here).count(), before - 1);
  assert.deepEqual([await isSignedIn(one), await isSignedIn(two)], [true, false]);

  await here.getByRole('button', { name: 'Sign out all others' }).click();
  await here.waitForURL(`${issuer}u/sessions`);
  assert.equal(await entries(here).count(), 1);
  assert.equal(await isSignedIn(one), false);

  await here.getByRole('button', { name: 'Sign out of this browser' }).click();
  assert.equal(await here.innerText('h1'), 'You are signed out');
  assert.equal(await isSignedIn(here), false);
});

test('what is long wraps', async () => {
  const here = await signedIn();
  await openSessions(here);
  const texts = here.locator('.facts dd:not(:has(*)), .facts li, .sessions code, .sessions h2 > [id]');
  await texts.evaluateAll((all) => all.forEach((each) => { each.textContent = 'n'.repeat(300); }));
  await here.locator('summary').first().click();
  for (const each of looks) {
    await look(here, each);
    const overflow = await here.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.equal(overflow, 0, JSON.stringify(each));
  }
});
