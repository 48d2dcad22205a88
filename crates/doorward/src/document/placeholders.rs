//! `##KEY##` and `@@KEY@@`: placeholders for values that the import gets by `--set` and not from the file.
//!
//! Auth0's tool replaces them in the text, before it is parsed: `##KEY##` by the plain value, `@@KEY@@` and
//! `"@@KEY@@"` by the value as JSON.

use std::collections::BTreeMap;

/// Stands around the name of a placeholder that has no value. A private-use character: `#` and `@` would make the
/// scalar a comment or an error, and no file means this one.
const LEFT: char = '\u{E000}';

/// Begins a scalar that was given by `--set` as a number, `true`, `false` or `null`, and may be meant as a text:
/// Auth0's tool writes values of the environment as texts.
const GIVEN: char = '\u{E001}';

/// Replaces every placeholder that has a value, and marks the others for [`left_in`].
pub(super) fn replace(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(['#', '@']) {
        let (before, from_here) = rest.split_at(start);
        replaced.push_str(before);
        if let Some((delimiter, name)) = placeholder(from_here) {
            rest = &from_here[name.len() + 2 * delimiter.len()..];
            match values.get(name) {
                Some(value) if delimiter == "@@" => {
                    rest = unquote(&mut replaced, rest);
                    replaced.push_str(&as_json(value));
                }
                Some(value) => replaced.push_str(value),
                None => replaced += &marked(name),
            }
        } else {
            replaced.push_str(&from_here[..1]);
            rest = &from_here[1..];
        }
    }
    replaced.push_str(rest);
    replaced
}

fn marked(name: &str) -> String {
    format!("{LEFT}{name}{LEFT}")
}

/// The name of a placeholder that was left in a scalar.
pub(super) fn left_in(scalar: &str) -> Option<&str> {
    let (_, from_name) = scalar.split_once(LEFT)?;
    Some(from_name.split_once(LEFT)?.0)
}

/// Delimiter and name of the placeholder that the text begins with.
fn placeholder(text: &str) -> Option<(&'static str, &str)> {
    let delimiter = ["##", "@@"]
        .into_iter()
        .find(|delimiter| text.starts_with(delimiter))?;
    let (name, _) = text[delimiter.len()..].split_once(delimiter)?;
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    (!name.is_empty() && name.bytes().all(allowed)).then_some((delimiter, name))
}

/// Removes the quotes around a JSON value: they belong to the placeholder.
fn unquote<'a>(before: &mut String, after: &'a str) -> &'a str {
    for quote in ['"', '\''] {
        if let Some(after) = after.strip_prefix(quote)
            && before.ends_with(quote)
        {
            before.pop();
            return after;
        }
    }
    after
}

/// A list, an object or a text in JSON stays. Another JSON value is marked for [`given`]. The rest is a text.
fn as_json(value: &str) -> String {
    use serde_json::Value;
    match serde_json::from_str::<Value>(value) {
        Ok(json @ (Value::Array(_) | Value::Object(_) | Value::String(_))) => json.to_string(),
        Ok(_) => Value::from(format!("{GIVEN}{}", value.trim())).to_string(),
        Err(_) => Value::from(value).to_string(),
    }
}

/// The value of a scalar that is marked as given by `--set`.
pub(super) fn given(scalar: &str) -> Option<&str> {
    scalar.strip_prefix(GIVEN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replaced(text: &str) -> String {
        let values = [
            ("HOST", "app.example"),
            ("N", "3600"),
            ("URLS", r#"["https://a", "https://b"]"#),
        ];
        let values = values.map(|(key, value)| (key.to_owned(), value.to_owned()));
        replace(text, &values.into())
    }

    #[test]
    fn values_are_put_in_place() {
        for (text, expected) in [
            (
                "url: https://##HOST##/##HOST##",
                "url: https://app.example/app.example",
            ),
            ("life: ##N##", "life: 3600"),
            ("host: @@HOST@@", r#"host: "app.example""#),
            ("urls: @@URLS@@", r#"urls: ["https://a","https://b"]"#),
            ("life: @@N@@", "life: \"\u{E001}3600\""),
            (r#"urls: "@@URLS@@""#, r#"urls: ["https://a","https://b"]"#),
            (
                "urls: '@@URLS@@' # all",
                r#"urls: ["https://a","https://b"] # all"#,
            ),
        ] {
            assert_eq!(replaced(text), expected);
        }
    }

    #[test]
    fn other_text_stays() {
        for text in [
            "# a comment",
            "## Title ##",
            "####",
            "a@b.example",
            "@@",
            "é ## ü",
            "x#",
        ] {
            assert_eq!(replaced(text), text);
        }
    }

    #[test]
    fn what_is_left_can_be_named() {
        assert_eq!(left_in(&replaced("https://##MISSING##/")), Some("MISSING"));
        assert_eq!(left_in(&replaced("@@MISSING@@")), Some("MISSING"));
        assert_eq!(left_in(&replaced("##HOST##")), None);
    }
}
