//! Cuts values that are too long for a log, whatever their source.

use std::fmt::{self, Debug, Write};

use serde_json::Value;
use tracing::field::Field;
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Format, Json, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

/// In characters.
const LONGEST_VALUE: usize = 256;
/// Messages are our own, but libraries may put values into theirs.
const LONGEST_MESSAGE: usize = 1_024;
const ELLIPSIS: char = '…';
const MESSAGE: &str = "message";

/// Writes a field as text, on one line.
pub(super) fn write_field(
    writer: &mut Writer<'_>,
    field: &Field,
    value: &dyn Debug,
) -> fmt::Result {
    match field.name() {
        MESSAGE => write_value(writer, LONGEST_MESSAGE, value),
        // Of events that come by way of the `log` crate; the formatter has seen to them.
        name if name.starts_with("log.") => Ok(()),
        name => {
            let name = name.trim_start_matches("r#");
            if writer.has_ansi_escapes() {
                write!(writer, "\u{1b}[3m{name}\u{1b}[0m\u{1b}[2m=\u{1b}[0m")?;
            } else {
                write!(writer, "{name}=")?;
            }
            write_value(writer, LONGEST_VALUE, value)
        }
    }
}

fn write_value(writer: &mut impl Write, longest: usize, value: &dyn Debug) -> fmt::Result {
    let mut cut = Cut {
        writer,
        left: longest,
        is_over: false,
    };
    // mutant: control-characters-logged (value)
    let written = write!(cut, "{value:?}");
    if cut.is_over {
        writer.write_char(ELLIPSIS)
    } else {
        written
    }
}

/// Writes so many characters, control characters escaped, and refuses more: whatever is long is not formatted to its
/// end.
struct Cut<'a, W> {
    writer: &'a mut W,
    left: usize,
    is_over: bool,
}

impl<W: Write> Write for Cut<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for character in text.chars() {
            self.left = self.left.checked_sub(1).ok_or_else(|| {
                self.is_over = true;
                fmt::Error
            })?;
            // mutant: control-characters-logged (character)
            if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
                write!(self.writer, "{}", character.escape_default())?;
            } else {
                self.writer.write_char(character)?;
            }
        }
        Ok(())
    }
}

/// The JSON lines of the library, with long values cut.
pub(super) struct CutJson(pub(super) Format<Json>);

impl<S, N> FormatEvent<S, N> for CutJson
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = String::new();
        self.0
            .format_event(context, Writer::new(&mut line), event)?;
        match shortened(&line) {
            Some(short) => writeln!(writer, "{short}"),
            None => writer.write_str(&line),
        }
    }
}

/// The line with long values cut; `None` if there are none.
fn shortened(line: &str) -> Option<Value> {
    if line.len() <= LONGEST_VALUE {
        return None;
    }
    let mut line = serde_json::from_str(line).ok()?;
    cut_values(&mut line, LONGEST_VALUE).then_some(line)
}

fn cut_values(value: &mut Value, longest: usize) -> bool {
    match value {
        Value::String(text) => cut_text(text, longest),
        Value::Array(values) => {
            let cut = values.iter_mut().map(|value| cut_values(value, longest));
            cut.fold(false, |any, it| any | it)
        }
        Value::Object(fields) => fields.iter_mut().fold(false, |any, (name, value)| {
            let longest = if name == MESSAGE {
                LONGEST_MESSAGE
            } else {
                longest
            };
            any | cut_values(value, longest)
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}

fn cut_text(text: &mut String, longest: usize) -> bool {
    let Some((end, _)) = text.char_indices().nth(longest) else {
        return false;
    };
    text.truncate(end);
    text.push(ELLIPSIS);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn as_text(value: &dyn Debug) -> String {
        let mut text = String::new();
        write_value(&mut text, LONGEST_VALUE, value).unwrap();
        text
    }

    #[test]
    fn text_is_cut() {
        assert_eq!(as_text(&"short"), "\"short\"");
        assert_eq!(
            as_text(&format_args!("{}", "é".repeat(256))),
            "é".repeat(256)
        );
        let cut = format!("{}…", "é".repeat(256));
        assert_eq!(as_text(&format_args!("{}", "é".repeat(257))), cut);
        assert_eq!(as_text(&"x".repeat(100_000)).chars().count(), 257);
    }

    /// SEC-191: no value begins a line or moves the cursor.
    #[test]
    fn control_characters_are_escaped() {
        let text = as_text(&format_args!("a\r\nb\u{1b}[31m\t\0\u{9b}\u{2028}\"'"));
        assert_eq!(text, "a\\r\\nb\\u{1b}[31m\\t\\u{0}\\u{9b}\\u{2028}\"'");
    }

    #[test]
    fn json_is_cut() {
        let long = "é".repeat(300);
        let line = serde_json::json!({
            "level": "INFO",
            "message": long,
            "path": long,
            "count": 3,
            "span": { "path": long },
            "spans": [{ "path": long }],
        });
        let cut = format!("{}…", "é".repeat(256));
        let short = shortened(&line.to_string()).unwrap();
        for field in ["/path", "/span/path", "/spans/0/path"] {
            assert_eq!(short.pointer(field).unwrap(), &cut);
        }
        assert_eq!(
            (&short["message"], &short["count"]),
            (&line["message"], &line["count"])
        );
        assert_eq!(
            shortened(&line["span"].to_string().replace(&long, &cut[..512])),
            None
        );
    }
}
