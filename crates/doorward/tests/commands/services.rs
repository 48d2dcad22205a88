//! Services in processes of their own: their health, and what keeps them from starting.

use std::fs::{Permissions, set_permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use doorward_test_support::free_port;

use super::{Place, failed, succeeded};

/// The deadline for a start, enough for a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running process, which stops with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(place: &Place, service: &str) -> Running {
    let mut command = place.command(&format!("service {service} --config {service}.toml"));
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    Running(command.spawn().unwrap())
}

fn check(service: &str) -> String {
    format!("service {service} --config {service}.toml --check-health")
}

/// Starts a service, and checks its health before, meanwhile and afterwards.
fn is_healthy_while_it_runs(place: &Place, service: &str) {
    let check = check(service);
    let refusal = failed(&place.run(&check), 1);
    assert!(
        refusal.starts_with(&format!("doorward-{service}: not healthy: ")),
        "{refusal}"
    );
    assert_eq!(refusal.lines().count(), 1, "{refusal}");
    let running = start(place, service);
    let began = Instant::now();
    while !place.run(&check).status.success() {
        assert!(began.elapsed() < PATIENCE, "{:?}", place.run(&check));
    }
    assert_eq!(succeeded(place.run(&check)), "");
    drop(running);
    failed(&place.run(&check), 1);
}

/// The first line of the settings of `organization`, with a key that every test may know.
fn key_file(place: &Place) -> String {
    let path = place.write("organization-key", &format!("{}A=", "A".repeat(42)));
    set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    format!("key_encryption_key_file = '{}'\n", path.display())
}

fn store(place: &Place) -> String {
    let path = place.path().join("store.db");
    format!("[database]\nurl = 'sqlite://{}'\n", path.display())
}

fn tls(place: &Place, name: &str) -> String {
    let folder = place.path().join("tls").join(name);
    let folder = folder.display();
    format!(
        "[tls]\ncertificate = '{folder}/tls.crt'\nkey = '{folder}/tls.key'\nca = '{folder}/ca.crt'\n"
    )
}

#[test]
fn health_is_asked_at_every_kind_of_address() {
    let place = Place::new();
    succeeded(place.run("certificates --out tls"));
    let socket = format!("unix:{}", place.path().join("a.sock").display());
    let (plain, secured) = (free_port(), free_port());
    for (listen, tls) in [
        (socket, String::new()),
        (format!("127.0.0.1:{plain}"), String::new()),
        (format!("0.0.0.0:{secured}"), tls(&place, "organization")),
    ] {
        let key_file = key_file(&place);
        let settings = format!(
            "{key_file}[grpc]\nlisten = '{listen}'\n{tls}{}",
            store(&place)
        );
        place.write("organization.toml", &settings);
        is_healthy_while_it_runs(&place, "organization");
    }
}

#[test]
fn the_frontend_is_asked_for_http_too() {
    let place = Place::new();
    succeeded(place.run("certificates --out tls"));
    let (grpc, http) = (free_port(), free_port());
    let backends: String = [
        "client_registry",
        "identity",
        "session",
        "organization",
        "token_signing",
    ]
    .map(|name| format!("{name} = 'https://127.0.0.1:1'\n"))
    .concat();
    let browsers = place.path().join("tls/localhost");
    let browsers = browsers.display();
    let settings = format!(
        "[http]\nissuer = 'https://localhost:{http}/'\nlisten = '127.0.0.1:{http}'\n\
         tls_cert = '{browsers}/tls.crt'\ntls_key = '{browsers}/tls.key'\n\
         [grpc]\nlisten = '127.0.0.1:{grpc}'\n{}[backends]\n{backends}",
        tls(&place, "authorize-frontend")
    );
    place.write("authorize-frontend.toml", &settings);
    is_healthy_while_it_runs(&place, "authorize-frontend");
    // Another process has the port: it is not ours.
    let _other = TcpListener::bind(("127.0.0.1", grpc)).unwrap();
    let refusal = failed(&place.run(&check("authorize-frontend")), 1);
    assert!(refusal.contains("not healthy"), "{refusal}");
}

