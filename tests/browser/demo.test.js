// The first steps after `make run`. Runs twice, before and after a restart, with the same browser profile.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
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

/** The back button leads to the pages of a sign-in that is over, and from there to the application. */
async function goBackAndOn() {
  await page.goBack();
  await page.waitForURL(`${origin}/`);
  await assertSignedIn();
}

async function organizationOf(token) {
  const [, id] = (await page.innerText(token)).match(/"org_id": "(.*)"/) ?? [];
  return id;
}

/** Switches without a page, and checks the new tokens. */
async function switchTo(name, id) {
  await page.getByRole('button', { name, pressed: false }).click();
  await page.getByRole('button', { name, pressed: true }).waitFor();
  assert.match(await page.innerText('#result'), /Switched without a page/);
  await assertSignedIn();
  for (const token of ['#id-token', '#access-token']) assert.equal(await organizationOf(token), id);
}

/** The command that the page shows for an organization without the user. */
async function refusedWithCommand(name) {
  await page.getByRole('button', { name }).click();
  await page.waitForSelector('#result .notice.bad pre');
  assert.match(await page.innerText('#result'), /is not part of the .* organization/);
  return page.innerText('#result pre');
}

function linkOfInvitation(command) {
  const [program, ...options] = command.trim().split(/\s+/);
  const output = execFileSync(program, options, { encoding: 'utf8' });
  const [link] = output.match(/https?:\S+invitation=\S+/) ?? [];
  assert.ok(link, output);
  return link;
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

test('switch organization, be invited to another, switch again', { skip: afterRestart }, async () => {
  await switchTo('Acme Corporation', 'org_DemoAcme00000001');
  const link = linkOfInvitation(await refusedWithCommand('Globex'));
  await page.goto(link);
  await page.click('button[name=action]');
  await assertSignedIn();
  assert.equal(await organizationOf('#id-token'), 'org_DemoGlobex000001');
  await switchTo('Acme Corporation', 'org_DemoAcme00000001');
  await switchTo('Globex', 'org_DemoGlobex000001');
  await page.reload();
  await assertSignedIn();
  assert.equal(await organizationOf('#id-token'), 'org_DemoGlobex000001', 'a reload stays in the organization');
  await switchTo('Personal account', undefined);
  await page.goto(link);
  await page.waitForSelector('#notice .notice.bad');
  assert.match(await page.innerText('#notice'), /invitation not found or already used/);
  await page.context().storageState({ path: profile });
});

test('a restart signs nobody out', { skip: !afterRestart }, assertSignedIn);
