//! `token_dialect`: which claims an API's access tokens carry.

use crate::text_enum;

text_enum! {
    /// Which claims a JWT access token for an API carries.
    ///
    /// See [Auth0, access token profiles](https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles).
    #[derive(Default)]
    pub enum TokenDialect {
        /// Auth0's own profile.
        #[default]
        AccessToken = "access_token",
        /// Auth0's own profile, with the user's permissions.
        AccessTokenAuthz = "access_token_authz",
        /// The profile of [RFC 9068](https://www.rfc-editor.org/rfc/rfc9068#section-2).
        Rfc9068Profile = "rfc9068_profile",
        /// The profile of RFC 9068, with the user's permissions.
        Rfc9068ProfileAuthz = "rfc9068_profile_authz",
    }
}

impl TokenDialect {
    /// Whether the token has a `permissions` claim.
    #[must_use]
    pub fn includes_permissions(self) -> bool {
        matches!(self, Self::AccessTokenAuthz | Self::Rfc9068ProfileAuthz)
    }

    /// Whether the token follows RFC 9068.
    #[must_use]
    pub fn is_rfc9068(self) -> bool {
        matches!(self, Self::Rfc9068Profile | Self::Rfc9068ProfileAuthz)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_a_token_has() {
        for dialect in TokenDialect::ALL {
            let name = dialect.as_str();
            assert_eq!(name.parse(), Ok(*dialect));
            assert_eq!(
                dialect.includes_permissions(),
                name.ends_with("_authz"),
                "{name}"
            );
            assert_eq!(dialect.is_rfc9068(), name.starts_with("rfc9068"), "{name}");
        }
        assert_eq!(TokenDialect::default(), TokenDialect::AccessToken);
        assert!("access_token_authz ".parse::<TokenDialect>().is_err());
    }
}
