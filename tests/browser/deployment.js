// The deployment in the environment variables, or else a new one.

import { execFileSync } from 'node:child_process';
import { startDeployment } from './own-deployment.js';

const environment = process.env.ISSUER ? process.env : await startDeployment();

/** The origin of the application; its callback is registered. */
export const { ISSUER: issuer, ORIGIN: origin, CLIENT_ID: clientId } = environment;
export const { AUDIENCE: audience, AUDIENCE_WITH_CONSENT: audienceWithConsent } = environment;
export const { EMAIL: email, PASSWORD: password } = environment;

/** Runs a command of `doorward` on the deployment, and returns its output. `COMMAND` has the program and the place. */
export function doorward(...options) {
  const [program, ...place] = JSON.parse(environment.COMMAND);
  return execFileSync(program, [...options, ...place], { encoding: 'utf8' });
}

/** The folder of all sent mails. */
export const { MAILS: mails } = environment;

/** Adds a user of the connection `users`. */
export function addUser(email, password) {
  const [program, ...place] = JSON.parse(environment.COMMAND);
  execFileSync(program, ['user', 'add', email, ...place], { input: password });
}

/** Invites an address to an organization, by the application `team…`; returns the invitation. */
export function invite(organization, email, ...options) {
  const names = ['--client', team, '--inviter', 'Ann Administrator', '--json'];
  return JSON.parse(doorward('invitation', 'create', organization, email, ...names, ...options));
}

/** The application that people are invited to. */
export const team = 'team0000000000000000000000000000';

/** A valid authorization request, changed by `parameters`. */
export function authorizeUrl(parameters = {}) {
  const url = new URL('authorize', issuer);
  const usual = { client_id: clientId, redirect_uri: `${origin}/callback`, response_type: 'token', state: 'state' };
  url.search = new URLSearchParams({ ...usual, ...parameters });
  return url.href;
}
