//! Acceptances, one at a time.

use super::*;

pub(super) async fn all(stores: &Stores) {
    a_user_becomes_a_member_with_roles(stores).await;
    a_member_gets_the_missing_roles(stores).await;
    sec_124_a_repeat_has_the_same_outcome(stores).await;
    sec_120_of_another_organization(stores).await;
    sec_123_tickets_that_are_worth_nothing(stores).await;
    refusals_spend_nothing(stores).await;
    a_full_organization_spends_nothing(stores).await;
    too_many_roles_spend_nothing(stores).await;
    a_deleted_organization_takes_its_invitations_along(stores).await;
}

async fn roles_of(stores: &Stores, id: &OrganizationId, text: &str) -> Option<BTreeSet<RoleId>> {
    let selector = Selector::Id(id.clone());
    let found = stores
        .organizations
        .find(&selector, Some(&user(text)))
        .await;
    Some(found.unwrap().unwrap().member?.roles)
}

async fn a_user_becomes_a_member_with_roles(stores: &Stores) {
    let id = stores.create("accept").await;
    let mut wanted = terms();
    wanted.roles = roles(&["rol_a"]);
    wanted.connection = Some("users".to_owned());
    wanted.user_metadata = Some("{}".to_owned());
    let invitation = wanted.issue(id.clone(), NOW);
    stores.add(&invitation).await.unwrap();
    let accepted = stores.accept(&acceptance(&invitation)).await.unwrap();
    assert_eq!(accepted.invitation_id, invitation.id);
    assert_eq!(accepted.roles, roles(&["rol_a"]));
    assert!(accepted.member_added && !accepted.repeated);
    assert_eq!(accepted.user_metadata.as_deref(), Some("{}"));
    assert_eq!(
        roles_of(stores, &id, "auth0|carol").await,
        Some(roles(&["rol_a"]))
    );
    let state = stores.state(&invitation).await;
    assert!(matches!(state, State::Accepted { user_id, .. } if user_id == user("auth0|carol")));
}

async fn a_member_gets_the_missing_roles(stores: &Stores) {
    let id = stores.create("again").await;
    let carol = user("auth0|carol");
    stores
        .organizations
        .add_members(&id, &users(&["auth0|carol"]))
        .await
        .unwrap();
    let had = roles(&["rol_a", "rol_b"]);
    stores
        .organizations
        .set_member_roles(&id, &carol, &had)
        .await
        .unwrap();
    let mut wanted = terms();
    wanted.roles = roles(&["rol_b", "rol_c"]);
    let invitation = wanted.issue(id.clone(), NOW);
    stores.add(&invitation).await.unwrap();
    let accepted = stores.accept(&acceptance(&invitation)).await.unwrap();
    assert!(!accepted.member_added);
    assert_eq!(accepted.roles, roles(&["rol_a", "rol_b", "rol_c"]));
}

async fn sec_124_a_repeat_has_the_same_outcome(stores: &Stores) {
    let id = stores.create("repeat").await;
    let invitation = stores.invite(&id).await;
    let one = acceptance(&invitation);
    let first = stores.accept(&one).await.unwrap();
    let again = stores.accept(&one).await.unwrap();
    assert!(again.repeated && again.member_added);
    assert_eq!(again.invitation_id, first.invitation_id);
    // Also after the invitation would have expired.
    let late = stores
        .invitations
        .accept_invitation(&one, invitation.expires_at)
        .await;
    assert!(late.unwrap().repeated);
    let another_sign_in = Acceptance {
        acceptance_id: "sign-in-2".to_owned(),
        ..one.clone()
    };
    let another_user = Acceptance {
        user_id: user("auth0|mallory"),
        ..one.clone()
    };
    let another_address = Acceptance {
        email: "carol@elsewhere.test".to_owned(),
        ..one.clone()
    };
    for other in [another_sign_in, another_user, another_address] {
        assert!(matches!(
            stores.accept(&other).await,
            Err(Error::InvitationNotFound)
        ));
    }
    stores
        .organizations
        .remove_members(&id, &users(&["auth0|carol"]))
        .await
        .unwrap();
    assert!(
        matches!(stores.accept(&one).await, Err(Error::InvitationNotFound)),
        "no member any more"
    );
}

async fn sec_120_of_another_organization(stores: &Stores) {
    let (own, other) = (stores.create("org-a").await, stores.create("org-b").await);
    let invitation = stores.invite(&own).await;
    let one = acceptance(&invitation);
    let elsewhere = Acceptance {
        organization_id: other.clone(),
        ..one.clone()
    };
    assert!(matches!(
        stores.accept(&elsewhere).await,
        Err(Error::InvitationNotFound)
    ));
    assert_eq!(roles_of(stores, &other, "auth0|carol").await, None);
    assert!(
        stores.accept(&one).await.is_ok(),
        "the ticket is still good"
    );
}

