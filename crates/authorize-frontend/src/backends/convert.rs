//! Messages that several backends send and receive, to the model and back.

use doorward_oauth2_types::{ClaimSet, StandardClaim};
use doorward_proto::common::v1 as wire;
use doorward_proto::{InvalidField, from_timestamp, required, to_timestamp};

use crate::model::{Consent, User, Versions};

/// A text that the proto promises.
pub(super) fn required_text(field: &'static str, text: String) -> Result<String, InvalidField> {
    required(non_empty(text), field)
}

/// An optional text: messages leave it empty.
pub(super) fn non_empty(text: String) -> Option<String> {
    Some(text).filter(|text| !text.is_empty())
}

impl TryFrom<wire::User> for User {
    type Error = InvalidField;

    fn try_from(user: wire::User) -> Result<Self, Self::Error> {
        let instants = [
            (StandardClaim::CreatedAt, user.created_at),
            (StandardClaim::UpdatedAt, user.updated_at),
        ];
        let mut claims = ClaimSet::from(user.claims.unwrap_or_default());
        for (claim, instant) in instants {
            if instant.is_some() {
                claims.set(claim, from_timestamp(instant, claim.as_str())?);
            }
        }
        Ok(Self {
            user_id: required_text("user_id", user.user_id)?,
            connection: user.connection,
            blocked: user.blocked,
            claims,
            role_ids: user.role_ids,
            consents: user.consents.into_iter().map(Consent::from).collect(),
            app_metadata: user.app_metadata_json.map(Into::into),
            user_metadata: user.user_metadata_json.map(Into::into),
            versions: Versions {
                version: user.version,
                sessions_from_version: user.sessions_from_version,
            },
        })
    }
}

/// The user as `session` keeps a copy of them.
impl From<User> for wire::User {
    fn from(mut user: User) -> Self {
        let mut instant = |claim| user.claims.remove_instant(claim).map(to_timestamp);
        Self {
            created_at: instant(StandardClaim::CreatedAt),
            updated_at: instant(StandardClaim::UpdatedAt),
            user_id: user.user_id,
            version: user.versions.version,
            connection: user.connection,
            blocked: user.blocked,
            claims: Some(user.claims.into()),
            role_ids: user.role_ids,
            consents: user.consents.into_iter().map(wire::Consent::from).collect(),
            sessions_from_version: user.versions.sessions_from_version,
            app_metadata_json: user.app_metadata.map(Into::into),
            user_metadata_json: user.user_metadata.map(Into::into),
        }
    }
}

impl From<wire::Consent> for Consent {
    fn from(consent: wire::Consent) -> Self {
        Self {
            client_id: consent.client_id,
            audience: non_empty(consent.audience),
            organization_id: non_empty(consent.organization_id),
            scopes: consent.scopes,
        }
    }
}

impl From<Consent> for wire::Consent {
    fn from(consent: Consent) -> Self {
        Self {
            client_id: consent.client_id,
            audience: consent.audience.unwrap_or_default(),
            organization_id: consent.organization_id.unwrap_or_default(),
            scopes: consent.scopes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> wire::User {
        let consent = |audience: &str, organization_id: &str| wire::Consent {
            client_id: "client".to_owned(),
            audience: audience.to_owned(),
            organization_id: organization_id.to_owned(),
            scopes: vec!["openid".to_owned()],
        };
        let instant = |seconds, nanos| Some(prost_types::Timestamp { seconds, nanos });
        wire::User {
            user_id: "auth0|alice".to_owned(),
            version: 7,
            connection: "db".to_owned(),
            blocked: true,
            created_at: instant(1_700_000_000, 5),
            updated_at: instant(1_700_000_001, 999_999_999),
            claims: Some(wire::UserClaims {
                email: Some("alice@example.com".to_owned()),
                ..wire::UserClaims::default()
            }),
            role_ids: vec!["rol_a".to_owned()],
            consents: vec![consent("", ""), consent("https://api.test", "org_a")],
            sessions_from_version: 3,
            app_metadata_json: Some(r#"{"plan":"gold"}"#.to_owned()),
            user_metadata_json: Some(r#"{"color":"red"}"#.to_owned()),
        }
    }

    #[test]
    fn a_user_is_sent_on_as_received() {
        let user = User::try_from(message()).unwrap();
        assert_eq!(wire::User::from(user), message());
    }

    #[test]
    fn empty_texts_of_a_consent_are_absent() {
        let user = User::try_from(message()).unwrap();
        let [profile, api] = user.consents.as_slice() else {
            panic!("{user:?}");
        };
        assert_eq!(
            (&profile.audience, &profile.organization_id),
            (&None, &None)
        );
        assert_eq!(api.audience.as_deref(), Some("https://api.test"));
        assert_eq!(api.organization_id.as_deref(), Some("org_a"));
    }

    #[test]
    fn what_is_no_user() {
        let never = Some(prost_types::Timestamp {
            seconds: i64::MAX,
            nanos: 0,
        });
        for (user, expected) in [
            (wire::User::default(), "user_id: is missing"),
            (
                wire::User {
                    created_at: never,
                    ..message()
                },
                "created_at: is not a point in time",
            ),
        ] {
            assert_eq!(User::try_from(user).unwrap_err().to_string(), expected);
        }
        let bare = wire::User {
            user_id: "auth0|bob".to_owned(),
            ..wire::User::default()
        };
        let user = User::try_from(bare).unwrap();
        let instants = [StandardClaim::CreatedAt, StandardClaim::UpdatedAt];
        assert_eq!(instants.map(|it| user.claims.get(it)), [None, None]);
        assert_eq!(user.claims, ClaimSet::default());
    }
}
