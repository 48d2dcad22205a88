//! The claims about a user, without the email.

use doorward_oauth2_types::{ClaimSet, ClaimValue, StandardClaim};
use doorward_proto::InvalidField;
use serde::{Deserialize, Serialize};

use super::Email;

/// The claims of OpenID Connect Core §5.1 without the email, which is kept by itself. Stored as a JSON object.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Profile(ClaimSet);

impl Profile {
    /// The profile of a user who gave none. Without a picture: it would have to come from another server.
    #[must_use]
    pub fn named_after(email: &Email) -> Self {
        Self::from_iter([
            (StandardClaim::Name, email.as_str().into()),
            (StandardClaim::Nickname, email.local_part().into()),
        ])
    }

    /// The value of a claim that is a text.
    #[must_use]
    pub fn text(&self, claim: StandardClaim) -> Option<&str> {
        self.0.text(claim)
    }

    /// Gives a claim a value, in place of the one it had.
    pub fn set(&mut self, claim: StandardClaim, value: impl Into<ClaimValue>) {
        self.0.set(claim, value);
    }

    /// This profile with the claims that `newer` has replaced. Only a number can be proved, and the proof of another
    /// number does not count.
    #[must_use]
    pub fn merged(self, newer: Self) -> Self {
        let number = newer.text(StandardClaim::PhoneNumber);
        let is_same = number.is_none() || number == self.text(StandardClaim::PhoneNumber);
        let proof = |profile: &Self| profile.0.flag(StandardClaim::PhoneNumberVerified);
        let proof = proof(&newer).or(proof(&self).filter(|_| is_same));
        let mut merged = self.0.merged(newer.0);
        if merged.get(StandardClaim::PhoneNumber).is_some() {
            merged.set(StandardClaim::PhoneNumberVerified, proof.unwrap_or(false));
        } else {
            merged.remove(StandardClaim::PhoneNumberVerified);
        }
        Self(merged)
    }

    /// Refuses values that no claim may have.
    pub fn validate(&self) -> Result<(), InvalidField> {
        let refused = |error: doorward_oauth2_types::InvalidClaim| {
            InvalidField::new(error.claim.as_str(), error.to_string())
        };
        self.0.validate().map_err(refused)
    }
}

impl From<ClaimSet> for Profile {
    fn from(mut claims: ClaimSet) -> Self {
        claims.remove(StandardClaim::Email);
        claims.remove(StandardClaim::EmailVerified);
        Self(claims)
    }
}

impl From<Profile> for ClaimSet {
    fn from(profile: Profile) -> Self {
        profile.0
    }
}

impl FromIterator<(StandardClaim, ClaimValue)> for Profile {
    fn from_iter<I: IntoIterator<Item = (StandardClaim, ClaimValue)>>(claims: I) -> Self {
        ClaimSet::from_iter(claims).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(number: Option<&str>, verified: Option<bool>) -> Profile {
        let number = number.map(|number| (StandardClaim::PhoneNumber, number.into()));
        let verified = verified.map(|flag| (StandardClaim::PhoneNumberVerified, flag.into()));
        number.into_iter().chain(verified).collect()
    }

    #[test]
    fn a_claim_that_is_absent_stays() {
        let before = Profile::from_iter([
            (StandardClaim::Name, "Al".into()),
            (StandardClaim::Locale, "fr".into()),
        ]);
        let newer = Profile::from_iter([(StandardClaim::Name, "Alice".into())]);
        let after = before.merged(newer);
        assert_eq!(after.text(StandardClaim::Name), Some("Alice"));
        assert_eq!(after.text(StandardClaim::Locale), Some("fr"));
    }

    #[test]
    fn only_a_number_is_proved_and_only_the_one_that_was() {
        let proof =
            |profile: Profile| ClaimSet::from(profile).flag(StandardClaim::PhoneNumberVerified);
        let proved = phone(Some("+331"), Some(true));
        let merged = |newer| proof(proved.clone().merged(newer));
        assert_eq!(merged(phone(None, None)), Some(true));
        assert_eq!(merged(phone(Some("+331"), None)), Some(true));
        assert_eq!(merged(phone(Some("+442"), None)), Some(false));
        let unproved = phone(None, None).merged(phone(None, Some(true)));
        assert_eq!(proof(unproved), None);
    }

    #[test]
    fn lengths() {
        let named = |name: &str| Profile::from_iter([(StandardClaim::GivenName, name.into())]);
        assert!(named(&"é".repeat(150)).validate().is_ok());
        assert_eq!(named("").validate().unwrap_err().field, "given_name");
        assert!(named(&"x".repeat(151)).validate().is_err());
    }

    #[test]
    fn the_email_is_no_part_of_it() {
        let claims = ClaimSet::from_iter([
            (StandardClaim::Email, "alice@example.com".into()),
            (StandardClaim::EmailVerified, true.into()),
        ]);
        assert_eq!(Profile::from(claims), Profile::default());
    }

    #[test]
    fn rows_of_before_are_read() {
        let stored = r#"{"username":null,"name":"Alice","phone_number_verified":null}"#;
        let profile: Profile = serde_json::from_str(stored).unwrap();
        let expected = Profile::from_iter([(StandardClaim::Name, "Alice".into())]);
        assert_eq!(profile, expected);
    }
}
