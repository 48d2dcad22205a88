//! The query of a request.

use axum::extract::FromRequestParts;
use http::request::Parts;

use crate::error::ShownError;
use crate::urlencoded::Pairs;

impl<S: Sync> FromRequestParts<S> for Pairs {
    type Rejection = ShownError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ShownError> {
        Self::parse(parts.uri.query().unwrap_or_default())
    }
}
