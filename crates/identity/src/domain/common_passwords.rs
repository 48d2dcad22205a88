//! Passwords that many people have chosen. Attackers try them first (OWASP ASVS 5.0 §6.2.4).

use std::collections::HashSet;
use std::sync::LazyLock;

/// One password per line, in lower case. `common_passwords/README.md` names the source.
const LIST: &str = include_str!("common_passwords/list.txt");

static COMMON: LazyLock<HashSet<&str>> = LazyLock::new(|| LIST.lines().collect());

/// Whether a password is on the list, in any letter case.
pub(super) fn is_common(password: &str) -> bool {
    COMMON.contains(password.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_has_more_than_the_3000_most_common() {
        assert!(COMMON.len() >= 3_000, "{}", COMMON.len());
        assert_eq!(COMMON.len(), LIST.lines().count(), "a line occurs twice");
        for line in LIST.lines() {
            assert_eq!(line, line.trim().to_lowercase());
            assert!(is_common(line) && is_common(&line.to_uppercase()), "{line}");
        }
    }

    #[test]
    fn only_whole_passwords_are_common() {
        for common in ["password", "Password", "QWERTYUIOP", "12345678", "iloveyou"] {
            assert!(is_common(common), "{common}");
        }
        for other in ["", "password of alice", " password", "12345678é"] {
            assert!(!is_common(other), "{other:?}");
        }
    }
}
