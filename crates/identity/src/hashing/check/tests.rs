use super::*;

/// Native hashes of these tests.
fn cost() -> Params {
    Params::new(64, 1, 1, None).unwrap()
}

fn native() -> HashKind {
    HashKind::native(&cost())
}

fn kinds(texts: &[&str]) -> Vec<HashKind> {
    let kinds = texts.iter().map(|text| HashKind::parse(text).unwrap());
    kinds.collect()
}

fn password(text: &str) -> Password {
    Password::typed(text.to_owned()).unwrap()
}

/// Right, and with a better hash.
fn check(
    stored: Option<&PasswordHash>,
    kinds: &[HashKind],
    typed: &str,
) -> (bool, bool, Vec<HashKind>) {
    let check = Check::new(stored.cloned(), kinds, &cost()).unwrap();
    let mut memory = HashMemory::new(check.blocks(&cost()));
    let verdict = check.run(&password(typed), &cost(), &mut memory).unwrap();
    let (right, better) = match verdict {
        PasswordCheck::Wrong => (false, false),
        PasswordCheck::Right(better) => (true, better.is_some()),
    };
    (right, better, memory.computed)
}

fn hashed(algorithm: argon2::Algorithm, memory_kib: u32, len: usize) -> PasswordHash {
    use argon2::PasswordHasher;
    let cost = Params::new(memory_kib, 1, 1, Some(len)).unwrap();
    let argon2 = argon2::Argon2::new(algorithm, argon2::Version::V0x13, cost);
    let hash = argon2.hash_password(b"correct horse").unwrap();
    PasswordHash::parse(&hash.to_string()).unwrap()
}

#[test]
fn without_other_kinds_one_hash_is_computed() {
    let stored = hashed(argon2::Algorithm::Argon2id, 64, 32);
    for kinds in [vec![], vec![native()]] {
        for (stored, typed, right) in [
            (None, "correct horse", false),
            (Some(&stored), "wrong horse", false),
            (Some(&stored), "correct horse", true),
        ] {
            let found = check(stored, &kinds, typed);
            assert_eq!(found, (right, false, vec![native()]));
        }
    }
}

#[test]
fn sec_141_every_account_takes_one_computation_of_each_kind() {
    let all = kinds(&[
        "$2b$04$",
        "$2b$05$",
        "$argon2i$v=19$m=32,t=1,p=1$",
        "$argon2id$v=19$m=128,t=1,p=1$",
        "$argon2id$v=19$m=64,t=1,p=1$",
    ]);
    let bcrypt = |cost| PasswordHash::parse(&bcrypt::hash("correct horse", cost).unwrap()).unwrap();
    let mut expected = all.clone();
    expected.retain(|kind| *kind != native());
    expected.push(native());
    for (stored, better) in [
        (None, false),
        (Some(bcrypt(4)), true),
        (Some(bcrypt(5)), true),
        (Some(hashed(argon2::Algorithm::Argon2i, 32, 32)), true),
        (Some(hashed(argon2::Algorithm::Argon2id, 128, 32)), false),
        (Some(hashed(argon2::Algorithm::Argon2id, 64, 32)), false),
    ] {
        let stored = stored.as_ref();
        let wrong = check(stored, &all, "wrong horse");
        assert_eq!(wrong, (false, false, expected.clone()));
        let right = check(stored, &all, "correct horse");
        assert_eq!(right, (stored.is_some(), better, expected.clone()));
    }
}

#[test]
fn an_account_of_a_kind_that_is_not_listed_is_checked_all_the_same() {
    let stored = hashed(argon2::Algorithm::Argon2d, 32, 32);
    let (right, better, computed) = check(Some(&stored), &[native()], "correct horse");
    assert!(right && better);
    assert_eq!(computed, [stored.kind(), native()]);
}

#[test]
fn a_short_output_takes_one_computation_more_only_when_the_password_is_right() {
    let stored = hashed(argon2::Algorithm::Argon2id, 64, 16);
    assert_eq!(
        check(Some(&stored), &[native()], "wrong horse"),
        (false, false, vec![native()])
    );
    assert_eq!(
        check(Some(&stored), &[native()], "correct horse"),
        (true, true, vec![native(), native()])
    );
}

#[test]
fn the_largest_computation_decides_the_memory() {
    let all = kinds(&["$2b$04$", "$argon2id$v=19$m=256,t=1,p=1$"]);
    let blocks = |kinds: &[HashKind]| Check::new(None, kinds, &cost()).unwrap().blocks(&cost());
    assert_eq!((blocks(&all[..1]), blocks(&all)), (64, 256));
}
