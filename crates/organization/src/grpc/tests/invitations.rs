//! Invitations through the generated client.

mod audit;

use std::future::ready;
use std::slice;
use std::time::Duration;

use doorward_proto::organization::v1::invitation_service_server::InvitationService;
use doorward_proto::organization::v1::{
    AcceptInvitationRequest, AcceptInvitationResponse, BurnInvitationRequest,
    CreateInvitationRequest, FindInvitationRequest, FindInvitationResponse, GetInvitationRequest,
    Invitation, InvitationState, ListInvitationsRequest, MailSettings, MailState,
    ResendInvitationRequest, RevokeInvitationRequest,
};

use doorward_service_kit::Shutdown;
use tokio::time::sleep;

use super::*;
use crate::InvitationLimits;

fn create(email: &str) -> CreateInvitationRequest {
    CreateInvitationRequest {
        organization_id: "org_acme".to_owned(),
        inviter_name: "Alice".to_owned(),
        invitee_email: email.to_owned(),
        client_id: "app".to_owned(),
        role_ids: vec!["rol_1".to_owned()],
        login_uri: "https://app.example.test/login?a=b".to_owned(),
        send_email: true,
        mail: Some(MailSettings {
            language: "en".to_owned(),
            tenant_name: "Example".to_owned(),
            client_name: "Team".to_owned(),
        }),
        user_metadata_json: Some("{}".to_owned()),
        ..CreateInvitationRequest::default()
    }
}

fn find(invitation: &Invitation) -> FindInvitationRequest {
    FindInvitationRequest {
        ticket_id: invitation.ticket_id.clone().unwrap(),
        organization_id: "org_acme".to_owned(),
        client_id: Some("app".to_owned()),
        acceptance_id: None,
    }
}

fn accept(invitation: &Invitation) -> AcceptInvitationRequest {
    AcceptInvitationRequest {
        ticket_id: invitation.ticket_id.clone().unwrap(),
        organization_id: "org_acme".to_owned(),
        client_id: "app".to_owned(),
        user_id: "auth0|carol".to_owned(),
        email: "carol@example.test".to_owned(),
        connection: "users".to_owned(),
        acceptance_id: "sign-in".to_owned(),
    }
}

impl TestService {
    /// A service with the organization acme, which has the connection `users`.
    async fn with_acme(limits: InvitationLimits) -> Self {
        let service = Self::with_limits(limits).await;
        let connections = vec![connection("users", false)];
        let acme = OrganizationPatch {
            connections: Some(OrganizationConnections { connections }),
            ..acme()
        };
        service.apply(vec![acme, beta()], false).await.unwrap();
        service
    }

    async fn create(&self, email: &str) -> Result<Invitation, Status> {
        let created = self
            .invitations
            .clone()
            .create_invitation(create(email))
            .await?;
        Ok(created.into_inner().invitation.unwrap())
    }

    async fn show(&self, organization_id: &str, id: &str) -> Result<Invitation, Status> {
        let wanted = GetInvitationRequest {
            organization_id: organization_id.to_owned(),
            invitation_id: id.to_owned(),
        };
        let shown = self.invitations.clone().get_invitation(wanted).await?;
        Ok(shown.into_inner().invitation.unwrap())
    }

    async fn until_removed(&self, id: &str) {
        for _ in 0..3000 {
            if self.show("org_acme", id).await.is_err() {
                return;
            }
            sleep(Duration::from_millis(10)).await;
        }
        panic!("{id} is still there");
    }

    async fn list(&self) -> Vec<Invitation> {
        let wanted = ListInvitationsRequest {
            organization_id: "org_acme".to_owned(),
            page: None,
        };
        let listed = self.invitations.clone().list_invitations(wanted).await;
        listed.unwrap().into_inner().invitations
    }

    async fn find_invitation(
        &self,
        wanted: FindInvitationRequest,
    ) -> Result<FindInvitationResponse, Status> {
        let found = self.invitations.clone().find_invitation(wanted).await?;
        Ok(found.into_inner())
    }

