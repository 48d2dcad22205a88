//! Generated operations on SQLite, on Redis, and on the domain's functions alone, which must give the same answers.
//!
//! The seed is fixed, so every run makes the same operations. A failure is shrunk to few of them.

mod operations;
mod story;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use doorward_service_kit::sql::DatabaseConfig;
use doorward_test_support::redis::Server;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use tokio::runtime::Runtime;

use super::redis_within;
use crate::config::BudgetConfig;
use crate::store::{Sessions, SqliteStore};
use story::Story;

const SEED: [u8; 32] = *b"sessions in SQLite, Redis, Rust.";
const CASES: u32 = 80;
const MAX_SHRINKS: u32 = 500;

/// Outcomes that the operations must lead to often. Otherwise the test has stopped to test the rules.
const OUTCOMES: [&str; 10] = [
    "opened",
    "opened and revoked",
    "continued",
    "found",
    "found while blocked",
    "absent",
    "listed",
    "ended",
    "revoked",
    "written",
];

#[test]
fn every_store_follows_the_rules_of_the_domain() {
    let runtime = Runtime::new().unwrap();
    let server = runtime.block_on(Server::start());
    let redis = runtime.block_on(redis_within(&BudgetConfig::default(), &server));
    let folder = tempfile::tempdir().unwrap();
    let config = DatabaseConfig::sqlite(&folder.path().join("session.db"));
    let sqlite = runtime.block_on(SqliteStore::open(&config)).unwrap();
    let stores: [(&str, &dyn Sessions); 2] = [("SQLite", &sqlite), ("Redis", &redis)];

    let (number, outcomes) = (Cell::new(0), RefCell::new(BTreeMap::new()));
    let config = Config {
        cases: CASES,
        failure_persistence: None,
        max_shrink_iters: MAX_SHRINKS,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &SEED);
    let result = TestRunner::new_with_rng(config, rng).run(&operations::many(), |operations| {
        number.set(number.get() + 1);
        let mut story = Story::new(number.get(), stores);
        let result = runtime.block_on(story.run(&operations));
        for outcome in story.outcomes {
            *outcomes.borrow_mut().entry(outcome).or_insert(0) += 1;
        }
        result.map_err(TestCaseError::fail)
    });
    if let Err(failure) = result {
        panic!("seed {SEED:?}: {failure}");
    }
    let outcomes = outcomes.into_inner();
    for outcome in OUTCOMES {
        let count = outcomes.get(outcome).copied().unwrap_or(0);
        assert!(count >= CASES / 10, "{outcome}: {outcomes:?}");
    }
}
