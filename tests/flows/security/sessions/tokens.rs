//! A session token cannot be guessed or read from the store, and nothing else works in its place.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward_e2e::{Agent, Deployment, Replica, Separate};
use doorward_proto::common::v1::User;
use doorward_proto::session::v1::OpenSessionResponse;

use super::super::assertions::{assert_session_dead, assert_session_good};
use super::super::fixture::{
    BROWSER_COOKIE, SESSION_COOKIE, at_second, on_replicas, request, separate, signed_in,
    signed_in_as, silent, with_session_cookie,
};
use super::super::rpc::{LONG, open, sessions};

/// The sessions opened and stored by two replicas. `crates/session/src/domain/token.rs` tests a million tokens.
const SESSIONS: usize = 2_000;
/// The users, each with a record in the store.
const USERS: usize = 20;

#[tokio::test]
async fn sec_080_ids_that_nobody_guesses_or_reads() {
    on_replicas(async |deployment| {
        let separate = separate(deployment);
        let (first, second) = tokio::join!(
            open_many(deployment, Replica::First),
            open_many(deployment, Replica::Second)
        );
        let opened = [first, second].concat();
        let tokens: BTreeSet<_> = opened.iter().map(|it| it.session_token.as_str()).collect();
        let sids: BTreeSet<_> = opened.iter().map(sid).collect();
        assert_eq!([tokens.len(), sids.len()], [SESSIONS; 2], "no repeats");
        assert!(tokens.is_disjoint(&sids));
        assert!(random_bits(&tokens) >= 128, "{}", random_bits(&tokens));

        let agent = Agent::new(deployment);
        let page = agent.open(&request("token")).await;
        let transaction = page.form().value("state")[..32].to_owned();
        let user = deployment.add_user();
        let other = signed_in_as(deployment, &user).await;
        let signed_in = signed_in_as(deployment, &user).await;
        let [own, other] = [&signed_in, &other].map(|it| it.cookies()[SESSION_COOKIE].clone());
        // The user's hash, then the random half.
        assert_eq!(own[..22], other[..22]);
        for eight in [22..30, 30..38, 38..46, 46..54] {
            assert_ne!(own[eight.clone()], other[eight.clone()], "{eight:?}");
        }
        let answer = signed_in.authorize(&silent("token")).await.callback();
        let stored = everything_stored(separate);
        for (name, secret) in [
            ("transaction", &*transaction),
            ("browser", &agent.cookies()[BROWSER_COOKIE]),
            ("session", &signed_in.cookies()[SESSION_COOKIE]),
            ("access token", answer.get("access_token")),
        ] {
            assert!(!is_in(&stored, secret), "the {name} is stored");
        }
        for session in opened.iter().step_by(10) {
            assert!(is_in(&stored, sid(session)), "it is the right store");
            let token = &session.session_token;
            assert!(!is_in(&stored, token), "the session id is stored");
        }
    })
    .await;
}

async fn open_many(deployment: &Deployment, replica: Replica) -> Vec<OpenSessionResponse> {
    let mut sessions = sessions(deployment, replica);
    let mut opened = Vec::new();
    for number in 0..SESSIONS / 2 {
        let user = User {
            user_id: format!("auth0|sec-080-{replica:?}-{}", number % (USERS / 2)),
            version: 1,
            ..User::default()
        };
        opened.push(open(&mut sessions, &user, LONG).await);
    }
    opened
}

fn sid(opened: &OpenSessionResponse) -> &str {
    &opened.session.as_ref().unwrap().sid
}

/// Counts the random bits: six for each position at which all 64 letters occur. A position that depends on the user
/// has at most as many letters as there are users; a random one has all, except once in 10<sup>12</sup> runs.
fn random_bits(tokens: &BTreeSet<&str>) -> usize {
    let length = tokens.first().unwrap().len();
    let is_random = |place: &usize| {
        let letters = tokens.iter().map(|token| token.as_bytes()[*place]);
        letters.collect::<BTreeSet<_>>().len() == 64
    };
    6 * (0..length).filter(is_random).count()
}

/// Whether half of the secret or more is stored, as text or decoded. Only the last 32 letters of a token are secret.
fn is_in(stored: &str, secret: &str) -> bool {
    let (first, second) = secret[secret.len() - 32..].split_at(16);
    [first, second].into_iter().any(|half| {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(half).unwrap();
        let bytes: String = bytes.into_iter().map(char::from).collect();
        stored.contains(half) || stored.contains(&bytes)
    })
}

/// The whole content of the store, all keys and values.
pub(in super::super) fn everything_stored(separate: &Separate) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("dump.rdb");
    redis_cli(separate, &["config", "set", "rdbcompression", "no"]);
    redis_cli(
        separate,
        &["config", "set", "repl-diskless-sync-delay", "0"],
    );
    redis_cli(separate, &["--rdb", path(&file)]);
    let bytes = std::fs::read(&file).unwrap();
    bytes.into_iter().map(char::from).collect()
}

fn redis_cli(separate: &Separate, arguments: &[&str]) {
    let mut command = Command::new("redis-cli");
    command
        .args(["-u", &separate.redis().url()])
        .args(arguments);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[tokio::test]
async fn sec_081_what_we_did_not_issue_is_no_session() {
    on_replicas(async |deployment| {
        let agent = signed_in(deployment).await;
        let own = agent.cookies()[SESSION_COOKIE].clone();
        let other = signed_in(deployment).await.cookies()[SESSION_COOKIE].clone();
        let mut values = vec![
            String::new(),
            own[1..].to_owned(),
            own[..own.len() - 1].to_owned(),
            own[..own.len() / 2].to_owned(),
            format!("{own}A"),
            "A".repeat(10_000),
            "A".repeat(own.len()),
            format!("{}{}", &own[..22], &other[22..]),
            format!("{}{}", &other[..22], &own[22..]),
            doorward_service_kit::token_hash(&own),
        ];
        values.extend((0..own.len()).step_by(5).map(|place| flipped(&own, place)));
        let without = Agent::new(deployment).authorize(&silent("token")).await;
        for value in values {
            let second = with_session_cookie(deployment, &value);
            let first = second.at(Replica::First, deployment);
            for browser in [&first, &second] {
                let page = browser.authorize(&silent("token")).await;
                assert_eq!(page.header("location"), without.header("location"));
                let page = browser.open(&request("token")).await;
                assert_eq!(page.url.path(), "/u/login/identifier", "{page:?}");
            }
            for path in ["/v2/logout", "/oidc/logout"] {
                let page = with_session_cookie(deployment, &value).get(path).await;
                assert_eq!(page.status, 200, "{value:?}: {page:?}");
            }
        }
        assert_session_dead(&with_session_cookie(deployment, &own.to_uppercase())).await;
        for browser in [&agent, &at_second(deployment, &agent)] {
            assert_session_good(browser).await;
        }
    })
    .await;
}

fn flipped(token: &str, place: usize) -> String {
    let mut bytes = token.as_bytes().to_vec();
    bytes[place] ^= 1;
    String::from_utf8(bytes).unwrap()
}
