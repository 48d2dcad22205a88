//! Registry messages to the model: once for each revision, when the cache of the revision is filled.

mod tenant;

/// A message that lacks what its proto promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is missing")]
pub(crate) struct MissingField(&'static str);

/// An optional URL. One that does not parse counts as absent.
fn url(field: &'static str, text: Option<&str>) -> Option<url::Url> {
    let text = text?;
    let parsed = text.parse();
    parsed
        .inspect_err(|error| unusable(field, text, error))
        .ok()
}

/// Reports a registered value that no request can use. It matches nothing; what stands beside it still counts.
fn unusable(field: &'static str, value: &str, error: &dyn std::error::Error) {
    tracing::warn!(field, value, %error, "a registered value cannot be used");
}
