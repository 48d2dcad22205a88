// The page: its parts and its buttons.

import { checkAnswer, decode, localTime } from './checks.js';
import {
  acceptInvitation, askSilently, discover, fetchProtected, findKeys, requestParameters, signIn, signOut, takeAnswer,
  takeInvitation,
} from './oidc.js';

/** Explanations of the server's error codes for the user. */
const ERRORS = {
  login_required: 'The server has no session for you any more, so nothing could be renewed. Sign in again.',
  consent_required: 'The server needs your consent first. Sign in again to give it.',
  interaction_required: 'The server needs to ask you something first. Sign in again.',
  access_denied: 'The server refused access.',
  invalid_request: 'The server cannot do what it was asked for.',
  unauthorized: 'The server refused to sign you in.',
  temporarily_unavailable: 'A part of the server cannot be reached just now. That does not sign you out; try again in a moment.',
  server_error: 'Something went wrong at the server. Try again in a moment.',
};

const PERSONAL = { id: undefined, display_name: 'Personal account' };

/** Where this tab keeps the id of the organization, so that a reload asks for the same one. */
const ORGANIZATION = 'organization';

const $ = (id) => document.getElementById(id);

let settings;
let server;
let accessToken;
/** The id of the organization in the tokens; undefined for the personal account. */
let organization;

start().catch((error) => notice(error.message, 'bad'));

async function start() {
  notice('Looking whether you are signed in …');
  settings = await fetch('/config.json').then((response) => response.json());
  server = await discover(settings.issuer);
  $('request').replaceChildren(...facts({ issuer: settings.issuer, ...requestParameters(settings) }));
  $('sign-in').onclick = () => signIn(server, settings);
  $('sign-in-again').onclick = () => signIn(server, settings, { organization });
  $('sign-out').onclick = () => signOut(settings);
  $('call-api').onclick = during(callApi);
  $('renew').onclick = during(renew);
  $('userinfo').onclick = during(askUserinfo);
  const invitation = takeInvitation();
  if (invitation) return acceptInvitation(server, settings, invitation);
  const returned = takeAnswer();
  // Tokens are kept in memory only. A reloaded page gets new ones from the server's session.
  await (returned ? receive(returned) : resume()).catch((error) => {
    showSignedOut();
    notice(error.message, 'bad');
  });
}

/** Signs the user in if the server has a session; otherwise shows the sign-in button. */
async function resume() {
  const before = sessionStorage.getItem(ORGANIZATION) ?? undefined;
  let reply = await askSilently(server, settings, before);
  // Not a member any more: the personal account stays.
  if (before && reply.answer.error === 'access_denied') reply = await askSilently(server, settings);
  if (reply.answer.error === 'login_required') return showSignedOut();
  await receive(reply);
}

async function receive({ answer, request }) {
  if (answer.error && answer.state === request.state) {
    showSignedOut();
    return notice(inWords(answer), 'bad');
  }
  const checks = await checkAnswer(answer, request, settings, await findKeys(server));
  const believed = checks.every((check) => check.passed);
  if (believed) remember(request.organization);
  showChecked(answer, checks, believed);
  notice('');
}

function remember(id) {
  organization = id;
  if (id) sessionStorage.setItem(ORGANIZATION, id);
  else sessionStorage.removeItem(ORGANIZATION);
}

async function callApi() {
  await showResponse('GET /api/greeting', await fetchProtected('/api/greeting', accessToken));
}

async function askUserinfo() {
  await showResponse('GET /userinfo', await fetchProtected(server.userinfo_endpoint, accessToken));
}

async function renew() {
  const reply = await askSilently(server, settings, organization);
  if (reply.answer.error) {
    $('sign-in-again').hidden = reply.answer.error !== 'login_required';
    return showResult(inWords(reply.answer), 'bad');
  }
  await receive(reply);
  const { exp } = decode(reply.answer.id_token)?.payload ?? {};
  if (accessToken) showResult(`Renewed without a question. The new ID token is valid until ${localTime(exp)}.`, 'good');
}

/** Gets tokens of another organization from the same session. Without a membership, the tokens stay as they are. */
async function switchTo(chosen) {
  if (chosen.id === organization) return;
  const reply = await askSilently(server, settings, chosen.id);
  if (reply.answer.error) return showRefusal(reply.answer, chosen);
  await receive(reply);
  showResult(`Switched without a page. Your tokens are now for: ${chosen.display_name}.`);
  $('choices').querySelector('[aria-pressed=true]')?.focus();
}

