//! Every text exists in every language, and every text is used.

use std::{collections::BTreeSet, fs, path::Path};

use super::*;
use crate::views::{ErrorKind, FormError, OrganizationField, ProfileScope};

fn defined(language: Language) -> BTreeSet<String> {
    let keys = language
        .source()
        .lines()
        .filter_map(|line| line.split_once(" ="));
    keys.map(|(key, _)| key.to_owned())
        .filter(|key| !key.starts_with([' ', '#']))
        .collect()
}

/// The keys in the templates and in the enums of messages.
fn used() -> BTreeSet<String> {
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut keys = BTreeSet::new();
    for file in fs::read_dir(templates).unwrap() {
        let template = fs::read_to_string(file.unwrap().path()).unwrap();
        for call in [".text(\"", ".text_with(\"", ".text_of(\""] {
            let found = template
                .split(call)
                .skip(1)
                .filter_map(|rest| rest.split('"').next());
            keys.extend(found.map(str::to_owned));
        }
    }
    keys.extend(
        ProfileScope::ALL
            .iter()
            .map(|scope| scope.text_key().to_owned()),
    );
    keys.extend(
        OrganizationField::ALL
            .iter()
            .map(|field| field.label_key().to_owned()),
    );
    keys.extend(FormError::ALL.iter().map(|error| error.text_key()));
    keys.extend(
        ErrorKind::ALL
            .iter()
            .flat_map(|kind| [kind.title_key(), kind.sentence_key()]),
    );
    keys
}

#[test]
fn languages_have_the_same_texts() {
    assert_eq!(defined(Language::En), defined(Language::Ja));
}

#[test]
fn no_text_is_missing_and_none_is_left_over() {
    assert_eq!(used(), defined(Language::En));
}

#[test]
fn every_text_resolves() {
    for language in Language::ALL {
        for key in defined(language) {
            let text = language.text(&key, &[]);
            assert!(!text.is_empty() && text != key, "{key} in {language:?}");
        }
    }
}

#[test]
fn languages_use_the_same_variables() {
    let variables = |language: Language| {
        let mut found: Vec<_> = language
            .source()
            .split("{ $")
            .skip(1)
            .map(|rest| rest.split(' ').next())
            .collect();
        found.sort_unstable();
        found
    };
    assert_eq!(variables(Language::En), variables(Language::Ja));
}

#[test]
fn variables_are_filled_in_without_marks() {
    assert_eq!(
        Language::En.text("login-purpose", &[("name", "Kettle & Co")]),
        "to continue to Kettle & Co"
    );
}

#[test]
fn the_first_known_preference_wins() {
    for (enabled, preferences, expected) in [
        (vec![], vec!["ja-JP", "en"], Language::Ja),
        (vec![], vec!["JA"], Language::Ja),
        (vec![], vec!["fr", "ja", "en"], Language::Ja),
        (vec![], vec!["en-GB", "ja"], Language::En),
        (vec![], vec!["../../etc/passwd", ""], Language::En),
        (vec![], vec!["jam"], Language::En),
        (vec![], vec![], Language::En),
        (vec!["ja"], vec!["en"], Language::Ja),
        (vec!["ja", "en"], vec!["fr"], Language::Ja),
        (vec!["fr", "en-US"], vec!["ja"], Language::En),
        (vec!["fr"], vec!["ja"], Language::Ja),
    ] {
        let enabled_languages = Language::enabled(enabled.iter().copied());
        let preferred = preferences.iter().filter_map(|tag| Language::from_tag(tag));
        assert_eq!(
            Language::choose(&enabled_languages, preferred),
            expected,
            "{enabled:?} {preferences:?}"
        );
    }
}

#[test]
fn accept_language_is_read_by_weight() {
    for (header, expected) in [
        ("ja", vec!["ja"]),
        ("en;q=0.5, ja-JP, fr;q=0.9", vec!["ja-JP", "fr", "en"]),
        ("en;q=0, ja;q=0.1", vec!["ja"]),
        ("*", vec!["*"]),
        ("ja;q=high, en;level=1", vec!["en"]),
        ("ja;q=NaN", vec![]),
    ] {
        assert_eq!(accepted_languages(header), expected, "{header}");
    }
}
