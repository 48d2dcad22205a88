//! Keys of a file that are ignored: each is reported once.

use std::fmt;

use super::Error;

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

    /// The same path, with its line.
    pub(super) fn at(self, line: Option<u64>) -> Self {
        Self { line, ..self }
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

    /// An error about this place.
    pub(crate) fn problem(&self, problem: impl Into<String>) -> Error {
        Error::value(self, problem)
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

/// The keys that were ignored.
#[derive(Debug, Default)]
pub(crate) struct Ignored {
    notes: Vec<Note>,
}

#[derive(Debug)]
struct Note {
    path: Path,
    why: String,
    others: Vec<String>,
}

impl Ignored {
    /// Adds a key that is not supported.
    pub(crate) fn unsupported(&mut self, path: &Path) {
        self.note(path, "not supported, ignored");
    }

    /// Adds a key that is ignored, or followed in part only, for the reason `why`.
    pub(crate) fn note(&mut self, path: &Path, why: impl Into<String>) {
        let why = why.into();
        let same = |note: &&mut Note| {
            let key = |path: &Path| (path.kind().to_owned(), path.rest.clone());
            !path.rest.is_empty() && key(&note.path) == key(path) && note.why == why
        };
        match self.notes.iter_mut().find(same) {
            Some(note) => note.others.push(path.object.clone()),
            None => self.notes.push(Note {
                path: path.clone(),
                why,
                others: Vec::new(),
            }),
        }
    }

    /// One line for each key, in the order of the file.
    pub(crate) fn into_lines(mut self) -> Vec<String> {
        self.notes.sort_by_key(|note| note.path.line);
        self.notes.iter().map(ToString::to_string).collect()
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.why)?;
        let named = &self.others[..self.others.len().min(OTHERS_NAMED)];
        let more = self.others.len() - named.len();
        match (named.is_empty(), more) {
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
        let mut ignored = Ignored::default();
        let clients = Path::root().member("clients");
        for name in ["a", "b", "c"] {
            ignored.unsupported(&clients.item(name).member("mobile"));
        }
        ignored.unsupported(&clients.item("a").member("sso"));
        ignored.unsupported(&Path::root().member("rules"));
        let lines = ignored.into_lines();
        let expected = [
            "clients[a].mobile: not supported, ignored (also in clients[b], clients[c])",
            "clients[a].sso: not supported, ignored",
            "rules: not supported, ignored",
        ];
        assert_eq!(lines, expected);
    }
}