function showRefusal(answer, chosen) {
  $('sign-in-again').hidden = answer.error !== 'login_required';
  const isNoMember = chosen.id && answer.error === 'access_denied';
  showResult(inWords(answer), 'bad', ...(isNoMember ? howToInvite(chosen) : []));
}

function howToInvite({ name, display_name: displayName }) {
  const words = `You are not a member of ${displayName}. To be invited, run this in a terminal, and open the link that it prints:`;
  return [element('p', { textContent: words }), code(settings.invite.replace('ORGANIZATION', name))];
}

/** Runs an action with its button disabled, and shows its error. */
function during(action) {
  return async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    showResult('');
    await action().catch((error) => showResult(`That did not work: ${error.message}`, 'bad'));
    button.disabled = false;
    button.focus();
  };
}

function inWords({ error, error_description: description }) {
  const words = ERRORS[error] ?? 'The server refused the request.';
  return `${words} (${[error, description].filter(Boolean).join(': ')})`;
}

function showSignedOut() {
  accessToken = undefined;
  notice('');
  $('signed-out').hidden = false;
  $('signed-in').hidden = $('sign-out').hidden = true;
}

/** Shows an answer with its checks. An answer that failed a check is shown, but not used. */
function showChecked(answer, checks, believed) {
  const { name, email, sub, exp } = decode(answer.id_token)?.payload ?? {};
  accessToken = believed ? answer.access_token : undefined;
  $('greeting').textContent = believed ? `Hello, ${name ?? email ?? sub}` : 'You are not signed in';
  $('validity').textContent = believed
    ? `Your ID token is valid until ${localTime(exp)}.`
    : 'An answer came back, but it failed a check, so this application does not use it.';
  $('checks').replaceChildren(...checks.map(checkItem));
  $('id-token').replaceChildren(...tokenView('ID token', 'tells this application who you are', answer.id_token));
  $('access-token').replaceChildren(...tokenView('Access token', 'opens the demo API', answer.access_token));
  $('actions').hidden = $('organizations').hidden = $('sign-out').hidden = !believed;
  $('choices').replaceChildren(...[PERSONAL, ...settings.organizations].map(choice));
  $('sign-in-again').hidden = believed;
  $('signed-out').hidden = true;
  $('signed-in').hidden = false;
}

function choice(each) {
  const button = element('button', { type: 'button', className: 'second', textContent: each.display_name });
  button.ariaPressed = String(each.id === organization);
  button.onclick = during(() => switchTo(each));
  return button;
}

function checkItem({ name, passed, detail }) {
  const mark = element('span', { className: 'mark', textContent: passed ? '✓' : '✗' });
  mark.ariaHidden = 'true';
  const found = element('span', { className: 'detail', textContent: `${passed ? 'Yes' : 'No'}: ${detail}` });
  const words = element('span', {}, element('strong', { textContent: name }), found);
  return element('li', { className: passed ? 'good' : 'bad' }, mark, words);
}

function tokenView(title, purpose, token) {
  const heading = [element('h2', { textContent: title }), element('p', { className: 'purpose', textContent: purpose })];
  const decoded = decode(token);
  if (!decoded) {
    const words = token ? 'Opaque: only the server can read it.' : 'None was sent.';
    return [...heading, element('p', { textContent: words })];
  }
  const raw = element('details', {}, element('summary', { textContent: 'As it was sent' }), code(token));
  return [...heading, label('Header'), code(pretty(decoded.header)), label('Payload'), code(pretty(decoded.payload)), raw];
}

async function showResponse(request, response) {
  const body = await response.text();
  const status = `${request} answered ${response.status} ${response.statusText}`.trim();
  showResult(status, response.ok ? 'good' : 'bad', code(indented(body)));
}

function showResult(text, kind = 'good', ...more) {
  const box = element('div', { className: `notice ${kind}` }, element('p', { textContent: text }), ...more);
  $('result').replaceChildren(...(text ? [box] : []));
}

function notice(text, kind = 'calm') {
  const box = element('p', { className: `notice ${kind}`, textContent: text });
  $('notice').replaceChildren(...(text ? [box] : []));
}

function facts(pairs) {
  return Object.entries(pairs).filter(([, value]) => value).flatMap(([name, value]) => [
    element('dt', { textContent: name }),
    element('dd', {}, element('code', { textContent: value })),
  ]);
}

const label = (text) => element('h3', { textContent: text });
const pretty = (value) => JSON.stringify(value, null, 2);

function indented(body) {
  try {
    return pretty(JSON.parse(body));
  } catch {
    return body;
  }
}

/** A block of code that the keyboard can scroll. */
function code(text) {
  return element('pre', { tabIndex: 0, textContent: text });
}

/** All values go through `textContent`, so no token and no error can become markup. */
function element(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}
