//! Password hashes of other systems, which are used until the user's first sign-in.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use hmac::{EagerHash, Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};

use super::UnknownHash;

/// Begins the text of such a hash in the store. No other system's hashes begin like this.
const PREFIX: &str = "$imported$";
/// The time of a check by PBKDF2: rounds times outputs of its digest, about a second.
const MAX_ROUNDS: u64 = 2_000_000;
/// The memory of a check by scrypt: 32 MiB.
const MAX_SCRYPT_BYTES: u64 = 32 * 1024 * 1024;
/// The time of a check by scrypt: blocks of 128 bytes, about half a second.
const MAX_SCRYPT_BLOCKS: u64 = 1024 * 1024;
/// A shorter output would match other passwords too.
const MIN_OUTPUT: usize = 16;
const MAX_OUTPUT: usize = 128;
const MAX_SALT: usize = 1024;

/// A hash function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the usual names")]
pub enum Digest {
    Md4,
    Md5,
    Ripemd160,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Whirlpool,
}

/// Calls a generic function for the type of a [`Digest`].
macro_rules! with_digest {
    ($digest:expr, $function:ident($($argument:expr),*)) => {
        match $digest {
            Digest::Md4 => $function::<md4::Md4>($($argument),*),
            Digest::Md5 => $function::<md5::Md5>($($argument),*),
            Digest::Ripemd160 => $function::<ripemd::Ripemd160>($($argument),*),
            Digest::Sha1 => $function::<sha1::Sha1>($($argument),*),
            Digest::Sha224 => $function::<sha2::Sha224>($($argument),*),
            Digest::Sha256 => $function::<sha2::Sha256>($($argument),*),
            Digest::Sha384 => $function::<sha2::Sha384>($($argument),*),
            Digest::Sha512 => $function::<sha2::Sha512>($($argument),*),
            Digest::Whirlpool => $function::<whirlpool::Whirlpool>($($argument),*),
        }
    };
}

impl Digest {
    /// All names, as files have them.
    pub const NAMES: [(&'static str, Self); 9] = [
        ("md4", Self::Md4),
        ("md5", Self::Md5),
        ("ripemd160", Self::Ripemd160),
        ("sha1", Self::Sha1),
        ("sha224", Self::Sha224),
        ("sha256", Self::Sha256),
        ("sha384", Self::Sha384),
        ("sha512", Self::Sha512),
        ("whirlpool", Self::Whirlpool),
    ];

    /// The digest with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let mut names = Self::NAMES.iter();
        names.find(|(known, _)| *known == name).map(|(_, it)| *it)
    }

    fn name(self) -> &'static str {
        let mut names = Self::NAMES.iter();
        names
            .find(|(_, it)| *it == self)
            .map_or("", |(name, _)| *name)
    }

    fn output_len(self) -> usize {
        with_digest!(self, output_len())
    }
}

fn output_len<D: hmac::digest::Digest>() -> usize {
    <D as hmac::digest::Digest>::output_size()
}

/// How a password becomes bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PasswordEncoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// The low byte of each UTF-16 unit, as Node.js encodes `ascii`, `latin1` and `binary`.
    Latin1,
    /// UTF-16, little-endian.
    Utf16le,
}

/// Where the salt is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SaltPosition {
    /// Before the password.
    #[default]
    Prefix,
    /// After the password.
    Suffix,
}

/// An algorithm with its settings.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the parameters of each algorithm")]
pub enum Algorithm {
    /// A digest of salt and password.
    Digest {
        digest: Digest,
        salt: Vec<u8>,
        position: SaltPosition,
    },
    /// RFC 2104, with a key that all users share.
    Hmac { digest: Digest, key: Vec<u8> },
    /// RFC 8018 §5.2.
    Pbkdf2 {
        digest: Digest,
        rounds: u32,
        salt: Vec<u8>,
    },
    /// RFC 7914; the cost is 2 to the power `log_n`.
    Scrypt {
        log_n: u8,
        r: u32,
        p: u32,
        salt: Vec<u8>,
    },
}

/// A hash of another system than Argon2 and bcrypt.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedHash {
    algorithm: Algorithm,
    encoding: PasswordEncoding,
    output: Vec<u8>,
}

impl ImportedHash {
    /// Checks the settings. A stranger decides how often a hash is checked, so its cost is limited.
    pub fn new(
        algorithm: Algorithm,
        encoding: PasswordEncoding,
        output: Vec<u8>,
    ) -> Result<Self, UnknownHash> {
        let hash = Self {
            algorithm,
            encoding,
            output,
        };
        hash.check().map(|()| hash)
    }

