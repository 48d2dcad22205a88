//! A document as a tree with line numbers, for error messages.

use serde_json::Number;

/// A value and its line.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(super) value: Value,
    /// Counted from 1; unknown below the objects of a JSON file.
    pub(super) line: Option<u64>,
}

/// A value of JSON or of YAML's core schema.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Flag(bool),
    Number(Number),
    Text(String),
    /// A scalar with a placeholder of this name, for which there is no value.
    Placeholder(String),
    /// A number or a flag given by `--set`: the reader decides whether it is one, or a text.
    Given(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Value {
    /// Whether leaving it away changes nothing: `null`, an empty list or an empty object.
    pub(super) fn asks_for_nothing(&self) -> bool {
        match self {
            Self::Null => true,
            Self::List(items) => items.is_empty(),
            Self::Object(members) => members.is_empty(),
            _ => false,
        }
    }

    /// Name of the type, for the error message when another one is expected.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "empty",
            Self::Flag(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::Placeholder(_) => "a placeholder",
            Self::Given(_) => "a value given by --set",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

/// Nodes with the same value are equal, whatever their lines.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
