//! `/.well-known/jwks.json`: the public keys (RFC 7517 §5), from the cache.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::cors;
use super::discovery::PUBLIC_HEADERS;
use super::errors::json_error;
use crate::backends::{PublicHalf, PublicKey};
use crate::deps::Deps;

/// Serves the keys. Never an empty set, with which verifiers would refuse every token.
pub(super) async fn get(State(deps): State<Arc<Deps>>) -> Response {
    let answer = match deps.backends.jwks.keys().await {
        Ok(keys) => {
            let keys: Vec<_> = keys.iter().map(member).collect();
            (PUBLIC_HEADERS, Json(json!({ "keys": keys }))).into_response()
        }
        Err(error) => json_error(&error.into()),
    };
    (cors::public(), answer).into_response()
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
