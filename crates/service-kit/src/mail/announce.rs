//! Announces mails that are written to a folder.

use std::path::Path;

/// Called with each mail that is written to a folder: its recipient, its link (empty: none) and its file. Must not
/// block for long.
pub type Announce = fn(to: &str, link: &str, file: &Path);
