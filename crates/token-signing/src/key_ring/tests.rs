use doorward_service_kit::sql::DatabaseConfig;
use doorward_test_support::{FakeClock, postgres};

use super::*;
use crate::domain::KeyId;

fn key_encryption_key(byte: u8) -> KeyEncryptionKey {
    KeyEncryptionKey::from_bytes(&[byte; KeyEncryptionKey::LENGTH]).unwrap()
}

async fn open_ring(config: &DatabaseConfig, byte: u8) -> Result<Arc<KeyRing>, Error> {
    let store = crate::open(config).await.unwrap();
    KeyRing::open(&*store, &key_encryption_key(byte), &*FakeClock::start()).await
}

async fn postgres_config() -> DatabaseConfig {
    DatabaseConfig {
        max_connections: 4,
        ..DatabaseConfig::new(postgres::database().await)
    }
}

async fn stored_kids(config: &DatabaseConfig) -> Vec<KeyId> {
    let keys = crate::open(config)
        .await
        .unwrap()
        .find_keys()
        .await
        .unwrap();
    keys.into_iter()
        .map(|key| key.sealed.kid().clone())
        .collect()
}

async fn replicas_agree_and_a_restart_keeps_the_keys(config: &DatabaseConfig) {
    let (one, other) = tokio::join!(open_ring(config, 1), open_ring(config, 1));
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one.public(), other.public());
    assert_ne!(one.public()[0], one.public()[1]);
    assert_eq!(one.public()[0], one.current().public());

    let after_restart = open_ring(config, 1).await.unwrap();
    assert_eq!(after_restart.public(), one.public());
}

#[tokio::test]
async fn on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let config = DatabaseConfig::sqlite(&folder.path().join("keys.db"));
    replicas_agree_and_a_restart_keeps_the_keys(&config).await;
}

#[tokio::test]
async fn on_postgres() {
    replicas_agree_and_a_restart_keeps_the_keys(&postgres_config().await).await;
}

#[tokio::test]
async fn a_wrong_key_encryption_key_is_an_error_and_makes_no_keys() {
    let folder = tempfile::tempdir().unwrap();
    let config = DatabaseConfig::sqlite(&folder.path().join("keys.db"));
    open_ring(&config, 1).await.unwrap();
    let before = stored_kids(&config).await;

    let error = open_ring(&config, 2).await.unwrap_err();
    assert!(
        matches!(&error, Error::WrongKeyEncryptionKey(kid) if before.contains(kid)),
        "{error}"
    );
    assert_eq!(stored_kids(&config).await, before);
}

/// How a PKCS#8 RSA key begins, RFC 5958 §2 (version 0, the algorithm rsaEncryption): as it is, as `pg_dump` writes
/// bytes, and at either offset of base64 text.
const CLEAR: [&[u8]; 4] = [
    b"\x02\x01\x00\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01",
    b"020100300d06092a864886f70d010101",
    b"MIIEv",
    b"BgkqhkiG9w0BAQEF",
];

fn assert_no_private_key(content: &[u8]) {
    for clear in CLEAR {
        assert!(!content.windows(clear.len()).any(|part| part == clear));
    }
}

/// SEC-172: neither the database file nor its log.
#[tokio::test]
async fn sqlite_files_hold_no_private_key() {
    let folder = tempfile::tempdir().unwrap();
    let config = DatabaseConfig::sqlite(&folder.path().join("keys.db"));
    let ring = open_ring(&config, 1).await.unwrap();
    let files = std::fs::read_dir(folder.path()).unwrap();
    let contents: Vec<_> = files
        .map(|file| std::fs::read(file.unwrap().path()).unwrap())
        .collect();
    let contents = contents.concat();
    let kid = ring.public()[0].kid.as_str().as_bytes();
    assert!(contents.windows(kid.len()).any(|part| part == kid));
    assert_no_private_key(&contents);
}

/// SEC-172.
#[tokio::test]
async fn a_postgres_dump_holds_no_private_key() {
    let config = postgres_config().await;
    let ring = open_ring(&config, 1).await.unwrap();
    let dump = postgres::dump(&config.url).await;
    assert!(dump.contains(ring.public()[0].kid.as_str()));
    assert_no_private_key(dump.as_bytes());
}
