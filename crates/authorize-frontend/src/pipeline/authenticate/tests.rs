use doorward_proto::client_registry::v1::{Client, Connection};
use doorward_proto::session::v1::transaction::Stage;
use doorward_proto::session::v1::{SignedIn, SigningIn, Transaction};

use super::*;
use crate::pipeline::validate_request::Wish;

const NOW: i64 = 1_700_000_000;

fn live(age: i64) -> LiveSession {
    let at = Timestamp::from_second(NOW - age).unwrap();
    LiveSession {
        session: Session {
            sid: "sid".to_owned(),
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

#[test]
fn a_sign_in_satisfies_the_request_that_led_to_it() {
    let asks = || Wish {
        prompt: "login".parse().unwrap(),
        max_age: Some(0),
        ..wish()
    };
    let signed_in = |sid: &str| Stage::SignedIn(SignedIn { sid: sid.into() });
    let asked = Some(LoginReason::PromptAsks);
    let cases = [
        (signed_in("sid"), 100, None),
        // Submitted twice: this session is not the one that was written down, but was opened for the same request.
        (signed_in("other"), 10, None),
        (signed_in("other"), 11, asked),
        (Stage::SigningIn(SigningIn::default()), 10, asked),
    ];
    for (stage, age, expected) in cases {
        let pending = Pending::new(Transaction {
            created_at: live(10).session.authenticated_at,
            stage: Some(stage),
            ..Transaction::default()
        });
        assert_eq!(
            reason(asks(), &live(age), Some(&pending)),
            expected,
            "{age}"
        );
    }
}
