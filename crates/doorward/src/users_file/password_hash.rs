//! `password_hash` and `custom_password_hash`: imported hashes, which are used until the user's first sign-in.

use base64::Engine;
use base64::prelude::{
    BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD,
};
use doorward_identity::domain::{PasswordHash, UnknownHash};

use crate::document::{Error, Ignored, Object, Result};

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

/// The users whose hashes cost too much to check. The error lists all of them, because each needs its own action.
#[derive(Debug, Default)]
pub(super) struct CostlyHashes(Vec<Error>);

impl CostlyHashes {
    /// Returns an error that lists all of them, if there are any.
    pub(super) fn refuse(self) -> Result<()> {
        let mut errors = self.0.into_iter();
        match errors.next() {
            Some(first) => Err(first.and_at(errors)),
            None => Ok(()),
        }
    }
}

/// Reads the encoded hash of an entry, in either of the two shapes.
pub(super) fn read(
    entry: &mut Object,
    ignored: &mut Ignored,
    costly: &mut CostlyHashes,
) -> Result<Option<String>> {
    let plain = entry.text("password_hash")?;
    let custom = custom(entry, ignored)?;
    let (key, hash) = match (plain, custom) {
        (None, None) => return Ok(None),
        (Some(_), Some(_)) => {
            return Err(entry.problem(CUSTOM, "cannot stand beside password_hash"));
        }
        (Some(hash), None) => ("password_hash", hash),
        (None, Some(hash)) => (CUSTOM, hash),
    };
    match PasswordHash::parse_imported(&hash) {
        Ok(_) => {}
        Err(unknown @ UnknownHash::Cost) => {
            costly.0.push(entry.problem(key, unknown.to_string()));
        }
        Err(unknown @ UnknownHash::Format) => return Err(entry.problem(key, unknown.to_string())),
    }
    Ok(Some(hash))
}

fn custom(entry: &mut Object, ignored: &mut Ignored) -> Result<Option<String>> {
    let Some(mut custom) = entry.object(CUSTOM)? else {
        return Ok(None);
    };
    let algorithm = custom.required_text("algorithm")?;
    if !matches!(algorithm.as_str(), "argon2" | "bcrypt") {
        let problem = format!("{algorithm:?} is not supported; argon2 and bcrypt are");
        return Err(custom.problem("algorithm", problem));
    }
    let Some(mut hash) = custom.object("hash")? else {
        return Err(custom.problem("hash", "is missing"));
    };
    let value = hash.required_text("value")?;
    let encoding = hash
        .choice("encoding", &ENCODINGS)?
        .unwrap_or(Encoding::Utf8);
    let Some(decoded) = decode(&value, encoding) else {
        return Err(hash.problem("value", "is not a text in its encoding"));
    };
    let argon2 = decoded.starts_with("$argon2");
    if argon2 != (algorithm == "argon2") {
        return Err(hash.problem(
            "value",
            format!("is not the full encoded string of {algorithm}"),
        ));
    }
    hash.finish(ignored);
    custom.finish(ignored);
    Ok(Some(decoded))
}

fn decode(value: &str, encoding: Encoding) -> Option<String> {
    let bytes = match encoding {
        Encoding::Utf8 => return Some(value.to_owned()),
        Encoding::Base64 => base64(value)?,
        Encoding::Hex => hex(value)?,
    };
    String::from_utf8(bytes).ok()
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
