//! Invitations as administrators see them.

use super::*;

pub(super) async fn all(stores: &Stores) {
    an_invitation_comes_back(stores).await;
    it_needs_an_organization_and_an_enabled_connection(stores).await;
    lists_have_parts(stores).await;
    lists_forget_what_has_ended(stores).await;
    sec_131_another_organization_has_no_such_invitation(stores).await;
    sec_137_floods_are_refused(stores).await;
    spans_of_time_end(stores).await;
}

fn page(take: u32, start: Start) -> Page {
    Page::new(take, start).unwrap()
}

async fn list(
    stores: &Stores,
    id: &OrganizationId,
    page: &Page,
) -> (Vec<InvitationId>, Option<String>) {
    let since = NOW - SignedDuration::from_hours(1);
    let listed = stores.invitations.list_invitations(id, since, page).await;
    let listed = listed.unwrap();
    let ids = listed.items.into_iter().map(|invitation| invitation.id);
    (ids.collect(), listed.next)
}

async fn an_invitation_comes_back(stores: &Stores) {
    let id = stores.create("kept").await;
    let mut wanted = terms();
    wanted.connection = Some("users".to_owned());
    wanted.roles = roles(&["rol_b", "rol_a"]);
    wanted.app_metadata = Some("{\"a\": 1}".to_owned());
    let invitation = wanted.issue(id.clone(), NOW);
    stores.add(&invitation).await.unwrap();
    let found = stores.invitations.get_invitation(&id, &invitation.id).await;
    assert_eq!(found.unwrap(), invitation);
    let by_ticket = stores
        .invitations
        .find_by_ticket(&ticket(&invitation))
        .await;
    assert_eq!(by_ticket.unwrap(), Some(invitation));
    let unknown = stores.invitations.find_by_ticket(&Ticket::generate()).await;
    assert_eq!(unknown.unwrap(), None);
}

async fn it_needs_an_organization_and_an_enabled_connection(stores: &Stores) {
    let nowhere = terms().issue(self::id("org_nowhere"), NOW);
    assert!(matches!(
        stores.add(&nowhere).await,
        Err(Error::NotFound(_))
    ));
    let id = stores.create("strict").await;
    for name in ["off", "unknown"] {
        let mut wanted = terms();
        wanted.connection = Some(name.to_owned());
        let refused = stores.add(&wanted.issue(id.clone(), NOW)).await;
        assert!(matches!(refused, Err(Error::ConnectionNotEnabled(it)) if it == name));
    }
    assert_eq!(list(stores, &id, &page(9, Start::Number(0))).await.0, []);
}

async fn lists_have_parts(stores: &Stores) {
    let id = stores.create("parts").await;
    let mut ids = Vec::new();
    for seconds in 0..5 {
        let created_at = NOW + SignedDuration::from_secs(seconds);
        let invitation = terms().issue(id.clone(), created_at);
        stores.add(&invitation).await.unwrap();
        ids.insert(0, invitation.id);
    }
    let (first, next) = list(stores, &id, &page(2, Start::After(String::new()))).await;
    assert_eq!(first, ids[..2], "the newest first");
    let (second, next) = list(stores, &id, &page(2, Start::After(next.unwrap()))).await;
    assert_eq!(second, ids[2..4]);
    let (last, next) = list(stores, &id, &page(2, Start::After(next.unwrap()))).await;
    assert_eq!((&last[..], next), (&ids[4..], None));
    let (numbered, _) = list(stores, &id, &page(2, Start::Number(1))).await;
    assert_eq!(numbered, second);
}

async fn lists_forget_what_has_ended(stores: &Stores) {
    let id = stores.create("ended").await;
    let everything = page(50, Start::Number(0));
    let [open, revoked, burnt] = [
        stores.invite(&id).await,
        stores.invite(&id).await,
        stores.invite(&id).await,
    ];
    stores
        .invitations
        .revoke_invitation(&id, &revoked.id, NOW)
        .await
        .unwrap();
    stores
        .invitations
        .burn_invitation(&id, &burnt.id, NOW)
        .await
        .unwrap();
    assert_eq!(
        list(stores, &id, &everything).await.0,
        std::slice::from_ref(&open.id)
    );
    assert_eq!(stores.state(&revoked).await, State::Revoked);
    assert_eq!(stores.state(&burnt).await, State::Burnt);
    for (again, expected) in [(&revoked.id, End::Revoked), (&burnt.id, End::Burnt)] {
        let revoked = stores.invitations.revoke_invitation(&id, again, NOW).await;
        assert!(matches!(revoked, Err(Error::InvitationEnded { end, .. }) if end == expected));
        let burnt = stores.invitations.burn_invitation(&id, again, NOW).await;
        assert!(matches!(burnt, Err(Error::InvitationNotFound)));
    }
    let listed = stores
        .invitations
        .list_invitations(&id, open.expires_at, &everything)
        .await;
    assert_eq!(listed.unwrap().items, [], "expired long ago");
    let expired = stores
        .invitations
        .revoke_invitation(&id, &open.id, open.expires_at)
        .await;
    let Err(Error::InvitationEnded { end, .. }) = expired else {
        panic!("{expired:?}");
    };
    assert_eq!(end, End::Expired(open.expires_at));
    stores
        .invitations
        .remove_old_invitations(open.expires_at, NOW)
        .await
        .unwrap();
    let removed = stores.invitations.get_invitation(&id, &open.id).await;
    assert!(matches!(removed, Err(Error::NoInvitation { .. })));
}

