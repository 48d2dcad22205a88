//! A document as a tree that knows its lines, so that every complaint can name one.

use serde_json::Number;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(super) value: Value,
    /// Counted from 1; unknown in JSON.
    pub(super) line: Option<u64>,
}

/// What JSON and YAML's core schema know.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Flag(bool),
    Number(Number),
    Text(String),
    /// A scalar with a placeholder of this name, for which there is no value.
    Placeholder(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Value {
    /// What it is, for a message that expected something else.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "empty",
            Self::Flag(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "a text",
            Self::Placeholder(_) => "a placeholder",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

/// Two nodes are equal when they say the same, wherever they stand.
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
