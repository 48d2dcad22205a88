//! Tabs of one browser, with their steps in random order, at either replica: each gets the answer for the user who
//! signed in there, or must sign in again. `TAB_ROUNDS=1000` runs longer.

use std::collections::BTreeMap;
use std::fmt;

use doorward_e2e::{Agent, Callback, Deployment, Form, Page, Replica, Request, User, claims};

use super::super::fixture::{
    CALLBACK, SESSION_COOKIE, add_staff, at_second, copy, of_staff, on_replicas, request,
};

const TABS: usize = 3;
/// The number of steps of a round. A tab that starts again may not finish within them.
const STEPS: usize = 60;
/// Rounds: few, because each sign-in costs a hash.
const ROUNDS: usize = 20;

/// Random numbers, reproducible by their seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) >> 33).unwrap() % sides
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.roll(all.len())]
    }
}

/// The users, by their `sub`.
struct People {
    customers: Vec<User>,
    staff: Vec<User>,
    subs: BTreeMap<String, String>,
}

impl People {
    async fn add(deployment: &Deployment) -> Self {
        let customers = vec![deployment.add_user(), deployment.add_user()];
        let staff = vec![add_staff(deployment), add_staff(deployment)];
        let mut subs = BTreeMap::new();
        let wanted = customers.iter().map(|user| (user, request("id_token")));
        let wanted = wanted.chain(staff.iter().map(|user| (user, of_staff("id_token"))));
        for (user, asked) in wanted {
            let answer = Agent::new(deployment).sign_in(&asked, user).await;
            subs.insert(user.email.clone(), sub(&answer));
        }
        Self {
            customers,
            staff,
            subs,
        }
    }
}

fn sub(answer: &Callback) -> String {
    let sub = &claims(answer.get("id_token"))["sub"];
    sub.as_str().unwrap().to_owned()
}

/// A tab with its page.
struct Tab {
    of_staff: bool,
    asks_anew: bool,
    page: Page,
    /// The user who has submitted a password in this tab last.
    typed: Option<User>,
    /// The password form as it was last sent.
    sent: Option<Form>,
    answered: bool,
}

impl fmt::Debug for Tab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            of_staff,
            asks_anew,
            page,
            typed,
            ..
        } = self;
        write!(
            f,
            "staff {of_staff}, anew {asks_anew}, typed {typed:?}, at {page:?}"
        )
    }
}

/// One browser, and the state of its tabs.
struct Round<'a> {
    deployment: &'a Deployment,
    people: &'a People,
    browser: Agent,
    dice: Dice,
    tabs: Vec<Tab>,
}

