//! HTML forms, as a browser sends them.

use html5gum::{StartTag, Token, Tokenizer};
use url::Url;

use crate::Page;

/// A form with the values of its page.
#[derive(Debug, Clone)]
pub struct Form {
    /// The URL that it is sent to.
    pub action: Url,
    /// The fields, in the order of the page.
    pub fields: Vec<(String, String)>,
    /// The place of the pressed button among the fields.
    pressed: Option<usize>,
}

impl Form {
    /// A form with these fields.
    #[must_use]
    pub fn new(action: Url, fields: &[(&str, &str)]) -> Self {
        let fields = fields.iter();
        Self {
            action,
            fields: fields
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            pressed: None,
        }
    }

    /// Finds the first form with the method `POST`. Of several buttons it uses the first, like the Enter key.
    pub(crate) fn find(page: &Page) -> Option<Self> {
        let mut form: Option<Self> = None;
        for token in Tokenizer::new(&page.body) {
            match token.expect("tokenizing a string cannot fail") {
                Token::StartTag(tag)
                    if is(&tag, "form") && attribute(&tag, "method") == Some("post".into()) =>
                {
                    let action = attribute(&tag, "action").unwrap_or_default();
                    let action = page.url.join(&action).expect("the form's action is a URL");
                    form.get_or_insert(Self {
                        action,
                        fields: Vec::new(),
                        pressed: None,
                    });
                }
                Token::StartTag(tag) if is(&tag, "input") => {
                    if let Some(form) = &mut form {
                        form.fields.extend(field(&tag));
                    }
                }
                Token::StartTag(tag) if is(&tag, "button") => {
                    if let Some(form) = form.as_mut().filter(|form| form.pressed.is_none()) {
                        form.pressed = Some(form.fields.len());
                        form.fields.extend(field(&tag));
                    }
                }
                Token::EndTag(tag) if tag.name.as_slice() == b"form" && form.is_some() => break,
                _ => {}
            }
        }
        form
    }

    /// Sets the value of a field, which must exist.
    #[must_use]
    #[track_caller]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        let field = self.fields.iter_mut().find(|(known, _)| known == name);
        let Some((_, old)) = field else {
            panic!("the form has no field {name}: {self:?}");
        };
        value.clone_into(old);
        self
    }

    /// Presses another button of the form than the first one.
    #[must_use]
    pub fn press(mut self, name: &str, value: &str) -> Self {
        let button = (name.to_owned(), value.to_owned());
        match self.pressed.and_then(|place| self.fields.get_mut(place)) {
            Some(first) => *first = button,
            None => self.fields.push(button),
        }
        self
    }

    /// Adds a field, which the page does not have.
    #[must_use]
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The value of a field; empty if there is no such field.
    #[must_use]
    pub fn value(&self, name: &str) -> &str {
        let field = self.fields.iter().find(|(known, _)| known == name);
        field.map_or("", |(_, value)| value)
    }
}

/// The targets of all links.
pub(crate) fn links(html: &str) -> Vec<String> {
    let tokens = Tokenizer::new(html);
    let targets = tokens.filter_map(|token| match token {
        Ok(Token::StartTag(tag)) if is(&tag, "a") => attribute(&tag, "href"),
        _ => None,
    });
    targets.collect()
}

fn is(tag: &StartTag<()>, name: &str) -> bool {
    tag.name.as_slice() == name.as_bytes()
}

fn attribute(tag: &StartTag<()>, name: &str) -> Option<String> {
    let value = tag.attributes.get(name.as_bytes())?;
    Some(String::from_utf8_lossy(value).into_owned())
}

fn field(tag: &StartTag<()>) -> Option<(String, String)> {
    let name = attribute(tag, "name")?;
    Some((name, attribute(tag, "value").unwrap_or_default()))
}
