// The mails that the deployment has sent, from the folder of the environment variable `MAILS`.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { mails } from './deployment.js';

const PATIENCE_MS = 60_000;
const read = new Set();

/** Waits for the next mail to an address. */
export async function mailTo(address) {
  for (const end = Date.now() + PATIENCE_MS; Date.now() < end; await setTimeout(100)) {
    for (const name of await readdir(mails).catch(() => [])) {
      if (read.has(name) || !name.endsWith('.eml')) continue;
      const mail = new Mail(await readFile(join(mails, name), 'utf8'));
      if (!mail.header('To').includes(address)) continue;
      read.add(name);
      return mail;
    }
  }
  throw new Error(`no mail came for ${address}`);
}

class Mail {
  #source;

  constructor(source) {
    this.#source = source.replaceAll('\r\n', '\n');
  }

  header(name) {
    const [head] = this.#source.split('\n\n', 1);
    const unfolded = head.replaceAll(/\n[ \t]+/g, ' ');
    return unfolded.match(new RegExp(`^${name}: (.*)$`, 'mi'))?.[1] ?? '';
  }

  /** The first link that begins like this, in the part with plain text. */
  link(start) {
    const text = this.#part('text/plain');
    const from = text.indexOf(start);
    if (from < 0) throw new Error(`no link to ${start} in:\n${text}`);
    return text.slice(from).match(/^\S+/)[0];
  }

  /** The part with markup. */
  html() {
    return this.#part('text/html');
  }

  #part(type) {
    const parts = this.#source.split(/^--.*$/m);
    const found = parts.find((part) => part.toLowerCase().includes(`content-type: ${type}`));
    if (!found) throw new Error(`no ${type} in:\n${this.#source}`);
    return decode(found);
  }
}

function decode(part) {
  const [head, ...rest] = part.trimStart().split('\n\n');
  const body = rest.join('\n\n');
  const [, encoding = '7bit'] = head.match(/^content-transfer-encoding: *(\S+)/im) ?? [];
  if (encoding.toLowerCase() === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding.toLowerCase() !== 'quoted-printable') return body;
  const bytes = body.replaceAll('=\n', '').replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