    pub(super) fn check(&self) -> Result<(), UnknownHash> {
        let length = self.output.len();
        let (is_sound, salt) = match &self.algorithm {
            Algorithm::Digest { digest, salt, .. } => (length == digest.output_len(), salt),
            Algorithm::Hmac { digest, key } => {
                (length == digest.output_len() && !key.is_empty(), key)
            }
            Algorithm::Pbkdf2 { rounds, salt, .. } => (*rounds > 0, salt),
            Algorithm::Scrypt { log_n, r, p, salt } => {
                let params = scrypt::Params::new(*log_n, *r, *p);
                (params.is_ok() && length <= 64, salt)
            }
        };
        if !is_sound || !(MIN_OUTPUT..=MAX_OUTPUT).contains(&length) || salt.len() > MAX_SALT {
            return Err(UnknownHash::Format);
        }
        if self.is_affordable() {
            Ok(())
        } else {
            Err(UnknownHash::Cost)
        }
    }

    fn is_affordable(&self) -> bool {
        match &self.algorithm {
            Algorithm::Digest { .. } | Algorithm::Hmac { .. } => true,
            Algorithm::Pbkdf2 { digest, rounds, .. } => {
                let outputs = self.output.len().div_ceil(digest.output_len()) as u64;
                u64::from(*rounds) * outputs <= MAX_ROUNDS
            }
            Algorithm::Scrypt { log_n, r, p, .. } => {
                let blocks = 1_u64
                    .checked_shl(u32::from(*log_n))
                    .and_then(|n| n.checked_mul(u64::from(*r)));
                blocks.is_some_and(|blocks| {
                    blocks <= MAX_SCRYPT_BYTES / 128
                        && blocks.saturating_mul(u64::from(*p)) <= MAX_SCRYPT_BLOCKS
                })
            }
        }
    }

    /// Reads the text of the store; `None` for the text of another kind of hash.
    pub(super) fn from_store(text: &str) -> Option<Result<Self, UnknownHash>> {
        let json = text.strip_prefix(PREFIX)?;
        Some(serde_json::from_str(json).map_err(|_| UnknownHash::Format))
    }

    /// Reads the text that other systems write: PBKDF2 as PHC string or as passlib writes it, and an LDAP
    /// `userPassword` (RFC 2307). `None` for the text of another kind of hash.
    pub(super) fn from_elsewhere(text: &str) -> Option<Result<Self, UnknownHash>> {
        let read = if let Some(rest) = text.strip_prefix("$pbkdf2") {
            pbkdf2(rest)
        } else if let Some(rest) = text.strip_prefix('{') {
            ldap(rest)
        } else {
            return None;
        };
        let read = read.ok_or(UnknownHash::Format);
        Some(read.and_then(|hash| hash.check().map(|()| hash)))
    }

    pub(super) fn matches(&self, password: &str) -> bool {
        let password = encode(password, self.encoding);
        let output = match &self.algorithm {
            Algorithm::Digest {
                digest,
                salt,
                position,
            } => {
                let parts = match position {
                    SaltPosition::Prefix => [salt.as_slice(), &password],
                    SaltPosition::Suffix => [&password, salt.as_slice()],
                };
                with_digest!(digest, digest_of(parts))
            }
            Algorithm::Hmac { digest, key } => with_digest!(digest, hmac_of(key, &password)),
            Algorithm::Pbkdf2 {
                digest,
                rounds,
                salt,
            } => {
                let mut output = vec![0; self.output.len()];
                with_digest!(digest, pbkdf2_of(&password, salt, *rounds, &mut output));
                output
            }
            Algorithm::Scrypt { log_n, r, p, salt } => {
                let mut output = vec![0; self.output.len()];
                let params = scrypt::Params::new(*log_n, *r, *p);
                let done = params
                    .map(|params| scrypt::scrypt(&password, salt, &params, &mut output).is_ok());
                if done != Ok(true) {
                    return false;
                }
                output
            }
        };
        is_same(&output, &self.output)
    }

    /// Algorithm and settings, which determine the cost of a check. All plain digests cost next to nothing.
    pub(super) fn kind(&self) -> String {
        let length = self.output.len();
        let kind = match &self.algorithm {
            Algorithm::Digest { .. } | Algorithm::Hmac { .. } => "digest".to_owned(),
            Algorithm::Pbkdf2 { digest, rounds, .. } => {
                format!("pbkdf2-{}$i={rounds},l={length}", digest.name())
            }
            Algorithm::Scrypt { log_n, r, p, .. } => {
                format!("scrypt$ln={log_n},r={r},p={p},l={length}")
            }
        };
        format!("{PREFIX}{kind}$")
    }

    /// A hash of this kind that belongs to no user; `None` for another text.
    pub(super) fn stand_in(kind: &str) -> Option<Self> {
        let kind = kind.strip_prefix(PREFIX)?.strip_suffix('$')?;
        let salt = vec![0; MIN_OUTPUT];
        let (algorithm, length) = if kind == "digest" {
            let (digest, position) = (Digest::Sha512, SaltPosition::Prefix);
            let algorithm = Algorithm::Digest {
                digest,
                salt,
                position,
            };
            (algorithm, digest.output_len())
        } else {
            let (name, settings) = kind.split_once('$')?;
            let number = |key: &str| {
                let mut settings = settings.split(',');
                let value = settings.find_map(|it| it.strip_prefix(key)?.strip_prefix('='))?;
                value.parse::<u32>().ok()
            };
            let algorithm = match name.strip_prefix("pbkdf2-") {
                Some(digest) => Algorithm::Pbkdf2 {
                    digest: Digest::named(digest)?,
                    rounds: number("i")?,
                    salt,
                },
                None if name == "scrypt" => Algorithm::Scrypt {
                    log_n: number("ln")?.try_into().ok()?,
                    r: number("r")?,
                    p: number("p")?,
                    salt,
                },
                None => return None,
            };
            (algorithm, number("l")? as usize)
        };
        Self::new(algorithm, PasswordEncoding::Utf8, vec![0; length]).ok()
    }
}

