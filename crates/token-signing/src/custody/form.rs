//! The text that the store has in place of a private key.

use super::envelope::Envelope;

/// How a private key is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form<'a> {
    /// base64: encrypted by the key from the file itself. Earlier versions wrote it.
    Direct(&'a str),
    /// `2.file.WRAPPED.CIPHERTEXT`: the key from the file wraps the data key.
    File(Envelope<'a>),
}

impl<'a> Form<'a> {
    /// Reads the text; `None` if it has another form.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let envelope = |wrapped, ciphertext| Envelope {
            wrapped,
            ciphertext,
        };
        match *text.split('.').collect::<Vec<_>>() {
            [direct] => Some(Self::Direct(direct)),
            ["2", "file", wrapped, ciphertext] => Some(Self::File(envelope(wrapped, ciphertext))),
            _ => None,
        }
    }

    /// The text of [`Self::File`].
    pub(crate) fn file(envelope: &str) -> String {
        format!("2.file.{envelope}")
    }
}
