// The start of every test: the application, a foreign page, Chromium, and a new profile for each test.

import { after, afterEach, before, beforeEach } from 'node:test';
import { serveApplication } from './application.js';
import { launchChromium } from './chromium.js';
import { audience, clientId, issuer, origin } from './deployment.js';

let application, copy, browser;

/** The application's page. */
export let page;

/**
 * The URL of an unregistered copy of the application: another port of the same host, so it is a foreign origin, but of a
 * site whose frames get the session's cookie.
 */
export let foreignOrigin;

before(async () => {
  const settings = { issuer, clientId, audience };
  application = await serveApplication({ origin, ...settings });
  const { protocol, hostname } = new URL(origin);
  copy = await serveApplication({ origin: `${protocol}//${hostname}:0`, ...settings });
  foreignOrigin = `${protocol}//${hostname}:${copy.address().port}`;
  browser = await launchChromium();
});

after(async () => {
  await browser?.close();
  application?.close();
  copy?.close();
});

beforeEach(() => openProfile());
afterEach(() => page.context().close());

/** Replaces the current profile by a new one without cookies. */
export async function openProfile(options = {}) {
  await page?.context().close();
  const context = await browser.newContext(options);
  context.setDefaultTimeout(15_000);
  page = await context.newPage();
  await page.goto(`${origin}/`);
}
