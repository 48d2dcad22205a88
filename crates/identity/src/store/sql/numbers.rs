//! Versions and positions as SQL's signed integers.

use doorward_service_kit::StoreError;

pub(super) fn to_bigint(number: u64) -> Result<i64, StoreError> {
    number.try_into().map_err(StoreError::corrupt)
}

pub(super) fn to_unsigned(number: i64) -> Result<u64, StoreError> {
    number.try_into().map_err(StoreError::corrupt)
}
