//! The address of a page of a transaction.

use std::fmt;

use super::PageState;
use crate::paths::PagePath;

/// A page, and the transaction that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PageAddress {
    path: PagePath,
    state: PageState,
}

impl PageAddress {
    pub(crate) fn new(path: PagePath, state: PageState) -> Self {
        Self { path, state }
    }
}

impl fmt::Display for PageAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}?state={}", self.path, self.state)
    }
}
