//! The page at which a form ends whose answer belongs to an application.

use super::{Asset, Language};

/// Goes on to an address by itself; the link is for browsers that do not.
#[derive(Debug, askama::Template)]
#[template(path = "onward.html")]
pub struct Onward<'a> {
    /// The language of the texts.
    pub language: Language,
    /// Where it leads: a registered address with its answer.
    pub url: &'a str,
}

impl Onward<'_> {
    fn text(&self, key: &str) -> String {
        self.language.text(key, &[])
    }
}
