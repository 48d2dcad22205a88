// A frame of another site, where the browser blocks cookies: the answer says so, and not that the user is signed out.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { authorizeUrl, email, origin, password } from './deployment.js';
import { fillIn } from './chromium.js';
import { page } from './stage.js';

let elsewhere;

// A host name and an IP address are two sites, also on one machine.
before(async () => {
  elsewhere = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<title>Elsewhere</title>'));
  await new Promise((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
});

after(() => elsewhere.close());

/** The final URL of the frame of a silent request. */
async function silentAnswer() {
  await page.evaluate((src) => {
    const frame = document.createElement('iframe');
    frame.src = src;
    document.body.append(frame);
  }, authorizeUrl({ prompt: 'none' }));
  const isAnswer = (frame) => frame.url().startsWith(`${origin}/callback#`);
  while (!page.frames().some(isAnswer)) await page.waitForEvent('framenavigated');
  return new URLSearchParams(new URL(page.frames().find(isAnswer).url()).hash.slice(1));
}

test('in a frame of the same site, and of another', async () => {
  await page.goto(authorizeUrl());
  await fillIn(page, email, password);
  await page.waitForURL(`${origin}/callback#*`);
  await page.goto(`${origin}/`);
  assert.ok((await silentAnswer()).has('access_token'));
  await page.goto(`http://127.0.0.1:${elsewhere.address().port}/`);
  const answer = await silentAnswer();
  assert.equal(answer.get('error'), 'login_required');
  assert.match(answer.get('error_description'), /keeps cookies from this frame/);
});
