//! Errors of a token, its settings and its module.

use std::io;
use std::path::PathBuf;

use doorward_oauth2_types::SigningAlg;

/// A token that cannot be used, or a call to it that failed.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The shared library is missing, or is none.
    #[error(
        "the PKCS#11 module {} cannot be loaded; correct `module` in `[pkcs11]`, or install it with the libraries that it \
         needs",
        path.display()
    )]
    Module {
        /// Its path.
        path: PathBuf,
        /// The reason.
        source: cryptoki::error::Error,
    },
    /// No token has the label.
    #[error(
        "no PKCS#11 token has the label {label:?}, but {}; correct `token_label` in `[pkcs11]`, or initialize the token",
        list(found)
    )]
    NoToken {
        /// The label in the settings.
        label: String,
        /// The labels of the tokens that are there.
        found: Vec<String>,
    },
    /// Several tokens have the label.
    #[error(
        "{count} PKCS#11 tokens have the label {label:?}; `token_label` in `[pkcs11]` must name one"
    )]
    SeveralTokens {
        /// The label in the settings.
        label: String,
        /// How many have it.
        count: usize,
    },
    /// The file with the PIN cannot be read.
    #[error("the PIN of the PKCS#11 token, `pin_file` in `[pkcs11]`: {}", path.display())]
    PinFile {
        /// Its path.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The PIN is wrong or locked. It is not tried again by this process: tokens lock after some wrong ones.
    #[error(
        "the PKCS#11 token refuses the PIN in {}; correct the file that `pin_file` in `[pkcs11]` names, and restart. \
         Repeated tries may lock the token",
        path.display()
    )]
    Pin {
        /// The file.
        path: PathBuf,
        /// The token's answer.
        source: cryptoki::error::Error,
    },
    /// The token could not be reached a moment ago.
    #[error("the PKCS#11 token cannot be reached: {0}")]
    Unreachable(String),
    /// A call failed.
    #[error("the PKCS#11 token failed")]
    Call(#[from] cryptoki::error::Error),
    /// The token has no such private key.
    #[error(
        "the PKCS#11 token has no private key with the id {0:?}; it is another token, or the database is an older copy"
    )]
    NoKey(String),
    /// The token has several such keys.
    #[error("the PKCS#11 token has {count} keys with the id {id:?}")]
    SeveralKeys {
        /// The id.
        id: String,
        /// How many have it.
        count: usize,
    },
    /// The token would give private keys away.
    #[error("the PKCS#11 token makes private keys that can be read; it is not used")]
    Readable,
    /// The public half of a new key has another form.
    #[error("the PKCS#11 token returns no public key for {0}")]
    PublicKey(SigningAlg),
    /// A key that was to be made.
    #[error(
        "the PKCS#11 token has no {0} keys, and no AES-GCM to encrypt them; take {0} out of `algs` in `[signing]`"
    )]
    Unsupported(SigningAlg),
}

fn list(labels: &[String]) -> String {
    if labels.is_empty() {
        return "there is none".to_owned();
    }
    let quoted: Vec<_> = labels.iter().map(|label| format!("{label:?}")).collect();
    format!("there are {}", quoted.join(", "))
}
