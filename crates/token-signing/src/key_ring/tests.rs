use doorward_service_kit::KeyEncryptionKey;
use doorward_service_kit::sql::DatabaseConfig;
use doorward_test_support::{FakeClock, postgres};

use super::*;
use crate::{KeyKeeper, RotationConfig, SigningConfig};

const HOST: &str = "login.example.com";

fn keeper(store: &Arc<dyn Store>, clock: &Arc<FakeClock>, byte: u8) -> KeyKeeper {
    scheduled(store, clock, byte, RotationConfig::default())
}

fn scheduled(
    store: &Arc<dyn Store>,
    clock: &Arc<FakeClock>,
    byte: u8,
    rotation: RotationConfig,
) -> KeyKeeper {
    let key = KeyEncryptionKey::from_bytes(&[byte; KeyEncryptionKey::LENGTH]).unwrap();
    KeyKeeper::new(
        Arc::clone(store),
        Custody::file(key),
        rotation,
        clock.clone(),
    )
}

/// A replica over a database.
struct Replica {
    store: Arc<dyn Store>,
    keeper: KeyKeeper,
    ring: Arc<KeyRing>,
}

impl Replica {
    async fn start(config: &DatabaseConfig, clock: &Arc<FakeClock>) -> Result<Self, Error> {
        Self::with_key(config, clock, 1).await
    }

    async fn with_key(
        config: &DatabaseConfig,
        clock: &Arc<FakeClock>,
        byte: u8,
    ) -> Result<Self, Error> {
        let store = crate::open(config).await.unwrap();
        let keeper = keeper(&store, clock, byte);
        keeper.prepare(HOST).await?;
        let ring = keeper.open_ring().await?;
        Ok(Self {
            store,
            keeper,
            ring,
        })
    }

    fn signer(&self) -> KeyId {
        let keys = self.ring.keys();
        keys.signer(SigningAlg::Rs256).unwrap().kid().clone()
    }

    fn published(&self) -> Vec<KeyId> {
        let keys = self.ring.keys();
        keys.public.iter().map(|key| key.kid.clone()).collect()
    }
}

fn sqlite() -> (tempfile::TempDir, DatabaseConfig) {
    let folder = tempfile::tempdir().unwrap();
    let config = DatabaseConfig::sqlite(&folder.path().join("keys.db"));
    (folder, config)
}

async fn postgres_config() -> DatabaseConfig {
    DatabaseConfig {
        max_connections: 4,
        ..DatabaseConfig::new(postgres::database().await)
    }
}

async fn replicas_agree_and_a_restart_keeps_the_keys(config: &DatabaseConfig) {
    let clock = FakeClock::start();
    let (one, other) = tokio::join!(
        Replica::start(config, &clock),
        Replica::start(config, &clock)
    );
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one.published(), other.published());
    assert_eq!(one.published().len(), 2);
    assert_eq!(one.published()[0], one.signer());

    let after_restart = Replica::start(config, &clock).await.unwrap();
    assert_eq!(after_restart.published(), one.published());
}

#[tokio::test]
async fn on_sqlite() {
    let (_folder, config) = sqlite();
    replicas_agree_and_a_restart_keeps_the_keys(&config).await;
}

#[tokio::test]
async fn on_postgres() {
    replicas_agree_and_a_restart_keeps_the_keys(&postgres_config().await).await;
}

/// One of ten commands at once rotates; the others meet its young next key. One key is current, one is next.
#[tokio::test]
async fn rotations_at_once_are_one() {
    let config = postgres_config().await;
    let clock = FakeClock::start();
    let (one, other) = tokio::join!(
        Replica::start(&config, &clock),
        Replica::start(&config, &clock)
    );
    let replicas = [one.unwrap(), other.unwrap()];
    let expected = replicas[0].published()[1].clone();
    clock.advance(Duration::from_hours(1));
    let rotations = (0..10).map(|turn| {
        let keeper = replicas[turn % 2].keeper.clone();
        async move { keeper.rotate(None, turn % 3 == 0).await }
    });
    let results = futures::future::join_all(rotations).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    let stored = replicas[0].store.find_keys().await.unwrap().keys;
    let states: Vec<_> = stored.iter().map(|key| key.state).collect();
    assert_eq!(
        states,
        [KeyState::Current, KeyState::Next, KeyState::Previous]
    );
    assert_eq!(stored[0].kid, expected);
    for replica in &replicas {
        replica.ring.refresh().await.unwrap();
        assert_eq!(replica.signer(), expected);
        assert_eq!(replica.published().len(), 3);
    }
}