impl Round<'_> {
    /// The browser at a random replica.
    fn replica(&mut self) -> Agent {
        let second = at_second(self.deployment, &self.browser);
        if self.dice.roll(2) == 0 {
            return second;
        }
        second.at(Replica::First, self.deployment)
    }

    async fn open_tab(&mut self) {
        let of_staff_app = self.dice.roll(2) == 0;
        let asked = if of_staff_app {
            of_staff("id_token")
        } else {
            request("id_token")
        };
        let wishes = [("state", "plain"), ("prompt", "login"), ("max_age", "0")];
        let (name, value) = *self.dice.pick(&wishes);
        let asked: Request = asked.with(name, value);
        let agent = self.replica();
        let page = agent.authorize(&asked).await;
        let tab = Tab {
            of_staff: of_staff_app,
            asks_anew: name != "state",
            page,
            typed: None,
            sent: None,
            answered: false,
        };
        self.tabs.push(tab);
        self.look(self.tabs.len() - 1);
    }

    /// Takes one step in one tab: follows a redirect, or fills in a form.
    async fn step(&mut self, index: usize) {
        let agent = self.replica();
        if self.tabs[index].answered {
            return self.come_back(index, &agent).await;
        }
        let page = match self.tabs[index].page.location() {
            Some(next) => agent.get(next.as_str()).await,
            None => self.fill_in(index, &agent).await,
        };
        // The machine is busy: the step is repeated.
        if page.status.as_u16() == 503 {
            return;
        }
        self.tabs[index].page = page;
        self.look(index);
    }

    async fn fill_in(&mut self, index: usize, agent: &Agent) -> Page {
        let form = self.tabs[index].page.form();
        let people = if self.tabs[index].of_staff {
            &self.people.staff
        } else {
            &self.people.customers
        };
        if form.action.path() == "/u/login/identifier" {
            let user = self.dice.pick(people);
            return agent.submit(&form.with("username", &user.email)).await;
        }
        assert_eq!(form.action.path(), "/u/login/password");
        let typed = people.iter().find(|it| it.email == form.value("username"));
        let user = typed.unwrap().clone();
        let form = form.with("password", &user.password);
        self.tabs[index].typed = Some(user);
        self.tabs[index].sent = Some(form.clone());
        match self.dice.roll(3) {
            // A double click: the browser drops the first answer, with its cookie.
            0 => {
                copy(self.deployment, agent).submit(&form).await;
                agent.submit(&form).await
            }
            // Two requests at the same time, to random replicas.
            1 => {
                let dropped = copy(self.deployment, agent);
                let (_, page) = tokio::join!(dropped.submit(&form), agent.submit(&form));
                page
            }
            _ => agent.submit(&form).await,
        }
    }

    /// Sends a form again after its answer, and checks that it opens no session.
    async fn come_back(&self, index: usize, agent: &Agent) {
        let Some(form) = &self.tabs[index].sent else {
            return;
        };
        let session = agent.cookies().get(SESSION_COOKIE).cloned();
        let page = agent.submit(form).await;
        let end = agent.follow(page).await;
        assert_eq!(end.location(), None, "{end:?}");
        assert_eq!(agent.cookies().get(SESSION_COOKIE).cloned(), session);
    }

    /// Checks the answer, if the tab has got one.
    fn look(&mut self, index: usize) {
        let tab = &mut self.tabs[index];
        let location = tab.page.header("location");
        let callback = if tab.of_staff {
            "https://staff.example.test/cb"
        } else {
            CALLBACK
        };
        if !location.starts_with(callback) {
            return;
        }
        tab.answered = true;
        let answer = tab.page.callback();
        if answer.find("error") == Some("temporarily_unavailable") {
            tab.sent = None;
            return;
        }
        let sub = sub(&answer);
        let subs = &self.people.subs;
        if let Some(user) = &tab.typed {
            assert_eq!(sub, subs[&user.email], "{tab:?}");
            return;
        }
        // Single sign-on: the user of the session may differ from the one who signed in here.
        assert!(!tab.asks_anew, "{tab:?}");
        let people = if tab.of_staff {
            &self.people.staff
        } else {
            &self.people.customers
        };
        let could_be = people.iter().any(|user| sub == subs[&user.email]);
        assert!(could_be, "{tab:?}");
    }

    async fn run(&mut self) -> usize {
        for _ in 0..TABS {
            self.open_tab().await;
        }
        for _ in 0..STEPS {
            if self.dice.roll(25) == 0 {
                let agent = self.replica();
                agent.get("/v2/logout").await;
                continue;
            }
            if self.tabs.iter().all(|tab| tab.answered) {
                break;
            }
            let index = self.dice.roll(TABS);
            self.step(index).await;
        }
        self.tabs.iter().filter(|tab| tab.answered).count()
    }
}

#[tokio::test]
async fn sec_087_interleaved_tabs() {
    on_replicas(async |deployment| {
        let people = People::add(deployment).await;
        let mut answered = 0;
        for number in 0..crate::number("TAB_ROUNDS", ROUNDS) {
            let seed = u64::from_str_radix(&doorward_service_kit::hex()[..16], 16).unwrap();
            println!("round {number}: seed {seed}");
            let mut round = Round {
                deployment,
                people: &people,
                browser: Agent::new(deployment),
                dice: Dice(seed),
                tabs: Vec::new(),
            };
            answered += round.run().await;
        }
        println!("{answered} tabs were answered");
        assert!(answered > 0);
    })
    .await;
}
