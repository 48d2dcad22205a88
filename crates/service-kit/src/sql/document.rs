//! Settings as JSON documents.

use serde::Serialize;
use serde_json::Value;

use crate::StoreError;

/// Writes settings as the text of a JSON document. Keys of the stored document that this version does not know stay: a
/// newer replica has written them.
pub fn merge_document(
    settings: &impl Serialize,
    stored: Option<String>,
) -> Result<String, StoreError> {
    let mut document = match stored {
        Some(stored) => serde_json::from_str(&stored).map_err(StoreError::corrupt)?,
        None => Value::Null,
    };
    let settings = serde_json::to_value(settings).map_err(StoreError::corrupt)?;
    merge(&mut document, settings);
    Ok(document.to_string())
}

fn merge(document: &mut Value, new: Value) {
    match (document, new) {
        (Value::Object(document), Value::Object(new)) => {
            for (key, value) in new {
                merge(document.entry(key).or_insert(Value::Null), value);
            }
        }
        (document, new) => *document = new,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unknown_keys_stay() {
        let stored =
            json!({ "a": 1, "new": [1], "inner": { "b": 1, "new": 2 }, "list": [{ "new": 1 }] });
        let settings =
            json!({ "a": null, "inner": { "b": 3 }, "list": [{ "c": 1 }], "added": true });
        let written = merge_document(&settings, Some(stored.to_string())).unwrap();
        let expected = json!({
            "a": null, "new": [1], "inner": { "b": 3, "new": 2 }, "list": [{ "c": 1 }], "added": true,
        });
        assert_eq!(serde_json::from_str::<Value>(&written).unwrap(), expected);
    }

    #[test]
    fn a_first_document_has_the_settings_alone() {
        let settings = json!({ "a": 1 });
        assert_eq!(
            merge_document(&settings, None).unwrap(),
            settings.to_string()
        );
    }

    #[test]
    fn what_is_no_json_is_not_written_over() {
        assert!(merge_document(&json!({}), Some("{".to_owned())).is_err());
    }
}
