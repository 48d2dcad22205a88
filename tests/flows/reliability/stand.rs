//! The deployment under test, and everything that is asked of it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use doorward_e2e::{
    APPLICATION, Agent, Deployment, Keys, LOGOUT_URL, Replica, Request, SECOND_SESSION, Separate,
    User, claims, on,
};
use doorward_proto::common;
use doorward_proto::session::v1::session_service_client::SessionServiceClient;
use doorward_proto::session::v1::{
    ListSessionsRequest, OpenSessionRequest, OpenSessionResponse, SessionLimits,
};
use reqwest::StatusCode;
use tokio::sync::{Semaphore, SemaphorePermit};
use tonic::transport::Channel;

use super::answer::{Answer, cannot_tell};
use super::model::{Model, Session, locked};

/// A fault must show itself in the log by then.
const SHOWS_ITSELF: Duration = Duration::from_secs(15);
/// What the log says when a store has lost its data.
pub(super) const LOST: &str = "redis has lost its data";
/// What the log says when Redis is not there.
pub(super) const AWAY: &str = "redis cannot be reached";
/// What the log says when Redis is not asked any more.
pub(super) const OPENED: &str = "circuit breaker opened";
/// What the log says when there is little memory left.
pub(super) const NEARLY_FULL: &str = "redis has used more than 80 % of its memory";
const SESSION_COOKIE: &str = "__Host-doorward-session";
/// Of the tests' tenant.
const CONNECTION: &str = "users";
const DAY: SessionLimits = SessionLimits {
    absolute_seconds: 86_400,
    idle_seconds: 86_400,
};

/// These stories take a machine's attention: two at a time.
pub(super) async fn place() -> SemaphorePermit<'static> {
    static PLACES: Semaphore = Semaphore::const_new(2);
    PLACES.acquire().await.expect("it is never closed")
}

/// Two frontends and two `session` services over a Redis that the story has started.
pub(super) struct Stand {
    pub(super) deployment: Deployment,
    doors: [Agent; 2],
    keys: Keys,
    users: Mutex<Vec<User>>,
}

/// The usual `[redis]` section. The deadline is longer than by default, for machines that run tests and compilers beside the
/// deployment.
pub(super) fn settings(url: &str) -> String {
    format!("url = \"{url}\"\ndeadline_ms = 800")
}

/// Tells a story to a deployment with those lines in its `[redis]` section.
pub(super) async fn on_stand(redis: &str, story: impl AsyncFnOnce(&Arc<Stand>)) {
    let separate = Separate::builder().redis(redis).start().await;
    let deployment = Deployment::Separate(separate);
    let first = Agent::new(&deployment);
    let second = first.at(Replica::Second, &deployment);
    let stand = Arc::new(Stand {
        keys: Keys::fetch(&deployment).await,
        doors: [first, second],
        deployment,
        users: Mutex::default(),
    });
    on(&stand.deployment, async |_| story(&stand).await).await;
}

impl Stand {
    /// The processes.
    pub(super) fn separate(&self) -> &Separate {
        match &self.deployment {
            Deployment::Separate(separate) => separate,
            Deployment::Embedded(_) => unreachable!(),
        }
    }

    /// Creates users who can sign in by password.
    pub(super) fn add_users(&self, count: usize) {
        let users = (0..count).map(|_| self.deployment.add_user());
        locked(&self.users).extend(users);
    }

    fn agent(&self, replica: usize, cookies: BTreeMap<String, String>) -> Agent {
        let agent = self.doors[replica].another();
        agent.set_cookies(cookies);
        agent
    }

    /// Asks for a token without a page.
    pub(super) async fn silent(&self, session: &Session, replica: usize) -> Answer {
        let agent = self.agent(replica, session.cookies.clone());
        let state = doorward_service_kit::hex();
        let request = Request::silent("id_token")
            .with("state", &state)
            .with("nonce", &state);
        let page = agent.authorize(&request).await;
        let answer = Answer::to_silent(&page, &state, &session.sub, &self.keys);
        cookies_kept(answer, session, &agent)
    }

    /// Signs out.
    pub(super) async fn log_out(&self, session: &Session, replica: usize) -> Answer {
        let agent = self.agent(replica, session.cookies.clone());
        session.begin_logout();
        let path = format!("/v2/logout?client_id={APPLICATION}&returnTo={LOGOUT_URL}");
        let answer = Answer::to_logout(&agent.get(&path).await);
        if answer == Answer::Yes {
            session.confirm_logout();
        }
        cookies_kept(answer, session, &agent)
    }