    async fn accept(
        &self,
        wanted: AcceptInvitationRequest,
    ) -> Result<AcceptInvitationResponse, Status> {
        let accepted = self.invitations.clone().accept_invitation(wanted).await?;
        Ok(accepted.into_inner())
    }

    async fn revoke(&self, organization_id: &str, id: &str) -> Result<(), Status> {
        let wanted = RevokeInvitationRequest {
            organization_id: organization_id.to_owned(),
            invitation_id: id.to_owned(),
        };
        self.invitations.clone().revoke_invitation(wanted).await?;
        Ok(())
    }

    async fn resend(&self, organization_id: &str, id: &str) -> Result<Invitation, Status> {
        let wanted = ResendInvitationRequest {
            organization_id: organization_id.to_owned(),
            invitation_id: id.to_owned(),
            mail: create("").mail,
        };
        let resent = self.invitations.clone().resend_invitation(wanted).await?;
        Ok(resent.into_inner().invitation.unwrap())
    }
}

fn reason<T>(outcome: Result<T, Status>) -> ErrorReason {
    let status = outcome.err().expect("the call is refused");
    reason_of(&status).expect("the status has a reason")
}

#[tokio::test]
async fn an_invitation_from_its_creation_to_the_membership() {
    let service = TestService::with_acme(InvitationLimits::default()).await;
    let invitation = service.create("Carol@example.test").await.unwrap();
    let ticket = invitation.ticket_id.clone().unwrap();
    assert_eq!((ticket.len(), invitation.id.len()), (32, 21));
    assert_eq!(
        invitation.invitation_url.as_deref(),
        Some(&*format!(
            "https://app.example.test/login?a=b&invitation={ticket}&organization=org_acme&organization_name=acme"
        ))
    );
    assert_eq!(invitation.mail.as_ref().unwrap().state(), MailState::Queued);
    assert_eq!(
        service.show("org_acme", &invitation.id).await.unwrap(),
        invitation
    );
    assert_eq!(service.list().await, slice::from_ref(&invitation));

    let found = service.find_invitation(find(&invitation)).await.unwrap();
    assert_eq!(
        (&*found.inviter_name, &*found.invitee_email),
        ("Alice", "Carol@example.test")
    );
    assert_eq!((&*found.client_id, found.accepted_by), ("app", None));

    let accepted = service.accept(accept(&invitation)).await.unwrap();
    assert!(accepted.member_added);
    assert_eq!(accepted.role_ids, ["rol_1"]);
    assert_eq!(accepted.user_metadata_json.as_deref(), Some("{}"));
    let member = service.member("org_acme", "auth0|carol").await.unwrap();
    assert_eq!(member.role_ids, ["rol_1"]);

    let shown = service.show("org_acme", &invitation.id).await.unwrap();
    assert_eq!(shown.state(), InvitationState::Accepted);
    assert_eq!((shown.ticket_id, shown.invitation_url), (None, None));
    assert_eq!(service.list().await, []);
}

#[tokio::test]
async fn sec_124_the_same_sign_in_again() {
    let service = TestService::with_acme(InvitationLimits::default()).await;
    let invitation = service.create("carol@example.test").await.unwrap();
    let first = service.accept(accept(&invitation)).await.unwrap();
    assert_eq!(service.accept(accept(&invitation)).await.unwrap(), first);
    let same = FindInvitationRequest {
        acceptance_id: Some("sign-in".to_owned()),
        ..find(&invitation)
    };
    let found = service.find_invitation(same.clone()).await.unwrap();
    assert_eq!(found.accepted_by.as_deref(), Some("auth0|carol"));
    let other = FindInvitationRequest {
        acceptance_id: Some("other".to_owned()),
        ..same
    };
    for spent in [find(&invitation), other] {
        let refused = service.find_invitation(spent).await;
        assert_eq!(reason(refused), ErrorReason::InvitationNotFound);
    }
    let other = AcceptInvitationRequest {
        acceptance_id: "other".to_owned(),
        ..accept(&invitation)
    };
    assert_eq!(
        reason(service.accept(other).await),
        ErrorReason::InvitationNotFound
    );
}

