//! The timing of wrong passwords for each kind of account.

use std::time::Instant;

use doorward_e2e::{Agent, Deployment, User};

use super::settings::Settings;
use super::sign_in::{ATTEMPTS, password_form};
use super::target::Target;
use super::way::Way;
use crate::statistics::exact;

/// Guesses per kind of account and round of load.
const EACH: usize = 4;
/// Hashes from another server, of any password.
const BCRYPT: &str = "$2b$10$abcdefghijklmnopqrstuuL0o0YPTCdkT7MfVnLo1dwOkkrd.x5tu";
const ARGON2: &str = "$argon2id$v=19$m=65536,t=3,p=1$c29tZSBzYWx0IG9mIHRlc3Rz$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The first kind of every server, with which the others are compared.
pub(crate) const NO_ACCOUNT: &str = "no account";

/// The guesses at one kind of account of one server.
#[derive(Debug)]
pub(crate) struct Guesses {
    /// The server.
    pub(crate) way: Way,
    /// The kind of account.
    pub(crate) account: &'static str,
    /// Milliseconds from sending the form to the answer.
    pub(crate) times: Vec<f64>,
    /// CPU-milliseconds of all processes, as a mean.
    pub(crate) cpu: f64,
}

/// Measures guesses at each Doorward, one after the other.
pub(crate) async fn run(targets: &[Target], settings: &Settings) -> Vec<Guesses> {
    let mut all = Vec::new();
    for target in targets {
        if let Some(deployment) = target.deployment() {
            all.extend(at(target, deployment, settings.rounds * EACH).await);
        }
    }
    all
}

async fn at(target: &Target, deployment: &Deployment, rounds: usize) -> Vec<Guesses> {
    let accounts = [
        (NO_ACCOUNT, User::stranger().email),
        ("own hash", deployment.add_user().email),
        ("imported bcrypt, cost 10", import(deployment, BCRYPT)),
        ("imported Argon2id, 64 MiB", import(deployment, ARGON2)),
    ];
    let mut all = accounts.each_ref().map(|(account, _)| Guesses {
        way: target.way,
        account,
        times: Vec::new(),
        cpu: 0.0,
    });
    for _ in 0..rounds {
        for ((_, email), guesses) in accounts.iter().zip(&mut all) {
            let (time, cpu) = guess(target, deployment, email).await;
            guesses.times.push(time);
            guesses.cpu += cpu / exact(rounds);
        }
    }
    all.into()
}

/// Time and CPU time of a wrong password, in milliseconds. Refusals of a busy server are not counted.
async fn guess(target: &Target, deployment: &Deployment, email: &str) -> (f64, f64) {
    for _ in 0..ATTEMPTS {
        let browser = Agent::new(deployment);
        let Some(form) = password_form(&browser, email).await else {
            continue;
        };
        let form = form.with("password", "a wrong password");
        let cpu = target.cpu().iter().sum::<f64>();
        let begin = Instant::now();
        let page = browser.submit(&form).await;
        let time = begin.elapsed().as_secs_f64() * 1e3;
        if page.error_code() == Some("wrong-email-credentials") {
            return (time, target.cpu().iter().sum::<f64>() - cpu);
        }
        assert_eq!(page.status, 503, "{page:?}");
    }
    panic!("no password is looked at");
}

/// Creates a user with the given hash. Returns the email.
fn import(deployment: &Deployment, hash: &str) -> String {
    let email = User::stranger().email;
    let entry = serde_json::json!([{ "email": email, "password_hash": hash }]);
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), entry.to_string()).expect("the file can be written");
    let path = file.path().to_str().expect("the path is text");
    deployment
        .command(&["import-users", path], "")
        .assert_success();
    email
}
