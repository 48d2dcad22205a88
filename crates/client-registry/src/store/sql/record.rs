//! Reading rows by column name.

use std::error::Error;
use std::str::FromStr;

use doorward_service_kit::StoreError;
use serde::de::DeserializeOwned;
use sqlx::Row;
use sqlx::any::AnyRow;

/// One row.
pub(super) struct Record<'r>(pub(super) &'r AnyRow);

impl Record<'_> {
    pub(super) fn text(&self, column: &str) -> Result<String, StoreError> {
        Ok(self.0.try_get(column)?)
    }

    pub(super) fn number<N>(&self, column: &str) -> Result<N, StoreError>
    where
        N: TryFrom<i64, Error: Error + Send + Sync + 'static>,
    {
        N::try_from(self.0.try_get(column)?).map_err(StoreError::corrupt)
    }

    /// One of the values of an enum.
    pub(super) fn value<V>(&self, column: &str) -> Result<V, StoreError>
    where
        V: FromStr<Err: Error + Send + Sync + 'static>,
    {
        self.text(column)?.parse().map_err(StoreError::corrupt)
    }

    pub(super) fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        serde_json::from_str(&self.text(column)?).map_err(StoreError::corrupt)
    }
}
