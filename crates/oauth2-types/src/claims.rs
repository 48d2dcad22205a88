//! The standard claims, and the scopes that include them.

/// A claim about the user that the server knows without configuration.
///
/// See [OpenID Connect Core 1.0, section 5.1](https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims);
/// `created_at` and `identities` are Auth0's. `sub` is not listed: it needs no scope but `openid`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each is the claim of that name")]
pub enum StandardClaim {
    Name,
    GivenName,
    FamilyName,
    MiddleName,
    Nickname,
    PreferredUsername,
    Profile,
    Picture,
    Website,
    Gender,
    Birthdate,
    Zoneinfo,
    Locale,
    UpdatedAt,
    Email,
    EmailVerified,
    PhoneNumber,
    PhoneNumberVerified,
    Address,
    CreatedAt,
    Identities,
}

impl StandardClaim {
    /// All claims, in the order of the specification.
    pub const ALL: [Self; 21] = [
        Self::Name,
        Self::GivenName,
        Self::FamilyName,
        Self::MiddleName,
        Self::Nickname,
        Self::PreferredUsername,
        Self::Profile,
        Self::Picture,
        Self::Website,
        Self::Gender,
        Self::Birthdate,
        Self::Zoneinfo,
        Self::Locale,
        Self::UpdatedAt,
        Self::Email,
        Self::EmailVerified,
        Self::PhoneNumber,
        Self::PhoneNumberVerified,
        Self::Address,
        Self::CreatedAt,
        Self::Identities,
    ];

    /// The claim's name in a token.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::MiddleName => "middle_name",
            Self::Nickname => "nickname",
            Self::PreferredUsername => "preferred_username",
            Self::Profile => "profile",
            Self::Picture => "picture",
            Self::Website => "website",
            Self::Gender => "gender",
            Self::Birthdate => "birthdate",
            Self::Zoneinfo => "zoneinfo",
            Self::Locale => "locale",
            Self::UpdatedAt => "updated_at",
            Self::Email => "email",
            Self::EmailVerified => "email_verified",
            Self::PhoneNumber => "phone_number",
            Self::PhoneNumberVerified => "phone_number_verified",
            Self::Address => "address",
            Self::CreatedAt => "created_at",
            Self::Identities => "identities",
        }
    }

    /// Whether this scope token includes the claim, as a group or by its name.
    pub(crate) fn is_asked_for_by(self, token: &str) -> bool {
        self.group() == Some(token) || (self.has_own_scope() && self.as_str() == token)
    }

    /// The scope of OpenID Connect Core §5.4 that the claim belongs to.
    fn group(self) -> Option<&'static str> {
        match self {
            Self::Email | Self::EmailVerified => Some("email"),
            Self::PhoneNumber | Self::PhoneNumberVerified => Some("phone"),
            Self::Address => Some("address"),
            Self::CreatedAt | Self::Identities => None,
            _ => Some("profile"),
        }
    }

    /// Whether Auth0 has a scope for this claim alone. `email` is not among them: as a scope it is the group.
    fn has_own_scope(self) -> bool {
        matches!(
            self,
            Self::Name
                | Self::GivenName
                | Self::FamilyName
                | Self::Nickname
                | Self::EmailVerified
                | Self::Picture
                | Self::CreatedAt
                | Self::Identities
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked_for_by(token: &str) -> Vec<&'static str> {
        let asked = StandardClaim::ALL
            .into_iter()
            .filter(|claim| claim.is_asked_for_by(token));
        asked.map(StandardClaim::as_str).collect()
    }

    #[test]
    fn groups() {
        assert_eq!(
            asked_for_by("profile"),
            [
                "name",
                "given_name",
                "family_name",
                "middle_name",
                "nickname",
                "preferred_username",
                "profile",
                "picture",
                "website",
                "gender",
                "birthdate",
                "zoneinfo",
                "locale",
                "updated_at",
            ]
        );
        assert_eq!(asked_for_by("email"), ["email", "email_verified"]);
        assert_eq!(
            asked_for_by("phone"),
            ["phone_number", "phone_number_verified"]
        );
        assert_eq!(asked_for_by("address"), ["address"]);
    }

    #[test]
    fn scopes_that_name_one_claim() {
        for name in [
            "name",
            "given_name",
            "family_name",
            "nickname",
            "email_verified",
            "picture",
            "created_at",
            "identities",
        ] {
            assert_eq!(asked_for_by(name), [name]);
        }
    }

    #[test]
    fn scopes_that_name_none() {
        for token in [
            "openid",
            "offline_access",
            "middle_name",
            "updated_at",
            "phone_number",
            "Email",
            "",
        ] {
            assert!(asked_for_by(token).is_empty(), "{token}");
        }
    }
}
