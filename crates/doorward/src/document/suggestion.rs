//! Known words that a typing error may have meant.

/// The share of letters that may differ.
const MOST_LETTERS_PER_ERROR: usize = 4;

/// The known word that is closest to `given`, if it is close.
pub(super) fn suggestion<'a>(given: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // In names of algorithms every letter counts.
    if given.contains(|letter: char| letter.is_ascii_digit()) {
        return None;
    }
    let with_distance = known.map(|word| (strsim::osa_distance(given, word), word));
    let (distance, word) = with_distance.min_by_key(|(distance, _)| *distance)?;
    let shorter = given.chars().count().min(word.chars().count());
    (distance > 0 && distance <= shorter / MOST_LETTERS_PER_ERROR).then_some(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_words_only() {
        let known = ["callbacks", "name", "web_origins", "spa"];
        for (given, expected) in [
            ("callbaks", Some("callbacks")),
            ("calbakcs", Some("callbacks")),
            ("nmae", Some("name")),
            ("web_origin", Some("web_origins")),
            ("sso", None),
            ("mobile", None),
            ("spa", None),
            ("callback5", None),
            ("", None),
        ] {
            assert_eq!(suggestion(given, known.into_iter()), expected, "{given}");
        }
    }
}
