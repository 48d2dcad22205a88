//! Acceptances at the same time, through two stores as of two replicas.

use super::*;

const ATTEMPTS: usize = 50;

pub(super) async fn all(config: &DatabaseConfig) {
    let replicas = [Stores::open(config).await, Stores::open(config).await].map(Arc::new);
    sec_125_one_user_becomes_a_member(&replicas).await;
    one_sign_in_that_is_sent_often_succeeds_each_time(&replicas).await;
    an_acceptance_and_a_revocation(&replicas).await;
}

type Outcome = Result<crate::domain::Accepted, Error>;

/// Accepts at once through both replicas. A call that waits too long for a connection is made again, as by callers.
async fn accept_all(replicas: &[Arc<Stores>; 2], acceptances: Vec<Acceptance>) -> Vec<Outcome> {
    let tasks = acceptances
        .into_iter()
        .enumerate()
        .map(|(index, acceptance)| {
            let stores = Arc::clone(&replicas[index % 2]);
            tokio::spawn(async move {
                for _ in 0..50 {
                    match stores.accept(&acceptance).await {
                        Err(Error::Store(_)) => {}
                        outcome => return outcome,
                    }
                }
                stores.accept(&acceptance).await
            })
        });
    let tasks: Vec<_> = tasks.collect();
    let mut outcomes = Vec::new();
    for task in tasks {
        outcomes.push(task.await.unwrap());
    }
    outcomes
}

async fn sec_125_one_user_becomes_a_member(replicas: &[Arc<Stores>; 2]) {
    let id = replicas[0].create("race").await;
    let invitation = replicas[0].invite(&id).await;
    let acceptances = (0..ATTEMPTS).map(|index| Acceptance {
        user_id: user(&format!("auth0|{index}")),
        acceptance_id: index.to_string(),
        ..acceptance(&invitation)
    });
    let outcomes = accept_all(replicas, acceptances.collect()).await;
    let (good, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
    assert_eq!(good.len(), 1);
    for outcome in refused {
        assert!(
            matches!(outcome, Err(Error::InvitationNotFound)),
            "{outcome:?}"
        );
    }
    let everyone = Page::new(100, Start::Number(0)).unwrap();
    let members = replicas[1].organizations.list_members(&id, &everyone).await;
    let members = members.unwrap().items;
    assert_eq!(members.len(), 1);
    let state = replicas[1].state(&invitation).await;
    assert!(matches!(state, State::Accepted { user_id, .. } if user_id == members[0].user));
}

async fn one_sign_in_that_is_sent_often_succeeds_each_time(replicas: &[Arc<Stores>; 2]) {
    let id = replicas[0].create("often").await;
    let invitation = replicas[0].invite(&id).await;
    let outcomes = accept_all(replicas, vec![acceptance(&invitation); ATTEMPTS]).await;
    let accepted = outcomes.into_iter().map(Result::unwrap);
    let (repeated, first): (Vec<_>, Vec<_>) = accepted.partition(|accepted| accepted.repeated);
    assert_eq!((first.len(), repeated.len()), (1, ATTEMPTS - 1));
    assert!(repeated.iter().all(|accepted| accepted.member_added));
}

/// Whichever is first: the user is a member if and only if the ticket was spent.
async fn an_acceptance_and_a_revocation(replicas: &[Arc<Stores>; 2]) {
    let id = replicas[0].create("revoke-race").await;
    for index in 0..20 {
        let invitation = replicas[0].invite(&id).await;
        let one = Acceptance {
            user_id: user(&format!("auth0|{index}")),
            ..acceptance(&invitation)
        };
        let (accepted, revoked) = tokio::join!(
            replicas[0].accept(&one),
            replicas[1]
                .invitations
                .revoke_invitation(&id, &invitation.id, NOW)
        );
        assert_ne!(accepted.is_ok(), revoked.is_ok());
        let member = is_member(&replicas[0].organizations, &id, one.user_id.as_str()).await;
        assert_eq!(member, accepted.is_ok());
        if member {
            replicas[0]
                .organizations
                .remove_members(&id, &[one.user_id])
                .await
                .unwrap();
        }
    }
}
