//! `/.well-known/jwks.json`: the public keys (RFC 7517 §5), from the cache.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use serde_json::{Value, json};

use super::errors::json_error;
use super::{cors, public_document};
use crate::backends::{PublicHalf, PublicKey};
use crate::deps::Deps;

/// Serves the keys. Never an empty set, with which verifiers would refuse every token.
pub(super) async fn get(State(deps): State<Arc<Deps>>, headers: HeaderMap) -> Response {
    match deps.backends.jwks.keys().await {
        Ok(keys) => {
            let keys: Vec<_> = keys.iter().map(member).collect();
            public_document::serve(&json!({ "keys": keys }), &headers)
        }
        Err(error) => (cors::public(), json_error(&error.into())).into_response(),
    }
}

fn member(key: &PublicKey) -> Value {
    let mut member = match &key.half {
        PublicHalf::Rsa { n, e } => json!({ "kty": "RSA", "n": n, "e": e }),
        PublicHalf::P256 { x, y } => json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y }),
        PublicHalf::Ed25519 { x } => json!({ "kty": "OKP", "crv": "Ed25519", "x": x }),
    };
    member["use"] = json!("sig");
    member["alg"] = json!(key.alg);
    member["kid"] = json!(key.kid);
    if let Some(certificate) = &key.certificate {
        member["x5t"] = json!(certificate.x5t);
        member["x5c"] = json!([certificate.x5c]);
    }
    member
}
