//! One session, several organizations: tokens of each without a page.

use std::time::{Duration, Instant};

use doorward_e2e::{Agent, Callback, GLOBEX, ORGANIZATION, Replica, Request, on_every_deployment};

use super::{of_team, organization_of, subject_of};

async fn silently(agent: &Agent, organization: Option<&str>) -> Callback {
    let request = of_team("id_token").with("prompt", "none");
    let request = match organization {
        Some(id) => request.with("organization", id),
        None => request,
    };
    agent.authorize(&request).await.callback()
}

#[tokio::test]
async fn a_session_is_of_no_organization() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        for organization in [ORGANIZATION, GLOBEX] {
            deployment.add_member(organization, &user);
        }
        let first = Agent::new(deployment);
        let second = first.at(Replica::Second, deployment);
        let answer = first.sign_in(&of_team("id_token"), &user).await;
        assert_eq!(organization_of(&answer), "");
        for agent in [&first, &second] {
            for organization in [Some(ORGANIZATION), Some(GLOBEX), None, Some(ORGANIZATION)] {
                let answer = silently(agent, organization).await;
                assert_eq!(organization_of(&answer), organization.unwrap_or_default());
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_removed_member_is_refused_there_only() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        for organization in [ORGANIZATION, GLOBEX] {
            deployment.add_member(organization, &user);
        }
        let agent = Agent::new(deployment);
        let request = of_team("id_token").with("organization", ORGANIZATION);
        let answer = agent.sign_in(&request, &user).await;
        let subject = subject_of(&answer);

        deployment.remove_member(ORGANIZATION, &user);
        let refused = refusal(&agent, ORGANIZATION).await;
        let expected = format!("user {subject} is not part of the {ORGANIZATION} organization");
        refused.assert_error("access_denied", &expected);
        let other = silently(&agent, Some(GLOBEX)).await;
        assert_eq!(organization_of(&other), GLOBEX);
        assert_eq!(organization_of(&silently(&agent, None).await), "");

        deployment.add_member(ORGANIZATION, &user);
        let visible = request.without("prompt");
        let again = agent.authorize(&visible).await.callback();
        assert_eq!(organization_of(&again), ORGANIZATION);
    })
    .await;
}

/// The first refusal, which must come within five seconds.
async fn refusal(agent: &Agent, organization: &str) -> Callback {
    const SOON: Duration = Duration::from_secs(5);
    let begin = Instant::now();
    loop {
        let asked = begin.elapsed();
        let answer = silently(agent, Some(organization)).await;
        if answer.find("error").is_some() {
            return answer;
        }
        assert!(asked < SOON, "still granted after {asked:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The organization of a request is decided anew each time, also by the one before.
#[tokio::test]
async fn tabs_of_two_organizations() {
    on_every_deployment(async |deployment| {
        let user = deployment.add_user();
        for organization in [ORGANIZATION, GLOBEX] {
            deployment.add_member(organization, &user);
        }
        let agent = Agent::new(deployment);
        let of = |id: &str| -> Request { of_team("id_token").with("organization", id) };
        let one = agent.open(&of(ORGANIZATION)).await;
        let other = agent.open(&of(GLOBEX)).await;
        let first = agent.fill_in(&one, &user).await.callback();
        assert_eq!(organization_of(&first), ORGANIZATION);
        let second = agent.fill_in(&other, &user).await.callback();
        assert_eq!(organization_of(&second), GLOBEX);
    })
    .await;
}
