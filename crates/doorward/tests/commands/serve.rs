use std::fs::{self, OpenOptions, Permissions};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use doorward_test_support::free_port;

use super::{Place, TENANT, failed, succeeded};

/// The deadline for a start, enough for a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running `doorward`, which stops with the test.
struct Server(Child);

impl Server {
    /// Starts it, and reads its output up to a line that contains `last`.
    fn start(mut command: Command, last: &str) -> (Self, String) {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut printed = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        while !printed.lines().any(|line| line.contains(last)) {
            let read = output.read_line(&mut printed).unwrap();
            assert!(read > 0, "ended after printing {printed:?}");
        }
        (Self(child), printed)
    }

    fn stop(mut self) -> Option<i32> {
        let pid = self.0.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        self.0.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn silenced(mut command: Command) -> Command {
    command.stderr(Stdio::null());
    command
}

#[test]
fn one_line_says_when_it_is_ready() {
    let place = Place::new();
    place.write("tenant.yaml", TENANT);
    let port = free_port();
    let line = format!(
        "serve --listen 127.0.0.1:{port} --issuer http://localhost:{port} --data data --tenant tenant.yaml"
    );
    let (server, printed) = Server::start(silenced(place.command(&line)), "ready");
    assert_eq!(
        printed,
        format!("doorward is ready at http://localhost:{port}/\n")
    );

    let errors = failed(
        &place.run(&line.replace(&format!(":{port} --i"), ":0 --i")),
        1,
    );
    assert!(
        errors.contains("another doorward process is serving from"),
        "{errors}"
    );
    let errors = failed(&place.run(&line.replace("--data data", "--data other")), 1);
    assert!(
        errors.contains(&format!("--listen 127.0.0.1:{port}")),
        "{errors}"
    );

    // The commands work while the server runs.
    assert_eq!(
        succeeded(place.run("import tenant.yaml --data data")),
        "nothing changed\n"
    );
    succeeded(place.run_with("user add a@b.example --data data", "correct horse\n"));
    assert_eq!(server.stop(), Some(0));
}

#[test]
fn an_http_issuer_has_no_certificate() {
    let place = Place::new();
    let errors = failed(
        &place.run(
            "serve --listen 127.0.0.1:0 --issuer http://localhost/ --data data --tls-cert c --tls-key k",
        ),
        1,
    );
    assert!(
        errors.contains("issuer: must begin with https://"),
        "{errors}"
    );
    assert!(!place.path().join("data").exists());
}

#[tokio::test]
async fn the_demo_serves_its_application_and_keeps_its_user() {
    let place = Place::new();
    let (port, app_port) = (free_port(), free_port());
    let line =
        format!("demo --data data --listen 127.0.0.1:{port} --app-listen 127.0.0.1:{app_port}");
    let (server, first) = Server::start(silenced(place.command(&line)), "Stop with");
    let app = format!("http://localhost:{app_port}");
    for expected in [
        format!("{app}/"),
        format!("http://localhost:{port}/"),
        "demo@doorward.example".to_owned(),
    ] {
        assert!(first.contains(&expected), "{first}");
    }

    let settings = reqwest::get(format!("{app}/config.json")).await.unwrap();
    let settings: serde_json::Value = settings.json().await.unwrap();
    assert_eq!(settings["issuer"], format!("http://localhost:{port}/"));
    assert_eq!(settings["scope"], "openid profile email read:greetings");
    for (path, content_type) in [
        ("", "text/html"),
        ("app.js", "text/javascript"),
        ("style.css", "text/css"),
    ] {
        let page = reqwest::get(format!("{app}/{path}")).await.unwrap();
        assert_eq!(page.status(), 200);
        assert!(
            page.headers()["content-type"]
                .to_str()
                .unwrap()
                .starts_with(content_type)
        );
    }
    let greeting = reqwest::get(format!("{app}/api/greeting")).await.unwrap();
    assert_eq!(greeting.status(), 401);

    assert_eq!(server.stop(), Some(0));
    let (server, second) = Server::start(silenced(place.command(&line)), "Stop with");
    assert_eq!(first, second, "the password is kept");
    server.stop();
}

/// Standard output and error on a pipe without a reader, and on a full disk.
fn bad_outputs() -> [[Stdio; 2]; 2] {
    let closed = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        Stdio::from(writer)
    };
    let full = || Stdio::from(OpenOptions::new().write(true).open("/dev/full").unwrap());
    [[closed(), closed()], [full(), full()]]
}

#[tokio::test]
async fn a_server_needs_no_reader() {
    let place = Place::new();
    for [stdout, stderr] in bad_outputs() {
        let (port, app_port) = (free_port(), free_port());
        let line =
            format!("demo --data data --listen 127.0.0.1:{port} --app-listen 127.0.0.1:{app_port}");
        let child = place.command(&line).stdout(stdout).stderr(stderr).spawn();
        let server = Server(child.unwrap());
        let refused = format!("http://localhost:{port}/authorize?client_id=unknown");
        let begin = Instant::now();
        let status = loop {
            match reqwest::get(&refused).await {
                Ok(answer) => break answer.status(),
                Err(error) => assert!(begin.elapsed() < PATIENCE, "{error}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        assert_eq!(status, 400);
        assert_eq!(server.stop(), Some(0));
    }
}

#[test]
fn a_command_needs_no_reader() {
    let place = Place::with_tenant();
    for (line, code) in [
        ("import tenant.yaml --data data", 0),
        ("import tenant.yaml --data data --dry-run", 0),
        ("import missing.yaml --data data", 1),
        (
            "serve --listen 127.0.0.1:0 --issuer http://localhost/ --data data --tls-cert c --tls-key k",
            1,
        ),
        ("service session --config missing.toml", 1),
    ] {
        for [stdout, stderr] in bad_outputs() {
            let status = place.command(line).stdout(stdout).stderr(stderr).status();
            assert_eq!(status.unwrap().code(), Some(code), "{line}");
        }
    }
    // Half of the functions are none.
    let printed = bad_outputs().map(|[stdout, stderr]| {
        let mut command = place.command("service session --print-functions");
        command
            .stdout(stdout)
            .stderr(stderr)
            .status()
            .unwrap()
            .code()
    });
    assert_eq!(printed, [Some(0), Some(1)]);
}

#[test]
fn a_taken_port_is_named_with_its_flag() {
    let place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let errors = failed(
        &place.run(&format!(
            "demo --data data --listen 127.0.0.1:0 --app-listen {address}"
        )),
        1,
    );
    assert!(
        errors.contains(&format!("--app-listen {address}: ")),
        "{errors}"
    );
    let errors = failed(
        &place.run(&format!(
            "demo --data data --listen {address} --app-listen 127.0.0.1:0"
        )),
        1,
    );
    assert!(
        errors.contains(&format!("--listen {address}: ")),
        "{errors}"
    );
}

#[test]
fn a_running_server_keeps_its_folder() {
    let place = Place::with_tenant();
    succeeded(place.run("backup --data data copy"));
    fs::set_permissions(place.path().join("data"), Permissions::from_mode(0o755)).unwrap();
    let port = free_port();
    let line =
        format!("serve --listen 127.0.0.1:{port} --issuer http://localhost:{port} --data data");
    let log = place.path().join("log");
    let mut command = place.command(&line);
    command.stderr(fs::File::create(&log).unwrap());
    let (server, _) = Server::start(command, "ready");
    let warnings = fs::read_to_string(&log).unwrap();
    assert!(warnings.contains("chmod 700 "), "{warnings}");

    let errors = failed(&place.run("restore --data data copy"), 1);
    assert!(errors.contains("another doorward process"), "{errors}");
    let lock = fs::metadata(place.path().join("data/server.lock")).unwrap();
    assert_eq!(lock.permissions().mode() & 0o777, 0o600);
    assert_eq!(server.stop(), Some(0));
}
