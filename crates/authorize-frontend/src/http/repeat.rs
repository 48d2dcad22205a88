//! A request that another site has posted, sent once more by a page of ours: then the browser sends the cookie that
//! pending sign-ins are tied to. Without it a new cookie would replace that one, and end the sign-ins of all other
//! tabs.

use axum::response::Response;
use doorward_service_kit::secret;

use super::html::{Policy, callback_source, html};
use crate::paths::PagePath;
use crate::pipeline::{RawParams, VerifiedRedirect};
use crate::views::FormPost;

pub(super) fn repeat(redirect: &VerifiedRedirect, params: &RawParams) -> Response {
    let parameters: Vec<_> = params.iter().collect();
    let nonce = secret();
    let page = FormPost {
        language: redirect.language(),
        redirect_uri: PagePath::Authorize.as_str(),
        parameters: &parameters,
        csp_nonce: &nonce,
    };
    let policy = Policy {
        script_nonce: Some(&nonce),
        form_action: &format!("'self' {}", callback_source(redirect.uri())),
        ..Policy::default()
    };
    html(&page, &policy)
}
