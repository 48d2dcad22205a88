//! Keys of a database over their life, and processes that die in it.

use std::time::Duration;

use doorward_service_kit::sql::DatabaseConfig;
use doorward_test_support::FakeClock;
use tokio::runtime::Runtime;

use super::*;
use crate::key_ring::KeyRing;
use crate::store::Store;
use crate::{Error, KeyKeeper, RotationConfig, SigningConfig};

const HOST: &str = "login.example.com";

/// A replica, and what it takes to start another.
struct Replica {
    database: DatabaseConfig,
    clock: Arc<FakeClock>,
    store: Arc<dyn Store>,
    custody: Custody,
    keeper: KeyKeeper,
    ring: Arc<KeyRing>,
}

impl Replica {
    async fn start(
        database: &DatabaseConfig,
        clock: &Arc<FakeClock>,
        custody: impl AsyncFnOnce(&str) -> Custody,
    ) -> Result<Self, Error> {
        let store = crate::open(database).await.unwrap();
        let custody = custody(&store.mark().await.unwrap()).await;
        let keeper = KeyKeeper::new(
            Arc::clone(&store),
            custody.clone(),
            RotationConfig::default(),
            clock.clone(),
        );
        let signing = SigningConfig {
            algs: vec![SigningAlg::Es256],
            ..SigningConfig::default()
        };
        let keeper = keeper.with_algs(&signing);
        keeper.prepare(HOST).await?;
        let ring = keeper.open_ring().await?;
        Ok(Self {
            database: database.clone(),
            clock: Arc::clone(clock),
            store,
            custody,
            keeper,
            ring,
        })
    }

    async fn in_token(softhsm: &SoftHsm, folder: &tempfile::TempDir) -> Self {
        let database = DatabaseConfig::sqlite(&folder.path().join("keys.db"));
        let clock = FakeClock::start();
        Self::over(softhsm, &database, &clock).await.unwrap()
    }

    async fn over(
        softhsm: &SoftHsm,
        database: &DatabaseConfig,
        clock: &Arc<FakeClock>,
    ) -> Result<Self, Error> {
        Self::start(database, clock, async |mark| {
            Custody::connect(None, config(softhsm), mark).unwrap()
        })
        .await
    }

    async fn restart(&self, softhsm: &SoftHsm) -> Result<Self, Error> {
        Self::over(softhsm, &self.database, &self.clock).await
    }

    async fn stored(&self) -> Vec<StoredKey> {
        self.store.find_keys().await.unwrap().keys
    }

    /// The states of the keys whose private half is in the token; "none" for one that is in no row.
    async fn in_token_now(&self) -> String {
        let stored = self.stored().await;
        let objects = self.custody.objects().unwrap();
        let state = |object: &TokenObject| {
            let found = stored.iter().find(|key| object.is_of(key));
            found.map_or("none", |key| key.state.as_str())
        };
        let mut states: Vec<_> = objects.iter().map(state).collect();
        states.sort_unstable();
        states.join(" ")
    }

    fn signs(&self) -> bool {
        let keys = self.ring.keys();
        let claims = serde_json::json!({});
        [SigningAlg::Rs256, SigningAlg::Es256]
            .iter()
            .all(|alg| keys.signer(*alg).unwrap().sign("JWT", &claims).is_ok())
    }

    /// Moves the time on by so much that a retired key is destroyed.
    async fn upkeep_a_minute_later(&self) {
        self.clock.advance(Duration::from_mins(1));
        self.keeper.destroy_unused().await.unwrap();
    }
}

fn run(test: impl AsyncFnOnce(&SoftHsm, &tempfile::TempDir), softhsm: &SoftHsm) {
    let folder = tempfile::tempdir().unwrap();
    Runtime::new().unwrap().block_on(test(softhsm, &folder));
}

#[test]
fn a_rotation_destroys_the_private_key_that_signs_no_more() {
    with_token(|softhsm| run(rotations, softhsm));
}

