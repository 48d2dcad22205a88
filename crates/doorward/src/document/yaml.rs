//! Trees from YAML.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_saphyr::{Spanned, UserMessageFormatter};

use super::node::{Node, Value};
use super::{Error, placeholders};

/// Reads one document. Anchors and `<<` merges are resolved; a key that stands twice is refused.
pub(super) fn parse(text: &str) -> super::Result<Node> {
    let options = serde_saphyr::options! { strict_booleans: true, with_snippet: false };
    serde_saphyr::from_str_with_options(text, options).map_err(|error| Error::Syntax {
        line: error.location().map_or(1, |location| location.line()),
        problem: without_place(
            &error
                .without_snippet()
                .render_with_formatter(&UserMessageFormatter),
        ),
    })
}

/// The library's message without the place at its end: our message begins with the place.
fn without_place(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    line.split(" at line ").next().unwrap_or(line).to_owned()
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Value>::deserialize(deserializer)?;
        Ok(Self {
            value: spanned.value,
            line: Some(spanned.defined.line()),
        })
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a YAML value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        Value::deserialize(deserializer)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Value, E> {
        let number = Number::from_f64(number).ok_or_else(|| E::custom("not a finite number"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        if let Some(name) = placeholders::left_in(text) {
            return Ok(Value::Placeholder(name.to_owned()));
        }
        Ok(match placeholders::given(text) {
            Some(given) => Value::Given(given.to_owned()),
            None => Value::Text(text.to_owned()),
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Vec::new();
        while let Some(entry) = entries.next_entry()? {
            object.push(entry);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member<'a>(node: &'a Node, key: &str) -> &'a Node {
        let Value::Object(members) = &node.value else {
            panic!("not an object: {node:?}");
        };
        &members.iter().find(|(name, _)| name == key).unwrap().1
    }

    #[test]
    fn scalars_keep_type_and_line() {
        let root = parse("a: yes\nb: true\nc: 1.5\nd: ~\ne: \"7\"\nf: 0x10\n").unwrap();
        assert_eq!(member(&root, "a").value, "yes".into());
        assert_eq!(member(&root, "b").value, true.into());
        assert_eq!(
            member(&root, "c").value,
            Value::Number(Number::from_f64(1.5).unwrap())
        );
        assert_eq!(member(&root, "d").value, Value::Null);
        assert_eq!(member(&root, "e").value, "7".into());
        assert_eq!(member(&root, "f").value, Value::Number(16.into()));
        assert_eq!(member(&root, "c").line, Some(3));
    }

    #[test]
    fn anchors_and_merges() {
        let root = parse("base: &b {x: 1, y: 2}\nit:\n  <<: *b\n  y: 3\nlist: [*b]\n").unwrap();
        let it = member(&root, "it");
        assert_eq!(member(it, "x").value, Value::Number(1.into()));
        assert_eq!(member(it, "y").value, Value::Number(3.into()));
        assert_eq!(
            member(&root, "list").value,
            Value::List(vec![member(&root, "base").clone()])
        );
    }

    #[test]
    fn complaints_name_the_line() {
        for (text, expected) in [
            (
                "a: 1\na: 2\n",
                "line 2: duplicate mapping key `a` is not allowed here",
            ),
            (
                "a: [1\nb: 2\n",
                "line 2: illegal placement of ':' indicator",
            ),
            (
                "a:\n\tb: 2\n",
                "line 2: tabs disallowed within this context (block indentation)",
            ),
            (
                "a: 1\n---\nb: 2\n",
                "line 3: only single YAML document expected but multiple found",
            ),
            ("a: *x\n", "line 1: reference to unknown value"),
            ("a: .inf\n", "line 1: value `.inf` is not a finite number"),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), expected);
        }
    }
}
