//! Rules of single values. `Err` is the problem, for the error message.

use url::Url;

const MAX_URL_LENGTH: usize = 2048;
/// RFC 1035 §2.3.4.
const MAX_HOST_LENGTH: usize = 253;

/// An id or a name that another service has given: 1 to 255 bytes without control characters.
pub(super) fn key(text: &str) -> Result<(), String> {
    if !(1..=255).contains(&text.len()) {
        return Err("must have 1 to 255 bytes".to_owned());
    }
    no_control(text)
}

/// A text of 1 to 255 characters without control characters: mails put it into a header, and pages into a heading.
pub(super) fn text(text: &str) -> Result<(), String> {
    if !(1..=255).contains(&text.chars().count()) {
        return Err("must have 1 to 255 characters".to_owned());
    }
    no_control(text)
}

fn no_control(text: &str) -> Result<(), String> {
    if text.contains(char::is_control) {
        return Err("must not have control characters".to_owned());
    }
    Ok(())
}

/// An address that pages load an image from: `https` to a host name, without user name, in characters that a URL has.
pub(super) fn logo_url(text: &str) -> Result<(), String> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\"'<>\\^`{|}".contains(&byte));
    let url = Url::parse(text).map_err(|error| format!("{text:?}: {error}"))?;
    let named = url.domain().is_some() && url.username().is_empty() && url.password().is_none();
    if url.scheme() != "https" || !plain || !named || text.len() > MAX_URL_LENGTH {
        return Err(format!("{text:?} is not an https URL with a host name"));
    }
    Ok(())
}

/// A color as `#` and 6 digits in lower case; the short form with 3 digits is written out.
pub(super) fn color(text: &str) -> Result<String, String> {
    let digits = text.strip_prefix('#').unwrap_or_default();
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let digits = digits.to_ascii_lowercase();
    match digits.len() {
        6 if is_hex => Ok(format!("#{digits}")),
        3 if is_hex => {
            let long: String = digits.chars().flat_map(|digit| [digit, digit]).collect();
            Ok(format!("#{long}"))
        }
        _ => Err(format!(
            "{text:?} is not a color, # and 6 hexadecimal digits"
        )),
    }
}

/// A host name of two labels or more, in lower case.
pub(super) fn domain(text: &str) -> Result<String, String> {
    let domain = text.to_ascii_lowercase();
    let is_label = |label: &str| {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(allowed)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let labels = domain.split('.').count();
    if labels < 2 || domain.len() > MAX_HOST_LENGTH || !domain.split('.').all(is_label) {
        return Err(format!("{text:?} is not a domain"));
    }
    Ok(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logos() {
        for good in ["https://a.example/l.png", "https://a.example:8443/?a=b;c#d"] {
            assert!(logo_url(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "http://a.example/l.png",
            "javascript:alert(1)",
            "https:",
            "https://192.0.2.1/l.png",
            "https://a@b.example/",
            "https://a.example/\"onload",
            "https://a.example/ b",
            "https://a.example/\nb",
            "https://é.example/",
            "//a.example/l.png",
        ] {
            assert!(logo_url(bad).is_err(), "{bad:?}");
        }
        let long = format!("https://a.example/{}", "x".repeat(2048));
        assert!(logo_url(&long).is_err());
    }

    #[test]
    fn colors() {
        for (given, expected) in [
            ("#0059D6", Some("#0059d6")),
            ("#fA0", Some("#ffaa00")),
            ("", None),
            ("#", None),
            ("0059d6", None),
            ("#0059d", None),
            ("#0059d6ff", None),
            ("#00g9d6", None),
            ("red", None),
            ("#0;}x{", None),
            ("#é0", None),
        ] {
            assert_eq!(color(given).ok().as_deref(), expected, "{given}");
        }
    }

    #[test]
    fn domains() {
        assert_eq!(domain("Acme.Example").unwrap(), "acme.example");
        for bad in [
            "",
            "example",
            "a..b",
            ".a.b",
            "-a.b",
            "a-.b",
            "a b.c",
            "é.example",
            "a@b.c",
            &format!("{}.example", "a".repeat(64)),
            &"a.".repeat(200),
        ] {
            assert!(domain(bad).is_err(), "{bad}");
        }
    }
}
