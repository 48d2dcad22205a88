//! Naming what is wrong, and where.

use std::collections::HashSet;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use doorward_proto::InvalidField;

use super::rule;

/// Says what is wrong with a value, or nothing.
pub(super) type Verdict = Result<(), String>;

/// The object that a refusal is about, in words: `client "My App"`.
#[derive(Debug, Clone)]
pub struct Object(String);

impl Object {
    /// The tenant itself.
    #[must_use]
    pub fn tenant() -> Self {
        Self("tenant".to_owned())
    }

    /// An application.
    #[must_use]
    pub fn client(name: &str) -> Self {
        Self(format!("client {name:?}"))
    }

    /// An API.
    #[must_use]
    pub fn resource_server(identifier: &str) -> Self {
        Self(format!("resource server {identifier:?}"))
    }

    /// A client grant.
    #[must_use]
    pub fn client_grant(client: &str, audience: &str) -> Self {
        Self(format!("client grant {client:?} for {audience:?}"))
    }

    /// A connection.
    #[must_use]
    pub fn connection(name: &str) -> Self {
        Self(format!("connection {name:?}"))
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Names a field of the object and what is wrong with it.
    pub fn invalid(&self, field: impl Display, problem: impl Display) -> InvalidField {
        InvalidField::new(format!("{}: {field}", self.0), problem.to_string())
    }

    /// Reads a field that is one of a few words.
    pub fn word<T>(&self, field: &str, word: Option<String>) -> Result<Option<T>, InvalidField>
    where
        T: FromStr<Err: Display>,
    {
        word.map(|word| word.parse().map_err(|unknown| self.invalid(field, unknown)))
            .transpose()
    }

    pub(super) fn check(
        &self,
        field: &str,
        value: Option<&str>,
        rule: impl Fn(&str) -> Verdict,
    ) -> Result<(), InvalidField> {
        value
            .map_or(Ok(()), rule)
            .map_err(|problem| self.invalid(field, problem))
    }

    pub(super) fn check_each(
        &self,
        field: &str,
        values: Option<&[String]>,
        rule: impl Fn(&str) -> Verdict,
    ) -> Result<(), InvalidField> {
        for (index, value) in values.unwrap_or_default().iter().enumerate() {
            self.check(&format!("{field}[{index}]"), Some(value), &rule)?;
        }
        Ok(())
    }

    pub(super) fn check_count(
        &self,
        field: &str,
        values: Option<&[String]>,
        most: usize,
    ) -> Result<(), InvalidField> {
        match values.map_or(0, <[_]>::len) {
            count if count > most => {
                Err(self.invalid(field, format!("has {count} entries, but may have {most}")))
            }
            _ => Ok(()),
        }
    }

    /// Each scope once.
    pub(super) fn check_scopes<'a>(
        &self,
        scopes: impl Iterator<Item = &'a str>,
    ) -> Result<(), InvalidField> {
        let mut seen = HashSet::new();
        for (index, scope) in scopes.enumerate() {
            let field = format!("scopes[{index}]");
            self.check(&field, Some(scope), rule::scope)?;
            if !seen.insert(scope) {
                return Err(self.invalid(field, format!("{scope:?} is given twice")));
            }
        }
        Ok(())
    }

    pub(super) fn check_range(
        &self,
        field: &str,
        value: Option<u32>,
        range: RangeInclusive<u32>,
    ) -> Result<(), InvalidField> {
        match value {
            Some(value) if !range.contains(&value) => Err(self.invalid(
                field,
                format!(
                    "is {value}, but may be {} to {}",
                    range.start(),
                    range.end()
                ),
            )),
            _ => Ok(()),
        }
    }

    pub(super) fn check_unchanged<T: PartialEq + Display>(
        &self,
        field: &str,
        current: &T,
        wanted: Option<&T>,
    ) -> Result<(), InvalidField> {
        match wanted {
            Some(wanted) if wanted != current => {
                Err(self.invalid(field, format!("is {current} and never changes")))
            }
            _ => Ok(()),
        }
    }
}
