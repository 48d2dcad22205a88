//! Delivery to a real server on a socket.

use std::io::Write;
use std::path::PathBuf;

use doorward_test_support::certificates::Authority;
use doorward_test_support::smtp::{Answer, Security, Server as TestServer};
use jiff::Timestamp;
use tempfile::NamedTempFile;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::super::delivery::Transport;
use super::super::message::parse_address;
use super::*;

fn message(to: &str) -> Message {
    Message {
        id: "abc".to_owned(),
        created_at: Timestamp::constant(1_767_323_045, 0),
        from: parse_address("login@example.test").unwrap(),
        to: parse_address(to).unwrap(),
        link: String::new(),
        bytes: format!("To: {to}\r\nSubject: x\r\n\r\n.Hello\r\n").into_bytes(),
    }
}

fn times() -> Times {
    Times {
        command: Duration::from_mins(5),
        acceptance: Duration::from_mins(5),
        ..Times::default()
    }
}

fn config(url: String) -> MailConfig {
    MailConfig::new(url, "Doorward <login@example.test>")
}

async fn send(config: &MailConfig, to: &str) -> Result<(), Undelivered> {
    let transport = Transport::new(config).unwrap();
    transport.send(&message(to), &times()).await
}

fn file(content: &str) -> (NamedTempFile, PathBuf) {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(content.as_bytes()).unwrap();
    let path = file.path().to_owned();
    (file, path)
}

#[tokio::test]
async fn a_mail_arrives_as_it_is() {
    let server = TestServer::start().await;
    send(&config(server.url()), "carol@example.test")
        .await
        .unwrap();
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(
        (mails[0].from.as_str(), mails[0].to.as_slice()),
        (
            "login@example.test",
            ["carol@example.test".to_owned()].as_slice()
        )
    );
    assert_eq!(
        mails[0].data,
        "To: carol@example.test\r\nSubject: x\r\n\r\n.Hello\r\n"
    );
    assert_eq!(mails[0].hello, "example.test");
}

#[tokio::test]
async fn refusals_are_permanent_temporary_or_of_the_server() {
    let server = TestServer::start().await;
    let config = config(server.url());
    for (answer, expected) in [
        (Answer::RefuseRecipient, "never"),
        (Answer::RefuseContent, "never"),
        (Answer::TryLater, "later"),
        (Answer::RefuseSender, "server"),
        (Answer::Vanish, "later"),
    ] {
        server.answer(answer);
        let kind = match send(&config, "carol@example.test").await.unwrap_err() {
            Undelivered::Never(_) => "never",
            Undelivered::Later(_) => "later",
            Undelivered::Server(_) => "server",
        };
        assert_eq!(kind, expected, "{answer:?}");
    }
    server.answer(Answer::Accept);
    server.stop().await;
    let Err(Undelivered::Server(error)) = send(&config, "carol@example.test").await else {
        panic!("the server is down");
    };
    assert!(error.contains(&server.port().to_string()), "{error}");
}

/// A server that answers recipients with `answer`, once.
async fn server_that_answers(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 test\r\n").await.unwrap();
        let mut line = String::new();
        while stream.read_line(&mut line).await.unwrap_or(0) > 0 {
            let answer = if line.starts_with("RCPT") {
                answer
            } else {
                "250 ok"
            };
            let answer = format!("{answer}\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
            line.clear();
        }
    });
    format!("smtp://{address}")
}

#[tokio::test]
async fn a_recipient_that_the_policy_of_the_server_refuses_is_tried_again() {
    let relay = server_that_answers("554 5.7.1 <carol@example.test>: Relay access denied").await;
    let refused = send(&config(relay), "carol@example.test").await;
    let Err(Undelivered::Later(error)) = refused else {
        panic!("{refused:?}");
    };
    assert!(error.contains("Relay access denied"), "{error}");
    let unknown = server_that_answers("550 5.1.1 5.7.1@example.test is unknown").await;
    let refused = send(&config(unknown), "5.7.1@example.test").await;
    assert!(matches!(refused, Err(Undelivered::Never(_))), "{refused:?}");
}

