//! Lists of organizations, members and invitations: all of them, or one part.

use doorward_proto::organization::v1::Page;
use doorward_proto::organization::v1::page::Start;
use serde_json::{Value, json};

use crate::error::Error;

/// The maximum number of entries in one call.
const MOST: u32 = 100;

/// The part of the list that a command prints.
#[derive(Debug, clap::Args)]
pub(crate) struct PageArgs {
    /// Print at most this many entries, 1 to 100 [default: all]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    take: Option<u32>,
    /// Begin behind the part before: the `next` that it printed
    #[arg(long, value_name = "NEXT")]
    from: Option<String>,
    /// Begin at the page with this number, counted from 0; the length of a page is that of --take [default: 50]
    #[arg(long, value_name = "N", conflicts_with = "from")]
    page: Option<u32>,
}

/// A part of a list.
#[derive(Debug)]
pub(crate) struct Part<T> {
    pub(crate) items: Vec<T>,
    /// Empty at the end.
    pub(crate) next: String,
    pub(crate) total: Option<u64>,
}

impl PageArgs {
    /// Reads the part that was asked for, or all entries.
    pub(crate) async fn read<T>(
        &self,
        mut call: impl AsyncFnMut(Page) -> Result<Part<T>, Error>,
    ) -> Result<Part<T>, Error> {
        let from = |from: String| Page {
            take: self.take.unwrap_or(MOST),
            start: Some(Start::From(from)),
        };
        if let Some(number) = self.page {
            let page = Page {
                take: self.take(),
                start: Some(Start::Number(number)),
            };
            return call(page).await;
        }
        let mut part = call(from(self.from.clone().unwrap_or_default())).await?;
        while self.take.is_none() && !part.next.is_empty() {
            let following = call(from(part.next)).await?;
            part.items.extend(following.items);
            part.next = following.next;
        }
        Ok(part)
    }

    /// The number of entries on a page.
    fn take(&self) -> u32 {
        self.take.unwrap_or(50)
    }

    /// A part as the Management API of Auth0 returns it.
    pub(crate) fn json<T>(&self, key: &str, part: &Part<T>, items: &[Value]) -> Value {
        let mut document = json!({ key: items });
        if let (Some(number), Some(total)) = (self.page, part.total) {
            document["start"] = (u64::from(number) * u64::from(self.take())).into();
            document["limit"] = self.take().into();
            document["total"] = total.into();
        } else if !part.next.is_empty() {
            document["next"] = part.next.as_str().into();
        }
        document
    }

    /// The line that says how to go on; `None` at the end.
    pub(crate) fn next_line<T>(part: &Part<T>) -> Option<String> {
        let next = &part.next;
        (!next.is_empty()).then(|| format!("there are more; go on with --from '{next}'"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(take: Option<u32>, from: Option<&str>, page: Option<u32>) -> PageArgs {
        PageArgs {
            take,
            from: from.map(str::to_owned),
            page,
        }
    }

    /// A list of the numbers 1 to 250.
    async fn numbers(page: Page) -> Result<Part<u64>, Error> {
        let first = match page.start.unwrap() {
            Start::From(from) => from.parse().unwrap_or(0) + 1,
            Start::Number(number) => u64::from(number * page.take) + 1,
        };
        let last = (first + u64::from(page.take) - 1).min(250);
        Ok(Part {
            items: (first..=last).collect(),
            next: if last < 250 {
                last.to_string()
            } else {
                String::new()
            },
            total: Some(250),
        })
    }

    #[tokio::test]
    async fn all_entries_or_a_part() {
        for (args, first, length, next) in [
            (args(None, None, None), 1, 250, ""),
            (args(None, Some("240"), None), 241, 10, ""),
            (args(Some(10), None, None), 1, 10, "10"),
            (args(Some(10), Some("245"), None), 246, 5, ""),
            (args(None, None, Some(1)), 51, 50, "100"),
            (args(Some(100), None, Some(2)), 201, 50, ""),
        ] {
            let part = args.read(numbers).await.unwrap();
            assert_eq!(part.items[0], first);
            assert_eq!((part.items.len(), part.next.as_str()), (length, next));
        }
    }

    #[tokio::test]
    async fn a_part_says_where_it_is() {
        let by_number = args(Some(10), None, Some(2));
        let part = by_number.read(numbers).await.unwrap();
        let document = by_number.json("numbers", &part, &[]);
        let expected = json!({ "numbers": [], "start": 20, "limit": 10, "total": 250 });
        assert_eq!(document, expected);
        let part = args(Some(10), None, None);
        let read = part.read(numbers).await.unwrap();
        let document = part.json("numbers", &read, &[1.into()]);
        assert_eq!(document, json!({ "numbers": [1], "next": "10" }));
        assert!(PageArgs::next_line(&read).unwrap().ends_with("--from '10'"));
    }
}
