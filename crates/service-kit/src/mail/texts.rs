//! The texts of mails, in several languages (Fluent files in `locales/`).

use std::fmt;

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

/// A zero width space: where a line may end, in a language without spaces between words. Fluent files write `|`.
pub(super) const LINE_MAY_END: char = '\u{200b}';

/// The texts of one language.
pub struct Texts {
    tag: &'static str,
    bundle: FluentBundle<FluentResource>,
}

impl Texts {
    /// The texts in a Fluent file; `|` in them says where a line may end.
    ///
    /// # Panics
    /// If the file does not parse, or the tag is not one of BCP 47: both are part of the program.
    #[must_use]
    pub fn new(tag: &'static str, source: &'static str) -> Self {
        let source = source.replace('|', &LINE_MAY_END.to_string());
        let resource = FluentResource::try_new(source).expect("the compiled-in texts parse");
        let language = tag.parse().expect("the tag of a language parses");
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        // No marks around variables: users would copy them.
        bundle.set_use_isolating(false);
        bundle
            .add_resource(resource)
            .expect("no text is defined twice");
        Self { tag, bundle }
    }

    /// Whether these are the texts for a tag such as `ja-JP`; only the first subtag counts.
    #[must_use]
    pub fn suits(&self, tag: &str) -> bool {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        self.tag.eq_ignore_ascii_case(primary.trim())
    }

    /// The language's tag, for `<html lang>`.
    #[must_use]
    pub fn tag(&self) -> &'static str {
        self.tag
    }

    /// The text of `key` with its variables, or `key` if there is none. Variables add no places where a line may end.
    #[must_use]
    pub fn text(&self, key: &str, variables: &[(&str, &str)]) -> String {
        let variables = variables
            .iter()
            .map(|(name, value)| (*name, value.replace(LINE_MAY_END, "")));
        let arguments: FluentArgs<'_> = variables.collect();
        let message = self.bundle.get_message(key);
        let pattern = message.and_then(|message| message.value());
        pattern.map_or_else(
            || key.to_owned(),
            |pattern| {
                let arguments = Some(&arguments);
                let text = self
                    .bundle
                    .format_pattern(pattern, arguments, &mut Vec::new());
                text.into_owned()
            },
        )
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Texts {}", self.tag)
    }
}
