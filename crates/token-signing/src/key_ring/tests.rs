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
    let config = DatabaseConfig {
        url: postgres::database().await,
        password_file: None,
        max_connections: 4,
    };
    replicas_agree_and_a_restart_keeps_the_keys(&config).await;
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

/// SEC-172: not even a page of the database file, or of its log, holds a part of a private key.
#[tokio::test]
async fn the_database_files_hold_no_private_key() {
    let folder = tempfile::tempdir().unwrap();
    let config = DatabaseConfig::sqlite(&folder.path().join("keys.db"));
    open_ring(&config, 1).await.unwrap();
    // How a PKCS#8 RSA key begins, RFC 5958 §2: version 0 and the algorithm rsaEncryption; and its base64.
    let begin: &[u8] = b"\x02\x01\x00\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";
    let mut files = 0;
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let content = std::fs::read(entry.unwrap().path()).unwrap();
        for part in [begin, b"MIIEv", b"BgkqhkiG9w0BAQEF"] {
            assert!(!content.windows(part.len()).any(|window| window == part));
        }
        files += usize::from(!content.is_empty());
    }
    assert!(files > 0);
}
