//! Checks of an object's fields, with errors that name the object and the field.

use std::collections::HashSet;
use std::fmt::Display;
use std::ops::RangeInclusive;

use doorward_proto::{InvalidField, WireEnum, read_enum};

use super::rule::{self, RuleResult};

/// The object that an error message is about, as the message names it: `client "My App"`.
#[derive(Debug, Clone)]
pub struct Entity(String);

impl Entity {
    /// The tenant itself.
    #[must_use]
    pub fn tenant() -> Self {
        Self("tenant".to_owned())
    }

    /// A part of the attack protection.
    #[must_use]
    pub fn attack_protection(part: &str) -> Self {
        Self(format!("attackProtection.{part}"))
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

    /// The name as error messages print it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// An error that names a field of the object and its problem.
    pub fn invalid(&self, field: impl Display, problem: impl Display) -> InvalidField {
        InvalidField::new(self.path(field), problem.to_string())
    }

    /// Reads an enum, if the message has it.
    pub fn read_enum<T: WireEnum>(
        &self,
        field: &str,
        number: Option<i32>,
    ) -> Result<Option<T>, InvalidField> {
        let path = self.path(field);
        number.map(|number| read_enum(number, &path)).transpose()
    }

    fn path(&self, field: impl Display) -> String {
        format!("{}: {field}", self.0)
    }

    pub(super) fn check(
        &self,
        field: &str,
        value: Option<&str>,
        rule: impl Fn(&str) -> RuleResult,
    ) -> Result<(), InvalidField> {
        value
            .map_or(Ok(()), rule)
            .map_err(|problem| self.invalid(field, problem))
    }

    pub(super) fn check_each(
        &self,
        field: &str,
        values: Option<&[String]>,
        rule: impl Fn(&str) -> RuleResult,
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

    /// Checks each scope, and that none is given twice.
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
        desired: Option<&T>,
    ) -> Result<(), InvalidField> {
        match desired {
            Some(desired) if desired != current => {
                Err(self.invalid(field, format!("is {current} and cannot be changed")))
            }
            _ => Ok(()),
        }
    }
}
