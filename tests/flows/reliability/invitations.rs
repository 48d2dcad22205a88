//! Invitations under races, kills and outages of the mail server: REL-42, REL-43, REL-44. The calls are those of the
//! frontends, to two processes of `organization` over one PostgreSQL.

mod acceptances;
mod killed;
mod mails;

use std::time::{Duration, Instant};

use doorward_e2e::{Deployment, ORGANIZATION, PATIENCE, Replica, Separate, TEAM, TEAM_LOGIN};
use doorward_proto::organization::v1::invitation_service_client::InvitationServiceClient;
use doorward_proto::organization::v1::organization_service_client::OrganizationServiceClient;
use doorward_proto::organization::v1::{
    AcceptInvitationRequest, CreateInvitationRequest, GetInvitationRequest, Invitation,
    InvitationState, ListMembersRequest, MailSettings, Page,
};
use doorward_service_kit::grpc::Channel;

/// Both processes of the service.
const REPLICAS: [Replica; 2] = [Replica::First, Replica::Second];
/// No limits of mails, which would end a test.
const WITHOUT_LIMITS: &str = "[invitations]\nper_organization = 0\nper_address = 0\n";

/// An invitation that was made, with its address.
#[derive(Debug, Clone)]
struct Made {
    id: String,
    ticket_id: String,
    email: String,
}

impl Made {
    /// An acceptance by a user with the invited address.
    fn acceptance(&self, user_id: &str, acceptance_id: &str) -> AcceptInvitationRequest {
        AcceptInvitationRequest {
            ticket_id: self.ticket_id.clone(),
            organization_id: ORGANIZATION.to_owned(),
            client_id: TEAM.to_owned(),
            user_id: user_id.to_owned(),
            email: self.email.clone(),
            connection: "users".to_owned(),
            acceptance_id: acceptance_id.to_owned(),
        }
    }
}

fn channel(deployment: &Deployment, replica: Replica) -> Channel {
    deployment.channel("organization", replica)
}

async fn create(channel: &Channel, name: &str, with_mail: bool) -> Made {
    let email = format!("{name}@example.test");
    let wanted = CreateInvitationRequest {
        organization_id: ORGANIZATION.to_owned(),
        inviter_name: "Ann Administrator".to_owned(),
        invitee_email: email.clone(),
        client_id: TEAM.to_owned(),
        login_uri: TEAM_LOGIN.to_owned(),
        send_email: with_mail,
        mail: Some(MailSettings {
            language: "en".to_owned(),
            tenant_name: "Example Company".to_owned(),
            client_name: "Team".to_owned(),
        }),
        ..CreateInvitationRequest::default()
    };
    let mut service = InvitationServiceClient::new(channel.clone());
    let created = service.create_invitation(wanted).await.unwrap();
    let invitation = created.into_inner().invitation.unwrap();
    Made {
        id: invitation.id,
        ticket_id: invitation.ticket_id.unwrap(),
        email,
    }
}

async fn get(channel: &Channel, id: &str) -> Invitation {
    let wanted = GetInvitationRequest {
        organization_id: ORGANIZATION.to_owned(),
        invitation_id: id.to_owned(),
    };
    let mut service = InvitationServiceClient::new(channel.clone());
    let found = service.get_invitation(wanted).await.unwrap();
    found.into_inner().invitation.unwrap()
}

/// A channel to a process that was started again, once it responds. A channel that has seen the process die would not
/// try it for a while.
async fn until_up(deployment: &Deployment, replica: Replica, known: &Made) -> Channel {
    let begin = Instant::now();
    loop {
        let channel = channel(deployment, replica);
        let wanted = GetInvitationRequest {
            organization_id: ORGANIZATION.to_owned(),
            invitation_id: known.id.clone(),
        };
        let mut service = InvitationServiceClient::new(channel.clone());
        if service.get_invitation(wanted).await.is_ok() {
            return channel;
        }
        assert!(begin.elapsed() < PATIENCE, "it does not start");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn is_spent(channel: &Channel, id: &str) -> bool {
    match get(channel, id).await.state() {
        InvitationState::Accepted => true,
        InvitationState::Open => false,
        other => panic!("{id} is {other:?}"),
    }
}

/// The ids of all members.
async fn members(channel: &Channel) -> Vec<String> {
    let mut service = OrganizationServiceClient::new(channel.clone());
    let mut members = Vec::new();
    let mut page = Page {
        take: 100,
        ..Page::default()
    };
    loop {
        let wanted = ListMembersRequest {
            organization_id: ORGANIZATION.to_owned(),
            page: Some(page.clone()),
        };
        let part = service.list_members(wanted).await.unwrap().into_inner();
        members.extend(part.members.into_iter().map(|member| member.user_id));
        if part.next.is_empty() {
            return members;
        }
        page.start = Some(doorward_proto::organization::v1::page::Start::From(
            part.next,
        ));
    }
}

/// Processes without limits of mails.
async fn start(builder: doorward_e2e::Builder) -> Deployment {
    let separate: Separate = builder.organization(WITHOUT_LIMITS).start().await;
    Deployment::Separate(separate)
}
