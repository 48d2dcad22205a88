//! The processes of one host use Unix sockets, to which other users of the host cannot connect.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Instant;

use doorward_e2e::{Agent, Deployment, PATIENCE, Request, SERVICES, Separate, on};

/// The user id 65534, which has no rights on Linux.
const OTHER_USER: u32 = 65534;

#[tokio::test]
async fn sign_in_silent_authentication_and_commands() {
    let separate = Separate::builder().unix_sockets().start().await;
    on(&Deployment::Separate(separate), async |deployment| {
        let Deployment::Separate(separate) = deployment else {
            unreachable!()
        };
        let user = deployment.add_user();
        let agent = Agent::new(deployment);
        agent.sign_in(&Request::new("token"), &user).await;
        assert_eq!(agent.silent_error().await, "");

        // The socket of a dead server does not prevent a start.
        separate.kill("session");
        assert!(separate.socket("session").exists());
        separate.start_process("session");
        let begin = Instant::now();
        while agent.silent_error().await == "temporarily_unavailable" {
            assert!(begin.elapsed() < PATIENCE, "the socket is replaced");
        }
        assert_eq!(agent.silent_error().await, "");

        for service in SERVICES {
            assert_eq!(separate.stop(service), 0, "{service}");
            assert!(!separate.socket(service).exists(), "{service}");
        }
    })
    .await;
}

/// Only root can become another user.
#[tokio::test]
async fn another_user_cannot_call_the_services() {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    if !is_root {
        return;
    }
    let separate = Separate::builder().unix_sockets().start().await;
    on(&Deployment::Separate(separate), async |deployment| {
        let Deployment::Separate(separate) = deployment else {
            unreachable!()
        };
        let socket = separate.socket("session");
        // The other user may enter the folder, so only the socket refuses.
        let folder = socket.parent().unwrap();
        std::fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
        for service in SERVICES {
            let socket = separate.socket(service);
            let connect = |user: u32| {
                let script =
                    "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])";
                let mut python = Command::new("python3");
                python.args(["-c", script]).arg(&socket).uid(user).gid(user);
                python.output().expect("Python is installed")
            };
            let own = connect(0);
            assert!(own.status.success(), "{service}: {own:?}");
            let refused = connect(OTHER_USER);
            let problem = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert!(problem.contains("PermissionError"), "{service}: {problem}");
        }
    })
    .await;
}
