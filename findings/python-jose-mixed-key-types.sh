#!/usr/bin/env bash
# python-jose 3.5.0 verifies a token by a JWK Set only if the first key of the set is of the token's type.
#
# It does not look for the key that the token names (`kid`). It tries the keys in their order, and a key of another type
# raises JWKError instead of being passed over (RFC 7515 §4.1.4 and RFC 7517 §5 leave the choice to `kid` and `kty`). So
# an issuer that publishes RSA and EC keys side by side, as on the way from RS256 to ES256, is verified or not by order.
#
# Python 3 with venv is needed. Exits with 0 if the library still behaves like that, else with 1.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check python-jose==3.5.0 PyJWT==2.15.1 jwcrypto==1.6.1

cat >verify.py <<'PY'
import json
import sys

import jwt as pyjwt
from jose import jwt
from jose.exceptions import JWKError
from jwcrypto.jwk import JWK

rsa = JWK.generate(kty='RSA', size=2048, kid='rsa-key', use='sig', alg='RS256')
ec = JWK.generate(kty='EC', crv='P-256', kid='ec-key', use='sig', alg='ES256')
tokens = {
    'RS256': pyjwt.encode({'sub': 'someone'}, rsa.export_to_pem(True, None), algorithm='RS256', headers={'kid': 'rsa-key'}),
    'ES256': pyjwt.encode({'sub': 'someone'}, ec.export_to_pem(True, None), algorithm='ES256', headers={'kid': 'ec-key'}),
}
public = {'rsa-key': json.loads(rsa.export_public()), 'ec-key': json.loads(ec.export_public())}

seen = []
for order in (['rsa-key', 'ec-key'], ['ec-key', 'rsa-key']):
    keys = {'keys': [public[kid] for kid in order]}
    for algorithm, token in tokens.items():
        try:
            result = jwt.decode(token, keys, algorithms=['RS256', 'ES256'])['sub']
        except JWKError as error:
            result = f'JWKError: {error}'
        other = pyjwt.PyJWKSet.from_dict(keys)[pyjwt.get_unverified_header(token)['kid']]
        control = pyjwt.decode(token, other, algorithms=[algorithm])['sub']
        print(f'set {order}, token {algorithm}: python-jose: {result}; PyJWT: {control}')
        seen.append(result)
expected = ['someone', "JWKError: Incorrect key type. Expected: 'EC', Received: RSA",
            "JWKError: Incorrect key type. Expected: 'RSA', Received: EC", 'someone']
sys.exit(seen != expected)
PY
venv/bin/python verify.py || { echo 'It behaves otherwise now.' >&2; exit 1; }