#[tokio::test]
async fn a_replica_learns_by_polling() {
    let (_folder, config) = sqlite();
    let clock = FakeClock::start();
    let one = Replica::start(&config, &clock).await.unwrap();
    let other = Replica::start(&config, &clock).await.unwrap();
    let stop = Shutdown::new();
    let _stopped = stop.clone().drop_guard();
    other.ring.follow(stop);
    let mut stream = Box::pin(other.ring.stream());
    let first = futures::StreamExt::next(&mut stream).await.unwrap();
    assert_eq!(first.public.len(), 2);

    clock.advance(Duration::from_hours(1));
    let (_, rotated) = one.keeper.rotate(None, false).await.unwrap();
    let second = futures::StreamExt::next(&mut stream).await.unwrap();
    assert_eq!(second.revision, rotated.revision);
    assert_eq!(second.public.len(), 3);
    assert_eq!(other.signer(), rotated.keys[0].kid);
}

/// SEC-169.
#[tokio::test]
async fn a_revoked_key_neither_signs_nor_is_published() {
    let (_folder, config) = sqlite();
    let clock = FakeClock::start();
    let one = Replica::start(&config, &clock).await.unwrap();
    let other = Replica::start(&config, &clock).await.unwrap();
    let revoked = one.signer();
    one.keeper
        .replace_current(Some(&revoked), None)
        .await
        .unwrap();
    other.ring.refresh().await.unwrap();
    assert_ne!(other.signer(), revoked);
    assert!(!other.published().contains(&revoked));
    assert_eq!(other.published().len(), 2);
}

/// A replica with another key-encryption key cannot open what others have made.
#[tokio::test]
async fn a_replica_that_cannot_open_the_current_key_signs_on_until_its_own_is_revoked() {
    let (_folder, config) = sqlite();
    let clock = FakeClock::start();
    let one = Replica::start(&config, &clock).await.unwrap();
    let wrong = keeper(&one.store, &clock, 2);
    let rotate = async || {
        clock.advance(Duration::from_hours(1));
        wrong.rotate(None, false).await.unwrap();
        one.ring.refresh().await
    };
    // The first next key was made by the replica itself, the one after it was not.
    rotate().await.unwrap();
    let own = one.signer();
    let refreshed = rotate().await;
    assert!(matches!(refreshed, Err(Error::WrongKeyEncryptionKey(_))));
    assert_eq!(one.signer(), own);

    wrong.revoke(&own).await.unwrap();
    let refreshed = one.ring.refresh().await;
    assert!(matches!(refreshed, Err(Error::WrongKeyEncryptionKey(_))));
    let refused = one.ring.keys().signer(SigningAlg::Rs256).err();
    assert!(matches!(refused, Some(Error::NoSigner(SigningAlg::Rs256))));
    assert!(!one.published().contains(&own));
}

#[tokio::test]
async fn the_schedule_rotates_once() {
    let (_folder, config) = sqlite();
    let clock = FakeClock::start();
    let replica = Replica::start(&config, &clock).await.unwrap();
    let rotation = RotationConfig {
        every_days: std::num::NonZeroU16::new(30),
        ..RotationConfig::default()
    };
    let scheduled = scheduled(&replica.store, &clock, 1, rotation);
    let (first, next) = (replica.signer(), replica.published()[1].clone());
    for (hours, expected) in [(30 * 24 - 1, &first), (1, &next), (1, &next)] {
        clock.advance(Duration::from_hours(hours));
        replica.keeper.rotate_if_due().await.unwrap();
        tokio::try_join!(scheduled.rotate_if_due(), scheduled.rotate_if_due()).unwrap();
        replica.ring.refresh().await.unwrap();
        assert_eq!(replica.signer(), *expected, "{hours} hours later");
    }
}

