//! Cross-origin calls of browsers.

use doorward_oauth2_types::redirect_uri::{RegisteredOrigin, RegisteredUri, origin_matches};

/// Whether a client allows an origin: it is listed, or it is the origin of a callback.
#[must_use]
pub fn allows_origin(allowed_origins: &[String], callbacks: &[String], origin: &str) -> bool {
    let listed = allowed_origins
        .iter()
        .filter_map(|entry| RegisteredOrigin::parse(entry).ok());
    let of_callbacks = callbacks
        .iter()
        .filter_map(|callback| RegisteredOrigin::of(&RegisteredUri::parse(callback).ok()?));
    listed
        .chain(of_callbacks)
        .any(|entry| origin_matches(origin, [&entry]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins() {
        let allowed = ["https://*.example.test", "http://localhost:3000"].map(str::to_owned);
        let callbacks = ["https://app.test:8443/cb?x=y", "com.example.app://cb"].map(str::to_owned);
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
            assert_eq!(
                allows_origin(&allowed, &callbacks, origin),
                expected,
                "{origin}"
            );
        }
    }
}
