use super::super::SealedKey;
use super::*;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// `minutes` after the first key was made.
fn at(minutes: i64) -> Timestamp {
    Timestamp::constant(1_767_323_045, 0) + SignedDuration::from_mins(minutes)
}

fn key(kid: &str, state: KeyState, created_at: Timestamp) -> StoredKey {
    let kid = KeyId::from(kid.to_owned());
    StoredKey {
        alg: SigningAlg::Rs256,
        state,
        sealed: Some(SealedKey::new(kid.clone(), format!("sealed {kid}"))),
        certificate: None,
        created_at,
        current_since: (state == KeyState::Current).then_some(created_at),
        current_until: None,
        revoked_at: None,
        kid,
    }
}

fn new(kid: &str, now: Timestamp) -> StoredKey {
    key(kid, KeyState::Next, now)
}

fn first_two() -> Vec<StoredKey> {
    vec![
        key("a", KeyState::Current, at(0)),
        key("b", KeyState::Next, at(0)),
    ]
}

/// Kid, state and whether the private half is there.
fn summary(keys: &[StoredKey]) -> Vec<String> {
    let line = |key: &StoredKey| {
        let secret = if key.sealed.is_some() { "+" } else { "-" };
        format!("{} {}{secret}", key.kid, key.state.as_str())
    };
    keys.iter().map(line).collect()
}

fn kid(text: &str) -> KeyId {
    KeyId::from(text.to_owned())
}

#[test]
fn a_rotation_moves_each_key_on() {
    let keys = rotate(&first_two(), new("c", at(60)), HOUR, at(60)).unwrap();
    assert_eq!(summary(&keys), ["b current+", "c next+", "a previous-"]);
    assert_eq!(keys[0].current_since, Some(at(60)));
    assert_eq!(keys[1].current_since, None);
    assert_eq!(keys[2].current_until, Some(at(60)));

    let keys = rotate(&keys, new("d", at(120)), HOUR, at(120)).unwrap();
    assert_eq!(
        summary(&keys),
        ["c current+", "d next+", "b previous-", "a previous-"],
        "the last one first"
    );
}

/// SEC-168: a key is published for one life of a cache before it signs.
#[test]
fn a_young_key_does_not_sign() {
    let too_early =
        |error| matches!(error, KeyLifeError::TooEarly { kid: found, .. } if found == kid("b"));
    let error = rotate(&first_two(), new("c", at(59)), HOUR, at(59)).unwrap_err();
    let text = error.to_string();
    assert!(too_early(error), "{text}");
    for named in [
        "keyfunc",
        "go-jwt-middleware",
        "jwx",
        "--force",
        "2026-01-02T03:04:05Z",
    ] {
        assert!(text.contains(named), "{text}");
    }
    rotate(&first_two(), new("c", at(60)), HOUR, at(60)).unwrap();
}

#[test]
fn also_a_forced_rotation_waits_for_every_replica() {
    let forced = |now| rotate(&first_two(), new("c", now), SignedDuration::ZERO, now);
    let early = at(0) + PROPAGATION - SignedDuration::from_millis(1);
    let error = forced(early).unwrap_err();
    assert!(
        matches!(error, KeyLifeError::NotPublished { .. }),
        "{error}"
    );
    forced(at(0) + PROPAGATION).unwrap();
}

#[test]
fn the_current_key_is_replaced_at_once() {
    let keys = replace_current(&first_two(), None, new("c", at(0)), at(0)).unwrap();
    assert_eq!(summary(&keys), ["b current+", "c next+", "a revoked-"]);
    assert_eq!(keys[2].revoked_at, Some(at(0)));
    assert_eq!(keys[2].current_until, Some(at(0)));

    let again = replace_current(&keys, Some(&kid("a")), new("d", at(1)), at(1));
    assert_eq!(again, Err(KeyLifeError::NotCurrent(kid("a"))));
    replace_current(&keys, Some(&kid("b")), new("d", at(1)), at(1)).unwrap();
}

