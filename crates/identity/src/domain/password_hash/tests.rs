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

fn argon2(algorithm: Algorithm, version: Version, cost: Params) -> PasswordHash {
    let hash = Argon2::new(algorithm, version, cost)
        .hash_password(b"correct horse")
        .unwrap();
    PasswordHash::parse(&hash.to_string()).unwrap()
}

#[test]
fn a_hash_knows_its_password() {
    let hash = PasswordHash::new(&password("correct horse"), &cheap()).unwrap();
    assert!(hash.matches(&password("correct horse")).unwrap());
    for other in [
        "correct horse ",
        " correct horse",
        "Correct horse",
        "correct hors",
    ] {
        assert!(!hash.matches(&password(other)).unwrap(), "{other}");
    }
    assert_eq!(PasswordHash::parse(hash.as_str()).unwrap(), hash);
}

#[test]
fn hashes_of_other_programs() {
    for known in [VERSION_10, VERSION_13] {
        let hash = PasswordHash::parse(known).unwrap();
        assert!(hash.matches(&password("password")).unwrap(), "{known}");
        assert!(!hash.matches(&password("Password")).unwrap(), "{known}");
    }
}

#[test]
fn bcrypt_hashes() {
    let hash_2b = bcrypt::hash("correct horse", 4).unwrap();
    for text in [hash_2b.clone(), hash_2b.replacen("$2b$", "$2a$", 1)] {
        let hash = PasswordHash::parse(&text).unwrap();
        assert!(hash.matches(&password("correct horse")).unwrap());
        assert!(!hash.matches(&password("correct horsf")).unwrap());
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
fn hashes_that_cost_too_much_are_refused() {
    let bcrypt = bcrypt::hash("correct horse", 4).unwrap();
    for text in [
        bcrypt.replacen("$04$", "$16$", 1),
        VERSION_13.replacen("m=256", "m=4194304", 1),
        VERSION_13.replacen("t=2", "t=4294967295", 1),
    ] {
        assert_eq!(PasswordHash::parse(&text), Err(UnknownHash::Cost), "{text}");
    }
}

#[test]
fn a_hash_is_not_printed() {
    let hash = PasswordHash::parse(VERSION_13).unwrap();
    assert!(!format!("{hash:?}").contains("argon2"));
}
