//! The files that pages load, each at a URL that changes with its content.

use std::sync::LazyLock;

use doorward_service_kit::token_hash;

/// A file under `/u/assets/`, compiled into the binary.
#[derive(Debug)]
pub struct Asset {
    /// The last segment of its path.
    pub name: &'static str,
    /// Its `Content-Type`.
    pub content_type: &'static str,
    /// Its content.
    pub body: &'static str,
    hash: LazyLock<String>,
}

static STYLESHEET: Asset = Asset {
    name: "doorward.css",
    content_type: "text/css; charset=utf-8",
    body: include_str!("../../assets/doorward.css"),
    hash: LazyLock::new(|| token_hash(STYLESHEET.body)),
};

static MARK: Asset = Asset {
    name: "doorward.svg",
    content_type: "image/svg+xml",
    body: include_str!("../../assets/doorward.svg"),
    hash: LazyLock::new(|| token_hash(MARK.body)),
};

impl Asset {
    /// The file with this name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        [&STYLESHEET, &MARK]
            .into_iter()
            .find(|asset| asset.name == name)
    }

    /// The one stylesheet of all pages.
    #[must_use]
    pub fn stylesheet() -> &'static Self {
        &STYLESHEET
    }

    /// Doorward's mark, which is also the favicon.
    #[must_use]
    pub fn mark() -> &'static Self {
        &MARK
    }

    /// A hash of the content, so that responses can be cached for ever.
    #[must_use]
    pub fn version(&self) -> &str {
        self.hash.get(..12).unwrap_or_default()
    }

    /// The path that pages use.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/u/assets/{}?v={}", self.name, self.version())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_differ_by_content() {
        assert_ne!(Asset::stylesheet().version(), Asset::mark().version());
        assert_eq!(Asset::stylesheet().version().len(), 12);
        assert!(
            Asset::mark()
                .path()
                .starts_with("/u/assets/doorward.svg?v=")
        );
    }

    #[test]
    fn nothing_else_is_served() {
        assert_eq!(
            Asset::find("doorward.css").unwrap().content_type,
            "text/css; charset=utf-8"
        );
        assert!(Asset::find("../Cargo.toml").is_none());
    }

    #[test]
    fn files_load_nothing_from_elsewhere() {
        for asset in [&STYLESHEET, &MARK] {
            let body = asset.body.replace("http://www.w3.org/2000/svg", "");
            assert!(
                !body.contains("//") && !body.contains("@import"),
                "{}",
                asset.name
            );
        }
    }
}
