//! Test vectors of Python's `hashlib` and of OpenSSL.

use super::*;
use crate::domain::{HashKind, HashMemory, Password, PasswordHash};

const PASSWORD: &str = "caf\u{e9} horse";

fn hex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    let bytes = digits.map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap());
    bytes.collect()
}

fn digest(digest: Digest, salt: &str, position: SaltPosition) -> Algorithm {
    Algorithm::Digest {
        digest,
        salt: salt.as_bytes().to_vec(),
        position,
    }
}

/// The hash knows the password and no other, also after a round through the store, and its kind has a stand-in.
fn assert_knows(hash: &ImportedHash) {
    let stored = PasswordHash::parse(&hash.to_string()).unwrap();
    let mut memory = HashMemory::new(1);
    let mut matches = |password: &str| {
        let password = Password::typed(password.to_owned()).unwrap();
        stored.matches(&password, &mut memory).unwrap()
    };
    let kind = stored.kind();
    assert!(matches(PASSWORD), "{}", kind.as_str());
    for other in ["cafe horse", "caf\u{e9} horse ", "x"] {
        assert!(!matches(other), "{}", kind.as_str());
    }
    let read = HashKind::parse(kind.as_str()).unwrap();
    assert_eq!(read.stand_in().unwrap().kind(), kind);
    assert_eq!(stored.blocks(), 0);
    assert_eq!(format!("{hash:?}"), "ImportedHash [redacted]");
}

fn new(algorithm: Algorithm, output: &str) -> ImportedHash {
    ImportedHash::new(algorithm, PasswordEncoding::Utf8, hex(output)).unwrap()
}

#[test]
fn f16_digests_with_salt() {
    for (name, position, output) in [
        (
            Digest::Md5,
            SaltPosition::Prefix,
            "1ef5e8e543fa6a89ea88e11d9d8c4a62",
        ),
        (
            Digest::Md5,
            SaltPosition::Suffix,
            "0d8b58564abc5b664fbc0aa8c091f5a1",
        ),
        (
            Digest::Sha1,
            SaltPosition::Prefix,
            "c4b1dbfe73a663657c9b38b062de2080a54031a9",
        ),
        (
            Digest::Sha1,
            SaltPosition::Suffix,
            "d94eaedb039932945a8a18d77323d91d7ae1101f",
        ),
        (
            Digest::Sha256,
            SaltPosition::Prefix,
            "3c17829440bf8e4e537068bdf25ab808c00e446e660025415bbac0daee4b9326",
        ),
        (
            Digest::Sha256,
            SaltPosition::Suffix,
            "4599a5628432f1a7eed5766afb251f4bf800f37b821c8c8a668cd8f5816bc13c",
        ),
        (
            Digest::Sha512,
            SaltPosition::Prefix,
            "cc79e7caa03eb6a368bcf5c5ad24dd147300f57e716a05aac2a6f9fc310cd1ea2ea74126d1681001b67f60ca566c875b77429f6d1c8aa5cebf1fae563ec43ed5",
        ),
        (
            Digest::Sha512,
            SaltPosition::Suffix,
            "1c227ed2c0c62ba39137590255be0ea6f4d5290c65bdf36bf51a04d266f5c42a91ebfcd2f3d22cec02001bae9bfde0275a5645a70db4acaf5ab527b4cad7e60f",
        ),
    ] {
        assert_knows(&new(digest(name, "salt", position), output));
    }
    for (name, output) in [
        (Digest::Md4, "7dd014e20283c815a4d911857222c128"),
        (
            Digest::Ripemd160,
            "e1d65cc9d260a71fff532c01928e39cc087a4926",
        ),
        (
            Digest::Whirlpool,
            "4e63176b7885f856f08b87cb93e1f2b3e8e280aed0e40ccafe828d2bf6dba98528c01cae45006f04eac38fc8a194f1660c07b63f981786c476a31e06bbc840fa",
        ),
    ] {
        assert_knows(&new(digest(name, "", SaltPosition::Prefix), output));
    }
}

