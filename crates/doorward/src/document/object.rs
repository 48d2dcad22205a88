//! Reads the members of an object by name and type; the others are reported as ignored.

use std::fmt::Display;
use std::str::FromStr;

use doorward_oauth2_types::UnknownValue;
use doorward_proto::WireEnum;
use doorward_proto::client_registry::v1::StringList;

use super::ignored::{Ignored, Path};
use super::node::{Node, Value};
use super::{Error, Result};

/// An object whose members are taken one by one; [`Object::finish`] reports the rest.
#[derive(Debug)]
pub(crate) struct Object {
    path: Path,
    members: Vec<(String, Node)>,
}

impl Object {
    pub(super) fn new(path: Path, node: Node) -> Result<Self> {
        let path = path.at(node.line);
        match node.value {
            Value::Object(members) => Ok(Self { path, members }),
            other => Err(wrong_type(&path, "an object", &other)),
        }
    }

    /// Its place in the file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The place of a member that was not taken yet.
    pub(crate) fn place(&self, key: &str) -> Path {
        let member = self.members.iter().find(|(name, _)| name == key);
        let line = member.and_then(|(_, node)| node.line);
        self.path.member(key).at(line.or(self.path.line()))
    }

    /// Removes a member. `null` counts as absent.
    fn take(&mut self, key: &str) -> Option<(Path, Node)> {
        let index = self.members.iter().position(|(name, _)| name == key)?;
        let (_, node) = self.members.remove(index);
        (node.value != Value::Null).then(|| (self.path.member(key).at(node.line), node))
    }

    pub(crate) fn text(&mut self, key: &str) -> Result<Option<String>> {
        self.take(key)
            .map(|(path, node)| text(&path, node))
            .transpose()
    }

    pub(crate) fn required_text(&mut self, key: &str) -> Result<String> {
        self.text(key)?
            .filter(|text| !text.is_empty())
            .ok_or_else(|| self.problem(key, "is missing"))
    }

    /// A text that is a `T`, as it was written.
    pub(crate) fn text_of<T>(&mut self, key: &str) -> Result<Option<String>>
    where
        T: FromStr<Err: Display>,
    {
        let Some((path, node)) = self.take(key) else {
            return Ok(None);
        };
        let given = text(&path, node)?;
        match given.parse::<T>() {
            Ok(_) => Ok(Some(given)),
            Err(problem) => Err(Error::value(&path, format!("{given:?} {problem}"))),
        }
    }

    pub(crate) fn texts(&mut self, key: &str) -> Result<Option<StringList>> {
        let Some((path, node)) = self.take(key) else {
            return Ok(None);
        };
        let items = items(&path, node)?.into_iter().enumerate();
        let values: Result<_> = items
            .map(|(index, node)| text(&path.item(index).at(node.line), node))
            .collect();
        Ok(Some(StringList { values: values? }))
    }

    /// An object whose members are all texts.
    pub(crate) fn text_members(&mut self, key: &str) -> Result<Option<Vec<(String, String)>>> {
        let Some(object) = self.object(key)? else {
            return Ok(None);
        };
        let Self { path, members } = object;
        let members = members.into_iter().map(|(key, node)| {
            let path = path.member(&key).at(node.line);
            Ok((key, text(&path, node)?))
        });
        members.collect::<Result<_>>().map(Some)
    }

    pub(crate) fn flag(&mut self, key: &str) -> Result<Option<bool>> {
        let Some((path, node)) = self.take(key) else {
            return Ok(None);
        };
        match node.value {
            Value::Flag(flag) => Ok(Some(flag)),
            other => Err(wrong_type(&path, "true or false", &other)),
        }
    }

    /// A whole number that is not negative.
    pub(crate) fn count(&mut self, key: &str) -> Result<Option<u32>> {
        self.number(key, 1.0)
    }

    /// A number in units of `unit`, fractions allowed, rounded to a whole number of the smaller unit.
    pub(crate) fn scaled(&mut self, key: &str, unit: f64) -> Result<Option<u32>> {
        self.number(key, unit)
    }

    fn number(&mut self, key: &str, unit: f64) -> Result<Option<u32>> {
        let Some((path, node)) = self.take(key) else {
            return Ok(None);
        };
        let Value::Number(number) = &node.value else {
            return Err(wrong_type(&path, "a number", &node.value));
        };
        let number = number.as_f64().unwrap_or(f64::INFINITY);
        let scaled = (number * unit).round();
        #[expect(clippy::float_cmp, reason = "a whole number is exact")]
        let whole = unit != 1.0 || scaled == number;
        if !whole {
            return Err(Error::value(&path, "must be a whole number"));
        }
        if !(0.0..=f64::from(u32::MAX)).contains(&scaled) {
            return Err(Error::value(&path, "is out of range"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "in range"
        )]
        Ok(Some(scaled as u32))
    }

    /// A text that is one of `choices`.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        key: &str,
        choices: &[(&str, T)],
    ) -> Result<Option<T>> {
        let Some((path, node)) = self.take(key) else {
            return Ok(None);
        };
        let given = text(&path, node)?;
        let known = choices.iter().find(|(text, _)| *text == given);
        known.map(|(_, meaning)| Some(*meaning)).ok_or_else(|| {
            let known: Vec<_> = choices.iter().map(|(text, _)| *text).collect();
            not_one_of(&path, &given, &known)
        })
    }

