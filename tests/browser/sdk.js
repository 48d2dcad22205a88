// The calls of an application to auth0-js, in the page of `stage.js`.

import assert from 'node:assert/strict';
import { fillIn } from './chromium.js';
import { email, issuer, origin, password } from './deployment.js';
import { page } from './stage.js';

/** `authorize` with both sign-in pages; ends at the callback. */
export async function signIn(options) {
  await page.evaluate((options) => app.authorize(options), options);
  await page.waitForURL(`${issuer}u/login/identifier?*`);
  await fillIn(page, email, password);
  await page.waitForURL(`${origin}/callback#*`);
}

/** The arguments that a method of the SDK passes to its callback. */
export function call(method, ...values) {
  const script = ([method, values]) =>
    new Promise((resolve) => {
      const [object, name] = method.includes('.') ? [app[method.split('.')[0]], method.split('.')[1]] : [app, method];
      object[name](...values, (error, result) => resolve({ error, result }));
    });
  return page.evaluate(script, [method, values]);
}

export async function result(method, ...values) {
  const { error, result } = await call(method, ...values);
  assert.equal(error, null, JSON.stringify(error));
  return result;
}

export async function assertRefused(code, method, ...values) {
  const { error } = await call(method, ...values);
  assert.equal(error?.error, code, JSON.stringify(error));
}
