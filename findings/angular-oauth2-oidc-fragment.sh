#!/usr/bin/env bash
# angular-oauth2-oidc 22.0.2 loses what stands before a question mark in the fragment of an answer.
#
# RFC 6749 §4.2.2 encodes the parameters of the fragment as a form, so a question mark in a value is %3F. The library
# decodes the whole fragment first, then takes everything up to the first question mark for a path and drops it, and
# decodes each value a second time. With a question mark in `state`, or in an error description, the tokens or the error
# before it are gone, without an exception; a plus sign, which stands for a space in a form, stays a plus sign.
#
# Node.js is needed. Exits with 0 if the library still behaves like that, else with 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm init --yes >/dev/null
npm install --silent --ignore-scripts --no-audit --no-fund --save-exact \
    angular-oauth2-oidc@22.0.2 @angular/core@22.0.7 @angular/common@22.0.7 @angular/compiler@22.0.7 rxjs@7.8.2 tslib@2.8.1

cat >read.mjs <<'JS'
import '@angular/compiler';
import { UrlHelperService } from 'angular-oauth2-oidc';

const library = new UrlHelperService();
let differs = false;
function expect(fragment, seen) {
  const standard = JSON.stringify(Object.fromEntries(new URLSearchParams(fragment.slice(1))));
  const read = JSON.stringify(library.getHashFragmentParams(fragment));
  console.log(`${fragment}\n  as a form: ${standard}\n  seen:      ${read}`);
  if (read !== JSON.stringify(seen)) differs = true;
}

expect('#access_token=abc&expires_in=60&state=page', { access_token: 'abc', expires_in: '60', state: 'page' });
expect('#access_token=abc&expires_in=60&state=page%3F1', { 1: 'null' });
expect('#error=access_denied&error_description=Who%20are%20you%3F&state=page', { '': 'null', state: 'page' });
expect('#error=access_denied&error_description=not+yours', { error: 'access_denied', error_description: 'not+yours' });
process.exit(differs ? 1 : 0);
JS
node read.mjs || { echo 'It behaves otherwise now.' >&2; exit 1; }
