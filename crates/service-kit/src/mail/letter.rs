//! The form of all mails: a name or logo, a heading, paragraphs, one button, and notes.

use askama::Template;

use super::brand::Brand;
use super::color::Color;
use super::texts::LINE_MAY_END;
use super::{Mail, one_line};

/// Longest line of a text whose lines end at marks, in columns. Programs break longer ones inside of words.
const COLUMNS: usize = 70;

/// A link that the reader is asked to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// Text on the button.
    pub label: String,
    /// Text before the link, for programs that show no button.
    pub copy_hint: String,
    /// Where it leads: an `https` URL, or an `http` one of this machine.
    pub url: String,
}

/// The content of a mail without its form. Line breaks in texts become spaces. A zero width space says where a line of
/// the heading, of a paragraph, of a note or on the button may end; without any, lines end between words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Tag of the language, such as `ja`.
    pub language: &'static str,
    /// Name of the sender.
    pub from_name: String,
    /// The look.
    pub brand: Brand,
    /// Subject of the mail.
    pub subject: String,
    /// First line of the content.
    pub heading: String,
    /// Paragraphs before the button.
    pub paragraphs: Vec<String>,
    /// The link.
    pub button: Button,
    /// Paragraphs in small print at the end.
    pub notes: Vec<String>,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    letter: &'a Letter,
    primary: Color,
    on_primary: Color,
    background: Color,
    on_background: Color,
}

impl Letter {
    /// Renders the mail for a recipient.
    #[must_use]
    pub fn into_mail(mut self, to: &str) -> Mail {
        self.clean();
        Mail {
            to: to.to_owned(),
            from_name: self.from_name.clone(),
            subject: self.subject.clone(),
            text: self.text(),
            html: self.html(),
            link: self.button.url,
            useless_after: None,
        }
    }

    fn clean(&mut self) {
        let names = [&mut self.from_name, &mut self.brand.name];
        let texts = names
            .into_iter()
            .chain([&mut self.subject, &mut self.heading]);
        let texts = texts.chain(&mut self.paragraphs);
        for text in texts.chain(&mut self.notes) {
            // mutant: names-break-lines-of-mails (text)
            *text = one_line(text);
        }
    }

    fn text(&self) -> String {
        let mut parts = vec![in_lines(&self.heading)];
        parts.extend(self.paragraphs.iter().map(|text| in_lines(text)));
        let label = in_lines(&self.button.label);
        parts.push(format!("{label}\n{}", self.button.url));
        parts.push("--".to_owned());
        parts.extend(self.notes.iter().map(|text| in_lines(text)));
        parts.join("\n\n") + "\n"
    }

    fn html(&self) -> String {
        let (primary, background) = (self.brand.primary(), self.brand.background());
        let html = Html {
            letter: self,
            primary,
            on_primary: primary.readable_text(),
            background,
            on_background: background.readable_text(),
        };
        html.render().expect("a template renders into a string")
    }
}

/// Ends lines where they may end before they get too long. A text without marks stays one line.
fn in_lines(text: &str) -> String {
    let mut lines = vec![String::new()];
    for part in text.split(LINE_MAY_END) {
        match lines.last_mut() {
            Some(line) if line.is_empty() || columns(line) + columns(part) <= COLUMNS => {
                line.push_str(part);
            }
            _ => lines.push(part.to_owned()),
        }
    }
    let lines: Vec<_> = lines.iter().map(|line| line.trim()).collect();
    lines.join("\n")
}

/// The width of a text in a monospaced font, where a Japanese character is two columns wide.
fn columns(text: &str) -> usize {
    let width = |character: char| if character.is_ascii() { 1 } else { 2 };
    text.chars().map(width).sum()
}

#[cfg(test)]
mod tests;
