//! A request that another site has posted, sent once more by a page of ours: then the browser sends the cookie that
//! pending sign-ins are tied to. Without it a new cookie would replace that one, and end the sign-ins of all other tabs.

use axum::response::Response;
use doorward_proto::session::v1::Parameter;
use doorward_service_kit::secret;

use super::html::{Policy, callback_source, html};
use crate::pipeline::VerifiedRedirect;
use crate::views::FormPost;

pub(crate) fn repeat(redirect: &VerifiedRedirect, parameters: &[Parameter]) -> Response {
    let parameters = parameters.iter();
    let parameters: Vec<_> = parameters
        .map(|it| (it.name.as_str(), it.value.as_str()))
        .collect();
    let nonce = secret();
    let page = FormPost {
        language: redirect.language(),
        redirect_uri: "/authorize",
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
