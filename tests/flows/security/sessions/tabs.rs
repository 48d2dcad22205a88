//! Many concurrent sign-ins in one browser do not affect each other.

use doorward_e2e::Agent;

use super::super::fixture::{at_second, on_replicas, request};

#[tokio::test]
async fn sec_087_thirty_tabs() {
    on_replicas(async |deployment| {
        let user = deployment.add_user();
        let first = Agent::new(deployment);
        let second = at_second(deployment, &first);
        let mut tabs = Vec::new();
        for number in 0..30 {
            let (opener, closer) = if number % 2 == 0 {
                (&first, &second)
            } else {
                (&second, &first)
            };
            let callback = [
                "https://app.example.test/cb",
                "https://app.example.test/cb2",
            ];
            let callback = callback[number / 2 % 2];
            let asked = request("token")
                .with("redirect_uri", callback)
                .with("state", &format!("tab {number}"))
                .with("prompt", "login");
            tabs.push((opener.open(&asked).await, closer, asked));
        }
        assert_small(&first);
        for (page, closer, asked) in tabs {
            let answer = closer.fill_in(&page, &user).await.callback();
            assert_eq!(Some(answer.get("state")), asked.get("state"));
            assert_eq!(
                Some(answer.redirect_uri.as_str()),
                asked.get("redirect_uri")
            );
            assert!(answer.find("access_token").is_some(), "{answer:?}");
            assert_small(closer);
        }
    })
    .await;
}

/// Checks the size of the cookies: browsers drop larger ones, and servers refuse longer headers.
#[track_caller]
fn assert_small(agent: &Agent) {
    let cookies = agent.cookies();
    let sizes = cookies
        .iter()
        .map(|(name, value)| name.len() + value.len() + 3);
    assert!(sizes.sum::<usize>() < 4_096, "{cookies:?}");
}
