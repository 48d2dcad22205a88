// The checks of a client on every answer (OpenID Connect Core 1.0, sections 3.2.2.8 to 3.2.2.11).

const CLOCK_TOLERANCE = 60;

/** The parts of a JWT; null if the token is no JWT. */
export function decode(token) {
  const parts = token?.split('.') ?? [];
  if (parts.length !== 3) return null;
  try {
    const [header, payload] = parts.slice(0, 2).map((part) => JSON.parse(new TextDecoder().decode(bytes(part))));
    return { header, payload, signed: `${parts[0]}.${parts[1]}`, signature: bytes(parts[2]) };
  } catch {
    return null;
  }
}

/** All checks of an answer, in the order of the page: `{ name, passed, detail }`. */
export async function checkAnswer(answer, request, settings, keys) {
  const idToken = decode(answer.id_token);
  const checks = [
    check('The answer belongs to our request (state)', () => same(answer.state, request.state, 'state')),
    ...tokenChecks('ID token', idToken, settings, keys),
    check('ID token is for this application (aud)', () => same(idToken.payload.aud, settings.client_id, 'aud')),
    check('ID token belongs to our request (nonce)', () => same(idToken.payload.nonce, request.nonce, 'nonce')),
    check('ID token is for the organization that was asked for (org_id)', () => organization(idToken, request)),
    check('Both tokens belong together (at_hash)', () => accessTokenHash(idToken, answer.access_token)),
    ...accessTokenChecks(decode(answer.access_token), request, settings, keys),
  ];
  return Promise.all(checks);
}

/** Decodes the access token for display. A real application does not read it: its content is for the API. */
function accessTokenChecks(accessToken, request, settings, keys) {
  if (!settings.audience) return [];
  return [
    ...tokenChecks('Access token', accessToken, settings, keys),
    check('Access token is for the demo API (aud)', () => {
      const audience = [accessToken.payload.aud].flat();
      demand(audience.includes(settings.audience), `aud is ${audience.join(', ')}`);
      return settings.audience;
    }),
    check('Access token is for that organization too (org_id)', () => organization(accessToken, request)),
  ];
}

function tokenChecks(name, token, settings, keys) {
  return [
    check(`${name} is signed by the server (RS256)`, () => signature(token, keys)),
    check(`${name} names the right issuer (iss)`, () => same(token.payload.iss, settings.issuer, 'iss')),
    check(`${name} has not expired (exp)`, () => expiry(token.payload.exp)),
  ];
}

/** Runs a rule, which returns a detail or throws the reason of the failure. */
async function check(name, rule) {
  try {
    return { name, passed: true, detail: await rule() };
  } catch (error) {
    return { name, passed: false, detail: error instanceof TypeError ? 'the token cannot be read' : error.message };
  }
}

function demand(condition, reason) {
  if (!condition) throw new Error(reason);
}

function same(found, expected, name) {
  demand(expected, `this page has no request that is waiting for an answer`);
  demand(found === expected, `${name} is ${found ?? 'missing'}, expected ${expected}`);
  return found;
}

/** A token of another organization, or of none, must never be taken for the one that was asked for. */
function organization(token, request) {
  const found = token.payload.org_id;
  demand(found === request.organization, `org_id is ${found ?? 'missing'}, expected ${request.organization ?? 'none'}`);
  return found ?? 'none, as asked for';
}

async function signature(token, keys) {
  const { alg, kid } = token.header;
  demand(alg === 'RS256', `alg is ${alg}`);
  const key = keys.find((candidate) => candidate.kid === kid && candidate.kty === 'RSA');
  demand(key, `the server publishes no key ${kid}`);
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
  const imported = await crypto.subtle.importKey('jwk', key, algorithm, false, ['verify']);
  const signed = new TextEncoder().encode(token.signed);
  demand(await crypto.subtle.verify(algorithm, imported, token.signature, signed), 'the signature is wrong');
  return `key ${kid}`;
}

function expiry(exp) {
  demand(Number.isFinite(exp), 'exp is missing');
  demand(exp + CLOCK_TOLERANCE > Date.now() / 1000, `expired on ${localTime(exp)}`);
  return localTime(exp);
}

async function accessTokenHash(idToken, accessToken) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(accessToken));
  const half = String.fromCharCode(...new Uint8Array(digest).slice(0, 16));
  const expected = btoa(half).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return same(idToken.payload.at_hash, expected, 'at_hash');
}

/** A time claim as text. */
export function localTime(seconds) {
  return new Date(seconds * 1000).toLocaleString([], { dateStyle: 'medium', timeStyle: 'medium' });
}

function bytes(base64url) {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
