//! `response_mode`: how the answer is sent to the client.

use std::fmt;
use std::str::FromStr;

use crate::words::words;

/// The way parameters are returned from the authorization endpoint.
///
/// See [OAuth 2.0 Multiple Response Type Encoding Practices, section 2.1][modes], [Form Post Response Mode][form_post]
/// and the [Web Message Response Mode][web_message] draft.
///
/// [modes]: https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html#ResponseModes
/// [form_post]: https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html
/// [web_message]: https://datatracker.ietf.org/doc/html/draft-sakimura-oauth-wmrm-00
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResponseMode {
    /// The query of the redirection URI.
    Query,
    /// The fragment of the redirection URI, which no server sees.
    Fragment,
    /// A form that the browser posts to the redirection URI.
    FormPost,
    /// A message to the window that opened or embeds the page.
    WebMessage,
}

/// A `response_mode` that is none of the four names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("response_mode is not one of query, fragment, form_post and web_message")]
pub struct InvalidResponseMode;

impl ResponseMode {
    /// The response mode for an error, if the request has no valid `response_type` and no `response_mode`.
    ///
    /// A client that seems to ask for a token, also misspelt, reads the fragment.
    #[must_use]
    pub fn for_unusable_response_type(response_type: &str) -> Self {
        let means_token = |word: &str| {
            word.eq_ignore_ascii_case("token") || word.eq_ignore_ascii_case("id_token")
        };
        if words(response_type).any(means_token) {
            Self::Fragment
        } else {
            Self::Query
        }
    }

    /// The name in a request.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Fragment => "fragment",
            Self::FormPost => "form_post",
            Self::WebMessage => "web_message",
        }
    }
}

impl FromStr for ResponseMode {
    type Err = InvalidResponseMode;

    fn from_str(value: &str) -> Result<Self, Self::Err> {
        match value {
            "query" => Ok(Self::Query),
            "fragment" => Ok(Self::Fragment),
            "form_post" => Ok(Self::FormPost),
            "web_message" => Ok(Self::WebMessage),
            _ => Err(InvalidResponseMode),
        }
    }
}

impl fmt::Display for ResponseMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for mode in [
            ResponseMode::Query,
            ResponseMode::Fragment,
            ResponseMode::FormPost,
            ResponseMode::WebMessage,
        ] {
            assert_eq!(mode.to_string().parse(), Ok(mode));
        }
    }

    #[test]
    fn sec_039_other_values() {
        for value in [
            "",
            "foo",
            "Fragment",
            "query ",
            "form-post",
            "query.jwt",
            "okta_post_message",
        ] {
            assert_eq!(
                value.parse::<ResponseMode>(),
                Err(InvalidResponseMode),
                "{value:?}"
            );
        }
    }

    #[test]
    fn misspelt_response_types() {
        let cases = [
            ("", ResponseMode::Query),
            ("foo", ResponseMode::Query),
            ("code code", ResponseMode::Query),
            ("tokens", ResponseMode::Query),
            ("token token", ResponseMode::Fragment),
            ("foo ID_Token", ResponseMode::Fragment),
            ("TOKEN", ResponseMode::Fragment),
        ];
        for (value, mode) in cases {
            assert_eq!(
                ResponseMode::for_unusable_response_type(value),
                mode,
                "{value:?}"
            );
        }
    }
}
