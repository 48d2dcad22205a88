// No site may show a page of the deployment in a frame. Only its application may frame a `web_message`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorizeUrl, origin } from './deployment.js';
import { pages } from './pages.js';
import { signIn } from './sdk.js';
import { foreignOrigin, page } from './stage.js';

const answer = authorizeUrl({ response_mode: 'web_message', prompt: 'none' });

/** Whether a page of this origin can show the URL in a frame. */
async function isFramed(url, embedder) {
  await page.goto(`${embedder}/`);
  const script = (url) =>
    new Promise((resolve) => {
      const frame = document.createElement('iframe');
      frame.onload = resolve;
      frame.src = url;
      document.body.append(frame);
    });
  await page.evaluate(script, url);
  const [, frame] = page.frames();
  return !frame.url().startsWith('chrome-error:');
}

for (const [name, visit] of Object.entries(pages)) {
  test(`nobody frames: ${name}`, async () => {
    await visit(page);
    const url = page.url();
    assert.equal(await isFramed(url, origin), false);
    assert.equal(await isFramed(url, foreignOrigin), false);
  });
}

test('the application frames its answer', async () => {
  await signIn({ responseType: 'token' });
  assert.equal(await isFramed(answer, origin), true);
  const [{ data }] = await page.evaluate(() => messages);
  assert.ok(data.response.access_token);
});

test('a foreign page that frames the answer gets nothing', async () => {
  await signIn({ responseType: 'token' });
  assert.equal(await isFramed(answer, foreignOrigin), false);
  assert.deepEqual(await page.evaluate(() => messages), []);
});
