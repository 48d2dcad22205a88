//! The claims of one user, with their values.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{ClaimKind, StandardClaim};
use crate::Scope;

/// Claims and their values, each claim at most once, in the order of the table. A claim without a value is left out: it
/// is never null ([OpenID Connect Core 1.0, section 5.3.2][response]).
///
/// Serde writes a JSON object with the claims' names. It reads one and drops members that are null or no known claim.
///
/// [response]: https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClaimSet(BTreeMap<StandardClaim, ClaimValue>);

/// The value of a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimValue {
    /// For [`ClaimKind::Text`].
    Text(String),
    /// For [`ClaimKind::Flag`].
    Flag(bool),
    /// For [`ClaimKind::Instant`]; written as ISO 8601 in UTC with milliseconds, as Auth0 does.
    Instant(Timestamp),
    /// For [`ClaimKind::Instant`]; written as OpenID Connect Core §5.1 has it: seconds since 1970, rounded down.
    Seconds(Timestamp),
}

/// A claim whose text is empty or too long.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must have 1 to {longest} characters")]
pub struct InvalidClaim {
    /// The claim.
    pub claim: StandardClaim,
    longest: usize,
}

impl ClaimSet {
    /// The value of a claim; `None`: the user has none.
    #[must_use]
    pub fn get(&self, claim: StandardClaim) -> Option<&ClaimValue> {
        self.0.get(&claim)
    }

    /// The value of a claim that is a text.
    #[must_use]
    pub fn text(&self, claim: StandardClaim) -> Option<&str> {
        match self.get(claim)? {
            ClaimValue::Text(text) => Some(text),
            ClaimValue::Flag(_) | ClaimValue::Instant(_) | ClaimValue::Seconds(_) => None,
        }
    }

    /// The value of a claim that is true or false.
    #[must_use]
    pub fn flag(&self, claim: StandardClaim) -> Option<bool> {
        match self.get(claim)? {
            ClaimValue::Flag(flag) => Some(*flag),
            ClaimValue::Text(_) | ClaimValue::Instant(_) | ClaimValue::Seconds(_) => None,
        }
    }

    /// Gives a claim a value, in place of the one it had.
    pub fn set(&mut self, claim: StandardClaim, value: impl Into<ClaimValue>) {
        self.0.insert(claim, value.into());
    }

    /// Takes a claim out.
    pub fn remove(&mut self, claim: StandardClaim) -> Option<ClaimValue> {
        self.0.remove(&claim)
    }

    /// Takes out a claim that is a point in time.
    pub fn remove_instant(&mut self, claim: StandardClaim) -> Option<Timestamp> {
        match self.remove(claim)? {
            ClaimValue::Instant(instant) | ClaimValue::Seconds(instant) => Some(instant),
            ClaimValue::Text(_) | ClaimValue::Flag(_) => None,
        }
    }

    /// Writes `updated_at` as a number instead of Auth0's text.
    #[must_use]
    pub fn with_numeric_updated_at(mut self) -> Self {
        if let Some(at) = self.remove_instant(StandardClaim::UpdatedAt) {
            self.set(StandardClaim::UpdatedAt, ClaimValue::Seconds(at));
        }
        self
    }

    /// Whether `updated_at` is written as a number.
    #[must_use]
    pub fn has_numeric_updated_at(&self) -> bool {
        matches!(
            self.get(StandardClaim::UpdatedAt),
            Some(ClaimValue::Seconds(_))
        )
    }

    /// The claims that have a value, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = (StandardClaim, &ClaimValue)> {
        self.0.iter().map(|(claim, value)| (*claim, value))
    }

    /// The claims that `scope` asks for.
    #[must_use]
    pub fn granted(&self, scope: &Scope) -> Self {
        let asked_for = self.iter().filter(|(claim, _)| scope.asks_for(*claim));
        asked_for
            .map(|(claim, value)| (claim, value.clone()))
            .collect()
    }

    /// These claims, with the values of `newer` where it has one.
    #[must_use]
    pub fn merged(mut self, newer: Self) -> Self {
        self.0.extend(newer.0);
        self
    }

    /// Refuses texts that are empty or longer than the table says.
    pub fn validate(&self) -> Result<(), InvalidClaim> {
        for (claim, value) in self.iter() {
            if let (ClaimKind::Text { longest }, ClaimValue::Text(text)) = (claim.kind(), value)
                && !(1..=longest).contains(&text.chars().count())
            {
                return Err(InvalidClaim { claim, longest });
            }
        }
        Ok(())
    }
}

impl FromIterator<(StandardClaim, ClaimValue)> for ClaimSet {
    fn from_iter<I: IntoIterator<Item = (StandardClaim, ClaimValue)>>(claims: I) -> Self {
        Self(claims.into_iter().collect())
    }
}

impl From<&str> for ClaimValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for ClaimValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for ClaimValue {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<Timestamp> for ClaimValue {
    fn from(instant: Timestamp) -> Self {
        Self::Instant(instant)
    }
}

/// Fails with the value when it is not a text.
impl TryFrom<ClaimValue> for String {
    type Error = ClaimValue;

    fn try_from(value: ClaimValue) -> Result<Self, ClaimValue> {
        match value {
            ClaimValue::Text(text) => Ok(text),
            other => Err(other),
        }
    }
}

/// Fails with the value when it is neither true nor false.
impl TryFrom<ClaimValue> for bool {
    type Error = ClaimValue;

    fn try_from(value: ClaimValue) -> Result<Self, ClaimValue> {
        match value {
            ClaimValue::Flag(flag) => Ok(flag),
            other => Err(other),
        }
    }
}

impl Serialize for ClaimValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Flag(flag) => serializer.serialize_bool(*flag),
            Self::Instant(instant) => serializer.collect_str(&format_args!("{instant:.3}")),
            Self::Seconds(instant) => serializer.serialize_i64(instant.as_second()),
        }
    }
}

