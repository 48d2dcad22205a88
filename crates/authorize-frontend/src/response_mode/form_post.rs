//! `form_post`: a page whose form posts itself to the callback.

use axum::response::{IntoResponse, Response};
use doorward_oauth2_types::redirect_uri::MatchedRedirectUri;
use doorward_service_kit::secret;

use super::{Parameters, borrowed};
use crate::http::html::{Framing, Policy, callback_source, html};
use crate::views::{FormPost, Language};

pub(super) fn respond(uri: &MatchedRedirectUri, parameters: &Parameters) -> Response {
    let nonce = secret();
    let page = FormPost {
        language: Language::default(),
        redirect_uri: uri.as_str(),
        parameters: &borrowed(parameters),
        csp_nonce: &nonce,
    };
    let policy = Policy {
        script_nonce: Some(&nonce),
        // The callback may redirect on, and browsers check every hop.
        form_action: &format!("{} https:", callback_source(uri)),
        framing: Framing::Forbidden,
        ..Policy::default()
    };
    html(&page, &policy).into_response()
}
