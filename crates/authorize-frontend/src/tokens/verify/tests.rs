//! Tokens that only our own key can sign, so that none from outside tests them.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
    RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::*;

const ISSUER: &str = "https://login.example.com/";
const USERINFO: &str = "https://login.example.com/userinfo";
const NOW: u64 = 1_767_323_045;

/// A signing key of ours, and the JWKS with its public half.
struct Key {
    pair: Pair,
    published: [PublicKey; 1],
}

enum Pair {
    Rsa(RsaKeyPair),
    P256(EcdsaKeyPair),
    Ed25519(Ed25519KeyPair),
}

impl Pair {
    fn generate(alg: SigningAlg) -> (Self, PublicHalf) {
        let encode = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        match alg {
            SigningAlg::Rs256 | SigningAlg::Ps256 | SigningAlg::Rs512 => Self::generate_rsa(),
            SigningAlg::Es256 => {
                let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                let (x, y) = (encode(x), encode(y));
                (Self::P256(pair), PublicHalf::P256 { x, y })
            }
            SigningAlg::EdDsa => {
                let pair = Ed25519KeyPair::generate().unwrap();
                let x = encode(pair.public_key().as_ref());
                (Self::Ed25519(pair), PublicHalf::Ed25519 { x })
            }
        }
    }

    fn generate_rsa() -> (Self, PublicHalf) {
        let pair = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        // RSAPublicKey, RFC 8017 §A.1.1, ends with a modulus of 256 bytes and an exponent of 5.
        let der = pair.public_key().as_ref();
        let (n, e) = der[der.len() - 261..].split_at(256);
        let half = PublicHalf::Rsa {
            n: BASE64_URL_SAFE_NO_PAD.encode(n),
            e: BASE64_URL_SAFE_NO_PAD.encode(&e[2..]),
        };
        (Self::Rsa(pair), half)
    }

    /// A genuine signature, by the algorithm of the header if the key can.
    fn sign(&self, alg: &str, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Rsa(pair) => {
                let encoding: &'static dyn RsaEncoding = match alg {
                    "PS256" => &RSA_PSS_SHA256,
                    "RS512" => &RSA_PKCS1_SHA512,
                    _ => &RSA_PKCS1_SHA256,
                };
                let mut signature = vec![0; 256];
                pair.sign(encoding, &random, message, &mut signature)
                    .unwrap();
                signature
            }
            Self::P256(pair) => pair.sign(&random, message).unwrap().as_ref().to_vec(),
            Self::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
        }
    }
}

impl Key {
    fn generate() -> Self {
        Self::generate_for(SigningAlg::Rs256)
    }

    fn generate_for(alg: SigningAlg) -> Self {
        let (pair, half) = Pair::generate(alg);
        let published = PublicKey {
            kid: "ours".to_owned(),
            alg,
            is_current: true,
            half,
            certificate: None,
        };
        Self {
            pair,
            published: [published],
        }
    }

    fn sign(&self, header: &Value, payload: &str) -> String {
        let alg = header["alg"].as_str().unwrap_or_default();
        let [header, payload] =
            [&header.to_string(), payload].map(|part| BASE64_URL_SAFE_NO_PAD.encode(part));
        let message = format!("{header}.{payload}");
        let signature = self.pair.sign(alg, message.as_bytes());
        format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }

    fn token(&self, claims: &Value) -> String {
        self.sign(&header(), &claims.to_string())
    }

    fn is_access_token(&self, token: &str) -> bool {
        let expected = expected(ISSUER, Some(USERINFO));
        let found = read::<AccessTokenClaims>(token, &self.published, &expected);
        found.is_some_and(|token| token.has_begun(NOW) && !token.has_expired(NOW))
    }

    /// Whether it is a hint at `/authorize`; one at `/oidc/logout` is the same without an audience.
    fn is_hint(&self, token: &str) -> bool {
        let [for_client, for_logout] = [Some("app"), None].map(|audience| {
            let expected = expected(ISSUER, audience);
            let found = read::<HintedSession>(token, &self.published, &expected);
            found.is_some_and(|token| token.has_begun(NOW))
        });
        assert_eq!(for_client, for_logout);
        for_client
    }

    /// Checks that a change of the claims makes both kinds of tokens good for nothing.
    fn assert_refused(&self, change: impl Fn(&mut Value)) {
        for claims in [access_token(), id_token()] {
            let mut changed = claims.clone();
            change(&mut changed);
            let token = self.token(&changed);
            let accepted = self.is_access_token(&token) || self.is_hint(&token);
            assert!(!accepted, "{changed}");
        }
    }
}

fn header_with(alg: &str) -> Value {
    json!({ "alg": alg, "typ": "JWT", "kid": "ours" })
}

fn header() -> Value {
    header_with("RS256")
}

fn access_token() -> Value {
    json!({
        "iss": ISSUER,
        "sub": "auth0|alice",
        "aud": ["https://api.test", USERINFO],
        "azp": "app",
        "iat": NOW,
        "exp": NOW + 7200,
        "scope": "openid",
    })
}

fn id_token() -> Value {
    json!({
        "iss": ISSUER,
        "sub": "auth0|alice",
        "aud": "app",
        "iat": NOW,
        "exp": NOW + 36_000,
        "sid": "session",
    })
}

fn with(mut claims: Value, name: &str, value: impl Into<Value>) -> Value {
    claims[name] = value.into();
    claims
}