#[test]
fn f16_encodings_of_the_password() {
    for (encoding, output) in [
        (
            PasswordEncoding::Latin1,
            "666a9188117b6b95454862dc94d8b247680b0f0698885d0de8e3e803d68f0065",
        ),
        (
            PasswordEncoding::Utf16le,
            "aa2bd6adfbf6e306afc2eac8de20774ae5688cedc499d5560deab2b551493fe7",
        ),
    ] {
        let algorithm = digest(Digest::Sha256, "", SaltPosition::Prefix);
        assert_knows(&ImportedHash::new(algorithm, encoding, hex(output)).unwrap());
    }
}

#[test]
fn f16_hmac() {
    for (digest, output) in [
        (Digest::Md5, "d8154dfbc53751947c2c9b2f1d94d8b1"),
        (Digest::Sha1, "591cf012450c9d7ad72c09c314ea701ce6235d17"),
        (
            Digest::Sha224,
            "9393c31b2d8bb9152582671ef1fb6bab544c089252fd8b46eaec8b5f",
        ),
        (
            Digest::Sha256,
            "ee5aeda9130088bcae92b90a68fe8465822a885747d451083d2993f140dfeebf",
        ),
        (
            Digest::Sha384,
            "9f281bc9393bf836e087cf5363e021f2dfc5b291e1da44e0740a2c352d38c10fc4274ad9e52a0b7e417aa38df9a3e805",
        ),
        (
            Digest::Sha512,
            "80ba34487ce824a3569b29fc0765d2160a9291e8383ca41afd2af40b88d6a33ae8ad1e3d0111ede36681d958c6b53fb128672b3780b7562b35b3b335ba516738",
        ),
    ] {
        let key = b"key".to_vec();
        assert_knows(&new(Algorithm::Hmac { digest, key }, output));
    }
}

#[test]
fn f16_encoded_hashes_of_pbkdf2_and_ldap() {
    for text in [
        "$pbkdf2-sha1$i=1000,l=20$c2FsdHNhbHQ$E2cALs1/PuvZWdycTzHZ2DGdc0g",
        "$pbkdf2-sha256$i=1000,l=32$c2FsdHNhbHQ$t+Ac8hZqBGVtSc2jOLDIXqmZgWdpo7dn8KtABz6UbjE",
        "$pbkdf2-sha512$i=1000,l=64$c2FsdHNhbHQ$o4Jcd8yd8qZKLRA3AjNgnXaByOEl2jQUKeMGGxiHq2JWVnM5I1PvZm9HyCZZKb6XpWRpcrAEwpnTgljPHGtbxA",
        "$pbkdf2-sha256$1000$c2FsdHNhbHQ$t.Ac8hZqBGVtSc2jOLDIXqmZgWdpo7dn8KtABz6UbjE",
        "{SSHA}2U6u2wOZMpRaihjXcyPZHXrhEB9zYWx0",
        "{SSHA512}HCJ+0sDGK6ORN1kCVb4OpvTVKQxlvfNr9RoE0mb1xCqR6/zS89Is7AIAG66b/eAnWlZFpw20rK9atSe0ytfmD3NhbHQ=",
        "{MD5}VxCJfa93gJ868Pnk0Bil1A==",
    ] {
        assert_knows(&ImportedHash::from_elsewhere(text).unwrap().unwrap());
        assert!(PasswordHash::parse_imported(text).is_ok(), "{text}");
    }
}

#[test]
fn f16_scrypt() {
    let algorithm = Algorithm::Scrypt {
        log_n: 10,
        r: 8,
        p: 1,
        salt: b"salt".to_vec(),
    };
    assert_knows(&new(
        algorithm,
        "98504cdb8e51d52232b1eba778b0ce5b3cd8983986b7e25273b5956c9f978a3c",
    ));
}

