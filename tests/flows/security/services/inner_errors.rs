//! SEC-182: errors of services and stores stay inside.

use doorward_e2e::{Agent, Page, Separate};
use doorward_test_support::postgres;

use super::super::fixture::{request, signed_in, silent};
use super::{on_own_services, servers};

/// Words of statuses, of stores and of the code, which no answer needs.
const INNER: [&str; 14] = [
    " cannot tell: ",
    " failed: ",
    "app_user",
    "code: ",
    "column",
    "error returned from database",
    "grpc",
    "malformed",
    "os error",
    "relation",
    "status: ",
    "tcp",
    "transport",
    ".rs:",
];

/// The text of an answer: the parameters of a callback, or a page.
fn text(page: &Page) -> String {
    page.location()
        .map_or_else(|| page.body.clone(), |_| format!("{:?}", page.callback()))
}

#[track_caller]
fn assert_tells_nothing(separate: &Separate, page: &Page, what: &str) {
    let text = text(page);
    assert!(
        text.contains("temporarily_unavailable") || text.contains("server_error"),
        "{what}: {text}"
    );
    for inner in INNER {
        assert!(!text.contains(inner), "{what}: {inner}: {text}");
    }
    for process in servers() {
        let address = separate.address(process);
        let (_, address) = address.rsplit_once("//").unwrap();
        assert!(!text.contains(address), "{what}: {address}: {text}");
    }
}

/// A table is gone, a service is gone, and at last the store of sessions.
#[tokio::test]
async fn sec_182_inner_errors_stay_inside() {
    on_own_services(async |deployment, separate| {
        let user = deployment.add_user();
        let agent = signed_in(deployment).await;

        let identifier = Agent::new(deployment);
        let page = identifier.open(&request("token")).await;
        let form = page.form().with("username", &user.email);
        let password = identifier.submit_and_follow(&form).await;
        let form = password.form().with("password", &user.password);
        let users = separate.database("identity");
        let renamed = postgres::query(users, "ALTER TABLE app_user RENAME TO gone");
        assert_eq!(renamed, "");
        assert_tells_nothing(separate, &identifier.submit(&form).await, "no table");
        let restored = postgres::query(users, "ALTER TABLE gone RENAME TO app_user");
        assert_eq!(restored, "");

        separate.kill("token-signing");
        let answer = agent.authorize(&silent("id_token")).await;
        assert_tells_nothing(separate, &answer, "no signer");

        separate.redis().pause();
        let answer = agent.authorize(&silent("id_token")).await;
        assert_tells_nothing(separate, &answer, "no sessions");
        let answer = agent.authorize(&request("token")).await;
        assert_tells_nothing(separate, &answer, "no sessions for a page");
        separate.redis().resume();
    })
    .await;
}
