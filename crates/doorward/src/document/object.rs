//! Reads the members of an object by name and type; the others are reported as ignored.
//!
//! A member that is wrong is reported as a fault and reads as absent, so that one run finds all faults of a file.

use std::collections::HashSet;
use std::fmt::Display;
use std::str::FromStr;

use doorward_oauth2_types::UnknownValue;
use doorward_oauth2_types::redirect_uri::RegisteredUri;
use doorward_proto::client_registry::v1::StringList;
use doorward_proto::{InvalidField, WireEnum};

use super::node::{Node, Value};
use super::report::{Path, Report, Weight};
use super::suggestion::suggestion;

/// An object whose members are taken one by one; [`Object::finish`] reports the rest.
#[derive(Debug)]
pub(crate) struct Object {
    path: Path,
    members: Vec<(String, Node)>,
    /// The members that were asked for, with their lines.
    asked: Vec<(String, Option<u64>)>,
    report: Report,
}

impl Object {
    pub(super) fn new(path: Path, node: Node, report: &Report) -> Option<Self> {
        let path = path.at(node.line);
        match node.value {
            Value::Object(members) => Some(Self {
                path,
                members,
                asked: Vec::new(),
                report: report.clone(),
            }),
            other => {
                wrong_type(report, &path, "an object", &other);
                None
            }
        }
    }

    /// An object of a JSON file. A member that stands twice is a fault: readers of JSON differ in which one counts.
    pub(super) fn from_json(path: Path, node: Node, report: &Report) -> super::Result<Self> {
        let path = path.at(node.line);
        let mark = report.mark();
        let repeated = first_repeated(&path, &node);
        if let Some(object) = Self::new(path, node, report) {
            if let Some(place) = repeated {
                report.fault(Weight::Refuse, &place, "stands twice");
            }
            return Ok(object);
        }
        let fault = report.faults_since(mark).into_error();
        Err(fault.unwrap_or_else(|| super::Error::value(&Path::root(), "must be an object")))
    }

    /// Its place in the file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The report of its file.
    pub(crate) fn report(&self) -> &Report {
        &self.report
    }

    /// The place of a member, taken or not.
    pub(crate) fn place(&self, key: &str) -> Path {
        let member = self.members.iter().find(|(name, _)| name == key);
        let line = member.and_then(|(_, node)| node.line);
        let asked = || self.asked.iter().find(|(name, _)| name == key)?.1;
        self.path
            .member(key)
            .at(line.or_else(asked).or(self.path.line()))
    }

    /// Removes a member. `null` counts as absent.
    fn take(&mut self, key: &str) -> Option<(Path, Node)> {
        let index = self.members.iter().position(|(name, _)| name == key);
        let line = index.and_then(|index| self.members[index].1.line);
        self.asked.push((key.to_owned(), line));
        let (_, node) = self.members.remove(index?);
        (node.value != Value::Null).then(|| (self.path.member(key).at(node.line), node))
    }

    pub(crate) fn text(&mut self, key: &str) -> Option<String> {
        let (path, node) = self.take(key)?;
        text(&self.report, &path, node)
    }

    /// A text that is not empty. Auth0's exports of databases write `""` for what is absent.
    pub(crate) fn filled_text(&mut self, key: &str) -> Option<String> {
        self.text(key).filter(|text| !text.is_empty())
    }

    pub(crate) fn required_text(&mut self, key: &str) -> Option<String> {
        let mark = self.report.mark();
        let given = self.filled_text(key);
        if given.is_none() && self.report.mark() == mark {
            self.fault(key, "is missing");
        }
        given
    }

    /// A text that is a `T`, as it was written.
    pub(crate) fn text_of<T>(&mut self, key: &str) -> Option<String>
    where
        T: FromStr<Err: Display>,
    {
        let given = self.text(key)?;
        match given.parse::<T>() {
            Ok(_) => Some(given),
            Err(problem) => {
                self.fault(key, format!("{given:?} {problem}"));
                None
            }
        }
    }

    /// A text that follows a rule; any other is left out. An empty text stays: it removes a setting.
    pub(crate) fn text_that(
        &mut self,
        key: &str,
        rule: impl Fn(&str) -> Result<(), String>,
    ) -> Option<String> {
        let given = self.text(key)?;
        match rule(&given) {
            Err(problem) if is_dangerous(&given) => {
                self.fault(key, told(&given, &problem));
                None
            }
            Err(problem) if !given.is_empty() => {
                let why = format!("{}; left out", told(&given, &problem));
                self.report.left_out(&self.place(key), why);
                None
            }
            _ => Some(given),
        }
    }

    pub(crate) fn texts(&mut self, key: &str) -> Option<StringList> {
        let entries = self.entries(key)?;
        let values = entries.into_iter().map(|(_, text)| text).collect();
        Some(StringList { values })
    }