#[test]
fn what_costs_too_much_is_refused() {
    let pbkdf2 = |rounds, length| {
        let algorithm = Algorithm::Pbkdf2 {
            digest: Digest::Sha256,
            rounds,
            salt: Vec::new(),
        };
        ImportedHash::new(algorithm, PasswordEncoding::Utf8, vec![0; length])
    };
    assert!(pbkdf2(2_000_000, 32).is_ok());
    assert_eq!(pbkdf2(2_000_001, 32), Err(UnknownHash::Cost));
    assert_eq!(pbkdf2(2_000_001, 64), Err(UnknownHash::Cost));
    assert_eq!(pbkdf2(1_000_000_000, 32), Err(UnknownHash::Cost));
    let scrypt = |log_n, r, p| {
        let algorithm = Algorithm::Scrypt {
            log_n,
            r,
            p,
            salt: Vec::new(),
        };
        ImportedHash::new(algorithm, PasswordEncoding::Utf8, vec![0; 32])
    };
    assert!(scrypt(14, 8, 1).is_ok());
    assert!(scrypt(15, 8, 4).is_ok());
    for (log_n, r, p) in [
        (16, 8, 1),
        (15, 8, 5),
        (20, 1, 1),
        (63, 1, 1),
        (14, 1 << 20, 1),
    ] {
        assert!(scrypt(log_n, r, p).is_err(), "{log_n} {r} {p}");
    }
}

#[test]
fn limits_hold_for_every_way_in() {
    let costly =
        "$pbkdf2-sha256$i=1000000000,l=32$c2FsdHNhbHQ$t+Ac8hZqBGVtSc2jOLDIXqmZgWdpo7dn8KtABz6UbjE";
    assert_eq!(PasswordHash::parse_imported(costly), Err(UnknownHash::Cost));
    let algorithm = Algorithm::Pbkdf2 {
        digest: Digest::Sha256,
        rounds: 1_000_000_000,
        salt: Vec::new(),
    };
    let stored = ImportedHash {
        algorithm,
        encoding: PasswordEncoding::Utf8,
        output: vec![0; 32],
    };
    let text = stored.to_string();
    assert_eq!(PasswordHash::parse_imported(&text), Err(UnknownHash::Cost));
}

#[test]
fn what_is_damaged_is_refused() {
    for text in [
        "$pbkdf2-sha256$i=1000,l=32$c2FsdA",
        "$pbkdf2-sha3$i=1000,l=32$c2FsdA$t+Ac8hZqBGVtSc2jOLDIXqmZgWdpo7dn8KtABz6UbjE",
        "$pbkdf2-sha256$i=0,l=32$c2FsdA$t+Ac8hZqBGVtSc2jOLDIXqmZgWdpo7dn8KtABz6UbjE",
        // An output of one byte would match one password in 256.
        "$pbkdf2-sha256$i=1000,l=1$c2FsdA$tw",
        "{SSHA}VxCJfa93gJ868Pnk0Bil1A==",
        "{CRYPT}x",
        "{MD5",
        "$imported${}",
        "$imported$",
    ] {
        assert_eq!(
            PasswordHash::parse_imported(text),
            Err(UnknownHash::Format),
            "{text}"
        );
    }
    let short = ImportedHash::new(
        digest(Digest::Sha256, "", SaltPosition::Prefix),
        PasswordEncoding::Utf8,
        vec![0; 16],
    );
    assert_eq!(short, Err(UnknownHash::Format));
    for kind in [
        "$imported$x$",
        "$imported$pbkdf2-sha256$i=1$",
        "$imported$digest",
    ] {
        assert!(HashKind::parse(kind).is_err(), "{kind}");
    }
}

#[test]
fn php_writes_bcrypt_with_another_name() {
    let text = "$2y$04$abcdefghijklmnopqrstuuGlHvwkLLiG8qNhNYBuyZ8GVyDv5qAiu";
    let hash = PasswordHash::parse_imported(text).unwrap();
    assert_eq!(hash.as_str(), text.replace("$2y$", "$2b$"));
}
