// An administrator invites by command line, the mail is read, and the link is opened by an application with the SDK.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addUser, doorward, email, invite, issuer, origin } from './deployment.js';
import { mailTo } from './mails.js';
import { assertRefused, call, result, signIn } from './sdk.js';
import { openProfile, page } from './stage.js';

const acme = 'org_acme000000000000';
const globex = 'org_globex0000000000';
const secret = 'seven unrelated words';

let number = 0;
const newAddress = () => `invited-${process.pid}-${(number += 1)}@example.test`;

/** Opens the link of a mail. The login page of the application forwards the two parameters. */
async function openLink(link) {
  await page.goto(link);
  await page.evaluate(() => {
    const { invitation, organization } = Object.fromEntries(new URLSearchParams(location.search));
    app.authorize({ responseType: 'id_token token', invitation, organization });
  });
}

async function accept() {
  await page.waitForURL(`${issuer}u/invitation?*`);
  await page.click('button[name=action]');
}

/** Fills in the page that the button leads to; ends at the callback. */
async function signUp() {
  await page.waitForURL(`${issuer}u/signup?*`);
  await page.fill('input[name=password]', secret);
  await page.click('button[name=action]');
  await page.waitForURL(`${origin}/callback#*`);
}

async function signInInstead() {
  await page.waitForURL(`${issuer}u/signup?*`);
  await page.click('a[href^="/u/login"]');
  await page.fill('input[name=password]', secret);
  await page.click('button[name=action]');
  await page.waitForURL(`${origin}/callback#*`);
}

test('an invited person signs up, and the link is spent', async () => {
  const address = newAddress();
  const invitation = invite('acme', address);
  const mail = await mailTo(address);
  const link = mail.link(`${origin}/login?`);
  assert.equal(link, invitation.invitation_url);
  await openLink(link);
  await page.waitForURL(`${issuer}u/invitation?*`);
  const words = await page.innerText('main');
  for (const shown of ['Ann Administrator', 'Acme', address]) assert.ok(words.includes(shown), words);
  await accept();
  assert.equal(await page.inputValue('input[name=email]'), address);
  assert.equal(await page.locator('input[name=email]').getAttribute('readonly'), '');
  await signUp();
  const tokens = await result('parseHash', {});
  assert.equal(tokens.idTokenPayload.org_id, acme);
  assert.equal(tokens.idTokenPayload.email, address);
  assert.equal(tokens.idTokenPayload.email_verified, true);
  const [, payload] = tokens.accessToken.split('.');
  assert.equal(JSON.parse(Buffer.from(payload, 'base64url')).org_id, acme);

  for (const again of [async () => {}, openProfile]) {
    await again();
    await openLink(link);
    await page.waitForURL(`${origin}/callback#*`);
    const { error } = await call('parseHash', {});
    assert.equal(error?.error, 'invalid_request', JSON.stringify(error));
    assert.equal(error.errorDescription, 'invitation not found or already used');
  }
  const shown = JSON.parse(doorward('invitation', 'show', 'acme', invitation.id, '--json'));
  assert.equal(shown.state, 'accepted');
});

test('someone else is signed in, and switches the account', async () => {
  const address = newAddress();
  addUser(address, secret);
  invite('acme', address);
  const link = (await mailTo(address)).link(`${origin}/login?`);
  await signIn({ responseType: 'id_token token' });
  await openLink(link);
  await page.waitForURL(`${issuer}u/invitation?*`);
  const words = await page.innerText('main');
  for (const shown of [email, address]) assert.ok(words.includes(shown), words);
  await accept();
  await signInInstead();
  const tokens = await result('parseHash', {});
  assert.equal(tokens.idTokenPayload.email, address);
  assert.equal(tokens.idTokenPayload.org_id, acme);
  const renewed = await result('checkSession', { responseType: 'id_token token', organization: acme });
  assert.equal(renewed.idTokenPayload.email, address);
});

test('a member of two organizations switches without a page', async () => {
  const address = newAddress();
  for (const organization of ['acme', 'globex']) {
    invite(organization, address);
    const mail = await mailTo(address);
    await openLink(mail.link(`${origin}/login?`));
    await accept();
    if (organization === 'acme') await signUp();
    else await page.waitForURL(`${origin}/callback#*`);
    await result('parseHash', {});
  }
  for (const organization of [acme, globex, acme]) {
    const tokens = await result('checkSession', { responseType: 'id_token token', organization });
    assert.equal(tokens.idTokenPayload.org_id, organization);
  }
  const personal = await result('checkSession', { responseType: 'id_token token' });
  assert.equal(personal.idTokenPayload.org_id, undefined);
  doorward('organization', 'remove-member', 'globex', address);
  await assertRefused('access_denied', 'checkSession', { responseType: 'id_token token', organization: globex });
});

test('the pages need no scripts', async () => {
  await openProfile({ javaScriptEnabled: false });
  const address = newAddress();
  const { invitation_url: link } = invite('acme', address);
  const parameters = new URL(link).searchParams;
  const url = new URL('authorize', issuer);
  url.search = new URLSearchParams({
    client_id: 'team0000000000000000000000000000',
    redirect_uri: `${origin}/callback`,
    response_type: 'token',
    invitation: parameters.get('invitation'),
    organization: parameters.get('organization'),
  });
  await page.goto(url.href);
  await accept();
  await signUp();
  assert.match(page.url(), /#.*access_token=/);
});
