//! The server, the applications and the users of the security tests.

use std::collections::BTreeMap;

use doorward_e2e::{
    Agent, Compose, Deployment, Page, Replica, Request, Separate, User, on, on_secure_deployment,
    on_secure_replicas,
};
use reqwest::Method;

/// The tenant file.
pub(super) const TENANT: &str = include_str!("tenant.yaml");

/// The callback of `spa1`.
pub(super) const CALLBACK: &str = "https://app.example.test/cb";
/// The origin of its pages.
pub(super) const ORIGIN: &str = "https://app.example.test";
/// The origin of the application with organizations.
pub(super) const TEAM_ORIGIN: &str = "https://team.example.test";
/// The first API, whose scopes are `read:things` and `write:things`.
pub(super) const API: &str = "https://api.example.test/";
/// The second API, whose scope is `read:others`.
pub(super) const API_TWO: &str = "https://api2.example.test/";
/// An API for applications with a client grant; that of `spa1` allows `read:first`, not `read:second`.
pub(super) const API_WITH_GRANTS: &str = "https://grants.example.test/";
/// The organization that is called `acme`.
pub(super) const ACME: &str = "org_acme000000000000";
/// The organization that is called `beta`.
pub(super) const BETA: &str = "org_beta000000000000";
/// The organization that is called `closed`: only `staff` may sign in, and not up.
pub(super) const CLOSED: &str = "org_closed0000000000";
/// The cookie of the SSO session.
pub(super) const SESSION_COOKIE: &str = "__Host-doorward-session";
/// The cookie that ties pending sign-ins to a browser.
pub(super) const BROWSER_COOKIE: &str = "__Host-doorward-browser";
/// The headers of a form that a page of another origin sends.
pub(super) const FOREIGN: [(&str, &str); 4] = [
    ("origin", "https://evil.test"),
    ("origin", "https://app.example.test"),
    ("sec-fetch-site", "cross-site"),
    ("sec-fetch-site", "same-site"),
];
/// The headers of speculative requests.
pub(super) const SPECULATIVE: [(&str, &str); 5] = [
    ("sec-purpose", "prefetch"),
    ("sec-purpose", "prefetch;prerender"),
    ("purpose", "prefetch"),
    ("x-purpose", "preview"),
    ("x-moz", "prefetch"),
];
/// All parameters of `/authorize`.
pub(super) const PARAMETERS: [&str; 23] = [
    "acr_values",
    "audience",
    "client_id",
    "code_challenge",
    "code_challenge_method",
    "connection",
    "display",
    "id_token_hint",
    "invitation",
    "login_hint",
    "max_age",
    "nonce",
    "organization",
    "prompt",
    "redirect_uri",
    "request",
    "request_uri",
    "response_mode",
    "response_type",
    "scope",
    "screen_hint",
    "state",
    "ui_locales",
];

/// Runs a test on the server that all security tests share, by HTTPS.
pub(super) async fn on_server(story: impl AsyncFnOnce(&Deployment)) {
    on_secure_deployment(TENANT, story).await;
}

/// Runs a test on the two replicas that all security tests share, by HTTPS.
pub(super) async fn on_replicas(story: impl AsyncFnOnce(&Deployment)) {
    on_secure_replicas(TENANT, story).await;
}

/// Runs a test on the server, and then on the replicas. On the server, both replicas are the same.
pub(super) async fn on_server_and_replicas(story: impl AsyncFn(&Deployment)) {
    if !Compose::is_given() {
        on_server(&story).await;
    }
    on_replicas(&story).await;
}

/// Runs a test on its own replicas, which it may disturb.
pub(super) async fn on_own_replicas(story: impl AsyncFnOnce(&Deployment, &Separate)) {
    let builder = Separate::builder().tenant(TENANT).secure();
    let deployment = Deployment::Separate(builder.start().await);
    on(&deployment, async |deployment| {
        story(deployment, separate(deployment)).await;
    })
    .await;
}

/// The processes of a separate deployment.
pub(super) fn separate(deployment: &Deployment) -> &Separate {
    match deployment {
        Deployment::Separate(separate) => separate,
        Deployment::Embedded(_) | Deployment::Compose(_) => {
            panic!("the replicas are separate processes")
        }
    }
}

/// The same browser, at the other replica.
pub(super) fn at_second(deployment: &Deployment, agent: &Agent) -> Agent {
    agent.at(Replica::Second, deployment)
}

/// Another browser with the same cookies, at the other replica.
pub(super) fn copy(deployment: &Deployment, agent: &Agent) -> Agent {
    with_cookies(deployment, agent.cookies())
}

