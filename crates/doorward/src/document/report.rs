//! The findings of reading a file, each thing reported once.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use super::{Error, line_prefix};

/// Number of further places of the same key that are named.
const OTHERS_NAMED: usize = 5;

/// A place in the file: `clients[My App].jwt_configuration.scopes`.
#[derive(Debug, Clone)]
pub(crate) struct Path {
    /// Up to the named object: `clients[My App]`.
    object: String,
    /// Below it: `jwt_configuration.scopes`.
    rest: String,
    /// Counted from 1; unknown in JSON.
    line: Option<u64>,
}

impl Path {
    /// The top of the file.
    pub(crate) fn root() -> Self {
        Self {
            object: String::new(),
            rest: String::new(),
            line: None,
        }
    }

    /// The same path, with its line where it has one of its own.
    pub(super) fn at(self, line: Option<u64>) -> Self {
        Self {
            line: line.or(self.line),
            ..self
        }
    }

    pub(super) fn line(&self) -> Option<u64> {
        self.line
    }

    /// A member of this object.
    pub(crate) fn member(&self, key: &str) -> Self {
        let mut member = self.clone();
        if !member.rest.is_empty() {
            member.rest.push('.');
        }
        member.rest.push_str(key);
        member
    }

    /// An entry of this list. The entries of a list at the top of the file are the named objects.
    pub(crate) fn item(&self, name: impl fmt::Display) -> Self {
        let rest = format!("{}[{name}]", self.rest);
        if self.object.is_empty() {
            Self {
                object: rest,
                rest: String::new(),
                line: self.line,
            }
        } else {
            Self {
                rest,
                ..self.clone()
            }
        }
    }

    /// The place with its line: `line 3: clients[My App].name`.
    pub(crate) fn with_line(&self) -> String {
        format!("{}{self}", line_prefix(self.line))
    }

    /// The kind of object, to compare whether two paths are the same key.
    fn kind(&self) -> &str {
        self.object.split('[').next().unwrap_or_default()
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.object.is_empty() && self.rest.is_empty() {
            return f.write_str("the file");
        }
        let dot = if self.object.is_empty() || self.rest.is_empty() {
            ""
        } else {
            "."
        };
        write!(f, "{}{dot}{}", self.object, self.rest)
    }
}

/// The findings of reading a file: keys without effect, what is left out, and faults. Clones share their content, so
/// that every object of a file can hold one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Report(Rc<RefCell<Findings>>);

#[derive(Debug, Default)]
struct Findings {
    notes: Vec<Note>,
    faults: Vec<Fault>,
}

#[derive(Debug)]
struct Note {
    kind: Kind,
    path: Path,
    why: String,
    /// The first further objects with the same key.
    others: Vec<String>,
    /// The number of the rest: a file may have a million objects.
    more: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Ignored,
    LeftOut,
}

/// A value that an object cannot have.
#[derive(Debug)]
pub(super) struct Fault {
    path: Path,
    problem: String,
    weight: Weight,
}

/// The consequence of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// The file is wrong.
    Refuse,
    /// The file is sound, but Doorward cannot serve the object.
    LeaveOut,
}

impl Report {
    /// Adds a key that is not supported.
    pub(super) fn unsupported(&self, path: &Path, meant: Option<&str>) {
        match meant {
            Some(meant) => {
                let why = format!("not supported, left out; is {meant} meant?");
                self.add(Kind::LeftOut, path, why);
            }
            None => self.note(path, "not supported, ignored"),
        }
    }

    /// Adds a key that is ignored, or followed in part only, for the reason `why`.
    pub(crate) fn note(&self, path: &Path, why: impl Into<String>) {
        self.add(Kind::Ignored, path, why.into());
    }

    /// Adds a value that is left out, or adapted, for the reason `why`.
    pub(crate) fn left_out(&self, path: &Path, why: impl Into<String>) {
        self.add(Kind::LeftOut, path, why.into());
    }

    fn add(&self, kind: Kind, path: &Path, why: String) {
        let mut findings = self.0.borrow_mut();
        let same = |note: &&mut Note| {
            let key = |path: &Path| (path.kind().to_owned(), path.rest.clone());
            !path.rest.is_empty()
                && note.kind == kind
                && key(&note.path) == key(path)
                && note.why == why
        };
        match findings.notes.iter_mut().find(same) {
            Some(note) if note.others.len() < OTHERS_NAMED => {
                note.others.push(path.object.clone());
            }
            Some(note) => note.more += 1,
            None => findings.notes.push(Note {
                kind,
                path: path.clone(),
                why,
                others: Vec::new(),
                more: 0,
            }),
        }
    }

