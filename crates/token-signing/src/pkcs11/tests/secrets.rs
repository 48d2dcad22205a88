//! SEC-172 for keys in a token.

use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass};

use super::*;

/// No attribute with private values is given, and none can be made readable.
#[test]
fn the_token_gives_no_private_key_away() {
    with_token(|softhsm| {
        let token = token(softhsm);
        for alg in SigningAlg::ALL {
            let kid = KeyId::generate();
            token.make((&kid, *alg), "a", NOW).unwrap();
            let private = [
                AttributeType::PrivateExponent,
                AttributeType::Prime1,
                AttributeType::Value,
            ];
            let id = object::id(&kid, *alg, NOW);
            token
                .with_key(&id, |session, key| {
                    assert_eq!(session.get_attributes(key, &private)?, []);
                    let kept = [
                        AttributeType::AlwaysSensitive,
                        AttributeType::NeverExtractable,
                    ];
                    let always = [
                        Attribute::AlwaysSensitive(true),
                        Attribute::NeverExtractable(true),
                    ];
                    assert_eq!(session.get_attributes(key, &kept)?, always);
                    for change in [Attribute::Sensitive(false), Attribute::Extractable(true)] {
                        session.update_attributes(key, &[change]).unwrap_err();
                    }
                    Ok(())
                })
                .unwrap();
        }
    });
}

/// Public halves are in certificates; the token has the private ones alone.
#[test]
fn nothing_but_private_keys_is_left_in_the_token() {
    with_token(|softhsm| {
        let custody = custody(softhsm);
        for alg in SigningAlg::ALL {
            make(&custody, *alg);
        }
        let token = token(softhsm);
        let classes = token.connection.with(|session| {
            let session = session.session();
            let mut classes = Vec::new();
            for handle in session.find_objects(&[Attribute::Token(true)])? {
                classes.extend(session.get_attributes(handle, &[AttributeType::Class])?);
            }
            Ok(classes)
        });
        let private = Attribute::Class(ObjectClass::PRIVATE_KEY);
        assert_eq!(classes.unwrap(), vec![private; SigningAlg::ALL.len()]);
    });
}

/// A key that others made readable is not what this service makes.
#[test]
fn a_readable_key_is_recognized() {
    with_token(|softhsm| {
        let token = token(softhsm);
        let readable = |sensitive, extractable| {
            token.connection.with(|session| {
                let session = session.session();
                let template = [
                    Attribute::Class(ObjectClass::SECRET_KEY),
                    Attribute::KeyType(KeyType::GENERIC_SECRET),
                    Attribute::Value(vec![7; 32]),
                    Attribute::Sensitive(sensitive),
                    Attribute::Extractable(extractable),
                ];
                key::is_readable(session, session.create_object(&template)?)
            })
        };
        assert!(!readable(true, false).unwrap());
        assert!(readable(false, false).unwrap());
        assert!(readable(true, true).unwrap());
    });
}
