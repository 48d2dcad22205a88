//! Text of others that must stay on its line.

/// Replaces each run of white space, control characters, line separators and marks that change the direction of text
/// by a single space, and trims both ends.
#[must_use]
pub fn one_line(text: &str) -> String {
    let words = text.split(|character: char| breaks(character));
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

fn breaks(character: char) -> bool {
    character.is_control()
        || character == ' '
        // Line and paragraph separator, and the marks of Unicode UAX #9 that reorder text.
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}')
        || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_on_one_line() {
        for (text, line) in [
            ("Acme", "Acme"),
            ("", ""),
            (" \r\n\t", ""),
            (
                "Acme\r\nBcc: eve@example.test",
                "Acme Bcc: eve@example.test",
            ),
            ("a\u{2028}b\u{2029}c\u{85}d\0e", "a b c d e"),
            ("Acme \u{202e}moc.live", "Acme moc.live"),
            ("日本　株式会社", "日本　株式会社"),
        ] {
            assert_eq!(one_line(text), line, "{text:?}");
        }
    }
}
