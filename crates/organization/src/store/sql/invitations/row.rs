//! Rows of `invitation`.

use std::collections::BTreeSet;

use doorward_service_kit::{KeyEncryptionKey, StoreError};
use jiff::Timestamp;
use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, Executor, Row};

use crate::domain::{
    Acceptance, Invitation, InvitationId, InviteeEmail, Listed, LoginUri, NewInvitation,
    OrganizationId, Page, RoleId, State, Ticket,
};
use crate::store::sql::members::to_count;

/// A statement that returns the columns which [`read`] needs.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, organization_id, inviter_name, invitee_email, client_id, connection_name, role_ids,
                    app_metadata, user_metadata, login_uri, created_at, position, expires_at, state, sealed_ticket,
                    mail_id, acceptance_id, accepted_by, member_added, language
             FROM invitation ",
            $rest
        )
    };
}

/// Authenticated with the encrypted ticket, so that no row can show the ticket of another.
fn context(id: &str) -> String {
    format!("invitation {id}")
}

pub(super) async fn insert(
    connection: &mut AnyConnection,
    invitation: &Invitation,
    key: &KeyEncryptionKey,
) -> Result<(), StoreError> {
    let State::Open(ticket) = &invitation.state else {
        return Err(StoreError::corrupt("a new invitation must be open"));
    };
    let id = invitation.id.as_str();
    let sealed = key
        .seal(&context(id), ticket.as_str().as_bytes())
        .map_err(StoreError::corrupt)?;
    let terms = &invitation.terms;
    sqlx::query(
        "INSERT INTO invitation (id, organization_id, inviter_name, invitee_email, client_id, connection_name,
                                 role_ids, app_metadata, user_metadata, login_uri, created_at, position, expires_at,
                                 state, ticket_hash, sealed_ticket, mail_id, language)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
    )
    .bind(id)
    .bind(invitation.organization_id.as_str())
    .bind(&terms.inviter_name)
    .bind(terms.invitee_email.as_str())
    .bind(&terms.client_id)
    .bind(terms.connection.as_deref())
    .bind(write_roles(&terms.roles)?)
    .bind(terms.app_metadata.as_deref())
    .bind(terms.user_metadata.as_deref())
    .bind(terms.login_uri.as_str())
    .bind(invitation.created_at.as_millisecond())
    .bind(invitation.position())
    .bind(invitation.expires_at.as_millisecond())
    .bind(invitation.state.as_str())
    .bind(ticket.hash().as_str())
    .bind(sealed)
    .bind(invitation.mail_id.as_deref())
    .bind(terms.language.as_deref())
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn find_by_id(
    connection: &mut AnyConnection,
    id: &InvitationId,
    key: &KeyEncryptionKey,
) -> Result<Option<Invitation>, StoreError> {
    let row = sqlx::query(select!("WHERE id = $1"))
        .bind(id.as_str())
        .fetch_optional(connection)
        .await?;
    row.map(|row| read(&row, key)).transpose()
}

pub(super) async fn find_by_ticket(
    connection: &mut AnyConnection,
    ticket: &Ticket,
    key: &KeyEncryptionKey,
) -> Result<Option<Invitation>, StoreError> {
    let row = sqlx::query(select!("WHERE ticket_hash = $1"))
        .bind(ticket.hash().as_str())
        .fetch_optional(connection)
        .await?;
    row.map(|row| read(&row, key)).transpose()
}

pub(super) async fn list(
    connection: &mut AnyConnection,
    organization_id: &OrganizationId,
    since: Timestamp,
    page: &Page,
    key: &KeyEncryptionKey,
) -> Result<Listed<Invitation>, StoreError> {
    let rows = sqlx::query(select!(
        "WHERE organization_id = $1 AND state = 'open' AND expires_at > $2 AND ($3 = '' OR position < $3)
         ORDER BY position DESC LIMIT $4 OFFSET $5"
    ))
    .bind(organization_id.as_str())
    .bind(since.as_millisecond())
    .bind(page.after())
    .bind(i64::from(page.take) + 1)
    .bind(i64::from(page.offset()))
    .fetch_all(&mut *connection)
    .await?;
    let found = rows.iter().map(|row| read_in_list(row, key));
    let found = found.collect::<Result<Vec<_>, _>>()?;
    let total = if page.is_numbered() {
        Some(count(connection, organization_id, since).await?)
    } else {
        None
    };
    let part = page.cut(found, |(position, _)| position, total);
    Ok(Listed {
        items: part.items.into_iter().map(|(_, found)| found).collect(),
        next: part.next,
        total: part.total,
    })
}

