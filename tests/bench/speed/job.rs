//! What is asked for: silent authentications with a live session, the same for every server as far as it can be.

use doorward_e2e::{API, APPLICATION, CALLBACK, Request};
use url::form_urlencoded::Serializer;

/// Beside `openid`, so that every token says as much at every server.
const SCOPE: &str = "openid profile email read:things";

/// A kind of request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Job {
    /// An ID token and a JWT for an API: two signatures.
    TwoTokens,
    /// A JWT for an API: one signature. oidc-provider has no `response_type=token`; it is asked for an ID token, one signature too.
    OneToken,
    /// An opaque token, which the server has to keep. Nothing of oidc-provider compares.
    Opaque,
}

/// A token that must come back.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    /// The parameter that carries it.
    pub(crate) parameter: &'static str,
    /// Whom it is for; none: it is opaque.
    pub(crate) audience: Option<&'static str>,
}

/// A job as one server understands it.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    /// Path and query, except for `state` and `nonce`.
    pub(crate) path: String,
    /// Exactly these.
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
    /// In the order of the report.
    pub(crate) const ALL: [Self; 3] = [Self::TwoTokens, Self::OneToken, Self::Opaque];

    /// As it stands in reports.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::TwoTokens => "ID token and JWT for an API",
            Self::OneToken => "JWT for an API",
            Self::Opaque => "opaque token",
        }
    }

    /// How many tokens are signed.
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

    /// The job for oidc-provider, if it can do it.
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

/// How somebody signs in for these jobs.
pub(crate) fn sign_in_request() -> Request {
    Request::new("id_token token")
        .with("scope", SCOPE)
        .with("audience", API)
}