    /// A list of texts that each follow a rule; the others are left out.
    pub(crate) fn texts_that(
        &mut self,
        key: &str,
        rule: impl Fn(&str) -> Result<(), String>,
    ) -> Option<StringList> {
        self.adapted_texts(key, rule, |_| None)
    }

    /// Like [`Object::texts_that`]; `adapt` may return the closest text that follows the rule.
    pub(crate) fn adapted_texts(
        &mut self,
        key: &str,
        rule: impl Fn(&str) -> Result<(), String>,
        adapt: impl Fn(&str) -> Option<String>,
    ) -> Option<StringList> {
        let entries = self.entries(key)?.into_iter();
        let values = entries.filter_map(|(path, text)| {
            let Err(problem) = rule(&text) else {
                return Some(text);
            };
            if is_dangerous(&text) {
                let problem = told(&text, &problem);
                self.report.fault(Weight::Refuse, &path, problem);
                return None;
            }
            let adapted = adapt(&text).filter(|adapted| rule(adapted).is_ok());
            let why = match &adapted {
                Some(adapted) => format!("{}; {adapted:?} is taken", told(&text, &problem)),
                None => format!("{}; left out", told(&text, &problem)),
            };
            self.report.left_out(&path, why);
            adapted
        });
        Some(StringList {
            values: values.collect(),
        })
    }

    /// The texts of a list, each with its place.
    fn entries(&mut self, key: &str) -> Option<Vec<(Path, String)>> {
        let (path, node) = self.take(key)?;
        let items = items(&self.report, &path, node)?.into_iter().enumerate();
        let entries = items.filter_map(|(index, node)| {
            let path = path.item(index).at(node.line);
            let text = text(&self.report, &path, node)?;
            Some((path, text))
        });
        Some(entries.collect())
    }

    /// An object whose members are all texts.
    pub(crate) fn text_members(&mut self, key: &str) -> Option<Vec<(String, String)>> {
        let Self { path, members, .. } = self.object(key)?;
        let members = members.into_iter().filter_map(|(key, node)| {
            let path = path.member(&key).at(node.line);
            let text = text(&self.report, &path, node)?;
            Some((key, text))
        });
        Some(members.collect())
    }

    pub(crate) fn flag(&mut self, key: &str) -> Option<bool> {
        let (path, node) = self.take(key)?;
        match node.value {
            Value::Flag(flag) => Some(flag),
            Value::Given(text) if text == "true" => Some(true),
            Value::Given(text) if text == "false" => Some(false),
            other => {
                wrong_type(&self.report, &path, "true or false", &other);
                None
            }
        }
    }

    /// A whole number that is not negative.
    pub(crate) fn count(&mut self, key: &str) -> Option<u32> {
        self.number(key, 1.0)
    }

    /// A number in units of `unit`, fractions allowed, rounded to a whole number of the smaller unit.
    pub(crate) fn scaled(&mut self, key: &str, unit: f64) -> Option<u32> {
        self.number(key, unit)
    }

