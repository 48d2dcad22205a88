//! TLS to a real PostgreSQL server, and the accounts of the local stack.

#![cfg(feature = "sql")]
#![expect(clippy::unwrap_used, reason = "a test may fail where it stands")]

use std::path::{Path, PathBuf};
use std::process::Output;

use doorward_service_kit::sql::{Database, DatabaseConfig, migrator};
use doorward_service_kit::with_causes;
use doorward_test_support::certificates::Authority;
use doorward_test_support::postgres::Secured;
use tempfile::TempDir;

const HOSTS: [&str; 2] = ["127.0.0.1", "localhost"];
const COMPOSE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/compose");

/// Files with certificates and passwords.
struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

async fn open(config: &DatabaseConfig) -> Result<Database, String> {
    let migrations = migrator(&[("0001_a.sql", "CREATE TABLE a (b TEXT)")]);
    let opened = Database::open(config, &migrations).await;
    opened.map_err(|error| with_causes(&error))
}

async fn refusal(config: &DatabaseConfig) -> String {
    let refusal = open(config).await.unwrap_err();
    assert_eq!(refusal.lines().count(), 1, "{refusal}");
    refusal
}

#[tokio::test]
async fn sec_183_only_a_verified_server_is_used() {
    let files = Files::new();
    let authority = Authority::new("ours");
    let server = Secured::start(&authority.issue(&HOSTS), "").await;
    let url = server.url("postgres", "postgres");
    let trusting = |ca: &Authority, name: &str| DatabaseConfig {
        ca: Some(files.write(name, ca.pem())),
        max_connections: 1,
        ..DatabaseConfig::new(url.as_str())
    };
    open(&trusting(&authority, "ours")).await.unwrap();
    let other = refusal(&trusting(&Authority::new("other"), "other")).await;
    assert!(other.contains("is not trusted; database.ca"), "{other}");
    // Like another host, without a CA.
    let public = refusal(&DatabaseConfig::new(format!("{url}?sslmode=verify-full"))).await;
    assert!(public.contains("UnknownIssuer"), "{public}");
    let plain = refusal(&DatabaseConfig::new(url.as_str())).await;
    assert!(plain.contains("no encryption"), "{plain}");
}

#[tokio::test]
async fn sec_183_a_certificate_for_another_host_is_refused() {
    let files = Files::new();
    let authority = Authority::new("ours");
    let server = Secured::start(&authority.issue(&["elsewhere.example"]), "").await;
    let config = DatabaseConfig {
        ca: Some(files.write("ca", authority.pem())),
        ..DatabaseConfig::new(server.url("postgres", "postgres"))
    };
    let refusal = refusal(&config).await;
    assert!(refusal.contains("is not trusted"), "{refusal}");
    assert!(refusal.contains("not valid for name"), "{refusal}");
}

const SERVICES: [&str; 4] = [
    "client-registry",
    "identity",
    "organization",
    "token-signing",
];

/// The script and the access list of the local stack, on a server of its own.
async fn with_accounts(files: &Files, authority: &Authority) -> Secured {
    let access = std::fs::read_to_string(format!("{COMPOSE}/pg_hba.conf")).unwrap();
    // The test's administrator comes by TCP.
    let access = access.lines().filter(|line| !line.starts_with("local"));
    let access = access.collect::<Vec<_>>().join("\n");
    let server = Secured::start(&authority.issue(&HOSTS), &access).await;
    for service in SERVICES {
        files.write(&format!("{service}-password"), &format!("of {service}\n"));
    }
    let script = PathBuf::from(format!("{COMPOSE}/postgres-accounts.sh"));
    let made = server.run_script(&script, files.path());
    assert!(made.status.success(), "{made:?}");
    server
}

fn answer(output: &Output) -> String {
    let texts = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    texts.concat().trim().to_owned()
}

#[tokio::test]
async fn sec_183_an_account_owns_its_database_and_reaches_no_other() {
    let (files, authority) = (Files::new(), Authority::new("ours"));
    let server = with_accounts(&files, &authority).await;
    let ca = files.write("ca", authority.pem());
    for service in SERVICES {
        let name = service.replace('-', "_");
        let config = DatabaseConfig {
            ca: Some(ca.clone()),
            password_file: Some(files.path().join(format!("{service}-password"))),
            max_connections: 1,
            ..DatabaseConfig::new(server.url(&name, &name))
        };
        open(&config).await.unwrap();
        let wrong = DatabaseConfig {
            password_file: Some(files.write("wrong", "something else")),
            ..config
        };
        let refusal = refusal(&wrong).await;
        assert!(
            refusal.contains("password authentication failed"),
            "{refusal}"
        );

        let ask = |database: &str, sql: &str| {
            let output = server.ask(&name, &format!("of {service}"), database, sql);
            (output.status.success(), answer(&output))
        };
        let others = SERVICES.map(|other| other.replace('-', "_"));
        let others = others.iter().filter(|other| **other != name);
        for other in others.map(String::as_str).chain(["postgres", "template1"]) {
            let (is_done, text) = ask(other, "SELECT 1");
            assert!(!is_done, "{name} reaches {other}: {text}");
        }
        for forbidden in [
            "CREATE ROLE x",
            "CREATE DATABASE x",
            "ALTER SYSTEM SET log_statement = 'none'",
            "COPY (SELECT 1) TO PROGRAM 'true'",
            "SELECT pg_read_file('/etc/passwd')",
            "SELECT rolpassword FROM pg_authid",
        ] {
            let (is_done, text) = ask(&name, forbidden);
            let is_refused = ["permission denied", "must be superuser"]
                .iter()
                .any(|reason| text.contains(reason));
            assert!(!is_done && is_refused, "{forbidden}: {text}");
        }
        assert_eq!(ask(&name, "SELECT count(*) FROM a"), (true, "0".to_owned()));
    }
    // The access list refuses by database; without it, the rights do.
    let sql =
        "SELECT count(*) FROM pg_database WHERE has_database_privilege('identity', oid, 'CONNECT')";
    let reached = server.ask("postgres", "", "postgres", sql);
    // template0 accepts no connections.
    assert_eq!(answer(&reached), "2", "identity, template0");
}