async fn count(
    connection: &mut AnyConnection,
    organization_id: &OrganizationId,
    since: Timestamp,
) -> Result<u64, StoreError> {
    let row = sqlx::query(
        "SELECT COUNT(*) AS invitations FROM invitation
         WHERE organization_id = $1 AND state = 'open' AND expires_at > $2",
    )
    .bind(organization_id.as_str())
    .bind(since.as_millisecond())
    .fetch_one(connection)
    .await?;
    to_count(&row, "invitations")
}

fn read_in_list(row: &AnyRow, key: &KeyEncryptionKey) -> Result<(String, Invitation), StoreError> {
    Ok((row.try_get("position")?, read(row, key)?))
}

/// Ends an open invitation in another way than by an acceptance. False if it is not open.
pub(super) async fn end(
    connection: &mut AnyConnection,
    id: &InvitationId,
    state: &State,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let ended = sqlx::query(
        "UPDATE invitation SET state = $2, ended_at = $3, sealed_ticket = NULL
         WHERE id = $1 AND state = 'open' AND expires_at > $3",
    )
    .bind(id.as_str())
    .bind(state.as_str())
    .bind(now.as_millisecond())
    .execute(connection)
    .await?;
    Ok(ended.rows_affected() > 0)
}

/// Spends the ticket of an open invitation, and keeps others from doing so until the transaction ends. False if
/// another one was first: then that one has committed.
pub(super) async fn spend(
    connection: &mut AnyConnection,
    id: &InvitationId,
    acceptance: &Acceptance,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let spent = sqlx::query(
        "UPDATE invitation SET state = 'accepted', ended_at = $4, sealed_ticket = NULL, accepted_by = $2,
                               acceptance_id = $3
         WHERE id = $1 AND state = 'open' AND expires_at > $4",
    )
    .bind(id.as_str())
    .bind(acceptance.user_id.as_str())
    .bind(&acceptance.acceptance_id)
    .bind(now.as_millisecond())
    .execute(connection)
    .await?;
    Ok(spent.rows_affected() > 0)
}

/// Names the newest mail of an invitation.
pub(super) async fn set_mail_id(
    connection: &mut AnyConnection,
    id: &InvitationId,
    mail_id: &str,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE invitation SET mail_id = $2 WHERE id = $1")
        .bind(id.as_str())
        .bind(mail_id)
        .execute(connection)
        .await?;
    Ok(())
}

/// Records that the acceptance has made a member, for a repeat.
pub(super) async fn set_member_added(
    connection: &mut AnyConnection,
    id: &InvitationId,
) -> Result<(), StoreError> {
    sqlx::query("UPDATE invitation SET member_added = 1 WHERE id = $1")
        .bind(id.as_str())
        .execute(connection)
        .await?;
    Ok(())
}

/// The mails of all invitations of an organization. Each is the newest of its invitation; a new one withdraws the last.
pub(in super::super) async fn mails_of(
    connection: &mut AnyConnection,
    organization_id: &OrganizationId,
) -> Result<Vec<String>, StoreError> {
    let rows = sqlx::query(
        "SELECT i.mail_id FROM invitation i JOIN mail m ON m.id = i.mail_id
         WHERE i.organization_id = $1 AND m.state = 'queued'",
    )
    .bind(organization_id.as_str())
    .fetch_all(connection)
    .await?;
    let ids = rows.iter().map(|row| row.try_get("mail_id"));
    Ok(ids.collect::<Result<_, _>>()?)
}

