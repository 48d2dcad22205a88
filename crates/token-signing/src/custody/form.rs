//! The text that the store has in place of a private key.

use std::fmt;

use super::envelope::Envelope;

/// How a private key is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form<'a> {
    /// base64: encrypted by the key from the file itself. Earlier versions wrote it.
    Direct(&'a str),
    /// `2.file.WRAPPED.CIPHERTEXT`: the key from the file wraps the data key.
    File(Envelope<'a>),
    /// `2.pkcs11.ID.WRAPPED.CIPHERTEXT`: the AES key with this id in the token wraps the data key.
    Wrapped(&'a str, Envelope<'a>),
    /// `2.pkcs11`: the private key is in the token.
    InToken,
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
            ["2", "pkcs11", id, wrapped, ciphertext] => {
                Some(Self::Wrapped(id, envelope(wrapped, ciphertext)))
            }
            ["2", "pkcs11"] => Some(Self::InToken),
            _ => None,
        }
    }
}

impl fmt::Display for Form<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Direct(text) => f.write_str(text),
            Self::File(Envelope {
                wrapped,
                ciphertext,
            }) => write!(f, "2.file.{wrapped}.{ciphertext}"),
            Self::Wrapped(
                id,
                Envelope {
                    wrapped,
                    ciphertext,
                },
            ) => write!(f, "2.pkcs11.{id}.{wrapped}.{ciphertext}"),
            Self::InToken => f.write_str("2.pkcs11"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_is_read_as_it_was_written() {
        let envelope = Envelope {
            wrapped: "W+/=",
            ciphertext: "C+/=",
        };
        for (text, form) in [
            ("QUJD+/==", Form::Direct("QUJD+/==")),
            ("2.file.W+/=.C+/=", Form::File(envelope)),
            ("2.pkcs11.7f.W+/=.C+/=", Form::Wrapped("7f", envelope)),
            ("2.pkcs11", Form::InToken),
        ] {
            assert_eq!(Form::parse(text), Some(form), "{text}");
            assert_eq!(form.to_string(), text);
        }
        for other in ["3.file.W.C", "2.file.W", "2.pkcs11.W.C", "2.", "."] {
            assert_eq!(Form::parse(other), None, "{other}");
        }
    }
}
