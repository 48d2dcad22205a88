use argon2::PasswordHasher;

use super::*;

/// Test vectors of the reference implementation, phc-winner-argon2.
const VERSION_10: &str =
    "$argon2i$m=256,t=2,p=1$c29tZXNhbHQ$/U3YPXYsSb3q9XxHvc0MLxur+GP960kN9j7emXX8zwY";
const VERSION_13: &str =
    "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

fn password(text: &str) -> Password {
    Password::typed(text.to_owned()).unwrap()
}

fn cheap() -> Params {
    Params::new(64, 1, 1, None).unwrap()
}

/// Memory for all hashes in these tests.
fn memory() -> HashMemory {
    HashMemory::new(256)
}

fn argon2(algorithm: Algorithm, version: Version, cost: Params) -> PasswordHash {
    let hash = Argon2::new(algorithm, version, cost)
        .hash_password(b"correct horse")
        .unwrap();
    PasswordHash::parse(&hash.to_string()).unwrap()
}

#[test]
fn a_hash_knows_its_password() {
    let hash = PasswordHash::new(&password("correct horse"), &cheap(), &mut memory()).unwrap();
    assert!(
        hash.matches(&password("correct horse"), &mut memory())
            .unwrap()
    );
    for other in [
        "correct horse ",
        " correct horse",
        "Correct horse",
        "correct hors",
    ] {
        assert!(
            !hash.matches(&password(other), &mut memory()).unwrap(),
            "{other}"
        );
    }
    assert_eq!(PasswordHash::parse(hash.as_str()).unwrap(), hash);
}

#[test]
fn hashes_of_other_programs() {
    for known in [VERSION_10, VERSION_13] {
        let hash = PasswordHash::parse(known).unwrap();
        assert!(
            hash.matches(&password("password"), &mut memory()).unwrap(),
            "{known}"
        );
        assert!(
            !hash.matches(&password("Password"), &mut memory()).unwrap(),
            "{known}"
        );
    }
}

#[test]
fn bcrypt_hashes() {
    let hash_2b = bcrypt::hash("correct horse", 4).unwrap();
    for text in [hash_2b.clone(), hash_2b.replacen("$2b$", "$2a$", 1)] {
        let hash = PasswordHash::parse(&text).unwrap();
        assert!(
            hash.matches(&password("correct horse"), &mut memory())
                .unwrap()
        );
        assert!(
            !hash
                .matches(&password("correct horsf"), &mut memory())
                .unwrap()
        );
        assert!(hash.is_weaker_than(&cheap()));
    }
}

#[test]
fn what_is_weaker() {
    let wanted = Params::new(128, 2, 1, None).unwrap();
    let made = |algorithm, version, memory, passes| {
        let cost = Params::new(memory, passes, 1, None).unwrap();
        argon2(algorithm, version, cost).is_weaker_than(&wanted)
    };
    assert!(!made(Algorithm::Argon2id, Version::V0x13, 128, 2));
    assert!(!made(Algorithm::Argon2id, Version::V0x13, 256, 3));
    assert!(made(Algorithm::Argon2id, Version::V0x13, 127, 2));
    assert!(made(Algorithm::Argon2id, Version::V0x13, 128, 1));
    assert!(made(Algorithm::Argon2id, Version::V0x10, 128, 2));
    assert!(made(Algorithm::Argon2i, Version::V0x13, 128, 2));
    assert!(made(Algorithm::Argon2d, Version::V0x13, 128, 2));
    let short = argon2(
        Algorithm::Argon2id,
        Version::V0x13,
        Params::new(128, 2, 1, Some(16)).unwrap(),
    );
    assert!(short.is_weaker_than(&wanted));
}

#[test]
fn other_formats_are_refused() {
    let bcrypt = bcrypt::hash("correct horse", 4).unwrap();
    for text in [
        "",
        "correct horse",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "$1$salt$hash",
        "$2a$",
        "$pbkdf2-sha256$i=1000$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ",
        "$argon2id$v=19$m=256,t=2,p=1",
        "$argon2id$v=18$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=1,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        &bcrypt.replacen("$2b$", "$2y$", 1),
        &bcrypt.replacen("$04$", "$03$", 1),
        &bcrypt[..59],
    ] {
        assert_eq!(
            PasswordHash::parse(text),
            Err(UnknownHash::Format),
            "{text}"
        );
    }
}

#[test]
fn imported_hashes_that_cost_too_much_are_refused() {
    let bcrypt = bcrypt::hash("correct horse", 4).unwrap();
    for text in [
        bcrypt.replacen("$04$", "$16$", 1),
        VERSION_13.replacen("m=256", "m=131073", 1),
        VERSION_13.replacen("m=256,t=2", "m=4194304,t=1", 1),
        VERSION_13.replacen("m=256,t=2", "m=131072,t=9", 1),
        VERSION_13.replacen("t=2", "t=4294967295", 1),
    ] {
        assert_eq!(
            PasswordHash::parse_imported(&text),
            Err(UnknownHash::Cost),
            "{text}"
        );
        assert!(PasswordHash::parse(&text).is_ok(), "as stored: {text}");
    }
    for text in [
        bcrypt.replacen("$04$", "$15$", 1),
        VERSION_13.replacen("m=256,t=2", "m=131072,t=8", 1),
        VERSION_13.replacen("m=256,t=2", "m=65536,t=3", 1),
    ] {
        assert!(PasswordHash::parse_imported(&text).is_ok(), "{text}");
    }
}

#[test]
fn what_the_memory_held_before_has_no_influence() {
    let mut used = memory();
    for other in ["one", "another", "a third"] {
        let other = PasswordHash::new(&password(other), &cheap(), &mut used).unwrap();
        for known in [VERSION_10, VERSION_13] {
            let hash = PasswordHash::parse(known).unwrap();
            assert!(hash.matches(&password("password"), &mut used).unwrap());
            assert!(!hash.matches(&password("Password"), &mut used).unwrap());
        }
        assert!(!other.matches(&password("password"), &mut used).unwrap());
    }
    used.wipe();
    assert!(used.is_wiped());
}

#[test]
fn memory_that_is_too_small_is_an_error() {
    let hash = PasswordHash::parse(VERSION_13).unwrap();
    assert_eq!(hash.blocks(), 256);
    assert!(
        hash.matches(&password("password"), &mut HashMemory::new(255))
            .is_err()
    );
}

#[test]
fn a_hash_is_not_printed() {
    let hash = PasswordHash::parse(VERSION_13).unwrap();
    assert!(!format!("{hash:?}").contains("argon2"));
}
