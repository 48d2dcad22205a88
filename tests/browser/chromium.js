// Debian's Chromium, which connects only to the deployment and the application.

import { chromium } from 'playwright-core';

const quiet = ['--disable-quic', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** The names of a stack that only this browser resolves, and whose certificates are of a CA that nobody else trusts. */
const names = process.env.HOST_RULES ? [`--host-resolver-rules=${process.env.HOST_RULES}`, '--ignore-certificate-errors'] : [];

export function launchChromium() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', ...quiet, ...names],
  });
}

/** Fills in both sign-in pages of the deployment. */
export async function fillIn(page, email, password) {
  await page.fill('input[name=username]', email);
  await page.click('button[name=action]');
  await page.fill('input[name=password]', password);
  await page.click('button[name=action]');
}