/// A browser with these cookies, at the other replica.
pub(super) fn with_cookies(deployment: &Deployment, cookies: BTreeMap<String, String>) -> Agent {
    let agent = at_second(deployment, &Agent::new(deployment));
    agent.set_cookies(cookies);
    agent
}

/// A browser with only this session cookie, at the other replica.
pub(super) fn with_session_cookie(deployment: &Deployment, value: &str) -> Agent {
    let cookie = (SESSION_COOKIE.to_owned(), value.to_owned());
    with_cookies(deployment, BTreeMap::from([cookie]))
}

/// A valid request of `spa1`.
pub(super) fn request(response_type: &str) -> Request {
    of_client("spa1", CALLBACK, response_type)
}

/// A valid silent request of `spa1`.
pub(super) fn silent(response_type: &str) -> Request {
    request(response_type).with("prompt", "none")
}

/// A request of another application.
pub(super) fn of_client(client_id: &str, redirect_uri: &str, response_type: &str) -> Request {
    Request::new(response_type)
        .with("client_id", client_id)
        .with("redirect_uri", redirect_uri)
}

/// A valid request of the application with and without organizations.
pub(super) fn of_team(response_type: &str) -> Request {
    of_client("team1", "https://team.example.test/cb", response_type)
}

/// A valid request of the application with `staff` as its only connection.
pub(super) fn of_staff(response_type: &str) -> Request {
    of_client("staff1", "https://staff.example.test/cb", response_type)
}

/// Creates a user in the connection `staff`.
#[track_caller]
pub(super) fn add_staff(deployment: &Deployment) -> User {
    let user = User::stranger();
    let arguments = ["user", "add", &user.email, "--connection", "staff"];
    let added = deployment.command(&arguments, &user.password);
    added.assert_success();
    user
}

/// A browser with the session of a new user: every request that is not refused yields a token.
pub(super) async fn signed_in(deployment: &Deployment) -> Agent {
    signed_in_as(deployment, &deployment.add_user()).await
}

/// A browser with the session of that user.
pub(super) async fn signed_in_as(deployment: &Deployment, user: &User) -> Agent {
    let agent = Agent::new(deployment);
    agent.sign_in(&request("token"), user).await;
    agent
}

/// Creates a member of the organization `acme`.
#[track_caller]
pub(super) fn member_of_acme(deployment: &Deployment) -> User {
    let user = deployment.add_user();
    deployment.add_member(ACME, &user);
    user
}

/// Sends an authorization request as a form (OIDC Core §3.1.2.1).
pub(super) async fn post(agent: &Agent, request: &Request) -> Page {
    let sent = agent.request(Method::POST, "/authorize");
    agent.send(sent.form(request.parameters())).await
}

/// One page of each kind of sign-in form: identifier, password, sign-up.
pub(super) async fn form_pages(deployment: &Deployment) -> [(Agent, Page); 3] {
    let identifier = Agent::new(deployment);
    let identifier_page = identifier.open(&request("token")).await;
    let password = Agent::new(deployment);
    let first = password.open(&request("token")).await;
    let form = first.form().with("username", &User::stranger().email);
    let password_page = password.submit_and_follow(&form).await;
    let signup = Agent::new(deployment);
    let signup_page = signup
        .open(&request("token").with("screen_hint", "signup"))
        .await;
    [
        (identifier, identifier_page),
        (password, password_page),
        (signup, signup_page),
    ]
}

/// All pages, with their names: those outside a sign-in, and one of each kind within.
pub(super) async fn all_pages(deployment: &Deployment) -> Vec<(&'static str, Page)> {
    let [(_, identifier), (_, password), (_, signup)] = form_pages(deployment).await;
    let mut pages = vec![
        ("identifier", identifier),
        ("password", password),
        ("sign-up", signup),
    ];
    let agent = Agent::new(deployment);
    for (name, path) in [
        ("error", "/authorize"),
        ("lost sign-in", "/u/login/identifier?state=lost"),
        ("not found", "/nothing/here"),
        ("logged out", "/v2/logout"),
        ("logged out by OpenID Connect", "/oidc/logout"),
    ] {
        pages.push((name, agent.get(path).await));
    }
    let of_acme = of_team("token").with("organization", ACME);
    pages.push((
        "sign-in to an organization",
        Agent::new(deployment).open(&of_acme).await,
    ));
    let email = User::stranger().email;
    let invitation = deployment.invite(ACME, &email, "team1", &["--no-mail"]);
    let invited = invitation.request(&of_team("token"));
    pages.push(("invitation", Agent::new(deployment).open(&invited).await));
    let signed_in = signed_in(deployment).await;
    let target = "/oidc/logout?client_id=spa1";
    pages.push(("logout", signed_in.get(target).await));
    pages
}
