//! Cross-origin calls of browsers.

use doorward_oauth2_types::redirect_uri::{RegisteredOrigin, RegisteredUri, origin_matches};

/// The origins that applications of the tenant may call from: those that are listed, and those of callbacks.
#[derive(Debug, Default)]
pub struct AllowedOrigins(Vec<RegisteredOrigin>);

impl AllowedOrigins {
    /// Adds the lists of a client; entries that are no origin allow nothing.
    pub fn add_client(&mut self, allowed_origins: &[String], callbacks: &[String]) {
        let listed = allowed_origins
            .iter()
            .filter_map(|entry| RegisteredOrigin::parse(entry).ok());
        let of_callbacks = callbacks
            .iter()
            .filter_map(|callback| RegisteredOrigin::of(&RegisteredUri::parse(callback).ok()?));
        self.0.extend(listed.chain(of_callbacks));
    }

    /// Whether a page of `origin` may read answers.
    #[must_use]
    pub fn allows(&self, origin: &str) -> bool {
        origin_matches(origin, &self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins() {
        let allowed = ["https://*.example.test", "http://localhost:3000"].map(str::to_owned);
        let callbacks = ["https://app.test:8443/cb?x=y", "com.example.app://cb"].map(str::to_owned);
        let mut origins = AllowedOrigins::default();
        origins.add_client(&allowed, &callbacks);
        for (origin, expected) in [
            ("https://a.example.test", true),
            ("https://a.b.example.test", false),
            ("https://example.test", false),
            ("http://a.example.test", false),
            ("http://localhost:3000", true),
            ("http://localhost:3001", false),
            ("https://app.test:8443", true),
            ("https://app.test", false),
            ("https://app.test:8443/cb", false),
            ("com.example.app://cb", false),
            ("null", false),
            ("", false),
        ] {
            assert_eq!(origins.allows(origin), expected, "{origin}");
        }
    }
}
