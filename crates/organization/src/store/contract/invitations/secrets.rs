//! Tickets at rest.

use super::*;

pub(super) async fn all(stores: &Stores) {
    another_key_is_refused(stores).await;
    expired_tickets_refuse_no_key(stores).await;
}

async fn another_key_is_refused(stores: &Stores) {
    let id = stores.create("keys").await;
    stores.invite(&id).await;
    let other = stores.organizations.invitations(key(2), NOW).await;
    assert!(matches!(other, Err(Error::WrongKeyEncryptionKey(_))));
    let same = stores.organizations.invitations(key(1), NOW).await;
    same.unwrap();
}

async fn expired_tickets_refuse_no_key(stores: &Stores) {
    let later = NOW + SignedDuration::from_hours(30 * 24);
    let other = stores.organizations.invitations(key(2), later).await;
    other.unwrap();
}

/// SEC-119. `content` is what a copy of the database has.
pub(super) async fn no_ticket_is_in(stores: &Stores, content: &[u8]) {
    let everything = Page::new(100, Start::Number(0)).unwrap();
    let id = self::id("org_keys");
    let since = NOW - SignedDuration::from_hours(1);
    let listed = stores
        .invitations
        .list_invitations(&id, since, &everything)
        .await;
    let listed = listed.unwrap().items;
    assert!(!listed.is_empty());
    let contains = |text: &str| {
        content
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    };
    for invitation in listed {
        let ticket = ticket(&invitation);
        assert!(contains(invitation.id.as_str()), "the row is in the copy");
        assert!(contains(ticket.hash().as_str()));
        assert!(!contains(ticket.as_str()), "the ticket is not");
        assert!(
            ticket.as_str().len() * 5 >= 128,
            "5 bits of each of 62 characters at least"
        );
    }
}
