#!/usr/bin/env bash
# One key of a type that they do not know makes Authlib 1.9.10 and jwskate 0.12.2 refuse a whole JWK Set.
#
# RFC 7517 §5: implementations should ignore keys whose `kty` they do not understand. The set below has an RSA key and a
# key of type AKP, which ML-DSA uses. PyJWT, joserfc and jwcrypto find the RSA key in it; Authlib raises KeyError and
# jwskate InvalidJwk, so no token of this issuer can be verified any more. An issuer that adds post-quantum keys breaks
# such verifiers, although every token is still signed with RSA.
#
# Python 3 with venv is needed. Exits with 0 if the libraries still behave like that, else with 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check authlib==1.9.10 jwskate==0.12.2 PyJWT==2.15.1 joserfc==1.8.0 \
    jwcrypto==1.6.1

cat >read.py <<'PY'
import base64
import json
import sys

import jwt
from authlib.jose import JsonWebKey
from joserfc.jwk import KeySet
from jwcrypto.jwk import JWK, JWKSet
from jwskate import JwkSet

rsa = json.loads(JWK.generate(kty='RSA', size=2048, kid='rsa-key', use='sig', alg='RS256').export_public())
# ML-DSA-44 has public keys of 1,312 octets.
octets = base64.urlsafe_b64encode(bytes(range(164)) * 8).decode().rstrip('=')
keys = {'keys': [rsa, {'kty': 'AKP', 'alg': 'ML-DSA-44', 'kid': 'new-key', 'use': 'sig', 'pub': octets}]}
read = {
    'PyJWT': lambda: jwt.PyJWKSet.from_dict(keys)['rsa-key'],
    'joserfc': lambda: KeySet.import_key_set(keys).get_by_kid('rsa-key'),
    'jwcrypto': lambda: JWKSet.from_json(json.dumps(keys)).get_key('rsa-key'),
    'Authlib': lambda: JsonWebKey.import_key_set(keys).find_by_kid('rsa-key'),
    'jwskate': lambda: JwkSet(keys).get_jwk_by_kid('rsa-key'),
}
seen = {}
for name, find in read.items():
    try:
        seen[name] = 'found' if find() else 'not found'
    except Exception as error:
        seen[name] = f'{type(error).__name__}: {error}'
    print(f'{name}: {seen[name]}')
expected = {'PyJWT': 'found', 'joserfc': 'found', 'jwcrypto': 'found', 'Authlib': "KeyError: 'AKP'",
            'jwskate': "InvalidJwk: ('Unsupported Key Type', 'AKP')"}
sys.exit(seen != expected)
PY
venv/bin/python read.py || { echo 'They behave otherwise now.' >&2; exit 1; }
