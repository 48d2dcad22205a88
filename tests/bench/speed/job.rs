//! Jobs: silent authentications with a live session, as similar for all servers as possible.

use doorward_e2e::{API, APPLICATION, CALLBACK, Request};
use url::form_urlencoded::Serializer;

/// The scopes, so that tokens have the same claims at every server.
const SCOPE: &str = "openid profile email read:things";

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Job {
    /// An ID token and a JWT for an API: two signatures.
    TwoTokens,
    /// A JWT for an API: one signature. oidc-provider has no `response_type=token`; it gets a request for an ID token,
    /// which is one signature too.
    OneToken,
    /// An opaque token, which the server stores. oidc-provider has nothing comparable.
    Opaque,
}

/// An expected token.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    /// Its parameter in the answer.
    pub(crate) parameter: &'static str,
    /// Its audience; `None` for an opaque token.
    pub(crate) audience: Option<&'static str>,
}

/// A job as a request to one server.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    /// Path and query, except for `state` and `nonce`.
    pub(crate) path: String,
    /// The expected tokens, and no others.
    pub(crate) tokens: &'static [Token],
}

const ID_TOKEN: Token = Token {
    parameter: "id_token",
    audience: Some(APPLICATION),
};
const FOR_API: Token = Token {
    parameter: "access_token",
    audience: Some(API),
};
const OPAQUE: Token = Token {
    parameter: "access_token",
    audience: None,
};

impl Job {
    /// All jobs, in the order of the report.
    pub(crate) const ALL: [Self; 3] = [Self::TwoTokens, Self::OneToken, Self::Opaque];

    /// Its name in reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::TwoTokens => "ID token and JWT for an API",
            Self::OneToken => "JWT for an API",
            Self::Opaque => "opaque token",
        }
    }

    /// The number of signatures.
    pub(crate) fn signatures(self) -> u32 {
        match self {
            Self::TwoTokens => 2,
            Self::OneToken => 1,
            Self::Opaque => 0,
        }
    }

    /// The job for Doorward.
    pub(crate) fn for_doorward(self) -> Ask {
        let (response_type, tokens): (_, &'static [Token]) = match self {
            Self::TwoTokens => ("id_token token", &[ID_TOKEN, FOR_API]),
            Self::OneToken => ("token", &[FOR_API]),
            Self::Opaque => ("token", &[OPAQUE]),
        };
        let api = (self != Self::Opaque).then_some(("audience", API));
        Ask {
            path: path("/authorize", response_type, api),
            tokens,
        }
    }

    /// The job for oidc-provider; `None` if it does not support it.
    pub(crate) fn for_peer(self) -> Option<Ask> {
        let (response_type, tokens): (_, &'static [Token]) = match self {
            Self::TwoTokens => ("id_token token", &[ID_TOKEN, FOR_API]),
            Self::OneToken => ("id_token", &[ID_TOKEN]),
            Self::Opaque => return None,
        };
        Some(Ask {
            path: path("/auth", response_type, Some(("resource", API))),
            tokens,
        })
    }
}

fn path(endpoint: &str, response_type: &str, api: Option<(&str, &str)>) -> String {
    let mut query = Serializer::new(String::new());
    query
        .append_pair("client_id", APPLICATION)
        .append_pair("redirect_uri", CALLBACK)
        .append_pair("response_type", response_type)
        .append_pair("scope", SCOPE)
        .append_pair("prompt", "none")
        .extend_pairs(api);
    format!("{endpoint}?{}", query.finish())
}

/// The request with which users sign in for these jobs.
pub(crate) fn sign_in_request() -> Request {
    Request::new("id_token token")
        .with("scope", SCOPE)
        .with("audience", API)
}