async fn sec_131_another_organization_has_no_such_invitation(stores: &Stores) {
    let (own, other) = (stores.create("own").await, stores.create("other").await);
    let invitation = stores.invite(&own).await;
    let store = &stores.invitations;
    let shown = store.get_invitation(&other, &invitation.id).await;
    assert!(matches!(shown, Err(Error::NoInvitation { .. })));
    let sent = store
        .resend_invitation(&other, &invitation.id, &mail(), &NO_LIMITS, NOW)
        .await;
    assert!(matches!(sent, Err(Error::NoInvitation { .. })));
    let revoked = store.revoke_invitation(&other, &invitation.id, NOW).await;
    assert!(matches!(revoked, Err(Error::NoInvitation { .. })));
    let burnt = store.burn_invitation(&other, &invitation.id, NOW).await;
    assert!(matches!(burnt, Err(Error::InvitationNotFound)));
    assert_eq!(list(stores, &other, &page(9, Start::Number(0))).await.0, []);
    assert!(matches!(stores.state(&invitation).await, State::Open(_)));
    let nowhere = store
        .get_invitation(&self::id("org_nowhere"), &invitation.id)
        .await;
    assert!(matches!(nowhere, Err(Error::NotFound(_))));
}

async fn sec_137_floods_are_refused(stores: &Stores) {
    let limits = InvitationLimits {
        per_organization: 3,
        per_address: 5,
    };
    let (one, other) = (stores.create("flood").await, stores.create("flood-2").await);
    let to = |id: &OrganizationId, email: &str| {
        let mut wanted = terms();
        wanted.invitee_email = InviteeEmail::parse(email).unwrap();
        wanted.issue(id.clone(), NOW)
    };
    let mut first = None;
    for email in ["a@flood.test", "b@flood.test"] {
        let invitation = to(&one, email);
        stores.add_within(&invitation, &limits).await.unwrap();
        first.get_or_insert(invitation);
    }
    let first = first.unwrap();
    let mail = mail();
    let resend = || {
        stores
            .invitations
            .resend_invitation(&one, &first.id, &mail, &limits, NOW)
    };
    resend().await.unwrap();
    assert!(
        matches!(resend().await, Err(Error::TooManyInvitations)),
        "the fourth of the organization"
    );
    let more = stores.add_within(&to(&one, "c@flood.test"), &limits).await;
    assert!(matches!(more, Err(Error::TooManyInvitations)));
    let limits = InvitationLimits {
        per_organization: 0,
        ..limits
    };
    for _ in 0..3 {
        let invitation = to(&other, "A@flood.TEST");
        stores.add_within(&invitation, &limits).await.unwrap();
    }
    let sixth = stores
        .add_within(&to(&other, "a@flood.test"), &limits)
        .await;
    assert!(
        matches!(sixth, Err(Error::TooManyInvitations)),
        "the sixth to this address"
    );
    assert_eq!(
        list(stores, &other, &page(9, Start::Number(0)))
            .await
            .0
            .len(),
        3
    );
}

async fn spans_of_time_end(stores: &Stores) {
    let limits = InvitationLimits {
        per_organization: 1,
        per_address: 1,
    };
    let id = stores.create("later").await;
    let at = |now| {
        let mut wanted = terms();
        wanted.invitee_email = InviteeEmail::parse("later@flood.test").unwrap();
        wanted.issue(id.clone(), now)
    };
    let add = |invitation: Invitation| async move { stores.add_within(&invitation, &limits).await };
    add(at(NOW)).await.unwrap();
    let soon = NOW + InvitationLimits::ADDRESS_SPAN - SignedDuration::from_secs(1);
    assert!(matches!(
        add(at(soon)).await,
        Err(Error::TooManyInvitations)
    ));
    let later = NOW + InvitationLimits::ADDRESS_SPAN;
    add(at(later)).await.unwrap();
    assert!(matches!(
        add(at(later)).await,
        Err(Error::TooManyInvitations)
    ));
    stores
        .invitations
        .remove_old_invitations(NOW, NOW)
        .await
        .unwrap();
    assert!(
        matches!(add(at(later)).await, Err(Error::TooManyInvitations)),
        "counts that go on stay"
    );
}
