use doorward_proto::session::v1::transaction::Stage;
use doorward_proto::session::v1::{FinishedSignIn, SignedIn, Transaction};

use super::*;
use crate::model::{Client, Connection};
use crate::pipeline::validate_request::Wish;

const NOW: i64 = 1_700_000_000;

fn live(age: i64) -> LiveSession {
    let at = Timestamp::from_second(NOW - age).unwrap();
    LiveSession {
        session: Session {
            sid: "sid".to_owned(),
            user_id: "auth0|alice".to_owned(),
            connection: "db".to_owned(),
            authenticated_at: Some(doorward_proto::to_timestamp(at)),
            ..Session::default()
        },
        user: User {
            user_id: "auth0|alice".to_owned(),
            ..User::default()
        },
    }
}

fn reason(wish: Wish, live: &LiveSession, pending: Option<&Pending>) -> Option<LoginReason> {
    let now = Timestamp::from_second(NOW).unwrap();
    login_reason(&wish.into(), live, pending, now)
}

fn wish() -> Wish {
    Wish {
        connections: vec![Connection {
            name: "db".to_owned(),
            ..Connection::default()
        }],
        ..Wish::default()
    }
}

#[test]
fn why_a_user_has_to_sign_in() {
    let session = live(100);
    let prompt = |words: &str| Wish {
        prompt: words.parse().unwrap(),
        ..wish()
    };
    let max_age = |seconds| Wish {
        max_age: Some(seconds),
        ..wish()
    };
    let hinted = |sub: &str| Wish {
        hinted_sub: Some(sub.to_owned()),
        ..wish()
    };
    let no_sso = Wish {
        client: Client {
            sso_disabled: true,
            ..Client::default()
        },
        ..wish()
    };
    let elsewhere = Wish::default();
    let cases = [
        (wish(), None),
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
    for (wish, expected) in cases {
        let name = format!("{wish:?}");
        assert_eq!(reason(wish, &session, None), expected, "{name}");
    }
}

/// A transaction that has led to a sign-in, or has not.
fn pending(led_to: Option<(&str, &str)>) -> Pending {
    Pending::new(Transaction {
        sign_in: led_to.map(|(user_id, sid)| FinishedSignIn {
            user_id: user_id.to_owned(),
            sid: sid.to_owned(),
            opened: true,
            ..FinishedSignIn::default()
        }),
        stage: Some(Stage::SignedIn(SignedIn {})),
        ..Transaction::default()
    })
}

#[test]
fn a_sign_in_satisfies_the_request_that_led_to_it() {
    let prompt = Wish {
        prompt: "login".parse().unwrap(),
        ..wish()
    };
    let max_age = Wish {
        max_age: Some(0),
        ..wish()
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
        let reason = |wish| reason(wish, &live(0), Some(&pending));
        assert_eq!(reason(wish()), plain, "{led_to:?}");
        assert_eq!(reason(prompt.clone()), prompted, "{led_to:?}");
        assert_eq!(reason(max_age.clone()), aged, "{led_to:?}");
    }
}

#[test]
fn a_sign_in_of_its_own_is_no_way_around_the_other_checks() {
    let pending = pending(Some(("auth0|alice", "sid")));
    let hinted = Wish {
        hinted_sub: Some("auth0|bob".to_owned()),
        ..wish()
    };
    let elsewhere = Wish::default();
    for (wish, expected) in [
        (hinted, LoginReason::OtherUserHinted),
        (elsewhere, LoginReason::ConnectionNotEnabled),
    ] {
        assert_eq!(reason(wish, &live(0), Some(&pending)), Some(expected));
    }
}
