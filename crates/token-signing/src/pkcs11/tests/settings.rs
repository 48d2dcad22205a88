//! Settings that are wrong: one line says which one, and none says the PIN.

use std::fs;
use std::path::Path;

use doorward_service_kit::with_causes;
use doorward_test_support::softhsm::PIN;

use super::super::testing::LABEL;
use super::*;

fn problem(config: Pkcs11Config) -> String {
    let error = Token::connect(config, MARK).unwrap_err();
    let problem = with_causes(&error);
    assert!(!problem.contains('\n'), "{problem}");
    for secret in [PIN, "wrong-pin"] {
        assert!(!problem.contains(secret) && !format!("{error:?}").contains(secret));
    }
    problem
}

fn assert_names(problem: &str, names: &[&str]) {
    for name in names {
        assert!(problem.contains(name), "{name}: {problem}");
    }
}

#[test]
fn each_wrong_setting_is_named() {
    with_token(|softhsm| {
        let right = || config(softhsm);
        let missing = problem(Pkcs11Config {
            module: "/nonexistent/module.so".into(),
            ..right()
        });
        assert_names(
            &missing,
            &["/nonexistent/module.so", "`module`", "[pkcs11]"],
        );
        let other_library = problem(Pkcs11Config {
            module: softhsm.settings(),
            ..right()
        });
        assert_names(&other_library, &["softhsm2.conf", "`module`"]);

        let label = problem(Pkcs11Config {
            token_label: "absent".to_owned(),
            ..right()
        });
        assert_names(&label, &["\"absent\"", LABEL, "`token_label`", "[pkcs11]"]);

        let no_file = problem(Pkcs11Config {
            pin_file: "/nonexistent/pin".into(),
            ..right()
        });
        assert_names(&no_file, &["/nonexistent/pin", "`pin_file`"]);
        let wrong = softhsm.settings().with_file_name("wrong");
        fs::write(&wrong, "wrong-pin\n").unwrap();
        let path = wrong.to_str().unwrap().to_owned();
        let wrong = problem(Pkcs11Config {
            pin_file: wrong,
            ..right()
        });
        assert_names(&wrong, &[&path, "`pin_file`", "restart"]);

        // Whether the line ends or not, as editors and `printf` leave it.
        fs::write(softhsm.pin_file(), format!("{PIN}\n")).unwrap();
        Token::connect(right(), MARK).unwrap();
    });
}

#[test]
fn two_tokens_with_the_label_are_refused() {
    with_token(|softhsm| {
        softhsm.add_token(LABEL);
        let several = problem(config(softhsm));
        assert_names(&several, &["2 ", LABEL, "`token_label`"]);
    });
}

#[test]
fn the_pin_is_not_printed() {
    with_token(|softhsm| {
        let token = token(softhsm);
        let printed = format!("{token:?} {:?} {:?}", config(softhsm), custody(softhsm));
        assert!(!printed.contains(PIN), "{printed}");
        assert!(printed.contains("pin_file"), "{printed}");
    });
}

#[test]
fn settings_without_a_place_for_new_keys_are_refused() {
    let config = Pkcs11Config {
        new_keys: false,
        ..config(&SoftHsm::existing(Path::new("/nonexistent")))
    };
    let error = Custody::connect(None, config, MARK).unwrap_err();
    assert!(error.to_string().contains("`key_encryption_key_file`"));
}
