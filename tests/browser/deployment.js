// The deployment in the environment variables, or else a new one.

import { startDeployment } from './own-deployment.js';

const environment = process.env.ISSUER ? process.env : await startDeployment();

/** The origin of the application; its callback is registered. */
export const { ISSUER: issuer, ORIGIN: origin, CLIENT_ID: clientId } = environment;
export const { AUDIENCE: audience, AUDIENCE_WITH_CONSENT: audienceWithConsent } = environment;
export const { EMAIL: email, PASSWORD: password } = environment;

/** A valid authorization request, changed by `parameters`. */
export function authorizeUrl(parameters = {}) {
  const url = new URL('authorize', issuer);
  const usual = { client_id: clientId, redirect_uri: `${origin}/callback`, response_type: 'token', state: 'state' };
  url.search = new URLSearchParams({ ...usual, ...parameters });
  return url.href;
}
