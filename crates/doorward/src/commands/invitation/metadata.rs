//! Metadata of users, as JSON on the command line.

use serde_json::{Map, Value};

/// Checks that a text is a JSON object.
pub(super) fn parse(text: &str) -> Result<String, String> {
    let object: Result<Map<String, Value>, _> = serde_json::from_str(text);
    match object {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(format!("must be a JSON object: {error}")),
    }
}

/// The invited person's language, as Auth0's templates read it.
pub(super) fn language(user_metadata: Option<&str>) -> Option<String> {
    let metadata: Value = serde_json::from_str(user_metadata?).ok()?;
    Some(metadata.get("lang")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects() {
        assert!(parse("{\"a\": 1}").is_ok());
        for bad in ["", "1", "[]", "{"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn languages() {
        assert_eq!(language(Some("{\"lang\": \"ja\"}")).as_deref(), Some("ja"));
        for none in [None, Some("{}"), Some("{\"lang\": 1}")] {
            assert_eq!(language(none), None);
        }
    }
}