    fn number(&mut self, key: &str, unit: f64) -> Option<u32> {
        let (path, node) = self.take(key)?;
        let number = match &node.value {
            Value::Number(number) => number.as_f64(),
            Value::Given(text) => text.parse().ok(),
            other => {
                wrong_type(&self.report, &path, "a number", other);
                return None;
            }
        };
        let number = number.unwrap_or(f64::INFINITY);
        let scaled = (number * unit).round();
        #[expect(clippy::float_cmp, reason = "a whole number is exact")]
        let whole = unit != 1.0 || scaled == number;
        if !whole {
            let problem = "must be a whole number";
            self.report.fault(Weight::Refuse, &path, problem);
            return None;
        }
        if !(0.0..=f64::from(u32::MAX)).contains(&scaled) {
            self.report.fault(Weight::Refuse, &path, "is out of range");
            return None;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "in range"
        )]
        Some(scaled as u32)
    }

    /// A text that is one of `choices`.
    pub(crate) fn choice<T: Copy>(&mut self, key: &str, choices: &[(&str, T)]) -> Option<T> {
        let (path, node) = self.take(key)?;
        let given = text(&self.report, &path, node)?;
        let known = choices.iter().find(|(text, _)| *text == given);
        if known.is_none() {
            let known: Vec<_> = choices.iter().map(|(text, _)| *text).collect();
            not_one_of(&self.report, &path, &given, &known);
        }
        known.map(|(_, meaning)| *meaning)
    }

    /// A text that is one of the values of an enum, as the enum's number in messages.
    pub(crate) fn wire_enum<T>(&mut self, key: &str) -> Option<i32>
    where
        T: WireEnum + FromStr<Err = UnknownValue>,
    {
        let (path, node) = self.take(key)?;
        let given = text(&self.report, &path, node)?;
        wire_number::<T>(&self.report, &path, &given)
    }

    /// A list of texts that are each one of an enum's values.
    pub(crate) fn wire_enums<T>(&mut self, key: &str) -> Option<Vec<i32>>
    where
        T: WireEnum + FromStr<Err = UnknownValue>,
    {
        let entries = self.entries(key)?.into_iter();
        let values =
            entries.filter_map(|(path, text)| wire_number::<T>(&self.report, &path, &text));
        Some(values.collect())
    }

    /// Like [`Object::wire_enum`]; an empty text is the enum's unspecified value.
    pub(crate) fn wire_enum_or_empty<T>(&mut self, key: &str) -> Option<i32>
    where
        T: WireEnum + FromStr<Err = UnknownValue>,
    {
        let (path, node) = self.take(key)?;
        match text(&self.report, &path, node)?.as_str() {
            "" => Some(0),
            given => wire_number::<T>(&self.report, &path, given),
        }
    }

    pub(crate) fn object(&mut self, key: &str) -> Option<Self> {
        let (path, node) = self.take(key)?;
        Self::new(path, node, &self.report)
    }

    /// The objects of a list. Error messages call each by the first of `names` that it has, else by its position.
    pub(crate) fn objects(&mut self, key: &str, names: &[&str]) -> Option<Vec<Self>> {
        let (path, node) = self.take(key)?;
        let items = items(&self.report, &path, node)?.into_iter().enumerate();
        let objects = items.filter_map(|(index, node)| {
            Self::new(name_of(&path, index, &node, names), node, &self.report)
        });
        Some(objects.collect())
    }

    /// An object as JSON text.
    pub(crate) fn json(&mut self, key: &str) -> Option<String> {
        let (path, node) = self.take(key)?;
        match &node.value {
            Value::Object(_) => Some(serde_json::Value::from(node).to_string()),
            other => {
                wrong_type(&self.report, &path, "an object", other);
                None
            }
        }
    }

    /// A value of any type as JSON text.
    pub(crate) fn any_json(&mut self, key: &str) -> Option<String> {
        let (path, node) = self.take(key)?;
        match &node.value {
            placeholder @ Value::Placeholder(_) => {
                wrong_type(&self.report, &path, "a value", placeholder);
                None
            }
            _ => Some(serde_json::Value::from(node).to_string()),
        }
    }

    /// Adds a fault of a member.
    pub(crate) fn fault(&self, key: &str, problem: impl Into<String>) {
        let place = self.place(key);
        self.report.fault(Weight::Refuse, &place, problem);
    }

    /// Adds a value of a member for which the whole object is left out.
    pub(crate) fn unserved(&self, key: &str, problem: impl Into<String>) {
        let place = self.place(key);
        self.report.fault(Weight::LeaveOut, &place, problem);
    }

    /// Adds a fault unless a rule of a service accepts the value.
    pub(crate) fn check(&self, checked: Result<(), InvalidField>) {
        if let Err(InvalidField { field, problem }) = checked {
            self.fault(last_part(&field), problem);
        }
    }

    /// Removes a member that has no meaning here.
    pub(crate) fn drop(&mut self, key: &str) {
        self.take(key);
    }

    /// Leaves the object out unless the service that owns it accepts it.
    pub(crate) fn require(&self, checked: Result<(), InvalidField>) {
        if let Err(InvalidField { field, problem }) = checked {
            self.unserved(last_part(&field), problem);
        }
    }

    /// Removes a member whose value is one of `as_here`: it describes what Doorward does anyway.
    pub(crate) fn pass(&mut self, key: &str, as_here: &[Value]) {
        self.asked.push((key.to_owned(), None));
        self.members
            .retain(|(name, node)| name != key || !as_here.contains(&node.value));
    }

    /// Reports the members that were not taken, except those that ask for nothing: `null`, `[]`, `{}`.
    pub(crate) fn finish(self) {
        self.report_rest();
    }

    fn report_rest(&self) {
        for (key, node) in &self.members {
            if node.value.asks_for_nothing() {
                continue;
            }
            let asked = self.asked.iter().map(|(name, _)| name.as_str());
            let absent = asked.filter(|name| !self.is_given(name));
            let path = self.path.member(key).at(node.line);
            self.report.unsupported(&path, suggestion(key, absent));
        }
    }

    /// Whether the object has the member, taken or not.
    pub(crate) fn is_given(&self, key: &str) -> bool {
        let taken = self
            .asked
            .iter()
            .any(|(name, line)| name == key && line.is_some());
        taken || self.members.iter().any(|(name, _)| name == key)
    }

    /// Reads the whole object. Returns `None` if it has a fault, and if the only faults are values that Doorward cannot
    /// serve, reports it as left out.
    pub(crate) fn read_or_leave_out<T>(
        mut self,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let mark = self.report.mark();
        let value = read(&mut self);
        let faults = self.report.faults_since(mark);
        if faults.is_empty() {
            if value.is_some() {
                self.report_rest();
            }
            return value;
        }
        if faults.only_unserved() {
            let (line, reason) = faults.reason(&self.path);
            let place = self.path.clone().at(line.or(self.path.line()));
            self.report.left_out(&place, format!("left out: {reason}"));
        } else {
            self.report.put_back(faults);
            self.report_rest();
        }
        None
    }

    /// Reads the whole object; its faults are the error, and no other part of the file's report.
    pub(crate) fn read_alone<T>(
        mut self,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> super::Result<T> {
        // A member that stands twice was found when the object was read.
        let value = read(&mut self);
        let faults = self.report.faults_since(0);
        match (faults.into_error(), value) {
            (None, Some(value)) => {
                self.report_rest();
                Ok(value)
            }
            (fault, _) => {
                Err(fault.unwrap_or_else(|| super::Error::value(&self.path, "cannot be read")))
            }
        }
    }

    /// Reads the whole object. Every fault refuses the file, because without the object more would be allowed.
    pub(crate) fn read_or_refuse<T>(
        mut self,
        read: impl FnOnce(&mut Self) -> Option<T>,
    ) -> Option<T> {
        let mark = self.report.mark();
        let value = read(&mut self);
        if value.is_some() || self.report.mark() > mark {
            self.report_rest();
        }
        value
    }
}

