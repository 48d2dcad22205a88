//! Reading rows by column name, and what JSON, booleans and numbers are in a table.

use std::error::Error;
use std::str::FromStr;

use doorward_service_kit::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::any::AnyRow;

/// One row.
pub(super) struct Record<'r>(pub(super) &'r AnyRow);

impl Record<'_> {
    pub(super) fn text(&self, column: &str) -> Result<String, StoreError> {
        Ok(self.0.try_get(column)?)
    }

    pub(super) fn flag(&self, column: &str) -> Result<bool, StoreError> {
        Ok(self.0.try_get::<i64, _>(column)? != 0)
    }

    pub(super) fn flag_if_any(&self, column: &str) -> Result<Option<bool>, StoreError> {
        let value: Option<i64> = self.0.try_get(column)?;
        Ok(value.map(|value| value != 0))
    }

    pub(super) fn number<N>(&self, column: &str) -> Result<N, StoreError>
    where
        N: TryFrom<i64, Error: Error + Send + Sync + 'static>,
    {
        N::try_from(self.0.try_get(column)?).map_err(StoreError::corrupt)
    }

    pub(super) fn word<W>(&self, column: &str) -> Result<W, StoreError>
    where
        W: FromStr<Err: Error + Send + Sync + 'static>,
    {
        self.text(column)?.parse().map_err(StoreError::corrupt)
    }

    pub(super) fn list<T: DeserializeOwned>(&self, column: &str) -> Result<Vec<T>, StoreError> {
        serde_json::from_str(&self.text(column)?).map_err(StoreError::corrupt)
    }
}

/// A list as one column holds it.
pub(super) fn json<T: Serialize>(list: &[T]) -> Result<String, StoreError> {
    serde_json::to_string(list).map_err(StoreError::corrupt)
}

/// A boolean as a column holds it.
pub(super) fn flag(value: bool) -> i64 {
    i64::from(value)
}
