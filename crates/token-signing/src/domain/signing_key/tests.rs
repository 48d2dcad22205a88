use base64::prelude::BASE64_STANDARD;

use super::*;

fn key_encryption_key(byte: u8) -> KeyEncryptionKey {
    KeyEncryptionKey::from_bytes(&[byte; KeyEncryptionKey::LENGTH]).unwrap()
}

/// One in 64 random ids would begin with a hyphen.
#[test]
fn ids_are_no_options() {
    let ids = (0..2000).map(|_| KeyId::generate());
    assert!(ids.into_iter().all(|id| !id.as_str().starts_with('-')));
}

#[test]
fn a_sealed_key_opens_with_its_key_and_for_its_algorithm_only() {
    for alg in SigningAlg::ALL {
        let key = SigningKey::generate(*alg).unwrap();
        let sealed = key.seal(&key_encryption_key(1)).unwrap();
        let opened = SigningKey::open(&sealed, *alg, &key_encryption_key(1)).unwrap();
        assert_eq!((opened.kid(), opened.alg()), (key.kid(), *alg));
        assert_eq!(opened.pair.public_key(), key.pair.public_key());
        assert!(SigningKey::open(&sealed, *alg, &key_encryption_key(2)).is_none());
        for other in SigningAlg::ALL {
            let opens = SigningKey::open(&sealed, *other, &key_encryption_key(1)).is_some();
            assert_eq!(opens, other == alg, "a key for {alg} as one for {other}");
        }
    }
}

/// The form that the first version has stored.
#[test]
fn a_key_for_rs256_is_sealed_for_its_id_alone() {
    let key = SigningKey::generate(SigningAlg::Rs256).unwrap();
    let sealed = key.seal(&key_encryption_key(1)).unwrap();
    let opened = key_encryption_key(1).open(key.kid().as_str(), sealed.as_text(), |_| Some(()));
    assert!(opened.is_some());
}

#[test]
fn a_changed_row_does_not_open() {
    let key = SigningKey::generate(SigningAlg::Rs256).unwrap();
    let secret = key_encryption_key(1);
    let sealed = key.seal(&secret).unwrap();
    let opens = |kid: &str, text: String| {
        let sealed = SealedKey::new(KeyId::from(kid.to_owned()), text);
        SigningKey::open(&sealed, SigningAlg::Rs256, &secret).is_some()
    };
    let kid = sealed.kid().as_str();
    let text = sealed.as_text().to_owned();
    assert!(opens(kid, text.clone()));
    assert!(!opens("another-kid", text.clone()));
    for bad in ["", "AAAA", "not base64", &text[..text.len() - 4]] {
        assert!(!opens(kid, bad.to_owned()), "{bad}");
    }
    let mut bytes = BASE64_STANDARD.decode(&text).unwrap();
    for position in [0, 12, bytes.len() - 1] {
        bytes[position] ^= 1;
        assert!(
            !opens(kid, BASE64_STANDARD.encode(&bytes)),
            "byte {position}"
        );
        bytes[position] ^= 1;
    }
}

#[test]
fn sealing_twice_gives_different_texts() {
    let key = SigningKey::generate(SigningAlg::Rs256).unwrap();
    let secret = key_encryption_key(1);
    assert_ne!(
        key.seal(&secret).unwrap().as_text(),
        key.seal(&secret).unwrap().as_text()
    );
}

/// SEC-172.
#[test]
fn private_keys_are_neither_printed_nor_stored_in_clear() {
    for alg in SigningAlg::ALL {
        assert_hidden(&SigningKey::generate(*alg).unwrap());
    }
}

fn assert_hidden(key: &SigningKey) {
    let secret = key_encryption_key(b'k');
    let sealed = key.seal(&secret).unwrap();
    let private = key.pair.with_pkcs8(<[u8]>::to_vec).unwrap();
    let stored = BASE64_STANDARD.decode(sealed.as_text()).unwrap();
    // A PKCS#8 text holds the private half; none of it may show.
    assert!(
        private
            .windows(16)
            .all(|part| !stored.windows(16).any(|other| other == part))
    );

    let printed = format!("{key:?} {sealed:?} {secret:?}");
    assert_eq!(printed.matches("[redacted]").count(), 3, "{printed}");
    let clear = [
        BASE64_STANDARD.encode(&private),
        BASE64_URL_SAFE_NO_PAD.encode(&private),
    ];
    assert!(clear.iter().all(|clear| !printed.contains(&clear[40..60])));
    assert!(!printed.contains(&sealed.as_text()[..20]));
}
