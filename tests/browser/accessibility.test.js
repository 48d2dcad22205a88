// Checks every hosted page, in every look, with axe: no finding of serious or critical impact.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import { look, looks } from './looks.js';
import { pages } from './pages.js';
import { page } from './stage.js';

async function seriousViolations() {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.flatMap(({ id, nodes }) => nodes.map(({ failureSummary, html }) => ({ id, failureSummary, html })));
}

for (const [name, visit] of Object.entries(pages)) {
  test(name, async () => {
    await visit(page);
    for (const each of looks) {
      await look(page, each);
      assert.notEqual(await page.innerText('main'), '', 'there is something to look at');
      assert.deepEqual(await seriousViolations(), [], JSON.stringify(each));
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.equal(overflow, 0, `${JSON.stringify(each)}: nobody has to scroll sideways`);
    }
  });
}

test('the background of an organization is around the card, on a phone too', async () => {
  await pages['organization-identifier'](page);
  assert.equal(await page.innerText('.brand .initial'), 'A');
  for (const width of [390, 1280]) {
    await look(page, { width, colorScheme: 'light' });
    const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(ground, 'rgb(246, 240, 248)');
    const card = await page.locator('main').boundingBox();
    assert.ok(card.x > 0 && card.x + card.width < width, JSON.stringify(card));
  }
});