#[tokio::test]
async fn expired_keys_are_removed() {
    let (_folder, config) = sqlite();
    let clock = FakeClock::start();
    let replica = Replica::start(&config, &clock).await.unwrap();
    clock.advance(Duration::from_hours(1));
    replica.keeper.rotate(None, false).await.unwrap();
    for (days, left) in [(30, 3), (1, 2)] {
        clock.advance(Duration::from_hours(24 * days));
        replica.keeper.remove_expired().await.unwrap();
        replica.ring.refresh().await.unwrap();
        assert_eq!(replica.published().len(), left);
    }
}

/// The upgrade of a database without certificates keeps its keys.
#[tokio::test]
async fn keys_of_earlier_versions_get_certificates() {
    let (_folder, config) = sqlite();
    let clock = FakeClock::start();
    let before = Replica::start(&config, &clock).await.unwrap();
    let without = |keys: &[StoredKey]| {
        let keys = keys.iter().cloned().map(|key| StoredKey {
            certificate: None,
            ..key
        });
        Ok(keys.collect())
    };
    before.store.change(Box::new(without)).await.unwrap();

    let (one, other) = tokio::join!(
        Replica::start(&config, &clock),
        Replica::start(&config, &clock)
    );
    let (one, other) = (one.unwrap(), other.unwrap());
    let public = one.ring.keys().public.clone();
    assert_eq!(public, other.ring.keys().public);
    let moduli = |keys: &[PublicKey]| -> Vec<_> {
        keys.iter()
            .map(|key| (key.kid.clone(), key.half.clone()))
            .collect()
    };
    assert_eq!(moduli(&public), moduli(&before.ring.keys().public));
}

#[tokio::test]
async fn a_wrong_key_encryption_key_is_an_error_and_makes_no_keys() {
    let (_folder, config) = sqlite();
    let clock = FakeClock::start();
    let replica = Replica::start(&config, &clock).await.unwrap();
    let before = replica.store.find_keys().await.unwrap();

    let error = Replica::with_key(&config, &clock, 2).await.err().unwrap();
    assert!(
        matches!(&error, Error::WrongKeyEncryptionKey(kid) if replica.published().contains(kid)),
        "{error}"
    );
    assert_eq!(replica.store.find_keys().await.unwrap(), before);
}

/// How a PKCS#8 RSA key begins, RFC 5958 §2 (version 0, the algorithm rsaEncryption): as it is, as `pg_dump` writes
/// bytes, and at either offset of base64 text.
const CLEAR: [&[u8]; 4] = [
    b"\x02\x01\x00\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00\x04",
    b"020100300d06092a864886f70d010101050004",
    b"MIIEv",
    b"BgkqhkiG9w0BAQEFAASC",
];

fn assert_no_private_key(content: &[u8]) {
    for clear in CLEAR {
        assert!(!content.windows(clear.len()).any(|part| part == clear));
    }
}

/// SEC-172: neither the database file nor its log.
#[tokio::test]
async fn sqlite_files_hold_no_private_key() {
    let (folder, config) = sqlite();
    let replica = Replica::start(&config, &FakeClock::start()).await.unwrap();
    let files = std::fs::read_dir(folder.path()).unwrap();
    let contents: Vec<_> = files
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .collect();
    let contents = contents.concat();
    let kid = replica.signer();
    let kid = kid.as_str().as_bytes();
    assert!(contents.windows(kid.len()).any(|part| part == kid));
    assert_no_private_key(&contents);
}

/// SEC-172.
#[tokio::test]
async fn a_postgres_dump_holds_no_private_key() {
    let config = postgres_config().await;
    let replica = Replica::start(&config, &FakeClock::start()).await.unwrap();
    let dump = postgres::dump(&config.url).await;
    assert!(dump.contains(replica.signer().as_str()));
    assert_no_private_key(dump.as_bytes());
}

async fn with_algs(
    config: &DatabaseConfig,
    clock: &Arc<FakeClock>,
    algs: &[SigningAlg],
) -> Replica {
    let store = crate::open(config).await.unwrap();
    let keeper = keeper(&store, clock, 1).with_algs(&SigningConfig {
        algs: algs.to_vec(),
        ..SigningConfig::default()
    });
    keeper.prepare(HOST).await.unwrap();
    let ring = keeper.open_ring().await.unwrap();
    Replica {
        store,
        keeper,
        ring,
    }
}

impl Replica {
    /// The algorithms that it signs with.
    fn algs(&self) -> String {
        let keys = self.ring.keys();
        let on = SigningAlg::ALL.iter();
        let on = on.filter(|alg| keys.signer(**alg).is_ok());
        on.map(|alg| alg.as_str()).collect::<Vec<_>>().join(" ")
    }
}