#[tokio::test]
async fn the_text_of_a_refusal_is_one_line() {
    let server = TestServer::start().await;
    server.answer(Answer::RefuseRecipient);
    let refused = send(&config(server.url()), "carol@example.test").await;
    let Err(Undelivered::Never(error)) = refused else {
        panic!("{refused:?}");
    };
    assert!(
        error.contains("550") && error.contains("no such user"),
        "{error}"
    );
    assert!(!error.contains(char::is_control), "{error}");
}

#[tokio::test]
async fn a_slow_server_is_given_up_at_the_deadline() {
    let server = TestServer::start().await;
    server.answer(Answer::Hang);
    let transport = Transport::new(&config(server.url())).unwrap();
    let times = Times {
        acceptance: Duration::from_millis(50),
        ..times()
    };
    let late = transport.send(&message("carol@example.test"), &times).await;
    assert!(matches!(late, Err(Undelivered::Later(_))), "{late:?}");
}

#[tokio::test]
async fn addresses_outside_ascii_need_a_server_that_takes_them() {
    let server = TestServer::start().await;
    let refused = send(&config(server.url()), "キャロル@example.test").await;
    assert!(matches!(refused, Err(Undelivered::Never(_))), "{refused:?}");
    server.support_utf8();
    send(&config(server.url()), "キャロル@example.test")
        .await
        .unwrap();
    assert_eq!(server.mails()[0].to, ["キャロル@example.test"]);
}

#[tokio::test]
async fn tls_and_starttls_with_a_password() {
    let authority = Authority::new("test");
    let (_ca, ca) = file(authority.pem());
    let (_password, password) = file("open sesame\n");
    for (security, scheme) in [(Security::Tls, "smtps"), (Security::StartTls, "smtp")] {
        let server = TestServer::secured(
            security,
            &authority.issue(&["localhost"]),
            ("login@x", "open sesame"),
        )
        .await;
        let mut config = config(format!("{scheme}://login%40x@localhost:{}", server.port()));
        (config.ca, config.password_file) = (Some(ca.clone()), Some(password.clone()));
        send(&config, "carol@example.test").await.unwrap();
        assert_eq!(server.mails().len(), 1, "{scheme}");

        std::fs::write(&password, "wrong").unwrap();
        let wrong = send(&config, "carol@example.test").await;
        assert!(matches!(wrong, Err(Undelivered::Server(_))), "{wrong:?}");
        std::fs::write(&password, "open sesame\n").unwrap();
        assert_eq!(server.mails().len(), 1, "{scheme}");
    }
}

#[tokio::test]
async fn certificates_of_others_are_refused() {
    let authority = Authority::new("test");
    let (_ca, ca) = file(Authority::new("another").pem());
    for (security, scheme) in [(Security::Tls, "smtps"), (Security::StartTls, "smtp")] {
        let pair = authority.issue(&["localhost"]);
        let server = TestServer::secured(security, &pair, ("", "")).await;
        let mut config = config(format!("{scheme}://localhost:{}", server.port()));
        config.ca = Some(ca.clone());
        let refused = send(&config, "carol@example.test").await;
        assert!(
            matches!(refused, Err(Undelivered::Server(_))),
            "{refused:?}"
        );
        assert!(server.mails().is_empty());
    }
}

#[tokio::test]
async fn nothing_is_sent_to_a_server_that_drops_starttls() {
    let (_ca, ca) = file(Authority::new("test").pem());
    let server = TestServer::start().await;
    let mut config = config(server.url());
    config.ca = Some(ca);
    let refused = send(&config, "carol@example.test").await;
    assert!(
        matches!(refused, Err(Undelivered::Server(_))),
        "{refused:?}"
    );
    assert!(server.mails().is_empty());
}
