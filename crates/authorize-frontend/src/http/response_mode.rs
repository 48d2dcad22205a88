//! The ways an answer travels to the application: OAuth 2.0 Multiple Response Types §2.1, Form Post, Web Message.

mod form_post;
mod url;
mod web_message;

use axum::response::Response;
use doorward_oauth2_types::ResponseMode;

use crate::pipeline::VerifiedRedirect;

type Parameters = [(&'static str, String)];

/// Sends the parameters to the verified address in the mode of the request.
pub(super) fn send(redirect: &VerifiedRedirect, parameters: &Parameters) -> Response {
    match redirect.response_mode() {
        ResponseMode::Fragment => url::respond(redirect.uri(), '#', parameters),
        ResponseMode::Query => {
            let separator = query_separator(redirect.uri().as_str());
            url::respond(redirect.uri(), separator, parameters)
        }
        ResponseMode::FormPost => form_post::respond(redirect, parameters),
        ResponseMode::WebMessage => web_message::respond(redirect.uri(), parameters),
    }
}

/// A URI without fragment, with the parameters at the end of its query.
pub(super) fn in_query(uri: &str, parameters: &Parameters) -> String {
    url::location(uri, query_separator(uri), parameters)
}

fn query_separator(uri: &str) -> char {
    if uri.contains('?') { '&' } else { '?' }
}

fn borrowed(parameters: &Parameters) -> Vec<(&str, &str)> {
    parameters
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}
