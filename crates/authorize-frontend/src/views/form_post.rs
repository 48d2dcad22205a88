//! `response_mode=form_post`: the answer as a form that posts itself to the callback.

use super::{Asset, Language};

/// The answer page of OAuth 2.0 Form Post Response Mode.
#[derive(askama::Template)]
#[template(path = "form_post.html")]
pub struct FormPost<'a> {
    /// The language of the button for browsers without scripts.
    pub language: Language,
    /// The registered callback.
    pub redirect_uri: &'a str,
    /// The answer's parameters.
    pub parameters: &'a [(&'a str, &'a str)],
    /// The nonce in the `Content-Security-Policy` of this answer.
    pub csp_nonce: &'a str,
}

impl FormPost<'_> {
    fn text(&self, key: &str) -> String {
        self.language.text(key, &[])
    }
}
