#!/usr/bin/env bash
# auth0-python 6.8.0 verifies no token at all, RS256 included, once the JWK Set of the issuer has a key that is not RSA.
#
# Its `TokenVerifier` reads all keys of the set before it looks for the one that the token names (`kid`), and each as an
# RSA key, whatever its `kty`. An EC key (RFC 7518 §6.2) or an Ed25519 key (RFC 8037) beside the RSA keys makes that
# fail with an error of the parser, not with the library's own error for a bad token. RFC 7517 §5 has implementations
# ignore keys that they do not understand. An issuer that adds ES256 or EdDSA for one application breaks every API that
# uses this SDK. PyJWT, on which it is built, verifies the same token by the same set.
#
# Python 3 with venv is needed. Exits with 0 if the library still behaves like that, else with 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check auth0-python==6.8.0 PyJWT==2.15.1 jwcrypto==1.6.1

cat >verify.py <<'PY'
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import jwt
from auth0.authentication.token_verifier import AsymmetricSignatureVerifier, TokenVerifier
from jwcrypto.jwk import JWK

rsa = JWK.generate(kty='RSA', size=2048, kid='rsa-key', use='sig', alg='RS256')
others = {
    'EC': JWK.generate(kty='EC', crv='P-256', kid='ec-key', use='sig', alg='ES256'),
    'OKP': JWK.generate(kty='OKP', crv='Ed25519', kid='ed-key', use='sig', alg='EdDSA'),
}
issuer = 'https://login.example.com/'
now = int(time.time())
claims = {'iss': issuer, 'sub': 'someone', 'aud': 'application', 'iat': now, 'exp': now + 600}
token = jwt.encode(claims, rsa.export_to_pem(True, None), algorithm='RS256', headers={'kid': 'rsa-key'})
sets = {
    '/rsa': [rsa],
    **{f'/{kty}': [rsa, key] for kty, key in others.items()},
}


class Server(BaseHTTPRequestHandler):
    def do_GET(self):
        keys = [key.export_public(as_dict=True) for key in sets[self.path]]
        body = json.dumps({'keys': keys}).encode()
        self.send_response(200)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = HTTPServer(('127.0.0.1', 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = f'http://127.0.0.1:{server.server_port}'


def by_auth0(path):
    verifier = TokenVerifier(AsymmetricSignatureVerifier(base + path), issuer, 'application')
    try:
        return verifier.verify(token)['sub']
    except Exception as error:
        return type(error).__name__


def by_pyjwt(path):
    key = jwt.PyJWKClient(base + path).get_signing_key_from_jwt(token)
    return jwt.decode(token, key, algorithms=['RS256'], audience='application', issuer=issuer)['sub']


seen = {path: (by_auth0(path), by_pyjwt(path)) for path in sets}
for path, (auth0, pyjwt) in seen.items():
    print(f'{path}: auth0-python {auth0}, PyJWT {pyjwt}')
fine = seen['/rsa'] == ('someone', 'someone')
breaks = all(seen[f'/{kty}'][0] not in ('someone', 'TokenValidationError') and seen[f'/{kty}'][1] == 'someone' for kty in others)
sys.exit(0 if fine and breaks else 1)
PY
venv/bin/python verify.py
