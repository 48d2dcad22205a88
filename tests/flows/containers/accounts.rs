//! SEC-183: a service's account of a store can do what the service does, and nothing else.

use std::process::Output;

use super::engine::{container, copy, try_docker};

fn password(service: &str, file: &str) -> String {
    let folder = copy(&container(service), "/run/doorward/tls");
    let text = std::fs::read_to_string(folder.path().join(file)).unwrap();
    text.trim().to_owned()
}

/// A query with the account of `identity`.
fn query(options: &str, sql: &str, password: &str) -> Output {
    let variable = format!("PGPASSWORD={password}");
    let connection = format!("host=127.0.0.1 user=identity {options}");
    let postgres = container("postgres");
    let client = ["psql", &connection, "-v", "ON_ERROR_STOP=1", "-Atqc", sql];
    try_docker(&[&["exec", "-e", &variable, &postgres], &client[..]].concat())
}

#[test]
#[ignore = "needs the local stack: make e2e"]
fn sec_183_a_database_account_reaches_its_own_tables_with_tls_only() {
    let password = password("identity", "database-password");
    let own = query(
        "dbname=identity sslmode=require",
        "SELECT count(*) FROM app_user",
        &password,
    );
    assert!(own.status.success(), "{own:?}");
    for (options, sql) in [
        ("dbname=organization sslmode=require", "SELECT 1"),
        ("dbname=token_signing sslmode=require", "SELECT 1"),
        ("dbname=postgres sslmode=require", "SELECT 1"),
        ("dbname=template1 sslmode=require", "SELECT 1"),
        ("dbname=identity sslmode=disable", "SELECT 1"),
        ("dbname=identity sslmode=require", "CREATE ROLE other"),
        ("dbname=identity sslmode=require", "CREATE DATABASE other"),
        ("dbname=identity sslmode=require", "SELECT * FROM pg_authid"),
        (
            "dbname=identity sslmode=require",
            "SELECT pg_read_file('/etc/passwd')",
        ),
        (
            "dbname=identity sslmode=require",
            "COPY (SELECT 1) TO PROGRAM 'true'",
        ),
        (
            "dbname=identity sslmode=require",
            "ALTER SYSTEM SET log_statement = 'all'",
        ),
    ] {
        let refused = query(options, sql, &password);
        assert!(!refused.status.success(), "{options}: {sql}");
    }
    let wrong = query("dbname=identity sslmode=require", "SELECT 1", "wrong");
    assert!(!wrong.status.success());
    let administrator = query(
        "user=postgres dbname=postgres sslmode=require",
        "SELECT 1",
        &password,
    );
    assert!(!administrator.status.success());
}

/// A command with the account of `session`.
fn redis(user: &str, password: &str, command: &[&str]) -> String {
    let variable = format!("REDISCLI_AUTH={password}");
    let redis = container("redis");
    let client = [
        "redis-cli",
        "--tls",
        "--cacert",
        "/run/doorward/tls/ca.crt",
        "--no-auth-warning",
        "--user",
        user,
    ];
    let output = try_docker(&[&["exec", "-e", &variable, &redis], &client[..], command].concat());
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

#[test]
#[ignore = "needs the local stack: make e2e"]
fn sec_183_the_redis_account_reaches_its_own_prefix_only() {
    let password = password("session", "redis-password");
    let as_session = |command: &[&str]| redis("doorward", &password, command);
    assert_eq!(as_session(&["ping"]).trim(), "PONG");
    assert!(!as_session(&["exists", "doorward:none"]).contains("NOPERM"));
    for command in [
        &["keys", "*"][..],
        &["scan", "0"],
        &["config", "get", "*"],
        &["config", "set", "maxmemory", "0"],
        &["flushall"],
        &["flushdb"],
        &["shutdown", "nosave"],
        &["acl", "list"],
        &["eval", "return 1", "0"],
        &[
            "function",
            "load",
            "#!lua name=x\nredis.register_function('x', function() end)",
        ],
        &["script", "load", "return 1"],
        &["monitor"],
        &["get", "other:key"],
        &["set", "other:key", "1"],
        &["publish", "channel", "1"],
    ] {
        let refused = as_session(command);
        assert!(refused.contains("NOPERM"), "{command:?}: {refused}");
    }
    assert!(redis("doorward", "wrong", &["ping"]).contains("WRONGPASS"));
    assert!(redis("default", "", &["ping"]).contains("NOAUTH"));
    for command in [&["info"][..], &["get", "doorward:none"], &["keys", "*"]] {
        assert!(
            redis("health", "none", command).contains("NOPERM"),
            "{command:?}"
        );
    }
}
