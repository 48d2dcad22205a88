//! Invitations in Postgres or SQLite.

mod accept;
mod cleaning;
mod count;
mod row;

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use doorward_service_kit::mail::{Mail, MailState, Outbox, Transport, Worker};
use doorward_service_kit::sql::Database;
use doorward_service_kit::{Clock, KeyEncryptionKey, StoreError};
use jiff::Timestamp;
use sqlx::AnyConnection;

use super::locks::Locks;
use super::{members, organizations};
use crate::domain::{
    Acceptance, Accepted, Invitation, InvitationId, Listed, OrganizationId, Page, State, Ticket,
};
use crate::store::{InvitationStore, Limits};
use crate::{Error, InvitationLimits};

pub(super) use row::mails_of;

/// Invitations in a SQL database, with tickets that are encrypted with a key.
#[derive(Debug, Clone)]
pub struct SqlInvitations {
    database: Database,
    locks: Locks,
    limits: Limits,
    key: Arc<KeyEncryptionKey>,
    outbox: Outbox,
}

impl SqlInvitations {
    /// Uses the database of the organizations. Fails if the open tickets in it were encrypted with another key.
    pub(super) async fn open(
        (database, locks): (Database, Locks),
        limits: Limits,
        key: Arc<KeyEncryptionKey>,
        now: Timestamp,
    ) -> Result<Self, Error> {
        match row::find_unreadable(database.reader(), &key, now).await? {
            None => Ok(Self {
                database,
                locks,
                limits,
                outbox: Outbox::new(Arc::clone(&key)),
                key,
            }),
            Some(id) => Err(Error::WrongKeyEncryptionKey(id)),
        }
    }

    /// Sends mails of these invitations.
    pub(crate) fn mail_worker(&self, transport: Transport, clock: Arc<dyn Clock>) -> Worker {
        Worker::new(self.database.clone(), self.outbox.clone(), transport, clock)
    }

    /// Ends an open invitation of an organization in another way than by an acceptance, with its mail.
    async fn end(
        &self,
        organization_id: &OrganizationId,
        id: &InvitationId,
        state: &State,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut transaction = self.locks.begin(organization_id).await?;
        let found = self.get(&mut transaction, organization_id, id).await?;
        Error::unless_open(&found, now)?;
        if !row::end(&mut transaction, &found.id, state, now).await? {
            return Err(Error::InvitationNotFound);
        }
        withdraw(&mut transaction, &found).await?;
        Ok(transaction.commit().await?)
    }

    /// Finds an invitation of an organization, which must exist.
    async fn get(
        &self,
        connection: &mut AnyConnection,
        organization_id: &OrganizationId,
        id: &InvitationId,
    ) -> Result<Invitation, Error> {
        organizations::get(connection, organization_id).await?;
        // mutant: invitations-of-other-organizations-shown
        let found = row::find_by_id(connection, id, &self.key)
            .await?
            .filter(|found| found.organization_id == *organization_id);
        found.ok_or_else(|| Error::NoInvitation {
            organization: organization_id.clone(),
            id: id.clone(),
        })
    }
}

#[async_trait]
impl InvitationStore for SqlInvitations {
    async fn add_invitation(
        &self,
        mut invitation: Invitation,
        mail: Option<&Mail>,
        limits: &InvitationLimits,
    ) -> Result<Invitation, Error> {
        let (id, now) = (&invitation.organization_id, invitation.created_at);
        let mut transaction = self.locks.begin(id).await?;
        if let Some(name) = &invitation.terms.connection {
            must_be_enabled(&mut transaction, id, name).await?;
        }
        count::add(&mut transaction, &invitation, limits, now).await?;
        if let Some(mail) = mail {
            invitation.mail_id = Some(self.outbox.put(&mut transaction, mail, now).await?);
        }
        row::insert(&mut transaction, &invitation, &self.key).await?;
        transaction.commit().await?;
        Ok(invitation)
    }

    async fn get_invitation(
        &self,
        organization_id: &OrganizationId,
        id: &InvitationId,
    ) -> Result<Invitation, Error> {
        let mut reader = self.database.reader().acquire().await?;
        self.get(&mut reader, organization_id, id).await
    }

    async fn list_invitations(
        &self,
        organization_id: &OrganizationId,
        since: Timestamp,
        page: &Page,
    ) -> Result<Listed<Invitation>, Error> {
        let mut reader = self.database.reader().acquire().await?;
        organizations::get(&mut reader, organization_id).await?;
        Ok(row::list(&mut reader, organization_id, since, page, &self.key).await?)
    }

    async fn resend_invitation(
        &self,
        organization_id: &OrganizationId,
        id: &InvitationId,
        mail: &Mail,
        limits: &InvitationLimits,
        now: Timestamp,
    ) -> Result<Invitation, Error> {
        let mut transaction = self.locks.begin(organization_id).await?;
        let mut found = self.get(&mut transaction, organization_id, id).await?;
        Error::unless_open(&found, now)?;
        count::add(&mut transaction, &found, limits, now).await?;
        withdraw(&mut transaction, &found).await?;
        let mail_id = self.outbox.put(&mut transaction, mail, now).await?;
        row::set_mail_id(&mut transaction, &found.id, &mail_id).await?;
        transaction.commit().await?;
        found.mail_id = Some(mail_id);
        Ok(found)
    }

    async fn mail_states(&self, ids: &[String]) -> Result<HashMap<String, MailState>, StoreError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        self.outbox.states(self.database.reader(), ids).await
    }

    async fn revoke_invitation(
        &self,
        organization_id: &OrganizationId,
        id: &InvitationId,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.end(organization_id, id, &State::Revoked, now).await
    }

    async fn find_by_ticket(&self, ticket: &Ticket) -> Result<Option<Invitation>, StoreError> {
        let mut reader = self.database.reader().acquire().await?;
        row::find_by_ticket(&mut reader, ticket, &self.key).await
    }

    async fn accept_invitation(
        &self,
        acceptance: &Acceptance,
        now: Timestamp,
    ) -> Result<Accepted, Error> {
        accept::accept(self, acceptance, now).await
    }

    async fn burn_invitation(
        &self,
        organization_id: &OrganizationId,
        id: &InvitationId,
        now: Timestamp,
    ) -> Result<(), Error> {
        let burnt = self.end(organization_id, id, &State::Burnt, now).await;
        burnt.map_err(Error::for_the_public)
    }

    async fn remove_old_invitations(
        &self,
        before: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        cleaning::remove_invitations(&self.database, before).await?;
        cleaning::remove_counts(&self.database, now).await
    }
}

/// Deletes the mail of an invitation if it was not sent yet.
async fn withdraw(
    connection: &mut AnyConnection,
    invitation: &Invitation,
) -> Result<(), StoreError> {
    match &invitation.mail_id {
        Some(id) => Outbox::withdraw(connection, id).await,
        None => Ok(()),
    }
}

/// Fails unless the connection is enabled for the organization.
async fn must_be_enabled(
    connection: &mut AnyConnection,
    id: &OrganizationId,
    name: &str,
) -> Result<(), Error> {
    let organization = organizations::get(connection, id).await?;
    let mut enabled = organization.connections.iter().filter(|it| it.is_enabled);
    if enabled.any(|it| it.name == name) {
        return Ok(());
    }
    Err(Error::ConnectionNotEnabled(name.to_owned()))
}