impl Serialize for ClaimSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(claim, value)| (claim.as_str(), value)))
    }
}

impl<'de> Deserialize<'de> for ClaimSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = ClaimSet;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of claims")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ClaimSet, A::Error> {
        let mut claims = ClaimSet::default();
        while let Some(name) = map.next_key::<String>()? {
            let claim = StandardClaim::from_name(&name);
            let value = match claim.map(StandardClaim::kind) {
                Some(ClaimKind::Text { .. }) => {
                    map.next_value::<Option<String>>()?.map(ClaimValue::Text)
                }
                Some(ClaimKind::Flag) => map.next_value::<Option<bool>>()?.map(ClaimValue::Flag),
                Some(ClaimKind::Instant | ClaimKind::Unavailable) | None => {
                    map.next_value::<IgnoredAny>()?;
                    None
                }
            };
            if let (Some(claim), Some(value)) = (claim, value) {
                claims.set(claim, value);
            }
        }
        Ok(claims)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn alice() -> ClaimSet {
        ClaimSet::from_iter([
            (StandardClaim::Name, "Alice".into()),
            (StandardClaim::Nickname, "al".into()),
            (StandardClaim::EmailVerified, true.into()),
            (StandardClaim::Email, "alice@example.com".into()),
            (StandardClaim::Username, "alice".into()),
        ])
    }

    #[test]
    fn values() {
        let mut claims = alice();
        assert_eq!(claims.text(StandardClaim::Name), Some("Alice"));
        assert_eq!(claims.flag(StandardClaim::EmailVerified), Some(true));
        assert_eq!(claims.text(StandardClaim::EmailVerified), None);
        assert_eq!(claims.flag(StandardClaim::Name), None);
        assert_eq!(claims.get(StandardClaim::Locale), None);
        assert_eq!(claims.remove(StandardClaim::Name), Some("Alice".into()));
        assert_eq!(claims.text(StandardClaim::Name), None);
    }

    #[test]
    fn only_what_the_scope_asks_for() {
        let granted = |scope: &str| {
            let claims = alice().granted(&scope.parse().unwrap());
            let names: Vec<_> = claims.iter().map(|(claim, _)| claim.as_str()).collect();
            names.join(" ")
        };
        assert_eq!(granted("openid"), "");
        assert_eq!(granted("openid nickname"), "nickname");
        assert_eq!(
            granted("openid profile email"),
            "email email_verified name nickname"
        );
    }

    #[test]
    fn newer_values_win_and_others_stay() {
        let newer = ClaimSet::from_iter([
            (StandardClaim::Name, "Bob".into()),
            (StandardClaim::Locale, "fr".into()),
        ]);
        let merged = alice().merged(newer);
        assert_eq!(merged.text(StandardClaim::Name), Some("Bob"));
        assert_eq!(merged.text(StandardClaim::Locale), Some("fr"));
        assert_eq!(merged.text(StandardClaim::Nickname), Some("al"));
    }

    #[test]
    fn every_text_has_a_limit() {
        for claim in StandardClaim::ALL {
            let ClaimKind::Text { longest } = claim.kind() else {
                continue;
            };
            let check = |text: String| ClaimSet::from_iter([(*claim, text.into())]).validate();
            assert_eq!(check("é".repeat(longest)), Ok(()));
            for text in [String::new(), "x".repeat(longest + 1)] {
                let error = check(text).unwrap_err();
                assert_eq!(error.claim, *claim);
                let expected = format!("must have 1 to {longest} characters");
                assert_eq!(error.to_string(), expected);
            }
        }
    }

    #[test]
    fn json_in_the_order_of_the_table() {
        let mut claims = alice();
        let instant: Timestamp = "2026-01-02T03:04:05.1239Z".parse().unwrap();
        claims.set(StandardClaim::CreatedAt, instant);
        let whole: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        claims.set(StandardClaim::UpdatedAt, whole);
        assert_eq!(
            serde_json::to_string(&claims).unwrap(),
            concat!(
                r#"{"email":"alice@example.com","email_verified":true,"username":"alice","name":"Alice","#,
                r#""nickname":"al","updated_at":"2026-01-02T03:04:05.000Z","created_at":"2026-01-02T03:04:05.123Z"}"#
            )
        );
    }

    #[test]
    fn updated_at_as_a_number() {
        let at: Timestamp = "2026-01-02T03:04:05.999Z".parse().unwrap();
        let claims = ClaimSet::from_iter([(StandardClaim::UpdatedAt, at.into())]);
        assert!(!claims.has_numeric_updated_at());
        let claims = claims.with_numeric_updated_at();
        assert!(claims.has_numeric_updated_at());
        assert_eq!(json!(claims), json!({ "updated_at": 1_767_323_045 }));
        assert_eq!(alice().with_numeric_updated_at(), alice());
    }

    #[test]
    fn json_without_nulls_and_strangers() {
        let read = |value| serde_json::from_value::<ClaimSet>(value);
        let claims = read(json!({
            "name": "Alice", "locale": null, "phone_number_verified": false, "shoe_size": 38, "address": {"street": "x"},
        }));
        let expected = ClaimSet::from_iter([
            (StandardClaim::Name, "Alice".into()),
            (StandardClaim::PhoneNumberVerified, false.into()),
        ]);
        assert_eq!(claims.unwrap(), expected);
        for broken in [
            json!({"name": 1}),
            json!({"email_verified": "yes"}),
            json!([]),
        ] {
            assert!(read(broken).is_err());
        }
    }
}
