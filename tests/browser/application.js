// A single-page application reduced to its SDK: the unmodified auth0-js, and nothing else.

import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';

const sdk = createRequire(import.meta.url).resolve('auth0-js/dist/auth0.min.js');

/** Serves the page at every path of `origin`. Scripts of the page find the SDK's client in `app`. */
export async function serveApplication({ origin, issuer, clientId, audience }) {
  const settings = {
    domain: issuer.replace(/\/$/, ''),
    clientID: clientId,
    redirectUri: `${origin}/callback`,
    audience,
    scope: 'openid profile email read:things',
    // The SDK expects an https issuer unless it is told otherwise.
    overrides: { __token_issuer: issuer, __jwks_uri: `${issuer}.well-known/jwks.json` },
  };
  const page = `<!doctype html><title>Application</title><script src="/sdk.js"></script>
    <script>window.app = new auth0.WebAuth(${JSON.stringify(settings)})</script>`;
  const script = await readFile(sdk);
  const server = createServer((request, response) => {
    const asked = request.url === '/sdk.js' ? ['text/javascript', script] : ['text/html; charset=utf-8', page];
    response.writeHead(200, { 'content-type': asked[0] }).end(asked[1]);
  });
  await new Promise((resolve) => server.listen(new URL(origin).port, 'localhost', resolve));
  return server;
}
