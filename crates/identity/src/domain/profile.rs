//! The claims about a user, without the email.

use doorward_proto::InvalidField;
use serde::{Deserialize, Serialize};

use super::Email;

/// The claims of OpenID Connect Core §5.1 without the email. Absent means "no value".
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are the specification's")]
pub struct Profile {
    pub username: Option<String>,
    pub name: Option<String>,
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    pub middle_name: Option<String>,
    pub nickname: Option<String>,
    pub preferred_username: Option<String>,
    pub profile: Option<String>,
    pub picture: Option<String>,
    pub website: Option<String>,
    pub gender: Option<String>,
    pub birthdate: Option<String>,
    pub zoneinfo: Option<String>,
    pub locale: Option<String>,
    pub phone_number: Option<String>,
    pub phone_number_verified: Option<bool>,
}

impl Profile {
    /// Default name of a user without one. There is no default picture: it would be on a server of a third party.
    #[must_use]
    pub fn named_after(email: &Email) -> Self {
        Self {
            name: Some(email.as_str().to_owned()),
            nickname: Some(email.local_part().to_owned()),
            ..Self::default()
        }
    }

    /// This profile with the claims that `newer` has replaced.
    #[must_use]
    pub fn merged(self, newer: Self) -> Self {
        let same_number = newer.phone_number.is_none() || newer.phone_number == self.phone_number;
        let proof = self.phone_number_verified.filter(|_| same_number);
        let phone_number = newer.phone_number.or(self.phone_number);
        Self {
            username: newer.username.or(self.username),
            name: newer.name.or(self.name),
            given_name: newer.given_name.or(self.given_name),
            family_name: newer.family_name.or(self.family_name),
            middle_name: newer.middle_name.or(self.middle_name),
            nickname: newer.nickname.or(self.nickname),
            preferred_username: newer.preferred_username.or(self.preferred_username),
            profile: newer.profile.or(self.profile),
            picture: newer.picture.or(self.picture),
            website: newer.website.or(self.website),
            gender: newer.gender.or(self.gender),
            birthdate: newer.birthdate.or(self.birthdate),
            zoneinfo: newer.zoneinfo.or(self.zoneinfo),
            locale: newer.locale.or(self.locale),
            // Only a number can be proved.
            phone_number_verified: phone_number
                .is_some()
                .then(|| newer.phone_number_verified.or(proof).unwrap_or(false)),
            phone_number,
        }
    }

    /// Refuses values that no claim may have.
    pub fn validate(&self) -> Result<(), InvalidField> {
        // An email fits into a name, for it is the name of those who gave none.
        let limits = [
            ("username", &self.username, 128),
            ("name", &self.name, 254),
            ("given_name", &self.given_name, 150),
            ("family_name", &self.family_name, 150),
            ("middle_name", &self.middle_name, 150),
            ("nickname", &self.nickname, 254),
            ("preferred_username", &self.preferred_username, 254),
            ("profile", &self.profile, 2048),
            ("picture", &self.picture, 2048),
            ("website", &self.website, 2048),
            ("gender", &self.gender, 64),
            ("birthdate", &self.birthdate, 10),
            ("zoneinfo", &self.zoneinfo, 64),
            ("locale", &self.locale, 64),
            ("phone_number", &self.phone_number, 32),
        ];
        for (claim, value, longest) in limits {
            let length = value.as_ref().map_or(1, |text| text.chars().count());
            if !(1..=longest).contains(&length) {
                let problem = format!("must have 1 to {longest} characters");
                return Err(InvalidField::new(claim, problem));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone(number: Option<&str>, verified: Option<bool>) -> Profile {
        Profile {
            phone_number: number.map(str::to_owned),
            phone_number_verified: verified,
            ..Profile::default()
        }
    }

    #[test]
    fn a_claim_that_is_absent_stays() {
        let before = Profile {
            name: Some("Al".to_owned()),
            locale: Some("fr".to_owned()),
            ..Profile::default()
        };
        let newer = Profile {
            name: Some("Alice".to_owned()),
            ..Profile::default()
        };
        let after = before.merged(newer);
        assert_eq!(
            (after.name.as_deref(), after.locale.as_deref()),
            (Some("Alice"), Some("fr"))
        );
    }

    #[test]
    fn only_a_number_is_proved_and_only_the_one_that_was() {
        let proved = phone(Some("+331"), Some(true));
        let merged = |newer| proved.clone().merged(newer).phone_number_verified;
        assert_eq!(merged(phone(None, None)), Some(true));
        assert_eq!(merged(phone(Some("+331"), None)), Some(true));
        assert_eq!(merged(phone(Some("+442"), None)), Some(false));
        assert_eq!(
            phone(None, None)
                .merged(phone(None, Some(true)))
                .phone_number_verified,
            None
        );
    }

    #[test]
    fn lengths() {
        let named = |name: &str| Profile {
            given_name: Some(name.to_owned()),
            ..Profile::default()
        };
        assert!(named(&"é".repeat(150)).validate().is_ok());
        assert_eq!(named("").validate().unwrap_err().field, "given_name");
        assert!(named(&"x".repeat(151)).validate().is_err());
    }
}