/// Two replicas that begin with an algorithm at the same time have the same keys for it. One that was not told of it
/// signs with it too, for a setting that differs must not make a difference. The keys before stay.
async fn an_algorithm_is_switched_on_once_for_all(config: &DatabaseConfig) {
    let clock = FakeClock::start();
    let old = Replica::start(config, &clock).await.unwrap();
    assert_eq!(old.algs(), "RS256");
    let before = old.published();

    let algs = [SigningAlg::Es256, SigningAlg::EdDsa];
    let (one, other) = tokio::join!(
        with_algs(config, &clock, &algs),
        with_algs(config, &clock, &algs)
    );
    old.ring.refresh().await.unwrap();
    let published = one.published();
    assert_eq!(published.len(), 6);
    assert!(before.iter().all(|kid| published.contains(kid)));
    assert_eq!(old.signer(), before[0]);
    let without = Replica::start(config, &clock).await.unwrap();
    let replicas = [&one, &other, &old, &without];
    for replica in replicas {
        assert_eq!(replica.algs(), "RS256 ES256 EdDSA");
        assert_eq!(replica.published(), published);
    }

    old.keeper.retire(SigningAlg::Es256).await.unwrap();
    for replica in replicas {
        replica.ring.refresh().await.unwrap();
        assert_eq!(replica.algs(), "RS256 EdDSA");
        assert_eq!(replica.published().len(), 5);
        let keys = replica.ring.keys();
        let refused = keys.signer(SigningAlg::Es256).err();
        assert!(matches!(refused, Some(Error::SwitchedOff(_))));
    }
}

#[tokio::test]
async fn an_algorithm_is_switched_on_in_sqlite() {
    let (_folder, config) = sqlite();
    an_algorithm_is_switched_on_once_for_all(&config).await;
}

#[tokio::test]
async fn an_algorithm_is_switched_on_in_postgres() {
    an_algorithm_is_switched_on_once_for_all(&postgres_config().await).await;
}

#[tokio::test]
async fn the_schedule_rotates_each_algorithm_by_itself() {
    let (_folder, config) = sqlite();
    let clock = FakeClock::start();
    let replica = Replica::start(&config, &clock).await.unwrap();
    clock.advance(Duration::from_hours(24));
    let replica = Replica {
        keeper: with_algs(&config, &clock, &[SigningAlg::Es256])
            .await
            .keeper,
        ..replica
    };
    let rotation = RotationConfig {
        every_days: std::num::NonZeroU16::new(30),
        ..RotationConfig::default()
    };
    let scheduled = scheduled(&replica.store, &clock, 1, rotation);
    for (days, previous) in [(28, ""), (1, "RS256"), (1, "RS256 ES256")] {
        clock.advance(Duration::from_hours(24 * days));
        tokio::try_join!(scheduled.rotate_if_due(), scheduled.rotate_if_due()).unwrap();
        let stored = replica.store.find_keys().await.unwrap().keys;
        let found = stored.iter().filter(|key| key.state == KeyState::Previous);
        let mut found: Vec<_> = found.map(|key| key.alg).collect();
        found.sort_unstable();
        let found: Vec<_> = found.iter().map(|alg| alg.as_str()).collect();
        assert_eq!(found.join(" "), previous);
    }
}

/// A key of one algorithm that does not open does not keep others from signing.
#[tokio::test]
async fn an_algorithm_without_its_key_leaves_the_others() {
    let (_folder, config) = sqlite();
    let clock = FakeClock::start();
    let one = with_algs(&config, &clock, &[SigningAlg::Es256]).await;
    let wrong = keeper(&one.store, &clock, 2);
    for _ in 0..2 {
        wrong
            .replace_current(None, Some(SigningAlg::Es256))
            .await
            .unwrap();
    }
    let refreshed = one.ring.refresh().await;
    assert!(matches!(refreshed, Err(Error::WrongKeyEncryptionKey(_))));
    assert_eq!(one.algs(), "RS256");
    let refused = one.ring.keys().signer(SigningAlg::Es256).err();
    assert!(matches!(refused, Some(Error::NoSigner(SigningAlg::Es256))));
}
