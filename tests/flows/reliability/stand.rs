//! The deployment under test, and the requests to it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use doorward_e2e::{
    APPLICATION, Agent, Deployment, Keys, LOGOUT_URL, Replica, Request, Separate, User, claims, on,
};
use doorward_proto::common;
use doorward_proto::session::v1::session_service_client::SessionServiceClient;
use doorward_proto::session::v1::{
    ListSessionsRequest, OpenSessionRequest, OpenSessionResponse, SessionLimits,
};
use doorward_service_kit::grpc::Channel;
use reqwest::{Error, StatusCode};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::answer::{Answer, cannot_tell};
use super::model::{Model, Session, locked};

/// The time within which a fault must be in the log.
const SHOWS_ITSELF: Duration = Duration::from_secs(15);
/// The log message for a store that has lost its data.
pub(super) const LOST: &str = "redis has lost its data";
/// The log message while Redis cannot be reached.
pub(super) const AWAY: &str = "redis cannot be reached";
/// The log message for an open breaker.
pub(super) const OPENED: &str = "circuit breaker opened";
/// The log message for low memory.
pub(super) const NEARLY_FULL: &str = "redis has used more than 80 % of its memory";
const SESSION_COOKIE: &str = "__Host-doorward-session";
/// The connection in the tests' tenant.
const CONNECTION: &str = "users";
const DAY: SessionLimits = SessionLimits {
    absolute_seconds: 86_400,
    idle_seconds: 86_400,
};

/// A permit to run: at most two of these tests run at a time, because they load the machine.
pub(super) async fn place() -> SemaphorePermit<'static> {
    static PLACES: Semaphore = Semaphore::const_new(2);
    PLACES.acquire().await.expect("it is never closed")
}

/// Two frontends and two `session` services, over a Redis that the test has started or in the compose stack.
pub(super) struct Stand {
    pub(super) deployment: Arc<Deployment>,
    doors: [Agent; 2],
    keys: Keys,
    users: Mutex<Vec<User>>,
}

/// The usual `[redis]` section, with a longer deadline than the default, for a busy machine.
pub(super) fn settings(url: &str) -> String {
    format!("url = \"{url}\"\ndeadline_ms = 800")
}

/// Runs a test on a deployment with the given `[redis]` section.
pub(super) async fn on_stand(redis: &str, story: impl AsyncFnOnce(&Arc<Stand>)) {
    let separate = Separate::builder().redis(redis).start().await;
    let deployment = Arc::new(Deployment::Separate(separate));
    let stand = Stand::new(&deployment).await;
    on(&deployment, async |_| story(&stand).await).await;
}

impl Stand {
    /// A stand without users.
    pub(super) async fn new(deployment: &Arc<Deployment>) -> Arc<Self> {
        let first = Agent::new(deployment);
        let second = first.at(Replica::Second, deployment);
        Arc::new(Self {
            keys: Keys::fetch(deployment).await,
            doors: [first, second],
            deployment: Arc::clone(deployment),
            users: Mutex::default(),
        })
    }

    /// A stand behind a load balancer: a request that cannot connect to its frontend goes to the other one.
    pub(super) async fn balanced(deployment: &Arc<Deployment>) -> Arc<Self> {
        let first = Agent::new(deployment);
        let second = first.at(Replica::Second, deployment);
        let doors = [first.another().or_else(&second), second.or_else(&first)];
        Arc::new(Self {
            keys: Keys::fetch(deployment).await,
            doors,
            deployment: Arc::clone(deployment),
            users: Mutex::default(),
        })
    }

    /// The folder of the reports.
    pub(super) fn reports(&self) -> PathBuf {
        let temporary = Path::new(env!("CARGO_TARGET_TMPDIR"));
        match *self.deployment {
            Deployment::Compose(_) => temporary.with_file_name("e2e"),
            Deployment::Embedded(_) | Deployment::Separate(_) => temporary.join("reliability"),
        }
    }

    /// The processes.
    pub(super) fn separate(&self) -> &Separate {
        match &*self.deployment {
            Deployment::Separate(separate) => separate,
            Deployment::Embedded(_) | Deployment::Compose(_) => unreachable!(),
        }
    }

    /// Creates users with passwords.
    pub(super) fn add_users(&self, count: usize) {
        let users = (0..count).map(|_| self.deployment.add_user());
        locked(&self.users).extend(users);
    }

    fn agent(&self, replica: usize, cookies: BTreeMap<String, String>) -> Agent {
        let agent = self.doors[replica].another();
        agent.set_cookies(cookies);
        agent
    }

