//! Runs tests in a real browser, or of a library in JavaScript, by Node.js.

use std::path::Path;
use std::process::Command;

/// Runs `browser/NAME.test.js` with the given environment variables.
#[track_caller]
pub fn tell_in_browser(name: &str, environment: &[(&str, &str)]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
    let installed = folder.join("node_modules").exists();
    assert!(
        installed,
        "the browser tests are not installed: run `make tools`"
    );
    // Node.js applies the limit to the whole file. It only ends what hangs.
    let output = Command::new("node")
        .args([
            "--test",
            "--test-timeout=1800000",
            &format!("{name}.test.js"),
        ])
        .current_dir(folder)
        .envs(environment.iter().copied())
        .output()
        .expect("Node.js is installed");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}