/// The place of the first member that stands twice, at any depth.
fn first_repeated(path: &Path, node: &Node) -> Option<Path> {
    match &node.value {
        Value::List(items) => {
            let mut items = items.iter().enumerate();
            items.find_map(|(index, item)| first_repeated(&path.item(index), item))
        }
        Value::Object(members) => {
            let mut seen = HashSet::new();
            let mut members = members.iter();
            members.find_map(|(key, member)| {
                let place = path.member(key);
                let is_new = seen.insert(key);
                if is_new {
                    first_repeated(&place, member)
                } else {
                    Some(place)
                }
            })
        }
        _ => None,
    }
}

/// The field at the end of a path of a message: `name` of `client "A": name`.
fn last_part(field: &str) -> &str {
    field.rsplit(": ").next().unwrap_or(field)
}

/// The path of an item that is named by the first of `names` that it has, else by its position.
pub(super) fn name_of(list: &Path, index: usize, node: &Node, names: &[&str]) -> Path {
    let Value::Object(members) = &node.value else {
        return list.item(index).at(node.line);
    };
    let text_of = |name: &&str| {
        let (_, node) = members.iter().find(|(key, _)| key == name)?;
        match &node.value {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        }
    };
    let path = match names.iter().find_map(text_of) {
        Some(name) => list.item(name),
        None => list.item(index),
    };
    path.at(node.line)
}

fn items(report: &Report, path: &Path, node: Node) -> Option<Vec<Node>> {
    match node.value {
        Value::List(items) => Some(items),
        other => {
            wrong_type(report, path, "a list", &other);
            None
        }
    }
}

fn text(report: &Report, path: &Path, node: Node) -> Option<String> {
    match node.value {
        Value::Text(text) | Value::Given(text) => Some(text),
        other => {
            wrong_type(report, path, "a text", &other);
            None
        }
    }
}

fn wire_number<T>(report: &Report, path: &Path, given: &str) -> Option<i32>
where
    T: WireEnum + FromStr<Err = UnknownValue>,
{
    match given.parse::<T>() {
        Ok(value) => Some(value.to_wire()),
        Err(unknown) => {
            not_one_of(report, path, given, unknown.known());
            None
        }
    }
}

fn not_one_of(report: &Report, path: &Path, given: &str, known: &[&str]) {
    let meant = match suggestion(given, known.iter().copied()) {
        Some(meant) => format!("; is {meant} meant?"),
        None => String::new(),
    };
    let problem = format!("{given:?} is not one of {}{meant}", known.join(", "));
    report.fault(Weight::LeaveOut, path, problem);
}

fn wrong_type(report: &Report, path: &Path, expected: &str, value: &Value) {
    let problem = match value {
        Value::Placeholder(name) => {
            format!(
                "is the placeholder {name}, which has no value; give it with --set {name}=VALUE"
            )
        }
        other => format!("must be {expected}, but is {}", other.kind()),
    };
    report.fault(Weight::Refuse, path, problem);
}

/// The problem of a text, which some rules name themselves.
fn told(text: &str, problem: &str) -> String {
    let named = format!("{text:?}");
    if problem.starts_with(&named) {
        return problem.to_owned();
    }
    format!("{named} {problem}")
}

/// Whether a URL that breaks a rule would do harm if it did not.
fn is_dangerous(url: &str) -> bool {
    url.contains('*') || RegisteredUri::parse(url).is_err_and(|error| error.is_dangerous())
}