async fn rotations(softhsm: &SoftHsm, folder: &tempfile::TempDir) {
    let replica = Replica::in_token(softhsm, folder).await;
    assert_eq!(replica.in_token_now().await, "current current next next");
    for _ in 0..2 {
        let early = replica.keeper.rotate(None, false).await;
        assert!(matches!(early, Err(Error::Life(_))));
        let whole = "current current next next";
        assert_eq!(replica.in_token_now().await, whole, "nothing is left of it");
        replica.clock.advance(Duration::from_hours(1));
        replica.keeper.rotate(None, false).await.unwrap();
        replica.keeper.destroy_unused().await.unwrap();
        let states = "current current next next previous previous";
        assert_eq!(
            replica.in_token_now().await,
            states,
            "replicas may need them"
        );
        replica.upkeep_a_minute_later().await;
        assert_eq!(replica.in_token_now().await, "current current next next");
        replica.ring.refresh().await.unwrap();
        assert!(replica.signs());
    }
    let again = replica.restart(softhsm).await.unwrap();
    assert!(again.signs());
    assert_eq!(again.stored().await, replica.stored().await);
}

#[test]
fn a_revoked_key_is_destroyed_at_once() {
    with_token(|softhsm| run(revocations, softhsm));
}

async fn revocations(softhsm: &SoftHsm, folder: &tempfile::TempDir) {
    let replica = Replica::in_token(softhsm, folder).await;
    let alg = Some(SigningAlg::Rs256);
    replica.keeper.replace_current(None, alg).await.unwrap();
    assert_eq!(replica.in_token_now().await, "current current next next");
    replica.clock.advance(Duration::from_hours(1));
    replica.keeper.rotate(alg, false).await.unwrap();
    let stored = replica.stored().await;
    let previous = stored.iter().find(|key| key.state == KeyState::Previous);
    let kid = &previous.unwrap().kid;
    assert!(replica.in_token_now().await.contains("previous"));
    replica.keeper.revoke(kid).await.unwrap();
    assert_eq!(replica.in_token_now().await, "current current next next");
    replica.ring.refresh().await.unwrap();
    assert!(replica.signs());
}

/// A process that dies between two steps: the key is made and in no row, or no row needs it and it is there.
#[test]
fn what_a_killed_process_leaves_is_removed_later() {
    with_token(|softhsm| run(kills, softhsm));
}

async fn kills(softhsm: &SoftHsm, folder: &tempfile::TempDir) {
    let replica = Replica::in_token(softhsm, folder).await;
    let whole = "current current next next";
    let now = replica.stored().await[0].created_at;
    replica.custody.make(SigningAlg::Es256, HOST, now).unwrap();
    let left = format!("{whole} none");
    let again = replica.restart(softhsm).await.unwrap();
    assert!(again.signs());
    for _ in 0..23 {
        replica.keeper.destroy_unused().await.unwrap();
        assert_eq!(
            replica.in_token_now().await,
            left,
            "another replica may just make it"
        );
        replica.clock.advance(Duration::from_hours(1));
    }
    replica.clock.advance(Duration::from_hours(1));
    for _ in 0..2 {
        replica.keeper.destroy_unused().await.unwrap();
        assert_eq!(replica.in_token_now().await, whole);
    }

    let new = replica.custody.make(SigningAlg::Es256, HOST, now).unwrap();
    let change = |keys: &[StoredKey]| {
        Ok(crate::domain::key_life::replace_current(
            keys, None, new, now,
        )?)
    };
    replica.store.change(Box::new(change)).await.unwrap();
    assert_eq!(replica.in_token_now().await, format!("{whole} revoked"));
    let again = replica.restart(softhsm).await.unwrap();
    assert!(again.signs());
    again.keeper.destroy_unused().await.unwrap();
    assert_eq!(replica.in_token_now().await, whole);
}

/// Keys of another database in the same token, even when they are old and in no row of this one.
#[test]
fn keys_of_other_databases_are_left_alone() {
    with_token(|softhsm| run(neighbours, softhsm));
}

