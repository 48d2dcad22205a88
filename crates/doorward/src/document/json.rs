//! Trees from JSON, and back. A file is read object by object, so that its size does not matter.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead, Read};
use std::rc::Rc;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value as Json};

use super::node::{Node, Value};
use super::{Error, Result};

/// Some programs begin every UTF-8 file with it; RFC 8259 §8.1 lets a reader pass over it.
const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();

/// Reads the objects of a list, or one object a line, which is how Auth0 exports users. `Err` items are lines that are
/// no JSON.
pub(super) fn each(mut text: impl BufRead, mut each: impl FnMut(Result<Node>)) -> Result<()> {
    let first = first_byte(&mut text).map_err(|error| unreadable(1, &error))?;
    if first == Some(b'{') {
        return each_line(text, each);
    }
    let text = CountedLines::new(text);
    let line = text.line.clone();
    let mut json = serde_json::Deserializer::from_reader(text);
    let list = List {
        line: &line,
        each: &mut |node| each(Ok(node)),
    };
    let read = json.deserialize_any(list).and_then(|()| json.end());
    read.map_err(|error| syntax(&error, 0))
}

fn each_line(text: impl BufRead, mut each: impl FnMut(Result<Node>)) -> Result<()> {
    for (before, text) in text.lines().enumerate() {
        let text = text.map_err(|error| unreadable(before as u64 + 1, &error))?;
        if text.trim().is_empty() {
            continue;
        }
        let line = Cell::new(before as u64 + 1);
        let mut json = serde_json::Deserializer::from_str(&text);
        let read = NodeAt(&line).deserialize(&mut json);
        let read = read.and_then(|node| json.end().map(|()| node));
        each(read.map_err(|error| syntax(&error, before as u64)));
    }
    Ok(())
}

fn syntax(error: &serde_json::Error, lines_before: u64) -> Error {
    let message = error.to_string();
    let problem = message.split(" at line ").next().unwrap_or(&message);
    Error::Syntax {
        line: error.line() as u64 + lines_before,
        problem: format!("{problem} (column {})", error.column()),
    }
}

fn unreadable(line: u64, error: &io::Error) -> Error {
    Error::Syntax {
        line,
        problem: error.to_string(),
    }
}

/// The first byte after white space and a byte order mark, which stay unread except for the mark.
fn first_byte(text: &mut impl BufRead) -> io::Result<Option<u8>> {
    if text.fill_buf()?.starts_with(BYTE_ORDER_MARK) {
        text.consume(BYTE_ORDER_MARK.len());
    }
    let first = text
        .fill_buf()?
        .iter()
        .find(|byte| !byte.is_ascii_whitespace());
    Ok(first.copied())
}

/// Counts the lines that are read. `serde_json` reads single bytes from a reader, so the count is exact.
struct CountedLines<R> {
    inner: R,
    line: Rc<Cell<u64>>,
}

impl<R> CountedLines<R> {
    fn new(inner: R) -> Self {
        let line = Rc::new(Cell::new(1));
        Self { inner, line }
    }
}

impl<R: Read> Read for CountedLines<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        let ends = buffer[..length].iter().filter(|byte| **byte == b'\n');
        self.line.set(self.line.get() + ends.count() as u64);
        Ok(length)
    }
}

struct List<'a, F> {
    line: &'a Cell<u64>,
    each: &'a mut F,
}

impl<'de, F: FnMut(Node)> Visitor<'de> for List<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list, or one object a line")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<(), A::Error> {
        while let Some(node) = items.next_element_seed(NodeAt(self.line))? {
            (self.each)(node);
        }
        Ok(())
    }
}

/// Reads a value, and notes the line on which it begins.
struct NodeAt<'a>(&'a Cell<u64>);

impl<'de> DeserializeSeed<'de> for NodeAt<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> std::result::Result<Node, D::Error> {
        let line = Some(self.0.get());
        let JsonValue(value) = JsonValue::deserialize(json)?;
        Ok(Node { value, line })
    }
}

/// A value that keeps every member of an object, also one that stands twice.
struct JsonValue(Value);

impl<'de> Deserialize<'de> for JsonValue {
    fn deserialize<D: Deserializer<'de>>(json: D) -> std::result::Result<Self, D::Error> {
        json.deserialize_any(JsonVisitor).map(Self)
    }
}

struct JsonVisitor;

impl<'de> Visitor<'de> for JsonVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> std::result::Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> std::result::Result<Value, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> std::result::Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> std::result::Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> std::result::Result<Value, E> {
        let number = Number::from_f64(number).ok_or_else(|| E::custom("not a finite number"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> std::result::Result<Value, E> {
        Ok(Value::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(JsonValue(value)) = items.next_element()? {
            list.push(Node { value, line: None });
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> std::result::Result<Value, A::Error> {
        let mut object = Vec::new();
        while let Some((key, JsonValue(value))) = members.next_entry()? {
            object.push((key, Node { value, line: None }));
        }
        Ok(Value::Object(object))
    }
}

impl From<Node> for Json {
    fn from(node: Node) -> Self {
        match node.value {
            Value::Null | Value::Placeholder(_) => Self::Null,
            Value::Flag(flag) => Self::Bool(flag),
            Value::Number(number) => Self::Number(number),
            Value::Text(text) => Self::String(text),
            Value::Given(text) => serde_json::from_str(&text).unwrap_or(Self::String(text)),
            Value::List(items) => Self::Array(items.into_iter().map(Into::into).collect()),
            Value::Object(members) => {
                let members = members.into_iter();
                Self::Object(members.map(|(key, node)| (key, node.into())).collect())
            }
        }
    }
}
