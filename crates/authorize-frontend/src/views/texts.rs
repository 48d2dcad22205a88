//! Languages, their choice, and their texts (Fluent files in `locales/`).

use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};

type Bundle = FluentBundle<FluentResource>;

static ENGLISH: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::En));
static JAPANESE: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::Ja));

/// A language with all texts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English, the default.
    #[default]
    En,
    /// Japanese.
    Ja,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::En, Self::Ja];

    /// The languages in a tenant's `enabled_locales` that Doorward has, the default first; all if there are none.
    #[must_use]
    pub fn enabled<'a>(locales: impl IntoIterator<Item = &'a str>) -> Vec<Self> {
        let known: Vec<_> = locales.into_iter().filter_map(Self::from_tag).collect();
        if known.is_empty() {
            return Self::ALL.to_vec();
        }
        known
    }

    /// The first preferred language that is enabled, or else the first enabled one.
    #[must_use]
    pub fn choose(enabled: &[Self], preferences: impl IntoIterator<Item = Self>) -> Self {
        let mut preferences = preferences.into_iter();
        let preferred = preferences.find(|language| enabled.contains(language));
        preferred.or(enabled.first().copied()).unwrap_or_default()
    }

    /// The language of a tag such as `ja-JP`; only the first subtag counts.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next()?.trim();
        Self::ALL
            .into_iter()
            .find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// Its tag for `<html lang>`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ja => "ja",
        }
    }

    /// The text of `key` with its variables. The template escapes the values.
    pub(super) fn text(self, key: &str, variables: &[(&str, &str)]) -> String {
        let bundle = match self {
            Self::En => &ENGLISH,
            Self::Ja => &JAPANESE,
        };
        let arguments: FluentArgs<'_> = variables.iter().copied().collect();
        let pattern = bundle.get_message(key).and_then(|message| message.value());
        // A test finds missing texts; if one is missing, the key helps more than an empty page.
        pattern.map_or_else(
            || key.to_owned(),
            |pattern| {
                bundle
                    .format_pattern(pattern, Some(&arguments), &mut Vec::new())
                    .into_owned()
            },
        )
    }

    fn source(self) -> &'static str {
        match self {
            Self::En => include_str!("../../locales/en.ftl"),
            Self::Ja => include_str!("../../locales/ja.ftl"),
        }
    }
}

/// The tags of an `Accept-Language` header, the most preferred first (RFC 9110 §12.5.4).
#[must_use]
pub fn accepted_languages(header: &str) -> Vec<&str> {
    let mut tags: Vec<(&str, f32)> = header.split(',').filter_map(weighted_tag).collect();
    tags.sort_by(|left, right| right.1.total_cmp(&left.1));
    tags.into_iter().map(|(tag, _)| tag).collect()
}

/// A tag and its weight; `None` for `q=0`.
fn weighted_tag(entry: &str) -> Option<(&str, f32)> {
    let (tag, parameters) = entry.split_once(';').unwrap_or((entry, ""));
    let weight = match parameters.trim().strip_prefix("q=") {
        Some(weight) => weight.trim().parse().ok()?,
        None => 1.0,
    };
    (weight > 0.0).then_some((tag.trim(), weight))
}

fn bundle(language: Language) -> Bundle {
    let resource =
        FluentResource::try_new(language.source().to_owned()).expect("the compiled-in texts parse");
    let tag = language
        .tag()
        .parse()
        .expect("the tag of a language parses");
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // No marks around variables: users would copy them, and both languages run left to right.
    bundle.set_use_isolating(false);
    bundle
        .add_resource(resource)
        .expect("no text is defined twice");
    bundle
}

#[cfg(test)]
mod tests;