/// Returns the newest invitation that can be used at `now`, if the key does not open its ticket.
pub(super) async fn find_unreadable<'e>(
    executor: impl Executor<'e, Database = Any>,
    key: &KeyEncryptionKey,
    now: Timestamp,
) -> Result<Option<InvitationId>, StoreError> {
    let newest = sqlx::query(
        "SELECT id, sealed_ticket FROM invitation WHERE state = 'open' AND expires_at > $1
         ORDER BY created_at DESC LIMIT 1",
    )
    .bind(now.as_millisecond())
    .fetch_optional(executor)
    .await?;
    let Some(row) = newest else { return Ok(None) };
    let id: String = row.try_get("id")?;
    let sealed: String = row.try_get("sealed_ticket")?;
    let opens = open(&id, &sealed, key).is_some();
    Ok((!opens).then(|| id.into()))
}

fn open(id: &str, sealed: &str, key: &KeyEncryptionKey) -> Option<Ticket> {
    key.open(&context(id), sealed, |bytes| {
        Ticket::parse(std::str::from_utf8(bytes).ok()?)
    })
}

fn read(row: &AnyRow, key: &KeyEncryptionKey) -> Result<Invitation, StoreError> {
    let id: String = row.try_get("id")?;
    Ok(Invitation {
        organization_id: row.try_get::<String, _>("organization_id")?.into(),
        terms: read_terms(row)?,
        created_at: read_time(row, "created_at")?,
        expires_at: read_time(row, "expires_at")?,
        state: read_state(row, &id, key)?,
        mail_id: row.try_get("mail_id")?,
        id: id.into(),
    })
}

fn read_terms(row: &AnyRow) -> Result<NewInvitation, StoreError> {
    let role_ids: String = row.try_get("role_ids")?;
    let email: String = row.try_get("invitee_email")?;
    let login_uri: String = row.try_get("login_uri")?;
    let life =
        read_time(row, "expires_at")?.as_second() - read_time(row, "created_at")?.as_second();
    Ok(NewInvitation {
        inviter_name: row.try_get("inviter_name")?,
        invitee_email: InviteeEmail::parse(&email).map_err(StoreError::corrupt)?,
        client_id: row.try_get("client_id")?,
        connection: row.try_get("connection_name")?,
        roles: read_roles(&role_ids)?,
        ttl_seconds: u32::try_from(life).map_err(StoreError::corrupt)?,
        login_uri: LoginUri::parse(&login_uri).map_err(StoreError::corrupt)?,
        app_metadata: row.try_get("app_metadata")?,
        user_metadata: row.try_get("user_metadata")?,
        language: row.try_get("language")?,
    })
}

fn write_roles(roles: &BTreeSet<RoleId>) -> Result<String, StoreError> {
    let ids: Vec<_> = roles.iter().map(RoleId::as_str).collect();
    serde_json::to_string(&ids).map_err(StoreError::corrupt)
}

fn read_roles(text: &str) -> Result<BTreeSet<RoleId>, StoreError> {
    let ids: Vec<String> = serde_json::from_str(text).map_err(StoreError::corrupt)?;
    Ok(ids.into_iter().map(RoleId::from).collect())
}

fn read_state(row: &AnyRow, id: &str, key: &KeyEncryptionKey) -> Result<State, StoreError> {
    let state: String = row.try_get("state")?;
    match state.as_str() {
        "open" => {
            let sealed: String = row.try_get("sealed_ticket")?;
            let ticket = open(id, &sealed, key);
            let ticket = ticket.ok_or_else(|| StoreError::corrupt("a ticket does not open"));
            Ok(State::Open(ticket?))
        }
        "accepted" => Ok(State::Accepted {
            user_id: row.try_get::<String, _>("accepted_by")?.into(),
            acceptance_id: row.try_get("acceptance_id")?,
            member_added: row.try_get::<i64, _>("member_added")? != 0,
        }),
        "revoked" => Ok(State::Revoked),
        "burnt" => Ok(State::Burnt),
        other => Err(StoreError::corrupt(format!(
            "an invitation has the state {other:?}"
        ))),
    }
}

fn read_time(row: &AnyRow, column: &str) -> Result<Timestamp, StoreError> {
    Timestamp::from_millisecond(row.try_get(column)?).map_err(StoreError::corrupt)
}
