// The first steps after `make run`. Runs twice, before and after a restart, with the same browser profile.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fillIn, launchChromium } from './chromium.js';

const { ORIGIN: origin, EMAIL: email, PASSWORD: password, PROFILE: profile } = process.env;
const afterRestart = existsSync(profile);

let browser, page;

before(async () => {
  browser = await launchChromium();
  const context = await browser.newContext(afterRestart ? { storageState: profile } : {});
  context.setDefaultTimeout(15_000);
  page = await context.newPage();
  await page.goto(`${origin}/`);
});

after(() => browser?.close());

async function assertSignedIn() {
  await page.waitForSelector('#signed-in:not([hidden])');
  const checks = await page.locator('#checks li').evaluateAll((items) => items.map((item) => item.className));
  assert.ok(checks.length > 0 && checks.every((check) => check === 'good'), await page.innerText('#checks'));
  assert.match(await page.innerText('#id-token'), /"iss"/);
  assert.match(await page.innerText('#access-token'), /"aud"/);
}

async function press(button) {
  await page.click(button);
  await page.waitForSelector('#result .notice');
  const result = await page.innerText('#result');
  assert.equal(await page.locator('#result .notice.good').count(), 1, result);
  return result;
}

/** The back button leads to a page that says how to continue, not to an error of the application. */
async function goBackAndOn() {
  await page.goBack();
  await page.waitForSelector('h1:has-text("You are signed in")');
  assert.match(await page.innerText('main'), new RegExp(email));
  await page.click('main a.button');
  await assertSignedIn();
}

/** An answer from the history, or a forged one. */
async function openSpentAnswer() {
  await page.goto('about:blank');
  await page.goto(`${origin}/#access_token=spent&id_token=spent&token_type=Bearer&state=spent`);
}

test('sign in, look around, sign out, sign in again', { skip: afterRestart }, async () => {
  await page.click('#sign-in');
  await fillIn(page, email, password);
  await assertSignedIn();
  assert.match(await press('#call-api'), /answered 200/);
  assert.match(await press('#userinfo'), new RegExp(email));
  assert.match(await press('#renew'), /Renewed/);
  await goBackAndOn();
  await openSpentAnswer();
  await assertSignedIn();
  await page.click('#sign-out');
  await page.waitForSelector('#signed-out:not([hidden])');
  await openSpentAnswer();
  await page.waitForSelector('#signed-out:not([hidden])');
  assert.equal(await page.locator('#notice .notice').count(), 0, 'nothing is wrong');
  await page.click('#sign-in');
  await fillIn(page, email, password);
  await assertSignedIn();
  await page.context().storageState({ path: profile });
});

test('a restart signs nobody out', { skip: !afterRestart }, assertSignedIn);