#[test]
fn only_previous_keys_are_revoked() {
    let keys = rotate(&first_two(), new("c", at(60)), HOUR, at(60)).unwrap();
    let revoked = revoke(&keys, &kid("a"), at(61)).unwrap();
    assert_eq!(summary(&revoked), ["b current+", "c next+", "a revoked-"]);
    assert_eq!(revoked[2].revoked_at, Some(at(61)));
    assert_eq!(revoked[2].current_until, Some(at(60)));
    assert_eq!(revoke(&revoked, &kid("a"), at(62)).unwrap(), revoked);

    for (name, state) in [("b", KeyState::Current), ("c", KeyState::Next)] {
        let refused = revoke(&keys, &kid(name), at(61)).unwrap_err();
        let kid = kid(name);
        assert_eq!(refused, KeyLifeError::InUse { kid, state });
    }
    let unknown = revoke(&keys, &kid("z"), at(61));
    assert_eq!(unknown, Err(KeyLifeError::NotFound(kid("z"))));
}

#[test]
fn the_last_three_revoked_keys_are_listed() {
    let mut keys = first_two();
    for number in 1..=5 {
        let new = new(&format!("n{number}"), at(number));
        keys = replace_current(&keys, None, new, at(number)).unwrap();
    }
    assert_eq!(
        summary(&keys),
        [
            "n4 current+",
            "n5 next+",
            "n3 revoked-",
            "n2 revoked-",
            "n1 revoked-"
        ]
    );
}

/// SEC-168: an old key is published for as long as its tokens may be valid: 30 days, and ten minutes of a cache.
#[test]
fn a_previous_key_outlives_its_tokens() {
    let keys = rotate(&first_two(), new("c", at(60)), HOUR, at(60)).unwrap();
    let end = at(60) + SignedDuration::from_hours(30 * 24) + SignedDuration::from_mins(10);
    assert_eq!(without_expired(&keys, end - MINUTE), keys);
    assert_eq!(
        summary(&without_expired(&keys, end)),
        ["b current+", "c next+"]
    );
}

#[test]
fn without_its_keys_nothing_is_rotated() {
    let lonely = [key("a", KeyState::Current, at(0))];
    let refused = rotate(&lonely, new("c", at(60)), HOUR, at(60));
    let missing = |state| {
        let alg = SigningAlg::Rs256;
        Err(KeyLifeError::Missing { alg, state })
    };
    assert_eq!(refused, missing(KeyState::Next));
    let refused = replace_current(&[], None, new("c", at(60)), at(60));
    assert_eq!(refused, missing(KeyState::Current));
}

fn es256(key: StoredKey) -> StoredKey {
    StoredKey {
        alg: SigningAlg::Es256,
        ..key
    }
}

/// Two keys for RS256, and two for ES256 which were made ten minutes later.
fn two_algorithms() -> Vec<StoredKey> {
    let others = [
        es256(key("p", KeyState::Current, at(10))),
        es256(key("q", KeyState::Next, at(10))),
    ];
    sorted([first_two(), others.into()].concat())
}

#[test]
fn each_algorithm_has_a_life_of_its_own() {
    let keys = two_algorithms();
    let begin = ["a current+", "p current+", "b next+", "q next+"];
    assert_eq!(summary(&keys), begin);
    let keys = rotate(&keys, es256(new("r", at(70))), HOUR, at(70)).unwrap();
    let rotated = [
        "a current+",
        "q current+",
        "b next+",
        "r next+",
        "p previous-",
    ];
    assert_eq!(summary(&keys), rotated);
    let keys = replace_current(&keys, Some(&kid("a")), new("c", at(71)), at(71)).unwrap();
    let replaced = [
        "b current+",
        "q current+",
        "c next+",
        "r next+",
        "p previous-",
        "a revoked-",
    ];
    assert_eq!(summary(&keys), replaced);
    let other = replace_current(&keys, Some(&kid("b")), es256(new("s", at(72))), at(72));
    assert_eq!(other, Err(KeyLifeError::NotCurrent(kid("b"))));
}

