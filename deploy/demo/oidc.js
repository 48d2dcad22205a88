// Talks to the authorization server: the implicit flow, its silent form, /userinfo and logout.

const RESPONSE_TYPE = 'id_token token';
const PENDING_REQUEST = 'pending-request';
const SILENCE_TIMEOUT = 15_000;

/** Fetches the discovery document and the current keys of the server. */
export async function discover(issuer) {
  const server = await json(new URL('.well-known/openid-configuration', issuer));
  if (server.issuer !== issuer) throw new Error(`The server calls itself ${server.issuer}, not ${issuer}.`);
  return server;
}

/** Fetches the public keys that verify tokens. */
export async function findKeys(server) {
  return (await json(server.jwks_uri)).keys;
}

/** The parameters of every request. `organization` is an id; undefined for the personal account. */
export function requestParameters(settings, organization) {
  return {
    response_type: RESPONSE_TYPE,
    client_id: settings.client_id,
    redirect_uri: `${location.origin}/`,
    scope: settings.scope,
    audience: settings.audience,
    organization,
  };
}

/** Leaves the page for the sign-in. The storage of this tab keeps the values that the answer must repeat. */
export function signIn(server, settings, { organization } = {}) {
  location.assign(visibleRequest(server, settings, { organization }));
}

/**
 * Takes an invitation out of the address bar. The link in its mail leads to the login page of the application, which
 * forwards `invitation` and `organization` to the server.
 */
export function takeInvitation() {
  const { invitation, organization } = Object.fromEntries(new URLSearchParams(location.search));
  if (location.search) history.replaceState(null, '', location.pathname + location.hash);
  return invitation && organization ? { invitation, organization } : null;
}

/** Leaves the page to accept an invitation. */
export function acceptInvitation(server, settings, invitation) {
  location.replace(visibleRequest(server, settings, invitation));
}

function visibleRequest(server, settings, { organization, invitation }) {
  const oneTime = oneTimeValues();
  sessionStorage.setItem(PENDING_REQUEST, JSON.stringify({ ...oneTime, organization }));
  return authorizeUrl(server, { ...requestParameters(settings, organization), invitation, ...oneTime });
}

/**
 * Takes the answer out of the address bar and the history. Null if its `state` is not that of the pending request: then it
 * was used before, or was never requested, and is ignored.
 */
export function takeAnswer() {
  const answer = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  if (!answer.error && !answer.id_token && !answer.access_token) return null;
  history.replaceState(null, '', location.pathname);
  const request = JSON.parse(sessionStorage.getItem(PENDING_REQUEST));
  if (!request || answer.state !== request.state) return null;
  sessionStorage.removeItem(PENDING_REQUEST);
  return { answer, request };
}

/** Gets new tokens without a page, also for another organization: by a hidden frame, which sends one message. */
export async function askSilently(server, settings, organization) {
  const oneTime = oneTimeValues();
  const url = authorizeUrl(server, {
    ...requestParameters(settings, organization),
    ...oneTime,
    prompt: 'none',
    response_mode: 'web_message',
  });
  return { answer: await messageFromFrame(url), request: { ...oneTime, organization } };
}

/** Calls an API, or the server's /userinfo, with an access token. */
export function fetchProtected(url, accessToken) {
  return reach(url, { headers: { authorization: `Bearer ${accessToken}` } });
}

/** Ends the session at the server, which then redirects back here. */
export function signOut(settings) {
  const url = new URL('v2/logout', settings.issuer);
  url.search = new URLSearchParams({ client_id: settings.client_id, returnTo: `${location.origin}/` });
  location.assign(url);
}

function authorizeUrl(server, parameters) {
  const url = new URL(server.authorization_endpoint);
  for (const [name, value] of Object.entries(parameters)) if (value) url.searchParams.set(name, value);
  return url;
}

/** `state` ties the answer to this request, `nonce` ties the ID token to it. */
function oneTimeValues() {
  return { state: randomText(), nonce: randomText() };
}

function randomText() {
  const bytes = crypto.getRandomValues(new Uint8Array(24));
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_');
}

function messageFromFrame(url) {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.title = 'Silent authentication';
  return new Promise((resolve, reject) => {
    const late = new Error('The server did not answer in time. Is it running?');
    const timer = setTimeout(() => finish(reject, late), SILENCE_TIMEOUT);
    const listen = (event) => {
      // Any window can send messages here. Only those of the frame, from the server's origin, are accepted.
      if (event.origin !== url.origin || event.source !== frame.contentWindow) return;
      if (event.data?.type === 'authorization_response') finish(resolve, event.data.response);
    };
    const finish = (settle, value) => {
      clearTimeout(timer);
      removeEventListener('message', listen);
      frame.remove();
      settle(value);
    };
    addEventListener('message', listen);
    frame.src = url;
    document.body.append(frame);
  });
}

async function json(url) {
  const response = await reach(url);
  if (!response.ok) throw new Error(`${url} answered with status ${response.status}.`);
  return response.json();
}

async function reach(url, options) {
  const response = await fetch(url, options).catch(() => null);
  if (!response) throw new Error(`Nothing answers at ${url}. Is the server running?`);
  return response;
}
