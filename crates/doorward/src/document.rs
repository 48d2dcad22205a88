//! Files in Auth0's formats, read member by member: an error names the line and the member, and members that are not
//! supported are reported.

mod ignored;
mod json;
mod node;
mod object;
mod placeholders;
mod yaml;

use std::collections::BTreeMap;

pub(crate) use ignored::{Ignored, Path};
pub(crate) use node::Value;
pub(crate) use object::Object;

/// A file that cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Neither YAML nor JSON.
    #[error("line {line}: {problem}")]
    Syntax {
        /// Counted from 1.
        line: u64,
        /// The problem.
        problem: String,
    },
    /// A member is missing, or is not what it must be.
    #[error("{}{path} {problem}", line_prefix(*line))]
    Value {
        /// Counted from 1; unknown in JSON.
        line: Option<u64>,
        /// For example `clients[My App].callbacks[0]`.
        path: String,
        /// The problem.
        problem: String,
    },
}

pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    fn value(path: &Path, problem: impl Into<String>) -> Self {
        Self::Value {
            line: path.line(),
            path: path.to_string(),
            problem: problem.into(),
        }
    }

    /// The same problem, at further places too.
    pub(crate) fn and_at(self, others: impl Iterator<Item = Self>) -> Self {
        let others = others.filter_map(|other| match other {
            Self::Value { path, .. } => Some(path),
            Self::Syntax { .. } => None,
        });
        let others = others.collect::<Vec<_>>().join(", ");
        match self {
            Self::Value {
                line,
                path,
                problem,
            } if !others.is_empty() => Self::Value {
                line,
                path,
                problem: format!("{problem} (also {others})"),
            },
            alone => alone,
        }
    }
}

fn line_prefix(line: Option<u64>) -> String {
    line.map(|line| format!("line {line}: "))
        .unwrap_or_default()
}

/// Reads the object of a YAML file; `values` are the values of its placeholders.
pub(crate) fn from_yaml(text: &str, values: &BTreeMap<String, String>) -> Result<Object> {
    let document = yaml::parse(&placeholders::replace(text, values))?;
    Object::new(Path::root(), document)
}

/// Reads the list of objects of a JSON file. Error messages call each by the first of `names` that it has.
pub(crate) fn list_from_json(text: &str, kind: &str, names: &[&str]) -> Result<Vec<Object>> {
    Object::list(&Path::root().member(kind), json::parse(text)?, names)
}
