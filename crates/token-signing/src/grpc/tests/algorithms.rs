//! Tokens of every algorithm.

use aws_lc_rs::digest::{SHA256, SHA512, digest};
use doorward_proto::errors::v1::ErrorReason;
use doorward_proto::reason_of;
use jsonwebtoken::jwk::{
    AlgorithmParameters, CommonParameters, EllipticCurve, EllipticCurveKeyParameters,
    EllipticCurveKeyType, OctetKeyPairParameters, OctetKeyPairType, RSAKeyParameters, RSAKeyType,
};

use super::*;
use crate::domain::Certificate;

/// The algorithm of a token as its reader expects it, and the hash of its `at_hash`.
fn expected(alg: SigningAlg) -> (Algorithm, &'static aws_lc_rs::digest::Algorithm) {
    match alg {
        SigningAlg::Rs256 => (Algorithm::RS256, &SHA256),
        SigningAlg::Ps256 => (Algorithm::PS256, &SHA256),
        SigningAlg::Rs512 => (Algorithm::RS512, &SHA512),
        SigningAlg::Es256 => (Algorithm::ES256, &SHA256),
        SigningAlg::EdDsa => (Algorithm::EdDSA, &SHA512),
    }
}

/// The key as a JWK, RFC 7518 §6 and RFC 8037 §2.
fn parameters(key: &wire::JsonWebKey) -> AlgorithmParameters {
    match key.alg.as_str() {
        "ES256" => AlgorithmParameters::EllipticCurve(EllipticCurveKeyParameters {
            key_type: EllipticCurveKeyType::EC,
            curve: EllipticCurve::P256,
            x: key.x.clone(),
            y: key.y.clone(),
        }),
        "EdDSA" => AlgorithmParameters::OctetKeyPair(OctetKeyPairParameters {
            key_type: OctetKeyPairType::OctetKeyPair,
            curve: EllipticCurve::Ed25519,
            x: key.x.clone(),
        }),
        _ => AlgorithmParameters::RSA(RSAKeyParameters {
            key_type: RSAKeyType::RSA,
            n: key.n.clone(),
            e: key.e.clone(),
        }),
    }
}

impl TestService {
    /// The claims of a token, whose algorithm, key and `kid` fit each other.
    async fn verify_with(&self, token: &str, kid: &str, alg: SigningAlg) -> Value {
        let keys = self.jwks().await;
        let key = keys.iter().find(|key| key.kid == kid).unwrap();
        assert_eq!(key.alg, alg.as_str());
        assert!(key.is_current);
        assert_eq!(header(token)["alg"], alg.as_str());
        assert_eq!(header(token)["kid"], kid);
        let key = DecodingKey::from_jwk(&jsonwebtoken::jwk::Jwk {
            common: CommonParameters::default(),
            algorithm: parameters(key),
        });
        let mut validation = Validation::new(expected(alg).0);
        validation.required_spec_claims.clear();
        validation.validate_aud = false;
        validation.validate_exp = false;
        jsonwebtoken::decode(token, &key.unwrap(), &validation)
            .unwrap()
            .claims
    }
}

fn jwt(alg: SigningAlg) -> AccessToken {
    AccessToken::JwtAccessToken(wire::AccessTokenClaims {
        alg: alg.to_wire(),
        ..access_token()
    })
}

fn id(alg: SigningAlg) -> wire::IdTokenClaims {
    wire::IdTokenClaims {
        alg: alg.to_wire(),
        ..id_token()
    }
}

/// Both tokens of an answer, with each pair of algorithms. `at_hash` is by the hash of the ID token's algorithm.
#[tokio::test]
async fn each_token_is_signed_with_its_algorithm() {
    let service = TestService::start_with(SigningAlg::ALL).await;
    for access_alg in SigningAlg::ALL {
        for id_alg in SigningAlg::ALL {
            let tokens = service.sign(Some(jwt(*access_alg)), Some(id(*id_alg)));
            let tokens = tokens.await.unwrap();
            let access_token = tokens.access_token();
            let kid = tokens.access_token_kid();
            let claims = service.verify_with(access_token, kid, *access_alg).await;
            assert_eq!(claims["azp"], "client-1");
            let kid = tokens.id_token_kid();
            let claims = service.verify_with(tokens.id_token(), kid, *id_alg).await;
            let hash = digest(expected(*id_alg).1, access_token.as_bytes());
            let left = &hash.as_ref()[..hash.as_ref().len() / 2];
            assert_eq!(claims["at_hash"], BASE64_URL_SAFE_NO_PAD.encode(left));
        }
    }
}

/// RFC 8725 §3.1, and the order that verifiers see.
#[tokio::test]
async fn each_algorithm_has_keys_of_its_own() {
    let service = TestService::start_with(&[SigningAlg::EdDsa, SigningAlg::Ps256]).await;
    let keys = service.jwks().await;
    let algs: Vec<_> = keys.iter().map(|key| key.alg.as_str()).collect();
    assert_eq!(algs, ["RS256", "PS256", "EdDSA", "RS256", "PS256", "EdDSA"]);
    let current: Vec<_> = keys.iter().map(|key| key.is_current).collect();
    assert_eq!(current, [true, true, true, false, false, false]);
    for (number, key) in keys.iter().enumerate() {
        let same = |other: &&wire::JsonWebKey| (&other.n, &other.x) == (&key.n, &key.x);
        assert_eq!(keys.iter().filter(same).count(), 1, "key {number}");
        let der = base64::prelude::BASE64_STANDARD.decode(&key.x5c).unwrap();
        let certificate = Certificate::parse(der).unwrap();
        assert_eq!(certificate.common_name(), "login.example.com");
    }
}

#[tokio::test]
async fn an_algorithm_that_is_off_is_refused_with_what_to_set() {
    let service = TestService::start_with(&[SigningAlg::Es256]).await;
    let cases = [
        (Some(jwt(SigningAlg::EdDsa)), Some(id(SigningAlg::Es256))),
        (Some(jwt(SigningAlg::Es256)), Some(id(SigningAlg::EdDsa))),
        (None, Some(id(SigningAlg::EdDsa))),
    ];
    for (access_token, id_token) in cases {
        let refused = service.sign(access_token, id_token).await.unwrap_err();
        assert_eq!(reason_of(&refused), Some(ErrorReason::InvalidField));
        let message = refused.message();
        for named in ["alg: ", "EdDSA", "[signing]", "--signing-alg EdDSA"] {
            assert!(message.contains(named), "{message}");
        }
    }
}
