//! `SoftHSM`: PKCS#11 tokens in files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The PKCS#11 module, from Debian's package `softhsm2`.
pub const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
/// The PIN of all tokens.
pub const PIN: &str = "pin-271828182845";
/// The environment variable that names the settings of the module.
pub const SETTINGS: &str = "SOFTHSM2_CONF";

/// A folder with tokens. The module must be loaded with [`SETTINGS`] set to [`Self::settings`].
#[derive(Debug, Clone)]
pub struct SoftHsm {
    folder: PathBuf,
}

impl SoftHsm {
    /// Tokens in a folder, which exists. It gets no token yet.
    #[must_use]
    pub fn create(folder: &Path) -> Self {
        assert!(
            Path::new(MODULE).exists(),
            "SoftHSM is not installed: run `make tools`"
        );
        let this = Self::existing(folder);
        let write = |path: PathBuf, text: &str| fs::write(path, text).expect("the folder is ours");
        fs::create_dir(this.tokens()).expect("the folder is ours");
        let tokens = this.tokens();
        let settings = format!(
            "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
            tokens.display()
        );
        write(this.settings(), &settings);
        write(this.pin_file(), PIN);
        this
    }

    /// The tokens that [`Self::create`] has made room for.
    #[must_use]
    pub fn existing(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    /// The file with the settings of the module.
    #[must_use]
    pub fn settings(&self) -> PathBuf {
        self.folder.join("softhsm2.conf")
    }

    /// The file with the PIN.
    #[must_use]
    pub fn pin_file(&self) -> PathBuf {
        self.folder.join("pin")
    }

    /// The folder with the files of the tokens. Tokens are gone while it has another name.
    #[must_use]
    pub fn tokens(&self) -> PathBuf {
        self.folder.join("tokens")
    }

    /// Lists the private keys of a token with a program that is not ours.
    #[must_use]
    pub fn private_keys(&self, label: &str) -> String {
        let output = Command::new("pkcs11-tool")
            .args(["--module", MODULE, "--token-label", label])
            .args(["--login", "--pin", PIN])
            .args(["--list-objects", "--type", "privkey"])
            .env(SETTINGS, self.settings())
            .output()
            .expect("pkcs11-tool runs");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Makes a token.
    pub fn add_token(&self, label: &str) {
        let output = Command::new("softhsm2-util")
            .args(["--init-token", "--free", "--label", label])
            .args(["--pin", PIN, "--so-pin", PIN])
            .env(SETTINGS, self.settings())
            .output()
            .expect("softhsm2-util runs");
        assert!(output.status.success(), "{output:?}");
    }
}