async fn neighbours(softhsm: &SoftHsm, folder: &tempfile::TempDir) {
    let other = tempfile::tempdir().unwrap();
    let (ours, theirs) = (
        Replica::in_token(softhsm, folder).await,
        Replica::in_token(softhsm, &other).await,
    );
    let foreign = token(softhsm);
    foreign
        .make((&KeyId::generate(), SigningAlg::Es256), "a", NOW)
        .unwrap();
    ours.clock.advance(Duration::from_hours(24 * 365));
    ours.keeper.destroy_unused().await.unwrap();
    assert_eq!(theirs.in_token_now().await, "current current next next");
    assert!(ours.signs() && theirs.signs());
    assert_eq!(foreign.objects().unwrap().len(), 1);
}

/// Keys from a file go on until they are rotated out, and so do keys in the token on the way back.
#[test]
fn keys_move_into_the_token_and_back_by_rotations() {
    with_token(|softhsm| run(moves, softhsm));
}

async fn moves(softhsm: &SoftHsm, folder: &tempfile::TempDir) {
    let database = DatabaseConfig::sqlite(&folder.path().join("keys.db"));
    let clock = FakeClock::start();
    let key = || KeyEncryptionKey::from_bytes(&[1; KeyEncryptionKey::LENGTH]).unwrap();
    let file = async |_: &str| Custody::file(key());
    let both = |new_keys| {
        async move |mark: &str| {
            let config = Pkcs11Config {
                new_keys,
                ..config(softhsm)
            };
            Custody::connect(Some(key()), config, mark).unwrap()
        }
    };
    let kept = async |replica: &Replica| -> String {
        let stored = replica.stored().await;
        let current = stored.iter().filter(|key| key.sealed.is_some());
        let forms = current.map(|key| text(key).split('.').nth(1).unwrap().to_owned());
        forms.collect::<Vec<_>>().join(" ")
    };
    let rotate_twice = async |replica: &Replica| {
        for _ in 0..2 {
            clock.advance(Duration::from_hours(1));
            replica.keeper.rotate(None, false).await.unwrap();
            replica.ring.refresh().await.unwrap();
            assert!(replica.signs());
        }
        replica.upkeep_a_minute_later().await;
    };

    let before = Replica::start(&database, &clock, file).await.unwrap();
    assert_eq!(kept(&before).await, "file file file file");
    let refused = Replica::over(softhsm, &database, &clock)
        .await
        .err()
        .unwrap();
    assert!(
        refused.to_string().contains("`key_encryption_key_file`"),
        "{refused}"
    );

    let moving = Replica::start(&database, &clock, both(true)).await.unwrap();
    assert!(moving.signs());
    assert_eq!(kept(&moving).await, "file file file file");
    rotate_twice(&moving).await;
    assert_eq!(kept(&moving).await, "pkcs11 pkcs11 pkcs11 pkcs11");
    let moved = moving.restart(softhsm).await.unwrap();
    assert!(moved.signs());

    let refused = Replica::start(&database, &clock, file).await.err().unwrap();
    assert!(refused.to_string().contains("`[pkcs11]`"), "{refused}");
    let back = Replica::start(&database, &clock, both(false))
        .await
        .unwrap();
    assert!(back.signs());
    rotate_twice(&back).await;
    assert_eq!(kept(&back).await, "file file file file");
    assert_eq!(back.in_token_now().await, "");
    let after = Replica::start(&database, &clock, file).await.unwrap();
    assert!(after.signs());
}

/// A backup that is older than a rotation, for example.
#[test]
fn a_start_without_the_private_key_is_refused() {
    with_token(|softhsm| run(losses, softhsm));
}

async fn losses(softhsm: &SoftHsm, folder: &tempfile::TempDir) {
    let replica = Replica::in_token(softhsm, folder).await;
    let before = replica.stored().await;
    let current = &before[0];
    let objects = replica.custody.objects().unwrap();
    let lost = objects.into_iter().filter(|object| object.is_of(current));
    replica.custody.destroy(&lost.collect::<Vec<_>>()).unwrap();
    let refused = replica.restart(softhsm).await.err().unwrap().to_string();
    assert!(refused.contains(current.kid.as_str()), "{refused}");
    assert_eq!(replica.stored().await, before, "no key is made");
}
