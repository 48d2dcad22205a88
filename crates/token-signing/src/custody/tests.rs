use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::Timestamp;

use super::*;

const NOW: Timestamp = Timestamp::constant(1_767_323_045, 0);

fn cipher(byte: u8) -> KeyEncryptionKey {
    KeyEncryptionKey::from_bytes(&[byte; KeyEncryptionKey::LENGTH]).unwrap()
}

fn custody(byte: u8) -> Custody {
    Custody::file(cipher(byte))
}

fn make(alg: SigningAlg) -> StoredKey {
    custody(1).make(alg, "login.example.com", NOW).unwrap()
}

fn text(stored: &StoredKey) -> String {
    stored.sealed.as_ref().unwrap().as_text().to_owned()
}

/// The same row with another text.
fn with_text(stored: &StoredKey, text: &str) -> StoredKey {
    StoredKey {
        sealed: Some(SealedKey::new(stored.kid.clone(), text.to_owned())),
        ..stored.clone()
    }
}

fn opens(byte: u8, stored: &StoredKey) -> bool {
    match custody(byte).open(stored) {
        Ok(key) => {
            assert_eq!((key.kid(), key.alg()), (&stored.kid, stored.alg));
            true
        }
        Err(Error::WrongKeyEncryptionKey(kid)) => {
            assert_eq!(kid, stored.kid);
            false
        }
        Err(error) => panic!("{error}"),
    }
}

fn pkcs8(stored: &StoredKey) -> Vec<u8> {
    let pair = custody(1).decrypt(stored).unwrap();
    pair.with_pkcs8(<[u8]>::to_vec).unwrap()
}

#[test]
fn a_key_opens_with_its_key_encryption_key_and_for_its_algorithm_only() {
    for alg in SigningAlg::ALL {
        let made = make(*alg);
        assert!(opens(1, &made));
        assert!(!opens(2, &made));
        for other in SigningAlg::ALL {
            let row = StoredKey {
                alg: *other,
                ..made.clone()
            };
            assert_eq!(opens(1, &row), other == alg, "{alg} as {other}");
        }
    }
}

#[test]
fn a_changed_row_does_not_open() {
    let (made, other) = (make(SigningAlg::Es256), make(SigningAlg::Es256));
    let whole = text(&made);
    assert!(opens(1, &with_text(&made, &whole)));
    assert!(!opens(1, &with_text(&made, &text(&other))), "another row");
    let [version, kind, wrapped, ciphertext] = *whole.split('.').collect::<Vec<_>>() else {
        panic!("{} parts", whole.split('.').count());
    };
    let joined = |parts: [&str; 4]| parts.join(".");
    for bad in [
        "",
        "AAAA",
        "not base64",
        &whole[..whole.len() - 4],
        ciphertext,
        &joined(["3", kind, wrapped, ciphertext]),
        &joined([version, "pkcs11", wrapped, ciphertext]),
        &joined([version, kind, ciphertext, wrapped]),
    ] {
        assert!(!opens(1, &with_text(&made, bad)), "{bad}");
    }
    for (part, place) in [(wrapped, 2), (ciphertext, 3)] {
        let mut bytes = BASE64_STANDARD.decode(part).unwrap();
        for position in [0, 12, bytes.len() - 1] {
            bytes[position] ^= 1;
            let mut parts = [version, kind, wrapped, ciphertext];
            let changed = BASE64_STANDARD.encode(&bytes);
            parts[place] = &changed;
            assert!(
                !opens(1, &with_text(&made, &joined(parts))),
                "{place} {position}"
            );
            bytes[position] ^= 1;
        }
    }
}

#[test]
fn each_key_has_a_data_key_of_its_own() {
    let (one, other) = (make(SigningAlg::Es256), make(SigningAlg::Es256));
    let data_key = |stored: &StoredKey| {
        let text = text(stored);
        let Some(Form::File(envelope)) = Form::parse(&text) else {
            panic!("another form");
        };
        let context = stored.kid.context(stored.alg);
        let key: &dyn envelope::WrapDataKeys = &cipher(1);
        key.unwrap(&context, envelope.wrapped).unwrap().unwrap()
    };
    assert_ne!(*data_key(&one), *data_key(&other));
}

/// The form that the first versions have stored: by the key from the file itself, for RS256 under the id alone.
#[test]
fn a_key_of_an_earlier_version_opens() {
    for (alg, context) in [
        (SigningAlg::Rs256, "{kid}"),
        (SigningAlg::EdDsa, "{kid} EdDSA"),
    ] {
        let made = make(alg);
        let context = context.replace("{kid}", made.kid.as_str());
        let before = cipher(1).seal(&context, &pkcs8(&made)).unwrap();
        assert!(!before.contains('.'));
        let row = with_text(&made, &before);
        assert!(opens(1, &row) && !opens(2, &row));
        assert_eq!(pkcs8(&row), pkcs8(&made));
    }
}

/// SEC-172.
#[test]
fn private_keys_are_neither_printed_nor_stored_in_clear() {
    for alg in SigningAlg::ALL {
        let made = make(*alg);
        let private = pkcs8(&made);
        let stored: Vec<u8> = text(&made)
            .split('.')
            .skip(2)
            .flat_map(|part| BASE64_STANDARD.decode(part).unwrap())
            .collect();
        // A PKCS#8 text holds the private half; none of it may show.
        let shown = |part: &[u8]| stored.windows(16).any(|other| other == part);
        assert!(!private.windows(16).any(shown));

        let printed = format!("{made:?} {:?}", custody(b'k'));
        assert_eq!(printed.matches("[redacted]").count(), 2, "{printed}");
        assert!(!printed.contains(&text(&made)[20..40]));
        assert!(!printed.contains(&BASE64_STANDARD.encode(&private)[40..60]));
    }
}
