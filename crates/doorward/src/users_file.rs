//! The user file: a JSON array in the shape of Auth0's bulk import.

mod for_tests;
mod password_hash;
#[cfg(test)]
mod tests;

use std::collections::HashSet;

use doorward_identity::domain::{Email, Profile, UserId};
use doorward_oauth2_types::{ClaimKind, ClaimSet, ClaimValue, StandardClaim};
use doorward_proto::InvalidField;
use doorward_proto::common::v1::UserClaims;
use doorward_proto::identity::v1::ImportedUser;

pub(crate) use self::for_tests::TestKeys;
use self::password_hash::CostlyHashes;
use crate::document::{self, Error, Ignored, Object, Result};

/// The prefix of user ids, which the file leaves out: `auth0|1234` is `1234` there.
const ID_PREFIX: &str = "auth0|";

/// The content of a user file.
#[derive(Debug)]
pub(crate) struct UsersFile {
    /// The users, in the order of the file.
    pub(crate) users: Vec<ImportedUser>,
    /// Keys that only a server for tests accepts, for each user in the same order.
    pub(crate) test_keys: Vec<TestKeys>,
    /// One line per key that has no effect.
    pub(crate) ignored: Vec<String>,
}

/// Who reads the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// A lasting server, which takes what Auth0's bulk import has.
    Import,
    /// A server for tests, which also takes [`TestKeys`].
    Tests,
}

/// Reads a user file. Finds every error of a single entry before anything is written.
pub(crate) fn parse(text: &str, reader: Reader) -> Result<UsersFile> {
    let mut ignored = Ignored::default();
    let mut costly = CostlyHashes::default();
    let mut seen = HashSet::new();
    let entries = document::list_from_json(text, "users", &["email", "user_id"])?.into_iter();
    let users = entries.map(|mut entry| {
        let test_keys = for_tests::read(&mut entry, reader)?;
        let user = read(&mut entry, &mut ignored, &mut costly)?;
        if test_keys.password.is_some() && user.password_hash.is_some() {
            return Err(entry.problem("password", "cannot stand beside a hash"));
        }
        refuse_repeated(&mut seen, &user, &test_keys, &entry)?;
        entry.finish(&mut ignored);
        Ok((user, test_keys))
    });
    let (users, test_keys) = users.collect::<Result<Vec<_>>>()?.into_iter().unzip();
    costly.refuse()?;
    Ok(UsersFile {
        users,
        test_keys,
        ignored: ignored.into_lines(),
    })
}

fn read(
    entry: &mut Object,
    ignored: &mut Ignored,
    costly: &mut CostlyHashes,
) -> Result<ImportedUser> {
    let claims = claims(entry)?;
    let user = ImportedUser {
        user_id: user_id(entry)?,
        password_hash: password_hash::read(entry, ignored, costly)?,
        blocked: entry.flag("blocked")?,
        app_metadata_json: entry.json("app_metadata")?,
        user_metadata_json: entry.json("user_metadata")?,
        claims: Some(claims.clone()),
    };
    Profile::from(claims).validate().map_err(invalid(entry))?;
    Ok(user)
}

fn user_id(entry: &mut Object) -> Result<Option<String>> {
    let Some(given) = entry.text("user_id")? else {
        return Ok(None);
    };
    let id = if given.starts_with(ID_PREFIX) {
        given
    } else {
        format!("{ID_PREFIX}{given}")
    };
    UserId::parse(&id).map_err(invalid(entry))?;
    Ok(Some(id))
}

fn claims(entry: &mut Object) -> Result<UserClaims> {
    let email = entry.required_text("email")?;
    let email = Email::parse(&email).map_err(invalid(entry))?;
    let mut claims = ClaimSet::from_iter([(StandardClaim::Email, email.as_str().into())]);
    let others = StandardClaim::ALL
        .iter()
        .filter(|claim| **claim != StandardClaim::Email);
    for claim in others {
        if let Some(value) = claim_value(*claim, entry)? {
            claims.set(*claim, value);
        }
    }
    Ok(claims.into())
}

/// The value of a claim that Auth0's bulk import has.
fn claim_value(claim: StandardClaim, entry: &mut Object) -> Result<Option<ClaimValue>> {
    let Some(key) = claim.import_key() else {
        return Ok(None);
    };
    Ok(match claim.kind() {
        ClaimKind::Text { .. } => entry.text(key)?.map(ClaimValue::from),
        ClaimKind::Flag => entry.flag(key)?.map(ClaimValue::from),
        ClaimKind::Instant | ClaimKind::Unavailable => None,
    })
}

/// Refuses two entries about one user: which of them counts would depend on chance.
fn refuse_repeated(
    seen: &mut HashSet<String>,
    user: &ImportedUser,
    test_keys: &TestKeys,
    entry: &Object,
) -> Result<()> {
    let email = user.claims.as_ref().and_then(|claims| claims.email.clone());
    let connection = test_keys.connection.as_deref().unwrap_or_default();
    let email = email.map(|email| format!("{email} {connection}"));
    for (key, value) in [("email", email), ("user_id", user.user_id.clone())] {
        if value.is_some_and(|value| !seen.insert(format!("{key} {value}"))) {
            return Err(entry.problem(key, "is in an earlier entry too"));
        }
    }
    Ok(())
}

/// Converts an error of the rules of `identity` to one with the place in the file.
fn invalid(entry: &Object) -> impl Fn(InvalidField) -> Error {
    |invalid| entry.problem(&invalid.field, invalid.problem)
}
