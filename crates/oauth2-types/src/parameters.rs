//! Names of the parameters of an authorization request, from RFC 6749, OpenID Connect Core and their extensions.
//!
//! An unknown name is ignored, also if it is repeated. A known one may occur once (RFC 6749 §3.1).

use crate::auth0;

/// `client_id`, RFC 6749 §4.1.1.
pub const CLIENT_ID: &str = "client_id";
/// `redirect_uri`, RFC 6749 §4.1.1.
pub const REDIRECT_URI: &str = "redirect_uri";
/// `response_type`, RFC 6749 §3.1.1.
pub const RESPONSE_TYPE: &str = "response_type";
/// `scope`, RFC 6749 §3.3.
pub const SCOPE: &str = "scope";
/// `state`, RFC 6749 §4.1.1.
pub const STATE: &str = "state";
/// `response_mode`, OAuth 2.0 Multiple Response Type Encoding Practices §2.1.
pub const RESPONSE_MODE: &str = "response_mode";
/// `code_challenge`, RFC 7636 §4.3.
pub const CODE_CHALLENGE: &str = "code_challenge";
/// `code_challenge_method`, RFC 7636 §4.3.
pub const CODE_CHALLENGE_METHOD: &str = "code_challenge_method";
/// `resource`, RFC 8707 §2: the only parameter that may be repeated.
pub const RESOURCE: &str = "resource";
/// `authorization_details`, RFC 9396 §2: accepted, without effect.
pub const AUTHORIZATION_DETAILS: &str = "authorization_details";
/// `dpop_jkt`, RFC 9449 §10: accepted, without effect.
pub const DPOP_JKT: &str = "dpop_jkt";
/// `nonce`, OpenID Connect Core §3.2.2.1.
pub const NONCE: &str = "nonce";
/// `display`, OpenID Connect Core §3.1.2.1: accepted, without effect.
pub const DISPLAY: &str = "display";
/// `prompt`, OpenID Connect Core §3.1.2.1.
pub const PROMPT: &str = "prompt";
/// `max_age`, OpenID Connect Core §3.1.2.1.
pub const MAX_AGE: &str = "max_age";
/// `ui_locales`, OpenID Connect Core §3.1.2.1.
pub const UI_LOCALES: &str = "ui_locales";
/// `id_token_hint`, OpenID Connect Core §3.1.2.1.
pub const ID_TOKEN_HINT: &str = "id_token_hint";
/// `login_hint`, OpenID Connect Core §3.1.2.1.
pub const LOGIN_HINT: &str = "login_hint";
/// `acr_values`, OpenID Connect Core §3.1.2.1.
pub const ACR_VALUES: &str = "acr_values";
/// `claims`, OpenID Connect Core §5.5: accepted, without effect.
pub const CLAIMS: &str = "claims";
/// `request`, OpenID Connect Core §6.1: refused.
pub const REQUEST: &str = "request";
/// `request_uri`, OpenID Connect Core §6.2: refused.
pub const REQUEST_URI: &str = "request_uri";

const KNOWN: [&str; 30] = [
    CLIENT_ID,
    REDIRECT_URI,
    RESPONSE_TYPE,
    SCOPE,
    STATE,
    RESPONSE_MODE,
    CODE_CHALLENGE,
    CODE_CHALLENGE_METHOD,
    RESOURCE,
    AUTHORIZATION_DETAILS,
    DPOP_JKT,
    NONCE,
    DISPLAY,
    PROMPT,
    MAX_AGE,
    UI_LOCALES,
    ID_TOKEN_HINT,
    LOGIN_HINT,
    ACR_VALUES,
    CLAIMS,
    REQUEST,
    REQUEST_URI,
    auth0::AUDIENCE,
    auth0::CONNECTION,
    auth0::CONNECTION_SCOPE,
    auth0::CORRELATION_ID,
    auth0::INVITATION,
    auth0::LOGIN_TICKET,
    auth0::ORGANIZATION,
    auth0::SCREEN_HINT,
];

/// Whether this is a parameter of an authorization request. Case-sensitive. Does not include the `ext-` names, see
/// [`auth0::is_ext_parameter`].
#[must_use]
pub fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
}

/// Whether this parameter may be repeated.
#[must_use]
pub fn may_repeat(name: &str) -> bool {
    name == RESOURCE || !is_known(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_names() {
        for name in [
            "client_id",
            "state",
            "nonce",
            "organization",
            "invitation",
            "request_uri",
            "dpop_jkt",
            "resource",
        ] {
            assert!(is_known(name), "{name}");
        }
        for name in [
            "",
            "auth0Client",
            "Client_id",
            "client_id ",
            "ext-campaign",
            "foo",
        ] {
            assert!(!is_known(name), "{name}");
        }
    }

    #[test]
    fn each_is_listed_once() {
        for name in KNOWN {
            assert_eq!(
                KNOWN.iter().filter(|other| **other == name).count(),
                1,
                "{name}"
            );
        }
    }

    #[test]
    fn repetition() {
        for name in ["resource", "auth0Client", "foo"] {
            assert!(may_repeat(name), "{name}");
        }
        for name in ["client_id", "state", "scope", "audience", "claims"] {
            assert!(!may_repeat(name), "{name}");
        }
    }
}
