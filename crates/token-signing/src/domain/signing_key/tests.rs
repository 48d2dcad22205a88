use super::*;
use crate::domain::KeyPair;

/// One in 64 random ids would begin with a hyphen.
#[test]
fn ids_are_no_options() {
    for _ in 0..2000 {
        let id = KeyId::generate();
        assert_eq!(id.as_str().len(), 21);
        assert!(doorward_service_kit::is_base64url(id.as_str()));
        assert!(!id.as_str().starts_with('-'));
    }
}

/// SEC-172.
#[test]
fn private_keys_are_not_printed() {
    let pair = KeyPair::generate(SigningAlg::Es256).unwrap();
    let key = SigningKey::new(KeyId::generate(), SigningAlg::Es256, pair);
    let printed = format!("{key:?}");
    assert_eq!(printed, format!("SigningKey {} [redacted]", key.kid()));
}
