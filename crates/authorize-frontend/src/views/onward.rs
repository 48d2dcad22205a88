//! The page between a form and the application.

use super::{Asset, Language};

/// A page that opens a URL by itself; the link is for browsers that do not.
#[derive(Debug, askama::Template)]
#[template(path = "onward.html")]
pub struct Onward<'a> {
    /// The language of the texts.
    pub language: Language,
    /// The URL: a registered one, with the answer.
    pub url: &'a str,
}

impl Onward<'_> {
    fn text(&self, key: &str) -> String {
        self.language.text(key, &[])
    }
}
