//! The table of claims about a user: the one place that lists them. Scopes, limits, the order in tokens, the keys of a
//! user file and the lists of discovery come from its rows; `doorward-proto` checks that every field of `UserClaims`
//! has one.

mod claim_set;

pub use claim_set::{ClaimSet, ClaimValue, InvalidClaim};

/// One row: everything that is known of a claim but its value.
#[derive(Debug)]
struct Row {
    name: &'static str,
    kind: ClaimKind,
    group: Option<&'static str>,
    has_own_scope: bool,
    import_key: Option<&'static str>,
    is_announced: bool,
}

/// The type of a claim's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimKind {
    /// Text of at least one character.
    Text {
        /// The largest number of characters.
        longest: usize,
    },
    /// True or false.
    Flag,
    /// A point in time.
    Instant,
    /// Nothing that this server keeps: the claim only has a scope.
    Unavailable,
}

impl Row {
    const fn new(name: &'static str, kind: ClaimKind) -> Self {
        Self {
            name,
            kind,
            group: None,
            has_own_scope: false,
            import_key: None,
            is_announced: false,
        }
    }

    const fn text(name: &'static str, longest: usize) -> Self {
        Self::new(name, ClaimKind::Text { longest })
    }

    const fn flag(name: &'static str) -> Self {
        Self::new(name, ClaimKind::Flag)
    }

    const fn instant(name: &'static str) -> Self {
        Self::new(name, ClaimKind::Instant)
    }

    const fn unavailable(name: &'static str) -> Self {
        Self::new(name, ClaimKind::Unavailable)
    }

    /// The scope of OpenID Connect Core §5.4 that asks for the claim.
    const fn in_group(mut self, scope: &'static str) -> Self {
        self.group = Some(scope);
        self
    }

    /// Auth0 has a scope of the claim's name, which asks for this claim alone. Not for `email`: there the name is the
    /// group.
    const fn own_scope(mut self) -> Self {
        self.has_own_scope = true;
        self
    }

    /// Auth0's bulk import has it, by this key.
    const fn imported_as(mut self, key: &'static str) -> Self {
        self.import_key = Some(key);
        self
    }

    /// Auth0's bulk import has it, by the claim's name.
    const fn imported(self) -> Self {
        let name = self.name;
        self.imported_as(name)
    }

    /// Discovery lists it, as Auth0's does.
    const fn announced(mut self) -> Self {
        self.is_announced = true;
        self
    }
}

macro_rules! table {
    ($($claim:ident = $row:expr;)+) => {
        /// A claim about the user that the server knows without configuration.
        ///
        /// See [OpenID Connect Core 1.0, section 5.1][claims]; `created_at` and `identities` are Auth0's. `sub` is not
        /// listed: it needs no scope but `openid`.
        ///
        /// [claims]: https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "each is the claim of that name")]
        pub enum StandardClaim {
            $($claim,)+
        }

        impl StandardClaim {
            /// Every claim, in the order of tokens.
            pub const ALL: &'static [Self] = &[$(Self::$claim),+];
        }

        const ROWS: &[Row] = &[$($row),+];
    };
}

// An email fits into a name, because it is the name of users who gave none.
table! {
    Email = Row::text("email", 254).in_group("email").imported().announced();
    EmailVerified = Row::flag("email_verified").in_group("email").own_scope().imported().announced();
    // No scope asks for it: not a claim of OpenID Connect, it only serves to sign in.
    Username = Row::text("username", 128).imported();
    Name = Row::text("name", 254).in_group("profile").own_scope().imported().announced();
    GivenName = Row::text("given_name", 150).in_group("profile").own_scope().imported().announced();
    FamilyName = Row::text("family_name", 150).in_group("profile").own_scope().imported().announced();
    MiddleName = Row::text("middle_name", 150).in_group("profile");
    Nickname = Row::text("nickname", 254).in_group("profile").own_scope().imported().announced();
    PreferredUsername = Row::text("preferred_username", 254).in_group("profile");
    Profile = Row::text("profile", 2048).in_group("profile");
    Picture = Row::text("picture", 2048).in_group("profile").own_scope().imported().announced();
    Website = Row::text("website", 2048).in_group("profile");
    Gender = Row::text("gender", 64).in_group("profile");
    Birthdate = Row::text("birthdate", 10).in_group("profile");
    Zoneinfo = Row::text("zoneinfo", 64).in_group("profile");
    Locale = Row::text("locale", 64).in_group("profile");
    PhoneNumber = Row::text("phone_number", 32).in_group("phone").imported().announced();
    PhoneNumberVerified = Row::flag("phone_number_verified").in_group("phone").imported_as("phone_verified");
    UpdatedAt = Row::instant("updated_at").in_group("profile").announced();
    CreatedAt = Row::instant("created_at").own_scope().announced();
    Address = Row::unavailable("address").in_group("address");
    Identities = Row::unavailable("identities").own_scope();
}

