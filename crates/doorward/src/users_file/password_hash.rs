//! `password_hash` and `custom_password_hash`: imported hashes, which are used until the user's first sign-in.

use base64::Engine;
use base64::prelude::{
    BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD,
};
use doorward_identity::domain::{
    Digest, ImportedAlgorithm, ImportedHash, PasswordEncoding, PasswordHash, SaltPosition,
    UnknownHash,
};

use crate::document::Object;

const CUSTOM: &str = "custom_password_hash";

#[derive(Debug, Clone, Copy)]
enum Encoding {
    Utf8,
    Base64,
    Hex,
}

const ENCODINGS: [(&str, Encoding); 3] = [
    ("utf8", Encoding::Utf8),
    ("base64", Encoding::Base64),
    ("hex", Encoding::Hex),
];

const PASSWORD_ENCODINGS: [(&str, PasswordEncoding); 6] = [
    ("utf8", PasswordEncoding::Utf8),
    ("utf16le", PasswordEncoding::Utf16le),
    ("ucs2", PasswordEncoding::Utf16le),
    ("ascii", PasswordEncoding::Latin1),
    ("latin1", PasswordEncoding::Latin1),
    ("binary", PasswordEncoding::Latin1),
];

const POSITIONS: [(&str, SaltPosition); 2] = [
    ("prefix", SaltPosition::Prefix),
    ("suffix", SaltPosition::Suffix),
];

const ALGORITHMS: [&str; 11] = [
    "argon2", "bcrypt", "hmac", "ldap", "md4", "md5", "sha1", "sha256", "sha512", "pbkdf2",
    "scrypt",
];

/// The cost of scrypt where the file has none.
const SCRYPT_COST: u32 = 16384;
const SCRYPT_BLOCK_SIZE: u32 = 8;

/// Reads the encoded hash of an entry, in either of the two shapes.
pub(super) fn read(entry: &mut Object) -> Option<String> {
    let plain = read_key(entry, "password_hash");
    let custom = custom(entry);
    if plain.is_some() && custom.is_some() {
        entry.fault(CUSTOM, "cannot stand beside password_hash");
    }
    plain.or(custom)
}

/// Reads the encoded hash of a member.
pub(super) fn read_key(entry: &mut Object, key: &str) -> Option<String> {
    let hash = entry.filled_text(key)?;
    match PasswordHash::parse_imported(&hash) {
        Ok(read) => Some(read.as_str().to_owned()),
        Err(unknown) => {
            entry.fault(key, unknown.to_string());
            None
        }
    }
}

fn custom(entry: &mut Object) -> Option<String> {
    let mut custom = entry.object(CUSTOM)?;
    let algorithm = custom.required_text("algorithm");
    let hash = custom.object("hash");
    if hash.is_none() && !custom.is_given("hash") {
        custom.fault("hash", "is missing");
    }
    let (algorithm, mut hash) = (algorithm?, hash?);
    let read = match algorithm.as_str() {
        "argon2" | "bcrypt" | "ldap" | "pbkdf2" => encoded(&mut custom, &mut hash, &algorithm),
        "md4" | "md5" | "sha1" | "sha256" | "sha512" => {
            let digest = Digest::named(&algorithm)?;
            let (salt, position) = salt(&mut custom).unwrap_or_default();
            let algorithm = ImportedAlgorithm::Digest {
                digest,
                salt,
                position,
            };
            imported(&mut custom, &mut hash, algorithm)
        }
        "hmac" => {
            let algorithm = hmac(&mut hash)?;
            imported(&mut custom, &mut hash, algorithm)
        }
        "scrypt" => {
            let (algorithm, length) = scrypt(&mut custom, &mut hash)?;
            imported_of(&mut custom, &mut hash, algorithm, Some(length))
        }
        other => {
            let problem = format!("{other:?} is not one of {}", ALGORITHMS.join(", "));
            custom.fault("algorithm", problem);
            None
        }
    };
    hash.finish();
    custom.finish();
    read
}

/// A hash whose text says everything.
fn encoded(custom: &mut Object, hash: &mut Object, algorithm: &str) -> Option<String> {
    if custom.is_given("salt") {
        custom.fault("salt", format!("is a part of the value of {algorithm}"));
        custom.drop("salt");
    }
    let value = bytes(hash, "value")?;
    let begins = |prefixes: &[&str]| {
        prefixes
            .iter()
            .any(|prefix| value.starts_with(prefix.as_bytes()))
    };
    let is_its_own = match algorithm {
        "argon2" => begins(&["$argon2"]),
        "bcrypt" => begins(&["$2"]),
        "pbkdf2" => begins(&["$pbkdf2"]),
        _ => begins(&["{"]),
    };
    let text = String::from_utf8(value).ok().filter(|_| is_its_own);
    let Some(text) = text else {
        let problem = format!("is not the full encoded string of {algorithm}");
        hash.fault("value", problem);
        return None;
    };
    match PasswordHash::parse_imported(&text) {
        Ok(read) => Some(read.as_str().to_owned()),
        Err(unknown) => {
            hash.fault("value", unknown.to_string());
            None
        }
    }
}

