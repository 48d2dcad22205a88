//! `response_type`: what the authorization endpoint returns.

use std::fmt;
use std::str::FromStr;

use crate::ResponseMode;
use crate::words::words;

/// A non-empty set of `code`, `token` and `id_token`. The order in which a request names them has no meaning.
///
/// See [OAuth 2.0 Multiple Response Type Encoding Practices, section 3][spec] and RFC 6749 §3.1.1.
///
/// [spec]: https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html#Combinations
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ResponseType {
    code: bool,
    token: bool,
    id_token: bool,
}

/// A `response_type` that is empty, repeats a word, or has an unknown word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("response_type is not a set of code, token and id_token")]
pub struct InvalidResponseType;

impl ResponseType {
    const EMPTY: Self = Self {
        code: false,
        token: false,
        id_token: false,
    };

    /// Whether the request asks for an authorization code.
    #[must_use]
    pub fn has_code(self) -> bool {
        self.code
    }

    /// Whether the request asks for an access token from the authorization endpoint.
    #[must_use]
    pub fn has_token(self) -> bool {
        self.token
    }

    /// Whether the request asks for an ID token from the authorization endpoint.
    #[must_use]
    pub fn has_id_token(self) -> bool {
        self.id_token
    }

    /// The response mode if the request has none: the query for `code` alone, else the fragment.
    #[must_use]
    pub fn default_response_mode(self) -> ResponseMode {
        if self.returns_tokens() {
            ResponseMode::Fragment
        } else {
            ResponseMode::Query
        }
    }

    /// Whether the answer may use this response mode. A query must never contain a token (RFC 9700 §4.3).
    #[must_use]
    pub fn allows(self, mode: ResponseMode) -> bool {
        // mutant: tokens-in-query
        mode != ResponseMode::Query || !self.returns_tokens()
    }

    fn returns_tokens(self) -> bool {
        self.token || self.id_token
    }

    fn flag_mut(&mut self, word: &str) -> Option<&mut bool> {
        // mutant: response-type-letter-case-ignored
        match word {
            "code" => Some(&mut self.code),
            "token" => Some(&mut self.token),
            "id_token" => Some(&mut self.id_token),
            _ => None,
        }
    }
}

impl FromStr for ResponseType {
    type Err = InvalidResponseType;

    fn from_str(value: &str) -> Result<Self, Self::Err> {
        let mut set = Self::EMPTY;
        for word in words(value) {
            let flag = set.flag_mut(word).ok_or(InvalidResponseType)?;
            // mutant: repeated-response-type-accepted
            if std::mem::replace(flag, true) {
                return Err(InvalidResponseType);
            }
        }
        if set == Self::EMPTY {
            return Err(InvalidResponseType);
        }
        // mutant: response-type-order-compared
        Ok(set)
    }
}

/// Writes the registered name of the combination: `code id_token token` or its parts, in this order.
impl fmt::Display for ResponseType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (self.code, self.id_token, self.token) {
            (true, true, true) => "code id_token token",
            (true, true, false) => "code id_token",
            (true, false, true) => "code token",
            (false, true, true) => "id_token token",
            (false, true, false) => "id_token",
            (false, false, true) => "token",
            (_, false, false) => "code",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(value: &str) -> ResponseType {
        value.parse().unwrap()
    }

    #[test]
    fn every_combination_in_any_order() {
        let cases = [
            ("code", "code"),
            ("token", "token"),
            ("id_token", "id_token"),
            ("token id_token", "id_token token"),
            ("id_token token", "id_token token"),
            ("token code", "code token"),
            ("id_token code", "code id_token"),
            ("token id_token code", "code id_token token"),
            ("id_token  code   token", "code id_token token"),
        ];
        for (value, canonical) in cases {
            assert_eq!(parse(value).to_string(), canonical, "{value}");
            assert_eq!(parse(canonical), parse(value), "{value}");
        }
    }

    #[test]
    fn parts() {
        let hybrid = parse("code token");
        assert!(hybrid.has_code() && hybrid.has_token() && !hybrid.has_id_token());
        let implicit = parse("id_token");
        assert!(implicit.has_id_token() && !implicit.has_code() && !implicit.has_token());
    }

    #[test]
    fn sec_034_order_has_no_meaning() {
        assert_eq!(parse("token id_token"), parse("id_token token"));
    }

    #[test]
    fn sec_035_repeated_unknown_wrong_case_or_empty() {
        for value in [
            "",
            " ",
            "token token",
            "code token code",
            "token foo",
            "foo",
            "TOKEN",
            "Code",
            "none",
            "token,id_token",
            "token\tid_token",
            "token+id_token",
            "token\0",
        ] {
            assert_eq!(
                value.parse::<ResponseType>(),
                Err(InvalidResponseType),
                "{value:?}"
            );
        }
    }

    #[test]
    fn default_mode() {
        assert_eq!(parse("code").default_response_mode(), ResponseMode::Query);
        for value in [
            "token",
            "id_token",
            "id_token token",
            "code token",
            "code id_token",
            "code id_token token",
        ] {
            assert_eq!(
                parse(value).default_response_mode(),
                ResponseMode::Fragment,
                "{value}"
            );
        }
    }

    #[test]
    fn sec_038_no_token_in_a_query() {
        assert!(parse("code").allows(ResponseMode::Query));
        for value in ["token", "id_token", "code token", "code id_token"] {
            assert!(!parse(value).allows(ResponseMode::Query), "{value}");
            for mode in [
                ResponseMode::Fragment,
                ResponseMode::FormPost,
                ResponseMode::WebMessage,
            ] {
                assert!(parse(value).allows(mode), "{value} {mode}");
            }
        }
    }
}