#[test]
fn all_algorithms_are_rotated_or_none() {
    let keys = two_algorithms();
    let rotate = |minutes| {
        let new = [new("c", at(minutes)), es256(new("r", at(minutes)))];
        rotate_all(&keys, new, HOUR, at(minutes))
    };
    let early = rotate(69).unwrap_err();
    let is_es256 = matches!(
        early,
        KeyLifeError::TooEarly {
            alg: SigningAlg::Es256,
            ..
        }
    );
    assert!(is_es256, "{early}");
    assert_eq!(
        summary(&rotate(70).unwrap()),
        [
            "b current+",
            "q current+",
            "c next+",
            "r next+",
            "a previous-",
            "p previous-"
        ]
    );
}

/// The key and the algorithm that an emergency names, and the algorithm whose key is replaced.
#[test]
fn an_emergency_is_about_one_algorithm() {
    use SigningAlg::{Es256, Rs256};
    let (one, two) = (first_two(), two_algorithms());
    let none = None::<&str>;
    for (keys, name, alg, expected) in [
        (&one, none, None, Ok(Rs256)),
        (&one, Some("a"), None, Ok(Rs256)),
        (&one, none, Some(Es256), Ok(Es256)),
        (&two, none, Some(Es256), Ok(Es256)),
        (&two, Some("p"), None, Ok(Es256)),
        (&two, Some("p"), Some(Es256), Ok(Es256)),
        (
            &two,
            none,
            None,
            Err(KeyLifeError::Ambiguous(vec![Rs256, Es256])),
        ),
        (
            &two,
            Some("z"),
            None,
            Err(KeyLifeError::NotCurrent(kid("z"))),
        ),
        (
            &two,
            Some("p"),
            Some(Rs256),
            Err(KeyLifeError::OtherAlgorithm {
                kid: kid("p"),
                alg: Es256,
            }),
        ),
    ] {
        let name = name.map(kid);
        let found = alg_to_replace(keys, name.as_ref(), alg);
        assert_eq!(found, expected, "{name:?} {alg:?}");
    }
    let off = replace_current(&one, None, es256(new("r", at(0))), at(0));
    let (alg, state) = (Es256, KeyState::Current);
    assert_eq!(off, Err(KeyLifeError::Missing { alg, state }));
}

#[test]
fn an_algorithm_is_switched_off() {
    let keys = two_algorithms();
    let off = retire(&keys, SigningAlg::Es256, at(70)).unwrap();
    assert_eq!(summary(&off), ["a current+", "b next+", "p previous-"]);
    assert_eq!(off[2].current_until, Some(at(70)));
    let (alg, state) = (SigningAlg::Es256, KeyState::Current);
    let again = retire(&off, alg, at(71));
    assert_eq!(again, Err(KeyLifeError::Missing { alg, state }));
    let always = retire(&keys, SigningAlg::Rs256, at(70));
    assert_eq!(always, Err(KeyLifeError::AlwaysOn(SigningAlg::Rs256)));
}

#[test]
fn revoked_keys_are_listed_for_each_algorithm() {
    let mut keys = two_algorithms();
    for number in 1..=4 {
        let now = at(number);
        keys = replace_current(&keys, None, new(&format!("n{number}"), now), now).unwrap();
        let new = es256(new(&format!("e{number}"), now));
        keys = replace_current(&keys, None, new, now).unwrap();
    }
    let revoked = keys.iter().filter(|key| key.state == KeyState::Revoked);
    let algs: Vec<_> = revoked.map(|key| key.alg).collect();
    assert_eq!(algs.len(), 6);
    let es256 = algs.iter().filter(|alg| **alg == SigningAlg::Es256);
    assert_eq!(es256.count(), 3);
}
