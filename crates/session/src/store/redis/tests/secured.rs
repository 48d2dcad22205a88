//! TLS to a real server, and the accounts over it.

use doorward_test_support::certificates::Authority;
use doorward_test_support::redis::Secured;
use tempfile::TempDir;

use super::*;

const RIGHTS: &str = include_str!("../../../../../../deploy/redis/account.acl");
const LOADER: &str = include_str!("../../../../../../deploy/redis/functions.acl");

struct Place {
    server: Secured,
    folder: TempDir,
}

impl Place {
    async fn new(hosts: &[&str], accounts: &[String]) -> Self {
        let authority = Authority::new("ours");
        let server = Secured::start(&authority, &authority.issue(hosts), accounts).await;
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca"), authority.pem()).unwrap();
        std::fs::write(folder.path().join("other"), Authority::new("other").pem()).unwrap();
        Self { server, folder }
    }

    fn config(&self, user: &str) -> RedisConfig {
        let url = self.server.url().replace("//", &format!("//{user}"));
        RedisConfig {
            ca: Some(self.folder.path().join("ca")),
            deadline_ms: 5_000,
            ..RedisConfig::new(url)
        }
    }
}

async fn refusal(config: &RedisConfig) -> String {
    let checked = RedisStore::refuse_eviction(&BudgetConfig::default(), config).await;
    let refusal = checked.unwrap_err().to_string();
    assert_eq!(refusal.lines().count(), 1, "{refusal}");
    assert!(refusal.contains("redis.url"), "{refusal}");
    refusal
}

fn account(name: &str, rights: &str) -> String {
    let rights = rights.lines().filter(|line| !line.starts_with('#'));
    let rights = rights.collect::<Vec<_>>().join(" ");
    format!("user {name} on >open-sesame {rights}")
}

#[tokio::test]
async fn sec_183_only_a_verified_server_is_used() {
    let place = Place::new(&["127.0.0.1"], &[]).await;
    let config = place.config("");
    let budget = BudgetConfig::default();
    RedisStore::refuse_eviction(&budget, &config).await.unwrap();
    let store = RedisStore::open(&config).unwrap();
    store.wait_until_used(PATIENCE).await;
    add_session(&store).await;

    let other = RedisConfig {
        ca: Some(place.folder.path().join("other")),
        ..config.clone()
    };
    let refusal = refusal(&other).await;
    assert!(refusal.contains("invalid peer certificate"), "{refusal}");
    // The server that speaks TLS only has no answer to plain text.
    let plain = RedisConfig {
        ca: None,
        url: config.url.replace("rediss", "redis"),
        ..config
    };
    let store = RedisStore::open(&plain).unwrap();
    store.wait_until_used(Duration::from_millis(500)).await;
    let found = store.find_access_token(&Secret::generate(), now()).await;
    assert!(matches!(found, Err(StoreError::Unavailable(_))));
}

#[tokio::test]
async fn sec_183_a_certificate_for_another_host_is_refused() {
    let place = Place::new(&["elsewhere.example"], &[]).await;
    let refusal = refusal(&place.config("")).await;
    assert!(refusal.contains("not valid for name"), "{refusal}");
}

#[tokio::test]
async fn files_of_certificates_are_named() {
    let place = Place::new(&["127.0.0.1"], &[]).await;
    let config = place.config("");
    let broken = [
        (Some("missing"), "redis.ca", "No such file"),
        (None, "redis.certificate", "redis.key too"),
    ];
    for (ca, key, problem) in broken {
        let mut config = config.clone();
        match ca {
            Some(name) => config.ca = Some(place.folder.path().join(name)),
            None => config.certificate = config.ca.clone(),
        }
        let refusal = RedisStore::open(&config).unwrap_err().to_string();
        assert!(
            refusal.contains(key) && refusal.contains(problem),
            "{refusal}"
        );
    }
    let plain = RedisConfig {
        url: "redis://127.0.0.1:1/".to_owned(),
        ..config
    };
    let refusal = RedisStore::open(&plain).unwrap_err().to_string();
    assert!(refusal.contains("redis.ca"), "{refusal}");
}

#[tokio::test]
async fn sec_183_another_machine_needs_tls_unless_a_setting_says_otherwise() {
    for url in [
        "redis://redis:6379/",
        "redis-sentinel://127.0.0.1,sentinel/main",
        "redis-cluster://10.0.0.1:1,10.0.0.2:1",
    ] {
        let mut config = RedisConfig::new(url);
        let refusal = RedisStore::open(&config).unwrap_err().to_string();
        assert!(refusal.contains("redis.allow_insecure"), "{refusal}");
        config.allow_insecure = true;
        RedisStore::open(&config).unwrap();
    }
    for url in [
        "redis://localhost/",
        "redis://[::1]:1/",
        "redis-cluster://127.0.0.1:1",
    ] {
        RedisStore::open(&RedisConfig::new(url)).unwrap();
    }
}

/// The accounts of the local stack: one loads the functions, the other uses them.
#[tokio::test]
async fn sec_183_functions_are_loaded_by_an_account_that_can_do_nothing_else() {
    let accounts = [
        "user default off".to_owned(),
        account("doorward", RIGHTS),
        account("functions", LOADER),
    ];
    let place = Place::new(&["127.0.0.1"], &accounts).await;
    let (own, loader) = (
        place.config("doorward:open-sesame@"),
        place.config("functions:open-sesame@"),
    );
    let refused = RedisStore::load_functions(&own).await.unwrap();
    assert!(refused.is_err(), "{refused:?}");
    RedisStore::load_functions(&loader).await.unwrap().unwrap();
    let store = RedisStore::open(&own).unwrap();
    store.wait_until_used(PATIENCE).await;
    add_session(&store).await;

    let refusal_of = async |user: &str| refusal(&place.config(user)).await;
    for user in ["", "doorward:wrong@", "doorward@"] {
        let refusal = refusal_of(user).await;
        assert!(!refusal.contains("wrong"), "{refusal}");
    }
    let topology = Topology::new(Address::parse(&loader.url).unwrap(), &loader).unwrap();
    let mut link = topology.connect_one().await.unwrap();
    for forbidden in [
        "GET doorward:x",
        "FCALL x 0",
        "FUNCTION LIST",
        "CONFIG GET *",
    ] {
        let mut words = forbidden.split(' ');
        let mut command = redis::cmd(words.next().unwrap());
        for word in words {
            command.arg(word);
        }
        let refusal = link.send(&command).await.unwrap_err();
        assert_eq!(refusal.code(), Some("NOPERM"), "{forbidden}: {refusal}");
    }
}
