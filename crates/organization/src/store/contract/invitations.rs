//! Invitations: what every store must do.

mod acceptance;
mod lists;
mod mails;
mod races;
mod secrets;

use std::collections::BTreeSet;
use std::sync::Arc;

use doorward_service_kit::KeyEncryptionKey;
use doorward_service_kit::mail::{Mail, MailProgress};
use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::InvitationLimits;
use crate::domain::{
    Acceptance, End, Invitation, InvitationId, InviteeEmail, LoginUri, MAX_ROLES, NewInvitation,
    State, Ticket,
};
use crate::store::{InvitationStore, SqlInvitations};

/// A time within the lifetime of all invitations of these tests.
const NOW: Timestamp = Timestamp::constant(1_767_323_045, 0);
const NO_LIMITS: InvitationLimits = InvitationLimits {
    per_organization: 0,
    per_address: 0,
};

fn key(byte: u8) -> Arc<KeyEncryptionKey> {
    Arc::new(KeyEncryptionKey::from_bytes(&[byte; KeyEncryptionKey::LENGTH]).unwrap())
}

/// The stores of one database.
struct Stores {
    organizations: SqlStore,
    invitations: SqlInvitations,
}

impl Stores {
    async fn open(config: &DatabaseConfig) -> Self {
        let organizations = SqlStore::with_limits(config, LIMITS).await.unwrap();
        let invitations = organizations.invitations(key(1), NOW).await.unwrap();
        Self {
            organizations,
            invitations,
        }
    }

    /// Creates an organization with the enabled connection `users`.
    async fn create(&self, text: &str) -> OrganizationId {
        let off = Connection {
            is_enabled: false,
            ..connection("off", false)
        };
        let connections = vec![connection("users", false), connection("staff", false), off];
        create_with(&self.organizations, text, connections).await
    }

    async fn add(&self, invitation: &Invitation) -> Result<(), Error> {
        self.add_within(invitation, &NO_LIMITS).await
    }

    async fn add_within(
        &self,
        invitation: &Invitation,
        limits: &InvitationLimits,
    ) -> Result<(), Error> {
        let added = self
            .invitations
            .add_invitation(invitation.clone(), None, limits)
            .await?;
        assert_eq!(added, *invitation);
        Ok(())
    }

    /// Creates an invitation of carol.
    async fn invite(&self, id: &OrganizationId) -> Invitation {
        let invitation = terms().issue(id.clone(), NOW);
        self.add(&invitation).await.unwrap();
        invitation
    }

    async fn state(&self, invitation: &Invitation) -> State {
        let (organization_id, id) = (&invitation.organization_id, &invitation.id);
        let found = self.invitations.get_invitation(organization_id, id).await;
        found.unwrap().state
    }

    async fn accept(&self, acceptance: &Acceptance) -> Result<crate::domain::Accepted, Error> {
        self.invitations.accept_invitation(acceptance, NOW).await
    }
}

fn terms() -> NewInvitation {
    NewInvitation {
        inviter_name: "Alice".to_owned(),
        invitee_email: InviteeEmail::parse("Carol@example.test").unwrap(),
        client_id: "app".to_owned(),
        connection: None,
        roles: BTreeSet::new(),
        ttl_seconds: 3600,
        login_uri: LoginUri::parse("https://app.example.test/login").unwrap(),
        app_metadata: None,
        user_metadata: None,
        language: Some("ja".to_owned()),
    }
}

fn mail() -> Mail {
    Mail {
        to: "carol@example.test".to_owned(),
        from_name: String::new(),
        subject: "Invitation".to_owned(),
        text: "Come".to_owned(),
        html: String::new(),
        link: String::new(),
        useless_after: None,
    }
}

fn roles(ids: &[&str]) -> BTreeSet<RoleId> {
    let ids = ids.iter().map(ToString::to_string);
    ids.map(RoleId::from).collect()
}

fn ticket(invitation: &Invitation) -> Ticket {
    invitation
        .open_ticket(invitation.created_at)
        .unwrap()
        .clone()
}

/// The acceptance by carol.
fn acceptance(invitation: &Invitation) -> Acceptance {
    Acceptance {
        ticket: ticket(invitation),
        organization_id: invitation.organization_id.clone(),
        client_id: "app".to_owned(),
        user_id: user("auth0|carol"),
        email: "carol@EXAMPLE.test".to_owned(),
        connection: "users".to_owned(),
        acceptance_id: "sign-in-1".to_owned(),
    }
}

async fn all(config: &DatabaseConfig) -> Stores {
    let stores = Stores::open(config).await;
    lists::all(&stores).await;
    acceptance::all(&stores).await;
    mails::all(&stores).await;
    secrets::all(&stores).await;
    stores
}

#[tokio::test]
async fn sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("organization.db");
    let config = DatabaseConfig::sqlite(&path);
    let stores = all(&config).await;
    races::all(&config).await;
    let files = ["organization.db", "organization.db-wal"]
        .map(|name| std::fs::read(folder.path().join(name)).unwrap_or_default());
    secrets::no_ticket_is_in(&stores, &files.concat()).await;
}

#[tokio::test]
async fn postgres() {
    let url = postgres::database().await;
    let config = DatabaseConfig {
        max_connections: 8,
        ..DatabaseConfig::new(&url)
    };
    let stores = all(&config).await;
    races::all(&config).await;
    let dump = postgres::dump(&url).await;
    secrets::no_ticket_is_in(&stores, dump.as_bytes()).await;
}