async fn sec_123_tickets_that_are_worth_nothing(stores: &Stores) {
    let id = stores.create("worthless").await;
    let [of_client, expired, revoked, burnt] = [
        stores.invite(&id).await,
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
    let another = Acceptance {
        client_id: "other-app".to_owned(),
        ..acceptance(&of_client)
    };
    let invented = Acceptance {
        ticket: Ticket::generate(),
        ..acceptance(&of_client)
    };
    let mut texts = BTreeSet::new();
    for refused in [
        &another,
        &invented,
        &acceptance(&revoked),
        &acceptance(&burnt),
    ] {
        texts.insert(stores.accept(refused).await.unwrap_err().to_string());
    }
    let late = stores
        .invitations
        .accept_invitation(&acceptance(&expired), expired.expires_at)
        .await;
    texts.insert(late.unwrap_err().to_string());
    assert_eq!(
        texts,
        ["invitation not found or already used".to_owned()].into()
    );
    assert_eq!(roles_of(stores, &id, "auth0|carol").await, None);
    assert!(stores.accept(&acceptance(&of_client)).await.is_ok());
}

async fn refusals_spend_nothing(stores: &Stores) {
    let id = stores.create("refuse").await;
    let mut wanted = terms();
    wanted.connection = Some("users".to_owned());
    let invitation = wanted.issue(id.clone(), NOW);
    stores.add(&invitation).await.unwrap();
    let good = acceptance(&invitation);
    let bob = Acceptance {
        email: "bob@example.test".to_owned(),
        ..good.clone()
    };
    assert!(matches!(
        stores.accept(&bob).await,
        Err(Error::InviteeMismatch)
    ));
    let by_staff = Acceptance {
        connection: "staff".to_owned(),
        ..good.clone()
    };
    assert!(matches!(
        stores.accept(&by_staff).await,
        Err(Error::ConnectionNotEnabled(_))
    ));
    let off = Connection {
        is_enabled: false,
        ..connection("users", false)
    };
    let without = Patch {
        connections: Some(vec![off]),
        ..patch(Some("org_refuse"), "refuse")
    };
    stores
        .organizations
        .apply(vec![without], false)
        .await
        .unwrap();
    assert!(matches!(
        stores.accept(&good).await,
        Err(Error::ConnectionNotEnabled(_))
    ));
    assert_eq!(roles_of(stores, &id, "auth0|carol").await, None);
    let on = Patch {
        connections: Some(vec![connection("users", false)]),
        ..patch(Some("org_refuse"), "refuse")
    };
    stores.organizations.apply(vec![on], false).await.unwrap();
    assert!(stores.accept(&good).await.is_ok());
}

async fn a_full_organization_spends_nothing(stores: &Stores) {
    let id = stores.create("full").await;
    let invitation = stores.invite(&id).await;
    let names: Vec<_> = (0..LIMITS.members)
        .map(|index| user(&index.to_string()))
        .collect();
    for some in names.chunks(10) {
        stores.organizations.add_members(&id, some).await.unwrap();
    }
    let refused = stores.accept(&acceptance(&invitation)).await;
    assert!(matches!(refused, Err(Error::Full(_))));
    assert!(matches!(stores.state(&invitation).await, State::Open(_)));
    stores
        .organizations
        .remove_members(&id, &names[..1])
        .await
        .unwrap();
    assert!(stores.accept(&acceptance(&invitation)).await.is_ok());
}

async fn too_many_roles_spend_nothing(stores: &Stores) {
    let id = stores.create("too-many-roles").await;
    let carol = user("auth0|carol");
    let members = [carol.clone()];
    stores
        .organizations
        .add_members(&id, &members)
        .await
        .unwrap();
    let most = (0..MAX_ROLES).map(|index| RoleId::from(index.to_string()));
    let most: BTreeSet<_> = most.collect();
    let mut wanted = terms();
    wanted.roles = roles(&["rol_a"]);
    let invitation = wanted.issue(id.clone(), NOW);
    stores.add(&invitation).await.unwrap();
    let set = |roles| stores.organizations.set_member_roles(&id, &carol, roles);
    set(&most).await.unwrap();
    let refused = stores.accept(&acceptance(&invitation)).await;
    assert!(matches!(refused, Err(Error::Invalid(error)) if error.field == "role_ids"));
    assert_eq!(
        roles_of(stores, &id, "auth0|carol").await,
        Some(most.clone())
    );
    set(&roles(&[])).await.unwrap();
    assert!(stores.accept(&acceptance(&invitation)).await.is_ok());
}

async fn a_deleted_organization_takes_its_invitations_along(stores: &Stores) {
    let id = stores.create("deleted").await;
    let invitation = stores.invite(&id).await;
    stores.organizations.delete(&id).await.unwrap();
    let found = stores
        .invitations
        .find_by_ticket(&ticket(&invitation))
        .await;
    assert_eq!(found.unwrap(), None);
    let accepted = stores.accept(&acceptance(&invitation)).await;
    assert!(matches!(accepted, Err(Error::InvitationNotFound)));
}
