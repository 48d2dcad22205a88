//! Mails exist with their invitations.

use super::*;

pub(super) async fn all(stores: &Stores) {
    a_mail_is_added_with_its_invitation(stores).await;
    a_new_mail_replaces_one_that_was_not_sent(stores).await;
    sec_137_a_refused_invitation_has_no_mail(stores).await;
    a_mail_that_was_not_sent_ends_with_its_invitation(stores).await;
    mails_that_were_not_sent_end_with_their_organization(stores).await;
}

/// Creates an invitation with a mail that waits.
async fn invite(stores: &Stores, id: &OrganizationId) -> Invitation {
    let invitation = terms().issue(id.clone(), NOW);
    let added = stores
        .invitations
        .add_invitation(invitation, Some(&mail()), &NO_LIMITS)
        .await;
    added.unwrap()
}

async fn is_queued(stores: &Stores, invitation: &Invitation) -> bool {
    let ids = [invitation.mail_id.clone().unwrap()];
    let states = stores.invitations.mail_states(&ids).await.unwrap();
    states
        .get(&ids[0])
        .is_some_and(|mail| mail.progress == MailProgress::Queued)
}

async fn a_mail_is_added_with_its_invitation(stores: &Stores) {
    let id = stores.create("mail").await;
    let invitation = invite(stores, &id).await;
    assert!(is_queued(stores, &invitation).await);
    let found = stores.invitations.get_invitation(&id, &invitation.id).await;
    assert_eq!(found.unwrap(), invitation);
    assert!(
        stores
            .invitations
            .mail_states(&[])
            .await
            .unwrap()
            .is_empty()
    );
}

async fn a_new_mail_replaces_one_that_was_not_sent(stores: &Stores) {
    let id = stores.create("resend").await;
    let first = invite(stores, &id).await;
    let again = mail();
    let resend = |now| {
        stores
            .invitations
            .resend_invitation(&id, &first.id, &again, &NO_LIMITS, now)
    };
    let second = resend(NOW).await.unwrap();
    assert_ne!(first.mail_id, second.mail_id);
    assert_eq!(first.state, second.state, "the ticket is the same");
    assert!(!is_queued(stores, &first).await && is_queued(stores, &second).await);
    let late = resend(first.expires_at).await;
    assert!(matches!(late, Err(Error::InvitationEnded { .. })));
    stores
        .invitations
        .revoke_invitation(&id, &first.id, NOW)
        .await
        .unwrap();
    let ended = resend(NOW).await;
    assert!(matches!(ended, Err(Error::InvitationEnded { .. })));
}

async fn sec_137_a_refused_invitation_has_no_mail(stores: &Stores) {
    let id = stores.create("no-mail").await;
    let limits = InvitationLimits {
        per_organization: 1,
        ..NO_LIMITS
    };
    let first = terms().issue(id.clone(), NOW);
    let first = stores
        .invitations
        .add_invitation(first, Some(&mail()), &limits)
        .await
        .unwrap();
    let second = terms().issue(id.clone(), NOW);
    let refused = stores
        .invitations
        .add_invitation(second, Some(&mail()), &limits)
        .await;
    assert!(matches!(refused, Err(Error::TooManyInvitations)));
    let resent = stores
        .invitations
        .resend_invitation(&id, &first.id, &mail(), &limits, NOW)
        .await;
    assert!(matches!(resent, Err(Error::TooManyInvitations)));
    assert!(
        is_queued(stores, &first).await,
        "the first mail is still sent"
    );
}

async fn a_mail_that_was_not_sent_ends_with_its_invitation(stores: &Stores) {
    let id = stores.create("withdraw").await;
    let [revoked, burnt, accepted] = [
        invite(stores, &id).await,
        invite(stores, &id).await,
        invite(stores, &id).await,
    ];
    stores
        .invitations
        .revoke_invitation(&id, &revoked.id, NOW)
        .await
        .unwrap();
    assert!(!is_queued(stores, &revoked).await);
    stores
        .invitations
        .burn_invitation(&id, &burnt.id, NOW)
        .await
        .unwrap();
    assert!(!is_queued(stores, &burnt).await);
    assert!(is_queued(stores, &accepted).await);
    stores.accept(&acceptance(&accepted)).await.unwrap();
    assert!(!is_queued(stores, &accepted).await);
}

async fn mails_that_were_not_sent_end_with_their_organization(stores: &Stores) {
    let (gone, kept) = (
        stores.create("mails-gone").await,
        stores.create("mails-kept").await,
    );
    let [one, other, of_kept] = [
        invite(stores, &gone).await,
        invite(stores, &gone).await,
        invite(stores, &kept).await,
    ];
    stores.organizations.delete(&gone).await.unwrap();
    assert!(!is_queued(stores, &one).await && !is_queued(stores, &other).await);
    assert!(is_queued(stores, &of_kept).await);
}
