//! Tests with a real token, each in a process of its own: `SoftHSM` takes its settings from the environment and has one
//! state in a process.

use std::any::type_name;
use std::env;
use std::path::Path;
use std::process::Command;

use doorward_test_support::softhsm::{MODULE, SETTINGS, SoftHsm};

use crate::config::Pkcs11Config;

/// The folder of the token, for the process that runs the test.
const FOLDER: &str = "DOORWARD_TEST_TOKEN";
pub(crate) const LABEL: &str = "doorward test";

/// Runs the closure of a test with an empty token. The test itself starts this program again, for itself alone.
pub(crate) fn with_token<F: FnOnce(&SoftHsm)>(test: F) {
    if let Some(folder) = env::var_os(FOLDER) {
        return test(&SoftHsm::existing(Path::new(&folder)));
    }
    let folder = tempfile::tempdir().unwrap();
    let softhsm = SoftHsm::create(folder.path());
    softhsm.add_token(LABEL);
    // The closure is named after the test: `doorward_token_signing::MODULE::TEST::{{closure}}`.
    let name = type_name::<F>().trim_end_matches("::{{closure}}");
    let (_, name) = name.split_once("::").unwrap();
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture"])
        .env(SETTINGS, softhsm.settings())
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed);
    assert!(
        output.status.success() && printed.contains("1 passed"),
        "{name}: {printed}"
    );
}

pub(crate) fn config(softhsm: &SoftHsm) -> Pkcs11Config {
    Pkcs11Config {
        module: MODULE.into(),
        token_label: LABEL.to_owned(),
        pin_file: softhsm.pin_file(),
        new_keys: true,
        max_sessions: 4.try_into().unwrap(),
    }
}