#[test]
fn genuine_tokens() {
    let key = Key::generate();
    let rfc9068 = {
        let mut claims = with(access_token(), "client_id", "app");
        claims.as_object_mut().unwrap().remove("azp");
        claims
    };
    for claims in [
        access_token(),
        rfc9068,
        with(access_token(), "exp", NOW - LEEWAY + 1),
        with(access_token(), "nbf", NOW + LEEWAY),
        with(access_token(), "iat", NOW + 300),
    ] {
        let token = key.token(&claims);
        assert!(key.is_access_token(&token), "{claims}");
        assert!(!key.is_hint(&token), "{claims}");
    }
    for claims in [
        id_token(),
        with(id_token(), "exp", 1),
        with(id_token(), "nbf", NOW),
    ] {
        let token = key.token(&claims);
        assert!(key.is_hint(&token), "{claims}");
        assert!(!key.is_access_token(&token), "{claims}");
    }
}

/// SEC-161.
#[test]
fn times_are_there_and_are_numbers() {
    let key = Key::generate();
    for name in ["exp", "iat"] {
        key.assert_refused(|claims| {
            claims.as_object_mut().unwrap().remove(name);
        });
        key.assert_refused(|claims| claims[name] = Value::Null);
    }
    let seconds = NOW + 100;
    for name in ["exp", "nbf", "iat"] {
        for value in [
            json!(seconds.to_string()),
            json!("2030-01-01T00:00:00Z"),
            json!(""),
            json!(-1),
            json!(i64::MIN),
            json!(1e300),
            json!(-1e300),
            json!(NOW.to_string().parse::<f64>().unwrap() + 0.5),
            json!(true),
            json!([seconds]),
            json!({ "seconds": seconds }),
        ] {
            key.assert_refused(|claims| claims[name] = value.clone());
        }
    }
}

/// SEC-161: no number is too large to be compared. Only `exp` may be far away, for the keys do not last that long.
#[test]
fn times_at_the_end_of_their_range() {
    let key = Key::generate();
    let latest = with(access_token(), "exp", u64::MAX);
    assert!(key.is_access_token(&key.token(&latest)));
    for nbf in [NOW + LEEWAY + 1, u64::MAX] {
        key.assert_refused(|claims| claims["nbf"] = nbf.into());
    }
    for exp in [0, NOW - LEEWAY] {
        let expired = key.token(&with(access_token(), "exp", exp));
        assert!(!key.is_access_token(&expired), "{exp}");
    }
}

/// Two claims with one name are refused, because another reader may take the other one.
#[test]
fn a_claim_twice() {
    let key = Key::generate();
    for (name, value) in [("exp", "1"), ("sub", "\"auth0|bob\""), ("aud", "\"app\"")] {
        for claims in [access_token(), id_token()] {
            let twice = claims
                .to_string()
                .replacen('{', &format!("{{\"{name}\":{value},"), 1);
            let token = key.sign(&header(), &twice);
            assert!(
                !key.is_access_token(&token) && !key.is_hint(&token),
                "{twice}"
            );
        }
    }
}

/// SEC-160: a genuine signature without the name of its key, or with another.
#[test]
fn the_kid_names_the_key() {
    let key = Key::generate();
    for kid in [
        Value::Null,
        json!(""),
        json!("OURS"),
        json!("ours "),
        json!(["ours"]),
        json!(0),
    ] {
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": kid });
        for claims in [access_token(), id_token()] {
            let token = key.sign(&header, &claims.to_string());
            assert!(
                !key.is_access_token(&token) && !key.is_hint(&token),
                "{header}"
            );
        }
    }
}

/// SEC-162: claims that only the other kind has, and an audience that would fit.
#[test]
fn no_kind_is_taken_for_another() {
    let key = Key::generate();
    for aud in [json!("app"), json!(["app", USERINFO])] {
        let hint = key.token(&with(access_token(), "aud", aud));
        assert!(!key.is_hint(&hint));
    }
    let bearer = with(id_token(), "aud", USERINFO);
    let bearer = key.token(&with(bearer, "scope", "openid"));
    assert!(!key.is_access_token(&bearer));
}

/// SEC-158: a key has one algorithm. Each token here has a genuine signature by the algorithm of its header if the key
/// is capable of it, else by the one of the key.
#[test]
fn the_key_decides_on_the_algorithm() {
    for alg in SigningAlg::ALL {
        let key = Key::generate_for(*alg);
        for other in SigningAlg::ALL {
            for (claims, is_hint) in [(access_token(), false), (id_token(), true)] {
                let token = key.sign(&header_with(other.as_str()), &claims.to_string());
                let found = (key.is_access_token(&token), key.is_hint(&token));
                let expected = if other == alg {
                    (!is_hint, is_hint)
                } else {
                    (false, false)
                };
                assert_eq!(found, expected, "a key for {alg}, a token by {other}");
            }
        }
        let genuine = key.sign(&header_with(alg.as_str()), &access_token().to_string());
        assert!(key.is_access_token(&genuine));
        let (_, rest) = genuine.split_once('.').unwrap();
        for other in [
            "none", "HS256", "HS384", "HS512", "RS384", "PS384", "PS512", "ES384", "Ed25519",
        ] {
            let header = BASE64_URL_SAFE_NO_PAD.encode(header_with(other).to_string());
            assert!(!key.is_access_token(&format!("{header}.{rest}")), "{other}");
        }
    }
}
