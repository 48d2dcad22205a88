//! Sessions and tokens that go away, and come back.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use cryptoki::session::Session;
use doorward_service_kit::with_causes;

use super::*;

/// Longer than a token that was not there is left alone.
const A_WHILE: Duration = Duration::from_millis(1100);

/// Signs; keeps trying for as long as the token is left alone.
fn sign_again(custody: &Custody, stored: &StoredKey) -> String {
    sleep(A_WHILE);
    sign(custody, stored).unwrap()
}

#[test]
fn a_token_that_was_away_signs_again() {
    with_token(|softhsm| {
        let custody = custody(softhsm);
        let stored = make(&custody, SigningAlg::Es256);
        let away = softhsm.tokens().with_extension("away");
        for _ in 0..3 {
            fs::rename(softhsm.tokens(), &away).unwrap();
            for _ in 0..5 {
                let error = sign(&custody, &stored).unwrap_err();
                let status = tonic::Status::from(error);
                assert_eq!(status.code(), tonic::Code::Unavailable);
            }
            fs::rename(&away, softhsm.tokens()).unwrap();
            assert!(accepts(&stored, &sign_again(&custody, &stored)));
        }
    });
}

/// An idle timeout of a network HSM, for example: no call fails.
#[test]
fn a_session_that_was_ended_is_replaced_without_an_error() {
    with_token(|softhsm| {
        let token = token(softhsm);
        let custody = custody(softhsm);
        let stored = make(&custody, SigningAlg::Es256);
        sign(&custody, &stored).unwrap();
        // All sessions of a process are logged in or out together.
        let log_out = |session: &connection::OpenSession| Ok(Session::logout(session.session())?);
        token.connection.with(log_out).unwrap();
        sign(&custody, &stored).unwrap();

        // The module of another user of this process.
        cryptoki::context::Pkcs11::new(doorward_test_support::softhsm::MODULE)
            .unwrap()
            .finalize()
            .unwrap();
        sign(&custody, &stored).unwrap();
        make(&custody, SigningAlg::Es256);
    });
}

/// A token locks after some wrong PINs, so a wrong one is tried once.
#[test]
fn a_wrong_pin_is_tried_once() {
    with_token(|softhsm| {
        let custody = custody(softhsm);
        let stored = make(&custody, SigningAlg::Es256);
        let right = fs::read_to_string(softhsm.pin_file()).unwrap();
        fs::write(softhsm.pin_file(), "wrong-pin").unwrap();
        let away = softhsm.tokens().with_extension("away");
        fs::rename(softhsm.tokens(), &away).unwrap();
        sign(&custody, &stored).unwrap_err();
        fs::rename(&away, softhsm.tokens()).unwrap();
        sleep(A_WHILE);
        let refused = with_causes(&sign(&custody, &stored).unwrap_err());
        assert!(refused.contains("pin_file"), "{refused}");
        // It would be accepted now.
        fs::write(softhsm.pin_file(), right).unwrap();
        sleep(A_WHILE);
        let refused = with_causes(&sign(&custody, &stored).unwrap_err());
        assert!(refused.contains("pin_file"), "{refused}");
    });
}
