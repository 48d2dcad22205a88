//! The objects in the token: how they are named, found and destroyed.

use cryptoki::error::{Error as CallError, RvError};
use cryptoki::object::{Attribute, AttributeType, ObjectClass};
use doorward_oauth2_types::SigningAlg;
use jiff::{SignedDuration, Timestamp};

use super::TokenError;
use super::connection::OpenSession;
use crate::domain::{KeyId, KeyState, StoredKey};

/// How long replicas without the database may go on with a key that another one has rotated out.
const GRACE: SignedDuration = SignedDuration::from_mins(1);
/// A key that is in no row by then belongs to an operation that was killed, or was refused.
const ABANDONED: SignedDuration = SignedDuration::from_hours(24);

/// A private key in the token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TokenObject {
    /// `CKA_ID`.
    id: String,
    made_at: Timestamp,
}

/// The `CKA_ID` of a private key: its id, its algorithm and the second in which it was made. The row of another key or
/// with another algorithm does not find it.
pub(super) fn id(kid: &KeyId, alg: SigningAlg, made_at: Timestamp) -> String {
    let second = made_at.as_second();
    format!("{} {second}", kid.context(alg))
}

/// The `CKA_ID` of the private key of a row.
pub(super) fn id_of(stored: &StoredKey) -> String {
    id(&stored.kid, stored.alg, stored.created_at)
}

impl TokenObject {
    /// The private key of a row.
    pub(crate) fn of(stored: &StoredKey) -> Self {
        Self {
            id: id_of(stored),
            made_at: stored.created_at,
        }
    }

    /// Reads a `CKA_ID`; `None` if it has another form.
    fn parse(id: Vec<u8>) -> Option<Self> {
        let id = String::from_utf8(id).ok()?;
        let (_, second) = id.rsplit_once(' ')?;
        let made_at = Timestamp::from_second(second.parse().ok()?).ok()?;
        Some(Self { id, made_at })
    }

    /// Whether it is the private key of a row.
    pub(crate) fn is_of(&self, stored: &StoredKey) -> bool {
        self.id == id_of(stored)
    }

    /// Whether no row needs it any more. A key that is in no row may be one that a replica is just making.
    pub(crate) fn is_done(&self, stored: &[StoredKey], now: Timestamp) -> bool {
        match stored.iter().find(|key| self.is_of(key)) {
            Some(key) if key.sealed.is_some() => false,
            Some(key) if key.state == KeyState::Previous => {
                key.current_until.is_none_or(|until| until + GRACE <= now)
            }
            Some(_) => true,
            None => self.made_at + ABANDONED <= now,
        }
    }
}

/// Attributes of all private keys of one database.
pub(super) fn private_keys(label: &str) -> Vec<Attribute> {
    vec![
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::Token(true),
        Attribute::Label(label.into()),
    ]
}

/// Attributes of one of them.
pub(super) fn private_key(label: &str, id: &str) -> Vec<Attribute> {
    let mut template = private_keys(label);
    template.push(Attribute::Id(id.into()));
    template
}

/// All private keys with this label.
pub(super) fn list(session: &OpenSession, label: &str) -> Result<Vec<TokenObject>, TokenError> {
    let handles = session.session().find_objects(&private_keys(label))?;
    let mut objects = Vec::with_capacity(handles.len());
    for handle in handles {
        let id = session
            .session()
            .get_attributes(handle, &[AttributeType::Id]);
        match id.map(|mut attributes| attributes.pop()) {
            Ok(Some(Attribute::Id(id))) => objects.extend(TokenObject::parse(id)),
            // Another replica has destroyed it since.
            Ok(_) | Err(CallError::Pkcs11(RvError::ObjectHandleInvalid, _)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(objects)
}

/// Destroys a private key. One that is gone is no error.
pub(super) fn destroy(
    session: &OpenSession,
    label: &str,
    object: &TokenObject,
) -> Result<(), TokenError> {
    let found = session
        .session()
        .find_objects(&private_key(label, &object.id))?;
    for handle in found {
        match session.session().destroy_object(handle) {
            Ok(()) | Err(CallError::Pkcs11(RvError::ObjectHandleInvalid, _)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