    pub(super) fn fault(&self, weight: Weight, path: &Path, problem: impl Into<String>) {
        self.0.borrow_mut().faults.push(Fault {
            path: path.clone(),
            problem: problem.into(),
            weight,
        });
    }

    /// The number of faults, for [`Report::faults_since`].
    pub(super) fn mark(&self) -> usize {
        self.0.borrow().faults.len()
    }

    /// Removes the faults since a mark.
    pub(super) fn faults_since(&self, mark: usize) -> Faults {
        Faults(self.0.borrow_mut().faults.split_off(mark))
    }

    /// Puts faults back.
    pub(super) fn put_back(&self, faults: Faults) {
        self.0.borrow_mut().faults.extend(faults.0);
    }

    /// One line for each key that is ignored, and one for each thing that is left out, both in the order of the file.
    /// The faults are an error.
    pub(crate) fn finish(self) -> super::Result<Warnings> {
        let findings = self.0.take();
        if let Some(faults) = Faults(findings.faults).into_error() {
            return Err(faults);
        }
        let mut notes = findings.notes;
        notes.sort_by_key(|note| note.path.line);
        let lines = |kind| {
            let notes = notes.iter().filter(|note| note.kind == kind);
            notes.map(ToString::to_string).collect()
        };
        Ok(Warnings {
            ignored: lines(Kind::Ignored),
            left_out: lines(Kind::LeftOut),
        })
    }
}

/// The lines of a report without faults.
#[derive(Debug, Default)]
pub(crate) struct Warnings {
    /// One for each key that is ignored.
    pub(crate) ignored: Vec<String>,
    /// One for each thing that is left out.
    pub(crate) left_out: Vec<String>,
}

impl Warnings {
    /// All lines.
    pub(crate) fn into_lines(self) -> Vec<String> {
        self.ignored.into_iter().chain(self.left_out).collect()
    }
}

/// Faults, in the order of the file.
#[derive(Debug)]
pub(super) struct Faults(Vec<Fault>);

impl Faults {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the object with these faults can be left out.
    pub(super) fn only_unserved(&self) -> bool {
        self.0.iter().all(|fault| fault.weight == Weight::LeaveOut)
    }

    /// The faults as the reason for which `object` is left out, and the line of the first.
    pub(super) fn reason(&self, object: &Path) -> (Option<u64>, String) {
        let reasons = self.0.iter().map(|fault| {
            let below = fault.path.rest.strip_prefix(&object.rest);
            let below = below.unwrap_or(&fault.path.rest).trim_start_matches('.');
            format!("{below} {}", fault.problem)
        });
        let line = self.0.first().and_then(|fault| fault.path.line);
        (line, reasons.collect::<Vec<_>>().join("; "))
    }

    /// `None` without faults.
    pub(super) fn into_error(self) -> Option<Error> {
        let faults = self.0.into_iter();
        let mut errors: Vec<_> = faults
            .map(|fault| Error::value(&fault.path, fault.problem))
            .collect();
        errors.sort_by_key(Error::line);
        match errors.len() {
            0 | 1 => errors.pop(),
            _ => Some(Error::Several(errors)),
        }
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.kind == Kind::LeftOut {
            f.write_str(&line_prefix(self.path.line))?;
        }
        write!(f, "{}: {}", self.path, self.why)?;
        let named = &self.others;
        match (named.is_empty(), self.more) {
            (true, _) => Ok(()),
            (false, 0) => write!(f, " (also in {})", named.join(", ")),
            (false, more) => write!(f, " (also in {} and {more} more)", named.join(", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let list = Path::root().member("clients");
        let client = list.item("My App");
        assert_eq!(list.to_string(), "clients");
        assert_eq!(client.to_string(), "clients[My App]");
        assert_eq!(
            client.member("jwt").member("alg").to_string(),
            "clients[My App].jwt.alg"
        );
        assert_eq!(
            client.member("callbacks").item(2).to_string(),
            "clients[My App].callbacks[2]"
        );
        assert_eq!(
            Path::root().member("tenant").member("flags").to_string(),
            "tenant.flags"
        );
    }

    #[test]
    fn one_line_a_key() {
        let report = Report::default();
        let clients = Path::root().member("clients");
        for name in ["a", "b", "c"] {
            report.unsupported(&clients.item(name).member("mobile"), None);
        }
        report.unsupported(&clients.item("a").member("sso"), None);
        report.unsupported(&Path::root().member("rules"), None);
        let lines = report.finish().unwrap().ignored;
        let expected = [
            "clients[a].mobile: not supported, ignored (also in clients[b], clients[c])",
            "clients[a].sso: not supported, ignored",
            "rules: not supported, ignored",
        ];
        assert_eq!(lines, expected);
    }
}
