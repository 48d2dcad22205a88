// Every hosted page and how a browser comes to it. A page that is added here is checked for accessibility and frames, and is
// among the screenshots.

import { audienceWithConsent, authorizeUrl, clientId, email, issuer, origin, password } from './deployment.js';

const open = (url) => (page) => page.goto(url);
const request = (parameters) => open(authorizeUrl(parameters));

const submit = (fields) => async (page) => {
  for (const [name, value] of Object.entries(fields)) await page.fill(`input[name=${name}]`, value);
  await Promise.all([page.waitForEvent('load'), page.click('button[name=action]')]);
};

/** The end of every journey: what only this page shows. */
const sees = (selector) => (page) => page.waitForSelector(selector);
const seesError = (code) => sees(`#error[data-error-code=${code}]`);

/** Loads a page as browsers without scripts do, and keeps it so: tests need scripts, which would hide what is for those. */
const withoutScripts = (step) => async (page) => {
  const chromium = await page.context().newCDPSession(page);
  await chromium.send('Emulation.setScriptExecutionDisabled', { value: true });
  await step(page);
  await page.locator('noscript').evaluateAll((all) => all.forEach((each) => each.replaceWith(...each.childNodes)));
  await chromium.send('Emulation.setScriptExecutionDisabled', { value: false });
};

const answered = (page) => page.waitForURL(`${origin}/callback#*`);

const journey = (...steps) => async (page) => {
  for (const step of steps) await step(page);
};

const signUp = request({ screen_hint: 'signup' });
const toPassword = journey(request(), submit({ username: email }));
const signIn = submit({ password });
const withConsent = (scope, more) => request({ audience: audienceWithConsent, scope, ...more });
const press = (action) => (page) => page.click(`button[value=${action}]`);
const native = { client_id: 'native00000000000000000000000000', redirect_uri: 'com.example.app:/callback' };
const logout = open(`${issuer}oidc/logout?client_id=${clientId}`);
const formPost = request({ response_mode: 'form_post', prompt: 'none' });
const newUser = { email: 'newcomer@example.test', password: 'short' };

/** By name: functions that bring a page with an empty profile there. */
export const pages = {
  'identifier': journey(request(), sees('input[autocomplete=username]:not([readonly])')),
  'identifier-no-email': journey(request(), submit({ username: ' ' }), seesError('no-email')),
  'password': journey(toPassword, sees('input[autocomplete=current-password]')),
  'password-wrong': journey(toPassword, submit({ password: 'wrong' }), seesError('wrong-email-credentials')),
  'sign-up': journey(signUp, sees('input[autocomplete=new-password]')),
  'sign-up-weak': journey(signUp, submit(newUser), seesError('password-too-weak')),
  'sign-up-taken': journey(signUp, submit({ email, password: 'another long one' }), seesError('email-in-use')),
  'consent': journey(withConsent('openid email read:secrets'), submit({ username: email }), signIn, sees('.scopes')),
  'consent-more': journey(
    withConsent('openid profile', { prompt: 'consent' }), submit({ username: email }), signIn, press('accept'), answered,
    withConsent('openid profile email read:secrets'), sees('.new'),
  ),
  'confirmation': journey(toPassword, signIn, answered, request(native), sees('.calm')),
  'form-post': journey(withoutScripts(formPost), sees('main button')),
  'error-request': journey(request({ redirect_uri: 'https://elsewhere.example.test/' }), sees('.details')),
  'error-start-again': journey(open(`${issuer}u/login/identifier?state=lost`), sees('.details')),
  'error-not-found': journey(open(`${issuer}nowhere`), sees('.details')),
  'logout': journey(toPassword, signIn, answered, logout, sees('button[value=deny]')),
  'logout-aborted': journey(toPassword, signIn, answered, logout, press('deny'), sees('main:not(:has(form)) > h1')),
  'signed-out': journey(open(`${issuer}v2/logout`), sees('main > h1')),
};
