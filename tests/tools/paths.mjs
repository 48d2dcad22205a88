#!/usr/bin/env node
// Checks that documents name what exists: every relative link, and every path in backticks that begins with a folder of
// the project or, in the pages below, with a crate.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';

process.chdir(resolve(import.meta.dirname, '../..'));
const CRATES = readdirSync('crates');
const FOLDERS = ['crates', 'deploy', 'docs', 'proto', 'tests'];
/** Pages that shorten `crates/NAME` to `NAME`, and the frontend's sources to `fe`. */
const SHORT = ['docs/glossary.md', 'docs/recipes.md'];

/** The file that a path in backticks means; undefined for other text. */
function meant(file, text) {
  if (!/^[\w.\/-]+\/[\w.\/-]*$/.test(text)) return undefined;
  const [first, ...rest] = text.split('/');
  if (FOLDERS.includes(first)) return text;
  if (!SHORT.includes(file)) return undefined;
  if (first === 'fe') return join('crates/authorize-frontend/src', ...rest);
  return CRATES.includes(first) ? join('crates', text) : undefined;
}

let missing = 0;
const files = execFileSync('git', ['ls-files', '*.md'], { encoding: 'utf8' }).split('\n').filter(Boolean);
for (const file of files) {
  readFileSync(file, 'utf8').split('\n').forEach((line, index) => {
    const links = [...line.matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g)].map(([, link]) => normalize(join(dirname(file), link)));
    const paths = [...line.matchAll(/`([^`]+)`/g)].map(([, text]) => meant(file, text)).filter(Boolean);
    for (const path of [...links, ...paths].filter((path) => !existsSync(path))) {
      console.error(`${file}:${index + 1}: ${path} does not exist: name what replaced it`);
      missing += 1;
    }
  });
}
process.exit(missing > 0 ? 1 : 0);