impl StandardClaim {
    fn row(self) -> &'static Row {
        &ROWS[self as usize]
    }

    /// The claim's name in a token.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.row().name
    }

    /// The claim of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|claim| claim.as_str() == name)
    }

    /// The type of its value, and its limit.
    #[must_use]
    pub fn kind(self) -> ClaimKind {
        self.row().kind
    }

    /// The scope of [OpenID Connect Core §5.4](https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims) that
    /// asks for it; `None`: only a scope of its own does, or none.
    #[must_use]
    pub fn group(self) -> Option<&'static str> {
        self.row().group
    }

    /// Its key in a user file; `None`: not read.
    #[must_use]
    pub fn import_key(self) -> Option<&'static str> {
        self.row().import_key
    }

    /// Whether this scope token asks for the claim, as a group or by its name.
    #[must_use]
    pub fn is_asked_for_by(self, token: &str) -> bool {
        let row = self.row();
        row.group == Some(token) || (row.has_own_scope && row.name == token)
    }

    /// Names of the claims that discovery lists (`claims_supported`), in the order of the table.
    pub fn announced() -> impl Iterator<Item = &'static str> {
        let rows = ROWS.iter().filter(|row| row.is_announced);
        rows.map(|row| row.name)
    }

    /// The scopes that ask for a claim that can have a value: the groups, then those that name one claim.
    #[must_use]
    pub fn available_scopes() -> Vec<&'static str> {
        let available = || ROWS.iter().filter(|row| row.kind != ClaimKind::Unavailable);
        let mut scopes = Vec::new();
        for group in ["profile", "email", "phone", "address"] {
            if available().any(|row| row.group == Some(group)) {
                scopes.push(group);
            }
        }
        scopes.extend(
            available()
                .filter(|row| row.has_own_scope)
                .map(|row| row.name),
        );
        scopes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked_for_by(token: &str) -> Vec<&'static str> {
        let all = StandardClaim::ALL.iter();
        let asked = all.filter(|claim| claim.is_asked_for_by(token));
        asked.map(|claim| claim.as_str()).collect()
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
            "username",
            "Email",
            "",
        ] {
            assert!(asked_for_by(token).is_empty(), "{token}");
        }
    }

    #[test]
    fn names_are_unique_and_found() {
        for claim in StandardClaim::ALL {
            assert_eq!(StandardClaim::from_name(claim.as_str()), Some(*claim));
        }
        assert_eq!(StandardClaim::from_name("sub"), None);
        assert_eq!(ROWS.len(), StandardClaim::ALL.len());
    }

    #[test]
    fn lists_of_discovery() {
        let mut claims: Vec<_> = StandardClaim::announced().collect();
        claims.sort_unstable();
        assert_eq!(
            claims.join(" "),
            "created_at email email_verified family_name given_name name nickname phone_number picture updated_at"
        );
        assert_eq!(
            StandardClaim::available_scopes().join(" "),
            "profile email phone email_verified name given_name family_name nickname picture created_at"
        );
    }

    #[test]
    fn keys_of_a_user_file() {
        let keys: Vec<_> = StandardClaim::ALL
            .iter()
            .filter_map(|claim| claim.import_key())
            .collect();
        assert_eq!(
            keys.join(" "),
            "email email_verified username name given_name family_name nickname picture phone_number phone_verified"
        );
    }
}
