//! Space-separated lists, the form of `response_type`, `scope` and `prompt`.

/// The words of a list. Only the space separates words (RFC 6749 §3.3); several count as one.
pub(crate) fn words(list: &str) -> impl Iterator<Item = &str> {
    list.split(' ').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_space_separates() {
        let cases: [(&str, &[&str]); 5] = [
            ("", &[]),
            ("   ", &[]),
            ("a", &["a"]),
            (" a  b ", &["a", "b"]),
            ("a\tb,c\u{a0}d", &["a\tb,c\u{a0}d"]),
        ];
        for (list, expected) in cases {
            assert_eq!(words(list).collect::<Vec<_>>(), expected, "{list:?}");
        }
    }
}
