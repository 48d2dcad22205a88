use doorward_oauth2_types::StandardClaim;

use super::*;
use crate::model::{Client, Connection, Device, FinishedSignIn, Stage, Transaction};
use crate::pipeline::validate_request::RequestParts;

const NOW: i64 = 1_700_000_000;

fn live(age: i64) -> LiveSession {
    let at = Timestamp::from_second(NOW - age).unwrap();
    LiveSession {
        session: Session {
            sid: "sid".to_owned(),
            user_id: "auth0|alice".to_owned(),
            connection: "db".to_owned(),
            created_at: at,
            authenticated_at: at,
            last_interacted_at: at,
            client_ids: Vec::new(),
            initial_device: Device::default(),
            last_device: Device::default(),
        },
        user: User {
            user_id: "auth0|alice".to_owned(),
            ..User::default()
        },
    }
}

fn reason(
    parts: RequestParts,
    live: &LiveSession,
    pending: Option<&Pending>,
) -> Option<LoginReason> {
    let now = Timestamp::from_second(NOW).unwrap();
    login_reason(&Entered::new(parts.into(), None), live, pending, now)
}

fn parts() -> RequestParts {
    RequestParts {
        connections: vec![Connection {
            name: "db".to_owned(),
            ..Connection::default()
        }],
        ..RequestParts::default()
    }
}

#[test]
fn why_a_user_has_to_sign_in() {
    let session = live(100);
    let prompt = |words: &str| RequestParts {
        prompt: words.parse().unwrap(),
        ..parts()
    };
    let max_age = |seconds| RequestParts {
        max_age: Some(seconds),
        ..parts()
    };
    let hinted = |sub: &str| RequestParts {
        hinted_sub: Some(sub.to_owned()),
        ..parts()
    };
    let no_sso = RequestParts {
        client: Client {
            sso_disabled: true,
            ..Client::default()
        },
        ..parts()
    };
    let elsewhere = RequestParts::default();
    let cases = [
        (parts(), None),
        (prompt("none"), None),
        (prompt("consent"), None),
        (prompt("login"), Some(LoginReason::PromptAsks)),
        (prompt("select_account"), Some(LoginReason::PromptAsks)),
        (max_age(101), None),
        (max_age(100), Some(LoginReason::TooOld)),
        (max_age(0), Some(LoginReason::TooOld)),
        (hinted("auth0|alice"), None),
        (hinted("auth0|bob"), Some(LoginReason::OtherUserHinted)),
        (no_sso, Some(LoginReason::SsoDisabled)),
        (elsewhere, Some(LoginReason::ConnectionNotEnabled)),
    ];
    for (parts, expected) in cases {
        let name = format!("{parts:?}");
        assert_eq!(reason(parts, &session, None), expected, "{name}");
    }
}

/// A transaction that has led to a sign-in, or has not.
fn pending(led_to: Option<(&str, &str)>) -> Pending {
    Pending::new(Transaction {
        sign_in: led_to.map(|(user_id, sid)| FinishedSignIn {
            user_id: user_id.to_owned(),
            sid: sid.to_owned(),
            token_salt: "salt".to_owned(),
            opened: true,
        }),
        organization_choice: None,
        stage: Stage::SignedIn,
        id: "id".to_owned(),
        version: 0,
        parameters: Vec::new(),
        created_at: Timestamp::UNIX_EPOCH,
        expires_at: Timestamp::UNIX_EPOCH,
        page_nonce: "nonce".to_owned(),
    })
}

#[test]
fn a_sign_in_satisfies_the_request_that_led_to_it() {
    let prompt = RequestParts {
        prompt: "login".parse().unwrap(),
        ..parts()
    };
    let max_age = RequestParts {
        max_age: Some(0),
        ..parts()
    };
    let (asked, too_old) = (Some(LoginReason::PromptAsks), Some(LoginReason::TooOld));
    let other = Some(LoginReason::OtherUserSignedIn);
    let cases = [
        (Some(("auth0|alice", "sid")), None, None, None),
        // Their session, but of another sign-in: as any other session.
        (Some(("auth0|alice", "other")), None, asked, too_old),
        (None, None, asked, too_old),
        (Some(("auth0|bob", "other")), other, other, other),
        (Some(("auth0|bob", "sid")), other, other, other),
    ];
    for (led_to, plain, prompted, aged) in cases {
        let pending = pending(led_to);
        // However young the session is.
        let reason = |parts| reason(parts, &live(0), Some(&pending));
        assert_eq!(reason(parts()), plain, "{led_to:?}");
        assert_eq!(reason(prompt.clone()), prompted, "{led_to:?}");
        assert_eq!(reason(max_age.clone()), aged, "{led_to:?}");
    }
}

#[test]
fn a_sign_in_of_its_own_is_no_way_around_the_other_checks() {
    let pending = pending(Some(("auth0|alice", "sid")));
    let hinted = RequestParts {
        hinted_sub: Some("auth0|bob".to_owned()),
        ..parts()
    };
    let elsewhere = RequestParts::default();
    for (parts, expected) in [
        (hinted, LoginReason::OtherUserHinted),
        (elsewhere, LoginReason::ConnectionNotEnabled),
    ] {
        assert_eq!(reason(parts, &live(0), Some(&pending)), Some(expected));
    }
}

#[test]
fn an_accepted_invitation_goes_on_with_its_user() {
    let unsettled = Some(LoginReason::InvitationNotSettled);
    for (accepted_by, verified, expected) in [
        (None, false, None),
        (Some("auth0|alice"), true, None),
        (Some("auth0|alice"), false, unsettled),
        (Some("auth0|bob"), true, unsettled),
    ] {
        let mut session = live(100);
        let claims = &mut session.user.claims;
        claims.set(StandardClaim::EmailVerified, verified);
        let entered = Entered::new(parts().into(), None).invited(Invitation {
            inviter_name: "Ada".to_owned(),
            email: "alice@example.test".to_owned(),
            connection: None,
            client_id: "spa".to_owned(),
            accepted_by: accepted_by.map(str::to_owned),
        });
        let now = Timestamp::from_second(NOW).unwrap();
        let reason = login_reason(&entered, &session, None, now);
        assert_eq!(reason, expected, "{accepted_by:?} {verified}");
    }
}