/// A hash whose text is the output alone.
fn imported(
    custom: &mut Object,
    hash: &mut Object,
    algorithm: ImportedAlgorithm,
) -> Option<String> {
    imported_of(custom, hash, algorithm, None)
}

/// Like [`imported`], with the length of the output where the file gives it.
fn imported_of(
    custom: &mut Object,
    hash: &mut Object,
    algorithm: ImportedAlgorithm,
    length: Option<u32>,
) -> Option<String> {
    let encoding = custom.object("password").and_then(|mut password| {
        let encoding = password.choice("encoding", &PASSWORD_ENCODINGS);
        password.finish();
        encoding
    });
    let output = bytes(hash, "value")?;
    if let Some(length) = length
        && output.len() != length as usize
    {
        hash.fault(
            "value",
            format!("has {} bytes, but keylen is {length}", output.len()),
        );
        return None;
    }
    match ImportedHash::new(algorithm, encoding.unwrap_or_default(), output) {
        Ok(read) => Some(read.to_string()),
        Err(UnknownHash::Format) => {
            hash.fault("value", "does not fit its algorithm and settings");
            None
        }
        Err(cost) => {
            hash.fault("value", cost.to_string());
            None
        }
    }
}

fn hmac(hash: &mut Object) -> Option<ImportedAlgorithm> {
    let digest = hash.choice("digest", &Digest::NAMES);
    if digest.is_none() && !hash.is_given("digest") {
        hash.fault("digest", "is missing");
    }
    let Some(mut key) = hash.object("key") else {
        hash.fault("key", "is missing");
        return None;
    };
    let read = bytes(&mut key, "value");
    key.finish();
    Some(ImportedAlgorithm::Hmac {
        digest: digest?,
        key: read?,
    })
}

fn scrypt(custom: &mut Object, hash: &mut Object) -> Option<(ImportedAlgorithm, u32)> {
    // Auth0's page has the settings beside `salt`; exports in use have them in `hash`.
    let mut setting = |key: &str| custom.count(key).or(hash.count(key));
    let length = setting("keylen");
    let (cost, r, p) = (
        setting("cost").unwrap_or(SCRYPT_COST),
        setting("blockSize").unwrap_or(SCRYPT_BLOCK_SIZE),
        setting("parallelization").unwrap_or(1),
    );
    if length.is_none() && !custom.is_given("keylen") && !hash.is_given("keylen") {
        custom.fault("keylen", "is missing");
    }
    if !cost.is_power_of_two() {
        custom.fault("cost", "is not a power of two");
    }
    let Some((salt, _)) = salt(custom) else {
        custom.fault("salt", "is missing");
        return None;
    };
    let algorithm = ImportedAlgorithm::Scrypt {
        log_n: u8::try_from(cost.checked_ilog2().unwrap_or(0)).ok()?,
        r,
        p,
        salt,
    };
    Some((algorithm, length?))
}

fn salt(custom: &mut Object) -> Option<(Vec<u8>, SaltPosition)> {
    let mut salt = custom.object("salt")?;
    let position = salt.choice("position", &POSITIONS).unwrap_or_default();
    let value = bytes(&mut salt, "value");
    salt.finish();
    Some((value?, position))
}

/// A value in its encoding.
fn bytes(object: &mut Object, key: &str) -> Option<Vec<u8>> {
    let value = object.required_text(key);
    let encoding = object.choice("encoding", &ENCODINGS);
    let value = value?;
    let decoded = match encoding.unwrap_or(Encoding::Utf8) {
        Encoding::Utf8 => Some(value.into_bytes()),
        Encoding::Base64 => base64(&value),
        Encoding::Hex => hex(&value),
    };
    if decoded.is_none() {
        object.fault(key, "is not a text in its encoding");
    }
    decoded
}

/// Decodes base64 in either alphabet, with or without padding.
fn base64(text: &str) -> Option<Vec<u8>> {
    let url_safe = text.contains(['-', '_']);
    let decoded = match (url_safe, text.ends_with('=')) {
        (false, true) => BASE64_STANDARD.decode(text),
        (false, false) => BASE64_STANDARD_NO_PAD.decode(text),
        (true, true) => BASE64_URL_SAFE.decode(text),
        (true, false) => BASE64_URL_SAFE_NO_PAD.decode(text),
    };
    decoded.ok()
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| {
        char::from(byte)
            .to_digit(16)
            .and_then(|digit| u8::try_from(digit).ok())
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes = pairs
        .iter()
        .map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?));
    rest.is_empty().then(|| bytes.collect())?
}
