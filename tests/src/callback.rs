//! The answer that an application receives at its callback.

use std::collections::BTreeMap;

use url::{Url, form_urlencoded};

use crate::secrets;

/// Parameters sent to a callback.
#[derive(Debug)]
pub struct Callback {
    /// The callback without the parameters of the answer.
    pub redirect_uri: String,
    /// Whether the parameters are in the fragment, which no server sees.
    pub in_fragment: bool,
    parameters: BTreeMap<String, String>,
}

impl Callback {
    pub(crate) fn parse(location: &Url) -> Self {
        let mut redirect_uri = location.clone();
        let in_fragment = location.fragment().is_some();
        let sent = if in_fragment {
            redirect_uri.set_fragment(None);
            location.fragment()
        } else {
            redirect_uri.set_query(None);
            location.query()
        };
        let mut parameters = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(sent.unwrap_or_default().as_bytes()) {
            if matches!(&*name, "access_token" | "id_token" | "code") {
                secrets::note(&value);
            }
            let before = parameters.insert(name.clone().into_owned(), value.into_owned());
            assert_eq!(before, None, "{name} was sent twice: {location}");
        }
        Self {
            redirect_uri: redirect_uri.into(),
            in_fragment,
            parameters,
        }
    }

    /// A required parameter.
    #[must_use]
    #[track_caller]
    pub fn get(&self, name: &str) -> &str {
        self.find(name)
            .unwrap_or_else(|| panic!("{name} was expected: {self:?}"))
    }

    /// An optional parameter.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// The names of all parameters, sorted.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        self.parameters.keys().map(String::as_str).collect()
    }

    /// Checks that this is the given error, without tokens.
    #[track_caller]
    pub fn assert_error(&self, error: &str, description: &str) {
        assert_eq!(
            (self.get("error"), self.get("error_description")),
            (error, description)
        );
        let mut names = self.names();
        names.retain(|name| *name != "state");
        assert_eq!(names, ["error", "error_description"], "{self:?}");
    }
}
