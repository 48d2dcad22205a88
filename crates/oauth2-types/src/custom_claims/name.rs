//! Names of custom claims.

use std::fmt;
use std::str::FromStr;

use url::{Host, Url};

use crate::{Scope, StandardClaim};

/// Claims that only the server writes: those of Auth0's list, and `scope`.
const RESERVED: [&str; 61] = [
    "acr",
    "act",
    "active",
    "amr",
    "at_hash",
    "ath",
    "attest",
    "aud",
    "auth_time",
    "authorization_details",
    "azp",
    "c_hash",
    "client_id",
    "cnf",
    "cty",
    "dest",
    "entitlements",
    "events",
    "exp",
    "groups",
    "gty",
    "htm",
    "htu",
    "iat",
    "internalService",
    "iss",
    "jcard",
    "jku",
    "jti",
    "jwe",
    "jwk",
    "kid",
    "may_act",
    "mky",
    "nbf",
    "nonce",
    "object_id",
    "org_id",
    "org_name",
    "orig",
    "origid",
    "permissions",
    "roles",
    "rph",
    "s_hash",
    "scope",
    "sid",
    "sip_callid",
    "sip_cseq_num",
    "sip_date",
    "sip_from_tag",
    "sip_via_branch",
    "sub",
    "sub_jwk",
    "toe",
    "txn",
    "typ",
    "uuid",
    "vot",
    "vtm",
    "x5t#S256",
];

/// Hosts whose namespaces are Auth0's own, with all hosts below them.
const RESERVED_HOSTS: [&str; 3] = ["auth0.com", "webtask.io", "webtask.run"];

/// Namespaces of URNs (RFC 8141) that are Auth0's and ours.
const RESERVED_URNS: [&str; 2] = ["urn:auth0", "urn:doorward"];

/// In characters.
const MAX_LENGTH: usize = 255;

/// Name of a custom claim: a URL or URN as a namespace, a private name, or that of a standard claim whose value it
/// replaces.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CustomClaimName(String);

/// A name that no custom claim can have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClaimNameError {
    /// The server writes this claim itself.
    #[error("is reserved for the server")]
    Reserved,
    /// A namespace of Auth0 or Doorward.
    #[error("is in a reserved namespace")]
    ReservedNamespace,
    /// It begins like a URL, and is none.
    #[error("is not a URL")]
    InvalidUrl,
    /// Empty, too long, or with a control character.
    #[error("must have 1 to {MAX_LENGTH} characters, none of them a control character")]
    InvalidText,
}

impl FromStr for CustomClaimName {
    type Err = ClaimNameError;

    fn from_str(name: &str) -> Result<Self, ClaimNameError> {
        if !(1..=MAX_LENGTH).contains(&name.chars().count()) || name.contains(char::is_control) {
            return Err(ClaimNameError::InvalidText);
        }
        // mutant: reserved-claim-accepted
        if RESERVED.contains(&name) {
            return Err(ClaimNameError::Reserved);
        }
        if is_reserved_urn(name) {
            return Err(ClaimNameError::ReservedNamespace);
        }
        let lower = name.to_ascii_lowercase();
        if lower.starts_with("http://") || lower.starts_with("https://") {
            let url = Url::parse(name).map_err(|_| ClaimNameError::InvalidUrl)?;
            if has_reserved_host(&url) {
                return Err(ClaimNameError::ReservedNamespace);
            }
        }
        Ok(Self(name.to_owned()))
    }
}

impl CustomClaimName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether tokens with this scope may have the claim. A standard claim with another value still needs its scope.
    #[must_use]
    pub fn is_granted_by(&self, scope: &Scope) -> bool {
        // No scope asks for `username`, so that it is free.
        let standard = StandardClaim::from_name(&self.0);
        let standard = standard.filter(|claim| *claim != StandardClaim::Username);
        standard.is_none_or(|claim| scope.asks_for(claim))
    }
}

fn is_reserved_urn(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    RESERVED_URNS.iter().any(|reserved| {
        let rest = lower.strip_prefix(reserved);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
    })
}

fn has_reserved_host(url: &Url) -> bool {
    let Some(Host::Domain(host)) = url.host() else {
        return false;
    };
    let host = host.trim_end_matches('.');
    RESERVED_HOSTS.iter().any(|reserved| {
        let above = host.strip_suffix(reserved);
        above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
    })
}

impl fmt::Display for CustomClaimName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sec_163_names_of_the_server_are_refused() {
        for name in RESERVED {
            assert_eq!(
                name.parse::<CustomClaimName>(),
                Err(ClaimNameError::Reserved)
            );
        }
        assert!(RESERVED.is_sorted());
    }

    #[test]
    fn namespaces() {
        let reserved = Err(ClaimNameError::ReservedNamespace);
        let cases = [
            ("https://example.com/plan", Ok(())),
            ("http://example.com", Ok(())),
            ("https://notauth0.com/plan", Ok(())),
            ("https://auth0.com.example.com/plan", Ok(())),
            ("https://auth0.com/plan", reserved.clone()),
            ("HTTPS://login.AUTH0.com./plan", reserved.clone()),
            ("http://webtask.io/", reserved.clone()),
            ("https://a.webtask.run/", reserved.clone()),
            ("https://[::1]/plan", Ok(())),
            ("https://", Err(ClaimNameError::InvalidUrl)),
            ("urn:example:plan", Ok(())),
            ("urn:auth0:plan", reserved.clone()),
            ("URN:Auth0", reserved.clone()),
            ("urn:auth0x:plan", Ok(())),
            ("urn:doorward:plan", reserved),
            ("plan", Ok(())),
            ("email", Ok(())),
            ("SUB", Ok(())),
            ("", Err(ClaimNameError::InvalidText)),
            ("a\nb", Err(ClaimNameError::InvalidText)),
        ];
        for (name, expected) in cases {
            let parsed = name.parse::<CustomClaimName>();
            assert_eq!(parsed.map(|_| ()), expected, "{name}");
        }
        let long = "x".repeat(MAX_LENGTH);
        assert!(long.parse::<CustomClaimName>().is_ok());
        assert!(format!("{long}x").parse::<CustomClaimName>().is_err());
    }

    #[test]
    fn standard_claims_need_their_scope() {
        let cases = [
            ("email", "openid", false),
            ("email", "openid email", true),
            ("picture", "openid profile", true),
            ("username", "openid", true),
            ("plan", "openid", true),
            ("https://example.com/email", "openid", true),
        ];
        for (name, scope, expected) in cases {
            let parsed: CustomClaimName = name.parse().unwrap();
            let granted = parsed.is_granted_by(&scope.parse().unwrap());
            assert_eq!(granted, expected, "{name} {scope}");
        }
    }
}
