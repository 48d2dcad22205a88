//! Rows of `invitation_count`: how many mails were asked for.

use doorward_service_kit::{StoreError, token_hash};
use jiff::{SignedDuration, Timestamp};
use sqlx::{AnyConnection, Row};

use crate::domain::Invitation;
use crate::{Error, InvitationLimits};

/// Counts one mail of an invitation, and fails if it is one too many. Transactions that count the same wait for each
/// other; the order is always the same, so that they do not wait in a circle.
pub(super) async fn add(
    connection: &mut AnyConnection,
    invitation: &Invitation,
    limits: &InvitationLimits,
    now: Timestamp,
) -> Result<(), Error> {
    let organization = format!("organization {}", invitation.organization_id);
    // A hash, so that no address stays here after its invitation.
    let address = token_hash(&invitation.terms.invitee_email.folded());
    let counts = [
        (
            organization,
            InvitationLimits::ORGANIZATION_SPAN,
            limits.per_organization,
        ),
        (
            format!("address {address}"),
            InvitationLimits::ADDRESS_SPAN,
            limits.per_address,
        ),
    ];
    for (counted, span, limit) in counts {
        let mails = increment(connection, &counted, span, now).await?;
        // mutant: floods-of-invitations
        if limit > 0 && mails > i64::from(limit) {
            return Err(Error::TooManyInvitations);
        }
    }
    Ok(())
}

async fn increment(
    connection: &mut AnyConnection,
    counted: &str,
    span: SignedDuration,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let row = sqlx::query(
        "INSERT INTO invitation_count (counted, ends_at, mails) VALUES ($1, $2, 1)
         ON CONFLICT (counted) DO UPDATE SET
           mails = CASE WHEN invitation_count.ends_at <= $3 THEN 1 ELSE invitation_count.mails + 1 END,
           ends_at = CASE WHEN invitation_count.ends_at <= $3 THEN excluded.ends_at ELSE invitation_count.ends_at END
         RETURNING mails",
    )
    .bind(counted)
    .bind((now + span).as_millisecond())
    .bind(now.as_millisecond())
    .fetch_one(connection)
    .await?;
    Ok(row.try_get("mails")?)
}