#[tokio::test]
async fn sec_118_an_altered_or_invented_ticket() {
    let service = TestService::with_acme(InvitationLimits::default()).await;
    let invitation = service.create("carol@example.test").await.unwrap();
    let ticket = invitation.ticket_id.clone().unwrap();
    let first = if ticket.starts_with('A') { "B" } else { "A" };
    let altered = format!("{first}{}", &ticket[1..]);
    let swapped = ticket.chars().map(|letter| {
        if letter.is_ascii_lowercase() {
            letter.to_ascii_uppercase()
        } else {
            letter.to_ascii_lowercase()
        }
    });
    for bad in [
        altered,
        swapped.collect(),
        format!("{ticket} "),
        ticket[..31].to_owned(),
        String::new(),
        "%".to_owned(),
        "é".repeat(16),
        invitation.id.clone(),
    ] {
        let find = FindInvitationRequest {
            ticket_id: bad.clone(),
            ..find(&invitation)
        };
        assert_eq!(
            reason(service.find_invitation(find).await),
            ErrorReason::InvitationNotFound
        );
        let accept = AcceptInvitationRequest {
            ticket_id: bad,
            ..accept(&invitation)
        };
        assert_eq!(
            reason(service.accept(accept).await),
            ErrorReason::InvitationNotFound
        );
    }
    assert!(service.accept(accept(&invitation)).await.is_ok());
}

#[tokio::test]
async fn sec_120_another_organization_or_application() {
    let service = TestService::with_acme(InvitationLimits::default()).await;
    let invitation = service.create("carol@example.test").await.unwrap();
    let of_beta = FindInvitationRequest {
        organization_id: "org_beta".to_owned(),
        ..find(&invitation)
    };
    let of_other_app = FindInvitationRequest {
        client_id: Some("other".to_owned()),
        ..find(&invitation)
    };
    for elsewhere in [of_beta, of_other_app] {
        let refused = service.find_invitation(elsewhere).await;
        assert_eq!(reason(refused), ErrorReason::InvitationNotFound);
    }
    let any_app = FindInvitationRequest {
        client_id: None,
        ..find(&invitation)
    };
    assert_eq!(
        service.find_invitation(any_app).await.unwrap().client_id,
        "app"
    );
    let burn = BurnInvitationRequest {
        ticket_id: invitation.ticket_id.clone().unwrap(),
        organization_id: "org_beta".to_owned(),
        client_id: "app".to_owned(),
    };
    let burnt = service.invitations.clone().burn_invitation(burn).await;
    assert_eq!(reason(burnt), ErrorReason::InvitationNotFound);
    assert!(
        service.accept(accept(&invitation)).await.is_ok(),
        "the ticket is still good"
    );
}

#[tokio::test]
async fn sec_123_worthless_tickets_have_one_error() {
    let service = TestService::with_acme(InvitationLimits::default()).await;
    let revoked = service.create("a@example.test").await.unwrap();
    service.revoke("org_acme", &revoked.id).await.unwrap();
    let burnt = service.create("b@example.test").await.unwrap();
    let burn = BurnInvitationRequest {
        ticket_id: burnt.ticket_id.clone().unwrap(),
        organization_id: "org_acme".to_owned(),
        client_id: "app".to_owned(),
    };
    service
        .invitations
        .clone()
        .burn_invitation(burn)
        .await
        .unwrap();
    let expired = service.create("c@example.test").await.unwrap();
    service.clock.advance(Duration::from_hours(7 * 24));
    for invitation in [&revoked, &burnt, &expired] {
        for outcome in [
            service.find_invitation(find(invitation)).await.map(drop),
            service.accept(accept(invitation)).await.map(drop),
        ] {
            let status = outcome.unwrap_err();
            assert_eq!(status.message(), "invitation not found or already used");
            assert_eq!(reason_of(&status), Some(ErrorReason::InvitationNotFound));
        }
    }
    assert_eq!(service.member("org_acme", "auth0|carol").await, None);
    let states = service.list().await.into_iter().map(|it| it.state());
    assert_eq!(states.collect::<Vec<_>>(), [InvitationState::Expired]);
    service.clock.advance(Duration::from_hours(30 * 24));
    assert_eq!(service.list().await, [], "later deleted from the list");
}

