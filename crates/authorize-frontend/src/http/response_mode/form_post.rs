//! `form_post`: a page whose form posts itself to the callback.

use axum::response::{IntoResponse, Response};
use doorward_oauth2_types::redirect_uri::MatchedRedirectUri;
use doorward_service_kit::secret;

use super::{Parameters, borrowed};
use crate::http::html::{Framing, Policy, callback_source, html};
use crate::pipeline::VerifiedRedirect;
use crate::views::FormPost;

pub(super) fn respond(redirect: &VerifiedRedirect, parameters: &Parameters) -> Response {
    let uri = redirect.uri();
    // mutant: csp-nonce-reused
    let nonce = secret();
    let page = FormPost {
        language: redirect.language(),
        redirect_uri: uri.as_str(),
        parameters: &borrowed(parameters),
        csp_nonce: &nonce,
    };
    let policy = Policy {
        script_nonce: Some(&nonce),
        // The callback may redirect on, and browsers check every hop.
        // mutant: form-action-not-limited
        form_action: &format!("{} {}", callback_source(uri), further_hops(uri)),
        framing: Framing::Forbidden,
        ..Policy::default()
    };
    html(&page, &policy).into_response()
}

/// A callback by plain http may lead to another by plain http; `http:` stands for both (CSP Level 3 §6.7.2.8).
fn further_hops(uri: &MatchedRedirectUri) -> &'static str {
    match uri.origin() {
        Some(origin) if origin.starts_with("http:") => "http:",
        _ => "https:",
    }
}
