//! The export of password hashes that Auth0's support sends on request: one object a line, which looks like no other
//! file of users.

use doorward_identity::domain::{Email, UserId};
use doorward_proto::common::v1::UserClaims;
use doorward_proto::identity::v1::ImportedUser;

use super::{Entry, ID_PREFIX, TestKeys, password_hash};
use crate::document::Object;

/// Whether the entry is of such an export.
pub(super) fn is_one(entry: &Object) -> bool {
    entry.is_given("_id") && entry.is_given("passwordHash")
}

pub(super) fn read(entry: &mut Object) -> Option<Entry> {
    let user_id = user_id(entry);
    let (email, verified) = address(entry);
    let password_hash = password_hash::read_key(entry, "passwordHash");
    let connection = entry.filled_text("connection");
    for without_meaning in ["tenant", "version", "_tmp_is_unique", "password_set_date"] {
        entry.drop(without_meaning);
    }
    let claims = UserClaims {
        email: Some(email?),
        email_verified: verified,
        ..UserClaims::default()
    };
    Some(Entry {
        user: ImportedUser {
            user_id: Some(user_id?),
            claims: Some(claims),
            password_hash: Some(password_hash?),
            ..ImportedUser::default()
        },
        keys: TestKeys {
            connection,
            ..TestKeys::default()
        },
    })
}

/// `alt_id`, else the object id.
fn user_id(entry: &mut Object) -> Option<String> {
    let object_id = entry.object("_id").and_then(|mut id| {
        let text = id.required_text("$oid");
        id.finish();
        text
    });
    let id = format!("{ID_PREFIX}{}", entry.filled_text("alt_id").or(object_id)?);
    entry.check(UserId::parse(&id).map(|_| ()));
    Some(id)
}

/// The address and whether it is verified, which may stand in `identifiers` only.
fn address(entry: &mut Object) -> (Option<String>, Option<bool>) {
    let mut email = entry.filled_text("email");
    let mut verified = entry.flag("email_verified");
    for mut identifier in entry.objects("identifiers", &["value"]).unwrap_or_default() {
        let kind = identifier.text("type");
        let (value, proof) = (identifier.text("value"), identifier.flag("verified"));
        if kind.as_deref() == Some("email") && (email.is_none() || email == value) {
            email = value;
            verified = verified.or(proof);
        }
        identifier.finish();
    }
    let Some(email) = email else {
        entry.fault("email", "is missing");
        return (None, verified);
    };
    let parsed = Email::parse(&email);
    entry.check(parsed.as_ref().map(|_| ()).map_err(Clone::clone));
    (parsed.ok().map(|email| email.as_str().to_owned()), verified)
}
