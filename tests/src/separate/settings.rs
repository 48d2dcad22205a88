//! The configuration files of the processes.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use super::{FRONTEND, SERVICES, Separate, text};

impl Separate {
    /// Keys outside of sections come first, as TOML wants it.
    pub(super) fn service_config(&self, name: &str) -> String {
        let keys = match name {
            "token-signing" => format!(
                "issuer = \"{}\"\nkey_encryption_key_file = \"{}\"\n",
                self.issuer,
                text(&self.key_encryption_key())
            ),
            _ => String::new(),
        };
        let store = match self.databases.get(name) {
            Some(url) => format!("[database]\nurl = \"{url}\"\n"),
            // Longer than by default, as in `frontend_config`.
            None => format!(
                "[redis]\nurl = \"{}\"\ndeadline_ms = 800\n",
                self.redis.url()
            ),
        };
        format!("{keys}{}{store}", self.grpc_config(name))
    }

    pub(super) fn frontend_config(&self) -> String {
        let port = self.issuer.port().expect("the issuer names its port");
        let http = format!(
            "[http]\nlisten = \"127.0.0.1:{port}\"\nissuer = \"{}\"\n",
            self.issuer
        );
        let backend =
            |name: &str| format!("{} = \"{}\"\n", name.replace('-', "_"), self.address(name));
        let backends = SERVICES.map(backend).concat();
        // Longer than by default, for machines that run tests and compilers beside the deployment.
        let deadline = "deadline_ms = 1000\n";
        format!(
            "{http}{}[backends]\n{deadline}{backends}",
            self.grpc_config(FRONTEND)
        )
    }

    fn grpc_config(&self, name: &str) -> String {
        format!("[grpc]\nlisten = \"127.0.0.1:{}\"\n", self.ports[name])
    }

    fn key_encryption_key(&self) -> PathBuf {
        let path = self.folder.path().join("key-encryption-key");
        // 43 characters of base64 are 32 bytes: 42 random ones, and one whose last bits are zero.
        let key = format!("{}A=", doorward_service_kit::alphanumeric(42));
        std::fs::write(&path, key).expect("the folder can be written");
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("the file is ours");
        path
    }
}
