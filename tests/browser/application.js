// A single-page application that contains only its SDK, the unmodified auth0-js.

import { readFile } from 'node:fs/promises';
import { createServer as createPlainServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';

/** Paths that the application redirects, with their targets. */
export const redirects = new Map();

const sdk = createRequire(import.meta.url).resolve('auth0-js/dist/auth0.min.js');

// For an application by https: its certificate and key.
const { APPLICATION_CERTIFICATE: certificate, APPLICATION_KEY: key } = process.env;
// For an origin without a port, which the browser resolves to this one.
const { APPLICATION_PORT: usualPort } = process.env;

async function createServer(listener) {
  if (!certificate) return createPlainServer(listener);
  return createSecureServer({ cert: await readFile(certificate), key: await readFile(key) }, listener);
}

/**
 * Serves the page at every path of `origin`. In the page, `app` is the client of the SDK, and `messages` has all messages
 * of other windows. The answer to a posted form is the list of its fields, as pairs in JSON.
 */
export async function serveApplication({ origin, issuer, clientId, audience }) {
  const settings = {
    domain: issuer.replace(/\/$/, ''),
    clientID: clientId,
    redirectUri: `${origin}/callback`,
    audience,
    scope: 'openid profile email read:things',
    // Without this setting the SDK expects an https issuer.
    overrides: { __token_issuer: issuer, __jwks_uri: `${issuer}.well-known/jwks.json` },
  };
  const page = `<!doctype html><title>Application</title><script src="/sdk.js"></script>
    <script>
      window.app = new auth0.WebAuth(${JSON.stringify(settings)});
      window.messages = [];
      addEventListener('message', ({ origin, data }) => messages.push({ origin, data }));
    </script>`;
  const script = await readFile(sdk);
  const server = await createServer(async (request, response) => {
    const location = redirects.get(new URL(request.url, origin).pathname);
    if (location) return response.writeHead(302, { location }).end();
    const [type, body] = await answer(request, { page, script });
    response.writeHead(200, { 'content-type': type }).end(body);
  });
  await new Promise((resolve) => server.listen(new URL(origin).port || usualPort, 'localhost', resolve));
  return server;
}

async function answer(request, { page, script }) {
  if (request.url === '/sdk.js') return ['text/javascript', script];
  if (request.method !== 'POST') return ['text/html; charset=utf-8', page];
  const form = new URLSearchParams(await text(request));
  return ['text/plain; charset=utf-8', JSON.stringify([...form])];
}
