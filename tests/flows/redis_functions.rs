//! `doorward service session --load-functions`, for accounts of the service that have no right to load.

use std::fs;

use doorward_e2e::run;
use doorward_test_support::redis::Persistent;

fn load(stores: &str) -> doorward_e2e::Outcome {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("session.toml");
    let text = format!("[grpc]\nlisten = \"unix:/nowhere/session.sock\"\n{stores}");
    fs::write(&settings, text).unwrap();
    let settings = settings.to_str().unwrap();
    let arguments = [
        "service",
        "session",
        "--config",
        settings,
        "--load-functions",
    ];
    run("doorward", &arguments, "")
}

#[tokio::test]
async fn functions_are_loaded_without_a_service() {
    let redis = Persistent::start().await;
    let libraries = || redis.ask(&["FUNCTION", "LIST"]);
    assert!(!libraries().contains("doorward"));
    // Loading again changes nothing.
    for _ in 0..2 {
        load(&format!("[redis]\nurl = \"{}\"\n", redis.url())).assert_success();
        assert_eq!(libraries().matches("library_name").count(), 1);
    }
}

#[test]
fn without_redis_there_is_nothing_to_load() {
    let outcome = load("[database]\nurl = \"sqlite:///nowhere/session.db\"\n");
    assert!(outcome.stderr.contains("redis.url"), "{outcome:?}");
}
