//! Forms of our own pages, and the value that proves that the page was ours.

use aws_lc_rs::hmac;
use axum::extract::rejection::FormRejection;
use axum::extract::{FromRequest, Request};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward_oauth2_types::ErrorCode;
use http::StatusCode;
use serde::Deserialize;

use crate::browser::Browser;
use crate::error::ShownError;

/// The fields of all forms; each form uses its own.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Fields {
    pub(super) state: String,
    #[serde(rename = "_csrf")]
    pub(super) csrf: String,
    pub(super) username: String,
    pub(super) email: String,
    pub(super) password: String,
}

/// The body of a form, as large as any of ours may be.
pub(super) struct Form(pub(super) Fields);

impl<S: Send + Sync> FromRequest<S> for Form {
    type Rejection = ShownError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ShownError> {
        match axum::Form::from_request(request, state).await {
            Ok(axum::Form(fields)) => Ok(Self(fields)),
            Err(rejection) => Err(rejected(&rejection)),
        }
    }
}

fn rejected(rejection: &FormRejection) -> ShownError {
    let status = match rejection {
        FormRejection::InvalidFormContentType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        FormRejection::BytesRejection(_) => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::BAD_REQUEST,
    };
    ShownError::with_status(status, ErrorCode::InvalidRequest, "The form cannot be read")
}

/// The anti-CSRF value of a page: only who knows the browser's cookie can make it.
pub(super) fn csrf_value(browser_token: &str, state: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&csrf_key(browser_token), state.as_bytes()))
}

/// Refuses a form that did not come from a page of ours in this browser.
pub(super) fn check_csrf(fields: &Fields, browser: &Browser) -> Result<(), ShownError> {
    let genuine = browser.browser_token().is_some_and(|token| {
        let tag = BASE64_URL_SAFE_NO_PAD
            .decode(&fields.csrf)
            .unwrap_or_default();
        hmac::verify(&csrf_key(token), fields.state.as_bytes(), &tag).is_ok()
    });
    if genuine {
        return Ok(());
    }
    Err(ShownError {
        status: StatusCode::FORBIDDEN,
        ..ShownError::lost_transaction()
    })
}

fn csrf_key(browser_token: &str) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, browser_token.as_bytes())
}
