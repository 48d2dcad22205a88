//! One entry of an import.

use jiff::Timestamp;
use sqlx::{Any, Transaction};

use super::changes::Positions;
use super::{passwords, users};
use crate::Error;
use crate::domain::{Connection, ImportEntry, Outcome, User};

pub(super) async fn one(
    transaction: &mut Transaction<'static, Any>,
    positions: &mut Positions,
    connection: &Connection,
    entry: &ImportEntry,
    now: Timestamp,
) -> Result<Outcome, Error> {
    let current = find(transaction, connection, entry).await?;
    let mut wanted = entry.wanted(current.as_ref(), connection, now);
    // Sessions may have been opened with the old password.
    let rehashed = match (&current, &entry.password_hash) {
        (Some(user), Some(hash)) => passwords::import(transaction, &user.id, hash).await?,
        _ => false,
    };
    if rehashed {
        wanted.end_sessions();
    }
    let outcome = Outcome::of(current.as_ref(), &wanted);
    let differs = outcome.differs();
    match &current {
        None => users::add(transaction, &wanted).await?,
        Some(_) if differs => users::update(transaction, &wanted).await?,
        Some(_) => {}
    }
    if differs {
        positions.note(transaction, &wanted.id).await?;
    }
    if let (None, Some(hash)) = (&current, &entry.password_hash) {
        passwords::import(transaction, &wanted.id, hash).await?;
    }
    Ok(outcome)
}

/// The user that an entry is about: by id if it gives one, else by email. Refuses an id of another connection and an
/// email of another user.
async fn find(
    transaction: &mut Transaction<'static, Any>,
    connection: &Connection,
    entry: &ImportEntry,
) -> Result<Option<User>, Error> {
    let namesake = users::find_by_email(&mut **transaction, connection, &entry.email).await?;
    let Some(id) = &entry.user_id else {
        return Ok(namesake);
    };
    if namesake.is_some_and(|namesake| namesake.id != *id) {
        return Err(Error::UserAlreadyExists {
            key: "email",
            value: entry.email.to_string(),
        });
    }
    let user = users::find_by_id(&mut **transaction, id).await?;
    if user
        .as_ref()
        .is_some_and(|user| user.connection != *connection)
    {
        return Err(Error::UserAlreadyExists {
            key: "user_id",
            value: id.to_string(),
        });
    }
    Ok(user)
}
