//! Forms of our own pages, and the value that proves that the page was ours.

use std::sync::Arc;

use aws_lc_rs::hmac;
use axum::extract::{FromRequest, Request};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::StatusCode;

use super::body::FormBody;
use super::fetch_metadata::is_from_elsewhere;
use crate::browser::Browser;
use crate::deps::Deps;
use crate::error::ShownError;
use crate::urlencoded::Pairs;

/// The fields of all forms; each form uses its own, and has nothing for one that is missing or came twice.
pub(super) struct Form {
    pub(super) state: String,
    pub(super) csrf: String,
    pub(super) username: String,
    pub(super) email: String,
    pub(super) password: String,
    pub(super) action: String,
    pub(super) sid: String,
    pub(super) organization: String,
    pub(super) organization_name: String,
    /// Whether the user goes on without an organization.
    pub(super) organization_skipped: bool,
    is_from_elsewhere: bool,
}

impl FromRequest<Arc<Deps>> for Form {
    type Rejection = ShownError;

    async fn from_request(request: Request, deps: &Arc<Deps>) -> Result<Self, ShownError> {
        let is_from_elsewhere = is_from_elsewhere(request.headers(), &deps.issuer);
        let FormBody(encoded) = FormBody::from_request(request, deps).await?;
        let fields = Pairs::parse(&encoded)?;
        let field = |name| fields.get(name).unwrap_or_default().to_owned();
        Ok(Self {
            state: field("state"),
            csrf: field("_csrf"),
            username: field("username"),
            email: field("email"),
            password: field("password"),
            action: field("action"),
            sid: field("sid"),
            organization: field("organization"),
            organization_name: field("organizationName"),
            organization_skipped: fields.get("organizationSkipped") == Some("true"),
            is_from_elsewhere,
        })
    }
}

/// The anti-CSRF value of a page: only who knows the cookie can make it.
pub(super) fn csrf_value(cookie: &str, state: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&csrf_key(cookie), state.as_bytes()))
}

/// Whether the form came from a page of ours in the browser with this cookie: by its anti-CSRF value, and by the
/// origin that the browser sends.
pub(super) fn is_genuine(form: &Form, cookie: Option<&str>) -> bool {
    // mutant: cross-site-forms-accepted
    !form.is_from_elsewhere && has_value_of(form, cookie)
}

fn has_value_of(form: &Form, cookie: Option<&str>) -> bool {
    cookie.is_some_and(|cookie| {
        let tag = BASE64_URL_SAFE_NO_PAD
            .decode(&form.csrf)
            .unwrap_or_default();
        hmac::verify(&csrf_key(cookie), form.state.as_bytes(), &tag).is_ok()
    })
}

/// Refuses a form that did not come from a page of ours in this browser.
pub(super) fn check_csrf(form: &Form, browser: &Browser) -> Result<(), ShownError> {
    // mutant: csrf-token-not-checked
    if is_genuine(form, browser.browser_token()) {
        return Ok(());
    }
    Err(ShownError {
        status: StatusCode::FORBIDDEN,
        ..ShownError::lost_transaction()
    })
}

fn csrf_key(cookie: &str) -> hmac::Key {
    // mutant: csrf-token-same-in-every-browser
    hmac::Key::new(hmac::HMAC_SHA256, cookie.as_bytes())
}
