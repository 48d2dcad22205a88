//! Mails as a server has received them.

use base64::{Engine, prelude::BASE64_STANDARD};

/// A mail.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Received {
    /// Name in the client's greeting.
    pub hello: String,
    /// Sender of the envelope.
    pub from: String,
    /// Recipients of the envelope.
    pub to: Vec<String>,
    /// Headers and content.
    pub data: String,
}

impl Received {
    /// The value of a header, unfolded and decoded; `None` if there is none.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        let (headers, _) = self.data.split_once("\r\n\r\n")?;
        header(headers, name)
    }

    /// Names of all headers, in their order.
    #[must_use]
    pub fn header_names(&self) -> Vec<String> {
        let headers = self.data.split("\r\n\r\n").next().unwrap_or_default();
        let lines = headers
            .split("\r\n")
            .filter(|line| !line.starts_with([' ', '\t']));
        lines
            .map(|line| line.split(':').next().unwrap_or_default().to_owned())
            .collect()
    }

    /// The content for programs without HTML.
    #[must_use]
    pub fn text(&self) -> String {
        self.part("text/plain")
    }

    /// The HTML content.
    #[must_use]
    pub fn html(&self) -> String {
        self.part("text/html")
    }

    /// The first URL in the text.
    #[must_use]
    pub fn link(&self) -> String {
        let text = self.text();
        let words = text.split_whitespace();
        let mut links =
            words.filter(|word| word.starts_with("https://") || word.starts_with("http://"));
        links.next().expect("the mail has a link").to_owned()
    }

    fn part(&self, content_type: &str) -> String {
        let kind = self.header("Content-Type").unwrap_or_default();
        let boundary = kind
            .split("boundary=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        let boundary = boundary.expect("the mail has parts");
        let separator = format!("--{boundary}");
        let mut parts = self.data.split(&separator).skip(1);
        let (headers, body) = parts
            .find_map(|part| {
                let (headers, body) = part.split_once("\r\n\r\n")?;
                let kind = header(headers, "Content-Type")?;
                kind.starts_with(content_type).then_some((headers, body))
            })
            .expect("the mail has a part of this type");
        let body = body.strip_suffix("\r\n").unwrap_or(body);
        match header(headers, "Content-Transfer-Encoding").as_deref() {
            Some("base64") => decode_base64(body),
            Some("quoted-printable") => decode_quoted(body, ""),
            _ => body.to_owned(),
        }
    }
}

fn header(headers: &str, name: &str) -> Option<String> {
    let unfolded = headers.replace("\r\n ", " ").replace("\r\n\t", " ");
    let mut lines = unfolded
        .split("\r\n")
        .filter_map(|line| line.split_once(':'));
    let (_, value) = lines.find(|(found, _)| found.eq_ignore_ascii_case(name))?;
    Some(decode_words(value.trim()))
}

/// Decodes encoded words (RFC 2047), between which white space does not count.
fn decode_words(value: &str) -> String {
    let (mut decoded, mut rest) = (String::new(), value.replace("?= =?", "?==?"));
    while let Some((before, after)) = rest.split_once("=?") {
        decoded += before;
        let mut fields = after.splitn(3, '?');
        let (_, encoding) = (fields.next(), fields.next().unwrap_or_default());
        let (text, end) = fields
            .next()
            .and_then(|rest| rest.split_once("?="))
            .expect("an encoded word");
        decoded += &if encoding.eq_ignore_ascii_case("b") {
            decode_base64(text)
        } else {
            decode_quoted(text, "_")
        };
        rest = end.to_owned();
    }
    decoded + &rest
}

fn decode_base64(text: &str) -> String {
    let text: String = text.split_whitespace().collect();
    let bytes = BASE64_STANDARD.decode(text).expect("base64");
    String::from_utf8(bytes).expect("UTF-8")
}

/// Decodes quoted-printable (RFC 2045 §6.7); `space` stands for a space.
fn decode_quoted(text: &str, space: &str) -> String {
    let text = text.replace("=\r\n", "");
    let text = if space.is_empty() {
        text
    } else {
        text.replace(space, " ")
    };
    let (mut bytes, mut rest) = (Vec::new(), text.as_str());
    while let Some((before, after)) = rest.split_once('=') {
        bytes.extend(before.as_bytes());
        let (digits, end) = after.split_at_checked(2).expect("two digits");
        bytes.push(u8::from_str_radix(digits, 16).expect("hexadecimal digits"));
        rest = end;
    }
    bytes.extend(rest.as_bytes());
    String::from_utf8(bytes).expect("UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_and_parts_are_decoded() {
        let mail = Received {
            data: "Subject: =?utf-8?b?44GT44KT?=\r\n =?utf-8?b?44Gr44Gh44Gv?= x\r\n\
                   Content-Type: multipart/alternative; boundary=\"b\"\r\n\r\n\
                   --b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
                   =C3=A9 https://a.test/?a=3D1 long=\r\ner\r\n\
                   --b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+\r\n--b--\r\n"
                .to_owned(),
            ..Received::default()
        };
        assert_eq!(mail.header("subject").unwrap(), "こんにちは x");
        assert_eq!(mail.text(), "é https://a.test/?a=1 longer");
        assert_eq!(mail.html(), "<b>");
        assert_eq!(mail.link(), "https://a.test/?a=1");
        assert_eq!(mail.header_names(), ["Subject", "Content-Type"]);
    }
}
