//! Trees from JSON, and back.

use serde_json::Value as Json;

use super::node::{Node, Value};
use super::{Error, Result};

/// Some programs begin every UTF-8 file with it; RFC 8259 §8.1 lets a reader pass over it.
const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// Reads one document.
pub(super) fn parse(text: &str) -> Result<Node> {
    let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
    let json: Json = serde_json::from_str(text).map_err(|error| Error::Syntax {
        line: error.line() as u64,
        problem: error.to_string(),
    })?;
    Ok(json.into())
}

impl From<Json> for Node {
    fn from(json: Json) -> Self {
        let value = match json {
            Json::Null => Value::Null,
            Json::Bool(flag) => Value::Flag(flag),
            Json::Number(number) => Value::Number(number),
            Json::String(text) => Value::Text(text),
            Json::Array(items) => Value::List(items.into_iter().map(Into::into).collect()),
            Json::Object(members) => {
                let members = members.into_iter();
                Value::Object(members.map(|(key, json)| (key, json.into())).collect())
            }
        };
        Self { value, line: None }
    }
}

impl From<Node> for Json {
    fn from(node: Node) -> Self {
        match node.value {
            Value::Null | Value::Placeholder(_) => Self::Null,
            Value::Flag(flag) => Self::Bool(flag),
            Value::Number(number) => Self::Number(number),
            Value::Text(text) => Self::String(text),
            Value::List(items) => Self::Array(items.into_iter().map(Into::into).collect()),
            Value::Object(members) => {
                let members = members.into_iter();
                Self::Object(members.map(|(key, node)| (key, node.into())).collect())
            }
        }
    }
}
