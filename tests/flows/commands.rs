//! Commands and settings of operators.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use doorward_e2e::{
    Agent, CALLBACK, Deployment, Embedded, PATIENCE, Request, SERVICES, TENANT, User, on,
    on_every_deployment, run,
};
use tempfile::TempDir;

/// The time in which a running server uses the changes of a command.
const EFFECT: Duration = Duration::from_secs(2);

struct Files(TempDir);

impl Files {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn write(&self, name: &str, content: &str) -> String {
        let path: PathBuf = self.0.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

#[tokio::test]
async fn importing_twice_changes_nothing() {
    on_every_deployment(async |deployment| {
        let tenant = Files::new();
        let tenant = tenant.write("tenant.yaml", TENANT);
        let again = deployment.command(&["import", &tenant], "");
        again.assert_success();
        let dry = deployment.command(&["import", &tenant, "--dry-run"], "");
        dry.assert_success();
    })
    .await;
}

#[tokio::test]
async fn a_dry_run_only_says_what_would_happen() {
    on(
        &Deployment::Embedded(Embedded::start().await),
        async |deployment| {
            let files = Files::new();
            let changed = TENANT.replace(CALLBACK, "https://app.example.test/changed");
            let changed = files.write("tenant.yaml", &changed);
            let dry = deployment.command(&["import", &changed, "--dry-run"], "");
            dry.assert_success();
            assert!(dry.stdout.contains("Application"), "{dry:?}");
            tokio::time::sleep(EFFECT).await;
            let answer = Agent::new(deployment)
                .authorize(&Request::silent("token"))
                .await
                .callback();
            assert_eq!(answer.redirect_uri, CALLBACK, "nothing has changed");
        },
    )
    .await;
}

#[tokio::test]
async fn a_running_server_acts_on_an_import() {
    for deployment in [
        Deployment::Embedded(Embedded::start().await),
        Deployment::Separate(doorward_e2e::Separate::start().await),
    ] {
        on(&deployment, async |deployment| {
            let agent = Agent::new(deployment);
            let new = "https://app.example.test/new";
            let request = Request::silent("token").with("redirect_uri", new);
            agent.authorize(&request).await.assert_error_page(403);

            let files = Files::new();
            let tenant = files.write("tenant.yaml", &TENANT.replace(CALLBACK, new));
            deployment
                .command(&["import", &tenant], "")
                .assert_success();
            let begin = Instant::now();
            while agent.authorize(&request).await.status != 302 {
                assert!(
                    begin.elapsed() < PATIENCE,
                    "the new callback is not known yet"
                );
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            agent
                .authorize(&Request::silent("token"))
                .await
                .assert_error_page(403);
        })
        .await;
    }
}

#[tokio::test]
async fn keys_that_are_not_supported_are_named() {
    on_every_deployment(async |deployment| {
        let files = Files::new();
        let tenant = format!("{TENANT}\nrules:\n  - name: a rule\nactions: []\n");
        let tenant = files.write(
            "tenant.yaml",
            &tenant.replace(
                "app_type: spa",
                "app_type: spa\n    is_token_endpoint_ip_header_trusted: true",
            ),
        );
        let outcome = deployment.command(&["import", &tenant, "--dry-run"], "");
        outcome.assert_success();
        let told = format!("{}{}", outcome.stdout, outcome.stderr);
        for key in ["rules", "is_token_endpoint_ip_header_trusted"] {
            assert!(told.contains(key), "{key}: {outcome:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_file_that_cannot_be_read_changes_nothing() {
    on_every_deployment(async |deployment| {
        let files = Files::new();
        for (content, told) in [
            ("clients: [", "tenant.yaml"),
            ("clients: 7", "clients"),
            (
                "clients:\n  - name: X\n    callbacks: 'javascript:alert(1)'",
                "callbacks",
            ),
            (
                "clients:\n  - name: X\n    client_id: x\n    callbacks: ['javascript:alert(1)']",
                "callbacks",
            ),
        ] {
            let tenant = files.write("tenant.yaml", content);
            deployment
                .command(&["import", &tenant], "")
                .assert_refused(told);
        }
        deployment
            .command(&["import", "/nonexistent.yaml"], "")
            .assert_refused("/nonexistent.yaml");
    })
    .await;
}

#[tokio::test]
async fn users_from_a_file() {
    on_every_deployment(async |deployment| {
        let files = Files::new();
        let user = User {
            password: "imported password".to_owned(),
            ..User::stranger()
        };
        let content = serde_json::json!([{
            "email": user.email,
            "email_verified": true,
            "user_id": doorward_test_id(),
            "given_name": "Ada",
            "password_hash": "$2b$10$abcdefghijklmnopqrstuuL0o0YPTCdkT7MfVnLo1dwOkkrd.x5tu",
        }]);
        let file = files.write("users.json", &content.to_string());
        deployment
            .command(&["import-users", &file], "")
            .assert_success();
        deployment
            .command(&["import-users", &file], "")
            .assert_success();
        let answer = Agent::new(deployment)
            .sign_in(&Request::new("id_token"), &user)
            .await;
        let claims = doorward_e2e::claims(answer.get("id_token"));
        assert_eq!(
            claims["sub"],
            format!("auth0|{}", content[0]["user_id"].as_str().unwrap())
        );
        assert_eq!(claims["given_name"], "Ada");
        assert_eq!(claims["email_verified"], true);
    })
    .await;
}

fn doorward_test_id() -> String {
    User::stranger().email.split('@').next().unwrap().to_owned()
}

#[tokio::test]
async fn users_that_cannot_be_added() {
    on_every_deployment(async |deployment| {
        let known = deployment.add_user();
        let again = deployment.command(&["user", "add", &known.email], "another password");
        again.assert_refused(&known.email);
        deployment
            .command(&["user", "add", "new@example.test"], "short")
            .assert_refused("password");
        deployment
            .command(&["user", "add", "not an address"], "long enough to be good")
            .assert_refused("email");
        let nobody = deployment.command(
            &["organization", "add-member", "org_unknown", &known.email],
            "",
        );
        nobody.assert_refused("org_unknown");
    })
    .await;
}

/// A mistyped key is an error: it must not leave a setting at its default.
#[test]
fn unknown_settings_are_named() {
    let files = Files::new();
    for service in SERVICES.into_iter().chain(["authorize-frontend"]) {
        let config = files.write("config.toml", "[log]\ncolour = 'red'\n");
        let outcome = run("doorward", &["service", service, "--config", &config], "");
        outcome.assert_refused("colour");
    }
}

/// Services refuse to serve gRPC on other than loopback addresses.
#[test]
fn other_addresses_need_mutual_tls() {
    let files = Files::new();
    let stores = "[database]\nurl = 'sqlite:///nonexistent/x.db'\n";
    let key = "key_encryption_key_file = '/nonexistent'\n";
    for (service, first) in [
        ("client-registry", ""),
        ("identity", ""),
        ("session", ""),
        ("organization", key),
    ] {
        let config = files.write(
            "config.toml",
            &format!("{first}[grpc]\nlisten = '0.0.0.0:7001'\n{stores}"),
        );
        let outcome = run("doorward", &["service", service, "--config", &config], "");
        outcome.assert_refused("grpc.listen");
    }
}

#[test]
fn an_issuer_without_tls_must_be_this_machine() {
    let files = Files::new();
    let data = files.0.path().to_str().unwrap();
    let arguments = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--data",
        data,
        "--issuer",
        "http://login.example.com/",
    ];
    let outcome = run("doorward", &arguments, "");
    assert!(
        !outcome.success && outcome.stderr.contains("--issuer"),
        "{outcome:?}"
    );
}
