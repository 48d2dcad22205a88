//! Sign-ins with the right password, some at a time. The memory of the hashes should be released.

use doorward_e2e::{Agent, Deployment};

use super::sign_in::sign_in;
use super::target::Target;
use super::way::Way;

/// The total number of sign-ins.
pub(crate) const LOGINS: usize = 200;
/// The number of concurrent sign-ins.
pub(crate) const AT_A_TIME: usize = 8;

/// Signs users in at each Doorward, one after the other. Returns the number of refusals.
pub(crate) async fn run(targets: &[Target]) -> Vec<(Way, usize)> {
    let mut refused = Vec::new();
    for target in targets {
        if let Some(deployment) = target.deployment() {
            refused.push((target.way, at(deployment).await));
        }
    }
    refused
}

async fn at(deployment: &Deployment) -> usize {
    let mut people = tokio::task::JoinSet::new();
    for _ in 0..AT_A_TIME {
        let (first, user) = (Agent::new(deployment), deployment.add_user());
        people.spawn(async move {
            let mut refused = 0;
            for _ in 0..LOGINS / AT_A_TIME {
                refused += usize::from(!sign_in(&first.another(), &user).await);
            }
            refused
        });
    }
    people.join_all().await.into_iter().sum()
}
