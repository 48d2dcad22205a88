//! Files in Auth0's formats, read member by member: an error names the line and the member, and members that are not
//! supported are reported.

mod json;
mod node;
mod object;
mod placeholders;
mod report;
mod suggestion;
mod yaml;

use std::collections::BTreeMap;
use std::io::BufRead;

pub(crate) use node::Value;
pub(crate) use object::Object;
pub(crate) use report::{Path, Report, Warnings};

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
    /// More than one of them, in the order of the file.
    #[error("{} faults{}", .0.len(), lines(.0))]
    Several(Vec<Self>),
}

pub(crate) type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub(crate) fn value(path: &Path, problem: impl Into<String>) -> Self {
        Self::Value {
            line: path.line(),
            path: path.to_string(),
            problem: problem.into(),
        }
    }

    /// Counted from 1; unknown in JSON.
    fn line(&self) -> Option<u64> {
        match self {
            Self::Syntax { line, .. } => Some(*line),
            Self::Value { line, .. } => *line,
            Self::Several(errors) => errors.first().and_then(Self::line),
        }
    }
}

fn lines(errors: &[Error]) -> String {
    let lines: Vec<_> = errors.iter().map(|error| format!("\n  {error}")).collect();
    lines.concat()
}

fn line_prefix(line: Option<u64>) -> String {
    line.map(|line| format!("line {line}: "))
        .unwrap_or_default()
}

/// Reads the object of a YAML file, and reports to `report`; `values` are the values of its placeholders.
pub(crate) fn from_yaml(
    text: &str,
    values: &BTreeMap<String, String>,
    report: &Report,
) -> Result<Object> {
    let document = yaml::parse(&placeholders::replace(text, values))?;
    let mark = report.mark();
    let object = Object::new(Path::root(), document, report);
    object.ok_or_else(|| {
        let fault = report.faults_since(mark).into_error();
        fault.unwrap_or_else(|| Error::value(&Path::root(), "must be an object"))
    })
}

/// Reads the objects of a JSON file one by one. Error messages call each by the first of `names` that it has. An `Err`
/// item is a line or an entry that is no object; the result is an error if the rest of the file cannot be read.
pub(crate) fn each_from_json(
    text: impl BufRead,
    kind: &str,
    names: &[&str],
    report: &Report,
    mut each: impl FnMut(Result<Object>),
) -> Result<()> {
    let list = Path::root().member(kind);
    let mut index = 0;
    json::each(text, |node| {
        let object = node.and_then(|node| {
            let path = object::name_of(&list, index, &node, names);
            Object::from_json(path, node, report)
        });
        index += 1;
        each(object);
    })
}