#[tokio::test]
async fn administrators_see_why_an_invitation_is_not_open() {
    let service = TestService::with_acme(InvitationLimits::default()).await;
    let message = |outcome: Result<(), Status>| outcome.unwrap_err().message().to_owned();
    let accepted = service.create("carol@example.test").await.unwrap().id;
    let invitation = service.show("org_acme", &accepted).await.unwrap();
    service.accept(accept(&invitation)).await.unwrap();
    let revoked = service.create("a@example.test").await.unwrap().id;
    service.revoke("org_acme", &revoked).await.unwrap();
    let expired = service.create("b@example.test").await.unwrap();
    let expires_at = doorward_proto::from_timestamp(expired.expires_at, "").unwrap();
    service.clock.advance(Duration::from_hours(7 * 24));
    for (id, end) in [
        (&accepted, "was already accepted".to_owned()),
        (&revoked, "was already revoked".to_owned()),
        (&expired.id, format!("expired at {expires_at}")),
    ] {
        let expected = format!("the invitation {id} {end}");
        let resent = service.resend("org_acme", id).await.map(drop);
        assert_eq!(message(resent), expected);
        assert_eq!(message(service.revoke("org_acme", id).await), expected);
    }
    for outcome in [
        service.show("org_acme", "uinv_x").await.map(drop),
        service.resend("org_acme", "uinv_x").await.map(drop),
        service.revoke("org_acme", "uinv_x").await,
    ] {
        let expected = "the organization org_acme has no invitation uinv_x";
        assert_eq!(message(outcome), expected);
    }
}

#[tokio::test]
async fn sec_131_an_invitation_of_another_organization() {
    let service = TestService::with_acme(InvitationLimits::default()).await;
    let invitation = service.create("carol@example.test").await.unwrap();
    let beta = service
        .select(Selected::Name("beta".to_owned()), None)
        .await;
    let beta = beta.organization.unwrap().id;
    for outcome in [
        service.show(&beta, &invitation.id).await.map(drop),
        service.resend(&beta, &invitation.id).await.map(drop),
        service.revoke(&beta, &invitation.id).await,
    ] {
        let status = outcome.unwrap_err();
        assert_eq!(status.code(), tonic::Code::NotFound);
        assert_eq!(reason_of(&status), Some(ErrorReason::InvitationNotFound));
    }
    let nowhere = service.show("org_nowhere", &invitation.id).await;
    assert_eq!(reason(nowhere), ErrorReason::OrganizationNotFound);
    assert_eq!(
        service.show("org_acme", &invitation.id).await.unwrap(),
        invitation
    );
}

#[tokio::test]
async fn sec_137_a_flood() {
    let limits = InvitationLimits {
        per_organization: 3,
        per_address: 2,
    };
    let service = TestService::with_acme(limits).await;
    let first = service.create("carol@example.test").await.unwrap();
    service.resend("org_acme", &first.id).await.unwrap();
    let status = service.create("Carol@Example.test").await.unwrap_err();
    assert_eq!(status.code(), tonic::Code::ResourceExhausted);
    assert_eq!(reason_of(&status), Some(ErrorReason::TooManyInvitations));
    service.create("dave@example.test").await.unwrap();
    let fourth = service.create("erin@example.test").await;
    assert_eq!(reason(fourth), ErrorReason::TooManyInvitations);
    assert_eq!(service.list().await.len(), 2);
}

