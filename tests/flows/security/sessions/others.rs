//! Users cannot see or end the sessions of others, neither on `/u/sessions` nor by RPC.

use std::collections::BTreeSet;

use doorward_e2e::{Agent, Deployment, Form, Page, Replica, User};
use doorward_proto::session::v1::RevokeSessionsRequest;
use doorward_proto::session::v1::revoke_sessions_request::Sessions;

use super::super::assertions::{assert_session_dead, assert_session_good};
use super::super::fixture::{SESSION_COOKIE, at_second, copy, on_replicas, signed_in_as};
use super::super::rpc::{list, resolve, sessions};

const PAGE: &str = "/u/sessions";

#[tokio::test]
async fn sec_086_the_page_of_another_user() {
    on_replicas(async |deployment| {
        let (alice, bob) = (deployment.add_user(), deployment.add_user());
        let (phone, phone_sid, _) = session(deployment, &alice).await;
        let (here, here_sid, _) = session(deployment, &bob).await;
        let (there, there_sid, _) = session(deployment, &bob).await;
        for browser in [&here, &at_second(deployment, &here)] {
            let page = browser.get(PAGE).await;
            assert_eq!(listed(&page), BTreeSet::from([&*here_sid, &*there_sid]));
            let mut answers = Vec::new();
            for foreign in [&*phone_sid, "no-such-session", ""] {
                let refused = browser.submit(&form(&page, foreign, "revoke")).await;
                assert_eq!((refused.status.as_u16(), refused.location()), (404, None));
                // Compares everything except the id of the request.
                answers.push((details(&refused).to_owned(), refused.body.len()));
            }
            answers.dedup();
            assert_eq!(answers.len(), 1, "nobody learns which there are");
        }
        let page = at_second(deployment, &here).get(PAGE).await;
        let done = here.submit(&form(&page, &phone_sid, "revoke-others")).await;
        assert_eq!(done.status, 303, "{done:?}");
        assert_session_dead(&there).await;
        for agent in [&phone, &copy(deployment, &phone), &here] {
            assert_session_good(agent).await;
        }
    })
    .await;
}

/// The sessions on a page.
fn listed(page: &Page) -> BTreeSet<&str> {
    let after = page.body.split("name=\"sid\" value=\"").skip(1);
    after.filter_map(|text| text.split('"').next()).collect()
}

/// The text of an error page.
fn details(page: &Page) -> &str {
    let code = page.body.split("<code>").nth(1);
    code.and_then(|text| text.split("</code>").next()).unwrap()
}

/// A form of the page, with the given `sid`.
fn form(page: &Page, sid: &str, action: &str) -> Form {
    let csrf = page.form().value("_csrf").to_owned();
    let fields = [("_csrf", csrf.as_str()), ("sid", sid), ("action", action)];
    Form::new(page.url.clone(), &fields)
}

#[tokio::test]
async fn sec_086_the_sessions_of_another_user() {
    on_replicas(async |deployment| {
        let (alice, bob) = (deployment.add_user(), deployment.add_user());
        let (phone, phone_sid, alice_id) = session(deployment, &alice).await;
        let (laptop, laptop_sid, _) = session(deployment, &alice).await;
        let (of_bob, sid_of_bob, bob_id) = session(deployment, &bob).await;
        let mut second = sessions(deployment, Replica::Second);

        let listed = list(&mut second, &bob_id).await;
        assert_eq!(listed.len(), 1, "{listed:?}");
        assert_eq!((&listed[0].sid, &listed[0].user_id), (&sid_of_bob, &bob_id));
        let mut revoke = async |user_id: &str, sessions| {
            let user_id = user_id.to_owned();
            let request = RevokeSessionsRequest { user_id, sessions };
            let answer = second.revoke_sessions(request).await.unwrap();
            answer.into_inner().revoked
        };
        let only = |sid: &str| Some(Sessions::OnlySid(sid.to_owned()));
        for foreign in [&phone_sid, &laptop_sid] {
            assert_eq!(revoke(&bob_id, only(foreign)).await, 0);
        }
        for agent in [&phone, &laptop, &of_bob] {
            assert_session_good(agent).await;
        }
        // Ending all sessions but a foreign one ends all of the user's own, and no other.
        let keep = Some(Sessions::KeepSid(phone_sid.clone()));
        assert_eq!(revoke(&bob_id, keep).await, 1);
        assert_session_dead(&of_bob).await;
        let thief = copy(deployment, &phone);
        assert_session_good(&thief).await;
        assert_eq!(revoke(&alice_id, only(&phone_sid)).await, 1);
        for agent in [&phone, &thief] {
            assert_session_dead(agent).await;
        }
        assert_session_good(&laptop).await;
    })
    .await;
}

/// Signs the user in. Returns the browser, its `sid` and the user's id.
async fn session(deployment: &Deployment, user: &User) -> (Agent, String, String) {
    let agent = signed_in_as(deployment, user).await;
    let mut first = sessions(deployment, Replica::First);
    let (session, user) = resolve(&mut first, &agent.cookies()[SESSION_COOKIE]).await;
    (agent, session.sid, user.user_id)
}