    /// Sends a silent request.
    pub(super) async fn silent(&self, session: &Session, replica: usize) -> Answer {
        let agent = self.agent(replica, session.cookies.clone());
        let state = doorward_service_kit::hex();
        let request = Request::silent("id_token")
            .with("state", &state)
            .with("nonce", &state);
        let answer = match agent.try_authorize(&request).await {
            Ok(page) => Answer::to_silent(&page, &state, &session.sub, &self.keys),
            Err(error) => lost(&error),
        };
        cookies_kept(answer, session, &agent)
    }

    /// Signs out.
    pub(super) async fn log_out(&self, session: &Session, replica: usize) -> Answer {
        let agent = self.agent(replica, session.cookies.clone());
        session.begin_logout();
        let path = format!("/v2/logout?client_id={APPLICATION}&returnTo={LOGOUT_URL}");
        let answer = match agent.try_get(&path).await {
            Ok(page) => Answer::to_logout(&page),
            Err(error) => lost(&error),
        };
        if answer == Answer::Yes {
            session.confirm_logout();
        }
        cookies_kept(answer, session, &agent)
    }

    /// Signs a user in with a password. Every page may report an outage.
    pub(super) async fn sign_in(&self, dice: u64, replica: usize) -> (Answer, Option<Session>) {
        let signed_in = self.try_sign_in(dice, replica).await;
        signed_in.unwrap_or_else(|error| (lost(&error), None))
    }

    async fn try_sign_in(
        &self,
        dice: u64,
        replica: usize,
    ) -> Result<(Answer, Option<Session>), Error> {
        let user = {
            let users = locked(&self.users);
            let index = dice % users.len() as u64;
            users[usize::try_from(index).expect("an index")].clone()
        };
        let agent = self.agent(replica, BTreeMap::new());
        let state = doorward_service_kit::hex();
        let request = Request::new("id_token").with("state", &state);
        let page = agent.try_authorize(&request).await?;
        let mut page = agent.try_follow(page).await?;
        for (field, value) in [("username", &user.email), ("password", &user.password)] {
            if cannot_tell(&page, &state) {
                return Ok((Answer::CannotTell, None));
            }
            if page.status != StatusCode::OK {
                return Ok((Answer::Wrong(format!("{page:?}")), None));
            }
            let page_after = agent.try_submit(&page.form().with(field, value)).await?;
            page = match page_after.status {
                StatusCode::SEE_OTHER => agent.try_follow(page_after).await?,
                _ => page_after,
            };
        }
        if cannot_tell(&page, &state) {
            return Ok((Answer::CannotTell, None));
        }
        if page.status != StatusCode::FOUND || page.callback().find("id_token").is_none() {
            return Ok((Answer::Wrong(format!("{page:?}")), None));
        }
        let sub = claims(page.callback().get("id_token"))["sub"].clone();
        let sub = sub.as_str().expect("sub is text").to_owned();
        Ok((Answer::Yes, Some(Session::new(agent.cookies(), sub))))
    }

    /// A model with `staying` sessions that stay, and `leaving` sessions that sign out.
    pub(super) async fn model(&self, staying: usize, leaving: usize) -> Model {
        let model = Model::default();
        self.fill(&model, staying, leaving).await;
        model
    }

    /// Opens `staying` sessions that stay, and `leaving` sessions that sign out.
    pub(super) async fn fill(&self, model: &Model, staying: usize, leaving: usize) {
        let mut client = self.client(Replica::First);
        for _ in 0..staying {
            model.add(open_session(&mut client).await);
        }
        for _ in 0..leaving {
            model.add_leaving(open_session(&mut client).await);
        }
    }

    /// The number of a user's sessions, at each `session`.
    pub(super) async fn count_sessions(&self, sub: &str) -> Vec<usize> {
        let mut counts = Vec::new();
        for replica in [Replica::First, Replica::Second] {
            let request = ListSessionsRequest {
                user_id: sub.to_owned(),
                limits: Some(DAY),
                ephemeral_limits: Some(DAY),
            };
            let listed = self.client(replica).list_sessions(request).await;
            counts.push(listed.expect("it answers").into_inner().sessions.len());
        }
        counts
    }

    fn client(&self, replica: Replica) -> SessionServiceClient<Channel> {
        SessionServiceClient::new(self.deployment.channel("session", replica))
    }

    /// Waits for a message in the log, which operators must see.
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

fn lost(error: &Error) -> Answer {
    Answer::Lost(format!("{error:?}"))
}

/// Checks that an outage removes no cookie.
fn cookies_kept(answer: Answer, session: &Session, agent: &Agent) -> Answer {
    match answer {
        Answer::CannotTell if agent.cookies() != session.cookies => {
            Answer::Wrong("cookies changed, though nobody could tell".to_owned())
        }
        answer => answer,
    }
}

/// Opens a session like a sign-in, without pages and password hash.
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
