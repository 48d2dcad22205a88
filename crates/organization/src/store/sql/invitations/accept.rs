//! The transaction that spends a ticket and creates a membership.

use std::slice;

use jiff::Timestamp;
use sqlx::AnyConnection;

use super::{SqlInvitations, members, must_be_enabled, row, withdraw};
use crate::Error;
use crate::domain::{Acceptance, Accepted, Invitation, Member, State};

pub(super) async fn accept(
    store: &SqlInvitations,
    acceptance: &Acceptance,
    now: Timestamp,
) -> Result<Accepted, Error> {
    refuse_early(store, acceptance, now).await?;
    let mut transaction = store.locks.begin(&acceptance.organization_id).await?;
    let found = find(store, &mut transaction, acceptance).await?;
    if let Some(repeated) = repeat(&mut transaction, acceptance, &found).await? {
        return Ok(repeated);
    }
    check(&mut transaction, acceptance, &found, now).await?;
    // mutant: tickets-spent-twice (spend)
    if !row::spend(&mut transaction, &found.id, acceptance, now).await? {
        return Err(Error::InvitationNotFound);
    }
    withdraw(&mut transaction, &found).await?;
    let accepted = join(store, &mut transaction, acceptance, found).await?;
    transaction.commit().await?;
    Ok(accepted)
}

/// Refuses a ticket that is worth nothing without a lock, so that a flood of such calls delays no other call.
/// What it lets through is checked again.
async fn refuse_early(
    store: &SqlInvitations,
    acceptance: &Acceptance,
    now: Timestamp,
) -> Result<(), Error> {
    let mut reader = store.database.reader().acquire().await?;
    let found = find(store, &mut reader, acceptance).await?;
    // mutant: tickets-spent-twice (early)
    if found.open_ticket(now).is_some() || acceptance.repeats(&found) {
        return Ok(());
    }
    Err(Error::InvitationNotFound)
}

/// Finds the invitation of the ticket in any state, if the request is of its organization and application.
async fn find(
    store: &SqlInvitations,
    connection: &mut AnyConnection,
    acceptance: &Acceptance,
) -> Result<Invitation, Error> {
    let found = row::find_by_ticket(connection, &acceptance.ticket, &store.key).await?;
    found
        .filter(|found| found.is_for(&acceptance.organization_id, Some(&acceptance.client_id)))
        .ok_or(Error::InvitationNotFound)
}

/// The outcome of an acceptance that was made before, if this one repeats it and the user is still a member.
async fn repeat(
    connection: &mut AnyConnection,
    acceptance: &Acceptance,
    found: &Invitation,
) -> Result<Option<Accepted>, Error> {
    let State::Accepted { member_added, .. } = found.state else {
        return Ok(None);
    };
    if !acceptance.repeats(found) {
        return Ok(None);
    }
    let (organization_id, user_id) = (&acceptance.organization_id, &acceptance.user_id);
    match members::get(connection, organization_id, user_id).await {
        Ok(member) => Ok(Some(outcome(found.clone(), member, member_added, true))),
        Err(Error::MemberNotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn check(
    connection: &mut AnyConnection,
    acceptance: &Acceptance,
    found: &Invitation,
    now: Timestamp,
) -> Result<(), Error> {
    // mutant: tickets-spent-twice (check)
    if found.open_ticket(now).is_none() {
        return Err(Error::InvitationNotFound);
    }
    if !found.terms.invitee_email.is(&acceptance.email) {
        return Err(Error::InviteeMismatch);
    }
    let (wanted, used) = (&found.terms.connection, &acceptance.connection);
    if wanted.as_ref().is_some_and(|wanted| wanted != used) {
        return Err(Error::ConnectionNotEnabled(used.clone()));
    }
    must_be_enabled(connection, &acceptance.organization_id, used).await
}

async fn join(
    store: &SqlInvitations,
    connection: &mut AnyConnection,
    acceptance: &Acceptance,
    found: Invitation,
) -> Result<Accepted, Error> {
    let (id, user) = (&acceptance.organization_id, &acceptance.user_id);
    let users = slice::from_ref(user);
    let added = members::add(connection, id, users, store.limits.members).await?;
    let member_added = !added.is_empty();
    if member_added {
        row::set_member_added(connection, &found.id).await?;
    }
    members::add_roles(connection, id, user, &found.terms.roles).await?;
    let member = members::get(connection, id, user).await?;
    Ok(outcome(found, member, member_added, false))
}

fn outcome(found: Invitation, member: Member, member_added: bool, repeated: bool) -> Accepted {
    Accepted {
        invitation_id: found.id,
        roles: member.roles,
        member_added,
        repeated,
        app_metadata: found.terms.app_metadata,
        user_metadata: found.terms.user_metadata,
    }
}
