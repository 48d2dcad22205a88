// npm's oidc-provider, to compare our own figures with: the same job with the same Redis. One process, clients and
// accounts in memory, no work beyond the job. Arguments: a port, the URL of Redis, the client's id, its callback, an
// API.

import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";

import { Provider } from "oidc-provider";

import { redisAdapter } from "./redis-adapter.js";

const [port, redisUrl, clientId, callback, api] = process.argv.slice(2);
const API_SCOPES = "read:things write:things";
const LIFETIME = 3600;

const provider = new Provider(`http://localhost:${port}`, {
  adapter: redisAdapter(redisUrl),
  claims: {
    openid: ["sub"],
    email: ["email", "email_verified"],
    profile: ["name", "nickname", "picture", "updated_at"],
  },
  clients: [
    {
      client_id: clientId,
      redirect_uris: [callback],
      response_types: ["id_token token", "id_token"],
      grant_types: ["implicit"],
      token_endpoint_auth_method: "none",
    },
  ],
  features: {
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: () => ({
        audience: api,
        scope: API_SCOPES,
        accessTokenTTL: LIFETIME,
        accessTokenFormat: "jwt",
        jwt: { sign: { alg: "RS256" } },
      }),
    },
  },
  findAccount: (_context, accountId) => ({ accountId, claims: () => claims(accountId) }),
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  jwks: { keys: [signingKey()] },
  responseTypes: ["id_token token", "id_token"],
  ttl: {
    AccessToken: LIFETIME,
    Grant: 14 * 86400,
    IdToken: LIFETIME,
    Interaction: LIFETIME,
    Session: 7 * 86400,
  },
});
provider.on("server_error", (_context, error) => console.error(error));

const answer = provider.callback();
createServer((request, response) => {
  if (request.url.startsWith("/interaction/")) {
    signIn(request, response).catch((error) => {
      console.error(error);
      response.writeHead(500).end();
    });
  } else {
    answer(request, response);
  }
}).listen(Number(port), "127.0.0.1");

/** Signs in the user in `login_hint` without a page, and grants everything. */
async function signIn(request, response) {
  const { params } = await provider.interactionDetails(request, response);
  const accountId = params.login_hint;
  const grant = new provider.Grant({ accountId, clientId });
  grant.addOIDCScope(params.scope);
  grant.addResourceScope(api, API_SCOPES);
  const grantId = await grant.save();
  const result = { login: { accountId }, consent: { grantId } };
  await provider.interactionFinished(request, response, result);
}

/** Claims about as long as those of the tests' users. */
function claims(accountId) {
  return {
    sub: accountId,
    email: accountId,
    email_verified: false,
    name: accountId,
    nickname: accountId.split("@")[0],
    picture: "https://app.example.test/picture.png",
    updated_at: 1_767_225_600,
  };
}

function signingKey() {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: "bench", alg: "RS256", use: "sig" };
}
