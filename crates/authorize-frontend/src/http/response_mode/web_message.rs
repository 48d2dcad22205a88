//! `web_message`: a page that posts the answer to the window that opened or embeds it.

use axum::response::{IntoResponse, Response};
use doorward_oauth2_types::ErrorCode;
use doorward_oauth2_types::redirect_uri::MatchedRedirectUri;
use doorward_service_kit::secret;

use super::{Parameters, borrowed};
use crate::error::ShownError;
use crate::http::html::{Framing, Policy, html};
use crate::views::WebMessage;

pub(super) fn respond(uri: &MatchedRedirectUri, parameters: &Parameters) -> Response {
    let Some(origin) = uri.origin() else {
        return ShownError::new(ErrorCode::ServerError, "The callback has no origin")
            .into_response();
    };
    let nonce = secret();
    let page = WebMessage {
        // mutant: web-message-to-every-origin
        target_origin: &origin,
        parameters: &borrowed(parameters),
        csp_nonce: &nonce,
    };
    let policy = Policy {
        script_nonce: Some(&nonce),
        framing: Framing::Only(&origin),
        ..Policy::default()
    };
    html(&page, &policy).into_response()
}
