//! The configuration files of the processes.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use doorward_test_support::softhsm::{self, SoftHsm};

use super::certificates::service_of;
use super::{Redis, Replica, SERVICES, Separate, TOKEN_LABEL, text};

impl Separate {
    /// Returns the configuration file. In TOML, keys without a section come first.
    pub(super) fn service_config(&self, name: &str) -> String {
        let keys = match service_of(name) {
            "token-signing" => format!("issuer = \"{}\"\n{}", self.issuer, self.key_place()),
            "organization" => format!(
                "key_encryption_key_file = \"{}\"\n",
                text(&self.key_encryption_key("organization"))
            ),
            _ => String::new(),
        };
        let more = match service_of(name) {
            "organization" => self.mail_config() + &self.organization,
            "token-signing" => self.token_config() + &self.token_signing,
            _ => String::new(),
        };
        let store = match self.databases.get(service_of(name)) {
            Some(url) => format!("[database]\nurl = \"{url}\"\n"),
            None => format!("[redis]\n{}\n", self.redis_settings()),
        };
        format!("{keys}{}{store}{more}", self.grpc_config(name))
    }

    /// The setting of the key that encrypts the signing keys. Those in a token need none.
    fn key_place(&self) -> String {
        if self.token.is_some() {
            return String::new();
        }
        let file = self.key_encryption_key("token-signing");
        format!("key_encryption_key_file = \"{}\"\n", text(&file))
    }

    /// The section `[pkcs11]`.
    fn token_config(&self) -> String {
        let section = |token: &SoftHsm| {
            format!(
                "[pkcs11]\nmodule = \"{}\"\ntoken_label = \"{TOKEN_LABEL}\"\npin_file = \"{}\"\n",
                softhsm::MODULE,
                text(&token.pin_file())
            )
        };
        self.token.as_ref().map(section).unwrap_or_default()
    }

    /// The section `[mail]`; without it, mails wait in the database.
    fn mail_config(&self) -> String {
        let section = |url: &String| {
            format!("[mail]\nurl = \"{url}\"\nfrom = \"Example <invitations@example.test>\"\n")
        };
        self.mail.as_ref().map(section).unwrap_or_default()
    }

    fn redis_settings(&self) -> String {
        match &self.redis {
            // Longer than by default, as in `frontend_config`.
            Redis::Own(server) => format!("url = \"{}\"\ndeadline_ms = 800", server.url()),
            Redis::Given(settings) => settings.clone(),
        }
    }

    pub(super) fn frontend_config(&self, name: &str, replica: Replica) -> String {
        let (listen, issuer) = (self.listen(replica), &self.issuer);
        let http = format!("[http]\nlisten = \"{listen}\"\nissuer = \"{issuer}\"\n");
        let tls = self.tls.as_ref().map(|tls| {
            let (certificate, key) = (text(tls.certificate()), text(tls.key()));
            format!("tls_cert = \"{certificate}\"\ntls_key = \"{key}\"\n")
        });
        let backend = |service: &'static str| {
            let key = service.replace('-', "_");
            format!("{key} = \"{}\"\n", self.address(replica.process(service)))
        };
        let backends = SERVICES.map(backend).concat();
        // Longer than by default, for machines that run tests and compilers beside the deployment.
        let deadlines = if self.build.has_request_deadlines() {
            "deadline_ms = 1000\nsilent_ms = 1500\npage_ms = 5000\npassword_ms = 10000\n"
        } else {
            "deadline_ms = 1000\n"
        };
        format!(
            "{http}{}{}[backends]\n{deadlines}{backends}",
            tls.unwrap_or_default(),
            self.grpc_config(name)
        )
    }

    fn grpc_config(&self, name: &str) -> String {
        let metrics = self.metrics_ports[name];
        let address = self.address(name);
        let grpc = address
            .rsplit_once("//")
            .map_or(&*address, |(_, host)| host);
        let tls = self
            .certificates
            .as_ref()
            .map(|it| it.section(service_of(name)));
        format!(
            "[metrics]\nlisten = \"127.0.0.1:{metrics}\"\n{}[grpc]\nlisten = \"{grpc}\"\n",
            tls.unwrap_or_default()
        )
    }

    /// The file with the key of a service, which both of its processes use.
    fn key_encryption_key(&self, service: &str) -> PathBuf {
        let path = self.folder.path().join(format!("{service}.key"));
        if path.exists() {
            return path;
        }
        // 43 characters of base64 are 32 bytes: 42 random ones, and one whose last bits are zero.
        let key = format!("{}A=", doorward_service_kit::alphanumeric(42));
        std::fs::write(&path, key).expect("the folder can be written");
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).expect("the file is ours");
        path
    }
}
