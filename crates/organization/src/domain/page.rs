//! Parts of lists.

use doorward_proto::InvalidField;

use super::rule;

const DEFAULT_TAKE: u32 = 50;
const MAX_TAKE: u32 = 100;
/// The entries that can be reached by the number of a page, as on Auth0: finding a later page reads all before it.
const MAX_BY_NUMBER: u32 = 1000;

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The maximum number of entries.
    pub take: u32,
    /// Where it begins.
    pub start: Start,
}

/// Where a part of a list begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// Behind the entry with this key; empty: at the beginning.
    After(String),
    /// At the page with this number, counted from 0.
    Number(u32),
}

/// A part of a list, as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// The entries.
    pub items: Vec<T>,
    /// Key of the last entry, if there are more behind it.
    pub next: Option<String>,
    /// The number of all entries, for a page that was asked for by number.
    pub total: Option<u64>,
}

impl Page {
    /// Checks a part that was asked for; a `take` of 0 is the default.
    pub fn new(take: u32, start: Start) -> Result<Self, InvalidField> {
        let take = if take == 0 { DEFAULT_TAKE } else { take };
        let take = parse_take(take)?;
        if let Start::Number(number) = start
            && number.saturating_add(1).saturating_mul(take) > MAX_BY_NUMBER
        {
            let problem = "only the first 1000 entries have page numbers; use `from`";
            return Err(InvalidField::new("page.number", problem));
        }
        if let Start::After(key) = &start
            && !key.is_empty()
        {
            rule::key(key).map_err(|problem| InvalidField::new("page.from", problem))?;
        }
        Ok(Self { take, start })
    }

    /// The key before the first entry.
    #[must_use]
    pub fn after(&self) -> &str {
        match &self.start {
            Start::After(key) => key,
            Start::Number(_) => "",
        }
    }

    /// The number of entries to pass over.
    #[must_use]
    pub fn offset(&self) -> u32 {
        match &self.start {
            Start::After(_) => 0,
            Start::Number(number) => number.saturating_mul(self.take),
        }
    }

    /// Whether the part was asked for by the number of a page.
    #[must_use]
    pub fn is_numbered(&self) -> bool {
        matches!(self.start, Start::Number(_))
    }

    /// Makes a part of up to `take + 1` entries that were read; the surplus one shows that there are more.
    #[must_use]
    pub fn cut<T>(
        &self,
        mut items: Vec<T>,
        key: impl Fn(&T) -> &str,
        total: Option<u64>,
    ) -> Listed<T> {
        let take = self.take as usize;
        let more = items.len() > take;
        items.truncate(take);
        let next = items
            .last()
            .filter(|_| more)
            .map(|item| key(item).to_owned());
        Listed { items, next, total }
    }
}

/// Checks the maximum number of entries.
pub fn parse_take(take: u32) -> Result<u32, InvalidField> {
    if (1..=MAX_TAKE).contains(&take) {
        Ok(take)
    } else {
        Err(InvalidField::new("take", "must be 1 to 100"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts() {
        let page = Page::new(0, Start::After("b".to_owned())).unwrap();
        assert_eq!((page.take, page.after(), page.offset()), (50, "b", 0));
        let page = Page::new(100, Start::Number(9)).unwrap();
        assert_eq!((page.take, page.after(), page.offset()), (100, "", 900));
        assert!(Page::new(101, Start::Number(0)).is_err());
        assert!(Page::new(100, Start::Number(10)).is_err());
        assert!(Page::new(1, Start::Number(u32::MAX)).is_err());
        assert!(Page::new(1, Start::After("a\0".to_owned())).is_err());
    }

    #[test]
    fn a_surplus_entry_shows_that_there_are_more() {
        let page = Page::new(2, Start::Number(0)).unwrap();
        let cut = |items: &[&'static str]| page.cut(items.to_vec(), |item| item, Some(9));
        let part = cut(&["a", "b", "c"]);
        assert_eq!(part.items, ["a", "b"]);
        assert_eq!((part.next.as_deref(), part.total), (Some("b"), Some(9)));
        assert_eq!(cut(&["a", "b"]).next, None);
        assert_eq!(cut(&[]).next, None);
    }
}
