//! Migrations that are part of the binary, without sqlx's macros: they would compile both database drivers a second
//! time, for the compiler's own use.

use sqlx::SqlStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

/// A migrator of the named files in the crate's folder `migrations`, in this order:
/// `migrations!["0001_users.sql", "0002_roles.sql"]`. A test of its own fails when a file of the folder is not named.
///
/// Defines `fn migrator() -> Migrator`.
#[macro_export]
macro_rules! migrations {
    [$($file:literal),+ $(,)?] => {
        fn migrator() -> ::sqlx::migrate::Migrator {
            $crate::sql::migrator(&[
                $(($file, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/", $file)))),+
            ])
        }

        #[cfg(test)]
        #[test]
        fn every_migration_is_named() {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
            let entries = std::fs::read_dir(folder).unwrap();
            let mut files: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
            files.sort();
            assert_eq!(files, [$($file),+]);
        }
    };
}

/// The first word in the description of a migration that removes what the release before uses.
pub(super) const CONTRACT: &str = "contract";

/// The expansion of `migrations!`. Files are named `VERSION_DESCRIPTION.sql`.
///
/// # Panics
/// If a name has another form.
#[must_use]
pub fn migrator(files: &[(&'static str, &'static str)]) -> Migrator {
    let migrations: Vec<_> = files
        .iter()
        .map(|(name, sql)| migration(name, sql))
        .collect();
    Migrator {
        migrations: migrations.into(),
        // A newer release may have updated the database, and must leave room for this one.
        ignore_missing: true,
        ..Migrator::DEFAULT
    }
}

fn migration(name: &'static str, sql: &'static str) -> Migration {
    let parts = name
        .strip_suffix(".sql")
        .and_then(|stem| stem.split_once('_'));
    let (version, description) = parts.expect("VERSION_DESCRIPTION.sql");
    Migration::new(
        version.parse().expect("a version is a number"),
        description.replace('_', " ").into(),
        MigrationType::Simple,
        SqlStr::from_static(sql),
        false,
    )
}
