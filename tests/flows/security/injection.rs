//! Group L: data never becomes a key, an address or a header.

use std::time::{Duration, Instant};

use doorward_e2e::{Agent, Deployment, Embedded, PATIENCE, Separate, on};
use doorward_test_support::redis::Persistent;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::assertions::assert_session_good;
use super::fixture::{SESSION_COOKIE, TENANT, request, signed_in, silent, with_session_cookie};

/// The end of the key with the last change of a user that `session` was told of.
const RELAY_POSITION: &str = "user-relay-position";

#[tokio::test]
async fn sec_186_no_other_key_of_redis_is_touched() {
    let redis = Persistent::start().await;
    let settings = format!("url = \"{}\"\ndeadline_ms = 800", redis.url());
    let builder = Separate::builder().tenant(TENANT).secure().redis(settings);
    let deployment = Deployment::Separate(builder.start().await);
    on(&deployment, async |deployment| {
        let user = deployment.add_user();
        let victim = signed_in(deployment).await;
        let token = victim.cookies()[SESSION_COOKIE].clone();
        let keys = || {
            let mut keys: Vec<_> = redis
                .ask(&["KEYS", "*"])
                .lines()
                .map(str::to_owned)
                .collect();
            keys.sort();
            keys
        };
        // The changes of users are relayed a little later, and leave a key of their own.
        let begin = Instant::now();
        while !keys().iter().any(|key| key.ends_with(RELAY_POSITION)) {
            assert!(begin.elapsed() < PATIENCE, "{:?}", keys());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let before = keys();
        for value in [
            "*",
            ":",
            "{",
            "}",
            "{}",
            "*:*",
            "{*}",
            "a:b",
            "%0d%0aFLUSHALL%0d%0a",
            "%00",
            "\\r\\nDEL",
            &format!("*{token}"),
            &format!("{token}*"),
            &format!("{{{token}}}"),
            &format!("user:{token}"),
        ] {
            let thief = with_session_cookie(deployment, value);
            let answer = thief.authorize(&silent("token")).await.callback();
            assert_eq!(answer.get("error"), "login_required", "{value}");
            for name in [
                "client_id",
                "organization",
                "connection",
                "login_hint",
                "invitation",
            ] {
                Agent::new(deployment)
                    .authorize(&silent("token").with(name, value))
                    .await;
            }
            let raw = format!("a{value}\r\n\0{token}");
            for name in ["client_id", "organization", "login_hint"] {
                Agent::new(deployment)
                    .authorize(&silent("token").with(name, &raw))
                    .await;
            }
        }
        let after = keys();
        let lost: Vec<_> = before.iter().filter(|key| !after.contains(key)).collect();
        assert!(lost.is_empty(), "{lost:?}");
        let new: Vec<_> = after.iter().filter(|key| !before.contains(key)).collect();
        assert!(new.is_empty(), "{new:?}");
        assert_session_good(&victim).await;
        let agent = Agent::new(deployment);
        let page = agent.open(&request("token")).await;
        for email in [
            "a:*{}\r\n\0@example.test",
            "*@example.test",
            "{a}:b@example.test",
        ] {
            agent.submit(&page.form().with("username", email)).await;
        }
        assert_session_good(&victim).await;
        agent.sign_in(&request("token"), &user).await;
    })
    .await;
}

#[tokio::test]
async fn sec_190_a_request_has_one_host_which_is_ours() {
    let server = Embedded::start().await;
    let (listen, issuer) = (server.listen(), server.issuer().clone());
    on(&Deployment::Embedded(server), async |_| {
        let ours = format!("localhost:{}", listen.port());
        let path = "/.well-known/openid-configuration";
        for (status, target, hosts) in [
            (200, path.to_owned(), vec![ours.as_str()]),
            (200, format!("http://{ours}{path}"), vec![&ours]),
            (400, path.to_owned(), vec![]),
            (400, path.to_owned(), vec![&ours, "evil.test"]),
            (400, path.to_owned(), vec!["evil.test", &ours]),
            // Also the same twice (RFC 9112 §3.2).
            (400, path.to_owned(), vec![&ours, &ours]),
            (421, path.to_owned(), vec!["evil.test"]),
            (421, format!("http://evil.test{path}"), vec!["evil.test"]),
            (400, format!("http://evil.test{path}"), vec![&ours]),
            (400, format!("http://{ours}{path}"), vec!["evil.test"]),
        ] {
            let fields: Vec<_> = hosts
                .iter()
                .map(|host| format!("host: {host}\r\n"))
                .collect();
            let fields = fields.concat();
            let request = format!("GET {target} HTTP/1.1\r\n{fields}connection: close\r\n\r\n");
            let mut stream = TcpStream::connect(listen).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            let first = answer.lines().next().unwrap_or_default();
            assert!(
                first.starts_with(&format!("HTTP/1.1 {status} ")),
                "{request} {answer}"
            );
            assert!(!answer.contains("evil.test"), "{request} {answer}");
            assert_eq!(
                answer.contains(issuer.as_str()),
                status == 200 || status == 421,
                "{answer}"
            );
        }
    })
    .await;
}
