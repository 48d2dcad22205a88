// Every hosted page, with the steps that lead to it. A page that is added here is checked for accessibility and
// framing, and is in the screenshots.

import {
  addUser, audienceWithConsent, authorizeUrl, clientId, doorward, email, invite, issuer, origin, password, team,
} from './deployment.js';

const open = (url) => (page) => page.goto(url);
const request = (parameters) => open(authorizeUrl(parameters));

const submit = (fields) => async (page) => {
  for (const [name, value] of Object.entries(fields)) await page.fill(`input[name=${name}]`, value);
  await Promise.all([page.waitForEvent('load'), page.click('button[name=action]')]);
};

/** Waits for an element that only this page has. */
const sees = (selector) => (page) => page.waitForSelector(selector);
const seesError = (code) => sees(`#error[data-error-code=${code}]`);

/** Loads a page like a browser without scripts. Tests need scripts, which would hide the content of `noscript`. */
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
const signedIn = (userAgent) => async (page) => {
  await page.context().clearCookies();
  const chromium = await page.context().newCDPSession(page);
  await chromium.send('Emulation.setUserAgentOverride', { userAgent });
  await journey(toPassword, signIn, answered)(page);
};
/** Ends the sessions of earlier pages. */
const alone = async (page) => {
  await sessions(page);
  const others = page.locator('button[value=revoke-others]');
  if (await others.count()) await Promise.all([page.waitForEvent('load'), others.click()]);
};
/** An application that never responds. */
const unanswered = (page) => page.context().route(`${origin}/callback*`, (route) => route.abort('aborted'));
const press = (action) => (page) => page.click(`button[value=${action}]`);
const native = { client_id: 'native00000000000000000000000000', redirect_uri: 'com.example.app:/callback' };
const logout = open(`${issuer}oidc/logout?client_id=${clientId}`);
const formPost = request({ response_mode: 'form_post', prompt: 'none' });
const sessions = open(`${issuer}u/sessions`);
const newUser = { email: 'newcomer@example.test', password: 'short' };

const first = (name, more) => request({ client_id: name.padEnd(32, '0'), redirect_uri: 'https://first.example.test/callback', ...more });
const later = (name) => request({ client_id: name.padEnd(32, '0'), redirect_uri: 'https://later.example.test/callback' });
const ofTeam = (more) => request({ client_id: team, ...more });
const asMember = (...organizations) => () => {
  for (const organization of organizations) doorward('organization', 'add-member', organization, email);
};
const newAddress = () => `${crypto.randomUUID()}@example.test`;
/** The page of a new invitation. With `account`, the invited address has an account. */
const invited = ({ organization = 'acme', address = newAddress(), account = false } = {}) => async (page) => {
  if (account) addUser(address, 'seven unrelated words');
  const link = new URL(invite(organization, address, '--no-mail').invitation_url);
  const [invitation, id] = ['invitation', 'organization'].map((name) => link.searchParams.get(name));
  await ofTeam({ invitation, organization: id })(page);
};
const toNext = (page) => Promise.all([page.waitForEvent('load'), page.click('button[name=action]')]);
const toSignIn = (page) => Promise.all([page.waitForEvent('load'), page.click('a[href^="/u/login"]')]);

const userAgents = {
  desktop: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0',
  phone: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1',
  unknown: `Kettle/${'1'.repeat(400)}`,
};

/** Functions that bring a tab with an empty profile to each page, by name. */
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
  'onward': journey(toPassword, unanswered, signIn, sees('.onward')),
  'form-post': journey(withoutScripts(formPost), sees('main button')),
  'error-request': journey(request({ redirect_uri: 'https://elsewhere.example.test/' }), sees('.details')),
  'error-start-again': journey(open(`${issuer}u/login/identifier?state=lost`), sees('.details')),
  'error-not-found': journey(open(`${issuer}nowhere`), sees('.details')),
  'logout': journey(toPassword, signIn, answered, logout, sees('button[value=deny]')),
  'logout-aborted': journey(toPassword, signIn, answered, logout, press('deny'), sees('main:not(:has(form)) > h1')),
  'signed-in': journey(toPassword, signIn, answered, (page) => page.goBack(), sees('main a.button')),
  'organization': journey(first('askfirst'), sees('input[name=organizationName]')),
  'organization-unknown': journey(first('askfirst'), submit({ organizationName: 'nobody' }), seesError('invalid-organization')),
  'organization-email': journey(first('askbyemail'), sees('input[name=email]')),
  'organization-email-unknown': journey(
    first('askbyemail'), submit({ email: 'alice@globex.example.test' }), sees('#error'),
  ),
  'pre-organization-picker': journey(
    first('askbyemail'), submit({ email: 'alice@both.example.test' }), sees('button[name=organization]'),
  ),
  'organization-or-personal': journey(first('askfirstorpersonal'), sees('[name=organizationSkipped]')),
  'organization-picker': journey(
    asMember('acme', 'globex'), toPassword, signIn, answered, later('asklater'), sees('button[name=organization]'),
  ),
  'organization-picker-or-personal': journey(
    asMember('acme', 'globex'), toPassword, signIn, answered, later('asklaterorpersonal'), sees('[name=organizationSkipped]'),
  ),
  'organization-identifier': journey(ofTeam({ organization: 'org_acme000000000000' }), sees('input[autocomplete=username]')),
  'organization-password': journey(
    ofTeam({ organization: 'org_acme000000000000' }), submit({ username: email }), sees('input[autocomplete=current-password]'),
  ),
  'organization-sign-up': journey(
    ofTeam({ organization: 'org_globex0000000000', connection: 'partners', screen_hint: 'signup' }), sees('input[autocomplete=new-password]'),
  ),
  'invitation': journey(invited(), sees('button[name=action]')),
  'invitation-sign-up': journey(invited(), toNext, sees('input[autocomplete=new-password]')),
  'invitation-password': journey(invited({ account: true }), toNext, toSignIn, sees('input[autocomplete=current-password]')),
  'invitation-other-account': journey(toPassword, signIn, answered, invited(), sees('button[value=switch]')),
  'invitation-long': journey(
    toPassword, signIn, answered, invited({ address: `${'n'.repeat(60)}@${'long.'.repeat(30)}example.test` }), sees('button[value=switch]'),
  ),
  'invitation-lost': journey(open(`${issuer}u/invitation/start?invitation=lost&organization=org_acme000000000000`), sees('.details')),
  'sessions': journey(
    signedIn(userAgents.phone), alone, signedIn(userAgents.unknown), signedIn(userAgents.desktop),
    sessions, sees('.sessions > li:nth-child(3)'), (page) => page.locator('summary').nth(1).click(),
  ),
  'sessions-nobody': journey(sessions, sees('main > h1')),
  'sessions-nothing-changed': journey(
    signedIn(userAgents.desktop), sessions, (page) => page.locator('[name=sid]').first().evaluate((sid) => { sid.value = 'gone'; }),
    (page) => page.locator('button[value=revoke]').first().click(), sees('.details'),
  ),
  'signed-out': journey(open(`${issuer}v2/logout`), sees('main > h1')),
};