    /// Signs somebody in with a password. Every page may say that it cannot tell.
    pub(super) async fn sign_in(&self, dice: u64, replica: usize) -> (Answer, Option<Session>) {
        let user = {
            let users = locked(&self.users);
            let index = dice % users.len() as u64;
            users[usize::try_from(index).expect("an index")].clone()
        };
        let agent = self.agent(replica, BTreeMap::new());
        let state = doorward_service_kit::hex();
        let request = Request::new("id_token").with("state", &state);
        let mut page = agent.open(&request).await;
        for (field, value) in [("username", &user.email), ("password", &user.password)] {
            if cannot_tell(&page, &state) {
                return (Answer::CannotTell, None);
            }
            if page.status != StatusCode::OK {
                return (Answer::Wrong(format!("{page:?}")), None);
            }
            let page_after = agent.submit(&page.form().with(field, value)).await;
            page = match page_after.status {
                StatusCode::SEE_OTHER => agent.follow(page_after).await,
                _ => page_after,
            };
        }
        if cannot_tell(&page, &state) {
            return (Answer::CannotTell, None);
        }
        if page.status != StatusCode::FOUND || page.callback().find("id_token").is_none() {
            return (Answer::Wrong(format!("{page:?}")), None);
        }
        let sub = claims(page.callback().get("id_token"))["sub"].clone();
        let sub = sub.as_str().expect("sub is text").to_owned();
        (Answer::Yes, Some(Session::new(agent.cookies(), sub)))
    }

    /// A model with so many sessions that stay, and so many that will be ended.
    pub(super) async fn model(&self, staying: usize, leaving: usize) -> Model {
        let model = Model::default();
        self.fill(&model, staying, leaving).await;
        model
    }

    /// Opens so many sessions that stay, and so many that will be ended.
    pub(super) async fn fill(&self, model: &Model, staying: usize, leaving: usize) {
        let mut client = self.client("session").await;
        for _ in 0..staying {
            model.add(open_session(&mut client).await);
        }
        for _ in 0..leaving {
            model.add_leaving(open_session(&mut client).await);
        }
    }

    /// How many sessions a user has, at either `session`.
    pub(super) async fn count_sessions(&self, sub: &str) -> Vec<usize> {
        let mut counts = Vec::new();
        for name in ["session", SECOND_SESSION] {
            let request = ListSessionsRequest {
                user_id: sub.to_owned(),
                limits: Some(DAY),
                ephemeral_limits: Some(DAY),
            };
            let listed = self.client(name).await.list_sessions(request).await;
            counts.push(listed.expect("it answers").into_inner().sessions.len());
        }
        counts
    }

    async fn client(&self, name: &str) -> SessionServiceClient<Channel> {
        let address = self.separate().address(name);
        let client = SessionServiceClient::connect(address).await;
        client.expect("the service listens")
    }

    /// Waits until the log says something, as the operator must be able to read it.
    pub(super) async fn wait_for_log(&self, text: &str) {
        let begin = Instant::now();
        while !self.deployment.log().contains(text) {
            assert!(
                begin.elapsed() < SHOWS_ITSELF,
                "{text:?} was expected in the log"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// An outage takes no cookie.
fn cookies_kept(answer: Answer, session: &Session, agent: &Agent) -> Answer {
    match answer {
        Answer::CannotTell if agent.cookies() != session.cookies => {
            Answer::Wrong("cookies changed, though nobody could tell".to_owned())
        }
        answer => answer,
    }
}

/// Opens a session as a sign-in does, without its pages and its password hash.
async fn open_session(client: &mut SessionServiceClient<Channel>) -> Session {
    let user_id = format!("auth0|{}", doorward_service_kit::hex());
    let connection = CONNECTION.to_owned();
    let request = OpenSessionRequest {
        user: Some(common::v1::User {
            user_id: user_id.clone(),
            version: 1,
            connection: connection.clone(),
            ..Default::default()
        }),
        connection,
        limits: Some(DAY),
        persistent: true,
        ..Default::default()
    };
    let opened = client.open_session(request).await.expect("it opens");
    let OpenSessionResponse { session_token, .. } = opened.into_inner();
    let cookies = BTreeMap::from([(SESSION_COOKIE.to_owned(), session_token)]);
    Session::new(cookies, user_id)
}
