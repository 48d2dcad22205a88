//! Reads a password for a command.

use std::io::{self, IsTerminal};

use crate::error::Error;

/// Reads one line of standard input; a terminal does not show it.
pub(crate) fn read_password() -> Result<String, Error> {
    let unreadable = |error| Error::Refused(format!("the password cannot be read: {error}"));
    let typed = if io::stdin().is_terminal() {
        rpassword::prompt_password("Password: ").map_err(unreadable)?
    } else {
        let given = io::read_to_string(io::stdin()).map_err(unreadable)?;
        only_line(&given).map(str::to_owned).ok_or_else(|| {
            Error::Refused("the password is one line, but standard input has more".into())
        })?
    };
    let password = without_mark(&typed);
    if password.is_empty() {
        return Err(Error::Refused(
            "no password was given on standard input".into(),
        ));
    }
    Ok(password.to_owned())
}

/// The text without the byte order mark that some programs write to a pipe.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{FEFF}').unwrap_or(text)
}

/// The only line, without its line end; `None` if there are several.
fn only_line(text: &str) -> Option<&str> {
    let line = match text.strip_suffix('\n') {
        Some(line) => line.strip_suffix('\r').unwrap_or(line),
        None => text,
    };
    (!line.contains('\n')).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f26_a_byte_order_mark_is_no_part_of_the_password() {
        assert_eq!(without_mark("\u{FEFF}secret"), "secret");
        assert_eq!(without_mark("sec\u{FEFF}ret"), "sec\u{FEFF}ret");
    }

    #[test]
    fn only_the_line_end_is_removed() {
        for (input, expected) in [
            ("secret\n", Some("secret")),
            ("secret\r\n", Some("secret")),
            ("secret", Some("secret")),
            (" a b \n", Some(" a b ")),
            ("\r\r\n", Some("\r")),
            ("", Some("")),
            ("secret\nmore\n", None),
            ("secret\n\n", None),
        ] {
            assert_eq!(only_line(input), expected);
        }
    }
}