#[test]
fn what_a_service_cannot_use_is_named_in_one_line() {
    let place = Place::new();
    succeeded(place.run("certificates --out tls"));
    let used = TcpListener::bind("127.0.0.1:0").unwrap();
    let used = used.local_addr().unwrap();
    let (store, tls) = (store(&place), tls(&place, "organization"));
    let key_file = key_file(&place);
    let own = "[grpc]\nlisten = '127.0.0.1:0'\n";
    place.write("text", "no certificate");
    let text = place.path().join("text");
    let text = text.display();
    let mixed = tls.replace("organization/tls.key", "session/tls.key");
    let postgres = "[database]\nurl = 'postgres://u@127.0.0.1:1/x'\n";
    for (settings, problems) in [
        (
            format!("[grpc]\nlisten = '{used}'\n{store}"),
            ["grpc.listen", "in use"],
        ),
        (
            format!("[grpc]\nlisten = '0.0.0.0:1'\n{store}"),
            ["grpc.listen", "tls.certificate"],
        ),
        (
            format!("{own}{}{store}", tls.replace("tls.crt", "no.crt")),
            ["tls.certificate", "no.crt"],
        ),
        (
            format!("{own}{mixed}{store}"),
            ["tls.key", "session/tls.key"],
        ),
        (
            format!("{own}[database]\nurl = 'sqlite:///nonexistent/x.db'\n"),
            ["database.url", "/nonexistent/x.db"],
        ),
        (format!("{own}{postgres}"), ["database.url", "refused"]),
        (
            format!("{own}{postgres}ca = '/nonexistent'\n"),
            ["database.ca", "/nonexistent"],
        ),
        (
            format!("{own}{postgres}ca = '{text}'\n"),
            ["database.ca", "CERTIFICATE"],
        ),
        (
            format!("{own}{postgres}password_file = '/nonexistent'\n"),
            ["database.password_file", "/nonexistent"],
        ),
        (
            format!(
                "{own}{}",
                postgres.replace("127.0.0.1:1/x", "db/x?sslmode=prefer")
            ),
            ["database.url", "database.allow_insecure"],
        ),
    ] {
        let settings = format!("{key_file}{settings}[log]\nfilter = 'error'\n");
        place.write("organization.toml", &settings);
        let output = place.run("service organization --config organization.toml");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(errors.lines().count(), 1, "{settings}\n{errors}");
        assert!(errors.starts_with("doorward-organization: "), "{errors}");
        for problem in problems {
            assert!(errors.contains(problem), "{problem:?} is missing: {errors}");
        }
    }
}

#[test]
fn a_command_without_its_certificate_says_what_is_missing() {
    let place = Place::new();
    succeeded(place.run("certificates --out tls"));
    place.write("tenant.yaml", "clients: []");
    let import = "import tenant.yaml --registry https://127.0.0.1:1";
    let refusal = failed(&place.run(import), 1);
    assert!(refusal.contains("https://127.0.0.1:1"), "{refusal}");
    let missing = failed(&place.run(&format!("{import} --certificates nowhere")), 1);
    assert!(missing.contains("nowhere/tls.crt"), "{missing}");
    let files =
        "--tls-cert tls/commands/tls.crt --tls-key tls/commands/tls.key --tls-ca tls/ca.crt";
    for with in ["--certificates tls/commands", files] {
        let unreachable = failed(&place.run(&format!("{import} {with}")), 1);
        assert!(unreachable.contains("cannot be reached"), "{unreachable}");
    }
    let mut command = place.command(import);
    let output = command
        .env("DOORWARD_CERTIFICATES", "tls/commands")
        .output();
    assert!(failed(&output.unwrap(), 1).contains("cannot be reached"));
    for line in [import, "certificates --out tenant.yaml"] {
        assert_eq!(failed(&place.run(line), 1).lines().count(), 1);
    }
}
