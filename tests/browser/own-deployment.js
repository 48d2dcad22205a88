// The embedded server with the tests' tenant, for work by hand. `cargo build --bin doorward` comes first.

import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const doorward = fileURLToPath(new URL('../../target/debug/doorward', import.meta.url));
const tenant = readFileSync(new URL('../src/tenant.yaml', import.meta.url), 'utf8');

/** Starts a server that stops with this process. Returns the values of the environment variables. */
export async function startDeployment() {
  const [port, applicationPort] = [await freePort(), await freePort()];
  const issuer = `http://localhost:${port}/`;
  const origin = `http://localhost:${applicationPort}`;
  const folder = mkdtempSync(join(tmpdir(), 'doorward-'));
  const [file, data] = [join(folder, 'tenant.yaml'), join(folder, 'data')];
  writeFileSync(file, tenant.replaceAll('https://app.example.test', origin));
  const place = ['--listen', `127.0.0.1:${port}`, '--issuer', issuer, '--data', data, '--tenant', file];
  const log = join(folder, 'doorward.log');
  const output = openSync(log, 'a');
  const server = spawn(doorward, ['serve', ...place], { stdio: ['ignore', output, output] });
  server.unref();
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));
  process.on('exit', () => {
    server.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  await untilReady(issuer, log);
  const user = { EMAIL: 'alice@example.test', PASSWORD: 'seven unrelated words' };
  execFileSync(doorward, ['user', 'add', user.EMAIL, '--data', data], { input: user.PASSWORD });
  return {
    ISSUER: issuer,
    ORIGIN: origin,
    CLIENT_ID: 'application000000000000000000000',
    AUDIENCE: 'https://api.example.test/',
    AUDIENCE_WITH_CONSENT: 'https://consent.example.test/',
    COMMAND: JSON.stringify([doorward, '--data', data]),
    MAILS: join(data, 'outbox'),
    ...user,
  };
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, 'localhost', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function untilReady(issuer, log) {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const answer = await fetch(`${issuer}.well-known/jwks.json`).catch(() => undefined);
    if (answer?.ok) return;
    await setTimeout(100);
  }
  throw new Error(`the deployment does not start:\n${readFileSync(log, 'utf8')}`);
}
