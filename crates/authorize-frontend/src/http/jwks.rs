//! `/.well-known/jwks.json`: the public keys (RFC 7517 §5), from memory.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use doorward_oauth2_types::ErrorCode;
use doorward_proto::token_signing::v1::JsonWebKey;
use serde_json::{Value, json};

use super::cors;
use super::discovery::PUBLIC_HEADERS;
use crate::deps::Deps;
use crate::error::ShownError;

pub(super) async fn get(State(deps): State<Arc<Deps>>) -> Response {
    let keys = deps.backends.jwks.keys();
    if keys.is_empty() {
        // An empty set would make verifiers throw away every token.
        return ShownError::new(
            ErrorCode::TemporarilyUnavailable,
            "The keys are not known yet",
        )
        .into_response();
    }
    let keys: Vec<_> = keys.iter().map(member).collect();
    (
        PUBLIC_HEADERS,
        cors::public(),
        Json(json!({ "keys": keys })),
    )
        .into_response()
}

fn member(key: &JsonWebKey) -> Value {
    json!({
        "kty": "RSA",
        "use": "sig",
        "alg": key.alg,
        "kid": key.kid,
        "n": key.n,
        "e": key.e,
    })
}
