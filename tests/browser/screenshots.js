// Takes every hosted page and mail in every language and look: `npm --prefix tests/browser run screenshots FOLDER`.

import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { serveApplication } from './application.js';
import { launchChromium } from './chromium.js';
import { audience, clientId, invite, issuer, origin } from './deployment.js';
import { look, looks } from './looks.js';
import { mailTo } from './mails.js';
import { pages } from './pages.js';

const languages = ['en', 'ja'];
const [argument, beginning = ''] = process.argv.slice(2);

if (!argument) {
  console.error('usage: npm --prefix tests/browser run screenshots FOLDER [BEGINNING OF NAMES]');
  process.exit(2);
}
// npm changes the working directory to its package.
const folder = resolve(process.env.INIT_CWD ?? '.', argument);
await mkdir(folder, { recursive: true });

// Some pages appear only after an answer to the application.
const application = await serveApplication({ origin, issuer, clientId, audience });
const browser = await launchChromium();
for (const locale of languages) {
  const all = { ...pages, mail: showMail(locale) };
  for (const [name, visit] of Object.entries(all)) {
    if (name.startsWith(beginning)) await take(name, visit, locale);
  }
}
await browser.close();
application.close();
console.log(`the pages are in ${folder}`);

function showMail(language) {
  return async (page) => {
    const address = `${crypto.randomUUID()}@example.test`;
    invite('acme', address, '--language', language);
    await page.setContent((await mailTo(address)).html());
  };
}

async function take(name, visit, locale) {
  const page = await browser.newPage({ locale });
  await visit(page);
  for (const { width, colorScheme } of looks) {
    await look(page, { width, colorScheme });
    const path = `${folder}/${name}.${locale}.${width}.${colorScheme}.png`;
    await page.screenshot({ path, fullPage: true });
  }
  await page.close();
}