    /// A text that is one of the values of an enum, as the enum's number in messages.
    pub(crate) fn wire_enum<T>(&mut self, key: &str) -> Result<Option<i32>>
    where
        T: WireEnum + FromStr<Err = UnknownValue>,
    {
        let Some((path, node)) = self.take(key) else {
            return Ok(None);
        };
        let given = text(&path, node)?;
        let value: T = given
            .parse()
            .map_err(|unknown: UnknownValue| not_one_of(&path, &given, unknown.known()))?;
        Ok(Some(value.to_wire()))
    }

    /// A list of texts that are each one of an enum's values.
    pub(crate) fn wire_enums<T>(&mut self, key: &str) -> Result<Option<Vec<i32>>>
    where
        T: WireEnum + FromStr<Err = UnknownValue>,
    {
        let path = self.place(key);
        let Some(given) = self.texts(key)? else {
            return Ok(None);
        };
        let given = given.values.iter().enumerate();
        let values = given.map(|(index, text)| match text.parse::<T>() {
            Ok(value) => Ok(value.to_wire()),
            Err(unknown) => Err(not_one_of(&path.item(index), text, unknown.known())),
        });
        values.collect::<Result<_>>().map(Some)
    }

    /// Like [`Object::wire_enum`]; an empty text is the enum's unspecified value.
    pub(crate) fn wire_enum_or_empty<T>(&mut self, key: &str) -> Result<Option<i32>>
    where
        T: WireEnum + FromStr<Err = UnknownValue>,
    {
        let empty = Value::Text(String::new());
        if self
            .members
            .iter()
            .any(|(name, node)| name == key && node.value == empty)
        {
            self.take(key);
            return Ok(Some(0));
        }
        self.wire_enum::<T>(key)
    }

    pub(crate) fn object(&mut self, key: &str) -> Result<Option<Self>> {
        self.take(key)
            .map(|(path, node)| Self::new(path, node))
            .transpose()
    }

    /// The objects of a list. Error messages call each by the first of `names` that it has, else by its position.
    pub(crate) fn objects(&mut self, key: &str, names: &[&str]) -> Result<Option<Vec<Self>>> {
        self.take(key)
            .map(|(path, node)| Self::list(&path, node, names))
            .transpose()
    }

    pub(super) fn list(path: &Path, node: Node, names: &[&str]) -> Result<Vec<Self>> {
        let items = items(path, node)?.into_iter().enumerate();
        let objects = items.map(|(index, node)| {
            let path =
                name_of(&node, names).map_or_else(|| path.item(index), |name| path.item(name));
            Self::new(path, node)
        });
        objects.collect()
    }

    /// An object as JSON text.
    pub(crate) fn json(&mut self, key: &str) -> Result<Option<String>> {
        let Some((path, node)) = self.take(key) else {
            return Ok(None);
        };
        match &node.value {
            Value::Object(_) => Ok(Some(serde_json::Value::from(node).to_string())),
            other => Err(wrong_type(&path, "an object", other)),
        }
    }

    /// A value of any type as JSON text.
    pub(crate) fn any_json(&mut self, key: &str) -> Result<Option<String>> {
        let Some((path, node)) = self.take(key) else {
            return Ok(None);
        };
        match &node.value {
            placeholder @ Value::Placeholder(_) => Err(wrong_type(&path, "a value", placeholder)),
            _ => Ok(Some(serde_json::Value::from(node).to_string())),
        }
    }

    /// An error about a member that was taken before.
    pub(crate) fn problem(&self, key: &str, problem: impl Into<String>) -> Error {
        Error::value(&self.path.member(key), problem)
    }

    /// Removes a member whose value is one of `as_here`: it describes what Doorward does anyway.
    pub(crate) fn pass(&mut self, key: &str, as_here: &[Value]) {
        self.members
            .retain(|(name, node)| name != key || !as_here.contains(&node.value));
    }

    /// Reports the members that were not taken.
    pub(crate) fn finish(self, ignored: &mut Ignored) {
        for (key, node) in self.members {
            if node.value != Value::Null {
                ignored.unsupported(&self.path.member(&key).at(node.line));
            }
        }
    }
}

fn name_of<'a>(node: &'a Node, names: &[&str]) -> Option<&'a str> {
    let Value::Object(members) = &node.value else {
        return None;
    };
    names
        .iter()
        .find_map(|name| match members.iter().find(|(key, _)| key == name) {
            Some((
                _,
                Node {
                    value: Value::Text(text),
                    ..
                },
            )) => Some(text.as_str()),
            _ => None,
        })
}

fn items(path: &Path, node: Node) -> Result<Vec<Node>> {
    match node.value {
        Value::List(items) => Ok(items),
        other => Err(wrong_type(path, "a list", &other)),
    }
}

fn text(path: &Path, node: Node) -> Result<String> {
    match node.value {
        Value::Text(text) => Ok(text),
        other => Err(wrong_type(path, "a text", &other)),
    }
}

fn not_one_of(path: &Path, given: &str, known: &[&str]) -> Error {
    let problem = format!("{given:?} is not one of {}", known.join(", "));
    Error::value(path, problem)
}

fn wrong_type(path: &Path, expected: &str, value: &Value) -> Error {
    let problem = match value {
        Value::Placeholder(name) => {
            format!(
                "is the placeholder {name}, which has no value; give it with --set {name}=VALUE"
            )
        }
        other => format!("must be {expected}, but is {}", other.kind()),
    };
    Error::value(path, problem)
}
