//! The form of all mails: a name or logo, a heading, paragraphs, one button, and notes.

use askama::Template;

use super::brand::Brand;
use super::color::Color;
use super::{Mail, one_line};

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

/// The content of a mail without its form. Line breaks in texts become spaces.
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
        let mut parts = vec![self.heading.as_str()];
        parts.extend(self.paragraphs.iter().map(String::as_str));
        let link = format!("{}\n{}", self.button.label, self.button.url);
        parts.push(&link);
        parts.push("--");
        parts.extend(self.notes.iter().map(String::as_str));
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

#[cfg(test)]
mod tests;
