//! Rows of `app_user`.

use doorward_service_kit::StoreError;
use doorward_service_kit::sql::is_unique_violation;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::{Any, Executor, Row, Transaction, any::AnyRow};

use super::numbers::{to_bigint, to_unsigned};
use super::{consents, roles};
use crate::Error;
use crate::domain::{Connection, Email, User, UserId};

/// A query for the columns that [`read`] reads, from a table or join that is named `u`. Roles and consents come as
/// lines of text: one statement sees them and the version that they belong to as they are at one moment.
macro_rules! select_users {
    ($rest:literal) => {
        concat!(
            "SELECT u.user_id, u.connection, u.email, u.email_verified, u.profile, u.blocked, u.app_metadata, \
             u.user_metadata, u.version, u.created_at, u.updated_at, u.sessions_from_version, \
             COALESCE((SELECT string_agg(r.role_id, '\n') FROM user_role r WHERE r.user_id = u.user_id), '') AS role_ids, \
             COALESCE((SELECT string_agg(c.client_id || '\n' || c.audience || '\n' || c.organization_id || '\n' || c.scope, '\n') \
             FROM consent c WHERE c.user_id = u.user_id), '') AS consents",
            $rest
        )
    };
}
pub(super) use select_users;

pub(super) async fn find_by_id<'e>(
    executor: impl Executor<'e, Database = Any>,
    id: &UserId,
) -> Result<Option<User>, StoreError> {
    let row = sqlx::query(select_users!(" FROM app_user u WHERE u.user_id = $1"))
        .bind(id.as_str())
        .fetch_optional(executor)
        .await?;
    row.as_ref().map(read).transpose()
}

/// The user, who must exist.
pub(super) async fn get(
    transaction: &mut Transaction<'static, Any>,
    id: &UserId,
) -> Result<User, Error> {
    let user = find_by_id(&mut **transaction, id).await?;
    user.ok_or_else(|| Error::UserNotFound(id.to_string()))
}

pub(super) async fn find_by_email<'e>(
    executor: impl Executor<'e, Database = Any>,
    connection: &Connection,
    email: &Email,
) -> Result<Option<User>, StoreError> {
    let row = sqlx::query(select_users!(
        " FROM app_user u WHERE u.email = $1 AND u.connection = $2"
    ))
    .bind(email.as_str())
    .bind(connection.as_str())
    .fetch_optional(executor)
    .await?;
    row.as_ref().map(read).transpose()
}

pub(super) async fn list_by_email<'e>(
    executor: impl Executor<'e, Database = Any>,
    email: &Email,
) -> Result<Vec<User>, StoreError> {
    let rows = sqlx::query(select_users!(" FROM app_user u WHERE u.email = $1"))
        .bind(email.as_str())
        .fetch_all(executor)
        .await?;
    rows.iter().map(read).collect()
}

/// The next version, for a change that is not in the row. `updated_at` stays: it is a claim about the profile.
pub(super) async fn raise_version(
    transaction: &mut Transaction<'static, Any>,
    id: &UserId,
) -> Result<u64, StoreError> {
    let row = sqlx::query(
        "UPDATE app_user SET version = version + 1 WHERE user_id = $1 RETURNING version",
    )
    .bind(id.as_str())
    .fetch_one(&mut **transaction)
    .await?;
    to_unsigned(row.try_get("version")?)
}

/// The row alone: roles and consents have rows of their own.
pub(super) async fn add(
    transaction: &mut Transaction<'static, Any>,
    user: &User,
) -> Result<(), Error> {
    let written = write(
        transaction,
        user,
        "INSERT INTO app_user (user_id, connection, email, email_verified, profile, blocked, app_metadata,
             user_metadata, version, created_at, updated_at, sessions_from_version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    );
    written.await
}

pub(super) async fn update(
    transaction: &mut Transaction<'static, Any>,
    user: &User,
) -> Result<(), Error> {
    let written = write(
        transaction,
        user,
        "UPDATE app_user SET connection = $2, email = $3, email_verified = $4, profile = $5, blocked = $6,
             app_metadata = $7, user_metadata = $8, version = $9, created_at = $10, updated_at = $11,
             sessions_from_version = $12
         WHERE user_id = $1",
    );
    written.await
}

async fn write(
    transaction: &mut Transaction<'static, Any>,
    user: &User,
    statement: &'static str,
) -> Result<(), Error> {
    let written = sqlx::query(statement)
        .bind(user.id.as_str())
        .bind(user.connection.as_str())
        .bind(user.email.as_str())
        .bind(i64::from(user.email_verified))
        .bind(to_json(&user.profile)?)
        .bind(i64::from(user.blocked))
        .bind(to_json(&user.app_metadata)?)
        .bind(to_json(&user.user_metadata)?)
        .bind(to_bigint(user.version)?)
        .bind(user.created_at.as_millisecond())
        .bind(user.updated_at.as_millisecond())
        .bind(to_bigint(user.sessions_from_version)?)
        .execute(&mut **transaction)
        .await;
    match written {
        Ok(_) => Ok(()),
        Err(error) if is_unique_violation(&error) => Err(Error::UserAlreadyExists {
            key: "email",
            value: user.email.to_string(),
        }),
        Err(error) => Err(StoreError::from(error).into()),
    }
}

pub(super) fn read(row: &AnyRow) -> Result<User, StoreError> {
    let text = |column| row.try_get::<String, _>(column);
    let number = |column| row.try_get::<i64, _>(column);
    let instant =
        |column| Timestamp::from_millisecond(number(column)?).map_err(StoreError::corrupt);
    Ok(User {
        id: UserId::parse(&text("user_id")?).map_err(StoreError::corrupt)?,
        connection: Connection::parse(&text("connection")?).map_err(StoreError::corrupt)?,
        email: Email::parse(&text("email")?).map_err(StoreError::corrupt)?,
        email_verified: number("email_verified")? != 0,
        profile: from_json(&text("profile")?)?,
        blocked: number("blocked")? != 0,
        app_metadata: from_json(&text("app_metadata")?)?,
        user_metadata: from_json(&text("user_metadata")?)?,
        version: to_unsigned(number("version")?)?,
        created_at: instant("created_at")?,
        updated_at: instant("updated_at")?,
        role_ids: roles::read_ids(&text("role_ids")?)?,
        consents: consents::read(&text("consents")?)?,
        sessions_from_version: to_unsigned(number("sessions_from_version")?)?,
    })
}

fn to_json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(StoreError::corrupt)
}

fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(StoreError::corrupt)
}