#[tokio::test]
async fn old_invitations_are_removed() {
    let limits = InvitationLimits {
        per_organization: 0,
        per_address: 0,
    };
    let service = TestService::with_acme(limits).await;
    let mut old = Vec::new();
    // More than are read at once.
    for _ in 0..150 {
        old.push(service.create("carol@example.test").await.unwrap().id);
    }
    service.clock.advance(Duration::from_hours((7 + 30) * 24));
    let young = service.create("carol@example.test").await.unwrap();
    let shutdown = Shutdown::new();
    let clock = service.clock.clone();
    service.stores.spawn_cleaning(clock, shutdown.clone());
    for id in &old {
        service.until_removed(id).await;
    }
    assert!(service.show("org_acme", &young.id).await.is_ok());
    shutdown.cancel();
}

/// Drops the call while it waits for the store, as at its deadline.
#[tokio::test]
async fn an_acceptance_goes_on_without_its_caller_and_is_logged() {
    let service = TestService::with_acme(InvitationLimits::default()).await;
    let invitation = service.create("carol@example.test").await.unwrap();
    audit::start();
    let direct = super::super::invitations::Service {
        organizations: service.stores.organizations.clone(),
        invitations: service.stores.invitations.clone(),
        limits: InvitationLimits::default(),
        clock: service.clock.clone(),
    };
    tokio::select! {
        biased;
        answer = direct.accept_invitation(Request::new(accept(&invitation))) => panic!("{answer:?}"),
        () = ready(()) => {}
    }
    for _ in 0..3000 {
        if audit::has("si", &invitation.id) {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("no event");
}

#[tokio::test]
async fn what_is_refused_names_its_field() {
    let service = TestService::with_acme(InvitationLimits::default()).await;
    let good = || create("carol@example.test");
    let with = |change: fn(&mut CreateInvitationRequest)| {
        let mut request = good();
        change(&mut request);
        request
    };
    for (request, expected) in [
        (
            with(|it| it.invitee_email = "carol\r\n@example.test".to_owned()),
            ErrorReason::InvalidField,
        ),
        (
            with(|it| it.inviter_name = "A\r\nBcc: x".to_owned()),
            ErrorReason::InvalidField,
        ),
        (
            with(|it| it.login_uri = "http://app.example.test".to_owned()),
            ErrorReason::InvalidField,
        ),
        (
            with(|it| it.role_ids = (0..51).map(|n| n.to_string()).collect()),
            ErrorReason::InvalidField,
        ),
        (
            with(|it| it.ttl_seconds = 2_592_001),
            ErrorReason::InvalidField,
        ),
        (
            with(|it| it.connection = Some("other".to_owned())),
            ErrorReason::ConnectionNotEnabled,
        ),
        (
            with(|it| it.organization_id = "org_nowhere".to_owned()),
            ErrorReason::OrganizationNotFound,
        ),
    ] {
        let refused = service.invitations.clone().create_invitation(request).await;
        assert_eq!(reason(refused), expected);
    }
    let invitation = service.create("carol@example.test").await.unwrap();
    let of_bob = AcceptInvitationRequest {
        email: "bob@example.test".to_owned(),
        ..accept(&invitation)
    };
    assert_eq!(
        reason(service.accept(of_bob).await),
        ErrorReason::InviteeMismatch
    );
    let nameless = AcceptInvitationRequest {
        acceptance_id: String::new(),
        ..accept(&invitation)
    };
    assert_eq!(
        reason(service.accept(nameless).await),
        ErrorReason::InvalidField
    );
}

#[tokio::test]
async fn secrets_are_not_printed() {
    let service = TestService::with_acme(InvitationLimits::default()).await;
    let invitation = service.create("carol@example.test").await.unwrap();
    let ticket = invitation.ticket_id.clone().unwrap();
    let printed = format!(
        "{invitation:?} {:?} {:?}",
        find(&invitation),
        accept(&invitation)
    );
    assert!(!printed.contains(&ticket), "{printed}");
}