/// The text for the store.
impl fmt::Display for ImportedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let json = serde_json::to_string(self).map_err(|_| fmt::Error)?;
        write!(f, "{PREFIX}{json}")
    }
}

impl fmt::Debug for ImportedHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ImportedHash [redacted]")
    }
}

fn encode(password: &str, encoding: PasswordEncoding) -> Vec<u8> {
    let units = password.encode_utf16().map(u16::to_le_bytes);
    match encoding {
        PasswordEncoding::Utf8 => password.as_bytes().to_vec(),
        PasswordEncoding::Latin1 => units.map(|[low, _high]| low).collect(),
        PasswordEncoding::Utf16le => units.flatten().collect(),
    }
}

fn digest_of<D: hmac::digest::Digest>(parts: [&[u8]; 2]) -> Vec<u8> {
    let mut digest = D::new();
    for part in parts {
        digest.update(part);
    }
    digest.finalize().to_vec()
}

fn hmac_of<D: EagerHash>(key: &[u8], password: &[u8]) -> Vec<u8> {
    // Keys of every length are allowed.
    let Ok(mut hmac) = Hmac::<D>::new_from_slice(key) else {
        return Vec::new();
    };
    hmac.update(password);
    hmac.finalize().into_bytes().to_vec()
}

fn pbkdf2_of<D: EagerHash>(password: &[u8], salt: &[u8], rounds: u32, output: &mut [u8]) {
    pbkdf2::pbkdf2_hmac::<D>(password, salt, rounds, output);
}

/// Compares in the same time wherever they differ.
fn is_same(own: &[u8], other: &[u8]) -> bool {
    let differing = own.iter().zip(other).fold(0, |bits, (a, b)| bits | (a ^ b));
    own.len() == other.len() && differing == 0
}

/// Reads the text after `$pbkdf2`: `-sha256$i=1000,l=32$salt$hash`, or `-sha256$1000$salt$hash` as passlib writes it.
/// Without a name it is SHA-1.
fn pbkdf2(rest: &str) -> Option<ImportedHash> {
    let [digest, settings, salt, output] =
        <[&str; 4]>::try_from(rest.split('$').collect::<Vec<_>>()).ok()?;
    let digest = match digest.strip_prefix('-') {
        Some(name) => Digest::named(name)?,
        None if digest.is_empty() => Digest::Sha1,
        None => return None,
    };
    let rounds = match settings.parse() {
        Ok(rounds) => rounds,
        Err(_) => settings
            .split(',')
            .find_map(|setting| setting.strip_prefix("i="))?
            .parse()
            .ok()?,
    };
    let algorithm = Algorithm::Pbkdf2 {
        digest,
        rounds,
        salt: base64(salt)?,
    };
    Some(ImportedHash {
        algorithm,
        encoding: PasswordEncoding::Utf8,
        output: base64(output)?,
    })
}

/// Reads the text after `{` in a `userPassword`: `SSHA}` and base64 of digest and salt.
fn ldap(rest: &str) -> Option<ImportedHash> {
    let (scheme, value) = rest.split_once('}')?;
    let (digest, salted) = match scheme.to_ascii_uppercase().as_str() {
        "MD5" => (Digest::Md5, false),
        "SMD5" => (Digest::Md5, true),
        "SHA" => (Digest::Sha1, false),
        "SSHA" => (Digest::Sha1, true),
        "SHA256" => (Digest::Sha256, false),
        "SSHA256" => (Digest::Sha256, true),
        "SHA384" => (Digest::Sha384, false),
        "SSHA384" => (Digest::Sha384, true),
        "SHA512" => (Digest::Sha512, false),
        "SSHA512" => (Digest::Sha512, true),
        _ => return None,
    };
    let mut output = base64(value)?;
    if output.len() < digest.output_len() {
        return None;
    }
    let salt = output.split_off(digest.output_len());
    if salt.is_empty() == salted {
        return None;
    }
    let algorithm = Algorithm::Digest {
        digest,
        salt,
        position: SaltPosition::Suffix,
    };
    Some(ImportedHash {
        algorithm,
        encoding: PasswordEncoding::Utf8,
        output,
    })
}

/// Decodes base64 with or without padding; passlib writes `.` for `+`.
fn base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=').replace('.', "+");
    BASE64_STANDARD_NO_PAD.decode(text).ok()
}

#[cfg(test)]
mod tests;
