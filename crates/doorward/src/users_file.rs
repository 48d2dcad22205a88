//! The user file: a JSON list in the shape of Auth0's bulk import, one object a line as Auth0 exports users, or the
//! export of password hashes that Auth0's support sends.

mod for_tests;
mod hash_export;
mod password_hash;
#[cfg(test)]
mod tests;

use std::collections::HashSet;
use std::io::BufRead;

use doorward_identity::domain::{Email, Profile, UserId};
use doorward_oauth2_types::{ClaimKind, ClaimSet, ClaimValue, StandardClaim};
use doorward_proto::common::v1::UserClaims;
use doorward_proto::identity::v1::ImportedUser;

pub(crate) use self::for_tests::TestKeys;
use crate::document::{self, Error, Object, Report, Result};

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

/// One user of a file.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The user.
    pub(crate) user: ImportedUser,
    /// The connection, and what only a server for tests accepts.
    pub(crate) keys: TestKeys,
}

/// Who reads the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reader {
    /// A lasting server, which takes what Auth0's bulk import has.
    Import,
    /// A server for tests, which also takes [`TestKeys`].
    Tests,
}

/// Reads a whole user file. The error lists all faults.
pub(crate) fn parse(text: impl BufRead, reader: Reader) -> Result<UsersFile> {
    let (mut users, mut test_keys, mut faults) = (Vec::new(), Vec::new(), Vec::new());
    let ignored = each(text, reader, |entry| match entry {
        Ok(Entry { user, keys }) => {
            users.push(user);
            test_keys.push(keys);
        }
        Err(fault) => faults.push(fault),
    })?;
    match faults.len() {
        0 => Ok(UsersFile {
            users,
            test_keys,
            ignored,
        }),
        1 => Err(faults.remove(0)),
        _ => Err(Error::Several(faults)),
    }
}

/// Reads the users one by one, and returns one line per key that has no effect. The error of one user does not concern
/// the others; the result is an error if the rest of the file cannot be read.
pub(crate) fn each(
    text: impl BufRead,
    reader: Reader,
    mut each: impl FnMut(Result<Entry>),
) -> Result<Vec<String>> {
    let report = Report::default();
    let mut seen = HashSet::new();
    let names = ["email", "user_id"];
    document::each_from_json(text, "users", &names, &report, |object| {
        each(object.and_then(|object| {
            object.read_alone(|object| {
                let entry = read(object, reader)?;
                refuse_repeated(&mut seen, &entry, object);
                Some(entry)
            })
        }));
    })?;
    Ok(report.finish()?.into_lines())
}

fn read(entry: &mut Object, reader: Reader) -> Option<Entry> {
    if hash_export::is_one(entry) {
        return hash_export::read(entry);
    }
    let keys = for_tests::read(entry, reader);
    let claims = claims(entry);
    let user = ImportedUser {
        user_id: user_id(entry),
        password_hash: password_hash::read(entry),
        blocked: entry.flag("blocked"),
        app_metadata_json: entry.json("app_metadata"),
        user_metadata_json: entry.json("user_metadata"),
        claims: Some(claims.clone()?),
    };
    entry.check(Profile::from(claims?).validate());
    if keys.password.is_some() && user.password_hash.is_some() {
        entry.fault("password", "cannot stand beside a hash");
    }
    Some(Entry { user, keys })
}

fn user_id(entry: &mut Object) -> Option<String> {
    let given = entry.filled_text("user_id")?;
    let id = if given.starts_with(ID_PREFIX) {
        given
    } else {
        format!("{ID_PREFIX}{given}")
    };
    entry.check(UserId::parse(&id).map(|_| ()));
    Some(id)
}

fn claims(entry: &mut Object) -> Option<UserClaims> {
    let others = StandardClaim::ALL
        .iter()
        .filter(|claim| **claim != StandardClaim::Email);
    let others: Vec<_> = others
        .filter_map(|claim| Some((*claim, claim_value(*claim, entry)?)))
        .collect();
    let email = email(entry)?;
    let mut claims = ClaimSet::from_iter([(StandardClaim::Email, email.into())]);
    for (claim, value) in others {
        claims.set(claim, value);
    }
    Some(claims.into())
}

fn email(entry: &mut Object) -> Option<String> {
    let email = Email::parse(&entry.required_text("email")?);
    entry.check(email.as_ref().map(|_| ()).map_err(Clone::clone));
    Some(email.ok()?.as_str().to_owned())
}

/// The value of a claim that Auth0's bulk import has. An empty text is none: exports of databases write it so.
fn claim_value(claim: StandardClaim, entry: &mut Object) -> Option<ClaimValue> {
    let key = claim.import_key()?;
    match claim.kind() {
        ClaimKind::Text { .. } => entry.filled_text(key).map(ClaimValue::from),
        ClaimKind::Flag => entry.flag(key).map(ClaimValue::from),
        ClaimKind::Instant | ClaimKind::Unavailable => None,
    }
}

/// Refuses two entries about one user: which of them counts would depend on chance.
fn refuse_repeated(seen: &mut HashSet<String>, entry: &Entry, object: &Object) {
    let Entry { user, keys } = entry;
    let email = user.claims.as_ref().and_then(|claims| claims.email.clone());
    let connection = keys.connection.as_deref().unwrap_or_default();
    let email = email.map(|email| format!("{email} {connection}"));
    for (key, value) in [("email", email), ("user_id", user.user_id.clone())] {
        if value.is_some_and(|value| !seen.insert(format!("{key} {value}"))) {
            object.fault(key, "is in an earlier entry too");
        }
    }
}
