//! Invitations, as an administrator makes them and an application forwards them.

use serde_json::Value;
use url::Url;

use crate::{Agent, Deployment, Page, Request, User, secrets};

/// An invitation that `doorward invitation create --json` has made.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// The output of the command.
    pub json: Value,
}

impl Deployment {
    /// Invites an address to an organization. `options` are more options of the command.
    #[must_use]
    #[track_caller]
    pub fn invite(
        &self,
        organization: &str,
        email: &str,
        client_id: &str,
        options: &[&str],
    ) -> Invitation {
        let arguments = [
            "invitation",
            "create",
            organization,
            email,
            "--client",
            client_id,
            "--inviter",
            "Ann Administrator",
            "--json",
        ];
        let outcome = self.command(&[&arguments, options].concat(), "");
        outcome.assert_success();
        let invitation = Invitation {
            json: outcome.json(),
        };
        secrets::note(&invitation.parameter("invitation"));
        invitation
    }

    /// The invitation as `doorward invitation show --json` shows it.
    #[must_use]
    #[track_caller]
    pub fn invitation(&self, organization: &str, id: &str) -> Value {
        let outcome = self.command(&["invitation", "show", organization, id, "--json"], "");
        outcome.assert_success();
        outcome.json()
    }

    /// The members of an organization with their roles, as `doorward organization members --json` shows them.
    #[must_use]
    #[track_caller]
    pub fn members(&self, organization: &str) -> Value {
        let outcome = self.command(&["organization", "members", organization, "--json"], "");
        outcome.assert_success();
        outcome.json()
    }

    /// Whether the user is a member.
    #[must_use]
    #[track_caller]
    pub fn is_member(&self, organization: &str, user_id: &str) -> bool {
        self.members(organization).to_string().contains(user_id)
    }

    /// Makes the user a member.
    #[track_caller]
    pub fn add_member(&self, organization: &str, user: &User) {
        let command = ["organization", "add-member", organization, &user.email];
        self.command(&command, "").assert_success();
    }

    /// Ends the user's membership.
    #[track_caller]
    pub fn remove_member(&self, organization: &str, user: &User) {
        let command = ["organization", "remove-member", organization, &user.email];
        self.command(&command, "").assert_success();
    }
}

impl Invitation {
    /// The id.
    #[must_use]
    pub fn id(&self) -> &str {
        self.json["id"].as_str().expect("an invitation has an id")
    }

    /// The link in the mail.
    #[must_use]
    pub fn url(&self) -> Url {
        let url = self.json["invitation_url"].as_str();
        Url::parse(url.expect("the invitation is open")).expect("the link is a URL")
    }

    /// A parameter of the link.
    #[must_use]
    pub fn parameter(&self, name: &str) -> String {
        parameter(&self.url(), name)
    }

    /// The request that the application sends after it was opened by the link.
    #[must_use]
    pub fn request(&self, request: &Request) -> Request {
        forwarded(&self.url(), request)
    }

    /// Opens the invitation and presses the button of its page. Returns the next page, or the answer.
    pub async fn open(&self, agent: &Agent, request: &Request) -> Page {
        let page = agent.open(&self.request(request)).await;
        assert_eq!(page.url.path(), "/u/invitation", "{page:?}");
        agent.submit_and_follow(&page.form()).await
    }
}

/// The request of an application that was opened by the link of an invitation: it forwards two of the parameters.
#[must_use]
pub fn forwarded(link: &Url, request: &Request) -> Request {
    ["invitation", "organization"]
        .into_iter()
        .fold(request.clone(), |request, name| {
            request.with(name, &parameter(link, name))
        })
}

fn parameter(link: &Url, name: &str) -> String {
    let mut pairs = link.query_pairs();
    let pair = pairs.find(|(known, _)| known == name);
    let (_, value) = pair.unwrap_or_else(|| panic!("{link} has no {name}"));
    value.into_owned()
}
